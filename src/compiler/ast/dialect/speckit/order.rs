//! What spec-kit prose says about order, as statements: who waits for whom, between which bytes it is said.

use super::refs::{Placed, Ref, Token};

/// How sure one must be that words belong together: at most this many words between a verb and what it names.
const GAP: usize = 5;

/// Who may be the subject of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// The item whose text it is: what stands left of a verb is not read.
    Own,
    /// What the sentence names left of its verb, or its line names first.
    Named,
}

/// `left` waits for `right`, or is waited for by it. An empty `left` is the item itself; in a row, each of `right` waits
/// for the one before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement<'a> {
    pub(super) left: Vec<Ref<'a>>,
    pub(super) before: bool,
    pub(super) right: Vec<Placed<'a>>,
    pub(super) row: bool,
}

/// The statements of one line or paragraph.
pub(super) fn statements<'a>(tokens: &[Placed<'a>], subject: Subject) -> Vec<Statement<'a>> {
    let mut reader =
        Reader { mode: subject, found: Vec::new(), subject: Vec::new(), clause: Clause::default() };
    let mut outer: Vec<Clause<'a>> = Vec::new();
    for (index, &placed) in tokens.iter().enumerate() {
        match placed.0 {
            Token::Open => {
                let inner = Clause { left: reader.clause.nearest(), ..Clause::default() };
                outer.push(std::mem::replace(&mut reader.clause, inner));
            }
            Token::Close => {
                let Some(around) = outer.pop() else { continue };
                let named = std::mem::take(&mut reader.clause.named);
                reader.flush();
                reader.clause = around;
                for placed in named {
                    reader.name(placed);
                }
            }
            Token::Ref(_)
            | Token::After
            | Token::Before
            | Token::Arrow
            | Token::Back
            | Token::Not
            | Token::Sequence
            | Token::Beside
            | Token::Stop
            | Token::Dash
            | Token::Colon
            | Token::Comma
            | Token::Word => reader.step(placed, tokens.get(index + 1).map(|next| next.0)),
        }
    }
    reader.flush();
    while let Some(around) = outer.pop() {
        reader.clause = around;
        reader.flush();
    }
    if subject == Subject::Named {
        reader.found.extend(chains(tokens));
    }
    reader.found
}

#[derive(Debug, Default)]
struct Clause<'a> {
    left: Vec<Ref<'a>>,
    named: Vec<Placed<'a>>,
    verb: Option<bool>,
    right: Vec<Placed<'a>>,
    /// `After T1, T2 and T3 can start`: where what waits begins in `right`, and whether that is certain.
    turn: Option<(usize, bool)>,
    gap: usize,
    negated: bool,
    dead: bool,
    /// What is named happens at the same time.
    aside: bool,
}

impl<'a> Clause<'a> {
    /// What a parenthesis speaks about.
    fn nearest(&self) -> Vec<Ref<'a>> {
        match self.right.last() {
            Some(&(Token::Ref(last), _, _)) => vec![last],
            _ => self.left.clone(),
        }
    }
}

struct Reader<'a> {
    mode: Subject,
    found: Vec<Statement<'a>>,
    subject: Vec<Ref<'a>>,
    clause: Clause<'a>,
}

impl<'a> Reader<'a> {
    fn step(&mut self, placed: Placed<'a>, next: Option<Token<'a>>) {
        match placed.0 {
            Token::Ref(_) => self.name(placed),
            Token::After | Token::Before => self.verb(placed.0 == Token::Before),
            Token::Sequence => self.row(),
            Token::Beside => {
                self.flush();
                self.clause.aside = true;
            }
            Token::Not => {
                if self.clause.verb.is_some() {
                    self.flush();
                    self.clause.dead = true;
                }
                self.clause.negated = true;
            }
            Token::Stop | Token::Dash => {
                if placed.0 == Token::Dash && self.subject.is_empty() {
                    self.subject.clone_from(&self.clause.left);
                }
                self.flush();
                self.clause = Clause::default();
            }
            // `Phase 2 ← before any story`: the arrow only points at a remark.
            Token::Back if !matches!(next, Some(Token::Ref(_))) => {
                self.step((Token::Dash, placed.1, placed.2), next);
            }
            Token::Arrow | Token::Back => {
                self.flush();
                self.clause = Clause { dead: self.clause.dead, ..Clause::default() };
            }
            Token::Colon if self.is_fronted() => self.turn(true),
            Token::Colon => {
                if self.clause.verb.is_none() && self.subject.is_empty() {
                    self.subject.clone_from(&self.clause.left);
                    self.clause.negated = false;
                }
            }
            Token::Comma => {
                if self.is_fronted() && matches!(next, Some(Token::Ref(_))) {
                    self.turn(self.clause.gap > 0);
                }
                let goes_on = matches!(next, Some(Token::Ref(_) | Token::Word | Token::Open));
                if !self.clause.right.is_empty() && !matches!(next, Some(Token::Ref(_))) && goes_on {
                    self.clause.gap = GAP - 2;
                }
            }
            Token::Word => {
                self.clause.gap += 1;
                if self.clause.gap > GAP && !self.clause.right.is_empty() {
                    self.flush();
                }
            }
            Token::Open | Token::Close => {}
        }
    }

