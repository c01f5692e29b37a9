//! Serde decoding from a node, so that structs of registries can be derived and still hold `Spanned<T>`.
//!
//! A `Spanned<T>` asks for a struct of a private name; the reader of a node knows the name and hands over the place
//! beside the value. With any other format the place is the head of the first file.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{BorrowedStrDeserializer, U32Deserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::{Deserialize, forward_to_deserialize_any};

use super::{Key, Kind, Node};
use crate::base::span::{FileId, Span, Spanned};

/// Why a node is not what was asked for, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// The value that does not fit; unknown when nothing had been entered.
    pub span: Option<Span>,
    /// What was expected and what was found.
    pub message: String,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for DecodeError {}

impl serde::de::Error for DecodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { span: None, message: message.to_string() }
    }
}

/// Decodes `node` as a `T`.
///
/// # Errors
///
/// The first value that does not fit, with its place.
pub fn decode<T: DeserializeOwned>(node: &Node) -> Result<T, DecodeError> {
    T::deserialize(Value(node))
}

const SPANNED: &str = "$dispatch::Spanned";
const SPANNED_FIELDS: &[&str] = &["file", "start", "end", "value"];

/// A node, as serde reads it.
#[derive(Clone, Copy)]
struct Value<'de>(&'de Node);

impl Value<'_> {
    /// Puts the place of this value on an error that has none yet.
    fn locate(self, error: DecodeError) -> DecodeError {
        DecodeError { span: error.span.or(Some(self.0.span)), ..error }
    }
    fn unexpected(&self) -> Unexpected<'_> {
        match &self.0.kind {
            Kind::Null => Unexpected::Unit,
            Kind::Bool(value) => Unexpected::Bool(*value),
            Kind::Int(number) => Unexpected::Signed(*number),
            Kind::Float(number) => Unexpected::Float(*number),
            Kind::Text(text) => Unexpected::Str(text),
            Kind::List(_) => Unexpected::Seq,
            Kind::Map(_) => Unexpected::Map,
        }
    }
}

impl<'de> Deserializer<'de> for Value<'de> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match &self.0.kind {
            Kind::Null => visitor.visit_unit(),
            Kind::Bool(value) => visitor.visit_bool(*value),
            Kind::Int(number) => visitor.visit_i64(*number),
            Kind::Float(number) => visitor.visit_f64(*number),
            Kind::Text(text) => visitor.visit_borrowed_str(text),
            Kind::List(items) => visitor.visit_seq(Items(items.iter())),
            Kind::Map(entries) => visitor.visit_map(Entries { rest: entries.iter(), value: None }),
        }
        .map_err(|error| self.locate(error))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        if name == SPANNED {
            return visitor.visit_map(Place { span: self.0.span, value: Some(self), field: 0 });
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let variant = match &self.0.kind {
            Kind::Text(text) => Variant { name: text, content: None },
            Kind::Map(entries) if entries.len() == 1 => {
                Variant { name: &entries[0].0.text, content: Some(Value(&entries[0].1)) }
            }
            Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::List(_) | Kind::Map(_) => {
                let error = DecodeError::invalid_type(self.unexpected(), &"a name or a map of one key");
                return Err(self.locate(error));
            }
        };
        visitor.visit_enum(variant).map_err(|error| self.locate(error))
    }

    /// A number or a boolean where text is wanted is text as people wrote it: `version: 1.0`, `id: 7`.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match &self.0.kind {
            Kind::Int(_) | Kind::Float(_) | Kind::Bool(_) => {
                visitor.visit_string(self.0.scalar().unwrap_or_default()).map_err(|error| self.locate(error))
            }
            Kind::Null | Kind::Text(_) | Kind::List(_) | Kind::Map(_) => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

struct Items<'de>(std::slice::Iter<'de, Node>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = DecodeError;
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, DecodeError> {
        self.0.next().map(|node| seed.deserialize(Value(node))).transpose()
    }
    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

