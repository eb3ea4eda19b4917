//! Requests to destinations. The address is looked at again before each of them, and no redirect is followed: what is
//! configured is what is asked, or nothing.

use futures_util::StreamExt as _;
use shared::delivery::address::{self, Reach};
use shared::delivery::{Method, Outgoing, Tried};
use worker::{AbortController, Fetch, Headers, Request, RequestInit, RequestRedirect, Response};

/// The most of an answer that is read.
const MAX_ANSWER_BYTES: usize = 16 * 1024;

/// An answer, as far as it was read.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The header `retry-after`.
    pub retry_after: Option<String>,
    /// The beginning of its body.
    pub text: String,
}

/// Ends a request that nobody waits for any more.
struct Aborts(AbortController);

impl Drop for Aborts {
    fn drop(&mut self) {
        std::mem::take(&mut self.0).abort();
    }
}

/// Sends, and says what the answer means; `strict` as in [`Tried::answered`].
pub async fn send(outgoing: Outgoing, reach: Reach, strict: bool) -> Tried {
    match ask(outgoing, reach).await {
        Ok(answer) => Tried::answered(answer.status, answer.retry_after.as_deref(), &answer.text, strict),
        Err(tried) => tried,
    }
}

/// Sends, and brings the answer.
///
/// # Errors
/// What became of the try, where there was none.
pub async fn ask(outgoing: Outgoing, reach: Reach) -> Result<Answer, Tried> {
    if let Err(why) = address::check(&outgoing.url, reach) {
        return Err(Tried::refused(why.to_string()));
    }
    let request = request(&outgoing).map_err(|_| Tried::refused("the destination's address is none"))?;
    let aborts = Aborts(AbortController::default());
    let signal = aborts.0.signal();
    let sent = Fetch::Request(request).send_with_signal(&signal).await;
    let mut response = sent.map_err(|_| Tried::failed("could not connect"))?;
    let retry_after = response.headers().get("retry-after").ok().flatten();
    let text = beginning(&mut response).await;
    Ok(Answer { status: response.status_code(), retry_after, text })
}

async fn beginning(response: &mut Response) -> String {
    let mut bytes = Vec::new();
    if let Ok(mut stream) = response.stream() {
        while let Some(Ok(chunk)) = stream.next().await {
            bytes.extend(chunk);
            if bytes.len() >= MAX_ANSWER_BYTES {
                break;
            }
        }
    }
    bytes.truncate(MAX_ANSWER_BYTES);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn request(outgoing: &Outgoing) -> worker::Result<Request> {
    let headers = Headers::new();
    for (name, value) in &outgoing.headers {
        headers.set(name, value)?;
    }
    headers.set("user-agent", "Usher")?;
    let mut init = RequestInit::new();
    let method = match outgoing.method {
        Method::Post => worker::Method::Post,
        Method::Patch => worker::Method::Patch,
    };
    init.with_method(method)
        .with_headers(headers)
        .with_body(Some(outgoing.body.as_str().into()))
        .with_redirect(RequestRedirect::Manual);
    Request::new_with_init(&outgoing.url, &init)
}
