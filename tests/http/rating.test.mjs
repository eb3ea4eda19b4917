// Items are rated again when something happens: a signal, an outcome, another card, time. And the learner at the desk: it
// learns from outcomes, is believed once it has shown that it is better, and is what its log makes of it.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";

import { demoWorkspace } from "../support/hosts.mjs";
import { inquiry, startUsher, support, until } from "../support/usher.mjs";

let usher;
let mara;
let token;
before(async () => {
  usher = await startUsher();
  mara = await usher.signIn("mara");
  token = (await usher.operator("POST", "workspaces/demo/tokens", { name: "platform", scope: "outcomes" })).body.token;
});
after(() => usher?.stop());

/** A browser of its own: the address and the name make its key of the day. */
const browser = () => ({ "user-agent": `Mozilla/5.0 Chrome/140.0 ${randomUUID()}` });
const look = (ago_ms = 0) => ({ kind: "pricing_viewed", ago_ms, url: `${usher.origin}/pricing/`, title: "Pricing", human: true });
const send = (signals, headers, human = true) =>
  usher.json("/v1/signals/pk_demo_platform", {
    method: "POST",
    headers: { "content-type": "text/plain", origin: usher.origin, ...headers },
    body: JSON.stringify({ batch_id: randomUUID(), human, signals }),
  });
