//! A condition as rows that people fill in: a fact, how it must be, and a value; all of them must hold. What cannot be said
//! in rows stays JSON.

use serde_json::{Map, Value, json};

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The fact's path.
    pub fact: String,
    /// How it must be.
    pub how: How,
    /// Compared with what: a list for [`How::OneOf`] and [`How::NoneOf`], nothing for [`How::Known`] and [`How::Unknown`].
    /// [`MISSING`] while it is not given.
    pub value: Value,
}

/// What a row has while its value is not given. No operator of a row takes it, so that the edge refuses the card.
pub const MISSING: Value = Value::Array(Vec::new());

/// How a fact must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    Is,
    IsNot,
    OneOf,
    NoneOf,
    AtLeast,
    MoreThan,
    AtMost,
    LessThan,
    Matches,
    Known,
    Unknown,
}

const ALL: [How; 11] = [
    How::Is,
    How::IsNot,
    How::OneOf,
    How::NoneOf,
    How::AtLeast,
    How::MoreThan,
    How::AtMost,
    How::LessThan,
    How::Matches,
    How::Known,
    How::Unknown,
];

impl How {
    /// The operator of the condition language; both of the last are `$exists`.
    pub fn operator(self) -> &'static str {
        match self {
            Self::Is => "$eq",
            Self::IsNot => "$ne",
            Self::OneOf => "$in",
            Self::NoneOf => "$nin",
            Self::AtLeast => "$gte",
            Self::MoreThan => "$gt",
            Self::AtMost => "$lte",
            Self::LessThan => "$lt",
            Self::Matches => "$regexi",
            Self::Known => "known",
            Self::Unknown => "unknown",
        }
    }

    /// By its operator.
    pub fn of(operator: &str) -> Option<Self> {
        ALL.into_iter().find(|how| how.operator() == operator)
    }

    /// As a row says it.
    pub fn says(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::IsNot => "is not",
            Self::OneOf => "is one of",
            Self::NoneOf => "is none of",
            Self::AtLeast => "is at least",
            Self::MoreThan => "is more than",
            Self::AtMost => "is at most",
            Self::LessThan => "is less than",
            Self::Matches => "matches the pattern",
            Self::Known => "is known",
            Self::Unknown => "is not known",
        }
    }

    /// What makes sense for a kind of fact, as [`shared::wire::scoring::FactView`] names it.
    pub fn of_kind(kind: &str) -> &'static [Self] {
        match kind {
            "yes_no" => &[Self::Is, Self::Known, Self::Unknown],
            "one_of" => &[Self::Is, Self::IsNot, Self::OneOf, Self::NoneOf, Self::Known, Self::Unknown],
            "number" => &[
                Self::AtLeast,
                Self::AtMost,
                Self::MoreThan,
                Self::LessThan,
                Self::Is,
                Self::IsNot,
                Self::Known,
                Self::Unknown,
            ],
            "list" => &[Self::OneOf, Self::NoneOf, Self::Known, Self::Unknown],
            "any" => &[Self::Known, Self::Unknown],
            _ => &[Self::Is, Self::IsNot, Self::OneOf, Self::NoneOf, Self::Matches, Self::Known, Self::Unknown],
        }
    }

    /// Whether it is compared with several values.
    pub fn takes_several(self) -> bool {
        matches!(self, Self::OneOf | Self::NoneOf)
    }

    /// Whether it is compared with anything.
    pub fn takes_value(self) -> bool {
        !matches!(self, Self::Known | Self::Unknown)
    }
}

impl Row {
    /// A row of a kind of fact, not filled in yet.
    pub fn blank(fact: &str, kind: &str) -> Self {
        let how = How::of_kind(kind).first().copied().unwrap_or(How::Is);
        let value = if kind == "yes_no" { Value::Bool(true) } else { MISSING };
        Self { fact: fact.to_owned(), how, value }
    }

    /// The same row with another way to compare: the value goes along, where it can.
    #[must_use]
    pub fn with(self, how: How) -> Self {
        let value = match (how.takes_several(), self.value) {
            (true, Value::Array(values)) => Value::Array(values),
            (true, value) => Value::Array(Vec::from_iter(Some(value).filter(|it| !it.is_null()))),
            (false, Value::Array(values)) => values.into_iter().next().unwrap_or(MISSING),
            (false, value) => value,
        };
        let value = if how.takes_value() { value } else { Value::Null };
        let value = if how.takes_value() && value.is_null() { MISSING } else { value };
        Self { how, value, ..self }
    }

    /// Whether it can be evaluated.
    pub fn is_whole(&self) -> bool {
        !self.how.takes_value() || self.value != MISSING
    }

    fn test(&self) -> (&'static str, Value) {
        match self.how {
            How::Known => ("$exists", Value::Bool(true)),
            How::Unknown => ("$exists", Value::Bool(false)),
            how => (how.operator(), self.value.clone()),
        }
    }
}

