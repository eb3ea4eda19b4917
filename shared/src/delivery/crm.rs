//! A message as HubSpot and Salesforce take it.
//!
//! HubSpot: the secure form submission API (`POST /submissions/v3/integration/secure/submit/{portal}/{form}`). Salesforce: REST
//! upsert by an external id (`PATCH /services/data/{version}/sobjects/{object}/{field}/{id}`), which may be repeated; and
//! Web-to-Lead, which confirms nothing and so is only for those who have no API.

use serde_json::{Map, Value, json};

use super::fields::{FORM_USUAL, HUBSPOT_USUAL, LEAD_USUAL, at, filled, text, usual};
use super::{Method, Outgoing, message};
use crate::time::Timestamp;
use crate::wire::destination::{Hubspot, Salesforce, SalesforceForm};

/// The version of Salesforce's API that this speaks.
const SALESFORCE_API: &str = "v62.0";
/// The longest text that Salesforce takes where nobody said how long: a long text area.
const MAX_TEXT: usize = 32_000;

/// What stands where Salesforce insists on something that nobody gave.
const NOT_GIVEN: &str = "Not given";

/// The request that sends a form of HubSpot's.
pub fn hubspot(to: &Hubspot, message: &Value, at_ms: Timestamp) -> Outgoing {
    let data = message::data(message);
    let usual = usual(&HUBSPOT_USUAL);
    let map = if to.fields.is_empty() { &usual } else { &to.fields };
    let fields: Vec<Value> = filled(map, data)
        .into_iter()
        .map(|(name, value)| json!({ "objectTypeId": "0-1", "name": name, "value": value }))
        .collect();
    let said = |path: &str| at(data, path).and_then(text);
    let mut context = Map::new();
    context.extend(said("page.url").map(|url| ("pageUri".to_owned(), Value::from(url))));
    context.extend(said("page.title").map(|title| ("pageName".to_owned(), Value::from(title))));
    let mut body =
        json!({ "submittedAt": submitted_at(message).unwrap_or(at_ms).as_ms(), "fields": fields, "context": context });
    if let Some(legal) = consents(data)
        && let Some(body) = body.as_object_mut()
    {
        body.insert("legalConsentOptions".to_owned(), legal);
    }
    Outgoing {
        method: Method::Post,
        url: format!(
            "{}/submissions/v3/integration/secure/submit/{}/{}",
            to.base.trim_end_matches('/'),
            encoded(&to.portal),
            encoded(&to.form)
        ),
        headers: vec![
            ("content-type", "application/json".to_owned()),
            ("authorization", format!("Bearer {}", to.token)),
        ],
        body: body.to_string(),
    }
}

/// What was agreed to, as HubSpot asks for it: that the data is processed, in the words that were shown.
fn consents(data: &Map<String, Value>) -> Option<Value> {
    let texts: Vec<&str> =
        at(data, "consents")?.as_array()?.iter().filter_map(|consent| consent.get("text")?.as_str()).collect();
    (!texts.is_empty()).then(|| json!({ "consent": { "consentToProcess": true, "text": texts.join("\n") } }))
}

fn submitted_at(message: &Value) -> Option<Timestamp> {
    Timestamp::parse(message.get("timestamp")?.as_str()?)
}

/// The request that sends Salesforce's web form.
pub fn salesforce_form(to: &SalesforceForm, message: &Value) -> Outgoing {
    let data = message::data(message);
    let usual = usual(&FORM_USUAL);
    let map = if to.fields.is_empty() { &usual } else { &to.fields };
    let own = [("oid", to.oid.clone())];
    let pairs = own.into_iter().chain(filled(map, data));
    let body: Vec<String> = pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(&value))).collect();
    Outgoing {
        method: Method::Post,
        url: to.url.clone(),
        headers: vec![("content-type", "application/x-www-form-urlencoded; charset=utf-8".to_owned())],
        body: body.join("&"),
    }
}

/// The request that asks Salesforce for a token: OAuth 2.0, client credentials.
pub fn salesforce_token(to: &Salesforce) -> Outgoing {
    let body = [
        ("grant_type", "client_credentials"),
        ("client_id", to.client_id.as_str()),
        ("client_secret", to.client_secret.as_str()),
    ];
    let body: Vec<String> = body.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    Outgoing {
        method: Method::Post,
        url: format!("{}/services/oauth2/token", to.instance.trim_end_matches('/')),
        headers: vec![("content-type", "application/x-www-form-urlencoded".to_owned())],
        body: body.join("&"),
    }
}

