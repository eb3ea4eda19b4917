//! What several pages share.

mod area;
mod chart;
mod condition;
mod entry;
mod explained;
mod fields;
mod fold;
pub mod hours;
mod keys;
mod labels;
mod learnt;
mod notice;
mod once;
mod picked;
mod reading;
mod saving;
mod shell;
mod sure;
mod takeout;
mod undo;

pub use area::Area;
pub use chart::{Bars, Curves, Series, Stacks};
pub use condition::{Asked, Condition, FactOptions, Facts, MISSING, control_of, of_signals};
pub use entry::{Entry, Secret};
pub use explained::explained;
pub use fields::{
    Colour, Lines, ListChange, Number, Select, Several, Text, Wrong, Wrongs, id_of, invalid, typed_number,
};
pub use fold::Fold;
pub use keys::{Keys, on_key};
pub use labels::{Due, Partner, Score, Tier, When};
pub use notice::{Notice, Waiting};
pub use once::{Once, ShownOnce};
pub use picked::Picked;
pub use reading::{Read, Reading};
pub use saving::{SaveBar, Saving};
pub use shell::Shell;
pub use sure::Sure;
pub use takeout::Takeout;
pub use undo::UndoBar;
