//! Words of a line, folded, with their places: what verbs, names and ordering words are recognised in.

use std::borrow::Cow;
use std::ops::Range;

use crate::base::fold::fold;
use crate::ir::lexicon::Lexicon;

/// A word of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word<'a> {
    /// Its characters, folded.
    pub(super) text: Cow<'a, str>,
    /// Where it stands in the line.
    pub(super) at: Range<usize>,
    /// A clause ends behind it.
    pub(super) stop: bool,
}

/// The words of `line`: runs of letters, digits, `-`, `_`, `'`; code and paths count as one word each.
pub(super) fn words(line: &str) -> Vec<Word<'_>> {
    let mut found: Vec<Word<'_>> = Vec::new();
    let mut start = None;
    let inner = |c: char| {
        let of_name =
            matches!(c, 'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '\'' | '/' | '.' | '@' | ':');
        of_name || (!c.is_ascii() && c.is_alphanumeric())
    };
    let bytes = line.len();
    for (at, c) in line.char_indices().chain(std::iter::once((bytes, '\n'))) {
        match (inner(c), start) {
            (true, None) => start = Some(at),
            (false, Some(begin)) => {
                push(line, begin..at, &mut found);
                start = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
        if (matches!(c, ',' | ';' | '(' | ')' | '\n') || (c == '`'))
            && let Some(last) = found.last_mut().filter(|_| start.is_none() && c != '`')
        {
            last.stop = true;
        }
    }
    found
}

fn push<'a>(line: &'a str, at: Range<usize>, found: &mut Vec<Word<'a>>) {
    let raw = &line[at.clone()];
    let trimmed = raw.trim_end_matches(['.', ':', '\'', '/']);
    let stop = trimmed.len() < raw.len() && raw.ends_with(['.', ':']);
    let trimmed = trimmed.trim_start_matches(['\'', '-', '.', '@', ':']);
    if trimmed.is_empty() {
        return;
    }
    let start = at.start + (raw.len() - raw.trim_start_matches(['\'', '-', '.', '@', ':']).len());
    found.push(Word { text: fold(trimmed), at: start..start + trimmed.len(), stop });
}

/// What the head verb of a line does to its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// Makes it.
    Create,
    /// Changes it.
    Modify,
    /// Removes it.
    Delete,
    /// Looks at it.
    Verify,
    /// The line begins with no verb we know.
    Unknown,
}

/// What a folded word does, if it is a verb we know.
pub(super) fn action_of(word: &str, lexicon: &Lexicon) -> Action {
    let verbs = &lexicon.verbs;
    let lists = [
        (&verbs.create, Action::Create),
        (&verbs.modify, Action::Modify),
        (&verbs.delete, Action::Delete),
        (&verbs.verify, Action::Verify),
    ];
    lists.into_iter().find(|(list, _)| list.contains(word)).map_or(Action::Unknown, |(_, action)| action)
}

/// The verb a line begins with, skipping at most two words (an id, an actor) before it, and its position.
pub(super) fn head_verb(words: &[Word<'_>], lexicon: &Lexicon) -> (Action, usize) {
    for (at, word) in words.iter().take(3).enumerate() {
        let action = action_of(word.text.as_ref(), lexicon);
        if action != Action::Unknown {
            return (action, at);
        }
    }
    (Action::Unknown, 0)
}

/// Type of work by head verb; `None` when the line begins with no verb we know.
pub(super) fn work_type<'a>(words: &[Word<'_>], lexicon: &'a Lexicon) -> Option<&'a str> {
    let (action, at) = head_verb(words, lexicon);
    if action == Action::Unknown {
        return None;
    }
    let verb = words[at].text.as_ref();
    lexicon.work.iter().find(|work| work.verbs.contains(verb)).map(|work| work.name.as_str())
}

/// The name of what the verb at `verb` acts on: its words up to the first that ends an object, without articles.
pub(super) fn object(words: &[Word<'_>], verb: usize, lexicon: &Lexicon) -> Option<String> {
    if words.get(verb)?.stop {
        return None;
    }
    let mut name: Vec<&str> = Vec::new();
    for word in &words[verb + 1..] {
        let text = word.text.as_ref();
        let filler = lexicon.articles.contains(text) || lexicon.definite.contains(text);
        if name.is_empty() && filler {
            continue;
        }
        if lexicon.object_end.contains(text) || text.contains('/') || name.len() == lexicon.phrase_words {
            break;
        }
        name.push(text);
        if word.stop {
            break;
        }
    }
    let meaningful =
        name.iter().any(|word| word.len() > 2 && !word.bytes().all(|byte| byte.is_ascii_digit()));
    meaningful.then(|| name.join(" "))
}

#[cfg(test)]
mod tests {
    use super::{object, words};
    use crate::compiler::decompose::sketch::tests::lexicon;

    fn check(line: &str, expected: Option<&str>) {
        let lexicon = lexicon();
        let words = words(line);
        let (_, verb) = super::head_verb(&words, &lexicon);
        assert_eq!(object(&words, verb, &lexicon).as_deref(), expected, "{line}");
    }

    #[test]
    fn objects() {
        check("Create the sales page for the launch", Some("sales page"));
        check("Write a migration script, then run it", Some("migration script"));
        check("Criar a página de vendas", Some("pagina"));
        check("Create src/a.rs", None);
        check("Review", None);
    }
}
