//! Numbers of a results page, as people read them: counts, shares, differences, and where each of them lies.

use shared::wire::experiments::EstimateView;

const MINUS: char = '\u{2212}';
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// What a number is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A share, whose differences are percentage points.
    Points,
    /// A share of something, in percent.
    Percent,
    /// Milliseconds.
    Millis,
}

impl Unit {
    /// What a number is multiplied by before it is shown.
    pub fn factor(self) -> f64 {
        match self {
            Self::Points | Self::Percent => 100.0,
            Self::Millis => 1.0,
        }
    }

    fn says(self) -> &'static str {
        match self {
            Self::Points => "",
            Self::Percent => "\u{a0}%",
            Self::Millis => "\u{a0}ms",
        }
    }
}

/// `1,240`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// About so many, of what is counted: `1,240`.
pub fn about(number: f64) -> String {
    // A number of visitors: far below what a count holds, and none is negative.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let whole = number.round().max(0.0) as u64;
    count(whole)
}

/// `1 visitor`, `1,240 visitors`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{} {many}", count(number)) }
}

/// A share: `4.2 %`, `0.31 %`.
pub fn share(share: f64) -> String {
    amount(share, Unit::Percent)
}

/// Something that is not a difference: `4.2 %`, `31 ms`.
pub fn amount(number: f64, unit: Unit) -> String {
    let shown = number * unit.factor();
    format!("{}{}", digits(shown, decimals(shown)), unit.says())
}

/// A difference, with its sign: `+1.42`, `−3.2 %`.
pub fn difference(number: f64, unit: Unit) -> String {
    let shown = number * unit.factor();
    // The same digits on both sides of an interval, but for the largest.
    let (most, many) = if unit == Unit::Points { (10.0, 2) } else { (100.0, 1) };
    let decimals = if shown.abs() < most { many } else { many - 1 };
    format!("{}{}", signed(shown, decimals), unit.says())
}

/// Where a number is: `between +0.40 and +2.44`; an end that is open is left out.
pub fn between(estimate: &EstimateView, unit: Unit) -> String {
    let side = |end: f64| difference(end, unit);
    match (estimate.low, estimate.high) {
        (Some(low), Some(high)) => format!("between {} and {}", side(low), side(high)),
        (Some(low), None) => format!("at least {}", side(low)),
        (None, Some(high)) => format!("at most {}", side(high)),
        (None, None) => "anything yet".to_owned(),
    }
}

/// A chance, which is never quite all or nothing.
pub fn chance(chance: f64) -> String {
    match chance {
        _ if chance > 0.999 => "over 99.9\u{a0}%".to_owned(),
        _ if chance < 0.001 => "under 0.1\u{a0}%".to_owned(),
        _ => format!("{}{}", digits(chance * 100.0, 1), Unit::Percent.says()),
    }
}

/// What somebody typed, as they typed it: `0.5`, `50 %`.
pub fn typed(number: f64, unit: Unit) -> String {
    format!("{}{}", percent(number * unit.factor() / 100.0), unit.says())
}

/// A mark at the side of a plot, where there is one at each step: `+1`, `−0.5`.
pub fn tick(shown: f64, step: f64) -> String {
    let decimals = match step {
        _ if step >= 1.0 => 0,
        _ if step >= 0.1 => 1,
        _ => 2,
    };
    signed(shown, decimals)
}

/// A weight or a coverage in percent, as it is typed: `33.333`.
pub fn percent(share: f64) -> f64 {
    (share * 100_000.0).round() / 1000.0
}

/// `29 Nov`, from `2026-11-29`; what is no day is shown as it is.
pub fn day(day: &str) -> String {
    let mut parts = day.split('-').skip(1).map(|part| part.parse::<usize>().ok());
    let month = parts.next().flatten().and_then(|month| MONTHS.get(month.checked_sub(1)?));
    match (month, parts.next().flatten()) {
        (Some(month), Some(date)) => format!("{date}\u{a0}{month}"),
        _ => day.to_owned(),
    }
}

/// How many digits behind the point say something: three that count, and no more than two behind it.
fn decimals(number: f64) -> usize {
    match number.abs() {
        0.0 => 0,
        size if size < 0.995 => 2,
        size if size < 99.5 => 1,
        _ => 0,
    }
}

