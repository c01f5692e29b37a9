//! Phases and order: which heading is a phase, what each waits for, and what prose says about single tasks.

use crate::base::fold;
use crate::base::span::Span;
use crate::base::table::Id as _;
use crate::base::text::Text;
use crate::ir::draft::{DraftKind, Item, ItemId, ItemKind, Priority};
use crate::ir::outline::BlockKind;

use super::super::drawing;
use super::super::edges::Tie;
use super::super::page::is_heading;
use super::order::{Statement, Subject, statements};
use super::refs::{Phrases, Placed, Ref, Token, tokens};
use super::tasks::Reader;

/// A heading that is numbered as a phase.
#[derive(Debug)]
struct Phase<'a> {
    item: ItemId,
    /// Its number as written: `3`, `3.1`, `N`.
    number: &'a str,
    /// The user story it is about.
    story: Option<u32>,
}

/// The phases of a list, in order.
#[derive(Debug, Default)]
pub(super) struct Phases<'a> {
    rows: Vec<Phase<'a>>,
}

impl<'a> Phases<'a> {
    /// Looks at a heading that holds tasks, which is about to become item `next`; returns that id.
    pub(super) fn note(
        &mut self,
        text: &'a str,
        span: Span,
        item: &mut Item,
        next: usize,
        phrases: &mut Phrases,
    ) -> ItemId {
        let id = ItemId::from_index(next);
        let found = tokens(text, phrases);
        item.priority = priority(text);
        let start = text.find(|c: char| c.is_alphanumeric()).unwrap_or(0);
        let Some(&(Token::Ref(Ref::Phase(number)), from, to)) =
            found.first().filter(|token| token.1 == start)
        else {
            return id;
        };
        if self.rows.iter().any(|row| row.number == number) {
            return id;
        }
        item.kind = ItemKind::Phase;
        item.id = Some(Text::At(span.slice(from, to)));
        let story = found.iter().find_map(|token| token.0.reference()?.story());
        let rest = fold::key(&text[to..]);
        let first = rest.split(' ').next().unwrap_or_default();
        let shared = phrases.names.iter_mut().find(|name| name.as_str() == first);
        let generic = story.is_some() || ["user", "the", "phase", "tests", "story", "core"].contains(&first);
        let name = if generic || shared.is_some() { String::new() } else { first.to_owned() };
        if let Some(shared) = shared {
            shared.clear();
        }
        phrases.names.push(name);
        self.rows.push(Phase { item: id, number, story });
        id
    }

    fn items(&self, reference: Ref<'_>) -> Vec<usize> {
        let by = |test: &dyn Fn(&Phase<'a>) -> bool| {
            self.rows.iter().enumerate().filter(|(_, row)| test(row)).map(|(index, _)| index).collect()
        };
        match reference {
            Ref::Phase(number) => by(&|row| row.number == number),
            Ref::Phases(from, to) => by(&|row| {
                let number: Option<u32> = row.number.parse().ok();
                number.is_some_and(|number| from <= number && to.is_none_or(|to| number <= to))
            }),
            Ref::Story(story) => by(&|row| row.story == Some(story)),
            Ref::Stories => by(&|row| row.story.is_some()),
            Ref::Named(index) => vec![index],
            Ref::Task(_) | Ref::Tasks(..) | Ref::Earlier => Vec::new(),
        }
    }
}

impl Phases<'_> {
    /// Like [`Self::items`]; for a phase after the stories, "all user stories" is everything since the first of them.
    fn meant(&self, reference: Ref<'_>, item: ItemId) -> Vec<usize> {
        let stories: Vec<usize> = self.items(Ref::Stories);
        let own = self.rows.iter().position(|row| row.item == item);
        match (reference, stories.first(), stories.last(), own) {
            (Ref::Stories, Some(&first), Some(&last), Some(own)) if own > last => (first..own).collect(),
            (Ref::Earlier, _, _, own) => (0..own.unwrap_or(0)).collect(),
            _ => self.items(reference),
        }
    }
}

