//! Ids as people write them: `Task 1.1`, `T001`, `TASK-12`, `1.2`, `[1a]`; and lists of references to them.

use std::ops::Range;

use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::base::text::Text;

use super::words::{Word, Words};

/// How sure it is that an id is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sure {
    /// A number with a separator: `1.`, `2:`.
    Number,
    /// A number of several parts, or one in brackets or bold: `1.2`, `[1a]`.
    Parts,
    /// Letters and digits: `T001`, `TASK-12`.
    Code,
    /// A word before it says so: `Task 3`.
    Word,
}

/// An id at the start of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The id itself.
    pub id: Range<usize>,
    /// Where the text goes on.
    pub end: usize,
    /// How sure.
    pub sure: Sure,
    /// The kind of word before it.
    pub word: Option<Word>,
}

/// The id a text begins with; blanks and emphasis before it are not looked over.
///
/// An id is followed by a separator or, where it cannot be anything else, by a blank.
#[must_use]
pub fn id_at(text: &str, words: &Words) -> Option<Found> {
    let bytes = text.as_bytes();
    let open = matches!(bytes.first(), Some(b'['));
    let at = usize::from(open);
    if open
        && let Some(close) = text.find(']')
        && close < 24
        && !text[close + 1..].starts_with('(')
    {
        let inner = &text[1..close];
        let found = code(inner).filter(|&n| n == inner.len()).map(|_| Sure::Code);
        let found = found.or_else(|| number(inner).filter(|&n| n == inner.len()).map(|_| Sure::Parts));
        if let Some(sure) = found {
            return Some(Found { id: 1..close, end: close + 1, sure, word: None });
        }
    }
    if let Some(found) = worded(text, at, words) {
        return Some(close_bracket(text, found, open));
    }
    if let Some(length) = code(&text[at..]) {
        let end = at + length;
        // `P00–P04: …` tells of several.
        if text[end..].strip_prefix(['–', '—']).is_some_and(|rest| code(rest).is_some()) {
            return None;
        }
        let digits = text[at..end].bytes().filter(u8::is_ascii_digit).count();
        let certain = text[at..end].contains('-') || (text[at..].starts_with('T') && digits >= 2);
        let found = Found { id: at..end, end, sure: Sure::Code, word: None };
        let found = close_bracket(text, found, open);
        return (separated(text, found.end)
            || (certain && blank(text, found.end))
            || found.end == text.len())
        .then_some(found);
    }
    if let Some(length) = issue(text) {
        return Some(Found { id: 1..length, end: length, sure: Sure::Parts, word: None });
    }
    let length = number(&text[at..])?;
    let end = at + length;
    let parts =
        text[at..end].contains(['.', '-']) || text[at..end].ends_with(|c: char| c.is_ascii_alphabetic());
    let found = Found { id: at..end, end, sure: if parts { Sure::Parts } else { Sure::Number }, word: None };
    let found = close_bracket(text, found, open);
    let tail = text[found.end..].trim_start_matches(['*', ' ']);
    let title = tail.starts_with(|c: char| c.is_uppercase() || matches!(c, '`' | '"' | '['));
    let dated = text[at..end].bytes().filter(|&byte| byte == b'-').count() == 2;
    let fits = separated(text, found.end) || (parts && blank(text, found.end) && title);
    (fits && !dated).then_some(found)
}

/// `Task 3`, `Subtask 2.1`, `Tarefa #4`, `Task-7`: the number is the id. `TASK-7` is a code.
fn worded(text: &str, at: usize, words: &Words) -> Option<Found> {
    let mut end = at + text[at..].find(|c: char| !c.is_alphabetic()).unwrap_or(text.len() - at);
    if end < at + 2 || end - at > 24 {
        return None;
    }
    // Nearly every line begins with a word; few go on with a number.
    let numbered = |from: usize| {
        let rest = text[from..].trim_start_matches([' ', '#', '-', '_', '\u{a0}']);
        let letters = rest.bytes().take(12).take_while(u8::is_ascii_uppercase).count();
        rest[letters..].trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit())
    };
    let second = text[end..]
        .strip_prefix(' ')
        .map(|rest| end + 1 + rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len()));
    let second = second.filter(|&second| second > end + 1 && numbered(second));
    if second.is_none() && !numbered(end) {
        return None;
    }
    let kinds = [Word::Task, Word::Story, Word::Epic, Word::Phase];
    let kind = |name: &str| kinds.into_iter().find(|&kind| words.is(name, kind));
    let mut word = kind(&text[at..end]);
    // `User Story 3`, `Work item 4`.
    if let Some(second) = second
        && let Some(both) = kind(&text[at..second])
    {
        word = Some(both);
        end = second;
    }
    let word = word?;
    let rest = &text[end..];
    if rest.starts_with('-') && text[at..end].bytes().all(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let gap = rest.len() - rest.trim_start_matches([' ', '#', '-', '_', '\u{a0}']).len();
    let start = end + gap;
    if gap > 4 {
        return None;
    }
    let length = number(&text[start..]).or_else(|| code(&text[start..]))?;
    (gap > 0 || length > 0).then_some(Found {
        id: start..start + length,
        end: start + length,
        sure: Sure::Word,
        word: Some(word),
    })
}

