//! What the learner goes by: which facts of a lead are its fields, and what they say in plain words.
//!
//! Only what is known as a score is made: what the visitor chose, how they came and what they did, and what they are to us
//! already. Nothing that staff write can be among it, because no fact of [`crate::facts`] is theirs. Free text, names and
//! addresses are left out: a level that one lead has teaches nothing, and is nobody else's business.
//!
//! Fields are only ever added, at the end ([`grown`]): what was frozen before stays readable, and lacks the new ones.

use serde_json::Value;

use crate::facts;
use crate::learn::{Edges, Fact, Field, Kind, MAX_FIELDS, Part};
use crate::wire::{FieldKind, FormKind, Workspace};

/// The longest name of a field.
const MAX_NAME: usize = 100;
/// What every workspace has.
const CATEGORIES: &[&str] = &[
    "form.id",
    "email.free",
    "site.id",
    "site.partner",
    "page.pricing",
    "campaign.source",
    "campaign.medium",
    "touch.first.source",
    "touch.first.partner",
    "touch.last.source",
    "touch.last.referrer",
    "pricing.best_plan",
    "pricing.period",
    "pricing.seats",
    "pricing.pressed",
    "person.known",
    "person.level",
];
/// Counts, with the edges of their bins: the bands that cards use too.
const COUNTS: &[(&str, &[f64])] = &[
    ("visit.pages", &[2.0, 4.0, 8.0, 16.0]),
    ("visit.pricing_views", &[1.0, 2.0, 4.0]),
    ("pricing.days_30", &[1.0, 2.0, 4.0]),
    ("pricing.visible_secs", &[10.0, 30.0, 90.0, 300.0]),
    ("pricing.compared", &[1.0, 2.0]),
    ("person.items", &[1.0, 2.0, 4.0]),
    ("person.won", &[1.0, 2.0]),
    ("person.referrals", &[1.0, 3.0, 7.0]),
    ("person.reach", &[1.0, 16.0, 256.0, 4_096.0]),
];

/// Whether what a form opens is won or lost, and so taught by its outcome: a request for help is neither.
pub fn is_lead(kind: FormKind) -> bool {
    matches!(kind, FormKind::Inquiry | FormKind::Trial)
}

/// The fields so far, and after them those that the workspace has come to have.
pub fn grown(known: &[Field], workspace: &Workspace) -> Vec<Field> {
    let mut fields = known.to_vec();
    for field in fields_of(workspace) {
        if fields.len() < MAX_FIELDS && fields.iter().all(|known| known.name != field.name) {
            fields.push(field);
        }
    }
    fields
}

/// The facts of one lead, in the order of the fields.
pub fn read(fields: &[Field], facts: &Value) -> Vec<Fact> {
    fields.iter().map(|field| fact(&field.kind, at(facts, &field.name))).collect()
}

/// One part of the learner's explanation in plain words: `Kind of class: A team`.
pub fn part_says(part: &Part, workspace: &Workspace) -> String {
    match &part.field {
        Some(path) => {
            let (says, level) = (facts::says(path, workspace), facts::value_says(path, &part.level, workspace));
            // A label may be a question, or end as one that a value follows.
            let colon = if says.ends_with(['?', ':', '.']) { "" } else { ":" };
            format!("{says}{colon} {level}")
        }
        None => format!("The card\u{2019}s points: {}", part.level),
    }
}

/// The fields of a workspace: those of every one, then what its forms for leads let people choose.
fn fields_of(workspace: &Workspace) -> Vec<Field> {
    let category = |name: &str| Field { name: name.to_owned(), kind: Kind::Category };
    let mut fields: Vec<Field> = CATEGORIES.iter().map(|path| category(path)).collect();
    fields.extend(
        COUNTS
            .iter()
            .map(|(path, edges)| Field { name: (*path).to_owned(), kind: Kind::Number(Edges(edges.to_vec())) }),
    );
    let forms = workspace.forms.iter().filter(|form| is_lead(form.kind));
    for field in forms.flat_map(|form| &form.fields) {
        let kind = match field.kind {
            FieldKind::SingleChoice
            | FieldKind::MultipleChoice
            | FieldKind::DropDown
            | FieldKind::Checkbox
            | FieldKind::Consent => Kind::Category,
            FieldKind::Number => Kind::Number(Edges::default()),
            FieldKind::Email
            | FieldKind::Phone
            | FieldKind::ShortText
            | FieldKind::LongText
            | FieldKind::Date
            | FieldKind::Hidden
            | FieldKind::File => continue,
        };
        let name = format!("values.{}", field.name);
        if name.chars().count() <= MAX_NAME && fields.iter().all(|known| known.name != name) {
            fields.push(Field { name, kind });
        }
    }
    fields
}

