//! Tasks as people write them, and what they are given.

use super::equip;
use super::samples::{graph, inputs, registry, settings, task};
use crate::base::diagnostic::Diagnostic;
use crate::base::outcome::Outcome;
use crate::base::quantity::Millis;
use crate::base::span::{Span, Spanned};
use crate::base::table::Run;
use crate::base::text::Text;
use crate::ir::draft::{Columns, PathRole};
use crate::ir::equipment::{Enrichment, Equipment, Executor, Kit};
use crate::ir::graph::{Output, Task, TaskGraph, TaskId};
use crate::ir::settings::Profile;

/// What a test looks at: executor, model, domain, agent.
type Row = (Executor, String, String, String);

/// Equips one task that `change` has been at.
fn check(title: &str, change: impl FnOnce(&mut Task, &mut TaskGraph)) -> Outcome<(Kit, Equipment)> {
    check_under(title, Profile::Standard, change)
}

fn check_under(
    title: &str,
    profile: Profile,
    change: impl FnOnce(&mut Task, &mut TaskGraph),
) -> Outcome<(Kit, Equipment)> {
    let (inputs, file) = inputs(title);
    let at = Span::new(file, 0, title.len());
    let mut graph = graph(vec![task("T1", title, at)], at);
    let mut changed = graph.tasks[TaskId(0)].clone();
    change(&mut changed, &mut graph);
    graph.tasks[TaskId(0)] = changed;
    let mut settings = settings();
    settings.profile = profile;
    let outcome = equip(&inputs, &graph, &registry(), &settings);
    outcome.map(|equipment| (equipment.kits[TaskId(0)].clone(), equipment))
}

fn row((kit, equipment): &(Kit, Equipment)) -> Row {
    let model = kit.model.map_or("-", |id| equipment.models[id].id.as_str());
    let domain = kit.domain.map_or("-", |id| equipment.domains[id].as_str());
    let agent = kit.agent.map_or("-", |id| equipment.agents[id].as_str());
    (kit.executor, model.to_owned(), domain.to_owned(), agent.to_owned())
}

fn plain(title: &str) -> (Kit, Equipment) {
    check(title, |_, _| {}).value
}

fn columns(task: &mut Task) -> &mut Columns {
    task.columns.get_or_insert_with(Box::default)
}

fn text(word: &str, task: &Task) -> Text {
    Text::made(word, Span::new(task.at.file, 0, 1))
}

fn codes(findings: &[Diagnostic]) -> Vec<String> {
    findings.iter().map(|finding| finding.code.to_string()).collect()
}

#[test]
fn titles_find_their_model() {
    for (title, model) in [
        ("Implement the login endpoint", "haiku"),
        ("Remove dead code from the parser", "haiku"),
        ("Render the preview of the component", "haiku"),
        ("Evaluate the landing page and delete stale blocks", "sonnet"),
        ("Review the error handling of the API", "sonnet"),
        ("T014 [P] Audit the access rules", "sonnet"),
        ("Avaliar a página de vendas", "sonnet"),
        ("Analise os resultados da campanha", "sonnet"),
        ("Criar o componente de revisão", "haiku"),
        ("Build the parser and review it", "sonnet"),
        ("Write the review page", "haiku"),
        ("Por fim, revisar os textos", "sonnet"),
        ("Score against the rubric", "sonnet"),
        ("Copy for the sales page", "haiku"),
        ("Delete old rows that nobody needs", "haiku"),
        ("Task 3: Compare two caching libraries", "sonnet"),
        ("feat: add the scoreboard", "haiku"),
    ] {
        let found = plain(title);
        assert_eq!(row(&found).1, model, "{title}: {:?}", found.1.reasons[found.0.why[0] as usize]);
        assert_eq!(found.0.executor, Executor::Agent, "{title}");
    }
}

