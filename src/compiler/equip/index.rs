//! What the registry says in words, laid out so that a task's words find it: BM25 over commands and domains, and the
//! triggers of domains. Built once; all figures are integers, scores are millionths.

use crate::ir::equipment::{AgentId, DomainId};
use crate::ir::registry::Registry;

use super::words::{Term, Words};

/// A document of the index.
#[derive(Debug, Clone, Copy)]
pub(super) struct Document {
    /// The domain it speaks for.
    pub(super) domain: DomainId,
    /// The command it describes; none for the domain's own.
    pub(super) command: Option<AgentId>,
    /// What its own id and title score, in millionths.
    pub(super) own: u64,
}

/// A trigger of a domain.
#[derive(Debug, Clone)]
pub(super) struct Trigger {
    pub(super) domain: DomainId,
    /// What it counts.
    pub(super) weight: u32,
    /// Enough by itself.
    pub(super) primary: bool,
    /// Its stems.
    pub(super) phrase: Vec<Term>,
    /// As written.
    pub(super) text: String,
}

/// The index.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) documents: Vec<Document>,
    pub(super) triggers: Vec<Trigger>,
    /// By stem: documents that have it and what it adds to each, in millionths.
    postings: Vec<Vec<(u32, u64)>>,
    /// By stem: triggers that begin with it.
    openings: Vec<Vec<u32>>,
}

impl Index {
    /// Indexes every command that has a domain, and every domain.
    pub(super) fn new(registry: &Registry, words: &mut Words<'_>) -> Self {
        let mut index = Self::default();
        let mut bags: Vec<Bag> = Vec::new();
        let weak: Vec<Term> =
            registry.routing.weak_words.iter().flat_map(|word| words.phrase(word)).collect();
        // What matches nothing else goes to the fallback; it must not be won by likeness.
        let fallback = registry.domain(&registry.routing.fallback);
        for (id, command) in registry.commands.iter() {
            let Some(domain) = command.domain.filter(|&domain| Some(domain) != fallback) else { continue };
            let mut bag = Bag::new(domain, Some(id), registry);
            bag.add(words, 0, &command.id);
            bag.add(words, 1, &command.title);
            bag.add(words, 2, &command.purpose);
            command.aliases.iter().for_each(|alias| bag.add(words, 3, alias));
            bags.push(bag);
        }
        for (id, domain) in registry.domains.iter().filter(|(id, _)| Some(*id) != fallback) {
            let mut bag = Bag::new(id, None, registry);
            bag.add(words, 0, &domain.name);
            bag.add(words, 2, &domain.description);
            let own = index.triggers.len();
            let lists =
                [(&domain.primary, domain.weights.0, true), (&domain.secondary, domain.weights.1, false)];
            for (text, weight, primary) in
                lists.into_iter().flat_map(|(list, w, p)| list.iter().map(move |text| (text, w, p)))
            {
                bag.add(words, 3, text);
                let phrase = words.phrase(text);
                // Two languages often share a stem: it is one trigger.
                if !phrase.is_empty() && index.triggers[own..].iter().all(|known| known.phrase != phrase) {
                    index.triggers.push(Trigger { domain: id, weight, primary, phrase, text: text.clone() });
                }
            }
            bags.push(bag);
        }
        index.openings = vec![Vec::new(); words.terms()];
        for (at, trigger) in (0_u32..).zip(&index.triggers) {
            index.openings[trigger.phrase[0] as usize].push(at);
        }
        for bag in &mut bags {
            bag.forget(&weak);
        }
        index.weigh(bags, words.terms(), registry);
        index
    }

    /// Documents that have this stem, and what it adds to each.
    pub(super) fn postings(&self, term: Term) -> &[(u32, u64)] {
        self.postings.get(term as usize).map_or(&[], Vec::as_slice)
    }

    /// Triggers that begin with this stem.
    pub(super) fn openings(&self, term: Term) -> &[u32] {
        self.openings.get(term as usize).map_or(&[], Vec::as_slice)
    }

