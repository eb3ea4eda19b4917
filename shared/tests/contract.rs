//! The contract: `tests/vectors/*.json`, read by the same code natively and as wasm (`cargo xtask test` runs both).
//! A change of what is accepted, scored or routed shows here first.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail by panicking")]

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::complaint::Complaint;
use shared::condition::{Condition, SavedGroups};
use shared::config::Config;
use shared::desk::{Arrival, Chance, KnownPerson, decide};
use shared::form::Form;
use shared::learn::{Edges, Fact, Field, Kind, Learner};
use shared::mail;
use shared::pattern::{MAX_CELLS, Pattern};
use shared::pool::Team;
use shared::prompt::page;
use shared::submission::{Submission, Today, check};
use shared::time::Timestamp;
use shared::visit::{Seen, Visit};
use shared::wire::prompt::PageRule;
use shared::words::{Words, words};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test;

const SUBMISSIONS: &str = include_str!("../../tests/vectors/submission.json");
const FORMS: &str = include_str!("../../tests/vectors/forms.json");
const DECISIONS: &str = include_str!("../../tests/vectors/decision.json");
const MAILS: &str = include_str!("../../tests/vectors/mail.json");
const PAGES: &str = include_str!("../../tests/vectors/pages.json");
const GROWTHBOOK: &str = include_str!("../../tests/vectors/growthbook/conditions.json");
const PATTERNS: &str = include_str!("../../tests/vectors/pattern.json");
const DEMO: &str = include_str!("../../demo/workspace.json");

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn submissions_are_kept_or_refused_as_agreed() {
    let forms = forms();
    for vector in read(SUBMISSIONS) {
        let form = &forms[text(&vector["form"])];
        let parsed = Submission::parse(form, &vector["body"], now());
        let got = match &parsed {
            Ok(submission) => json!({ "kept": submission.values().iter().collect::<Vec<_>>() }),
            Err(errors) => {
                let errors: Vec<_> = errors.problems().iter().map(|wrong| (&wrong.field, &wrong.code)).collect();
                json!({ "errors": errors })
            }
        };
        let agreed = match vector.get("kept") {
            Some(kept) => json!({ "kept": kept }),
            None => json!({ "errors": vector["errors"] }),
        };
        assert_eq!(got, agreed, "{}", vector["name"]);
    }
}

/// What a mail says, and what of it is new.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn mails_are_read_as_agreed() {
    for vector in read(MAILS) {
        let read = mail::read(text(&vector["raw"]).as_bytes(), &mail::Envelope::default());
        let got = read.map_or(Value::Null, |mail| {
            let all = serde_json::to_value(&mail).unwrap();
            let said = vector["says"].as_object().into_iter().flatten();
            let mut got: serde_json::Map<_, _> = said.map(|(name, _)| (name.clone(), all[name].clone())).collect();
            if vector["says"].get("fresh").is_some() {
                got.insert("fresh".to_owned(), json!(mail::fresh(&mail.text)));
            }
            Value::Object(got)
        });
        assert_eq!(got, vector["says"], "{}", vector["name"]);
    }
}

/// What the widget checks as one types is what the edge checks when it arrives.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn the_widget_and_the_edge_agree_on_every_value() {
    let forms = forms();
    for vector in read(SUBMISSIONS) {
        let form = &forms[text(&vector["form"])];
        let Ok(typed) = serde_json::from_value(vector["body"]["values"].clone()) else { continue };
        // What a browser gets is the form as it travels, in one language.
        let lang = vector["body"]["lang"].as_str().unwrap_or("en");
        let sent = serde_json::to_string(&form.to_sent(lang)).unwrap();
        let in_browser = Form::read_sent(serde_json::from_str(&sent).unwrap()).unwrap();
        let in_widget = check(&in_browser, &typed, Words::from(words(lang)), Today::around(now()));
        let at_edge = match Submission::parse(form, &vector["body"], now()) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.into_problems(),
        };
        let of_fields = at_edge.into_iter().filter(|wrong| form.field(&wrong.field).is_some());
        assert_eq!(in_widget, of_fields.collect::<Vec<_>>(), "{}", vector["name"]);
    }
}

