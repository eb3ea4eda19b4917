// What a marketer does to sites: who may, what is refused and why, and that a new key, a switch and an end work at once,
// whatever the Worker remembers.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";

import { inquiry, startUsher, until } from "../support/usher.mjs";

let usher;
let mara;
let jonas;
let theo;
before(async () => {
  usher = await startUsher({ args: ["--faults"] });
  [mara, jonas, theo] = [await usher.signIn("mara"), await usher.signIn("jonas"), await usher.signIn("theo")];
});
after(() => usher?.stop());

test("an administrator and a marketer see sites, nobody else does", async () => {
  assert.deepEqual([mara, jonas, theo].map(({ session }) => session.sites), [true, true, false]);
  assert.deepEqual(jonas.session.queues, []);
  const { status, body } = await jonas.call("sites");
  assert.equal(status, 200);
  assert.deepEqual(body.sites.map(({ id, key, off }) => [id, key, off]).slice(0, 2), [
    ["platform", "pk_demo_platform", false],
    ["partner", "pk_demo_partner", false],
  ]);
  assert.deepEqual(body.forms.map(({ id }) => id), ["inquiry", "trial", "support"]);
  assert.equal(body.languages.length, 8);
  for (const options of [{}, { method: "POST", body: { version: body.version, change: { act: "switch_off", id: "partner" } } }]) {
    const refused = await theo.call("sites", options);
    assert.deepEqual([refused.status, refused.body.code], [403, "not_allowed"]);
  }
  assert.equal((await usher.json("/v1/console/sites")).status, 401);
  assert.equal((await boot("pk_demo_partner")).status, 200);
});

test("a new site has a key of its own that takes forms at once", async () => {
  const { site, view } = await make({ name: "Harbour Shop" });
  assert.match(site.key, /^pk_[0-9a-f]{32}$/);
  assert.equal(site.id, "harbour_shop");
  assert.deepEqual(site.edit, edit({ name: "Harbour Shop" }));
  assert.equal(view.sites.at(-1).id, site.id);
  assert.equal((await boot(site.key)).status, 200);
  const { status, body } = await usher.submit("inquiry", inquiry(), { site: site.key, origin: "https://shop.example.com" });
  assert.equal(status, 200, JSON.stringify(body));
  const item = await mara.itemOf(body);
  assert.match(item.source.site, /Harbour Shop/);
  assert.equal(item.row.partner, true);
  assert.ok((await read(site.id)).last_submission_at);
});

test("every wrong field is named by its place in the form, and nothing is saved", async () => {
  const before = (await jonas.call("sites")).body;
  const wrong = edit({
    ...{ name: " ", origins: ["https://a.example.com/", "ftp://a.example.com"], forms: ["nope"], prompts: ["nope"] },
    ...{ launcher: "x".repeat(61), pricing: ["pricing"], lang: "not a language", expires_at: "soon" },
    theme: { mode: "dusk", accent: "red", accent_text: "#12", radius: 900 },
    limits: { submissions_per_day: 0, per_address: 2_000_000 },
  });
  const { status, body } = await change({ act: "create", edit: wrong });
  assert.deepEqual([status, body.code], [422, "invalid_config"]);
  assert.deepEqual(body.fields.map(({ field }) => field).sort(), [
    ...["expires_at", "forms[0]", "lang", "launcher", "limits.per_address", "limits.submissions_per_day", "name"],
    ...["origins[0]", "origins[1]", "pricing[0]", "prompts[0]"],
    ...["theme.accent", "theme.accent_text", "theme.mode", "theme.radius"],
  ]);
  for (const { message } of body.fields) assert.match(message, /\w{3}/);
  const none = await change({ act: "edit", id: "partner", edit: edit({ origins: [] }) });
  assert.deepEqual(none.body.fields.map(({ field }) => field), ["origins"]);
  assert.deepEqual((await jonas.call("sites")).body, before);
});

