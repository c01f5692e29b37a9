//! How long something takes, as people write it: `120s`, `2h`, `X-Y hours`, `2.5 days (20 hours)`, `~30 min`.

use crate::base::quantity::Millis;

use super::words::Words;

/// The duration a text states; of a range its end, and what stands in brackets is the more exact.
///
/// A day is eight hours of work. Numbers without a unit say nothing.
#[must_use]
pub fn duration(text: &str, words: &Words) -> Option<Millis> {
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if let Some((head, tail)) = text.split_once('(')
        && let Some(inner) = tail.split(')').next()
        && let Some(exact) = total(inner, words)
    {
        let _ = head;
        return Some(exact);
    }
    total(text, words)
}

/// Whether all of a text is a duration: `2h`, `~30 minutes`, `2-4 hours`.
#[must_use]
pub fn is_duration(text: &str, words: &Words) -> Option<Millis> {
    let rest = text.trim().trim_start_matches(['~', '≈', '<', '±']).trim_start();
    if !rest.as_bytes().first()?.is_ascii_digit() {
        return None;
    }
    let (mut at, mut sum) = (0, 0_u64);
    while at < rest.len() {
        let (value, length) = figure(&rest[at..], words)?;
        sum = sum.saturating_add(value);
        at += length;
        at += rest[at..].len() - rest[at..].trim_start_matches([' ', ',']).len();
    }
    Some(Millis(sum))
}

fn total(text: &str, words: &Words) -> Option<Millis> {
    let mut at = 0;
    while at < text.len() {
        let start = at + text[at..].find(|c: char| c.is_ascii_digit())?;
        if let Some((mut sum, mut length)) = figure(&text[start..], words) {
            // `2h 30m` is one duration.
            while let Some((more, next)) = follow(&text[start + length..], words) {
                sum = sum.saturating_add(more);
                length += next;
            }
            return Some(Millis(sum));
        }
        at = start + text[start..].bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    }
    None
}

fn follow(text: &str, words: &Words) -> Option<(u64, usize)> {
    let blanks = text.len() - text.trim_start_matches(' ').len();
    let (value, length) = figure(&text[blanks..], words)?;
    Some((value, blanks + length))
}

/// A number or range with its unit at the start of a text: milliseconds and length.
fn figure(text: &str, words: &Words) -> Option<(u64, usize)> {
    let (mut value, mut at) = number(text)?;
    let range = text[at..].trim_start_matches(' ');
    if let Some(tail) = range
        .strip_prefix(['-', '–', '—'])
        .or_else(|| range.strip_prefix("to "))
        .or_else(|| range.strip_prefix("a "))
    {
        let tail = tail.trim_start_matches(' ');
        let begin = text.len() - tail.len();
        if let Some((end, length)) = number(tail) {
            value = end;
            at = begin + length;
        }
    }
    let rest = text[at..].trim_start_matches([' ', '-']);
    let begin = text.len() - rest.len();
    let length = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
    let unit = words.unit(&rest[..length])?;
    Some((value.saturating_mul(unit) / 1_000, begin + length))
}

/// A decimal number in thousandths, and its length.
fn number(text: &str) -> Option<(u64, usize)> {
    let whole = text.bytes().take_while(u8::is_ascii_digit).count();
    if whole == 0 || whole > 9 {
        return None;
    }
    let value: u64 = text[..whole].parse::<u64>().ok()?.saturating_mul(1_000);
    let tail = &text[whole..];
    if let Some(fraction) = tail.strip_prefix(['.', ',']) {
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            let shown = &fraction[..digits.min(3)];
            let scale = 10_u64.pow(3 - u32::try_from(shown.len()).unwrap_or(3));
            return Some((value + shown.parse::<u64>().ok()? * scale, whole + 1 + digits));
        }
    }
    Some((value, whole))
}

#[cfg(test)]
mod tests {
    use super::{duration, is_duration};
    use crate::base::inputs::Inputs;
    use crate::compiler::ast::dialect::words::Words;

    #[test]
    fn durations() {
        let mut inputs = Inputs::new();
        crate::builtin::underlay(&mut inputs);
        let words = Words::load(&inputs).value;
        for (text, seconds) in [
            ("120s", Some(120)),
            ("2h", Some(7_200)),
            ("2h 30m", Some(9_000)),
            ("30 minutes", Some(1_800)),
            ("2.5 days (20 hours)", Some(72_000)),
            ("S (~2-4h)", Some(14_400)),
            ("1 a 2 horas", Some(7_200)),
            ("1,5 dia", Some(43_200)),
            ("8", None),
            ("5 points", None),
            ("T12", None),
        ] {
            assert_eq!(duration(text, &words).map(|d| d.0 / 1_000), seconds, "{text}");
        }
        assert!(is_duration("~2 hours", &words).is_some());
        assert!(is_duration("2 hours late", &words).is_none());
    }
}
