//! Everything that can be wrong with a configuration, each told with its path.

mod card;
mod destinations;
mod details;
mod experiments;
mod mailboxes;
mod pools;
mod prompts;
mod retention;
mod sign_in;
mod sites;
mod templates;

pub use card::card;
pub use destinations::{beyond, destinations};
pub use experiments::experiments;
pub use mailboxes::mailboxes;
pub use pools::pools;
pub use prompts::prompts;
pub use retention::retention;
pub use sign_in::sign_in;
pub use sites::decided;
pub use templates::templates;

use std::collections::BTreeSet;

use serde_json::Value;

use super::RouteRule;
use crate::business::Hours;
use crate::condition::Condition;
use crate::facts::{type_of, type_of_score};
use crate::form::Form;
use crate::promise;
use crate::time::Timestamp;
use crate::wire::{FieldProblem, Workspace};

/// The most rules of a card or of a routing table: enough for anybody, and a bound on the work of one submission.
const MAX_RULES: usize = 1_000;
/// The shortest secret for identity tokens: as many bits as the hash has (RFC 7518, 3.2).
const MIN_SECRET_BYTES: usize = 32;
/// The longest promise: a year.
const MAX_MINUTES: u32 = 365 * 24 * 60;
/// Names that stand for something else in a sent form.
pub const RESERVED_FIELDS: &[&str] = &["submission_id", "values", "page", "signals"];
/// What a plain HTML form adds of its own starts with this.
pub const RESERVED_PREFIX: &str = "usher_";

/// What was found so far.
#[derive(Default)]
pub struct Problems(Vec<FieldProblem>);

impl Problems {
    fn push(&mut self, path: impl Into<String>, code: &str, message: impl Into<String>) {
        self.0.push(FieldProblem { field: path.into(), code: code.to_owned(), message: message.into() });
    }

    fn count(&self) -> usize {
        self.0.len()
    }

    fn unless(&mut self, fine: bool, path: impl Into<String>, code: &str, message: &str) {
        if !fine {
            self.push(path, code, message);
        }
    }

    fn exists<'a>(&mut self, mut known: impl Iterator<Item = &'a String>, name: &str, path: String, what: &str) {
        let is_known = known.any(|known| known == name);
        if !is_known {
            self.push(path, "unknown_name", format!("there is no {what} {name:?}"));
        }
    }

    /// The result, if nothing was wrong.
    pub fn done<T>(self, result: impl FnOnce() -> T) -> Result<T, Vec<FieldProblem>> {
        if self.0.is_empty() { Ok(result()) } else { Err(self.0) }
    }
}

/// Ids are plain and not used twice.
pub fn names(source: &Workspace, problems: &mut Problems) {
    problems.unless(!source.name.trim().is_empty(), "name", "required", "a workspace has a name");
    details::workspace(source, problems);
    unique("sites", source.sites.iter().map(|site| &site.id), problems);
    unique("forms", source.forms.iter().map(|form| &form.id), problems);
    unique("queues", source.queues.iter().map(|queue| &queue.id), problems);
    unique("members", source.members.iter().map(|member| &member.id), problems);
    unique("pools", source.pools.iter().map(|pool| &pool.id), problems);
    unique("routes", source.routes.iter().map(|rule| &rule.id), problems);
    problems.unless(
        source.identity.as_ref().is_none_or(|identity| identity.secret.len() >= MIN_SECRET_BYTES),
        "identity.secret",
        "too_short",
        "a secret has at least 32 characters",
    );
    let mut keys = BTreeSet::new();
    for (index, site) in source.sites.iter().enumerate() {
        problems.unless(
            keys.insert(&site.key),
            format!("sites[{index}].key"),
            "used_twice",
            "another site has this key",
        );
    }
}

