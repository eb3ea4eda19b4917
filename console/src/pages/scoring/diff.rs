//! What differs between two cards, in plain words.

use shared::wire::card::{Amount, Card, Range, ScoreRule, Segment};

/// Each difference, one sentence each, from `old` to `new`; empty where they are the same.
pub fn differences(old: &Card, new: &Card) -> Vec<String> {
    let mut says = Vec::new();
    each(&old.rules, &new.rules, |rule| &rule.id, |was, is| of_rule(was, is, &mut says));
    if says.is_empty() && old.rules != new.rules {
        says.push("The rules stand in another order.".to_owned());
    }
    let before = says.len();
    each(&old.excluded, &new.excluded, |segment| &segment.id, |was, is| of_segment(was, is, &mut says));
    if says.len() == before && old.excluded != new.excluded {
        says.push("Who is not scored stands in another order.".to_owned());
    }
    let (was, is) = (&old.limits, &new.limits);
    for (group, was, is) in [
        ("fit", was.fit, is.fit),
        ("intent", was.intent, is.intent),
        ("relationship", was.relationship, is.relationship),
    ] {
        if was != is {
            says.push(format!("Limits of {group}: {}, before {}.", range(is), range(was)));
        }
    }
    if was.total != is.total {
        let of = |limit: Option<Range>| limit.map_or("none".to_owned(), range);
        says.push(format!("Limits of all together: {}, before {}.", of(is.total), of(was.total)));
    }
    for (letters, was, is) in
        [("A and B", old.tiers.fit, new.tiers.fit), ("1 and 2", old.tiers.intent, new.tiers.intent)]
    {
        if was != is {
            says.push(format!("{letters} begin at {}, before at {}.", pair(is), pair(was)));
        }
    }
    says
}

/// Pairs what has the same name, in the order of the new list; what is gone comes last.
fn each<'a, T>(old: &'a [T], new: &'a [T], id: fn(&T) -> &String, mut tell: impl FnMut(Option<&'a T>, Option<&'a T>)) {
    for one in new {
        tell(old.iter().find(|other| id(other) == id(one)), Some(one));
    }
    for one in old.iter().filter(|one| new.iter().all(|other| id(other) != id(one))) {
        tell(Some(one), None);
    }
}

fn of_rule(was: Option<&ScoreRule>, is: Option<&ScoreRule>, says: &mut Vec<String>) {
    let named = |rule: &ScoreRule| format!("\u{201c}{}\u{201d}", rule.says);
    match (was, is) {
        (Some(was), Some(is)) if was == is => {}
        (Some(was), Some(is)) => {
            let but_points = ScoreRule { points: was.points, ..is.clone() };
            match (was.points, is.points) {
                (Some(before), Some(now)) if *was == but_points => {
                    says.push(format!("{}: {}, before {}.", named(is), amount(now), amount(before)));
                }
                _ => says.push(format!("{} is changed.", named(is))),
            }
        }
        (None, Some(is)) => says.push(format!("{} is new.", named(is))),
        (Some(was), None) => says.push(format!("{} is gone.", named(was))),
        (None, None) => {}
    }
}

fn of_segment(was: Option<&Segment>, is: Option<&Segment>, says: &mut Vec<String>) {
    let named = |segment: &Segment| format!("Not scored, \u{201c}{}\u{201d}", segment.says);
    match (was, is) {
        (Some(was), Some(is)) if was == is => {}
        (Some(_), Some(is)) => says.push(format!("{}: changed.", named(is))),
        (None, Some(is)) => says.push(format!("{}: new.", named(is))),
        (Some(was), None) => says.push(format!("{}: gone.", named(was))),
        (None, None) => {}
    }
}

fn range(of: Range) -> String {
    format!("{} to {}", amount(of.min), amount(of.max))
}

fn pair([first, second]: [Amount; 2]) -> String {
    format!("{} and {}", amount(first), amount(second))
}

fn amount(of: Amount) -> String {
    if of.0.is_nan() { "nothing".to_owned() } else { of.0.to_string().replace('-', "\u{2212}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn card(change: impl Fn(&mut Value)) -> Card {
        let mut card = json!({
            "limits": { "fit": { "min": 0, "max": 40 }, "intent": { "min": 0, "max": 60 }, "relationship": { "min": -10, "max": 20 } },
            "tiers": { "fit": [20, 5], "intent": [30, 15] },
            "excluded": [{ "id": "staff", "when": { "email.domain": "x.example" }, "says": "Works here" }],
            "rules": [
                { "id": "a", "group": "fit", "when": {}, "points": 8, "says": "Own address" },
                { "id": "b", "group": "fit", "when": {}, "points": -2, "says": "No name" },
            ],
        });
        change(&mut card);
        serde_json::from_value(card).unwrap()
    }

    #[test]
    fn each_difference_is_one_sentence() {
        let plain = card(|_| {});
        let says = |change: fn(&mut Value)| differences(&plain, &card(change)).join(" | ");
        assert_eq!(says(|_| {}), "");
        assert_eq!(
            says(|it| it["rules"][1]["points"] = json!(-5)),
            "\u{201c}No name\u{201d}: \u{2212}5, before \u{2212}2."
        );
        assert_eq!(says(|it| it["rules"][0]["when"] = json!({ "a": 1 })), "\u{201c}Own address\u{201d} is changed.");
        assert_eq!(
            says(|it| it["rules"][0]["id"] = json!("c")),
            "\u{201c}Own address\u{201d} is new. | \u{201c}Own address\u{201d} is gone."
        );
        assert_eq!(says(|it| it["rules"].as_array_mut().unwrap().reverse()), "The rules stand in another order.");
        assert_eq!(says(|it| it["excluded"] = json!([])), "Not scored, \u{201c}Works here\u{201d}: gone.");
        assert_eq!(says(|it| it["limits"]["fit"]["max"] = json!(50)), "Limits of fit: 0 to 50, before 0 to 40.");
        assert_eq!(
            says(|it| it["limits"]["total"] = json!({ "min": 0, "max": 90 })),
            "Limits of all together: 0 to 90, before none."
        );
        assert_eq!(
            says(|it| it["tiers"]["intent"] = json!([31, 15])),
            "1 and 2 begin at 31 and 15, before at 30 and 15."
        );
    }
}
