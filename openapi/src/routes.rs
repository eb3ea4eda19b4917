//! The table of all routes. One entry for each; `tests/router.rs` compares it with the edge's own.

mod account;
mod experiments;
mod items;
mod operate;
mod operator;
mod platform;
mod privacy;
mod routing;
mod scoring;
mod sites;
mod team;
mod visitors;

use crate::route::Group;

/// Every route, by what it is for.
pub fn all() -> Vec<Group> {
    vec![
        visitors::group(),
        platform::group(),
        operator::group(),
        account::group(),
        items::group(),
        team::group(),
        sites::group(),
        routing::group(),
        scoring::group(),
        experiments::group(),
        operate::group(),
        privacy::group(),
    ]
}
