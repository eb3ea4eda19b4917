//! OpenID Connect: the authorization code flow with PKCE (S256), state and nonce.
//!
//! What belongs to one sign-in travels in a cookie of the browser that began it, sealed by this installation: state, nonce,
//! verifier, where to go then. So nothing is kept for those who never come back, and nobody else's browser can end what
//! this one began.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::Mac as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use shared::jwt::{Alg, Claims, Expected, JwtError, read_id_token, read_user_info};
use shared::wire::sign_in::OpenId;
use worker::Env;

use super::fetch::{Age, NoAnswer, Sent, ask, document};
use super::token::{self, Checked};
use crate::error::Failure;
use crate::same::is_same;
use crate::{chance, clock, config, log, secret};

/// How long somebody may take at the provider's, in seconds.
pub const STATE_S: i64 = 10 * 60;
const PURPOSE: &str = "openid";
const SCOPE: &str = "openid email profile";
/// The longest code that is read.
const MAX_CODE_BYTES: usize = 4_096;

/// Why somebody who came back is not signed in. The tag is told to the sign-in page, which has a sentence for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// No provider is configured.
    Off,
    /// The provider does not answer, or not as it should.
    Unreachable,
    /// The provider, or whoever sat there, said no.
    Denied,
    /// This browser began no such sign-in, or too long ago, or has ended it before.
    State,
    /// What the provider said cannot be believed.
    Token,
    /// The provider tells no address, or has not made sure of it.
    Unverified,
    /// Nobody here has the address.
    NoMember,
}

impl Trouble {
    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Off => "openid_off",
            Self::Unreachable => "openid_unreachable",
            Self::Denied => "openid_denied",
            Self::State => "openid_state",
            Self::Token => "openid_token",
            Self::Unverified => "openid_unverified",
            Self::NoMember => "no_member",
        }
    }
}

/// One sign-in, between its beginning and its end.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Begun {
    /// At which workspace.
    pub workspace: String,
    /// At whose provider: a configuration that changes meanwhile ends it.
    issuer: String,
    client_id: String,
    state: String,
    nonce: String,
    verifier: String,
    redirect_uri: String,
    /// Where to go then.
    pub to: String,
    ends_at: i64,
}

impl Begun {
    /// What is remembered so that it is ended once, and until when.
    pub fn once(&self) -> (String, i64) {
        (format!("openid {}", self.state), self.ends_at)
    }
}

/// What a provider says of itself, as far as we go by it.
#[derive(Debug, Clone, Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Begins: where to go, and the cookie for the way back.
///
/// # Errors
/// Where the registry does not answer, or there are no random bytes.
pub async fn begin(
    env: &Env,
    provider: &OpenId,
    workspace: &str,
    redirect_uri: String,
    to: &str,
) -> Result<Result<(String, String), Trouble>, Failure> {
    let discovery = match discover(&provider.issuer).await {
        Ok(discovery) => discovery,
        Err(trouble) => return Ok(Err(trouble)),
    };
    let begun = Begun {
        workspace: workspace.to_owned(),
        issuer: provider.issuer.clone(),
        client_id: provider.client_id.clone(),
        state: chance::hex::<32>()?,
        nonce: chance::hex::<32>()?,
        verifier: chance::hex::<32>()?,
        redirect_uri,
        to: to.to_owned(),
        ends_at: clock::now().as_ms() + STATE_S * 1_000,
    };
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(begun.verifier.as_bytes()));
    let query = form(&[
        ("response_type", "code"),
        ("client_id", &begun.client_id),
        ("redirect_uri", &begun.redirect_uri),
        ("scope", SCOPE),
        ("state", &begun.state),
        ("nonce", &begun.nonce),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]);
    let endpoint = &discovery.authorization_endpoint;
    let url = format!("{endpoint}{}{query}", if endpoint.contains('?') { '&' } else { '?' });
    Ok(Ok((url, seal(env, &begun).await?)))
}

/// What came back from the provider.
#[derive(Debug, Default, Deserialize)]
pub struct Answer {
    /// The code to ask with.
    pub code: Option<String>,
    /// Which sign-in it ends.
    pub state: Option<String>,
    /// Why there is none.
    pub error: Option<String>,
    /// Who answers (RFC 9207).
    pub iss: Option<String>,
}

/// The sign-in that a cookie is of and an answer ends.
///
/// # Errors
/// Where the registry does not answer.
pub async fn begun(env: &Env, cookie: Option<&str>, answer: &Answer) -> Result<Option<Begun>, Failure> {
    let Some((payload, seal)) = cookie.and_then(|cookie| cookie.split_once('.')) else { return Ok(None) };
    let seal = chance::from_hex(seal).unwrap_or_default();
    if secret::mac(env, PURPOSE, &[payload]).await?.verify_slice(&seal).is_err() {
        return Ok(None);
    }
    let begun = URL_SAFE_NO_PAD.decode(payload).ok().and_then(|json| serde_json::from_slice::<Begun>(&json).ok());
    let is_its_end = |begun: &Begun| {
        let state = answer.state.as_deref().unwrap_or_default();
        clock::now().as_ms() < begun.ends_at && is_same(&begun.state, state)
    };
    Ok(begun.filter(is_its_end))
}

