//! One line of a task list taken apart: marks, id, tags in brackets, references, and what is left as the title.

use crate::base::inputs::Inputs;
use crate::base::quantity::Millis;
use crate::base::span::Span;
use crate::base::text::Text;
use crate::ir::draft::{Item, Priority};

use super::names::{Found, Sure, id_at, references};
use super::words::{Word, Words};
use super::{piece, time};

/// What one line says.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing seen, and any mix of them occurs")]
pub struct Line {
    /// The id, and how sure it is one.
    pub id: Option<(Span, Sure)>,
    /// The kind of word before the id.
    pub word: Option<Word>,
    /// What is left.
    pub title: Span,
    /// Finished or not, by a mark or a strike.
    pub done: Option<bool>,
    /// A strike runs through all of it.
    pub struck: bool,
    /// May run beside its neighbours.
    pub parallel: bool,
    /// Need not be done.
    pub optional: bool,
    /// A person's work.
    pub human: bool,
    /// All of the line is bold.
    pub bold: bool,
    /// Ends in a colon: it leads something in.
    pub leads: bool,
    /// Criteria it serves.
    pub serves: Vec<Text>,
    /// What it waits for.
    pub after: Vec<Text>,
    /// What waits for it.
    pub blocks: Vec<Text>,
    /// Documents it waits for.
    pub documents: Vec<Text>,
    /// How long it takes.
    pub duration: Option<Millis>,
    /// How urgent it is.
    pub priority: Option<Priority>,
}

/// Takes the line at `span` apart.
#[must_use]
pub fn read(inputs: &Inputs, span: Span, words: &Words) -> Line {
    let span = piece::trim(inputs, span);
    let text = inputs.slice(span);
    let mut line = Line {
        id: None,
        word: None,
        title: span,
        done: None,
        struck: false,
        parallel: false,
        optional: false,
        human: false,
        bold: false,
        leads: false,
        serves: Vec::new(),
        after: Vec::new(),
        blocks: Vec::new(),
        documents: Vec::new(),
        duration: None,
        priority: None,
    };
    let mut at = line.opening(text, 0, words);
    if let Some(found) = id_at(&text[at..], words) {
        line.id = Some((span.slice(at + found.id.start, at + found.id.end), found.sure));
        line.word = found.word;
        at = line.behind_id(inputs, span, at, &found, words);
    }
    at = line.opening(text, at, words);
    let end = line.closing(inputs, span, at, words);
    line.bindings(inputs, span, at, end, words);
    line.inner_tags(inputs, span, at, end, words);
    line.leads = text[at..end].trim_end_matches(['*', ' ']).ends_with(':');
    line.bold = text.starts_with("**") && is_bold(text);
    line.title = span.slice(at, end);
    line
}

impl Line {
    /// Skips blanks, emphasis, marks and tags at the start.
    fn opening(&mut self, text: &str, from: usize, words: &Words) -> usize {
        let mut at = from;
        loop {
            let rest = &text[at..];
            let first = rest.bytes().next().unwrap_or(0);
            let step = match first {
                b' ' | b'\t' => 1,
                b'*' if rest.starts_with("**") => 2,
                b'~' if rest.starts_with("~~") => {
                    self.struck = text.trim_end().ends_with("~~") || text.contains("~~ ");
                    2
                }
                b'[' | b'(' => self.tag_at(rest, words),
                0x80.. => self.mark_at(rest, words),
                _ => 0,
            };
            if step == 0 || at + step > text.len() {
                return at;
            }
            at += step;
        }
    }

    fn mark_at(&mut self, rest: &str, words: &Words) -> usize {
        let find =
            |marks: &[String]| marks.iter().find(|mark| rest.starts_with(mark.as_str())).map(String::len);
        let length = if let Some(length) = find(&words.marks.done) {
            self.done = Some(true);
            length
        } else if let Some(length) = find(&words.marks.open) {
            self.done = Some(false);
            length
        } else {
            return 0;
        };
        length + if rest[length..].starts_with('\u{fe0f}') { 3 } else { 0 }
    }

    /// `[P]`, `(optional)`, `[]` and the like at the start: their length, or 0.
    fn tag_at(&mut self, rest: &str, words: &Words) -> usize {
        if let Some(tail) = rest.strip_prefix("[]") {
            self.done = Some(false);
            return if tail.starts_with('(') { 0 } else { 2 };
        }
        let close = if rest.starts_with('[') { ']' } else { ')' };
        let Some(end) = rest.find(close).filter(|&end| end < 24) else { return 0 };
        if close == ']' && rest[end + 1..].starts_with('(') {
            return 0;
        }
        if self.flag(&rest[..=end], words) { end + 1 } else { 0 }
    }

