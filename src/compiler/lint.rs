//! Lint: every file is judged as what it is. Stories and plans are compiled, pages of agents and their clients are asked
//! the rules about pages, and what is neither is passed over unless the user named it.

use std::collections::BTreeSet;

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::source::Layer;
use crate::base::span::{FileId, Span};
use crate::ir::document::Waiver;
use crate::ir::outline::Outline;

use super::ast::{self, waiver};
use super::check::checklist::scale::Checklists;
use super::check::page::read::Page;
use super::check::page::table::{Named, Table};
use super::check::page::{judge, recognise};
use super::check::{self, Court};
use super::library::Library;

/// The files of a lint, by what they are.
#[derive(Debug)]
pub struct Sorted {
    /// What clients accept.
    table: Table,
    /// What the rules about pages are asked of, and what it refers to.
    pages: Vec<Page>,
    /// Those that the user wants to hear about.
    asked: BTreeSet<FileId>,
    /// What is compiled.
    pub stories: Vec<FileId>,
    /// What is neither.
    pub passed: Vec<FileId>,
    findings: Vec<Diagnostic>,
}

/// How strong a claim makes a file a story that nobody named: it bears the marks of a format.
const STORY: u8 = 70;

/// The folder of our own registries.
const DATA: &str = "squads/dispatch/data/";

impl Sorted {
    /// Sorts the documents of `inputs`; `named` are those the user named one by one.
    #[must_use]
    pub fn new(inputs: &Inputs, library: &Library, named: &BTreeSet<FileId>) -> Self {
        let outcome = Table::load(inputs);
        let table = outcome.value;
        let documents: BTreeSet<FileId> = inputs.documents().into_iter().collect();
        // Whatever the project has may be referred to; of what we ship, the registries.
        let known = inputs.files().filter(|(id, file)| match file.layer {
            Layer::Builtin => file.path.as_str().starts_with(DATA) && file.path.stem().ends_with("-registry"),
            Layer::Project | Layer::Named => !documents.contains(id),
        });
        let known: Vec<FileId> = known.map(|(id, _)| id).collect();
        let (pages, others) = recognise(inputs, &table, documents.iter().copied());
        let asked = pages.iter().map(|page| page.file).collect();
        let mut all = pages;
        for page in &mut all {
            if table.documents[page.kind].names.contains(&Named::Items) {
                page.checklist = Some(ast::squad::read_checklist(inputs, page.file).value);
            }
        }
        all.extend(recognise(inputs, &table, known).0);
        all.sort_by(|a, b| inputs.file(a.file).path.cmp(&inputs.file(b.file).path));
        let is_story = |file: &FileId| named.contains(file) || claims(inputs, library, *file) >= STORY;
        let (stories, passed) = others.into_iter().partition(is_story);
        Self { table, pages: all, asked, stories, passed, findings: outcome.findings }
    }

    /// How checklists say what an item counts.
    #[must_use]
    pub fn checklists(&self) -> &Checklists {
        &self.table.checklists
    }

    /// How many pages are judged.
    #[must_use]
    pub fn pages(&self) -> usize {
        self.asked.len()
    }

    /// What there is to say about the pages.
    #[must_use]
    pub fn judge(&self, inputs: &Inputs, library: &Library) -> Vec<Diagnostic> {
        let Library { settings, packs, .. } = library;
        let court = Court { inputs, packs, settings, earlier: &[] };
        let mut findings = self.findings.clone();
        findings.extend(judge(court, &self.table, &self.pages, &|file| self.asked.contains(&file)));
        for &file in &self.asked {
            findings.extend(crate::syntax::hidden::check(inputs, file));
        }
        let waivers: Vec<Waiver> = self
            .pages
            .iter()
            .filter(|page| self.asked.contains(&page.file))
            .flat_map(|page| waivers(inputs, page))
            .collect();
        let known: Vec<String> = findings.iter().map(|finding| finding.code.as_str().to_owned()).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let said = check::waiver::apply(&waivers, &mut findings, settings, packs, &known);
        findings.extend(said);
        super::compilation::sort(inputs, &mut findings);
        findings
    }
}

/// The strength of the strongest claim on a file.
fn claims(inputs: &Inputs, library: &Library, file: FileId) -> u8 {
    let document = ast::read(inputs, file).value;
    let claims = ast::dialect::claims(inputs, &document, &library.words);
    claims.first().map_or(0, |(_, claim)| claim.strength)
}

fn waivers(inputs: &Inputs, page: &Page) -> Vec<Waiver> {
    let text = inputs.text(page.file);
    if memchr::memmem::find(text.as_bytes(), b"dispatch:").is_none() {
        return Vec::new();
    }
    let outline = Outline { file: page.file, front: None, blocks: page.blocks.clone() };
    let mut found = waiver::in_markdown(inputs, &outline);
    let part = if page.body > 0 { page.body } else { text.len() };
    if page.body > 0 || page.blocks.is_empty() {
        found.extend(waiver::in_yaml(inputs, Span::new(page.file, 0, part), &page.node));
    }
    found
}
