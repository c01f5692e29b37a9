//! The facts of a file, from whatever form its author gave them.
//!
//! Nine forms are known: front matter, a YAML fence, YAML without a fence, bold pairs, bullets of metadata, a table of
//! fields, quoted pairs, a banner of comments, prose. All become one list of keys and values; for one key the first
//! form in that order wins. Keys are compared folded, without `_` and `-`.

use std::borrow::Cow;

use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::fold::key;
use crate::base::inputs::Inputs;
use crate::base::span::{FileId, Span};
use crate::base::text::Text;
use crate::compiler::ast::dialect::{meta, piece, value};
use crate::ir::node::{Key, Kind, Node};
use crate::ir::outline::{BlockKind, Outline};
use crate::ir::squad::{Broken, Form};
use crate::syntax::{frontmatter, markdown, yaml};

use super::recover::{complete, entries, top_keys};

/// Keys that make a map the description of what the file is: `agent: {name: …}`.
const WRAPPERS: &[&str] = &["agent", "task", "checklist", "workflow", "squad", "pack", "metadata", "skill"];

/// Headings below which pairs are facts of the file.
const FACTS: &[&str] =
    &["metadata", "task anatomy", "anatomy", "identity card", "identity", "metadados", "ficha", "identidade"];

/// A file and its facts.
pub struct Card<'a> {
    /// The sources.
    pub inputs: &'a Inputs,
    /// The file.
    pub file: FileId,
    /// Its blocks.
    pub outline: Outline,
    /// Its head, if it has one.
    pub front: Option<Node>,
    /// YAML that describes it, outside its head.
    pub yaml: Option<Node>,
    /// Pairs outside YAML: folded key, value, form.
    pub pairs: Vec<(String, Span, Form)>,
    /// Forms in use, in order of their weight.
    pub forms: Vec<Form>,
    /// Segments that could not be read.
    pub broken: Vec<Broken>,
    /// What was noticed.
    pub findings: Vec<Diagnostic>,
}

impl<'a> Card<'a> {
    /// Reads the facts of a markdown file. A fence that holds one of `marks` at its top describes the file.
    #[must_use]
    pub fn of(inputs: &'a Inputs, file: FileId, marks: &[&str]) -> Self {
        let head = frontmatter::read(inputs, file);
        // Read once: the blocks begin below the head.
        let from = head.value.as_ref().map_or(0, |front| front.body);
        let front = head.value.as_ref().map(|front| front.inner);
        let outline = Outline { file, front, blocks: markdown::scan(inputs.text(file), from) };
        let mut card = Self {
            inputs,
            file,
            outline,
            front: None,
            yaml: None,
            pairs: Vec::new(),
            forms: Vec::new(),
            broken: Vec::new(),
            findings: Vec::new(),
        };
        if let Some(front) = head.value {
            card.segments(&head.findings, front.inner, &front.node);
            card.notice(head.findings);
            card.front = Some(front.node);
            card.forms.push(Form::Frontmatter);
        }
        if let Some(span) = card.fence(marks) {
            card.yaml = Some(card.read(span));
            card.forms.push(Form::Fence);
        } else if let Some(span) = card.body(marks) {
            card.yaml = Some(card.read(span));
            card.forms.push(Form::Body);
        }
        card.prose();
        if card.forms.is_empty() {
            card.forms.push(Form::Prose);
        }
        card
    }

    /// Reads the facts of a YAML file.
    #[must_use]
    pub fn of_yaml(inputs: &'a Inputs, file: FileId) -> Self {
        let outline = Outline { file, front: None, blocks: Vec::new() };
        let mut card = Self {
            inputs,
            file,
            outline,
            front: None,
            yaml: None,
            pairs: Vec::new(),
            forms: vec![Form::Body],
            broken: Vec::new(),
            findings: Vec::new(),
        };
        card.yaml = Some(card.read(Span::new(file, 0, inputs.text(file).len())));
        card
    }

    /// Reads YAML and notes what of it is broken; of a broken segment that describes the file, the entries that can be
    /// read alone are kept.
    fn read(&mut self, span: Span) -> Node {
        let outcome = yaml::read_segments(self.inputs, span);
        let mut node = outcome.value;
        let before = self.broken.len();
        self.segments(&outcome.findings, span, &node);
        let lost: Vec<String> = self.broken[before..].iter().map(|broken| broken.key.clone()).collect();
        if !lost.is_empty() {
            self.mend(span, &lost, &mut node);
        }
        self.notice(outcome.findings);
        node
    }

