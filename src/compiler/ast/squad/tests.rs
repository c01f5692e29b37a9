//! Traps of squad files, on files of our own.

use super::read;
use crate::base::inputs::{Inputs, RelPath};
use crate::base::source::Layer;
use crate::base::text::Text;
use crate::compiler::ast::dialect::words::Words;
use crate::ir::squad::{Form, Squad};

/// Reads a tree; gives the inputs, the squads and the codes of the findings.
fn tree(files: &[(&str, &[u8])]) -> (Inputs, Vec<Squad>, Vec<String>) {
    let mut shipped = Inputs::new();
    crate::builtin::underlay(&mut shipped);
    let words = Words::load(&shipped).value;
    let mut inputs = Inputs::new();
    for (path, bytes) in files {
        inputs.add(RelPath::new(path).unwrap(), Layer::Project, bytes.to_vec());
    }
    let outcome = read(&inputs, &words);
    for finding in &outcome.findings {
        let _ = inputs.slice(finding.span());
        assert!(!finding.severity.blocks(), "{}", finding.message);
    }
    let codes = outcome.findings.iter().map(|finding| finding.code.as_str().to_owned()).collect();
    (inputs, outcome.value, codes)
}

fn one(path: &str, text: &str) -> (Inputs, Squad, Vec<String>) {
    let (inputs, mut squads, codes) = tree(&[(path, text.as_bytes())]);
    (inputs, squads.remove(0), codes)
}

fn get(inputs: &Inputs, text: Option<&Text>) -> String {
    text.map_or(String::new(), |text| text.get(inputs).to_owned())
}

fn all(inputs: &Inputs, texts: &[Text]) -> Vec<String> {
    texts.iter().map(|text| text.get(inputs).to_owned()).collect()
}

#[test]
fn agents_in_fences_keep_what_can_be_read() {
    let text = "# ana\n\n```yaml\nagent:\n  name: Ana\n  id: ana\n  tier: 1\n  whenToUse: \"to edit\"\nvoice_dna:\n  words:\n    - \"never\" (said often)\n\
        commands:\n  - \"*edit - Edits a text\"\n  - name: help\n    description: Shows help\n  - review: Reads again\n```\n";
    let (inputs, squad, codes) = one("squads/press/agents/ana.md", text);
    let agent = &squad.agents[0];
    assert_eq!(get(&inputs, agent.id.as_ref()), "ana");
    assert_eq!(get(&inputs, agent.when_to_use.as_ref()), "to edit");
    let names: Vec<_> = agent.commands.iter().map(|command| command.name.get(&inputs)).collect();
    assert_eq!(names, ["edit", "help", "review"]);
    assert_eq!(get(&inputs, agent.commands[0].description.as_ref()), "Edits a text");
    assert_eq!(agent.broken.iter().map(|broken| broken.key.as_str()).collect::<Vec<_>>(), ["voice_dna"]);
    assert_eq!(codes, ["yaml/segment"]);
}

#[test]
fn a_broken_agent_map_is_read_entry_by_entry() {
    let text = "# ana\n\n```yaml\nagent:\n  name: ana\n  role: said: twice: over\n  tier: 2\n  commands:\n    edit:\n      description: Edits\n```\n";
    let (inputs, squad, _) = one("squads/press/agents/ana.md", text);
    let agent = &squad.agents[0];
    assert_eq!(
        (get(&inputs, agent.name.as_ref()).as_str(), get(&inputs, agent.tier.as_ref()).as_str()),
        ("ana", "2")
    );
    assert_eq!(agent.commands.len(), 1);
    assert_eq!(agent.broken[0].key, "agent");
}

#[test]
fn agents_may_be_prose_or_a_head() {
    let (inputs, squad, _) = one(
        "squads/press/agents/CHEFE.md",
        "# 🏆 Chefe — Editora\n\n> Eu decido o que sai.\n\n## ◆ IDENTITY CARD\n\n**Nome:** Chefe da Redação\n**Função:** Decidir\n",
    );
    let agent = &squad.agents[0];
    assert_eq!(get(&inputs, agent.name.as_ref()), "Chefe da Redação");
    assert_eq!(get(&inputs, agent.role.as_ref()), "Decidir");
    assert_eq!(get(&inputs, agent.description.as_ref()), "Eu decido o que sai.");
    assert_eq!(agent.tools, None);
    let (inputs, squad, _) = one(
        ".claude/agents/team/reviewer.md",
        "---\nname: reviewer\ndescription: |\n  Reads code.\n  Says what is wrong.\ntools: Read, Grep, Bash(git log:*, git diff)\nmodel: opus\n---\n\nYou review.\n",
    );
    let agent = &squad.agents[0];
    assert_eq!(all(&inputs, agent.tools.as_ref().unwrap()), ["Read", "Grep", "Bash(git log:*, git diff)"]);
    assert_eq!(get(&inputs, agent.model.as_ref()), "opus");
    assert_eq!(agent.forms, [Form::Frontmatter]);
}

