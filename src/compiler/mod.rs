//! The seven phases, in the order of their names: **a**st, **b**ind, **c**heck, **d**ecompose, **e**quip, **f**low,
//! **g**enerate. Files in, artifacts and diagnostics out: no disk, clock, environment, network, thread or chance.

pub mod ast;
pub mod bind;
pub mod check;
pub mod compilation;
pub mod decompose;
pub mod equip;
pub mod flow;
pub mod generate;
pub mod judge;
pub mod library;
pub mod lint;

use crate::base::inputs::Inputs;
use crate::base::outcome::{Log, Outcome};
use crate::base::span::FileId;
use crate::ir::draft::Draft;
use crate::ir::plan::Plan;

use self::check::proof::{Proof, prove};
use self::compilation::Compilation;
use self::decompose::stories::arrange;
use self::decompose::{Context, decompose};
use self::equip::equip;
use self::flow::cost::{Market, price, summarise};
use self::flow::{Outside, schedule};
use self::generate::prompt::{Lore, prepare};
use self::library::Library;

/// Compiles the documents of `inputs` into one plan.
pub fn compile<'a>(inputs: &'a Inputs, library: &'a Library) -> Compilation<'a> {
    compile_these(inputs, library, &inputs.documents())
}

/// Compiles some files of `inputs` into one plan.
pub fn compile_these<'a>(inputs: &'a Inputs, library: &'a Library, documents: &[FileId]) -> Compilation<'a> {
    let Library { settings, lexicon, vocabulary, registry, patterns, prices, .. } = library;
    let mut log = Log::default();
    log.extend(library.findings.iter().cloned());

    let context = Context { inputs, lexicon, vocabulary, settings };
    let drafts = log.keep(read(inputs, library, documents));
    let drafts = log.keep(arrange(context, drafts));
    let graph = log.keep(decompose(context, &drafts));
    if let Some(file) = library.against {
        // Its own dialect, whatever the plan's is.
        let document = ast::read(inputs, file).value;
        let story = ast::dialect::read(inputs, &document, None, &library.words).value;
        let proof = Proof { inputs, lexicon, vocabulary, story: &story, answers: &drafts, graph: &graph };
        log.extend(prove(proof));
    }
    let equipment = log.keep(equip(inputs, &graph, registry, settings));
    let prompter = log.keep(prepare(inputs, &graph, &equipment, Lore { registry, patterns, settings }));
    let market = Market { book: prices, registry, settings };
    let estimates = log.keep(price(inputs, &graph, &equipment, prompter.prompts(), market));
    let head = compilation::head(inputs, library, &drafts, &graph);
    let money = |parallel: u32| {
        let mut settings = settings.clone();
        settings.limits.max_parallel = parallel;
        let market = Market { settings: &settings, ..market };
        price(inputs, &graph, &equipment, prompter.prompts(), market)
            .value
            .iter()
            .map(|(_, row)| row.cost.likely)
            .sum()
    };
    let outside = Outside { seed: head.seed(), money: &money };
    let timetable = log.keep(schedule(inputs, &graph, &equipment, &estimates, settings, outside));
    let cost = summarise(&graph, &equipment, prompter.prompts(), &timetable, estimates, market);
    let plan = Plan {
        head,
        settings: settings.clone(),
        prompts: prompter.prompts().clone(),
        graph,
        equipment,
        schedule: timetable,
        cost,
        gates: Vec::new(),
        diagnostics: Vec::new(),
    };
    Compilation::seal(inputs, library, plan, prompter, drafts, log)
}

/// Reads every document of `inputs` as what its dialect makes of it.
pub fn drafts(inputs: &Inputs, library: &Library) -> Outcome<Vec<Draft>> {
    read(inputs, library, &inputs.documents())
}

fn read(inputs: &Inputs, library: &Library, documents: &[FileId]) -> Outcome<Vec<Draft>> {
    let mut log = Log::default();
    let mut drafts = Vec::new();
    for &file in documents {
        let document = log.keep(ast::read(inputs, file));
        let chosen = library.settings.dialect.as_deref();
        let mut draft = log.keep(ast::dialect::read(inputs, &document, chosen, &library.words));
        draft.waivers = document.waivers;
        drafts.push(draft);
    }
    Outcome::new(drafts, log.into_findings())
}
