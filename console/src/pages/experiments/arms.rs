//! The arms of a draft: the prompt as it is, and the copies whose words are changed, each drawn as visitors would see it.

use leptos::prelude::*;
use shared::wire::prompt::{Look, Prompt};

use super::edit::{self, MOST_ARMS};
use super::editing::Editing;
use super::preview::{LOOKS, Preview, look_name};
use crate::dom;
use crate::parts::{Area, Select, Text, Wrong};

/// All arms, beside each other.
#[component]
pub fn Arms(editing: Editing) -> impl IntoView {
    let count = editing.of(|edit| edit.arms.len());
    let places = move || {
        let shape = editing.shape.get();
        (0..count.get()).map(move |at| (shape, at)).collect::<Vec<_>>()
    };
    let add = move |_| {
        let Some(control) = untrack(|| editing.control()) else { return };
        let at = count.get_untracked();
        editing.reshape(|draft| edit::add_arm(draft, &control));
        dom::focus_soon(format!("arm-{at}"));
    };
    view! {
        <section class="card" aria-labelledby="arms">
            <h2 id="arms">"Change the words"</h2>
            <p class="quiet">
                "A is the original, the prompt as it is: whoever takes no part sees it too. Change as little as you want to learn from: if everything differs, nobody can say what it was."
            </p>
            <div class="exp-arms" id="edit-arms" tabindex="-1">
                <For each=places key=|place| *place children=move |(_, at)| view! { <Arm editing at /> } />
            </div>
            <Wrong wrong=editing.wrong field="arms" />
            {move || {
                (count.get() < MOST_ARMS)
                    .then(|| {
                        view! {
                            <p>
                                <button class="button" type="button" id="add-arm" on:click=add>
                                    "Add another copy"
                                </button>
                            </p>
                        }
                    })
            }}
        </section>
    }
}

#[component]
fn Arm(editing: Editing, at: usize) -> impl IntoView {
    let letter = editing.of_arm(at, |arm| arm.key.to_uppercase());
    let shown = Memo::new(move |_| {
        let own = editing.edit.with(|edit| edit.arms.get(at).and_then(|arm| arm.prompt.as_deref().cloned()));
        own.or_else(|| (at == 0).then(|| editing.control()).flatten())
    });
    let may_go = editing.of(move |edit| at > 0 && edit.arms.len() > 2);
    let remove = move |_| {
        editing.reshape(|draft| edit::remove_arm(draft, at));
        dom::focus_soon("add-arm");
    };
    view! {
        <section class="exp-arm" aria-labelledby=format!("arm-{at}")>
            <div class="group-head">
                <h3 id=format!("arm-{at}") tabindex="-1">
                    <span class="arm-key" data-arm=at>
                        {letter}
                    </span>
                    {if at == 0 { " The original" } else { " Changed" }}
                </h3>
                {move || {
                    may_go
                        .get()
                        .then(|| {
                            view! {
                                <button class="plain" type="button" on:click=remove>
                                    "Remove"
                                    <span class="hidden">{move || format!(" {}", letter.get())}</span>
                                </button>
                            }
                        })
                }}
            </div>
            <Preview name=letter prompt=shown />
            {(at > 0).then(|| view! { <Words editing at /> })}
        </section>
    }
}

