//! `dispatch discover`, end to end: what it shows, what it writes, and that it leaves alone what has not changed.

use super::cli::Project;

const COMMANDS: &str = "squads/dispatch/data/command-registry.yaml";
const DOMAINS: &str = "squads/dispatch/data/domain-registry.yaml";
const OVERRIDES: &str = "squads/dispatch/data/manual-overrides.yaml";

const CHIEF: &str = "# Chief\n\n```yaml\nagent:\n  id: press-chief\n  name: Ana\n  title: 'Says \"yes\": or no'\n  whenToUse: Writing press releases\n  tier: 0\ndependencies:\n  tasks: [gone.md]\n```\n";
const TASK: &str =
    "---\nid: release\ntitle: Write a release\nexecutor: press-cheif\n---\n\n# Write a release\n";
const SKILL: &str = "---\nname: count\ndescription: Count words\n---\n\nCount them.\n";

fn project() -> Project {
    Project::new(&[
        ("squads/press-room/agents/press-chief.md", CHIEF),
        ("squads/press-room/agents/README.md", "# About\n"),
        ("squads/press-room/tasks/release.md", TASK),
        (".claude/skills/count/SKILL.md", SKILL),
    ])
}

fn read(project: &Project, path: &str) -> String {
    std::fs::read_to_string(project.path.join(path)).expect("a registry")
}

fn value(text: &str) -> serde_yaml::Value {
    serde_yaml::from_str(text).expect("registries are YAML")
}

#[test]
fn it_shows_what_is_there_and_writes_nothing_unasked() {
    let project = project();
    let (code, out, errors) = project.run(&["discover"]);
    assert_eq!(code, 0, "{errors}");
    assert!(out.starts_with("2 squads · 1 agent · 1 task · "), "{out}");
    assert!(out.contains("+ /press-room:agents:press-chief") && out.contains("+ press_room"), "{out}");
    assert!(
        out.contains("press-chief.md:11  no file `gone.md`")
            && out.contains("no agent `press-cheif` (near: `press-chief`)"),
        "{out}"
    );
    assert!(!project.path.join(COMMANDS).exists() && !project.path.join(".dispatch").exists());
    assert_eq!(project.run(&["discover", "--locked"]).0, 1);
}

#[test]
fn written_registries_are_whole_stable_and_used() {
    let project = project();
    assert_eq!(project.run(&["discover", "--write"]).0, 0);
    let (commands, domains) = (read(&project, COMMANDS), read(&project, DOMAINS));
    assert_eq!(value(&commands)["commands"]["press-room"]["agents"][0]["title"], "Says \"yes\": or no");
    assert_eq!(
        value(&domains)["domains"]["press_room"]["agents"]["primary"],
        "/press-room:agents:press-chief"
    );
    // What is shipped is still there, however often it is rebuilt.
    let shipped = dispatch::builtin::file(DOMAINS).expect("the registry is shipped");
    let shipped = value(&String::from_utf8_lossy(shipped));
    for (name, _) in shipped["domains"].as_mapping().expect("domains") {
        assert!(value(&domains)["domains"].get(name).is_some(), "{name:?} is gone");
    }
    let stamp =
        || std::fs::metadata(project.path.join(COMMANDS)).and_then(|found| found.modified()).expect("a time");
    let before = stamp();
    for _ in 0..3 {
        let (code, out, errors) = project.run(&["discover", "--write"]);
        assert_eq!(code, 0, "{errors}");
        assert!(
            !out.contains("added") && !out.contains("changed,") && out.contains("is up to date"),
            "{out}"
        );
    }
    assert_eq!((stamp(), read(&project, COMMANDS), read(&project, DOMAINS)), (before, commands, domains));
    assert_eq!(project.run(&["discover", "--locked"]).0, 0);
    project.write(
        "s.md",
        "# Story 1: News\n\n## Acceptance Criteria\n\n- [ ] out/news.md exists\n\n## Tasks\n\n- [ ] Write a press release about the office to `out/news.md`\n",
    );
    let (code, out, errors) = project.run(&["analyze", "s.md", "--format", "json"]);
    assert_eq!(code, 0, "{errors}");
    assert!(out.contains("\"domain\": \"press_room\"") || out.contains("\"domain\":\"press_room\""), "{out}");
}

#[test]
fn a_change_is_told_and_a_memory_does_not_hide_it() {
    let project = project();
    for _ in 0..3 {
        assert_eq!(project.run(&["discover", "--write"]).0, 0);
    }
    project.write("squads/press-room/tasks/release.md", &TASK.replace("Write a release", "Send a release"));
    let (_, out, _) = project.run(&["discover"]);
    assert!(out.contains("1 changed") && out.contains("~ /press-room:tasks:release  sha256, title"), "{out}");
    std::fs::remove_file(project.path.join("squads/press-room/tasks/release.md")).expect("a file");
    let (_, out, _) = project.run(&["discover", "--write"]);
    assert!(out.contains("- /press-room:tasks:release"), "{out}");
    assert!(!read(&project, COMMANDS).contains("tasks:release"));
}

#[test]
fn overrides_are_laid_over_and_kept() {
    let project = project();
    let text = "schema: dispatch.overrides/v1\nversion: \"1.0.0\"\noverrides:\n  press_room:\n    triggers: {weight_primary: 9}\n  youtube: null\n";
    project.write(OVERRIDES, text);
    let (code, out, errors) = project.run(&["discover", "--write"]);
    assert_eq!(code, 0, "{errors}");
    assert!(out.contains("2 overrides\n  press_room.triggers.weight_primary\n  youtube\n"), "{out}");
    let domains = value(&read(&project, DOMAINS));
    let triggers = &domains["domains"]["press_room"]["triggers"];
    assert_eq!(triggers["weight_primary"], 9);
    assert_eq!(triggers["primary"][0], "press room");
    assert!(domains["domains"].get("youtube").is_none());
    assert_eq!(read(&project, OVERRIDES), text);
}

#[test]
fn a_damaged_registry_is_rebuilt() {
    let project = project();
    project.write(DOMAINS, "domains: [\n");
    let (code, _, errors) = project.run(&["discover", "--write"]);
    assert_eq!(code, 0, "{errors}");
    assert!(value(&read(&project, DOMAINS))["domains"].get("press_room").is_some());
}

#[test]
fn folders_may_be_named() {
    let project = Project::new(&[
        ("teams/press-room/agents/press-chief.md", CHIEF),
        ("teams/other/agents/one.md", CHIEF),
        ("squads/usual/agents/two.md", CHIEF),
    ]);
    let squads = |words: &[&str]| {
        let (code, out, errors) = project.run(words);
        assert_eq!(code, 0, "{errors}");
        let facts: serde_json::Value = serde_json::from_str(&out).expect("JSON");
        let rows = facts["squads"].as_array().expect("rows").iter();
        rows.map(|row| row["folder"].as_str().expect("a path").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(squads(&["discover", "--format", "json"]), ["squads/usual"]);
    assert_eq!(squads(&["discover", "teams", "--format", "json"]), ["teams/other", "teams/press-room"]);
    assert_eq!(squads(&["discover", "teams/press-room", "--format", "json"]), ["teams/press-room"]);
    assert_eq!(project.run(&["discover", "nowhere"]).0, 3);
}
