//! The dialect `prd`: product requirements, with or without embedded epics and stories.
//!
//! Work is, in this order: embedded stories (their tasks, else their criteria, else the story itself); requirements
//! with an id (`FR1`); a roadmap or task section; a section of functional requirements; a section of features; a list
//! below the opening lines. Non-functional requirements with an id are criteria.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a reader names the blocks, parts and fields it reads; the others belong to other readers"
)]

use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::Span;
use crate::base::text::Text;
use crate::ir::document::Document;
use crate::ir::draft::{Draft, DraftKind, Item, ItemKind, SectionRole};
use crate::ir::outline::BlockKind;

use super::Claim;
use super::facts::{Facts, is_requirement};
use super::line;
use super::meta;
use super::names::id_at;
use super::piece;
use super::story::chapter::{Chapter, Style, heading, is_item};
use super::story::tasks::LIST;
use super::story::walk::Walk;
use super::words::{Part, Word, Words};

/// How sure it is that a document is about a product.
#[must_use]
pub fn claims(inputs: &Inputs, document: &Document, words: &Words) -> Claim {
    if document.outline.is_none() {
        return Claim::NONE;
    }
    let facts = Facts::of(inputs, document, words);
    if facts
        .kind
        .as_deref()
        .is_some_and(|kind| words.is(kind, Word::Prd) || kind == "epic" || kind.starts_with("prd"))
    {
        return Claim::of(90, "its front matter says that it is a PRD");
    }
    if facts.stories > 0 && (facts.epic_title || facts.epics > 0) {
        return Claim::of(78, "it embeds stories in epics");
    }
    if facts.prd_title && !facts.story_title {
        return Claim::of(74, "it calls itself a PRD");
    }
    if facts.stories > 1 {
        return Claim::of(70, "it embeds stories");
    }
    if facts.story_title {
        return Claim::NONE;
    }
    if facts.requirement_items >= 2 {
        return Claim::of(64, "it lists requirements by id");
    }
    match (facts.requirements, facts.product) {
        (true, 2..) => Claim::of(53, "it has headings of requirements"),
        (_, 3..) if !facts.tasks => Claim::of(48, "it describes a product"),
        (true, _) => Claim::of(43, "it has a heading of requirements"),
        _ => Claim::NONE,
    }
}

/// Reads a PRD.
pub fn read(inputs: &Inputs, document: &Document, words: &Words) -> Outcome<Draft> {
    let mut draft = Draft::new(document.file, "prd", DraftKind::Prd);
    draft.foreign = true;
    draft.waivers.clone_from(&document.waivers);
    let Some(outline) = &document.outline else { return Outcome::clean(draft) };
    let mut walk = Walk::new(inputs, outline, words, Style::Prd, draft);
    walk.front(&document.node);
    if let Some(head) =
        walk.chapters.get(1).filter(|chapter| chapter.level == 1).and_then(|chapter| chapter.head)
    {
        let span = walk.span(head);
        walk.title(span);
    } else if let Some(first) = outline.blocks.first().filter(|block| block.kind == BlockKind::Paragraph) {
        let span = outline.text(first);
        let text = inputs.slice(span);
        let line = text.lines().next().unwrap_or_default().len();
        if line <= 100 {
            walk.build.draft.title = Some(piece::line(inputs, span.slice(0, line)));
        }
    }
    match source(&walk) {
        Source::Stories => stories(&mut walk),
        Source::Requirements => requirements(&mut walk),
        Source::Sections(part) => sections(&mut walk, part),
        Source::Opening(index) => {
            walk.chapters[index].part = Some(Part::Tasks);
            walk.all();
        }
        Source::Nothing => walk.all(),
    }
    walk.build.close(0);
    urgency(&mut walk);
    if walk.build.draft.criteria.is_empty() {
        labelled(&mut walk);
    }
    walk.finish()
}

/// Where the work of a PRD stands.
enum Source {
    Stories,
    Requirements,
    Sections(Part),
    Opening(usize),
    Nothing,
}

