//! `dispatch analyze`: the plan on one screen, nothing written.

use crate::host::error::HostError;
use crate::host::render::Format;
use crate::host::render::screen;
use crate::host::terminal::Terminal;

use super::args::{Global, Sources, change};
use super::job::Job;
use super::{CLEAN, FINDINGS};

/// Show the plan on one screen, write nothing
///
/// With --format json the manifest is printed, even of a plan that is blocked; with the other formats, the findings.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    sources: Sources,
    /// Lift soft blocks; the plan records it
    #[arg(long)]
    force: bool,
}

pub(super) fn run(global: &Global, args: &Args, terminal: &mut Terminal) -> Result<u8, HostError> {
    let mut request = args.sources.request(global);
    if args.force {
        request.overrides.push(change("force", "true", "--force"));
    }
    let job = Job::open(&request, terminal)?;
    let compilation = job.compile();
    let plan = &compilation.plan;
    match global.format {
        Format::Json => terminal.print_bytes(&compilation.manifest())?,
        Format::Human => {
            job.report(&compilation, global, terminal);
            let words: Vec<String> = args.sources.inputs.iter().map(|input| word(input)).collect();
            let words = words.join(" ");
            let next = if plan.is_blocked() {
                ["mend what blocks, then look again".to_owned()]
            } else {
                [format!("write it with `dispatch compile {words}`")]
            };
            terminal.print(|out, style| screen::write(plan, &job.project.inputs, style, &next, out))?;
        }
        format @ (Format::Short
        | Format::Sarif
        | Format::Github
        | Format::Gitlab
        | Format::Junit
        | Format::Markdown) => job.print(&compilation, format, terminal)?,
    }
    Ok(if plan.is_blocked() { FINDINGS } else { CLEAN })
}

/// A word as a shell reads it back.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | ':' | ',' | '+' | '@');
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
