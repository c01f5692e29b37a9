//! The beginnings of prompts: rules, role, knowledge and context, one for each group of tasks.

use std::collections::BTreeMap;

use minijinja::value::Value;

use crate::base::diagnostic::Diagnostic;
use crate::base::digest::Digest;
use crate::base::fold;
use crate::base::inputs::Inputs;
use crate::base::span::{FileId, Span};
use crate::base::table::{Id as _, Table};
use crate::compiler::generate::knowledge::{self, cut};
use crate::compiler::generate::quote;
use crate::compiler::generate::template::{Piece, Templates, opaque, plain};
use crate::ir::draft::SectionRole;
use crate::ir::equipment::{AgentId, DomainId, Enrichment, Equipment};
use crate::ir::graph::{StoryId, TaskGraph, TaskId};
use crate::ir::prompt::{Prefix, PrefixId, ZoneKind, Zoned};

use super::{Findings, Lore, count, tokens};

/// What tasks must have in common to share a beginning. The last is an index into the lists of knowledge files that
/// tasks name themselves.
type Key = (StoryId, Option<DomainId>, Enrichment, Option<AgentId>, Option<u32>);

const BRIEF: u8 = 0;
const KNOWLEDGE: u8 = 1;
const BUSINESS: u8 = 2;
const TITLE: u8 = 3;
const PROSE: u8 = 4;

/// The beginnings met so far.
pub(super) struct Prefixes<'a> {
    inputs: &'a Inputs,
    graph: &'a TaskGraph,
    equipment: &'a Equipment,
    lore: Lore<'a>,
    by_key: BTreeMap<Key, PrefixId>,
    by_text: BTreeMap<Digest, PrefixId>,
    own_lists: BTreeMap<Vec<&'a str>, u32>,
    table: Table<PrefixId, Prefix>,
    zoned: Vec<Zoned>,
    chars: Vec<u64>,
    digests: BTreeMap<(FileId, usize, Option<DomainId>), String>,
    findings: Findings,
}

impl<'a> Prefixes<'a> {
    pub(super) fn new(
        inputs: &'a Inputs,
        graph: &'a TaskGraph,
        equipment: &'a Equipment,
        lore: Lore<'a>,
    ) -> Self {
        Self {
            inputs,
            graph,
            equipment,
            lore,
            by_key: BTreeMap::new(),
            by_text: BTreeMap::new(),
            own_lists: BTreeMap::new(),
            table: Table::default(),
            zoned: Vec::new(),
            chars: Vec::new(),
            digests: BTreeMap::new(),
            findings: Findings::default(),
        }
    }

    /// The beginning of a task's prompt, rendered if it is the first of its group.
    pub(super) fn of(&mut self, templates: &Templates<'_>, id: TaskId) -> Result<PrefixId, Box<Diagnostic>> {
        let task = &self.graph.tasks[id];
        let kit = &self.equipment.kits[id];
        let files = task.columns.as_ref().map_or(&[][..], |columns| &columns.kb_files);
        let own = (!files.is_empty()).then(|| {
            let list: Vec<&str> = files.iter().map(|file| file.get(self.inputs)).collect();
            let next = u32::try_from(self.own_lists.len()).expect("fewer lists than tasks");
            *self.own_lists.entry(list).or_insert(next)
        });
        let key = (task.story, kit.domain, kit.enrichment, kit.agent, own);
        if let Some(&known) = self.by_key.get(&key) {
            return Ok(known);
        }
        let files = files.iter().map(|file| (file.get(self.inputs).to_owned(), file.at())).collect();
        let zoned = self.render(templates, key, files)?;
        let sha256 = Digest::of(zoned.text.as_bytes());
        let prefix = if let Some(&same) = self.by_text.get(&sha256) {
            same
        } else {
            let chars = count(&zoned.text);
            let tokens = tokens(chars, self.lore.patterns.chars_per_token);
            let new = self.table.push(Prefix { text: zoned.text.clone(), sha256, tokens });
            self.zoned.push(zoned);
            self.chars.push(chars);
            self.by_text.insert(sha256, new);
            new
        };
        self.by_key.insert(key, prefix);
        Ok(prefix)
    }

