//! Several documents as one batch: which story waits for which, and which comes first.
//!
//! Stories are put in order twice. Before anything is decomposed, by what they state: so neither folders nor the order
//! of arguments reach the plan. And when all edges are known, for people: a level of stories that wait for nothing
//! undone, then the next; within a level, what most stories wait for, what is most urgent, what is least work.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::base::diagnostic::Diagnostic;
use crate::base::digraph::component::{cyclic, shortest_cycle};
use crate::base::digraph::csr::Csr;
use crate::base::digraph::order::{levels, topological};
use crate::base::natural;
use crate::base::outcome::Outcome;
use crate::base::span::Span;
use crate::base::table::Id as _;
use crate::base::text::Text;
use crate::ir::draft::{Draft, ItemKind};
use crate::ir::graph::{Rule, Story, StoryId, StoryLink, TaskGraph};

use super::Context;
use super::depend::story_key;
use super::sketch::story;

/// Circles told one by one.
const TOLD: usize = 32;

/// Puts the documents of a batch in order, and breaks what they state where it is circular.
pub fn arrange(context: Context<'_>, mut drafts: Vec<Draft>) -> Outcome<Vec<Draft>> {
    if drafts.len() < 2 {
        return Outcome::clean(drafts);
    }
    let inputs = context.inputs;
    drafts.sort_by_cached_key(|draft| inputs.file(draft.file).path.clone());
    let ids: BTreeMap<_, _> = drafts.iter().map(|draft| (draft.file, story(context, draft).id)).collect();
    drafts.sort_by(|a, b| natural::compare(&ids[&a.file], &ids[&b.file]));
    let mut findings = Vec::new();
    let stories: Vec<Story> = drafts.iter().map(|draft| story(context, draft)).collect();
    let stated = unwind(context, &mut drafts, &stories, &mut findings);
    let pairs: Vec<(u32, u32)> = stated.iter().map(|link| (link.from, link.to)).collect();
    let weights = drafts.iter().map(|draft| {
        let open =
            draft.items.iter().filter(|(_, item)| item.kind == ItemKind::Task && item.done != Some(true));
        (draft.priority.unwrap_or_default(), open.count())
    });
    let order = order(&pairs, &weights.collect::<Vec<_>>());
    let mut slots: Vec<Option<Draft>> = drafts.into_iter().map(Some).collect();
    let drafts = order.into_iter().filter_map(|at| slots[at as usize].take()).collect();
    Outcome::new(drafts, findings)
}

/// One story waits for another because a document says so.
struct Stated {
    from: u32,
    to: u32,
    at: Span,
}

/// What the documents state, without circles: the names that close one are taken out of their drafts.
fn unwind(
    context: Context<'_>,
    drafts: &mut [Draft],
    stories: &[Story],
    findings: &mut Vec<Diagnostic>,
) -> Vec<Stated> {
    let names = names(context, drafts, stories);
    let mut stated = Vec::new();
    for (number, draft) in (0..).zip(drafts.iter()) {
        let found = |mention: &Text| names.get(&story_key(context, mention.get(context.inputs))).copied();
        for mention in &draft.after {
            let from = found(mention).filter(|&from| from != number);
            stated.extend(from.map(|from| Stated { from, to: number, at: mention.at() }));
        }
        for mention in &draft.blocks {
            let to = found(mention).filter(|&to| to != number);
            stated.extend(to.map(|to| Stated { from: number, to, at: mention.at() }));
        }
    }
    let mut cut: BTreeSet<Span> = BTreeSet::new();
    for _ in 0..=drafts.len() {
        let pairs: Vec<(u32, u32)> = stated.iter().map(|link| (link.from, link.to)).collect();
        let successors = Csr::new(drafts.len(), &pairs);
        let circles = cyclic(&successors);
        if circles.is_empty() {
            break;
        }
        for members in circles {
            let cycle = shortest_cycle(&successors, &members);
            let ring: Vec<&Stated> = (0..cycle.len())
                .filter_map(|at| {
                    let pair = (cycle[at], cycle[(at + 1) % cycle.len()]);
                    stated.iter().find(|link| (link.from, link.to) == pair)
                })
                .collect();
            if findings.len() < TOLD && !ring.is_empty() {
                findings.push(circle(stories, &cycle, &ring));
            }
            // Of a circle the link goes that leads from a later name to an earlier one.
            let Some(back) = ring.iter().find(|link| link.from > link.to) else { continue };
            let back = (back.from, back.to);
            cut.extend(stated.iter().filter(|link| (link.from, link.to) == back).map(|link| link.at));
            stated.retain(|link| (link.from, link.to) != back);
        }
    }
    for draft in drafts {
        draft.after.retain(|mention| !cut.contains(&mention.at()));
        draft.blocks.retain(|mention| !cut.contains(&mention.at()));
    }
    stated
}

fn circle(stories: &[Story], cycle: &[u32], ring: &[&Stated]) -> Diagnostic {
    let id = |number: u32| stories[number as usize].id.as_str();
    let mut names: Vec<&str> = cycle.iter().map(|&number| id(number)).collect();
    names.extend(cycle.first().map(|&number| id(number)));
    let message = format!("{} stories wait for each other: {}", cycle.len(), names.join(" → "));
    let says = |link: &Stated| format!("`{}` waits for `{}`", id(link.to), id(link.from));
    let mut finding = Diagnostic::error("dep/cycle", ring[0].at, message)
        .here(says(ring[0]))
        .why("no story of a circle can ever start")
        .help("remove one of these references, or merge the stories".to_owned());
    for rule in ["V1.4", "VB0.2", "VB1.1"] {
        finding = finding.veto(rule);
    }
    for link in ring.iter().skip(1) {
        finding = finding.label(link.at, says(link));
    }
    finding
}

