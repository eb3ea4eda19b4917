// What a visit becomes, in a real browser: each fact of the prices, the pages of a single-page application, consent, and
// what is not told. Time is the test's own (`page.clock`), so that nobody waits for it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { NOTHING_KEPT, OFFLINE, Widget, kept, shown, startBrowser } from "../support/browser.mjs";
import { addSites, startHosts } from "../support/hosts.mjs";
import { inquiry, startUsher, until } from "../support/usher.mjs";

const KEY = "pk_signals";
const usher = await startUsher();
const browser = await startBrowser();
const hosts = await startHosts();
after(async () => {
  await browser.close();
  await usher.stop();
  await hosts.stop();
});
const staff = await usher.signIn("mara");
const snippet = `<script async src="${usher.origin}/v1/usher.js" data-site="${KEY}"></script>`;

before(() => {
  const site = { id: "signals", name: "Kelp & Rope", kind: "own", key: KEY, origins: [hosts.origin], pricing: ["/listed*"] };
  return addSites(usher, { ...site, forms: ["inquiry"], launcher: "Ask us" });
});

/** A visit to a page of the host's; its clock is ours once it is there. */
async function visit(page, path, options = {}) {
  await page.clock.install();
  await page.addInitScript(() => {
    // The batches that the page itself knows the end of: it learns of it later than the browser tells a test.
    const { fetch } = window;
    window.tries = { begun: 0, ended: 0 };
    window.fetch = (url, options) => {
      const counts = `${url}`.includes("/v1/signals/");
      window.tries.begun += counts;
      return fetch(url, options).finally(() => (window.tries.ended += counts));
    };
  });
  await page.goto(path.startsWith("http") ? path : hosts.page(path, { snippet, ...options }));
  await shown(new Widget(page).launcher);
}

const bodies = (visit) =>
  visit.requests.filter((it) => it.method() === "POST" && it.url().includes("/v1/signals/")).map((it) => JSON.parse(it.postData()));
const told = (visit) => bodies(visit).flatMap((body) => body.signals);
const kindsOf = (signals) => signals.map(({ kind }) => kind);
const move = (page) => page.mouse.move(5, 5).then(() => page.mouse.move(9, 9));

/** Lets so much time pass that everything that waits is told. A batch takes none of it: its end is waited for. */
async function passes(page, ms = 11_000) {
  for (let left = ms; left > 0; left -= 1_000) {
    await page.clock.runFor(Math.min(left, 1_000));
    await until(() => page.evaluate(() => tries.begun === tries.ended), "no batch is under way");
  }
}

