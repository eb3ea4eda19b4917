// What a visitor sent is never lost and never twice there, and "sent" is never said before it is: without a network, with
// a tab that is closed, a server that is killed, a policy that drops requests, and an answer that is lost.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { OFFLINE, Widget, kept, letters, refused, shown, startBrowser } from "../support/browser.mjs";
import { AGAIN, install, stored } from "../support/kinds.mjs";
import { startHosts } from "../support/hosts.mjs";
import { startUsher, until } from "../support/usher.mjs";

const KEY = "pk_outbox";
const DAY_MS = 864e5;
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
const address = hosts.page("/outbox", { snippet });

before(() => {
  const site = { id: "outbox", name: "Outbox", kind: "own", key: KEY, origins: [hosts.origin], launcher: "Open", forms: ["again"] };
  return install(usher, { forms: [AGAIN], sites: [site] });
});

test("without a network it is saved, sealed, and sent when the browser is online again", () =>
  browser.visit({ expects: [OFFLINE] }, async (page, { context }) => {
    const widget = await open(page);
    await fill(widget, "ana.secret@example.com");
    await context.setOffline(true);
    await widget.button("Send").click();
    await shown(widget.panel.getByRole("heading", { name: /Saved on this device. It will be sent when you are back online/ }));
    assert.equal(await widget.panel.getByText(/thank you/i).count(), 0);

    const [letter] = await letters(page);
    assert.ok(letter.bytes.length > 100);
    assert.doesNotMatch(`${letter.rest}${letter.bytes}`, /ana\.secret|A private question/);
    assert.equal(letter.extractable, false, "no script can read the key");

    await context.setOffline(false);
    const item = await staff.itemOf(await widget.receipt());
    assert.equal(item.person.others.length, 0);
    await until(async () => !(await letters(page)).length, "the letter is gone");
    assert.equal(await page.evaluate(() => localStorage.getItem("usher.outbox")), null);
  }));

for (const wasm of [true, false]) {
  test(`a tab that is closed while it sends goes on when the site is opened again${wasm ? "" : ", without wasm as well"}`, () =>
    browser.visit({}, async (page, { context }) => {
      if (!wasm) await context.addInitScript(() => delete self.WebAssembly);
      const widget = await open(page);
      await fill(widget, `bo-${wasm}@example.com`);
      await context.route("**/v1/forms/**", () => {});
      await widget.button("Send").click();
      await until(async () => (await letters(page)).length, "it is sealed");
      await page.close();
      await context.unrouteAll();
      const later = await context.newPage();
      await later.goto(address);
      await until(async () => !(await letters(later)).length, "it is sent from the next page, before anything is opened");
      const again = new Widget(later, { launcher: "Open" });
      await again.launcher.click();
      const receipt = await again.receipt();
      await shown(again.panel.getByText(/What you wrote on .* has been sent/));
      assert.equal((await stored(staff, receipt)).email, `bo-${wasm}@example.com`);
    }));
}

test("a server that is killed gets it when it is back", () =>
  browser.visit({ expects: [OFFLINE] }, async (page) => {
    const widget = await open(page);
    await fill(widget, "cy@example.com");
    await usher.kill9();
    await widget.button("Send").click();
    await shown(widget.panel.getByRole("heading", { name: /Saved on this device. We keep trying/ }));
    await usher.start();
    const item = await staff.itemOf(await widget.receipt());
    assert.equal(item.person.others.length, 0);
  }));

test("a page whose policy drops the request is never told that it was sent", () =>
  browser.visit({ expects: [/Content Security Policy|violates/] }, async (page) => {
    const parts = ["w", "v1/signals", "v1/boot"].map((part) => `${usher.origin}/${part}/`).join(" ");
    const policy = `script-src ${usher.origin} 'wasm-unsafe-eval'; connect-src ${parts}`;
    await page.addInitScript(() => {
      self.dropped = 0;
      addEventListener("securitypolicyviolation", () => (self.dropped += 1));
    });
    const widget = await open(page, hosts.page("/dropped", { snippet, policy }));
    await fill(widget, "di@example.com");
    await widget.button("Send").click();
    await shown(widget.panel.getByRole("heading", { name: /Saved on this device. We keep trying/ }));
    await until(() => page.evaluate(() => self.dropped > 1), "it was tried again");
    assert.equal(await widget.panel.getByText(/thank you/i).count(), 0);
    await shown(widget.panel.getByRole("link", { name: "Open the form" }));
    assert.equal((await letters(page)).length, 1);
  }));

