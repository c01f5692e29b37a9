use super::scan;
use crate::ir::outline::{Block, BlockKind, Tick};

fn show(text: &str, block: &Block) -> String {
    let kind = match block.kind {
        BlockKind::Heading => format!("h{}", block.level),
        BlockKind::Paragraph => "p".into(),
        BlockKind::Bullet => "-".into(),
        BlockKind::Numbered => format!("{}.", block.number),
        BlockKind::Fence => "fence".into(),
        BlockKind::Indented => "code".into(),
        BlockKind::TableRow => "row".into(),
        BlockKind::TableRule => "rule".into(),
        BlockKind::Html => "html".into(),
        BlockKind::Break => "break".into(),
        BlockKind::Definition => "def".into(),
    };
    let tick = match block.tick {
        Tick::None => String::new(),
        Tick::Open => "[ ]".into(),
        Tick::Done => "[x]".into(),
        Tick::Other(mark) => format!("[{}]", char::from(mark)),
    };
    let content = text[block.text_start as usize..block.text_end as usize].replace('\n', "/");
    format!("{}{}{kind}{tick} {content}", ">".repeat(block.quotes.into()), "  ".repeat(block.depth.into()))
}

fn check(text: &str, expected: &[&str]) {
    let blocks = scan(text, 0);
    let shown: Vec<String> = blocks.iter().map(|block| show(text, block)).collect();
    assert_eq!(shown, expected, "{text}");
}

#[test]
fn headings() {
    check(
        "# A\n## B ##\n###### C #x\n####### no\n#no\n#\n",
        &["h1 A", "h2 B", "h6 C #x", "p ####### no/#no", "h1 "],
    );
    check("A\nb\n===\nC\n---\n---\n", &["h1 A/b", "h2 C", "break "]);
    check("# Título ação\n", &["h1 Título ação"]);
}

#[test]
fn lists_nest_by_the_column_of_their_content() {
    check(
        "- a\n  - b\n    c\n\n    d\n- [ ] e\n  1. [x] f\n",
        &["- a", "  - b/    c", "    p d", "-[ ] e", "  1.[x] f"],
    );
    check("- a\n\t- b\n\t\t- c\n", &["- a", "  - b", "    - c"]);
    check("1. a\n   - b\n2) c\n10. d\n", &["1. a", "  - b", "2. c", "10. d"]);
    check("- a\n\n\n  b\n\nc\n", &["- a", "  p b", "p c"]);
    check("-\n  a\n-\n\n  b\n", &["- a", "- ", "p b"]);
    check("- - - a\n", &["- ", "  - ", "    - a"]);
    check("text\n2. no\n1. yes\n", &["p text/2. no", "1. yes"]);
    check("- a\nlazy\n    more\n", &["- a/lazy/    more"]);
    check("-     code\n", &["- ", "  code code"]);
}

#[test]
fn boxes() {
    check(
        "- [ ] a\n- [x] b\n* [X] c\n+ [-] d\n- [~] e\n- [/] f\n",
        &["-[ ] a", "-[x] b", "-[x] c", "-[-] d", "-[~] e", "-[/] f"],
    );
    check(
        "- [x](url)\n- [a] b\n- [✓] c\n- [ ]\n- []\n",
        &["- [x](url)", "- [a] b", "-[x] c", "-[ ] ", "- []"],
    );
}

#[test]
fn fences() {
    check("```yaml x\na: 1\n\nb\n```\np\n", &["fence a: 1//b", "p p"]);
    check("~~~\n```\n~~~~\n", &["fence ```"]);
    check("- a\n  ```\n  x\n  ```\n  b\n", &["- a", "  fence   x", "  p b"]);
    check("- a\n  ```\n  x\nb\n", &["- a", "  fence   x", "p b"]);
    check("```\nopen\n", &["fence open"]);
    check("``` a`b\n", &["p ``` a`b"]);
    check("```\n```\n", &["fence "]);
}

#[test]
fn other_leaves() {
    check("    code\n\n      more\n\np\n", &["code code//      more", "p p"]);
    check(
        "| a | b |\n|---|:-:|\n| 1 | 2 |\nlast\n\np\n",
        &["row | a | b |", "rule |---|:-:|", "row | 1 | 2 |", "row last", "p p"],
    );
    check("before\na | b\n--- | ---\n", &["p before", "row a | b", "rule --- | ---"]);
    check("<div>\nx\n\n<!-- a\n\nb -->\np\n<x>\n", &["html <div>/x", "html <!-- a//b -->", "p p/<x>"]);
    check("***\n- - -\n_ _ _\n", &["break ", "break ", "break "]);
    check(
        "[a]: b\n[c]:\n  <d e>\n  'title'\ntext\n",
        &["def [a]: b", "def [c]:/  <d e>/  'title'", "p text"],
    );
    check("[a]: b c\n", &["p [a]: b c"]);
}

#[test]
fn quotes() {
    check("> a\n> > b\n> c\nlazy\n\nd\n", &[">p a", ">>p b/> c/lazy", "p d"]);
    check("> - [ ] a\n>   b\n> - c\n", &[">-[ ] a/>   b", ">- c"]);
    check("- > a\n  b\n", &["- ", ">  p a/  b"]);
}

#[test]
fn deep_nesting_is_cut() {
    let deep = "- ".repeat(100_000) + "x\n";
    assert_eq!(scan(&deep, 0).len(), usize::from(crate::syntax::markdown::DEEPEST));
    let quoted = ">".repeat(100_000) + "x\n";
    assert_eq!(scan(&quoted, 0).last().map(|block| block.quotes), Some(crate::syntax::markdown::DEEPEST));
}
