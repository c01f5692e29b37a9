//! The weaknesses of the seed, none of which is ours: `weaknesses.yaml`, a row each.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use dispatch::base::inputs::Inputs;
use dispatch::compiler::check::example::{objections, test_rule};
use dispatch::compiler::check::rule::{Examples, Scope};
use dispatch::compiler::library::{Library, Options};
use serde::Deserialize;
use serde_yaml::Value;

use crate::cli::Project;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Weakness {
    weakness: String,
    title: String,
    probes: Vec<Probe>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Probe {
    Rule(Asked),
    Gate(Judged),
    Run(Box<Run>),
    Commands(Documents),
}

/// Facts, and whether one rule lets them pass.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    rule: String,
    #[serde(default)]
    passes: Vec<Value>,
    #[serde(default)]
    fails: Vec<Value>,
    #[serde(default)]
    says: Words,
}

/// Facts, and which rules of a gate object.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Judged {
    gate: String,
    scope: Scope,
    facts: Value,
    finds: Vec<String>,
}

/// Commands, and what the last of them says and leaves.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    #[serde(default)]
    files: BTreeMap<String, Content>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    /// Where the commands are run, below the root.
    #[serde(default)]
    folder: String,
    run: Vec<String>,
    exit: Option<i32>,
    #[serde(default)]
    says: Vec<String>,
    #[serde(default)]
    lacks: Vec<String>,
    /// These stand in the output, each after the one before.
    #[serde(default)]
    in_order: Vec<String>,
    /// Standard output is one JSON document.
    #[serde(default)]
    json: bool,
    #[serde(default)]
    leaves: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Documents {
    commands_in: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(untagged)]
enum Words {
    #[default]
    None,
    One(String),
    All(Vec<String>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Bytes { bytes: Vec<u8> },
    Long { head: String, fill: String, times: usize },
}

impl Content {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.clone().into_bytes(),
            Self::Bytes { bytes } => bytes.clone(),
            Self::Long { head, fill, times } => (head.clone() + &fill.repeat(*times)).into_bytes(),
        }
    }
}

