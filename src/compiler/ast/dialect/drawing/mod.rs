//! Drawings of order in a fence: waves as JSON, mermaid, and lines of box characters. Each says who comes before whom.
//!
//! A drawing in boxes is read as nets: line characters that touch each other. What stands left of a net, or above its
//! top, comes before what its arrows point at, or what its open ends reach. Hand-drawn lines may miss by one column.

mod boxes;
mod mermaid;

/// Pairs one net or wave may stand for: more are no drawing of a person.
const MOST: usize = 10_000;

/// A name in a drawing: the id as tasks bear it, and where it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Named {
    pub(super) id: String,
    pub(super) at: (usize, usize),
}

/// Every pair of a drawing, what comes before first. `known` says which ids there are.
pub(super) fn pairs(text: &str, known: &dyn Fn(&str) -> bool) -> Vec<(Named, Named)> {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let found = if first.starts_with(['{', '[']) && text.contains("\"waves\"") {
        waves(text, known)
    } else if is_mermaid(text) {
        mermaid::read(text, known)
    } else if is_drawn(text) {
        boxes::read(text, known)
    } else {
        Vec::new()
    };
    found.into_iter().filter(|(earlier, later)| earlier.id != later.id).collect()
}

/// `1.1 → 1.2 → 2.1`, each line for itself.
pub(super) fn chains(text: &str, known: &dyn Fn(&str) -> bool) -> Vec<(Named, Named)> {
    let mut found = Vec::new();
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        let mut before: Option<Named> = None;
        let mut at = from;
        for part in line.split("->").flat_map(|part| part.split(['→', '⇒', '►'])) {
            let named = name(text, at, known).filter(|named| named.at.1 <= at + part.len());
            if let (Some(earlier), Some(later)) = (&before, &named) {
                found.push((earlier.clone(), later.clone()));
            }
            before = named;
            at += part.len();
            let arrow = text[at..].chars().next().map_or(0, |c| if c == '-' { 2 } else { c.len_utf8() });
            at += arrow;
        }
        from += line.len();
    }
    found.retain(|(earlier, later)| earlier.id != later.id);
    found
}

/// Whether lines are drawn in it, so that its lines are no sentences.
pub(super) fn is_drawn(text: &str) -> bool {
    text.contains(['─', '│', '└', '├', '┌', '┐', '┘', '┤', '━', '═'])
        || text.lines().any(|line| line.trim_start_matches(['|', ' ']).starts_with("+-"))
}

/// Whether it is a graph of mermaid.
pub(super) fn is_mermaid(text: &str) -> bool {
    let head = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("%%"));
    head.is_some_and(|line| line.starts_with("graph") || line.starts_with("flowchart"))
}

/// The name a text begins with: `Task 1.2: title`, `T001`, `#3`, and where it stands. `T1` and `t1_2` may stand for
/// `1` and `1.2`.
fn name(text: &str, from: usize, known: &dyn Fn(&str) -> bool) -> Option<Named> {
    let mut at = from;
    for _ in 0..3 {
        let rest = &text[at..];
        at += rest.len() - rest.trim_start_matches([' ', '"', '\'', '#', '[', '(', '*', '`', '\t']).len();
        let rest = &text[at..];
        let len =
            rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))).unwrap_or(rest.len());
        let token = rest[..len].trim_end_matches(['.', '-', '_']);
        if token.is_empty() {
            return None;
        }
        let digits = token.trim_start_matches(|c: char| c.is_ascii_alphabetic() || matches!(c, '-' | '_'));
        let readings = [token.to_owned(), digits.to_owned(), digits.replace('_', ".")];
        let numbered = digits.starts_with(|c: char| c.is_ascii_digit());
        let id = readings.into_iter().take(if numbered { 3 } else { 1 }).find(|id| known(id));
        if let Some(id) = id {
            return Some(Named { id, at: (at, at + token.len()) });
        }
        // `Task 3`: a word before the number.
        if numbered || !rest[len..].starts_with([' ', '#']) {
            return None;
        }
        at += len;
    }
    None
}

