//! The zones of a prompt from outside, told by its headings: data, template, and the instructions around them.

use std::ops::Range;

use crate::base::fold;
use crate::syntax::text::lexicon::Lexicon;
use crate::syntax::text::sentence::words;

use super::matcher::Lists;

/// Headings by zone, and headings under which criteria stand.
#[derive(Debug, Clone, Default)]
pub struct Zones {
    /// Headings of data.
    data: Lexicon,
    /// Headings of templates.
    template: Lexicon,
    /// Other headings a template ends at.
    instructions: Lexicon,
    /// Headings of criteria.
    criteria: Lexicon,
}

/// What a part of a prompt is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// What to do.
    Instructions,
    /// What to do it with.
    Data,
    /// What the result looks like.
    Template,
}

impl Zones {
    /// The headings of the packs.
    #[must_use]
    pub fn new(lists: &Lists) -> Self {
        let list = |name: &str| Lexicon::numbered(lists.words.get(name).map_or(&[][..], Vec::as_slice));
        Self {
            data: list("data_headings"),
            template: list("template_headings"),
            instructions: list("instruction_headings"),
            criteria: list("criteria_headings"),
        }
    }

    /// The parts of a prompt, headings included, in order.
    #[must_use]
    pub fn split(&self, text: &str) -> Vec<(Zone, Range<usize>)> {
        let mut parts = Vec::new();
        let (mut zone, mut from) = (Zone::Instructions, 0);
        for heading in headings(text) {
            let title = &text[heading.title];
            let next = if is(&self.data, title) {
                Zone::Data
            } else if is(&self.template, title) {
                Zone::Template
            } else if zone == Zone::Template && !is(&self.instructions, title) {
                continue;
            } else {
                Zone::Instructions
            };
            if next != zone || next != Zone::Instructions {
                parts.push((zone, from..heading.line.start));
                (zone, from) = (next, heading.line.start);
            }
        }
        parts.push((zone, from..text.len()));
        parts.retain(|(_, range)| !range.is_empty());
        parts
    }

    /// The bodies under headings out of `wanted`, to the next heading of a known zone.
    #[must_use]
    pub fn bodies(&self, text: &str, wanted: &Lexicon) -> Vec<Range<usize>> {
        let mut bodies = Vec::new();
        let mut open: Option<usize> = None;
        for heading in headings(text) {
            let title = &text[heading.title];
            let found = is(wanted, title);
            let known =
                found || [&self.data, &self.template, &self.instructions].iter().any(|zone| is(zone, title));
            if known {
                bodies.extend(open.take().map(|start| start..heading.line.start));
                open = found.then_some(heading.line.end);
            }
        }
        bodies.extend(open.map(|start| start..text.len()));
        bodies
    }

    /// The number of criteria of a document: items under a heading of criteria, and boxes anywhere; not in code.
    #[must_use]
    pub fn criteria(&self, text: &str) -> usize {
        let mut under = false;
        let mut count = 0;
        for line in lines(text) {
            let content = &text[line];
            if let Some(title) = title(content) {
                under = is(&self.criteria, title);
            } else if let Some(item) = item(content) {
                let ticked = ["[ ]", "[x]", "[X]"].iter().any(|tick| item.starts_with(tick));
                count += usize::from(under || ticked);
            }
        }
        count
    }
}

struct Heading {
    line: Range<usize>,
    title: Range<usize>,
}

fn headings(text: &str) -> impl Iterator<Item = Heading> {
    lines(text).filter_map(|line| {
        let title = title(&text[line.clone()])?;
        let from = line.start + (title.as_ptr() as usize - text[line.clone()].as_ptr() as usize);
        Some(Heading { title: from..from + title.len(), line })
    })
}

/// The lines of a text outside code fences, with their ends.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    let mut fence: Option<&str> = None;
    std::iter::from_fn(move || {
        while at < text.len() {
            let end = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |end| at + end + 1);
            let line = at..end;
            at = end;
            let content = text[line.clone()].trim();
            match fence {
                Some(mark) if content.starts_with(mark) => fence = None,
                Some(_) => {}
                None if content.starts_with("```") => fence = Some("```"),
                None if content.starts_with("~~~") => fence = Some("~~~"),
                None => return Some(line),
            }
        }
        None
    })
}

fn title(line: &str) -> Option<&str> {
    let line = line.trim();
    let rest = line.trim_start_matches('#');
    let level = line.len() - rest.len();
    ((1..=6).contains(&level) && rest.starts_with(' ')).then(|| rest.trim().trim_end_matches('#').trim_end())
}

fn item(line: &str) -> Option<&str> {
    let line = line.trim_start().trim_start_matches(['>', ' ']);
    if let Some(rest) = line.strip_prefix(['-', '*', '+']) {
        return rest.starts_with(' ').then(|| rest.trim());
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = line[digits..].strip_prefix(['.', ')'])?;
    (digits > 0 && rest.starts_with(' ')).then(|| rest.trim())
}

/// Whether a heading is one of a list, without its numbering and ornaments.
fn is(list: &Lexicon, title: &str) -> bool {
    let key = fold::key(title);
    let words: Vec<_> = words(&key).collect();
    list.longest(&key, &words).is_some_and(|(_, taken)| taken == words.len())
}

#[cfg(test)]
mod tests {
    use super::{Zone, Zones};
    use crate::syntax::text::lexicon::Lexicon;

    fn zones() -> Zones {
        Zones {
            data: Lexicon::numbered(["data"]),
            template: Lexicon::numbered(["template"]),
            instructions: Lexicon::numbered(["instructions"]),
            criteria: Lexicon::numbered(["acceptance criteria", "critérios de aceite"]),
        }
    }

    #[test]
    fn a_template_ends_at_a_zone_of_its_own() {
        let text = "Do.\n## DATA\npen\n## Template\n# Title\n## More\n## INSTRUCTIONS\nSort.\n## Notes\nx\n";
        let parts: Vec<_> =
            zones().split(text).into_iter().map(|(zone, range)| (zone, &text[range])).collect();
        assert_eq!(
            parts,
            [
                (Zone::Instructions, "Do.\n"),
                (Zone::Data, "## DATA\npen\n"),
                (Zone::Template, "## Template\n# Title\n## More\n"),
                (Zone::Instructions, "## INSTRUCTIONS\nSort.\n## Notes\nx\n"),
            ]
        );
    }

    #[test]
    fn criteria() {
        for (text, want) in [
            ("## 4. Acceptance Criteria\n- a\n* b\n1. c\n## Other\n- d\n", 3),
            ("## Critérios de Aceite\n* 3 páginas\n", 1),
            ("prose\n  * [ ] box\n- [x] done\n", 2),
            ("```\n- [ ] in code\n```\nno acceptance criteria yet\n", 0),
        ] {
            assert_eq!(zones().criteria(text), want, "{text}");
        }
    }
}
