//! The views that are kept of a queue: one's own, and those that others share.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::lists::{MAX_VIEW_NAME_CHARS, SaveView, SavedView, Views};

use crate::api::{self, Answer, Failure};
use crate::app::{BASE, Desk, Leaving};
use crate::list::{Side, Which};
use crate::parts::Fold;
use crate::{dom, narrow};

/// The button that opens them.
pub const OPEN_VIEWS: &str = "views-open";

/// What the menu and its form share.
#[derive(Clone, Copy)]
struct Kept {
    desk: Desk,
    which: Memo<Which>,
    open: RwSignal<bool>,
    name: RwSignal<String>,
    shared: RwSignal<bool>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<String>>,
    /// The one that was let go of last, to be kept after all.
    dropped: RwSignal<Option<SavedView>>,
}

impl Kept {
    fn heard(self, answer: Answer<Views>) -> bool {
        let _ = self.busy.try_set(false);
        match answer {
            Ok(Views { views }) => {
                self.desk.views.set(Some(views));
                return true;
            }
            Err(Failure::SignedOut) => self.desk.signed_out(Leaving::Ended),
            Err(failure) => drop(self.refused.try_set(Some(failure.sentence()))),
        }
        false
    }

    fn read(self) {
        spawn_local(async move {
            self.heard(api::views().await);
        });
    }

    /// Keeps what is on the screen under the name that was typed.
    fn save(self) {
        let name = self.name.get_untracked().trim().to_owned();
        if name.is_empty() {
            self.refused.set(Some("Give it a name.".to_owned()));
            dom::focus("view-name");
            return;
        }
        let Which { queue, side, filter } = self.which.get_untracked();
        let (closed, whose) = side.named();
        self.keep(SaveView { name, queue, closed, whose, filter, shared: self.shared.get_untracked() });
    }

    fn keep(self, view: SaveView) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        spawn_local(async move {
            let answer = api::save_view(&view).await;
            if self.heard(answer) {
                self.desk.say(&format!("Kept as {}", view.name));
                let _ = self.name.try_set(String::new());
                let _ = self.dropped.try_set(None);
                dom::focus_soon("view-name");
            }
        });
    }

    fn let_go(self, view: SavedView) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        spawn_local(async move {
            let answer = api::drop_view(&view.id).await;
            if self.heard(answer) {
                self.desk.say(&format!("{} is deleted", view.name));
                let _ = self.dropped.try_set(Some(view));
                dom::focus_soon("view-back");
            }
        });
    }

    fn keep_after_all(self) {
        if let Some(SavedView { name, queue, closed, whose, filter, shared, .. }) = self.dropped.get_untracked() {
            self.keep(SaveView { name, queue, closed, whose, filter, shared });
        }
    }
}

/// The button, with the view that is open; the views of this queue; and the form that keeps one.
#[component]
pub fn ViewsMenu(which: Memo<Which>) -> impl IntoView {
    let desk = Desk::here();
    let kept = Kept {
        desk,
        which,
        open: RwSignal::new(false),
        name: RwSignal::new(String::new()),
        shared: RwSignal::new(false),
        busy: RwSignal::new(false),
        refused: RwSignal::new(None),
        dropped: RwSignal::new(None),
    };
    // Others may have shared some since.
    Effect::new(move |_| {
        if kept.open.get() {
            kept.refused.set(None);
            kept.dropped.set(None);
            kept.read();
        }
    });
    if desk.views.with_untracked(Option::is_none) {
        kept.read();
    }
    let label = Signal::derive(move || {
        let here = which.get();
        let views = desk.views.get().unwrap_or_default();
        let open = (!here.filter.is_empty()).then(|| views.into_iter().find(|view| of(view) == here)).flatten();
        open.map_or_else(|| "Views".to_owned(), |view| format!("View: {}", view.name))
    });
    view! {
        <Fold id=OPEN_VIEWS label name="Views" open=kept.open>
            <List kept />
            <KeepForm kept />
        </Fold>
    }
}

