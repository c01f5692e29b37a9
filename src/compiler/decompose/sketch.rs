//! The items of each draft as tasks with one deliverable each, in document order; ids and edges come later.

use std::collections::BTreeMap;

use crate::base::diagnostic::Diagnostic;
use crate::base::fold::slug;
use crate::base::inputs::Inputs;
use crate::base::table::{Id as _, Run, Table};
use crate::base::text::Text;
use crate::ir::draft::{
    Columns, Criterion, CriterionId, Draft, DraftKind, Item, ItemId, ItemKind, PathRole, Priority,
};
use crate::ir::graph::{Excluded, Group, GroupId, Output, Story, StoryId, Task, TaskId};
use crate::syntax::text::quantity;

use super::Context;
use super::output::{LinePlace, TestFiles};
use super::phrase::{Action, head_verb, words, work_type};
use super::preplan::{Planning, planning};
use super::uses::{Uses, home, uses};

/// Tasks in the making.
#[derive(Default)]
pub(super) struct Sketch {
    pub(super) stories: Table<StoryId, Story>,
    pub(super) groups: Table<GroupId, Group>,
    pub(super) tasks: Table<TaskId, Task>,
    /// The draft and item each task came from; no item when it came from a criterion.
    pub(super) from: Vec<(usize, Option<ItemId>)>,
    /// By draft and item: the tasks made of it, or of what it holds.
    pub(super) made: Vec<Vec<Run>>,
    pub(super) criteria: Table<CriterionId, Criterion>,
    /// By draft: where its criteria begin in `criteria`.
    pub(super) criteria_of: Vec<Run>,
    pub(super) served: Vec<CriterionId>,
    pub(super) outputs: Vec<Output>,
    pub(super) reads: Vec<Text>,
    pub(super) owns: Vec<Text>,
    pub(super) excluded: Vec<Excluded>,
    pub(super) unused: Vec<crate::ir::draft::Unused>,
}

/// Sketches all drafts, one story each.
pub(super) fn sketch(context: Context<'_>, drafts: &[Draft], findings: &mut Vec<Diagnostic>) -> Sketch {
    let mut sketch = Sketch::default();
    let tests = TestFiles::new(context.lexicon);
    for (number, draft) in drafts.iter().enumerate() {
        let begin = sketch.criteria.len();
        for (_, criterion) in draft.criteria.iter() {
            sketch.criteria.push(criterion.clone());
        }
        sketch.criteria_of.push(Run::since(begin, sketch.criteria.len()));
        sketch.unused.extend(draft.unused.iter().cloned());
        let story = sketch.stories.push(story(context, draft));
        let first = sketch.tasks.len();
        let pre = None;
        Painter { context, draft, number, story, tests: &tests, sketch: &mut sketch, findings, pre }.paint();
        let run = Run::since(first, sketch.tasks.len());
        sketch.stories[story].tasks = run;
    }
    sketch
}

pub(super) fn story(context: Context<'_>, draft: &Draft) -> Story {
    let inputs = context.inputs;
    let path = &inputs.file(draft.file).path;
    let text = |text: &Text| text.get(inputs).to_owned();
    let (id, told) = (draft.id.as_ref().map(text), draft.title.as_ref().map(text));
    let name = match (&id, &told) {
        (Some(id), Some(title)) => format!("{id} {title}"),
        (Some(name), None) | (None, Some(name)) => name.clone(),
        (None, None) => path.stem().to_owned(),
    };
    let title = told.or_else(|| id.clone()).unwrap_or_else(|| path.stem().to_owned());
    let mut short = slug(&name, context.lexicon.slug_bytes);
    if short.is_empty() {
        short = slug(path.stem(), context.lexicon.slug_bytes);
    }
    if short.is_empty() {
        "plan".clone_into(&mut short);
    }
    Story {
        id: id.unwrap_or_else(|| short.clone()),
        slug: short,
        title,
        kind: draft.kind,
        dialect: draft.dialect,
        foreign: draft.foreign,
        language: draft
            .language
            .as_ref()
            .map_or_else(|| context.settings.language.clone(), |language| language.get(inputs).to_owned()),
        at: crate::base::span::Span::head(draft.file),
        sections: draft.sections.clone(),
        tasks: Run::default(),
    }
}

