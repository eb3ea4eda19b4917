//! A message as a mail: a subject and a text that say what happened and what to do, in plain text.
//!
//! Not here: how a mail travels (`edge::delivery`).

use serde_json::{Value, json};

use super::fields::{at, text};
use super::{Method, Outgoing, message};
use crate::wire::destination::MailApi;

/// The most characters of a subject: what mail programs show, and far below what a line may have (RFC 5322, 2.1.1).
const MAX_SUBJECT: usize = 150;

/// A mail, without who it is from and who gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// One line.
    pub subject: String,
    /// Plain text; lines end in `\n`.
    pub text: String,
    /// Whom an answer goes to: the visitor.
    pub reply_to: Option<String>,
}

/// What a message is about, in one line: `New inquiry: Ana Ruiz (A1)`.
pub fn title(message: &Value) -> String {
    let data = message::data(message);
    let said = |path: &str| at(data, path).and_then(text).map(|text| one_line(&text));
    let kind = said("kind").unwrap_or_else(|| "item".to_owned());
    match message.get("type").and_then(Value::as_str) {
        Some("item.closed") => {
            let outcome = said("outcome").unwrap_or_else(|| "closed".to_owned());
            format!("{} {}: {outcome}", capital(&kind), said("reference").unwrap_or_default())
        }
        Some("item.reopened") => format!("{} {} is open again", capital(&kind), said("reference").unwrap_or_default()),
        Some("test") => "A test from Usher".to_owned(),
        _ => {
            let what =
                if at(data, "complaint").is_some_and(|why| !why.is_null()) { "complaint".to_owned() } else { kind };
            let who = said("person.name").or_else(|| said("person.email")).unwrap_or_else(|| "somebody".to_owned());
            let tier = said("score.tier").map(|tier| format!(" ({tier})")).unwrap_or_default();
            format!("New {what}: {who}{tier}")
        }
    }
}

/// The mail that says what a message says.
pub fn mail(message: &Value) -> Mail {
    let data = message::data(message);
    let said = |path: &str| at(data, path).and_then(text);
    let mut lines: Vec<String> = Vec::new();
    let labelled = [
        ("Who", said("person.name")),
        ("E-mail", said("person.email")),
        ("Phone", said("person.phone")),
        ("Reference", said("reference")),
        ("Score", said("score.tier")),
        ("Queue", said("route.queue")),
        ("For", said("route.owner").or_else(|| said("route.team"))),
        ("Answer by", said("answer_by")),
        ("Outcome", said("outcome")),
        ("Reason", said("reason")),
        ("Page", said("page.url")),
    ];
    lines.extend(labelled.into_iter().filter_map(|(label, value)| Some(format!("{label}: {}", one_line(&value?)))));
    if let Some(summary) = said("values.message").or_else(|| said("summary")) {
        lines.extend([String::new(), summary.replace("\r\n", "\n").replace('\r', "\n")]);
    }
    if let Some(reasons) = at(data, "score.reasons").and_then(Value::as_array).filter(|reasons| !reasons.is_empty()) {
        lines.extend([String::new(), "Why this score:".to_owned()]);
        lines.extend(reasons.iter().filter_map(Value::as_str).map(|reason| format!("- {}", one_line(reason))));
    }
    if let Some(link) = said("link") {
        lines.extend([String::new(), link]);
    }
    let reference = said("reference").map(|reference| format!(" \u{00b7} {reference}")).unwrap_or_default();
    let subject: String = format!("{}{reference}", title(message)).chars().take(MAX_SUBJECT).collect();
    Mail {
        subject,
        text: lines.join("\n") + "\n",
        reply_to: said("person.email").filter(|email| is_header_safe(email)),
    }
}

/// The request that hands a mail to an HTTP API. The id keeps what is sent twice from being mailed twice.
pub fn request(api: &MailApi, id: &str, message: &Value) -> Outgoing {
    let mail = mail(message);
    let body = json!({
        "from": api.from, "to": api.to, "subject": mail.subject, "text": mail.text, "reply_to": mail.reply_to,
        "headers": { "Auto-Submitted": "auto-generated" },
    });
    Outgoing {
        method: Method::Post,
        url: api.url.clone(),
        headers: vec![
            ("content-type", "application/json".to_owned()),
            ("authorization", format!("Bearer {}", api.token)),
            ("idempotency-key", id.to_owned()),
        ],
        body: body.to_string(),
    }
}

/// Whether a text may stand in a header of a mail as it is: nothing that ends a line, and ASCII.
pub fn is_header_safe(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
}

/// In one line, without what ends or hides one.
fn one_line(text: &str) -> String {
    text.split(|letter: char| letter.is_control() || letter.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(name: &str) -> Value {
        json!({ "type": "item.opened", "data": {
            "reference": "U-7K2", "kind": "inquiry", "link": "https://usher.example.com/console/items/i1",
            "values": { "message": "Which plan\r\nfits?" }, "person": { "name": name, "email": "ana@example.com" },
            "score": { "tier": "A1", "reasons": ["Asked for prices"] }, "route": { "queue": "sales", "team": "Sales" },
        } })
    }

    #[test]
    fn a_mail_says_who_wrote_what_and_why_it_matters() {
        let mail = mail(&opened("Ana Ruiz"));
        assert_eq!(mail.subject, "New inquiry: Ana Ruiz (A1) \u{00b7} U-7K2");
        assert_eq!(mail.reply_to.as_deref(), Some("ana@example.com"));
        let expected = "Who: Ana Ruiz\nE-mail: ana@example.com\nReference: U-7K2\nScore: A1\nQueue: sales\nFor: Sales\n\n\
            Which plan\nfits?\n\nWhy this score:\n- Asked for prices\n\nhttps://usher.example.com/console/items/i1\n";
        assert_eq!(mail.text, expected);
    }

    #[test]
    fn no_name_begins_a_line_of_a_header() {
        let mail = mail(&opened("Ana\r\nBcc: everybody@example.com\u{0}\u{2028}x"));
        assert!(!mail.subject.contains(|letter: char| letter.is_control()), "{:?}", mail.subject);
        assert!(mail.subject.starts_with("New inquiry: Ana Bcc: everybody@example.com"));
        assert!(
            !is_header_safe("a@example.com\r\nBcc: b@example.com") && !is_header_safe("") && !is_header_safe("a\u{e9}")
        );
    }

    #[test]
    fn an_end_and_a_test_have_titles_of_their_own() {
        let closed =
            json!({ "type": "item.closed", "data": { "kind": "trial", "reference": "U-1", "outcome": "won" } });
        assert_eq!(title(&closed), "Trial U-1: won");
        assert_eq!(title(&json!({ "type": "test", "data": {} })), "A test from Usher");
        let complaint = json!({ "type": "item.opened", "data": { "kind": "support", "complaint": "refund" } });
        assert_eq!(title(&complaint), "New complaint: somebody");
    }
}
