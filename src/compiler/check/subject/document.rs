//! The facts of one document: is there enough to plan with?

use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::compiler::check::fact::{Fact, Facts, Piece, Place};
use crate::compiler::check::path::{Field, Path};
use crate::ir::draft::{Draft, ItemKind};
use crate::syntax::text::vocabulary::Vocabulary;
use crate::syntax::text::{path, quantity, sentence};

use super::{number, said};

/// A document.
#[derive(Clone, Copy)]
pub struct DocumentFacts<'a> {
    /// The files.
    pub inputs: &'a Inputs,
    /// What was read.
    pub draft: &'a Draft,
    /// Words.
    pub vocabulary: &'a Vocabulary,
}

/// Lines are looked at by so many bytes at a time, until one has what is looked for.
const PART: usize = 4096;

impl<'a> DocumentFacts<'a> {
    fn source(&self) -> &'a str {
        self.inputs.text(self.draft.file)
    }

    /// Whether a part of the document has what is looked for; the first is enough.
    fn any_part(&self, found: impl Fn(&str) -> bool) -> bool {
        let mut rest = self.source();
        while !rest.is_empty() {
            let mut end = rest.len().min(PART);
            while !rest.is_char_boundary(end) {
                end += 1;
            }
            end += memchr::memchr(b'\n', &rest.as_bytes()[end..]).map_or(rest.len() - end, |at| at + 1);
            if found(&rest[..end]) {
                return true;
            }
            rest = &rest[end..];
        }
        false
    }
}

impl Facts for DocumentFacts<'_> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a subject knows few of all facts")]
    fn fact(&self, wanted: &Path) -> Fact<'_> {
        let draft = self.draft;
        match wanted.field {
            Field::InputKind | Field::SourceKind => said(draft.kind.name()),
            Field::SourceForeign => Fact::Bool(draft.foreign),
            Field::InputText => {
                let source = self.source();
                let place = Place::Exact(Span::new(draft.file, 0, source.len()));
                Fact::Text(Piece { text: source.into(), place, shared: None })
            }
            Field::InputUtf8 => Fact::Bool(self.inputs.file(draft.file).encoding.invalid.is_none()),
            Field::InputWords => number(sentence::count(self.source()) as u64),
            Field::InputOpen => {
                let open = draft.items.iter().filter(|(_, item)| {
                    item.kind == ItemKind::Task && !item.cancelled && item.done != Some(true)
                });
                number(open.count() as u64)
            }
            Field::InputTasks => number(draft.items.len() as u64),
            Field::InputCriteria => Fact::Items(draft.criteria.len()),
            Field::InputQuantities => {
                let counts =
                    |part: &str| quantity::find(part, self.vocabulary).iter().any(|hit| hit.count > 0);
                number(u64::from(self.any_part(counts)))
            }
            Field::InputPaths => {
                let named = !draft.paths.is_empty()
                    || self.any_part(|part| !path::find(part, self.vocabulary).is_empty());
                number(u64::from(named))
            }
            _ => Fact::Missing,
        }
    }
}