struct Entries<'de> {
    rest: std::slice::Iter<'de, (Key, Node)>,
    value: Option<&'de Node>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = DecodeError;
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, DecodeError> {
        let Some((key, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some(value);
        let read = seed.deserialize(Name(key));
        read.map(Some).map_err(|error| DecodeError { span: error.span.or(Some(key.span)), ..error })
    }
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, DecodeError> {
        seed.deserialize(Value(self.value.take().expect("serde asks for a value after its key")))
    }
}

/// A key, as serde reads it: text, with its place if asked for.
#[derive(Clone, Copy)]
struct Name<'de>(&'de Key);

impl<'de> Deserializer<'de> for Name<'de> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_borrowed_str(&self.0.text)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        if name == SPANNED {
            return visitor.visit_map(Place { span: self.0.span, value: Some(self), field: 0 });
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_enum(Variant { name: &self.0.text, content: None })
    }

    /// Keys that are numbers in Rust: `2: 0.5`.
    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.0.text.parse() {
            Ok(number) => visitor.visit_u32(number),
            Err(_) => visitor.visit_borrowed_str(&self.0.text),
        }
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.0.text.parse() {
            Ok(number) => visitor.visit_u64(number),
            Err(_) => visitor.visit_borrowed_str(&self.0.text),
        }
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.0.text.parse() {
            Ok(number) => visitor.visit_i64(number),
            Err(_) => visitor.visit_borrowed_str(&self.0.text),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i128 u8 u16 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

struct Variant<'de> {
    name: &'de str,
    content: Option<Value<'de>>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = DecodeError;
    type Variant = Content<'de>;
    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Content<'de>), DecodeError> {
        let name = seed.deserialize(BorrowedStrDeserializer::<DecodeError>::new(self.name))?;
        Ok((name, Content(self.content)))
    }
}

struct Content<'de>(Option<Value<'de>>);

impl<'de> Content<'de> {
    fn some(self) -> Result<Value<'de>, DecodeError> {
        self.0.ok_or_else(|| DecodeError::custom("expected a map of one key, found a name"))
    }
}

impl<'de> VariantAccess<'de> for Content<'de> {
    type Error = DecodeError;
    fn unit_variant(self) -> Result<(), DecodeError> {
        match self.0 {
            Some(value) if !value.0.is_null() => {
                Err(value.locate(DecodeError::invalid_type(value.unexpected(), &"a name alone")))
            }
            _ => Ok(()),
        }
    }
    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, DecodeError> {
        seed.deserialize(self.some()?)
    }
    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, DecodeError> {
        self.some()?.deserialize_any(visitor)
    }
    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.some()?.deserialize_any(visitor)
    }
}

/// The four fields of a `Spanned<T>`, one after the other.
struct Place<D> {
    span: Span,
    value: Option<D>,
    field: usize,
}

impl<'de, D: Deserializer<'de, Error = DecodeError>> MapAccess<'de> for Place<D> {
    type Error = DecodeError;
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, DecodeError> {
        let Some(name) = SPANNED_FIELDS.get(self.field) else { return Ok(None) };
        self.field += 1;
        seed.deserialize(BorrowedStrDeserializer::<DecodeError>::new(name)).map(Some)
    }
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, DecodeError> {
        let number = match self.field {
            1 => self.span.file.0,
            2 => self.span.start,
            3 => self.span.end,
            _ => return seed.deserialize(self.value.take().expect("the value is the last field")),
        };
        let number: U32Deserializer<DecodeError> = number.into_deserializer();
        seed.deserialize(number)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct(SPANNED, SPANNED_FIELDS, SpannedVisitor(PhantomData))
    }
}

struct SpannedVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for SpannedVisitor<T> {
    type Value = Spanned<T>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value with its place")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Spanned<T>, A::Error> {
        let mut place = [0_u32; 3];
        for slot in &mut place {
            map.next_key::<&str>()?;
            *slot = map.next_value()?;
        }
        map.next_key::<&str>()?;
        let span = Span { file: FileId(place[0]), start: place[1], end: place[2] };
        Ok(Spanned { value: map.next_value()?, span })
    }
}
