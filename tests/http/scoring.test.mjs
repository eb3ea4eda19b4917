// The score card as people work on it: a draft that all share, publishing and rolling back, what-if, and replay on the past.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";

import { inquiry, startUsher, support, trial, until } from "../support/usher.mjs";

let usher;
let mara;
let jonas;
before(async () => {
  usher = await startUsher();
  mara = await usher.signIn("mara");
  jonas = await usher.signIn("jonas");
});
after(() => usher?.stop());

const post = (path, body, staff = mara) => staff.call(`scoring/${path}`, { method: "POST", body });
const scoring = async (staff = mara) => (await staff.call("scoring")).body;
const save = (card, revision = 0, staff = mara) => staff.call("scoring/draft", { method: "PUT", body: { card, revision } });
const fields = ({ body }) => body.fields.map(({ field }) => field);
const rule = (card, id) => card.rules.find((rule) => rule.id === id);
async function opened(form = "inquiry", body = inquiry()) {
  const sent = await usher.submit(form, body, { headers: { "user-agent": `Mozilla/5.0 Chrome/140.0 ${randomUUID()}` } });
  assert.equal(sent.status, 200, JSON.stringify(sent.body));
  return mara.itemOf(sent.body);
}

describe("the card", () => {
  test("can be looked at by everybody, and changed by those whose role lets them", async () => {
    const [hers, his] = [await scoring(), await scoring(jonas)];
    assert.deepEqual([hers.may_change, his.may_change], [true, false]);
    assert.deepEqual(his.card, hers.card);
    assert.deepEqual([mara.session.scoring, jonas.session.scoring], [true, false]);
    assert.ok(hers.facts.some(({ path, says, kind }) => path === "email.free" && says && kind === "yes_no"));
    const interest = hers.facts.find(({ path }) => path === "values.interest");
    assert.ok(interest.options.some(([value, label]) => value === "team" && label === "Classes for my team"));
    assert.deepEqual(hers.hints, [], "the card that we ship has nothing odd in it");
    for (const [method, path, body] of [
      ["PUT", "draft", { card: hers.card, revision: 0 }],
      ["DELETE", "draft"],
      ["DELETE", "rescoring"],
      ["POST", "publish", { version: hers.version, revision: 0, rescore: false }],
      ["POST", "roll-back", { version: hers.version, to: 1, rescore: false }],
      ["POST", "check", { card: hers.card }],
      ["POST", "replay", { card: hers.card, days: 90 }],
      ["POST", "what-if", { basis: { facts: {}, at: "2026-01-01T00:00:00Z" } }],
    ]) {
      const { status, body: told } = await jonas.call(`scoring/${path}`, { method, body });
      assert.deepEqual([status, told.code], [403, "not_allowed"], path);
    }
    assert.deepEqual(await scoring(), hers);
    assert.equal((await usher.json("/v1/console/scoring")).status, 401);
  });

  test("is checked as it is written: every problem with its place, and what is odd where there is none", async () => {
    const { card } = await scoring();
    rule(card, "work_address").points = null;
    rule(card, "looked_at_prices").events.half_life_days = -1;
    card.rules.push({ id: "odd", group: "intent", when: { "visit.pagez": 3 }, points: 1, says: "Odd" });
    card.tiers.intent = [10, 20];
    const last = card.rules.length - 1;
    const at = (id) => card.rules.findIndex((rule) => rule.id === id);
    const checked = (await post("check", { card })).body;
    const expected = [
      `card.rules[${at("work_address")}].points`,
      `card.rules[${at("looked_at_prices")}].events.half_life_days`,
      `card.rules[${last}].when`,
      "card.tiers.intent",
    ];
    assert.deepEqual(checked.problems.map(({ field }) => field).sort(), expected.sort());
    assert.ok(checked.problems.every(({ message }) => message));
    assert.deepEqual(fields(await save(card)).sort(), expected, "and it is not kept");
    assert.equal((await scoring()).draft, null);

    const odd = (await scoring()).card;
    odd.rules.push({ id: "never", group: "fit", when: { "form.kind": "purchase" }, points: 3, says: "Never" });
    const { problems, hints } = (await post("check", { card: odd })).body;
    assert.deepEqual([problems, hints.map(({ path, code }) => [path, code])], [[], [[`card.rules[${odd.rules.length - 1}].when`, "never"]]]);
    odd.rules[2].pionts = 3;
    const [unreadable] = (await post("check", { card: odd })).body.problems;
    assert.equal(unreadable.field, "card.rules[2].pionts");
    assert.match(unreadable.message, /unknown field `pionts`/);
    const not = await post("check", { kard: odd });
    assert.deepEqual([not.status, not.body.code], [422, "invalid_call"]);
  });
});

