//! What admins change of destinations: another configuration comes of it, with the secrets that were not written anew.

use crate::time::Timestamp;
use crate::wire::Workspace;
use crate::wire::delivery::DestinationChange;
use crate::wire::destination::{Destination, OldSecret, To};

/// How long a secret that was replaced is still signed with, in minutes: a day.
const OVERLAP_MINUTES: u32 = 24 * 60;
/// Old secrets of a webhook, the latest first.
const MAX_OLD: usize = 10;

/// Why nothing is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotChanged {
    /// No destination has this id.
    #[error("there is no such destination")]
    Unknown,
    /// Another one has it.
    #[error("another destination has this id")]
    Taken,
    /// Only webhooks are signed.
    #[error("only a webhook has a signing secret")]
    NotSigned,
}

/// What came of a change.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// The configuration with it.
    pub source: Workspace,
    /// Where the destination stands in it; nothing, where it is gone.
    pub at: Option<usize>,
    /// A secret that was made just now.
    pub secret: Option<String>,
}

/// Applies a change. `fresh` is a signing secret that nobody has had.
///
/// # Errors
/// [`NotChanged`].
pub fn apply(
    source: &Workspace,
    change: &DestinationChange,
    fresh: &str,
    now: Timestamp,
) -> Result<Changed, NotChanged> {
    let mut source = source.clone();
    let place = |id: &str| source.destinations.iter().position(|destination| destination.id == id);
    match change {
        DestinationChange::Add(new) => {
            if place(&new.id).is_some() {
                return Err(NotChanged::Taken);
            }
            let mut new = (**new).clone();
            let mut secret = None;
            if let To::Webhook(to) = &mut new.to
                && to.secret.is_empty()
            {
                to.secret = fresh.to_owned();
                secret = Some(fresh.to_owned());
            }
            source.destinations.push(new);
            let at = source.destinations.len() - 1;
            Ok(Changed { source, at: Some(at), secret })
        }
        DestinationChange::Save(edit) => {
            let at = place(&edit.id).ok_or(NotChanged::Unknown)?;
            let mut edit = (**edit).clone();
            if let Some(before) = source.destinations.get_mut(at) {
                keep_secrets(before, &mut edit);
                *before = edit;
            }
            Ok(Changed { source, at: Some(at), secret: None })
        }
        DestinationChange::Remove { id } => {
            let at = place(id).ok_or(NotChanged::Unknown)?;
            source.destinations.remove(at);
            Ok(Changed { source, at: None, secret: None })
        }
        DestinationChange::Rotate { id } => {
            let at = place(id).ok_or(NotChanged::Unknown)?;
            let Some(To::Webhook(to)) = source.destinations.get_mut(at).map(|destination| &mut destination.to) else {
                return Err(NotChanged::NotSigned);
            };
            let until = now.later_by_minutes(OVERLAP_MINUTES).to_rfc3339();
            let before = OldSecret { secret: core::mem::replace(&mut to.secret, fresh.to_owned()), until };
            to.old_secrets.retain(|old| Timestamp::parse(&old.until).is_some_and(|until| until > now));
            to.old_secrets.insert(0, before);
            to.old_secrets.truncate(MAX_OLD);
            Ok(Changed { source, at: Some(at), secret: Some(fresh.to_owned()) })
        }
    }
}

/// A destination as staff see it: without its secrets.
pub fn shown(destination: &Destination) -> Destination {
    let mut shown = destination.clone();
    shown.to.secrets().into_iter().for_each(String::clear);
    shown
}

/// An empty secret stays what it was, where it is still the same kind of destination.
fn keep_secrets(before: &mut Destination, edit: &mut Destination) {
    if before.to.tag() != edit.to.tag() {
        return;
    }
    for (before, edit) in before.to.secrets().into_iter().zip(edit.to.secrets()) {
        if edit.is_empty() {
            edit.clone_from(before);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::destination::Webhook;
    use serde_json::json;

    const FRESH: &str = "whsec_ZnJlc2hmcmVzaGZyZXNoZnJlc2hmcmVzaGZyZXNoZnI=";

    fn destination(secret: &str) -> Destination {
        let to = json!({ "webhook": { "url": "https://hooks.example.com/in", "secret": secret } });
        serde_json::from_value(json!({ "id": "crm", "to": to })).unwrap()
    }

    fn with(secret: &str) -> Workspace {
        Workspace { destinations: vec![destination(secret)], ..crate::demo::workspace() }
    }

    fn webhook(workspace: &Workspace) -> &Webhook {
        match &workspace.destinations[0].to {
            To::Webhook(to) => to,
            _ => panic!("a webhook"),
        }
    }

    #[test]
    fn a_webhook_without_a_secret_is_given_one_that_is_told_once() {
        let add = DestinationChange::Add(Box::new(destination("")));
        let changed = apply(&crate::demo::workspace(), &add, FRESH, Timestamp::from_ms(0)).unwrap();
        assert_eq!((webhook(&changed.source).secret.as_str(), changed.secret.as_deref()), (FRESH, Some(FRESH)));
        assert_eq!(shown(&changed.source.destinations[0]), destination(""));
        assert_eq!(apply(&changed.source, &add, FRESH, Timestamp::from_ms(0)), Err(NotChanged::Taken));
    }

    #[test]
    fn what_is_saved_with_an_empty_secret_keeps_the_one_it_has() {
        let mut edit = destination("");
        edit.name = "CRM".to_owned();
        let saved =
            apply(&with("old"), &DestinationChange::Save(Box::new(edit)), FRESH, Timestamp::from_ms(0)).unwrap();
        assert_eq!(webhook(&saved.source).secret, "old");
        assert_eq!(saved.source.destinations[0].name, "CRM");
        // Another kind takes nothing over.
        let chat = json!({ "id": "crm", "to": { "chat": { "url": "" } } });
        let edit = DestinationChange::Save(Box::new(serde_json::from_value(chat).unwrap()));
        let mut other = apply(&with("old"), &edit, FRESH, Timestamp::from_ms(0)).unwrap();
        assert_eq!(other.source.destinations[0].to.secrets(), [""]);
    }

    #[test]
    fn a_secret_that_is_replaced_is_signed_with_for_another_day() {
        let rotate = DestinationChange::Rotate { id: "crm".to_owned() };
        let once = apply(&with("one"), &rotate, "two", Timestamp::from_ms(0)).unwrap().source;
        let twice = apply(&once, &rotate, "three", Timestamp::from_ms(1_000)).unwrap().source;
        let old: Vec<_> = webhook(&twice).old_secrets.iter().map(|old| old.secret.as_str()).collect();
        assert_eq!((webhook(&twice).secret.as_str(), old), ("three", vec!["two", "one"]));
        // What has ended is gone.
        let later = apply(&twice, &rotate, "four", Timestamp::from_ms(2 * 86_400_000)).unwrap().source;
        assert_eq!(webhook(&later).old_secrets.len(), 1);
    }
}
