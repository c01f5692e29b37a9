//! Path-like words of a text: file names with a known ending, and names with separators that look like paths.

use std::ops::Range;

use super::vocabulary::Vocabulary;

/// The paths a text names, without quotes, line numbers and the punctuation around them.
///
/// URLs, addresses, slash commands (`/copy:agents:x`), dates and pairs of words (`and/or`) are none.
#[must_use]
pub fn find(text: &str, vocabulary: &Vocabulary) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    if memchr::memchr3(b'/', b'.', b'\\', bytes).is_none() && vocabulary.file_names.is_empty() {
        return found;
    }
    let mut at = 0;
    while at < bytes.len() {
        if is_gap(bytes[at]) {
            at += 1;
            continue;
        }
        let mut end = at;
        while end < bytes.len() && !is_gap(bytes[end]) {
            end += 1;
            end += group(bytes, end);
        }
        if bytes[at..end].iter().any(|byte| matches!(byte, b'/' | b'.' | b'\\' | b'A'..=b'Z')) {
            let range = core(text, at..end);
            if !range.is_empty() && is_path(&text[range.clone()], vocabulary) {
                found.push(range);
            }
        }
        at = end;
    }
    found
}

/// Whether a whole word is a path.
#[must_use]
pub fn is_path(token: &str, vocabulary: &Vocabulary) -> bool {
    if token.contains("://") || token.starts_with("www.") || token.contains("**/") && token.starts_with("**/")
    {
        return token.starts_with("**/");
    }
    if vocabulary.not_files.contains(token) || !token.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
        return false;
    }
    let folders: Vec<&str> = token.split(['/', '\\']).collect();
    let name = folders.last().copied().unwrap_or_default();
    if name.contains('@') && folders.len() == 1 {
        return false;
    }
    if is_file(name, vocabulary) {
        return true;
    }
    if folders.len() == 1 || token.starts_with('/') || token.contains(':') {
        return false;
    }
    let first = folders[0];
    let dots = first == "." || first == ".." || first == "~";
    let folder =
        name.is_empty() && folders.iter().any(|part| part.bytes().any(|byte| byte.is_ascii_alphabetic()));
    let odd = |part: &&str| {
        part.bytes().any(|byte| matches!(byte, b'.' | b'_' | b'-' | b'*'))
            && part.bytes().any(|byte| byte.is_ascii_alphabetic())
    };
    dots || folder || vocabulary.folders.contains(first) || (folders.len() > 2 && folders.iter().any(odd))
}

fn is_file(name: &str, vocabulary: &Vocabulary) -> bool {
    if vocabulary.file_names.contains(name) {
        // `license` is a word before it is a file.
        return name.starts_with('.') || name.bytes().any(|byte| byte.is_ascii_uppercase());
    }
    name.rsplit_once('.').is_some_and(|(stem, ending)| {
        vocabulary.extensions.contains(ending)
            && (stem.bytes().any(|byte| byte.is_ascii_alphanumeric() || byte == b'*') || !stem.is_ascii())
    })
}

fn is_gap(byte: u8) -> bool {
    byte.is_ascii_whitespace()
        || matches!(byte, b',' | b';' | b'"' | b'`' | b'|' | b'<' | b'>' | b'(' | b')' | b'=')
}

/// Length of `(shell)` in `src/app/(shell)/page.tsx`, a folder in parentheses as some routers have them, or of a blank
/// to be filled: `<name>` in `docs/<name>.md`.
fn group(bytes: &[u8], at: usize) -> usize {
    let close = match bytes.get(at) {
        Some(b'(') if bytes[at - 1] == b'/' => b')',
        Some(b'<') if bytes[at - 1] == b'/' || bytes[at - 1].is_ascii_alphanumeric() => b'>',
        _ => return 0,
    };
    let name = bytes[at + 1..].iter().take_while(|byte| !is_gap(**byte) && **byte != b'/').count();
    let next = bytes.get(at + 2 + name);
    let closed = bytes.get(at + 1 + name) == Some(&close)
        && next.is_some_and(|&next| next == b'/' || close == b'>' && matches!(next, b'.' | b'-' | b'_'));
    if name > 0 && closed { name + 2 } else { 0 }
}

/// A token without quotes, emphasis, brackets, final punctuation and a line number.
fn core(text: &str, range: Range<usize>) -> Range<usize> {
    let bytes = text.as_bytes();
    let (mut start, mut end) = (range.start, range.end);
    while text[start..end].starts_with(['\'', '[', '“', '”', '‘', '’', '«', '→', ':', '+', '!', '#'])
    {
        start += text[start..end].chars().next().map_or(1, char::len_utf8);
    }
    if text[start..end].starts_with("**") && !text[start..end].starts_with("**/") {
        start += 2;
    }
    while text[start..end].ends_with(['\'', '.', ':', '!', '?', ']', '“', '”', '‘', '’', '»', '…'])
    {
        end -= text[start..end].chars().next_back().map_or(1, char::len_utf8);
    }
    if text[start..end].ends_with("**") && !text[start..end].ends_with("/**") {
        end -= 2;
    }
    // `src/a.rs:12` and `src/a.rs:12:5` name a place in a file.
    loop {
        let digits = bytes[start..end].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let colon = digits > 0 && end - start > digits && bytes[end - digits - 1] == b':';
        if !colon {
            return start..end;
        }
        end -= digits + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::syntax::text::vocabulary::tests::shipped;

    #[track_caller]
    fn check(text: &str, want: &[&str]) {
        let found: Vec<&str> = find(text, &shipped()).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, want, "{text}");
    }

    #[test]
    fn paths() {
        check("config.yaml parses", &["config.yaml"]);
        check("Write `src/load.rs`, docs/a.md.", &["src/load.rs", "docs/a.md"]);
        check("see (docs/guide.md:12:3) and **out/a.json**", &["docs/guide.md", "out/a.json"]);
        check("[link](docs/a.md)", &["docs/a.md"]);
        check("files in src/ir and ./x and out/", &["src/ir", "./x", "out/"]);
        check("saída/relatório.md", &["saída/relatório.md"]);
        check("a\\b.md", &["a\\b.md"]);
        check("/abs/x.md", &["/abs/x.md"]);
        check("the Makefile and .env", &["Makefile", ".env"]);
        check("src/**/*.rs and **/*.test.ts", &["src/**/*.rs", "**/*.test.ts"]);
        check("my-app/core_v2/thing", &["my-app/core_v2/thing"]);
        check("path=out/a.md", &["out/a.md"]);
        check("`src/app/(shell)/jobs/[id]/page.tsx` (new)", &["src/app/(shell)/jobs/[id]/page.tsx"]);
        check("src/(a.md)", &["src/", "a.md"]);
        check("docs/<feature>.md, <b>src/a.rs</b> and Vec<u8>.", &["docs/<feature>.md", "src/a.rs"]);
    }

    #[test]
    fn what_only_looks_like_a_path() {
        for text in [
            "and/or, PASS/FAIL, 1/2/2026, 24/7, yes/no/maybe",
            "Use Node.js and next.js, e.g. the .md ending",
            "https://x.dev/a.html joe@acme.io example.com",
            "/copy:agents:x and /po and GET /api/users",
            "application/json text/html",
            "score 0.85. End.Next",
            "the license and a dockerfile",
        ] {
            check(text, &[]);
        }
    }
}
