//! Defects of every kind, sown one by one into sound files: each must be found, under its code, within one line of where
//! it was sown; and the sound files must be found sound.

use std::sync::OnceLock;

use dispatch::base::diagnostic::{Diagnostic, Severity};
use dispatch::base::inputs::{Inputs, RelPath};
use dispatch::builtin;
use dispatch::compiler::library::{Library, Options};
use dispatch::compiler::lint::Sorted;

/// Files of clients, beside the squad we ship.
const OWN: &[(&str, &str)] = &[
    (
        ".claude/agents/reviewer.md",
        "---\nname: reviewer\ndescription: Use when a change is to be read before it is merged.\ntools: Read, Grep, Bash(git diff *)\nmodel: sonnet\neffort: high\nmaxTurns: 20\nskills: [changelog]\ncolor: blue\n---\n\nRead the change. Say what is wrong, where, and how to mend it.\n",
    ),
    (
        ".claude/agents/tester.md",
        "---\nname: tester\ndescription: Use when a change needs tests.\ntools:\n  - Read\n  - Edit\n  - Bash\nmodel: haiku\n---\n\nWrite the tests that the change needs, and run them.\n",
    ),
    (
        ".claude/skills/changelog/SKILL.md",
        "---\nname: changelog\ndescription: Writes the changelog of a release. Use when a version is to be published.\nallowed-tools: Read, Edit, Bash(git log *)\nargument-hint: \"[version]\"\n---\n\n# Changelog\n\nRead `references/style.md` first, then [the form](references/form.md).\nRun `scripts/collect.sh` to list what was merged.\n",
    ),
    (".claude/skills/changelog/references/style.md", "# Style\n\nOne line a change.\n"),
    (".claude/skills/changelog/references/form.md", "# Form\n\nAdded, changed, mended.\n"),
    (".claude/skills/changelog/scripts/collect.sh", "git log\n"),
    (
        ".claude/commands/release.md",
        "---\ndescription: Prepare a release\nargument-hint: \"[version]\"\nallowed-tools: Read, Edit\nmodel: haiku\nagent: reviewer\n---\n\nPrepare version $ARGUMENTS as @docs/release.md says.\n",
    ),
    ("docs/release.md", "# Release\n\nTag, build, publish.\n"),
    ("src/main.rs", "fn main() {}\n"),
    (".claude/hooks/guard.sh", "exit 0\n"),
    (
        ".claude/settings.json",
        "{\n  \"permissions\": {\n    \"allow\": [\n      \"Bash(git *)\",\n      \"Read\"\n    ],\n    \"defaultMode\": \"acceptEdits\"\n  },\n  \"model\": \"sonnet\",\n  \"env\": {\n    \"LEVEL\": \"debug\"\n  },\n  \"hooks\": {\n    \"PreToolUse\": [\n      {\n        \"matcher\": \"Edit|Write\",\n        \"hooks\": [\n          {\n            \"type\": \"command\",\n            \"command\": \"$CLAUDE_PROJECT_DIR/.claude/hooks/guard.sh\",\n            \"timeout\": 30\n          }\n        ]\n      }\n    ],\n    \"Stop\": [\n      {\n        \"hooks\": [{\"type\": \"command\", \"command\": \"date\"}]\n      }\n    ]\n  }\n}\n",
    ),
    (
        ".gemini/settings.json",
        "{\n  \"hooks\": {\n    \"BeforeTool\": [\n      {\n        \"matcher\": \"write_file\",\n        \"hooks\": [{\"type\": \"command\", \"command\": \"date\", \"timeout\": 5000}]\n      }\n    ]\n  }\n}\n",
    ),
    (
        ".github/hooks/guard.json",
        "{\n  \"version\": 1,\n  \"hooks\": {\n    \"preToolUse\": [{\"type\": \"command\", \"bash\": \"date\", \"timeoutSec\": 30}]\n  }\n}\n",
    ),
    (
        ".mcp.json",
        "{\n  \"mcpServers\": {\n    \"docs\": {\"type\": \"stdio\", \"command\": \"docs-server\", \"env\": {\"TOKEN\": \"${TOKEN}\"}}\n  }\n}\n",
    ),
    (
        "AGENTS.md",
        "# Work here\n\nThe program starts in `src/main.rs`. See [the release](docs/release.md).\n",
    ),
    ("CLAUDE.md", "# Work here\n\n@AGENTS.md\n\nReleases follow @docs/release.md closely.\n"),
    (
        "squads/press/squad.yaml",
        "name: press\nversion: 1.0.0\nentry_agent: press-chief\ncomponents:\n  agents:\n    - press-chief.md\n    - press-writer.md\n  tasks:\n    - write-release.md\n    - check-release.md\n  workflows:\n    - wf-press.yaml\n    - wf-recall.yaml\n",
    ),
    (
        "squads/press/agents/press-chief.md",
        "# Press chief\n\n```yaml\nagent:\n  id: press-chief\n  name: Press chief\n  title: Head of the press\ncommands:\n  - {name: release, task: write-release.md}\ndependencies:\n  tasks:\n    - write-release.md\n    - check-release.md\n```\n",
    ),
    (
        "squads/press/agents/press-writer.md",
        "# Press writer\n\n```yaml\nagent:\n  id: press-writer\n  name: Press writer\n  title: Writer\n```\n",
    ),
    (
        "squads/press/tasks/write-release.md",
        "---\nid: write-release\ntitle: Write the release\nexecutor: agent\nagent: press-writer\n---\n\n# Write the release\n\n- [ ] It has 3 paragraphs\n",
    ),
    (
        "squads/press/tasks/check-release.md",
        "---\nid: check-release\ntitle: Check the release\nexecutor: agent\nagent: press-chief\n---\n\n# Check the release\n\n- [ ] Every figure has a source\n",
    ),
    (
        "squads/press/workflows/wf-press.yaml",
        "workflow:\n  id: wf-press\n  name: A release\nphases:\n  - id: write\n    agent: press-writer\n    task: write-release.md\n  - id: check\n    agent: press-chief\n    task: check-release.md\n    depends_on: [write]\n",
    ),
    (
        "squads/press/workflows/wf-recall.yaml",
        "workflow:\n  id: wf-recall\n  name: A recall\nphases:\n  - id: recall\n    agent: press-chief\n",
    ),
];

