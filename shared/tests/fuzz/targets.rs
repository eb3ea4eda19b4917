//! What is fuzzed: for each parser of `shared` one function that takes any bytes. None may panic, and each says what must hold of
//! whatever it reads. `shared/tests/fuzz.rs` runs them on stable with mutations of the corpus, `tests/fuzz` with libFuzzer.

use std::sync::OnceLock;

use serde_json::{Value, json};
use shared::condition::{Condition, for_widget};
use shared::config::Config;
use shared::delivery::{address, chat, mail};
use shared::form::Form;
use shared::idempotency::Key;
use shared::mail::{self as inbound, Envelope};
use shared::multipart::{self, Piece, Reader};
use shared::pattern::{MAX_CELLS, Pattern};
use shared::submission::day::Day;
use shared::submission::number::Number;
use shared::submission::{Email, Phone, Submission, text};
use shared::template::{Filling, Template};
use shared::time::Timestamp;
use shared::wire::destination::Chat;
use shared::wire::file::FileKind;
use shared::{
    abuse, complaint, experiment, file, identity, jwt, outcome, password, reference, robot, scrub, search, sign_in,
    signal, site, snippet, source,
};

const FORMS: &str = include_str!("../../../tests/vectors/forms.json");
const DEMO: &str = include_str!("../../../demo/workspace.json");
/// The most bytes of an input: what the edge reads of a body.
const MAX_BYTES: usize = 64 * 1024;

/// Something that takes any bytes; whether they were what it is for.
pub type Target = fn(&[u8]) -> bool;

/// Each by the name of its corpus, `tests/fuzz/corpus/NAME`.
pub const TARGETS: &[(&str, Target)] = &[
    ("submission", submission),
    ("signals", signals),
    ("condition", condition),
    ("pattern", pattern),
    ("multipart", parts),
    ("token", token),
    ("outcomes", outcomes),
    ("snippet", found),
    ("config", config),
    ("experiment", experiments),
    ("file", files),
    ("message", message),
    ("mail", mails),
    ("text", texts),
];

/// The body of a sent form: what is kept of it is kept again when it comes back.
fn submission(bytes: &[u8]) -> bool {
    let Some(body) = json_of(bytes) else { return false };
    let mut is_read = false;
    for form in forms() {
        let Ok(sent) = Submission::parse(form, &body, now()) else { continue };
        is_read = true;
        let again = json!({ "submission_id": sent.id().as_str(), "values": sent.values().to_json() });
        // A day that was today where it was typed may be none any more where nobody says so.
        if let Ok(again) = Submission::parse(form, &again, now()) {
            assert_eq!(sent.values(), again.values(), "what was kept is read as it was");
        }
        assert!(sent.page().url.is_empty() || sent.page().url.starts_with("http"), "{:?}", sent.page());
        complaint::of(form, &sent, &[]);
    }
    is_read
}

/// A batch of signals: each is kept, wrong or too many.
fn signals(bytes: &[u8]) -> bool {
    let Some(body) = json_of(bytes) else { return false };
    let Ok(batch) = signal::Batch::parse(&body, now()) else { return false };
    let sent = body.get("signals").and_then(Value::as_array).map_or(0, Vec::len);
    let counted = batch.signals.len() + usize::try_from(batch.wrong + batch.surplus).unwrap_or(usize::MAX);
    assert_eq!(counted, sent, "every signal has one fate");
    true
}

/// `{condition, facts}`, or a condition alone: as the widget gets it, it says the same.
fn condition(bytes: &[u8]) -> bool {
    let Some(body) = json_of(bytes) else { return false };
    let (condition, facts) = match (body.get("condition"), body.get("facts")) {
        (Some(condition), Some(facts)) => (condition, facts),
        _ => (&body, &body),
    };
    Condition::read(condition).holds(facts);
    let Ok(read) = Condition::parse(condition) else { return false };
    let holds = read.holds(facts);
    assert_eq!(holds, read.holds(facts), "it is a function");
    if let Ok(sent) = for_widget(condition) {
        let sent = Condition::parse_sent(&sent).expect("what we send can be read");
        assert_eq!(holds, sent.holds(facts), "the widget and the edge agree on {condition}");
    }
    true
}

