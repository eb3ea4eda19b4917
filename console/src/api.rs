//! The calls of [`shared::wire::console`], and what can come of them.
//! Not here: what a screen says while it waits.

use gloo_net::http::{Method, RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::wire::audit::AuditPage;
use shared::wire::call::{CallForms, RecordCall, Recorded};
use shared::wire::console::{Act, Drafts, ItemPage, ItemView, Presence, Session, SignIn};
use shared::wire::delivery::{
    ChangeDestinations, DeliveriesPage, DeliveryAct, DeliveryRow, DeliveryView, DestinationAct, DestinationDone,
    DestinationsView, OperationsView,
};
use shared::wire::experiment::Experiment;
use shared::wire::experiments::{AskPlan, ChangeExperiments, ExperimentView, ExperimentsView, PlanView};
use shared::wire::held::{HeldPage, Review, Reviewed};
use shared::wire::lists::{ActOnMany, Many, SaveView, UndoMany, Views};
use shared::wire::notice::{NoticePage, Seen};
use shared::wire::people::{Alike, Merge, MergeView};
use shared::wire::privacy::{ChangeHold, ChangeRetention, ErasePerson, Erased, PersonPrivacy, PrivacyView};
use shared::wire::routing::{
    CheckTable, PublishTable, ReplayTable, RollBackTable, RoutingView, SaveTableDraft, Simulate, Simulated,
};
use shared::wire::scoring::{
    Basis, CardVersion, CheckCard, Checked, LearnerView, Publish, Replay, ReplayPage, RollBack, SaveDraft, ScoringView,
    WhatIf, WhatIfAnswer,
};
use shared::wire::sign_in::{
    AccessSignIn, Account, Members, NewLink, OpenIdSignIn, OpenIdStart, PasswordSignIn, SetPassword, Ways,
};
use shared::wire::sites::{ChangeSites, SitesView};
use shared::wire::team::{ChangePlan, TeamView};
use shared::wire::token::{NewToken, TokensView};
use shared::wire::{FieldProblem, Problem};
use web_sys::{AbortSignal, RequestCredentials};

use crate::clock;
use crate::list::Which;
use crate::{narrow, words};

const BASE: &str = "/v1/console/";
/// A call that takes longer has failed: the network is gone, and the person should be told.
const PATIENCE_MS: u32 = 20_000;

/// Why a call brought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Nobody is signed in here (any more).
    SignedOut,
    /// The server says no, and why.
    Refused(Problem),
    /// The server cannot answer now, and says so. The same call may do later.
    Troubled(String),
    /// No answer came.
    Unreachable,
    /// An answer came that this version cannot read.
    Unreadable,
}

impl Failure {
    /// One sentence, for the person who waits. A problem's title is one, and may begin with a name: it stays as it is.
    pub fn sentence(&self) -> String {
        match self {
            Self::SignedOut => "You are signed out.".to_owned(),
            Self::Refused(problem) if problem.fields.is_empty() => problem.title.clone(),
            Self::Refused(problem) => {
                let wrong = problem.fields.iter().map(|it| words::sentence(&it.message));
                wrong.collect::<Vec<_>>().join(" ")
            }
            Self::Troubled(why) => why.clone(),
            Self::Unreachable => "The server did not answer. Check your connection.".to_owned(),
            Self::Unreadable => "The server answered with something unexpected.".to_owned(),
        }
    }

    /// What is wrong with each field of what was sent.
    pub fn fields(&self) -> &[FieldProblem] {
        match self {
            Self::Refused(problem) => &problem.fields,
            _ => &[],
        }
    }

    /// Whether somebody else has changed it meanwhile.
    pub fn is_stale(&self) -> bool {
        matches!(self, Self::Refused(problem) if problem.code == "stale")
    }

    /// Whether it was of somebody who was erased.
    pub fn is_erased(&self) -> bool {
        matches!(self, Self::Refused(problem) if problem.code == "erased")
    }

    /// Whether it does not exist (or not for this person).
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused(problem) if problem.status == 404)
    }
}

/// What a call brings.
pub type Answer<T> = Result<T, Failure>;

