//! What a JSON Web Token of somebody else's must say before it is believed: an ID token of OpenID Connect, or the
//! assertion of Cloudflare Access.
//!
//! The algorithm is one of two, both with a public key, and the key must be made for it: `none` and `HS256` are no
//! algorithms here, so that a public key can never be taken for a shared secret. What a header says of keys (`jku`, `jwk`,
//! `x5u`, `x5c`) is never looked at: keys come from the issuer's own address, which is configured.
//!
//! Not here: base64, the signature and where keys are fetched (`edge::sign_in`), or the platform's own tokens
//! (`crate::identity`).

use serde_json::{Map, Value};

use crate::time::Timestamp;

/// The longest token that is read: browsers and servers take no more in one header either.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;
/// How far two clocks may differ, in seconds.
pub const SKEW_S: i64 = 60;
/// How old an ID token may be, in seconds: it was just made for us.
const MAX_AGE_S: i64 = 10 * 60;
/// The most keys of an issuer that are looked at.
const MAX_KEYS: usize = 50;
/// The lengths of an RSA modulus in base64url: 2,048 to 8,192 bits. Shorter keys can be broken, longer ones are slow.
const MODULUS_CHARS: core::ops::RangeInclusive<usize> = 342..=1_366;

/// How a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alg {
    /// RSA (PKCS #1 v1.5) with SHA-256.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
}

/// Why a token is not believed. `Display` never shows the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// Not three parts of base64url with JSON objects in them, or too long.
    #[error("the token is none")]
    Malformed,
    /// Signed in another way than we take.
    #[error("the token is not signed with RS256 or ES256")]
    Algorithm,
    /// Its key is none of the issuer's.
    #[error("the token's key is not the issuer's")]
    Key,
    /// The signature is not that key's.
    #[error("the token's signature is wrong")]
    Signature,
    /// Somebody else's.
    #[error("the token is another issuer's")]
    Issuer,
    /// For somebody else.
    #[error("the token is for another audience")]
    Audience,
    /// It has ended, or says no end, or was made too long ago.
    #[error("the token has ended")]
    Expired,
    /// It begins in the future, or does not say when it was made.
    #[error("the token is not valid yet")]
    NotYet,
    /// It answers another question than ours.
    #[error("the token answers another sign-in")]
    Nonce,
    /// It names nobody.
    #[error("the token names nobody")]
    Nobody,
}

impl JwtError {
    /// The stable name, for the log.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Algorithm => "algorithm",
            Self::Key => "key",
            Self::Signature => "signature",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Expired => "expired",
            Self::NotYet => "not_yet",
            Self::Nonce => "nonce",
            Self::Nobody => "nobody",
        }
    }
}

/// A token in its parts, in base64url.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts<'a> {
    /// What is signed: header and claims, as they came.
    pub signed: &'a str,
    /// The header.
    pub header: &'a str,
    /// The claims.
    pub claims: &'a str,
    /// The signature.
    pub signature: &'a str,
}

/// Takes a token apart.
///
/// # Errors
/// [`JwtError::Malformed`] where it has not three parts, or is too long.
pub fn split(token: &str) -> Result<Parts<'_>, JwtError> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(JwtError::Malformed);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(JwtError::Malformed)?;
    let (header, claims) = signed.split_once('.').ok_or(JwtError::Malformed)?;
    let is_whole = !header.is_empty() && !claims.is_empty() && !claims.contains('.');
    if is_whole { Ok(Parts { signed, header, claims, signature }) } else { Err(JwtError::Malformed) }
}

/// What a header says that we go by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// How it is signed.
    pub alg: Alg,
    /// Which key, if it says so.
    pub kid: Option<String>,
}

/// Reads a header; `allowed` are the algorithms that this issuer may use.
///
/// # Errors
/// [`JwtError::Algorithm`], or [`JwtError::Malformed`].
pub fn read_header(header: &Value, allowed: &[Alg]) -> Result<Header, JwtError> {
    let header = header.as_object().ok_or(JwtError::Malformed)?;
    let alg = match header.get("alg").and_then(Value::as_str) {
        Some("RS256") => Alg::Rs256,
        Some("ES256") => Alg::Es256,
        _ => return Err(JwtError::Algorithm),
    };
    // A header that must be understood (RFC 7515, 4.1.11) is not.
    if header.contains_key("crit") || !allowed.contains(&alg) {
        return Err(JwtError::Algorithm);
    }
    match header.get("kid") {
        None => Ok(Header { alg, kid: None }),
        Some(Value::String(kid)) => Ok(Header { alg, kid: Some(kid.clone()) }),
        Some(_) => Err(JwtError::Malformed),
    }
}

