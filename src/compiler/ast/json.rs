//! JSON with places, and with patience: what people and models write instead of JSON is named and read all the same.
//!
//! *Invariant*: one loop over an explicit stack; the tree is never deeper than [`DEPTH`].

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::Span;
use crate::ir::node::{Key, Kind, Node};

use super::yaml::{DEPTH, drop_duplicates, duplicate, duplicates};

/// Findings after which the rest is not reported.
const MOST: usize = 20;

/// Reads the JSON value at `part`. After an error that cannot be read over, the value is what had been read so far.
#[must_use]
pub fn read(inputs: &Inputs, part: Span) -> Outcome<Node> {
    let mut reader =
        Reader { text: inputs.slice(part), part, at: 0, stack: Vec::new(), findings: Vec::new() };
    let node = reader.document();
    Outcome::new(node, reader.findings)
}

/// Reads one value a line; blank lines count for nothing. The value is a list.
#[must_use]
pub fn read_lines(inputs: &Inputs, part: Span) -> Outcome<Node> {
    let text = inputs.slice(part);
    let mut items = Vec::new();
    let mut findings = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if !line.trim_ascii().is_empty() {
            let outcome = read(inputs, part.slice(start, start + line.trim_ascii_end().len()));
            items.push(outcome.value);
            findings.extend(outcome.findings);
        }
        start += line.len();
    }
    Outcome::new(Node { span: part.slice(0, text.trim_ascii_end().len()), kind: Kind::List(items) }, findings)
}

struct Frame {
    start: usize,
    items: Items,
}

enum Items {
    List(Vec<Node>),
    Map(Vec<(Key, Node)>, Option<Key>),
}

