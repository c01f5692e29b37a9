use super::{Format, Report, Style, write};
use crate::base::diagnostic::{Diagnostic, Edit, Fix, FixKind, Severity, Waived};
use crate::base::inputs::{Inputs, RelPath};
use crate::base::span::Span;

fn project() -> (Inputs, Vec<Diagnostic>) {
    let mut inputs = Inputs::new();
    let path = |path: &str| RelPath::new(path).unwrap();
    let text = "# Ação 🚀\n\n- [ ] Do it properly\n- [ ] Do it well\n";
    let story = inputs.add_document(path("a, b/story.md"), text.as_bytes().to_vec());
    let other = inputs.add_document(path("z.yaml"), b"id: T1\nagent: wave-planer\n".to_vec());
    let at = |word: &str| {
        let start = text.find(word).unwrap();
        Span::new(story, start, start + word.len())
    };
    let findings = vec![
        Diagnostic::error(
            "agent/unknown",
            Span::new(other, 14, 25),
            "no squad declares an agent `wave-planer`",
        )
        .help("did you mean `wave-planner`?".to_owned())
        .label(at("properly"), "used here"),
        Diagnostic {
            name: "vague-criterion".into(),
            vetoes: vec!["V1.2".into()],
            fix: Some(Fix {
                kind: FixKind::Safe,
                title: "say what is to be seen".into(),
                edits: vec![Edit { span: at("well"), text: "as measured".into() }],
            }),
            ..Diagnostic::new(Severity::HardBlock, "V1.2", at("well"), "`well` <cannot> be measured | 100%")
                .why("what cannot be measured cannot be checked")
        },
        Diagnostic {
            waived: Some(Waived { reason: "a \"spike\"".into(), span: at("Do") }),
            ..Diagnostic::warning("text/emoji", at("🚀"), "an emoji in a title")
        },
    ];
    (inputs, findings)
}

fn check(format: Format) -> String {
    let (inputs, findings) = project();
    let report = Report::new(&inputs, &findings, &[], &|_| false);
    let mut out = Vec::new();
    write(format, &report, Style::PLAIN, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn short_is_one_line_a_finding() {
    let expected = "a, b/story.md:4:13: hard_block[V1.2] `well` <cannot> be measured | 100%\n\
        z.yaml:2:8: error[agent/unknown] no squad declares an agent `wave-planer` (did you mean `wave-planner`?)\n";
    assert_eq!(check(Format::Short), expected);
}

#[test]
fn github_escapes_its_grammar() {
    let text = check(Format::Github);
    let first = text.lines().next().unwrap();
    assert_eq!(
        first,
        "::error file=a%2C b/story.md,line=4,endLine=4,col=13,endColumn=17,title=V1.2 vague-criterion::\
         `well` <cannot> be measured | 100%25"
    );
}

#[test]
fn sarif_counts_utf16_and_names_suppressions() {
    let log: serde_json::Value = serde_json::from_str(&check(Format::Sarif)).unwrap();
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let emoji = results.iter().find(|result| result["ruleId"] == "text/emoji").unwrap();
    let region = &emoji["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&region["startColumn"], &region["endColumn"]), (&8.into(), &10.into()));
    assert_eq!(emoji["suppressions"][0]["justification"], "a \"spike\"");
    let fixed = results.iter().find(|result| result["ruleId"] == "V1.2").unwrap();
    let change = &fixed["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "a,%20b/story.md");
    assert_eq!(change["replacements"][0]["deletedRegion"]["startColumn"], 13);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
}

#[test]
fn json_follows_its_schema() {
    let bytes = crate::builtin::file("schemas/diagnostics.schema.json").unwrap();
    let schema: serde_json::Value = serde_json::from_slice(bytes).unwrap();
    let document: serde_json::Value = serde_json::from_str(&check(Format::Json)).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert_eq!(errors, [""; 0]);
    assert_eq!(document["summary"]["waived"], 1);
    assert_eq!(document["diagnostics"][0]["column"], 8);
}

#[test]
fn junit_and_markdown_escape() {
    let text = check(Format::Junit);
    assert!(text.contains("message=\"`well` &lt;cannot&gt; be measured | 100%\""), "{text}");
    assert!(text.contains("<skipped message=\"a &quot;spike&quot;\"/>"), "{text}");
    assert!(text.contains("tests=\"3\" failures=\"2\" errors=\"0\" skipped=\"1\""), "{text}");
    assert!(check(Format::Markdown).contains("`well` &lt;cannot> be measured \\| 100%"));
}

#[test]
fn gitlab_is_an_array_with_fingerprints() {
    let issues: serde_json::Value = serde_json::from_str(&check(Format::Gitlab)).unwrap();
    assert_eq!(issues.as_array().unwrap().len(), 2);
    assert_eq!(issues[0]["fingerprint"].as_str().unwrap().len(), 32);
    assert_eq!(issues[0]["location"]["positions"]["begin"]["line"], 4);
}

#[test]
fn people_see_the_words_underlined() {
    let text = check(Format::Human);
    for wanted in [
        "hard_block[V1.2] vague-criterion",
        "z.yaml:2:8",
        "wave-planer",
        "see also",
        "1 hard block, 1 error, 1 waived",
    ] {
        assert!(text.contains(wanted), "{wanted} is missing in:\n{text}");
    }
    assert!(!text.contains('\u{1b}'), "{text}");
}

#[test]
fn fingerprints_do_not_know_lines() {
    let fingerprint = |text: &str, word: &str| {
        let mut inputs = Inputs::new();
        let file = inputs.add_document(RelPath::new("a.md").unwrap(), text.as_bytes().to_vec());
        let start = text.find(word).unwrap();
        let found = vec![Diagnostic::error("x/y", Span::new(file, start, start + word.len()), "no")];
        Report::new(&inputs, &found, &[], &|_| false).findings[0].fingerprint.clone()
    };
    let plain = fingerprint("# One\n\nsome  words\n", "some  words");
    assert_eq!(plain, fingerprint("intro\n\n# One\n\nmore\n\nSome words\n", "Some words"));
    assert_ne!(plain, fingerprint("# Two\n\nsome words\n", "some words"));
}

#[test]
fn ten_thousand_findings_on_one_long_line_are_cheap() {
    let mut inputs = Inputs::new();
    let line = "ação word ".repeat(40_000);
    let file = inputs.add_document(RelPath::new("long.md").unwrap(), line.clone().into_bytes());
    let width = "ação word ".len();
    let found: Vec<Diagnostic> = (0..10_000)
        .map(|index| {
            let start = index * 4 * width + width - 5;
            Diagnostic::warning("x/y", Span::new(file, start, start + 4), "no")
        })
        .collect();
    let report = Report::new(&inputs, &found, &[], &|_| false);
    assert_eq!(report.findings[9_999].place.column, 9_999 * 4 * 10 + 6);
    let mut out = Vec::new();
    write(Format::Human, &report, Style::PLAIN, &mut out).unwrap();
    assert!(out.len() < 400_000, "{} bytes", out.len());
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("… and 9800 more"), "{}", &text[text.len() - 300..]);
}