#[test]
fn titles_find_their_domain() {
    for (title, domain) in [
        ("Implement the login endpoint", "dev"),
        ("Escrever a newsletter de lançamento", "copy"),
        ("Copy for the sales page", "copy"),
        ("Write unit tests for the parser", "qa"),
        ("Escrever testes de regressão", "qa"),
        ("Add a migration for the orders table", "data_engineer"),
        ("Update the README with the new flags", "docs"),
        ("Deploy with Docker and GitHub Actions", "devops"),
        ("Create the tag in ActiveCampaign", "ac_automation"),
        ("Escrever 5 e-mails de boas-vindas", "copy"),
        ("Check contrast and accessibility of the screens", "design"),
        ("Ask @qa whether it holds", "qa"),
        ("Contemplate the universe", "general"),
        ("Escrever a newsletter com base em docs/voz/tom.md", "copy"),
        ("Fix typo in docs/architecture.md", "docs"),
    ] {
        let found = check(title, |task, graph| with_paths(task, graph, title));
        let (kit, equipment) = &found.value;
        assert_eq!(row(&found.value).2, domain, "{title}: {:?}", equipment.reasons[kit.why[1] as usize]);
        assert!(!kit.redirect, "{title}");
    }
}

/// Paths of a title become outputs, as decomposition would have it.
fn with_paths(task: &mut Task, graph: &mut TaskGraph, title: &str) {
    for word in title.split_whitespace().filter(|word| word.contains('/')) {
        let path = text(word, task);
        graph.outputs.push(Output { path, action: PathRole::Modify, inferred: false });
    }
    task.outputs = Run::since(0, graph.outputs.len());
}

#[test]
fn file_operations_are_scripts_only_when_they_are_nothing_else() {
    let (kit, equipment) = plain("Move docs/a.md to docs/b.md");
    assert_eq!((kit.executor, kit.model, kit.agent), (Executor::Worker, None, None));
    assert_eq!(equipment.scripts[0].1, ["mv", "--", "docs/a.md", "docs/b.md"]);
    assert_eq!((kit.timeout, kit.max_turns, kit.enrichment), (Millis::from_secs(30), 0, Enrichment::Minimal));
    let found = plain("Delete the generated folders");
    assert_eq!(found.0.executor, Executor::Agent);
    let why = &found.1.reasons[found.0.why[0] as usize];
    assert!(why.evidence.contains("not Q1") && why.inferred, "{why:?}");
}

#[test]
fn what_is_declared_is_kept() {
    let found = check("Write the loader", |task, _| {
        task.agent = Some(text("/qa", task));
        task.model = Some(text("Opus", task));
        let at = task.at;
        columns(task).timeout_s = Some(Spanned::new(77, at));
        columns(task).max_turns = Some(Spanned::new(3, at));
        columns(task).enrichment = Some(Text::made("full", at));
        task.duration = Some(Millis::from_secs(500));
    });
    assert_eq!(found.findings, []);
    let kit = &found.value.0;
    assert_eq!(row(&found.value), (Executor::Agent, "opus".into(), "qa".into(), "/qa".into()));
    assert_eq!((kit.timeout, kit.max_turns), (Millis::from_secs(77), 3));
    assert_eq!((kit.enrichment, kit.duration), (Enrichment::Full, Millis::from_secs(500)));
    for at in [0, 2, 3, 5, 6] {
        assert!(!found.value.1.reasons[kit.why[at] as usize].inferred, "{at}");
    }
}

