//! A>B  Who can do what: squads with their agents, tasks, checklists, workflows, skills and commands, in the words of
//! their files.
//!
//! Nothing here is resolved: an executor is the text somebody wrote. What a file does not say is absent.

use crate::base::span::{FileId, Span, Spanned};
use crate::base::text::Text;

use super::node::Node;

/// A folder of agents and what they work with.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Squad {
    /// Path of the folder: `squads/apex`, `.claude`, `.aios-core/development`.
    pub folder: String,
    /// Last part of the folder; the id of the squad.
    pub id: String,
    /// Where it came from.
    pub origin: Origin,
    /// What its manifests say, if it has any.
    pub manifest: Option<Manifest>,
    /// Its agents, by path.
    pub agents: Vec<Agent>,
    /// Its tasks, by path.
    pub tasks: Vec<TaskTemplate>,
    /// Its checklists, by path.
    pub checklists: Vec<Checklist>,
    /// Its workflows, by path.
    pub workflows: Vec<Workflow>,
    /// Its skills, by path.
    pub skills: Vec<Skill>,
    /// Its slash commands, by path.
    pub commands: Vec<SlashCommand>,
    /// Its knowledge and data files, by path.
    pub data: Vec<FileId>,
    /// Files of it that are none of these: templates, scripts, notes.
    pub others: Vec<FileId>,
}

/// Where a squad lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Origin {
    /// Below `squads/`.
    #[default]
    Squad,
    /// The core folder of an installation: `.aios-core`, `.aiox-core`.
    Core,
    /// The folder of a client: `.claude`, `.github`, `.gemini`.
    Client,
}

/// What the manifests of a squad say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Manifest {
    /// `config.yaml`, `squad.yaml`: what stands in both is taken from the first.
    pub files: Vec<FileId>,
    /// Its name.
    pub name: Option<Text>,
    /// Its name for people.
    pub title: Option<Text>,
    /// Its version.
    pub version: Option<Text>,
    /// What it is for.
    pub description: Option<Text>,
    /// The word before its commands, if it is not the folder's name.
    pub slash_prefix: Option<Text>,
    /// Who is asked first.
    pub entry_agent: Option<Text>,
    /// Its field, as declared.
    pub domain: Option<Text>,
    /// Words by which a task is recognised as its own.
    pub keywords: Vec<Text>,
    /// Agents it lists.
    pub agents: Vec<Listed>,
    /// Tasks it lists.
    pub tasks: Vec<Listed>,
    /// Checklists it lists.
    pub checklists: Vec<Listed>,
    /// Workflows it lists.
    pub workflows: Vec<Listed>,
    /// Other files it lists, by kind: data, templates, scripts.
    pub files_listed: Vec<Listed>,
    /// Commands it declares.
    pub commands: Vec<AgentCommand>,
}

/// An entry of a manifest.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// Folder of the squad it belongs to: `agents`, `tasks`, `data`.
    pub kind: String,
    /// Its id or file name, as written.
    pub name: Text,
    /// Its file, as written.
    pub file: Option<Text>,
    /// Its tier.
    pub tier: Option<Text>,
}

/// How the facts of a file are written; a file may use several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// YAML between two `---` lines.
    Frontmatter,
    /// A fence of YAML.
    Fence,
    /// YAML without a fence below the head.
    Body,
    /// `**Key:** value`
    Bold,
    /// `- **key:** value` below a heading `Metadata`.
    Bullets,
    /// `| Field | Value |`
    Table,
    /// `> **Key:** value`
    Quote,
    /// `# KEY: value`
    Banner,
    /// Prose.
    Prose,
}

/// YAML of a file that could not be read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The top-level key that holds the fault.
    pub key: String,
    /// Its place.
    pub at: Span,
}