/// A pattern in the first line, and texts in the others: from its table's text it is the same pattern.
fn pattern(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let (source, texts) = text.split_once('\n').unwrap_or((&text, &text));
    let _ = Pattern::from_text(source);
    let mut is_read = false;
    for folded in [false, true] {
        let Ok(pattern) = Pattern::compile(source, folded, MAX_CELLS) else { continue };
        is_read = true;
        let again = Pattern::from_text(&pattern.to_text()).expect("what is written can be read");
        assert_eq!(again, pattern);
        for text in texts.split('\n') {
            assert_eq!(pattern.matches(text), again.matches(text));
        }
    }
    is_read
}

/// A content type in the first line, and a body: however it is cut, it has the same parts.
fn parts(bytes: &[u8]) -> bool {
    let at = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (head, body) = bytes.split_at(at);
    let body = body.get(1..).unwrap_or_default();
    let head = String::from_utf8_lossy(head);
    let boundary = multipart::boundary(&head).unwrap_or("x");
    let whole = pieces(boundary, &[body]);
    assert_eq!(whole, pieces(boundary, &body.chunks(7).collect::<Vec<_>>()), "cut at every seventh byte");
    assert_eq!(whole, pieces(boundary, &body.chunks(1).collect::<Vec<_>>()), "cut everywhere");
    whole.is_some()
}

/// A part's name, its file's name, and its data.
type Part = (String, Option<String>, Vec<u8>);

/// The parts of a body, or nothing where it is none.
fn pieces(boundary: &str, body: &[&[u8]]) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut reader = Reader::new(boundary);
    for bytes in body {
        let take = &mut |piece: Piece<'_>| match piece {
            Piece::Part { name, file } => parts.push((name, file, Vec::new())),
            Piece::Data(data) => {
                let last = parts.last_mut().expect("data has a part");
                last.2.extend_from_slice(data);
            }
        };
        reader.feed(bytes, take).ok()?;
    }
    reader.finish().ok()?;
    Some(parts)
}

/// `{token, header, claims, keys}`, each as it may come: nothing that names no end and no audience of ours is anybody.
fn token(bytes: &[u8]) -> bool {
    const AUDIENCE: &str = "usher";
    let text = String::from_utf8_lossy(bytes);
    let _ = jwt::split(&text);
    let Some(body) = json_of(bytes) else { return false };
    let part = |name: &str| body.get(name).unwrap_or(&Value::Null);
    if let Some(token) = part("token").as_str()
        && let Ok(parts) = jwt::split(token)
    {
        assert_eq!(format!("{}.{}", parts.signed, parts.signature), token);
    }
    let _ = identity::check_header(part("header"));
    if let Ok(header) = jwt::read_header(part("header"), &[jwt::Alg::Rs256, jwt::Alg::Es256]) {
        let _ = jwt::key_of(part("keys"), &header);
    }
    let claims = part("claims");
    let expected = jwt::Expected { issuer: "https://issuer.example", client_id: AUDIENCE, nonce: "nonce", at: now() };
    let read = [
        jwt::read_id_token(claims, expected).is_ok(),
        jwt::read_access(claims, "https://issuer.example", AUDIENCE, now()).is_ok(),
        identity::read_claims(claims, &[AUDIENCE], now()).is_ok(),
    ];
    if read.contains(&true) {
        assert!(claims.get("exp").is_some_and(Value::is_number) && claims.to_string().contains(AUDIENCE), "{claims}");
    }
    let _ = jwt::read_user_info(claims, "somebody");
    read.contains(&true)
}

/// A report of outcomes, as JSON and as CSV: every line has a place of its own.
fn outcomes(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let reports = [outcome::json(&text, now()), outcome::csv(&text, now())];
    let is_read = reports.iter().any(Result::is_ok);
    for entries in reports.into_iter().flatten() {
        assert!(!entries.is_empty(), "a report that says nothing is none");
        assert!(entries.windows(2).all(|pair| pair.first().map(|it| it.line) <= pair.last().map(|it| it.line)));
    }
    is_read
}

