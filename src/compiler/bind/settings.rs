//! What the user decided: layers of keys and values, the later over the earlier, each value with its origin.
//!
//! To add a setting: a line in `squads/dispatch/config.yaml`, one in `KEYS`, a field of `ir::settings::Settings` filled
//! in `settings/build.rs`, and its property in `schemas/dispatch.schema.json`. A test compares the four.

use std::collections::BTreeMap;

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::{FileId, Span};
use crate::base::suggest::nearest;
use crate::ir::node::{Key, Kind, Node};
use crate::ir::settings::Settings;

mod build;
mod shape;

use shape::{Shape, Value};

/// Path of the shipped configuration.
pub const SHIPPED: &str = "squads/dispatch/config.yaml";

/// How the text of a configuration file becomes a tree: the YAML reader of phase A, handed in by whoever calls.
pub type Reader<'a> = &'a dyn Fn(&Inputs, Span) -> Outcome<Node>;

/// A value set outside of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Dotted key.
    pub key: String,
    /// The value as text: lists are separated by commas, maps are `key=value` pairs separated by commas.
    pub value: String,
    /// `--profile`, `DISPATCH_PROFILE`.
    pub from: String,
}

/// One setting: its key, and what it may be.
struct Setting {
    key: &'static str,
    shape: Shape,
}

/// Every setting, by key.
const KEYS: &[Setting] = &[
    setting("as_of", Shape::Day),
    setting("batch.confirm_above.cost", Shape::Money),
    setting("batch.confirm_above.stories", Shape::Whole { least: 0 }),
    setting("budget", Shape::Optional(&Shape::Money)),
    setting("deadline", Shape::Optional(&Shape::Time)),
    setting("dialect", Shape::Optional(&Shape::Word)),
    setting("executors", Shape::Words),
    setting("extends", Shape::Words),
    setting("files.clients", Shape::Words),
    setting("files.companions", Shape::Words),
    setting("files.discover", Shape::Words),
    setting("files.documents", Shape::Words),
    setting("files.ignore", Shape::Words),
    setting("files.lists", Shape::Words),
    setting("files.names", Shape::Whole { least: 0 }),
    setting("files.project", Shape::Words),
    setting("files.skip", Shape::Words),
    setting("forbid", Shape::Words),
    setting("forecast.least", Shape::Whole { least: 1 }),
    setting("forecast.plays", Shape::Whole { least: 0 }),
    setting("forecast.work", Shape::Whole { least: 0 }),
    setting("history", Shape::Optional(&Shape::Word)),
    setting("kb", Shape::Words),
    setting("language", Shape::Word),
    setting("limits.file_bytes", Shape::Whole { least: 1 }),
    setting("limits.input_tokens_per_minute", Shape::Optional(&Shape::Whole { least: 1 })),
    setting("limits.max_parallel", Shape::Whole { least: 1 }),
    setting("limits.output_tokens_per_minute", Shape::Optional(&Shape::Whole { least: 1 })),
    setting("limits.quantity", Shape::Whole { least: 1 }),
    setting("limits.requests_per_minute", Shape::Optional(&Shape::Whole { least: 1 })),
    setting("limits.run", Shape::Time),
    setting("limits.slots", Shape::Pairs(&Shape::Whole { least: 1 })),
    setting("limits.tasks", Shape::Whole { least: 1 }),
    setting("limits.wave", Shape::Time),
    setting("limits.wave_input_tokens", Shape::Optional(&Shape::Whole { least: 1 })),
    setting("limits.wave_output_tokens", Shape::Optional(&Shape::Whole { least: 1 })),
    setting("models", Shape::Pairs(&Shape::Word)),
    setting("optimal", Shape::Flag),
    setting("overrides", Shape::Overrides),
    setting("pacing.batch.every", Shape::Optional(&Shape::Whole { least: 1 })),
    setting("pacing.batch.from_wave", Shape::Whole { least: 1 }),
    setting("pacing.batch.pause", Shape::Time),
    setting("pacing.cooldown", Shape::Pairs(&Shape::Time)),
    setting("pacing.feeding_buffer_pct", Shape::Whole { least: 0 }),
    setting("pacing.project_buffer_pct", Shape::Whole { least: 0 }),
    setting("pacing.wave_buffer", Shape::Time),
    setting("paths.protected", Shape::Words),
    setting("paths.roots", Shape::Words),
    setting("paths.shared", Shape::Words),
    setting("phase_barrier", Shape::Flag),
    setting("prices", Shape::Optional(&Shape::Word)),
    setting("profile", Shape::Choice(&["standard", "strict", "legacy"])),
    setting("races", Shape::Choice(&["serialize", "deny"])),
    setting("rules", Shape::Pairs(&Shape::Level)),
    setting("squads", Shape::Words),
    setting("targets", Shape::Words),
    setting("worth.holding", Shape::Money),
    setting("worth.hour", Shape::Money),
    setting("worth.wave", Shape::Money),
];

