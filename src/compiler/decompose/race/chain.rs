//! For each group of clashing uses, a few pairs whose order puts every clashing pair of the group in order.
//!
//! In order of the graph, writers follow one another; readers follow the writer before them and precede the writer
//! after them. That is linear in the group, and nothing less would do.

use super::Clash;
use super::meeting::{Group, Member};

/// Most pairs of readers with isolated writers that are named one by one.
const PAIRS: usize = 1 << 20;

/// Calls `each` with the pairs to be put in order. Isolated writers need no order among writers, only with readers.
pub(super) fn pairs(group: &Group, isolated: impl Fn(u32) -> bool, mut each: impl FnMut(Clash)) {
    let alone = group.members.iter().filter(|member| member.write && isolated(member.task)).count();
    let readers = group.members.iter().filter(|member| member.read).count();
    let apart = |member: &Member| !member.read && alone * readers <= PAIRS && isolated(member.task);
    let mut emit = |a: &Member, b: &Member| {
        if !group.across || (a.side | b.side) == 3 {
            each(clash(a, b));
        }
    };
    let mut last: Option<&Member> = None;
    // Those of the run before that the run after must follow.
    let mut before: Vec<&Member> = Vec::new();
    // Who reads and writes must be in order with everybody: a run of its own.
    let alike = |a: &Member, b: &Member| a.write == b.write && a.read == b.read && !(a.read && a.write);
    for run in group.members.chunk_by(alike) {
        let (enter, leave): (Vec<&Member>, Vec<&Member>) = if run[0].write {
            let plain = || run.iter().filter(|member| !apart(member));
            for member in plain() {
                if let Some(last) = last {
                    emit(last, member);
                }
                last = Some(member);
            }
            let single = || run.iter().filter(|member| apart(member));
            (
                plain().next().into_iter().chain(single()).collect(),
                plain().next_back().into_iter().chain(single()).collect(),
            )
        } else {
            (run.iter().collect(), run.iter().collect())
        };
        for member in enter {
            for earlier in &before {
                emit(earlier, member);
            }
        }
        before = leave;
    }
}

/// Calls `each` with neighbouring writers of which one at least is isolated.
pub(super) fn writers(group: &Group, isolated: impl Fn(u32) -> bool, mut each: impl FnMut(Clash)) {
    let mut last: Option<&Member> = None;
    for member in group.members.iter().filter(|member| member.write) {
        if let Some(last) = last
            && (isolated(last.task) || isolated(member.task))
            && (!group.across || (last.side | member.side) == 3)
        {
            each(clash(last, member));
        }
        last = Some(member);
    }
}

/// Two members as a clash.
pub(super) fn clash(a: &Member, b: &Member) -> Clash {
    Clash { first: a.task, second: b.task, by_first: a.by, by_second: b.by }
}
