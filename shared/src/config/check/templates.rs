//! What can be wrong with the templates of answers.

use super::{Problems, unique};
use crate::desk::act::{MAX_NOTE_CHARS, MAX_SUBJECT_CHARS};
use crate::template::Template;
use crate::wire::Workspace;

/// The most templates: enough for anybody, and a bound on the work of reading them.
const MAX_TEMPLATES: usize = 200;

/// The templates.
pub fn templates(source: &Workspace, problems: &mut Problems) {
    unique("templates", source.templates.iter().map(|template| &template.id), problems);
    let few = source.templates.len() <= MAX_TEMPLATES;
    problems.unless(few, "templates", "too_many", "there are at most 200 templates");
    for (index, template) in source.templates.iter().enumerate() {
        let path = format!("templates[{index}]");
        problems.unless(!template.name.trim().is_empty(), format!("{path}.name"), "required", "a template has a name");
        problems.unless(!template.text.trim().is_empty(), format!("{path}.text"), "required", "a template has a text");
        for (name, text, most) in
            [("subject", &template.subject, MAX_SUBJECT_CHARS), ("text", &template.text, MAX_NOTE_CHARS)]
        {
            let fits = text.chars().nth(most).is_none();
            let message = format!("at most {most} characters");
            problems.unless(fits, format!("{path}.{name}"), "too_long", &message);
            if let Err(bad) = Template::parse(text) {
                problems.push(format!("{path}.{name}"), "bad_placeholder", bad.to_string());
            }
        }
        let one_line = !template.subject.contains(['\n', '\r']);
        problems.unless(one_line, format!("{path}.subject"), "not_one_line", "a subject is one line");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wrong_template_is_named_with_its_place() {
        let mut source = crate::demo::workspace();
        let template = |id: &str, subject: &str, text: &str| crate::wire::config::Template {
            id: id.to_owned(),
            name: "Welcome".to_owned(),
            kinds: Vec::new(),
            subject: subject.to_owned(),
            text: text.to_owned(),
        };
        source.templates = vec![
            template("welcome", "Your {{reference}}", "Hello {{first_name}}"),
            template("welcome", "a\nb", "{{password}}"),
            template("Bad id", &"x".repeat(201), " "),
        ];
        let mut problems = Problems::default();
        templates(&source, &mut problems);
        let found: Vec<_> = problems.0.iter().map(|it| (it.field.as_str(), it.code.as_str())).collect();
        let expected = [
            ("templates[1].id", "used_twice"),
            ("templates[2].id", "not_a_name"),
            ("templates[1].text", "bad_placeholder"),
            ("templates[1].subject", "not_one_line"),
            ("templates[2].text", "required"),
            ("templates[2].subject", "too_long"),
        ];
        assert_eq!(found, expected);
    }
}
