//! `/console/calls/new`: what somebody said at the telephone, at the counter or in another chat, written down. Of whoever an item is of,
//! where the address names one; else of somebody who says who they are.

mod typed;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;
use shared::wire::call::{CallForms, RecordCall, Recorded};
use shared::wire::console::PersonView;
use shared::wire::sites::Named;
use shared::wire::{Field, FieldKind, Form};

use crate::api::{self, Failure};
use crate::app::{BASE, Desk, Leaving};
use crate::dom;
use crate::pages::item_path;
use crate::parts::{Area, ListChange, Notice, Number, Select, Several, Text, Waiting, Wrongs};
use typed::Typed;

/// What the page can be filled in with.
#[derive(Clone)]
struct Known {
    forms: Vec<Form>,
    /// Whoever called, where it is somebody who is known.
    person: Option<PersonView>,
}

/// What is known, and what is typed.
#[derive(Clone, Copy)]
struct Call {
    desk: Desk,
    /// The item whose person calls.
    item: StoredValue<Option<String>>,
    /// The same however often it is sent.
    id: StoredValue<String>,
    known: RwSignal<Option<Known>>,
    failure: RwSignal<Option<Failure>>,
    form: RwSignal<String>,
    typed: RwSignal<Typed>,
    mine: RwSignal<bool>,
    wrong: Wrongs,
    refused: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    /// What became of it, where it went to a queue of others.
    passed_on: RwSignal<Option<Recorded>>,
}

impl Call {
    fn read(self) {
        self.failure.set(None);
        spawn_local(async move {
            match read(self.item.get_value()).await {
                Ok(known) => {
                    let first = known.forms.first().map(|form| form.id.clone()).unwrap_or_default();
                    let _ = self.form.try_set(first);
                    let _ = self.known.try_set(Some(known));
                }
                Err(Failure::SignedOut) => self.desk.signed_out(Leaving::Ended),
                Err(failure) => {
                    let _ = self.failure.try_set(Some(failure));
                }
            }
        });
    }

    fn fields(self) -> Vec<Field> {
        let form = self.form.get();
        self.known.with(|known| {
            let forms = known.as_ref().map_or(&[][..], |known| &known.forms);
            forms.iter().find(|it| it.id == form).map(|form| form.fields.clone()).unwrap_or_default()
        })
    }

    fn record(self) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        self.wrong.set(Vec::new());
        let fields = untrack(|| self.fields());
        let call = RecordCall {
            submission_id: self.id.get_value(),
            form: self.form.get_untracked(),
            values: self.typed.with_untracked(|typed| typed.values(&fields)),
            person: self.known.with_untracked(|it| it.as_ref()?.person.as_ref().map(|person| person.id.clone())),
            mine: self.mine.get_untracked(),
        };
        spawn_local(async move {
            let answer = api::record_call(&call).await;
            let _ = self.busy.try_set(false);
            match answer {
                Ok(Recorded { item: Some(row), .. }) => {
                    self.desk.take(&row);
                    self.desk.say("The call is recorded");
                    self.desk.go(&item_path(&row.id), true);
                }
                Ok(recorded) => {
                    self.desk.say("The call is recorded");
                    let _ = self.passed_on.try_set(Some(recorded));
                    dom::focus_soon("page");
                }
                Err(Failure::SignedOut) => self.desk.signed_out(Leaving::Ended),
                Err(failure) if !failure.fields().is_empty() => {
                    // What was sent was not taken: what is put right is sent as itself.
                    let _ = self.wrong.try_set(failure.fields().to_vec());
                    dom::focus_wrong_soon(None);
                }
                Err(failure) => {
                    let _ = self.refused.try_set(Some(failure.sentence()));
                }
            }
        });
    }
}

async fn read(item: Option<String>) -> Result<Known, Failure> {
    let CallForms { forms } = api::call_forms().await?;
    let person = match item {
        Some(item) => Some(api::item(&item).await?.person),
        None => None,
    };
    Ok(Known { forms, person })
}

