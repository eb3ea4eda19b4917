//! What visitors may have done who saw an arm, and how long they have for it.
//!
//! A visitor's outcome is known once their time is over, and stays what it was then: only so is a look at any day honest, and only
//! so does nobody count as lost who has merely not had their time. Days are whole ones in UTC, counted from the day after the
//! one on which they were counted.

use crate::experiment::Better;
use crate::wire::experiment::Measure;

impl Measure {
    /// All of them, in the order in which they happen.
    pub const ALL: [Self; 10] = [
        Self::Opened,
        Self::Started,
        Self::Sent,
        Self::Accepted,
        Self::FirstTouch,
        Self::Won,
        Self::Retained,
        Self::Support,
        Self::Complaint,
        Self::Cost,
    ];

    /// Its name in rows, addresses and files; never renamed.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Started => "started",
            Self::Sent => "sent",
            Self::Accepted => "accepted",
            Self::FirstTouch => "first_touch",
            Self::Won => "won",
            Self::Retained => "retained",
            Self::Support => "support",
            Self::Complaint => "complaint",
            Self::Cost => "cost",
        }
    }

    /// The measure of a tag.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.tag() == tag)
    }

    /// How many days a visitor has for it after the day on which they were counted.
    pub fn window_days(self) -> u32 {
        match self {
            Self::Opened | Self::Started | Self::Cost => 0,
            Self::Sent => 1,
            Self::Accepted | Self::FirstTouch => 7,
            Self::Support => 14,
            Self::Complaint => 30,
            Self::Won => 60,
            // As long as there is to buy, and 90 days in which it may be taken back.
            Self::Retained => 150,
        }
    }

    /// Which way is good.
    pub fn better(self) -> Better {
        match self {
            Self::Support | Self::Complaint | Self::Cost => Better::Lower,
            _ => Better::Higher,
        }
    }

    /// Whether it may decide an experiment.
    pub fn may_decide(self) -> bool {
        self.better() == Better::Higher
    }

    /// What was brought, in a sentence about arms: `brings 12 % more accepted leads`.
    pub fn says(self) -> &'static str {
        match self {
            Self::Opened => "visitors who press its button",
            Self::Started => "visitors who begin a form",
            Self::Sent => "sent forms",
            Self::Accepted => "accepted leads",
            Self::FirstTouch => "answered leads",
            Self::Won => "customers",
            Self::Retained => "customers who stay",
            Self::Support => "support requests",
            Self::Complaint => "complaints",
            Self::Cost => "milliseconds of the page\u{2019}s time",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_name_of_its_own_that_leads_back() {
        for measure in Measure::ALL {
            assert_eq!(Measure::from_tag(measure.tag()), Some(measure));
            assert_eq!(serde_json::to_value(measure).unwrap(), measure.tag());
        }
        assert_eq!(Measure::from_tag("clicks"), None);
    }
}
