//! Patterns of paths: what they match, and whether two of them can match one path.
//!
//! `*` stands for any characters but `/`, `?` for one, `[a-z]` and `[!a-z]` for one of a class, `{a,b}` for either, `**`
//! as a whole part for any number of parts; `dir/` means `dir/**`. Whatever is no pattern stands for itself: every text
//! is a glob.

/// Alternatives of one pattern beyond which it is widened to everything below its fixed beginning.
const ALTERNATIVES: usize = 256;

/// A pattern of paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob {
    ways: Vec<Way>,
}

/// A pattern without alternatives.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Way {
    /// The parts before the first that is not fixed, each with its `/`.
    stem: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// Any number of parts.
    Deep,
    /// One part.
    Name(Vec<Atom>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Atom {
    /// Any number of characters.
    Star,
    /// One character.
    Any,
    /// This character.
    Char(char),
    /// A character inside one of these ranges.
    Class(Vec<(char, char)>),
}

impl Glob {
    /// The pattern a text spells.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        Self { ways: expand(chars).iter().map(|way| Way::parse(way)).collect() }
    }

    /// A path taken literally: itself, and whatever lies below it.
    #[must_use]
    pub fn path(text: &str) -> Self {
        let mut parts: Vec<Part> =
            split(text).map(|name| Part::Name(name.chars().map(Atom::Char).collect())).collect();
        parts.push(Part::Deep);
        Self { ways: vec![Way::new(parts)] }
    }

    /// Whether a path matches.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        self.ways.iter().any(|way| fits(&way.parts, split(path), Part::is_deep, Part::takes))
    }

    /// Whether some path matches both.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.ways.iter().any(|a| {
            other.ways.iter().any(|b| {
                (a.stem.starts_with(&b.stem) || b.stem.starts_with(&a.stem))
                    && meet(&a.parts, &b.parts, Part::is_deep, parts_meet)
            })
        })
    }

    /// Whether it takes everything below its one stem.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        let [way] = self.ways.as_slice() else { return false };
        match way.parts.as_slice() {
            [fixed @ .., Part::Deep, Part::Name(rest)] => {
                *rest == [Atom::Star] && fixed.len() == way.stem.matches('/').count()
            }
            _ => false,
        }
    }

    /// For each alternative the parts it fixes at the beginning, each with its `/`: two patterns can only meet if a
    /// stem of one begins a stem of the other.
    pub fn stems(&self) -> impl Iterator<Item = &str> {
        self.ways.iter().map(|way| way.stem.as_str())
    }
}

/// The parts of a path; a leading `./` or `/` and doubled separators say nothing.
fn split(path: &str) -> impl Iterator<Item = &str> + Clone {
    path.split('/').filter(|part| !part.is_empty() && *part != ".")
}

impl Way {
    fn new(parts: Vec<Part>) -> Self {
        let mut stem = String::new();
        for part in &parts {
            let Part::Name(atoms) = part else { break };
            let fixed = atoms.iter().all(|atom| matches!(atom, Atom::Char(_)));
            if !fixed {
                break;
            }
            stem.extend(
                atoms.iter().filter_map(|atom| if let Atom::Char(c) = atom { Some(*c) } else { None }),
            );
            stem.push('/');
        }
        Self { stem, parts }
    }

    fn parse(chars: &[char]) -> Self {
        let mut parts = Vec::new();
        let names: Vec<&[char]> = chars.split(|&c| c == '/').collect();
        let last = names.len() - 1;
        for (at, &name) in names.iter().enumerate() {
            match name {
                ['*', '*'] => {
                    parts.push(Part::Deep);
                    if at == last {
                        parts.push(Part::Name(vec![Atom::Star]));
                    }
                }
                // `dir/` is `dir/**`.
                [] if at == last && at > 0 => parts.extend([Part::Deep, Part::Name(vec![Atom::Star])]),
                [] | ['.'] => {}
                _ => parts.push(Part::Name(atoms(name))),
            }
        }
        Self::new(parts)
    }
}