    fn name(&mut self, placed: Placed<'a>) {
        let Token::Ref(reference) = placed.0 else { return };
        if self.clause.dead || self.clause.aside {
            return;
        }
        let near = self.clause.gap <= GAP || (self.mode == Subject::Named && self.clause.right.is_empty());
        if self.clause.verb.is_none() {
            self.clause.left.push(reference);
            self.clause.named.push(placed);
        } else if near {
            self.clause.right.push(placed);
            self.clause.gap = 0;
        } else {
            self.flush();
        }
    }

    /// `After T1, …`: a sentence that begins with what is waited for.
    fn is_fronted(&self) -> bool {
        let bare = self.clause.left.is_empty() && self.subject.is_empty();
        self.mode == Subject::Named
            && bare
            && self.clause.verb == Some(false)
            && !self.clause.right.is_empty()
    }

    fn turn(&mut self, sure: bool) {
        let at = self.clause.right.len();
        match self.clause.turn {
            None => self.clause.turn = Some((at, sure)),
            Some((_, false)) if sure => self.clause.turn = Some((at, true)),
            Some(_) => {}
        }
        self.clause.gap = 0;
    }

    /// `T003, T004 are sequential`
    fn row(&mut self) {
        let tasks = |token: &Placed<'a>| matches!(token.0, Token::Ref(Ref::Task(_) | Ref::Tasks(..)));
        let named = &self.clause.named;
        let several = named.len() > 1 || matches!(named.first(), Some((Token::Ref(Ref::Tasks(..)), _, _)));
        let clear = self.clause.verb.is_none() && !self.clause.negated && !self.clause.dead;
        if self.mode == Subject::Named && clear && several && named.iter().all(tasks) {
            let right = named.clone();
            self.found.push(Statement { left: Vec::new(), before: false, right, row: true });
        }
    }

    fn verb(&mut self, before: bool) {
        if !self.clause.right.is_empty() {
            self.flush();
        }
        if self.clause.dead || self.clause.negated {
            self.clause.dead = true;
            return;
        }
        if self.subject.is_empty() {
            self.subject.clone_from(&self.clause.left);
        }
        self.clause.named.clear();
        self.clause.aside = false;
        self.clause.verb = Some(before);
        self.clause.gap = 0;
    }

    /// Ends the statement at hand; what stood left of its verb stays.
    fn flush(&mut self) {
        let fronted = self.is_fronted();
        let mut right = std::mem::take(&mut self.clause.right);
        let Some(before) = self.clause.verb.take() else { return };
        if right.is_empty() {
            return;
        }
        if let Some((at, sure)) = self.clause.turn.take().filter(|_| fronted)
            && at < right.len()
            && (sure || self.clause.gap > 0)
        {
            let left =
                right.split_off(at).into_iter().filter_map(|(token, _, _)| token.reference()).collect();
            self.found.push(Statement { left, before, right, row: false });
            return;
        }
        let left = match self.mode {
            Subject::Own => Vec::new(),
            Subject::Named if self.clause.left.is_empty() => self.subject.clone(),
            Subject::Named => self.clause.left.clone(),
        };
        if self.mode == Subject::Own || !left.is_empty() {
            self.found.push(Statement { left, before, right, row: false });
        }
    }
}

