//! Graphs of mermaid: `A[Task 1: title] --> B`.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Named, name};

/// Names of nodes with their places.
type Nodes<'t> = Vec<(&'t str, usize)>;

/// `A[Task 1: title] --> B & C`: a node is the task its label begins with, else the one its own name is.
pub(super) fn read(text: &str, known: &dyn Fn(&str) -> bool) -> Vec<(Named, Named)> {
    let mut labels: BTreeMap<&str, Named> = BTreeMap::new();
    let mut links: Vec<(Nodes<'_>, Nodes<'_>)> = Vec::new();
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        let begin = from;
        from += line.len();
        let body = line.trim_end();
        let word = body.split_whitespace().next().unwrap_or_default();
        if [
            "graph",
            "flowchart",
            "subgraph",
            "end",
            "style",
            "classDef",
            "class",
            "linkStyle",
            "click",
            "direction",
        ]
        .contains(&word)
            || word.starts_with("%%")
        {
            continue;
        }
        let mut left: Option<Vec<(&str, usize)>> = None;
        let mut forward = true;
        let mut at = 0;
        while at < body.len() {
            let (nodes, next) = nodes(text, body, begin, at, known, &mut labels);
            if let Some(left) = left.take()
                && !nodes.is_empty()
            {
                links.push(if forward { (left, nodes.clone()) } else { (nodes.clone(), left) });
            }
            let Some((range, points)) = link(body, next) else { break };
            forward = points;
            left = Some(nodes);
            at = range.end;
        }
    }
    let meant = |&(id, at): &(&str, usize)| {
        labels
            .get(id)
            .map(|named| Named { id: named.id.clone(), at: (at, at + id.len()) })
            .or_else(|| name(text, at, known).filter(|named| named.at == (at, at + id.len())))
    };
    let mut found = Vec::new();
    for (left, right) in &links {
        for earlier in left.iter().filter_map(meant) {
            found.extend(right.iter().filter_map(meant).map(|later| (earlier.clone(), later)));
        }
    }
    found
}

/// The nodes joined by `&` from `at` on, with their labels noted, and the offset behind them.
fn nodes<'t>(
    text: &'t str,
    body: &'t str,
    begin: usize,
    at: usize,
    known: &dyn Fn(&str) -> bool,
    labels: &mut BTreeMap<&'t str, Named>,
) -> (Vec<(&'t str, usize)>, usize) {
    let mut found = Vec::new();
    let mut at = at;
    loop {
        let rest = &body[at..];
        at += rest.len() - rest.trim_start_matches([' ', '\t', ';']).len();
        let rest = &body[at..];
        let len = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(rest.len());
        if len == 0 {
            return (found, at);
        }
        let id = &rest[..len];
        found.push((id, begin + at));
        at += len;
        let open = &body[at..];
        let close = match open.chars().next() {
            Some('[') => open.rfind_first(']'),
            Some('(') => open.rfind_first(')'),
            Some('{') => open.rfind_first('}'),
            _ => None,
        };
        if let Some(close) = close {
            let inner =
                begin + at + open.len() - open.trim_start_matches(['[', '(', '{', '"', '/', '>']).len();
            if let Some(named) = name(text, inner, known).filter(|named| named.at.1 <= begin + at + close) {
                labels.entry(id).or_insert(named);
            }
            at += close + open[close..].len() - open[close..].trim_start_matches([']', ')', '}']).len();
        }
        if let Some(class) = body[at..].strip_prefix(":::") {
            at += 3 + class.find(|c: char| !c.is_alphanumeric()).unwrap_or(class.len());
        }
        let rest = body[at..].trim_start();
        if !rest.starts_with('&') {
            return (found, at);
        }
        at = body.len() - rest.len() + 1;
    }
}

/// Looks for the bracket that closes the first one of a text, quotes skipped.
trait Closing {
    fn rfind_first(&self, close: char) -> Option<usize>;
}

impl Closing for str {
    fn rfind_first(&self, close: char) -> Option<usize> {
        let mut quoted = false;
        self.char_indices().skip(1).find_map(|(at, c)| {
            quoted ^= c == '"';
            (c == close && !quoted).then_some(at)
        })
    }
}

/// The link at `at`: its range with its label, and whether it points right. A line without a head is no order.
fn link(body: &str, at: usize) -> Option<(Range<usize>, bool)> {
    let rest = &body[at..];
    let start = at + rest.len() - rest.trim_start().len();
    let line = &body[start..];
    if !line.starts_with(['-', '=', '<']) {
        return None;
    }
    let back = line.starts_with('<');
    let mut end = start
        + line.find(|c: char| !matches!(c, '-' | '=' | '.' | '<' | '>' | 'x' | 'o')).unwrap_or(line.len());
    let mut head = body[start..end].contains('>');
    if !head && !back {
        // `-- because --> B`
        let arrow = ["-->", "==>", ".->"].into_iter().filter_map(|arrow| body[end..].find(arrow)).min()?;
        end += arrow + 3;
        end += body[end..].len() - body[end..].trim_start_matches(['-', '=', '>']).len();
        head = true;
    }
    let tail = body[end..].trim_start();
    if let Some(label) = tail.strip_prefix('|') {
        end = body.len() - label.len() + label.find('|').map_or(label.len(), |close| close + 1);
    }
    (head || back).then_some((start..end, head))
}