describe("a draft", () => {
  test("is shared, is saved by one at a time, and changes nothing until it is published", async () => {
    const { card, version } = await scoring();
    rule(card, "names_company").points = 9;
    const saved = await save(card);
    assert.equal(saved.status, 200, JSON.stringify(saved.body));
    assert.deepEqual([saved.body.draft.revision, saved.body.draft.base, saved.body.draft.by.id], [1, version, "mara"]);
    assert.deepEqual((await scoring(jonas)).draft.card, card);
    const stale = await save(card, 0);
    assert.deepEqual([stale.status, stale.body.code], [409, "stale"]);
    assert.equal((await save(card, 1)).body.draft.revision, 2);
    const item = await opened("inquiry", inquiry({ company: "Lindqvist AB" }));
    assert.equal(item.score.reasons.find(({ rule }) => rule === "names_company").points, 6);
    assert.equal(item.score.config_version, version);
  });

  test("is published as a new version, with who and why, and open items are scored by it", async () => {
    const item = await opened("inquiry", inquiry({ company: "Lindqvist AB" }));
    const { version, draft } = await scoring();
    const stale = await post("publish", { version, revision: draft.revision - 1, rescore: true });
    assert.deepEqual([stale.status, stale.body.code], [409, "stale"]);
    const { status, body } = await post("publish", { version, revision: draft.revision, rescore: true, note: "Companies buy more" });
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual([body.version, body.draft, rule(body.card, "names_company").points], [version + 1, null, 9]);
    const [first] = body.versions;
    assert.deepEqual([first.version, first.by.id, first.note], [version + 1, "mara", "Companies buy more"]);
    const rated = await until(async () => {
      const now = await mara.item(item.row.id);
      return now.score.config_version === version + 1 && now;
    }, "the item is scored by the new card");
    assert.equal(rated.score.total, item.score.total + 3);
    const { why, moved, config_version } = rated.scorings.at(-1);
    assert.deepEqual([why, config_version, moved.map(({ rule, from, to }) => [rule, from, to])], ["published", version + 1, [["names_company", 6, 9]]]);
    await until(async () => (await scoring()).rescoring === null, "all are scored");
    const none = await post("publish", { version: version + 1, revision: 0, rescore: false });
    assert.deepEqual([none.status, none.body.code], [404, "no_draft"]);
  });

  test("is published without scoring anew: what is there stays as it was scored, and says by which version", async () => {
    const item = await opened("inquiry", inquiry({ company: "Lindqvist AB" }));
    const { version, card } = await scoring();
    rule(card, "names_company").points = 1;
    const { draft } = (await save(card)).body;
    await post("publish", { version, revision: draft.revision, rescore: false });
    const next = await opened("inquiry", inquiry({ company: "Lindqvist AB" }));
    assert.equal(next.score.config_version, version + 1);
    const now = await mara.item(item.row.id);
    assert.deepEqual([now.score.config_version, now.score.total], [version, item.score.total]);
  });

  test("is dropped, and an earlier card comes back as a new version", async () => {
    const { version, card, versions } = await scoring();
    await save({ ...card, rules: card.rules.slice(1) });
    const dropped = await mara.call("scoring/draft", { method: "DELETE" });
    assert.equal(dropped.body.draft, null);
    const first = versions.at(-1).version;
    const kept = (await mara.call(`scoring/versions/${first}`)).body.card;
    assert.equal(rule(kept, "names_company").points, 6);
    const stale = await post("roll-back", { version: version - 1, to: first, rescore: true });
    assert.deepEqual([stale.status, stale.body.code], [409, "stale"]);
    const { status, body } = await post("roll-back", { version, to: first, rescore: true });
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual([body.version, body.card, body.versions.length], [version + 1, kept, versions.length + 1]);
    assert.match(body.versions[0].note, new RegExp(`version ${first}`));
    const nowhere = await mara.call("scoring/versions/999");
    assert.deepEqual([nowhere.status, nowhere.body.code], [404, "unknown_version"]);
  });
});

