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

#[test]
fn every_operator_has_a_case_for_and_a_case_against() {
    let facts = json!({
        "n": 5, "text": "Hello", "yes": true, "none": null, "version": "1.10.0", "list": ["a", "B", 3],
        "items": [{ "plan": "team", "seats": 3 }, { "plan": "solo" }, null],
    });
    for (path, passes, fails) in [
        ("n", json!(5), json!("5")),
        ("n", json!({ "$eq": 5.0 }), json!({ "$eq": 6 })),
        ("n", json!({ "$ne": "5" }), json!({ "$ne": 5 })),
        ("n", json!({ "$gt": 4.5 }), json!({ "$gt": 5 })),
        ("n", json!({ "$gte": 5 }), json!({ "$gte": "1" })),
        ("n", json!({ "$lt": 6 }), json!({ "$lt": 5 })),
        ("n", json!({ "$lte": 5 }), json!({ "$lte": "9" })),
        ("text", json!({ "$lt": "Hi" }), json!({ "$gt": "Hi" })),
        ("version", json!({ "$veq": "v1.10.0+build" }), json!({ "$veq": "1.10" })),
        ("version", json!({ "$vne": "1.1.0" }), json!({ "$vne": "1.10.0" })),
        ("version", json!({ "$vgt": "1.9.0" }), json!({ "$vgt": "1.10.0" })),
        ("version", json!({ "$vgte": "1.10.0-rc.1" }), json!({ "$vgte": "2.0.0" })),
        ("version", json!({ "$vlt": "1.10.1" }), json!({ "$vlt": "1.10.0" })),
        ("version", json!({ "$vlte": "1.10.0" }), json!({ "$vlte": "1.10.0-beta" })),
        ("text", json!({ "$in": ["Hello"] }), json!({ "$in": ["hello"] })),
        ("list", json!({ "$in": [3] }), json!({ "$in": ["3"] })),
        ("text", json!({ "$ini": ["hELLO"] }), json!({ "$ini": ["hell"] })),
        ("list", json!({ "$nin": ["b"] }), json!({ "$nin": ["B"] })),
        ("list", json!({ "$nini": ["c"] }), json!({ "$nini": ["b"] })),
        ("list", json!({ "$all": ["a", { "$gt": 2 }] }), json!({ "$all": ["a", "b"] })),
        ("list", json!({ "$alli": ["A", "b"] }), json!({ "$alli": ["A", "c"] })),
        ("list", json!({ "$size": 3 }), json!({ "$size": 2 })),
        ("list", json!({ "$size": { "$gt": 2 } }), json!({ "$size": { "$not": { "$gt": 2 } } })),
        ("none", json!({ "$exists": false }), json!({ "$exists": true })),
        ("yes", json!({ "$type": "boolean" }), json!({ "$type": "string" })),
        (
            "items",
            json!({ "$elemMatch": { "plan": "team", "seats": { "$gt": 2 } } }),
            json!({ "$elemMatch": { "plan": "x" } }),
        ),
        ("list", json!({ "$elemMatch": { "$gt": 2 } }), json!({ "$elemMatch": { "$gt": 3 } })),
        ("items", json!({ "$elemMatch": { "$or": [{ "seats": 3 }] } }), json!({ "$elemMatch": { "$nor": [{}] } })),
        ("text", json!({ "$regex": "^He" }), json!({ "$regex": "^he" })),
        ("text", json!({ "$regexi": "^he" }), json!({ "$regexi": "x" })),
        ("text", json!({ "$notRegex": "^he" }), json!({ "$notRegex": "^He" })),
        ("n", json!({ "$notRegexi": "5" }), json!({ "$regex": "5" })),
        ("text", json!({ "$not": { "$eq": "x" } }), json!({ "$not": { "$eq": "Hello" } })),
        ("items.0.plan", json!("team"), json!("solo")),
        ("items.length", json!(3), json!({ "$type": "null" })),
    ] {
        let (passes, fails) = (json!({ path: passes }), json!({ path: fails }));
        assert!(holds_for(&passes, &facts), "{passes}");
        assert!(!holds_for(&fails, &facts), "{fails}");
        // Both ways to read it, and the way to the widget, end in one evaluator.
        assert!(Condition::read(&passes).holds(&facts), "{passes}");
        assert!(!Condition::read(&fails).holds(&facts), "{fails}");
        for condition in [passes, fails] {
            let sent = Condition::parse_sent(&for_widget(&condition).unwrap()).unwrap();
            assert_eq!(sent.holds(&facts), holds_for(&condition, &facts), "{condition}");
        }
    }
}

