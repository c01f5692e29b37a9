//! A request for a decomposition: what to send to somebody who can read what structure does not say.

use minijinja::value::Value;

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::span::{FileId, Span};
use crate::ir::draft::Draft;

use super::template::{Templates, plain};
use super::{context, page, quote};

/// The schema of an answer: a native plan with the few keys that a decomposition needs.
const SCHEMA: &str = "schemas/answer.schema.json";

/// What to send, and what the answer must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The prompt.
    pub prompt: String,
    /// JSON Schema of the answer.
    pub schema: String,
}

/// Makes the request for one document.
///
/// # Errors
///
/// What the template has to say about itself.
pub fn request(inputs: &Inputs, draft: &Draft) -> Result<Request, Vec<Diagnostic>> {
    let mut templates = Templates::new(inputs);
    let faults = templates.load("request.md", context::REQUEST);
    if !faults.is_empty() {
        return Err(faults);
    }
    let Some(file) = inputs.find(SCHEMA) else {
        let message = format!("the schema `{SCHEMA}` is missing");
        return Err(vec![
            Diagnostic::error("template/missing", Span::head(FileId(0)), message)
                .help(format!("restore it with `dispatch init --eject {SCHEMA}`")),
        ]);
    };
    let schema = inputs.text(file).to_owned();
    let compact = serde_json::from_str::<serde_json::Value>(&schema)
        .map_or_else(|_| schema.clone(), |value| value.to_string());
    let path = inputs.display_path(draft.file);
    let mut title = String::new();
    quote::line(&mut title, draft.title.as_ref().map_or(path.as_str(), |title| title.get(inputs)));
    let mut source = String::new();
    quote::block(&mut source, "text", inputs.text(draft.file));
    let mut fenced = String::new();
    quote::block(&mut fenced, "json", &compact);
    let mut criteria = String::new();
    for (_, criterion) in draft.criteria.iter().filter(|(_, criterion)| !criterion.done) {
        quote::item(&mut criteria, "- ", criterion.text.get(inputs));
    }
    criteria.truncate(criteria.trim_end().len());
    let figures: Vec<(&'static str, Value)> =
        vec![("source.path", plain(&path)), ("source.kind", plain(draft.kind.name()))];
    let texts =
        [("source.title", title), ("source.text", source), ("source.criteria", criteria), ("schema", fenced)];
    let mut prompt = page::render(&templates, "request.md", figures, &texts).map_err(|fault| vec![*fault])?;
    prompt.truncate(prompt.trim_end().len());
    prompt.push('\n');
    Ok(Request { prompt, schema })
}
