//! What a marketer copies: the code for each way onto a page, and the line its content security policy needs.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::snippet::{Embed, MODES, Mode};
use shared::wire::sites::SiteView;

use super::Shown;
use crate::dom;

/// The tabs.
#[component]
pub fn Snippets(shown: Shown, site: Memo<SiteView>, form: RwSignal<String>) -> impl IntoView {
    let mode = RwSignal::new(Mode::Script);
    let origin = shown.desk.forms_origin;
    let text = move |of: fn(&Embed<'_>, Mode) -> String| {
        Memo::new(move |_| {
            site.with(|site| {
                form.with(|form| origin.with(|origin| of(&Embed { origin, site: &site.key, form }, mode.get())))
            })
        })
    };
    let code = text(|embed, mode| embed.code(mode));
    let policy = text(|embed, mode| embed.policy(mode));
    let go = move |step: isize| {
        let at = MODES.iter().position(|it| *it == mode.get_untracked()).unwrap_or(0);
        let next = at.checked_add_signed(step).unwrap_or(MODES.len() - 1) % MODES.len();
        if let Some(next_mode) = MODES.get(next) {
            mode.set(*next_mode);
            dom::focus_soon(format!("way-{next}"));
        }
    };
    let tab = move |(index, of): (usize, Mode)| {
        let is_here = move || mode.get() == of;
        view! {
            <button
                role="tab"
                id=format!("way-{index}")
                aria-controls="way"
                aria-selected=move || is_here().to_string()
                tabindex=move || if is_here() { "0" } else { "-1" }
                on:click=move |_| mode.set(of)
                on:keydown=move |event| {
                    let step = match event.key().as_str() {
                        "ArrowRight" => 1,
                        "ArrowLeft" => -1,
                        _ => return,
                    };
                    event.prevent_default();
                    go(step);
                }
            >
                {of.name()}
            </button>
        }
    };
    let labelled = move || {
        let at = MODES.iter().position(|it| *it == mode.get()).unwrap_or(0);
        format!("way-{at}")
    };
    view! {
        <section class="card" aria-labelledby="snippets">
            <h2 id="snippets">"Put it on a page"</h2>
            <Forms shown site form />
            <div role="tablist" aria-label="Ways onto a page" class="tabs">
                {MODES.into_iter().enumerate().map(tab).collect_view()}
            </div>
            <div role="tabpanel" id="way" aria-labelledby=labelled class="way">
                <p class="quiet">{move || mode.get().place()}</p>
                <Copied id="snippet" label="Snippet" text=code shown />
                <p>
                    "If the page has a content security policy, add exactly this to it:"
                </p>
                <Copied id="policy" label="Policy" text=policy shown />
                <p class="quiet">{move || Embed::policy_note(mode.get())}</p>
            </div>
        </section>
    }
}

/// The form that the launcher opens, among those that the site shows.
#[component]
fn Forms(shown: Shown, site: Memo<SiteView>, form: RwSignal<String>) -> impl IntoView {
    let choices = Memo::new(move |_| {
        let allowed = site.with(|site| site.edit.forms.clone());
        shown.desk.sites.with(|view| {
            let forms = view.as_ref().map(|view| view.forms.clone()).unwrap_or_default();
            forms.into_iter().filter(|it| allowed.contains(&it.id)).collect::<Vec<_>>()
        })
    });
    Effect::new(move |_| {
        let first = choices.with(|all| {
            let is_there = form.with_untracked(|form| all.iter().any(|it| it.id == *form));
            (!is_there).then(|| all.first().map(|it| it.id.clone()).unwrap_or_default())
        });
        if let Some(first) = first {
            form.set(first);
        }
    });
    let options = move || {
        choices
            .get()
            .into_iter()
            .map(|choice| {
                let id = choice.id.clone();
                view! {
                    <option value=choice.id selected=move || form.with(|form| *form == id)>
                        {choice.name}
                    </option>
                }
            })
            .collect_view()
    };
    move || {
        choices.with(|all| all.len() > 1).then(|| {
            view! {
                <p class="field">
                    <label for="snippet-form">"Opens the form"</label>
                    <select id="snippet-form" on:change=move |event| form.set(event_target_value(&event))>
                        {options}
                    </select>
                </p>
            }
        })
    }
}

/// A text to be copied, and the button that does it.
#[component]
pub fn Copied(
    id: &'static str,
    label: &'static str,
    #[prop(into)] text: Signal<String>,
    shown: Shown,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    // What was copied is another text now.
    Effect::new(move |_| {
        text.track();
        copied.set(false);
    });
    let copy = move |_| {
        let what = text.get_untracked();
        spawn_local(async move {
            if dom::copy(&what).await.is_ok() {
                let _ = copied.try_set(true);
                shown.desk.say(&format!("{label} copied"));
            } else {
                dom::select_text(id);
                shown
                    .desk
                    .say("Your browser does not let this page copy. The text is selected: copy it with the keyboard.");
            }
        });
    };
    view! {
        <div class="copied">
            <pre id=id tabindex="0" role="group" aria-label=label>
                <code>{text}</code>
            </pre>
            <button class="button" on:click=copy>
                {move || if copied.get() { "Copied" } else { "Copy" }}
                <span class="hidden">{format!(" the {}", label.to_lowercase())}</span>
            </button>
        </div>
    }
}
