//! Stories in the shapes people write them, each with the trap it is about.

use crate::base::inputs::{Inputs, RelPath};
use crate::base::text::Text;
use crate::compiler::ast;
use crate::compiler::ast::dialect::{self, words::Words};
use crate::ir::draft::{Draft, Item, ItemKind, PathRole, Status};

struct World {
    inputs: Inputs,
    draft: Draft,
    codes: Vec<String>,
}

fn check(name: &str, dialect: &str, text: &str) -> World {
    let mut inputs = Inputs::new();
    crate::builtin::underlay(&mut inputs);
    let words = Words::load(&inputs).value;
    let file = inputs.add_document(RelPath::new(name).unwrap(), text.as_bytes().to_vec());
    let document = ast::read(&inputs, file).value;
    let outcome = dialect::read(&inputs, &document, None, &words);
    assert_eq!(outcome.value.dialect, dialect, "{name}");
    let codes = outcome.findings.iter().map(|finding| finding.code.to_string()).collect();
    World { inputs, draft: outcome.value, codes }
}

impl World {
    fn text(&self, text: &Text) -> String {
        text.get(&self.inputs).to_owned()
    }
    fn tasks(&self) -> Vec<&Item> {
        self.draft.items.iter().map(|(_, item)| item).filter(|item| item.kind == ItemKind::Task).collect()
    }
    fn titles(&self) -> Vec<String> {
        self.tasks().iter().map(|item| self.text(&item.title)).collect()
    }
    fn ids(&self) -> Vec<Option<String>> {
        self.tasks().iter().map(|item| item.id.as_ref().map(|id| self.text(id))).collect()
    }
    fn after(&self, item: &Item) -> Vec<String> {
        self.draft.mentions[item.after.range()].iter().map(|name| self.text(name)).collect()
    }
    fn serves(&self, item: &Item) -> Vec<String> {
        self.draft.mentions[item.serves.range()].iter().map(|name| self.text(name)).collect()
    }
    fn criteria(&self) -> Vec<String> {
        self.draft.criteria.iter().map(|(_, criterion)| self.text(&criterion.text)).collect()
    }
    fn groups(&self) -> Vec<(ItemKind, String)> {
        let groups = self.draft.items.iter().map(|(_, item)| item).filter(|item| item.kind != ItemKind::Task);
        groups.map(|item| (item.kind, self.text(&item.title))).collect()
    }
}

#[test]
fn boxes_nested_in_boxes_are_the_tasks() {
    let world = check(
        "2.1.story.md",
        "story",
        "# Story 2.1: Pay by card\n\n## Status: Approved\n\n## Story\n**As a** buyer,\n**I want** to pay,\n**so that** it ships.\n\n\
         ## Acceptance Criteria\n1. The card is charged once\n2. A declined card shows code 402\n   - also on retry\n\n\
         ## Tasks / Subtasks\n- [x] Task 1: Prepare (AC: 1)\n  - [x] Subtask 1.1: Add the table\n  - [ ] 1.2 Add the `src/pay.rs` module\n\
         - [ ] **Task 2 (AC: 1, 2):** Charge the card (2h)\n\n## Dev Notes\n- [ ] not a task\n\n## QA Results\n- [x] checked\n",
    );
    assert_eq!(world.draft.id.as_ref().map(|id| world.text(id)).as_deref(), Some("2.1"));
    assert_eq!(world.draft.title.as_ref().map(|title| world.text(title)).as_deref(), Some("Pay by card"));
    assert_eq!(world.draft.status.as_ref().map(|status| status.value), Some(Status::Ready));
    assert_eq!(world.titles(), ["Add the table", "Add the src/pay.rs module", "Charge the card"]);
    assert_eq!(world.ids(), [Some("1.1".into()), Some("1.2".into()), Some("2".into())]);
    let tasks = world.tasks();
    assert_eq!(
        tasks.iter().map(|task| task.done).collect::<Vec<_>>(),
        [Some(true), Some(false), Some(false)]
    );
    assert_eq!(world.serves(tasks[2]), ["1", "2"]);
    assert_eq!(tasks[2].duration.map(crate::base::quantity::Millis::secs), Some(7_200));
    assert_eq!(world.draft.criteria.len(), 2);
    assert_eq!(world.draft.unused.len(), 1);
    assert_eq!(world.codes, [] as [String; 0]);
}

