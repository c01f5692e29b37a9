//! Our blocks against those of pulldown-cmark, which passes every example of the `CommonMark` specification.
//!
//! Both sides become lines of text: kind, depth, what stands there. What only one side knows is left out: link
//! definitions (ours), boxes other than `[ ]` and `[x]` (ours), where a list begins (theirs).

use std::ops::Range;

use dispatch::ir::outline::{BlockKind, Tick};
use dispatch::syntax::markdown::scan;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// The lines of both sides, ours first, where they differ.
pub(crate) fn compare(text: &str) -> Option<(Vec<String>, Vec<String>)> {
    // A missing line end at the end of the file, a byte order mark, and carriage returns are mended by the reader.
    let (ours, theirs) = (ours(text), theirs(text));
    (ours != theirs).then_some((ours, theirs))
}

fn line(kind: &str, depth: usize, quotes: usize, text: &str) -> String {
    // Continuation lines carry the marks of the containers around them, and their ranges leave out escapes and the
    // like at either end.
    let mark = |c: char| !c.is_alphanumeric();
    let words: Vec<&str> = text.lines().map(|line| line.trim_matches([' ', '\t', '>'])).collect();
    format!("{}{}{kind} {}", ">".repeat(quotes), "  ".repeat(depth), words.join("/").trim_matches(mark))
}

fn ours(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for block in scan(text, 0) {
        let content = &text[block.text_start as usize..block.text_end as usize];
        let kind = match block.kind {
            BlockKind::Heading => format!("h{}", block.level),
            BlockKind::Paragraph => "p".to_owned(),
            BlockKind::Bullet => "item".to_owned(),
            BlockKind::Numbered => format!("item{}", block.number),
            BlockKind::Fence => "fence".to_owned(),
            BlockKind::Indented => "code".to_owned(),
            BlockKind::TableRow => "row".to_owned(),
            BlockKind::Html => "html".to_owned(),
            BlockKind::Break => "break".to_owned(),
            BlockKind::TableRule | BlockKind::Definition => continue,
        };
        let tick = match block.tick {
            Tick::None => String::new(),
            Tick::Open => "[ ]".to_owned(),
            Tick::Done => "[x]".to_owned(),
            Tick::Other(_mark) => String::new(),
        };
        lines.push(line(&(kind + &tick), block.depth.into(), block.quotes.into(), content));
    }
    lines
}

/// What is open on their side.
struct Open {
    line: String,
    depth: usize,
    quotes: usize,
    /// The inline content seen so far.
    content: Option<Range<usize>>,
    /// Where the line goes.
    at: usize,
    /// Content was seen and something else followed it.
    sealed: bool,
}

