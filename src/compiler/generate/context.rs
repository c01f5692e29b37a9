//! What a template may see: every variable by its full name, with its meaning. The README of `templates/` says the same.
//!
//! A variable marked *text* is opaque: a template may print it and ask whether it is there, nothing else.

/// A value a template is given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Variable {
    /// Its name, with dots.
    pub name: &'static str,
    /// What it is.
    pub meaning: &'static str,
}

const fn v(name: &'static str, meaning: &'static str) -> Variable {
    Variable { name, meaning }
}

/// For `templates/prompt/prefix.md`: the same for every task of a story, domain, enrichment and agent.
pub(crate) const PREFIX: &[Variable] = &[
    v("agent.path", "slash path of the agent; empty when the task has none"),
    v("agent.brief", "text: what the registry knows about the agent"),
    v("domain", "name of the domain; empty when the task has none"),
    v("enrichment", "`MINIMAL`, `STANDARD` or `FULL`"),
    v("knowledge", "text: digest of the domain's knowledge files, fenced"),
    v("business", "text: business context, fenced"),
    v("story.title", "text: title of the source document, one line"),
    v("story.prose", "text: objective, scope and notes of the source document, fenced"),
    v("rules.always", "list of what every task must do"),
    v("rules.never", "list of what no task may do"),
    v("rules.result_tokens", "ceiling of the answer, in tokens"),
];

/// For `templates/prompt/suffix.md`: the task alone.
pub(crate) const SUFFIX: &[Variable] = &[
    v("task.id", "text: id of the task, one line"),
    v("task.title", "text: what to do, one line"),
    v("task.detail", "text: the rest of what the source says, fenced"),
    v("task.group", "text: headings above the task, one line"),
    v("task.part", "text: `2 of 5` when a quantity was expanded"),
    v("task.inputs", "text: list of the files to read, those of earlier tasks included"),
    v("task.outputs", "text: list of the files to write"),
    v("task.record", "text: the file for the record or the text of a task whose source names none"),
    v("task.owns", "text: list of the globs the task may write in"),
    v("task.criteria", "text: check list of the acceptance criteria"),
    v("task.template", "text: skeleton of the output, fenced"),
    v("task.verify", "text: list of checks that will be run"),
    v("task.stop_if", "text: list of conditions under which to stop"),
    v("task.tools", "text: list of the tools the agent may use"),
    v("pattern.id", "`HP-001` … `HP-006`, `HP-000`"),
    v("pattern.name", "name of the pattern"),
    v("pattern.sections", "list of `heading`, `zone`, `body`, `required`, `lines`"),
    v("pattern.has_template", "whether a section of the pattern prints the skeleton"),
    v("pattern.criteria", "criteria of a task that has none"),
    v("format.name", "`markdown`, `yaml`, `json`, `code`, …"),
    v("format.lines", "what a reader may rely on"),
    v("format.structured", "whether the file must hold nothing but the format"),
    v("language.name", "`English`, `Brazilian Portuguese`, …"),
    v("language.tag", "`en`, `pt-BR`, …"),
];

/// For `templates/plan.md`.
pub(crate) const PLAN: &[Variable] = &[
    v("plan.id", "id of the plan"),
    v("plan.kind", "`story`, `task_list`, `batch`, …"),
    v("plan.title", "text: title of the plan"),
    v("plan.sources", "text: list of the source documents"),
    v("summary.tasks", "tasks in the plan"),
    v("summary.open", "tasks that will run"),
    v("summary.done", "tasks done already"),
    v("summary.waves", "number of waves"),
    v("summary.agents", "tasks for agents"),
    v("summary.workers", "tasks for scripts"),
    v("summary.people", "tasks for people"),
    v("summary.time", "time when tasks start as soon as they can"),
    v("summary.barrier_time", "time when waves are barriers"),
    v("summary.lower_bound", "no schedule is shorter"),
    v("summary.constraint", "text: what limits the plan"),
    v("summary.search", "`proven` or `searched` after an exact search"),
    v("summary.cost", "likely cost in dollars"),
    v("summary.cost_low", "optimistic cost in dollars"),
    v("summary.cost_high", "pessimistic cost in dollars"),
    v("stories", "text: rows of the table of stories, in their order; none for a single one"),
    v("waves", "text: a section for each wave, made with `plan/wave.md` and `plan/task.md`"),
    v("picture", "text: the graph as Mermaid"),
    v("chain.text", "text: the critical chain, task by task"),
    v("chain.time", "its length"),
    v("chain.path_time", "length of the longest path"),
    v("forecast.rows", "text: rows of the table of percentiles"),
    v("forecast.plays", "how often the plan was played"),
    v("risk.rows", "text: rows of the table of failures"),
    v("risk.more", "tasks that it leaves out"),
    v("risk.gate", "text: the task behind which one more check is worth most"),
    v("curve.rows", "text: rows of the table of sizes of waves"),
    v("curve.best", "the best size"),
    v("merges", "text: list of merges in their order"),
    v("gates", "text: rows of the table of gates"),
    v("findings", "text: list of findings that do not stop the plan"),
    v("assumptions", "text: list of what was inferred"),
    v("unused", "text: list of what was seen in the sources and not used"),
    v("excluded", "text: list of tasks left out"),
    v("models", "text: rows of the table of models"),
];

