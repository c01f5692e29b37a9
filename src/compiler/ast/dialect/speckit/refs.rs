//! What spec-kit prose names: tasks, ranges of tasks, phases, user stories; and the words that order them.

use std::collections::BTreeMap;

use super::super::words::ProseOrder;

/// Something prose names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ref<'a> {
    /// `T012`, `T005b`.
    Task(&'a str),
    /// `T008–T020b`: both ends.
    Tasks(&'a str, &'a str),
    /// `Phase 2`: its number as written.
    Phase(&'a str),
    /// `Phase 3+`, `Phases 3-5`: the last is none where the range is open.
    Phases(u32, Option<u32>),
    /// `US1`, `User Story 1`.
    Story(u32),
    /// `all user stories`.
    Stories,
    /// `all previous phases`.
    Earlier,
    /// A phase by the first word of its title: its index among the names given.
    Named(usize),
}

/// A piece of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Something named.
    Ref(Ref<'a>),
    /// What is left waits for what is right.
    After,
    /// What is left is waited for by what is right.
    Before,
    /// `→`: what is right waits for what is left.
    Arrow,
    /// `←`: what is left waits for what is right.
    Back,
    /// `not`, `no`, `independent`.
    Not,
    /// `in parallel with`: what follows is neither waited for nor waits.
    Beside,
    /// `sequential`: what was named happens one after another.
    Sequence,
    /// A clause ends.
    Stop,
    /// A dash ends what a line is about.
    Dash,
    /// A parenthesis opens.
    Open,
    /// A parenthesis closes.
    Close,
    /// `:`
    Colon,
    /// `,`, `/`, `+`, `&`
    Comma,
    /// Any other word.
    Word,
}

/// A token and the byte range it was read from.
pub(super) type Placed<'a> = (Token<'a>, usize, usize);

/// What words of order mean, longest first where one begins another.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    /// By first byte.
    rows: BTreeMap<u8, Vec<(String, Token<'static>)>>,
    /// First words of phase titles, in lower case; empty where two phases share one.
    pub(super) names: Vec<String>,
}

impl Phrases {
    /// The words of the vocabulary.
    pub(super) fn of(order: &ProseOrder) -> Self {
        let lists = [
            (&order.after, Token::After),
            (&order.before, Token::Before),
            (&order.not, Token::Not),
            (&order.but, Token::Stop),
            (&order.sequence, Token::Sequence),
            (&order.beside, Token::Beside),
            (&order.all_earlier, Token::Ref(Ref::Earlier)),
            (&order.all_stories, Token::Ref(Ref::Stories)),
        ];
        let mut phrases = Self::default();
        for (list, token) in lists {
            for phrase in list.iter().filter(|phrase| !phrase.is_empty()) {
                let lower = phrase.to_lowercase();
                phrases.rows.entry(lower.as_bytes()[0]).or_default().push((lower, token));
            }
        }
        for row in phrases.rows.values_mut() {
            row.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        }
        phrases
    }

    fn find(&self, low: &str) -> Option<(Token<'static>, usize)> {
        let row = self.rows.get(low.as_bytes().first()?)?;
        let found =
            row.iter().find(|(phrase, _)| low.starts_with(phrase.as_str()) && ends_word(low, phrase.len()));
        found.map(|(phrase, token)| (*token, phrase.len()))
    }
}

impl<'a> Token<'a> {
    /// What it names, if it names something.
    pub(super) fn reference(self) -> Option<Ref<'a>> {
        if let Self::Ref(reference) = self { Some(reference) } else { None }
    }
}

impl Ref<'_> {
    /// The number of a user story.
    pub(super) fn story(self) -> Option<u32> {
        if let Self::Story(number) = self { Some(number) } else { None }
    }
}

