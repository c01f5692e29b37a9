//! `executors.yaml`: models by id, and the clients that run them.

use std::collections::BTreeMap;

use crate::ir::node::Node;
use crate::ir::registry::{Client, ClientModel, Model, Registry};

use super::fields::{Fields, Report, not_executable};
use super::source::Source;

pub(super) fn read(source: &Source, registry: &mut Registry, report: &mut Report<'_>) {
    let mut fields = Fields::of(&source.node, source.form, report);
    fields.get(&["schema", "version"]);
    for (key, node) in fields.get(&["models"]).map(Node::entries).unwrap_or_default() {
        let mut entry = Fields::of(node, source.form, report);
        let model = Model {
            id: key.text.clone(),
            tier: entry.text(&["tier"], report).unwrap_or_default(),
            executor: entry.flag(&["executor"], report),
            clients: client_models(&mut entry, report),
            also: entry.texts(&["also"], report),
            at: key.span,
        };
        entry.finish(report);
        registry.models.push(model);
    }
    registry.worker_words = fields.texts(&["worker_words"], report);
    registry.inferred_words = fields.texts(&["inferred_words"], report);
    for (key, node) in fields.get(&["clients"]).map(Node::entries).unwrap_or_default() {
        let client = client(&key.text, Fields::of(node, source.form, report), report);
        registry.clients.push(client);
    }
    registry.default_client = fields.text(&["default_client"], report).unwrap_or_default();
    fields.finish(report);
    for (key, _) in source.older.as_ref().map(Node::entries).unwrap_or_default() {
        report.push(not_executable(key));
    }
}

fn client_models(entry: &mut Fields<'_>, report: &mut Report<'_>) -> BTreeMap<String, ClientModel> {
    let mut found = BTreeMap::new();
    for (key, node) in entry.get(&["clients"]).map(Node::entries).unwrap_or_default() {
        let id = node.get("id").and_then(|id| report.text(id)).unwrap_or_default();
        let alias = node.get("alias").and_then(|alias| report.text(alias)).unwrap_or_default();
        found.insert(key.text.clone(), ClientModel { id, alias });
    }
    found
}

fn client(name: &str, mut fields: Fields<'_>, report: &mut Report<'_>) -> Client {
    let mut env = BTreeMap::new();
    for (key, node) in fields.get(&["env"]).map(Node::entries).unwrap_or_default() {
        env.insert(key.text.clone(), report.text(node).unwrap_or_default());
    }
    let client = Client {
        name: name.to_owned(),
        argv: fields.texts(&["argv"], report),
        env,
        agent_files: fields.text(&["agent_files"], report).unwrap_or_default(),
        memory_file: fields.text(&["memory_file"], report).unwrap_or_default(),
        turn_limit: fields.flag(&["turn_limit"], report),
        budget_flag: fields.flag(&["budget_flag"], report),
        default_model: fields.text(&["default_model"], report),
    };
    fields.finish(report);
    client
}
