// The same form drawn by hand, for where wasm is refused: the same elements, look and words as the widget's
// (`src/form.rs`), its steps one below the other. What is typed is checked by the edge, whose messages stand beside the
// fields. It answers to the same calls as the widget: `mount(place, options)` gives `tell(kind, about)` and `unmount()`.

import { make } from "./dom.js";
import { json } from "./guest.js";
import { say } from "./words.js";

const TEXT = { email: "email", phone: "tel", short_text: "text", number: "text", date: "date", file: "file" };
const CHOICES = { single_choice: "radio", multiple_choice: "checkbox" };
const ACCEPT = "image/png,image/jpeg,application/pdf";

// Conditions, as far as forms need them to be shown: an operator that is not here holds, and the field is asked. What
// counts is the edge's own reading.
const same = (a, b) => (Array.isArray(a) && !Array.isArray(b) ? a.some((one) => same(one, b)) : json(a) === json(b));
const number = (value) => (typeof value === "number" ? value : Number.NaN);
const less = (a, b) => (typeof a === "string" && typeof b === "string" ? a < b : number(a) < number(b));
const TESTS = {
  $eq: (value, wanted) => same(value, wanted),
  $ne: (value, wanted) => !same(value, wanted),
  $in: (value, wanted) => wanted.some((one) => same(value, one)),
  $nin: (value, wanted) => !wanted.some((one) => same(value, one)),
  $lt: (value, wanted) => less(value, wanted),
  $gt: (value, wanted) => less(wanted, value),
  $lte: (value, wanted) => less(value, wanted) || same(value, wanted),
  $gte: (value, wanted) => less(wanted, value) || same(value, wanted),
  $exists: (value, wanted) => (value != null) === wanted,
  $not: (value, wanted, facts) => !fits(value, wanted, facts),
};
const fits = (value, wanted, facts) => {
  const names = wanted && typeof wanted === "object" && !Array.isArray(wanted) ? Object.keys(wanted) : [];
  if (!names.some((name) => name.startsWith("$"))) return same(value, wanted);
  return names.every((name) => {
    const other = wanted[name];
    const meant = other && other.$field ? facts[other.$field] : other;
    return Object.hasOwn(TESTS, name) ? TESTS[name](value, meant, facts) : true;
  });
};
const holds = (condition, facts) =>
  Object.entries(condition).every(([name, wanted]) => {
    if (name === "$and") return wanted.every((one) => holds(one, facts));
    if (name === "$or") return !wanted.length || wanted.some((one) => holds(one, facts));
    if (name === "$nor") return !wanted.some((one) => holds(one, facts));
    if (name === "$not") return !holds(wanted, facts);
    return name.startsWith("$") || fits(facts[name], wanted, facts);
  });

