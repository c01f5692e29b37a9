//! What may become of the plan, as the manifest shows it.

use crate::base::quantity::Millis;
use crate::ir::manifest as wire;
use crate::ir::outlook::{Curve, Forecast, Percentiles};

pub(in crate::compiler::generate) fn forecast(forecast: &Forecast) -> wire::Forecast {
    let Percentiles { p50, p80, p95 } = forecast.time;
    wire::Forecast {
        plays: forecast.plays,
        duration_s: Percentiles { p50: p50.secs(), p80: p80.secs(), p95: p95.secs() },
        cost_micro_usd: forecast.money,
        buffer_s: forecast.buffer.secs(),
    }
}

pub(in crate::compiler::generate) fn batch(curve: &Curve) -> wire::Batch {
    let sizes = curve.points.iter().map(|point| wire::BatchSize {
        size: point.size,
        waves: point.waves,
        makespan_s: Millis::secs(point.end),
        cost_micro_usd: point.cost,
        objective_micro_usd: point.objective,
    });
    wire::Batch { best: curve.best, closed_form_milli: curve.closed_form_milli, curve: sizes.collect() }
}
