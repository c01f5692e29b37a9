//! Folding: the form in which headings, keys and words of people are compared.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Lower case, without accents. Borrowed when there is nothing to change.
#[must_use]
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    if text.is_ascii() {
        return Cow::Owned(text.to_ascii_lowercase());
    }
    Cow::Owned(text.nfkd().filter(|&c| !is_combining_mark(c)).flat_map(char::to_lowercase).collect())
}

/// A heading or key as it is looked up: folded, without emoji, numbering and punctuation, single blanks.
#[must_use]
pub fn key(text: &str) -> String {
    let folded = fold(text);
    let mut out = String::with_capacity(folded.len());
    for c in folded.chars() {
        if c.is_alphanumeric() {
            out.push(c);
        } else if !matches!(c, '\'' | '\u{2019}') && !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    let rest = out.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    if rest.is_empty() { out } else { rest.to_owned() }
}

/// A name fit for a path or an id: folded, words joined by `-`, at most `max` bytes, cut between words.
#[must_use]
pub fn slug(text: &str, max: usize) -> String {
    let folded = fold(text);
    let mut out = String::new();
    for word in folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if !out.is_empty() && out.len() + 1 + word.len() > max {
            break;
        }
        if !out.is_empty() {
            out.push('-');
        }
        out.push_str(&word[..word.len().min(max)]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{fold, key, slug};

    #[test]
    fn folding() {
        assert_eq!(fold("Critérios de Aceitação"), "criterios de aceitacao");
        assert_eq!(key("## 4. 🎯 Critérios de Aceite:"), "criterios de aceite");
        assert_eq!(key("2024"), "2024");
        assert_eq!(slug("Write the loader (v2)!", 60), "write-the-loader-v2");
        assert_eq!(slug("Ação: São Paulo", 8), "acao-sao");
    }
}
