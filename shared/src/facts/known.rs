//! Which facts there are, and of which type: what a condition of a configuration may read.

use crate::lifecycle;
use crate::source::CLICK_IDS;
use crate::submission::values::COUNTRY_SUFFIX;
use crate::wire::{Channel, FieldKind, FormKind, Workspace};

/// What stands at a path, unless it is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// Any text.
    Text,
    /// One of these texts.
    OneOf(Vec<String>),
    /// A number.
    Number,
    /// True or false.
    YesNo,
    /// A list of texts.
    List,
    /// Anything.
    Any,
}

impl Type {
    /// The stable name.
    pub fn tag(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::OneOf(_) => "one_of",
            Self::Number => "number",
            Self::YesNo => "yes_no",
            Self::List => "list",
            Self::Any => "any",
        }
    }
}

/// The type of the fact at a path, or nothing where there is no such fact.
pub fn type_of(path: &str, workspace: &Workspace) -> Option<Type> {
    if let Some((_, found)) = table().into_iter().find(|(known, _)| *known == path) {
        return Some(found);
    }
    let (root, rest) = path.split_once('.')?;
    match root {
        "values" => value(rest, workspace),
        "campaign" => campaign(rest),
        "visit" => rest.strip_prefix("events.").and_then(item),
        "touch" => {
            let (_, rest) = rest.split_once('.').filter(|(which, _)| ["first", "last"].contains(which))?;
            match rest {
                "site" | "path" | "referrer" => Some(Type::Text),
                "partner" | "direct" => Some(Type::YesNo),
                _ => campaign(rest),
            }
        }
        _ => None,
    }
}

/// The type of a fact that routing reads beside all others.
pub fn type_of_score(path: &str) -> Option<Type> {
    Some(match path {
        "score" => Type::Any,
        "score.tier" => Type::Text,
        "score.letter" => one_of(&["A", "B", "C"]),
        "score.number" | "score.total" | "score.chance" => Type::Number,
        "score.excluded" => Type::YesNo,
        "score.sign" => one_of(&["churn", "expansion"]),
        _ => return None,
    })
}

fn table() -> Vec<(&'static str, Type)> {
    let roots = ["form", "values", "email", "site", "page", "campaign", "visit", "touch", "pricing", "person"];
    let mut known: Vec<(&str, Type)> = roots.map(|root| (root, Type::Any)).into();
    let kinds = [FormKind::Inquiry, FormKind::Trial, FormKind::Support].map(FormKind::tag);
    known.extend([("form.kind", one_of(&kinds)), ("visit.events", Type::List)]);
    known.push(("channel", one_of(&Channel::ALL.map(Channel::tag))));
    known.extend(["touch.first", "touch.last"].map(|path| (path, Type::Any)));
    let texts = ["form.id", "email.domain", "site.id", "page.path", "complaint_reason"];
    known.extend(texts.map(|path| (path, Type::Text)));
    let of_prices = ["pricing.best_plan", "pricing.period", "pricing.seats", "pricing.pressed"];
    known.extend(of_prices.map(|path| (path, Type::Text)));
    let flags = ["email.free", "email.disposable", "site.partner", "page.pricing", "visit.human"];
    let of_people = ["person.known", "person.customer"];
    known.extend(flags.into_iter().chain(of_people).map(|path| (path, Type::YesNo)));
    known.push(("complaint", Type::YesNo));
    let numbers = ["visit.pages", "visit.pricing_views", "pricing.days_30", "pricing.visible_secs", "pricing.compared"];
    known.extend(numbers.map(|path| (path, Type::Number)));
    let of_person =
        ["person.items", "person.open_items", "person.won", "person.complaints", "person.referrals", "person.reach"];
    known.extend(of_person.map(|path| (path, Type::Number)));
    let stages = lifecycle::Kind::ALL.into_iter().filter(|kind| kind.is_stage()).map(lifecycle::Kind::tag);
    known.push(("person.stage", one_of(&stages.collect::<Vec<_>>())));
    known.push(("person.level", one_of(&["stand_alone", "repeat", "advocate"])));
    known
}

fn one_of(texts: &[&str]) -> Type {
    Type::OneOf(texts.iter().map(|text| (*text).to_owned()).collect())
}

fn campaign(name: &str) -> Option<Type> {
    let is_known = ["source", "medium", "campaign", "term", "content"].contains(&name) || CLICK_IDS.contains(&name);
    is_known.then_some(Type::Text)
}