/// Sites name origins and forms that exist.
pub fn sites(source: &Workspace, problems: &mut Problems) {
    for (index, site) in source.sites.iter().enumerate() {
        let key_is_fine = site.key.len() >= 8 && site.key.len() <= 80 && is_name(&site.key);
        problems.unless(
            key_is_fine,
            format!("sites[{index}].key"),
            "not_a_key",
            "a key has 8 to 80 lower-case letters, digits, _ or -",
        );
        problems.unless(!site.origins.is_empty(), format!("sites[{index}].origins"), "required", "name an origin");
        let ends = site.expires_at.as_deref();
        problems.unless(
            ends.is_none_or(|ends| Timestamp::parse(ends).is_some()),
            format!("sites[{index}].expires_at"),
            "not_an_instant",
            "an instant is written 2027-01-31T00:00:00Z",
        );
        for (at, origin) in site.origins.iter().enumerate() {
            problems.unless(
                is_origin(origin),
                format!("sites[{index}].origins[{at}]"),
                "not_an_origin",
                "an origin is a scheme, a host and perhaps a port: https://learn.example.com",
            );
        }
        for (at, form) in site.forms.iter().enumerate() {
            let known = source.forms.iter().map(|form| &form.id);
            problems.exists(known, form, format!("sites[{index}].forms[{at}]"), "form");
        }
        for (at, pattern) in site.pricing.iter().enumerate() {
            let path = format!("sites[{index}].pricing[{at}]");
            problems.unless(pattern.starts_with('/'), path, "not_a_path", "a pattern starts with /");
        }
        details::site(source, site, &format!("sites[{index}]"), problems);
    }
}

/// The forms, read.
pub fn forms(source: &Workspace, problems: &mut Problems) -> Vec<Form> {
    let mut read = Vec::with_capacity(source.forms.len());
    for (index, form) in source.forms.iter().enumerate() {
        match Form::parse(form, &source.lang) {
            Ok(form) => read.push(form),
            Err(wrong) => {
                let path = |field: String| format!("forms[{index}].{field}");
                problems.0.extend(wrong.into_iter().map(|wrong| FieldProblem { field: path(wrong.field), ..wrong }));
            }
        }
    }
    details::results(source, problems);
    read
}

/// The routing rules, with their conditions read.
pub fn routes(source: &Workspace, problems: &mut Problems) -> Vec<RouteRule> {
    problems.unless(source.routes.len() <= MAX_RULES, "routes", "too_many", "there are at most 1,000 routing rules");
    // Routing reads the score too.
    let is_known = |fact: &str| type_of(fact, source).or_else(|| type_of_score(fact)).is_some();
    let mut read = Vec::with_capacity(source.routes.len());
    for (index, rule) in source.routes.iter().enumerate() {
        let path = format!("routes[{index}]");
        problems.exists(source.queues.iter().map(|queue| &queue.id), &rule.queue, format!("{path}.queue"), "queue");
        problems.exists(source.pools.iter().map(|pool| &pool.id), &rule.pool, format!("{path}.pool"), "pool");
        let promises = [
            ("first_touch_minutes", Some(rule.first_touch_minutes)),
            ("next_reply_minutes", rule.next_reply_minutes),
            ("close_minutes", rule.close_minutes),
            ("dwell_minutes", rule.dwell_minutes),
        ];
        for (name, minutes) in promises {
            let is_fine = minutes.is_none_or(|minutes| (1..=MAX_MINUTES).contains(&minutes));
            let message = "a promise is kept within a minute to a year";
            problems.unless(is_fine, format!("{path}.{name}"), "out_of_range", message);
        }
        for (at, remedy) in rule.remedies.iter().flatten().enumerate() {
            let is_fine = (1..=promise::MISSED).contains(&remedy.at);
            problems.unless(is_fine, format!("{path}.remedies[{at}].at"), "out_of_range", "a percent is 1 to 100");
        }
        let pool = source.pools.iter().find(|pool| pool.id == rule.pool);
        // Hours that make no sense are named with their pool.
        let hours = pool.and_then(|pool| pool.hours.as_ref()).and_then(|hours| Hours::parse(hours).ok());
        let hours = hours.filter(|_| !rule.calendar);
        pools::needs(source, rule, &path, is_known, problems);
        if let Some(when) = condition(&rule.when, is_known, format!("{path}.when"), problems) {
            read.push(RouteRule {
                id: rule.id.clone(),
                when,
                queue: rule.queue.clone(),
                pool: rule.pool.clone(),
                first_touch_minutes: rule.first_touch_minutes,
                hours,
                next_reply_minutes: rule.next_reply_minutes,
                close_minutes: rule.close_minutes,
                dwell_minutes: rule.dwell_minutes,
                remedies: rule.remedies.clone().unwrap_or_else(|| promise::USUAL.to_vec()),
                needs: rule.needs.clone(),
                any_hour: rule.any_hour,
                says: rule.says.clone(),
            });
        }
    }
    let ends_well = read.last().is_some_and(|rule| rule.when.is_always());
    problems.unless(ends_well, "routes", "no_last_rule", "the last rule must always match: \"when\": {}");
    read
}