    fn weigh(&mut self, mut bags: Vec<Bag>, terms: usize, registry: &Registry) {
        let routing = &registry.routing;
        let mut frequency = vec![0_u64; terms];
        let mut length = 0;
        for bag in &mut bags {
            bag.settle();
            length += bag.length;
            bag.counts.iter().for_each(|&(term, _)| frequency[term as usize] += 1);
        }
        let average = (length * 1_000 / (bags.len() as u64).max(1)).max(1);
        self.postings = vec![Vec::new(); terms];
        for (at, bag) in (0_u32..).zip(&bags) {
            let long = bag.length * 1_000_000 / average;
            let (k1, b) = (u64::from(routing.k1), u64::from(routing.b));
            let norm = k1 * (1_000_u64.saturating_sub(b) + b * long / 1_000) / 1_000;
            let mut own = 0;
            for &(term, count) in &bag.counts {
                let rarity = ln(2 * bags.len() as u64 + 2, 2 * frequency[term as usize] + 1);
                let adds = rarity * (u64::from(count) * (1_000 + k1)) / (u64::from(count) * 1_000 + norm);
                if bag.title.contains(&term) {
                    own += adds;
                }
                self.postings[term as usize].push((at, adds));
            }
            self.documents.push(Document { domain: bag.domain, command: bag.command, own });
        }
    }
}

/// The words of one document while it is read.
struct Bag {
    domain: DomainId,
    command: Option<AgentId>,
    fields: [u32; 4],
    counts: Vec<(Term, u32)>,
    title: Vec<Term>,
    length: u64,
}

impl Bag {
    fn new(domain: DomainId, command: Option<AgentId>, registry: &Registry) -> Self {
        let fields = registry.routing.fields;
        Self { domain, command, fields, counts: Vec::new(), title: Vec::new(), length: 0 }
    }

    /// Adds a text; `field` is the position of its weight: id, title, purpose, keywords.
    fn add(&mut self, words: &mut Words<'_>, field: usize, text: &str) {
        for word in words.all(text).into_iter().filter(|word| !word.stop) {
            self.counts.push((word.term, self.fields[field]));
            if field < 2 {
                self.title.push(word.term);
            }
        }
    }

    /// Leaves out words no document is found by.
    fn forget(&mut self, weak: &[Term]) {
        self.counts.retain(|(term, _)| !weak.contains(term));
        self.title.retain(|term| !weak.contains(term));
    }

    /// One count a stem, by stem.
    fn settle(&mut self) {
        self.counts.sort_unstable();
        self.counts.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                kept.1 += later.1;
            }
            same
        });
        self.length = self.counts.iter().map(|&(_, count)| u64::from(count)).sum();
    }
}

/// The natural logarithm of `over / under` in millionths, for quotients from 1 on. In integers, so that no machine's
/// mathematical library has a say: whole powers of two first, then the binary digits of the rest by squaring.
fn ln(over: u64, under: u64) -> u64 {
    const LN2: u128 = 693_147_181;
    let quotient = (u128::from(over) << 32) / u128::from(under.max(1));
    if quotient <= 1 << 32 {
        return 0;
    }
    let whole = quotient.ilog2() - 32;
    let mut rest = quotient >> whole;
    let mut binary = u128::from(whole) << 24;
    for digit in (0..24).rev() {
        rest = (rest * rest) >> 32;
        if rest >= 1 << 33 {
            rest >>= 1;
            binary |= 1 << digit;
        }
    }
    u64::try_from((binary * LN2) >> 24).unwrap_or_default() / 1_000
}

#[cfg(test)]
mod tests {
    use super::ln;

    #[test]
    fn logarithms_are_those_of_the_books() {
        for (over, under, wanted) in
            [(1, 1, 0), (2, 1, 693_147), (3, 2, 405_465), (1_000, 1, 6_907_755), (64, 3, 3_060_270)]
        {
            assert!(ln(over, under).abs_diff(wanted) <= 2, "{over}/{under}: {}", ln(over, under));
        }
        assert_eq!((ln(1, 2), ln(0, 0)), (0, 0));
    }
}
