// Every kind of field, conditions, steps, what is known, drafts, files, and forms in the page's own place: what visitors
// see, and what is stored.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Widget, field, gone, hasFocus, kept, message, shown, startBrowser, NOTHING_KEPT } from "../support/browser.mjs";
import { finds } from "../support/screen.mjs";
import { AGAIN, ENROL, REPORT, day, install, stored } from "../support/kinds.mjs";
import { startHosts } from "../support/hosts.mjs";
import { startUsher, until } from "../support/usher.mjs";

const KEY = "pk_forms";
const usher = await startUsher();
const browser = await startBrowser();
const hosts = await startHosts();
after(async () => {
  await browser.close();
  await usher.stop();
  await hosts.stop();
});
const staff = await usher.signIn("mara");
const snippet = (more = "") => `<script async src="${usher.origin}/v1/usher.js" data-site="${KEY}" ${more}></script>`;

before(() => installed("en"));

function installed(lang) {
  const site = { id: "forms", name: "Forms", kind: "own", key: KEY, origins: [hosts.origin], launcher: "Open" };
  const ids = ["enrol", "again", "report", "inquiry"];
  return install(usher, { forms: [ENROL, AGAIN, REPORT], sites: [{ ...site, forms: ids }], lang });
}

/** A page of a visitor's with the form of this name open. */
async function open(page, form, { path = "/form", more = "" } = {}) {
  await page.goto(hosts.page(path.split("?")[0], { snippet: snippet(`data-form="${form}" ${more}`) }) + (path.split("?")[1] ? `?${path.split("?")[1]}` : ""));
  const widget = new Widget(page, { launcher: "Open" });
  await widget.launcher.click();
  await widget.panel.locator("form").waitFor();
  return widget;
}

async function aboutYou(widget, values = {}) {
  await widget.fill({ Name: "Ana Ruiz", "E-mail": "ana@first.example.com", ...values });
  await widget.panel.getByRole("radio", { name: "Myself" }).check();
}

async function yourClass(widget) {
  await widget.panel.getByRole("checkbox", { name: "Tuesday" }).check();
  await widget.fill({ From: day(3), "You may write to me about this class.": true });
}

test("every kind of field is filled in, in two steps, and stored", () =>
  browser.visit({}, async (page) => {
    const widget = await open(page, "enrol", { path: "/form?utm_campaign=spring" });
    await page.evaluate(() => usher("set", { values: { plan: "pro" } }));
    await widget.close.click();
    await widget.launcher.click();
    await aboutYou(widget, { Telephone: "020 7946 0018" });
    await widget.panel.getByRole("radio", { name: "My team" }).check();
    await widget.fill({ "How many seats": "7" });
    await widget.button("Next").click();
    await hasFocus(widget.panel.getByRole("heading", { name: /Step 2 of 2.*Your class/ }));
    await widget.fill({ Level: "Advanced", Until: day(9), Notes: "Evenings\nplease", "Send me the programme": true });
    await yourClass(widget);
    await finds(page, "the second step");
    await widget.button("Enrol").click();
    const receipt = await widget.receipt();
    await shown(widget.panel.getByText("See you in class."));
    const values = await stored(staff, receipt);
    assert.deepEqual(
      [values.name, values.tel, values.for_whom, values.seats, values.notes, values.plan, values.campaign],
      ["Ana Ruiz", "+44 20 7946 0018", "My team", "7", "Evenings\nplease", "pro", "spring"],
    );
    assert.match(values.days, /Tuesday/);
    assert.match(values.start, new RegExp(day(3)));
    // The form that comes next.
    await widget.button("Ask a course adviser").click();
    await widget.shows("Ask a course adviser");
  }));