#[component]
fn List(kept: Kept) -> impl IntoView {
    let desk = kept.desk;
    let queue = Memo::new(move |_| kept.which.with(|it| it.queue.clone()));
    let views = Memo::new(move |_| {
        let queue = queue.get();
        desk.views.get().map(|all| all.into_iter().filter(|view| view.queue == queue).collect::<Vec<_>>())
    });
    let line = move |view: SavedView| {
        let href = format!("{BASE}{}", narrow::path(&of(&view)));
        let is_mine = view.by.id == desk.my_id();
        let whose = match (view.shared, is_mine) {
            (false, _) => "only you".to_owned(),
            (true, true) => "everybody here".to_owned(),
            (true, false) => format!("from {}", view.by.name),
        };
        let here = {
            let view = view.clone();
            move || kept.which.with(|which| *which == of(&view)).then_some("page")
        };
        let name = view.name.clone();
        let delete = format!("Delete the view {name}");
        view! {
            <li>
                <a href=href aria-current=here on:click=move |_| kept.open.set(false)>
                    <bdi>{name}</bdi>
                </a>
                <span class="quiet">
                    <bdi>{whose}</bdi>
                </span>
                {is_mine
                    .then(|| {
                        view! {
                            <button
                                class="plain"
                                type="button"
                                aria-label=delete
                                aria-disabled=move || kept.busy.get().to_string()
                                on:click=move |_| kept.let_go(view.clone())
                            >
                                "Delete"
                            </button>
                        }
                    })}
            </li>
        }
    };
    move || match views.get() {
        None => view! { <p class="quiet">"Reading\u{2026}"</p> }.into_any(),
        Some(views) if views.is_empty() => {
            view! { <p class="quiet">"No view of this queue is kept yet."</p> }.into_any()
        }
        Some(views) => view! { <ul class="views">{views.into_iter().map(line).collect_view()}</ul> }.into_any(),
    }
}

/// Keeps what is on the screen.
#[component]
fn KeepForm(kept: Kept) -> impl IntoView {
    let desk = kept.desk;
    let replaces = move || {
        let (name, queue) = (kept.name.get(), kept.which.with(|it| it.queue.clone()));
        let me = desk.my_id();
        desk.views.with(|views| {
            let mut mine = views.iter().flatten().filter(|view| view.by.id == me && view.queue == queue);
            mine.any(|view| view.name == name.trim())
        })
    };
    let dropped = move || {
        kept.dropped.get().map(|view| {
            view! {
                <p class="quiet">
                    "\u{201c}" <bdi>{view.name}</bdi> "\u{201d} is deleted. "
                    <button class="plain" type="button" id="view-back" on:click=move |_| kept.keep_after_all()>
                        "Keep it after all"
                    </button>
                </p>
            }
        })
    };
    let choice = move |shared: bool, says: &'static str| {
        view! {
            <label class="check">
                <input
                    type="radio"
                    name="view-shared"
                    prop:checked=move || kept.shared.get() == shared
                    on:change=move |_| kept.shared.set(shared)
                />
                {says}
            </label>
        }
    };
    view! {
        {dropped}
        // Not a form of its own: it stands in that of the list.
        <div class="keep-view" role="group" aria-label="Keep this view">
            <label for="view-name">"Keep what is shown as"</label>
            <input
                id="view-name"
                type="text"
                maxlength=MAX_VIEW_NAME_CHARS.to_string()
                autocomplete="off"
                dir="auto"
                aria-describedby="view-refused"
                prop:value=kept.name
                on:input=move |event| kept.name.set(event_target_value(&event))
                on:keydown=move |event| {
                    if event.key() == "Enter" {
                        event.prevent_default();
                        kept.save();
                    }
                }
            />
            {choice(false, "Only I have it")}
            {choice(true, "Everybody who works this queue has it")}
            <p class="refused" id="view-refused" role="alert" hidden=move || kept.refused.with(Option::is_none)>
                {move || kept.refused.get()}
            </p>
            <button
                class="button main"
                type="button"
                aria-disabled=move || kept.busy.get().to_string()
                on:click=move |_| kept.save()
            >
                {move || if replaces() { "Replace your view" } else { "Keep this view" }}
            </button>
        </div>
    }
}

/// The list that a view is of.
fn of(view: &SavedView) -> Which {
    Which { queue: view.queue.clone(), side: Side::of(view.closed, view.whose), filter: view.filter.clone() }
}
