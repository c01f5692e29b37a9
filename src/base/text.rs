//! Text that mostly stays where it was written: a range of a source, or a string we made. 16 bytes either way.

use super::inputs::Inputs;
use super::span::Span;

/// A piece of text that knows its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    /// As it stands in a source file.
    At(Span),
    /// Put together by us: markup removed, numbers added, values inferred.
    Made(Box<Made>),
}

/// Text of ours, and the place it was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The characters.
    pub text: String,
    /// What it was made from.
    pub at: Span,
}

impl Text {
    /// Text made by us from what stands at `at`.
    pub fn made(text: impl Into<String>, at: Span) -> Self {
        Self::Made(Box::new(Made { text: text.into(), at }))
    }
    /// The characters.
    #[must_use]
    pub fn get<'a>(&'a self, inputs: &'a Inputs) -> &'a str {
        match self {
            Self::At(span) => inputs.slice(*span),
            Self::Made(made) => &made.text,
        }
    }
    /// Its place, or the place it was made from.
    #[must_use]
    pub fn at(&self) -> Span {
        match self {
            Self::At(span) => *span,
            Self::Made(made) => made.at,
        }
    }
}

impl From<Span> for Text {
    fn from(span: Span) -> Self {
        Self::At(span)
    }
}
