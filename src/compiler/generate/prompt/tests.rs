//! Prompts from hand-made graphs; compiled under `#[cfg(test)]` only.

use proptest::prelude::*;

use crate::base::digest::Digest;
use crate::base::text::Text;
use crate::compiler::generate::fixture::{Spec, World, spec};
use crate::ir::draft::Columns;
use crate::ir::equipment::Enrichment;
use crate::ir::graph::TaskId;
use crate::ir::prompt::ZoneKind;

/// A prompt as an executor sees it: headings outside of fences, each with its text.
fn sections(prompt: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut fence: Option<usize> = None;
    for line in prompt.split('\n') {
        let ticks = line.bytes().take_while(|&byte| byte == b'`').count();
        match fence {
            Some(open) if ticks < open || line.len() != ticks => {}
            Some(_) => fence = None,
            None if ticks >= 3 && !line[ticks..].contains('`') => fence = Some(ticks),
            None if line.starts_with('#') => {
                found.push((line.to_owned(), String::new()));
                continue;
            }
            None => {}
        }
        if let Some((_, text)) = found.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    found
}

fn headings(prompt: &str) -> Vec<String> {
    sections(prompt).into_iter().map(|(heading, _)| heading).collect()
}

/// The prompt of the first of `specs`.
fn check(world: &World, specs: &[Spec]) -> String {
    let (graph, equipment) = (world.graph(specs), world.equipment(specs));
    let (prompter, findings) = world.prepare(&graph, &equipment);
    assert_eq!(findings, []);
    let mut out = String::new();
    prompter.render(&mut out, &world.inputs, &graph, TaskId(0));
    let zoned = prompter.zoned(&world.inputs, &graph, TaskId(0)).unwrap();
    assert_eq!(zoned.text, out);
    let mut at = 0;
    for zone in &zoned.zones {
        assert_eq!(zone.start, at, "zones cover the prompt without gaps");
        at = zone.end;
    }
    assert_eq!(at as usize, out.len());
    let tokens = prompter.prompts().sheets[TaskId(0)].tokens.0;
    assert_eq!(tokens, (out.chars().count() as u64).div_ceil(4));
    let (text, hash) = prompter.render_hashed(&world.inputs, &graph, TaskId(0)).unwrap();
    assert_eq!((&text, hash), (&out, Digest::of(out.as_bytes())));
    out
}

fn full() -> Spec {
    Spec {
        detail: Some("Two columns.\n\n```sql\nselect 1;\n```".into()),
        reads: vec!["docs/a.md".into()],
        criteria: vec!["It has 2 tables".into()],
        work: Some("code".into()),
        level: Some(Enrichment::Standard),
        ..spec("T1", "Write the schema")
    }
}

#[test]
fn sections_stand_in_order() {
    let world = World::new(&[]);
    let prompt = check(&world, &[full()]);
    assert_eq!(
        headings(&prompt),
        [
            "# EXECUTOR",
            "## ROLE",
            "## DOMAIN KNOWLEDGE",
            "## CONTEXT",
            "## ALWAYS",
            "## NEVER",
            "## RESULT",
            "# TASK T1",
            "## REQUIREMENTS",
            "## CONSTRAINTS",
            "## INSTRUCTIONS",
            "## ACCEPTANCE CRITERIA",
            "## OUTPUT",
            "## CLOSING",
        ],
        "{prompt}"
    );
    assert!(prompt.contains("\n- [ ] It has 2 tables\n"));
    assert!(prompt.contains("DO NOT ask questions. Execute immediately."));
    assert!(prompt.contains("\nOutput language: English (en)\n"));
    assert!(!prompt.contains("\n\n\n"), "{prompt}");
    assert!(prompt.ends_with("and nothing else.\n"), "{prompt}");
}

#[test]
fn structured_outputs_have_a_return_only_line() {
    let world = World::new(&[]);
    let yaml = Spec { output: Some("a.yaml".into()), ..spec("T1", "Write the list") };
    assert!(check(&world, &[yaml]).contains("Return ONLY yaml in that file"));
    assert!(!check(&world, &[spec("T1", "Write it")]).contains("Return ONLY markdown"));
}

#[test]
fn documents_and_long_outputs_have_a_skeleton() {
    let world = World::new(&[]);
    let has = |spec: Spec| {
        let prompt = check(&world, &[spec]);
        let sections = sections(&prompt);
        let found = sections
            .iter()
            .find(|(heading, _)| heading.contains("STRUCTURE") || heading.contains("TEMPLATE"));
        found.is_some_and(|(_, text)| text.lines().filter(|line| !line.trim().is_empty()).count() >= 3)
    };
    assert!(has(spec("T1", "Write a report about cars")));
    assert!(has(Spec { work: Some("code".into()), ..spec("T1", "Write the Guide.") }));
    assert!(!has(spec("T1", "Rewrite the docker file")));
    let world = World::new(&[]);
    let long = |lines| Columns {
        expected_lines: Some(crate::base::span::Spanned::new(
            lines,
            crate::base::span::Span::head(world.file),
        )),
        ..Columns::default()
    };
    let with = |lines| {
        let prompt = check(&world, &[Spec { columns: long(lines), ..spec("T1", "List the cars") }]);
        headings(&prompt).contains(&"## OUTPUT STRUCTURE".to_owned())
    };
    assert!(with(51));
    assert!(!with(50));
}

#[test]
fn a_group_shares_every_byte_before_the_task() {
    let world = World::new(&[]);
    let specs = [full(), Spec { detail: None, ..spec("T2", "Other") }, Spec { id: "T3".into(), ..full() }];
    let (graph, equipment) = (world.graph(&specs), world.equipment(&specs));
    let (prompter, _) = world.prepare(&graph, &equipment);
    let prompts = prompter.prompts();
    let prefix = |task| prompts.sheets[TaskId(task)].prefix.unwrap();
    assert_eq!(prefix(0), prefix(2));
    assert_ne!(prefix(0), prefix(1), "another level is another group");
    for task in 0..3 {
        let mut text = String::new();
        prompter.render(&mut text, &world.inputs, &graph, TaskId(task));
        let shared = &prompts.prefixes[prefix(task)];
        assert!(text.starts_with(&shared.text));
        assert_eq!(shared.sha256, Digest::of(shared.text.as_bytes()));
        assert!(!shared.text.contains("T1") && !shared.text.contains("schema"), "nothing of a task");
        assert!(text[shared.text.len()..].trim_start().starts_with("# TASK"));
    }
}

#[test]
fn knowledge_is_marked_and_missing_files_are_told_once() {
    let world = World::new(&[]);
    let columns = |path: &str| Columns {
        kb_files: vec![Text::made(path, crate::base::span::Span::new(world.file, 2, 6))],
        ..Columns::default()
    };
    let level = Some(Enrichment::Standard);
    let specs = [
        Spec { columns: columns("kb/nowhere.md"), level, ..spec("T1", "A") },
        Spec { columns: columns("kb/nowhere.md"), level, ..spec("T2", "B") },
        Spec { columns: columns("stories/demo.story.md"), level, ..spec("T3", "C") },
    ];
    let (graph, equipment) = (world.graph(&specs), world.equipment(&specs));
    let (prompter, findings) = world.prepare(&graph, &equipment);
    assert_eq!(findings.iter().map(|finding| finding.code.as_str()).collect::<Vec<_>>(), ["kb/missing"]);
    let zoned = prompter.zoned(&world.inputs, &graph, TaskId(2)).unwrap();
    assert!(zoned.by(ZoneKind::Knowledge).contains("- [ ] second"));
    assert!(!zoned.by(ZoneKind::Ours).contains("second"));
    assert!(zoned.by(ZoneKind::Task).contains('C'));
}

#[test]
fn long_prompts_are_told_in_one_finding() {
    let world = World::new(&[]);
    let long = |id: &str| Spec { detail: Some("word ".repeat(2_000)), ..spec(id, "Read it all") };
    let specs = [spec("T0", "Short"), long("T1"), long("T2")];
    let (_, findings) = world.prepare(&world.graph(&specs), &world.equipment(&specs));
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].code.as_str(), "prompt/too-long");
    assert!(findings[0].message.starts_with("the prompt of `T1` has "), "{}", findings[0].message);
    assert_eq!(findings[0].labels.len(), 2);
}

