//! The routing table while it is worked on: what is in force, what is changed of it and not published, and what the edge says
//! of that. It outlives the page, so that nothing typed is lost by looking elsewhere.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::{Value, json};
use shared::wire::config::RouteRule;
use shared::wire::pool::{Needs, Pool, PoolMember, Strategy};
use shared::wire::routing::{CheckTable, PublishTable, RollBackTable, RoutingView, SaveTableDraft, Table, TableDraft};
use shared::wire::scoring::HintView;

use crate::api::{self, Answer, Failure};
use crate::app::{Desk, Leaving};
use crate::parts::Wrongs;

/// The first touch of a new rule, in minutes.
const USUAL_MINUTES: u32 = 240;

/// The table, in force and as it is typed.
#[derive(Clone, Copy)]
pub struct Routing {
    /// What is in force.
    pub view: RwSignal<Option<RoutingView>>,
    /// What is typed.
    pub table: RwSignal<Table>,
    /// Counts the changes of which rules and pools there are, and in which order.
    pub shape: RwSignal<u32>,
    /// The rule or pool whose form is open, by its path.
    pub open: RwSignal<Option<String>>,
    /// What makes no sense.
    pub wrong: Wrongs,
    /// What is odd.
    pub hints: RwSignal<Vec<HintView>>,
    /// Why it is published, in the member's words.
    pub note: RwSignal<String>,
    /// Why the table could not be read.
    pub failure: RwSignal<Option<String>>,
    /// Why it was not published.
    pub refused: RwSignal<Option<String>>,
    /// Whether somebody else published meanwhile.
    pub is_stale: RwSignal<bool>,
    /// Whether something is on its way.
    pub busy: RwSignal<bool>,
    /// The version that was changed.
    base: RwSignal<u32>,
}

impl Routing {
    /// Nothing known yet.
    pub fn new() -> Self {
        Self {
            view: RwSignal::new(None),
            table: RwSignal::new(nothing()),
            shape: RwSignal::new(0),
            open: RwSignal::new(None),
            wrong: RwSignal::new(Vec::new()),
            hints: RwSignal::new(Vec::new()),
            note: RwSignal::new(String::new()),
            failure: RwSignal::new(None),
            refused: RwSignal::new(None),
            is_stale: RwSignal::new(false),
            busy: RwSignal::new(false),
            base: RwSignal::new(0),
        }
    }

    /// Another member is here: what was on the screen is not theirs.
    pub fn forget(self) {
        self.view.set(None);
        self.start_over(nothing(), 0);
    }

    /// Whether this member may change the table.
    pub fn may_change(self) -> bool {
        self.view.with(|view| view.as_ref().is_some_and(|view| view.may_change))
    }

    /// Whether something is changed that is not published.
    pub fn is_changed(self) -> bool {
        self.view.with(|view| view.as_ref().is_some_and(|view| self.table.with(|table| *table != view.table)))
    }

    /// Reads what is in force. What is typed stays.
    pub fn read(self, desk: Desk) {
        spawn_local(async move {
            let answer = api::routing().await;
            self.heard(desk, answer, false);
        });
    }

    /// Throws away what is typed.
    pub fn discard(self) {
        if let Some(view) = self.view.get_untracked() {
            self.hints.set(view.hints);
            self.start_over(view.table, view.version);
        }
    }

    /// What is typed is a change of what is in force now, whoever published that.
    pub fn keep_mine(self) {
        if let Some(version) = self.view.with_untracked(|view| view.as_ref().map(|view| view.version)) {
            self.base.set(version);
            self.is_stale.set(false);
            self.refused.set(None);
        }
    }

    /// Asks what is wrong with what is typed, and odd in it.
    pub fn check(self, desk: Desk) {
        let table = self.json();
        spawn_local(async move {
            match api::check_table(&CheckTable { table: table.clone() }).await {
                // What was typed since is checked by itself.
                Ok(checked) if self.json() == table => {
                    self.wrong.set(checked.problems);
                    self.hints.set(checked.hints);
                }
                Err(Failure::SignedOut) => desk.signed_out(Leaving::Ended),
                _ => {}
            }
        });
    }