struct Reader<'a> {
    text: &'a str,
    part: Span,
    at: usize,
    stack: Vec<Frame>,
    findings: Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Node {
        let root = loop {
            self.blanks();
            let done = match self.step() {
                Step::Value(node) => self.deliver(node),
                Step::More => None,
                Step::Stop => Some(self.unwind()),
            };
            if let Some(root) = done {
                break root;
            }
        };
        self.blanks();
        if self.at < self.text.len() && self.findings.is_empty() {
            let message = format!("`{}` follows the end of the value", self.word());
            self.report(self.at, self.at + self.word().len(), message, "keep one value in a file");
        }
        root
    }

    /// What stands here, as far as one token goes.
    fn step(&mut self) -> Step {
        let start = self.at;
        let Some(byte) = self.peek() else {
            if let Some(frame) = self.stack.last() {
                let open = if matches!(frame.items, Items::List(_)) { '[' } else { '{' };
                self.report(frame.start, frame.start + 1, format!("`{open}` is never closed"), "close it");
            } else if start == 0 || self.findings.is_empty() {
                let end = self.text.len();
                self.report(end, end, "expected a value, found nothing", "write `{}` for an empty one");
            }
            return Step::Stop;
        };
        let wants_key = matches!(self.stack.last(), Some(Frame { items: Items::Map(_, None), .. }));
        match byte {
            b']' | b'}' => self.close(byte),
            b',' => {
                self.report(start, start + 1, "a comma stands where a value is expected", "remove it");
                self.at += 1;
                Step::More
            }
            _ if wants_key => self.key(),
            b'[' | b'{' => self.open(byte),
            b'"' | b'\'' => {
                let text = self.string();
                Step::Value(Node { span: self.span(start, self.at), kind: Kind::Text(text) })
            }
            _ => self.word_value(),
        }
    }

    fn open(&mut self, byte: u8) -> Step {
        if self.stack.len() >= DEPTH {
            let message = format!("lists and maps lie in each other deeper than {DEPTH} levels");
            let span = self.span(self.at, self.at + 1);
            self.findings.truncate(MOST - 1);
            self.findings.push(
                Diagnostic::error("json/too-deep", span, message).help("flatten the structure".to_owned()),
            );
            return Step::Stop;
        }
        let items = if byte == b'[' { Items::List(Vec::new()) } else { Items::Map(Vec::new(), None) };
        self.stack.push(Frame { start: self.at, items });
        self.at += 1;
        Step::More
    }

    fn close(&mut self, byte: u8) -> Step {
        let start = self.at;
        let Some(frame) = self.stack.last() else {
            self.report(start, start + 1, format!("`{}` closes nothing", char::from(byte)), "remove it");
            return Step::Stop;
        };
        let right = if matches!(frame.items, Items::List(_)) { b']' } else { b'}' };
        if byte != right {
            let open = if right == b']' { '[' } else { '{' };
            let message = format!("`{open}` is closed by `{}`", char::from(byte));
            self.report(start, start + 1, message, "use the bracket that belongs to it");
        }
        self.at += 1;
        let frame = self.stack.pop().expect("the last frame was seen above");
        Step::Value(self.seal(frame, self.at))
    }

    /// A finished list or map.
    fn seal(&mut self, frame: Frame, end: usize) -> Node {
        let span = self.span(frame.start, end);
        let kind = match frame.items {
            Items::List(items) => Kind::List(items),
            Items::Map(mut entries, key) => {
                if let Some(key) = key {
                    let span = Span { start: key.span.end, ..key.span };
                    entries.push((key, Node { span, kind: Kind::Null }));
                }
                let pairs = duplicates(&entries);
                for &(first, second) in &pairs {
                    self.note(duplicate("json/duplicate-key", &entries[first].0, &entries[second].0));
                }
                let mut node = Node { span, kind: Kind::Map(entries) };
                if !pairs.is_empty() {
                    drop_duplicates(&mut node);
                }
                return node;
            }
        };
        Node { span, kind }
    }

    /// Puts a value into what is open, and reads the separator behind it; gives it back when nothing is open.
    fn deliver(&mut self, node: Node) -> Option<Node> {
        let Some(frame) = self.stack.last_mut() else { return Some(node) };
        match &mut frame.items {
            Items::List(items) => items.push(node),
            Items::Map(entries, key) => {
                if let Some(key) = key.take() {
                    entries.push((key, node));
                }
            }
        }
        self.blanks();
        let start = self.at;
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                self.blanks();
                if matches!(self.peek(), Some(b']' | b'}')) {
                    let message = "a comma stands before the closing bracket";
                    self.report(start, start + 1, message, "remove it: JSON allows none there");
                }
            }
            None | Some(b']' | b'}') => {}
            Some(_) => self.report(start, start, "a comma is missing here", "put `,` between the two"),
        }
        None
    }

    fn key(&mut self) -> Step {
        let start = self.at;
        let text = if matches!(self.peek(), Some(b'"' | b'\'')) {
            self.string()
        } else {
            let word = self.word();
            let name = word.split(':').next().unwrap_or_default();
            let name = if name.is_empty() { &word[..1] } else { name };
            self.report(
                start,
                start + name.len(),
                format!("the key `{name}` is not in quotes"),
                "write it in double quotes",
            );
            self.at += name.len();
            name.to_owned()
        };
        let span = self.span(start, self.at);
        if let Some(Frame { items: Items::Map(_, key), .. }) = self.stack.last_mut() {
            *key = Some(Key { text, span });
        }
        self.blanks();
        if self.peek() == Some(b':') {
            self.at += 1;
        } else {
            let message = format!("expected `:` behind the key `{}`", self.slice(start, span));
            self.report(self.at, self.at, message, "write a colon and the value");
            if matches!(self.peek(), Some(b',' | b'}')) {
                self.skip_valueless();
            }
        }
        Step::More
    }

    /// A key without a value: counts as null.
    fn skip_valueless(&mut self) {
        let span = self.span(self.at, self.at);
        let none = self.deliver(Node { span, kind: Kind::Null });
        debug_assert!(none.is_none(), "a key stands in a map");
    }

    fn word_value(&mut self) -> Step {
        let start = self.at;
        let word = self.word();
        self.at += word.len();
        let kind = match word {
            "null" => Kind::Null,
            "true" => Kind::Bool(true),
            "false" => Kind::Bool(false),
            _ => number(word).unwrap_or_else(|| {
                let (kind, message, help) = misspelt(word);
                self.report(start, start + word.len(), message, help);
                kind
            }),
        };
        Step::Value(Node { span: self.span(start, self.at), kind })
    }

    /// The characters up to the next blank, bracket, comma or quote; at least one.
    fn word(&self) -> &'a str {
        let rest: &'a str = &self.text[self.at..];
        let stop = |c: char| c.is_whitespace() || matches!(c, ',' | ']' | '}' | '[' | '{' | '"');
        let length = rest.find(stop).unwrap_or(rest.len());
        let least = rest.chars().next().map_or(0, char::len_utf8);
        &rest[..length.max(least)]
    }

    /// A string, from quote to quote.
    fn string(&mut self) -> String {
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

    /// Passes over blanks, and over comments, which are reported.
    fn blanks(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            self.at += rest.len() - rest.trim_start().len();
            let rest = &self.text[self.at..];
            let length = if rest.starts_with("//") || rest.starts_with('#') {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                rest.find("*/").map_or(rest.len(), |end| end + 2)
            } else {
                return;
            };
            let start = self.at;
            self.at += length;
            self.report(start, self.at, "JSON has no comments", "remove it, or write the file as YAML");
        }
    }

    /// What had been read when reading had to stop.
    fn unwind(&mut self) -> Node {
        let end = self.text.trim_ascii_end().len();
        while let Some(frame) = self.stack.pop() {
            let end = end.max(frame.start);
            let node = self.seal(frame, end);
            match self.stack.last_mut() {
                None => return node,
                Some(Frame { items: Items::List(items), .. }) => items.push(node),
                Some(Frame { items: Items::Map(entries, key), .. }) => {
                    entries.extend(key.take().map(|key| (key, node)));
                }
            }
        }
        Node { span: self.span(0, 0), kind: Kind::Null }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn slice(&self, start: usize, span: Span) -> &str {
        &self.text[start..start + span.len()]
    }

    fn span(&self, start: usize, end: usize) -> Span {
        self.part.slice(start, end)
    }

    fn report(&mut self, start: usize, end: usize, message: impl Into<String>, help: &str) {
        let finding = Diagnostic::error("json/syntax", self.span(start, end), message);
        self.note(finding.help(help.to_owned()));
    }

    fn note(&mut self, finding: Diagnostic) {
        if self.findings.len() < MOST {
            self.findings.push(finding);
        }
    }
}

