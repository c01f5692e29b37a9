//! D  Drafts to task graph: atomic tasks and what each waits for.
//!
//! `sketch` turns the items of each draft into tasks with one deliverable each; `depend` collects the reasons why one
//! waits for another; `assemble` breaks what inference made circular, removes races and lays the graph out flat.

mod assemble;
mod criteria;
mod decide;
mod depend;
mod fence;
mod identify;
mod output;
mod parallel;
mod phrase;
mod preplan;
pub mod race;
mod races;
mod sketch;
pub mod stories;
#[cfg(test)]
mod tests;
mod uses;

use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::text::Text;
use crate::ir::draft::Draft;
use crate::ir::graph::TaskGraph;
use crate::ir::lexicon::Lexicon;
use crate::ir::settings::Settings;
use crate::syntax::text::vocabulary::Vocabulary;

/// What decomposition reads besides the drafts.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The sources.
    pub inputs: &'a Inputs,
    /// Words and numbers.
    pub lexicon: &'a Lexicon,
    /// Numbers, nouns and file names.
    pub vocabulary: &'a Vocabulary,
    /// What the user decided.
    pub settings: &'a Settings,
}

/// Breaks drafts into atomic tasks and orders them. Several drafts become one batch whose ids are `story:task`.
pub fn decompose(context: Context<'_>, drafts: &[Draft]) -> Outcome<TaskGraph> {
    let mut findings = Vec::new();
    let mut sketch = sketch::sketch(context, drafts, &mut findings);
    identify::identify(context, drafts, &mut sketch, &mut findings);
    criteria::bind(context, drafts, &mut sketch, &mut findings);
    let proposed = depend::depend(context, drafts, &sketch, &mut findings);
    let wide =
        drafts.iter().flat_map(|draft| draft.after.iter().chain(&draft.blocks)).map(Text::at).collect();
    let mut graph = assemble::assemble(context, sketch, proposed.edges, &wide, &mut findings);
    graph.missing = proposed.missing;
    stories::relate(drafts, &mut graph);
    parallel::judge(context.inputs, &graph, &mut findings);
    decide::models(context, &mut graph, &mut findings);
    fence::judge(context, &graph, &mut findings);
    Outcome::new(graph, findings)
}
