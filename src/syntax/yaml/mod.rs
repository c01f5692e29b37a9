//! The event stream of a YAML text, folded into a `Node` in one pass: duplicate keys, anchors, limits.
//!
//! *Invariant*: no file outside this folder names the parser. The tree is never deeper than [`DEPTH`], aliases
//! included, so that those who walk it may recurse.

use std::borrow::Cow;

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle};

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::{FileId, Span};
use crate::ir::node::{Kind, Node};

mod alias;
mod build;
mod message;
mod quick;
mod segments;

pub(super) use self::build::{drop_duplicates, duplicate, duplicates};
pub use self::segments::read_segments;

/// How deep lists and maps may lie in each other.
pub const DEPTH: usize = 128;

/// Reads the YAML text at `part`: a whole file, front matter, or the content of a fence. After an error the value is
/// what had been read so far; nothing at all is null. Of several documents the first that is not empty counts.
#[must_use]
pub fn read(inputs: &Inputs, part: Span) -> Outcome<Node> {
    let source = Source::new(inputs, part);
    match quick::read(&source) {
        Some(node) => Outcome::clean(node),
        None => read_events(&source),
    }
}

/// Reads any YAML text, by the events of the parser.
fn read_events(source: &Source<'_>) -> Outcome<Node> {
    let mut builder = build::Builder::new(source);
    let mut options = granit_parser::options! {
        emit_unresolved_aliases: true,
        flow_nesting_limit: DEPTH + 1,
        block_nesting_limit: DEPTH + 1,
    };
    options.set_emit_comments(false);
    for event in Parser::new_from_str_with_options(&source.text, options) {
        match event {
            Ok((event, span)) => {
                let start = span.start.byte_offset().unwrap_or_default();
                let end = span.end.byte_offset().unwrap_or(start);
                if !accept(&mut builder, event, start, end) {
                    break;
                }
            }
            Err(error) => {
                builder.fail(message::syntax(source, &error));
                break;
            }
        }
    }
    builder.finish()
}

#[allow(clippy::wildcard_enum_match_arm, reason = "the parser's events are not ours and grow")]
/// Hands one event to the builder; false when reading must stop.
fn accept(builder: &mut build::Builder<'_>, event: Event<'_>, start: usize, end: usize) -> bool {
    match event {
        Event::DocumentStart(..) => builder.open_document(start),
        Event::DocumentEnd => builder.close_document(),
        Event::Scalar(text, style, anchor, tag) => {
            let style = match style {
                ScalarStyle::Plain => build::Style::Plain,
                ScalarStyle::Literal | ScalarStyle::Folded => build::Style::Block,
                ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => build::Style::Quoted,
            };
            let tag = tag.as_ref().map(|tag| match tag.core_suffix() {
                Some(suffix) => build::Tag::new(suffix),
                // A lone `!` says that the scalar is not to be resolved.
                None if tag.original() == "!" => build::Tag::Text,
                None => build::Tag::Other,
            });
            builder.scalar(text, style, anchor, tag, start, end);
        }
        Event::SequenceStart(style, anchor, _) => return builder.open_list(is_flow(style), anchor, start),
        Event::MappingStart(style, anchor, _) => return builder.open_map(is_flow(style), anchor, start),
        Event::SequenceEnd | Event::MappingEnd => builder.close(end),
        Event::Alias(id) => builder.alias(id, start, end),
        Event::UnresolvedAlias(name) => builder.unknown_alias(&name, start, end),
        _ => {}
    }
    true
}

fn is_flow(style: StructureStyle) -> bool {
    matches!(style, StructureStyle::Flow)
}

/// The text being read, ended by a line end as the grammar of block scalars wants it, and where it lies.
struct Source<'a> {
    text: Cow<'a, str>,
    part: Span,
    /// One past the last byte that belongs to the file.
    limit: usize,
}

impl<'a> Source<'a> {
    fn new(inputs: &'a Inputs, part: Span) -> Self {
        let whole = inputs.text(part.file);
        let text = inputs.slice(part);
        let text = if text.is_empty() || text.ends_with('\n') {
            Cow::Borrowed(text)
        } else if whole.as_bytes().get(part.range().end) == Some(&b'\n') {
            Cow::Borrowed(&whole[part.range().start..=part.range().end])
        } else {
            Cow::Owned(format!("{text}\n"))
        };
        Self { limit: text.len().min(whole.len() - part.range().start), text, part }
    }
    fn file(&self) -> FileId {
        self.part.file
    }
    /// The place in the file of a range of this text.
    fn span(&self, start: usize, end: usize) -> Span {
        let start = self.boundary(start);
        self.part_at(start, self.boundary(end).max(start))
    }
    fn part_at(&self, start: usize, end: usize) -> Span {
        let base = self.part.range().start;
        Span::new(self.file(), base + start, base + end)
    }
    fn boundary(&self, at: usize) -> usize {
        let mut at = at.min(self.limit);
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

/// A value where nothing was written.
fn null(span: Span) -> Node {
    Node { span, kind: Kind::Null }
}

/// Whether a finding means that the text could not be read to its end.
fn is_broken(finding: &Diagnostic) -> bool {
    matches!(finding.code.as_str(), "yaml/syntax" | "yaml/too-deep")
}

#[cfg(test)]
mod tests;
