//! What signing in goes by, whatever the way: whose an address is, where one goes then, and what may be asked on the network.
//!
//! Not here: passwords (`password`), waits (`patience`), tokens (`jwt`).

use crate::wire::config::Member;

/// The longest address that is read.
pub const MAX_EMAIL_BYTES: usize = 254;
/// The longest path that is gone back to.
const MAX_PATH_BYTES: usize = 512;

/// Whether two addresses are the same: but for the case of Latin letters and blanks around them. Other letters are compared
/// as they are: the sign for kelvin is no k.
pub fn is_same_address(one: &str, other: &str) -> bool {
    one.trim().eq_ignore_ascii_case(other.trim())
}

/// The member of an address. Where several have it, it is nobody's: it would not say who signs in.
pub fn member_of<'a>(members: &'a [Member], email: &str) -> Option<&'a Member> {
    if email.trim().is_empty() {
        return None;
    }
    let mut found = members.iter().filter(|member| is_same_address(&member.email, email));
    match (found.next(), found.next()) {
        (Some(member), None) => Some(member),
        _ => None,
    }
}

/// A path below `/console` to go to once somebody is signed in: only one of ours, and never the door itself.
pub fn own_path(path: &str) -> Option<&str> {
    let is_plain = path.len() <= MAX_PATH_BYTES
        && path.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'#'));
    let is_below = path.starts_with('/') && !path.starts_with("//") && !path.contains("/..") && !path.contains("/./");
    (is_plain && is_below && !path.starts_with("/sign-in")).then_some(path)
}

/// Whether an address may be asked for what decides who somebody is: over TLS, or on this machine itself.
pub fn is_safe_address(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = rest.get(..end).unwrap_or_default();
    let is_plain = url.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'"' | b'<' | b'>'));
    // No name and password: they would make another host look like this one.
    if !is_plain || authority.is_empty() || authority.contains('@') || url.contains('#') {
        return false;
    }
    match scheme {
        "https" => true,
        "http" => is_loopback(authority),
        _ => false,
    }
}

/// Whether a host, perhaps with a port, is this machine.
pub fn is_loopback(authority: &str) -> bool {
    let host = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, _)) => host,
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost"
        || host == "::1"
        || host.parse::<core::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_in_either_case_and_in_no_other_letters() {
        assert!(is_same_address(" Mara@Larkfield.example ", "mara@larkfield.example"));
        // The sign for kelvin, which becomes a k in lower case; a dotless i.
        assert!(!is_same_address("mi\u{212a}e@larkfield.example", "mike@larkfield.example"));
        assert!(!is_same_address("m\u{131}ke@larkfield.example", "mike@larkfield.example"));
    }

    #[test]
    fn one_only_goes_to_a_page_of_ours() {
        for own in ["/", "/queues/sales?whose=mine", "/items/019ab", "/scoring/what-if"] {
            assert_eq!(own_path(own), Some(own));
        }
        for other in [
            "",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            " /",
            "/a b",
            "/\t/evil.example",
            "/a\r\nset-cookie: x=1",
            "/../v1/console/session",
            "/a/../../x",
            "/a/./b",
            "/queues#x",
            "/sign-in",
            "/sign-in?trouble=x",
            "queues",
            ".evil.example",
            "@evil.example",
            "/caf\u{e9}",
            &format!("/{}", "x".repeat(512)),
        ] {
            assert_eq!(own_path(other), None, "{other:?}");
        }
    }

    #[test]
    fn who_somebody_is_is_asked_over_tls_only() {
        for safe in [
            "https://id.example.com",
            "https://id.example.com:8443/realms/a?b=c",
            "http://localhost:4000",
            "http://127.0.0.1:4000/x",
            "http://127.9.9.9",
            "http://[::1]:4000",
        ] {
            assert!(is_safe_address(safe), "{safe}");
        }
        for unsafe_ in [
            "http://id.example.com",
            "http://localhost.evil.example",
            "http://localhost@evil.example",
            "https://user:word@id.example.com",
            "http://127.0.0.1.evil.example",
            "http://[::1].evil.example@x",
            "ftp://id.example.com",
            "//id.example.com",
            "https://",
            "https://id.example.com/#x",
            "https://id.example.com\\x",
            "https://id example.com",
            "",
        ] {
            assert!(!is_safe_address(unsafe_), "{unsafe_}");
        }
    }

    #[cfg(feature = "compile")]
    #[test]
    fn an_address_that_two_have_is_nobodys() {
        let mut members = crate::demo::workspace().members;
        assert_eq!(member_of(&members, "MARA@larkfield.example.com").map(|it| it.id.as_str()), Some("mara"));
        assert_eq!(member_of(&members, ""), None);
        for member in &mut members {
            member.email = "desk@larkfield.example.com".to_owned();
        }
        assert_eq!(member_of(&members, "desk@larkfield.example.com"), None);
    }
}
