//! A document is a study file as a tree in which every value knows its place in the file.

use std::ops::Range;

use indexmap::IndexMap;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::path::{ParamPath, Step};
use crate::stats::distribution::parse::meant::may_part_thousands;

/// A value and the bytes of the file that it is written in.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The bytes of the value; of a table under a header, the header.
    pub span: Range<usize>,
    /// The value.
    pub value: Value,
}

/// A key with what stands under it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The bytes of the key.
    pub key: Range<usize>,
    /// What stands under it.
    pub node: Node,
}

/// A value as TOML writes it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A text in quotes.
    Text(String),
    /// A number without a point or an exponent.
    Integer(i64),
    /// A number without a point that is past 2^63 - 1: its decimal digits, where 64 bits hold it.
    Oversized(String),
    /// A number with a point or an exponent; also `nan` and `inf`.
    Float(f64),
    /// A number with a point between one to three digits and three digits, as some write thousands: `50.000`.
    Dotted {
        /// What TOML reads: 50.
        number: f64,
        /// As it is written.
        written: String,
    },
    /// `true` or `false`.
    Boolean(bool),
    /// A date or a time.
    Date(toml::value::Datetime),
    /// A list.
    List(Vec<Node>),
    /// A table, in the order of the file.
    Table(IndexMap<String, Entry>),
}

/// Both ends of a word in the file: where the value is, and where its key is.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// The bytes of the key; none for the study itself and for what stands in a list.
    pub key: Option<&'a Range<usize>>,
    /// The value.
    pub node: &'a Node,
}

impl Node {
    /// The tree of a parsed file. Its depth is bounded, because the parser refuses deep nesting.
    pub fn from_toml(span: Range<usize>, value: &DeValue<'_>) -> Self {
        let value = match value {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Integer(whole) => i64::from_str_radix(whole.as_str(), whole.radix()).map_or_else(
                |_| {
                    let unsigned = u64::from_str_radix(whole.as_str(), whole.radix());
                    Value::Oversized(unsigned.map_or_else(|_| whole.to_string(), |whole| whole.to_string()))
                },
                Value::Integer,
            ),
            // The parser took it as a number already; what does not fit reads as infinite.
            DeValue::Float(written) => {
                let (number, written) = (written.as_str().parse().unwrap_or(f64::NAN), written.as_str());
                if may_part_thousands(written) {
                    Value::Dotted { number, written: written.to_owned() }
                } else {
                    Value::Float(number)
                }
            }
            DeValue::Boolean(truth) => Value::Boolean(*truth),
            DeValue::Datetime(date) => Value::Date(*date),
            DeValue::Array(list) => {
                Value::List(list.iter().map(|item| Self::from_toml(item.span(), item.get_ref())).collect())
            }
            DeValue::Table(table) => return Self::from_table(span, table),
        };
        Self { span, value }
    }

    /// The tree of a table.
    pub fn from_table(span: Range<usize>, table: &DeTable<'_>) -> Self {
        let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| -> (String, Entry) {
            let key: &Spanned<std::borrow::Cow<'_, str>> = key;
            let node = Self::from_toml(value.span(), value.get_ref());
            (key.get_ref().to_string(), Entry { key: key.span(), node })
        };
        Self { span, value: Value::Table(table.iter().map(entry).collect()) }
    }

    /// What stands at a path, which must not hold a `*`.
    pub fn find(&self, path: &ParamPath) -> Option<Found<'_>> {
        let mut found = Found { key: None, node: self };
        for step in &path.steps {
            let Step::Name(name) = step else { return None };
            found = match &found.node.value {
                Value::Table(table) => {
                    let entry = table.get(name)?;
                    Found { key: Some(&entry.key), node: &entry.node }
                }
                Value::List(list) => Found { key: None, node: list.get(name.parse::<usize>().ok()?)? },
                _ => return None,
            };
        }
        Some(found)
    }

    /// What stands at a path, to be changed.
    pub fn find_mut(&mut self, path: &ParamPath) -> Option<&mut Self> {
        let mut node = self;
        for step in &path.steps {
            let Step::Name(name) = step else { return None };
            node = match &mut node.value {
                Value::Table(table) => &mut table.get_mut(name)?.node,
                Value::List(list) => list.get_mut(name.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        Some(node)
    }

    /// The names beneath: the keys of a table, the places of a list.
    pub fn names(&self) -> Vec<String> {
        match &self.value {
            Value::Table(table) => table.keys().cloned().collect(),
            Value::List(list) => (0..list.len()).map(|at| at.to_string()).collect(),
            _ => Vec::new(),
        }
    }

    /// The same value as serde reads it. An oversized number does not come this far.
    pub fn to_toml(&self) -> toml::Value {
        match &self.value {
            Value::Text(text) | Value::Oversized(text) => toml::Value::String(text.clone()),
            Value::Integer(whole) => toml::Value::Integer(*whole),
            Value::Float(number) | Value::Dotted { number, .. } => toml::Value::Float(*number),
            Value::Boolean(truth) => toml::Value::Boolean(*truth),
            Value::Date(date) => toml::Value::Datetime(*date),
            Value::List(list) => toml::Value::Array(list.iter().map(Self::to_toml).collect()),
            Value::Table(table) => {
                toml::Value::Table(table.iter().map(|(name, entry)| (name.clone(), entry.node.to_toml())).collect())
            }
        }
    }
}

impl Found<'_> {
    /// The bytes to point at: a value that stands alone, the header of a table, else the key.
    pub fn span(&self) -> Range<usize> {
        match (self.key, &self.node.value) {
            (Some(key), Value::Table(_) | Value::List(_)) if self.node.span.start > key.start => key.clone(),
            _ => self.node.span.clone(),
        }
    }
}
