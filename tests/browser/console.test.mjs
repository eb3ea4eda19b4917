// Staff at the console: they sign in with a link, see what comes as it comes, read why it is worth what it is worth,
// and act on it while others watch.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { OFFLINE, gone, hasFocus, pairs, refused, shown, startBrowser } from "../support/browser.mjs";
import { inquiry, startUsher, support, trial, until } from "../support/usher.mjs";

const usher = await startUsher();
const browser = await startBrowser();
after(async () => {
  await browser.close();
  await usher.stop();
});
const api = await usher.signIn("mara");
const SALES = "/console/queues/sales";

test("a link signs in once, and its secret leaves the address bar", async () => {
  const address = await linkFor("mara");
  await browser.visit({ expects: [refused(401)] }, async (page) => {
    await page.goto(address);
    await shown(page.getByRole("heading", { name: "Sales", level: 1 }));
    assert.equal(page.url(), `${usher.origin}${SALES}`);
    const secret = address.split("#")[1];
    assert.ok(!(await page.evaluate(() => JSON.stringify({ ...history.state }))).includes(secret));
    const [cookie] = await page.context().cookies();
    assert.deepEqual([cookie.httpOnly, cookie.secure, cookie.sameSite], [true, true, "Strict"]);
    await page.goBack().catch(() => {});
    assert.ok(!page.url().includes(secret), "nor is it in the history");
  });
  await browser.visit({ expects: [refused(401)] }, async (page) => {
    await page.goto(address);
    await shown(page.getByRole("heading", { name: "This link no longer works" }));
    await shown(page.getByText("To get a new link"));
    assert.ok(!page.url().includes("#"), page.url());
  });
});

test("without a session the console shows its door, and nothing else", () =>
  browser.visit({ expects: [refused(401)] }, async (page) => {
    await page.goto(`${usher.origin}${SALES}`);
    await shown(page.getByRole("heading", { name: "Sign in", level: 1 }));
    assert.equal(await page.getByRole("navigation", { name: "Queues" }).count(), 0);
  }));

test("the best item stands first, and a new one appears at its place without a reload", async () => {
  await sent("inquiry", inquiry({ name: "Low Lund", message: "Just asking." }));
  await sent("trial", trial({ name: "Mid Moss", phone: "+44 20 7946 0018" }));
  await browser.visit({}, async (page) => {
    await signIn(page, "mara");
    await page.evaluate(() => (window.sameDocument = true));
    assert.deepEqual(await names(page), ["Mid Moss", "Low Lund"]);
    await shown(page.getByText("Live", { exact: true }));

    const team = { name: "Top Tarn", email: "top@tarn.example.com", company: "Tarn", interest: "team", seats: "8" };
    await sent("inquiry", inquiry({ ...team, message: "Prices for forty?" }));
    await shown(row(page, "Top Tarn"));
    const order = await names(page);
    const stored = (await api.items("sales")).map(({ who }) => who);
    assert.deepEqual(order, stored);
    assert.ok(order.indexOf("Top Tarn") < order.indexOf("Low Lund"));
    await until(() => page.getByRole("status").allTextContents().then((said) => /New in Sales: Top Tarn/.test(said)), "said");
    await shown(page.getByRole("link", { name: "Sales 3 open" }));
    assert.match(await page.title(), /^Sales, 3 open/);
    assert.equal(await page.evaluate(() => window.sameDocument), true);
  });
});

