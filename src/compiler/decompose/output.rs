//! What a task makes, changes, removes and needs: declared paths first, then the paths in its own words.

use std::borrow::Cow;
use std::ops::Range;

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::base::text::Text;
use crate::ir::draft::PathRole;
use crate::ir::lexicon::Lexicon;
use crate::syntax::text::path;
use crate::syntax::text::vocabulary::Vocabulary;

use super::phrase::{Action, Word, action_of, head_verb, words};

/// A path as plans compare it: no leading `./`, no doubled or trailing separators. Borrowed when nothing changes.
pub(super) fn normalise(path: &str) -> Cow<'_, str> {
    let mut path = path.trim();
    while let Some(rest) = path.strip_prefix("./") {
        path = rest;
    }
    if path.contains("//") || path.contains("/./") {
        let absolute = path.starts_with('/');
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        return Cow::Owned(format!("{}{}", if absolute { "/" } else { "" }, parts.join("/")));
    }
    Cow::Borrowed(path)
}

/// A source text as a normalised path; it stays a range when nothing changes.
pub(super) fn path_text(text: &Text, inputs: &Inputs) -> Text {
    let raw = text.get(inputs);
    match normalise(raw) {
        Cow::Borrowed(same) if same.len() == raw.len() => text.clone(),
        normal => Text::made(normal.into_owned(), text.at()),
    }
}

/// Files that are tests of another file.
pub(super) struct TestFiles(GlobSet);

impl TestFiles {
    /// Compiles the globs of the lexicon; one that does not parse matches nothing.
    pub(super) fn new(lexicon: &Lexicon) -> Self {
        let mut builder = GlobSetBuilder::new();
        for glob in lexicon.test_paths.iter().filter_map(|glob| Glob::new(glob).ok()) {
            builder.add(glob);
        }
        Self(builder.build().unwrap_or_else(|_| GlobSet::empty()))
    }
    /// Whether `path` is the test of something.
    pub(super) fn holds(&self, path: &str) -> bool {
        self.0.is_match(path)
    }
}

/// The paths one line names, with what the line does to them.
///
/// The nearest verb decides: what is created, changed or removed is an output, what is verified is read. A path behind a
/// word such as "from" or "using" is read whatever the verb.
pub(super) fn paths_of_line(
    line: &str,
    at: LinePlace,
    lexicon: &Lexicon,
    vocabulary: &Vocabulary,
) -> Vec<(Text, PathRole)> {
    let found = find(line, lexicon, vocabulary);
    found.into_iter().map(|(range, role)| (at.text(line, range), role)).collect()
}

fn find(line: &str, lexicon: &Lexicon, vocabulary: &Vocabulary) -> Vec<(Range<usize>, PathRole)> {
    if memchr::memchr3(b'/', b'.', b'\\', line.as_bytes()).is_none() {
        return Vec::new();
    }
    let found = path::find(line, vocabulary);
    if found.is_empty() {
        return Vec::new();
    }
    let words = words(line);
    // Of `a.rs or b.rs` one is meant: the other is neither made nor needed for sure.
    let mut last: Option<usize> = None;
    let found: Vec<_> = found
        .into_iter()
        .filter(|range| {
            let between =
                last.replace(range.end).map(|end| line[end..range.start].trim_matches(['`', '"', ' ']));
            !between.is_some_and(|word| lexicon.alternatives.contains(&word.to_lowercase()))
        })
        .collect();
    let all = found.clone();
    let mut uses = Vec::with_capacity(found.len());
    let mut before: Option<(Range<usize>, PathRole)> = None;
    for range in found {
        // `ConversationItem.vue … in components/chat/ConversationItem.vue` is one file.
        let name = &line[range.clone()];
        let whole = |other: &Range<usize>| {
            line[other.clone()].strip_suffix(name).is_some_and(|rest| rest.ends_with('/'))
        };
        if !name.contains('/') && all.iter().any(whole) {
            continue;
        }
        let listed = before.as_ref().is_some_and(|(earlier, role)| {
            *role == PathRole::Read && is_list(&line[earlier.end..range.start], lexicon)
        });
        let aside = is_aside(line, &range, before.as_ref(), lexicon);
        let role = if listed || aside || is_read(line, range.start, &words, lexicon) {
            PathRole::Read
        } else {
            match governing(range.start, &words, lexicon) {
                Action::Create => PathRole::Create,
                Action::Modify => PathRole::Modify,
                Action::Delete => PathRole::Delete,
                Action::Verify | Action::Unknown if is_new_test(line, &range, &words, lexicon) => {
                    PathRole::Create
                }
                Action::Verify | Action::Unknown => PathRole::Read,
            }
        };
        before = Some((range.clone(), role));
        uses.push((range, role));
    }
    uses
}

