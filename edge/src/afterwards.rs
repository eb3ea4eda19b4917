//! What the journal is told once a submission was answered. One message at a time is under way to a shard: what comes
//! meanwhile goes with the next one, so under load many share a call and a commit.
//!
//! A message is sent by one of the requests that brought it, in the time that it has after its answer; the others leave theirs
//! behind. Nothing here waits for another request: the runtime cancels whoever does.

use std::cell::RefCell;
use std::collections::BTreeMap;

use worker::Env;

use crate::error::Failure;
use crate::journal_do::{self, Answer, Ask};
use crate::{clock, rpc};

/// How long one request sends for others, in milliseconds: it may do so for 30 seconds after its answer.
const TURN_MS: i64 = 15_000;
/// After so long it is not there any more, and another one sends.
const GONE_MS: i64 = 30_000;

/// A workspace, and the number of one of its shards.
type Shard = (String, u8);

/// What waits for a shard.
#[derive(Default)]
struct Line {
    waiting: Vec<Ask>,
    /// Since when somebody sends, in milliseconds since 1970.
    sender_since: Option<i64>,
}

thread_local! {
    static LINES: RefCell<BTreeMap<Shard, Line>> = const { RefCell::new(BTreeMap::new()) };
}

/// Tells a shard, at once or with whatever else is to be told when the message that is under way has arrived.
///
/// # Errors
/// Where this request sends, and the shard did not answer: what it was told then is lost.
pub async fn tell(env: &Env, workspace: &str, shard: u8, ask: Ask) -> Result<(), Failure> {
    let line = (workspace.to_owned(), shard);
    if !join(&line, ask) {
        return Ok(());
    }
    let mut told = Ok(());
    while let Some(asks) = next(&line) {
        let answer: Result<Answer, Failure> = match journal_do::shard(env, workspace, shard) {
            Ok(stub) => rpc::ask("journal", stub, &Ask::All(asks)).await,
            Err(failure) => Err(failure),
        };
        told = told.and(answer.map(drop));
    }
    told
}

/// Puts this at the end of its line; says whether whoever brought it has to send.
fn join(line: &Shard, ask: Ask) -> bool {
    let now = clock::now().as_ms();
    LINES.with_borrow_mut(|lines| {
        let line = lines.entry(line.clone()).or_default();
        line.waiting.push(ask);
        let is_sent_for = line.sender_since.is_some_and(|since| now - since < GONE_MS);
        if !is_sent_for {
            line.sender_since = Some(now);
        }
        !is_sent_for
    })
}

/// What goes out next. Nothing, where nothing waits; and the last, where this one has sent for long enough: whoever comes
/// then sends.
fn next(line: &Shard) -> Option<Vec<Ask>> {
    let now = clock::now().as_ms();
    LINES.with_borrow_mut(|lines| {
        let there = lines.get_mut(line)?;
        let asks = std::mem::take(&mut there.waiting);
        let is_over = there.sender_since.is_none_or(|since| now - since > TURN_MS);
        if asks.is_empty() || is_over {
            lines.remove(line);
        }
        (!asks.is_empty()).then_some(asks)
    })
}
