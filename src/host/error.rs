//! `HostError`: the world failed us, and what to try.

use std::fmt;
use std::io;
use std::path::Path;

/// What kind of trouble, and so which exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The command line cannot be meant: exit 2.
    Usage,
    /// A file, folder or stream could not be read or written: exit 3.
    World,
    /// Whoever reads our output has gone: not an error at all.
    ClosedPipe,
}

/// Trouble with the world: one line that names the thing and the cause, and what to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostError {
    /// What kind of trouble.
    pub kind: ErrorKind,
    /// One line: what failed, on what, why.
    pub message: String,
    /// What to try, as an imperative.
    pub hint: Option<String>,
}

impl HostError {
    /// A command line that cannot be meant.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Usage, message: message.into(), hint: None }
    }
    /// The world failed us in a way no system call reports.
    pub fn world(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::World, message: message.into(), hint: None }
    }
    /// A system call failed while we tried to `verb` the file at `path`.
    pub fn io(verb: &str, path: &Path, error: &io::Error) -> Self {
        let shown = path.display().to_string().replace(|c: char| c.is_control(), "\u{fffd}");
        Self {
            kind: ErrorKind::World,
            message: format!("cannot {verb} `{shown}`: {}", cause(error)),
            hint: remedy(error).map(str::to_owned),
        }
    }
    /// A stream could not be written; a closed pipe is told apart.
    pub fn stream(name: &str, error: &io::Error) -> Self {
        let kind =
            if error.kind() == io::ErrorKind::BrokenPipe { ErrorKind::ClosedPipe } else { ErrorKind::World };
        Self {
            kind,
            message: format!("cannot write to {name}: {}", cause(error)),
            hint: remedy(error).map(str::to_owned),
        }
    }
    /// Says what to try.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
    /// The exit status of DESIGN 2.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self.kind {
            ErrorKind::Usage => 2,
            ErrorKind::World => 3,
            ErrorKind::ClosedPipe => 0,
        }
    }
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  = {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for HostError {}

/// The cause in the system's own words, lower case, without the number.
pub(super) fn cause(error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::NotFound {
        return "no such file or folder".to_owned();
    }
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn remedy(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        io::ErrorKind::StorageFull => Some("free some space and run the command again"),
        io::ErrorKind::QuotaExceeded => Some("free some of your quota and run the command again"),
        io::ErrorKind::ReadOnlyFilesystem => Some("choose a writable folder with `--out`"),
        io::ErrorKind::PermissionDenied => {
            Some("allow it with `chmod`, or choose another folder with `--out`")
        }
        io::ErrorKind::NotFound => Some("check the spelling, and the folder you are in"),
        io::ErrorKind::IsADirectory => Some("name a file"),
        io::ErrorKind::NotADirectory => Some("a file stands where a folder is needed: move it away"),
        io::ErrorKind::InvalidFilename => Some("choose a shorter name"),
        _ if matches!(error.raw_os_error(), Some(23 | 24)) => {
            Some("raise the limit of open files with `ulimit -n`")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{ErrorKind, HostError};
    use std::io;
    use std::path::Path;

    #[test]
    fn one_line_names_file_and_cause() {
        let error = HostError::io("write", Path::new("a/b"), &io::Error::from_raw_os_error(28));
        assert_eq!(error.message, "cannot write `a/b`: no space left on device");
        assert_eq!((error.kind, error.exit_code()), (ErrorKind::World, 3));
        assert!(error.hint.is_some());
    }

    #[test]
    fn a_closed_pipe_is_no_error() {
        let error = HostError::stream("standard output", &io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!(error.exit_code(), 0);
    }
}
