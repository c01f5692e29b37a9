//! Several stories as one plan, end to end: layout, order, gates, consent.

use std::collections::BTreeMap;
use std::path::Path;

use super::cli::{Project, tree};

fn story(id: &str, head: &str, criterion: &str, tasks: &[&str]) -> String {
    let tasks = tasks.iter().fold(String::new(), |text, task| text + "- [ ] " + task + "\n");
    format!(
        "---\nid: {id}\ntitle: About {id}\n{head}---\n# Story {id}\n\n## Acceptance Criteria\n\n- [ ] {criterion}\n\n## Tasks\n\n{tasks}"
    )
}

fn schema() -> String {
    story("S-1", "", "db/schema.sql has 3 tables", &["Write the schema to `db/schema.sql`"])
}
fn data() -> String {
    story("S-2", "", "out/data.csv has 10 lines", &["Write data to `out/data.csv` using `db/schema.sql`"])
}
fn report() -> String {
    let tasks = ["Write the report to `out/report.md`", "Write the summary to `out/summary.md`"];
    story("S-10", "depends_on: [S-1]\n", "out/report.md sums up out/data.csv in 3 sections", &tasks)
}
fn alone() -> String {
    story("S-4", "", "out/logo.svg exists", &["Write the logo to `out/logo.svg`"])
}

fn project(folders: [&str; 4]) -> Project {
    let texts = [schema(), data(), report(), alone()];
    let files: Vec<(String, String)> =
        folders.iter().zip(texts).map(|(folder, text)| (format!("stories/{folder}.md"), text)).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    Project::new(&files)
}

fn manifest(path: &Path) -> serde_json::Value {
    let text = std::fs::read_to_string(path).expect("a manifest");
    serde_json::from_str(&text).expect("JSON")
}

/// What does not depend on where the documents lie: ids, edges, order, money, times.
fn shape(manifest: &serde_json::Value) -> String {
    use std::fmt::Write as _;
    let mut out = format!("{} {}\n", manifest["plan"]["slug"], manifest["schedule"]["pool_makespan_s"]);
    for story in manifest["batch"]["stories"].as_array().expect("stories") {
        let after: Vec<&str> = story["depends_on"]
            .as_array()
            .expect("links")
            .iter()
            .filter_map(|link| link["story"].as_str())
            .collect();
        let _ = writeln!(out, "{} {after:?} {}", story["id"], story["cost_micro_usd"]["likely"]);
    }
    for task in manifest["tasks"].as_array().expect("tasks") {
        let after: Vec<String> = task["depends_on"]
            .as_array()
            .expect("edges")
            .iter()
            .map(|edge| format!("{} {}", edge["task"], edge["rule"]))
            .collect();
        let _ = writeln!(out, "{} {} {after:?} {}", task["id"], task["wave"], task["prompt"]["sha256"]);
    }
    out
}

#[test]
fn stories_keep_their_bytes_unless_an_edge_reaches_them() {
    let project = project(["z/schema", "data", "a/report", "b/logo"]);
    let (code, out, errors) = project.run(&["compile", "stories", "--out", "o"]);
    assert_eq!(code, 0, "{errors}");
    assert!(out.contains("after S-1, S-2") && out.contains("batch · 5 tasks"), "{out}");
    let batch = tree(&project.path.join("o"));
    let mut alone: BTreeMap<&str, BTreeMap<String, Vec<u8>>> = BTreeMap::new();
    for (slug, path) in [
        ("s-1-about-s-1", "z/schema"),
        ("s-2-about-s-2", "data"),
        ("s-10-about-s-10", "a/report"),
        ("s-4-about-s-4", "b/logo"),
    ] {
        let input = format!("stories/{path}.md");
        assert_eq!(project.run(&["compile", &input, "--out", slug, "-q"]).0, 0);
        let mut files = tree(&project.path.join(slug));
        files.remove("dispatch.lock");
        alone.insert(slug, files);
    }
    for (slug, files) in &alone {
        let inside = format!("stories/{slug}/");
        let mine: BTreeMap<String, Vec<u8>> = batch
            .iter()
            .filter_map(|(path, bytes)| Some((path.strip_prefix(&inside)?.to_owned(), bytes.clone())))
            .collect();
        assert_eq!(mine.keys().collect::<Vec<_>>(), files.keys().collect::<Vec<_>>(), "{slug}");
        let differs = files.keys().filter(|path| mine[*path] != files[*path]).count();
        assert_eq!(differs > 0, *slug == "s-10-about-s-10", "{slug}: {differs} files differ");
    }
    // What a manifest says of a prompt is true in both places.
    for (folder, path) in
        [("o", "o/manifest.json"), ("o/stories/s-10-about-s-10", "o/stories/s-10-about-s-10/manifest.json")]
    {
        for task in manifest(&project.path.join(path))["tasks"].as_array().expect("tasks") {
            let file = project.path.join(folder).join(task["prompt"]["path"].as_str().expect("a prompt"));
            let bytes = std::fs::read(&file).expect("a prompt");
            let hash = dispatch::base::digest::Digest::of(&bytes).hex();
            assert_eq!(task["prompt"]["sha256"].as_str(), Some(hash.as_str()), "{}", file.display());
        }
    }
    assert_eq!(project.run(&["compile", "stories", "--out", "o", "--locked"]).0, 0);
}

