//! What can be wrong with destinations. Whether an address may be sent to is the edge's to say, which knows how far it
//! reaches: [`crate::delivery::address`].

use std::collections::BTreeMap;

use super::{MIN_SECRET_BYTES, Problems, condition, unique};
use crate::condition::Condition;
use crate::delivery::address::{self, Reach};
use crate::delivery::fields::{MAX_FIELDS, is_source};
use crate::delivery::mail::is_header_safe;
use crate::facts::{type_of, type_of_score};
use crate::submission::email::Email;
use crate::time::Timestamp;
use crate::wire::destination::{Destination, EventKind, SmtpTls, To};
use crate::wire::{FieldProblem, Workspace};

/// The most destinations: enough for anybody, and a bound on the rows of one submission.
const MAX_DESTINATIONS: usize = 50;
/// The most who get one mail.
const MAX_MAIL_TO: usize = 20;

/// The destinations, with the conditions of which items each is told.
pub fn destinations(source: &Workspace, problems: &mut Problems) -> Vec<Condition> {
    let all = &source.destinations;
    unique("destinations", all.iter().map(|destination| &destination.id), problems);
    problems.unless(all.len() <= MAX_DESTINATIONS, "destinations", "too_many", "there are at most 50 destinations");
    let address = source.address.as_deref();
    let is_address = address.is_none_or(|address| address::check(address, Reach::Anywhere).is_ok());
    problems.unless(is_address, "address", "not_a_url", "an address begins with https://");
    let mut read = Vec::with_capacity(all.len());
    for (index, destination) in all.iter().enumerate() {
        let path = format!("destinations[{index}]");
        let told = &destination.events;
        problems.unless(!told.is_empty(), format!("{path}.events"), "required", "name what it is told of");
        let is_real = told.iter().all(|event| matches!(event, EventKind::Opened | EventKind::Closed));
        let says = "it is told of item.opened, of item.closed, or of both";
        problems.unless(is_real, format!("{path}.events"), "not_an_event", says);
        let is_known = |fact: &str| type_of(fact, source).or_else(|| type_of_score(fact)).is_some();
        read.extend(condition(&destination.when, is_known, format!("{path}.when"), problems));
        of_kind(&destination.to, &format!("{path}.to.{}", destination.to.tag()), problems);
    }
    read
}

fn of_kind(to: &To, path: &str, problems: &mut Problems) {
    match to {
        To::Webhook(to) => {
            url(&to.url, format!("{path}.url"), problems);
            secret(&to.secret, format!("{path}.secret"), problems);
            for (at, old) in to.old_secrets.iter().enumerate() {
                secret(&old.secret, format!("{path}.old_secrets[{at}].secret"), problems);
                let is_instant = Timestamp::parse(&old.until).is_some();
                let says = "an instant is written 2027-01-31T00:00:00Z";
                problems.unless(is_instant, format!("{path}.old_secrets[{at}].until"), "not_an_instant", says);
            }
            let few = to.old_secrets.len() <= 10;
            problems.unless(few, format!("{path}.old_secrets"), "too_many", "at most ten old secrets are gone by");
        }
        To::Chat(to) => url(&to.url, format!("{path}.url"), problems),
        To::Smtp(to) => {
            let is_host = address::check_mail_server(&to.host, to.port, Reach::Anywhere).is_ok();
            problems.unless(is_host, format!("{path}.host"), "not_a_host", "name a mail server: smtp.example.com");
            problems.unless(to.port != 0, format!("{path}.port"), "out_of_range", "a port is 1 to 65535");
            // What a password is sent over is never open to others.
            let is_kept = to.tls != SmtpTls::Off || to.user.is_empty();
            problems.unless(is_kept, format!("{path}.tls"), "not_secret", "a password is only sent over TLS");
            mail(&to.from, &to.to, path, problems);
        }
        To::MailApi(to) => {
            url(&to.url, format!("{path}.url"), problems);
            problems.unless(is_header_safe(&to.token), format!("{path}.token"), "required", "a token is needed");
            mail(&to.from, &to.to, path, problems);
        }
        To::Hubspot(to) => {
            url(&to.base, format!("{path}.base"), problems);
            let is_portal = !to.portal.is_empty() && to.portal.bytes().all(|byte| byte.is_ascii_digit());
            problems.unless(is_portal, format!("{path}.portal"), "not_a_number", "the account is a number");
            problems.unless(!to.form.trim().is_empty(), format!("{path}.form"), "required", "name the form by its id");
            problems.unless(is_header_safe(&to.token), format!("{path}.token"), "required", "a token is needed");
            fields(&to.fields, path, problems);
        }
        To::SalesforceForm(to) => {
            url(&to.url, format!("{path}.url"), problems);
            problems.unless(!to.oid.trim().is_empty(), format!("{path}.oid"), "required", "name the organisation");
            fields(&to.fields, path, problems);
        }
        To::Salesforce(to) => {
            url(&to.instance, format!("{path}.instance"), problems);
            for (name, text) in [
                ("client_id", &to.client_id),
                ("client_secret", &to.client_secret),
                ("object", &to.object),
                ("external_id", &to.external_id),
            ] {
                problems.unless(!text.trim().is_empty(), format!("{path}.{name}"), "required", "this is needed");
            }
            fields(&to.fields, path, problems);
        }
    }
}