/// Turns the token of a link into a session.
pub async fn sign_in(token: String) -> Answer<Session> {
    read(post("session", &SignIn { token }).await?).await
}

/// How one signs in to a workspace; with an empty id, to the only one there is.
pub async fn ways(workspace: &str) -> Answer<Ways> {
    read(get(&format!("sign-in/ways?workspace={}", encoded(workspace))).await?).await
}

/// Signs in with a password. [`Failure::SignedOut`] says that it is wrong.
pub async fn sign_in_by_password(sign_in: &PasswordSignIn) -> Answer<Session> {
    read(post("sign-in/password", sign_in).await?).await
}

/// Where the provider of OpenID Connect asks who somebody is; then back to `to`.
pub async fn sign_in_by_openid(workspace: &str, to: &str) -> Answer<OpenIdStart> {
    let begin = OpenIdSignIn { workspace: workspace.to_owned(), to: Some(to.to_owned()) };
    read(post("sign-in/openid", &begin).await?).await
}

/// Signs in whom Cloudflare Access let through.
pub async fn sign_in_by_access(workspace: &str) -> Answer<Session> {
    read(post("sign-in/access", &AccessSignIn { workspace: workspace.to_owned() }).await?).await
}

/// How one signs in oneself.
pub async fn account() -> Answer<Account> {
    read(get("account").await?).await
}

/// Sets one's password.
pub async fn set_password(set: &SetPassword) -> Answer<Account> {
    read(send(request(Method::PUT, "account/password").json(set)).await?).await
}

/// Ends one's other sessions.
pub async fn end_other_sessions() -> Answer<Account> {
    read(delete("account/sessions").await?).await
}

/// How the members sign in.
pub async fn members() -> Answer<Members> {
    read(get("members").await?).await
}

/// Makes a link for a member.
pub async fn make_link(member: &str) -> Answer<NewLink> {
    read(send(request(Method::POST, &format!("members/{}/sign-in-links", encoded(member))).build()).await?).await
}

/// Who is signed in.
pub async fn session() -> Answer<Session> {
    read(get("session").await?).await
}

/// Ends the session.
pub async fn sign_out() -> Answer<()> {
    delete("session").await.map(drop)
}

/// Says whether one is there.
pub async fn be_away(away: bool) -> Answer<Session> {
    read(post("presence", &Presence { away }).await?).await
}

/// Who is there, and what is at risk.
pub async fn team() -> Answer<TeamView> {
    read(get("team").await?).await
}

/// Says whether a colleague is there.
pub async fn say_away(member: &str, away: bool) -> Answer<TeamView> {
    read(post(&format!("team/{}/presence", encoded(member)), &Presence { away }).await?).await
}

/// Changes when a colleague works.
pub async fn change_plan(member: &str, change: &ChangePlan) -> Answer<TeamView> {
    read(send(request(Method::PUT, &format!("team/{}", encoded(member))).json(change)).await?).await
}

/// Who gets what.
pub async fn routing() -> Answer<RoutingView> {
    read(get("routing").await?).await
}

/// What is wrong with a table, and odd in it.
pub async fn check_table(check: &CheckTable) -> Answer<Checked> {
    read(post("routing/check", check).await?).await
}

/// Keeps a draft of the table.
pub async fn save_table_draft(save: &SaveTableDraft) -> Answer<RoutingView> {
    read(send(request(Method::PUT, "routing/draft").json(save)).await?).await
}

/// Lets go of it.
pub async fn drop_table_draft() -> Answer<RoutingView> {
    read(delete("routing/draft").await?).await
}

/// Puts a table in force.
pub async fn publish_table(publish: &PublishTable) -> Answer<RoutingView> {
    read(send(request(Method::PUT, "routing").json(publish)).await?).await
}

/// Puts an earlier table in force again.
pub async fn roll_back_table(back: &RollBackTable) -> Answer<RoutingView> {
    read(post("routing/roll-back", back).await?).await
}

/// Who would get something.
pub async fn simulate(simulate: &Simulate) -> Answer<Simulated> {
    read(post("routing/simulate", simulate).await?).await
}