/// `T002 → T003/T004 → T005`: what stands right of an arrow waits for what stands left of it.
fn chains<'a>(tokens: &[Placed<'a>]) -> Vec<Statement<'a>> {
    let mut found = Vec::new();
    let mut before: Option<(Link<'a>, bool)> = None;
    let mut link = Link::default();
    let mut depth = 0usize;
    for (index, &placed) in tokens.iter().enumerate() {
        let next = tokens.get(index + 1).map(|next| next.0);
        match placed.0 {
            Token::Ref(_) => link.name(placed, depth),
            Token::Open => depth += 1,
            Token::Close => depth = depth.saturating_sub(1),
            Token::Back if depth == 0 && !matches!(next, Some(Token::Ref(_))) => {
                tie(before.take(), &std::mem::take(&mut link), &mut found);
            }
            Token::Arrow | Token::Back if depth == 0 => {
                let done = std::mem::take(&mut link);
                tie(before.take(), &done, &mut found);
                before = Some((done, placed.0 == Token::Back));
            }
            Token::Stop | Token::Dash if depth == 0 => {
                tie(before.take(), &std::mem::take(&mut link), &mut found);
            }
            Token::Comma => link.open |= !link.last.is_empty(),
            Token::Word if depth == 0 => link.open = false,
            Token::Word
            | Token::Stop
            | Token::Dash
            | Token::Arrow
            | Token::Back
            | Token::After
            | Token::Before
            | Token::Not
            | Token::Sequence
            | Token::Beside
            | Token::Colon => {}
        }
    }
    tie(before, &link, &mut found);
    found
}

/// One link of a chain: the first and the last list of names in it, and those in parentheses.
#[derive(Debug, Default)]
struct Link<'a> {
    first: Vec<Placed<'a>>,
    last: Vec<Placed<'a>>,
    inside: Vec<Placed<'a>>,
    open: bool,
}

impl<'a> Link<'a> {
    fn name(&mut self, placed: Placed<'a>, depth: usize) {
        if depth > 0 {
            self.inside.push(placed);
            return;
        }
        if !self.open {
            self.last.clear();
        }
        let only = self.first.is_empty() || self.open && self.first.len() == self.last.len();
        self.last.push(placed);
        if only {
            self.first.push(placed);
        }
        self.open = false;
    }
    fn begin(&self) -> &[Placed<'a>] {
        if self.first.is_empty() { &self.inside } else { &self.first }
    }
    fn end(&self) -> &[Placed<'a>] {
        if self.last.is_empty() { &self.inside } else { &self.last }
    }
}

fn tie<'a>(before: Option<(Link<'a>, bool)>, link: &Link<'a>, found: &mut Vec<Statement<'a>>) {
    let Some((earlier, back)) = before else { return };
    let (waits, awaited) = if back { (earlier.end(), link.begin()) } else { (link.begin(), earlier.end()) };
    if !waits.is_empty() && !awaited.is_empty() {
        let left = waits.iter().filter_map(|&(token, _, _)| token.reference());
        found.push(Statement { left: left.collect(), before: false, right: awaited.to_vec(), row: false });
    }
}

#[cfg(test)]
mod tests {
    use super::super::refs::{Phrases, Ref, tokens};
    use super::{Subject, statements};

    fn check(subject: Subject, text: &str, expected: &[&str]) {
        let mut inputs = crate::base::inputs::Inputs::new();
        crate::builtin::underlay(&mut inputs);
        let mut phrases = Phrases::of(&super::super::Words::load(&inputs).value.order);
        phrases.names = ["setup", "foundational", "polish"].map(str::to_owned).to_vec();
        let names = phrases.names.clone();
        let show = |reference: &Ref<'_>| match reference {
            Ref::Task(id) => (*id).to_owned(),
            Ref::Tasks(from, to) => format!("{from}..{to}"),
            Ref::Phase(number) => format!("P{number}"),
            Ref::Phases(from, to) => format!("P{from}..{}", to.map_or(String::new(), |to| to.to_string())),
            Ref::Story(number) => format!("US{number}"),
            Ref::Stories => "stories".to_owned(),
            Ref::Earlier => "earlier".to_owned(),
            Ref::Named(index) => names[*index].clone(),
        };
        let tokens = tokens(text, &phrases);
        let found: Vec<String> = statements(&tokens, subject)
            .iter()
            .map(|said| {
                let left: Vec<String> = said.left.iter().map(show).collect();
                let right: Vec<String> = said
                    .right
                    .iter()
                    .filter_map(|(token, _, _)| token.reference())
                    .map(|reference| show(&reference))
                    .collect();
                let sign = if said.row {
                    " ~ "
                } else if said.before {
                    " > "
                } else {
                    " < "
                };
                format!("{}{sign}{}", left.join(","), right.join(","))
            })
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn an_item_says_what_it_waits_for() {
        check(Subject::Own, "Write the store (depends on T012, T013)", &[" < T012,T013"]);
        check(Subject::Own, "Make it pass T006 — depends on T005, T006", &[" < T005,T006"]);
        check(Subject::Own, "Service skeleton (depends on T008–T020b)", &[" < T008..T020b"]);
        check(Subject::Own, "Register the route after T003 and before T010", &[" < T003", " > T010"]);
        check(Subject::Own, "Load the T-shirt list, no dependency on T004", &[]);
        check(Subject::Own, "Extend the parser, same file as T003", &[]);
        check(Subject::Own, "Wire it up, requires the models T012 and T013.", &[" < T012,T013"]);
        check(Subject::Own, "Depends on: T007, decision from T004", &[" < T007,T004"]);
    }

