//! What a lead is worth.

use shared::right::Right::{ChangeScoring, Enter, TryScoring};
use shared::wire::scoring::{
    Basis, CardVersion, CheckCard, Checked, LearnerView, Publish, Replay, ReplayPage, RollBack, SaveDraft, ScoringView,
    WhatIf, WhatIfAnswer,
};

use crate::route::{Group, delete, get, post, put};

pub fn group() -> Group {
    Group {
        tag: "Scoring",
        says: "The score card, its drafts and versions, and the learner beside it.",
        routes: vec![
            get("/v1/console/scoring", "readScoring", "Read the card in force, and the draft")
                .member(Enter)
                .gives::<ScoringView>(),
            get("/v1/console/scoring/learner", "readLearner", "Read how well the learner does")
                .member(Enter)
                .gives::<LearnerView>(),
            get("/v1/console/scoring/versions/{version}", "readCard", "Read the card of a version")
                .member(Enter)
                .gives::<CardVersion>()
                .or(&["404 unknown_version"]),
            get("/v1/console/scoring/basis/{item}", "readBasis", "Read what an item was scored on")
                .member(TryScoring)
                .gives::<Basis>()
                .or(&["404 unknown_item"]),
            post("/v1/console/scoring/check", "checkCard", "Ask what is wrong or odd in a card")
                .member(TryScoring)
                .takes::<CheckCard>()
                .reads_text()
                .gives::<Checked>()
                .or(&["422 invalid_call"]),
            post("/v1/console/scoring/replay", "replayCard", "Score the past by another card")
                .member(TryScoring)
                .takes::<Replay>()
                .reads_text()
                .gives::<ReplayPage>()
                .or(&["422 invalid_call", "422 invalid_card", "422 invalid_days", "422 invalid_start"]),
            post("/v1/console/scoring/what-if", "askWhatIf", "Ask what a lead would be worth")
                .member(TryScoring)
                .takes::<WhatIf>()
                .reads_text()
                .gives::<WhatIfAnswer>()
                .or(&["422 invalid_basis", "422 invalid_call", "422 invalid_card", "422 no_route"]),
            put("/v1/console/scoring/draft", "saveCardDraft", "Keep a draft of the card")
                .member(ChangeScoring)
                .takes::<SaveDraft>()
                .reads_text()
                .gives::<ScoringView>()
                .or(&["409 stale", "422 invalid_call", "422 invalid_card"]),
            delete("/v1/console/scoring/draft", "dropCardDraft", "Throw the draft away")
                .member(ChangeScoring)
                .gives::<ScoringView>(),
            post("/v1/console/scoring/publish", "publishCard", "Put the draft in force")
                .member(ChangeScoring)
                .takes::<Publish>()
                .reads_text()
                .gives::<ScoringView>()
                .or(&["404 no_draft", "409 stale", "422 invalid_call", "422 invalid_card", "422 note_too_long"]),
            post("/v1/console/scoring/roll-back", "rollBackCard", "Put an earlier card in force again")
                .member(ChangeScoring)
                .takes::<RollBack>()
                .reads_text()
                .gives::<ScoringView>()
                .or(&["404 unknown_version", "409 stale", "422 invalid_call", "422 invalid_card"]),
            delete("/v1/console/scoring/rescoring", "stopRescoring", "Stop scoring anew what is open")
                .member(ChangeScoring)
                .gives::<ScoringView>(),
        ],
    }
}
