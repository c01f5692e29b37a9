//! The whole plan folder of a hand-made plan; compiled under `#[cfg(test)]` only.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::base::digest::Digest;
use crate::compiler::flow::cost::price;
use crate::compiler::generate::fixture::{Spec, World, spec};
use crate::compiler::generate::manifest::Facts;
use crate::compiler::generate::{Extras, artifacts, context, manifest_only, template};
use crate::ir::equipment::Enrichment;
use crate::ir::plan::Plan;

fn specs() -> Vec<Spec> {
    vec![
        Spec {
            criteria: vec!["It has 2 tables".into()],
            work: Some("code".into()),
            level: Some(Enrichment::Standard),
            output: Some("db/schema.sql".into()),
            ..spec("T1", "Write the schema | of it")
        },
        Spec {
            after: vec![0],
            work: Some("audit".into()),
            model: Some("sonnet"),
            ..spec("T2", "Audit: the schema")
        },
        Spec { after: vec![0, 1], model: None, ..spec("a/b", "Move it") },
        Spec { done: true, ..spec("T4", "Was \"done\"\nbefore") },
    ]
}

fn folder(world: &World, plan: &Plan) -> BTreeMap<String, Vec<u8>> {
    let (prompter, _) = world.prepare(&plan.graph, &plan.equipment);
    let facts = Facts {
        patterns: &world.library.patterns,
        registry: &world.library.registry,
        measurable: &|text| text.contains(char::is_numeric),
    };
    let conditions = [BTreeMap::from([("rule", "V2.1")])];
    let extras = Extras { facts, conditions: &conditions, picture: "graph LR\n  T1 --> T2" };
    let outcome = artifacts(&world.inputs, plan, &prompter, extras);
    assert_eq!(outcome.findings, []);
    let files: Vec<_> = outcome.value.collect();
    assert_eq!(files.last().map(|file| file.path.as_str()), Some("manifest.json"));
    let alone = manifest_only(&world.inputs, plan, &prompter, extras);
    assert_eq!(files.last().map(|file| &file.bytes), Some(&alone));
    files.into_iter().map(|file| (file.path.to_string(), file.bytes)).collect()
}

fn shipped() -> (World, BTreeMap<String, Vec<u8>>) {
    let world = World::new(&[]);
    let plan = world.plan(&specs());
    let files = folder(&world, &plan);
    (world, files)
}

/// Validates a document against a shipped schema.
fn check(schema: &str, document: &Value) {
    let bytes =
        crate::builtin::file(&format!("schemas/{schema}")).unwrap_or_else(|| panic!("no schema {schema}"));
    let schema: Value = serde_json::from_slice(bytes).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<_> =
        validator.iter_errors(document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn the_folder_is_complete() {
    let (_, files) = shipped();
    let names: Vec<_> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "cost-report.md",
            "execution-plan.yaml",
            "manifest.json",
            "plan.md",
            "prompts/T1.md",
            "prompts/T2.md",
            "wave-manifest.yaml"
        ]
    );
    for (name, bytes) in &files {
        let text = std::str::from_utf8(bytes).unwrap();
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{name}");
        assert!(!text.contains("\n\n\n") && !text.contains('\r'), "{name}:\n{text}");
    }
}

#[test]
fn the_manifest_keeps_its_schema() {
    let (_, files) = shipped();
    let manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    check("manifest.schema.json", &manifest);
    let task = &manifest["tasks"][0];
    assert_eq!(task["prompt"]["sha256"], Digest::of(&files["prompts/T1.md"]).hex());
    assert_eq!(task["prompt"]["path"], "prompts/T1.md");
    assert_eq!(task["outputs"][0]["format"], "code");
    assert_eq!(task["retry"]["then"], "sonnet");
    assert_eq!(manifest["tasks"][1]["depends_on"][0]["rule"], "D1");
    assert_eq!(manifest["tasks"][2]["model"], "worker");
    assert_eq!(manifest["tasks"][2]["prompt"], Value::Null);
    assert_eq!(manifest["tasks"][3]["wave"], 0);
    assert_eq!(manifest["criteria"][0]["measurable"], true);
    assert_eq!(manifest["diagnostics"][0]["line"], 1);
}

#[test]
fn the_yaml_documents_read_back_and_keep_their_schemas() {
    let (_, files) = shipped();
    for (name, schema) in [
        ("execution-plan.yaml", "execution-plan.schema.json"),
        ("wave-manifest.yaml", "wave-manifest.schema.json"),
    ] {
        let document: Value = serde_yaml::from_slice(&files[name]).unwrap();
        check(schema, &document);
    }
    let plan: Value = serde_yaml::from_slice(&files["execution-plan.yaml"]).unwrap();
    assert_eq!(plan["tasks"][3]["description"], "Was \"done\"\nbefore");
    assert_eq!(plan["tasks"][0]["blocks"], serde_json::json!(["T2", "a/b"]));
    assert_eq!(plan["model_distribution"]["total"], 4);
}

#[test]
fn the_data_files_keep_their_schemas() {
    for name in ["prices", "harness", "haiku-patterns"] {
        let bytes = crate::builtin::file(&format!("squads/dispatch/data/{name}.yaml")).unwrap();
        let document: Value = serde_yaml::from_slice(bytes).unwrap();
        check(&format!("{name}.schema.json"), &document);
    }
}

#[test]
fn pages_say_what_the_plan_says() {
    let (_, files) = shipped();
    let page = String::from_utf8(files["plan.md"].clone()).unwrap();
    assert!(page.contains("| ★ | T1 | Write the schema \\| of it | "), "{page}");
    assert!(page.contains("```mermaid\ngraph LR\n  T1 --> T2\n```"), "{page}");
    assert!(page.contains("`stories/demo.story.md:1`"), "{page}");
    let report = String::from_utf8(files["cost-report.md"].clone()).unwrap();
    assert!(report.contains("\n| T1 | haiku | "), "{report}");
    assert!(report.contains("\n| sonnet | 1 | $"), "{report}");
}

#[test]
fn nothing_depends_on_anything_else() {
    assert_eq!(shipped().1, shipped().1);
}

#[test]
fn every_shipped_template_is_sound() {
    let world = World::new(&[]);
    let mut templates = template::Templates::new(&world.inputs);
    for (name, known) in context::ALL {
        assert_eq!(templates.load(name, known), [], "{name}");
    }
}

#[test]
fn prices_are_intervals_and_unknown_models_are_errors() {
    let world = World::new(&[]);
    let mut list = specs();
    list.push(Spec { model: Some("unheard"), ..spec("T5", "Sing") });
    list.push(Spec { model: Some("unheard"), ..spec("T6", "Sing again") });
    let (graph, equipment) = (world.graph(&list), world.equipment(&list));
    let (prompter, _) = world.prepare(&graph, &equipment);
    let priced = price(&world.inputs, &graph, &equipment, prompter.prompts(), world.market());
    assert_eq!(priced.findings.iter().map(|f| f.code.as_str()).collect::<Vec<_>>(), ["model/no-price"]);
    let rows = priced.value.rows();
    for (row, task) in rows.iter().take(2).zip(["T1", "T2"]) {
        let (low, likely, high) = (row.cost.low, row.cost.likely, row.cost.high);
        assert!(low.0 > 0 && low < likely && likely < high, "{task} {row:?}");
        assert!(row.input.low < row.input.likely && row.input.likely < row.input.high, "{task} {row:?}");
    }
    assert!(rows[1].cost.likely > rows[0].cost.likely, "sonnet costs more");
    assert!(rows[2..].iter().all(|row| row.cost.high.0 == 0), "scripts and done tasks cost nothing");
}