fn source(walk: &Walk<'_>) -> Source {
    if walk.chapters.iter().any(|chapter| word_of(walk, chapter) == Some(Word::Story)) {
        return Source::Stories;
    }
    let coded = walk
        .outline
        .blocks
        .iter()
        .filter(|block| {
            is_item(block)
                || matches!(block.kind, BlockKind::Paragraph | BlockKind::Heading | BlockKind::TableRow)
        })
        .map(|block| walk.inputs.slice(walk.outline.text(block)).trim_start_matches(['|', ' ']))
        .filter(|text| is_requirement(text) && !is_quality(text))
        .count();
    if coded > 0 {
        return Source::Requirements;
    }
    let has = |parts: &[Part]| {
        walk.chapters
            .iter()
            .any(|chapter| chapter.part.is_some_and(|part| parts.contains(&part)) && chapter.deep_lists)
    };
    if has(&[Part::Tasks, Part::Roadmap]) {
        return Source::Sections(Part::Tasks);
    }
    if has(&[Part::Requirements]) {
        return Source::Sections(Part::Requirements);
    }
    if has(&[Part::Features]) {
        return Source::Sections(Part::Features);
    }
    if has(&[Part::Story]) {
        return Source::Sections(Part::Story);
    }
    let opening = walk.chapters.iter().take(3).position(|chapter| chapter.lists && chapter.part.is_none());
    opening.map_or(Source::Nothing, Source::Opening)
}

/// `Story 1.1`, `Epic 2`: the word before the id of a heading.
fn word_of(walk: &Walk<'_>, chapter: &Chapter) -> Option<Word> {
    let text = heading(walk.inputs, walk.outline, chapter);
    id_at(text.trim_start_matches(['*', ' ', '[']), walk.words)?.word
}

/// Sections of one part are task sections; what else might be work is prose.
fn sections(walk: &mut Walk<'_>, part: Part) {
    for chapter in &mut walk.chapters {
        match chapter.part {
            Some(found) if found == part => chapter.part = Some(Part::Tasks),
            Some(Part::Tasks | Part::Roadmap) if part != Part::Tasks => chapter.part = Some(Part::Notes),
            _ => {}
        }
    }
    walk.all();
}

/// Epics and stories are groups; a story without tasks holds its criteria as tasks.
fn stories(walk: &mut Walk<'_>) {
    let mut story: Option<u8> = None;
    for index in 0..walk.chapters.len() {
        let chapter = walk.chapters[index].clone();
        if story.is_some_and(|level| chapter.level <= level) {
            fill(walk);
            story = None;
        }
        let word = word_of(walk, &chapter);
        match (word, chapter.head) {
            (Some(Word::Story), Some(head)) if story.is_none() => {
                walk.build.close(chapter.level);
                open(walk, &chapter, head, ItemKind::Task);
                story = Some(chapter.level);
                walk.task_body(index, true);
            }
            (Some(Word::Epic), Some(head)) if chapter.inner && (chapter.level > 1 || index > 1) => {
                walk.build.close(chapter.level);
                open(walk, &chapter, head, ItemKind::Group);
                walk.prose(index, SectionRole::Objective);
            }
            _ if story.is_none()
                && matches!(
                    chapter.part,
                    Some(Part::Requirements | Part::NonFunctional | Part::Features)
                ) =>
            {
                coded(walk, index, false);
            }
            // Boxes beside the stories are asked for as well.
            _ if story.is_none() && chapter.part == Some(Part::Tasks) && chapter.deep_ticks => {
                walk.chapter(index);
            }
            _ if story.is_none() && matches!(chapter.part, Some(Part::Tasks | Part::Roadmap)) => {
                walk.build.close(chapter.level.max(1));
                walk.prose(index, SectionRole::Notes);
            }
            _ if story.is_some() && chapter.part.is_none() => {
                walk.build.close(chapter.level);
                walk.prose(index, SectionRole::Notes);
            }
            _ => walk.chapter(index),
        }
    }
    if story.is_some() {
        fill(walk);
    }
}

