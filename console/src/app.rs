//! What outlives a page: who is signed in, the lists, the drafts, the live connection; and the addresses.

mod lists;
mod undo;

use std::collections::HashMap;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::hooks::use_navigate;
use leptos_router::path;
use shared::wire::console::{ItemRow, Live, MemberRef, Queue, Session};
use shared::wire::lists::SavedView;
use shared::wire::privacy::Retention;
use shared::wire::sites::SitesView;

use crate::api::{self, Failure};
use crate::clock;
use crate::dom;
use crate::list::Which;
use crate::live::{Connection, Heard, Link};
use crate::pages::{
    AccountPage, AuditPage, CallPage, CardPage, DeliveriesPage, DestinationPage, Destinations, DestinationsPage, Draft,
    ExperimentPage, Experiments, ExperimentsPage, FirstQueue, HeldPage, ItemPage, LearnerPage, NewDestinationPage,
    NewExperimentPage, NewSitePage, NoticesPage, Nowhere, OperationsPage, PrivacyPage, QueuePage, ReplayPage, Routing,
    RoutingPage, Scoring, ScoringFrame, SearchPage, SignIn, SitePage, SitesPage, TeamPage, TokensPage, VersionsPage,
    WhatIfPage,
};
use crate::parts::{Once, Shell};

pub use lists::{Shelf, Shelved};
pub use undo::{BAR, Told};

/// Where the application is served.
pub const BASE: &str = "/console";
const KEYS_PREFERENCE: &str = "usher.single_keys";