    /// Keeps findings. A fault in a squad stops nobody's plan, so it is a warning at most.
    pub fn notice(&mut self, findings: Vec<Diagnostic>) {
        let mild =
            |finding: Diagnostic| Diagnostic { severity: finding.severity.min(Severity::Warning), ..finding };
        self.findings.extend(findings.into_iter().map(mild));
    }

    /// Notes which top-level keys hold a fault: those that were lost, and those a finding points into.
    fn segments(&mut self, findings: &[Diagnostic], span: Span, node: &Node) {
        if findings.is_empty() {
            return;
        }
        for (name, at) in top_keys(self.inputs, span) {
            let key = self.inputs.slice(name);
            let faulty = findings.iter().any(|finding| {
                let place = finding.span().start;
                finding.severity == Severity::Error
                    && finding.code.as_str() == "yaml/syntax"
                    && at.start <= place
                    && place < at.end
            });
            if node.get(key).is_none() || faulty {
                self.broken.push(Broken { key: key.to_owned(), at });
            }
        }
    }

    /// A description whose own map is broken is read entry by entry.
    fn mend(&mut self, span: Span, lost: &[String], node: &mut Node) {
        for (name, at) in top_keys(self.inputs, span) {
            let key = self.inputs.slice(name);
            let telling = WRAPPERS.contains(&key) || matches!(key, "phases" | "commands");
            if !telling || !lost.iter().any(|lost| lost == key) {
                continue;
            }
            let Some(inner) = entries(self.inputs, name, at) else { continue };
            let Kind::Map(known) = &mut node.kind else {
                node.kind = Kind::Map(vec![(Key { text: key.to_owned(), span: name }, inner)]);
                continue;
            };
            match known.iter_mut().find(|(known, _)| known.text == key) {
                Some((_, half)) => complete(half, inner),
                None => known.push((Key { text: key.to_owned(), span: name }, inner)),
            }
        }
    }

    /// The content of the first YAML fence that describes the file.
    fn fence(&self, marks: &[&str]) -> Option<Span> {
        let fences =
            self.outline.blocks.iter().filter(|block| block.kind == BlockKind::Fence && block.depth == 0);
        let mut seen = 0;
        for block in fences {
            let span = self.outline.text(block);
            let opening = self.inputs.slice(Span { start: block.start, end: block.text_start, ..span });
            let info = opening.trim().trim_start_matches(['`', '~']).trim().to_ascii_lowercase();
            if info != "yaml" && info != "yml" {
                continue;
            }
            let described =
                top_keys(self.inputs, span).iter().any(|&(name, _)| marks.contains(&self.inputs.slice(name)));
            seen += 1;
            if described {
                return Some(span);
            }
            if seen > 3 {
                break;
            }
        }
        None
    }

    /// YAML that begins below the head without a fence: a line `task:` or `agent:` by itself at the margin.
    fn body(&self, marks: &[&str]) -> Option<Span> {
        let text = self.inputs.text(self.file);
        let mut at = 0;
        let mut fenced = false;
        for line in text.split_inclusive('\n') {
            let bare = line.trim_end();
            fenced ^= bare.starts_with("```");
            let opens =
                bare.strip_suffix(':').is_some_and(|name| marks.contains(&name) && WRAPPERS.contains(&name));
            let next = &text[at + line.len()..];
            if opens
                && !fenced
                && next.starts_with("  ")
                && self.outline.front.is_none_or(|front| at > front.end as usize)
            {
                return Some(Span::new(self.file, at, text.len()));
            }
            at += line.len();
        }
        None
    }

