// An admin at the console: says how long things are kept; exports everything that is known of a person, holds them, and erases them.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";

import { description, gone, hasFocus, pairs, refused, shown, startBrowser } from "../support/browser.mjs";
import { finds, fits } from "../support/screen.mjs";
import { inquiry, startUsher, support, until } from "../support/usher.mjs";

const DESK = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme: "dark" };
const DAY_SECONDS = 24 * 60 * 60;
const usher = await startUsher({ args: ["--faults"] });
const browser = await startBrowser();
after(async () => {
  await browser.close();
  await usher.stop();
});
let api = await usher.signIn("mara");

test("who may finds the page, and the section of an item; nobody else does", async () => {
  const item = await send(inquiry({ name: "Wim Watch" }));
  await visit("mara", DESK, async (page) => {
    const link = page.getByRole("navigation", { name: "More" }).getByRole("link", { name: "Privacy" });
    await link.click();
    await shown(page.getByRole("heading", { name: "Privacy", level: 1 }));
    await shown(page.getByText("There is no rule: every closed item is kept."));
    await shown(page.getByText("Nothing is ever deleted for its age: there is no rule."));
    await shown(page.getByText("Nobody is on hold."));
    await shown(page.getByText("Nobody was erased yet."));
    assert.equal(await link.getAttribute("aria-current"), "page");
    await finds(page, "no rules");
  });
  await visit("theo", DESK, async (page) => {
    await page.goto(`${usher.origin}/console/privacy`);
    await shown(page.getByRole("heading", { name: "This is not yours to see" }));
    assert.equal(await page.getByRole("link", { name: "Privacy" }).count(), 0);
    await page.goto(`${usher.origin}/console/items/${item.row.id}`);
    await shown(page.getByRole("region", { name: "Person" }));
    assert.equal(await page.getByRole("region", { name: "Privacy" }).count(), 0);
  });
});

test("rules by form and outcome: what is wrong stands beside its field, what is saved is in force, in its order", () =>
  visit("mara", { ...DESK, expects: [refused(422), refused(409)] }, async (page) => {
    await page.goto(`${usher.origin}/console/privacy`);
    const add = page.getByRole("button", { name: "Add a rule" });
    await add.press("Enter");
    const days = (at) => rule(page, at).getByRole("textbox", { name: "Days" });
    await hasFocus(days(1));
    await days(1).fill("0");
    await rule(page, 1).getByRole("combobox", { name: "Outcome" }).selectOption({ label: "Spam" });
    await add.press("Enter");
    await days(2).fill("");
    await rule(page, 2).getByRole("combobox", { name: "Form" }).selectOption({ label: "Ask a course adviser" });
    await page.getByRole("textbox", { name: /Held for review/ }).fill("many");
    await days(2).press("Enter");
    await until(async () => (await days(1).getAttribute("aria-invalid")) === "true", "no days are wrong");
    assert.match(await description(days(1)), /1 to 36,500 days/);
    assert.match(await description(page.getByRole("textbox", { name: /Held for review/ })), /1 to 36,500 days/);
    await hasFocus(days(1));
    await shown(page.getByRole("alert").filter({ hasText: "Not saved: 2 things need another look." }));
    await finds(page, "rules that are wrong");
    assert.deepEqual((await view()).retention, {});

    // What is typed stays while one looks elsewhere.
    await days(1).fill("7");
    await page.getByRole("link", { name: "Operations" }).click();
    await shown(page.getByRole("heading", { name: "Operations", level: 1 }));
    await page.goBack();
    assert.equal(await days(1).inputValue(), "7");
    await page.getByRole("textbox", { name: /Held for review/ }).fill("30");
    await rule(page, 2).getByRole("button", { name: "Move up rule 2" }).click();
    const { version } = await view();
    assert.equal((await api.call("privacy/retention", { method: "POST", body: { version, retention: { dead_days: 90 } } })).status, 200);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await shown(page.getByRole("alert").filter({ hasText: "Somebody else has changed the configuration meanwhile" }));
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await until(async () => (await view()).retention.items?.length === 2, "it is saved");
    assert.deepEqual((await view()).retention, { items: [{ form: "inquiry" }, { outcome: "spam", days: 7 }], undecided_days: 30 });
    await gone(page.getByRole("button", { name: "Discard changes" }));
    await shown(page.getByText(/^Looked at next:/));

    await rule(page, 1).getByRole("button", { name: "Remove rule 1" }).click();
    await hasFocus(add);
    await page.getByRole("button", { name: "Discard changes" }).click();
    await shown(rule(page, 2));
    assert.equal(await rule(page, 1).getByRole("combobox", { name: "Form" }).inputValue(), "inquiry");
  }));

