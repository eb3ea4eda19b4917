// S8: a page of somebody else's does nothing in the console's name. In real Chromium, in which an admin is signed in, pages on
// two other origins (one of them the same site, as browsers count sites: another port of the same host) try every call of the
// console, by forms, by `fetch` with and without CORS, by beacons, by pictures and by a web socket. Nothing may be changed.
//
// The calls are read from the source. That the rig could see it is shown by the console's own page, which does change something.

import assert from "node:assert/strict";

import { shown, startBrowser } from "../support/browser.mjs";
import { startHosts } from "../support/hosts.mjs";
import { promise } from "../support/promise.mjs";
import { routes } from "../support/routes.mjs";
import { inquiry, startUsher } from "../support/usher.mjs";

/** Bodies that do something where they are let in; the others are refused for what they are, which is no matter here. */
const BODIES = {
  "POST v1/console/presence": { away: true },
  "POST v1/console/items/_/actions": { act: "claim" },
  "POST v1/console/views": { name: "theirs", queue: "sales", shared: true },
  "POST v1/console/held/_": { act: "discard", reason: "x" },
  "POST v1/console/team/_/presence": { away: true },
  "POST v1/console/items/actions": { items: ["{item}"], act: { act: "claim" } },
};

async function check({ control, note, atEnd }) {
  const usher = await startUsher({ args: ["--faults"] });
  atEnd(() => usher.stop());
  const hosts = await startHosts();
  atEnd(() => hosts.stop());
  const browser = await startBrowser();
  atEnd(() => browser.close());
  const mara = await usher.signIn("mara");
  const item = (await mara.itemOf((await usher.submit("inquiry", inquiry())).body)).row.id;
  await usher.submit("inquiry", inquiry({}, { trap: "x" }));
  const held = (await mara.call("held")).body.held[0].id;

  const calls = (await routes())
    .filter((route) => /^\w+ v1\/(console|operator)\//.test(route) && !route.endsWith("/live"))
    .map((route) => {
      const [method, path] = route.split(" ");
      const ids = { items: item, held, team: "theo", members: "theo", queues: "sales", workspaces: "demo" };
      const parts = path.split("/");
      const filled = parts.map((part, at) => (part === "_" ? (ids[parts[at - 1]] ?? "1") : part)).join("/");
      return { method, url: `${usher.origin}/${filled}`, body: JSON.stringify(BODIES[route] ?? {}).replace("{item}", item) };
    });
  const visit = await browser.open({ expects: [/.*/] });
  const { page, context } = visit;
  const answers = [];
  context.on("response", (response) => answers.push({ status: response.status(), url: response.url(), method: response.request().method() }));
  // What the browser keeps from a page by our own headers was answered all the same; what it changed is looked at below.
  context.on("requestfailed", (request) => {
    if (request.failure()?.errorText.includes("BLOCKED_BY_RESPONSE")) answers.push({ status: NaN, url: request.url(), method: request.method() });
  });
  const link = await usher.operator("POST", "workspaces/demo/sign-in-links", { member: "mara" });
  await page.goto(new URL(link.body.url, usher.origin).href);
  await shown(page.getByRole("heading", { name: "Sales", level: 1 }));
  const standing = async () => {
    const { presence: _, sender: __, ...rows } = await usher.rows();
    // Where a call got through, there may be no session left to ask with.
    const parts = {
      rows,
      audit: (await mara.call("audit")).body.entries,
      item: await mara.item(item),
      team: (await mara.call("team")).body.members?.map((one) => ({ ...one, present: undefined })),
      held: (await mara.call("held")).body,
    };
    return Object.fromEntries(Object.entries(parts).map(([part, is]) => [part, JSON.stringify(is ?? null)]));
  };

  const before = await standing();
  const wrong = [];
  let tried = 0;
  const attackers = control === "own" ? [usher.origin] : [hosts.origin, hosts.origin.replace("localhost", "127.0.0.1")];
  hosts.page("/attack", { html: "<!doctype html><title>Kittens</title><body>" });
  for (const origin of attackers) {
    await page.goto(control === "own" ? `${origin}/v1/form.css` : `${origin}/attack`);
    answers.length = 0;
    const opened = await page.evaluate(attack, { calls, socket: `${usher.origin.replace("http", "ws")}/v1/console/live` });
    tried += opened.tried;
    wrong.push(...opened.read.map((what) => `read by a page of ${origin}: ${what}`));
    if (opened.socket) wrong.push(`a web socket was opened from ${origin}`);
    const taken = answers.filter(
      ({ status, url, method }) => url.includes("/v1/") && status < 300 && method !== "OPTIONS" && new URL(url).origin === usher.origin,
    );
    for (const { method, url, status } of taken) wrong.push(`${method} ${url} by a page of ${origin}: ${status}`);
    const met = answers.filter(({ url }) => new URL(url).origin === usher.origin).length;
    assert.ok(met >= calls.length, `${met} answers came`);
    note(`a page of ${origin.replace(/:\d+$/, "")}: ${opened.tried} tries, ${met} answers, ${taken.length} taken`);
  }
  const after = await standing();
  for (const [part, is] of Object.entries(after)) if (is !== before[part]) wrong.push(`${part} is another: ${difference(before[part], is)}`);
  if (!control) {
    await page.goto(`${usher.origin}/console/`);
    const { status } = await page.evaluate(async () => {
      const { status } = await fetch("/v1/console/presence", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: '{"away":true}',
      });
      return { status };
    });
    if (status !== 200 || (await standing()).team === before.team) wrong.push(`the console's own page may not either: ${status}`);
  }
  await visit.close();
  wrong.slice(0, 10).forEach(note);
  return { met: !wrong.length, figure: `${calls.length} calls from ${attackers.length} foreign origins, ${tried} tries: ${wrong.length} succeeded` };
}