test("a step is checked when it is left, its first error has the focus, and back keeps what was typed", () =>
  browser.visit({}, async (page, visit) => {
    const widget = await open(page, "enrol");
    await widget.fill({ "E-mail": "ana@nowhere" });
    await page.keyboard.press("Enter");
    assert.match(await message(widget.field("Name")), /fill this in/);
    assert.match(await message(widget.field("E-mail")), /e-mail address/);
    await hasFocus(widget.field("Name"));
    assert.match(await widget.status.textContent(), /Name, E-mail, For whom$/, "only this step's fields are named");
    await finds(page, "the first step with errors");
    await aboutYou(widget);
    await widget.field("Name").press("Enter");
    await hasFocus(widget.panel.getByRole("heading", { name: /Step 2 of 2/ }));
    await widget.field("Notes").fill("Kept");
    await widget.button("Back").click();
    await hasFocus(widget.panel.getByRole("heading", { name: /Step 1 of 2/ }));
    assert.equal(await widget.field("Name").inputValue(), "Ana Ruiz");
    await widget.button("Next").click();
    assert.equal(await widget.field("Notes").inputValue(), "Kept");
    assert.deepEqual(visit.asked(usher.origin, { method: "POST" }).filter((it) => it.includes("/forms/")), []);
  }));

test("a rule between two fields is told beside its field", () =>
  browser.visit({}, async (page) => {
    const widget = await open(page, "enrol");
    await aboutYou(widget);
    await widget.button("Next").click();
    await yourClass(widget);
    await widget.fill({ Until: day(1) });
    await widget.button("Enrol").click();
    await hasFocus(widget.field("Until"));
    assert.match(await message(widget.field("Until")), /The end is before the start/);
    await widget.fill({ Until: day(5) });
    assert.equal(await widget.field("Until").getAttribute("aria-invalid"), null);
  }));

test("a conditional field comes and goes with its condition, keeps the focus where it is, and is sent only while asked", () =>
  browser.visit({}, async (page) => {
    const widget = await open(page, "enrol");
    await aboutYou(widget);
    const seats = widget.field("How many seats");
    assert.equal(await seats.count(), 0);
    await widget.panel.getByRole("radio", { name: "My team" }).check();
    await shown(seats);
    await hasFocus(widget.panel.getByRole("radio", { name: "My team" }));
    await seats.fill("9");
    await widget.panel.getByRole("radio", { name: "Myself" }).check();
    await gone(seats);
    await widget.button("Next").click();
    await yourClass(widget);
    await widget.button("Enrol").click();
    assert.equal("seats" in (await stored(staff, await widget.receipt())), false);
  }));

test("what was given in this visit is shown and not asked again, can be changed, and its place is taken", () =>
  browser.visit({}, async (page) => {
    let widget = await open(page, "again");
    assert.equal(await widget.field("Your role").count(), 0, "it waits for a free place");
    await widget.fill({ "E-mail": "bo@first.example.com", Message: "One" });
    await widget.button("Send").click();
    const first = await widget.receipt();
    widget = await open(page, "again", { path: "/later" });
    await shown(widget.panel.getByText("bo@first.example.com"));
    await shown(widget.panel.getByText(/You told us/));
    assert.equal(await widget.field("E-mail").count(), 0);
    await finds(page, "a form that knows");
    await widget.fill({ Message: "Two", "Your role": "Bookkeeper" });
    await widget.button("Send").click();
    const second = await stored(staff, await widget.receipt());
    assert.deepEqual([second.email, second.role], ["bo@first.example.com", "Bookkeeper"]);
    widget = await open(page, "again", { path: "/changed" });
    await widget.button("Change").click();
    await hasFocus(widget.field("E-mail"));
    assert.equal(await widget.field("E-mail").inputValue(), "bo@first.example.com");
    await widget.fill({ "E-mail": "bo@second.example.com", Message: "Three" });
    await widget.button("Send").click();
    const third = await widget.receipt();
    assert.equal((await stored(staff, third)).email, "bo@second.example.com");
    assert.notEqual(first.reference, third.reference);
  }));

