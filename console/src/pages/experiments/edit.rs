//! A draft as it is typed: what it begins as, adding and taking away arms, and what is no number yet. Pure.

use shared::wire::FieldProblem;
use shared::wire::experiment::{Experiment, ExperimentArm, ExperimentStatus, Guard, Measure};
use shared::wire::prompt::Prompt;

use super::measures::usual_margin;
use super::weights;

/// The most arms that the form makes: more take their visitors from each other.
pub const MOST_ARMS: usize = 4;
const KEYS: [&str; MOST_ARMS] = ["a", "b", "c", "d"];
/// The smallest change worth finding, where nobody has said: a fifth.
const LOOKS_FOR: f64 = 0.2;

/// A draft that tries a copy of a prompt against it.
pub fn blank(prompt: &Prompt) -> Experiment {
    let mut draft = Experiment {
        key: String::new(),
        name: String::new(),
        question: String::new(),
        prompt: prompt.id.clone(),
        status: ExperimentStatus::Draft,
        arms: vec![arm(None), arm(Some(prompt))],
        coverage: 1.0,
        seed: None,
        namespace: None,
        audience: None,
        unit: "visitor".to_owned(),
        second_unit: None,
        bucket_version: 0,
        least_bucket_version: 0,
        metric: if prompt.form.is_some() { Measure::Accepted } else { Measure::Opened },
        guardrails: [Measure::Complaint, Measure::Cost].map(guard).into(),
        base: None,
        looks_for: LOOKS_FOR,
        started_at: None,
        earlier: Vec::new(),
        ended: None,
    };
    settle(&mut draft);
    draft
}

/// Something that must not get worse, by the usual margin.
pub fn guard(measure: Measure) -> Guard {
    Guard { measure, margin: usual_margin(measure) }
}

/// One more arm: a copy of the control.
pub fn add_arm(draft: &mut Experiment, control: &Prompt) {
    if draft.arms.len() < MOST_ARMS {
        draft.arms.push(arm(Some(control)));
        settle(draft);
    }
}

/// One arm less; never the control, nor the last that is compared with it.
pub fn remove_arm(draft: &mut Experiment, at: usize) {
    if at > 0 && at < draft.arms.len() && draft.arms.len() > 2 {
        draft.arms.remove(at);
        settle(draft);
    }
}

/// Another prompt is the control: the arms are copies of it, with the words that somebody has typed for them.
pub fn take_control(draft: &mut Experiment, before: Option<&Prompt>, control: &Prompt) {
    draft.prompt.clone_from(&control.id);
    for arm in draft.arms.iter_mut().skip(1) {
        let mut copy = control.clone();
        if let (Some(before), Some(mine)) = (before, &arm.prompt) {
            let kept = |was: &String, is: &String, new: &mut String| {
                if was != is {
                    new.clone_from(is);
                }
            };
            kept(&before.title, &mine.title, &mut copy.title);
            kept(&before.body, &mine.body, &mut copy.body);
            kept(&before.action, &mine.action, &mut copy.action);
        }
        arm.prompt = Some(Box::new(copy));
    }
}

/// As it is sent: with shares that come to one, where only rounding is in the way.
pub fn sent(draft: &Experiment) -> Experiment {
    let mut sent = draft.clone();
    let even = weights::evened(&weights_of(draft));
    for (arm, weight) in sent.arms.iter_mut().zip(even) {
        arm.weight = weight;
    }
    sent
}

/// The shares of the arms.
pub fn weights_of(draft: &Experiment) -> Vec<f64> {
    draft.arms.iter().map(|arm| arm.weight).collect()
}

/// What is no number yet, and so cannot be sent.
pub fn slips(draft: &Experiment) -> Vec<FieldProblem> {
    let arms = draft.arms.iter().enumerate().map(|(at, arm)| (format!("arms[{at}].weight"), arm.weight));
    let guards =
        draft.guardrails.iter().enumerate().map(|(at, guard)| (format!("guardrails[{at}].margin"), guard.margin));
    let alone = [
        ("coverage".to_owned(), draft.coverage),
        ("base".to_owned(), draft.base.unwrap_or(0.0)),
        ("looks_for".to_owned(), draft.looks_for),
    ];
    let all = arms.chain(guards).chain(alone);
    all.filter(|(_, number)| !number.is_finite()).map(|(field, _)| no_number(field)).collect()
}