/// For `templates/plan/wave.md`: before the tasks of a wave.
pub(crate) const WAVE: &[Variable] = &[
    v("wave.number", "text: number from 1"),
    v("wave.tasks", "text: number of tasks"),
    v("wave.time", "text: predicted time"),
    v("wave.cost", "text: predicted cost"),
    v("wave.requires", "text: waves that come first"),
    v("rows", "text: the rows of its tasks"),
];

/// For `templates/plan/task.md`: one row.
pub(crate) const ROW: &[Variable] = &[
    v("task.id", "text: id"),
    v("task.title", "text: title, fit for a table cell"),
    v("task.model", "text: model"),
    v("task.agent", "text: agent, or who does it"),
    v("task.output", "text: its first output"),
    v("task.after", "text: what it waits for"),
    v("task.cost", "text: likely cost"),
    v("task.time", "text: expected time"),
    v("task.chain", "text: there when the task is on the critical chain"),
];

/// For `templates/cost-report.md`.
pub(crate) const COST: &[Variable] = &[
    v("plan.id", "id of the plan"),
    v("plan.title", "text: title of the plan"),
    v("total.low", "optimistic cost in dollars"),
    v("total.likely", "likely cost in dollars"),
    v("total.high", "pessimistic cost in dollars"),
    v("total.tasks", "tasks that cost money"),
    v("total.average", "likely cost by task"),
    v("total.input", "likely input tokens"),
    v("total.output", "likely output tokens"),
    v("by_model", "text: rows of the table by model"),
    v("by_wave", "text: rows of the table by wave"),
    v("by_domain", "text: rows of the table by domain"),
    v("by_story", "text: rows of the table by story"),
    v("by_task", "text: rows of the table by task"),
    v("cache.saving", "what caching saves, in dollars"),
    v("cache.loses", "whether caching costs more than it saves"),
    v("cache.worth", "beginnings of prompts worth a cache breakpoint"),
    v("cache.prefixes", "beginnings of prompts in all"),
    v("main.formula", "text: the comparison with the main context, formula and figures"),
    v("main.ratio", "times dearer in one main context"),
    v("main.ratio_cached", "the same with that context cached"),
    v("prices.source", "text: price table"),
    v("prices.date", "text: day of the price table"),
];

/// For `templates/request.md`: what is sent to have a document broken down.
pub(crate) const REQUEST: &[Variable] = &[
    v("source.path", "path of the document"),
    v("source.kind", "`prd`, `free_text`, `story`, …"),
    v("source.title", "text: title of the document, one line"),
    v("source.text", "text: the whole document, fenced"),
    v("source.criteria", "text: list of the criteria that were found; none if there are none"),
    v("schema", "text: JSON Schema of the answer, fenced"),
];

/// For `templates/execution-report.md`: what a run-time fills in when a run has ended.
pub(crate) const REPORT: &[Variable] = &[
    v("run.id", "id of the run: the id of its plan"),
    v("run.title", "title of the plan"),
    v("run.status", "`complete`, `failed`, `aborted`"),
    v("run.duration", "how long it took"),
    v("run.cost", "what it cost, in dollars"),
    v("run.estimate", "what was expected, in dollars"),
    v(
        "waves",
        "list of `number`, `tasks`, `passed`, `failed`, `retried`, `duration`, `cost`, `predicted_cost`, `predicted_outputs`",
    ),
    v("tasks", "list of `id`, `agent`, `model`, `status`, `attempts`, `output`, `cost`, `error`"),
    v("gates", "list of `id`, `verdict`, `objections`"),
    v("next", "list of what to do next"),
];

/// For `templates/run-state.json`: the state of a run before it starts.
pub(crate) const STATE: &[Variable] = &[
    v("state.run_id", "id of the run: the id of its plan"),
    v("state.description", "title of the plan"),
    v("state.input_type", "`story`, `task_list`, `batch`, …"),
    v("state.waves", "list of `number`, `task_ids`"),
    v("state.tasks", "list of `id`, `wave`, `model`, `output_path`, `timeout_s`, `max_attempts`"),
];

/// Every template with what it is given.
pub(crate) const ALL: &[(&str, &[Variable])] = &[
    ("prompt/prefix.md", PREFIX),
    ("prompt/suffix.md", SUFFIX),
    ("plan.md", PLAN),
    ("plan/wave.md", WAVE),
    ("plan/task.md", ROW),
    ("cost-report.md", COST),
    ("request.md", REQUEST),
    ("execution-report.md", REPORT),
    ("run-state.json", STATE),
];

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn the_readme_lists_every_variable() {
        let readme = std::str::from_utf8(crate::builtin::file("templates/README.md").unwrap()).unwrap();
        for (template, variables) in ALL {
            assert!(readme.contains(&format!("`{template}`")), "{template}");
            for variable in *variables {
                let row = format!("| `{}` | {} |", variable.name, variable.meaning);
                assert!(readme.contains(&row), "templates/README.md lacks: {row}");
            }
        }
    }
}
