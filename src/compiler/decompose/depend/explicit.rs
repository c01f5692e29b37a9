//! D1 and D2: what the source states. A name that nothing bears is an error; one that means itself, too.

use std::collections::BTreeMap;

use crate::base::diagnostic::Diagnostic;
use crate::base::fold::fold;
use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::base::suggest::nearest;
use crate::base::table::{Id as _, Run};
use crate::base::text::Text;
use crate::ir::draft::{Draft, ItemKind};
use crate::ir::graph::Rule;

use super::super::Context;
use super::super::sketch::Sketch;
use super::super::stories::names;
use super::Proposals;

/// Proposes what the documents and their items state.
pub(super) fn propose(
    context: Context<'_>,
    drafts: &[Draft],
    sketch: &Sketch,
    edges: &mut Proposals<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    let by_name = names(context, drafts, sketch.stories.rows());
    let tasks_of = |number: u32| sketch.stories.rows()[number as usize].tasks;
    let stories: BTreeMap<String, Run> =
        by_name.into_iter().map(|(name, number)| (name, tasks_of(number))).collect();
    let is_batch = drafts.len() > 1;
    for (number, draft) in drafts.iter().enumerate() {
        let names = Names::of(context, draft, number, sketch);
        for (id, item) in draft.items.iter() {
            let mine = sketch.made[number][id.index()];
            let kinds = [(item.after, Rule::D1), (item.blocks, Rule::D2)];
            for (mention, rule, run) in kinds
                .into_iter()
                .flat_map(|(run, rule)| draft.mentions[run.range()].iter().map(move |m| (m, rule, run)))
            {
                let word = mention.get(context.inputs);
                let found = names.find(word).or_else(|| stories.get(&story_key(context, word)).copied());
                match found {
                    Some(theirs) if theirs == mine && item.kind == ItemKind::Task => {
                        let named = item.id.as_ref().unwrap_or(&item.title);
                        findings.push(itself(mention, word, named));
                    }
                    Some(theirs) if rule == Rule::D1 => edges.add(outside(theirs, mine), mine, rule, mention),
                    Some(theirs) => edges.add(mine, outside(theirs, mine), rule, mention),
                    None if names.is_nothing(word) => {}
                    // `T001-T023` names those of them that there are.
                    None if matches!(mention, Text::Made(..))
                        && draft.mentions[run.range()].iter().any(|other| {
                            other.at() == mention.at() && names.find(other.get(context.inputs)).is_some()
                        }) => {}
                    None if draft.foreign && is_issue(context.inputs, mention) => {
                        findings.push(external(mention, word));
                    }
                    None => findings.push(unknown(mention, word, &names)),
                }
            }
        }
        between(context, draft, sketch.stories.rows()[number].tasks, &stories, is_batch, edges, findings);
    }
}

/// What a group waits for must not lie inside it: then only the part before it is meant.
fn outside(theirs: Run, mine: Run) -> Run {
    let overlap = theirs.start < mine.end && mine.start < theirs.end;
    if !overlap {
        return theirs;
    }
    Run { start: theirs.start.min(mine.start), end: mine.start.max(theirs.start.min(mine.start)) }
}

fn itself(mention: &Text, word: &str, named: &Text) -> Diagnostic {
    Diagnostic::error("dep/self", mention.at(), format!("`{}` waits for itself", word.trim()))
        .label(named.at(), "the task that waits")
        .help("remove the reference, or name another task".to_owned())
        .veto("V1.4")
}

fn unknown(mention: &Text, word: &str, names: &Names<'_>) -> Diagnostic {
    let word = word.trim();
    let near = nearest(word, names.exact.keys().copied());
    let found = Diagnostic::error("dep/unknown", mention.at(), format!("no task is called `{word}`"));
    match near {
        Some(near) => found
            .label(names.exact[near].1, format!("`{near}` is here"))
            .help(format!("did you mean `{near}`?")),
        None => found.help("name a task of this document, or remove the reference".to_owned()),
    }
    .why("an order that is dropped in silence is an order that is not kept")
    .veto("V1.12")
}

