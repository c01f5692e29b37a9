//! The gates as the pipeline passes them: all of them, then the waivers, then what each gate says in the end.

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::quantity::MicroUsd;
use crate::base::span::{FileId, Span};
use crate::ir::draft::Draft;
use crate::ir::equipment::Equipment;
use crate::ir::graph::{TaskGraph, TaskId};
use crate::ir::plan::Gate;
use crate::ir::prompt::{PrefixId, Zoned};

use super::check::gate::settle;
use super::check::subject::{Batch, PlanFacts, PromptZones};
use super::check::{self, Court, severity, waiver};
use super::generate::prompt::Prompter;
use super::library::Library;

/// The prompts, as the gates see them.
struct Zones<'a> {
    inputs: &'a Inputs,
    graph: &'a TaskGraph,
    prompter: &'a Prompter<'a>,
}

impl PromptZones for Zones<'_> {
    fn prefix(&self, task: TaskId) -> Option<PrefixId> {
        self.prompter.prompts().sheets[task].prefix
    }
    fn prefix_zoned(&self, prefix: PrefixId) -> &Zoned {
        self.prompter.prefix_zoned(prefix)
    }
    fn shape(&self, task: TaskId) -> Option<u32> {
        self.prompter.shape(task)
    }
    fn suffix_zoned(&self, task: TaskId) -> Option<Zoned> {
        self.prompter.suffix_zoned(self.inputs, self.graph, task)
    }
    fn result(&self, task: TaskId) -> Option<(&str, &str)> {
        self.prompter.result(task)
    }
}

/// What is judged.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The files.
    pub inputs: &'a Inputs,
    /// Rules, settings, registries.
    pub library: &'a Library,
    /// The documents.
    pub drafts: &'a [Draft],
    /// The tasks.
    pub graph: &'a TaskGraph,
    /// Who does them.
    pub equipment: &'a Equipment,
    /// What they are told.
    pub prompter: &'a Prompter<'a>,
    /// What all of it is expected to cost.
    pub cost: MicroUsd,
}

/// Passes every gate: adds what the rules find to `findings`, marks what waivers and `--force` cover, and returns the
/// gates with their verdicts over all findings, those of the compiler itself included.
#[must_use]
pub fn judge(case: Case<'_>, findings: &mut Vec<Diagnostic>) -> Vec<Gate> {
    let Case { inputs, library, drafts, graph, equipment, prompter, cost } = case;
    let Library { settings, packs, registry, vocabulary, .. } = library;
    let mut gates = Vec::new();
    let mut found = Vec::new();
    let enough = check::sufficiency(Court { inputs, packs, settings, earlier: findings }, drafts);
    gates.push(enough.value);
    findings.extend(enough.findings);
    {
        let court = Court { inputs, packs, settings, earlier: findings };
        let mut keep = |outcome: crate::base::outcome::Outcome<Gate>| {
            found.extend(outcome.findings);
            gates.push(outcome.value);
        };
        let zones = Zones { inputs, graph, prompter };
        let plan = PlanFacts::new(inputs, settings, graph, equipment, registry, vocabulary);
        keep(check::routing(court, &plan));
        keep(check::pre_execution(court, &plan.with_prompts(&zones)));
        if let [first, _, ..] = drafts {
            let stories = drafts.len() as u64;
            let missing = graph.missing.iter().map(|name| (name.get(inputs), name.at())).collect();
            // A circle of stories is told by whoever broke it.
            let batch = Batch { stories, ordered: stories, missing, cost: Some(cost), settings };
            let outcome = check::batch(court, &batch, first.file);
            found.extend(outcome.findings);
            gates.extend(outcome.value);
        }
    }
    findings.append(&mut found);
    let configured = inputs.find("dispatch.yaml").unwrap_or(FileId(0));
    findings.extend(severity::unused(settings, packs, inputs, Span::head(configured)));
    let known: Vec<String> = findings.iter().map(|finding| finding.code.as_str().to_owned()).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let waivers = drafts.iter().flat_map(|draft| &draft.waivers);
    let said = waiver::apply(waivers, findings, settings, packs, &known);
    findings.extend(said);
    waiver::force(findings, settings);
    settle(packs, &mut gates, findings);
    gates
}

