//! `dispatch lint --checklist`: checklists held against stories, batches, manifests and files.
#![allow(clippy::disallowed_methods, reason = "tests of the binary touch the world")]

use serde_json::Value;

use crate::cli::Project;
use crate::verify::assert_valid;

const STORY: &str = include_str!("../squads/dispatch/examples/feature.story.md");

/// A checklist filled in: exit status, verdict, and a letter an item: `+`, `x`, `?`.
fn fill(project: &Project, checklist: &str, inputs: &[&str]) -> (i32, String, String) {
    let words: Vec<&str> = ["lint", "--format", "json", "--checklist", checklist]
        .into_iter()
        .chain(inputs.iter().copied())
        .collect();
    let (code, out, errors) = project.run(&words);
    let document: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{errors}"));
    assert_valid("checklist", &document);
    let letter = |item: &Value| match item["state"].as_str() {
        Some("checked") => '+',
        Some("failed") => 'x',
        _ => '?',
    };
    let states = document["items"].as_array().expect("items").iter().map(letter).collect();
    (code, document["verdict"].as_str().unwrap_or_default().to_owned(), states)
}

/// Every shipped checklist, written into a project of its own.
fn shipped(files: &[(&str, &str)]) -> Project {
    let project = Project::new(files);
    for (path, bytes) in dispatch::builtin::files() {
        if let Some((_, name)) = path.split_once("/checklists/") {
            project.write(&format!("lists/{name}"), std::str::from_utf8(bytes).expect("text"));
        }
    }
    project
}

#[test]
fn the_eight_against_a_story() {
    let project = shipped(&[("a.story.md", STORY)]);
    for (list, code, verdict, states) in [
        ("pre-dispatch-gate", 0, "pass", "+++++"),
        ("pre-execution-gate", 0, "pass", "++++++++++++++++++"),
        ("haiku-prompt-checklist", 0, "pass", "++++++++++++++"),
        ("dispatch-health-score", 0, "open", "++++++??????"),
        ("post-execution-gate", 0, "open", "???????"),
        ("batch-discovery-gate", 0, "open", "???"),
        ("batch-prioritization-gate", 0, "open", "??"),
        ("batch-dispatch-gate", 0, "open", "??"),
    ] {
        let found = fill(&project, &format!("lists/{list}.md"), &["a.story.md"]);
        assert_eq!(found, (code, verdict.to_owned(), states.to_owned()), "{list}");
    }
}

#[test]
fn a_story_that_fails_them() {
    let story = "# Story: Page\n\n## Acceptance criteria\n\n- [ ] The page looks nice\n\n## Tasks\n\n\
                 - [ ] Write `/etc/page.md` with [INSERT NAME]\n";
    let project = shipped(&[("a.story.md", story)]);
    let (code, verdict, states) = fill(&project, "lists/pre-execution-gate.md", &["a.story.md"]);
    assert_eq!((code, verdict.as_str()), (1, "fail"));
    // V1.2 and V1.3 object; a path out of the project is V1.15.
    assert_eq!((&states[1..3], &states[14..15]), ("xx", "x"), "{states}");
}

#[test]
fn a_batch_and_a_manifest() {
    let other = STORY.replace("id:", "id: other-");
    let project = shipped(&[("s/a.story.md", STORY), ("s/b.story.md", &other)]);
    let found = fill(&project, "lists/batch-discovery-gate.md", &["s"]);
    assert_eq!(found, (0, "pass".to_owned(), "+++".to_owned()));
    // Nobody has confirmed the bill.
    let (_, _, states) = fill(&project, "lists/batch-prioritization-gate.md", &["s"]);
    assert_eq!(&states[..1], "+", "{states}");
    let (code, out, errors) = project.run(&["compile", "s/a.story.md", "--out", "plan"]);
    assert_eq!(code, 0, "{out}{errors}");
    // Nothing was made: V2.1 objects, and of a run nothing is known.
    let (code, verdict, states) = fill(&project, "lists/post-execution-gate.md", &["plan"]);
    assert_eq!((code, verdict.as_str(), &states[..1], &states[2..3]), (1, "fail", "x", "?"), "{states}");
}

/// A list of a user's own: rules, claims about files, conditions, vetoes, weights, and what only a person can tell.
#[test]
fn a_list_of_ones_own() {
    let list = "---\nid: mine\npass: 60%\n---\n# Mine\n\n\
                - [ ] **R-1** `V1.2` holds (weight: 40)\n\
                - [ ] **R-2** `out/page.md` has at least 3 words (weight: 20)\n\
                - [ ] **R-3** Every task may take ten minutes: `range: {field: task.timeout_s, lte: 600}` (weight: 20)\n\
                - [x] **R-4** The team was told (weight: 10)\n\
                - [ ] **R-5** The launch is announced (weight: 10)\n";
    let project = Project::new(&[("a.story.md", STORY), ("mine.md", list), ("out/page.md", "One two.\n")]);
    assert_eq!(fill(&project, "mine.md", &["a.story.md"]), (0, "pass".to_owned(), "+x++?".to_owned()));
    project.write("mine.md", &list.replace("**R-2**", "**R-2** [VETO]"));
    assert_eq!(fill(&project, "mine.md", &["a.story.md"]), (1, "fail".to_owned(), "+x++?".to_owned()));
    let (code, out, _) =
        project.run(&["lint", "--checklist", "mine.md", "a.story.md", "--format", "markdown"]);
    assert!(code == 1 && out.contains("- [x] **R-1**") && out.contains("- [ ] **R-5**"), "{out}");
    let (code, _, errors) = project.run(&["lint", "--checklist", "mine.md"]);
    assert!(code == 2 && errors.contains("<INPUT>"), "{errors}");
    let (code, _, errors) = project.run(&["lint", "--checklist", "a.story.md", "out/page.md"]);
    assert!(code <= 1, "{errors}");
}

#[test]
fn lists_are_linted() {
    let list = "---\ntotal: 100\n---\n# Mine\n\n- [ ] **R-1** Code is good (weight: 60)\n\
                - [ ] **R-1** V1.2 holds (weight: 20)\n- [ ] V1.99 holds (weight: high)\n- [ ] told\n- [ ] told\n";
    let project = Project::new(&[("checklists/mine.md", list)]);
    let (_, out, _) = project.run(&["lint", "checklists", "--format", "short"]);
    for code in ["DC.1", "DC.2", "DC.3", "DC.4", "DS.3"] {
        assert!(out.contains(code), "{code}: {out}");
    }
    assert!(out.contains("V1.99"), "{out}");
}