/// `(Priority: P1)`
fn priority(text: &str) -> Option<Priority> {
    let at = text.find("(Priority:").or_else(|| text.find("(P"))?;
    let rest = text[at..].trim_start_matches("(Priority:").trim_start_matches(['(', ' ']);
    match rest.get(..2)? {
        "P0" => Some(Priority::Critical),
        "P1" => Some(Priority::High),
        "P2" => Some(Priority::Medium),
        "P3" | "P4" => Some(Priority::Low),
        _ => None,
    }
}

/// Whether a line, without its markup, begins with a word of order: `**Depends on**: T001`.
pub(super) fn begins_with_verb(text: &str, phrases: &Phrases) -> bool {
    let bare = text.trim_start_matches(['*', '_', ' ', '`']);
    let cut = (0..=bare.len().min(64)).rev().find(|&at| bare.is_char_boundary(at)).unwrap_or(0);
    matches!(tokens(&bare[..cut], phrases).first(), Some((Token::After | Token::Before, 0, _)))
}

/// Reads what an item's own text says it waits for.
pub(super) fn own(reader: &mut Reader<'_, '_>, item: ItemId, span: Span) {
    if reader.draft.kind == DraftKind::Plan {
        // All is stated: words of a task may name tasks of the list it came from.
        return;
    }
    let text = reader.page.inputs.slice(span);
    let others =
        text.match_indices('T').filter(|(at, _)| super::refs::task_id(&text[*at..]).is_some()).count();
    let id = reader.draft.items[item].id.as_ref().map(Text::at);
    let own_id = usize::from(id.is_some_and(|id| id.start >= span.start && id.end <= span.end));
    if others <= own_id && !text.contains("hase ") {
        return;
    }
    let skip = id.filter(|_| own_id == 1).map_or(0, |id| (id.end - span.start) as usize);
    let found = tokens(&text[skip..], &reader.phrases);
    for said in statements(&found, Subject::Own) {
        let tie = if said.before { Tie::Blocks } else { Tie::After };
        name(reader, item, tie, &said.right, span.slice(skip, span.len()));
    }
}

/// Reads what the document says about order outside its tasks; where it speaks of phases, they are no barriers.
pub(super) fn order(reader: &mut Reader<'_, '_>) {
    headings(reader);
    let mut declared = vec![false; reader.phases.rows.len()];
    for at in 0..reader.page.blocks().len() {
        let block = reader.page.blocks()[at];
        if is_heading(&block) || reader.page.is_used(at) || !speaks_of_order(reader, at) {
            continue;
        }
        let span = reader.page.span(at);
        match block.kind {
            BlockKind::Paragraph | BlockKind::Bullet | BlockKind::Numbered => {
                prose(reader, span, &mut declared);
            }
            BlockKind::Fence | BlockKind::Indented => {
                let text = reader.page.inputs.slice(span);
                let drawn = drawing::pairs(text, &|id| reader.tasks.contains_key(id));
                for (earlier, later) in drawn {
                    let name = Text::made(earlier.id, span.slice(earlier.at.0, earlier.at.1));
                    reader.edges.tie(reader.tasks[later.id.as_str()], Tie::After, name);
                }
                if drawing::is_mermaid(text) {
                    continue;
                }
                let mut from = 0;
                for line in text.split('\n') {
                    if drawing::is_drawn(line) && line.contains(super::refs::ARROWS) {
                        from += line.len() + 1;
                        continue;
                    }
                    prose(reader, span.slice(from, from + line.len()), &mut declared);
                    from += line.len() + 1;
                }
                downwards(reader, span, &mut declared);
            }
            BlockKind::TableRow => row(reader, at, &mut declared),
            BlockKind::Heading
            | BlockKind::TableRule
            | BlockKind::Html
            | BlockKind::Break
            | BlockKind::Definition => {}
        }
    }
    if declared.iter().any(|&said| said) {
        free(reader, &declared);
    }
}

/// Headings of groups: `### Wiring (depends on T005, T018–T020)`.
fn headings(reader: &mut Reader<'_, '_>) {
    for index in 0..reader.draft.items.len() {
        let id = ItemId::from_index(index);
        let item = &reader.draft.items[id];
        if item.kind != ItemKind::Task {
            own(reader, id, item.title.at());
        }
    }
}

