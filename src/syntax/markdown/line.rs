//! One line and how far it has been read, in bytes and in columns: a tab reaches to the next multiple of four.

/// A line being read.
pub(super) struct Line<'a> {
    text: &'a [u8],
    /// The next byte; a tab of which some columns are used up is still the next byte.
    at: usize,
    column: usize,
    /// One past the last byte; the line end is not included.
    pub(super) end: usize,
}

/// Whether a line that begins with `byte` outside all containers can only be prose.
pub(super) fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphabetic()
        || !byte.is_ascii()
        || matches!(
            byte,
            b'[' | b'(' | b'"' | b'\'' | b'!' | b'?' | b'@' | b'$' | b'%' | b'&' | b'\\' | b'/' | b'{'
        )
}

impl<'a> Line<'a> {
    pub(super) fn new(text: &'a [u8], start: usize, end: usize) -> Self {
        Self { text, at: start, column: 0, end }
    }

    /// The offset of the next byte.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn column(&self) -> usize {
        self.column
    }

    /// What is left of the line.
    pub(super) fn rest(&self) -> &'a [u8] {
        &self.text[self.at..self.end]
    }

    /// What is left of the line from offset `from`.
    pub(super) fn from(&self, from: usize) -> &'a [u8] {
        &self.text[from..self.end]
    }

    pub(super) fn is_blank(&self) -> bool {
        self.rest().iter().all(|&byte| is_blank(byte))
    }

    /// The offset behind the last byte that is not blank.
    pub(super) fn trimmed_end(&self) -> usize {
        let blanks = self.rest().iter().rev().take_while(|&&byte| is_blank(byte)).count();
        self.end - blanks
    }

    /// Columns of blanks ahead, and the offset of the first byte behind them.
    pub(super) fn indent(&self) -> (usize, usize) {
        let mut column = self.column;
        for (length, &byte) in self.rest().iter().enumerate() {
            match byte {
                b' ' => column += 1,
                b'\t' => column += 4 - column % 4,
                _ => return (column - self.column, self.at + length),
            }
        }
        (column - self.column, self.end)
    }

    /// Passes over `count` columns of blanks; at the end of the line it stops.
    pub(super) fn skip_columns(&mut self, mut count: usize) {
        while count > 0 && self.at < self.end {
            let width = if self.text[self.at] == b'\t' { 4 - self.column % 4 } else { 1 };
            let used = width.min(count);
            self.column += used;
            count -= used;
            if used == width {
                self.at += 1;
            }
        }
    }

    /// Passes over the blanks ahead and `count` bytes behind them.
    pub(super) fn skip_mark(&mut self, count: usize) {
        let (columns, at) = self.indent();
        self.column += columns + count;
        self.at = at + count;
    }

    /// Passes over `count` columns, if the line is indented that much.
    pub(super) fn take_indent(&mut self, count: usize) -> bool {
        let enough = self.indent().0 >= count;
        if enough {
            self.skip_columns(count);
        }
        enough
    }

    /// Passes over a quote mark and the blank behind it, if there is one.
    pub(super) fn quote_mark(&mut self) -> bool {
        let (indent, at) = self.indent();
        let found = indent < 4 && self.from(at).first() == Some(&b'>');
        if found {
            self.skip_mark(1);
            if self.rest().first().is_some_and(|&byte| is_blank(byte)) {
                self.skip_columns(1);
            }
        }
        found
    }
}

pub(super) fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}