/// Keys that only the command line may set, for one run.
const RUN_KEYS: &[Setting] = &[setting("batch.confirmed", Shape::Flag), setting("force", Shape::Flag)];

/// Keys of a configuration file that say what it is, not what is decided.
const MARKS: &[&str] = &["$schema", "schema"];

const fn setting(key: &'static str, shape: Shape) -> Setting {
    Setting { key, shape }
}

/// A value with its place and the words for where it came from.
#[derive(Debug, Clone, PartialEq)]
struct Entry {
    value: Value,
    from: String,
}

type Entries = BTreeMap<String, Entry>;

/// Environment variables that set something, each with its key: `DISPATCH_LIMITS_MAX_PARALLEL`, `limits.max_parallel`.
pub fn variables() -> impl Iterator<Item = (String, &'static str)> {
    KEYS.iter()
        .map(|setting| (format!("DISPATCH_{}", setting.key.to_uppercase().replace('.', "_")), setting.key))
}

/// Paths that a configuration file builds upon and that are not among the inputs yet.
pub fn wanted(inputs: &Inputs, config: FileId, read: Reader<'_>) -> Vec<String> {
    let tree = read(inputs, whole(inputs, config)).value;
    bases(&tree)
        .filter_map(Node::text)
        .filter(|path| inputs.find(path).is_none())
        .map(str::to_owned)
        .collect()
}

/// Reads the shipped configuration, the project's `config` over it, and `overrides` over both.
pub fn load(
    inputs: &Inputs,
    config: Option<FileId>,
    overrides: &[Override],
    read: Reader<'_>,
) -> Outcome<Settings> {
    let mut loader = Loader { inputs, read, entries: Entries::new(), findings: Vec::new(), open: Vec::new() };
    let shipped = inputs.find(SHIPPED);
    for file in [shipped, config].into_iter().flatten() {
        loader.file(file);
    }
    let head = config.or(shipped).map_or(Span { file: FileId(0), start: 0, end: 0 }, Span::head);
    for change in overrides {
        loader.change(change, head);
    }
    let Loader { entries, mut findings, .. } = loader;
    for setting in KEYS {
        let is_open = matches!(setting.shape, Shape::Pairs(_));
        if !is_open && !entries.contains_key(setting.key) {
            let message = format!("the configuration says nothing about `{}`", setting.key);
            findings.push(Diagnostic::error("config/missing-key", head, message).help(Some(format!(
                "add `{}` to `{SHIPPED}`, or remove that file to use the shipped one",
                setting.key
            ))));
        }
    }
    Outcome::new(build::settings(&entries), findings)
}

fn whole(inputs: &Inputs, file: FileId) -> Span {
    Span::new(file, 0, inputs.text(file).len())
}

fn bases(tree: &Node) -> impl Iterator<Item = &Node> {
    tree.get("extends").map_or(&[][..], Node::items).iter()
}

struct Loader<'a> {
    inputs: &'a Inputs,
    read: Reader<'a>,
    entries: Entries,
    findings: Vec<Diagnostic>,
    /// Files being read, the outermost first.
    open: Vec<FileId>,
}