#[cfg(test)]
mod tests {
    use super::{Case, judge};
    use crate::base::inputs::{Inputs, RelPath};
    use crate::base::outcome::Log;
    use crate::base::quantity::MicroUsd;
    use crate::base::source::Layer;
    use crate::compiler::bind::settings::Override;
    use crate::compiler::decompose::{Context, decompose};
    use crate::compiler::equip::equip;
    use crate::compiler::generate::prompt::{Lore, prepare};
    use crate::compiler::library::{Library, Options};
    use crate::ir::plan::{Gate, Verdict};

    /// The findings of rules in a document, one a line (`severity code+vetoes words`), and the gates.
    fn judged(files: &[(&str, &str)], flags: &[(&str, &str)]) -> (String, Vec<Gate>) {
        let mut inputs = Inputs::new();
        crate::builtin::underlay(&mut inputs);
        for (path, text) in files {
            let at = RelPath::new(path).unwrap();
            if *path == "dispatch.yaml" || path.starts_with("rules/") {
                inputs.add(at, Layer::Project, text.as_bytes().to_vec());
            } else {
                inputs.add_document(at, text.as_bytes().to_vec());
            }
        }
        let own = |(key, value): &(&str, &str)| Override {
            key: (*key).to_owned(),
            value: (*value).to_owned(),
            from: format!("--{key}"),
        };
        let options =
            Options { overrides: flags.iter().map(own).collect(), config: None, against: None, lint: false };
        let library = Library::load(&inputs, &options);
        let Library { settings, lexicon, vocabulary, registry, patterns, .. } = &library;
        let mut log = Log::default();
        log.extend(library.findings.iter().cloned());
        let drafts = log.keep(crate::compiler::drafts(&inputs, &library));
        let context = Context { inputs: &inputs, lexicon, vocabulary, settings };
        let graph = log.keep(decompose(context, &drafts));
        let equipment = log.keep(equip(&inputs, &graph, registry, settings));
        let prompter = log.keep(prepare(&inputs, &graph, &equipment, Lore { registry, patterns, settings }));
        let mut findings = log.into_findings();
        let case = Case {
            inputs: &inputs,
            library: &library,
            drafts: &drafts,
            graph: &graph,
            equipment: &equipment,
            prompter: &prompter,
            cost: MicroUsd(0),
        };
        let gates = judge(case, &mut findings);
        findings.sort_by_key(|finding| (finding.span(), finding.code.clone()));
        let line = |finding: &crate::base::diagnostic::Diagnostic| {
            let vetoes = finding.vetoes.iter().fold(String::new(), |all, rule| all + "+" + rule);
            let waived = if finding.waived.is_some() { " (waived)" } else { "" };
            format!(
                "{} {}{vetoes} `{}`{waived}\n",
                finding.severity.name(),
                finding.code,
                inputs.slice(finding.span())
            )
        };
        let of_rules =
            findings.iter().filter(|finding| finding.severity > crate::base::diagnostic::Severity::Info);
        (of_rules.map(line).collect(), gates)
    }

    #[track_caller]
    fn check(text: &str, want: &str) {
        let (found, _) = judged(&[("a.story.md", text)], &[]);
        assert_eq!(found, want, "{text}");
    }

    const STORY: &str = "# Story 1: Price page\n\n## Acceptance Criteria\n\n- [ ] out/prices.md has 3 sections\n\n## Tasks\n\n- [ ] Write the prices to `out/prices.md`\n";

    #[test]
    fn a_sound_story_passes_every_gate() {
        let (found, gates) = judged(&[("a.story.md", STORY)], &[]);
        assert_eq!(found, "");
        for gate in &gates {
            assert_eq!((gate.verdict, gate.failed.as_slice()), (Verdict::Pass, &[][..]), "{}", gate.id);
            assert!(gate.rules > 0, "{}", gate.id);
        }
        assert_eq!(gates.len(), 3);
    }

    #[test]
    fn the_guilty_word_is_underlined() {
        check(&STORY.replace("has 3 sections", "reads nice"), "hard_block V1.2 `nice`\n");
        check(
            &STORY.replace("Write the prices to `out/prices.md`", "Improve the prices in out/prices.md"),
            "hard_block V1.9 `Improve`\n",
        );
        check(
            &STORY.replace("Write the prices", "Write the [INSERT NAME] prices"),
            "hard_block V1.3 `[INSERT NAME]`\n",
        );
    }

