//! The desk: one object for each workspace. It holds people, items, queues, timers, the outbox, staff and the versions of
//! the configuration, takes submissions one at a time, and answers once they are on disk.
//!
//! Not here: HTTP (`api`), or what is decided (`shared`).

#![allow(missing_docs, reason = "the durable_object macro writes methods without any")]

mod acts;
mod ahead;
mod alarm;
pub mod ask;
mod assign;
mod audit;
mod board;
mod calls;
mod changes;
mod credit;
mod deliveries;
mod destinations;
mod evidence;
mod experiments;
mod export;
pub mod feedback;
mod files;
mod held;
mod hooks;
mod known;
mod learner;
mod leaving;
mod lifecycle;
mod limits;
pub mod live;
mod mail;
mod notices;
mod once;
mod operations;
mod outbox;
mod outcomes;
pub mod passwords;
mod people;
pub mod privacy;
mod promises;
mod ratings;
mod replay;
mod replies;
mod routing;
mod saved;
mod schema;
mod scoring;
mod server;
mod settings;
mod sign_in;
mod sites;
mod staff;
mod store;
mod submit;
mod team;
mod together;
mod tokens;
mod undo;
mod views;
mod visits;

pub use settings::bad_config;

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, RefUnwindSafe};
use std::rc::Rc;

use shared::config::Config;
use shared::learn::Learner;
use shared::pool::Team;
use shared::wire::Problem;
use wasm_bindgen::prelude::*;
use worker::{
    DurableObject, Env, Request, Response, Result, State, Stub, WebSocket, WebSocketIncomingMessage, durable_object,
};

use crate::error::Failure;
use crate::sql::{Db, to_json};
use crate::{clock, config, log, rpc, values};
use ask::{Ask, FaultAsk, Reply};
use together::Together;

/// The object.
#[durable_object]
pub struct Desk {
    state: State,
    env: Env,
    db: Db,
    is_ready: Cell<bool>,
    /// The configuration in force, read once.
    config: RefCell<Option<Rc<Config>>>,
    /// The learner as it is, read once.
    learner: RefCell<Option<Rc<Learner>>>,
    /// The members as picks see them, read once.
    team: RefCell<Option<Rc<Team>>>,
    /// The secret that stamps and challenges are signed with, read once.
    secret: RefCell<Option<Rc<str>>>,
    /// Where submissions wait for those that arrive with them.
    together: Together,
    /// When counts and spent proofs were last cleared of what is too old.
    swept_at: Cell<i64>,
    /// The last notice that those were told of whose console is open.
    told_notice: Cell<i64>,
    /// When the alarm is set for, in milliseconds since 1970, as far as this instance knows.
    armed_at: Cell<Option<i64>>,
    /// When the alarm that runs began, in milliseconds since 1970; one that panicked never says that it ended.
    alarm_began: Cell<Option<i64>>,
    /// Whether a turn of deliveries is under way.
    is_delivering: Cell<bool>,
    /// How often the alarm failed in a row.
    alarm_failures: Cell<u32>,
    /// Whether what waits is to be given once more, because it failed.
    owes_assigning: Cell<bool>,
    /// After how many statements a question fails because a test asked for it, until one has.
    failing_after: Cell<Option<u32>>,
}

/// A caught panic leaves its cells whole: each is set at once, after the rows it mirrors were committed.
impl RefUnwindSafe for Desk {}

impl DurableObject for Desk {
    fn new(state: State, env: Env) -> Self {
        let db = Db::new(state.storage());
        Self {
            state,
            env,
            db,
            is_ready: Cell::new(false),
            config: RefCell::new(None),
            learner: RefCell::new(None),
            team: RefCell::new(None),
            secret: RefCell::new(None),
            together: Together::default(),
            swept_at: Cell::new(0),
            told_notice: Cell::new(0),
            armed_at: Cell::new(None),
            alarm_began: Cell::new(None),
            is_delivering: Cell::new(false),
            alarm_failures: Cell::new(0),
            owes_assigning: Cell::new(false),
            failing_after: Cell::new(None),
        }
    }

    /// Consoles open their sockets here.
    async fn fetch(&self, request: Request) -> Result<Response> {
        if let Err(failure) = self.prepare().await {
            return rpc::respond::<()>("desk", Err(failure));
        }
        self.set_given_up_alarm().await;
        if request.path() == live::PATH { self.open_live(&request) } else { rpc::nothing_here() }
    }