/** The page is hidden, as far as it can tell. */
function hide(page, hidden = true) {
  return page.evaluate((hidden) => {
    Object.defineProperty(Document.prototype, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  }, hidden);
}

test("each fact of the prices is told, and stands on the item with its plan", () =>
  browser.visit({}, async (page, visit_) => {
    await visit(page, `${usher.origin}/pricing/`);
    await page.mouse.move(20, 20);
    await page.locator("[data-usher-plan=pro]").hover();
    await passes(page, 4_000);
    await page.getByLabel("year", { exact: true }).check();
    await page.getByLabel("People").fill("12");
    await page.getByLabel("People").press("Tab");
    await page.locator("[data-usher-plan=pro]").hover();
    await passes(page, 3_000);
    await page.getByRole("link", { name: "See what Team adds" }).click();
    // The demo's own prompt comes up at that, and is not what this is about.
    await page.getByRole("dialog", { name: "Let us choose with you" }).waitFor();
    await page.keyboard.press("Escape");
    await page.locator("[data-usher-plan=team]").hover();
    await passes(page, 2_000);
    await page.getByRole("link", { name: "Ask about Pro" }).click();
    const widget = new Widget(page);
    await widget.shows("Ask a course adviser");
    await widget.fill({ "Your name": "Ana Ruiz", "E-mail": "ana@prices.example.com", "Your question": "By the year?" });
    await widget.button("Send question").click();
    const item = await staff.itemOf(await widget.receipt());

    const of = (kind) => item.signals.filter((signal) => signal.kind === kind).map((signal) => signal.about);
    assert.equal(of("pricing_viewed").length, 1, JSON.stringify(item.signals));
    assert.deepEqual(of("period_switched"), [{ period: "yearly" }]);
    assert.deepEqual(of("seats_changed"), [{ seats: "10-24" }]);
    assert.deepEqual(of("compare_opened"), [{ plan: "team" }]);
    assert.deepEqual(of("cta_clicked"), [{ plan: "pro" }]);
    const held = Object.fromEntries(of("plan_focused").map(({ plan, visible_ms }) => [plan, Number(visible_ms)]));
    assert.ok(held.pro > held.team && held.team >= 1000, JSON.stringify(held));
    const [left] = of("pricing_left");
    assert.equal(left.plan, "pro");
    assert.ok(Number(left.visible_ms) >= 9_000, left.visible_ms);
    assert.ok(item.signals.every((signal) => signal.human));
    const { pricing } = item.visit;
    assert.deepEqual([pricing.days.length, pricing.period, pricing.seats, pricing.pressed, pricing.compared], [1, "yearly", "10-24", "pro", 1]);
    assert.ok(item.score.reasons.some(({ rule }) => rule === "chose_seats"));
  }));

test("a look counts after five seconds that could be seen, once, and only of a person", () =>
  browser.visit({}, async (page, visit_) => {
    await visit(page, "/listed/unmarked");
    await passes(page, 20_000);
    assert.deepEqual(told(visit_), [], "nobody has moved");
    await move(page);
    await passes(page);
    assert.deepEqual(kindsOf(told(visit_)), ["page_viewed", "pricing_viewed"]);
    await passes(page, 60_000);
    await hide(page);
    const kinds = kindsOf(told(visit_));
    assert.deepEqual(kinds, ["page_viewed", "pricing_viewed", "pricing_left"]);
    assert.ok(Number(told(visit_)[2].about.visible_ms) >= 80_000);
  }));

test("hidden time does not count", () =>
  browser.visit({}, async (page, visit_) => {
    await visit(page, "/listed/hidden");
    await move(page);
    await passes(page, 3_000);
    await hide(page);
    await passes(page, 60_000);
    assert.ok(!kindsOf(told(visit_)).includes("pricing_viewed"));
    await hide(page, false);
    await passes(page, 3_000);
    await hide(page);
    assert.ok(kindsOf(told(visit_)).includes("pricing_viewed"));
  }));

test("on a page that is not listed, marked plans count while one of them is in view", () =>
  browser.visit({}, async (page, visit_) => {
    const plans = `<div style="height:3000px"></div><section data-usher-plan="solo" style="height:400px">Solo</section>`;
    await visit(page, "/marked", { snippet: `${plans}${snippet}` });
    await move(page);
    await passes(page);
    assert.deepEqual(kindsOf(told(visit_)), ["page_viewed"]);
    await page.locator("[data-usher-plan=solo]").scrollIntoViewIfNeeded();
    await page.mouse.wheel(0, 5000);
    await until(async () => {
      await passes(page, 1_000);
      return kindsOf(told(visit_)).includes("pricing_viewed");
    }, "the plan in view counts");
    await hide(page);
    const focused = told(visit_).find(({ kind }) => kind === "plan_focused");
    assert.equal(focused.about.plan, "solo", "the only plan in view holds the eye");
  }));

test("each page of a single-page application is viewed once, whatever its address went through", () =>
  browser.visit({}, async (page, visit_) => {
    await visit(page, "/spa/");
    await move(page);
    await page.evaluate(() => {
      history.pushState({}, "", "/spa/loading");
      history.replaceState({}, "", "/spa/two");
      document.title = "Two";
      location.hash = "part";
    });
    await passes(page, 1_000);
    await page.evaluate(() => (location.hash = "other"));
    await passes(page, 1_000);
    await passes(page);
    const pages = told(visit_).filter(({ kind }) => kind === "page_viewed");
    assert.deepEqual(pages.map(({ url, title }) => [new URL(url).pathname, title]), [
      ["/spa/", "Kelp & Rope, a shop"],
      ["/spa/two", "Two"],
    ]);
    await page.evaluate(() => usher("page"));
    await passes(page);
    assert.equal(kindsOf(told(visit_)).filter((kind) => kind === "page_viewed").length, 3, "by hand");
  }));

test("leaving the prices within one page is leaving them", () =>
  browser.visit({}, async (page, visit_) => {
    await visit(page, "/listed/spa");
    await move(page);
    await passes(page, 7_000);
    await page.evaluate(() => history.pushState({}, "", "/elsewhere"));
    await passes(page);
    assert.deepEqual(kindsOf(told(visit_)), ["page_viewed", "pricing_viewed", "pricing_left", "page_viewed"]);
  }));

test("a visit without a person's hand is kept and earns no points", () =>
  browser.visit({}, async (page, visit_) => {
    await visit(page, `${usher.origin}/pricing/`);
    await passes(page, 20_000);
    // What answers a request that may outlive its page has no body to read from outside: the item says what was kept.
    const kept = page.waitForResponse("**/v1/signals/**");
    await hide(page);
    assert.equal((await kept).status(), 200);
    assert.ok(told(visit_).every((signal) => signal.human === false));
    const sent = await page.evaluate(
      (body) => fetch("/v1/forms/pk_demo_platform/inquiry", { method: "POST", body }).then((answer) => answer.json()),
      JSON.stringify(inquiry()),
    );
    const item = await staff.itemOf(sent);
    assert.ok(kindsOf(item.signals).includes("page_viewed"));
    assert.deepEqual(kindsOf(item.signals).sort(), kindsOf(told(visit_)).sort(), "all of them were accepted");
    assert.ok(item.signals.every((signal) => !signal.human));
    const rules = item.score.reasons.map(({ rule }) => rule);
    assert.ok(!rules.includes("looked_at_prices") && !rules.includes("studied_prices"), `${rules}`);
  }));

test("what the page reports travels as an event, and its properties as text", () =>
  browser.visit({}, async (page, visit_) => {
    await page.addInitScript(() => {
      window.usher = window.usher || function () { (usher.q = usher.q || []).push(arguments); };
      usher("event", "before_it_came", { n: 1 });
    });
    await visit(page, "/events");
    await move(page);
    await page.evaluate(() => usher("event", "trial_compared", { plan: "pro", price: 39, on: true }));
    await passes(page);
    const events = told(visit_).filter(({ kind }) => kind === "event");
    assert.deepEqual(events.map(({ about }) => about), [
      { name: "before_it_came", n: "1" },
      { name: "trial_compared", plan: "pro", price: "39", on: "true" },
    ]);
  }));

test("nothing is kept before consent; an id after it; and nothing again when it is taken back", () =>
  browser.visit({}, async (page, visit_) => {
    await page.addInitScript(() => {
      window.heard = [];
      addEventListener("usher:consent", ({ detail }) => heard.push(detail.state));
    });
    await visit(page, "/consent");
    await move(page);
    await passes(page);
    assert.deepEqual(await kept(page), NOTHING_KEPT);
    assert.equal(bodies(visit_)[0].visitor, "");

    await page.evaluate(() => usher("consent", "granted"));
    await page.evaluate(() => usher("page"));
    await passes(page);
    assert.deepEqual((await kept(page)).local, ["usher.visitor"]);
    const id = bodies(visit_).at(-1).visitor;
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);

    await page.evaluate(() => usher("consent", "denied"));
    assert.deepEqual(await kept(page), NOTHING_KEPT);
    const last = bodies(visit_).at(-1);
    assert.deepEqual([last.visitor, last.forget, last.signals], [id, true, []]);
    const before = bodies(visit_).length;
    await page.evaluate(() => usher("page"));
    await passes(page, 60_000);
    await hide(page);
    assert.equal(bodies(visit_).length, before, "denied: nothing is told");
    assert.deepEqual(await page.evaluate(() => heard), ["granted", "denied"]);
  }));

