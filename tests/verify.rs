//! `dispatch verify` on real trees: every condition that can fail does, and what cannot be asked is never a pass.
#![allow(clippy::disallowed_methods, reason = "tests of the binary touch the world")]

use std::fs;

use serde_json::Value;

use crate::cli::Project;

const PLAN: &str = "\
plan: pages
tasks:
  - id: T1
    title: Write the page
    outputs: [out/page.md]
    duration_s: 60
    model: haiku
    expected_lines: 10
    acceptance_criteria:
      - '`out/page.md` exists and has at least 5 words'
      - '`out/page.md` has a section \"Setup\"'
  - id: T2
    title: Write the data
    outputs: [out/data.json]
    depends_on: [T1]
    model: haiku
  - id: T3
    title: Write the settings
    outputs: [out/settings.toml]
    model: haiku
  - id: T4
    title: Write the pictures
    outputs: ['out/pics/*.svg']
    model: haiku
";

const PAGE: &str = "# Page\n\n## Setup\n\nOne two three four five.\n\nSix seven eight nine.\n\nTen.\n";

/// The plan compiled, and its results as they should be.
fn done() -> Project {
    let project = Project::new(&[("pages.plan.yaml", PLAN)]);
    let (code, out, errors) = project.run(&["compile", "pages.plan.yaml", "--out", "plan"]);
    assert_eq!(code, 0, "{out}{errors}");
    project.write("out/page.md", PAGE);
    project.write("out/data.json", "{\"a\": [1, 2]}\n");
    project.write("out/settings.toml", "[a]\nb = 1\n");
    project.write("out/pics/one.svg", "<svg/>\n");
    project.write("out/pics/two.svg", "<svg><g/></svg>\n");
    project
}

/// Exit status, verdict, and the checks of a verification as `rule subject verdict`.
fn judge(project: &Project, more: &[&str]) -> (i32, String, Vec<String>) {
    let words: Vec<&str> =
        ["verify", "plan", "--format", "json"].into_iter().chain(more.iter().copied()).collect();
    let (code, out, errors) = project.run(&words);
    let document: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{errors}"));
    assert_valid("verify", &document);
    let tasks = document["tasks"]
        .as_array()
        .expect("tasks")
        .iter()
        .flat_map(|task| task["checks"].as_array().expect("checks"));
    let run = document["run"].as_array().expect("run").iter();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let line = |check: &Value| {
        format!("{} {} {}", text(&check["rule"]), text(&check["subject"]), text(&check["verdict"]))
    };
    (code, text(&document["verdict"]), tasks.chain(run).map(line).collect())
}

