//! What a text must not hold: bytes that are no text, and characters that nobody sees.

use crate::base::diagnostic::{Diagnostic, Edit, Fix, FixKind};
use crate::base::inputs::Inputs;
use crate::base::source::Masked;
use crate::base::span::{FileId, Span};

/// Runs of hidden characters after which the rest is only counted.
const MOST: usize = 20;

/// Judges the characters of a file.
#[must_use]
pub fn check(inputs: &Inputs, file: FileId) -> Vec<Diagnostic> {
    let text = inputs.text(file);
    let mut findings = Vec::new();
    if inputs.file(file).encoding.invalid.is_some() {
        let start = text.find('\u{fffd}').unwrap_or_default();
        let end = start + text[start..].chars().next().map_or(0, char::len_utf8);
        let finding =
            Diagnostic::error("text/not-utf8", Span::new(file, start, end), "this byte is not UTF-8")
                .help("save the file as UTF-8".to_owned())
                .veto("V0.4");
        findings.push(finding);
    }
    if let Some(at) = memchr::memchr(0, text.as_bytes()) {
        let finding =
            Diagnostic::error("text/nul", Span::new(file, at, at + 1), "a zero byte stands in the text")
                .help("remove it, or name the file that was meant".to_owned());
        findings.push(finding);
    }
    findings.extend(secrets(inputs, file));
    if !text.is_ascii() {
        hidden(text, file, &mut findings);
    }
    findings
}

/// What looks like a key, and was taken out of the text.
#[must_use]
pub fn secrets(inputs: &Inputs, file: FileId) -> Vec<Diagnostic> {
    let told = |masked: &Masked| {
        let span = Span::new(file, masked.range.start, masked.range.end);
        Diagnostic::error("text/secret", span, format!("{} stands here", masked.what))
            .why("whoever reads the file has the key, and whatever is asked of a model would tell it")
            .help("keep it in the environment, write its name, and revoke this one".to_owned())
            .veto("DH.7")
    };
    inputs.file(file).masked().iter().map(told).collect()
}

fn hidden(text: &str, file: FileId, findings: &mut Vec<Diagnostic>) {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for at in candidates(text.as_bytes()) {
        if !text.is_char_boundary(at) {
            continue;
        }
        let Some(c) = text[at..].chars().next() else { continue };
        if !is_hidden(c, text[..at].chars().next_back(), text[at + c.len_utf8()..].chars().next()) {
            continue;
        }
        let end = at + c.len_utf8();
        match runs.last_mut() {
            Some(run) if run.1 == at => run.1 = end,
            _ => runs.push((at, end)),
        }
    }
    for &(start, end) in runs.iter().take(MOST) {
        let span = Span::new(file, start, end);
        let finding = Diagnostic::warning("text/hidden-unicode", span, names(&text[start..end]))
            .why("what a reader cannot see, a model still reads")
            .help("remove it".to_owned())
            .fix(Fix {
                kind: FixKind::Safe,
                title: "remove the hidden characters".to_owned(),
                edits: vec![Edit { span, text: String::new() }],
            });
        findings.push(finding);
    }
    if let Some(&(start, end)) = runs.get(MOST) {
        let message = format!("{} more places hold hidden characters", runs.len() - MOST);
        findings.push(Diagnostic::warning("text/hidden-unicode", Span::new(file, start, end), message));
    }
}

/// Offsets at which a hidden character may begin, by its first byte.
fn candidates(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let first = |byte: u8| matches!(byte, 0xd8 | 0xe1 | 0xe2 | 0xe3 | 0xef | 0xf3);
    bytes.iter().enumerate().filter(move |(_, byte)| first(**byte)).map(|(at, _)| at)
}

/// Characters that show nothing: bidirectional controls, zero-width ones, tags, fillers. Joiners are at home among
/// emoji and in many scripts, tags behind a flag: there they are not hidden.
fn is_hidden(c: char, before: Option<char>, after: Option<char>) -> bool {
    let ascii = |c: Option<char>| c.is_none_or(|c| c.is_ascii());
    match c {
        '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{61c}'
        | '\u{200b}'
        | '\u{2060}'..='\u{2064}'
        | '\u{feff}'
        | '\u{180e}'
        | '\u{115f}'
        | '\u{3164}' => true,
        '\u{200c}' | '\u{200d}' => ascii(before) || ascii(after),
        '\u{e0000}'..='\u{e007f}' => !matches!(before, Some('\u{1f3f4}' | '\u{e0020}'..='\u{e007e}')),
        '\u{e0100}'..='\u{e01ef}' => ascii(before) || matches!(before, Some('\u{e0100}'..='\u{e01ef}')),
        _ => false,
    }
}

fn names(run: &str) -> String {
    const SHOWN: usize = 4;
    let count = run.chars().count();
    let codes: Vec<String> = run.chars().take(SHOWN).map(|c| format!("U+{:04X}", u32::from(c))).collect();
    let rest = if count > SHOWN { format!(" and {} more", count - SHOWN) } else { String::new() };
    let noun = if count == 1 { "a character nobody sees stands" } else { "characters nobody sees stand" };
    format!("{noun} here: {}{rest}", codes.join(", "))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::base::inputs::{Inputs, RelPath};

    fn with(bytes: &[u8]) -> Vec<String> {
        let mut inputs = Inputs::new();
        let file = inputs.add_document(RelPath::new("a.md").unwrap(), bytes.to_vec());
        let name = |finding: &crate::base::diagnostic::Diagnostic| {
            let place = inputs.position(finding.span());
            format!("{} {}:{} {}", finding.code, place.line, place.column, finding.message)
        };
        check(&inputs, file).iter().map(name).collect()
    }

    #[test]
    fn hidden_characters() {
        assert_eq!(
            with("a\u{200b}\u{202e}b\n".as_bytes()),
            ["text/hidden-unicode 1:2 characters nobody sees stand here: U+200B, U+202E"]
        );
        let tags: String =
            "run".bytes().map(|byte| char::from_u32(0xe0000 + u32::from(byte)).unwrap()).collect();
        assert_eq!(with(format!("x{tags}").as_bytes()).len(), 1);
        for fine in ["família 👨‍👩‍👧 ✔️ — “x”", "می‌خواهم", "🏴\u{e0067}\u{e0062}\u{e007f}"]
        {
            assert_eq!(with(fine.as_bytes()), Vec::<String>::new(), "{fine}");
        }
    }

    #[test]
    fn what_is_no_text() {
        assert_eq!(with(b"ok\nab\xff"), ["text/not-utf8 2:3 this byte is not UTF-8"]);
        assert_eq!(with(b"a\0"), ["text/nul 1:2 a zero byte stands in the text"]);
    }
}
