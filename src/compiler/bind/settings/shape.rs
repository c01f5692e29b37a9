//! What a setting may be, and how what was written becomes it.

use crate::base::diagnostic::Severity;
use crate::base::figure::parse_time;
use crate::base::quantity::{MicroUsd, Millis};
use crate::base::span::Span;
use crate::base::suggest::nearest;
use crate::ir::node::{Key, Kind, Node};
use crate::ir::settings::RuleOverride;

/// What a setting may be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// One of a few words.
    Choice(&'static [&'static str]),
    /// A word or a path.
    Word,
    /// Several.
    Words,
    /// Yes or no.
    Flag,
    /// A whole number.
    Whole {
        /// The smallest that means something.
        least: u64,
    },
    /// US dollars.
    Money,
    /// A length of time.
    Time,
    /// A day, or nothing.
    Day,
    /// `off` or a severity.
    Level,
    /// Names of the user's choice with values of one shape; layers are merged name by name.
    Pairs(&'static Shape),
    /// Changes of rules for some files.
    Overrides,
    /// That, or nothing.
    Optional(&'static Shape),
}

/// A value that fits its shape.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Nothing,
    Flag(bool),
    Whole(u64),
    Word(String),
    Words(Vec<String>),
    Money(MicroUsd),
    Time(Millis),
    Level(Option<Severity>),
    Overrides(Vec<RuleOverride>),
}

/// Why a value does not fit: a clause that follows the key, and the way out.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) help: String,
}

const LEVELS: &[(&str, Option<Severity>)] = &[
    ("off", None),
    ("info", Some(Severity::Info)),
    ("warning", Some(Severity::Warning)),
    ("error", Some(Severity::Error)),
    ("soft_block", Some(Severity::SoftBlock)),
    ("hard_block", Some(Severity::HardBlock)),
];

impl Shape {
    /// Reads a value out of a tree.
    pub(super) fn read(&self, node: &Node) -> Result<Value, Trouble> {
        match self {
            Self::Optional(inner) => {
                if node.is_null() {
                    Ok(Value::Nothing)
                } else {
                    inner.read(node)
                }
            }
            Self::Choice(words) => {
                let word = node.text().ok_or_else(|| expected(node, "one word", words))?;
                if words.contains(&word) {
                    Ok(Value::Word(word.to_owned()))
                } else {
                    Err(stranger(node, word, words))
                }
            }
            Self::Word => match node.scalar() {
                Some(word) if !word.is_empty() => Ok(Value::Word(word)),
                _ => Err(expected(node, "text", &[])),
            },
            Self::Words => {
                let one = |item: &Node| item.scalar().ok_or_else(|| expected(item, "text", &[]));
                match &node.kind {
                    Kind::Null => Ok(Value::Words(Vec::new())),
                    Kind::List(items) => items.iter().map(one).collect::<Result<_, _>>().map(Value::Words),
                    Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) => {
                        one(node).map(|word| Value::Words(vec![word]))
                    }
                    Kind::Map(_) => Err(expected(node, "a list", &["[one, two]"])),
                }
            }
            Self::Flag => match node.kind {
                Kind::Bool(flag) => Ok(Value::Flag(flag)),
                Kind::Null | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) | Kind::List(_) | Kind::Map(_) => {
                    Err(expected(node, "true or false", &["true", "false"]))
                }
            },
            Self::Whole { least } => {
                let number = node.int().and_then(|number| u64::try_from(number).ok());
                match number.filter(|number| number >= least) {
                    Some(number) => Ok(Value::Whole(number)),
                    None => Err(expected(node, &format!("a whole number from {least}"), &[])),
                }
            }
            Self::Money => {
                let amount = node.scalar().and_then(|text| money(&text));
                amount.map(Value::Money).ok_or_else(|| expected(node, "an amount in dollars", &["2.50"]))
            }
            Self::Time => {
                let time = node.scalar().and_then(|text| parse_time(&text));
                time.map(Value::Time)
                    .ok_or_else(|| expected(node, "a length of time", &["90s", "15m", "1h30m"]))
            }
            Self::Day => match node.scalar() {
                None if node.is_null() => Ok(Value::Nothing),
                Some(day) if is_day(&day) => Ok(Value::Word(day)),
                _ => Err(expected(node, "a day", &["2026-11-21"])),
            },
            Self::Level => level(node).map(Value::Level),
            Self::Overrides => overrides(node).map(Value::Overrides),
            Self::Pairs(inner) => inner.read(node),
        }
    }

    /// The tree of a value that was given as text.
    pub(super) fn tree(&self, text: &str, span: Span) -> Node {
        let node = |kind| Node { span, kind };
        let parts = || text.split(',').map(str::trim).filter(|part| !part.is_empty());
        match self {
            Self::Optional(inner) => {
                if text.is_empty() || text == "null" {
                    node(Kind::Null)
                } else {
                    inner.tree(text, span)
                }
            }
            Self::Words => node(Kind::List(parts().map(|part| node(Kind::Text(part.to_owned()))).collect())),
            Self::Flag => match text.to_lowercase().as_str() {
                "true" | "1" | "yes" | "on" => node(Kind::Bool(true)),
                "false" | "0" | "no" | "off" | "" => node(Kind::Bool(false)),
                _ => node(Kind::Text(text.to_owned())),
            },
            Self::Whole { .. } => {
                let digits = text.replace('_', "");
                node(digits.parse().map_or_else(|_| Kind::Text(text.to_owned()), Kind::Int))
            }
            Self::Pairs(inner) => {
                let pair = |part: &str| {
                    let (name, value) = part.split_once('=').unwrap_or((part, ""));
                    (Key { text: name.trim().to_owned(), span }, inner.tree(value.trim(), span))
                };
                node(Kind::Map(parts().map(pair).collect()))
            }
            Self::Day if text.is_empty() => node(Kind::Null),
            Self::Choice(_)
            | Self::Word
            | Self::Money
            | Self::Time
            | Self::Day
            | Self::Level
            | Self::Overrides => node(Kind::Text(text.to_owned())),
        }
    }
}

