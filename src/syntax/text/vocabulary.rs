//! The words this toolbox needs, read from `quantities.yaml` and `text.yaml`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::Span;
use crate::ir::node::decode::decode;
use crate::syntax::yaml;

use super::lexicon::Lexicon;

/// Where the words for quantities stand.
pub const QUANTITIES: &str = "squads/dispatch/data/quantities.yaml";
/// Where the words for everything else stand.
pub const TEXT: &str = "squads/dispatch/data/text.yaml";

/// Something that can be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// `email`, `tag_ac`, ….
    pub name: String,
    /// `file` or `resource`.
    pub category: String,
    /// Kinds it becomes beside a marker.
    pub refine: Vec<Refine>,
}

/// A closer kind, and the words that tell it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refine {
    /// Name of the closer kind.
    pub name: String,
    /// Words beside the noun.
    pub markers: Vec<String>,
}

/// All words, ready to be looked up.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    /// What can be counted; `Quantity::kind` is an index into it. Refined kinds stand behind the plain ones.
    pub kinds: Vec<Kind>,
    /// Nouns of the kinds: twice the index, plus one for the plural.
    pub nouns: Lexicon,
    /// Markers of refined kinds: the index of the refined kind.
    pub markers: Lexicon,
    /// Most words between number and noun.
    pub adjectives: usize,
    /// Number words and their values.
    pub numbers: Lexicon,
    /// Words that multiply the number before them.
    pub scales: Lexicon,
    /// Words inside a number.
    pub joints: Lexicon,
    /// `a`, before a single thing.
    pub articles: Lexicon,
    /// Words between the ends of a range.
    pub range: Lexicon,
    /// Words before a range.
    pub between: Lexicon,
    /// `x`.
    pub times: Lexicon,
    /// Words after which a number is a name.
    pub names: Lexicon,
    /// Words that end the search for a noun.
    pub stops: Lexicon,
    /// `each`.
    pub each: Lexicon,
    /// `per`.
    pub per: Lexicon,
    /// `with`.
    pub inside: Lexicon,
    /// `total`.
    pub total: Lexicon,
    /// Endings of file names.
    pub extensions: Lexicon,
    /// Files known by their whole name.
    pub file_names: Lexicon,
    /// Names that only look like files.
    pub not_files: Lexicon,
    /// Folders that begin a path.
    pub folders: Lexicon,
    /// Words at which a clause ends.
    pub clause_joints: Lexicon,
    /// Words after which a verb is a command.
    pub imperative_leads: Lexicon,
    /// Verbs that make something.
    pub creating_verbs: Lexicon,
    /// Words at which the object of such a verb ends.
    pub object_ends: Lexicon,
    /// Words of a path that is the test of another file.
    pub test_marks: Lexicon,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Quantities {
    #[serde(rename = "schema")]
    _schema: String,
    kinds: Vec<KindEntry>,
    adjectives: usize,
    numbers: Numbers,
    names: Vec<String>,
    stops: Vec<String>,
    each: Vec<String>,
    per: Vec<String>,
    inside: Vec<String>,
    total: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindEntry {
    name: String,
    category: String,
    one: Vec<String>,
    many: Vec<String>,
    #[serde(default)]
    refine: Vec<Refine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Numbers {
    values: BTreeMap<String, u32>,
    scales: BTreeMap<String, u32>,
    joints: Vec<String>,
    articles: Vec<String>,
    range: Vec<String>,
    between: Vec<String>,
    times: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    #[serde(rename = "schema")]
    _schema: String,
    extensions: Vec<String>,
    file_names: Vec<String>,
    not_files: Vec<String>,
    folders: Vec<String>,
    clause_joints: Vec<String>,
    imperative_leads: Vec<String>,
    creating_verbs: Vec<String>,
    object_ends: Vec<String>,
    test_marks: Vec<String>,
}

impl Vocabulary {
    /// Reads both files; a file that is missing or broken contributes no words, and a finding.
    #[must_use]
    pub fn load(inputs: &Inputs) -> Outcome<Self> {
        let mut findings = Vec::new();
        let mut vocabulary = Self::default();
        if let Some(data) = read::<Quantities>(inputs, QUANTITIES, &mut findings) {
            vocabulary.take_quantities(data);
        }
        if let Some(data) = read::<Texts>(inputs, TEXT, &mut findings) {
            vocabulary.take_texts(data);
        }
        Outcome::new(vocabulary, findings)
    }

    fn take_quantities(&mut self, data: Quantities) {
        let words = |entry: &KindEntry, at: u32| {
            let one = entry.one.iter().map(move |word| (word.clone(), 2 * at));
            one.chain(entry.many.iter().map(move |word| (word.clone(), 2 * at + 1))).collect::<Vec<_>>()
        };
        self.nouns = Lexicon::new(data.kinds.iter().zip(0_u32..).flat_map(|(entry, at)| words(entry, at)));
        let mut markers = Vec::new();
        let mut refined = Vec::new();
        let plain = data.kinds.len();
        for entry in data.kinds {
            for closer in &entry.refine {
                let at = u32::try_from(plain + refined.len()).unwrap_or(u32::MAX);
                markers.extend(closer.markers.iter().map(|marker| (marker.clone(), at)));
                refined.push(Kind {
                    name: closer.name.clone(),
                    category: entry.category.clone(),
                    refine: Vec::new(),
                });
            }
            self.kinds.push(Kind { name: entry.name, category: entry.category, refine: entry.refine });
        }
        self.kinds.append(&mut refined);
        self.markers = Lexicon::new(markers);
        self.adjectives = data.adjectives;
        self.numbers = Lexicon::new(data.numbers.values);
        self.scales = Lexicon::new(data.numbers.scales);
        self.joints = Lexicon::numbered(data.numbers.joints);
        self.articles = Lexicon::numbered(data.numbers.articles);
        self.range = Lexicon::numbered(data.numbers.range);
        self.between = Lexicon::numbered(data.numbers.between);
        self.times = Lexicon::numbered(data.numbers.times);
        self.names = Lexicon::numbered(data.names);
        self.stops = Lexicon::numbered(data.stops);
        self.each = Lexicon::numbered(data.each);
        self.per = Lexicon::numbered(data.per);
        self.inside = Lexicon::numbered(data.inside);
        self.total = Lexicon::numbered(data.total);
    }

    fn take_texts(&mut self, data: Texts) {
        self.extensions = Lexicon::numbered(data.extensions);
        self.file_names = Lexicon::numbered(data.file_names);
        self.not_files = Lexicon::numbered(data.not_files);
        self.folders = Lexicon::numbered(data.folders);
        self.clause_joints = Lexicon::numbered(data.clause_joints);
        self.imperative_leads = Lexicon::numbered(data.imperative_leads);
        self.creating_verbs = Lexicon::numbered(data.creating_verbs);
        self.object_ends = Lexicon::numbered(data.object_ends);
        self.test_marks = Lexicon::numbered(data.test_marks);
    }
}

fn read<T: DeserializeOwned>(inputs: &Inputs, path: &str, findings: &mut Vec<Diagnostic>) -> Option<T> {
    let file = inputs.find(path)?;
    let read = yaml::read(inputs, Span::new(file, 0, inputs.text(file).len()));
    findings.extend(read.findings);
    match decode(&read.value) {
        Ok(value) => Some(value),
        Err(error) => {
            findings.push(Diagnostic::error(
                "data/invalid",
                error.span.unwrap_or(Span::head(file)),
                format!("these words cannot be read: {error}"),
            ));
            None
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::Vocabulary;
    use crate::base::inputs::Inputs;

    /// The shipped words.
    pub(crate) fn shipped() -> Vocabulary {
        let mut inputs = Inputs::new();
        crate::builtin::underlay(&mut inputs);
        let outcome = Vocabulary::load(&inputs);
        assert_eq!(outcome.findings, []);
        outcome.value
    }

    #[test]
    fn the_shipped_words_load() {
        let words = shipped();
        assert!(words.kinds.iter().any(|kind| kind.name == "tag_bh"));
        assert_eq!(words.numbers.get("Três"), Some(3));
    }
}
