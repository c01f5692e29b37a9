//! Standard output and standard error: what goes where, in what style, and how a failure to write is told.

use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::time::{Duration, Instant};

use super::error::HostError;
use super::render::Style;

/// When colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Volume {
    /// Only what was asked for, and errors.
    Quiet,
    /// The usual.
    Usual,
    /// Reasons, too.
    Verbose,
}

/// Both streams.
#[derive(Debug)]
pub struct Terminal {
    out: BufWriter<io::Stdout>,
    /// How standard output is drawn.
    pub style: Style,
    /// How standard error is drawn.
    pub error_style: Style,
    /// How much is said.
    pub volume: Volume,
    shows_progress: bool,
    begun: Instant,
    drawn: bool,
}

/// Work shorter than this shows no progress.
const PATIENCE: Duration = Duration::from_millis(400);
/// Columns where nobody says how wide a terminal is, and where there is none.
const COLUMNS: usize = 100;
/// Wider lines are hard to read.
const WIDEST: usize = 160;
const NARROWEST: usize = 60;

impl Terminal {
    /// The streams of this process.
    #[must_use]
    pub fn new(color: Color, volume: Volume, no_progress: bool) -> Self {
        let (out, error) = (io::stdout(), io::stderr());
        let (out_is_terminal, error_is_terminal) = (out.is_terminal(), error.is_terminal());
        let style = |is_terminal: bool| Style {
            color: wants_color(color, is_terminal),
            unicode: !is_terminal || speaks_unicode(),
            width: if is_terminal { columns() } else { COLUMNS },
            verbose: volume == Volume::Verbose,
        };
        Self {
            style: style(out_is_terminal),
            error_style: style(error_is_terminal),
            out: BufWriter::with_capacity(1 << 16, out),
            volume,
            shows_progress: error_is_terminal && !no_progress && volume != Volume::Quiet,
            begun: Instant::now(),
            drawn: false,
        }
    }

    /// Writes to standard output.
    pub fn print(
        &mut self,
        write: impl FnOnce(&mut dyn Write, Style) -> io::Result<()>,
    ) -> Result<(), HostError> {
        self.clear();
        write(&mut self.out, self.style).map_err(|error| HostError::stream("standard output", &error))
    }

    /// Writes bytes to standard output.
    pub fn print_bytes(&mut self, bytes: &[u8]) -> Result<(), HostError> {
        self.print(|out, _| out.write_all(bytes))
    }

    /// Hands everything on; whoever forgets this loses output.
    pub fn flush(&mut self) -> Result<(), HostError> {
        self.clear();
        self.out.flush().map_err(|error| HostError::stream("standard output", &error))
    }

    /// Writes to standard error, where a failure cannot be told to anyone.
    pub fn note(&mut self, write: impl FnOnce(&mut dyn Write, Style) -> io::Result<()>) {
        self.clear();
        let mut error = BufWriter::new(io::stderr());
        let _ = write(&mut error, self.error_style).and_then(|()| error.flush());
    }

    /// Says something on standard error, unless quiet.
    pub fn say(&mut self, text: &str) {
        if self.volume != Volume::Quiet {
            self.note(|error, _| writeln!(error, "{text}"));
        }
    }

    /// Shows how far long work has come.
    pub fn progress(&mut self, what: &str, done: usize) {
        if self.shows_progress && done.is_multiple_of(256) && self.begun.elapsed() > PATIENCE {
            self.drawn = true;
            let _ = write!(io::stderr(), "\r{what} {done} …\u{1b}[K");
        }
    }

    fn clear(&mut self) {
        if self.drawn {
            self.drawn = false;
            let _ = write!(io::stderr(), "\r\u{1b}[K");
        }
    }
}

fn wants_color(color: Color, is_terminal: bool) -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            is_terminal && !is_set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        }
    }
}

/// Whether the locale promises UTF-8; where it says nothing, most terminals do.
fn speaks_unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    locale.is_none_or(|locale| locale.to_lowercase().contains("utf"))
}

fn columns() -> usize {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let columns = told.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)));
    columns.unwrap_or(COLUMNS).clamp(NARROWEST, WIDEST)
}
