// An admin at the console: makes, reads and revokes the tokens of the workspace's own servers; takes all items out as a file; and sees
// where a person stands as a customer, as a server with a token has told.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";

import { description, gone, hasFocus, pairs, refused, shown, startBrowser } from "../support/browser.mjs";
import { finds, fits } from "../support/screen.mjs";
import { inquiry, startUsher, until } from "../support/usher.mjs";

const DESK = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme: "dark" };
const usher = await startUsher();
const browser = await startBrowser();
after(async () => {
  await browser.close();
  await usher.stop();
});
const api = await usher.signIn("mara");

test("who operates finds the page; nobody else does", async () => {
  await visit("mara", DESK, async (page) => {
    const link = page.getByRole("navigation", { name: "More" }).getByRole("link", { name: "API tokens" });
    await link.click();
    await shown(page.getByRole("heading", { name: "API tokens", level: 1 }));
    await shown(page.getByRole("heading", { name: "There is no token yet" }));
    assert.equal(await link.getAttribute("aria-current"), "page");
    await finds(page, "no token");
  });
  await visit("theo", DESK, async (page) => {
    await shown(page.getByRole("navigation", { name: "Queues" }));
    assert.equal(await page.getByRole("link", { name: "API tokens" }).count(), 0);
    await page.goto(`${usher.origin}/console/tokens`);
    await shown(page.getByRole("heading", { name: "This is not yours to see" }));
  });
});

test("a token by keyboard: what is wrong stands beside its field, it is shown once, and works until it is revoked", () =>
  visit("mara", { ...DESK, permissions: ["clipboard-read", "clipboard-write"], expects: [refused(422)] }, async (page) => {
    await page.goto(`${usher.origin}/console/tokens`);
    await shown(page.getByRole("button", { name: "New token" }));
    await page.getByRole("button", { name: "New token" }).press("Enter");
    const name = page.getByRole("textbox", { name: "Name" });
    await hasFocus(name);
    await page.keyboard.press("Escape");
    await hasFocus(page.getByRole("button", { name: "New token" }));
    await page.keyboard.press("Enter");
    await hasFocus(name);
    await page.keyboard.type("No Name!");
    await page.getByLabel("Last day").fill("2020-01-01");
    await name.press("Enter");
    await until(async () => (await name.getAttribute("aria-invalid")) === "true", "the name is wrong");
    await hasFocus(name);
    assert.match(await description(name), /A name has lower-case letters/);
    assert.match(await description(page.getByLabel("Last day")), /An instant to come/);
    await shown(page.getByText(/A token is for some of: outcomes, events, hooks, export/));
    await finds(page, "a token with errors");
    assert.deepEqual((await api.call("tokens")).body.tokens, []);

    await name.fill("platform");
    await page.getByLabel("Last day").fill("2099-01-31");
    await page.getByRole("checkbox", { name: /Say what happened to customers.*\(events\)/ }).press("Space");
    await page.getByRole("checkbox", { name: /Read all items.*\(export\)/ }).press("Space");
    await page.getByRole("button", { name: "Make the token" }).press("Enter");
    await hasFocus(page.getByRole("heading", { name: "The token of platform" }));
    await finds(page, "a token that was made");
    const secret = (await page.getByRole("group", { name: "The token" }).textContent()).trim();
    assert.match(secret, /^usk_live_[0-9a-f]{64}$/);
    await page.getByRole("button", { name: "Copy the token" }).press("Enter");
    await shown(page.getByRole("button", { name: "Copied the token" }));
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), secret);

    // It stays while one looks elsewhere, and is never there again once somebody has it.
    await page.getByRole("link", { name: "Operations" }).click();
    await page.getByRole("link", { name: "API tokens" }).click();
    await shown(page.getByText(secret));
    await page.getByRole("button", { name: "I have it" }).click();
    await gone(page.getByText(secret));
    await hasFocus(page.getByRole("heading", { name: "API tokens" }));
    await page.reload();
    const line = one(page, "platform");
    await shown(line.getByText(`${secret.slice(0, 17)}\u2026`));
    assert.ok(!(await page.content()).includes(secret));
    await shown(line.getByText("31 January 2099"));
    assert.deepEqual(await line.getByRole("list", { name: "What it is for" }).getByRole("listitem").allTextContents(), [
      "events Say what happened to customers: bought, renewed, cancelled",
      "export Read all items, with names, addresses and messages",
    ]);
    assert.equal(await fact(line, "Last used"), "Not yet");
    assert.match(await fact(line, "Made"), /by you$/);

    assert.equal(await tell(secret, { id: "t-1", type: "referred", user: "u-1" }), 200);
    await page.reload();
    await until(async () => (await fact(line, "Last used")) !== "Not yet", "it says that it is used");

    await line.getByRole("button", { name: "Revoke platform" }).click();
    const dialog = page.getByRole("dialog", { name: "Revoke this token?" });
    await shown(dialog.getByText("Whatever uses platform is refused from now on."));
    await finds(page, "the question");
    await page.keyboard.press("Escape");
    assert.equal((await api.call("tokens")).body.tokens.length, 1);
    await line.getByRole("button", { name: "Revoke platform" }).click();
    await dialog.getByRole("button", { name: "Revoke", exact: true }).click();
    await shown(page.getByRole("heading", { name: "There is no token yet" }));
    assert.equal(await tell(secret, { id: "t-2", type: "referred", user: "u-1" }), 401);

    await page.goto(`${usher.origin}/console/audit`);
    await shown(page.getByRole("listitem").filter({ hasText: "revoked the token platform" }));
  }));