#[test]
fn neither_arguments_nor_folders_decide() {
    let first = project(["z/schema", "data", "a/report", "b/logo"]);
    assert_eq!(first.run(&["compile", "stories", "--out", "o", "-q"]).0, 0);
    let reference = manifest(&first.path.join("o/manifest.json"));
    let wanted = shape(&reference);
    let ids: Vec<&str> = reference["batch"]["stories"]
        .as_array()
        .expect("stories")
        .iter()
        .filter_map(|story| story["id"].as_str())
        .collect();
    assert_eq!(ids, ["S-1", "S-4", "S-2", "S-10"], "{wanted}");
    assert!(wanted.starts_with("\"s-1-about-s-1-to-s-10-about-s-10\""), "{wanted}");
    for folders in [["a/1", "b/2", "c/3", "d/4"], ["9", "8", "7", "6"]] {
        let other = project(folders);
        let paths: Vec<String> = folders.iter().rev().map(|name| format!("stories/{name}.md")).collect();
        let mut words = vec!["compile", "--out", "o", "-q"];
        words.extend(paths.iter().map(String::as_str));
        let (code, _, errors) = other.run(&words);
        assert_eq!(code, 0, "{errors}");
        assert_eq!(shape(&manifest(&other.path.join("o/manifest.json"))), wanted, "{folders:?}");
    }
}

#[test]
fn a_large_batch_needs_consent() {
    let project = project(["a", "b", "c", "d"]);
    project.write("dispatch.yaml", "batch: {confirm_above: {stories: 3}}\n");
    let (code, _, errors) = project.run(&["compile", "stories", "--out", "o"]);
    assert!(code == 1 && errors.contains("VB1.2") && errors.contains("--yes"), "{errors}");
    assert!(!project.path.join("o").exists());
    assert_eq!(project.run(&["compile", "stories", "--out", "o", "--yes", "-q"]).0, 0);
    let consent = &manifest(&project.path.join("o/manifest.json"))["batch"]["confirmation"];
    assert_eq!((&consent["required"], &consent["granted"]), (&true.into(), &true.into()));
    // A story alone is the same with and without the consent to others.
    let file = "o/stories/s-1-about-s-1/manifest.json";
    let before = std::fs::read(project.path.join(file)).expect("a manifest");
    assert_eq!(project.run(&["compile", "stories/a.md", "--out", "p", "-q"]).0, 0);
    assert_eq!(std::fs::read(project.path.join("p/manifest.json")).expect("a manifest"), before);
    project.write("dispatch.yaml", "batch: {confirm_above: {cost: 0.01}}\n");
    assert_eq!(project.run(&["analyze", "stories"]).0, 1);
    assert_eq!(project.run(&["analyze", "stories", "--yes"]).0, 0);
}

#[test]
fn stories_that_wait_for_each_other_or_for_nobody() {
    let text = |id: &str, other: &str| {
        story(id, &format!("depends_on: {other}\n"), "out/x.md exists", &[&format!("Write `out/{id}.md`")])
    };
    let circle = Project::new(&[("s/a.md", &text("A-1", "B-1")), ("s/b.md", &text("B-1", "A-1"))]);
    let (code, out, errors) = circle.run(&["analyze", "s"]);
    assert_eq!(code, 1);
    assert!(errors.contains("2 stories wait for each other: A-1 → B-1 → A-1"), "{errors}");
    assert_eq!(errors.matches("wait for each other").count(), 1, "{errors}");
    assert!(
        out.contains("QG-BATCH-DISC FAIL (VB0.2)") && out.contains("QG-BATCH-PRIO FAIL (VB1.1)"),
        "{out}"
    );

    let nobody = Project::new(&[("s/a.md", &text("A-1", "Z-9")), ("s/b.md", &text("B-1", "A-1"))]);
    let (code, _, errors) = nobody.run(&["analyze", "s"]);
    assert!(code == 1 && errors.contains("VB0.3") && errors.contains("Z-9"), "{errors}");
    assert_eq!(nobody.run(&["analyze", "s", "--force"]).0, 0);
    nobody.write("s/Z-9.md", "nothing yet\n");
    assert_eq!(nobody.run(&["analyze", "s/a.md", "s/b.md"]).0, 0);
}

#[test]
fn an_estimate_is_told_story_by_story() {
    let project = project(["a", "b", "c", "d"]);
    let (code, out, errors) = project.run(&["estimate", "stories"]);
    assert_eq!(code, 0, "{errors}");
    let names: Vec<&str> =
        out.lines().skip(1).take(5).filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, ["S-1", "S-4", "S-2", "S-10", "in"]);
    let (_, out, _) = project.run(&["estimate", "stories", "--format", "json"]);
    let facts: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let rows = facts["by"].as_array().expect("rows");
    let sum: u64 = rows.iter().filter_map(|row| row["cost_micro_usd"]["likely"].as_u64()).sum();
    assert_eq!(Some(sum), facts["total_micro_usd"]["likely"].as_u64());
}
