//! What is said of results, for somebody who knows no statistics: one sentence that is true, and one that says what to do.

use super::results::day;
use super::tally::last_day;
use crate::experiment::{Broken, Inconclusive, Verdict};
use crate::wire::experiment::{Experiment, Measure};
use crate::wire::experiments::{EstimateView, ReadingView, Results};

/// Writes the verdict of results, and what follows from it.
pub fn tell(results: &mut Results, experiment: &Experiment, verdict: Verdict, today: i64) {
    verdict.tag().clone_into(&mut results.verdict);
    let control = name(experiment, 0);
    let (says, next, arm) = match verdict {
        Verdict::Invalid(Broken::SampleRatio) => (
            format!("These results cannot be trusted: {}", lower(&results.ratio.says)),
            "Do not act on any number below. Find out why visitors of one arm go missing (a page that breaks, a redirect, \
             a filter), mend it, and begin a new experiment."
                .to_owned(),
            None,
        ),
        Verdict::Invalid(Broken::Crossed) => (
            format!(
                "These results cannot be trusted: {} of the visitors saw more than one arm.",
                percent(results.crossed.share)
            ),
            "Do not act on any number below. Visitors who sign in on several devices may get another arm on each: begin a new \
             experiment whose audience is not signed in."
                .to_owned(),
            None,
        ),
        Verdict::GuardrailHit { arm, guardrail } => (
            hit(results, experiment, arm, guardrail),
            format!("Stop {}, whatever else it brings.", name(experiment, arm)),
            Some(arm),
        ),
        Verdict::Winner { arm } => (
            won(results, experiment, arm),
            format!("Declare {} the winner: it becomes the prompt for everybody.", name(experiment, arm)),
            Some(arm),
        ),
        Verdict::Loser => (
            lost(results, experiment),
            format!("Stop the experiment and keep {control}. Write down what was learnt."),
            Some(1),
        ),
        Verdict::Open => (open(results, experiment), go_on(results), None),
        Verdict::Inconclusive(why) => (not_yet(results, experiment, why, today), go_on(results), None),
    };
    (results.says, results.next, results.arm) = (says, next, arm);
}

/// What staff call an arm: `B`, or `B (shorter words)`.
pub fn name(experiment: &Experiment, arm: usize) -> String {
    let Some(of) = experiment.arms.get(arm) else { return String::new() };
    let letter = of.key.to_uppercase();
    if of.name.is_empty() { letter } else { format!("{letter} ({})", of.name) }
}

/// Why there is no number.
pub fn why(why: Inconclusive) -> String {
    let says = match why {
        Inconclusive::TooFew => "Too few visitors have had their time.",
        Inconclusive::NoVariance => "Nobody did it yet, or everybody did: nothing can be compared.",
        Inconclusive::ZeroControl => "None of the control\u{2019}s visitors did it, so nothing is relative to them.",
        Inconclusive::BadTotals => "The totals cannot be right.",
        Inconclusive::Unlike => "The arms were measured in different ways.",
        Inconclusive::BadSetting => "A setting makes no sense.",
        Inconclusive::NothingToFind => "There is nothing to find.",
    };
    says.to_owned()
}

/// What is said of the shares that arms got.
pub fn ratio(is_broken: bool, seen: &[u64], expected: &[f64]) -> String {
    if seen.iter().all(|seen| *seen == 0) {
        return "Nobody has been counted yet.".to_owned();
    }
    if !is_broken {
        return "Visitors were shared out as planned.".to_owned();
    }
    let seen: Vec<String> = seen.iter().map(|seen| thousands(*seen)).collect();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of visitors")]
    let expected: Vec<String> = expected.iter().map(|expected| thousands(expected.round() as u64)).collect();
    format!(
        "Visitors were not shared out as planned: {} came where {} were to come, and chance does not do that.",
        seen.join(" and "),
        expected.join(" and ")
    )
}

fn reading(results: &Results, arm: usize) -> Option<&ReadingView> {
    results.metric.readings.iter().find(|reading| reading.arm == arm)
}