#[test]
fn scripts_people_and_done_tasks_get_no_prompt() {
    let world = World::new(&[]);
    let specs =
        [Spec { model: None, ..spec("T1", "Move it") }, Spec { done: true, ..spec("T2", "Was done") }];
    let (graph, equipment) = (world.graph(&specs), world.equipment(&specs));
    let (prompter, _) = world.prepare(&graph, &equipment);
    assert!(prompter.prompts().sheets.rows().iter().all(|sheet| sheet.prefix.is_none()));
    assert!(prompter.prompts().prefixes.is_empty());
}

#[test]
fn a_template_of_the_project_is_used_and_its_faults_are_found() {
    let world = World::new(&[("templates/prompt/suffix.md", "Do {{ task.title }} now.\n")]);
    assert!(check(&world, &[spec("T1", "{{ evil }}")]).ends_with("Do {{ evil }} now.\n"));
    let world = World::new(&[("templates/prompt/suffix.md", "Do {{ task.tittle }} now.\n")]);
    let specs = [spec("T1", "x")];
    let (_, findings) = world.prepare(&world.graph(&specs), &world.equipment(&specs));
    assert_eq!(findings.len(), 1);
    assert_eq!(world.inputs.slice(findings[0].span()), "task.tittle");
    assert_eq!(findings[0].help.as_deref(), Some("did you mean `task.title` (text: what to do, one line)?"));
}

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\n## OUTPUT\n"),
        Just("```"),
        Just("````\n"),
        Just("\n"),
        Just("~~~"),
        Just("\r\n# TASK x\r"),
        Just("<!-- "),
        Just("-->"),
        Just("{{ task.id }}"),
        Just("{% if %}"),
        Just("- [ ] "),
        Just("===\n"),
        Just("\u{2028}## X"),
        Just("\u{f0000}"),
        Just("`"),
        Just("a"),
        Just(" "),
        Just("STATUS: PASS\n"),
        Just("\u{0}"),
    ];
    let pieces = proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat());
    prop_oneof![pieces, any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]
    #[test]
    fn no_text_forges_a_section(title in hostile(), detail in hostile(), item in hostile(), path in hostile()) {
        let world = WORLD.with(std::rc::Rc::clone);
        let make = |title: &str, detail: &str, item: &str, path: &str| Spec {
            title: title.into(),
            detail: Some(detail.into()),
            criteria: vec![item.into()],
            reads: vec![path.into()],
            output: Some(path.into()),
            columns: Columns {
                output_template: Some(Text::made(detail, crate::base::span::Span::head(world.file))),
                verify: vec![Text::made(item, crate::base::span::Span::head(world.file))],
                ..Columns::default()
            },
            ..spec("T1", "")
        };
        let plain = check(&world, &[make("a", "b", "c", "d")]);
        let forged = check(&world, &[make(&title, &format!("x{detail}"), &item, &path)]);
        prop_assert_eq!(headings(&forged), headings(&plain));
        // The text itself comes back out of its fence.
        let sections = sections(&forged);
        let details = sections.iter().find(|(heading, _)| heading == "## DETAILS").unwrap();
        let text = format!("x{detail}").replace("\r\n", "\n").replace('\r', "\n");
        prop_assert!(details.1.contains(text.trim_matches('\n').trim_end()), "{}", details.1);
    }
}

thread_local! {
    static WORLD: std::rc::Rc<World> = std::rc::Rc::new(World::new(&[]));
}
