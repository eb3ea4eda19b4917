// Promises in time: who is told when one is in danger, what is done about it, and a clock that stands still while the ball is
// with the visitor. The clock is put forward; what is due is done as the alarm does it.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";

import { teams } from "../support/team.mjs";
import { startUsher, support, trial, until } from "../support/usher.mjs";

let usher;
let team;
before(async () => {
  usher = await startUsher({ args: ["--faults"] });
  ({ team } = await teams(usher));
});
after(() => usher?.stop());

const MINUTE = 60;
const kinds = (item) => item.history.map(({ kind }) => kind);
const promise = (item, kind = "first_touch") => item.timers.find((timer) => timer.kind === kind);
const minutes = (from, to) => Math.round((new Date(to) - new Date(from)) / 60_000);

test("silence is answered: a nudge at half the time, then it is another's, then it stands before everything", async () => {
  const silent = await team("silent", { members: { a: {}, b: {} } });
  const item = await silent.send();
  const other = await silent.send();
  await silent.act("b", other, { act: "claim" });
  assert.deepEqual([silent.owner(item), item.row.urgency, promise(item).state], ["a", 0, "running"]);
  await usher.later(31 * MINUTE);
  const nudged = await silent.read(item.row.id);
  assert.deepEqual([silent.owner(nudged), nudged.row.urgency], ["a", 50]);
  assert.deepEqual([nudged.history.at(-1).kind, nudged.history.at(-1).to.id, nudged.history.at(-1).text], ["nudged", "silent-a", "first_touch 50"]);
  const [first] = await (await silent.as("a")).items("sales", "?whose=mine");
  assert.equal(first.id, item.row.id, "what presses stands first");
  await usher.later(15 * MINUTE);
  assert.deepEqual([(await silent.read(item.row.id)).row.urgency, kinds(await silent.read(item.row.id)).at(-1)], [75, "timer_warned"]);
  await usher.later(9 * MINUTE);
  const moved = await silent.read(item.row.id);
  assert.equal(silent.owner(moved), "b");
  assert.deepEqual(kinds(moved).slice(-3), ["timer_warned", "taken_back", "assigned"]);
  assert.deepEqual([moved.history.at(-2).text, moved.history.at(-2).to.id], ["silent", "silent-a"]);
  assert.equal(silent.others(moved.picks.at(-1)).a, "had");
  await usher.later(6 * MINUTE);
  const missed = await silent.read(item.row.id);
  assert.deepEqual([promise(missed).state, missed.row.urgency, kinds(missed).slice(-2)], ["missed", 100, ["timer_missed", "escalated"]]);
  const accepted = await silent.act("b", missed, { act: "claim" });
  assert.deepEqual([accepted.row.urgency, promise(accepted).state], [0, "missed"], "late is late, and nothing presses any more");
  // What was accepted in time hears nothing of all this.
  assert.deepEqual(kinds(await silent.read(other.row.id)), ["opened", "assigned", "claimed"]);
  assert.equal(promise(await silent.read(other.row.id)).state, "met");
});

test("an alarm that comes late does everything that was due, once", async () => {
  const late = await team("late", { members: { a: {}, b: {}, c: {}, d: {} } });
  const item = await late.send();
  await usher.later(3 * 60 * MINUTE);
  const read = await late.read(item.row.id);
  assert.deepEqual(kinds(read), ["opened", "assigned", "timer_missed", "escalated", "taken_back", "assigned"]);
  assert.deepEqual([late.owner(read), read.row.urgency], ["b", 100]);
  const before = kinds(read).length;
  await usher.later(60 * MINUTE);
  assert.equal(kinds(await late.read(item.row.id)).length, before);
});

test("where its own pool cannot take it, a wider one helps out", async () => {
  await team("helpers", { members: { x: {} } });
  const alone = await team("alone", { members: { a: {} }, pool: { widen_to: "helpers" } });
  const item = await alone.send();
  await alone.away("a");
  assert.equal(alone.owner(await alone.read(item.row.id)), undefined, "nobody else is in this pool");
  await usher.later(46 * MINUTE);
  const widened = await alone.read(item.row.id);
  assert.equal(widened.row.owner.id, "helpers-x");
  assert.deepEqual(kinds(widened).slice(-3), ["timer_warned", "widened", "assigned"]);
  assert.equal(widened.history.at(-2).text, "helpers");
});

