//! The names of outputs: what is written must be a file on every system, and two names must be two files on all of them.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;

use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::span::Span;
use crate::ir::draft::PathRole;
use crate::ir::graph::TaskGraph;

use super::Context;

/// Judges every path that a task makes or changes. Native plans are refused; documents of other tools are warned.
pub(super) fn judge(context: Context<'_>, graph: &TaskGraph, findings: &mut Vec<Diagnostic>) {
    let mut spelled: BTreeMap<String, (&str, Span)> = BTreeMap::new();
    for (id, task) in graph.tasks.iter().filter(|(_, task)| !task.done) {
        let foreign = graph.stories[task.story].foreign;
        let severity = if foreign { Severity::Warning } else { Severity::Error };
        for output in graph.outputs_of(id).iter().filter(|output| output.action != PathRole::Read) {
            let (path, at) = (output.path.get(context.inputs), output.path.at());
            if let Some(part) = path.split('/').find_map(|part| reserved(context, part)) {
                findings.push(
                    Diagnostic::new(
                        severity,
                        "path/reserved",
                        at,
                        format!("`{part}` in `{path}` is no file name on every system"),
                    )
                    .help("choose another name".to_owned()),
                );
            }
            let (first, place) = *spelled.entry(shared(path)).or_insert((path, at));
            if first != path {
                findings.push(
                    Diagnostic::new(
                        severity,
                        "path/collision",
                        at,
                        format!("`{path}` and `{first}` are one file on some systems"),
                    )
                    .label(place, "the first one")
                    .help(format!("write `{first}` in both places, or choose another name")),
                );
            }
        }
    }
}

/// The part, if it names a device, or ends in what some systems cut off.
fn reserved<'p>(context: Context<'_>, part: &'p str) -> Option<&'p str> {
    let stem = part.split('.').next().unwrap_or(part).trim_end();
    let device = context.lexicon.device_names.iter().any(|name| name.eq_ignore_ascii_case(stem));
    let cut = part.ends_with([' ', '.']) && !matches!(part, "." | "..");
    (device || cut || part.chars().any(char::is_control)).then_some(part)
}

/// What a file system that forgets case and composes characters makes of a path.
fn shared(path: &str) -> String {
    if path.is_ascii() {
        return path.to_ascii_lowercase();
    }
    path.nfc().flat_map(char::to_lowercase).nfc().collect()
}
