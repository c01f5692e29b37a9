//! Where something stands: a byte range of one file.

crate::id! {
    /// A file of `Inputs`.
    FileId,
}

/// A byte range of one file, on character boundaries. 12 bytes, `Copy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The range `start..end` of `file`. Offsets are bytes; a file is shorter than 4 GiB.
    #[must_use]
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let narrow = |n: usize| u32::try_from(n).expect("a source file is shorter than 4 GiB");
        Self { file, start: narrow(start), end: narrow(end) }
    }
    /// The head of a file, for what concerns all of it.
    #[must_use]
    pub fn head(file: FileId) -> Self {
        Self { file, start: 0, end: 0 }
    }
    /// The smallest span that covers both; both must be in one file.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        debug_assert_eq!(self.file, other.file);
        Self { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
    /// A part of this span, by offsets relative to its start.
    #[must_use]
    pub fn slice(self, from: usize, to: usize) -> Self {
        let narrow = |n: usize| u32::try_from(n).expect("a source file is shorter than 4 GiB");
        Self { file: self.file, start: self.start + narrow(from), end: self.start + narrow(to) }
    }
    /// Length in bytes.
    #[must_use]
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }
    /// Whether the span holds no byte.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
    /// As a range of byte offsets.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A value and the place it was written at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Joins a value and its place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}
