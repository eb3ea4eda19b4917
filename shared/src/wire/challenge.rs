//! A proof of work as ALTCHA has it: `GET /v1/challenge/{site_key}`. What solves it travels with a submission, as its `proof`.

use serde::{Deserialize, Serialize};

/// A challenge: find the number of which `hash(salt + number)` is `challenge`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Challenge {
    /// How it is hashed: `SHA-256`.
    pub algorithm: String,
    /// The hash that is to be met, in hexadecimal.
    pub challenge: String,
    /// The largest number that it can be.
    pub maxnumber: u32,
    /// What stands before the number; it says when the challenge ends, and for which site it is.
    pub salt: String,
    /// Proves that it is ours.
    pub signature: String,
}
