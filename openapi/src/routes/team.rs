//! Who is there, and who works when.

use shared::right::Right::{Manage, SeeTeam};
use shared::wire::console::Presence;
use shared::wire::team::{ChangePlan, TeamView};

use crate::route::{Group, get, post, put};

pub fn group() -> Group {
    Group {
        tag: "Team",
        says: "Who is there, who works when, and what is at risk.",
        routes: vec![
            get("/v1/console/team", "readTeam", "Read who is there and has how much to do")
                .member(SeeTeam)
                .gives::<TeamView>(),
            put("/v1/console/team/{member}", "changePlan", "Change when a member works")
                .member(Manage)
                .takes::<ChangePlan>()
                .gives::<TeamView>()
                .or(&["404 unknown_member", "409 stale", "422 invalid_config", "422 invalid_plan"]),
            post("/v1/console/team/{member}/presence", "setPresence", "Say whether a member is there")
                .member(Manage)
                .takes::<Presence>()
                .gives::<TeamView>()
                .or(&["404 unknown_member", "422 invalid_presence"]),
        ],
    }
}
