//! `file`: the file at a path is as it should be. The path is judged by its letters alone; what stands on the disk is a
//! fact (`output.kind`, `output.text`, `output.mtime`) that whoever asks has read.

use serde::{Deserialize, Serialize};

use crate::compiler::check::fact::{Answer, Fact, Facts, Hit};
use crate::compiler::check::path::Path;

use super::format;

/// `{path, kind, within, min_nonspace, fresh_since, parses_as}`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The path, or several.
    pub path: Path,
    /// What must stand there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<FileKind>,
    /// Where the path must stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Within>,
    /// How many characters other than blanks it must have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_nonspace: Option<usize>,
    /// The time since which it must have been written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh_since: Option<Path>,
    /// The format it must be readable as; formats without a reader here are not judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parses_as: Option<Path>,
}

/// What may stand at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A file.
    Regular,
    /// A folder.
    Directory,
    /// Nothing.
    Absent,
}

impl FileKind {
    /// The name in facts.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Regular => "regular",
            Self::Directory => "directory",
            Self::Absent => "absent",
        }
    }
}

/// Where a path may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Within {
    /// Below the root of the project.
    Root,
}

impl File {
    /// The facts it reads.
    pub(super) fn reads(&self) -> Vec<&Path> {
        [Some(&self.path), self.fresh_since.as_ref(), self.parses_as.as_ref()].into_iter().flatten().collect()
    }

    pub(super) fn eval(&self, facts: &dyn Facts) -> Answer {
        if self.within.is_some() {
            let fact = facts.fact(&self.path);
            if let Some(bad) = fact.pieces().iter().find(|piece| normalized(&piece.text).is_none()) {
                return Answer::hit(bad.hit(0..bad.text.len()));
            }
        }
        let output = |name: &str| Path::new(name);
        let kind_good = self.kind.is_none_or(
            |kind| matches!(facts.fact(&output("output.kind")), Fact::Text(have) if have.text == kind.name()),
        );
        if !kind_good {
            return Answer::Fail(None);
        }
        if let Some(min) = self.min_nonspace {
            let fact = facts.fact(&output("output.text"));
            let letters =
                fact.pieces().iter().flat_map(|piece| piece.text.chars()).filter(|c| !c.is_whitespace());
            let enough = matches!(fact, Fact::Text(_)) && letters.take(min).count() == min;
            if !enough {
                return Answer::Fail(None);
            }
        }
        if let Some(since) = &self.fresh_since {
            // Contents that are known to differ say more than a clock.
            if let Fact::Bool(changed) = facts.fact(&output("output.changed")) {
                if !changed {
                    return Answer::Fail(None);
                }
                return self.read(facts);
            }
            let written = facts.fact(&output("output.mtime")).number();
            let started = facts.fact(since).number();
            if !matches!((written, started), (Some(written), Some(started)) if written >= started) {
                return Answer::Fail(None);
            }
        }
        self.read(facts)
    }

    /// Whether the file can be read as what it should be.
    fn read(&self, facts: &dyn Facts) -> Answer {
        let Some(format) = &self.parses_as else { return Answer::Pass };
        let Fact::Text(text) = facts.fact(&Path::new("output.text")) else { return Answer::Fail(None) };
        let Fact::Text(format) = facts.fact(format) else { return Answer::Pass };
        let path = facts.fact(&self.path);
        let path = path.pieces().first().map_or("", |piece| &*piece.text);
        let format = format::refined(&format.text, path);
        let is_binary = matches!(facts.fact(&Path::new("output.utf8")), Fact::Bool(false));
        if is_binary && format::is_textual(format) {
            return Answer::hit(Hit::said("it is not UTF-8"));
        }
        let Some(fault) = format::fault(format, &text.text) else { return Answer::Pass };
        let whole = |at: &usize| text.text.is_char_boundary(*at);
        let at = fault.at.and_then(|at| (0..=at.min(text.text.len())).rev().find(whole));
        let span = at.and_then(|at| text.hit(at..at).span);
        Answer::hit(Hit { text: fault.message, span, shared: None, context: String::new() })
    }
}

/// A relative path without `.` and `..`; none if it leads out, is absolute, or names a drive.
#[must_use]
pub fn normalized(path: &str) -> Option<String> {
    let drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes()[0].is_ascii_alphabetic();
    if path.starts_with(['/', '\\', '~']) || drive || path.contains('\0') {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::ask;
    use super::normalized;

    #[test]
    fn paths_stay_inside() {
        for (path, want) in [
            ("a.md", Some("a.md")),
            ("./out//a.md", Some("out/a.md")),
            ("out/../a.md", Some("a.md")),
            ("../x", None),
            ("a/../../x", None),
            ("/abs", None),
            ("C:\\x", None),
            ("~/x", None),
            ("a\0b", None),
        ] {
            assert_eq!(normalized(path).as_deref(), want, "{path}");
        }
    }

    #[test]
    fn files() {
        let check = |parameters: &str, facts: &str| {
            ask(&format!("{{file: {{path: task.output_path, {parameters}}}}}"), facts)
        };
        assert_eq!(check("within: root", "{task: {output_path: ../x}}"), "../x");
        assert_eq!(check("kind: regular", "{output: {kind: regular}}"), "pass");
        assert_eq!(check("kind: regular", "{output: {kind: directory}}"), "fail");
        assert_eq!(check("kind: regular", "{}"), "fail");
        assert_eq!(check("min_nonspace: 2", "{output: {text: ' a b '}}"), "pass");
        assert_eq!(check("min_nonspace: 2", "{output: {text: ' a '}}"), "fail");
        assert_eq!(
            check("fresh_since: task.started_at", "{task: {started_at: 5}, output: {mtime: 5}}"),
            "pass"
        );
        assert_eq!(check("fresh_since: task.started_at", "{task: {started_at: 5}}"), "fail");
        assert_eq!(check("fresh_since: task.started_at", "{output: {changed: true}}"), "pass");
        assert_eq!(
            check(
                "fresh_since: task.started_at",
                "{task: {started_at: 5}, output: {mtime: 6, changed: false}}"
            ),
            "fail"
        );
        let parses = |facts: &str| check("parses_as: task.output_format", facts);
        let json = "output_format: json, output_path";
        assert_eq!(
            parses(&format!("{{task: {{{json}: a.json}}, output: {{text: '{{'}}}}")),
            "EOF while parsing an object"
        );
        assert_eq!(
            parses(&format!("{{task: {{{json}: a.jsonl}}, output: {{text: \"{{}}\\n[]\"}}}}")),
            "pass"
        );
        assert_eq!(
            parses(&format!("{{task: {{{json}: a}}, output: {{text: '{{}}', utf8: false}}}}")),
            "it is not UTF-8"
        );
        assert_eq!(parses("{task: {output_format: text}, output: {text: '{', utf8: false}}"), "pass");
    }
}
