//! `/console/destinations`, for those who operate: where what happens is also told, how each of them answers, and what one can
//! do about it.

mod edit;
mod editing;
mod editor;
mod kinds;
mod line;
mod map;
mod mapping;
mod new;
mod test;

use std::collections::HashMap;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::delivery::{ChangeDestinations, DestinationChange, DestinationView, DestinationsView};
use shared::wire::destination::Destination;

pub use edit::DestinationPage;
pub use new::NewDestinationPage;

use crate::api::{self, Failure};
use crate::app::{BASE, Desk, Leaving};
use crate::dom;
use crate::pages::deliveries::Ways;
use crate::parts::{Once, ShownOnce, Sure, Waiting};

use line::Line;

/// How often they are read again while one looks at them.
const AGAIN: Duration = Duration::from_secs(15);

/// Destinations, and what is changed of them and not saved. It outlives the pages.
#[derive(Clone, Copy)]
pub struct Destinations {
    /// As they were last read.
    pub view: RwSignal<Option<DestinationsView>>,
    /// Why they could not be read.
    pub failure: RwSignal<Option<Failure>>,
    /// A signing secret that was made just now, until somebody says that they have it.
    pub made: RwSignal<Option<Once>>,
    /// What was typed and not saved, by the destination's id, or by `+` and the kind of a new one.
    drafts: StoredValue<HashMap<String, Draft>>,
}

/// What was changed of a destination and not saved yet.
#[derive(Debug, Clone, PartialEq)]
struct Draft {
    /// As it was when the change began.
    base: Destination,
    /// As it is on the screen.
    mine: Destination,
}

impl Destinations {
    /// Nothing is known yet.
    pub fn new() -> Self {
        Self {
            view: RwSignal::new(None),
            failure: RwSignal::new(None),
            made: RwSignal::new(None),
            drafts: StoredValue::new(HashMap::new()),
        }
    }

    /// Another member is here: what was on the screen is not theirs.
    pub fn forget(self) {
        self.view.set(None);
        self.failure.set(None);
        self.made.set(None);
        self.drafts.update_value(HashMap::clear);
    }

    /// Reads them, where this member may.
    pub fn read(self, desk: Desk) {
        if !desk.operates.get_untracked() {
            return;
        }
        spawn_local(async move {
            match api::destinations().await {
                Ok(view) => self.take(view),
                Err(Failure::SignedOut) => desk.signed_out(Leaving::Ended),
                Err(failure) => self.failure.set(Some(failure)),
            }
        });
    }

    /// Takes what was read, or came as the answer to a change; not what is older than what is on the screen.
    fn take(self, view: DestinationsView) {
        self.failure.set(None);
        let is_news = self
            .view
            .with_untracked(|known| known.as_ref().is_none_or(|known| known.version <= view.version && *known != view));
        if is_news {
            self.view.set(Some(view));
        }
    }

    /// Takes the answer to a change of a destination, and keeps the secret that it may bring.
    fn take_change(self, mut view: DestinationsView, of: &str, is_new: bool) {
        if let Some(secret) = view.secret.take() {
            let named = view.destinations.iter().find(|it| it.edit.id == of).map(|it| name(&it.edit).to_owned());
            let name = named.unwrap_or_else(|| of.to_owned());
            self.made.set(Some(signing_secret(name, secret, !is_new)));
        }
        self.take(view);
    }

    /// The destination of an id, as it is known now.
    fn one(self, id: &str) -> Option<DestinationView> {
        self.view.with(|view| view.as_ref()?.destinations.iter().find(|it| it.edit.id == id).cloned())
    }

    /// What staff call a destination: its id, where it is not known.
    pub fn name_of(self, id: &str) -> String {
        self.one(id).map_or_else(|| id.to_owned(), |it| name(&it.edit).to_owned())
    }

    fn version(self) -> u32 {
        self.view.with_untracked(|view| view.as_ref().map_or(0, |view| view.version))
    }
}

/// A new signing secret; where one was there before, that one goes on for a day.
fn signing_secret(name: String, secret: String, replaces: bool) -> Once {
    let mut about = "Copy it now and give it to the receiver: it is shown this once, and cannot be read again. Whoever has it can sign \
        what looks like yours."
        .to_owned();
    if replaces {
        about.push_str(" For a day, what is sent is signed with the one before as well; then only with this one.");
    }
    Once { what: "signing secret", name, about, secret }
}

/// What staff call it.
fn name(destination: &Destination) -> &str {
    if destination.name.trim().is_empty() { &destination.id } else { &destination.name }
}

/// What stands in the place of a page until the destinations are there, or where they never come.
#[component]
fn Gate(children: ChildrenFn) -> impl IntoView {
    let desk = Desk::here();
    let destinations = desk.destinations;
    desk.place.set(Some("/destinations".to_owned()));
    Effect::new(move |_| {
        desk.opening.track();
        desk.operates.track();
        destinations.read(desk);
    });
    let is_there = Memo::new(move |_| destinations.view.with(Option::is_some));
    let sentence = Memo::new(move |_| destinations.failure.with(|it| it.as_ref().map(Failure::sentence)));
    move || {
        if !desk.operates.get() {
            return view! { <NotYours /> }.into_any();
        }
        if is_there.get() {
            let behind = move || {
                sentence.get().map(|why| {
                    view! {
                        <p class="refused" role="alert">
                            {why}
                            " What you see may be behind. "
                            <button class="plain" on:click=move |_| destinations.read(desk)>
                                "Try again"
                            </button>
                        </p>
                    }
                })
            };
            return view! {
                {behind}
                {children()}
            }
            .into_any();
        }
        match sentence.get() {
            Some(why) => view! {
                <div class="notice">
                    <h2>"The destinations could not be read"</h2>
                    <p role="alert">{why}</p>
                    <p>
                        <button class="button main" on:click=move |_| destinations.read(desk)>
                            "Try again"
                        </button>
                    </p>
                </div>
            }
            .into_any(),
            None => view! { <Waiting lines=6 /> }.into_any(),
        }
    }
}

