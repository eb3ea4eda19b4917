// Q9: of people, at most one in two hundred waits for a member of staff; of simple machines, nineteen in twenty are held or refused,
// with no other check than those that every site has. The corpus is made from dice, each sender labelled with what it is; what is
// let through of machines, and held of people, is said by kind. It is ours: it shows what the rules do, not what the world sends.

import { randomUUID } from "node:crypto";

import { addSites } from "../support/hosts.mjs";
import { lanes, promise } from "../support/promise.mjs";
import { MACHINES, PEOPLE, corpus, machine, person } from "../support/senders.mjs";
import { startUsher, until } from "../support/usher.mjs";

const KEY = "pk_corpus_site";
const [MOST_HELD, LEAST_CAUGHT] = [0.005, 0.95];
/** Faster nobody reads a form (shared::abuse::LEAST_MS). */
const READ_MS = 2_000;

async function check({ full, control, random, note, atEnd }) {
  const usher = await startUsher({ args: ["--faults"] });
  atEnd(() => usher.stop());
  const origin = "https://shop.example.com";
  await addSites(usher, {
    id: "corpus",
    name: "Corpus",
    kind: "own",
    key: KEY,
    origins: [origin],
    forms: ["inquiry"],
    launcher: "",
    limits: { submissions_per_day: 1_000_000 },
  });
  const count = full ? 2_000 : 600;
  const people = corpus(PEOPLE, count, random, person);
  const machines = corpus(MACHINES, count, random, control === "people" ? person : machine);
  const fresh = async () => (await usher.json(`/v1/boot/${KEY}`)).body.stamp;
  const old = await fresh();
  const read = Date.now();
  await until(() => Date.now() - read > READ_MS + 1_000, "a person has read the form");

  const send = async ({ traits, values }, at) => {
    const { stamp = "old", trap, plain, origin: elsewhere } = control === "people" ? {} : traits;
    const stamps = { old, none: undefined, forged: `${Math.floor(Date.now() / 1000) - 60}.${"A".repeat(22)}` };
    const signed = stamp === "young" ? await fresh() : stamps[stamp];
    const headers = { "x-forwarded-for": `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`, "user-agent": `Mozilla/5.0 Chrome/140.0 ${randomUUID()}` };
    if (plain) {
      const body = new URLSearchParams({ usher_submission_id: randomUUID(), ...(signed && { usher_stamp: signed }), ...values });
      const response = await usher.fetch(`/v1/forms/${KEY}/inquiry?lang=en`, { method: "POST", headers, body });
      const text = await response.text();
      // The receipt of what is held names no team.
      return response.status === 200 && /will answer you by/.test(text) ? "lands" : response.status === 200 ? "held" : response.status;
    }
    const { status, body } = await usher.submit(
      "inquiry",
      { submission_id: randomUUID(), values, ...(signed && { stamp: signed }), ...(trap && { trap: "x" }) },
      {
        site: KEY,
        origin: elsewhere ? "https://copied.example" : origin,
        headers,
      },
    );
    return status === 200 ? (body.answer_by ? "lands" : "held") : status;
  };
  const all = [...people.map((one) => ({ ...one, is: "person" })), ...machines.map((one) => ({ ...one, is: "machine" }))];
  const order = all.map((_, at) => at).sort(() => random() - 0.5);
  const before = await usher.rows();
  await lanes(order.length, 8, async (turn) => {
    const one = all[order[turn]];
    one.ends = await send(one, order[turn]);
  });
  const after = await usher.rows();
  const wrong = [];
  const [held, caught] = [people.length - count_(all, "person", "lands"), machines.length - count_(all, "machine", "lands")];
  for (const is of ["person", "machine"]) {
    for (const kind of new Set(all.filter((one) => one.is === is).map(({ kind }) => kind))) {
      const own = all.filter((one) => one.is === is && one.kind === kind);
      const ends = Object.entries(Object.groupBy?.(own, ({ ends }) => ends) ?? group(own)).map(([end, list]) => `${list.length} ${end}`);
      note(`${is} ${kind}: ${ends.join(", ")}`);
    }
  }
  const lost = all.filter(({ is, ends }) => is === "person" && typeof ends === "number");
  if (lost.length) wrong.push(`${lost.length} people were refused: ${lost[0].ends} ${JSON.stringify(lost[0].values)}`);
  // What was said is what is there.
  if (after.item - before.item !== count_(all, "person", "lands") + count_(all, "machine", "lands")) wrong.push(`${after.item - before.item} items`);
  if (after.held - before.held !== all.filter(({ ends }) => ends === "held").length) wrong.push(`${after.held - before.held} held`);
  wrong.forEach(note);
  return {
    met: !wrong.length && held / people.length <= MOST_HELD && caught / machines.length >= LEAST_CAUGHT,
    figure: `${people.length} people: ${held} held (${((100 * held) / people.length).toFixed(2)} %, at most 0.5); ${machines.length} simple machines: ${caught} held or refused (${((100 * caught) / machines.length).toFixed(1)} %, at least 95)`,
  };
}

const count_ = (all, is, ends) => all.filter((one) => one.is === is && one.ends === ends).length;

function group(list) {
  const groups = {};
  for (const one of list) (groups[one.ends] ??= []).push(one);
  return groups;
}

await promise("Q9", check, { controls: ["people"] });
