//! Integers with names: money, time, tokens. No float decides anything.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub};

macro_rules! quantity {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);
        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0.saturating_add(other.0))
            }
        }
        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                *self = *self + other;
            }
        }
        impl Sub for $name {
            type Output = Self;
            /// Never below zero.
            fn sub(self, other: Self) -> Self {
                Self(self.0.saturating_sub(other.0))
            }
        }
        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
                iter.fold(Self(0), Add::add)
            }
        }
    )+};
}

quantity! {
    /// Micro-dollars: 1,000,000 are one US dollar.
    MicroUsd,
    /// Nano-dollars: the unit of a price per token (one dollar per million tokens is 1,000).
    NanoUsd,
    /// Milliseconds.
    Millis,
    /// Model tokens.
    Tokens,
}

impl NanoUsd {
    /// Rounded to micro-dollars, halves up.
    #[must_use]
    pub fn to_micro(self) -> MicroUsd {
        MicroUsd(self.0.saturating_add(500) / 1_000)
    }
}

impl Millis {
    /// A number of whole seconds.
    #[must_use]
    pub fn from_secs(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1_000))
    }
    /// Whole seconds, rounded up: a plan may promise too long, never too short.
    #[must_use]
    pub fn secs(self) -> u64 {
        self.0.div_ceil(1_000)
    }
}

/// Three figures of one quantity: what is nearly always exceeded, expected, nearly never exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Interval<T> {
    /// Optimistic.
    pub low: T,
    /// Expected.
    pub likely: T,
    /// Pessimistic.
    pub high: T,
}

impl<T: Add<Output = T>> Add for Interval<T> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { low: self.low + other.low, likely: self.likely + other.likely, high: self.high + other.high }
    }
}

impl<T: Add<Output = T> + Default> Sum for Interval<T> {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::default(), Add::add)
    }
}
