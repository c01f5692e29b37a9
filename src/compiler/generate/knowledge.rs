//! What a prompt is told of a knowledge file: whole if it fits, else its best sections, cut only between paragraphs.
//!
//! Sections are headings of Markdown or top-level keys of YAML. Those with a heading of the list in data come first; if
//! there is none, sections are ranked by likeness to the *domain*, not the task, so that all tasks of a domain share them.

use std::fmt::Write as _;

use crate::base::fold;

/// What is taken of a file, and what is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Digest {
    /// The text.
    pub text: String,
    /// Headings of what was left out.
    pub dropped: Vec<String>,
}

/// A part of a knowledge file.
struct Section<'a> {
    heading: &'a str,
    level: usize,
    text: &'a str,
}

/// At most `budget` characters of `text`.
pub(crate) fn digest(
    text: &str,
    yaml: bool,
    budget: usize,
    headings: &[String],
    domain: &[String],
) -> Digest {
    let text = text.trim_end();
    if text.chars().count() <= budget {
        return Digest { text: text.to_owned(), dropped: Vec::new() };
    }
    let sections = if yaml { keys(text) } else { headed(text) };
    let order = rank(&sections, headings, domain);
    let mut left = budget;
    let mut taken: Vec<Option<&str>> = vec![None; sections.len()];
    for index in order {
        let cut = cut(sections[index].text, left);
        left -= cut.chars().count().min(left);
        if !cut.trim().is_empty() {
            taken[index] = Some(cut);
        }
    }
    let mut digest = Digest::default();
    for (section, taken) in sections.iter().zip(&taken) {
        match taken {
            Some(part) => {
                digest.text.push_str(part.trim_end());
                digest.text.push_str("\n\n");
                if part.len() < section.text.trim_end().len() {
                    digest.dropped.push(format!("the end of {}", section.heading));
                }
            }
            None if section.heading.is_empty() => {}
            None => digest.dropped.push(section.heading.to_owned()),
        }
    }
    digest.text.truncate(digest.text.trim_end().len());
    digest
}

impl Digest {
    /// One line about what was left out; empty when nothing was.
    pub(crate) fn note(&self) -> String {
        let mut out = String::new();
        for (index, heading) in self.dropped.iter().take(8).enumerate() {
            let _ = write!(out, "{}{heading}", if index == 0 { "Left out for length: " } else { "; " });
        }
        if self.dropped.len() > 8 {
            let _ = write!(out, "; and {} more", self.dropped.len() - 8);
        }
        out
    }
}

/// The longest beginning of `text` of at most `budget` characters that ends between paragraphs or list items.
pub(crate) fn cut(text: &str, budget: usize) -> &str {
    let Some((end, _)) = text.char_indices().nth(budget) else { return text };
    let head = &text[..end];
    let boundary = |at: usize| {
        let rest = &text[at + 1..];
        rest.starts_with('\n') || rest.starts_with("- ") || rest.starts_with("* ") || rest.starts_with('#')
    };
    head.rmatch_indices('\n').map(|(at, _)| at).find(|&at| boundary(at)).map_or("", |at| &text[..at])
}

/// Markdown by its headings; those inside fences are not headings.
fn headed(text: &str) -> Vec<Section<'_>> {
    let mut starts = vec![(0, 0, "")];
    let mut fence: Option<&str> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            (None, None) => {
                let level = line.bytes().take_while(|&byte| byte == b'#').count();
                if (1..=6).contains(&level) && line[level..].starts_with(' ') {
                    starts.push((at, level, line[level..].trim()));
                }
            }
            (Some(_), _) => {}
        }
        at += line.len();
    }
    sections(text, &starts)
}

/// YAML by its top-level keys.
fn keys(text: &str) -> Vec<Section<'_>> {
    let mut starts = vec![(0, 0, "")];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let key = line.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '"' | '\''));
        if let Some((name, _)) = line.split_once(':').filter(|_| key) {
            starts.push((at, 1, name.trim_matches(['"', '\''])));
        }
        at += line.len();
    }
    sections(text, &starts)
}

