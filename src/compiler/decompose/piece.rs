//! The pieces of an item: one for each deliverable it asks for.

use crate::base::inputs::Inputs;
use crate::base::text::Text;
use crate::ir::draft::PathRole;
use crate::ir::graph::Output;
use crate::ir::lexicon::Lexicon;

/// What a title asks to be made.
pub(super) struct Piece {
    /// Added to the title.
    pub(super) note: Option<String>,
    /// Number and total of an expanded quantity.
    pub(super) part: Option<(u32, u32)>,
    /// Index into the outputs of the whole; none when the path is inferred.
    pub(super) output: Option<usize>,
    /// What one of several is called, where only a folder is given.
    pub(super) name: Option<String>,
}

impl Piece {
    pub(super) fn whole() -> Self {
        Self { note: None, part: None, output: None, name: None }
    }
    /// The output of one of several like it: its number stands before the extension.
    /// In a folder it is named after what it is: `out/email-1.md`.
    pub(super) fn numbered(&self, output: &Output, inputs: &Inputs, lexicon: &Lexicon) -> Output {
        let (Some((number, total)), None, PathRole::Create) = (self.part, self.output, output.action) else {
            return output.clone();
        };
        let path = output.path.get(inputs);
        let width = total.to_string().len();
        if let Some(name) = self.name.as_deref().filter(|_| path.ends_with('/')) {
            let extension = lexicon.extensions.get("default").map_or("md", String::as_str);
            let path = format!("{path}{name}-{number:0width$}.{extension}");
            return Output { path: Text::made(path, output.path.at()), ..output.clone() };
        }
        let (stem, extension) = match path.rsplit_once('.') {
            Some((stem, extension)) if !extension.contains('/') => (stem, format!(".{extension}")),
            _ => (path, String::new()),
        };
        let path = format!("{stem}-{number:0width$}{extension}");
        Output { path: Text::made(path, output.path.at()), ..output.clone() }
    }
}
