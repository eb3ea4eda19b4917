// S21: a message to a window of ours is believed from where it was asked for, with the word that was given there, and in the shape
// that it has; and all that it can do is to be shown. The one place that listens is the console's check of a page: it opens a page of
// the site and waits for its answer. The widget and the plain page in a frame listen to no messages at all.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";

import { shown, startBrowser } from "../support/browser.mjs";
import { addSites, startHosts } from "../support/hosts.mjs";
import { promise } from "../support/promise.mjs";
import { startUsher, until } from "../support/usher.mjs";

const ROOT = new URL("../../", import.meta.url);
/** Who listens to messages. Those of the loader come from workers of its own, and from its own origin's other tabs. */
const LISTENS = /leptos::ev::message|addEventListener\(\s*["']message["']|window\.onmessage|\bonmessage\s*=/;
const KNOWN = ["console/src/pages/sites/checker.rs", "widget/loader/check.js", "widget/loader/outbox.js", "widget/loader/proof.js"];

async function check({ control, note, atEnd }) {
  const listeners = await listening();
  const unknown = listeners.filter((file) => !KNOWN.includes(file));
  if (unknown.length) return { met: false, figure: `these listen to messages, and no case here sends them any: ${unknown}` };

  const usher = await startUsher();
  atEnd(() => usher.stop());
  const hosts = await startHosts();
  atEnd(() => hosts.stop());
  const browser = await startBrowser();
  atEnd(() => browser.close());
  const foreign = hosts.origin.replace("localhost", "127.0.0.1");
  const origins = control === "listed" ? [hosts.origin, foreign] : [hosts.origin];
  await addSites(usher, { id: "shop", name: "Kelp & Rope", kind: "own", key: "pk_message_site", origins, forms: ["inquiry"], launcher: "Ask us" });
  hosts.page("/bare", { html: "<!doctype html><title>Bare</title>" });

  const wrong = [];
  const visit = await browser.open({ expects: [/.*/] });
  atEnd(() => visit.close());
  const { page, context } = visit;
  await context.addInitScript(() => {
    window.heard = 0;
    addEventListener("message", () => (window.heard += 1));
    window.alert = () => (window.ran = true);
  });
  const link = await usher.operator("POST", "workspaces/demo/sign-in-links", { member: "jonas" });
  await page.goto(new URL(link.body.url, usher.origin).href);
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await page.goto(`${usher.origin}/console/sites/shop`);
  const address = page.getByRole("textbox", { name: "Address of a page" }).or(page.getByRole("combobox", { name: "Address of a page" }));
  await address.fill(`${hosts.origin}/bare`);
  const [popup] = await Promise.all([page.waitForEvent("popup"), page.getByRole("button", { name: "Open and check" }).click()]);
  await popup.waitForLoadState();
  const word = /usher-check=([\w-]+)/.exec(popup.url())[1];
  assert.ok(word.length >= 16, `a word that nobody guesses: ${word}`);
  const report = {
    page: "https://shop.example/<img src=x onerror=alert(1)>",
    keys: ["pk_message_site"],
    site: "pk_message_site",
    form: '"><script>alert(1)</script>',
    boot: true,
    wasm: true,
    connect: true,
    sheets: true,
    worker: true,
    refused: [],
    policies: ["<svg onload=alert(1)>"],
  };
  const good = JSON.stringify({ nonce: word, report });

  let sent = 0;
  const found = page.getByRole("heading", { name: /on this page/ });
  const post = async (from, what, message) => {
    const before = await page.evaluate(() => window.heard);
    await from.evaluate((message) => opener.postMessage(message, "*"), message);
    await until(async () => (await page.evaluate(() => window.heard)) > before, "the message came");
    sent += 1;
    await turn(page);
    if (await found.count()) wrong.push(`${what} was acted on`);
  };
  // The right words from elsewhere: the window that was opened has gone to another origin since.
  await goes(popup, `${foreign}/bare`);
  await post(popup, "the right words from another origin", good);
  // From a frame in the page that was asked, of another origin.
  hosts.page("/framed", { html: `<!doctype html><title>Framed</title><iframe src="${foreign}/bare"></iframe>` });
  await goes(popup, `${hosts.origin}/framed`);
  const frame = popup.frames().find((one) => one.url().startsWith(foreign));
  const before = await page.evaluate(() => window.heard);
  await frame
    .evaluate((message) => top.opener.postMessage(message, "*"), good)
    .catch((error) => note(`a frame may not reach it: ${error.message.split("\n")[0]}`));
  await goes(popup, `${hosts.origin}/bare`);
  if ((await page.evaluate(() => window.heard)) > before && (await found.count())) wrong.push("a frame of another origin was acted on");
  const SHAPES = [
    "", "x", "{}", "[]", "null", "1", good.slice(0, -1), `${good}x`, JSON.stringify([JSON.parse(good)]), JSON.stringify({ nonce: word }), JSON.stringify({ report }),
    JSON.stringify({ nonce: "", report }), JSON.stringify({ nonce: null, report }), JSON.stringify({ nonce: [word], report }), JSON.stringify({ nonce: `${word}x`, report }),
    JSON.stringify({ nonce: word.slice(1), report }), JSON.stringify({ nonce: word.toUpperCase() === word ? word.toLowerCase() : word.toUpperCase(), report }),
    JSON.stringify({ nonce: word, report: 1 }), JSON.stringify({ nonce: word, report: "x" }), JSON.stringify({ nonce: word, report: null }), JSON.stringify({ nonce: word, report: { keys: "x" } }),
    JSON.stringify({ nonce: word, report: { refused: [1] } }), JSON.stringify({ nonce: word, report: { boot: "true" } }), JSON.stringify({ nonce: { __proto__: word }, report }),
    { nonce: word, report }, [word], 7, true, null, { toString: 1 }, "x".repeat(1_000_000), `${"[".repeat(50_000)}`, JSON.stringify({ type: "item", row: {} }), JSON.stringify({ type: "held", waiting: 99 }),
  ];
  for (const message of SHAPES) await post(popup, `the shape ${JSON.stringify(message).slice(0, 80)}`, message);

  // What was asked for is shown, as text, and once.
  if (!control) {
    await popup.evaluate((message) => opener.postMessage(message, "*"), good);
    await shown(found);
    if (await page.evaluate(() => window.ran)) wrong.push("a report ran a script");
    if (await page.locator("main img, main script, main svg[onload]").count()) wrong.push("a report made an element");
    await popup.evaluate(
      (message) => opener.postMessage(message, "*"),
      JSON.stringify({ nonce: word, report: { ...report, page: "https://second.example/" } }),
    );
    await turn(page);
    if (await page.getByText("second.example").count()) wrong.push("a word was good twice");
  }
  wrong.slice(0, 10).forEach(note);
  return {
    met: !wrong.length,
    figure: `${sent} messages of another origin, word or shape: ${wrong.length} acted on; the right one was shown, once, as text; ${listeners.length} listeners in the source, all known`,
  };
}

/** What acts on a message has done so by now: two more have gone through the page, which may stand behind others. */
function turn(page) {
  return page.evaluate(async () => {
    for (let more = 0; more < 2; more += 1) {
      const { port1, port2 } = new MessageChannel();
      await new Promise((resume) => {
        port1.onmessage = resume;
        port2.postMessage(0);
      });
    }
  });
}

/** A page goes somewhere by itself: led there by us, it would lose the window that opened it. */
async function goes(popup, url) {
  await popup.evaluate((url) => void (location.href = url), url);
  await popup.waitForURL(url);
}

/** The files of ours that listen to messages. */
async function listening() {
  const found = [];
  for (const folder of ["widget/", "console/src/", "npm/", "public/", "rules/"]) {
    for (const entry of await readdir(new URL(folder, ROOT), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(js|mjs|rs|html)$/.test(entry.name)) continue;
      const path = `${entry.parentPath ?? entry.path}/${entry.name}`.replaceAll(/\/+/g, "/");
      if (/\/(node_modules|target)\//.test(path)) continue;
      if (LISTENS.test(await readFile(path, "utf8"))) found.push(path.slice(new URL(ROOT).pathname.length));
    }
  }
  return found;
}

await promise("S21", check, { controls: ["listed"] });
