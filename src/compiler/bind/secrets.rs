//! What looks like a key is replaced, letter for letter, before anything else reads a file.
//!
//! *Invariant*: places stay what they were, and so does the form of the file: blanks and ends of lines are kept.

use std::ops::Range;

use memchr::memmem;
use regex::Regex;
use serde::Deserialize;

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::source::{Layer, Masked};
use crate::base::span::{FileId, Span};

/// Where the data stands.
pub const FILE: &str = "squads/dispatch/data/secrets.yaml";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(rename = "schema")]
    _schema: String,
    unless: String,
    kinds: Vec<Kind>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(test), expect(dead_code, reason = "the examples are for tests"))]
struct Kind {
    what: String,
    near: Vec<String>,
    #[serde(rename = "match")]
    pattern: String,
    #[serde(rename = "is")]
    matching: Vec<String>,
    #[serde(rename = "is_not")]
    other: Vec<String>,
}

/// A file that is shipped, by path.
type Shipped = fn(&str) -> Option<&'static [u8]>;

/// Masks what looks like a key in every file that was not looked at before and is not `shipped`. What is wrong with the
/// data is returned.
pub fn mask(inputs: &mut Inputs, shipped: Shipped) -> Vec<Diagnostic> {
    let fresh: Vec<_> = inputs
        .files()
        .filter(|(id, file)| {
            file.layer != Layer::Builtin && !file.is_screened() && !is_ours(inputs, *id, shipped)
        })
        .map(|(id, _)| id)
        .collect();
    if fresh.is_empty() || inputs.find(FILE).is_none() {
        return Vec::new();
    }
    let outcome = super::data::load::<Form>(inputs, FILE);
    let (form, mut findings) = (outcome.value, outcome.findings);
    for id in fresh {
        let found = find(inputs.text(id), &form, &mut findings);
        inputs.screen(id, found);
    }
    findings
}

/// Whether a file is one that is shipped, byte for byte, or the patterns themselves: their examples are nobody's keys.
fn is_ours(inputs: &Inputs, id: FileId, shipped: Shipped) -> bool {
    let path = inputs.file(id).path.as_str();
    path == FILE || shipped(path).is_some_and(|bytes| bytes == inputs.text(id).as_bytes())
}

/// What looks like a key, in order, none inside another.
fn find(text: &str, form: &Form, findings: &mut Vec<Diagnostic>) -> Vec<Masked> {
    let mut found: Vec<(Range<usize>, &str)> = Vec::new();
    // Patterns are compiled for texts that have their letters: hardly any has.
    let has = |near: &String| memmem::find(text.as_bytes(), near.as_bytes()).is_some();
    let near: Vec<&Kind> = form.kinds.iter().filter(|kind| kind.near.iter().any(has)).collect();
    if near.is_empty() {
        return Vec::new();
    }
    let patterns = near.iter().map(|kind| Regex::new(&kind.pattern)).collect::<Result<Vec<_>, _>>();
    let (patterns, unless) = match (patterns, Regex::new(&form.unless)) {
        (Ok(patterns), Ok(unless)) => (patterns, unless),
        (Err(error), _) | (_, Err(error)) => {
            let at = Span::head(FileId(0));
            let message = format!("`{FILE}` holds no pattern: {error}");
            findings.push(Diagnostic::error("data/invalid", at, message));
            return Vec::new();
        }
    };
    for (kind, pattern) in near.into_iter().zip(patterns) {
        for hit in pattern.find_iter(text) {
            let covered =
                |(known, _): &(Range<usize>, &str)| known.start < hit.end() && hit.start() < known.end;
            if !unless.is_match(hit.as_str()) && !found.iter().any(covered) {
                found.push((hit.range(), &kind.what));
            }
        }
    }
    found.sort_by_key(|(range, _)| range.start);
    found.into_iter().map(|(range, what)| Masked { range, what: what.to_owned() }).collect()
}

#[cfg(test)]
mod tests {
    use super::{FILE, Form, find, mask};
    use crate::base::inputs::{Inputs, RelPath};

    #[test]
    fn every_kind_finds_its_examples() {
        let text = String::from_utf8(crate::builtin::file(FILE).unwrap().to_vec()).unwrap();
        let form: Form = serde_yaml::from_str(&text).unwrap();
        assert!(form.kinds.len() > 10);
        for kind in &form.kinds {
            let check = |text: &str| {
                let text = format!("Use {text} here.\n");
                let found = find(&text, &form, &mut Vec::new());
                found.into_iter().map(|masked| masked.what).collect::<Vec<_>>()
            };
            for text in &kind.matching {
                assert_eq!(check(text), [kind.what.as_str()], "{text}");
            }
            for text in &kind.other {
                assert_eq!(check(text), Vec::<String>::new(), "{text}");
            }
        }
    }

    #[test]
    fn masks_keep_places() {
        let mut inputs = Inputs::new();
        let key = "AKIAQM7ZT2LR9WC4KP8V";
        let text = format!("ção {key} x\n-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\nend\n");
        let file = inputs.add_document(RelPath::new("a.md").unwrap(), text.clone().into_bytes());
        crate::builtin::underlay(&mut inputs);
        assert_eq!(mask(&mut inputs, crate::builtin::file), []);
        let masked = inputs.text(file);
        assert_eq!(masked.len(), text.len());
        assert_eq!(masked.lines().next(), Some(&*format!("ção {} x", "x".repeat(key.len()))));
        assert!(
            masked.lines().count() == 5 && masked.ends_with("end\n") && !masked.contains("abc"),
            "{masked}"
        );
        assert_eq!(mask(&mut inputs, crate::builtin::file), []);
        assert_eq!(inputs.file(file).masked().len(), 2);
    }

    #[test]
    fn what_is_shipped_holds_no_key() {
        let rules = "squads/dispatch/data/document-rules.yaml";
        let text = crate::builtin::file(rules).unwrap();
        for (path, bytes, masked) in [
            (rules, text.to_vec(), 0),
            (rules, [text, b"# AKIAQM7ZT2LR9WC4KP8V\n"].concat(), 2),
            (FILE, b"schema: mine # AKIAQM7ZT2LR9WC4KP8V\n".to_vec(), 0),
        ] {
            let mut inputs = Inputs::new();
            let file = inputs.add_document(RelPath::new(path).unwrap(), bytes);
            crate::builtin::underlay(&mut inputs);
            mask(&mut inputs, crate::builtin::file);
            assert!(inputs.file(file).masked().len() >= masked, "{path}");
            assert_eq!(inputs.file(file).masked().is_empty(), masked == 0, "{path}");
        }
    }
}
