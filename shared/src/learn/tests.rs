//! The learner as a whole, on leads of a seeded generator.

use serde_json::json;

use super::testing::Chance;
use super::*;
use crate::wire::console::Outcome;

#[test]
fn before_anything_is_learnt_it_ranks_as_the_points_do() {
    let learner = learner();
    let said: Vec<f64> =
        (-100..=300).map(|points| learner.predict(&lead("a", 3.0), points * 1000).probability()).collect();
    assert!(said.is_sorted_by(|a, b| a < b));
    assert_eq!(learner.standing().state, State::RuleBased);
}

#[test]
fn it_finds_what_the_card_does_not_know_and_is_trusted_for_it() {
    let (mut learner, mut stream) = (learner(), Stream::new(1));
    let mut states = Vec::new();
    for _ in 0..1500 {
        stream.teach(&mut learner);
        let now = learner.standing().state;
        if states.last() != Some(&now) {
            states.push(now);
        }
    }
    assert_eq!(states, [State::RuleBased, State::Learning, State::Predictive]);
    let standing = learner.standing();
    assert!(standing.learner.auc() > standing.card.auc().map(|auc| auc + 0.1));
    assert!(standing.learner.log_loss() < standing.card.log_loss());
    assert!(standing.learner.calibration_error().unwrap() < 0.05);
    let [good, bad] = ["a", "d"].map(|source| learner.predict(&lead(source, 3.0), 30_000).probability());
    assert!(good > 0.5 && bad < 0.2, "{good} {bad}");
}

#[test]
fn it_steps_back_when_the_world_turns_round() {
    let (mut learner, mut stream) = (learner(), Stream::new(2));
    for _ in 0..1500 {
        stream.teach(&mut learner);
    }
    assert_eq!(learner.standing().state, State::Predictive);
    // What was frozen before the turn is learnt after it: the learner could not know, and was wrong all the same.
    let frozen: Vec<(Scored, bool)> = (0..300).map(|_| stream.next(&learner)).collect();
    for (scored, won) in &frozen {
        learner.learn(scored, !won);
    }
    let standing = learner.standing();
    assert_eq!((standing.state, standing.steps_back), (State::Learning, 1));
    assert_eq!(standing.enough.to_bits(), 40.0_f64.to_bits());
}

#[test]
fn rebuilt_from_what_it_learnt_it_is_the_same_to_the_bit() {
    let (mut learner, mut stream) = (learner(), Stream::new(3));
    let learnt: Vec<(Scored, bool)> = (0..700)
        .map(|_| {
            let (scored, won) = stream.next(&learner);
            learner.learn(&scored, won);
            // As a desk keeps it, in a row.
            let row = serde_json::to_string(&scored).unwrap();
            (serde_json::from_str(&row).unwrap(), won)
        })
        .collect();
    let rebuilt = learner.rebuild(learnt.iter().map(|(scored, won)| (scored, *won)));
    assert_eq!(text(&rebuilt), text(&learner));
    let turned = learner.rebuild(learnt.iter().rev().map(|(scored, won)| (scored, *won)));
    assert_ne!(text(&turned), text(&learner), "the order matters, so it is logged");
}

#[test]
fn put_away_and_read_back_it_goes_on_as_if_it_never_had_been() {
    let (mut kept, mut stream) = (learner(), Stream::new(4));
    let mut read = kept.clone();
    for round in 0..600 {
        let (scored, won) = stream.next(&kept);
        kept.learn(&scored, won);
        read.learn(&scored, won);
        if round % 37 == 0 {
            read = Learner::read(&text(&read)).unwrap();
        }
    }
    assert_eq!(text(&read), text(&kept));
    assert_eq!(read, kept);
}

