//! One entry of the table: a route, as the document says it.

use schemars::JsonSchema;
use serde_json::{Value, json};
use shared::right::Right;

use crate::schemas::{self, Schemas, Shape, Way};

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Anybody.
    Anybody,
    /// A page of a site, by its embed key and its origin.
    Page,
    /// The person who runs Usher, by the operator's token.
    Operator,
    /// The platform's server, by a token of its workspace's.
    Server,
    /// A page of the console, before anybody is signed in.
    Console,
    /// A member of staff who is signed in and has this right.
    Member(Right),
}

/// Several routes that belong together.
pub struct Group {
    /// The tag.
    pub tag: &'static str,
    /// What they are for.
    pub says: &'static str,
    /// The routes.
    pub routes: Vec<Route>,
}

/// A parameter of the address, beside its path.
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it says.
    pub says: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// Its values.
    pub shape: Shape,
    /// `query` or `header`.
    pub place: &'static str,
}

/// What is sent or answered.
pub struct Content {
    /// The media type.
    pub media: &'static str,
    /// Its shape.
    pub shape: Shape,
    /// One of them.
    pub example: Option<Value>,
}

/// An answer that is no problem.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// What it says.
    pub says: &'static str,
    /// What it carries, if it does.
    pub content: Option<Content>,
}

/// A route.
pub struct Route {
    /// `get`, `post`, `put` or `delete`.
    pub method: &'static str,
    /// The address: `/v1/console/items/{item}`.
    pub path: &'static str,
    /// Its name, for programs that are generated.
    pub id: &'static str,
    /// What it does, in a line.
    pub summary: &'static str,
    /// More about it.
    pub more: &'static str,
    /// Who may call it.
    pub who: Who,
    /// Parameters beside the path.
    pub parameters: Vec<Parameter>,
    /// The bodies that it takes; none where it takes none.
    pub bodies: Vec<Content>,
    /// What it answers where all is well, and pages that say what is not.
    pub answers: Vec<Answer>,
    /// The problems of its own: status and code, `404 unknown_item`.
    pub problems: Vec<&'static str>,
}

impl Content {
    fn of(media: &'static str, shape: Shape) -> Self {
        Self { media, shape, example: None }
    }
}

/// A route that reads.
pub fn get(path: &'static str, id: &'static str, summary: &'static str) -> Route {
    Route::new("get", path, id, summary)
}

/// A route that does something.
pub fn post(path: &'static str, id: &'static str, summary: &'static str) -> Route {
    Route::new("post", path, id, summary)
}

/// A route that replaces something.
pub fn put(path: &'static str, id: &'static str, summary: &'static str) -> Route {
    Route::new("put", path, id, summary)
}

/// A route that takes something away.
pub fn delete(path: &'static str, id: &'static str, summary: &'static str) -> Route {
    Route::new("delete", path, id, summary)
}

