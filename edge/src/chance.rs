//! The only source of random bytes.

use shared::time::Timestamp;

use crate::error::Failure;

/// So many random bytes.
///
/// # Errors
/// [`Failure::Random`] where the runtime has none.
pub fn bytes<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Failure::Random)?;
    Ok(bytes)
}

/// So many random bytes, in hexadecimal.
///
/// # Errors
/// As [`bytes`].
pub fn hex<const N: usize>() -> Result<String, Failure> {
    bytes::<N>().map(|bytes| to_hex(&bytes))
}

/// An id that sorts by the time it was made: 12 digits of milliseconds, 20 of chance.
///
/// # Errors
/// As [`bytes`].
pub fn id(at: Timestamp) -> Result<String, Failure> {
    Ok(format!("{:012x}{}", at.as_ms(), hex::<10>()?))
}

/// A random UUID (RFC 9562, version 4).
///
/// # Errors
/// As [`bytes`].
pub fn uuid() -> Result<String, Failure> {
    let [a, b, c, d, e, f, g, h, rest @ ..] = bytes::<16>()?;
    let (version, variant) = ((g & 0x0f) | 0x40, h);
    let [i, j, tail @ ..] = rest;
    let variant_byte = (i & 0x3f) | 0x80;
    Ok(format!(
        "{}-{}-{}-{}-{}",
        to_hex(&[a, b, c, d]),
        to_hex(&[e, f]),
        to_hex(&[version, variant]),
        to_hex(&[variant_byte, j]),
        to_hex(&tail)
    ))
}

/// Bytes in hexadecimal, in lower case.
pub fn to_hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}

/// Bytes from hexadecimal, in either case.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    digits.chunks(2).map(|pair| Some(pair.first()? * 16 + pair.last()?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::submission::SubmissionId;

    #[test]
    fn a_uuid_reads_as_one() {
        let uuid = uuid().unwrap();
        assert!(SubmissionId::parse(&uuid).is_some(), "{uuid}");
        assert_eq!(uuid.as_bytes()[14], b'4');
    }

    #[test]
    fn hexadecimal_goes_both_ways() {
        assert_eq!(from_hex(&to_hex(&[0, 171, 255])), Some(vec![0, 171, 255]));
        assert_eq!((from_hex("a"), from_hex("zz"), from_hex("")), (None, None, Some(Vec::new())));
    }

    #[test]
    fn ids_sort_by_time() {
        let earlier = id(Timestamp::from_ms(1_000)).unwrap();
        let later = id(Timestamp::from_ms(2_000)).unwrap();
        assert!(earlier < later && earlier.len() == 32);
    }
}
