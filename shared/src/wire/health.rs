//! Whether Usher runs (`GET /livez`), and whether it can take a submission (`GET /readyz`).

use serde::{Deserialize, Serialize};

/// It runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Live {
    /// Always `true`: what does not run answers nothing.
    pub live: bool,
}

/// Its storage answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Ready {
    /// Always `true`: where storage does not answer, this is a 503.
    pub ready: bool,
}
