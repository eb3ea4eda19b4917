//! The one condition language: MongoDB-style conditions over facts, as GrowthBook's public conformance file has them.
//! Scoring and routing rules, conditional fields, prompts and experiments are written in it.
//!
//! ```
//! use shared::condition::Condition;
//! let condition = Condition::parse(&serde_json::json!({ "visit.pricing_views": { "$gte": 1 } })).unwrap();
//! assert!(condition.holds(&serde_json::json!({ "visit": { "pricing_views": 2 } })));
//! ```
//!
//! Types are strict: `"5"` is not `5`, and a comparison between types is false. What is absent is `null`.
//!
//! A condition is read once, then evaluated as often as one likes, by one evaluator. There are three ways to read it:
//! [`Condition::parse`] for a configuration refuses whole whatever makes no sense, [`Condition::parse_sent`] for the widget takes
//! what [`for_widget`] wrote, and [`Condition::read`] takes anything, as GrowthBook's own libraries do, where an unknown operator
//! makes neither a condition nor its contrary hold. Not here: which facts there are (`config` knows), and where they come from.
//!
//! One thing is added: `$eq`, `$ne`, `$gt`, `$gte`, `$lt` and `$lte` may compare with another fact, by its path from the top:
//! `{"values.ends_on": {"$gte": {"$field": "values.starts_on"}}}`. Where both are days (`2026-11-23`), so many days may be
//! counted on: `{"$lte": {"$field": "values.starts_on", "$days": 60}}`. Read leniently, there is no such thing.
//!
//! Two differences from those libraries are wanted: an object equals another whatever the order of its keys, and patterns run in
//! linear time ([`crate::pattern`]), so that one with look-around or back-references matches nothing.

mod evaluate;
mod groups;
mod read;
#[cfg(feature = "compile")]
mod send;
#[cfg(feature = "compile")]
pub mod sense;
#[cfg(feature = "compile")]
mod slots;
mod version;

use serde_json::Value;

pub use groups::SavedGroups;
#[cfg(feature = "compile")]
pub use send::for_widget;
#[cfg(feature = "compile")]
pub use slots::{Fitted, Flat, Found, Slots};

use crate::pattern::{Pattern, PatternError};
use version::Version;

/// The deepest nesting: deeper conditions are nobody's work, and would exhaust the stack.
const MAX_DEPTH: usize = 32;

/// A condition that can be evaluated.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition(Node);

/// Why a condition makes no sense, in words for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    /// Not an object.
    #[error("a condition is an object, such as {{\"form.kind\": \"inquiry\"}}")]
    NotAnObject,
    /// `$and`, `$or`, `$nor` without a list.
    #[error("{0} takes a list of conditions")]
    NotAList(String),
    /// An operator this language does not have.
    #[error("there is no operator {0}")]
    UnknownOperator(String),
    /// An operator with a wrong argument.
    #[error("{0} takes {1}")]
    WrongArgument(String, &'static str),
    /// A pattern that cannot be run.
    #[error("{0}: {1}")]
    Pattern(String, PatternError),
    /// Nested too deep.
    #[error("the condition is nested more than {MAX_DEPTH} deep")]
    TooDeep,
}

/// What cannot be decided, and how far that reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unsure {
    /// This language does not know it: neither it nor its contrary holds, and what else there is may still decide.
    Unknown,
    /// It is malformed: the whole condition does not hold, whatever stands around it.
    Malformed,
}

/// Whether something holds.
type Truth = Result<bool, Unsure>;

/// What is asked of an object with named values: the facts, or an item of a list.
#[derive(Debug, Clone, PartialEq)]
enum Node {
    All(Vec<Node>),
    /// One of them, or there are none.
    Any(Vec<Node>),
    Not(Box<Node>),
    Fact {
        path: String,
        /// Where it stands among facts that were looked up before; see [`Slots`].
        slot: Option<usize>,
        test: Test,
    },
    /// Is the attribute, or else the group's own, in the group? For a group that is a condition: does it hold?
    Group {
        id: String,
        attribute: Option<String>,
    },
    Fixed(Truth),
}

/// What is asked of one value.
#[derive(Debug, Clone, PartialEq)]
enum Test {
    Every(Vec<Test>),
    Not(Box<Test>),
    Equal(Value),
    /// The same text in lower case.
    EqualFolded(String),
    Compare {
        want: Want,
        with: Value,
    },
    /// What another fact is; so many days later, where it is a day.
    SameAs {
        path: String,
        days: i32,
    },
    /// Compared with another fact.
    CompareTo {
        want: Want,
        path: String,
        days: i32,
    },
    Version {
        want: Want,
        with: Version,
    },
    /// One of these scalars; of a list, one item is. Folded: texts are in lower case here, and compared so.
    In {
        values: Vec<Value>,
        folded: bool,
    },
    InGroup {
        id: String,
        inside: bool,
    },
    /// Each of these passes for one item.
    HasAll(Vec<Test>),
    /// How many items there are passes.
    Size(Box<Test>),
    Exists(bool),
    Type(Kind),
    AnyItem(Item),
    Matches(Pattern),
    Fixed(Truth),
}