fn url(url: &str, path: String, problems: &mut Problems) {
    if let Err(why) = address::check(url, Reach::Anywhere) {
        problems.push(path, "not_a_url", why.to_string());
    }
}

fn secret(secret: &str, path: String, problems: &mut Problems) {
    let is_secret = secret.strip_prefix("whsec_").is_some_and(|key| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
        key.len() >= MIN_SECRET_BYTES && key.len() % 4 == 0 && key.bytes().all(plain)
    });
    problems.unless(is_secret, path, "not_a_secret", "a secret is whsec_ and 24 to 64 bytes of base64");
}

fn mail(from: &str, to: &[String], path: &str, problems: &mut Problems) {
    let is_address = |address: &str| is_header_safe(address) && Email::parse(address).is_ok();
    problems.unless(is_address(from), format!("{path}.from"), "not_an_email", "name the address it is from");
    problems.unless(!to.is_empty(), format!("{path}.to"), "required", "name who gets it");
    problems.unless(to.len() <= MAX_MAIL_TO, format!("{path}.to"), "too_many", "at most 20 get one mail");
    for (at, address) in to.iter().enumerate() {
        problems.unless(is_address(address), format!("{path}.to[{at}]"), "not_an_email", "this is no address");
    }
}

fn fields(map: &BTreeMap<String, String>, path: &str, problems: &mut Problems) {
    problems.unless(map.len() <= MAX_FIELDS, format!("{path}.fields"), "too_many", "there are at most 200 fields");
    for (name, from) in map {
        problems.unless(!name.trim().is_empty(), format!("{path}.fields"), "required", "a field has a name");
        let says = "a value comes from a path, like person.email or values.plan, or is a text after =";
        problems.unless(is_source(from), format!("{path}.fields.{name}"), "not_a_source", says);
    }
}

/// The destinations whose address is not within reach, each with its place.
pub fn beyond(destinations: &[Destination], reach: Reach) -> Vec<FieldProblem> {
    let mut problems = Problems::default();
    for (index, destination) in destinations.iter().enumerate() {
        let path = format!("destinations[{index}].to.{}", destination.to.tag());
        let (name, checked) = match &destination.to {
            To::Webhook(to) => ("url", address::check(&to.url, reach)),
            To::Chat(to) => ("url", address::check(&to.url, reach)),
            To::Smtp(to) => ("host", address::check_mail_server(&to.host, to.port, reach)),
            To::MailApi(to) => ("url", address::check(&to.url, reach)),
            To::Hubspot(to) => ("base", address::check(&to.base, reach)),
            To::SalesforceForm(to) => ("url", address::check(&to.url, reach)),
            To::Salesforce(to) => ("instance", address::check(&to.instance, reach)),
        };
        if let Err(why) = checked {
            problems.push(format!("{path}.{name}"), "not_allowed", why.to_string());
        }
    }
    problems.0
}
