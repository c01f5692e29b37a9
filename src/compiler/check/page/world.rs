//! What exists: the names that pages give to things, the files of the project, the tools and models of clients. A name
//! is looked up where its author could see it: in the same squad, plugin or client folder first, then anywhere.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::base::fold::fold;
use crate::base::inputs::{Inputs, RelPath};
use crate::base::span::Span;

use super::entry::{Entry, State, near};
use super::lookup::listed;
use super::read::Page;
use super::table::{Client, Document, Reference, Table};

/// A thing that has a name.
#[derive(Debug, Clone)]
pub struct Definition {
    /// The page it stands in.
    pub page: usize,
    /// Where.
    pub at: Span,
    /// The name as written.
    pub name: String,
    /// Whether there may be only one.
    pub once: bool,
}

/// Everything that exists.
pub struct World<'a> {
    /// The files.
    pub inputs: &'a Inputs,
    /// What clients accept.
    pub table: &'a Table,
    /// What was recognised.
    pub pages: &'a [Page],
    /// Ids of rules.
    pub rules: Vec<&'a str>,
    /// Ids of gates.
    pub gates: Vec<&'a str>,
    /// The day against which ends are judged.
    pub today: &'a str,
    /// By kind and plain name.
    definitions: BTreeMap<(String, String), Vec<Definition>>,
    scopes: Vec<String>,
    /// Paths by their last part.
    files: OnceCell<BTreeMap<String, Vec<String>>>,
    folders: OnceCell<BTreeSet<String>>,
}

/// What became of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It is there, or nobody can say.
    Yes,
    /// It is not; perhaps this was meant.
    No(Option<String>),
    /// It was there until this day; its heir.
    Gone(String, Option<String>),
    /// It will be there until this day; its heir.
    Going(String, Option<String>),
    /// It is not written as such a name is.
    Malformed(String),
}