/// The page.
#[component]
pub fn CallPage() -> impl IntoView {
    let query = use_query_map();
    let item = Memo::new(move |_| query.with(|it| it.get("item")));
    move || view! { <OneCall item=item.get() /> }
}

#[component]
fn OneCall(item: Option<String>) -> impl IntoView {
    let desk = Desk::here();
    dom::title("Record a call");
    let back = item.as_deref().map_or_else(|| "/".to_owned(), item_path);
    let call = Call {
        desk,
        item: StoredValue::new(item),
        id: StoredValue::new(dom::random_word()),
        known: RwSignal::new(None),
        failure: RwSignal::new(None),
        form: RwSignal::new(String::new()),
        typed: RwSignal::new(Typed::default()),
        mine: RwSignal::new(false),
        wrong: RwSignal::new(Vec::new()),
        refused: RwSignal::new(None),
        busy: RwSignal::new(false),
        passed_on: RwSignal::new(None),
    };
    call.read();
    request_animation_frame(|| {
        if dom::focus_is_free() {
            dom::focus("page");
        }
    });
    let is_there = Memo::new(move |_| call.known.with(Option::is_some));
    let body = move || match (is_there.get(), call.failure.get(), call.passed_on.get()) {
        (_, _, Some(recorded)) => view! { <PassedOn recorded /> }.into_any(),
        (true, ..) => view! { <Filling call /> }.into_any(),
        (false, None, _) => view! { <Waiting lines=8 /> }.into_any(),
        (false, Some(failure), _) => view! {
            <Notice title="The form could not be read">
                <p role="alert">{failure.sentence()}</p>
                <p>
                    <button class="button main" on:click=move |_| call.read()>
                        "Try again"
                    </button>
                </p>
            </Notice>
        }
        .into_any(),
    };
    view! {
        <article class="page call" aria-labelledby="page">
            <header class="item-head">
                <p class="back">
                    <a href=format!("{BASE}{back}")>
                        <span aria-hidden="true">"\u{2190} "</span>
                        "Back"
                    </a>
                </p>
                <h1 id="page" tabindex="-1">
                    "Record a call"
                </h1>
            </header>
            {body}
        </article>
    }
}

