//! Everything that crosses a wire, as plain strings, numbers and options: the only serde derives of the workspace's
//! public messages. Meaning is checked elsewhere: a wire value may be wrong, a domain value may not.

pub mod audit;
pub mod boot;
pub mod call;
pub mod card;
pub mod challenge;
pub mod channel;
pub mod config;
pub mod console;
pub mod delivery;
pub mod destination;
pub mod experiment;
pub mod experiments;
pub mod export;
pub mod file;
pub mod form;
pub mod health;
pub mod held;
pub mod known;
pub mod lifecycle;
pub mod lists;
pub mod mail;
pub mod notice;
pub mod operator;
pub mod outcome;
pub mod people;
pub mod pool;
pub mod privacy;
pub mod problem;
pub mod prompt;
pub mod receipt;
pub mod routing;
#[cfg(feature = "openapi")]
mod schema;
pub mod scoring;
pub mod sign_in;
pub mod signal;
pub mod sites;
pub mod submit;
pub mod team;
pub mod token;
pub mod visit;

pub use boot::Boot;
pub use card::{Card, ScoreRule};
pub use channel::Channel;
pub use config::Workspace;
pub use experiment::{Experiment, ExperimentArm, ExperimentNamespace, ExperimentStatus, Measure};
pub use form::{Choice, Field, FieldKind, Form, FormKind};
pub use problem::{FieldProblem, Problem};
pub use prompt::Prompt;
pub use receipt::Receipt;
pub use signal::{Signal, SignalBatch};
pub use submit::{Given, Page, Submit};
