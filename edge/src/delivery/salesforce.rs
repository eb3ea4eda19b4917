//! Salesforce: a token by client credentials, remembered for some minutes, and the record with it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde_json::Value;
use shared::delivery::address::Reach;
use shared::delivery::crm::{salesforce, salesforce_token};
use shared::delivery::{Tried, fields};
use shared::time::Timestamp;
use shared::wire::destination::Salesforce;

use super::http::{self, Answer};

/// How long a token is gone by. Salesforce's last for hours; a connected app may say less.
const FRESH_MS: i64 = 10 * 60_000;
/// The most tokens that are remembered.
const MAX_REMEMBERED: usize = 64;

thread_local! {
    /// Tokens by the whole of what they were asked with, so that another secret is another token.
    static TOKENS: RefCell<BTreeMap<String, (i64, String)>> = const { RefCell::new(BTreeMap::new()) };
}

/// Makes the record of an item, or brings it up to date.
pub async fn send(to: &Salesforce, message: &Value, now: Timestamp, reach: Reach) -> Tried {
    let key = format!("{}\n{}\n{}", to.instance, to.client_id, to.client_secret);
    let known = TOKENS.with_borrow(|all| all.get(&key).filter(|(at, _)| now.as_ms() - at < FRESH_MS).cloned());
    let token = match known {
        Some((_, token)) => token,
        None => match fresh(to, reach).await {
            Ok(token) => token,
            Err(tried) => return tried,
        },
    };
    let Some(outgoing) = salesforce(to, &token, message) else { return Tried::refused("the message is about no item") };
    let answer = http::send(outgoing, reach, true).await;
    TOKENS.with_borrow_mut(|all| {
        if answer.status == Some(401) {
            // It has ended; the next try asks for another one.
            all.remove(&key);
            return;
        }
        if all.len() >= MAX_REMEMBERED {
            all.clear();
        }
        all.entry(key).or_insert((now.as_ms(), token));
    });
    answer
}

async fn fresh(to: &Salesforce, reach: Reach) -> Result<String, Tried> {
    let Answer { status, retry_after, text } = http::ask(salesforce_token(to), reach).await?;
    let answer: Value = serde_json::from_str(&text).unwrap_or_default();
    match answer.get("access_token").and_then(Value::as_str) {
        Some(token) if status == 200 => Ok(token.to_owned()),
        // Wrong credentials can be put right: it is tried again.
        _ => {
            let says = answer.get("error").and_then(fields::text).unwrap_or_default();
            let tried = Tried::answered(status.max(400), retry_after.as_deref(), &says, false);
            Err(Tried { says: format!("no token: {}", tried.says), ..tried })
        }
    }
}
