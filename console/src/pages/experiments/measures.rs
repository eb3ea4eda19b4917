//! What visitors may have done, in the words of whoever reads a results page.

use shared::wire::experiment::Measure;

use super::numbers::Unit;

/// What may decide, in the order in which it happens.
pub const DECIDING: [Measure; 7] = [
    Measure::Opened,
    Measure::Started,
    Measure::Sent,
    Measure::Accepted,
    Measure::FirstTouch,
    Measure::Won,
    Measure::Retained,
];

/// What must not get worse, as it is offered.
pub const GUARDS: [Measure; 3] = [Measure::Complaint, Measure::Cost, Measure::Support];

/// What it is called.
pub fn name(measure: Measure) -> &'static str {
    match measure {
        Measure::Opened => "Pressed the button",
        Measure::Started => "Began the form",
        Measure::Sent => "Sent the form",
        Measure::Accepted => "Accepted leads",
        Measure::FirstTouch => "Answered by the team",
        Measure::Won => "Customers won",
        Measure::Retained => "Customers kept for 90 days",
        Measure::Support => "Asked for help",
        Measure::Complaint => "Complaints",
        Measure::Cost => "Time to draw the prompt",
    }
}

/// What counts as it.
pub fn means(measure: Measure) -> &'static str {
    match measure {
        Measure::Opened => "They pressed the prompt\u{2019}s button. Quick to know, and furthest from a customer.",
        Measure::Started => "They typed something into the form.",
        Measure::Sent => "They sent the form.",
        Measure::Accepted => {
            "They sent a form that the team took on: no spam, no duplicate, nothing out of scope. A good choice where there \
             is a form."
        }
        Measure::FirstTouch => "They sent a form that somebody answered.",
        Measure::Won => "They bought. It takes long to know.",
        Measure::Retained => "They bought, and were still customers 90 days later. It takes longest to know.",
        Measure::Support => "They asked for help afterwards.",
        Measure::Complaint => "They complained afterwards.",
        Measure::Cost => "What drawing the prompt costs the page.",
    }
}

/// Its tag, for a control.
pub fn tag(measure: Measure) -> &'static str {
    match measure {
        Measure::Opened => "opened",
        Measure::Started => "started",
        Measure::Sent => "sent",
        Measure::Accepted => "accepted",
        Measure::FirstTouch => "first_touch",
        Measure::Won => "won",
        Measure::Retained => "retained",
        Measure::Support => "support",
        Measure::Complaint => "complaint",
        Measure::Cost => "cost",
    }
}

/// The one of a tag, of those that may decide.
pub fn of(named: &str) -> Option<Measure> {
    DECIDING.into_iter().find(|measure| tag(*measure) == named)
}

/// Whether less of it is better.
pub fn less_is_better(measure: Measure) -> bool {
    matches!(measure, Measure::Support | Measure::Complaint | Measure::Cost)
}

/// What its differences are in.
pub fn unit(measure: Measure) -> Unit {
    if measure == Measure::Cost { Unit::Millis } else { Unit::Points }
}

/// How much worse something may get, where nobody has said: half a percentage point, or 50 milliseconds.
pub fn usual_margin(measure: Measure) -> f64 {
    if measure == Measure::Cost { 50.0 } else { 0.005 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_those_of_the_wire() {
        for measure in DECIDING.into_iter().chain(GUARDS) {
            assert_eq!(serde_json::to_value(measure).unwrap(), tag(measure));
        }
        assert_eq!(of("won"), Some(Measure::Won));
        assert_eq!(of("cost"), None, "what must not get worse does not decide");
    }
}
