//! Stamps: the edge's signed time, which travels with a form and back with the submission.
//!
//! `{seconds}.{signature}`, over the site's key, so that a stamp of one site is worth nothing on another. It names nobody
//! and may be kept by a cache: an older one is as good as a newer one for seven days.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Mac as _;
use shared::abuse::Stamp;
use shared::time::Timestamp;

use super::keyed;

const PURPOSE: &str = "stamp";
/// Half of the hash: 128 bits that nobody guesses.
const SIGNATURE_BYTES: usize = 16;

/// A stamp of now.
pub fn make(secret: &str, site_key: &str, at: Timestamp) -> String {
    let seconds = (at.as_ms() / 1_000).to_string();
    let hash = keyed(secret, PURPOSE, &[site_key, &seconds]).finalize().into_bytes();
    let half = hash.get(..SIGNATURE_BYTES).unwrap_or_default();
    format!("{seconds}.{}", URL_SAFE_NO_PAD.encode(half))
}

/// Reads one that came back.
pub fn read(secret: &str, site_key: &str, sent: &str) -> Stamp {
    if sent.is_empty() {
        return Stamp::Missing;
    }
    made_at(secret, site_key, sent).map_or(Stamp::Forged, Stamp::Made)
}

fn made_at(secret: &str, site_key: &str, sent: &str) -> Option<Timestamp> {
    let (seconds, signature) = sent.split_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok().filter(|bytes| bytes.len() == SIGNATURE_BYTES)?;
    keyed(secret, PURPOSE, &[site_key, seconds]).verify_truncated_left(&signature).ok()?;
    seconds.parse::<i64>().ok()?.checked_mul(1_000).map(Timestamp::from_ms)
}

/// A site's public configuration with a stamp in it: the rest of it is the same for everybody, and written once.
pub fn add_to(boot: &str, stamp: &str) -> String {
    match boot.strip_suffix('}') {
        // Neither digits nor base64url need escapes.
        Some(open) => format!("{open},\"stamp\":\"{stamp}\"}}"),
        None => boot.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_says_when_it_was_made_to_the_second() {
        assert_eq!(read("secret", "pk_one", &stamp()), Stamp::Made(Timestamp::from_ms(1_795_253_400_000)));
        assert_eq!(read("secret", "pk_one", ""), Stamp::Missing);
    }

    #[test]
    fn nobody_else_makes_or_changes_one() {
        let stamp = stamp();
        let (seconds, signature) = stamp.split_once('.').unwrap();
        let (secret, key) = ("secret", "pk_one");
        for (secret, key, sent) in [
            ("another", key, stamp.clone()),
            (secret, "pk_two", stamp.clone()),
            (secret, key, format!("1795253401.{signature}")),
            (secret, key, format!("0{seconds}.{signature}")),
            (secret, key, format!("{seconds}.")),
            (secret, key, format!("{seconds}.AA")),
            (secret, key, format!("{seconds}.{signature}AA")),
            (secret, key, format!("{seconds}.{signature}.{signature}")),
            (secret, key, seconds.to_owned()),
            (secret, key, ".".to_owned()),
            (secret, key, "x".repeat(10_000)),
        ] {
            assert_eq!(read(secret, key, &sent), Stamp::Forged, "{sent}");
        }
    }

    #[test]
    fn it_joins_what_a_site_is_told() {
        let boot = add_to(r#"{"name":"Demo"}"#, &stamp());
        let boot: serde_json::Value = serde_json::from_str(&boot).unwrap();
        assert_eq!(boot["stamp"], stamp());
    }

    fn stamp() -> String {
        make("secret", "pk_one", Timestamp::from_ms(1_795_253_400_999))
    }
}