#[test]
fn modules_readmes_and_examples_are_no_agents() {
    let fine: &[u8] = b"# Ana\n";
    let (_, squads, _) = tree(&[
        ("squads/press/agents/ana.md", fine),
        ("squads/press/agents/modules/voice.md", fine),
        ("squads/press/agents/README.md", fine),
        ("squads/press/agents/_draft.md", fine),
        ("squads/press/tasks/deep/write.md", fine),
        ("squads/empty/notes.txt", fine),
    ]);
    assert_eq!(squads.len(), 1);
    assert_eq!((squads[0].agents.len(), squads[0].tasks.len()), (1, 1));
    assert_eq!(squads[0].tasks[0].group, "deep");
}

/// The same task in each of its shapes.
#[test]
fn tasks_come_in_nine_shapes() {
    let shapes = [
        "# Task: Write\n\n```yaml\nid: write\nexecutor: ana\noutputs:\n  - text.md\n```\n",
        "---\nid: write\nresponsavel: ana\nSaida:\n  - campo: text.md\n    tipo: file\n---\n# Write\n",
        "# Write\n\n**Task ID:** `write`\n**Agente:** ana\n**Output:** text.md\n",
        "# Write\n\n| Field | Value |\n|---|---|\n| **id** | write |\n| responsible_executor | ana |\n| output | text.md |\n",
        "# Write\n\n> **ID:** write | **Executor:** ana\n> **Output:** text.md\n",
        "# ═══════\n# TASK: Write\n# ID: write\n# Executor: ana\n# Output: text.md\n\n## Overview\n\nx\n",
        "# Write\n\n### Metadata\n- **id:** write\n- **executor:** ana\n- **output:** text.md\n",
        "---\nversion: 1\n---\n# Task: Write\n\ntask:\n  id: write\n  responsible_executor: ana\n  output:\n    - text.md\n",
        "# write\n\n**Executor:** ana\n\n## Output\n- text.md\n",
    ];
    for shape in shapes {
        let (inputs, squad, _) = one("squads/press/tasks/write.md", shape);
        let task = &squad.tasks[0];
        assert_eq!(get(&inputs, task.id.as_ref()), "write", "{shape}");
        assert_eq!(get(&inputs, task.executor.as_ref()), "ana", "{shape}");
        assert_eq!(all(&inputs, &task.outputs), ["text.md"], "{shape}");
    }
}

#[test]
fn criteria_and_steps_are_found_where_people_put_them() {
    let (inputs, squad, _) = one(
        "squads/press/tasks/write.md",
        "> **DEPRECATED** — use `edit`\n\n# Write\n\n## Etapas\n1. Ler\n2. Escrever\n\n## Preconditions\n- [ ] not one\n\n## Critérios de Conclusão\n- [x] Lido\n- [ ] Escrito\n",
    );
    let task = &squad.tasks[0];
    assert_eq!(all(&inputs, &task.steps), ["Ler", "Escrever"]);
    let criteria: Vec<_> = task.criteria.iter().map(|item| (item.text.get(&inputs), item.ticked)).collect();
    assert_eq!(criteria, [("Lido", Some(true)), ("Escrito", Some(false))]);
    assert!(task.deprecated.is_some());
    let (inputs, squad, _) = one(
        "squads/press/tasks/write.md",
        "---\ntask: write()\nChecklist:\n  - \"[ ] Read\"\n  - Written\n---\n- [ ] body\n",
    );
    let criteria: Vec<_> =
        squad.tasks[0].criteria.iter().map(|item| (item.text.get(&inputs), item.ticked)).collect();
    assert_eq!(criteria, [("Read", Some(false)), ("Written", None)]);
}

#[test]
fn manifests_list_in_several_shapes() {
    let (inputs, squads, _) = tree(&[
        ("squads/press/config.yaml", b"pack:\n  name: press\n  slashPrefix: pr\nentry_agent: ana\n"),
        (
            "squads/press/squad.yaml",
            b"squad:\n  name: other\n  keywords: [text, page]\nagents:\n  - id: ana\n    file: agents/ana.md\n    tier: 0\ntasks:\n  group:\n    - write.md\n    - edit.md\ncomponents:\n  workflows: [wf.yaml]\n",
        ),
    ]);
    let manifest = squads[0].manifest.as_ref().unwrap();
    assert_eq!(get(&inputs, manifest.name.as_ref()), "press");
    assert_eq!(squads[0].prefix(&inputs), "pr");
    assert_eq!((manifest.agents.len(), manifest.tasks.len(), manifest.workflows.len()), (1, 2, 1));
    assert_eq!(all(&inputs, &manifest.keywords), ["text", "page"]);
}

