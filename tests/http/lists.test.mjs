// Lists: what narrows them, the views that are kept of them, what is done to many of their items at once, and taking that back.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { teams } from "../support/team.mjs";
import { inquiry, startUsher, support } from "../support/usher.mjs";

let usher;
let team;
let mara;
before(async () => {
  usher = await startUsher({ args: ["--faults"] });
  ({ team } = await teams(usher));
  mara = await usher.signIn("mara");
});
after(() => usher?.stop());

const MINUTE = 60;
const ids = (rows) => rows.map(({ id }) => id).sort();
const many = (staff, items, act) =>
  staff.call("items/actions", { method: "POST", body: { items: items.map((item) => item.row?.id ?? item), act } });
const undo = (staff, rows) =>
  staff.call("items/undo", { method: "POST", body: { items: rows.map(({ id, changed }) => ({ id, changed })) } });
/** Everything of an item but what says when and by whom it changed. */
const standing = ({ row: { changed, ...row }, timers, duplicate_of }) => ({ row, timers, duplicate_of });
const codes = ({ body }) => body.refused.map(({ code }) => code);

test("a list is narrowed by kind, tier, site, owner, what presses, and words; by all of them at once", async () => {
  const narrow = await team("narrow", { members: { a: {}, b: {} } });
  const first = await narrow.send({ name: "Ingrid Vos", message: "Something about Zürich and 100% of it_all" });
  const second = await narrow.send({ name: "Bo Lind" });
  const partner = await usher.submit("inquiry", inquiry({ company: "narrow" }), { site: "pk_demo_partner", origin: usher.partnerOrigin });
  assert.equal(partner.status, 200, JSON.stringify(partner.body));
  const a = await narrow.as("a");
  const third = (await a.call(`search?q=${partner.body.reference}`)).body.items[0];
  const list = async (query) => ids(await a.items("sales", `?${query}&q=narrow`));
  assert.deepEqual(await list(""), ids([first.row, second.row, third]));
  assert.deepEqual(await list("kind=trial"), []);
  assert.deepEqual(await list("kind=inquiry&owner=narrow-a"), ids([first.row, third]), "in turn: a, b, a");
  assert.deepEqual(await list(`site=${encodeURIComponent(third.site)}`), [third.id]);
  assert.deepEqual(await list("site=Nowhere"), []);
  assert.deepEqual(await list(`tier=${first.row.tier[0]}&owner=narrow-b`), [second.row.id]);
  assert.deepEqual(await list("tier=Z"), []);
  assert.deepEqual(await list("pressing=true"), []);
  assert.deepEqual(await list("complaint=true"), []);
  const words = async (q) => ids(await a.items("sales", `?q=${encodeURIComponent(q)}`));
  assert.deepEqual(await words("zürich ingrid"), [first.row.id]);
  assert.deepEqual(await words("100% it_all"), [first.row.id]);
  assert.deepEqual(await words("10__ narrow"), [], "a sign of a pattern is a sign like any other");
  await usher.later(31 * MINUTE);
  assert.deepEqual(await list("pressing=true"), ids([first.row, second.row, third]));

  await narrow.act("b", second, { act: "claim" });
  await narrow.act("b", second, { act: "close", outcome: "lost", reason: "" });
  const closed = async (query) => ids(await a.items("sales", `?state=closed&${query}`));
  assert.deepEqual(await closed("q=bo%20narrow"), [second.row.id]);
  assert.deepEqual(await closed("q=bo%20narrow&owner=narrow-a"), []);

  for (const wrong of ["kind=letter", "complaint=perhaps", "q=a", "state=ajar", `q=${"x".repeat(101)}`]) {
    const { status, body } = await a.call(`queues/sales/items?${wrong}`);
    assert.deepEqual([status, body.code], [422, "invalid_query"], wrong);
  }
});

test("pages of a narrowed list are whole: nothing twice, nothing left out", async () => {
  const long = await team("long", { members: { a: {} } });
  const sent = [];
  for (let count = 0; count < 53; count++) sent.push((await long.send()).row.id);
  const a = await long.as("a");
  const seen = [];
  let after = "";
  do {
    const { body } = await a.call(`queues/sales/items?owner=long-a${after && `&after=${encodeURIComponent(after)}`}`);
    seen.push(...body.items.map(({ id }) => id));
    after = body.next ?? "";
  } while (after);
  assert.deepEqual(seen.toSorted(), sent.toSorted());
});

