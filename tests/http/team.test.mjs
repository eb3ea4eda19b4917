// The Team page's calls: who is there, each one's share, what is at risk, and when members work.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { teams } from "../support/team.mjs";
import { startUsher } from "../support/usher.mjs";

let usher;
let team;
before(async () => {
  usher = await startUsher({ args: ["--faults"] });
  ({ team } = await teams(usher));
});
after(() => usher?.stop());

const view = async (staff) => (await staff.call("team")).body;
const manager = { m: { roles: ["manager"] } };

test("each one's share, what they have to do, and why they could not take an item now", async () => {
  const shares = await team("shares", {
    members: { a: {}, b: { capacity: { total: 1 } }, c: { leave: [{ from: "2026-01-01", until: "2099-01-01" }] }, ...manager },
    places: [{ member: "a", weight: 300 }, "b", "c"],
  });
  const items = [];
  for (let count = 0; count < 4; count++) items.push(await shares.send());
  await shares.act("a", items[0], { act: "claim" });
  const seen = await view(await shares.as("a"));
  const { seats, waiting, strategy } = seen.pools.find(({ id }) => id === "shares");
  assert.deepEqual([strategy, waiting], ["weighted_fair", 0]);
  const seat = (member) => seats.find((seat) => seat.member.id === `shares-${member}`);
  assert.deepEqual([seat("a").share, seat("b").share, seat("c").share], [600, 200, 200]);
  assert.deepEqual([seat("a").given, seat("b").given, seat("c").given], [3, 1, 0]);
  assert.deepEqual([seat("a").cannot, seat("b").cannot.why, seat("c").cannot.why], [null, "full", "on_leave"]);
  assert.ok(seat("c").cannot.until.startsWith("2099-01-02"), seat("c").cannot.until);
  const member = (id) => seen.members.find(({ member }) => member.id === `shares-${id}`);
  assert.deepEqual([member("a").open, member("a").given, member("a").accepts_in], [3, 2, 0]);
  assert.deepEqual([member("b").open, member("b").given, member("b").accepts_in], [1, 1, null]);
  assert.deepEqual([seen.manages, (await view(await shares.as("m"))).manages], [false, true]);
});

test("what is at risk is shown to those who work its queue, the most pressing first", async () => {
  const risk = await team("risk", { members: { a: {}, ...manager }, places: ["a"] });
  const first = await risk.send();
  await usher.later(20 * 60);
  const second = await risk.send();
  const own = async () => (await view(await risk.as("a"))).at_risk.map(({ id }) => id).filter((id) => [first, second].some(({ row }) => row.id === id));
  assert.deepEqual(await own(), []);
  await usher.later(35 * 60);
  assert.deepEqual(await own(), [first.row.id, second.row.id]);
  await (await risk.as("a")).act(second.row.id, { act: "claim" });
  assert.deepEqual(await own(), [first.row.id]);
  const hana = await usher.signIn("hana");
  assert.ok((await view(hana)).at_risk.every(({ queue }) => queue === "success"));
  const jonas = await usher.signIn("jonas");
  assert.equal((await jonas.call("team")).status, 403);
});

test("a manager says that somebody is away, and moves their hours; what waits follows", async () => {
  const moves = await team("moves", { members: { a: {}, ...manager }, places: ["a"] });
  const m = await moves.as("m");
  const away = await m.call("team/moves-a/presence", { method: "POST", body: { away: true } });
  assert.equal(away.body.members.find(({ member }) => member.id === "moves-a").away, true);
  const item = await moves.send();
  assert.equal(moves.owner(item), undefined);
  const plan = async () => (await view(m)).members.find(({ member }) => member.id === "moves-a").plan;
  const never = { hours: { zone: "UTC", week: {}, closed: [] }, leave: [{ from: "2026-02-30", until: "2026-01-01" }], capacity: { total: 100_000 } };
  const change = (staff, base, plan) => staff.call("team/moves-a", { method: "PUT", body: { base, plan } });
  const refused = await change(m, await plan(), never);
  assert.equal(refused.status, 422);
  assert.deepEqual(refused.body.fields.map(({ field }) => field).sort(), ["capacity.total", "hours", "leave[0]"]);
  assert.equal((await change(await moves.as("a"), await plan(), never)).status, 403);

  const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
  const always = Object.fromEntries(days.map((day) => [day, [["00:00", "23:59"]]]));
  const wanted = { hours: { zone: "Asia/Tokyo", week: always }, leave: [], capacity: { total: 3 } };
  const base = await plan();
  assert.equal((await change(m, base, wanted)).status, 200);
  assert.deepEqual(await plan(), { ...wanted, hours: { ...wanted.hours } });
  assert.deepEqual([(await change(m, base, wanted)).status, (await change(m, base, wanted)).body.code], [409, "stale"]);
  await m.call("team/moves-a/presence", { method: "POST", body: { away: false } });
  assert.equal(moves.owner(await moves.read(item.row.id)), "a");
  assert.equal((await m.call("team/nobody/presence", { method: "POST", body: { away: true } })).status, 404);
});