export default (place, options) => {
  const { form, words, day } = options;
  const word = (name, holes) => say({ words }, name, holes);
  const id = (name) => `${form.id}-${name}`;
  const parts = new Map();
  const known = new Map();
  const files = {};
  let busy;
  let began;

  const status = make("p", { class: "status", role: "status" });
  const button = make("button", { class: "go", part: "button" }, form.submit_label);
  const trap = make("input", { name: "confirm_url", tabindex: -1, autocomplete: "off" });
  const press = (name, label, kind = "link") => make("button", { type: "button", name, class: kind, part: "button" }, label);

  const control = (field, described) => {
    const { kind, name, required } = field;
    const common = { name, part: "field", "aria-required": required && "true", "aria-describedby": described };
    const input = (more) => make("input", { id: id(name), ...common, ...more });
    if (kind === "long_text") return make("textarea", { id: id(name), rows: 4, ...common });
    if (kind === "drop_down") {
      const choices = field.options.map(({ value, label }) => make("option", { value }, label));
      const select = make("select", { id: id(name), ...common }, make("option", { value: "" }, word("choose")), ...choices);
      return make("div", { class: "pick" }, select);
    }
    if (CHOICES[kind]) {
      const choices = field.options.map(({ value, label }, index) => {
        const one = make("input", {
          ...{ id: index ? null : id(name), type: CHOICES[kind], name, value, part: "field", "aria-describedby": described },
        });
        return make("label", { class: "choice" }, one, make("span", {}, label));
      });
      return make("div", { class: "choices" }, ...choices);
    }
    if (kind === "hidden") {
      const { query } = field.from;
      return make("input", { type: "hidden", name, value: options.hidden(...(query ? ["query", query] : ["page", field.from.page])) });
    }
    if (kind === "checkbox" || kind === "consent") return input({ type: "checkbox", value: "yes" });
    const date = kind === "date" && { min: field.min && day(field.min), max: field.max && day(field.max) };
    const mode = { email: "email", phone: "tel", number: "decimal" }[kind];
    const filled = field.autocomplete || { email: "email", phone: "tel" }[kind];
    const one = input({
      ...{ type: TEXT[kind] || "text", inputmode: mode, autocomplete: filled, ...date },
      accept: kind === "file" && ACCEPT,
    });
    if (!field.countries || !field.countries.length) return one;
    const countries = field.countries.map(({ code, calling }) =>
      make("option", { value: code }, `+${calling} ${options.country(code)}`),
    );
    const select = make(
      "select",
      { name: `${name}_country`, part: "field", autocomplete: "country", "aria-label": word("country") },
      ...countries,
    );
    return make("div", { class: "phone" }, make("div", { class: "pick" }, select), one);
  };

  const draw = (field) => {
    const { name, kind, label, help, required } = field;
    if (kind === "hidden") return control(field);
    const about = [help && id(`${name}-help`), id(`${name}-error`)].filter(Boolean).join(" ");
    const error = make("p", { id: id(`${name}-error`), class: "error" });
    const optional = required || /checkbox|consent/.test(kind) ? [] : [make("span", {}, ` (${word("optional")})`)];
    const hint = help ? [make("p", { id: id(`${name}-help`), class: "hint" }, help)] : [];
    const group = CHOICES[kind];
    const head = make(group ? "legend" : "label", { for: group ? null : id(name), part: "label" }, label, ...optional);
    const shown = make("div", { class: "file", hidden: true });
    const inner = [head, ...hint, control(field, about), ...(kind === "file" ? [shown] : []), error];
    const body = make(
      group ? "fieldset" : "div",
      {
        ...{ class: kind === "consent" || kind === "checkbox" ? "field tick" : "field" },
        ...(group === "radio" && { role: "radiogroup", "aria-required": required && "true", "aria-describedby": about }),
      },
      ...inner,
    );
    const line = make("div", { class: "known", hidden: true });
    const whole = make("div", {}, line, body);
    parts.set(name, { field, whole, body, line, error, shown });
    return whole;
  };

  const fields = new Map(form.fields.map((field) => [field.name, draw(field)]));
  const steps = form.steps && form.steps.length ? form.steps : [{ fields: [...fields.keys()] }];
  const groups = steps.map(({ title, fields: names }) =>
    make("div", { class: "step" }, ...(title ? [make("h3", {}, title)] : []), ...names.map((name) => fields.get(name))),
  );
  const note = make("div", { class: "note", hidden: !options.draft }, make("p", {}, word("draft_back")), press("afresh", word("draft_drop")));
  const element = make(
    "form",
    { id: form.id, class: "form", novalidate: true },
    ...(form.intro ? [make("p", { class: "intro" }, form.intro)] : []),
    note,
    ...groups,
    make("div", { class: "trap", "aria-hidden": "true" }, trap),
    make("div", { class: "foot" }, status, button),
  );

  /** What is typed, of the fields that are asked; the country goes with its number. */
  const read = () => {
    const data = new FormData(element);
    const values = {};
    const facts = {};
    for (const field of form.fields) {
      const { name, kind } = field;
      if (field.when && !holds(field.when, facts)) continue;
      const given = kind === "file" ? [files[name] && files[name].id].filter(Boolean) : data.getAll(name).filter(Boolean);
      if (!given.length) continue;
      values[name] = kind === "multiple_choice" ? given : given[0];
      const fact = { number: Number(given[0]), multiple_choice: given, checkbox: true, consent: true }[kind];
      facts[`values.${name}`] = fact === undefined ? given[0] : fact;
      if (data.get(`${name}_country`)) values[`${name}_country`] = data.get(`${name}_country`);
    }
    return { values, facts };
  };
  const show = () => {
    const { facts } = read();
    let free = 0;
    for (const [name, part] of parts) {
      const { field, whole, body, line } = part;
      const line_of = known.get(name);
      let asked = !field.when || holds(field.when, facts);
      if (asked && line_of) free += 1;
      if (field.progressive && !line_of) asked = asked && free-- > 0;
      whole.hidden = !asked;
      body.hidden = !!line_of;
      line.hidden = !line_of;
    }
    for (const group of groups) {
      const some = Array.from(group.children).some((it) => it.localName === "div" && !it.hidden);
      group.hidden = !some;
    }
  };
  const wrong = (name, message) => {
    const part = parts.get(name);
    part.error.textContent = message || "";
    for (const control of part.body.querySelectorAll("input,select,textarea")) {
      if (control.name !== name) continue;
      if (message) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
  };
  const say_status = (words, bad) => {
    status.textContent = words;
    if (bad) status.dataset.tone = "bad";
    else delete status.dataset.tone;
  };
  const showProblems = ({ fields: problems = [], title = "" }) => {
    const beside = problems.filter(({ field }) => parts.has(field));
    for (const name of parts.keys()) {
      const problem = beside.find(({ field }) => field === name);
      if (problem) known.delete(name);
      wrong(name, problem && problem.message);
    }
    show();
    const label = ({ field }) => parts.get(field).field.label;
    const rest = problems.filter(({ field }) => !parts.has(field)).map(({ message }) => message);
    const names = [...beside.map(label), ...rest].join(", ");
    say_status(names ? word("check", { fields: names }) : title, true);
    const first = form.fields.find(({ name }) => beside.some(({ field }) => field === name));
    if (first) element.querySelector(`#${CSS.escape(id(first.name))}`).focus();
  };
  const showKnown = ({ name, value, from }) => {
    const { field, line } = parts.get(name);
    const label = (one) => (field.options && (field.options.find((it) => it.value === one) || {}).label) || one;
    const said = [].concat(value).map((one) => (field.kind === "checkbox" ? "✓" : label(one))).join(", ");
    const change = press("change", word("change"));
    change.value = name;
    change.setAttribute("aria-label", `${word("change")}: ${field.label}`);
    line.replaceChildren(make("p", { class: "what" }, make("b", {}, field.label), make("span", {}, said), make("small", {}, from)), change);
    known.set(name, true);
  };
  const showFile = ({ name, id: stored, says, busy: sending, problem }) => {
    const { shown } = parts.get(name);
    const input = element.querySelector(`#${CSS.escape(id(name))}`);
    files[name] = problem || !says ? undefined : { id: stored, says, busy: sending };
    wrong(name, problem);
    input.hidden = !!says && !problem;
    shown.hidden = !input.hidden;
    const remove = press("remove", word("file_remove"));
    remove.value = name;
    shown.replaceChildren(...(shown.hidden ? [] : [make("span", {}, says), remove]));
  };

  const tell = (kind, about) => {
    busy = kind === "busy";
    if (busy) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
    button.textContent = busy ? word("sending") : kind === "failed" ? word("try_again") : form.submit_label;
    if (busy || kind === "idle") say_status(busy ? word("sending") : "");
    if (kind === "failed") say_status(about, true);
    if (kind === "wrong") showProblems(about);
    if (kind === "away" || kind === "back") element.hidden = kind === "away";
    if (kind === "back") say_status("");
    if (kind === "file") showFile(about);
    if (kind === "fresh") {
      element.reset();
      for (const name of Object.keys(files)) showFile({ name });
      for (const name of parts.keys()) wrong(name);
      const first = Array.from(element.elements).find((it) => it.offsetParent && it !== trap);
      if (first) first.focus();
    }
    show();
  };

  element.oninput = ({ target }) => {
    if (!began) options.began();
    began = true;
    const part = parts.get(target.name);
    if (target.type === "file") options.file(target.name, target);
    else if (part) wrong(target.name);
    show();
    const { values } = read();
    for (const { name, kind } of form.fields) if (/file|consent|hidden/.test(kind)) delete values[name];
    options.changed(json(values));
  };
  element.onclick = ({ target: { name, value } }) => {
    if (name === "change") {
      known.delete(value);
      show();
      element.querySelector(`#${CSS.escape(id(value))}`).focus();
    }
    if (name === "remove") options.file(value);
    if (name === "afresh") {
      options.afresh();
      note.hidden = true;
      tell("fresh");
    }
  };
  element.onsubmit = (event) => {
    event.preventDefault();
    if (busy) return;
    const waits = Object.keys(files).find((name) => files[name] && files[name].busy);
    if (waits) return showProblems({ fields: [{ field: waits, message: files[waits].says }] });
    options.send(json(read().values), trap.value);
  };

  for (const one of options.known) showKnown(one);
  show();
  place.replaceChildren(element);
  return { tell, unmount: () => element.remove() };
};
