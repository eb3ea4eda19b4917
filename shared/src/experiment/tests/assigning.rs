//! Who is in an experiment.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::condition::SavedGroups;
use crate::experiment::*;

#[test]
fn everything_that_is_wrong_is_told_at_once_with_its_place() {
    let wrong = parse(json!({
        "key": "a b", "unit": "visitor", "second_unit": "visitor", "coverage": 1.5,
        "arms": [{ "key": "x", "weight": 0.5 }, { "key": "x", "weight": -0.2 }],
        "namespace": { "id": "", "start": 0.6, "end": 0.4 }, "audience": { "$and": 3 },
        "bucket_version": 1, "least_bucket_version": 2,
    }));
    let told: Vec<(String, String)> = wrong.unwrap_err().into_iter().map(|it| (it.field, it.code)).collect();
    let told: Vec<(&str, &str)> = told.iter().map(|(field, code)| (field.as_str(), code.as_str())).collect();
    assert_eq!(
        told,
        [
            ("key", "characters"),
            ("second_unit", "same"),
            ("arms[1].key", "duplicate"),
            ("arms[1].weight", "negative"),
            ("coverage", "out_of_range"),
            ("namespace.id", "required"),
            ("namespace", "wrong_range"),
            ("least_bucket_version", "out_of_range"),
            ("audience", "condition"),
        ]
    );
}

#[test]
fn weights_that_do_not_sum_say_by_how_much() {
    for (weights, says) in [
        (vec![0.5, 0.4], Some("the weights sum to 0.900000: 0.100000 too little")),
        (vec![0.7, 0.6], Some("the weights sum to 1.300000: 0.300000 too much")),
        (vec![0.333_333_3, 0.333_333_3, 0.333_333_3], None),
        (vec![1.0], Some("an experiment has at least two arms")),
        (vec![], Some("an experiment has at least two arms")),
    ] {
        let arms: Vec<Value> =
            weights.iter().enumerate().map(|(at, weight)| json!({ "key": at.to_string(), "weight": weight })).collect();
        let result = parse(json!({ "key": "a", "arms": arms }));
        let told = result.err().and_then(|problems| problems.into_iter().next()).map(|problem| problem.message);
        assert_eq!(told.as_deref(), says);
    }
}

#[test]
fn experiments_that_share_a_part_of_a_namespace_are_named() {
    let with = |key: &str, start: f64, end: f64, status: &str| {
        let arms = json!([{ "key": "a", "weight": 0.5 }, { "key": "b", "weight": 0.5 }]);
        let namespace = json!({ "id": "prices", "start": start, "end": end });
        serde_json::from_value(json!({ "key": key, "arms": arms, "namespace": namespace, "status": status })).unwrap()
    };
    let told = overlaps(&[
        with("one", 0.0, 0.5, "running"),
        with("two", 0.5, 1.0, "running"),
        with("three", 0.4, 0.6, "running"),
        with("old", 0.0, 1.0, "stopped"),
    ]);
    let messages: Vec<&str> = told.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "one and three both have the part from 0.4 to 0.5 of the namespace prices",
            "two and three both have the part from 0.5 to 0.6 of the namespace prices",
        ]
    );
    assert_eq!(told[0].field, "experiments[2].namespace");
}

#[test]
fn raising_the_coverage_never_moves_anybody() {
    let at = |coverage: f64| {
        let arms = json!([{ "key": "a", "weight": 0.2 }, { "key": "b", "weight": 0.3 }, { "key": "c", "weight": 0.5 }]);
        parse(json!({ "key": "ramp", "status": "running", "coverage": coverage, "arms": arms })).unwrap()
    };
    let steps: Vec<Experiment> = [0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.99, 1.0].map(at).into();
    let (mut last_in, anybody) = (0, Anybody::default());
    for id in 0..20_000 {
        let visitor = json!({ "visitor": format!("v{id}") });
        let mut before: Option<usize> = None;
        for step in &steps {
            let assignment = assign(step, &anybody.subject(&visitor));
            let arm = assignment.in_experiment.then_some(assignment.arm);
            assert!(before.is_none() || before == arm, "{id} was moved from {before:?} to {arm:?}");
            before = arm;
        }
        last_in += usize::from(before.is_some());
    }
    assert_eq!(last_in, 20_000, "with all of it everybody is in");
}

