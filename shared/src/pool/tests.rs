use serde_json::{Value, json};

use super::*;
use crate::config::Config;

const NAMES: [&str; 3] = ["mara", "theo", "ines"];
const MONDAY_TEN: &str = "2026-11-23T10:00:00Z";

#[test]
fn a_pool_that_does_not_pick_leaves_the_item_to_whoever_is_first() {
    let pick = picked(&rota("claim", &[]), &Team::default(), None);
    assert_eq!(
        (pick.chosen.clone(), why(&pick).join(", ").as_str()),
        (None, "mara may_take, theo may_take, ines may_take")
    );
}

#[test]
fn whoever_owned_the_persons_last_item_comes_first_whatever_the_strategy() {
    for strategy in Strategy::ALL {
        let pick = picked(&rota(strategy.tag(), &[]), &Team::default(), Some("ines"));
        let chosen = pick.chosen.clone().unwrap();
        assert_eq!((chosen.member.as_str(), chosen.because), ("ines", Because::Owner));
        assert_eq!(why(&pick), ["mara not_owner", "theo not_owner"]);
    }
    // Not where they are not there; but they are not asked for room.
    let away = picked(&rota("ordered", &[]), &team(&[("ines", true, 0)]), Some("ines"));
    assert_eq!(away.chosen.unwrap().member, "mara");
    let full = rota("ordered", &[("ines", json!({ "capacity": { "total": 1 } }))]);
    assert_eq!(picked(&full, &team(&[("ines", false, 9)]), Some("ines")).chosen.unwrap().member, "ines");
}

#[test]
fn in_order_the_first_who_can_take_it_gets_it() {
    let rota = rota("ordered", &[]);
    let chosen = |team: &Team| picked(&rota, team, None).chosen.unwrap();
    assert_eq!(chosen(&Team::default()), Chosen { member: "mara".to_owned(), place: Some(0), because: Because::First });
    assert_eq!(chosen(&team(&[("mara", true, 0)])).member, "theo");
    let alone = team(&[("mara", true, 0), ("theo", true, 0)]);
    assert_eq!(chosen(&alone), Chosen { member: "ines".to_owned(), place: Some(2), because: Because::Only });
}

#[test]
fn the_least_loaded_is_who_has_the_fewest_open_items_and_of_equals_who_waits_longest_for_one() {
    let rota = rota("least_loaded", &[]);
    let loaded = team(&[("mara", false, 2), ("theo", false, 1), ("ines", false, 1)]);
    let least = picked(&rota, &loaded, None);
    assert_eq!(least.chosen, Some(Chosen { member: "theo".to_owned(), place: Some(1), because: Because::Fewest(1) }));
    assert_eq!(why(&least), ["mara busier", "ines busier"]);
    // With nothing to tell them apart they take turns.
    let mut team = idle();
    let turns: Vec<String> = (0..4)
        .map(|turn| {
            let at = at(MONDAY_TEN).later_by_minutes(turn);
            let pick = pick(&rota, "team", &team, Item { wants: &wants(), owner: None, had: &[] }, at);
            team.give(&rota, "team", &pick, FormKind::Inquiry, at);
            let chosen = pick.chosen.unwrap();
            team.loads[chosen.place.unwrap()].open = [0; 3];
            chosen.member
        })
        .collect();
    assert_eq!(turns, ["mara", "theo", "ines", "mara"]);
}

