//! What a lead is described by: fields that are named once, and the facts of one lead in their order.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The most fields: a lead is described by what it came with, not by a table of everything.
pub const MAX_FIELDS: usize = 64;
/// The most edges of a number's bins.
pub const MAX_EDGES: usize = 32;
/// The longest name.
const MAX_NAME: usize = 100;

/// One field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Its name, as the explanation shows it.
    pub name: String,
    /// How its facts become levels.
    pub kind: Kind,
}

/// How facts become levels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Each text is a level.
    Category,
    /// Bins between edges, ascending: a value below the first edge is in bin 0, a value on an edge is above it.
    /// Without edges the learner takes its own from the first values it learns.
    Number(Edges),
}

/// The edges of a number's bins, ascending; perhaps none yet.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Edges(#[serde(with = "super::bits")] pub Vec<f64>);

/// Why fields cannot be learnt from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldsError {
    /// More than [`MAX_FIELDS`].
    #[error("there are {0} fields, and {MAX_FIELDS} at most are learnt from")]
    TooMany(usize),
    /// No name, or one that is too long.
    #[error("field {0} has no name, or one of more than {MAX_NAME} characters")]
    Name(usize),
    /// Two fields of one name.
    #[error("the field {0} is there twice")]
    Twice(String),
    /// Edges that are too many, no numbers, or not ascending.
    #[error("the edges of {0} are not at most {MAX_EDGES} numbers in ascending order")]
    Edges(String),
}

/// Checks fields: the first thing that is wrong.
pub fn check_fields(fields: &[Field]) -> Result<(), FieldsError> {
    if fields.len() > MAX_FIELDS {
        return Err(FieldsError::TooMany(fields.len()));
    }
    for (index, field) in fields.iter().enumerate() {
        if field.name.is_empty() || field.name.chars().count() > MAX_NAME {
            return Err(FieldsError::Name(index + 1));
        }
        if fields.iter().take(index).any(|earlier| earlier.name == field.name) {
            return Err(FieldsError::Twice(field.name.clone()));
        }
        if let Kind::Number(Edges(edges)) = &field.kind
            && (edges.len() > MAX_EDGES
                || edges.iter().any(|edge| !edge.is_finite())
                || !edges.is_sorted_by(|a, b| a < b))
        {
            return Err(FieldsError::Edges(field.name.clone()));
        }
    }
    Ok(())
}

/// What is known of one field of one lead, frozen when the score is made.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Fact {
    /// Nothing: a level of its own, because it says something that nothing is known.
    #[default]
    Empty,
    /// A text; in a field of numbers, what could not be read as one.
    Text(String),
    /// A number. One that is not finite is nothing known.
    Number(f64),
}

impl Fact {
    /// Reads what a form or a table has in a field of this kind. Space around it does not count.
    pub fn read(kind: &Kind, text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() {
            return Self::Empty;
        }
        match (kind, text.parse::<f64>()) {
            (Kind::Number(_), Ok(number)) if number.is_finite() => Self::Number(number),
            _ => Self::Text(text.to_owned()),
        }
    }
}

/// As JSON: nothing, a text after `=`, a number after `#` in Rust's shortest digits, which are read back to the bit.
impl Serialize for Fact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.collect_str(&format_args!("={text}")),
            Self::Number(number) if number.is_finite() => serializer.collect_str(&format_args!("#{number}")),
            Self::Empty | Self::Number(_) => serializer.serialize_none(),
        }
    }
}

impl<'de> Deserialize<'de> for Fact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(Self::Empty) };
        if let Some(text) = text.strip_prefix('=') {
            return Ok(Self::Text(text.to_owned()));
        }
        let number = text.strip_prefix('#').and_then(|digits| digits.parse::<f64>().ok());
        number
            .filter(|number| number.is_finite())
            .map(Self::Number)
            .ok_or_else(|| D::Error::custom("a fact is nothing, a text after = or a finite number after #"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_wrong_with_fields() {
        let number = |name: &str, edges: &[f64]| Field { name: name.into(), kind: Kind::Number(Edges(edges.to_vec())) };
        assert_eq!(check_fields(&[number("a", &[1.0, 2.0]), number("b", &[])]), Ok(()));
        for (fields, says) in [
            (vec![number("", &[])], "field 1 has no name, or one of more than 100 characters"),
            (vec![number("a", &[]), number("a", &[])], "the field a is there twice"),
            (vec![number("a", &[2.0, 1.0])], "the edges of a are not at most 32 numbers in ascending order"),
            (vec![number("a", &[1.0, 1.0])], "the edges of a are not at most 32 numbers in ascending order"),
            (vec![number("a", &[f64::NAN])], "the edges of a are not at most 32 numbers in ascending order"),
            (
                (0..65).map(|n| number(&n.to_string(), &[])).collect(),
                "there are 65 fields, and 64 at most are learnt from",
            ),
        ] {
            assert_eq!(check_fields(&fields).unwrap_err().to_string(), says);
        }
    }

    #[test]
    fn facts_come_back_from_json() {
        let number = Kind::Number(Edges::default());
        let facts = ["", " ", " 0.1 ", "1e400", "NaN", "#3", "=x", "1e-7"].map(|text| Fact::read(&number, text));
        assert_eq!(facts[2], Fact::Number(0.1));
        assert_eq!(facts[3..5], [Fact::Text("1e400".into()), Fact::Text("NaN".into())]);
        let json = serde_json::to_string(&facts).unwrap();
        assert_eq!(json, r##"[null,null,"#0.1","=1e400","=NaN","=#3","==x","#0.0000001"]"##);
        assert_eq!(serde_json::from_str::<Vec<Fact>>(&json).unwrap(), facts);
        assert_eq!(Fact::read(&Kind::Category, "3"), Fact::Text("3".into()));
        for bad in ["\"x\"", "\"#inf\"", "3"] {
            assert!(serde_json::from_str::<Fact>(bad).is_err(), "{bad}");
        }
    }
}
