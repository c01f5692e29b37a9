//! Races against brute force, and in bulk.

use super::{Clash, Policy, Reason, Resolution, Use, conflicts, resolve};
use crate::base::digraph::csr::Csr;
use crate::base::digraph::order::topological;
use crate::base::glob::Glob;
use crate::ir::settings::Races;
use proptest::prelude::*;

/// A use as the tests write it: task, path, glob, write.
type Raw = (u32, String, bool, bool);

fn uses(raw: &[Raw]) -> Vec<Use<'_>> {
    raw.iter()
        .map(|(task, path, glob, write)| Use { task: *task, path, glob: *glob, write: *write })
        .collect()
}

struct Case<'a> {
    n: u32,
    edges: &'a [(u32, u32)],
    raw: &'a [Raw],
    policy: Policy<'a>,
}

fn check(case: &Case) -> Resolution {
    let graph = Csr::new(case.n as usize, case.edges);
    let order = topological(&graph).unwrap();
    resolve(&uses(case.raw), &graph, &order, &case.policy)
}

const SERIALIZE: Policy =
    Policy { paths: Races::Serialize, globs: Races::Serialize, shared: &[], parallel: &[], isolated: &[] };
const DENY: Policy = Policy { paths: Races::Deny, globs: Races::Deny, ..SERIALIZE };

fn pairs(clashes: &[Clash]) -> Vec<(u32, u32)> {
    clashes.iter().map(|clash| (clash.first, clash.second)).collect()
}

fn write(task: u32, path: &str) -> Raw {
    (task, path.to_owned(), false, true)
}

fn read(task: u32, path: &str) -> Raw {
    (task, path.to_owned(), false, false)
}

#[test]
fn writers_are_chained_and_readers_stand_between() {
    let raw = [write(0, "a"), read(1, "a"), write(2, "a"), write(3, "a"), write(4, "b")];
    let found = check(&Case { n: 5, edges: &[], raw: &raw, policy: SERIALIZE });
    assert_eq!(pairs(&found.orders), [(0, 1), (1, 2), (2, 3)]);
    assert!(found.errors.is_empty());
    let found = check(&Case { n: 5, edges: &[(3, 0)], raw: &raw, policy: DENY });
    assert_eq!(found.errors.iter().map(|(_, reason)| *reason).collect::<Vec<_>>(), [Reason::Denied; 2]);
}

#[test]
fn marks_shared_files_and_isolation_decide() {
    let raw = [write(0, "Cargo.lock"), write(1, "Cargo.lock"), write(0, "x"), write(1, "x")];
    let parallel = [true, true];
    let shared = ["*.lock".to_owned()];
    let policy = Policy { parallel: &parallel, shared: &shared, ..SERIALIZE };
    let found = check(&Case { n: 2, edges: &[], raw: &raw, policy });
    assert_eq!(found.errors.len(), 1);
    assert_eq!((found.errors[0].1, found.errors[0].0.by_first), (Reason::Parallel, 2));
    let found = check(&Case { n: 2, edges: &[], raw: &raw[..2], policy });
    assert_eq!((pairs(&found.orders), found.errors.len()), (vec![(0, 1)], 0));

    let isolated = [true, false, false];
    let raw = [write(0, "x"), write(1, "x"), write(2, "x")];
    let policy = Policy { isolated: &isolated, ..SERIALIZE };
    let found = check(&Case { n: 3, edges: &[], raw: &raw, policy });
    assert_eq!((pairs(&found.orders), pairs(&found.merges)), (vec![(1, 2)], vec![(0, 1)]));
}

#[test]
fn patterns_that_meet_are_errors_where_no_order_is_justified() {
    let raw = [(0, "src/**".to_owned(), true, true), (1, "src/api/*".to_owned(), true, true)];
    let policy = Policy { globs: Races::Deny, ..SERIALIZE };
    assert_eq!(check(&Case { n: 2, edges: &[], raw: &raw, policy }).errors[0].1, Reason::Globs);
    assert!(check(&Case { n: 2, edges: &[(1, 0)], raw: &raw, policy }).errors.is_empty());
    let raw = [(0, "src/**".to_owned(), true, true), write(1, "src/api/[id].ts")];
    assert_eq!(pairs(&check(&Case { n: 2, edges: &[], raw: &raw, policy }).orders), [(0, 1)]);
}

#[test]
fn ten_thousand_writers_of_one_file_become_a_chain() {
    let n = 10_000;
    let raw: Vec<Raw> = (0..n).map(|task| write(task, "same.md")).collect();
    assert_eq!(check(&Case { n, edges: &[], raw: &raw, policy: SERIALIZE }).orders.len(), 9_999);
    assert_eq!(check(&Case { n, edges: &[], raw: &raw, policy: DENY }).errors.len(), 9_999);
}

/// `path[a][b]`: whether `a` leads to `b`.
fn closure(n: u32, edges: &[(u32, u32)]) -> Vec<Vec<bool>> {
    let n = n as usize;
    let mut path = vec![vec![false; n]; n];
    for &(a, b) in edges {
        path[a as usize][b as usize] = true;
    }
    for k in 0..n {
        for a in 0..n {
            for b in 0..n {
                path[a][b] |= path[a][k] && path[k][b];
            }
        }
    }
    path
}