    /// Puts what is typed in force.
    pub fn publish(self, desk: Desk) {
        let (version, table, note) = (self.base.get_untracked(), self.json(), self.note.get_untracked());
        self.put(desk, async move { api::publish_table(&PublishTable { version, table, note }).await });
    }

    /// The draft that somebody saved, unless it is what is on the screen.
    pub fn other_draft(self) -> Option<TableDraft> {
        let draft = self.view.with(|view| view.as_ref().and_then(|view| view.draft.clone()))?;
        self.table.with(|table| *table != draft.table).then_some(draft)
    }

    /// Keeps what is typed as the draft that everybody shares.
    pub fn save_draft(self, desk: Desk) {
        let revision = self.view.with_untracked(|view| {
            view.as_ref().and_then(|view| view.draft.as_ref()).map_or(0, |draft| draft.revision)
        });
        let save = SaveTableDraft { table: self.table.get_untracked(), base: self.base.get_untracked(), revision };
        self.keep(desk, "The draft is saved", async move { api::save_table_draft(&save).await });
    }

    /// Lets go of the draft. What is typed stays.
    pub fn drop_draft(self, desk: Desk) {
        self.keep(desk, "The draft is gone", async move { api::drop_table_draft().await });
    }

    /// Goes on with the draft that was saved.
    pub fn take_draft(self, desk: Desk) {
        if let Some(draft) = self.other_draft() {
            self.start_over(draft.table, draft.base);
            self.check(desk);
        }
    }

