//! People's own data: what is known of one person taken out, erased, kept from being deleted, and deleted when it is old enough.
//!
//! Everything goes by one map of the tables ([`map`]). What the desk holds goes in one transaction ([`erase`]); what lies elsewhere, in
//! the journals, in the files' objects and in what others wrote, is a row of work that the alarm does until it is done ([`rest`]).

mod erase;
mod export;
mod hold;
mod map;
mod rest;
mod retention;
mod server;
mod view;
mod wash;

pub use erase::{key_of_sent, was_event, was_item, was_mail, was_sent};
pub use server::PeopleAsk;

use shared::config::Config;
use shared::wire::config::Member;

use super::ask::{PrivacyAsk, Reply};
use super::{Desk, problem};
use crate::error::Failure;

impl Desk {
    /// Answers a question about people's own data.
    pub(super) fn privacy(&self, config: &Config, member: &Member, ask: PrivacyAsk) -> Result<Reply, Failure> {
        match ask {
            PrivacyAsk::View => super::ok(&self.privacy_view(config)?),
            PrivacyAsk::Retain(change) => self.change_retention(config, &member.id, change),
            PrivacyAsk::Person { id } => self.person_privacy(config, &id),
            PrivacyAsk::Export { id } => self.export_person(config, &id, &member.id),
            PrivacyAsk::Erase { id, ask, fail_after } => {
                self.erase_person(config, &id, ask.reason, &member.id, fail_after)
            }
            PrivacyAsk::Hold { id, change } => self.change_hold(config, &id, &member.id, &change),
        }
    }
}

fn unknown_person() -> Reply {
    problem(404, "unknown_person", "There is no such person.")
}

fn on_hold() -> Reply {
    problem(409, "on_hold", "They are on hold: nothing of them is deleted before somebody lifts it.")
}
