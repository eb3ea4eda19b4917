// Work on a queue: narrowed, kept as views, many at once, taken back; live, by keyboard, on a small phone, and when it is long.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";

import { OFFLINE, gone, hasFocus, shown, startBrowser } from "../support/browser.mjs";
import { demoWorkspace } from "../support/hosts.mjs";
import { lanes } from "../support/promise.mjs";
import { finds, fits } from "../support/screen.mjs";
import { inquiry, startUsher, support, trial, until } from "../support/usher.mjs";

const usher = await startUsher();
const browser = await startBrowser();
after(async () => {
  await browser.close();
  await usher.stop();
});
const workspace = await demoWorkspace(usher);
for (const site of workspace.sites) site.limits = { submissions_per_day: 1_000_000, per_address: 1_000_000 };
assert.equal((await usher.operator("PUT", "workspaces/demo", workspace)).status, 200);

const SALES = `${usher.origin}/console/queues/sales`;
const PHONE = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true };

async function send(form, body, options = {}) {
  const headers = { "user-agent": `Mozilla/5.0 Chrome/140.0 ${randomUUID()}` };
  const answer = await usher.submit(form, body, { headers, ...options });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}
const ask = (name, values = {}) => send("inquiry", inquiry({ name, ...values }));

async function visit(options, story, member = "mara") {
  await browser.visit(options, async (page, visit) => {
    const { body } = await usher.operator("POST", "workspaces/demo/sign-in-links", { member });
    await page.goto(new URL(body.url, usher.origin).href);
    await shown(page.getByText("Live", { exact: true }));
    await story(page, visit);
  });
}

const table = (page) => page.getByRole("table");
const row = (page, name) => page.getByRole("row").filter({ hasText: name });
const names = (page) => page.locator(".rows .who").allTextContents();
const box = (page) => page.getByRole("searchbox", { name: "Look in this list" });
const chips = (page) => page.getByRole("list", { name: "Narrowed to" });
const pick = (page, name) => page.getByRole("checkbox", { name: `Pick ${name}`, exact: true });
const picked = (page) => page.getByRole("group", { name: "What is picked" });
const done = (page) => page.getByRole("group", { name: "What was done" });
const button = (within, name) => within.getByRole("button", { name, exact: true });
const focused = (page) => page.evaluate(() => document.activeElement?.dataset.item ?? document.activeElement?.id);

test("what a list is narrowed to stands in its address, and what comes live is held against it", async () => {
  await ask("Nora Narrow", { interest: "team", seats: "8", company: "Narrow", email: "nora@narrow.example.com" });
  await send("trial", trial({ name: "Tess Trial" }));
  await visit({}, async (page) => {
    await shown(row(page, "Tess Trial"));
    await button(page, "Filter").click();
    await finds(page, "what a list may be narrowed to");
    await page.getByRole("combobox", { name: "Kind" }).selectOption("Trial");
    await gone(row(page, "Nora Narrow"));
    await shown(row(page, "Tess Trial"));
    await page.waitForURL(`${SALES}?kind=trial`);
    await page.getByRole("combobox", { name: "Site" }).selectOption(workspace.sites[0].name);
    await page.keyboard.press("Escape");
    await hasFocus(page.getByRole("button", { name: "Filter (2)" }));
    await shown(chips(page).getByRole("button", { name: "Trial: take away" }));
    await ask("Ivo Inquiry");
    await send("trial", trial({ name: "Lena Live" }));
    await shown(row(page, "Lena Live"));
    assert.ok(!(await names(page)).includes("Ivo Inquiry"), "what is not of it stays away");
    await finds(page, "a narrowed list");

    // A link that is sent, a reload, and the way back lead to the same list; the sides keep it.
    const address = page.url();
    await page.reload();
    await shown(row(page, "Lena Live"));
    assert.ok(!(await names(page)).includes("Ivo Inquiry"));
    await row(page, "Tess Trial").getByRole("link").click();
    await shown(page.getByRole("heading", { name: "Tess Trial", level: 1 }));
    await page.keyboard.press("Escape");
    await shown(row(page, "Lena Live"));
    assert.equal(page.url(), address);
    await page.getByRole("link", { name: "Mine" }).click();
    await shown(page.getByRole("heading", { name: "Nothing here matches" }));
    assert.match(page.url(), /\?whose=mine&kind=trial&site=/);
    await page.goBack();
    await shown(row(page, "Lena Live"));

    await chips(page).getByRole("button", { name: "Trial: take away" }).click();
    await shown(row(page, "Ivo Inquiry"));
    await hasFocus(page.getByRole("button", { name: "Filter (1)" }));
    await button(chips(page), "Clear").click();
    await page.waitForURL(SALES);
    await gone(chips(page));
    await page.goBack();
    await shown(chips(page));
  });
});

