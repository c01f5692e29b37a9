//! SARIF 2.1.0: columns in UTF-16 units, partial fingerprints, suppressions with their reasons, safe fixes.

use std::collections::BTreeMap;
use std::io;

use serde_json::{Value, json};

use crate::base::diagnostic::{Fix, FixKind, Severity};

use super::Report;
use super::finding::{Finding, Place};

/// Writes all findings; those waived or known are suppressed or unchanged.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut rules: BTreeMap<&str, &Finding<'_>> = BTreeMap::new();
    for finding in &report.findings {
        rules.entry(finding.diagnostic.code.as_str()).or_insert(finding);
    }
    let order: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(index, code)| (*code, index)).collect();
    let results: Vec<Value> = report.findings.iter().map(|finding| result(finding, &order)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "dispatch",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.values().map(|finding| rule(finding)).collect::<Vec<_>>(),
            }},
            "columnKind": "utf16CodeUnits",
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    out.write_all(b"\n")
}

fn rule(finding: &Finding<'_>) -> Value {
    let diagnostic = finding.diagnostic;
    let code = diagnostic.code.as_str();
    let mut rule = json!({
        "id": code,
        "shortDescription": { "text": format!("{code}: see `dispatch explain {code}`") },
        "defaultConfiguration": { "level": level(diagnostic.severity) },
    });
    if !diagnostic.name.is_empty() {
        rule["name"] = pascal(&diagnostic.name).into();
    }
    if let Some(why) = &diagnostic.why {
        rule["fullDescription"] = json!({ "text": why });
    }
    rule
}

fn result(finding: &Finding<'_>, order: &BTreeMap<&str, usize>) -> Value {
    let diagnostic = finding.diagnostic;
    let help = diagnostic.help.as_ref().map(|help| format!(". {help}")).unwrap_or_default();
    let mut result = json!({
        "ruleId": diagnostic.code.as_str(),
        "ruleIndex": order[diagnostic.code.as_str()],
        "level": level(diagnostic.severity),
        "message": { "text": format!("{}{help}", diagnostic.message) },
        "locations": [location(&finding.place, "")],
        "partialFingerprints": { "dispatch/v1": finding.fingerprint },
        "baselineState": if finding.known { "unchanged" } else { "new" },
    });
    if !finding.related.is_empty() {
        let related = finding.related.iter().enumerate().map(|(index, (place, text))| {
            let mut location = location(place, text);
            location["id"] = (index + 1).into();
            location
        });
        result["relatedLocations"] = related.collect();
    }
    if let Some(waived) = &diagnostic.waived {
        let text = &waived.reason;
        result["suppressions"] = json!([{ "kind": "inSource", "status": "accepted", "justification": text }]);
    }
    if let Some(fix) =
        diagnostic.fix.as_ref().filter(|fix| fix.kind == FixKind::Safe && !fix.edits.is_empty())
    {
        result["fixes"] = json!([changes(fix, &finding.edits)]);
    }
    result
}

fn changes(fix: &Fix, places: &[Place]) -> Value {
    let mut files: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (edit, place) in fix.edits.iter().zip(places) {
        let replacement = json!({ "deletedRegion": region(place), "insertedContent": { "text": edit.text } });
        files.entry(uri(&place.path)).or_default().push(replacement);
    }
    let changes: Vec<Value> = files
        .into_iter()
        .map(
            |(uri, replacements)| json!({ "artifactLocation": { "uri": uri }, "replacements": replacements }),
        )
        .collect();
    json!({ "description": { "text": fix.title }, "artifactChanges": changes })
}

fn region(place: &Place) -> Value {
    json!({
        "startLine": place.line,
        "startColumn": place.column16,
        "endLine": place.end_line,
        "endColumn": place.end_column16,
    })
}

fn location(place: &Place, text: &str) -> Value {
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&place.path) },
            "region": region(place),
        },
    });
    if !text.is_empty() {
        location["message"] = json!({ "text": text });
    }
    location
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::HardBlock | Severity::Error => "error",
        Severity::SoftBlock | Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// A relative path as a URI reference.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/@!$&'()*+,;=".contains(&byte) {
            out.push(byte as char);
        } else {
            use std::fmt::Write as _;
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// `no-output-path` as `NoOutputPath`: what viewers expect of a rule's name.
fn pascal(name: &str) -> String {
    name.split(['-', '_', '/', ' '])
        .flat_map(|word| {
            let mut letters = word.chars();
            letters.next().into_iter().flat_map(char::to_uppercase).chain(letters.collect::<Vec<_>>())
        })
        .collect()
}