/// An item of a list, or its length.
fn item(key: &str) -> Option<Type> {
    match key {
        "length" => Some(Type::Number),
        _ => key.parse::<usize>().is_ok().then_some(Type::Text),
    }
}

/// A field of any form; what two forms have under one name and differently may be anything.
fn value(path: &str, workspace: &Workspace) -> Option<Type> {
    let (name, inner) = path.split_once('.').map_or((path, None), |(name, inner)| (name, Some(inner)));
    let fields = || workspace.forms.iter().flat_map(|form| &form.fields);
    let mut types = fields().filter(|field| field.name == name).map(|field| {
        let options = || Type::OneOf(field.options.iter().map(|option| option.value.clone()).collect());
        match field.kind {
            FieldKind::Number => Type::Number,
            FieldKind::Checkbox | FieldKind::Consent => Type::YesNo,
            FieldKind::MultipleChoice => Type::List,
            FieldKind::SingleChoice | FieldKind::DropDown if !field.options.is_empty() => options(),
            _ => Type::Text,
        }
    });
    let is_country = |name: &str| {
        let phone = name.strip_suffix(COUNTRY_SUFFIX);
        fields().any(|field| field.kind == FieldKind::Phone && Some(field.name.as_str()) == phone)
    };
    let Some(first) = types.next() else { return is_country(name).then_some(Type::Text) };
    let found = if types.all(|other| other == first) { first } else { Type::Any };
    match (inner, found) {
        (None, found) => Some(found),
        (Some(key), Type::List | Type::Any) => item(key),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::facts;
    use super::*;
    use crate::demo::workspace;
    use crate::desk::Arrival;
    use crate::submission::Submission;
    use crate::time::Timestamp;
    use crate::visit::Visit;
    use crate::wire::visit::{Summary, Touch};
    use serde_json::{Value, json};

    #[test]
    fn every_fact_that_is_made_is_known() {
        let config = crate::demo::config();
        let site = config.site_by_id("platform").unwrap();
        let form = config.form_of(site, "inquiry").unwrap();
        let body = json!({
            "submission_id": "7d444840-9dc0-41d1-b245-5ffdce74fad2",
            "values": { "name": "Ana", "email": "ana@example.com", "message": "Which plan fits a team of five?" },
            "page": { "url": "https://learn.example.com/pricing/?utm_source=letter&gclid=x" },
        });
        let at = Timestamp::from_ms(0);
        let submission = Submission::parse(form, &body, at).unwrap();
        let mut summary = Summary::default();
        summary.come(Touch { path: "/".to_owned(), ..Touch::default() });
        let visit = Visit::with_summary(Vec::new(), summary);
        let arrival = Arrival { site, form, submission: &submission, visit: &visit, identity: None, person: None, at };
        let mut paths = Vec::new();
        leaves("", &facts(&arrival, None), &mut paths);
        assert!(paths.len() > 25, "{paths:?}");
        paths.iter().for_each(|path| assert!(type_of(path, &workspace()).is_some(), "{path}"));
    }

    fn leaves(path: &str, value: &Value, paths: &mut Vec<String>) {
        match value.as_object().filter(|object| !object.is_empty()) {
            Some(object) => object.iter().for_each(|(key, value)| {
                leaves(&if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, value, paths);
            }),
            None => paths.push(path.to_owned()),
        }
    }

    #[test]
    fn what_there_is_is_known() {
        for path in ["form.kind", "values.interest", "email.free", "touch.first.partner", "touch.last.gclid"] {
            assert!(type_of(path, &workspace()).is_some(), "{path}");
        }
        for path in ["visit.events.length", "visit.events.0", "values", "campaign.source", "person.customer"] {
            assert!(type_of(path, &workspace()).is_some(), "{path}");
        }
    }

    #[test]
    fn what_there_is_not_is_not_known() {
        let paths = ["weather", "email.fre", "values.shoe_size", "touch.middle.path", "campaign.x", "form.kind.x"];
        for path in [paths.as_slice(), &["score.total", "visit.events.x", "values.email.length", ""]].concat() {
            assert_eq!(type_of(path, &workspace()), None, "{path}");
        }
    }

    #[test]
    fn a_choice_is_one_of_its_options() {
        let Some(Type::OneOf(options)) = type_of("values.interest", &workspace()) else { panic!("a choice") };
        assert!(options.contains(&"team".to_owned()));
    }
}