test("words are looked for by the server, and what comes with them live appears by itself", async () => {
  const { reference } = await ask("Wanda Words", { message: "Do you teach marquetry?", email: "wanda@words.example.com" });
  await visit({}, async (page) => {
    await shown(row(page, "Wanda Words"));
    await page.keyboard.press("f");
    await hasFocus(box(page));
    for (const text of ["marquet", "words.example", reference, "wanda"]) {
      await box(page).fill(text);
      await page.waitForURL((url) => url.searchParams.get("q") === text);
      await until(async () => (await names(page)).join() === "Wanda Words", `only they are found by ${text}`);
      await hasFocus(box(page));
    }
    await box(page).fill("marquetry");
    await page.waitForURL(/q=marquetry/);
    await shown(row(page, "Wanda Words"));
    await ask("Wendel Later", { message: "Marquetry in the evening?" });
    await ask("Other Later", { message: "Something else" });
    await shown(row(page, "Wendel Later"));
    assert.ok(!(await names(page)).includes("Other Later"));
    await hasFocus(box(page));
    await box(page).fill("nobody says this");
    await shown(page.getByRole("heading", { name: "Nothing here matches" }));
    await finds(page, "a list of nothing");
    await button(page, "Show everything").click();
    await page.waitForURL(SALES);
    await shown(row(page, "Other Later"));
    assert.equal(await box(page).inputValue(), "");
  });
});

test("a view is kept, opened, replaced, shared and deleted", async () => {
  await send("trial", trial({ name: "Vera View" }));
  await ask("Vito View");
  await visit({}, async (page) => {
    await page.goto(`${SALES}?kind=trial`);
    await shown(row(page, "Vera View"));
    await page.keyboard.press("v");
    const views = page.getByRole("group", { name: "Views" });
    await shown(views.getByText("No view of this queue is kept yet."));
    await button(views, "Keep this view").click();
    await shown(views.getByRole("alert").getByText("Give it a name."));
    const name = views.getByRole("textbox", { name: "Keep what is shown as" });
    await hasFocus(name);
    await name.fill("Trials");
    await page.keyboard.press("Enter");
    await shown(views.getByRole("link", { name: "Trials" }));
    await shown(views.getByText("only you"));
    await finds(page, "the views of a queue");
    await shown(page.getByRole("button", { name: "View: Trials" }));

    // Replaced, and everybody's from now on.
    await page.goto(`${SALES}?whose=unassigned&kind=inquiry`);
    await shown(page.getByRole("heading", { name: "Sales", level: 1 }));
    await page.keyboard.press("v");
    await name.fill("Trials");
    await views.getByRole("radio", { name: "Everybody who works this queue has it" }).check();
    await button(views, "Replace your view").click();
    await shown(views.getByText("everybody here"));
    assert.equal(await views.getByRole("listitem").count(), 1);
    await page.keyboard.press("Escape");
    await hasFocus(page.getByRole("button", { name: "View: Trials" }));

    await visit({}, async (theirs) => {
      await theirs.keyboard.press("v");
      const views = theirs.getByRole("group", { name: "Views" });
      await shown(views.getByText("from Mara Lindqvist"));
      assert.equal(await views.getByRole("button", { name: /Delete/ }).count(), 0, "it is not theirs");
      await views.getByRole("link", { name: "Trials" }).click();
      await theirs.waitForURL(`${SALES}?whose=unassigned&kind=inquiry`);
      await shown(row(theirs, "Vito View"));
    }, "theo");

    await page.keyboard.press("v");
    await button(views, "Delete the view Trials").click();
    await shown(views.getByText("is deleted."));
    await hasFocus(button(views, "Keep it after all"));
    await page.keyboard.press("Enter");
    await shown(views.getByRole("link", { name: "Trials" }));
    await button(views, "Delete the view Trials").click();
    await shown(views.getByText("No view of this queue is kept yet."));
  });
});