#[component]
fn Filling(call: Call) -> impl IntoView {
    let known = call.known.get_untracked();
    let (forms, person) = known.map(|known| (known.forms, known.person)).unwrap_or_default();
    if forms.is_empty() {
        return view! {
            <Notice title="There is no form to record a call in">
                <p>"No site of this workspace shows a form."</p>
            </Notice>
        }
        .into_any();
    }
    let choices: Vec<_> = forms.into_iter().map(|form| (form.id, form.title)).collect();
    let is_known = person.is_some();
    let who = person.map(|person| {
        let reach = person.identifiers.iter().map(|it| it.value.clone()).collect::<Vec<_>>().join(", ");
        let name = person.name.unwrap_or_else(|| "somebody without a name".to_owned());
        view! {
            <p>
                "From " <strong><bdi>{name}</bdi></strong> " " <span class="quiet"><bdi>{reach}</bdi></span>
                ". What you leave empty of who they are stays as it is known."
            </p>
        }
    });
    let about = "A call, a visit, a chat elsewhere: it is scored and routed like what visitors send.";
    view! {
        <form
            class="card editor"
            aria-label="Call"
            novalidate=true
            on:submit=move |event| {
                event.prevent_default();
                call.record();
            }
        >
            <p class="quiet">{about}</p>
            {who}
            <div role="alert">{move || call.refused.get().map(|why| view! { <p class="refused">{why}</p> })}</div>
            <Select
                wrong=call.wrong
                field="form"
                label="Which form?"
                choices
                value=call.form
                set=move |form| call.form.set(form)
            />
            <For each=move || in_order(call.fields()) key=|field| field.name.clone() children=move |field| control(call, field, is_known) />
            <label class="choice">
                <input
                    type="checkbox"
                    prop:checked=call.mine
                    on:change=move |event| call.mine.set(event_target_checked(&event))
                />
                <span>"I have it in hand: give it to me"</span>
            </label>
            <div class="buttons">
                <button class="button main" type="submit" aria-disabled=move || call.busy.get().to_string()>
                    {move || if call.busy.get() { "Recording\u{2026}" } else { "Record the call" }}
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// Who it is first, then what was said, then whatever else the form asks.
fn in_order(mut fields: Vec<Field>) -> Vec<Field> {
    fields.sort_by_key(|field| match (field.name.as_str(), field.kind) {
        ("name", _) => 0,
        (_, FieldKind::Phone) => 1,
        (_, FieldKind::Email) => 2,
        ("message", _) => 3,
        _ => 4,
    });
    fields
}

fn control(call: Call, field: Field, is_known: bool) -> AnyView {
    let Field { name, label, kind, options, .. } = field;
    let wrong = call.wrong;
    let own = name.clone();
    let value = Signal::derive(move || call.typed.with(|typed| typed.one(&own)));
    let own = name.clone();
    let set = move |text: String| call.typed.update(|typed| typed.set(&own, text));
    let named = move || options.into_iter().map(|option| (option.value, option.label));
    match kind {
        FieldKind::LongText => view! { <Area wrong field=name label rows=5 value set /> }.into_any(),
        FieldKind::SingleChoice | FieldKind::DropDown => {
            let choices = std::iter::once((String::new(), "Not said".to_owned())).chain(named()).collect();
            view! { <Select wrong field=name label choices value set /> }.into_any()
        }
        FieldKind::MultipleChoice => {
            let choices: Vec<Named> = named().map(|(id, name)| Named { id, name }).collect();
            several(call, name, label, choices)
        }
        FieldKind::Checkbox => {
            let choices = vec![Named { id: typed::TICKED.to_owned(), name: "Yes".to_owned() }];
            several(call, name, label, choices)
        }
        FieldKind::Number => {
            let number = Signal::derive(move || crate::parts::typed_number(&value.get()));
            let set = move |number: Option<f64>| set(number.map(|it| it.to_string()).unwrap_or_default());
            view! { <Number wrong field=name label value=number set /> }.into_any()
        }
        FieldKind::Date => view! { <Text wrong field=name label kind="date" value set /> }.into_any(),
        FieldKind::Phone => {
            let help =
                if is_known { "" } else { "With its country: +44 20 7946 0018. A number or an address is needed." };
            view! { <Text wrong field=name label help kind="tel" value set /> }.into_any()
        }
        FieldKind::Email => view! { <Text wrong field=name label kind="email" value set /> }.into_any(),
        FieldKind::ShortText | FieldKind::Consent | FieldKind::Hidden | FieldKind::File => {
            view! { <Text wrong field=name label value set /> }.into_any()
        }
    }
}

fn several(call: Call, name: String, label: String, choices: Vec<Named>) -> AnyView {
    let (own, wrong) = (StoredValue::new(name.clone()), call.wrong);
    let values = Signal::derive(move || call.typed.with(|typed| own.with_value(|own| typed.many(own))));
    let change = move |change: ListChange| {
        call.typed.update(|typed| own.with_value(|own| change(typed.many_mut(own))));
    };
    view! { <Several wrong field=name label none="" choices=Signal::stored(choices) values change /> }.into_any()
}

/// It went to a queue that others work.
#[component]
fn PassedOn(recorded: Recorded) -> impl IntoView {
    let Recorded { receipt, .. } = recorded;
    view! {
        <Notice title="The call is recorded">
            <p>
                "It went to " <strong><bdi>{receipt.team}</bdi></strong> ", under the reference "
                <span class="code">{receipt.reference}</span> "."
            </p>
            <p>
                <a class="button" href=format!("{BASE}/")>
                    "To your queue"
                </a>
            </p>
        </Notice>
    }
}
