// Without JavaScript, or where a page's policy refuses wasm: the same form as a page of its own, the same queue.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { Widget, description, fill, field, message, pairs, refused, shown, startBrowser } from "../support/browser.mjs";
import { addSites, startHosts } from "../support/hosts.mjs";
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

test("a help request ends in the success queue", () =>
  browser.visit(WITHOUT, async (page) => {
    await toForm(page, "/support/", "Make a complaint");
    const main = page.getByRole("main");
    await fill(main, { "E-mail of your account": "max@example.com", "What is it about?": "A complaint" });
    await fill(main, { "What happened?": "Nobody came." });
    assert.equal((await answer(page, "Send request"))[0], 200);
    const item = await staff.itemOf(await receiptPage(page));
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

test("where a page's policy refuses wasm, the panel leads to the form's own page", async () => {
  const key = "pk_no_wasm";
  const site = { id: "no_wasm", name: "Kelp & Rope", kind: "own", key, origins: [hosts.origin], forms: ["inquiry"] };
  await addSites(usher, { ...site, launcher: "Ask us" });
  const address = hosts.page("/no-wasm", {
    snippet: `<script async src="${usher.origin}/v1/usher.js" data-site="${key}"></script>`,
    policy: `default-src 'none'; script-src ${usher.origin}; connect-src ${usher.origin}`,
  });
  await browser.visit({ expects: [/WebAssembly/] }, async (page, visit) => {
    await page.goto(address);
    const widget = new Widget(page);
    await widget.launcher.click();
    const link = widget.panel.getByRole("link", { name: "Open the form" });
    await shown(link);
    assert.match(await widget.status.textContent(), /page of its own/);
    assert.ok(hosts.reports.some((report) => report.includes("wasm-eval")), "the policy did refuse");

    const [plain] = await Promise.all([visit.context.waitForEvent("page"), link.click()]);
    const main = plain.getByRole("main");
    await fill(main, { "Your name": "Pia Lund", "E-mail": "pia@example.com", "Your question": "Without wasm?" });
    await answer(plain, "Send question");
    const item = await staff.itemOf(await receiptPage(plain));
    assert.equal(item.source.site, "Kelp & Rope");
  });
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