/// Length of a task id at the start of `text`: `T` and digits, a letter, a dotted part; `T-12`, `TX01`; or `TXXX`.
pub(super) fn task_id(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'T') {
        return None;
    }
    if text.starts_with("TXXX") {
        return ends_word(text, 4).then_some(4);
    }
    let series = usize::from(bytes.get(1).is_some_and(u8::is_ascii_uppercase));
    let start = 1 + series + usize::from(bytes.get(1) == Some(&b'-'));
    let digits = bytes.get(start..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits < 1 + series || digits > 6 {
        return None;
    }
    let mut at = start + digits;
    if bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
        at += 1;
    }
    if bytes.get(at) == Some(&b'.') {
        let part = bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        at += if part > 0 { part + 1 } else { 0 };
    }
    ends_word(text, at).then_some(at)
}

fn ends_word(text: &str, at: usize) -> bool {
    text[at..].chars().next().is_none_or(|c| !c.is_alphanumeric() && c != '_')
}

/// Cuts prose into tokens.
pub(super) fn tokens<'a>(text: &'a str, phrases: &Phrases) -> Vec<Placed<'a>> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let c = rest.chars().next().expect("`at` is before the end, on a boundary");
        let width = c.len_utf8();
        if c.is_alphanumeric() {
            let (token, len) = word(text, &lower, at, phrases);
            found.push((token, at, at + len));
            at += len;
            continue;
        }
        let (token, len) = match c {
            c if ARROWS.contains(&c) => (Some(Token::Arrow), width),
            '←' | '⇐' | '⟵' => (Some(Token::Back), width),
            ';' => (Some(Token::Stop), width),
            '—' => (Some(Token::Dash), width),
            '–' if rest.starts_with("– ") => (Some(Token::Dash), width),
            '-' | '=' if arrow(rest).is_some() => (Some(Token::Arrow), arrow(rest).unwrap_or(width)),
            '<' if rest.starts_with("<-") => (Some(Token::Back), 2),
            '-' if rest.starts_with("- ") && text[..at].ends_with(' ') => (Some(Token::Dash), width),
            '.' if rest[1..].starts_with([' ', '\n']) || rest.len() == 1 => (Some(Token::Stop), width),
            '(' | '[' => (Some(Token::Open), width),
            ')' | ']' => (Some(Token::Close), width),
            ':' => (Some(Token::Colon), width),
            ',' | '/' | '+' | '&' => (Some(Token::Comma), width),
            _ => (None, width),
        };
        if let Some(token) = token {
            found.push((token, at, at + len));
        }
        at += len;
    }
    echoes(text, &mut found);
    found
}

/// `base (T1) before api (T2), api before page (T3)`: a word that named a task stands for it before a verb, and begins
/// a clause of its own there.
fn echoes<'a>(text: &'a str, tokens: &mut [Placed<'a>]) {
    let mut labels: Vec<(&'a str, Token<'a>)> = Vec::new();
    for at in 0..tokens.len() {
        if let [(Token::Word, from, to), (Token::Open, ..), (named @ Token::Ref(_), ..), (Token::Close, ..)] =
            tokens[at..(at + 4).min(tokens.len())]
        {
            labels.push((&text[from..to], named));
            continue;
        }
        let (Token::Word, from, to) = tokens[at] else { continue };
        let verb = matches!(tokens.get(at + 1), Some((Token::After | Token::Before, ..)));
        let label = labels.iter().find(|(label, _)| verb && label.eq_ignore_ascii_case(&text[from..to]));
        if let Some(&(_, named)) = label {
            tokens[at].0 = named;
            if let Some((before @ Token::Comma, ..)) = tokens[..at].last_mut() {
                *before = Token::Stop;
            }
        }
    }
}

/// Characters that point right.
pub(super) const ARROWS: [char; 8] = ['→', '⇒', '➔', '➜', '⟶', '►', '▶', '▸'];

/// Length of `->`, `-->`, `=>` at the start of a text.
fn arrow(text: &str) -> Option<usize> {
    let line = text.bytes().take_while(|byte| matches!(byte, b'-' | b'=')).count();
    (line > 0 && text[line..].starts_with('>')).then_some(line + 1)
}

