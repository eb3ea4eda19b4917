//! A form as a browser gets it: in one language, with tables in place of patterns, and without what only the edge needs.

use super::Form;
use crate::condition::for_widget;
use crate::wire;
use crate::wire::form::{FormResult, HiddenSource};

impl Form {
    /// The form in a language; words that are not translated stay in the workspace's own. Fixed hidden values are left
    /// out: the edge sets them, whatever a browser sends.
    pub fn to_sent(&self, lang: &str) -> wire::Form {
        let say = |path: &str, own: &str| self.translated(lang, path).unwrap_or(own).to_owned();
        let maybe = |path: &str, own: Option<&String>| own.map(|own| say(path, own));
        let source = &self.source;
        let kept = |name: &String| source.fields.iter().any(|field| field.name == *name && !is_fixed(field));
        let steps = source.steps.iter().enumerate().map(|(at, step)| wire::form::Step {
            title: say(&format!("steps.{at}.title"), &step.title),
            fields: step.fields.iter().filter(|name| kept(name)).cloned().collect(),
        });
        let rules = source.rules.iter().enumerate().map(|(at, rule)| wire::form::FormRule {
            field: rule.field.clone(),
            // It was read when the form was parsed.
            require: for_widget(&rule.require).unwrap_or_default(),
            message: say(&format!("rules.{at}.message"), &rule.message),
        });
        wire::Form {
            id: source.id.clone(),
            kind: source.kind,
            title: say("title", &source.title),
            intro: maybe("intro", source.intro.as_ref()),
            submit_label: say("submit_label", &source.submit_label),
            fields: self
                .fields()
                .filter(|field| !is_fixed(field.source))
                .map(|field| self.sent_field(field, lang))
                .collect(),
            steps: steps.filter(|step| !step.fields.is_empty()).collect(),
            rules: rules.collect(),
            result: source.result.as_ref().map(|result| FormResult {
                message: maybe("result.message", result.message.as_ref()),
                redirect: result.redirect.clone(),
                follow_up: result.follow_up.clone(),
            }),
            translations: std::collections::BTreeMap::new(),
        }
    }

    /// The words beside a field as a visitor of this language reads them, and the language that they are in.
    pub fn label_in<'f>(&'f self, field: &'f wire::Field, lang: &'f str) -> (&'f str, &'f str) {
        match self.translated(lang, &format!("fields.{}.label", field.name)) {
            Some(label) => (label, lang),
            None => (&field.label, self.lang()),
        }
    }

    fn sent_field(&self, field: super::Field<'_>, lang: &str) -> wire::Field {
        let path = |of: &str| format!("fields.{}.{of}", field.source.name);
        let maybe =
            |of: &str, own: Option<&String>| own.map(|own| self.translated(lang, &path(of)).unwrap_or(own).to_owned());
        let options = field.source.options.iter().map(|option| wire::Choice {
            value: option.value.clone(),
            label: self
                .translated(lang, &path(&format!("options.{}", option.value)))
                .unwrap_or(&option.label)
                .to_owned(),
        });
        wire::Field {
            label: self.label_in(field.source, lang).0.to_owned(),
            help: maybe("help", field.source.help.as_ref()),
            when: field.source.when.as_ref().and_then(|when| for_widget(when).ok()),
            pattern: field.pattern().map(crate::pattern::Pattern::to_text),
            pattern_message: maybe("pattern_message", field.source.pattern_message.as_ref()),
            options: options.collect(),
            consent: None,
            ..field.source.clone()
        }
    }
}

fn is_fixed(field: &wire::Field) -> bool {
    matches!(field.from, Some(HiddenSource::Fixed(_)))
}
