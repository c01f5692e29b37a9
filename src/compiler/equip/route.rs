//! Where a task belongs: the integer scorer over what the registry says in words.
//!
//! A domain's score is the weighted sum of BM25 (its best documents), triggers, agents named in the text, folders and
//! kinds of outputs. Ties go to the first domain by name. All scores are millionths.

use std::collections::BTreeMap;

use crate::base::inputs::Inputs;
use crate::base::table::Id as _;
use crate::ir::equipment::{AgentId, DomainId};
use crate::ir::graph::{TaskGraph, TaskId};
use crate::ir::registry::Registry;

use super::index::Index;
use super::words::{Term, Word, Words, find_phrase};

/// Where a task belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Match {
    /// The best domain that dispatches.
    pub(super) domain: DomainId,
    /// Its score.
    pub(super) score: u64,
    /// The next one.
    pub(super) second: Option<(DomainId, u64)>,
    /// Triggers of the domain that the task has.
    pub(super) triggers: Vec<u32>,
    /// The command whose words it shares most, and how much of that command's title that is, percent.
    pub(super) command: Option<(AgentId, u32)>,
}

/// The parts of a domain's score.
#[derive(Debug, Clone, Default)]
struct Parts {
    best: Vec<u64>,
    /// Thousandths.
    keywords: u64,
    /// A primary trigger is among them.
    named: bool,
    mention: u64,
    path: u64,
    extension: u64,
}

impl Parts {
    fn clear(&mut self) {
        self.best.clear();
        (self.keywords, self.mention, self.path, self.extension) = (0, 0, 0, 0);
        self.named = false;
    }
}

/// The scorer and what it reuses from task to task.
pub(super) struct Scorer<'a> {
    inputs: &'a Inputs,
    graph: &'a TaskGraph,
    registry: &'a Registry,
    pub(super) index: Index,
    mentions: BTreeMap<String, AgentId>,
    documents: Vec<u64>,
    touched: Vec<u32>,
    parts: Vec<Parts>,
    /// By stem: the last task that had it, plus one.
    seen: Vec<u32>,
    round: u32,
    triggers: Vec<u32>,
}

impl<'a> Scorer<'a> {
    pub(super) fn new(
        inputs: &'a Inputs,
        graph: &'a TaskGraph,
        registry: &'a Registry,
        words: &mut Words<'_>,
    ) -> Self {
        let index = Index::new(registry, words);
        let mut mentions = BTreeMap::new();
        for (id, command) in registry.commands.iter() {
            let names = command.aliases.iter().map(String::as_str);
            for name in names.chain([command.id.as_str(), command.path.trim_start_matches('/')]) {
                mentions.entry(name.to_lowercase()).or_insert(id);
            }
        }
        Self {
            inputs,
            graph,
            registry,
            documents: vec![0; index.documents.len()],
            index,
            mentions,
            touched: Vec::new(),
            parts: vec![Parts::default(); registry.domains.len()],
            seen: Vec::new(),
            round: 0,
            triggers: Vec::new(),
        }
    }

    /// Where a task of these words belongs; nowhere when too little speaks for any domain.
    ///
    /// The first `titled` words are its title; those below count less.
    pub(super) fn best(
        &mut self,
        task: TaskId,
        words: &[Word],
        titled: usize,
        redirects: Redirects,
    ) -> Option<Match> {
        self.parts.iter_mut().for_each(Parts::clear);
        self.read_words(words, titled);
        self.read_mentions(task);
        self.read_outputs(task);
        let ranked = self.rank(redirects);
        let (domain, score) = *ranked.first()?;
        let found = Match {
            domain,
            score,
            second: ranked.get(1).copied(),
            triggers: self
                .triggers
                .iter()
                .copied()
                .filter(|&at| self.index.triggers[at as usize].domain == domain)
                .collect(),
            command: self.closest(domain),
        };
        for at in self.touched.drain(..) {
            self.documents[at as usize] = 0;
        }
        Some(found)
    }

    /// Forgets the last task's documents and adds up those of `words`, each stem once.
    fn read_words(&mut self, words: &[Word], titled: usize) {
        for at in self.touched.drain(..) {
            self.documents[at as usize] = 0;
        }
        self.triggers.clear();
        self.round += 1;
        for (at, word) in words.iter().enumerate() {
            if word.stop || !self.first_time(word.term) {
                continue;
            }
            let share = if at < titled { 1_000 } else { u64::from(self.registry.routing.detail) };
            for &(document, adds) in self.index.postings(word.term) {
                let score = &mut self.documents[document as usize];
                if *score == 0 {
                    self.touched.push(document);
                }
                *score += adds * share / 1_000;
            }
            for &trigger in self.index.openings(word.term) {
                let known = &self.index.triggers[trigger as usize];
                if known.phrase.len() == 1 || find_phrase(&words[at..], &known.phrase).is_some() {
                    self.triggers.push(trigger);
                    let parts = &mut self.parts[known.domain.index()];
                    parts.keywords += u64::from(known.weight) * share;
                    parts.named |= known.primary;
                }
            }
        }
        for &document in &self.touched {
            let domain = self.index.documents[document as usize].domain;
            self.parts[domain.index()].best.push(self.documents[document as usize]);
        }
    }

