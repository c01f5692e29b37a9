//! One JSON document, schema `dispatch.diagnostics/v1` (`schemas/diagnostics.schema.json`): also the shape of
//! `diagnostics[]` in a manifest, with places that machines can use.

use std::io;

use serde::Serialize;

use crate::base::diagnostic::{Edit, Fix, FixKind, Severity};

use super::Report;
use super::finding::{Finding, Place};

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    summary: Summary,
    gates: Vec<GateRow<'a>>,
    diagnostics: Vec<Row<'a>>,
}

#[derive(Serialize, Default)]
struct Summary {
    hard_block: usize,
    soft_block: usize,
    error: usize,
    warning: usize,
    info: usize,
    waived: usize,
    baseline: usize,
}

#[derive(Serialize)]
struct GateRow<'a> {
    id: &'a str,
    name: &'a str,
    status: crate::ir::plan::Verdict,
    rules: u32,
    failed: &'a [String],
}

/// A finding.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    code: &'a str,
    name: &'a str,
    severity: Severity,
    message: &'a str,
    #[serde(flatten)]
    place: Where<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    label: &'a str,
    related: Vec<Related<'a>>,
    vetoes: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<FixRow<'a>>,
    fingerprint: &'a str,
    baseline: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<Suppressed<'a>>,
}

#[derive(Serialize)]
struct Where<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct Related<'a> {
    message: &'a str,
    #[serde(flatten)]
    place: Where<'a>,
}

#[derive(Serialize)]
struct FixRow<'a> {
    kind: FixKind,
    title: &'a str,
    edits: Vec<EditRow<'a>>,
}

#[derive(Serialize)]
struct EditRow<'a> {
    file: String,
    start: u32,
    end: u32,
    text: &'a str,
}

#[derive(Serialize)]
struct Suppressed<'a> {
    reason: &'a str,
}

/// Writes all findings, waived and known ones included and marked.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let gates = report.gates.iter().map(|gate| GateRow {
        id: &gate.id,
        name: &gate.name,
        status: gate.verdict,
        rules: gate.rules,
        failed: &gate.failed,
    });
    let document = Document {
        schema: "dispatch.diagnostics/v1",
        summary: summary(report),
        gates: gates.collect(),
        diagnostics: rows(report),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn summary(report: &Report<'_>) -> Summary {
    let mut summary = Summary::default();
    for finding in &report.findings {
        let count = if finding.diagnostic.waived.is_some() {
            &mut summary.waived
        } else if finding.known {
            &mut summary.baseline
        } else {
            match finding.diagnostic.severity {
                Severity::HardBlock => &mut summary.hard_block,
                Severity::SoftBlock => &mut summary.soft_block,
                Severity::Error => &mut summary.error,
                Severity::Warning => &mut summary.warning,
                Severity::Info => &mut summary.info,
            }
        };
        *count += 1;
    }
    summary
}

/// All findings, waived and known ones included and marked.
pub(super) fn rows<'a>(report: &'a Report<'a>) -> Vec<Row<'a>> {
    report.findings.iter().map(|finding| row(report, finding)).collect()
}

fn row<'a>(report: &Report<'a>, finding: &'a Finding<'a>) -> Row<'a> {
    let diagnostic = finding.diagnostic;
    Row {
        code: diagnostic.code.as_str(),
        name: &diagnostic.name,
        severity: diagnostic.severity,
        message: &diagnostic.message,
        place: position(&finding.place),
        why: diagnostic.why.as_deref(),
        help: diagnostic.help.as_deref(),
        label: &diagnostic.labels[0].text,
        related: finding
            .related
            .iter()
            .map(|(place, message)| Related { message, place: position(place) })
            .collect(),
        vetoes: &diagnostic.vetoes,
        fix: diagnostic.fix.as_ref().map(|fix| fix_row(report, fix)),
        fingerprint: &finding.fingerprint,
        baseline: if finding.known { "known" } else { "new" },
        suppressed: diagnostic.waived.as_ref().map(|waived| Suppressed { reason: &waived.reason }),
    }
}

fn position(place: &Place) -> Where<'_> {
    Where {
        file: &place.path,
        line: place.line,
        column: place.column,
        end_line: place.end_line,
        end_column: place.end_column,
    }
}

fn fix_row<'a>(report: &Report<'_>, fix: &'a Fix) -> FixRow<'a> {
    let edit = |edit: &'a Edit| EditRow {
        file: report.inputs.display_path(edit.span.file),
        start: edit.span.start,
        end: edit.span.end,
        text: &edit.text,
    };
    FixRow { kind: fix.kind, title: &fix.title, edits: fix.edits.iter().map(edit).collect() }
}