impl<'a> World<'a> {
    /// Looks through the pages.
    #[must_use]
    pub fn new(inputs: &'a Inputs, table: &'a Table, pages: &'a [Page], entries: &[Vec<Entry<'a>>]) -> Self {
        let scopes = pages.iter().map(|page| scope(table, inputs.file(page.file).path.as_str())).collect();
        let mut world = Self {
            inputs,
            table,
            pages,
            rules: Vec::new(),
            gates: Vec::new(),
            today: "",
            definitions: BTreeMap::new(),
            scopes,
            files: OnceCell::new(),
            folders: OnceCell::new(),
        };
        for (number, (page, entries)) in pages.iter().zip(entries).enumerate() {
            world.define(number, page, entries);
        }
        world
    }

    fn define(&mut self, number: usize, page: &Page, entries: &[Entry<'a>]) {
        let document = &self.table.documents[page.kind];
        if let Some(defines) = &document.defines {
            let mut is_first = true;
            for from in &defines.from {
                let Some((name, at)) = self.own_name(page, document, from) else { continue };
                self.put(
                    &defines.kind,
                    Definition { page: number, at, name, once: defines.once && is_first },
                );
                is_first = false;
            }
        }
        for entry in entries {
            let Some(kind) = entry.defines else { continue };
            let definition =
                Definition { page: number, at: entry.at, name: entry.value.clone(), once: false };
            self.put(kind, definition);
        }
    }

    fn put(&mut self, kind: &str, definition: Definition) {
        let key = (kind.to_owned(), plain(&definition.name));
        self.definitions.entry(key).or_default().push(definition);
    }

    /// A name a page has by itself.
    fn own_name(&self, page: &Page, document: &Document, from: &str) -> Option<(String, Span)> {
        let path = &self.inputs.file(page.file).path;
        let head = Span::head(page.file);
        match from {
            "stem" => Some((path.stem().trim_end_matches(".agent").to_owned(), head)),
            "name" if document.kind == "file" => Some((path.name().to_owned(), head)),
            "folder" => Some((path.folder().rsplit('/').next()?.to_owned(), head)),
            "path" => {
                let folder = self.reference(document.defines.as_ref()?.kind.as_str())?.folder.as_deref()?;
                let whole = path.as_str();
                let start = whole.find(&format!("{folder}/"))? + folder.len() + 1;
                let rest = whole[start..].rsplit_once('.').map_or(&whole[start..], |(rest, _)| rest);
                Some((rest.replace('/', ":"), head))
            }
            key => {
                let mut node = &page.node;
                for part in key.split('.') {
                    node = node.get(part)?;
                }
                Some((node.text()?.to_owned(), node.span))
            }
        }
    }

    /// How a kind of thing is found by name.
    #[must_use]
    pub fn reference(&self, kind: &str) -> Option<&'a Reference> {
        self.table.references.get(kind)
    }

    /// The kind of a page.
    #[must_use]
    pub fn document(&self, page: usize) -> &'a Document {
        &self.table.documents[self.pages[page].kind]
    }

    /// Who reads a page.
    #[must_use]
    pub fn client(&self, page: usize) -> Option<&'a Client> {
        self.table.clients.get(self.document(page).client.as_deref()?)
    }

    /// The squad, plugin or client folder of a page.
    #[must_use]
    pub fn scope(&self, page: usize) -> &str {
        &self.scopes[page]
    }

    /// Whether a page lies in the folder of a client: it is used here, not handed out.
    #[must_use]
    pub fn is_client_folder(&self, page: usize) -> bool {
        self.scopes[page].rsplit('/').next().is_some_and(|last| last.starts_with('.'))
    }

    /// Other things of the same name that may be there only once, before this one.
    pub fn twins(&self, page: usize) -> Option<(String, Span, &Definition)> {
        let document = self.document(page);
        let defines = document.defines.as_ref().filter(|defines| defines.once)?;
        let (name, at) =
            defines.from.iter().find_map(|from| self.own_name(&self.pages[page], document, from))?;
        let same = self.definitions.get(&(defines.kind.clone(), plain(&name)))?;
        let first = same.iter().find(|other| {
            other.once
                && other.name == name
                && self.scopes[other.page] == self.scopes[page]
                && self.document(other.page).client == document.client
        })?;
        (first.page != page).then_some((name, at, first))
    }

    /// The names of each file of a kind in a squad or plugin.
    pub(super) fn pages_of(&self, kind: &str, scope: &str) -> Vec<Vec<String>> {
        let own = |page: &usize| self.scopes[*page] == scope;
        let rows = (0..self.pages.len()).filter(own);
        rows.filter_map(|page| {
            let document = self.document(page);
            let defines = document.defines.as_ref().filter(|defines| defines.once && defines.kind == kind)?;
            let names =
                defines.from.iter().filter_map(|from| self.own_name(&self.pages[page], document, from));
            let mut names: Vec<String> = names.map(|(name, _)| name).collect();
            names.insert(0, self.inputs.file(self.pages[page].file).path.name().to_owned());
            Some(names)
        })
        .collect()
    }

    /// Names of the files in the folder of a page.
    pub(super) fn beside(&self, page: usize) -> Vec<String> {
        let folder = self.inputs.file(self.pages[page].file).path.folder();
        let own = |path: &&str| path.rsplit_once('/').map_or("", |(above, _)| above) == folder;
        let files = self.inputs.files().map(|(_, file)| file.path.as_str());
        files.filter(own).map(|path| path.rsplit('/').next().unwrap_or(path).to_owned()).collect()
    }

    /// Looks a name up.
    #[must_use]
    pub fn find(&self, kind: &str, name: &str, page: usize) -> Found {
        match kind {
            "tool" => self.tool(name, page),
            "permission" => self.permission(name, page),
            "matcher" => self.matcher(name, page),
            "model" => self.model(name, page),
            "rule" => self.rule(name),
            "gate" => listed(name, &self.gates),
            "file" => self.file(name, page),
            "script" => self.script(name, page),
            _ => self.named(kind, name, page),
        }
    }

    fn named(&self, kind: &str, written: &str, page: usize) -> Found {
        let Some(reference) = self.reference(kind) else { return Found::Yes };
        let name = written.trim().trim_start_matches('@').trim_matches(['`', '"', '\'']);
        if name.is_empty() || self.table.prose.blanks.iter().any(|blank| name.contains(blank.as_str())) {
            return Found::Yes;
        }
        let wanted = plain(name);
        if reference.nobody.iter().any(|word| plain(word) == wanted) {
            return Found::Yes;
        }
        if reference
            .like
            .as_deref()
            .and_then(|like| regex::Regex::new(like).ok())
            .is_some_and(|like| !like.is_match(bare(name)))
        {
            return Found::Yes;
        }
        let brought = self
            .client(page)
            .into_iter()
            .chain(self.table.clients.values())
            .flat_map(|client| &client.agents);
        if kind == "agent" && brought.into_iter().any(|agent| plain(agent) == wanted) {
            return Found::Yes;
        }
        // The last part of a path, of a slash path, and the whole.
        let last = plain(name.rsplit(['/', ':']).next().unwrap_or(name));
        for plain in [&wanted, &last] {
            let found = self.definitions.get(&(kind.to_owned(), plain.clone()));
            if found.is_some_and(|found| !reference.local || found.iter().any(|one| one.page == page)) {
                return Found::Yes;
            }
        }
        if reference.local {
            let own = self.names(kind).filter(|definition| definition.page == page);
            return Found::No(near(name, own.map(|definition| definition.name.as_str())));
        }
        if self.is_file(name, reference, page) || self.is_alone(kind, reference, page) {
            return Found::Yes;
        }
        let here = self.names(kind).filter(|definition| self.scopes[definition.page] == self.scopes[page]);
        let bare = name.rsplit('/').next().unwrap_or(name);
        let bare = bare.rsplit_once('.').map_or(bare, |(bare, _)| bare);
        Found::No(near(bare, here.map(|definition| definition.name.as_str())))
    }

    fn names(&self, kind: &str) -> impl Iterator<Item = &Definition> {
        let all = self.definitions.range((kind.to_owned(), String::new())..);
        let kind = kind.to_owned();
        all.take_while(move |((own, _), _)| *own == kind).flat_map(|(_, all)| all)
    }

    /// Whether nothing else of the squad or plugin is here: then what it names may be elsewhere.
    fn is_alone(&self, kind: &str, reference: &Reference, page: usize) -> bool {
        let scope = &self.scopes[page];
        let others = self.scopes.iter().filter(|other| *other == scope).count();
        let folder = reference.folder.as_ref().map(|folder| join(scope, folder));
        let is_there = folder.is_some_and(|folder| self.is_folder(&folder));
        others < 2 || (!is_there && self.names(kind).all(|definition| self.scopes[definition.page] != *scope))
    }

    /// Whether a name is that of a file, beside the page, in the folder of its kind, or anywhere in the squad.
    fn is_file(&self, name: &str, reference: &Reference, page: usize) -> bool {
        let scope = &self.scopes[page];
        let own = self.inputs.file(self.pages[page].file).path.folder();
        let folder = reference.folder.as_deref().unwrap_or_default();
        let bases = [String::new(), own.to_owned(), scope.clone(), join(scope, folder)];
        if bases.iter().any(|base| resolve(base, name).is_some_and(|path| self.exists(&path))) {
            return true;
        }
        let last = name.rsplit('/').next().unwrap_or(name);
        let below = if scope.is_empty() { String::new() } else { format!("{scope}/") };
        let stems = self.files().range(last.to_owned()..).take_while(|(known, _)| known.starts_with(last));
        stems
            .filter(|(known, _)| *known == last || known[last.len()..].starts_with('.'))
            .any(|(_, paths)| paths.iter().any(|path| path.starts_with(&below)))
    }

    fn file(&self, name: &str, page: usize) -> Found {
        let reference = Reference::default();
        if name.contains("://") || self.table.prose.blanks.iter().any(|blank| name.contains(blank.as_str())) {
            return Found::Yes;
        }
        let name = name.trim_end_matches('/');
        if self.is_file(name, &reference, page) || self.is_folder(name) {
            return Found::Yes;
        }
        let last = name.rsplit('/').next().unwrap_or(name);
        Found::No(self.moved(last, page).or_else(|| {
            let below = format!("{}/", self.scopes[page]);
            let own =
                self.files().iter().filter(|(_, paths)| paths.iter().any(|path| path.starts_with(&below)));
            near(last, own.map(|(name, _)| name.as_str()))
        }))
    }

    /// Where a file of this name lies now, if there is only one.
    pub(super) fn moved(&self, last: &str, _page: usize) -> Option<String> {
        match self.files().get(last).map(Vec::as_slice) {
            Some([only]) => Some(only.clone()),
            _ => None,
        }
    }

    /// Whether there is a file or folder of this path.
    #[must_use]
    pub fn exists(&self, path: &str) -> bool {
        self.inputs.exists(path)
    }

    /// Whether a folder of this path holds something.
    #[must_use]
    pub fn is_folder(&self, path: &str) -> bool {
        let folders = self.folders.get_or_init(|| {
            let mut all = BTreeSet::new();
            let own = self.inputs.files().map(|(_, file)| file.path.as_str());
            for path in own.chain(self.inputs.names()) {
                let mut path = path;
                while let Some((above, _)) = path.rsplit_once('/') {
                    if !all.insert(above.to_owned()) {
                        break;
                    }
                    path = above;
                }
            }
            all
        });
        folders.contains(path.trim_end_matches('/')) || path.is_empty()
    }

    fn files(&self) -> &BTreeMap<String, Vec<String>> {
        self.files.get_or_init(|| {
            let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
            let own = self.inputs.files().map(|(_, file)| file.path.as_str());
            let paths: BTreeSet<&str> = own.chain(self.inputs.names()).collect();
            for path in paths {
                let last = path.rsplit('/').next().unwrap_or(path);
                all.entry(last.to_owned()).or_default().push(path.to_owned());
            }
            all
        })
    }

    /// Looks up what an entry names.
    pub fn settle(&self, entry: &mut Entry<'a>, page: usize) {
        let Some(kind) = entry.refers.filter(|_| entry.state == State::Fine) else { return };
        // `tasks/a.md` is a task, whatever the key is called.
        let first = entry.value.split_once('/').map(|(first, _)| first);
        let of_folder = self
            .table
            .references
            .iter()
            .find(|(_, one)| one.folder.is_some() && one.folder.as_deref() == first);
        let kind =
            of_folder.filter(|_| self.reference(kind).is_some()).map_or(kind, |(other, _)| other.as_str());
        entry.refers = Some(kind);
        match self.find(kind, &entry.value, page) {
            Found::Yes => {}
            Found::No(near) => {
                entry.state = State::Dead;
                entry.near = near;
            }
            Found::Gone(day, heir) => {
                entry.state = State::Gone;
                entry.since = Some(day).filter(|day| !day.is_empty());
                entry.near = heir;
            }
            Found::Going(day, heir) => {
                entry.state = State::Going;
                entry.since = Some(day);
                entry.near = heir;
            }
            Found::Malformed(wants) => {
                entry.state = State::WrongForm;
                entry.wants = wants;
            }
        }
    }
}

