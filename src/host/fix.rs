//! Fixes on disk: edits of normalised text, made on the bytes as they were written.
//!
//! *Invariant*: a byte outside of an edit is never changed: byte order mark, line ends and the missing last one stay.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::base::diagnostic::{Diagnostic, Edit, FixKind};
use crate::base::inputs::Inputs;
use crate::base::source::Layer;
use crate::base::span::FileId;

use super::error::HostError;
use super::root::Root;
use super::write;

/// Which fixes are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boldness {
    /// Those that keep the meaning.
    Safe,
    /// Those, too, that change what an executor is asked.
    Unsafe,
}

/// Edits that can be made together, by file: of two that meet, the first in order of findings wins, whole fixes at a
/// time. Shipped files cannot be edited.
#[must_use]
pub fn choose(inputs: &Inputs, findings: &[&Diagnostic], boldness: Boldness) -> BTreeMap<FileId, Vec<Edit>> {
    let mut chosen: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.waived.is_none()) {
        let Some(fix) = &finding.fix else { continue };
        let is_wanted = match fix.kind {
            FixKind::Safe => true,
            FixKind::Unsafe => boldness == Boldness::Unsafe,
            FixKind::Suggest | FixKind::Manual => false,
        };
        let is_free = |edit: &Edit| {
            let meets = |other: &Edit| {
                let (a, b) = (edit.span, other.span);
                if a.is_empty() && b.is_empty() {
                    a.start == b.start
                } else {
                    a.start < b.end && b.start < a.end
                }
            };
            let file = inputs.file(edit.span.file);
            // What was masked would be written as its mask.
            let masked = |edit: &Edit| {
                let (start, end) = (edit.span.start as usize, edit.span.end as usize);
                file.masked().iter().any(|masked| masked.range.start < end && start < masked.range.end)
            };
            file.layer != Layer::Builtin
                && !masked(edit)
                && !chosen.get(&edit.span.file).is_some_and(|edits| edits.iter().any(meets))
        };
        if is_wanted && !fix.edits.is_empty() && fix.edits.iter().all(is_free) {
            for edit in &fix.edits {
                chosen.entry(edit.span.file).or_default().push(edit.clone());
            }
        }
    }
    for edits in chosen.values_mut() {
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    }
    chosen
}

/// The bytes of a file after the edits; `edits` are sorted and do not meet.
#[must_use]
pub fn edited(original: &[u8], edits: &[Edit]) -> Vec<u8> {
    let line_end: &[u8] = match original.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
        Some(at) if original[at] == b'\n' => b"\n",
        Some(at) if original.get(at + 1) == Some(&b'\n') => b"\r\n",
        Some(_) => b"\r",
        None => b"\n",
    };
    let mut out = Vec::with_capacity(original.len());
    // `at` counts original bytes, `place` the bytes of the normalised text that correspond.
    let mut at = if original.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    out.extend_from_slice(&original[..at]);
    let mut place = 0usize;
    for edit in edits {
        let kept = skip(original, at, place, edit.span.start as usize);
        out.extend_from_slice(&original[at..kept]);
        for (index, line) in edit.text.split('\n').enumerate() {
            if index > 0 {
                out.extend_from_slice(line_end);
            }
            out.extend_from_slice(line.as_bytes());
        }
        at = skip(original, kept, edit.span.start as usize, edit.span.end as usize);
        place = edit.span.end as usize;
    }
    out.extend_from_slice(&original[at..]);
    out
}

/// The original offset that corresponds to `wanted` in the normalised text, counted on from a known pair.
fn skip(original: &[u8], mut at: usize, mut place: usize, wanted: usize) -> usize {
    while place < wanted && at < original.len() {
        at += if original[at] == b'\r' && original.get(at + 1) == Some(&b'\n') { 2 } else { 1 };
        place += 1;
    }
    at
}

/// A file as it was before it was edited.
#[derive(Debug)]
pub struct Saved {
    path: PathBuf,
    bytes: Vec<u8>,
}

/// Writes the edited files, each all or nothing. Returns what they were before.
pub fn write(
    root: &Root,
    inputs: &Inputs,
    chosen: &BTreeMap<FileId, Vec<Edit>>,
) -> Result<Vec<Saved>, HostError> {
    let mut saved = Vec::new();
    for (file, edits) in chosen {
        let path = root.locate(inputs.file(*file).path.as_str());
        let bytes = fs::read(&path).map_err(|error| HostError::io("read", &path, &error))?;
        write::replace(&path, &edited(&bytes, edits))?;
        saved.push(Saved { path, bytes });
    }
    Ok(saved)
}

/// Takes edits back.
pub fn restore(saved: &[Saved]) -> Result<(), HostError> {
    saved.iter().try_for_each(|saved| write::replace(&saved.path, &saved.bytes))
}

#[cfg(test)]
mod tests {
    use super::{Boldness, choose, edited};
    use crate::base::diagnostic::{Diagnostic, Edit, Fix, FixKind};
    use crate::base::inputs::{Inputs, RelPath};
    use crate::base::span::{FileId, Span};

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit { span: Span::new(FileId(0), start, end), text: text.to_owned() }
    }

    #[test]
    fn only_the_edited_bytes_change() {
        let check = |original: &str, edits: &[Edit], expected: &str| {
            assert_eq!(String::from_utf8(edited(original.as_bytes(), edits)).unwrap(), expected);
        };
        check("one\ntwo\n", &[edit(4, 7, "TWO")], "one\nTWO\n");
        check(
            "\u{feff}one\r\ntwo\r\nthree",
            &[edit(4, 7, "2\n2b"), edit(8, 8, "> ")],
            "\u{feff}one\r\n2\r\n2b\r\n> three",
        );
        check("a\rb\r", &[edit(2, 3, "c")], "a\rc\r");
        check("", &[edit(0, 0, "new\n")], "new\n");
        check("ação\r\nx", &[edit(7, 8, "y")], "ação\r\ny");
    }

    #[test]
    fn fixes_that_meet_wait_for_the_next_run() {
        let mut inputs = Inputs::new();
        inputs.add_document(RelPath::new("a.md").unwrap(), b"one two three\n".to_vec());
        let finding = |kind: FixKind, edits: Vec<Edit>| Diagnostic {
            fix: Some(Fix { kind, title: String::new(), edits }),
            ..Diagnostic::error("x/y", Span::new(FileId(0), 0, 1), "no")
        };
        let found = [
            finding(FixKind::Safe, vec![edit(4, 7, "2")]),
            finding(FixKind::Safe, vec![edit(5, 6, "x"), edit(8, 9, "y")]),
            finding(FixKind::Unsafe, vec![edit(0, 3, "1")]),
            finding(FixKind::Suggest, vec![edit(8, 13, "…")]),
        ];
        let found: Vec<&Diagnostic> = found.iter().collect();
        let starts = |boldness| {
            let chosen = choose(&inputs, &found, boldness);
            chosen[&FileId(0)].iter().map(|edit| edit.span.start).collect::<Vec<_>>()
        };
        assert_eq!(starts(Boldness::Safe), [4]);
        assert_eq!(starts(Boldness::Unsafe), [0, 4]);
    }
}
