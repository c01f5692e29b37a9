//! Natural order: runs of digits compare as numbers, so `T2` comes before `T10`.

use std::cmp::Ordering;

/// Compares two texts by alternating runs of digits and other characters. Total: equal only for equal texts.
#[must_use]
pub fn compare(a: &str, b: &str) -> Ordering {
    let (mut x, mut y) = (a.as_bytes(), b.as_bytes());
    while let (Some(&p), Some(&q)) = (x.first(), y.first()) {
        if p.is_ascii_digit() && q.is_ascii_digit() {
            let (m, n) = (digits(x), digits(y));
            let (left, right) = (significant(&x[..m]), significant(&y[..n]));
            let order = left.len().cmp(&right.len()).then_with(|| left.cmp(right));
            if order != Ordering::Equal {
                return order;
            }
            (x, y) = (&x[m..], &y[n..]);
        } else {
            if p != q {
                return p.cmp(&q);
            }
            (x, y) = (&x[1..], &y[1..]);
        }
    }
    // `T1` and `T01` are equal as numbers: the spelling decides.
    x.len().cmp(&y.len()).then_with(|| a.cmp(b))
}

fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn significant(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|&&byte| byte == b'0').count();
    &digits[zeros..]
}

#[cfg(test)]
mod tests {
    use super::compare;

    #[test]
    fn numbers_compare_as_numbers() {
        let mut ids = ["T10", "T2", "T1", "T01", "1.10", "1.9", "a", "T2b"];
        ids.sort_by(|a, b| compare(a, b));
        assert_eq!(ids, ["1.9", "1.10", "T01", "T1", "T2", "T2b", "T10", "a"]);
    }
}
