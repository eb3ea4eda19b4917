//! Where what happens is also told: the tools of sales and success people, and other programs.
//!
//! Every destination is told of the same events and in the same way kept in the outbox; it only differs how one is written
//! (`crate::delivery`). Secrets go in, and never come out again: the console sees destinations without them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One destination.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Destination {
    /// Names it in logs and rows: `crm`. Never given to another one.
    pub id: String,
    /// The name staff read; where empty, the id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Of which items it is told: a condition over what routing reads (facts and score); `{}` is all.
    #[serde(default = "always")]
    pub when: Value,
    /// What it is told of.
    #[serde(default = "only_opened")]
    pub events: Vec<EventKind>,
    /// Whether it is told of nothing for now.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub off: bool,
    /// What it is.
    pub to: To,
}

fn always() -> Value {
    Value::Object(Map::new())
}

fn only_opened() -> Vec<EventKind> {
    vec![EventKind::Opened]
}

/// What happened to an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub enum EventKind {
    /// A submission opened it.
    #[serde(rename = "item.opened")]
    Opened,
    /// It was closed, or its outcome is another one now.
    #[serde(rename = "item.closed")]
    Closed,
    /// It is open again; whoever is told of its end is told of that too.
    #[serde(rename = "item.reopened")]
    Reopened,
    /// Somebody tries the destination.
    #[serde(rename = "test")]
    Test,
}

/// What a destination is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum To {
    /// A program that takes Standard Webhooks.
    Webhook(Webhook),
    /// A channel of a chat that takes Slack's incoming webhooks.
    Chat(Chat),
    /// Mail, by a mail server.
    Smtp(Smtp),
    /// Mail, by an HTTP API of the form that Resend has.
    MailApi(MailApi),
    /// A form of HubSpot's.
    Hubspot(Hubspot),
    /// Leads of Salesforce's, by its web form; it confirms nothing.
    SalesforceForm(SalesforceForm),
    /// Records of Salesforce's, by its REST API.
    Salesforce(Salesforce),
}

impl To {
    /// The stable name of the kind, as it is written.
    pub fn tag(&self) -> &'static str {
        match self {
            Self::Webhook(_) => "webhook",
            Self::Chat(_) => "chat",
            Self::Smtp(_) => "smtp",
            Self::MailApi(_) => "mail_api",
            Self::Hubspot(_) => "hubspot",
            Self::SalesforceForm(_) => "salesforce_form",
            Self::Salesforce(_) => "salesforce",
        }
    }

    /// The secrets, in the order in which they are declared.
    pub fn secrets(&mut self) -> Vec<&mut String> {
        match self {
            Self::Webhook(to) => {
                core::iter::once(&mut to.secret).chain(to.old_secrets.iter_mut().map(|old| &mut old.secret)).collect()
            }
            // Whoever knows the address of a chat's webhook may write there.
            Self::Chat(to) => vec![&mut to.url],
            Self::Smtp(to) => vec![&mut to.password],
            Self::MailApi(to) => vec![&mut to.token],
            Self::Hubspot(to) => vec![&mut to.token],
            Self::SalesforceForm(_) => Vec::new(),
            Self::Salesforce(to) => vec![&mut to.client_secret],
        }
    }
}

/// A program that takes Standard Webhooks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// An `https:` address.
    pub url: String,
    /// The signing secret, `whsec_` and base64.
    pub secret: String,
    /// Secrets that it may still go by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub old_secrets: Vec<OldSecret>,
}

/// A secret that was replaced: what is sent is signed with it too, until it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OldSecret {
    /// As it was.
    pub secret: String,
    /// Until when: RFC 3339.
    pub until: String,
}

/// A channel of a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Chat {
    /// The `https:` address of its incoming webhook.
    pub url: String,
}

/// Mail, by a mail server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    /// Its name: `smtp.example.com`.
    pub host: String,
    /// 465, 587 or 2525; Cloudflare reaches no port 25.
    pub port: u16,
    /// How what is said is kept from others.
    #[serde(default)]
    pub tls: SmtpTls,
    /// The user; where empty, nobody signs in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub user: String,
    /// The user's password.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub password: String,
    /// Whom the mail is from.
    pub from: String,
    /// Who gets it.
    pub to: Vec<String>,
}

/// How a mail server is spoken with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SmtpTls {
    /// TLS from the first byte: port 465.
    #[default]
    Implicit,
    /// `STARTTLS`, without which nothing is sent: port 587.
    Starttls,
    /// None: only for a server on this machine.
    Off,
}

/// Mail, by an HTTP API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MailApi {
    /// Where it takes mails: `https://api.resend.com/emails`.
    pub url: String,
    /// The token that it is opened with.
    pub token: String,
    /// Whom the mail is from.
    pub from: String,
    /// Who gets it.
    pub to: Vec<String>,
}

/// A form of HubSpot's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Hubspot {
    /// The number of the account.
    pub portal: String,
    /// The form's id.
    pub form: String,
    /// A private app's token with the scope `forms`.
    pub token: String,
    /// Which of our values fills which property: `{"email": "values.email"}`; where empty, the usual ones.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// Where its API is; an account in the EU has another one.
    #[serde(default = "hubspot")]
    pub base: String,
}

fn hubspot() -> String {
    "https://api.hsforms.com".to_owned()
}

/// Leads of Salesforce's, by its web form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SalesforceForm {
    /// The organisation's id.
    pub oid: String,
    /// Which of our values fills which field; where empty, the usual ones.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// Where it takes leads.
    #[serde(default = "web_to_lead")]
    pub url: String,
}

fn web_to_lead() -> String {
    "https://webto.salesforce.com/servlet/servlet.WebToLead?encoding=UTF-8".to_owned()
}

/// Records of Salesforce's, by its REST API: made, or brought up to date, by our id of the item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Salesforce {
    /// The organisation's own address: `https://larkfield.my.salesforce.com`.
    pub instance: String,
    /// The connected app's id, for the client credentials flow.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// The kind of record.
    #[serde(default = "lead")]
    pub object: String,
    /// The field, an external id, that has our id of the item.
    #[serde(default = "external_id")]
    pub external_id: String,
    /// Which of our values fills which field; where empty, the usual ones.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
}

fn lead() -> String {
    "Lead".to_owned()
}

fn external_id() -> String {
    "Usher_Item__c".to_owned()
}
