//! Pages for people: templates filled with figures and with texts, row by row.

use std::collections::BTreeMap;

use minijinja::value::Value;

use crate::base::diagnostic::Diagnostic;
use crate::base::quantity::{MicroUsd, Millis};

use super::template::{Mould, Templates, opaque};

/// Renders a page from figures a template may look into, and texts it may only print. Names have at most one dot.
pub(super) fn render(
    templates: &Templates<'_>,
    name: &str,
    figures: Vec<(&'static str, Value)>,
    texts: &[(&'static str, String)],
) -> Result<String, Box<Diagnostic>> {
    let slots = texts.iter().enumerate().map(|(index, (name, text))| {
        let slot = u8::try_from(index).expect("a page has fewer than 64 texts");
        (*name, opaque(slot, !text.is_empty()))
    });
    let mould = templates.mould(name, nested(figures.into_iter().chain(slots)))?;
    let mut out = String::with_capacity(texts.iter().map(|(_, text)| text.len()).sum::<usize>() + 4_096);
    mould.pour(&mut out, |out, slot| out.push_str(texts.get(usize::from(slot)).map_or("", |(_, text)| text)));
    out.truncate(out.trim_end().len());
    out.push('\n');
    Ok(out)
}

/// Values by names of at most one dot, as objects.
fn nested(values: impl Iterator<Item = (&'static str, Value)>) -> Value {
    let mut objects: BTreeMap<&str, Vec<(&str, Value)>> = BTreeMap::new();
    let mut top = Vec::new();
    for (name, value) in values {
        match name.split_once('.') {
            Some((object, field)) => objects.entry(object).or_default().push((field, value)),
            None => top.push((name, value)),
        }
    }
    top.extend(objects.into_iter().map(|(object, fields)| (object, Value::from_pairs(fields))));
    Value::from_pairs(top)
}

/// Many rows from one template: it is rendered once for each set of texts that are there.
#[derive(Debug)]
pub(super) struct Rows<'t, 'a> {
    templates: &'t Templates<'a>,
    template: &'static str,
    names: &'static [&'static str],
    moulds: BTreeMap<u64, Mould>,
}

impl<'t, 'a> Rows<'t, 'a> {
    pub(super) fn new(
        templates: &'t Templates<'a>,
        template: &'static str,
        names: &'static [&'static str],
    ) -> Self {
        Self { templates, template, names, moulds: BTreeMap::new() }
    }
    /// Appends the row with these texts, one for each name.
    pub(super) fn push(&mut self, out: &mut String, texts: &[&str]) -> Result<(), Box<Diagnostic>> {
        let present =
            texts.iter().enumerate().map(|(index, text)| u64::from(!text.is_empty()) << index).sum();
        if !self.moulds.contains_key(&present) {
            let slots = self.names.iter().zip(texts).enumerate().map(|(index, (name, text))| {
                (*name, opaque(u8::try_from(index).expect("a row has few texts"), !text.is_empty()))
            });
            let mould = self.templates.mould(self.template, nested(slots))?;
            self.moulds.insert(present, mould);
        }
        let mould = &self.moulds[&present];
        mould.pour(out, |out, slot| out.push_str(texts.get(usize::from(slot)).copied().unwrap_or_default()));
        out.push('\n');
        Ok(())
    }
}

/// Dollars for people: four decimals below ten dollars, cents above.
pub(super) fn money(money: MicroUsd) -> String {
    if money.0 < 10_000_000 {
        let tenths_of_cents = (money.0 + 50) / 100;
        return format!("{}.{:04}", tenths_of_cents / 10_000, tenths_of_cents % 10_000);
    }
    let cents = (money.0 + 5_000) / 10_000;
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// A time for people: its two largest units.
pub(super) fn time(time: Millis) -> String {
    let seconds = time.secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::{money, time};
    use crate::base::quantity::{MicroUsd, Millis};

    #[test]
    fn figures_for_people() {
        assert_eq!(money(MicroUsd(7_000)), "0.0070");
        assert_eq!(money(MicroUsd(12_345_678)), "12.35");
        assert_eq!(time(Millis(45_000)), "45 s");
        assert_eq!(time(Millis(120_000)), "2 min");
        assert_eq!(time(Millis(125_000)), "2 min 5 s");
        assert_eq!(time(Millis(3_900_000)), "1 h 05 min");
    }
}
