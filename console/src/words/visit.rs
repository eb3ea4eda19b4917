//! A visitor's summary in words: what staff read before the single steps.

use shared::time::Timestamp;
use shared::wire::visit::{Pricing, Summary, Touch};

use super::{campaign, counted};

/// What there is to say, as terms and details, as of when the form arrived. `day` words a moment (RFC 3339).
pub fn visit(summary: &Summary, arrived: Timestamp, day: impl Fn(&str) -> String) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    let mut row = |term, detail: String| {
        if !detail.is_empty() {
            rows.push((term, detail));
        }
    };
    if summary.visits > 0 {
        let pages = counted(summary.pages as usize, "page", "pages");
        row("Visits", format!("{}, with {pages} in all", summary.visits));
    }
    row("Prices", prices(&summary.pricing, arrived));
    row("Plan", plan(&summary.pricing));
    row("Chose", chosen(&summary.pricing));
    let first = summary.first.as_ref().map(|touch| touched(touch, &day)).unwrap_or_default();
    let last = summary.last.as_ref().map(|touch| touched(touch, &day)).unwrap_or_default();
    if last != first {
        row("Came last", last);
    }
    row("Came first", first);
    rows
}

fn prices(pricing: &Pricing, arrived: Timestamp) -> String {
    let days = pricing.days_30(arrived);
    if days == 0 {
        return String::new();
    }
    let seconds = pricing.visible_secs(arrived);
    let long = match seconds {
        0 => String::new(),
        1..120 => format!(", for {seconds} s in all"),
        _ => format!(", for {} min in all", seconds / 60),
    };
    let compared = if pricing.compared > 0 { "; compared the plans" } else { "" };
    format!("looked at on {} of the last 30{long}{compared}", counted(days, "day", "days"))
}

fn plan(pricing: &Pricing) -> String {
    match pricing.best_plan() {
        Some(plan) if plan == pricing.pressed => format!("{plan}: they pressed its button"),
        Some(plan) => format!("{plan}: they looked at it longest"),
        None => String::new(),
    }
}

fn chosen(pricing: &Pricing) -> String {
    let seats = if pricing.seats.is_empty() { String::new() } else { format!("{} seats", pricing.seats) };
    let chosen = [pricing.period.clone(), seats];
    chosen.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(", ")
}

fn touched(touch: &Touch, day: &impl Fn(&str) -> String) -> String {
    let mut said = day(&Timestamp::from_ms(touch.at).to_rfc3339());
    if !touch.referrer.is_empty() {
        said.push_str(", from ");
        said.push_str(&touch.referrer);
    }
    if !touch.path.is_empty() {
        said.push_str(", to ");
        said.push_str(&touch.path);
    }
    let ways: Vec<String> =
        touch.campaign.iter().map(|(key, value)| format!("{}: {value}", campaign(key).to_lowercase())).collect();
    if !ways.is_empty() {
        said.push_str(&format!(" ({})", ways.join(", ")));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 86_400_000;

    fn read(summary: &Summary) -> Vec<(&'static str, String)> {
        visit(summary, Timestamp::from_ms(100 * DAY_MS), |at| at[..10].to_owned())
    }

    #[test]
    fn of_nobody_nothing_is_said() {
        assert!(read(&Summary::default()).is_empty());
    }

    #[test]
    fn each_part_is_said_once() {
        let touch = Touch {
            at: 90 * DAY_MS,
            referrer: "search.example".to_owned(),
            path: "/courses/".to_owned(),
            campaign: [("source".to_owned(), "spring".to_owned())].into(),
            ..Touch::default()
        };
        let pricing = Pricing {
            days: vec![60, 98, 99],
            visible_ms: [(98, 70_000), (99, 110_000)].into(),
            plans: [("team".to_owned(), 90_000)].into(),
            period: "yearly".to_owned(),
            seats: "10-24".to_owned(),
            pressed: "pro".to_owned(),
            compared: 1,
            ..Pricing::default()
        };
        let mut summary = Summary {
            visits: 3,
            pages: 1,
            pricing,
            first: Some(touch.clone()),
            last: Some(touch.clone()),
            ..Summary::default()
        };
        let came = "1970-04-01, from search.example, to /courses/ (campaign source: spring)";
        assert_eq!(
            read(&summary),
            [
                ("Visits", "3, with 1 page in all".to_owned()),
                ("Prices", "looked at on 2 days of the last 30, for 3 min in all; compared the plans".to_owned()),
                ("Plan", "pro: they pressed its button".to_owned()),
                ("Chose", "yearly, 10-24 seats".to_owned()),
                ("Came first", came.to_owned()),
            ]
        );
        summary.pricing.pressed.clear();
        summary.last = Some(Touch { at: 99 * DAY_MS, referrer: String::new(), campaign: [].into(), ..touch });
        let rows = read(&summary);
        assert!(rows.contains(&("Plan", "team: they looked at it longest".to_owned())));
        assert!(rows.contains(&("Came last", "1970-04-10, to /courses/".to_owned())));
    }
}
