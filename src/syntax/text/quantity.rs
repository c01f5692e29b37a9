//! Quantities: `5 launch emails`, `three landing pages`, `3 emails each for 4 segments`.
//!
//! `NUMBER (word){0,3} NOUN`, where number and nouns are those of the vocabulary. One noun belongs to one quantity.

use std::ops::Range;

use super::number::{Number, read};
use super::path;
use super::sentence::{sentences, words};
use super::vocabulary::Vocabulary;

/// So many of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    /// From the number to the noun.
    pub at: Range<usize>,
    /// The noun.
    pub noun: Range<usize>,
    /// How many in all: the upper end of a range, times the groups.
    pub count: u64,
    /// The lower end of a range, times the groups; else equal to `count`.
    pub low: u64,
    /// Of how many groups each has its share: 4 in "3 emails each for 4 segments"; else 1.
    pub groups: u64,
    /// What they are: an index into `Vocabulary::kinds`.
    pub kind: usize,
    /// The kind could be told more closely, and the text does not: a tag of which service?
    pub ambiguous: bool,
    /// "in total" is said of it.
    pub total: bool,
}

/// What a quantity expands to under a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expansion {
    /// None: it is left out, with a warning.
    Zero,
    /// So many.
    Items(u64),
    /// More than the limit: a mistake, or something to be allowed expressly.
    Over,
}

impl Quantity {
    /// What it expands to when at most `limit` items are allowed.
    #[must_use]
    pub fn expansion(&self, limit: u64) -> Expansion {
        match self.count {
            0 => Expansion::Zero,
            count if count > limit => Expansion::Over,
            count => Expansion::Items(count),
        }
    }
}

/// All quantities of a text, in order.
#[must_use]
pub fn find(text: &str, vocabulary: &Vocabulary) -> Vec<Quantity> {
    let mut found = Vec::new();
    for sentence in sentences(text) {
        let part = &text[sentence.clone()];
        if !has_number(part, vocabulary) {
            continue;
        }
        let words: Vec<_> = words(part).collect();
        let mut hits = hits(part, &words, vocabulary);
        multiply(part, &words, &mut hits, vocabulary);
        drop_contents(part, &words, &mut hits, vocabulary);
        add_single(part, &words, &mut hits, vocabulary);
        found.extend(hits.into_iter().filter(|hit| !hit.factor).map(|hit| Quantity {
            at: sentence.start + hit.quantity.at.start..sentence.start + hit.quantity.at.end,
            noun: sentence.start + hit.quantity.noun.start..sentence.start + hit.quantity.noun.end,
            ..hit.quantity
        }));
    }
    found
}

/// A quantity, and the words it stands at.
struct Hit {
    quantity: Quantity,
    /// First word.
    from: usize,
    /// One past the noun.
    to: usize,
    /// It multiplies another, and is none itself.
    factor: bool,
}

fn has_number(text: &str, vocabulary: &Vocabulary) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
        || words(text).any(|word| {
            let word = &text[word];
            let first = word.split('-').next().unwrap_or(word);
            vocabulary.numbers.contains(first) || vocabulary.scales.contains(first)
        })
}

fn hits(text: &str, words: &[Range<usize>], vocabulary: &Vocabulary) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut named_until = usize::MAX;
    let mut at = 0;
    while at < words.len() {
        let Some(number) = read(text, words, at, vocabulary) else {
            at += 1;
            continue;
        };
        let next = at + number.words;
        // "sections 3 and 4": a number joined to a name is a name too.
        let joined = named_until < at
            && words[named_until..at].iter().all(|word| vocabulary.joints.contains(&text[word.clone()]));
        if joined || is_name(text, words, at, number, vocabulary) {
            named_until = next;
        } else if let Some(hit) = counted(text, words, at, number, vocabulary) {
            at = hit.to;
            hits.push(hit);
            continue;
        }
        at = next;
    }
    hits
}

/// Whether a number names something instead of counting: "phase 2", "#3", "$5", "3%", "in 2026".
fn is_name(text: &str, words: &[Range<usize>], at: usize, number: Number, vocabulary: &Vocabulary) -> bool {
    let before = text[..words[at].start].chars().next_back();
    if matches!(before, Some('#' | '$' | '€' | '£' | '.' | '/' | '_' | ':' | '=')) {
        return true;
    }
    let after = text[words[at + number.words - 1].end..].chars().next();
    if matches!(after, Some('%' | '/' | '_' | ':' | '°' | ')')) && !matches!(before, Some('(')) {
        return true;
    }
    // A round number of four digits may well be meant; 1987 is a year.
    if number.digits && (1900..=2100).contains(&number.value) && !number.value.is_multiple_of(100) {
        return true;
    }
    at > 0 && {
        let gap = &text[words[at - 1].end..words[at].start];
        gap.bytes().all(|byte| byte == b' ' || byte == b'#')
            && vocabulary.names.contains(&text[words[at - 1].clone()])
    }
}

