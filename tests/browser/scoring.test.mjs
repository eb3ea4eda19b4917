// The Scoring page: whoever may change the card edits it with what is wrong told as they type, tries it on one lead, replays
// it on the past, publishes it and takes it back; everybody sees how leads are scored, and how good the learner is.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";

import { description, gone, hasFocus, refused, shown, startBrowser } from "../support/browser.mjs";
import { finds, fits } from "../support/screen.mjs";
import { inquiry, startUsher, until } from "../support/usher.mjs";

const usher = await startUsher();
const browser = await startBrowser();
after(async () => {
  await browser.close();
  await usher.stop();
});
const mara = await usher.signIn("mara");
const scoring = async () => (await mara.call("scoring")).body;
const rule = (card, id) => card.rules.find((rule) => rule.id === id);
const DARK_PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme: "dark" };

async function visit(member, path, options, story) {
  await browser.visit(options, async (page) => {
    const { body } = await usher.operator("POST", "workspaces/demo/sign-in-links", { member });
    await page.goto(new URL(body.url, usher.origin).href);
    await shown(page.getByRole("navigation", { name: "More" }));
    await page.goto(`${usher.origin}/console/scoring${path}`);
    await shown(page.getByRole("heading", { name: "Scoring", level: 1 }));
    await story(page);
  });
}

async function opened(values) {
  const headers = { "user-agent": `Mozilla/5.0 Chrome/140.0 ${randomUUID()}` };
  const sent = await usher.submit("inquiry", inquiry(values), { headers });
  assert.equal(sent.status, 200, JSON.stringify(sent.body));
  return mara.itemOf(sent.body);
}

const ruleButton = (page, name) => page.getByRole("heading", { level: 4, name }).getByRole("button");
const when = (page) => page.getByRole("group", { name: "Counts when" });
const found = (page) => page.getByRole("list", { name: "What was found" }).getByRole("listitem");
const points = (page) => page.getByRole("textbox", { name: "Points", exact: true });
const status = (page, text) => page.getByRole("main").getByRole("status").filter({ hasText: text });

test("everybody sees how leads are scored; whose role does not let them changes nothing", async () => {
  await visit("theo", "", {}, async (page) => {
    await shown(page.getByRole("heading", { name: "Fit: who they are" }));
    await ruleButton(page, /^Asks for a team/).click();
    assert.equal(await points(page).isDisabled(), true);
    assert.equal(await points(page).inputValue(), "20");
    for (const name of ["Add a rule", "Save the draft", "Remove this rule", "Publish…"]) {
      assert.equal(await page.getByRole("button", { name }).count(), 0, name);
    }
    const ways = page.getByRole("navigation", { name: "Scoring" }).getByRole("link");
    assert.deepEqual(await ways.allTextContents(), ["Card", "Learner", "Versions"]);
    await finds(page, "the card, to look at");
  });
});

test("what is wrong is told as one types, beside its field and in the list that leads to it", () =>
  visit("mara", "", {}, async (page) => {
    await shown(status(page, "Nothing is wrong with it, and nothing is odd."));
    await ruleButton(page, /^Asks for a team/).click();
    await points(page).fill("many");
    await shown(status(page, "It cannot be saved: 1 problem."));
    assert.equal(await points(page).getAttribute("aria-invalid"), "true");
    assert.match(await description(points(page)), /number/);
    assert.equal(await points(page).inputValue(), "many", "what is typed stays");
    await shown(ruleButton(page, /^Asks for a team 1 problem/));
    await page.getByRole("textbox", { name: "A begins at, in points of fit" }).fill("3");
    await shown(status(page, "It cannot be saved: 2 problems."));
    await finds(page, "a card with problems");

    await ruleButton(page, /^Asks for a team/).click();
    await found(page).getByRole("button", { name: "Asks for a team" }).click();
    await hasFocus(points(page), "the list leads to the field, and opens its rule");
    await points(page).fill("22");
    await page.getByRole("textbox", { name: "A begins at, in points of fit" }).fill("20");
    await shown(status(page, "Nothing is wrong"));
    await page.getByRole("button", { name: "Discard changes" }).click();
    await shown(page.getByText("The card on the screen is in force."));
    assert.equal((await scoring()).draft, null);
  }));

