//! The kinds of request we can read, who claims a document, and which claim wins.
//!
//! To add a dialect: one file with `claims` and `read`, and its row in [`DIALECTS`]. A dialect decides from
//! structure what is a task, a group, a criterion and a note; it invents nothing and drops nothing.

pub mod build;
pub mod checklist;
pub mod draft;
pub mod facts;
pub mod field;
pub mod freetext;
pub mod line;
pub mod meta;
pub mod names;
pub mod paths;
pub mod piece;
pub mod plan;
pub mod prd;
pub mod spectable;
pub mod sprint;
pub mod squad;
pub mod story;
pub mod ticket;
pub mod time;
pub mod words;
pub mod workflow;

mod backlog;
mod beads;
mod drawing;
mod edges;
mod kiro;
mod numbered;
mod openspec;
mod order;
mod page;
mod speckit;
mod taskmaster;
#[cfg(test)]
mod testing;
pub(super) mod value;

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::Span;
use crate::base::suggest::nearest;
use crate::ir::document::Document;
use crate::ir::draft::{Draft, DraftKind};

use words::Words;

/// A kind of request.
pub struct Dialect {
    /// Its name on the command line, in configuration and in plans.
    pub name: &'static str,
    /// What it is, as a noun phrase.
    pub about: &'static str,
    /// How sure it is that a document is of its kind. Cheap: a look at the path, the keys and the headings.
    pub claims: fn(&Inputs, &Document, &Words) -> Claim,
    /// Reads a document as its kind, whether it claimed it or not.
    pub read: fn(&Inputs, &Document, &Words) -> Outcome<Draft>,
}

/// How sure a dialect is that a document is of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// 0 not mine; 10 I read anything; 30 it has the shape; 50 and a word of mine; 70 the marks of my format;
    /// 90 it names my format, or nothing else looks like this. The strongest wins.
    pub strength: u8,
    /// Why, as a clause: "has a heading `Acceptance Criteria`".
    pub reason: &'static str,
}

impl Claim {
    /// Not mine.
    pub const NONE: Self = Self { strength: 0, reason: "" };

    /// A claim of `strength` (1 to 100) because of `reason`.
    #[must_use]
    pub fn of(strength: u8, reason: &'static str) -> Self {
        Self { strength, reason }
    }
}

/// Every dialect, by name.
pub static DIALECTS: &[Dialect] = &[
    Dialect { name: "backlog", about: "a task of Backlog.md", claims: backlog::claims, read: backlog::read },
    Dialect { name: "beads", about: "issues of beads", claims: beads::claims, read: beads::read },
    Dialect {
        name: "checklist",
        about: "a plain checklist or issue-style task list",
        claims: checklist::claims,
        read: checklist::read,
    },
    Dialect {
        name: "draft",
        about: "a human draft of `@async/dispatch`: goal, decisions, success proof",
        claims: draft::claims,
        read: draft::read,
    },
    Dialect { name: "freetext", about: "prose", claims: freetext::claims, read: freetext::read },
    Dialect { name: "kiro", about: "a spec of Kiro", claims: kiro::claims, read: kiro::read },
    Dialect {
        name: "openspec",
        about: "a change of OpenSpec",
        claims: openspec::claims,
        read: openspec::read,
    },
    Dialect {
        name: "plan",
        about: "a decomposition made already: our plan files and execution plans",
        claims: plan::claims,
        read: plan::read,
    },
    Dialect {
        name: "prd",
        about: "product requirements, with or without epics and stories",
        claims: prd::claims,
        read: prd::read,
    },
    Dialect {
        name: "spec-kit",
        about: "a task list of spec-kit",
        claims: speckit::claims,
        read: speckit::read,
    },
    Dialect {
        name: "spectable",
        about: "spec tables of dispatch-nu, task lists of Codewalkers",
        claims: spectable::claims,
        read: spectable::read,
    },
    Dialect {
        name: "sprint",
        about: "BMAD's `sprint-status.yaml` and `stories.yaml`",
        claims: sprint::claims,
        read: sprint::read,
    },
    Dialect {
        name: "squad",
        about: "agents, skills, manifests and checklists of a squad, which ask for no work, and its task files",
        claims: squad::claims,
        read: squad::read,
    },
    Dialect {
        name: "story",
        about: "a story of BMAD, AIOX or our own, in English or Portuguese",
        claims: story::claims,
        read: story::read,
    },
    Dialect {
        name: "taskmaster",
        about: "tasks of task-master",
        claims: taskmaster::claims,
        read: taskmaster::read,
    },
    Dialect {
        name: "ticket",
        about: "a ticket of a board: title, body, priority, column",
        claims: ticket::claims,
        read: ticket::read,
    },
    Dialect {
        name: "workflow",
        about: "phases and steps of a squad's workflow",
        claims: workflow::claims,
        read: workflow::read,
    },
];