/// Somebody who can be asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Agent {
    /// Its file.
    pub file: FileId,
    /// Name of its file without `.md`.
    pub stem: String,
    /// How it is written.
    pub forms: Vec<Form>,
    /// Declared id.
    pub id: Option<Text>,
    /// Declared name; for people or for machines.
    pub name: Option<Text>,
    /// What it is, in a few words.
    pub title: Option<Text>,
    /// What it is for.
    pub description: Option<Text>,
    /// When it should be asked.
    pub when_to_use: Option<Text>,
    /// Its role.
    pub role: Option<Text>,
    /// Its tier: a number or a word.
    pub tier: Option<Text>,
    /// The squad it says it belongs to.
    pub squad: Option<Text>,
    /// Model.
    pub model: Option<Text>,
    /// Tools; `None` when the file does not speak of them, which clients take as all.
    pub tools: Option<Vec<Text>>,
    /// Skills it brings.
    pub skills: Vec<Text>,
    /// Events it hooks.
    pub hooks: Vec<Text>,
    /// What it covers, one entry a line.
    pub scope: Vec<Text>,
    /// What it can be told to do.
    pub commands: Vec<AgentCommand>,
    /// Files it needs.
    pub dependencies: Vec<Listed>,
    /// Other names.
    pub aliases: Vec<Text>,
    /// Words by which a task is recognised as its own.
    pub keywords: Vec<Text>,
    /// Every key of the head a client reads, with its value: what a linter checks.
    pub head: Option<Node>,
    /// Segments of its YAML that could not be read.
    pub broken: Vec<Broken>,
}

/// A command of an agent or squad.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentCommand {
    /// Without star and arguments.
    pub name: Text,
    /// What it does.
    pub description: Option<Text>,
    /// The task file it runs.
    pub task: Option<Text>,
}

/// A recipe.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskTemplate {
    /// Its file.
    pub file: FileId,
    /// Name of its file without `.md`.
    pub stem: String,
    /// Folders between `tasks/` and the file.
    pub group: String,
    /// How it is written.
    pub forms: Vec<Form>,
    /// Declared id.
    pub id: Option<Text>,
    /// Declared name.
    pub name: Option<Text>,
    /// Its title.
    pub title: Option<Text>,
    /// What it is for.
    pub purpose: Option<Text>,
    /// Its version.
    pub version: Option<Text>,
    /// Who does it, as written.
    pub executor: Option<Text>,
    /// What kind of executor it needs, as written.
    pub executor_type: Option<Text>,
    /// The command that starts it.
    pub command: Option<Text>,
    /// Model.
    pub model: Option<Text>,
    /// Asks the user while it runs.
    pub elicit: Option<Spanned<bool>>,
    /// What it needs.
    pub inputs: Vec<Text>,
    /// What it makes.
    pub outputs: Vec<Text>,
    /// What it waits for.
    pub depends_on: Vec<Text>,
    /// What must hold in the end.
    pub criteria: Vec<CheckItem>,
    /// What to do, in order.
    pub steps: Vec<Text>,
    /// Conditions that stop it.
    pub vetoes: Vec<Text>,
    /// Where it says that it is out of use.
    pub deprecated: Option<Span>,
    /// Segments of its YAML that could not be read.
    pub broken: Vec<Broken>,
}

/// A list of checks.
#[derive(Debug, Clone, PartialEq)]
pub struct Checklist {
    /// Its file.
    pub file: FileId,
    /// Name of its file without `.md`.
    pub stem: String,
    /// How it is written.
    pub forms: Vec<Form>,
    /// Declared id.
    pub id: Option<Text>,
    /// Its title.
    pub title: Option<Text>,
    /// Its checks in order.
    pub items: Vec<CheckItem>,
    /// What it says of itself: folded keys and their values, of its head, its fences, its pairs and its tables.
    pub facts: Vec<(String, Text)>,
    /// Number of boxes among them.
    pub boxes: usize,
    /// Segments of its YAML that could not be read.
    pub broken: Vec<Broken>,
}

/// One check.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckItem {
    /// Its id.
    pub id: Option<Text>,
    /// What must hold.
    pub text: Text,
    /// `Some` if it has a box.
    pub ticked: Option<bool>,
    /// Weight or score, as written.
    pub weight: Option<Text>,
    /// How much it stops, as written.
    pub severity: Option<Text>,
    /// How it is proved, as written.
    pub proof: Option<Text>,
    /// What proves it, where that is a map.
    pub program: Option<Node>,
    /// The heading it stands under.
    pub group: Option<Text>,
    /// What must hold, with its markup, up to the end of the item.
    pub raw: Span,
    /// Its place.
    pub at: Span,
}

