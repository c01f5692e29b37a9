//! `--select` and `--ignore`: which codes are looked at.

/// Codes by their beginnings, at a boundary: `V1` means every `V1.…`, `dep` every `dep/…`, `ALL` everything.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Looked at; everything when empty.
    pub select: Vec<String>,
    /// Not looked at, unless selected more exactly.
    pub ignore: Vec<String>,
}

impl Selection {
    /// Whether a code is looked at: the longest beginning that fits decides, and ignoring wins a tie.
    #[must_use]
    pub fn allows(&self, code: &str) -> bool {
        let longest = |list: &[String]| list.iter().filter_map(|start| fit(start, code)).max();
        let selected = if self.select.is_empty() { Some(0) } else { longest(&self.select) };
        match (selected, longest(&self.ignore)) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(selected), Some(ignored)) => selected > ignored,
        }
    }
}

/// How much of a code a beginning fits.
fn fit(start: &str, code: &str) -> Option<usize> {
    if start.eq_ignore_ascii_case("all") {
        return Some(0);
    }
    let head = code.get(..start.len())?;
    let is_boundary = start.ends_with(['.', '/'])
        || matches!(code.as_bytes().get(start.len()), None | Some(b'.' | b'/'))
        || (start.len() == 1 && start.bytes().all(|byte| byte.is_ascii_uppercase()));
    (head.eq_ignore_ascii_case(start) && is_boundary).then_some(start.len())
}

#[cfg(test)]
mod tests {
    use super::Selection;

    #[test]
    fn the_longest_beginning_decides() {
        let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let check = |select: &[&str], ignore: &[&str], code: &str| {
            Selection { select: list(select), ignore: list(ignore) }.allows(code)
        };
        assert!(check(&[], &[], "V1.2"));
        assert!(
            check(&["V1"], &[], "V1.2") && !check(&["V1"], &[], "V2.1") && !check(&["V1.1"], &[], "V1.14")
        );
        assert!(check(&["V"], &[], "V1.2") && check(&["dep"], &[], "dep/unknown"));
        assert!(!check(&["V1"], &["V1.2"], "V1.2") && check(&["V1.2"], &["V1"], "V1.2"));
        assert!(check(&["ALL"], &["V1"], "dep/self") && !check(&["ALL"], &["all"], "dep/self"));
    }
}