    /// Whether a bracketed tag is one of ours; notes what it says.
    fn flag(&mut self, tag: &str, words: &Words) -> bool {
        let has = |list: &[String]| list.iter().any(|known| known.eq_ignore_ascii_case(tag));
        if has(&words.parallel) {
            self.parallel = true;
        } else if has(&words.optional) {
            self.optional = true;
        } else {
            let inner = tag[1..tag.len() - 1].trim();
            if words.human.iter().any(|known| known.eq_ignore_ascii_case(inner)) {
                self.human = true;
            } else if inner.len() <= 8
                && let Some(priority) = exact_priority(inner, words)
            {
                self.priority = Some(priority);
            } else {
                return false;
            }
        }
        true
    }

    /// Skips what belongs to the id: its bracket, tags like `(AC: 1)` and the separator.
    fn behind_id(&mut self, inputs: &Inputs, span: Span, at: usize, found: &Found, words: &Words) -> usize {
        let text = inputs.slice(span);
        let mut at = at + found.end;
        loop {
            let rest = &text[at..];
            let trimmed = rest.trim_start_matches([' ', '*', '\u{a0}']);
            let start = at + rest.len() - trimmed.len();
            if trimmed.starts_with('(')
                && let Some(end) = matching(text, start)
                && self.tag(inputs, span, start + 1, end, words)
            {
                at = end + 1;
                continue;
            }
            if let Some(first) = trimmed.chars().next()
                && matches!(first, ':' | '.' | ')' | '—' | '–' | '·' | '|' | '-')
            {
                return start + first.len_utf8() + usize::from(trimmed.starts_with("->"));
            }
            return start;
        }
    }

    /// Takes tags, emphasis and marks from the end; returns where the title ends.
    fn closing(&mut self, inputs: &Inputs, span: Span, from: usize, words: &Words) -> usize {
        let text = inputs.slice(span);
        let mut end = text.len();
        loop {
            let body = text[from..end].trim_end();
            end = from + body.len();
            if body.ends_with("~~") {
                end -= 2;
                continue;
            }
            if body.ends_with("**") && body.matches("**").count() % 2 == 1 {
                end -= 2;
                continue;
            }
            // `### T1: Build ✅`; before an id or a title the mark was read already.
            let bare = body.strip_suffix('\u{fe0f}').unwrap_or(body);
            if let Some(title) = words.marks.done.iter().find_map(|mark| bare.strip_suffix(mark.as_str()))
                && !title.trim().is_empty()
            {
                self.done = self.done.or(Some(true));
                end = from + title.len();
                continue;
            }
            let bracket = body.trim_end_matches(['.', '*']);
            let close = from + bracket.len();
            if (bracket.ends_with(')') || bracket.ends_with(']')) && body.len() - bracket.len() <= 3 {
                let opener = if bracket.ends_with(')') { '(' } else { '[' };
                if let Some(open) = text[from..close].rfind(opener)
                    && self.tag(inputs, span, from + open + 1, close - 1, words)
                {
                    end = from + open;
                    continue;
                }
            }
            return end;
        }
    }

    /// Reads what stands between brackets at `from..to`; false if it is ordinary text.
    fn tag(&mut self, inputs: &Inputs, span: Span, from: usize, to: usize, words: &Words) -> bool {
        let text = inputs.slice(span);
        let inner = text[from..to].trim();
        if inner.is_empty() {
            return false;
        }
        if criteria_in(inputs, span.slice(from, to), words, &mut self.serves) {
            return true;
        }
        if let Some(duration) = time::is_duration(inner, words) {
            self.duration = Some(duration);
            return true;
        }
        if let Some((range, waits)) = words.binding(inner, 0)
            && range.start == 0
        {
            let offset = from + (text[from..to].len() - text[from..to].trim_start().len());
            return self.bind(inputs, span, offset + range.end, to, waits, true, words);
        }
        let (open, close) = (from - 1, to + 1);
        close <= text.len() && self.flag(&text[open..close], words)
    }

    /// References in running text: `…, depends on T001 and T002`, `after 1.2`.
    fn bindings(&mut self, inputs: &Inputs, span: Span, from: usize, end: usize, words: &Words) {
        let text = &inputs.slice(span)[..end];
        let mut at = from;
        while let Some((range, waits)) = words.binding(text, at) {
            at = range.end;
            let strong = text[range.clone()].contains(' ');
            self.bind(inputs, span, range.end, end, waits, strong, words);
        }
    }

