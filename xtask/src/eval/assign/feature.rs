//! Features, as far as cases of assignment need them: experiments stand in rules of features, and may require that another
//! feature has some value. The product has no features; every experiment in them is assigned by its one function.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use shared::condition::{Condition, SavedGroups};
use shared::experiment::{
    Assignment, Documents, Experiment, Mode, Subject, assign, bucket, filters, range, unit, version,
};

/// Who it is, and all that a case says of where they are.
pub struct Context<'a> {
    json: &'a Value,
    attributes: Value,
    groups: SavedGroups,
    forced: BTreeMap<String, i64>,
    mode: Mode,
    pub sticky: Option<Documents>,
}

/// What a feature comes to.
pub struct Feature {
    pub value: Value,
    /// The experiment that gave the value.
    pub assigned: Option<(Value, Assignment)>,
    is_cyclic: bool,
}

impl<'a> Context<'a> {
    pub fn read(json: &'a Value, sticky: Option<Documents>) -> Self {
        let forced = json.get("forcedVariations").and_then(Value::as_object).into_iter().flatten();
        let is = |name: &str| json.get(name).and_then(Value::as_bool);
        Self {
            json,
            attributes: json.get("attributes").cloned().unwrap_or_else(|| json!({})),
            groups: SavedGroups::read(json.get("savedGroups").unwrap_or(&Value::Null)),
            forced: forced.filter_map(|(key, arm)| Some((key.clone(), arm.as_i64()?))).collect(),
            mode: match (is("enabled"), is("qaMode")) {
                (Some(false), _) => Mode::Off,
                (_, Some(true)) => Mode::Checking,
                _ => Mode::Usual,
            },
            sticky,
        }
    }

    /// Runs an experiment: overrides of it that the case has, what it requires, then the product's one function.
    pub fn run(&mut self, experiment: &Value, inside: &BTreeSet<String>) -> Assignment {
        let mut source = experiment.clone();
        let key = experiment.get("key").and_then(Value::as_str).unwrap_or_default();
        if let (Some(source), Some(Value::Object(more))) =
            (source.as_object_mut(), self.json.get("overrides").and_then(|overrides| overrides.get(key)))
        {
            source.extend(more.clone());
        }
        let experiment = Experiment::read(&source);
        let mut required = BTreeMap::new();
        for id in experiment.requires() {
            let feature = self.feature(id, inside);
            if !feature.is_cyclic {
                required.insert(id.to_owned(), feature.value);
            }
        }
        let subject = Subject {
            attributes: &self.attributes,
            groups: &self.groups,
            sticky: self.sticky.as_ref(),
            required: &required,
            editor_url: self.json.get("url").and_then(Value::as_str).unwrap_or_default(),
            forced: &self.forced,
            mode: self.mode,
        };
        let assignment = assign(&experiment, &subject);
        if let (Some(document), Some(sticky)) = (&assignment.keep, &mut self.sticky) {
            sticky.keep(document.clone());
        }
        assignment
    }

    /// What a feature comes to, given which features ask for it.
    pub fn feature(&mut self, id: &str, inside: &BTreeSet<String>) -> Feature {
        let of = |value: Value| Feature { value, assigned: None, is_cyclic: false };
        let cyclic = || Feature { value: Value::Null, assigned: None, is_cyclic: true };
        let Some(feature) = self.json.get("features").and_then(|features| features.get(id)) else {
            return of(Value::Null);
        };
        if inside.contains(id) {
            return cyclic();
        }
        let mut inside = inside.clone();
        inside.insert(id.to_owned());
        let rules = feature.get("rules").and_then(Value::as_array);
        'rules: for rule in rules.into_iter().flatten() {
            for parent in rule.get("parentConditions").and_then(Value::as_array).into_iter().flatten() {
                let came_to = self.feature(parent.get("id").and_then(Value::as_str).unwrap_or_default(), &inside);
                if came_to.is_cyclic {
                    return cyclic();
                }
                let condition = Condition::read(parent.get("condition").unwrap_or(&json!({})));
                if !condition.holds_with(&json!({ "value": came_to.value }), &self.groups) {
                    if parent.get("gate").and_then(Value::as_bool) == Some(true) {
                        return of(Value::Null);
                    }
                    continue 'rules;
                }
            }
            if let Some(force) = rule.get("force") {
                if self.is_forced(rule, id) {
                    return of(force.clone());
                }
                continue;
            }
            if !self.passes_filters(rule) {
                continue;
            }
            let Some(variations) = rule.get("variations").and_then(Value::as_array) else { continue };
            let mut experiment = rule.clone();
            if let Some(experiment) = experiment.as_object_mut() {
                // Its own were asked above, with each parent's gate.
                experiment.remove("parentConditions");
                experiment.entry("key").or_insert_with(|| json!(id));
            }
            let assignment = self.run(&experiment, &inside);
            let goes_on = experiment.pointer(&format!("/meta/{}/passthrough", assignment.arm)) == Some(&json!(true));
            if assignment.in_experiment && !goes_on {
                let value = variations.get(assignment.arm).cloned().unwrap_or(Value::Null);
                return Feature { value, assigned: Some((experiment, assignment)), is_cyclic: false };
            }
        }
        of(feature.get("defaultValue").cloned().unwrap_or(Value::Null))
    }

    fn passes_filters(&self, rule: &Value) -> bool {
        filters(rule).into_iter().flatten().all(|filter| {
            let id = self.attributes.get(&filter.unit).and_then(unit);
            let bucket = id.zip(filter.hash).map(|(id, version)| bucket(&filter.seed, &id, version));
            bucket.is_some_and(|bucket| filter.ranges.iter().any(|range| range.has(bucket)))
        })
    }

    /// Whether a rule that forces a value is for them.
    fn is_forced(&self, rule: &Value, id: &str) -> bool {
        let condition = rule.get("condition").filter(|condition| !condition.is_null()).map(Condition::read);
        if !self.passes_filters(rule) || !condition.is_none_or(|it| it.holds_with(&self.attributes, &self.groups)) {
            return false;
        }
        let coverage = rule.get("coverage").and_then(Value::as_f64);
        let range = rule.get("range").and_then(range);
        if coverage.is_none() && range.is_none() {
            return true;
        }
        let text = |name: &str| rule.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let second = text("fallbackAttribute").filter(|_| self.sticky.is_some());
        let names = [Some(text("hashAttribute").unwrap_or("id")), second];
        let id_of_them = names.into_iter().flatten().find_map(|name| self.attributes.get(name).and_then(unit));
        let Some((unit, version)) = id_of_them.zip(version(rule, 1)) else { return false };
        let bucket = bucket(text("seed").unwrap_or(id), &unit, version);
        match (range, coverage) {
            (Some(range), _) => range.has(bucket),
            (None, coverage) => coverage.is_none_or(|coverage| bucket < coverage),
        }
    }
}
