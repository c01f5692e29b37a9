//! Whether a text can be read as the format it was promised in, and if not, why and where.

use serde::Deserialize as _;
use serde::de::IgnoredAny;

/// Why a text is not of a format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What the reader says.
    pub message: String,
    /// The byte where it gave up, if it says.
    pub at: Option<usize>,
}

impl Fault {
    fn new(message: impl Into<String>, at: impl Into<Option<usize>>) -> Self {
        Self { message: message.into(), at: at.into() }
    }
}

/// Formats whose files must at least be text.
const TEXTUAL: &[&str] =
    &["markdown", "md", "html", "code", "json", "jsonl", "yaml", "yml", "csv", "tsv", "toml", "xml"];

/// Whether a file of this format must be text.
#[must_use]
pub fn is_textual(format: &str) -> bool {
    TEXTUAL.contains(&format)
}

/// The format to read a file as: relatives of a format are told by the ending of the name.
#[must_use]
pub fn refined<'a>(format: &'a str, path: &str) -> &'a str {
    let ending =
        path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, ending)| ending);
    let is = |endings: &[&str]| endings.iter().any(|known| known.eq_ignore_ascii_case(ending));
    match format {
        "json" if is(&["jsonl", "ndjson"]) => "jsonl",
        "json" if is(&["jsonc", "json5"]) => "code",
        "csv" if is(&["tsv", "tab"]) => "tsv",
        _ => format,
    }
}

/// Why a text cannot be read in a format; formats without a reader are not judged.
#[must_use]
pub fn fault(format: &str, text: &str) -> Option<Fault> {
    match format {
        "json" => json(text, 0),
        "jsonl" => {
            let mut start = 0;
            text.split_inclusive('\n').find_map(|line| {
                let at = start;
                start += line.len();
                if line.trim().is_empty() { None } else { json(line, at) }
            })
        }
        "yaml" | "yml" => yaml(text),
        "toml" => toml::from_str::<IgnoredAny>(text)
            .err()
            .map(|error| Fault::new(error.message(), error.span().map(|span| span.start))),
        "csv" => ragged(text, ','),
        "tsv" => ragged(text, '\t'),
        "xml" => xml(text),
        _ => None,
    }
}

fn json(text: &str, start: usize) -> Option<Fault> {
    let error = serde_json::from_str::<IgnoredAny>(text).err()?;
    let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = (before + error.column().saturating_sub(1)).min(text.len());
    let said = error.to_string();
    Some(Fault::new(said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said), start + at))
}

/// Every document of a file.
fn yaml(text: &str) -> Option<Fault> {
    for document in serde_yaml::Deserializer::from_str(text) {
        if let Err(error) = IgnoredAny::deserialize(document) {
            let at = error.location().map(|place| place.index());
            let said = error.to_string();
            return Some(Fault::new(said.split(" at line ").next().unwrap_or(&said), at));
        }
    }
    None
}

/// The first row of a table whose number of fields differs from the first, quotes heeded.
fn ragged(text: &str, separator: char) -> Option<Fault> {
    let mut want = None;
    let (mut fields, mut quoted, mut row, mut empty, mut start) = (1, false, 1, true, 0);
    for (at, c) in text.char_indices().chain([(text.len(), '\n')]) {
        match c {
            '"' => quoted = !quoted,
            c if c == separator && !quoted => fields += 1,
            '\n' if !quoted => {
                if !empty {
                    let first = *want.get_or_insert(fields);
                    if first != fields {
                        return Some(Fault::new(
                            format!("row {row} has {fields} fields, the first has {first}"),
                            start,
                        ));
                    }
                    row += 1;
                }
                (fields, empty, start) = (1, true, at + 1);
                continue;
            }
            _ => {}
        }
        empty &= c.is_whitespace();
    }
    quoted.then(|| Fault::new("a quote is not closed", start))
}

