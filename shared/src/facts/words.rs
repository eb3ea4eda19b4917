//! What facts are called in plain words: for whoever writes a card, and for whoever reads why the learner says what it says.

use crate::source::CLICK_IDS;
use crate::submission::values::COUNTRY_SUFFIX;
use crate::wire::scoring::FactView;
use crate::wire::{Field, FieldKind, Workspace};

use super::known::{Type, type_of, type_of_score};

/// What stands at each path that is the same in every workspace.
const SAYS: &[(&str, &str)] = &[
    ("form.id", "Form"),
    ("form.kind", "Kind of form"),
    ("channel", "How it came to us"),
    ("email.domain", "Domain of their address"),
    ("email.free", "Writes from a free mailbox"),
    ("email.disposable", "Writes from a mailbox for minutes"),
    ("site.id", "Site"),
    ("site.partner", "On a partner\u{2019}s site"),
    ("page.path", "Page they wrote from"),
    ("page.pricing", "Wrote from a pricing page"),
    ("visit.pages", "Pages seen"),
    ("visit.pricing_views", "Visits with a look at the prices"),
    ("visit.human", "A person was seen"),
    ("visit.events", "What the page reported"),
    ("pricing.days_30", "Days with a look at the prices, of the last 30"),
    ("pricing.best_plan", "Plan they favour"),
    ("pricing.visible_secs", "Seconds that they read the prices"),
    ("pricing.period", "Billing period they chose"),
    ("pricing.seats", "Seats they chose on the pricing page"),
    ("pricing.pressed", "Plan whose button they pressed"),
    ("pricing.compared", "How often they compared plans"),
    ("person.known", "Has written before"),
    ("person.items", "How often they wrote before"),
    ("person.open_items", "How much of theirs is open"),
    ("person.won", "How often they bought"),
    ("person.customer", "Is a customer"),
    ("person.complaints", "Complaints of theirs that are open"),
    ("person.referrals", "People they brought to us"),
    ("person.reach", "People they reach"),
    ("person.stage", "Where they stand, as the platform says"),
    ("person.level", "What they are to us"),
    ("complaint", "Is a complaint"),
    ("complaint_reason", "Why it is a complaint"),
];

const PARTS: &[(&str, &str)] = &[
    ("source", "source"),
    ("medium", "medium"),
    ("campaign", "campaign"),
    ("term", "search term"),
    ("content", "content"),
    ("site", "site"),
    ("path", "page"),
    ("referrer", "referrer"),
    ("partner", "through a partner"),
    ("direct", "without a link"),
];

/// What a fact is called; its path, where it has no other name.
pub fn says(path: &str, workspace: &Workspace) -> String {
    if let Some((_, says)) = SAYS.iter().find(|(known, _)| *known == path) {
        return (*says).to_owned();
    }
    let part = |name: &str| {
        let found = PARTS.iter().find(|(known, _)| *known == name).map(|(_, says)| *says);
        found.unwrap_or(name).to_owned()
    };
    if let Some(name) = path.strip_prefix("values.") {
        return of_value(name, workspace);
    }
    for (prefix, says) in [("campaign.", "Campaign"), ("touch.first.", "First came"), ("touch.last.", "Last came")] {
        if let Some(name) = path.strip_prefix(prefix) {
            return format!("{says}: {}", part(name));
        }
    }
    path.to_owned()
}

/// What a value of a fact is called: an option by its label, what is so by `yes`, a site by its name.
pub fn value_says(path: &str, value: &str, workspace: &Workspace) -> String {
    let named = match path {
        "site.id" => workspace.sites.iter().find(|site| site.id == value).map(|site| site.name.clone()),
        "form.id" => workspace.forms.iter().find(|form| form.id == value).map(|form| form.title.clone()),
        _ => options(path, workspace).into_iter().find(|(known, _)| known == value).map(|(_, label)| label),
    };
    named.unwrap_or_else(|| match (value, type_of(path, workspace)) {
        ("true", Some(Type::YesNo)) => "yes".to_owned(),
        ("false", Some(Type::YesNo)) => "no".to_owned(),
        _ => value.to_owned(),
    })
}

/// Every fact that a condition of this workspace may read, in the order in which people think of them.
pub fn all(workspace: &Workspace) -> Vec<FactView> {
    facts(workspace).collect()
}

