//! For how long things are kept.

use super::Problems;
use crate::privacy::{MAX_DAYS, MAX_RULES};
use crate::wire::Workspace;

/// Rules name forms that exist, and times that make sense.
pub fn retention(source: &Workspace, problems: &mut Problems) {
    let retention = &source.retention;
    problems.unless(retention.items.len() <= MAX_RULES, "retention.items", "too_many", "there are at most 100 rules");
    let times = [
        ("retention.undecided_days".to_owned(), retention.undecided_days),
        ("retention.dead_days".to_owned(), retention.dead_days),
    ];
    let of_items = retention.items.iter().enumerate();
    let of_items = of_items.map(|(index, rule)| (format!("retention.items[{index}].days"), rule.days));
    for (path, days) in times.into_iter().chain(of_items) {
        let is_fine = days.is_none_or(|days| (1..=MAX_DAYS).contains(&days));
        problems.unless(is_fine, path, "out_of_range", "things are kept for 1 to 36,500 days");
    }
    for (index, rule) in retention.items.iter().enumerate() {
        let Some(form) = &rule.form else { continue };
        let known = source.forms.iter().map(|form| &form.id);
        problems.exists(known, form, format!("retention.items[{index}].form"), "form");
    }
}
