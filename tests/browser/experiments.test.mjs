// An experiment as people meet it: made, checked and started in the console; seen by visitors on somebody else's page, without a
// flicker; read by whoever knows no statistics; declared, and found again in the archive.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { refused, shown, startBrowser } from "../support/browser.mjs";
import { demoWorkspace, fromReadme, startHosts } from "../support/hosts.mjs";
import { finds, fits } from "../support/screen.mjs";
import { startUsher, until } from "../support/usher.mjs";

const KEY = "pk_kelp_rope";
const DAY_S = 24 * 60 * 60;
const usher = await startUsher({ args: ["--faults"] });
const hosts = await startHosts();
const browser = await startBrowser();
after(async () => {
  await browser.close();
  await usher.stop();
  await hosts.stop();
});
const { snippet } = await fromReadme(usher, KEY);

const CONTROL = {
  ...{ id: "rope_help", look: "slide_in", title: "May we help?", body: "Ask somebody who knows rope.", action: "Ask them" },
  ...{ form: "inquiry", triggers: [{ event: { name: "start" } }], gates: { how_often: "always", cooldown_days: 0 } },
};

before(async () => {
  hosts.page("/rope", { file: "longer.html", snippet });
  const workspace = await demoWorkspace(usher);
  const site = { id: "rope", name: "Kelp & Rope", kind: "own", key: KEY, origins: [hosts.origin], forms: ["inquiry"] };
  workspace.sites.push({ ...site, launcher: "Ask us", prompts: [CONTROL.id] });
  workspace.prompts.push(CONTROL);
  const { status, body } = await usher.operator("PUT", "workspaces/demo", workspace);
  assert.equal(status, 200, JSON.stringify(body));
});

async function open(page, member = "mara") {
  const link = await usher.operator("POST", "workspaces/demo/sign-in-links", { member });
  await page.goto(`${usher.origin}${link.body.url}`);
  await page.getByRole("link", { name: "Experiments" }).click();
  await shown(page.getByRole("heading", { name: "Experiments", level: 1 }));
}

/** A visitor of the shop: what they are shown, and perhaps what they do. Each paint of the prompt is written down. */
async function visits(does) {
  let body;
  await browser.visit({}, async (page) => {
    await page.goto(`${hosts.origin}/rope`);
    await shown(page.getByRole("button", { name: "Ask us" }));
    await page.mouse.move(200, 200);
    const seen = page.evaluate(
      () => new Promise((resume) => document.addEventListener("usher:prompt", ({ detail }) => resume(detail), { once: true })),
    );
    await page.evaluate(() => window.usher("event", "start"));
    assert.equal((await seen).state, "shown", "what comes first is drawn, and stays");
    const card = page.getByRole("region", { name: "May we help?" });
    await shown(card);
    await shown(card.getByText(/rope/));
    body = (await card.locator("p").textContent()).trim();
    await does?.(page, card);
  });
  return body;
}

