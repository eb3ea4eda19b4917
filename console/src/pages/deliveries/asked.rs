//! Which deliveries are asked for, as an address has it.

/// Empty texts ask for nothing in particular.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Of which destination, by its id.
    pub destination: String,
    /// Where they stand, by tag.
    pub state: String,
    /// Of which item, by its id.
    pub item: String,
}

impl Asked {
    /// Whether all of them are asked for.
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// As a query, without its question mark.
    pub fn query(&self) -> String {
        let parts = [("destination", &self.destination), ("state", &self.state), ("item", &self.item)];
        let given = parts.iter().filter(|(_, text)| !text.is_empty());
        given.map(|(name, text)| format!("{name}={}", encoded(text))).collect::<Vec<_>>().join("&")
    }

    /// The address of the page, below [`crate::app::BASE`].
    pub fn path(&self) -> String {
        if self.is_all() { "/deliveries".to_owned() } else { format!("/deliveries?{}", self.query()) }
    }
}

/// A text as a value of a query. What stands here are ids and tags; an address may carry anything all the same.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_is_asked_for_and_nothing_else() {
        assert_eq!(Asked::default().path(), "/deliveries");
        let asked = Asked { destination: "crm".to_owned(), state: "dead".to_owned(), item: String::new() };
        assert_eq!(asked.path(), "/deliveries?destination=crm&state=dead");
        assert!(!asked.is_all() && Asked::default().is_all());
    }

    #[test]
    fn what_an_address_carries_stays_one_value() {
        let asked = Asked { item: "a&state=dead \u{e9}".to_owned(), ..Asked::default() };
        assert_eq!(asked.query(), "item=a%26state%3Ddead%20%C3%A9");
    }
}
