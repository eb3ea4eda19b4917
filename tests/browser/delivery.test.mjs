// An admin at the console: makes a destination, tests it against a receiver of ours, reads the log, gives up and replays what
// was not taken, rotates a secret, resumes what was stopped; and looks at how the workspace runs.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { after, test } from "node:test";

import { description, gone, hasFocus, refused, shown, startBrowser } from "../support/browser.mjs";
import { finds, fits } from "../support/screen.mjs";
import { inquiry, startUsher, until } from "../support/usher.mjs";

const DESK = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme: "dark" };
const usher = await startUsher({ args: ["--allow-private-destinations", "--faults"] });
const browser = await startBrowser();
const receiver = await startReceiver();
after(async () => {
  await browser.close();
  await usher.stop();
  await receiver.stop();
});
const api = await usher.signIn("mara");

test("who operates finds the pages; nobody else does", async () => {
  await visit("mara", DESK, async (page) => {
    const nav = page.getByRole("navigation", { name: "More" });
    await nav.getByRole("link", { name: "Delivery" }).click();
    await shown(page.getByRole("heading", { name: "Destinations", level: 1 }));
    await shown(page.getByRole("heading", { name: "Nobody else is told yet" }));
    assert.equal(await nav.getByRole("link", { name: "Delivery" }).getAttribute("aria-current"), "page");
    await finds(page, "no destination");
    await page.getByRole("link", { name: "Log", exact: true }).click();
    await shown(page.getByRole("heading", { name: "Nobody was told anything yet" }));
    await finds(page, "an empty log");
  });
  await visit("theo", DESK, async (page) => {
    await shown(page.getByRole("navigation", { name: "Queues" }));
    for (const name of ["Delivery", "Operations"]) assert.equal(await page.getByRole("link", { name }).count(), 0);
    for (const path of ["destinations", "destinations/new?kind=chat", "deliveries", "operations"]) {
      await page.goto(`${usher.origin}/console/${path}`);
      await shown(page.getByRole("heading", { name: "This is not yours to see" }));
    }
  });
});

test("a webhook: what is wrong stands beside its field, its secret is shown once, and a test arrives", () =>
  visit("mara", { ...DESK, permissions: ["clipboard-read", "clipboard-write"], expects: [refused(422)] }, async (page) => {
    await page.goto(`${usher.origin}/console/destinations`);
    await page.getByRole("link", { name: "New destination" }).click();
    await finds(page, "the kinds");
    await page.getByRole("link", { name: "Webhook" }).click();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("Sales & CRM");
    assert.equal(await page.getByRole("textbox", { name: "Short name" }).inputValue(), "sales-crm");
    await page.getByRole("textbox", { name: "Address" }).fill("nowhere");
    await page.getByRole("button", { name: "Add a condition" }).click();
    await page.getByRole("button", { name: "Add the destination" }).click();
    const address = page.getByRole("textbox", { name: "Address" });
    await until(async () => (await address.getAttribute("aria-invalid")) === "true", "the address is wrong");
    assert.match(await description(address), /This is not an address/);
    await shown(page.getByRole("alert").filter({ hasText: /Not saved: \d things? needs? another look/ }));
    await finds(page, "the editor with errors");
    assert.deepEqual((await view()).destinations, []);

    await page.getByRole("button", { name: "Remove condition 1" }).click();
    await address.fill(`${receiver.origin}/crm`);
    await page.getByRole("checkbox", { name: /An item was closed/ }).check();
    await page.getByRole("button", { name: "Add the destination" }).click();
    await shown(page.getByRole("heading", { name: "The signing secret of Sales & CRM" }));
    await hasFocus(page.getByRole("heading", { name: "The signing secret of Sales & CRM" }));
    await finds(page, "a secret");
    const secret = (await page.getByRole("group", { name: "The signing secret" }).textContent()).trim();
    assert.match(secret, /^whsec_/);
    await page.getByRole("button", { name: "Copy the signing secret" }).click();
    await shown(page.getByRole("button", { name: "Copied the signing secret" }));
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), secret);
    await page.getByRole("button", { name: "I have it" }).click();
    await gone(page.getByText(secret));
    const [{ edit }] = (await view()).destinations;
    assert.equal(edit.id, "sales-crm");
    assert.deepEqual(edit.events, ["item.opened", "item.closed"]);
    assert.deepEqual(edit.to.webhook, { url: `${receiver.origin}/crm`, secret: "" });

    const line = one(page, "Sales & CRM");
    await shown(line.getByText("Nothing has arrived there yet"));
    await line.getByRole("button", { name: "Test Sales & CRM" }).click();
    await shown(line.getByText(/Delivered: answered 200/));
    await shown(line.getByText("Answers", { exact: true }));
    const [sent] = receiver.at("/crm");
    assert.equal(JSON.parse(sent.body).type, "test");
    assert.ok(signs(secret, sent), "the secret that was shown signs it");
    await line.getByRole("button", { name: "See what was sent" }).click();
    await shown(line.getByRole("list", { name: "Tries" }).getByRole("listitem").filter({ hasText: "answered 200" }));
    await finds(page, "a test");

    await line.getByRole("link", { name: "Its deliveries" }).click();
    await shown(page.getByRole("heading", { name: "Deliveries", level: 1 }));
    await shown(rows(page).filter({ hasText: "Test to Sales & CRM" }).filter({ hasText: "Delivered" }));
    assert.equal(await page.getByRole("combobox", { name: "Destination" }).inputValue(), "sales-crm");
  }));

