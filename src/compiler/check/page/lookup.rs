//! Names that a client or the rules give: tools, permissions, matchers, models, scripts, rules and gates.

use super::entry::near;
use super::world::{Found, World};

impl World<'_> {
    pub(super) fn tool(&self, written: &str, page: usize) -> Found {
        let Some(client) = self.client(page).filter(|client| !client.tools.is_empty()) else {
            return Found::Yes;
        };
        let name = written.split('(').next().unwrap_or(written).trim();
        if written.contains('(') != written.ends_with(')') {
            return Found::Malformed("the bracket is not closed".to_owned());
        }
        if name == "*" || client.foreign.iter().any(|start| name.starts_with(start.as_str())) {
            return Found::Yes;
        }
        if let Some(heir) = client.gone.get(name) {
            return Found::Gone(String::new(), Some(heir.clone()).filter(|heir| !heir.is_empty()));
        }
        listed(name, &client.tools)
    }

    pub(super) fn permission(&self, written: &str, page: usize) -> Found {
        match self.tool(written, page) {
            // A rule for a tool that is no more harms nobody.
            Found::Gone(..) => Found::Yes,
            found => found,
        }
    }

    /// A matcher is a pattern; where it is a name, or names joined by `|`, each is a tool.
    pub(super) fn matcher(&self, written: &str, page: usize) -> Found {
        if written.contains('(') && written.ends_with(')') && !written.contains(['|', '\\', '?', '^']) {
            let name = written.split('(').next().unwrap_or_default();
            if self.tool(name, page) == Found::Yes && !name.is_empty() {
                return Found::Malformed(format!(
                    "a matcher is the name of a tool, `{name}`, without brackets"
                ));
            }
        }
        if regex::Regex::new(written).is_err() && written != "*" {
            return Found::Malformed("it is not a pattern that can be read".to_owned());
        }
        for name in written.split('|').map(str::trim) {
            if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
                match self.tool(name, page) {
                    Found::Yes | Found::Gone(..) => {}
                    found => return found,
                }
            }
        }
        Found::Yes
    }

    pub(super) fn model(&self, name: &str, page: usize) -> Found {
        let Some(client) = self.client(page).filter(|client| !client.aliases.is_empty()) else {
            return Found::Yes;
        };
        let models = &self.table.models;
        let bare = models.affixes.iter().fold(name, |name, affix| {
            let name = name.strip_prefix(affix.as_str()).unwrap_or(name);
            name.strip_suffix(affix.as_str()).unwrap_or(name)
        });
        if client.aliases.iter().any(|alias| alias == name || alias == bare) {
            return Found::Yes;
        }
        if let Some(model) = models.known.get(bare) {
            let Some(ends) = &model.ends else { return Found::Yes };
            let heir = model.heir.clone();
            let is_over = ends.as_str() <= self.today;
            return if is_over { Found::Gone(ends.clone(), heir) } else { Found::Going(ends.clone(), heir) };
        }
        let known = client.aliases.iter().chain(models.known.keys()).map(String::as_str);
        let slip = near(bare, known);
        let foreign = models
            .elsewhere
            .iter()
            .any(|pattern| regex::Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(name)));
        if foreign { Found::Yes } else { Found::No(slip) }
    }

    pub(super) fn rule(&self, name: &str) -> Found {
        let (family, number) = name.split_once('.').unwrap_or((name, "*"));
        let is_family =
            self.rules.iter().any(|rule| rule.split_once('.').is_some_and(|(own, _)| own == family));
        if self.rules.contains(&name) || (is_family && number == "*") || !is_rule_id(name) {
            return Found::Yes;
        }
        // A family of somebody else is somebody else's business.
        if is_family { Found::No(near(name, self.rules.iter().copied())) } else { Found::Yes }
    }

    /// A command that names a script of the project by a path that is not there.
    pub(super) fn script(&self, command: &str, page: usize) -> Found {
        let path = self.inputs.file(self.pages[page].file).path.as_str();
        let root = self.table.folders.iter().filter(|folder| folder.starts_with('.'));
        let root =
            root.filter_map(|folder| path.find(&format!("{folder}/"))).min().map_or("", |at| &path[..at]);
        for word in command.split_whitespace() {
            let word = word.trim_matches(['"', '\'']).replace(['"', '\''], "");
            let rest = ["$CLAUDE_PROJECT_DIR/", "${CLAUDE_PROJECT_DIR}/", "$GEMINI_PROJECT_DIR/", "./"]
                .iter()
                .find_map(|start| word.strip_prefix(start))
                .or_else(|| word.starts_with('.').then_some(word.as_str()).filter(|word| word.contains('/')));
            let Some(rest) = rest else { continue };
            if rest.contains(['$', '*', '`', ';', '|', '&']) || !rest.contains('/') || rest.contains("..") {
                continue;
            }
            let wanted = format!("{root}{rest}");
            if !self.exists(&wanted) && !self.is_folder(&wanted) {
                return Found::No(self.moved(rest.rsplit('/').next().unwrap_or(rest), page));
            }
        }
        Found::Yes
    }
}

pub(super) fn listed<S: AsRef<str>>(name: &str, known: &[S]) -> Found {
    if known.iter().any(|known| known.as_ref() == name) {
        return Found::Yes;
    }
    Found::No(near(name, known.iter().map(AsRef::as_ref)))
}

/// `V1.2`, `HA.10`, `V1.*`.
fn is_rule_id(text: &str) -> bool {
    let Some((family, number)) = text.split_once('.') else { return false };
    (1..=7).contains(&family.len())
        && family.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && family.starts_with(|c: char| c.is_ascii_uppercase())
        && (number == "*" || (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())))
}