/// Elements that nest, attributes in quotes, one root.
fn xml(text: &str) -> Option<Fault> {
    let mut open: Vec<&str> = Vec::new();
    let (mut at, mut roots) = (0, 0);
    while let Some(found) = memchr::memchr(b'<', &text.as_bytes()[at..]) {
        let start = at + found;
        if open.is_empty() && !text[at..start].trim().is_empty() {
            return Some(Fault::new("text outside of the root element", at));
        }
        let rest = &text[start..];
        let skip = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")]
            .into_iter()
            .find(|(from, _)| rest.starts_with(from));
        if let Some((from, to)) = skip {
            let Some(end) = rest[from.len()..].find(to) else {
                return Some(Fault::new(format!("`{from}` is not closed"), start));
            };
            at = start + from.len() + end + to.len();
            continue;
        }
        let Some(end) = tag_end(rest) else { return Some(Fault::new("a tag is not closed", start)) };
        at = start + end + 1;
        let inside = &rest[1..end];
        if inside.starts_with('!') {
            continue;
        }
        if let Some(name) = inside.strip_prefix('/') {
            let name = name.trim();
            match open.pop() {
                Some(opened) if opened == name => {}
                Some(opened) => return Some(Fault::new(format!("`</{name}>` closes `<{opened}>`"), start)),
                None => return Some(Fault::new(format!("`</{name}>` closes nothing"), start)),
            }
            continue;
        }
        let name = inside.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return Some(Fault::new(format!("`<{name}` begins no element"), start));
        }
        if open.is_empty() {
            roots += 1;
        }
        if !inside.ends_with('/') {
            open.push(name);
        }
    }
    match open.last() {
        Some(name) => Some(Fault::new(format!("`<{name}>` is not closed"), text.len())),
        None if roots != 1 => Some(Fault::new(format!("{roots} root elements"), 0)),
        None if !text[at..].trim().is_empty() => Some(Fault::new("text outside of the root element", at)),
        None => None,
    }
}

/// The byte of the `>` that ends a tag, brackets and quotes heeded.
fn tag_end(tag: &str) -> Option<usize> {
    let (mut quote, mut depth) = (None, 0_usize);
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if open == byte => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'[') => depth += 1,
            (None, b']') => depth = depth.saturating_sub(1),
            (None, b'>') if depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{fault, refined};

    #[test]
    fn formats() {
        for (format, good, bad, at) in [
            ("json", "{\"a\": 1}", "{\n\"a\": }", 7),
            ("jsonl", "{}\n\n[]\n", "{}\n{x", 4),
            ("yaml", "a: [1]\n---\nb: 2\n", "a: 1\n---\nb: [1\n", 15),
            ("csv", "a,b\n1,\"x, y\"\n", "a,b\n1\n", 4),
            ("tsv", "a\tb\n1,2\t3\n", "a\tb\n1,2\n", 4),
            ("toml", "[a]\nb = 1\n", "[a]\nb = \n", 8),
            (
                "xml",
                "<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY b \"c\">]>\n<a b='>'><c/>x</a>\n",
                "<a>\n<b></a>",
                7,
            ),
        ] {
            assert_eq!(fault(format, good), None, "{format}");
            let fault = fault(format, bad);
            assert_eq!(fault.as_ref().and_then(|fault| fault.at), Some(at), "{format} {fault:?}");
        }
        assert_eq!(fault("markdown", "{"), None);
        for bad in ["<a>", "<a/><b/>", "", "x", "<a", "<a>&</a> x", "</a>", "<1/>", "<!-- <a/>"] {
            assert!(fault("xml", bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn bombs_end() {
        for (format, text) in [
            ("json", "[".repeat(100_000)),
            ("yaml", "[".repeat(100_000)),
            ("toml", format!("a = {}", "[".repeat(100_000))),
            ("xml", "<a>".repeat(100_000)),
        ] {
            assert!(fault(format, &text).is_some(), "{format}");
        }
        // What is deep or refers back and forth may be good or bad, but it ends.
        let aliases: Vec<String> =
            (1..30).map(|n| format!("a{n}: &a{n} [*a{}, *a{}]", n - 1, n - 1)).collect();
        let _ = fault("yaml", &format!("a0: &a0 [x]\n{}\n", aliases.join("\n")));
        let _ = fault("yaml", &"- ".repeat(20_000));
    }

    #[test]
    fn relatives_are_told_by_their_ending() {
        assert_eq!(refined("json", "a/b.jsonl"), "jsonl");
        assert_eq!(refined("json", "tsconfig.jsonc"), "code");
        assert_eq!(refined("csv", "a.TSV"), "tsv");
        assert_eq!(refined("json", "a.json"), "json");
    }
}