/// A page of where the past would have gone.
pub async fn replay_table(replay: &ReplayTable) -> Answer<ReplayPage> {
    read(post("routing/replay", replay).await?).await
}

/// A page of who changed what.
pub async fn audit(after: Option<&str>) -> Answer<AuditPage> {
    let after = after.map(|after| format!("?after={}", encoded(after))).unwrap_or_default();
    read(get(&format!("audit{after}")).await?).await
}

/// A page of a list.
pub async fn items(which: &Which, after: Option<&str>) -> Answer<ItemPage> {
    let path = format!("queues/{}/items?{}", encoded(&which.queue), narrow::asked(which));
    let path = match after {
        Some(cursor) => format!("{path}&after={}", encoded(cursor)),
        None => path,
    };
    read(get(&path).await?).await
}

/// A page of the items that have words in them.
pub async fn search(text: &str, after: Option<&str>) -> Answer<ItemPage> {
    let path = format!("search?q={}", encoded(text));
    let path = match after {
        Some(cursor) => format!("{path}&after={}", encoded(cursor)),
        None => path,
    };
    read(get(&path).await?).await
}

/// An item in full.
pub async fn item(id: &str) -> Answer<ItemView> {
    read(get(&format!("items/{}", encoded(id))).await?).await
}

/// Does something to an item.
pub async fn act(id: &str, act: &Act) -> Answer<ItemView> {
    read(post(&format!("items/{}/actions", encoded(id)), act).await?).await
}

/// Does the same to many items.
pub async fn act_on_many(acts: &ActOnMany) -> Answer<Many> {
    read(post("items/actions", acts).await?).await
}

/// Takes back what one did.
pub async fn undo(undo: &UndoMany) -> Answer<Many> {
    read(post("items/undo", undo).await?).await
}

/// The views that are kept.
pub async fn views() -> Answer<Views> {
    read(get("views").await?).await
}

/// Keeps a view.
pub async fn save_view(view: &SaveView) -> Answer<Views> {
    read(post("views", view).await?).await
}

/// Lets go of a view.
pub async fn drop_view(id: &str) -> Answer<Views> {
    read(delete(&format!("views/{}", encoded(id))).await?).await
}

/// What an answer may begin with.
pub async fn drafts(item: &str) -> Answer<Drafts> {
    read(get(&format!("items/{}/drafts", encoded(item))).await?).await
}

/// A page of what one was told.
pub async fn notices(after: Option<&str>) -> Answer<NoticePage> {
    let after = after.map(|after| format!("?after={}", encoded(after))).unwrap_or_default();
    read(get(&format!("notices{after}")).await?).await
}

/// Has seen it, up to one.
pub async fn see_notices(upto: u64) -> Answer<NoticePage> {
    read(post("notices/seen", &Seen { upto }).await?).await
}

/// Records that have words in them, and could be the same person.
pub async fn alike(person: &str, text: &str) -> Answer<Alike> {
    read(get(&format!("people/{}/alike?q={}", encoded(person), encoded(text))).await?).await
}

/// Makes another record part of this one.
pub async fn merge(person: &str, from: &str) -> Answer<MergeView> {
    read(post(&format!("people/{}/merges", encoded(person)), &Merge { from: from.to_owned() }).await?).await
}

/// Takes it apart again.
pub async fn separate(person: &str, merge: &str) -> Answer<()> {
    delete(&format!("people/{}/merges/{}", encoded(person), encoded(merge))).await.map(drop)
}

/// The forms that a call may be written down in.
pub async fn call_forms() -> Answer<CallForms> {
    read(get("calls/forms").await?).await
}

/// Writes down a call.
pub async fn record_call(call: &RecordCall) -> Answer<Recorded> {
    read(post("calls", call).await?).await
}

/// What is kept of a person, and what holds it.
pub async fn person_privacy(person: &str) -> Answer<PersonPrivacy> {
    read(get(&format!("people/{}/privacy", encoded(person))).await?).await
}

/// Where everything that is known of a person is, as a file.
pub fn person_export_path(person: &str) -> String {
    format!("{BASE}people/{}/export", encoded(person))
}

