// Staff look somebody up: by keyboard, as they type, and back to what was found.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";

import { OFFLINE, gone, hasFocus, shown, startBrowser } from "../support/browser.mjs";
import { finds, fits } from "../support/screen.mjs";
import { inquiry, startUsher, trial } from "../support/usher.mjs";

const usher = await startUsher();
const browser = await startBrowser();
after(async () => {
  await browser.close();
  await usher.stop();
});
const sent = async (form, body) => {
  const headers = { "user-agent": `Mozilla/5.0 Chrome/140.0 ${randomUUID()}` };
  const answer = await usher.submit(form, body, { headers });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body.reference;
};

async function visit(options, story) {
  await browser.visit(options, async (page) => {
    const { body } = await usher.operator("POST", "workspaces/demo/sign-in-links", { member: "mara" });
    await page.goto(new URL(body.url, usher.origin).href);
    await shown(page.getByRole("heading", { name: "Sales", level: 1 }));
    await story(page);
  });
}

const box = (page) => page.getByRole("searchbox");
const results = (page) => page.getByRole("list", { name: "What was found" }).getByRole("listitem");

test("a key, a few letters, and there they are", async () => {
  await sent("inquiry", inquiry({ name: "Åsa Lindqvist", message: "Can our crews join from the boat?" }));
  const reference = await sent("trial", trial({ name: "Owen Reed", email: "owen@reed.example.com" }));
  await visit({}, async (page) => {
    await page.keyboard.press("/");
    await hasFocus(box(page));
    await finds(page, "a search for nothing");
    await page.keyboard.type("lindq");
    await shown(results(page).filter({ hasText: "Åsa Lindqvist" }));
    await shown(page.getByText("1 item found, the latest first."));
    assert.match(await results(page).first().textContent(), /Inquiry in Sales, Open/);
    await box(page).fill("reed.example");
    await gone(results(page).filter({ hasText: "Åsa Lindqvist" }));
    await shown(results(page).filter({ hasText: reference }));
    await finds(page, "what was found");
    await page.waitForURL(/\/console\/search\?q=reed\.example$/);
    await page.getByRole("link", { name: "Owen Reed" }).click();
    await shown(page.getByRole("heading", { name: "Owen Reed", level: 1 }));
    await page.goBack();
    await shown(results(page).filter({ hasText: "Owen Reed" }));
    assert.equal(await box(page).inputValue(), "reed.example");
    await box(page).fill("nobody of this name");
    await shown(page.getByText("Nothing has all of these words."));
  });
});

test("where the network is gone it says so, and what is typed stays; and all of it fits a phone", () =>
  visit({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme: "dark", expects: [OFFLINE] }, async (page) => {
    await page.getByRole("link", { name: "Search" }).click();
    await page.route("**/v1/console/search**", (route) => route.abort(), { times: 1 });
    await box(page).fill("lindq");
    await shown(page.getByRole("alert").filter({ hasText: "did not answer" }));
    assert.equal(await box(page).inputValue(), "lindq");
    await box(page).press("Enter");
    await shown(results(page).filter({ hasText: "Åsa Lindqvist" }));
    await gone(page.getByRole("alert"));
    await fits(page);
    await finds(page, "a search on a phone");
  }));
