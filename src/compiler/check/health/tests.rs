//! The score falls when a reason gets worse, and never rises.

use proptest::prelude::*;

use super::{Basis, Counts, Health, Points, Status, count, health};
use crate::compiler::check::pack::Depth;
use crate::compiler::check::pack::tests::{inputs, shipped};
use crate::compiler::check::verify::record::Record;

fn points() -> Points {
    let points = Points::load(&inputs());
    assert_eq!(points.findings, []);
    points.value
}

/// A run with nothing to object to.
fn best() -> Counts {
    Counts {
        input_kind: "story".to_owned(),
        forced: false,
        tasks: 4,
        waves: 2,
        list_waves: 2,
        gated_tasks: 4,
        snapshots: Some(2),
        waves_finished: Some(2),
        tasks_finished: Some(4),
        tasks_verified: Some(4),
        agent_tasks_without_cost: Some(0),
        main_context_tokens: Some(0.0),
        replay_ok: Some(true),
        failures_without_retry: Some(0),
        ..Counts::default()
    }
}

/// One reason made worse; whatever the number, the facts get no better.
fn worsen(counts: &mut Counts, what: usize, by: u32) {
    match what {
        0 => counts.forced = true,
        1 => counts.input_kind = "free_text".to_owned(),
        2 => counts.waves = counts.waves.max(1) + by,
        3 => counts.gated_tasks = counts.gated_tasks.saturating_sub(by),
        4 => counts.open_hard_blocks += by,
        5 => counts.tasks_without_model += by,
        6 => counts.deterministic_on_llm += by,
        7 => counts.enrichment_off_rule += by,
        8 => counts.snapshots = counts.snapshots.map(|known| known.saturating_sub(by)),
        9 => counts.tasks_verified = counts.tasks_verified.map(|known| known.saturating_sub(by)),
        10 => counts.agent_tasks_without_cost = counts.agent_tasks_without_cost.map(|known| known + by),
        11 => counts.main_context_tokens = counts.main_context_tokens.map(|known| known + f64::from(by)),
        12 => counts.replay_ok = Some(false),
        13 => counts.failures_without_retry = counts.failures_without_retry.map(|known| known + by),
        14 => counts.snapshots = None,
        15 => counts.tasks_verified = None,
        16 => counts.agent_tasks_without_cost = None,
        17 => counts.main_context_tokens = None,
        18 => counts.replay_ok = None,
        _ => counts.failures_without_retry = None,
    }
}

fn judge(counts: &Counts, record: Option<&Record>) -> Health {
    health(&points(), &shipped(Depth::Rules), counts, record)
}

#[test]
fn twelve_points_and_their_grades() {
    let run = Record::default();
    let health = judge(&best(), Some(&run));
    assert_eq!(
        (health.score, health.of, health.grade.as_str()),
        (12, 12, "Exemplary"),
        "{:#?}",
        health.reasons
    );
    let health = judge(&best(), None);
    assert_eq!((health.basis, health.score, health.of), (Basis::Plan, 6, 6));
    assert_eq!(health.reasons.iter().filter(|reason| reason.status == Status::Unknown).count(), 6);
    let mut counts = best();
    for (what, score, grade) in [
        (1, 11, "Good"),
        (2, 10, "Good"),
        (5, 9, "Good"),
        (6, 8, "Needs Work"),
        (7, 7, "Needs Work"),
        (8, 6, "Needs Work"),
        (9, 5, "Needs Work"),
        (10, 4, "Poor"),
        (11, 3, "Poor"),
        (12, 2, "Poor"),
        (13, 1, "Poor"),
        (4, 0, "Poor"),
    ] {
        worsen(&mut counts, what, 1);
        let health = judge(&counts, Some(&run));
        assert_eq!((health.score, health.grade.as_str()), (score, grade), "{what}");
    }
}

proptest! {
    #[test]
    fn worse_is_never_better(steps in prop::collection::vec((0_usize..20, 1_u32..4), 1..30), is_run in any::<bool>()) {
        let (points, packs) = (points(), shipped(Depth::Rules));
        let record = Record::default();
        let record = is_run.then_some(&record);
        let mut counts = best();
        let mut before = health(&points, &packs, &counts, record);
        for (what, by) in steps {
            worsen(&mut counts, what, by);
            let now = health(&points, &packs, &counts, record);
            prop_assert!(now.score <= before.score, "{} {by}: {} after {}", what, now.score, before.score);
            prop_assert_eq!(now.of, before.of);
            before = now;
        }
    }
}

fn plan(tasks: &str, waves: &str) -> Counts {
    let text = format!(
        "{{\"plan\": {{\"kind\": \"story\"}}, \"tasks\": [{tasks}], \"waves\": [{waves}], \"schedule\": {{\"max_parallel\": 2}}}}"
    );
    count(&text, None).unwrap()
}

#[test]
fn waves_are_counted_within_the_limits() {
    let task = |id: &str, needs: &str, more: &str| {
        let needs = if needs.is_empty() { String::new() } else { format!("{{\"task\": \"{needs}\"}}") };
        format!("{{\"id\": \"{id}\", \"auto\": true, \"wave\": 1, \"depends_on\": [{needs}] {more}}}")
    };
    let list = |tasks: &[String]| plan(&tasks.join(","), "{\"tasks\": [\"A\"]}").list_waves;
    assert_eq!(list(&[task("A", "", ""), task("B", "A", ""), task("C", "B", "")]), 3);
    assert_eq!(list(&["A", "B", "C", "D", "E"].map(|id| task(id, "", ""))), 3);
    let held = ", \"mutex\": [\"db\"]";
    assert_eq!(list(&[task("A", "", held), task("B", "", held), task("C", "", "")]), 2);
    let person = "{\"id\": \"B\", \"auto\": false, \"depends_on\": [{\"task\": \"A\"}]}".to_owned();
    assert_eq!(list(&[task("A", "", ""), person, task("C", "B", "")]), 2);
    assert_eq!(list(&[task("A", "B", ""), task("B", "A", "")]), 0);
}
