//! The checks that need a key: signed times, proofs of work, Turnstile, links for one visitor, and the platform's tokens. What they find is
//! evidence; what becomes of a submission is decided in [`shared::abuse`].
//!
//! A workspace has one secret, random, made by its desk and kept there. Each use signs under a name of its own, so that
//! what was signed for one purpose is worth nothing for another. Everything is compared in constant time.

pub mod feedback;
pub mod identity;
pub mod proof;
pub mod stamp;
pub mod turnstile;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// A keyed hash over some parts, for one purpose. The parts are told apart by a byte that no part holds.
fn keyed(secret: &str, purpose: &'static str, parts: &[&str]) -> Hmac<Sha256> {
    let mut mac = hmac_of(secret.as_bytes());
    for part in [purpose].iter().chain(parts) {
        mac.update(part.as_bytes());
        mac.update(&[0]);
    }
    mac
}

fn hmac_of(key: &[u8]) -> Hmac<Sha256> {
    Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length")
}
