//! The figures of plan quality, with as many cases as `DISPATCH_CASES` asks for: `scripts/campaign`.
//!
//! Q1: the pool schedule beside the exact optimum. Q2: waves beside the chunks of the original. Q3: races beside an
//! oracle that knows nothing of ours: it spells out every path of a small world and matches patterns name by name.
#![allow(clippy::print_stdout, reason = "a campaign prints its figures")]

use dispatch::base::digraph::csr::Csr;
use dispatch::base::digraph::order::{levels, topological};
use dispatch::compiler::decompose::race::{Use, conflicts};
use dispatch::compiler::flow::bound::lower_bound;
use dispatch::compiler::flow::cpm::Cpm;
use dispatch::compiler::flow::improve::best;
use dispatch::compiler::flow::optimal::{NODES, Search, optimal};
use dispatch::compiler::flow::problem::{NO_MODEL, Problem};
use dispatch::compiler::flow::waves::waves;

/// Cases asked for, or `usual` when cargo runs it among all tests.
fn cases(usual: u64) -> u64 {
    std::env::var("DISPATCH_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(usual)
}

/// Numbers that depend on nothing but their seed.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((z ^ (z >> 31)) % u64::from(bound)).expect("below a bound of 32 bits")
    }
}

/// Up to eight tasks with models, slots, a lock of one and a lock of two.
fn small(numbers: &mut Numbers) -> Problem {
    let n = 2 + numbers.below(7);
    let density = 2 + numbers.below(5);
    let mut edges = Vec::new();
    for v in 1..n {
        edges.extend((0..v).filter(|_| numbers.below(density) == 0).map(|u| (u, v)));
    }
    let time = (0..n).map(|_| u64::from(1 + numbers.below(300))).collect();
    let mut problem = Problem::new(time, &edges, 2 + numbers.below(3)).expect("edges lead forwards");
    problem.models = vec!["haiku".into(), "sonnet".into()];
    problem.model = (0..n).map(|_| [0, 1, NO_MODEL][numbers.below(3) as usize]).collect();
    problem.capacity.slots = vec![Some(2 + numbers.below(2)), Some(1)];
    problem.locks = vec!["mcp:browser".into(), "at most 2 at once".into()];
    problem.room = vec![1, 2];
    let mut start = vec![0];
    let mut held = Vec::new();
    for _ in 0..n {
        held.extend((0..2).filter(|_| numbers.below(4) == 0));
        start.push(u32::try_from(held.len()).expect("few locks"));
    }
    problem.holds = Csr::from_rows(start, held);
    problem
}

#[test]
fn q1_pool_schedules_beside_the_optimum() {
    let mut numbers = Numbers(1);
    let (count, mut hits, mut ratios, mut worst) = (cases(300), 0, 0, 0);
    for case in 0..count {
        let problem = small(&mut numbers);
        let cpm = Cpm::new(&problem);
        let (found, whole) = optimal(&problem, Search::Exact, NODES, u64::MAX);
        assert!(whole, "case {case} was searched to its end");
        let optimum = found.expect("there is a schedule").makespan;
        let pool = best(&problem, &cpm).1.makespan;
        assert!(pool >= optimum && lower_bound(&problem, &cpm) <= optimum, "case {case}");
        hits += u64::from(pool == optimum);
        ratios += pool * 1_000_000 / optimum;
        worst = worst.max(pool * 1_000 / optimum);
    }
    let (mean, share) = (ratios / count, hits * 1_000 / count);
    println!(
        "Q1  {count} plans of up to 8 tasks: mean {}.{:06} of the optimum, worst {}.{:03}, optimal {}.{} %",
        mean / 1_000_000,
        mean % 1_000_000,
        worst / 1_000,
        worst % 1_000,
        share / 10,
        share % 10
    );
    assert!(mean <= 1_003_000 && share >= 930);
}

