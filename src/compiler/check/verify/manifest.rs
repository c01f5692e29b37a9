//! Reading a manifest again: what it promises of results, each value with its place so that findings can point at it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::inputs::Inputs;
use crate::base::span::{FileId, Span, Spanned};
use crate::compiler::check::matcher::Lists;
use crate::compiler::check::operator::Check;
use crate::compiler::check::rule::Scope;
use crate::ir::node::Node;
use crate::ir::node::decode::decode;
use crate::syntax::json;

/// The formats that are understood: this name with any version behind the same major number.
const SCHEMA: &str = "dispatch.manifest/v1";

/// What a manifest says that bears on results.
#[derive(Debug)]
pub struct Promise {
    /// Id, name and hash of the plan.
    pub plan: Head,
    /// The tasks, in order.
    pub tasks: Vec<Task>,
    /// The criteria by id.
    pub criteria: BTreeMap<String, Criterion>,
    /// The waves, in order.
    pub waves: Vec<Wave>,
    /// The conditions on results, in order.
    pub conditions: Vec<Condition>,
}

/// What a plan is called.
#[derive(Debug, Clone, Deserialize)]
pub struct Head {
    /// Also the id of its run.
    pub id: String,
    /// For people.
    #[serde(default)]
    pub title: String,
    /// `story`, `plan`, ….
    #[serde(default)]
    pub kind: String,
    /// Of everything it was made from.
    #[serde(default)]
    pub hash: Option<String>,
}

/// A task and what it was to leave behind.
#[derive(Debug, Deserialize)]
pub struct Task {
    /// Its id.
    pub id: Spanned<String>,
    /// For people.
    #[serde(default)]
    pub title: String,
    /// Satisfied before the plan was made.
    #[serde(default)]
    pub done: bool,
    /// Its wave; none if it is in no wave.
    #[serde(default)]
    pub wave: Option<u32>,
    /// `agent`, `worker`, `human`, `hybrid`.
    #[serde(default)]
    pub executor: String,
    /// Its model.
    #[serde(default)]
    pub model: Option<String>,
    /// Files it makes, changes or deletes.
    #[serde(default)]
    pub outputs: Vec<Output>,
    /// Ids of criteria it serves.
    #[serde(default)]
    pub criteria: Vec<String>,
    /// Commands or conditions that prove its result.
    #[serde(default)]
    pub verify: Vec<Spanned<String>>,
    /// How long its output was expected to be.
    #[serde(default)]
    pub expected_lines: Option<u32>,
    /// What it was expected to use.
    #[serde(default)]
    pub estimate: Estimate,
}

/// A file a task makes, changes or deletes.
#[derive(Debug, Deserialize)]
pub struct Output {
    /// Relative to the root.
    pub path: Spanned<String>,
    /// `create`, `modify`, `delete`.
    #[serde(default)]
    pub action: String,
    /// `markdown`, `json`, ….
    #[serde(default)]
    pub format: String,
}

/// What a task was expected to use.
#[derive(Debug, Default, Deserialize)]
pub struct Estimate {
    /// Money.
    #[serde(default)]
    pub cost_micro_usd: Likely,
}

/// An interval, of which the middle matters.
#[derive(Debug, Default, Deserialize)]
pub struct Likely {
    /// The middle.
    #[serde(default)]
    pub likely: f64,
}

/// Something that must hold in the end.
#[derive(Debug, Deserialize)]
pub struct Criterion {
    /// Its id.
    pub id: String,
    /// What must hold.
    pub text: Spanned<String>,
    /// Satisfied before the plan was made.
    #[serde(default)]
    pub done: bool,
    /// Tasks that serve it.
    #[serde(default)]
    pub tasks: Vec<String>,
}

/// Tasks that start together.
#[derive(Debug, Deserialize)]
pub struct Wave {
    /// From 1.
    pub number: u32,
    /// Ids.
    #[serde(default)]
    pub tasks: Vec<String>,
}