test("an answer that is lost makes no second item", () =>
  browser.visit({ expects: [OFFLINE] }, async (page, visit) => {
    const widget = await open(page);
    await fill(widget, "flo@example.com");
    let lost;
    await page.route(
      "**/v1/forms/**",
      async (route) => {
        lost = await (await route.fetch()).json();
        await route.abort("failed");
      },
      { times: 1 },
    );
    await widget.button("Send").click();
    const receipt = await widget.receipt();
    assert.equal(receipt.reference, lost.reference, "the same receipt");
    assert.equal((await staff.itemOf(receipt)).person.others.length, 0);
    assert.equal(visit.asked(usher.origin, { method: "POST" }).filter((it) => it.includes("/forms/")).length, 2);
  }));

test("after 72 hours it is not kept any longer, and the page hears of it", () =>
  browser.visit({ expects: [OFFLINE] }, async (page, { context }) => {
    const widget = await open(page);
    await fill(widget, "gus@example.com");
    await context.route("**/v1/forms/**", (route) => route.abort());
    await widget.button("Send").click();
    await shown(widget.panel.getByRole("heading", { name: /Saved on this device/ }));
    await page.close();
    await context.unrouteAll();

    const later = await context.newPage();
    const sent = [];
    later.on("request", (request) => request.url().includes("/v1/forms/") && sent.push(request.url()));
    await later.clock.setFixedTime(Date.now() + 3 * DAY_MS + 60_000);
    await later.addInitScript(() => addEventListener("usher:error", ({ detail }) => (self.told = detail)));
    await later.goto(address);
    await until(async () => !(await letters(later)).length, "the letter is gone");
    await until(() => later.evaluate(() => self.told?.code === "expired" && self.told.form === "again"), "the page hears of it");
    assert.deepEqual(sent, []);
  }));

test("two tabs do not send it at once", () =>
  browser.visit({ expects: [OFFLINE] }, async (page, { context }) => {
    const widget = await open(page);
    await fill(widget, "hal@example.com");
    await context.route("**/v1/forms/**", (route) => route.abort());
    await widget.button("Send").click();
    await shown(widget.panel.getByRole("heading", { name: /Saved on this device/ }));
    await page.close();
    await context.unrouteAll();
    const held = [];
    await context.route("**/v1/forms/**", (route) => void held.push(route));
    const tabs = [await context.newPage(), await context.newPage()];
    for (const tab of tabs) await tab.goto(address);
    await until(() => held.length === 1, "one of them sends");
    await until(async () => (await tabs[0].evaluate(async () => (await navigator.locks.query()).held.length)) === 1, "it holds the lock");
    for (const tab of tabs) await tab.evaluate(() => dispatchEvent(new Event("online")));
    await tabs[0].evaluate(() => new Promise((done) => setTimeout(done)));
    assert.equal(held.length, 1);
    await held[0].continue();
    for (const tab of tabs) await until(async () => !(await letters(tab)).length, "the letter is gone");
    assert.equal(held.length, 1);
  }));

test("what is refused for good is not tried again, and what was typed is there", () =>
  browser.visit({ expects: [refused(422)] }, async (page) => {
    const widget = await open(page);
    await fill(widget, "ida@example.com");
    const fields = [{ field: "message", code: "no", message: "Not this." }];
    const body = JSON.stringify({ status: 422, code: "invalid_submission", title: "Look again.", fields });
    await page.route("**/v1/forms/**", (route) => route.fulfill({ status: 422, body }), { times: 1 });
    await widget.button("Send").click();
    await shown(widget.panel.getByText("Not this."));
    assert.equal(await widget.field("Message").inputValue(), "A private question");
    assert.equal((await letters(page)).length, 0);
    await widget.fill({ Message: "Another" });
    await widget.button("Send").click();
    assert.equal((await stored(staff, await widget.receipt())).message, "Another");
  }));

test("where nothing can be sealed it says so, and the visitor tries again", () =>
  browser.visit({ expects: [OFFLINE] }, async (page, { context }) => {
    await page.addInitScript(() => Object.defineProperty(Crypto.prototype, "subtle", { get: () => undefined }));
    const widget = await open(page);
    await fill(widget, "kai@example.com");
    await context.setOffline(true);
    await widget.button("Send").click();
    await shown(widget.button("Try again"));
    assert.match(await widget.status.textContent(), /could not be sent.*could not be saved on this device/);
    assert.equal(await widget.field("Message").inputValue(), "A private question");
    assert.deepEqual((await kept(page)).databases, []);
    await context.setOffline(false);
    await widget.button("Try again").click();
    assert.equal((await stored(staff, await widget.receipt())).email, "kai@example.com");
  }));

async function open(page, to = address) {
  await page.goto(to);
  const widget = new Widget(page, { launcher: "Open" });
  await widget.open("Ask again");
  return widget;
}

async function fill(widget, email) {
  await widget.fill({ "E-mail": email, Message: "A private question" });
  // What sends is fetched with the first thing typed.
  await until(() => widget.page.evaluate(() => performance.getEntriesByType("resource").some(({ name }) => name.endsWith("/outbox.js"))), "it can send");
}
