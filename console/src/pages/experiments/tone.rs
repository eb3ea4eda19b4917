//! How a verdict looks and what it is called: never by its colour alone.

/// How a verdict looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tone {
    /// As the style sheet knows it: `good`, `bad`, `alarm`, `open`.
    pub tag: &'static str,
    /// What stands before the words.
    pub sign: &'static str,
    /// In a few words.
    pub says: &'static str,
}

/// The tone of a verdict's tag.
pub fn of(verdict: &str) -> Tone {
    let tone = |tag, sign, says| Tone { tag, sign, says };
    match verdict {
        "winner" => tone("good", "\u{2713}", "There is a winner"),
        "loser" => tone("bad", "\u{2193}", "The control is better"),
        "guardrail_hit" => tone("alarm", "!", "Harm: a guardrail is hit"),
        "invalid_sample_ratio" => tone("alarm", "\u{d7}", "Broken: the arms did not get their shares"),
        "invalid_crossed" => tone("alarm", "\u{d7}", "Broken: visitors saw more than one arm"),
        "open" => tone("open", "\u{2026}", "Not decided yet"),
        _ => tone("open", "\u{2026}", "Too early to say"),
    }
}

/// The same of an experiment that has ended: what was open then stays so.
pub fn of_ended(verdict: &str) -> Tone {
    match of(verdict) {
        Tone { tag: "open", .. } => Tone { tag: "open", sign: "\u{2013}", says: "Ended undecided" },
        tone => tone,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_trusted_alarms() {
        for verdict in ["invalid_sample_ratio", "invalid_crossed", "guardrail_hit"] {
            assert_eq!(of(verdict).tag, "alarm", "{verdict}");
        }
    }

    #[test]
    fn what_nobody_can_tell_is_neither_good_nor_bad() {
        for verdict in ["open", "too_few", "no_variance", "a_reason_of_tomorrow", ""] {
            assert_eq!(of(verdict).tag, "open", "{verdict}");
            assert_eq!(of_ended(verdict).says, "Ended undecided");
        }
    }
}