    pub(super) fn chars(&self, prefix: PrefixId) -> u64 {
        self.chars[prefix.index()]
    }
    pub(super) fn take_findings(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.findings).0.into_values().collect()
    }
    pub(super) fn into_parts(self) -> (Table<PrefixId, Prefix>, Vec<Zoned>) {
        (self.table, self.zoned)
    }

    fn render(
        &mut self,
        templates: &Templates<'_>,
        key: Key,
        own_files: Vec<(String, Span)>,
    ) -> Result<Zoned, Box<Diagnostic>> {
        let (story, domain, level, agent, _) = key;
        let path = agent.map_or("", |agent| self.equipment.agents[agent].as_str());
        let domain_name = domain.map_or("", |domain| self.equipment.domains[domain].as_str());
        let title = &self.graph.stories[story].title;
        let texts = [
            self.brief(path),
            self.knowledge(domain, level, own_files),
            self.business(story, level),
            {
                let mut line = String::new();
                quote::line(&mut line, title);
                line
            },
            self.prose(story, level),
        ];
        let slot = |slot: u8| opaque(slot, !texts[usize::from(slot)].is_empty());
        let list = |lines: &[String]| lines.iter().map(|line| plain(line)).collect::<Value>();
        let patterns = self.lore.patterns;
        let context = Value::from_pairs([
            ("agent", Value::from_pairs([("path", plain(path)), ("brief", slot(BRIEF))])),
            ("domain", plain(domain_name)),
            ("enrichment", Value::from(level_name(level))),
            ("knowledge", slot(KNOWLEDGE)),
            ("business", slot(BUSINESS)),
            ("story", Value::from_pairs([("title", slot(TITLE)), ("prose", slot(PROSE))])),
            (
                "rules",
                Value::from_pairs([
                    ("always", list(&patterns.always)),
                    ("never", list(&patterns.never)),
                    ("result_tokens", Value::from(patterns.result_tokens)),
                ]),
            ),
        ]);
        let mould = templates.mould("prompt/prefix.md", context)?;
        let mut zoned = Zoned::default();
        for piece in mould.pieces() {
            match piece {
                Piece::Fixed(text) => zoned.push(ZoneKind::Ours, |out| out.push_str(text)),
                Piece::Slot(slot) => zoned.push(ZoneKind::Knowledge, |out| {
                    out.push_str(texts.get(usize::from(slot)).map_or("", String::as_str));
                }),
            }
        }
        // The template's last line break was taken by the engine.
        zoned.push(ZoneKind::Ours, |out| out.push('\n'));
        Ok(zoned)
    }

    /// What the registry knows about an agent, as one line.
    fn brief(&self, path: &str) -> String {
        let registry = self.lore.registry;
        let Some(command) = registry.command(path).map(|id| &registry.commands[id]) else {
            return String::new();
        };
        let mut out = String::new();
        for (index, part) in
            [&command.title, &command.purpose].into_iter().filter(|p| !p.is_empty()).enumerate()
        {
            out.push_str(if index == 0 { "" } else { ": " });
            quote::line(&mut out, part);
        }
        out
    }

    fn knowledge(&mut self, domain: Option<DomainId>, level: Enrichment, own: Vec<(String, Span)>) -> String {
        let registry = self.lore.registry;
        let tokens = registry.enrichment.budget(level).kb;
        if tokens.0 == 0 {
            return String::new();
        }
        let known = domain.and_then(|domain| registry.domain(&self.equipment.domains[domain]));
        let known = known.map(|domain| &registry.domains[domain]);
        // Missing files of a domain and of the configuration were told when the registry was read.
        let mut files: Vec<_> = own.into_iter().map(|(path, at)| (path, Some(at))).collect();
        if files.is_empty() {
            files.extend(known.iter().flat_map(|domain| &domain.kb_files).map(|kb| (kb.value.clone(), None)));
        }
        files.extend(self.lore.settings.kb.iter().map(|path| (path.clone(), None)));
        let per_token = self.lore.patterns.chars_per_token;
        let mut left = usize::try_from(tokens.0.saturating_mul(per_token)).unwrap_or(usize::MAX);
        let words: Vec<String> = known.map_or_else(Vec::new, |domain| {
            let text = format!("{} {} {}", domain.name, domain.description, domain.primary.join(" "));
            fold::key(&text).split(' ').map(str::to_owned).collect()
        });
        let mut out = String::new();
        let total = files.len();
        for (index, (path, at)) in files.into_iter().enumerate() {
            let Some(file) = self.inputs.find(&path) else {
                if let Some(at) = at {
                    self.findings.add(missing(&path, at));
                }
                continue;
            };
            let budget = left / (total - index);
            let key = (file, budget, domain);
            let text = self
                .digests
                .entry(key)
                .or_insert_with(|| quoted(self.inputs, file, budget, self.lore, &words));
            left -= text.chars().count().min(left);
            if !text.is_empty() {
                out.push_str(if out.is_empty() { "" } else { "\n\n" });
                out.push_str(text);
            }
        }
        out
    }

    /// What a plan about a launch must know: only in full prompts, and only when the source speaks of one.
    fn business(&mut self, story: StoryId, level: Enrichment) -> String {
        let business = &self.lore.registry.business;
        if level != Enrichment::Full
            || business.triggers.is_empty()
            || !self.speaks_of(story, &business.triggers)
        {
            return String::new();
        }
        let mut files = Vec::new();
        for wanted in &business.priority_files {
            let below = self.inputs.under(&business.source_dir);
            files.extend(below.filter(|(_, file)| file.path.name() == wanted).map(|(id, _)| id));
        }
        if files.is_empty() {
            files.extend(business.source_files.iter().filter_map(|path| self.inputs.find(path)));
        }
        let budget = business.max_tokens.min(self.lore.registry.enrichment.budget(level).business);
        let mut left =
            usize::try_from(budget.0.saturating_mul(self.lore.patterns.chars_per_token)).unwrap_or(0);
        let mut out = String::new();
        for file in files {
            let text = cut(self.inputs.text(file).trim_end(), left);
            left -= text.chars().count().min(left);
            if !text.trim().is_empty() {
                out.push_str(if out.is_empty() { "" } else { "\n\n" });
                from(&mut out, &self.inputs.display_path(file));
                quote::block(&mut out, "markdown", text);
            }
        }
        out
    }

    /// Whether the document or one of its tasks has one of the words, as a word.
    fn speaks_of(&self, story: StoryId, words: &[String]) -> bool {
        let story = &self.graph.stories[story];
        let prose = story.sections.iter().map(|section| section.body.get(self.inputs));
        let titles = self.graph.tasks.slice(story.tasks).iter().map(|task| task.title.get(self.inputs));
        let words: Vec<_> = words.iter().map(|word| fold::fold(word).into_owned()).collect();
        std::iter::once(story.title.as_str()).chain(prose).chain(titles).any(|text| {
            fold::fold(text)
                .split(|c: char| !c.is_alphanumeric())
                .any(|part| words.iter().any(|word| word == part))
        })
    }

    /// Objective, scope and notes of the document, as far as the level allows.
    fn prose(&self, story: StoryId, level: Enrichment) -> String {
        let patterns = self.lore.patterns;
        let tokens = patterns.story_tokens.of(level).0;
        let mut left = usize::try_from(tokens.saturating_mul(patterns.chars_per_token)).unwrap_or(usize::MAX);
        let mut text = String::new();
        let sections = &self.graph.stories[story].sections;
        for role in [SectionRole::Objective, SectionRole::UserStory, SectionRole::Scope, SectionRole::Notes] {
            for section in sections.iter().filter(|section| section.role == role) {
                let body = cut(section.body.get(self.inputs).trim(), left);
                if body.is_empty() {
                    continue;
                }
                left -= body.chars().count().min(left);
                text.push_str(if text.is_empty() { "" } else { "\n\n" });
                quote::line(&mut text, section.heading.get(self.inputs));
                text.push_str(":\n\n");
                text.push_str(body);
            }
        }
        let mut out = String::new();
        if !text.is_empty() {
            quote::block(&mut out, "text", &text);
        }
        out
    }
}