/// The noun behind a number.
fn counted(
    text: &str,
    words: &[Range<usize>],
    at: usize,
    number: Number,
    vocabulary: &Vocabulary,
) -> Option<Hit> {
    let mut here = at + number.words;
    let close = |here: usize| {
        let gap = &text[words[here - 1].end..words[here].start];
        gap.chars().all(|c| matches!(c, ' ' | '\t' | '\n' | '×' | '*' | '`' | '"' | '“' | '”'))
    };
    if here < words.len() && close(here) && vocabulary.times.contains(&text[words[here].clone()]) {
        here += 1;
    }
    let last = here + vocabulary.adjectives;
    let noun = loop {
        if here >= words.len() || here > last || !close(here) {
            return None;
        }
        let word = &text[words[here].clone()];
        if let Some(noun) = vocabulary.nouns.get(word) {
            break noun;
        }
        if vocabulary.stops.contains(word) || read(text, words, here, vocabulary).is_some() {
            return None;
        }
        here += 1;
    };
    // "4 email sequences" are sequences: the last of several nouns counts, if it agrees in number.
    let mut noun = noun;
    while number.value != 1 && here + 1 < words.len() && close(here + 1) {
        match vocabulary.nouns.get(&text[words[here + 1].clone()]) {
            Some(next) if next % 2 == 1 => {
                noun = next;
                here += 1;
            }
            _ => break,
        }
    }
    let (kind, ambiguous) = refined(text, words, (at, here), (noun / 2) as usize, vocabulary);
    let quantity = Quantity {
        at: words[at].start..words[here].end,
        noun: words[here].clone(),
        count: number.value,
        low: number.low,
        groups: 1,
        kind,
        ambiguous,
        total: false,
    };
    Some(Hit { quantity, from: at, to: here + 1, factor: false })
}

/// The closer kind, told by the nearest marker between number and noun or within three words behind or before.
fn refined(
    text: &str,
    words: &[Range<usize>],
    at: (usize, usize),
    kind: usize,
    vocabulary: &Vocabulary,
) -> (usize, bool) {
    let Some(closer) = vocabulary.kinds.get(kind).filter(|kind| !kind.refine.is_empty()) else {
        return (kind, false);
    };
    let marker = |word: &Range<usize>| {
        let found = vocabulary.markers.get(&text[word.clone()])? as usize;
        closer.refine.iter().any(|refine| refine.name == vocabulary.kinds[found].name).then_some(found)
    };
    let (from, noun) = at;
    let inside = words[from..noun].iter().rev().find_map(marker);
    let behind = || words[noun + 1..].iter().take(3).find_map(marker);
    let before = || words[..from].iter().rev().take(3).find_map(marker);
    match inside.or_else(behind).or_else(before) {
        Some(found) => (found, false),
        None => (kind, true),
    }
}

/// Multiplies what each group has by the number of groups.
fn multiply(text: &str, words: &[Range<usize>], hits: &mut [Hit], vocabulary: &Vocabulary) {
    let is = |lexicon: &super::lexicon::Lexicon, at: usize| lexicon.contains(&text[words[at].clone()]);
    if (0..words.len()).any(|at| is(&vocabulary.total, at)) {
        for hit in hits {
            hit.quantity.total = true;
        }
        return;
    }
    for at in 0..hits.len().saturating_sub(1) {
        if hits[at].factor || hits[at + 1].factor {
            continue;
        }
        let between = hits[at].to..hits[at + 1].from;
        let each = between.clone().find(|&here| is(&vocabulary.each, here));
        let per = between.clone().find(|&here| is(&vocabulary.per, here));
        let inside = between.clone().any(|here| is(&vocabulary.inside, here));
        let named = per
            .and_then(|here| words.get(here + 1))
            .and_then(|word| vocabulary.nouns.get(&text[word.clone()]));
        // An "each" behind the last of several belongs to them; before another it belongs to that one.
        let last = hits.len() == at + 2;
        let trailing = last && (hits[at + 1].to..words.len()).any(|here| is(&vocabulary.each, here));
        let leading = (0..hits[at].from).rev().take(4).any(|here| is(&vocabulary.each, here));
        let same = |hit: &Hit| named.is_some_and(|noun| (noun / 2) as usize == hit.quantity.kind);
        let (group, many) = if (each.is_some() && !inside) || same(&hits[at + 1]) {
            (at + 1, at)
        } else if leading || (each.is_none() && trailing) {
            (at, at + 1)
        } else {
            continue;
        };
        let groups = hits[group].quantity.count;
        hits[group].factor = true;
        for here in joined_to(text, words, hits, many, group, vocabulary) {
            let quantity = &mut hits[here].quantity;
            quantity.count = quantity.count.saturating_mul(groups);
            quantity.low = quantity.low.saturating_mul(groups);
            quantity.groups = groups;
        }
    }
}