/// A field holds no number.
pub fn no_number(field: String) -> FieldProblem {
    FieldProblem { field, code: "no_number".to_owned(), message: "type a number".to_owned() }
}

fn arm(copy: Option<&Prompt>) -> ExperimentArm {
    ExperimentArm {
        key: String::new(),
        name: String::new(),
        weight: 0.0,
        prompt: copy.map(|prompt| Box::new(prompt.clone())),
    }
}

/// Arms are named by their places, and have equal shares.
fn settle(draft: &mut Experiment) {
    let shares = weights::equal(draft.arms.len());
    for ((arm, key), weight) in draft.arms.iter_mut().zip(KEYS).zip(shares) {
        key.clone_into(&mut arm.key);
        arm.weight = weight;
    }
}

#[cfg(test)]
mod tests {
    use shared::wire::prompt::Look;

    use super::*;

    #[test]
    fn it_begins_as_the_prompt_and_a_copy_of_it() {
        let draft = blank(&prompt("pricing_help"));
        assert_eq!(draft.arms.iter().map(|arm| arm.key.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(draft.arms[0].prompt, None, "the control is the prompt itself");
        assert_eq!(draft.arms[1].prompt.as_deref(), Some(&prompt("pricing_help")));
        assert_eq!(weights_of(&draft), [0.5, 0.5]);
        assert_eq!(
            draft.guardrails.iter().map(|guard| guard.measure).collect::<Vec<_>>(),
            [Measure::Complaint, Measure::Cost]
        );
        assert_eq!(slips(&draft), []);
    }

    #[test]
    fn arms_are_named_by_their_places_and_share_alike() {
        let mut draft = blank(&prompt("p"));
        for _ in 0..3 {
            add_arm(&mut draft, &prompt("p"));
        }
        assert_eq!(draft.arms.len(), MOST_ARMS);
        draft.arms[3].name = "Last".to_owned();
        remove_arm(&mut draft, 2);
        assert_eq!((draft.arms[2].key.as_str(), draft.arms[2].name.as_str()), ("c", "Last"));
        assert!((weights::sum(&weights_of(&draft)) - 1.0).abs() < 1e-9);
        remove_arm(&mut draft, 0);
        remove_arm(&mut draft, 1);
        remove_arm(&mut draft, 1);
        assert_eq!(draft.arms.len(), 2, "two are compared at least");
    }

    #[test]
    fn words_that_somebody_typed_stay_when_the_control_changes() {
        let (old, new) = (prompt("old"), Prompt { body: "New body".to_owned(), look: Look::Bar, ..prompt("new") });
        let mut draft = blank(&old);
        if let Some(mine) = &mut draft.arms[1].prompt {
            mine.title = "Mine".to_owned();
        }
        take_control(&mut draft, Some(&old), &new);
        let copy = draft.arms[1].prompt.as_deref().unwrap();
        assert_eq!((copy.title.as_str(), copy.body.as_str(), copy.look), ("Mine", "New body", Look::Bar));
        assert_eq!(draft.prompt, "new");
    }

    #[test]
    fn what_is_no_number_is_found() {
        let mut draft = blank(&prompt("p"));
        draft.coverage = f64::NAN;
        draft.arms[1].weight = f64::NAN;
        let fields: Vec<String> = slips(&draft).into_iter().map(|it| it.field).collect();
        assert_eq!(fields, ["arms[1].weight", "coverage"]);
    }

    fn prompt(id: &str) -> Prompt {
        let json = serde_json::json!({
            "id": id, "look": "slide_in", "title": "Title", "body": "Body", "action": "Go", "form": "f", "triggers": []
        });
        serde_json::from_value(json).unwrap()
    }
}
