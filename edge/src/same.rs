//! Whether a secret that was sent is the one that is known. Nothing else compares secrets: signatures are compared by
//! [`hmac::Mac`], and what is found by its hash in a table is not compared at all. `tests/security/s17-signatures.mjs` looks.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Whether two texts are the same, in a time that says nothing of where they differ, or of how long the known one is: their hashes
/// under a key are compared. Nothing is the same as an empty text.
pub fn is_same(known: &str, sent: &str) -> bool {
    let mac = |text: &str| {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"compare").expect("HMAC takes a key of any length");
        mac.update(text.as_bytes());
        mac
    };
    !known.is_empty() && mac(known).verify_slice(&mac(sent).finalize().into_bytes()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn only_the_same_is_the_same() {
        assert!(is_same("a secret", "a secret"));
        for sent in ["", "a", "a secre", "a secret ", "A secret", "b secret", "a secret\0"] {
            assert!(!is_same("a secret", sent), "{sent}");
        }
        assert!(!is_same("", ""), "where there is no secret, nobody has it");
    }

    /// Promise S17. Where two differ shows in the time that `==` takes, and not in that of `is_same`: Welch's t of thousands
    /// of each, which dudect (Reparaz, Balasch and Verbauwhede, 2017) calls a leak from 4.5 on.
    #[test]
    #[ignore = "it measures, for a second or more: `cargo xtask faults S17` runs it"]
    fn says_nothing_of_where_two_differ() {
        let samples = std::env::var("USHER_TIMINGS").ok().and_then(|count| count.parse().ok()).unwrap_or(5_000);
        let (plain, ours) = (welch_t(samples, |known, sent| known == sent), welch_t(samples, is_same));
        println!("timings {samples}, t of == {plain:.1}, t of is_same {ours:.1}");
        assert!(plain.abs() > 4.5, "a comparison that stops at the first difference is not seen: {plain}");
        assert!(ours.abs() < 4.5, "where the first difference is shows in the time: {ours}");
    }

    /// How surely the times differ between texts whose first byte is wrong and texts whose last one is. The slowest tenth is
    /// left out: something else had the processor.
    fn welch_t(samples: usize, compare: impl Fn(&str, &str) -> bool) -> f64 {
        const BYTES: usize = 16 * 1024;
        let known = "k".repeat(BYTES);
        let sent = [format!("x{}", "k".repeat(BYTES - 1)), format!("{}x", "k".repeat(BYTES - 1))];
        let mut times = [Vec::new(), Vec::new()];
        let mut dice: u64 = 0x9E37_79B9_7F4A_7C15;
        while times.iter().any(|times| times.len() < samples) {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            let class = usize::from(dice & 1 == 1);
            let start = std::time::Instant::now();
            let is_same =
                std::hint::black_box(compare(std::hint::black_box(&known), std::hint::black_box(&sent[class])));
            let took = start.elapsed().as_secs_f64() * 1e9;
            assert!(!is_same);
            times[class].push(took);
        }
        let [first, last] = times.map(|mut times| {
            times.sort_by(f64::total_cmp);
            times.truncate(times.len() * 9 / 10);
            #[expect(clippy::cast_precision_loss, reason = "some thousands")]
            let count = times.len() as f64;
            let mean = times.iter().sum::<f64>() / count;
            let variance = times.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (count - 1.0);
            (mean, variance / count)
        });
        (first.0 - last.0) / (first.1 + last.1).sqrt()
    }
}
