//! The template environment: sandboxed, strict, and blind to the text of sources.
//!
//! *Invariant*: text of a source is never a template and never a value of one. A template is given *opaque* values in
//! its place: it may print them and ask whether they are there, nothing else. It is rendered once per shape into a
//! `Mould`, cut where those texts will stand, and every prompt or row of that shape is a mere concatenation. So ten
//! thousand prompts cost ten thousand copies, and a template of the user's costs no more than ours.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Object, ObjectRepr, Value};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::span::{FileId, Span};
use crate::base::suggest;

use super::context::Variable;

/// Steps a template may take: some hundred times what the largest of ours needs.
const FUEL: u64 = 4_000_000;

/// First of the private characters that mark where a text will stand, and how many there are.
const FIRST_MARK: u32 = 0xF_0000;
const MARKS: u32 = 64;

/// A text of a source as a template sees it.
#[derive(Debug)]
struct Opaque {
    slot: u8,
    present: bool,
}

impl Object for Opaque {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }
    fn is_true(self: &Arc<Self>) -> bool {
        self.present
    }
    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.present {
            return Ok(());
        }
        let mark = char::from_u32(FIRST_MARK + u32::from(self.slot)).expect("marks are private characters");
        f.write_fmt(format_args!("{mark}"))
    }
}

/// The value that stands for the text of `slot`; false when there is none.
pub(crate) fn opaque(slot: u8, present: bool) -> Value {
    Value::from_object(Opaque { slot, present })
}

/// A text that a template may inspect (a format, a model, a domain), with the private marks taken out.
pub(crate) fn plain(text: &str) -> Value {
    if text.is_ascii() {
        return Value::from(text);
    }
    Value::from(text.chars().filter(|&c| mark(c).is_none()).collect::<String>())
}

fn mark(c: char) -> Option<u8> {
    let offset = u32::from(c).checked_sub(FIRST_MARK)?;
    (offset < MARKS).then(|| u8::try_from(offset).expect("there are 64 marks"))
}

/// A rendered template, cut where texts of sources will stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mould {
    text: String,
    /// End of the fixed text before the slot, start of the fixed text after it, the slot.
    cuts: Vec<(usize, usize, u8)>,
}

/// A part of a mould.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Text of the template.
    Fixed(&'a str),
    /// The place of a text.
    Slot(u8),
}

impl Mould {
    fn new(text: String) -> Self {
        let found =
            text.char_indices().filter_map(|(at, c)| mark(c).map(|slot| (at, at + c.len_utf8(), slot)));
        let cuts = found.collect();
        Self { text, cuts }
    }
    /// Its parts, in order.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        let starts = std::iter::once(0).chain(self.cuts.iter().map(|&(_, after, _)| after));
        let ends = self.cuts.iter().map(|&(before, _, slot)| (before, Some(slot)));
        let ends = ends.chain(std::iter::once((self.text.len(), None)));
        starts.zip(ends).flat_map(|(start, (end, slot))| {
            let fixed = Some(Piece::Fixed(&self.text[start..end]));
            fixed.into_iter().chain(slot.map(Piece::Slot))
        })
    }
    /// Appends it to `out`, each slot filled by `fill`.
    pub(crate) fn pour(&self, out: &mut String, mut fill: impl FnMut(&mut String, u8)) {
        for piece in self.pieces() {
            match piece {
                Piece::Fixed(text) => out.push_str(text),
                Piece::Slot(slot) => fill(out, slot),
            }
        }
    }
}

/// The templates of one compilation.
#[derive(Debug)]
pub(crate) struct Templates<'a> {
    env: Environment<'a>,
    inputs: &'a Inputs,
}

impl<'a> Templates<'a> {
    /// No template yet.
    pub(crate) fn new(inputs: &'a Inputs) -> Self {
        let mut env = Environment::new();
        env.set_undefined_behavior(UndefinedBehavior::Strict);
        env.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        env.set_fuel(Some(FUEL));
        env.set_debug(true);
        env.add_filter("json", |value: &Value| serde_json::to_string(value).unwrap_or_default());
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        env.set_syntax(syntax.expect("the usual delimiters are valid"));
        Self { env, inputs }
    }

    /// Reads `templates/<name>` and compares what it uses with what it will be given.
    pub(crate) fn load(&mut self, name: &'static str, known: &[Variable]) -> Vec<Diagnostic> {
        let path = format!("templates/{name}");
        let Some(file) = self.inputs.find(&path) else {
            let anywhere = Span::head(FileId(0));
            let message = format!("the template `{path}` is missing");
            return vec![
                Diagnostic::error("template/missing", anywhere, message)
                    .help(format!("restore it with `dispatch init --eject {path}`")),
            ];
        };
        let source = self.inputs.text(file);
        if let Err(error) = self.env.add_template(name, source) {
            return vec![self.fault(file, &error)];
        }
        let template = self.env.get_template(name).expect("it was added above");
        let used: BTreeSet<String> = template.undeclared_variables(true).into_iter().collect();
        used.iter().filter_map(|variable| unknown(file, source, variable, known)).collect()
    }

    /// Renders a template once.
    pub(crate) fn render(&self, name: &str, context: Value) -> Result<String, Box<Diagnostic>> {
        let rendered = self.env.get_template(name).and_then(|template| template.render(context));
        rendered.map_err(|error| {
            let file = self.inputs.find(&format!("templates/{name}")).unwrap_or(FileId(0));
            Box::new(self.fault(file, &error))
        })
    }

    /// Renders a template once, cut at its opaque values.
    pub(crate) fn mould(&self, name: &str, context: Value) -> Result<Mould, Box<Diagnostic>> {
        self.render(name, context).map(Mould::new)
    }

