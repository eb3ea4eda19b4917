//! What only this installation can sign: a random secret that the registry keeps, and that is remembered once it was asked
//! for. Each use of it names its purpose, so that what was signed for one means nothing for another.

use std::cell::RefCell;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use worker::Env;

use crate::error::Failure;
use crate::registry_do::{self, Answer, Ask};
use crate::rpc;

thread_local! {
    static SECRET: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Signs `parts` for a purpose. Verify with [`Mac::verify_slice`](hmac::Mac::verify_slice), which takes the same time
/// whatever differs.
///
/// # Errors
/// Where the registry does not answer.
pub async fn mac(env: &Env, purpose: &str, parts: &[&str]) -> Result<Hmac<Sha256>, Failure> {
    let secret = secret(env).await?;
    let damaged = || Failure::BadRow { table: "secret", what: "no key".to_owned() };
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|_| damaged())?;
    for part in [purpose].iter().chain(parts) {
        mac.update(part.as_bytes());
        mac.update(&[0]);
    }
    Ok(mac)
}

async fn secret(env: &Env) -> Result<String, Failure> {
    if let Some(known) = SECRET.with_borrow(Clone::clone) {
        return Ok(known);
    }
    let Answer::Text(Some(secret)) = rpc::ask("registry", registry_do::stub(env)?, &Ask::Secret).await? else {
        return Err(Failure::BadRow { table: "secret", what: "no answer".to_owned() });
    };
    SECRET.set(Some(secret.clone()));
    Ok(secret)
}