impl Part {
    fn is_deep(&self) -> bool {
        matches!(self, Self::Deep)
    }

    fn takes(&self, name: &str) -> bool {
        let Self::Name(atoms) = self else { return true };
        fits(atoms, name.chars(), |atom| *atom == Atom::Star, Atom::takes)
    }
}

impl Atom {
    fn takes(&self, c: char) -> bool {
        match self {
            Self::Star | Self::Any => true,
            Self::Char(own) => *own == c,
            Self::Class(class) => inside(class, c),
        }
    }
}

fn inside(class: &[(char, char)], c: char) -> bool {
    class.iter().any(|&(low, high)| low <= c && c <= high)
}

/// Reads one part of a pattern.
fn atoms(name: &[char]) -> Vec<Atom> {
    let mut atoms = Vec::with_capacity(name.len());
    let mut at = 0;
    while at < name.len() {
        let atom = match name[at] {
            '*' => Atom::Star,
            '?' => Atom::Any,
            '\\' if at + 1 < name.len() => {
                at += 1;
                Atom::Char(name[at])
            }
            '[' => match class_end(name, at) {
                Some(end) => {
                    let class = class(&name[at + 1..end]);
                    at = end;
                    Atom::Class(class)
                }
                None => Atom::Char('['),
            },
            other => Atom::Char(other),
        };
        if atom != Atom::Star || atoms.last() != Some(&Atom::Star) {
            atoms.push(atom);
        }
        at += 1;
    }
    atoms
}

/// Where the class that begins at `at` ends: a `]` that is not its first character.
fn class_end(chars: &[char], at: usize) -> Option<usize> {
    let body = at + 1 + usize::from(matches!(chars.get(at + 1), Some('!' | '^')));
    let length = chars.get(body + 1..)?.iter().position(|&c| c == ']' || c == '/')?;
    let end = body + 1 + length;
    (chars[end] == ']').then_some(end)
}

/// The ranges of a class; a negated class is turned into what it leaves, without `/`.
fn class(body: &[char]) -> Vec<(char, char)> {
    let negated = matches!(body.first(), Some('!' | '^'));
    let mut rest = if negated { &body[1..] } else { body };
    let mut ranges = Vec::new();
    loop {
        rest = match rest {
            [] => break,
            [from, '-', to, more @ ..] => {
                ranges.push((*from, *to));
                more
            }
            [one, more @ ..] => {
                ranges.push((*one, *one));
                more
            }
        };
    }
    if negated { complement(ranges) } else { ranges }
}

fn complement(mut ranges: Vec<(char, char)>) -> Vec<(char, char)> {
    ranges.push(('/', '/'));
    ranges.sort_unstable();
    let mut left = Vec::new();
    let mut from = Some('\0');
    for (low, high) in ranges {
        let Some(start) = from else { break };
        if let Some(before) = previous(low)
            && start <= before
        {
            left.push((start, before));
        }
        from = next(high).map_or_else(|| (high < char::MAX).then_some(high), |after| Some(after.max(start)));
    }
    left.extend(from.map(|start| (start, char::MAX)));
    left
}

fn previous(c: char) -> Option<char> {
    ('\0'..c).next_back()
}

fn next(c: char) -> Option<char> {
    (c..=char::MAX).nth(1)
}

/// The alternatives of a pattern, braces gone.
fn expand(pattern: Vec<char>) -> Vec<Vec<char>> {
    let mut done = Vec::new();
    let mut open = vec![pattern];
    while let Some(way) = open.pop() {
        let Some((begin, commas, end)) = braces(&way) else {
            done.push(way);
            continue;
        };
        if open.len() + done.len() + commas.len() > ALTERNATIVES {
            let cut = way[..begin].iter().rposition(|&c| c == '/').map_or(0, |slash| slash + 1);
            done.push(way[..cut].iter().copied().chain(['*', '*']).collect());
            continue;
        }
        let mut from = begin + 1;
        for &to in commas.iter().chain([&end]) {
            open.push([&way[..begin], &way[from..to], &way[end + 1..]].concat());
            from = to + 1;
        }
    }
    done
}

