//! One effect out, keyed and safe to repeat. Each destination has a file.

pub mod webhook;
