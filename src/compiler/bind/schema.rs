//! Schema violations as findings at the right characters, in words for people.
//!
//! The validator names the instance by a JSON pointer; followed in the node it gives the place to underline. Schemas
//! come from `Inputs` (`schemas/*.schema.json`); the address of each is its file name, and `$ref` between them needs
//! nothing else.

use std::collections::BTreeMap;

use jsonschema::{Registry, ValidationError, Validator};
use serde_json::Value;

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::ir::node::Node;
use crate::ir::node::json::to_json;

mod words;

const FOLDER: &str = "schemas/";
/// The base under which schemas find each other; nothing is ever looked up there.
const BASE: &str = "dispatch://schemas/";

/// Judges `node` by the schema `schemas/{schema_file}`. For many documents, keep a [`Schemas`].
#[must_use]
pub fn check(inputs: &Inputs, schema_file: &str, node: &Node) -> Vec<Diagnostic> {
    Schemas::new(inputs).check(schema_file, node)
}

/// The schemas of a set of inputs; each is compiled when first asked for.
#[derive(Debug)]
pub struct Schemas<'a> {
    inputs: &'a Inputs,
    sources: BTreeMap<String, Value>,
    broken: Vec<Diagnostic>,
    compiled: BTreeMap<String, Result<Validator, String>>,
}

impl<'a> Schemas<'a> {
    /// Reads the schemas; compiles none.
    #[must_use]
    pub fn new(inputs: &'a Inputs) -> Self {
        let mut sources = BTreeMap::new();
        let mut broken = Vec::new();
        for (id, file) in inputs.under(FOLDER) {
            let name = &file.path.as_str()[FOLDER.len()..];
            if file.path.extension() != "json" {
                continue;
            }
            match serde_json::from_str::<Value>(file.text()) {
                Ok(mut schema) => {
                    // The file name is the address: a project's file covers a shipped one whole.
                    if let Some(object) = schema.as_object_mut() {
                        object.insert("$id".to_owned(), Value::String(format!("{BASE}{name}")));
                    }
                    sources.insert(name.to_owned(), schema);
                }
                Err(error) => {
                    let message = format!("the schema `{name}` is not JSON: {error}");
                    broken.push(Diagnostic::error("schema/broken", Span::head(id), message));
                }
            }
        }
        Self { inputs, sources, broken, compiled: BTreeMap::new() }
    }

    /// Judges `node` by the schema of that file name.
    pub fn check(&mut self, schema_file: &str, node: &Node) -> Vec<Diagnostic> {
        if !self.compiled.contains_key(schema_file) {
            let compiled = self.compile(schema_file);
            self.compiled.insert(schema_file.to_owned(), compiled);
        }
        let validator = match self.compiled.get(schema_file) {
            Some(Ok(validator)) => validator,
            Some(Err(reason)) => {
                let message = format!("the schema `{schema_file}` cannot be used: {reason}");
                let mut findings = self.broken.clone();
                findings.push(Diagnostic::error(
                    "schema/broken",
                    Span { end: node.span.start, ..node.span },
                    message,
                ));
                return findings;
            }
            None => return Vec::new(),
        };
        let instance = to_json(node);
        if validator.is_valid(&instance) {
            return Vec::new();
        }
        let find = |error: &ValidationError<'_>| self.find(schema_file, error);
        let words = words::Words { inputs: self.inputs, node, find: &find };
        let mut findings = Vec::new();
        for error in validator.iter_errors(&instance) {
            words.tell(&error, &mut findings);
        }
        findings.sort_by(|a: &Diagnostic, b: &Diagnostic| {
            (a.span(), &a.code, &a.message).cmp(&(b.span(), &b.code, &b.message))
        });
        findings.dedup();
        findings
    }

    fn compile(&self, schema_file: &str) -> Result<Validator, String> {
        let schema = self.sources.get(schema_file).ok_or("there is no such file")?;
        let say = |error: &dyn std::fmt::Display| error.to_string();
        let mut registry = Registry::new();
        for (name, source) in &self.sources {
            registry = registry.add(format!("{BASE}{name}"), source).map_err(|error| say(&error))?;
        }
        let registry = registry.prepare().map_err(|error| say(&error))?;
        let built = jsonschema::options().offline().with_registry(&registry).build(schema);
        built.map_err(|error| say(&error))
    }

    /// The part of a schema that holds the keyword a violation is about.
    fn find(&self, schema_file: &str, error: &ValidationError<'_>) -> Option<&Value> {
        let address = error.absolute_keyword_location().map(ToString::to_string).unwrap_or_default();
        let local = address.strip_prefix(BASE).and_then(|rest| rest.split_once('#'));
        let (name, pointer) = match local {
            Some((name, pointer)) => (name, pointer.to_owned()),
            None => (schema_file, error.schema_path().as_str().to_owned()),
        };
        let (parent, _) = pointer.rsplit_once('/')?;
        self.sources.get(name)?.pointer(parent)
    }
}

#[cfg(test)]
mod tests;