#[test]
fn checks_are_boxes_rows_and_maps() {
    let (inputs, squad, _) = one(
        "squads/press/checklists/gate.md",
        "# Gate\n\n- [ ] **G-1:** Text exists (weight: 10)\n- [x] 2. Text is short\n- plain\n\n| ID | Condition | Check | Action |\n|---|---|---|---|\n| G-3 | No title | `grep [ ]` | HALT |\n\n\
         ```yaml\nchecks:\n  - id: G-4\n    check: Has a source\n    type: blocking\n```\n",
    );
    let list = &squad.checklists[0];
    let items: Vec<_> =
        list.items.iter().map(|item| (get(&inputs, item.id.as_ref()), item.text.get(&inputs))).collect();
    let expected = [
        ("G-1", "Text exists (weight: 10)"),
        ("2", "Text is short"),
        ("G-3", "No title"),
        ("G-4", "Has a source"),
    ];
    assert_eq!(items, expected.map(|(id, text)| (id.to_owned(), text)));
    assert_eq!(list.boxes, 2);
    assert_eq!(get(&inputs, list.items[0].weight.as_ref()), "10");
}

#[test]
fn workflows_have_many_layouts() {
    let layouts = [
        "workflow:\n  id: wf\nphases:\n  - {id: a, name: A, agent: ana}\n  - {id: b, name: B, depends_on: [a]}\n",
        "workflow:\n  id: wf\n  phases:\n    a: {name: A, agent: ana}\n    b: {name: B, depends_on: a}\n",
        "workflow:\n  id: wf\n  sequence:\n    - {id: a, name: A, agent: ana}\n    - {id: b, name: B, requires: [a]}\n",
        "id: wf\nphases:\n  - id: a\n    name: A\n    agent: ana\n  - id: b\n    name: B\n    depends_on: [a]\n    steps:\n      - \"x\" (y)\n",
    ];
    for layout in layouts {
        let (inputs, squad, _) = one("squads/press/workflows/wf.yaml", layout);
        let workflow = &squad.workflows[0];
        assert_eq!(get(&inputs, workflow.id.as_ref()), "wf", "{layout}");
        let ids: Vec<_> = workflow.phases.iter().map(|phase| get(&inputs, phase.id.as_ref())).collect();
        assert_eq!(ids, ["a", "b"], "{layout}");
        assert_eq!(get(&inputs, workflow.phases[0].agent.as_ref()), "ana", "{layout}");
        assert_eq!(
            workflow.phases[1].depends_on.as_ref().map(|names| all(&inputs, names)).unwrap(),
            ["a"],
            "{layout}"
        );
    }
}

#[test]
fn skills_and_commands_are_read_by_their_heads() {
    let (inputs, squads, _) = tree(&[
        (".claude/skills/check/SKILL.md", b"---\nname: Check It\ndescription: Checks.\nallowed-tools: Read, Bash(ls *)\nuser-invocable: true\nargument-hint: \"[name]\"\n---\nbody\n"),
        (".claude/commands/team/ship.md", b"Ship $ARGUMENTS\n"),
        (".github/prompts/plan.prompt.md", b"---\ndescription: Plans\n---\n"),
    ]);
    let skill = &squads[0].skills[0];
    assert_eq!((get(&inputs, skill.name.as_ref()).as_str(), skill.stem.as_str()), ("Check It", "check"));
    assert_eq!(all(&inputs, &skill.allowed_tools), ["Read", "Bash(ls *)"]);
    assert!(skill.user_invocable.as_ref().unwrap().value);
    assert_eq!(squads[0].commands[0].name, "team:ship");
    assert_eq!(squads[1].commands[0].name, "plan");
}

#[test]
fn damage_is_named_and_stops_nothing() {
    let (_, squads, codes) = tree(&[
        ("squads/press/agents/a.md", b"# A\0\0\0\n"),
        ("squads/press/agents/b.md", b"# B \xe7\xe3o\n"),
        ("squads/press/agents/c.md", b"---\nname: [\n---\n```yaml\nagent: [\n"),
        ("squads/press/workflows/w.yaml", b"phases:\n  - {id: a\n"),
        ("squads/press/squad.yaml", b"\t: ["),
    ]);
    assert_eq!(squads[0].agents.len(), 2);
    assert_eq!(codes.iter().filter(|code| *code == "text/not-utf8").count(), 2);
}
