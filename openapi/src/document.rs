//! The document around the routes.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use shared::right::may;
use shared::wire::Problem;
use shared::wire::config::{Member, Role};
use shared::wire::pool::Capacity;

use crate::codes;
use crate::route::{Content, Group, Parameter, Route, Who};
use crate::schemas::{self, Schemas, Way, tidy};

const PROBLEM: &str = "application/problem+json";

const ABOUT: &str = "\
What Usher answers over HTTP: to pages that show its widget, to the platform's own server, to whoever runs it, and to its console.

**Problems.** Every answer from 400 on is a problem (RFC 9457, `application/problem+json`) with a `code` that is never renamed; \
the answers of each call list theirs. A 503 may be tried again.

**Sent twice, it exists once.** A submission carries a `submission_id` of its sender's making: sent again, the answer is the same \
receipt, to the letter. A batch of signals has a `batch_id`. Outcomes that are known already are answered as `known`. What changes a \
configuration names the version that it was made on, and is refused (409 `stale`) where there is another one by now.

**Keys.** A call that does something takes an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header), quoted or bare, of at \
most 255 letters. Sent again under the same key by the same caller with the same body, it is answered as it was, for 24 hours: also where \
it was refused. With anything else under that key it is refused (422 `idempotency_key_reused`). Of calls at once the first is done and \
the others get its answer. An answer with a secret that is shown once (a token, a signing secret, a sign-in link) is not kept: the \
repeat is told that it was done (409 `answer_not_kept`).

**Pages.** A list that goes on has `next`: the same call with `after` set to it gives the next page. The last page has none.";

/// The spelling of a key: `shared::idempotency::Key`.
const KEY: &str = r#"^("([ !#-\[\]-~]|\\["\\])+"|[A-Za-z0-9!#$%&'*+.^_`|~:/=-]+)$"#;

/// What stands in an address in braces.
const IN_PATHS: [(&str, &str); 17] = [
    ("key", "The public embed key of a site."),
    ("form", "The id of a form that the site shows."),
    ("workspace", "The id of the workspace."),
    ("token", "What the link has, signed."),
    ("name", "The name of the token."),
    ("queue", "The id of a queue that the member works."),
    ("item", "The id of an item."),
    ("file", "The id of a file of the item."),
    ("held", "The id of a submission that waits for review."),
    ("view", "The id of a kept view."),
    ("person", "The id of a person."),
    ("person_to_erase", "The id of a person."),
    ("merge", "The id of a merge."),
    ("member", "The id of a member."),
    ("experiment", "The key of an experiment."),
    ("version", "The version of the configuration."),
    ("id", "An id."),
];

/// The document of these routes.
pub fn document(groups: &[Group]) -> Value {
    let mut schemas = Schemas::default();
    let problem = schemas::of::<Problem>(&mut schemas, Way::Answered);
    let mut paths: Map<String, Value> = Map::new();
    for group in groups {
        for route in &group.routes {
            let operation = operation(group.tag, route, &problem, &mut schemas);
            let path = paths.entry(route.path).or_insert_with(|| json!({}));
            if let Some(path) = path.as_object_mut() {
                path.insert(route.method.to_owned(), operation);
            }
        }
    }
    let tags: Vec<Value> = groups.iter().map(|group| json!({ "name": group.tag, "description": group.says })).collect();
    let shared = share(&mut paths);
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Usher",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "tags": tags,
        "paths": paths,
    });
    let components = schemas.finish(&mut document);
    tidy(&mut document);
    if let Some(document) = document.as_object_mut() {
        document.insert(
            "components".to_owned(),
            json!({
                "schemas": components,
                "parameters": idempotency_keys(),
                "responses": shared,
                "securitySchemes": security_schemes(),
            }),
        );
    }
    document
}

fn security_schemes() -> Value {
    json!({
        "operator": { "type": "http", "scheme": "bearer", "description": "The token of whoever runs Usher." },
        "server": { "type": "http", "scheme": "bearer", "description": "A token of the workspace's, made for what it is to do." },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": "__Host-usher",
            "description": "The session of a member of staff. No script reads it, and no other site sends it.",
        },
    })
}