test("what a receiver does not take waits, is given up, and is replayed; each try can be read", () =>
  visit("mara", DESK, async (page) => {
    receiver.status = 503;
    const { body: receipt } = await usher.submit("inquiry", inquiry({ name: "Ana Late", message: "Are you there?" }));
    const item = await api.itemOf(receipt);
    await page.goto(`${usher.origin}/console/items/${item.row.id}`);
    await page.getByRole("link", { name: "Deliveries of this item" }).click();
    await shown(page.getByText(`Only of the item ${receipt.reference}`));
    const row = rows(page).filter({ hasText: receipt.reference });
    await tried(item.row.id);
    await page.reload();
    await shown(row.getByText("Waits"));
    await shown(row.getByText(/answered 503: not now/));
    await shown(row.getByText(/next try (within a minute|in \d min)/));
    await shown(row.getByRole("link", { name: receipt.reference }));
    await row.getByRole("button", { name: /^Open the delivery Item opened to Sales & CRM/ }).click();
    await shown(row.getByRole("list", { name: "Tries" }).getByText(/answered 503: not now/));
    assert.match(await row.getByRole("list", { name: "Tries" }).getByRole("listitem").first().textContent(), /\d ms|\d\.\d s/);
    await row.getByText("What is told, as JSON").click();
    assert.equal(JSON.parse(await row.getByRole("group", { name: "Message" }).textContent()).data.reference, receipt.reference);
    await finds(page, "an opened delivery");
    await row.getByRole("button", { name: "Give up", exact: true }).click();
    await shown(row.getByText("Given up", { exact: true }));
    assert.equal((await api.call(`deliveries?item=${item.row.id}`)).body.deliveries[0].state, "dead");

    receiver.status = 200;
    await page.getByRole("link", { name: "Destinations", exact: true }).click();
    const line = one(page, "Sales & CRM");
    await line.getByRole("link", { name: "1 that were given up" }).click();
    await shown(rows(page).filter({ hasText: receipt.reference }));
    assert.equal(await page.getByRole("combobox", { name: "State" }).inputValue(), "dead");
    await page.getByRole("link", { name: "Destinations", exact: true }).click();
    await line.getByRole("button", { name: /^Replay what was given up \(1\)/ }).click();
    await shown(line.getByText("Replayed: 1 delivery is tried now."));
    const arrived = await until(() => receiver.at("/crm").find(({ body, status }) => status === 200 && body.includes(receipt.reference)), "it arrives");
    const [first] = receiver.at("/crm").filter(({ body }) => body.includes(receipt.reference));
    assert.equal(arrived.headers["webhook-id"], first.headers["webhook-id"], "under the same id");
    await until(async () => (await api.call(`deliveries?item=${item.row.id}`)).body.deliveries[0].state === "delivered", "it is delivered");

    await page.goto(`${usher.origin}/console/deliveries?item=${item.row.id}`);
    await row.getByRole("button", { name: /^Open the delivery/ }).click();
    await row.getByRole("button", { name: "Replay", exact: true }).click();
    await until(() => receiver.at("/crm").filter(({ body, status }) => status === 200 && body.includes(receipt.reference)).length === 2, "once more");
    await shown(row.getByText("Delivered", { exact: true }));
    await page.goto(`${usher.origin}/console/items/${item.row.id}`);
    await shown(page.getByText("Passed on to", { exact: false }));
  }));