test("a view is kept, replaced, shared and let go of; each sees their own and what is shared of their queues", async () => {
  const theo = await usher.signIn("theo");
  const sunil = await usher.signIn("sunil");
  const view = { name: " Pressing partners ", queue: "sales", filter: { pressing: true, site: "Partner" } };
  const save = (staff, body) => staff.call("views", { method: "POST", body });
  const kept = (await save(mara, view)).body.views;
  assert.deepEqual(kept.map(({ name, filter, by, shared }) => [name, filter, by.id, shared]), [["Pressing partners", view.filter, "mara", false]]);
  assert.deepEqual((await theo.call("views")).body.views, []);
  const again = (await save(mara, { ...view, shared: true, whose: "mine" })).body.views;
  assert.deepEqual(again.map(({ id, whose, shared }) => [id, whose, shared]), [[kept[0].id, "mine", true]], "one of the same name is replaced");
  assert.deepEqual((await theo.call("views")).body.views.map(({ id }) => id), [kept[0].id]);
  assert.deepEqual((await sunil.call("views")).body.views, [], "not who does not work the queue");

  const refused = await theo.call(`views/${kept[0].id}`, { method: "DELETE" });
  assert.deepEqual([refused.status, refused.body.code], [404, "unknown_view"]);
  const wrong = await save(sunil, { name: " ", queue: "sales", filter: { q: "x".repeat(101) } });
  assert.deepEqual([wrong.status, wrong.body.fields.map(({ field }) => field)], [422, ["name", "queue", "filter.q"]]);
  const unknown = await save(mara, { name: "x", queue: "sales", filter: { colour: "red" } });
  assert.deepEqual([unknown.status, unknown.body.title.includes("colour")], [422, true]);
  assert.deepEqual((await mara.call(`views/${kept[0].id}`, { method: "DELETE" })).body.views, []);
  assert.deepEqual((await theo.call("views")).body.views, []);
});

test("the same is done to many at once: each is judged by itself, and the rest is done", async () => {
  const bulk = await team("bulk", { members: { a: {}, b: {} }, pool: { strategy: "claim" } });
  const items = [await bulk.send(), await bulk.send(), await bulk.send()];
  const [a, b] = [await bulk.as("a"), await bulk.as("b")];
  await bulk.act("b", items[1], { act: "claim" });
  const claimed = await many(a, [...items, "nothing"], { act: "claim" });
  assert.equal(claimed.status, 200);
  assert.deepEqual(ids(claimed.body.done), ids([items[0].row, items[2].row]));
  assert.deepEqual(claimed.body.refused, [
    { id: items[1].row.id, who: items[1].row.who, code: "already_claimed", says: "bulk b has taken this item." },
    { id: "nothing", who: "", code: "unknown_item", says: "There is no such item for you." },
  ]);
  const given = await many(a, [items[0], items[2]], { act: "reassign", to: "bulk-b", reason: "I am off." });
  assert.deepEqual(given.body.done.map(({ owner }) => owner.id), ["bulk-b", "bulk-b"]);
  const closed = await many(b, items, { act: "close", outcome: "spam", reason: "" });
  assert.deepEqual([ids(closed.body.done), codes(closed)], [ids(items.map(({ row }) => row)), []]);
  for (const item of items) {
    const read = await bulk.read(item.row.id);
    assert.deepEqual([read.row.state, read.row.outcome, read.history.at(-1).actor.id], ["closed", "spam", "bulk-b"]);
  }
  const open = (await b.call("session")).body.queues.find(({ id }) => id === "sales").open;
  assert.equal(open, (await b.wholeQueue("sales")).length, "what is counted is what is there");

  const bad = async (body) => (await a.call("items/actions", { method: "POST", body })).body.code;
  assert.equal(await bad({ items: [], act: { act: "claim" } }), "no_items");
  assert.equal(await bad({ items: ["x", "x"], act: { act: "claim" } }), "item_twice");
  assert.equal(await bad({ items: Array.from({ length: 201 }, (_, at) => `i${at}`), act: { act: "claim" } }), "too_many");
  assert.equal(await bad({ items: ["x"], act: { act: "reply", subject: "", text: "Yes." } }), "one_at_a_time");
  assert.equal(await bad({ items: ["x"], act: { act: "explode" } }), "invalid_call");
});

test("what one did is taken back as if it had not been, and the history says both", async () => {
  const back = await team("back", { members: { a: {}, b: {} }, rule: { close_minutes: 600, dwell_minutes: 120 } });
  const [item, other] = [await back.send(), await back.send()];
  const [a, b] = [await back.as("a"), await back.as("b")];
  const mine = () => a.items("sales", "?whose=mine&q=back");
  const acts = [
    { act: "claim" },
    { act: "wait" },
    { act: "resume" },
    { act: "snooze", until: new Date(Date.now() + 3_600_000).toISOString() },
    { act: "close", outcome: "won", reason: "" },
    { act: "reopen" },
    { act: "reassign", to: "back-b", reason: "Yours." },
  ];
  for (const act of acts) {
    const was = await back.read(item.row.id);
    const open = (await a.call("session")).body.queues;
    const done = await back.act("a", item, act);
    const undone = await undo(a, [done.row]);
    assert.deepEqual([ids(undone.body.done), codes(undone)], [[item.row.id], []], act.act);
    const is = await back.read(item.row.id);
    assert.deepEqual(standing(is), standing(was), act.act);
    assert.deepEqual((await a.call("session")).body.queues, open, act.act);
    const events = { wait: "waits", snooze: "snoozed", close: "closed", reopen: "reopened", claim: "claimed", resume: "resumed" };
    assert.deepEqual(is.history.slice(-2).map(({ kind, text }) => [kind, kind === "undone" ? text : ""]), [
      [events[act.act] ?? "reassigned", ""],
      ["undone", events[act.act] ?? "reassigned"],
    ]);
    assert.equal((await undo(a, [done.row])).body.refused[0].code, "too_late", "once");
    // Now for good, so that the next act finds what it needs.
    if (act.act !== "reassign") await back.act("a", item, act);
    if (act.act === "snooze") await back.act("a", item, { act: "resume" });
  }
  assert.deepEqual((await mine()).map(({ id }) => id), [item.row.id]);
  assert.equal(back.owner(await back.read(other.row.id)), "b");
});