/// A model is rebuilt from its log anywhere: the bits of 1,500 outcomes, with every expert, refits and edges it took itself.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn a_model_has_the_same_bits_everywhere() {
    let field = |name: &str, kind| Field { name: name.into(), kind };
    let given = Kind::Number(Edges(vec![2.5, 7.5]));
    let own = Kind::Number(Edges::default());
    let mut learner = Learner::new(vec![field("a", Kind::Category), field("b", given), field("c", own)]).unwrap();
    let mut drawn = 1_u32;
    let mut draw = |below: u32| {
        drawn = drawn.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (drawn >> 8) % below
    };
    for _ in 0..1500 {
        let [a, b, c] = [draw(6), draw(11), draw(1000)];
        let facts = vec![
            if a == 0 { Fact::Empty } else { Fact::Text(format!("level {a}")) },
            Fact::Number(f64::from(b)),
            Fact::Number(f64::from(c) / 7.0),
        ];
        let points = i32::try_from(draw(80)).unwrap() * 1000;
        let won = draw(100) < 10 + 8 * a + b;
        let scored = learner.predict(&facts, points).freeze(facts, points);
        learner.learn(&scored, won);
    }
    let model = serde_json::to_string(&learner).unwrap();
    let hash = model
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    assert_eq!(format!("{hash:016x}"), "ea07c8a717bd7832", "the first 300 of it: {}", &model[..300]);
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn decisions_are_made_as_agreed() {
    let config = demo();
    for vector in read(DECISIONS) {
        let decision = decision(&config, &vector);
        assert_eq!(decision, vector["decision"], "{}", vector["name"]);
    }
}

fn decision(config: &Config, vector: &Value) -> Value {
    let site = config.site_by_id(text(&vector["site"])).unwrap();
    let form = config.form_of(site, text(&vector["form"])).unwrap();
    let body = json!({
        "submission_id": "7d444840-9dc0-41d1-b245-5ffdce74fad2",
        "values": vector["values"],
        "page": { "url": vector["url"] },
        "lang": vector["lang"].as_str().unwrap_or_default(),
    });
    let submission = Submission::parse(form, &body, now()).unwrap();
    let seen = vector["signals"].as_array().unwrap().iter().map(|kind| Seen::new(now(), text(kind)));
    let summary = vector.get("visit").map(|visit| serde_json::from_value(visit.clone()).unwrap());
    let visit = Visit::with_summary(seen.collect(), summary.unwrap_or_default());
    let count = |name: &str| vector["person"][name].as_u64().map(|count| u32::try_from(count).unwrap());
    let person = count("items").zip(count("open_items"));
    let (won, complaints) = (count("won").unwrap_or(0), count("complaints").unwrap_or(0));
    let person = person.map(|(items, open_items)| {
        let owner = vector["person"]["owner"].as_str().map(str::to_owned);
        KnownPerson { id: "known".to_owned(), items, open_items, won, complaints, owner, ..KnownPerson::default() }
    });
    let arrival = Arrival {
        site,
        form,
        submission: &submission,
        visit: &visit,
        identity: None,
        person: person.as_ref(),
        at: now(),
    };
    let chance = Chance { item_id: "item".to_owned(), person_id: "new".to_owned(), reference: 1 };
    let learner = Learner::new(Vec::new()).unwrap();
    let decision = decide(config, &learner, &Team::default(), arrival, chance).unwrap();
    json!({
        "tier": decision.rating.score.tier().to_string(),
        "total": decision.rating.score.total(),
        "reasons": decision.rating.score.reasons().iter().map(|reason| (&*reason.rule, reason.points)).collect::<Vec<_>>(),
        "queue": decision.route.queue,
        "pool": decision.route.pool,
        "rule": decision.route.rule,
        "team": decision.receipt.team,
        "answer_by": decision.receipt.answer_by,
        "person": decision.person.id,
        "timers": decision.timers.iter().map(|timer| (timer.kind.tag(), timer.due.to_rfc3339())).collect::<Vec<_>>(),
        "consents": decision.consents.iter().map(|it| (&it.purpose, &it.version, &it.lang, &it.text)).collect::<Vec<_>>(),
        "complaint": decision.complaint.as_ref().map(Complaint::reason),
    })
}

