//! The dialect `draft`: a human draft of `@async/dispatch`: goal, decisions, sections, success proof.
//!
//! Phases, workstreams and lanes are work: their boxes or items, else the section itself; without any, every section
//! that asks for something. The success proof is what must hold. A decision that is open is a finding.

use crate::base::diagnostic::Diagnostic;
use crate::base::fold::key;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::Span;
use crate::base::text::Text;
use crate::ir::document::Document;
use crate::ir::draft::{Criterion, Draft, DraftKind, ItemKind, Priority, Section, SectionRole};
use crate::ir::outline::BlockKind;

use super::Claim;
use super::field;
use super::line;
use super::names::id_at;
use super::story::chapter::{Style, heading};
use super::story::walk::Walk;
use super::words::{Part, Word, Words};

/// How sure it is that a document is such a draft.
#[must_use]
pub fn claims(inputs: &Inputs, document: &Document, words: &Words) -> Claim {
    let Some(outline) = &document.outline else { return Claim::NONE };
    let head = &document.node;
    if head.any_of(&["success_proof", "successProof"]).is_some()
        || (head.get("seed").is_some() && head.get("goal").is_some())
    {
        return Claim::of(82, "its front matter has a goal with a success proof");
    }
    let (mut proof, mut decisions, mut goal) = (false, false, false);
    for block in outline.blocks.iter().filter(|block| block.kind == BlockKind::Heading).take(60) {
        let text = inputs.slice(outline.text(block));
        proof |= key(text).contains("success proof");
        decisions |= matches!(words.exact_part(text), Some(Part::Decisions | Part::Workstreams));
        goal |= matches!(words.exact_part(text), Some(Part::Objective | Part::GoalSeed));
    }
    match (proof, decisions, goal) {
        (true, true, _) => Claim::of(78, "it has decisions and a success proof"),
        (true, false, true) => Claim::of(68, "it has a goal and a success proof"),
        (true, false, false) => Claim::of(58, "it has a success proof"),
        (false, _, _) => Claim::NONE,
    }
}

/// Reads such a draft.
pub fn read(inputs: &Inputs, document: &Document, words: &Words) -> Outcome<Draft> {
    let mut draft = Draft::new(document.file, "draft", DraftKind::Plan);
    draft.kind = DraftKind::Story;
    draft.foreign = true;
    draft.waivers.clone_from(&document.waivers);
    let Some(outline) = &document.outline else { return Outcome::clean(draft) };
    let mut walk = Walk::new(inputs, outline, words, Style::Story, draft);
    walk.front(&document.node);
    charter(&mut walk, document);
    let work = lanes(&walk);
    for index in 0..walk.chapters.len() {
        let chapter = walk.chapters[index].clone();
        if chapter.part == Some(Part::Decisions) {
            walk.build.close(chapter.level.max(1));
            decisions(&mut walk, index);
        } else if work.contains(&index) {
            walk.build.close(chapter.level);
            slice(&mut walk, index);
        } else if chapter.parent.is_some_and(|parent| work.contains(&parent))
            && chapter.part.is_none_or(|part| part == Part::Workstreams)
        {
            walk.build.close(chapter.level);
            if chapter.ticks {
                walk.task_body(index, true);
            } else {
                walk.prose(index, SectionRole::Notes);
            }
        } else {
            walk.chapter(index);
        }
        callouts(&mut walk, index);
    }
    walk.finish()
}

/// What the front matter says of the goal.
fn charter(walk: &mut Walk<'_>, document: &Document) {
    for (key, value) in document.node.entries() {
        let heading = Text::made(key.text.clone(), key.span);
        match key.text.as_str() {
            "success_proof" | "successProof" => {
                for text in field::texts(value) {
                    walk.build.draft.criteria.push(Criterion {
                        id: None,
                        text,
                        done: false,
                        priority: Priority::Medium,
                    });
                }
            }
            "goal" | "statement" | "purpose" | "seed" | "constraints" | "non_goals" | "nonGoals"
            | "open_questions" => {
                let role =
                    if key.text.contains("oals") { SectionRole::Scope } else { SectionRole::Objective };
                for body in field::texts(value) {
                    walk.build.draft.sections.push(Section { role, heading: heading.clone(), body });
                }
            }
            _ => {}
        }
    }
}

/// The chapters that are slices of work: phases and workstreams, else the first five sections without another part.
fn lanes(walk: &Walk<'_>) -> Vec<usize> {
    let named: Vec<usize> = (0..walk.chapters.len())
        .filter(|&index| {
            let chapter = &walk.chapters[index];
            let text = heading(walk.inputs, walk.outline, chapter);
            let word = id_at(text.trim_start_matches(['*', ' ']), walk.words).and_then(|found| found.word);
            let above = chapter.parent.and_then(|parent| walk.chapters[parent].own);
            chapter.head.is_some()
                && (word == Some(Word::Phase) || (above == Some(Part::Workstreams) && chapter.own.is_none()))
        })
        .collect();
    if !named.is_empty()
        || walk
            .chapters
            .iter()
            .any(|chapter| matches!(chapter.part, Some(Part::Tasks | Part::Roadmap)) && chapter.deep_lists)
    {
        return named;
    }
    (0..walk.chapters.len())
        .filter(|&index| {
            walk.chapters[index].level == 2
                && walk.chapters[index].part.is_none()
                && walk.chapters[index].head.is_some()
        })
        .take(5)
        .collect()
}

/// One slice: a group if it lists work, else a task.
fn slice(walk: &mut Walk<'_>, index: usize) {
    let chapter = walk.chapters[index].clone();
    let Some(head) = chapter.head else { return };
    let line = line::read(walk.inputs, walk.span(head), walk.words);
    let mut item = line.item(walk.inputs, walk.whole(head));
    let phase = line.word == Some(Word::Phase);
    if chapter.deep_ticks {
        item.kind = if phase { ItemKind::Phase } else { ItemKind::Group };
    }
    let open = walk.build.open(chapter.level, item);
    open.sure = !chapter.deep_ticks;
    open.phase = phase;
    walk.gather(line);
    walk.task_body(index, true);
}

/// Decisions: kept as notes; those with an open box or the word `open` are findings.
fn decisions(walk: &mut Walk<'_>, index: usize) {
    for at in walk.chapters[index].body.clone() {
        let block = walk.block(at);
        if !matches!(block.kind, BlockKind::Bullet | BlockKind::Numbered) {
            continue;
        }
        let text = walk.text(at);
        let open = block.tick == crate::ir::outline::Tick::Open
            || key(text).split(' ').any(|word| word == "open" || word == "aberta" || word == "tbd");
        if open {
            let span = walk.span(at);
            walk.build.findings.push(undecided(span));
        }
    }
    walk.prose(index, SectionRole::Notes);
}

/// `> [!decision D001] …`
fn callouts(walk: &mut Walk<'_>, index: usize) {
    for at in walk.chapters[index].body.clone() {
        let block = walk.block(at);
        let text = walk.text(at);
        if block.quotes > 0 && text.trim_start().to_ascii_lowercase().starts_with("[!decision") {
            let settled = ["resolved", "accepted", "resolvida", "aceita"]
                .iter()
                .any(|word| text.to_lowercase().contains(word));
            if !settled {
                let span = walk.span(at);
                walk.build.findings.push(undecided(span));
            }
        }
    }
}

fn undecided(span: Span) -> Diagnostic {
    Diagnostic::warning("draft/open-decision", span, "this decision is open")
        .help("decide it and write `resolved: …`, or remove it".to_owned())
        .why("work that rests on an open decision may have to be done twice")
}
