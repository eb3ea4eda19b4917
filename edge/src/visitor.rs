//! A visitor without a cookie: a hash of their address and browser under the salt of the day.
//!
//! Nothing is stored on their device before they consent. The salt is random, known to the registry only, and deleted after two days, so the
//! hash links the pages of one day and nothing else, and cannot be turned back into an address.

use std::cell::RefCell;
use std::net::{IpAddr, Ipv6Addr};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use shared::submission::SubmissionId;
use worker::{Env, Request};

use crate::error::Failure;
use crate::journal_do::SHARDS;
use crate::registry_do::{self, Answer, Ask};
use crate::{chance, clock, rpc};

thread_local! {
    /// The salt of the day, once it was asked for.
    static SALT: RefCell<Option<(i64, String)>> = const { RefCell::new(None) };
}

/// What the keys of those who consented begin with.
pub const ID: &str = "id:";

/// The key of a visitor in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitorKey {
    hex: String,
    first: u8,
}

impl VisitorKey {
    /// The key of those who have no address: they share one visit.
    pub fn nobody() -> Self {
        Self { hex: String::new(), first: 0 }
    }

    /// The key of a visitor who consented to an id of their own: it lasts as long as they let it.
    pub fn of_id(id: &SubmissionId) -> Self {
        let first = id.as_str().get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        Self { hex: format!("{ID}{}", id.as_str()), first: first.unwrap_or(0) }
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.hex
    }

    /// Which of so many shards is theirs.
    pub fn shard(&self, shards: u8) -> u8 {
        self.first % shards.max(1)
    }

    fn of(salt: &str, workspace: &str, address: &str, agent: &str) -> Option<Self> {
        let mut mac = Hmac::<Sha256>::new_from_slice(salt.as_bytes()).ok()?;
        for part in [workspace, address, agent] {
            mac.update(part.as_bytes());
            mac.update(&[0]);
        }
        let digest = mac.finalize().into_bytes();
        let half = digest.get(..16)?;
        Some(Self { hex: chance::to_hex(half), first: half.first().copied()? })
    }
}

/// The keys of a visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// Their key of the day.
    pub day: VisitorKey,
    /// Their own, once they consented.
    pub id: Option<VisitorKey>,
}

impl Keys {
    /// The key that what they do is kept under.
    pub fn key(&self) -> &VisitorKey {
        self.id.as_ref().unwrap_or(&self.day)
    }

    /// Where the journal has what they did: the shard, and the key there. Those who have no address are nobody.
    pub fn in_journal(&self) -> Vec<(u8, String)> {
        let keys = std::iter::once(&self.day).chain(&self.id).filter(|key| !key.hex.is_empty());
        keys.map(|key| (key.shard(SHARDS), key.hex.clone())).collect()
    }
}

/// The key of whoever sent this, or `None` where they asked not to be tracked (`Sec-GPC`, `DNT`) or have no address.
///
/// # Errors
/// Where the registry does not answer.
pub async fn key_of(env: &Env, workspace: &str, request: &Request) -> Result<Option<VisitorKey>, Failure> {
    key_from(env, workspace, request, address_of(request).as_deref()).await
}

/// The same, where it is known already from which address it came ([`address_of`]).
///
/// # Errors
/// As [`key_of`].
pub async fn key_from(
    env: &Env,
    workspace: &str,
    request: &Request,
    address: Option<&str>,
) -> Result<Option<VisitorKey>, Failure> {
    let Some(address) = address.filter(|_| !wants_privacy(request)) else { return Ok(None) };
    let agent = request.headers().get("user-agent").ok().flatten().unwrap_or_default();
    let salt = salt(env).await?;
    Ok(VisitorKey::of(&salt, workspace, address, &agent))
}

/// A hash of the sender's address under the salt of the day, to count what one sender does within minutes. Those who asked
/// not to be tracked are counted too: it is kept no longer than the count, and links nothing to them.
///
/// # Errors
/// Where the registry does not answer.
pub async fn sender_of(env: &Env, workspace: &str, request: &Request) -> Result<VisitorKey, Failure> {
    let Some(address) = address_of(request) else { return Ok(VisitorKey::nobody()) };
    let salt = salt(env).await?;
    Ok(VisitorKey::of(&salt, workspace, &address, "").unwrap_or_else(VisitorKey::nobody))
}

/// What submissions from one address to one site are counted under: another hash than [`key_of`]'s, which tells nothing
/// of a visit, and is forgotten after the minutes in which they are counted. So it is made for those who ask not to be
/// tracked as well. `None` where the address says nothing: a loopback address is a proxy's that names no visitor, or a
/// program on this machine, and all of them would share one count.
///
/// # Errors
/// Where the registry does not answer.
pub async fn submitter_of(env: &Env, site_key: &str, address: Option<&str>) -> Result<Option<String>, Failure> {
    let Some(network) = address.and_then(network_of) else { return Ok(None) };
    let salt = salt(env).await?;
    Ok(VisitorKey::of(&salt, "sender", site_key, &network).map(|key| key.hex))
}

/// What tries to sign in are counted under, as [`submitter_of`]; but whoever guesses has a reason to lie about where they
/// are, so only what the runtime or the nearest proxy says is believed.
///
/// # Errors
/// Where the registry does not answer.
pub async fn guesser_of(env: &Env, request: &Request) -> Result<Option<String>, Failure> {
    let Some(network) = proven_address_of(request).and_then(|address| network_of(&address)) else { return Ok(None) };
    let salt = salt(env).await?;
    Ok(VisitorKey::of(&salt, "sender", "sign-in", &network).map(|key| key.hex))
}