test("many are claimed at once; what a colleague was first with says so and stays picked; the rest is taken back", async () => {
  for (const name of ["Bea Bulk", "Bob Bulk", "Bix Bulk"]) await ask(name, { message: "bulkwise" });
  const theo = await usher.signIn("theo");
  await visit({}, async (page) => {
    await page.goto(`${SALES}?q=bulkwise`);
    await shown(row(page, "Bix Bulk"));
    // From here on the page hears nothing of the others.
    await page.routeWebSocket(/\/live$/, () => {});
    await page.reload();
    await shown(row(page, "Bix Bulk"));
    await pick(page, "Bea Bulk").check();
    await pick(page, "Bix Bulk").click({ modifiers: ["Shift"] });
    await shown(picked(page).getByText("3 picked"));
    const [{ id }] = (await theo.call("search?q=Bob%20Bulk")).body.items;
    assert.equal((await theo.act(id, { act: "claim" })).status, 200);
    await finds(page, "a list with something picked");
    await button(picked(page), "Claim").click();
    const alert = picked(page).getByRole("alert");
    await shown(alert.getByText("Claimed 2 items. Not done to 1 item:"));
    await shown(alert.getByText(/^Bob Bulk: .*Theo Achterberg/));
    await finds(page, "an act of which one was refused");
    assert.ok(await pick(page, "Bob Bulk").isChecked());
    await shown(picked(page).getByText("1 picked"));
    await shown(row(page, "Bea Bulk").getByRole("cell", { name: "You", exact: true }));
    await shown(done(page).getByText("Claimed 2 items"));
    await button(done(page), "Undo").click();
    await shown(done(page).getByText("Taken back: Claimed 2 items"));
    await shown(row(page, "Bea Bulk").getByRole("cell", { name: "Nobody yet" }));
    await page.keyboard.press("Escape");
    await gone(picked(page));
  });
  const mine = (await (await usher.signIn("mara")).call("search?q=Bea%20Bulk")).body.items[0];
  assert.deepEqual([mine.state, mine.owner], ["open", null]);
});

test("what was done on an item is taken back by key from the queue; not after somebody else has done more", async () => {
  await ask("Una Undo", { message: "undoing" });
  const theo = await usher.signIn("theo");
  await visit({}, async (page) => {
    await page.goto(`${SALES}?q=undoing`);
    await row(page, "Una Undo").getByRole("link").click();
    await button(page, "Claim").click();
    await shown(done(page).getByText("Claimed Una Undo"));
    await button(page, "Close item").click();
    await page.getByRole("radio", { name: /Lost/ }).check();
    await button(page, "Close item").click();
    await shown(done(page).getByText("Closed Una Undo: Lost"));
    await finds(page, "an item of which something can be taken back");
    await page.getByRole("link", { name: "Sales", exact: false }).first().click();
    await shown(page.getByRole("heading", { name: "Sales", level: 1 }));
    await page.keyboard.press("z");
    await shown(done(page).getByText("Taken back: Closed Una Undo: Lost"));
    await shown(row(page, "Una Undo").getByRole("cell", { name: "You", exact: true }));

    await row(page, "Una Undo").getByRole("link").click();
    await button(page, "Release").click();
    await shown(done(page).getByText("Released Una Undo"));
    const [{ id }] = (await theo.call("search?q=undoing")).body.items;
    assert.equal((await theo.act(id, { act: "claim" })).status, 200);
    await shown(page.getByText("Claimed by Theo Achterberg"));
    await page.keyboard.press("z");
    await shown(done(page).getByText("Not taken back"));
    await shown(done(page).getByRole("alert").getByText(/Una Undo: /));
    // A note cannot be unwritten, and hides what can.
    await button(done(page), "Dismiss").click();
    await button(page, "Add note").click();
    await page.getByRole("textbox", { name: "Note" }).fill("He has it.");
    await button(page, "Save note").click();
    await shown(page.getByText("You wrote a note"));
    assert.equal(await done(page).count(), 0);
  });
});