fn sections<'a>(text: &'a str, starts: &[(usize, usize, &'a str)]) -> Vec<Section<'a>> {
    let ends = starts.iter().skip(1).map(|&(at, ..)| at).chain(std::iter::once(text.len()));
    let parts = starts.iter().zip(ends);
    parts.map(|(&(start, level, heading), end)| Section { heading, level, text: &text[start..end] }).collect()
}

/// The sections worth taking, best first.
fn rank(sections: &[Section<'_>], headings: &[String], domain: &[String]) -> Vec<usize> {
    let mut chosen = Vec::new();
    let mut inside: Option<usize> = None;
    for (index, section) in sections.iter().enumerate() {
        if inside.is_some_and(|level| section.level <= level) {
            inside = None;
        }
        let key = fold::key(section.heading);
        let named = |stem: &String| key.starts_with(stem.as_str()) || key.contains(&format!(" {stem}"));
        if inside.is_none() && !section.heading.is_empty() && headings.iter().any(named) {
            inside = Some(section.level);
        }
        if inside.is_some() {
            chosen.push(index);
        }
    }
    if !chosen.is_empty() {
        return chosen;
    }
    let mut scored: Vec<(u64, usize)> =
        sections.iter().enumerate().map(|(index, section)| (score(section, domain), index)).collect();
    scored.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    scored.into_iter().map(|(_, index)| index).collect()
}

/// Likeness to the domain: how often its words occur, saturating, over the length; in thousandths.
fn score(section: &Section<'_>, domain: &[String]) -> u64 {
    let folded = fold::fold(section.text);
    let mut words: u64 = 0;
    let mut hits = vec![0_u64; domain.len()];
    for word in folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        words += 1;
        if let Some(at) = domain.iter().position(|known| known == word) {
            hits[at] += 1;
        }
    }
    // BM25 with k1 = 1.2 and b = 0.75 against a section of a hundred words, without the weight of rare words.
    let length = 300 + 9 * words;
    hits.iter().map(|&hits| hits * 2_200 * 1_000 / (hits * 1_000 + length).max(1)).sum()
}

#[cfg(test)]
mod tests {
    use super::{cut, digest};

    const KB: &str = "# Guide\n\nIntro text.\n\n## 1. 🎯 Princípios\n\nBe short.\n\n### Detail\n\nMore.\n\n## History\n\nLong ago.\n";

    fn check(text: &str, yaml: bool, budget: usize, expected: &str, dropped: &[&str]) {
        let headings = ["principio".to_owned()];
        let found = digest(text, yaml, budget, &headings, &["ship".to_owned()]);
        assert_eq!(
            (found.text.as_str(), found.dropped),
            (expected, dropped.iter().map(|&s| s.to_owned()).collect())
        );
    }

    #[test]
    fn headings_are_found_by_stem_with_what_lies_below() {
        check(
            KB,
            false,
            60,
            "## 1. 🎯 Princípios\n\nBe short.\n\n### Detail\n\nMore.",
            &["Guide", "History"],
        );
    }

    #[test]
    fn a_file_that_fits_is_whole() {
        check("a\n\nb\n", false, 100, "a\n\nb", &[]);
    }

    #[test]
    fn keys_are_sections_and_the_domain_ranks_them() {
        let text = "cars:\n  - drive\nboats:\n  - ship\n  - ship\n";
        check(text, true, 26, "boats:\n  - ship\n  - ship", &["cars"]);
    }

    #[test]
    fn cuts_fall_between_paragraphs() {
        assert_eq!(cut("one\n\ntwo words\n", 8), "one");
        assert_eq!(cut("- a\n- b\n- c", 8), "- a\n- b");
        assert_eq!(cut("no boundary at all", 5), "");
    }
}