fn word<'a>(text: &'a str, lower: &str, at: usize, phrases: &Phrases) -> (Token<'a>, usize) {
    let rest = &text[at..];
    if let Some(len) = task_id(rest) {
        let (end, skip) = range_end(&rest[len..], |tail| task_id(tail).or_else(|| bare_number(tail)));
        if end > 0 {
            return (Token::Ref(Ref::Tasks(&rest[..len], &rest[len + skip..len + end])), len + end);
        }
        return (Token::Ref(Ref::Task(&rest[..len])), len);
    }
    let low = &lower[at..];
    if let Some((reference, len)) = phase(rest, low).or_else(|| story(low)) {
        return (Token::Ref(reference), len);
    }
    if let Some(found) = phrases.find(low) {
        return found;
    }
    let len = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let named = phrases.names.iter().position(|name| !name.is_empty() && *name == low[..len]);
    (named.map_or(Token::Word, |index| Token::Ref(Ref::Named(index))), len)
}

/// `-T020`, ` – T020b`, ` to T009`, ` through T009`: the offset past the end and the offset of what ends the range.
fn range_end(text: &str, id: impl Fn(&str) -> Option<usize>) -> (usize, usize) {
    let trimmed = text.trim_start_matches([' ', '`', '*']);
    let mut gap = text.len() - trimmed.len();
    let mark = ["-", "–", "—", "..", "…", "to ", "through ", "thru "]
        .into_iter()
        .find(|mark| trimmed.starts_with(mark));
    let Some(mark) = mark else { return (0, 0) };
    // ` — T005` with blanks on both sides is a dash between clauses, not a range.
    if mark == "—" && gap > 0 {
        return (0, 0);
    }
    gap += mark.len();
    let tail = &text[gap..];
    let inner = tail.trim_start_matches([' ', '`', '*', '.']);
    gap += tail.len() - inner.len();
    id(inner).map_or((0, 0), |len| (gap + len, gap))
}

fn bare_number(text: &str) -> Option<usize> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    (digits >= 2 && ends_word(text, digits)).then_some(digits)
}

fn phase<'a>(rest: &'a str, low: &str) -> Option<(Ref<'a>, usize)> {
    let head = ["phases ", "phase ", "fase "].into_iter().find(|head| low.starts_with(head))?;
    let number = &rest[head.len()..];
    let mut len = number.bytes().take_while(u8::is_ascii_digit).count();
    if len == 0 {
        let letter = number.starts_with(|c: char| c.is_ascii_uppercase()) && ends_word(number, 1);
        return letter.then(|| (Ref::Phase(&number[..1]), head.len() + 1));
    }
    if len > 4 {
        return None;
    }
    let first: u32 = number[..len].parse().ok()?;
    let dotted = number[len..].bytes().take_while(|&byte| byte == b'.' || byte.is_ascii_digit()).count();
    if dotted > 1 && number[len + 1..].starts_with(|c: char| c.is_ascii_digit()) {
        len += number[len..len + dotted].trim_end_matches('.').len();
        return Some((Ref::Phase(&number[..len]), head.len() + len));
    }
    if number[len..].starts_with('+') {
        return Some((Ref::Phases(first, None), head.len() + len + 1));
    }
    let digits =
        |text: &str| Some(text.bytes().take_while(u8::is_ascii_digit).count()).filter(|&n| n > 0 && n < 5);
    let (end, gap) = range_end(&number[len..], digits);
    if end > 0 {
        let last = number[len + gap..len + end].parse().ok()?;
        return Some((Ref::Phases(first, Some(last)), head.len() + len + end));
    }
    Some((Ref::Phase(&number[..len]), head.len() + len))
}

fn story(low: &str) -> Option<(Ref<'static>, usize)> {
    let head = ["user stories ", "user story ", "user-story ", "story ", "us-", "us"]
        .into_iter()
        .find(|head| low.starts_with(head))?;
    let digits = low[head.len()..].bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 4 || !ends_word(low, head.len() + digits) {
        return None;
    }
    let number = low[head.len()..head.len() + digits].parse().ok()?;
    Some((Ref::Story(number), head.len() + digits))
}
