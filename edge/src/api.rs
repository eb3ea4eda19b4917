//! The HTTP side: reads a request, asks an object, writes an answer. Each file is one thing that a caller may want.

mod account;
pub mod boot;
pub mod challenge;
pub mod console;
pub mod cors;
pub mod desk;
pub mod experiments;
pub mod faults;
pub mod feedback;
pub mod files;
pub mod form_page;
pub mod health;
pub mod known;
pub mod operator;
pub mod outcomes;
pub mod preview;
pub mod problem;
pub mod prompts;
pub mod read;
pub mod routing;
mod scoring;
pub mod shield;
mod sign_in;
pub mod signals;
pub mod sites;
pub mod submit;
