//! `/console/items/{id}`: who this is, what they want, why it is here, by when; and what one can do about it.

mod actions;
mod people;
mod privacy;
mod route;
mod score;
mod scorings;
mod sections;
mod stage;
mod visit;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use shared::wire::console::{Event, ItemRow, ItemState, ItemView};
use shared::wire::lifecycle::StageView;

use crate::api::{self, Failure};
use crate::app::{BASE, Desk, Leaving};
use crate::clock;
use crate::dom;
use crate::list::{Side, Which};
use crate::parts::{Due, Notice, Partner, Tier, Waiting, When, on_key};
use crate::{narrow, words};

use actions::Actions;

/// One item.
#[component]
pub fn ItemPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|it| it.get("id")).unwrap_or_default());
    move || view! { <Item id=id.get() /> }
}

/// An item on the screen: what is known of it, and how to read it again.
#[derive(Clone, Copy)]
struct Shown {
    id: StoredValue<String>,
    view: RwSignal<Option<ItemView>>,
    failure: RwSignal<Option<Failure>>,
    desk: Desk,
}

impl Shown {
    /// Takes a state of the item, unless a newer one is on the screen.
    fn take(self, new: ItemView) {
        self.desk.take(&new.row);
        let older = self.view.try_with_untracked(|it| it.as_ref().is_some_and(|it| it.row.changed > new.row.changed));
        if older == Some(false) {
            self.tell_what_others_did(&new);
            self.view.set(Some(new));
        }
    }

    fn read(self) {
        let Some(id) = self.id.try_get_value() else { return };
        spawn_local(async move {
            match api::item(&id).await {
                Ok(view) => {
                    let _ = self.failure.try_set(None);
                    self.take(view);
                }
                Err(Failure::SignedOut) => self.desk.signed_out(Leaving::Ended),
                Err(failure) => {
                    let _ = self.failure.try_set(Some(failure));
                }
            }
        });
    }

    fn tell_what_others_did(self, new: &ItemView) {
        let me = self.desk.my_id();
        let known = self.view.with_untracked(|it| it.as_ref().map_or(usize::MAX, |it| it.history.len()));
        let by_another = |it: &&Event| it.actor.as_ref().is_some_and(|actor| actor.id != me);
        if let Some(last) = new.history.get(known..).and_then(|events| events.iter().rfind(by_another)) {
            self.desk.say(&words::event(last, &me).0);
        }
    }
}

#[component]
fn Item(id: String) -> impl IntoView {
    let desk = Desk::here();
    let shown =
        Shown { id: StoredValue::new(id.clone()), view: RwSignal::new(None), failure: RwSignal::new(None), desk };
    desk.left.set_value(Some(id.clone()));
    dom::title("Item");
    let changed = desk.watch_item(&id);
    Effect::new(move |_| {
        let changed = changed.get();
        desk.opening.track();
        let known = shown.view.with_untracked(|it| it.as_ref().map(|it| it.row.changed));
        // The first reading, one for each opening of the connection, and one for each change that is news.
        if changed == 0 || known.is_none_or(|known| changed > known) {
            shown.read();
        }
    });
    on_key(desk, move |key| {
        let back = key == "Escape";
        if back {
            go_back(shown);
        }
        back
    });

    let is_there = Memo::new(move |_| shown.view.with(Option::is_some));
    let sentence = Memo::new(move |_| shown.failure.with(|it| it.as_ref().map(Failure::sentence)));
    move || {
        if is_there.get() {
            view! {
                {move || sentence.get().map(|why| view! { <Behind why shown /> })}
                <Loaded shown />
            }
            .into_any()
        } else if let Some(failure) = shown.failure.get() {
            view! { <Missing failure shown /> }.into_any()
        } else {
            view! { <Waiting lines=10 /> }.into_any()
        }
    }
}

/// It could not be read at all.
#[component]
fn Missing(failure: Failure, shown: Shown) -> impl IntoView {
    if failure.is_not_found() {
        dom::title("Not found");
        return view! {
            <Notice title="There is no such item">
                <p>
                    "It may belong to a queue that you do not work in. " <a href=format!("{BASE}/")>"Go to your queue"</a>
                    "."
                </p>
            </Notice>
        }
        .into_any();
    }
    if failure.is_erased() {
        dom::title("Erased");
        return view! {
            <Notice title="This was erased">
                <p>
                    "Nothing of it is kept: its person was erased, or it was older than your rules allow. " <a href=format!("{BASE}/")>"Go to your queue"</a> "."
                </p>
            </Notice>
        }
        .into_any();
    }
    view! {
        <Notice title="The item could not be read">
            <p role="alert">{failure.sentence()}</p>
            <p>
                <button class="button main" on:click=move |_| shown.read()>
                    "Try again"
                </button>
            </p>
        </Notice>
    }
    .into_any()
}

/// It was read, and then could not be read again.
#[component]
fn Behind(why: String, shown: Shown) -> impl IntoView {
    view! {
        <p class="refused" role="alert">
            {why}
            " What you see may be behind. "
            <button class="plain" on:click=move |_| shown.read()>
                "Try again"
            </button>
        </p>
    }
}