/// What a title asks to be made.
struct Piece {
    /// Added to the title.
    note: Option<String>,
    /// Number and total of an expanded quantity.
    part: Option<(u32, u32)>,
    /// Index into the outputs of the whole; none when the path is inferred.
    output: Option<usize>,
}

/// Where an item stands.
#[derive(Clone, Copy, Default)]
struct Place<'a> {
    group: Option<GroupId>,
    phase: u32,
    /// The file its group is about.
    home: Option<&'a Output>,
}

struct Painter<'a, 'b> {
    context: Context<'a>,
    draft: &'b Draft,
    number: usize,
    story: StoryId,
    tests: &'b TestFiles,
    sketch: &'b mut Sketch,
    findings: &'b mut Vec<Diagnostic>,
    /// The plan that the next task reads: the one before it writes it.
    pre: Option<Text>,
}

impl Painter<'_, '_> {
    fn paint(mut self) {
        let items = &self.draft.items;
        let mut runs = vec![Run::default(); items.len()];
        let mut groups: Vec<Option<GroupId>> = vec![None; items.len()];
        let mut phases = vec![0u32; items.len()];
        let mut homes: Vec<Option<Output>> = vec![None; items.len()];
        let mut phase = 0;
        for (id, item) in items.iter() {
            let parent = item.parent.filter(|parent| parent.index() < id.index());
            phases[id.index()] = parent.map_or(0, |parent| phases[parent.index()]);
            let group = parent.and_then(|parent| groups[parent.index()]);
            let around = parent.and_then(|parent| homes[parent.index()].clone());
            if item.kind == ItemKind::Task {
                self.pre = self.preplan(item, group);
                let begin = self.sketch.tasks.len();
                let place = Place { group, phase: phases[id.index()], home: around.as_ref() };
                self.item(id, item, place);
                runs[id.index()] = Run::since(begin, self.sketch.tasks.len());
                continue;
            }
            if item.kind == ItemKind::Phase {
                phase += 1;
                phases[id.index()] = phase;
            }
            homes[id.index()] = home(self.context, self.draft, item).or(around);
            groups[id.index()] =
                Some(self.sketch.groups.push(Group { title: item.title.clone(), parent: group }));
            let at = u32::try_from(self.sketch.tasks.len()).expect("a plan holds fewer than 2^32 tasks");
            runs[id.index()] = Run { start: at, end: at };
        }
        // A group holds what its children hold: children stand after it, so one pass from the end suffices.
        for (id, item) in items.iter().rev() {
            if let Some(parent) = item.parent.filter(|parent| parent.index() < id.index()) {
                let inner = runs[id.index()];
                let outer = &mut runs[parent.index()];
                if !inner.is_empty() {
                    *outer = if outer.is_empty() {
                        inner
                    } else {
                        Run { start: outer.start.min(inner.start), end: outer.end.max(inner.end) }
                    };
                }
            }
        }
        // Prose may say how success is measured without asking for anything.
        if self.draft.kind != DraftKind::FreeText
            && !items.iter().any(|(_, item)| item.kind == ItemKind::Task)
        {
            self.criteria_as_tasks();
        }
        self.sketch.made.push(runs);
    }

    /// Without tasks of its own, each criterion of a document is a task.
    fn criteria_as_tasks(&mut self) {
        let run = self.sketch.criteria_of[self.number];
        for index in run.range() {
            let id = CriterionId::from_index(index);
            let criterion = self.sketch.criteria[id].clone();
            let mut item = Item::task(criterion.text.clone(), criterion.text.at());
            item.id.clone_from(&criterion.id);
            item.done = Some(criterion.done);
            item.priority = Some(criterion.priority);
            self.pieces(None, &item, Place::default(), &[id]);
        }
    }

    /// Puts a planning task before an item that asks for one; returns what it writes.
    fn preplan(&mut self, item: &Item, group: Option<GroupId>) -> Option<Text> {
        if item.cancelled {
            return None;
        }
        let columns = self.columns(item);
        let slug = &self.sketch.stories[self.story].slug;
        let place = (self.story, slug.as_str(), group);
        let Planning { mut task, output } = planning(self.context, item, columns.as_deref(), place)?;
        let path = output.path.clone();
        let outputs = self.sketch.outputs.len();
        self.sketch.outputs.push(output);
        task.outputs = Run::since(outputs, self.sketch.outputs.len());
        self.sketch.tasks.push(task);
        self.sketch.from.push((self.number, None));
        Some(path)
    }