/// The request that makes a record of Salesforce's, or brings it up to date. `None` for a message that is about no item.
pub fn salesforce(to: &Salesforce, token: &str, message: &Value) -> Option<Outgoing> {
    let data = message::data(message);
    let id = at(data, "item_id").and_then(text)?;
    let is_usual = to.fields.is_empty();
    let usual = usual(&LEAD_USUAL);
    let map = if is_usual { &usual } else { &to.fields };
    let mut record: Map<String, Value> = filled(map, data)
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Value::from(value.chars().take(MAX_TEXT).collect::<String>())))
        .collect();
    let is_new = matches!(message.get("type").and_then(Value::as_str), Some("item.opened" | "test"));
    if is_usual && is_new {
        for field in ["LastName", "Company"] {
            record.entry(field).or_insert_with(|| NOT_GIVEN.into());
        }
    }
    Some(Outgoing {
        method: Method::Patch,
        url: format!(
            "{}/services/data/{SALESFORCE_API}/sobjects/{}/{}/{}",
            to.instance.trim_end_matches('/'),
            encoded(&to.object),
            encoded(&to.external_id),
            encoded(&id)
        ),
        headers: vec![("content-type", "application/json".to_owned()), ("authorization", format!("Bearer {token}"))],
        body: Value::Object(record).to_string(),
    })
}

/// Percent-encoded: everything but letters, digits and `-._~` (RFC 3986, 2.3).
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn message() -> Value {
        json!({ "type": "item.opened", "timestamp": "2026-11-30T09:00:00.000Z", "data": {
            "item_id": "itm/1", "summary": "Which plan fits?", "values": { "message": "Which plan fits?" },
            "person": { "first_name": "Ana", "last_name": "Ruiz & Co", "email": "ana@example.com", "phone": null },
            "page": { "url": "https://learn.example.com/pricing", "title": "Pricing" },
            "consents": [{ "purpose": "marketing_email", "text": "You may write to me." }],
        } })
    }

    #[test]
    fn hubspot_gets_the_usual_properties_the_page_and_the_consent() {
        let to = Hubspot {
            portal: "123".to_owned(),
            form: "f-1".to_owned(),
            token: "t".to_owned(),
            fields: BTreeMap::new(),
            base: "https://api.hsforms.com/".to_owned(),
        };
        let sent = hubspot(&to, &message(), Timestamp::from_ms(0));
        assert_eq!(sent.url, "https://api.hsforms.com/submissions/v3/integration/secure/submit/123/f-1");
        let body: Value = serde_json::from_str(&sent.body).unwrap();
        assert_eq!(body["submittedAt"], 1_796_029_200_000_i64);
        assert_eq!(body["context"], json!({ "pageUri": "https://learn.example.com/pricing", "pageName": "Pricing" }));
        assert_eq!(body["legalConsentOptions"]["consent"]["text"], "You may write to me.");
        let names: Vec<&str> =
            body["fields"].as_array().unwrap().iter().filter_map(|field| field["name"].as_str()).collect();
        assert_eq!(names, ["email", "firstname", "lastname", "message"]);
    }

    #[test]
    fn a_web_form_is_encoded_and_a_map_of_ones_own_is_taken_whole() {
        let fields = usual(&[("00N1", "summary"), ("last_name", "person.last_name")]);
        let to = SalesforceForm { oid: "00D1".to_owned(), fields, url: "https://webto.salesforce.com/x".to_owned() };
        assert_eq!(
            salesforce_form(&to, &message()).body,
            "oid=00D1&00N1=Which%20plan%20fits%3F&last_name=Ruiz%20%26%20Co"
        );
    }

    #[test]
    fn a_lead_is_found_by_our_id_and_has_what_salesforce_insists_on() {
        let to = Salesforce {
            instance: "https://larkfield.my.salesforce.com".to_owned(),
            client_id: "a".to_owned(),
            client_secret: "b c".to_owned(),
            object: "Lead".to_owned(),
            external_id: "Usher_Item__c".to_owned(),
            fields: BTreeMap::new(),
        };
        assert!(salesforce_token(&to).body.ends_with("client_secret=b%20c"));
        let sent = salesforce(&to, "tok", &message()).unwrap();
        assert_eq!(sent.method, Method::Patch);
        assert!(sent.url.ends_with("/services/data/v62.0/sobjects/Lead/Usher_Item__c/itm%2F1"), "{}", sent.url);
        let record: Value = serde_json::from_str(&sent.body).unwrap();
        assert_eq!((&record["LastName"], &record["Company"]), (&json!("Ruiz & Co"), &json!("Not given")));
        assert_eq!(salesforce(&to, "tok", &json!({ "type": "item.opened", "data": {} })), None);
    }
}