    /// Pairs in prose: above the second heading of a part, and below headings that announce facts.
    fn prose(&mut self) {
        let mut parts = 0usize;
        let mut facts = false;
        for index in 0..self.outline.blocks.len() {
            let block = self.outline.blocks[index];
            let span = self.outline.text(&block);
            match block.kind {
                BlockKind::Heading if block.depth == 0 && block.quotes == 0 => {
                    let raw = self.inputs.slice(span);
                    if block.level == 1 {
                        self.banner(span, raw);
                    } else {
                        parts += 1;
                    }
                    let name = key(raw);
                    facts = FACTS.contains(&name.as_str());
                }
                BlockKind::Paragraph if block.depth == 0 && (facts || parts < 2) => {
                    let form = if block.quotes > 0 { Form::Quote } else { Form::Bold };
                    for pair in meta::pairs(self.inputs, span) {
                        self.pair(pair.key, pair.value, if pair.bold { form } else { Form::Prose });
                    }
                }
                BlockKind::Bullet if facts => {
                    for pair in meta::pairs(self.inputs, span) {
                        self.pair(pair.key, pair.value, Form::Bullets);
                    }
                }
                BlockKind::TableRow if facts || parts < 2 => {
                    let cells = meta::cells(self.inputs, span);
                    if let [name, value] = cells[..]
                        && self.is_field_table(index)
                    {
                        self.pair(name, value, Form::Table);
                    }
                }
                BlockKind::Heading
                | BlockKind::Paragraph
                | BlockKind::Bullet
                | BlockKind::Numbered
                | BlockKind::Fence
                | BlockKind::Indented
                | BlockKind::TableRow
                | BlockKind::TableRule
                | BlockKind::Html
                | BlockKind::Break
                | BlockKind::Definition => {}
            }
        }
        let mut used: Vec<Form> =
            self.pairs.iter().map(|pair| pair.2).filter(|&form| form != Form::Prose).collect();
        used.sort_unstable();
        used.dedup();
        self.forms.extend(used);
    }

    fn is_field_table(&self, row: usize) -> bool {
        let mut at = row;
        while at > 0 && matches!(self.outline.blocks[at - 1].kind, BlockKind::TableRow | BlockKind::TableRule)
        {
            at -= 1;
        }
        let head = key(self.inputs.slice(self.outline.text(&self.outline.blocks[at])));
        at != row
            && (head.starts_with("field value")
                || head.starts_with("campo valor")
                || head.starts_with("key value"))
    }

    /// `# ID: convert-input` lines at the head of a file.
    fn banner(&mut self, span: Span, raw: &str) {
        if let Some((name, rest)) = raw.split_once(':')
            && !rest.trim().is_empty()
            && name.split_whitespace().count() <= 4
            && !raw.contains("**")
        {
            let from = name.len() + 1;
            let value = piece::trim(self.inputs, span.slice(from, raw.len()));
            let name = piece::trim(self.inputs, span.slice(0, name.len()));
            self.pair(name, value, Form::Banner);
        }
    }

    fn pair(&mut self, name: Span, value: Span, form: Form) {
        let value = piece::bare(self.inputs, value);
        if !value.is_empty() {
            self.pairs.push((key(self.inputs.slice(name)), value, form));
        }
    }

    /// The maps that describe the file, the weightiest first.
    fn maps(&self) -> impl Iterator<Item = &Node> {
        let roots = self.front.iter().chain(&self.yaml);
        roots.flat_map(|root| {
            let inner = WRAPPERS
                .iter()
                .filter_map(|name| root.get(name))
                .filter(|node| matches!(node.kind, Kind::Map(_)));
            std::iter::once(root).chain(inner)
        })
    }

    /// The first node under one of `keys`, in any of the maps. Keys are given folded.
    pub fn node(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().find_map(|wanted| {
            self.maps().find_map(|map| {
                let found = map.entries().iter().find(|(name, _)| *squash(&name.text) == **wanted)?;
                (!found.1.is_null()).then_some(&found.1)
            })
        })
    }

    /// The first scalar under one of `keys`, in YAML or in prose.
    pub fn text(&self, keys: &[&str]) -> Option<Text> {
        for wanted in keys {
            for map in self.maps() {
                for (name, node) in map.entries() {
                    if *squash(&name.text) == **wanted
                        && let Some(text) = value::text(self.inputs, node)
                    {
                        return Some(value::line(self.inputs, text));
                    }
                }
            }
            if let Some((_, span, _)) = self.pairs.iter().find(|(name, _, _)| name == wanted) {
                return Some(piece::line(self.inputs, *span));
            }
        }
        None
    }

    /// Every key with one value, folded.
    pub fn facts(&self) -> Vec<(String, Text)> {
        let mut facts = Vec::new();
        for map in self.maps() {
            for (name, node) in map.entries() {
                if let Some(text) = value::text(self.inputs, node) {
                    facts.push((squash(&name.text).to_string(), value::line(self.inputs, text)));
                }
            }
        }
        let pair = |(name, span, _): &(String, Span, Form)| (name.clone(), piece::line(self.inputs, *span));
        facts.extend(self.pairs.iter().map(pair));
        facts
    }