test("what is no change is refused with a reason", async () => {
  const { version } = (await jonas.call("sites")).body;
  for (const body of [{}, { version }, { version, change: { act: "burn", id: "partner" } }, { version, change: { act: "edit", id: "partner", edit: { name: "a" } } }, { version, change: { act: "switch_off", id: "partner" }, more: 1 }]) {
    const answer = await jonas.call("sites", { method: "POST", body });
    assert.deepEqual([answer.status, answer.body.code], [422, "invalid_change"], JSON.stringify(body));
  }
  const gone = await change({ act: "rotate_key", id: "gone" });
  assert.deepEqual([gone.status, gone.body.code], [404, "unknown_site"]);
  const big = await jonas.call("sites", { method: "POST", body: { version, change: { act: "create", edit: edit({ name: "x".repeat(70_000) }) } } });
  assert.equal(big.status, 413);
});

test("two marketers at once: one saves, the other is told, and nobody's words are lost", async () => {
  const { site, view } = await make({ name: "Race" });
  const saves = ["First", "Second"].map((name, index) =>
    [jonas, mara][index].call("sites", {
      method: "POST",
      body: { version: view.version, change: { act: "edit", id: site.id, edit: edit({ name }) } },
    }),
  );
  const answers = await Promise.all(saves);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
  const lost = answers.find(({ status }) => status === 409);
  assert.equal(lost.body.code, "stale");
  const won = ["First", "Second"][answers.findIndex(({ status }) => status === 200)];
  assert.equal((await read(site.id)).edit.name, won);
  const again = await change({ act: "edit", id: site.id, edit: edit({ name: "Third" }) });
  assert.equal(again.status, 200);
  assert.equal((await read(site.id)).edit.name, "Third");
});

test("a new key works and the old one is refused, both at once, and on every way in", async () => {
  const { site } = await make({ name: "Rotating" });
  // The Worker remembers the old key now.
  assert.deepEqual(await ways(site.key), { boot: 200, module: 200, submit: 200, signals: 200, page: 200, preview: true });
  const { body } = await change({ act: "rotate_key", id: site.id });
  const fresh = body.sites.find(({ id }) => id === site.id);
  assert.notEqual(fresh.key, site.key);
  assert.deepEqual(fresh.edit, site.edit);
  assert.deepEqual(await ways(site.key), { boot: 404, module: 404, submit: 404, signals: 404, page: 404, preview: false });
  assert.deepEqual(await ways(fresh.key), { boot: 200, module: 200, submit: 200, signals: 200, page: 200, preview: true });
  const other = structuredClone((await jonas.call("sites")).body);
  assert.ok(!JSON.stringify(other).includes(site.key));
  // Nobody else can take over a key that pages out there may still carry.
  const thief = await usher.operator("PUT", "workspaces/thief", await workspaceWith(site.key));
  assert.deepEqual([thief.status, thief.body.code], [409, "key_taken"]);
});

test("off is off at once, and on again under the same key", async () => {
  const { site } = await make({ name: "Switching" });
  assert.equal((await ways(site.key)).submit, 200);
  await change({ act: "switch_off", id: site.id });
  assert.equal((await read(site.id)).off, true);
  const off = await ways(site.key);
  for (const [way, answer] of Object.entries(off)) {
    assert.ok(way === "preview" ? !answer : answer >= 400 && answer < 500, `${way}: ${answer}`);
  }
  await change({ act: "switch_on", id: site.id });
  assert.deepEqual(await ways(site.key), { boot: 200, module: 200, submit: 200, signals: 200, page: 200, preview: true });
});

test("a key ends when its site's time is over", async () => {
  const { site } = await make({ name: "Ending" });
  assert.equal((await ways(site.key)).submit, 200);
  await change({ act: "edit", id: site.id, edit: { ...site.edit, expires_at: "2020-01-01T00:00:00Z" } });
  const over = await ways(site.key);
  for (const way of ["boot", "module", "submit", "signals", "page"]) assert.ok(over[way] >= 400 && over[way] < 500, `${way}: ${over[way]}`);
  await change({ act: "edit", id: site.id, edit: { ...site.edit, expires_at: "2999-01-01T00:00:00Z" } });
  assert.equal((await ways(site.key)).submit, 200);
});

test("an origin that is taken away is refused at once", async () => {
  const { site } = await make({ name: "Moving" });
  const from = (origin) => usher.submit("inquiry", inquiry(), { site: site.key, origin });
  assert.equal((await from("https://shop.example.com")).status, 200);
  await change({ act: "edit", id: site.id, edit: { ...site.edit, origins: ["https://new.example.com"] } });
  assert.equal((await from("https://shop.example.com")).status, 403);
  assert.equal((await from("https://new.example.com")).status, 200);
});

