//! A diagnostic with everything a format may want: its place in lines and columns, its fingerprint, whether it counts.

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::span::{FileId, Span};

use super::fingerprint::Fingerprints;

/// A span as people and machines count it, all from 1; an end is one past the last character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file as users see it.
    pub path: String,
    /// First line.
    pub line: usize,
    /// First column in Unicode scalar values.
    pub column: usize,
    /// Last line.
    pub end_line: usize,
    /// Column after the last character.
    pub end_column: usize,
    /// First column in UTF-16 units.
    pub column16: usize,
    /// Column after the last character in UTF-16 units.
    pub end_column16: usize,
}

/// A finding that is ready to be written.
#[derive(Debug)]
pub struct Finding<'a> {
    /// What was found.
    pub diagnostic: &'a Diagnostic,
    /// Its primary place.
    pub place: Place,
    /// Its other places, with why they are shown.
    pub related: Vec<(Place, &'a str)>,
    /// The places of the edits of its fix, in order.
    pub edits: Vec<Place>,
    /// The same for the same mistake, wherever its line has moved to.
    pub fingerprint: String,
    /// It stands in the baseline.
    pub known: bool,
}

impl Finding<'_> {
    /// Whether it counts.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.known && self.diagnostic.waived.is_none()
    }
    /// Whether it withholds a plan or fails a check.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.is_open() && self.diagnostic.severity.blocks()
    }
}

/// Places beyond these are counted, not shown: a ring of five thousand tasks has five thousand.
const MOST_RELATED: usize = 20;

/// Sorts by path, position, code, and finds places and fingerprints.
pub(super) fn prepare<'a>(
    inputs: &'a Inputs,
    diagnostics: &'a [Diagnostic],
    is_known: &dyn Fn(&str) -> bool,
) -> Vec<Finding<'a>> {
    let mut sorted: Vec<(String, &Diagnostic)> =
        diagnostics.iter().map(|finding| (inputs.display_path(finding.span().file), finding)).collect();
    sorted.sort_by(|(a_path, a), (b_path, b)| {
        let key = |finding: &Diagnostic| (finding.span().start, finding.span().end);
        (a_path, key(a), &a.code, &a.message).cmp(&(b_path, key(b), &b.code, &b.message))
    });
    let mut cursor = Cursor::new(inputs);
    let mut fingerprints = Fingerprints::new(inputs);
    let mut findings = Vec::with_capacity(sorted.len());
    for (path, diagnostic) in sorted {
        let place = cursor.place(diagnostic.span(), path);
        let others = diagnostic.labels[1..].iter().take(MOST_RELATED);
        let related = others
            .map(|label| {
                (cursor.place(label.span, inputs.display_path(label.span.file)), label.text.as_str())
            })
            .collect();
        let edits = diagnostic.fix.iter().flat_map(|fix| &fix.edits);
        let edits = edits.map(|edit| cursor.place(edit.span, inputs.display_path(edit.span.file))).collect();
        let fingerprint = fingerprints.of(diagnostic, &place.path);
        let known = is_known(&fingerprint);
        findings.push(Finding { diagnostic, place, related, edits, fingerprint, known });
    }
    findings
}

/// Counts columns from where it counted last: ten thousand findings on one line of sixteen megabytes are cheap.
struct Cursor<'a> {
    inputs: &'a Inputs,
    file: Option<FileId>,
    line: usize,
    start: usize,
    byte: usize,
    column: usize,
    column16: usize,
}

impl<'a> Cursor<'a> {
    fn new(inputs: &'a Inputs) -> Self {
        Self { inputs, file: None, line: 0, start: 0, byte: 0, column: 1, column16: 1 }
    }

    fn place(&mut self, span: Span, path: String) -> Place {
        self.seek(span.file, span.start);
        let (line, column, column16) = (self.line, self.column, self.column16);
        self.seek(span.file, span.end);
        Place {
            path,
            line,
            column,
            end_line: self.line,
            end_column: self.column,
            column16,
            end_column16: self.column16,
        }
    }

    fn seek(&mut self, file: FileId, byte: u32) {
        let source = self.inputs.file(file);
        let line = source.line_of(byte);
        if self.file != Some(file) || self.line != line {
            let (start, _) = source.line(line);
            (self.file, self.line, self.start, self.byte) = (Some(file), line, start, start);
            (self.column, self.column16) = (1, 1);
        }
        let text = source.text();
        let mut wanted = (byte as usize).min(text.len());
        while !text.is_char_boundary(wanted) {
            wanted -= 1;
        }
        if wanted >= self.byte {
            let (chars, units) = count(&text[self.byte..wanted]);
            self.column += chars;
            self.column16 += units;
        } else if wanted - self.start < self.byte - wanted {
            let (chars, units) = count(&text[self.start..wanted]);
            self.column = 1 + chars;
            self.column16 = 1 + units;
        } else {
            let (chars, units) = count(&text[wanted..self.byte]);
            self.column -= chars;
            self.column16 -= units;
        }
        self.byte = wanted;
    }
}

/// Scalar values and UTF-16 units.
fn count(text: &str) -> (usize, usize) {
    if text.is_ascii() {
        return (text.len(), text.len());
    }
    let chars = text.chars().count();
    let long = text.bytes().filter(|byte| *byte >= 0xf0).count();
    (chars, chars + long)
}

#[cfg(test)]
mod tests {
    use super::Cursor;
    use crate::base::inputs::{Inputs, RelPath};
    use crate::base::span::Span;

    #[test]
    fn columns_are_counted_forth_and_back() {
        let mut inputs = Inputs::new();
        let file =
            inputs.add_document(RelPath::new("a.md").unwrap(), "ação 🚀 xy\nnext\n".as_bytes().to_vec());
        let mut cursor = Cursor::new(&inputs);
        let mut check = |start: usize, end: usize| {
            let place = cursor.place(Span::new(file, start, end), String::new());
            let position = inputs.file(file).position(u32::try_from(start).unwrap());
            assert_eq!((place.line, place.column), (position.line, position.column));
            (place.line, place.column, place.column16, place.end_column16)
        };
        assert_eq!(check(12, 13), (1, 8, 9, 10));
        assert_eq!(check(0, 1), (1, 1, 1, 2));
        assert_eq!(check(7, 11), (1, 6, 6, 8));
        assert_eq!(check(15, 19), (2, 1, 1, 5));
        assert_eq!(check(1, 3), (1, 2, 2, 3));
    }
}
