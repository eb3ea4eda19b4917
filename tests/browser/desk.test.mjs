// A morning at the desk: what one was given and accepts, what rests, what is handed over, and who is away; by keyboard too.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { hasFocus, pairs, shown, startBrowser } from "../support/browser.mjs";
import { finds, fits } from "../support/screen.mjs";
import { teams } from "../support/team.mjs";
import { startUsher } from "../support/usher.mjs";

const usher = await startUsher({ args: ["--faults"] });
const browser = await startBrowser();
after(async () => {
  await browser.close();
  await usher.stop();
});
const { team } = await teams(usher);
const MINUTE = 60;

async function signIn(page, member) {
  const link = await usher.operator("POST", "workspaces/demo/sign-in-links", { member });
  await page.goto(`${usher.origin}${link.body.url}`);
  await shown(page.getByText("Live", { exact: true }));
}
const row = (page, who) => page.getByRole("row").filter({ hasText: who });
const side = (page, name) => page.getByRole("navigation", { name: "State" }).getByRole("link", { name });
const since = (page) => page.getByRole("region", { name: "What happened since" });
const route = (page) => page.getByRole("region", { name: "Route" });

test("what one was given is accepted by key, and the item says why it is theirs and not another's", async () => {
  const morning = await team("morning", { members: { a: {}, b: { capacity: { total: 0 } }, c: {} }, places: ["a", "b"] });
  await morning.send({ name: "Ada Accepts" });
  await browser.visit({}, async (page) => {
    await signIn(page, "morning-a");
    await shown(row(page, "Ada Accepts").getByRole("cell", { name: "Given to you" }));
    await side(page, "Mine").click();
    await shown(page.getByRole("table", { name: "Your items of Sales" }));
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await shown(page.getByText("Given to you", { exact: true }));
    await shown(route(page).getByText("morning a is the only one who can take it."));
    await shown(route(page).getByText("morning b has as many open items as they may: 0"));
    await finds(page, "an item that was given");
    await page.keyboard.press("c");
    await shown(page.getByText("Claimed by you", { exact: true }));
    await shown(since(page).getByText("Given to you"));
    assert.equal((await pairs(page.getByRole("region", { name: "Promises" })))["First touch"]?.startsWith("Kept"), true);
    // Handed over by key, with a reason.
    await page.keyboard.press("g");
    await hasFocus(page.getByRole("combobox", { name: "Who gets it" }));
    await page.getByRole("combobox", { name: "Who gets it" }).selectOption("morning c");
    await page.getByRole("button", { name: "Give it away" }).click();
    await shown(page.getByRole("alert").getByText("Say why: whoever gets it reads that first."));
    await finds(page, "the form of giving");
    await page.getByRole("textbox", { name: "Why" }).fill("She asked for you.");
    await page.getByRole("button", { name: "Give it away" }).click();
    await shown(page.getByText("Given to morning c", { exact: true }).first());
    await shown(since(page).getByText("You gave it to morning c"));
    await shown(since(page).getByText("She asked for you."));
    assert.equal(await page.getByRole("button", { name: "Accept" }).count(), 0);
  });
});

test("an item rests while the visitor has to answer, and is gone on with; what is put off asks until when", async () => {
  const rests = await team("rests", { members: { a: {} }, rule: { close_minutes: 600 } });
  const item = await rests.send({ name: "Rae Rests" });
  await rests.act("a", item, { act: "claim" });
  await browser.visit({}, async (page) => {
    await signIn(page, "rests-a");
    await page.goto(`${usher.origin}/console/items/${item.row.id}`);
    await page.getByRole("button", { name: "Let it rest…" }).click();
    await finds(page, "the form of rest");
    await page.getByRole("radio", { name: /A better time/ }).check();
    await page.getByRole("button", { name: "Let it rest", exact: true }).click();
    await shown(page.getByRole("alert").getByText("Say until when."));
    await page.getByRole("radio", { name: /The visitor/ }).check();
    await page.getByRole("button", { name: "Let it rest", exact: true }).click();
    await shown(since(page).getByText("You left it to the visitor to answer"));
    assert.equal((await pairs(page.getByRole("region", { name: "Promises" }))).Settled?.startsWith("Stands still"), true);
    await page.getByRole("link", { name: "Sales" }).first().click();
    await shown(row(page, "Rae Rests").getByText("Waits for them"));
    await row(page, "Rae Rests").getByRole("link").click();
    await page.getByRole("button", { name: "Go on with it" }).click();
    await shown(since(page).getByText("You went on with it"));
    assert.equal((await pairs(page.getByRole("region", { name: "Promises" }))).Settled?.startsWith("Running"), true);
  });
});

