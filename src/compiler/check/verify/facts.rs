//! What conditions on results may ask: a task, one of its files as it stands on the disk, its wave, the run.

use std::cell::OnceCell;

use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::compiler::check::fact::{Fact, Facts, Piece, Place};
use crate::compiler::check::operator::FileKind;
use crate::compiler::check::path::Path;
use crate::ir::outline::BlockKind;
use crate::syntax::markdown;
use crate::syntax::text::sentence;

use super::manifest::{Output, Task};
use super::record::{Entry, Moment};
use super::tree::{Content, Stand};

/// A task with what a run reported about it.
#[derive(Clone, Copy)]
pub(super) struct TaskSide<'a> {
    pub(super) task: &'a Task,
    pub(super) entry: Option<&'a Entry>,
    /// Since when its files must have been written.
    pub(super) since: Option<Moment>,
}

/// A file with what the manifest says of it.
#[derive(Clone, Copy)]
pub(super) struct FileSide<'a> {
    pub(super) inputs: &'a Inputs,
    pub(super) path: &'a str,
    pub(super) output: Option<&'a Output>,
    pub(super) stand: &'a Stand,
    /// Whether it differs from what it was before, if that is known.
    pub(super) changed: Option<bool>,
}

/// Facts of a wave or of a whole run.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) number: u32,
    pub(super) tasks: u32,
    pub(super) results: u32,
    pub(super) failed: u32,
    pub(super) waves: u32,
}

/// Facts of one question.
pub(super) struct ResultFacts<'a> {
    pub(super) task: Option<TaskSide<'a>>,
    pub(super) file: Option<FileSide<'a>>,
    pub(super) wave: Option<Counts>,
    pub(super) run: Option<Counts>,
    /// How often each rule warned, by its name in facts: `v23`.
    pub(super) warnings: &'a [(String, u32)],
    sections: OnceCell<usize>,
}

impl<'a> ResultFacts<'a> {
    pub(super) fn of_file(task: TaskSide<'a>, file: FileSide<'a>) -> Self {
        Self { task: Some(task), file: Some(file), ..Self::empty() }
    }
    pub(super) fn of_lone(file: FileSide<'a>) -> Self {
        Self { file: Some(file), ..Self::empty() }
    }
    pub(super) fn of_task(task: TaskSide<'a>) -> Self {
        Self { task: Some(task), ..Self::empty() }
    }
    pub(super) fn of_wave(counts: Counts) -> Self {
        Self { wave: Some(counts), ..Self::empty() }
    }
    pub(super) fn of_run(counts: Counts, warnings: &'a [(String, u32)]) -> Self {
        Self { run: Some(counts), warnings, ..Self::empty() }
    }
    fn empty() -> Self {
        Self { task: None, file: None, wave: None, run: None, warnings: &[], sections: OnceCell::new() }
    }

    fn ask_task(&self, side: TaskSide<'a>, name: &str) -> Fact<'a> {
        let TaskSide { task, entry, since } = side;
        match name {
            "id" => text(&task.id.value),
            "title" => text(&task.title),
            "executor" => text(&task.executor),
            "model" => {
                text(entry.and_then(|entry| entry.model.as_ref()).or(task.model.as_ref()).map_or("", |m| m))
            }
            "output_path" => self.file.map_or(Fact::Missing, |file| text(file.path)),
            "output_format" => self.format(),
            "expected_lines" => count(task.expected_lines),
            "estimated_cost_usd" => Fact::Number(task.estimate.cost_micro_usd.likely / 1e6),
            "cost_usd" => entry.and_then(|entry| entry.cost_usd).map_or(Fact::Missing, Fact::Number),
            "attempts" => count(entry.and_then(|entry| entry.attempts)),
            "started_at" => {
                let started = entry.and_then(|entry| entry.started_at).or(since);
                started.map_or(Fact::Missing, |moment| Fact::Number(moment.0))
            }
            _ => Fact::Missing,
        }
    }

    fn format(&self) -> Fact<'a> {
        self.file.and_then(|file| file.output).map_or(Fact::Missing, |output| text(&output.format))
    }