#[test]
fn each_reason_against_somebody_is_told_and_when_it_ends() {
    let day = json!([["09:00", "17:00"]]);
    let night = json!([["22:00", "23:00"]]);
    let hours = |day: &Value| json!({ "zone": "Europe/London", "week": { "monday": day, "wednesday": day } });
    let cases = [
        (json!({ "hours": hours(&night) }), 0, "off_shift", Some("2026-11-23T22:00:00.000Z")),
        (
            json!({ "leave": [{ "from": "2026-11-20", "until": "2026-11-23" }] }),
            0,
            "on_leave",
            Some("2026-11-24T00:00:00.000Z"),
        ),
        (
            json!({ "hours": hours(&day), "leave": [{ "from": "2026-11-23", "until": "2026-11-24" }] }),
            0,
            "on_leave",
            Some("2026-11-25T09:00:00.000Z"),
        ),
        (json!({ "capacity": { "total": 3 } }), 3, "full", None),
        (json!({ "capacity": { "kinds": { "inquiry": 2 } } }), 2, "full_of_kind", None),
        (json!({ "skills": { "billing": 1 } }), 0, "skill", None),
        (json!({ "skills": { "billing": 2 }, "languages": ["de"] }), 0, "language", None),
        (json!({ "skills": { "billing": 2 }, "languages": ["EN"], "territories": ["AT"] }), 0, "territory", None),
    ];
    let asks_much = Wants {
        skills: [("billing".to_owned(), 2)].into(),
        language: Some("en".to_owned()),
        territory: Some("DE".to_owned()),
        ..wants()
    };
    for (member, open, tag, until) in cases {
        let asked = if ["skill", "language", "territory"].contains(&tag) { asks_much.clone() } else { wants() };
        let rota = rota("ordered", &[("mara", member)]);
        let item = Item { wants: &asked, owner: None, had: &[] };
        let pick = pick(&rota, "team", &team(&[("mara", false, open)]), item, at(MONDAY_TEN));
        let (_, why) = pick.others.iter().find(|(place, _)| *place == 0).unwrap();
        assert_eq!((why.tag(), why.until().map(Timestamp::to_rfc3339).as_deref()), (tag, until), "{why:?}");
        assert_eq!(pick.again.is_some(), until.is_some());
        assert!(!why.says(&asked).is_empty());
    }
}

#[test]
fn nobody_is_given_an_item_outside_their_hours_unless_the_rule_says_so() {
    let closed = json!({ "hours": { "zone": "UTC", "week": { "friday": [["09:00", "10:00"]] } } });
    let rota = rota("ordered", &[("mara", closed.clone()), ("theo", closed.clone()), ("ines", closed)]);
    let pick_for = |any_hour| {
        let wants = Wants { any_hour, ..wants() };
        pick(&rota, "team", &Team::default(), Item { wants: &wants, owner: Some("theo"), had: &[] }, at(MONDAY_TEN))
    };
    assert_eq!(pick_for(false).chosen, None);
    assert_eq!(pick_for(false).again.unwrap().to_rfc3339(), "2026-11-27T09:00:00.000Z");
    assert_eq!(pick_for(true).chosen.unwrap().member, "theo");
}

#[test]
fn whoever_had_it_or_has_no_console_open_where_one_is_asked_for_is_passed_over() {
    let rota = Rota { present_only: true, ..rota("ordered", &[]) };
    let mut team = idle();
    team.loads[2].is_present = true;
    let had = ["mara".to_owned()];
    let pick = pick(&rota, "team", &team, Item { wants: &wants(), owner: Some("mara"), had: &had }, at(MONDAY_TEN));
    assert_eq!(pick.chosen.as_ref().unwrap().member, "ines");
    assert_eq!(why(&pick), ["mara had", "theo not_there"]);
}

#[test]
fn the_most_of_a_while_frees_when_the_oldest_of_it_is_old_enough() {
    let mut rota = rota("ordered", &[]);
    rota.places[0].most = Some(Most { items: 2, minutes: 60 });
    let mut team = idle();
    let mut got = Vec::new();
    for minute in [0, 10, 20, 59, 60, 69, 70] {
        let at = at(MONDAY_TEN).later_by_minutes(minute);
        let pick = pick(&rota, "team", &team, Item { wants: &wants(), owner: None, had: &[] }, at);
        team.give(&rota, "team", &pick, FormKind::Inquiry, at);
        let until = pick.again.map(Timestamp::to_rfc3339);
        got.push((minute, pick.chosen.unwrap().member, until));
    }
    let chosen = |minute: u32| got.iter().find(|(at, ..)| *at == minute).map(|(_, member, _)| member.as_str()).unwrap();
    assert_eq!([0, 10, 20, 59, 60, 69, 70].map(chosen), ["mara", "mara", "theo", "theo", "mara", "theo", "mara"]);
    assert_eq!(got[2].2.as_deref(), Some("2026-11-23T11:00:00.000Z"));
    assert_eq!(got[5].2.as_deref(), Some("2026-11-23T11:10:00.000Z"));
}

