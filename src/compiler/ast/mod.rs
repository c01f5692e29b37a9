//! A  Text to documents: syntax of markdown and YAML, positions, dialects.

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::{FileId, Span};
use crate::ir::document::Document;
use crate::ir::node::{Kind, Node};
use crate::ir::outline::Outline;
use crate::syntax::{frontmatter, hidden, json, markdown, yaml};

pub mod dialect;
pub mod squad;
pub mod waiver;

/// Reads a file by its extension: YAML, JSON, JSON lines; anything else is markdown.
#[must_use]
pub fn read(inputs: &Inputs, file: FileId) -> Outcome<Document> {
    let whole = Span::new(file, 0, inputs.text(file).len());
    let extension = inputs.file(file).path.extension().to_ascii_lowercase();
    let mut outcome = match extension.as_str() {
        "yaml" | "yml" => tree(yaml::read(inputs, whole), file).map(|mut document| {
            document.waivers = waiver::in_yaml(inputs, whole, &document.node);
            document
        }),
        "json" => tree(json::read(inputs, whole), file),
        "jsonl" | "ndjson" => tree(json::read_lines(inputs, whole), file),
        "" if inputs.text(file).trim_start().starts_with(['{', '[']) => tree(json::read(inputs, whole), file),
        _ => markdown(inputs, file),
    };
    outcome.findings.extend(hidden::check(inputs, file));
    outcome
}

fn tree(read: Outcome<Node>, file: FileId) -> Outcome<Document> {
    read.map(|node| Document { file, node, outline: None, waivers: Vec::new() })
}

/// Lists or quotations that reach the limit: what lies below is read as text.
fn too_deep(outline: &Outline) -> Option<Diagnostic> {
    let most = markdown::DEEPEST;
    let block = outline.blocks.iter().find(|block| block.depth + 1 >= most || block.quotes >= most)?;
    let message = format!("lists or quotations lie in each other deeper than {most} levels");
    Some(
        Diagnostic::error("text/too-deep", outline.span(block), message)
            .help("flatten the structure".to_owned()),
    )
}

fn markdown(inputs: &Inputs, file: FileId) -> Outcome<Document> {
    let Outcome { value: front, mut findings } = frontmatter::read(inputs, file);
    let from = front.as_ref().map_or(0, |front| front.body);
    let blocks = markdown::blocks(inputs.text(file), from);
    let outline = Outline { file, front: front.as_ref().map(|front| front.inner), blocks };
    let mut waivers = Vec::new();
    let node = match front {
        Some(front) => {
            waivers = waiver::in_yaml(inputs, front.inner, &front.node);
            front.node
        }
        None => Node { span: Span::head(file), kind: Kind::Null },
    };
    waivers.extend(waiver::in_markdown(inputs, &outline));
    findings.extend(too_deep(&outline));
    Outcome::new(Document { file, node, outline: Some(outline), waivers }, findings)
}
