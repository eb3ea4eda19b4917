//! What the loader and the widget need to know of a site: one cacheable call, `GET /v1/boot/{site_key}`.

use serde::{Deserialize, Serialize};

use super::form::Form;

/// The public configuration of one site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boot {
    /// The words on the launcher.
    pub launcher: String,
    /// The name visitors know the workspace by.
    pub name: String,
    /// Path patterns of the site's pricing pages: a path, or a prefix ending in `*`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pricing: Vec<String>,
    /// The forms this site may show.
    pub forms: Vec<Form>,
}