/// Names of documents: id, slug, path, file name.
pub(super) fn names(context: Context<'_>, drafts: &[Draft], stories: &[Story]) -> BTreeMap<String, u32> {
    let mut names = BTreeMap::new();
    for (number, (draft, story)) in (0..).zip(drafts.iter().zip(stories)) {
        let path = &context.inputs.file(draft.file).path;
        for name in [story.id.as_str(), &story.slug, path.as_str(), path.name(), path.stem()] {
            names.entry(story_key(context, name)).or_insert(number);
        }
    }
    names
}

/// Says which story waits for which, and in what order people think of them.
pub(super) fn relate(drafts: &[Draft], graph: &mut TaskGraph) {
    if graph.stories.len() < 2 {
        return;
    }
    let mut links: BTreeMap<(StoryId, StoryId), StoryLink> = BTreeMap::new();
    // What is stated counts even where it follows from the rest.
    let stated = graph.evidence.iter().filter(|edge| edge.rule.is_explicit());
    for edge in graph.edges.iter().chain(stated) {
        let (from, to) = (graph.tasks[edge.from].story, graph.tasks[edge.to].story);
        // Turns at a shared file are a matter of tasks, not of stories.
        if from == to || matches!(edge.rule, Rule::D4 | Rule::Race) {
            continue;
        }
        let link = StoryLink {
            from,
            to,
            rule: edge.rule,
            confidence: edge.confidence,
            evidence: edge.evidence.clone(),
        };
        let best = links.entry((to, from)).or_insert_with(|| link.clone());
        if (Reverse(link.confidence), link.rule) < (Reverse(best.confidence), best.rule) {
            *best = link;
        }
    }
    graph.links = links.into_values().collect();
    let count = graph.stories.len();
    let mut open = vec![0; count];
    for (_, task) in graph.tasks.iter().filter(|(_, task)| !task.done) {
        open[task.story.index()] += 1;
    }
    let weights: Vec<_> =
        drafts.iter().zip(open).map(|(draft, open)| (draft.priority.unwrap_or_default(), open)).collect();
    let pairs = |wanted: &dyn Fn(&StoryLink) -> bool| -> Vec<(u32, u32)> {
        graph.links.iter().filter(|link| wanted(link)).map(|link| (link.from.0, link.to.0)).collect()
    };
    // Stories that need each other's parts have no order of their own: then only what is stated counts.
    let mut chosen = pairs(&|_| true);
    if topological(&Csr::new(count, &chosen)).is_err() {
        chosen = pairs(&|link| link.rule.is_explicit());
    }
    let mut by_name: Vec<StoryId> = graph.stories.ids().collect();
    by_name.sort_by(|&a, &b| natural::compare(&graph.stories[a].id, &graph.stories[b].id));
    let mut place = vec![0; count];
    for (at, story) in (0..).zip(&by_name) {
        place[story.index()] = at;
    }
    let named: Vec<(u32, u32)> =
        chosen.iter().map(|&(from, to)| (place[from as usize], place[to as usize])).collect();
    let weights: Vec<_> = by_name.iter().map(|story| weights[story.index()]).collect();
    graph.story_order = order(&named, &weights).into_iter().map(|at| by_name[at as usize]).collect();
}

/// Vertices by level, then by what waits for them, urgency and work; in a circle nobody is before anybody.
fn order(pairs: &[(u32, u32)], weights: &[(crate::ir::draft::Priority, usize)]) -> Vec<u32> {
    let successors = Csr::new(weights.len(), pairs);
    let level = match topological(&successors) {
        Ok(order) => levels(&successors, &order),
        Err(_) => vec![0; weights.len()],
    };
    let mut order: Vec<u32> = successors.vertices().collect();
    order.sort_by_cached_key(|&v| {
        let (priority, work) = weights[v as usize];
        (level[v as usize], Reverse(followers(&successors, v)), Reverse(priority), work, v)
    });
    order
}

/// How many wait for a vertex, directly or not.
fn followers(successors: &Csr, v: u32) -> usize {
    let mut seen = BTreeSet::new();
    let mut open = vec![v];
    while let Some(v) = open.pop() {
        open.extend(successors.row(v).iter().copied().filter(|&w| seen.insert(w)));
    }
    seen.len()
}

#[cfg(test)]
mod tests {
    use super::order;
    use crate::ir::draft::Priority::{High, Low, Medium};

    #[test]
    fn what_much_waits_for_comes_first() {
        // 0 waits for 3; 1 and 2 are free.
        assert_eq!(order(&[(3, 0)], &[(Medium, 1), (Medium, 5), (Medium, 2), (Medium, 9)]), [3, 2, 1, 0]);
        assert_eq!(order(&[], &[(Low, 1), (High, 5), (Medium, 1)]), [1, 2, 0]);
        assert_eq!(order(&[(0, 1), (1, 2)], &[(Low, 1), (High, 1), (High, 1)]), [0, 1, 2]);
    }
}