test("a token of a name that is there replaces it only when that is meant", () =>
  visit("mara", DESK, async (page) => {
    const first = await make({ name: "crm", scopes: ["events"] });
    await page.goto(`${usher.origin}/console/tokens`);
    await page.getByRole("button", { name: "New token" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("crm");
    await page.getByRole("checkbox", { name: /\(events\)/ }).check();
    await page.getByRole("button", { name: "Make the token" }).click();
    const dialog = page.getByRole("dialog", { name: "Replace the token of this name?" });
    await shown(dialog.getByText(/It ends at once/));
    await dialog.getByRole("button", { name: "Cancel" }).click();
    assert.equal(await tell(first, { id: "c-1", type: "referred", user: "u-2" }), 200);
    await page.getByRole("button", { name: "Make the token" }).click();
    await dialog.getByRole("button", { name: "Replace it" }).click();
    const second = (await page.getByRole("group", { name: "The token" }).textContent()).trim();
    assert.equal(await tell(first, { id: "c-2", type: "referred", user: "u-2" }), 401);
    assert.equal(await tell(second, { id: "c-3", type: "referred", user: "u-2" }), 200);
    assert.equal(await page.getByRole("heading", { name: "crm", level: 2, exact: true }).count(), 1);
  }));

test("what cannot be read says so, and is read again; long names fit", async () => {
  const name = "a-name-that-goes-on-and-on-without-an-end-in-sight-0123456789";
  await make({ name, scopes: ["outcomes", "events", "hooks", "export"] });
  await visit("mara", { ...DESK, expects: [refused(503)] }, async (page) => {
    await page.route("**/v1/console/tokens", (route) => route.fulfill({ status: 503, json: { type: "about:blank", title: "The desk is busy.", status: 503, code: "busy" } }));
    await page.goto(`${usher.origin}/console/tokens`);
    await shown(page.getByRole("alert").filter({ hasText: "The desk is busy." }));
    await finds(page, "tokens that cannot be read");
    await page.unroute("**/v1/console/tokens");
    await page.getByRole("button", { name: "Try again" }).click();
    await shown(one(page, name));
  });
  for (const options of [PHONE, { viewport: { width: 320, height: 640 } }, DESK, { ...DESK, colorScheme: "dark" }]) {
    await visit("mara", options, async (page) => {
      await page.goto(`${usher.origin}/console/tokens`);
      await shown(one(page, name));
      await page.getByRole("button", { name: "New token" }).click();
      await shown(page.getByRole("textbox", { name: "Name" }));
      await fits(page);
      await finds(page, "long tokens");
    });
  }
});

test("all items are taken out, from where they are listed and from Operations, by those who operate", async () => {
  const { body: receipt } = await usher.submit("inquiry", inquiry({ name: "Ana Out", message: "=1+1" }));
  await visit("mara", DESK, async (page) => {
    await page.goto(`${usher.origin}/console/search`);
    await page.getByRole("button", { name: "Export all items" }).click();
    const panel = page.getByRole("group", { name: "Export all items" });
    await shown(panel.getByText(/It is personal data/));
    await finds(page, "the export");
    const csv = await taken(page, panel.getByRole("link", { name: "Download CSV" }));
    assert.equal(csv.name, "items.csv");
    assert.ok(csv.text.startsWith("\ufeffitem_id,reference,"), csv.text.slice(0, 40));
    assert.ok(csv.text.includes(receipt.reference) && csv.text.includes("'=1+1"));
    await page.keyboard.press("Escape");
    await gone(panel);
    await page.goto(`${usher.origin}/console/operations`);
    const region = page.getByRole("region", { name: "Take everything out" });
    const ndjson = await taken(page, region.getByRole("link", { name: "Download NDJSON" }));
    const rows = ndjson.text.trim().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual([ndjson.name, rows.find(({ reference }) => reference === receipt.reference).name], ["items.ndjson", "Ana Out"]);
    await page.goto(`${usher.origin}/console/audit`);
    await shown(page.getByRole("listitem").filter({ hasText: "Mara" }).filter({ hasText: "took out of Usher, as a file: all items" }).first());
  });
  await visit("theo", PHONE, async (page) => {
    await page.goto(`${usher.origin}/console/search`);
    await shown(page.getByRole("searchbox"));
    assert.equal(await page.getByRole("button", { name: "Export all items" }).count(), 0);
  });
});

test("an item says where its person stands as a customer, since when, by which event, and what came before", async () => {
  const secret = await make({ name: "shop", scopes: ["events"] });
  const sent = inquiry({ name: "Ida Bloom" });
  const { body: receipt } = await usher.submit("inquiry", sent);
  const item = await api.itemOf(receipt);
  const { email } = sent.values;
  const open = async (page) => {
    await page.goto(`${usher.origin}/console/items/${item.row.id}`);
    await shown(page.getByRole("heading", { name: "Person" }));
  };
  await visit("mara", DESK, async (page) => {
    await open(page);
    assert.equal(await page.getByText("As a customer").count(), 0, "nothing was said of them");
    assert.equal(await tell(secret, { id: "ev-1", type: "onboarded", email, at: "2026-02-03T10:00:00Z" }), 200);
    assert.equal(await tell(secret, { id: "ev-2", type: "renewed", email, at: "2026-03-05T10:00:00Z", note: "Two seats more" }), 200);
    assert.equal(await tell(secret, { id: "ev-3", type: "referred", email, at: "2026-04-05T10:00:00Z" }), 200);
    // The page learns of it by itself.
    const person = page.getByRole("region", { name: "Person" });
    await until(async () => (await pairs(person)).Brought === "1 person", "it says what happened");
    assert.match((await pairs(person)).Stage, /^Renewed .*, by event ev-2$/);
    assert.match((await pairs(page.getByRole("article"))).Customer, /^Renewed/);
    await person.getByText("What the platform said (3)").click();
    const said = await person.getByRole("listitem").filter({ hasText: "by event" }).allTextContents();
    assert.deepEqual(said.map((text) => text.trim().split(" ")[0]), ["Brought", "Renewed", "Onboarded"], "the latest first");
    await shown(person.getByText("Two seats more"));
    await shown(page.getByRole("region", { name: "What happened since" }).getByText("The platform says: renewed"));
    await finds(page, "a customer's item");
  });
  await visit("mara", PHONE, async (page) => {
    await open(page);
    await page.getByText("What the platform said (3)").click();
    await fits(page);
    await finds(page, "a customer's item on a phone");
  });
});

async function make(body) {
  const made = await api.call("tokens", { method: "POST", body });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  return made.body.token;
}

/** Tells an event with a token; the status. */
async function tell(token, event) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return (await usher.json("/v1/workspaces/demo/events", { method: "POST", headers, body: JSON.stringify({ events: [event] }) })).status;
}

/** What a link downloads. */
async function taken(page, link) {
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
}

async function fact(line, name) {
  return (await pairs(line))[name];
}

/** A token's line in the list. */
function one(page, name) {
  return page.getByRole("main").getByRole("listitem").filter({ has: page.getByRole("heading", { name, level: 2 }) });
}

async function visit(member, options, story) {
  await browser.visit(options, async (page) => {
    const { body } = await usher.operator("POST", "workspaces/demo/sign-in-links", { member });
    await page.goto(new URL(body.url, usher.origin).href);
    await shown(page.getByRole("navigation").first());
    await story(page);
  });
}
