//! The binary, end to end: exit statuses, streams, what is written and what is not.
#![allow(clippy::disallowed_methods, reason = "tests of the binary touch the world")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

pub(crate) const DISPATCH: &str = env!("CARGO_BIN_EXE_dispatch");

const PLAN: &str = "\
plan: demo
tasks:
  - {id: T1, title: Write the schema, outputs: [db/schema.sql], duration_s: 120, model: haiku}
  - {id: T2, title: Write the loader, depends_on: [T1], outputs: [src/load.rs]}
";

const CIRCLE: &str = "\
plan: circle
tasks:
  - {id: T1, title: Write the schema, depends_on: [T2], outputs: [db/schema.sql]}
  - {id: T2, title: Write the loader, depends_on: [T1], outputs: [src/load.rs]}
";

/// A project in a folder of its own, removed when the test ends.
pub(crate) struct Project {
    pub(crate) path: PathBuf,
}

impl Project {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("dispatch-cli-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let project = Self { path: std::env::temp_dir().join(name) };
        fs::create_dir_all(&project.path).expect("a folder for a test");
        project.write("dispatch.yaml", "");
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    /// A project with one plan in it.
    fn demo() -> Self {
        Self::new(&[("demo.plan.yaml", PLAN)])
    }

    /// Writes a file as if it had been there for a minute: caches do not trust what is younger than their clock.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path.join(path);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder");
        fs::write(&path, text).expect("a file");
        Self::age(&path, 60);
    }

    pub(crate) fn age(path: &Path, seconds: u64) {
        let file = fs::File::options().write(true).open(path).expect("a file");
        file.set_modified(SystemTime::now() - Duration::from_secs(seconds)).expect("a time");
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(DISPATCH);
        command.args(words).current_dir(&self.path).stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("DISPATCH_") {
                command.env_remove(name);
            }
        }
        command
    }

    /// Exit status, standard output, standard error.
    pub(crate) fn run(&self, words: &[&str]) -> (i32, String, String) {
        said(self.command(words).output().expect("the binary runs"))
    }

    /// A shell line in which `dispatch` is the binary.
    pub(crate) fn shell(&self, line: &str) -> (i32, String, String) {
        let line = format!("dispatch() {{ \"$DISPATCH\" \"$@\"; }}; {line}");
        let mut command = Command::new("sh");
        command.args(["-c", &line]).current_dir(&self.path).env("DISPATCH", DISPATCH).stdin(Stdio::null());
        said(command.output().expect("a shell runs"))
    }

    /// The plan folders, file by file.
    pub(crate) fn plans(&self) -> BTreeMap<String, Vec<u8>> {
        tree(&self.path.join(".dispatch/plans"))
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

pub(crate) fn said(output: Output) -> (i32, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

pub(crate) fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(&at).into_iter().flatten().map(|entry| entry.expect("an entry")) {
            let path = entry.path();
            if entry.file_type().expect("a type").is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below").to_string_lossy().into_owned();
                found.insert(name, fs::read(&path).expect("a file"));
            }
        }
    }
    found
}

#[test]
fn a_clean_plan_is_written_and_shown() {
    let project = Project::demo();
    let (code, out, errors) = project.run(&["compile", "demo.plan.yaml"]);
    assert_eq!((code, errors.as_str()), (0, ""), "{out}");
    for wanted in ["2 waves", "* T1 Write the schema", "haiku", "likely", "chain T1 > T2"] {
        assert!(out.contains(wanted), "`{wanted}` is missing in:\n{out}");
    }
    let names: Vec<String> = project
        .plans()
        .into_keys()
        .map(|path| path.split_once('/').expect("a folder").1.to_owned())
        .collect();
    let wanted = ["cost-report.md", "dispatch.lock", "execution-plan.yaml", "manifest.json", "plan.md"];
    for name in wanted {
        assert!(names.iter().any(|path| path == name), "{name} is missing in {names:?}");
    }
    assert!(names.iter().any(|path| path == "prompts/T1.md"), "{names:?}");
    assert!(!out.contains('\u{1b}'), "no colours in a pipe");
}

