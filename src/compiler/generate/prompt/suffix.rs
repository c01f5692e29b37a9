//! The suffixes of prompts: what is asked of one task. Tasks of one shape share a mould; a suffix is the mould filled.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use aho_corasick::AhoCorasick;
use minijinja::value::Value;

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::table::Id as _;
use crate::base::text::Text;
use crate::compiler::generate::template::{Mould, Piece, Templates, opaque, plain};
use crate::compiler::generate::{names, quote};
use crate::ir::draft::PathRole;
use crate::ir::graph::{Task, TaskGraph, TaskId};
use crate::ir::pattern::{Format, Patterns};
use crate::ir::prompt::{ZoneKind, Zoned};
use crate::ir::settings::Settings;

use super::zone;

macro_rules! slots {
    ($($name:ident = $key:literal),+ $(,)?) => {
        /// A text of a task.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Slot { $($name),+ }
        impl Slot {
            /// Every slot with its name in templates, in the order of its number.
            const ALL: &[(Slot, &str)] = &[$((Slot::$name, $key)),+];
        }
    };
}

slots! {
    Id = "id",
    Title = "title",
    Detail = "detail",
    Group = "group",
    Part = "part",
    Inputs = "inputs",
    Outputs = "outputs",
    Record = "record",
    Owns = "owns",
    Criteria = "criteria",
    Template = "template",
    Verify = "verify",
    StopIf = "stop_if",
    Tools = "tools",
}

/// No shape.
const NONE: u32 = u32::MAX;

/// What tasks must have in common to share a mould: pattern, format, language, and which texts are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Shape {
    pattern: u32,
    format: u32,
    language: u32,
    present: u32,
}

/// The suffixes of a plan.
#[derive(Debug)]
pub(super) struct Suffixes<'a> {
    patterns: &'a Patterns,
    formats: Vec<(&'a str, &'a Format)>,
    by_work: BTreeMap<&'a str, u32>,
    by_format: BTreeMap<(&'a str, &'a str), u32>,
    general: u32,
    document_words: Option<AhoCorasick>,
    languages: Vec<String>,
    by_shape: BTreeMap<Shape, u32>,
    shapes: Vec<(Shape, Mould)>,
    /// By task; `NONE` for tasks without a prompt.
    of_task: Vec<u32>,
}

impl<'a> Suffixes<'a> {
    pub(super) fn new(patterns: &'a Patterns) -> Self {
        let narrow = |index: usize| u32::try_from(index).expect("fewer than 2^32 patterns");
        let mut by_work = BTreeMap::new();
        let mut by_format = BTreeMap::new();
        for (index, pattern) in patterns.patterns.iter().enumerate() {
            for work in &pattern.work {
                by_work.entry(work.as_str()).or_insert(narrow(index));
            }
            for (format, work) in &pattern.by_format {
                for work in work {
                    by_format.entry((format.as_str(), work.as_str())).or_insert(narrow(index));
                }
            }
        }
        let general = patterns.patterns.iter().position(|pattern| pattern.work.is_empty()).unwrap_or(0);
        let words = AhoCorasick::builder().ascii_case_insensitive(true).build(&patterns.document_words);
        Self {
            patterns,
            formats: patterns.formats.iter().map(|(name, format)| (name.as_str(), format)).collect(),
            by_work,
            by_format,
            general: narrow(general),
            document_words: words.ok(),
            languages: Vec::new(),
            by_shape: BTreeMap::new(),
            shapes: Vec::new(),
            of_task: Vec::new(),
        }
    }

