//! Experiments on prompts: which prompt each arm is ([`arms`]), what visitors may have done who saw one ([`measure`]), what members
//! change ([`change`]), and what came of it, from totals alone ([`results`]).
//!
//! Not here: who is in which arm, and what may be said of totals ([`crate::experiment`], which knows no prompt); or where rows
//! are kept (`edge::journal_do::arms`, `edge::desk_do::credit`).

pub mod arms;
pub mod change;
mod lines;
pub mod measure;
pub mod results;
mod says;
pub mod tally;

pub use lines::{csv, line};
pub use says::plan as plan_says;