/// Deletes everything that is known of a person, for ever.
pub async fn erase_person(person: &str, erase: &ErasePerson) -> Answer<Erased> {
    read(post(&format!("people/{}/erase", encoded(person)), erase).await?).await
}

/// Places a hold on a person, or lifts it.
pub async fn change_hold(person: &str, change: &ChangeHold) -> Answer<PersonPrivacy> {
    read(post(&format!("people/{}/hold", encoded(person)), change).await?).await
}

/// How long things are kept, and what went.
pub async fn privacy() -> Answer<PrivacyView> {
    read(get("privacy").await?).await
}

/// Says how long things are kept.
pub async fn change_retention(change: &ChangeRetention) -> Answer<PrivacyView> {
    read(post("privacy/retention", change).await?).await
}

/// A page of what is held for review.
pub async fn held(after: Option<&str>) -> Answer<HeldPage> {
    let path = match after {
        Some(cursor) => format!("held?after={}", encoded(cursor)),
        None => "held".to_owned(),
    };
    read(get(&path).await?).await
}

/// Decides on what is held.
pub async fn review(id: &str, review: &Review) -> Answer<Reviewed> {
    read(post(&format!("held/{}", encoded(id)), review).await?).await
}

/// The sites.
pub async fn sites() -> Answer<SitesView> {
    read(get("sites").await?).await
}

/// Changes a site.
pub async fn change_sites(change: &ChangeSites) -> Answer<SitesView> {
    read(post("sites", change).await?).await
}

/// Where what happens is also told.
pub async fn destinations() -> Answer<DestinationsView> {
    read(get("destinations").await?).await
}

/// Changes a destination.
pub async fn change_destinations(change: &ChangeDestinations) -> Answer<DestinationsView> {
    read(post("destinations", change).await?).await
}

/// Does something about a destination.
pub async fn act_on_destination(id: &str, act: DestinationAct) -> Answer<DestinationDone> {
    read(post(&format!("destinations/{}/actions", encoded(id)), &act).await?).await
}

/// A page of deliveries; `asked` is a query, as `pages::deliveries` writes it.
pub async fn deliveries(asked: &str, after: Option<&str>) -> Answer<DeliveriesPage> {
    let after = after.map(|after| format!("&after={}", encoded(after))).unwrap_or_default();
    read(get(&format!("deliveries?{asked}{after}")).await?).await
}

/// A delivery in full.
pub async fn delivery(id: &str) -> Answer<DeliveryView> {
    read(get(&format!("deliveries/{}", encoded(id))).await?).await
}

/// Does something about a delivery.
pub async fn act_on_delivery(id: &str, act: DeliveryAct) -> Answer<DeliveryRow> {
    read(post(&format!("deliveries/{}", encoded(id)), &act).await?).await
}

/// The tokens of the workspace's own servers.
pub async fn tokens() -> Answer<TokensView> {
    read(get("tokens").await?).await
}

/// Makes a token. The answer has it, this once.
pub async fn make_token(new: &NewToken) -> Answer<TokensView> {
    read(post("tokens", new).await?).await
}

/// Revokes a token.
pub async fn drop_token(name: &str) -> Answer<()> {
    delete(&format!("tokens/{}", encoded(name))).await.map(drop)
}

/// How the workspace runs.
pub async fn operations() -> Answer<OperationsView> {
    read(get("operations").await?).await
}

/// All experiments, and what one can be made of.
pub async fn experiments() -> Answer<ExperimentsView> {
    read(get("experiments").await?).await
}

/// Changes an experiment.
pub async fn change_experiments(change: &ChangeExperiments) -> Answer<ExperimentsView> {
    read(post("experiments", change).await?).await
}

/// What is wrong and what is odd in an experiment.
pub async fn check_experiment(experiment: &Experiment) -> Answer<Checked> {
    read(post("experiments/check", experiment).await?).await
}

/// How long an answer takes.
pub async fn plan_experiment(ask: &AskPlan) -> Answer<PlanView> {
    read(post("experiments/plan", ask).await?).await
}

/// One experiment, and what came of it.
pub async fn experiment(key: &str) -> Answer<ExperimentView> {
    read(get(&format!("experiments/{}", encoded(key))).await?).await
}

