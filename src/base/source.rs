//! One source file: its text, normalised once, and the way from a byte to a line and column.

use std::ops::Range;
use std::sync::OnceLock;

use super::digest::Digest;
use super::inputs::RelPath;

/// Where a file came from; later layers cover earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Shipped inside the binary.
    Builtin,
    /// Found in the project by convention: squads, registries, templates, configuration.
    Project,
    /// Named by the user.
    Named,
}

/// What stood in a file before it was normalised; fixes write it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Encoding {
    /// The file began with a byte order mark.
    pub bom: bool,
    /// Lines ended in CR LF or CR.
    pub crlf: bool,
    /// The last line lacked its end.
    pub unfinished: bool,
    /// Offset in the original bytes of the first byte that is not UTF-8.
    pub invalid: Option<usize>,
}

/// One source file.
///
/// Invariant: `text` has no byte order mark, its lines end in LF, and it is empty or ends in LF, so that the same
/// document written on another system compiles to the same bytes. Bytes that are not UTF-8 are replaced.
#[derive(Debug)]
pub struct SourceFile {
    /// The name under which users see and override it.
    pub path: RelPath,
    /// Where it came from.
    pub layer: Layer,
    /// How it was written on disk.
    pub encoding: Encoding,
    text: String,
    lines: OnceLock<Vec<u32>>,
    digest: OnceLock<Digest>,
    /// None: nobody has looked for secrets.
    masked: Option<Vec<Masked>>,
}

/// Stands for every letter of what nobody may repeat.
const MASK: char = 'x';

/// A part of a text that nobody may repeat: other letters stand in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masked {
    /// Its bytes.
    pub range: Range<usize>,
    /// What it is: a noun with its article.
    pub what: String,
}

impl SourceFile {
    /// Reads the bytes of a file.
    #[must_use]
    pub fn new(path: RelPath, layer: Layer, bytes: Vec<u8>) -> Self {
        let mut encoding = Encoding::default();
        let mut text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                encoding.invalid = Some(error.utf8_error().valid_up_to());
                String::from_utf8_lossy(error.as_bytes()).into_owned()
            }
        };
        if text.starts_with('\u{feff}') {
            encoding.bom = true;
            text.drain(..'\u{feff}'.len_utf8());
        }
        if memchr::memchr(b'\r', text.as_bytes()).is_some() {
            encoding.crlf = true;
            text = text.replace("\r\n", "\n").replace('\r', "\n");
        }
        if !text.is_empty() && !text.ends_with('\n') {
            encoding.unfinished = true;
            text.push('\n');
        }
        Self { path, layer, encoding, text, lines: OnceLock::new(), digest: OnceLock::new(), masked: None }
    }

    /// Puts other letters in place of parts of the text: blanks stay, and so does every place.
    pub(super) fn screen(&mut self, masked: Vec<Masked>) {
        for Masked { range, .. } in &masked {
            // A letter means nothing in any format; blanks and ends of lines may.
            let kept = |byte: u8| if byte.is_ascii_whitespace() { char::from(byte) } else { MASK };
            let mask: String = self.text[range.clone()].bytes().map(kept).collect();
            self.text.replace_range(range.clone(), &mask);
        }
        if !masked.is_empty() {
            (self.lines, self.digest) = (OnceLock::new(), OnceLock::new());
        }
        self.masked = Some(masked);
    }

    /// Whether somebody has looked for parts that must not be repeated.
    #[must_use]
    pub fn is_screened(&self) -> bool {
        self.masked.is_some()
    }

    /// The parts that must not be repeated.
    #[must_use]
    pub fn masked(&self) -> &[Masked] {
        self.masked.as_deref().unwrap_or_default()
    }

    /// The normalised text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Hash of the normalised text: the same for LF and CR LF, with and without byte order mark.
    #[must_use]
    pub fn digest(&self) -> Digest {
        *self.digest.get_or_init(|| Digest::of(self.text.as_bytes()))
    }

    /// Line and column of a byte, both from 1; columns count Unicode scalar values.
    #[must_use]
    pub fn position(&self, byte: u32) -> Position {
        let lines = self.lines();
        let line = lines.partition_point(|&start| start <= byte).max(1);
        let start = lines[line - 1] as usize;
        let end = floor_boundary(&self.text, byte as usize).max(start);
        Position { line, column: self.text[start..end].chars().count() + 1 }
    }

    /// The text of a line (from 1) without its end, and the offset of its first byte.
    #[must_use]
    pub fn line(&self, line: usize) -> (usize, &str) {
        let lines = self.lines();
        let start = lines[(line - 1).min(lines.len() - 1)] as usize;
        let end = lines.get(line).map_or(self.text.len(), |&next| next as usize);
        (start, self.text[start..end].trim_end_matches('\n'))
    }

    /// The line (from 1) of a byte, without counting columns: cheap however long the line is.
    #[must_use]
    pub fn line_of(&self, byte: u32) -> usize {
        self.lines().partition_point(|&start| start <= byte).max(1)
    }

    /// Number of lines.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.lines().len() - usize::from(self.text.ends_with('\n'))
    }

    /// Offsets of the first byte of every line. Built when first asked for: most files never report anything.
    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let ends = memchr::memchr_iter(b'\n', self.text.as_bytes());
            let narrow = |at: usize| u32::try_from(at).expect("a source file is shorter than 4 GiB");
            std::iter::once(0).chain(ends.map(|at| narrow(at + 1))).collect()
        })
    }
}

fn floor_boundary(text: &str, byte: usize) -> usize {
    let mut at = byte.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A place as people count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in Unicode scalar values, from 1.
    pub column: usize,
}

#[cfg(test)]
mod tests {
    use super::{Layer, Position, SourceFile};
    use crate::base::inputs::RelPath;

    fn file(bytes: &[u8]) -> SourceFile {
        SourceFile::new(RelPath::new("a.md").unwrap(), Layer::Named, bytes.to_vec())
    }

    #[test]
    fn line_ends_and_marks_make_no_difference() {
        let plain = file(b"a\nb\n");
        for other in [&b"a\r\nb\r\n"[..], b"a\rb\r", b"\xef\xbb\xbfa\nb", b"a\nb"] {
            assert_eq!(file(other).text(), plain.text());
            assert_eq!(file(other).digest(), plain.digest());
        }
        assert_eq!(file(b"ok \xff").encoding.invalid, Some(3));
    }

    #[test]
    fn columns_count_characters() {
        let file = file("é\nação x\n".as_bytes());
        assert_eq!(file.position(0), Position { line: 1, column: 1 });
        assert_eq!(file.position(3), Position { line: 2, column: 1 });
        assert_eq!(file.position(10), Position { line: 2, column: 6 });
        assert_eq!(file.line(2), (3, "ação x"));
        assert_eq!(file.line_count(), 2);
    }
}
