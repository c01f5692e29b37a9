//! What a rule may read of a subject: facts, each computed where it is first asked for.

use std::borrow::Cow;
use std::ops::Range;

use crate::base::diagnostic::Fix;
use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::base::text::Text;

use super::path::Path;

/// Something that can be asked for facts.
pub trait Facts {
    /// The fact of this name.
    fn fact(&self, path: &Path) -> Fact<'_>;
    /// Whether a list of the registry holds a value; `None` when the list must be searched.
    fn holds(&self, list: &Path, value: &str) -> Option<bool> {
        let _ = (list, value);
        None
    }
    /// Whether the text of this name is something else than markdown, so that all of it is prose.
    fn is_plain(&self, path: &Path) -> bool {
        let _ = path;
        false
    }
    /// What to do in this very case, when it is more than a rule can know.
    fn advice(&self) -> Option<String> {
        None
    }
    /// Another place that has to do with it, and what it is.
    fn beside(&self) -> Option<(Span, String)> {
        None
    }
    /// An edit that mends it.
    fn remedy(&self) -> Option<Fix> {
        None
    }
}

/// One fact.
#[derive(Debug, Clone)]
pub enum Fact<'a> {
    /// Nobody said anything.
    Missing,
    /// Nothing, expressly.
    Null,
    /// True or false.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(Piece<'a>),
    /// Pieces of one text: a pattern occurs if it occurs in one of them.
    Zones(Vec<Piece<'a>>),
    /// Several texts: each is judged.
    Texts(Vec<Piece<'a>>),
    /// A list of which only the length matters.
    Items(usize),
    /// A list of maps.
    Rows(&'a [serde_yaml::Value]),
}

/// A text, or a part of one, that knows its place.
#[derive(Debug, Clone)]
pub struct Piece<'a> {
    /// The characters.
    pub text: Cow<'a, str>,
    /// Where they stand.
    pub place: Place,
    /// The number of a text that many subjects share to the byte: it is judged once.
    pub shared: Option<u32>,
}

/// Where a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In no file.
    Nowhere,
    /// It is these very characters.
    Exact(Span),
    /// It was made from what stands there.
    Around(Span),
}

impl Place {
    /// The same place, for a text that was made from it.
    #[must_use]
    pub fn around(self) -> Self {
        match self {
            Self::Exact(span) | Self::Around(span) => Self::Around(span),
            Self::Nowhere => Self::Nowhere,
        }
    }
    /// The characters, or what they were made from.
    #[must_use]
    pub fn span(self) -> Option<Span> {
        match self {
            Self::Exact(span) | Self::Around(span) => Some(span),
            Self::Nowhere => None,
        }
    }
}

impl<'a> Piece<'a> {
    /// A text of no file.
    pub fn new(text: impl Into<Cow<'a, str>>) -> Self {
        Self { text: text.into(), place: Place::Nowhere, shared: None }
    }
    /// A text of the sources. One that lost only its markup is judged as it was written, so that what stood in code is
    /// not taken for prose.
    #[must_use]
    pub fn of(text: &'a Text, inputs: &'a Inputs) -> Self {
        let (characters, place) = match text {
            Text::At(span) => (inputs.slice(*span), Place::Exact(*span)),
            Text::Made(made) if is_marked_up(&made.text, inputs.slice(made.at)) => {
                (inputs.slice(made.at), Place::Exact(made.at))
            }
            Text::Made(made) => (made.text.as_str(), Place::Around(made.at)),
        };
        Self { text: Cow::Borrowed(characters), place, shared: None }
    }
    /// A part of this text, as the words that are objected to.
    #[must_use]
    pub fn hit(&self, range: Range<usize>) -> Hit {
        let span = match self.place {
            Place::Nowhere => None,
            Place::Exact(span) => Some(span.slice(range.start, range.end)),
            Place::Around(span) => Some(span),
        };
        let context = match self.place {
            Place::Around(_) => {
                let edge = |at: &usize| self.text.is_char_boundary(*at);
                let from = (0..=range.start.saturating_sub(CONTEXT)).rev().find(edge).unwrap_or(0);
                let to = (range.end + CONTEXT..self.text.len()).find(edge).unwrap_or(self.text.len());
                self.text[from..to].to_owned()
            }
            Place::Nowhere | Place::Exact(_) => String::new(),
        };
        Hit { text: self.text[range].trim().to_owned(), span, context, shared: self.shared }
    }
}

