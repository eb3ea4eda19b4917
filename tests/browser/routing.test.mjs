// The Routing page: a rule is written, tried at three on Sunday, replayed on the past, and published; another one's publication is
// not overwritten unawares.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { refused, shown, startBrowser } from "../support/browser.mjs";
import { demoWorkspace } from "../support/hosts.mjs";
import { finds, fits } from "../support/screen.mjs";
import { inquiry, startUsher } from "../support/usher.mjs";

const usher = await startUsher();
const browser = await startBrowser();
after(async () => {
  await browser.close();
  await usher.stop();
});
const mara = await usher.signIn("mara");

async function open(page, member = "mara") {
  const link = await usher.operator("POST", "workspaces/demo/sign-in-links", { member });
  await page.goto(`${usher.origin}${link.body.url}`);
  await page.getByRole("link", { name: "Routing" }).click();
  await shown(page.getByRole("region", { name: "Rules" }));
}
const rules = (page) => page.getByRole("region", { name: "Rules" });
const lines = (page) => rules(page).locator(".table-line b").allTextContents();
const table = async () => (await mara.call("routing")).body;

test("an admin writes a rule, tries it, replays it and publishes it", async () => {
  const { body: receipt } = await usher.submit("inquiry", inquiry({ name: "Nora Night", company: "Nightfall" }));
  await browser.visit({}, async (page) => {
    await open(page);
    const before = await lines(page);
    await finds(page, "the routing table");
    await page.getByRole("button", { name: "Add a rule" }).click();
    assert.deepEqual(await lines(page), ["A new rule", ...before]);
    const rule = rules(page).getByRole("listitem").first();
    await rule.getByRole("textbox", { name: "In plain words" }).fill("Questions of Nightfall go to support");
    // Written as JSON, what is no JSON yet is told and stays.
    await rule.getByRole("button", { name: "Write it as JSON" }).click();
    await rule.getByRole("textbox", { name: "The condition as JSON" }).fill('{ "values.kompany": "Nightfall" }');
    await shown(page.getByRole("region", { name: "Publish" }).getByText("There is no fact", { exact: false }));
    await finds(page, "a rule that makes no sense");
    await rule.getByRole("textbox", { name: "The condition as JSON" }).fill('{ "values.company": "Nightfall" }');
    await rule.getByRole("combobox", { name: "Queue" }).selectOption("success");
    await rule.getByRole("combobox", { name: "Team" }).selectOption("Learner support");
    await page.getByRole("region", { name: "Publish" }).getByText("This makes no sense yet:").waitFor({ state: "detached" });

    const tried = page.getByRole("region", { name: "Who would get this?" });
    await tried.getByRole("textbox", { name: "The reference of an item" }).fill(receipt.reference);
    await tried.getByRole("button", { name: "Try it" }).click();
    await shown(tried.getByText("Questions of Nightfall go to support"));
    await shown(tried.getByText("Any of them may take it."));
    const past = page.getByRole("region", { name: "The last 90 days by this table" });
    await past.getByRole("button", { name: "Route them again" }).click();
    await shown(past.getByText("1 of 1 item go elsewhere, or by another rule."));
    await shown(past.getByRole("link", { name: "Nora Night" }));
    await finds(page, "a table that was tried");

    await page.getByRole("textbox", { name: /^Why/ }).fill("They are ours already.");
    await page.getByRole("button", { name: "Publish" }).click();
    await shown(page.getByRole("region", { name: "Publish" }).getByText("Nothing is changed."));
    await shown(page.getByRole("region", { name: "Versions" }).getByText("They are ours already."));
    const now = await table();
    assert.deepEqual([now.table.routes[0].queue, now.table.routes[0].says], ["success", "Questions of Nightfall go to support"]);
    await usher.submit("inquiry", inquiry({ name: "Nils Next", company: "Nightfall" }));
    const [item] = (await mara.call("search?q=nils%20next")).body.items;
    assert.equal(item.queue, "success");

    await page.getByRole("button", { name: /Go back to it/ }).first().click();
    await shown(page.getByRole("region", { name: "Versions" }).getByText(/^Back to version/));
    assert.deepEqual(await lines(page), before);
    await page.setViewportSize({ width: 390, height: 844 });
    await fits(page);
    await finds(page, "the routing table on a phone");
  });
});

