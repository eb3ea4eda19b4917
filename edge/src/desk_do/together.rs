//! Submissions that arrive together share one commit: each waits here until nobody else arrives, then all of them go on in one
//! turn of the object.
//!
//! The runtime commits what one turn wrote at once, however many transactions it was; each of them still fails by itself, since
//! a transaction within a turn is a savepoint. Every answer waits for that commit (the output gate), so success still means
//! that it is on disk.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{LocalBoxFuture, Shared};
use worker::Delay;

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
}

impl Together {
    /// Waits for whoever arrives with this one. For one that is alone no time passes: a timer of nothing ends when the runtime
    /// has handed over what was ready.
    pub async fn wait(&self) {
        self.arrived.set(self.arrived.get().wrapping_add(1));
        let gather = || until_nobody_arrives(Rc::clone(&self.arrived)).boxed_local().shared();
        let start = self.start.borrow_mut().get_or_insert_with(gather).clone();
        start.await;
        // Whoever comes now waits for the next ones.
        self.start.take();
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