/// `{"waves": [{"id": 0, "tasks": ["1.1"]}, …]}`: a wave waits for the one before it.
fn waves(text: &str, known: &dyn Fn(&str) -> bool) -> Vec<(Named, Named)> {
    let mut found = Vec::new();
    let mut before: Vec<Named> = Vec::new();
    for (at, key) in text.match_indices("\"tasks\"") {
        let Some(open) = text[at..].find('[').map(|open| at + open) else { continue };
        let Some(close) = text[open..].find(']').map(|close| open + close) else { continue };
        if text[at + key.len()..open].trim() != ":" {
            continue;
        }
        let mut from = open + 1;
        let mut wave = Vec::new();
        for part in text[open + 1..close].split(',') {
            wave.extend(name(text, from, known).filter(|name| name.at.1 <= from + part.len()));
            from += part.len() + 1;
        }
        for later in wave.iter().filter(|_| wave.len() * before.len() <= MOST) {
            found.extend(before.iter().map(|earlier| (earlier.clone(), later.clone())));
        }
        if !wave.is_empty() {
            before = wave;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::pairs;

    #[track_caller]
    fn check(text: &str, ids: &[&str], want: &str) {
        let mut found: Vec<String> = pairs(text, &|id| ids.contains(&id))
            .into_iter()
            .map(|(earlier, later)| format!("{}<{}", later.id, earlier.id))
            .collect();
        found.sort();
        found.dedup();
        assert_eq!(found.join(" "), want, "{text}");
    }

    #[test]
    fn waves_follow_each_other() {
        check(
            "{\n  \"waves\": [\n    { \"id\": 0, \"tasks\": [\"1.1\", \"9\"] },\n    { \"id\": 1, \"tasks\": [\"1.2\", \"2\"] },\n    { \"id\": 2, \"tasks\": [3] }\n  ]\n}",
            &["1.1", "1.2", "2", "3"],
            "1.2<1.1 2<1.1 3<1.2 3<2",
        );
    }

    #[test]
    fn mermaid_nodes_are_tasks_by_label_or_by_name() {
        check(
            "graph TD\n  A[Task 1: Store] --> C[Task 3: Page]\n  B(\"Task 2: Hook\") -->|needs| C\n  C -.-> D & E\n  D[4. End]:::late\n  E[5]\n  style A fill:#fff\n",
            &["1", "2", "3", "4", "5"],
            "3<1 3<2 4<3 5<3",
        );
        check(
            "flowchart LR\nT001 --> T002 & T003\nT003 -- why --> T004\nT004 --- T005",
            &["T001", "T002", "T003", "T004", "T005"],
            "T002<T001 T003<T001 T004<T003",
        );
        check("graph TD\n T1_1[Store] --> T1_2\n", &["1.1", "1.2"], "1.2<1.1");
    }

    #[test]
    fn boxes() {
        let ids = ["T1", "T2", "T3", "T4", "T5", "T6"];
        check("T1 ─┬─► T2 ──► T3\nT4 ─┤\nT5 ─┘\n", &ids, "T2<T1 T2<T4 T2<T5 T3<T2");
        check(
            "Task T1 (no-op) ──→ Task T2 (calls)\n                 ├─→ Task T3\n                 └─→ Task T4",
            &ids,
            "T2<T1 T3<T1 T4<T1",
        );
        check("T1 (root)\n├── T2 (store)\n│   ├── T3\n│   └── T4\n└── T5\n", &ids, "T2<T1 T3<T2 T4<T2 T5<T1");
        check(
            "T1: base\n   └→ T2 (bug)\n        └→ T3 (auth) ─┬→ T4\n                      └→ T5\nT6 (cron) ── independent",
            &ids,
            "T2<T1 T3<T2 T4<T3 T5<T3",
        );
        check("T1\n |\n +-- T2\n |    +-- T3\n +-- T4\n", &ids, "T2<T1 T3<T2 T4<T1");
        check(
            "T1 ────────┐\n           ├──> T3 ──┐\nT2 ────────┘         ▼\n                    T4",
            &ids,
            "T3<T1 T3<T2 T4<T3",
        );
        let chained = super::chains("T1 → T2 (two) -> T3\nT4 -> x -> T5", &|id| ids.contains(&id));
        assert_eq!(
            chained.iter().map(|(a, b)| format!("{}{}", a.id, b.id)).collect::<Vec<_>>(),
            ["T1T2", "T2T3"]
        );
        check("Sprint 1\n├─ T1: rate()\n└─ T2: use it ───► (after all)", &ids, "");
    }
}
