//! Who the platform's server says somebody is: the claims of a JSON Web Token, once its signature was found good.
//!
//! One algorithm (`HS256`), a short life, an audience. What the header says of keys (`kid`, `jku`, `jwk`, `x5u`) is never
//! looked at: the workspace has one secret, and the token does not choose.
//!
//! Not here: the signature (`edge::identity`), or what is known of the person (`edge::desk_do::known`).

use serde_json::{Map, Value};

use crate::submission::{Email, Phone};
use crate::time::Timestamp;

/// The longest token that is read.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;
/// The longest id of a user, in bytes.
pub const MAX_USER_BYTES: usize = 255;
/// The longest name, in characters.
pub const MAX_NAME_CHARS: usize = 200;
/// How far ahead a token may end, in seconds.
pub const MAX_LIFE_S: i64 = 15 * 60;
/// How far two clocks may differ, in seconds.
pub const SKEW_S: i64 = 60;

/// Somebody whom the platform vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The platform's own id of them.
    pub user: String,
    /// Their address, as the platform knows it.
    pub email: Option<Email>,
    /// Their name.
    pub name: Option<String>,
    /// Their telephone number.
    pub phone: Option<Phone>,
    /// How many people they brought to the platform (`referrals`).
    pub referrals: Option<u32>,
    /// How many people they reach: a teacher's readers, a manager's team (`reach`).
    pub reach: Option<u32>,
}

/// Why a token is not believed. `Display` never shows the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// The workspace has no secret to check it with.
    #[error("the workspace takes no identity tokens")]
    NotSetUp,
    /// Not three parts of base64url with JSON in them, or too long.
    #[error("the identity token is none")]
    Malformed,
    /// Another algorithm than `HS256`.
    #[error("the identity token is not signed with HS256")]
    Algorithm,
    /// The signature is not the workspace's.
    #[error("the identity token's signature is wrong")]
    Signature,
    /// It has ended, or says no end.
    #[error("the identity token has ended")]
    Expired,
    /// It lives longer than fifteen minutes.
    #[error("the identity token lives too long")]
    TooLong,
    /// It begins in the future, or does not say when it was made.
    #[error("the identity token is not valid yet")]
    NotYet,
    /// It is for somebody else.
    #[error("the identity token is for another audience")]
    Audience,
    /// It names nobody.
    #[error("the identity token names nobody")]
    Nobody,
}

impl IdentityError {
    const ALL: &[Self] = &[
        Self::NotSetUp,
        Self::Malformed,
        Self::Algorithm,
        Self::Signature,
        Self::Expired,
        Self::TooLong,
        Self::NotYet,
        Self::Audience,
        Self::Nobody,
    ];

    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::NotSetUp => "identity_not_set_up",
            Self::Malformed => "identity_malformed",
            Self::Algorithm => "identity_algorithm",
            Self::Signature => "identity_signature",
            Self::Expired => "identity_expired",
            Self::TooLong => "identity_lives_too_long",
            Self::NotYet => "identity_not_yet",
            Self::Audience => "identity_audience",
            Self::Nobody => "identity_nobody",
        }
    }

    /// Reads a tag back.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|error| error.tag() == tag)
    }
}

/// Whether the header names the one algorithm.
///
/// # Errors
/// [`IdentityError::Algorithm`], or [`IdentityError::Malformed`] where it is no object.
pub fn check_header(header: &Value) -> Result<(), IdentityError> {
    let header = header.as_object().ok_or(IdentityError::Malformed)?;
    // A header that must be understood (RFC 7515, 4.1.11) is not.
    let is_plain = !header.contains_key("crit");
    let is_ours = header.get("alg").and_then(Value::as_str) == Some("HS256");
    if is_ours && is_plain { Ok(()) } else { Err(IdentityError::Algorithm) }
}

/// Reads the claims of a token whose signature is good, for one of these audiences.
///
/// # Errors
/// The first thing that is wrong.
pub fn read_claims(claims: &Value, audiences: &[&str], at: Timestamp) -> Result<Identity, IdentityError> {
    let claims = claims.as_object().ok_or(IdentityError::Malformed)?;
    check_times(claims, at.as_ms() / 1_000)?;
    if !is_for(claims.get("aud"), audiences) {
        return Err(IdentityError::Audience);
    }
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let user = text("sub").filter(|user| user.len() <= MAX_USER_BYTES && !user.contains(char::is_control));
    let number = |name: &str| claims.get(name).and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok());
    let name = text("name").filter(|name| !name.contains(char::is_control));
    Ok(Identity {
        user: user.ok_or(IdentityError::Nobody)?.to_owned(),
        // What cannot be an address says nothing, and is no reason to doubt the rest.
        email: text("email").and_then(|email| Email::parse(email).ok()),
        name: name.map(|name| name.chars().take(MAX_NAME_CHARS).collect()),
        phone: text("phone").and_then(|phone| Phone::parse(phone).ok()),
        referrals: number("referrals"),
        reach: number("reach"),
    })
}

fn check_times(claims: &Map<String, Value>, now_s: i64) -> Result<(), IdentityError> {
    let ends = seconds(claims, "exp")?.ok_or(IdentityError::Expired)?;
    let made = seconds(claims, "iat")?.ok_or(IdentityError::NotYet)?;
    let begins = seconds(claims, "nbf")?.unwrap_or(made);
    if ends <= now_s.saturating_sub(SKEW_S) {
        return Err(IdentityError::Expired);
    }
    if ends > now_s.saturating_add(MAX_LIFE_S + SKEW_S) {
        return Err(IdentityError::TooLong);
    }
    let latest = now_s.saturating_add(SKEW_S);
    if made > latest || begins > latest { Err(IdentityError::NotYet) } else { Ok(()) }
}