/// What the check of a page reports: a stranger's page wrote it.
fn found(bytes: &[u8]) -> bool {
    let Ok(report) = serde_json::from_slice::<snippet::Report>(bytes) else { return false };
    for off in [false, true] {
        let findings = snippet::findings(&report, "pk_site", off, "https://usher.example.com");
        assert!(!findings.is_empty(), "something is always said");
    }
    true
}

/// A configuration: what is taken can be written, and is taken again.
fn config(bytes: &[u8]) -> bool {
    let Ok(source) = serde_json::from_slice::<shared::wire::Workspace>(bytes) else { return false };
    let Ok(config) = Config::parse(1, source) else { return false };
    let written = serde_json::to_vec(config.source()).expect("a configuration can be written");
    let read = serde_json::from_slice(&written).expect("what was written can be read");
    assert!(Config::parse(1, read).is_ok(), "what was taken is taken again");
    for site in &config.source().sites {
        config.boot(site, "de");
    }
    true
}

/// An experiment as GrowthBook's files have it, read by whoever takes anything.
fn experiments(bytes: &[u8]) -> bool {
    let Some(body) = json_of(bytes) else { return false };
    let definition = experiment::Experiment::read(&body);
    definition.requires().for_each(drop);
    experiment::filters(&body);
    experiment::range(&body);
    true
}

/// A file: what is one of a kind is so with any name, and its name leads nowhere.
fn files(bytes: &[u8]) -> bool {
    let sniffed = file::sniff(bytes);
    let kind = sniffed.unwrap_or(FileKind::Png);
    let name = file::clean_name(&String::from_utf8_lossy(bytes), kind);
    assert!(!name.starts_with('.') && !name.contains(['/', '\\', '\0', '"', '\r', '\n']), "{name:?}");
    assert_eq!(file::clean_name(&name, kind), name, "clean is clean");
    sniffed.is_ok()
}

/// What others are told of an item: nothing that somebody wrote ends a line of a head, or is markup to a chat.
fn message(bytes: &[u8]) -> bool {
    let Some(mut body) = json_of(bytes) else { return false };
    // The one thing in a subject that nobody else writes.
    if let Some(data) = body.get_mut("data").and_then(Value::as_object_mut) {
        data.insert("reference".to_owned(), json!("USH-00000-00000"));
    }
    let written = mail::mail(&body);
    assert!(!written.subject.contains(char::is_control), "{:?}", written.subject);
    assert!(written.reply_to.is_none_or(|to| mail::is_header_safe(&to)));
    let sent = chat::request(&Chat { url: String::new() }, &body);
    let said: Value = serde_json::from_str(&sent.body).expect("a chat is sent JSON");
    let said = said.get("text").and_then(Value::as_str).unwrap_or_default();
    assert!(!said.contains(['<', '>']), "{said:?}");
    let calls = said
        .match_indices('@')
        .any(|(at, _)| said.get(at + 1..).is_some_and(|rest| rest.starts_with(char::is_alphanumeric)));
    assert!(!calls, "nobody is called: {said:?}");
    true
}

/// A mail: nothing of it that is one line ends one, and what it stands for is taken by any form that could take a mail.
fn mails(bytes: &[u8]) -> bool {
    let Some(read) = inbound::read(bytes, &Envelope::default()) else { return false };
    let lines = [&read.from, &read.name, &read.subject, &read.id].into_iter();
    for line in lines.chain(&read.to).chain(&read.answers).chain(&read.files) {
        assert!(!line.contains(char::is_control), "{line:?}");
    }
    assert_eq!(
        inbound::fresh(&read.text).is_empty(),
        read.text.trim().is_empty(),
        "something is new, or nothing was said"
    );
    reference::find(&read.subject);
    inbound::appended(&read);
    for form in forms() {
        let form = form.relaxed();
        let values = serde_json::to_value(inbound::values(&form, &read)).expect("values can be written");
        let body = json!({ "submission_id": "7d444840-9dc0-41d1-b245-5ffdce74fad2", "values": values });
        if let Err(wrong) = Submission::parse(&form, &body, now()) {
            panic!("{}: {:?}", form.source().id, wrong.problems());
        }
    }
    !read.automatic
}