/// A public key that fits a header: the members that say what it is, and no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// RSA: modulus and exponent.
    Rsa {
        /// In base64url.
        n: String,
        /// In base64url.
        e: String,
    },
    /// A point of P-256.
    P256 {
        /// In base64url.
        x: String,
        /// In base64url.
        y: String,
    },
}

/// The key of a key set that a token names. A token without a name is for the only key of its kind.
///
/// # Errors
/// [`JwtError::Key`] where there is none, or more than one.
pub fn key_of(keys: &Value, header: &Header) -> Result<Key, JwtError> {
    let keys = keys.get("keys").and_then(Value::as_array).ok_or(JwtError::Key)?;
    let is_named =
        |key: &&Value| header.kid.is_none() || key.get("kid").and_then(Value::as_str) == header.kid.as_deref();
    let mut fitting = keys.iter().take(MAX_KEYS).filter(is_named).filter_map(|key| read_key(key, header.alg));
    match (fitting.next(), fitting.next()) {
        (Some(key), None) => Ok(key),
        _ => Err(JwtError::Key),
    }
}

/// A key, if it was made for this algorithm.
fn read_key(key: &Value, alg: Alg) -> Option<Key> {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    let name = match alg {
        Alg::Rs256 => "RS256",
        Alg::Es256 => "ES256",
    };
    if text("use").is_some_and(|usage| usage != "sig") || text("alg").is_some_and(|own| own != name) {
        return None;
    }
    match (alg, text("kty")?) {
        (Alg::Rs256, "RSA") => {
            let (n, e) = (text("n")?, text("e")?);
            MODULUS_CHARS.contains(&n.len()).then(|| Key::Rsa { n: n.to_owned(), e: e.to_owned() })
        }
        (Alg::Es256, "EC") if text("crv") == Some("P-256") => {
            Some(Key::P256 { x: text("x")?.to_owned(), y: text("y")?.to_owned() })
        }
        _ => None,
    }
}

/// Whom somebody vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The issuer's id of them.
    pub subject: String,
    /// Their address, where it is told.
    pub email: Option<String>,
    /// Whether the issuer has made sure that it is theirs.
    pub email_verified: bool,
}

/// What an ID token must say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The issuer, as it is configured.
    pub issuer: &'a str,
    /// Our client id.
    pub client_id: &'a str,
    /// What we asked with.
    pub nonce: &'a str,
    /// Now.
    pub at: Timestamp,
}

/// Reads an ID token whose signature is good (OpenID Connect Core, 3.1.3.7).
///
/// # Errors
/// The first thing that is wrong.
pub fn read_id_token(claims: &Value, expected: Expected<'_>) -> Result<Claims, JwtError> {
    let claims = claims.as_object().ok_or(JwtError::Malformed)?;
    if text(claims, "iss") != Some(expected.issuer) {
        return Err(JwtError::Issuer);
    }
    let audiences = audiences(claims);
    let party = claims.get("azp");
    let is_ours = audiences.contains(&expected.client_id)
        && party.is_none_or(|party| party.as_str() == Some(expected.client_id))
        && (audiences.len() == 1 || party.is_some());
    if !is_ours {
        return Err(JwtError::Audience);
    }
    let made = check_times(claims, expected.at)?;
    if made < expected.at.as_ms() / 1_000 - MAX_AGE_S {
        return Err(JwtError::Expired);
    }
    if text(claims, "nonce") != Some(expected.nonce) {
        return Err(JwtError::Nonce);
    }
    read_person(claims)
}

/// Reads the assertion of Cloudflare Access whose signature is good. It names the address that the identity provider gave
/// Access, which only lets people through once they have proved it.
///
/// # Errors
/// The first thing that is wrong.
pub fn read_access(claims: &Value, team: &str, audience: &str, at: Timestamp) -> Result<Claims, JwtError> {
    let claims = claims.as_object().ok_or(JwtError::Malformed)?;
    if text(claims, "iss") != Some(team) {
        return Err(JwtError::Issuer);
    }
    // Beside applications' tokens there are those of the whole team, which open nothing here.
    let is_app = claims.get("type").is_none_or(|kind| kind.as_str() == Some("app"));
    if !is_app || !audiences(claims).contains(&audience) {
        return Err(JwtError::Audience);
    }
    check_times(claims, at)?;
    // A service's token names nobody.
    let email = text(claims, "email").ok_or(JwtError::Nobody)?.to_owned();
    let subject = text(claims, "sub").unwrap_or_default().to_owned();
    Ok(Claims { subject, email: Some(email), email_verified: true })
}