test("Google's consent mode is read, also where it comes late", () =>
  browser.visit({}, async (page, visit_) => {
    await page.addInitScript(() => {
      window.dataLayer = [];
      window.gtag = function () { dataLayer.push(arguments); };
      gtag("consent", "default", { analytics_storage: "denied", ad_storage: "denied" });
    });
    await visit(page, "/consent-mode");
    await move(page);
    await passes(page, 60_000);
    await hide(page);
    assert.deepEqual(bodies(visit_), []);
    await hide(page, false);
    await page.evaluate(() => gtag("consent", "update", { analytics_storage: "granted" }));
    await page.evaluate(() => usher("page"));
    await passes(page);
    assert.deepEqual(kindsOf(told(visit_)), ["page_viewed"]);
    assert.notEqual(bodies(visit_)[0].visitor, "");
  }));

test("with Global Privacy Control nothing is told and nothing kept", () =>
  browser.visit({}, async (page, visit_) => {
    await page.addInitScript(() => Object.defineProperty(navigator, "globalPrivacyControl", { value: true }));
    await visit(page, "/listed/private");
    await move(page);
    await page.evaluate(() => usher("consent", "granted"));
    await passes(page, 60_000);
    await hide(page);
    assert.deepEqual(bodies(visit_), []);
    assert.deepEqual(await kept(page), NOTHING_KEPT);
  }));

