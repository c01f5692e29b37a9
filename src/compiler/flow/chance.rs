//! Chance without floats: numbers from a counter, the normal and the lognormal distribution in fixed point.
//!
//! A number is a function of its seed and its place, so samples are the same in any order, on any machine.

/// Fixed point with 32 bits behind the point.
type Q32 = i64;
const ONE: Q32 = 1 << 32;

/// Numbers by place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chance {
    seed: u64,
}

impl Chance {
    /// The numbers of one vertex in one sample.
    pub(super) fn new(seed: u64, sample: u32, vertex: u32) -> Self {
        Self { seed: mix(seed ^ mix(u64::from(sample) << 32 | u64::from(vertex))) }
    }

    /// The number at a place: 64 even bits.
    pub(super) fn bits(self, place: u64) -> u64 {
        mix(self.seed.wrapping_add(place.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    /// A number from 0 to 999.
    pub(super) fn milli(self, place: u64) -> u32 {
        u32::try_from(self.bits(place) % 1_000).expect("below a thousand")
    }

    /// A normal variate of mean 0 and deviation 1: the sum of twelve even ones, less six.
    fn normal(self, place: u64) -> Q32 {
        let sum: u64 =
            (0..6).map(|at| self.bits(place + at)).map(|bits| (bits >> 32) + (bits & 0xffff_ffff)).sum();
        i64::try_from(sum).expect("twelve numbers of 32 bits") - 6 * ONE
    }

    /// A time of this spread; uses six places.
    pub(super) fn time(self, place: u64, spread: Spread) -> u64 {
        if spread.deviation == 0 {
            return spread.median;
        }
        let exponent = (i128::from(self.normal(place)) * i128::from(spread.deviation)) >> 32;
        scale(spread.median, i64::try_from(exponent).unwrap_or(0))
    }

    /// An amount of this spread, within its ends; uses six places.
    pub(super) fn amount(self, place: u64, amount: Amount) -> u64 {
        self.time(place, amount.spread).clamp(amount.low, amount.high)
    }
}

/// Times that are lognormal around their median.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spread {
    median: u64,
    /// Of the binary logarithm.
    deviation: Q32,
}

impl Spread {
    /// The spread with this median and ninetieth percentile.
    pub(super) fn new(median: u64, p90: u64) -> Self {
        /// The ninetieth percentile of the normal distribution, 1.2815516, inverted.
        const PER_DEVIATION: i128 = 3_351_338_743;
        if p90 <= median || median == 0 {
            return Self { median, deviation: 0 };
        }
        let deviation = (i128::from(log2(p90, median)) * PER_DEVIATION) >> 32;
        Self { median, deviation: i64::try_from(deviation).unwrap_or(0) }
    }
}

/// Amounts of money: their mean is the likely one, and they seldom reach the high one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Amount {
    spread: Spread,
    low: u64,
    high: u64,
}

impl Amount {
    /// The amounts with this low, mean and high; the high one lies two deviations above.
    pub(super) fn new([low, likely, high]: [u64; 3]) -> Self {
        /// Half the natural logarithm of two: what turns a median into a mean.
        const HALF_LN: i128 = 1_488_522_236;
        let (low, high) = (low.min(likely), high.max(likely));
        if likely == 0 || high == likely {
            return Self { spread: Spread { median: likely, deviation: 0 }, low, high };
        }
        let deviation = log2(high, likely) / 2;
        let square = (i128::from(deviation) * i128::from(deviation)) >> 32;
        let down = i64::try_from((square * HALF_LN) >> 32).unwrap_or(0);
        Self { spread: Spread { median: scale(likely, -down), deviation }, low, high }
    }
}

/// A bijection of 64 bits that leaves no trace of its input (the finaliser of `SplitMix64`).
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The binary logarithm of a quotient that is at least 1.
fn log2(above: u64, below: u64) -> Q32 {
    let mut x = (u128::from(above) << 62) / u128::from(below.max(1));
    let mut whole = 0_i64;
    while x >= 2 << 62 {
        x >>= 1;
        whole += 1;
    }
    let mut fraction = 0_i64;
    for _ in 0..32 {
        x = (x * x) >> 62;
        fraction <<= 1;
        if x >= 2 << 62 {
            x >>= 1;
            fraction += 1;
        }
    }
    (whole << 32) + fraction
}

/// Two to the powers 1/2, 1/4, 1/8, …, each the root of the one before, with 60 bits behind the point.
const ROOTS: [u128; 32] = {
    let mut roots = [0; 32];
    let mut root = 2_u128 << 60;
    let mut at = 0;
    while at < roots.len() {
        root = (root << 60).isqrt();
        roots[at] = root;
        at += 1;
    }
    roots
};

/// A time multiplied by two to a power; at most some thousand years.
fn scale(time: u64, exponent: Q32) -> u64 {
    const LONGEST: u128 = 1 << 45;
    let (whole, fraction) = (exponent >> 32, exponent & (ONE - 1));
    let mut factor = 1_u128 << 60;
    for (bit, root) in (0..32).rev().zip(ROOTS) {
        if fraction >> bit & 1 == 1 {
            factor = (factor * root) >> 60;
        }
    }
    let product = (u128::from(time) * factor) >> 28;
    let shifted = match u32::try_from(whole) {
        Ok(left) => product.checked_shl(left.min(40)).unwrap_or(u128::MAX),
        Err(_) => product.checked_shr(u32::try_from(-whole).unwrap_or(127)).unwrap_or(0),
    };
    u64::try_from((shifted >> 32).min(LONGEST)).expect("a time is bounded")
}

#[cfg(test)]
mod tests {
    use super::{Amount, Chance, ONE, Spread, log2, scale};

    #[test]
    fn powers_and_logarithms_of_two() {
        assert_eq!((log2(8, 1), log2(1, 1), log2(3, 2)), (3 * ONE, 0, 2_512_394_809));
        assert_eq!((scale(1_000, ONE), scale(1_000, -ONE), scale(1_000, ONE / 2)), (2_000, 500, 1_414));
        assert!(scale(u64::MAX, 200 * ONE) > 0);
    }

    #[test]
    fn times_keep_their_percentiles() {
        let mut times: Vec<u64> = (0..20_000)
            .map(|sample| Chance::new(1, sample, 3).time(0, Spread::new(60_000, 120_000)))
            .collect();
        times.sort_unstable();
        assert!(times[10_000].abs_diff(60_000) < 1_500, "{}", times[10_000]);
        assert!(times[18_000].abs_diff(120_000) < 4_000, "{}", times[18_000]);
        assert_eq!(Chance::new(1, 2, 3).time(0, Spread::new(60_000, 60_000)), 60_000);
    }

    #[test]
    fn amounts_lie_between_their_ends() {
        let mut amounts: Vec<u64> =
            (0..10_000).map(|at| Chance::new(9, at, 0).amount(7, Amount::new([100, 2_000, 6_000]))).collect();
        amounts.sort_unstable();
        assert!(amounts[0] >= 100 && amounts[9_999] <= 6_000 && amounts[5_000] < 2_000);
        let mean = amounts.iter().sum::<u64>() / 10_000;
        assert!(mean.abs_diff(2_000) < 60, "{mean}");
        assert_eq!(Chance::new(9, 1, 0).amount(7, Amount::new([5, 5, 5])), 5);
    }
}