test("a rule is made of rows, and is in the draft as it was made", () =>
  visit("mara", "", {}, async (page) => {
    await page.getByRole("button", { name: "Add a rule of intent" }).click();
    const says = page.getByRole("textbox", { name: "In plain words" });
    await hasFocus(says);
    await says.fill("Read the site twice over");
    await when(page).getByRole("button", { name: "Add a condition" }).click();
    await hasFocus(when(page).getByRole("combobox", { name: "Fact 1" }));
    await when(page).getByRole("combobox", { name: "Fact 1" }).selectOption({ label: "Pages seen" });
    await shown(page.getByText("A row has no value yet."));
    await when(page).getByRole("textbox", { name: "Value 1" }).fill("8");
    await when(page).getByRole("button", { name: "And also…" }).click();
    await when(page).getByRole("combobox", { name: "Fact 2" }).selectOption({ label: "What is it about?" });
    await when(page).getByRole("combobox", { name: "How it must be 2" }).selectOption({ label: "is one of" });
    await page.getByRole("checkbox", { name: "Classes for my team" }).check();
    await page.getByRole("checkbox", { name: "A class for myself" }).check();
    await points(page).fill("-4");
    await shown(status(page, "Nothing is wrong"));

    // A rule that can never match, and a condition that rows cannot say.
    await ruleButton(page, /^Signs up for a trial class/).click();
    await when(page).getByRole("button", { name: "And also…" }).click();
    await when(page).getByRole("combobox", { name: "Fact 2" }).selectOption({ label: "Kind of form" });
    await when(page).getByRole("combobox", { name: "Value 2" }).selectOption({ label: "an inquiry" });
    await shown(ruleButton(page, /^Signs up for a trial class 1 hint/));
    await when(page).getByRole("button", { name: "Write it as JSON" }).click();
    const json = page.getByRole("textbox", { name: "The condition as JSON" });
    await json.fill('{ "$or": [{ "form.kind": "trial" }');
    await shown(status(page, "It cannot be saved: 1 problem."));
    await json.fill('{ "$or": [{ "form.kind": "trial" }, { "page.pricing": true }] }');
    await shown(page.getByText("This says more than rows can"));
    await shown(status(page, "Nothing is wrong"));

    // Points by what they did.
    await page.getByRole("button", { name: "Add a rule of relationship" }).click();
    await page.getByRole("textbox", { name: "In plain words" }).fill("Came back");
    await page.getByRole("combobox", { name: "What it gives" }).selectOption({ label: "Points by what they did" });
    await page.getByRole("checkbox", { name: "Viewed a page" }).check();
    await page.getByRole("combobox", { name: "Points", exact: true }).selectOption({ label: "By how many there are" });
    await page.getByRole("textbox", { name: "Points together" }).fill("1");
    await page.getByRole("button", { name: "Add a band" }).click();
    const second = page.getByRole("textbox", { name: "Points together" }).nth(1);
    await hasFocus(second);
    await second.fill("3");
    await page.getByRole("combobox", { name: "As time passes" }).selectOption({ label: "Only the last days count" });
    await page.getByRole("textbox", { name: "Days that count" }).fill("7");
    await shown(status(page, "Nothing is wrong"));
    await finds(page, "a rule of signals");

    await page.getByRole("button", { name: "Save the draft" }).click();
    await shown(page.getByText("A draft is on the screen, saved by"));
    const { draft, card } = await scoring();
    const [made, counted] = draft.card.rules.slice(-2);
    assert.deepEqual([made.group, made.says, made.points], ["intent", "Read the site twice over", -4]);
    assert.deepEqual(made.when, { "visit.pages": { $gte: 8 }, "values.interest": { $in: ["team", "myself"] } });
    assert.deepEqual(rule(draft.card, "signs_up_for_trial").when, { $or: [{ "form.kind": "trial" }, { "page.pricing": true }] });
    assert.deepEqual([counted.group, counted.events.kinds, counted.events.window_days], ["relationship", ["page_viewed"], 7]);
    assert.deepEqual(counted.events.bands, [{ from: 1, points: 1 }, { from: 2, points: 3 }]);
    assert.equal(draft.card.rules.length, card.rules.length + 2);
    await page.reload();
    await shown(ruleButton(page, /^Read the site twice over/));
    await page.getByRole("button", { name: "Drop the draft" }).click();
    await gone(ruleButton(page, /^Read the site twice over/));
    assert.equal((await scoring()).draft, null);
  }));

