//! All that a marketer decides about a site, as a form.

use leptos::prelude::*;
use shared::site::{channels, contrast, origin_of};
use shared::wire::config::SiteKind;

use super::editing::Editing;
use crate::dom;
use crate::parts::{Colour, Lines, SaveBar, Select, Several, Text};

/// The widget's own colours, where a site has none: of buttons, and of words on them.
const USUAL: [&str; 2] = ["#2f5bd0", "#ffffff"];
/// Words are readable from this contrast on (WCAG 2.2, 1.4.3).
const READABLE: f64 = 4.5;

/// The form.
#[component]
pub fn Editor(editing: Editing) -> impl IntoView {
    view! {
        <form
            class="card editor"
            aria-labelledby="settings"
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                editing.save();
            }
        >
            <h2 id="settings" tabindex="-1">
                "Settings"
            </h2>
            <Where editing />
            <Shows editing />
            <Look editing />
            <Limits editing />
            <SaveBar
                saving=editing.saving
                save=if editing.is_new() { "Make the site" } else { "Save" }
                is_changed=Signal::derive(move || editing.is_changed())
                discard=Callback::new(move |()| {
                    editing.discard();
                    dom::focus_soon("settings");
                })
            />
        </form>
    }
}

/// Whose site it is, where its key works, and what may stand there.
#[component]
fn Where(editing: Editing) -> impl IntoView {
    let kinds = vec![("own".to_owned(), "Our own".to_owned()), ("partner".to_owned(), "A partner\u{2019}s".to_owned())];
    view! {
        <Text
            wrong=editing.saving.wrong
            field="name"
            label="Name"
            help="Staff read it on what comes from here."
            value=editing.text(|edit| edit.name.clone())
            set=move |text| editing.change(|edit| edit.name = text)
        />
        <Select
            wrong=editing.saving.wrong
            field="kind"
            label="Whose site it is"
            choices=kinds
            value=editing.text(|edit| match edit.kind {
                SiteKind::Own => "own".to_owned(),
                SiteKind::Partner => "partner".to_owned(),
            })
            set=move |tag| {
                let kind = if tag == "partner" { SiteKind::Partner } else { SiteKind::Own };
                editing.change(|edit| edit.kind = kind);
            }
        />
        <Lines
            wrong=editing.saving.wrong
            field="origins"
            label="Origins"
            one="Origin"
            help="Where the key works: https:// and the host, as in https://learn.example.com. With and without www are two."
            values=editing.lines(|edit| edit.origins.clone())
            change=move |how| editing.change(|edit| how(&mut edit.origins))
            tidy=origin_of
        />
        <Several
            wrong=editing.saving.wrong
            field="forms"
            label="Forms"
            none="There is no form yet."
            choices=editing.named(|view| view.forms.clone())
            values=editing.lines(|edit| edit.forms.clone())
            change=move |how| editing.change(|edit| how(&mut edit.forms))
        />
        <Several
            wrong=editing.saving.wrong
            field="prompts"
            label="Prompts"
            none="There is no prompt yet. Prompts are part of the workspace\u{2019}s configuration."
            choices=editing.named(|view| view.prompts.clone())
            values=editing.lines(|edit| edit.prompts.clone())
            change=move |how| editing.change(|edit| how(&mut edit.prompts))
        />
    }
}

/// What visitors are shown, and in which language.
#[component]
fn Shows(editing: Editing) -> impl IntoView {
    let languages = std::iter::once((String::new(), "The visitor\u{2019}s".to_owned()))
        .chain(editing.named(|view| view.languages.clone()).get_untracked().into_iter().map(|it| (it.id, it.name)))
        .collect();
    view! {
        <Text
            wrong=editing.saving.wrong
            field="launcher"
            label="Words on the launcher"
            help="Empty for no launcher: then only your own links and buttons open a form."
            value=editing.text(|edit| edit.launcher.clone())
            set=move |text| editing.change(|edit| edit.launcher = text)
        />
        <Lines
            wrong=editing.saving.wrong
            field="pricing"
            label="Pricing pages"
            one="Pattern"
            help="Paths of the pages that show prices: /pricing, or /plans/* for all below."
            values=editing.lines(|edit| edit.pricing.clone())
            change=move |how| editing.change(|edit| how(&mut edit.pricing))
            tidy=|text| text.trim().to_owned()
        />
        <Select
            wrong=editing.saving.wrong
            field="lang"
            label="Language"
            choices=languages
            value=editing.text(|edit| edit.lang.clone().unwrap_or_default())
            set=move |tag| editing.change(|edit| edit.lang = some(tag))
        />
    }
}