    /// Reads the references after a phrase. `strong` phrases may be followed by bare numbers.
    #[expect(
        clippy::too_many_arguments,
        reason = "a place, its end, and what kind of phrase stood before it"
    )]
    fn bind(
        &mut self,
        inputs: &Inputs,
        span: Span,
        from: usize,
        to: usize,
        waits: bool,
        strong: bool,
        words: &Words,
    ) -> bool {
        let text = &inputs.slice(span)[..to];
        let rest = text[from..].trim_start_matches([':', ' ', '*', '[']);
        let start = text.len() - rest.len();
        let stop = rest.find([')', ';', '\n', '(', ']']).unwrap_or(rest.len());
        let mut length = stop;
        if let Some(dot) = rest[..stop].find(". ") {
            length = dot;
        }
        let part = span.slice(start, start + length);
        let found = references(inputs, part, false, words);
        let fits = |name: &Text| {
            let name = name.get(inputs);
            strong || name.contains('.') || name.bytes().any(|byte| byte.is_ascii_alphabetic())
        };
        let before = self.after.len() + self.blocks.len() + self.documents.len();
        let kept: Vec<Text> =
            found.items.into_iter().filter(|name| fits(name) || worded_before(inputs, name, words)).collect();
        for name in kept {
            let known = |list: &[Text]| {
                list.iter().any(|other| other.at() == name.at() && other.get(inputs) == name.get(inputs))
            };
            if waits && !known(&self.after) {
                self.after.push(name);
            } else if !waits && !known(&self.blocks) {
                self.blocks.push(name);
            }
        }
        if strong && waits {
            self.documents.extend(found.documents);
        }
        self.after.len() + self.blocks.len() + self.documents.len() > before
    }

    /// `(AC: 1)` inside a title.
    fn inner_tags(&mut self, inputs: &Inputs, span: Span, from: usize, end: usize, words: &Words) {
        let text = inputs.slice(span);
        let mut at = from;
        while let Some(open) = text[at..end].find('(') {
            let open = at + open;
            let Some(close) = text[open..end].find(')') else { return };
            criteria_in(inputs, span.slice(open + 1, open + close), words, &mut self.serves);
            at = open + 1;
        }
    }

    /// The title as one line of text.
    #[must_use]
    pub fn text(&self, inputs: &Inputs) -> Text {
        piece::line(inputs, self.title)
    }

    /// An open task made of this line. References and criteria are left to the caller.
    #[must_use]
    pub fn item(&self, inputs: &Inputs, at: Span) -> Item {
        let mut item = Item::task(self.text(inputs), at);
        item.id = self.id.map(|(id, _)| Text::At(id));
        item.done = self.done;
        item.parallel = self.parallel;
        item.optional = self.optional;
        item.duration = self.duration;
        item.priority = self.priority;
        item
    }
}

fn worded_before(inputs: &Inputs, name: &Text, words: &Words) -> bool {
    let at = name.at();
    let text = inputs.text(at.file);
    let before = text[..at.start as usize].trim_end_matches([' ', '#']);
    let word = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    words.is(word, Word::Task) || words.is(word.trim_end_matches('s'), Word::Task)
}

fn exact_priority(inner: &str, words: &Words) -> Option<Priority> {
    (inner.split(' ').count() == 1).then(|| words.priority(inner)).flatten()
}

/// `AC: 1, 2`, `AC1-AC3, AC6`, `AC: #1`, `CA: CA-1`, `**AC1**, **AC2**`: criteria by number or id. Ranges are expanded.
pub fn criteria_in(inputs: &Inputs, span: Span, words: &Words, out: &mut Vec<Text>) -> bool {
    let text = inputs.slice(span);
    let head = text.trim_start_matches([' ', '*', '`']);
    let lead = text.len() - head.len();
    let Some(mark) = criterion_mark(head, words) else { return false };
    let mut at = mark;
    let first = head[at..].trim_start_matches([':', ' ', '#', '-', '*']);
    if words.all_criteria.iter().any(|all| first.eq_ignore_ascii_case(all)) {
        return true;
    }
    if !first.starts_with(|c: char| c.is_ascii_digit()) && criterion_mark(first, words).is_none() {
        return false;
    }
    let mut last: Option<(u64, usize)> = None;
    let mut ranged = false;
    while at < head.len() {
        let rest = &head[at..];
        let c = rest.chars().next().unwrap_or(' ');
        if c.is_ascii_digit() {
            let length = rest.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
            let number = rest[..length].trim_end_matches('.');
            let value = number.parse::<u64>().ok();
            let place = span.slice(lead + at, lead + at + number.len());
            if let (true, Some((from, _)), Some(to)) = (ranged, last, value) {
                let numbers = (from + 1..=to).take(200);
                out.extend(numbers.map(|n| Text::made(n.to_string(), place)));
            } else {
                out.push(Text::At(place));
            }
            last = value.map(|value| (value, at));
            ranged = false;
            at += length;
        } else {
            match c {
                '-' | '–' | '—' => ranged = last.is_some(),
                ',' | ';' | '&' | '/' => {
                    ranged = false;
                    last = None;
                }
                _ => {}
            }
            at += c.len_utf8();
        }
    }
    true
}

