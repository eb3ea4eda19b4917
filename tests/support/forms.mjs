// A form with every kind of field, in two steps, with a rule between fields, a condition, and another language.

import { randomUUID } from "node:crypto";

export const EVERY_KIND = {
  id: "every",
  kind: "support",
  title: "Every kind of field",
  intro: "One of each.",
  submit_label: "Send it",
  fields: [
    { name: "name", kind: "short_text", label: "Your name", required: true, max_chars: 80, autocomplete: "name" },
    { name: "email", kind: "email", label: "E-mail", required: true, autocomplete: "email" },
    {
      name: "phone", kind: "phone", label: "Telephone",
      countries: [{ code: "GB", calling: "44" }, { code: "LK", calling: "94" }],
    },
    { name: "seats", kind: "number", label: "Seats", min: "1", max: "50", help: "How many of you." },
    {
      name: "mode", kind: "single_choice", label: "How?", required: true,
      options: [{ value: "online", label: "Online" }, { value: "room", label: "In a room" }],
    },
    { name: "town", kind: "short_text", label: "In which town?", required: true, when: { "values.mode": "room" } },
    {
      name: "days", kind: "multiple_choice", label: "Which days?", min: "1", max: "2",
      options: [{ value: "mo", label: "Monday" }, { value: "tu", label: "Tuesday" }, { value: "we", label: "Wednesday" }],
    },
    {
      name: "level", kind: "drop_down", label: "Level",
      options: [{ value: "new", label: "New to it" }, { value: "old", label: "Not new to it" }],
    },
    { name: "start", kind: "date", label: "From", min: "today" },
    { name: "end", kind: "date", label: "Until" },
    { name: "shot", kind: "file", label: "A picture of it" },
    { name: "message", kind: "long_text", label: "Anything else?", max_chars: 2000 },
    { name: "news", kind: "checkbox", label: "Send me the programme" },
    {
      name: "agree", kind: "consent", label: "You may write to me.", required: true,
      consent: { purpose: "answer_email", version: "2026-11" },
    },
    { name: "campaign", kind: "hidden", from: { query: "from" } },
    { name: "desk", kind: "hidden", from: { fixed: "front" } },
  ],
  steps: [
    { title: "About you", fields: ["name", "email", "phone", "seats"] },
    { title: "About the class", fields: ["mode", "town", "days", "level", "start", "end", "shot", "message", "news", "agree", "campaign", "desk"] },
  ],
  rules: [
    { field: "end", require: { $or: [{ "values.end": { $exists: false } }, { "values.end": { $gte: { $field: "values.start" } } }] }, message: "The end is before the start." },
  ],
  result: { message: "See you soon.", follow_up: "inquiry" },
  translations: {
    ar: { title: "كل نوع من الحقول", submit_label: "إرسال", "fields.name.label": "اسمك", "fields.mode.label": "كيف؟", "fields.mode.options.room": "في قاعة" },
    de: { title: "Jede Art von Feld", submit_label: "Absenden", "fields.name.label": "Ihr Name" },
  },
};

/** The demo workspace with that form in it, for a site on these origins. */
export function withEveryKind(demo, { key, origins, result = EVERY_KIND.result }) {
  const source = structuredClone(demo);
  const inquiry = source.forms.find((form) => form.id === "inquiry");
  // Where it leads to is not here.
  delete inquiry.result.follow_up;
  source.forms = [inquiry, { ...EVERY_KIND, result }];
  const forms = ["inquiry", "every"];
  source.sites = [{ id: "site", name: "Kelp & Rope", kind: "own", key, origins, forms, launcher: "Ask us" }];
  source.prompts = [];
  return source;
}

/** A workspace id and a site key that no other test has. */
export function fresh() {
  const id = randomUUID().slice(0, 8);
  return { workspace: `w_${id}`, key: `pk_site_${id}` };
}
