//! The predicted run as bars of text, a line a task, eighty columns or a few more.

use std::io::{self, Write};

use crate::base::figure::time;
use crate::base::quantity::Millis;

use super::{Scene, cut};

/// Width of the time line.
const WIDTH: u64 = 60;
/// Width of the names.
const NAME: usize = 18;

pub(super) fn write(scene: &Scene, out: &mut dyn Write) -> io::Result<()> {
    let end = scene.plan.schedule.pool_makespan.0.max(1);
    let column = |moment: u64| u128::from(moment) * u128::from(WIDTH) / u128::from(end);
    writeln!(out, "{:NAME$} 0{:>width$}", "", time(Millis(end)), width = 59)?;
    for task in scene.by_start() {
        let (from, to) = scene.span(task);
        let first = column(from).min(u128::from(WIDTH) - 1);
        let last = column(to).max(first + 1).min(u128::from(WIDTH));
        let mark = match (scene.on_chain(task), scene.is_manual(task)) {
            (true, _) => '█',
            (false, true) => '·',
            (false, false) => '▒',
        };
        let line: String =
            (0..u128::from(WIDTH)).map(|at| if (first..last).contains(&at) { mark } else { ' ' }).collect();
        let facts = scene.facts(task);
        writeln!(out, "{:NAME$} {}  {facts}", cut(scene.id(task), NAME), line)?;
    }
    writeln!(out, "{:NAME$} █ critical chain   ▒ other   · people", "")
}
