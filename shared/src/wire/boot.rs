//! What the loader, the tracker and the widget need to know of a site, in one language: one cacheable call,
//! `GET /v1/boot/{site_key}?lang={tag}`, as JSON, or with `.js` after the key as a module that also carries the code of
//! what the site uses.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::config::Theme;
use super::form::Form;
use super::prompt::Prompt;

/// The public configuration of one site, in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Boot {
    /// The words on the launcher; empty where the site shows none.
    pub launcher: String,
    /// The name visitors know the workspace by.
    pub name: String,
    /// The language of all words here: `en`, `pt-BR`.
    pub lang: String,
    /// Whether that language is written from right to left.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub rtl: bool,
    /// The widget's own words, by name; see [`crate::words`].
    pub words: BTreeMap<String, String>,
    /// Path patterns of the site's pricing pages: a path, or a prefix ending in `*`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pricing: Vec<String>,
    /// How the site wants it to look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<Theme>,
    /// The forms this site may show.
    pub forms: Vec<Form>,
    /// The prompts this site may show.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prompts: Vec<Prompt>,
    /// The edge's signed time, to travel with a submission.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stamp: String,
    /// Whether a submission needs a solved challenge (`GET /v1/challenge/{site_key}`).
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub proof: bool,
    /// The public key of Turnstile, where the site uses it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnstile: Option<String>,
}
