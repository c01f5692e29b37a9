//! The predicted run as a trace for Perfetto (`ui.perfetto.dev`) and Chrome: a slot a thread, a task a slice, the
//! critical chain joined by flows.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::collections::BinaryHeap;
use std::io::{self, Write};

use serde_json::{Value, json};

use crate::base::table::Id as _;

use super::Scene;

/// Process of automatic tasks.
const SLOTS: u32 = 1;
/// Process of people's tasks.
const PEOPLE: u32 = 2;

pub(super) fn write(scene: &Scene, out: &mut dyn Write) -> io::Result<()> {
    let mut events =
        vec![named("process_name", SLOTS, 0, "slots"), named("process_name", PEOPLE, 0, "people")];
    let lanes = lanes(scene);
    let seats: BTreeSet<(u32, u32)> = lanes.iter().flatten().copied().collect();
    for (process, lane) in seats {
        let kind = if process == SLOTS { "slot" } else { "person" };
        events.push(named("thread_name", process, lane, &format!("{kind} {lane}")));
    }
    for task in scene.by_start() {
        let Some((process, lane)) = lanes[task.index()] else { continue };
        let (start, end) = scene.span(task);
        events.push(json!({
            "ph": "X",
            "name": scene.id(task),
            "cat": if scene.on_chain(task) { "chain" } else { "task" },
            "pid": process,
            "tid": lane,
            "ts": start * 1_000,
            "dur": (end - start) * 1_000,
            "args": {
                "title": scene.title(task),
                "who": scene.who(task),
                "wave": scene.plan.schedule.timing[task].wave,
                "slack_s": scene.plan.schedule.timing[task].slack.secs(),
            },
        }));
    }
    for (number, arc) in (1..).zip(&scene.plan.schedule.chains.arcs) {
        let name = arc.resource.as_deref().unwrap_or("waits for");
        let mut end = |task, phase: &str, moment: u64| {
            let Some((process, lane)) = lanes[crate::ir::graph::TaskId::index(task)] else { return };
            events.push(json!({
                "ph": phase, "id": number, "name": name, "cat": "chain", "bp": "e",
                "pid": process, "tid": lane, "ts": moment * 1_000,
            }));
        };
        end(arc.from, "s", scene.span(arc.from).1.saturating_sub(1));
        end(arc.to, "f", scene.span(arc.to).0);
    }
    serde_json::to_writer(&mut *out, &json!({ "displayTimeUnit": "ms", "traceEvents": events }))?;
    out.write_all(b"\n")
}

fn named(kind: &str, process: u32, thread: u32, name: &str) -> Value {
    json!({ "ph": "M", "name": kind, "pid": process, "tid": thread, "args": { "name": name } })
}

/// A process and a lane for each task that runs: the lowest lane that is free when it starts.
fn lanes(scene: &Scene) -> Vec<Option<(u32, u32)>> {
    let mut lanes = vec![None; scene.plan.graph.tasks.len()];
    // For each process: lanes in use by when they end, and lanes that are free.
    let mut busy = [const { BinaryHeap::<Reverse<(u64, u32)>>::new() }; 2];
    let mut free = [const { BTreeSet::<u32>::new() }; 2];
    let mut count = [0_u32; 2];
    for task in scene.by_start() {
        let (start, end) = scene.span(task);
        let process = if scene.is_manual(task) { PEOPLE } else { SLOTS };
        let at = usize::from(process == PEOPLE);
        while let Some(&Reverse((until, lane))) = busy[at].peek()
            && until <= start
        {
            busy[at].pop();
            free[at].insert(lane);
        }
        let lane = free[at].pop_first().unwrap_or_else(|| {
            count[at] += 1;
            count[at]
        });
        busy[at].push(Reverse((end, lane)));
        lanes[task.index()] = Some((process, lane));
    }
    lanes
}