test("a morning without a mouse: picked on the way, given away, closed, let rest, released", async () => {
  for (const name of ["Kay Keys", "Kit Keys", "Kim Keys"]) await ask(name, { message: "keyboarding" });
  await visit({}, async (page) => {
    await page.goto(`${SALES}?q=keyboarding`);
    await shown(row(page, "Kim Keys"));
    const order = await names(page);
    await page.keyboard.press("j");
    await until(async () => /./.test(await focused(page)), "a row has the focus");
    await page.keyboard.press("x");
    await page.keyboard.press("J");
    await shown(picked(page).getByText("2 picked"));
    await page.keyboard.press("Escape");
    await gone(picked(page));
    await page.keyboard.press("Home");
    // Claimed one by one: the focus stays on its row.
    await page.keyboard.press("c");
    await shown(row(page, order[0]).getByRole("cell", { name: "You", exact: true }));
    await hasFocus(row(page, order[0]).getByRole("link"));
    await page.keyboard.press("J");
    await page.keyboard.press("J");
    await shown(picked(page).getByText("3 picked"));
    await page.keyboard.press("c");
    // What is hers already cannot be claimed again, and says so.
    await shown(picked(page).getByRole("alert").getByText("Claimed 2 items. Not done to 1 item:"));
    await until(async () => (await page.getByRole("cell", { name: "You", exact: true }).count()) === 3, "all are hers");
    await page.keyboard.press("Escape");
    await gone(picked(page));

    await page.keyboard.press("Home");
    await page.keyboard.press("g");
    const to = page.getByRole("combobox", { name: "Who gets them" });
    await hasFocus(to);
    await until(async () => (await to.locator("option").count()) > 1, "it is known to whom");
    await finds(page, "the form of giving many away");
    await to.selectOption("Theo Achterberg");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await shown(picked(page).getByRole("alert").getByText("Say why: whoever gets them reads that first."));
    await page.keyboard.type("She asked for him.");
    await page.keyboard.press("Enter");
    await shown(row(page, order[0]).getByRole("cell", { name: /Theo Achterberg/ }));
    await gone(picked(page));
    await hasFocus(row(page, order[0]).getByRole("link"));

    await page.keyboard.press("j");
    await page.keyboard.press("w");
    await hasFocus(page.getByRole("combobox", { name: "What they wait for" }));
    await button(picked(page), "Let it rest").click();
    // The row is told to every console, this one too, and may be there before the answer is.
    await shown(row(page, order[1]).getByText("Waits for them"));
    await gone(picked(page));
    await hasFocus(row(page, order[1]).getByRole("link"));

    await page.keyboard.press("e");
    const outcome = page.getByRole("combobox", { name: "What became of them" });
    await hasFocus(outcome);
    await page.keyboard.press("Escape");
    await gone(outcome);
    await page.keyboard.press("Escape");
    await gone(picked(page));

    await page.keyboard.press("?");
    await shown(page.getByRole("dialog", { name: "Keys" }).getByText("take back what was done last"));
    await finds(page, "the keys");
    await page.keyboard.press("Escape");
  });
});

test("on a small phone, in the dark: narrowed, picked and refused, and nothing is wider than it", async () => {
  const long = "Maximiliana-Theodora Featherstonehaugh-Cholmondeley of the Northern Ferries";
  await ask(long, { message: "phoning ".repeat(20) });
  await visit({ ...PHONE, colorScheme: "dark", expects: [OFFLINE] }, async (page) => {
    await shown(row(page, long));
    await fits(page);
    await finds(page, "a queue on a small phone");
    await button(page, "Filter").click();
    await fits(page);
    await finds(page, "the choices on a small phone");
    await page.getByRole("checkbox", { name: "Complaints only" }).check();
    await shown(page.getByRole("heading", { name: "Nothing here matches" }));
    await page.getByRole("button", { name: "Filter (1)" }).click();
    await fits(page);
    await button(page, "Show everything").click();
    await box(page).fill("phoning");
    await shown(chips(page));
    await pick(page, long).check();
    await shown(picked(page));
    await fits(page);
    await finds(page, "something picked on a small phone");
    await button(picked(page), "Close…").click();
    await fits(page);
    await page.getByRole("combobox", { name: "What became of them" }).selectOption("Lost");
    await page.getByRole("textbox", { name: /Reason/ }).fill("Too far away");
    await page.route("**/v1/console/items/actions", (route) => route.abort(), { times: 1 });
    await button(picked(page), "Close").click();
    await shown(picked(page).getByRole("alert").filter({ hasText: "did not answer" }));
    await finds(page, "an act without a network");
    assert.equal(await page.getByRole("textbox", { name: /Reason/ }).inputValue(), "Too far away");
    await fits(page);
    await button(picked(page), "Close").click();
    await shown(done(page).getByText(`Closed ${long}: Lost`));
    await fits(page);
    await finds(page, "what was done, on a small phone");
    // The list is read again when it is asked for again; without a network it says so, and is there when it is back.
    await page.route("**/v1/console/queues/**", (route) => route.abort(), { times: 1 });
    await page.getByRole("link", { name: "Closed" }).click();
    await shown(page.getByRole("heading", { name: "The list could not be read" }));
    await finds(page, "a list that could not be read");
    await button(page, "Try again").click();
    await shown(row(page, long));
  });
});

