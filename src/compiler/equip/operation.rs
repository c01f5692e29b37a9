//! Tasks that are nothing but a file operation: a verb, its paths, and words that add nothing.

use crate::ir::registry::policy::{Operation, Selection};

use super::words::{Term, Words};

/// The operations with their verbs stemmed.
pub(super) struct Operations<'r> {
    selection: &'r Selection,
    verbs: Vec<Vec<Term>>,
    filler: Vec<Term>,
}

impl<'r> Operations<'r> {
    pub(super) fn new(selection: &'r Selection, words: &mut Words<'_>) -> Self {
        let mut stems = |entries: &[String]| -> Vec<Term> {
            entries.iter().filter_map(|entry| words.phrase(entry).first().copied()).collect()
        };
        let verbs = selection.operations.iter().map(|operation| stems(&operation.verbs)).collect();
        Self { selection, verbs, filler: stems(&selection.filler) }
    }

    /// The operation a title is, with its paths. `head` is the stem of its first verb.
    pub(super) fn of<'t>(
        &self,
        title: &'t str,
        head: Term,
        words: &mut Words<'_>,
    ) -> Option<(usize, Vec<&'t str>)> {
        let first = self.verbs.iter().position(|verbs| verbs.contains(&head))?;
        let mut paths = Vec::new();
        for token in title.split_whitespace() {
            let token = token.trim_matches(|c| matches!(c, '`' | '"' | '\'' | ',' | ';' | '(' | ')'));
            let token = token.strip_suffix('.').unwrap_or(token);
            if is_path(token) {
                paths.push(token);
            } else if words
                .all(token)
                .iter()
                .any(|word| !word.stop && word.term != head && !self.filler.contains(&word.term))
            {
                return None;
            }
        }
        (first..self.verbs.len())
            .find(|&at| {
                self.verbs[at].contains(&head) && self.selection.operations[at].paths as usize == paths.len()
            })
            .map(|at| (at, paths))
    }

    /// The command of an operation on these paths, word by word.
    pub(super) fn command(operation: &Operation, paths: &[&str]) -> Vec<String> {
        let fill = |word: &String| {
            paths
                .iter()
                .zip(1_u32..)
                .fold(word.clone(), |word, (path, n)| word.replace(&format!("{{{n}}}"), path))
        };
        operation.run.iter().map(fill).collect()
    }
}

/// A plain relative path: with a `/` or an extension, and nothing a shell or a parent folder could make of it.
fn is_path(token: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "/._-".contains(c);
    let extension = token.rsplit_once('.').is_some_and(|(stem, end)| !stem.is_empty() && !end.is_empty());
    (token.trim_end_matches('/').contains('/') || token.ends_with('/') || extension)
        && token.chars().all(plain)
        && !token.starts_with(['/', '-'])
        && token.split('/').all(|part| part != "..")
        && token.chars().any(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::Operations;
    use crate::compiler::equip::samples;
    use crate::compiler::equip::words::Words;

    fn check(title: &str) -> Option<String> {
        let registry = samples::registry();
        let mut words = Words::new(&registry.routing);
        let operations = Operations::new(&registry.selection, &mut words);
        let head = words.all(title)[0].term;
        let (at, paths) = operations.of(title, head, &mut words)?;
        Some(Operations::command(&registry.selection.operations[at], &paths).join(" "))
    }

    #[test]
    fn a_verb_and_its_paths_and_nothing_else() {
        for (title, command) in [
            ("Move docs/a.md to docs/b.md", Some("mv -- docs/a.md docs/b.md")),
            ("Mover o arquivo `docs/a.md` para `arquivo/b.md`", Some("mv -- docs/a.md arquivo/b.md")),
            ("Delete the old file notes.txt.", Some("rm -- notes.txt")),
            ("Copy a.md to b.md", Some("cp -R -- a.md b.md")),
            ("Move docs/a.md to docs/b.md carefully", None),
            ("Move docs/a.md", None),
            ("Delete ../secrets.txt", None),
            ("Delete /etc/passwd", None),
            ("Remove dead code from src/main.rs", None),
            ("Copy for the landing page", None),
            ("Delete everything", None),
        ] {
            assert_eq!(check(title).as_deref(), command, "{title}");
        }
    }
}
