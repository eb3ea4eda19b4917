//! What is asked for somebody who is not signed in. What carries a hash has no `Debug`.

use serde::{Deserialize, Serialize};

/// What somebody wants who is not signed in. What carries a hash has no `Debug`.
#[derive(Serialize, Deserialize)]
pub enum DoorAsk {
    /// To know how one signs in here.
    Rules,
    /// To try a password: with what it is to be hashed.
    Begin {
        /// The address that was typed.
        email: String,
        /// Their network, hashed.
        network: Option<String>,
        /// What this browser is known by.
        device: Option<String>,
    },
    /// To sign in with the hash.
    Finish(Box<Finish>),
    /// To keep a password that was just right under a higher cost.
    Rehash {
        /// The secret of the session that it opened.
        session: String,
        /// The hash that was right.
        from: String,
        /// What is to be kept.
        to: String,
    },
    /// To come in as whom somebody else vouches for.
    Vouched {
        /// The address that was proved.
        email: String,
        /// Whether by Cloudflare Access, and not by OpenID Connect.
        by_access: bool,
        /// A name that lets in one time only, and until when it must be remembered.
        once: Option<(String, i64)>,
        /// The secret of the session that this browser had before.
        before: Option<String>,
    },
}

impl core::fmt::Debug for DoorAsk {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("DoorAsk")
    }
}

/// A password that was hashed.
#[derive(Serialize, Deserialize)]
pub struct Finish {
    /// The address that was typed.
    pub email: String,
    /// The hash, in hexadecimal.
    pub hash: String,
    /// Their network, hashed.
    pub network: Option<String>,
    /// What this browser is known by.
    pub device: Option<String>,
    /// The secret of the session that this browser had before.
    pub before: Option<String>,
}