test("a receiver that wants nothing any more is stopped, and goes on once somebody resumes it", () =>
  visit("mara", DESK, async (page) => {
    await add({ id: "gone", name: "Old bot", to: { webhook: { url: `${receiver.origin}/gone`, secret: "" } } });
    receiver.status = 410;
    await page.goto(`${usher.origin}/console/destinations`);
    const line = one(page, "Old bot");
    await line.getByRole("button", { name: "Test Old bot" }).click();
    await shown(line.getByText(/^Test: Given up: answered 410/));
    await shown(line.getByText(/^Stopped: answered 410/));
    await finds(page, "a destination that is stopped");
    receiver.status = 200;
    await line.getByRole("button", { name: "Resume Old bot" }).click();
    await shown(line.getByText("Resumed: nothing waits."));
    await gone(line.getByText(/^Stopped/));
    await line.getByRole("button", { name: "Remove Old bot" }).click();
    const dialog = page.getByRole("dialog", { name: "Remove this destination?" });
    await shown(dialog.getByText("Old bot is told of nothing any more."));
    await finds(page, "the question");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    assert.equal((await view()).destinations.length, 2);
    await line.getByRole("button", { name: "Remove Old bot" }).click();
    await dialog.getByRole("button", { name: "Remove", exact: true }).click();
    await gone(line);
    assert.deepEqual((await view()).destinations.map(({ edit }) => edit.id), ["sales-crm"]);
  }));