/// Length of `#211` at the start, where words follow: the number of an issue. `#112233 on white` is a colour.
fn issue(text: &str) -> Option<usize> {
    let digits = text.strip_prefix('#')?.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &text[1 + digits..];
    let tail = rest.trim_start_matches([' ', ':', '—', '–', '-', '*', '`', '"']);
    ((1..=5).contains(&digits) && rest.len() > tail.len() && tail.starts_with(char::is_alphabetic))
        .then_some(1 + digits)
}

fn close_bracket(text: &str, mut found: Found, open: bool) -> Found {
    if open && text[found.end..].starts_with(']') {
        found.end += 1;
    }
    found
}

/// Length of `1`, `1.2`, `1.2.3`, `1a`, `1-2` at the start; what follows must not go on as a word.
#[must_use]
pub fn number(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 || digits > 7 {
            return None;
        }
        at += digits;
        let more =
            matches!(bytes.get(at), Some(b'.' | b'-')) && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        if !more {
            break;
        }
        at += 1;
    }
    if bytes.get(at).is_some_and(u8::is_ascii_lowercase) {
        at += 1;
    }
    ends(text, at).then_some(at)
}

/// Length of `T001`, `FR-12`, `TASK-1.1.8`, `AC3.6.1`, `DP001`, `ABC-12-x` at the start.
#[must_use]
pub fn code(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let letters = bytes.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    if letters == 0 || letters > 12 {
        return None;
    }
    let mut at = letters;
    if bytes.get(at) == Some(&b'-') {
        at += 1;
        let middle = bytes[at..].iter().take_while(|byte| byte.is_ascii_uppercase()).count();
        if middle > 0 && bytes.get(at + middle) == Some(&b'-') {
            at += middle + 1;
        }
    } else if letters > 5 {
        return None;
    }
    let length = number(&text[at..])?;
    at += length;
    if bytes.get(at) == Some(&b'-') && bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric) {
        let rest = &text[at + 1..];
        let second = rest.bytes().take_while(u8::is_ascii_uppercase).count();
        // `S1-T01` is one id, `T001-T004` a range, `ABC-12-x` a name of another kind.
        return code(rest).map(|more| {
            if second != letters || rest[..second] != text[..letters] { at + 1 + more } else { at }
        });
    }
    ends(text, at).then_some(at)
}

fn ends(text: &str, at: usize) -> bool {
    !text[at..].starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '/' | '%' | '='))
}

fn blank(text: &str, at: usize) -> bool {
    text[at..].starts_with([' ', '\u{a0}', '*'])
}

/// Whether a separator follows: `:`, `.`, `)`, a dash between blanks, or emphasis and a separator, or a tag in brackets.
fn separated(text: &str, at: usize) -> bool {
    let rest = text[at..].trim_start_matches('*');
    if rest.is_empty() || rest.starts_with([':', ')', '—', '–', '·', '|']) {
        return true;
    }
    if let Some(tail) = rest.strip_prefix('.') {
        return tail.is_empty() || tail.starts_with([' ', '*']);
    }
    let tail = rest.trim_start_matches([' ', '*']);
    tail.len() < rest.len()
        && (tail.starts_with(['—', '–', '·', '|', ':', '('])
            || tail.starts_with("- ")
            || tail.starts_with("->"))
}

/// What a list of references names.
#[derive(Debug, Default)]
pub struct References {
    /// Items of this document, as written; ranges expanded.
    pub items: Vec<Text>,
    /// Other documents: `Story 1.2`.
    pub documents: Vec<Text>,
    /// What names neither.
    pub other: Vec<Span>,
}

