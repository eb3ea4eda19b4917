// What an item's score says: of a lead, of a customer, of somebody who is not scored; and which cards are refused.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { demoWorkspace } from "../support/hosts.mjs";
import { inquiry, startUsher } from "../support/usher.mjs";

let usher;
let mara;
before(async () => {
  usher = await startUsher();
  mara = await usher.signIn("mara");
});
after(() => usher?.stop());

/** An inquiry of somebody who looked at the prices, as a browser sends it. */
async function asked(email) {
  const look = { kind: "pricing_viewed", ago_ms: 9_000, url: `${usher.origin}/pricing/`, title: "Pricing", human: true };
  const headers = { "user-agent": `Mozilla/5.0 Chrome/140.0 ${email}` };
  const { status, body } = await usher.submit("inquiry", { ...inquiry({ email }), signals: [look] }, { headers });
  assert.equal(status, 200, JSON.stringify(body));
  return mara.itemOf(body);
}
const rules = (item) => item.score.reasons.map(({ rule }) => rule);

test("a customer's look at the prices is a sign for success, and no points", async () => {
  const first = await asked("ona@customer.example.com");
  assert.ok(rules(first).includes("looked_at_prices"));
  assert.deepEqual([first.row.queue, first.score.signs ?? []], ["sales", []]);
  await mara.act(first.row.id, { act: "claim" });
  await mara.act(first.row.id, { act: "close", outcome: "won", reason: "" });

  const again = await asked("ona@customer.example.com");
  assert.ok(!rules(again).includes("looked_at_prices"), `${rules(again)}`);
  assert.ok(rules(again).includes("bought_before"));
  const signs = again.score.signs.map(({ rule, means }) => [rule, means]);
  assert.deepEqual(signs, [["asked_from_pricing", "expansion"], ["looked_at_prices", "expansion"]]);
  assert.deepEqual([again.row.queue, again.route.rule], ["success", "customer"]);
});

test("whoever is not scored stands in a queue all the same, with the reason", async () => {
  const item = await asked("lea@larkfield.example.com");
  assert.deepEqual([item.score.total, item.score.tier, item.score.excluded], [0, "C3", "Works for Larkfield"]);
  assert.ok((await mara.items(item.row.queue)).some(({ id }) => id === item.row.id));
});

test("the lines of a score add up, with what limits took", async () => {
  const item = await asked("max@first.example.com");
  for (const { group, points } of item.score.groups) {
    const sum = item.score.reasons.filter((reason) => reason.group === group).reduce((all, reason) => all + reason.points, 0);
    assert.equal(sum, points, group);
  }
  assert.equal(item.score.groups.reduce((all, { points }) => all + points, 0), item.score.total);
});

test("a card that makes no sense is refused whole, every problem with its place, and the old one stays", async () => {
  const workspace = await demoWorkspace(usher);
  const version = (await asked("first@version.example.com")).score.config_version;
  const { card } = workspace;
  card.tiers.fit = [5, 20];
  card.rules[0].when = { "email.fre": true };
  card.rules[1].points = null;
  card.rules.push({ id: "fades", group: "intent", events: { kinds: ["event"], points: 1, half_life_days: -1 }, says: "Fades" });
  card.rules.push({ ...card.rules[2] });
  const { status, body } = await usher.operator("PUT", "workspaces/demo", workspace);
  assert.equal(status, 422, JSON.stringify(body));
  const last = card.rules.length - 1;
  const wrong = ["[0].when", "[1].points", `[${last - 1}].events.half_life_days`, `[${last}].id`];
  assert.deepEqual(
    new Set(body.fields.map(({ field }) => field)),
    new Set([...wrong.map((place) => `card.rules${place}`), "card.tiers.fit"]),
  );
  assert.equal((await asked("second@version.example.com")).score.config_version, version);
});
