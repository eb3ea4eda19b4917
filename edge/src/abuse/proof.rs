//! Proofs of work as ALTCHA has them (version 1, SHA-256): a number whose hash, with a salt of ours, is the challenge.
//!
//! The salt says when the challenge ends and whose it is, and ends with `&`, so that no digit of the number can be read as
//! a part of the salt. A solution is worth one submission: what was spent is kept until it has ended.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::Mac as _;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use shared::abuse::Proof;
use shared::time::Timestamp;
use shared::wire::challenge::Challenge;

use super::{hmac_of, keyed};
use crate::chance;
use crate::error::Failure;

/// The largest number. A phone hashes so often in well under a second; half of it is the average.
const MAX_NUMBER: u32 = 50_000;
/// How long a solution is good, in seconds: as long as a widget keeps what it could not send, and an hour to fill it in.
const LIFE_S: i64 = (72 + 1) * 60 * 60;
/// The longest solution that is read.
const MAX_BYTES: usize = 2_048;
const ALGORITHM: &str = "SHA-256";

/// A solution that is right, with what must be kept so that it is not taken twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Solution {
    /// Names the challenge.
    pub id: String,
    /// When it ends, in milliseconds since 1970.
    pub ends_at: i64,
}

#[derive(Deserialize)]
struct Payload {
    algorithm: String,
    challenge: String,
    number: u64,
    salt: String,
    signature: String,
}

/// A new challenge for a site.
///
/// # Errors
/// Where there are no random bytes.
pub fn challenge(secret: &str, site_key: &str, at: Timestamp) -> Result<Challenge, Failure> {
    let ends_s = at.as_ms() / 1_000 + LIFE_S;
    let salt = format!("{}?expires={ends_s}&site={site_key}&", chance::hex::<12>()?);
    // The range does not divide 2^32: the first numbers are likelier by a hundred-thousandth.
    let number = u32::from_le_bytes(chance::bytes()?) % (MAX_NUMBER + 1);
    let challenge = hash(&salt, u64::from(number));
    let signature = chance::to_hex(&signed(&key(secret), &challenge).finalize().into_bytes());
    Ok(Challenge { algorithm: ALGORITHM.to_owned(), challenge, maxnumber: MAX_NUMBER, salt, signature })
}

/// Checks a solution, all but whether it was spent.
///
/// # Errors
/// What it is instead.
pub fn check(secret: &str, site_key: &str, sent: &str, at: Timestamp) -> Result<Solution, Proof> {
    if sent.is_empty() {
        return Err(Proof::Missing);
    }
    let payload = read(sent).ok_or(Proof::Wrong)?;
    if !is_ours(&key(secret), &payload) {
        return Err(Proof::Wrong);
    }
    let ends_s = ends(&payload.salt, site_key).ok_or(Proof::Wrong)?;
    if ends_s <= at.as_ms() / 1_000 {
        return Err(Proof::Expired);
    }
    Ok(Solution { id: payload.challenge, ends_at: ends_s.saturating_mul(1_000) })
}

fn read(sent: &str) -> Option<Payload> {
    let json = Some(sent).filter(|sent| sent.len() <= MAX_BYTES).and_then(|sent| STANDARD.decode(sent).ok())?;
    serde_json::from_slice(&json).ok()
}

/// Whether the challenge is one of ours, and the number solves it.
fn is_ours(key: &[u8], payload: &Payload) -> bool {
    let signature = from_hex(&payload.signature);
    payload.algorithm == ALGORITHM
        && payload.salt.ends_with('&')
        && hash(&payload.salt, payload.number) == payload.challenge
        && signature.is_some_and(|signature| signed(key, &payload.challenge).verify_slice(&signature).is_ok())
}

/// When the challenge ends, where the salt is this site's.
fn ends(salt: &str, site_key: &str) -> Option<i64> {
    let (_, parameters) = salt.split_once('?')?;
    let value = |name: &str| parameters.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    if value("site") != Some(site_key) {
        return None;
    }
    value("expires")?.parse().ok()
}

fn key(secret: &str) -> [u8; 32] {
    keyed(secret, "altcha", &[]).finalize().into_bytes().into()
}