#[test]
fn a_damaged_row_is_an_error_and_not_another_model() {
    let (mut learner, mut stream) = (learner(), Stream::new(11));
    assert_eq!(Learner::read(&text(&learner)).unwrap(), learner, "one that has learnt nothing");
    for _ in 0..50 {
        stream.teach(&mut learner);
    }
    let good: serde_json::Value = serde_json::from_str(&text(&learner)).unwrap();
    assert!(Learner::read(&good.to_string()).is_ok());
    for path in [
        "/points/kept",
        "/forgetting/means",
        "/steady/variances",
        "/steady/slope",
        "/leader/roots",
        "/mixture/earned",
        "/evidence/card",
        "/records/card/sums",
        "/points_sum",
    ] {
        let mut bad = good.clone();
        let part = bad.pointer_mut(path).unwrap();
        *part = json!(part.as_str().unwrap()[16..]);
        assert!(matches!(Learner::read(&bad.to_string()), Err(ModelError::Parts)), "{path}");
    }
    for path in ["/fields", "/slots/levels", "/sentinel/slots", "/sentinel/guesses", "/records/learner/ranks"] {
        let mut bad = good.clone();
        bad.pointer_mut(path).unwrap().as_array_mut().unwrap().pop();
        assert!(matches!(Learner::read(&bad.to_string()), Err(ModelError::Parts)), "{path}");
    }
    assert!(matches!(Learner::read("{}"), Err(ModelError::Json(_))));
}

#[test]
fn a_late_correction_makes_the_model_that_would_have_been() {
    let (mut corrected, mut stream) = (learner(), Stream::new(5));
    let mut right = corrected.clone();
    let [mut log, mut right_log] = [Log::default(), Log::default()];
    for item in 0..120 {
        let (scored, won) = stream.next(&corrected);
        let id = item.to_string();
        let [truth, first] = [won, won != (item == 40)].map(|won| if won { Outcome::Won } else { Outcome::Lost });
        for (log, learner, outcome) in [(&mut log, &mut corrected, first), (&mut right_log, &mut right, truth)] {
            log.scored(&id, scored.clone());
            log.outcome(learner, &id, Some(outcome));
        }
    }
    assert_ne!(text(&corrected), text(&right));
    let truth = if right_log.learnt().nth(40).unwrap().1 { Outcome::Won } else { Outcome::Lost };
    assert_eq!(log.outcome(&mut corrected, "40", Some(truth)), Step::Rebuild);
    assert_eq!(text(&corrected), text(&right));

    assert_eq!(log.outcome(&mut corrected, "40", Some(truth)), Step::Nothing, "said twice");
    assert_eq!(log.outcome(&mut corrected, "7", Some(Outcome::Spam)), Step::Rebuild);
    assert_eq!(corrected.standing().wins + corrected.standing().losses, 119);
    let again = corrected.rebuild(log.learnt());
    assert_eq!(text(&again), text(&corrected));
}

#[test]
fn what_was_never_scored_or_has_no_outcome_teaches_nothing() {
    let mut log = Log::default();
    let mut learner = learner();
    let fresh = text(&learner);
    let (scored, _) = Stream::new(6).next(&learner);
    log.scored("a", scored);
    assert_eq!(log.outcome(&mut learner, "b", Some(Outcome::Won)), Step::Nothing);
    assert_eq!(log.outcome(&mut learner, "a", None), Step::Nothing, "open is not lost");
    assert_eq!((text(&learner), log.learnt().count()), (fresh, 0));
}

#[test]
fn what_it_learns_from_was_frozen_when_the_score_was_made() {
    let mut learner = learner();
    let mut log = Log::default();
    let freeze =
        |learner: &Learner, source| learner.predict(&lead(source, 1.0), 30_000).freeze(lead(source, 1.0), 30_000);
    let first = freeze(&learner, "a");
    log.scored("item", first.clone());
    log.outcome(&mut learner, "item", Some(Outcome::Won));
    let learnt = text(&learner);
    log.scored("item", freeze(&learner, "what sales found out"));
    assert_eq!(log.learnt().next().unwrap().0, &first);
    assert_eq!(text(&learner.rebuild(log.learnt())), learnt);
}