fn won(results: &Results, experiment: &Experiment, arm: usize) -> String {
    let (this, control, what) = (name(experiment, arm), name(experiment, 0), experiment.metric.says());
    let rate = |arm: usize| results.metric.arms.get(arm).and_then(|cell| cell.rate);
    let reading = reading(results, arm);
    let is_clear = |of: Option<EstimateView>| of.and_then(|of| of.low).is_some_and(|low| low > 0.0);
    match reading.and_then(|reading| reading.lift) {
        Some(EstimateView { at, low: Some(low), high: Some(high) }) if low > 0.0 => format!(
            "{this} brings {} more {what} than {control}, between {} and {}; safe to stop.",
            percent(at),
            percent(low),
            percent(high)
        ),
        // Where few of the control's visitors did it, how many times as many is unknown; that it is more is not.
        lift if !is_clear(lift) && is_clear(reading.and_then(|reading| reading.difference)) => {
            let (now, before) = (rate(arm).unwrap_or(0.0), rate(0).unwrap_or(0.0));
            format!(
                "{this} brings more {what} than {control}: {} of its visitors against {}; safe to stop.",
                percent(now),
                percent(before)
            )
        }
        Some(EstimateView { at, .. }) if at > 0.0 => format!(
            "{this} brings more {what} than {control}: about {} more, though how much exactly is still open; safe to stop.",
            percent(at)
        ),
        _ => format!("{this} brings more {what} than {control}; safe to stop."),
    }
}

fn lost(results: &Results, experiment: &Experiment) -> String {
    let (control, what) = (name(experiment, 0), experiment.metric.says());
    if experiment.arms.len() > 2 {
        return format!("Every other arm brings fewer {what} than {control}; safe to stop.");
    }
    let this = name(experiment, 1);
    match reading(results, 1).and_then(|reading| reading.lift) {
        Some(EstimateView { at, low: Some(low), high: Some(high) }) if high < 0.0 => format!(
            "{this} brings {} fewer {what} than {control}, between {} and {}; safe to stop.",
            percent(-at),
            percent(-high),
            percent(-low)
        ),
        _ => format!("{this} brings fewer {what} than {control}; safe to stop."),
    }
}

fn hit(results: &Results, experiment: &Experiment, arm: usize, guardrail: usize) -> String {
    let (this, control) = (name(experiment, arm), name(experiment, 0));
    let Some(guard) = results.guardrails.get(guardrail) else { return String::new() };
    let rates = guard.arms.get(arm).and_then(|cell| cell.rate).zip(guard.arms.first().and_then(|cell| cell.rate));
    let (what, written): (_, fn(f64) -> String) = match guard.measure {
        Measure::Cost => ("takes more of the page\u{2019}s time", |ms| format!("{ms:.0} ms")),
        _ => ("brings more", percent),
    };
    let of = if guard.measure == Measure::Cost { String::new() } else { format!(" {}", guard.measure.says()) };
    match rates {
        Some((rate, before)) => {
            format!("{this} {what}{of} than {control}: {} against {}.", written(rate), written(before))
        }
        None => format!("{this} {what}{of} than {control}."),
    }
}

fn open(results: &Results, experiment: &Experiment) -> String {
    /// Within this, lifts say something to people; beyond it, that little is known.
    const TELLING: std::ops::Range<f64> = -0.9..2.0;
    let (control, what) = (name(experiment, 0), experiment.metric.says());
    if experiment.arms.len() > 2 {
        return format!("No arm was found to bring more {what} than {control}, or fewer, yet.");
    }
    let this = name(experiment, 1);
    let reading = reading(results, 1);
    if let Some(EstimateView { low: Some(low), high: Some(high), .. }) = reading.and_then(|it| it.difference)
        && (low > 0.0 || high < 0.0)
    {
        let ahead = if low > 0.0 { &this } else { &control };
        return format!("{ahead} is ahead in {what}, but that is not certain yet.");
    }
    match reading.and_then(|reading| reading.lift) {
        Some(EstimateView { low: Some(low), high: Some(high), .. })
            if TELLING.contains(&low) && TELLING.contains(&high) =>
        {
            format!(
                "No difference was found yet: {this} may bring anything from {} to {} {what} than {control}.",
                by(low),
                by(high)
            )
        }
        _ => format!("It is too early to say whether {this} or {control} brings more {what}."),
    }
}