fn signed(key: &[u8], challenge: &str) -> hmac::Hmac<Sha256> {
    let mut mac = hmac_of(key);
    mac.update(challenge.as_bytes());
    mac
}

fn hash(salt: &str, number: u64) -> String {
    chance::to_hex(&Sha256::digest(format!("{salt}{number}")))
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    digits.chunks(2).map(|pair| Some(value(*pair.first()?)? << 4 | value(*pair.get(1)?)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const SITE: &str = "pk_demo_platform";

    #[test]
    fn a_solution_is_good_once_it_is_found() {
        let sent = solved(|_| ());
        let solution = check("secret", SITE, &sent, now()).unwrap();
        assert_eq!(solution.ends_at, now().as_ms() + LIFE_S * 1_000);
        assert_eq!(check("secret", SITE, &sent, later(LIFE_S - 1)), Ok(solution));
        assert_eq!(check("secret", SITE, &sent, later(LIFE_S)), Err(Proof::Expired));
        assert_eq!(check("secret", SITE, "", now()), Err(Proof::Missing));
    }

    #[test]
    fn nobody_makes_up_a_challenge_or_moves_one() {
        let sent = solved(|_| ());
        assert_eq!(check("another", SITE, &sent, now()), Err(Proof::Wrong));
        assert_eq!(check("secret", "pk_demo_partner", &sent, now()), Err(Proof::Wrong));
        for sent in ["x", "e30=", "bnVsbA==", &"A".repeat(4_000)] {
            assert_eq!(check("secret", SITE, sent, now()), Err(Proof::Wrong), "{sent}");
        }
        let changes: [fn(&mut Value); 5] = [
            |payload| payload["algorithm"] = json!("SHA-1"),
            |payload| payload["number"] = json!(payload["number"].as_u64().unwrap() + 1),
            |payload| payload["salt"] = json!(payload["salt"].as_str().unwrap().replace("expires=1", "expires=9")),
            |payload| payload["signature"] = json!("0".repeat(64)),
            |payload| payload["signature"] = json!("é".repeat(32)),
        ];
        for change in changes {
            assert_eq!(check("secret", SITE, &solved(change), now()), Err(Proof::Wrong));
        }
    }

    #[test]
    fn digits_of_the_number_do_not_make_it_last_longer() {
        // The splicing of ALTCHA's own advisory: the same text, cut at another place.
        let spliced = solved(|payload| {
            let number = payload["number"].to_string();
            let (first, rest) = number.split_at(1);
            payload["salt"] = json!(format!("{}{first}", payload["salt"].as_str().unwrap()));
            payload["number"] = json!(rest.parse::<u64>().unwrap_or(0));
        });
        assert_eq!(check("secret", SITE, &spliced, now()), Err(Proof::Wrong));
    }

    #[test]
    fn it_is_what_altcha_lib_makes() {
        // createChallenge({ hmacKey: "key", salt: "0011?expires=1795253400&site=pk_demo_platform&", number: 123 }) of altcha-lib 2.8.0/v1.
        let payload = Payload {
            algorithm: ALGORITHM.to_owned(),
            challenge: "61582789f667c9bd83839330d9361020d8d6ac9d7aef736b699f0aa5e1cb1122".to_owned(),
            number: 123,
            salt: "0011?expires=1795253400&site=pk_demo_platform&".to_owned(),
            signature: "1a951fd4bf311d8effaa15885b7b9f473a1bd6de9cd22d6eefb43d3975fa8337".to_owned(),
        };
        assert!(is_ours(b"key", &payload));
        assert!(!is_ours(b"kez", &payload));
    }

    fn solved(change: impl FnOnce(&mut Value)) -> String {
        let challenge = challenge("secret", SITE, now()).unwrap();
        let number = (0..=u64::from(MAX_NUMBER)).find(|n| hash(&challenge.salt, *n) == challenge.challenge).unwrap();
        let mut payload = serde_json::to_value(&challenge).unwrap();
        payload["number"] = json!(number);
        change(&mut payload);
        STANDARD.encode(payload.to_string())
    }

    fn now() -> Timestamp {
        later(0)
    }

    fn later(seconds: i64) -> Timestamp {
        Timestamp::from_ms((1_795_253_400 + seconds) * 1_000)
    }
}
