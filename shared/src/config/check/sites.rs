//! What is written about a site is short, plain and not written twice.

use std::collections::BTreeSet;

use super::Problems;
use crate::wire::Workspace;
use crate::wire::config::Site;

/// The most origins, forms, prompts or pricing patterns of one site.
const MAX_LISTED: usize = 100;
/// The longest name staff read, and the longest words on a launcher.
const MAX_NAME_CHARS: usize = 120;
const MAX_LAUNCHER_CHARS: usize = 60;
/// The longest path pattern, in bytes.
const MAX_PATTERN_BYTES: usize = 300;
/// The most that a limit may be: enough for anybody, and a bound on what is counted.
const MAX_LIMIT: u32 = 1_000_000;

/// Checks every site.
pub fn decided(source: &Workspace, problems: &mut Problems) {
    for (index, site) in source.sites.iter().enumerate() {
        one(site, &format!("sites[{index}]"), problems);
    }
}

fn one(site: &Site, path: &str, problems: &mut Problems) {
    let name = site.name.trim();
    problems.unless(!name.is_empty(), format!("{path}.name"), "required", "a site has a name");
    words(name, MAX_NAME_CHARS, format!("{path}.name"), problems);
    words(&site.launcher, MAX_LAUNCHER_CHARS, format!("{path}.launcher"), problems);
    for (list, values) in
        [("origins", &site.origins), ("forms", &site.forms), ("prompts", &site.prompts), ("pricing", &site.pricing)]
    {
        let path = format!("{path}.{list}");
        problems.unless(values.len() <= MAX_LISTED, path.clone(), "too_many", "there are at most 100 of these");
        let mut seen = BTreeSet::new();
        for (at, value) in values.iter().enumerate() {
            problems.unless(seen.insert(value), format!("{path}[{at}]"), "used_twice", "this is listed twice");
        }
    }
    for (at, pattern) in site.pricing.iter().enumerate() {
        let is_fine = pattern.len() <= MAX_PATTERN_BYTES && !pattern.chars().any(|c| c.is_control() || c == ' ');
        problems.unless(is_fine, format!("{path}.pricing[{at}]"), "not_a_path", "this is no path of an address");
    }
    for (name, limit) in
        [("submissions_per_day", site.limits.submissions_per_day), ("per_address", site.limits.per_address)]
    {
        let is_fine = limit <= MAX_LIMIT;
        problems.unless(is_fine, format!("{path}.limits.{name}"), "out_of_range", "a limit is at most 1,000,000");
    }
}

fn words(text: &str, most: usize, path: String, problems: &mut Problems) {
    let is_short = text.chars().count() <= most;
    problems.unless(is_short, path.clone(), "too_long", &format!("these are more than {most} characters"));
    let is_plain = !text.chars().any(char::is_control);
    problems.unless(is_plain, path, "not_plain", "this has characters that cannot be seen");
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use crate::demo::workspace;
    use crate::wire::config::{Site, SiteLimits};

    #[test]
    fn every_wrong_decision_is_named() {
        let wrong = |site: &mut Site| {
            site.name = "  ".to_owned();
            site.launcher = "a\u{7}".to_owned();
            site.origins = vec!["https://a.example".to_owned(), "https://a.example".to_owned()];
            site.pricing = vec!["/a b".to_owned()];
            site.limits = SiteLimits { submissions_per_day: 1_000_001, per_address: 1_000_001 };
        };
        let mut found = paths(wrong);
        found.sort();
        assert_eq!(
            found,
            ["launcher", "limits.per_address", "limits.submissions_per_day", "name", "origins[1]", "pricing[0]"]
        );
    }

    #[test]
    fn the_ends_of_each_range_are_fine() {
        let fine = |site: &mut Site| {
            site.name = "n".repeat(120);
            site.launcher = "l".repeat(60);
            site.limits = SiteLimits { submissions_per_day: 1_000_000, per_address: 1 };
        };
        assert_eq!(paths(fine), <[&str; 0]>::default());
        assert_eq!(paths(|site| site.name = "n".repeat(121)), ["name"]);
        assert_eq!(paths(|site| site.launcher = "l".repeat(61)), ["launcher"]);
    }

    fn paths(change: impl FnOnce(&mut Site)) -> Vec<String> {
        let mut source = workspace();
        change(&mut source.sites[0]);
        let problems = Config::parse(1, source).err().unwrap_or_default();
        problems.into_iter().map(|problem| problem.field.replace("sites[0].", "")).collect()
    }
}
