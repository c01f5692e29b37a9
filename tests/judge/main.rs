//! Runs public conformance suites against our readers; `scripts/judges` fetches them.
//!
//! `judge markdown CASES.json`, `judge markdown FILE…`, `judge yaml CASES.json`. Exit status 1 when something differs.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a program for developers reads files and speaks"
)]

mod markdown;
mod yaml;

use std::process::ExitCode;

use serde_json::Value;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (differ, all) = match args.first().map(String::as_str) {
        Some("markdown") => markdown_files(&args[1..]),
        Some("yaml") => yaml_cases(&args[1..]),
        _ => {
            println!("usage: judge markdown CASES.json|FILE… · judge yaml CASES.json");
            return ExitCode::from(2);
        }
    };
    println!("{} of {all} agree", all - differ);
    if differ == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn markdown_files(paths: &[String]) -> (usize, usize) {
    let mut texts: Vec<(String, String)> = Vec::new();
    for path in paths {
        let content = String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).replace("\r\n", "\n");
        match serde_json::from_str::<Vec<Value>>(&content) {
            Ok(cases) if path.ends_with(".json") => {
                texts.extend(cases.iter().enumerate().map(|(n, case)| {
                    (
                        format!("example {} ({})", n + 1, case["section"]),
                        case["markdown"].as_str().unwrap_or_default().to_owned(),
                    )
                }));
            }
            _ => texts.push((path.clone(), content)),
        }
    }
    let mut differ = 0;
    for (name, text) in &texts {
        if let Some((ours, theirs)) = markdown::compare(text) {
            differ += 1;
            let at = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
            println!("--- {name}: line {at}\n  ours   {:?}\n  theirs {:?}", ours.get(at), theirs.get(at));
            if text.len() < 200 {
                println!("  text   {text:?}");
            }
        }
    }
    (differ, texts.len())
}

fn yaml_cases(paths: &[String]) -> (usize, usize) {
    let content = std::fs::read_to_string(&paths[0]).unwrap_or_default();
    let suite: Vec<Value> = serde_json::from_str(&content).unwrap_or_default();
    let mut cases = Vec::new();
    for page in &suite {
        for (n, case) in page["cases"].as_array().into_iter().flatten().enumerate() {
            let json = case["json"].as_str().map(|text| {
                serde_json::Deserializer::from_str(text).into_iter::<Value>().filter_map(Result::ok).collect()
            });
            cases.push(yaml::Case {
                id: format!("{}:{n}", page["id"].as_str().unwrap_or_default()),
                yaml: case["yaml"].as_str().unwrap_or_default().to_owned(),
                fail: case["fail"].as_bool().unwrap_or_default(),
                json,
            });
        }
    }
    let mut differ = 0;
    for case in &cases {
        if let Some(trouble) = yaml::judge(case) {
            differ += 1;
            println!("--- {} {trouble}\n  {:?}", case.id, case.yaml);
        }
    }
    (differ, cases.len())
}
