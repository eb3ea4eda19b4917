// A form of the page's own, `<form data-usher="trial">`: its elements and its look stay the page's. It is checked by the
// same rules as the widget's, where wasm runs, and by the edge in any case; its messages stand beside its fields
// (`.usher-error`), its result (`.usher-result`) takes its place.

import { fill, make, maybe } from "./dom.js";
import { say } from "./words.js";

let forms = 0;

/** Takes it over; returns `submit` and what gives it back, `destroy`. `rulesOf` is the panel's: see `draw.js`. */
export default async (page, form, element, { rulesOf }) => {
  const number = ++forms;
  const after = make("div", { class: "usher-result" });
  const status = make("p", { role: "status", class: "usher-status" });
  const messages = new Map();
  const uploads = new Map();
  let busy;

  const controls = (name) => Array.from(element.elements).filter((control) => control.name === name);
  const show = (visible) =>
    visible ? element.style.removeProperty("display") : element.style.setProperty("display", "none", "important");

  const clear = (name) => {
    const message = messages.get(name);
    if (!message) return;
    message.remove();
    messages.delete(name);
    for (const control of controls(name)) {
      control.removeAttribute("aria-invalid");
      const others = (control.getAttribute("aria-describedby") || "").split(" ").filter((id) => id !== message.id);
      if (others.some(Boolean)) control.setAttribute("aria-describedby", others.join(" "));
      else control.removeAttribute("aria-describedby");
    }
  };
  const wrong = (problems, title = "") => {
    for (const name of [...messages.keys()]) clear(name);
    let first;
    const beside = problems.filter(({ field, message }) => {
      const found = controls(field);
      if (!found.length) return false;
      first = first || found[0];
      const id = `usher-${number}-${field}`;
      const shown = make("p", { class: "usher-error", id }, message);
      const last = found.at(-1);
      (last.closest("label") || last).after(shown);
      messages.set(field, shown);
      for (const control of found) {
        control.setAttribute("aria-invalid", "true");
        control.setAttribute("aria-describedby", `${control.getAttribute("aria-describedby") || ""} ${id}`.trim());
      }
      return true;
    });
    const rest = problems.filter((problem) => !beside.includes(problem)).map(({ message }) => message);
    const label = ({ field }) => (form.fields.find(({ name }) => name === field) || {}).label || field;
    const names = [...beside.map(label), ...rest].join(", ");
    status.textContent = names ? say(page, "check", { fields: names }) : title;
    if (first) first.focus();
  };
  const ui = (kind, about) => {
    busy = kind === "busy";
    element.toggleAttribute("aria-busy", busy);
    if (kind === "busy") status.textContent = say(page, "sending");
    if (kind === "idle") status.textContent = "";
    if (kind === "wrong") wrong(about.fields || [], about.title);
    if (kind === "failed") status.textContent = about;
    if (kind === "away" || kind === "back") show(kind === "back");
    if (kind === "fill") maybe(() => fill(element, about));
    if (kind === "fresh") element.reset();
  };

  const module = await import("./sending.js");
  const sender = module.default(page, form, after, ui);
  const upload = (field, file) =>
    new Promise((done) =>
      import("./files.js")
        .then((files) => files.default(page, field, file, (about) => about.busy || done(about)))
        .catch(() => done({ problem: say(page, "file_failed") })),
    );

  /** What the page's form holds, for the fields that the form has. */
  const read = async () => {
    const data = new FormData(element);
    const values = {};
    const problems = [];
    const names = form.fields.flatMap(({ name, countries }) => (countries ? [name, `${name}_country`] : [name]));
    for (const name of names) {
      const given = data.getAll(name).filter((value) => (value instanceof File ? value.size : value !== ""));
      if (!given.length) continue;
      const field = form.fields.find((it) => it.name === name);
      if (given[0] instanceof File) {
        if (!uploads.has(given[0])) uploads.set(given[0], await upload(field, given[0]));
        const { id, problem } = uploads.get(given[0]);
        if (id) values[name] = id;
        else {
          uploads.delete(given[0]);
          problems.push({ field: name, message: problem });
        }
      } else values[name] = field && field.kind === "multiple_choice" ? given : given[0];
    }
    return { values, problems };
  };
  /** The rules, where the module runs; the edge has them too. */
  const rules = rulesOf(page, form).catch(() => () => ({ problems: [] }));

  const submit = async () => {
    if (busy) return;
    busy = true;
    const { values, problems } = await read();
    const found = (await rules)(values).problems;
    const all = [...problems, ...found.filter(({ field }) => !problems.some((it) => it.field === field))];
    busy = false;
    if (all.length) return wrong(all);
    for (const name of [...messages.keys()]) clear(name);
    await sender.send(values, "");
  };
  const typed = (event) => {
    if (event.isTrusted && !sender.begun) {
      sender.begun = true;
      page.signal("form_started", { form: form.id, display: page.display });
      sender.begin();
    }
    clear(event.target.name);
  };

  const { noValidate } = element;
  element.noValidate = true;
  element.append(status);
  element.after(after);
  element.addEventListener("input", typed);
  sender.restore().catch(() => {});

  return {
    submit,
    destroy() {
      element.noValidate = noValidate;
      element.removeEventListener("input", typed);
      for (const name of [...messages.keys()]) clear(name);
      status.remove();
      after.remove();
      show(true);
    },
  };
};
