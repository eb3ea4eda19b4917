//! Prompts: what they are made of can be shown, what they lead to exists, and nobody is asked without end.

use super::{Problems, condition, unique};
use crate::prompt::{FACTS, pools};
use crate::time::Timestamp;
use crate::wire::Workspace;
use crate::wire::config::Site;
use crate::wire::prompt::{EventMatch, Gates, HowOften, Look, Prompt, Trigger};

/// The most prompts of a workspace.
const MAX_PROMPTS: usize = 100;
/// The most triggers, page rules or cancelling events of one prompt.
const MAX_RULES: usize = 16;
/// The longest selector, event name, or text that a page is compared with, in bytes.
const MAX_BYTES: usize = 300;
/// The most characters of a title, of a body and of a button.
const MAX_WORDS: [(&str, usize); 3] = [("title", 120), ("body", 600), ("action", 60)];
/// The longest delay: a day.
const MAX_DELAY_SECS: u32 = 24 * 60 * 60;
/// The longest cooldown.
const MAX_COOLDOWN_DAYS: u32 = 365;
/// The most that any count of fatigue may be; it also bounds what is kept of one visitor.
const MAX_COUNT: u32 = 1_000;

/// Checks the prompts, what sites list of them, and the fatigue budget.
pub fn prompts(source: &Workspace, problems: &mut Problems) {
    unique("prompts", source.prompts.iter().map(|prompt| &prompt.id), problems);
    problems.unless(source.prompts.len() <= MAX_PROMPTS, "prompts", "too_many", "there are at most 100 prompts");
    for (index, prompt) in source.prompts.iter().enumerate() {
        one(source, prompt, &format!("prompts[{index}]"), problems);
    }
    for (index, site) in source.sites.iter().enumerate() {
        listed(source, site, &format!("sites[{index}]"), problems);
    }
    let fatigue = &source.fatigue;
    for (name, count) in
        [("per_visit", fatigue.per_visit), ("per_30_days", fatigue.per_30_days), ("dismissals", fatigue.dismissals)]
    {
        let path = format!("fatigue.{name}");
        problems.unless((1..=MAX_COUNT).contains(&count), path, "out_of_range", "from 1 to 1,000");
    }
    let is_fine = fatigue.cooldown_days <= MAX_COOLDOWN_DAYS;
    problems.unless(is_fine, "fatigue.cooldown_days", "out_of_range", "a cooldown is at most 365 days");
}

/// Checks one prompt by itself.
pub fn one(source: &Workspace, prompt: &Prompt, path: &str, problems: &mut Problems) {
    words(prompt, path, problems);
    leads_somewhere(source, prompt, path, problems);
    triggers(prompt, path, problems);
    pages(prompt, path, problems);
    if let Some(gates) = &prompt.gates {
        self::gates(source, gates, &format!("{path}.gates"), problems);
    }
}

fn words(prompt: &Prompt, path: &str, problems: &mut Problems) {
    let own = [("title", &prompt.title), ("body", &prompt.body), ("action", &prompt.action)];
    for ((name, text), (_, most)) in own.into_iter().zip(MAX_WORDS) {
        let may_be_empty = name == "title" && matches!(prompt.look, Look::Bubble | Look::Bar);
        let is_there = may_be_empty || !text.trim().is_empty();
        problems.unless(is_there, format!("{path}.{name}"), "required", "a prompt has words here");
        let is_short = text.chars().count() <= most;
        problems.unless(is_short, format!("{path}.{name}"), "too_long", "these are too many words for a prompt");
    }
    for (lang, words) in &prompt.translations {
        let path = format!("{path}.translations.{lang}");
        let is_tag = lang.len() <= 35
            && lang.split('-').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        problems.unless(is_tag, path.clone(), "not_a_language", "a language is a tag such as pt or pt-BR");
        for (name, word) in words {
            let most = MAX_WORDS.iter().find(|(known, _)| known == name).map(|(_, most)| *most);
            let path = format!("{path}.{name}");
            problems.unless(most.is_some(), path.clone(), "unknown_name", "a prompt has a title, a body and an action");
            let is_fine = !word.trim().is_empty() && most.is_none_or(|most| word.chars().count() <= most);
            problems.unless(is_fine, path, "out_of_range", "a translation is not empty, and not too long");
        }
    }
}

fn leads_somewhere(source: &Workspace, prompt: &Prompt, path: &str, problems: &mut Problems) {
    match (&prompt.form, &prompt.link) {
        (Some(form), None) => {
            problems.exists(source.forms.iter().map(|form| &form.id), form, format!("{path}.form"), "form");
        }
        (None, Some(link)) => problems.unless(
            is_ours(source, link),
            format!("{path}.link"),
            "not_allowed",
            "a link is a path, or an address of an origin that one of the sites lists",
        ),
        _ => problems.push(path, "no_way_out", "a prompt opens a form or follows a link, and not both"),
    }
    let is_inline = prompt.look == Look::Inline;
    let place_is_fine = match &prompt.place {
        Some(place) => is_inline && is_selector(place),
        None => !is_inline,
    };
    problems.unless(
        place_is_fine,
        format!("{path}.place"),
        "misplaced",
        "an inline prompt has a selector for its place, and no other has one",
    );
}

