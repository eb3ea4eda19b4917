//! Submissions that arrive together share one look at the journal, one transaction and one commit: each waits here until nobody else
//! arrives and what their visitors did is known, then the first of them settles all. Where that fails nothing of it is written, and each
//! settles its own, so that only whoever is to blame fails.
//!
//! Every answer waits for the commit (the output gate), so success still means that it is on disk.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{LocalBoxFuture, Shared};
use worker::{Delay, Env};

use super::ask::Submit;
use super::submit::Settled;
use super::visits;
use crate::clock;
use crate::rpc::VisitRow;

/// A look, whether somebody else has arrived, is a timer of nothing: it ends once the runtime has handed over what came in, which is
/// at once where nothing did. One that took longer, in milliseconds, was kept by requests: those of others who arrive here, and of those
/// whom the Worker turns away (`crate::shed`), and who hear of it before the many here are settled.
const IDLE_MS: i64 = 2;
/// How long they wait for each other at most, in milliseconds: less than it takes to settle as many as may wait, so that most of what
/// a desk can take is taken even where many more are to be turned away (R10).
const MOST_MS: i64 = 40;
/// How many are settled at once at most. Meanwhile the runtime looks at no socket: of more than these at once, where there is too much,
/// some would find no connection before others were answered (R10: 64 at once took 1.3 s, 48 take 0.6). The others wait for the next ones,
/// who look again whether anybody is there.
const MOST_AT_ONCE: usize = 48;

/// Where they wait for each other.
#[derive(Default)]
pub struct Together {
    /// Those who still wait for others.
    gathering: Rc<RefCell<Option<Gathering>>>,
}

/// Those who wait, and what they wait for.
#[derive(Clone)]
struct Gathering {
    line: Rc<Line>,
    ready: Shared<LocalBoxFuture<'static, ()>>,
}

/// Those who arrived together.
#[derive(Default)]
struct Line(RefCell<Vec<Rc<Place>>>);

/// A place in the line.
pub struct Place {
    submit: RefCell<Option<Submit>>,
    settled: Cell<Option<Settled>>,
}

impl Together {
    /// Waits for whoever arrives with this one, and for what the journal knows. Its place comes back; and all who arrived together to
    /// the first of them who goes on, nobody to the others. For one that is alone no time passes until the journal is asked: a timer of
    /// nothing ends when the runtime has handed over what was ready.
    pub async fn wait(&self, env: &Env, submit: Submit) -> (Rc<Place>, Vec<Rc<Place>>) {
        let place = Rc::new(Place { submit: RefCell::new(Some(submit)), settled: Cell::new(None) });
        let gathering = self.gathering.borrow_mut().get_or_insert_with(|| self.gather(env.clone())).clone();
        gathering.line.0.borrow_mut().push(Rc::clone(&place));
        if gathering.line.is_full() {
            self.gathering.take();
        }
        gathering.ready.await;
        (place, gathering.line.0.take())
    }

    fn gather(&self, env: Env) -> Gathering {
        let line = Rc::new(Line::default());
        let (gathering, those) = (Rc::clone(&self.gathering), Rc::clone(&line));
        let ready = async move {
            those.until_nobody_arrives().await;
            // Whoever comes now waits for the next ones.
            gathering.borrow_mut().take_if(|gathering| Rc::ptr_eq(&gathering.line, &those));
            let places = those.0.borrow().clone();
            visits::learn(&env, &places).await;
        };
        Gathering { line, ready: ready.boxed_local().shared() }
    }
}

impl Line {
    fn is_full(&self) -> bool {
        self.0.borrow().len() >= MOST_AT_ONCE
    }

    async fn until_nobody_arrives(&self) {
        let began = clock::now().as_ms();
        let mut looked = began;
        loop {
            let before = self.0.borrow().len();
            Delay::from(Duration::ZERO).await;
            let (since, now) = (looked, clock::now().as_ms());
            let is_idle = self.0.borrow().len() == before && now - since <= IDLE_MS;
            if is_idle || now - began >= MOST_MS {
                return;
            }
            looked = now;
        }
    }
}

impl Place {
    /// Where the journal has what its visitor did: the workspace, and shards with keys there. Once.
    pub fn take_visitors(&self) -> Option<(String, Vec<(u8, String)>)> {
        let mut submit = self.submit.borrow_mut();
        submit.as_mut().map(|submit| (submit.workspace.clone(), std::mem::take(&mut submit.visitors)))
    }

    /// Adds what the journal knows of its visitor.
    pub fn learn(&self, visit: VisitRow) {
        if let Some(submit) = self.submit.borrow_mut().as_mut() {
            let is_robot = submit.visit.is_robot;
            let known = std::mem::take(&mut submit.visit).join(visit);
            // Whose else it is to be told of is nothing to the desk.
            submit.visit = VisitRow { is_robot, watched: Vec::new(), ..known };
        }
    }

    /// Does something with what was sent, if it is still to be settled.
    pub fn with<T>(&self, work: impl FnOnce(&Submit) -> T) -> Option<T> {
        self.submit.borrow().as_ref().map(work)
    }

    /// Notes what has become of it.
    pub fn set_settled(&self, settled: Option<Settled>) {
        self.settled.set(settled);
    }

    /// What has become of it, where whoever went on first has settled it.
    pub fn settled(&self) -> Option<Settled> {
        self.settled.take()
    }

    /// What is still to be settled.
    pub fn submit(&self) -> Option<Submit> {
        self.submit.take()
    }
}