test("a hold by keyboard: its reason is asked for, it shows, and nobody erases past it", async () => {
  const item = await send(support({ message: "Where is my course?" }));
  await visit("mara", { ...DESK, expects: [refused(422)] }, async (page) => {
    await open(page, item);
    const region = page.getByRole("region", { name: "Privacy" });
    const change = region.getByRole("button", { name: /legal hold/ });
    await change.press("Enter");
    const reason = region.getByRole("textbox", { name: "Reason" });
    await hasFocus(reason);
    await page.keyboard.press("Escape");
    await hasFocus(change);
    await page.keyboard.press("Enter");
    await region.getByRole("button", { name: "Place the hold" }).press("Enter");
    await until(async () => (await reason.getAttribute("aria-invalid")) === "true", "there is no reason");
    await hasFocus(reason);
    await finds(page, "a hold without a reason");
    await reason.fill("Case 17/2026, until the court has decided.");
    await region.getByRole("button", { name: "Place the hold" }).press("Enter");
    await shown(region.getByText("On legal hold"));
    await shown(region.getByText("Case 17/2026, until the court has decided."));
    const erase = region.getByRole("button", { name: "Erase this person\u2026" });
    assert.equal(await erase.getAttribute("aria-disabled"), "true");
    assert.match(await description(erase), /lift the hold first/);
    await erase.press("Enter");
    assert.equal(await page.getByRole("dialog").count(), 0);
    await finds(page, "a person on hold");

    await page.getByRole("link", { name: "Privacy" }).click();
    const holds = page.getByRole("region", { name: "On legal hold" });
    await shown(holds.getByText("Case 17/2026, until the court has decided."));
    await finds(page, "somebody on hold");
    await holds.getByRole("link").click();
    await page.getByRole("list", { name: "What was found" }).getByRole("link").first().click();
    await shown(region.getByText("On legal hold"));
    await change.click();
    await reason.fill("The case is closed.");
    await region.getByRole("button", { name: "Lift the hold" }).click();
    await gone(region.getByText("On legal hold"));
    await region.getByText("Holds that were lifted (1)").click();
    await shown(region.getByText("The case is closed."));
    assert.equal(await erase.getAttribute("aria-disabled"), "false");
  });
});

test("everything that is known of a person comes as a file; and they are erased only by whoever types who they are", async () => {
  const sent = inquiry({ name: "Ana Gone", message: "Which plan fits?" });
  const item = await send(sent);
  const { email } = sent.values;
  await visit("mara", { ...DESK, expects: [refused(410)] }, async (page) => {
    await open(page, item);
    const region = page.getByRole("region", { name: "Privacy" });
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      region.getByRole("link", { name: "Export everything known of this person" }).click(),
    ]);
    const file = JSON.parse(await readFile(await download.path(), "utf8"));
    assert.deepEqual([file.format, file.person], ["usher.person.1", item.person.id]);
    assert.ok(JSON.stringify(file.records).includes("Which plan fits?"));

    await region.getByRole("button", { name: "Erase this person\u2026" }).click();
    const dialog = page.getByRole("dialog", { name: "Erase this person for ever?" });
    await shown(dialog.getByText(/1 item, 1 of them open/));
    await shown(dialog.getByText(/^What stays:/));
    await finds(page, "the question");
    const erase = dialog.getByRole("button", { name: "Erase for ever" });
    const whom = dialog.getByRole("textbox", { name: "Whom you erase" });
    for (const typed of ["", "ana", `${email}.org`]) {
      await whom.fill(typed);
      await whom.press("Enter");
      assert.equal(await erase.getAttribute("aria-disabled"), "true", typed);
    }
    assert.equal((await api.call(`items/${item.row.id}`)).status, 200, "nothing was done");
    await dialog.getByRole("combobox", { name: "Why" }).selectOption({ label: "They took back their consent" });
    await whom.fill(` ${email.toUpperCase()} `);
    await erase.click();
    await shown(page.getByRole("heading", { name: "Privacy", level: 1 }));
    const line = page.getByRole("region", { name: "Erased" }).getByRole("listitem").first();
    await shown(line.getByText(/by you: They took back their consent\./));
    await shown(line.getByText(item.person.id));
    assert.deepEqual((await view()).erasures[0].reason, "consent_withdrawn");
    await finds(page, "somebody who was erased");

    await page.goto(`${usher.origin}/console/items/${item.row.id}`);
    await shown(page.getByRole("heading", { name: "This was erased" }));
    await page.goto(`${usher.origin}/console/search?q=${encodeURIComponent(email)}`);
    await shown(page.getByText("Nothing has all of these words."));
  });
});