#[test]
fn executors_are_told_by_many_words() {
    let executor = |change: fn(&mut Task)| check("Do it", |task, _| change(task)).value.0;
    let human = executor(|task| columns(task).executor = Some(text("Humano", &task.clone())));
    assert_eq!((human.executor, human.auto, human.model), (Executor::Human, false, None));
    let script = executor(|task| columns(task).script = Some(text("scripts/x.sh", &task.clone())));
    assert_eq!((script.executor, script.duration), (Executor::Worker, Millis::from_secs(5)));
    let worker = executor(|task| task.model = Some(text("worker", task)));
    assert_eq!(worker.executor, Executor::Worker);
    let checkpoint = executor(|task| task.work = Some(text("checkpoint:human-verify", task)));
    assert_eq!((checkpoint.executor, checkpoint.auto), (Executor::Human, false));
    let planning = executor(|task| columns(task).category = Some(text("research", &task.clone())));
    assert_eq!((planning.executor, planning.auto), (Executor::Agent, false));
    let hybrid = executor(|task| columns(task).executor = Some(text("hybrid", &task.clone())));
    assert!(hybrid.executor == Executor::Hybrid && hybrid.model.is_some() && hybrid.agent.is_some());
}

#[test]
fn decisions_are_returned() {
    for title in ["Decide the system design of the platform", "Definir a estratégia de migração"] {
        let (kit, _) = plain(title);
        assert!(kit.redirect && !kit.auto && kit.executor == Executor::Human, "{title}");
        assert_eq!(kit.timeout, Millis(0));
    }
    let found = check("Draw the boxes", |task, _| task.agent = Some(text("@architect", task)));
    assert!(found.value.0.redirect);
    assert_eq!(row(&found.value).3, "/architect");
    let kept = check("Draw the boxes", |task, _| {
        task.agent = Some(text("/architect", task));
        columns(task).action = Some(text("dispatch", &task.clone()));
    });
    assert!(!kept.value.0.redirect);
}

#[test]
fn what_answers_in_the_foreground_stays_there() {
    let (kit, _) = plain("Create the tag in ActiveCampaign");
    assert!(kit.foreground && kit.auto);
    assert_eq!(kit.timeout, Millis::from_secs(180));
}

#[test]
fn timeouts_follow_durations_and_stay_in_bounds() {
    let timeout = |seconds| {
        check("Do it", |task, _| task.duration = Some(Millis::from_secs(seconds))).value.0.timeout.secs()
    };
    assert_eq!((timeout(10), timeout(100), timeout(4_000)), (120, 300, 900));
    for wrong in [0, -5, 901] {
        let found = check("Do it", |task, _| {
            let at = task.at;
            columns(task).timeout_s = Some(Spanned::new(wrong, at));
        });
        assert!(codes(&found.findings).contains(&"timeout/range".into()), "{wrong}");
        assert!(found.value.0.timeout > Millis(0));
    }
}