#[test]
fn none_of_the_seeds_weaknesses_is_ours() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(top.join("tests/weaknesses.yaml")).expect("the table is readable");
    let rows: Vec<Weakness> = serde_yaml::from_str(&text).expect("the table is a list of weaknesses");
    let named: Vec<String> = rows.iter().map(|row| row.weakness.clone()).collect();
    let wanted: Vec<String> = (1..=100).map(|number| format!("G{number}")).collect();
    assert_eq!(named, wanted, "each weakness once, in order");
    let mut inputs = Inputs::new();
    dispatch::builtin::underlay(&mut inputs);
    let library = Library::load(&inputs, &Options::default());
    let mut failures = String::new();
    for row in &rows {
        assert!(!row.probes.is_empty(), "{} {} is not probed", row.weakness, row.title);
        for probe in &row.probes {
            let faults = match probe {
                Probe::Rule(asked) => ask(asked, &library),
                Probe::Gate(judged) => judge(judged, &library),
                Probe::Run(run) => run_commands(run),
                Probe::Commands(documents) => commands(top, documents),
            };
            for fault in faults {
                let _ = writeln!(failures, "{} {}\n  {fault}", row.weakness, row.title);
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

fn ask(asked: &Asked, library: &Library) -> Vec<String> {
    let mut rule = library.packs.rule(&asked.rule).expect("a rule of the packs").clone();
    rule.examples = Examples { pass: asked.passes.clone(), fail: asked.fails.clone() };
    assert_ne!(rule.examples, Examples::default(), "{} is asked about nothing", rule.id);
    let says = match &asked.says {
        Words::None => &[][..],
        Words::One(word) => std::slice::from_ref(word),
        Words::All(words) => words,
    };
    let mut faults = Vec::new();
    for result in test_rule(&library.packs, &rule) {
        let told = result.message.clone().unwrap_or_default();
        let lacks = says.iter().any(|word| !told.contains(word.as_str()));
        if !result.is_right() || (!result.passed && lacks) {
            faults.push(format!("{result:?}"));
        }
    }
    faults
}

fn judge(judged: &Judged, library: &Library) -> Vec<String> {
    let found: Vec<String> = objections(&library.packs, &judged.gate, judged.scope, &judged.facts)
        .into_iter()
        .map(|said| said.rule)
        .collect();
    let is_asked = library.packs.rules.iter().any(|rule| rule.gate == judged.gate);
    assert!(is_asked, "{} is no gate", judged.gate);
    if found == judged.finds { Vec::new() } else { vec![format!("{found:?}, not {:?}", judged.finds)] }
}

fn run_commands(run: &Run) -> Vec<String> {
    let project = Project::new(&[]);
    for (path, content) in &run.files {
        let path = project.path.join(path);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder");
        fs::write(&path, content.bytes()).expect("a file");
    }
    let mut faults = Vec::new();
    let mut last = (0, String::new(), String::new());
    for line in &run.run {
        let words: Vec<&str> = line.split_whitespace().collect();
        let mut command = project.command(&words);
        command.envs(&run.env).current_dir(project.path.join(&run.folder));
        last = crate::cli::said(command.output().expect("the binary runs"));
    }
    let (status, out, errors) = last;
    let all = [out.as_str(), errors.as_str()].concat();
    if run.exit.is_some_and(|exit| exit != status) {
        faults.push(format!("exit status {status}"));
    }
    faults.extend(run.says.iter().filter(|word| !all.contains(*word)).map(|word| format!("lacks `{word}`")));
    faults.extend(run.lacks.iter().filter(|word| all.contains(*word)).map(|word| format!("says `{word}`")));
    let mut from = 0;
    for word in &run.in_order {
        match all[from..].find(word.as_str()) {
            Some(at) => from += at + word.len(),
            None => faults.push(format!("`{word}` does not come next")),
        }
    }
    if run.json && serde_json::from_str::<serde_json::Value>(&out).is_err() {
        faults.push("standard output is not one JSON document".to_owned());
    }
    for (path, wanted) in &run.leaves {
        let text = fs::read_to_string(project.path.join(path)).unwrap_or_default();
        if text != *wanted {
            faults.push(format!("leaves in {path}:\n{text}"));
        }
    }
    if !faults.is_empty() {
        faults.push(format!("`{}` said:\n{all}", run.run.join("; ")));
    }
    faults
}

/// Commands and flags that documents name and the binary does not have.
fn commands(top: &Path, Documents { commands_in }: &Documents) -> Vec<String> {
    let mut found = BTreeSet::new();
    for document in commands_in {
        gather(&top.join(document), &mut found);
    }
    assert!(!found.is_empty(), "no document names a command");
    let project = Project::new(&[]);
    let mut help: BTreeMap<Vec<String>, Option<String>> = BTreeMap::new();
    let mut page = |words: &[&str]| {
        let key: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let ask = || {
            let words: Vec<&str> = words.iter().copied().chain(["--help"]).collect();
            let (status, out, _) = project.run(&words);
            (status == 0).then_some(out)
        };
        help.entry(key).or_insert_with(ask).clone()
    };
    let mut faults = Vec::new();
    for line in found {
        let mut words = line.split_whitespace().skip(1).peekable();
        let mut path: Vec<&str> = Vec::new();
        while let Some(word) =
            words.next_if(|word| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'))
        {
            if word.starts_with('-') {
                break;
            }
            path.push(word);
            if page(&path).is_none() {
                path.pop();
                break;
            }
        }
        let Some(text) = page(&path).filter(|_| !path.is_empty()) else {
            faults.push(format!("there is no command `{line}`"));
            continue;
        };
        for flag in line.split_whitespace().filter(|word| word.starts_with("--") && word.len() > 2) {
            let flag = flag.split('=').next().unwrap_or(flag);
            if !text.contains(flag) {
                faults.push(format!("there is no flag `{flag}`: `{line}`"));
            }
        }
    }
    faults
}

/// Code spans and console lines that begin with `dispatch` and go on.
fn gather(path: &Path, found: &mut BTreeSet<String>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("a folder of the project") {
            gather(&entry.expect("an entry").path(), found);
        }
        return;
    }
    let text = fs::read_to_string(path).unwrap_or_default();
    for line in text.lines() {
        let spans = line.split('`').skip(1).step_by(2);
        let shown = line.trim().strip_prefix("$ ").or(Some(line.trim())).filter(|line| !line.contains('`'));
        for span in spans.chain(shown) {
            let span = span.split(['|', ';', '#', '>']).next().unwrap_or(span).trim();
            let command = span.strip_prefix("dispatch ").and_then(|rest| rest.split_whitespace().next());
            let is_command = command.is_some_and(|word| {
                word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_lowercase()) && !span.contains(": ")
            });
            if is_command {
                found.insert(span.trim_end_matches(['.', ',', ':', '…']).to_owned());
            }
        }
    }
}