/// What is sown: in a file, one text for another (the first; an empty one is the beginning of the file), and the code.
const SEEDS: &[(&str, &str, &str, &str)] = &[
    // How a file is written.
    (".claude/agents/reviewer.md", "---\nname: reviewer\n", "name: reviewer\n", "DF.1"),
    (".claude/agents/reviewer.md", "color: blue\n---\n", "color: blue\n", "DF.2"),
    (".claude/skills/changelog/SKILL.md", "\"[version]\"\n---\n", "\"[version]\"\n", "DF.2"),
    (".claude/agents/reviewer.md", "---\nname", "\n---\nname", "DF.3"),
    (".claude/agents/reviewer.md", "---\nname", "<!-- ours -->\n---\nname", "DF.3"),
    (".claude/agents/reviewer.md", "---\nname", "----\nname", "DF.4"),
    (".claude/agents/reviewer.md", "---\nname", "—\nname", "DF.4"),
    (".claude/agents/tester.md", "  - Read", "\t- Read", "DF.5"),
    (".claude/agents/reviewer.md", "skills: [changelog]", "skills: [changelog", "DF.5"),
    (".claude/agents/tester.md", "description: Use", "description: \"Use", "DF.5"),
    (".claude/agents/tester.md", "Use when a change", "Use when: a change", "DF.6"),
    (".claude/agents/tester.md", "", "\u{feff}", "DF.9"),
    (".claude/agents/tester.md", "\nWrite the tests that the change needs, and run them.\n", "", "DF.11"),
    // What it is called.
    (".claude/agents/tester.md", "name: tester", "name: checker", "DN.1"),
    (".claude/skills/changelog/SKILL.md", "name: changelog", "name: change-log", "DN.2"),
    ("squads/dispatch/agents/task-router.md", "  id: task-router", "  id: router", "DN.3"),
    (".claude/agents/tester.md", "name: tester", "name: reviewer", "DN.4"),
    (".claude/agents/tester.md", "name: tester", "name: The Tester", "DN.5"),
    // Its keys.
    (".claude/agents/reviewer.md", "name: reviewer\n", "", "DK.1"),
    (
        ".claude/agents/reviewer.md",
        "description: Use when a change is to be read before it is merged.\n",
        "",
        "DK.1",
    ),
    (
        ".claude/skills/changelog/SKILL.md",
        "description: Writes the changelog of a release. Use when a version is to be published.\n",
        "",
        "DK.2",
    ),
    (".claude/agents/reviewer.md", "model: sonnet", "modle: sonnet", "DK.3"),
    (".claude/settings.json", "\"permissions\"", "\"permisions\"", "DK.3"),
    (".claude/commands/release.md", "description:", "descripton:", "DK.3"),
    (".claude/agents/reviewer.md", "color: blue", "version: 2", "DK.4"),
    (".claude/agents/reviewer.md", "tools: Read, Grep", "allowed-tools: Read, Grep", "DK.5"),
    (".claude/agents/reviewer.md", "maxTurns", "max_turns", "DK.5"),
    (".claude/skills/changelog/SKILL.md", "allowed-tools", "tools", "DK.5"),
    (".claude/agents/tester.md", "name: tester", "name: 42", "DK.6"),
    (".claude/agents/tester.md", "description: Use when a change needs tests.", "description:", "DK.6"),
    (".claude/settings.json", "\"model\": \"sonnet\"", "\"model\": [\"sonnet\"]", "DK.6"),
    (
        ".claude/settings.json",
        "\"Stop\": [\n      {\n        \"hooks\": [{\"type\": \"command\", \"command\": \"date\"}]\n      }\n    ]",
        "\"Stop\": {}",
        "DK.6",
    ),
    (".claude/agents/reviewer.md", "maxTurns: 20", "maxTurns: twenty", "DK.7"),
    (".claude/settings.json", "\"type\": \"command\",", "\"type\": \"shell\",", "DK.8"),
    (".claude/settings.json", "acceptEdits", "yolo", "DK.8"),
    (".claude/agents/tester.md", "name: tester", "name: -tester", "DK.8"),
    (".claude/agents/tester.md", "name: tester", "name: \"qa:tester\"", "DK.8"),
    (".claude/agents/reviewer.md", "effort: high", "effort: extreme", "DK.9"),
    (".claude/agents/reviewer.md", "color: blue", "color: mauve", "DK.9"),
    (".claude/skills/changelog/SKILL.md", "name: changelog", "name: Change Log", "DK.9"),
    (".claude/skills/changelog/SKILL.md", "Writes the changelog", LONG, "DK.10"),
    (".claude/agents/reviewer.md", "maxTurns: 20", "maxTurns: 0", "DK.11"),
    (".claude/agents/reviewer.md", "tools: Read, Grep, Bash(git diff *)", "tools:", "DK.12"),
    (".claude/agents/reviewer.md", "effort: high", "effort:", "DK.13"),
    (".claude/agents/reviewer.md", "tools: Read, Grep, Bash(git diff *)\n", "", "DK.14"),
    (".claude/agents/reviewer.md", "color: blue", "background: false", "DK.15"),
    (".claude/settings.json", "\"type\": \"command\",\n", "", "DK.1"),
    (
        ".claude/settings.json",
        "            \"command\": \"$CLAUDE_PROJECT_DIR/.claude/hooks/guard.sh\",\n",
        "",
        "DK.1",
    ),
    (
        ".claude/settings.json",
        "\"hooks\": [{\"type\": \"command\", \"command\": \"date\"}]",
        "\"type\": \"command\", \"command\": \"date\"",
        "DK.5",
    ),
    (".github/hooks/guard.json", "  \"version\": 1,\n", "", "DK.1"),
    (".mcp.json", "\"command\": \"docs-server\", ", "", "DK.1"),
    (".mcp.json", "mcpServers", "servers", "DK.5"),
    // What it names.
    (".claude/agents/reviewer.md", "Grep", "Gerp", "DR.1"),
    (".claude/agents/tester.md", "  - Edit", "  - Editor", "DR.1"),
    ("squads/dispatch/agents/task-router.md", "Glob, Grep", "Globb, Grep", "DR.1"),
    (".claude/agents/tester.md", "  - Edit", "  - MultiEdit", "DR.2"),
    (".claude/settings.json", "Bash(git *)", "Bash(git *", "DR.3"),
    (".claude/agents/reviewer.md", "model: sonnet", "model: sonet", "DR.4"),
    (".claude/agents/reviewer.md", "model: sonnet", "model: gpt-6", "DR.4"),
    ("squads/dispatch/agents/task-router.md", "model: haiku", "model: haikku", "DR.4"),
    (".claude/agents/reviewer.md", "model: sonnet", "model: claude-3-opus-20240229", "DR.5"),
    (".claude/commands/release.md", "agent: reviewer", "agent: reveiwer", "DR.7"),
    (".claude/agents/reviewer.md", "[changelog]", "[changelgo]", "DR.7"),
    (".claude/agents/reviewer.md", "[changelog]", "[translations]", "DR.8"),
    ("squads/dispatch/workflows/wf-dispatch-main.yaml", "agent: wave-planner", "agent: wave-painter", "DR.7"),
    (
        "squads/dispatch/workflows/wf-dispatch-main.yaml",
        "task: route-tasks.md",
        "task: route-task.md",
        "DR.7",
    ),
    (
        "squads/dispatch/workflows/wf-dispatch-main.yaml",
        "checklist: pre-dispatch-gate.md",
        "checklist: no-such-gate.md",
        "DR.7",
    ),
    ("squads/dispatch/agents/task-router.md", "tasks: [route-tasks.md]", "tasks: [route-all.md]", "DR.7"),
    ("squads/dispatch/agents/task-router.md", "timeout-rules.yaml]", "no-rules.yaml]", "DR.7"),
    ("squads/dispatch/tasks/route-tasks.md", "agent: task-router", "agent: task-roter", "DR.7"),
    ("squads/press/squad.yaml", "    - press-writer.md", "    - press-reader.md", "DR.7"),
    ("squads/press/squad.yaml", "entry_agent: press-chief", "entry_agent: press-chef", "DR.7"),
    ("squads/dispatch/data/command-registry.yaml", "domain: design", "domain: desing", "domain/unknown"),
    (
        "squads/dispatch/workflows/wf-dispatch-main.yaml",
        "depends_on: [sufficiency]",
        "depends_on: [sufficency]",
        "DR.9",
    ),
    ("squads/press/workflows/wf-press.yaml", "depends_on: [write]", "depends_on: [draft]", "DR.9"),
    (".claude/skills/changelog/SKILL.md", "(references/form.md)", "(references/from.md)", "DR.10"),
    (".claude/skills/changelog/SKILL.md", "`references/style.md`", "`references/styles.md`", "DR.14"),
    (".claude/commands/release.md", "@docs/release.md", "@docs/releases.md", "DR.10"),
    ("CLAUDE.md", "@docs/release.md", "@docs/relaese.md", "DR.10"),
    ("AGENTS.md", "(docs/release.md)", "(docs/release-notes.md)", "DR.10"),
    (
        "squads/dispatch/data/domain-registry.yaml",
        "data/kb/automation.md",
        "data/kb/automatic.md",
        "kb/missing",
    ),
    (
        "squads/dispatch/data/command-registry.yaml",
        "path: /dev, file: null",
        "path: /dev, file: squads/core/dev.md",
        "DR.10",
    ),
    ("AGENTS.md", "`src/main.rs`", "`src/start.rs`", "DR.11"),
    (".claude/settings.json", "hooks/guard.sh", "hooks/gaurd.sh", "DR.12"),
    ("squads/dispatch/checklists/pre-execution-gate.md", "**V1.18**", "**V1.81**", "DR.13"),
    ("squads/dispatch/checklists/pre-execution-gate.md", "gate: QG-PRE", "gate: QG-PER", "DR.13"),
    ("squads/dispatch/workflows/wf-dispatch-main.yaml", "gate: QG-SUFF", "gate: QG-SUF", "DR.13"),
    // Hooks and settings.
    (".claude/settings.json", "\"PreToolUse\"", "\"OnEveryTool\"", "DH.1"),
    (".claude/settings.json", "\"PreToolUse\"", "\"PreToolUes\"", "DK.3"),
    (".gemini/settings.json", "BeforeTool", "PreToolUse", "DK.5"),
    (".claude/settings.json", "Edit|Write", "Bash(git *)", "DH.2"),
    (".claude/settings.json", "Edit|Write", "Edit|Wirte", "DH.2"),
    (".claude/settings.json", "Edit|Write", "Edit|(Write", "DH.2"),
    (
        ".claude/settings.json",
        "\"Stop\": [\n      {\n",
        "\"Stop\": [\n      {\n        \"matcher\": \"Bash\",\n",
        "DH.3",
    ),
    (".claude/settings.json", "\"timeout\": 30", "\"timeout\": 30000", "DH.4"),
    (".gemini/settings.json", "\"timeout\": 5000", "\"timeout\": 5", "DH.5"),
    (".claude/settings.json", "\"Read\"", "\"Shell(rm *)\"", "DH.6"),
    (".claude/settings.json", "\"debug\"", "\"ghp_Qm7Zt2Lr9Wc4Kp8Vb1Ns6Hd3Yf5Jg0Xa2T\"", "text/secret"),
    (".claude/settings.json", "\"LEVEL\": \"debug\"", "\"LEVEL\": \"debug\",", "json/syntax"),
    // Instructions.
    ("AGENTS.md", "# Work here\n", LARGE, "DI.1"),
    ("CLAUDE.md", "@AGENTS.md\n", "Be kind.\n", "DI.3"),
    // Squads.
    (
        "squads/press/workflows/wf-press.yaml",
        "    task: write-release.md\n  - id: check\n    agent: press-chief\n    task: check-release.md\n",
        "    task: write-release.md\n    depends_on: [check]\n  - id: check\n    agent: press-chief\n    task: check-release.md\n",
        "DS.1",
    ),
    ("squads/press/workflows/wf-press.yaml", "- id: check", "- id: write", "DS.2"),
    ("squads/dispatch/workflows/wf-dispatch-main.yaml", "{id: waves,", "{id: routing,", "DS.2"),
    ("squads/dispatch/checklists/pre-execution-gate.md", "**V1.3**", "**V1.2**", "DS.3"),
    (
        "squads/press/squad.yaml",
        "    - press-chief.md\n    - press-writer.md\n",
        "    - press-chief.md\n    - press-chief\n",
        "DS.5",
    ),
    (
        "squads/press/agents/press-writer.md",
        "  title: Writer",
        "  title: \"Writer\" (of releases)",
        "yaml/syntax",
    ),
    (
        "squads/press/tasks/write-release.md",
        "title: Write the release\n",
        "title: Write the release\ntitle: Again\n",
        "yaml/duplicate-key",
    ),
];