/// The first closed pair of braces: its place, the commas between, its end.
fn braces(chars: &[char]) -> Option<(usize, Vec<usize>, usize)> {
    let mut opened: Vec<(usize, Vec<usize>)> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 1,
            '[' => at = class_end(chars, at).unwrap_or(at),
            '{' => opened.push((at, Vec::new())),
            ',' => {
                if let Some((_, commas)) = opened.last_mut() {
                    commas.push(at);
                }
            }
            '}' => {
                if let Some((begin, commas)) = opened.pop() {
                    // The innermost pair that closes first; those around it come in later rounds.
                    return Some((begin, commas, at));
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Whether a pattern fits the whole of a text, when `many` elements stand for any number of single ones. Only the last
/// such element that was met has to try again: whatever an earlier one could take, it can.
fn fits<T, U: Copy>(
    pattern: &[T],
    mut text: impl Iterator<Item = U> + Clone,
    many: fn(&T) -> bool,
    one: fn(&T, U) -> bool,
) -> bool {
    let mut at = 0;
    let mut again = None;
    loop {
        let mut rest = text.clone();
        match (pattern.get(at), rest.next()) {
            (None, None) => return true,
            (Some(element), _) if many(element) => {
                at += 1;
                again = Some((at, text.clone()));
                continue;
            }
            (Some(element), Some(unit)) if one(element, unit) => {
                at += 1;
                text = rest;
                continue;
            }
            _ => {}
        }
        let Some((after, from)) = &mut again else { return false };
        if from.next().is_none() {
            return false;
        }
        at = *after;
        text = from.clone();
    }
}

/// Whether two sequences share a text, when `many` elements stand for any number of single ones.
fn meet<T>(a: &[T], b: &[T], many: fn(&T) -> bool, one: fn(&T, &T) -> bool) -> bool {
    // `row[j]`: whether what is left of `a` and `b[j..]` share a text; from the ends to the beginnings.
    let mut row = vec![false; b.len() + 1];
    for i in (0..=a.len()).rev() {
        let below = row.clone();
        for j in (0..=b.len()).rev() {
            row[j] = match (a.get(i), b.get(j)) {
                (None, None) => true,
                (Some(x), y) if many(x) => below[j] || (y.is_some() && row[j + 1]),
                (x, Some(y)) if many(y) => row[j + 1] || (x.is_some() && below[j]),
                (Some(x), Some(y)) => one(x, y) && below[j + 1],
                (Some(_), None) | (None, Some(_)) => false,
            };
        }
    }
    row[0]
}

fn parts_meet(a: &Part, b: &Part) -> bool {
    match (a, b) {
        (Part::Name(a), Part::Name(b)) => meet(a, b, |atom| *atom == Atom::Star, atoms_meet),
        (Part::Deep, _) | (_, Part::Deep) => true,
    }
}

fn atoms_meet(a: &Atom, b: &Atom) -> bool {
    match (a, b) {
        (Atom::Star, _)
        | (_, Atom::Star)
        | (Atom::Any, Atom::Any | Atom::Char(_))
        | (Atom::Char(_), Atom::Any) => true,
        (Atom::Any, Atom::Class(class)) | (Atom::Class(class), Atom::Any) => {
            class.iter().any(|&(low, high)| low <= high)
        }
        (Atom::Char(a), Atom::Char(b)) => a == b,
        (Atom::Char(c), Atom::Class(class)) | (Atom::Class(class), Atom::Char(c)) => inside(class, *c),
        (Atom::Class(a), Atom::Class(b)) => {
            a.iter().any(|&(low, high)| b.iter().any(|&(from, to)| low.max(from) <= high.min(to)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Glob;
    use proptest::prelude::*;

    fn check(a: &str, b: &str, expected: bool) {
        let (x, y) = (Glob::parse(a), Glob::parse(b));
        assert_eq!(x.overlaps(&y), expected, "{a} {b}");
        assert_eq!(y.overlaps(&x), expected, "{b} {a}");
    }

    #[test]
    fn patterns_meet() {
        check("src/**", "src/api/*.rs", true);
        check("src/*.rs", "src/api/*.rs", false);
        check("**/*.md", "docs/**", true);
        check("a*b", "*c", false);
        check("a*c", "*bc", true);
        check("{src,docs}/*", "docs/x.md", true);
        check("[!a]x", "ax", false);
        check("[a-c]", "[d-f]", false);
        check("src/", "src/x/y", true);
        check("src/", "src", false);
        check("x{", "x\\{", true);
        check("a/[b", "a/[b", true);
        check("{a,{b,c}}", "c", true);
        assert!(Glob::parse("src/**").is_folder() && !Glob::parse("src/*/**").is_folder());
    }

    #[test]
    fn a_literal_path_owns_what_is_below_it() {
        let route = Glob::path("app/[id]/page.tsx");
        assert!(route.overlaps(&Glob::path("app/[id]")));
        assert!(!route.overlaps(&Glob::parse("app/i/page.tsx")));
        assert!(route.overlaps(&Glob::parse("app/*/page.*")));
        assert!(!Glob::path("docs/a").overlaps(&Glob::path("docs/ab")));
    }

    #[test]
    fn too_many_alternatives_widen() {
        let many = format!("src/{}", "{a,b}".repeat(12));
        assert!(Glob::parse(&many).overlaps(&Glob::parse("src/zzz")));
        assert!(!Glob::parse(&many).overlaps(&Glob::parse("lib/zzz")));
    }

    /// All paths of up to four parts of up to two letters `a` and `b`.
    fn paths() -> Vec<String> {
        let names = ["a", "b", "aa", "ab", "ba", "bb"];
        let mut all: Vec<String> = names.iter().map(ToString::to_string).collect();
        let mut from = 0;
        for _ in 0..3 {
            let to = all.len();
            for at in from..to {
                for name in names {
                    let longer = format!("{}/{name}", all[at]);
                    all.push(longer);
                }
            }
            from = to;
        }
        all
    }

    fn globs() -> impl Strategy<Value = String> {
        let name = prop_oneof![
            3 => "[ab*?]{1,2}",
            1 => Just("**".to_owned()),
            1 => Just("[ab]".to_owned()),
            1 => Just("[!a]".to_owned()),
            1 => Just("{a,bb}".to_owned()),
            1 => Just("{a,b/a}".to_owned()),
        ];
        proptest::collection::vec(name, 1..3).prop_map(|parts| parts.join("/"))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]
        #[test]
        fn agrees_with_enumeration(a in globs(), b in globs()) {
            let oracle = |glob: &str| {
                globset::GlobBuilder::new(glob).literal_separator(true).build().unwrap().compile_matcher()
            };
            let (x, y) = (Glob::parse(&a), Glob::parse(&b));
            let (p, q) = (oracle(&a), oracle(&b));
            let mut both = false;
            for path in paths() {
                prop_assert_eq!(x.matches(&path), p.is_match(&path), "{} {}", a, path);
                both |= p.is_match(&path) && q.is_match(&path);
            }
            prop_assert_eq!(x.overlaps(&y), both, "{} {}", a, b);
        }

        #[test]
        fn any_text_is_a_glob(a in ".{0,20}", b in "[a*?{},\\[\\]!/\\\\-]{0,12}") {
            let _ = Glob::parse(&a).overlaps(&Glob::parse(&b));
            let _ = Glob::parse(&b).matches(&a);
        }
    }
}
