// People's own data: what is known of somebody comes out whole and goes whole, what is on hold stays, what is old enough goes.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { startReceiver } from "../support/receivers.mjs";
import { prepare, somebody } from "../support/somebody.mjs";
import { tablesOfDesk, tablesWith } from "../support/stored.mjs";
import { inquiry, startUsher, support, until } from "../support/usher.mjs";

const DAY = 86_400;
let usher;
let mara;
let platform;
let receiver;
before(async () => {
  receiver = await startReceiver(() => ({ status: 410 }));
  usher = await startUsher({ args: ["--faults", "--allow-private-destinations"] });
  await prepare(usher, { port: new URL(receiver.origin).port });
  mara = await usher.signIn("mara");
  const made = await mara.call("tokens", { method: "POST", body: { name: "platform", scopes: ["events", "people"] } });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  platform = (method, path, body) =>
    usher.json(`/v1/workspaces/demo/${path}`, { method, headers: { authorization: `Bearer ${made.body.token}`, "content-type": "application/json" }, body: JSON.stringify(body) });
});
after(async () => {
  await usher?.stop();
  await receiver?.close();
});

const agent = () => ({ headers: { "user-agent": `Mozilla/5.0 Chrome/140.0 ${randomUUID()}` } });
async function send(form, body) {
  const answer = await usher.submit(form, body, agent());
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return mara.itemOf(answer.body);
}
const post = (path, body, headers = {}) =>
  usher.json(`/v1/console/${path}`, { method: "POST", headers: { cookie: mara.cookie, "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
const erase = (person, reason = "asked", headers) => post(`people/${person}/erase`, { reason }, headers);
const erased = (person) =>
  until(async () => (await mara.call(`people/${person}/privacy`)).body.erased?.done_at, "the last of them is gone");
const audit = async () => (await mara.call("audit")).body.entries;
const close = async (item, outcome = "lost") => {
  const { status, body } = await mara.act(item.row.id, { act: "close", outcome, reason: outcome === "spam" ? "" : "done" });
  assert.equal(status, 200, JSON.stringify(body));
};
const keep = async (retention) => {
  const { version } = (await mara.call("privacy")).body;
  return post("privacy/retention", { version, retention });
};

test("somebody comes out whole, and goes whole", async () => {
  const fates = async () => (await usher.json("/__faults/desk/demo/fates")).body;
  const them = await somebody(usher, mara, "dunlin", platform);
  const [first] = them.items;
  const all = (await mara.call(`people/${them.person}/export`)).body;
  assert.deepEqual([all.format, all.person], ["usher.person.1", them.person]);
  const told = JSON.stringify(all).toLowerCase();
  const untold = Object.entries(them.words).filter(([, word]) => !told.includes(word));
  assert.deepEqual(untold.map(([what]) => what), ["bytes"], "all but what is in a file, which is base64");
  assert.equal(all.records.submission.length, 3);
  assert.equal(all.records.person.length, 2, "with the record that became part of theirs");
  assert.ok(Buffer.from(all.records.file[0].base64, "base64").includes(them.words.bytes));
  assert.ok(all.records["journal.seen"].length >= 2, "what they did before and after");
  const helped = all.records.submission.find(({ form }) => form === "support");
  assert.equal(helped.vals.find(([name]) => name === "message")[1], them.words.trouble, "each by the name of its field");

  const before = { fates: await fates(), queues: (await mara.call("session")).body.queues };
  const open = (await mara.call(`people/${them.person}/privacy`)).body;
  assert.deepEqual([open.items, open.open_items, open.consents.length], [3, 2, 1]);
  const gone = await erase(them.person);
  assert.equal(gone.status, 200, JSON.stringify(gone.body));
  assert.deepEqual([gone.body.person, gone.body.reason, gone.body.by.id], [them.person, "asked", "mara"]);
  assert.deepEqual([gone.body.rows.person, gone.body.rows.item, gone.body.rows.submission, gone.body.rows.held], [2, 3, 3, 1]);
  await erased(them.person);

  for (const [what, word] of Object.entries(them.words)) assert.deepEqual(await tablesWith(usher.data, word), [], what);
  for (const word of ["dunlin", them.receipts[0].reference, them.sent[0].submission_id]) assert.deepEqual(await tablesWith(usher.data, word), [], word);
  const read = await mara.call(`items/${first.row.id}`);
  assert.deepEqual([read.status, read.body.code], [410, "erased"]);
  assert.deepEqual((await mara.call(`search?q=${encodeURIComponent(them.email)}`)).body.items, []);
  assert.deepEqual((await mara.call("held")).body.held, []);
  const stranger = await mara.item(them.stranger.row.id);
  assert.equal(stranger.history.at(-1).text, "They were sent by [erased] ([erased]).");

  // What is counted of nobody in particular still adds up: what was held and not looked at has ended as that.
  const { held = 0, ...others } = before.fates;
  const left = held > 1 ? { held: held - 1 } : {};
  assert.deepEqual(await fates(), { ...others, ...left, erased: 1 });
  const openNow = Object.fromEntries((await mara.call("session")).body.queues.map(({ id, open }) => [id, open]));
  for (const { id, open } of before.queues) assert.equal(openNow[id], (await mara.wholeQueue(id)).length, `${id} had ${open}`);

  // Nothing brings them back: not what they sent, nor what the platform said.
  const rows = await usher.rows();
  for (const [at, form] of ["inquiry", "support", "inquiry"].entries()) {
    const again = await usher.submit(form, them.sent[at], { headers: them.headers });
    assert.deepEqual([again.status, again.body.code], [410, "submission_erased"]);
  }
  assert.equal((await platform("POST", "events", { events: [them.event] })).body.lines[0].code, "known");
  const still = await usher.rows();
  assert.deepEqual({ ...still, fate: 0 }, { ...rows, fate: 0 });
  // Nor among others who arrive with it.
  const crowd = [them.sent[0], ...Array.from({ length: 9 }, () => inquiry())];
  const answers = await Promise.all(crowd.map((form) => usher.submit("inquiry", form)));
  assert.deepEqual(answers.map(({ status }) => status), [410, ...Array(9).fill(200)]);
  const file = await usher.fetch(`/v1/console/items/${them.items[1].row.id}/files/${them.upload}`, { headers: { cookie: mara.cookie } });
  assert.equal(file.status, 404);

  // Asked for again, it says what was done; somebody who writes again is new.
  assert.deepEqual((await erase(them.person, "test")).body.at, gone.body.at);
  assert.deepEqual((await erase(first.person.id, "test")).body.reason, "asked");
  assert.equal((await mara.call(`people/${them.person}/export`)).status, 404);
  const back = await send("inquiry", inquiry({ email: them.email }));
  assert.deepEqual([back.person.others, back.person.id === them.person], [[], false]);
  await erase(back.person.id);
  const log = (await audit()).filter(({ what }) => ["person_exported", "person_erased"].includes(what));
  assert.deepEqual(log.map(({ what, actor }) => [what, actor.id]), [["person_erased", "mara"], ["person_erased", "mara"], ["person_exported", "mara"]]);
  assert.ok(!JSON.stringify(await audit()).includes("dunlin"));
});

test("an erasure that fails after any of its statements has deleted nothing", async () => {
  const them = await somebody(usher, mara, "sandpiper", platform);
  // Whatever goes out and comes in by itself has come to rest.
  await until(async () => (await mara.call("deliveries?state=due")).body.deliveries.length === 0, "nothing waits");
  const state = async () => JSON.stringify([await usher.rows(), (await mara.call(`people/${them.person}/privacy`)).body]);
  const before = await state();
  let statements = 0;
  for (; statements < 200; statements++) {
    const { status } = await erase(them.person, "asked", { "usher-fail-after": String(statements) });
    if (status === 200) break;
    assert.equal(status, 503);
    assert.equal(await state(), before, `after ${statements} statements`);
  }
  assert.ok(statements > 30 && statements < 200, `${statements}`);
  await erased(them.person);
  assert.deepEqual(await tablesWith(usher.data, "sandpiper"), []);
});

test("what is left of an erasure is done after a crash", async () => {
  const them = await somebody(usher, mara, "whimbrel", platform);
  assert.equal((await erase(them.person)).status, 200);
  await usher.kill9();
  await usher.start();
  await erased(them.person);
  assert.deepEqual(await tablesWith(usher.data, "whimbrel"), []);
});

test("nothing goes of somebody on hold, until it is lifted", async () => {
  const item = await send("inquiry", inquiry({ email: `hold-${randomUUID()}@example.com` }));
  const hold = (body) => post(`people/${item.person.id}/hold`, body);
  assert.deepEqual((await hold({ act: "lift", reason: "x" })).body.code, "not_on_hold");
  assert.deepEqual((await hold({ act: "place", reason: "  " })).body.code, "reason_missing");
  const placed = await hold({ act: "place", reason: "A claim by them is before the court." });
  assert.equal(placed.status, 200, JSON.stringify(placed.body));
  assert.deepEqual([placed.body.hold.reason, placed.body.hold.by.id], ["A claim by them is before the court.", "mara"]);
  assert.deepEqual((await hold({ act: "place", reason: "again" })).body.code, "on_hold");
  assert.deepEqual((await mara.call("privacy")).body.holds.map(({ person }) => person.id), [item.person.id]);
  const refused = await erase(item.person.id);
  assert.deepEqual([refused.status, refused.body.code], [409, "on_hold"]);
  assert.equal((await mara.item(item.row.id)).row.id, item.row.id);
  const lifted = await hold({ act: "lift", reason: "It is settled." });
  assert.deepEqual([lifted.body.hold, lifted.body.past_holds.map(({ lifted }) => lifted.reason)], [undefined, ["It is settled."]]);
  const log = (await audit()).slice(0, 2).map(({ what, text }) => [what, text]);
  assert.deepEqual(log, [["hold_lifted", item.person.id], ["hold_placed", item.person.id]], "whom, and not why");
  assert.equal((await erase(item.person.id)).status, 200);
});

test("what is old enough goes, by form and outcome, and nothing of whoever is on hold or waits for an answer", async () => {
  const wrong = await keep({ items: [{ form: "nope", days: 0 }], undecided_days: 0 });
  assert.deepEqual([wrong.status, wrong.body.fields.map(({ field }) => field)], [422, ["undecided_days", "items[0].days", "items[0].form"]]);
  assert.equal((await post("privacy/retention", { version: 0, retention: {} })).body.code, "stale");

  const of = (name) => `${name}-${randomUUID()}@example.com`;
  const ask = async (email, outcome) => {
    const item = await send("inquiry", inquiry({ email }));
    if (outcome) await close(item, outcome);
    return item;
  };
  const [spam, lost, won] = [await ask(of("spam"), "spam"), await ask(of("lost"), "lost"), await ask(of("won"), "won")];
  const on = await ask(of("held"), "spam");
  await post(`people/${on.person.id}/hold`, { act: "place", reason: "a claim" });
  const waits = of("waits");
  const [old, fresh] = [await ask(waits, "spam"), await ask(waits)];
  const often = of("often");
  const [early, late] = [await ask(often, "spam"), await ask(often, "won")];
  const help = await send("support", support({ email: of("help") }));
  await mara.act(help.row.id, { act: "claim" });
  await close(help, "solved");
  const held = await usher.submit("inquiry", { ...inquiry({ email: of("bot") }), trap: "x" }, agent());
  assert.equal(held.status, 200);
  await until(async () => (await mara.call("deliveries?state=due")).body.deliveries.length === 0, "what cannot be delivered is given up");
  const givenUp = async () => (await mara.call("deliveries?state=dead")).body.deliveries;
  const isOn = ({ item }) => item?.id === on.row.id;

  const rules = { items: [{ outcome: "won" }, { form: "inquiry", outcome: "spam", days: 7 }, { form: "inquiry", days: 30 }], undecided_days: 14, dead_days: 10 };
  const saved = await keep(rules);
  assert.equal(saved.status, 200, JSON.stringify(saved.body));
  assert.deepEqual(saved.body.retention, rules);
  const there = async (item) => (await mara.call(`items/${item.row.id}`)).status === 200;
  const all = async (...items) => Promise.all(items.map(there));
  await usher.later(6 * DAY);
  mara = await usher.signIn("mara");
  assert.deepEqual(await all(spam, lost, won, on, old, fresh, early, late, help), Array(9).fill(true), "not yet");
  await usher.later(2 * DAY);
  mara = await usher.signIn("mara");
  await until(async () => !(await there(spam)), "what is spam goes after a week");
  await until(async () => !(await there(early)), "of somebody with more, the one item goes");
  assert.deepEqual(await all(lost, won, on, old, fresh, late, help), Array(7).fill(true));
  assert.equal((await mara.item(late.row.id)).person.others.length, 0);
  const dead = (await givenUp()).filter((delivery) => !isOn(delivery)).length;
  assert.ok(dead > 0);
  await usher.later(7 * DAY);
  mara = await usher.signIn("mara");
  await until(async () => (await mara.call("held")).body.held.length === 0, "nobody looked for two weeks");
  await until(async () => (await givenUp()).every(isOn), "what was given up goes");
  assert.ok((await givenUp()).some(isOn), "but of whoever is on hold");
  await usher.later(20 * DAY);
  mara = await usher.signIn("mara");
  await until(async () => !(await there(lost)), "what was lost goes after a month");
  assert.deepEqual(await all(won, on, old, fresh, late, help), Array(6).fill(true), "won for ever, on hold, waiting, and of no rule");
  const { deleted, next_at } = (await mara.call("privacy")).body;
  const sum = (what) => deleted.reduce((sum, { counts }) => sum + (counts[what] ?? 0), 0);
  assert.ok(sum("items") >= 3 && sum("people") >= 2 && sum("undecided") === 1 && sum("deliveries") === dead, JSON.stringify(deleted));
  assert.ok(next_at);
  const rows = await usher.rows();
  await usher.later(0);
  assert.deepEqual(await usher.rows(), rows, "done twice, it does nothing more");

  await close(fresh, "won");
  await post(`people/${on.person.id}/hold`, { act: "lift", reason: "over" });
  await usher.later(2 * DAY);
  mara = await usher.signIn("mara");
  await until(async () => !(await there(on)) && !(await there(old)), "once nothing holds it");
  assert.equal((await keep({})).status, 200);
  assert.equal((await mara.call("privacy")).body.next_at, undefined);
});

test("a server takes out and erases whom it knows, by a token for that and nothing else", async () => {
  const email = `pipeline-${randomUUID()}@example.com`;
  const item = await send("inquiry", inquiry({ email, name: "Pia Line" }));
  const told = await platform("POST", "people/export", { email: email.toUpperCase() });
  assert.equal(told.status, 200, JSON.stringify(told.body));
  assert.deepEqual(told.body.people.map(({ person, records }) => [person, records.item.length]), [[item.person.id, 1]]);
  assert.deepEqual((await platform("POST", "people/export", { email, user: "x" })).body.code, "invalid_call");
  const call = (who, reason = "asked") => platform("POST", "people/erase", { who, reason });
  assert.deepEqual((await call({ email }, "too_old")).body.code, "invalid_call");
  await post(`people/${item.person.id}/hold`, { act: "place", reason: "a claim" });
  assert.deepEqual((await call({ email })).body.code, "on_hold");
  await post(`people/${item.person.id}/hold`, { act: "lift", reason: "over" });
  const gone = await call({ email });
  assert.deepEqual([gone.status, gone.body.people.map(({ person, by }) => [person, by])], [200, [[item.person.id, undefined]]]);
  assert.deepEqual((await call({ email })).body, { people: [] });
  assert.equal((await mara.call(`items/${item.row.id}`)).status, 410);
  const other = await mara.call("tokens", { method: "POST", body: { name: "events-only", scopes: ["events"] } });
  const refused = await usher.json("/v1/workspaces/demo/people/export", { method: "POST", headers: { authorization: `Bearer ${other.body.token}` }, body: JSON.stringify({ email }) });
  assert.deepEqual([refused.status, refused.body.code], [401, "not_a_token"]);
});

test("every table of the desk is on the map of what is erased, or holds nothing of a person", async () => {
  /** Of members, of nobody, or only what must not come back. */
  const NOTHING = [
    "api_token", "breaker", "config", "curve", "deleted_day", "draft", "erased", "erasure", "fate", "job", "learner", "load", "migration",
    "password", "presence", "queue", "retention", "secret", "sender", "session", "share", "sign_in_link", "sign_in_spent", "sign_in_try",
    "site_day", "spent_proof", "table_draft", "tally", "tally_part", "wash",
  ];
  /** Of members, but the words in it may name somebody: `rest.rs` looks through it. */
  const MENTIONS = ["audit", "saved_view"];
  /** Answers to calls, for a day: each erasure forgets all of them (`once.rs`). */
  const FORGOTTEN = ["kept_call"];
  const map = await readFile(new URL("../../edge/src/desk_do/privacy/map.rs", import.meta.url), "utf8");
  const list = map.slice(map.indexOf("pub const TABLES"), map.indexOf("/// A table and a column"));
  const erased = [...list.matchAll(/told\(\s*"(\w+)"/g)].map(([, name]) => name);
  assert.ok(erased.length >= 25, `${erased}`);
  assert.deepEqual(await tablesOfDesk(usher.data), [...new Set([...erased, ...NOTHING, ...MENTIONS, ...FORGOTTEN])].sort());
});