test("what is handed over, or given back, has a clock of its own: nothing falls between two people", async () => {
  const hand = await team("hand", { members: { a: {}, b: {}, c: {} }, places: ["a", "b", "c"] });
  const item = await hand.send();
  await hand.act("a", item, { act: "claim" });
  const given = await hand.act("a", item, { act: "reassign", to: "hand-b", reason: "Speaks Dutch." });
  assert.deepEqual([promise(given).state, promise(given, "accept").state], ["met", "running"]);
  await usher.later(31 * MINUTE);
  assert.equal((await hand.read(item.row.id)).history.at(-1).kind, "nudged");
  await usher.later(24 * MINUTE);
  const moved = await hand.read(item.row.id);
  assert.equal(hand.owner(moved), "c");
  assert.deepEqual(kinds(moved).slice(-2), ["taken_back", "assigned"]);
  const accepted = await hand.act("c", moved, { act: "claim" });
  assert.deepEqual([promise(accepted, "accept").state, accepted.row.urgency], ["met", 0]);
  const back = await hand.act("c", accepted, { act: "release" });
  assert.deepEqual([hand.owner(back), promise(back, "accept").state], [undefined, "running"]);
  await usher.later(61 * MINUTE);
  const missed = await hand.read(item.row.id);
  assert.deepEqual([promise(missed, "accept").state, missed.row.urgency], ["missed", 100]);
});

test("a rule has remedies of its own, and an item goes round no more than three times", async () => {
  const remedies = [10, 20, 30, 40].map((at) => ({ at, do: "reassign" }));
  const round = await team("round", { members: { a: {}, b: {}, c: {}, d: {}, e: {} }, rule: { remedies } });
  const item = await round.send();
  const owners = [round.owner(item)];
  for (const _ of remedies) {
    await usher.later(6 * MINUTE);
    owners.push(round.owner(await round.read(item.row.id)));
  }
  assert.deepEqual(owners, ["a", "b", "c", "d", "d"]);
});

test("while the ball is with the visitor the clock stands still, and their answer starts another", async () => {
  const waits = await team("waits", { members: { a: {} }, rule: { close_minutes: 600, next_reply_minutes: 30 } });
  const email = `eli-${randomUUID()}@example.com`;
  const item = await waits.send({ email });
  await waits.act("a", item, { act: "claim" });
  assert.equal(minutes(item.row.opened_at, promise(item, "close").due_at), 600);
  await usher.later(100 * MINUTE);
  const waiting = await waits.act("a", item, { act: "wait" });
  assert.deepEqual([promise(waiting, "close").state, waiting.row.rests], ["paused", { why: "waiting", until: null }]);
  await usher.later(30 * 60 * MINUTE);
  assert.equal(promise(await waits.read(item.row.id), "close").state, "paused");
  const answer = await waits.send({ email });
  const woken = await waits.read(item.row.id);
  assert.deepEqual([woken.row.rests, kinds(woken).includes("answered")], [null, true]);
  assert.equal(promise(woken, "close").state, "running");
  assert.equal(minutes(answer.row.opened_at, promise(woken, "close").due_at), 500);
  assert.deepEqual([promise(woken, "next_reply").state, minutes(answer.row.opened_at, promise(woken, "next_reply").due_at)], ["running", 30]);
  await usher.later(31 * MINUTE);
  const late = await waits.read(item.row.id);
  assert.deepEqual([promise(late, "next_reply").state, late.row.urgency], ["missed", 100]);
  const closed = await waits.act("a", item, { act: "close", outcome: "won", reason: "" });
  assert.deepEqual([promise(closed, "close").state, promise(closed, "next_reply").state], ["met", "missed"]);
  const reopened = await waits.act("a", item, { act: "reopen" });
  assert.equal(promise(reopened, "close").state, "running", "it is to be closed again");
});

