//! Small numbers for texts: each distinct text is kept once, in the order in which it came.
//!
//! *Invariant*: the table is only ever asked, never walked, so its order decides nothing.

/// Texts by number.
#[derive(Debug, Default)]
pub(super) struct Interner {
    texts: Vec<Box<str>>,
    /// Hash of a text, and its number plus one; zero is free. Its length is a power of two.
    slots: Vec<(u32, u32)>,
}

impl Interner {
    /// The number of `text`, given now if it has none.
    pub(super) fn intern(&mut self, text: &str) -> u32 {
        if (self.texts.len() + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let hash = hash(text.as_bytes());
        let slot = self.slot(hash, |known| known == text);
        if self.slots[slot].1 == 0 {
            self.texts.push(text.into());
            self.slots[slot] = (hash, number(self.texts.len()));
        }
        self.slots[slot].1 - 1
    }

    /// The number of `text`, if it has one.
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        self.slots[self.slot(hash(text.as_bytes()), |known| known == text)].1.checked_sub(1)
    }

    /// The text of a number.
    pub(super) fn text(&self, number: u32) -> &str {
        &self.texts[number as usize]
    }

    /// How many texts there are.
    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(64);
        let old = std::mem::replace(&mut self.slots, vec![(0, 0); size]);
        for entry in old.into_iter().filter(|entry| entry.1 != 0) {
            // All texts differ, so none is the one that is looked for.
            let slot = self.slot(entry.0, |_| false);
            self.slots[slot] = entry;
        }
    }

    /// Where a text of this hash is, or where it would go. At least half of the slots are free, so this ends.
    fn slot(&self, hash: u32, is_it: impl Fn(&str) -> bool) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            let (known, number) = self.slots[slot];
            if number == 0 || known == hash && is_it(&self.texts[number as usize - 1]) {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
    }
}

fn number(length: usize) -> u32 {
    u32::try_from(length).expect("fewer than 2^32 words are kept")
}

/// Eight bytes at a time, multiplied by an odd constant; the upper half, on which all bytes have an influence.
fn hash(bytes: &[u8]) -> u32 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut state = bytes.len() as u64;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let chunk = u64::from_le_bytes(chunk.try_into().expect("a chunk has eight bytes"));
        state = (state.rotate_left(23) ^ chunk).wrapping_mul(ODD);
    }
    let mut last = 0;
    for &byte in chunks.remainder() {
        last = last << 8 | u64::from(byte);
    }
    state = (state.rotate_left(23) ^ last).wrapping_mul(ODD);
    u32::try_from(state >> 32).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Interner;

    #[test]
    fn numbers_are_given_once_and_in_order() {
        let mut interner = Interner::default();
        let words: Vec<String> = (0..1_000).map(|n| format!("w{n}")).collect();
        for (at, word) in (0_u32..).zip(&words) {
            assert_eq!((interner.intern(word), interner.find(word)), (at, Some(at)));
        }
        for (at, word) in (0_u32..).zip(&words) {
            assert_eq!((interner.intern(word), interner.find(word)), (at, Some(at)));
            assert_eq!(interner.text(at), word);
        }
        assert_eq!((interner.find("x"), interner.len()), (None, 1_000));
    }
}
