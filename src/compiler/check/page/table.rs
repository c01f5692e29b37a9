//! What clients accept: the kinds of documents, their keys, and the names that mean something. All of it is data
//! (`squads/dispatch/data/documents.yaml`); this file is its shape.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::base::diagnostic::Diagnostic;
use crate::base::glob::Glob;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::Span;
use crate::compiler::check::checklist::scale::Checklists;

/// Where it lies.
pub const FILE: &str = "squads/dispatch/data/documents.yaml";

/// Everything that is known about documents.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    #[serde(rename = "schema")]
    _schema: String,
    /// The programs that read such files.
    pub clients: BTreeMap<String, Client>,
    /// Models, by id.
    pub models: Models,
    /// Lists that fields name.
    pub lists: BTreeMap<String, Vec<String>>,
    /// Folders that hold one kind of thing: what lies above them is a squad, a plugin, or a client's folder.
    pub folders: Vec<String>,
    /// How things are found by name.
    pub references: BTreeMap<String, Reference>,
    /// How texts are searched for names of files.
    pub prose: Prose,
    /// How checklists say what an item counts.
    pub checklists: Checklists,
    /// The kinds, the more special first.
    pub documents: Vec<Document>,
}

/// A program that reads such files.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// As people call it.
    pub name: String,
    /// Tools it offers. None: they are not known, and not judged.
    #[serde(default)]
    pub tools: Vec<String>,
    /// Tools it no longer offers, and what does their work now.
    #[serde(default)]
    pub gone: BTreeMap<String, String>,
    /// Beginnings of tool names that come from elsewhere.
    #[serde(default)]
    pub foreign: Vec<String>,
    /// Names of models that are no ids.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Agents it brings.
    #[serde(default)]
    pub agents: Vec<String>,
    /// Whether a matcher is a name, names joined by `|`, or a pattern of tools.
    #[serde(default)]
    pub matchers: bool,
}

/// Ids of models.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Models {
    /// The day the table was last looked at.
    pub known_on: String,
    /// Ids, with the day of their end and their heir where known.
    pub known: BTreeMap<String, Model>,
    /// Beginnings and ends that a platform adds.
    pub affixes: Vec<String>,
    /// Patterns of ids that are somebody else's business.
    pub elsewhere: Vec<String>,
}

/// A model.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// The day from which it answers no more.
    #[serde(default)]
    pub ends: Option<String>,
    /// What to use instead.
    #[serde(default)]
    pub heir: Option<String>,
}

/// How a kind of thing is found by name.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// As messages call it.
    pub noun: String,
    /// Its folder in a squad or plugin.
    #[serde(default)]
    pub folder: Option<String>,
    /// Words that stand where a name could, and are none.
    #[serde(default)]
    pub nobody: Vec<String>,
    /// Names are those of the same document.
    #[serde(default)]
    pub local: bool,
    /// Only names that look like this are looked up: anything else is prose.
    #[serde(default)]
    pub like: Option<String>,
}

/// How texts are searched for names of files.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prose {
    /// Folders beside a skill whose files it names.
    pub resources: Vec<String>,
    /// Folders that are made, not kept.
    pub made: Vec<String>,
    /// Characters of a path that stands for others.
    pub blanks: Vec<String>,
}

/// A kind of document.
#[derive(Debug, Deserialize)]
pub struct Document {
    /// `claude-agent`.
    pub id: String,
    /// `an agent of Claude Code`.
    pub title: String,
    /// `agent`, `skill`, `command`, …
    pub kind: String,
    /// Who reads it; none for what only a squad knows.
    #[serde(default)]
    pub client: Option<String>,
    /// Paths that make a file one, below any folder.
    #[serde(default)]
    pub paths: Vec<String>,
    /// What must stand in it.
    #[serde(default)]
    pub marks: Option<Marks>,
    /// Where its keys stand.
    pub form: Form,
    /// Whether a client drops a file without a head.
    #[serde(default)]
    pub head: Need,
    /// Keys of the head, of the file, or of the fence.
    #[serde(flatten)]
    pub shape: Shape,
    /// What it is known as: a kind of reference, and where the names come from.
    #[serde(default)]
    pub defines: Option<Defines>,
    /// What of its text is searched for names of files.
    #[serde(default)]
    pub names: Vec<Named>,
    /// How much its keys are missed, where a table of keys is shared.
    #[serde(default)]
    pub needs: BTreeMap<String, Need>,
    /// What to do about a file that is read by nobody.
    #[serde(default)]
    pub wants: Option<String>,
    /// Its lists of files should be whole.
    #[serde(default)]
    pub lists: bool,
    /// The paths, ready.
    #[serde(skip)]
    pub globs: Vec<Glob>,
}

