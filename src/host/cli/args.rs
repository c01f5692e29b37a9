//! Arguments that several commands share.

use std::path::PathBuf;

use clap::{Args, ValueEnum as _, ValueHint};

use crate::compiler::bind::settings::Override;
use crate::host::error::HostError;
use crate::host::files::Request;
use crate::host::render::Format;
use crate::host::terminal::Color;

/// Arguments of every command.
#[derive(Debug, Args)]
pub(super) struct Global {
    /// The project's folder [default: the nearest one above with dispatch.yaml or .git]
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Global options")]
    pub(super) root: Option<PathBuf>,
    /// The configuration to use instead of dispatch.yaml
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Global options")]
    pub(super) config: Option<PathBuf>,
    /// How findings and results are written
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        default_value = "human",
        help_heading = "Global options"
    )]
    pub(super) format: Format,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Global options")]
    pub(super) color: Color,
    /// Say only what was asked for
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Global options")]
    pub(super) quiet: bool,
    /// Give reasons, too
    #[arg(short, long, global = true, help_heading = "Global options")]
    pub(super) verbose: bool,
    /// Show no progress
    #[arg(long, global = true, help_heading = "Global options")]
    pub(super) no_progress: bool,
}

/// What to compile, and what is decided for this run.
#[derive(Debug, Args)]
pub(super) struct Sources {
    /// Stories, PRDs, task lists, plans: files, folders, quoted globs, or - for standard input
    #[arg(required = true, value_name = "INPUT", value_hint = ValueHint::AnyPath)]
    pub(super) inputs: Vec<String>,
    #[command(flatten)]
    pub(super) decisions: Decisions,
}

/// What is decided on the command line.
#[derive(Debug, clap::Args)]
pub(super) struct Decisions {
    /// How strictly to judge: standard, strict, legacy
    #[arg(long, value_name = "NAME", help_heading = "Decisions")]
    pub(super) profile: Option<String>,
    /// Two tasks on one path: serialize or deny
    #[arg(long, value_name = "HOW", help_heading = "Decisions")]
    pub(super) races: Option<String>,
    /// Read the inputs as this dialect
    #[arg(long, value_name = "NAME", help_heading = "Decisions")]
    pub(super) dialect: Option<String>,
    /// Tasks at once
    #[arg(long, value_name = "N", help_heading = "Decisions")]
    pub(super) max_parallel: Option<String>,
    /// US dollars the plan may cost
    #[arg(long, value_name = "USD", help_heading = "Decisions")]
    pub(super) budget: Option<String>,
    /// Time the plan may take: 90s, 15m, 1h30m
    #[arg(long, value_name = "TIME", help_heading = "Decisions")]
    pub(super) deadline: Option<String>,
    /// Language of what the tasks make
    #[arg(long, value_name = "TAG", help_heading = "Decisions")]
    pub(super) language: Option<String>,
    /// The day against which waivers and prices are judged
    #[arg(long, value_name = "YYYY-MM-DD", help_heading = "Decisions")]
    pub(super) as_of: Option<String>,
    /// Confirm a batch
    #[arg(long, help_heading = "Decisions")]
    pub(super) yes: bool,
    /// Any setting of dispatch.yaml: limits.wave=20m
    #[arg(long = "set", value_name = "KEY=VALUE", help_heading = "Decisions")]
    pub(super) set: Vec<String>,
}

/// Beginnings of the shipped paths a compilation needs.
const COMPILE: [&str; 3] = ["squads/dispatch/", "templates/", "schemas/"];

impl Global {
    /// A request that reads the configuration only.
    pub(super) fn request(&self) -> Request {
        Request { root: self.root.clone(), config: self.config.clone(), ..Request::default() }
    }

    /// Refuses formats a command has no answer in.
    pub(super) fn only(&self, known: &[Format], command: &str) -> Result<(), HostError> {
        if known.contains(&self.format) {
            return Ok(());
        }
        let name = |format: &Format| {
            format.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
        };
        let known = known.iter().map(name).collect::<Vec<_>>().join(", ");
        let message = format!("`{command}` has no format `{}`", name(&self.format));
        Err(HostError::usage(message).hint(format!("use one of: {known}")))
    }
}

impl Sources {
    /// A request for everything a compilation may ask about.
    pub(super) fn request(&self, global: &Global) -> Request {
        self.decisions.request(global, self.inputs.clone())
    }
}

impl Decisions {
    /// A request for everything a compilation of `documents` may ask about.
    pub(super) fn request(&self, global: &Global, documents: Vec<String>) -> Request {
        let flags = [
            ("profile", "--profile", &self.profile),
            ("races", "--races", &self.races),
            ("dialect", "--dialect", &self.dialect),
            ("limits.max_parallel", "--max-parallel", &self.max_parallel),
            ("budget", "--budget", &self.budget),
            ("deadline", "--deadline", &self.deadline),
            ("language", "--language", &self.language),
            ("as_of", "--as-of", &self.as_of),
        ];
        let given =
            flags.into_iter().filter_map(|(key, flag, value)| Some(change(key, value.as_deref()?, flag)));
        let set = self.set.iter().map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            change(key.trim(), value.trim(), "--set")
        });
        let yes = self.yes.then(|| change("batch.confirmed", "true", "--yes"));
        Request {
            documents,
            overrides: given.chain(set).chain(yes).collect(),
            shipped: COMPILE.to_vec(),
            ..global.request()
        }
    }
}

/// A value set by a flag.
pub(super) fn change(key: &str, value: &str, from: &str) -> Override {
    Override { key: key.to_owned(), value: value.to_owned(), from: from.to_owned() }
}
