//! Why there is no answer. No statistic is a default: what cannot be said is not said.

/// Why something cannot be told from what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Inconclusive {
    /// An arm has nobody, or one visitor, of whom nothing can be said.
    #[error("an arm has fewer than two visitors")]
    TooFew,
    /// All of an arm are alike: none converted, or all, or every value is the same.
    #[error("all visitors of an arm are alike")]
    NoVariance,
    /// The control's mean is nothing, so that nothing is relative to it.
    #[error("the control's mean is zero")]
    ZeroControl,
    /// More conversions than visitors, a negative count, a sum of squares that no values have, a number that is none.
    #[error("the totals cannot be right")]
    BadTotals,
    /// Arms were measured in different ways.
    #[error("the arms are measured in different ways")]
    Unlike,
    /// A level, a weight, a rate or an effect outside what makes sense.
    #[error("a setting is out of range")]
    BadSetting,
    /// Nothing was looked for: an effect of nothing, or no visitors a day.
    #[error("there is nothing to find")]
    NothingToFind,
}

impl Inconclusive {
    /// For logs, rows and the console; never renamed.
    pub fn tag(self) -> &'static str {
        match self {
            Self::TooFew => "too_few",
            Self::NoVariance => "no_variance",
            Self::ZeroControl => "zero_control",
            Self::BadTotals => "bad_totals",
            Self::Unlike => "unlike",
            Self::BadSetting => "bad_setting",
            Self::NothingToFind => "nothing_to_find",
        }
    }
}

/// The number, if it is one.
pub fn finite(number: f64) -> Result<f64, Inconclusive> {
    if number.is_finite() { Ok(number) } else { Err(Inconclusive::BadTotals) }
}

/// A level: more than nothing, less than a half.
pub fn level(alpha: f64) -> Result<f64, Inconclusive> {
    if alpha > 0.0 && alpha < 0.5 { Ok(alpha) } else { Err(Inconclusive::BadSetting) }
}
