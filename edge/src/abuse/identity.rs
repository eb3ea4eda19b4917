//! The platform's tokens: whether the signature is the workspace's. What the claims must say is in [`shared::identity`].

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Mac as _;
use serde_json::Value;
use shared::identity::{Identity, IdentityError, MAX_TOKEN_BYTES, check_header, read_claims};
use shared::time::Timestamp;

use super::hmac_of;

/// Reads a token, and believes it where it was signed with the secret.
///
/// # Errors
/// Why it is not believed.
pub fn read(secret: &str, token: &str, audiences: &[&str], at: Timestamp) -> Result<Identity, IdentityError> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(IdentityError::Malformed);
    }
    let mut parts = token.split('.');
    let (Some(header), Some(claims), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(IdentityError::Malformed);
    };
    check_header(&json(header)?)?;
    let mut mac = hmac_of(secret.as_bytes());
    mac.update(header.as_bytes());
    mac.update(b".");
    mac.update(claims.as_bytes());
    // In constant time, whatever was sent.
    mac.verify_slice(&bytes(signature)?).map_err(|_| IdentityError::Signature)?;
    read_claims(&json(claims)?, audiences, at)
}

fn bytes(part: &str) -> Result<Vec<u8>, IdentityError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| IdentityError::Malformed)
}

fn json(part: &str) -> Result<Value, IdentityError> {
    serde_json::from_slice(&bytes(part)?).map_err(|_| IdentityError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const SECRET: &str = "a secret of the platform, 32 characters or more";
    const NOW_S: i64 = 1_795_253_400;

    #[test]
    fn a_token_of_the_platform_is_believed() {
        assert_eq!(read_now(&token(json!({ "alg": "HS256" }), SECRET)).map(|it| it.user), Ok("u-17".to_owned()));
    }

    #[test]
    fn the_example_of_the_standard_reads() {
        // RFC 7515, A.1: the signature is good, and the claims are nobody's.
        let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let key = URL_SAFE_NO_PAD
            .decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
            .unwrap();
        let mut mac = hmac_of(&key);
        let (signed, signature) = token.rsplit_once('.').unwrap();
        mac.update(signed.as_bytes());
        assert!(mac.verify_slice(&bytes(signature).unwrap()).is_ok());
    }

    #[test]
    fn forgeries_are_not() {
        let good = token(json!({ "alg": "HS256" }), SECRET);
        let (unsigned, _) = good.rsplit_once('.').unwrap();
        let (_, claims) = unsigned.split_once('.').unwrap();
        let none = format!("{}.{claims}.", part(&json!({ "alg": "none" })));
        for (forged, why) in [
            (none, IdentityError::Algorithm),
            (token(json!({ "alg": "RS256" }), SECRET), IdentityError::Algorithm),
            (token(json!({ "alg": "ES256" }), SECRET), IdentityError::Algorithm),
            (token(json!({ "alg": "HS256" }), "another secret"), IdentityError::Signature),
            (token(json!({ "alg": "HS256", "kid": "/dev/null" }), ""), IdentityError::Signature),
            (format!("{unsigned}."), IdentityError::Signature),
            (format!("{unsigned}.AAAA"), IdentityError::Signature),
            (unsigned.to_owned(), IdentityError::Malformed),
            (format!("{good}.x"), IdentityError::Malformed),
            (format!("{good}=="), IdentityError::Malformed),
            (String::new(), IdentityError::Malformed),
            ("..".to_owned(), IdentityError::Malformed),
            ("a.b.c".to_owned(), IdentityError::Malformed),
            ("x".repeat(10_240), IdentityError::Malformed),
        ] {
            assert_eq!(read_now(&forged), Err(why), "{forged}");
        }
    }

    fn read_now(token: &str) -> Result<Identity, IdentityError> {
        read(SECRET, token, &["demo"], Timestamp::from_ms(NOW_S * 1_000))
    }

    fn token(header: Value, secret: &str) -> String {
        let claims = json!({ "sub": "u-17", "aud": "demo", "iat": NOW_S, "exp": NOW_S + 60 });
        let signed = format!("{}.{}", part(&header), part(&claims));
        let mut mac = hmac_of(secret.as_bytes());
        mac.update(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    fn part(json: &Value) -> String {
        URL_SAFE_NO_PAD.encode(json.to_string())
    }
}