test("a secret is rotated: both sign for a day, and what is saved leaves it as it is", () =>
  visit("mara", DESK, async (page) => {
    await page.goto(`${usher.origin}/console/destinations`);
    const line = one(page, "Sales & CRM");
    await line.getByRole("button", { name: "Rotate secret" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Make a new secret" }).click();
    const secret = (await page.getByRole("group", { name: "The signing secret" }).textContent()).trim();
    await page.getByRole("button", { name: "I have it" }).click();
    await line.getByRole("link", { name: "Edit" }).click();
    await shown(page.getByText(/A secret from before is signed with too, until/));
    assert.equal(await page.getByLabel("Signing secret", { exact: true }).inputValue(), "");
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("Sales and CRM");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    const renamed = one(page, "Sales and CRM");
    const before = receiver.at("/crm").length;
    await renamed.getByRole("button", { name: "Test Sales and CRM" }).click();
    await shown(renamed.getByText(/Delivered: answered 200/));
    const sent = receiver.at("/crm")[before];
    assert.equal(sent.headers["webhook-signature"].split(" ").length, 2);
    assert.ok(signs(secret, sent));
  }));

test("fields of a CRM, a condition, and somebody else who saves meanwhile", () =>
  visit("mara", { ...DESK, expects: [refused(409), refused(422)] }, async (page) => {
    await page.goto(`${usher.origin}/console/destinations/new?kind=hubspot`);
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("HubSpot");
    await page.getByRole("textbox", { name: "Account" }).fill("12345");
    await page.getByRole("textbox", { name: "Form", exact: true }).fill("f-1");
    await page.getByLabel("Token", { exact: true }).fill("pat-secret");
    await page.getByRole("button", { name: "Begin with the usual ones" }).click();
    await hasFocus(page.getByRole("textbox", { name: "Field 1", exact: true }));
    await page.getByRole("button", { name: "Add a field" }).click();
    await page.getByRole("textbox", { name: "Field 7" }).fill("lead_source");
    await page.getByRole("button", { name: "Add the destination" }).click();
    const from = page.getByRole("combobox", { name: "Filled with 7" });
    await until(async () => (await from.getAttribute("aria-invalid")) === "true", "the field has no value");
    assert.match(await description(from), /A value comes from a path/);
    await from.selectOption({ label: "A text of its own" });
    await page.getByRole("textbox", { name: "Text 7" }).fill("Website");
    await page.getByRole("button", { name: "Remove field 6" }).click();
    await page.getByRole("button", { name: "Add a condition" }).click();
    await page.getByRole("combobox", { name: "Fact 1" }).selectOption("form.kind");
    await page.getByRole("combobox", { name: "Value 1" }).selectOption("inquiry");
    await finds(page, "the editor of a CRM");
    const { status } = await api.call("destinations", { method: "POST", body: { version: (await view()).version, change: { rotate: { id: "sales-crm" } } } });
    assert.equal(status, 200);
    await page.getByRole("button", { name: "Add the destination" }).click();
    await shown(page.getByRole("alert").filter({ hasText: "Somebody else has changed the configuration meanwhile" }));
    await page.getByRole("button", { name: "Add the destination" }).click();
    await shown(one(page, "HubSpot").getByText("an item that meets its condition is opened"));
    const { edit } = (await view()).destinations.find(({ edit }) => edit.id === "hubspot");
    assert.deepEqual(edit.when, { "form.kind": "inquiry" });
    assert.equal(edit.to.hubspot.token, "");
    const { fields } = edit.to.hubspot;
    assert.equal(fields.lead_source, "=Website");
    assert.equal(Object.keys(fields).length, 6);

    // What is typed stays while one looks elsewhere, and goes when it is discarded.
    await one(page, "HubSpot").getByRole("link", { name: "Edit" }).click();
    await page.getByRole("textbox", { name: "Account" }).fill("999");
    await page.getByRole("link", { name: "Operations" }).click();
    await shown(page.getByRole("heading", { name: "Operations", level: 1 }));
    await page.goBack();
    assert.equal(await page.getByRole("textbox", { name: "Account" }).inputValue(), "999");
    await page.getByRole("button", { name: "Discard changes" }).click();
    await until(async () => (await page.getByRole("textbox", { name: "Account" }).inputValue()) === "12345", "it is as it was");
    assert.equal((await change({ remove: { id: "hubspot" } })).status, 200);
  }));

test("every kind has a form without a fault", () =>
  visit("mara", PHONE, async (page) => {
    for (const kind of ["webhook", "chat", "smtp", "mail_api", "hubspot", "salesforce", "salesforce_form"]) {
      await page.goto(`${usher.origin}/console/destinations/new?kind=${kind}`);
      await shown(page.getByRole("textbox", { name: "Name", exact: true }));
      await fits(page);
      await finds(page, `a new ${kind}`);
    }
    await page.goto(`${usher.origin}/console/destinations/new?kind=smtp`);
    const port = page.getByRole("textbox", { name: "Port" });
    assert.equal(await port.inputValue(), "465");
    await page.getByRole("combobox", { name: "How it is spoken with" }).selectOption("starttls");
    await until(async () => (await port.inputValue()) === "587", "the port follows");
  }));

test("operations: what waits, what was given up, how submissions ended, and what it means", async () => {
  await usher.submit("inquiry", { ...inquiry(), values: { email: "none" } });
  for (const options of [DESK, PHONE]) {
    await visit("mara", options, async (page) => {
      await page.goto(`${usher.origin}/console/operations`);
      const figure = (name) => page.getByRole("list", { name: "Figures" }).getByRole("listitem").filter({ has: page.getByRole("heading", { name, exact: true }) });
      await shown(figure("Waiting to be delivered"));
      await shown(figure("Given up").getByText(/What was tried for three days/));
      await shown(figure("Alarm").getByText(/Set|Not set/));
      await shown(figure("Storage").getByText(/% of 10 GB/));
      await shown(page.getByRole("img", { name: /How submissions ended by day, from .*: accepted \d/ }));
      const fates = page.getByRole("region", { name: "How submissions ended" });
      await fates.getByText("By day, as a table").click();
      await shown(fates.getByRole("columnheader", { name: "Refused: a field was wrong" }));
      await shown(page.getByRole("region", { name: "Slowest routes" }).getByRole("rowheader").first());
      await shown(page.getByRole("region", { name: "What is kept" }).getByText("Deliveries"));
      await fits(page);
      await finds(page, "operations");
    });
  }
});

test("long names, long answers and a phone", async () => {
  receiver.status = 500;
  receiver.says = "unausgewogenefehlermeldung".repeat(12);
  await add({
    id: "a-name-that-goes-on-and-on-and-on-without-an-end-in-sight-0123456789",
    name: `${"Benachrichtigungsempfängerprogramm".repeat(2)} مرحبا`,
    to: { webhook: { url: `${receiver.origin}/${"long/".repeat(30)}`, secret: "" } },
  });
  const { body: receipt } = await usher.submit("inquiry", inquiry({ name: "Ben Long" }));
  await tried((await api.itemOf(receipt)).row.id);
  for (const options of [PHONE, { viewport: { width: 320, height: 640 } }, DESK, { viewport: { width: 900, height: 800 }, colorScheme: "dark" }]) {
    await visit("mara", options, async (page) => {
      await page.goto(`${usher.origin}/console/destinations`);
      await shown(one(page, /Benachrichtigung/));
      await fits(page);
      await finds(page, "long destinations");
      await page.goto(`${usher.origin}/console/deliveries?state=due`);
      const row = rows(page).filter({ hasText: "Benachrichtigung" }).first();
      await row.getByRole("button", { name: /^Open/ }).click();
      await shown(row.getByRole("list", { name: "Tries" }));
      await row.getByText("What is told, as JSON").click();
      await fits(page);
      await finds(page, "a long delivery");
    });
  }
});

test("a log of many pages is read on, and narrowed", () =>
  visit("mara", DESK, async (page) => {
    receiver.status = 200;
    receiver.says = "";
    await change({ remove: { id: "a-name-that-goes-on-and-on-and-on-without-an-end-in-sight-0123456789" } });
    for (let count = 0; count < 60; count += 1) {
      assert.equal((await api.call("destinations/sales-crm/actions", { method: "POST", body: { act: "test" } })).status, 200);
    }
    await page.goto(`${usher.origin}/console/deliveries?destination=sales-crm`);
    await shown(rows(page).first());
    const first = await rows(page).count();
    await page.getByRole("button", { name: "Show more" }).click();
    await until(async () => (await rows(page).count()) > first, "there is more");
    await page.getByRole("combobox", { name: "State" }).selectOption({ label: "Given up" });
    await shown(page.getByRole("heading", { name: "Nothing of that kind" }));
    assert.match(page.url(), /deliveries\?destination=sales-crm&state=dead$/);
    await page.getByRole("button", { name: "Show all deliveries" }).click();
    await shown(rows(page).first());
    assert.match(page.url(), /deliveries$/);
  }));

/** A receiver in this process: it answers with its `status`, and keeps what it was sent. */
async function startReceiver() {
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { status } = made;
    made.requests.push({ path: request.url, headers: request.headers, body: Buffer.concat(chunks).toString(), status });
    response.writeHead(status).end(made.says || (status === 503 ? "not now" : ""));
  });
  const made = {
    ...{ status: 200, says: "", requests: [] },
    at: (path) => made.requests.filter((request) => request.path === path),
    stop: () => (server.closeAllConnections(), new Promise((done) => server.close(done))),
  };
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  made.origin = `http://127.0.0.1:${server.address().port}`;
  return made;
}

