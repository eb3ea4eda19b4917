// axe finds nothing on any screen, in either colour scheme, on a desk and on a phone; and the roles and names that
// assistive software meets stay what they are.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { Widget, gone, refused, shown, startBrowser } from "../support/browser.mjs";
import { finds } from "../support/screen.mjs";
import { inquiry, startUsher, support, trial } from "../support/usher.mjs";

const usher = await startUsher();
const browser = await startBrowser();
after(async () => {
  await browser.close();
  await usher.stop();
});
const api = await usher.signIn("mara");

const DESK = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const LIGHT = { colorScheme: "light" };
const DARK = { colorScheme: "dark" };

test("a platform page with the widget closed, open, with errors and with its receipt (desk, light)", () =>
  widgetStates({ ...DESK, ...LIGHT }, "/pricing/"));

test("the same on a phone, dark", () => widgetStates({ ...PHONE, ...DARK }, "/pricing/"));

test("the trial form with its consent, on a desk, dark, and the support form on a phone, light", async () => {
  await browser.visit({ ...DESK, ...DARK }, async (page) => {
    await page.goto(`${usher.origin}/trial/`);
    const widget = new Widget(page);
    await widget.open("Join a trial class");
    await widget.button("Next").click();
    await shown(widget.panel.getByText(/please/i).first());
    await finds(page, "the trial form's first step with errors");
    await widget.field("Your name").fill("Ana Ruiz");
    await widget.field("E-mail").fill("ana@example.com");
    await widget.button("Next").click();
    await shown(widget.panel.getByRole("group", { name: /days/i }));
    await widget.button("Save my place").click();
    await shown(widget.panel.getByText(/please/i).first());
    await finds(page, "the trial form's second step with errors");
  });
  await browser.visit({ ...PHONE, ...LIGHT }, async (page) => {
    await page.goto(`${usher.origin}/support/`);
    const widget = new Widget(page);
    await widget.open("Get help");
    await finds(page, "the support form");
  });
});

test("the other pages of the platform and the partner", () =>
  // Chromium reports the page that is not there.
  browser.visit({ ...DESK, ...DARK, expects: [refused(404)] }, async (page) => {
    for (const address of [
      ...["/", "/courses/data-analysis/", "/trial/", "/support/", "/no-such-page/"].map((path) => usher.origin + path),
      ...["/", "/recommended-courses/"].map((path) => usher.partnerOrigin + path),
    ]) {
      await page.goto(address, { waitUntil: "networkidle" });
      await finds(page, address);
    }
  }));

test("the plain form, fresh, with errors and thanks", async () => {
  for (const options of [{ ...DESK, ...LIGHT }, { ...PHONE, ...DARK }]) {
    await browser.visit({ ...options, expects: [refused(422)] }, async (page) => {
      await page.goto(`${usher.origin}/v1/forms/pk_demo_platform/trial`);
      await finds(page, "the fresh form");
      await page.getByRole("button", { name: "Save my place" }).click();
      await shown(page.getByRole("alert"));
      await finds(page, "the form with errors");
      await page.getByRole("textbox", { name: "Your name" }).fill("Ana Ruiz");
      await page.getByRole("textbox", { name: "E-mail" }).fill("ana@example.com");
      await page.getByRole("combobox", { name: "Course" }).selectOption("python");
      await page.getByRole("checkbox", { name: /You may write/ }).check();
      await page.getByRole("button", { name: "Save my place" }).click();
      await shown(page.getByRole("heading", { name: /thank you/i }));
      await finds(page, "thanks");
    });
  }
});

test("the console's door", async () => {
  for (const options of [{ ...DESK, ...LIGHT }, { ...PHONE, ...DARK }]) {
    await browser.visit({ ...options, expects: [refused(401)] }, async (page) => {
      await page.goto(`${usher.origin}/console/sign-in`);
      await shown(page.getByRole("heading", { name: "Sign in", level: 1 }));
      await finds(page, "the door");
    });
  }
});

test("a queue, empty and full, an item and its forms", async () => {
  await browser.visit({ ...DESK, ...DARK }, async (page) => {
    await signIn(page, "sunil");
    await shown(page.getByText("Nothing is waiting in Success"));
    await finds(page, "an empty queue");
  });
  const item = await fillQueue();
  for (const options of [{ ...DESK, ...LIGHT }, { ...PHONE, ...DARK }, { ...DESK, ...DARK }]) {
    await browser.visit(options, async (page) => {
      await signIn(page, "mara");
      await shown(page.getByRole("row", { name: /Ana Ruiz/ }));
      await finds(page, "a full queue");
      await page.goto(`${usher.origin}/console/items/${item}`);
      await shown(page.getByRole("region", { name: "Score" }));
      await finds(page, "an item");
      if (options.colorScheme === "dark" && options.isMobile) return;
      await page.getByRole("button", { name: "Add note" }).click();
      await page.getByRole("button", { name: "Save note" }).click();
      await shown(page.getByRole("alert"));
      await finds(page, "a note that is empty");
      await page.getByRole("button", { name: "Cancel" }).click();
      await page.getByRole("button", { name: "Close item" }).click();
      await shown(page.getByRole("radio").first());
      await finds(page, "closing");
    });
  }
});

