//! `dispatch graph`: the graph of a plan, for people and programs that draw.

use crate::compiler::generate::picture::{self, Drawing};
use crate::host::error::HostError;
use crate::host::render::Format;
use crate::host::terminal::Terminal;

use super::args::{Global, Sources};
use super::job::Job;
use super::{CLEAN, FINDINGS};

/// Draw the graph of a plan; the critical chain stands out
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    sources: Sources,
    /// As what [default: dot, or json with --format json]
    #[arg(long = "as", value_name = "KIND")]
    kind: Option<Drawing>,
}

pub(super) fn run(global: &Global, args: &Args, terminal: &mut Terminal) -> Result<u8, HostError> {
    let job = Job::open(&args.sources.request(global), terminal)?;
    let compilation = job.compile();
    job.report(&compilation, global, terminal);
    let usual = if global.format == Format::Json { Drawing::Json } else { Drawing::Dot };
    let kind = args.kind.unwrap_or(usual);
    terminal.print(|out, _| picture::write(kind, &compilation.plan, &job.project.inputs, out))?;
    Ok(if compilation.plan.is_blocked() { FINDINGS } else { CLEAN })
}