/// What is asked of one item of a list.
#[derive(Debug, Clone, PartialEq)]
enum Item {
    Value(Box<Test>),
    Fields(Box<Node>),
}

/// Which orders satisfy a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Want {
    less: bool,
    equal: bool,
    greater: bool,
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl Condition {
    /// Reads a condition of a configuration; `{}` always holds. Saved groups are refused: a workspace has none.
    ///
    /// # Errors
    /// The first thing in it that makes no sense.
    pub fn parse(json: &Value) -> Result<Self, ConditionError> {
        read::Strict::condition(json).map(Self)
    }

    /// Reads a condition that [`for_widget`] wrote. Needs no compiler of patterns.
    ///
    /// # Errors
    /// The first thing in it that makes no sense.
    pub fn parse_sent(json: &Value) -> Result<Self, ConditionError> {
        read::Sent::condition(json).map(Self)
    }

    /// Reads any JSON, as GrowthBook's libraries do: what makes no sense does not hold.
    pub fn read(json: &Value) -> Self {
        Self(read::Lenient::condition(json).unwrap_or(Node::Fixed(Err(Unsure::Malformed))))
    }

    /// Whether it holds for these facts.
    pub fn holds(&self, facts: &Value) -> bool {
        self.holds_with(facts, &SavedGroups::default())
    }

    /// Whether it holds for these facts and saved groups.
    pub fn holds_with(&self, facts: &Value, groups: &SavedGroups) -> bool {
        evaluate::holds(&self.0, facts, groups) == Ok(true)
    }

    /// Whether it holds whatever the facts are: `{}`.
    pub fn is_always(&self) -> bool {
        matches!(&self.0, Node::All(nodes) if nodes.is_empty())
    }

    /// Each path of the facts that it reads, as it is written. One that is read twice is here twice.
    pub fn paths(&self) -> Vec<&str> {
        let mut paths = Vec::new();
        collect_paths(&self.0, &mut paths);
        paths
    }

    /// The first part of each path it reads: `visit` of `visit.pricing_views`.
    pub fn roots(&self) -> Vec<&str> {
        self.paths().into_iter().map(|path| path.split_once('.').map_or(path, |(root, _)| root)).collect()
    }
}

/// Reading has limited the depth. What a list's items are asked reads no fact of its own, unless to compare with it.
fn collect_paths<'a>(node: &'a Node, paths: &mut Vec<&'a str>) {
    match node {
        Node::All(nodes) | Node::Any(nodes) => nodes.iter().for_each(|node| collect_paths(node, paths)),
        Node::Not(node) => collect_paths(node, paths),
        Node::Fact { path, test, .. } => {
            paths.push(path);
            collect_compared(test, paths);
        }
        Node::Group { attribute, .. } => paths.extend(attribute.as_deref()),
        Node::Fixed(_) => {}
    }
}

fn collect_compared<'a>(test: &'a Test, paths: &mut Vec<&'a str>) {
    match test {
        Test::Every(tests) | Test::HasAll(tests) => tests.iter().for_each(|test| collect_compared(test, paths)),
        Test::Not(test) | Test::Size(test) | Test::AnyItem(Item::Value(test)) => collect_compared(test, paths),
        // The paths within an item are not those of the facts; what is compared with is.
        Test::AnyItem(Item::Fields(node)) => collect_in_item(node, paths),
        Test::SameAs { path, .. } | Test::CompareTo { path, .. } => paths.push(path),
        _ => {}
    }
}

fn collect_in_item<'a>(node: &'a Node, paths: &mut Vec<&'a str>) {
    match node {
        Node::All(nodes) | Node::Any(nodes) => nodes.iter().for_each(|node| collect_in_item(node, paths)),
        Node::Not(node) => collect_in_item(node, paths),
        Node::Fact { test, .. } => collect_compared(test, paths),
        Node::Group { .. } | Node::Fixed(_) => {}
    }
}

impl Kind {
    fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }

    fn is_scalar(self) -> bool {
        !matches!(self, Self::Array | Self::Object)
    }
}

#[cfg(all(test, feature = "compile"))]
mod tests;