/// The theme.
#[component]
fn Look(editing: Editing) -> impl IntoView {
    let modes = [("", "As the visitor prefers"), ("light", "Light"), ("dark", "Dark")];
    let modes = modes.into_iter().map(|(tag, name)| (tag.to_owned(), name.to_owned())).collect();
    let pale = move || {
        let colour = |chosen: &Option<String>, usual: &str| channels(chosen.as_deref().unwrap_or(usual));
        let [button, words] = USUAL;
        let found = editing.edit.with(|edit| {
            let pair = colour(&edit.theme.accent, button).zip(colour(&edit.theme.accent_text, words));
            pair.map(|(button, words)| contrast(button, words))
        });
        found.filter(|found| *found < READABLE).map(|found| {
            format!(
                "These two colours stand {found:.1} to 1 apart. Below {READABLE} to 1 many people cannot read the words on a \
                 button."
            )
        })
    };
    view! {
        <fieldset class="field-group">
            <legend>"Look"</legend>
            <Select
                wrong=editing.saving.wrong
                field="theme.mode"
                label="Light or dark"
                choices=modes
                value=editing.text(|edit| edit.theme.mode.clone().unwrap_or_default())
                set=move |tag| editing.change(|edit| edit.theme.mode = some(tag))
            />
            <Colour
                wrong=editing.saving.wrong
                field="theme.accent"
                label="Colour of buttons"
                usual="#2f5bd0"
                value=editing.text(|edit| edit.theme.accent.clone().unwrap_or_default())
                set=move |text| editing.change(|edit| edit.theme.accent = some(text))
            />
            <Colour
                wrong=editing.saving.wrong
                field="theme.accent_text"
                label="Colour of words on buttons"
                usual="#ffffff"
                value=editing.text(|edit| edit.theme.accent_text.clone().unwrap_or_default())
                set=move |text| editing.change(|edit| edit.theme.accent_text = some(text))
            />
            <p class="pale" role="status">
                {pale}
            </p>
            <Text
                wrong=editing.saving.wrong
                field="theme.radius"
                label="Corners, in pixels"
                help="From 0 to 24; empty for the usual."
                kind="number"
                value=editing.text(|edit| edit.theme.radius.map(|it| it.to_string()).unwrap_or_default())
                set=move |text| editing.change(|edit| edit.theme.radius = text.parse().ok())
            />
        </fieldset>
    }
}

/// When the key ends, and what one day and one address may send.
#[component]
fn Limits(editing: Editing) -> impl IntoView {
    view! {
        <fieldset class="field-group">
            <legend>"End and limits"</legend>
            <Text
                wrong=editing.saving.wrong
                field="expires_at"
                label="Last day"
                help="The key ends with this day (UTC). Empty for no end."
                kind="date"
                value=editing.text(|edit| edit.expires_at.as_deref().and_then(|at| at.get(..10)).unwrap_or_default().to_owned())
                set=move |day| editing.change(|edit| edit.expires_at = some(day).map(|day| format!("{day}T23:59:59Z")))
            />
            <Text
                wrong=editing.saving.wrong
                field="limits.submissions_per_day"
                label="Most forms of one day"
                help="What comes beyond is held for review."
                kind="number"
                value=editing.text(|edit| number(edit.limits.submissions_per_day))
                set=move |text| editing.change(|edit| edit.limits.submissions_per_day = text.parse().unwrap_or(0))
            />
            <Text
                wrong=editing.saving.wrong
                field="limits.per_address"
                label="Most forms of one address in ten minutes"
                help="What comes beyond is asked to wait."
                kind="number"
                value=editing.text(|edit| number(edit.limits.per_address))
                set=move |text| editing.change(|edit| edit.limits.per_address = text.parse().unwrap_or(0))
            />
            <label class="choice">
                <input
                    type="checkbox"
                    prop:checked=move || editing.edit.with(|edit| edit.proof)
                    on:change=move |event| {
                        let on = event_target_checked(&event);
                        editing.change(|edit| edit.proof = on);
                    }
                />
                <span>
                    "Ask for proof of work: the visitor\u{2019}s device solves a small puzzle before it sends. What comes without is held for review."
                </span>
            </label>
        </fieldset>
    }
}

/// A text that was given, or nothing.
fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// A limit as it is typed: zero is no limit that anybody may set, and stands for an empty field.
fn number(limit: u32) -> String {
    if limit == 0 { String::new() } else { limit.to_string() }
}