impl Route {
    fn new(method: &'static str, path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self {
            method,
            path,
            id,
            summary,
            more: "",
            who: Who::Anybody,
            parameters: Vec::new(),
            bodies: Vec::new(),
            answers: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// More about it.
    pub fn more(mut self, more: &'static str) -> Self {
        self.more = more;
        self
    }

    /// Only for pages of a site.
    pub fn page(self) -> Self {
        Self { who: Who::Page, ..self }
    }

    /// Only for the operator.
    pub fn operator(self) -> Self {
        Self { who: Who::Operator, ..self }
    }

    /// Only for the platform's server.
    pub fn server(self) -> Self {
        Self { who: Who::Server, ..self }
    }

    /// Only for the console's own pages.
    pub fn console(self) -> Self {
        Self { who: Who::Console, ..self }
    }

    /// Only for members who are signed in and have a right.
    pub fn member(self, right: Right) -> Self {
        Self { who: Who::Member(right), ..self }
    }

    /// A parameter that may be there: a text.
    pub fn query(self, name: &'static str, says: &'static str) -> Self {
        self.query_of::<String>(name, says)
    }

    /// A parameter that may be there.
    pub fn query_of<T: JsonSchema>(self, name: &'static str, says: &'static str) -> Self {
        self.parameter(Parameter { name, says, required: false, shape: schemas::of::<T>, place: "query" })
    }

    /// A parameter that must be there: a text.
    pub fn asks(self, name: &'static str, says: &'static str) -> Self {
        self.parameter(Parameter { name, says, required: true, shape: schemas::of::<String>, place: "query" })
    }

    /// A header that may be there.
    pub fn header(self, name: &'static str, says: &'static str) -> Self {
        self.parameter(Parameter { name, says, required: false, shape: schemas::of::<String>, place: "header" })
    }

    /// Answers page by page.
    pub fn paged(self) -> Self {
        self.query("after", "Where the page starts: `next` of the page before. The first page has none.")
    }

    fn parameter(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// Takes JSON.
    pub fn takes<T: JsonSchema>(self) -> Self {
        self.takes_as("application/json", schemas::of::<T>)
    }

    /// Takes JSON, also as `text/plain`: so a page of another origin sends it without asking first.
    pub fn takes_from_pages<T: JsonSchema>(self) -> Self {
        self.takes::<T>().takes_as("text/plain", json_in_text)
    }

    /// The body is text, and has its limit.
    pub fn reads_text(self) -> Self {
        self.or(&["400 broken_off", "400 not_text", "413 too_large"])
    }

    /// An example of the JSON that it takes.
    pub fn such_as(mut self, example: Value) -> Self {
        if let Some(body) = self.bodies.iter_mut().find(|body| body.media == "application/json") {
            body.example = Some(example);
        }
        self
    }

    /// Takes something else.
    pub fn takes_as(mut self, media: &'static str, shape: Shape) -> Self {
        self.bodies.push(Content::of(media, shape));
        self
    }

    /// Answers 200 with JSON.
    pub fn gives<T: JsonSchema>(self) -> Self {
        self.answers(200, "Done.", Some(Content::of("application/json", schemas::of::<T>)))
    }

    /// Answers 201 with JSON.
    pub fn makes<T: JsonSchema>(self) -> Self {
        self.answers(201, "Made.", Some(Content::of("application/json", schemas::of::<T>)))
    }

    /// Answers 204.
    pub fn gives_nothing(self) -> Self {
        self.answers(204, "Done.", None)
    }

    /// Answers with something else.
    pub fn gives_as(self, status: u16, media: &'static str, says: &'static str) -> Self {
        let shape = if media.starts_with("text/") { text } else { bytes };
        self.answers(status, says, Some(Content::of(media, shape)))
    }

    /// Answers without a body.
    pub fn answers_bare(self, status: u16, says: &'static str) -> Self {
        self.answers(status, says, None)
    }

    fn answers(mut self, status: u16, says: &'static str, content: Option<Content>) -> Self {
        self.answers.push(Answer { status, says, content });
        self
    }

    /// Or one of these problems.
    pub fn or(mut self, problems: &[&'static str]) -> Self {
        self.problems.extend(problems);
        self
    }

    /// Whether it is done once under the key of a call.
    pub fn is_keyed(&self) -> bool {
        self.method != "get" && matches!(self.who, Who::Operator | Who::Server | Who::Member(_))
    }

    /// Every problem that it may answer with, in order: its own, those of whoever calls, and those of every route.
    pub fn all_problems(&self) -> Vec<&'static str> {
        let mut all = self.problems.clone();
        all.extend(match self.who {
            Who::Anybody => &[] as &[_],
            Who::Page => &["404 unknown_site", "403 origin_not_allowed"],
            Who::Operator => &["401 not_operator"],
            Who::Server => &["401 not_a_token"],
            Who::Console => &["403 foreign_page"],
            Who::Member(Right::Enter) => &["401 not_signed_in", "403 foreign_page"],
            Who::Member(_) => &["401 not_signed_in", "403 foreign_page", "403 not_allowed"],
        });
        if self.is_keyed() {
            all.extend(["400 malformed_idempotency_key", "409 answer_not_kept", "422 idempotency_key_reused"]);
        }
        all.push("503 unavailable");
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Any text.
pub fn text(_: &mut Schemas, _: Way) -> Value {
    json!({ "type": "string" })
}

/// Any bytes.
pub fn bytes(_: &mut Schemas, _: Way) -> Value {
    json!({})
}

/// The fields of a plain HTML form.
pub fn html_form(_: &mut Schemas, _: Way) -> Value {
    json!({ "type": "object", "additionalProperties": { "type": "string" } })
}

fn json_in_text(_: &mut Schemas, _: Way) -> Value {
    json!({ "type": "string", "contentMediaType": "application/json", "description": "The same JSON, as text." })
}
