//! Skills, slash commands and bare prompts of clients: a head of YAML over the text that is sent.

use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::{FileId, Spanned};
use crate::ir::node::{Kind, Node};
use crate::ir::squad::{Skill, SlashCommand};

use super::card::Card;

/// Reads a `SKILL.md`.
pub(super) fn read(inputs: &Inputs, file: FileId) -> Outcome<Skill> {
    let mut card = Card::of(inputs, file, &[]);
    let folder = inputs.file(file).path.folder();
    let skill = Skill {
        file,
        stem: folder.rsplit('/').next().unwrap_or(folder).to_owned(),
        name: card.text(&["name"]),
        description: card.text(&["description"]),
        version: card.text(&["version"]),
        allowed_tools: card.list(&["allowed tools", "tools"]),
        model: card.text(&["model"]),
        user_invocable: card.node(&["user invocable", "user invokable"]).and_then(truth),
        argument_hint: card.text(&["argument hint"]),
        broken: std::mem::take(&mut card.broken),
        head: card.front.take(),
    };
    Outcome::new(skill, card.findings)
}

/// Reads a slash command, or a prompt without any head.
pub(super) fn command(inputs: &Inputs, file: FileId, name: &str) -> Outcome<SlashCommand> {
    let mut card = Card::of(inputs, file, &[]);
    let command = SlashCommand {
        file,
        name: name.to_owned(),
        description: card.text(&["description", "purpose"]).or_else(|| card.title()),
        allowed_tools: card.list(&["allowed tools", "tools"]),
        model: card.text(&["model"]),
        argument_hint: card.text(&["argument hint"]),
        head: card.front.take(),
    };
    Outcome::new(command, card.findings)
}

/// A boolean with its place.
pub(super) fn truth(node: &Node) -> Option<Spanned<bool>> {
    match node.kind {
        Kind::Bool(value) => Some(Spanned::new(value, node.span)),
        Kind::Null | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) | Kind::List(_) | Kind::Map(_) => None,
    }
}