#[test]
fn portuguese_phases_metadata_and_dependencies() {
    let world = check(
        "docs/3.4.story.md",
        "story",
        "# História 3.4 — Página de preços\n\n| Campo | Valor |\n|---|---|\n| **Status** | Em andamento |\n| **Prioridade** | Alta |\n\n\
         ## Critérios de Aceitação\n- [ ] AC1: 3 planos com preço\n- [x] AC2: contraste acima de 4.5\n\n\
         ## Dependências\n- Story 3.1 (tabela de planos) ✓\n\n## Tarefas\n\n### Fase 1: Base\n- [x] Tarefa 1.1 — Criar `web/precos.tsx` (AC1, AC2)\n\n\
         ### Fase 2: Testes\n- [ ] Tarefa 2.1 — Testar a página (depende de 1.1)\n\n## Definição de Pronto\n- [ ] revisado\n",
    );
    assert_eq!(world.draft.status.as_ref().map(|status| status.value), Some(Status::InProgress));
    assert_eq!(world.draft.after.iter().map(|name| world.text(name)).collect::<Vec<_>>(), ["3.1"]);
    assert_eq!(
        world.groups(),
        [(ItemKind::Phase, "Fase 1: Base".into()), (ItemKind::Phase, "Fase 2: Testes".into())]
    );
    assert_eq!(world.titles(), ["Criar web/precos.tsx", "Testar a página"]);
    assert_eq!(world.after(world.tasks()[1]), ["1.1"]);
    assert_eq!(world.serves(world.tasks()[0]), ["1", "2"]);
    assert!(world.draft.criteria.rows()[1].done);
}

#[test]
fn tasks_in_headings_with_metadata_below() {
    let world = check(
        "story.md",
        "story",
        "---\nid: STORY-7\ntype: story\ndefaults:\n  model: haiku\n  max_parallel: 3\n---\n\n# Story: Two pages\n\n## Acceptance Criteria\n\n- [ ] Both pages exist\n\n## Tasks\n\n\
         ### T001: Write the intro\n\nWrite it in 200 words.\n\n- **Type:** create\n- **Domain:** copy\n- **Depends on:** none\n- **Output:** `out/intro.md`\n- **Estimate:** 120s\n\n\
         **Acceptance criteria**\n\n- [ ] File exists at out/intro.md\n- [ ] At most 200 words\n\n\
         ### T002: Write the rest\n\n- **Depends on:** T001\n- **Output:** `out/rest.md`\n",
    );
    let tasks = world.tasks();
    assert_eq!(world.ids(), [Some("T001".into()), Some("T002".into())]);
    assert_eq!(tasks[0].criteria.len(), 2);
    assert_eq!(world.draft.criteria.len(), 3);
    assert_eq!(world.after(tasks[0]), [] as [String; 0]);
    assert_eq!(world.after(tasks[1]), ["T001"]);
    assert_eq!(
        tasks[0].detail.as_ref().map(|detail| world.text(detail)).as_deref(),
        Some("Write it in 200 words.")
    );
    assert_eq!(tasks[0].duration.map(crate::base::quantity::Millis::secs), Some(120));
    assert_eq!(tasks[1].model.as_ref().map(|model| world.text(model)).as_deref(), Some("haiku"));
    assert_eq!(world.draft.defaults.max_parallel.as_ref().map(|limit| limit.value), Some(3));
    let paths = &world.draft.paths[tasks[0].paths.range()];
    assert_eq!((world.text(&paths[0].path).as_str(), paths[0].role), ("out/intro.md", PathRole::Create));
}

