//! The reference that a visitor may quote: short, and hard to misread.

/// Crockford's alphabet: no I, L, O or U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What each begins with.
const PREFIX: &str = "USH-";
/// The letters of a whole one.
const LENGTH: usize = 15;

/// A reference from 50 of the random bits: `USH-4K7QD-2MX9T`. A million of them hold two alike once in two thousand times;
/// it names an item for people, and is a key nowhere.
pub fn reference(random: u64) -> String {
    let mut text = String::with_capacity(LENGTH);
    text.push_str(PREFIX);
    for place in 0..10 {
        if place == 5 {
            text.push('-');
        }
        let index = usize::try_from((random >> (5 * place)) & 31).unwrap_or(0);
        text.push(char::from(ALPHABET.get(index).copied().unwrap_or(b'0')));
    }
    text
}

/// The first reference in a text, in capitals, as it stands in the subject of an answer.
pub fn find(text: &str) -> Option<String> {
    let capitals = text.to_ascii_uppercase();
    let shape_is_right = |found: &&str| {
        found.bytes().enumerate().skip(PREFIX.len()).all(|(at, byte)| match at {
            9 => byte == b'-',
            _ => ALPHABET.contains(&byte),
        })
    };
    let starts = capitals.match_indices(PREFIX).map(|(at, _)| at);
    starts.filter_map(|at| capitals.get(at..at + LENGTH)).find(shape_is_right).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_short_and_its_own() {
        assert_eq!(reference(0), "USH-00000-00000");
        assert_eq!(reference(u64::MAX), "USH-ZZZZZ-ZZZZZ");
        assert_ne!(reference(1), reference(1 << 45));
    }

    #[test]
    fn a_reference_is_found_where_it_stands() {
        assert_eq!(find(&format!("Re: your question [{}]", reference(77))), Some(reference(77)));
        assert_eq!(find("AW: ush-4k7qd-2mx9t"), Some("USH-4K7QD-2MX9T".to_owned()));
        assert_eq!(find("USH-USH-4K7QD-2MX9T"), Some("USH-4K7QD-2MX9T".to_owned()));
        for none in ["", "USH-", "USH-4K7QD-2MX9", "USH-4K7QDX2MX9T", "USH-4K7QI-2MX9T", "\u{dc}SH-4K7QD-2MX9\u{dc}"] {
            assert_eq!(find(none), None, "{none}");
        }
    }
}
