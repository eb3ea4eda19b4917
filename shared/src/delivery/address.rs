//! Which addresses a destination may have: public ones, over TLS. Asked when a destination is saved, and again before
//! each try.
//!
//! An address is read as a browser reads it (the `url` crate is the WHATWG's algorithm), so that `https://2130706433/`,
//! `https://0x7f.1/` and `https://127.0.0.1/` are one and the same. What a name stands for is the runtime's to check, at each
//! connection: workerd's network lets no public name lead to a private address (`bar/runtime-facts.md`, 0.12), and a redirect is
//! never followed.

use core::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// How far deliveries may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Public addresses, over TLS.
    Public,
    /// Any: for development and tests, where the runtime permits it too.
    Anywhere,
}

/// Why an address is none that is sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It cannot be read.
    #[error("this is not an address")]
    Unreadable,
    /// Another scheme.
    #[error("an address begins with https://")]
    Scheme,
    /// A name and a password: they would be in logs, and make one host look like another.
    #[error("an address has no user and no password in it")]
    User,
    /// A port that other services have.
    #[error("the port is 443 or above 1023, and none that browsers refuse")]
    Port,
    /// This machine, a network behind a router, or a name that only such a network knows.
    #[error("the address is not a public one")]
    Private,
}

/// Suffixes of names that are no public ones (RFC 6761, 6762, 8375; ICANN's `.internal`), and those that networks are fond of.
const PRIVATE_NAMES: [&str; 14] = [
    "localhost",
    "local",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "private",
    "home.arpa",
    "test",
    "invalid",
    "example",
    "onion",
    "localdomain",
];
/// Ports above 1023 that browsers refuse (the Fetch standard, "bad port"): other protocols could be spoken to there.
const BAD_PORTS: [u16; 14] = [1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6679, 6697, 10080];

/// Whether a request may be made to an address.
///
/// # Errors
/// [`Refused`].
pub fn check(address: &str, reach: Reach) -> Result<(), Refused> {
    let url = Url::parse(address).map_err(|_| Refused::Unreadable)?;
    let is_web = url.scheme() == "https" || (url.scheme() == "http" && reach == Reach::Anywhere);
    if !is_web {
        return Err(Refused::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refused::User);
    }
    if reach == Reach::Anywhere {
        return Ok(());
    }
    let port = url.port_or_known_default().unwrap_or(443);
    if (port != 443 && port < 1024) || BAD_PORTS.contains(&port) || (6665..=6669).contains(&port) {
        return Err(Refused::Port);
    }
    check_host(url.host().ok_or(Refused::Unreadable)?)
}

/// Whether a mail server of this name may be spoken to.
///
/// # Errors
/// [`Refused`].
pub fn check_mail_server(host: &str, port: u16, reach: Reach) -> Result<(), Refused> {
    let host = Host::parse(host).map_err(|_| Refused::Unreadable)?;
    if reach == Reach::Anywhere {
        return Ok(());
    }
    if !matches!(port, 465 | 587 | 2525) {
        return Err(Refused::Port);
    }
    match &host {
        Host::Domain(name) => check_host(Host::Domain(name)),
        Host::Ipv4(ip) => check_host(Host::Ipv4(*ip)),
        Host::Ipv6(ip) => check_host(Host::Ipv6(*ip)),
    }
}

fn check_host(host: Host<&str>) -> Result<(), Refused> {
    let is_public = match host {
        Host::Domain(name) => is_public_name(name),
        Host::Ipv4(ip) => is_public_v4(ip),
        Host::Ipv6(ip) => is_public_v6(ip),
    };
    if is_public { Ok(()) } else { Err(Refused::Private) }
}

fn is_public_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let is_private =
        |suffix: &&str| name == **suffix || name.strip_suffix(*suffix).is_some_and(|rest| rest.ends_with('.'));
    name.contains('.') && !PRIVATE_NAMES.iter().any(is_private)
}

/// IANA's special-purpose addresses are none (RFC 6890 and its registry).
fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let is_special = matches!(
        (a, b, c),
        (0 | 10 | 127, ..)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
            | (224..=255, ..)
    );
    !is_special
}