#[test]
fn by_shares_each_gets_theirs_and_it_says_by_how_much() {
    let mut rota = rota("weighted_fair", &[]);
    rota.places[0].weight = 200;
    let mut team = idle();
    let mut got = Vec::new();
    for _ in 0..8 {
        let pick = picked(&rota, &team, None);
        team.give(&rota, "team", &pick, FormKind::Inquiry, at(MONDAY_TEN));
        got.push(pick.chosen.unwrap());
    }
    let names: Vec<&str> = got.iter().map(|chosen| chosen.member.as_str()).collect();
    assert_eq!(names, ["mara", "theo", "mara", "ines", "mara", "theo", "mara", "ines"]);
    assert_eq!(got[0].says(), "is next by their share: 0.50 items behind");
    let given: Vec<u32> = team.seats["team"].iter().map(|seat| seat.share.given).collect();
    assert_eq!(given, [4, 2, 2]);
    // An owner's item is one of theirs.
    let owners = picked(&rota, &team, Some("theo"));
    let share = |place: usize| owners.shares.iter().find(|(index, _)| *index == place).unwrap().1;
    assert_eq!(share(1).given, 3);
    assert!(share(1).behind < 0 && share(0).behind > 0);
}

#[test]
fn what_makes_no_sense_in_a_team_is_named_with_its_place() {
    let mut source = crate::demo::workspace_json();
    source["members"][0]["leave"] = json!([{ "from": "2026-12-24", "until": "2026-12-20" }]);
    source["members"][0]["hours"] = json!({ "zone": "Mars/Olympus", "week": {} });
    source["members"][1]["skills"] = json!({ "IELTS!": 0 });
    source["members"][1]["capacity"] = json!({ "total": 100_000 });
    source["pools"][0]["members"] = json!(["mara", "mara", { "member": "nobody", "weight": 0 }]);
    source["pools"][1]["hours"] = json!({ "zone": "UTC", "week": { "monday": [["17:00", "09:00"]] } });
    source["routes"][0]["needs"] =
        json!({ "skills": { "diplomacy": 3 }, "language": true, "territory": "values.planet" });
    let problems = Config::parse(1, serde_json::from_value(source).unwrap()).unwrap_err();
    let mut paths: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
    paths.dedup();
    assert_eq!(
        paths,
        [
            "members[0].hours",
            "members[0].leave[0]",
            "members[1].capacity.total",
            "members[1].skills.IELTS!",
            "pools[0].members[1]",
            "pools[0].members[2]",
            "pools[0].members[2].weight",
            "pools[1].hours",
            "routes[0].needs.skills.diplomacy",
            "routes[0].needs.language",
            "routes[0].needs.territory",
        ]
    );
}

fn picked(rota: &Rota, team: &Team, owner: Option<&str>) -> Pick {
    pick(rota, "team", team, Item { wants: &wants(), owner, had: &[] }, at(MONDAY_TEN))
}

fn why(pick: &Pick) -> Vec<String> {
    pick.others.iter().map(|(place, why)| format!("{} {}", NAMES[*place], why.tag())).collect()
}

fn wants() -> Wants {
    Wants { kind: FormKind::Inquiry, skills: BTreeMap::new(), language: None, territory: None, any_hour: false }
}

/// Members who are away, and the open inquiries they have.
fn team(members: &[(&str, bool, u32)]) -> Team {
    let mut team = idle();
    for (member, is_away, open) in members {
        let index = NAMES.iter().position(|name| name == member).unwrap();
        team.loads[index] = Load { is_away: *is_away, open: [*open, 0, 0], ..Load::default() };
    }
    team
}

/// The three, who are the demo's first three members too.
fn idle() -> Team {
    Team { loads: vec![Load::default(); 3], seats: [("team".to_owned(), vec![Seat::default(); 3])].into() }
}

/// Mara, Theo and Inês at any hour, but for what is said of one.
fn rota(strategy: &str, said: &[(&str, Value)]) -> Rota {
    let mut source = crate::demo::workspace_json();
    for (id, more) in said {
        let members = source["members"].as_array_mut().unwrap();
        let member = members.iter_mut().find(|member| member["id"] == *id).unwrap();
        member.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    }
    let pool = json!({ "id": "team", "name": "Team", "members": ["mara", "theo", "ines"], "strategy": strategy });
    source["pools"].as_array_mut().unwrap().push(pool);
    let config = Config::parse(1, serde_json::from_value(source).unwrap()).unwrap();
    config.rota("team").unwrap().clone()
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}
