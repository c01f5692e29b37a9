//! What is wrong with a YAML text, in words for people.

use granit_parser::{ErrorKind, ScanError};

use crate::base::diagnostic::Diagnostic;

use super::{Source, build};

/// The finding for an error of the parser.
pub(super) fn syntax(source: &Source<'_>, error: &ScanError) -> Diagnostic {
    let at = error.marker().byte_offset().unwrap_or_default();
    let (start, mut end) = guilty(&source.text, at);
    if source.text[start..end].starts_with(['[', '{', ']', '}', ':', '"', '\'', '#']) {
        end = start + 1;
    }
    let span = source.span(start, end);
    if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
        return build::too_deep(span);
    }
    let line = line_of(&source.text, start);
    let (message, help) = words(error.kind(), line, &source.text[start..end]);
    Diagnostic::error("yaml/syntax", span, message).help((!help.is_empty()).then(|| help.to_owned()))
}

/// The characters to underline: the word at `at`, or the last one before it where nothing stands there.
fn guilty(text: &str, at: usize) -> (usize, usize) {
    let mut start = at.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let word =
        |from: usize| text[from..].find(char::is_whitespace).map_or(text.len(), |length| from + length);
    let end = word(start);
    if end > start {
        return (start, end);
    }
    let end = text[..start].trim_end().len();
    let start = text[..end].char_indices().next_back().map_or(0, |(last, _)| last);
    (start, end)
}

fn line_of(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    text[start..].split('\n').next().unwrap_or_default()
}

const QUOTE: &str = "put the whole value in quotes";

/// The message and the way out.
#[allow(clippy::wildcard_enum_match_arm, reason = "the parser's kinds are not ours and grow")]
fn words(kind: &ErrorKind, line: &str, word: &str) -> (String, &'static str) {
    let item = line.trim_start().trim_start_matches("- ");
    let value = item.split_once(": ").map_or(item, |(_, value)| value).trim_start();
    let quoted = value.starts_with(['"', '\'']);
    let fixed = |message: &str, help: &'static str| (message.to_owned(), help);
    match kind {
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            if line.trim_start().starts_with(word) && line.matches(": ").count() < 2 {
                fixed("a key is not expected at this depth", "indent it like the keys around it")
            } else {
                fixed("a second `: ` on one line begins no new value", QUOTE)
            }
        }
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => fixed("a tab indents this line", "indent with spaces"),
        ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => fixed(
            "a quote is opened and never closed",
            "close it, or double a quote that belongs to the text",
        ),
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            fixed("text follows the closing quote", "put all of it inside the quotes, or none")
        }
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::SimpleKeyExpected
        | ErrorKind::InvalidSimpleKey
            if quoted =>
        {
            fixed("text follows a value in quotes", "put all of it inside the quotes, or none")
        }
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::MappingKeyNotAllowed => {
            (format!("expected a key and a colon, found `{word}`"), "indent it like the keys around it")
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            (format!("`{word}` is a key without a colon"), "put a colon and a space behind the key")
        }
        ErrorKind::ExpectedBlockSequenceEntry | ErrorKind::BlockSequenceEntryNotAllowed => fixed(
            "a list and keys are mixed here",
            "indent the list deeper than its key, and its items alike",
        ),
        ErrorKind::ExpectedFlowSequenceSeparator | ErrorKind::UnexpectedEofFlowSequence => fixed(
            "a list in brackets lacks a comma or its `]`",
            "close the bracket, or quote the text it stands in",
        ),
        ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping => fixed(
            "a map in braces lacks a comma or its `}`",
            "close the brace, or quote the text it stands in",
        ),
        ErrorKind::UnclosedFlowCollection { open } => {
            (format!("`{open}` is never closed"), "close it, or quote the text it stands in")
        }
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            (format!("`{open}` is closed by `{close}`"), "use the bracket that belongs to it")
        }
        ErrorKind::MisplacedFlowCollectionEnd => (format!("`{word}` closes nothing"), QUOTE),
        ErrorKind::UnexpectedCharacter { character } => {
            (format!("a value may not begin with `{character}`"), QUOTE)
        }
        ErrorKind::InvalidBlockScalarHeader | ErrorKind::ZeroBlockScalarIndent => {
            fixed("`|` and `>` at the head of a value begin a block of text on the next line", QUOTE)
        }
        ErrorKind::InvalidIndentation
        | ErrorKind::InvalidBlockScalarIndent
        | ErrorKind::InvalidQuotedScalarIndent
        | ErrorKind::InvalidFlowScalarIndent => {
            fixed("this line is not indented like its neighbours", "indent it like the lines around it")
        }
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => fixed(
            "a backslash in double quotes begins no known character",
            "double the backslash, or use single quotes",
        ),
        ErrorKind::BlockEntryInFlowCollection | ErrorKind::PlainScalarStartsWithDashFlowIndicator => {
            fixed("a `-` item stands inside brackets", "separate items by commas")
        }
        ErrorKind::MissingAnchorOrAliasName => (format!("`{word}` names no anchor"), QUOTE),
        ErrorKind::CommentNotSeparated | ErrorKind::CommentInterceptedScalar => {
            fixed("a comment stands inside a value", "put a space before `#`, or quote the value")
        }
        ErrorKind::UndeclaredTagHandle
        | ErrorKind::ExpectedTagBang
        | ErrorKind::InvalidTagTerminator
        | ErrorKind::InvalidTagEscape
        | ErrorKind::MissingTagUri => (format!("`{word}` is not a known tag"), QUOTE),
        ErrorKind::ExpectedNodeContent => (format!("expected a value, found `{word}`"), QUOTE),
        ErrorKind::InvalidDocumentEnd | ErrorKind::ExpectedDocumentStart => {
            (format!("`{word}` follows the end of the document"), "indent it as a part of what comes before")
        }
        _ => (format!("this is not YAML from here on: {}", error_text(kind)), ""),
    }
}

fn error_text(kind: &ErrorKind) -> String {
    kind.to_string().to_lowercase().trim_end_matches('.').to_owned()
}
