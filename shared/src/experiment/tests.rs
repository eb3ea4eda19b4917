//! Assignment and statistics together: what must hold for any experiment.

mod assigning;
mod deciding;