/// Edges of a shape of the benchmark's generator, by its number.
fn shape(kind: usize, n: u32, numbers: &mut Numbers) -> (&'static str, Vec<(u32, u32)>) {
    match kind {
        0 => ("wide", Vec::new()),
        1 => ("chain", (1..n).map(|v| (v - 1, v)).collect()),
        2 => ("tree", (1..n).map(|v| ((v - 1) / 3, v)).collect()),
        3 => {
            let mut edges = Vec::new();
            for v in 1..n {
                match v % 6 {
                    0 => edges.extend((v - 5..v).map(|tip| (tip, v))),
                    _ => edges.push((v / 6 * 6, v)),
                }
            }
            ("diamond", edges)
        }
        4 => {
            let layer = |v: u32| v / 5 * 5;
            ("full", (5..n).flat_map(|v| (layer(v) - 5..layer(v)).map(move |u| (u, v))).collect())
        }
        _ => {
            let width = (1..=n).find(|width| width * width >= n).unwrap_or(1);
            let mut edges = Vec::new();
            for v in width..n {
                let first = v / width * width - width;
                for _ in 0..=numbers.below(3) {
                    let skip = first > 0 && numbers.below(100) < 15;
                    edges.push((if skip { numbers.below(first) } else { first + numbers.below(width) }, v));
                }
            }
            edges.sort_unstable();
            edges.dedup();
            ("layered", edges)
        }
    }
}

/// The original: levels in order of id, cut into chunks.
fn chunks(problem: &Problem) -> u64 {
    let level = levels(&problem.successors, &problem.order);
    let mut sorted: Vec<u32> = problem.vertices().collect();
    sorted.sort_by_key(|&v| level[v as usize]);
    let levels = sorted.chunk_by(|&a, &b| level[a as usize] == level[b as usize]);
    let waves = levels.flat_map(|level| level.chunks(problem.capacity.parallel as usize));
    let time = |v: &u32| problem.duration[*v as usize];
    waves.map(|wave| wave.iter().map(time).max().unwrap_or(0) + problem.wave_buffer).sum()
}

#[test]
fn q2_waves_beside_the_original() {
    let mut numbers = Numbers(2);
    let rounds = (cases(300) / 100).max(1);
    for kind in 0..6 {
        let (mut ours, mut theirs, mut name, mut count) = (0, 0, "", 0_u64);
        for n in [1, 10, 100, 1_000, 3_000] {
            for _ in 0..rounds {
                let (title, edges) = shape(kind, n, &mut numbers);
                let time = (0..n).map(|_| match numbers.below(10) {
                    0 | 1 => 1 + numbers.below(30),
                    2..8 => 30 + numbers.below(91),
                    _ => 60 + numbers.below(241),
                });
                let time = time.map(|seconds| u64::from(seconds) * 1_000).collect();
                let mut problem = Problem::new(time, &edges, 7).expect("the shapes are acyclic");
                problem.wave_buffer = 17_000;
                let found = waves(&problem, &Cpm::new(&problem)).end;
                let chunked = chunks(&problem);
                assert!(found <= chunked, "{title} of {n}: {found} ms, the original {chunked} ms");
                (ours, theirs, name, count) = (ours + found, theirs + chunked, title, count + 1);
            }
        }
        let ratio = ours * 1_000 / theirs;
        println!("Q2  {count} plans, {name}: {}.{:03} of the original's time", ratio / 1_000, ratio % 1_000);
    }
}

/// Every path of up to six names: where two patterns of three meet at all, they meet among these.
fn world() -> Vec<Vec<String>> {
    let names = ["a", "b", "c"].map(str::to_owned);
    let mut paths: Vec<Vec<String>> = names.iter().map(|name| vec![name.clone()]).collect();
    for depth in 1..6 {
        let longest: Vec<Vec<String>> = paths.iter().filter(|path| path.len() == depth).cloned().collect();
        for path in longest {
            paths.extend(names.iter().map(|name| path.iter().cloned().chain([name.clone()]).collect()));
        }
    }
    paths
}

