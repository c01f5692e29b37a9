//! Findings drawn for people: `Diagnostic` adapted to miette, which nothing else mentions.

use std::collections::BTreeMap;
use std::fmt;
use std::io;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use crate::base::diagnostic::{Diagnostic, FixKind, Severity};
use crate::base::span::FileId;

use super::finding::Finding;
use super::source::{Source, harmless};
use super::{Report, Style};

/// Findings beyond these are counted: nobody reads them, and a terminal is slow.
const MOST: usize = 200;
/// Places of one finding beyond these are counted.
const MOST_PLACES: usize = 8;

/// Writes the findings that count, the gravest code's explanation named, and a tally.
pub fn write(report: &Report<'_>, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let theme = match (style.color, style.unicode) {
        (true, true) => GraphicalTheme::unicode(),
        (false, true) => GraphicalTheme::unicode_nocolor(),
        (true, false) => GraphicalTheme { styles: miette::ThemeStyles::ansi(), ..GraphicalTheme::ascii() },
        (false, false) => GraphicalTheme { styles: miette::ThemeStyles::none(), ..GraphicalTheme::ascii() },
    };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(style.width).with_links(false);
    let mut sources: BTreeMap<FileId, Source<'_>> = BTreeMap::new();
    for finding in report.open().take(MOST) {
        for label in &finding.diagnostic.labels {
            let file = label.span.file;
            let source = || Source::new(report.inputs.file(file), report.inputs.display_path(file));
            sources.entry(file).or_insert_with(source);
        }
    }
    for finding in report.open().take(MOST) {
        let mut text = String::new();
        // Writing to a string cannot fail, and miette has no other trouble to report.
        let _ = handler.render_report(&mut text, &shown(finding, &sources, style));
        // Miette ends lines with blanks.
        for line in text.trim_end().lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        writeln!(out)?;
    }
    let count = report.open().count();
    if count > MOST {
        writeln!(out, "… and {} more: see them all with `--format short`\n", count - MOST)?;
    }
    let tally = report.tally();
    if !tally.is_empty() {
        writeln!(out, "{tally}")?;
    }
    if let Some(finding) = report.open().max_by_key(|finding| finding.diagnostic.severity) {
        writeln!(out, "Read more with `dispatch explain {}`.", finding.diagnostic.code)?;
    }
    Ok(())
}

/// A diagnostic as miette wants it: one source, its labels; other files follow as related ones.
struct Shown<'a> {
    head: String,
    message: String,
    severity: miette::Severity,
    help: Option<String>,
    source: Option<&'a Source<'a>>,
    labels: Vec<LabeledSpan>,
    related: Vec<Shown<'a>>,
}

fn shown<'a>(finding: &Finding<'a>, sources: &'a BTreeMap<FileId, Source<'a>>, style: Style) -> Shown<'a> {
    let diagnostic = finding.diagnostic;
    let primary = diagnostic.span().file;
    let source = &sources[&primary];
    let mut own = Vec::new();
    let mut apart: Vec<(FileId, Vec<LabeledSpan>)> = Vec::new();
    // On a long line a window is shown: places beside the first have windows of their own.
    let is_long = source.is_long(diagnostic.span().start as usize);
    for (index, label) in diagnostic.labels.iter().take(MOST_PLACES).enumerate() {
        let file = label.span.file;
        let source = &sources[&file];
        let (start, length) = source.underlined(label.span.start as usize, label.span.end as usize);
        let text = (!label.text.is_empty()).then(|| harmless(&label.text).into_owned());
        let spot = if index == 0 {
            LabeledSpan::new_primary_with_span(text, (start, length))
        } else {
            LabeledSpan::new_with_span(text, (start, length))
        };
        if index == 0 || (file == primary && !is_long && !source.is_long(start)) {
            own.push(spot);
        } else {
            match apart.last_mut().filter(|(last, _)| *last == file && !source.is_long(start)) {
                Some((_, labels)) => labels.push(spot),
                None => apart.push((file, vec![spot])),
            }
        }
    }
    let related = apart.into_iter().map(|(file, labels)| Shown {
        head: String::new(),
        message: "see also".to_owned(),
        severity: miette::Severity::Advice,
        help: None,
        source: Some(&sources[&file]),
        labels,
        related: Vec::new(),
    });
    Shown {
        head: head(diagnostic),
        message: harmless(&diagnostic.message).into_owned(),
        severity: match diagnostic.severity {
            Severity::HardBlock | Severity::SoftBlock | Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        },
        help: help(diagnostic, style),
        source: Some(source),
        labels: own,
        related: related.collect(),
    }
}

/// `hard_block[V1.3] no-output-path`
fn head(diagnostic: &Diagnostic) -> String {
    let head = format!("{}[{}]", diagnostic.severity.name(), diagnostic.code);
    if diagnostic.name.is_empty() { head } else { format!("{head} {}", diagnostic.name) }
}

fn help(diagnostic: &Diagnostic, style: Style) -> Option<String> {
    let mut lines: Vec<String> = diagnostic.help.iter().cloned().collect();
    if let Some(why) = diagnostic.why.as_ref().filter(|_| style.verbose) {
        lines.push(format!("why: {why}"));
    }
    if let Some(fix) = &diagnostic.fix {
        let how = match fix.kind {
            FixKind::Safe => "applied by `dispatch lint --fix`",
            FixKind::Unsafe => "applied by `dispatch lint --unsafe-fixes`",
            FixKind::Suggest | FixKind::Manual => "by hand",
        };
        lines.push(format!("fix: {} ({how})", fix.title));
    }
    let hidden = diagnostic.labels.len().saturating_sub(MOST_PLACES);
    if hidden > 0 {
        lines.push(format!("and {hidden} more places"));
    }
    (!lines.is_empty()).then(|| harmless(&lines.join("\n")).into_owned())
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl miette::Diagnostic for Shown<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        (!self.head.is_empty()).then(|| Box::new(&self.head) as Box<dyn fmt::Display>)
    }
    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }
    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.map(|source| source as &dyn SourceCode)
    }
    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        if self.related.is_empty() {
            return None;
        }
        Some(Box::new(self.related.iter().map(|related| related as &dyn miette::Diagnostic)))
    }
}
