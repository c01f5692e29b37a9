//! The shape of the source itself: arrows between layers, lengths of files, left-over markers.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Longest file. Anything longer holds two things.
const LINES: usize = 500;
/// Files that may be longer, each with its reason.
const LONG: &[(&str, &str)] = &[];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<(String, String)> {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("src is readable").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    let name = |path: &Path| {
        path.strip_prefix(root().join("src")).expect("it lies in src").to_string_lossy().into_owned()
    };
    files
        .iter()
        .map(|path| (name(path), std::fs::read_to_string(path).expect("sources are readable")))
        .collect()
}

/// The room a source file or a `use` path belongs to: `base`, `ir`, `syntax`, `compiler/ast`, `host`, ….
fn room(path: &str) -> String {
    let mut parts = path.split(['/', ':']).filter(|part| !part.is_empty());
    let first = parts.next().unwrap_or_default().trim_end_matches(".rs");
    if first != "compiler" {
        return first.to_owned();
    }
    let phase = parts.next().map(|part| part.trim_end_matches(".rs"));
    match phase {
        None | Some("mod" | "library" | "compilation" | "judge") => "compiler".to_owned(),
        Some(phase) => format!("compiler/{phase}"),
    }
}

fn allowed(from: &str, to: &str) -> bool {
    let phase = from.starts_with("compiler/");
    match to {
        _ if from == to || from == "lib" => true,
        "base" => true,
        "ir" => from != "base",
        "syntax" => phase || matches!(from, "compiler" | "host"),
        "builtin" => matches!(from, "host"),
        "compiler" => matches!(from, "host"),
        "host" => matches!(from, "bin"),
        _ if to.starts_with("compiler/") => matches!(from, "compiler" | "host"),
        _ => true,
    }
}

/// Files that are compiled for unit tests only.
fn is_test(name: &str) -> bool {
    let stem = name.trim_end_matches(".rs").rsplit('/').next().unwrap_or_default();
    name.contains("/tests/") || matches!(stem, "tests" | "testing" | "samples" | "fixture")
}

#[test]
fn arrows_point_one_way() {
    let mut wrong = String::new();
    for (name, text) in sources() {
        let from = room(&name);
        if is_test(&name) {
            continue;
        }
        // Unit tests may reach for the shipped data.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default().replace("pub(in crate::", "pub(in ");
        for part in code.split("crate::").skip(1) {
            let path: String =
                part.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':')).collect();
            let to = room(&path);
            if path.starts_with(char::is_lowercase) && !allowed(&from, &to) && path != "id" {
                let _ = writeln!(wrong, "src/{name}: `crate::{path}`: {from} must not know {to}");
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn files_have_one_reason_to_exist() {
    let mut wrong = String::new();
    for (name, text) in sources() {
        let lines = text.lines().count();
        let excused = LONG.iter().any(|(file, _)| *file == name);
        if lines > LINES && !excused {
            let _ = writeln!(wrong, "src/{name}: {lines} lines; split it, or give a reason in LONG");
        }
        if lines <= LINES && excused {
            let _ = writeln!(wrong, "src/{name}: remove it from LONG");
        }
        if !text.starts_with("//!") && !name.ends_with("tests.rs") {
            let _ = writeln!(wrong, "src/{name}: begin with `//!` and what this file owns");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn nothing_is_left_over() {
    let mut wrong = String::new();
    let markers =
        [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("todo", "!("), concat!("unimpl", "emented!(")];
    for (name, text) in sources() {
        for (number, line) in text.lines().enumerate() {
            let comment = line.trim_start().starts_with("//");
            for marker in markers.iter().filter(|marker| line.contains(**marker)) {
                if comment && !line.contains('`') || marker.ends_with('(') {
                    let _ = writeln!(wrong, "src/{name}:{}: {marker}", number + 1);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Whatever the compiler may report can be asked about with `dispatch explain`.
#[test]
fn every_finding_is_explained() {
    let slug =
        regex::Regex::new(r#""([a-z]+(?:-[a-z0-9]+)*/[a-z][a-z0-9]*(?:-[a-z0-9]+)*)""#).expect("a pattern");
    let text =
        dispatch::builtin::file("squads/dispatch/data/diagnostics.yaml").expect("explanations are shipped");
    let text = String::from_utf8_lossy(text);
    let known: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("- code: ")).collect();
    let mut found = 0;
    let mut wrong = String::new();
    for (name, text) in sources() {
        let is_test =
            name.ends_with("tests.rs") || name.ends_with("testing.rs") || name.ends_with("fixture.rs");
        let text = if is_test { "" } else { text.split("#[cfg(test)]").next().unwrap_or_default() };
        for (number, line) in
            text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            for code in slug.captures_iter(line).map(|hit| hit.get(1).expect("a group").as_str()) {
                // `dispatch/v1` is the version of a format.
                if code
                    .rsplit_once("/v")
                    .is_some_and(|(_, version)| version.bytes().all(|byte| byte.is_ascii_digit()))
                {
                    continue;
                }
                found += 1;
                if !known.contains(&code) {
                    let _ = writeln!(
                        wrong,
                        "src/{name}:{}: `{code}` has no entry in diagnostics.yaml",
                        number + 1
                    );
                }
            }
        }
    }
    assert!(found > 100, "only {found} codes were found: has their form changed?");
    assert!(wrong.is_empty(), "\n{wrong}");
}