    fn of_output(&self, side: FileSide<'a>, name: &str) -> Fact<'a> {
        match (name, side.stand) {
            ("path", _) => text(side.path),
            ("action", _) => side.output.map_or(Fact::Missing, |output| text(&output.action)),
            ("format", _) => self.format(),
            ("changed", _) => side.changed.map_or(Fact::Missing, Fact::Bool),
            ("kind", Stand::Absent) => text(FileKind::Absent.name()),
            ("kind", Stand::Folder) => text(FileKind::Directory.name()),
            ("kind", Stand::File(_)) => text(FileKind::Regular.name()),
            (_, Stand::File(content)) => self.of_content(side.inputs, content, name),
            (_, Stand::Absent | Stand::Folder | Stand::Many(_) | Stand::Refused(_) | Stand::Unread(_)) => {
                Fact::Missing
            }
        }
    }

    fn of_content(&self, inputs: &'a Inputs, content: &Content, name: &str) -> Fact<'a> {
        let body = inputs.text(content.file);
        match name {
            "text" => {
                let place = Place::Exact(Span::new(content.file, 0, body.len()));
                Fact::Text(Piece { text: body.into(), place, shared: None })
            }
            "utf8" => Fact::Bool(inputs.file(content.file).encoding.invalid.is_none()),
            "mtime" => content.modified.map_or(Fact::Missing, Fact::Number),
            "bytes" => size(usize::try_from(content.bytes).unwrap_or(usize::MAX)),
            "lines" => size(body.lines().count()),
            "rows" => size(body.lines().filter(|line| !line.trim().is_empty()).count()),
            "words" => size(sentence::count(body)),
            "characters" => size(body.trim_end_matches('\n').chars().count()),
            "sections" => size(*self.sections.get_or_init(|| sections(body))),
            _ => Fact::Missing,
        }
    }
}

impl Facts for ResultFacts<'_> {
    fn fact(&self, path: &Path) -> Fact<'_> {
        let name = path.as_str().strip_suffix("[*]").unwrap_or(path.as_str());
        let Some((scope, field)) = name.split_once('.') else { return Fact::Missing };
        let counts = |counts: Option<Counts>| {
            let Some(counts) = counts else { return Fact::Missing };
            match field {
                "number" => count(Some(counts.number)),
                "tasks" => count(Some(counts.tasks)),
                "results" => count(Some(counts.results)),
                "failed" => count(Some(counts.failed)),
                "waves" => count(Some(counts.waves)),
                _ => Fact::Missing,
            }
        };
        match scope {
            "task" => self.task.map_or(Fact::Missing, |side| self.ask_task(side, field)),
            "output" => self.file.map_or(Fact::Missing, |side| self.of_output(side, field)),
            "format" => Fact::Text(Piece::new(field.to_owned())),
            "wave" => counts(self.wave),
            "run" => match field.strip_suffix("_warnings") {
                Some(rule) if self.run.is_some() => {
                    let known = self.warnings.iter().find(|(name, _)| name == rule);
                    count(Some(known.map_or(0, |(_, number)| *number)))
                }
                _ => counts(self.run),
            },
            _ => Fact::Missing,
        }
    }

    fn is_plain(&self, path: &Path) -> bool {
        let format = self.file.and_then(|file| file.output).map(|output| output.format.as_str());
        path.as_str() == "output.text"
            && format.is_some_and(|format| !crate::compiler::check::map::is_prose_format(format))
    }
}

/// The headings of a markdown text, its title not counted.
fn sections(body: &str) -> usize {
    let blocks = markdown::scan(body, 0);
    let headings = blocks.iter().filter(|block| block.kind == BlockKind::Heading);
    let titles = headings.clone().filter(|block| block.level == 1).count();
    headings.count() - usize::from(titles == 1)
}

fn text(text: &str) -> Fact<'_> {
    Fact::Text(Piece::new(text))
}

fn count(number: Option<u32>) -> Fact<'static> {
    number.map_or(Fact::Missing, |number| Fact::Number(f64::from(number)))
}

fn size(number: usize) -> Fact<'static> {
    Fact::Number(f64::from(u32::try_from(number).unwrap_or(u32::MAX)))
}
