//! For tests: a draft on a few lines, so that an expectation shows everything a dialect decided.

use std::fmt::Write as _;

use crate::base::inputs::{Inputs, RelPath};
use crate::base::source::Layer;
use crate::base::text::Text;
use crate::compiler::ast;
use crate::ir::draft::{Draft, ItemKind};

use super::words::Words;

/// Reads the first of `files` as `dialect`, the others being its neighbours; the claim must win unless a name is given
/// with `!`.
pub(super) fn draft(dialect: &str, files: &[(&str, &str)]) -> (Inputs, Draft) {
    let mut inputs = Inputs::new();
    crate::builtin::underlay(&mut inputs);
    let id = inputs.add_document(RelPath::new(files[0].0).unwrap(), files[0].1.as_bytes().to_vec());
    for (path, text) in &files[1..] {
        inputs.add(RelPath::new(path).unwrap(), Layer::Project, text.as_bytes().to_vec());
    }
    let document = ast::read(&inputs, id).value;
    let words = Words::load(&inputs).value;
    let chosen = dialect.strip_prefix('!');
    let draft = super::read(&inputs, &document, chosen, &words).value;
    assert_eq!(
        draft.dialect,
        chosen.unwrap_or(dialect),
        "{:?}",
        super::claims(&inputs, &document, &words).first().map(|(d, c)| (d.name, *c))
    );
    check_spans(&inputs, &draft);
    (inputs, draft)
}

/// Every place lies in its file, on character boundaries, and runs lie in their tables.
fn check_spans(inputs: &Inputs, draft: &Draft) {
    for (_, item) in draft.items.iter() {
        let _ = (
            item.title.get(inputs),
            inputs.slice(item.at),
            item.detail.as_ref().map(|text| text.get(inputs)),
        );
        for run in [item.after, item.blocks, item.serves] {
            let _ = draft.mentions[run.range()].iter().map(|text| text.get(inputs)).collect::<Vec<_>>();
        }
        let _ = draft.criteria.slice(item.criteria);
    }
    for unused in &draft.unused {
        let _ = inputs.slice(unused.span);
    }
    for section in &draft.sections {
        let _ = (section.heading.get(inputs), section.body.get(inputs));
    }
}

/// Items by depth: `#` phase, `+` group, `-` open, `x` done, `?` unsaid; then id, title and what it is tied to.
pub(super) fn items(inputs: &Inputs, draft: &Draft) -> String {
    let names = |run: crate::base::table::Run| -> String {
        let list: Vec<&str> = draft.mentions[run.range()].iter().map(|text| text.get(inputs)).collect();
        list.join(",")
    };
    let mut out = String::new();
    for (_, item) in draft.items.iter() {
        let depth = std::iter::successors(item.parent, |&at| draft.items[at].parent).count();
        let mark = match (item.kind, item.done) {
            (ItemKind::Phase, _) => '#',
            (ItemKind::Group, _) => '+',
            (ItemKind::Task, Some(true)) => 'x',
            (ItemKind::Task, Some(false)) => '-',
            (ItemKind::Task, None) => '?',
        };
        let id = item.id.as_ref().map_or("", |id| id.get(inputs));
        let _ = write!(out, "{:width$}{mark} {id}|{}", "", item.title.get(inputs), width = depth * 2);
        for (sign, said) in [("<", names(item.after)), (">", names(item.blocks)), ("@", names(item.serves))] {
            if !said.is_empty() {
                let _ = write!(out, " {sign}{said}");
            }
        }
        for (flag, said) in
            [(item.parallel, " P"), (item.optional, " optional"), (item.cancelled, " cancelled")]
        {
            out.push_str(if flag { said } else { "" });
        }
        out.push('\n');
    }
    out
}

/// Criteria, one a line: `x` satisfied, id, text.
pub(super) fn criteria(inputs: &Inputs, draft: &Draft) -> String {
    let mut out = String::new();
    for (_, criterion) in draft.criteria.iter() {
        let id = criterion.id.as_ref().map_or("", |id: &Text| id.get(inputs));
        let _ =
            writeln!(out, "{} {id}|{}", if criterion.done { 'x' } else { '-' }, criterion.text.get(inputs));
    }
    out
}

/// Reasons for what is not used, sorted, each once.
pub(super) fn unused(draft: &Draft) -> Vec<&'static str> {
    let mut reasons: Vec<&str> = draft.unused.iter().map(|unused| unused.reason).collect();
    reasons.sort_unstable();
    reasons.dedup();
    reasons
}