/// A condition on results.
#[derive(Debug)]
pub struct Condition {
    /// `V2.1`.
    pub rule: String,
    /// `output-missing`.
    pub name: String,
    /// What it is asked about.
    pub scope: Scope,
    /// How much it stops.
    pub severity: Severity,
    /// When it is asked.
    pub when: Option<Check>,
    /// What must hold; or why that cannot be understood.
    pub check: Result<Check, String>,
    /// What is said otherwise.
    pub message: String,
    /// What a second attempt is told.
    pub retry: Option<String>,
    /// Where it is written.
    pub at: Span,
}

#[derive(Deserialize)]
struct Written {
    rule: String,
    #[serde(default)]
    name: String,
    scope: Scope,
    severity: Severity,
    #[serde(default)]
    when: Option<Check>,
    check: Check,
    #[serde(default)]
    message: String,
    #[serde(default)]
    retry: Option<String>,
}

/// Reads a manifest.
///
/// # Errors
///
/// What is wrong with it, when nothing can be said about results.
pub fn read(inputs: &Inputs, file: FileId) -> Result<Promise, Vec<Diagnostic>> {
    let outcome = json::read(inputs, Span::new(file, 0, inputs.text(file).len()));
    if outcome.findings.iter().any(Diagnostic::blocks) {
        return Err(outcome.findings);
    }
    let root = outcome.value;
    let schema = root.get("schema").and_then(Node::text).unwrap_or_default();
    if schema != SCHEMA {
        let at = root.get("schema").map_or(Span::head(file), |node| node.span);
        let message = format!("this is no manifest: its schema is `{schema}`, not `{SCHEMA}`");
        let help = "name the manifest.json of a plan folder".to_owned();
        return Err(vec![Diagnostic::error("verify/manifest", at, message).help(help)]);
    }
    let mut lists = Lists::default();
    let conditions = root.get("post_conditions").map_or(&[][..], Node::items);
    let conditions = conditions.iter().map(|node| condition(node, &mut lists)).collect();
    let criteria: Vec<Criterion> = part(&root, "criteria", file)?;
    Ok(Promise {
        plan: part(&root, "plan", file)?,
        tasks: part(&root, "tasks", file)?,
        criteria: criteria.into_iter().map(|criterion| (criterion.id.clone(), criterion)).collect(),
        waves: part(&root, "waves", file)?,
        conditions,
    })
}

fn part<T: serde::de::DeserializeOwned>(root: &Node, key: &str, file: FileId) -> Result<T, Vec<Diagnostic>> {
    let wrong = |at: Span, message: String| vec![Diagnostic::error("verify/manifest", at, message)];
    let Some(node) = root.get(key) else {
        return Err(wrong(Span::head(file), format!("this manifest has no `{key}`")));
    };
    decode(node)
        .map_err(|error| wrong(error.span.unwrap_or(node.span), format!("`{key}`: {}", error.message)))
}

/// A condition of which nothing is understood is kept: it must not count as met.
fn condition(node: &Node, lists: &mut Lists) -> Condition {
    let word = |key: &str| node.get(key).and_then(Node::text).unwrap_or_default().to_owned();
    match decode::<Written>(node) {
        Ok(mut written) => {
            let mut unknown = Vec::new();
            written.check.resolve(lists, &mut unknown);
            if let Some(when) = &mut written.when {
                when.resolve(lists, &mut unknown);
            }
            let fault = unknown.first().map(|name| format!("it names the list `@{name}`"));
            let fault = fault.or_else(|| lists.faults().next().map(str::to_owned));
            Condition {
                rule: written.rule,
                name: written.name,
                scope: written.scope,
                severity: written.severity,
                when: written.when,
                check: fault.map_or(Ok(written.check), Err),
                message: written.message,
                retry: written.retry,
                at: node.span,
            }
        }
        Err(error) => Condition {
            rule: word("rule"),
            name: word("name"),
            scope: Scope::Run,
            severity: Severity::HardBlock,
            when: None,
            check: Err(error.message),
            message: String::new(),
            retry: None,
            at: error.span.unwrap_or(node.span),
        },
    }
}