/// Reads a list of references: `T001, T002`, `Task 2 and Task 3`, `1.1–1.3`, `[name](path)`, `none`.
///
/// With `loose`, a single word or slug is taken for an id too: right where the key can mean nothing else.
#[must_use]
pub fn references(inputs: &Inputs, span: Span, loose: bool, words: &Words) -> References {
    let mut found = References::default();
    let text = inputs.slice(span);
    if words.is_nothing(text) {
        return found;
    }
    let mut before: Option<Word> = None;
    for piece in pieces(text) {
        let part = super::piece::bare(inputs, span.slice(piece.start, piece.end));
        let part = strip(inputs, part);
        let name = inputs.slice(part);
        if words.is_nothing(name) {
            continue;
        }
        let id = whole_id(name, words);
        // `Tasks 1, 2 and 3`: the word holds for all that follow.
        let kind = match &id {
            Some(id) => id.word.or(before),
            None => None,
        };
        match id {
            Some(id) => {
                before = kind;
                let at = part.slice(id.id.start, id.id.end);
                let target = match kind {
                    Some(Word::Story | Word::Epic) => &mut found.documents,
                    _ => &mut found.items,
                };
                match range(inputs, part, id.end).or_else(|| plain_range(inputs, at, id.word)) {
                    Some(all) => target.extend(all),
                    None => target.push(Text::At(at)),
                }
            }
            None if loose && is_slug(name) => found.items.push(Text::At(part)),
            None => found.other.push(part),
        }
    }
    found
}

/// The id a reference begins with, and nothing behind it but a note.
fn whole_id(name: &str, words: &Words) -> Option<Found> {
    let plural = name.find(' ').filter(|&at| name[..at].ends_with(['s', 'S']));
    if let Some(at) = plural {
        let single = &name[..at - 1];
        if let Some(word) =
            [Word::Task, Word::Story, Word::Phase].into_iter().find(|&word| words.is(single, word))
        {
            let start = at + name[at..].len() - name[at..].trim_start_matches([' ', '#']).len();
            let start = start.min(name.len());
            let length = number(&name[start..]).or_else(|| code(&name[start..]))?;
            return Some(Found {
                id: start..start + length,
                end: start + length,
                sure: Sure::Word,
                word: Some(word),
            });
        }
    }
    let found = worded(name, 0, words).or_else(|| {
        let open = usize::from(name.starts_with('#'));
        let length = code(&name[open..]).map(|length| (length, Sure::Code));
        let (length, sure) = length.or_else(|| number(&name[open..]).map(|length| (length, Sure::Parts)))?;
        Some(Found { id: open..open + length, end: open + length, sure, word: None })
    })?;
    let rest = name[found.end..].trim_start();
    let note = rest.is_empty()
        || rest.starts_with(['(', '—', '–', '-', ':', '[', '✓', '✅', '.'])
        || found.word.is_some();
    // `2 reviewers` and `3.5 GB` are no references.
    note.then_some(found)
}

/// `T001-T004`, `1–3`: every id of the range.
fn range(inputs: &Inputs, part: Span, from: usize) -> Option<Vec<Text>> {
    let text = inputs.slice(part);
    let rest = text[from..].trim_start();
    let tail = rest
        .strip_prefix(['-', '–', '—', '…'])
        .or_else(|| rest.strip_prefix("to "))
        .or_else(|| rest.strip_prefix("a "))?;
    let tail = tail.trim_start();
    let last = tail.trim_start_matches(|c: char| !c.is_ascii_digit());
    let digits = last.bytes().take_while(u8::is_ascii_digit).count();
    let head = text[..from].trim_end();
    let width = head.bytes().rev().take_while(u8::is_ascii_digit).count();
    let first: u64 = head[head.len() - width..].parse().ok()?;
    let begin = head[..head.len() - width]
        .rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '.'))
        .map_or(0, |at| at + head[at..].chars().next().map_or(1, char::len_utf8));
    let prefix = &head[begin..head.len() - width];
    let end: u64 = last.get(..digits)?.parse().ok()?;
    // A word between the numbers means prose, not a range.
    let gap = &tail[..tail.len() - last.len()];
    if !gap.is_empty() && !gap.eq_ignore_ascii_case(prefix) {
        return None;
    }
    (first < end && end - first <= 200)
        .then(|| (first..=end).map(|n| Text::made(format!("{prefix}{n:0width$}"), part)).collect())
}

/// `Tasks 1-3`: every number of the range. Without the word, `1-3` is one id.
fn plain_range(inputs: &Inputs, at: Span, word: Option<Word>) -> Option<Vec<Text>> {
    let (first, last) = inputs.slice(at).split_once('-')?;
    let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
    (word == Some(Word::Task) && first < last && last - first <= 200)
        .then(|| (first..=last).map(|n| Text::made(n.to_string(), at)).collect())
}

/// One word that may be an id: letters, digits and `-_.:/`, with no blank.
fn is_slug(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '/'))
}

/// A link stands for its label.
fn strip(inputs: &Inputs, part: Span) -> Span {
    let text = inputs.slice(part);
    match text.strip_prefix('[').and_then(|rest| rest.find("](")) {
        Some(end) => part.slice(1, 1 + end),
        None => part,
    }
}