/// A file that lies in the wrong place, and the code.
const MOVES: &[(&str, &str, &str)] = &[
    (".claude/skills/changelog/SKILL.md", ".claude/skills/changelog/skill.md", "DF.10"),
    (".claude/skills/changelog/SKILL.md", ".claude/skills/changelog.md", "DF.10"),
    (".claude/agents/tester.md", ".claude/agents/tester.txt", "DF.10"),
    (".claude/commands/release.md", ".claude/commands/release.markdown", "DF.10"),
    (".claude/settings.json", ".claude/setting.json", "DF.10"),
];

/// Longer than a description may be.
const LONG: &str = concat!(
    "Writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, ",
    "and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, ",
    "and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, ",
    "and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, ",
    "and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, ",
    "and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, ",
    "and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, ",
    "and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, ",
    "and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes, and writes",
);

/// Stands for a text larger than instructions may be.
const LARGE: &str = "# Work here, and read on\n";

/// The sound files: those we ship, and those above.
fn sound() -> Vec<(String, String)> {
    let shipped = builtin::files().filter(|(path, _)| {
        let inside = path.strip_prefix("squads/dispatch/").unwrap_or_default();
        let kind = inside.split('/').next().unwrap_or_default();
        matches!(kind, "agents" | "tasks" | "workflows" | "checklists") || inside.ends_with("-registry.yaml")
    });
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("our files are UTF-8");
    let own = OWN.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    shipped.map(|(path, bytes)| (path, text(bytes))).chain(own).collect()
}

