//! YAML as we write it: block style, and every text that could be read as anything else in double quotes.
//!
//! The serializer of `serde_yaml` is the judge in the tests; this one is some ten times faster and never breaks lines.

use std::fmt::{self, Write as _};

use serde::Serialize;
use serde::ser::{self, Impossible, SerializeMap, SerializeSeq, SerializeStruct};

/// Writes `value` as one document.
pub(crate) fn write(value: &impl Serialize, capacity: usize) -> Vec<u8> {
    let mut out = String::with_capacity(capacity);
    value
        .serialize(Yaml { out: &mut out, indent: 0, lead: Lead::Top })
        .expect("our own types are maps, lists and scalars");
    out.into_bytes()
}

/// What stands before a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lead {
    Top,
    Key,
    Dash,
}

/// A value to be written at a place.
struct Yaml<'a> {
    out: &'a mut String,
    indent: usize,
    lead: Lead,
}

/// A list or map being written.
struct Nest<'a> {
    out: &'a mut String,
    indent: usize,
    lead: Lead,
    empty: &'static str,
    begun: bool,
}

/// Something our documents never hold: a byte string, a tuple, a map with keys that are not text.
#[derive(Debug)]
struct Unsupported(String);

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unsupported {}

impl ser::Error for Unsupported {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// Appends `text` as a scalar that reads as exactly this text.
pub(crate) fn scalar(out: &mut String, text: &str) {
    if is_plain(text) {
        out.push_str(text);
        return;
    }
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\u{85}' | '\u{a0}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c if c.is_control() => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Whether a text without quotes reads as itself, in YAML 1.1 as in 1.2, in lists as in keys.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(&first), Some(&last)) = (bytes.first(), bytes.last()) else { return false };
    if !(first.is_ascii_alphabetic() || matches!(first, b'/' | b'_')) || last == b' ' || last == b':' {
        return false;
    }
    let fine = |&byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b' ' | b'_' | b'-' | b'.' | b'/' | b'(' | b')' | b'+' | b';' | b'=' | b'$' | b'%'
            )
    };
    if !bytes.iter().all(fine) {
        return false;
    }
    let word = text.len() <= 5;
    let reserved = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"];
    !(word && reserved.iter().any(|reserved| text.eq_ignore_ascii_case(reserved)))
}

impl<'a> Yaml<'a> {
    fn raw(self, text: fmt::Arguments<'_>) -> Result<(), Unsupported> {
        self.out.write_fmt(text).map_err(|_| ser::Error::custom("a string takes every character"))?;
        self.out.push('\n');
        Ok(())
    }
    fn nest(self, empty: &'static str) -> Nest<'a> {
        Nest { out: self.out, indent: self.indent, lead: self.lead, empty, begun: false }
    }
    fn lead(&mut self) {
        if self.lead != Lead::Top {
            self.out.push(' ');
        }
    }
}

impl Nest<'_> {
    /// Goes to where the next entry stands.
    fn entry(&mut self, is_map: bool) {
        let inline = is_map && self.lead == Lead::Dash && !self.begun;
        if inline {
            self.out.push(' ');
        } else {
            if !self.begun && self.lead != Lead::Top {
                self.out.push('\n');
            }
            self.out.extend(std::iter::repeat_n(' ', self.indent));
        }
        self.begun = true;
    }
    fn finish(self) {
        if !self.begun {
            if self.lead != Lead::Top {
                self.out.push(' ');
            }
            self.out.push_str(self.empty);
            self.out.push('\n');
        }
    }
    fn pair<T: ?Sized + Serialize>(&mut self, key: &str, value: &T) -> Result<(), Unsupported> {
        self.entry(true);
        scalar(self.out, key);
        self.out.push(':');
        value.serialize(Yaml { out: self.out, indent: self.indent + 2, lead: Lead::Key })
    }
}

macro_rules! numbers {
    ($($name:ident: $kind:ty),+) => {$(
        fn $name(mut self, value: $kind) -> Result<(), Unsupported> {
            self.lead();
            self.raw(format_args!("{value}"))
        }
    )+};
}

impl<'a> ser::Serializer for Yaml<'a> {
    type Ok = ();
    type Error = Unsupported;
    type SerializeSeq = Nest<'a>;
    type SerializeTuple = Impossible<(), Unsupported>;
    type SerializeTupleStruct = Impossible<(), Unsupported>;
    type SerializeTupleVariant = Impossible<(), Unsupported>;
    type SerializeMap = Nest<'a>;
    type SerializeStruct = Nest<'a>;
    type SerializeStructVariant = Impossible<(), Unsupported>;

    numbers!(serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64);

