//! In which language a sentence is: frequent words, letters and ends of words, out of a table. Small, and sure only where
//! there is evidence: a sentence of names and figures is in every language.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::base::inputs::Inputs;
use crate::syntax::text::prose::FILLER;
use crate::syntax::text::sentence::words;

/// Where the tables stand.
pub const TABLES: &str = "squads/dispatch/data/languages.yaml";

/// The tables, read when first asked for.
#[derive(Debug, Default)]
pub struct Languages {
    source: String,
    tables: OnceLock<Tables>,
}

#[derive(Debug, Default)]
struct Tables {
    names: Vec<String>,
    /// The languages of a word, as bits.
    words: BTreeMap<String, u32>,
    /// The same of words that lose their vowel before another.
    elided: BTreeMap<String, u32>,
    marks: BTreeMap<char, u32>,
    ends: BTreeMap<String, u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(rename = "schema")]
    _schema: String,
    languages: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    words: String,
    #[serde(default)]
    elided: String,
    #[serde(default)]
    marks: String,
    ends: String,
}

const WORD: f64 = 2.0;
const MARK: f64 = 1.0;
const END: f64 = 0.5;
/// Letters a word needs before its end tells anything.
const LONG: usize = 5;
/// What stands where a vowel was lost.
const APOSTROPHES: [char; 2] = ['\'', '’'];

impl Languages {
    /// The tables of the inputs.
    #[must_use]
    pub fn load(inputs: &Inputs) -> Self {
        let source = inputs.find(TABLES).map_or(String::new(), |file| inputs.text(file).to_owned());
        Self { source, tables: OnceLock::new() }
    }

    /// The probability that a sentence is in `language`; none if that language has no table.
    ///
    /// Each piece of evidence is shared among the languages it speaks for; probabilities are in proportion to the
    /// exponentials of the sums. What is mostly written in letters that no table has is in none of their languages.
    #[must_use]
    pub fn probability(&self, sentence: &str, language: &str) -> Option<f64> {
        let tables = self.tables.get_or_init(|| tables(&self.source));
        let wanted = tables.names.iter().position(|name| name == language)?;
        let mut scores = vec![0.0_f64; tables.names.len()];
        // A word that is repeated tells nothing new.
        let words = words(sentence).map(|word| &sentence[word]).filter(|word| !word.contains(FILLER));
        let mut distinct: Vec<String> = words.map(str::to_lowercase).collect();
        distinct.sort_unstable();
        distinct.dedup();
        if distinct.iter().filter(|word| is_elsewhere(word)).count() * 2 > distinct.len() {
            return Some(0.0);
        }
        for word in &distinct {
            tables.weigh(word, &mut scores);
        }
        let top = scores.iter().copied().fold(0.0, f64::max);
        let sum: f64 = scores.iter().map(|score| (score - top).exp()).sum();
        Some((scores[wanted] - top).exp() / sum)
    }
}

