//! `/console/account`: one's password and sessions; for admins, links by which others sign in.

mod members;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::sign_in::{Account, SetPassword};

use crate::api::{self, Failure};
use crate::app::{Desk, Leaving};
use crate::dom;
use crate::parts::{Entry, Notice, Secret, Waiting, Wrongs};
use crate::words;
use members::Members;

/// What is known, and what is typed.
#[derive(Clone, Copy)]
struct Mine {
    desk: Desk,
    account: RwSignal<Option<Account>>,
    failure: RwSignal<Option<String>>,
    current: RwSignal<String>,
    new: RwSignal<String>,
    wrong: Wrongs,
    refused: RwSignal<Option<String>>,
    done: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
}

impl Mine {
    fn read(self) {
        self.failure.set(None);
        spawn_local(async move {
            match api::account().await {
                Ok(account) => {
                    let _ = self.account.try_set(Some(account));
                }
                Err(Failure::SignedOut) => self.desk.signed_out(Leaving::Ended),
                Err(failure) => {
                    let _ = self.failure.try_set(Some(failure.sentence()));
                }
            }
        });
    }

    /// Takes what came of a change. What was typed stays where it was refused.
    fn take(self, answer: Result<Account, Failure>, done: impl FnOnce(&Account) -> String) {
        let _ = self.busy.try_set(false);
        match answer {
            Ok(account) => {
                let said = done(&account);
                self.desk.say(&said);
                let _ = self.done.try_set(Some(said));
                let _ = self.account.try_set(Some(account));
            }
            Err(Failure::SignedOut) => self.desk.signed_out(Leaving::Ended),
            Err(failure) if !failure.fields().is_empty() => {
                let _ = self.wrong.try_set(failure.fields().to_vec());
                dom::focus_wrong_soon(None);
            }
            Err(failure) => {
                let _ = self.refused.try_set(Some(failure.sentence()));
            }
        }
    }

    fn begin(self) -> bool {
        if self.busy.get_untracked() {
            return false;
        }
        self.busy.set(true);
        self.wrong.set(Vec::new());
        self.refused.set(None);
        self.done.set(None);
        true
    }

    fn set_password(self) {
        if !self.begin() {
            return;
        }
        let needs_current = self.account.with_untracked(|it| it.as_ref().is_some_and(|it| it.needs_current));
        let others = self.account.with_untracked(|it| it.as_ref().map_or(0, |it| it.others));
        let current = needs_current.then(|| self.current.get_untracked());
        let set = SetPassword { current, new: self.new.get_untracked() };
        spawn_local(async move {
            let answer = api::set_password(&set).await;
            let is_set = answer.is_ok();
            self.take(answer, |_| {
                let ended = match others {
                    0 => String::new(),
                    others => {
                        let others = usize::try_from(others).unwrap_or(usize::MAX);
                        format!(" {} ended.", words::counted(others, "other session has", "other sessions have"))
                    }
                };
                format!("Your password is set.{ended}")
            });
            if is_set {
                let _ = self.current.try_set(String::new());
                let _ = self.new.try_set(String::new());
                dom::focus_soon("page");
            }
        });
    }

    fn end_others(self) {
        if !self.begin() {
            return;
        }
        spawn_local(async move {
            let answer = api::end_other_sessions().await;
            self.take(answer, |_| "Your other sessions have ended.".to_owned());
        });
    }
}