/// One line of text, read as everything that a line can be.
fn texts(bytes: &[u8]) -> bool {
    let all = String::from_utf8_lossy(bytes);
    let line = all.lines().next().unwrap_or_default();
    if let Ok(email) = Email::parse(line) {
        assert_eq!(Email::parse(email.as_str()).as_ref(), Ok(&email));
        assert!(email.key().contains('@') && !email.domain().is_empty());
        email.is_free_mail();
    }
    if let Ok(phone) = Phone::parse(line) {
        assert_eq!(Phone::parse(phone.as_str()).as_ref(), Ok(&phone));
    }
    if let Some(number) = Number::parse(line) {
        assert!(number.value().is_finite());
        assert_eq!(
            Number::parse(number.as_str()).map(|number| number.as_str().to_owned()).as_deref(),
            Some(number.as_str())
        );
    }
    if let Some(day) = Day::parse(line) {
        assert_eq!(Day::parse(&day.to_text()), Some(day));
    }
    let scrubbed = scrub::url(line);
    assert_eq!(scrub::url(&scrubbed), scrubbed.trim_end(), "what is scrubbed is clean");
    assert!(scrubbed.is_empty() || scrubbed.starts_with("http://") || scrubbed.starts_with("https://"));
    scrub::text(line);
    let shown = text::one_line(line);
    assert!(!shown.contains('\u{202e}'), "nothing turns what follows it");
    if let Some(path) = sign_in::own_path(line) {
        assert!(path.starts_with('/') && !path.starts_with("//") && !path.contains('\\'), "{path:?}");
    }
    sign_in::is_safe_address(line);
    for reach in [address::Reach::Public, address::Reach::Anywhere] {
        let reaches = address::check(line, reach).is_ok();
        // As browsers read an address: white space within is nothing.
        let read: String = line.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        assert!(!reaches || read.to_lowercase().contains("http"), "{line:?} is an address of the web");
        let _ = address::check_mail_server(line, 587, reach);
    }
    site::origin_of(line);
    site::channels(line);
    source::host(line);
    source::origin(line);
    source::path(line);
    assert!(source::campaign(line).iter().all(|(_, value)| !value.contains(char::is_control)));
    let _ = multipart::boundary(line);
    robot::is_robot(line);
    search::terms(line);
    if let Ok(key) = Key::parse(line) {
        let quoted = format!("\"{}\"", key.as_str().replace('\\', "\\\\").replace('"', "\\\""));
        assert_eq!(Key::parse(&quoted).as_ref(), Ok(&key), "a key is the same in quotes");
    }
    Timestamp::parse(line);
    if let Some(stored) = password::Stored::parse(line) {
        assert_eq!(password::Stored::parse(&stored.write()).as_ref(), Some(&stored));
    }
    let _ = password::check(line, &["ana@example.com"]);
    if let Ok(template) = Template::parse(&all) {
        template.fill(&Filling { name: "{{me}}", ..Filling::default() });
    }
    complaint::in_text(&all, &[]);
    abuse::text::signs(&[(true, line), (false, &all)]);
    true
}

/// The bytes as JSON, if they are any.
fn json_of(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice(bytes.get(..MAX_BYTES).unwrap_or(bytes)).ok()
}

fn now() -> Timestamp {
    Timestamp::from_ms(1_795_253_400_000)
}

fn forms() -> &'static [Form] {
    static FORMS_READ: OnceLock<Vec<Form>> = OnceLock::new();
    FORMS_READ.get_or_init(|| {
        let mut sources: Vec<Value> = serde_json::from_str(FORMS).expect("the vectors are forms");
        let demo: Value = serde_json::from_str(DEMO).expect("the demo is a workspace");
        sources.extend(demo.get("forms").and_then(Value::as_array).expect("it has forms").iter().cloned());
        let parse = |source: Value| {
            let source = serde_json::from_value(source).expect("a form has its shape");
            Form::parse(&source, "en").expect("the vectors are right")
        };
        sources.into_iter().map(parse).collect()
    })
}