/// What the user info of somebody adds to their ID token (OpenID Connect Core, 5.3.2): only where it is the same person's.
///
/// # Errors
/// [`JwtError::Nobody`] where it is not.
pub fn read_user_info(info: &Value, subject: &str) -> Result<Claims, JwtError> {
    let info = info.as_object().ok_or(JwtError::Malformed)?;
    read_person(info).and_then(|claims| if claims.subject == subject { Ok(claims) } else { Err(JwtError::Nobody) })
}

fn read_person(claims: &Map<String, Value>) -> Result<Claims, JwtError> {
    let subject = text(claims, "sub").ok_or(JwtError::Nobody)?.to_owned();
    // Some providers write the truth value as a text.
    let email_verified = match claims.get("email_verified") {
        Some(Value::Bool(is)) => *is,
        Some(Value::String(is)) => is == "true",
        _ => false,
    };
    Ok(Claims { subject, email: text(claims, "email").map(str::to_owned), email_verified })
}

fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// The audience, one or a list.
fn audiences(claims: &Map<String, Value>) -> Vec<&str> {
    match claims.get("aud") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Whether it is valid now; when it was made.
fn check_times(claims: &Map<String, Value>, at: Timestamp) -> Result<i64, JwtError> {
    let now_s = at.as_ms() / 1_000;
    let ends = seconds(claims, "exp")?.ok_or(JwtError::Expired)?;
    let made = seconds(claims, "iat")?.ok_or(JwtError::NotYet)?;
    let begins = seconds(claims, "nbf")?.unwrap_or(made);
    if ends <= now_s - SKEW_S {
        return Err(JwtError::Expired);
    }
    if made > now_s + SKEW_S || begins > now_s + SKEW_S { Err(JwtError::NotYet) } else { Ok(made) }
}

/// A time claim (RFC 7519, 2: seconds since 1970, perhaps with a fraction).
fn seconds(claims: &Map<String, Value>, name: &str) -> Result<Option<i64>, JwtError> {
    match claims.get(name) {
        None => Ok(None),
        Some(value) => {
            let seconds = value.as_f64().filter(|seconds| (0.0..1e12).contains(seconds));
            #[expect(clippy::cast_possible_truncation, reason = "within the range, and a fraction of a second is cut")]
            seconds.map(|seconds| Some(seconds as i64)).ok_or(JwtError::Malformed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW_S: i64 = 1_795_253_400;
    const BOTH: &[Alg] = &[Alg::Rs256, Alg::Es256];

    #[test]
    fn a_good_token_says_who_somebody_is() {
        let expected = Claims {
            subject: "u-17".to_owned(),
            email: Some("mara@larkfield.example.com".to_owned()),
            email_verified: true,
        };
        assert_eq!(read(|_| ()), Ok(expected.clone()));
        assert_eq!(read(|it| it["aud"] = json!(["usher"])), Ok(expected.clone()));
        assert_eq!(read(|it| it["azp"] = json!("usher")), Ok(expected.clone()));
        let two = |it: &mut Value| (it["aud"], it["azp"]) = (json!(["usher", "other"]), json!("usher"));
        assert_eq!(read(two), Ok(expected.clone()));
        assert_eq!(read(|it| it["email_verified"] = json!("true")), Ok(expected));
        assert_eq!(read(|it| it["exp"] = json!(NOW_S - SKEW_S + 1)).map(drop), Ok(()));
        assert_eq!(read(|it| it["iat"] = json!(NOW_S + SKEW_S)).map(drop), Ok(()));
    }

    #[test]
    fn what_the_issuer_does_not_vouch_for_is_not_vouched_for() {
        for unsure in [json!(false), json!("false"), json!(1), json!("yes"), Value::Null] {
            assert!(!read(|it| it["email_verified"] = unsure.clone()).unwrap().email_verified, "{unsure}");
        }
        assert!(!read(|it| drop(it.as_object_mut().unwrap().remove("email_verified"))).unwrap().email_verified);
    }

    #[test]
    fn anything_else_is_refused_for_what_it_is() {
        let gone = |name: &'static str| move |it: &mut Value| drop(it.as_object_mut().unwrap().remove(name));
        for (why, result) in [
            (JwtError::Issuer, read(|it| it["iss"] = json!("https://evil.example"))),
            (JwtError::Issuer, read(|it| it["iss"] = json!("https://id.example.com/"))),
            (JwtError::Issuer, read(gone("iss"))),
            (JwtError::Audience, read(|it| it["aud"] = json!("other"))),
            (JwtError::Audience, read(|it| it["aud"] = json!([]))),
            (JwtError::Audience, read(|it| it["aud"] = json!(["usher", "other"]))),
            (JwtError::Audience, read(|it| it["azp"] = json!("other"))),
            (JwtError::Audience, read(|it| it["azp"] = json!(["usher"]))),
            (JwtError::Audience, read(gone("aud"))),
            (JwtError::Expired, read(|it| it["exp"] = json!(NOW_S - SKEW_S))),
            (JwtError::Expired, read(gone("exp"))),
            (JwtError::Expired, read(|it| it["iat"] = json!(NOW_S - MAX_AGE_S - 1))),
            (JwtError::NotYet, read(|it| it["iat"] = json!(NOW_S + SKEW_S + 1))),
            (JwtError::NotYet, read(|it| it["nbf"] = json!(NOW_S + SKEW_S + 1))),
            (JwtError::NotYet, read(gone("iat"))),
            (JwtError::Malformed, read(|it| it["exp"] = json!("tomorrow"))),
            (JwtError::Malformed, read(|it| it["exp"] = json!(-1))),
            (JwtError::Malformed, read(|it| *it = json!([]))),
            (JwtError::Nonce, read(|it| it["nonce"] = json!("n-2"))),
            (JwtError::Nonce, read(gone("nonce"))),
            (JwtError::Nobody, read(gone("sub"))),
        ] {
            assert_eq!(result, Err(why));
        }
    }

    #[test]
    fn only_two_algorithms_are_any() {
        let header = |alg: &str| json!({ "alg": alg, "kid": "k1", "jku": "https://evil.example", "jwk": {} });
        assert_eq!(read_header(&header("RS256"), BOTH), Ok(Header { alg: Alg::Rs256, kid: Some("k1".to_owned()) }));
        for bad in ["none", "None", "HS256", "RS512", "PS256", "rs256", ""] {
            assert_eq!(read_header(&header(bad), BOTH), Err(JwtError::Algorithm), "{bad}");
        }
        assert_eq!(read_header(&header("ES256"), &[Alg::Rs256]), Err(JwtError::Algorithm));
        assert_eq!(read_header(&json!({ "alg": "RS256", "crit": ["exp"] }), BOTH), Err(JwtError::Algorithm));
        assert_eq!(read_header(&json!({ "alg": ["RS256"] }), BOTH), Err(JwtError::Algorithm));
        assert_eq!(read_header(&json!({ "alg": "RS256", "kid": 1 }), BOTH), Err(JwtError::Malformed));
        assert_eq!(read_header(&json!("RS256"), BOTH), Err(JwtError::Malformed));
    }

    #[test]
    fn a_key_is_found_by_name_and_must_be_made_for_it() {
        let n = "n".repeat(342);
        let rsa = |more: Value| {
            let mut key = json!({ "kty": "RSA", "kid": "k1", "n": n, "e": "AQAB" });
            key.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            key
        };
        let ec = json!({ "kty": "EC", "kid": "k2", "crv": "P-256", "x": "x", "y": "y" });
        let secret = json!({ "kty": "oct", "kid": "k3", "k": "c2VjcmV0" });
        let find = |keys: Value, alg, kid: Option<&str>| {
            key_of(&json!({ "keys": keys }), &Header { alg, kid: kid.map(str::to_owned) })
        };
        let all = json!([rsa(json!({ "use": "sig", "alg": "RS256", "d": "private" })), ec, secret]);
        assert_eq!(find(all.clone(), Alg::Rs256, Some("k1")), Ok(Key::Rsa { n: n.clone(), e: "AQAB".to_owned() }));
        assert_eq!(find(all.clone(), Alg::Es256, Some("k2")), Ok(Key::P256 { x: "x".to_owned(), y: "y".to_owned() }));
        assert_eq!(find(all.clone(), Alg::Rs256, None), Ok(Key::Rsa { n: n.clone(), e: "AQAB".to_owned() }));
        for (keys, alg, kid) in [
            (all.clone(), Alg::Rs256, Some("k2")),
            (all.clone(), Alg::Es256, Some("k1")),
            (all.clone(), Alg::Rs256, Some("k3")),
            (all.clone(), Alg::Rs256, Some("k4")),
            (json!([rsa(json!({})), rsa(json!({}))]), Alg::Rs256, None),
            (json!([rsa(json!({})), rsa(json!({}))]), Alg::Rs256, Some("k1")),
            (json!([rsa(json!({ "use": "enc" }))]), Alg::Rs256, Some("k1")),
            (json!([rsa(json!({ "alg": "RS512" }))]), Alg::Rs256, Some("k1")),
            (json!([rsa(json!({ "n": "n".repeat(171) }))]), Alg::Rs256, Some("k1")),
            (json!([rsa(json!({ "n": "n".repeat(2_000) }))]), Alg::Rs256, Some("k1")),
            (json!([{ "kty": "EC", "kid": "k2", "crv": "P-384", "x": "x", "y": "y" }]), Alg::Es256, Some("k2")),
            (json!([]), Alg::Rs256, None),
            (json!("keys"), Alg::Rs256, None),
        ] {
            assert_eq!(find(keys.clone(), alg, kid), Err(JwtError::Key), "{keys}");
        }
    }

    #[test]
    fn a_token_has_three_parts() {
        let parts = Parts { signed: "a.b", header: "a", claims: "b", signature: "c" };
        assert_eq!(split("a.b.c"), Ok(parts));
        assert_eq!(split("a.b."), Ok(Parts { signature: "", ..parts }));
        for bad in ["", "a", "a.b", "a.b.c.d", "a.b.c.d.e", "..", ".b.c", "a..c", &"x".repeat(MAX_TOKEN_BYTES + 1)] {
            assert_eq!(split(bad), Err(JwtError::Malformed), "{bad:.20}");
        }
    }

    #[test]
    fn access_vouches_for_people_and_for_its_application_only() {
        let team = "https://larkfield.cloudflareaccess.com";
        let read = |change: &dyn Fn(&mut Value)| {
            let mut claims = json!({
                "iss": team, "aud": ["tag"], "iat": NOW_S - 30, "nbf": NOW_S - 30, "exp": NOW_S + 600, "sub": "s",
                "email": "mara@larkfield.example.com", "type": "app",
            });
            change(&mut claims);
            read_access(&claims, team, "tag", at())
        };
        assert_eq!(read(&|_| ()).unwrap().email.as_deref(), Some("mara@larkfield.example.com"));
        assert_eq!(read(&|it| it["iat"] = json!(NOW_S - 80_000)).map(drop), Ok(()), "a session of Access lasts a day");
        for (why, result) in [
            (JwtError::Issuer, read(&|it| it["iss"] = json!("https://other.cloudflareaccess.com"))),
            (JwtError::Audience, read(&|it| it["aud"] = json!(["other"]))),
            (JwtError::Audience, read(&|it| it["type"] = json!("org"))),
            (JwtError::Expired, read(&|it| it["exp"] = json!(NOW_S - 61))),
            (JwtError::NotYet, read(&|it| it["nbf"] = json!(NOW_S + 61))),
            (JwtError::Nobody, read(&|it| it["email"] = json!(""))),
            (JwtError::Nobody, read(&|it| drop(it.as_object_mut().unwrap().remove("email")))),
        ] {
            assert_eq!(result.map(drop), Err(why));
        }
    }

    #[test]
    fn user_info_is_of_the_same_person_or_nothing() {
        let info = json!({ "sub": "u-17", "email": "mara@larkfield.example.com", "email_verified": true });
        assert!(read_user_info(&info, "u-17").unwrap().email_verified);
        assert_eq!(read_user_info(&info, "u-18"), Err(JwtError::Nobody));
        assert_eq!(read_user_info(&json!({}), ""), Err(JwtError::Nobody));
    }

    fn at() -> Timestamp {
        Timestamp::from_ms(NOW_S * 1_000)
    }

    fn read(change: impl Fn(&mut Value)) -> Result<Claims, JwtError> {
        let mut claims = json!({
            "iss": "https://id.example.com", "sub": "u-17", "aud": "usher", "nonce": "n-1", "iat": NOW_S, "exp": NOW_S + 600,
            "email": "mara@larkfield.example.com", "email_verified": true,
        });
        change(&mut claims);
        let expected = Expected { issuer: "https://id.example.com", client_id: "usher", nonce: "n-1", at: at() };
        read_id_token(&claims, expected)
    }
}
