//! Which files are the documents: what was typed, folders and globs opened, companions told apart.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::base::glob::Glob;
use crate::host::error::HostError;
use crate::host::ignored::Ignored;
use crate::host::root::Root;
use crate::host::walk::Tree;
use crate::ir::settings::Reading;

/// What is to be compiled, and what stands beside it.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    /// As they can be opened, each file once however it was spelled; `-` is standard input.
    pub(super) documents: BTreeSet<String>,
    /// Those of them that a folder or a pattern gave.
    pub(super) found: BTreeSet<String>,
    /// By their names below the root.
    pub(super) companions: BTreeSet<String>,
}

/// What a folder contributes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// The settings about it.
    pub(super) reading: &'a Reading,
    /// Whatever can be linted, too, and nothing that `.gitignore` leaves out.
    pub(super) lint: bool,
}

/// Decides on the files of a folder.
struct Sieve {
    ends: Vec<String>,
    skip: Vec<Glob>,
    clients: Vec<Glob>,
}

impl Sieve {
    fn new(wanted: Wanted<'_>) -> Self {
        let globs = |list: &[String], deep: bool| -> Vec<Glob> {
            list.iter()
                .map(|glob| if deep { Glob::parse(&format!("**/{glob}")) } else { Glob::parse(glob) })
                .collect()
        };
        let Wanted { reading, lint } = wanted;
        Self {
            ends: reading.documents.clone(),
            skip: globs(&reading.skip, false),
            clients: if lint { globs(&reading.clients, true) } else { Vec::new() },
        }
    }

    /// `below` is the name in the folder, `whole` the name below the root.
    fn takes(&self, below: &str, whole: &str) -> bool {
        let name = last(below);
        let open = !below.split('/').any(|part| part.starts_with('.'))
            && self.ends.iter().any(|end| name.ends_with(end.as_str()))
            && !self.skip.iter().any(|glob| glob.matches(name));
        open || self.clients.iter().any(|glob| glob.matches(whole))
    }
}

/// Opens the folders and globs among `typed`, and finds what stands beside each document.
pub(super) fn choose(
    root: &Root,
    wanted: Wanted<'_>,
    typed: &[String],
    tree: &Tree,
) -> Result<Chosen, HostError> {
    let reading = wanted.reading;
    let files: BTreeSet<&str> = tree.files().collect();
    let mut documents = Spelled { root, by_place: BTreeMap::new() };
    let mut found_in: BTreeSet<String> = BTreeSet::new();
    for input in typed {
        let path = root.typed(input);
        if input == "-" || path.is_file() {
            documents.add(input.clone());
        } else if path.is_dir() {
            let found = in_folder(root, wanted, &path, &files)?;
            if found.is_empty() {
                let ends = reading.documents.join(", ");
                let message = format!("no document lies in `{input}`");
                return Err(
                    HostError::world(message).hint(format!("name a folder with files that end in {ends}"))
                );
            }
            found_in.extend(found.iter().cloned());
            documents.extend(found);
        } else if input.contains(['*', '?', '[', '{']) {
            let found = by_glob(root, reading, input, &files)?;
            if found.is_empty() {
                return Err(HostError::world(format!("no file matches `{input}`"))
                    .hint("quote the pattern, and start it from the current folder"));
            }
            found_in.extend(found.iter().cloned());
            documents.extend(found);
        } else if std::fs::metadata(&path).is_ok() {
            documents.add(input.clone());
        } else {
            return Err(missing(root, input, &files));
        }
    }
    let beside = |document: &String| {
        let inside = root.inside(&root.typed(document)).filter(|_| document != "-");
        inside.map(|path| companions(reading, path.folder(), &files)).unwrap_or_default()
    };
    let documents: BTreeSet<String> = documents.by_place.into_values().collect();
    let companions = documents.iter().flat_map(beside).collect();
    Ok(Chosen { documents, found: found_in, companions })
}

/// Documents by where they lie: `a.md` and `./a.md` are one.
struct Spelled<'a> {
    root: &'a Root,
    by_place: BTreeMap<PathBuf, String>,
}

impl Spelled<'_> {
    fn extend(&mut self, found: Vec<String>) {
        for document in found {
            self.add(document);
        }
    }

    fn add(&mut self, document: String) {
        let place = if document == "-" { PathBuf::from("-") } else { self.root.typed(&document) };
        self.by_place.entry(place).or_insert(document);
    }
}