/// Where an experiment's results are, as a file for a spreadsheet.
pub fn results_path(key: &str) -> String {
    format!("{BASE}experiments/{}/results.csv", encoded(key))
}

/// Where a file of all items is.
pub fn export_path(file: &str) -> String {
    format!("{BASE}export/{file}")
}

/// The card, its draft and its versions.
pub async fn scoring() -> Answer<ScoringView> {
    read(get("scoring").await?).await
}

/// The card of an earlier version.
pub async fn card_version(version: u32) -> Answer<CardVersion> {
    read(get(&format!("scoring/versions/{version}")).await?).await
}

/// What is wrong and what is odd in a card.
pub async fn check_card(check: &CheckCard) -> Answer<Checked> {
    read(post("scoring/check", check).await?).await
}

/// Keeps a draft.
pub async fn save_draft(save: &SaveDraft) -> Answer<ScoringView> {
    read(send(request(Method::PUT, "scoring/draft").json(save)).await?).await
}

/// Lets go of the draft.
pub async fn drop_draft() -> Answer<ScoringView> {
    read(delete("scoring/draft").await?).await
}

/// Puts the draft in force.
pub async fn publish_card(publish: &Publish) -> Answer<ScoringView> {
    read(post("scoring/publish", publish).await?).await
}

/// Puts an earlier card in force again.
pub async fn roll_back_card(back: &RollBack) -> Answer<ScoringView> {
    read(post("scoring/roll-back", back).await?).await
}

/// Stops scoring open items anew.
pub async fn stop_rescoring() -> Answer<ScoringView> {
    read(delete("scoring/rescoring").await?).await
}

/// A page of a replay.
pub async fn replay(replay: &Replay) -> Answer<ReplayPage> {
    read(post("scoring/replay", replay).await?).await
}

/// What a score would be.
pub async fn what_if(what_if: &WhatIf) -> Answer<WhatIfAnswer> {
    read(post("scoring/what-if", what_if).await?).await
}

/// What an item's score is made from.
pub async fn basis(item: &str) -> Answer<Basis> {
    read(get(&format!("scoring/basis/{}", encoded(item))).await?).await
}

/// What the learner has learnt.
pub async fn learner() -> Answer<LearnerView> {
    read(get("scoring/learner").await?).await
}

/// Where the web socket listens.
pub fn live_path() -> String {
    format!("{BASE}live")
}

/// A text as one segment of a path, or one value of a query.
pub fn encoded(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

async fn get(path: &str) -> Answer<Response> {
    send(request(Method::GET, path).build()).await
}

async fn delete(path: &str) -> Answer<Response> {
    send(request(Method::DELETE, path).build()).await
}

async fn post(path: &str, body: &impl Serialize) -> Answer<Response> {
    send(request(Method::POST, path).json(body)).await
}

fn request(method: Method, path: &str) -> RequestBuilder {
    RequestBuilder::new(&format!("{BASE}{path}"))
        .method(method)
        .credentials(RequestCredentials::SameOrigin)
        .abort_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_MS)))
}

async fn send(request: Result<gloo_net::http::Request, gloo_net::Error>) -> Answer<Response> {
    let request = request.map_err(|_| Failure::Unreadable)?;
    let response = request.send().await.map_err(|_| Failure::Unreachable)?;
    if let Some(date) = response.headers().get("date") {
        clock::heard(&date);
    }
    if response.ok() {
        return Ok(response);
    }
    match (response.status(), response.json::<Problem>().await) {
        // A refused link is a 401 with a reason: only its own page tells the two apart.
        (401, _) => Err(Failure::SignedOut),
        (429 | 500.., Ok(problem)) => Err(Failure::Troubled(problem.title)),
        (_, Ok(problem)) => Err(Failure::Refused(problem)),
        // Something in between has answered.
        (502..=504, Err(_)) => Err(Failure::Unreachable),
        (_, Err(_)) => Err(Failure::Unreadable),
    }
}

async fn read<T: DeserializeOwned>(response: Response) -> Answer<T> {
    response.json().await.map_err(|_| Failure::Unreadable)
}
