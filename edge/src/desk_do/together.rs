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
use crate::rpc::VisitRow;

/// How often it is looked at most whether somebody else has arrived. Each time the runtime hands over what came in on a few
/// connections, never on all of many (seen, with 256 of them).
const MOST_LOOKS: u32 = 32;
/// One look for so many that have arrived, even if nobody else does: where there are many, there are more whom the Worker turns
/// away (`crate::shed`), and who would wait for all of these to hear of it.
const FOR_ONE_LOOK: usize = 4;

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
        gathering.ready.await;
        (place, gathering.line.0.take())
    }

    fn gather(&self, env: Env) -> Gathering {
        let line = Rc::new(Line::default());
        let (gathering, those) = (Rc::clone(&self.gathering), Rc::clone(&line));
        let ready = async move {
            those.until_nobody_arrives().await;
            // Whoever comes now waits for the next ones.
            gathering.take();
            let places = those.0.borrow().clone();
            visits::learn(&env, &places).await;
        };
        Gathering { line, ready: ready.boxed_local().shared() }
    }
}

impl Line {
    async fn until_nobody_arrives(&self) {
        for look in 0..MOST_LOOKS {
            let before = self.0.borrow().len();
            Delay::from(Duration::ZERO).await;
            let now = self.0.borrow().len();
            if now == before && usize::try_from(look).is_ok_and(|look| look >= now / FOR_ONE_LOOK) {
                return;
            }
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
