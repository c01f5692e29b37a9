//! The dialect `squad`: agents, skills, commands, manifests and checklists say who works and how work is judged; they
//! ask for none, and their reader says so. A task file of a squad is one task: its steps are how it is done.

use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::Span;
use crate::base::table::Run;
use crate::base::text::Text;
use crate::compiler::ast::squad::{self, Part, card::Card};
use crate::ir::document::Document;
use crate::ir::draft::{Criterion, Draft, DraftKind, Item, PathRole, PathUse, Priority, Unused};
use crate::ir::node::{Kind, Node};
use crate::ir::outline::{BlockKind, Tick};
use crate::ir::squad::Form;
use crate::syntax::text::path;

use super::Claim;
use super::build::run;
use super::words::Words;

/// Keys of a manifest that no request has; two of them make one.
const MANIFEST: &[&str] = &[
    "agents",
    "components",
    "entry_agent",
    "pack",
    "slash_prefix",
    "squad",
    "tier_structure",
    "tier_system",
    "tiers",
];
/// Keys of a head that a client gives to agents, skills and commands beside `name` and `description`.
const CLIENT: &[&str] = &[
    "tools",
    "allowed-tools",
    "argument-hint",
    "model",
    "color",
    "permissionMode",
    "skills",
    "hooks",
    "license",
];
/// Keys of a head that make it the head of a request.
const REQUEST: &[&str] = &["status", "title", "id", "todos", "priority", "epic"];

/// A file is part of a squad because of the folder it lies in, or because of what it says of itself.
#[must_use]
pub fn claims(inputs: &Inputs, document: &Document, _words: &Words) -> Claim {
    match squad::part_of(inputs.file(document.file)) {
        Some(Part::Agent | Part::Skill | Part::Command | Part::Checklist | Part::Manifest | Part::Data) => {
            return Claim::of(88, "it lies in a squad's folder of agents, skills, checklists or manifests");
        }
        Some(Part::Task) => {
            let card = Card::of(inputs, document.file, &["task", "executor", "responsavel", "owner"]);
            let described = card.forms.iter().any(|&form| form != Form::Prose);
            return if described { Claim::of(72, "it lies among the tasks of a squad") } else { Claim::NONE };
        }
        Some(Part::Workflow | Part::Other) | None => {}
    }
    match by_content(inputs, document) {
        Some(_) => Claim::of(68, "it describes an agent, a skill or a squad"),
        None => Claim::NONE,
    }
}

/// Reads a part of a squad.
pub fn read(inputs: &Inputs, document: &Document, words: &Words) -> Outcome<Draft> {
    let mut draft = Draft::new(document.file, "squad", DraftKind::TaskList);
    draft.foreign = true;
    draft.waivers.clone_from(&document.waivers);
    let part = squad::part_of(inputs.file(document.file));
    if part == Some(Part::Task) {
        return task(inputs, document, words, draft);
    }
    draft.no_work =
        Some(match part.filter(|&part| part != Part::Other).or_else(|| by_content(inputs, document)) {
            Some(Part::Manifest) => "the manifest of a squad",
            Some(Part::Skill) => "a skill",
            Some(Part::Command) => "a command",
            Some(Part::Checklist) => "a checklist that work is judged by",
            Some(Part::Data) => "knowledge for agents",
            _ => "an agent",
        });
    let whole = Span::new(document.file, 0, inputs.text(document.file).trim_end().len());
    draft.unused.push(Unused { span: whole, reason: "It says who works and how, and asks for no work" });
    Outcome::clean(draft)
}

/// What a file says it is, wherever it lies.
fn by_content(inputs: &Inputs, document: &Document) -> Option<Part> {
    let node = &document.node;
    let file = inputs.file(document.file);
    let Some(outline) = &document.outline else {
        let known = MANIFEST.iter().filter(|key| node.get(key).is_some()).count();
        let named = matches!(file.path.stem(), "config" | "squad");
        let work = node.get("workflow").is_some() || node.get("tasks").is_some_and(is_work);
        return (!work && (known > 1 || (known == 1 && named))).then_some(Part::Manifest);
    };
    if file.path.name().ends_with("SKILL.md") {
        return Some(Part::Skill);
    }
    let has = |keys: &[&str]| keys.iter().any(|key| node.get(key).is_some());
    let boxes = outline.blocks.iter().any(|block| block.tick != Tick::None);
    if node.get("description").is_some()
        && !has(REQUEST)
        && (has(CLIENT) || (node.get("name").is_some() && !boxes))
    {
        return Some(if node.get("name").is_some() { Part::Agent } else { Part::Command });
    }
    let fence = outline.blocks.iter().take(60).any(|block| {
        block.kind == BlockKind::Fence
            && inputs.slice(outline.text(block)).lines().any(|line| line.trim_end() == "agent:")
    });
    fence.then_some(Part::Agent)
}