/// Whether a word is written in the letters of another script: every table is of a language in Latin letters, and those
/// end with the Latin Extended Additional block of Unicode.
fn is_elsewhere(word: &str) -> bool {
    word.chars()
        .filter(|c| c.is_alphabetic() && !matches!(c, '\0'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}'))
        .count()
        > 1
}

impl Tables {
    fn weigh(&self, word: &str, scores: &mut [f64]) {
        let mut add = |bits: u32, weight: f64| {
            let share = weight / f64::from(bits.count_ones().max(1));
            for (at, score) in scores.iter_mut().enumerate() {
                if bits & (1 << at) != 0 {
                    *score += share;
                }
            }
        };
        // An article that lost its vowel stands before its word: `l'ambiente`.
        let word = match word.split_once(APOSTROPHES) {
            Some((article, rest)) if !self.words.contains_key(word) => {
                if let Some(&bits) = self.elided.get(article) {
                    add(bits, WORD);
                }
                rest
            }
            _ => word,
        };
        if let Some(&bits) = self.words.get(word) {
            add(bits, WORD);
        } else if word.chars().count() >= LONG {
            let ends =
                word.char_indices().rev().skip(1).take(LONG).filter_map(|(at, _)| self.ends.get(&word[at..]));
            if let Some(&bits) = ends.last() {
                add(bits, END);
            }
        }
        if !word.is_ascii()
            && let Some(&bits) = word.chars().find_map(|c| self.marks.get(&c))
        {
            add(bits, MARK);
        }
    }
}

fn tables(source: &str) -> Tables {
    let Ok(form) = serde_yaml::from_str::<Form>(source) else { return Tables::default() };
    let mut tables = Tables::default();
    for (at, (name, entry)) in form.languages.into_iter().take(32).enumerate() {
        let bit = 1_u32 << at;
        for word in entry.words.split_whitespace() {
            *tables.words.entry(word.to_owned()).or_default() |= bit;
        }
        for word in entry.elided.split_whitespace() {
            *tables.elided.entry(word.to_owned()).or_default() |= bit;
        }
        for mark in entry.marks.chars() {
            *tables.marks.entry(mark).or_default() |= bit;
        }
        for end in entry.ends.split_whitespace() {
            *tables.ends.entry(end.to_owned()).or_default() |= bit;
        }
        tables.names.push(name);
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::Languages;
    use crate::base::inputs::Inputs;

    fn shipped() -> Languages {
        let mut inputs = Inputs::new();
        crate::builtin::underlay(&mut inputs);
        Languages::load(&inputs)
    }

    /// Whether English is improbable.
    fn check(sentence: &str) -> bool {
        shipped().probability(sentence, "en").unwrap() < 0.1
    }

    #[test]
    fn english_is_never_foreign() {
        for sentence in [
            "List the three cheapest items in the table by price.",
            "Select a name. Pick a color. Add a logo as a file.",
            "Fetch the status code of each site.",
            "Use the pode flag when you build the index for the site.",
            "Write output in Portuguese.",
            "Return ONLY the JSON block.",
            "Sort rows descending, drop duplicates, keep headers.",
            "Refactor session middleware, rotate tokens hourly.",
            "Implement OAuth callback handler in src.",
            "Deploy Kubernetes ingress controller via Helm chart.",
            "Rename the indecision column.",
            "Validate schema migration rollback scripts.",
            "Compile release notes from merged pull requests.",
            "Draft launch email sequence, five messages.",
            "Parse ISO dates, emit UTC timestamps.",
            "Create São Paulo landing page, café menu included.",
            "Bump version numbers across packages.",
            "Test the perfect square function.",
            "Audit accessibility contrast ratios, report violations.",
            "DO NOT ask questions. Execute immediately.",
            "T001 T002 T003 T004",
            "Ana Maria de Souza, Rio de Janeiro",
        ] {
            assert!(!check(sentence), "{sentence}");
        }
    }

    #[test]
    fn other_languages_are() {
        for sentence in [
            "Liste os três itens mais baratos da tabela por preço e salve o resultado no arquivo.",
            "Depois salve o resultado no arquivo indicado acima pelo usuário.",
            "Crie um texto para o cliente com os dados da campanha.",
            "Gere cinco páginas de vendas para o produto.",
            "Escreva um resumo dos dados abaixo.",
            "Redacta un informe sobre las ventas del trimestre con una tabla de totales.",
            "Guarda el resultado en el archivo indicado.",
            "Crea una lista de los clientes por región.",
            "Rédigez un rapport sur les ventes du trimestre avec un tableau.",
            "Enregistrez le résultat dans le fichier indiqué.",
            "Listez les trois articles les moins chers.",
            "Erstelle eine Liste der drei günstigsten Artikel.",
            "Speichere das Ergebnis in der angegebenen Datei.",
            "Schreibe einen Bericht über die Verkäufe des Quartals.",
            "Scrivi un rapporto sulle vendite del trimestre con una tabella.",
            "Salva il risultato nel file indicato.",
            "Elenca i tre articoli più economici della tabella.",
        ] {
            assert!(check(sentence), "{sentence}");
        }
    }

    #[test]
    fn without_tables_nothing_is_known() {
        assert_eq!(Languages::default().probability("Crie um texto", "en"), None);
        assert_eq!(shipped().probability("x", "tlh"), None);
    }
}