/// A condition over facts that there are.
fn condition(
    json: &Value,
    is_known: impl Fn(&str) -> bool,
    path: String,
    problems: &mut Problems,
) -> Option<Condition> {
    match Condition::parse(json) {
        Ok(condition) => {
            let unknown = condition.paths().into_iter().filter(|fact| !is_known(fact));
            let unknown: Vec<String> = unknown.map(|fact| format!("{fact:?}")).collect();
            if unknown.is_empty() {
                return Some(condition);
            }
            problems.push(path, "unknown_fact", format!("there is no fact {}", unknown.join(", ")));
        }
        Err(error) => problems.push(path, "not_a_condition", error.to_string()),
    }
    None
}

/// A fact that there is.
fn condition_path(fact: &str, is_known: impl Fn(&str) -> bool, path: String, problems: &mut Problems) {
    if !is_known(fact) {
        problems.push(path, "unknown_fact", format!("there is no fact {fact:?}"));
    }
}

fn unique<'a>(list: &str, ids: impl Iterator<Item = &'a String>, problems: &mut Problems) {
    let mut seen = BTreeSet::new();
    for (index, id) in ids.enumerate() {
        let path = format!("{list}[{index}].id");
        problems.unless(is_name(id), path.clone(), "not_a_name", "an id has lower-case letters, digits, _ or -");
        problems.unless(seen.insert(id), path, "used_twice", "another one has this id");
    }
}

/// Whether this may name something: 1 to 80 lower-case letters, digits, `_` or `-`.
pub fn is_name(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-';
    !id.is_empty() && id.len() <= 80 && id.bytes().all(plain)
}