test("a draft survives a reload, can be dropped, and goes when it is sent; before the visitor types nothing is kept", () =>
  browser.visit({}, async (page) => {
    let widget = await open(page, "enrol");
    assert.deepEqual(await kept(page), NOTHING_KEPT);
    await aboutYou(widget);
    await widget.button("Next").click();
    await yourClass(widget);
    widget = await open(page, "enrol");
    await shown(widget.panel.getByText("What you had typed is back."));
    assert.equal(await widget.field("Name").inputValue(), "Ana Ruiz");
    assert.ok(await widget.panel.getByRole("radio", { name: "Myself" }).isChecked());
    await finds(page, "a form with a draft");
    await widget.button("Next").click();
    assert.ok(await widget.panel.getByRole("checkbox", { name: "Tuesday" }).isChecked());
    assert.ok(!(await widget.field("You may write to me").isChecked()), "no agreement is given by reloading");
    await widget.button("Back").click();
    await widget.button("Start afresh").click();
    assert.equal(await widget.field("Name").inputValue(), "");
    assert.deepEqual((await kept(page)).session, []);
    await aboutYou(widget);
    await widget.button("Next").click();
    await yourClass(widget);
    await widget.button("Enrol").click();
    await widget.receipt();
    assert.deepEqual((await kept(page)).session.filter((key) => key.includes("draft")), []);
  }));

test("a file is looked at, sent with its progress, shown, and can be taken back", () =>
  browser.visit({}, async (page) => {
    const widget = await open(page, "report");
    const chooser = widget.panel.locator('input[type="file"]');
    const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
    await chooser.setInputFiles({ name: "note.png", mimeType: "image/png", buffer: Buffer.from("<script>") });
    assert.match(await message(chooser), /no PNG, JPEG or PDF/);
    await chooser.setInputFiles({ name: "huge.png", mimeType: "image/png", buffer: Buffer.alloc(5 * 1024 * 1024 + 1, png) });
    await until(async () => /too large/.test(await message(chooser)), "it is too large");
    await chooser.setInputFiles({ name: "screen.png", mimeType: "image/png", buffer: png });
    await shown(widget.panel.getByText(/screen\.png ·/));
    await finds(page, "a form with a file");
    await widget.button("Remove").click();
    await shown(chooser);
    await chooser.setInputFiles({ name: "screen.png", mimeType: "image/png", buffer: png });
    await shown(widget.panel.getByText(/screen\.png ·/));
    await widget.fill({ "E-mail": "cy@example.com" });
    await widget.button("Report it").click();
    const receipt = await widget.receipt();
    assert.match((await stored(staff, receipt)).picture, /./);
  }));

test("the page is told what happens, without anything personal, and may hold a submission back", () =>
  browser.visit({}, async (page) => {
    await page.addInitScript(() => {
      self.heard = [];
      for (const name of ["open", "submit", "success", "error"]) {
        addEventListener(`usher:${name}`, (event) => {
          self.heard.push([event.type, JSON.stringify(event.detail)]);
          if (name === "submit" && self.hold) event.preventDefault();
        });
      }
    });
    const widget = await open(page, "again");
    await widget.fill({ "E-mail": "di@example.com", Message: "Private" });
    await page.evaluate(() => (self.hold = true));
    await widget.button("Send").click();
    await until(() => page.evaluate(() => self.heard.some(([name]) => name === "usher:submit")), "it is asked");
    await shown(widget.button("Send"));
    await page.evaluate(() => (self.hold = false));
    await widget.button("Send").click();
    await widget.receipt();
    const heard = await page.evaluate(() => self.heard);
    assert.deepEqual(heard.map(([name]) => name), ["usher:open", "usher:submit", "usher:submit", "usher:success"]);
    assert.doesNotMatch(JSON.stringify(heard), /di@example|Private/);
  }));

test("a form stands in the page's own place, and goes when it is told to", () =>
  browser.visit({}, async (page) => {
    await page.goto(hosts.page("/inline", { snippet: `<usher-form form="again"></usher-form><div id="own"></div>${snippet('data-launcher="off"')}` }));
    const inline = page.locator("usher-form");
    await fillAgain(inline, "eva@example.com");
    await inline.getByRole("button", { name: "Send" }).click();
    await shown(inline.getByRole("heading", { name: /thank you/i }));
    await finds(page, "an inline receipt");
    await page.evaluate(() => usher("mount", document.querySelector("#own"), { form: "report" }));
    await shown(page.locator("#own").getByRole("textbox", { name: "E-mail" }));
    await page.evaluate(() => document.querySelector("usher-form").remove());
    assert.equal(await inline.count(), 0);
  }));

