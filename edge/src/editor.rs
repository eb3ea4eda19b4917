//! Editor links: a page's address with a short-lived, signed token, by which the person who writes prompts sees on the page
//! itself why each is shown or not. It opens nothing else, for nobody but this workspace, and ends after an hour.

use hmac::Mac as _;
use shared::time::Timestamp;
use worker::{Env, Url};

use crate::error::Failure;
use crate::{chance, secret};

/// The name of the token in a page's address; `widget/loader/prompts.js` takes it out of there.
pub const PARAMETER: &str = "usher_editor";
/// How long a link opens.
const LIFE_MINUTES: u32 = 60;
const PURPOSE: &str = "editor";

/// A link to a page of the workspace's, and when it ends.
///
/// # Errors
/// Where the registry does not answer.
pub async fn link(env: &Env, workspace: &str, mut page: Url, now: Timestamp) -> Result<(String, Timestamp), Failure> {
    let ends = now.later_by_minutes(LIFE_MINUTES);
    let time = format!("{:x}", ends.as_ms());
    let mac = secret::mac(env, PURPOSE, &[workspace, &time]).await?.finalize().into_bytes();
    page.query_pairs_mut().append_pair(PARAMETER, &format!("{time}.{}", chance::to_hex(&mac)));
    Ok((page.into(), ends))
}

/// Whether a token is one that this installation made for the workspace, and has not ended.
///
/// # Errors
/// As [`link`].
pub async fn is_valid(env: &Env, workspace: &str, token: &str, now: Timestamp) -> Result<bool, Failure> {
    let Some((time, signature)) = token.split_once('.') else { return Ok(false) };
    let ends = i64::from_str_radix(time, 16).unwrap_or_default();
    let Some(signature) = chance::from_hex(signature) else { return Ok(false) };
    if ends <= now.as_ms() {
        return Ok(false);
    }
    Ok(secret::mac(env, PURPOSE, &[workspace, time]).await?.verify_slice(&signature).is_ok())
}
