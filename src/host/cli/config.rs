//! `dispatch config`: every setting in force, and where it was set.

use crate::host::error::HostError;
use crate::host::files;
use crate::host::render::paint::{Ink, Paint};
use crate::host::render::{self, Format, Report};
use crate::host::terminal::Terminal;

use super::args::{Global, change};
use super::{CLEAN, FINDINGS};

/// Print every setting with its value and where it was set
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only settings whose key begins so
    #[arg(value_name = "KEY")]
    key: Option<String>,
    /// A setting for this run: limits.wave=20m
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
}

pub(super) fn run(global: &Global, args: &Args, terminal: &mut Terminal) -> Result<u8, HostError> {
    global.only(&[Format::Human, Format::Short, Format::Json], "config")?;
    let mut request = global.request();
    for pair in &args.set {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        request.overrides.push(change(key.trim(), value.trim(), "--set"));
    }
    let project = files::configure(&request)?;
    if !project.findings.is_empty() {
        let report = Report::new(&project.inputs, &project.findings, &[], &|_| false);
        terminal.note(|out, style| render::write(global.format, &report, style, out));
    }
    let prefix = args.key.as_deref().unwrap_or_default();
    let origins: Vec<_> =
        project.settings.origins.iter().filter(|origin| origin.key.starts_with(prefix)).collect();
    if origins.is_empty() {
        let known = project.settings.origins.iter().map(|origin| origin.key.as_str());
        let near = crate::base::suggest::nearest(prefix, known).map(|key| format!("did you mean `{key}`?"));
        let error = HostError::usage(format!("no setting begins with `{prefix}`"));
        return Err(HostError { hint: near.or(error.hint), ..error });
    }
    if global.format == Format::Json {
        let rows: Vec<serde_json::Value> = origins
            .iter()
            .map(|origin| {
                let value: serde_json::Value = serde_json::from_str(&origin.value).unwrap_or_default();
                serde_json::json!({ "key": origin.key, "value": value, "from": origin.from })
            })
            .collect();
        let document = serde_json::json!({ "schema": "dispatch.config/v1", "settings": rows });
        terminal.print(|out, _| writeln!(out, "{document:#}"))?;
    } else {
        terminal.print(|out, style| {
            let paint = Paint::new(style);
            for origin in &origins {
                let from = paint.ink(Ink::Faint, &format!("# {}", origin.from));
                writeln!(out, "{}: {}  {from}", origin.key, origin.value)?;
            }
            Ok(())
        })?;
    }
    let is_broken = project.findings.iter().any(crate::base::diagnostic::Diagnostic::blocks);
    Ok(if is_broken { FINDINGS } else { CLEAN })
}
