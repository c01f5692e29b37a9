//! Text of a source made safe to stand inside a document of ours: it can look like anything and never becomes structure.
//!
//! Three forms, each recoverable: one line (no line break survives, and we always write something before it), an
//! inline code span, and a fenced block whose fence is longer than any run of backticks inside.

/// Appends `text` as one line: every run of white space and control characters becomes one blank.
pub(crate) fn line(out: &mut String, text: &str) {
    let text = text.trim();
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && !text.contains("  ") {
        out.push_str(text);
        return;
    }
    let mut blank = false;
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            blank = true;
        } else {
            if std::mem::take(&mut blank) {
                out.push(' ');
            }
            out.push(c);
        }
    }
}

/// Appends `text` as a sentence that may stand at the beginning of a line or of a list item: what would open a heading,
/// a list, a quotation, a fence, a rule, a definition or HTML is preceded by a backslash.
pub(crate) fn sentence(out: &mut String, text: &str) {
    let start = out.len();
    line(out, text);
    if let Some(at) = opener(&out[start..]) {
        out.insert(start + at, '\\');
    }
}

/// Where a backslash must stand so that a line is nothing but text.
fn opener(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    let run = text.chars().take_while(|&c| c == first).count();
    let rest = &text[run * first.len_utf8()..];
    let apart = rest.is_empty() || rest.starts_with(' ');
    let opens = match first {
        '>' | '<' | '#' | '\\' => true,
        '`' | '~' => run >= 3,
        '-' | '*' | '_' | '+' | '=' => (run == 1 && apart) || text.chars().all(|c| c == first || c == ' '),
        '[' => text.contains("]:"),
        '0'..='9' => {
            let digits = text.bytes().take_while(u8::is_ascii_digit).count();
            let behind = &text[digits..];
            let mark = behind.starts_with(['.', ')']) && (behind.len() == 1 || behind[1..].starts_with(' '));
            return (mark && digits <= 9).then_some(digits);
        }
        _ => false,
    };
    opens.then_some(0)
}

/// Appends `text` as an inline code span on one line.
pub(crate) fn code(out: &mut String, text: &str) {
    let mut inner = String::with_capacity(text.len());
    line(&mut inner, text);
    let ticks = longest_run(&inner) + 1;
    let pad = inner.starts_with('`') || inner.ends_with('`') || inner.is_empty();
    out.extend(std::iter::repeat_n('`', ticks));
    if pad {
        out.push(' ');
    }
    out.push_str(&inner);
    if pad {
        out.push(' ');
    }
    out.extend(std::iter::repeat_n('`', ticks));
}

/// Appends `text` as a fenced block, without a line break at its end.
pub(crate) fn block(out: &mut String, info: &str, text: &str) {
    let ticks = longest_run(text).max(2) + 1;
    let fence = |out: &mut String| out.extend(std::iter::repeat_n('`', ticks));
    fence(out);
    out.push_str(info);
    out.push('\n');
    let text = text.trim_matches('\n').trim_end();
    if text.contains('\r') {
        out.push_str(&text.replace("\r\n", "\n").replace('\r', "\n"));
    } else {
        out.push_str(text);
    }
    if !text.is_empty() {
        out.push('\n');
    }
    fence(out);
}

/// Appends `text` as an item of a list: one line after `mark`, which opens nothing of its own.
pub(crate) fn item(out: &mut String, mark: &str, text: &str) {
    out.push_str(mark);
    if mark.ends_with("] ") {
        line(out, text);
    } else {
        sentence(out, text);
    }
    out.push('\n');
}

/// The characters of a table cell: one line, bars escaped.
pub(crate) fn cell(out: &mut String, text: &str) {
    let start = out.len();
    line(out, text);
    if out[start..].contains('|') {
        let escaped = out[start..].replace('|', "\\|");
        out.truncate(start);
        out.push_str(&escaped);
    }
}

/// Length of the longest run of backticks.
fn longest_run(text: &str) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for byte in text.bytes() {
        run = if byte == b'`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::{block, cell, code, line, sentence};

    fn check(form: impl Fn(&mut String, &str), text: &str, expected: &str) {
        let mut out = String::new();
        form(&mut out, text);
        assert_eq!(out, expected);
    }

    #[test]
    fn a_line_stays_a_line() {
        check(line, "  a\n\n## b\tc\u{2028}d ", "a ## b c d");
        check(line, "plain words", "plain words");
        check(line, "two  blanks", "two blanks");
        check(line, "ação\r\nsegura", "ação segura");
    }

    #[test]
    fn a_sentence_opens_nothing() {
        check(sentence, "## RESULT", "\\## RESULT");
        check(sentence, "```", "\\```");
        check(sentence, "Write", "Write");
        check(sentence, "`a.rs` is read", "`a.rs` is read");
        check(sentence, "-x and 3 e-mails", "-x and 3 e-mails");
        check(sentence, "1. # RESULT", "1\\. # RESULT");
        check(sentence, "- # RESULT", "\\- # RESULT");
        check(sentence, "[a]: b", "\\[a]: b");
        check(sentence, "* * *", "\\* * *");
    }

    #[test]
    fn fences_are_longer_than_what_they_hold() {
        check(|out, text| block(out, "text", text), "a\n```\nb\n", "````text\na\n```\nb\n````");
        check(|out, text| block(out, "", text), "", "```\n```");
        check(code, "a`b", "``a`b``");
        check(code, "`", "`` ` ``");
    }

    #[test]
    fn bars_do_not_split_cells() {
        check(cell, "a|b\nc", "a\\|b c");
    }
}
