// The Routing page's calls: what is wrong with a table and odd in it, who would get something and when, where the past would have
// gone, and publishing by two people at once.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { teams } from "../support/team.mjs";
import { startUsher } from "../support/usher.mjs";

let usher;
let team;
let mara;
before(async () => {
  usher = await startUsher();
  ({ team } = await teams(usher));
  mara = await usher.signIn("mara");
});
after(() => usher?.stop());

const view = async () => (await mara.call("routing")).body;
const post = (path, body, staff = mara) => staff.call(`routing/${path}`, { method: "POST", body });
const publish = (body, staff = mara) => staff.call("routing", { method: "PUT", body });
const places = ({ fields }) => fields.map(({ field }) => field);

test("a table that makes no sense is refused whole, with every place named", async () => {
  const { version, table } = await view();
  const bad = structuredClone(table);
  bad.pools[0].members = ["mara", "nobody", { member: "theo", weight: 0 }];
  bad.pools[1].hours = { zone: "Mars/Olympus", week: {} };
  bad.pools[2].hours = { zone: "UTC", week: { monday: [["17:00", "09:00"]] } };
  bad.pools[3].widen_to = "learner_support";
  bad.routes[0].when = { "visit.phase": 1 };
  bad.routes[1].pool = "nowhere";
  bad.routes[2].first_touch_minutes = 0;
  bad.routes.at(-1).when = { complaint: true };
  const refused = await publish({ version, table: bad, note: "" });
  assert.deepEqual([refused.status, refused.body.code], [422, "invalid_table"]);
  const expected = [
    "pools[0].members[1]", "pools[0].members[2].weight", "pools[1].hours", "pools[2].hours", "pools[3].widen_to",
    "routes", "routes[0].when", "routes[1].pool", "routes[2].first_touch_minutes",
  ];
  assert.deepEqual([...new Set(places(refused.body))].sort(), expected);
  assert.deepEqual((await post("check", { table: bad })).body.problems, refused.body.fields);
  assert.deepEqual(places((await publish({ version, table: { ...table, rotues: [] }, note: "" })).body), ["rotues"]);
  assert.deepEqual(await view(), { ...(await view()), version, table }, "nothing has changed");
});

test("what is odd is told, and stops nothing", async () => {
  const { version, table, hints } = await view();
  assert.deepEqual(hints.filter(({ code }) => code !== "unused_pool" && code !== "one_member"), []);
  const odd = structuredClone(table);
  odd.routes.splice(1, 0, { ...odd.routes[0], id: "again", when: { complaint: true, "site.partner": true } });
  const checked = (await post("check", { table: odd })).body;
  assert.deepEqual(checked.problems, []);
  assert.deepEqual(
    checked.hints.filter(({ path }) => path.startsWith("routes[1]")),
    [{ path: "routes[1]", code: "unreachable", says: '"A complaint is answered before other requests" before it takes everything that this would match' }],
  );
  assert.equal((await publish({ version, table: odd, note: "Odd" })).status, 200);
  assert.equal((await view()).hints.some(({ code }) => code === "unreachable"), true);
  const back = await post("roll-back", { version: version + 1, to: version });
  assert.equal(back.status, 200);
  assert.deepEqual(back.body.table, table);
  const [now, before_] = back.body.versions;
  assert.deepEqual([now.version, now.by.id, now.note], [version + 2, "mara", `Back to version ${version}`]);
  assert.deepEqual([before_.version, before_.note], [version + 1, "Odd"]);
  assert.deepEqual((await mara.call(`routing/versions/${version + 1}`)).body.table, odd);
});

test("of two who publish at once one is told that the other was faster, and nothing of theirs is half done", async () => {
  const { version, table } = await view();
  const with_ = (says) => ({ ...table, routes: table.routes.map((rule, index) => (index === 0 ? { ...rule, says } : rule)) });
  const answers = await Promise.all(["One", "Two"].map((says) => publish({ version, table: with_(says), note: says })));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
  const won = answers.find(({ status }) => status === 200).body;
  const lost = answers.find(({ status }) => status === 409).body;
  assert.equal(lost.code, "stale");
  assert.deepEqual([won.version, (await view()).version], [version + 1, version + 1]);
  assert.equal((await view()).table.routes[0].says, won.versions[0].note);
  const entries = (await mara.call("audit")).body.entries.filter(({ what }) => what === "routed");
  assert.deepEqual([entries[0].actor.id, entries[0].text], ["mara", `${version + 1}: ${won.versions[0].note}`]);
});

