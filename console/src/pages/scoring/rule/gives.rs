//! What a rule gives, in a few words.

use shared::wire::card::{Amount, Scale, ScoreRule};

use super::amount;

/// `+8`, `0 to +10`, `+3 for each doubling`.
pub fn gives(rule: &ScoreRule) -> String {
    if let Some(points) = rule.points {
        return signed(points);
    }
    if let Some(branches) = &rule.first {
        let points = branches.iter().map(|branch| branch.points.unwrap_or(amount(None)));
        return spread(points.chain([rule.otherwise.unwrap_or(Amount(0.0))]));
    }
    if let Some(sum) = &rule.sum {
        let of = if sum.scale == Scale::Linear { "for each" } else { "for each doubling" };
        return format!("{} {of}", signed(sum.each.unwrap_or(amount(None))));
    }
    let Some(events) = &rule.events else { return String::new() };
    match &events.bands {
        Some(bands) => spread(bands.iter().map(|band| band.points.unwrap_or(amount(None)))),
        None => format!("{} for each", signed(events.points.unwrap_or(amount(None)))),
    }
}

fn spread(points: impl Iterator<Item = Amount> + Clone) -> String {
    let known = points.map(|it| it.0).filter(|it| !it.is_nan());
    let (least, most) = (known.clone().fold(f64::INFINITY, f64::min), known.fold(f64::NEG_INFINITY, f64::max));
    match least.partial_cmp(&most) {
        Some(std::cmp::Ordering::Less) => format!("{} to {}", signed(Amount(least)), signed(Amount(most))),
        Some(std::cmp::Ordering::Equal) => signed(Amount(most)),
        _ => "?".to_owned(),
    }
}

fn signed(of: Amount) -> String {
    match of.0 {
        points if points.is_nan() => "?".to_owned(),
        points if points > 0.0 => format!("+{points}"),
        points => points.to_string().replace('-', "\u{2212}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rule(of: serde_json::Value) -> ScoreRule {
        serde_json::from_value(of).unwrap()
    }

    #[test]
    fn a_rule_says_what_it_gives() {
        for (of, says) in [
            (json!({ "points": 8 }), "+8"),
            (json!({ "points": -8 }), "\u{2212}8"),
            (json!({ "points": null }), "?"),
            (json!({ "first": [{ "points": 10 }, { "points": 6 }] }), "0 to +10"),
            (json!({ "first": [{ "points": 4 }], "otherwise": -4 }), "\u{2212}4 to +4"),
            (json!({ "sum": { "facts": [], "each": 0.5, "scale": "doublings" } }), "+0.5 for each doubling"),
            (json!({ "events": { "points": 6 } }), "+6 for each"),
            (json!({ "events": { "bands": [{ "from": 1, "points": 8 }, { "from": 2, "points": 28 }] } }), "+8 to +28"),
            (json!({}), ""),
        ] {
            assert_eq!(gives(&rule(of.clone())), says, "{of}");
        }
    }
}