    /// What the engine says, at the characters it means.
    fn fault(&self, file: FileId, error: &Error) -> Diagnostic {
        let source = self.inputs.text(file);
        let fits = |range: &std::ops::Range<usize>| {
            range.end <= source.len()
                && source.is_char_boundary(range.start)
                && source.is_char_boundary(range.end)
        };
        let span = match (error.range().filter(fits), error.line()) {
            (Some(range), _) => Span::new(file, range.start, range.end),
            (None, Some(line)) => {
                let (start, text) = self.inputs.file(file).line(line);
                Span::new(file, start, start + text.len())
            }
            (None, None) => Span::head(file),
        };
        let detail = error.detail().unwrap_or("it cannot be read").trim_end_matches('.');
        let path = self.inputs.display_path(file);
        let kind = error.kind();
        let (code, message) = if matches!(kind, ErrorKind::SyntaxError | ErrorKind::InvalidDelimiter) {
            ("template/syntax", format!("the template `{path}` is not valid: {detail}"))
        } else if kind == ErrorKind::UndefinedError {
            let message = format!("the template `{path}` asks for something it is not given");
            ("template/unknown-variable", message)
        } else if kind == ErrorKind::OutOfFuel {
            ("template/endless", format!("the template `{path}` takes too many steps"))
        } else {
            ("template/failed", format!("the template `{path}` cannot be rendered: {detail}"))
        };
        Diagnostic::error(code, span, message)
            .help("see `templates/README.md` for what a template may use".to_owned())
    }
}

/// The finding about a variable that will not be there.
fn unknown(file: FileId, source: &str, variable: &str, known: &[Variable]) -> Option<Diagnostic> {
    let is_known = |name: &str| known.iter().any(|known| known.name == name || covers(known.name, name));
    // A template may name a whole object (`{% with t = task %}`): its fields are looked at when it is rendered.
    let is_object = known.iter().any(|known| covers(variable, known.name));
    if is_known(variable)
        || is_object
        || matches!(variable, "loop" | "range" | "dict" | "namespace" | "debug")
    {
        return None;
    }
    let start = place(source, variable);
    let span = Span::new(file, start, start + if start == 0 { 0 } else { variable.len() });
    let nearest = suggest::nearest(variable, known.iter().map(|known| known.name));
    let help = nearest.map_or_else(
        || "see `templates/README.md` for what this template is given".to_owned(),
        |name| {
            let meaning = known.iter().find(|known| known.name == name).map_or("", |known| known.meaning);
            format!("did you mean `{name}` ({meaning})?")
        },
    );
    let message = format!("nothing named `{variable}` is given to this template");
    Some(Diagnostic::error("template/unknown-variable", span, message).help(help))
}

/// Whether `field` is a field of `object`, however deep.
fn covers(object: &str, field: &str) -> bool {
    field.strip_prefix(object).is_some_and(|rest| rest.starts_with('.'))
}

/// Where a variable stands in a template, as a word of its own; 0 if it cannot be found.
fn place(source: &str, variable: &str) -> usize {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    source
        .match_indices(variable)
        .find(|(at, _)| {
            let before = source[..*at].chars().next_back();
            let after = source[at + variable.len()..].chars().next();
            !before.is_some_and(is_word) && !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
        })
        .map_or(0, |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use minijinja::value::Value;

    use super::{Templates, opaque};
    use crate::base::inputs::{Inputs, RelPath};
    use crate::base::source::Layer;
    use crate::compiler::generate::context::Variable;

    const KNOWN: &[Variable] =
        &[Variable { name: "task.title", meaning: "" }, Variable { name: "n", meaning: "" }];

    /// What a template gives, or the code of its fault and the characters it is about.
    fn check(source: &str, expected: &str) {
        let mut inputs = Inputs::new();
        inputs.add(RelPath::new("templates/t.md").unwrap(), Layer::Project, source.as_bytes().to_vec());
        let mut templates = Templates::new(&inputs);
        let mut faults = templates.load("t.md", KNOWN);
        let task = Value::from_pairs([("title", opaque(1, true))]);
        let context = Value::from_pairs([("task", task), ("n", Value::from(3))]);
        let mut out = String::new();
        if faults.is_empty() {
            match templates.mould("t.md", context) {
                Ok(mould) => mould.pour(&mut out, |out, slot| write!(out, "<{slot}>").unwrap()),
                Err(fault) => faults.push(*fault),
            }
        }
        if let Some(fault) = faults.first() {
            out = format!("{} {:?}", fault.code, inputs.slice(fault.span()));
        }
        assert_eq!(out, expected);
    }

    #[test]
    fn opaque_texts_are_printed_and_asked_for() {
        check("a {{ task.title }}{% if task.title %} b{% endif %}\n", "a <1> b");
        check("{% for i in range(n) %}{{ i }}{{ task.title }}{% endfor %}\n", "0<1>1<1>2<1>");
    }

    #[test]
    fn a_text_cannot_be_looked_into() {
        check("{% if task.title == 'x' %}yes{% else %}no{% endif %}\n", "no");
        check("{{ task.title | upper }}\n", "<1>");
    }

    #[test]
    fn faults_stand_at_their_characters() {
        check("{{ task.titel }}\n", "template/unknown-variable \"task.titel\"");
        check("{{ nothing }}\n", "template/unknown-variable \"nothing\"");
        check("{{ n | nofilter }}\n", "template/failed \"nofilter\"");
        check("a\n{% if n %}\n", "template/syntax \"%}\"");
        check(
            "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}\n",
            "template/endless \"range(9999)\"",
        );
    }
}
