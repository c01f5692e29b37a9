//! Messages of rules: `{{ task.id }}`, `{{ hit }}`, `{{ task.domains | join(', ') }}`. Nothing else is understood, so
//! that a rule's text can never run anything.

use super::fact::{Facts, Hit};
use super::path::Path;

/// Fills in a message.
#[must_use]
pub fn render(template: &str, facts: &dyn Facts, hit: Option<&Hit>) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((inside, behind)) = after.split_once("}}") else {
            out.push_str("{{");
            rest = after;
            break;
        };
        out.push_str(&value(inside.trim(), facts, hit));
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// The names a message uses.
pub fn names(template: &str) -> impl Iterator<Item = &str> {
    template.split("{{").skip(1).filter_map(|part| {
        let inside = part.split_once("}}")?.0;
        Some(inside.split('|').next().unwrap_or(inside).trim())
    })
}

fn value(inside: &str, facts: &dyn Facts, hit: Option<&Hit>) -> String {
    let (name, filter) =
        inside.split_once('|').map_or((inside, ""), |(name, filter)| (name.trim(), filter.trim()));
    let shown = if name == "hit" {
        hit.map_or_else(|| "nothing".to_owned(), |hit| hit.text.clone())
    } else {
        let between = filter.strip_prefix("join(").and_then(|rest| rest.strip_suffix(')'));
        let between = between.map_or(", ", |text| text.trim().trim_matches(['\'', '"']));
        facts.fact(&Path::new(name)).show(between)
    };
    shorten(&shown)
}

/// At most this many characters of the user's words stand in a message.
const LONGEST: usize = 80;

fn shorten(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::{names, render};
    use crate::compiler::check::fact::Hit;
    use crate::compiler::check::map::Map;
    use crate::compiler::check::zone::Zones;
    use crate::syntax::text::vocabulary::Vocabulary;

    #[test]
    fn messages() {
        let value = serde_yaml::from_str("{task: {id: T1, n: 2.5, d: [a, b]}}").unwrap();
        let (vocabulary, zones) = (Vocabulary::default(), Zones::default());
        let check = |template: &str| {
            render(template, &Map::new(&value, &vocabulary, &zones), Some(&Hit::said("x\n y")))
        };
        assert_eq!(check("`{{ task.id }}` has {{task.n}}: {{ hit }}"), "`T1` has 2.5: x y");
        assert_eq!(check("{{ task.d | join(' / ') }} {{ task.no }}"), "a / b nothing");
        assert_eq!(check("{{ open"), "{{ open");
        assert_eq!(names("{{ hit }} {{ task.d | join(', ') }}").collect::<Vec<_>>(), ["hit", "task.d"]);
    }
}
