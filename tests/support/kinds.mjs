// Forms for tests of what a visitor meets: one of every kind of field, in steps, with conditions; beside the demo's.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

const root = new URL("../../", import.meta.url);

export const ENROL = {
  id: "enrol",
  kind: "trial",
  title: "Enrol",
  intro: "Two short steps.",
  submit_label: "Enrol",
  steps: [
    { title: "About you", fields: ["name", "email", "tel", "for_whom", "seats"] },
    { title: "Your class", fields: ["days", "level", "start", "end", "notes", "news", "agree", "plan", "campaign"] },
  ],
  rules: [
    {
      field: "end",
      require: { $or: [{ "values.end": { $exists: false } }, { "values.end": { $gte: { $field: "values.start" } } }] },
      message: "The end is before the start.",
    },
  ],
  fields: [
    { name: "name", kind: "short_text", label: "Name", required: true, autocomplete: "name" },
    { name: "email", kind: "email", label: "E-mail", required: true },
    { name: "tel", kind: "phone", label: "Telephone", countries: [{ code: "GB", calling: "44" }, { code: "LK", calling: "94" }] },
    {
      name: "for_whom", kind: "single_choice", label: "For whom", required: true,
      options: [{ value: "me", label: "Myself" }, { value: "team", label: "My team" }],
    },
    { name: "seats", kind: "number", label: "How many seats", required: true, min: "2", max: "50", when: { "values.for_whom": "team" } },
    {
      name: "days", kind: "multiple_choice", label: "Days", required: true, min: "1", max: "2",
      options: [{ value: "mo", label: "Monday" }, { value: "tu", label: "Tuesday" }, { value: "we", label: "Wednesday" }],
    },
    { name: "level", kind: "drop_down", label: "Level", options: [{ value: "a", label: "Beginner" }, { value: "b", label: "Advanced" }] },
    { name: "start", kind: "date", label: "From", required: true, min: "today" },
    { name: "end", kind: "date", label: "Until", min: "today" },
    { name: "notes", kind: "long_text", label: "Notes", max_chars: 500 },
    { name: "news", kind: "checkbox", label: "Send me the programme" },
    { name: "agree", kind: "consent", label: "You may write to me about this class.", required: true, consent: { purpose: "class", version: "1" } },
    { name: "plan", kind: "hidden", from: { page: "plan" } },
    { name: "campaign", kind: "hidden", from: { query: "utm_campaign" } },
  ],
  result: { message: "See you in class.", follow_up: "inquiry" },
  translations: {},
};

export const AGAIN = {
  id: "again",
  kind: "inquiry",
  title: "Ask again",
  submit_label: "Send",
  fields: [
    { name: "email", kind: "email", label: "E-mail", required: true, once: true },
    { name: "message", kind: "long_text", label: "Message", required: true },
    { name: "role", kind: "short_text", label: "Your role", progressive: true },
  ],
};

export const REPORT = {
  id: "report",
  kind: "support",
  title: "Report",
  submit_label: "Report it",
  fields: [
    { name: "email", kind: "email", label: "E-mail", required: true },
    { name: "picture", kind: "file", label: "Screenshot" },
  ],
};

/** The demo workspace with these forms and sites of the test's own beside the demo's. */
export async function install(usher, { forms, sites, lang = "en" }) {
  const byIp = (origin) => origin.replace("localhost", "127.0.0.1");
  const text = (await readFile(new URL("demo/workspace.json", root), "utf8"))
    .replaceAll("__USHER_ORIGIN_IP__", byIp(usher.origin))
    .replaceAll("__USHER_ORIGIN__", usher.origin)
    .replaceAll("__PARTNER_ORIGIN_IP__", byIp(usher.partnerOrigin))
    .replaceAll("__PARTNER_ORIGIN__", usher.partnerOrigin);
  const workspace = { ...JSON.parse(text), lang };
  // The demo's forms are written in English; a translation into the language they are written in would be two of one.
  for (const form of workspace.forms) delete form.translations?.[lang];
  for (const prompt of workspace.prompts) delete prompt.translations?.[lang];
  workspace.forms.push(...forms);
  workspace.sites.push(...sites);
  const { status, body } = await usher.operator("PUT", "workspaces/demo", workspace);
  assert.ok(status === 200 || status === 201, JSON.stringify(body));
}

/** What staff see of a submission, by the fields' names. */
export async function stored(staff, receipt) {
  const item = await staff.itemOf(receipt);
  return Object.fromEntries(item.submission.values.map(({ name, value }) => [name, value]));
}

/** A day, so many days from now, as a form takes it. */
export function day(days) {
  return new Date(Date.now() + days * 864e5).toISOString().slice(0, 10);
}
