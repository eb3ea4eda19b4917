//! What a list is narrowed to, as the address and the API ask for it, and in words. Pure.

use shared::wire::lists::Filter;
use shared::wire::{Channel, FormKind};

use crate::list::{Side, Which};
use crate::words;

/// The longest text that is looked for, in characters: more is looked for by nobody ([`shared::search`]).
pub const MAX_TEXT: usize = 100;
const KINDS: [FormKind; 3] = [FormKind::Inquiry, FormKind::Trial, FormKind::Support];
const YES: &str = "true";

/// Reads what an address asks for. What makes no sense narrows nothing.
pub fn read(named: impl Fn(&str) -> Option<String>) -> Filter {
    let text = |name: &str| named(name).unwrap_or_default();
    let says = |name: &str| text(name) == YES;
    Filter {
        kind: KINDS.into_iter().find(|kind| kind.tag() == text("kind")),
        tier: Some(text("tier")).filter(|tier| is_tier(tier)).unwrap_or_default(),
        site: text("site"),
        owner: text("owner"),
        complaint: says("complaint"),
        pressing: says("pressing"),
        channel: Channel::from_tag(&text("channel")),
        q: words_of(&text("q")),
    }
}

/// What of a typed text is looked for: nothing where it is too short to be in anything, or too long.
pub fn words_of(typed: &str) -> String {
    let text = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let letters = text.chars().filter(|letter| *letter != ' ').count();
    if letters > 1 && text.chars().count() <= MAX_TEXT { text } else { String::new() }
}

/// A list, as the API asks for it.
pub fn asked(which: &Which) -> String {
    joined([which.side.query().to_owned()].into_iter().chain(parts(&which.filter)))
}

/// The address of a list, below [`crate::app::BASE`].
pub fn path(which: &Which) -> String {
    let side = (which.side != Side::Open).then(|| which.side.query().to_owned());
    let query = joined(side.into_iter().chain(parts(&which.filter)));
    let queue = encoded(&which.queue);
    if query.is_empty() { format!("/queues/{queue}") } else { format!("/queues/{queue}?{query}") }
}

/// One thing that a list is narrowed by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Chip {
    /// In words.
    pub says: String,
    /// The filter without it.
    pub without: Filter,
}

/// What a list is narrowed by, in words. `named` has the name of an owner.
pub fn chips(filter: &Filter, named: impl Fn(&str) -> String) -> Vec<Chip> {
    let mut chips = Vec::new();
    let mut add = |is_set: bool, says: String, without: fn(&mut Filter)| {
        if is_set {
            let mut rest = filter.clone();
            without(&mut rest);
            chips.push(Chip { says, without: rest });
        }
    };
    add(!filter.q.is_empty(), format!("\u{201c}{}\u{201d}", filter.q), |it| it.q.clear());
    add(filter.kind.is_some(), filter.kind.map(words::kind).unwrap_or_default().to_owned(), |it| it.kind = None);
    add(!filter.tier.is_empty(), format!("Tier {}", filter.tier), |it| it.tier.clear());
    add(!filter.site.is_empty(), filter.site.clone(), |it| it.site.clear());
    add(!filter.owner.is_empty(), named(&filter.owner), |it| it.owner.clear());
    add(filter.complaint, "Complaints".to_owned(), |it| it.complaint = false);
    add(filter.pressing, "Pressing".to_owned(), |it| it.pressing = false);
    let came = filter.channel.map(words::channel).unwrap_or_default();
    add(filter.channel.is_some(), came.to_owned(), |it| it.channel = None);
    chips
}

/// A text as one segment of a path, or one value of a query.
pub fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

fn is_tier(text: &str) -> bool {
    let mut letters = text.chars();
    let fit = letters.next().is_some_and(|it| ('A'..='C').contains(&it));
    fit && letters.next().is_none_or(|it| ('1'..='3').contains(&it)) && letters.next().is_none()
}

