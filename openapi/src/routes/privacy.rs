//! People's own data: for how long it is kept, what is known of one person, and how they are erased.

use serde_json::json;
use shared::right::Right::Privacy;
use shared::wire::privacy::{
    ChangeHold, ChangeRetention, ErasePerson, Erased, PersonExport, PersonPrivacy, PrivacyView,
};

use crate::route::{Group, get, post};

pub fn group() -> Group {
    Group {
        tag: "Privacy",
        says: "For admins: what is known of a person, taken out or erased; holds; and for how long things are kept.",
        routes: vec![
            get("/v1/console/privacy", "readPrivacy", "Read for how long things are kept, who is on hold and who was erased")
                .member(Privacy)
                .gives::<PrivacyView>(),
            post("/v1/console/privacy/retention", "changeRetention", "Say for how long things are kept")
                .more("Each change is a version of the configuration. Of closed items, the first rule that matches says how long; without one, for ever.")
                .member(Privacy)
                .takes::<ChangeRetention>()
                .such_as(json!({ "version": 1, "retention": { "items": [{ "outcome": "lost", "days": 730 }], "undecided_days": 90 } }))
                .reads_text()
                .gives::<PrivacyView>()
                .or(&["409 stale", "422 invalid_call", "422 invalid_config"]),
            get("/v1/console/people/{person}/privacy", "readPersonPrivacy", "Read what a person agreed to, and what holds them")
                .more("Of somebody who was erased, that they were.")
                .member(Privacy)
                .gives::<PersonPrivacy>()
                .or(&["404 unknown_person"]),
            get("/v1/console/people/{person}/export", "exportPerson", "Take out everything that is known of a person")
                .more("From the desk, the journals and the files. Who took it is in the audit log.")
                .member(Privacy)
                .gives::<PersonExport>()
                .or(&["404 unknown_person"]),
            post("/v1/console/people/{person_to_erase}/erase", "erasePerson", "Erase a person for good")
                .more("With all records that are one with theirs. It cannot be taken back; asked for again, it says what was done.")
                .member(Privacy)
                .takes::<ErasePerson>()
                .such_as(json!({ "reason": "asked" }))
                .reads_text()
                .gives::<Erased>()
                .or(&["404 unknown_person", "409 on_hold", "422 invalid_call"]),
            post("/v1/console/people/{person}/hold", "changeHold", "Place a hold on a person, or lift it")
                .more("As long as it is there, nothing of them is deleted.")
                .member(Privacy)
                .takes::<ChangeHold>()
                .such_as(json!({ "act": "place", "reason": "A claim is before the court." }))
                .reads_text()
                .gives::<PersonPrivacy>()
                .or(&["404 unknown_person", "409 not_on_hold", "409 on_hold", "422 invalid_call", "422 reason_missing"]),
        ],
    }
}
