//! Decodes fields of YAML and JSON: texts, lists, numbers, durations; and the columns tasks may have.
//!
//! A value of the wrong type is a finding at its place; what can be made of it is still used.

use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::inputs::Inputs;
use crate::base::quantity::Millis;
use crate::base::span::{Span, Spanned};
use crate::base::text::Text;
use crate::ir::draft::Columns;
use crate::ir::node::{Key, Kind, Node};

/// How gravely a wrong field is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// A plan file: a wrong field is an error.
    Native,
    /// A document of another tool: unknown keys are kept with a note.
    Foreign,
}

/// Seven days: no task takes longer.
const LONGEST_S: i64 = 7 * 24 * 3600;

/// A scalar as text; `None` for nothing, lists and maps.
#[must_use]
pub fn text(node: &Node) -> Option<Text> {
    match &node.kind {
        Kind::Text(text) if text.trim().is_empty() => None,
        Kind::Null | Kind::List(_) | Kind::Map(_) => None,
        Kind::Text(_) | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) => {
            Some(Text::made(node.scalar()?.trim(), node.span))
        }
    }
}

/// The scalars of a list; a scalar is a list of one, and a text with commas of several.
#[must_use]
pub fn texts(node: &Node) -> Vec<Text> {
    match &node.kind {
        Kind::List(items) => items.iter().filter_map(item_text).collect(),
        Kind::Text(all) if all.contains(',') => all
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| Text::made(part, node.span))
            .collect(),
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) | Kind::Map(_) => {
            text(node).into_iter().collect()
        }
    }
}

/// An element of a list: a scalar, or the text of a map that wraps one.
fn item_text(node: &Node) -> Option<Text> {
    text(node).or_else(|| {
        let (_, inner) = node.any_of(&[
            "path",
            "file",
            "id",
            "task_id",
            "task",
            "name",
            "text",
            "criterion",
            "criteria",
            "description",
            "command",
            "pattern",
        ])?;
        text(inner)
    })
}

/// Decodes one map and collects what is wrong with it.
pub struct Decoder<'a> {
    inputs: &'a Inputs,
    strictness: Strictness,
    /// What was noticed.
    pub findings: Vec<Diagnostic>,
}

impl<'a> Decoder<'a> {
    /// A decoder without findings.
    #[must_use]
    pub fn new(inputs: &'a Inputs, strictness: Strictness) -> Self {
        Self { inputs, strictness, findings: Vec::new() }
    }

    /// Notes that a value is not of the type its key asks for.
    pub fn wrong(&mut self, key: &Key, node: &Node, expected: &str, help: Option<String>) {
        let shown = shown(self.inputs, node);
        let finding = Diagnostic::new(
            self.severity(),
            "field/type",
            if node.span.is_empty() { key.span } else { node.span },
            format!("`{}` must be {expected}, found {}{shown}", key.text, node.noun()),
        )
        .help(help);
        let finding = if node.span.is_empty() || node.span == key.span {
            finding
        } else {
            finding.label(key.span, "this key")
        };
        self.findings.push(finding);
    }

    /// Notes that a number is out of its range.
    pub fn range(&mut self, key: &Key, span: Span, message: String, help: String) {
        self.findings.push(
            Diagnostic::new(self.severity(), "field/range", span, message)
                .label(key.span, "this key")
                .help(help),
        );
    }

    /// What another tool takes as a duration or a list is its own affair: what we cannot use is only noted.
    fn severity(&self) -> Severity {
        match self.strictness {
            Strictness::Native => Severity::Error,
            Strictness::Foreign => Severity::Info,
        }
    }

