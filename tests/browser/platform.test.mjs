// A visitor of the platform's own pages: what they see, what is stored, and what staff get.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { NOTHING_KEPT, Widget, gone, hasFocus, kept, message, shown, startBrowser } from "../support/browser.mjs";
import { startUsher } from "../support/usher.mjs";

const usher = await startUsher();
const browser = await startBrowser();
after(async () => {
  await browser.close();
  await usher.stop();
});
const staff = await usher.signIn("mara");

const INQUIRY = "Ask a course adviser";
const FORMS = "POST /v1/forms/pk_demo_platform/inquiry";

test("before a visitor shows interest, a page asks for the loader and one configuration, and keeps nothing", () =>
  browser.visit({}, async (page, visit) => {
    await page.goto(`${usher.origin}/pricing/`, { waitUntil: "networkidle" });
    await shown(new Widget(page).launcher);
    const ours = visit.asked(usher.origin).filter((request) => / \/(v1|w|console)\//.test(request));
    assert.deepEqual(ours.toSorted(), ["GET /v1/boot/pk_demo_platform.js", "GET /v1/usher.js"]);
    assert.deepEqual(await kept(page), NOTHING_KEPT);
  }));

test("errors stand beside their fields and nothing typed is lost; then it is sent, scored and in the sales queue", () =>
  browser.visit({}, async (page, visit) => {
    await page.goto(`${usher.origin}/pricing/`);
    const widget = new Widget(page);
    await widget.open(INQUIRY);
    await hasFocus(widget.field("Your name"), "the first field has the focus");

    await widget.fill({ "E-mail": "ana@nowhere", "What is it about?": "Classes for my team" });
    await widget.button("Send question").click();
    assert.match(await message(widget.field("Your name")), /./);
    assert.match(await message(widget.field("E-mail")), /./);
    assert.match(await message(widget.field("Your question")), /./);
    await hasFocus(widget.field("Your name"), "the first wrong field has the focus");
    assert.equal(await widget.field("What is it about?").getAttribute("aria-invalid"), null);
    assert.match(await widget.status.textContent(), /Your name.*E-mail.*Your question/);
    assert.equal(await widget.field("E-mail").inputValue(), "ana@nowhere");
    assert.equal(await widget.field("What is it about?").inputValue(), "team");
    assert.deepEqual(visit.asked(usher.origin, { method: "POST" }), [], "what is wrong is not sent");

    await widget.fill({ "Your name": "Ana Ruiz", "Your question": "What do eleven people cost?\nWe start in March." });
    await widget.fill({ "E-mail": "ana.ruiz@first.example.com", "How many people?": "11" });
    assert.equal(await widget.field("Your name").getAttribute("aria-invalid"), null);
    await widget.button("Send question").click();
    const receipt = await widget.receipt();
    await hasFocus(widget.panel.getByRole("heading", { name: /thank you/i }), "the receipt has the focus");
    assert.equal(receipt.team, "Advisers for teams");
    assert.match(receipt.reference, /^[A-Z0-9]+(-[A-Z0-9]+)+$/);
    assert.match(receipt.by, /\d\d:\d\d/);
    assert.deepEqual(await kept(page), { ...NOTHING_KEPT, session: ["usher.known.pk_demo_platform"], databases: ["usher"] }, "but the key that sealed it, and for this visit what is not asked twice");

    const item = await staff.itemOf(receipt);
    assert.equal(item.row.queue, "sales");
    assert.equal(item.row.who, "Ana Ruiz");
    assert.equal(item.source.site, "Larkfield Learning");
    assert.equal(item.source.partner, false);
    assert.equal(new URL(item.source.url).pathname, "/pricing/");
    assert.match(item.source.title, /^Pricing/);
    const kinds = item.signals.map((signal) => signal.kind);
    assert.ok(kinds.indexOf("page_viewed") >= 0, `${kinds}`);
    assert.ok(kinds.indexOf("pricing_viewed") > kinds.indexOf("page_viewed"), `${kinds}`);
    const reasons = item.score.reasons.map((reason) => reason.rule);
    for (const rule of ["for_a_team", "sends_inquiry", "asked_from_pricing", "looked_at_prices"]) {
      assert.ok(reasons.includes(rule), `${rule} in ${reasons}`);
    }
    const sent = Object.fromEntries(item.submission.values.map(({ name, value }) => [name, value]));
    assert.equal(sent.message, "What do eleven people cost?\nWe start in March.");
    assert.equal(sent.email, "ana.ruiz@first.example.com");
    assert.equal(item.route.rule, "team");
  }));

test("after the receipt the panel closes, or gives an empty form again", () =>
  browser.visit({}, async (page) => {
    await page.goto(`${usher.origin}/`);
    const widget = new Widget(page);
    await widget.open(INQUIRY);
    await widget.fill({ "Your name": "Bo Lind", "E-mail": "bo@example.com", "Your question": "One" });
    await widget.button("Send question").click();
    const first = await widget.receipt();
    await widget.button("Send another").click();
    await hasFocus(widget.field("Your name"));
    assert.equal(await widget.field("Your question").inputValue(), "");
    await widget.fill({ "Your name": "Bo Lind", "E-mail": "bo@example.com", "Your question": "Two" });
    await widget.button("Send question").click();
    const second = await widget.receipt();
    assert.notEqual(second.reference, first.reference);
    await widget.button("Done").click();
    await gone(widget.panel);
    const item = await staff.itemOf(second);
    assert.deepEqual(item.person.others.map((row) => row.reference), [first.reference], "one person, both items");
  }));

test("a link of the page opens the form that it names", () =>
  browser.visit({}, async (page) => {
    await page.goto(`${usher.origin}/pricing/`);
    const widget = new Widget(page);
    await shown(widget.launcher);
    await page.getByRole("link", { name: "Start Pro with a trial" }).click();
    await widget.shows("Join a trial class");
    await page.keyboard.press("Escape");
    await gone(widget.panel);
    await hasFocus(page.getByRole("link", { name: "Start Pro with a trial" }), "the focus is where it came from");
    await page.getByRole("link", { name: "Ask about Team" }).click();
    await widget.shows(INQUIRY);
    assert.equal(new URL(page.url()).pathname, "/pricing/", "the page stays");
  }));

test("a trial sign-up goes to sales with a tier of its own", () =>
  browser.visit({}, async (page) => {
    await page.goto(`${usher.origin}/trial/`);
    const widget = new Widget(page);
    await widget.open("Join a trial class");
    await widget.fill({ "Your name": "Ben Okoye", "E-mail": "ben@harbour.example.com", Telephone: "+44 20 7946 0018" });
    await widget.button("Next").click();
    await shown(widget.field("Course"));
    await widget.button("Save my place").click();
    assert.match(await message(widget.field("You may write to me about this trial class.")), /./);
    await widget.fill({ Course: "Bookkeeping for small firms", "You may write to me about this trial class.": true });
    await widget.button("Save my place").click();
    const receipt = await widget.receipt();
    assert.equal(receipt.team, "Trial class hosts");
    const item = await staff.itemOf(receipt);
    assert.equal(item.row.queue, "sales");
    assert.equal(item.row.kind, "trial");
    assert.equal(item.route.rule, "trial");
    assert.match(item.row.tier, /^[ABC]1$/, "the highest intent");
    assert.ok(item.score.reasons.some((reason) => reason.rule === "signs_up_for_trial"));
  }));

test("a support request goes to the success queue", () =>
  browser.visit({}, async (page) => {
    await page.goto(`${usher.origin}/support/`);
    const widget = new Widget(page);
    await widget.open("Get help");
    await widget.fill({
      ...{ "E-mail of your account": "cy@example.com", "What is it about?": "A complaint" },
      ...{ "What happened?": "The class was cancelled twice." },
    });
    await widget.button("Send request").click();
    const receipt = await widget.receipt();
    assert.equal(receipt.team, "Learner support");
    const item = await staff.itemOf(receipt);
    assert.equal(item.row.queue, "success");
    assert.equal(item.route.rule, "complaint");
    const success = await usher.signIn("sunil");
    assert.ok((await success.items("success")).some((row) => row.reference === receipt.reference));
  }));

test("pressed twice, it is sent once", () =>
  browser.visit({}, async (page, visit) => {
    await page.goto(`${usher.origin}/`);
    const widget = new Widget(page);
    await widget.open(INQUIRY);
    await widget.fill({ "Your name": "Di Marsh", "E-mail": "di@example.com", "Your question": "Twice?" });
    // The answer waits until the second press, and the key, are done.
    let release;
    const pressed = new Promise((resolve) => (release = resolve));
    await page.route("**/v1/forms/**", async (route) => {
      await pressed;
      await route.continue();
    });
    await widget.button("Send question").dblclick();
    await page.keyboard.press("Enter");
    release();
    const receipt = await widget.receipt();
    assert.deepEqual(visit.asked(usher.origin, { method: "POST" }).filter((it) => it === FORMS), [FORMS]);
    assert.equal((await staff.itemOf(receipt)).person.others.length, 0);
  }));

test("the keyboard alone opens, fills in, sends and closes", () =>
  browser.visit({}, async (page) => {
    await page.goto(`${usher.origin}/pricing/`);
    const widget = new Widget(page);
    await shown(widget.launcher);
    const isOn = (control) => control.evaluate((element) => element.getRootNode().activeElement === element);
    for (let steps = 0; !(await isOn(widget.launcher)); steps += 1) {
      assert.ok(steps < 80, "the launcher can be reached");
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
    await widget.shows(INQUIRY);
    await hasFocus(widget.field("Your name"));
    await page.keyboard.type("Gus Tamm");
    await page.keyboard.press("Tab");
    await page.keyboard.type("gus@example.com");
    await page.keyboard.press("Tab");
    await hasFocus(widget.field("Company"));
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    assert.equal(await widget.field("What is it about?").inputValue(), "myself");
    await page.keyboard.press("Tab");
    await page.keyboard.type("By keys only?");
    await page.keyboard.press("Tab");
    await hasFocus(widget.panel.getByRole("checkbox"));
    await page.keyboard.press("Tab");
    await hasFocus(widget.button("Send question"));
    await page.keyboard.press("Enter");
    const receipt = await widget.receipt();
    await hasFocus(widget.panel.getByRole("heading", { name: /thank you/i }));
    await page.keyboard.press("Escape");
    await gone(widget.panel);
    await hasFocus(widget.launcher, "the focus is back on the launcher");
    const item = await staff.itemOf(receipt);
    assert.equal(item.submission.values.find(({ name }) => name === "interest").value, "A class for myself");
  }));

test("what a visitor typed survives closing the panel, and another form has its own", () =>
  browser.visit({}, async (page) => {
    await page.goto(`${usher.origin}/pricing/`);
    const widget = new Widget(page);
    await widget.open(INQUIRY);
    await widget.fill({ "Your question": "Half a thought" });
    await widget.close.click();
    await gone(widget.panel);
    await page.getByRole("link", { name: "Start Pro with a trial" }).click();
    await widget.shows("Join a trial class");
    await widget.close.click();
    await widget.open(INQUIRY);
    assert.equal(await widget.field("Your question").inputValue(), "Half a thought");
  }));

test("what a visitor did on an earlier page is known when they write from a later one", () =>
  // The user agent is Chromium's own: what a closing page still sends would not carry another one.
  browser.visit({ userAgent: undefined }, async (page) => {
    await page.goto(`${usher.origin}/courses/data-analysis/`);
    await shown(new Widget(page).launcher);
    await page.getByRole("link", { name: "Pricing" }).first().click();
    await page.waitForURL("**/pricing/");
    const widget = new Widget(page);
    await widget.open(INQUIRY);
    await widget.fill({ "Your name": "Hal Ek", "E-mail": "hal@example.com", "Your question": "And Python?" });
    await widget.button("Send question").click();
    const item = await staff.itemOf(await widget.receipt());
    const pages = item.signals.filter((signal) => signal.kind === "page_viewed").map((signal) => signal.url);
    assert.deepEqual(pages.map((url) => new URL(url, usher.origin).pathname), ["/courses/data-analysis/", "/pricing/"]);
  }));