#[test]
fn a_configuration_is_told_what_is_wrong() {
    for (condition, says) in [
        (json!({ "a": {} }), "a takes a value, or an object of operators"),
        (json!({ "a": { "$gt": 1, "b": 2 } }), "a takes either operators or a value, not both"),
        (json!({ "a": { "$gt": true } }), "$gt takes a number or a text"),
        (json!({ "a": { "$eq": [1] } }), "$eq takes a text, a number, true, false or null"),
        (json!({ "a": { "$ne": {} } }), "$ne takes a text, a number, true, false or null"),
        (json!({ "a": { "$nin": [[1]] } }), "$nin takes a list of texts, numbers, true, false or null"),
        (json!({ "a": { "$vgt": 2 } }), "$vgt takes a version, such as \"1.2.3\""),
        (json!({ "a": { "$size": "2" } }), "$size takes a whole number, or operators"),
        (json!({ "a": { "$exists": 1 } }), "$exists takes true or false"),
        (json!({ "a": { "$type": "text" } }), "$type takes string, number, boolean, array, object or null"),
        (json!({ "a": { "$regex": 1 } }), "$regex takes a pattern"),
        (
            json!({ "a": { "$regex": "(?=a)" } }),
            "$regex: the pattern has a look-ahead, which cannot be checked in linear time",
        ),
        (json!({ "a": { "$notRegex": "(" } }), "$notRegex: the pattern is wrong at character 2: a \")\" is missing"),
        (json!({ "a": { "$table": ["BBAB"] } }), "there is no operator $table"),
        (json!({ "a": { "$inGroup": "g" } }), "there is no operator $inGroup"),
        (json!({ "$savedGroup": { "id": "g" } }), "there is no operator $savedGroup"),
        (json!({ "a": { "$or": [] } }), "there is no operator $or"),
    ] {
        assert_eq!(Condition::parse(&condition).unwrap_err().to_string(), says, "{condition}");
        assert_eq!(for_widget(&condition).unwrap_err().to_string(), says, "{condition}");
    }
}

#[test]
fn what_is_unknown_decides_nothing_and_what_is_malformed_ends_it() {
    let holds = |condition: Value| Condition::read(&condition).holds(&json!({ "a": 1, "$b": 2 }));
    assert!(!holds(json!({ "a": { "$near": 1 } })));
    assert!(!holds(json!({ "$not": { "a": { "$near": 1 } } })));
    assert!(holds(json!({ "$or": [{ "a": { "$near": 1 } }, { "a": 1 }] })));
    assert!(holds(json!({ "$not": { "a": { "$near": 1, "$gt": 5 } } })));
    assert!(!holds(json!({ "$not": { "$and": 3 } })));
    assert!(!holds(json!({ "$not": 3 })));
    assert!(!holds(json!("a")));
    // A bad argument is merely false, so its contrary is true.
    assert!(holds(json!({ "a": { "$not": { "$gt": null } } })));
    assert!(holds(json!({ "a": { "$ne": [] } })));
    assert!(!holds(json!({ "a": { "$nin": 2 } })));
    assert!(holds(json!({ "$b": 2, "a": {} })));
}

