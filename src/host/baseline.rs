//! Baselines: findings that were there before anybody looked. They may only become fewer.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::HostError;
use super::render::finding::Finding;
use super::write;

const SCHEMA: &str = "dispatch.baseline/v1";

/// Known findings by fingerprint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    known: BTreeMap<String, (String, String)>,
}

#[derive(Serialize, Deserialize)]
struct Document {
    schema: String,
    findings: Vec<Row>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    path: String,
    code: String,
    fingerprint: String,
}

/// Whether a baseline may take in findings it does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Growth {
    /// Only those it knows, if they are still there.
    Shrink,
    /// All.
    Allow,
}

impl Baseline {
    /// Reads a baseline.
    pub fn read(path: &Path) -> Result<Self, HostError> {
        let bytes = fs::read(path).map_err(|error| {
            let trouble = HostError::io("read", path, &error);
            if error.kind() == std::io::ErrorKind::NotFound {
                trouble.hint("make it with `--baseline-update --allow-growth`")
            } else {
                trouble
            }
        })?;
        let wrong =
            |what: String| HostError::world(format!("`{}` is not a baseline: {what}", path.display()));
        let document: Document = serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
        if document.schema != SCHEMA {
            return Err(wrong(format!("its schema is `{}`, not `{SCHEMA}`", document.schema)));
        }
        let known =
            document.findings.into_iter().map(|row| (row.fingerprint, (row.path, row.code))).collect();
        Ok(Self { known })
    }

    /// Whether a finding is known.
    #[must_use]
    pub fn knows(&self, fingerprint: &str) -> bool {
        self.known.contains_key(fingerprint)
    }

    /// The baseline after these findings. What nothing may lower or waive (`forbid`) never enters.
    #[must_use]
    pub fn updated(&self, findings: &[Finding<'_>], growth: Growth, forbid: &[String]) -> Self {
        let may_enter = |finding: &&Finding<'_>| {
            let code = finding.diagnostic.code.as_str();
            let is_forbidden =
                forbid.iter().any(|rule| rule == code || finding.diagnostic.vetoes.contains(rule));
            finding.diagnostic.waived.is_none()
                && !is_forbidden
                && (growth == Growth::Allow || self.knows(&finding.fingerprint))
        };
        let row = |finding: &Finding<'_>| {
            let place = (finding.place.path.clone(), finding.diagnostic.code.to_string());
            (finding.fingerprint.clone(), place)
        };
        Self { known: findings.iter().filter(may_enter).map(row).collect() }
    }

    /// How many findings it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether it knows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Writes it, sorted by path, code, fingerprint, so that a difference reads well.
    pub fn write(&self, path: &Path) -> Result<(), HostError> {
        let mut findings: Vec<Row> = self
            .known
            .iter()
            .map(|(fingerprint, (path, code))| Row {
                path: path.clone(),
                code: code.clone(),
                fingerprint: fingerprint.clone(),
            })
            .collect();
        findings.sort_by(|a, b| (&a.path, &a.code, &a.fingerprint).cmp(&(&b.path, &b.code, &b.fingerprint)));
        let document = Document { schema: SCHEMA.to_owned(), findings };
        let mut text = serde_json::to_vec_pretty(&document).expect("a baseline is plain data");
        text.push(b'\n');
        write::replace(path, &text)
    }
}