/// The sender's address, without what they could have written themselves. On Cloudflare `CF-Connecting-IP` is always the
/// network's own; elsewhere it is anybody's, and what counts is the last address that the operator's proxy appended.
fn proven_address_of(request: &Request) -> Option<String> {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    match connection_of(request) {
        None => header("cf-connecting-ip"),
        Some(connection) => {
            let forwarded = header("x-forwarded-for");
            forwarded.as_deref().and_then(last_hop).map(str::to_owned).or(Some(connection))
        }
    }
}

/// The other end of the connection, which plain `workerd` names and Cloudflare does not.
fn connection_of(request: &Request) -> Option<String> {
    let cf = js_sys::Reflect::get(request.inner(), &"cf".into()).ok()?;
    let address = js_sys::Reflect::get(&cf, &"clientIp".into()).ok()?.as_string()?;
    // workerd gives `address:port`; the port changes with each connection.
    Some(address.rsplit_once(':').map_or(address.clone(), |(host, _)| host.to_owned()))
}

/// The part of an address that one subscriber has: all of IPv4, the first 64 bits of IPv6.
fn network_of(address: &str) -> Option<String> {
    let bare = address.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(address) if address.is_loopback() => None,
        Ok(IpAddr::V6(address)) => Some(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).to_string()),
        Ok(IpAddr::V4(address)) => Some(address.to_string()),
        // Whatever the proxy calls its visitors.
        Err(_) => Some(bare.to_owned()),
    }
}

/// Whether the visitor asked not to be tracked.
pub fn wants_privacy(request: &Request) -> bool {
    ["sec-gpc", "dnt"].iter().any(|name| request.headers().get(name).ok().flatten().as_deref() == Some("1"))
}

/// Whether a program sent this, or a page that nobody has seen yet: by its name, or because the browser says that it
/// fetches ahead of time.
pub fn is_robot(request: &Request) -> bool {
    let header = |name: &str| request.headers().get(name).ok().flatten().unwrap_or_default();
    let is_ahead = ["sec-purpose", "purpose", "x-moz"].iter().any(|name| header(name).contains("pre"));
    is_ahead || shared::robot::is_robot(&header("user-agent"))
}

/// On what the visitor reads the page, by the browser's word: `phone` or `desktop`.
pub fn device(request: &Request) -> &'static str {
    let agent = request.headers().get("user-agent").ok().flatten().unwrap_or_default();
    if agent.contains("Mobi") { "phone" } else { "desktop" }
}

/// The sender's address: as Cloudflare, or a proxy of the operator's, says it, else the connection's own. A header that the
/// sender wrote themselves only chooses which visit is theirs.
pub fn address_of(request: &Request) -> Option<String> {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    if let Some(address) = header("cf-connecting-ip") {
        return Some(address);
    }
    if let Some(forwarded) = header("x-forwarded-for") {
        return last_hop(&forwarded).map(str::to_owned);
    }
    connection_of(request)
}

/// The last address of `X-Forwarded-For`: the one that the nearest proxy saw, and wrote itself.
fn last_hop(forwarded: &str) -> Option<&str> {
    forwarded.rsplit(',').map(str::trim).find(|address| !address.is_empty())
}

async fn salt(env: &Env) -> Result<String, Failure> {
    let day = clock::now().day();
    let known = SALT.with_borrow(|salt| salt.clone());
    if let Some((of_day, salt)) = known
        && of_day == day
    {
        return Ok(salt);
    }
    let answer = rpc::ask("registry", registry_do::stub(env)?, &Ask::Salt { day }).await?;
    let Answer::Text(Some(salt)) = answer else {
        return Err(Failure::BadRow { table: "salt", what: day.to_string() });
    };
    SALT.set(Some((day, salt.clone())));
    Ok(salt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_proxy_is_believed() {
        assert_eq!(last_hop("192.0.2.9, 198.51.100.7"), Some("198.51.100.7"));
        assert_eq!(last_hop("198.51.100.7"), Some("198.51.100.7"));
        assert_eq!(last_hop(" , "), None);
    }

    #[test]
    fn a_subscriber_is_one_sender_and_a_nameless_proxy_none() {
        for (address, network) in [
            ("192.0.2.1", Some("192.0.2.1")),
            ("2001:db8:1:2:3:4:5:6", Some("2001:db8:1:2::")),
            ("[2001:db8:1:2::9]", Some("2001:db8:1:2::")),
            ("::ffff:192.0.2.1", Some("192.0.2.1")),
            ("unknown", Some("unknown")),
            ("127.0.0.1", None),
            ("::1", None),
            ("::ffff:127.0.0.1", None),
        ] {
            assert_eq!(network_of(address).as_deref(), network, "{address}");
        }
    }

    #[test]
    fn an_id_has_a_key_that_no_hash_can_be() {
        let id = SubmissionId::parse("7d444840-9dc0-41d1-b245-5ffdce74fad2").unwrap();
        let key = VisitorKey::of_id(&id);
        assert_eq!((key.as_str(), key.shard(4)), ("id:7d444840-9dc0-41d1-b245-5ffdce74fad2", 0x7d % 4));
    }

    #[test]
    fn a_key_holds_for_one_salt_one_workspace_one_browser() {
        let key = |salt, workspace, address, agent| VisitorKey::of(salt, workspace, address, agent).unwrap();
        let one = key("s", "demo", "192.0.2.1", "browser");
        assert_eq!(one, key("s", "demo", "192.0.2.1", "browser"));
        for other in [
            key("t", "demo", "192.0.2.1", "browser"),
            key("s", "other", "192.0.2.1", "browser"),
            key("s", "demo", "192.0.2.2", "browser"),
            key("s", "demo", "192.0.2.1", "another"),
            key("s", "demo", "192.0.2.1b", "rowser"),
        ] {
            assert_ne!(one, other);
        }
    }
}