/// Documents that wait for documents.
fn between(
    context: Context<'_>,
    draft: &Draft,
    mine: Run,
    stories: &BTreeMap<String, Run>,
    is_batch: bool,
    edges: &mut Proposals<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    let kinds = draft.after.iter().map(|m| (m, Rule::D1)).chain(draft.blocks.iter().map(|m| (m, Rule::D2)));
    for (mention, rule) in kinds {
        let word = mention.get(context.inputs);
        match stories.get(&story_key(context, word)) {
            Some(&theirs) if theirs == mine => {}
            Some(&theirs) if rule == Rule::D1 => edges.add(theirs, mine, rule, mention),
            Some(&theirs) => edges.add(mine, theirs, rule, mention),
            None if is_nothing(context, word) || is_there(context.inputs, draft, word.trim()) => {}
            // A document does not wait for its own tasks.
            None if is_own(context.inputs, draft, word.trim()) => {}
            None if is_batch => edges.missing.push(mention.clone()),
            None => findings.push(external(mention, word)),
        }
    }
}

fn is_own(inputs: &Inputs, draft: &Draft, word: &str) -> bool {
    draft.items.iter().any(|(_, item)| item.id.as_ref().is_some_and(|id| id.get(inputs) == word))
}

fn external(mention: &Text, word: &str) -> Diagnostic {
    Diagnostic::info("dep/external", mention.at(), format!("`{}` is not part of this plan", word.trim()))
        .help("compile it together with this document to have the order kept".to_owned())
}

/// Whether a mention is the number of an issue, `#12`: it may lie in a tracker.
fn is_issue(inputs: &Inputs, mention: &Text) -> bool {
    let at = mention.at();
    inputs.text(at.file)[..at.start as usize].ends_with('#')
}

/// Whether a file of this name lies under the root or beside the document, whole or without its extension.
fn is_there(inputs: &Inputs, draft: &Draft, name: &str) -> bool {
    let path = &inputs.file(draft.file).path;
    let beside = |name: &str| {
        if path.folder().is_empty() { name.to_owned() } else { format!("{}/{name}", path.folder()) }
    };
    let whole = format!("{name}.{}", path.extension());
    [name, &whole].iter().any(|name| inputs.exists(name) || inputs.exists(&beside(name)))
}

/// The name of a document as names are compared.
pub(in crate::compiler::decompose) fn story_key(context: Context<'_>, name: &str) -> String {
    strip(context, &fold(name.trim())).to_owned()
}

/// A reference without the words in front of its name and the note behind it.
fn strip<'t>(context: Context<'_>, folded: &'t str) -> &'t str {
    let mut rest = folded.split(" (").next().unwrap_or(folded).trim();
    while let Some((first, tail)) = rest.split_once([' ', '#', '-', '_']) {
        if !context.lexicon.reference_words.contains(first) || tail.is_empty() {
            break;
        }
        rest = tail.trim_start();
    }
    rest.trim_matches(|c: char| c == '#' || c == '`' || c == '.' || c == ':' || c.is_whitespace())
}

fn is_nothing(context: Context<'_>, word: &str) -> bool {
    let folded = fold(word.trim());
    let bare = folded.trim_matches(|c: char| matches!(c, '.' | '(' | ')' | '`' | '*' | '_'));
    bare.is_empty()
        || context.lexicon.none.contains(bare)
        || context.lexicon.none.contains(&bare.replace('/', " "))
}

/// The names of the items of one document.
struct Names<'a> {
    context: Context<'a>,
    /// With the place of the name.
    exact: BTreeMap<&'a str, (Run, Span)>,
    folded: BTreeMap<String, Option<Run>>,
    titles: BTreeMap<String, Option<Run>>,
    /// The number at the end of an id of letters and a number: `task 1` may mean `T001`.
    numbers: BTreeMap<String, Option<Run>>,
}

