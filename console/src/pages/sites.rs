//! `/console/sites`, for those whose roles let them: where the widget is, whether it is heard of, and all that a marketer
//! decides about a site.

mod checker;
mod editing;
mod editor;
mod key;
mod preview;
mod snippets;

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use shared::wire::config::{SiteKind, SiteLimits, Theme};
use shared::wire::sites::{SiteEdit, SiteView, SitesView};

use crate::api::{self, Failure};
use crate::app::{BASE, Desk, Leaving};
use crate::pages::site_path;
use crate::parts::{Notice, Partner, Waiting, When};
use crate::{clock, dom, words};

use editing::Editing;

/// How often the sites are read again while one looks at them.
const AGAIN: Duration = Duration::from_secs(30);

/// What was changed of a site and not saved yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The site as it was when the change began.
    pub base: SiteEdit,
    /// As it is on the screen.
    pub mine: SiteEdit,
}

/// The sites on the screen, and how to read them again.
#[derive(Clone, Copy)]
struct Shown {
    desk: Desk,
    failure: RwSignal<Option<Failure>>,
}

impl Shown {
    /// Begins to show them, for as long as the caller's owner lives.
    fn open() -> Self {
        let desk = Desk::here();
        let shown = Self { desk, failure: RwSignal::new(None) };
        desk.place.set(Some("/sites".to_owned()));
        Effect::new(move |_| {
            desk.opening.track();
            shown.read();
        });
        if let Ok(again) = set_interval_with_handle(move || shown.read(), AGAIN) {
            on_cleanup(move || again.clear());
        }
        shown
    }

    fn read(self) {
        spawn_local(async move {
            match api::sites().await {
                Ok(view) => self.take(view),
                Err(Failure::SignedOut) => self.desk.signed_out(Leaving::Ended),
                Err(failure) => {
                    let _ = self.failure.try_set(Some(failure));
                }
            }
        });
    }

    /// Takes what was read, or came as the answer to a change; not what is older than what is on the screen.
    fn take(self, view: SitesView) {
        let _ = self.failure.try_set(None);
        let is_old = self.desk.sites.with_untracked(|known| known.as_ref().is_some_and(|it| it.version > view.version));
        if !is_old {
            self.desk.sites.set(Some(view));
        }
    }

    /// The site of an id, as it is known now.
    fn site(self, id: &str) -> Option<SiteView> {
        self.desk.sites.with(|view| view.as_ref()?.sites.iter().find(|site| site.id == id).cloned())
    }
}