/// The browser reads the same vectors: `tests/http/prompts.test.mjs`.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn a_page_is_a_prompts_own_as_agreed() {
    for vector in read(PAGES) {
        let rules: Vec<PageRule> = serde_json::from_value(vector["rules"].clone()).unwrap();
        assert_eq!(page::matches(&rules, text(&vector["url"])), vector["matches"] == true, "{}", vector["name"]);
    }
}

/// The demo's forms, and those that are made for these vectors.
fn forms() -> BTreeMap<String, Form> {
    let config = demo();
    let of_demo = ["inquiry", "trial", "support"].map(|id| config.form(id).unwrap().clone());
    let own: Vec<shared::wire::Form> = serde_json::from_str(FORMS).unwrap();
    let own = own.iter().map(|form| Form::parse(form, "en").unwrap());
    of_demo.into_iter().chain(own).map(|form| (form.source().id.clone(), form)).collect()
}

fn demo() -> Config {
    let filled = DEMO
        .replace("__USHER_ORIGIN__", "https://learn.example.com")
        .replace("__USHER_ORIGIN_IP__", "https://learn-2.example.com")
        .replace("__PARTNER_ORIGIN__", "https://guild.example.com")
        .replace("__PARTNER_ORIGIN_IP__", "https://guild-2.example.com");
    Config::parse(1, serde_json::from_str(&filled).unwrap()).unwrap()
}

fn read(vectors: &str) -> Vec<Value> {
    serde_json::from_str(vectors).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn now() -> Timestamp {
    Timestamp::parse("2026-11-21T09:30:00Z").unwrap()
}

/// The answers that a browser gives: `matches` was written by `RegExp.test` in Node.js, with the flag `u` where characters
/// beyond the first 65,536 or other cases of letters beyond ASCII are concerned; `skip` is what only the other flag can read.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn patterns_match_as_in_a_browser() {
    let vectors: Value = serde_json::from_str(PATTERNS).unwrap();
    let texts: Vec<&str> = vectors["texts"].as_array().unwrap().iter().map(text).collect();
    for vector in vectors["patterns"].as_array().unwrap() {
        let case_insensitive = vector["case_insensitive"].as_bool().unwrap();
        let pattern = Pattern::compile(text(&vector["pattern"]), case_insensitive, MAX_CELLS).unwrap();
        let sent = Pattern::from_text(&pattern.to_text()).unwrap();
        let numbers = |name: &str| vector[name].as_array().cloned().unwrap_or_default();
        for (number, text) in texts.iter().enumerate() {
            if !numbers("skip").contains(&json!(number)) {
                assert_eq!(sent.matches(text), numbers("matches").contains(&json!(number)), "{vector} on {text:?}");
            }
        }
    }
    for source in vectors["refused"].as_array().unwrap() {
        assert!(Pattern::compile(text(source), false, MAX_CELLS).is_err(), "{source}");
    }
}

/// GrowthBook's own cases, half of them (MIT, see the licence beside the file).
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn conditions_hold_as_growthbook_says() {
    let file: Value = serde_json::from_str(GROWTHBOOK).unwrap();
    let cases = file["evalCondition"].as_array().unwrap();
    assert_eq!(cases.len(), 292);
    for case in cases {
        let groups = SavedGroups::read(case.get(4).unwrap_or(&Value::Null));
        let holds = Condition::read(&case[1]).holds_with(&case[2], &groups);
        assert_eq!(json!(holds), case[3], "{case}");
    }
}
