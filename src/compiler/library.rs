//! Everything a compilation knows apart from its documents: settings, words, registries, prices, rules.

use std::sync::Arc;

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::outcome::Log;
use crate::base::span::{FileId, Span};
use crate::ir::lexicon::Lexicon;
use crate::ir::node::Node;
use crate::ir::pattern::Patterns;
use crate::ir::price::PriceBook;
use crate::ir::registry::Registry;
use crate::ir::settings::{Races, Settings};

use super::ast::dialect::words::Words;
use super::bind;
use super::bind::settings::Override;
use super::check::pack::{Depth, Packs};
use crate::syntax::text::vocabulary::Vocabulary;

/// What a user decides outside of files.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Settings from flags and from the environment, the strongest last.
    pub overrides: Vec<Override>,
    /// The configuration file, if it is not `dispatch.yaml` at the root.
    pub config: Option<FileId>,
    /// The document that the plan claims to be a decomposition of.
    pub against: Option<FileId>,
    /// Load the rules about files that are not compiled, too.
    pub lint: bool,
}

/// Loaded once; any number of compilations may read it.
#[derive(Debug)]
pub struct Library {
    /// What was decided.
    pub settings: Settings,
    /// Headings, keys and status words of documents.
    pub words: Words,
    /// Numbers, nouns and file names.
    pub vocabulary: Arc<Vocabulary>,
    /// Verbs and numbers of decomposition.
    pub lexicon: Lexicon,
    /// Domains, agents, models, limits.
    pub registry: Registry,
    /// Patterns of prompts.
    pub patterns: Patterns,
    /// Prices and clients.
    pub prices: PriceBook,
    /// Rules.
    pub packs: Packs,
    /// The document that the plan claims to be a decomposition of.
    pub against: Option<FileId>,
    /// What was noticed while loading.
    pub findings: Vec<Diagnostic>,
}

impl Library {
    /// Reads configuration and data out of `inputs`.
    #[must_use]
    pub fn load(inputs: &Inputs, options: &Options) -> Self {
        let mut log = Log::default();
        let read = |inputs: &Inputs, part: Span| crate::syntax::yaml::read(inputs, part);
        let reader: &dyn Fn(&Inputs, Span) -> crate::base::outcome::Outcome<Node> = &read;
        let config = options.config.or_else(|| inputs.find("dispatch.yaml"));
        let mut settings = log.keep(bind::settings::load(inputs, config, &options.overrides, reader));
        // A plan that is to be proved is not put in order for its author, unless somebody says so.
        if options.against.is_some() && !options.overrides.iter().any(|own| own.key == "races") {
            settings.races = Races::Deny;
        }
        // Documents tell their own; knowledge and registries are read by many.
        let documents = inputs.documents();
        for (file, _) in
            inputs.files().filter(|(id, file)| !file.masked().is_empty() && !documents.contains(id))
        {
            log.extend(crate::syntax::hidden::secrets(inputs, file));
        }
        let vocabulary = Arc::new(log.keep(Vocabulary::load(inputs)));
        let prices = log.keep(bind::economy::prices(inputs));
        let dated = Some(&prices.prices.date).filter(|date| !date.is_empty());
        settings.today = settings.today.take().or_else(|| dated.cloned());
        let depth = if options.lint { Depth::Lint } else { Depth::Rules };
        Self {
            words: log.keep(Words::beside(inputs, Arc::clone(&vocabulary))),
            lexicon: log.keep(bind::lexicon::load(inputs)),
            registry: log.keep(bind::registry::load(inputs, &settings)),
            patterns: log.keep(bind::economy::patterns(inputs)),
            prices,
            packs: log.keep(Packs::load(inputs, reader, Arc::clone(&vocabulary), depth)),
            vocabulary,
            settings,
            against: options.against,
            findings: log.into_findings(),
        }
    }
}