test("who would get this at three on Sunday, and by another table", async () => {
  const week = { monday: [["09:00", "17:00"]] };
  const night = await team("night", { members: { a: { hours: { zone: "UTC", week } }, b: { hours: { zone: "Asia/Tokyo", week } } } });
  const item = await night.send();
  const [sunday, monday, tokyo] = ["2026-11-29T03:00:00Z", "2026-11-30T12:00:00Z", "2026-11-30T01:00:00Z"];
  const simulate = async (body) => (await post("simulate", body)).body;
  const asleep = await simulate({ item: item.row.reference, at: sunday });
  assert.deepEqual([asleep.route.rule, asleep.pick.member], ["night", null]);
  assert.deepEqual(asleep.pick.others.map(({ why, until }) => [why, until]), [
    ["off_shift", "2026-11-30T09:00:00.000Z"],
    ["off_shift", "2026-11-30T00:00:00.000Z"],
  ]);
  assert.equal((await simulate({ item: item.row.id, at: monday })).pick.member.id, "night-a");
  assert.equal((await simulate({ item: item.row.id, at: tokyo })).pick.member.id, "night-b");
  const { table } = await view();
  const always = { ...table, routes: table.routes.map((rule) => (rule.id === "night" ? { ...rule, any_hour: true } : rule)) };
  assert.equal((await simulate({ table: always, item: item.row.id, at: sunday })).pick.member?.id, "night-a");
  const facts = { form: { kind: "support" }, complaint: true };
  const complaint = await simulate({ basis: { facts, at: sunday }, at: "2026-11-30T10:00:00Z" });
  assert.deepEqual([complaint.route.rule, complaint.answer_by], ["complaint", "2026-11-30T12:00:00.000Z"]);
  assert.equal((await post("simulate", { item: "USH-NONE", at: sunday })).status, 404);
  assert.equal((await post("simulate", { item: item.row.id, at: "Sunday" })).body.code, "bad_moment");
  assert.equal((await post("simulate", { at: sunday })).body.code, "nothing_to_route");
});

test("the past is routed by another table, and each item says where it would have gone", async () => {
  const past = await team("past", { members: { a: {} } });
  const sent = [await past.send(), await past.send(), await past.send()];
  const { table } = await view();
  const elsewhere = { ...table, routes: table.routes.map((rule) => (rule.id === "past" ? { ...rule, queue: "success", pool: "learner_support" } : rule)) };
  const all = [];
  let after;
  do {
    const page = (await post("replay", { table: elsewhere, days: 90, after })).body;
    assert.equal(page.differ, 0);
    all.push(...page.items);
    after = page.next;
  } while (after);
  const moved = all.filter(({ before, after }) => before.queue !== after.queue);
  assert.deepEqual(moved.map(({ id }) => id).sort(), sent.map(({ row }) => row.id).sort());
  assert.ok(moved.every(({ before, after }) => before.queue === "sales" && after.queue === "success"));
  assert.ok(all.every(({ before, after }) => before.tier === after.tier), "a table changes no score");
});

test("a draft is kept for everybody, whoever saves an older one is told, and publishing it ends it", async () => {
  const save = (body, staff = mara) => staff.call("routing/draft", { method: "PUT", body });
  const { version, table, draft } = await view();
  assert.equal(draft, null);
  // It may make no sense yet.
  const mine = { ...table, routes: table.routes.map((rule, at) => (at ? rule : { ...rule, first_touch_minutes: 0, says: "Mine" })) };
  const saved = await save({ table: mine, base: version, revision: 0 });
  assert.deepEqual([saved.status, saved.body.draft.by.id, saved.body.draft.table.routes[0].says], [200, "mara", "Mine"]);
  assert.deepEqual((await view()).table, table, "nothing is in force of it");
  const late = await save({ table, base: version, revision: 0 });
  assert.deepEqual([late.status, late.body.code, late.body.title.includes("has saved another draft meanwhile.")], [409, "stale", true]);
  const good = { ...table, routes: table.routes.map((rule, at) => (at ? rule : { ...rule, says: "Ours" })) };
  const again = await save({ table: good, base: version, revision: saved.body.draft.revision });
  assert.equal(again.body.draft.table.routes[0].says, "Ours");
  const other = await publish({ version, table: { ...table, routes: table.routes.map((rule, at) => (at ? rule : { ...rule, says: "Theirs" })) }, note: "" });
  assert.equal(other.body.draft.table.routes[0].says, "Ours", "who works on a draft keeps it");
  const published = await publish({ version: other.body.version, table: good, note: "" });
  assert.deepEqual([published.status, published.body.draft], [200, null]);
  await save({ table: good, base: published.body.version, revision: 0 });
  assert.equal((await mara.call("routing/draft", { method: "DELETE" })).body.draft, null);
});

test("whoever may not change it may look", async () => {
  const theo = await usher.signIn("theo");
  const seen = await theo.call("routing");
  assert.deepEqual([seen.status, seen.body.may_change], [200, false]);
  assert.equal((await publish({ version: seen.body.version, table: seen.body.table }, theo)).status, 403);
  assert.equal((await post("simulate", { at: "2026-11-29T03:00:00Z" }, theo)).status, 403);
});