    /// Never fails: an alarm that throws six times is dropped for good (`bar/runtime-facts.md`, 0.5).
    async fn alarm(&self) -> Result<Response> {
        self.armed_at.set(None);
        self.alarm_began.set(Some(now_ms()));
        let done = self.do_what_is_due().await;
        self.alarm_began.set(None);
        match done {
            Ok(()) => self.alarm_failures.set(0),
            Err(failure) => {
                log::failure("alarm", &failure);
                let failures = self.alarm_failures.get();
                self.alarm_failures.set(failures.saturating_add(1));
                self.arm_in(alarm::wait_after(failures)).await;
            }
        }
        Response::empty()
    }

    async fn websocket_message(&self, _ws: WebSocket, _message: WebSocketIncomingMessage) -> Result<()> {
        // The socket only speaks; what members do arrives as requests.
        Ok(())
    }

    async fn websocket_close(&self, ws: WebSocket, code: usize, _reason: String, _was_clean: bool) -> Result<()> {
        if let Err(failure) = self.leave(&self.state.get_tags(&ws)).await {
            log::failure("leave", &failure);
        }
        let code = u16::try_from(code).ok().filter(|code| live::may_be_sent(*code));
        ws.close::<&str>(code, None)
    }

    async fn websocket_error(&self, ws: WebSocket, _error: worker::Error) -> Result<()> {
        if let Err(failure) = self.leave(&self.state.get_tags(&ws)).await {
            log::failure("leave", &failure);
        }
        Ok(())
    }
}

#[wasm_bindgen]
impl Desk {
    /// Answers a question ([`rpc::ask`]).
    pub async fn ask(&self, question: String) -> std::result::Result<String, JsValue> {
        // As [`RefUnwindSafe`] above.
        AssertUnwindSafe(self.asked(&question)).await
    }
}

impl Desk {
    async fn asked(&self, question: &str) -> std::result::Result<String, JsValue> {
        if let Err(failure) = self.prepare().await {
            return rpc::answer::<()>("desk", Err(failure));
        }
        self.set_given_up_alarm().await;
        match rpc::question("desk", question) {
            Ok(Ask::Fault(fault)) => rpc::answer("desk", self.fault(fault).await),
            Ok(ask) => {
                self.db.fail_after(self.failing_after.get());
                let answer = self.answer(ask).await;
                self.db.fail_after(None);
                if matches!(answer, Err(Failure::Asked)) {
                    self.failing_after.set(None);
                }
                rpc::answer("desk", answer)
            }
            Err(failure) => rpc::answer::<()>("desk", Err(failure)),
        }
    }
}

impl Desk {
    /// Makes the tables, and sets the alarm again where a row waits for one and none is set.
    async fn prepare(&self) -> std::result::Result<(), Failure> {
        if self.is_ready.get() {
            return Ok(());
        }
        schema::migrate(&self.db)?;
        let armed = self.state.storage().get_alarm().await;
        let armed = armed.map_err(|source| Failure::Storage { step: "alarm", source })?;
        self.armed_at.set(armed.map(|real| real.saturating_add(clock::ahead_ms())));
        let last = self.db.row("notice", "SELECT coalesce(max(seq), 0) FROM notice", values![])?;
        self.told_notice.set(last.map_or(Ok(0), |row| row.int(0))?);
        self.note_gone()?;
        self.arm_for_next().await?;
        self.is_ready.set(true);
        Ok(())
    }