test("what is put off rests at the end of the queue until its time, and its clocks go on", async () => {
  const snooze = await team("snooze", { members: { a: {} }, rule: { close_minutes: 600 } });
  const item = await snooze.send();
  await snooze.act("a", item, { act: "claim" });
  const until_ = new Date(new Date(item.row.opened_at).getTime() + 40 * 60 * 60_000).toISOString();
  const a = await snooze.as("a");
  const refused = await a.act(item.row.id, { act: "snooze", until: "2020-01-01T00:00:00Z" });
  assert.deepEqual([refused.status, refused.body.code], [409, "bad_moment"]);
  assert.equal(refused.body.title, "Choose a time that is to come, and within a year.");
  const put = await snooze.act("a", item, { act: "snooze", until: until_ });
  assert.deepEqual(put.row.rests, { why: "snoozed", until: until_ });
  assert.equal(promise(put, "close").state, "running");
  const other = await snooze.send();
  assert.deepEqual((await a.items("sales", "?whose=mine")).map(({ id }) => id), [other.row.id, item.row.id]);
  await usher.later(40 * 60 * MINUTE);
  const woken = await snooze.read(item.row.id);
  assert.deepEqual([woken.row.rests, kinds(woken).includes("woke")], [null, true]);
  const resumed = await a.act(item.row.id, { act: "resume" });
  assert.deepEqual([resumed.status, resumed.body.code], [409, "not_resting"]);
});

test("a complaint is closed with a word on how it was settled", async () => {
  const mara = await usher.signIn("mara");
  const { body: receipt } = await usher.submit("support", support({ message: "This is unacceptable, I want my money back." }));
  const item = await mara.itemOf(receipt);
  assert.equal(item.row.complaint, true);
  await mara.act(item.row.id, { act: "claim" });
  const refused = await mara.act(item.row.id, { act: "close", outcome: "solved", reason: " " });
  assert.deepEqual([refused.status, refused.body.code], [409, "close_reason_missing"]);
  const closed = await mara.act(item.row.id, { act: "close", outcome: "solved", reason: "Paid back." });
  assert.equal(closed.body.history.at(-1).text, "solved: Paid back.");
});

test("pages of a queue follow its order, whatever presses and rests", async () => {
  const pages = await team("pages", { members: { a: {} } });
  const sent = [];
  for (let count = 0; count < 56; count++) sent.push(await pages.send());
  await pages.act("a", sent[3], { act: "snooze", until: new Date(Date.now() + 300 * 24 * 60 * 60_000).toISOString() });
  await usher.later(31 * MINUTE);
  const a = await pages.as("a");
  const all = [];
  for await (const row of a.allItems("sales")) all.push(row);
  assert.equal(new Set(all.map(({ id }) => id)).size, all.length, "none twice");
  assert.ok(sent.every(({ row }) => all.some(({ id }) => id === row.id)), "none missed");
  const rank = ({ rests, complaint, urgency, score }) => [rests ? 1 : 0, complaint ? 0 : 1, -urgency, -score];
  const order = all.map(rank).map((ranks) => ranks.map((rank) => String(rank + 1_000).padStart(5, "0")).join());
  assert.deepEqual(order, [...order].sort());
});

test("a follow-up that is due goes with the item to whoever it is handed to", async () => {
  const mara = await usher.signIn("mara");
  const DAY = 24 * 60 * MINUTE;
  const day = (ms) => new Date(ms).toISOString().slice(0, 10);
  // The clock was put forward before; a day that is to come by it is far enough by any.
  const start = Date.now() + 20 * DAY * 1_000;
  const { body: receipt } = await usher.submit("trial", trial({ starts_on: day(start), ends_on: day(start + DAY * 1_000) }));
  const item = await mara.itemOf(receipt);
  const owner = await usher.signIn(item.row.owner.id);
  await owner.act(item.row.id, { act: "claim" });
  for (let days = 0; days < 22; days += 2) await usher.later(2 * DAY);
  // Sessions ended on the way.
  const again = await usher.signIn("mara");
  assert.ok((await again.item(item.row.id)).row.follow_up, "the follow-up is due");
  const handed = await again.act(item.row.id, { act: "reassign", to: "mara", reason: "I know them." });
  assert.ok(handed.body.row.follow_up, "it is still to be made");
  const accepted = await again.act(item.row.id, { act: "claim" });
  assert.equal(accepted.body.row.follow_up, null);
});

test("the alarm itself fires when it is time, after a kill -9 too", async (context) => {
  // One whose clock was never put forward, and the shortest promise there is: half of it is half a minute.
  const own = await startUsher();
  context.after(() => own.stop());
  const soon = await (await teams(own)).team("soon", { members: { a: {} }, rule: { first_touch_minutes: 1 } });
  const item = await soon.send();
  await own.kill9();
  await own.start();
  const nudged = await until(async () => {
    const read = await soon.read(item.row.id);
    return read.row.urgency >= 50 && read;
  }, "half of the minute is over", 60_000);
  assert.equal(nudged.history.find(({ kind }) => kind === "nudged").to.id, "soon-a");
});
