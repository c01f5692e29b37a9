//! References that lead nowhere: listed files that are missing, executors nobody is, tasks that are not there.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::diagnostic::Diagnostic;
use crate::base::fold::fold;
use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::base::suggest::nearest;
use crate::base::text::Text;
use crate::ir::squad::{Listed, Origin, Squad};

use super::domains::said;

/// A reference that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// What kind of thing it should be: `agent`, `task`, `file`.
    pub kind: &'static str,
    /// The reference, as written.
    pub name: String,
    /// Where it stands.
    pub at: Span,
    /// What was probably meant.
    pub nearest: Option<String>,
}

/// Kinds of dependency that are files of the squad.
const FOLDERS: &[&str] =
    &["agents", "tasks", "templates", "checklists", "workflows", "data", "scripts", "protocols"];

/// Executors that are no agents.
const NOBODY: &[&str] = &[
    "human", "humano", "worker", "script", "user", "usuario", "system", "agent", "agente", "hybrid",
    "manual", "clone", "any",
];

/// Finds and reports every such reference, by place.
pub(super) fn check(inputs: &Inputs, squads: &[&Squad], findings: &mut Vec<Diagnostic>) -> Vec<Broken> {
    let core: BTreeSet<String> = squads
        .iter()
        .filter(|squad| squad.origin != Origin::Squad)
        .flat_map(|squad| &squad.agents)
        .map(|agent| plain(&agent.stem))
        .collect();
    let mut found = Vec::new();
    for squad in squads {
        let index = Index::of(inputs, squad);
        for listed in squad.manifest.iter().flat_map(|manifest| {
            manifest
                .agents
                .iter()
                .chain(&manifest.tasks)
                .chain(&manifest.checklists)
                .chain(&manifest.workflows)
                .chain(&manifest.files_listed)
        }) {
            index.file(inputs, squad, listed, &mut found);
        }
        for agent in &squad.agents {
            for listed in agent.dependencies.iter().filter(|listed| FOLDERS.contains(&listed.kind.as_str())) {
                index.file(inputs, squad, listed, &mut found);
            }
        }
        for task in squad.tasks.iter().filter(|task| task.deprecated.is_none()) {
            if let Some(executor) = task.executor.as_ref().filter(|_| squad.origin == Origin::Squad) {
                index.executor(inputs, executor, &core, &mut found);
            }
        }
    }
    found.sort_by(|a, b| {
        (inputs.file(a.at.file).path.as_str(), a.at.start)
            .cmp(&(inputs.file(b.at.file).path.as_str(), b.at.start))
    });
    found.dedup();
    findings.extend(found.iter().map(report));
    found
}

fn report(broken: &Broken) -> Diagnostic {
    let (code, message) = match broken.kind {
        "agent" => ("agent/unknown", format!("no agent is called `{}`", broken.name)),
        _ => ("reference/missing", format!("there is no file for `{}`", broken.name)),
    };
    Diagnostic::warning(code, broken.at, message).help(match &broken.nearest {
        Some(name) => format!("did you mean `{name}`?"),
        None => "add the file, or remove the reference".to_owned(),
    })
}

struct Index {
    /// Names of agents, folded, without separators.
    agents: BTreeMap<String, String>,
    /// Names of files, with and without extension.
    files: BTreeSet<String>,
}

impl Index {
    fn of(inputs: &Inputs, squad: &Squad) -> Self {
        let mut agents = BTreeMap::new();
        for agent in &squad.agents {
            agents.insert(plain(&agent.stem), agent.stem.clone());
            for name in [&agent.id, &agent.name].into_iter().flatten().chain(&agent.aliases) {
                agents.entry(plain(name.get(inputs))).or_insert_with(|| agent.stem.clone());
            }
        }
        let mut files = BTreeSet::new();
        let inside = format!("{}/", squad.folder);
        for (_, file) in inputs.under(&inside) {
            files.insert(file.path.name().to_owned());
            files.insert(file.path.stem().to_owned());
        }
        // Names that are no inputs are sorted: those of a folder stand together.
        for name in inputs
            .names()
            .skip_while(|name| *name < inside.as_str())
            .take_while(|name| name.starts_with(&inside))
        {
            let last = name.rsplit('/').next().unwrap_or(name);
            files.insert(last.to_owned());
            files.insert(last.rsplit_once('.').map_or(last, |(stem, _)| stem).to_owned());
        }
        Self { agents, files }
    }

    fn file(&self, inputs: &Inputs, squad: &Squad, listed: &Listed, found: &mut Vec<Broken>) {
        let written = listed.file.as_ref().unwrap_or(&listed.name);
        let name = written.get(inputs).trim();
        let last = name.rsplit('/').next().unwrap_or(name);
        let is_pattern = name.contains(['*', '{', '<', '$', ' ']);
        let there = self.files.contains(last)
            || inputs.exists(name)
            || inputs.exists(&format!("{}/{name}", squad.folder))
            || (listed.kind == "agents" && self.agents.contains_key(&plain(last)));
        if name.is_empty() || is_pattern || there {
            return;
        }
        let near = nearest(last, self.files.iter().map(String::as_str)).map(str::to_owned);
        found.push(Broken { kind: "file", name: name.to_owned(), at: written.at(), nearest: near });
    }

    fn executor(&self, inputs: &Inputs, executor: &Text, core: &BTreeSet<String>, found: &mut Vec<Broken>) {
        let text = executor.get(inputs);
        let names = names(text);
        let known = |name: &String| {
            self.agents.contains_key(name) || core.contains(name) || NOBODY.contains(&name.as_str())
        };
        if names.is_empty() || names.iter().any(known) || text.contains(['{', '$']) {
            return;
        }
        let near = nearest(&names[0], self.agents.keys().map(String::as_str))
            .and_then(|name| self.agents.get(name))
            .cloned();
        found.push(Broken { kind: "agent", name: said(inputs, executor), at: executor.at(), nearest: near });
    }
}

/// Names an executor may be meant by: `Sigil (config-engineer)`, `@squad-chief`, `CostAnalyst`, `a + b`.
pub(super) fn names(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in text.split(['(', ')', '+', ',', '/', '→', '|', ';', '&']) {
        let whole = plain(part);
        let first = part.split_whitespace().next().map(plain).unwrap_or_default();
        let last = part.split_whitespace().last().map(plain).unwrap_or_default();
        for name in [whole, first, last] {
            if !name.is_empty() && !found.contains(&name) {
                found.push(name);
            }
        }
    }
    found
}

/// A name as it is compared: folded, letters and digits only.
fn plain(name: &str) -> String {
    fold(name.trim()).chars().filter(|c| c.is_alphanumeric()).collect()
}