#[test]
fn whoever_was_anonymous_keeps_their_arm_when_they_are_known_and_when_weights_change() {
    let with = |weight: f64, version: u64, least: u64| {
        let arms = json!([{ "key": "a", "weight": weight }, { "key": "b", "weight": 1.0 - weight }]);
        let versions = json!({ "bucket_version": version, "least_bucket_version": least });
        let mut source =
            json!({ "key": "e", "status": "running", "arms": arms, "unit": "user", "second_unit": "visitor" });
        source.as_object_mut().unwrap().extend(versions.as_object().unwrap().clone());
        parse(source).unwrap()
    };
    let mut moved = 0;
    for id in 0..200 {
        let mut documents = Documents::default();
        let anonymous = json!({ "visitor": format!("v{id}") });
        let known = json!({ "visitor": format!("v{id}"), "user": format!("u{id}") });
        let first = sticky(&with(0.5, 0, 0), &anonymous, &mut documents);
        assert_eq!((first.why, first.unit.unwrap().0.as_str()), (Why::Bucket, "visitor"));
        let second = sticky(&with(0.1, 0, 0), &known, &mut documents);
        assert_eq!((second.why, second.arm, second.unit.unwrap().0.as_str()), (Why::Sticky, first.arm, "user"));
        // On another device nobody knows the visitor, but the user.
        let elsewhere = sticky(&with(0.1, 0, 0), &json!({ "user": format!("u{id}") }), &mut documents);
        assert_eq!((elsewhere.why, elsewhere.arm), (Why::Sticky, first.arm));
        // Kept once: a second time there is nothing to write.
        assert_eq!(elsewhere.keep, None);
        let anew = sticky(&with(0.1, 1, 0), &known, &mut documents);
        assert_eq!(anew.why, Why::Bucket);
        moved += usize::from(anew.arm != first.arm);
        let blocked = sticky(&with(0.1, 2, 1), &known, &mut documents);
        assert_eq!((blocked.why, blocked.in_experiment), (Why::OldVersion, false));
    }
    assert!(moved > 40, "a new version assigns anew: {moved}");
}

#[test]
fn each_reason_to_stay_out_is_told() {
    let arms = json!([{ "key": "a", "weight": 0.5 }, { "key": "b", "weight": 0.5 }]);
    let base = json!({ "key": "e", "status": "running", "arms": arms });
    let with = |more: Value| {
        let mut source = base.clone();
        source.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        parse(source).unwrap()
    };
    let visitor = json!({ "visitor": "v1", "country": "LK" });
    let why = |experiment: &Experiment, visitor: &Value| assign(experiment, &Anybody::default().subject(visitor)).why;
    assert_eq!(why(&with(json!({})), &visitor), Why::Bucket);
    assert_eq!(why(&with(json!({ "status": "draft" })), &visitor), Why::Draft);
    assert_eq!(why(&with(json!({ "status": "stopped" })), &visitor), Why::Stopped);
    assert_eq!(why(&with(json!({})), &json!({})), Why::NoUnit);
    assert_eq!(why(&with(json!({ "audience": { "country": "DE" } })), &visitor), Why::Audience);
    assert_eq!(why(&with(json!({ "coverage": 0.0 })), &visitor), Why::NotCovered);
    let part = |start: f64| json!({ "namespace": { "id": "n", "start": start, "end": start + 0.5 } });
    let parts = [why(&with(part(0.0)), &visitor), why(&with(part(0.5)), &visitor)];
    assert!(parts.contains(&Why::Bucket) && parts.contains(&Why::OtherShare), "{parts:?}");
    let experiment = with(json!({ "status": "draft" }));
    let anybody = Anybody::default();
    let editor = Subject { editor_url: "https://a.example/?e=1", ..anybody.subject(&visitor) };
    let forced = assign(&experiment, &editor);
    assert_eq!((forced.why, forced.arm, forced.by_hash), (Why::ForcedByEditor, 1, false));
}

#[test]
fn what_is_forced_is_never_counted() {
    let experiment = parse(json!({ "key": "e", "status": "running", "arms": [
        { "key": "a", "weight": 0.5 }, { "key": "b", "weight": 0.5 }] }))
    .unwrap();
    let visitor = json!({ "visitor": "v1" });
    let (groups, required) = (SavedGroups::default(), BTreeMap::new());
    for (arm, in_experiment) in [(1, true), (0, true), (2, false), (-1, false)] {
        let forced = BTreeMap::from([("e".to_owned(), arm)]);
        let subject = Subject {
            attributes: &visitor,
            groups: &groups,
            sticky: Some(&Documents::default()),
            required: &required,
            editor_url: "",
            forced: &forced,
            mode: Mode::Usual,
        };
        let assignment = assign(&experiment, &subject);
        assert_eq!((assignment.in_experiment, assignment.by_hash, assignment.keep), (in_experiment, false, None));
    }
}

fn sticky(experiment: &Experiment, visitor: &Value, documents: &mut Documents) -> Assignment {
    let anybody = Anybody::default();
    let assignment = assign(experiment, &Subject { sticky: Some(documents), ..anybody.subject(visitor) });
    if let Some(document) = assignment.keep.clone() {
        documents.keep(document);
    }
    assignment
}

fn parse(source: Value) -> Result<Experiment, Vec<crate::wire::FieldProblem>> {
    Experiment::parse(&serde_json::from_value(source).unwrap())
}