/// All pairs that clash, first the one that comes first in the order.
fn oracle(case: &Case, order: &[u32], skip: impl Fn(u32, u32, bool) -> bool) -> Vec<(u32, u32)> {
    let glob = |(_, path, glob, _): &Raw| if *glob { Glob::parse(path) } else { Glob::path(path) };
    let mut all = Vec::new();
    for (at, &a) in order.iter().enumerate() {
        for &b in &order[at + 1..] {
            let clash = case.raw.iter().filter(|raw| raw.0 == a).any(|x| {
                case.raw
                    .iter()
                    .filter(|raw| raw.0 == b)
                    .any(|y| (x.3 || y.3) && !skip(a, b, x.3 && y.3) && glob(x).overlaps(&glob(y)))
            });
            if clash {
                all.push((a, b));
            }
        }
    }
    all
}

fn raw_uses(n: u32) -> impl Strategy<Value = Vec<Raw>> {
    let path = prop_oneof!["[ab]", "[ab]/[ab]", "[abc]/[ab]/[ab]"].prop_map(|path| (path, false));
    let glob = prop_oneof!["[ab]/\\*", "\\*\\*/[ab]", "[ab]/\\*\\*", "\\{a,b\\}/[ab]", "\\?"]
        .prop_map(|path| (path, true));
    let use_ = (0..n, prop_oneof![3 => path, 1 => glob], any::<bool>());
    proptest::collection::vec(use_.prop_map(|(task, (path, glob), write)| (task, path, glob, write)), 0..14)
}

fn dag(n: u32) -> impl Strategy<Value = Vec<(u32, u32)>> {
    (proptest::collection::vec((0..n, 0..n), 0..10), Just((0..n).collect::<Vec<u32>>()).prop_shuffle())
        .prop_map(|(raw, names)| {
            let mut edges: Vec<(u32, u32)> = raw
                .into_iter()
                .filter(|(a, b)| a < b)
                .map(|(a, b)| (names[a as usize], names[b as usize]))
                .collect();
            edges.sort_unstable();
            edges.dedup();
            edges
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn equals_brute_force(n in 8_u32..9, edges in dag(8), raw in raw_uses(8), alone in proptest::collection::vec(proptest::bool::weighted(0.2), 8)) {
        let case = Case { n, edges: &edges, raw: &raw, policy: SERIALIZE };
        let graph = Csr::new(n as usize, &edges);
        let order = topological(&graph).unwrap();
        let path = closure(n, &edges);
        let free = |&(a, b): &(u32, u32)| !path[a as usize][b as usize];

        // Every race is found, and nothing else.
        let clashing = oracle(&case, &order, |_, _, _| false);
        let mut expected: Vec<(u32, u32)> = clashing.iter().copied().filter(free).collect();
        expected.sort_unstable();
        let (found, more) = conflicts(&uses(&raw), &graph, &order, 1_000);
        prop_assert_eq!(pairs(&found), expected.clone());
        prop_assert!(!more);

        // The orders end all races and are the reduction of the graph with all clashes.
        let found = check(&case);
        let mut whole = edges.clone();
        whole.extend(&clashing);
        let all = closure(n, &whole);
        let longer = |a: u32, b: u32| (0..n).any(|via| all[a as usize][via as usize] && all[via as usize][b as usize]);
        let fewest: Vec<(u32, u32)> = expected.iter().copied().filter(|&(a, b)| !longer(a, b)).collect();
        prop_assert_eq!(pairs(&found.orders), fewest.clone());
        let mut ordered = edges.clone();
        ordered.extend(pairs(&found.orders));
        prop_assert_eq!(closure(n, &ordered), all);
        for clash in &found.orders {
            prop_assert_eq!(raw[clash.by_first as usize].0, clash.first);
            prop_assert_eq!(raw[clash.by_second as usize].0, clash.second);
        }

        // Denied, the races told would end all of them, and are races.
        let denied = check(&Case { policy: DENY, ..case });
        let told: Vec<Clash> = denied.errors.iter().map(|(clash, _)| *clash).collect();
        prop_assert!(pairs(&told).iter().all(|pair| expected.contains(pair)));
        let mut ordered = edges.clone();
        ordered.extend(pairs(&told));
        let ended = closure(n, &ordered);
        prop_assert!(expected.iter().all(|&(a, b)| ended[a as usize][b as usize]));

        // Isolated writers are left out of order only with other writers, and then they are merged.
        let policy = Policy { isolated: &alone, ..SERIALIZE };
        let case = Case { policy, ..Case { n, edges: &edges, raw: &raw, policy } };
        let found = check(&case);
        let must = oracle(&case, &order, |a, b, both| both && (alone[a as usize] || alone[b as usize]));
        let mut ordered = edges.clone();
        ordered.extend(pairs(&found.orders));
        let after = closure(n, &ordered);
        prop_assert!(must.iter().all(|&(a, b)| after[a as usize][b as usize]));
        let mut whole = edges.clone();
        whole.extend(&must);
        prop_assert_eq!(closure(n, &whole), after.clone());
        let left = expected.iter().any(|&(a, b)| !after[a as usize][b as usize]);
        prop_assert_eq!(left, !found.merges.is_empty());
        prop_assert!(found.merges.iter().all(|clash| !after[clash.first as usize][clash.second as usize]));
    }
}
