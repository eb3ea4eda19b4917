//! A message for a chat, as Slack's incoming webhooks take it: blocks, and a text for those who read none (notifications,
//! and chats that only resemble Slack).
//!
//! What a visitor wrote stands in `plain_text` blocks, which no chat reads as markup, and is escaped in the text: it can
//! call nobody (`<!channel>`, `@here`) and can be no link.

use serde_json::{Map, Value, json};

use super::fields::{at, text};
use super::{Method, Outgoing, message};
use crate::wire::destination::Chat;

/// What Slack takes: 150 characters of a header, 2,000 of a field, 3,000 of a section.
const MAX_HEADER: usize = 150;
const MAX_FIELD: usize = 2_000;
const MAX_SECTION: usize = 3_000;
/// The most of a visitor's own words: a message in a channel is to be read at a glance.
const MAX_WORDS: usize = 600;

/// The request that writes a message to a chat.
pub fn request(chat: &Chat, message: &Value) -> Outgoing {
    Outgoing {
        method: Method::Post,
        url: chat.url.clone(),
        headers: vec![("content-type", "application/json".to_owned())],
        body: body(message).to_string(),
    }
}

fn body(message: &Value) -> Value {
    let data = message::data(message);
    let said = |path: &str| at(data, path).and_then(text);
    let title = super::mail::title(message);
    let mut blocks = vec![json!({ "type": "header", "text": plain(&title, MAX_HEADER) })];
    let fields = [
        ("Score", said("score.tier")),
        ("Queue", said("route.queue")),
        ("For", said("route.owner").or_else(|| said("route.team"))),
        ("Answer by", said("answer_by")),
        ("Outcome", said("outcome")),
        ("Reference", said("reference")),
    ];
    let fields: Vec<Value> = fields
        .into_iter()
        .filter_map(|(label, value)| Some(plain(&format!("{label}: {}", value?), MAX_FIELD)))
        .collect();
    if !fields.is_empty() {
        blocks.push(json!({ "type": "section", "fields": fields }));
    }
    for words in [said("summary"), said("reason")].into_iter().flatten() {
        blocks.push(json!({ "type": "section", "text": plain(&words, MAX_WORDS.min(MAX_SECTION)) }));
    }
    if let Some(why) = whys(data) {
        blocks.push(json!({ "type": "context", "elements": [plain(&why, MAX_FIELD)] }));
    }
    if let Some(link) = said("link") {
        let button = json!({ "type": "button", "text": plain("Open in Usher", 75), "url": link });
        blocks.push(json!({ "type": "actions", "elements": [button] }));
    }
    json!({ "text": escaped(&title), "blocks": blocks })
}

fn whys(data: &Map<String, Value>) -> Option<String> {
    let reasons = at(data, "score.reasons")?.as_array()?;
    let reasons: Vec<&str> = reasons.iter().filter_map(Value::as_str).collect();
    (!reasons.is_empty()).then(|| format!("Why this score: {}", reasons.join("; ")))
}

/// A text that is nothing but text.
fn plain(text: &str, most: usize) -> Value {
    json!({ "type": "plain_text", "text": cut(text, most), "emoji": false })
}

/// At most so many characters.
fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['\u{2026}']).collect(),
    }
}

/// Escaped as Slack says (`&`, `<`, `>`), and with no name behind an `@` that a chat could take for somebody.
fn escaped(text: &str) -> String {
    let safe = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    cut(&safe.replace('@', "@\u{200b}"), MAX_SECTION)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(name: &str, summary: &str) -> Value {
        json!({ "type": "item.opened", "data": {
            "reference": "U-7K2", "kind": "inquiry", "summary": summary, "link": "https://usher.example.com/console/items/i1",
            "person": { "name": name }, "score": { "tier": "A1", "reasons": ["Asked for prices"] },
            "route": { "queue": "sales", "team": "Sales" }, "answer_by": "2026-11-30T10:00:00.000Z",
        } })
    }

    #[test]
    fn what_a_visitor_wrote_calls_nobody_and_links_nowhere() {
        let evil = "<!channel> <https://evil.example|Click> @here *bold* & `code`";
        let body = body(&opened(evil, evil));
        assert_eq!(
            body["text"],
            "New inquiry: &lt;!channel&gt; &lt;https://evil.example|Click&gt; @\u{200b}here *bold* &amp; `code` (A1)"
        );
        let kinds: Vec<&str> = every_text(&body["blocks"]).iter().map(|text| text["type"].as_str().unwrap()).collect();
        assert!(kinds.len() >= 8 && kinds.iter().all(|kind| *kind == "plain_text"), "{kinds:?}");
    }

    #[test]
    fn nothing_is_longer_than_a_chat_takes() {
        let long = "x".repeat(100_000);
        let body = body(&opened(&long, &long));
        for text in every_text(&body["blocks"]) {
            assert!(text["text"].as_str().unwrap().chars().count() <= MAX_FIELD);
        }
        assert!(body["blocks"][0]["text"]["text"].as_str().unwrap().chars().count() <= MAX_HEADER);
        assert!(body["text"].as_str().unwrap().chars().count() <= MAX_SECTION);
    }

    fn every_text(value: &Value) -> Vec<&Value> {
        match value {
            Value::Object(object) if object.contains_key("emoji") => vec![value],
            Value::Object(object) => object.values().flat_map(every_text).collect(),
            Value::Array(all) => all.iter().flat_map(every_text).collect(),
            _ => Vec::new(),
        }
    }
}
