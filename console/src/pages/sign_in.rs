//! The door: by a one-time link, by e-mail and password, by a provider of OpenID Connect, or through Cloudflare Access.
//! Which of them there are, the edge says.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::FieldProblem;
use shared::wire::console::Session;
use shared::wire::sign_in::{PasswordSignIn, Ways};

use crate::api::{self, Failure};
use crate::app::{Desk, Leaving};
use crate::dom;
use crate::parts::{Entry, Secret, Wrongs, id_of};

/// The workspace that this browser signed in to last.
const WORKSPACE_PREFERENCE: &str = "usher.workspace";
/// The fields, and what each is called where something is wrong with it.
const WORKSPACE: &str = "workspace";
const EMAIL: &str = "email";
const PASSWORD: &str = "password";

/// What stands on the door.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Door {
    /// The link is being checked, or whether somebody is signed in already.
    Checking,
    /// The ways in.
    Ways(Option<Leaving>),
    /// A link that does not open it (any more).
    Spent,
    /// Nobody answered; the link is still good.
    Unreachable(String),
}

/// What is typed, and what became of it.
#[derive(Clone, Copy)]
struct Typed {
    desk: Desk,
    ways: RwSignal<Option<Ways>>,
    workspace: RwSignal<String>,
    email: RwSignal<String>,
    password: RwSignal<String>,
    wrong: Wrongs,
    refused: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
}

impl Typed {
    fn new(desk: Desk) -> Self {
        Self {
            desk,
            ways: RwSignal::new(None),
            workspace: RwSignal::new(dom::preference(WORKSPACE_PREFERENCE).unwrap_or_default()),
            email: RwSignal::new(String::new()),
            password: RwSignal::new(String::new()),
            wrong: RwSignal::new(Vec::new()),
            refused: RwSignal::new(None),
            busy: RwSignal::new(false),
        }
    }

    /// Reads the ways of the workspace that is named, or of the only one there is.
    async fn read_ways(self) -> Result<Ways, Failure> {
        let named = self.workspace.get_untracked();
        let ways = api::ways(named.trim()).await?;
        if let Some(workspace) = &ways.workspace {
            let _ = self.workspace.try_set(workspace.clone());
        }
        let _ = self.ways.try_set(Some(ways.clone()));
        Ok(ways)
    }

    /// Begins something that ends with an answer; false where something is under way already.
    fn begin(self) -> bool {
        if self.busy.get_untracked() {
            return false;
        }
        self.busy.set(true);
        self.refused.set(None);
        self.wrong.set(Vec::new());
        true
    }

    fn enter(self, answer: Result<Session, Failure>) {
        let _ = self.busy.try_set(false);
        match answer {
            Ok(session) => {
                dom::prefer(WORKSPACE_PREFERENCE, self.workspace.get_untracked().trim());
                let back = self.desk.way_back();
                self.desk.signed_in(session);
                self.desk.go(&back, true);
            }
            // Only a password is answered so: which of the two is wrong is not told.
            Err(Failure::SignedOut) => {
                let message = "this is not the password of that address";
                self.is_wrong(PASSWORD, message);
            }
            Err(failure) => {
                let _ = self.refused.try_set(Some(failure.sentence()));
            }
        }
    }

    fn is_wrong(self, field: &str, message: &str) {
        let problem = FieldProblem { field: field.to_owned(), code: "wrong".to_owned(), message: message.to_owned() };
        let _ = self.wrong.try_update(|wrong| wrong.push(problem));
        dom::focus_wrong_soon(None);
    }

    fn by_password(self) {
        let (email, password) = (self.email.get_untracked(), self.password.get_untracked());
        let workspace = self.workspace.get_untracked().trim().to_owned();
        self.wrong.set(Vec::new());
        for (field, typed, message) in [
            (WORKSPACE, &workspace, "type the id of your workspace"),
            (EMAIL, &email, "type your e-mail address"),
            (PASSWORD, &password, "type your password"),
        ] {
            if typed.trim().is_empty() {
                self.is_wrong(field, message);
            }
        }
        if self.wrong.with_untracked(|wrong| !wrong.is_empty()) || !self.begin() {
            return;
        }
        spawn_local(async move {
            let email = email.trim().to_owned();
            self.enter(api::sign_in_by_password(&PasswordSignIn { workspace, email, password }).await);
        });
    }

    fn by_openid(self) {
        if !self.begin() {
            return;
        }
        let (workspace, back) = (self.workspace.get_untracked(), self.desk.way_back());
        dom::prefer(WORKSPACE_PREFERENCE, workspace.trim());
        spawn_local(async move {
            match api::sign_in_by_openid(workspace.trim(), &back).await {
                // The page is left: nothing is under way here until it is.
                Ok(start) => dom::leave_for(&start.url),
                Err(failure) => {
                    let _ = self.busy.try_set(false);
                    let _ = self.refused.try_set(Some(failure.sentence()));
                }
            }
        });
    }

