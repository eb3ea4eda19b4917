//! Looks at a delivery until it has ended.

use std::time::Duration;

use leptos::prelude::set_timeout;
use leptos::task::spawn_local;
use shared::wire::delivery::{DeliveryState, DeliveryView};

use crate::api::{self, Answer, Failure};
use crate::app::{Desk, Leaving};

/// How often it is looked at, and how many times: for half a minute.
const AGAIN: Duration = Duration::from_secs(1);
const TIMES: u32 = 30;

/// Reads a delivery every second until it has ended, for half a minute at most. `heard` takes each answer and whether it is the
/// last, and says whether anybody still looks.
pub fn follow(desk: Desk, id: String, heard: impl Fn(Answer<DeliveryView>, bool) -> bool + 'static) {
    look(desk, id, heard, TIMES);
}

fn look(desk: Desk, id: String, heard: impl Fn(Answer<DeliveryView>, bool) -> bool + 'static, left: u32) {
    spawn_local(async move {
        let answer = api::delivery(&id).await;
        if matches!(answer, Err(Failure::SignedOut)) {
            return desk.signed_out(Leaving::Ended);
        }
        let has_ended = match &answer {
            Ok(view) => view.row.state != DeliveryState::Due,
            Err(failure) => failure.is_not_found(),
        };
        let is_last = has_ended || left == 0;
        if heard(answer, is_last) && !is_last {
            set_timeout(move || look(desk, id, heard, left - 1), AGAIN);
        }
    });
}