    /// The texts of a list under one of `keys`; a scalar is cut at its commas.
    pub fn list(&self, keys: &[&str]) -> Vec<Text> {
        if let Some(node) = self.node(keys) {
            return items(self.inputs, node);
        }
        let found = keys.iter().find_map(|wanted| self.pairs.iter().find(|(name, _, _)| name == wanted));
        found.map(|(_, span, _)| commas(self.inputs, *span)).unwrap_or_default()
    }

    /// The first heading of the highest level, without `Task:` and the like in front.
    pub fn title(&self) -> Option<Text> {
        let heading = self.outline.blocks.iter().find(|block| {
            let text = self.inputs.slice(self.outline.text(block));
            block.kind == BlockKind::Heading && block.level == 1 && text.chars().any(char::is_alphanumeric)
        })?;
        let span = self.outline.text(heading);
        let raw = self.inputs.slice(span);
        let skip = ["Task:", "TASK:", "Agent:", "Workflow:", "Checklist:", "Tarefa:"]
            .into_iter()
            .find(|head| raw.starts_with(head));
        let from = skip.map_or(0, str::len);
        Some(piece::line(self.inputs, span.slice(from, raw.len())))
    }
}

/// A key as it is compared: folded, blanks for `_` and `-`.
fn squash(name: &str) -> Cow<'_, str> {
    if name.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Cow::Borrowed(name);
    }
    // `whenToUse` is three words.
    let mut spaced = String::with_capacity(name.len() + 2);
    let mut lower = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && lower {
            spaced.push(' ');
        }
        lower = c.is_ascii_lowercase();
        spaced.push(c);
    }
    Cow::Owned(key(&spaced))
}

/// The entries of a list: scalars, and the most telling value of maps.
pub fn items(inputs: &Inputs, node: &Node) -> Vec<Text> {
    match &node.kind {
        Kind::List(items) => items.iter().filter_map(|item| item_text(inputs, item)).collect(),
        Kind::Map(entries) => entries.iter().map(|(name, _)| Text::At(name.span)).collect(),
        Kind::Null => Vec::new(),
        Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) => value::texts(inputs, node),
        Kind::Text(text) => {
            if text.contains('\n') {
                return value::bullets(inputs, node).into_iter().map(|(text, _)| text).collect();
            }
            match value::text(inputs, node) {
                Some(Text::At(span)) => commas(inputs, span),
                Some(made) => {
                    made.get(inputs).split(',').map(|part| Text::made(part.trim(), node.span)).collect()
                }
                None => Vec::new(),
            }
        }
    }
}

/// One entry of a list as text.
pub fn item_text(inputs: &Inputs, node: &Node) -> Option<Text> {
    const TELLING: &[&str] = &[
        "name",
        "id",
        "path",
        "file",
        "campo",
        "nome",
        "task",
        "agent",
        "condition",
        "check",
        "criterion",
        "criteria",
        "description",
        "title",
    ];
    if let Kind::Map(entries) = &node.kind {
        let named = TELLING.iter().find_map(|name| value::text(inputs, node.get(name)?));
        // `- agent: remark` is a map of one entry: its key is the name.
        return named
            .filter(|_| {
                entries.len() > 1 || entries.iter().any(|(name, _)| TELLING.contains(&name.text.as_str()))
            })
            .or_else(|| entries.first().map(|(name, _)| Text::At(name.span)));
    }
    value::text(inputs, node).map(|text| value::line(inputs, text))
}

/// `Read, Grep, Bash(git *)`: commas inside brackets do not part.
pub fn commas(inputs: &Inputs, span: Span) -> Vec<Text> {
    let text = inputs.slice(span);
    let (mut found, mut from, mut depth) = (Vec::new(), 0, 0usize);
    for (at, c) in text.char_indices().chain(std::iter::once((text.len(), ','))) {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 || at == text.len() => {
                let part = piece::bare(inputs, span.slice(from, at));
                if !part.is_empty() {
                    found.push(Text::At(part));
                }
                from = (at + 1).min(text.len());
            }
            _ => {}
        }
    }
    found
}
