//! Pages and their entries as rules see them.

use crate::base::diagnostic::{Edit, Fix, FixKind};
use crate::base::span::Span;
use crate::compiler::check::fact::{Fact, Facts, Piece, Place};
use crate::compiler::check::path::Path;
use crate::ir::node::{Kind, Node};
use crate::syntax::text::sentence;

use super::entry::{Entry, State};
use super::world::World;

/// A page.
#[derive(Clone, Copy)]
pub struct PageFacts<'a> {
    /// What exists.
    pub world: &'a World<'a>,
    /// The page.
    pub page: usize,
}

/// An entry of a page.
#[derive(Clone, Copy)]
pub struct EntryFacts<'a> {
    /// Its page.
    pub page: PageFacts<'a>,
    /// The entry.
    pub entry: &'a Entry<'a>,
}

fn said<'a>(text: impl Into<std::borrow::Cow<'a, str>>) -> Fact<'a> {
    Fact::Text(Piece::new(text))
}

fn placed<'a>(text: impl Into<std::borrow::Cow<'a, str>>, at: Span) -> Fact<'a> {
    Fact::Text(Piece { text: text.into(), place: Place::Around(at), shared: None })
}

fn maybe(text: Option<&str>) -> Fact<'_> {
    text.map_or(Fact::Missing, said)
}

#[expect(clippy::cast_precision_loss, reason = "sizes of files are far below 2^52")]
fn number(count: usize) -> Fact<'static> {
    Fact::Number(count as f64)
}

impl PageFacts<'_> {
    fn own(&self, name: &str) -> Fact<'_> {
        let world = self.world;
        let page = &world.pages[self.page];
        let document = world.document(self.page);
        let file = world.inputs.file(page.file);
        let text = file.text();
        match name {
            "kind" => said(document.kind.as_str()),
            "id" => said(document.id.as_str()),
            "title" => said(document.title.as_str()),
            "wants" => maybe(document.wants.as_deref()),
            "client" => maybe(world.client(self.page).map(|client| client.name.as_str())),
            "path" => said(file.path.as_str()),
            "file" => said(file.path.name()),
            "stem" => said(file.path.stem().trim_end_matches(".agent")),
            "folder" => maybe(file.path.folder().rsplit('/').next()),
            "top" => Fact::Bool(world.scope(self.page) == file.path.folder()),
            "head" => match &page.fault {
                Some((_, at)) => placed(page.head.name(), *at),
                None => said(page.head.name()),
            },
            "head_need" => Fact::Bool(document.head == super::table::Need::Required),
            "fault" => page.fault.as_ref().map_or(Fact::Missing, |(why, at)| placed(why.as_str(), *at)),
            "bom" => Fact::Bool(file.encoding.bom),
            "crlf" => Fact::Bool(file.encoding.crlf),
            "bytes" => number(text.len()),
            "characters" => number(text.chars().count()),
            "lines" => number(text.lines().count()),
            "words" => number(sentence::count(&text[page.body.min(text.len())..])),
            "text" => {
                let at = Span::new(page.file, 0, text.len());
                Fact::Text(Piece { text: text.into(), place: Place::Exact(at), shared: None })
            }
            "body" => {
                let from = page.body.min(text.len());
                let at = Span::new(page.file, from, text.len());
                Fact::Text(Piece { text: text[from..].into(), place: Place::Exact(at), shared: None })
            }
            "twin" => world.twins(self.page).map_or(Fact::Missing, |(_, at, first)| {
                placed(world.inputs.file(world.pages[first.page].file).path.as_str(), at)
            }),
            "name" => world.twins(self.page).map_or_else(
                || page.node.get("name").map_or(Fact::Missing, of_node),
                |(name, at, _)| placed(name, at),
            ),
            "beside" => Fact::Texts(world.beside(self.page).into_iter().map(Piece::new).collect()),
            _ => Fact::Missing,
        }
    }

    /// A key of the page, however its words are joined.
    fn key(&self, name: &str) -> Fact<'_> {
        let mut node = &self.world.pages[self.page].node;
        for part in name.split('.') {
            let same = |key: &str| key.eq_ignore_ascii_case(part) || key.replace('-', "_") == part;
            let Some((_, below)) = node.entries().iter().find(|(key, _)| same(&key.text)) else {
                return Fact::Missing;
            };
            node = below;
        }
        of_node(node)
    }
}

