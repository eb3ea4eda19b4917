//! What a linter finds in something that can be saved. A hint for whoever writes it; none stops anything.

/// Something odd.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// Where: `card.rules[3].first[1]`, `routes[2]`.
    pub path: String,
    /// What, for machines.
    pub code: &'static str,
    /// What, in words.
    pub says: String,
}
