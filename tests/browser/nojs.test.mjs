// Without JavaScript, or where a page's policy refuses wasm: the same form as a page of its own, the same queue.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";

import { description, fill, field, message, pairs, refused, shown, startBrowser } from "../support/browser.mjs";
import { fresh, withEveryKind } from "../support/forms.mjs";
import { startHosts } from "../support/hosts.mjs";
import { png } from "../support/samples.mjs";
import { startUsher } from "../support/usher.mjs";

const usher = await startUsher();
const browser = await startBrowser();
const hosts = await startHosts();
after(async () => {
  await browser.close();
  await usher.stop();
  await hosts.stop();
});
const staff = await usher.signIn("mara");
const WITHOUT = { javaScriptEnabled: false };

test("errors come back beside their fields with what was typed; then it is in the same queue as the widget's", () =>
  browser.visit({ ...WITHOUT, expects: [refused(422)] }, async (page) => {
    await toForm(page, "/pricing/", "Ask about prices");
    await shown(page.getByRole("heading", { name: "Ask a course adviser", level: 1 }));
    const main = page.getByRole("main");
    assert.match(await description(field(main, "Company")), /If you ask for a team/);

    await fill(main, { "E-mail": "kim@nowhere", "What is it about?": "Prices and payment" });
    await fill(main, { Company: "<b>Kim & Co</b>" });
    const [wrong] = await answer(page, "Send question");
    assert.equal(wrong, 422);
    assert.match(await message(field(main, "Your name")), /./);
    assert.match(await message(field(main, "E-mail")), /./);
    assert.match(await message(field(main, "Your question")), /./);
    assert.equal(await field(main, "Company").getAttribute("aria-invalid"), null);
    assert.equal(await field(main, "E-mail").inputValue(), "kim@nowhere");
    assert.equal(await field(main, "Company").inputValue(), "<b>Kim & Co</b>");
    assert.equal(await field(main, "What is it about?").inputValue(), "prices");
    const summary = page.getByRole("alert");
    assert.deepEqual(await summary.getByRole("link").allTextContents(), ["Your name", "E-mail", "Your question"]);
    await summary.getByRole("link", { name: "Your question" }).click();
    await page.waitForURL(/#message$/);

    await fill(main, { "Your name": "Kim Orr", "E-mail": "kim@orr.example.com" });
    await fill(main, { "Your question": "\nTwo lines,\nthe first one empty." });
    const [status] = await answer(page, "Send question");
    assert.equal(status, 200);
    const receipt = await receiptPage(page);
    assert.equal(receipt.team, "Course advisers");
    assert.match(receipt.by, /\d/);

    const item = await staff.itemOf(receipt);
    assert.equal(item.row.queue, "sales");
    assert.equal(new URL(item.source.url).pathname, "/pricing/");
    assert.ok(item.score.reasons.some((reason) => reason.rule === "asked_from_pricing"));
    const sent = Object.fromEntries(item.submission.values.map(({ name, value }) => [name, value]));
    assert.equal(sent.message.trim(), "Two lines,\nthe first one empty.");
    assert.equal(sent.company, "<b>Kim & Co</b>");
  }));

test("the trial form goes to its hosts, with its consent", () =>
  browser.visit({ ...WITHOUT, expects: [refused(422)] }, async (page) => {
    await toForm(page, "/trial/", "Book a trial class");
    const main = page.getByRole("main");
    await fill(main, { "Your name": "Lee Tarn", "E-mail": "lee@example.com", Course: "Writing at work" });
    assert.equal((await answer(page, "Save my place"))[0], 422);
    const consent = "You may write to me about this trial class.";
    assert.match(await message(field(main, consent)), /./);
    assert.equal(await field(main, "Course").inputValue(), "writing");
    await fill(main, { [consent]: true });
    assert.equal((await answer(page, "Save my place"))[0], 200);
    const receipt = await receiptPage(page);
    assert.equal(receipt.team, "Trial class hosts");
    assert.equal((await staff.itemOf(receipt)).route.rule, "trial");
  }));

test("a help request ends in the success queue, with its picture", () =>
  browser.visit(WITHOUT, async (page) => {
    await toForm(page, "/support/", "Make a complaint");
    const main = page.getByRole("main");
    await fill(main, { "E-mail of your account": "max@example.com", "What is it about?": "A complaint" });
    await fill(main, { "What happened?": "Nobody came." });
    await main.getByLabel(/Screenshot/).setInputFiles(picture());
    assert.equal((await answer(page, "Send request"))[0], 200);
    const item = await staff.itemOf(await receiptPage(page));
    assert.ok(item.submission.values.some(({ file }) => file?.name === "broken page.png"), "with its picture");
    assert.equal(item.row.queue, "success");
    assert.equal(item.route.rule, "complaint");
  }));

test("the same page sent twice exists once", () =>
  browser.visit(WITHOUT, async (page) => {
    await toForm(page, "/pricing/", "Ask about prices");
    const main = page.getByRole("main");
    await fill(main, { "Your name": "Nia Holt", "E-mail": "nia@example.com", "Your question": "Twice?" });
    const [, sent] = await answer(page, "Send question");
    const first = await receiptPage(page);

    // Loading the answer again sends the form again.
    const [again] = await Promise.all([page.waitForResponse("**/v1/forms/**"), page.reload()]);
    assert.equal(again.request().method(), "POST");
    assert.equal(again.request().postData(), sent.postData());
    assert.deepEqual(await receiptPage(page), first);

    // A press while the first answer is still on its way.
    await page.request.post(sent.url(), {
      headers: { "content-type": "application/x-www-form-urlencoded" },
      data: sent.postData(),
    });
    assert.deepEqual((await staff.itemOf(first)).person.others, [], "one item");
  }));

// Going back fetches the form anew, and with it a new id: browsers put back what was typed, but no hidden field.
test("going back and sending again exists once", () =>
  browser.visit(WITHOUT, async (page) => {
    await toForm(page, "/pricing/", "Ask about prices");
    const main = page.getByRole("main");
    const typed = { "Your name": "Ole Brandt", "E-mail": "ole@example.com", "Your question": "Did it go?" };
    await fill(main, typed);
    await answer(page, "Send question");
    const first = await receiptPage(page);
    await page.goBack();
    await fill(main, typed);
    await answer(page, "Send question");
    const second = await receiptPage(page);
    assert.deepEqual(second, first);
    assert.deepEqual((await staff.itemOf(second)).person.others, [], "one item");
  }));

const demo = JSON.parse(
  (await readFile(new URL("../../demo/workspace.json", import.meta.url), "utf8")).replaceAll(/__[A-Z_]+__/g, "https://demo.example.com"),
);

/** A workspace of its own with the form that has every kind of field; the form's address, and its staff. */
async function everyKind(result) {
  const { workspace, key } = fresh();
  const origins = [hosts.origin];
  const made = await usher.operator("PUT", `workspaces/${workspace}`, withEveryKind(demo, { key, origins, result }));
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return { workspace, address: `${usher.origin}/v1/forms/${key}/every`, staff: await usher.signIn("mara", workspace) };
}

const picture = (name = "broken page.png") => ({ name, mimeType: "text/plain", buffer: png({ width: 40, height: 40 }) });
const choice = (inside, group, name) => inside.getByRole("group", { name: group }).or(inside.getByRole("radiogroup", { name: group })).getByLabel(name, { exact: true });

test("every kind of field, its errors, what was kept, and what is stored", async () => {
  const { address, staff } = await everyKind();
  await browser.visit({ ...WITHOUT, expects: [refused(422)] }, async (page) => {
    await page.goto(`${address}?from=flyer&more=ignored`);
    const main = page.getByRole("main");
    await shown(main.getByRole("group", { name: /Part 1 of 2\s*About you/ }));
    await shown(main.getByRole("group", { name: /Part 2 of 2\s*About the class/ }));
    assert.match(await description(field(main, /In which town/)), /Only if “How\?” is: In a room/);
    assert.match(await description(main.getByLabel(/A picture of it/)), /PNG, JPEG or PDF, at most 5 MB/);
    assert.equal(await main.getByLabel("From").getAttribute("min"), new Date().toISOString().slice(0, 10));

    // Wrong in many places, and a file that is none of the three.
    await fill(main, { "E-mail": "kim@nowhere", Seats: "many" });
    for (const day of ["Monday", "Tuesday", "Wednesday"]) await choice(main, /Which days/, day).check();
    await main.getByLabel("From").fill("2030-05-02");
    await main.getByLabel("Until").fill("2030-05-01");
    await main.getByLabel("Country code").selectOption("LK");
    await main.getByLabel(/A picture of it/).setInputFiles({ ...picture("page.png"), buffer: Buffer.from("<html>") });
    await fill(main, { Level: "Not new to it", "Send me the programme": true });
    assert.equal((await answer(page, "Send it"))[0], 422);
    const wrong = await page.getByRole("alert").getByRole("link").allTextContents();
    assert.deepEqual(wrong, ["Your name", "E-mail", "Seats", "How?", "Which days?", "Until", "A picture of it", "Your agreement"]);
    assert.match(await message(main.getByLabel("Until")), /The end is before the start/);
    assert.match(await message(main.getByLabel(/A picture of it/)), /no PNG, JPEG or PDF/);
    assert.match(await main.getByRole("radiogroup", { name: "How?" }).evaluate((it) => document.getElementById(it.getAttribute("aria-describedby"))?.textContent), /choose one/);
    assert.equal(await field(main, "E-mail").inputValue(), "kim@nowhere");
    assert.equal(await field(main, /Seats/).inputValue(), "many");
    assert.equal(await main.getByLabel("From").inputValue(), "2030-05-02");
    assert.equal(await main.getByLabel("Country code").inputValue(), "LK");
    for (const day of ["Monday", "Tuesday", "Wednesday"]) assert.ok(await choice(main, /Which days/, day).isChecked());
    await page.getByRole("alert").getByRole("link", { name: "How?" }).click();
    await page.waitForURL(/#mode$/);

    // The town is asked of those who come to a room, and of nobody else.
    await fill(main, { "Your name": "Kim Orr", "E-mail": "kim@orr.example.com", Telephone: "71 234 5678" });
    await main.getByRole("textbox", { name: /Seats/ }).fill("3");
    await choice(main, "How?", "In a room").check();
    await choice(main, /Which days/, "Tuesday").uncheck();
    await main.getByLabel("Until").fill("2030-06-01");
    await main.getByLabel(/A picture of it/).setInputFiles(picture());
    assert.equal((await answer(page, "Send it"))[0], 422);
    assert.deepEqual(await page.getByRole("alert").getByRole("link").allTextContents(), ["In which town?", "Your agreement"]);
    const kept = main.getByRole("checkbox", { name: "broken page.png is attached." });
    assert.ok(await kept.isChecked(), "what was sent needs not be chosen again");
    await choice(main, "How?", "Online").check();
    await fill(main, { "You may write to me.": true });
    assert.equal((await answer(page, "Send it"))[0], 200);

    const receipt = await receiptPage(page);
    await shown(page.getByText("See you soon."));
    await page.getByRole("link", { name: "Ask a course adviser" }).click();
    await shown(page.getByRole("heading", { name: "Ask a course adviser" }));
    const item = await staff.itemOf(receipt);
    const values = Object.fromEntries(item.submission.values.map(({ name, value }) => [name, value]));
    assert.equal(values.phone, "+94 71 234 5678");
    assert.match(values.days, /Monday.*Wednesday/);
    assert.equal(values.seats, "3");
    assert.equal(values.end, "2030-06-01");
    assert.equal(values.shot, "broken page.png");
    assert.equal(values.campaign, "flyer");
    assert.equal(values.desk, "front");
    assert.equal(values.town, undefined);
  });
});

test("a file of ten megabytes is answered beside its field, with all that was typed", async () => {
  const { address } = await everyKind();
  await browser.visit({ ...WITHOUT, expects: [refused(422)] }, async (page) => {
    await page.goto(address);
    const main = page.getByRole("main");
    await fill(main, { "Your name": "Kim Orr", "Anything else?": "Typed after the file." });
    await main.getByLabel(/A picture of it/).setInputFiles({ ...picture("large.png"), buffer: Buffer.alloc(10 * 1024 * 1024, "x") });
    assert.equal((await answer(page, "Send it"))[0], 422);
    assert.match(await message(main.getByLabel(/A picture of it/)), /too large: at most 5 MB/);
    assert.equal(await field(main, "Your name").inputValue(), "Kim Orr");
    assert.equal((await field(main, /Anything else/).inputValue()).trim(), "Typed after the file.");
  });
});

test("a file that was attached can be taken back", async () => {
  const { address, staff } = await everyKind();
  await browser.visit({ ...WITHOUT, expects: [refused(422)] }, async (page) => {
    await page.goto(address);
    const main = page.getByRole("main");
    await fill(main, { "Your name": "Kim Orr", "E-mail": "kim@orr.example.com" });
    await choice(main, "How?", "Online").check();
    await main.getByLabel(/A picture of it/).setInputFiles(picture());
    assert.equal((await answer(page, "Send it"))[0], 422);
    await main.getByRole("checkbox", { name: /is attached/ }).uncheck();
    await fill(main, { "You may write to me.": true });
    await answer(page, "Send it");
    const item = await staff.itemOf(await receiptPage(page));
    assert.ok(item.submission.values.every(({ name }) => name !== "shot"));
  });
});

test("staff save the picture that was sent, and it is not opened", async () => {
  const { workspace, address, staff } = await everyKind();
  let receipt;
  await browser.visit(WITHOUT, async (page) => {
    await page.goto(address);
    const main = page.getByRole("main");
    await fill(main, { "Your name": "Kim Orr", "E-mail": "kim@orr.example.com", "You may write to me.": true });
    await choice(main, "How?", "Online").check();
    await main.getByLabel(/A picture of it/).setInputFiles(picture());
    await answer(page, "Send it");
    receipt = await receiptPage(page);
  });
  const item = await staff.itemOf(receipt);
  const { body: link } = await usher.operator("POST", `workspaces/${workspace}/sign-in-links`, { member: "mara" });
  await browser.visit({ acceptDownloads: true }, async (page) => {
    await page.goto(`${usher.origin}${link.url}`);
    await shown(page.getByRole("navigation", { name: "Queues" }));
    await page.goto(`${usher.origin}/console/items/${item.row.id}`);
    const saved = page.getByRole("link", { name: "broken page.png" });
    const [download] = await Promise.all([page.waitForEvent("download"), saved.click()]);
    assert.equal(download.suggestedFilename(), "broken page.png");
    assert.ok((await readFile(await download.path())).equals(picture().buffer));
  });
});

test("the page speaks the visitor's language, and can be asked to speak another", async () => {
  const { address } = await everyKind();
  await browser.visit({ ...WITHOUT, locale: "de-AT", expects: [refused(422)] }, async (page) => {
    await page.goto(address);
    assert.equal(await page.locator("html").getAttribute("lang"), "de");
    await shown(page.getByRole("heading", { name: "Jede Art von Feld" }));
    await shown(page.getByLabel("Ihr Name"));
    await page.getByRole("link", { name: "العربية" }).click();
    await shown(page.getByRole("heading", { name: "كل نوع من الحقول" }));
    assert.deepEqual(await page.locator("html").evaluate((html) => [html.lang, html.dir]), ["ar", "rtl"]);
    assert.equal((await answer(page, "إرسال"))[0], 422);
    assert.deepEqual(await page.locator("html").evaluate((html) => [html.lang, html.dir]), ["ar", "rtl"]);
    assert.doesNotMatch(await page.getByRole("alert").textContent(), /Please/);
  });
});

test("the result leads to a page of the site, and to no other", async () => {
  hosts.page("/thanks");
  const { address } = await everyKind({ redirect: "/thanks" });
  await browser.visit(WITHOUT, async (page) => {
    await page.goto(address);
    const main = page.getByRole("main");
    await fill(main, { "Your name": "Kim Orr", "E-mail": "kim@orr.example.com", "You may write to me.": true });
    await choice(main, "How?", "Online").check();
    await page.getByRole("button", { name: "Send it" }).click();
    await page.waitForURL(`${hosts.origin}/thanks`);
  });
});

test("in a frame: on the site's own pages only, and complete", async () => {
  const { address, staff } = await everyKind();
  const frame = `<iframe title="Form" src="${address}?frame&page=${encodeURIComponent(`${hosts.origin}/framed`)}" width="600" height="900"></iframe>`;
  const listed = hosts.page("/framed", { snippet: frame });
  await browser.visit(WITHOUT, async (page) => {
    await page.goto(listed);
    const inside = page.frameLocator("iframe");
    const main = inside.getByRole("main");
    await fill(main, { "Your name": "Kim Orr", "E-mail": "kim@orr.example.com", "You may write to me.": true });
    await choice(main, "How?", "Online").check();
    assert.equal(await inside.getByRole("banner").count(), 0);
    await inside.getByRole("button", { name: "Send it" }).click();
    await shown(inside.getByRole("heading", { name: /thank you/i }));
    const reference = await inside.getByRole("definition").textContent();
    assert.equal(new URL((await staff.itemOf({ reference })).source.url).pathname, "/framed");
  });
  const policy = async (rest) => (await fetch(`${address}${rest}`)).headers.get("content-security-policy");
  assert.match(await policy("?frame"), new RegExp(`frame-ancestors 'self' ${hosts.origin}$`));
  assert.match(await policy(""), /frame-ancestors 'none'$/);
});

test("axe finds nothing, with errors and without, in every direction, theme and width", async () => {
  const axe = await readFile(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
  const { address } = await everyKind();
  for (const [lang, colorScheme, width] of [["en", "light", 1280], ["en", "dark", 320], ["ar", "light", 320], ["de", "dark", 1280]]) {
    // Without its policy, which refuses axe as well, the page asks for an icon that there is none of.
    const expects = [refused(422), /favicon/];
    await browser.visit({ bypassCSP: true, colorScheme, viewport: { width, height: 800 }, expects }, async (page) => {
      await page.goto(`${address}?lang=${lang}`);
      for (const state of ["empty", "wrong"]) {
        if (state === "wrong") await Promise.all([page.waitForURL(/sent/), page.locator("button").click()]);
        await page.evaluate(axe);
        const found = await page.evaluate(async () => {
          const { violations } = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
          return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
        });
        assert.deepEqual(found, [], `${lang} ${colorScheme} ${width} ${state}`);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `nothing sticks out at ${width}`);
      }
    });
  }
});

/** From a page of the platform to the plain form, by a link. */
async function toForm(page, path, link) {
  await page.goto(`${usher.origin}${path}`);
  await page.getByRole("link", { name: link }).first().click();
  await page.waitForURL("**/v1/forms/**");
}

/** Presses the button; the status of the page that comes, and the request. */
async function answer(page, button) {
  const answered = page.waitForResponse((it) => it.request().method() === "POST" && it.url().includes("/v1/forms/"));
  await page.getByRole("button", { name: button }).click();
  const response = await answered;
  await page.waitForLoadState();
  return [response.status(), response.request()];
}

async function receiptPage(page) {
  await shown(page.getByRole("heading", { name: /thank you/i, level: 1 }));
  const main = page.getByRole("main");
  const { "Your reference": reference } = await pairs(main);
  const [, team, by] = /^(.+) will answer you by (.+)\.$/.exec(await main.getByText(/will answer you by/).textContent());
  return { reference, team, by };
}