#[test]
fn marks_and_bold_lines_stand_for_boxes_and_headings() {
    let world = check(
        "1.9_Story.md",
        "story",
        "# Story 1.9: Radio\n\n### **Acceptance Criteria** ✅ **ALL MET**\n- ✅ **AC1**: It plays\n\n### **Completed Tasks**\n\n\
         **✅ [TASK-1.9.1]** Build the tuner (**AC1**)\n- **Files:** `src/tuner.py`\n- **Dependencies:** `git`\n- **Subtasks Completed:**\n  - ✅ **[1a]** Add the dial\n  - ⬜ **[1b]** Add the knob\n",
    );
    assert_eq!(world.titles(), ["Add the dial", "Add the knob"]);
    assert_eq!(world.ids(), [Some("1a".into()), Some("1b".into())]);
    assert_eq!(world.tasks().iter().map(|task| task.done).collect::<Vec<_>>(), [Some(true), Some(false)]);
    assert_eq!(world.criteria(), ["It plays"]);
    assert_eq!(world.groups(), [(ItemKind::Group, "Build the tuner".into())]);
}

#[test]
fn criteria_in_many_shapes() {
    let shapes = [
        ("1. One\n2. Two\n", 2),
        ("1: One\n2: Two\n3: Three\n", 3),
        ("- **Given** a\n- **When** b\n- **Then** c\n- **Given** d\n- **Then** e\n", 2),
        (
            "**AC1 — First:**\n- **Given** a\n- **Then** b\n\n**AC2 — Second:**\n- **Given** c\n- **Then** d\n",
            2,
        ),
        ("### AC1: First\n- Given a\n- Then b\n\n### AC2: Second\n- Given c\n", 2),
        ("### Functional\n- [ ] One\n- [ ] Two\n\n### Other\n- [ ] Three\n", 3),
        ("| # | Criterion | Status |\n|---|---|---|\n| AC1 | One | ✅ |\n| AC2 | Two | open |\n", 2),
        (
            "```gherkin\nScenario: a\n  Given x\n  When y\n  Then z\nScenario: b\n  Given x\n  Then z\n```\n",
            2,
        ),
        ("AC1: One\nAC2: Two\n", 2),
        ("1. **Title:**\n   - **Given** a\n   - **Then** b\n2. **Other:**\n   - **Given** c\n", 2),
    ];
    for (text, count) in shapes {
        let world =
            check("1.1.story.md", "story", &format!("# Story 1.1: X\n\n## Acceptance Criteria\n\n{text}"));
        assert_eq!(world.draft.criteria.len(), count, "{text}");
    }
}

#[test]
fn what_is_no_task() {
    let world = check(
        "1.2.story.md",
        "story",
        "# Story 1.2: X\n\n## Acceptance Criteria\n1. It holds\n\n## Scope\n### OUT\n- Build the app\n\n## Tasks\nDo these in order:\n\n- [ ] Only this\n  - why it matters\n- a remark\n\n```\n- [ ] in a fence\n```\n\n\
         ## Senior Developer Review\n### Action Items\n- [x] Fix it\n\n## File List\n- [ ] `src/a.rs` (new)\n- `src/b.rs` (modified)\n",
    );
    assert_eq!(world.titles(), ["Only this"]);
    let roles: Vec<PathRole> = world.draft.paths.iter().map(|path| path.role).collect();
    assert_eq!(roles, [PathRole::Create, PathRole::Modify]);
    assert!(world.draft.unused.len() >= 3, "{:?}", world.draft.unused);
}

#[test]
fn checklists() {
    let world = check(
        "TODO.md",
        "checklist",
        "# TODO\n\n## Phase 1: Base\n- [x] **Login:** add it\n- [] set up linting\n- [ ] reports\n  - [x] users\n  - [ ] views\n\n## Later\n- a remark\n",
    );
    assert_eq!(world.titles(), ["Login: add it", "set up linting", "users", "views"]);
    assert_eq!(
        world.tasks().iter().map(|task| task.done).collect::<Vec<_>>(),
        [Some(true), Some(false), Some(true), Some(false)]
    );
    let plain = check(
        "TODO.md",
        "checklist",
        "\n## May\n- ~~old thing~~\n- new thing\n\n## Done\n- finished thing\n",
    );
    assert_eq!(
        plain.tasks().iter().map(|task| task.done).collect::<Vec<_>>(),
        [Some(true), None, Some(true)]
    );
}

