//! General truths over generated projects: whatever is put in, the compiler answers, points into its files, and keeps
//! every limit and every stated order.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use dispatch::base::inputs::{Inputs, RelPath};
use dispatch::base::source::Layer;
use dispatch::compiler::compilation::Compilation;
use dispatch::compiler::compile;
use dispatch::compiler::generate::merges::merges;
use dispatch::compiler::library::{Library, Options};
use proptest::prelude::*;

/// Compiles one document and hands the result to `judge`.
fn with(name: &str, bytes: &[u8], judge: impl FnOnce(&Inputs, &Compilation<'_>)) {
    let mut inputs = Inputs::new();
    inputs.add_document(RelPath::new(name).expect("a name is a path"), bytes.to_vec());
    dispatch::builtin::underlay(&mut inputs);
    let library = Library::load(&inputs, &Options::default());
    judge(&inputs, &compile(&inputs, &library));
}

/// Every label lies in its file, on character boundaries; a refusal says something.
fn sound(inputs: &Inputs, compilation: &Compilation<'_>) {
    for finding in &compilation.plan.diagnostics {
        assert!(!finding.message.is_empty());
        for label in &finding.labels {
            let text = inputs.text(label.span.file);
            assert!(text.get(label.span.range()).is_some(), "{} points outside of its file", finding.code);
        }
    }
}

/// A plan file of tasks of which each waits for some before it.
fn plan(edges: &[Vec<usize>], parallel: u32) -> (String, String) {
    let mut text = String::from("plan: generated\ntasks:\n");
    for (task, before) in edges.iter().enumerate() {
        let names: Vec<String> = before.iter().map(|other| format!("T{other}")).collect();
        let _ = writeln!(
            text,
            "  - {{id: T{task}, title: Write part {task}, outputs: [out/{task}.md], depends_on: [{}], duration_s: {}}}",
            names.join(", "),
            30 + task * 7 % 90
        );
    }
    (text, format!("limits: {{max_parallel: {parallel}}}\n"))
}

fn edges() -> impl Strategy<Value = Vec<Vec<usize>>> {
    prop::collection::vec(prop::collection::vec(any::<prop::sample::Index>(), 0..4), 1..24).prop_map(|rows| {
        let row = |(task, picks): (usize, Vec<prop::sample::Index>)| {
            let mut before: Vec<usize> =
                if task == 0 { Vec::new() } else { picks.iter().map(|pick| pick.index(task)).collect() };
            before.sort_unstable();
            before.dedup();
            before
        };
        rows.into_iter().enumerate().map(row).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..600), name in 0..4usize) {
        let name = ["a.md", "a.plan.yaml", "a.json", "a.txt"][name];
        with(name, &bytes, sound);
    }

    #[test]
    fn any_words_of_a_story_are_answered(lines in prop::collection::vec(
        prop_oneof![
            Just("## Tasks"), Just("## Acceptance Criteria"), Just("- [ ] T1: Create `a.md`"), Just("  - [x] 1.1 b (AC: 1)"),
            Just("### Phase 2: x"), Just("**Depends on:** T1, T2"), Just("```"), Just("| a | b |"), Just("---"), Just("> q"),
            Just("1. Criar 3 e-mails"), Just("T1 depends on T2"), Just("<!-- dispatch: allow V1.2 (x) -->"), Just(""),
        ], 0..40)) {
        with("s.story.md", lines.join("\n").as_bytes(), sound);
    }

    #[test]
    fn what_needs_a_person_never_starts_by_itself(
        edges in edges(),
        policies in prop::collection::vec(0..10usize, 12),
        parallel in 1..5u32,
    ) {
        /// What makes a task wait for somebody; the first two and the last do not.
        const POLICIES: [&str; 10] = [
            "",
            "waits: [90s]",
            "approval: true",
            "auto: false",
            "executor: human",
            "category: plan",
            "type: checkpoint:human-verify",
            "waits: [the deploy has finished]",
            "action: redirect",
            "isolation: worktree",
        ];
        let (text, config) = plan(&edges, parallel);
        let rows = text.lines().enumerate().map(|(line, row)| {
            let policy = line.checked_sub(2).map_or("", |task| POLICIES[policies[task % 12]]);
            if policy.is_empty() { format!("{row}\n") } else { format!("{}, {policy}}}\n", &row[..row.len() - 1]) }
        });
        let text: String = rows.collect();
        let free = |task: usize| matches!(policies[task % 12], 0 | 1 | 9);
        let mut inputs = Inputs::new();
        inputs.add_document(RelPath::new("p.plan.yaml").expect("a path"), text.clone().into_bytes());
        inputs.add(RelPath::new("dispatch.yaml").expect("a path"), Layer::Project, config.into_bytes());
        dispatch::builtin::underlay(&mut inputs);
        let library = Library::load(&inputs, &Options::default());
        let compilation = compile(&inputs, &library);
        let plan = &compilation.plan;
        let mut seen = BTreeMap::new();
        for wave in &plan.schedule.waves {
            for &task in &wave.tasks {
                prop_assert!(plan.equipment.kits[task].auto, "{text}");
                prop_assert!(seen.insert(task, wave.number).is_none());
            }
        }
        for (at, (id, timing)) in plan.schedule.timing.iter().enumerate() {
            prop_assert_eq!(timing.wave > 0, free(at), "task {} of\n{}", at, text);
            prop_assert_eq!(seen.get(&id).copied().unwrap_or(0), timing.wave);
            for edge in plan.graph.edges_into(id) {
                let from = &plan.schedule.timing[edge.from];
                let end = from.start.0 + plan.equipment.kits[edge.from].duration.0;
                prop_assert!(end <= timing.start.0, "{text}");
                prop_assert!(timing.wave == 0 || from.wave < timing.wave, "{text}");
            }
        }
        prop_assert!(plan.schedule.barrier_makespan >= plan.schedule.lower_bound, "{text}");
        let copies = (0..plan.graph.tasks.len()).filter(|task| policies[task % 12] == 9).count();
        prop_assert_eq!(merges(&plan.graph, &inputs).len(), copies);
    }

    #[test]
    fn every_task_runs_once_after_what_it_needs_within_the_limit(edges in edges(), parallel in 1..5u32) {
        let (text, config) = plan(&edges, parallel);
        let mut inputs = Inputs::new();
        inputs.add_document(RelPath::new("g.plan.yaml").expect("a path"), text.into_bytes());
        let config_path = RelPath::new("dispatch.yaml").expect("a path");
        inputs.add(config_path, dispatch::base::source::Layer::Project, config.into_bytes());
        dispatch::builtin::underlay(&mut inputs);
        let library = Library::load(&inputs, &Options::default());
        let compilation = compile(&inputs, &library);
        sound(&inputs, &compilation);
        let plan = &compilation.plan;
        let mut wave = BTreeMap::new();
        for entry in &plan.schedule.waves {
            prop_assert!(entry.tasks.len() <= parallel as usize);
            for &task in &entry.tasks {
                prop_assert!(wave.insert(plan.graph.id(task, &inputs).to_owned(), entry.number).is_none());
            }
        }
        prop_assert_eq!(wave.len(), edges.len());
        for (task, before) in edges.iter().enumerate() {
            for other in before {
                let (earlier, later) = (wave[&format!("T{other}")], wave[&format!("T{task}")]);
                prop_assert!(earlier < later);
            }
        }
        let schedule = &plan.schedule;
        prop_assert!(schedule.lower_bound <= schedule.pool_makespan);
        prop_assert_eq!(schedule.chains.makespan, schedule.pool_makespan);
        for &task in &schedule.chains.path {
            prop_assert_eq!(schedule.timing[task].slack.0, 0);
        }
    }
}
