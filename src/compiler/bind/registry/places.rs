//! Agents and tasks that lie in the project: which files they are, and the slash path of each.

use crate::base::fold::fold;
use crate::base::inputs::Inputs;
use crate::base::source::Layer;
use crate::base::span::{FileId, Span};
use crate::ir::registry::{Command, CommandKind};
use crate::ir::settings::Settings;

use super::commands::{Listed, last_part};

/// How many lines of a file are read for its title and purpose.
const HEAD_LINES: usize = 60;

/// Where to look.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub(super) rows: Vec<Place>,
    /// Names that are no commands.
    pub(super) noise: Vec<String>,
    /// Keys, folded, whose line says what a command is for.
    pub(super) purpose: Vec<String>,
}

/// One kind of place.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) glob: String,
    pub(super) path: String,
    pub(super) squad: String,
    pub(super) kind: CommandKind,
}

/// A command found in a file.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) path: String,
    pub(super) kind: CommandKind,
    pub(super) squad: String,
    pub(super) file: String,
    pub(super) title: String,
    pub(super) purpose: String,
    pub(super) at: Span,
}

impl Found {
    pub(super) fn id(&self) -> String {
        last_part(&self.path)
    }
    pub(super) fn list(&self) -> Listed {
        Listed {
            domain: None,
            command: Command {
                path: self.path.clone(),
                kind: self.kind,
                id: self.id(),
                title: self.title.clone(),
                purpose: self.purpose.clone(),
                file: Some(self.file.clone()),
                squad: self.squad.clone(),
                domain: None,
                aliases: Vec::new(),
                at: self.at,
            },
        }
    }
}

impl Places {
    /// Every command below the root, by path. Squads may lie in other folders than `squads`.
    pub(super) fn find(&self, inputs: &Inputs, settings: &Settings) -> Vec<Found> {
        let mut found = Vec::new();
        let own = inputs.files().filter(|(_, file)| file.layer != Layer::Builtin);
        for (id, file) in own {
            self.try_path(file.path.as_str(), Some((id, inputs)), settings, &mut found);
        }
        for name in inputs.names() {
            self.try_path(name, None, settings, &mut found);
        }
        found.sort_by(|a, b| a.path.cmp(&b.path).then_with(|| a.file.cmp(&b.file)));
        found.dedup_by(|later, first| later.path == first.path);
        found
    }

    fn try_path(
        &self,
        path: &str,
        content: Option<(FileId, &Inputs)>,
        settings: &Settings,
        found: &mut Vec<Found>,
    ) {
        let folders = settings.squads.iter().map(|folder| folder.trim_end_matches('/'));
        let Some((place, parts)) = self.rows.iter().find_map(|place| {
            let captured = captures(&place.glob, path).or_else(|| {
                let inner = place.glob.strip_prefix("squads/")?;
                folders
                    .clone()
                    .find_map(|folder| captures(inner, path.strip_prefix(folder)?.strip_prefix('/')?))
            });
            captured.map(|parts| (place, parts))
        }) else {
            return;
        };
        let name = parts.last().map_or("", |part| part.rsplit('/').next().unwrap_or_default());
        if name.starts_with('_') || self.noise.iter().any(|noise| noise.eq_ignore_ascii_case(name)) {
            return;
        }
        let (title, purpose) =
            content.map_or_else(Default::default, |(id, inputs)| self.head(inputs.text(id)));
        found.push(Found {
            path: fill(&place.path, &parts),
            kind: place.kind,
            squad: fill(&place.squad, &parts),
            file: path.to_owned(),
            title: if title.is_empty() { name.replace(['-', '_'], " ") } else { title },
            purpose,
            at: Span::head(content.map_or(FileId(0), |(id, _)| id)),
        });
    }

    /// Title and purpose, from the first lines of a file.
    fn head(&self, text: &str) -> (String, String) {
        let (mut title, mut purpose) = (String::new(), String::new());
        for line in text.lines().take(HEAD_LINES) {
            if let Some(heading) = line.strip_prefix("# ").filter(|_| title.is_empty()) {
                heading.trim().clone_into(&mut title);
            } else if let Some((key, value)) = line.split_once(':').filter(|_| purpose.is_empty()) {
                let key = fold(key.trim_matches(|c: char| !c.is_alphanumeric()));
                if self.purpose.iter().any(|wanted| *wanted == key) {
                    value
                        .trim_matches(|c: char| c.is_whitespace() || "\"'*>|-".contains(c))
                        .clone_into(&mut purpose);
                }
            }
        }
        (title, purpose)
    }
}

/// What `*` and `**` of a pattern stand for in a path, if it matches: `*` never crosses a `/`, and neither is empty.
fn captures<'p>(pattern: &str, path: &'p str) -> Option<Vec<&'p str>> {
    let Some(star) = pattern.find('*') else { return (pattern == path).then(Vec::new) };
    let rest = path.strip_prefix(&pattern[..star])?;
    let deep = pattern[star..].starts_with("**");
    let after = &pattern[star + if deep { 2 } else { 1 }..];
    let reach = if deep { rest.len() } else { rest.find('/').unwrap_or(rest.len()) };
    // The longest first, so that a suffix like `.agent.md` is found at the end. Patterns have two or three stars.
    let mut end = reach;
    while end > 0 {
        if rest.is_char_boundary(end)
            && let Some(mut inner) = captures(after, &rest[end..])
        {
            inner.insert(0, &rest[..end]);
            return Some(inner);
        }
        end -= 1;
    }
    None
}

/// Puts the parts into `{1}`, `{2}`; a `/` within a part becomes `:`.
fn fill(template: &str, parts: &[&str]) -> String {
    let mut out = template.to_owned();
    for (index, part) in parts.iter().enumerate() {
        out = out.replace(&format!("{{{}}}", index + 1), &part.replace('/', ":"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{captures, fill};

    fn check(glob: &str, path: &str, template: &str) -> Option<String> {
        captures(glob, path).map(|parts| fill(template, &parts))
    }

    #[test]
    fn files_become_slash_paths() {
        let agent = |path| check("squads/*/agents/*.md", path, "/{1}:agents:{2}");
        assert_eq!(agent("squads/copy/agents/chief.md").as_deref(), Some("/copy:agents:chief"));
        assert_eq!(agent("squads/copy/agents/modules/x.md"), None);
        assert_eq!(agent("squads/copy/agents/.md"), None);
        let task = check("squads/*/tasks/**.md", "squads/apex/tasks/a/b.md", "/{1}:tasks:{2}");
        assert_eq!(task.as_deref(), Some("/apex:tasks:a:b"));
        let github = check(".github/agents/*.agent.md", ".github/agents/dev.agent.md", "/{1}");
        assert_eq!(github.as_deref(), Some("/dev"));
    }
}