    async fn answer(&self, ask: Ask) -> std::result::Result<Reply, Failure> {
        match ask {
            Ask::Submit(submit) => self.submit(*submit).await,
            Ask::Known(known) => self.known(&known),
            Ask::Refused { tag } => self.count_refusal(&tag),
            Ask::Site { key, lang } => self.site_card(&key, &lang),
            Ask::Online => self.online(),
            Ask::Form { key, form, lang, accepts } => self.form_card(&key, &form, lang.as_deref(), &accepts),
            Ask::Gauges => self.gauges(),
            Ask::Version => ok(&self.config()?.map_or(0, |config| config.version())),
            Ask::HasFile { id } => ok(&self.has_file(&id)?),
            Ask::Operator { once, wants } => {
                let reply = self.operator(once.as_ref(), wants)?;
                self.arm_for_next().await?;
                Ok(reply)
            }
            Ask::Export { by, after } => self.export(&by, after.as_deref()),
            Ask::Permits { secret, scope } => self.permits(&secret, &scope),
            Ask::Server { secret, once, wants } => {
                let reply = self.server(&secret, once.as_ref(), wants)?;
                self.arm_for_next().await?;
                Ok(reply)
            }
            Ask::Mail(mail) => {
                let Some(config) = self.config()? else { return Ok(no_workspace()) };
                let reply = self.mail(&config, &mail)?;
                self.arm_for_next().await?;
                Ok(reply)
            }
            Ask::Seen { reference, signals } => {
                let reply = self.seen(&reference, signals)?;
                self.arm_for_next().await?;
                Ok(reply)
            }
            Ask::FeedbackCard { token } => self.feedback_card(&token),
            Ask::Feedback { token, stars, text } => {
                let reply = self.feedback(&token, &stars, &text)?;
                self.arm_for_next().await?;
                Ok(reply)
            }
            Ask::SignIn { secret, before } => self.sign_in(&secret, before.as_deref()),
            Ask::Door(ask) => self.door(ask),
            Ask::Staff { session, once, wants } => {
                let reply = self.staff(&session, once.as_ref(), wants)?;
                // What was done may have started a clock, and what was read may have been rated first.
                self.arm_for_next().await?;
                Ok(reply)
            }
            Ask::Crossed { visitors, experiment, version } => self.crossed(&visitors, &experiment, version),
            Ask::Fault(_) => Ok(problem(404, "not_found", "There is nothing here.")),
        }
    }

    async fn fault(&self, fault: FaultAsk) -> std::result::Result<Reply, Failure> {
        match fault {
            #[expect(clippy::panic, reason = "the fault that was asked for")]
            FaultAsk::Panic => self.db.transaction(|tx| {
                tx.write("fate", "INSERT INTO fate (tag, day, count) VALUES ('half_written', 0, 1)", values![])?;
                panic!("asked for by a test")
            }),
            FaultAsk::Wait { ms } => {
                worker::Delay::from(std::time::Duration::from_millis(ms)).await;
                Ok(Reply { status: 200, body: "{}".to_owned(), readable: false })
            }
            FaultAsk::Later { ms } => {
                clock::put_forward(ms);
                self.armed_at.set(None);
                self.do_what_is_due().await?;
                Ok(Reply { status: 200, body: "{}".to_owned(), readable: false })
            }
            FaultAsk::FailAlarms { times } => {
                alarm::fail(times);
                Ok(Reply { status: 200, body: "{}".to_owned(), readable: false })
            }
            FaultAsk::FailAfter { statements } => {
                self.failing_after.set(statements);
                Ok(Reply { status: 200, body: "{}".to_owned(), readable: false })
            }
            FaultAsk::Rows => self.count_rows(),
            FaultAsk::Fates => self.fates(),
        }
    }

    /// The workspace's id: the object's own name.
    fn workspace(&self) -> std::result::Result<String, Failure> {
        let name = self.state.id().name();
        name.ok_or_else(|| Failure::BadRow { table: "desk", what: "no name".to_owned() })
    }

    /// The configuration in force; `None` before the first.
    fn config(&self) -> std::result::Result<Option<Rc<Config>>, Failure> {
        if let Some(config) = &*self.config.borrow() {
            return Ok(Some(Rc::clone(config)));
        }
        let config = store::latest_config(&self.db)?.map(Rc::new);
        self.config.replace(config.clone());
        Ok(config)
    }
}

/// A success with a JSON body.
fn ok<T: serde::Serialize>(value: &T) -> std::result::Result<Reply, Failure> {
    Ok(Reply { status: 200, body: to_json("reply", value)?, readable: true })
}

/// A problem that is not in a field.
fn problem(status: u16, code: &str, title: &str) -> Reply {
    let problem = Problem { status, code: code.to_owned(), title: title.to_owned(), fields: Vec::new() };
    problem_reply(&problem)
}

fn problem_reply(problem: &Problem) -> Reply {
    // A struct of texts and numbers always has a JSON form.
    let body = serde_json::to_string(problem).unwrap_or_default();
    Reply { status: problem.status, body, readable: true }
}

/// No configuration yet: nothing can be taken.
fn no_workspace() -> Reply {
    problem(404, "unknown_workspace", "There is no such workspace.")
}

/// The desk of a workspace. Only for workspaces that the registry knows: asking makes the object.
///
/// # Errors
/// [`Failure::Object`] where it cannot be reached.
pub fn stub(env: &Env, workspace: &str) -> std::result::Result<Stub, Failure> {
    config::desks(env)?.get_by_name(workspace).map_err(|source| Failure::Object { object: "desk", source })
}

/// The instant of this event, for rows.
fn now_ms() -> i64 {
    clock::now().as_ms()
}
