//! A source for miette that finds its lines by our index, shows a window of a long line, and no character that
//! would move the reader's cursor.

use std::borrow::Cow;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::base::source::SourceFile;

/// Lines up to this many bytes are shown whole.
pub(super) const LONG: usize = 400;
/// Bytes shown on either side of what is underlined on a longer line.
const AROUND: usize = 120;

/// One file, ready to be shown.
pub(super) struct Source<'a> {
    file: &'a SourceFile,
    name: String,
    text: Cow<'a, str>,
}

impl<'a> Source<'a> {
    pub(super) fn new(file: &'a SourceFile, name: String) -> Self {
        Self { file, name, text: harmless(file.text()) }
    }

    /// The line of a byte, from 0, and the byte range of its text.
    fn line(&self, byte: usize) -> (usize, std::ops::Range<usize>) {
        let line = self.file.line_of(u32::try_from(byte).unwrap_or(u32::MAX));
        let (start, text) = self.file.line(line);
        (line - 1, start..start + text.len())
    }

    /// Whether the line of a byte is too long to be shown whole.
    pub(super) fn is_long(&self, byte: usize) -> bool {
        self.line(byte).1.len() > LONG
    }

    /// The part of a span that is underlined: its first line, and no more of that than can be read.
    pub(super) fn underlined(&self, start: usize, end: usize) -> (usize, usize) {
        let (_, line) = self.line(start);
        let start = start.min(self.text.len());
        let mut end = end.min(line.end.max(start)).min(start + LONG / 2);
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        (start, end - start)
    }

    fn boundary(&self, byte: usize) -> usize {
        let mut at = byte.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

impl SourceCode for Source<'_> {
    fn read_span<'b>(
        &'b self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'b> + 'b>, MietteError> {
        let start = self.boundary(span.offset());
        let end = self.boundary(span.offset() + span.len()).max(start);
        let (line, range) = self.line(start);
        let (last, last_range) = self.line(end.saturating_sub(1).max(start));
        let (first, from, to, column) = if before == 0 {
            // Asked for the place alone: columns are counted, which on a long line is worth it only here.
            (line, start, end, self.text[range.start..start].chars().count())
        } else if range.len() > LONG || last_range.len() > LONG {
            let from = self.boundary(start.saturating_sub(AROUND)).max(range.start);
            let to = self.boundary((end + AROUND).min(last_range.end.max(end)));
            (line, from, to, 0)
        } else {
            let first = (line - before.min(line)..=line).find(|&at| self.file.line(at + 1).1.len() <= LONG);
            let first = first.unwrap_or(line);
            let final_line = (last + 1..=last + after)
                .take_while(|&at| at < self.file.line_count() && self.file.line(at + 1).1.len() <= LONG)
                .last()
                .unwrap_or(last);
            let (tail, text) = self.file.line(final_line + 1);
            (first, self.file.line(first + 1).0, (tail + text.len()).max(end), 0)
        };
        let text = &self.text[from..to];
        let count = text.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let shown = (from, to - from).into();
        let name = self.name.clone();
        Ok(Box::new(MietteSpanContents::new_named(name, text.as_bytes(), shown, first, column, count)))
    }
}

/// Characters that would move the cursor, ring, hide or reorder text, each by one of the same length in bytes.
pub(super) fn harmless(text: &str) -> Cow<'_, str> {
    let substitute = |letter: char| match letter {
        '\n' | '\t' => None,
        '\0'..='\u{1f}' | '\u{7f}' => Some('?'),
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{61c}' => Some('¿'),
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {
            Some('\u{fffd}')
        }
        '\u{e0000}'..='\u{e007f}' => Some('\u{1f6c7}'),
        _ => None,
    };
    if text.chars().any(|letter| substitute(letter).is_some()) {
        Cow::Owned(text.chars().map(|letter| substitute(letter).unwrap_or(letter)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn what_is_harmless_keeps_its_length() {
        let text = "a\u{1b}[31m\u{202e}b\u{85}\u{e0041}\tc\n";
        let shown = harmless(text);
        assert_eq!(shown.len(), text.len());
        assert!(!shown.contains(['\u{1b}', '\u{202e}', '\u{85}']));
        assert!(shown.contains(['\t', '\n']));
    }
}