test("two at one draft never overwrite each other unseen", () =>
  visit("mara", "", { expects: [refused(409)] }, async (page) => {
    await ruleButton(page, /^Names their company/).click();
    await points(page).fill("9");
    const { card } = await scoring();
    rule(card, "for_a_team").points = 11;
    assert.equal((await mara.call("scoring/draft", { method: "PUT", body: { card, revision: 0 } })).status, 200);
    await page.getByRole("button", { name: "Save the draft" }).click();
    await shown(page.getByRole("alert").filter({ hasText: "has saved the draft meanwhile" }));
    assert.equal(await points(page).inputValue(), "9", "what is on the screen stays");
    await page.getByRole("button", { name: "Discard changes" }).click();
    await ruleButton(page, /^Asks for a team/).click();
    assert.equal(await points(page).inputValue(), "11", "and theirs is there");
    await page.getByRole("button", { name: "Drop the draft" }).click();
    await shown(page.getByText("The card on the screen is in force."));
  }));

test("what-if: a fact changes, and the score moves, from nobody's lead and from an item", async () => {
  const item = await opened({ interest: "team", seats: "12", name: "Yara Lindholm", company: "Saltmere" });
  await visit("mara", "/what-if", {}, async (page) => {
    const moved = page.getByRole("main").getByRole("status").filter({ hasText: "points" });
    await shown(moved.filter({ hasText: "31 points." }));
    await page.getByRole("combobox", { name: "Writes from a free mailbox" }).selectOption({ label: "yes" });
    await shown(moved.filter({ hasText: "23 points, 8 less than before." }));
    await page.getByRole("combobox", { name: "Suppose something more" }).selectOption({ label: "Is a customer" });
    await shown(page.getByText("Already a customer"));
    await finds(page, "what-if");
    await page.goto(`${usher.origin}/console/items/${item.row.id}`);
    await page.getByRole("link", { name: "What if it were otherwise?" }).click();
    await shown(moved.filter({ hasText: `${item.score.total} points.` }));
    await page.getByRole("button", { name: "Remove Company" }).click();
    await shown(moved.filter({ hasText: "6 less than before." }));
    await shown(page.getByText("Advisers for teams").or(page.getByText("A question for a team")));
  });
});

test("a replay shows what would have been, with the items behind each number", async () => {
  const won = await opened({ interest: "team", seats: "12", name: "Petra Won" });
  await mara.act(won.row.id, { act: "claim" });
  await mara.act(won.row.id, { act: "close", outcome: "won", reason: "" });
  await opened({ interest: "myself", name: "Otto Same" });
  const { card } = await scoring();
  rule(card, "for_a_team").points = 0;
  await mara.call("scoring/draft", { method: "PUT", body: { card, revision: 0 } });
  await visit("mara", "/replay", {}, async (page) => {
    await page.getByRole("button", { name: "Replay", exact: true }).click();
    await shown(page.getByText("items replayed."));
    await shown(page.getByText("By the card in force, every item that it decided comes out as it did then"));
    await shown(page.getByRole("img", { name: /How many items are in each tier/ }));
    const changed = page.getByRole("main").getByRole("listitem").filter({ hasText: "change their tier" });
    await changed.getByRole("button").click();
    const behind = page.getByRole("heading", { name: /^Those that change their tier/ });
    await hasFocus(behind);
    const list = page.getByRole("region", { name: /^Those that change their tier/ });
    const row = list.getByRole("listitem").filter({ hasText: "Petra Won" });
    await shown(row);
    assert.match(await row.textContent(), /won/);
    assert.equal(await list.getByRole("listitem").filter({ hasText: "Otto Same" }).count(), 0);
    const count = Number(/\d+/.exec(await changed.textContent())[0]);
    assert.equal(await list.getByRole("listitem").count(), count);
    const tier = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: won.row.tier }) });
    await shown(tier.getByText(/of 1: 100 %/));
    await finds(page, "a replay");
    await row.getByRole("link", { name: "Petra Won" }).click();
    await shown(page.getByRole("heading", { name: "Petra Won", level: 1 }));
  });
});