fn of_node(node: &Node) -> Fact<'_> {
    match &node.kind {
        Kind::Null => Fact::Null,
        Kind::Bool(value) => Fact::Bool(*value),
        Kind::Int(value) => {
            i32::try_from(*value).map_or(Fact::Number(f64::MAX), |value| Fact::Number(value.into()))
        }
        Kind::Float(value) => Fact::Number(*value),
        Kind::Text(text) => placed(text.as_str(), node.span),
        Kind::List(items) if !items.is_empty() && items.iter().all(|item| item.text().is_some()) => {
            let piece = |item: &'_ Node| {
                item.text().map(str::to_owned).map(|text| Piece {
                    text: text.into(),
                    place: Place::Around(item.span),
                    shared: None,
                })
            };
            Fact::Texts(items.iter().filter_map(piece).collect())
        }
        Kind::List(items) => Fact::Items(items.len()),
        Kind::Map(entries) => Fact::Items(entries.len()),
    }
}

impl Facts for PageFacts<'_> {
    fn fact(&self, path: &Path) -> Fact<'_> {
        match path.as_str().split_once('.') {
            Some(("page", name)) => self.own(name),
            Some(("key", name)) => self.key(name),
            _ => Fact::Missing,
        }
    }

    fn is_plain(&self, _: &Path) -> bool {
        true
    }

    fn beside(&self) -> Option<(Span, String)> {
        let (_, _, first) = self.world.twins(self.page)?;
        Some((first.at, "the first".to_owned()))
    }
}

impl EntryFacts<'_> {
    fn own(&self, name: &str) -> Fact<'_> {
        let entry = self.entry;
        match name {
            "key" => said(entry.key.as_str()),
            "path" => said(entry.path.as_str()),
            "value" => placed(entry.value.as_str(), entry.at),
            "number" => entry
                .number
                .and_then(|number| i32::try_from(number).ok())
                .map_or(Fact::Missing, |number| Fact::Number(number.into())),
            "state" => said(entry.state.name()),
            "loss" => said(entry.loss.name()),
            "refers" => maybe(entry.refers),
            "noun" => {
                let noun = entry.refers.and_then(|kind| self.page.world.reference(kind));
                maybe(noun.map(|reference| reference.noun.as_str()).or(entry.refers))
            }
            "near" => maybe(entry.near.as_deref()),
            "wants" => maybe(Some(entry.wants.as_str()).filter(|wants| !wants.is_empty())),
            "since" => maybe(entry.since.as_deref()),
            "holder" => maybe(entry.holder.as_deref()),
            "line" => {
                // The sentence around a path; for anything else its line.
                let text = self.page.world.inputs.text(entry.at.file);
                let start = text[..entry.at.start as usize].rfind('\n').map_or(0, |at| at + 1);
                let end = text[entry.at.end as usize..]
                    .find('\n')
                    .map_or(text.len(), |at| at + entry.at.end as usize);
                said(&text[start..end])
            }
            _ => Fact::Missing,
        }
    }
}

impl Facts for EntryFacts<'_> {
    fn fact(&self, path: &Path) -> Fact<'_> {
        match path.as_str().split_once('.') {
            Some(("entry", name)) => self.own(name),
            _ => self.page.fact(path),
        }
    }

    fn is_plain(&self, _: &Path) -> bool {
        true
    }

    fn beside(&self) -> Option<(Span, String)> {
        self.entry.other.clone()
    }

    fn advice(&self) -> Option<String> {
        let near = self.entry.near.as_deref()?;
        Some(match (self.entry.state, self.entry.refers) {
            (State::OtherKey, _) => format!("write `{near}`"),
            (State::Gone | State::Going, _) => format!("use `{near}`"),
            (State::Dead, Some("link" | "import" | "resource" | "path" | "file" | "script")) => {
                format!("did you mean `{near}`?")
            }
            _ => format!("did you mean `{near}`?"),
        })
    }

    /// The name that was probably meant in place of the one that is there.
    fn remedy(&self) -> Option<Fix> {
        let entry = self.entry;
        let near = entry.near.as_deref()?;
        let is_name = matches!(
            entry.state,
            State::UnknownKey | State::OtherKey | State::WrongValue | State::Dead | State::Gone
        );
        let is_path =
            matches!(entry.refers, Some("link" | "import" | "resource" | "path" | "file" | "script"));
        let inputs = self.page.world.inputs;
        let old = inputs.slice(entry.at);
        let bare = old.trim_matches(['"', '\'']);
        let whole = bare == entry.value || bare == entry.key;
        if !is_name || is_path || !whole {
            return None;
        }
        let text = old.replace(bare, near);
        Some(Fix {
            kind: FixKind::Unsafe,
            title: format!("write `{near}`"),
            edits: vec![Edit { span: entry.at, text }],
        })
    }
}
