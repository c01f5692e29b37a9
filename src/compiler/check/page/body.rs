//! Names of files in the text of a page: targets of links, imports, files beside a skill, paths in code. Only what can
//! be nothing else is taken: a path that somebody is asked to make is not missing.

use crate::base::span::Span;
use crate::ir::outline::{Block, BlockKind};

use super::entry::{Entry, State};
use super::table::Named;
use super::world::{World, resolve};

/// Names in the text of a page that lead nowhere.
#[must_use]
pub fn entries<'a>(world: &World<'a>, number: usize) -> Vec<Entry<'a>> {
    let page = &world.pages[number];
    let names = &world.document(number).names;
    let mut found = Vec::new();
    let inputs = world.inputs;
    for block in page.blocks.iter().filter(|block| is_prose(block)) {
        let span = Span { file: page.file, start: block.text_start, end: block.text_end };
        let text = inputs.slice(span);
        if names.contains(&Named::Links) {
            links(text, &mut |from, to| found.extend(link(world, number, span.slice(from, to))));
        }
        if names.contains(&Named::Imports) {
            imports(text, &mut |from, to| found.extend(import(world, number, span.slice(from, to))));
        }
        let resources = names.contains(&Named::Resources);
        if resources || names.contains(&Named::Paths) {
            codes(text, &mut |from, to| {
                found.extend(code(world, number, span.slice(from, to), resources, text));
            });
        }
    }
    if names.contains(&Named::Items) {
        found.extend(super::items::entries(world, number));
    }
    found
}

fn is_prose(block: &Block) -> bool {
    match block.kind {
        BlockKind::Heading
        | BlockKind::Paragraph
        | BlockKind::Bullet
        | BlockKind::Numbered
        | BlockKind::TableRow => true,
        BlockKind::Fence
        | BlockKind::Indented
        | BlockKind::TableRule
        | BlockKind::Html
        | BlockKind::Break
        | BlockKind::Definition => false,
    }
}

fn dead<'a>(world: &World<'a>, key: &str, refers: &'a str, at: Span, name: &str, number: usize) -> Entry<'a> {
    let mut entry = Entry::at(key, key, at, name.to_owned());
    entry.state = State::Dead;
    entry.refers = Some(refers);
    entry.near = world.moved(name.rsplit('/').next().unwrap_or(name), number);
    entry
}

/// Calls `each` with the ranges of code in a text.
fn codes(text: &str, each: &mut dyn FnMut(usize, usize)) {
    let mut at = 0;
    while let Some(open) = text[at..].find('`').map(|open| at + open) {
        let ticks = text[open..].bytes().take_while(|byte| *byte == b'`').count();
        let start = open + ticks;
        let Some(close) = text[start..].find(&"`".repeat(ticks)).map(|close| start + close) else { return };
        each(start, close);
        at = close + ticks;
    }
}

fn is_code(text: &str, at: usize) -> bool {
    let mut inside = false;
    codes(text, &mut |from, to| inside |= from <= at && at < to);
    inside
}

/// Calls `each` with the ranges of the targets of links and pictures.
fn links(text: &str, each: &mut dyn FnMut(usize, usize)) {
    for (at, _) in text.match_indices("](") {
        if is_code(text, at) || !text[..at].contains('[') {
            continue;
        }
        let start = at + 2;
        let Some(len) = text[start..].find([')', ' ', '\n']) else { continue };
        if len > 0 && text[start + len..].contains(')') {
            each(start, start + len);
        }
    }
}