fn speaks_of_order(reader: &Reader<'_, '_>, at: usize) -> bool {
    let words = [
        "dependenc",
        "order",
        "within each",
        "critical path",
        "sequence",
        "parallel opportunit",
        "sequential",
    ];
    reader.page.headings(at).any(|heading| {
        let key = reader.page.key(heading);
        words.iter().any(|word| key.contains(word)) && !key.contains("example")
    })
}

fn prose(reader: &mut Reader<'_, '_>, span: Span, declared: &mut [bool]) {
    let text = reader.page.inputs.slice(span);
    let mut found = tokens(text, &reader.phrases);
    labelled(&mut found);
    if let Some(&(Token::Ref(first), _, _)) = found.first() {
        // Only "no dependencies" frees a phase by itself; what is not understood leaves it where it stands.
        let speaks = found.iter().any(|token| token.0 == Token::Not);
        for index in reader.phases.items(first) {
            declared[index] |=
                speaks && matches!(first, Ref::Phase(_) | Ref::Story(_) | Ref::Named(_) | Ref::Stories);
        }
    }
    for said in statements(&found, Subject::Named) {
        if said.row {
            sequence(reader, &said, span);
            continue;
        }
        state(reader, &said, span, declared);
    }
}

/// `US5: Foundational + US1`: what a phase is said to be, it waits for. One that is alone may be its other name.
fn labelled(found: &mut Vec<Placed<'_>>) {
    let group = |token: &Placed<'_>| {
        matches!(token.0, Token::Ref(Ref::Phase(_) | Ref::Story(_) | Ref::Named(_) | Ref::Stories))
    };
    let Some(colon) = found.iter().position(|token| token.0 == Token::Colon) else { return };
    let list: Vec<&Placed<'_>> =
        found[colon + 1..].iter().take_while(|token| group(token) || token.0 == Token::Comma).collect();
    let several = list.iter().filter(|token| group(token)).count() > 1;
    if found.first().is_some_and(group) && several && list.first().is_some_and(|token| group(token)) {
        let at = found[colon].2;
        found.insert(colon + 1, (Token::After, at, at));
    }
}