test("what has changed since, is too old, or is another's is not taken back; of many, the rest is", async () => {
  const since = await team("since", { members: { a: {}, b: {} }, pool: { strategy: "claim" } });
  const items = [await since.send(), await since.send(), await since.send()];
  const [a, b] = [await since.as("a"), await since.as("b")];
  const { done } = (await many(a, items, { act: "claim" })).body;
  await since.act("b", items[0], { act: "note", text: "I know them." });
  const undone = await undo(a, done);
  assert.deepEqual([undone.body.done.length, codes(undone)], [2, ["changed_since"]]);
  assert.equal(undone.body.refused[0].says, "It has changed since.");
  assert.deepEqual(codes(await undo(b, done)), ["too_late", "too_late", "too_late"], "not by another");
  const again = (await many(a, [items[1]], { act: "claim" })).body.done;
  await usher.later(11 * MINUTE);
  assert.deepEqual(codes(await undo(a, again)), ["too_late"]);
  assert.equal(since.owner(await since.read(items[1].row.id)), "a");
});

test("taking back what moved shares and loads leaves them as they were", async () => {
  const fair = await team("fairly", { members: { a: { capacity: { total: 2 } }, b: {} } });
  const [one, two] = [await fair.send(), await fair.send()];
  assert.deepEqual([fair.owner(one), fair.owner(two)], ["a", "b"]);
  const board = async () => {
    const { body } = await mara.call("team");
    const pool = body.pools.find(({ id }) => id === "fairly");
    const members = body.members.filter(({ member }) => member.id.startsWith("fairly-"));
    return { seats: pool.seats, open: members.map(({ member, open }) => [member.id, open]) };
  };
  await fair.act("a", one, { act: "claim" });
  const before = await board();
  const spam = await fair.act("a", one, { act: "close", outcome: "spam", reason: "" });
  assert.notDeepEqual(await board(), before, "junk is credited");
  await undo(await fair.as("a"), [spam.row]);
  assert.deepEqual(await board(), before);
  // And what comes next goes where it would have gone.
  assert.equal(fair.owner(await fair.send()), "a");
});

test("a won item that is taken back teaches nothing", async () => {
  const learner = async () => {
    const { body } = await mara.call("scoring/learner");
    return [body.wins, body.losses, body.rebuilding];
  };
  const { body: receipt } = await usher.submit("inquiry", inquiry());
  const item = await mara.itemOf(receipt);
  await mara.act(item.row.id, { act: "claim" });
  const [wins, losses] = await learner();
  const won = (await mara.act(item.row.id, { act: "close", outcome: "won", reason: "" })).body;
  assert.equal((await learner())[0], wins + 1);
  await undo(mara, [won.row]);
  await usher.later(1);
  assert.deepEqual(await learner(), [wins, losses, null]);
});

test("a manager clears a morning: support requests of two hundred in one call", async () => {
  const receipts = [];
  for (let count = 0; count < 200; count += 20) {
    const sent = Array.from({ length: 20 }, (_, at) =>
      usher.submit("support", support(), { headers: { "user-agent": `Mozilla/5.0 Chrome/140 ${count + at}`, "x-forwarded-for": `198.51.${count}.${at}` } }),
    );
    for (const { status, body } of await Promise.all(sent)) receipts.push([status, body.reference]);
  }
  const accepted = receipts.filter(([status]) => status === 200);
  const rows = await mara.wholeQueue("success");
  const wanted = new Set(accepted.map(([, reference]) => reference));
  const items = rows.filter(({ reference }) => wanted.has(reference)).map(({ id }) => id);
  assert.ok(items.length > 0);
  const closed = await many(mara, items, { act: "close", outcome: "solved", reason: "" });
  assert.deepEqual([closed.body.done.length, codes(closed)], [items.length, []]);
  const undone = await undo(mara, closed.body.done);
  assert.deepEqual([undone.body.done.length, codes(undone)], [items.length, []]);
});