#[test]
fn saved_groups_are_looked_into_once_each() {
    let groups = SavedGroups::read(&json!({
        "bare": [1, "2"],
        "list": { "type": "list", "attributeKey": "id", "values": [1] },
        "open": { "type": "condition", "condition": { "n": { "$gt": 1 } } },
        "self": { "type": "condition", "condition": { "$or": [{ "$savedGroup": { "id": "self" } }, { "id": 1 }] } },
        "later": { "type": "cohort" },
        "bad": { "type": "list", "values": 3 },
        "null": null,
    }));
    let holds = |condition: Value| Condition::read(&condition).holds_with(&json!({ "id": 1, "n": 2 }), &groups);
    for (condition, expected) in [
        (json!({ "id": { "$inGroup": "bare" } }), true),
        (json!({ "n": { "$inGroup": "bare" } }), false),
        (json!({ "n": { "$notInGroup": "list" } }), true),
        (json!({ "id": { "$notInGroup": "nowhere" } }), true),
        (json!({ "id": { "$notInGroup": "bad" } }), false),
        (json!({ "id": { "$notInGroup": "null" } }), false),
        (json!({ "id": { "$notInGroup": "later" } }), false),
        (json!({ "id": { "$notInGroup": 3 } }), false),
        (json!({ "$savedGroup": { "id": "list" } }), true),
        (json!({ "$savedGroup": { "id": "list", "attributeKey": "n" } }), false),
        (json!({ "$savedGroup": { "id": "open" } }), true),
        (json!({ "$savedGroup": { "id": "self" } }), true),
        (json!({ "$savedGroup": { "id": "bare" } }), false),
        (json!({ "$not": { "$savedGroup": { "id": "later" } } }), false),
        (json!({ "$not": { "$savedGroup": "list" } }), true),
    ] {
        assert_eq!(holds(condition.clone()), expected, "{condition}");
    }
}

/// Forty groups that each name the next one twice would be entered a trillion times.
#[test]
fn groups_that_name_groups_come_to_an_end() {
    let both = |id: String| json!({ "$nor": [{ "$savedGroup": { "id": id } }, { "$savedGroup": { "id": id } }] });
    let group = |number: usize| {
        (format!("g{number}"), json!({ "type": "condition", "condition": both(format!("g{}", number + 1)) }))
    };
    for many in [40, 15] {
        let groups = SavedGroups::read(&Value::Object((0..many).map(group).collect()));
        assert!(!Condition::read(&both("g0".to_owned())).holds_with(&json!({}), &groups));
    }
}

#[test]
fn no_json_is_too_deep_or_too_odd() {
    let deep = |wrap: fn(Value) -> Value| (0..500).fold(json!(1), |inner, _| wrap(inner));
    let odd = [
        deep(|inner| json!([inner])),
        deep(|inner| json!({ "a": inner })),
        deep(|inner| json!({ "$not": inner })),
        deep(|inner| json!({ "$or": [inner] })),
        deep(|inner| json!({ "a": { "$elemMatch": inner } })),
        deep(|inner| json!({ "$all": [inner] })),
        json!({ "": { "$eq": "" }, ".": null, "a..b": {} }),
        json!({ "a": { "$size": -1, "$type": 3, "$elemMatch": 3, "$regex": null, "$veq": {} } }),
    ];
    for one in &odd {
        for other in &odd {
            for condition in [one.clone(), json!({ "a": one }), json!({ "a": { "$ini": [one], "$eq": one } })] {
                Condition::read(&condition).holds_with(other, &SavedGroups::read(one));
                let _ = Condition::parse(&condition).map(|condition| condition.holds(other));
            }
        }
    }
}

#[test]
fn versions_come_in_their_order() {
    let rising =
        ["0.9.9", "1.0.0-alpha", "1.0.0-alpha.2", "1.0.0-alpha.10", "1.0.0-beta", "1.0.0", "1.2.0", "1.10.0", "v2.0.0"];
    for pair in rising.windows(2) {
        assert!(holds_for(&json!({ "v": { "$vgt": pair[0] } }), &json!({ "v": pair[1] })), "{pair:?}");
        assert!(holds_for(&json!({ "v": { "$vlt": pair[1] } }), &json!({ "v": pair[0] })), "{pair:?}");
    }
}

