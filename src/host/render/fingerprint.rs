//! Fingerprints: the same for the same mistake, wherever its line has moved to.
//!
//! A hash of the code, the path, the headings or keys above it, the words underlined, and, among several that agree
//! in all of these, a running number.

use std::collections::BTreeMap;

use crate::base::diagnostic::Diagnostic;
use crate::base::digest::Digest;
use crate::base::inputs::Inputs;
use crate::base::span::FileId;

/// Underlined text beyond this many bytes does not count.
const HIT: usize = 256;

/// Finds fingerprints, remembering the outline of each file.
pub(super) struct Fingerprints<'a> {
    inputs: &'a Inputs,
    outlines: BTreeMap<FileId, Vec<Entry>>,
    seen: BTreeMap<Digest, u32>,
}

/// A heading or key: where its line begins, how deep it lies, which entry lies above it, its words.
struct Entry {
    start: usize,
    depth: usize,
    above: Option<usize>,
    words: String,
}

impl<'a> Fingerprints<'a> {
    pub(super) fn new(inputs: &'a Inputs) -> Self {
        Self { inputs, outlines: BTreeMap::new(), seen: BTreeMap::new() }
    }

    /// 32 hexadecimal digits. Findings must be asked for in order, since equal ones are numbered.
    pub(super) fn of(&mut self, diagnostic: &Diagnostic, path: &str) -> String {
        let span = diagnostic.span();
        let text = self.inputs.text(span.file);
        let outline = self.outlines.entry(span.file).or_insert_with(|| outline(path, text));
        let mut trail = Vec::new();
        let mut at = outline.partition_point(|entry| entry.start <= span.start as usize).checked_sub(1);
        while let Some(index) = at {
            trail.push(outline[index].words.as_str());
            at = outline[index].above;
        }
        let mut range = span.range();
        if range.is_empty() {
            let start = range.start.min(text.len());
            let line = &text[text[..start].rfind('\n').map_or(0, |at| at + 1)..];
            range = text.len() - line.len()..text.len() - line.len() + line.find('\n').unwrap_or(line.len());
        }
        let mut end = range.end.min(range.start + HIT).min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let hit = normal(&text[range.start.min(end)..end]);
        let trail = trail.join("\u{1f}");
        let base = Digest::of_parts([diagnostic.code.as_str(), path, &trail, &hit].map(str::as_bytes));
        let number = self.seen.entry(base).or_default();
        let mut digits = if *number == 0 {
            base.hex()
        } else {
            Digest::of_parts([&base.0[..], &number.to_le_bytes()]).hex()
        };
        *number += 1;
        digits.truncate(32);
        digits
    }
}

/// Words in lower case, one blank between them.
fn normal(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn outline(path: &str, text: &str) -> Vec<Entry> {
    let lower = path.to_ascii_lowercase();
    let is_data = [".yaml", ".yml", ".json"].iter().any(|end| lower.ends_with(end));
    let mut entries: Vec<Entry> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let found = if is_data { key(line) } else { heading(line) };
        if let Some((depth, words)) = found {
            while open.last().is_some_and(|&last| entries[last].depth >= depth) {
                open.pop();
            }
            let above = open.last().copied();
            open.push(entries.len());
            entries.push(Entry { start, depth, above, words: normal(words) });
        }
        start += line.len();
    }
    entries
}

/// `## Title`
fn heading(line: &str) -> Option<(usize, &str)> {
    let rest = line.trim_start_matches('#');
    let depth = line.len() - rest.len();
    ((1..=6).contains(&depth) && rest.starts_with(' ') && rest.len() < HIT).then(|| (depth, rest.trim()))
}

/// `  - key: value`
fn key(line: &str) -> Option<(usize, &str)> {
    let rest = line.trim_start_matches([' ', '-', '"', '{']);
    let (name, _) = rest.split_once(':')?;
    let fits = !name.is_empty() && name.len() < 64 && !name.contains('#');
    fits.then(|| (line.len() - rest.len(), name.trim_end_matches('"')))
}