/// What one thing is made of is not counted: "a page with 3 components", "`src/form.tsx` with 4 templates".
fn drop_contents(text: &str, words: &[Range<usize>], hits: &mut Vec<Hit>, vocabulary: &Vocabulary) {
    let inside = (1..words.len())
        .find(|&at| vocabulary.inside.contains(&text[words[at].clone()]))
        .unwrap_or(words.len());
    if hits.first().is_none_or(|hit| hit.from < inside) {
        return;
    }
    let whole = &text[..words[inside].start];
    let thing = words[..inside].iter().any(|word| vocabulary.nouns.contains(&text[word.clone()]))
        || !path::find(whole, vocabulary).is_empty();
    if thing {
        hits.clear();
    }
}

/// A single thing beside counted ones is counted, too: "write a post and 3 tweets".
fn add_single(text: &str, words: &[Range<usize>], hits: &mut Vec<Hit>, vocabulary: &Vocabulary) {
    let (Some(first), Some(last)) = (hits.first(), hits.last()) else { return };
    let is_joint = |at: usize| {
        let listed = at > 0 && text[words[at - 1].end..].starts_with(',');
        listed || vocabulary.joints.contains(&text[words[at].clone()])
    };
    let one = Number { value: 1, low: 1, words: 1, digits: false };
    let single = |at: usize, end: usize| {
        vocabulary
            .articles
            .contains(&text[words[at].clone()])
            .then(|| counted(text, words, at, one, vocabulary))
            .flatten()
            .filter(|hit| hit.to <= end)
    };
    // At most "please write" stands before the first object.
    let before = (first.from > 0 && (is_joint(first.from) || is_joint(first.from - 1)))
        .then(|| (0..first.from.min(3)).find_map(|at| single(at, first.from)))
        .flatten();
    let behind =
        (last.to + 1 < words.len() && is_joint(last.to)).then(|| single(last.to + 1, words.len())).flatten();
    hits.splice(0..0, before);
    hits.extend(behind);
}

/// The hits that share what is said of `many`: it, and those joined to it on the side away from `group`.
fn joined_to(
    text: &str,
    words: &[Range<usize>],
    hits: &[Hit],
    many: usize,
    group: usize,
    vocabulary: &Vocabulary,
) -> Vec<usize> {
    let bound = |left: usize| {
        words[hits[left].to..hits[left + 1].from]
            .iter()
            .all(|word| vocabulary.joints.contains(&text[word.clone()]))
    };
    let mut shared = vec![many];
    if group > many {
        shared.extend((0..many).rev().take_while(|&at| bound(at) && !hits[at].factor));
    } else {
        shared.extend((many + 1..hits.len()).take_while(|&at| bound(at - 1)));
    }
    shared
}

#[cfg(test)]
mod tests {
    use super::{Expansion, find};
    use crate::syntax::text::vocabulary::tests::shipped;

    /// Each quantity as `count kind`, with `low-` before a range and `~` before what is ambiguous.
    #[track_caller]
    fn check(text: &str, want: &str) {
        let vocabulary = shipped();
        let found: Vec<String> = find(text, &vocabulary)
            .iter()
            .map(|hit| {
                let low = if hit.low == hit.count { String::new() } else { format!("{}-", hit.low) };
                let mark = if hit.ambiguous { "~" } else { "" };
                format!("{low}{} {mark}{}", hit.count, vocabulary.kinds[hit.kind].name)
            })
            .collect();
        assert_eq!(found.join(", "), want, "{text}");
    }

    #[test]
    fn what_the_seed_counts() {
        check("Create 5 emails", "5 email");
        check("3 newsletters, 2 lists e 4 segmentos", "3 newsletter, 2 list, 4 segment");
        check("2 automações e 1 automação", "2 automation, 1 automation");
        check("2 automac\u{327}o\u{303}es, 3 pa\u{301}ginas", "2 automation, 3 page");
        check(
            "1 story, 2 workflows, 3 scripts, 4 sequências, 5 posts",
            "1 story, 2 workflow, 3 script, 4 sequence, 5 post",
        );
        check("6 components and 7 agents", "6 component, 7 agent");
        check("uma página e duas tarefas", "1 page, 2 task");
    }

