//! From the plan's types to a schedule and back.

use super::{Outside, schedule};
use crate::base::inputs::{Inputs, RelPath};
use crate::base::outcome::Outcome;
use crate::base::quantity::{MicroUsd, Millis};
use crate::base::span::{Span, Spanned};
use crate::base::table::{Run, Table};
use crate::base::text::Text;
use crate::ir::draft::{Columns, DraftKind};
use crate::ir::equipment::{Enrichment, Equipment, Executor, Kit, ModelId, ModelUse};
use crate::ir::graph::{Edge, Rule, Story, StoryId, Task, TaskGraph, TaskId};
use crate::ir::plan::{Estimate, Schedule};
use crate::ir::settings::{Foresight, Limits, Pacing, Profile, Races, Reading, Settings};

/// A task of a test: seconds, model by number, and what else is to be set.
#[derive(Clone)]
struct Row {
    seconds: u64,
    model: Option<u32>,
    auto: bool,
    done: bool,
    columns: Columns,
}

fn row(seconds: u64, model: u32) -> Row {
    Row { seconds, model: Some(model), auto: true, done: false, columns: Columns::default() }
}

fn settings() -> Settings {
    Settings {
        profile: Profile::Standard,
        races: Races::Serialize,
        language: "en".into(),
        limits: Limits {
            max_parallel: 7,
            slots: [("haiku".to_owned(), 7), ("sonnet".to_owned(), 1)].into(),
            ..Limits::default()
        },
        foresight: Foresight { plays: 200, work: 50_000, least: 100, ..Foresight::default() },
        models: std::collections::BTreeMap::new(),
        optimal: false,
        pacing: Pacing {
            wave_buffer: Millis::from_secs(17),
            project_buffer_pct: 30,
            feeding_buffer_pct: 50,
            ..Pacing::default()
        },
        budget: None,
        deadline: None,
        as_of: None,
        squads: Vec::new(),
        targets: Vec::new(),
        executors: Vec::new(),
        prices: None,
        output_roots: Vec::new(),
        protected_paths: Vec::new(),
        shared_paths: Vec::new(),
        kb: Vec::new(),
        history: None,
        rules: Vec::new(),
        forbid: Vec::new(),
        phase_barrier: true,
        batch_confirm_above: (MicroUsd(0), 0),
        confirmed: false,
        force: false,
        dialect: None,
        reading: Reading::default(),
        origins: Vec::new(),
    }
}

fn graph(rows: &[Row], edges: &[(u32, u32)], at: Span) -> TaskGraph {
    let tasks = (1..).zip(rows).map(|(number, row)| Task {
        done: row.done,
        columns: Some(Box::new(row.columns.clone())),
        ..Task::open(
            Text::made(format!("T{number}"), at),
            Text::made(format!("Task {number}"), at),
            at,
            StoryId(0),
        )
    });
    let tasks = Table::new(tasks.collect());
    let n = rows.len();
    let mut sorted = edges.to_vec();
    sorted.sort_by_key(|&(from, to)| (to, from));
    let edge = |&(from, to): &(u32, u32)| Edge {
        from: TaskId(from),
        to: TaskId(to),
        rule: Rule::D1,
        confidence: 100,
        evidence: at.into(),
    };
    let offsets = |of: fn(&(u32, u32)) -> u32| -> Vec<u32> {
        (0..=u32::try_from(n).unwrap())
            .map(|v| u32::try_from(edges.iter().filter(|pair| of(pair) < v).count()).unwrap())
            .collect()
    };
    let mut forward = edges.to_vec();
    forward.sort_unstable();
    TaskGraph {
        stories: Table::new(vec![Story {
            id: "S".into(),
            slug: "s".into(),
            title: "S".into(),
            kind: DraftKind::Story,
            dialect: "story",
            foreign: false,
            language: "en".into(),
            at,
            sections: Vec::new(),
            tasks: Run::default(),
        }]),
        tasks,
        edges: sorted.iter().map(edge).collect(),
        incoming: offsets(|pair| pair.1),
        next: forward.iter().map(|&(_, to)| TaskId(to)).collect(),
        outgoing: offsets(|pair| pair.0),
        order: (0..u32::try_from(n).unwrap()).map(TaskId).collect(),
        ..TaskGraph::default()
    }
}