fn quoted(inputs: &Inputs, file: FileId, budget: usize, lore: Lore<'_>, words: &[String]) -> String {
    let path = &inputs.file(file).path;
    let yaml = matches!(path.extension(), "yaml" | "yml");
    let digest =
        knowledge::digest(inputs.text(file), yaml, budget, &lore.registry.enrichment.sections, words);
    let mut out = String::new();
    if !digest.text.trim().is_empty() {
        from(&mut out, &inputs.display_path(file));
        quote::block(&mut out, if yaml { "yaml" } else { "markdown" }, &digest.text);
        let note = digest.note();
        if !note.is_empty() {
            out.push_str("\n\n");
            quote::sentence(&mut out, &note);
        }
    }
    out
}

fn from(out: &mut String, path: &str) {
    out.push_str("From ");
    quote::code(out, path);
    out.push_str(":\n\n");
}

fn missing(path: &str, at: Span) -> Diagnostic {
    Diagnostic::warning("kb/missing", at, format!("the knowledge file `{path}` is not there"))
        .why("the prompt carries less than it should")
        .help(format!("write `{path}`, or take it out of `kb_files`"))
}

fn level_name(level: Enrichment) -> &'static str {
    match level {
        Enrichment::Minimal => "MINIMAL",
        Enrichment::Standard => "STANDARD",
        Enrichment::Full => "FULL",
    }
}