pub(crate) fn assert_valid(schema: &str, document: &Value) {
    let path = format!("{}/schemas/{schema}.schema.json", env!("CARGO_MANIFEST_DIR"));
    let schema: Value =
        serde_json::from_str(&fs::read_to_string(path).expect("a schema")).expect("a schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema is one");
    let errors: Vec<String> =
        validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn what_was_promised_and_made_passes() {
    let project = done();
    let (code, verdict, checks) = judge(&project, &[]);
    assert_eq!((code, verdict.as_str()), (0, "pass"), "{checks:#?}");
    for wanted in [
        "V2.1 out/page.md pass",
        "V2.4 out/page.md pass",
        "V2.6 out/data.json pass",
        "V2.6 out/pics/two.svg pass",
        "V2.8 out/page.md pass",
        "C2 out/page.md pass",
        "V2.5 out/page.md skipped",
        "V2.7 wave 1 skipped",
    ] {
        assert!(checks.iter().any(|check| check == wanted), "{wanted} in {checks:#?}");
    }
}

#[test]
fn every_condition_can_fail() {
    for (path, text, wanted) in [
        ("out/page.md", "", "V2.2 out/page.md fail"),
        ("out/page.md", " \n\t\n", "V2.2 out/page.md fail"),
        ("out/page.md", "# Page\n\n## Setup\n\nOne two [INSERT quote] four five.\n", "V2.4 out/page.md fail"),
        ("out/page.md", "# Page\n## Setup\nOne.\n", "C1 out/page.md fail"),
        ("out/page.md", "# Page\n\nSetup is easy: one two three.\n", "C2 out/page.md fail"),
        ("out/page.md", "# Page\n## Setup\nOne two three four five.\n", "V2.8 out/page.md warn"),
        ("out/data.json", "{\"a\": }", "V2.6 out/data.json fail"),
        ("out/data.json", "{\"a\": \"TBD\"}", "V2.4 out/data.json fail"),
        ("out/settings.toml", "[a\n", "V2.6 out/settings.toml fail"),
        ("out/pics/two.svg", "<svg><g></svg>", "V2.6 out/pics/two.svg fail"),
    ] {
        let project = done();
        project.write(path, text);
        let (code, verdict, checks) = judge(&project, &[]);
        let want = if wanted.ends_with("warn") { (0, "pass") } else { (1, "fail") };
        assert_eq!((code, verdict.as_str()), want, "{wanted}: {checks:#?}");
        assert!(checks.iter().any(|check| check == wanted), "{wanted} in {checks:#?}");
    }
}

#[test]
fn a_file_that_is_missing_or_something_else_fails() {
    let project = done();
    fs::remove_file(project.path.join("out/data.json")).expect("a file");
    assert!(judge(&project, &[]).2.contains(&"V2.1 out/data.json fail".to_owned()));
    fs::create_dir(project.path.join("out/data.json")).expect("a folder");
    assert!(judge(&project, &[]).2.contains(&"V2.1 out/data.json fail".to_owned()));
    fs::write(project.path.join("out/page.md"), b"# P\xff\n\n## Setup\none two three four five\n")
        .expect("a file");
    assert!(judge(&project, &["--task", "T1"]).2.contains(&"V2.6 out/page.md fail".to_owned()));
    fs::remove_dir_all(project.path.join("out/pics")).expect("a folder");
    assert!(judge(&project, &[]).2.contains(&"V2.1 out/pics/*.svg fail".to_owned()));
    fs::remove_dir_all(project.path.join("out")).expect("a folder");
    assert_eq!(judge(&project, &[]).0, 1);
}

#[test]
fn fresh_is_what_was_written_or_changed_since() {
    let project = done();
    let stale = "V2.5 out/page.md fail".to_owned();
    let fresh = "V2.5 out/page.md pass".to_owned();
    assert!(judge(&project, &["--since", "2001-01-01T00:00:00Z"]).2.contains(&fresh));
    assert!(judge(&project, &["--since", "2999-01-01T00:00:00Z"]).2.contains(&stale));
    project.write("mark", "x");
    Project::age(&project.path.join("mark"), 3600);
    assert!(judge(&project, &["--since", "mark"]).2.contains(&fresh));
    Project::age(&project.path.join("out/page.md"), 7200);
    assert!(judge(&project, &["--since", "mark"]).2.contains(&stale));
    // A snapshot looks at contents: a checkout that touches files fools nobody.
    let (code, out, errors) = project.run(&["verify", "plan", "--snapshot", "before.json"]);
    assert_eq!((code, out.as_str()), (0, ""), "{errors}");
    Project::age(&project.path.join("out/page.md"), 0);
    let (code, _, checks) = judge(&project, &["--since", "before.json"]);
    assert!(code == 1 && checks.contains(&stale), "{checks:#?}");
    project.write("out/page.md", &format!("{PAGE}More.\n"));
    assert!(judge(&project, &["--since", "before.json"]).2.contains(&fresh));
    let (code, _, errors) = project.run(&["verify", "plan", "--since", "nothing-here"]);
    assert!(code == 3 && errors.contains("nothing-here"), "{errors}");
}

/// The record of a run; `change` is applied to the JSON before it is written.
fn record(project: &Project, change: impl Fn(&mut Value)) {
    let manifest = fs::read_to_string(project.path.join("plan/manifest.json")).expect("a manifest");
    let manifest: Value = serde_json::from_str(&manifest).expect("JSON");
    let entry = serde_json::json!({"status": "pass", "started_at": "2001-01-01T00:00:00Z", "cost_usd": 0.0001, "attempts": 1});
    let mut record = serde_json::json!({
        "schema": "dispatch.run-record/v1",
        "plan": manifest["plan"]["id"],
        "plan_hash": manifest["plan"]["hash"],
        "tasks": {"T1": entry, "T2": entry, "T3": entry, "T4": entry},
    });
    change(&mut record);
    assert_valid("run-record", &record);
    project.write("record.json", &record.to_string());
}

#[test]
fn a_record_tells_cost_start_and_who_reported() {
    let project = done();
    record(&project, |_| ());
    let (code, verdict, checks) = judge(&project, &["--record", "record.json"]);
    assert_eq!((code, verdict.as_str()), (0, "pass"), "{checks:#?}");
    for wanted in ["V2.3 T1 pass", "V2.5 out/page.md pass", "V2.7 wave 1 pass", "VX.8 run pass"] {
        assert!(checks.iter().any(|check| check == wanted), "{wanted} in {checks:#?}");
    }
    // Three times the estimate warns; three tasks that do stop the run.
    record(&project, |record| record["tasks"]["T1"]["cost_usd"] = 5.into());
    let (code, _, checks) = judge(&project, &["--record", "record.json"]);
    assert!(code == 0 && checks.contains(&"V2.3 T1 warn".to_owned()), "{checks:#?}");
    record(&project, |record| {
        for task in ["T1", "T2", "T3"] {
            record["tasks"][task]["cost_usd"] = 5.into();
        }
    });
    let (code, _, checks) = judge(&project, &["--record", "record.json"]);
    assert!(code == 1 && checks.contains(&"VX.8 run fail".to_owned()), "{checks:#?}");
    record(&project, |record| record["tasks"]["T2"]["started_at"] = "2999-01-01T00:00:00Z".into());
    assert!(judge(&project, &["--record", "record.json"]).2.contains(&"V2.5 out/data.json fail".to_owned()));
    // Whoever was never heard of again has not succeeded.
    record(&project, |record| {
        record["tasks"].as_object_mut().expect("a map").remove("T2");
    });
    let (code, _, checks) = judge(&project, &["--record", "record.json"]);
    assert!(code == 1 && checks.contains(&"V2.7 wave 2 fail".to_owned()), "{checks:#?}");
    record(&project, |record| record["plan"] = "another".into());
    let (code, _, errors) = project.run(&["verify", "plan", "--record", "record.json"]);
    assert!(code == 2 && errors.contains("another"), "{errors}");
}

/// The manifest, changed.
fn tamper(project: &Project, change: impl Fn(&mut Value)) {
    let path = project.path.join("plan/manifest.json");
    let mut manifest: Value =
        serde_json::from_str(&fs::read_to_string(&path).expect("a manifest")).expect("JSON");
    change(&mut manifest);
    fs::write(path, manifest.to_string()).expect("a file");
}

#[test]
fn what_cannot_be_asked_is_an_error() {
    let project = done();
    tamper(&project, |manifest| manifest["tasks"][0]["outputs"][0]["path"] = "../page.md".into());
    let (code, verdict, checks) = judge(&project, &[]);
    assert_eq!((code, verdict.as_str()), (3, "error"));
    assert!(checks.contains(&"verify/escape ../page.md error".to_owned()), "{checks:#?}");

    let project = done();
    tamper(&project, |manifest| {
        manifest["post_conditions"][0]["check"] = serde_json::json!({"levitate": {}});
    });
    assert_eq!(judge(&project, &[]).0, 3);
    let project = done();
    let bad = serde_json::json!({"pattern": {"target": "output.text", "not_match": "(["}});
    tamper(&project, |manifest| manifest["post_conditions"][0]["check"] = bad.clone());
    assert_eq!(judge(&project, &[]).0, 3);
    let project = done();
    tamper(&project, |manifest| manifest["tasks"] = serde_json::json!([]));
    assert_eq!((judge(&project, &[]).0, judge(&project, &[]).1.as_str()), (3, "error"));

    for text in ["", "{", "[]", "{\"schema\": \"x\"}", "{\"schema\": \"dispatch.manifest/v1\"}", "\u{0}"] {
        project.write("plan/manifest.json", text);
        let (code, out, errors) = project.run(&["verify", "plan", "--format", "short"]);
        assert!(code == 3 && out.contains("plan/manifest.json:"), "{text}: {out}{errors}");
    }
    let (code, _, errors) = project.run(&["verify", "no-plan"]);
    assert!(code == 3 && errors.contains("no-plan"), "{errors}");
}

#[cfg(unix)]
#[test]
fn links_that_lead_out_and_files_that_cannot_be_read_are_errors() {
    let project = done();
    let page = project.path.join("out/page.md");
    fs::remove_file(&page).expect("a file");
    std::os::unix::fs::symlink("/etc/hostname", &page).expect("a link");
    let (code, _, checks) = judge(&project, &[]);
    assert!(code == 3 && checks.contains(&"verify/escape out/page.md error".to_owned()), "{checks:#?}");
    fs::remove_file(&page).expect("a link");
    project.write("real.md", PAGE);
    std::os::unix::fs::symlink("../real.md", &page).expect("a link");
    assert_eq!(judge(&project, &[]).0, 0, "a link inside the root is a file");
    fs::remove_file(&page).expect("a link");
    std::os::unix::fs::symlink("page.md", &page).expect("a link");
    assert_eq!(judge(&project, &[]).0, 3, "a link to itself");
    fs::remove_file(&page).expect("a link");
    assert!(project.shell("mkfifo out/page.md").0 == 0);
    let (code, _, checks) = judge(&project, &[]);
    assert!(code == 3 && checks.contains(&"verify/unreadable out/page.md error".to_owned()), "{checks:#?}");
}

#[test]
fn brackets_may_be_part_of_a_name() {
    let project = Project::new(&[(
        "a.plan.yaml",
        "plan: a\ntasks:\n  - {id: T1, title: Write the page, outputs: ['app/[slug].tsx'], model: haiku}\n",
    )]);
    assert_eq!(project.run(&["compile", "a.plan.yaml", "--out", "plan"]).0, 0);
    assert_eq!(judge(&project, &[]).0, 1);
    project.write("app/[slug].tsx", "export const page = 1;\n");
    assert_eq!(judge(&project, &[]).0, 0);
}

#[test]
fn tasks_are_chosen_and_misspellings_told() {
    let project = done();
    fs::remove_file(project.path.join("out/data.json")).expect("a file");
    assert_eq!(judge(&project, &["--task", "T1,T3"]).0, 0);
    assert_eq!(judge(&project, &["--task", "T2"]).0, 1);
    let (code, _, errors) = project.run(&["verify", "plan", "--task", "T22"]);
    assert!(code == 2 && errors.contains("did you mean `T2`?"), "{errors}");
}

#[test]
fn findings_point_into_the_results() {
    let project = done();
    project.write("out/data.json", "{\n \"a\": \"ação TBD\"\n}\n");
    fs::remove_file(project.path.join("out/settings.toml")).expect("a file");
    let (code, out, _) = project.run(&["verify", "plan/manifest.json", "--format", "short"]);
    assert_eq!(code, 1);
    assert!(out.contains("out/data.json:2:13: hard_block[V2.4] placeholder `TBD` left in output"), "{out}");
    let (line, column) = position(&project, "\"out/settings.toml\"");
    assert!(
        out.contains(&format!("plan/manifest.json:{line}:{column}: hard_block[V2.1]")),
        "{line}:{column} {out}"
    );
}

/// Line and column of the first occurrence of words in the manifest.
fn position(project: &Project, words: &str) -> (usize, usize) {
    let text = fs::read_to_string(project.path.join("plan/manifest.json")).expect("a manifest");
    let task = text.find("\"id\":\"T3\"").expect("the task");
    let at = task + text[task..].find(words).expect("the words");
    let line = text[..at].matches('\n').count() + 1;
    (line, at - text[..at].rfind('\n').map_or(0, |end| end + 1) + 1)
}

/// Exit status and the document of a health score.
fn health(project: &Project, words: &[&str]) -> (i32, Value) {
    let words: Vec<&str> = ["health", "--format", "json"].into_iter().chain(words.iter().copied()).collect();
    let (code, out, errors) = project.run(&words);
    let document: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{errors}"));
    assert_valid("health", &document);
    (code, document)
}

#[test]
fn health_is_twelve_points_with_reasons() {
    let project = done();
    let (code, plan) = health(&project, &["plan"]);
    assert_eq!((code, &plan["basis"], &plan["of"]), (0, &Value::from("plan"), &Value::from(6)));
    let failed = |document: &Value| -> Vec<String> {
        let reasons = document["reasons"].as_array().expect("reasons").iter();
        let failed = reasons.filter(|reason| reason["status"] == "fail");
        failed.map(|reason| reason["rule"].as_str().expect("a rule").to_owned()).collect()
    };
    assert_eq!(failed(&plan), ["HS.1"], "a plan file is no story");
    let (_, source) = health(&project, &["pages.plan.yaml"]);
    assert_eq!(source["reasons"], plan["reasons"]);
    record(&project, |_| ());
    let (_, run) = health(&project, &["plan", "--record", "record.json"]);
    assert_eq!(
        failed(&run),
        ["HS.1", "HS.7", "HS.8", "HS.10", "HS.11"],
        "what nobody reported costs its point"
    );
    record(&project, |record| {
        let whole = serde_json::json!({"main_context_tokens": 0, "snapshots": 2, "replay_ok": true});
        let more = whole.as_object().expect("a map").clone();
        record.as_object_mut().expect("a map").extend(more);
        for task in ["T1", "T2", "T3", "T4"] {
            record["tasks"][task]["verified"] = true.into();
        }
    });
    let (_, run) = health(&project, &["plan", "--record", "record.json"]);
    assert_eq!((failed(&run), &run["score"]), (vec!["HS.1".to_owned()], &Value::from(11)));
    let (code, _) = health(&project, &["plan", "--record", "record.json", "--fail-under", "12"]);
    assert_eq!(code, 1);
    record(&project, |record| {
        record["tasks"]["T1"]["status"] = "fail".into();
        record["tasks"]["T1"].as_object_mut().expect("a map").remove("cost_usd");
    });
    let (_, run) = health(&project, &["plan", "--record", "record.json"]);
    assert_eq!(failed(&run), ["HS.1", "HS.7", "HS.8", "HS.9", "HS.10", "HS.11", "HS.12"]);
}