test("it is made in a minute, seen by visitors, read, and its winner becomes the prompt", async () => {
  const mara = await usher.signIn("mara");
  await browser.visit({ expects: [refused(422)] }, async (page) => {
    await open(page);
    await shown(page.getByRole("heading", { name: "No experiment yet" }));
    await finds(page, "no experiments");
    await page.getByRole("link", { name: "New experiment" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("Shorter words");
    await page.getByRole("textbox", { name: /What do you want to learn/ }).fill("Do fewer words bring more?");
    await page.getByRole("combobox", { name: /Prompt to try/ }).selectOption(CONTROL.id);
    await page.getByRole("combobox", { name: /The better prompt brings more/ }).selectOption("opened");
    const changed = page.getByRole("region", { name: /B Changed/ });
    await changed.getByRole("textbox", { name: /What is different/ }).fill("short");
    // What makes no sense is told beside its field, and is not saved.
    await changed.getByRole("textbox", { name: "Text" }).fill("");
    await page.getByRole("button", { name: "Save the draft" }).click();
    await shown(changed.getByText(/a prompt has words here/i));
    await finds(page, "a draft that makes no sense");
    await changed.getByRole("textbox", { name: "Text" }).fill("We know rope.");
    await changed.getByText(/a prompt has words here/i).waitFor({ state: "detached" });
    await finds(page, "a draft");
    await page.getByRole("button", { name: "Save the draft" }).click();
    await page.waitForURL("**/experiments/shorter_words");
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByRole("dialog", { name: "Start it now?" }).getByRole("button", { name: "Start" }).click();
    await shown(page.getByText(/nobody has been counted/));
    await finds(page, "an experiment that has just begun");
  });

  const counts = { "Ask somebody who knows rope.": 0, "We know rope.": 0 };
  for (let many = 0; many < 60 && !(counts["We know rope."] && counts["Ask somebody who knows rope."]); many += 1) {
    counts[await visits()] += 1;
  }
  const pressed = await visits(async (page, card) => {
    await card.getByRole("button", { name: "Ask them" }).click();
    await page.getByRole("textbox", { name: /name/i }).first().pressSequentially("Ro");
  });
  counts[pressed] += 1;
  const arms = Object.values(counts);
  assert.ok(arms.every(Boolean), JSON.stringify(counts));
  const totals = async () => {
    const { arms: told } = (await mara.call("experiments/shorter_words")).body.results;
    return [told.map(({ seen }) => seen), told.map(({ so_far }) => [so_far.opened, so_far.started])];
  };
  const pair = pressed === "We know rope." ? [[0, 0], [1, 1]] : [[1, 1], [0, 0]];
  await until(async () => JSON.stringify(await totals()) === JSON.stringify([arms, pair]), `${JSON.stringify([arms, pair])} are counted`);

  await usher.later(DAY_S);
  for (const options of [{}, { viewport: { width: 390, height: 844 }, colorScheme: "dark" }]) {
    await browser.visit(options, async (page) => {
      const link = await usher.operator("POST", "workspaces/demo/sign-in-links", { member: "mara" });
      await page.goto(`${usher.origin}${link.body.url}`);
      await shown(page.getByRole("link", { name: "Routing" }).or(page.getByRole("button", { name: /menu/i })).first());
      await page.goto(`${usher.origin}/console/experiments/shorter_words`);
      await shown(page.getByRole("heading", { name: "Shorter words" }));
      await shown(page.getByText(/Visitors were shared out as planned/).first());
      await finds(page, "an experiment that runs");
      await fits(page);
    });
  }

  await browser.visit({}, async (page) => {
    await open(page);
    await page.getByRole("link", { name: "Shorter words" }).click();
    await page.getByRole("button", { name: "Declare a winner" }).click();
    await page.getByRole("radio", { name: /B/ }).check();
    await page.getByRole("textbox", { name: /What was learnt/ }).fill("Fewer words bring more.");
    await page.getByRole("button", { name: "Make it the prompt" }).click();
    await shown(page.getByRole("button", { name: "Write down what was learnt" }));
    await finds(page, "an experiment that has ended");
    await page.getByRole("link", { name: "Experiments" }).first().click();
    const archive = page.getByRole("region", { name: /Archive/ });
    await archive.getByRole("searchbox").fill("fewer words");
    await shown(archive.getByRole("link", { name: "Shorter words" }));
    await archive.getByRole("searchbox").fill("nothing of the kind");
    await shown(archive.getByText("Nothing in the archive has these words."));
    await finds(page, "the archive");
  });
  assert.equal(await visits(), "We know rope.", "everybody sees the winner");
  assert.equal(await visits(), "We know rope.");
});

test("two who change one do not overwrite each other, and nothing that was typed is lost", async () => {
  const mara = await usher.signIn("mara");
  const change = async (what) => {
    const { version } = (await mara.call("experiments")).body;
    const changed = await mara.call("experiments", { method: "POST", body: { version, change: what } });
    assert.equal(changed.status, 200, JSON.stringify(changed.body));
    return changed.body.experiments;
  };
  const arms = [{ key: "a", weight: 0.5 }, { key: "b", weight: 0.5, prompt: { ...CONTROL, body: "Rope?" } }];
  const saved = await change({ act: "save", experiment: { key: "", name: "Shortest", prompt: CONTROL.id, arms } });
  const { key } = saved.find(({ status }) => status === "draft");
  await change({ act: "start", key });
  await browser.visit({ expects: [refused(409)] }, async (page) => {
    await open(page);
    await page.getByRole("link", { name: "Shortest" }).click();
    await page.getByRole("button", { name: "Stop without a winner" }).click();
    await page.getByRole("textbox", { name: /What was learnt/ }).fill("We were too quick.");
    await change({ act: "ramp", key, coverage: 0.5, weights: [0.5, 0.5] });
    await page.getByRole("button", { name: "Stop it" }).click();
    await shown(page.getByRole("alert").getByText(/Somebody/));
    assert.equal(await page.getByRole("textbox", { name: /What was learnt/ }).inputValue(), "We were too quick.");
    await page.getByRole("button", { name: "Stop it" }).click();
    await shown(page.getByRole("button", { name: "Write down what was learnt" }));
  });
  const [line] = (await mara.call("experiments")).body.experiments.filter((experiment) => experiment.key === key);
  assert.deepEqual([line.status, line.learnt], ["stopped", "We were too quick."]);
});
