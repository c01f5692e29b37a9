//! Files that agents and their clients read: agents, skills, commands, settings, instructions, squads, tasks, workflows,
//! checklists, registries. What each may hold is a table, what is said about it are rules; here files are recognised,
//! read once, and shown to the rules key by key.

pub mod body;
pub mod entry;
pub mod facts;
mod items;
pub mod kind;
mod lookup;
pub mod order;
pub mod read;
pub mod table;
mod value;
pub mod world;

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::span::{FileId, Span};

use super::Court;
use super::gate::Subject;
use super::rule::{Rule, Scope};

use entry::{Entry, State};
use facts::{EntryFacts, PageFacts};
use read::Page;
use table::Table;
use world::World;

/// The gate of the rules about pages.
pub const GATE: &str = "QG-LINT";

/// Reads the files that are pages, and gives the others back.
#[must_use]
pub fn recognise(
    inputs: &Inputs,
    table: &Table,
    files: impl IntoIterator<Item = FileId>,
) -> (Vec<Page>, Vec<FileId>) {
    let mut pages = Vec::new();
    let mut others = Vec::new();
    for file in files {
        let draft = read::read(inputs, file);
        match kind::of(inputs, table, file, &draft) {
            Some(row) => pages.push(read::page(inputs, file, row, &table.documents[row], draft)),
            None => others.push(file),
        }
    }
    (pages, others)
}

/// What there is to say about the pages that `asked` names; the others are what they refer to.
#[must_use]
pub fn judge(
    court: Court<'_>,
    table: &Table,
    pages: &[Page],
    asked: &dyn Fn(FileId) -> bool,
) -> Vec<Diagnostic> {
    let inputs = court.inputs;
    let mut entries: Vec<Vec<Entry<'_>>> =
        pages.iter().map(|page| entry::entries(inputs, table, page)).collect();
    let mut world = World::new(inputs, table, pages, &entries);
    world.rules = court.packs.ids().collect();
    world.gates = court.packs.gates.iter().map(|(id, _)| id.as_str()).collect();
    world.today = court.settings.as_of.as_deref().unwrap_or(&table.models.known_on);
    let mut session = court.open(GATE);
    let of_page: Vec<&Rule> = session.rules(Scope::Page).collect();
    let of_entry: Vec<&Rule> = session.rules(Scope::Entry).collect();
    let mut findings = Vec::new();
    let mut number = 0;
    for (at, page) in pages.iter().enumerate().filter(|(_, page)| asked(page.file)) {
        let facts = PageFacts { world: &world, page: at };
        let subject = Subject { number, at: first_line(inputs, page.file), whole: Span::head(page.file) };
        number += 1;
        for rule in &of_page {
            session.ask(rule, &facts, subject);
        }
        findings.extend(page.findings.iter().cloned());
        for entry in settled(&world, at, std::mem::take(&mut entries[at])) {
            let facts = EntryFacts { page: facts, entry: &entry };
            let subject = Subject { number, at: entry.at, whole: entry.at };
            number += 1;
            for rule in &of_entry {
                session.ask(rule, &facts, subject);
            }
        }
    }
    findings.extend(session.close().1);
    findings
}

/// The entries of a page with something the matter, once names are looked up.
fn settled<'a>(world: &World<'a>, page: usize, mut entries: Vec<Entry<'a>>) -> Vec<Entry<'a>> {
    entries.extend(body::entries(world, page));
    for entry in &mut entries {
        world.settle(entry, page);
    }
    order::duplicates(world, &mut entries);
    order::cycles(&mut entries);
    let left = if world.document(page).lists { order::unlisted(world, page, &entries) } else { Vec::new() };
    entries.extend(left);
    let mut seen = std::collections::BTreeSet::new();
    entries.retain(|entry| {
        let said = entry.state != State::Fine || (entry.refers.is_none() && entry.defines.is_none());
        said && seen.insert((entry.at.start, entry.at.end, entry.path.clone(), entry.state))
    });
    entries.sort_by_key(|entry| entry.at.start);
    entries
}

/// The first line of a file, for what concerns all of it.
fn first_line(inputs: &Inputs, file: FileId) -> Span {
    let line = inputs.text(file).split('\n').next().unwrap_or_default();
    Span::new(file, 0, line.len())
}