#[test]
fn names_nothing_bears_are_reported_with_the_nearest() {
    type Case = (fn(&mut Task), &'static str, &'static str, &'static str);
    let cases: [Case; 5] = [
        (|task| task.agent = Some(text("/dve", task)), "agent/unknown", "VR.2", "`/dev`"),
        (
            |task| task.agent = Some(text("copy-cheif", task)),
            "agent/unknown",
            "VR.2",
            "`/copy:agents:copy-chief`",
        ),
        (|task| task.model = Some(text("hiaku", task)), "model/unknown", "VR.3", "`haiku`"),
        (|task| task.domain = Some(text("data-enginer", task)), "domain/unknown", "VR.1", "`data_engineer`"),
        (
            |task| columns(task).enrichment = Some(text("FUL", &task.clone())),
            "enrichment/unknown",
            "VR.4",
            "`FULL`",
        ),
    ];
    for (change, code, rule, near) in cases {
        let found = check("Implement the endpoint", |task, _| change(task));
        let [finding] = found.findings.as_slice() else { panic!("{code}: {:?}", found.findings) };
        assert_eq!((finding.code.as_str(), finding.vetoes.as_slice()), (code, &[rule.to_owned()][..]));
        assert!(finding.help.as_deref().is_some_and(|help| help.contains(near)), "{finding:?}");
        assert!(found.value.0.agent.is_some());
    }
}

#[test]
fn names_in_foreign_documents_only_warn() {
    let found = check("Implement the endpoint", |task, graph| {
        task.agent = Some(text("James", task));
        graph.stories[task.story].foreign = true;
    });
    assert_eq!(codes(&found.findings), ["agent/unknown"]);
    assert!(!found.findings[0].blocks() && found.findings[0].vetoes.is_empty());
}

#[test]
fn the_older_notation_is_read_and_mended() {
    let found = check("@dev do it", |task, _| task.agent = Some(Text::At(Span::new(task.at.file, 0, 4))));
    let [finding] = found.findings.as_slice() else { panic!("{:?}", found.findings) };
    assert_eq!((finding.code.as_str(), &finding.vetoes[0][..]), ("agent/at-notation", "VR.6"));
    assert_eq!(
        finding.fix.as_ref().map(|fix| (fix.edits[0].span.range(), fix.edits[0].text.as_str())),
        Some((0..1, "/"))
    );
    assert_eq!(row(&found.value).3, "/dev");
}

#[test]
fn nothing_in_common_goes_to_the_fallback_and_is_said() {
    let found = check("Contemplate the universe", |_, _| {});
    assert_eq!(codes(&found.findings), ["route/inferred"]);
    assert_eq!(row(&found.value), (Executor::Agent, "haiku".into(), "general".into(), "/general".into()));
    let strict = check_under("Contemplate the universe", Profile::Strict, |_, _| {});
    assert_eq!(codes(&strict.findings), ["agent/unknown"]);
    assert!(strict.findings[0].blocks());
}

#[test]
fn levels_of_knowledge() {
    let level = |title: &str| plain(title).0.enrichment;
    assert_eq!(level("Write the newsletter"), Enrichment::Full);
    assert_eq!(level("Implement the endpoint"), Enrichment::Standard);
    assert_eq!(level("Prepare the sprint retrospective"), Enrichment::Standard);
    let sprint = check("Prepare the sprint retrospective", |task, _| task.model = Some(text("haiku", task)));
    assert_eq!(sprint.value.0.enrichment, Enrichment::Minimal);
}

#[test]
fn expected_times_have_a_spread() {
    let (kit, _) = plain("Implement the endpoint");
    assert_eq!((kit.duration.secs(), kit.duration_p90.secs()), (60, 135));
    let formula = |cv: f64| (1.2816 * (1.0 + cv * cv).ln().sqrt()).exp() * 100.0;
    for (name, class) in registry().durations.classes {
        let wanted = formula(f64::from(class.cv_percent) / 100.0);
        assert!((f64::from(class.p90_percent) - wanted).abs() <= 1.0, "{name}: {wanted}");
    }
}

#[test]
fn the_same_tasks_are_given_the_same_things() {
    let titles: Vec<String> = (0..300)
        .map(|n| format!("Write part {} of the {} page", n % 7, ["sales", "api", "login"][n % 3]))
        .collect();
    let (inputs, file) = inputs("x");
    let at = Span::head(file);
    let tasks = || titles.iter().map(|title| task("T", title, at)).collect();
    let registry = registry();
    let equipped = |graph: &TaskGraph| equip(&inputs, graph, &registry, &settings());
    let all = equipped(&graph(tasks(), at));
    assert_eq!(all, equipped(&graph(tasks(), at)));
    // A task's kit does not depend on its neighbours.
    for (id, kit) in all.value.kits.iter().take(21) {
        let alone = equipped(&graph(vec![task("T", &titles[id.0 as usize], at)], at)).value;
        let single = &alone.kits[TaskId(0)];
        assert_eq!(
            (kit.domain, kit.agent, kit.model, kit.timeout),
            (single.domain, single.agent, single.model, single.timeout)
        );
        for (a, b) in kit.why.iter().zip(&single.why) {
            assert_eq!(all.value.reasons[*a as usize], alone.reasons[*b as usize]);
        }
    }
}
