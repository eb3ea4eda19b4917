// People behind items: a colleague is named and told, two records become one and two again, what came twice is linked, an answer is
// begun from a template and noted, and a visitor says how it went.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";

import { hasFocus, shown, startBrowser } from "../support/browser.mjs";
import { finds, fits } from "../support/screen.mjs";
import { inquiry, startUsher, support } from "../support/usher.mjs";

const usher = await startUsher({ args: ["--faults"] });
const browser = await startBrowser();
after(async () => {
  await browser.close();
  await usher.stop();
});
const mara = await usher.signIn("mara");

async function signIn(page, member) {
  const link = await usher.operator("POST", "workspaces/demo/sign-in-links", { member });
  await page.goto(`${usher.origin}${link.body.url}`);
  await shown(page.getByText("Live", { exact: true }));
}
async function send(form, body) {
  const answer = await usher.submit(form, body, { headers: { "user-agent": `Mozilla/5.0 Chrome/140.0 ${randomUUID()}` } });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return mara.itemOf(answer.body);
}
const open = (page, item) => page.goto(`${usher.origin}/console/items/${item.row.id}`);
const person = (page) => page.getByRole("region", { name: "Person" });
const since = (page) => page.getByRole("region", { name: "What happened since" });

test("a colleague is named while one types, is told at once, and finds their way to the item", async () => {
  const item = await send("inquiry", inquiry({ name: "Noor Haddad" }));
  await browser.visit({}, async (theos) => {
    await signIn(theos, "theo");
    const unseen = theos.getByRole("link", { name: /For you/ });
    await shown(unseen.filter({ hasText: "0 new" }));
    await browser.visit({}, async (page) => {
      await signIn(page, "mara");
      await open(page, item);
      await page.getByRole("button", { name: "Add note" }).click();
      const note = page.getByRole("textbox", { name: "Note" });
      await note.pressSequentially("Could you look, @the");
      await finds(page, "names that are offered");
      await page.getByRole("group", { name: "Whom do you mean?" }).getByRole("button", { name: /Theo/ }).click();
      await hasFocus(note);
      assert.equal(await note.inputValue(), "Could you look, @theo ");
      await note.pressSequentially("please?");
      await page.keyboard.press("Control+Enter");
      await shown(since(page).getByText("Could you look, @theo please?"));
    });
    await shown(unseen.filter({ hasText: "1 new" }));
    await unseen.click();
    const told = theos.getByRole("list", { name: "What you were told" });
    await shown(told.getByText("Could you look, @theo please?"));
    await shown(told.getByText(/named you$/));
    await finds(theos, "what one was told");
    await fits(theos, "what one was told");
    await shown(unseen.filter({ hasText: "0 new" }));
    await told.getByRole("link", { name: "Noor Haddad" }).click();
    await shown(theos.getByRole("heading", { name: "Noor Haddad" }));
  });
  await browser.visit({ viewport: { width: 320, height: 700 }, colorScheme: "dark" }, async (page) => {
    await signIn(page, "hana");
    await page.goto(`${usher.origin}/console/notices`);
    await shown(page.getByText("Nothing for you yet"));
    await finds(page, "nothing for one yet");
    await fits(page, "nothing for one yet");
  });
});

test("records that share a number become one, asked once more, and two again", async () => {
  const calls = { interest: "team", seats: "5", call: "yes", phone: "+351 21 000 4711" };
  const work = await send("inquiry", inquiry({ name: "Rita Alves", ...calls }));
  const home = await send("inquiry", inquiry({ name: "Rita at home", ...calls }));
  await browser.visit({}, async (page) => {
    await signIn(page, "mara");
    await open(page, work);
    await shown(person(page).getByRole("heading", { name: "Could be the same person" }));
    const row = person(page).getByRole("listitem").filter({ hasText: "Rita at home" });
    await row.getByRole("button", { name: "The same person…" }).click();
    await shown(row.getByText("It can be taken apart again."));
    await finds(page, "a merge that is asked once more");
    await row.getByRole("button", { name: "Make it one record" }).click();
    await shown(person(page).getByText(/The record of Rita at home \(1 item\) is part of this one, by you/));
    await shown(person(page).getByRole("heading", { name: "Other items" }));
    assert.equal((await mara.item(home.row.id)).person.id, work.person.id);
    await person(page).getByRole("button", { name: "Take it apart again" }).click();
    await shown(person(page).getByRole("heading", { name: "Could be the same person" }));
    assert.equal((await mara.item(home.row.id)).person.id, home.person.id);
    // And by words, where nothing is shared.
    const other = await send("inquiry", inquiry({ name: "Wilhelmina Quist" }));
    await person(page).getByRole("button", { name: /Find another record/ }).click();
    await person(page).getByRole("searchbox").fill("nobody like that");
    await page.keyboard.press("Enter");
    await shown(person(page).getByText("Nobody else has all of these words."));
    await person(page).getByRole("searchbox").fill("quist");
    await page.keyboard.press("Enter");
    await person(page).getByRole("listitem").filter({ hasText: "Wilhelmina Quist" }).getByRole("button").click();
    await person(page).getByRole("button", { name: "Make it one record" }).click();
    await shown(person(page).getByText(/The record of Wilhelmina Quist/));
    assert.equal((await mara.item(other.row.id)).person.id, work.person.id);
  });
});