test("an item tells what was sent, by whom, from where, why it is worth that and why it is here", async () => {
  const first = inquiry({ name: "Rea Quist", email: "rea@quist.example.com", message: "First question" });
  await sent("inquiry", first);
  const url = `${usher.origin}/pricing/?utm_source=leaflet`;
  const receipt = await sent("inquiry", {
    ...inquiry({
      ...{ name: "Rea Quist", email: "rea@quist.example.com", company: "Quist & Sons", interest: "team", seats: "8" },
      message: "Line one\nLine two",
    }),
    page: { url, title: "Pricing", referrer: "https://search.example.com/" },
    signals: [
      { kind: "page_viewed", ago_ms: 90_000, url: `${usher.origin}/`, title: "Home", human: true },
      { kind: "page_viewed", ago_ms: 60_000, url, title: "Pricing", human: true },
      { kind: "pricing_viewed", ago_ms: 55_000, url, title: "Pricing", human: true },
    ],
  });
  const item = await api.itemOf(receipt);
  await browser.visit({}, async (page) => {
    await signIn(page, "mara");
    await page.getByRole("link", { name: /Rea Quist Line one/ }).click();
    await shown(page.getByRole("heading", { name: "Rea Quist", level: 1 }));
    await shown(page.getByText(receipt.reference));
    const section = (name) => page.getByRole("region", { name });

    const values = await pairs(section("What was sent"));
    assert.equal(values["Your question"], "Line one Line two");
    assert.equal(values["E-mail"], "rea@quist.example.com");
    assert.equal(values["Company"], "Quist & Sons");
    assert.match(values["What is it about?"], /my team/);

    const person = section("Person");
    await shown(person.getByText("rea@quist.example.com"));
    await shown(person.getByText("not verified", { exact: true }));
    await shown(person.getByRole("link", { name: "First question" }));

    const source = await pairs(section("Where it came from"));
    assert.match(source.Site, /Larkfield Learning/);
    assert.match(source.Page, /\/pricing\/\?utm_source=leaflet/);
    assert.match(source["Came from"], /search\.example\.com/);
    assert.equal(source["Campaign source"], "leaflet");

    const before = await section("What they did").getByRole("listitem").allTextContents();
    assert.equal(before.length, 3);
    assert.match(before[0], /Viewed a page/);
    assert.match(before[2], /Viewed the prices/);
    const summary = await pairs(section("What they did"));
    assert.match(summary.Visits, /^1, with 2 pages in all$/);
    assert.match(summary.Prices, /^looked at on 1 day of the last 30/);
    assert.match(summary["Came first"], /campaign source: leaflet/);

    const lines = await section("Score").getByRole("listitem").allTextContents();
    const points = lines.map((line) => Number(/([+\u2212-]?\d+)$/.exec(line.trim())[1].replace("\u2212", "-")));
    const total = points.reduce((sum, one) => sum + one, 0);
    await shown(section("Score").getByText(`${total} points`));
    assert.equal(total, item.score.total);
    for (const reason of item.score.reasons) await shown(section("Score").getByText(reason.says));

    const route = await pairs(section("Route"));
    await shown(section("Route").getByText("A question for a team goes to the advisers for teams"));
    assert.equal(route.Queue, "Sales");
    assert.equal(route.Team, "Advisers for teams");
    assert.match(route["May claim it"], /Mara Lindqvist.*Theo Achterberg/);
    await section("Route").getByText(/rules did not match before it/).click();
    assert.equal((await section("Route").getByRole("listitem").count()) >= 3, true);

    assert.match((await pairs(section("Promises")))["First touch"], /Running due .+/);
    await shown(section("What happened since").getByRole("listitem").first());
  });
});