    fn item(&mut self, id: ItemId, item: &Item, place: Place<'_>) {
        if item.cancelled {
            self.sketch.excluded.push(Excluded {
                task: item
                    .id
                    .as_ref()
                    .map_or_else(|| item.title.get(self.context.inputs), |id| id.get(self.context.inputs))
                    .to_owned(),
                reason: "the source says that it is given up".to_owned(),
                blocks: Vec::new(),
                at: item.at,
            });
            return;
        }
        let base = self.sketch.criteria_of[self.number].start;
        let own: Vec<CriterionId> =
            item.criteria.range().map(|at| CriterionId::from_index(at + base as usize)).collect();
        self.pieces(Some(id), item, place, &own);
    }

    fn pieces(
        &mut self,
        id: Option<ItemId>,
        item: &Item,
        Place { group, phase, home }: Place<'_>,
        own: &[CriterionId],
    ) {
        let inputs = self.context.inputs;
        let title = item.title.get(inputs);
        let line = words(title);
        let (action, _) = head_verb(&line, self.context.lexicon);
        let work = item.work.clone().or_else(|| {
            let name = work_type(&line, self.context.lexicon)?;
            Some(Text::made(name, item.title.at()))
        });
        let mut uses = uses(self.context, self.draft, item, &self.sketch.criteria, own);
        if uses.outputs.is_empty()
            && let Some(home) = home
        {
            uses.outputs.push(home.clone());
        }
        if let Some(path) = self.pre.take() {
            uses.add(path, PathRole::Read, inputs);
        }
        let native = self.draft.kind == DraftKind::Plan;
        let pieces = if native { vec![Piece::whole()] } else { self.split(item, title, action, &mut uses) };
        let several = pieces.len() > 1;
        for piece in pieces {
            let outputs = self.sketch.outputs.len();
            for (index, output) in uses.outputs.iter().enumerate() {
                let mine = piece.output.is_none_or(|only| only == index || !uses.split.contains(&index));
                if mine {
                    self.sketch.outputs.push(piece.numbered(output, inputs));
                }
            }
            let outputs = Run::since(outputs, self.sketch.outputs.len());
            let reads = self.sketch.reads.len();
            self.sketch.reads.extend(uses.reads.iter().cloned());
            let reads = Run::since(reads, self.sketch.reads.len());
            let owns = self.sketch.owns.len();
            self.sketch.owns.extend(uses.owns.iter().cloned());
            let owns = Run::since(owns, self.sketch.owns.len());
            let served = self.sketch.served.len();
            self.sketch.served.extend_from_slice(own);
            let title = match &piece.note {
                Some(note) => Text::made(format!("{title} ({note})"), item.title.at()),
                None => item.title.clone(),
            };
            self.sketch.tasks.push(Task {
                id: item.title.clone(),
                source_id: item.id.clone(),
                title,
                detail: item.detail.clone(),
                at: item.at,
                story: self.story,
                group,
                phase,
                done: item.done == Some(true),
                parallel: item.parallel,
                part: if several { piece.part.or(Some((1, 1))) } else { piece.part },
                priority: item.priority.or(self.draft.priority).unwrap_or(Priority::Medium),
                work: work.clone(),
                domain: item.domain.clone(),
                agent: item.agent.clone(),
                model: item.model.clone(),
                duration: item.duration,
                outputs,
                reads,
                owns,
                criteria: Run::since(served, self.sketch.served.len()),
                inferred_criterion: None,
                columns: self.columns(item),
            });
            self.sketch.from.push((self.number, id));
        }
    }

    /// The columns of an item over the defaults of its document.
    fn columns(&self, item: &Item) -> Option<Box<Columns>> {
        let none = Columns::default();
        match (&item.columns, self.draft.defaults == none) {
            (columns, true) => columns.clone(),
            (Some(columns), false) => Some(Box::new(columns.or(&self.draft.defaults))),
            (None, false) => Some(Box::new(self.draft.defaults.clone())),
        }
    }