fn operation(tag: &str, route: &Route, problem: &Value, schemas: &mut Schemas) -> Value {
    let mut operation = Map::new();
    let mut put = |name: &str, value: Value| operation.insert(name.to_owned(), value);
    put("operationId", json!(route.id));
    put("tags", json!([tag]));
    put("summary", json!(route.summary));
    let description = format!("{} {}", whose(route.who), route.more);
    if !description.trim().is_empty() {
        put("description", json!(description.trim()));
    }
    put("security", security(route.who));
    let beside = route.parameters.iter().map(|parameter| beside_path(parameter, schemas));
    let key = (route.method != "get").then(|| idempotency_key(route.is_keyed()));
    let parameters: Vec<Value> = in_path(route.path).chain(beside).chain(key).collect();
    if !parameters.is_empty() {
        put("parameters", Value::Array(parameters));
    }
    if !route.bodies.is_empty() {
        let bodies: Vec<(String, Value)> = route.bodies.iter().map(|body| content(body, schemas, Way::Sent)).collect();
        put("requestBody", json!({ "required": true, "content": Map::from_iter(bodies) }));
    }
    put("responses", Value::Object(responses(route, problem, schemas)));
    Value::Object(operation)
}

/// For whom it is, as [`shared::right`] has it.
fn whose(who: Who) -> String {
    let Who::Member(right) = who else { return String::new() };
    let is_for = |roles: &[Role], queues: &[&str]| may(&member(roles, queues), right);
    let workers = is_for(&[], &["sales"]).then_some("members who work a queue");
    let by_role = [
        (Role::Admin, "admins"),
        (Role::Manager, "managers"),
        (Role::Marketer, "marketers"),
        (Role::Analyst, "analysts"),
    ];
    let with_role = by_role.into_iter().filter(|(role, _)| is_for(&[*role], &[])).map(|(_, name)| name);
    let names: Vec<&str> = workers.into_iter().chain(with_role).collect();
    match names.split_last() {
        _ if is_for(&[], &[]) => "For every member who is signed in.".to_owned(),
        Some((last, [])) => format!("For {last}."),
        Some((last, others)) => format!("For {} and {last}.", others.join(", ")),
        None => String::new(),
    }
}

fn member(roles: &[Role], queues: &[&str]) -> Member {
    Member {
        id: String::new(),
        name: String::new(),
        email: String::new(),
        queues: queues.iter().map(|queue| (*queue).to_owned()).collect(),
        roles: roles.to_vec(),
        hours: None,
        leave: Vec::new(),
        capacity: Capacity::default(),
        skills: BTreeMap::new(),
        languages: Vec::new(),
        territories: Vec::new(),
    }
}

fn security(who: Who) -> Value {
    match who {
        Who::Anybody | Who::Page | Who::Console => json!([]),
        Who::Operator => json!([{ "operator": [] }]),
        Who::Server => json!([{ "server": [] }]),
        Who::Member(_) => json!([{ "session": [] }]),
    }
}

/// The names that stand in an address in braces.
fn in_path(path: &str) -> impl Iterator<Item = Value> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| {
        let says = IN_PATHS.iter().find(|(known, _)| *known == name).map_or("", |(_, says)| says);
        let schema = match name {
            "version" => json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX }),
            _ => json!({ "type": "string", "minLength": 1 }),
        };
        json!({ "name": name, "in": "path", "required": true, "description": says, "schema": schema })
    })
}

fn beside_path(parameter: &Parameter, schemas: &mut Schemas) -> Value {
    let Parameter { name, says, required, shape, place } = parameter;
    json!({ "name": name, "in": place, "required": required, "description": says, "schema": shape(schemas, Way::Sent) })
}

/// The header under which a call is done once: as calls that read it have it, and as the others do.
fn idempotency_keys() -> Value {
    let key = |says: &str, schema: Value| json!({ "name": "Idempotency-Key", "in": "header", "required": false, "description": says, "schema": schema });
    let read = "A key of the caller\u{2019}s making: under one key this is done once, and answered alike for 24 hours.";
    let let_through =
        "Let through, and not read: what is sent has an id of its own, or changes nothing that could be done twice.";
    json!({
        "IdempotencyKey": key(read, json!({ "type": "string", "minLength": 1, "maxLength": 255, "pattern": KEY })),
        "UnreadIdempotencyKey": key(let_through, json!({ "type": "string" })),
    })
}