test("one claims, notes and closes; the others see it as it happens", async () => {
  const receipt = await sent("inquiry", inquiry({ name: "Sam Vik", message: "Who is first?" }));
  const theo = await browser.open();
  const stale = await browser.open({ expects: [refused(409)] });
  try {
    await signIn(theo.page, "theo");
    await shown(row(theo.page, "Sam Vik"));
    // A third console that hears nothing of the others.
    await stale.page.routeWebSocket(/\/live$/, () => {});
    await signIn(stale.page, "ines");
    await openItem(stale.page, "Sam Vik");

    await browser.visit({}, async (page) => {
      await signIn(page, "mara");
      await openItem(page, "Sam Vik");
      await page.getByRole("button", { name: "Claim" }).click();
      await shown(page.getByText("Claimed by you"));
      await shown(row(theo.page, "Sam Vik").getByRole("cell", { name: "Mara Lindqvist" }));

      await stale.page.getByRole("button", { name: "Claim" }).click();
      await shown(stale.page.getByRole("alert").getByText(/taken this item/i));
      await shown(stale.page.getByText("Claimed by Mara Lindqvist"));
      assert.equal(await stale.page.getByRole("button", { name: "Claim", exact: true }).count(), 0);

      await page.getByRole("button", { name: "Add note" }).click();
      await hasFocus(page.getByRole("textbox", { name: "Note" }));
      await page.getByRole("textbox", { name: "Note" }).fill("Called; back on Monday.\n<b>not bold</b>");
      await page.getByRole("button", { name: "Save note" }).click();
      const since = page.getByRole("region", { name: "What happened since" });
      await shown(since.getByText("<b>not bold</b>"));
      await shown(since.getByText("You wrote a note"));

      await openItem(theo.page, "Sam Vik");
      await shown(theo.page.getByText("Mara Lindqvist wrote a note"));

      await page.getByRole("button", { name: "Close item" }).click();
      await page.getByRole("button", { name: "Close item" }).click();
      await shown(page.getByRole("alert").getByText("Choose what became of it."));
      await page.getByRole("radio", { name: /Won/ }).check();
      await page.getByRole("textbox", { name: /Reason/ }).fill("Twelve seats from March");
      await page.getByRole("button", { name: "Close item" }).click();
      await shown(page.getByText("Closed: Won"));
      await shown(since.getByText("You closed it: Won"));
      await shown(since.getByText("Twelve seats from March"));
      await shown(theo.page.getByText("Closed: Won"));

      await page.getByRole("link", { name: "Sales", exact: false }).first().click();
      await gone(row(page, "Sam Vik"));
      await page.getByRole("link", { name: "Closed" }).click();
      await shown(row(page, "Sam Vik").getByRole("cell", { name: "Won" }));
      await openItem(page, "Sam Vik");
      await page.getByRole("button", { name: "Reopen" }).click();
      await shown(page.getByText("Claimed by you"));
    });
    const item = await api.itemOf(receipt);
    assert.deepEqual([item.row.state, item.row.owner.id, item.row.outcome], ["claimed", "mara", null]);
    assert.deepEqual(
      item.history.map(({ kind }) => kind).filter((kind) => kind !== "delivered"),
      ["opened", "claimed", "noted", "closed", "reopened"],
    );
    assert.equal(item.timers.find(({ kind }) => kind === "first_touch").state, "met");
    theo.check();
    stale.check();
  } finally {
    await theo.close();
    await stale.close();
  }
});

test("signing out ends the session on every page of it", () =>
  // The other page learns it when its web socket is refused.
  browser.visit({ expects: [refused(401), /WebSocket connection to/] }, async (page, visit) => {
    await signIn(page, "mara");
    const other = await visit.context.newPage();
    await other.goto(`${usher.origin}${SALES}`);
    await shown(other.getByText("Live", { exact: true }));
    await page.getByRole("button", { name: "Sign out" }).click();
    await shown(page.getByRole("heading", { name: "You are signed out" }));
    await shown(other.getByRole("heading", { name: /session has ended/ }));
    assert.deepEqual(await visit.context.cookies(), []);
    await page.goto(`${usher.origin}${SALES}`);
    await shown(page.getByRole("heading", { name: "Sign in", level: 1 }));
  }));

test("a member sees the queues that are theirs, and no other, live as well", async () => {
  const sales = await api.itemOf(await sent("inquiry", inquiry({ name: "Not Forsunil" })));
  await browser.visit({ expects: [refused(404)] }, async (page, visit) => {
    const heard = [];
    page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => heard.push(String(payload))));
    await signIn(page, "sunil");
    await shown(page.getByRole("heading", { name: "Success", level: 1 }));
    await shown(page.getByText("Live", { exact: true }));
    const queues = page.getByRole("navigation", { name: "Queues" }).getByRole("link");
    assert.equal(await queues.count(), 1);

    await sent("inquiry", inquiry({ name: "Secret Sale" }));
    await sent("support", support({ name: "Tom Ujala", message: "It does not open." }));
    await shown(row(page, "Tom Ujala"));
    assert.ok(heard.some((frame) => frame.includes("Tom Ujala")));
    assert.ok(!heard.some((frame) => frame.includes("Secret Sale")), "nothing of sales travels to them");

    await page.goto(`${usher.origin}${SALES}`);
    await shown(page.getByRole("heading", { name: "There is nothing here" }));
    await page.goto(`${usher.origin}/console/items/${sales.row.id}`);
    await shown(page.getByRole("heading", { name: "There is no such item" }));
    assert.ok(!visit.requests.some((it) => it.url().includes("/queues/sales/items")));
  });
});

