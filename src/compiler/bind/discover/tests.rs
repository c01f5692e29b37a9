//! Discovery on small trees. The squads are made by hand: this phase does not read files.

use super::{COMMANDS, ChangeKind, DOMAINS, Discovery, OVERRIDES, discover};
use crate::base::inputs::{Inputs, RelPath};
use crate::base::outcome::Outcome;
use crate::base::source::Layer;
use crate::base::span::{FileId, Span};
use crate::base::text::Text;
use crate::ir::squad::{Agent, Form, Listed, Manifest, Squad, TaskTemplate};

fn add(inputs: &mut Inputs, layer: Layer, path: &str, text: &str) -> FileId {
    inputs.add(RelPath::new(path).unwrap(), layer, text.as_bytes().to_vec())
}

fn text(file: FileId, text: &str) -> Text {
    Text::made(text, Span::head(file))
}

fn agent(file: FileId, stem: &str) -> Agent {
    Agent {
        file,
        stem: stem.to_owned(),
        forms: vec![Form::Fence],
        id: None,
        name: None,
        title: Some(text(file, "A \"quoted\" title: with a colon")),
        description: None,
        when_to_use: None,
        role: None,
        tier: None,
        squad: None,
        model: None,
        tools: None,
        skills: Vec::new(),
        hooks: Vec::new(),
        scope: Vec::new(),
        commands: Vec::new(),
        dependencies: Vec::new(),
        aliases: Vec::new(),
        keywords: Vec::new(),
        head: None,
        broken: Vec::new(),
    }
}

fn task(file: FileId, stem: &str, executor: &str) -> TaskTemplate {
    TaskTemplate {
        file,
        stem: stem.to_owned(),
        group: String::new(),
        forms: vec![Form::Bold],
        id: None,
        name: None,
        title: None,
        purpose: None,
        version: None,
        executor: Some(text(file, executor)),
        executor_type: None,
        command: None,
        model: None,
        elicit: None,
        inputs: Vec::new(),
        outputs: Vec::new(),
        depends_on: Vec::new(),
        criteria: Vec::new(),
        steps: Vec::new(),
        vetoes: Vec::new(),
        deprecated: None,
        broken: Vec::new(),
    }
}

/// A squad of two agents and two tasks whose manifest lists a file that is missing.
fn squad(inputs: &mut Inputs) -> Squad {
    let manifest = add(inputs, Layer::Project, "squads/press-room/squad.yaml", "name: press-room\n");
    let chief = add(inputs, Layer::Project, "squads/press-room/agents/press-chief.md", "# Chief\n");
    let writer = add(inputs, Layer::Project, "squads/press-room/agents/writer.md", "# Writer\n");
    let first = add(inputs, Layer::Project, "squads/press-room/tasks/create-release.md", "# Release\n");
    let second = add(inputs, Layer::Project, "squads/press-room/tasks/review.md", "# Review\n");
    Squad {
        folder: "squads/press-room".to_owned(),
        id: "press-room".to_owned(),
        manifest: Some(Manifest {
            files: vec![manifest],
            slash_prefix: Some(text(manifest, "press")),
            agents: vec![Listed {
                kind: "agents".to_owned(),
                name: text(manifest, "writter.md"),
                file: None,
                tier: None,
            }],
            ..Manifest::default()
        }),
        agents: vec![agent(chief, "press-chief"), agent(writer, "writer")],
        tasks: vec![task(first, "create-release", "Ana (writer)"), task(second, "review", "press-cheif")],
        ..Squad::default()
    }
}

fn check(inputs: &Inputs, squads: &[Squad]) -> Outcome<Discovery> {
    let outcome = discover(inputs, squads);
    assert_eq!(outcome, discover(inputs, squads), "two runs differ");
    outcome
}

