// Who gets an item, and why not the others: in the request that brings it, and again whenever something changes. Each test
// has a team of its own, which gets what is sent under the team's name.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";

import { teams } from "../support/team.mjs";
import { startUsher, until } from "../support/usher.mjs";

let usher;
let team;
let workspace;
before(async () => {
  usher = await startUsher({ args: ["--faults"] });
  ({ team, workspace } = await teams(usher));
});
after(() => usher?.stop());

test("each gets their share by weight, and the item says why each other one did not", async () => {
  const shares = await team("shares", { places: [{ member: "a", weight: 200 }, "b", "c"] });
  const items = [];
  for (let count = 0; count < 8; count++) items.push(await shares.send());
  assert.deepEqual(items.map((item) => shares.owner(item)), ["a", "b", "a", "c", "a", "b", "a", "c"]);
  const [first, second] = items;
  assert.deepEqual([first.row.state, first.row.touched], ["open", false], "given, and not taken in hand");
  assert.deepEqual(first.history.map(({ kind, to }) => [kind, to?.id]), [["opened", undefined], ["assigned", "shares-a"]]);
  assert.equal(first.picks.length, 1);
  assert.deepEqual([first.picks[0].strategy, first.picks[0].why], ["weighted_fair", "behind"]);
  assert.equal(first.picks[0].says, "is next by their share: 0.50 items behind");
  assert.deepEqual(shares.others(first.picks[0]), { b: "less_behind", c: "less_behind" });
  assert.deepEqual(shares.others(second.picks[0]), { a: "less_behind", c: "less_behind" });

  const b = await shares.as("b");
  const mine = await b.items("sales", "?whose=mine");
  assert.deepEqual(mine.map(({ owner }) => owner.id), ["shares-b", "shares-b"]);
  assert.equal((await b.call("queues/sales/items?whose=theirs")).status, 422);
});

test("what was given to somebody is theirs to accept, and nobody else's to take", async () => {
  const given = await team("accept", { places: ["a", "b"] });
  const item = await given.send();
  assert.equal(given.owner(item), "a");
  const refused = await (await given.as("b")).act(item.row.id, { act: "claim" });
  assert.deepEqual([refused.status, refused.body.code], [409, "already_claimed"]);
  assert.equal(refused.body.title, "accept a was given this item.");
  const accepted = await (await given.as("a")).act(item.row.id, { act: "claim" });
  assert.deepEqual([accepted.body.row.state, accepted.body.row.touched], ["claimed", true]);
  assert.equal(accepted.body.timers.find(({ kind }) => kind === "first_touch").state, "met");
});

test("whoever goes away gives back what they have not accepted, and gets nothing until they are back", async () => {
  const given = await team("away", { places: ["a", "b", "c"] });
  const [kept, left] = [await given.send(), await given.send()];
  assert.deepEqual([given.owner(kept), given.owner(left)], ["a", "b"]);
  await (await given.as("a")).act(kept.row.id, { act: "claim" });
  const more = [await given.send(), await given.send()];
  assert.deepEqual(more.map((item) => given.owner(item)), ["c", "a"]);
  await given.away("a");
  assert.equal(given.owner(await given.read(kept.row.id)), "a", "what is in hand stays");
  const moved = await given.read(more[1].row.id);
  assert.equal(given.owner(moved), "b");
  assert.deepEqual(moved.history.map(({ kind }) => kind), ["opened", "assigned", "taken_back", "assigned"]);
  assert.deepEqual(moved.history[2], { ...moved.history[2], text: "away", to: { id: "away-a", name: "away a" } });
  assert.deepEqual(given.others(moved.picks[1]), { a: "away", c: "less_behind" });
  for (let count = 0; count < 4; count++) assert.notEqual(given.owner(await given.send()), "a");
  assert.equal(given.others((await given.send()).picks[0]).a, "away");
  await given.away("a", false);
  assert.equal(given.owner(await given.send()), "a", "the one who is owed one comes first");
});

test("what was left by whoever was the only one is theirs again when they are back", async () => {
  const alone = await team("alone", { members: { a: {} } });
  const item = await alone.send();
  await alone.away("a");
  assert.equal(alone.owner(await alone.read(item.row.id)), undefined);
  await alone.away("a", false);
  const again = await alone.read(item.row.id);
  assert.equal(alone.owner(again), "a");
  assert.deepEqual(again.picks.map(({ why }) => why), ["only", "only"]);
});