#[test]
fn product_requirements() {
    let coded = check(
        "prd.md",
        "prd",
        "# Requirements\n\n## Functional\n- **FR1:** The app shall sing\n- **FR2:** The app shall dance (depends on FR1)\n\n## Non Functional\n- **NFR1:** Within 2 s\n",
    );
    assert_eq!(coded.ids(), [Some("FR1".into()), Some("FR2".into())]);
    assert_eq!(coded.criteria(), ["Within 2 s"]);
    assert_eq!(coded.after(coded.tasks()[1]), ["FR1"]);
    let embedded = check(
        "epic.md",
        "prd",
        "# Epic 1: Base\n\n## Story 1.1: Set up\nAs a dev\n\n### Acceptance Criteria\n1. Create the repository\n2. Create the README\n\n\
         ## Story 1.2: Build\n\n### Tasks\n- [ ] Write `src/main.rs`\n",
    );
    assert_eq!(embedded.titles(), ["Create the repository", "Create the README", "Write src/main.rs"]);
    assert_eq!(embedded.groups().len(), 2);
    let roadmap = check(
        "p.md",
        "prd",
        "# PRD: Notes\n\n## Features\n- fast\n\n## Roadmap\n\n### Phase 1: Core\n1. **Store**\n   - Write the store\n   - Write its tests\n\n### Phase 2: Rest\n- Publish it\n",
    );
    assert_eq!(roadmap.titles(), ["Write the store", "Write its tests", "Publish it"]);
}

#[test]
fn prose_asks_in_sentences() {
    let world = check(
        "ask.txt",
        "freetext",
        "We need to create 3 newsletters for May. The tone is calm. Then publish them.\n\nPreciso escrever 2 posts.\n",
    );
    assert_eq!(world.tasks().len(), 3);
    assert_eq!(check("x.md", "freetext", "# A thing\n\nInitial setup of it.\n").tasks().len(), 0);
}

#[test]
fn sister_formats() {
    let sprint = check(
        "sprint-status.yaml",
        "sprint",
        "development_status:\n  epic-1: done\n  1-1-login: done\n  1-2-logout: backlog\n  epic-1-retrospective: optional\n",
    );
    assert_eq!(sprint.ids(), [Some("1.1".into()), Some("1.2".into())]);
    let ticket = check(
        "t.md",
        "ticket",
        "---\nid: pd-4\ntitle: Fix it\ncolumn: human\npriority: urgent\n---\nIt fails.\n",
    );
    assert_eq!(ticket.titles(), ["Fix it"]);
    let columns = ticket.tasks()[0].columns.as_deref().expect("a ticket has columns");
    assert_eq!(columns.executor.as_ref().map(|name| ticket.text(name)).as_deref(), Some("human"));
    let specs = check(
        "specs.yaml",
        "spectable",
        "specs:\n  - {id: \"011\", name: Add it, wave: 1, cost: 9, agent: codex, mode: direct}\n",
    );
    assert_eq!(specs.ids(), [Some("011".into())]);
    assert_eq!(specs.codes, ["field/range"]);
    let flow = check(
        "w.yaml",
        "workflow",
        "workflow: {id: w, name: W}\nphases:\n  - {id: a, name: A, steps: [{id: s, action: Write it}, Check it]}\n  - {id: b, name: B, depends_on: [a], checkpoint: true}\n",
    );
    assert_eq!(flow.titles(), ["Write it", "Check it", "B"]);
    assert_eq!(flow.after(flow.tasks()[2]), ["a"]);
    let draft = check(
        "plan.md",
        "draft",
        "# Move it\n\n## Goal\nMove.\n\n## Decisions\n- [ ] where to\n\n## Success proof\n- 0 errors\n\n## Phase 1: Copy\nCopy all.\n",
    );
    assert_eq!(draft.titles(), ["Copy"]);
    assert_eq!(draft.codes, ["draft/open-decision"]);
    assert_eq!(draft.criteria(), ["0 errors"]);
}
