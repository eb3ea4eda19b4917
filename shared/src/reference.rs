//! The reference that a visitor may quote: short, and hard to misread.

/// Crockford's alphabet: no I, L, O or U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A reference from 50 of the random bits: `USH-4K7QD-2MX9T`. A million of them hold two alike once in two thousand times;
/// it names an item for people, and is a key nowhere.
pub fn reference(random: u64) -> String {
    let mut text = String::with_capacity(15);
    text.push_str("USH-");
    for place in 0..10 {
        if place == 5 {
            text.push('-');
        }
        let index = usize::try_from((random >> (5 * place)) & 31).unwrap_or(0);
        text.push(char::from(ALPHABET.get(index).copied().unwrap_or(b'0')));
    }
    text
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
}