async function opened(values = {}, { headers = browser(), form = "inquiry", body = inquiry(values), signals = [] } = {}) {
  const sent = await usher.submit(form, { ...body, signals }, { headers });
  assert.equal(sent.status, 200, JSON.stringify(sent.body));
  return mara.itemOf(sent.body);
}
const report = (body, type = "application/json") =>
  usher.json("/v1/workspaces/demo/outcomes", {
    method: "POST",
    headers: { "content-type": type, authorization: `Bearer ${token}` },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
const rules = (item) => item.score.reasons.map(({ rule }) => rule);
const learner = async () => (await mara.call("scoring/learner")).body;

describe("a rating", () => {
  test("moves when the visitor does something, in the item, in its queue and in its log", async () => {
    const headers = browser();
    const first = await opened({}, { headers });
    assert.ok(!rules(first).includes("looked_at_prices"));
    assert.deepEqual(first.scorings.map(({ why }) => why), ["opened"]);
    assert.equal((await send([look()], headers)).body.fates.accepted, 1);
    const item = await until(async () => {
      const item = await mara.item(first.row.id);
      return rules(item).includes("looked_at_prices") && item;
    }, "the look at the prices counts");
    assert.equal(item.score.total, first.score.total + 8);
    assert.equal(item.row.score, item.score.total);
    const { why, moved, total, tier } = item.scorings.at(-1);
    assert.deepEqual([why, total, tier], ["signal", item.score.total, item.score.tier]);
    assert.deepEqual(moved.map(({ rule, from, to }) => [rule, from, to]), [["looked_at_prices", 0, 8]]);
    const { text } = item.history.find(({ kind }) => kind === "rated");
    assert.equal(text, `${first.score.tier} → ${item.score.tier}, ${first.score.total} → ${item.score.total}`);
    assert.ok(item.signals.some(({ kind }) => kind === "pricing_viewed"), "whoever opens the item sees what they did");
    const row = (await mara.items(item.row.queue)).find(({ id }) => id === item.row.id);
    assert.deepEqual([row.score, row.tier], [item.score.total, item.score.tier]);
    assert.equal(item.row.queue, first.row.queue, "nobody loses an item because its score moved");
  });

  test("counts what travelled with the submission once, and nothing of a program or of who asks for privacy", async () => {
    const headers = browser();
    const first = await opened({}, { headers, signals: [look(5_000)] });
    const own = browser();
    const quiet = await opened({}, { headers: { ...own, "sec-gpc": "1" } });
    assert.equal((await send([{ ...look(), human: false }], headers, false)).body.fates.accepted, 1);
    await send([look()], own);
    // The next thing that the person does is told after both.
    await send([{ kind: "event", ago_ms: 0, url: `${usher.origin}/`, title: "", human: true, about: { name: "lesson_finished" } }], headers);
    const item = await until(async () => {
      const item = await mara.item(first.row.id);
      return rules(item).includes("finished_lesson") && item;
    }, "the lesson counts");
    const points = (rule) => item.score.reasons.find((reason) => reason.rule === rule)?.points;
    assert.deepEqual([points("looked_at_prices"), points("finished_lesson")], [8, 6]);
    assert.deepEqual((await mara.item(quiet.row.id)).scorings.length, 1);
  });

  test("moves when another item of the same person is opened, and when it ends", async () => {
    const values = { email: `ida-${randomUUID()}@example.com` };
    const first = await opened(values);
    const case_ = await opened({}, { form: "support", body: support(values) });
    const waiting = await until(async () => {
      const item = await mara.item(first.row.id);
      return rules(item).includes("still_waiting") && item;
    }, "they wait for another answer");
    assert.equal(waiting.scorings.at(-1).why, "submission");
    await report({ item: case_.row.reference, outcome: "solved" });
    const solved = await until(async () => {
      const item = await mara.item(first.row.id);
      return !rules(item).includes("still_waiting") && item;
    }, "they wait no more");
    assert.equal(solved.scorings.at(-1).why, "outcome");
    assert.deepEqual(solved.scorings.at(-1).moved.map(({ rule, to }) => [rule, to]), [["still_waiting", 0]]);
  });

  test("fades by itself: the tier when it is due, and the points for whoever looks", async () => {
    const workspace = await demoWorkspace(usher);
    const rule = workspace.card.rules.find(({ id }) => id === "looked_at_prices");
    // Half of it is gone every two seconds.
    rule.events = { kinds: ["pricing_viewed"], points: 32, half_life_days: 2 / 86_400 };
    assert.equal((await usher.operator("PUT", "workspaces/demo", workspace)).status, 200);
    const first = await opened({}, { signals: [look()] });
    assert.equal(first.score.tier.at(-1), "1");
    const rowNow = async () => (await mara.items(first.row.queue)).find(({ id }) => id === first.row.id);
    // Nobody opens the item: only its row in the queue is looked at.
    await until(async () => (await rowNow()).tier.at(-1) === "2", "the tier falls by itself");
    const item = await mara.item(first.row.id);
    assert.ok(item.scorings.some(({ why, moved }) => why === "time" && moved[0].rule === "looked_at_prices"));
    const points = ({ score }) => score.reasons.find((reason) => reason.rule === "looked_at_prices").points;
    await until(async () => points(await mara.item(first.row.id)) === 0, "whoever looks sees that all has faded");
    assert.equal((await usher.operator("PUT", "workspaces/demo", await demoWorkspace(usher))).status, 200);
  });

  test("stays as it was once the item is closed", async () => {
    const headers = browser();
    const first = await opened({}, { headers });
    await report({ item: first.row.reference, outcome: "lost" });
    const other = await opened({}, { headers });
    await send([look()], headers);
    await until(async () => rules(await mara.item(other.row.id)).includes("looked_at_prices"), "the open one moves");
    assert.deepEqual((await mara.item(first.row.id)).scorings.map(({ why }) => why), ["opened"]);
  });
});

describe("the learner", () => {
  /** Opens leads of two kinds that the card gives the same points, of which one buys. */
  async function teach(rounds) {
    const references = [];
    for (let round = 0; round < rounds; round += 1) {
      let csv = "item,outcome\n";
      for (const [interest, outcome] of [["myself", "won"], ["prices", "lost"]]) {
        const { body } = await usher.submit("inquiry", inquiry({ interest }), { headers: browser() });
        references.push(body.reference);
        csv += `${body.reference},${outcome}\n`;
      }
      // What is opened next is already rated by what this taught.
      const { body } = await report(csv, "text/csv");
      assert.equal(body.taken, 2, JSON.stringify(body));
    }
    return references;
  }
  let references;

  test("says nothing before it has learnt, and that the card decides", async () => {
    // The first describe left two outcomes of leads.
    const before = await learner();
    assert.equal(before.state, "rule_based");
    const item = await opened({ interest: "myself" });
    assert.deepEqual([item.row.chance ?? null, item.row.score], [null, item.score.total]);
  });

  test("is believed once it has shown that it is better, and says why, in points that add up", async () => {
    const waiting = await opened({ interest: "myself" });
    references = await teach(45);
    const now = await learner();
    assert.equal(now.state, "predictive", JSON.stringify({ ...now, curve: now.curve.length }));
    assert.ok(now.wins >= 45 && now.losses >= 45 && now.learner.auc > now.card.auc);
    assert.ok(now.e_value > now.enough && now.curve.length > 40 && now.curve.at(-1).state === "predictive");

    const item = await opened({ interest: "myself" });
    const { learnt } = item;
    assert.equal(learnt.state, "predictive");
    assert.ok(learnt.chance > 600, JSON.stringify(learnt));
    assert.deepEqual([item.row.chance, item.row.score], [learnt.chance, learnt.points]);
    assert.ok(learnt.raises.some(({ says }) => says === "What is it about? A class for myself"), JSON.stringify(learnt));
    const parts = [...learnt.raises, ...learnt.lowers].reduce((sum, { points }) => sum + points, 0);
    assert.equal(learnt.points, learnt.base + parts + learnt.rest);
    const rated = await until(async () => {
      const item = await mara.item(waiting.row.id);
      return item.row.chance && item;
    }, "what waited is rated by it too");
    assert.equal(rated.scorings.at(-1).why, "learner");
    assert.equal(rated.score.total, waiting.score.total, "the card's points stay the card's");
  });

  test("is built anew when an outcome is corrected, as if it had always been so", async () => {
    const before = await learner();
    const later = new Date(Date.now() + 60_000).toISOString();
    assert.equal((await report({ item: references[0], outcome: "lost", at: later })).body.lines[0].code, "corrected");
    const corrected = await until(async () => {
      const now = await learner();
      return now.losses === before.losses + 1 && now;
    }, "it was learnt otherwise");
    assert.equal(corrected.wins, before.wins - 1);
    const back = new Date(Date.now() + 120_000).toISOString();
    await report({ item: references[0], outcome: "won", at: back });
    const again = await until(async () => {
      const now = await learner();
      return now.wins === before.wins && !now.rebuilding && now;
    }, "and is learnt as before");
    assert.deepEqual(again, before, "to the bit");
  });

  test("learns nothing of what is spam, and forgets what turns out to be", async () => {
    const before = await learner();
    const spam = await opened({ interest: "myself" });
    await report({ item: spam.row.reference, outcome: "spam" });
    assert.deepEqual(await learner(), before);
    const later = new Date(Date.now() + 180_000).toISOString();
    await report({ item: references[2], outcome: "spam", at: later });
    await until(async () => (await learner()).wins === before.wins - 1, "it is taken out");
  });

  test("comes back as it was after a power cut", async () => {
    await until(async () => !(await learner()).rebuilding, "nothing is under way");
    const before = await learner();
    await usher.kill9();
    await usher.start();
    assert.deepEqual(await learner(), before);
  });

  test("has routes that can go by the chance", async () => {
    const workspace = await demoWorkspace(usher);
    const everybody = workspace.routes.at(-1);
    workspace.routes.unshift({
      ...everybody,
      id: "likely",
      queue: "success",
      when: { "score.chance": { $gte: 0.6 } },
      says: "Is likely to buy",
    });
    assert.equal((await usher.operator("PUT", "workspaces/demo", workspace)).status, 200);
    const [likely, other] = [await opened({ interest: "myself" }), await opened({ interest: "prices" })];
    assert.deepEqual([likely.route.rule, likely.row.queue], ["likely", "success"]);
    assert.notEqual(other.route.rule, "likely");
  });
});
