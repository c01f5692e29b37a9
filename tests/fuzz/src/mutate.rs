//! Changes of bytes by chance that a seed repeats.

/// A small generator: the same seed gives the same numbers.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// Numbers of a seed.
    pub fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }
    /// Any number.
    pub fn any(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
    /// A number below `end`; 0 when there is none.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { (self.any() >> 11) as usize % end }
    }
}

/// A few changes: bytes flipped, cut, doubled, lines moved, parts of others and hostile texts put in.
pub fn mutate(bytes: &[u8], others: &[(String, Vec<u8>)], chance: &mut Chance) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..=chance.below(4) {
        let at = chance.below(out.len() + 1);
        match chance.below(12) {
            0 => {
                if let Some(byte) = out.get_mut(at) {
                    *byte ^= 1 << chance.below(8);
                }
            }
            1 => out.truncate(at),
            2 => {
                let end = (at + chance.below(64)).min(out.len());
                out.drain(at..end);
            }
            3 => {
                let end = (at + chance.below(200)).min(out.len());
                let part = out[at..end].to_vec();
                for _ in 0..=chance.below(20) {
                    out.splice(at..at, part.iter().copied());
                }
            }
            4 | 5 => {
                let text = super::seeds::HOSTILE[chance.below(super::seeds::HOSTILE.len())];
                out.splice(at..at, text.bytes());
            }
            6 => {
                if let Some((_, other)) = others.get(chance.below(others.len())) {
                    let from = chance.below(other.len());
                    let end = (from + chance.below(300)).min(other.len());
                    out.splice(at..at, other[from..end].iter().copied());
                }
            }
            7 | 8 => lines(&mut out, chance),
            9 => {
                let marks = b"[]{}()<>-*+#`~|:,\"'&!?%@=.\\/ \t\n\r";
                out.insert(at, marks[chance.below(marks.len())]);
            }
            10 => out.insert(at, chance.any() as u8),
            _ => indent(&mut out, chance),
        }
        out.truncate(60_000);
    }
    out
}

/// Swaps, drops or doubles lines.
fn lines(out: &mut Vec<u8>, chance: &mut Chance) {
    let mut rows: Vec<Vec<u8>> = out.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
    if rows.is_empty() {
        return;
    }
    for _ in 0..=chance.below(5) {
        let (a, b) = (chance.below(rows.len()), chance.below(rows.len()));
        match chance.below(3) {
            0 => rows.swap(a, b),
            1 if rows.len() > 1 => {
                rows.remove(a);
            }
            _ => {
                let row = rows[a].clone();
                rows.insert(b, row);
            }
        }
    }
    *out = rows.concat();
}

/// Moves some lines to the right or to the left.
fn indent(out: &mut Vec<u8>, chance: &mut Chance) {
    let rows: Vec<Vec<u8>> = out.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
    let (from, many, by) = (chance.below(rows.len()), chance.below(6), chance.below(8));
    let shift = |(number, row): (usize, Vec<u8>)| {
        if (from..from + many).contains(&number) {
            if by < 2 {
                row.strip_prefix(b"  ").map_or(row.clone(), <[u8]>::to_vec)
            } else {
                [vec![b' '; by], row].concat()
            }
        } else {
            row
        }
    };
    *out = rows.into_iter().enumerate().map(shift).collect::<Vec<_>>().concat();
}
