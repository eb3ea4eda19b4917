// One workspace can never read another's data; one site's key never works on another origin.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { inquiry, startUsher } from "../support/usher.mjs";

const demo = await readFile(new URL("../../demo/workspace.json", import.meta.url), "utf8");
let usher;
let mara;
let stranger;
let receipt;
before(async () => {
  usher = await startUsher({ args: ["--faults"] });
  const other = workspace((source) => {
    source.sites = source.sites.slice(0, 1);
    source.sites[0].key = "pk_other_site";
    source.sites[0].origins = ["https://other.example.com"];
  });
  assert.equal((await usher.operator("PUT", "workspaces/other", other)).status, 201);
  mara = await usher.signIn("mara");
  stranger = await usher.signIn("mara", "other");
  receipt = (await usher.submit("inquiry", inquiry())).body;
});
after(() => usher?.stop());

function workspace(change) {
  const source = JSON.parse(demo.replaceAll(/__[A-Z_]+__/g, (token) => `https://${token.toLowerCase().replaceAll("_", "")}.example.com`));
  change(source);
  return source;
}

test("another workspace's member sees no queue, no item and no count of this one", async () => {
  const item = await mara.itemOf(receipt);
  assert.deepEqual(await stranger.items("sales"), []);
  assert.equal((await stranger.call(`items/${item.row.id}`)).status, 404);
  assert.equal((await stranger.act(item.row.id, { act: "claim" })).status, 404);
  assert.deepEqual((await stranger.call("session")).body.queues.map((queue) => queue.open), [0, 0]);
  assert.equal((await mara.item(item.row.id)).row.state, "open");
});

test("a session of one workspace is none in another, even by name", async () => {
  const secret = mara.cookie.split(".").slice(1).join(".");
  const response = await usher.fetch("/v1/console/session", { headers: { cookie: `__Host-usher=other.${secret}` } });
  assert.equal(response.status, 401);
  const nowhere = await usher.fetch("/v1/console/session", { headers: { cookie: `__Host-usher=nowhere.${secret}` } });
  assert.equal(nowhere.status, 401);
});

test("a key belongs to the workspace that has it", async () => {
  await usher.submit("inquiry", inquiry(), { site: "pk_other_site" });
  assert.equal((await stranger.items("sales")).length, 1);
  const thief = workspace((source) => (source.sites[0].key = "pk_demo_platform"));
  const taken = await usher.operator("PUT", "workspaces/thief", thief);
  assert.equal(taken.status, 409);
  assert.equal(taken.body.code, "key_taken");
  assert.equal((await usher.submit("inquiry", inquiry())).status, 200);
});

test("a key used from an origin that its site does not list is refused", async () => {
  const before = await usher.rows();
  const elsewhere = [
    "https://elsewhere.example",
    "null",
    usher.partnerOrigin,
    `${usher.origin}.elsewhere.example`,
    usher.origin.replace("http:", "https:").replace("localhost", "localhost.elsewhere.example"),
    `http://localhost:${usher.port + 2}`,
  ];
  for (const origin of elsewhere) {
    const answer = await usher.submit("inquiry", inquiry(), { origin });
    assert.equal(answer.status, 403, origin);
    assert.equal(answer.body.code, "origin_not_allowed");
    assert.equal(answer.headers.get("access-control-allow-origin"), null);
    const boot = await usher.json("/v1/boot/pk_demo_platform", { headers: { origin } });
    assert.equal(boot.status, 403, origin);
    assert.equal(boot.headers.get("access-control-allow-origin"), null);
    const batch = { batch_id: crypto.randomUUID(), signals: [] };
    const options = { method: "POST", headers: { origin, "content-type": "text/plain" }, body: JSON.stringify(batch) };
    assert.equal((await usher.json("/v1/signals/pk_demo_platform", options)).status, 403, origin);
  }
  assert.equal((await usher.rows()).submission, before.submission);
});

test("a listed origin may read its answer, and only it is named", async () => {
  const answer = await usher.submit("inquiry", inquiry(), { site: "pk_demo_partner", origin: usher.partnerOrigin });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("access-control-allow-origin"), usher.partnerOrigin);
  assert.equal(answer.headers.get("access-control-allow-credentials"), null);
  const preflight = await usher.fetch("/v1/forms/pk_demo_partner/inquiry", {
    method: "OPTIONS",
    headers: { origin: usher.partnerOrigin, "access-control-request-method": "POST" },
  });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get("access-control-allow-origin"), usher.partnerOrigin);
  const item = await mara.itemOf(answer.body);
  assert.equal(item.source.site, "Harbour Careers Guild");
  assert.equal(item.source.partner, true);
});

test("an origin that is taken off the list is refused at once", async () => {
  const source = workspace((source) => {
    source.sites = source.sites.slice(0, 1);
    source.sites[0].key = "pk_other_site";
    source.sites[0].origins = ["https://moved.example.com"];
  });
  const send = (origin) => usher.submit("inquiry", inquiry(), { site: "pk_other_site", origin });
  assert.equal((await send("https://other.example.com")).status, 200);
  assert.equal((await usher.operator("PUT", "workspaces/other", source)).status, 200);
  assert.equal((await send("https://other.example.com")).status, 403);
  assert.equal((await send("https://moved.example.com")).status, 200);
});

test("the operator's routes want the operator's token", async () => {
  for (const authorization of [undefined, "Bearer ", "Bearer wrong", usher.token]) {
    const headers = authorization ? { authorization } : {};
    const put = await usher.fetch("/v1/operator/workspaces/mine", { method: "PUT", headers, body: "{}" });
    assert.equal(put.status, 401);
    const link = await usher.fetch("/v1/operator/workspaces/demo/sign-in-links", { method: "POST", headers, body: "{}" });
    assert.equal(link.status, 401);
  }
});

test("a configuration that makes no sense is refused whole, with every place named", async () => {
  const bad = workspace((source) => {
    source.sites[0].key = "pk_bad_site_1";
    source.sites[1].key = "pk_bad_site_2";
    source.routes[0].pool = "nobody";
    source.card.rules[0].when = { "visit.pages": { $near: 1 } };
    source.forms[0].fields[0].name = "page";
    source.forms[0].translations = {};
  });
  const answer = await usher.operator("PUT", "workspaces/bad", bad);
  assert.equal(answer.status, 422);
  assert.deepEqual(answer.body.fields.map((problem) => problem.field), [
    "forms[0].fields[0].name",
    "card.rules[0].when",
    "routes[0].pool",
  ]);
  assert.equal((await usher.submit("inquiry", inquiry(), { site: "pk_bad_site_1" })).body.code, "unknown_site");
});
