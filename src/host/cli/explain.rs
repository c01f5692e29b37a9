//! `dispatch explain`: what a code means, why it matters, what satisfies it.

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::suggest::nearest;
use crate::builtin;
use crate::compiler::check::explain::{Explanation, explanations};
use crate::compiler::check::pack::{Depth, Packs};
use crate::compiler::check::rule::Rule;
use crate::host::error::HostError;
use crate::host::render::Format;
use crate::host::render::paint::{Ink, Paint};
use crate::host::terminal::Terminal;
use crate::syntax::text::vocabulary::Vocabulary;
use crate::syntax::yaml;

use super::CLEAN;
use super::args::Global;

/// Explain the code of a finding, with examples
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A rule id or name (V1.2), or a slug (dep/cycle); without one, all of them are listed
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

/// Shipped packs and explanations.
const DATA: &str = "squads/dispatch/data/";

/// What is known about codes.
pub(super) struct Pages {
    pub(super) packs: Packs,
    pub(super) others: Vec<Explanation>,
    /// What is wrong with the packs.
    pub(super) faults: Vec<Diagnostic>,
}

/// Reads rules with their examples, and the explanations of what is no rule.
pub(super) fn pages(inputs: &mut Inputs) -> Pages {
    for (path, bytes) in builtin::files().filter(|(path, _)| path.starts_with(DATA)) {
        if let Some(path) = crate::base::inputs::RelPath::new(&path) {
            inputs.add(path, crate::base::source::Layer::Builtin, bytes.to_vec());
        }
    }
    let vocabulary = std::sync::Arc::new(Vocabulary::load(inputs).value);
    let packs = Packs::load(inputs, &yaml::read, vocabulary, Depth::Examples);
    Pages { packs: packs.value, others: explanations(inputs).value, faults: packs.findings }
}

pub(super) fn run(global: &Global, args: &Args, terminal: &mut Terminal) -> Result<u8, HostError> {
    global.only(&[Format::Human, Format::Short, Format::Json], "explain")?;
    let pages = pages(&mut crate::host::files::gather(&global.request())?.inputs);
    let Some(code) = &args.code else {
        if global.format == Format::Json {
            let rules = pages.packs.rules.iter().map(|rule| (&rule.id, &rule.name));
            let all = rules.chain(pages.others.iter().map(|page| (&page.code, &page.title)));
            let all: Vec<_> =
                all.map(|(code, title)| serde_json::json!({ "code": code, "title": title })).collect();
            let text = serde_json::to_string_pretty(&all);
            let text = text.map_err(|error| HostError::world(error.to_string()))?;
            terminal.print(|out, _| writeln!(out, "{text}"))?;
            return Ok(CLEAN);
        }
        terminal.print(|out, _| {
            for rule in &pages.packs.rules {
                writeln!(out, "{:24} {}", rule.id, rule.name)?;
            }
            pages.others.iter().try_for_each(|page| writeln!(out, "{:24} {}", page.code, page.title))
        })?;
        return Ok(CLEAN);
    };
    if let Some(rule) = pages.packs.rule(code) {
        print_rule(rule, global.format, terminal)?;
    } else if let Some(page) = pages.others.iter().find(|page| page.code == *code) {
        print_page(page, global.format, terminal)?;
    } else {
        let rules = pages.packs.rules.iter().flat_map(|rule| [rule.id.as_str(), rule.name.as_str()]);
        let known = rules.chain(pages.others.iter().map(|page| page.code.as_str()));
        let hint = match nearest(code, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "see all codes with `dispatch explain`".to_owned(),
        };
        return Err(HostError::usage(format!("nothing is known about `{code}`")).hint(hint));
    }
    Ok(CLEAN)
}

fn print_rule(rule: &Rule, format: Format, terminal: &mut Terminal) -> Result<(), HostError> {
    if format == Format::Json {
        let text =
            serde_json::to_string_pretty(&serde_json::json!({ "rule": rule, "examples": rule.examples }));
        let text = text.map_err(|error| HostError::world(error.to_string()))?;
        return terminal.print(|out, _| writeln!(out, "{text}"));
    }
    terminal.print(|out, style| {
        let paint = Paint::new(style);
        writeln!(out, "{}  {}", paint.ink(Ink::Strong, &rule.id), rule.name)?;
        let scope = serde_json::to_string(&rule.scope).unwrap_or_default();
        let facts = format!(
            "{}, gate {}, asked of every {}",
            rule.severity.name(),
            rule.gate,
            scope.trim_matches('"')
        );
        writeln!(out, "{}", paint.ink(Ink::Faint, &format!("{facts}, pack {}", rule.pack)))?;
        writeln!(out)?;
        section(out, "says", &rule.message)?;
        if let Some(why) = &rule.why {
            section(out, "why", why)?;
        }
        if let Some(help) = &rule.help {
            section(out, "help", help)?;
        }
        if let Some(fix) = &rule.fix {
            section(out, "fix", yaml(fix).trim_end())?;
        }
        if let Some(when) = &rule.when {
            section(out, "when", yaml(when).trim_end())?;
        }
        section(out, "good is", yaml(&rule.check).trim_end())?;
        for (name, examples) in [("passes", &rule.examples.pass), ("fails", &rule.examples.fail)] {
            for example in examples {
                section(out, name, yaml(example).trim_end())?;
            }
        }
        for line in &rule.history {
            section(out, "before", line)?;
        }
        writeln!(out, "\nWaive it where it stands with `dispatch: allow {} (reason)` in a comment.", rule.id)
    })
}

fn print_page(page: &Explanation, format: Format, terminal: &mut Terminal) -> Result<(), HostError> {
    if format == Format::Json {
        let text = serde_json::to_string_pretty(page).map_err(|error| HostError::world(error.to_string()))?;
        return terminal.print(|out, _| writeln!(out, "{text}"));
    }
    terminal.print(|out, style| {
        let paint = Paint::new(style);
        writeln!(out, "{}  {}\n", paint.ink(Ink::Strong, &page.code), page.title)?;
        section(out, "why", &page.why)?;
        section(out, "help", &page.help)?;
        section(out, "bad", page.bad.trim_end())?;
        section(out, "good", page.good.trim_end())
    })
}

/// A part of a rule as YAML.
fn yaml(value: &impl serde::Serialize) -> String {
    serde_yaml::to_string(value).unwrap_or_default()
}

fn section(out: &mut dyn std::io::Write, name: &str, text: &str) -> std::io::Result<()> {
    for (index, line) in text.lines().enumerate() {
        writeln!(out, "{:>8}  {line}", if index == 0 { name } else { "" })?;
    }
    Ok(())
}
