//! Mail that comes in: `POST /v1/workspaces/{workspace}/mail`, the mail itself as `message/rfc822`.

use serde::{Deserialize, Serialize};

/// The largest mail, in bytes: with its files.
pub const MAX_MAIL_BYTES: usize = 10 * 1024 * 1024;

/// What became of a mail. None of these is worth sending it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct MailTaken {
    /// `accepted`: it opened an item. `appended`: it answers one that is open, and stands there. `held`: somebody looks at it first.
    /// `duplicate`: it was here before. `refused_automatic`: no person wrote it.
    pub fate: String,
    /// The reference of the item, or of what is held; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// A mail as it was read, between the Worker and the desk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The address that it is from, as it is written.
    pub from: String,
    /// The name beside it; may be empty.
    pub name: String,
    /// The addresses that it is to: of the envelope first, then of its headers.
    pub to: Vec<String>,
    /// The subject, in one line.
    pub subject: String,
    /// The text, whole: lines end in `\n`.
    pub text: String,
    /// Its `Message-ID`, without angle brackets; may be empty.
    pub id: String,
    /// The ids of the mails that it answers, the nearest first.
    pub answers: Vec<String>,
    /// What came with it: the names of files.
    pub files: Vec<String>,
    /// Whether a program wrote it: an automatic answer, a report of what could not be delivered.
    pub automatic: bool,
    /// Whether the mail server before us took it for spam.
    pub spam: bool,
    /// Whether the mail server before us found that it is not from where it says (DMARC).
    pub forged: bool,
}
