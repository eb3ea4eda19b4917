//! Sending: one request, and what its answer proves.

use js_sys::{Object, Promise, Reflect};
use shared::wire::{FieldProblem, Receipt, Submit};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::form::state::{Answer, Failure};
use crate::json;

/// Longer than this without an answer, and the visitor is told so. The edge answers in milliseconds: what takes this
/// long is a network that will not deliver.
const PATIENCE_MS: u32 = 20_000;

#[wasm_bindgen]
extern "C" {
    type Response;
    #[wasm_bindgen(catch)]
    fn fetch(url: &str, init: &Object) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn status(this: &Response) -> u16;
    #[wasm_bindgen(method, catch)]
    fn text(this: &Response) -> Result<Promise, JsValue>;
    #[wasm_bindgen(js_namespace = AbortSignal, catch)]
    fn timeout(ms: u32) -> Result<JsValue, JsValue>;
}

/// Sends a submission.
pub async fn send(url: &str, submit: &Submit) -> Answer {
    match post(url, &json::write(submit)).await {
        Ok((status, body)) => {
            let body = json::parse(&body);
            read(status, &submit.submission_id, json::receipt(&body), json::problems(&body), json::text(&body, "title"))
        }
        Err(_) => Answer::Failed(Failure::Unreachable),
    }
}

/// "Sent" is said only when a success carries the same submission id: anything else proves nothing.
fn read(status: u16, id: &str, receipt: Option<Receipt>, problems: Vec<FieldProblem>, title: String) -> Answer {
    match (status, receipt) {
        (200..=299, Some(receipt)) if receipt.submission_id == id => Answer::Accepted(receipt),
        (400..=499, _) if !problems.is_empty() => Answer::Wrong(problems),
        (429, _) => Answer::Failed(Failure::Busy),
        (400..=499, _) if !title.is_empty() => Answer::Failed(Failure::Refused(title)),
        (500..=599, _) => Answer::Failed(Failure::Down),
        _ => Answer::Failed(Failure::Unreachable),
    }
}

async fn post(url: &str, body: &str) -> Result<(u16, String), JsValue> {
    let init = Object::new();
    let set = |key: &str, value: &JsValue| Reflect::set(&init, &key.into(), value);
    set("method", &"POST".into())?;
    // A string body travels as text/plain, which spares the preflight.
    set("body", &body.into())?;
    set("credentials", &"omit".into())?;
    // The page may close as soon as the visitor has pressed the button.
    set("keepalive", &true.into())?;
    if let Ok(signal) = timeout(PATIENCE_MS) {
        set("signal", &signal)?;
    }
    let response: Response = JsFuture::from(fetch(url, &init)?).await?.unchecked_into();
    let text = JsFuture::from(response.text()?).await?;
    Ok((response.status(), text.as_string().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_success_with_the_same_id_is_a_receipt() {
        assert_eq!(answer(200, Some("a")), Answer::Accepted(receipt("a")));
        assert_eq!(answer(201, Some("a")), Answer::Accepted(receipt("a")));
        for (status, id) in [(200, Some("b")), (200, None), (302, Some("a")), (0, None)] {
            assert_eq!(answer(status, id), Answer::Failed(Failure::Unreachable), "{status} {id:?}");
        }
        assert_eq!(answer(500, Some("a")), Answer::Failed(Failure::Down));
    }

    #[test]
    fn a_refusal_names_its_fields_or_itself() {
        let wrong = vec![FieldProblem { field: "email".into(), code: "required".into(), message: "Please.".into() }];
        assert_eq!(read(422, "a", None, wrong.clone(), "Wrong".into()), Answer::Wrong(wrong));
        assert_eq!(
            read(403, "a", None, Vec::new(), "Not here.".into()),
            Answer::Failed(Failure::Refused("Not here.".into()))
        );
        assert_eq!(read(429, "a", None, Vec::new(), "Slow down".into()), Answer::Failed(Failure::Busy));
    }

    fn answer(status: u16, id: Option<&str>) -> Answer {
        read(status, "a", id.map(receipt), Vec::new(), String::new())
    }

    fn receipt(id: &str) -> Receipt {
        Receipt { submission_id: id.into(), reference: "R".into(), team: "T".into(), answer_by: String::new() }
    }
}
