//! Webhooks as Standard Webhooks has them: the id is the same at each try, the timestamp is the try's own, and
//! `v1,base64(hmac_sha256(secret, id.timestamp.body))` signs the three.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use shared::wire::config::Destination;
use worker::{AbortController, Delay, Fetch, Headers, Method, Request, RequestInit, RequestRedirect};

use super::first;

/// How long a receiver may take.
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(20);

/// What became of one try.
pub enum Sent {
    /// The receiver has it.
    Confirmed,
    /// It may work later.
    Failed(String),
    /// It never will.
    Refused(String),
}

/// Tries once.
pub async fn send(destination: &Destination, id: &str, body: &str, now_s: i64) -> Sent {
    let Some(signature) = sign(&destination.secret, id, now_s, body) else {
        return Sent::Refused("the destination's secret is not base64".to_owned());
    };
    let request = request(&destination.url, id, body, now_s, &signature);
    let Ok(request) = request else { return Sent::Refused("the destination's address is none".to_owned()) };
    let abort = AbortController::default();
    let signal = abort.signal();
    let fetch = Fetch::Request(request);
    let answer = fetch.send_with_signal(&signal);
    let timeout = async {
        Delay::from(TIMEOUT).await;
        abort.abort();
    };
    let (answer, timeout) = (std::pin::pin!(answer), std::pin::pin!(timeout));
    match first(answer, timeout).await {
        None => Sent::Failed("no answer in 20 seconds".to_owned()),
        Some(Err(_)) => Sent::Failed("could not connect".to_owned()),
        Some(Ok(response)) => match response.status_code() {
            200..=299 => Sent::Confirmed,
            410 => Sent::Refused("the receiver answered 410: gone".to_owned()),
            status => Sent::Failed(format!("the receiver answered {status}")),
        },
    }
}

/// The signature of one try; `None` where the secret is not what Standard Webhooks says.
fn sign(secret: &str, id: &str, now_s: i64, body: &str) -> Option<String> {
    let key = STANDARD.decode(secret.strip_prefix("whsec_")?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{now_s}.{body}").as_bytes());
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

fn request(url: &str, id: &str, body: &str, now_s: i64, signature: &str) -> worker::Result<Request> {
    let headers = Headers::new();
    headers.set("content-type", "application/json")?;
    headers.set("webhook-id", id)?;
    headers.set("webhook-timestamp", &now_s.to_string())?;
    headers.set("webhook-signature", signature)?;
    let mut init = RequestInit::new();
    // A redirect is a failure: it could lead anywhere.
    init.with_method(Method::Post)
        .with_headers(headers)
        .with_body(Some(body.into()))
        .with_redirect(RequestRedirect::Manual);
    Request::new_with_init(url, &init)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_specification() {
        // The example of the Standard Webhooks specification.
        let signature = sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signature.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    #[test]
    fn a_secret_that_is_none_signs_nothing() {
        assert_eq!(sign("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "m", 1, "{}"), None);
    }
}