/// Ends: who it is, by the provider's word.
///
/// # Errors
/// Where the runtime has no cryptography.
pub async fn end(
    env: &Env,
    provider: &OpenId,
    begun: &Begun,
    answer: &Answer,
) -> Result<Result<String, Trouble>, Failure> {
    if provider.issuer != begun.issuer || provider.client_id != begun.client_id {
        return Ok(Err(Trouble::State));
    }
    let discovery = match discover(&provider.issuer).await {
        Ok(discovery) => discovery,
        Err(trouble) => return Ok(Err(trouble)),
    };
    let is_theirs = match &answer.iss {
        Some(issuer) => *issuer == provider.issuer,
        None => !discovery.authorization_response_iss_parameter_supported,
    };
    if !is_theirs {
        token::refused("openid_refused", JwtError::Issuer);
        return Ok(Err(Trouble::Token));
    }
    let code = answer.code.as_deref().filter(|code| !code.is_empty() && code.len() <= MAX_CODE_BYTES);
    let (None, Some(code)) = (&answer.error, code) else { return Ok(Err(Trouble::Denied)) };
    let tokens = match redeem(env, &discovery, begun, code).await {
        Ok(tokens) => tokens,
        Err(trouble) => return Ok(Err(trouble)),
    };
    let text = |name: &str| tokens.get(name).and_then(Value::as_str);
    let id_token = text("id_token").unwrap_or_default();
    let claims = match token::check(id_token, &discovery.jwks_uri, &[Alg::Rs256, Alg::Es256]).await? {
        Checked::Good(claims) => claims,
        Checked::Bad(why) => {
            token::refused("openid_refused", why);
            return Ok(Err(Trouble::Token));
        }
        Checked::NoKeys(why) => return Ok(Err(unreachable("keys", why))),
    };
    let expected =
        Expected { issuer: &provider.issuer, client_id: &provider.client_id, nonce: &begun.nonce, at: clock::now() };
    let claims = match read_id_token(&claims, expected) {
        Ok(claims) => claims,
        Err(why) => {
            token::refused("openid_refused", why);
            return Ok(Err(Trouble::Token));
        }
    };
    Ok(address(&discovery, claims, text("access_token")).await)
}

/// The address that the provider has made sure of: of the ID token, or, where that has none, of the user info.
async fn address(discovery: &Discovery, claims: Claims, access_token: Option<&str>) -> Result<String, Trouble> {
    let claims = match (&claims.email, &discovery.userinfo_endpoint, access_token) {
        (None, Some(endpoint), Some(access_token)) => {
            let bearer = format!("Bearer {access_token}");
            let sent = Sent { authorization: Some(&bearer), form: None };
            let info = ask(endpoint, Some(sent)).await.map_err(|why| unreachable("user info", why))?;
            read_user_info(&info, &claims.subject).map_err(|why| {
                token::refused("openid_refused", why);
                Trouble::Token
            })?
        }
        _ => claims,
    };
    claims.email.filter(|_| claims.email_verified).ok_or(Trouble::Unverified)
}

/// Turns a code into tokens.
async fn redeem(env: &Env, discovery: &Discovery, begun: &Begun, code: &str) -> Result<Value, Trouble> {
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &begun.redirect_uri),
        ("code_verifier", &begun.verifier),
    ];
    let secret = config::openid_secret(env, &begun.workspace);
    let methods = &discovery.token_endpoint_auth_methods_supported;
    // `client_secret_basic` is what holds where a provider says nothing (OpenID Connect Discovery, 3).
    let in_body = !methods.is_empty() && !methods.iter().any(|method| method == "client_secret_basic");
    let mut authorization = None;
    match &secret {
        Some(secret) if in_body => fields.extend([("client_id", begun.client_id.as_str()), ("client_secret", secret)]),
        Some(secret) => {
            let both = format!("{}:{}", escaped(&begun.client_id), escaped(secret));
            authorization = Some(format!("Basic {}", STANDARD.encode(both)));
        }
        None => fields.push(("client_id", &begun.client_id)),
    }
    let sent = Sent { authorization: authorization.as_deref(), form: Some(&form(&fields)) };
    ask(&discovery.token_endpoint, Some(sent)).await.map_err(|why| match why {
        // The code is none, or was redeemed before; or we are not who we say.
        NoAnswer::Status(400..=499) => {
            log::event("openid_code_refused", &why.says());
            Trouble::Token
        }
        why => unreachable("token endpoint", why),
    })
}

async fn discover(issuer: &str) -> Result<Discovery, Trouble> {
    let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let document = document(&url, Age::Usual).await.map_err(|why| unreachable("discovery", why))?;
    let discovery: Option<Discovery> = serde_json::from_value(document.as_ref().clone()).ok();
    // Another issuer's document would let another issuer's tokens in. The page that people are sent to is as safe as the rest.
    let is_sound = |discovery: &Discovery| {
        discovery.issuer == issuer && shared::sign_in::is_safe_address(&discovery.authorization_endpoint)
    };
    discovery.filter(is_sound).ok_or_else(|| unreachable("discovery", NoAnswer::Unreadable))
}

fn unreachable(what: &'static str, why: NoAnswer) -> Trouble {
    log::event("openid_unreachable", &format!("{what}: {}", why.says()));
    Trouble::Unreachable
}

async fn seal(env: &Env, begun: &Begun) -> Result<String, Failure> {
    let payload = URL_SAFE_NO_PAD.encode(crate::sql::to_json("openid", begun)?);
    let seal = secret::mac(env, PURPOSE, &[&payload]).await?.finalize().into_bytes();
    Ok(format!("{payload}.{}", chance::to_hex(&seal)))
}

/// Names and values as `application/x-www-form-urlencoded`.
fn form(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    pairs.join("&")
}

/// Everything but letters, digits and `-._~` in percent signs.
fn escaped(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stays_one_value() {
        assert_eq!(form(&[("a", "b c&d=e/\u{e9}"), ("f", "g-._~")]), "a=b%20c%26d%3De%2F%C3%A9&f=g-._~");
    }

    #[test]
    fn the_challenge_is_that_of_the_standard() {
        // RFC 7636, appendix B.
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(b"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
