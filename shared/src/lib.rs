//! Usher's domain: what a submission is, who sent it, what it is worth, who should answer it and by when.
//!
//! The vocabulary in one page:
//!
//! * a [`wire::Submit`] is what crosses the network; a [`submission::Submission`] is the same thing once it is known to be right;
//! * a [`config::Config`] is a workspace's own data: sites, forms, the score card, routing rules, pools, members;
//! * [`desk::decide`] turns a submission, what is known of the person and the visit before it into one [`desk::Decision`];
//! * a [`rating::Rating`] is what it is worth: a [`score::Score`] by the card, which says why, and what the
//!   [`learn::Learner`] says by what became of others;
//! * an [`experiment::Experiment`] says who sees which prompt, and an [`experiment::Report`] what came of it;
//! * a [`route::Route`] says which team, a [`pool::Pick`] says who of it, a [`fate::Fate`] says how it ended.
//!
//! This crate does no input or output. Time, ids and randomness arrive as arguments, and what must happen comes back as
//! data. It runs unchanged natively, in the browser and at the edge.
//!
//! A browser reads forms and checks what is typed; the feature `compile` adds what reads configurations and decides.

#[cfg(feature = "compile")]
pub mod abuse;
pub mod audit;
pub mod business;
#[cfg(feature = "compile")]
pub mod complaint;
pub mod condition;
#[cfg(feature = "compile")]
pub mod config;
pub mod delivery;
#[cfg(test)]
#[cfg(feature = "compile")]
mod demo;
#[cfg(feature = "compile")]
pub mod desk;
#[cfg(feature = "compile")]
pub mod experiment;
#[cfg(feature = "compile")]
pub mod experiments;
#[cfg(feature = "compile")]
pub mod export;
#[cfg(feature = "compile")]
pub mod facts;
pub mod fate;
#[cfg(feature = "compile")]
pub mod features;
#[cfg(feature = "compile")]
pub mod feedback;
pub mod file;
pub mod form;
#[cfg(feature = "compile")]
pub mod hint;
#[cfg(feature = "compile")]
pub mod idempotency;
#[cfg(feature = "compile")]
pub mod identity;
#[cfg(feature = "compile")]
pub mod jwt;
#[cfg(feature = "compile")]
pub mod learn;
pub mod lifecycle;
#[cfg(feature = "compile")]
pub mod mail;
pub mod multipart;
#[cfg(feature = "compile")]
pub mod notice;
#[cfg(feature = "compile")]
pub mod outcome;
pub mod password;
#[cfg(feature = "compile")]
pub mod patience;
pub mod pattern;
pub mod person;
#[cfg(feature = "compile")]
pub mod pool;
pub mod pricing;
#[cfg(feature = "compile")]
pub mod privacy;
pub mod promise;
#[cfg(feature = "compile")]
pub mod prompt;
#[cfg(feature = "compile")]
pub mod rating;
pub mod reference;
#[cfg(feature = "compile")]
pub mod right;
pub mod robot;
#[cfg(feature = "compile")]
pub mod route;
#[cfg(feature = "compile")]
pub mod score;
pub mod scrub;
#[cfg(feature = "compile")]
pub mod search;
#[cfg(feature = "compile")]
pub mod sign_in;
#[cfg(feature = "compile")]
pub mod signal;
pub mod site;
pub mod snippet;
pub mod source;
pub mod submission;
#[cfg(feature = "compile")]
pub mod template;
pub mod time;
pub mod token;
pub mod touch;
pub mod visit;
pub mod wire;
pub mod words;