/// The whole application.
#[component]
pub fn Console() -> impl IntoView {
    provide_context(Desk::new());
    view! {
        <Router base=BASE>
            <Wayfinder />
            <Routes fallback=Nowhere>
                <Route path=path!("/sign-in") view=SignIn />
                <ParentRoute path=path!("") view=Shell>
                    <Route path=path!("") view=FirstQueue />
                    <Route path=path!("/queues/:queue") view=QueuePage />
                    <Route path=path!("/items/:id") view=ItemPage />
                    <Route path=path!("/calls/new") view=CallPage />
                    <Route path=path!("/held") view=HeldPage />
                    <Route path=path!("/search") view=SearchPage />
                    <Route path=path!("/notices") view=NoticesPage />
                    <Route path=path!("/team") view=TeamPage />
                    <Route path=path!("/routing") view=RoutingPage />
                    <Route path=path!("/audit") view=AuditPage />
                    <Route path=path!("/account") view=AccountPage />
                    <Route path=path!("/sites") view=SitesPage />
                    <Route path=path!("/sites/new") view=NewSitePage />
                    <Route path=path!("/sites/:id") view=SitePage />
                    <Route path=path!("/destinations") view=DestinationsPage />
                    <Route path=path!("/destinations/new") view=NewDestinationPage />
                    <Route path=path!("/destinations/:id/edit") view=DestinationPage />
                    <Route path=path!("/deliveries") view=DeliveriesPage />
                    <Route path=path!("/operations") view=OperationsPage />
                    <Route path=path!("/tokens") view=TokensPage />
                    <Route path=path!("/privacy") view=PrivacyPage />
                    <Route path=path!("/experiments") view=ExperimentsPage />
                    <Route path=path!("/experiments/new") view=NewExperimentPage />
                    <Route path=path!("/experiments/:key") view=ExperimentPage />
                    <ParentRoute path=path!("/scoring") view=ScoringFrame>
                        <Route path=path!("") view=CardPage />
                        <Route path=path!("/what-if") view=WhatIfPage />
                        <Route path=path!("/replay") view=ReplayPage />
                        <Route path=path!("/learner") view=LearnerPage />
                        <Route path=path!("/versions") view=VersionsPage />
                    </ParentRoute>
                    <Route path=path!("/*any") view=Nowhere />
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// Lets everything else change the address.
#[component]
fn Wayfinder() -> impl IntoView {
    let desk = Desk::here();
    let navigate = use_navigate();
    desk.go.set_value(Some(Rc::new(move |path: &str, replace: bool| {
        let options = NavigateOptions { resolve: false, replace, ..NavigateOptions::default() };
        navigate(path, options);
    })));
}

/// Why somebody is at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    /// They signed out.
    Asked,
    /// Their session ended.
    Ended,
    /// They came without one.
    Stranger,
}

/// Goes to a whole path; with `true`, in the place of the present one.
type Go = Rc<dyn Fn(&str, bool)>;

/// The state of the application; a handle that every part may copy.
#[derive(Clone, Copy)]
pub struct Desk {
    /// Who is signed in.
    pub me: RwSignal<Option<MemberRef>>,
    /// Where.
    pub workspace: RwSignal<String>,
    /// The queues and their counts.
    pub queues: RwSignal<Vec<Queue>>,
    /// The live connection.
    pub link: RwSignal<Link>,
    /// Counts the openings of the live connection.
    pub opening: RwSignal<u32>,
    /// Counts what came live of items.
    pub changes: RwSignal<u32>,
    /// The time, ticking.
    pub now: RwSignal<i64>,
    /// What a screen reader says next.
    pub said: RwSignal<String>,
    /// Where the person is: the queue, on its page or on an item of it; or `/sites`, `/experiments`, `/notices`, `/held`,
    /// `/scoring`, `/team`, `/routing`, `/audit`, `/destinations`, `/operations`, `/tokens`, `/privacy` or `/search`, which no queue is called.
    pub place: RwSignal<Option<String>>,
    /// How many submissions wait for review; absent until it is known, and for whoever works no queue.
    pub waiting: RwSignal<Option<u32>>,
    /// Whether they may see and change sites.
    pub may_change_sites: RwSignal<bool>,
    /// Whether they may change how leads are scored.
    pub may_change_scoring: RwSignal<bool>,
    /// Whether they may try cards on leads and on the past.
    pub tries: RwSignal<bool>,
    /// Whether they may see the team.
    pub sees_team: RwSignal<bool>,
    /// Whether they may read who changed what.
    pub audits: RwSignal<bool>,
    /// Whether they may change when others work, and hand over what is theirs.
    pub manages: RwSignal<bool>,
    /// Whether they may make links by which others sign in.
    pub invites: RwSignal<bool>,
    /// Whether they may see experiments.
    pub sees_experiments: RwSignal<bool>,
    /// Whether they may see destinations, deliveries, and how the workspace runs.
    pub operates: RwSignal<bool>,
    /// Whether they may export and erase people, hold them, and say how long things are kept.
    pub privacy: RwSignal<bool>,
    /// Whether they are away: no item is given to them.
    pub away: RwSignal<bool>,
    /// How much they were told and have not seen.
    pub notices: RwSignal<u32>,
    /// Where forms are: where the console is, unless it has a host of its own.
    pub forms_origin: RwSignal<String>,
    /// The sites, as they were last read.
    pub sites: RwSignal<Option<SitesView>>,
    /// What was changed of sites and not saved, by the site's id.
    pub site_drafts: StoredValue<HashMap<String, Draft>>,
    /// Destinations, and what is changed of them and not saved.
    pub destinations: Destinations,
    /// A token that was made just now, until somebody says that they have it.
    pub token_made: RwSignal<Option<Once>>,
    /// How long things are to be kept, as it was typed and not saved.
    pub retention_draft: StoredValue<Option<Retention>>,
    /// Experiments, and what is changed of them and not saved.
    pub experiments: Experiments,
    /// The card, and what is changed of it and not saved.
    pub scoring: Scoring,
    /// Who gets what, and what is changed of it and not published.
    pub routing: Routing,
    /// Whether single keys do something (WCAG 2.1.4 asks that they can be turned off).
    pub single_keys: RwSignal<bool>,
    /// The list that was looked at last: the way back from an item.
    pub list: StoredValue<Option<Which>>,
    /// The item that was left last, to find one's place again.
    pub left: StoredValue<Option<String>>,
    /// Why the person stands at the door.
    pub leaving: StoredValue<Option<Leaving>>,
    /// Where they were before.
    came_from: StoredValue<Option<String>>,
    /// The views that are kept, once they were read.
    pub views: RwSignal<Option<Vec<SavedView>>>,
    /// What was done last, as long as it can be taken back.
    pub told: RwSignal<Option<Told>>,
    /// Whether a page has a bar at the foot of the screen, which says what was done.
    pub docked: RwSignal<bool>,
    tellings: StoredValue<u32>,
    shelves: StoredValue<Vec<Shelved>>,
    drafts: StoredValue<HashMap<String, String>>,
    watched: StoredValue<Option<Which>>,
    open_item: StoredValue<Option<(String, ArcRwSignal<u64>)>>,
    arrived: StoredValue<Vec<ItemRow>>,
    connection: StoredValue<Option<Connection>, LocalStorage>,
    go: StoredValue<Option<Go>, LocalStorage>,
}

impl Desk {
    fn new() -> Self {
        Self {
            me: RwSignal::new(None),
            workspace: RwSignal::new(String::new()),
            queues: RwSignal::new(Vec::new()),
            link: RwSignal::new(Link::Connecting),
            opening: RwSignal::new(0),
            changes: RwSignal::new(0),
            now: clock::ticking(),
            said: RwSignal::new(String::new()),
            place: RwSignal::new(None),
            waiting: RwSignal::new(None),
            may_change_sites: RwSignal::new(false),
            may_change_scoring: RwSignal::new(false),
            tries: RwSignal::new(false),
            sees_team: RwSignal::new(false),
            audits: RwSignal::new(false),
            manages: RwSignal::new(false),
            invites: RwSignal::new(false),
            sees_experiments: RwSignal::new(false),
            operates: RwSignal::new(false),
            privacy: RwSignal::new(false),
            away: RwSignal::new(false),
            notices: RwSignal::new(0),
            forms_origin: RwSignal::new(dom::origin()),
            sites: RwSignal::new(None),
            site_drafts: StoredValue::new(HashMap::new()),
            destinations: Destinations::new(),
            token_made: RwSignal::new(None),
            retention_draft: StoredValue::new(None),
            experiments: Experiments::new(),
            scoring: Scoring::new(),
            routing: Routing::new(),
            single_keys: RwSignal::new(dom::preference(KEYS_PREFERENCE).as_deref() != Some("off")),
            list: StoredValue::new(None),
            left: StoredValue::new(None),
            leaving: StoredValue::new(None),
            came_from: StoredValue::new(None),
            views: RwSignal::new(None),
            told: RwSignal::new(None),
            docked: RwSignal::new(false),
            tellings: StoredValue::new(0),
            shelves: StoredValue::new(Vec::new()),
            drafts: StoredValue::new(HashMap::new()),
            watched: StoredValue::new(None),
            open_item: StoredValue::new(None),
            arrived: StoredValue::new(Vec::new()),
            connection: StoredValue::new_local(None),
            go: StoredValue::new_local(None),
        }
    }

    /// The state, from any part of the application.
    pub fn here() -> Self {
        expect_context()
    }

    // The session.

    /// Somebody is signed in.
    pub fn signed_in(self, session: Session) {
        self.leaving.set_value(None);
        let same = self.me.with_untracked(|me| me.as_ref() == Some(&session.member));
        if !same {
            // What another member was shown is not theirs to see.
            self.shelves.update_value(Vec::clear);
            self.views.set(None);
            self.told.set(None);
            self.sites.set(None);
            self.destinations.forget();
            self.token_made.set(None);
            self.retention_draft.set_value(None);
            self.experiments.forget();
            self.scoring.forget();
            self.routing.forget();
            self.waiting.set(None);
        }
        self.take_session(session);
        if self.connection.with_value(Option::is_none) {
            self.link.set(Link::Connecting);
            self.connection.set_value(Some(Connection::start(move |heard| self.heard(heard))));
        }
    }

    /// Nobody is (any more): to the door. What was typed stays.
    pub fn signed_out(self, why: Leaving) {
        if let Some(connection) = self.connection.get_value() {
            connection.stop();
        }
        self.connection.set_value(None);
        self.leaving.set_value(Some(why));
        self.came_from.set_value(dom::path_below(BASE).filter(|_| why != Leaving::Asked));
        self.shelves.update_value(Vec::clear);
        self.told.set(None);
        self.destinations.made.set(None);
        self.token_made.set(None);
        self.me.set(None);
        self.queues.set(Vec::new());
        self.opening.set(0);
        self.go("/sign-in", true);
    }

    /// Where somebody goes who signs in: to where they were, or to their first page.
    pub fn way_back(self) -> String {
        self.came_from.get_value().unwrap_or_else(|| "/".to_owned())
    }

    /// The id of whoever is signed in.
    pub fn my_id(self) -> String {
        self.me.with_untracked(|me| me.as_ref().map(|it| it.id.clone())).unwrap_or_default()
    }

    /// A queue's name.
    pub fn queue_name(self, id: &str) -> Option<String> {
        self.queues.with_untracked(|queues| queues.iter().find(|it| it.id == id).map(|it| it.name.clone()))
    }

    /// Takes what is said of whoever is signed in.
    pub fn take_session(self, session: Session) {
        self.workspace.set(session.workspace);
        // Each opening of the connection reads the session again: what says the same as before draws nothing anew.
        let said = [
            (self.may_change_sites, session.sites),
            (self.may_change_scoring, session.scoring),
            (self.tries, session.tries),
            (self.sees_team, session.team),
            (self.audits, session.audit),
            (self.manages, session.manages),
            (self.invites, session.invites),
            (self.sees_experiments, session.experiments),
            (self.operates, session.operates),
            (self.privacy, session.privacy),
            (self.away, session.away),
        ];
        for (signal, now) in said {
            if signal.get_untracked() != now {
                signal.set(now);
            }
        }
        self.notices.set(session.notices);
        self.forms_origin.set(session.forms_origin.unwrap_or_else(dom::origin));
        self.queues.set(session.queues);
        if self.me.with_untracked(|me| me.as_ref() != Some(&session.member)) {
            self.me.set(Some(session.member));
        }
    }

    // Moving about.

    /// Goes to an address below [`BASE`].
    pub fn go(self, path: &str, replace: bool) {
        if let Some(go) = self.go.get_value() {
            go(&format!("{BASE}{path}"), replace);
        }
    }

    /// Says something to those who do not see the screen.
    pub fn say(self, what: &str) {
        // The same words twice are a change only if they differ.
        let again = self.said.with_untracked(|said| said == what);
        self.said.set(if again { format!("{what}\u{00a0}") } else { what.to_owned() });
    }

    /// Turns single keys on or off, for this browser.
    pub fn use_single_keys(self, on: bool) {
        self.single_keys.set(on);
        dom::prefer(KEYS_PREFERENCE, if on { "on" } else { "off" });
    }

    // Drafts.

    /// What was typed into a note of an item, and not saved.
    pub fn draft(self, item: &str) -> String {
        self.drafts.with_value(|drafts| drafts.get(item).cloned().unwrap_or_default())
    }

    /// Keeps what is being typed.
    pub fn keep_draft(self, item: &str, text: &str) {
        self.drafts.update_value(|drafts| {
            if text.is_empty() {
                drafts.remove(item);
            } else {
                drafts.insert(item.to_owned(), text.to_owned());
            }
        });
    }

    // The live connection.

    fn heard(self, heard: Heard) {
        match heard {
            Heard::Open => {
                if self.link.get_untracked() == Link::Lost {
                    self.say("Connected again");
                }
                self.link.set(Link::Connected);
                self.opening.update(|it| *it += 1);
                self.read_counts();
            }
            Heard::Said(said) => match *said {
                Live::Item { row, queues } => {
                    self.count(&queues);
                    self.take(&row);
                    self.changes.update(|it| *it += 1);
                }
                Live::Held { waiting } => {
                    if self.waiting.get_untracked().is_some_and(|before| before < waiting) {
                        self.say("A submission is held for review");
                    }
                    self.waiting.set(Some(waiting));
                }
                Live::Gone => {
                    self.opening.update(|it| *it += 1);
                    self.read_counts();
                }
                Live::Notices { unseen } => {
                    if self.notices.get_untracked() < unseen {
                        self.say("There is something new for you");
                    }
                    self.notices.set(unseen);
                }
            },
            Heard::Lost { was_open } => {
                self.link.set(Link::Lost);
                if was_open {
                    self.say("The connection is lost. Reconnecting.");
                } else {
                    // A refused web socket does not say why.
                    self.read_counts();
                }
            }
        }
    }

    /// Takes the counts of the queues that this member works; which ones these are, the session says.
    fn count(self, queues: &[Queue]) {
        self.queues.update(|mine| {
            for queue in mine {
                if let Some(now) = queues.iter().find(|it| it.id == queue.id) {
                    queue.open = now.open;
                }
            }
        });
    }

    fn read_counts(self) {
        spawn_local(async move {
            match api::session().await {
                Ok(session) => {
                    let reviews = !session.queues.is_empty();
                    self.take_session(session);
                    if reviews && let Ok(held) = api::held(None).await {
                        self.waiting.set(Some(held.waiting));
                    }
                }
                Err(Failure::SignedOut) => self.signed_out(Leaving::Ended),
                // The next opening asks again.
                Err(_) => {}
            }
        });
    }
}