/// The pieces of a list, outside of brackets: at commas, semicolons, line ends, `and`, `e`, `&`, `+`.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let (mut start, mut at, mut depth) = (0, 0, 0_u32);
    let bytes = text.as_bytes();
    while at < bytes.len() {
        let joint = match bytes[at] {
            b'(' | b'[' => {
                depth += 1;
                0
            }
            b')' | b']' => {
                depth = depth.saturating_sub(1);
                0
            }
            b',' | b';' | b'\n' | b'&' | b'+' if depth == 0 => 1,
            b' ' if depth == 0 => [" and ", " e ", " y ", " ou ", " or "]
                .iter()
                .find(|joint| bytes[at..].starts_with(joint.as_bytes()))
                .map_or(0, |joint| joint.len()),
            _ => 0,
        };
        if joint == 0 {
            at += 1;
            continue;
        }
        out.push(start..at);
        at += joint;
        start = at;
    }
    out.push(start..text.len());
    out
}

#[cfg(test)]
mod tests {
    use super::{Sure, id_at, references};
    use crate::base::inputs::{Inputs, RelPath};
    use crate::base::span::Span;
    use crate::compiler::ast::dialect::words::Words;

    fn world() -> (Inputs, Words) {
        let mut inputs = Inputs::new();
        crate::builtin::underlay(&mut inputs);
        let words = Words::load(&inputs).value;
        (inputs, words)
    }

    #[test]
    fn ids() {
        let (_, words) = world();
        for (text, want) in [
            ("Task 1.1: Do", Some(("1.1", Sure::Word))),
            ("Tarefa 3 — Fazer", Some(("3", Sure::Word))),
            ("T001 Create it", Some(("T001", Sure::Code))),
            ("T1 (2h)", Some(("T1", Sure::Code))),
            ("T1: X", Some(("T1", Sure::Code))),
            ("[TASK-1.1.1]** Do", Some(("TASK-1.1.1", Sure::Code))),
            ("TASK-7: Do", Some(("TASK-7", Sure::Code))),
            ("[1a]** Do", Some(("1a", Sure::Parts))),
            ("1.1 Create", Some(("1.1", Sure::Parts))),
            ("1.1** Create", Some(("1.1", Sure::Parts))),
            ("2: Create", Some(("2", Sure::Number))),
            ("92 hotels are there", None),
            ("3.5 million users", None),
            ("S3 bucket", None),
            ("H1 of the page", None),
            ("2024-01-02 Something", None),
            ("Taskmaster 3: x", None),
            ("AC3.6.1: It holds", Some(("AC3.6.1", Sure::Code))),
            ("S1-T01 Criar a base", Some(("S1-T01", Sure::Code))),
            ("T1.1 Create it", Some(("T1.1", Sure::Code))),
            ("P00–P04: Confirm it", None),
            ("P26: Confirm it", Some(("P26", Sure::Code))),
            ("Issue #4: Add it", Some(("4", Sure::Word))),
            ("#211 Add it", Some(("211", Sure::Parts))),
            ("#112233 on white", None),
            ("#1 2 3", None),
        ] {
            let found = id_at(text, &words).map(|found| (&text[found.id], found.sure));
            assert_eq!(found, want, "{text}");
        }
    }

    #[test]
    fn lists_of_references() {
        let (mut inputs, words) = world();
        let mut check = |text: &str, loose: bool, items: &[&str], documents: &[&str], other: usize| {
            let file = inputs.add_document(RelPath::new("x.md").unwrap(), text.as_bytes().to_vec());
            let found = references(&inputs, Span::new(file, 0, text.len()), loose, &words);
            let names = |list: &[crate::base::text::Text]| {
                list.iter().map(|t| t.get(&inputs).to_owned()).collect::<Vec<_>>()
            };
            assert_eq!(names(&found.items), items, "{text}");
            assert_eq!(names(&found.documents), documents, "{text}");
            assert_eq!(found.other.len(), other, "{text}");
        };
        check("T001, T002", false, &["T001", "T002"], &[], 0);
        check("Task 2 and Task 3", false, &["2", "3"], &[], 0);
        check("Tasks 1, 2 e 4", false, &["1", "2", "4"], &[], 0);
        check("T001-T003", false, &["T001", "T002", "T003"], &[], 0);
        check("Story 1.2 (the base), Story 1.3", false, &[], &["1.2", "1.3"], 0);
        check("none", true, &[], &[], 0);
        check("Nenhuma", true, &[], &[], 0);
        check("`git`, Python 3.13", false, &[], &[], 2);
        check("write-schema", true, &["write-schema"], &[], 0);
        check("1.1, 1.2", false, &["1.1", "1.2"], &[], 0);
    }
}
