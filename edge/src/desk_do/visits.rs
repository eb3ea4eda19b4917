//! What visitors did before they sent something: the journal's shards are asked about all who arrived together, each once.
//!
//! Capture does not depend on tracking: of a shard that fails, or does not answer in time, nothing is known.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{Either, join_all, select};
use worker::{Delay, Env};

use super::together::Place;
use crate::error::Failure;
use crate::rpc::VisitRow;
use crate::{journal_do, log};

/// How long a shard is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Visitors of one shard, each with the places of those who are they.
type Visitors = BTreeMap<String, Vec<Rc<Place>>>;

/// Adds to each submission what the journal knows of its visitor.
pub async fn learn(env: &Env, line: &[Rc<Place>]) {
    let mut shards: BTreeMap<(String, u8), Visitors> = BTreeMap::new();
    for place in line {
        let Some((workspace, visitors)) = place.take_visitors() else { continue };
        for (shard, key) in visitors {
            let visitors = shards.entry((workspace.clone(), shard)).or_default();
            visitors.entry(key).or_default().push(Rc::clone(place));
        }
    }
    let asked = shards.into_iter().map(|((workspace, shard), visitors)| async move {
        let (keys, places): (Vec<String>, Vec<_>) = visitors.into_iter().unzip();
        match in_time(journal_do::recent(env, &workspace, shard, keys)).await {
            Ok(visits) => visits.into_iter().zip(places).for_each(|(visit, places)| hand_out(visit, &places)),
            Err(failure) => log::failure("journal", &failure),
        }
    });
    join_all(asked).await;
}

fn hand_out(visit: VisitRow, places: &[Rc<Place>]) {
    for place in places.iter().skip(1) {
        place.learn(visit.clone());
    }
    if let Some(first) = places.first() {
        first.learn(visit);
    }
}

async fn in_time<T>(asked: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    match select(std::pin::pin!(asked), Delay::from(PATIENCE)).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => {
            let source = worker::Error::RustError(format!("no answer within {} s", PATIENCE.as_secs()));
            Err(Failure::Object { object: "journal", source })
        }
    }
}