/// Calls `each` with the ranges of `@path`, without the sign.
fn imports(text: &str, each: &mut dyn FnMut(usize, usize)) {
    for (at, _) in text.match_indices('@') {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|c| !c.is_whitespace() && !matches!(c, '(' | '"')) || is_code(text, at) {
            continue;
        }
        let start = at + 1;
        let len = text[start..].find(|c: char| c.is_whitespace() || matches!(c, ')' | '"' | ',' | '`' | ';'));
        let len = len.unwrap_or(text.len() - start);
        let word = text[start..start + len].trim_end_matches(['.', ':', '!', '?']);
        // A file has an ending; `@scope/package` and `@someone` have none.
        let name = word.rsplit('/').next().unwrap_or(word);
        let ending = name.rsplit_once('.').is_some_and(|(stem, end)| {
            !stem.is_empty()
                && (1..=8).contains(&end.len())
                && end.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        if ending {
            each(start, start + word.len());
        }
    }
}

fn is_blank(world: &World<'_>, name: &str) -> bool {
    world.table.prose.blanks.iter().any(|blank| name.contains(blank.as_str()))
}

fn link<'a>(world: &World<'a>, number: usize, at: Span) -> Option<Entry<'a>> {
    let page = &world.pages[number];
    let written = world.inputs.slice(at).trim_matches(['<', '>']);
    let target = written.split(['#', '?']).next().unwrap_or_default();
    let scheme = target.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    // A link is a file if it has an ending or ends in a folder; `url` and `path` are blanks in disguise.
    let like_file = target.contains(['.', '/']);
    if target.is_empty()
        || scheme
        || !like_file
        || target.starts_with(['/', '~', '@'])
        || is_blank(world, target)
    {
        return None;
    }
    let target = target.replace("%20", " ");
    let own = world.inputs.file(page.file).path.folder();
    let inside = resolve(own, &target);
    let path = inside?;
    let there = world.exists(&path)
        || world.is_folder(&path)
        || resolve("", &target).is_some_and(|path| world.exists(&path));
    (!there).then(|| dead(world, "link", "link", at, &target, number))
}

fn import<'a>(world: &World<'a>, number: usize, at: Span) -> Option<Entry<'a>> {
    let page = &world.pages[number];
    let name = world.inputs.slice(at);
    // A command that is handed out speaks of the files of whoever takes it.
    let handed_out = world.document(number).kind == "command" && !world.is_client_folder(number);
    if handed_out || name.starts_with(['~', '/']) || is_blank(world, name) {
        return None;
    }
    let own = world.inputs.file(page.file).path.folder();
    let places = [resolve(own, name)?, resolve("", name)?];
    let there = places.iter().any(|path| world.exists(path) || world.is_folder(path));
    (!there).then(|| dead(world, "import", "import", at, name, number))
}

/// A path in code: of a skill, below a folder of its resources; of instructions, below a folder that is there.
fn code<'a>(world: &World<'a>, number: usize, at: Span, resources: bool, text: &str) -> Option<Entry<'a>> {
    let page = &world.pages[number];
    let prose = &world.table.prose;
    let written = world.inputs.slice(at);
    // A command that runs a script names it as a word of its own.
    let word = written.split_whitespace().find(|word| word.contains('/'))?;
    let from = written.find(word)?;
    let at = at.slice(from, from + word.len());
    let name = word.trim_start_matches("./").trim_end_matches([',', ';', ':']);
    let last = name.rsplit('/').next()?;
    let ending =
        last.rsplit_once('.').is_some_and(|(stem, end)| !stem.is_empty() && (1..=5).contains(&end.len()));
    if !ending || is_blank(world, name) || name.contains("..") || name.contains("://") {
        return None;
    }
    let first = name.split('/').next()?;
    let own = world.inputs.file(page.file).path.folder();
    if resources {
        let mine =
            prose.resources.iter().any(|folder| folder == first) && world.is_folder(&resolve(own, first)?);
        let path = resolve(own, name)?;
        return (mine && !world.exists(&path) && !world.exists(name))
            .then(|| dead(world, "resource", "resource", at, name, number));
    }
    let whole_word = written.split_whitespace().count() == 1;
    let above = name.rsplit_once('/').map_or("", |(above, _)| above);
    let kept = !prose.made.iter().any(|made| name.split('/').any(|part| part == made));
    let base = if world.is_folder(&resolve(own, first)?) { own } else { "" };
    let known = world.is_folder(&resolve(base, above)?);
    if !whole_word || !kept || !known || world.exists(&resolve(base, name)?) || world.exists(name) {
        return None;
    }
    let mut entry = dead(world, "path", "path", at, name, number);
    // What the sentence says decides whether the file should be there.
    text.clone_into(&mut entry.wants);
    Some(entry)
}