/// Length of the word for a criterion that a text begins with: `AC`, `CA`, `critério`.
fn criterion_mark(text: &str, words: &Words) -> Option<usize> {
    words.criterion_marks.iter().map(String::len).find_map(|length| {
        let head = text.get(..length)?;
        let known =
            words.criterion_marks.iter().any(|mark| mark.len() == length && head.to_lowercase() == **mark);
        (known && !text[length..].starts_with(char::is_alphabetic)).then_some(length)
    })
}

/// Index of the bracket that closes the one at `open`.
fn matching(text: &str, open: usize) -> Option<usize> {
    let mut depth = 0_u32;
    for (at, byte) in text.bytes().enumerate().skip(open) {
        match byte {
            b'(' => depth += 1,
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether one pair of `**` encloses all of a text but final punctuation.
#[must_use]
pub fn is_bold(text: &str) -> bool {
    let text = text.trim();
    let Some(inner) = text.strip_prefix("**") else { return false };
    let Some(end) = inner.find("**") else { return false };
    inner[end + 2..].trim_matches([':', ' ', '.']).is_empty() && !inner[..end].is_empty()
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::base::inputs::{Inputs, RelPath};
    use crate::base::span::Span;
    use crate::base::text::Text;
    use crate::compiler::ast::dialect::words::Words;

    fn check(text: &str, id: Option<&str>, title: &str, serves: &[&str], after: &[&str]) {
        let mut inputs = Inputs::new();
        crate::builtin::underlay(&mut inputs);
        let words = Words::load(&inputs).value;
        let file = inputs.add_document(RelPath::new("x.md").unwrap(), text.as_bytes().to_vec());
        let line = read(&inputs, Span::new(file, 0, text.len()), &words);
        let names = |list: &[Text]| list.iter().map(|t| t.get(&inputs).to_owned()).collect::<Vec<_>>();
        assert_eq!(line.id.map(|(id, _)| inputs.slice(id)), id, "{text}");
        assert_eq!(line.text(&inputs).get(&inputs), title, "{text}");
        assert_eq!(names(&line.serves), serves, "{text}");
        assert_eq!(names(&line.after), after, "{text}");
    }

    #[test]
    fn lines() {
        check("Task 1: Make it (AC: 1, 2)", Some("1"), "Make it", &["1", "2"], &[]);
        check("**Task 2 (AC: 2):** Update `a.js` now.", Some("2"), "Update a.js now.", &["2"], &[]);
        check(
            "**T1: Bring it over** (AC1-AC3, AC6)",
            Some("T1"),
            "Bring it over",
            &["1", "2", "3", "6"],
            &[],
        );
        check("**Task 1: Check all (AC: 1)**", Some("1"), "Check all", &["1"], &[]);
        check("✅ **[1a]** Create `.x`", Some("1a"), "Create .x", &[], &[]);
        check("Task 3: Load (depends on Task 1, Task 2)", Some("3"), "Load", &[], &["1", "2"]);
        check("Load the rows after 1.2", None, "Load the rows after 1.2", &[], &["1.2"]);
        check("Wait 5 s after 2 tries", None, "Wait 5 s after 2 tries", &[], &[]);
        check("Carregar (depende de T001)", None, "Carregar", &[], &["T001"]);
        check("**1.1** Create", Some("1.1"), "Create", &[], &[]);
        check("T001 [P] Create x (2h)", Some("T001"), "Create x", &[], &[]);
        check("Covers **two** words", None, "Covers two words", &[], &[]);
        check("92 rows are there (32 red)", None, "92 rows are there (32 red)", &[], &[]);
        check("~~Old thing~~", None, "Old thing", &[], &[]);
        check("Add tests (AC: AC1-AC3)", None, "Add tests", &["1", "2", "3"], &[]);
        check("Add the gate (AC: #1, #3)", None, "Add the gate", &["1", "3"], &[]);
    }
}
