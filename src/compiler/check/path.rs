//! Names of facts: `task.timeout_s`, `task.paths[*]`. Known names are numbers, so that a plan of ten thousand tasks is
//! judged without comparing strings.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! fields {
    ($($name:ident = $text:literal),+ $(,)?) => {
        /// A fact the compiler knows how to give. Any other name is `Other`, and known to maps alone.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "each is named after its fact; gates 9.4 says what it holds")]
        pub enum Field { $($name,)+ Other }

        const NAMES: &[(&str, Field)] = &[$(($text, Field::$name)),+];
    };
}

fields! {
    BatchConfirmCost = "batch.confirm_cost_usd",
    BatchConfirmStories = "batch.confirm_stories",
    BatchConfirmed = "batch.confirmed",
    BatchEstimatedCost = "batch.estimated_cost_usd",
    BatchMissingExternal = "batch.missing_external",
    BatchOrderedCount = "batch.ordered_count",
    BatchStoryCount = "batch.story_count",
    CriterionText = "criterion.text",
    InputCriteria = "input.criteria",
    InputForced = "input.forced",
    InputKind = "input.kind",
    InputOpen = "input.open",
    InputPaths = "input.paths",
    InputQuantities = "input.quantities",
    InputTasks = "input.tasks",
    InputText = "input.text",
    InputUtf8 = "input.utf8",
    InputWords = "input.words",
    PlanTasks = "plan.tasks",
    DispatchableModels = "policy.dispatchable_models",
    PromptData = "prompt.data",
    PromptDataWords = "prompt.data_words",
    PromptInstructions = "prompt.instructions",
    PromptOwn = "prompt.own",
    PromptRequest = "prompt.request",
    PromptTask = "prompt.task",
    PromptText = "prompt.text",
    PromptWords = "prompt.words",
    RegistryCommands = "registry.commands",
    RegistryDomains = "registry.domains",
    RegistryForeground = "registry.foreground_domains",
    RegistryModels = "registry.models",
    RegistryRedirect = "registry.redirect_domains",
    SourceForeign = "source.foreign",
    SourceKind = "source.kind",
    TaskCriteria = "task.acceptance_criteria",
    TaskAction = "task.action",
    TaskAdHoc = "task.ad_hoc",
    TaskAgent = "task.agent",
    TaskBestMatchScore = "task.best_match_score",
    TaskCreateReason = "task.create_reason",
    TaskDeclaredOutputs = "task.declared_outputs",
    TaskDeliverables = "task.deliverables",
    TaskDescription = "task.description",
    TaskDetailWords = "task.detail_words",
    TaskDomain = "task.domain",
    TaskDomains = "task.domains",
    TaskEffect = "task.effect",
    TaskEnrichment = "task.enrichment",
    TaskExecutor = "task.executor",
    TaskExpectedLines = "task.expected_lines",
    TaskExt = "task.ext",
    TaskForeground = "task.foreground",
    TaskId = "task.id",
    TaskModel = "task.model",
    TaskOutputFormat = "task.output_format",
    TaskOutputLanguage = "task.output_language",
    TaskOutputPath = "task.output_path",
    TaskPaths = "task.paths",
    TaskTier = "task.tier",
    TaskTimeout = "task.timeout_s",
    TaskType = "task.type",
}

/// The name of a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    text: Box<str>,
    /// The fact it names.
    pub field: Field,
}

impl Path {
    /// The path that is written so.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let name = text.strip_suffix("[*]").unwrap_or(text);
        let field = NAMES.iter().find(|(known, _)| *known == name).map_or(Field::Other, |&(_, field)| field);
        Self { text: text.into(), field }
    }
    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
    /// Its parts between dots, without the mark of a list.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.text.strip_suffix("[*]").unwrap_or(&self.text).split('.')
    }
}

impl<'de> Deserialize<'de> for Path {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let name = text.strip_suffix("[*]").unwrap_or(&text);
        let fine = |part: &str| {
            part.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase() || byte == b'_')
                && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        };
        if name.split('.').all(fine) {
            Ok(Self::new(&text))
        } else {
            Err(serde::de::Error::custom(format!(
                "`{text}` is not the name of a fact, such as `task.timeout_s`"
            )))
        }
    }
}

impl Serialize for Path {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Field, Path};

    #[test]
    fn names() {
        assert_eq!(Path::new("task.paths[*]").field, Field::TaskPaths);
        assert_eq!(Path::new("run.waves").field, Field::Other);
        assert_eq!(Path::new("task.paths[*]").parts().collect::<Vec<_>>(), ["task", "paths"]);
    }
}
