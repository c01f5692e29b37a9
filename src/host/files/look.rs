//! Looking at what stands at paths of the working tree: fenced inside the root, links that lead out refused, nothing
//! opened that is neither file nor folder.

use std::collections::BTreeSet;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use walkdir::WalkDir;

use crate::base::digest::Digest;
use crate::base::glob::Glob;
use crate::base::inputs::RelPath;
use crate::base::source::Layer;
use crate::base::span::FileId;
use crate::compiler::bind::secrets::mask;
use crate::compiler::check::operator::normalized;
use crate::compiler::check::verify::is_pattern;
use crate::compiler::check::verify::tree::{Content, Stand, Tree};
use crate::host::error::HostError;

use super::Project;
use super::read::Store;

/// What a refused path does.
const LEADS_OUT: &str = "leads out of the root and is not looked at";

/// Reads a file the user named, of any length that can be counted.
pub fn named(project: &mut Project, typed: &Path) -> Result<FileId, HostError> {
    let Project { root, inputs, stamps, .. } = project;
    let file = Store { root, inputs, stamps, limit: u64::from(u32::MAX) - 2 }
        .named(&typed.to_string_lossy(), Layer::Named)?;
    mask(inputs, crate::builtin::file);
    Ok(file)
}

/// The same; where the disk has no such file, the shipped one of that path.
pub fn named_or_shipped(project: &mut Project, typed: &Path) -> Result<FileId, HostError> {
    let shipped = typed.to_str().and_then(|path| project.inputs.find(path));
    match shipped.filter(|_| !typed.exists()) {
        Some(file) => Ok(file),
        None => named(project, typed),
    }
}

/// Looks at paths as a manifest writes them. Text that is found becomes a file of the project's inputs.
pub fn look(project: &mut Project, paths: &BTreeSet<String>) -> Tree {
    let mut tree = Tree::new();
    for path in paths {
        // `app/[slug].tsx` may be the name of a file.
        let literal = if path.ends_with('/') { Stand::Absent } else { stand(project, path) };
        if literal != Stand::Absent || !is_pattern(path) {
            tree.insert(path.clone(), literal);
            continue;
        }
        let (many, stand) = match matches(project, path) {
            Ok(many) => (many.clone(), Stand::Many(many)),
            Err(why) => (Vec::new(), why),
        };
        for name in many {
            let stand = self::stand(project, &name);
            tree.entry(name).or_insert(stand);
        }
        tree.insert(path.clone(), stand);
    }
    mask(&mut project.inputs, crate::builtin::file);
    tree
}

/// What stands at a path.
fn stand(project: &mut Project, path: &str) -> Stand {
    let Some(name) = normalized(path).and_then(|path| RelPath::new(&path)) else {
        return Stand::Refused(LEADS_OUT.to_owned());
    };
    let place = project.root.path.join(name.as_str());
    match probe(&project.root.path, &place) {
        Ok(None) => Stand::Absent,
        Ok(Some(found)) if found.is_dir() => Stand::Folder,
        Ok(Some(found)) if !found.is_file() => Stand::Unread("is neither a file nor a folder".to_owned()),
        Ok(Some(found)) if found.len() > project.settings.limits.file_bytes => Stand::Unread(format!(
            "has {} bytes, and at most {} are read: see `limits.file_bytes`",
            found.len(),
            project.settings.limits.file_bytes
        )),
        Ok(Some(found)) => read(project, name, &place, &found),
        Err(stand) => stand,
    }
}

/// What is known of a place without opening it; nothing if nothing is there.
fn probe(root: &Path, place: &Path) -> Result<Option<Metadata>, Stand> {
    let real = match fs::canonicalize(place) {
        Ok(real) => real,
        Err(error) if is_absence(&error) => return Ok(None),
        Err(error) => return Err(unread(&error)),
    };
    let root = fs::canonicalize(root).map_err(|error| unread(&error))?;
    if !real.starts_with(root) {
        return Err(Stand::Refused(LEADS_OUT.to_owned()));
    }
    match fs::metadata(&real) {
        Ok(found) => Ok(Some(found)),
        Err(error) if is_absence(&error) => Ok(None),
        Err(error) => Err(unread(&error)),
    }
}

fn read(project: &mut Project, name: RelPath, place: &Path, found: &Metadata) -> Stand {
    let bytes = match fs::read(place) {
        Ok(bytes) => bytes,
        Err(error) if is_absence(&error) => return Stand::Absent,
        Err(error) => return unread(&error),
    };
    let modified = found.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let (length, sha256) = (bytes.len() as u64, Digest::of(&bytes));
    let file = project.inputs.add(name, Layer::Named, bytes);
    Stand::File(Content { file, bytes: length, modified: modified.map(|time| time.as_secs_f64()), sha256 })
}

/// The files a pattern stands for, sorted; a folder stands for what lies in it.
fn matches(project: &Project, pattern: &str) -> Result<Vec<String>, Stand> {
    let Some(whole) = normalized(pattern) else { return Err(Stand::Refused(LEADS_OUT.to_owned())) };
    let whole = if pattern.ends_with('/') { format!("{whole}/**") } else { whole };
    let fixed: PathBuf = whole.split('/').take_while(|part| !is_pattern(part)).collect();
    let folder = project.root.path.join(fixed);
    if probe(&project.root.path, &folder)?.is_none() {
        return Ok(Vec::new());
    }
    let glob = Glob::parse(&whole);
    let most = usize::try_from(project.settings.reading.names).unwrap_or(usize::MAX);
    let mut found = Vec::new();
    for entry in WalkDir::new(&folder).sort_by_file_name() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let error = error.into_io_error().unwrap_or_else(|| io::Error::from(io::ErrorKind::Other));
                if is_absence(&error) {
                    continue;
                }
                return Err(unread(&error));
            }
        };
        if entry.file_type().is_dir() {
            continue;
        }
        let Ok(name) = entry.path().strip_prefix(&project.root.path) else { continue };
        let name = name.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
        if glob.matches(&name) {
            found.push(name);
        }
        if found.len() > most {
            return Err(Stand::Unread(format!("stands for more than {most} files: see `files.names`")));
        }
    }
    Ok(found)
}

fn unread(error: &io::Error) -> Stand {
    Stand::Unread(format!("cannot be read: {}", crate::host::error::cause(error)))
}

fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
