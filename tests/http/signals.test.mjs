// What visitors do, from the page to the item: without a cookie, and only where they may be watched.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { inquiry, startUsher } from "../support/usher.mjs";

let usher;
let mara;
before(async () => {
  usher = await startUsher({ args: ["--faults"] });
  mara = await usher.signIn("mara");
});
after(() => usher?.stop());

const AGENT = `test-browser/${randomUUID()}`;

function send(signals, { agent = AGENT, headers = {}, batch = randomUUID() } = {}) {
  return usher.json("/v1/signals/pk_demo_platform", {
    method: "POST",
    headers: { "content-type": "text/plain", "user-agent": agent, ...headers },
    body: JSON.stringify({ batch_id: batch, signals }),
  });
}

const page = (path, kind = "page_viewed") => ({ kind, url: `${usher.origin}${path}`, title: path, ago_ms: 1_000 });

async function itemSentBy(agent, rest) {
  const { body } = await usher.submit("inquiry", inquiry({}, rest), { headers: { "user-agent": agent } });
  return mara.itemOf(body);
}

test("what a visitor did before stands on their item, and counts in its score", async () => {
  assert.deepEqual((await send([page("/"), page("/pricing/"), page("/pricing/", "pricing_viewed")])).body, { fate: "accepted" });
  const item = await itemSentBy(AGENT, { signals: [{ kind: "form_started", url: `${usher.origin}/pricing/` }] });
  assert.deepEqual(item.signals.map((signal) => signal.kind), ["page_viewed", "page_viewed", "pricing_viewed", "form_started"]);
  assert.ok(item.score.reasons.some((reason) => reason.rule === "looked_at_prices"));
  assert.ok(item.signals[0].at < item.row.opened_at);
});

test("another browser is another visitor", async () => {
  await send([page("/pricing/", "pricing_viewed")]);
  const item = await itemSentBy(`other/${randomUUID()}`);
  assert.deepEqual(item.signals, []);
});

test("another address behind the operator's proxy is another visitor", async () => {
  const agent = `proxied/${randomUUID()}`;
  await send([page("/pricing/")], { agent, headers: { "x-forwarded-for": "203.0.113.5, 198.51.100.7" } });
  const seenFrom = async (address) => {
    const headers = { "user-agent": agent, "x-forwarded-for": address };
    const { body } = await usher.submit("inquiry", inquiry(), { headers });
    return (await mara.itemOf(body)).signals.length;
  };
  assert.equal(await seenFrom("198.51.100.8"), 0);
  assert.equal(await seenFrom("198.51.100.7"), 1);
});

test("a batch that is sent twice counts once", async () => {
  const [agent, batch] = [`twice/${randomUUID()}`, randomUUID()];
  assert.deepEqual((await send([page("/")], { agent, batch })).body, { fate: "accepted" });
  assert.deepEqual((await send([page("/")], { agent, batch })).body, { fate: "duplicate" });
  assert.equal((await itemSentBy(agent)).signals.length, 1);
});

test("who asks not to be tracked is not, and their form is taken all the same", async () => {
  const agent = `private/${randomUUID()}`;
  for (const headers of [{ "sec-gpc": "1" }, { dnt: "1" }]) {
    assert.deepEqual((await send([page("/pricing/")], { agent, headers })).body, { fate: "refused_privacy" });
  }
  await send([page("/")], { agent });
  const { status, body } = await usher.submit("inquiry", inquiry(), { headers: { "user-agent": agent, "sec-gpc": "1" } });
  assert.equal(status, 200);
  assert.deepEqual((await mara.itemOf(body)).signals, []);
});

test("an unknown kind is kept, and a wrong one is named", async () => {
  const agent = `kinds/${randomUUID()}`;
  await send([page("/", "wheel_of_fortune_spun")], { agent });
  assert.deepEqual((await itemSentBy(agent)).signals.map((signal) => signal.kind), ["wheel_of_fortune_spun"]);
  const wrong = await send([{ kind: "<b>", ago_ms: "now", more: 1 }], { agent });
  assert.equal(wrong.status, 422);
  assert.deepEqual(wrong.body.fields.map(({ field }) => field), ["signals[0].more", "signals[0].ago_ms", "signals[0].kind"]);
});

test("signals leave no row at the desk", async () => {
  const before = await usher.rows();
  await send([page("/"), page("/pricing/")], { agent: `quiet/${randomUUID()}` });
  assert.deepEqual(await usher.rows(), before);
});

test("what travelled with a form is remembered for the visitor's next one", async () => {
  const agent = `again/${randomUUID()}`;
  await itemSentBy(agent, { signals: [page("/support/")] });
  const next = await itemSentBy(agent);
  assert.deepEqual(next.signals.map((signal) => signal.title), ["/support/"]);
});