fn theirs(text: &str) -> Vec<String> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS;
    let mut lines: Vec<String> = Vec::new();
    let (mut depth, mut quotes) = (0, 0);
    let mut items: Vec<Open> = Vec::new();
    let mut lists: Vec<Option<u64>> = Vec::new();
    let mut leaf: Option<Open> = None;
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        let structure = matches!(&event, Event::Start(tag) if !is_inline(&tag.to_end()))
            || matches!(&event, Event::End(tag) if !is_inline(tag))
            || event == Event::Rule;
        if structure && leaf.as_ref().is_some_and(|leaf| leaf.at == usize::MAX) {
            close(&mut leaf, &mut lines, text);
        }
        let block = |kind: String, depth, quotes, at| Open {
            line: kind,
            depth,
            quotes,
            content: None,
            at,
            sealed: false,
        };
        match event {
            Event::Start(Tag::BlockQuote(_)) => {
                seal(&mut items, &mut lines, text);
                quotes += 1;
            }
            Event::End(TagEnd::BlockQuote(_)) => quotes -= 1,
            Event::Start(Tag::List(first)) => {
                seal(&mut items, &mut lines, text);
                lists.push(first);
            }
            Event::End(TagEnd::List(_)) => drop(lists.pop()),
            Event::Start(Tag::Item) => {
                let kind = match lists.last() {
                    Some(Some(_)) => {
                        let number = text[range.start..].trim_start();
                        let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
                        format!("item{}", digits.parse::<u64>().unwrap_or_default())
                    }
                    _ => "item".to_owned(),
                };
                items.push(block(kind, depth, quotes, lines.len()));
                lines.push(String::new());
                depth += 1;
            }
            Event::End(TagEnd::Item) => {
                seal(&mut items, &mut lines, text);
                items.pop();
                depth -= 1;
            }
            Event::TaskListMarker(done) => {
                let mark = if done { "[x]" } else { "[ ]" };
                if let Some(item) = items.last_mut() {
                    item.line.push_str(mark);
                }
            }
            Event::Start(Tag::Paragraph) => match items.last() {
                // The first paragraph of an item is the item's text.
                Some(item)
                    if item.depth + 1 == depth
                        && !item.sealed
                        && item.content.is_none()
                        && item.quotes == quotes => {}
                _ => leaf = Some(block("p".to_owned(), depth, quotes, 0)),
            },
            Event::Start(Tag::Heading { level, .. }) => {
                seal(&mut items, &mut lines, text);
                leaf = Some(block(format!("h{}", level as usize), depth, quotes, 0));
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                seal(&mut items, &mut lines, text);
                let kind = if matches!(kind, CodeBlockKind::Fenced(_)) { "fence" } else { "code" };
                leaf = Some(block(kind.to_owned(), depth, quotes, 0));
            }
            Event::Start(Tag::HtmlBlock) => {
                seal(&mut items, &mut lines, text);
                leaf = Some(block("html".to_owned(), depth, quotes, 0));
            }
            Event::Start(Tag::Table(_)) => seal(&mut items, &mut lines, text),
            Event::Start(Tag::TableHead | Tag::TableRow) => {
                leaf = Some(Open { content: Some(range), ..block("row".to_owned(), depth, quotes, 0) });
            }
            Event::End(TagEnd::Paragraph) if leaf.is_none() => seal(&mut items, &mut lines, text),
            Event::End(
                TagEnd::Paragraph
                | TagEnd::Heading(_)
                | TagEnd::CodeBlock
                | TagEnd::HtmlBlock
                | TagEnd::TableHead
                | TagEnd::TableRow,
            ) => close(&mut leaf, &mut lines, text),
            Event::Rule => {
                seal(&mut items, &mut lines, text);
                lines.push(line("break", depth, quotes, ""));
            }
            Event::Start(Tag::TableCell) | Event::End(TagEnd::TableCell | TagEnd::Table) => {}
            _ => {
                // Text of a tight item behind a block inside it is a paragraph of its own.
                if leaf.is_none() && items.last().is_some_and(|item| item.sealed) {
                    leaf = Some(block("p".to_owned(), depth, quotes, usize::MAX));
                }
                let open = leaf.as_mut().or(items.last_mut());
                if let Some(open) = open {
                    open.content = Some(match open.content.take() {
                        Some(old) => old.start.min(range.start)..old.end.max(range.end),
                        None => range,
                    });
                }
            }
        }
    }
    lines
}

fn is_inline(tag: &TagEnd) -> bool {
    use TagEnd::{Emphasis, Image, Link, Strikethrough, Strong, Subscript, Superscript};
    matches!(tag, Emphasis | Strong | Strikethrough | Link | Image | Superscript | Subscript)
}

fn close(leaf: &mut Option<Open>, lines: &mut Vec<String>, text: &str) {
    if let Some(open) = leaf.take() {
        let content = open.content.map_or("", |range| &text[range]);
        lines.push(line(&open.line, open.depth, open.quotes, content));
    }
}

/// Writes the line of the innermost item: its text is complete.
fn seal(items: &mut [Open], lines: &mut [String], text: &str) {
    if let Some(item) = items.last_mut().filter(|item| !item.sealed) {
        item.sealed = true;
        let content = item.content.clone().map_or("", |range| &text[range]);
        lines[item.at] = line(&item.line, item.depth, item.quotes, content);
    }
}