fn open(walk: &mut Walk<'_>, chapter: &Chapter, head: usize, kind: ItemKind) {
    let line = line::read(walk.inputs, walk.span(head), walk.words);
    let mut item = line.item(walk.inputs, walk.whole(head));
    item.kind = kind;
    let open = walk.build.open(chapter.level, item);
    open.sure = kind == ItemKind::Task;
    walk.gather(line);
}

/// Makes the criteria of an open story its tasks, if it has no others.
fn fill(walk: &mut Walk<'_>) {
    walk.build.close(LIST - 2);
    let Some(open) = walk.build.open.last_mut() else { return };
    let id = open.id;
    if walk.build.draft.items[id].kind != ItemKind::Task || open.criteria.is_empty() {
        return;
    }
    for criterion in std::mem::take(&mut open.criteria) {
        let mut item = Item::task(criterion.text.clone(), criterion.text.at());
        item.id.clone_from(&criterion.id);
        item.done = Some(criterion.done);
        walk.build.open(LIST, item).criteria.push(criterion);
    }
    walk.build.close(LIST);
}

/// Requirements with ids are tasks, those about quality criteria; everything else is read by its part.
fn requirements(walk: &mut Walk<'_>) {
    // `### US-001: …` with criteria is the work; a list of `FR-1` beside such headings says the same once more.
    let told = walk.chapters.iter().any(|chapter| is_user_story(walk, chapter));
    for index in 0..walk.chapters.len() {
        let part = walk.chapters[index].part;
        let heading_id = walk.chapters[index]
            .head
            .is_some_and(|head| is_requirement(walk.text(head).trim_start_matches(['*', ' '])));
        let any = heading_id
            || walk.chapters[index].body.clone().any(|at| {
                (is_item(walk.block(at))
                    || matches!(walk.block(at).kind, BlockKind::Paragraph | BlockKind::TableRow))
                    && is_requirement(walk.text(at).trim_start_matches(['|', ' ']))
            });
        let above = walk.build.open.iter().any(|open| open.rank < walk.chapters[index].level);
        match part {
            Some(Part::OutOfScope | Part::Excluded) => walk.chapter(index),
            _ if any => {
                let work = !told || heading_id;
                coded(walk, index, work);
            }
            Some(Part::Tasks) if !above && walk.chapters[index].deep_ticks => walk.chapter(index),
            Some(Part::Tasks | Part::Roadmap) if !above => {
                walk.build.close(walk.chapters[index].level.max(1));
                walk.prose(index, SectionRole::Notes);
            }
            _ => walk.chapter(index),
        }
    }
}

fn is_user_story(walk: &Walk<'_>, chapter: &Chapter) -> bool {
    let text = heading(walk.inputs, walk.outline, chapter).trim_start_matches(['*', ' ', '[']);
    is_requirement(text) && id_at(text, walk.words).is_some_and(|id| text[id.id.clone()].starts_with("US"))
}

