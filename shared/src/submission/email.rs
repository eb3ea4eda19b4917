//! E-mail addresses, as a form may take them.

use super::ValueError;
use super::disposable;

/// The longest address SMTP can carry: 256 octets of path, less two angle brackets (RFC 5321, 4.5.3.1.3).
pub const MAX_BYTES: u32 = 254;
/// The longest local part (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL_BYTES: usize = 64;
/// The longest label of a domain name (RFC 1035, 2.3.4).
const MAX_LABEL_BYTES: usize = 63;

/// Domains that give a mailbox to anybody: an address there says nothing of a company. The large ones, by hand.
const FREE_MAIL: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "hotmail.co.uk",
    "hotmail.fr",
    "live.com",
    "msn.com",
    "yahoo.com",
    "yahoo.co.in",
    "yahoo.co.uk",
    "yahoo.fr",
    "ymail.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "aol.com",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "web.de",
    "mail.com",
    "proton.me",
    "protonmail.com",
    "pm.me",
    "fastmail.com",
    "zoho.com",
    "yandex.com",
    "yandex.ru",
    "mail.ru",
    "qq.com",
    "163.com",
    "126.com",
    "rediffmail.com",
    "naver.com",
    "t-online.de",
    "orange.fr",
    "free.fr",
    "laposte.net",
    "libero.it",
    "bol.com.br",
    "uol.com.br",
    "terra.com.br",
    "hey.com",
    "tutanota.com",
];

/// An address that mail could be sent to: the form that HTML gives for `<input type=email>`, with at least two labels in
/// the domain, and letters of any script (RFC 6531).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    address: String,
    at: usize,
}

impl Email {
    /// Reads an address; white space around it is not part of it.
    ///
    /// # Errors
    /// [`ValueError::Email`] where it is not one.
    pub fn parse(typed: &str) -> Result<Self, ValueError<'static>> {
        let typed = typed.trim();
        let (local, domain) = typed.rsplit_once('@').ok_or(ValueError::Email)?;
        let local_is_fine = !local.is_empty() && local.len() <= MAX_LOCAL_BYTES && local.chars().all(in_local);
        let labels = domain.split('.').filter(|label| is_label(label)).count();
        if !local_is_fine || labels < 2 || labels != domain.split('.').count() || typed.len() > MAX_BYTES as usize {
            return Err(ValueError::Email);
        }
        Ok(Self { address: typed.to_owned(), at: local.len() })
    }

    /// The address as it was typed.
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// What identifies the person: the address in lower case. Mail systems that tell `Ana@` from `ana@` are not met.
    pub fn key(&self) -> String {
        self.address.to_lowercase()
    }

    /// What follows the `@`, in lower case.
    pub fn domain(&self) -> String {
        self.address.get(self.at + 1..).unwrap_or_default().to_lowercase()
    }

    /// Whether its domain gives a mailbox to anybody.
    pub fn is_free_mail(&self) -> bool {
        FREE_MAIL.contains(&self.domain().as_str())
    }

    /// Whether its domain lends mailboxes for some minutes.
    pub fn is_disposable(&self) -> bool {
        disposable::is_disposable(&self.domain())
    }

    /// Whether it is at one of these domains, or below one.
    pub fn is_at(&self, domains: &[String]) -> bool {
        let domain = self.domain();
        domains.iter().any(|listed| {
            domain
                .strip_suffix(listed.to_lowercase().as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    }
}

fn in_local(c: char) -> bool {
    c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c) || is_foreign_letter(c)
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= MAX_LABEL_BYTES
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || is_foreign_letter(c))
}

/// Beyond ASCII, anything but white space, controls, and marks that turn or hide text.
fn is_foreign_letter(c: char) -> bool {
    !c.is_ascii()
        && !c.is_whitespace()
        && !c.is_control()
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_mail_reaches() {
        for good in
            ["a@b.co", "first.last+tag@mail.example.com", "o'hara@example.ie", "用户@例え.jp", " ana@example.com "]
        {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn what_is_not_an_address() {
        let long = format!("{}@example.com", "a".repeat(65));
        for bad in [
            "",
            "ana",
            "ana@",
            "@example.com",
            "ana@example",
            "ana@exa mple.com",
            "ana@-example.com",
            "ana@example..com",
            "a b@example.com",
            "ana@example.com.",
            "ana\u{202e}@example.com",
            "<ana@example.com>",
            "ana@@example.com",
            &long,
        ] {
            assert_eq!(Email::parse(bad), Err(ValueError::Email), "{bad:?}");
        }
    }

    #[test]
    fn the_key_forgets_case_and_the_address_does_not() {
        let email = Email::parse("Ana@Example.COM").unwrap();
        assert_eq!((email.as_str(), email.key().as_str()), ("Ana@Example.COM", "ana@example.com"));
        assert_eq!(email.domain(), "example.com");
    }

    #[test]
    fn a_domain_is_blocked_with_all_below_it() {
        let at = |address: &str| Email::parse(address).unwrap().is_at(&["Spam.example".to_owned()]);
        assert!(at("a@spam.example") && at("a@MAIL.spam.example"));
        assert!(!at("a@notspam.example") && !at("a@spam.example.org"));
        assert!(Email::parse("a@GMail.com").unwrap().is_free_mail());
        assert!(!Email::parse("a@mail.gmail.com.example").unwrap().is_free_mail());
    }
}