describe("what-if", () => {
  const ago = (days) => new Date(Date.now() - days * 86_400_000).toISOString();
  const basis = () => ({
    facts: { form: { kind: "inquiry" }, email: { free: false }, values: { interest: "team" }, page: { pricing: true } },
    events: [0, 3].map((days) => ({ at: ago(days), kind: "pricing_viewed" })),
    at: new Date().toISOString(),
  });

  test("says what a lead would score, and where it would go, by both cards", async () => {
    const { card } = await scoring();
    rule(card, "for_a_team").points = 2;
    const { status, body } = await post("what-if", { card, basis: basis() });
    assert.equal(status, 200, JSON.stringify(body));
    const points = (supposed, id) => supposed.score.reasons.find(({ rule }) => rule === id)?.points;
    assert.deepEqual([points(body.live, "for_a_team"), points(body.draft, "for_a_team")], [20, 2]);
    assert.equal(body.live.score.total - body.draft.score.total, 18);
    assert.deepEqual([body.live.route.rule, body.live.score.tier], ["team", "A1"]);
    assert.ok(points(body.live, "looked_at_prices") > 10);
    const free = basis();
    free.facts.email.free = true;
    assert.equal((await post("what-if", { basis: free })).body.live.score.total, body.live.score.total - 8);
  });

  test("starts from an item, and gives its score", async () => {
    const item = await opened("trial", trial());
    const started = (await mara.call(`scoring/basis/${item.row.id}`)).body;
    const { body } = await post("what-if", { basis: started });
    assert.deepEqual([body.live.score.total, body.live.score.tier, body.live.route.rule], [item.score.total, item.score.tier, item.route.rule]);
    assert.equal((await mara.call("scoring/basis/nobody")).status, 404);
  });

  test("names everything that makes no sense", async () => {
    const wrong = basis();
    wrong.facts.email.free = "yes";
    wrong.events[1].at = "yesterday";
    wrong.at = "now";
    const answer = await post("what-if", { basis: wrong });
    assert.equal(answer.status, 422);
    assert.deepEqual(fields(answer).sort(), ["basis.at", "basis.events[1].at", "basis.facts.email.free"]);
  });
});

describe("a replay", () => {
  async function replay(card, days = 90) {
    const items = [];
    let [after, page] = [undefined, undefined];
    const sums = { skipped: 0, differ: 0 };
    do {
      const answer = await post("replay", { card, days, after });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      page = answer.body;
      items.push(...page.items);
      sums.skipped += page.skipped;
      sums.differ += page.differ;
      after = page.next;
    } while (after);
    return { items, of: page.of, ...sums };
  }

  test("of the card in force changes nothing: decisions are deterministic", async () => {
    await opened("support", support());
    const { card } = await scoring();
    const { items, of, skipped, differ } = await replay(card);
    assert.ok(items.length > 5 && items.length === of && skipped === 0);
    assert.equal(differ, 0);
    for (const { before, after } of items) assert.deepEqual(after, before);
  });

  test("of another card says whose tier and whose queue change, as of when each was opened", async () => {
    const team = await opened("inquiry", inquiry({ interest: "team", seats: "12" }));
    const alone = await opened("inquiry", inquiry({ interest: "myself" }));
    await mara.act(team.row.id, { act: "claim" });
    await mara.act(team.row.id, { act: "close", outcome: "won", reason: "" });
    const { card } = await scoring();
    // Teams are worth nothing, and a question is no sign of anything.
    rule(card, "for_a_team").points = 0;
    rule(card, "sends_inquiry").points = 0;
    const { items, differ } = await replay(card);
    assert.equal(differ, 0);
    const found = (row) => items.find(({ id }) => id === row.id);
    const { before, after, outcome } = found(team.row);
    assert.deepEqual([before.tier, before.total, before.queue, before.route], [team.score.tier, team.score.total, team.row.queue, team.route.rule]);
    assert.equal(after.total, team.score.total - 35);
    assert.notEqual(after.tier, before.tier);
    assert.equal(outcome, "won");
    assert.equal(found(alone.row).after.total, alone.score.total - 15);
  });

  test("refuses what it cannot do", async () => {
    const { card } = await scoring();
    const far = await post("replay", { card, days: 400 });
    assert.deepEqual([far.status, far.body.code], [422, "invalid_days"]);
    const nowhere = await post("replay", { card, days: 30, after: "here" });
    assert.deepEqual([nowhere.status, nowhere.body.code], [422, "invalid_start"]);
    card.rules[0].when = { "email.fre": 1 };
    const wrong = await post("replay", { card, days: 30 });
    assert.deepEqual([wrong.status, fields(wrong)], [422, ["card.rules[0].when"]]);
  });
});