impl Loader<'_> {
    fn file(&mut self, file: FileId) {
        let outcome = (self.read)(self.inputs, whole(self.inputs, file));
        self.findings.extend(outcome.findings);
        let tree = outcome.value;
        self.open.push(file);
        for base in bases(&tree) {
            let Some(path) = base.text() else { continue };
            match self.inputs.find(path) {
                Some(other) if self.open.contains(&other) => self.findings.push(
                    Diagnostic::error("config/extends", base.span, format!("`{path}` builds upon itself"))
                        .help(Some("remove one of the two `extends`".to_owned())),
                ),
                Some(other) => self.file(other),
                None => self.findings.push(
                    Diagnostic::error("config/extends", base.span, format!("there is no file `{path}`"))
                        .help(Some("name a file relative to the root of the project".to_owned())),
                ),
            }
        }
        self.open.pop();
        if tree.is_null() {
            return;
        }
        if !matches!(tree.kind, Kind::Map(_)) {
            let message = format!("a configuration is a map, not {}", tree.noun());
            self.findings.push(
                Diagnostic::error("config/value", tree.span, message)
                    .help(Some("write `key: value` lines".to_owned())),
            );
            return;
        }
        let marks = |key: &Key| MARKS.contains(&key.text.as_str());
        let entries: Vec<&(Key, Node)> = tree.entries().iter().filter(|(key, _)| !marks(key)).collect();
        self.group("", &entries);
    }

    fn group(&mut self, above: &str, entries: &[&(Key, Node)]) {
        for (key, value) in entries {
            let path = if above.is_empty() { key.text.clone() } else { format!("{above}.{}", key.text) };
            if let Some(setting) = find(KEYS, &path) {
                let from = self.origin(key.span);
                self.set(setting, value, &from);
            } else if has_children(&path) && matches!(value.kind, Kind::Map(_)) {
                let inner: Vec<&(Key, Node)> = value.entries().iter().collect();
                self.group(&path, &inner);
            } else if has_children(&path) {
                if !value.is_null() {
                    let message = format!("`{path}` is a map, not {}", value.noun());
                    let help = format!("write its keys below: {}", children(&path).join(", "));
                    self.findings
                        .push(Diagnostic::error("config/value", value.span, message).help(Some(help)));
                }
            } else {
                self.unknown(above, key);
            }
        }
    }

    fn unknown(&mut self, above: &str, key: &Key) {
        let known = children(above);
        let place = if above.is_empty() { "the configuration".to_owned() } else { format!("`{above}`") };
        let help = match nearest(&key.text, known.iter().copied()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("use one of {}", known.join(", ")),
        };
        let message = format!("`{}` is not a key of {place}", key.text);
        self.findings.push(Diagnostic::error("config/unknown-key", key.span, message).help(Some(help)));
    }

    fn change(&mut self, change: &Override, head: Span) {
        let Some(setting) = find(KEYS, &change.key).or_else(|| find(RUN_KEYS, &change.key)) else {
            let names: Vec<&str> = KEYS.iter().map(|setting| setting.key).collect();
            let help = nearest(&change.key, names).map(|name| format!("did you mean `{name}`?"));
            let message = format!("`{}` sets `{}`, which is not a setting", change.from, change.key);
            self.findings.push(Diagnostic::error("config/unknown-key", head, message).help(help));
            return;
        };
        let value = setting.shape.tree(&change.value, head);
        let before = self.findings.len();
        self.set(setting, &value, &change.from);
        for finding in &mut self.findings[before..] {
            finding.message = format!("{}: {}", change.from, finding.message);
        }
    }

    fn set(&mut self, setting: &Setting, value: &Node, from: &str) {
        if let Shape::Pairs(inner) = setting.shape {
            if !value.is_null() && !matches!(value.kind, Kind::Map(_)) {
                let message = format!("`{}` is a map, not {}", setting.key, value.noun());
                self.findings.push(
                    Diagnostic::error("config/value", value.span, message)
                        .help(Some("write `name: value` pairs".to_owned())),
                );
            }
            for (key, value) in value.entries() {
                let path = format!("{}.{}", setting.key, key.text);
                if value.is_null() {
                    self.entries.remove(&path);
                } else {
                    self.put(path, inner, value, from);
                }
            }
        } else {
            self.put(setting.key.to_owned(), &setting.shape, value, from);
        }
    }

    fn put(&mut self, key: String, shape: &Shape, value: &Node, from: &str) {
        match shape.read(value) {
            Ok(value) => {
                self.entries.insert(key, Entry { value, from: from.to_owned() });
            }
            Err(trouble) => self.findings.push(
                Diagnostic::error("config/value", trouble.span, format!("`{key}` {}", trouble.message))
                    .help(Some(trouble.help)),
            ),
        }
    }

    fn origin(&self, span: Span) -> String {
        format!("{}:{}", self.inputs.display_path(span.file), self.inputs.position(span).line)
    }
}

fn find<'a>(settings: &'a [Setting], key: &str) -> Option<&'a Setting> {
    settings.binary_search_by(|setting| setting.key.cmp(key)).ok().map(|at| &settings[at])
}

fn has_children(path: &str) -> bool {
    KEYS.iter().any(|setting| setting.key.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
}

/// The keys directly below `path`.
fn children(path: &str) -> Vec<&'static str> {
    let below = |setting: &'static Setting| {
        let rest =
            if path.is_empty() { setting.key } else { setting.key.strip_prefix(path)?.strip_prefix('.')? };
        rest.split('.').next()
    };
    let mut names: Vec<&str> = KEYS.iter().filter_map(below).collect();
    names.dedup();
    names
}

#[cfg(test)]
mod tests;
