//! Who may clash: the uses of each path, and of any two whose patterns meet.

use crate::base::glob::Glob;

use super::Use;

/// What kind of uses meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Uses of a file that many tasks touch.
    Shared,
    /// Uses of which one at least names a path.
    Path,
    /// Uses that are all patterns.
    Globs,
}

/// A task that takes part in a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Member {
    /// Its place in the order.
    pub(super) place: u32,
    /// Its row.
    pub(super) task: u32,
    /// Whether one of its uses here writes.
    pub(super) write: bool,
    /// Whether one of its uses here reads.
    pub(super) read: bool,
    /// The place of that use in the list of uses.
    pub(super) by: u32,
    /// Which of the two patterns it uses: 1, 2, or 3 for both.
    pub(super) side: u8,
}

/// Uses of one pattern, or of two that meet: any two of its members clash if one writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// What kind.
    pub(super) class: Class,
    /// In order, each task once.
    pub(super) members: Vec<Member>,
    /// Whether only pairs from different sides are of interest: the others meet in groups of their own.
    pub(super) across: bool,
}

impl Group {
    /// The group without the members whose task is not wanted.
    pub(super) fn only(&self, wanted: impl Fn(u32) -> bool) -> Self {
        let members = self.members.iter().copied().filter(|member| wanted(member.task)).collect();
        Self { class: self.class, members, across: self.across }
    }

    fn clashes(&self) -> bool {
        self.members.len() > 1 && self.members.iter().any(|member| member.write)
    }
}

/// One of the distinct patterns.
struct Pattern<'a> {
    text: &'a str,
    /// Parsed, if it is no literal path.
    glob: Option<Glob>,
    /// Its members, as a run of a common list.
    members: std::ops::Range<usize>,
}

/// All groups in which something may clash; `place` is the place of each task in the order.
pub(super) fn groups(uses: &[Use], place: &[u32], shared: &[String]) -> Vec<Group> {
    let mut sorted: Vec<u32> = (0..u32::try_from(uses.len()).expect("uses are numbered by u32")).collect();
    let key = |at: u32| {
        let it = &uses[at as usize];
        (it.path, it.glob, place[it.task as usize], !it.write, at)
    };
    sorted.sort_unstable_by_key(|&at| key(at));
    let members: Vec<Member> = sorted
        .iter()
        .map(|&by| {
            let Use { task, write, .. } = uses[by as usize];
            Member { place: place[task as usize], task, write, read: !write, by, side: 1 }
        })
        .collect();
    let mut patterns: Vec<Pattern> = Vec::new();
    for (at, &by) in sorted.iter().enumerate() {
        let Use { path, glob, .. } = uses[by as usize];
        match patterns.last_mut() {
            Some(last) if last.text == path && last.glob.is_some() == glob => last.members.end = at + 1,
            _ => patterns.push(Pattern {
                text: path,
                glob: glob.then(|| Glob::parse(path)),
                members: at..at + 1,
            }),
        }
    }
    let shared: Vec<Glob> = shared.iter().map(|text| Glob::parse(text)).collect();
    let is_shared =
        |pattern: &Pattern| pattern.glob.is_none() && shared.iter().any(|glob| glob.matches(pattern.text));

    let mut groups = Vec::new();
    for pattern in patterns.iter().filter(|pattern| pattern.members.len() > 1) {
        let class = match &pattern.glob {
            Some(_) => Class::Globs,
            None => Class::Path,
        };
        let mut group = gather(members[pattern.members.clone()].iter().copied(), class, false);
        if group.clashes() {
            if is_shared(pattern) {
                group.class = Class::Shared;
            }
            groups.push(group);
        }
    }
    for (a, b) in meetings(&patterns) {
        let (a, b) = (&patterns[a], &patterns[b]);
        let class = if a.glob.is_some() && b.glob.is_some() { Class::Globs } else { Class::Path };
        let other = members[b.members.clone()].iter().map(|&member| Member { side: 2, ..member });
        let mut group = gather(members[a.members.clone()].iter().copied().chain(other), class, true);
        if group.clashes() {
            if is_shared(a) || is_shared(b) {
                group.class = Class::Shared;
            }
            groups.push(group);
        }
    }
    groups
}

/// The members in order, each task once; a task that both reads and writes writes.
fn gather(members: impl Iterator<Item = Member>, class: Class, across: bool) -> Group {
    let mut members: Vec<Member> = members.collect();
    members.sort_unstable_by_key(|member| (member.place, !member.write, member.by));
    members.dedup_by(|later, kept| {
        let same = later.task == kept.task;
        if same {
            kept.side |= later.side;
            kept.read |= later.read;
        }
        same
    });
    Group { class, members, across }
}

/// The pairs of different patterns that meet, each once.
fn meetings(patterns: &[Pattern]) -> Vec<(usize, usize)> {
    // A stem for each alternative of each pattern, in one text: two patterns meet only if a stem begins another.
    let mut text = String::new();
    let mut stems: Vec<(std::ops::Range<usize>, usize)> = Vec::with_capacity(patterns.len());
    for (at, pattern) in patterns.iter().enumerate() {
        if let Some(glob) = &pattern.glob {
            for stem in glob.stems() {
                stems.push((text.len()..text.len() + stem.len(), at));
                text.push_str(stem);
            }
        } else {
            stems.push((text.len()..text.len() + pattern.text.len() + 1, at));
            text.push_str(pattern.text);
            text.push('/');
        }
    }
    let stem = |(range, _): &(std::ops::Range<usize>, usize)| &text[range.clone()];
    stems.sort_unstable_by(|a, b| stem(a).cmp(stem(b)).then(a.1.cmp(&b.1)));
    let mut found = Vec::new();
    for (at, entry) in stems.iter().enumerate() {
        let below = stems[at + 1..].iter().take_while(|other| stem(other).starts_with(stem(entry)));
        for other in below.filter(|other| other.1 != entry.1) {
            if meets(&patterns[entry.1], &patterns[other.1]) {
                found.push((entry.1.min(other.1), entry.1.max(other.1)));
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether two patterns meet; a stem of the first begins one of the second.
fn meets(a: &Pattern, b: &Pattern) -> bool {
    match (&a.glob, &b.glob) {
        // A path and something below it.
        (None, _) => true,
        (Some(a), _) if a.is_folder() => true,
        (Some(a), Some(b)) => a.overlaps(b),
        (Some(a), None) => a.overlaps(&Glob::path(b.text)),
    }
}
