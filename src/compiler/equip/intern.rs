//! Small numbers for texts: each distinct text is kept once, in the order in which it came.
//!
//! *Invariant*: the table is only ever asked, never walked, so its order decides nothing.

/// Texts by number.
#[derive(Debug, Default)]
pub(super) struct Interner {
    texts: Vec<Box<str>>,
    /// Number of a text plus one; zero is free. Its length is a power of two.
    slots: Vec<u32>,
}

impl Interner {
    /// The number of `text`, given now if it has none.
    pub(super) fn intern(&mut self, text: &str) -> u32 {
        if (self.texts.len() + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let slot = self.slot(text);
        if self.slots[slot] == 0 {
            self.texts.push(text.into());
            self.slots[slot] = u32::try_from(self.texts.len()).expect("fewer than 2^32 words are kept");
        }
        self.slots[slot] - 1
    }

    /// The number of `text`, if it has one.
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        self.slots[self.slot(text)].checked_sub(1)
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
        self.slots = vec![0; size];
        for index in 0..self.texts.len() {
            let slot = self.slot(&self.texts[index]);
            self.slots[slot] = u32::try_from(index + 1).expect("fewer than 2^32 words are kept");
        }
    }

    /// Where `text` is, or where it would go. At least half of the slots are free, so this ends.
    fn slot(&self, text: &str) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = hash(text.as_bytes()) & mask;
        loop {
            match self.slots[slot] {
                0 => return slot,
                number if &*self.texts[number as usize - 1] == text => return slot,
                _ => slot = (slot + 1) & mask,
            }
        }
    }
}

/// FNV-1a, folded onto itself so that the low bits depend on all of it.
fn hash(bytes: &[u8]) -> usize {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    for &byte in bytes {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    let folded = (state ^ (state >> 32)) & 0xffff_ffff;
    usize::try_from(folded).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Interner;

    #[test]
    fn numbers_are_given_once_and_in_order() {
        let mut interner = Interner::default();
        let words: Vec<String> = (0..1_000).map(|n| format!("w{n}")).collect();
        for (at, word) in (0_u32..).zip(&words) {
            assert_eq!(interner.intern(word), at);
        }
        for (at, word) in (0_u32..).zip(&words) {
            assert_eq!((interner.intern(word), interner.find(word)), (at, Some(at)));
            assert_eq!(interner.text(at), word);
        }
        assert_eq!((interner.find("x"), interner.len()), (None, 1_000));
    }
}
