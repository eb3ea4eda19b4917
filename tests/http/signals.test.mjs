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

/** Sends a batch, as the page side does for a person who moved. */
function send(signals, { agent = AGENT, headers = {}, site = "pk_demo_platform", ...batch } = {}) {
  return usher.json(`/v1/signals/${site}`, {
    method: "POST",
    headers: { "content-type": "text/plain", "user-agent": agent, ...headers },
    body: JSON.stringify({ batch_id: randomUUID(), human: true, signals, ...batch }),
  });
}

const page = (path, kind = "page_viewed", about = {}) => {
  return { kind, url: new URL(path, usher.origin).href, title: path, ago_ms: 1_000, about };
};
const kinds = (item) => item.signals.map((signal) => signal.kind);
const rules = (item) => item.score.reasons.map((reason) => reason.rule);

async function itemSentBy(agent, rest, headers = {}) {
  const { status, body } = await usher.submit("inquiry", inquiry({}, rest), { headers: { "user-agent": agent, ...headers } });
  assert.equal(status, 200, JSON.stringify(body));
  return mara.itemOf(body);
}

test("what a visitor did before stands on their item, and counts in its score", async () => {
  const told = await send([page("/"), page("/pricing/"), page("/pricing/", "pricing_viewed", { visible_ms: "5000" })]);
  assert.deepEqual(told.body, { fates: { accepted: 3 } });
  const item = await itemSentBy(AGENT, { signals: [{ kind: "form_started", url: `${usher.origin}/pricing/` }] });
  assert.deepEqual(kinds(item), ["page_viewed", "page_viewed", "pricing_viewed", "form_started"]);
  assert.equal(item.signals[2].about.visible_ms, "5000");
  assert.ok(rules(item).includes("looked_at_prices"));
  assert.ok(item.signals[0].at < item.row.opened_at);
  assert.equal(item.visit.pricing.days.length, 1);
});

test("every signal of a batch ends in a fate, and the answer counts them", async () => {
  const agent = `fates/${randomUUID()}`;
  const many = [page("/pricing/", "pricing_viewed"), page("/pricing/", "pricing_viewed"), { kind: "<b>", ago_ms: "now", more: 1 }];
  const told = await send(many, { agent });
  assert.equal(told.status, 200);
  assert.deepEqual(told.body.fates, { accepted: 1, duplicate: 1, refused_invalid: 1 });
  assert.deepEqual(told.body.fields.map(({ field }) => field), ["signals[2].more", "signals[2].ago_ms", "signals[2].kind"]);
  const surplus = await send(Array.from({ length: 70 }, () => page("/")), { agent });
  assert.deepEqual(surplus.body.fates, { accepted: 64, refused_too_large: 6 });
  assert.equal((await send([], { batch_id: "no" })).status, 422);
});

test("another browser is another visitor", async () => {
  await send([page("/pricing/", "pricing_viewed")]);
  const item = await itemSentBy(`other/${randomUUID()}`);
  assert.deepEqual(item.signals, []);
});

test("another address behind the operator's proxy is another visitor", async () => {
  const agent = `proxied/${randomUUID()}`;
  await send([page("/pricing/")], { agent, headers: { "x-forwarded-for": "203.0.113.5, 198.51.100.7" } });
  const seenFrom = async (address) => (await itemSentBy(agent, {}, { "x-forwarded-for": address })).signals.length;
  assert.equal(await seenFrom("198.51.100.8"), 0);
  assert.equal(await seenFrom("198.51.100.7"), 1);
});

test("a batch that is sent twice counts once", async () => {
  const [agent, batch_id] = [`twice/${randomUUID()}`, randomUUID()];
  assert.deepEqual((await send([page("/")], { agent, batch_id })).body, { fates: { accepted: 1 } });
  assert.deepEqual((await send([page("/")], { agent, batch_id })).body, { fates: { duplicate: 1 } });
  assert.equal((await itemSentBy(agent)).signals.length, 1);
});

test("who asks not to be tracked is not, and their form is taken all the same", async () => {
  const agent = `private/${randomUUID()}`;
  for (const headers of [{ "sec-gpc": "1" }, { dnt: "1" }]) {
    assert.deepEqual((await send([page("/pricing/")], { agent, headers })).body, { fates: { refused_privacy: 1 } });
  }
  await send([page("/")], { agent });
  assert.deepEqual((await itemSentBy(agent, {}, { "sec-gpc": "1" })).signals, []);
});

