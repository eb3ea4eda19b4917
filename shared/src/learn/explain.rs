//! Why a score is what it is: exact, additive, in points.
//!
//! The experts and their mixture are linear in the slots, so log-odds fall apart into what each field gives. A field's part is
//! what its level gives more than the field gives on average to all that was learnt: "compared with the average lead". In points
//! 10 are 0.5 in log-odds and 30 are a chance of one in ten, as on the card.

use super::expert::{CENTRE, CHANCE, SLOPE};
use super::math::log_odds;

/// How many parts each way are named.
const NAMED: usize = 3;

/// A score taken apart. `score == base + the parts + rest`, to the point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The score in points.
    pub score: i32,
    /// The average lead's.
    pub base: i32,
    /// At most three parts that raise it, the largest first.
    pub raises: Vec<Part>,
    /// At most three parts that lower it, the largest first.
    pub lowers: Vec<Part>,
    /// Everything else, and what rounding left.
    pub rest: i32,
}

/// What one thing gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The field; none for the card's points.
    pub field: Option<String>,
    /// Its level in words; the card's points as a number.
    pub level: String,
    /// Points, compared with the average lead.
    pub points: i32,
}

impl Part {
    /// In plain words: `Lead Source is Google: +6`.
    pub fn says(&self) -> String {
        let points = self.points;
        match &self.field {
            Some(field) => format!("{field} is {}: {points:+}", self.level),
            None => format!("the card gives {} points: {points:+}", self.level),
        }
    }
}

impl Explanation {
    /// From log-odds in all and of the average lead, and those of each part.
    pub fn new(all: f64, base: f64, parts: Vec<(Option<String>, String, f64)>) -> Self {
        let mut parts: Vec<Part> = parts
            .into_iter()
            .map(|(field, level, log_odds)| Part { field, level, points: whole(log_odds * 10.0 / SLOPE) })
            .collect();
        // Equal parts stay in the fields' order: the sort is stable.
        parts.sort_by_key(|part| -part.points.abs());
        let pick = |keep: fn(&Part) -> bool| parts.iter().filter(|part| keep(part)).take(NAMED).cloned().collect();
        let raises: Vec<Part> = pick(|part| part.points > 0);
        let lowers: Vec<Part> = pick(|part| part.points < 0);
        let (score, base) = (points(all), points(base));
        let named: i32 = raises.iter().chain(&lowers).map(|part| part.points).sum();
        Self { score, base, raises, lowers, rest: score - base - named }
    }
}

/// The points of these log-odds.
pub fn points(all: f64) -> i32 {
    whole(CENTRE + (all - log_odds(CHANCE)) * 10.0 / SLOPE)
}

fn whole(points: f64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "held in bounds")]
    let whole = points.clamp(-1e6, 1e6).round() as i32;
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_add_up_to_the_score() {
        let part = |name: &str, log_odds| (Some(name.to_owned()), "x".to_owned(), log_odds);
        let parts = vec![
            part("a", 0.31),
            part("b", -0.52),
            part("c", 0.0),
            part("d", 1.234),
            part("e", 0.31),
            part("f", 0.11),
            (None, "48".to_owned(), 0.9),
        ];
        let explanation = Explanation::new(log_odds(0.1) + 2.344, log_odds(0.1), parts);
        assert_eq!((explanation.score, explanation.base), (77, 30));
        let says: Vec<String> = explanation.raises.iter().chain(&explanation.lowers).map(Part::says).collect();
        assert_eq!(says, ["d is x: +25", "the card gives 48 points: +18", "a is x: +6", "b is x: -10"]);
        assert_eq!(explanation.rest, 77 - 30 - 25 - 18 - 6 + 10);
    }

    #[test]
    fn ten_points_are_half_a_log_odd_and_thirty_a_tenth() {
        assert_eq!((points(log_odds(0.1)), points(log_odds(0.1) + 0.5), points(f64::MAX)), (30, 40, 1_000_000));
    }
}