#[test]
fn entries_are_what_files_say() {
    let mut inputs = Inputs::new();
    let squads = [squad(&mut inputs)];
    let found = check(&inputs, &squads).value;
    let commands: serde_yaml::Value = serde_yaml::from_str(&found.commands).unwrap();
    let agents = &commands["commands"]["press-room"]["agents"];
    assert_eq!(agents[0]["path"], "/press:agents:press-chief");
    assert_eq!(agents[0]["aliases"][0], "/press-room:agents:press-chief");
    assert_eq!(agents[0]["title"], "A \"quoted\" title: with a colon");
    let domains: serde_yaml::Value = serde_yaml::from_str(&found.domains).unwrap();
    let domain = &domains["domains"]["press_room"];
    assert_eq!(domain["triggers"]["primary"][0], "press room");
    assert_eq!(domain["stats"]["tasks"], 2);
}

#[test]
fn references_that_lead_nowhere_are_listed() {
    let mut inputs = Inputs::new();
    let squads = [squad(&mut inputs)];
    let outcome = check(&inputs, &squads);
    let broken: Vec<_> = outcome
        .value
        .summary
        .broken
        .iter()
        .map(|broken| (broken.name.as_str(), broken.nearest.as_deref()))
        .collect();
    assert_eq!(broken, [("writter.md", Some("writer.md")), ("press-cheif", Some("press-chief"))]);
    assert_eq!(outcome.findings.len(), 2);
}

#[test]
fn overrides_reach_any_depth_and_null_deletes() {
    let mut inputs = Inputs::new();
    let squads = [squad(&mut inputs)];
    add(
        &mut inputs,
        Layer::Builtin,
        DOMAINS,
        "domains:\n  dev: {source: core, note: shipped}\n  gone: {source: core}\nbusiness_context: {max_tokens: 5}\n",
    );
    add(
        &mut inputs,
        Layer::Project,
        OVERRIDES,
        "overrides:\n  press_room: {triggers: {weight_primary: 9}}\n  gone: null\n  dev: {note: null}\n  new: {source: manual}\n",
    );
    let found = check(&inputs, &squads).value;
    let domains: serde_yaml::Value = serde_yaml::from_str(&found.domains).unwrap();
    assert_eq!(domains["domains"]["press_room"]["triggers"]["weight_primary"], 9);
    assert_eq!(domains["domains"]["press_room"]["triggers"]["primary"][0], "press room");
    assert!(domains["domains"].get("gone").is_none() && domains["domains"]["dev"].get("note").is_none());
    assert_eq!(domains["business_context"]["max_tokens"], 5);
    assert_eq!(found.summary.overrides, ["press_room.triggers.weight_primary", "gone", "dev.note", "new"]);
}

#[test]
fn a_second_run_changes_nothing() {
    let mut inputs = Inputs::new();
    let squads = [squad(&mut inputs)];
    let first = check(&inputs, &squads).value;
    assert!(first.summary.changes.iter().all(|change| change.kind == ChangeKind::Added));
    add(&mut inputs, Layer::Project, COMMANDS, &first.commands);
    add(&mut inputs, Layer::Project, DOMAINS, &first.domains);
    let second = check(&inputs, &squads).value;
    assert_eq!(second.summary.changes, []);
    assert_eq!((second.commands, second.domains), (first.commands, first.domains));
}

#[test]
fn broken_registries_do_not_stop_a_rebuild() {
    let mut inputs = Inputs::new();
    let squads = [squad(&mut inputs)];
    add(&mut inputs, Layer::Project, DOMAINS, "domains: [\n");
    let outcome = check(&inputs, &squads);
    assert!(outcome.findings.iter().any(|finding| finding.code.as_str() == "registry/unreadable"));
    assert!(outcome.value.domains.contains("press_room"));
}

#[test]
fn executors_are_found_by_any_of_their_names() {
    for (said, expected) in [
        ("Sigil (config-engineer)", "configengineer"),
        ("@squad-chief", "squadchief"),
        ("CostAnalyst", "costanalyst"),
        ("seo-chief (coordinates agents)", "seochief"),
    ] {
        assert!(super::references::names(said).iter().any(|name| name == expected), "{said}");
    }
}