test("what nobody has room for waits in its queue, and goes to whoever has room first, the longest waiting first", async () => {
  const full = await team("full", { members: { a: { capacity: { total: 1 } }, b: { capacity: { kinds: { inquiry: 1 } } } } });
  const [one, two] = [await full.send(), await full.send()];
  assert.deepEqual([full.owner(one), full.owner(two)], ["a", "b"]);
  const [third, fourth] = [await full.send(), await full.send()];
  assert.deepEqual([full.owner(third), full.owner(fourth)], [undefined, undefined]);
  assert.deepEqual(full.others(third.picks[0]), { a: "full", b: "full_of_kind" });
  const b = await full.as("b");
  const waiting = (await b.items("sales", "?whose=unassigned")).map(({ id }) => id);
  assert.ok([third, fourth].every(({ row }) => waiting.includes(row.id)), "both are nobody's");
  // A note changes nothing about that.
  await b.act(fourth.row.id, { act: "note", text: "Looks urgent." });
  await b.act(two.row.id, { act: "close", outcome: "won", reason: "" });
  assert.deepEqual([full.owner(await full.read(third.row.id)), full.owner(await full.read(fourth.row.id))], ["b", undefined]);
  // Somebody may take what waits, whatever their room.
  const claimed = await (await full.as("a")).act(fourth.row.id, { act: "claim" });
  assert.deepEqual([claimed.status, full.owner(claimed.body)], [200, "a"]);
  await (await full.as("a")).act(fourth.row.id, { act: "release" });
  assert.equal(full.owner(await full.read(fourth.row.id)), undefined, "given back, it is nobody's: b is full");
  await b.act(third.row.id, { act: "close", outcome: "lost", reason: "" });
  assert.equal(full.owner(await full.read(fourth.row.id)), "b");
});

test("whoever owned the person's last item gets the next one, without asking for room", async () => {
  const known = await team("known", { members: { a: {}, b: { capacity: { total: 1 } } } });
  const email = `dana-${randomUUID()}@example.com`;
  assert.equal(known.owner(await known.send()), "a");
  const first = await known.send({ email });
  assert.equal(known.owner(first), "b");
  await (await known.as("b")).act(first.row.id, { act: "claim" });
  const again = await known.send({ email });
  assert.equal(known.owner(again), "b");
  assert.deepEqual([again.picks[0].why, again.picks[0].says], ["owner", "owned their last item"]);
  assert.deepEqual(known.others(again.picks[0]), { a: "not_owner" });
  await known.away("b");
  assert.equal(known.owner(await known.send({ email })), "a", "not while they are away");
});

test("an item that was none is owed to whoever got it, and no longer when it was one after all", async () => {
  const credit = await team("credit", { members: { a: {}, b: {} } });
  const junk = await credit.send();
  const a = await credit.as("a");
  await a.act(junk.row.id, { act: "close", outcome: "spam", reason: "" });
  const next = [];
  for (let count = 0; count < 4; count++) next.push(credit.owner(await credit.send()));
  assert.equal(next.filter((owner) => owner === "a").length, 2);
  assert.equal(next[0], "a", "as though it had not been");
  await a.act(junk.row.id, { act: "reopen" });
  const later = [];
  for (let count = 0; count < 5; count++) later.push(credit.owner(await credit.send()));
  assert.equal(later.filter((owner) => owner === "b").length, 3, `${later}`);
});

test("an item is handed over with a reason, by its owner or a manager, to somebody of its queue", async () => {
  const hand = await team("hand", { members: { a: {}, b: {}, m: { roles: ["manager"] } }, places: ["a", "b"] });
  const item = await hand.send();
  const [a, b, m] = [await hand.as("a"), await hand.as("b"), await hand.as("m")];
  assert.ok(item.colleagues.some(({ id }) => id === "hand-b") && !item.colleagues.some(({ id }) => id === "hand-a"));
  const give = (staff, to, reason) => staff.act(item.row.id, { act: "reassign", to, reason });
  assert.deepEqual([(await give(b, "hand-b", "mine")).status, (await give(b, "hand-b", "mine")).body.code], [409, "not_yours"]);
  assert.deepEqual([(await give(a, "sunil", "why")).status, (await give(a, "sunil", "why")).body.code], [422, "unknown_member"]);
  assert.equal((await give(a, "hand-b", " ")).body.code, "reason_missing");
  const handed = (await give(a, "hand-b", "Speaks Dutch.")).body;
  assert.deepEqual([hand.owner(handed), handed.row.state], ["b", "open"]);
  const last = handed.history.at(-1);
  assert.deepEqual([last.kind, last.actor.id, last.to.id, last.text], ["reassigned", "hand-a", "hand-b", "Speaks Dutch."]);
  assert.equal(handed.picks.at(-1).why, "given");
  assert.equal(hand.owner((await give(m, "hand-a", "B is ill.")).body), "a");
  assert.equal(m.session.manages && !a.session.manages, true);
});

