//! Which of our values fills which field of another system, as rows that people fill in; and the short name of something from its
//! long one.

use std::collections::BTreeMap;

use shared::delivery::fields::is_source;
use shared::wire::scoring::FactView;

/// One row: the other system's field, and where its value comes from.
pub type Row = (String, String);

/// What a value may come from besides what forms ask for, with what people call it.
const SOURCES: [(&str, &[(&str, &str)]); 4] = [
    (
        "The person",
        &[
            ("person.name", "Name"),
            ("person.first_name", "First name"),
            ("person.last_name", "Last name"),
            ("person.email", "E-mail"),
            ("person.phone", "Telephone"),
        ],
    ),
    (
        "The item",
        &[
            ("summary", "Summary"),
            ("reference", "Reference"),
            ("link", "Link to the item"),
            ("item_id", "Our id of the item"),
            ("kind", "Kind"),
            ("complaint", "What they complain of"),
            ("answer_by", "Answer promised by"),
            ("outcome", "Outcome"),
            ("reason", "Reason of the outcome"),
        ],
    ),
    (
        "Score and routing",
        &[
            ("score.tier", "Tier"),
            ("score.total", "Points"),
            ("score.chance", "Chance"),
            ("score.reasons", "Reasons of the score"),
            ("route.queue", "Queue"),
            ("route.team", "Team"),
            ("route.owner", "Whose it is"),
            ("route.says", "Rule, in words"),
        ],
    ),
    (
        "Where they wrote",
        &[("page.url", "Address of the page"), ("page.title", "Title of the page"), ("site", "Site"), ("form", "Form")],
    ),
];

/// A group of what a value may come from: its name, and in it paths with what people call them.
pub type Group = (&'static str, Vec<(String, String)>);

/// All of it. What forms ask for is known from the facts that conditions read.
pub fn sources(facts: &[FactView]) -> Vec<Group> {
    let values = facts.iter().filter(|fact| fact.path.starts_with("values.") && is_source(&fact.path));
    let values: Vec<_> = values.map(|fact| (fact.path.clone(), fact.says.clone())).collect();
    let asked = (!values.is_empty()).then_some(("What they wrote", values));
    let (person, others) = SOURCES.split_at(1);
    person.iter().map(grouped).chain(asked).chain(others.iter().map(grouped)).collect()
}

fn grouped((name, all): &(&'static str, &[(&str, &str)])) -> Group {
    (*name, all.iter().map(|(path, says)| ((*path).to_owned(), (*says).to_owned())).collect())
}

/// A map as rows.
pub fn rows_of(map: &BTreeMap<String, String>) -> Vec<Row> {
    map.iter().map(|(name, from)| (name.clone(), from.clone())).collect()
}

/// Rows as a map. Of two rows for one field the later one counts ([`is_twice`] says so); rows that say nothing are none.
pub fn map_of(rows: &[Row]) -> BTreeMap<String, String> {
    let says = |(name, from): &&Row| !name.trim().is_empty() || !from.is_empty();
    rows.iter().filter(says).map(|(name, from)| (name.trim().to_owned(), from.clone())).collect()
}

/// Whether a later row fills the same field.
pub fn is_twice(rows: &[Row], at: usize) -> bool {
    let Some((name, _)) = rows.get(at) else { return false };
    let later = rows.iter().skip(at + 1);
    !name.trim().is_empty() && later.into_iter().any(|(other, _)| other.trim() == name.trim())
}

/// A short name from a long one: `Sales & CRM` is `sales-crm`.
pub fn id_from(name: &str) -> String {
    let plain = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
    let plain: String = plain.collect();
    let parts: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
    parts.join("-").chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, from: &str) -> Row {
        (name.to_owned(), from.to_owned())
    }

    #[test]
    fn everything_to_choose_from_is_a_source() {
        for (_, all) in sources(&[]) {
            for (path, _) in all {
                assert!(is_source(&path), "{path}");
            }
        }
    }

    #[test]
    fn what_forms_ask_for_comes_after_the_person() {
        let fact = |path: &str| FactView {
            path: path.to_owned(),
            says: "Plan".to_owned(),
            kind: "text".to_owned(),
            options: Vec::new(),
        };
        let found = sources(&[fact("form.kind"), fact("values.plan")]);
        assert_eq!(
            found.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
            ["The person", "What they wrote", "The item", "Score and routing", "Where they wrote"]
        );
        assert_eq!(found.get(1).map(|(_, all)| all.clone()), Some(vec![row("values.plan", "Plan")]));
    }

    #[test]
    fn rows_and_maps_are_the_same_save_for_what_says_nothing() {
        let rows = [row("email", "person.email"), row("lead_source", "=Website")];
        assert_eq!(rows_of(&map_of(&rows)), rows);
        assert_eq!(map_of(&[row(" ", ""), row(" a ", "=1")]), map_of(&[row("a", "=1")]));
        assert_eq!(map_of(&[row("", "summary")]).len(), 1, "a value without a field is refused, not lost");
    }

    #[test]
    fn of_two_rows_for_one_field_the_later_one_counts_and_the_earlier_one_says_so() {
        let rows = [row("a", "=1"), row("b", "=2"), row(" a", "=3")];
        assert_eq!(map_of(&rows).get("a").map(String::as_str), Some("=3"));
        assert_eq!([0, 1, 2].map(|at| is_twice(&rows, at)), [true, false, false]);
    }

    #[test]
    fn a_short_name_is_made_of_a_long_one() {
        assert_eq!(id_from("Sales & CRM"), "sales-crm");
        assert_eq!(id_from("  \u{e9}cole 2 "), "cole-2");
        assert_eq!(id_from("\u{645}\u{631}\u{62d}\u{628}\u{627}"), "");
    }
}
