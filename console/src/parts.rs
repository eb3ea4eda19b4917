//! What several pages share.

mod chart;
mod explained;
mod fields;
mod keys;
mod labels;
mod learnt;
mod notice;
mod shell;

pub use chart::{Bars, Curves, Series};
pub use explained::explained;
pub use fields::{Colour, Lines, Number, Select, Several, Text, Wrong, Wrongs, id_of, invalid, typed_number};
pub use keys::{Keys, on_key};
pub use labels::{Due, Partner, Score, Tier, When};
pub use notice::{Notice, Waiting};
pub use shell::Shell;
