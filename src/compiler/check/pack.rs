//! Rule packs: every file that says `schema: dispatch.rules/v1`, the shipped ones first. A pack that `extends` another
//! may replace its lists, patterns and rules by name.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::source::{Layer, SourceFile};
use crate::base::span::{FileId, Span};
use crate::base::suggest;
use crate::ir::node::Node;
use crate::ir::node::decode::decode;
use crate::syntax::text::vocabulary::Vocabulary;

use super::language::Languages;
use super::matcher::{Lists, Patterns};
use super::rule::Rule;
use super::shipped::{cut, is_for_lint, names};
use super::zone::Zones;

/// The mark of a rule pack.
pub const SCHEMA: &str = "dispatch.rules/v1";

/// Reads a part of a file as YAML: `ast::yaml::read`.
pub type Reader = dyn Fn(&Inputs, Span) -> Outcome<Node>;

/// All rules, and what they look things up in.
#[derive(Debug, Default)]
pub struct Packs {
    /// The rules, in the order of their packs.
    pub rules: Vec<Rule>,
    /// Gates and their names, in order.
    pub gates: Vec<(String, String)>,
    /// Lists and patterns.
    pub lists: Lists,
    /// Words for taking texts apart.
    pub vocabulary: Arc<Vocabulary>,
    /// Tables of languages.
    pub languages: Languages,
    /// Headings of zones.
    pub zones: Zones,
    /// Ids and names of shipped rules that this run does not ask.
    pub others: Vec<(String, String)>,
}

/// How much of a pack is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What a compilation needs: the examples of shipped packs are passed over, and the packs about other files.
    Rules,
    /// What a lint needs: these packs, too.
    Lint,
    /// Everything, every pattern compiled.
    Examples,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    #[serde(rename = "schema")]
    _schema: String,
    pack: String,
    #[serde(rename = "version")]
    _version: String,
    #[serde(default)]
    extends: Vec<String>,
    #[serde(default, rename = "asked_by")]
    _asked_by: Option<String>,
    #[serde(default)]
    gates: BTreeMap<String, String>,
    #[serde(default)]
    lists: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    patterns: BTreeMap<String, Patterns>,
    #[serde(default, rename = "rules")]
    _rules: Option<IgnoredAny>,
}

impl Packs {
    /// Reads every pack of the inputs.
    #[must_use]
    pub fn load(inputs: &Inputs, read: &Reader, vocabulary: Arc<Vocabulary>, depth: Depth) -> Outcome<Self> {
        let mut loader = Loader {
            inputs,
            read,
            depth,
            packs: Self::default(),
            known: BTreeSet::new(),
            findings: Vec::new(),
        };
        let mut files: Vec<(FileId, &SourceFile)> =
            inputs.files().filter(|(_, file)| is_pack(file)).collect();
        // What others extend comes first: the shipped packs, the one called `core` at their head.
        files.sort_by_key(|(_, file)| {
            (file.layer, !file.path.as_str().ends_with("veto-conditions.yaml"), file.path.clone())
        });
        for (id, file) in files {
            if depth == Depth::Rules && file.layer == Layer::Builtin && is_for_lint(file) {
                loader.packs.others.extend(names(file.text()));
            } else {
                loader.file(id, file);
            }
        }
        let Loader { mut packs, mut findings, .. } = loader;
        packs.vocabulary = vocabulary;
        packs.languages = Languages::load(inputs);
        packs.zones = Zones::new(&packs.lists);
        packs.resolve(&mut findings, inputs, depth);
        Outcome::new(packs, findings)
    }