    /// One deliverable, one task: several created files, or a quantity, make several tasks.
    fn split(&mut self, item: &Item, title: &str, action: Action, uses: &mut Uses) -> Vec<Piece> {
        let inputs = self.context.inputs;
        let created: Vec<usize> = (0..uses.outputs.len())
            .filter(|&index| uses.outputs[index].action == PathRole::Create)
            .filter(|&index| !self.tests.holds(uses.outputs[index].path.get(inputs)))
            .collect();
        if created.len() > 1 {
            uses.split.clone_from(&created);
            let total = u32::try_from(created.len()).unwrap_or(u32::MAX);
            let piece = |(number, &index): (usize, &usize)| Piece {
                note: Some(uses.outputs[index].path.get(inputs).to_owned()),
                part: Some((u32::try_from(number + 1).unwrap_or(u32::MAX), total)),
                output: Some(index),
            };
            return created.iter().enumerate().map(piece).collect();
        }
        if action != Action::Create && self.draft.kind != DraftKind::FreeText {
            return vec![Piece::whole()];
        }
        let found = quantity::find(title, self.context.vocabulary);
        let mut pieces = Vec::new();
        for hit in found.iter().filter(|hit| hit.count > 0) {
            let cap = self.context.settings.limits.quantity;
            if hit.count > cap {
                let place = LinePlace::of(&item.title).part(hit.at.start, hit.at.end);
                let words = &title[hit.at.clone()];
                self.findings.push(
                    Diagnostic::error(
                        "quantity/over-cap",
                        place.at,
                        format!("`{words}` asks for more than {cap} items"),
                    )
                    .help(format!("split the request, or raise `limits.quantity` above {}", hit.count)),
                );
                continue;
            }
            let total = u32::try_from(hit.count).unwrap_or(u32::MAX);
            if total == 1 && found.len() == 1 {
                continue;
            }
            for number in 1..=total {
                let note = if total == 1 {
                    title[hit.noun.clone()].to_owned()
                } else {
                    format!("{} {number}/{total}", &title[hit.noun.clone()])
                };
                pieces.push(Piece { note: Some(note), part: Some((number, total)), output: None });
            }
        }
        if pieces.is_empty() { vec![Piece::whole()] } else { pieces }
    }
}

impl Piece {
    fn whole() -> Self {
        Self { note: None, part: None, output: None }
    }
    /// The output of one of several like it: its number stands before the extension.
    fn numbered(&self, output: &Output, inputs: &Inputs) -> Output {
        let (Some((number, total)), None, PathRole::Create) = (self.part, self.output, output.action) else {
            return output.clone();
        };
        let path = output.path.get(inputs);
        let width = total.to_string().len();
        let (stem, extension) = match path.rsplit_once('.') {
            Some((stem, extension)) if !extension.contains('/') => (stem, format!(".{extension}")),
            _ => (path, String::new()),
        };
        let path = format!("{stem}-{number:0width$}{extension}");
        Output { path: Text::made(path, output.path.at()), ..output.clone() }
    }
}

/// The index of names that occur once: a name that occurs twice names nothing.
pub(super) fn unique<K: Ord, V: PartialEq>(
    pairs: impl IntoIterator<Item = (K, V)>,
) -> BTreeMap<K, Option<V>> {
    let mut index = BTreeMap::new();
    for (key, value) in pairs {
        match index.entry(key) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(Some(value));
            }
            std::collections::btree_map::Entry::Occupied(mut entry) => {
                if entry.get().as_ref() != Some(&value) {
                    entry.insert(None);
                }
            }
        }
    }
    index
}

#[cfg(test)]
pub(super) mod tests {
    use crate::ir::lexicon::Lexicon;
    use crate::syntax::text::vocabulary::Vocabulary;

    pub(in crate::compiler::decompose) fn vocabulary() -> Vocabulary {
        let mut inputs = crate::base::inputs::Inputs::new();
        crate::builtin::underlay(&mut inputs);
        Vocabulary::load(&inputs).value
    }

    pub(in crate::compiler::decompose) fn lexicon() -> Lexicon {
        let bytes = crate::builtin::file("squads/dispatch/data/decomposition.yaml").unwrap();
        serde_yaml::from_slice(bytes).unwrap()
    }
}
