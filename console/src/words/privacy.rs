//! What is kept of people, and what becomes of it.

use shared::wire::privacy::ErasureReason;

use super::{counted, rows_of, spelled};

/// Why somebody is erased.
pub fn erasure_reason(reason: ErasureReason) -> &'static str {
    match reason {
        ErasureReason::Asked => "They asked for it",
        ErasureReason::ConsentWithdrawn => "They took back their consent",
        ErasureReason::NotNeeded => "Nobody needs it any more",
        ErasureReason::Unlawful => "It should never have been kept",
        ErasureReason::TooOld => "It was older than the rules allow",
        ErasureReason::Test => "It was a test, and nobody\u{2019}s",
    }
}

/// What was deleted for its age: `3 items, 1 person`; the largest count first.
pub fn deleted(counts: impl IntoIterator<Item = (String, u64)>) -> String {
    amounts(counts, |kind, count| {
        let (one, many) = match kind {
            "items" => ("item", "items"),
            "people" => ("person", "people"),
            "undecided" => ("submission that waited for review", "submissions that waited for review"),
            "deliveries" => ("delivery that was given up", "deliveries that were given up"),
            other => return format!("{count} {}", spelled(other).to_lowercase()),
        };
        counted(usize::try_from(count).unwrap_or(usize::MAX), one, many)
    })
}

/// What was erased with somebody, by table: `lines of history: 12, items: 3`.
pub fn erased_rows(rows: impl IntoIterator<Item = (String, u64)>) -> String {
    amounts(rows, |table, count| format!("{}: {count}", rows_of(table).to_lowercase()))
}

fn amounts(counts: impl IntoIterator<Item = (String, u64)>, says: impl Fn(&str, u64) -> String) -> String {
    let mut counts: Vec<(String, u64)> = counts.into_iter().filter(|(_, count)| *count > 0).collect();
    counts.sort_by(|(a, many), (b, few)| few.cmp(many).then_with(|| a.cmp(b)));
    counts.iter().map(|(of, count)| says(of, *count)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_is_counted_in_words_the_most_first() {
        let of = |counts: &[(&str, u64)]| {
            deleted(counts.iter().map(|(kind, count)| ((*kind).to_owned(), *count)).collect::<Vec<_>>())
        };
        assert_eq!(of(&[("people", 1), ("items", 3), ("deliveries", 0)]), "3 items, 1 person");
        assert_eq!(of(&[("odd_things", 2)]), "2 odd things");
        let rows = [("item".to_owned(), 1), ("history".to_owned(), 12), ("known_value".to_owned(), 2)];
        assert_eq!(erased_rows(rows), "lines of history: 12, known value: 2, items: 1");
    }
}