/// What stands in the place of a page until the sites are there, or where they never come.
#[component]
fn Gate(shown: Shown, children: ChildrenFn) -> impl IntoView {
    let is_there = Memo::new(move |_| shown.desk.sites.with(Option::is_some));
    let sentence = Memo::new(move |_| shown.failure.with(|it| it.as_ref().map(Failure::sentence)));
    move || {
        if !shown.desk.may_change_sites.get() {
            return view! {
                <Notice title="Sites are not yours to see">
                    <p>"An administrator of your workspace can give you the role of a marketer."</p>
                </Notice>
            }
            .into_any();
        }
        if is_there.get() {
            let behind = move || {
                sentence.get().map(|why| {
                    view! {
                        <p class="refused" role="alert">
                            {why}
                            " What you see may be behind. "
                            <button class="plain" on:click=move |_| shown.read()>
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
                <Notice title="The sites could not be read">
                    <p role="alert">{why}</p>
                    <p>
                        <button class="button main" on:click=move |_| shown.read()>
                            "Try again"
                        </button>
                    </p>
                </Notice>
            }
            .into_any(),
            None => view! { <Waiting lines=6 /> }.into_any(),
        }
    }
}

/// All sites.
#[component]
pub fn SitesPage() -> impl IntoView {
    let shown = Shown::open();
    dom::title("Sites");
    let ids = Memo::new(move |_| {
        let ids = |view: &SitesView| view.sites.iter().map(|site| site.id.clone()).collect::<Vec<_>>();
        shown.desk.sites.with(|view| view.as_ref().map(ids).unwrap_or_default())
    });
    let list = move || {
        if ids.with(Vec::is_empty) {
            return view! {
                <div class="notice">
                    <h2>"No site yet"</h2>
                    <p>"A site is where the widget is: a page of your own, or of a partner. Make one, and copy its snippet."</p>
                </div>
            }
            .into_any();
        }
        view! {
            <ul class="site-list">
                <For each=move || ids.get() key=|id| id.clone() children=move |id| view! { <Line shown id /> } />
            </ul>
        }
        .into_any()
    };
    view! {
        <div class="page sites">
            <header class="page-head">
                <h1 id="page" tabindex="-1">
                    "Sites"
                </h1>
                <a class="button main" href=format!("{BASE}/sites/new")>
                    "New site"
                </a>
            </header>
            <Gate shown>{list}</Gate>
        </div>
    }
}

#[component]
fn Line(shown: Shown, id: String) -> impl IntoView {
    let href = format!("{BASE}{}", site_path(&id));
    let site = Memo::new(move |last: Option<&Option<SiteView>>| shown.site(&id).or_else(|| last.cloned().flatten()));
    let name = move || site.with(|site| site.as_ref().map(|site| site.edit.name.clone()));
    let is_partner = move || site.with(|site| site.as_ref().is_some_and(|site| site.edit.kind == SiteKind::Partner));
    let origins = move || site.with(|site| site.as_ref().map(|site| site.edit.origins.join(", ")));
    view! {
        <li class="site-line">
            <p class="site-name">
                <a href=href>
                    <bdi>{name}</bdi>
                </a>
                " "
                {move || is_partner().then(|| view! { <Partner /> })}
            </p>
            <p class="site-origins">{origins}</p>
            <State shown site />
        </li>
    }
}

/// Where a site stands, in words.
#[component]
fn State(shown: Shown, #[prop(into)] site: Signal<Option<SiteView>>) -> impl IntoView {
    let now = shown.desk.now;
    let state = Memo::new(move |_| {
        site.with(|site| site.as_ref().map(|site| words::site_state(site, now.get(), clock::day)).unwrap_or_default())
    });
    view! {
        <p class="site-state" data-state=move || state.with(|it| it.tag)>
            {move || state.with(|it| it.says.clone())}
        </p>
    }
}

/// A site that is not there yet.
#[component]
pub fn NewSitePage() -> impl IntoView {
    let shown = Shown::open();
    dom::title("New site");
    view! {
        <article class="page sites" aria-labelledby="page">
            <header class="item-head">
                <Back />
                <h1 id="page" tabindex="-1">
                    "New site"
                </h1>
                <p class="quiet">"Once it is saved it has a key, a snippet to copy, and a preview."</p>
            </header>
            <Gate shown>
                <New shown />
            </Gate>
        </article>
    }
}

#[component]
fn New(shown: Shown) -> impl IntoView {
    let first = shown.desk.sites.with_untracked(|view| view.as_ref().and_then(|view| view.forms.first().cloned()));
    let blank = SiteEdit {
        name: String::new(),
        kind: SiteKind::Own,
        origins: vec![String::new()],
        forms: first.map(|form| form.id).into_iter().collect(),
        prompts: Vec::new(),
        launcher: String::new(),
        pricing: Vec::new(),
        lang: None,
        theme: Theme::default(),
        expires_at: None,
        limits: SiteLimits::default(),
        proof: false,
    };
    let editing = Editing::open(shown, None, &blank);
    view! { <editor::Editor editing /> }
}

/// One site.
#[component]
pub fn SitePage() -> impl IntoView {
    let shown = Shown::open();
    dom::title("Site");
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|it| it.get("id")).unwrap_or_default());
    let one = move || {
        let id = id.get();
        let first = untrack(|| shown.site(&id));
        match first {
            Some(first) => view! { <One shown first /> }.into_any(),
            None => view! {
                <Notice title="There is no such site">
                    <p>
                        "It may have been taken away. " <a href=format!("{BASE}/sites")>"See all sites"</a> "."
                    </p>
                </Notice>
            }
            .into_any(),
        }
    };
    view! { <Gate shown>{one}</Gate> }
}

#[component]
fn One(shown: Shown, first: SiteView) -> impl IntoView {
    let id = first.id.clone();
    let editing = Editing::open(shown, Some(id.clone()), &first.edit);
    // A site that is gone keeps its last state until one leaves.
    let site = Memo::new({
        let first = first.clone();
        move |last: Option<&SiteView>| shown.site(&id).or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
    });
    let name = Memo::new(move |_| site.with(|site| site.edit.name.clone()));
    Effect::new(move |_| name.with(|name| dom::title(name)));
    request_animation_frame(|| {
        if dom::focus_is_free() {
            dom::focus("page");
        }
    });
    let form = RwSignal::new(first.edit.forms.first().cloned().unwrap_or_default());
    let moment = move |of: fn(&SiteView) -> Option<String>| {
        let at = Memo::new(move |_| site.with(of));
        move || match at.get() {
            Some(at) => view! { <When at=Signal::stored(at) /> }.into_any(),
            None => view! { "Not yet" }.into_any(),
        }
    };
    view! {
        <article class="page sites" aria-labelledby="page">
            <header class="item-head">
                <Back />
                <h1 id="page" tabindex="-1">
                    <bdi>{name}</bdi>
                </h1>
                <State shown site=Signal::derive(move || Some(site.get())) />
                <dl class="facts">
                    <div>
                        <dt>"Last signal"</dt>
                        <dd>{moment(|site| site.last_signal_at.clone())}</dd>
                    </div>
                    <div>
                        <dt>"Last form sent"</dt>
                        <dd>{moment(|site| site.last_submission_at.clone())}</dd>
                    </div>
                    <div>
                        <dt>"Key"</dt>
                        <dd>
                            <span class="code">{move || site.with(|site| site.key.clone())}</span>
                        </dd>
                    </div>
                </dl>
            </header>
            <div class="site-columns">
                <div class="site-main">
                    <snippets::Snippets shown site form />
                    <checker::Checker shown site />
                    <editor::Editor editing />
                    <key::Key shown site />
                </div>
                <div class="site-side">
                    <preview::Preview editing site form />
                </div>
            </div>
        </article>
    }
}

#[component]
fn Back() -> impl IntoView {
    view! {
        <p class="back">
            <a href=format!("{BASE}/sites")>
                <span aria-hidden="true">"\u{2190} "</span>
                "Sites"
            </a>
        </p>
    }
}