test("the page's own form keeps its elements, and is checked and sent in place", () =>
  browser.visit({}, async (page) => {
    const form = `<form data-usher="again" action="${usher.origin}/v1/forms/${KEY}/again" method="post">
      <label>Mail <input name="email"></label><label>Text <textarea name="message"></textarea></label><button>Go</button></form>`;
    await page.goto(hosts.page("/own", { snippet: form + snippet('data-launcher="off"') }));
    const own = page.locator("form[data-usher]");
    await own.getByRole("textbox", { name: "Mail" }).fill("eva@nowhere");
    await own.getByRole("button", { name: "Go" }).click();
    assert.match(await message(own.getByRole("textbox", { name: "Mail" })), /e-mail address/);
    await hasFocus(own.getByRole("textbox", { name: "Mail" }));
    await own.getByRole("textbox", { name: "Mail" }).fill("eva@own.example.com");
    await own.getByRole("textbox", { name: "Text" }).fill("In place");
    await own.getByRole("button", { name: "Go" }).click();
    await shown(page.getByRole("heading", { name: /thank you/i }));
    const reference = await page.locator(".usher-result code").textContent();
    const values = await stored(staff, { reference });
    assert.deepEqual([values.email, values.message], ["eva@own.example.com", "In place"]);
    assert.equal(new URL(page.url()).pathname, "/own", "the page stays");
  }));

test("the keyboard alone fills in both steps and sends", () =>
  browser.visit({}, async (page) => {
    const widget = await open(page, "enrol");
    await hasFocus(widget.field("Name"));
    const type = async (text) => {
      await page.keyboard.type(text);
      await page.keyboard.press("Tab");
    };
    await type("Gus Tamm");
    await type("gus@example.com");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await page.keyboard.press("Enter");
    await hasFocus(widget.panel.getByRole("heading", { name: /Step 2 of 2/ }));
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    for (let steps = 0; !(await isOn(widget.field("From"))); steps += 1) {
      assert.ok(steps < 10, "the date can be reached");
      await page.keyboard.press("Tab");
    }
    const [year, month, date] = day(4).split("-");
    // As Chromium of this machine writes a day.
    await page.keyboard.type(`${month}${date}${year}`);
    for (let steps = 0; !(await isOn(widget.field("You may write to me"))); steps += 1) {
      assert.ok(steps < 20, "the consent can be reached");
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Space");
    await page.keyboard.press("Enter");
    const values = await stored(staff, await widget.receipt());
    assert.equal(values.start.includes(day(4)), true);
  }));

// The last one: it changes the language of the site.
test("in Arabic it is written from right to left, in Arabic words, and clean", () =>
  browser.visit({ viewport: { width: 320, height: 640 }, locale: "ar" }, async (page) => {
    await installed("ar");
    const widget = await until(async () => {
      const widget = await open(page, "enrol");
      return (await widget.panel.getAttribute("dir")) === "rtl" && widget;
    }, "the site speaks Arabic");
    await shown(widget.button("التالي"));
    await widget.button("التالي").click();
    await hasFocus(widget.field("Name"));
    const words = await widget.panel.evaluate((panel) => panel.querySelector("[role=status]").textContent + panel.querySelector(".error").textContent);
    assert.match(words, /[\u0600-\u06ff]/);
    await finds(page, "an Arabic form with errors");
    const wide = await page.evaluate(() => document.querySelector("usher-widget").shadowRoot.querySelector(".body").scrollWidth <= 320);
    assert.ok(wide, "nothing is wider than the screen");
  }));

function isOn(control) {
  return control.evaluate((element) => element.getRootNode().activeElement === element);
}

async function fillAgain(inside, email) {
  await field(inside, "E-mail").fill(email);
  await field(inside, "Message").fill("In the page");
}