/// A time claim (RFC 7519, 2: seconds since 1970, perhaps with a fraction).
fn seconds(claims: &Map<String, Value>, name: &str) -> Result<Option<i64>, IdentityError> {
    match claims.get(name) {
        None => Ok(None),
        Some(value) => {
            let seconds = value.as_f64().filter(|seconds| (0.0..1e12).contains(seconds));
            #[expect(clippy::cast_possible_truncation, reason = "within the range, and a fraction of a second is cut")]
            seconds.map(|seconds| Some(seconds as i64)).ok_or(IdentityError::Malformed)
        }
    }
}

/// Whether the audience, one or a list, names one of ours.
fn is_for(audience: Option<&Value>, ours: &[&str]) -> bool {
    let is_ours = |value: &Value| value.as_str().is_some_and(|value| ours.contains(&value));
    match audience {
        Some(Value::Array(several)) => several.iter().any(is_ours),
        Some(one) => is_ours(one),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW_S: i64 = 1_795_253_400;

    #[test]
    fn a_good_token_says_who_somebody_is() {
        let identity = read(|_| ()).unwrap();
        assert_eq!(identity.user, "u-17");
        assert_eq!(identity.email.map(|email| email.as_str().to_owned()).as_deref(), Some("ana@example.com"));
        assert_eq!(identity.name.as_deref(), Some("Ana Ruiz"));
    }

    #[test]
    fn only_one_algorithm_is_taken_and_keys_are_not_chosen() {
        assert_eq!(check_header(&json!({ "alg": "HS256", "typ": "JWT", "kid": "other", "jku": "https://x" })), Ok(()));
        for alg in
            [json!("none"), json!("None"), json!("RS256"), json!("ES256"), json!("HS512"), json!("hs256"), json!(1)]
        {
            assert_eq!(check_header(&json!({ "alg": alg })), Err(IdentityError::Algorithm), "{alg}");
        }
        assert_eq!(check_header(&json!({})), Err(IdentityError::Algorithm));
        assert_eq!(check_header(&json!({ "alg": "HS256", "crit": ["b64"] })), Err(IdentityError::Algorithm));
        assert_eq!(check_header(&json!("HS256")), Err(IdentityError::Malformed));
    }

    #[test]
    fn it_lives_fifteen_minutes_at_most() {
        let with_end = |end: i64| read(|claims| claims["exp"] = json!(end)).err();
        assert_eq!(with_end(NOW_S + 900), None);
        assert_eq!(with_end(NOW_S + 960), None);
        assert_eq!(with_end(NOW_S + 961), Some(IdentityError::TooLong));
        assert_eq!(with_end(NOW_S - 59), None);
        assert_eq!(with_end(NOW_S - 60), Some(IdentityError::Expired));
        assert_eq!(wrong("exp", None), Some(IdentityError::Expired));
        assert_eq!(wrong("exp", Some(json!("2099"))), Some(IdentityError::Malformed));
        assert_eq!(wrong("exp", Some(json!(1e300))), Some(IdentityError::Malformed));
    }

    #[test]
    fn it_has_begun() {
        assert_eq!(wrong("iat", Some(json!(NOW_S + 61))), Some(IdentityError::NotYet));
        assert_eq!(wrong("iat", Some(json!(NOW_S + 60))), None);
        assert_eq!(wrong("iat", None), Some(IdentityError::NotYet));
        assert_eq!(wrong("nbf", Some(json!(NOW_S + 61))), Some(IdentityError::NotYet));
    }

    #[test]
    fn it_is_for_us() {
        assert_eq!(wrong("aud", Some(json!("pk_demo_platform"))), None);
        assert_eq!(wrong("aud", Some(json!(["x", "demo"]))), None);
        for aud in [None, Some(json!("other")), Some(json!(["x"])), Some(json!({ "demo": true })), Some(json!(""))] {
            assert_eq!(wrong("aud", aud), Some(IdentityError::Audience));
        }
    }

    #[test]
    fn it_names_somebody() {
        for sub in [
            None,
            Some(json!("")),
            Some(json!("  ")),
            Some(json!(17)),
            Some(json!("a\nb")),
            Some(json!("x".repeat(256))),
        ] {
            assert_eq!(wrong("sub", sub), Some(IdentityError::Nobody));
        }
    }

    #[test]
    fn every_tag_reads_back_as_itself() {
        for error in IdentityError::ALL {
            assert_eq!(IdentityError::from_tag(error.tag()), Some(*error));
        }
    }

    #[test]
    fn a_claim_that_says_nothing_spoils_nothing() {
        let identity = read(|claims| {
            claims["email"] = json!("not an address");
            claims["phone"] = json!(7);
            claims["name"] = json!("");
        });
        let identity = identity.unwrap();
        assert_eq!((identity.email, identity.phone, identity.name), (None, None, None));
    }

    fn wrong(claim: &str, value: Option<Value>) -> Option<IdentityError> {
        let changed = |claims: &mut Value| match value {
            Some(value) => claims[claim] = value,
            None => drop(claims.as_object_mut().and_then(|claims| claims.remove(claim))),
        };
        read(changed).err()
    }

    fn read(change: impl FnOnce(&mut Value)) -> Result<Identity, IdentityError> {
        let mut claims = json!({
            "sub": "u-17", "email": "ana@example.com", "name": "Ana Ruiz", "aud": "demo",
            "iat": NOW_S - 5, "exp": NOW_S + 300,
        });
        change(&mut claims);
        read_claims(&claims, &["demo", "pk_demo_platform"], Timestamp::from_ms(NOW_S * 1_000))
    }
}