/// Tasks with titles are work; a list of file names is a list of recipes.
fn is_work(tasks: &Node) -> bool {
    match &tasks.kind {
        Kind::List(rows) => {
            rows.iter().any(|row| row.get("title").is_some() || row.get("depends_on").is_some())
        }
        _ => false,
    }
}

/// One task: what the recipe makes, needs, waits for and is judged by.
fn task(inputs: &Inputs, document: &Document, words: &Words, mut draft: Draft) -> Outcome<Draft> {
    let outcome = squad::read_task(inputs, document.file, words);
    let recipe = outcome.value;
    let head = Span::head(document.file);
    let title = recipe.title.or(recipe.name).unwrap_or_else(|| Text::made(recipe.stem.clone(), head));
    let whole = Span::new(document.file, 0, inputs.text(document.file).trim_end().len());
    let mut item = Item::task(title.clone(), whole);
    item.id.clone_from(&recipe.id);
    item.detail = Some(Text::At(whole));
    item.model = recipe.model;
    draft.after = recipe.depends_on;
    let uses = |texts: &[Text], role: PathRole| -> Vec<PathUse> {
        let found = texts.iter().flat_map(|text| {
            let at = text.at();
            let written = inputs.slice(at);
            path::find(written, &words.text)
                .into_iter()
                .map(move |range| PathUse { path: Text::At(at.slice(range.start, range.end)), role })
        });
        found.collect()
    };
    let mut paths = uses(&recipe.outputs, PathRole::Create);
    paths.extend(uses(&recipe.inputs, PathRole::Read));
    item.paths = run(&mut draft.paths, paths);
    let begin = draft.criteria.len();
    for check in recipe.criteria {
        let done = check.ticked == Some(true);
        draft.criteria.push(Criterion { id: check.id, text: check.text, done, priority: Priority::Medium });
    }
    item.criteria = Run::since(begin, draft.criteria.len());
    draft.id = recipe.id;
    draft.title = Some(title);
    draft.items.push(item);
    Outcome::new(draft, outcome.findings)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{draft, items};

    #[test]
    fn who_works_asks_for_no_work() {
        for (path, text, what) in [
            ("squads/seo/agents/chief.md", "# Chief\n\n- [ ] greet\n", "an agent"),
            (
                "reviewer.md",
                "---\nname: reviewer\ndescription: Reads code\ntools: Read\n---\nYou review.\n",
                "an agent",
            ),
            ("a.md", "# Nina\n\n```yaml\nagent:\n  name: Nina\n  id: nina\n```\n", "an agent"),
            ("lint.md", "---\ndescription: Lint it\nallowed-tools: Bash\n---\n1. Run it\n", "a command"),
            ("x/SKILL.md", "---\nname: x\ndescription: y\n---\n## Steps\n1. Do it\n", "a skill"),
            (
                "squads/seo/checklists/gate.md",
                "# Gate\n\n- [ ] The title is short\n",
                "a checklist that work is judged by",
            ),
            ("config.yaml", "name: seo\nentry_agent: chief\n", "the manifest of a squad"),
            (
                "s.yaml",
                "pack: {name: seo}\nagents: [chief.md]\ntasks: [audit.md]\n",
                "the manifest of a squad",
            ),
        ] {
            let (_, draft) = draft("squad", &[(path, text)]);
            assert_eq!(draft.no_work, Some(what), "{path}");
            assert!(draft.items.is_empty(), "{path}");
        }
    }

    #[test]
    fn a_recipe_is_one_task() {
        let text = "# Audit a page\n\n**Task ID:** audit-page\n**Executor:** @chief\n\n## Steps\n\n- [ ] Load it\n- [ ] Read it\n\n## Output\n\n- `out/audit.md`\n\n## Acceptance Criteria\n\n- [ ] Every heading is judged\n";
        let (inputs, draft) = draft("squad", &[("squads/seo/tasks/audit-page.md", text)]);
        assert_eq!(items(&inputs, &draft).lines().count(), 1);
        assert_eq!(draft.criteria.len(), 1);
        assert_eq!(draft.paths.len(), 1);
    }
}