/// Only global unicast, and of that nothing that carries an IPv4 address inside (Teredo, 6to4), and no documentation.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [first, second, ..] = ip.segments();
    let is_global = first & 0xe000 == 0x2000;
    let is_special = (first == 0x2001 && (second < 0x0200 || second == 0x0db8)) || first == 0x2002 || first == 0x3fff;
    is_global && !is_special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_over_tls_are_fine() {
        for address in [
            "https://hooks.example.com/in",
            "https://hooks.slack.com/services/T0/B0/x",
            "https://93.184.216.34/",
            "https://[2606:4700::1111]:8443/x?y=z",
            "https://m\u{fc}nchen.de/",
        ] {
            assert_eq!(check(address, Reach::Public), Ok(()), "{address}");
        }
    }

    /// Promise S1. Every spelling of what is not public, and everything that is no plain web address.
    #[test]
    fn no_spelling_of_a_private_address_passes() {
        let private = [
            "https://localhost/",
            "https://LOCALHOST/",
            "https://localhost./",
            "https://a.localhost/",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://127.0.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0x7f.0.0.1/",
            "https://0177.0.0.1/",
            "https://017700000001/",
            "https://127.0.0.1./",
            "https://%31%32%37.0.0.1/",
            "https://\u{ff11}\u{ff12}\u{ff17}.0.0.1/",
            "https://127\u{3002}0\u{3002}0\u{3002}1/",
            "https://0/",
            "https://0.0.0.0/",
            "https://10.0.0.1/",
            "https://10.255.255.255/",
            "https://172.16.0.1/",
            "https://172.31.255.254/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest/meta-data/",
            "https://169.254.170.2/",
            "https://2852039166/",
            "https://0xa9fea9fe/",
            "https://100.64.0.1/",
            "https://100.100.100.200/",
            "https://192.0.0.192/",
            "https://192.0.2.1/",
            "https://192.88.99.1/",
            "https://198.18.0.1/",
            "https://198.51.100.1/",
            "https://203.0.113.1/",
            "https://224.0.0.1/",
            "https://240.0.0.1/",
            "https://255.255.255.255/",
            "https://[::1]/",
            "https://[::]/",
            "https://[0:0:0:0:0:0:0:1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[::127.0.0.1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[64:ff9b:1::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://[2001:0:7f00:1::]/",
            "https://[2001:db8::1]/",
            "https://[3fff::1]/",
            "https://[fe80::1]/",
            "https://[fc00::1]/",
            "https://[fd00:ec2::254]/",
            "https://[ff02::1]/",
            "https://[100::1]/",
            "https://metadata.google.internal/",
            "https://metadata/",
            "https://router.lan/",
            "https://nas.local/",
            "https://db.corp/",
            "https://printer.home.arpa/",
            "https://app.intranet/",
            "https://wiki/",
            "https://x.test/",
        ];
        for address in private {
            assert_eq!(check(address, Reach::Public), Err(Refused::Private), "{address}");
        }
        let others = [
            ("http://hooks.example.com/", Refused::Scheme),
            ("ftp://hooks.example.com/", Refused::Scheme),
            ("file:///etc/passwd", Refused::Scheme),
            ("gopher://hooks.example.com/", Refused::Scheme),
            ("javascript:alert(1)", Refused::Scheme),
            ("data:text/plain,x", Refused::Scheme),
            ("//hooks.example.com/", Refused::Unreadable),
            ("hooks.example.com", Refused::Unreadable),
            ("", Refused::Unreadable),
            ("https://", Refused::Unreadable),
            ("https://[::1/", Refused::Unreadable),
            ("https://user@hooks.example.com/", Refused::User),
            ("https://a:b@127.0.0.1/", Refused::User),
            ("https://hooks.example.com@127.0.0.1/", Refused::User),
            ("https://hooks.example.com:22/", Refused::Port),
            ("https://hooks.example.com:25/", Refused::Port),
            ("https://hooks.example.com:6000/", Refused::Port),
            ("https://hooks.example.com:6667/", Refused::Port),
            ("https://hooks.example.com:80/", Refused::Port),
            ("https://hooks.example.com:0/", Refused::Port),
            ("https://hooks.example.com:99999/", Refused::Unreadable),
        ];
        for (address, why) in others {
            assert_eq!(check(address, Reach::Public), Err(why), "{address}");
        }
        assert!(private.len() + others.len() >= 60);
    }

    #[test]
    fn in_development_a_receiver_may_be_on_this_machine_but_is_still_a_plain_web_address() {
        assert_eq!(check("http://127.0.0.1:9000/hook", Reach::Anywhere), Ok(()));
        assert_eq!(check("ftp://127.0.0.1/", Reach::Anywhere), Err(Refused::Scheme));
        assert_eq!(check("http://a:b@127.0.0.1/", Reach::Anywhere), Err(Refused::User));
    }

    #[test]
    fn mail_servers_are_public_and_take_mail() {
        assert_eq!(check_mail_server("smtp.fastmail.com", 465, Reach::Public), Ok(()));
        assert_eq!(check_mail_server("smtp.fastmail.com", 25, Reach::Public), Err(Refused::Port));
        assert_eq!(check_mail_server("127.0.0.1", 587, Reach::Public), Err(Refused::Private));
        assert_eq!(check_mail_server("0x7f000001", 587, Reach::Public), Err(Refused::Private));
        assert_eq!(check_mail_server("mail", 587, Reach::Public), Err(Refused::Private));
        assert_eq!(check_mail_server("a b", 587, Reach::Public), Err(Refused::Unreadable));
        assert_eq!(check_mail_server("127.0.0.1", 2500, Reach::Anywhere), Ok(()));
    }
}
