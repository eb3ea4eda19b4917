// A member writes down what somebody said at the telephone: of somebody new, who is in the queue then, and of somebody who is known, from
// their own item; at the size of a desk and of a telephone, in light and in dark.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { after, test } from "node:test";

import { hasFocus, refused, shown, startBrowser } from "../support/browser.mjs";
import { finds, fits } from "../support/screen.mjs";
import { inquiry, startUsher } from "../support/usher.mjs";

const usher = await startUsher({ args: ["--faults"] });
const browser = await startBrowser();
after(async () => {
  await browser.close();
  await usher.stop();
});
const mara = await usher.signIn("mara");
/** Where pictures go, if anywhere. */
const PICTURES = process.env.USHER_PICTURES;

async function signIn(page, member) {
  const link = await usher.operator("POST", "workspaces/demo/sign-in-links", { member });
  await page.goto(`${usher.origin}${link.body.url}`);
  await shown(page.getByText("Live", { exact: true }));
}
async function picture(page, name) {
  if (!PICTURES) return;
  await mkdir(PICTURES, { recursive: true });
  await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
}
const record = (page) => page.getByRole("button", { name: "Record the call" });
const box = (page, name) => page.getByRole("textbox", { name });

test("somebody new calls: what they say is in its queue, and says how it came and who wrote it down", async () => {
  await browser.visit({ expects: [refused(422)] }, async (page) => {
    await signIn(page, "mara");
    await page.goto(`${usher.origin}/console/queues/sales`);
    await page.getByRole("link", { name: "Record a call" }).click();
    await shown(page.getByRole("heading", { name: "Record a call" }));
    await finds(page, "a call that is not written down yet");
    await picture(page, "call-desk-light");
    // Nobody could be called back: the field says so, and has the focus.
    await box(page, "What was said").or(box(page, "Message")).or(page.locator("#edit-message")).first().fill("Asks for a class for five, before Christmas.");
    await record(page).click();
    await shown(page.getByText("Write down an address or a number: somebody must be able to answer."));
    await hasFocus(page.locator("#edit-phone"));
    await finds(page, "a call with something wrong");
    await page.locator("#edit-name").fill("Kim Kelp");
    await page.locator("#edit-phone").fill("+44 20 7946 0018");
    await page.getByRole("checkbox", { name: "I have it in hand: give it to me" }).check();
    await record(page).click();
    await shown(page.getByRole("heading", { name: "Kim Kelp" }));
    await shown(page.getByText("By telephone", { exact: true }));
    await shown(page.getByRole("region", { name: "What happened since" }).getByText("You wrote it down"));
    await finds(page, "a call that is written down");
    await picture(page, "call-item-desk-light");
  });
  const [row] = await mara.items("sales", "?whose=mine&channel=phone");
  assert.deepEqual([row.who, row.owner.id, row.state], ["Kim Kelp", "mara", "claimed"]);
});

test("somebody who is known calls: from their item, on a telephone, in the dark", async () => {
  const { body } = await usher.submit("inquiry", inquiry({ name: "Gus Reed" }), { headers: { "user-agent": `Mozilla/5.0 Chrome/140.0 ${randomUUID()}` } });
  const known = await mara.itemOf(body);
  await browser.visit({ viewport: { width: 390, height: 800 }, colorScheme: "dark" }, async (page) => {
    await signIn(page, "mara");
    await page.goto(`${usher.origin}/console/items/${known.row.id}`);
    await page.getByRole("link", { name: "Record a call of theirs" }).click();
    await shown(page.getByText("Gus Reed"));
    await fits(page, "a call of somebody who is known");
    await finds(page, "a call of somebody who is known");
    await picture(page, "call-phone-dark");
    await page.getByRole("combobox", { name: "Which form?" }).selectOption({ index: 2 });
    await page.locator("#edit-message").fill("Rang about his invoice.");
    await record(page).click();
    await shown(page.getByRole("heading", { name: "Gus Reed" }));
    await shown(page.getByText("Rang about his invoice."));
    await fits(page, "what was written down");
  });
  // The queue is narrowed to how things came.
  await browser.visit({}, async (page) => {
    await signIn(page, "sunil");
    await page.goto(`${usher.origin}/console/queues/success`);
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    await page.getByRole("combobox", { name: "Came" }).selectOption("By telephone");
    await page.waitForURL("**/queues/success?channel=phone");
    await shown(page.locator(".rows .who", { hasText: "Gus Reed" }));
    await page.getByRole("combobox", { name: "Came" }).selectOption("By mail");
    await shown(page.getByRole("heading", { name: "Nothing here matches" }));
    await finds(page, "a queue that is narrowed to how things came");
    await picture(page, "queue-by-channel");
  });
  const person = (await mara.item(known.row.id)).person;
  assert.deepEqual(person.others.map(({ channel, kind }) => [channel, kind]), [["phone", "support"]]);
});

test("what goes to a queue of others says where it went; and what cannot be read says so", async () => {
  await browser.visit({ colorScheme: "dark", expects: [/Failed to load resource/] }, async (page) => {
    await signIn(page, "theo");
    await page.route("**/v1/console/calls/forms", (route) => route.abort(), { times: 1 });
    await page.goto(`${usher.origin}/console/calls/new`);
    await shown(page.getByText("The form could not be read"));
    await finds(page, "forms that could not be read");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("combobox", { name: "Which form?" }).selectOption({ index: 2 });
    await page.locator("#edit-email").fill(`cy-${randomUUID()}@example.com`);
    await page.locator("#edit-message").fill("word ".repeat(600));
    await picture(page, "call-desk-dark");
    await record(page).click();
    await shown(page.getByRole("heading", { name: "The call is recorded" }));
    await shown(page.getByText(/USH-/));
    await finds(page, "a call that others have");
  });
  await browser.visit({ viewport: { width: 390, height: 800 } }, async (page) => {
    await signIn(page, "theo");
    await page.goto(`${usher.origin}/console/calls/new`);
    await shown(record(page));
    await fits(page, "a call on a telephone");
    await picture(page, "call-phone-light");
  });
});
