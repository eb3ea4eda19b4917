//! Sites and their keys.

use shared::right::Right::Sites;
use shared::wire::sites::{ChangeSites, SitesView};

use crate::route::{Group, get, post};

pub fn group() -> Group {
    Group {
        tag: "Sites",
        says: "The sites that show the widget, and their keys.",
        routes: vec![
            get("/v1/console/sites", "readSites", "Read all sites").member(Sites).gives::<SitesView>(),
            post("/v1/console/sites", "changeSites", "Make or change a site, or its key")
                .member(Sites)
                .takes::<ChangeSites>()
                .reads_text()
                .gives::<SitesView>()
                .or(&["404 unknown_site", "409 stale", "422 invalid_change", "422 invalid_config"]),
        ],
    }
}
