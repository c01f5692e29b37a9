use std::collections::BTreeSet;

use super::{KEYS, Override, RUN_KEYS, SHIPPED, load};
use crate::base::inputs::{Inputs, RelPath};
use crate::base::quantity::{MicroUsd, Millis};
use crate::base::source::Layer;
use crate::ir::settings::{Profile, Settings};
use crate::syntax::yaml;

/// Settings of a project with this `dispatch.yaml`, and the findings as `code: message (help)` lines.
fn check(yaml: &str, overrides: &[(&str, &str)]) -> (Settings, Vec<String>) {
    let mut inputs = Inputs::new();
    let path = |path: &str| RelPath::new(path).unwrap();
    inputs.add(path(SHIPPED), Layer::Builtin, crate::builtin::file(SHIPPED).unwrap().to_vec());
    inputs.add(path("team.yaml"), Layer::Project, b"profile: legacy\nlimits: {max_parallel: 3}\n".to_vec());
    inputs.add(path("loop.yaml"), Layer::Project, b"extends: [loop.yaml]\n".to_vec());
    let config = inputs.add(path("dispatch.yaml"), Layer::Project, yaml.as_bytes().to_vec());
    let overrides: Vec<Override> = overrides
        .iter()
        .map(|(key, value)| Override { key: (*key).into(), value: (*value).into(), from: "--flag".into() })
        .collect();
    let outcome = load(&inputs, Some(config), &overrides, &yaml::read);
    let lines = outcome.findings.iter().map(|finding| {
        format!("{}: {} ({})", finding.code, finding.message, finding.help.as_deref().unwrap_or_default())
    });
    let lines = lines.collect();
    (outcome.value, lines)
}

#[test]
fn the_shipped_file_sets_everything() {
    let (settings, findings) = check("", &[]);
    assert_eq!(findings, [""; 0]);
    assert_eq!((settings.profile, settings.limits.max_parallel), (Profile::Standard, 7));
    assert_eq!(
        (settings.limits.wave, settings.batch_confirm_above),
        (Millis(900_000), (MicroUsd(1_000_000), 10))
    );
    assert!(
        settings.origins.iter().all(|origin| origin.from.starts_with("builtin:squads/dispatch/config.yaml:"))
    );
}

#[test]
fn later_layers_win_and_maps_are_merged() {
    let yaml = "extends: [team.yaml]\nlimits: {slots: {sonnet: 3}}\nrules: {V1.2: off}\nbudget: 2.5\n";
    let (settings, findings) = check(yaml, &[("profile", "strict"), ("limits.slots", "opus=1")]);
    assert_eq!(findings, [""; 0]);
    assert_eq!((settings.profile, settings.limits.max_parallel), (Profile::Strict, 3));
    assert_eq!(settings.budget, Some(MicroUsd(2_500_000)));
    let slots: Vec<(&str, u32)> = settings.limits.slots.iter().map(|(name, n)| (name.as_str(), *n)).collect();
    assert_eq!(slots, [("haiku", 7), ("opus", 1), ("sonnet", 3)]);
    assert_eq!((settings.rules[0].rule.as_str(), settings.rules[0].severity), ("V1.2", None));
    let from = |key: &str| settings.origins.iter().find(|origin| origin.key == key).unwrap().from.clone();
    assert_eq!(from("limits.max_parallel"), "team.yaml:2");
    assert_eq!(from("limits.slots.sonnet"), "dispatch.yaml:2");
    assert_eq!(from("profile"), "--flag");
}

#[test]
fn slips_are_named() {
    let says = |yaml: &str, line: &str| assert_eq!(check(yaml, &[]).1, [line], "{yaml}");
    says(
        "limits: {max_paralel: 3}\n",
        "config/unknown-key: `max_paralel` is not a key of `limits` (did you mean `max_parallel`?)",
    );
    says(
        "profil: strict\n",
        "config/unknown-key: `profil` is not a key of the configuration (did you mean `profile`?)",
    );
    says("profile: strikt\n", "config/value: `profile` cannot be `strikt` (did you mean `strict`?)");
    says(
        "limits: {max_parallel: 0}\n",
        "config/value: `limits.max_parallel` expects a whole number from 1, not a number `0` (write a whole number from 1)",
    );
    says(
        "deadline: soon\n",
        "config/value: `deadline` expects a length of time, not text `soon` (write it like one of 90s, 15m, 1h30m)",
    );
    says(
        "extends: [loop.yaml]\n",
        "config/extends: `loop.yaml` builds upon itself (remove one of the two `extends`)",
    );
    says(
        "extends: [gone.yaml]\n",
        "config/extends: there is no file `gone.yaml` (name a file relative to the root of the project)",
    );
    says("- a\n", "config/value: a configuration is a map, not a list (write `key: value` lines)");
    assert_eq!(
        check("", &[("profle", "x")]).1,
        ["config/unknown-key: `--flag` sets `profle`, which is not a setting (did you mean `profile`?)"]
    );
}

#[test]
fn keys_are_sorted_and_the_schema_knows_them_all() {
    for table in [KEYS, RUN_KEYS] {
        assert!(table.windows(2).all(|pair| pair[0].key < pair[1].key));
    }
    let bytes = crate::builtin::file("schemas/dispatch.schema.json").unwrap();
    let schema: serde_json::Value = serde_json::from_slice(bytes).unwrap();
    let mut found = BTreeSet::new();
    properties("", &schema, &mut found);
    let keys: BTreeSet<String> = KEYS.iter().map(|setting| setting.key.to_owned()).collect();
    assert_eq!(found, keys);
    let validator = jsonschema::validator_for(&schema).unwrap();
    let shipped: serde_json::Value = serde_yaml::from_slice(crate::builtin::file(SHIPPED).unwrap()).unwrap();
    let errors: Vec<String> = validator.iter_errors(&shipped).map(|error| error.to_string()).collect();
    assert_eq!(errors, [""; 0]);
}

fn properties(above: &str, schema: &serde_json::Value, found: &mut BTreeSet<String>) {
    for (name, inner) in schema["properties"].as_object().unwrap() {
        if above.is_empty() && (name == "$schema" || name == "schema") {
            continue;
        }
        let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        if inner.get("properties").is_some() {
            properties(&path, inner, found);
        } else {
            found.insert(path);
        }
    }
}
