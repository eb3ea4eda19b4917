//! REST hooks, as Zapier has them: a program subscribes with a token, and is a destination from then on, like those that admins
//! made. So it is signed, tried again, stopped and shown as they are.

use serde_json::json;
use shared::config::Config;
use shared::delivery::message;
use shared::wire::delivery::DestinationChange;
use shared::wire::destination::{Destination, EventKind, To, Webhook};
use shared::wire::token::{Subscribe, Subscribed};

use super::ask::{HookAsk, Reply};
use super::{Desk, problem};
use crate::error::Failure;
use crate::sql::to_json;
use crate::{chance, clock};

/// What ids of subscriptions begin with: a token ends none that an admin made.
const PREFIX: &str = "hook-";

impl Desk {
    /// Subscribes, ends a subscription, or shows what it would bring.
    pub(super) fn hook(&self, config: &Config, ask: HookAsk) -> Result<Reply, Failure> {
        match ask {
            HookAsk::Subscribe { subscribe, fresh } => self.subscribe(config, subscribe, &fresh),
            HookAsk::End { id } => {
                if !id.starts_with(PREFIX) || config.destination(&id).is_none() {
                    return Ok(problem(404, "unknown_hook", "There is no such subscription."));
                }
                match self.put_destinations(config, None, &DestinationChange::Remove { id }, "")? {
                    Ok(_) => Ok(Reply { status: 204, body: String::new(), readable: true }),
                    Err(reply) => Ok(reply),
                }
            }
            HookAsk::Sample { event } => {
                // A list, as Zapier wants it.
                super::ok(&json!([message::sample(config, event, clock::now())]))
            }
        }
    }

    fn subscribe(&self, config: &Config, subscribe: Subscribe, fresh: &str) -> Result<Reply, Failure> {
        let event = subscribe.event.unwrap_or(EventKind::Opened);
        let id = format!("{PREFIX}{}", chance::hex::<6>()?);
        let webhook = Webhook { url: subscribe.target_url, secret: String::new(), old_secrets: Vec::new() };
        let new = Destination {
            id: id.clone(),
            name: "REST hook".to_owned(),
            when: json!({}),
            events: vec![event],
            off: false,
            to: To::Webhook(webhook),
        };
        match self.put_destinations(config, None, &DestinationChange::Add(Box::new(new)), fresh)? {
            Ok((_, secret)) => {
                let body = to_json("hook", &Subscribed { id, secret: secret.unwrap_or_default() })?;
                Ok(Reply { status: 201, body, readable: true })
            }
            Err(reply) => Ok(reply),
        }
    }
}