fn expected(node: &Node, what: &str, samples: &[&str]) -> Trouble {
    let found = match node.scalar() {
        Some(text) => format!("{} `{text}`", node.noun()),
        None => node.noun().to_owned(),
    };
    let help = match samples {
        [] => format!("write {what}"),
        [only] => format!("write it like `{only}`"),
        several => format!("write it like one of {}", several.join(", ")),
    };
    Trouble { span: node.span, message: format!("expects {what}, not {found}"), help }
}

fn stranger(node: &Node, word: &str, words: &[&str]) -> Trouble {
    let help = match nearest(word, words.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("use one of {}", words.join(", ")),
    };
    Trouble { span: node.span, message: format!("cannot be `{word}`"), help }
}

fn level(node: &Node) -> Result<Option<Severity>, Trouble> {
    let words: Vec<&str> = LEVELS.iter().map(|(word, _)| *word).collect();
    if node.kind == Kind::Bool(false) {
        return Ok(None);
    }
    let word = node.text().ok_or_else(|| expected(node, "off or a severity", &words))?;
    let found = LEVELS.iter().find(|(name, _)| *name == word);
    found.map(|(_, level)| *level).ok_or_else(|| stranger(node, word, &words))
}

fn overrides(node: &Node) -> Result<Vec<RuleOverride>, Trouble> {
    let sample = &["{files: [\"legacy/**\"], rules: {V1.2: warning}}"];
    let mut found = Vec::new();
    if !node.is_null() && !matches!(node.kind, Kind::List(_)) {
        return Err(expected(node, "a list", sample));
    }
    for item in node.items() {
        if let Some((key, _)) =
            item.entries().iter().find(|(key, _)| !["files", "rules"].contains(&key.text.as_str()))
        {
            let help = nearest(&key.text, ["files", "rules"]).unwrap_or("files, rules");
            let message = format!("has no key `{}`", key.text);
            return Err(Trouble { span: key.span, message, help: format!("use `{help}`") });
        }
        let (Some(files), Some(rules)) = (item.get("files"), item.get("rules")) else {
            return Err(expected(item, "`files` and `rules`", sample));
        };
        let Value::Words(files_of) = Shape::Words.read(files)? else {
            return Err(expected(files, "a list", sample));
        };
        if let Some(error) = files_of.iter().find_map(|file| globset::Glob::new(file).err()) {
            let message = format!("holds no pattern of files: {error}");
            return Err(Trouble { span: item.span, message, help: "write it like `legacy/**`".to_owned() });
        }
        for (rule, severity) in rules.entries() {
            let severity = level(severity)?;
            found.push(RuleOverride { files: files_of.clone(), rule: rule.text.clone(), severity });
        }
    }
    Ok(found)
}

/// Dollars with up to six decimals, as micro-dollars.
fn money(text: &str) -> Option<MicroUsd> {
    let text = text.trim().trim_start_matches('$').trim_end_matches("USD").trim();
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && part.is_empty()) || part.len() > 6 || !digits(whole) || !digits(part) {
        return None;
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let part: u64 = format!("{part:0<6}").parse().ok()?;
    whole.checked_mul(1_000_000)?.checked_add(part).map(MicroUsd)
}

/// `2026-11-21`.
fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |at: usize, length: usize| {
        parts.get(at).filter(|part| part.len() == length).and_then(|part| part.parse::<u32>().ok())
    };
    parts.len() == 3
        && number(0, 4).is_some()
        && number(1, 2).is_some_and(|month| (1..=12).contains(&month))
        && number(2, 2).is_some_and(|day| (1..=31).contains(&day))
}

#[cfg(test)]
mod tests {
    use super::{is_day, money};
    use crate::base::quantity::MicroUsd;

    #[test]
    fn money_is_exact() {
        for (text, micro) in [("1", 1_000_000), ("2.50", 2_500_000), ("$0.000001", 1), (".5", 500_000)] {
            assert_eq!(money(text), Some(MicroUsd(micro)), "{text}");
        }
        for text in ["", ".", "-1", "1.0000001", "1e3", "a", "99999999999999999999"] {
            assert_eq!(money(text), None, "{text}");
        }
    }

    #[test]
    fn days_are_days() {
        assert!(is_day("2026-11-21"));
        for text in ["2026-13-01", "2026-1-1", "today", "2026-11-32"] {
            assert!(!is_day(text), "{text}");
        }
    }
}