/// The library is read from the registries alone: it is the same for all trees but those with a registry.
static SOUND: OnceLock<Library> = OnceLock::new();

/// What lint says of files: line, code and the finding.
fn lint(files: &[(String, String)], is_registry: bool) -> Vec<(String, usize, Diagnostic)> {
    let mut inputs = Inputs::new();
    for (path, text) in files {
        inputs.add_document(RelPath::new(path).expect("a path"), text.as_bytes().to_vec());
    }
    builtin::underlay(&mut inputs);
    dispatch::compiler::bind::secrets::mask(&mut inputs, dispatch::builtin::file);
    let load = || Library::load(&inputs, &Options { lint: true, ..Options::default() });
    let own;
    let library = if is_registry {
        own = load();
        &own
    } else {
        SOUND.get_or_init(load)
    };
    let sorted = Sorted::new(&inputs, library, &std::collections::BTreeSet::new());
    let found = library.findings.iter().cloned().chain(sorted.judge(&inputs, library));
    let row = |finding: Diagnostic| {
        let path = inputs.file(finding.span().file).path.to_string();
        (path, inputs.position(finding.span()).line, finding)
    };
    found.map(row).collect()
}

fn sown(path: &str, from: &str, to: &str) -> (Vec<(String, String)>, usize) {
    let mut files = sound();
    let text = &mut files.iter_mut().find(|(own, _)| own == path).unwrap_or_else(|| panic!("{path}")).1;
    let at = text.find(from).unwrap_or_else(|| panic!("{path} has no `{from}`"));
    let line = text[..at].matches('\n').count() + 1;
    let large = "Read on, and on, and on.\n".repeat(1400);
    let new = if to == LARGE { format!("{to}{large}") } else { to.to_owned() };
    text.replace_range(at..at + from.len(), &new);
    (files, line)
}