fn triggers(prompt: &Prompt, path: &str, problems: &mut Problems) {
    let count_is_fine = (1..=MAX_RULES).contains(&prompt.triggers.len()) && prompt.cancel_on.len() <= MAX_RULES;
    problems.unless(
        count_is_fine,
        format!("{path}.triggers"),
        "out_of_range",
        "a prompt has 1 to 16 triggers, and at most 16 events that cancel it",
    );
    for (at, trigger) in prompt.triggers.iter().enumerate() {
        let is_fine = match trigger {
            Trigger::VisibleSecs(secs) => (1..=3_600).contains(secs),
            Trigger::ScrollPercent(percent) => (1..=100).contains(percent),
            Trigger::IdleSecs(secs) => (5..=600).contains(secs),
            Trigger::InView(selector) | Trigger::Click(selector) | Trigger::Present(selector) => is_selector(selector),
            Trigger::Event(event) => is_event(event),
            Trigger::ExitIntent => true,
        };
        problems.unless(
            is_fine,
            format!("{path}.triggers[{at}]"),
            "out_of_range",
            "visible_secs is 1 to 3,600, scroll_percent 1 to 100, idle_secs 5 to 600; selectors and names are not empty",
        );
    }
    for (at, event) in prompt.cancel_on.iter().enumerate() {
        problems.unless(is_event(event), format!("{path}.cancel_on[{at}]"), "not_an_event", "an event has a name");
    }
    let delay_is_fine = prompt.delay_secs <= MAX_DELAY_SECS;
    problems.unless(delay_is_fine, format!("{path}.delay_secs"), "out_of_range", "a delay is at most a day");
}

fn pages(prompt: &Prompt, path: &str, problems: &mut Problems) {
    let few = prompt.pages.len() <= MAX_RULES;
    problems.unless(few, format!("{path}.pages"), "too_many", "a prompt has at most 16 page rules");
    for (at, rule) in prompt.pages.iter().enumerate() {
        let is_fine = is_short(&rule.with);
        problems.unless(is_fine, format!("{path}.pages[{at}].with"), "required", "say what the page is compared with");
    }
}

fn gates(source: &Workspace, gates: &Gates, path: &str, problems: &mut Problems) {
    let mut instant = |name: &str, text: &Option<String>| {
        let read = text.as_deref().map(Timestamp::parse);
        let message = "an instant is written as RFC 3339: 2026-12-01T09:00:00Z";
        problems.unless(read != Some(None), format!("{path}.{name}"), "not_an_instant", message);
        read.flatten()
    };
    let (from, until) = (instant("from", &gates.from), instant("until", &gates.until));
    let is_in_order = from.zip(until).is_none_or(|(from, until)| from < until);
    problems.unless(is_in_order, format!("{path}.until"), "out_of_order", "it ends after it begins");
    for (gate, pool) in pools(gates) {
        problems.exists(source.pools.iter().map(|pool| &pool.id), pool, format!("{path}.{gate}"), "pool");
    }
    if let Some(audience) = &gates.audience {
        let is_known = |fact: &str| FACTS.contains(&fact.split('.').next().unwrap_or_default());
        condition(audience, is_known, format!("{path}.audience"), problems);
    }
    if let HowOften::Times(times) = gates.how_often {
        let is_fine = (1..=MAX_COUNT).contains(&times);
        problems.unless(is_fine, format!("{path}.how_often"), "out_of_range", "from 1 to 1,000 times");
    }
    let is_fine = gates.cooldown_days.is_none_or(|days| days <= MAX_COOLDOWN_DAYS);
    problems.unless(is_fine, format!("{path}.cooldown_days"), "out_of_range", "a cooldown is at most 365 days");
}

fn listed(source: &Workspace, site: &Site, path: &str, problems: &mut Problems) {
    for (at, id) in site.prompts.iter().enumerate() {
        let path = format!("{path}.prompts[{at}]");
        let Some(prompt) = source.prompts.iter().find(|prompt| &prompt.id == id) else {
            problems.push(path, "unknown_name", format!("there is no prompt {id:?}"));
            continue;
        };
        let form_is_listed = prompt.form.as_ref().is_none_or(|form| site.forms.contains(form));
        problems.unless(form_is_listed, path, "form_not_listed", "the site does not list the form it leads to");
    }
}

fn is_event(event: &EventMatch) -> bool {
    is_short(&event.name) && event.about.len() <= MAX_RULES && event.about.keys().all(|name| is_short(name))
}

fn is_selector(selector: &str) -> bool {
    is_short(selector) && !selector.chars().any(char::is_control)
}

fn is_short(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= MAX_BYTES
}

/// A path, or an address of an origin of the workspace's: a prompt never leads to a stranger, nor runs a script.
fn is_ours(source: &Workspace, link: &str) -> bool {
    if link.chars().any(|c| c.is_control() || c == '\\') {
        return false;
    }
    if link.starts_with('/') {
        return !link.starts_with("//");
    }
    let mut origins = source.sites.iter().flat_map(|site| &site.origins);
    origins.any(|origin| {
        link.strip_prefix(origin.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
    })
}