test("an unknown kind is kept", async () => {
  const agent = `kinds/${randomUUID()}`;
  await send([page("/", "wheel_of_fortune_spun")], { agent });
  assert.deepEqual(kinds(await itemSentBy(agent)), ["wheel_of_fortune_spun"]);
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

test("what no person did is kept and earns no points", async () => {
  const look = () => [page("/"), page("/a/"), page("/b/"), page("/c/"), page("/pricing/", "pricing_viewed")];
  const robots = {
    "without a hand that moves": { agent: `still/${randomUUID()}`, human: false },
    "by its name": { agent: `Mozilla/5.0 (compatible; Somebot/1.0; ${randomUUID()})` },
    "a scanner of mail": { agent: `Barracuda Sentinel ${randomUUID()}` },
    "fetched ahead of time": { agent: `ahead/${randomUUID()}`, headers: { "sec-purpose": "prefetch;prerender" } },
  };
  for (const [who, how] of Object.entries(robots)) {
    assert.deepEqual((await send(look(), how)).body, { fates: { accepted: 5 } }, who);
    const item = await itemSentBy(how.agent);
    assert.equal(item.signals.length, 5, who);
    assert.ok(item.signals.every((signal) => !signal.human), who);
    for (const rule of ["looked_at_prices", "read_around"]) assert.ok(!rules(item).includes(rule), `${who}: ${rule}`);
    assert.deepEqual([item.visit.pages, item.visit.pricing.days], [0, []], who);
  }
  const person = `person/${randomUUID()}`;
  await send(look(), { agent: person });
  for (const rule of ["looked_at_prices", "read_around"]) assert.ok(rules(await itemSentBy(person)).includes(rule), rule);
});

test("addresses and titles lose what may name a person, fragments and foreign parameters too", async () => {
  const agent = `scrub/${randomUUID()}`;
  const url = `${usher.origin}/u/ana%40example.com/?utm_source=letter&token=s3cret&email=ana@example.com#ana`;
  await send([{ kind: "page_viewed", url, title: "Hello ana@example.com" }], {
    agent,
    referrer: "https://mail.example.org/inbox/ana@example.org?q=ana",
  });
  const sentFrom = { page: { url: `${url}x`, title: "For ana@example.com", referrer: url } };
  const item = await itemSentBy(agent, sentFrom);
  const stored = JSON.stringify([item.signals, item.source, item.visit]);
  assert.ok(!/ana|s3cret/.test(stored), stored);
  assert.equal(item.signals[0].url, `${usher.origin}/u/:email/?utm_source=letter`);
  assert.deepEqual(item.source.campaign, [["source", "letter"]]);
  assert.equal(item.visit.first.referrer, "mail.example.org");
});

test("first and last touch come from the page's own address, across the workspace's sites", async () => {
  const agent = `touch/${randomUUID()}`;
  const partner = { site: "pk_demo_partner", headers: { origin: usher.partnerOrigin } };
  const guild = `${usher.partnerOrigin}/recommended-courses/?utm_source=guild-letter&utm_medium=email&via=g7`;
  await send([{ ...page("/"), url: guild }], { agent, ...partner, referrer: "https://search.example.org/" });
  await send([page("/pricing/")], { agent, referrer: `${usher.origin}/` });
  const item = await itemSentBy(agent, { page: { url: `${usher.origin}/pricing/?gclid=Cj0abc`, referrer: "" } });
  const { first, last } = item.visit;
  assert.deepEqual(first.campaign, { source: "guild-letter", medium: "email", via: "g7" });
  assert.deepEqual([first.site, first.partner, first.path, first.referrer], ["partner", true, "/recommended-courses/", "search.example.org"]);
  assert.deepEqual([last.campaign, last.site, last.partner], [{ gclid: "Cj0abc" }, "platform", false]);
});

test("an address that the request does not come from is refused, and the rest is kept", async () => {
  const agent = `liar/${randomUUID()}`;
  const claimed = { kind: "page_viewed", url: "https://elsewhere.example.com/?utm_source=fraud" };
  const told = await send([claimed, page("/")], { agent, headers: { origin: usher.origin } });
  assert.deepEqual(told.body.fates, { accepted: 1, refused_origin: 1 });
  const byReferer = await send([claimed], { agent, headers: { referer: `${usher.origin}/pricing/` } });
  assert.deepEqual(byReferer.body.fates, { refused_origin: 1 });
  assert.deepEqual((await itemSentBy(agent)).visit.first.campaign, {});
});

test("beyond a thousand signals a day nothing more is taken from a visitor, and their form still is", async () => {
  const agent = `flood/${randomUUID()}`;
  const sixty = () => Array.from({ length: 60 }, () => page("/"));
  for (let sent = 0; sent < 960; sent += 60) assert.deepEqual((await send(sixty(), { agent })).body.fates, { accepted: 60 });
  assert.deepEqual((await send(sixty(), { agent })).body.fates, { accepted: 40, refused_quota: 20 });
  assert.deepEqual((await send([page("/")], { agent })).body.fates, { refused_quota: 1 });
  assert.equal((await itemSentBy(agent)).signals.length, 100);
});

test("with consent a visitor is known by an id: what the day's hash knew goes with it", async () => {
  const visitor = randomUUID();
  const [monday, tuesday] = [`monday/${randomUUID()}`, `tuesday/${randomUUID()}`];
  await send([page("/?utm_source=letter"), page("/pricing/", "plan_focused", { plan: "pro", visible_ms: "7000" })], { agent: monday });
  await send([page("/pricing/", "pricing_left", { visible_ms: "9000", plan: "pro" })], { agent: monday, visitor });
  assert.deepEqual((await itemSentBy(monday)).signals, [], "the hash knows nothing any more");
  // Another browser string is another hash: only the id says that it is the same visitor.
  await send([page("/courses/")], { agent: tuesday, visitor });
  const item = await itemSentBy(tuesday, { visitor });
  assert.deepEqual(kinds(item), ["page_viewed", "plan_focused", "pricing_left", "page_viewed"]);
  assert.deepEqual(item.visit.first.campaign, { source: "letter" });
  assert.deepEqual([item.visit.pages, item.visit.pricing.plans], [2, { pro: 7000 }]);
});

test("consent that is taken back takes along what was known", async () => {
  const [visitor, agent] = [randomUUID(), `back/${randomUUID()}`];
  await send([page("/pricing/")], { agent, visitor });
  assert.deepEqual((await send([], { agent, visitor, forget: true })).body, { fates: {} });
  const item = await itemSentBy(agent, { visitor });
  assert.deepEqual([item.signals, item.visit.pages], [[], 0]);
});

test("whoever asks not to be tracked by now is forgotten all the same", async () => {
  const [visitor, agent] = [randomUUID(), `gpc/${randomUUID()}`];
  await send([page("/pricing/")], { agent, visitor });
  assert.equal((await itemSentBy(agent, { visitor })).visit.pages, 1);
  const asked = await send([], { agent, visitor, forget: true, headers: { "sec-gpc": "1" } });
  assert.deepEqual([asked.status, asked.body], [200, { fates: {} }]);
  assert.deepEqual((await itemSentBy(agent, { visitor })).visit.pages, 0);
});

test("the configuration travels as a module that any page of the site may import, and no other", async () => {
  const ask = (path, headers = {}) => usher.fetch(path, { headers });
  const own = await ask("/v1/boot/pk_demo_partner.js?lang=es", { origin: usher.partnerOrigin });
  assert.equal(own.status, 200);
  assert.match(own.headers.get("content-type"), /^text\/javascript/);
  assert.equal(own.headers.get("x-content-type-options"), "nosniff");
  assert.equal(own.headers.get("access-control-allow-origin"), usher.partnerOrigin);
  assert.match(own.headers.get("cache-control"), /max-age=60/);
  assert.match(own.headers.get("vary"), /origin/);
  const code = await own.text();
  assert.ok(!/[\u2028\u2029]|<\/script/i.test(code));
  const { boot } = await import(`data:text/javascript,${encodeURIComponent(code.slice(code.lastIndexOf("export const boot")))}`);
  const plain = await (await ask("/v1/boot/pk_demo_partner?lang=es", { origin: usher.partnerOrigin })).json();
  assert.deepEqual(JSON.parse(boot), plain);
  assert.equal(plain.lang, "es");

  assert.equal((await ask("/v1/boot/pk_demo_partner.js")).status, 200, "opened by hand: it is public");
  const foreign = await ask("/v1/boot/pk_demo_partner.js", { origin: "https://elsewhere.example.com" });
  assert.deepEqual([foreign.status, foreign.headers.get("access-control-allow-origin")], [403, null]);
  assert.equal((await ask("/v1/boot/pk_nobody.js")).status, 404);
});
