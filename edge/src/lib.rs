//! The Worker. The ways in are the files ending in `_worker` and `_do`; everything else serves one of them.
//!
//! Not here: any rule. What a submission is worth and where it goes is decided in `shared`; this crate reads, asks
//! `shared`, writes what it decided in one transaction, and answers.

mod abuse;
mod afterwards;
mod api;
mod api_worker;
mod chance;
mod clock;
mod config;
mod delivery;
mod desk_do;
mod directory;
mod editor;
mod error;
mod files_do;
mod journal_do;
mod log;
mod mail_worker;
mod meter;
mod registry_do;
mod rpc;
mod same;
mod secret;
mod shed;
mod sign_in;
mod sql;
mod tally;
mod visitor;
mod wash;
mod who;

pub use desk_do::Desk;
pub use files_do::Files;
pub use journal_do::Journal;
pub use registry_do::Registry;