    #[test]
    fn a_line_names_its_subject() {
        check(Subject::Named, "T009 before T010/T011 (the parameter must exist)", &["T009 > T010,T011"]);
        check(
            Subject::Named,
            "Tests (T004-T007) before implementation (T008-T014)",
            &["T004..T007 > T008..T014"],
        );
        check(Subject::Named, "T001 blocks T002, T003", &["T001 > T002,T003"]);
        check(
            Subject::Named,
            "Base (T001) before api (T002), api before page (T003)",
            &["T001 > T002", "T002 > T003"],
        );
        check(
            Subject::Named,
            "**US2 (Phase 4)**: Depends on Phase 2 + US1 (shares a file) — begin after US1",
            &["US2,P4 < P2,US1", "US2,P4 < US1"],
        );
        check(
            Subject::Named,
            "**Foundational (Phase 2)**: Depends on Setup completion - BLOCKS all user stories",
            &["foundational,P2 < setup", "foundational,P2 > stories"],
        );
        check(Subject::Named, "**Setup (Phase 1)**: No dependencies - can start immediately", &[]);
        check(
            Subject::Named,
            "T023 and T024 can run in parallel (other files, both depend on T010/T011 and T022)",
            &["T023,T024 < T010,T011,T022"],
        );
    }

    #[test]
    fn one_phase_waits_and_another_does_not() {
        check(
            Subject::Named,
            "US2 and US3 — depend on Foundational, **not** on US1",
            &["US2,US3 < foundational"],
        );
        check(Subject::Named, "**US3**: Depends on Phase 2. Independent of US1 and US2.", &["US3 < P2"]);
        check(Subject::Named, "US3 pode começar após US2 sem aguardar US1", &["US3 < US2"]);
        check(
            Subject::Named,
            "**US2**: Depende de Foundational; pode paralelizar com US1 após T006",
            &["US2 < foundational", "US2 < T006"],
        );
        check(Subject::Named, "US3 can start after Phase 2, in parallel with US2", &["US3 < P2"]);
        check(Subject::Named, "US3 - Depends on all previous stories", &["US3 < earlier"]);
    }

    #[test]
    fn what_is_waited_for_may_come_first() {
        check(Subject::Named, "Once Phase 2 completes, US1, US2 and US3 can proceed", &["US1,US2,US3 < P2"]);
        check(Subject::Named, "After Phase 2, US1 and US2 can run in parallel", &["US1,US2 < P2"]);
        check(Subject::Named, "After T001: T002, T003", &["T002,T003 < T001"]);
        check(
            Subject::Named,
            "After T001, T002 and T003 complete, T004 can start",
            &["T004 < T001,T002,T003"],
        );
    }

    #[test]
    fn a_row_is_worked_through() {
        check(Subject::Named, "T003, T004, T005 are sequential (same file)", &[" ~ T003,T004,T005"]);
        check(Subject::Named, "T003-T005 in sequence", &[" ~ T003..T005"]);
        check(Subject::Named, "T003 and T004 are not sequential", &[]);
        check(Subject::Named, "T003 → T004 must be sequential", &["T004 < T003"]);
    }

    #[test]
    fn arrows_chain() {
        check(
            Subject::Named,
            "Base: T002 → T003 → T004 (same file after T003) → T005/T006 (after both)",
            &["T004 < T003", "T003 < T002", "T004 < T003", "T005,T006 < T004"],
        );
        check(Subject::Named, "T005 (port) -> T007/T008 (adapter) -> used by all", &["T007,T008 < T005"]);
        check(Subject::Named, "T014 ← T012, T013", &["T014 < T012,T013"]);
        check(
            Subject::Named,
            "Phase 2 (Foundational) ← MUST COMPLETE BEFORE ANY USER STORY",
            &["P2,foundational > stories"],
        );
    }
}