/// What may be changed of a copy.
#[component]
fn Words(editing: Editing, at: usize) -> impl IntoView {
    let path = move |what: &str| format!("arms[{at}].prompt.{what}");
    let is_inline = editing.of_prompt(at, |prompt| prompt.look == Look::Inline);
    let looks = LOOKS.map(|(tag, look)| (tag.to_owned(), look_name(look).to_owned()));
    view! {
        <Text
            wrong=editing.wrong
            field=format!("arms[{at}].name")
            label="What is different"
            help="A few words for tables: Shorter, With a price."
            value=editing.of_arm(at, |arm| arm.name.clone())
            set=move |text| {
                editing
                    .change(|edit| {
                        if let Some(arm) = edit.arms.get_mut(at) {
                            arm.name = text;
                        }
                    });
            }
        />
        <Text
            wrong=editing.wrong
            field=path("title")
            label="Heading"
            value=editing.of_prompt(at, |prompt| prompt.title.clone())
            set=move |text| editing.change_prompt(at, |prompt| prompt.title = text)
        />
        <Area
            wrong=editing.wrong
            field=path("body")
            label="Text"
            value=editing.of_prompt(at, |prompt| prompt.body.clone())
            set=move |text| editing.change_prompt(at, |prompt| prompt.body = text)
        />
        <Text
            wrong=editing.wrong
            field=path("action")
            label="Button"
            value=editing.of_prompt(at, |prompt| prompt.action.clone())
            set=move |text| editing.change_prompt(at, |prompt| prompt.action = text)
        />
        <Leads editing at />
        <Select
            wrong=editing.wrong
            field=path("look")
            label="Look"
            choices=looks.into()
            value=editing
                .of_prompt(
                    at,
                    |prompt| LOOKS.into_iter().find(|(_, look)| *look == prompt.look).map(|(tag, _)| tag.to_owned()).unwrap_or_default(),
                )
            set=move |tag| {
                if let Some((_, look)) = LOOKS.into_iter().find(|(known, _)| *known == tag) {
                    editing.change_prompt(at, |prompt| take_look(prompt, look));
                }
            }
        />
        {move || {
            is_inline
                .get()
                .then(|| {
                    view! {
                        <Text
                            wrong=editing.wrong
                            field=path("place")
                            label="Place"
                            help="A CSS selector: the prompt stands after the element."
                            value=editing.of_prompt(at, |prompt| prompt.place.clone().unwrap_or_default())
                            set=move |text| editing.change_prompt(at, |prompt| prompt.place = Some(text).filter(|it| !it.is_empty()))
                        />
                    }
                })
        }}
        {has_translations(editing, at)}
    }
}

/// Where the button leads: to a form, or to a page.
#[component]
fn Leads(editing: Editing, at: usize) -> impl IntoView {
    let path = move |what: &str| format!("arms[{at}].prompt.{what}");
    let forms = editing.there(|view| {
        view.forms.iter().map(|form| (form.id.clone(), format!("Form: {}", form.name))).collect::<Vec<_>>()
    });
    let choices = std::iter::once((String::new(), "A page".to_owned())).chain(forms).collect();
    let is_link = editing.of_prompt(at, |prompt| prompt.form.is_none());
    view! {
        <Select
            wrong=editing.wrong
            field=path("form")
            label="The button opens"
            choices
            value=editing.of_prompt(at, |prompt| prompt.form.clone().unwrap_or_default())
            set=move |id| {
                editing
                    .change_prompt(
                        at,
                        |prompt| {
                            prompt.form = Some(id).filter(|id| !id.is_empty());
                            if prompt.form.is_some() {
                                prompt.link = None;
                            }
                        },
                    );
            }
        />
        {move || {
            is_link
                .get()
                .then(|| {
                    view! {
                        <Text
                            wrong=editing.wrong
                            field=path("link")
                            label="Address of the page"
                            help="A path such as /pricing, or an address on one of the site\u{2019}s origins."
                            value=editing.of_prompt(at, |prompt| prompt.link.clone().unwrap_or_default())
                            set=move |text| editing.change_prompt(at, |prompt| prompt.link = Some(text).filter(|it| !it.is_empty()))
                        />
                    }
                })
        }}
    }
}

/// Visitors of other languages see words that this form does not show.
fn has_translations(editing: Editing, at: usize) -> impl IntoView {
    let languages = editing.of_prompt(at, |prompt| prompt.translations.keys().cloned().collect::<Vec<_>>().join(", "));
    move || {
        languages.with(|it| !it.is_empty()).then(|| {
            view! {
                <p class="pale">
                    "The prompt is translated (" {languages}
                    "): visitors of these languages see the same words in every arm. Keep them out by the audience, or count on a smaller difference."
                </p>
            }
        })
    }
}

/// A prompt within the page has a place, and no other has one.
fn take_look(prompt: &mut Prompt, look: Look) {
    prompt.look = look;
    if look != Look::Inline {
        prompt.place = None;
    }
}
