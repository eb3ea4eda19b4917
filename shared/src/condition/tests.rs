use super::*;
use serde_json::json;

#[test]
fn an_empty_condition_always_holds() {
    assert!(holds_for(&json!({}), &json!(null)));
    assert!(Condition::parse(&json!({})).unwrap().is_always());
}

#[test]
fn every_path_of_an_object_must_hold() {
    let condition = json!({ "form.kind": "inquiry", "page.pricing": true });
    assert!(holds_for(&condition, &json!({ "form": { "kind": "inquiry" }, "page": { "pricing": true } })));
    assert!(!holds_for(&condition, &json!({ "form": { "kind": "inquiry" } })));
}

#[test]
fn types_are_strict() {
    assert!(!holds_for(&json!({ "n": "5" }), &json!({ "n": 5 })));
    assert!(!holds_for(&json!({ "n": { "$gt": 4 } }), &json!({ "n": "5" })));
    assert!(holds_for(&json!({ "n": 1.0 }), &json!({ "n": 1 })));
}

#[test]
fn what_is_absent_is_null() {
    assert!(holds_for(&json!({ "a.b": { "$exists": false } }), &json!({})));
    assert!(holds_for(&json!({ "a.b": null }), &json!({ "a": {} })));
    assert!(holds_for(&json!({ "a": { "$ne": "x" } }), &json!({})));
    assert!(!holds_for(&json!({ "a": { "$lt": 1 } }), &json!({})));
}

#[test]
fn lists_are_looked_into() {
    let facts = json!({ "tags": ["a", "b"] });
    assert!(holds_for(&json!({ "tags": { "$in": ["b", "z"] } }), &facts));
    assert!(holds_for(&json!({ "tags": { "$all": ["a", "b"], "$size": 2 } }), &facts));
    assert!(holds_for(&json!({ "tags": { "$nin": ["z"] } }), &facts));
}

#[test]
fn the_connectives_combine() {
    let condition = json!({ "$or": [{ "a": 1 }, { "$not": { "b": { "$in": [2] } } }], "$nor": [{ "c": 3 }] });
    assert!(holds_for(&condition, &json!({ "a": 1, "b": 2 })));
    assert!(holds_for(&condition, &json!({ "a": 0, "b": 0 })));
    assert!(!holds_for(&condition, &json!({ "a": 0, "b": 2 })));
    assert!(!holds_for(&condition, &json!({ "a": 1, "c": 3 })));
}

#[test]
fn what_makes_no_sense_is_refused_with_its_name() {
    for (condition, error) in [
        (json!([]), ConditionError::NotAnObject),
        (json!({ "$and": {} }), ConditionError::NotAList("$and".to_owned())),
        (json!({ "a": { "$near": 1 } }), ConditionError::UnknownOperator("$near".to_owned())),
        (json!({ "$xor": [] }), ConditionError::UnknownOperator("$xor".to_owned())),
        (json!({ "a": { "$in": 1 } }), ConditionError::WrongArgument("$in".to_owned(), "a list of values")),
    ] {
        assert_eq!(Condition::parse(&condition), Err(error), "{condition}");
    }
    let deep = (0..40).fold(json!({}), |inner, _| json!({ "$not": inner }));
    assert_eq!(Condition::parse(&deep), Err(ConditionError::TooDeep));
}

fn holds_for(condition: &Value, facts: &Value) -> bool {
    Condition::parse(condition).unwrap().holds(facts)
}