/// The same, and what routing reads of the score.
pub fn all_with_score(workspace: &Workspace) -> Vec<FactView> {
    let of_score = SAYS_OF_SCORE.iter().filter_map(|(path, says)| {
        let kind = type_of_score(path)?;
        let options = match &kind {
            Type::OneOf(texts) => texts.iter().map(|text| (text.clone(), text.clone())).collect(),
            _ => Vec::new(),
        };
        let (path, says) = ((*path).to_owned(), (*says).to_owned());
        Some(FactView { path, says, kind: kind.tag().to_owned(), options })
    });
    of_score.chain(facts(workspace)).collect()
}

fn facts(workspace: &Workspace) -> impl Iterator<Item = FactView> {
    let mut paths: Vec<String> = SAYS.iter().map(|(path, _)| (*path).to_owned()).collect();
    for field in workspace.forms.iter().flat_map(|form| &form.fields) {
        paths.push(format!("values.{}", field.name));
        if field.kind == FieldKind::Phone {
            paths.push(format!("values.{}{COUNTRY_SUFFIX}", field.name));
        }
    }
    let of_campaign =
        || ["source", "medium", "campaign", "term", "content"].into_iter().chain(CLICK_IDS.iter().copied());
    paths.extend(of_campaign().map(|name| format!("campaign.{name}")));
    for which in ["first", "last"] {
        let of_touch = ["partner", "direct", "site", "path", "referrer"].into_iter().chain(of_campaign());
        paths.extend(of_touch.map(|name| format!("touch.{which}.{name}")));
    }
    let mut facts: Vec<FactView> = Vec::with_capacity(paths.len());
    for path in paths {
        let Some(kind) = type_of(&path, workspace) else { continue };
        if facts.iter().all(|fact| fact.path != path) {
            let (says, options) = (says(&path, workspace), options(&path, workspace));
            facts.push(FactView { kind: kind.tag().to_owned(), says, options, path });
        }
    }
    facts.into_iter()
}

/// What routing reads of the score, in words.
const SAYS_OF_SCORE: [(&str, &str); 7] = [
    ("score.tier", "Tier"),
    ("score.letter", "Letter of the tier: fit"),
    ("score.number", "Number of the tier: interest"),
    ("score.total", "Points in all"),
    ("score.chance", "Chance of a win, from 0 to 1"),
    ("score.excluded", "Is not scored"),
    ("score.sign", "What a customer did is a sign of"),
];

/// The values of a fact that is one of a few, and what they are called.
fn options(path: &str, workspace: &Workspace) -> Vec<(String, String)> {
    if let Some(name) = path.strip_prefix("values.") {
        let fields = fields(name, workspace);
        let options =
            fields.flat_map(|field| &field.options).map(|option| (option.value.clone(), option.label.clone()));
        let mut all: Vec<(String, String)> = Vec::new();
        for (value, label) in options {
            if all.iter().all(|(known, _)| *known != value) {
                all.push((value, label));
            }
        }
        return all;
    }
    let Some(Type::OneOf(values)) = type_of(path, workspace) else { return Vec::new() };
    let label = |value: &str| match value {
        "inquiry" => "an inquiry".to_owned(),
        "trial" => "a sign-up for a trial".to_owned(),
        "support" => "a request for help".to_owned(),
        "web" => "by a form".to_owned(),
        "email" => "by mail".to_owned(),
        "phone" => "by telephone".to_owned(),
        other => other.replace('_', " "),
    };
    values.into_iter().map(|value| (value.clone(), label(&value))).collect()
}

fn of_value(name: &str, workspace: &Workspace) -> String {
    let label = |name: &str| {
        let label = fields(name, workspace).map(|field| field.label.as_str()).find(|label| !label.is_empty());
        label.unwrap_or(name).to_owned()
    };
    match name.strip_suffix(COUNTRY_SUFFIX) {
        Some(phone) if fields(name, workspace).next().is_none() => format!("{}: country", label(phone)),
        _ => label(name),
    }
}

fn fields<'a>(name: &'a str, workspace: &'a Workspace) -> impl Iterator<Item = &'a Field> {
    workspace.forms.iter().flat_map(|form| &form.fields).filter(move |field| field.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::workspace;

    #[test]
    fn every_fact_has_a_name_of_its_own() {
        let workspace = workspace();
        let facts = all(&workspace);
        for fact in &facts {
            assert_ne!(fact.says, fact.path, "it has no words");
        }
        assert!(facts.len() > 50, "{}", facts.len());
    }

    #[test]
    fn values_are_called_as_on_the_form() {
        let workspace = workspace();
        assert_eq!(value_says("values.interest", "team", &workspace), "Classes for my team");
        assert_eq!(value_says("email.free", "false", &workspace), "no");
        assert_eq!(value_says("pricing.best_plan", "pro", &workspace), "pro");
        assert_eq!(says("touch.first.source", &workspace), "First came: source");
    }
}