fn parts(filter: &Filter) -> impl Iterator<Item = String> {
    let yes = |is_set: bool| if is_set { YES } else { "" };
    let all = [
        ("kind", filter.kind.map(FormKind::tag).unwrap_or_default()),
        ("tier", &filter.tier),
        ("site", &filter.site),
        ("owner", &filter.owner),
        ("complaint", yes(filter.complaint)),
        ("pressing", yes(filter.pressing)),
        ("channel", filter.channel.map(Channel::tag).unwrap_or_default()),
        ("q", &filter.q),
    ];
    all.map(|(name, value)| (!value.is_empty()).then(|| format!("{name}={}", encoded(value)))).into_iter().flatten()
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn an_address_says_the_same_when_it_is_read() {
        let filter = Filter {
            kind: Some(FormKind::Trial),
            tier: "A1".to_owned(),
            site: "Kelp & Rope, #2".to_owned(),
            owner: "mara".to_owned(),
            complaint: true,
            pressing: true,
            channel: Some(Channel::Phone),
            q: "\u{c5}sa 50 %".to_owned(),
        };
        let which = Which::whole("sales", Side::Mine).narrowed(filter.clone());
        let path = path(&which);
        assert_eq!(
            path,
            "/queues/sales?whose=mine&kind=trial&tier=A1&site=Kelp%20%26%20Rope%2C%20%232&owner=mara&complaint=true\
             &pressing=true&channel=phone&q=%C3%85sa%2050%20%25"
        );
        assert_eq!(read_from(&path), filter);
        assert_eq!(asked(&which), path.split_once('?').unwrap().1);
    }

    #[test]
    fn a_whole_list_has_a_plain_address() {
        assert_eq!(path(&Which::whole("sales", Side::Open)), "/queues/sales");
        assert_eq!(path(&Which::whole("pre sales", Side::Closed)), "/queues/pre%20sales?state=closed");
        assert_eq!(asked(&Which::whole("sales", Side::Open)), "state=open");
    }

    #[test]
    fn what_makes_no_sense_narrows_nothing() {
        for odd in [
            "kind=moon",
            "tier=Z",
            "tier=A12",
            "tier=A4",
            "complaint=perhaps",
            "channel=fax",
            "q=a",
            "q=%20a%20",
            "unheard=of",
        ] {
            assert!(read_from(&format!("/queues/sales?{odd}")).is_empty(), "{odd}");
        }
        assert_eq!(words_of(&"x".repeat(101)), "");
        assert_eq!(words_of("  Ana   Ruiz "), "Ana Ruiz");
    }

    #[test]
    fn each_chip_takes_one_thing_away() {
        let filter =
            Filter { tier: "B".to_owned(), owner: "mara".to_owned(), q: "ruiz".to_owned(), ..Filter::default() };
        let said = chips(&filter, |id| format!("{id}!"));
        let says: Vec<&str> = said.iter().map(|chip| chip.says.as_str()).collect();
        assert_eq!(says, ["\u{201c}ruiz\u{201d}", "Tier B", "mara!"]);
        assert_eq!(said[1].without, Filter { tier: String::new(), ..filter });
        assert_eq!(chips(&Filter::default(), str::to_owned), []);
    }

    fn read_from(path: &str) -> Filter {
        let query = path.split_once('?').map_or("", |(_, query)| query);
        let named: HashMap<&str, String> = query
            .split('&')
            .filter_map(|part| part.split_once('='))
            .map(|(name, value)| (name, decoded(value)))
            .collect();
        read(|name| named.get(name).cloned())
    }

    fn decoded(text: &str) -> String {
        let mut bytes = Vec::new();
        let mut rest = text.as_bytes();
        while let Some((first, more)) = rest.split_first() {
            if *first == b'%' {
                bytes.push(u8::from_str_radix(std::str::from_utf8(&more[..2]).unwrap(), 16).unwrap());
                rest = &more[2..];
            } else {
                bytes.push(*first);
                rest = more;
            }
        }
        String::from_utf8(bytes).unwrap()
    }
}
