//! The scheduling problem as flat arrays, free of names and sources: what every algorithm of this phase works on.
//!
//! Vertices are tasks by row, then barriers that hand-made waves need. Times are milliseconds, money micro-dollars.

use crate::base::digraph::csr::Csr;
use crate::base::digraph::order::topological;

/// No model: a script or a person.
pub const NO_MODEL: u32 = u32::MAX;

/// How a vertex takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Started by the executor; takes a slot; part of a wave.
    Auto,
    /// Waits for a person's consent or an event, then runs like any other: takes a slot, but is in no wave.
    Held,
    /// People's work, timers, barriers: takes its time, but no slot, and is in no wave.
    Manual,
    /// Done already or not to be done: takes nothing, holds nobody up.
    Void,
}

/// What may be used at a time, and in a minute.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Capacity {
    /// Tasks at once; at least 1.
    pub parallel: u32,
    /// Tasks at once, by model.
    pub slots: Vec<Option<u32>>,
    /// Input tokens of a wave.
    pub wave_input: Option<u64>,
    /// Output tokens of a wave.
    pub wave_output: Option<u64>,
    /// By model, in any 60 seconds: requests, input tokens, output tokens.
    pub per_minute: [Option<u64>; 3],
}

/// A scheduling problem. Every list but those of `capacity` and the names has an entry for each vertex.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problem {
    /// Who waits for a vertex.
    pub successors: Csr,
    /// What a vertex waits for.
    pub predecessors: Csr,
    /// A topological order.
    pub order: Vec<u32>,
    /// Place of each vertex when names are compared in natural order: the last tie-break of everything.
    pub natural: Vec<u32>,
    /// How it takes part.
    pub kind: Vec<Kind>,
    /// Expected time.
    pub duration: Vec<u64>,
    /// Time kept nine times out of ten.
    pub duration_p90: Vec<u64>,
    /// Its model, or `NO_MODEL`.
    pub model: Vec<u32>,
    /// What it must hold alone while it runs, as numbers below `locks.len()`.
    pub holds: Csr,
    /// Tasks that are alike: the same model and domain.
    pub family: Vec<u32>,
    /// Urgency, 0 to 3.
    pub urgency: Vec<u8>,
    /// Requests, input tokens and output tokens that count against a rate.
    pub usage: Vec<[u64; 3]>,
    /// Input tokens it sends, cached or not.
    pub sent: Vec<u64>,
    /// Pause after its start before anything else may start.
    pub pause: Vec<u64>,
    /// Money: low, likely, high.
    pub cost: Vec<[u64; 3]>,
    /// Chance that it fails, in thousandths.
    pub failure: Vec<u32>,
    /// What may be used.
    pub capacity: Capacity,
    /// Time set aside between waves.
    pub wave_buffer: u64,
    /// After so many starts, pause so long.
    pub batch_pause: Option<(u32, u64)>,
    /// Whether its start counts towards that; all do when empty.
    pub counted: Vec<bool>,
    /// Names of models.
    pub models: Vec<String>,
    /// Names of locks.
    pub locks: Vec<String>,
    /// How many tasks may hold each lock at a time; one where nothing is said.
    pub room: Vec<u32>,
}

impl Problem {
    /// Automatic tasks of these durations with these edges, `(from, to)`, and nothing scarce but the slots.
    ///
    /// # Errors
    /// The vertices on or behind a cycle.
    pub fn new(duration: Vec<u64>, edges: &[(u32, u32)], parallel: u32) -> Result<Self, Vec<u32>> {
        let n = duration.len();
        let successors = Csr::new(n, edges);
        let order = topological(&successors)?;
        Ok(Self {
            predecessors: successors.reversed(),
            successors,
            order,
            natural: (0..u32::try_from(n).expect("vertices are numbered by u32")).collect(),
            kind: vec![Kind::Auto; n],
            duration_p90: duration.clone(),
            duration,
            model: vec![NO_MODEL; n],
            holds: Csr::new(n, &[]),
            family: vec![0; n],
            urgency: vec![0; n],
            usage: vec![[0; 3]; n],
            sent: vec![0; n],
            pause: vec![0; n],
            cost: vec![[0; 3]; n],
            failure: vec![0; n],
            capacity: Capacity { parallel: parallel.max(1), ..Capacity::default() },
            ..Self::default()
        })
    }

    /// Number of vertices.
    #[must_use]
    pub fn len(&self) -> usize {
        self.duration.len()
    }

    /// Whether there is nothing to schedule.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.duration.is_empty()
    }

    /// The vertices, in order of their rows.
    pub fn vertices(&self) -> std::ops::Range<u32> {
        self.successors.vertices()
    }

    /// Whether the executor starts this vertex.
    #[must_use]
    pub fn is_auto(&self, v: u32) -> bool {
        self.kind[v as usize] == Kind::Auto
    }

    /// Whether this vertex takes a slot when it runs.
    #[must_use]
    pub fn runs(&self, v: u32) -> bool {
        matches!(self.kind[v as usize], Kind::Auto | Kind::Held)
    }

    /// The vertices that take a slot, in order of their rows.
    pub fn runners(&self) -> impl Iterator<Item = u32> + Clone {
        self.vertices().filter(|&v| self.runs(v))
    }

    /// How many tasks may hold a lock at a time.
    #[must_use]
    pub fn room_of(&self, lock: u32) -> u32 {
        self.room.get(lock as usize).copied().unwrap_or(1).max(1)
    }

    /// The automatic tasks, in order of their rows.
    pub fn autos(&self) -> impl Iterator<Item = u32> + Clone {
        self.vertices().filter(|&v| self.is_auto(v))
    }

    /// Tasks of a model that may run at once, if that is limited below the global limit.
    #[must_use]
    pub fn slots(&self, model: u32) -> Option<u32> {
        let slots = self.capacity.slots.get(model as usize).copied().flatten()?;
        Some(slots.max(1)).filter(|&slots| slots < self.capacity.parallel)
    }

    /// Whether starts are paced: pauses after a start, or limits per minute.
    #[must_use]
    pub fn is_paced(&self) -> bool {
        self.batch_pause.is_some() || self.pause.iter().any(|&pause| pause > 0) || self.is_rated()
    }

    /// Whether a limit per minute could ever be reached.
    #[must_use]
    pub fn is_rated(&self) -> bool {
        (0..3).any(|what| {
            self.capacity.per_minute[what].is_some_and(|limit| {
                // All tasks together in one minute: an upper bound of any model in any minute.
                let mut sum = 0_u64;
                self.usage.iter().any(|usage| {
                    sum = sum.saturating_add(usage[what]);
                    sum > limit
                })
            })
        })
    }

    /// The pause that is due after this start because of those before it, which `launches` counts.
    #[must_use]
    pub fn batch_pause_after(&self, v: u32, launches: &mut u64) -> u64 {
        let Some((every, pause)) = self.batch_pause else { return 0 };
        if !self.counted.get(v as usize).copied().unwrap_or(true) {
            return 0;
        }
        *launches += 1;
        if launches.is_multiple_of(u64::from(every.max(1))) { pause } else { 0 }
    }

    /// The vertices sorted by a key, the smallest first, and by natural order where keys are equal.
    pub fn ranked<K: Ord>(&self, key: impl Fn(u32) -> K) -> Vec<u32> {
        let mut sorted: Vec<(K, u32, u32)> =
            self.vertices().map(|v| (key(v), self.natural[v as usize], v)).collect();
        sorted.sort_unstable();
        sorted.into_iter().map(|(_, _, v)| v).collect()
    }
}