    fn serialize_f32(self, value: f32) -> Result<(), Unsupported> {
        self.serialize_f64(f64::from(value))
    }
    fn serialize_f64(mut self, value: f64) -> Result<(), Unsupported> {
        self.lead();
        let whole = value.fract() == 0.0;
        if whole { self.raw(format_args!("{value}.0")) } else { self.raw(format_args!("{value}")) }
    }
    fn serialize_char(self, value: char) -> Result<(), Unsupported> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }
    fn serialize_str(mut self, value: &str) -> Result<(), Unsupported> {
        self.lead();
        scalar(self.out, value);
        self.out.push('\n');
        Ok(())
    }
    fn serialize_none(self) -> Result<(), Unsupported> {
        self.serialize_unit()
    }
    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<(), Unsupported> {
        value.serialize(self)
    }
    fn serialize_unit(mut self) -> Result<(), Unsupported> {
        self.lead();
        self.raw(format_args!("null"))
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unsupported> {
        self.serialize_unit()
    }
    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Unsupported> {
        self.serialize_str(variant)
    }
    fn serialize_newtype_struct<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Unsupported> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Unsupported> {
        Err(ser::Error::custom("a variant with a value"))
    }
    fn serialize_bytes(self, _: &[u8]) -> Result<(), Unsupported> {
        Err(ser::Error::custom("bytes"))
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Nest<'a>, Unsupported> {
        Ok(self.nest("[]"))
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Nest<'a>, Unsupported> {
        Ok(self.nest("{}"))
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Nest<'a>, Unsupported> {
        Ok(self.nest("{}"))
    }
    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Unsupported> {
        Err(ser::Error::custom("a tuple"))
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTuple, Unsupported> {
        Err(ser::Error::custom("a tuple"))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTuple, Unsupported> {
        Err(ser::Error::custom("a tuple"))
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Unsupported> {
        Err(ser::Error::custom("a variant with fields"))
    }
}

impl SerializeSeq for Nest<'_> {
    type Ok = ();
    type Error = Unsupported;
    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), Unsupported> {
        self.entry(false);
        self.out.push('-');
        value.serialize(Yaml { out: self.out, indent: self.indent + 2, lead: Lead::Dash })
    }
    fn end(self) -> Result<(), Unsupported> {
        self.finish();
        Ok(())
    }
}

impl SerializeMap for Nest<'_> {
    type Ok = ();
    type Error = Unsupported;
    fn serialize_key<T: ?Sized + Serialize>(&mut self, _: &T) -> Result<(), Unsupported> {
        Err(ser::Error::custom("a key apart from its value"))
    }
    fn serialize_value<T: ?Sized + Serialize>(&mut self, _: &T) -> Result<(), Unsupported> {
        Err(ser::Error::custom("a value apart from its key"))
    }
    fn serialize_entry<K: ?Sized + Serialize, V: ?Sized + Serialize>(
        &mut self,
        key: &K,
        value: &V,
    ) -> Result<(), Unsupported> {
        let mut text = String::new();
        key.serialize(Yaml { out: &mut text, indent: 0, lead: Lead::Top })?;
        self.entry(true);
        self.out.push_str(text.trim_end_matches('\n'));
        self.out.push(':');
        value.serialize(Yaml { out: self.out, indent: self.indent + 2, lead: Lead::Key })
    }
    fn end(self) -> Result<(), Unsupported> {
        self.finish();
        Ok(())
    }
}

impl SerializeStruct for Nest<'_> {
    type Ok = ();
    type Error = Unsupported;
    fn serialize_field<T: ?Sized + Serialize>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Unsupported> {
        self.pair(key, value)
    }
    fn end(self) -> Result<(), Unsupported> {
        self.finish();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Sample {
        text: String,
        list: Vec<String>,
        rows: Vec<BTreeMap<String, i64>>,
        nested: Vec<Vec<f64>>,
        none: Option<bool>,
        map: BTreeMap<String, Option<String>>,
    }

    /// What we write is read back as itself by the judge.
    fn check(sample: &Sample) {
        let text = String::from_utf8(super::write(sample, 0)).unwrap();
        let back: Sample = serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(&back, sample, "{text}");
    }

    #[test]
    fn odd_texts() {
        let odd = [
            "",
            " a",
            "a: b",
            "#x",
            "- a",
            "yes",
            "NO",
            "null",
            "1",
            "1e3",
            "0x1f",
            "a\nb",
            "é",
            "\u{85}",
            "~",
            "[a]",
            "{{ x }}",
            "a #b",
            "@x",
            "`",
            "it's",
            "\"",
            "\\",
            "\t",
            "\u{0}",
            "😀",
            "a:",
            "2026-11-21",
            ".inf",
        ];
        check(&Sample {
            text: odd.concat(),
            list: odd.iter().map(|&text| text.to_owned()).collect(),
            rows: vec![BTreeMap::new(), odd.iter().map(|&text| (text.to_owned(), -1)).collect()],
            nested: vec![vec![], vec![0.5, 1.0]],
            none: None,
            map: odd.iter().map(|&text| (text.to_owned(), Some(text.to_owned()))).collect(),
        });
    }

    proptest! {
        #[test]
        fn any_text(text in any::<String>(), list in proptest::collection::vec(any::<String>(), 0..4)) {
            check(&Sample {
                map: list.iter().map(|key| (key.clone(), None)).collect(),
                text, list, rows: vec![], nested: vec![vec![1.25]], none: Some(true),
            });
        }
    }
}
