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
    use super::{money, thousands, time};
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
        assert_eq!(thousands(1_234_567), "1,234,567");
    }
}
