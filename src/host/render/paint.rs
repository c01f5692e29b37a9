//! Colours, where they are wanted, and text cut to a width.

use super::Style;
use super::source::harmless;

/// What a piece of text is, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// As it is.
    Plain,
    /// A title.
    Strong,
    /// Of the second rank.
    Faint,
    /// On the critical chain.
    Chain,
    /// As it should be.
    Good,
    /// Worth a look.
    Warn,
    /// In the way.
    Bad,
}

/// Applies colours, or does not.
#[derive(Debug, Clone, Copy)]
pub struct Paint {
    color: bool,
}

impl Paint {
    /// As the style wants it.
    #[must_use]
    pub fn new(style: Style) -> Self {
        Self { color: style.color }
    }

    /// The text in its colour. Characters that would move the cursor are replaced.
    #[must_use]
    pub fn ink(self, ink: Ink, text: &str) -> String {
        let text = harmless(text);
        let code = match ink {
            Ink::Plain => "",
            Ink::Strong => "1",
            Ink::Faint => "2",
            Ink::Chain => "1;36",
            Ink::Good => "32",
            Ink::Warn => "33",
            Ink::Bad => "1;31",
        };
        if self.color && !code.is_empty() {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.into_owned()
        }
    }
}

/// Columns a text takes on a terminal: two for wide characters, none for marks that combine.
#[must_use]
pub fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// The text in exactly `room` columns: cut with an ellipsis, or filled with blanks.
#[must_use]
pub fn fit(text: &str, room: usize) -> String {
    let one_line: String =
        text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let mut out = String::with_capacity(room + 4);
    let mut used = 0;
    let is_cut = width(&one_line) > room;
    let limit = if is_cut { room.saturating_sub(1) } else { room };
    for letter in one_line.chars() {
        let step = columns(letter);
        if used + step > limit {
            break;
        }
        used += step;
        out.push(letter);
    }
    if is_cut {
        out.push('…');
        used += 1;
    }
    out.push_str(&" ".repeat(room.saturating_sub(used)));
    out
}

fn columns(letter: char) -> usize {
    match u32::from(letter) {
        0x0300..=0x036f | 0x200b..=0x200f | 0x20d0..=0x20ff | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1faff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::{fit, width};

    #[test]
    fn text_fits_its_room() {
        for text in ["short", "a text that is much too long", "ação 計画を書く文章がとても長い"]
        {
            assert_eq!(width(&fit(text, 12)), 12, "{text}");
        }
        assert_eq!(fit("abc", 5), "abc  ");
        assert_eq!(fit("abcdef", 5), "abcd…");
    }
}