#[component]
fn Loaded(shown: Shown) -> impl IntoView {
    let desk = shown.desk;
    let Some(first) = shown.view.get_untracked() else {
        return ().into_any();
    };
    // From here on there is always something to show.
    let view = Memo::new(move |last: Option<&ItemView>| {
        shown.view.get().or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
    });
    let row = part(view, |it| it.row.clone());
    Effect::new(move |_| {
        row.with(|it| {
            dom::title(&format!("{}, {}", it.who, it.reference));
            desk.place.set(Some(it.queue.clone()));
        });
    });
    request_animation_frame(|| {
        if dom::focus_is_free() {
            dom::focus("page");
        }
    });
    view! {
        <article class="page item" aria-labelledby="page">
            <Head row stands=part(view, |it| it.person.stage.clone()) desk />
            <sections::Duplicates of=part(view, |it| (it.duplicate_of.clone(), it.duplicates.clone())) desk />
            <Actions shown view />
            <div class="item-columns">
                <div class="item-main">
                    <sections::Sent of=part(view, |it| (it.row.id.clone(), it.submission.clone())) />
                    <sections::Feedback of=part(view, |it| it.feedback.clone()) />
                    <sections::History of=part(view, |it| (it.row.id.clone(), it.history.clone())) desk />
                    <visit::Did of=part(view, |it| visit::Visit {
                        received_at: it.submission.received_at.clone(),
                        page: it.source.url.clone(),
                        summary: it.visit.clone(),
                        signals: it.signals.clone(),
                    }) />
                    <sections::Source of=part(view, |it| it.source.clone()) />
                </div>
                <div class="item-side">
                    <sections::Promises of=part(view, |it| it.timers.clone()) desk />
                    <people::Person of=part(view, |it| it.person.clone()) shown />
                    <privacy::Privacy of=part(view, |it| (it.person.id.clone(), people::named(&it.person))) shown />
                    <score::Score
                        of=part(view, |it| (it.score.clone(), it.learnt.clone(), it.row.score))
                        id=part(view, |it| it.row.id.clone())
                    />
                    <scorings::Scorings of=part(view, |it| it.scorings.clone()) />
                    <route::Route of=part(view, |it| (it.route.clone(), it.picks.clone())) desk />
                </div>
            </div>
        </article>
    }
    .into_any()
}

#[component]
fn Head(row: Memo<ItemRow>, stands: Memo<Option<StageView>>, desk: Desk) -> impl IntoView {
    let back = move || {
        row.with(|it| {
            let name = desk.queue_name(&it.queue).unwrap_or_else(|| "Queue".to_owned());
            (format!("{BASE}{}", way_back(desk, Some(&it.queue))), name)
        })
    };
    let text = move |of: fn(&ItemRow) -> String| Memo::new(move |_| row.with(of));
    let waits = Memo::new(move |_| row.with(|it| it.state != ItemState::Closed));
    let state = move || row.with(|it| words::state(it, &desk.my_id()));
    let stage = move || {
        row.with(|it| match it.state {
            ItemState::Open => "open",
            ItemState::Claimed => "claimed",
            ItemState::Closed => "closed",
        })
    };
    let exactly = move || row.with(|it| clock::in_short(&it.answer_by));
    view! {
        <header class="item-head">
            <p class="back">
                <a href=move || back().0>
                    <span aria-hidden="true">"\u{2190} "</span>
                    {move || back().1}
                </a>
            </p>
            <h1 id="page" tabindex="-1">
                <bdi>{text(|it| it.who.clone())}</bdi>
            </h1>
            <dl class="facts">
                <div>
                    <dt>"Tier"</dt>
                    <dd>
                        <Tier tier=text(|it| it.tier.clone()) />
                    </dd>
                </div>
                <div>
                    <dt>"State"</dt>
                    <dd class="state" data-state=stage>
                        <bdi>{state}</bdi>
                    </dd>
                </div>
                {move || {
                    waits
                        .get()
                        .then(|| {
                            view! {
                                <div>
                                    <dt>"Answer by"</dt>
                                    <dd>
                                        <span class="moment">{exactly}</span>
                                        " "
                                        <Due row />
                                    </dd>
                                </div>
                            }
                        })
                }}
                <div>
                    <dt>"Kind"</dt>
                    <dd>{text(|it| words::what(it).to_owned())}</dd>
                </div>
                {move || {
                    stands
                        .get()
                        .map(|stands| {
                            view! {
                                <div>
                                    <dt>"Customer"</dt>
                                    <dd>
                                        {words::happened(&stands.stage)} " " <span class="quiet">
                                            <When at=Signal::stored(stands.at) />
                                        </span>
                                    </dd>
                                </div>
                            }
                        })
                }}
                <div>
                    <dt>"Came"</dt>
                    <dd>{text(|it| words::channel(it.channel).to_owned())}</dd>
                </div>
                <div>
                    <dt>"Site"</dt>
                    <dd>
                        <bdi>{text(|it| it.site.clone())}</bdi>
                        " "
                        {move || row.with(|it| it.partner).then(|| view! { <Partner /> })}
                    </dd>
                </div>
                <div>
                    <dt>"Reference"</dt>
                    <dd>
                        <span class="code">{text(|it| it.reference.clone())}</span>
                    </dd>
                </div>
            </dl>
        </header>
    }
}

/// One part of the view: it is drawn again only when it changes, so that what is read or focused in it stays.
fn part<T>(view: Memo<ItemView>, of: fn(&ItemView) -> T) -> Memo<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    Memo::new(move |_| view.with(of))
}

/// To the list that one came from, or the one that the item stands in.
fn go_back(shown: Shown) {
    let queue = shown.view.with_untracked(|it| it.as_ref().map(|it| it.row.queue.clone()));
    shown.desk.go(&way_back(shown.desk, queue.as_deref()), false);
}

fn way_back(desk: Desk, queue: Option<&str>) -> String {
    let came_from = desk.list.get_value();
    match (came_from, queue) {
        (Some(list), None) => narrow::path(&list),
        (Some(list), Some(queue)) if list.queue == queue => narrow::path(&list),
        (_, Some(queue)) => narrow::path(&Which::whole(queue, Side::Open)),
        (None, None) => "/".to_owned(),
    }
}