#[test]
fn a_blocked_plan_writes_nothing_and_exits_1() {
    let project = Project::new(&[("circle.plan.yaml", CIRCLE)]);
    let (code, out, errors) = project.run(&["compile", "circle.plan.yaml"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(errors.contains("circle.plan.yaml:") && errors.contains("nothing was written"), "{errors}");
    assert!(!project.path.join(".dispatch").exists());
    let (code, out, _) = project.run(&["analyze", "circle.plan.yaml", "--format", "json"]);
    let manifest: serde_json::Value = serde_json::from_str(&out).expect("a vetoed plan is printed, too");
    assert_eq!((code, manifest["schema"].as_str()), (1, Some("dispatch.manifest/v1")));
    let (code, out, _) = project.run(&["analyze", "circle.plan.yaml", "--format", "short"]);
    assert_eq!(code, 1);
    assert!(out.lines().all(|line| line.starts_with("circle.plan.yaml:")), "{out}");
}

#[test]
fn slips_on_the_command_line_name_the_nearest() {
    let project = Project::demo();
    let check = |words: &[&str], status: i32, wanted: &str| {
        let (code, _, errors) = project.run(words);
        assert_eq!(code, status, "{words:?}: {errors}");
        assert!(errors.contains(wanted), "{words:?}: {errors}");
    };
    check(&["compil", "demo.plan.yaml"], 2, "compile");
    check(&["compile", "demo.plan.yaml", "--lokced"], 2, "--locked");
    check(&["compile"], 2, "INPUT");
    check(&["schema", "manifst"], 2, "did you mean `manifest`?");
    check(&["config", "limts"], 2, "no setting begins with `limts`");
    check(&["compile", "demo.plan.yml"], 3, "did you mean `demo.plan.yaml`?");
    check(&["compile", "demo.plan.yaml", "--profile", "strikt"], 1, "did you mean `strict`?");
    check(&["compile", "demo.plan.yaml", "--set", "limits.wav=1m"], 1, "did you mean `limits.wave`?");
    assert!(!project.path.join(".dispatch/plans").exists());
}

#[test]
fn trouble_with_the_world_is_one_line_and_3() {
    let project = Project::new(&[("demo.plan.yaml", PLAN), ("notes/mine.txt", "mine"), ("file", "a file")]);
    let check = |line: &str, wanted: &str| {
        let (code, _, errors) = project.shell(line);
        assert_eq!(code, 3, "{line}: {errors}");
        let first = errors.lines().find(|line| line.starts_with("error: ")).unwrap_or_default();
        assert!(first.contains(wanted), "{line}: {errors}");
    };
    check("dispatch compile demo.plan.yaml --out notes", "`notes` is not empty and holds no `dispatch.lock`");
    check("dispatch compile demo.plan.yaml --out file", "`file` is not a folder");
    check("dispatch compile demo.plan.yaml --out file/below", "file");
    check("dispatch compile gone.md", "cannot read `gone.md`");
    check("dispatch compile . --root gone", "`gone` is not a folder");
    check("ulimit -f 0; trap '' XFSZ; dispatch compile demo.plan.yaml -q", "cannot write");
    check("mkdir empty; dispatch compile empty", "no document lies in `empty`");
    if cfg!(target_os = "linux") {
        check("dispatch config > /dev/full", "cannot write to standard output: no space left on device");
        check("mkdir deleted; cd deleted; rmdir ../deleted; dispatch compile x.md", "current folder");
        check("ln -s notes link; dispatch compile demo.plan.yaml --out link", "`link` is a symbolic link");
    }
    assert_eq!(fs::read_to_string(project.path.join("notes/mine.txt")).expect("still there"), "mine");
    assert!(!project.path.join(".dispatch/plans").exists(), "{:?}", project.plans().keys());
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let project = Project::demo();
    let mut child = project
        .command(&["analyze", "demo.plan.yaml", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    drop(child.stdout.take());
    let (code, _, errors) = said(child.wait_with_output().expect("it ends"));
    assert_eq!((code, errors.as_str()), (0, ""));
}

#[test]
fn what_has_not_changed_is_not_touched() {
    let project = Project::demo();
    let times = |project: &Project| -> BTreeMap<String, SystemTime> {
        let plans = project.path.join(".dispatch/plans");
        let time =
            |name: &String| fs::metadata(plans.join(name)).expect("a file").modified().expect("a time");
        project.plans().keys().map(|name| (name.clone(), time(name))).collect()
    };
    assert_eq!(project.run(&["compile", "demo.plan.yaml", "-q"]).0, 0);
    let (files, first) = (project.plans(), times(&project));
    // Nothing changed; then only the time of the input; then its line ends.
    assert_eq!(project.run(&["compile", "demo.plan.yaml", "-q"]).0, 0);
    Project::age(&project.path.join("demo.plan.yaml"), 30);
    let (_, out, _) = project.run(&["compile", "demo.plan.yaml"]);
    assert!(out.contains("is up to date: 2 tasks, 2 waves"), "{out}");
    project.write("demo.plan.yaml", &PLAN.replace('\n', "\r\n"));
    assert_eq!(project.run(&["compile", "demo.plan.yaml", "-q"]).0, 0);
    assert_eq!((project.plans(), times(&project)), (files.clone(), first.clone()));
    // One task changed: the prompt of the other is not touched.
    project.write("demo.plan.yaml", &PLAN.replace("Write the loader", "Write a loader"));
    assert_eq!(project.run(&["compile", "demo.plan.yaml", "-q"]).0, 0);
    let (now, last) = (project.plans(), times(&project));
    for (name, bytes) in &now {
        assert_eq!(files[name] == *bytes, first[name] == last[name], "{name}");
    }
    assert!(now.keys().any(|name| name.ends_with("T1.md") && first[name] == last[name]));
    assert!(now.keys().any(|name| name.ends_with("T2.md") && first[name] != last[name]));
}

#[test]
fn an_edited_output_is_drift_and_is_put_right() {
    let project = Project::demo();
    assert_eq!(project.run(&["check", "demo.plan.yaml"]).0, 1);
    assert_eq!(project.run(&["compile", "demo.plan.yaml", "-q"]).0, 0);
    assert_eq!(project.run(&["check", "demo.plan.yaml"]).0, 0);
    let files = project.plans();
    let name = files.keys().find(|name| name.ends_with("T1.md")).expect("a prompt");
    let path = project.path.join(".dispatch/plans").join(name);
    fs::write(&path, "edited by hand").expect("a file");
    let (code, out, _) = project.run(&["check", "demo.plan.yaml"]);
    assert!(code == 1 && out.contains("prompts/T1.md` was edited"), "{out}");
    assert_eq!(project.run(&["compile", "demo.plan.yaml", "--locked"]).0, 1);
    assert_eq!(fs::read_to_string(&path).expect("a file"), "edited by hand");
    assert_eq!(project.run(&["compile", "demo.plan.yaml", "-q"]).0, 0);
    assert_eq!(project.plans(), files);
}

#[test]
fn every_plan_folder_is_checked_without_being_named() {
    let project = Project::demo();
    assert_eq!(project.run(&["check"]).0, 0, "nothing to check");
    project.write("a/other.plan.yaml", &PLAN.replace("demo", "other"));
    for plan in ["demo.plan.yaml", "a/other.plan.yaml"] {
        assert_eq!(project.run(&["compile", plan, "-q"]).0, 0);
    }
    let (code, out, _) = project.run(&["check"]);
    assert!(code == 0 && out.lines().count() == 2, "{out}");
    project.write("a/other.plan.yaml", &PLAN.replace("demo", "other").replace("schema,", "table,"));
    let (code, out, _) = project.shell("cd a && dispatch check");
    assert!(code == 1 && out.contains("input `a/other.plan.yaml` has changed"), "{out}");
}

#[test]
fn settings_come_in_layers() {
    let project = Project::demo();
    project.write("dispatch.yaml", "limits:\n  max_parallel: 3\n");
    let check = |words: &[&str], variable: Option<(&str, &str)>, wanted: &str| {
        let mut command = project.command(words);
        command.envs(variable);
        let (code, out, errors) = said(command.output().expect("the binary runs"));
        assert_eq!(code, 0, "{errors}");
        assert!(out.contains(wanted), "{out}");
    };
    check(&["config", "races"], None, "races: \"serialize\"  # builtin:squads/dispatch/config.yaml:");
    check(&["config", "limits.max"], None, "limits.max_parallel: 3  # dispatch.yaml:2");
    let variable = Some(("DISPATCH_LIMITS_MAX_PARALLEL", "4"));
    check(&["config", "limits.max"], variable, "limits.max_parallel: 4  # DISPATCH_LIMITS_MAX_PARALLEL");
    check(
        &["config", "limits.max", "--set", "limits.max_parallel=5"],
        variable,
        "limits.max_parallel: 5  # --set",
    );
    project.write("dispatch.yaml", "limts: {}\n");
    let (code, _, errors) = project.run(&["compile", "demo.plan.yaml"]);
    assert!(code == 1 && errors.contains("did you mean `limits`?"), "{errors}");
}

#[test]
fn files_are_ejected_once() {
    let project = Project::new(&[]);
    let path = "squads/dispatch/config.yaml";
    assert_eq!(project.run(&["init", "--eject", path]).0, 0);
    assert!(project.path.join(path).is_file());
    let (code, _, errors) = project.run(&["init", "--eject", path]);
    assert!(code == 3 && errors.contains("edit it, or move it away"), "{errors}");
    let (code, _, errors) = project.run(&["init", "--eject", "squads/dispatch/config.yml"]);
    assert!(code == 2 && errors.contains("did you mean"), "{errors}");
    assert!(project.run(&["config", "races"]).1.contains("# squads/dispatch/config.yaml:"));
}

#[test]
fn standard_input_and_folders_are_documents() {
    let project = Project::new(&[("work/demo.plan.yaml", PLAN), ("work/README.md", "- [ ] not a task\n")]);
    let (code, out, errors) = project.shell("dispatch analyze - --format json < work/demo.plan.yaml");
    let manifest: serde_json::Value = serde_json::from_str(&out).expect("a manifest");
    assert_eq!((code, manifest["tasks"].as_array().map(Vec::len)), (0, Some(2)), "{errors}");
    let (code, out, errors) = project.run(&["analyze", "work", "--format", "json"]);
    let manifest: serde_json::Value = serde_json::from_str(&out).expect("a manifest");
    assert_eq!((code, manifest["tasks"].as_array().map(Vec::len)), (0, Some(2)), "{errors}");
    let (code, out, _) = project.run(&["analyze", "work/*.plan.yaml", "--format", "json"]);
    assert!(code == 0 && out.contains("work/demo.plan.yaml"));
}

#[test]
fn too_long_a_file_is_refused_from_its_size() {
    let project = Project::demo();
    let file = fs::File::create(project.path.join("long.md")).expect("a file");
    file.set_len(1 << 30).expect("a length");
    let (code, _, errors) = project.run(&["compile", "long.md"]);
    assert!(code == 3 && errors.contains("1073741824 bytes: at most 16777216 are read"), "{errors}");
}

#[test]
fn every_command_explains_itself() {
    let project = Project::new(&[]);
    let (code, out, _) = project.run(&["--help"]);
    assert!(code == 0 && out.contains("Exit status"), "{out}");
    assert_eq!(project.run(&["--version"]).1, concat!("dispatch ", env!("CARGO_PKG_VERSION"), "\n"));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (code, out, _) = project.run(&["completions", shell]);
        assert!(code == 0 && out.contains("compile"), "{shell}");
    }
    assert!(project.run(&["man"]).1.contains(".TH dispatch"));
    assert!(project.run(&["man", "compile"]).1.contains("plan folder"));
}