/// The rows of a condition; nothing where rows cannot say it.
pub fn read(condition: &Value) -> Option<Vec<Row>> {
    let mut rows = Vec::new();
    for (key, asked) in condition.as_object()? {
        match (key.as_str(), asked) {
            ("$and", Value::Array(parts)) => {
                for part in parts {
                    rows.extend(read(part)?);
                }
            }
            (key, _) if key.starts_with('$') => return None,
            (fact, Value::Object(tests)) if !tests.is_empty() => {
                for (operator, with) in tests {
                    rows.push(row(fact, operator, with)?);
                }
            }
            (fact, Value::Null) => rows.push(Row { fact: fact.to_owned(), how: How::Unknown, value: Value::Null }),
            (fact, value) if is_scalar(value) => {
                rows.push(Row { fact: fact.to_owned(), how: How::Is, value: value.clone() });
            }
            _ => return None,
        }
    }
    Some(rows)
}

fn row(fact: &str, operator: &str, with: &Value) -> Option<Row> {
    let (how, value) = match (operator, with) {
        ("$exists", Value::Bool(true)) => (How::Known, Value::Null),
        ("$exists", Value::Bool(false)) | ("$eq", Value::Null) => (How::Unknown, Value::Null),
        (operator, with) => (How::of(operator).filter(|how| how.takes_value())?, with.clone()),
    };
    let fits = match &value {
        _ if !how.takes_value() || value == MISSING => true,
        Value::Array(values) => how.takes_several() && values.iter().all(is_scalar),
        value => !how.takes_several() && is_scalar(value),
    };
    fits.then(|| Row { fact: fact.to_owned(), how, value })
}

fn is_scalar(value: &Value) -> bool {
    matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_))
}

/// The condition of rows: one object, or several where two rows ask the same of one fact.
pub fn write(rows: &[Row]) -> Value {
    let mut parts: Vec<Map<String, Value>> = vec![Map::new()];
    for row in rows {
        let (operator, with) = row.test();
        let free = parts.iter().position(|part| match part.get(&row.fact) {
            None => true,
            Some(tests) => tests.get(operator).is_none(),
        });
        let at = free.unwrap_or_else(|| {
            parts.push(Map::new());
            parts.len() - 1
        });
        let tests = parts.get_mut(at).map(|part| part.entry(row.fact.clone()).or_insert_with(|| json!({})));
        if let Some(tests) = tests.and_then(Value::as_object_mut) {
            tests.insert(operator.to_owned(), with);
        }
    }
    let mut parts: Vec<Value> = parts.into_iter().map(plain).collect();
    if parts.len() == 1 { parts.remove(0) } else { json!({ "$and": parts }) }
}

/// `{"a": {"$eq": 1}}` as people write it: `{"a": 1}`.
fn plain(part: Map<String, Value>) -> Value {
    let short = |tests: Value| match tests.as_object().filter(|tests| tests.len() == 1).and_then(|it| it.get("$eq")) {
        Some(value) if is_scalar(value) => value.clone(),
        _ => tests,
    };
    Value::Object(part.into_iter().map(|(fact, tests)| (fact, short(tests))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rows_can_say_comes_back_as_it_was() {
        for condition in [
            json!({}),
            json!({ "email.free": false }),
            json!({ "values.company": { "$exists": true }, "values.phone": { "$exists": false } }),
            json!({ "visit.pages": { "$gte": 4, "$lt": 9 } }),
            json!({ "pricing.seats": { "$in": ["10-24", "25-99"] }, "form.kind": { "$ne": "support" } }),
            json!({ "values.email": { "$regexi": "^test" } }),
            json!({ "$and": [{ "a": { "$ne": "x" } }, { "a": { "$ne": "y" } }] }),
        ] {
            let rows = read(&condition).unwrap_or_else(|| panic!("{condition} has rows"));
            assert_eq!(write(&rows), condition);
        }
    }

    #[test]
    fn what_rows_cannot_say_stays_as_it_is() {
        for condition in [
            json!({ "$or": [{ "a": 1 }] }),
            json!({ "a": { "$not": { "$eq": 1 } } }),
            json!({ "a": { "$gte": { "$field": "b" } } }),
            json!({ "a": { "$in": [["deep"]] } }),
            json!({ "a": {} }),
            json!("{ \"half\": "),
        ] {
            assert_eq!(read(&condition), None, "{condition}");
        }
    }

    #[test]
    fn a_row_without_a_value_is_kept_and_is_no_condition() {
        let row = Row::blank("visit.pages", "number");
        assert!(!row.is_whole());
        let condition = write(std::slice::from_ref(&row));
        assert_eq!(condition, json!({ "visit.pages": { "$gte": [] } }));
        assert!(shared::condition::Condition::parse(&condition).is_err());
        assert_eq!(read(&condition), Some(vec![row]));
        assert!(Row::blank("email.free", "yes_no").is_whole());
    }

    #[test]
    fn another_way_to_compare_keeps_the_value() {
        let row = Row { fact: "form.kind".to_owned(), how: How::Is, value: json!("trial") };
        let several = row.clone().with(How::OneOf);
        assert_eq!(several.value, json!(["trial"]));
        assert_eq!(several.with(How::IsNot).value, json!("trial"));
        let known = row.with(How::Known);
        assert_eq!(known.value, Value::Null);
        assert!(known.is_whole() && !known.with(How::Is).is_whole());
    }

    #[test]
    fn every_way_is_found_by_its_name() {
        for how in ALL {
            assert_eq!(How::of(how.operator()), Some(how));
            assert!(!how.says().is_empty());
        }
    }
}
