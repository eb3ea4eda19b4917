//! What a token of a workspace's own servers may be for: one list, for the calls that ask for one, for whoever makes one, and for
//! the page that shows them.

/// One thing that a token may be for. Tags are never renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// What became of leads.
    Outcomes,
    /// What happens to customers.
    Events,
    /// Subscriptions.
    Hooks,
    /// Everything there is, out.
    Export,
    /// Mail, in.
    Mail,
    /// People's own data: out, or erased.
    People,
}

impl Scope {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 6] = [Self::Outcomes, Self::Events, Self::Hooks, Self::Export, Self::Mail, Self::People];

    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Outcomes => "outcomes",
            Self::Events => "events",
            Self::Hooks => "hooks",
            Self::Export => "export",
            Self::Mail => "mail",
            Self::People => "people",
        }
    }

    /// Reads a tag back.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.tag() == tag)
    }

    /// What whoever has such a token can do, for whoever makes one.
    pub fn says(self) -> &'static str {
        match self {
            Self::Outcomes => "Say what became of leads: won, lost, solved",
            Self::Events => "Say what happened to customers: bought, renewed, cancelled",
            Self::Hooks => "Subscribe to new items, as Zapier does: it is told who wrote, and what",
            Self::Export => "Read all items, with names, addresses and messages",
            Self::Mail => "Hand over mail that somebody wrote to you",
            Self::People => "Read all that is known of a person, and erase people for ever",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scope_is_read_back() {
        for scope in Scope::ALL {
            assert_eq!(Scope::from_tag(scope.tag()), Some(scope));
        }
        assert_eq!(Scope::from_tag("everything"), None);
    }
}
