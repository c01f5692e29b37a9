//! `dispatch request`: what to send to have a document broken down.

use std::path::PathBuf;

use clap::ValueHint;

use crate::compiler;
use crate::compiler::generate::request::request;
use crate::host::error::HostError;
use crate::host::render::{self, Format, Report};
use crate::host::terminal::Terminal;
use crate::host::write;

use super::args::{Global, Sources};
use super::job::Job;
use super::{CLEAN, FINDINGS};

/// Print what to send to have a document broken down into tasks
///
/// For requirements and prose that structure alone does not break down. Save the answer as NAME.plan.yaml and compile it
/// with --verify-against DOCUMENT: that proves it against its source.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    sources: Sources,
    /// Write request.md and answer.schema.json into this folder instead
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    out: Option<PathBuf>,
}

pub(super) fn run(global: &Global, args: &Args, terminal: &mut Terminal) -> Result<u8, HostError> {
    let job = Job::open(&args.sources.request(global), terminal)?;
    let inputs = &job.project.inputs;
    let drafts = compiler::drafts(inputs, &job.library).value;
    let [draft] = &drafts[..] else {
        return Err(HostError::usage(format!("a request is about one document, not {}", drafts.len()))
            .hint("name one file"));
    };
    let made = match request(inputs, draft) {
        Ok(made) => made,
        Err(faults) => {
            let report = Report::new(inputs, &faults, &[], &|_| false);
            terminal.note(|out, style| render::write(global.format, &report, style, out));
            return Ok(FINDINGS);
        }
    };
    let path = inputs.display_path(draft.file);
    let next = format!(
        "save the answer as NAME.plan.yaml, then: dispatch compile NAME.plan.yaml --verify-against {path}"
    );
    if let Some(out) = &args.out {
        std::fs::create_dir_all(out).map_err(|error| HostError::io("make the folder", out, &error))?;
        write::replace(&out.join("request.md"), made.prompt.as_bytes())?;
        write::replace(&out.join("answer.schema.json"), made.schema.as_bytes())?;
        terminal.say(&next);
        return Ok(CLEAN);
    }
    if global.format == Format::Json {
        let schema: serde_json::Value = serde_json::from_str(&made.schema).unwrap_or_default();
        let facts = serde_json::json!({
            "schema": "dispatch.request/v1", "source": path, "prompt": made.prompt, "answer": schema, "next": next,
        });
        terminal.print(|out, _| writeln!(out, "{facts:#}"))?;
        return Ok(CLEAN);
    }
    terminal.print_bytes(made.prompt.as_bytes())?;
    terminal.say(&next);
    Ok(CLEAN)
}