function difference(one, other) {
  const at = [...one].findIndex((c, index) => c !== other[index]);
  return `${one.slice(Math.max(0, at - 80), at + 80)} is ${other.slice(Math.max(0, at - 80), at + 80)}`;
}

/** What a page tries, in its own words; what it could read of the answers. */
async function attack({ calls, socket }) {
  const read = [];
  let tried = 0;
  const name = document.createElement("iframe");
  name.name = "elsewhere";
  document.body.append(name);
  for (const { method, url, body } of calls) {
    const fetches = [
      { method, mode: "cors", credentials: "include", headers: { "content-type": "application/json" }, body: method === "GET" ? undefined : body },
      ...(method === "GET" || method === "POST"
        ? [{ method, mode: "no-cors", credentials: "include", body: method === "POST" ? body : undefined }]
        : []),
      ...(method === "POST" ? [{ method, mode: "cors", credentials: "include", headers: { "content-type": "text/plain" }, body }] : []),
    ];
    for (const options of fetches) {
      tried += 1;
      const answer = await fetch(url, options).catch(() => undefined);
      if (answer && answer.type !== "opaque") read.push(`${method} ${url}: ${answer.status}`);
    }
    if (method === "POST") {
      tried += 2;
      navigator.sendBeacon(url, body);
      // JSON, as a form can write it: `{"away":true,"x":"="}`.
      const form = document.createElement("form");
      Object.assign(form, { method: "post", action: url, enctype: "text/plain", target: "elsewhere" });
      const field = document.createElement("input");
      field.name = `${body.slice(0, -1)}${body === "{}" ? "" : ","}"x":"`;
      field.value = '"}';
      form.append(field);
      document.body.append(form);
      const loaded = new Promise((resume) => name.addEventListener("load", resume, { once: true }));
      HTMLFormElement.prototype.submit.call(form);
      await Promise.race([loaded, new Promise((resume) => setTimeout(resume, 2000))]);
      form.remove();
    }
    if (method === "GET") {
      tried += 1;
      const picture = new Image();
      const done = new Promise((resume) => (picture.onload = picture.onerror = resume));
      picture.src = url;
      await done;
    }
  }
  const opened = await new Promise((resume) => {
    const live = new WebSocket(socket);
    live.onopen = () => resume(true);
    live.onerror = () => resume(false);
  });
  return { read, tried: tried + 1, socket: opened };
}

await promise("S8", check, { controls: ["own"] });