#[test]
fn every_explanation_adds_up_to_the_score() {
    let (mut learner, mut stream) = (learner(), Stream::new(7));
    for round in 0..400 {
        stream.teach(&mut learner);
        if round % 10 != 0 {
            continue;
        }
        for (source, pages) in [("a", 0.0), ("b", 9.0), ("never seen", 3.0)] {
            let facts = lead(source, pages);
            let why = learner.explain(&facts, 47_500);
            let named: i32 = why.raises.iter().chain(&why.lowers).map(|part| part.points).sum();
            assert_eq!(why.score, why.base + named + why.rest);
            assert_eq!(why.score, learner.predict(&facts, 47_500).points(), "what is explained is what is said");
            assert!(why.rest.abs() <= 10, "{why:?}");
        }
    }
    let why = learner.explain(&lead("d", 3.0), 30_000);
    let says: Vec<String> = why.lowers.iter().map(Part::says).collect();
    assert!(says[0].starts_with("source is d: -"), "{says:?}");
}

#[test]
fn no_stream_is_too_strange() {
    let facts = [
        vec![],
        vec![Fact::Empty; 2],
        vec![Fact::Text(String::new()), Fact::Text("x".repeat(10_000))],
        vec![Fact::Number(f64::MAX), Fact::Number(f64::MIN)],
        vec![Fact::Number(f64::NAN), Fact::Number(f64::INFINITY), Fact::Text("one too many".into())],
    ];
    for rate in [0.0, 0.001, 0.5, 1.0] {
        let (mut learner, mut chance) = (learner(), Chance::new(8));
        for round in 0..3000 {
            let facts = facts[round % facts.len()].clone();
            let points = chance.pick(&[i32::MIN, -1, 0, 30_000, i32::MAX]);
            let said = learner.predict(&facts, points);
            assert!((0.0..=1.0).contains(&said.probability()), "{said:?}");
            learner.learn(&said.freeze(facts, points), chance.happens(rate));
        }
        let back = Learner::read(&text(&learner)).unwrap();
        assert_eq!(back, learner, "every number is finite");
        assert!(learner.warnings().is_empty());
    }
}

#[test]
fn its_row_stays_small() {
    let fields: Vec<Field> = (0..64).map(|n| Field { name: format!("f{n}"), kind: Kind::Category }).collect();
    let mut learner = Learner::new(fields).unwrap();
    let mut most = 0;
    let mut chance = Chance::new(9);
    for round in 0..1200 {
        let facts: Vec<Fact> = (0..64).map(|field| Fact::Text(format!("{field} {}", chance.below(500)))).collect();
        let scored = learner.predict(&facts, 30_000).freeze(facts, 30_000);
        learner.learn(&scored, round % 3 == 0);
        if round % 100 == 0 {
            most = most.max(text(&learner).len());
        }
    }
    // A Durable Object's row holds 2 MB. The widest lead there can be, with ids for levels, while outcomes are kept for refits.
    assert!(most < 1_000_000, "{most}");
    assert!(text(&learner).len() < 700_000, "{}", text(&learner).len());
}

fn learner() -> Learner {
    let fields = [("source", Kind::Category), ("pages", Kind::Number(Edges::default()))];
    Learner::new(fields.map(|(name, kind)| Field { name: name.into(), kind }).into()).unwrap()
}

fn lead(source: &str, pages: f64) -> Vec<Fact> {
    vec![Fact::Text(source.into()), Fact::Number(pages)]
}

fn text(learner: &Learner) -> String {
    serde_json::to_string(learner).unwrap()
}

/// Leads whose source decides what the card does not know.
struct Stream(Chance);

impl Stream {
    fn new(seed: u64) -> Self {
        Self(Chance::new(seed))
    }

    /// A lead as it is scored now, and what becomes of it.
    fn next(&mut self, learner: &Learner) -> (Scored, bool) {
        let source = self.0.pick(&["a", "b", "c", "d"]);
        let pages = f64::from(self.0.below(10));
        let points = 20_000 + i32::try_from(self.0.below(20_000)).unwrap();
        let likes =
            [("a", 1.5), ("b", 0.0), ("c", -1.0), ("d", -2.5)].iter().find(|(name, _)| *name == source).unwrap().1;
        let z = likes + pages / 10.0 - 0.5 + (f64::from(points) / 1000.0 - 30.0) / 20.0;
        let won = self.0.happens(math::sigmoid(z));
        let facts = lead(source, pages);
        (learner.predict(&facts, points).freeze(facts, points), won)
    }

    fn teach(&mut self, learner: &mut Learner) {
        let (scored, won) = self.next(learner);
        learner.learn(&scored, won);
    }
}
