//! Is it working? The page is opened in a window of its own, and the loader there looks around and answers this window.
//!
//! The answer comes from a stranger's page: it counts only from an origin of the site and with the word that only that
//! page was given, and all that it can do is to be shown.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use shared::site::origin_of;
use shared::snippet::{Finding, Level, Report, findings};
use shared::wire::sites::SiteView;

use super::Shown;
use crate::when;
use crate::{api, clock, dom};

/// A page that has not answered by then does not.
const PATIENCE: Duration = Duration::from_secs(8);
/// Signals are sent every few seconds: for so long the journal is asked whether one came.
const LISTEN_MS: i64 = 20_000;
const LISTEN_AGAIN: Duration = Duration::from_secs(3);

/// Where a check stands.
#[derive(Clone, PartialEq)]
enum Check {
    None,
    Refused(&'static str),
    Waiting,
    Answered(Report),
    /// It did not answer; whether a signal came all the same, once that is known.
    Silent(Option<bool>),
}

#[derive(Deserialize)]
struct Answer {
    nonce: String,
    report: Report,
}

/// The section.
#[component]
pub fn Checker(shown: Shown, site: Memo<SiteView>) -> impl IntoView {
    let first = site.with_untracked(|site| site.edit.origins.first().cloned()).unwrap_or_default();
    let address = RwSignal::new(if first.is_empty() { first } else { format!("{first}/") });
    let check = RwSignal::new(Check::None);
    let word = StoredValue::new(String::new());
    let began = StoredValue::new(0_i64);

    let is_ours = move |origin: &str| {
        let forms = shown.desk.forms_origin;
        forms.with_untracked(|forms| origin == forms)
            || site.with_untracked(|site| site.edit.origins.iter().any(|it| it == origin))
    };
    let heard = window_event_listener(leptos::ev::message, move |event| {
        let Some(text) = event.data().as_string() else { return };
        let Ok(Answer { nonce, report }) = serde_json::from_str(&text) else { return };
        let is_asked = word.with_value(|word| !word.is_empty() && *word == nonce);
        if is_asked && is_ours(&event.origin()) {
            word.set_value(String::new());
            check.set(Check::Answered(report));
            dom::focus_soon("found");
        }
    });
    on_cleanup(move || heard.remove());

    let listen = move |nonce: String| {
        let is_still_asked = word.try_with_value(|word| *word == nonce).unwrap_or(false);
        if !is_still_asked {
            return;
        }
        check.set(Check::Silent(None));
        dom::focus_soon("found");
        wait_for_signal(shown, site, check, word, nonce, began.get_value());
    };
    let start = move || {
        let wanted = address.get_untracked().trim().to_owned();
        if !is_ours(&origin_of(&wanted)) {
            check.set(Check::Refused(
                "This address is on none of the site\u{2019}s origins. Add its origin below, and save.",
            ));
            dom::focus("check-address");
            return;
        }
        let nonce = dom::random_word();
        let page = wanted.split('#').next().unwrap_or_default();
        if !dom::open(&format!("{page}#usher-check={nonce}")) {
            check.set(Check::Refused(
                "Your browser did not open the window. Allow pop-ups for this page, and check again.",
            ));
            return;
        }
        began.set_value(clock::now());
        word.set_value(nonce.clone());
        check.set(Check::Waiting);
        set_timeout(move || listen(nonce), PATIENCE);
    };
    let refused = move || match check.get() {
        Check::Refused(why) => Some(why),
        _ => None,
    };
    let result = move || match check.get() {
        Check::None | Check::Refused(_) => ().into_any(),
        Check::Waiting => view! { <p role="status">"Looking at the page in its window\u{2026}"</p> }.into_any(),
        Check::Answered(report) => {
            let forms = shown.desk.forms_origin;
            let found = site.with(|site| forms.with(|forms| findings(&report, &site.key, site.off, forms)));
            view! { <Found shown page=report.page found /> }.into_any()
        }
        Check::Silent(heard) => view! { <Silent heard /> }.into_any(),
    };
    let origins = move || {
        site.with(|site| {
            site.edit.origins.iter().map(|it| view! { <option value=format!("{it}/")></option> }).collect_view()
        })
    };
    view! {
        <section class="card" aria-labelledby="check">
            <h2 id="check">"Is it working?"</h2>
            <form
                class="check-form"
                novalidate
                on:submit=move |event| {
                    event.prevent_default();
                    start();
                }
            >
                <label for="check-address">"Address of a page"</label>
                <p class="quiet" id="check-help">
                    "It opens in a window of your browser. The snippet there looks around and answers here."
                </p>
                <div class="with-button">
                    <input
                        id="check-address"
                        type="url"
                        list="check-origins"
                        autocomplete="off"
                        aria-describedby="check-help check-refused"
                        aria-invalid=move || refused().is_some().to_string()
                        prop:value=address
                        on:input=move |event| address.set(event_target_value(&event))
                    />
                    <button class="button" type="submit">
                        "Open and check"
                    </button>
                </div>
                <datalist id="check-origins">{origins}</datalist>
                <p class="field-wrong" id="check-refused" role="alert">
                    {refused}
                </p>
            </form>
            {result}
        </section>
    }
}

/// Asks the journal until a signal came, or long enough.
fn wait_for_signal(
    shown: Shown,
    site: Memo<SiteView>,
    check: RwSignal<Check>,
    word: StoredValue<String>,
    nonce: String,
    began: i64,
) {
    spawn_local(async move {
        if let Ok(view) = api::sites().await {
            shown.take(view);
        }
        let is_still_asked = word.try_with_value(|word| *word == nonce).unwrap_or(false);
        if !is_still_asked {
            return;
        }
        let last = site.try_with_untracked(|site| site.last_signal_at.as_deref().and_then(when::millis)).flatten();
        if last.is_some_and(|last| last >= began) {
            let _ = check.try_set(Check::Silent(Some(true)));
        } else if clock::now() - began > LISTEN_MS {
            let _ = check.try_set(Check::Silent(Some(false)));
        } else {
            set_timeout(move || wait_for_signal(shown, site, check, word, nonce, began), LISTEN_AGAIN);
        }
    });
}

#[component]
fn Found(shown: Shown, page: String, found: Vec<Finding>) -> impl IntoView {
    let wrong = found.iter().filter(|finding| finding.level == Level::Wrong).count();
    let title = if wrong == 0 { "It works on this page" } else { "It does not work on this page yet" };
    let line = |finding: Finding| {
        let (tag, name) = match finding.level {
            Level::Wrong => ("wrong", "Wrong: "),
            Level::Note => ("note", "Could be better: "),
            Level::Fine => ("fine", "Fine: "),
        };
        view! {
            <li data-level=tag>
                <span class="hidden">{name}</span>
                {finding.says}
                {finding.line.map(|line| view! {
                    <span class="to-add">
                        "In the policy: " <code>{line}</code>
                    </span>
                })}
            </li>
        }
    };
    shown.desk.say(title);
    view! {
        <div class="found">
            <h3 id="found" tabindex="-1">
                {title}
            </h3>
            <p class="quiet place">{page}</p>
            <ul>{found.into_iter().map(line).collect_view()}</ul>
        </div>
    }
}

#[component]
fn Silent(heard: Option<bool>) -> impl IntoView {
    let after = match heard {
        None => view! { <p role="status">"Listening for a signal from the site\u{2026}"</p> }.into_any(),
        Some(true) => view! {
            <p role="status">
                "But a signal came from the site since then, so the snippet works. The page keeps its window apart (Cross-Origin-Opener-Policy), which is why it could not answer here."
            </p>
        }
        .into_any(),
        Some(false) => view! { <p role="status">"No signal came from the site either."</p> }.into_any(),
    };
    view! {
        <div class="found" data-silent="true">
            <h3 id="found" tabindex="-1">
                "The page did not answer"
            </h3>
            <ul>
                <li data-level="wrong">
                    "The snippet is not on that page: look for " <code>"/v1/usher.js"</code> " in its source, and copy the snippet again."
                </li>
                <li data-level="wrong">
                    "Or the page\u{2019}s content security policy, or a blocker in your browser, refuses the script: its console says so. Add the policy line above."
                </li>
            </ul>
            {after}
        </div>
    }
}