/// `scheme://host[:port]` as browsers send it: in lower case, no path, no trailing slash, no user.
fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| {
        let usual = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:[]".contains(&byte);
        !host.is_empty() && host.bytes().all(usual)
    })
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use crate::wire::Workspace;
    use serde_json::{Value, json};

    #[test]
    fn the_demo_makes_sense() {
        assert_eq!(Config::parse(1, demo(|_| ())).map(|config| config.version()), Ok(1));
    }

    #[test]
    fn every_problem_is_named_at_once() {
        let source = demo(|source| {
            source["sites"][0]["origins"] = json!(["https://learn.example.com/"]);
            source["sites"][0]["forms"] = json!(["nope"]);
            source["sites"][0]["prompts"] = json!([]);
            source["sites"][0]["expires_at"] = json!("next year");
            source["identity"] = json!({ "secret": "short" });
            source["routes"][0]["pool"] = json!("nobody");
            source["card"]["rules"][0]["when"] = json!({ "visit.pages": { "$near": 3 } });
            source["card"]["rules"][1]["when"] = json!({ "weather": "fine" });
            source["card"]["tiers"]["fit"] = json!([5, 10]);
            source["pools"][1]["hours"]["zone"] = json!("Europe/Atlantis");
        });
        assert_eq!(
            paths(source),
            [
                "identity.secret",
                "sites[0].expires_at",
                "sites[0].origins[0]",
                "sites[0].forms[0]",
                "pools[1].hours",
                "card.tiers.fit",
                "card.rules[0].when",
                "card.rules[1].when",
                "routes[0].pool",
            ]
        );
    }

    #[test]
    fn a_site_speaks_looks_and_leads_where_it_may() {
        let source = demo(|source| {
            source["sites"][0]["lang"] = json!("tlh");
            source["sites"][0]["expires_at"] = json!("next year");
            source["sites"][0]["theme"] = json!({ "mode": "dim", "accent": "red;}", "radius": 99 });
            source["sites"][1]["lang"] = json!("nl");
            source["words"] = json!({ "nl": { "next": "Volgende", "step": "Stap {n}", "nonsense": "x" } });
            source["forms"][0]["result"] =
                json!({ "message": "Hi", "redirect": "https://evil.example/", "follow_up": "inquiry" });
        });
        assert_eq!(
            paths(source),
            [
                "words.nl.nonsense",
                "words.nl.step",
                "sites[0].expires_at",
                "sites[0].lang",
                "sites[0].theme.mode",
                "sites[0].theme.accent",
                "sites[0].theme.radius",
                "forms[0].result.follow_up",
                "forms[0].result.redirect",
            ]
        );
    }

    #[test]
    fn every_problem_of_a_form_is_named_by_its_path() {
        let source = demo(|source| {
            let form = &mut source["forms"][0];
            form["fields"][0]["pattern"] = json!("(a)\\1");
            form["fields"][3]["options"][0]["label"] = json!(" ");
            form["fields"][4]["when"] = json!({ "values.message": "x", "form.kind": "inquiry" });
            form["fields"][4]["max"] = json!("1");
            form["fields"][6]["countries"] = json!([{ "code": "gb", "calling": "+44" }]);
            form["fields"][7]["required"] = json!(true);
            form["fields"][10]["required"] = json!(true);
            form["rules"][0]["require"] = json!({ "values.nobody": { "$exists": true } });
            form["translations"]["es"]["fields.nobody.label"] = json!("Nadie");
            form["translations"]["Klingon"] = json!({});
            source["forms"][1]["steps"][0]["fields"] = json!(["email", "name", "phone"]);
            source["forms"][2]["fields"][0]["countries"] = json!([{ "code": "GB", "calling": "44" }]);
            source["forms"][2]["fields"][5]["min"] = json!("1");
        });
        assert_eq!(
            paths(source),
            [
                "forms[0].fields[0].pattern",
                "forms[0].fields[3].options[0].label",
                "forms[0].fields[4].when",
                "forms[0].fields[4].when",
                "forms[0].fields[4].max",
                "forms[0].fields[6].countries[0]",
                "forms[0].fields[7].required",
                "forms[0].fields[10].required",
                "forms[0].rules[0].require",
                "forms[0].translations.Klingon",
                "forms[0].translations.es.fields.nobody.label",
                "forms[1].steps",
                "forms[2].fields[0].countries",
                "forms[2].fields[5].min",
            ]
        );
    }

    #[test]
    fn every_problem_of_what_is_kept_how_long_is_named() {
        let source = demo(|source| {
            source["retention"] = json!({
                "items": [{ "form": "inquiry", "days": 730 }, { "form": "nope", "days": 0 }, { "outcome": "spam" }, { "days": 36_501 }],
                "undecided_days": 0, "dead_days": 36_500,
            });
        });
        assert_eq!(
            paths(source),
            [
                "retention.undecided_days",
                "retention.items[1].days",
                "retention.items[3].days",
                "retention.items[1].form"
            ]
        );
    }

    #[test]
    fn a_workspace_adds_a_language_of_its_own() {
        let source = demo(|source| source["words"] = json!({ "nl": { "next": "Volgende" } }));
        let config = Config::parse(1, source).unwrap();
        let site = &config.source().sites[0];
        assert_eq!(config.language(site, "nl-BE,fr;q=0.5"), "nl");
        assert_eq!(config.language(site, "da,fr;q=0.5"), "fr");
        assert_eq!(config.language(site, ""), "en");
        let boot = config.boot(site, "nl");
        assert_eq!((boot.words["next"].as_str(), boot.words["back"].as_str()), ("Volgende", "Back"));
        assert!(!boot.words.contains_key("page_thanks"));
    }

    #[test]
    fn the_last_rule_must_always_match() {
        let source = demo(|source| {
            let last = source["routes"].as_array().unwrap().len() - 1;
            source["routes"][last]["when"] = json!({ "form.kind": "inquiry" });
        });
        assert_eq!(paths(source), ["routes"]);
    }

    #[test]
    fn every_problem_of_a_prompt_is_named() {
        let source = demo(|source| {
            source["sites"][0]["prompts"] = json!(["a", "nope"]);
            source["sites"][1]["prompts"] = json!(["b"]);
            source["fatigue"] = json!({ "per_visit": 0, "per_30_days": 3, "cooldown_days": 366, "dismissals": 2 });
            source["prompts"] = json!([
                {
                    "id": "a", "look": "slide_in", "title": "", "body": "Hello", "action": "Go", "link": "javascript:alert(1)",
                    "triggers": [{ "visible_secs": 0 }, { "click": " " }], "pages": [{ "part": "path", "how": "is", "with": "" }],
                    "gates": {
                        "from": "tomorrow", "online": "nobody", "audience": { "values.email": "x" }, "how_often": { "times": 0 },
                    },
                    "translations": { "pt": { "heading": "Ajuda" } },
                },
                {
                    "id": "b", "look": "bar", "body": "Hello", "action": "Go", "form": "support", "place": "main",
                    "triggers": ["exit_intent"], "gates": { "from": "2026-12-01T00:00:00Z", "until": "2026-11-01T00:00:00Z" },
                },
                { "id": "b", "look": "inline", "title": "T", "body": "B", "action": "Go", "triggers": [] },
            ]);
        });
        assert_eq!(
            paths(source),
            [
                "prompts[2].id",
                "prompts[0].title",
                "prompts[0].translations.pt.heading",
                "prompts[0].link",
                "prompts[0].triggers[0]",
                "prompts[0].triggers[1]",
                "prompts[0].pages[0].with",
                "prompts[0].gates.from",
                "prompts[0].gates.online",
                "prompts[0].gates.audience",
                "prompts[0].gates.how_often",
                "prompts[1].place",
                "prompts[1].gates.until",
                "prompts[2]",
                "prompts[2].place",
                "prompts[2].triggers",
                "sites[0].prompts[1]",
                "sites[1].prompts[0]",
                "fatigue.per_visit",
                "fatigue.cooldown_days",
            ]
        );
    }

    #[test]
    fn a_prompt_leads_to_ourselves_only() {
        let problems = |link: &str| {
            let prompt = json!({
                "id": "a", "look": "bar", "body": "Hello", "action": "Go", "link": link, "triggers": ["exit_intent"],
            });
            let source = demo(|source| {
                source["prompts"] = json!([prompt]);
                source["sites"][0]["prompts"] = json!([]);
            });
            Config::parse(1, source).err().unwrap_or_default().len()
        };
        for fine in ["/", "/pricing/#team", "http://localhost:8788", "http://localhost:8787/trial/"] {
            assert_eq!(problems(fine), 0, "{fine}");
        }
        for bad in
            ["//evil.example", "/\\evil.example", "http://localhost:87870/", "https://evil.example/", "data:,x", ""]
        {
            assert_eq!(problems(bad), 1, "{bad}");
        }
    }

    #[test]
    fn a_form_without_an_address_is_refused() {
        let source = demo(|source| source["forms"][1]["fields"][1]["required"] = json!(false));
        assert_eq!(paths(source), ["forms[1].fields"]);
    }

    fn paths(source: Workspace) -> Vec<String> {
        Config::parse(1, source).unwrap_err().into_iter().map(|problem| problem.field).collect()
    }

    fn demo(change: impl FnOnce(&mut Value)) -> Workspace {
        let mut source = crate::demo::workspace_json();
        change(&mut source);
        serde_json::from_value(source).unwrap()
    }
}