/** Whether a secret signs a request, as Standard Webhooks has it. */
function signs(secret, { headers, body }) {
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const own = createHmac("sha256", Buffer.from(secret.slice("whsec_".length), "base64")).update(signed).digest("base64");
  return headers["webhook-signature"].split(" ").includes(`v1,${own}`);
}

async function view() {
  return (await api.call("destinations")).body;
}

async function change(change) {
  return api.call("destinations", { method: "POST", body: { version: (await view()).version, change } });
}

async function add(destination) {
  const { status, body } = await change({ add: { events: ["item.opened"], when: {}, ...destination } });
  assert.equal(status, 200, JSON.stringify(body));
}

/** Waits until each delivery of an item was tried, and that was kept. */
function tried(item) {
  const all = async () => (await api.call(`deliveries?item=${item}`)).body.deliveries;
  return until(async () => {
    const found = await all();
    return found.length && found.every(({ tries }) => tries > 0);
  }, "it was tried");
}

/** A destination's line in the list. */
function one(page, name) {
  return page.getByRole("main").getByRole("listitem").filter({ has: page.getByRole("heading", { name, level: 2 }) });
}

function rows(page) {
  return page.getByRole("list", { name: "Deliveries" }).locator("> li");
}

async function visit(member, options, story) {
  await browser.visit(options, async (page) => {
    const { body } = await usher.operator("POST", "workspaces/demo/sign-in-links", { member });
    await page.goto(new URL(body.url, usher.origin).href);
    await shown(page.getByRole("navigation").first());
    await story(page);
  });
}