test("what was sent twice is closed as the same, by key, and each of both says so", async () => {
  const email = `twice-${randomUUID()}@example.com`;
  const first = await send("inquiry", inquiry({ name: "Tilde Twice", email, message: "Which plan fits us?" }));
  const second = await send("inquiry", inquiry({ name: "Tilde Twice", email, message: "Did you get my question?" }));
  await browser.visit({}, async (page) => {
    await signIn(page, "mara");
    await open(page, second);
    const given = second.row.owner && second.row.owner.id !== "mara";
    if (given) await mara.act(second.row.id, { act: "reassign", to: "mara", reason: "Mine." });
    await shown(page.getByRole("button", { name: "Duplicate…" }));
    await page.keyboard.press("d");
    await page.getByRole("button", { name: "Close as the same" }).click();
    await shown(page.getByRole("alert").getByText("Say which item it is the same as."));
    await page.getByRole("textbox", { name: "Or the reference of another item" }).fill("USH-NOPE");
    await page.getByRole("button", { name: "Close as the same" }).click();
    await shown(page.getByRole("alert").getByText("No item of your queues has this reference."));
    await finds(page, "the form of duplicates");
    await page.getByRole("radio", { name: /Which plan fits us/ }).check();
    await page.getByRole("button", { name: "Close as the same" }).click();
    await shown(page.getByText(/^The same as/));
    await shown(since(page).getByText("You closed it: Duplicate"));
    await page.getByRole("link", { name: first.row.reference }).first().click();
    await shown(page.getByText("The same was sent again:"));
    await finds(page, "an item that was sent again");
    await fits(page, "an item that was sent again");
  });
});

test("an answer begins with a template, stays while one is elsewhere, and is noted once it was sent", async () => {
  const email = `ola-${randomUUID()}@example.com`;
  const item = await send("inquiry", inquiry({ name: "Ola Nordmann", email }));
  if (item.row.owner && item.row.owner.id !== "mara") await mara.act(item.row.id, { act: "reassign", to: "mara", reason: "Mine." });
  await browser.visit({}, async (page) => {
    await signIn(page, "mara");
    await open(page, item);
    await shown(page.getByRole("button", { name: "Answer…" }));
    await page.keyboard.press("r");
    const text = page.getByRole("textbox", { name: "Answer" });
    await hasFocus(text);
    await page.getByRole("combobox", { name: "Begin with" }).selectOption("Which plan fits");
    assert.equal(await page.getByRole("textbox", { name: "Subject" }).inputValue(), `Your question to Larkfield Learning (${item.row.reference})`);
    await finds(page, "an answer");
    await fits(page, "an answer");
    await text.pressSequentially("PS: see you soon. ");
    const mail = new URL(await page.getByRole("link", { name: "Open it in my mail program" }).getAttribute("href"));
    assert.deepEqual([mail.protocol, decodeURIComponent(mail.pathname)], ["mailto:", email]);
    assert.ok(mail.searchParams.get("body").includes("Hello Ola,\r\n"), mail.searchParams.get("body"));
    // Elsewhere and back: it is still there.
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Sales" }).first().click();
    await shown(page.getByRole("table"));
    await page.goBack();
    await page.getByRole("button", { name: "Answer…" }).click();
    assert.ok((await page.getByRole("textbox", { name: "Answer" }).inputValue()).includes("PS: see you soon."));
    await page.getByRole("button", { name: "Note it as sent" }).click();
    await shown(since(page).getByText("You answered"));
    const kept = await mara.item(item.row.id);
    assert.deepEqual([kept.row.owner.id, kept.row.touched], ["mara", true]);
    await page.getByRole("button", { name: "Answer…" }).click();
    assert.equal(await page.getByRole("textbox", { name: "Answer" }).inputValue(), "", "what was sent is not a draft any more");
  });
});

test("a visitor says how it went, without a script, on a phone; what was settled badly is open again for its owner to see", async () => {
  const hana = await usher.signIn("hana");
  const item = await send("support", support({ message: "Lesson three does not open." }));
  if (item.row.owner?.id !== "hana") await hana.act(item.row.id, { act: "claim" });
  const link = (await hana.call(`items/${item.row.id}/drafts`)).body.feedback_link;
  await hana.act(item.row.id, { act: "close", outcome: "solved", reason: "" });
  await browser.visit({}, async (page) => {
    await signIn(page, "hana");
    const phone = { viewport: { width: 360, height: 740 }, javaScriptEnabled: false, colorScheme: "dark" };
    await browser.visit(phone, async (visitor) => {
      await visitor.goto(link);
      await shown(visitor.getByRole("heading", { name: "How did it go?" }));
      await visitor.getByRole("radio", { name: /^1/ }).check();
      await visitor.getByRole("textbox", { name: /What should we know/ }).fill("It broke again.");
      await visitor.getByRole("button", { name: "Send" }).click();
      await shown(visitor.getByRole("heading", { name: "Thank you. A person will read this." }));
    });
    await shown(page.getByRole("link", { name: /For you/ }).filter({ hasText: "1 new" }));
    await open(page, item);
    const feedback = page.getByRole("region", { name: "How satisfied they were" });
    await shown(feedback.getByText("1 of 5"));
    await shown(feedback.getByText("It broke again."));
    await shown(since(page).getByText("Open again: they were not satisfied"));
    await shown(page.getByText("Given to you", { exact: true }));
    await finds(page, "an item that is open again");
  });
  await browser.visit({ viewport: { width: 320, height: 700 } }, async (visitor) => {
    await visitor.goto(link);
    await finds(visitor, "the page of feedback");
    await fits(visitor, "the page of feedback");
  });
});