/// Which of the two a call has.
fn idempotency_key(is_keyed: bool) -> Value {
    let name = if is_keyed { "IdempotencyKey" } else { "UnreadIdempotencyKey" };
    json!({ "$ref": format!("#/components/parameters/{name}") })
}

fn content(content: &Content, schemas: &mut Schemas, way: Way) -> (String, Value) {
    let mut said = Map::from_iter([("schema".to_owned(), (content.shape)(schemas, way))]);
    said.extend(content.example.iter().map(|example| ("example".to_owned(), example.clone())));
    (content.media.to_owned(), Value::Object(said))
}

/// Takes out the problems that several routes answer in the same words, and has the routes name them:
/// `#/components/responses/404.unknown_item`.
fn share(paths: &mut Map<String, Value>) -> Map<String, Value> {
    let mut uses: BTreeMap<String, (u32, Value)> = BTreeMap::new();
    for (name, response) in problems_of(paths) {
        uses.entry(name).or_insert_with(|| (0, response.clone())).0 += 1;
    }
    uses.retain(|_, (many, _)| *many > 1);
    for (name, response) in problems_of(paths) {
        if uses.contains_key(&name) {
            *response = json!({ "$ref": format!("#/components/responses/{name}") });
        }
    }
    uses.into_iter().map(|(name, (_, response))| (name, response)).collect()
}

/// The answers that are problems and nothing else, by status and codes.
fn problems_of(paths: &mut Map<String, Value>) -> impl Iterator<Item = (String, &mut Value)> {
    let operations = paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut);
    let responses = operations.filter_map(|operation| operation.get_mut("responses")?.as_object_mut()).flatten();
    responses.filter_map(|(status, response)| {
        let contents = response.get("content")?.as_object().filter(|contents| contents.len() == 1)?;
        let codes = contents.get(PROBLEM)?.pointer("/schema/allOf/1/properties/code/enum")?.as_array()?;
        let codes: Vec<&str> = codes.iter().filter_map(Value::as_str).collect();
        Some((format!("{status}.{}", codes.join(".")), response))
    })
}

fn responses(route: &Route, problem: &Value, schemas: &mut Schemas) -> Map<String, Value> {
    let mut by_status: BTreeMap<String, (Vec<String>, Map<String, Value>)> = BTreeMap::new();
    for answer in &route.answers {
        let (says, contents) = by_status.entry(answer.status.to_string()).or_default();
        if !says.iter().any(|known| known == answer.says) {
            says.push(answer.says.to_owned());
        }
        contents.extend(answer.content.iter().map(|answer| content(answer, schemas, Way::Answered)));
    }
    let mut problems: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (status, code) in route.all_problems().into_iter().filter_map(|problem| problem.split_once(' ')) {
        problems.entry(status).or_default().push(code);
    }
    for (status, codes) in problems {
        let (says, contents) = by_status.entry(status.to_owned()).or_default();
        says.extend(codes.iter().map(|code| format!("`{code}`: {}", codes::meaning(status, code))));
        let one_of = json!({ "allOf": [problem, { "properties": { "code": { "enum": codes } } }] });
        contents.insert(PROBLEM.to_owned(), json!({ "schema": one_of }));
    }
    let response = |(status, (says, contents)): (String, (Vec<String>, Map<String, Value>))| {
        let mut response = json!({ "description": says.join("\n\n") });
        if let Some(response) = response.as_object_mut() {
            if matches!(status.as_str(), "429" | "503") {
                let wait = json!({ "description": "How many seconds to wait.", "schema": { "type": "integer" } });
                response.insert("headers".to_owned(), json!({ "Retry-After": wait }));
            }
            if !contents.is_empty() {
                response.insert("content".to_owned(), Value::Object(contents));
            }
        }
        (status, response)
    };
    by_status.into_iter().map(response).collect()
}