test("what assistive software meets in the widget", () =>
  browser.visit({}, async (page) => {
    await page.goto(`${usher.origin}/pricing/`);
    const widget = new Widget(page);
    await widget.open("Ask a course adviser");
    const tree = await widget.panel.ariaSnapshot();
    for (const line of [
      '- dialog "Ask a course adviser"',
      '- heading "Ask a course adviser" [level=2]',
      '- button "Close"',
      '- textbox "Your name"',
      '- textbox "E-mail"',
      '- textbox "Company (optional)"',
      '- combobox "What is it about? (optional)"',
      '- textbox "Your question"',
      '- button "Send question"',
    ]) {
      assert.ok(tree.includes(line), `${line} in\n${tree}`);
    }
    const role = (name) => widget.field(name).getAttribute("aria-required");
    assert.deepEqual([await role("Your name"), await role("Company")], ["true", null]);
  }));

test("what assistive software meets in a queue's row", () =>
  browser.visit({ viewport: { width: 1440, height: 900 } }, async (page) => {
    const { status } = await usher.submit("inquiry", inquiry({ name: "Row Vane", message: "Read me aloud" }));
    assert.equal(status, 200);
    await signIn(page, "mara");
    const row = page.getByRole("row", { name: /Row Vane/ });
    await shown(row);
    const cells = (await row.getByRole("cell").allTextContents()).map((text) => text.trim());
    const [pick, score, what, kind] = cells;
    assert.equal(pick, "Pick Row Vane");
    assert.match(score, /^[ABC][123] \d+$/);
    await shown(row.getByRole("cell", { name: /^Tier [ABC][123], \d+ points?$/ }));
    assert.equal(what, "Row Vane Read me aloud");
    assert.equal(kind, "Inquiry");
    await shown(row.getByRole("checkbox", { name: "Pick Row Vane" }));
    assert.match(cells.at(-1), /Nobody yet/);
    const headers = await page.getByRole("columnheader").allTextContents();
    assert.equal(headers.length, cells.length);
    await shown(row.getByRole("link", { name: "Row Vane Read me aloud" }));
  }));

test("a queue's row says of what kind it is and whose site it came from, at every width", async () => {
  const { status } = await usher.submit("inquiry", inquiry({ name: "Guild Reader" }), { site: "pk_demo_partner" });
  assert.equal(status, 200);
  for (const width of [320, 390, 768, 1024, 1280, 1440]) {
    await browser.visit({ viewport: { width, height: 800 } }, async (page) => {
      await signIn(page, "mara");
      const row = page.getByRole("row", { name: /Guild Reader/ });
      await shown(row.getByRole("cell", { name: "Inquiry" }));
      const site = row.getByRole("cell", { name: "Harbour Careers Guild partner" });
      await shown(site);
      const whole = await site.locator("bdi").evaluate((name) => name.scrollWidth <= name.clientWidth);
      assert.ok(whole || width < 390, `the site's name is not cut at ${width}px`);
    });
  }
});

async function widgetStates(options, path) {
  await browser.visit(options, async (page) => {
    await page.goto(`${usher.origin}${path}`);
    const widget = new Widget(page);
    await shown(widget.launcher);
    await finds(page, "closed");
    await widget.open("Ask a course adviser");
    await finds(page, "open");
    await widget.button("Send question").click();
    await shown(widget.panel.locator('[aria-invalid="true"]'));
    await finds(page, "errors");
    await widget.fill({ "Your name": "Ana Ruiz", "E-mail": "ana@example.com", "Your question": "Which plan?" });
    await widget.button("Send question").click();
    await widget.receipt();
    await finds(page, "receipt");
    await widget.button("Done").click();
    await gone(widget.panel);
  });
}

/** A queue with something of everything; the id of an item that is mara's. */
async function fillQueue() {
  const receipts = [
    await usher.submit("inquiry", inquiry({ interest: "team", seats: "12", company: "Ruiz Freight" })),
    await usher.submit("inquiry", inquiry({ name: "نور الهاشمي", message: "هل توجد دروس في المساء؟" })),
    await usher.submit("trial", trial()),
    await usher.submit("inquiry", inquiry({ name: "Ida Vance" }), { site: "pk_demo_partner" }),
    await usher.submit("support", support({ topic: "complaint" })),
  ];
  const { row } = await api.itemOf(receipts[0].body);
  await api.act(row.id, { act: "claim" });
  await api.act(row.id, { act: "note", text: "Called; back on Monday." });
  return row.id;
}

async function signIn(page, member) {
  const { body } = await usher.operator("POST", "workspaces/demo/sign-in-links", { member });
  await page.goto(new URL(body.url, usher.origin).href);
  await shown(page.getByRole("navigation", { name: "Queues" }));
}