enum Step {
    /// A whole value.
    Value(Node),
    /// Something was opened, or passed over.
    More,
    /// Nothing further can be read.
    Stop,
}

/// A number by the grammar of JSON.
fn number(word: &str) -> Option<Kind> {
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
fn misspelt(word: &str) -> (Kind, String, &'static str) {
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

#[cfg(test)]
mod tests {
    use super::{read, read_lines};
    use crate::base::inputs::{Inputs, RelPath};
    use crate::base::span::Span;
    use crate::ir::node::Node;
    use crate::ir::node::json::to_json;

    fn with(text: &str, lines: bool) -> (String, Vec<String>) {
        let mut inputs = Inputs::new();
        let file = inputs.add_document(RelPath::new("a.json").unwrap(), text.as_bytes().to_vec());
        let part = Span::new(file, 0, inputs.text(file).len());
        let outcome = if lines { read_lines(&inputs, part) } else { read(&inputs, part) };
        sound(&inputs, &outcome.value);
        let name = |finding: &crate::base::diagnostic::Diagnostic| {
            format!("{} @ {}", finding.message, inputs.slice(finding.span()))
        };
        (to_json(&outcome.value).to_string(), outcome.findings.iter().map(name).collect())
    }

    fn sound(inputs: &Inputs, node: &Node) {
        assert!(inputs.text(node.span.file).get(node.span.range()).is_some(), "{node:?}");
        node.items().iter().for_each(|item| sound(inputs, item));
        node.entries().iter().for_each(|(_, value)| sound(inputs, value));
    }

    fn check(text: &str, json: &str, findings: &[&str]) {
        let (value, found) = with(text, false);
        assert_eq!(
            (value.as_str(), found),
            (json, findings.iter().map(ToString::to_string).collect()),
            "{text}"
        );
    }

    #[test]
    fn json_is_read() {
        check(
            r#" {"a": [1, -2.5e3, true, null, "x\n\u00e9\ud83d\ude00\/"], "b": {}, "c": []} "#,
            "{\"a\":[1,-2500.0,true,null,\"x\\né😀/\"],\"b\":{},\"c\":[]}",
            &[],
        );
        check("12345678901234567890", "1.2345678901234567e+19", &[]);
    }

    #[test]
    fn slips_are_named_and_read_over() {
        check("[1, 2,]", "[1,2]", &["a comma stands before the closing bracket @ ,"]);
        check("{'a': 1}", r#"{"a":1}"#, &["single quotes hold no text in JSON @ '"]);
        check("{a: 1}", r#"{"a":1}"#, &["the key `a` is not in quotes @ a"]);
        check("[1 2]", "[1,2]", &["a comma is missing here @ "]);
        check("[1] // one\n", "[1]", &["JSON has no comments @ // one"]);
        check(
            "[True, None]",
            "[true,null]",
            &["`True` is no value in JSON @ True", "`None` is no value in JSON @ None"],
        );
        check("[01]", r#"["01"]"#, &["`01` is no number in JSON @ 01"]);
        check("{\"a\": 1, \"a\": 2}", r#"{"a":1}"#, &["the key `a` stands twice in one map @ \"a\""]);
        check("{\"a\"}", r#"{"a":null}"#, &["expected `:` behind the key `\"a\"` @ "]);
        check(
            "[\"\\x\", \"\\ud800\"]",
            "[\"\\\\x\",\"\u{fffd}\"]",
            &["`\\x` is no character @ \\x", "`\\u` names no character here @ \\ud800"],
        );
    }

    #[test]
    fn broken_files_keep_what_was_read() {
        check("{\"a\": [1, {\"b\": 2", r#"{"a":[1,{"b":2}]}"#, &["`{` is never closed @ {"]);
        check("[1] 2", "[1]", &["`2` follows the end of the value @ 2"]);
        check("]", "null", &["`]` closes nothing @ ]"]);
        check("", "null", &["expected a value, found nothing @ "]);
        check("[1}", "[1]", &["`[` is closed by `}` @ }"]);
    }

    #[test]
    fn lines() {
        let (value, found) = with("{\"a\": 1}\n\n[2,]\n", true);
        assert_eq!((value.as_str(), found.len()), (r#"[{"a":1},[2]]"#, 1));
    }

    #[test]
    fn bombs_are_refused() {
        for bomb in ["[", "{\"a\":", "[[{\"a\":[", ",", "{", "]", "{a", "\"", "'", "\\", "/*", "#\n", "[1 "] {
            let (_, found) = with(&bomb.repeat(1 << 18), false);
            assert!((1..=20).contains(&found.len()) || bomb == "\"", "{bomb}: {}", found.len());
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]
        #[test]
        fn any_text(text in "([\\[\\]{}:,\"'\\\\/*# \n]|\\\\u|d83d|true|-|[0-9]|é){0,40}") {
            with(&text, false);
            with(&text, true);
        }
        #[test]
        fn agrees_with_serde_json(text in "[\\[\\]{}:,\"0-9.eE+-]{0,12}") {
            let (ours, found) = with(&text, false);
            match serde_json::from_str::<serde_json::Value>(&text) {
                Ok(value) => proptest::prop_assert_eq!(ours, value.to_string()),
                Err(_) => proptest::prop_assert!(!found.is_empty()),
            }
        }
    }
}