test("whoever goes away sees their items leave, and a colleague sees them come", async () => {
  const goes = await team("goes", { members: { a: {}, b: {} } });
  await goes.send({ name: "Gus Goes" });
  const b = await browser.open();
  try {
    await signIn(b.page, "goes-b");
    await side(b.page, "Mine").click();
    await browser.visit({}, async (page) => {
      await signIn(page, "goes-a");
      await side(page, "Mine").click();
      await shown(row(page, "Gus Goes"));
      await page.getByRole("button", { name: "Go away" }).click();
      await shown(page.getByText("Away: nothing is given to you"));
      await row(page, "Gus Goes").waitFor({ state: "detached" });
      await shown(row(b.page, "Gus Goes"));
      await finds(page, "the queue of one's own");
      await page.reload();
      await page.getByRole("button", { name: "I am back" }).click();
      await shown(page.getByText("At your desk"));
    });
  } finally {
    await b.close();
  }
});

test("what presses moves to the front while one looks, and says why; all of it fits a phone", async () => {
  const press = await team("press", { members: { a: {} } });
  await press.send({ name: "Pia Presses" });
  await usher.later(20 * MINUTE);
  const team_ = { email: "bo@tarn.example.com", interest: "team", seats: "8" };
  await press.send({ name: "Bo Better", ...team_ });
  await browser.visit({}, async (page) => {
    await signIn(page, "press-a");
    await side(page, "Mine").click();
    const names = () => page.locator(".rows .who").allTextContents();
    await shown(row(page, "Bo Better"));
    assert.deepEqual(await names(), ["Bo Better", "Pia Presses"]);
    await usher.later(27 * MINUTE);
    await page.waitForFunction(() => document.querySelector(".rows .who")?.textContent === "Pia Presses");
    await row(page, "Pia Presses").getByRole("link").click();
    await shown(since(page).getByText("Reminded you: first touch, 75 % of the time is gone"));
    await page.setViewportSize({ width: 390, height: 844 });
    await fits(page);
    await finds(page, "an item that presses");
  });
});

test("a manager sees what is at risk and who is there, and moves a shift", async () => {
  const members = { a: {}, b: { hours: { zone: "UTC", week: { monday: [["09:00", "09:01"]] } } }, m: { roles: ["manager"] } };
  const shift = await team("shift", { members, places: ["a", "b"] });
  await shift.send({ name: "Rita Risk" });
  await shift.away("a");
  await usher.later(46 * MINUTE);
  await browser.visit({}, async (page) => {
    await signIn(page, "shift-m");
    await page.getByRole("link", { name: "Team" }).click();
    const risk = page.getByRole("region", { name: "At risk now" });
    await shown(risk.getByRole("link", { name: /Rita Risk/ }));
    const pool = page.getByRole("region", { name: "shift", exact: true });
    await shown(pool.getByRole("row", { name: /shift b/ }).getByText(/Is off shift, until/));
    await shown(pool.getByText("1 item waits for somebody who can take them."));
    await finds(page, "the team");
    await page.getByRole("button", { name: "Change hours of shift b" }).click();
    const form = page.getByRole("form", { name: "When shift b works" });
    await form.getByRole("textbox", { name: "Monday" }).fill("nine to five");
    await form.getByRole("button", { name: "Save" }).click();
    await shown(form.getByText("Write this as 09:00-12:30, 13:30-17:00."));
    await finds(page, "when a member works");
    assert.equal(await form.getByRole("textbox", { name: "Monday" }).inputValue(), "nine to five", "what is typed stays");
    await form.getByRole("checkbox", { name: /Hours of their own/ }).uncheck();
    await form.getByRole("button", { name: "Save" }).click();
    await form.waitFor({ state: "detached" });
    await hasFocus(page.getByRole("button", { name: "Change hours of shift b" }));
    await shown(pool.getByRole("row", { name: /shift b/ }).getByText("Can take an item"));
    await shown(risk.getByText("Given to shift b, Sales").first());
    await page.setViewportSize({ width: 390, height: 844 });
    await fits(page);
  });
});