/// Reads the requirements with ids of one chapter. Without `work`, functional ones are only noted.
fn coded(walk: &mut Walk<'_>, index: usize, work: bool) {
    let chapter = walk.chapters[index].clone();
    walk.build.close(chapter.level.max(1));
    let quality = chapter.part == Some(Part::NonFunctional);
    if let Some(head) = chapter.head
        && is_requirement(walk.text(head).trim_start_matches(['*', ' ']))
    {
        let (span, whole) = (walk.span(head), walk.whole(head));
        requirement(walk, chapter.level, span, whole, quality, work);
    }
    let mut seen = walk.build.open.iter().any(|open| open.rank == chapter.level);
    let mut label = super::story::tasks::Label::plain();
    for at in chapter.body.clone() {
        let block = walk.block(at);
        let rank = LIST + block.depth;
        let (span, whole) = (walk.span(at), walk.whole(at));
        match block.kind {
            BlockKind::Bullet | BlockKind::Numbered | BlockKind::Paragraph
                if is_requirement(walk.text(at)) =>
            {
                if block.kind == BlockKind::Paragraph {
                    // Broken lines of one paragraph may each be one.
                    for (from, to) in requirement_lines(walk.text(at)) {
                        let line = span.slice(from, to);
                        seen = requirement(walk, LIST - 2, line, line, quality, work);
                    }
                } else {
                    seen = requirement(walk, rank, span, whole, quality, work);
                }
                label = super::story::tasks::Label::plain();
            }
            BlockKind::TableRow => {
                let cells = meta::cells(walk.inputs, span);
                if let (Some(&id), Some(&text)) = (cells.first(), cells.get(1))
                    && is_requirement(walk.inputs.slice(id))
                {
                    seen = requirement(walk, LIST, id.to(text), whole, quality, work);
                    if let Some(item) = walk
                        .build
                        .draft
                        .items
                        .rows()
                        .last()
                        .filter(|_| seen)
                        .map(|_| walk.build.draft.items.len() - 1)
                    {
                        let item = &mut walk.build.draft.items[crate::ir::draft::ItemId(
                            u32::try_from(item).expect("a table holds fewer than 2^32 rows"),
                        )];
                        item.id = Some(Text::At(piece::bare(walk.inputs, id)));
                        item.title = piece::line(walk.inputs, text);
                    }
                }
            }
            BlockKind::Bullet | BlockKind::Numbered | BlockKind::Paragraph if seen => {
                walk.told(at, chapter.body.end, rank, &mut label);
            }
            BlockKind::Fence | BlockKind::Indented if seen => {
                walk.build.detail(rank, whole);
            }
            _ => {}
        }
    }
    if !seen && walk.body(index).is_some() && !chapter.body.clone().any(|at| is_requirement(walk.text(at))) {
        walk.prose(index, SectionRole::Other);
    }
}

/// Where the requirements among the lines of a paragraph begin and end; the first begins with the paragraph.
fn requirement_lines(text: &str) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.trim_end().len();
        match found.last_mut() {
            Some(last) if !is_requirement(line) => last.1 = end,
            _ => found.push((at, end)),
        }
        at += line.len();
    }
    found
}

/// One requirement; true if it became an item.
fn requirement(walk: &mut Walk<'_>, rank: u8, span: Span, whole: Span, quality: bool, work: bool) -> bool {
    let text = walk.inputs.slice(span);
    if quality || is_quality(text) {
        walk.build.close(rank);
        walk.criterion(1, span, false);
        return false;
    }
    if !work {
        walk.build.unused(whole, "a requirement that the embedded stories realise");
        return false;
    }
    let line = line::read(walk.inputs, span, walk.words);
    let item = line.item(walk.inputs, whole);
    walk.build.open(rank, item).sure = true;
    walk.gather(line);
    true
}

/// `NFR1`, `RNF-2`: about how well, not what.
fn is_quality(text: &str) -> bool {
    let rest = text.trim_start_matches(['*', ' ', '[', '`', '|']);
    rest.starts_with("NFR") || rest.starts_with("RNF")
}

/// `- Success criteria:` in running notes: what is nested in it are criteria.
fn labelled(walk: &mut Walk<'_>) {
    for at in 0..walk.outline.blocks.len() {
        let block = walk.block(at);
        let text = walk.text(at).trim_end_matches(['*', ' ']);
        if !is_item(block) || !text.ends_with(':') || walk.words.exact_part(text) != Some(Part::Acceptance) {
            continue;
        }
        for inner in at + 1..walk.outline.item_end(at) {
            if is_item(walk.block(inner)) && walk.block(inner).depth == block.depth + 1 {
                let span = walk.span(inner);
                walk.criterion(1, span, false);
            }
        }
    }
}

/// `Must have` over a group is the urgency of what it holds.
fn urgency(walk: &mut Walk<'_>) {
    let ids: Vec<_> = walk.build.draft.items.ids().collect();
    for id in ids {
        let item = &walk.build.draft.items[id];
        if item.priority.is_some() {
            continue;
        }
        let Some(parent) = item.parent else { continue };
        let group = &walk.build.draft.items[parent];
        let title = group.title.get(walk.inputs);
        let said = (title.split(' ').count() <= 3).then(|| walk.words.priority(title)).flatten();
        let priority = group.priority.or(said);
        walk.build.draft.items[id].priority = priority;
    }
}