/// Bytes on each side of guilty words by which they are found again where they were written.
const CONTEXT: usize = 24;

/// Whether `source` is `text` with nothing added but marks of markdown.
fn is_marked_up(text: &str, source: &str) -> bool {
    let is_letter = |byte: &u8| !matches!(byte, b'`' | b'*' | b'_' | b'~' | b'\\');
    text.len() < source.len()
        && source.len() <= 2 * text.len() + 8
        && text.bytes().filter(is_letter).eq(source.bytes().filter(is_letter))
}

/// The words that are objected to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The words.
    pub text: String,
    /// Their place.
    pub span: Option<Span>,
    /// The words with what stands around them, if their place is only known roughly.
    pub context: String,
    /// The number of the shared text they stand in.
    pub shared: Option<u32>,
}

impl Hit {
    /// Words that stand nowhere in particular.
    pub fn said(text: impl Into<String>) -> Self {
        Self { text: text.into(), span: None, context: String::new(), shared: None }
    }
}

/// What an operator answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// As it should be.
    Pass,
    /// Not as it should be, with the guilty words if there are any. A missing fact is no reason to pass.
    Fail(Option<Hit>),
}

impl Answer {
    /// Pass if `good`, else fail without words.
    #[must_use]
    pub fn of(good: bool) -> Self {
        if good { Self::Pass } else { Self::Fail(None) }
    }
    /// Fail with these words.
    #[must_use]
    pub fn hit(hit: Hit) -> Self {
        Self::Fail(Some(hit))
    }
    /// Whether it is a pass.
    #[must_use]
    pub fn passed(&self) -> bool {
        matches!(self, Self::Pass)
    }
}

impl Fact<'_> {
    /// A finite number; booleans and texts are none.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) if number.is_finite() => Some(*number),
            Self::Items(count) => u32::try_from(*count).ok().map(f64::from),
            Self::Missing
            | Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::Zones(_)
            | Self::Texts(_)
            | Self::Rows(_) => None,
        }
    }
    /// The length of a list; something that is missing has none.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Missing | Self::Null => 0,
            Self::Bool(_) | Self::Number(_) | Self::Text(_) => 1,
            Self::Zones(pieces) | Self::Texts(pieces) => pieces.len(),
            Self::Items(count) => *count,
            Self::Rows(rows) => rows.len(),
        }
    }
    /// Whether there is nothing, or only blanks.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Bool(_) | Self::Number(_) => false,
            Self::Text(piece) => piece.text.trim().is_empty(),
            Self::Missing | Self::Null | Self::Zones(_) | Self::Texts(_) | Self::Items(_) | Self::Rows(_) => {
                self.len() == 0
            }
        }
    }
    /// The texts in it.
    #[must_use]
    pub fn pieces(&self) -> &[Piece<'_>] {
        match self {
            Self::Text(piece) => std::slice::from_ref(piece),
            Self::Zones(pieces) | Self::Texts(pieces) => pieces,
            Self::Missing | Self::Null | Self::Bool(_) | Self::Number(_) | Self::Items(_) | Self::Rows(_) => {
                &[]
            }
        }
    }
    /// As a message shows it, items of a list joined by `between`.
    #[must_use]
    pub fn show(&self, between: &str) -> String {
        match self {
            Self::Missing | Self::Null => "nothing".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(_) | Self::Zones(_) | Self::Texts(_) => {
                self.pieces().iter().map(|piece| &*piece.text).collect::<Vec<_>>().join(between)
            }
            Self::Items(_) | Self::Rows(_) => self.len().to_string(),
        }
    }
}
