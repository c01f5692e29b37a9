//! Blocks of HTML: how they begin and how they end, by the seven kinds of `CommonMark`.

use memchr::memmem;

/// What ends a block of HTML.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The end tag of `script`, `pre`, `style` or `textarea`.
    Raw,
    /// `-->`
    Comment,
    /// `?>`
    Instruction,
    /// `>`
    Declaration,
    /// `]]>`
    Data,
    /// A blank line.
    Blank,
}

const RAW: [&[u8]; 4] = [b"script", b"pre", b"style", b"textarea"];

#[rustfmt::skip]
const BLOCKS: [&[u8]; 62] = [
    b"address", b"article", b"aside", b"base", b"basefont", b"blockquote", b"body", b"caption", b"center", b"col",
    b"colgroup", b"dd", b"details", b"dialog", b"dir", b"div", b"dl", b"dt", b"fieldset", b"figcaption", b"figure",
    b"footer", b"form", b"frame", b"frameset", b"h1", b"h2", b"h3", b"h4", b"h5", b"h6", b"head", b"header", b"hr",
    b"html", b"iframe", b"legend", b"li", b"link", b"main", b"menu", b"menuitem", b"nav", b"noframes", b"ol",
    b"optgroup", b"option", b"p", b"param", b"search", b"section", b"summary", b"table", b"tbody", b"td", b"tfoot",
    b"th", b"thead", b"title", b"tr", b"track", b"ul",
];

/// How the block ends that a line beginning with `<` opens, if it opens one. Where `prose` stands before it, a lone
/// tag of no known name opens none.
pub(super) fn begins(line: &[u8], prose: bool) -> Option<End> {
    match line.get(1)? {
        b'!' if line.starts_with(b"<!--") => return Some(End::Comment),
        b'!' if line.starts_with(b"<![CDATA[") => return Some(End::Data),
        b'!' => return line.get(2).is_some_and(u8::is_ascii_alphabetic).then_some(End::Declaration),
        b'?' => return Some(End::Instruction),
        _ => {}
    }
    let closing = line[1] == b'/';
    let tag = &line[1 + usize::from(closing)..];
    let length = tag.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let (name, rest) = tag.split_at(length);
    let is = |known: &&[u8]| known.eq_ignore_ascii_case(name);
    let parted = matches!(rest.first(), None | Some(b' ' | b'\t' | b'>'));
    if !closing && parted && RAW.iter().any(is) {
        return Some(End::Raw);
    }
    if (parted || rest.starts_with(b"/>")) && BLOCKS.iter().any(is) {
        return Some(End::Blank);
    }
    let alone = || if closing { closing_tag(tag) } else { opening_tag(tag) };
    let single = !prose && alone().is_some_and(|rest| rest.trim_ascii().is_empty());
    single.then_some(End::Blank)
}

/// Whether a line holds what ends the block.
pub(super) fn ends(end: End, line: &[u8]) -> bool {
    match end {
        End::Raw => memmem::find_iter(line, b"</").any(|at| {
            let tag = &line[at + 2..];
            RAW.iter().any(|name| {
                tag.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name))
                    && tag.get(name.len()) == Some(&b'>')
            })
        }),
        End::Comment => memmem::find(line, b"-->").is_some(),
        End::Instruction => memmem::find(line, b"?>").is_some(),
        End::Declaration => memchr::memchr(b'>', line).is_some(),
        End::Data => memmem::find(line, b"]]>").is_some(),
        End::Blank => false,
    }
}

/// What follows the end tag whose name `tag` begins with.
fn closing_tag(tag: &[u8]) -> Option<&[u8]> {
    blanks(name(tag)?).strip_prefix(b">")
}

/// What follows the start tag whose name `tag` begins with, attributes and all.
fn opening_tag(tag: &[u8]) -> Option<&[u8]> {
    let mut rest = name(tag)?;
    loop {
        let next = blanks(rest);
        let next = next.strip_prefix(b"/").filter(|close| close.first() == Some(&b'>')).unwrap_or(next);
        if let Some(after) = next.strip_prefix(b">") {
            return Some(after);
        }
        if next.len() == rest.len() {
            return None;
        }
        rest = attribute(next)?;
    }
}

fn attribute(text: &[u8]) -> Option<&[u8]> {
    let begins = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':');
    let goes_on = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'.' | b'-');
    if !text.first().is_some_and(begins) {
        return None;
    }
    let rest = &text[text.iter().take_while(|byte| goes_on(byte)).count()..];
    let Some(value) = blanks(rest).strip_prefix(b"=") else { return Some(rest) };
    let value = blanks(value);
    if let quote @ (b'"' | b'\'') = value.first()? {
        return Some(&value[memchr::memchr(*quote, &value[1..])? + 2..]);
    }
    let stops =
        |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'=' | b'<' | b'>' | b'`');
    let length = value.iter().take_while(|byte| !stops(byte)).count();
    (length > 0).then(|| &value[length..])
}

/// What follows the name of a tag.
fn name(tag: &[u8]) -> Option<&[u8]> {
    let length = tag.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
    tag.first()?.is_ascii_alphabetic().then(|| &tag[length..])
}

fn blanks(text: &[u8]) -> &[u8] {
    text.trim_ascii_start()
}
