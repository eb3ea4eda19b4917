//! Tokens of others: whether the signature is that of a key of theirs. What the claims must say is in [`shared::jwt`].

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use shared::jwt::{Alg, JwtError, key_of, read_header, split};

use super::fetch::{Age, NoAnswer, document};
use super::subtle;
use crate::error::Failure;
use crate::log;

/// What became of a token.
pub enum Checked {
    /// It is theirs: its claims.
    Good(Value),
    /// It is not believed.
    Bad(JwtError),
    /// Their keys could not be had.
    NoKeys(NoAnswer),
}

/// Checks the signature of a token by the keys at an address. A key that is not there yet is looked for once more, since
/// keys change.
///
/// # Errors
/// Where the runtime has no cryptography.
pub async fn check(token: &str, keys_at: &str, allowed: &[Alg]) -> Result<Checked, Failure> {
    let read = split(token).and_then(|parts| {
        let header = read_header(&json(parts.header)?, allowed)?;
        Ok((parts, header, json(parts.claims)?, bytes(parts.signature)?))
    });
    let (parts, header, claims, signature) = match read {
        Ok(read) => read,
        Err(why) => return Ok(Checked::Bad(why)),
    };
    let mut key = Err(JwtError::Key);
    for age in [Age::Usual, Age::Renewed] {
        match document(keys_at, age).await {
            Ok(keys) => key = key_of(&keys, &header),
            Err(why) => return Ok(Checked::NoKeys(why)),
        }
        if key.is_ok() {
            break;
        }
    }
    let key = match key {
        Ok(key) => key,
        Err(why) => return Ok(Checked::Bad(why)),
    };
    if subtle::verify(header.alg, &key, &signature, parts.signed.as_bytes()).await? {
        Ok(Checked::Good(claims))
    } else {
        Ok(Checked::Bad(JwtError::Signature))
    }
}

/// Says in the log why a token was not believed, and never which.
pub fn refused(place: &'static str, why: JwtError) {
    log::event(place, why.tag());
}

fn bytes(part: &str) -> Result<Vec<u8>, JwtError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| JwtError::Malformed)
}

fn json(part: &str) -> Result<Value, JwtError> {
    serde_json::from_slice(&bytes(part)?).map_err(|_| JwtError::Malformed)
}
