//! Why one task waits for another: rules D1 to D10, each edge with its rule, confidence and the words it was read from.
//!
//! The rules only propose. `assemble` drops what turns out circular, keeps the strongest reason for a pair, and the
//! others as evidence.

mod explicit;
mod files;
mod mentions;
mod phases;
mod proofs;
mod wording;

use crate::base::diagnostic::Diagnostic;
use crate::base::table::{Id as _, Run};
use crate::base::text::Text;
use crate::ir::draft::{Draft, DraftKind};
use crate::ir::graph::{Edge, Rule, TaskId};

use super::Context;
use super::output::TestFiles;
use super::sketch::Sketch;

pub(super) use explicit::story_key;

/// All reasons, in no particular order; a pair may occur under several rules. And what stories of a batch wait for that
/// is not there.
pub(super) fn depend<'a>(
    context: Context<'a>,
    drafts: &[Draft],
    sketch: &Sketch,
    findings: &mut Vec<Diagnostic>,
) -> Proposals<'a> {
    let mut edges = Proposals { context, edges: Vec::new(), missing: Vec::new() };
    explicit::propose(context, drafts, sketch, &mut edges, findings);
    files::propose(context, sketch, &mut edges);
    let tests = TestFiles::new(context.lexicon);
    proofs::files(context, drafts, sketch, &tests, &mut edges);
    for (number, draft) in drafts.iter().enumerate() {
        if draft.kind != DraftKind::Plan {
            wording::propose(context, draft, number, sketch, &mut edges);
            proofs::criteria(context, draft, (number, sketch), &tests, &mut edges);
            proofs::groups(context, draft, number, sketch, &mut edges);
        }
        phases::propose(context, draft, number, sketch, &mut edges, findings);
    }
    mentions::propose(context, drafts, sketch, &mut edges);
    edges
}

/// Edges being collected.
pub(super) struct Proposals<'a> {
    context: Context<'a>,
    pub(super) edges: Vec<Edge>,
    pub(super) missing: Vec<Text>,
}

impl Proposals<'_> {
    /// Every task of `to` waits for every task of `from`, unless the rule is off. A task never waits for itself.
    fn add(&mut self, from: Run, to: Run, rule: Rule, evidence: &Text) {
        let setting = self.context.lexicon.rule(rule);
        if !setting.on {
            return;
        }
        for to in to.range() {
            for from in from.range().filter(|&from| from != to) {
                self.edges.push(Edge {
                    from: TaskId::from_index(from),
                    to: TaskId::from_index(to),
                    rule,
                    confidence: setting.confidence,
                    evidence: evidence.clone(),
                });
            }
        }
    }
}

/// The run of one task.
fn only(index: usize) -> Run {
    Run::since(index, index + 1)
}