/// Phases or steps with an order.
#[derive(Debug, Clone, PartialEq)]
pub struct Workflow {
    /// Its file.
    pub file: FileId,
    /// Name of its file without extension.
    pub stem: String,
    /// How it is written.
    pub forms: Vec<Form>,
    /// Declared id.
    pub id: Option<Text>,
    /// Declared name.
    pub name: Option<Text>,
    /// What it is for.
    pub description: Option<Text>,
    /// Its phases in order.
    pub phases: Vec<WorkPhase>,
    /// Segments of its YAML that could not be read.
    pub broken: Vec<Broken>,
}

/// A phase of a workflow.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkPhase {
    /// Its id.
    pub id: Option<Text>,
    /// Its name.
    pub name: Option<Text>,
    /// What happens.
    pub description: Option<Text>,
    /// Who does it.
    pub agent: Option<Text>,
    /// The task files it runs.
    pub tasks: Vec<Text>,
    /// What it waits for; `None` when it says nothing, which means the phase before.
    pub depends_on: Option<Vec<Text>>,
    /// What it makes.
    pub outputs: Vec<Text>,
    /// What must hold when it ends.
    pub checkpoint: Option<Text>,
    /// When it is to be done at all.
    pub condition: Option<Text>,
    /// How long it may take, as written.
    pub timeout: Option<Text>,
    /// Its steps may run beside each other.
    pub parallel: bool,
    /// Its steps in order.
    pub steps: Vec<WorkStep>,
    /// Its place.
    pub at: Span,
}

/// A step of a phase.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkStep {
    /// Its id.
    pub id: Option<Text>,
    /// What to do, in a line.
    pub title: Text,
    /// The rest of it.
    pub detail: Option<Text>,
    /// Who does it.
    pub agent: Option<Text>,
    /// The task file it runs.
    pub task: Option<Text>,
    /// What it waits for.
    pub depends_on: Option<Vec<Text>>,
    /// What it makes.
    pub outputs: Vec<Text>,
    /// Its place.
    pub at: Span,
}

/// A skill of a client: `SKILL.md`.
#[derive(Debug, Clone, PartialEq)]
pub struct Skill {
    /// Its file.
    pub file: FileId,
    /// Its folder's name, which is its name for the client.
    pub stem: String,
    /// Declared name.
    pub name: Option<Text>,
    /// What it does and when to use it.
    pub description: Option<Text>,
    /// Its version.
    pub version: Option<Text>,
    /// Tools it may use without being asked.
    pub allowed_tools: Vec<Text>,
    /// Model.
    pub model: Option<Text>,
    /// May be called by its name.
    pub user_invocable: Option<Spanned<bool>>,
    /// What may follow its name.
    pub argument_hint: Option<Text>,
    /// Its whole head: what a linter checks.
    pub head: Option<Node>,
    /// Segments of its YAML that could not be read.
    pub broken: Vec<Broken>,
}

/// A slash command or a bare prompt file of a client.
#[derive(Debug, Clone, PartialEq)]
pub struct SlashCommand {
    /// Its file.
    pub file: FileId,
    /// Its name as it is called: folders and file name joined by `:`.
    pub name: String,
    /// What it does.
    pub description: Option<Text>,
    /// Tools it may use without being asked.
    pub allowed_tools: Vec<Text>,
    /// Model.
    pub model: Option<Text>,
    /// What may follow its name.
    pub argument_hint: Option<Text>,
    /// Its whole head: what a linter checks.
    pub head: Option<Node>,
}

impl Squad {
    /// The word before its commands: the declared prefix, else the folder's name.
    #[must_use]
    pub fn prefix<'a>(&'a self, inputs: &'a crate::base::inputs::Inputs) -> &'a str {
        let declared = self.manifest.as_ref().and_then(|manifest| manifest.slash_prefix.as_ref());
        declared.map_or(self.id.as_str(), |prefix| prefix.get(inputs))
    }
    /// Whether it holds nothing that a squad is made of.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.agents.is_empty()
            && self.tasks.is_empty()
            && self.checklists.is_empty()
            && self.skills.is_empty()
            && self.commands.is_empty()
            && self.workflows.is_empty()
            && self.manifest.is_none()
    }
}