test("what went for its age is counted, day by day", async () => {
  const { version } = await view();
  const retention = { items: [{ outcome: "spam", days: 7 }] };
  assert.equal((await api.call("privacy/retention", { method: "POST", body: { version, retention } })).status, 200);
  const item = await send(inquiry({ name: "Spam Sender" }));
  assert.equal((await api.act(item.row.id, { act: "claim" })).status, 200);
  assert.equal((await api.act(item.row.id, { act: "close", outcome: "spam" })).status, 200);
  await usher.later(8 * DAY_SECONDS);
  // Nobody's session is as old.
  api = await usher.signIn("mara");
  await until(async () => (await view()).deleted.length, "it went");
  await visit("mara", DESK, async (page) => {
    await page.goto(`${usher.origin}/console/privacy`);
    const region = page.getByRole("region", { name: "What went for its age" });
    await shown(region.getByText(/1 item/));
    assert.equal(Object.keys(await pairs(region)).length, 1, "one day");
    await finds(page, "what went");
  });
});

test("what cannot be read says so; long words fit", async () => {
  const item = await send(inquiry({ name: "Benachrichtigungsempfängerprogrammverwaltung".repeat(2) }));
  const reason = "unausgewogenebegründung".repeat(20).slice(0, 480);
  const held = await api.call(`people/${item.person.id}/hold`, { method: "POST", body: { act: "place", reason } });
  assert.equal(held.status, 200, JSON.stringify(held.body));
  await visit("mara", { ...DESK, expects: [refused(503)] }, async (page) => {
    const busy = { status: 503, json: { type: "about:blank", title: "The desk is busy.", status: 503, code: "busy" } };
    for (const [call, path] of [["privacy", "privacy"], [`people/${item.person.id}/privacy`, `items/${item.row.id}`]]) {
      await page.route(`**/v1/console/${call}`, (route) => route.fulfill(busy));
      await page.goto(`${usher.origin}/console/${path}`);
      await shown(page.getByRole("alert").filter({ hasText: "The desk is busy." }));
      await finds(page, `${path} that cannot be read`);
      await page.unroute(`**/v1/console/${call}`);
      await page.getByRole("button", { name: "Try again" }).click();
      await gone(page.getByText("The desk is busy."));
    }
  });
  for (const options of [PHONE, { viewport: { width: 320, height: 640 } }, DESK, { ...DESK, colorScheme: "dark" }]) {
    await visit("mara", options, async (page) => {
      await page.goto(`${usher.origin}/console/privacy`);
      await page.getByRole("button", { name: "Add a rule" }).click();
      await shown(page.getByRole("region", { name: "On legal hold" }).getByText(reason));
      await fits(page);
      await finds(page, "long privacy");
      await open(page, item);
      await shown(page.getByRole("region", { name: "Privacy" }).getByText(reason));
      await fits(page);
      await finds(page, "a long hold");
    });
  }
});

/** Sends a form; its item. */
async function send(body) {
  const form = "topic" in body.values ? "support" : "inquiry";
  const answer = await usher.submit(form, body);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return api.itemOf(answer.body);
}

async function view() {
  return (await api.call("privacy")).body;
}

function rule(page, at) {
  return page.getByRole("listitem", { name: `Rule ${at}` });
}

async function open(page, item) {
  await page.goto(`${usher.origin}/console/items/${item.row.id}`);
  await shown(page.getByRole("region", { name: "Privacy" }));
}

async function visit(member, options, story) {
  await browser.visit(options, async (page) => {
    const { body } = await usher.operator("POST", "workspaces/demo/sign-in-links", { member });
    await page.goto(new URL(body.url, usher.origin).href);
    await shown(page.getByRole("navigation").first());
    await story(page);
  });
}
