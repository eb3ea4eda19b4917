//! Webhooks as Standard Webhooks has them: the id is the same at each try, the timestamp is the try's own, and
//! `v1,base64(hmac_sha256(secret, id.timestamp.body))` signs the three. While a secret is being replaced there are two
//! signatures, so that whoever goes by either of them believes it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use shared::delivery::{Method, Outgoing};
use shared::time::Timestamp;
use shared::wire::destination::Webhook;

use crate::chance;
use crate::error::Failure;

/// The request of one try; `None` where the secret is not what Standard Webhooks says.
pub fn request(to: &Webhook, id: &str, body: &str, now: Timestamp) -> Option<Outgoing> {
    let seconds = now.as_ms() / 1_000;
    let old = to.old_secrets.iter().filter(|old| Timestamp::parse(&old.until).is_some_and(|until| until > now));
    let mut signatures = sign(&to.secret, id, seconds, body)?;
    for old in old.filter_map(|old| sign(&old.secret, id, seconds, body)) {
        signatures = format!("{signatures} {old}");
    }
    Some(Outgoing {
        method: Method::Post,
        url: to.url.clone(),
        headers: vec![
            ("content-type", "application/json".to_owned()),
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", seconds.to_string()),
            ("webhook-signature", signatures),
        ],
        body: body.to_owned(),
    })
}

/// A secret that nobody has had: 32 random bytes.
///
/// # Errors
/// As [`chance::bytes`].
pub fn fresh_secret() -> Result<String, Failure> {
    Ok(format!("whsec_{}", STANDARD.encode(chance::bytes::<32>()?)))
}

/// The signature of one try.
fn sign(secret: &str, id: &str, now_s: i64, body: &str) -> Option<String> {
    let key = STANDARD.decode(secret.strip_prefix("whsec_")?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{now_s}.{body}").as_bytes());
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::wire::destination::OldSecret;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn the_signature_is_that_of_the_specification() {
        // The example of the Standard Webhooks specification.
        let signature = sign(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    #[test]
    fn a_secret_that_is_none_signs_nothing() {
        assert_eq!(sign("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "m", 1, "{}"), None);
    }

    #[test]
    fn a_secret_that_was_replaced_signs_until_it_ends() {
        let until = Timestamp::from_ms(10_000);
        let old = OldSecret { secret: fresh_secret().unwrap(), until: until.to_rfc3339() };
        let to = Webhook { url: String::new(), secret: SECRET.to_owned(), old_secrets: vec![old.clone()] };
        let signed = |at| request(&to, "m", "{}", Timestamp::from_ms(at)).unwrap().headers.pop().unwrap().1;
        let by = |secret, at: i64| sign(secret, "m", at / 1_000, "{}").unwrap();
        assert_eq!(signed(9_999), format!("{} {}", by(SECRET, 9_999), by(&old.secret, 9_999)));
        assert_eq!(signed(10_000), by(SECRET, 10_000));
    }
}