test("a page that is rendered ahead of time, or opened in the background, tells nothing until it is seen", async () => {
  for (const state of ["prerendering", "hidden"]) {
    await browser.visit({}, async (page, visit_) => {
      await page.addInitScript((state) => Object.defineProperty(Document.prototype, state, { configurable: true, get: () => true }), state);
      await visit(page, `/listed/${state}`);
      await move(page);
      await passes(page, 60_000);
      assert.deepEqual(bodies(visit_), [], state);
      await page.evaluate((state) => {
        Object.defineProperty(Document.prototype, state, { configurable: true, get: () => false });
        document.dispatchEvent(new Event(state === "hidden" ? "visibilitychange" : "prerenderingchange", { bubbles: true }));
      }, state);
      await passes(page);
      assert.deepEqual(kindsOf(told(visit_)), ["page_viewed", "pricing_viewed"], state);
    });
  }
});

test("where signals are blocked, three tries are all", () =>
  browser.visit({ expects: [OFFLINE, /ERR_BLOCKED_BY_CLIENT/] }, async (page, visit_) => {
    await page.route("**/v1/signals/**", (route) => route.abort("blockedbyclient"));
    await visit(page, "/blocked");
    await move(page);
    for (let minute = 1; minute <= 10; minute++) {
      await page.evaluate(() => usher("page"));
      await passes(page, 60_000);
    }
    assert.equal(bodies(visit_).length, 3);
    assert.equal(new Set(bodies(visit_).map(({ batch_id }) => batch_id)).size, 1, "the same batch");
  }));

test("while a batch is under way no other is sent, and what was seen meanwhile follows it", () =>
  browser.visit({ expects: [OFFLINE, /ERR_BLOCKED_BY_CLIENT/] }, async (page, visit_) => {
    const held = [];
    await page.route("**/v1/signals/**", (route) => held.push(route));
    await visit(page, "/slow");
    await move(page);
    await page.clock.runFor(1_000);
    await until(() => held.length === 1, "the first batch is on its way");
    await page.evaluate(() => usher("page"));
    await page.clock.runFor(60_000);
    assert.equal(held.length, 1);
    await held[0].abort("blockedbyclient");
    const ended = (count) => until(() => page.evaluate((count) => tries.ended === count, count), "the page knows its end");
    await ended(1);
    await page.clock.runFor(60_000);
    await until(() => held.length === 2, "it is sent again");
    await held[1].continue();
    await ended(2);
    await page.clock.runFor(60_000);
    await until(() => held.length === 3, "what came meanwhile is sent");
    await held[2].continue();
    const [first, again, next] = bodies(visit_);
    assert.equal(again.batch_id, first.batch_id);
    assert.deepEqual(kindsOf(again.signals), ["page_viewed"]);
    assert.deepEqual(kindsOf(next.signals), ["page_viewed"]);
    assert.notEqual(next.batch_id, first.batch_id);
  }));

test("a batch stays small enough for a page that closes", () =>
  browser.visit({}, async (page, visit_) => {
    await visit(page, "/large");
    await move(page);
    await page.evaluate(() => {
      document.title = "長".repeat(400);
      history.replaceState({}, "", `/large?${"x".repeat(3000)}`);
      for (let index = 0; index < 100; index++) usher("event", `e${index}`, { a: "語".repeat(300), b: "b".repeat(300) });
    });
    for (let batch = 0; batch < 8; batch++) await passes(page);
    const sizes = visit_.requests.filter((it) => it.url().includes("/v1/signals/") && it.postData()).map((it) => Buffer.byteLength(it.postData()));
    assert.ok(sizes.length > 1 && sizes.every((size) => size <= 32_000), `${sizes}`);
    assert.ok(told(visit_).length <= 61);
  }));