/// How many defects there are.
pub(crate) fn count() -> usize {
    SEEDS.len()
}

/// The files with one defect.
pub(crate) fn files(number: usize) -> Vec<(String, String)> {
    let (path, from, to, _) = SEEDS[number];
    sown(path, from, to).0
}

#[test]
fn sound_files_are_sound() {
    let found = lint(&sound(), true);
    let said: Vec<String> = found
        .iter()
        .map(|(path, line, finding)| format!("{path}:{line} {} {}", finding.code, finding.message))
        .collect();
    assert_eq!(said, Vec::<String>::new());
}

#[test]
fn every_defect_is_found_where_it_was_sown() {
    let mut missed = Vec::new();
    for &(path, from, to, code) in SEEDS {
        let (files, line) = sown(path, from, to);
        let found = lint(&files, path.ends_with("-registry.yaml"));
        // What is cut out was on the lines it filled; what is put in may be longer than what was there.
        let last = line + from.matches('\n').count().max(to.matches('\n').count().min(3));
        let near = |(own, at, finding): &&(String, usize, Diagnostic)| {
            own == path && finding.code.as_str() == code && (line.saturating_sub(1)..=last + 1).contains(at)
        };
        // What concerns a whole file is said at its head.
        let of_file = |(own, at, finding): &&(String, usize, Diagnostic)| {
            own == path
                && finding.code.as_str() == code
                && *at <= 2
                && (code.starts_with("DF")
                    || code.starts_with("DI")
                    || code.starts_with("DK.1")
                    || code == "DK.2")
        };
        if !found.iter().any(|row| near(&row) || of_file(&row)) {
            let said: Vec<String> =
                found.iter().map(|(own, at, finding)| format!("{own}:{at} {}", finding.code)).collect();
            missed.push(format!("{path}:{line} `{from}` -> `{to}` wants {code}, found {said:?}"));
        }
        // A defect says nothing of other files, save of those that name what is gone.
        let scope = |path: &str| path.split('/').take(2).collect::<Vec<_>>().join("/");
        for (own, at, finding) in &found {
            let is_own =
                scope(own) == scope(path) || (own.starts_with(".claude") && path.starts_with(".claude"));
            assert!(is_own, "{code} in {path}: {own}:{at} {} {}", finding.code, finding.message);
            assert!(finding.severity <= Severity::Error, "{path} {code}");
        }
    }
    assert!(missed.is_empty(), "{} of {} missed:\n{}", missed.len(), SEEDS.len(), missed.join("\n"));
}

#[test]
fn files_in_the_wrong_place_are_found() {
    for (from, to, code) in MOVES {
        let mut files = sound();
        let file = files.iter_mut().find(|(path, _)| path == from).unwrap_or_else(|| panic!("{from}"));
        file.0 = (*to).to_owned();
        let found = lint(&files, false);
        assert!(
            found
                .iter()
                .any(|(path, line, finding)| path == to && *line == 1 && finding.code.as_str() == *code),
            "{to}"
        );
    }
}