/// For whoever came by an address that is not for them.
#[component]
pub fn NotYours() -> impl IntoView {
    view! {
        <div class="notice">
            <h2>"This is not yours to see"</h2>
            <p>"What is told to other systems, and how the workspace runs, is for its administrators."</p>
        </div>
    }
}

/// All destinations.
#[component]
pub fn DestinationsPage() -> impl IntoView {
    let desk = Desk::here();
    dom::title("Destinations");
    if let Ok(again) = set_interval_with_handle(move || desk.destinations.read(desk), AGAIN) {
        on_cleanup(move || again.clear());
    }
    request_animation_frame(|| {
        if dom::focus_is_free() {
            dom::focus("page");
        }
    });
    view! {
        <div class="page delivery">
            <header class="page-head">
                <h1 id="page" tabindex="-1">
                    "Destinations"
                </h1>
                {move || {
                    desk.operates
                        .get()
                        .then(|| {
                            view! {
                                <a class="button main" href=format!("{BASE}/destinations/new")>
                                    "New destination"
                                </a>
                            }
                        })
                }}
            </header>
            {move || desk.operates.get().then(|| view! { <Ways /> })}
            <Gate>
                <ShownOnce made=desk.destinations.made />
                <List />
            </Gate>
        </div>
    }
}

/// What is done to a destination after it was asked about.
#[derive(Clone, Copy)]
struct Asks {
    /// Which one: its id and its name.
    about: RwSignal<(String, String)>,
    remove: RwSignal<bool>,
    rotate: RwSignal<bool>,
    /// Why it was not done: whose, and the sentence.
    refused: RwSignal<Option<(String, String)>>,
    busy: RwSignal<bool>,
}

impl Asks {
    fn change(self, desk: Desk, change: DestinationChange, done: &'static str) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        let (id, _) = self.about.get_untracked();
        let destinations = desk.destinations;
        let version = destinations.version();
        spawn_local(async move {
            let answer = api::change_destinations(&ChangeDestinations { version, change }).await;
            let _ = self.busy.try_set(false);
            match answer {
                Ok(view) => {
                    let brings_secret = view.secret.is_some();
                    destinations.take_change(view, &id, false);
                    desk.say(done);
                    dom::focus_soon(if brings_secret { "made" } else { "page" });
                }
                Err(Failure::SignedOut) => desk.signed_out(Leaving::Ended),
                Err(failure) => {
                    if failure.is_stale() {
                        destinations.read(desk);
                    }
                    let _ = self.refused.try_set(Some((id, failure.sentence())));
                }
            }
        });
    }
}

#[component]
fn List() -> impl IntoView {
    let desk = Desk::here();
    let destinations = desk.destinations;
    let asks = Asks {
        about: RwSignal::new((String::new(), String::new())),
        remove: RwSignal::new(false),
        rotate: RwSignal::new(false),
        refused: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
    let ids = Memo::new(move |_| {
        let ids = |view: &DestinationsView| view.destinations.iter().map(|it| it.edit.id.clone()).collect::<Vec<_>>();
        destinations.view.with(|view| view.as_ref().map(ids).unwrap_or_default())
    });
    let list = move || {
        if ids.with(Vec::is_empty) {
            return view! {
                <div class="notice">
                    <h2>"Nobody else is told yet"</h2>
                    <p>
                        "What arrives stands in your queues. A destination passes it on as well: to your CRM, a chat, a mailbox, or a program of your own."
                    </p>
                </div>
            }
            .into_any();
        }
        view! {
            <ul class="destinations">
                <For each=move || ids.get() key=|id| id.clone() children=move |id| view! { <Line asks id /> } />
            </ul>
        }
        .into_any()
    };
    let about = move || asks.about.with(|(_, name)| name.clone());
    let id = move || asks.about.with_untracked(|(id, _)| id.clone());
    let remove =
        Callback::new(move |()| asks.change(desk, DestinationChange::Remove { id: id() }, "The destination is gone"));
    let rotate = Callback::new(move |()| {
        asks.change(desk, DestinationChange::Rotate { id: id() }, "There is a new signing secret. Copy it now.");
    });
    view! {
        {list}
        <Sure asked=asks.remove title="Remove this destination?" does="Remove" then=remove>
            <p>
                <bdi>{about}</bdi>
                " is told of nothing any more. What waits for it is given up; what it was told stays in the log."
            </p>
        </Sure>
        <Sure asked=asks.rotate title="Make a new signing secret?" does="Make a new secret" then=rotate>
            <p>
                "For a day, what is sent to "
                <bdi>{about}</bdi>
                " is signed with both secrets. Within that day its receiver has to have the new one; after it, what it still checks with the old one looks forged."
            </p>
        </Sure>
    }
}
