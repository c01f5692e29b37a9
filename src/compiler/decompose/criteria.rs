//! Which criterion is served by which task: its own, those it refers to, those it shares words with; the rest go to
//! the tasks that come last. A task that is left without any is given the plainest one there is.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::diagnostic::Diagnostic;
use crate::base::fold::{fold, key};
use crate::base::table::{Id as _, Run};
use crate::base::text::Text;
use crate::ir::draft::{CriterionId, Draft, PathRole};
use crate::ir::graph::{Output, TaskId};

use super::Context;
use super::sketch::Sketch;

/// Binds criteria to tasks, and infers outputs and criteria where the source states none.
pub(super) fn bind(
    context: Context<'_>,
    drafts: &[Draft],
    sketch: &mut Sketch,
    findings: &mut Vec<Diagnostic>,
) {
    let mut served: Vec<Vec<CriterionId>> =
        sketch.tasks.iter().map(|(_, task)| sketch.served[task.criteria.range()].to_vec()).collect();
    for (number, draft) in drafts.iter().enumerate() {
        let bound = refer(context, draft, number, sketch, &mut served, findings);
        share(context, number, sketch, &mut served, &bound);
    }
    sketch.served.clear();
    for task in sketch.tasks.ids() {
        infer_output(context, sketch, task);
        let list = &mut served[task.index()];
        let mut seen = BTreeSet::new();
        list.retain(|&criterion| seen.insert(criterion));
        if list.is_empty() && !sketch.tasks[task].done {
            sketch.tasks[task].inferred_criterion = Some(infer_criterion(context, sketch, task));
        }
        let begin = sketch.served.len();
        sketch.served.extend_from_slice(list);
        sketch.tasks[task].criteria = Run::since(begin, sketch.served.len());
    }
}

/// Follows `(AC: 1, 2)` and requirement numbers. Returns the criteria that some task refers to or owns.
fn refer(
    context: Context<'_>,
    draft: &Draft,
    number: usize,
    sketch: &Sketch,
    served: &mut [Vec<CriterionId>],
    findings: &mut Vec<Diagnostic>,
) -> BTreeSet<CriterionId> {
    let run = sketch.criteria_of[number];
    let mut names: BTreeMap<String, Vec<CriterionId>> = BTreeMap::new();
    let mut document_level = 0u32;
    let owned: BTreeSet<usize> = draft.items.iter().flat_map(|(_, item)| item.criteria.range()).collect();
    for (index, at) in run.range().enumerate() {
        let id = CriterionId::from_index(at);
        if owned.contains(&index) {
            continue;
        }
        document_level += 1;
        // What bears a number of its own is not also called by its place.
        let numbered = sketch.criteria[id]
            .id
            .as_ref()
            .is_some_and(|name| name.get(context.inputs).bytes().all(|byte| byte.is_ascii_digit()));
        if !numbered {
            names.entry(document_level.to_string()).or_default().push(id);
        }
        if let Some(name) = &sketch.criteria[id].id {
            let name = name.get(context.inputs);
            let short = reference(name);
            // `1.2` is also found under `1`: whoever serves a requirement serves all of its criteria.
            let mut prefix = short.as_str();
            loop {
                let list = names.entry(prefix.to_owned()).or_default();
                if !list.contains(&id) {
                    list.push(id);
                }
                match prefix.rsplit_once('.') {
                    Some((head, _)) => prefix = head,
                    None => break,
                }
            }
        }
    }
    let mut bound: BTreeSet<CriterionId> =
        owned.iter().map(|&at| CriterionId::from_index(at + run.start as usize)).collect();
    for (id, item) in draft.items.iter() {
        let tasks = sketch.made[number][id.index()];
        for mention in &draft.mentions[item.serves.range()] {
            let name = mention.get(context.inputs);
            match names.get(&reference(name)) {
                Some(list) => {
                    bound.extend(list.iter().copied());
                    for task in tasks.range() {
                        served[task].extend_from_slice(list);
                    }
                }
                None if document_level > 0 => findings.push(
                    Diagnostic::warning(
                        "criterion/unknown",
                        mention.at(),
                        format!("no criterion is called `{name}`"),
                    )
                    .help("name a criterion of this document, or remove the reference".to_owned()),
                ),
                None => {}
            }
        }
    }
    bound
}

/// `AC-1`, `AC1`, `AC #1`, `FR1`, `1.` all mean the number; anything else is compared folded.
fn reference(name: &str) -> String {
    let digits: String = name
        .trim_start_matches(|c: char| !c.is_ascii_digit())
        .trim_end_matches(|c: char| !c.is_ascii_digit())
        .to_owned();
    let letters = name.bytes().filter(u8::is_ascii_alphabetic).count();
    if digits.is_empty() || letters > 3 { key(name) } else { digits }
}

