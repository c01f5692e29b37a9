//! A set of small numbers that gives its smallest: a tree of 64-way bit masks, a few machine words deep.

/// A set of numbers below a fixed bound. Insertion and removal of the smallest touch one word a level (four levels
/// hold 16 million numbers), so it is the ready list of everything here that takes vertices in a fixed order.
#[derive(Debug, Clone)]
pub struct BitQueue {
    /// The members, then masks of the non-empty words of the level before, up to a single word.
    levels: Vec<Vec<u64>>,
    len: usize,
}

impl BitQueue {
    /// An empty set of numbers below `bound`.
    #[must_use]
    pub fn new(bound: usize) -> Self {
        let mut levels = Vec::new();
        let mut words = bound.div_ceil(64).max(1);
        loop {
            levels.push(vec![0; words]);
            if words == 1 {
                return Self { levels, len: 0 };
            }
            words = words.div_ceil(64);
        }
    }

    /// Adds a number.
    pub fn insert(&mut self, value: u32) {
        let mut at = value as usize;
        let bit = 1_u64 << (at % 64);
        if self.levels[0][at / 64] & bit == 0 {
            self.len += 1;
        }
        for level in &mut self.levels {
            level[at / 64] |= 1 << (at % 64);
            at /= 64;
        }
    }

    /// Takes a number out, if it is there.
    pub fn remove(&mut self, value: u32) {
        let mut at = value as usize;
        if self.levels[0][at / 64] & (1 << (at % 64)) == 0 {
            return;
        }
        self.len -= 1;
        for level in &mut self.levels {
            level[at / 64] &= !(1 << (at % 64));
            if level[at / 64] != 0 {
                return;
            }
            at /= 64;
        }
    }

    /// The smallest number that is at least `from`.
    #[must_use]
    pub fn next(&self, from: u32) -> Option<u32> {
        let mut at = from as usize;
        for (height, level) in self.levels.iter().enumerate() {
            let word = level.get(at / 64)? & (u64::MAX << (at % 64));
            if word != 0 {
                let mut found = at / 64 * 64 + word.trailing_zeros() as usize;
                for below in self.levels[..height].iter().rev() {
                    found = found * 64 + below[found].trailing_zeros() as usize;
                }
                return Some(u32::try_from(found).expect("members are u32"));
            }
            at = at / 64 + 1;
        }
        None
    }

    /// Takes the smallest number out.
    pub fn pop(&mut self) -> Option<u32> {
        let first = self.next(0)?;
        self.remove(first);
        Some(first)
    }

    /// Number of members.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

#[cfg(test)]
mod tests {
    use super::BitQueue;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn behaves_as_an_ordered_set(bound in 1_u32..9_000, steps in proptest::collection::vec((0_u8..4, 0_u32..9_000), 0..200)) {
            let mut queue = BitQueue::new(bound as usize);
            let mut oracle = BTreeSet::new();
            for (what, value) in steps {
                let value = value % bound;
                match what {
                    0 | 1 => {
                        queue.insert(value);
                        oracle.insert(value);
                    }
                    2 => {
                        queue.remove(value);
                        oracle.remove(&value);
                    }
                    _ => prop_assert_eq!(queue.pop(), oracle.pop_first()),
                }
                prop_assert_eq!(queue.next(value), oracle.range(value..).next().copied());
                prop_assert_eq!((queue.len(), queue.is_empty()), (oracle.len(), oracle.is_empty()));
            }
        }
    }
}