/// A name without a known ending.
fn bare(name: &str) -> &str {
    [".md", ".yaml", ".yml", ".toml"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)
}

/// A name without case, accents, separators and a known ending.
pub(super) fn plain(name: &str) -> String {
    fold(bare(name)).chars().filter(|c| !matches!(c, '-' | '_' | ' ' | '/')).collect()
}

fn join(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", name) => name.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, name) => format!("{folder}/{name}"),
    }
}

/// The path that `name` means in `folder`; none if it leads out of the project.
pub(super) fn resolve(folder: &str, name: &str) -> Option<String> {
    let mut parts: Vec<&str> = if name.starts_with('/') {
        Vec::new()
    } else {
        folder.split('/').filter(|part| !part.is_empty()).collect()
    };
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    RelPath::new(&path).map(|path| path.to_string())
}

/// What lies above the folder of a kind of thing: a squad, a plugin, a client's folder.
fn scope(table: &Table, path: &str) -> String {
    let parts: Vec<&str> = path.split('/').collect();
    let folders = &parts[..parts.len() - 1];
    let at = folders.iter().position(|part| table.folders.iter().any(|folder| folder == part));
    let end = match at {
        // A client's folder is a scope itself.
        Some(at) if folders[at].starts_with('.') => at + 1,
        Some(at) => at,
        None => folders.len(),
    };
    folders[..end].join("/")
}
