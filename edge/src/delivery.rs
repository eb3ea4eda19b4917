//! One effect out, keyed and safe to repeat. What is sent is for [`shared::delivery`] to say; each way of sending has a file.

mod http;
mod salesforce;
mod smtp;
pub mod webhook;

use std::pin::Pin;
use std::time::Duration;

use serde_json::Value;
use shared::delivery::address::Reach;
use shared::delivery::{Tried, chat, crm, mail};
use shared::time::Timestamp;
use shared::wire::destination::To;
use worker::Delay;

/// How long a receiver may take: within what Standard Webhooks asks for (15 to 30 s).
const TIMEOUT: Duration = Duration::from_secs(15);

/// Tries once to tell a destination: `text` is the message, `id` what the receiver tells repeats by.
pub async fn send(to: &To, id: &str, text: &str, now: Timestamp, reach: Reach) -> Tried {
    let trial = std::pin::pin!(try_once(to, id, text, now, reach));
    let timeout = std::pin::pin!(async { Delay::from(TIMEOUT).await });
    // What is dropped here ends its request with it: see `http::Aborts`.
    first(trial, timeout).await.unwrap_or_else(|| Tried::failed("no answer in 15 seconds"))
}

async fn try_once(to: &To, id: &str, text: &str, now: Timestamp, reach: Reach) -> Tried {
    if let To::Webhook(to) = to {
        return match webhook::request(to, id, text, now) {
            Some(request) => http::send(request, reach, false).await,
            None => Tried::refused("the destination's secret is not base64"),
        };
    }
    let Ok(message) = serde_json::from_str::<Value>(text) else { return Tried::refused("the message is damaged") };
    match to {
        To::Webhook(_) => Tried::refused("the message is damaged"),
        To::Chat(to) => http::send(chat::request(to, &message), reach, true).await,
        To::Smtp(to) => smtp::send(to, id, &mail::mail(&message), now, reach).await,
        To::MailApi(to) => http::send(mail::request(to, id, &message), reach, true).await,
        To::Hubspot(to) => http::send(crm::hubspot(to, &message, now), reach, true).await,
        To::SalesforceForm(to) => http::send(crm::salesforce_form(to, &message), reach, true).await,
        To::Salesforce(to) => salesforce::send(to, &message, now, reach).await,
    }
}

/// Whichever ends first; `None` for the second.
pub async fn first<T>(
    mut one: Pin<&mut impl Future<Output = T>>,
    mut other: Pin<&mut impl Future<Output = ()>>,
) -> Option<T> {
    std::future::poll_fn(move |context| {
        use std::task::Poll;
        if let Poll::Ready(value) = one.as_mut().poll(context) {
            return Poll::Ready(Some(value));
        }
        other.as_mut().poll(context).map(|()| None)
    })
    .await
}