    pub(super) fn patterns(&self) -> &'a Patterns {
        self.patterns
    }
    pub(super) fn shape_of(&self, task: TaskId) -> Option<u32> {
        self.of_task.get(task.index()).copied().filter(|&shape| shape != NONE)
    }
    pub(super) fn pattern_of(&self, task: TaskId) -> Option<&str> {
        let shape = self.shapes.get(self.shape_of(task)? as usize)?.0;
        self.patterns.patterns.get(shape.pattern as usize).map(|pattern| pattern.id.as_str())
    }
    pub(super) fn result_of(&self, task: TaskId) -> Option<(&str, &str)> {
        let shape = self.shapes.get(self.shape_of(task)? as usize)?.0;
        let format = self.formats.get(shape.format as usize).map_or("", |(name, _)| *name);
        Some((format, self.languages[shape.language as usize].as_str()))
    }

    /// Finds the shape of a task, rendering its mould if it is the first of its shape. Tasks come in the order of ids.
    pub(super) fn shape(
        &mut self,
        templates: &Templates<'_>,
        inputs: &Inputs,
        graph: &TaskGraph,
        id: TaskId,
        settings: &Settings,
    ) -> Result<(), Box<Diagnostic>> {
        let task = &graph.tasks[id];
        let columns = task.columns.as_deref();
        let work = task.work.as_ref().map_or("", |work| work.get(inputs));
        let declared =
            columns.and_then(|columns| columns.output_format.as_ref()).map(|format| format.get(inputs));
        let path = graph.outputs_of(id).first().map_or("", |output| output.path.get(inputs));
        let format = self.format(declared, path);
        let special = self.by_format.get(&(self.formats[format as usize].0, work));
        let pattern = special.or_else(|| self.by_work.get(work)).copied().unwrap_or(self.general);
        let story = &graph.stories[task.story];
        let language =
            columns.and_then(|columns| columns.output_language.as_ref()).map(|tag| tag.get(inputs));
        let language = language
            .or(Some(story.language.as_str()))
            .filter(|tag| !tag.is_empty())
            .unwrap_or(settings.language.as_str());
        let language = self.language(language);
        let mut present = 0;
        for (index, (slot, _)) in Slot::ALL.iter().enumerate() {
            if self.is_present(*slot, inputs, graph, id) {
                present |= 1 << index;
            }
        }
        let shape = Shape { pattern, format, language, present };
        let number = if let Some(&known) = self.by_shape.get(&shape) {
            known
        } else {
            let mould = templates.mould("prompt/suffix.md", self.context(shape))?;
            let number = u32::try_from(self.shapes.len()).expect("fewer shapes than tasks");
            self.shapes.push((shape, mould));
            self.by_shape.insert(shape, number);
            number
        };
        self.of_task.resize(id.index(), NONE);
        self.of_task.push(number);
        Ok(())
    }

    fn format(&self, declared: Option<&str>, path: &str) -> u32 {
        let named = |name: &str| self.formats.iter().position(|(known, _)| known.eq_ignore_ascii_case(name));
        let found = declared
            .and_then(|name| named(name).or_else(|| named(self.patterns.format_of(&format!("x.{name}")))));
        let found = found.or_else(|| named(self.patterns.format_of(path))).unwrap_or(0);
        u32::try_from(found).expect("fewer than 2^32 formats")
    }

    fn language(&mut self, tag: &str) -> u32 {
        let known = self.languages.iter().position(|known| known == tag);
        let index = known.unwrap_or_else(|| {
            self.languages.push(tag.to_owned());
            self.languages.len() - 1
        });
        u32::try_from(index).expect("fewer languages than tasks")
    }

    fn context(&self, shape: Shape) -> Value {
        let pattern = &self.patterns.patterns[shape.pattern as usize];
        let (format_name, format) = self.formats[shape.format as usize];
        let tag = self.languages[shape.language as usize].as_str();
        let language = self.patterns.languages.get(tag).map_or(tag, String::as_str);
        let lines = |lines: &[String]| lines.iter().map(|line| plain(line)).collect::<Value>();
        let sections = pattern.sections.iter().map(|section| {
            Value::from_pairs([
                ("heading", plain(&section.heading)),
                ("zone", plain(&section.zone)),
                ("body", plain(&section.body)),
                ("required", Value::from(section.required)),
                ("lines", lines(&section.lines)),
            ])
        });
        let has_template = pattern.sections.iter().any(|section| section.body == "template");
        let slots = Slot::ALL.iter().enumerate();
        let task = slots.map(|(index, (_, name))| {
            let number = u8::try_from(index).expect("there are few slots");
            (*name, opaque(number, shape.present & (1 << index) != 0))
        });
        let one_line = |text: &str| {
            let mut out = String::new();
            quote::line(&mut out, text);
            plain(&out)
        };
        Value::from_pairs([
            ("task", Value::from_pairs(task)),
            (
                "pattern",
                Value::from_pairs([
                    ("id", plain(&pattern.id)),
                    ("name", plain(&pattern.name)),
                    ("sections", sections.collect()),
                    ("has_template", Value::from(has_template)),
                    ("criteria", lines(&self.patterns.default_criteria)),
                ]),
            ),
            (
                "format",
                Value::from_pairs([
                    ("name", plain(format_name)),
                    ("lines", lines(&format.lines)),
                    ("structured", Value::from(format.structured)),
                ]),
            ),
            ("language", Value::from_pairs([("name", one_line(language)), ("tag", one_line(tag))])),
        ])
    }

    /// Appends the suffix of a task.
    pub(super) fn pour(&self, out: &mut String, inputs: &Inputs, graph: &TaskGraph, id: TaskId) {
        let Some((shape, mould)) = self.mould(id) else { return };
        mould.pour(out, |out, slot| self.fill(out, slot, *shape, inputs, graph, id));
        out.push('\n');
    }

    /// Appends the suffix of a task with its writers.
    pub(super) fn pour_zoned(&self, zoned: &mut Zoned, inputs: &Inputs, graph: &TaskGraph, id: TaskId) {
        let Some((shape, mould)) = self.mould(id) else { return };
        for piece in mould.pieces() {
            match piece {
                Piece::Fixed(text) => zoned.push(ZoneKind::Ours, |out| out.push_str(text)),
                Piece::Slot(number) => {
                    let kind =
                        Slot::ALL.get(usize::from(number)).map_or(ZoneKind::Task, |(slot, _)| zone(*slot));
                    zoned.push(kind, |out| self.fill(out, number, *shape, inputs, graph, id));
                }
            }
        }
        zoned.push(ZoneKind::Ours, |out| out.push('\n'));
    }

    fn mould(&self, id: TaskId) -> Option<&(Shape, Mould)> {
        self.shapes.get(self.shape_of(id)? as usize)
    }

    fn is_present(&self, slot: Slot, inputs: &Inputs, graph: &TaskGraph, id: TaskId) -> bool {
        let task = &graph.tasks[id];
        let columns = task.columns.as_deref();
        match slot {
            Slot::Id | Slot::Title => true,
            Slot::Detail => task.detail.as_ref().is_some_and(|detail| !detail.get(inputs).trim().is_empty()),
            Slot::Group => task.group.is_some(),
            Slot::Part => task.part.is_some(),
            Slot::Inputs => {
                !task.reads.is_empty()
                    || graph.edges_into(id).iter().any(|edge| !graph.tasks[edge.from].outputs.is_empty())
            }
            Slot::Outputs => graph.outputs_of(id).iter().any(|output| !output.inferred),
            Slot::Record => graph.outputs_of(id).iter().any(|output| output.inferred),
            Slot::Owns => !task.owns.is_empty(),
            Slot::Criteria => graph.criteria_of(id).next().is_some(),
            Slot::Template => {
                columns.is_some_and(|columns| columns.output_template.is_some())
                    || self.wants_skeleton(inputs, graph, id)
            }
            Slot::Verify => columns.is_some_and(|columns| !columns.verify.is_empty()),
            Slot::StopIf => columns.is_some_and(|columns| !columns.stop_if.is_empty()),
            Slot::Tools => columns.is_some_and(|columns| !columns.tools.is_empty()),
        }
    }

    /// Whether the output is long, or the task asks for a document.
    fn wants_skeleton(&self, inputs: &Inputs, graph: &TaskGraph, id: TaskId) -> bool {
        let task = &graph.tasks[id];
        let lines = task.columns.as_ref().and_then(|columns| columns.expected_lines.as_ref());
        if lines.is_some_and(|lines| lines.value > self.patterns.template_over_lines) {
            return true;
        }
        let Some(words) = &self.document_words else { return false };
        let has = |text: &str| {
            words.find_iter(text).any(|found| {
                let before = text[..found.start()].chars().next_back();
                let after = text[found.end()..].chars().next();
                !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
            })
        };
        has(task.title.get(inputs))
            || task.detail.as_ref().is_some_and(|detail| has(detail.get(inputs)))
            || graph.criteria_of(id).any(|criterion| has(criterion.get(inputs)))
    }

    fn fill(&self, out: &mut String, slot: u8, shape: Shape, inputs: &Inputs, graph: &TaskGraph, id: TaskId) {
        let Some((slot, _)) = Slot::ALL.get(usize::from(slot)) else { return };
        let task = &graph.tasks[id];
        let columns = task.columns.as_deref();
        match slot {
            Slot::Id => quote::line(out, names::local_id(graph, inputs, id)),
            Slot::Title => quote::sentence(out, task.title.get(inputs)),
            Slot::Detail => {
                quote::block(out, "text", task.detail.as_ref().map_or("", |detail| detail.get(inputs)));
            }
            Slot::Group => group(out, inputs, graph, task),
            Slot::Part => {
                let (number, of) = task.part.unwrap_or_default();
                let _ = write!(out, "{number} of {of}");
            }
            Slot::Inputs => self.inputs(out, inputs, graph, id),
            Slot::Outputs | Slot::Record => {
                let outputs = graph.outputs_of(id).iter();
                let outputs = outputs.filter(|output| output.inferred == matches!(slot, Slot::Record));
                self.list(out, outputs.map(|output| (output.path.get(inputs), action(output.action))));
            }
            Slot::Owns => self.list(out, graph.owns_of(id).iter().map(|glob| (glob.get(inputs), ""))),
            Slot::Criteria => {
                for criterion in graph.criteria_of(id) {
                    quote::item(out, "- [ ] ", criterion.get(inputs));
                }
                trim(out);
            }
            Slot::Template => match columns.and_then(|columns| columns.output_template.as_ref()) {
                Some(template) => quote::block(out, "text", template.get(inputs)),
                None => quote::block(out, "text", &self.formats[shape.format as usize].1.skeleton),
            },
            Slot::Verify => self.texts(out, inputs, columns.map_or(&[], |columns| &columns.verify)),
            Slot::StopIf => self.texts(out, inputs, columns.map_or(&[], |columns| &columns.stop_if)),
            Slot::Tools => self.texts(out, inputs, columns.map_or(&[], |columns| &columns.tools)),
        }
    }

    /// What to read: the files the source names, and what earlier tasks leave behind.
    fn inputs(&self, out: &mut String, inputs: &Inputs, graph: &TaskGraph, id: TaskId) {
        let mut seen: Vec<&str> = Vec::new();
        let named = graph.reads_of(id).iter().map(|path| (path.get(inputs), None));
        let made = graph.edges_into(id).iter().flat_map(|edge| {
            let kept = graph.outputs_of(edge.from).iter().filter(|output| output.action != PathRole::Delete);
            kept.map(|output| (output.path.get(inputs), Some(edge.from)))
        });
        let mut more = 0_usize;
        for (path, by) in named.chain(made) {
            if seen.len() >= self.patterns.max_items {
                more += 1;
            } else if !seen.contains(&path) {
                seen.push(path);
                out.push_str("- ");
                quote::code(out, path);
                if let Some(by) = by {
                    out.push_str(", left by ");
                    let near = graph.tasks[by].story == graph.tasks[id].story;
                    let name = if near { names::local_id(graph, inputs, by) } else { graph.id(by, inputs) };
                    quote::line(out, name);
                }
                out.push('\n');
            }
        }
        rest(out, more);
    }

    fn list<'t>(&self, out: &mut String, paths: impl Iterator<Item = (&'t str, &'t str)>) {
        let mut more = 0;
        for (index, (path, remark)) in paths.enumerate() {
            if index >= self.patterns.max_items {
                more += 1;
                continue;
            }
            out.push_str("- ");
            quote::code(out, path);
            out.push_str(remark);
            out.push('\n');
        }
        rest(out, more);
    }

    fn texts(&self, out: &mut String, inputs: &Inputs, texts: &[Text]) {
        for text in texts.iter().take(self.patterns.max_items) {
            quote::item(out, "- ", text.get(inputs));
        }
        rest(out, texts.len().saturating_sub(self.patterns.max_items));
    }
}

fn rest(out: &mut String, more: usize) {
    if more > 0 {
        let _ = writeln!(out, "- and {more} more, listed in the manifest");
    }
    trim(out);
}

fn trim(out: &mut String) {
    if out.ends_with('\n') {
        out.pop();
    }
}

fn action(role: PathRole) -> &'static str {
    match role {
        PathRole::Create | PathRole::Own | PathRole::Read => "",
        PathRole::Modify => " (change it; make it if it is missing)",
        PathRole::Delete => " (remove it)",
    }
}

/// The headings above a task, from the outermost; a source may nest them deeply, so only the nearest four are named.
fn group(out: &mut String, inputs: &Inputs, graph: &TaskGraph, task: &Task) {
    let mut trail = Vec::new();
    let mut next = task.group;
    while let Some(group) = next.filter(|_| trail.len() < 4) {
        trail.push(graph.groups[group].title.get(inputs));
        next = graph.groups[group].parent;
    }
    for (index, title) in trail.into_iter().rev().enumerate() {
        out.push_str(if index == 0 { "" } else { " › " });
        quote::line(out, title);
    }
}
