//! Domains that lend a mailbox to anybody for some minutes: whoever writes from one need not be read about there again.
//!
//! The list is that of npm's `disposable-email-domains-js` (CC0), at the version that `package.json` pins; `tests/support/disposable.mjs`
//! writes it, and the promise Q8 compares it. What it says of an address is a fact and a weak sign, and turns nobody away.

use core::cmp::Ordering;

/// One in each line, sorted by their bytes.
const LISTED: &str = include_str!("disposable.txt");

/// Whether a domain in lower case is listed, or below one that is.
pub fn is_disposable(domain: &str) -> bool {
    let parents = domain.match_indices('.').filter_map(|(at, _)| domain.get(at + 1..));
    core::iter::once(domain).chain(parents).any(is_listed)
}

/// Looks for a line by halving what is left of the list.
fn is_listed(domain: &str) -> bool {
    let mut left = LISTED;
    while !left.is_empty() {
        // The line that the middle is in. Every byte of the list is a letter of its own.
        let (before, after) = left.split_at(left.len() / 2);
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let end = before.len() + after.find('\n').unwrap_or(after.len());
        match left.get(start..end).unwrap_or_default().cmp(domain) {
            Ordering::Equal => return true,
            Ordering::Less => left = left.get(end + 1..).unwrap_or_default(),
            Ordering::Greater => left = left.get(..start).unwrap_or_default(),
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_that_is_listed_is_found_and_what_is_below_it() {
        let mut before = "";
        for domain in LISTED.lines() {
            assert!(before < domain && domain.is_ascii() && domain.contains('.'), "{domain}");
            assert!(is_disposable(domain) && is_disposable(&format!("a.b.{domain}")), "{domain}");
            before = domain;
        }
        assert!(LISTED.lines().count() > 8_000);
    }

    #[test]
    fn others_are_not() {
        for domain in [
            "",
            ".",
            "com",
            "gmail.com",
            "larkfield.example.com",
            "larkfieldmailinator.com",
            "mailinator.com.example",
            "mailinator.co",
            "zzzz.zz",
        ] {
            assert!(!is_disposable(domain), "{domain}");
        }
        assert!(is_disposable("mailinator.com"));
    }
}
