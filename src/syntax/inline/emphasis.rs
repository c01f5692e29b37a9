//! Which asterisks, underscores and tildes are emphasis: the delimiter rules of `CommonMark`.
//!
//! One deviation: asterisks of path patterns (`src/**/*.rs`) are kept, because people write them without ticks.

use std::ops::Range;

/// A run of one mark.
#[derive(Debug, Clone, Copy)]
struct Run {
    id: usize,
    mark: u8,
    /// First mark that is still unused.
    at: usize,
    /// Unused marks.
    left: usize,
    /// Marks in all.
    length: usize,
    opens: bool,
    closes: bool,
}

/// Collects the runs of a text from left to right, and pairs them.
#[derive(Default)]
pub(super) struct Runs {
    runs: Vec<Run>,
}

impl Runs {
    /// Notes the run at `at` of `text`, if there is one there; its length.
    pub(super) fn push(&mut self, text: &str, at: usize) -> usize {
        let mark = text.as_bytes()[at];
        let length = text.as_bytes()[at..].iter().take_while(|&&byte| byte == mark).count();
        let before = text[..at].chars().next_back();
        let after = text[at + length..].chars().next();
        let pattern = mark == b'*'
            && (before == Some('/') || matches!(after, Some('/' | '.')) && before.is_none_or(is_blank));
        if pattern || (mark == b'~' && length != 2) {
            return length;
        }
        let blank = |c: Option<char>| c.is_none_or(is_blank);
        let marks = |c: Option<char>| c.is_some_and(|c| !c.is_alphanumeric() && !is_blank(c));
        let left = !blank(after) && (!marks(after) || blank(before) || marks(before));
        let right = !blank(before) && (!marks(before) || blank(after) || marks(after));
        let (opens, closes) = if mark == b'_' {
            (left && (!right || marks(before)), right && (!left || marks(after)))
        } else {
            (left, right)
        };
        self.runs.push(Run { id: self.runs.len(), mark, at, left: length, length, opens, closes });
        length
    }

    /// The marks that are emphasis, in no order.
    pub(super) fn pairs(self) -> Vec<Range<usize>> {
        let mut used = Vec::new();
        let mut open: Vec<Run> = Vec::new();
        // Below which run no opener is left, by mark, by whether the closer opens too, by its length modulo 3.
        let mut floor = [[[0_usize; 3]; 2]; 3];
        for mut run in self.runs {
            while run.closes && run.left > 0 {
                let slot = match run.mark {
                    b'*' => 0,
                    b'_' => 1,
                    _ => 2,
                };
                let floor = &mut floor[slot][usize::from(run.opens)][run.length % 3];
                let fits = |opener: &Run| {
                    let odd = (opener.closes || run.opens)
                        && (opener.length + run.length).is_multiple_of(3)
                        && !(opener.length.is_multiple_of(3) && run.length.is_multiple_of(3));
                    opener.mark == run.mark && !odd
                };
                let reach = open.iter().rev().take_while(|opener| opener.id >= *floor);
                let Some(back) = reach.into_iter().position(fits) else {
                    *floor = run.id;
                    break;
                };
                open.truncate(open.len() - back);
                let opener = open.last_mut().expect("the opener was found in the stack");
                let count = if opener.left >= 2 && run.left >= 2 { 2 } else { 1 };
                used.push(opener.at + opener.left - count..opener.at + opener.left);
                used.push(run.at..run.at + count);
                opener.left -= count;
                run.left -= count;
                run.at += count;
                if opener.left == 0 {
                    open.pop();
                }
            }
            if run.opens && run.left > 0 {
                open.push(run);
            }
        }
        used
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace()
}