/// A drawing in which an arrow on a line of its own points from one line to the next.
fn downwards(reader: &mut Reader<'_, '_>, span: Span, declared: &mut [bool]) {
    let text = reader.page.inputs.slice(span);
    let (mut above, mut arrow): (Vec<Placed<'_>>, bool) = (Vec::new(), false);
    let mut from = 0;
    for line in text.split('\n') {
        let begin = from;
        from += line.len() + 1;
        if line.trim().is_empty() {
            continue;
        }
        if !line.contains(char::is_alphanumeric) {
            arrow |= line.contains(['↓', '⬇', '▼', '⇓']);
            continue;
        }
        let words = tokens(line, &reader.phrases);
        let mut depth = 0usize;
        let mut named = Vec::new();
        for &(token, first, last) in &words {
            match token {
                Token::Open => depth += 1,
                Token::Close => depth = depth.saturating_sub(1),
                Token::Ref(_) if depth == 0 => named.push((token, begin + first, begin + last)),
                Token::After | Token::Before | Token::Not | Token::Back | Token::Arrow => break,
                _ => {}
            }
        }
        if arrow && !above.is_empty() && !named.is_empty() {
            let left = named.iter().filter_map(|&(token, _, _)| token.reference()).collect();
            let said = Statement { left, before: false, right: above, row: false };
            state(reader, &said, span, declared);
        }
        (above, arrow) = (named, false);
    }
}

/// Each task of a row waits for the one before it.
fn sequence(reader: &mut Reader<'_, '_>, said: &Statement<'_>, span: Span) {
    let mut before: Option<String> = None;
    for &(token, from, to) in &said.right {
        let ids: Vec<&str> = match token {
            Token::Ref(Ref::Task(id)) => vec![id],
            Token::Ref(Ref::Tasks(first, last)) => between(reader, first, last).to_vec(),
            _ => Vec::new(),
        };
        for id in ids {
            let Some(&item) = reader.tasks.get(id) else { continue };
            if let Some(earlier) = before.replace(id.to_owned()) {
                reader.edges.tie(item, Tie::After, Text::made(earlier, span.slice(from, to)));
            }
        }
    }
}

fn state(reader: &mut Reader<'_, '_>, said: &Statement<'_>, span: Span, declared: &mut [bool]) {
    let tie = if said.before { Tie::Blocks } else { Tie::After };
    let tasks: Vec<ItemId> = said
        .left
        .iter()
        .flat_map(|&reference| match reference {
            Ref::Task(id) => reader.tasks.get(id).map(|&item| vec![item]).unwrap_or_default(),
            Ref::Tasks(from, to) => between(reader, from, to).iter().map(|id| reader.tasks[id]).collect(),
            Ref::Phase(_) | Ref::Phases(..) | Ref::Story(_) | Ref::Stories | Ref::Earlier | Ref::Named(_) => {
                Vec::new()
            }
        })
        .collect();
    for &item in &tasks {
        name(reader, item, tie, &said.right, span);
    }
    if !tasks.is_empty() || said.left.iter().any(|left| matches!(left, Ref::Task(_) | Ref::Tasks(..))) {
        return;
    }
    let stories = said.left.contains(&Ref::Stories);
    for &reference in &said.left {
        if stories && matches!(reference, Ref::Phases(_, None)) {
            continue;
        }
        for index in reader.phases.items(reference) {
            let item = reader.phases.rows[index].item;
            let before = reader.edges.len();
            name(reader, item, tie, &said.right, span);
            declared[index] |= reader.edges.len() > before;
        }
    }
}

/// Ties an item to everything a statement names on its right. Names that nothing bears are left to the check of names,
/// but for ends of a range, which are moved to the nearest task inside.
fn name(reader: &mut Reader<'_, '_>, item: ItemId, tie: Tie, right: &[Placed<'_>], span: Span) {
    let stories = right.iter().any(|token| token.0 == Token::Ref(Ref::Stories));
    for &(token, from, to) in right {
        let Token::Ref(reference) = token else { continue };
        let at = span.slice(from, to);
        match reference {
            // `TS2345` is an id only if a task bears it.
            Ref::Task(id)
                if !id[1..].starts_with(|c: char| c.is_ascii_digit()) && !reader.tasks.contains_key(id) => {}
            Ref::Task(id) if reader.tasks.get(id) != Some(&item) => reader.edges.tie(item, tie, Text::At(at)),
            Ref::Task(_) => {}
            Ref::Tasks(first, last) => several(reader, item, tie, (first, last), at),
            Ref::Phases(..) if stories => {}
            Ref::Phase(_) | Ref::Phases(..) | Ref::Story(_) | Ref::Stories | Ref::Earlier | Ref::Named(_) => {
                for index in reader.phases.meant(reference, item) {
                    let row = &reader.phases.rows[index];
                    if row.item != item && !holds(reader, row.item, item) {
                        let name = Text::made(format!("Phase {}", row.number), at);
                        reader.edges.tie(item, tie, name);
                    }
                }
            }
        }
    }
}

/// Ties an item to a range of tasks, itself left out: one by one, or as a whole where it is long.
fn several(reader: &mut Reader<'_, '_>, item: ItemId, tie: Tie, (first, last): (&str, &str), at: Span) {
    let inside = between(reader, first, last).to_vec();
    let own = |id: &&str| reader.tasks.get(*id) == Some(&item);
    if inside.len() <= RANGE {
        for id in inside.iter().filter(|id| !own(id)) {
            reader.edges.tie(item, tie, Text::made(*id, at));
        }
    } else if let (Some(first), Some(last), false) = (inside.first(), inside.last(), inside.iter().any(own)) {
        reader.edges.tie(item, tie, Text::made(format!("{first}-{last}"), at));
    }
}

/// Whether `outer` is around `item`.
fn holds(reader: &Reader<'_, '_>, outer: ItemId, item: ItemId) -> bool {
    std::iter::successors(Some(item), |&at| reader.draft.items[at].parent).any(|at| at == outer)
}

/// Ids from `first` to `last` in natural order. A bare number at the end takes the letter of the start.
fn between<'r, 'a>(reader: &'r Reader<'a, '_>, first: &str, last: &str) -> &'r [&'a str] {
    let last = if last.starts_with('T') { last.to_owned() } else { format!("T{last}") };
    let from = reader.ids.partition_point(|id| crate::base::natural::compare(id, first).is_lt());
    let to = reader.ids.partition_point(|id| crate::base::natural::compare(id, &last).is_le());
    &reader.ids[from..to.max(from)]
}

/// Tasks a range names one by one; a longer one is named by its ends.
const RANGE: usize = 200;

/// A row of a table `Task | Depends on`.
fn row(reader: &mut Reader<'_, '_>, at: usize, declared: &mut [bool]) {
    let span = reader.page.span(at);
    let text = reader.page.inputs.slice(span);
    let mut table = at;
    while table > 0
        && matches!(reader.page.blocks()[table - 1].kind, BlockKind::TableRow | BlockKind::TableRule)
    {
        table -= 1;
    }
    if table == at {
        return;
    }
    let columns: Vec<String> = cells(reader.page.text(table)).map(|(_, cell)| fold::key(cell)).collect();
    let waits = columns
        .iter()
        .position(|name| name.contains("depend") || name.contains("blocked by") || name.contains("prereq"));
    let blocks = columns.iter().position(|name| name == "blocks" || name == "unblocks");
    let found: Vec<(usize, &str)> = cells(text).collect();
    let subject = found.iter().find_map(|(_, cell)| {
        let head = super::line::head(cell)?;
        reader.tasks.get(&cell[head.id.0..head.id.1]).copied()
    });
    let items: Vec<ItemId> = match subject {
        Some(item) => vec![item],
        None if waits.is_some_and(|column| column > 0) => {
            let head = found.first().map_or("", |&(_, cell)| cell);
            let named = tokens(head, &reader.phrases).into_iter().find_map(|token| token.0.reference());
            let rows = named.map(|named| reader.phases.items(named)).unwrap_or_default();
            rows.into_iter()
                .map(|index| {
                    declared[index] = true;
                    reader.phases.rows[index].item
                })
                .collect()
        }
        None => return,
    };
    for (column, tie) in [(waits, Tie::After), (blocks, Tie::Blocks)] {
        let Some(&(from, cell)) = column.filter(|&column| column > 0).and_then(|column| found.get(column))
        else {
            continue;
        };
        let right: Vec<Placed<'_>> = tokens(cell, &reader.phrases)
            .into_iter()
            .filter(|token| matches!(token.0, Token::Ref(_)))
            .collect();
        for &item in &items {
            name(reader, item, tie, &right, span.slice(from, from + cell.len()));
        }
    }
}

/// The cells of a row with their offsets.
fn cells(row: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    let inner = row.trim();
    let skip = row.find(inner).unwrap_or(0) + usize::from(inner.starts_with('|'));
    let body = inner.strip_prefix('|').unwrap_or(inner);
    let body = body.strip_suffix('|').unwrap_or(body);
    body.split('|').map(move |cell| {
        let at = skip + from;
        from += cell.len() + 1;
        let trimmed = cell.trim();
        (at + cell.find(trimmed).unwrap_or(0), trimmed)
    })
}

/// Phases of a document that says what each waits for are no barriers: one of which it says nothing waits for all
/// before it, as the order of the document has it.
fn free(reader: &mut Reader<'_, '_>, declared: &[bool]) {
    for (index, &said) in declared.iter().enumerate() {
        let row = &reader.phases.rows[index];
        let (item, at) = (row.item, reader.draft.items[row.item].title.at());
        reader.draft.items[item].kind = ItemKind::Group;
        if said {
            continue;
        }
        for earlier in 0..index {
            let name = format!("Phase {}", reader.phases.rows[earlier].number);
            reader.edges.tie(item, Tie::After, Text::made(name, at));
        }
    }
}