/// Where the keys of a document stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// In the head of a markdown file.
    Head,
    /// In the head, or in a YAML fence that holds one of the marks.
    Fence,
    /// The file is YAML.
    Yaml,
    /// The file is JSON.
    Json,
    /// There are none.
    Text,
}

/// What is searched for names of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Named {
    /// Targets of links.
    Links,
    /// `@path`.
    Imports,
    /// Paths below the folders of a skill.
    Resources,
    /// Paths in code, below folders that exist.
    Paths,
    /// Items with ids.
    Items,
}

/// What must stand in a document.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marks {
    /// All of these keys.
    #[serde(default)]
    pub all: Vec<String>,
    /// One of these keys.
    #[serde(default)]
    pub any: Vec<String>,
    /// They are enough wherever the file lies, and its path is enough without them. Else both are asked for.
    #[serde(default)]
    pub anywhere: bool,
    /// Keys with these values.
    #[serde(default)]
    pub equal: BTreeMap<String, String>,
}

/// What a document is known as.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defines {
    /// A kind of reference.
    pub kind: String,
    /// Where the names come from: `stem`, `folder`, `path` (below the folder of its kind, with `:`), or a key.
    pub from: Vec<String>,
    /// Whether two of one name are one too many. The first of `from` that is there counts.
    #[serde(default)]
    pub once: bool,
}

/// How much something is missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Not at all.
    #[default]
    None,
    /// It does something.
    Advised,
    /// It must be there.
    Required,
}

/// What a wrong value costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// Nothing: it is read all the same.
    Nothing,
    /// The value.
    #[default]
    Value,
    /// The whole file.
    File,
}

impl Loss {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Value => "value",
            Self::File => "file",
        }
    }
}

/// What a map may hold.
#[derive(Debug, Default, Deserialize)]
pub struct Shape {
    /// Its keys.
    #[serde(default)]
    pub keys: BTreeMap<String, Field>,
    /// A list of further keys, all of one kind: `rest`.
    #[serde(default)]
    pub named: Option<String>,
    /// Any other key.
    #[serde(default)]
    pub rest: Option<Box<Field>>,
    /// Other keys are nobody's mistake.
    #[serde(default)]
    pub open: bool,
    /// Keys of other tools, and what they are called here.
    #[serde(default)]
    pub instead: BTreeMap<String, String>,
    /// Keys that a value of one key asks for.
    #[serde(default)]
    pub by: Option<By>,
}

/// Keys that a value of one key asks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct By {
    /// The key.
    pub on: String,
    /// Its values, and what each asks for.
    pub need: BTreeMap<String, Vec<String>>,
}

/// One key.
#[derive(Debug, Default, Deserialize)]
pub struct Field {
    /// What it may hold; anything if nothing is said.
    #[serde(default, rename = "is")]
    pub types: Vec<Type>,
    /// How much it is missed.
    #[serde(default)]
    pub need: Need,
    /// What a wrong value costs.
    #[serde(default)]
    pub loss: Loss,
    /// The list of its values.
    #[serde(default)]
    pub one_of: Vec<String>,
    /// A pattern of its values.
    #[serde(default)]
    pub like: Option<String>,
    /// The pattern, in words.
    #[serde(default)]
    pub wants: Option<String>,
    /// The least number, or number of characters.
    #[serde(default)]
    pub least: Option<i64>,
    /// The greatest number, or number of characters.
    #[serde(default)]
    pub most: Option<i64>,
    /// What its values name.
    #[serde(default)]
    pub refers: Option<String>,
    /// What it gives a name to.
    #[serde(default)]
    pub defines: Option<String>,
    /// What its map keys give a name to.
    #[serde(default)]
    pub defines_keys: Option<String>,
    /// Its names come before the map they stand in.
    #[serde(default)]
    pub edge: bool,
    /// Rules look at its values, right or wrong.
    #[serde(default)]
    pub asked: bool,
    /// If it is a map.
    #[serde(flatten)]
    pub shape: Shape,
    /// If it is a list.
    #[serde(default)]
    pub items: Option<Box<Field>>,
}

