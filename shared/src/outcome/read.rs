//! Reports of outcomes, as JSON or CSV: every line is read for itself, and what is wrong with one says nothing of the others.

use serde_json::{Map, Value};

use super::{MAX_ITEM_CHARS, MAX_NOTE_CHARS, Reported};
use crate::time::Timestamp;
use crate::wire::FieldProblem;
use crate::wire::console::Outcome;
use crate::wire::outcome::MAX_OUTCOMES;

/// The fields of an outcome, which are also the columns of the CSV.
const FIELDS: [&str; 4] = ["item", "outcome", "reason", "at"];

/// One outcome of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The line of the CSV, counted from 1 with its head; or the place in the JSON list, counted from 1.
    pub line: usize,
    /// The item it is about, as far as it was named.
    pub item: String,
    /// What it says, or every field that is wrong.
    pub read: Result<Reported, Vec<FieldProblem>>,
}

/// Why a report cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// Not JSON.
    #[error("the body is not JSON")]
    NotJson,
    /// JSON of another shape.
    #[error("the body is neither an outcome nor an object with a list `outcomes`")]
    NoList,
    /// CSV without a column that is needed, or with one that means nothing.
    #[error(
        "the first line has to name the columns `item`, `outcome` and, if you like, `reason` and `at`; it says: {0}"
    )]
    Head(String),
    /// A report without an outcome.
    #[error("there is no outcome in it")]
    Empty,
    /// Too many.
    #[error("there are more than {MAX_OUTCOMES} outcomes in it: send them in several reports")]
    TooMany,
}

/// Reads JSON: one outcome, or an object with a list `outcomes`. One without a time has happened `now`.
///
/// # Errors
/// Why nothing of it can be read.
pub fn json(text: &str, now: Timestamp) -> Result<Vec<Entry>, Unread> {
    let body: Value = serde_json::from_str(text).map_err(|_| Unread::NotJson)?;
    let list = match &body {
        Value::Object(object) if object.contains_key("outcomes") => {
            object.get("outcomes").and_then(Value::as_array).ok_or(Unread::NoList)?.as_slice()
        }
        Value::Object(_) => std::slice::from_ref(&body),
        _ => return Err(Unread::NoList),
    };
    let empty = Map::new();
    let lines = list.iter().enumerate().map(|(place, it)| {
        let object = it.as_object();
        let mut problems: Vec<FieldProblem> = Vec::new();
        for name in object.unwrap_or(&empty).keys().filter(|name| !FIELDS.contains(&name.as_str())) {
            problems.push(problem(name, "unknown_field", "An outcome has no such field."));
        }
        let field = |name: &str| match object.and_then(|object| object.get(name)) {
            None | Some(Value::Null) => Ok(""),
            Some(Value::String(text)) => Ok(text.as_str()),
            Some(_) => Err(problem(name, "not_a_text", "This is a text.")),
        };
        entry(place + 1, field, problems, now)
    });
    counted(lines.collect())
}

/// Reads CSV with a head (RFC 4180): `item,outcome,reason,at`, in any order, the last two if there is something to say.
///
/// # Errors
/// Why nothing of it can be read.
pub fn csv(text: &str, now: Timestamp) -> Result<Vec<Entry>, Unread> {
    // The reader counts the two signs of a line's end as two lines.
    let text = text.replace("\r\n", "\n");
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let head: Vec<String> = match reader.headers() {
        Ok(head) => head.iter().map(|name| name.trim_start_matches('\u{feff}').to_lowercase()).collect(),
        Err(_) => return Err(Unread::Head(String::new())),
    };
    let is_twice = |name: &&str| head.iter().filter(|it| it == name).count() > 1;
    let is_known = head.iter().all(|name| FIELDS.contains(&name.as_str()));
    let has = |name: &str| head.iter().any(|it| it == name);
    if !is_known || !has("item") || !has("outcome") || FIELDS.iter().any(is_twice) {
        return Err(Unread::Head(head.join(",")));
    }
    let mut entries = Vec::new();
    for (place, record) in reader.records().enumerate() {
        let Ok(record) = record else {
            let wrong = vec![problem("", "not_csv", "This line is not CSV.")];
            entries.push(Entry { line: place + 2, item: String::new(), read: Err(wrong) });
            continue;
        };
        let line = record.position().and_then(|at| usize::try_from(at.line()).ok()).unwrap_or(place + 2);
        let mut problems = Vec::new();
        if record.len() != head.len() {
            problems.push(problem("", "wrong_columns", "This line has another number of columns than the first."));
        }
        let column = |name: &str| head.iter().position(|it| it == name).and_then(|at| record.get(at));
        entries.push(entry(line, |name| Ok(column(name).unwrap_or_default()), problems, now));
    }
    counted(entries)
}

fn counted(entries: Vec<Entry>) -> Result<Vec<Entry>, Unread> {
    match entries.len() {
        0 => Err(Unread::Empty),
        1..=MAX_OUTCOMES => Ok(entries),
        _ => Err(Unread::TooMany),
    }
}