fn not_yet(results: &Results, experiment: &Experiment, why: Inconclusive, today: i64) -> String {
    let seen: u64 = results.arms.iter().map(|arm| arm.seen).sum();
    let days = experiment.metric.window_days();
    match why {
        Inconclusive::TooFew if seen == 0 => "Nothing can be said yet: nobody has been counted.".to_owned(),
        Inconclusive::TooFew => {
            let first = day(last_day(experiment.metric, today).saturating_add(1));
            let time = match days {
                0 => "the day on which they came is over".to_owned(),
                1 => "the day after theirs is over".to_owned(),
                days => format!("they have had their {days} days"),
            };
            format!(
                "Nothing can be said yet: visitors enter once {time}. Of those who come today that is on {first}; \
                 {} wait for it.",
                thousands(results.metric.waiting)
            )
        }
        Inconclusive::NoVariance => {
            format!(
                "Nothing can be said yet: of some arm nobody brought {}, or everybody did.",
                experiment.metric.says()
            )
        }
        other => format!("Nothing can be said: {}", lower(&self::why(other))),
    }
}

fn go_on(results: &Results) -> String {
    let look = "Let it run; looking at it any day does no harm.";
    match results.days_left {
        Some(1) => format!("{look} At this pace what it looks for is likely to show within a day."),
        Some(days) => format!("{look} At this pace what it looks for is likely to show within {days} days."),
        None => look.to_owned(),
    }
}

/// `12 % fewer`, `as many`, `3 % more`.
fn by(lift: f64) -> String {
    match lift {
        lift if lift < 0.0 => format!("{} fewer", percent(-lift)),
        lift if lift > 0.0 => format!("{} more", percent(lift)),
        _ => "as many".to_owned(),
    }
}

/// How long an answer takes, or what is missing to say so.
pub fn plan(base: Option<f64>, each: Option<u64>, days: Option<u32>, seen_a_day: f64) -> String {
    match (base, each, days) {
        (None, ..) => "Say what share of visitors does it today, and this says how long it takes.".to_owned(),
        (_, None, _) => "So small a change cannot be found: look for a greater one.".to_owned(),
        (_, Some(each), None) if seen_a_day > 0.0 => format!(
            "It takes {} visitors of each arm, and with so few who see it more than a hundred years.",
            thousands(each)
        ),
        (_, Some(each), None) => format!(
            "It takes {} visitors of each arm. Nobody has seen this prompt lately, so nobody can say how many days that is.",
            thousands(each)
        ),
        (_, Some(each), Some(days)) => {
            let days = if days == 1 { "a day".to_owned() } else { format!("{} days", thousands(days.into())) };
            format!(
                "It takes about {days}: {} visitors of each arm, at {seen_a_day:.0} who see it a day.",
                thousands(each)
            )
        }
    }
}

/// A share in percent, with two digits that say something.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let digits = match percent.abs() {
        size if size >= 10.0 || size == 0.0 => 0,
        size if size >= 1.0 => 1,
        _ => 2,
    };
    let text = format!("{percent:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text} %")
}

/// A count as people write it: `12,400`.
pub fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn lower(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(|first| first.to_lowercase().to_string()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_counts_are_written_as_people_do() {
        for (share, text) in [
            (0.1234, "12 %"),
            (0.0321, "3.2 %"),
            (0.03, "3 %"),
            (0.0051, "0.51 %"),
            (0.0, "0 %"),
            (1.0, "100 %"),
            (0.2, "20 %"),
        ] {
            assert_eq!(percent(share), text);
        }
        for (count, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(thousands(count), text);
        }
    }
}