test("what a visitor writes is text, wherever staff read it", async () => {
  const attack = `<img src=x onerror="document.title='pwned'"><script>alert(1)</script>"'\`{{7*7}}`;
  const email = `"<script>alert(2)</script>"@evil.example.com`;
  const body = {
    ...inquiry({ name: `A${attack}`, company: attack, message: `M${attack}` }),
    page: { url: `${usher.origin}/pricing/?utm_source=${encodeURIComponent(attack)}`, title: attack, referrer: "javascript:alert(3)" },
    signals: [{ kind: "page_viewed", ago_ms: 1, url: "javascript:alert(4)", title: attack }],
  };
  const receipt = await sent("inquiry", body);
  const odd = await usher.submit("inquiry", inquiry({ email }));
  assert.ok([200, 422].includes(odd.status));
  const { row: stored } = await api.itemOf(receipt);
  // A dialog, an error or a violation of the console's policy would fail the visit.
  await browser.visit({}, async (page) => {
    await signIn(page, "mara");
    await shown(page.getByText(stored.who, { exact: true }));
    await page.goto(`${usher.origin}/console/items/${stored.id}`);
    await shown(page.getByRole("heading", { level: 1, name: stored.who }));
    const values = await pairs(page.getByRole("region", { name: "What was sent" }));
    assert.equal(values["Your question"], `M${attack}`);
    assert.equal(values.Company, attack);
    await shown(page.getByRole("region", { name: "What they did" }));
    assert.ok((await page.title()).startsWith(stored.who.slice(0, 10)), await page.title());
    const links = await page.getByRole("link").evaluateAll((all) => all.map((link) => link.protocol));
    assert.deepEqual([...new Set(links)], ["http:"], "no link leads anywhere but to the web");
    assert.equal(await page.locator("main img, main script, main iframe").count(), 0);
  });
});

test("the server is killed and comes back: the console finds it by itself, with what came meanwhile", () =>
  browser.visit({ expects: [OFFLINE, /WebSocket connection to/] }, async (page) => {
    await signIn(page, "mara");
    await shown(page.getByText("Live", { exact: true }));
    await page.evaluate(() => (window.sameDocument = true));
    const acknowledged = await sent("inquiry", inquiry({ name: "Uma Acked" }));
    await usher.kill9();
    await shown(page.getByText("Reconnecting…", { exact: true }));
    await usher.start();
    await sent("inquiry", inquiry({ name: "Vera Meanwhile" }));
    await shown(row(page, "Vera Meanwhile"));
    await shown(row(page, "Uma Acked"));
    await shown(page.getByText("Live", { exact: true }));
    assert.equal(await page.evaluate(() => window.sameDocument), true, "without a reload");
    await openItem(page, "Uma Acked");
    await shown(page.getByText(acknowledged.reference));
    await page.getByRole("button", { name: "Claim" }).click();
    await shown(page.getByText("Claimed by you"));
  }));

async function linkFor(member) {
  const { body } = await usher.operator("POST", "workspaces/demo/sign-in-links", { member });
  return new URL(body.url, usher.origin).href;
}

async function signIn(page, member) {
  await page.goto(await linkFor(member));
  await shown(page.getByRole("navigation", { name: "Queues" }));
  await shown(page.getByRole("table").or(page.getByText(/Nothing is waiting/)));
}

/** Sends a form, past the browser; its receipt. */
async function sent(form, body) {
  // A browser's name, because what a program says of itself counts for no person.
  const { status, body: receipt } = await usher.submit(form, body, { headers: { "user-agent": "Mozilla/5.0 Chrome/140.0" } });
  assert.equal(status, 200, JSON.stringify(receipt));
  return receipt;
}

function row(page, name) {
  return page.getByRole("row", { name: new RegExp(name) });
}

async function names(page) {
  const cells = await page.getByRole("table").getByRole("link").allTextContents();
  const known = (await api.items("sales")).map(({ who }) => who);
  return cells.map((text) => known.find((who) => text.startsWith(who)));
}

async function openItem(page, name) {
  await row(page, name).getByRole("link").click();
  await shown(page.getByRole("heading", { name, level: 1 }));
}
