//! Schema violations as findings at the right characters, in words for people.
//!
//! The validator names the instance by a JSON pointer; followed in the node it gives the place to underline. Schemas
//! come from `Inputs` (`schemas/*.schema.json`); the `$id` of each is its file name, and `$ref` between them needs
//! nothing else.

use std::collections::BTreeMap;

use jsonschema::{Registry, Validator};
use serde_json::Value;

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::ir::node::Node;
use crate::ir::node::json::to_json;

mod words;

const FOLDER: &str = "schemas/";
/// The base under which schemas find each other; it is never looked up.
const BASE: &str = "dispatch:///";

/// Judges `node` by the schema `schemas/{schema_file}`.
#[must_use]
pub fn check(inputs: &Inputs, schema_file: &str, node: &Node) -> Vec<Diagnostic> {
    Schemas::new(inputs).check(schema_file, node)
}

/// The schemas of a set of inputs, each compiled when first asked for. Keep one for many documents.
#[derive(Debug)]
pub struct Schemas {
    sources: BTreeMap<String, Value>,
    broken: Vec<Diagnostic>,
    registry: Option<Registry<'static>>,
    compiled: BTreeMap<String, Option<Validator>>,
}

impl Schemas {
    /// Reads the schemas; compiles none.
    #[must_use]
    pub fn new(inputs: &Inputs) -> Self {
        let mut sources = BTreeMap::new();
        let mut broken = Vec::new();
        for (id, file) in inputs.under(FOLDER) {
            let name = &file.path.as_str()[FOLDER.len()..];
            if !name.ends_with(".json") {
                continue;
            }
            match serde_json::from_str::<Value>(file.text()) {
                Ok(mut schema) => {
                    // The file name is the address, whatever `$id` says: a file covers another whole.
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
        let registry = sources
            .iter()
            .try_fold(Registry::new(), |registry, (name, schema)| registry.add(format!("{BASE}{name}"), schema.clone()))
            .and_then(jsonschema::RegistryBuilder::prepare)
            .ok();
        Self { sources, broken, registry, compiled: BTreeMap::new() }
    }

    /// Judges `node` by the schema of that file name.
    pub fn check(&mut self, schema_file: &str, node: &Node) -> Vec<Diagnostic> {
        if !self.compiled.contains_key(schema_file) {
            let compiled = self.compile(schema_file);
            self.compiled.insert(schema_file.to_owned(), compiled);
        }
        let Some(Some(validator)) = self.compiled.get(schema_file) else {
            let mut findings = self.broken.clone();
            let message = format!("there is no usable schema `{schema_file}`");
            findings.push(Diagnostic::error("schema/missing", node.span.slice(0, 0), message));
            return findings;
        };
        let instance = to_json(node);
        if validator.is_valid(&instance) {
            return Vec::new();
        }
        let root = self.sources.get(schema_file);
        let words = words::Words { node, schema: root };
        let mut findings: Vec<Diagnostic> = Vec::new();
        for error in validator.iter_errors(&instance) {
            words.tell(&error, &mut findings);
        }
        findings.dedup();
        findings
    }

    fn compile(&self, schema_file: &str) -> Option<Validator> {
        let schema = self.sources.get(schema_file)?;
        let registry = self.registry.as_ref()?;
        jsonschema::options().offline().with_registry(registry).build(schema).ok()
    }
}