fn digits(number: f64, decimals: usize) -> String {
    let shown = format!("{:.decimals$}", number.abs());
    let (whole, rest) = shown.split_once('.').map_or((shown.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), count);
    let is_nothing = shown.chars().all(|it| matches!(it, '0' | '.'));
    let sign = if number < 0.0 && !is_nothing { MINUS.to_string() } else { String::new() };
    match rest {
        Some(rest) => format!("{sign}{whole}.{rest}"),
        None => format!("{sign}{whole}"),
    }
}

fn signed(number: f64, decimals: usize) -> String {
    let shown = digits(number, decimals);
    let is_nothing = shown.chars().all(|it| matches!(it, '0' | '.'));
    if number > 0.0 && !is_nothing { format!("+{shown}") } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_their_thousands() {
        assert_eq!([0, 12, 999, 1240, 1_234_567].map(count), ["0", "12", "999", "1,240", "1,234,567"]);
        assert_eq!([0.4, 1240.4, -3.0].map(about), ["0", "1,240", "0"]);
        assert_eq!(counted(1, "visitor", "visitors"), "1 visitor");
        assert_eq!(counted(1900, "visitor", "visitors"), "1,900 visitors");
    }

    #[test]
    fn shares_have_the_digits_that_say_something() {
        let said = [0.0, 0.0031, 0.0421, 0.124, 1.0].map(share);
        assert_eq!(said, ["0 %", "0.31 %", "4.2 %", "12.4 %", "100 %"].map(|it| it.replace(' ', "\u{a0}")));
        assert_eq!(amount(1240.4, Unit::Millis), "1,240\u{a0}ms");
    }

    #[test]
    fn differences_have_their_sign() {
        assert_eq!(difference(0.0142, Unit::Points), "+1.42");
        assert_eq!(difference(0.142, Unit::Points), "+14.2");
        assert_eq!(difference(-0.0042, Unit::Points), "\u{2212}0.42");
        assert_eq!(difference(0.000_001, Unit::Points), "0.00");
        assert_eq!(difference(-0.000_001, Unit::Points), "0.00");
        assert_eq!(difference(0.123, Unit::Percent), "+12.3\u{a0}%");
    }

    #[test]
    fn an_open_end_is_left_out() {
        let at = |low, high| between(&EstimateView { at: 0.02, low, high }, Unit::Percent);
        assert_eq!(at(Some(0.03), Some(0.21)), "between +3.0\u{a0}% and +21.0\u{a0}%");
        assert_eq!(at(Some(0.03), None), "at least +3.0\u{a0}%");
        assert_eq!(at(None, Some(-0.21)), "at most \u{2212}21.0\u{a0}%");
        assert_eq!(at(None, None), "anything yet");
    }

    #[test]
    fn a_chance_is_never_certain() {
        assert_eq!(chance(0.999_99), "over 99.9\u{a0}%");
        assert_eq!(chance(0.000_01), "under 0.1\u{a0}%");
        assert_eq!([0.974, 0.998].map(chance), ["97.4\u{a0}%", "99.8\u{a0}%"]);
    }

    #[test]
    fn a_weight_is_typed_back_as_it_was() {
        for typed in [33.3, 33.333, 12.5, 50.0, 0.1] {
            assert!((percent(typed / 100.0) - typed).abs() < f64::EPSILON, "{typed}");
        }
    }

    #[test]
    fn what_was_typed_is_said_as_it_was_typed() {
        assert_eq!(typed(0.005, Unit::Points), "0.5");
        assert_eq!(typed(0.5, Unit::Percent), "50\u{a0}%");
        assert_eq!(typed(50.0, Unit::Millis), "50\u{a0}ms");
    }

    #[test]
    fn marks_have_the_digits_of_their_steps() {
        assert_eq!([tick(2.0, 1.0), tick(-0.5, 0.5), tick(0.05, 0.05)], ["+2", "\u{2212}0.5", "+0.05"]);
    }

    #[test]
    fn a_day_in_short() {
        assert_eq!(day("2026-11-09"), "9\u{a0}Nov");
        assert_eq!(day("2026-13-09"), "2026-13-09");
        assert_eq!(day("soon"), "soon");
    }
}
