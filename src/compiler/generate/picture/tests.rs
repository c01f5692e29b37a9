//! Pictures of plans with awkward names: each grammar holds, nothing overlaps.

use serde_json::Value;

use super::layout::{BOX, layout};
use super::{Drawing, Scene, for_page, write};
use crate::base::quantity::MicroUsd;
use crate::compiler::flow::{Outside, schedule};
use crate::compiler::generate::fixture::{Spec, World, spec};
use crate::ir::plan::Plan;

const AWKWARD: &str = "a \"b\" <i>c</i> & d; e#f | g \\ h\n[i] {j}: k, `l`";

/// A plan of these tasks, scheduled.
fn plan(world: &World, specs: &[Spec]) -> Plan {
    let mut plan = world.plan(specs);
    plan.head.title = AWKWARD.into();
    let outside = Outside { seed: 1, money: &|_| MicroUsd(0) };
    let Plan { graph, equipment, cost, settings, .. } = &plan;
    plan.schedule = schedule(&world.inputs, graph, equipment, &cost.tasks, settings, outside).value;
    plan
}

/// Six tasks: one done, a fork, a long edge, an awkward title.
fn specs() -> Vec<Spec> {
    let after = |id: &str, title: &str, after: Vec<usize>| Spec { after, ..spec(id, title) };
    vec![
        Spec { done: true, ..spec("T1", "Set it up") },
        after("T2", AWKWARD, vec![0]),
        after("T3", "Right", vec![1]),
        after("T4", "Left", vec![1]),
        after("T5", "Further", vec![3]),
        after(
            "T6",
            "Join a title that is much too long for any box in which it could be drawn",
            vec![1, 2, 4],
        ),
    ]
}

fn check(kind: Drawing, specs: &[Spec]) -> String {
    let world = World::new(&[]);
    let plan = plan(&world, specs);
    let mut out = Vec::new();
    write(kind, &plan, &world.inputs, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn dot_quotes_labels() {
    let dot = check(Drawing::Dot, &specs());
    assert!(dot.contains(r#"n1 [label="T2\na \"b\" <i>c</i> & d; e#f | g \\ h [i] {j}: k, `"#), "{dot}");
    assert!(dot.contains("n1 -> n3 [penwidth=2.5"), "{dot}");
    for line in dot.lines() {
        let bare = line.replace("\\\\", "").replace("\\\"", "");
        assert_eq!(bare.matches('"').count() % 2, 0, "{line}");
    }
}

#[test]
fn mermaid_labels_are_entities() {
    let mermaid = check(Drawing::Mermaid, &specs());
    assert!(mermaid.contains("n1[\"T2<br/>a #34;b#34; #60;i#62;"), "{mermaid}");
    assert!(mermaid.contains("n1 ==> n3") && mermaid.contains("class n0 done"), "{mermaid}");
    assert!(mermaid.lines().all(|line| line.matches('"').count() % 2 == 0));
    let world = World::new(&[]);
    assert_eq!(for_page(&plan(&world, &specs()), &world.inputs), mermaid);
}

#[test]
fn svg_is_well_formed() {
    let svg = check(Drawing::Svg, &specs());
    assert!(
        svg.contains("<title>T2: a &quot;b&quot; &lt;i&gt;c&lt;/i&gt; &amp; d; e#f | g \\ h [i]"),
        "{svg}"
    );
    let mut open: Vec<&str> = Vec::new();
    for piece in svg.split('<').skip(1) {
        let (tag, _) = piece.split_once('>').unwrap();
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap());
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
    }
    assert!(open.is_empty());
    assert_eq!(svg.matches("<g>").count(), 6);
}

#[test]
fn text_names_waves_and_needs() {
    let text = check(Drawing::Text, &specs());
    assert!(text.starts_with("done\n    T1: Set it up"), "{text}");
    assert!(text.contains("<- T2, T3, T5"), "{text}");
    let bars = check(Drawing::Bars, &specs());
    assert_eq!(bars.lines().count(), 7);
    assert!(bars.lines().all(|line| line.chars().count() < 110));
}

#[test]
fn gantt_titles_hold_no_separators() {
    let gantt = check(Drawing::Gantt, &specs());
    for line in gantt.lines().filter(|line| line.contains(" :")) {
        let (title, rest) = line.split_once(" :").unwrap();
        assert!(!title.contains([':', ',']), "{line}");
        assert!(rest.split(',').count() >= 3, "{line}");
    }
    assert!(gantt.contains(":crit, n1, 0, "), "{gantt}");
}

#[test]
fn slices_of_a_lane_never_overlap() {
    let trace: Value = serde_json::from_str(&check(Drawing::Trace, &specs())).unwrap();
    let mut slices: Vec<(u64, u64, u64)> = trace["traceEvents"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["ph"] == "X")
        .map(|event| {
            let number = |key: &str| event[key].as_u64().unwrap();
            (number("pid") * 1_000 + number("tid"), number("ts"), number("ts") + number("dur"))
        })
        .collect();
    assert_eq!(slices.len(), 5);
    slices.sort_unstable();
    assert!(slices.windows(2).all(|pair| pair[0].0 != pair[1].0 || pair[0].2 <= pair[1].1));
}

#[test]
fn json_is_the_whole_graph() {
    let graph: Value = serde_json::from_str(&check(Drawing::Json, &specs())).unwrap();
    assert_eq!((graph["nodes"].as_array().unwrap().len(), graph["edges"].as_array().unwrap().len()), (6, 7));
    assert_eq!(graph["nodes"][0]["done"], true);
}

#[test]
fn boxes_never_overlap_and_lines_run_to_the_right() {
    let specs: Vec<Spec> = (0..60)
        .map(|at| Spec {
            after: (0..3).filter_map(|back| (at * 7 + back * 5 + 3_usize).checked_rem(at)).collect(),
            ..spec(&format!("T{at}"), "Do")
        })
        .collect();
    let world = World::new(&[]);
    let plan = plan(&world, &specs);
    let layout = layout(&Scene::new(&plan, &world.inputs));
    for (at, a) in layout.boxes.iter().enumerate() {
        assert!(a.1 >= 0 && a.1 + BOX <= layout.height);
        for b in &layout.boxes[at + 1..] {
            assert!(a.0 != b.0 || (a.1 - b.1).abs() >= BOX, "{a:?} {b:?}");
        }
    }
    for (edge, line) in plan.graph.edges.iter().zip(&layout.lines) {
        let (from, to) = (layout.boxes[edge.from.0 as usize].0, layout.boxes[edge.to.0 as usize].0);
        assert!(from < to);
        assert_eq!(line.len(), (to - from - 1) as usize);
        for (column, y) in line {
            let hit = layout.boxes.iter().any(|b| b.0 == *column && b.1 < *y && *y < b.1 + BOX);
            assert!(!hit, "a line runs through a box");
        }
    }
}

#[test]
fn an_empty_plan_is_drawn() {
    for kind in [Drawing::Dot, Drawing::Mermaid, Drawing::Svg, Drawing::Text, Drawing::Gantt, Drawing::Trace]
    {
        check(kind, &[]);
    }
    check(Drawing::Bars, &[]);
    check(Drawing::Json, &[]);
}
