//! `dispatch init`: a first `dispatch.yaml`, or a shipped file to be edited.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use crate::builtin;
use crate::host::error::HostError;
use crate::host::root::Root;
use crate::host::terminal::Terminal;

use super::CLEAN;
use super::args::Global;

/// Write a first dispatch.yaml, or copy a shipped file for editing
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Copy this shipped file into the project, where it covers the shipped one; may be repeated
    #[arg(long, value_name = "PATH")]
    eject: Vec<String>,
    /// List the shipped files
    #[arg(long, conflicts_with = "eject")]
    list: bool,
}

/// The formats of other tools, by what lies in a project that uses them.
const SIGNS: [(&str, &str); 7] = [
    (".specify", "spec-kit"),
    ("specs", "spec-kit"),
    (".kiro", "Kiro"),
    ("openspec", "OpenSpec"),
    (".taskmaster", "Task Master"),
    ("backlog", "Backlog.md"),
    (".beads", "Beads"),
];

const FIRST: &str = "\
# What this project decides. Every key is optional: `dispatch config` prints all of them with the values in force,
# `dispatch schema dispatch` their JSON Schema.
";

pub(super) fn run(global: &Global, args: &Args, terminal: &mut Terminal) -> Result<u8, HostError> {
    if args.list {
        terminal.print(|out, _| builtin::files().try_for_each(|(path, _)| writeln!(out, "{path}")))?;
        return Ok(CLEAN);
    }
    let root = Root::find(global.root.as_deref(), None)?;
    if !args.eject.is_empty() {
        for path in &args.eject {
            eject(&root, path, terminal)?;
        }
        return Ok(CLEAN);
    }
    create(&root.locate("dispatch.yaml"), FIRST.as_bytes())?;
    let mut seen: Vec<&str> =
        SIGNS.iter().filter(|(sign, _)| root.path.join(sign).is_dir()).map(|(_, tool)| *tool).collect();
    seen.dedup();
    terminal.print(|out, _| {
        writeln!(out, "wrote {}", root.locate("dispatch.yaml").display())?;
        for tool in &seen {
            writeln!(out, "found documents of {tool}: compile them as they are")?;
        }
        writeln!(out, "next: dispatch analyze STORY")
    })?;
    Ok(CLEAN)
}

fn eject(root: &Root, path: &str, terminal: &mut Terminal) -> Result<(), HostError> {
    let path = path.strip_prefix("builtin:").unwrap_or(path);
    let Some(bytes) = builtin::file(path) else {
        let known: Vec<String> = builtin::files().map(|(path, _)| path).collect();
        let hint = match crate::base::suggest::nearest(path, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "see them all with `dispatch init --list`".to_owned(),
        };
        return Err(HostError::usage(format!("no file `{path}` is shipped")).hint(hint));
    };
    let target = root.locate(path);
    if let Some(folder) = target.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|error| HostError::io("make the folder", folder, &error))?;
    }
    create(&target, bytes)?;
    terminal.print(|out, _| writeln!(out, "wrote {}: it covers the shipped file, whole", target.display()))
}

/// Writes a file where none is.
fn create(path: &Path, bytes: &[u8]) -> Result<(), HostError> {
    let written =
        OpenOptions::new().write(true).create_new(true).open(path).and_then(|mut file| file.write_all(bytes));
    written.map_err(|error| {
        let trouble = HostError::io("write", path, &error);
        if error.kind() == io::ErrorKind::AlreadyExists {
            trouble.hint("edit it, or move it away first")
        } else {
            trouble
        }
    })
}