fn entry<'t>(
    line: usize,
    field: impl Fn(&str) -> Result<&'t str, FieldProblem>,
    mut problems: Vec<FieldProblem>,
    now: Timestamp,
) -> Entry {
    let mut text = |name: &str| {
        field(name).map(str::trim).unwrap_or_else(|wrong| {
            problems.push(wrong);
            ""
        })
    };
    let (item, outcome, reason, at) = (text("item"), text("outcome"), text("reason"), text("at"));
    let mut wrong = |name: &str, code: &str, says: &str| {
        // A field that is no text has been named already.
        if !problems.iter().any(|it| it.field == name) {
            problems.push(problem(name, code, says));
        }
    };
    if item.is_empty() {
        wrong("item", "required", "Name the item, by its id or by the visitor\u{2019}s reference.");
    } else if item.chars().nth(MAX_ITEM_CHARS).is_some() {
        wrong("item", "too_long", "No id and no reference is so long.");
    }
    let became = match outcome {
        "won" => Some(Outcome::Won),
        "lost" => Some(Outcome::Lost),
        "disqualified" => Some(Outcome::Disqualified),
        "spam" => Some(Outcome::Spam),
        "solved" => Some(Outcome::Solved),
        _ => {
            wrong("outcome", "unknown_outcome", "It is one of won, lost, disqualified, spam and solved.");
            None
        }
    };
    if became == Some(Outcome::Disqualified) && reason.is_empty() {
        wrong("reason", "required", "Say why: whoever is disqualified is so for a reason.");
    } else if reason.chars().nth(MAX_NOTE_CHARS).is_some() {
        wrong("reason", "too_long", "At most 10,000 characters.");
    }
    let happened = if at.is_empty() { Some(now) } else { Timestamp::parse(at) };
    if happened.is_none() {
        wrong("at", "not_a_time", "A time is written as in 2026-11-23T09:30:00Z.");
    }
    let read = match (became, happened) {
        (Some(outcome), Some(at)) if problems.is_empty() => {
            Ok(Reported { item: item.to_owned(), outcome, reason: reason.to_owned(), at })
        }
        _ => Err(problems),
    };
    Entry { line, item: item.chars().take(MAX_ITEM_CHARS).collect(), read }
}

fn problem(field: &str, code: &str, says: &str) -> FieldProblem {
    FieldProblem { field: field.to_owned(), code: code.to_owned(), message: says.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-23T09:30:00Z";

    #[test]
    fn one_outcome_or_a_list_of_them() {
        let one = json(r#"{"item": "USH-1", "outcome": "won"}"#, now()).unwrap();
        assert_eq!(one[0].read.as_ref().unwrap().at, now());
        let list = r#"{"outcomes": [{"item": "a", "outcome": "lost", "at": "2026-11-20T00:00:00Z"}, {"item": "b", "outcome": "spam"}]}"#;
        let read = json(list, now()).unwrap();
        assert_eq!((read.len(), read[1].line, read[1].item.as_str()), (2, 2, "b"));
    }

    #[test]
    fn every_wrong_field_of_a_line_is_named_and_the_others_are_read() {
        let read = json(
            r#"{"outcomes": [{"item": 7, "outcome": "gone", "at": "yesterday", "extra": 1}, {"item": "b", "outcome": "won"},
                {"item": "c", "outcome": "disqualified"}, "d"]}"#,
            now(),
        )
        .unwrap();
        assert_eq!(fields(&read[0]), ["at", "extra", "item", "outcome"]);
        assert!(read[1].read.is_ok());
        assert_eq!(fields(&read[2]), ["reason"]);
        assert_eq!(fields(&read[3]), ["item", "outcome"]);
    }

    #[test]
    fn a_table_is_read_by_its_head() {
        let text = "\u{feff}outcome,item,at\r\nwon,USH-1,2026-11-20T00:00:00Z\r\n\"lost\",\"b, c\",\r\nwon\r\n";
        let read = csv(text, now()).unwrap();
        assert_eq!(read.iter().map(|it| it.line).collect::<Vec<_>>(), [2, 3, 4]);
        assert_eq!(read[1].read.as_ref().unwrap().item, "b, c");
        assert_eq!(fields(&read[2]), ["", "item"]);
    }

    #[test]
    fn a_head_that_says_something_else_is_refused_whole() {
        for text in ["", "item,outcome,score\na,won,1\n", "item\na\n", "item,outcome,item\na,won,b\n", "a,won\n"] {
            assert!(matches!(csv(text, now()), Err(Unread::Head(_))), "{text}");
        }
    }

    #[test]
    fn an_empty_or_endless_report_is_refused() {
        assert_eq!(json(r#"{"outcomes": []}"#, now()), Err(Unread::Empty));
        assert_eq!(csv("item,outcome\n", now()), Err(Unread::Empty));
        let many = format!("item,outcome\n{}", "a,won\n".repeat(MAX_OUTCOMES + 1));
        assert_eq!(csv(&many, now()), Err(Unread::TooMany));
        for text in ["", "[]", "7", r#"{"outcomes": 1}"#] {
            assert!(matches!(json(text, now()), Err(Unread::NotJson | Unread::NoList)), "{text}");
        }
    }

    fn now() -> Timestamp {
        Timestamp::parse(NOW).unwrap()
    }

    fn fields(entry: &Entry) -> Vec<&str> {
        let mut fields: Vec<&str> = entry.read.as_ref().unwrap_err().iter().map(|it| it.field.as_str()).collect();
        fields.sort_unstable();
        fields
    }
}
