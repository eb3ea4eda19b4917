//! What several pages share.

mod keys;
mod labels;
mod notice;
mod shell;

pub use keys::{Keys, on_key};
pub use labels::{Due, Partner, Score, Tier, When};
pub use notice::{Notice, Waiting};
pub use shell::Shell;
