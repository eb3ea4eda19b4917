// What need not be asked: what the visitor gave earlier in this visit, and what the edge knows of somebody whom the
// platform's server has named (`identify`). Nobody else is told anything: an address that was merely typed opens nothing.

import { maybe, onDay } from "./dom.js";
import { json } from "./guest.js";
import { say } from "./words.js";

const earlier = (page) => maybe(() => JSON.parse(sessionStorage.getItem(`usher.known.${page.site}`) || "{}"), {});

const kept = async (page, form) => {
  const identity = page.identity();
  if (!identity) return [];
  const body = json({ identity, form: form.id });
  const answer = await fetch(`${page.origin}/v1/known/${page.site}`, { __proto__: null, method: "POST", body, credentials: "omit" });
  return answer.ok ? (await answer.json()).known : [];
};

/** The known fields of a form: name, value, and in words where it is from. */
export default async (page, form) => {
  const told = (name, value, at, sure) => ({
    ...{ name, value },
    from: say(page, sure ? "known_sure" : "known", { when: onDay(page, at) }),
  });
  const visit = Object.entries(earlier(page)).map(([name, { value, at }]) => told(name, value, at));
  const account = (await kept(page, form).catch(() => [])).map((it) => told(it.name, it.value, it.at, it.verified));
  // What was given last is what holds.
  return form.fields
    .filter((field) => field.once)
    .map((field) => visit.find(({ name }) => name === field.name) || account.find(({ name }) => name === field.name))
    .filter(Boolean);
};