test("a team's hours, what a rule needs and its remedies are typed in a few words; what cannot be read is told in its place", async () => {
  const workspace = await demoWorkspace(usher);
  workspace.members.find(({ id }) => id === "mara").skills = { billing: 2, refunds: 1 };
  assert.equal((await usher.operator("PUT", "workspaces/demo", workspace)).status, 200);
  await browser.visit({}, async (page) => {
    await open(page);
    const teams = page.getByRole("region", { name: "Teams" });
    const publish = page.getByRole("region", { name: "Publish" });
    await teams.getByRole("button", { name: /Course advisers/ }).click();
    const hours = teams.getByRole("checkbox", { name: /Works at certain hours/ });
    if (!(await hours.isChecked())) await hours.check();
    await teams.getByRole("textbox", { name: "Time zone" }).fill("Europe/Lisbon");
    await teams.getByRole("textbox", { name: "Monday" }).fill("nine to five");
    await shown(publish.getByText("This makes no sense yet:"));
    assert.equal(await teams.getByRole("textbox", { name: "Monday" }).inputValue(), "nine to five", "what was typed stays");
    await teams.getByRole("textbox", { name: "Monday" }).fill("9-12:30, 13:30-17");
    await teams.getByRole("textbox", { name: "Days on which nobody works" }).fill("2026-12-25, 2027-01-01");
    const most = teams.getByRole("textbox", { name: /^Most of/ }).first();
    await most.fill("many");
    await shown(teams.getByText(/At most 1,000 items, within a minute to a week/));
    await most.fill("3 in 60");
    await finds(page, "a team that works at certain hours");

    const rule = rules(page).getByRole("listitem").last();
    await rule.getByRole("button").first().click();
    await rule.getByRole("textbox", { name: "Skills they need" }).fill("billing 3");
    await shown(rule.getByText(/Nobody in this rule\u2019s pool has that skill|Nobody in this rule's pool has that skill/));
    await rule.getByRole("textbox", { name: "Skills they need" }).fill("billing 2, refunds");
    await rule.getByRole("textbox", { name: /When a promise is in danger/ }).fill("50 nudge, 90 shout");
    await shown(rule.getByText(/A percent is 1 to 100/));
    await rule.getByRole("textbox", { name: /When a promise is in danger/ }).fill("50 nudge, 95 escalate");
    await rule.getByLabel("Next step, minutes").fill("240");
    await finds(page, "a rule that needs something");
    await publish.getByText("This makes no sense yet:").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Publish" }).click();
    await shown(publish.getByText("Nothing is changed."));
    const { table: now } = await table();
    const pool = now.pools.find(({ name }) => name === "Course advisers");
    assert.deepEqual([pool.hours.zone, pool.hours.week.monday], ["Europe/Lisbon", [["09:00", "12:30"], ["13:30", "17:00"]]]);
    assert.deepEqual([pool.hours.closed, pool.members.find(({ most }) => most)?.most], [["2026-12-25", "2027-01-01"], { items: 3, minutes: 60 }]);
    const last = now.routes.at(-1);
    assert.deepEqual([last.needs, last.dwell_minutes], [{ skills: { billing: 2, refunds: 1 } }, 240]);
    assert.deepEqual(last.remedies, [{ at: 50, do: "nudge" }, { at: 95, do: "escalate" }]);
    await page.setViewportSize({ width: 320, height: 700 });
    await fits(page);
  });
});

test("what a rule before takes is told on the rule, and order is changed by buttons", () =>
  browser.visit({}, async (page) => {
    await open(page);
    const [first, second] = await lines(page);
    await rules(page).getByRole("button", { name: new RegExp(second) }).click();
    await rules(page).getByRole("button", { name: "Move up" }).click();
    assert.deepEqual((await lines(page)).slice(0, 2), [second, first]);
    const last = rules(page).getByRole("listitem").last();
    await last.getByRole("button").first().click();
    await last.getByRole("button", { name: "Move up" }).click();
    await shown(rules(page).getByText(/takes everything that this would match/).or(page.getByText("The last rule must always match", { exact: false })).first());
    await page.getByRole("button", { name: "Discard" }).click();
    assert.deepEqual((await lines(page)).slice(0, 2), [first, second]);
  }));

test("where somebody else has published meanwhile, both are told, and nothing typed is lost", () =>
  browser.visit({ expects: [refused(409)] }, async (page) => {
    await open(page);
    await rules(page).getByRole("button").first().click();
    await rules(page).getByRole("textbox", { name: "In plain words" }).fill("Mine");
    const { version, table: inForce } = await table();
    const theirs = { ...inForce, pools: inForce.pools.map((pool, index) => (index ? pool : { ...pool, name: "Theirs" })) };
    assert.equal((await mara.call("routing", { method: "PUT", body: { version, table: theirs, note: "First" } })).status, 200);
    await page.getByRole("button", { name: "Publish" }).click();
    await shown(page.getByRole("alert").getByText("Somebody changed the configuration meanwhile."));
    assert.equal(await rules(page).getByRole("textbox", { name: "In plain words" }).inputValue(), "Mine");
    await page.getByRole("button", { name: "Look at what is in force now" }).click();
    await shown(page.getByRole("region", { name: "Teams" }).getByText("Theirs"));
    assert.equal((await table()).table.pools[0].name, "Theirs");
  }));

test("a draft is saved for everybody, and gone on with by another", async () => {
  await browser.visit({}, async (page) => {
    await open(page);
    await rules(page).getByRole("button").first().click();
    await rules(page).getByRole("textbox", { name: "In plain words" }).fill("A draft of Mara\u2019s");
    await page.getByRole("button", { name: "Save as a draft" }).click();
    await shown(page.getByText("This is the draft, saved for everybody"));
    await finds(page, "a draft");
  });
  await browser.visit({}, async (page) => {
    await open(page);
    const publish = page.getByRole("region", { name: "Publish" });
    await shown(publish.getByText(/saved a draft/));
    assert.ok(!(await lines(page)).includes("A draft of Mara\u2019s"), "what is in force is shown first");
    await publish.getByRole("button", { name: "Go on with the draft" }).click();
    assert.equal((await lines(page))[0], "A draft of Mara\u2019s");
    await page.getByRole("button", { name: "Publish" }).click();
    await shown(publish.getByText("Nothing is changed."));
    assert.equal((await table()).draft, null);
  });
});

test("whoever may not change it reads it, and the log is for admins", () =>
  browser.visit({}, async (page) => {
    await open(page, "theo");
    await rules(page).getByRole("button").first().click();
    assert.equal(await rules(page).getByRole("textbox", { name: "In plain words" }).isDisabled(), true);
    assert.equal(await page.getByRole("button", { name: "Publish" }).count(), 0);
    assert.equal(await page.getByRole("link", { name: "Audit log" }).count(), 0);
    await open(page, "mara");
    await page.getByRole("link", { name: "Audit log" }).click();
    await shown(page.getByText("changed who gets what: version").first());
    await shown(page.getByRole("region", { name: "Changes" }).getByText("First", { exact: false }).first());
    await finds(page, "the audit log");
    await page.setViewportSize({ width: 390, height: 844 });
    await fits(page);
  }));