/// Binds criteria that nobody refers to by common words; what shares words with nothing goes to the last tasks.
fn share(
    context: Context<'_>,
    number: usize,
    sketch: &Sketch,
    served: &mut [Vec<CriterionId>],
    bound: &BTreeSet<CriterionId>,
) {
    let free: Vec<CriterionId> = sketch.criteria_of[number]
        .range()
        .map(CriterionId::from_index)
        .filter(|id| !bound.contains(id))
        .collect();
    let tasks: Vec<usize> = (0..sketch.tasks.len()).filter(|&at| sketch.from[at].0 == number).collect();
    if free.is_empty() || tasks.is_empty() {
        return;
    }
    let mut index: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    for &task in &tasks {
        let stems = stems(context, &sketch.tasks[TaskId::from_index(task)].title);
        sizes.insert(task, stems.len());
        for stem in stems {
            index.entry(stem).or_default().push(task);
        }
    }
    let needed = u64::from(context.lexicon.criterion_overlap_pct);
    for id in free {
        let wanted = stems(context, &sketch.criteria[id].text);
        let mut common: BTreeMap<usize, usize> = BTreeMap::new();
        for stem in &wanted {
            for &task in index.get(stem).into_iter().flatten() {
                *common.entry(task).or_default() += 1;
            }
        }
        let near: Vec<usize> = common
            .into_iter()
            .filter(|&(task, both)| {
                let either = (wanted.len() + sizes[&task]).saturating_sub(both).max(1);
                both as u64 * 100 >= needed * either as u64
            })
            .map(|(task, _)| task)
            .collect();
        if near.is_empty() {
            // The last task sees everything that was made before it.
            served[tasks[tasks.len() - 1]].push(id);
        }
        for task in near {
            served[task].push(id);
        }
    }
}

/// Words that carry meaning, folded, without the endings of plural and tense.
fn stems(context: Context<'_>, text: &Text) -> BTreeSet<String> {
    let folded = fold(text.get(context.inputs)).into_owned();
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() > 1 && !context.lexicon.stop_words.contains(*word))
        .map(|word| {
            let cut = ["ing", "ed", "es", "s"]
                .iter()
                .find_map(|end| word.strip_suffix(end))
                .filter(|stem| stem.len() > 2);
            cut.unwrap_or(word).to_owned()
        })
        .collect()
}

/// A task that names no output is given one, marked as inferred; the strict profile infers nothing.
fn infer_output(context: Context<'_>, sketch: &mut Sketch, task: TaskId) {
    let row = &sketch.tasks[task];
    let strict = context.settings.profile == crate::ir::settings::Profile::Strict;
    let external = row.columns.as_ref().and_then(|columns| columns.effect.as_ref());
    let external = external.is_some_and(|effect| effect.get(context.inputs) == "external");
    if !row.outputs.is_empty() || strict || external || row.done {
        return;
    }
    let lexicon = context.lexicon;
    let work = row.work.as_ref().map_or("", |work| work.get(context.inputs));
    let format = row.columns.as_ref().and_then(|columns| columns.output_format.as_ref());
    let format = format.map(|format| format.get(context.inputs));
    let extension = format
        .and_then(|format| lexicon.extensions.get(format))
        .or_else(|| lexicon.extensions.get(work))
        .or_else(|| lexicon.extensions.get("default"));
    let id = row.id.get(context.inputs);
    let id = id.rsplit_once(':').map_or(id, |(_, id)| id);
    let name = crate::base::fold::slug(id, context.lexicon.slug_bytes);
    let path = lexicon
        .inferred_output
        .replace("{story}", &sketch.stories[row.story].slug)
        .replace("{task}", &name)
        .replace("{ext}", extension.map_or("md", String::as_str));
    let at = row.title.at();
    let begin = sketch.outputs.len();
    sketch.outputs.push(Output { path: Text::made(path, at), action: PathRole::Create, inferred: true });
    sketch.tasks[task].outputs = Run::since(begin, sketch.outputs.len());
}

fn infer_criterion(context: Context<'_>, sketch: &Sketch, task: TaskId) -> Text {
    let row = &sketch.tasks[task];
    let lexicon = context.lexicon;
    let text = match sketch.outputs[row.outputs.range()].first() {
        Some(output) if output.action == PathRole::Delete => {
            lexicon.inferred_criterion_deleted.replace("{path}", output.path.get(context.inputs))
        }
        Some(output) => lexicon.inferred_criterion.replace("{path}", output.path.get(context.inputs)),
        None => lexicon.inferred_criterion_external.clone(),
    };
    Text::made(text, row.title.at())
}