fn fact(kind: &Kind, value: &Value) -> Fact {
    match (kind, value) {
        (_, Value::Null) => Fact::Empty,
        (Kind::Number(_), Value::Number(number)) => number.as_f64().map_or(Fact::Empty, Fact::Number),
        (_, Value::String(text)) => Fact::Text(text.clone()),
        // What was chosen together is one level: in another order it is the same.
        (_, Value::Array(items)) => {
            let mut texts: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            texts.sort_unstable();
            if texts.is_empty() { Fact::Empty } else { Fact::Text(texts.join(", ")) }
        }
        (_, other) => Fact::Text(other.to_string()),
    }
}

/// What stands at a path; names have no points in them.
fn at<'a>(facts: &'a Value, path: &str) -> &'a Value {
    path.split('.').try_fold(facts, |value, key| value.get(key)).unwrap_or(&Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::workspace;
    use crate::learn::check_fields;
    use serde_json::json;

    #[test]
    fn fields_are_facts_and_nothing_that_people_type_freely() {
        let workspace = workspace();
        let fields = grown(&[], &workspace);
        assert_eq!(check_fields(&fields), Ok(()));
        for field in &fields {
            assert!(facts::type_of(&field.name, &workspace).is_some(), "{} is no fact", field.name);
        }
        let has = |name: &str| fields.iter().any(|field| field.name == name);
        assert!(has("values.interest") && has("values.seats") && has("values.days"));
        assert!(!has("values.name") && !has("values.email") && !has("values.message"));
    }

    #[test]
    fn what_only_requests_for_help_ask_is_no_field() {
        let fields = grown(&[], &workspace());
        assert!(fields.iter().all(|field| field.name != "values.urgency"));
    }

    #[test]
    fn fields_are_only_ever_added_at_the_end() {
        let mut workspace = workspace();
        let before = grown(&[], &workspace);
        workspace.forms.retain(|form| form.id != "inquiry");
        workspace.forms[0].fields[3].name = "subject".to_owned();
        let after = grown(&before, &workspace);
        assert_eq!(after[..before.len()], before);
        assert!(after[before.len()..].iter().any(|field| field.name == "values.subject"));
        assert_eq!(grown(&after, &workspace), after);
    }

    #[test]
    fn there_are_never_more_than_the_learner_takes() {
        let mut workspace = workspace();
        let field = workspace.forms[0].fields.iter().find(|field| field.kind == FieldKind::DropDown).unwrap().clone();
        for number in 0..100 {
            workspace.forms[0].fields.push(crate::wire::Field { name: format!("more_{number}"), ..field.clone() });
        }
        assert_eq!(grown(&[], &workspace).len(), MAX_FIELDS);
    }

    #[test]
    fn facts_are_read_by_their_paths() {
        let fields = ["email.free", "visit.pages", "values.days", "values.interest", "touch.first.source"]
            .map(|name| grown(&[], &workspace()).into_iter().find(|field| field.name == name).unwrap());
        let facts = json!({
            "email": { "free": false }, "visit": { "pages": 3 },
            "values": { "days": ["tue", "mon"], "interest": "team" }, "touch": { "first": null },
        });
        let text = |text: &str| Fact::Text(text.to_owned());
        let expected = [text("false"), Fact::Number(3.0), text("mon, tue"), text("team"), Fact::Empty];
        assert_eq!(read(&fields, &facts), expected);
    }
}