/// What a value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    /// Characters.
    Text,
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// Any number.
    Number,
    /// A sequence.
    List,
    /// A mapping.
    Map,
    /// Names: a sequence of texts, or one text with commas or blanks between them.
    Names,
    /// Nothing at all.
    Nothing,
}

impl Shape {
    /// Whether nothing is said about keys.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.rest.is_none() && self.named.is_none()
    }
}

impl Type {
    /// As a message says it.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Bool => "true or false",
            Self::Int => "a whole number",
            Self::Number => "a number",
            Self::List => "a list",
            Self::Map => "a map",
            Self::Names => "names",
            Self::Nothing => "nothing",
        }
    }
}

impl Table {
    /// Reads the table; an empty one if it cannot be read.
    #[must_use]
    pub fn load(inputs: &Inputs) -> Outcome<Self> {
        let Some(file) = inputs.find(FILE) else { return Outcome::clean(Self::default()) };
        match serde_yaml::from_str::<Self>(inputs.text(file)) {
            Ok(mut table) => {
                for document in &mut table.documents {
                    document.globs =
                        document.paths.iter().map(|path| Glob::parse(&format!("**/{path}"))).collect();
                }
                Outcome::clean(table)
            }
            Err(error) => {
                let at = error.location().map_or(0, |place| place.index()).min(inputs.text(file).len());
                let finding = Diagnostic::error("data/invalid", Span::new(file, at, at), error.to_string())
                    .help(format!("compare it with the shipped file: `dispatch init --eject {FILE}`"));
                Outcome::new(Self::default(), vec![finding])
            }
        }
    }

    /// The values a list stands for: `@name`, or the words themselves.
    pub fn words<'a>(&'a self, words: &'a [String]) -> impl Iterator<Item = &'a str> {
        words.iter().flat_map(|word| {
            let list = word.strip_prefix('@').and_then(|name| self.lists.get(name));
            let own = if list.is_none() { Some(word.as_str()) } else { None };
            list.into_iter().flatten().map(String::as_str).chain(own)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{FILE, Field, Shape, Table};
    use crate::compiler::check::pack::tests::inputs;

    /// Every name a table uses is one it has.
    fn check(table: &Table, shape: &Shape, field: Option<&Field>) {
        let known = ["tool", "permission", "matcher", "model", "rule", "gate", "file", "script"];
        let mut fields: Vec<&Field> = shape.keys.values().chain(shape.rest.as_deref()).chain(field).collect();
        while let Some(field) = fields.pop() {
            let named = field.refers.iter().chain(&field.defines).chain(&field.defines_keys);
            for name in named {
                assert!(known.contains(&name.as_str()) || table.references.contains_key(name), "{name}");
            }
            for list in
                field.one_of.iter().chain(&field.shape.named).filter_map(|word| word.strip_prefix('@'))
            {
                assert!(table.lists.contains_key(list), "{list}");
            }
            assert!(
                field.like.as_deref().is_none_or(|like| regex::Regex::new(like).is_ok()),
                "{:?}",
                field.like
            );
            fields.extend(field.items.as_deref());
            fields.extend(field.shape.keys.values().chain(field.shape.rest.as_deref()));
        }
    }

    #[test]
    fn the_table_is_whole() {
        let inputs = inputs();
        let outcome = Table::load(&inputs);
        assert_eq!(outcome.findings, []);
        let table = outcome.value;
        for document in &table.documents {
            check(&table, &document.shape, None);
            assert!(
                document.client.as_ref().is_none_or(|client| table.clients.contains_key(client)),
                "{}",
                document.id
            );
        }
    }

    #[test]
    fn the_table_keeps_to_its_schema() {
        let schema = crate::builtin::file("schemas/documents.schema.json").unwrap();
        let schema: serde_json::Value = serde_json::from_slice(schema).unwrap();
        let text = String::from_utf8(crate::builtin::file(FILE).unwrap().to_vec()).unwrap();
        let json: serde_json::Value = serde_yaml::from_str(&text).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<String> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}
