//! The README is true: its `console` blocks are run, line by line, in a copy of what they need.
#![allow(clippy::disallowed_methods, reason = "tests of the binary touch the world")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Folders the commands of the README refer to.
const NEEDED: [&str; 1] = ["squads/dispatch/examples"];

#[test]
fn commands_of_the_readme_run() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(top.join("README.md")).expect("the README is readable");
    let folder = std::env::temp_dir().join(format!("dispatch-readme-{}", std::process::id()));
    for needed in NEEDED {
        copy(&top.join(needed), &folder.join(needed));
    }
    fs::create_dir_all(folder.join(".git")).expect("a mark of a project");
    let commands: Vec<&str> = commands(&text).collect();
    assert!(
        commands.iter().any(|line| line.contains("compile")),
        "the README shows the main job: {commands:?}"
    );
    let mut failures = String::new();
    for command in commands {
        // The tests are running already.
        if command == "cargo test" {
            continue;
        }
        let line = command.replace("cargo run --release --", "dispatch");
        let script = format!("set -e; dispatch() {{ \"$DISPATCH\" \"$@\"; }}; {line}");
        let output = Command::new("sh")
            .args(["-c", &script])
            .current_dir(&folder)
            .env("DISPATCH", env!("CARGO_BIN_EXE_dispatch"))
            .stdin(Stdio::null())
            .output()
            .expect("a shell runs");
        if !output.status.success() {
            failures
                .push_str(&["$ ", command, "\n", &String::from_utf8_lossy(&output.stderr), "\n"].concat());
        }
    }
    fs::remove_dir_all(&folder).expect("the copy is removed");
    assert!(failures.is_empty(), "{failures}");
}

/// Lines of `console` blocks that begin with `$ `.
fn commands(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    text.lines().filter_map(move |line| {
        if line.starts_with("```") {
            inside = !inside && line == "```console";
            return None;
        }
        line.strip_prefix("$ ").filter(|_| inside)
    })
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder of the project") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file");
        }
    }
}