test("a site says when it was last heard of", async () => {
  const { site } = await make({ name: "Quiet" });
  assert.equal((await read(site.id)).last_signal_at, null);
  const began = Date.now();
  assert.equal((await ways(site.key)).signals, 200);
  const heard = await until(async () => (await read(site.id)).last_signal_at, "it is heard of");
  assert.ok(Date.parse(heard) >= began - 1000 && Date.parse(heard) <= Date.now() + 1000, heard);
  assert.equal((await read("partner")).last_signal_at, null, "and no other is");
});

test("a preview shows what is not saved, and nothing that is no colour, number or name", async () => {
  const page = await usher.fetch("/v1/preview/pk_demo_platform?form=trial&lang=de&mode=dark&accent=%23AABBCC&accent_text=%23000&radius=12");
  const html = await page.text();
  for (const part of ['data-form="trial"', 'data-lang="de"', 'data-theme="dark"', "--usher-accent:#aabbcc", "--usher-accent-text:#000000", "--usher-radius:12px"]) {
    assert.ok(html.includes(part), part);
  }
  const policy = page.headers.get("content-security-policy");
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /frame-ancestors 'self'/);
  const evil = encodeURIComponent('"></style><script>alert(1)</script>');
  const query = ["form", "lang", "mode", "accent", "accent_text", "radius"].map((name) => `${name}=${evil}`).join("&");
  const odd = await (await usher.fetch(`/v1/preview/pk_demo_platform?${query}`)).text();
  assert.ok(!odd.includes("alert") && odd.includes(":root{}"), odd);
  const unknown = await usher.fetch(`/v1/preview/${evil}`);
  assert.ok(!(await unknown.text()).includes("alert(1)"));
});

/** What each way in answers to a key. */
async function ways(key) {
  const post = (path, body) =>
    usher.fetch(path, { method: "POST", headers: { "content-type": "text/plain" }, body: JSON.stringify(body) });
  const signal = { kind: "page_viewed", ago_ms: 0, url: "https://shop.example.com/", title: "Shop" };
  const preview = await (await usher.fetch(`/v1/preview/${key}`)).text();
  const answers = {
    boot: await boot(key),
    module: await usher.fetch(`/v1/boot/${key}.js`),
    submit: await post(`/v1/forms/${key}/inquiry`, inquiry()),
    signals: await post(`/v1/signals/${key}`, { batch_id: randomUUID(), signals: [signal] }),
    page: await usher.fetch(`/v1/forms/${key}/inquiry`),
  };
  const statuses = Object.entries(answers).map(([way, { status }]) => [way, status]);
  return { ...Object.fromEntries(statuses), preview: preview.includes(key) };
}

function boot(key) {
  return usher.fetch(`/v1/boot/${key}`);
}

async function read(id) {
  return (await jonas.call("sites")).body.sites.find((site) => site.id === id);
}

async function change(change) {
  const { version } = (await jonas.call("sites")).body;
  return jonas.call("sites", { method: "POST", body: { version, change } });
}

async function make(of) {
  const { status, body } = await change({ act: "create", edit: edit(of) });
  assert.equal(status, 200, JSON.stringify(body));
  return { site: body.sites.at(-1), view: body };
}

function edit(of = {}) {
  return {
    ...{ name: "A site", kind: "partner", origins: ["https://shop.example.com"], forms: ["inquiry"], prompts: [] },
    ...{ launcher: "Ask us", pricing: ["/pricing"], lang: null, theme: {}, expires_at: null },
    limits: { submissions_per_day: 10_000, per_address: 1_000 },
    proof: false,
    ...of,
  };
}

async function workspaceWith(key) {
  const { readFile } = await import("node:fs/promises");
  const text = await readFile(new URL("../../demo/workspace.json", import.meta.url), "utf8");
  const source = JSON.parse(text.replaceAll(/__[A-Z_]+__/g, (token) => `https://${token.toLowerCase().replaceAll("_", "")}.example.com`));
  source.sites = [{ ...source.sites[0], key }];
  return source;
}
