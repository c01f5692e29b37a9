//! Objects of creating verbs: what a sentence says is to be made ("Write **5 emails** about a.md").

use std::ops::Range;

use super::sentence::{sentences, words};
use super::vocabulary::Vocabulary;

/// The objects of the creating verbs of a text: from behind a commanding verb to the first word that ends its object,
/// or to the end of the sentence.
#[must_use]
pub fn find(text: &str, vocabulary: &Vocabulary) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for sentence in sentences(text) {
        let part = &text[sentence.clone()];
        let words: Vec<_> = words(part).collect();
        let mut at = 0;
        while at < words.len() {
            if !vocabulary.creating_verbs.contains(&part[words[at].clone()])
                || !commands(part, &words, at, vocabulary)
            {
                at += 1;
                continue;
            }
            let end = (at + 1..words.len())
                .find(|&here| {
                    vocabulary.object_ends.contains(&part[words[here].clone()])
                        || (vocabulary.creating_verbs.contains(&part[words[here].clone()])
                            && commands(part, &words, here, vocabulary))
                })
                .unwrap_or(words.len());
            let stop = words.get(end).map_or(part.len(), |word| word.start);
            if end > at + 1 {
                found.push(sentence.start + words[at].end..sentence.start + stop);
            }
            at = end.max(at + 1);
        }
    }
    found
}

/// Whether the verb at `at` is a command: it begins the sentence or follows a word that leads one in.
#[must_use]
pub fn commands(text: &str, words: &[Range<usize>], at: usize, vocabulary: &Vocabulary) -> bool {
    let Some(before) = at.checked_sub(1) else { return true };
    let gap = &text[words[before].end..words[at].start];
    gap.contains([':', ';'])
        || gap.contains(". ")
        || vocabulary.imperative_leads.contains(&text[words[before].clone()])
        || words[..at].iter().all(|word| text[word.clone()].bytes().all(|byte| byte.is_ascii_digit()))
        || (gap.contains(',') && before == 0)
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::syntax::text::vocabulary::tests::shipped;

    #[track_caller]
    fn check(text: &str, want: &[&str]) {
        let found: Vec<&str> = find(text, &shipped()).into_iter().map(|range| text[range].trim()).collect();
        assert_eq!(found, want, "{text}");
    }

    #[test]
    fn objects() {
        check("Write a summary of a.md and b.md", &["a summary"]);
        check("Create a.md, b.md and c.md. Also create three files in out.", &["a.md, b.md and c.md."]);
        check("Generate a report with 3 pages", &["a report"]);
        check("Read the file and write 5 emails", &["5 emails"]);
        check("Please generate 5 emails", &["5 emails"]);
        check("1. Crie 3 páginas sobre vendas", &["3 páginas"]);
        check("The build is green", &[]);
    }
}