    fn by_access(self) {
        if !self.begin() {
            return;
        }
        let workspace = self.workspace.get_untracked();
        spawn_local(async move { self.enter(api::sign_in_by_access(workspace.trim()).await) });
    }
}

/// `/console/sign-in`, with `#{token}` of a link, `?workspace={id}` or `?trouble={tag}`.
#[component]
pub fn SignIn() -> impl IntoView {
    let desk = Desk::here();
    let door = RwSignal::new(Door::Checking);
    let token = StoredValue::new(None::<String>);
    let typed = Typed::new(desk);
    dom::title("Sign in");
    if let Some(workspace) = dom::query("workspace") {
        typed.workspace.set(workspace);
    }
    let trouble = dom::query("trouble");
    if let Some(trouble) = &trouble {
        dom::drop_query();
        typed.refused.set(Some(why(trouble).to_owned()));
    }
    let came_back = trouble.is_some();

    let open = move |leaving: Option<Leaving>| {
        spawn_local(async move {
            let shut = match typed.read_ways().await {
                // Whoever has just signed out, or was just refused, is not signed in again by themselves.
                Ok(ways) if ways.access && leaving != Some(Leaving::Asked) && !came_back => {
                    match api::sign_in_by_access(&typed.workspace.get_untracked()).await {
                        Ok(session) => {
                            typed.enter(Ok(session));
                            return;
                        }
                        Err(_) => Door::Ways(leaving),
                    }
                }
                Ok(_) => Door::Ways(leaving),
                Err(failure) => Door::Unreachable(failure.sentence()),
            };
            let _ = door.try_set(shut);
            dom::focus_soon("door");
        });
    };
    let knock = move || {
        door.set(Door::Checking);
        spawn_local(async move {
            let outcome = match token.get_value() {
                Some(token) => api::sign_in(token).await,
                None => api::session().await,
            };
            let with_link = token.with_value(Option::is_some);
            let shut = match outcome {
                Ok(session) => {
                    let workspace = token
                        .with_value(|token| token.as_ref().and_then(|it| it.split_once('.').map(|it| it.0.to_owned())));
                    if let Some(workspace) = workspace {
                        dom::prefer(WORKSPACE_PREFERENCE, &workspace);
                    }
                    desk.signed_in(session);
                    desk.go("/", true);
                    return;
                }
                Err(Failure::SignedOut | Failure::Refused(_)) if with_link => Door::Spent,
                Err(Failure::SignedOut) => {
                    open(desk.leaving.get_value());
                    return;
                }
                Err(failure) => Door::Unreachable(failure.sentence()),
            };
            door.set(shut);
            dom::focus_soon("door");
        });
    };
    let arrive = move || {
        // Out of the address bar before anything else: it must not stay in the history, or go along with a referrer.
        token.set_value(dom::take_fragment());
        match desk.leaving.get_value() {
            Some(why) if token.with_value(Option::is_none) => open(Some(why)),
            _ => knock(),
        }
    };
    arrive();
    // A new link pasted over the old one changes the fragment only, and loads nothing.
    let pasted = window_event_listener(leptos::ev::hashchange, move |_| {
        if window().location().hash().is_ok_and(|it| it.len() > 1) {
            arrive();
        }
    });
    on_cleanup(move || pasted.remove());

    let title = move || match door.get() {
        Door::Checking => "Signing you in",
        Door::Ways(Some(Leaving::Asked)) => "You are signed out",
        Door::Ways(Some(Leaving::Ended)) => "Your session has ended",
        Door::Ways(None | Some(Leaving::Stranger)) => "Sign in",
        Door::Spent => "This link no longer works",
        Door::Unreachable(_) => "Usher cannot be reached",
    };
    let body = move || {
        match door.get() {
        Door::Checking => view! { <p class="quiet">"One moment."</p> }.into_any(),
        Door::Ways(leaving) => view! {
            {(leaving == Some(Leaving::Ended))
                .then(|| view! { <p>"What you were writing is kept if you sign in with your password, or open a new link, in this tab."</p> })}
            <Refused typed />
            <WaysIn typed />
            <NewLink />
        }
        .into_any(),
        Door::Spent => view! {
            <p>"A sign-in link works once, and only for a short time. This one was used, has expired, or lost a part on its way."</p>
            <p>
                <button
                    class="button"
                    on:click=move |_| {
                        token.set_value(None);
                        open(None);
                    }
                >
                    "Sign in another way"
                </button>
            </p>
            <NewLink />
        }
        .into_any(),
        Door::Unreachable(sentence) => view! {
            <p>{sentence}</p>
            <p>
                <button class="button main" on:click=move |_| knock()>
                    "Try again"
                </button>
            </p>
        }
        .into_any(),
    }
    };

    view! {
        <main class="door">
            <div class="door-card">
                <p class="brand">"Usher"</p>
                <h1 id="door" tabindex="-1" aria-live="polite">
                    {title}
                </h1>
                {body}
            </div>
        </main>
    }
}

