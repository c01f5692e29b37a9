//! Whether one vertex leads to another, in an acyclic graph too large for its closure.
//!
//! Some hundred landmarks answer most questions at once: every vertex knows which of them it leads to and which lead
//! to it (the "supportive vertices" of O'Reach). What they leave open is searched, forward, between the two.

use super::csr::Csr;
use super::order::{levels, positions};

/// Words of a landmark mask.
const WORDS: usize = 4;
type Mask = [u64; WORDS];

/// Answers reachability questions about one acyclic graph.
#[derive(Debug)]
pub struct Reach<'a> {
    successors: &'a Csr,
    level: Vec<u32>,
    /// Landmarks a vertex leads to, itself included.
    ahead: Vec<Mask>,
    /// Landmarks that lead to a vertex, itself included.
    behind: Vec<Mask>,
    /// The mask of a landmark; the same word and bit in both of the above.
    landmarks: Vec<u32>,
    seen: Vec<u32>,
    round: u32,
    stack: Vec<u32>,
    steps: u64,
}

impl<'a> Reach<'a> {
    /// Prepares for questions: `order` is a topological order of the graph.
    #[must_use]
    pub fn new(successors: &'a Csr, order: &[u32]) -> Self {
        let n = successors.len();
        let landmarks = choose(successors, order);
        let mut ahead = vec![[0; WORDS]; n];
        let mut behind = vec![[0; WORDS]; n];
        for (bit, &v) in landmarks.iter().enumerate() {
            ahead[v as usize][bit / 64] |= 1 << (bit % 64);
            behind[v as usize][bit / 64] |= 1 << (bit % 64);
        }
        for &v in order.iter().rev() {
            let mut mask = ahead[v as usize];
            for &w in successors.row(v) {
                join(&mut mask, &ahead[w as usize]);
            }
            ahead[v as usize] = mask;
        }
        for &v in order {
            let mask = behind[v as usize];
            for &w in successors.row(v) {
                join(&mut behind[w as usize], &mask);
            }
        }
        Self {
            successors,
            level: levels(successors, order),
            ahead,
            behind,
            landmarks,
            seen: vec![0; n],
            round: 0,
            stack: Vec::new(),
            steps: 0,
        }
    }

    /// Whether there is a path of one edge or more from `a` to `b`.
    pub fn reaches(&mut self, a: u32, b: u32) -> bool {
        self.search(a, b, false, u64::MAX).expect("an unlimited search ends")
    }

    /// Whether one of two vertices leads to the other.
    pub fn ordered(&mut self, a: u32, b: u32) -> bool {
        self.reaches(a, b) || self.reaches(b, a)
    }

    /// Whether there is a path of two edges or more from `a` to `b`; `None` when `budget` steps did not tell.
    pub fn detours(&mut self, a: u32, b: u32, budget: u64) -> Option<bool> {
        self.search(a, b, true, budget)
    }

    /// Steps taken by all searches so far.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The level of a vertex.
    #[must_use]
    pub fn level(&self, v: u32) -> u32 {
        self.level[v as usize]
    }

    /// What the landmarks say of a path of two edges or more over a landmark that is neither end.
    #[must_use]
    pub fn detours_at_sight(&self, a: u32, b: u32) -> bool {
        let (x, y) = (&self.ahead[a as usize], &self.behind[b as usize]);
        (0..WORDS).any(|word| {
            let mut common = x[word] & y[word];
            while common != 0 {
                let via = self.landmarks[word * 64 + common.trailing_zeros() as usize];
                if via != a && via != b {
                    return true;
                }
                common &= common - 1;
            }
            false
        })
    }

    /// `false`: certainly no path from `a` to `b`.
    fn possible(&self, a: u32, b: u32) -> bool {
        let (a, b) = (a as usize, b as usize);
        self.level[a] < self.level[b]
            && (0..WORDS).all(|word| {
                self.behind[a][word] & !self.behind[b][word] == 0
                    && self.ahead[b][word] & !self.ahead[a][word] == 0
            })
    }

    fn search(&mut self, a: u32, b: u32, detour: bool, budget: u64) -> Option<bool> {
        if !self.possible(a, b) {
            return Some(false);
        }
        if self.detours_at_sight(a, b) {
            return Some(true);
        }
        self.round += 1;
        let end = self.steps.saturating_add(budget);
        let graph = self.successors;
        self.stack.clear();
        self.stack.push(a);
        while let Some(v) = self.stack.pop() {
            for &w in graph.row(v) {
                self.steps += 1;
                if w == b {
                    if detour && v == a {
                        continue;
                    }
                    return Some(true);
                }
                if self.seen[w as usize] != self.round && self.possible(w, b) {
                    if self.detours_at_sight(w, b) {
                        return Some(true);
                    }
                    self.seen[w as usize] = self.round;
                    self.stack.push(w);
                }
            }
            if self.steps > end {
                return None;
            }
        }
        Some(false)
    }
}

fn join(mask: &mut Mask, other: &Mask) {
    for (word, more) in mask.iter_mut().zip(other) {
        *word |= more;
    }
}

/// The busiest vertex of each of some hundred equal slices of the order.
fn choose(successors: &Csr, order: &[u32]) -> Vec<u32> {
    let n = order.len();
    let into = super::order::in_degrees(successors);
    let place = positions(order);
    let busy = |v: u32| {
        let out = successors.row(v).len() as u64;
        (u64::from(into[v as usize]) + 1) * (out + 1)
    };
    let slices = (WORDS * 64).min(n);
    (0..slices)
        .filter_map(|slice| {
            let slice = slice * n / slices..(slice + 1) * n / slices;
            order[slice].iter().copied().max_by_key(|&v| (busy(v), std::cmp::Reverse(place[v as usize])))
        })
        .collect()
}
