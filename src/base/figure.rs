//! Money and time as people read them.

use crate::base::quantity::{MicroUsd, Millis};

/// `$0.0042`, `$0.431`, `$12.80`: three significant figures or cents, whichever is more.
#[must_use]
pub fn money(MicroUsd(micro): MicroUsd) -> String {
    let (places, unit) = match micro {
        0..10_000 => (4, 100),
        10_000..1_000_000 => (3, 1_000),
        _ => (2, 10_000),
    };
    let scale = 1_000_000 / unit;
    let rounded = (micro + unit / 2) / unit;
    format!("${}.{:0places$}", rounded / scale, rounded % scale)
}

/// `45s`, `2m 30s`, `1h 05m`: the two largest units.
#[must_use]
pub fn time(time: Millis) -> String {
    let seconds = time.secs();
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 if seconds.is_multiple_of(60) => format!("{}m", seconds / 60),
        60..3_600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h {:02}m", seconds / 3_600, seconds % 3_600 / 60),
    }
}

/// `90s`, `15m`, `1h30m`, `1d 2h`, `250ms`; a number alone is seconds.
#[must_use]
pub fn parse_time(text: &str) -> Option<Millis> {
    let mut rest = text.trim();
    if let Ok(seconds) = rest.parse::<u64>() {
        return Some(Millis::from_secs(seconds));
    }
    let mut total = 0u64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest[..digits].parse().ok()?;
        let tail = &rest[digits..];
        let unit_len = tail.find(|c: char| c.is_ascii_digit() || c == ' ').unwrap_or(tail.len());
        let millis = match &tail[..unit_len] {
            "ms" => 1,
            "s" => 1_000,
            "m" | "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(millis)?)?;
        rest = tail[unit_len..].trim_start();
    }
    (!text.trim().is_empty()).then_some(Millis(total))
}

/// A factor given in thousandths, with one decimal, cut off.
#[must_use]
pub fn factor(milli: u64) -> String {
    format!("{}.{}", milli / 1_000, milli % 1_000 / 100)
}

/// A number with its thousands apart.
#[must_use]
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{factor, money, parse_time, thousands, time};
    use crate::base::quantity::{MicroUsd, Millis};

    #[test]
    fn figures_read_well() {
        let check = |micro: u64| money(MicroUsd(micro));
        assert_eq!(
            [check(0), check(4_249), check(431_400), check(12_804_999)],
            ["$0.0000", "$0.0042", "$0.431", "$12.80"]
        );
        assert_eq!(check(999_999), "$1.000");
        let check = |seconds: u64| time(Millis::from_secs(seconds));
        assert_eq!([check(45), check(150), check(120), check(3_900)], ["45s", "2m 30s", "2m", "1h 05m"]);
        assert_eq!([thousands(12), thousands(1_234_567)], ["12", "1,234,567"]);
        assert_eq!([factor(1_999), factor(12_050)], ["1.9", "12.0"]);
    }

    #[test]
    fn time_has_units() {
        for (text, millis) in
            [("90", 90_000), ("17s", 17_000), ("1h30m", 5_400_000), ("250ms", 250), ("1d 2h", 93_600_000)]
        {
            assert_eq!(parse_time(text), Some(Millis(millis)), "{text}");
        }
        for text in ["", "m", "5 parsecs", "-1", "1.5h"] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }
}