    /// The ids of all rules, those included that were passed over.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|rule| rule.id.as_str()).chain(self.others.iter().map(|(id, _)| id.as_str()))
    }

    /// The rule of an id, name or former name.
    #[must_use]
    pub fn rule(&self, name: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == name).or_else(|| {
            self.rules.iter().find(|rule| rule.name == name || rule.aliases.iter().any(|alias| alias == name))
        })
    }

    /// Whether a code, a name or a family means a rule, asked in this run or not.
    #[must_use]
    pub fn knows(&self, name: &str) -> bool {
        let other = |(id, own): &(String, String)| {
            id == name || own == name || id.split_once('.').is_some_and(|(family, _)| family == name)
        };
        self.rules.iter().any(|rule| rule.is_named(name)) || self.others.iter().any(other)
    }

    /// The rule id nearest to a name nobody knows.
    #[must_use]
    pub fn nearest(&self, name: &str) -> Option<&str> {
        suggest::nearest(name, self.rules.iter().flat_map(|rule| [rule.id.as_str(), rule.name.as_str()]))
    }

    fn resolve(&mut self, findings: &mut Vec<Diagnostic>, inputs: &Inputs, depth: Depth) {
        let Self { rules, lists, .. } = self;
        for rule in rules {
            let mut unknown = Vec::new();
            rule.check.resolve(lists, &mut unknown);
            if let Some(when) = &mut rule.when {
                when.resolve(lists, &mut unknown);
            }
            if let Some(softened) = &mut rule.softened {
                softened.when.resolve(lists, &mut unknown);
            }
            for name in unknown {
                let known = lists.words.keys().chain(lists.patterns.keys()).map(String::as_str);
                let help = suggest::nearest(&name, known).map(|near| format!("did you mean `@{near}`?"));
                let message = format!("rule `{}` names the list `@{name}`, which no pack has", rule.id);
                findings.push(Diagnostic::error("rule/unknown-list", rule.at, message).help(help));
            }
        }
        let ours = |rule: &Rule| inputs.file(rule.at.file).layer == Layer::Builtin;
        // Patterns of shipped packs are known to be good; compiling them all takes longer than a small plan.
        if depth == Depth::Examples || !self.rules.iter().all(ours) {
            for fault in self.lists.faults() {
                let at = self.rules.last().map_or(Span::head(FileId(0)), |rule| rule.at);
                findings.push(Diagnostic::error(
                    "rule/bad-pattern",
                    at,
                    format!("a pattern cannot be read: {fault}"),
                ));
            }
        }
    }
}

fn is_pack(file: &SourceFile) -> bool {
    matches!(file.path.extension(), "yaml" | "yml")
        && file.text().lines().take(20).any(|line| {
            line.strip_prefix("schema:").is_some_and(|value| value.trim().trim_matches(['"', '\'']) == SCHEMA)
        })
}

struct Loader<'a> {
    inputs: &'a Inputs,
    read: &'a Reader,
    depth: Depth,
    packs: Packs,
    known: BTreeSet<String>,
    findings: Vec<Diagnostic>,
}

impl Loader<'_> {
    fn file(&mut self, id: FileId, file: &SourceFile) {
        let parts = match (file.layer, self.depth) {
            (Layer::Builtin, Depth::Rules | Depth::Lint) => cut(file.text()),
            _ => None,
        };
        let (head, rules) = if let Some((head, rules)) = parts {
            let head = self.read(Span::new(id, 0, head));
            let rules = rules.into_iter().map(|(start, end)| self.read(Span::new(id, start, end)));
            (head, rules.collect::<Vec<_>>())
        } else {
            let node = self.read(Span::new(id, 0, file.text().len()));
            let rules = node.get("rules").cloned().into_iter().collect();
            (node, rules)
        };
        let Some(pack) = self.head(&head, file.layer) else { return };
        for node in rules.iter().flat_map(Node::items) {
            self.rule(node, &pack, file.layer);
        }
    }

    fn read(&mut self, span: Span) -> Node {
        let outcome = (self.read)(self.inputs, span);
        self.findings.extend(outcome.findings);
        outcome.value
    }

    fn head(&mut self, node: &Node, layer: Layer) -> Option<String> {
        let head: Head = match decode(node) {
            Ok(head) => head,
            Err(error) => {
                let at = error.span.unwrap_or(node.span);
                self.findings.push(Diagnostic::error("rule/invalid", at, error.message));
                return None;
            }
        };
        for name in &head.extends {
            if !self.known.contains(name) {
                let help = suggest::nearest(name, self.known.iter().map(String::as_str));
                let message = format!("no pack is called `{name}`");
                let help = help.map(|near| format!("did you mean `{near}`?"));
                self.findings.push(Diagnostic::error("rule/unknown-pack", node.span, message).help(help));
            }
        }
        let replaces = layer == Layer::Builtin || !head.extends.is_empty();
        let lists = &mut self.packs.lists;
        let taken = head.lists.keys().find(|name| lists.words.contains_key(*name));
        let taken = taken.or_else(|| head.patterns.keys().find(|name| lists.patterns.contains_key(*name)));
        if let Some(name) = taken.filter(|_| !replaces) {
            let message = format!("the list `{name}` belongs to another pack");
            let help = "add `extends: [core]` to replace it, or choose another name".to_owned();
            self.findings.push(Diagnostic::error("rule/duplicate", node.span, message).help(help));
            return None;
        }
        lists.words.extend(head.lists);
        lists.patterns.extend(head.patterns);
        for (id, name) in head.gates {
            self.packs.gates.retain(|(known, _)| *known != id);
            self.packs.gates.push((id, name));
        }
        self.known.insert(head.pack.clone());
        Some(head.pack)
    }

    /// Whether the file of a rule stands in the place of one of ours: then it may hold our ids.
    fn covers_ours(&self, rule: &Rule) -> bool {
        self.inputs.file(rule.at.file).path.as_str().starts_with("squads/dispatch/data/")
    }

    fn rule(&mut self, node: &Node, pack: &str, layer: Layer) {
        let mut rule: Rule = match decode(node) {
            Ok(rule) => rule,
            Err(error) => {
                let at = error.span.unwrap_or(node.span);
                self.findings.push(Diagnostic::error("rule/invalid", at, error.message));
                return;
            }
        };
        rule.at = node.get("id").map_or(node.span, |id| id.span);
        pack.clone_into(&mut rule.pack);
        if let Some(fault) = fault(&rule, layer, self.depth) {
            self.findings.push(Diagnostic::error("rule/invalid", rule.at, fault));
            return;
        }
        let earlier = self.packs.rules.iter().position(|known| known.id == rule.id);
        match earlier {
            None if layer != Layer::Builtin && !self.covers_ours(&rule) && !rule.id.starts_with('X') => {
                let message = format!("rule id `{}` is reserved", rule.id);
                let help = "begin the ids of your own rules with `X`, as in `XTEAM.1`".to_owned();
                self.findings.push(Diagnostic::error("rule/reserved-id", rule.at, message).help(help));
            }
            None => self.packs.rules.push(rule),
            Some(at) if layer == Layer::Builtin || self.packs.rules[at].pack == pack => {
                let first = self.packs.rules[at].at;
                let message = format!("two rules are called `{}`", rule.id);
                self.findings
                    .push(Diagnostic::error("rule/duplicate", rule.at, message).label(first, "the first"));
            }
            Some(at) => self.packs.rules[at] = rule,
        }
    }
}