impl<'a> Names<'a> {
    fn of(context: Context<'a>, draft: &'a Draft, number: usize, sketch: &Sketch) -> Self {
        let inputs: &'a Inputs = context.inputs;
        let mut exact = BTreeMap::new();
        let mentioned = !draft.mentions.is_empty();
        for (id, item) in draft.items.iter().filter(|_| mentioned) {
            if let Some(name) = &item.id {
                exact.entry(name.get(inputs)).or_insert((sketch.made[number][id.index()], name.at()));
            }
        }
        // The other two ways of naming a task are rare: built only when some mention needs them.
        let plain = draft.mentions.iter().all(|mention| exact.contains_key(mention.get(inputs)));
        let rows = || draft.items.iter().filter(|_| !plain);
        let folded = super::super::sketch::unique(rows().filter_map(|(id, item)| {
            let name = fold(item.id.as_ref()?.get(inputs)).into_owned();
            Some((strip(context, &name).to_owned(), sketch.made[number][id.index()]))
        }));
        let titles = super::super::sketch::unique(rows().map(|(id, item)| {
            (fold(item.title.get(inputs)).trim().to_owned(), sketch.made[number][id.index()])
        }));
        let numbers = super::super::sketch::unique(rows().filter_map(|(id, item)| {
            let name = item.id.as_ref()?.get(inputs);
            let letters = name.trim_end_matches(|c: char| c.is_ascii_digit());
            let lettered = !letters.is_empty() && !letters.contains(|c: char| c.is_ascii_digit());
            lettered.then(|| (zeros(&name[letters.len()..]), sketch.made[number][id.index()]))
        }));
        Self { context, exact, folded, titles, numbers }
    }

    fn find(&self, word: &str) -> Option<Run> {
        let word = word.trim();
        if let Some(&(run, _)) = self.exact.get(word) {
            return Some(run);
        }
        let whole = fold(word);
        let bare = strip(self.context, &whole);
        let single = self.folded.get(bare).or_else(|| self.folded.get(&zeros(bare))).copied().flatten();
        let numbered = || self.numbers.get(&zeros(bare)).copied().flatten();
        single
            .or_else(|| self.range(bare))
            .or_else(numbered)
            .or_else(|| self.titles.get(whole.trim()).copied().flatten())
            .or_else(|| self.noted(bare))
    }

    /// `T3 - because of the schema`, `step_1.decision == 'go'`: an id with a note or a condition behind it.
    fn noted(&self, word: &str) -> Option<Run> {
        let head = word.split(|c: char| c.is_whitespace() || matches!(c, ':' | ',' | ';' | '=')).next()?;
        let owner = head.rsplit_once('.').map(|(owner, _)| owner);
        std::iter::once(head)
            .filter(|head| head.len() < word.len())
            .chain(owner.filter(|owner| !owner.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')))
            .find_map(|name| self.folded.get(name).copied().flatten())
    }

    /// `T001-T003`, `T1..T3`, `1.1 to 1.3`: everything from the first to the last.
    fn range(&self, word: &str) -> Option<Run> {
        let separators = ["..", " to ", " a ", " ate ", "–", "-"];
        separators.iter().find_map(|separator| {
            let (from, to) = word.split_once(separator)?;
            let from = (*self.folded.get(strip(self.context, from.trim()))?)?;
            let to = (*self.folded.get(strip(self.context, to.trim()))?)?;
            (from.start <= to.start).then_some(Run { start: from.start, end: to.end })
        })
    }

    fn is_nothing(&self, word: &str) -> bool {
        is_nothing(self.context, word)
    }
}

/// The same number without its leading zeros: `t1` for `t001`.
fn zeros(name: &str) -> String {
    let head = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &name[head.len()..];
    format!("{head}{}", digits.trim_start_matches('0'))
}