#[test]
fn the_paths_that_are_read_are_known() {
    let condition = json!({ "$or": [{ "form.kind": 1 }, { "$not": { "page": { "$elemMatch": { "inner": 1 } } } }] });
    let condition = Condition::parse(&condition).unwrap();
    assert_eq!(condition.paths(), ["form.kind", "page"]);
    assert_eq!(condition.roots(), ["form", "page"]);
}

#[test]
fn the_widget_takes_tables_and_no_patterns() {
    let condition = json!({ "a": { "$regex": "x", "$regexi": "y", "$notRegex": "z" }, "b": [{ "$regex": "kept" }] });
    let sent = for_widget(&condition).unwrap();
    assert_eq!(sent["a"]["$table"].as_array().map(Vec::len), Some(2));
    assert_eq!(sent["a"]["$notTable"].as_array().map(Vec::len), Some(1));
    assert_eq!(sent["b"], condition["b"], "a value is no condition");
    let read = Condition::parse_sent(&sent).unwrap();
    assert!(read.holds(&json!({ "a": "xY", "b": [{ "$regex": "kept" }] })));
    assert!(!read.holds(&json!({ "a": "xYz", "b": [{ "$regex": "kept" }] })));
    assert!(Condition::parse_sent(&json!({ "a": { "$regex": "x" } })).is_err());
    for wrong in [json!("text"), json!([1]), json!(["???"]), json!({})] {
        assert!(Condition::parse_sent(&json!({ "a": { "$table": wrong } })).is_err());
    }
}

fn holds_for(condition: &Value, facts: &Value) -> bool {
    Condition::parse(condition).expect("the condition is right").holds(facts)
}

#[test]
fn a_fact_may_be_compared_with_another() {
    let facts = json!({ "values": { "from": "2026-11-23", "to": "2027-01-22", "n": 2, "m": 2.0, "word": "x" } });
    for (condition, holds) in [
        (json!({ "values.to": { "$gte": { "$field": "values.from" } } }), true),
        (json!({ "values.to": { "$lt": { "$field": "values.from" } } }), false),
        (json!({ "values.to": { "$lte": { "$field": "values.from", "$days": 60 } } }), true),
        (json!({ "values.to": { "$lte": { "$field": "values.from", "$days": 59 } } }), false),
        (json!({ "values.to": { "$eq": { "$field": "values.from", "$days": 60 } } }), true),
        (json!({ "values.n": { "$eq": { "$field": "values.m" } } }), true),
        (json!({ "values.n": { "$ne": { "$field": "values.word" } } }), true),
        (json!({ "values.n": { "$gte": { "$field": "values.word" } } }), false),
        (json!({ "values.none": { "$gte": { "$field": "values.from" } } }), false),
        (json!({ "values.to": { "$gte": { "$field": "values.word", "$days": 1 } } }), false),
    ] {
        assert_eq!(holds_for(&condition, &facts), holds, "{condition}");
        let sent = Condition::parse_sent(&for_widget(&condition).unwrap()).unwrap();
        assert_eq!(sent.holds(&facts), holds, "{condition}");
    }
    let both = Condition::parse(&json!({ "values.to": { "$gte": { "$field": "visit.since" } } })).unwrap();
    assert_eq!(both.paths(), ["values.to", "visit.since"]);
    for wrong in [
        json!({ "a": { "$in": { "$field": "b" } } }),
        json!({ "a": { "$gt": { "$field": 1 } } }),
        json!({ "a": { "$gt": { "$field": "b", "$days": 1.5 } } }),
        json!({ "a": { "$gt": { "$field": "b", "more": 1 } } }),
    ] {
        assert!(Condition::parse(&wrong).is_err(), "{wrong}");
    }
}
