//! One task line of spec-kit: `T014 [P] [US2] Text`, in the ways people decorate it.

use super::refs::task_id;

/// What stands before the text of a task, as byte offsets into the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    /// Where the id stands.
    pub(super) id: (usize, usize),
    /// Where the text begins.
    pub(super) text: usize,
    /// `[P]`
    pub(super) parallel: bool,
    /// Where the first `US1` label stands.
    pub(super) story: Option<(usize, usize)>,
    /// `✅` before the id.
    pub(super) ticked: bool,
    /// `~~` before the id.
    pub(super) struck: bool,
}

/// Reads the head of a task line, if its first word is a task id.
pub(super) fn head(line: &str) -> Option<Head> {
    let (mut at, mut ticked, mut struck) = (0, false, false);
    loop {
        let rest = &line[at..];
        let word = ["Task ", "task "].into_iter().find(|word| rest.starts_with(word));
        // A box that markdown does not know, as in a heading: `### [x] T001 Title`.
        if let Some(mark @ ("[x]" | "[X]" | "[ ]")) = rest.get(..3) {
            ticked |= mark != "[ ]";
            at += mark.len();
            continue;
        }
        let c = rest.chars().next()?;
        match c {
            '✅' | '☑' | '✔' => ticked = true,
            '~' => struck = true,
            '*' | '_' | '[' | '`' | ' ' | '\u{fe0f}' | '⬜' | '🔲' | '🔄' | '⏳' => {}
            _ if word.is_some() => {
                at += "Task ".len();
                continue;
            }
            _ => break,
        }
        at += c.len_utf8();
    }
    let len = task_id(&line[at..])?;
    let id = (at, at + len);
    at += len;
    let (mut parallel, mut story) = (false, None);
    loop {
        at = skip(line, at);
        match tag(line, at, &mut story) {
            Some((end, is_parallel)) => {
                parallel |= is_parallel;
                at = end;
            }
            None => break,
        }
    }
    Some(Head { id, text: at, parallel, story, ticked, struck })
}

/// Past decoration and separators.
fn skip(line: &str, mut at: usize) -> usize {
    while let Some(c) = line[at..].chars().next() {
        let noise = matches!(c, '*' | '_' | ']' | ':' | '.' | '~' | '–' | '—' | '|' | ' ' | '\t' | '\u{a0}');
        let dash = c == '-' && (line[at..].starts_with("- ") || line[at..].starts_with("--"));
        if !(noise || dash) {
            break;
        }
        // Two stars before a word open its emphasis; alone they close that of the id.
        at += c.len_utf8();
    }
    at
}

/// `[P]`, `(P)`, `[US1]`, `[P, US1]`, `[Story]`: the offset past it, and whether it says parallel.
fn tag(line: &str, at: usize, story: &mut Option<(usize, usize)>) -> Option<(usize, bool)> {
    let rest = &line[at..];
    let close = match rest.bytes().next()? {
        b'[' => ']',
        b'(' => ')',
        _ => return None,
    };
    let end = rest.find(close)?;
    let inner = &rest[1..end];
    if inner.is_empty() || inner.len() > 24 || rest[end + 1..].starts_with('(') {
        return None;
    }
    let mut parallel = false;
    let mut from = at + 1;
    for part in inner.split_inclusive([',', ' ', '/', '+']) {
        let word = part.trim_end_matches([',', ' ', '/', '+']).trim_matches('*');
        if word.eq_ignore_ascii_case("p") || word == "P?" || word.eq_ignore_ascii_case("parallel") {
            parallel = true;
        } else if is_story(word) {
            let begin = from + part.find(word).unwrap_or(0);
            story.get_or_insert((begin, begin + word.len()));
        } else if !word.is_empty() && !word.eq_ignore_ascii_case("story") {
            return None;
        }
        from += part.len();
    }
    Some((at + end + 1, parallel))
}

fn is_story(word: &str) -> bool {
    let digits = word.strip_prefix("US").or_else(|| word.strip_prefix("us")).unwrap_or_default();
    !digits.is_empty() && digits.len() < 5 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::head;

    fn check(line: &str, id: &str, text: &str, parallel: bool, story: &str) {
        let found = head(line).unwrap();
        assert_eq!(&line[found.id.0..found.id.1], id, "{line}");
        assert_eq!(&line[found.text..], text, "{line}");
        assert_eq!(found.parallel, parallel, "{line}");
        assert_eq!(found.story.map_or("", |(from, to)| &line[from..to]), story, "{line}");
    }

    #[test]
    fn decorations_do_not_matter() {
        check("T001 Write the plan", "T001", "Write the plan", false, "");
        check("T005b [P] [US2] Write `a.rs`", "T005b", "Write `a.rs`", true, "US2");
        check("**T010** [P][US1]: Write it", "T010", "Write it", true, "US1");
        check("**T010 [P]** Write it", "T010", "Write it", true, "");
        check("[T3] - (P) Write it", "T3", "Write it", true, "");
        check("✅ T004: Done thing", "T004", "Done thing", false, "");
        check("TXXX [P] Docs in docs/", "TXXX", "Docs in docs/", true, "");
        check("T007 [backend] Write it", "T007", "[backend] Write it", false, "");
        check("T008 [P] [link](a.md) is read", "T008", "[link](a.md) is read", true, "");
        check("[x] T02 — Write it", "T02", "Write it", false, "");
        check("**T009** -- Write it", "T009", "Write it", false, "");
        check("TX01 — Write it", "TX01", "Write it", false, "");
        check("T-12: Write it", "T-12", "Write it", false, "");
    }

    #[test]
    fn words_that_begin_with_t_are_no_tasks() {
        for line in ["Test T001", "T-shirt", "TS9 x", "TODO x", "T1000000000 x", "Text", "- x"] {
            assert!(head(line).is_none(), "{line}");
        }
    }
}