fn missing(root: &Root, input: &str, files: &BTreeSet<&str>) -> HostError {
    let error = HostError::io("read", Path::new(input), &std::io::Error::from(std::io::ErrorKind::NotFound));
    let wanted = root.inside(&root.typed(input));
    let near = wanted.and_then(|path| crate::base::suggest::nearest(path.as_str(), files.iter().copied()));
    match near {
        Some(name) => error.hint(format!("did you mean `{}`?", root.locate(name).display())),
        None => error,
    }
}

/// Documents of a folder below the root, by the ends of their names; companions of a task list are not documents.
fn in_folder(
    root: &Root,
    wanted: Wanted<'_>,
    folder: &Path,
    files: &BTreeSet<&str>,
) -> Result<Vec<String>, HostError> {
    let reading = wanted.reading;
    let sieve = Sieve::new(wanted);
    let Some(prefix) = prefix_of(root, folder) else { return outside(reading, &sieve, folder) };
    let named = if wanted.lint { Some(files.iter().copied()) } else { None };
    let ignored = Ignored::read(root, named.into_iter().flatten());
    let below: Vec<&str> = files
        .range(prefix.as_str()..)
        .take_while(|name| name.starts_with(&prefix))
        .copied()
        .filter(|name| sieve.takes(&name[prefix.len()..], name) && !ignored.leaves_out(name))
        .collect();
    let is_list = |name: &str| reading.lists.iter().any(|list| *list == last(name));
    let explained: BTreeSet<String> = below
        .iter()
        .filter(|name| is_list(name))
        .flat_map(|name| companions(reading, above(name), files))
        .collect();
    let own = below.into_iter().filter(|name| is_list(name) || !explained.contains(*name));
    Ok(own.map(|name| root.locate(name).to_string_lossy().into_owned()).collect())
}

/// The beginning of the names of everything in a folder.
fn prefix_of(root: &Root, folder: &Path) -> Option<String> {
    if folder == root.path {
        return Some(String::new());
    }
    root.inside(folder).map(|path| format!("{path}/"))
}

fn outside(reading: &Reading, sieve: &Sieve, folder: &Path) -> Result<Vec<String>, HostError> {
    let most = usize::try_from(reading.names).unwrap_or(usize::MAX);
    let tree = Tree::below(folder, &reading.ignore, None, most)?;
    let own = tree.files().filter(|name| sieve.takes(name, name));
    Ok(own.map(|name| folder.join(name).to_string_lossy().into_owned()).collect())
}

fn by_glob(
    root: &Root,
    reading: &Reading,
    typed: &str,
    files: &BTreeSet<&str>,
) -> Result<Vec<String>, HostError> {
    let path = root.typed(typed);
    let pattern = match root.inside(&path) {
        Some(inside) => inside.as_str().to_owned(),
        None => return by_outer_glob(reading, &path),
    };
    let glob = Glob::parse(&pattern);
    let own = files.iter().filter(|name| glob.matches(name));
    Ok(own.map(|name| root.locate(name).to_string_lossy().into_owned()).collect())
}

/// A pattern that starts outside the root: walked from its last fixed folder.
fn by_outer_glob(reading: &Reading, path: &Path) -> Result<Vec<String>, HostError> {
    let is_fixed = |path: &&Path| !path.to_string_lossy().contains(['*', '?', '[', '{']);
    let Some(base) = path.ancestors().find(is_fixed) else { return Ok(Vec::new()) };
    let Ok(rest) = path.strip_prefix(base) else { return Ok(Vec::new()) };
    let glob = Glob::parse(&rest.to_string_lossy());
    let most = usize::try_from(reading.names).unwrap_or(usize::MAX);
    let tree = Tree::below(base, &reading.ignore, None, most)?;
    let own = tree.files().filter(|name| glob.matches(name));
    Ok(own.map(|name| base.join(name).to_string_lossy().into_owned()).collect())
}

/// What stands beside a document in `folder`.
fn companions(reading: &Reading, folder: &str, files: &BTreeSet<&str>) -> Vec<String> {
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let mut found = Vec::new();
    for pattern in &reading.companions {
        if pattern.contains(['*', '?', '[', '{']) {
            let glob = Glob::parse(pattern);
            // Only what lies below the fixed beginning of the pattern can match.
            let stem = pattern.split(['*', '?', '[', '{']).next().unwrap_or_default();
            let start = format!("{prefix}{stem}");
            let below = files.range(start.as_str()..).take_while(|name| name.starts_with(&start));
            found.extend(
                below.filter(|name| glob.matches(&name[prefix.len()..])).map(|name| (*name).to_owned()),
            );
        } else {
            let name = format!("{prefix}{pattern}");
            found.extend(files.contains(name.as_str()).then_some(name));
        }
    }
    found
}

fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

fn above(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}