    /// Something about the draft: what is typed stays whatever comes of it.
    fn keep(self, desk: Desk, done: &'static str, call: impl Future<Output = Answer<RoutingView>> + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        spawn_local(async move {
            let answer = call.await;
            self.busy.set(false);
            match answer {
                Ok(view) => {
                    desk.say(done);
                    self.view.set(Some(view));
                }
                Err(Failure::SignedOut) => desk.signed_out(Leaving::Ended),
                Err(failure) => {
                    if failure.is_stale() {
                        self.read(desk);
                    }
                    self.refused.set(Some(failure.sentence()));
                }
            }
        });
    }

    /// Puts an earlier version in force again.
    pub fn roll_back(self, desk: Desk, to: u32) {
        let version = self.view.with_untracked(|view| view.as_ref().map_or(0, |view| view.version));
        self.put(desk, async move { api::roll_back_table(&RollBackTable { version, to }).await });
    }

    fn put(self, desk: Desk, call: impl Future<Output = Answer<RoutingView>> + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        spawn_local(async move {
            let answer = call.await;
            self.busy.set(false);
            if answer.is_ok() {
                desk.say("Published");
                self.note.set(String::new());
            }
            self.heard(desk, answer, true);
        });
    }

    fn heard(self, desk: Desk, answer: Answer<RoutingView>, puts: bool) {
        match answer {
            Ok(view) => {
                self.failure.set(None);
                let keeps = !puts && self.view.with_untracked(Option::is_some) && untrack(|| self.is_changed());
                let (version, table, hints) = (view.version, view.table.clone(), view.hints.clone());
                self.view.set(Some(view));
                if !keeps {
                    self.hints.set(hints);
                    self.start_over(table, version);
                }
            }
            Err(Failure::SignedOut) => desk.signed_out(Leaving::Ended),
            Err(failure) if puts => {
                self.is_stale.set(failure.is_stale());
                if failure.is_stale() {
                    self.read(desk);
                }
                self.wrong.set(failure.fields().to_vec());
                self.refused.set(Some(if failure.fields().is_empty() {
                    failure.sentence()
                } else {
                    "The table makes no sense in some places. Nothing was published.".to_owned()
                }));
            }
            Err(failure) => self.failure.set(Some(failure.sentence())),
        }
    }

    fn start_over(self, table: Table, version: u32) {
        self.table.set(table);
        self.base.set(version);
        self.wrong.set(Vec::new());
        self.refused.set(None);
        self.is_stale.set(false);
        self.shape.update(|shape| *shape += 1);
    }

    /// What is typed, as it is sent.
    pub fn json(self) -> Value {
        self.table.with_untracked(|table| serde_json::to_value(table).unwrap_or_default())
    }

    /// Changes a rule.
    pub fn rule(self, at: usize, change: impl FnOnce(&mut RouteRule)) {
        self.table.update(|table| {
            if let Some(rule) = table.routes.get_mut(at) {
                change(rule);
            }
        });
    }

    /// Changes a pool.
    pub fn pool(self, at: usize, change: impl FnOnce(&mut Pool)) {
        self.table.update(|table| {
            if let Some(pool) = table.pools.get_mut(at) {
                change(pool);
            }
        });
    }

    /// Moves a rule up or down.
    pub fn move_rule(self, at: usize, up: bool) {
        let to = if up { at.checked_sub(1) } else { at.checked_add(1) };
        let count = self.table.with_untracked(|table| table.routes.len());
        let Some(to) = to.filter(|to| *to < count) else { return };
        self.reshape(|table| table.routes.swap(at, to));
    }

    /// Takes a rule away.
    pub fn remove_rule(self, at: usize) {
        self.reshape(|table| {
            table.routes.remove(at);
        });
    }

    /// Adds a rule before all others, which nobody matches yet.
    pub fn add_rule(self) {
        let (queue, pool) = self.table.with_untracked(|table| {
            let last = table.routes.last();
            (last.map(|rule| rule.queue.clone()), last.map(|rule| rule.pool.clone()))
        });
        let id = self.free_id("rule", |table| table.routes.iter().map(|rule| rule.id.clone()).collect());
        let rule = RouteRule {
            id: id.clone(),
            when: json!({ "form.kind": "inquiry" }),
            queue: queue.unwrap_or_default(),
            pool: pool.unwrap_or_default(),
            first_touch_minutes: USUAL_MINUTES,
            next_reply_minutes: None,
            close_minutes: None,
            dwell_minutes: None,
            calendar: false,
            remedies: None,
            needs: Needs::default(),
            any_hour: false,
            says: "A new rule".to_owned(),
        };
        self.reshape(|table| table.routes.insert(0, rule));
        self.open.set(Some("routes[0]".to_owned()));
    }

    /// Adds a pool of one member.
    pub fn add_pool(self) {
        let id = self.free_id("pool", |table| table.pools.iter().map(|pool| pool.id.clone()).collect());
        let first = self.view.with_untracked(|view| view.as_ref()?.members.first().map(|it| it.id.clone()));
        let pool = Pool {
            name: "A new team".to_owned(),
            id,
            members: first.iter().map(|member| PoolMember::from(member.as_str())).collect(),
            hours: None,
            strategy: Strategy::WeightedFair,
            present_only: false,
            widen_to: None,
        };
        self.reshape(|table| table.pools.push(pool));
        let at = self.table.with_untracked(|table| table.pools.len()) - 1;
        self.open.set(Some(format!("pools[{at}]")));
    }

    /// Takes a pool away.
    pub fn remove_pool(self, at: usize) {
        self.reshape(|table| {
            table.pools.remove(at);
        });
    }

    fn reshape(self, change: impl FnOnce(&mut Table)) {
        self.open.set(None);
        self.table.update(change);
        self.shape.update(|shape| *shape += 1);
    }

    fn free_id(self, kind: &str, taken: impl FnOnce(&Table) -> Vec<String>) -> String {
        let taken = self.table.with_untracked(taken);
        let ids = (1..).map(|number| format!("{kind}_{number}"));
        ids.into_iter().find(|id| !taken.contains(id)).unwrap_or_default()
    }
}

fn nothing() -> Table {
    Table { pools: Vec::new(), routes: Vec::new() }
}
