//! What to begin with: the files of the suite, the golden projects, the shipped data and the examples.

use std::fs;
use std::path::{Path, PathBuf};

use super::{NAMES, configurable};

/// The smallest plan.
pub const PLAN: &str = "plan: demo\ntasks:\n  - {id: T1, title: Write the schema, outputs: [db/schema.sql]}\n";

/// A file to begin with: its path and its bytes.
pub type Seed = (String, Vec<u8>);

/// The folder of the project.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every file below a folder, sorted.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(&at).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// Every seed.
pub fn all() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = dispatch::builtin::files().map(|(path, bytes)| (path, bytes.to_vec())).collect();
    for folder in ["tests/golden", "squads/dispatch/examples"] {
        for path in files(&root().join(folder)) {
            let bytes = fs::read(&path).unwrap_or_default();
            seeds.push((path.to_string_lossy().into_owned(), bytes));
        }
    }
    for page in files(&root().join("tests/suite")) {
        let text = fs::read_to_string(&page).unwrap_or_default();
        seeds.extend(fences(&text));
    }
    for text in HOSTILE {
        seeds.push(("hostile.md".to_owned(), text.as_bytes().to_vec()));
    }
    seeds.retain(|(_, bytes)| !bytes.is_empty() && bytes.len() < 20_000);
    seeds
}

/// The seeds as a target wants them: some begin with a byte that picks a name.
pub fn of(target: &str) -> Vec<Seed> {
    let mut found = all();
    if target == "lock" {
        found = vec![("dispatch.lock".to_owned(), b"dispatch.lock v1\ncompiler a\noptions b\ntree c\ninput d a.md\noutput e 5 prompts/T1.md\n".to_vec())];
    }
    let picks = |path: &str| match target {
        "registry" => configurable().iter().position(|name| path.ends_with(name.as_str())),
        "compile" | "dialect" => Some(NAMES.iter().position(|name| ending(name) == ending(path)).unwrap_or(0)),
        "squad" => ["agents", "tasks", "checklists", "workflows", "skills"].iter().position(|kind| path.contains(kind)),
        _ => None,
    };
    let picked = matches!(target, "registry" | "compile" | "dialect" | "squad");
    if picked {
        // What a target would read under another name teaches it little, and each seed is run first.
        found.retain(|(path, _)| path == "hostile.md" || picks(path).is_some());
        for (path, bytes) in &mut found {
            bytes.insert(0, u8::try_from(picks(path).unwrap_or(0)).unwrap_or(0));
        }
    }
    found
}

fn ending(path: &str) -> &str {
    path.rsplit('/').next().and_then(|name| name.split_once('.')).map_or("", |(_, ending)| ending)
}

/// Writes the seeds of a target, or one of `every`.
pub fn write(folder: &Path, target: &str, every: usize) {
    fs::create_dir_all(folder).expect("a folder");
    for (number, (_, bytes)) in of(target).iter().enumerate().step_by(every) {
        fs::write(folder.join(format!("seed-{number}")), bytes).expect("a file");
    }
}

/// Writes the seeds of a target where `DISPATCH_SEEDS` wants them, one of `DISPATCH_SEEDS_EVERY`: a target under libFuzzer
/// does so before it reads them, and no other program has to be built for it.
pub fn offer(target: &str) {
    let Some(folder) = std::env::var_os("DISPATCH_SEEDS") else { return };
    let every = std::env::var("DISPATCH_SEEDS_EVERY").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    write(Path::new(&folder), target, every);
}

/// The files of a page of the suite.
fn fences(text: &str) -> Vec<Seed> {
    let mut found = Vec::new();
    let mut open: Option<(usize, String, Vec<u8>)> = None;
    for line in text.split_inclusive('\n') {
        let ticks = line.bytes().take_while(|&byte| byte == b'`').count();
        match &mut open {
            None if ticks >= 3 => {
                let name = line[ticks..].split_whitespace().nth(1).unwrap_or("a.md").to_owned();
                open = Some((ticks, name, Vec::new()));
            }
            Some((wide, name, bytes)) if ticks >= *wide => {
                found.push((std::mem::take(name), std::mem::take(bytes)));
                open = None;
            }
            Some((_, _, bytes)) => bytes.extend_from_slice(line.as_bytes()),
            None => {}
        }
    }
    found
}

/// Texts that try to be more than text; also the dictionary of the mutator.
pub const HOSTILE: [&str; 40] = [
    "{{ 7*7 }}", "{% for x in range(1000000000) %}{% endfor %}", "{# #}", "```\n# TASK T9\n```", "````", "~~~",
    "\n## OUTPUT\n", "\n---\n", "---\nid: x\n---\n", "<!-- dispatch: allow V1.2 (x) -->", "<!--", "-->", "]]>",
    "\u{202e}", "\u{200b}", "\u{feff}", "\u{2028}", "\u{85}", "\0", "\r\n", "\r", "\t", "&a [*a, *a]", "<<: *a",
    "!!binary x", "? {a: b}\n: c", "|2-\n", ">+\n", "%YAML 1.2\n", "...\n", "\"\\ud800\"", "1e999", "0x_1", "../../etc/passwd",
    "C:\\x", "AUX", "- [ ] T1: Create `a.md` (AC: 1)", "1. [x] ", "depends_on: [T1]", "99999999999999999999 emails",
];