test("of a long queue only what is near is drawn; the focus, one's place and what is picked stay", async () => {
  // More than three pages.
  // So many at once as a desk lets wait.
  await lanes(170, 48, (at) => send("support", support({ name: `Long ${String(at).padStart(3, "0")}` })));
  await visit({ viewport: { width: 1280, height: 700 } }, async (page) => {
    await shown(row(page, "Long"));
    const count = () => page.locator(".rows a[data-item]").count();
    // The end is read by itself as it comes near.
    await until(async () => {
      await page.mouse.wheel(0, 3_000);
      return (await page.locator(".more button").count()) === 0;
    }, "all of it is read");
    assert.equal(await table(page).getAttribute("aria-rowcount"), "171");
    await until(async () => (await count()) < 170, "what is far away is not drawn");
    // A few rows are drawn in each frame.
    const last = page.locator("[aria-rowindex='171'] a[data-item]");
    await shown(last);
    await last.focus();
    assert.equal(await page.locator("tr:has(a:focus)").getAttribute("aria-rowindex"), "171");
    const height = () => page.evaluate(() => document.documentElement.scrollHeight);

    // To the first row and back by key; the height of what is not drawn is kept.
    await page.keyboard.press("x");
    await shown(picked(page));
    const before = await height();
    await page.keyboard.press("Home");
    await until(() => page.evaluate(() => document.activeElement.closest("tr")?.getAttribute("aria-rowindex") === "2"), "at the first row");
    assert.ok(Math.abs((await height()) - before) < 40, `${before} ${await height()}`);
    await page.keyboard.press("x");
    await shown(picked(page).getByText("2 picked"));
    await page.keyboard.press("End");
    await until(() => page.evaluate(() => document.activeElement.closest("tr")?.getAttribute("aria-rowindex") === "171"), "at the last row");
    for (let step = 0; step < 60; step++) await page.keyboard.press("k");
    await until(() => page.evaluate(() => document.activeElement.closest("tr")?.getAttribute("aria-rowindex") === "111"), "sixty rows up");

    // The focus stays on a row that one scrolls away from, and on one that moves or leaves.
    const here = await focused(page);
    await page.evaluate(() => window.scrollTo(0, 0));
    await until(() => page.evaluate(() => scrollY === 0 && document.querySelector("[aria-rowindex='2']") !== null), "at the top");
    assert.equal(await focused(page), here, "it is still drawn");
    const sunil = await usher.signIn("sunil");
    await sunil.act(here, { act: "claim" });
    await sunil.act(here, { act: "close", outcome: "solved", reason: "" });
    await until(async () => ![here, ""].includes(await focused(page)), "the focus is on the row that stands there now");
    assert.equal(await page.evaluate(() => document.activeElement.closest("tr").getAttribute("aria-rowindex")), "111");

    // Back from an item one finds one's place, and what was picked.
    const place = await focused(page);
    await page.keyboard.press("Enter");
    await shown(page.getByRole("heading", { level: 1, name: /Long/ }));
    await page.keyboard.press("Escape");
    await hasFocus(page.locator(`#item-${place}`));
    await shown(picked(page).getByText("2 picked"));
    await finds(page, "a long queue");
    await page.keyboard.press("Escape");

    // All that is there, as far as one call takes them.
    await page.getByRole("checkbox", { name: "Pick all that is shown" }).check();
    await shown(picked(page).getByText("169 picked"));
    await button(picked(page), "Claim").click();
    await shown(done(page).getByText("Claimed 169 items"));
    await page.keyboard.press("z");
    await shown(done(page).getByText("Taken back: Claimed 169 items"));
  }, "sunil");
});
