//! Submissions that arrive together share one transaction and one commit: each waits here until nobody else arrives, then the first of
//! them settles all. Where that fails nothing of it is written, and each settles its own, so that only whoever is to blame fails.
//!
//! Every answer waits for the commit (the output gate), so success still means that it is on disk.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{LocalBoxFuture, Shared};
use worker::Delay;

use super::ask::Submit;
use super::submit::Settled;

/// How often it is looked at most whether somebody else has arrived. Each time the runtime hands over what came in on a few
/// connections, never on all of many (seen, with 256 of them).
const MOST_LOOKS: u32 = 32;
/// One look for so many that have arrived, even if nobody else does: where there are many, there are more whom the Worker turns
/// away (`crate::shed`), and who would wait for all of these to hear of it.
const FOR_ONE_LOOK: u32 = 4;

/// Where they wait for each other.
#[derive(Default)]
pub struct Together {
    start: RefCell<Option<Shared<LocalBoxFuture<'static, ()>>>>,
    arrived: Rc<Cell<u32>>,
    line: RefCell<Vec<Rc<Place>>>,
}

/// A place in the line.
pub struct Place {
    submit: RefCell<Option<Submit>>,
    settled: Cell<Option<Settled>>,
}

impl Together {
    /// Waits for whoever arrives with this one. For one that is alone no time passes: a timer of nothing ends when the runtime
    /// has handed over what was ready.
    pub async fn wait(&self, submit: Submit) -> Rc<Place> {
        let place = Rc::new(Place { submit: RefCell::new(Some(submit)), settled: Cell::new(None) });
        self.line.borrow_mut().push(Rc::clone(&place));
        self.arrived.set(self.arrived.get().wrapping_add(1));
        let gather = || until_nobody_arrives(Rc::clone(&self.arrived)).boxed_local().shared();
        let start = self.start.borrow_mut().get_or_insert_with(gather).clone();
        start.await;
        // Whoever comes now waits for the next ones.
        self.start.take();
        place
    }

    /// All who arrived together, for the first of them to go on; nobody, for the others.
    pub fn line(&self) -> Vec<Rc<Place>> {
        self.line.take()
    }
}

impl Place {
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

async fn until_nobody_arrives(arrived: Rc<Cell<u32>>) {
    let first = arrived.get();
    for look in 0..MOST_LOOKS {
        let before = arrived.get();
        Delay::from(Duration::ZERO).await;
        let now = arrived.get();
        if now == before && look >= now.wrapping_sub(first) / FOR_ONE_LOOK {
            return;
        }
    }
}