/// Reads a document as the chosen dialect, or as the one with the strongest claim.
///
/// An unknown name is the error `dialect/unknown`, two equal claims are the warning `dialect/ambiguous`; the
/// document is then read as the first of the claimants.
pub fn read(inputs: &Inputs, document: &Document, chosen: Option<&str>, words: &Words) -> Outcome<Draft> {
    let mut findings = Vec::new();
    let dialect = match chosen.map(|name| (name, find(name))) {
        Some((_, Some(dialect))) => Some(dialect),
        Some((name, None)) => {
            findings.push(unknown(document, name));
            strongest(inputs, document, words, &mut findings)
        }
        None => strongest(inputs, document, words, &mut findings),
    };
    let Some(dialect) = dialect else {
        // Of an empty file there is only one thing to say, and the gates say it.
        if !inputs.text(document.file).trim().is_empty() {
            findings.push(
                Diagnostic::error(
                    "dialect/none",
                    Span::head(document.file),
                    "this file is not a request we can read",
                )
                .help("name its dialect with `--dialect`, or see `dispatch compile --help`".to_owned()),
            );
        }
        return Outcome::new(Draft::new(document.file, "", DraftKind::FreeText), findings);
    };
    let mut outcome = (dialect.read)(inputs, document, words);
    // A squad's files were written for another tool, whatever they look like.
    outcome.value.foreign |= super::squad::part_of(inputs.file(document.file)).is_some();
    outcome.findings.extend(findings);
    outcome
}

/// The dialect of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Dialect> {
    DIALECTS.iter().find(|dialect| dialect.name == name)
}

/// Claims on a document that are more than none, the strongest first, equal ones by name.
#[must_use]
pub fn claims(inputs: &Inputs, document: &Document, words: &Words) -> Vec<(&'static Dialect, Claim)> {
    let mut found: Vec<_> = DIALECTS
        .iter()
        .map(|dialect| (dialect, (dialect.claims)(inputs, document, words)))
        .filter(|(_, claim)| claim.strength > 0)
        .collect();
    found.sort_by(|(a, x), (b, y)| y.strength.cmp(&x.strength).then(a.name.cmp(b.name)));
    found
}

fn strongest(
    inputs: &Inputs,
    document: &Document,
    words: &Words,
    findings: &mut Vec<Diagnostic>,
) -> Option<&'static Dialect> {
    let found = claims(inputs, document, words);
    let &(first, claim) = found.first()?;
    if let Some(&(second, other)) = found.get(1)
        && other.strength == claim.strength
    {
        findings.push(
            Diagnostic::warning(
                "dialect/ambiguous",
                Span::head(document.file),
                format!(
                    "this may be `{}` ({}) or `{}` ({}); it is read as `{}`",
                    first.name, claim.reason, second.name, other.reason, first.name
                ),
            )
            .help(format!("say which with `--dialect {}` or `--dialect {}`", first.name, second.name)),
        );
    }
    Some(first)
}

fn unknown(document: &Document, name: &str) -> Diagnostic {
    let names = DIALECTS.iter().map(|dialect| dialect.name);
    let help = nearest(name, names.clone()).map_or_else(
        || format!("use one of {}", names.collect::<Vec<_>>().join(", ")),
        |near| format!("did you mean `{near}`?"),
    );
    Diagnostic::error("dialect/unknown", Span::head(document.file), format!("there is no dialect `{name}`"))
        .help(help)
}