    fn first_time(&mut self, term: Term) -> bool {
        let at = term as usize;
        if at >= self.seen.len() {
            self.seen.resize(at + 1, 0);
        }
        std::mem::replace(&mut self.seen[at], self.round) != self.round
    }

    /// Agents named as `@dev` or `/copy:agents:x` in the title or the detail.
    fn read_mentions(&mut self, task: TaskId) {
        let task = &self.graph.tasks[task];
        for text in std::iter::once(&task.title).chain(&task.detail) {
            let text = text.get(self.inputs);
            for at in memchr::memchr2_iter(b'@', b'/', text.as_bytes()) {
                let found = mention(text, at).and_then(|name| self.mentions.get(&name.to_lowercase()));
                if let Some(domain) = found.and_then(|&id| self.registry.commands[id].domain) {
                    self.parts[domain.index()].mention = 1;
                }
            }
        }
    }

    /// Folders and kinds of the outputs the source names.
    fn read_outputs(&mut self, task: TaskId) {
        for output in self.graph.outputs_of(task).iter().filter(|output| !output.inferred) {
            let path = output.path.get(self.inputs);
            for (id, domain) in self.registry.domains.iter() {
                if domain.output_paths.iter().any(|prefix| path.starts_with(prefix.as_str())) {
                    self.parts[id.index()].path = 1;
                }
            }
            let name = path.rsplit('/').next().unwrap_or_default();
            let extension = name.rsplit_once('.').map_or(name, |(_, extension)| extension).to_lowercase();
            for id in self.registry.routing.extensions.get(&extension).into_iter().flatten() {
                self.parts[id.index()].extension = 1;
            }
        }
    }

    /// Domains that score enough, the best first.
    fn rank(&mut self, redirects: Redirects) -> Vec<(DomainId, u64)> {
        let routing = &self.registry.routing;
        let [bm25, keywords, mention, path, extension] = routing.weights.map(u64::from);
        let (least, enough) = (u64::from(routing.min_score) * 1_000, u64::from(routing.min_bm25) * 1_000);
        let mut ranked = Vec::new();
        for (at, parts) in self.parts.iter_mut().enumerate() {
            parts.best.sort_unstable_by(|a, b| b.cmp(a));
            let words: u64 = parts.best.iter().take(routing.best_documents as usize).sum();
            let words = words * bm25 / 1_000;
            let signs = keywords * parts.keywords
                + 1_000 * (mention * parts.mention + path * parts.path + extension * parts.extension);
            let id = DomainId::from_index(at);
            let domain = &self.registry.domains[id];
            let named = !domain.named_only || parts.named || parts.mention + parts.path > 0;
            let wanted = match redirects {
                Redirects::Only => domain.redirect.is_some(),
                Redirects::Never => domain.redirect.is_none() && named,
            };
            if wanted && words + signs >= least && (signs > 0 || words >= enough) {
                ranked.push((id, words + signs));
            }
        }
        ranked.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        ranked
    }

    /// The command of a domain that shares most with the words just read. Recipes come before roles where they are
    /// equal, then the first by path.
    fn closest(&self, domain: DomainId) -> Option<(AgentId, u32)> {
        let mut best: Option<(u64, AgentId)> = None;
        for &at in &self.touched {
            let document = self.index.documents[at as usize];
            let Some(command) = document.command.filter(|_| document.domain == domain) else { continue };
            let relevance = self.documents[at as usize] * 100 / document.own.max(1);
            let key = (relevance, self.registry.commands[command].kind, std::cmp::Reverse(command));
            if best.is_none_or(|(known, id)| {
                key > (known, self.registry.commands[id].kind, std::cmp::Reverse(id))
            }) {
                best = Some((relevance, command));
            }
        }
        best.map(|(relevance, id)| (id, u32::try_from(relevance.min(100)).unwrap_or(100)))
    }
}

/// Whether domains that return their tasks take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Redirects {
    /// They alone.
    Only,
    /// They never win by likeness.
    Never,
}

/// The name after `@` or `/` at `at`, if it stands by itself: not in a path, an address or a fraction.
fn mention(text: &str, at: usize) -> Option<&str> {
    let before = text[..at].chars().next_back();
    if before.is_some_and(|c| !c.is_whitespace() && !"(`\"'[*".contains(c)) {
        return None;
    }
    let rest = &text[at + 1..];
    let end = rest.find(|c: char| !(c.is_alphanumeric() || "-_:".contains(c))).unwrap_or(rest.len());
    let name = rest[..end].trim_end_matches(':');
    let after = rest[end..].chars().next();
    let path =
        after.is_some_and(|c| c == '/' || c == '.' && rest[end + 1..].starts_with(char::is_alphanumeric));
    (!name.is_empty() && !path).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::mention;

    #[test]
    fn agents_are_not_paths() {
        let check = |text: &str| text.find(['@', '/']).and_then(|at| mention(text, at)).map(str::to_owned);
        assert_eq!(check("ask @dev: to").as_deref(), Some("dev"));
        assert_eq!(check("run /copy:agents:copy-chief.").as_deref(), Some("copy:agents:copy-chief"));
        assert_eq!(check("edit /src/dev.rs"), None);
        assert_eq!(check("mail me@dev"), None);
        assert_eq!(check("@dev.example"), None);
        assert_eq!(check("and/or"), None);
    }
}