fn check(rows: &[Row], edges: &[(u32, u32)], settings: &Settings) -> Outcome<Schedule> {
    let mut inputs = Inputs::new();
    let file = inputs.add_document(RelPath::new("s.md").unwrap(), b"# S\n".to_vec());
    let graph = graph(rows, edges, Span { file, start: 0, end: 3 });
    let kit = |row: &Row| Kit {
        executor: if row.auto { Executor::Agent } else { Executor::Human },
        auto: row.auto,
        foreground: false,
        redirect: false,
        domain: None,
        agent: None,
        model: row.model.map(ModelId),
        enrichment: Enrichment::Minimal,
        timeout: Millis::from_secs(900),
        max_turns: 10,
        duration: Millis::from_secs(row.seconds),
        duration_p90: Millis::from_secs(row.seconds * 2),
        why: [0; 7],
    };
    let model = |id: &str| ModelUse { id: id.into(), tier: "small".into(), slots: None };
    let equipment = Equipment {
        kits: Table::new(rows.iter().map(kit).collect()),
        models: Table::new(vec![model("haiku"), model("sonnet")]),
        ..Equipment::default()
    };
    let cost = Table::new(vec![Estimate::default(); rows.len()]);
    let outside = Outside { seed: 7, money: &|_| MicroUsd(0) };
    schedule(&inputs, &graph, &equipment, &cost, settings, outside)
}

#[test]
fn the_chain_counts_slots_where_the_path_does_not() {
    let found = check(&[row(120, 0), row(300, 1), row(400, 1)], &[(0, 1)], &settings());
    let schedule = found.value;
    assert!(found.findings.is_empty());
    assert_eq!(schedule.pool_makespan, Millis::from_secs(700));
    assert_eq!(schedule.chains.path_duration, Millis::from_secs(420));
    assert_eq!(schedule.chains.path, [TaskId(0), TaskId(1)]);
    assert_eq!(schedule.chains.chain, [TaskId(2), TaskId(1)]);
    assert_eq!(schedule.chains.arcs[0].resource.as_deref(), Some("model:sonnet"));
    assert_eq!(schedule.constraint, "model:sonnet");
    assert_eq!(schedule.lower_bound, Millis::from_secs(700));
    assert_eq!(schedule.buffers.project, Millis::from_secs(210));
    assert_eq!(schedule.buffers.feeding, [(TaskId(1), Millis::from_secs(60))]);
    let ranks: Vec<u32> = schedule.timing.iter().map(|(_, timing)| timing.rank).collect();
    assert_eq!(ranks, [1, 3, 2]);
    assert_eq!(schedule.timing[TaskId(2)].slack, Millis::from_secs(20));
}

#[test]
fn done_tasks_and_people_are_in_no_wave() {
    let mut rows = vec![row(100, 0), row(50, 0), row(30, 0), row(20, 0)];
    rows[0].done = true;
    rows[1].auto = false;
    let schedule = check(&rows, &[(0, 1), (1, 2), (0, 3)], &settings()).value;
    let waves: Vec<u32> = schedule.timing.iter().map(|(_, timing)| timing.wave).collect();
    assert_eq!((waves[0], waves[1]), (0, 0));
    assert_eq!(schedule.waves.iter().map(|wave| wave.tasks.len()).sum::<usize>(), 2);
    assert_eq!(schedule.pool_makespan, Millis::from_secs(80));
    assert_eq!(schedule.timing[TaskId(2)].start, Millis::from_secs(50));
}

#[test]
fn waves_given_by_hand_are_barriers_unless_they_contradict_the_edges() {
    let stage = |seconds: u64, wave: i64| {
        let mut row = row(seconds, 0);
        row.columns.wave = Some(Spanned {
            value: wave,
            span: Span { file: crate::base::span::FileId(0), start: 0, end: 1 },
        });
        row
    };
    let rows = [stage(10, 1), stage(90, 1), stage(5, 2)];
    let found = check(&rows, &[], &settings());
    assert!(found.findings.is_empty());
    assert_eq!(found.value.timing[TaskId(2)].start, Millis::from_secs(90));
    assert_eq!((found.value.timing[TaskId(2)].wave, found.value.waves.len()), (2, 2));
    assert_eq!(found.value.chains.chain, [TaskId(1), TaskId(2)]);

    let found = check(&[stage(10, 2), stage(5, 1)], &[(0, 1)], &settings());
    assert_eq!(found.findings[0].code.as_str(), "wave/contradiction");
    assert_eq!(
        found.findings[0].message,
        "the wave of `T2` comes before the wave of `T1`, which it waits for"
    );
}

#[test]
fn limits_of_time_are_judged() {
    let mut settings = settings();
    settings.limits.wave = Millis::from_secs(60);
    settings.limits.run = Millis::from_secs(90);
    settings.deadline = Some(Millis::from_secs(80));
    let found = check(&[row(100, 0)], &[], &settings);
    let told: Vec<&str> = found.findings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(told, ["limit/wave-time", "limit/run-time", "limit/deadline"]);
    assert_eq!(
        found.findings[2].message,
        "the plan is expected to take 1m 40s, more than `deadline` of 1m 20s"
    );
}

#[test]
fn an_empty_plan_has_an_empty_schedule() {
    let schedule = check(&[], &[], &settings()).value;
    assert!(schedule.waves.is_empty());
    assert_eq!((schedule.pool_makespan, schedule.barrier_makespan), (Millis(0), Millis(0)));
}
