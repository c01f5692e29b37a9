//! Runs the targets on a stable toolchain, replays one input, and measures what large and twisted inputs cost.
//!
//!   drive run TARGET|all SECONDS [SEED]     mutated seeds; what fails is kept under target/fuzz/failed
//!   drive replay TARGET FILE…               one input again
//!   drive files FOLDER RUNS [SEED]          mutations of real files, compiled whole
//!   drive bombs                             1 MiB of everything that is known to hurt readers
//!   drive seeds FOLDER [EVERY]              writes the seeds of each target, or one of EVERY

use std::cell::RefCell;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use dispatch_fuzz::mutate::{Chance, mutate};
use dispatch_fuzz::seeds::{self, Seed};
use dispatch_fuzz::{TARGETS, library, project, whole};

/// How long one input may take: a second in a release build on a quiet machine, more where the driver is built fast.
/// What is quadratic takes minutes.
const LONGEST: Duration = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 1 });

thread_local! {
    /// What the last panic said, and where.
    static CAUSE: RefCell<String> = const { RefCell::new(String::new()) };
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.first().is_none_or(|word| word != "replay") {
        panic::set_hook(Box::new(|info| CAUSE.set(info.to_string().replace('\n', " "))));
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let number = |word: Option<&&str>, other: u64| word.and_then(|word| word.parse().ok()).unwrap_or(other);
    let bad = match words.as_slice() {
        ["run", target, rest @ ..] => {
            let (seconds, seed) = (number(rest.first(), 10), number(rest.get(1), 1));
            let chosen = TARGETS.iter().filter(|(name, _)| *target == "all" || name == target);
            chosen.map(|(name, run)| campaign(name, *run, Duration::from_secs(seconds), seed)).sum()
        }
        ["replay", target, files @ ..] => {
            let Some((_, run)) = TARGETS.iter().find(|(name, _)| name == target) else { return usage() };
            for file in files {
                let begun = Instant::now();
                run(&fs::read(file).expect("the file is readable"));
                println!("{file}: {:?}", begun.elapsed());
            }
            0
        }
        ["files", folder, rest @ ..] => {
            real(Path::new(folder), number(rest.first(), 20_000), number(rest.get(1), 1))
        }
        ["bombs"] => bombs(),
        ["seeds", folder, rest @ ..] => {
            let every = usize::try_from(number(rest.first(), 1)).unwrap_or(1).max(1);
            for (target, _) in TARGETS {
                seeds::write(&Path::new(folder).join(target), target, every);
            }
            0
        }
        _ => return usage(),
    };
    if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn usage() -> ExitCode {
    println!("drive run TARGET|all SECONDS [SEED] · replay TARGET FILE… · files FOLDER RUNS [SEED] · bombs · seeds FOLDER [EVERY]");
    ExitCode::from(2)
}

/// Runs one input; says what went wrong.
fn attempt(run: impl FnOnce()) -> Result<Duration, String> {
    let begun = Instant::now();
    let outcome = panic::catch_unwind(AssertUnwindSafe(run));
    let took = begun.elapsed();
    match outcome {
        Err(_) => Err(CAUSE.take()),
        Ok(()) if took > LONGEST => Err(format!("took {took:?}")),
        Ok(()) => Ok(took),
    }
}

fn keep(target: &str, number: u64, bytes: &[u8], cause: &str) {
    let folder = seeds::root().join("target/fuzz/failed");
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(format!("{target}-{number}"));
    fs::write(&path, bytes).expect("a file");
    let cause: String = cause.chars().take(400).collect();
    println!("{target}: {cause}\n  replay with: drive replay {target} {}", path.display());
}

fn campaign(name: &str, run: fn(&[u8]), length: Duration, seed: u64) -> u64 {
    let seeds = seeds::of(name);
    let mut chance = Chance::of(seed);
    let begun = Instant::now();
    let (mut runs, mut bad, mut slowest) = (0, 0, Duration::ZERO);
    library();
    while begun.elapsed() < length && bad < 5 {
        let (_, base) = &seeds[chance.below(seeds.len())];
        let input = if runs < seeds.len() as u64 {
            seeds[usize::try_from(runs).unwrap_or(0)].1.clone()
        } else {
            mutate(base, &seeds, &mut chance)
        };
        runs += 1;
        match attempt(|| run(&input)) {
            Ok(took) => slowest = slowest.max(took),
            Err(cause) => {
                bad += 1;
                keep(name, runs, &input, &cause);
            }
        }
    }
    println!("{name:13} {runs:8} runs, seed {seed}, slowest {slowest:?}, {bad} bad");
    bad
}

/// Real files, changed by chance, under names of every kind.
fn real(folder: &Path, runs: u64, seed: u64) -> u64 {
    let root = folder.to_owned();
    let files: Vec<Seed> = seeds::files(folder)
        .into_iter()
        .filter_map(|path| {
            let name = path.strip_prefix(&root).ok()?.to_str()?.to_owned();
            Some((name, fs::read(&path).ok()?)).filter(|(_, bytes)| bytes.len() < 60_000)
        })
        .collect();
    if files.is_empty() {
        println!("no files in {}", folder.display());
        return 1;
    }
    let mut chance = Chance::of(seed);
    let (mut bad, mut slowest) = (0, (Duration::ZERO, String::new()));
    for number in 0..runs {
        let (name, bytes) = &files[chance.below(files.len())];
        let plain = usize::try_from(number).ok().filter(|&number| number < files.len());
        let (name, input) = plain.map_or_else(
            || (name.as_str(), mutate(bytes, &files, &mut chance)),
            |number| (files[number].0.as_str(), files[number].1.clone()),
        );
        let outcome = attempt(|| {
            let (inputs, _) = project(name, &input);
            whole(&inputs, library());
        });
        match outcome {
            Ok(took) if took > slowest.0 => slowest = (took, name.to_owned()),
            Ok(_) => {}
            Err(cause) => {
                bad += 1;
                keep("files", number, &input, &format!("{name}: {cause}"));
                if bad >= 10 {
                    break;
                }
            }
        }
    }
    println!("{} files, {runs} runs, seed {seed}, slowest {:?} ({}), {bad} bad", files.len(), slowest.0, slowest.1);
    bad
}

/// What is known to hurt readers, a mebibyte of each, as every kind of file.
fn bombs() -> u64 {
    let size = 1 << 20;
    let fill = |unit: &str| unit.repeat(size / unit.len());
    let mut cases: Vec<(String, String)> = [
        "[", "]", "{", "}", "(", "[a](", "![", "<", ">", "> ", "- ", "* ", "+ ", "1. ", "*", "_", "**a", "`", "``` ", "~", "|", "|a",
        "| a ", "#", "# ", "=", "-", ":", "? ", "&a ", "*a ", "!", "!!", "%", "\"", "'", "\\", "\t", " ", "\n", "\r", "\n\n- ", "a: ", "a:\n",
        "{a: ", "[a, ", "- - ", "&a [", "<!-- ", "<!--", "-->", "<a ", "&amp;", "{{", "{%", "\u{202e}", "\u{0}", "a", "a ", "é", "1", "1,",
        "T1 ", "T1, ", "`a` ", "a/b.md ", "`a/b.md`, ", "3 emails ", "3 emails and ", "- [ ] ", "- [ ] a\n", "- a\n  ", "# a\n", "> a\n", "|a|b|\n",
        "|-", "|-|-|\n", "```\n", "~~~\na\n", "---\n", "===\n", "1. a\n", "*a_", "[a]: b\n", "[a][b] ", "\"a\":", "{\"a\":", "[1,", "a\n---\n", "...\n",
        "depends on T1 and ", "**Depends on:** T1\n", "- id: a\n", "- {id: a}\n", "  - a: b\n", "\\\n", "a\\\n", "<div>\n", "</div>\n", "T1 depends on T2\n",
    ]
    .iter()
    .map(|unit| (format!("{unit:?}"), fill(unit)))
    .collect();
    let steps = |line: &dyn Fn(usize) -> String| {
        let mut text = String::new();
        let mut number = 0;
        while text.len() < size {
            text.push_str(&line(number));
            number += 1;
        }
        text
    };
    let deep = |unit: &'static str| {
        let mut text = String::new();
        let mut depth = 0;
        while text.len() < size {
            text.push_str(&"  ".repeat(depth));
            text.push_str(unit);
            text.push('\n');
            depth += 1;
        }
        text
    };
    cases.push(("deep list".to_owned(), deep("- a")));
    cases.push(("deep tasks".to_owned(), deep("- [ ] a")));
    cases.push(("deep map".to_owned(), deep("a:")));
    cases.push(("deep list of maps".to_owned(), deep("- a:")));
    cases.push(("many tasks".to_owned(), steps(&|n| format!("- [ ] T{n}: Create `src/f{n}.rs` after T{}\n", n / 2))));
    cases.push(("one file, many tasks".to_owned(), steps(&|n| format!("- [ ] T{n}: Update `src/f.rs` with {n}\n"))));
    cases.push(("tasks that wait for nobody".to_owned(), steps(&|n| format!("- [ ] T{n}: Create `f{n}` (depends on X{n})\n"))));
    cases.push(("many criteria".to_owned(), format!("## Acceptance Criteria\n\n{}", steps(&|n| format!("{n}. returns {n} rows\n")))));
    cases.push(("many headings".to_owned(), steps(&|n| format!("## Phase {n}: a\n\n- [ ] a {n}\n\n"))));
    cases.push(("many globs".to_owned(), steps(&|n| format!("- [ ] T{n}: Change `src/**/{n}*.rs`\n"))));
    cases.push(("many numbers".to_owned(), steps(&|n| format!("Write {n} emails and {n} posts. "))));
    let plan = |row: &dyn Fn(usize) -> String| format!("plan: p\ntasks:\n{}", steps(row));
    cases.push(("plan: many tasks".to_owned(), plan(&|n| format!("  - {{id: T{n}, title: Write {n}, outputs: [o/{n}]}}\n"))));
    cases.push(("plan: one output".to_owned(), plan(&|n| format!("  - {{id: T{n}, title: Write {n}, outputs: [o]}}\n"))));
    cases.push(("plan: unknown names".to_owned(), plan(&|n| format!("  - {{id: T{n}, title: Write {n}, outputs: [o/{n}], depends_on: [X{n}]}}\n"))));
    cases.push(("plan: one id".to_owned(), plan(&|n| format!("  - {{id: T, title: Write {n}, outputs: [o/{n}]}}\n"))));
    cases.push(("plan: globs".to_owned(), plan(&|n| format!("  - {{id: T{n}, title: Write {n}, ownership: ['src/**/{n}*']}}\n"))));
    cases.push(("plan: all wait for all before".to_owned(), {
        let rows: Vec<String> = (0..600).map(|n| {
            let names: Vec<String> = (0..n).map(|other| format!("T{other}")).collect();
            format!("  - {{id: T{n}, title: Write {n}, outputs: [o/{n}], depends_on: [{}]}}\n", names.join(","))
        }).collect();
        format!("plan: p\ntasks:\n{}", rows.concat())
    }));
    cases.push(("laughs".to_owned(), {
        let mut text = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for n in 1..40 {
            let names = vec![format!("*a{}", n - 1); 10].join(",");
            text.push_str(&format!("a{n}: &a{n} [{names}]\n"));
        }
        text
    }));
    cases.push(("merges".to_owned(), steps(&|n| format!("a{n}: &a{n} {{<<: *a{}, b{n}: 1}}\n", n.saturating_sub(1)))));
    cases.push(("one key".to_owned(), format!("{}: 1\n", "k".repeat(size))));
    cases.push(("many keys".to_owned(), steps(&|n| format!("k{n}: 1\n"))));
    cases.push(("equal keys".to_owned(), steps(&|_| "k: 1\n".to_owned())));
    let (mut bad, mut slow) = (0, Vec::new());
    for (what, text) in &cases {
        for name in ["a.story.md", "a.plan.yaml", "a.json", "specs/001-a/tasks.md", "a.txt"] {
            let begun = Instant::now();
            let outcome = attempt(|| {
                let (inputs, _) = project(name, text.as_bytes());
                whole(&inputs, library());
            });
            slow.push((begun.elapsed(), format!("{what} as {name}")));
            if let Err(cause) = outcome {
                bad += 1;
                println!("{what} as {name}: {}", cause.lines().next().unwrap_or_default());
            }
        }
    }
    slow.sort();
    for (took, what) in slow.iter().rev().take(12) {
        println!("{took:>12.3?}  {what}");
    }
    println!("{} inputs, {bad} bad, {} KiB of memory at most", slow.len(), peak());
    bad
}

/// The most memory this process has held, where the system tells.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