test("a draft is published with its reason, open items are scored by it, and it is taken back", async () => {
  const item = await opened({ interest: "team", seats: "12", name: "Iben Open" });
  const before = await scoring();
  await visit("mara", "", {}, async (page) => {
    await page.getByRole("button", { name: "Publish…" }).click();
    const dialog = page.getByRole("dialog");
    await shown(dialog.getByText("“Asks for a team”: 0, before 20."));
    await dialog.getByRole("textbox", { name: "Why" }).fill("Teams are no sign");
    await finds(page, "publishing");
    await dialog.getByRole("button", { name: "Publish" }).click();
    await shown(page.getByText("The card on the screen is in force."));
    const now = await scoring();
    assert.deepEqual([now.version, now.versions[0].note, now.draft], [before.version + 1, "Teams are no sign", null]);
    const rated = await until(async () => {
      const view = await mara.item(item.row.id);
      return view.score.config_version === now.version && view;
    }, "the open item is scored by the new card");
    assert.equal(rated.score.total, item.score.total - 20);

    await page.getByRole("link", { name: "Versions" }).click();
    const first = page.getByRole("listitem").filter({ hasText: `Version ${before.version} ` });
    await shown(page.getByRole("listitem").filter({ hasText: "Teams are no sign" }));
    await first.getByRole("button", { name: /^Compare/ }).click();
    await shown(first.getByText("“Asks for a team”: 20, before 0."));
    await finds(page, "versions");
    await first.getByRole("button", { name: `Roll back to version ${before.version}` }).click();
    await shown(page.getByRole("listitem").filter({ hasText: `Version ${before.version + 2} ` }));
    assert.equal(rule((await scoring()).card, "for_a_team").points, 20);
  });
});

test("the learner says how far it is, with its curves once there is something to show", async () => {
  await visit("theo", "/learner", {}, async (page) => {
    await shown(page.getByRole("heading", { name: "Rule-based" }));
    await shown(page.getByText("it has 1 and 0."));
    await finds(page, "a learner without outcomes");
  });
  const { token } = (await usher.operator("POST", "workspaces/demo/tokens", { name: "platform", scope: "outcomes" })).body;
  for (let round = 0; round < 21; round += 1) {
    let csv = "item,outcome\n";
    for (const [interest, outcome] of [["myself", "won"], ["prices", "lost"]]) {
      const { row } = await opened({ interest });
      csv += `${row.reference},${outcome}\n`;
    }
    const headers = { "content-type": "text/csv", authorization: `Bearer ${token}` };
    const { body } = await usher.json("/v1/workspaces/demo/outcomes", { method: "POST", headers, body: csv });
    assert.equal(body.refused?.length ?? 0, 0, JSON.stringify(body));
  }
  const { body: learner } = await mara.call("scoring/learner");
  assert.notEqual(learner.state, "rule_based");
  await visit("theo", "/learner", {}, async (page) => {
    await shown(page.getByRole("heading", { name: /^(Learning|Predictive)$/ }));
    await shown(page.getByRole("img", { name: /rank leads/ }));
    const auc = page.getByRole("row").filter({ hasText: "Ranking (AUC)" });
    assert.ok((await auc.textContent()).includes(learner.learner.auc.toFixed(3)));
    await page.getByText("The numbers of these curves").click();
    const numbers = page.getByRole("region", { name: "The numbers of these curves" }).getByRole("row");
    assert.equal(await numbers.count(), learner.curve.length + 1);
    await shown(page.getByRole("listitem").filter({ hasText: "What is it about?" }));
    await finds(page, "a learner with curves");
  });
});

test("every page fits a phone, in the dark", () =>
  visit("mara", "", DARK_PHONE, async (page) => {
    await ruleButton(page, /^Looked at the prices/).click();
    await shown(page.getByRole("textbox", { name: "Points together" }));
    await fits(page);
    await finds(page, "a rule on a phone");
    await page.getByRole("link", { name: "What if" }).click();
    await shown(page.getByRole("heading", { name: "Its score" }));
    await fits(page);
    await finds(page, "what-if on a phone");
    await page.getByRole("link", { name: "Replay" }).click();
    await page.getByRole("button", { name: "Replay", exact: true }).click();
    await shown(page.getByText("items replayed."));
    await fits(page);
    await finds(page, "a replay on a phone");
    for (const [name, heading] of [["Learner", "What it goes by"], ["Versions", "Every card that was in force"]]) {
      await page.getByRole("link", { name }).click();
      await shown(page.getByRole("heading", { name: heading }));
      await fits(page);
      await finds(page, name);
    }
  }));