/// Why somebody was not let in.
#[component]
fn Refused(typed: Typed) -> impl IntoView {
    view! {
        <div role="alert">
            {move || typed.refused.get().map(|why| view! { <p class="refused">{why}</p> })}
        </div>
    }
}

/// The ways that are there.
#[component]
fn WaysIn(typed: Typed) -> impl IntoView {
    let busy = move || typed.busy.get().to_string();
    // The field stays once it is there, whatever is found for what is typed.
    let asks =
        RwSignal::new(typed.ways.with_untracked(|ways| ways.as_ref().is_none_or(|ways| ways.workspace.is_none())));
    let ways = Memo::new(move |_| typed.ways.get());
    let of = move |read: fn(&Ways) -> bool| ways.with(|ways| ways.as_ref().is_some_and(read));
    let provider = move || ways.with(|ways| ways.as_ref().and_then(|ways| ways.openid.clone()));
    let look = Callback::new(move |()| {
        spawn_local(async move {
            // Where it fails, the password is asked for, and that says what is wrong.
            let _ = typed.read_ways().await;
        });
    });
    let workspace = move || match asks.get() {
        true => view! {
            <Entry
                wrong=typed.wrong
                field=WORKSPACE
                label="Workspace"
                help="Its id, as in the address that you were given."
                autocomplete="organization"
                value=typed.workspace
                left=look
            />
        }
        .into_any(),
        false if of(|ways| ways.several) => view! {
            <p>
                "Workspace: " <bdi>{typed.workspace.get_untracked()}</bdi> " "
                <button
                    class="plain"
                    type="button"
                    on:click=move |_| {
                        asks.set(true);
                        dom::focus_soon(id_of(WORKSPACE));
                    }
                >
                    "Another"
                    <span class="hidden">" workspace"</span>
                </button>
            </p>
        }
        .into_any(),
        false => ().into_any(),
    };
    let by_provider = move || {
        provider().map(|name| {
            view! {
                <button class="button wide" type="button" aria-disabled=busy on:click=move |_| typed.by_openid()>
                    {format!("Sign in with {name}")}
                </button>
            }
        })
    };
    let by_access = move || {
        of(|ways| ways.access).then(|| {
            view! {
                <button class="button wide" type="button" aria-disabled=busy on:click=move |_| typed.by_access()>
                    "Sign in with Cloudflare Access"
                </button>
            }
        })
    };
    let by_password = move || {
        of(|ways| ways.passwords).then(|| {
            view! {
                <Entry wrong=typed.wrong field=EMAIL label="E-mail" kind="email" autocomplete="username" value=typed.email />
                <Secret
                    wrong=typed.wrong
                    field=PASSWORD
                    label="Password"
                    autocomplete="current-password"
                    value=typed.password
                />
                <button class="button main wide" aria-disabled=busy>
                    {move || if typed.busy.get() { "Signing in\u{2026}" } else { "Sign in" }}
                </button>
            }
        })
    };
    let both = move || of(|ways| ways.passwords && (ways.access || ways.openid.is_some()));
    view! {
        <form
            class="door-form"
            aria-labelledby="door"
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                typed.by_password();
            }
        >
            {workspace} {by_provider} {by_access} {move || both().then(|| view! { <p class="or">"or"</p> })} {by_password}
        </form>
    }
}

/// How to come by a link.
#[component]
fn NewLink() -> impl IntoView {
    view! {
        <h2>"To get a new link"</h2>
        <p>
            "No password yet, or forgotten? Ask an administrator of your workspace for a link, which works once: they make one under Account. So does the person who runs Usher: "
            <code>"cargo xtask dev"</code> " and " <code>"cargo xtask serve"</code> " print one at each start."
        </p>
    }
}

/// What went wrong on the way back from a provider, as a sentence.
fn why(trouble: &str) -> &'static str {
    match trouble {
        "openid_off" => "That way to sign in was switched off meanwhile. Choose another one.",
        "openid_unreachable" => {
            "The sign-in service does not answer as it should. Try again in a moment, or sign in another way."
        }
        "openid_denied" => {
            "The sign-in service did not sign you in, or you stopped it. Try again, or sign in another way."
        }
        "openid_state" => {
            "This sign-in was begun in another browser or tab, took more than ten minutes, or was used before. Begin again here."
        }
        "openid_token" => {
            "What the sign-in service answered cannot be trusted, so you are not signed in. Try again; if it happens again, tell whoever runs Usher."
        }
        "openid_unverified" => {
            "The sign-in service does not say that your e-mail address is yours. Confirm the address there, then try again."
        }
        "no_member" => {
            "You are known to the sign-in service, but nobody in this workspace has your e-mail address. Ask an administrator to add you."
        }
        _ => "You are not signed in. Try again.",
    }
}

#[cfg(test)]
mod tests {
    use super::why;

    #[test]
    fn a_tag_that_somebody_made_up_says_nothing_of_its_own() {
        assert_eq!(why("<script>"), "You are not signed in. Try again.");
        assert!(why("no_member").starts_with("You are known"));
    }
}