/// Whether a path matches a pattern of whole names, `*`, `?`, `[ab]` and `**`.
fn matches(pattern: &[&str], path: &[String]) -> bool {
    match (pattern.first(), path.first()) {
        (None, None) => true,
        // At the end it means everything below, the folder itself not included.
        (Some(&"**"), _) if pattern.len() == 1 => !path.is_empty(),
        (Some(&"**"), _) => {
            matches(&pattern[1..], path) || (!path.is_empty() && matches(pattern, &path[1..]))
        }
        (Some(&part), Some(name)) => {
            let fits = match part {
                "*" | "?" => true,
                "[ab]" => name == "a" || name == "b",
                _ => part == name,
            };
            fits && matches(&pattern[1..], &path[1..])
        }
        _ => false,
    }
}

fn names(parts: &[&str]) -> Vec<String> {
    parts.iter().map(|&part| part.to_owned()).collect()
}

#[test]
fn q3_races_beside_an_oracle() {
    let world = world();
    let mut numbers = Numbers(3);
    let (count, mut races) = (cases(300) * 2, 0);
    for case in 0..count {
        let n = 3 + numbers.below(6);
        let mut edges = Vec::new();
        for v in 1..n {
            edges.extend((0..v).filter(|_| numbers.below(6) == 0).map(|u| (u, v)));
        }
        let words = ["a", "b", "c", "*", "?", "[ab]", "**"];
        let raw: Vec<(u32, String, bool, bool)> = (0..4 + numbers.below(10))
            .map(|_| {
                let glob = numbers.below(3) == 0;
                let mut parts: Vec<&str> = (0..=numbers.below(3))
                    .map(|_| words[numbers.below(if glob { 7 } else { 3 }) as usize])
                    .collect();
                // A doubled `**` says nothing more.
                parts.dedup_by(|a, b| a == b && *a == "**");
                let path = parts.join("/");
                (numbers.below(n), path.clone(), path.contains(['*', '?', '[']), numbers.below(2) == 0)
            })
            .collect();
        let graph = Csr::new(n as usize, &edges);
        let order = topological(&graph).expect("edges lead forwards");
        let uses: Vec<Use<'_>> = raw
            .iter()
            .map(|(task, path, glob, write)| Use { task: *task, path, glob: *glob, write: *write })
            .collect();
        let (found, more) = conflicts(&uses, &graph, &order, 10_000);
        assert!(!more);
        let found: Vec<(u32, u32)> = found.iter().map(|clash| (clash.first, clash.second)).collect();

        let touched: Vec<Vec<bool>> = raw
            .iter()
            .map(|(_, path, glob, _)| {
                let parts: Vec<&str> = path.split('/').collect();
                // A path is taken literally, with everything below it.
                let touches = |path: &Vec<String>| {
                    if *glob { matches(&parts, path) } else { path.starts_with(&names(&parts)) }
                };
                world.iter().map(touches).collect()
            })
            .collect();
        let mut leads = vec![vec![false; n as usize]; n as usize];
        for &(a, b) in edges.iter().rev() {
            leads[a as usize][b as usize] = true;
        }
        for via in 0..n as usize {
            for a in 0..n as usize {
                for b in 0..n as usize {
                    leads[a][b] |= leads[a][via] && leads[via][b];
                }
            }
        }
        let mut expected = Vec::new();
        for (at, &a) in order.iter().enumerate() {
            for &b in &order[at + 1..] {
                let clash = |x: usize, y: usize| {
                    (raw[x].0, raw[y].0) == (a, b)
                        && (raw[x].3 || raw[y].3)
                        && touched[x].iter().zip(&touched[y]).any(|(one, other)| *one && *other)
                };
                let met = (0..raw.len()).any(|x| (0..raw.len()).any(|y| clash(x, y)));
                if met && !leads[a as usize][b as usize] {
                    expected.push((a, b));
                }
            }
        }
        expected.sort_unstable();
        races += expected.len();
        assert_eq!(found, expected, "case {case}: {raw:?} with {edges:?}");
    }
    println!("Q3  {count} plans with {races} races: every one found, and nothing else");
}