    #[test]
    fn the_smallest_plan_is_clean() {
        let plan = "plan: demo\ntasks:\n  - {id: T1, title: Write the schema, outputs: [db/schema.sql], duration_s: 120, model: haiku}\n  - {id: T2, title: Write the loader, depends_on: [T1], outputs: [src/load.rs]}\n";
        let (found, gates) = judged(&[("demo.plan.yaml", plan)], &[]);
        assert_eq!(found, "");
        assert!(gates.iter().all(|gate| gate.verdict == Verdict::Pass));
        let opus = plan.replace("haiku", "opus");
        assert_eq!(judged(&[("demo.plan.yaml", &opus)], &[]).0, "hard_block V1.10 `opus`\n");
    }

    #[test]
    fn a_portuguese_story_passes() {
        let story = "# História 1: Página de preços\n\n## Critérios de Aceite\n\n- [ ] saida/precos.md tem 3 seções\n\n## Tarefas\n\n- [ ] Escrever os preços em `saida/precos.md`\n";
        check(story, "");
        check(&story.replace("tem 3 seções", "tem qualidade"), "hard_block V1.2 `qualidade`\n");
    }

    #[test]
    fn too_little_is_a_soft_block() {
        let (found, gates) = judged(&[("a.md", "Fix posture\n")], &[]);
        assert!(found.contains("soft_block V0.2"), "{found}");
        assert_eq!(gates[0].verdict, Verdict::Fail);
        let (found, gates) = judged(&[("a.md", "Fix posture\n")], &[("force", "true")]);
        assert!(found.contains("soft_block V0.2 `` (waived)"), "{found}");
        assert_eq!(gates[0].verdict, Verdict::Waived);
    }

    #[test]
    fn overrides_change_severities() {
        let story = STORY.replace("has 3 sections", "reads nice");
        let with = |config: &str| judged(&[("a.story.md", &story), ("dispatch.yaml", config)], &[]).0;
        assert_eq!(with("rules: {V1.2: warning}\n"), "warning V1.2 `nice`\n");
        assert_eq!(with("rules: {V1.2: off}\n"), "");
        let lowered = with("rules: {V1.2: off}\nforbid: [V1.2]\n");
        assert_eq!(lowered, "hard_block V1.2 `nice`\nwarning rule/forbidden ``\n");
        assert!(with("rules: {V1.99: off}\n").contains("error rule/unknown"));
    }

    #[test]
    fn waivers_cover_what_they_name() {
        let story = |comment: &str| {
            let guilty = STORY.replace("has 3 sections", "reads nice");
            guilty.replace("- [ ] out/prices.md", &format!("{comment}\n- [ ] out/prices.md"))
        };
        let (found, gates) =
            judged(&[("a.story.md", &story("<!-- dispatch: allow V1.2 (the client's word) -->"))], &[]);
        assert_eq!(found, "hard_block V1.2 `nice` (waived)\n");
        assert_eq!(gates[2].verdict, Verdict::Waived);
        for (comment, want) in [
            ("<!-- dispatch: allow V1.2 -->", "waiver/no-reason"),
            ("<!-- dispatch: allow V1.9 (why not) -->", "waiver/unused"),
            ("<!-- dispatch: allow V1.2 (once) until=2020-01-01 -->", "waiver/expired"),
            ("<!-- dispatch: allow V1.2 (once) until=soon -->", "waiver/bad-date"),
            ("<!-- dispatch: allow subjective-criteria (once) -->", "waiver/unknown"),
        ] {
            let (found, _) = judged(&[("a.story.md", &story(comment))], &[("as_of", "2026-01-01")]);
            assert!(found.contains(want) && found.contains("hard_block V1.2 `nice`\n"), "{comment}: {found}");
        }
    }

    #[test]
    fn users_rules_are_asked_too() {
        let pack = "schema: dispatch.rules/v1\npack: mine\nversion: 1.0.0\nextends: [core]\nlists: {team: [prices]}\nrules:\n- {id: XA.1, name: no-prices, phase: '4.5', gate: QG-PRE, scope: task, severity: warning, check: {forbidden_words: {target: task.description, words: '@team', unit: text}}, message: 'says `{{ hit }}`', examples: {pass: [{task: {description: a}}], fail: [{task: {description: prices}}]}}\n";
        let (found, _) = judged(&[("a.story.md", STORY), ("rules/mine.yaml", pack)], &[]);
        assert_eq!(found, "warning XA.1 `prices`\n");
    }
}
