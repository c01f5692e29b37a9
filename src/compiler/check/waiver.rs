//! Inline permissions: which finding they cover, and what is wrong with those that cover none.

use std::collections::BTreeMap;

use crate::base::diagnostic::{Diagnostic, Severity, Waived};
use crate::base::span::FileId;
use crate::base::suggest;
use crate::ir::document::Waiver;
use crate::ir::settings::{Profile, Settings};

use super::pack::Packs;

/// Marks the findings that a waiver covers, and reports waivers that have no reason (EN.3), are past their day (EN.2),
/// cover nothing (EN.1), or name a rule that nothing may waive or nobody knows.
///
/// A waiver covers a finding by its code, name, former name or a rule it vetoes, when the finding begins inside what the
/// waiver covers. `known` are the codes of findings that are no rules.
#[must_use]
pub fn apply<'a>(
    waivers: impl IntoIterator<Item = &'a Waiver>,
    findings: &mut [Diagnostic],
    settings: &Settings,
    packs: &Packs,
    known: &[&str],
) -> Vec<Diagnostic> {
    let mut by_file: BTreeMap<FileId, Vec<usize>> = BTreeMap::new();
    for (at, finding) in findings.iter().enumerate() {
        by_file.entry(finding.span().file).or_default().push(at);
    }
    for places in by_file.values_mut() {
        places.sort_by_key(|&at| findings[at].span().start);
    }
    let fault = if settings.profile == Profile::Strict { Severity::Error } else { Severity::Warning };
    let mut said = Vec::new();
    for waiver in waivers {
        let holds = holds(waiver, settings, fault, &mut said);
        let places = by_file.get(&waiver.covers.file).map_or(&[][..], Vec::as_slice);
        let from = places.partition_point(|&at| findings[at].span().start < waiver.covers.start);
        let inside = places[from..].iter().take_while(|&&at| findings[at].span().start <= waiver.covers.end);
        let inside: Vec<usize> = inside.copied().collect();
        for (code, span) in &waiver.codes {
            let names = names(code, packs);
            let forbidden =
                packs.rule(code).is_some_and(|rule| settings.forbid.iter().any(|name| rule.is_named(name)));
            if forbidden {
                let help = "mend the fault, or take the rule out of `forbid`".to_owned();
                said.push(
                    Diagnostic::new(fault, "waiver/forbidden", *span, format!("`{code}` may not be waived"))
                        .help(help),
                );
                continue;
            }
            let covered: Vec<usize> =
                inside.iter().copied().filter(|&at| covers(&names, &findings[at])).collect();
            for &at in covered.iter().filter(|_| holds) {
                let reason = waiver.reason.clone().unwrap_or_default();
                findings[at].waived.get_or_insert(Waived { reason, span: waiver.span });
            }
            if !covered.is_empty() || !holds {
                continue;
            }
            let rules = packs.rules.iter().flat_map(|rule| [rule.id.as_str(), rule.name.as_str()]);
            let all = || rules.clone().chain(known.iter().copied());
            if all().any(|name| name == code) || packs.rule(code).is_some() {
                let message = format!("nothing here is waived by `{code}`");
                let help = "remove the waiver".to_owned();
                said.push(Diagnostic::new(fault, "waiver/unused", *span, message).veto("EN.1").help(help));
            } else {
                let help = suggest::nearest(code, all()).map(|near| format!("did you mean `{near}`?"));
                let message = format!("no rule or finding is called `{code}`");
                said.push(Diagnostic::new(fault, "waiver/unknown", *span, message).help(help));
            }
        }
    }
    said
}

/// Lifts soft blocks: `--force`. Each is marked, and stays in every report.
pub fn force(findings: &mut [Diagnostic], settings: &Settings) {
    if !settings.force {
        return;
    }
    for finding in findings.iter_mut().filter(|finding| finding.severity == Severity::SoftBlock) {
        let span = finding.span();
        finding.waived.get_or_insert(Waived { reason: "forced".to_owned(), span });
    }
}

fn holds(waiver: &Waiver, settings: &Settings, fault: Severity, said: &mut Vec<Diagnostic>) -> bool {
    let mut holds = true;
    if waiver.reason.as_ref().is_none_or(|reason| reason.trim().is_empty()) {
        holds = false;
        let help = "say why in brackets: `dispatch: allow V1.2 (the client's own words)`".to_owned();
        let message = "the waiver gives no reason, so it does not hold";
        said.push(Diagnostic::new(fault, "waiver/no-reason", waiver.span, message).veto("EN.3").help(help));
    }
    let Some(until) = &waiver.until else { return holds };
    if !is_date(until) {
        holds = false;
        let message = format!("`{until}` is no date");
        let help = "write the year first: `until=2026-12-31`".to_owned();
        said.push(Diagnostic::new(fault, "waiver/bad-date", waiver.span, message).help(help));
    } else if settings.today.as_ref().is_some_and(|today| until < today) {
        holds = false;
        let message = format!("the waiver held until `{until}`");
        let help = "mend the fault, or give the waiver a later day".to_owned();
        said.push(Diagnostic::new(fault, "waiver/expired", waiver.span, message).veto("EN.2").help(help));
    }
    holds
}

/// `2026-12-31`: dates of this form compare as texts.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let number =
        |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    bytes.len() == 10
        && bytes
            .iter()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { *byte == b'-' } else { byte.is_ascii_digit() })
        && (1..=12).contains(&number(5, 7))
        && (1..=31).contains(&number(8, 10))
}

/// All spellings of what a waiver names.
fn names<'a>(code: &'a str, packs: &'a Packs) -> Vec<&'a str> {
    let mut names = vec![code];
    if let Some(rule) = packs.rule(code) {
        names.push(&rule.id);
        names.extend(rule.slug.as_deref());
    }
    names
}

fn covers(names: &[&str], finding: &Diagnostic) -> bool {
    names.contains(&finding.code.as_str()) || finding.vetoes.iter().any(|rule| names.contains(&rule.as_str()))
}
