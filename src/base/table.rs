//! Dense tables addressed by typed ids, and the `id!` macro that makes such an id.

use std::marker::PhantomData;
use std::ops::{Index, IndexMut, Range};

/// An index that belongs to one kind of table.
pub trait Id: Copy + Eq + Ord {
    /// The id of row `index`.
    fn from_index(index: usize) -> Self;
    /// The row this id names.
    fn index(self) -> usize;
}

/// Declares ids: a `u32` newtype for each name, ordered by row.
#[macro_export]
macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        pub struct $name(pub u32);
        impl $crate::base::table::Id for $name {
            fn from_index(index: usize) -> Self {
                Self(u32::try_from(index).expect("a table holds fewer than 2^32 rows"))
            }
            fn index(self) -> usize {
                self.0 as usize
            }
        }
    )+};
}

/// A vector whose rows are named by `I`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table<I, T> {
    rows: Vec<T>,
    id: PhantomData<I>,
}

impl<I, T> Default for Table<I, T> {
    fn default() -> Self {
        Self { rows: Vec::new(), id: PhantomData }
    }
}

impl<I: Id, T> Table<I, T> {
    /// A table of `rows`, the first of which has index 0.
    #[must_use]
    pub fn new(rows: Vec<T>) -> Self {
        Self { rows, id: PhantomData }
    }
    /// Appends a row and returns its id.
    pub fn push(&mut self, row: T) -> I {
        let id = I::from_index(self.rows.len());
        self.rows.push(row);
        id
    }
    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
    /// The row, if the table is that long.
    #[must_use]
    pub fn get(&self, id: I) -> Option<&T> {
        self.rows.get(id.index())
    }
    /// Rows with their ids, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator {
        self.rows.iter().enumerate().map(|(index, row)| (I::from_index(index), row))
    }
    /// Rows with their ids, in order, to be changed in place.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (I, &mut T)> + ExactSizeIterator {
        self.rows.iter_mut().enumerate().map(|(index, row)| (I::from_index(index), row))
    }
    /// All ids, in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + use<I, T> {
        (0..self.rows.len()).map(I::from_index)
    }
    /// The rows as a slice.
    #[must_use]
    pub fn rows(&self) -> &[T] {
        &self.rows
    }
    /// A run of rows.
    #[must_use]
    pub fn slice(&self, run: Run) -> &[T] {
        &self.rows[run.range()]
    }
}

impl<I: Id, T> Index<I> for Table<I, T> {
    type Output = T;
    fn index(&self, id: I) -> &T {
        &self.rows[id.index()]
    }
}

impl<I: Id, T> IndexMut<I> for Table<I, T> {
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.rows[id.index()]
    }
}

/// A run of consecutive rows of some table: half the size of a `Range<usize>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Run {
    /// First row.
    pub start: u32,
    /// One past the last row.
    pub end: u32,
}

impl Run {
    /// The run from row `start` to the current length of a table being filled.
    #[must_use]
    pub fn since(start: usize, len: usize) -> Self {
        Self {
            start: u32::try_from(start).expect("a table holds fewer than 2^32 rows"),
            end: u32::try_from(len).expect("a table holds fewer than 2^32 rows"),
        }
    }
    /// As a range of indices.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
    /// Number of rows.
    #[must_use]
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }
    /// Whether the run holds no row.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}