    #[test]
    fn what_the_seed_misses() {
        check("5 launch emails", "5 email");
        check("3 e-mails", "3 email");
        check("5 landing pages", "5 page");
        check("three landing pages", "3 page");
        check("twenty one emails", "21 email");
        check("vinte e um emails", "21 email");
        check("three hundred and five pages", "305 page");
        check("a dozen posts", "12 post");
        check("3x emails and 2 x pages", "3 email, 2 page");
        check("4 email sequences", "4 sequence");
        check("a 5 email sequence", "5 email");
        check("1 email sequence", "1 email");
    }

    #[test]
    fn ranges_take_their_upper_end() {
        check("3-5 emails", "3-5 email");
        check("3–5 emails", "3-5 email");
        check("between 3 and 5 emails", "3-5 email");
        check("entre 3 e 5 emails", "3-5 email");
        check("3 to 5 short emails", "3-5 email");
        check("de 3 a 5 emails", "3-5 email");
    }

    #[test]
    fn names_and_years_count_nothing() {
        for text in [
            "phase 2 tasks",
            "section 3 lists",
            "fase 2 tarefas",
            "sections 3 and 4 lists",
            "Sprint 3 tasks remain unclear",
            "Story 5 tasks",
            "version 2 emails",
            "#3 tasks",
            "the 2nd email",
            "the 2026 emails",
            "Meeting moved to room 4 in 2026",
            "500 word emails",
            "3-page report",
            "2.5 pages",
            "10 of the emails",
            "5% emails",
            "some emails",
        ] {
            check(text, "");
        }
    }

    #[test]
    fn each_and_per_multiply() {
        check("3 emails each for 4 segments", "12 email");
        check("3 emails for each of the 4 segments", "12 email");
        check("3 emails per segment for 4 segments", "12 email");
        check("3 emails por segmento, 4 segmentos", "12 email");
        check("3 emails para cada um dos 4 segmentos", "12 email");
        check("4 segments with 3 emails each", "12 email");
        check("For each of the 4 segments write 3 emails", "12 email");
        check("2-3 emails each for 4 segments", "8-12 email");
        check("3 emails and 2 posts each for 4 segments", "12 email, 8 post");
        check("12 emails in total, each for 4 segments", "12 email, 4 segment");
        check("5 pages each with 3 components", "5 page, 3 component");
        check("3 emails per week for 4 segments", "3 email, 4 segment");
        check("3 emails escritos por 2 agentes", "3 email, 2 agent");
        check("3 emails. Each page has 2 components", "3 email");
    }

    #[test]
    fn tags_belong_to_the_nearest_service() {
        check("3 tags", "3 ~tag");
        check("3 tags AC", "3 tag_ac");
        check("3 beehiiv tags", "3 tag_bh");
        check("In ActiveCampaign, 3 tags", "3 tag_ac");
    }

    #[test]
    fn a_single_thing_beside_counted_ones() {
        check("Write a blog post about Rust and 3 tweets", "1 post, 3 tweet");
        check("3 tweets and a blog post", "3 tweet, 1 post");
        check("Escreva uma página e 3 e-mails", "1 page, 3 email");
        check("Write a script that sends 3 emails", "3 email");
        check("Send 3 emails to a list", "3 email");
    }

    #[test]
    fn contents_are_not_counted() {
        check("Build a page with 3 components", "");
        check("Create src/form.tsx with 4 templates", "");
        check("Launch the campaign with 3 newsletters and 5 emails", "3 newsletter, 5 email");
    }

    #[test]
    fn zero_and_too_many() {
        let vocabulary = shipped();
        let expand = |text: &str| find(text, &vocabulary)[0].expansion(100);
        assert_eq!(expand("0 emails"), Expansion::Zero);
        assert_eq!(expand("100 emails"), Expansion::Items(100));
        assert_eq!(expand("1000000 emails"), Expansion::Over);
        assert_eq!(expand("1,000,000 emails"), Expansion::Over);
    }

    #[test]
    fn ranges_point_at_the_words() {
        let text = "First. Write **three** landing pages now.";
        let hit = &find(text, &shipped())[0];
        assert_eq!((&text[hit.at.clone()], &text[hit.noun.clone()]), ("three** landing pages", "pages"));
    }
}
