//! What a plain scalar means, by the core schema of YAML 1.2: `yes`, `no`, `on` and `off` are text.

use crate::ir::node::Kind;

/// The value of an unquoted scalar. What begins like a number is put to `serde_yaml`, unless it is one of the two
/// plain cases: a few digits, or characters no number has.
#[must_use]
pub fn resolve(text: &str) -> Kind {
    special(text).unwrap_or_else(|| Kind::Text(text.to_owned()))
}

/// The value of an unquoted scalar that is not text.
pub(super) fn special(text: &str) -> Option<Kind> {
    let bytes = text.as_bytes();
    match bytes.first() {
        None => Some(Kind::Null),
        Some(b'~') if bytes.len() == 1 => Some(Kind::Null),
        Some(b'n' | b'N') if matches!(text, "null" | "Null" | "NULL") => Some(Kind::Null),
        Some(b't' | b'T') if matches!(text, "true" | "True" | "TRUE") => Some(Kind::Bool(true)),
        Some(b'f' | b'F') if matches!(text, "false" | "False" | "FALSE") => Some(Kind::Bool(false)),
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') => number(text),
        Some(_) => None,
    }
}

/// The number a scalar is, if it is one.
fn number(text: &str) -> Option<Kind> {
    let bytes = text.as_bytes();
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    let simple = matches!(digits, [b'0'] | [b'1'..=b'9', ..]) && digits.iter().all(u8::is_ascii_digit);
    if simple && digits.len() <= 18 {
        return text.parse().ok().map(Kind::Int);
    }
    if is_decimal(digits) {
        return text.parse().ok().map(Kind::Float);
    }
    if !could_be_number(bytes) {
        return None;
    }
    match serde_yaml::from_str::<serde_yaml::Value>(text) {
        Ok(serde_yaml::Value::Number(number)) => match number.as_i64() {
            Some(whole) => Some(Kind::Int(whole)),
            None => number.as_f64().map(Kind::Float),
        },
        _ => None,
    }
}

/// `0.5`, `12.75`: digits, a point, digits, few enough to need no care.
fn is_decimal(digits: &[u8]) -> bool {
    let Some(point) = memchr::memchr(b'.', digits) else { return false };
    let (whole, fraction) = (&digits[..point], &digits[point + 1..]);
    let whole_fits = matches!(whole, [b'0'] | [b'1'..=b'9', ..]) && whole.iter().all(u8::is_ascii_digit);
    whole_fits && !fraction.is_empty() && fraction.iter().all(u8::is_ascii_digit) && digits.len() <= 18
}

/// A cheap look that spares most dates, versions and words the question: a digit or a special name somewhere, only
/// characters numbers are made of, one point at most, and signs only in front and after an exponent's letter.
fn could_be_number(bytes: &[u8]) -> bool {
    const LONGEST: usize = 400;
    let rest = bytes.strip_prefix(b"-").or_else(|| bytes.strip_prefix(b"+")).unwrap_or(bytes);
    let special = matches!(rest.first(), Some(b'.')) && rest.len() == 4;
    if !special && (bytes.len() > LONGEST || !rest.iter().any(u8::is_ascii_digit)) {
        return false;
    }
    let points = memchr::memchr_iter(b'.', rest).count();
    let mut before = 0;
    points <= 1
        && rest.iter().all(|&byte| {
            let sign = matches!(byte, b'-' | b'+') && matches!(before, b'e' | b'E');
            before = byte;
            sign || byte.is_ascii_hexdigit()
                || matches!(byte, b'.' | b'x' | b'o' | b'b')
                || (special && byte.is_ascii_alphabetic())
        })
}

#[cfg(test)]
mod tests {
    use super::resolve;
    use crate::ir::node::Kind;

    fn check(text: &str, expected: &Kind) {
        assert_eq!(&resolve(text), expected, "{text}");
    }

    #[test]
    fn words() {
        for null in ["", "~", "null", "Null", "NULL"] {
            check(null, &Kind::Null);
        }
        check("true", &Kind::Bool(true));
        check("FALSE", &Kind::Bool(false));
        for text in ["yes", "no", "on", "off", "nULL", "tRue", "y"] {
            check(text, &Kind::Text(text.into()));
        }
    }

    #[test]
    fn numbers_are_what_serde_yaml_says() {
        check("0", &Kind::Int(0));
        check("-12", &Kind::Int(-12));
        check("0o17", &Kind::Int(15));
        check("0x1F", &Kind::Int(31));
        check("9223372036854775807", &Kind::Int(i64::MAX));
        check("1e3", &Kind::Float(1000.0));
        check("0.5", &Kind::Float(0.5));
        check(".inf", &Kind::Float(f64::INFINITY));
        check("-.INF", &Kind::Float(f64::NEG_INFINITY));
        assert!(matches!(resolve(".nan"), Kind::Float(number) if number.is_nan()));
    }

    #[test]
    fn near_numbers_are_text() {
        for text in
            ["0123", "1.2.3", "2024-01-01", "-", "+", ".", "1_000", "10:30", "3 items", "--x", "12e", "-.x"]
        {
            check(text, &Kind::Text(text.into()));
        }
    }

    #[test]
    fn the_shortcuts_agree_with_serde_yaml() {
        let alphabet = ["0", "1", "9", "+", "-", ".", "e", "E", "x", "o", "f", "_", "n", "inf", "nan"];
        for a in alphabet {
            for b in alphabet {
                for c in alphabet {
                    let text = format!("{a}{b}{c}");
                    let asked = match serde_yaml::from_str::<serde_yaml::Value>(&text) {
                        Ok(serde_yaml::Value::Number(number)) => number.as_f64(),
                        _ => None,
                    };
                    #[allow(clippy::cast_precision_loss, reason = "three characters are few digits")]
                    let ours = match resolve(&text) {
                        Kind::Int(number) => Some(number as f64),
                        Kind::Float(number) => Some(number),
                        Kind::Null | Kind::Bool(_) | Kind::Text(_) | Kind::List(_) | Kind::Map(_) => None,
                    };
                    assert_eq!(ours.map(f64::to_bits), asked.map(f64::to_bits), "{text}");
                }
            }
        }
    }
}
