//! The names under which prompts are counted for one visitor, the one that says most first.
//!
//! A person whom the platform's server vouches for is counted across sites and devices; a visitor who consented, across the
//! sites of their browser's storage; anybody else for the day, by the hash that their signals have. Each name is a keyed
//! hash: none can be turned back.

use hmac::Mac as _;
use worker::Env;

use crate::error::Failure;
use crate::journal_do::SHARDS;
use crate::visitor::VisitorKey;
use crate::{chance, secret};

/// The names that end with their day start with this.
pub const OF_THE_DAY: &str = "d:";
/// The longest id of a visitor, in bytes.
const MAX_ID_BYTES: usize = 64;

/// A name, and the journal's shard that keeps what is counted under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// The name.
    pub name: String,
    /// The shard's number.
    pub shard: u8,
}

/// The names of a visitor: `person` is the platform's id of them, `visitor` their own id after consent, `day` the key of
/// the day.
///
/// # Errors
/// Where the registry does not answer.
pub async fn names(
    env: &Env,
    workspace: &str,
    person: Option<&str>,
    visitor: &str,
    day: &VisitorKey,
) -> Result<Vec<Who>, Failure> {
    let mut names = Vec::with_capacity(3);
    if let Some(person) = person {
        names.push(hashed(env, "person", workspace, person).await?);
    }
    if !visitor.is_empty() && visitor.len() <= MAX_ID_BYTES {
        names.push(hashed(env, "visitor", workspace, visitor).await?);
    }
    names.push(of_the_day(day.as_str()));
    Ok(names)
}

/// The name of a key of the day.
pub fn of_the_day(key: &str) -> Who {
    let name = format!("{OF_THE_DAY}{key}");
    Who { shard: shard_of(&name), name }
}

async fn hashed(env: &Env, kind: &str, workspace: &str, id: &str) -> Result<Who, Failure> {
    let digest = secret::mac(env, kind, &[workspace, id]).await?.finalize().into_bytes();
    let half = digest.get(..16).unwrap_or_default();
    let name = format!("{}:{}", kind.get(..1).unwrap_or_default(), chance::to_hex(half));
    Ok(Who { shard: shard_of(&name), name })
}

/// The shard that keeps what is counted under a name: by the first byte of its hash.
pub fn shard_of(name: &str) -> u8 {
    let hash = name.split_once(':').map_or("", |(_, hash)| hash);
    hash.get(..2).and_then(|byte| u8::from_str_radix(byte, 16).ok()).unwrap_or(0) % SHARDS
}