/// The page.
#[component]
pub fn AccountPage() -> impl IntoView {
    let desk = Desk::here();
    desk.place.set(Some("/account".to_owned()));
    dom::title("Your account");
    let mine = Mine {
        desk,
        account: RwSignal::new(None),
        failure: RwSignal::new(None),
        current: RwSignal::new(String::new()),
        new: RwSignal::new(String::new()),
        wrong: RwSignal::new(Vec::new()),
        refused: RwSignal::new(None),
        done: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
    mine.read();
    request_animation_frame(|| {
        if dom::focus_is_free() {
            dom::focus("page");
        }
    });
    let is_there = Memo::new(move |_| mine.account.with(Option::is_some));
    let known =
        Memo::new(move |_| mine.account.with(|it| it.as_ref().map_or((false, 0), |it| (it.has_password, it.others))));
    let body = move || match (is_there.get(), mine.failure.get()) {
        (false, None) => view! { <Waiting lines=6 /> }.into_any(),
        (false, Some(why)) => view! {
            <Notice title="Your account could not be read">
                <p role="alert">{why}</p>
                <p>
                    <button class="button main" on:click=move |_| mine.read()>
                        "Try again"
                    </button>
                </p>
            </Notice>
        }
        .into_any(),
        (true, _) => view! {
            {move || mine.done.get().map(|said| view! { <p class="done">{said}</p> })}
            <div role="alert">{move || mine.refused.get().map(|why| view! { <p class="refused">{why}</p> })}</div>
            <Password mine />
            <Sessions mine />
            {move || desk.invites.get().then(|| view! { <Members known /> })}
        }
        .into_any(),
    };
    view! {
        <div class="page">
            <header class="page-head">
                <h1 id="page" tabindex="-1">
                    "Your account"
                </h1>
            </header>
            {body}
        </div>
    }
}

#[component]
fn Password(mine: Mine) -> impl IntoView {
    let email =
        RwSignal::new(mine.account.with_untracked(|it| it.as_ref().map(|it| it.email.clone())).unwrap_or_default());
    let account = Memo::new(move |_| mine.account.get());
    let is = move |read: fn(&Account) -> bool| account.with(|it| it.as_ref().is_some_and(read));
    let says = move || {
        account.with(|it| match it {
            Some(Account { passwords: false, .. }) => "Nobody signs in with a password in this workspace.",
            Some(Account { may_set: false, .. }) => {
                "You have none. To set one, sign out, sign in again, and come back here within an hour."
            }
            Some(Account { has_password: false, .. }) => {
                "You have none yet: with one you can sign in from anywhere, without a link."
            }
            Some(Account { needs_current: false, .. }) => {
                "You came by a link a moment ago, so you can set a new one without the old one."
            }
            _ => "A new password ends all your other sessions.",
        })
    };
    // Drawn anew only where another form is needed, so that what is typed stays.
    let may_set = Memo::new(move |_| is(|it| it.may_set));
    let needs_current = Memo::new(move |_| is(|it| it.needs_current));
    let form = move || {
        may_set.get().then(|| {
            view! {
                <form
                    class="account-form"
                    aria-labelledby="password-title"
                    novalidate
                    on:submit=move |event| {
                        event.prevent_default();
                        mine.set_password();
                    }
                >
                    <Entry
                        wrong=mine.wrong
                        field="email"
                        label="You sign in with"
                        kind="email"
                        autocomplete="username"
                        fixed=true
                        value=email
                    />
                    {move || {
                        needs_current
                            .get()
                            .then(|| {
                                view! {
                                    <Secret
                                        wrong=mine.wrong
                                        field="current"
                                        label="Present password"
                                        autocomplete="current-password"
                                        value=mine.current
                                    />
                                }
                            })
                    }}
                    <Secret
                        wrong=mine.wrong
                        field="new"
                        label="New password"
                        help="At least 12 characters, of any kind. Three or four words that have nothing to do with each other are good, and so is what a password manager makes up."
                        autocomplete="new-password"
                        value=mine.new
                    />
                    <p>
                        <button class="button main" aria-disabled=move || mine.busy.get().to_string()>
                            {move || if is(|it| it.has_password) { "Change password" } else { "Set password" }}
                        </button>
                    </p>
                </form>
            }
        })
    };
    view! {
        <section class="card account" aria-labelledby="password-title">
            <h2 id="password-title">"Password"</h2>
            <p>{says}</p>
            {form}
        </section>
    }
}

#[component]
fn Sessions(mine: Mine) -> impl IntoView {
    let others = Memo::new(move |_| mine.account.with(|it| it.as_ref().map_or(0, |it| it.others)));
    let began = move || {
        let way = mine.account.with(|it| it.as_ref().map(|it| it.way.clone())).unwrap_or_default();
        let began = match way.as_str() {
            "password" => "You signed in with your password.",
            "openid" => "You were signed in by your sign-in service.",
            "access" => "You were signed in by Cloudflare Access.",
            _ => "You came in by a sign-in link.",
        };
        let others = usize::try_from(others.get()).unwrap_or(usize::MAX);
        let more = match others {
            0 => "You are signed in nowhere else.".to_owned(),
            others => format!("You have {}.", words::counted(others, "other session", "other sessions")),
        };
        format!("{began} {more}")
    };
    view! {
        <section class="card account" aria-labelledby="sessions-title">
            <h2 id="sessions-title">"Sessions"</h2>
            <p>{began} " A session lasts a week."</p>
            {move || {
                (others.get() > 0)
                    .then(|| {
                        view! {
                            <p>
                                <button
                                    class="button"
                                    aria-disabled=move || mine.busy.get().to_string()
                                    on:click=move |_| mine.end_others()
                                >
                                    "End the others"
                                </button>
                            </p>
                        }
                    })
            }}
        </section>
    }
}