    /// Notes a key that nothing is known about.
    pub fn unknown<'k>(&mut self, key: &Key, what: &str, known: impl IntoIterator<Item = &'k str>) {
        let near = crate::base::suggest::nearest(&key.text, known);
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "remove it, or see the schema `plan.schema.json` for the known keys".to_owned(),
        };
        self.findings.push(
            Diagnostic::new(
                self.severity(),
                "field/unknown",
                key.span,
                format!("`{}` is not a key of {what}", key.text),
            )
            .help(help),
        );
    }

    /// A text; anything but a scalar is a finding. Null is nothing.
    pub fn text(&mut self, key: &Key, node: &Node) -> Option<Text> {
        match &node.kind {
            Kind::List(_) | Kind::Map(_) => {
                self.wrong(key, node, "text", None);
                None
            }
            Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) => text(node),
        }
    }

    /// A list of texts. A single scalar and null are findings; the scalar is used.
    pub fn list(&mut self, key: &Key, node: &Node) -> Vec<Text> {
        match &node.kind {
            Kind::List(items) => {
                let mut out = Vec::with_capacity(items.len());
                for item in items {
                    match item_text(item) {
                        Some(text) => out.push(text),
                        None => self.wrong(key, item, "a list of texts", None),
                    }
                }
                out
            }
            Kind::Map(_) => {
                self.wrong(key, node, "a list", None);
                Vec::new()
            }
            Kind::Null if self.strictness == Strictness::Foreign => Vec::new(),
            Kind::Null => {
                self.wrong(key, node, "a list", Some(format!("write `{}: []`, or remove the key", key.text)));
                Vec::new()
            }
            Kind::Text(_) | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) => {
                let all = texts(node);
                if self.strictness == Strictness::Foreign {
                    return all;
                }
                let inner: Vec<&str> = all.iter().map(|text| text.get(self.inputs)).collect();
                let help = format!("write `{}: [{}]`", key.text, inner.join(", "));
                self.wrong(key, node, "a list", Some(help));
                all
            }
        }
    }

    /// A list of texts, or one text: both are right.
    pub fn texts(&mut self, key: &Key, node: &Node) -> Vec<Text> {
        match &node.kind {
            Kind::List(_) => self.list(key, node),
            Kind::Map(_) => {
                let one = item_text(node);
                if one.is_none() {
                    self.wrong(key, node, "text or a list of texts", None);
                }
                one.into_iter().collect()
            }
            Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) => {
                text(node).into_iter().collect()
            }
        }
    }

    /// A boolean.
    pub fn bool(&mut self, key: &Key, node: &Node) -> Option<Spanned<bool>> {
        let value = match &node.kind {
            Kind::Bool(value) => Some(*value),
            Kind::Text(text) => match text.to_ascii_lowercase().as_str() {
                "yes" | "true" | "required" | "on" => Some(true),
                "no" | "false" | "none" | "off" => Some(false),
                _ => None,
            },
            Kind::Null => return None,
            Kind::Int(_) | Kind::Float(_) | Kind::List(_) | Kind::Map(_) => None,
        };
        if value.is_none() {
            self.wrong(key, node, "true or false", None);
        }
        value.map(|value| Spanned::new(value, node.span))
    }

    /// A whole number not below `least`.
    pub fn int(&mut self, key: &Key, node: &Node, least: i64) -> Option<Spanned<i64>> {
        let value = match &node.kind {
            Kind::Int(value) => *value,
            Kind::Float(value) if value.fract() == 0.0 && value.abs() < 9e15 => {
                #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and in range")]
                let whole = *value as i64;
                whole
            }
            Kind::Text(text) if text.trim().parse::<i64>().is_ok() => text.trim().parse().unwrap_or(0),
            Kind::Null => return None,
            Kind::Text(_) | Kind::Float(_) | Kind::Bool(_) | Kind::List(_) | Kind::Map(_) => {
                self.wrong(key, node, "a whole number", None);
                return None;
            }
        };
        if value < least {
            self.range(
                key,
                node.span,
                format!("`{}` is {value}, below {least}", key.text),
                format!("write `{}: {least}` or more", key.text),
            );
            return None;
        }
        Some(Spanned::new(value, node.span))
    }

    /// A duration: a number in `unit_ms`, or text with a unit. Negative ones, null and those over seven days are findings.
    pub fn duration(
        &mut self,
        key: &Key,
        node: &Node,
        unit_ms: u64,
        words: &super::words::Words,
    ) -> Option<Millis> {
        let millis = match &node.kind {
            Kind::Int(value) if *value >= 0 => value.unsigned_abs().saturating_mul(unit_ms),
            Kind::Int(value) => {
                self.range(
                    key,
                    node.span,
                    format!("`{}` is {value}: a duration is not negative", key.text),
                    format!("write `{}: 120`, or remove the key", key.text),
                );
                return None;
            }
            Kind::Float(value) if value.is_finite() && *value >= 0.0 && *value < 1e9 => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    clippy::cast_precision_loss,
                    reason = "checked to be finite, positive and small"
                )]
                let millis = (*value * unit_ms as f64).round() as u64;
                millis
            }
            Kind::Float(value) => {
                self.range(
                    key,
                    node.span,
                    format!("`{}` is {value}: not a duration", key.text),
                    format!("write `{}: 120`, or remove the key", key.text),
                );
                return None;
            }
            Kind::Text(text) => {
                let number = text.trim().parse::<u64>().ok().map(|value| value.saturating_mul(unit_ms));
                let Some(millis) = number.or_else(|| super::time::duration(text, words).map(|time| time.0))
                else {
                    self.wrong(
                        key,
                        node,
                        "a duration",
                        Some(format!("write a number or a text with a unit: `{}: 2h`", key.text)),
                    );
                    return None;
                };
                millis
            }
            Kind::Null => {
                self.wrong(
                    key,
                    node,
                    "a duration",
                    Some(format!("write `{}: 120`, or remove the key", key.text)),
                );
                return None;
            }
            Kind::Bool(_) | Kind::List(_) | Kind::Map(_) => {
                self.wrong(key, node, "a duration", None);
                return None;
            }
        };
        if millis > LONGEST_S.unsigned_abs() * 1_000 {
            self.range(
                key,
                node.span,
                format!("`{}` is longer than seven days", key.text),
                "split the task, or give its duration in the right unit".to_owned(),
            );
            return None;
        }
        Some(Millis(millis))
    }

    /// Sets the column a key names; false if no column has this name.
    pub fn column(&mut self, key: &Key, node: &Node, columns: &mut Columns) -> bool {
        match key.text.as_str() {
            "executor" | "executor_type" | "executorType" => columns.executor = self.text(key, node),
            "command" => columns.command = self.text(key, node),
            "script" => columns.script = self.text(key, node),
            "effort" | "reasoning" | "reasoning_effort" => columns.effort = self.text(key, node),
            "enrichment" | "enrichment_level" => columns.enrichment = self.text(key, node),
            "kb_files" | "kb" => columns.kb_files = self.texts(key, node),
            "tools" | "allowed_tools" | "mcp_required" => columns.tools = self.texts(key, node),
            "isolation" => columns.isolation = self.text(key, node),
            "mutex" | "concurrency_key" => columns.mutex = self.texts(key, node),
            "verify" | "verification" => columns.verify = self.texts(key, node),
            "stop_if" | "stopIf" => columns.stop_if = self.texts(key, node),
            "approval" | "requires_approval" | "requiresApproval" => columns.approval = self.bool(key, node),
            "auto" => columns.auto = self.bool(key, node),
            "timeout" | "timeout_seconds" | "timeout_s" => columns.timeout_s = self.seconds(key, node, 1),
            "timeout_ms" => columns.timeout_s = self.seconds(key, node, 1000),
            "max_turns" => columns.max_turns = self.int(key, node, 1),
            "cooldown_s" | "cooldown" => columns.cooldown_s = self.int(key, node, 0),
            "attempts" | "max_attempts" => columns.attempts = self.int(key, node, 1),
            "retries" | "max_retries" => {
                columns.attempts = self
                    .int(key, node, 0)
                    .map(|number| Spanned::new(number.value.saturating_add(1), number.span));
            }
            "wave" | "wave_num" => columns.wave = self.int(key, node, 0),
            "cost" | "cost_class" => columns.cost_class = self.class(key, node),
            "expected_lines" | "expected_output_lines" => columns.expected_lines = self.int(key, node, 0),
            "tokens_out" | "estimated_tokens_out" => columns.tokens_out = self.int(key, node, 0),
            "output_format" | "format" => columns.output_format = self.text(key, node),
            "output_language" | "language" => columns.output_language = self.text(key, node),
            "output_template" | "template" => columns.output_template = self.text(key, node),
            "action" | "routing_action" => columns.action = self.text(key, node),
            "effect" => columns.effect = self.text(key, node),
            "foreground" | "foreground_only" => columns.foreground = self.bool(key, node),
            "route" => columns.route = self.text(key, node),
            "mode" => {
                columns.mode = self.text(key, node);
                // dispatch-nu works in place or on a copy of its own.
                let isolation = match node.text() {
                    Some("isolated" | "branch" | "worktree") => Some("worktree"),
                    Some("direct") => Some("none"),
                    _ => None,
                };
                let isolation = isolation.map(|isolation| Text::made(isolation, node.span));
                columns.isolation = columns.isolation.take().or(isolation);
            }
            "category" => columns.category = self.text(key, node),
            "step" | "column" => columns.step = self.text(key, node),
            "preplan" | "pre_plan" => {
                let model = node.any_of(&["model", "executor"]).map_or(node, |(_, model)| model);
                columns.preplan = match &model.kind {
                    Kind::Bool(asked) => asked.then(|| Text::made("true", model.span)),
                    _ => self.texts(key, model).into_iter().next(),
                };
            }
            "waits" | "wait" => columns.waits = self.texts(key, node),
            "create_reason" => columns.create_reason = self.text(key, node),
            "max_parallel" | "maxParallel" => columns.max_parallel = self.int(key, node, 1),
            _ => return false,
        }
        true
    }

    /// A cost class: 1 trivial, 2 small, 3 medium, 4 complex.
    fn class(&mut self, key: &Key, node: &Node) -> Option<Spanned<i64>> {
        let value = self.int(key, node, 1)?;
        if value.value > 4 {
            let message = format!("`{}` is {}: cost classes go from 1 to 4", key.text, value.value);
            self.range(
                key,
                value.span,
                message,
                format!("write `{}: 4` for the most complex work", key.text),
            );
            return None;
        }
        Some(value)
    }

    /// A duration of which `parts` make a second; what is begun counts.
    fn seconds(&mut self, key: &Key, node: &Node, parts: u32) -> Option<Spanned<i64>> {
        let given = self.int(key, node, 1)?;
        let value =
            Spanned::new(given.value.unsigned_abs().div_ceil(u64::from(parts)).cast_signed(), given.span);
        if value.value > LONGEST_S {
            self.range(
                key,
                value.span,
                format!("`{}` is longer than seven days", key.text),
                "give it in seconds".to_owned(),
            );
            return None;
        }
        Some(value)
    }
}

/// The columns of a map; other keys are left alone.
#[must_use]
pub fn columns(inputs: &Inputs, node: &Node, strictness: Strictness) -> (Columns, Vec<Diagnostic>) {
    let mut decoder = Decoder::new(inputs, strictness);
    let mut columns = Columns::default();
    for (key, value) in node.entries() {
        decoder.column(key, value, &mut columns);
    }
    (columns, decoder.findings)
}

/// The value in back-ticks, if it is short.
fn shown(inputs: &Inputs, node: &Node) -> String {
    let text = inputs.slice(node.span);
    match node.kind {
        Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_)
            if text.len() <= 40 && !text.contains('\n') =>
        {
            format!(" `{text}`")
        }
        Kind::Null
        | Kind::List(_)
        | Kind::Map(_)
        | Kind::Bool(_)
        | Kind::Int(_)
        | Kind::Float(_)
        | Kind::Text(_) => String::new(),
    }
}
