//! Link reference definitions: `[name]: target "title"`, which may run over several lines.

/// Longest name, in bytes.
const LONGEST: usize = 999;

/// The number of lines that make a definition at the head of `lines`, if there is one.
pub(super) fn read(text: &[u8], lines: &[(usize, usize)]) -> Option<usize> {
    let mut reader = Reader { text, lines, line: 0, at: lines.first()?.0 };
    reader.name()?;
    reader.gap();
    reader.target()?;
    let behind = (reader.line, reader.at);
    let blanks = reader.gap();
    let titled = blanks && reader.title().is_some() && reader.at_end();
    if !titled {
        (reader.line, reader.at) = behind;
        if !reader.at_end() {
            return None;
        }
    }
    Some(reader.line + 1)
}

struct Reader<'a> {
    text: &'a [u8],
    lines: &'a [(usize, usize)],
    line: usize,
    at: usize,
}

impl Reader<'_> {
    /// The next byte of this line.
    fn peek(&self) -> Option<u8> {
        (self.at < self.lines[self.line].1).then(|| self.text[self.at])
    }

    /// Goes to the next line, if there is one.
    fn next_line(&mut self) -> bool {
        let Some(&(start, _)) = self.lines.get(self.line + 1) else { return false };
        self.line += 1;
        self.at = start;
        true
    }

    fn blanks(&mut self) -> bool {
        let start = self.at;
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        self.at > start
    }

    /// Blanks with at most one line end; whether there was anything.
    fn gap(&mut self) -> bool {
        let before = self.blanks();
        if self.peek().is_none() && self.next_line() {
            self.blanks();
            return true;
        }
        before
    }

    /// Whether nothing but blanks is left of this line.
    fn at_end(&mut self) -> bool {
        self.blanks();
        self.peek().is_none()
    }

    /// `[name]:`
    fn name(&mut self) -> Option<()> {
        self.at += 1;
        let mut length = 0;
        let mut blank = true;
        loop {
            let Some(byte) = self.peek() else {
                if !self.next_line() {
                    return None;
                }
                continue;
            };
            self.at += 1;
            length += 1;
            match byte {
                b']' => break,
                b'[' => return None,
                b'\\' if self.peek().is_some_and(|next| next.is_ascii_punctuation()) => {
                    self.at += 1;
                    blank = false;
                }
                _ => blank &= byte.is_ascii_whitespace(),
            }
            if length > LONGEST {
                return None;
            }
        }
        let colon = self.peek() == Some(b':');
        self.at += 1;
        (colon && !blank).then_some(())
    }

    fn target(&mut self) -> Option<()> {
        if self.peek()? == b'<' {
            self.at += 1;
            loop {
                let byte = self.peek()?;
                self.at += 1;
                match byte {
                    b'>' => return Some(()),
                    b'<' => return None,
                    b'\\' => self.at += usize::from(self.peek().is_some()),
                    _ => {}
                }
            }
        }
        let start = self.at;
        let mut open = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' => break,
                0..=0x1f | 0x7f => return None,
                b'(' => open += 1,
                b')' => open = open.checked_sub(1)?,
                b'\\' if self.text.get(self.at + 1).is_some_and(u8::is_ascii_punctuation) => self.at += 1,
                _ => {}
            }
            self.at += 1;
        }
        self.at = self.at.min(self.lines[self.line].1);
        (self.at > start && open == 0).then_some(())
    }

    fn title(&mut self) -> Option<()> {
        let close = match self.peek()? {
            b'"' => b'"',
            b'\'' => b'\'',
            b'(' => b')',
            _ => return None,
        };
        self.at += 1;
        loop {
            let Some(byte) = self.peek() else {
                if !self.next_line() {
                    return None;
                }
                continue;
            };
            self.at += 1;
            match byte {
                b'\\' => self.at += usize::from(self.peek().is_some()),
                b'(' if close == b')' => return None,
                _ if byte == close => return Some(()),
                _ => {}
            }
        }
    }
}