/// What the schema says beyond the types.
fn fault(rule: &Rule, layer: Layer, depth: Depth) -> Option<String> {
    let numbered = rule.id.rsplit_once('.').is_some_and(|(family, number)| {
        let letters = !family.is_empty()
            && family.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        letters && (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    if !numbered {
        return Some(format!("`{}` is no rule id, such as `XTEAM.1`", rule.id));
    }
    let named = |name: &str| {
        name.split('-').all(|part| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
    };
    if !named(&rule.name) {
        return Some(format!("`{}` is no rule name: lower-case words joined by `-`", rule.name));
    }
    if !(5..=200).contains(&rule.message.chars().count()) {
        return Some(format!("the message of `{}` must have 5 to 200 characters", rule.id));
    }
    let proven = !rule.examples.pass.is_empty() && !rule.examples.fail.is_empty();
    let passed_over = layer == Layer::Builtin && depth != Depth::Examples;
    (!proven && !passed_over)
        .then(|| format!("rule `{}` needs an example that passes and one that fails", rule.id))
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::Arc;

    use super::{Depth, Packs, cut};
    use crate::base::inputs::{Inputs, RelPath};
    use crate::base::outcome::Outcome;
    use crate::base::source::Layer;
    use crate::syntax::text::vocabulary::Vocabulary;
    use crate::syntax::yaml;

    pub(crate) fn inputs() -> Inputs {
        let mut inputs = Inputs::new();
        crate::builtin::underlay(&mut inputs);
        inputs
    }

    /// The shipped packs.
    pub(crate) fn shipped(depth: Depth) -> Packs {
        let outcome = load(&inputs(), depth);
        assert_eq!(outcome.findings, []);
        outcome.value
    }

    pub(crate) fn load(inputs: &Inputs, depth: Depth) -> Outcome<Packs> {
        Packs::load(inputs, &yaml::read, Arc::new(Vocabulary::load(inputs).value), depth)
    }

    /// The findings about a user's pack.
    fn check(text: &str) -> Vec<String> {
        let mut inputs = inputs();
        inputs.add(RelPath::new("rules/mine.yaml").unwrap(), Layer::Project, text.as_bytes().to_vec());
        load(&inputs, Depth::Rules).findings.iter().map(|f| format!("{} {}", f.code, f.message)).collect()
    }

    const HEAD: &str = "schema: dispatch.rules/v1\npack: mine\nversion: 1.0.0\nextends: [core]\n";
    const RULE: &str = "rules:\n- {id: XA.1, name: mine, phase: '1', gate: QG-PRE, scope: task, severity: warning, check: {required: {field: task.id}}, message: no id at all, examples: {pass: [{task: {id: a}}], fail: [{}]}}\n";

    #[test]
    fn the_shipped_packs_have_all_rules() {
        for (depth, want) in [(Depth::Rules, 83), (Depth::Lint, 148), (Depth::Examples, 148)] {
            assert_eq!(shipped(depth).rules.len(), want, "{depth:?}");
        }
        let packs = shipped(Depth::Rules);
        assert!(
            packs.knows("DF.1") && packs.knows("DK") && packs.knows("head-missing") && !packs.knows("DF.99")
        );
    }

    #[test]
    fn shipped_files_are_written_so_that_examples_can_be_passed_over() {
        for (path, bytes) in crate::builtin::files() {
            let text = std::str::from_utf8(bytes).unwrap_or_default();
            if path.starts_with("squads/dispatch/data/")
                && text.contains(&format!("\nschema: {}\n", super::SCHEMA))
            {
                assert!(cut(text).is_some(), "{path}");
            }
        }
    }

    #[test]
    fn users_add_rules() {
        assert_eq!(check(&format!("{HEAD}{RULE}")), Vec::<String>::new());
        let reserved = check(&format!("{HEAD}{}", RULE.replace("XA.1", "V9.1")));
        assert_eq!(reserved, ["rule/reserved-id rule id `V9.1` is reserved"]);
    }

    #[test]
    fn users_replace_lists_and_rules_by_name() {
        let mut inputs = inputs();
        let text = format!("{HEAD}lists: {{subjective: [shiny]}}\n{}", RULE.replace("XA.1", "V1.8"));
        inputs.add(RelPath::new("rules/mine.yaml").unwrap(), Layer::Project, text.into_bytes());
        let packs = load(&inputs, Depth::Rules);
        assert_eq!(packs.findings, []);
        assert_eq!(packs.value.lists.words["subjective"], ["shiny"]);
        assert_eq!(packs.value.rule("V1.8").map(|rule| rule.name.as_str()), Some("mine"));
    }

    const FAULTS: &[(&str, &str)] = &[
        ("required", "demanded"),
        ("pass: [{task: {id: a}}], ", "pass: [], "),
        ("XA.1", "nonsense"),
        ("name: mine", "nmae: mine"),
        ("severity: warning", "severity: BLOCKING"),
        ("{field: task.id}", "{feild: task.id}"),
        ("required: {field: task.id}", "pattern: {target: task.id, match: '@nowhere'}"),
        ("required: {field: task.id}", "pattern: {target: task.id, match: '(['}"),
    ];

    #[test]
    fn faults_of_packs_are_told() {
        for (number, (from, to)) in FAULTS.iter().enumerate() {
            let want =
                ["rule/invalid", "rule/unknown-list", "rule/bad-pattern"][number.saturating_sub(5).min(2)];
            let found = check(&format!("{HEAD}{}", RULE.replace(from, to)));
            assert!(found.iter().any(|line| line.starts_with(want)), "{to}: {found:?}");
        }
        assert!(check(&HEAD.replace("[core]", "[cor]"))[0].starts_with("rule/unknown-pack"));
        assert!(
            check(&format!("{}lists: {{subjective: [x]}}\n", HEAD.replace("extends: [core]\n", "")))[0]
                .starts_with("rule/duplicate")
        );
    }

    /// The schema and the types agree: what one refuses, the other does.
    #[test]
    fn packs_keep_to_their_schema() {
        let schema: serde_json::Value =
            serde_json::from_slice(crate::builtin::file("schemas/rules.schema.json").unwrap()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        for (path, bytes) in crate::builtin::files() {
            let text = std::str::from_utf8(bytes).unwrap_or_default();
            if path.starts_with("squads/dispatch/data/")
                && text.contains(&format!("\nschema: {}\n", super::SCHEMA))
            {
                let value: serde_yaml::Value = serde_yaml::from_str(text).unwrap();
                // JSON has no infinities: examples with them are left out.
                let json = serde_json::to_value(plain(value)).unwrap();
                let errors: Vec<String> =
                    validator.iter_errors(&json).map(|error| error.to_string()).collect();
                assert!(errors.is_empty(), "{path}: {errors:#?}");
            }
        }
        for (from, to) in FAULTS.iter().take(6) {
            let text = format!("{HEAD}{}", RULE.replace(from, to));
            let json: serde_json::Value = serde_yaml::from_str(&text).unwrap();
            assert!(!validator.is_valid(&json), "{to}");
        }
        let json: serde_json::Value = serde_yaml::from_str(&format!("{HEAD}{RULE}")).unwrap();
        assert!(validator.is_valid(&json));
    }

    fn plain(value: serde_yaml::Value) -> serde_yaml::Value {
        match value {
            serde_yaml::Value::Number(number)
                if number.as_f64().is_some_and(|number| !number.is_finite()) =>
            {
                serde_yaml::Value::Null
            }
            serde_yaml::Value::Sequence(items) => items.into_iter().map(plain).collect(),
            serde_yaml::Value::Mapping(map) => {
                serde_yaml::Value::Mapping(map.into_iter().map(|(key, value)| (key, plain(value))).collect())
            }
            other => other,
        }
    }
}
