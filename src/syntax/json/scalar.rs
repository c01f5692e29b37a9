//! Strings, numbers and words of JSON, and what is written in their place.

use crate::ir::node::Kind;

use super::Reader;

impl Reader<'_> {
    /// A string, from quote to quote.
    pub(super) fn string(&mut self) -> String {
        let start = self.at;
        let quote = self.text.as_bytes()[start];
        if quote == b'\'' {
            self.report(start, start + 1, "single quotes hold no text in JSON", "use double quotes");
        }
        let mut out = String::new();
        self.at += 1;
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let Some(length) = memchr::memchr3(quote, b'\\', b'\n', rest) else {
                out.push_str(&self.text[self.at..]);
                self.at = self.text.len();
                self.report(start, start + 1, "a quote is opened and never closed", "close it");
                return out;
            };
            let stop = self.at + length;
            out.push_str(&self.text[self.at..stop]);
            self.at = stop + 1;
            match self.text.as_bytes()[stop] {
                b'\n' => {
                    self.report(
                        stop,
                        stop + 1,
                        "a text runs over the end of its line",
                        "write `\\n` for a line end",
                    );
                    out.push('\n');
                }
                b'\\' => self.escape(stop, &mut out),
                _ => return out,
            }
        }
    }

    /// The character after a backslash at `start`.
    fn escape(&mut self, start: usize, out: &mut String) {
        let Some(letter) = self.text[self.at..].chars().next() else { return };
        self.at += letter.len_utf8();
        let c = match letter {
            '"' | '\\' | '/' => letter,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => self.unicode().unwrap_or_else(|| {
                let help = "write four hexadecimal digits, two such groups for characters beyond them";
                self.report(start, self.at, "`\\u` names no character here", help);
                '\u{fffd}'
            }),
            _ => {
                if letter != '\'' {
                    let message = format!("`\\{letter}` is no character");
                    self.report(start, self.at, message, "double the backslash to mean one");
                    out.push('\\');
                }
                letter
            }
        };
        out.push(c);
    }

    fn unicode(&mut self) -> Option<char> {
        let high = self.hex()?;
        if !(0xd800..0xdc00).contains(&high) {
            return char::from_u32(high);
        }
        if !self.text[self.at..].starts_with("\\u") {
            return None;
        }
        let before = self.at;
        self.at += 2;
        match self.hex() {
            Some(low) if (0xdc00..0xe000).contains(&low) => {
                char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00))
            }
            _ => {
                self.at = before;
                None
            }
        }
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = u32::from_str_radix(digits, 16).ok().filter(|_| plain)?;
        self.at += 4;
        Some(number)
    }
}

/// A number by the grammar of JSON.
pub(super) fn number(word: &str) -> Option<Kind> {
    let digits = word.strip_prefix('-').unwrap_or(word);
    let whole = digits.bytes().take_while(u8::is_ascii_digit).count();
    if whole == 0 || (whole > 1 && digits.starts_with('0')) {
        return None;
    }
    if whole == digits.len()
        && let Ok(number) = word.parse()
    {
        return Some(Kind::Int(number));
    }
    let mut rest = &digits[whole..];
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        if rest.len() == fraction.len() {
            return None;
        }
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let power = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if power.is_empty() || !power.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        rest = "";
    }
    if !rest.is_empty() {
        return None;
    }
    word.parse().ok().filter(|number: &f64| number.is_finite()).map(Kind::Float)
}

/// What a word that is no value was meant to be, what to say of it, and what to write instead.
pub(super) fn misspelt(word: &str) -> (Kind, String, &'static str) {
    let no = |what: &str| format!("`{word}` is {what}");
    match word {
        "None" | "nil" | "undefined" | "NULL" | "Null" => {
            (Kind::Null, no("no value in JSON"), "write `null`")
        }
        "True" | "TRUE" => (Kind::Bool(true), no("no value in JSON"), "write `true`"),
        "False" | "FALSE" => (Kind::Bool(false), no("no value in JSON"), "write `false`"),
        "NaN" | "Infinity" | "-Infinity" => {
            (Kind::Null, no("no number in JSON"), "write `null`, or a number")
        }
        _ if word.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) => (
            Kind::Text(word.to_owned()),
            no("no number in JSON"),
            "write a decimal number, or put it in double quotes",
        ),
        _ => (Kind::Text(word.to_owned()), no("not in quotes"), "put it in double quotes"),
    }
}