/// `Contract test for the login in tests/login.py`: a line without a verb that says where the test is to stand.
fn is_new_test(line: &str, range: &Range<usize>, words: &[Word<'_>], lexicon: &Lexicon) -> bool {
    let path = line[range.clone()].to_lowercase();
    let headless = words.first().is_some_and(|word| lexicon.test_leads.contains(word.text.as_ref()));
    let before = words.iter().take_while(|word| word.at.end <= range.start).last();
    headless
        && lexicon.test_marks.iter().any(|mark| path.contains(mark.as_str()))
        && before.is_some_and(|word| lexicon.places.contains(word.text.as_ref()))
}

/// Whether two paths are neighbours in a list: only commas and joining words between them.
fn is_list(between: &str, lexicon: &Lexicon) -> bool {
    let mut words = between.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.all(|word| lexicon.joints.contains(word)) && !between.contains(['.', ';', '('])
}

/// Whether a path stands in a parenthesis behind another path: `src/a.ts (see data.md, api.yaml)` makes one file.
fn is_aside(
    line: &str,
    range: &Range<usize>,
    before: Option<&(Range<usize>, PathRole)>,
    lexicon: &Lexicon,
) -> bool {
    let head = &line[..range.start];
    let Some(open) = head.rfind('(').filter(|&open| !head[open..].contains(')')) else { return false };
    let inner = head[open + 1..].trim_start_matches([' ', '`']);
    let first = inner.split(' ').next().unwrap_or_default();
    let adds = first.starts_with('+') || lexicon.joints.contains(&first.to_lowercase());
    let beside = before.is_some_and(|(earlier, role)| {
        if earlier.end <= open {
            *role != PathRole::Read
        } else {
            earlier.start > open && *role == PathRole::Read
        }
    });
    beside && !adds
}

/// The paths a title names. Where it begins with no verb we know, the file it begins with, or in which something is to
/// happen, is the one to change: "Refuse large bodies in src/limit.rs".
pub(super) fn paths_of_title(
    title: &Text,
    inputs: &Inputs,
    lexicon: &Lexicon,
    vocabulary: &Vocabulary,
) -> Vec<(Text, PathRole)> {
    let line = title.get(inputs);
    let mut found = find(line, lexicon, vocabulary);
    if found.iter().any(|(_, role)| *role == PathRole::Read) {
        let words = words(line);
        if head_verb(&words, lexicon).0 == Action::Unknown {
            for (range, role) in found.iter_mut().filter(|(_, role)| *role == PathRole::Read) {
                let before = words.iter().take_while(|word| word.at.end <= range.start);
                // "The test file: src/a.test.ts" names what it speaks of behind the colon.
                let named_last = range.end + 1 >= line.len()
                    && line[..range.start].trim_end_matches(['`', ' ']).ends_with(':');
                let placed = named_last
                    || before.clone().last().is_none_or(|word| lexicon.places.contains(word.text.as_ref()));
                let named = before.clone().any(|word| lexicon.clause_words.contains(word.text.as_ref()));
                if placed && !named && is_file(&line[range.clone()]) {
                    *role = PathRole::Modify;
                }
            }
        }
    }
    let place = LinePlace::of(title);
    found.into_iter().map(|(range, role)| (place.text(line, range), role)).collect()
}

/// Whether a path names one file: no folder, no pattern.
pub(super) fn is_file(path: &str) -> bool {
    !path.contains('*')
        && path.rsplit('/').next().is_some_and(|name| name.trim_start_matches('.').contains('.'))
}

/// What the nearest verb before a path does; what stands in a clause of its own ("that mounts …") is only named.
fn governing(start: usize, words: &[Word<'_>], lexicon: &Lexicon) -> Action {
    let before = words.iter().take_while(|word| word.at.end <= start).count();
    let (head, verb) = head_verb(words, lexicon);
    for word in words[..before].iter().rev() {
        if lexicon.clause_words.contains(word.text.as_ref()) {
            return Action::Unknown;
        }
        let action = action_of(word.text.as_ref(), lexicon);
        // Away from the head only making and removing is certain: many a verb of change is also a noun.
        if matches!(action, Action::Create | Action::Delete) {
            return action;
        }
    }
    if before > verb { head } else { Action::Unknown }
}

/// Whether the words right before a path say that it is needed, not made.
fn is_read(line: &str, start: usize, words: &[Word<'_>], lexicon: &Lexicon) -> bool {
    let before: Vec<&Word<'_>> = words.iter().take_while(|word| word.at.end <= start).collect();
    let tail = |count: usize| {
        let from = before.len().saturating_sub(count);
        before[from..].iter().map(|word| word.text.as_ref()).collect::<Vec<_>>()
    };
    let skip = before.last().is_some_and(|word| lexicon.definite.contains(word.text.as_ref()));
    lexicon.read_markers.iter().any(|marker| {
        let count = marker.split(' ').count();
        let near = tail(count + usize::from(skip));
        let near = if skip && !near.is_empty() { &near[..near.len() - 1] } else { &near[..] };
        near.len() == count && near.iter().zip(marker.split(' ')).all(|(word, part)| *word == part)
    }) && !line[..start].ends_with('(')
}

/// Where a line stands, so that its parts can stay ranges of the source.
#[derive(Clone, Copy)]
pub(super) struct LinePlace {
    /// Place of the line, or of what it was made from.
    pub(super) at: Span,
    /// Whether the characters stand in the source as they are.
    pub(super) verbatim: bool,
}

impl LinePlace {
    /// The place of a whole text.
    pub(super) fn of(text: &Text) -> Self {
        Self { at: text.at(), verbatim: matches!(text, Text::At(_)) }
    }
    /// The place of a part of this text.
    pub(super) fn part(self, from: usize, to: usize) -> Self {
        if self.verbatim { Self { at: self.at.slice(from, to), verbatim: true } } else { self }
    }
    /// A part of the line as text.
    pub(super) fn text(self, line: &str, range: Range<usize>) -> Text {
        if self.verbatim {
            return Text::At(self.at.slice(range.start, range.end));
        }
        Text::made(&line[range], self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::{LinePlace, normalise, paths_of_line, paths_of_title};
    use crate::base::inputs::Inputs;
    use crate::base::span::{FileId, Span};
    use crate::base::text::Text;
    use crate::compiler::decompose::sketch::tests::{lexicon, vocabulary};
    use crate::ir::draft::PathRole;

    fn check(line: &str, expected: &[(&str, PathRole)]) {
        let place = LinePlace { at: Span::head(FileId(0)), verbatim: false };
        let inputs = Inputs::new();
        let (lexicon, vocabulary) = (lexicon(), vocabulary());
        let found = paths_of_line(line, place, &lexicon, &vocabulary);
        let found: Vec<(&str, PathRole)> =
            found.iter().map(|(text, role)| (text.get(&inputs), *role)).collect();
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn verbs_and_markers_decide() {
        check(
            "Create src/a.rs from the docs/spec.md",
            &[("src/a.rs", PathRole::Create), ("docs/spec.md", PathRole::Read)],
        );
        check("Update `src/a.rs`", &[("src/a.rs", PathRole::Modify)]);
        check("Test src/a.rs", &[("src/a.rs", PathRole::Read)]);
        check("Remove old/b.py", &[("old/b.py", PathRole::Delete)]);
        check(
            "Escrever out/carta.md com base em docs/tom.md",
            &[("out/carta.md", PathRole::Create), ("docs/tom.md", PathRole::Read)],
        );
        check(
            "Review src/a.rs and write the findings to docs/b.md",
            &[("src/a.rs", PathRole::Read), ("docs/b.md", PathRole::Create)],
        );
        check(
            "Update src/a.rs so that it mounts src/b.rs",
            &[("src/a.rs", PathRole::Modify), ("src/b.rs", PathRole::Read)],
        );
        check(
            "Create t/a.ts with checks of src/b.rs",
            &[("t/a.ts", PathRole::Create), ("src/b.rs", PathRole::Read)],
        );
        check("Create src/a.rs or `src/b.rs`", &[("src/a.rs", PathRole::Create)]);
        check("Meet at 10.30", &[]);
        check("Contract test for the login in tests/login.py", &[("tests/login.py", PathRole::Create)]);
        check("Run the tests in tests/login.py", &[("tests/login.py", PathRole::Read)]);
        check(
            "Create src/b.rs migrated from old/a.c and old/b.c",
            &[("src/b.rs", PathRole::Create), ("old/a.c", PathRole::Read), ("old/b.c", PathRole::Read)],
        );
        check(
            "Create src/a.ts with the types (matching docs/api.yaml per research.md, data-model.md)",
            &[
                ("src/a.ts", PathRole::Create),
                ("docs/api.yaml", PathRole::Read),
                ("research.md", PathRole::Read),
                ("data-model.md", PathRole::Read),
            ],
        );
        check(
            "Create Item.vue with a button in `src/chat/Item.vue`",
            &[("src/chat/Item.vue", PathRole::Create)],
        );
        check("Create the schema (db/schema.sql)", &[("db/schema.sql", PathRole::Create)]);
    }

    #[test]
    fn a_title_without_a_verb_still_has_a_place() {
        let inputs = Inputs::new();
        let (lexicon, vocabulary) = (lexicon(), vocabulary());
        let check = |line: &str, path: &str, role: PathRole| {
            let title = Text::made(line, Span::head(FileId(0)));
            let found = paths_of_title(&title, &inputs, &lexicon, &vocabulary);
            let found: Vec<_> = found.iter().map(|(text, role)| (text.get(&inputs), *role)).collect();
            assert_eq!(found, [(path, role)], "{line}");
        };
        check("Refuse large bodies in src/limit.rs", "src/limit.rs", PathRole::Modify);
        check("`src/limit.rs`: refuse large bodies", "src/limit.rs", PathRole::Modify);
        check("Tratar erros em src/limite.rs", "src/limite.rs", PathRole::Modify);
        check("The page of bounds: `src/limit.rs`", "src/limit.rs", PathRole::Modify);
        check("Look at src/limit.rs", "src/limit.rs", PathRole::Read);
        check("Users that are in data/users.json", "data/users.json", PathRole::Read);
        check("Additional tests in tests/unit/", "tests/unit/", PathRole::Read);
        check("Run the scenarios in docs/start.md", "docs/start.md", PathRole::Read);
        check("Verify the bound in src/limit.rs", "src/limit.rs", PathRole::Read);
    }

    #[test]
    fn paths_are_normalised() {
        assert_eq!(normalise("./a//b/./c.md"), "a/b/c.md");
        assert_eq!(normalise("../x"), "../x");
        assert_eq!(normalise("/abs//x"), "/abs/x");
    }
}