test("a member is there when their shift begins: what waited for it is theirs then, after a kill -9 too", async () => {
  // A zone where it is about noon, so that the minute in which it begins is of the same day; and a quarter of a minute to get
  // ready.
  const now = new Date();
  const zone = `Etc/GMT${now.getUTCHours() >= 12 ? `+${now.getUTCHours() - 12}` : `-${12 - now.getUTCHours()}`}`;
  const opens = new Date(now.getTime() + 75_000);
  const from = `${opens.getUTCHours() === now.getUTCHours() ? 12 : 13}:${String(opens.getUTCMinutes()).padStart(2, "0")}`;
  const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
  const hours = { zone, week: Object.fromEntries(days.map((day) => [day, [[from, "20:00"]]])) };
  const shift = await team("shift", { members: { a: { hours } } });
  const item = await shift.send();
  assert.equal(shift.owner(item), undefined);
  assert.deepEqual(shift.others(item.picks[0]), { a: "off_shift" });
  const begins = new Date(item.picks[0].others[0].until);
  assert.ok(begins > now && begins - now <= 75_000, `${begins.toISOString()}`);
  await usher.kill9();
  await usher.start();
  const assigned = await until(async () => {
    const read = await shift.read(item.row.id);
    return read.row.owner && read;
  }, "the shift has begun", 120_000);
  assert.equal(shift.owner(assigned), "a");
  assert.ok(new Date(assigned.picks[1].at) >= begins);
});

test("shares and loads are the same after a restart", async () => {
  const given = await team("again", { places: [{ member: "a", weight: 300 }, "b", "c"], pool: { strategy: "weighted_fair" } });
  const before = [];
  for (let count = 0; count < 3; count++) before.push(given.owner(await given.send()));
  await usher.kill9();
  await usher.start();
  for (let count = 0; count < 2; count++) before.push(given.owner(await given.send()));
  assert.deepEqual([...before].sort(), ["a", "a", "a", "b", "c"]);
});

test("whoever owns open items stays a member until somebody else has them", async () => {
  const leave = await team("leave", { members: { a: {} } });
  const item = await leave.send();
  const without = { ...workspace, members: workspace.members.filter(({ id }) => id !== "leave-a") };
  without.pools = workspace.pools.filter(({ id }) => id !== "leave");
  without.routes = workspace.routes.filter(({ id }) => id !== "leave");
  const refused = await usher.operator("PUT", "workspaces/demo", without);
  assert.equal(refused.status, 422);
  assert.deepEqual(refused.body.fields, [
    { field: "members", code: "owns_items", message: '"leave-a" still owns open items: 1. Give them to others first' },
  ]);
  const a = await leave.as("a");
  await a.act(item.row.id, { act: "reassign", to: "mara", reason: "I am leaving." });
  assert.equal((await usher.operator("PUT", "workspaces/demo", without)).status, 200);
  const mara = await usher.signIn("mara");
  assert.equal((await mara.item(item.row.id)).row.owner.id, "mara");
});

test("a console that stays closed gives back what it was given and nobody accepted; one that is back in time does not", async () => {
  const there = await team("there", { members: { a: {}, b: {} }, pool: { present_only: true } });
  const [a, b] = [await there.as("a"), await there.as("b")];
  let socket = await a.live();
  const [item, kept] = [await there.send(), await there.send()];
  assert.deepEqual([there.owner(item), there.owner(kept)], ["a", "a"], "nobody else is there");
  await there.act("a", kept, { act: "claim" });
  const other = await b.live();
  const left = async () => (await there.read(item.row.id)).history.findLast(({ kind }) => kind === "taken_back");
  // A page that is loaded anew.
  socket.destroy();
  socket = await a.live();
  await usher.later(6 * 60);
  assert.deepEqual([there.owner(await there.read(item.row.id)), await left()], ["a", undefined]);
  // And now for good.
  socket.destroy();
  await until(async () => (await usher.later(6 * 60), left()), "it is taken back");
  const moved = await there.read(item.row.id);
  assert.deepEqual([there.owner(moved), (await left()).text], ["b", "left"]);
  assert.equal(there.owner(await there.read(kept.row.id)), "a", "what is in hand stays");
  other.destroy();
});
