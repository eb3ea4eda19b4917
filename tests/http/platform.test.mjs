// What the platform's own servers tell and ask with a token: what happened to customers, and what they want to be told.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Webhook } from "standardwebhooks";

import { startReceiver } from "../support/receivers.mjs";
import { inquiry, startUsher, until } from "../support/usher.mjs";

const DAY_MS = 24 * 60 * 60 * 1_000;
let usher;
let mara;
let token;
before(async () => {
  usher = await startUsher({ args: ["--faults", "--allow-private-destinations"] });
  mara = await usher.signIn("mara");
  const made = await mara.call("tokens", { method: "POST", body: { name: "platform", scopes: ["events", "hooks"] } });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  token = made.body.token;
});
after(() => usher?.stop());

async function platform(method, path, body, { secret = token, workspace = "demo" } = {}) {
  const response = await usher.fetch(`/v1/workspaces/${workspace}/${path}`, {
    method,
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
    body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text && JSON.parse(text) };
}

const report = (...events) => platform("POST", "events", { events });

describe("events", () => {
  test("who bought was won by the lead that was open, once, and it says so", async () => {
    const sent = inquiry({ name: "Ana Ruiz" });
    const receipt = (await usher.submit("inquiry", sent)).body;
    const event = { id: "e-1", type: "purchased", user: "u-ana", email: sent.values.email.toUpperCase(), note: "Annual plan" };
    const { status, body } = await report(event);
    assert.equal(status, 200);
    assert.deepEqual(body, { taken: 1, known: 0, refused: 0, lines: [{ line: 1, id: "e-1", code: "taken", won: receipt.reference }] });
    const [row] = (await mara.wholeQueue("sales", "closed")).filter((row) => row.reference === receipt.reference);
    assert.equal(row.outcome, "won");
    const item = await mara.item(row.id);
    assert.deepEqual(item.history.slice(-2).map(({ kind, text }) => [kind, text]), [["lifecycle", "purchased: Annual plan"], ["closed", "won: Annual plan"]]);
    const before = await usher.rows();
    assert.equal((await report(event)).body.lines[0].code, "known");
    assert.equal((await report({ ...event, type: "cancelled" })).body.lines[0].code, "id_reused");
    assert.deepEqual(await usher.rows(), before);
  });

  test("a customer who writes again is known as one, until they have cancelled, in whatever order that is told", async () => {
    const email = `cleo-${Date.now()}@example.com`;
    const now = Date.now();
    const at = (days) => new Date(now - days * DAY_MS).toISOString();
    assert.equal((await report({ id: "c-1", type: "purchased", email, at: at(9) }, { id: "c-2", type: "renewed", email, at: at(3) })).body.taken, 2);
    const facts = async () => {
      const receipt = (await usher.submit("inquiry", inquiry({ email }))).body;
      const item = await mara.itemOf(receipt);
      return (await mara.call(`scoring/basis/${item.row.id}`)).body;
    };
    const person = (basis) => basis.facts.person;
    const customer = person(await facts());
    assert.deepEqual([customer.stage, customer.customer, customer.known], ["renewed", true, false], JSON.stringify(customer));
    // Told late, it happened before they renewed.
    await report({ id: "c-3", type: "onboarded", email, at: at(5) });
    assert.equal(person(await facts()).stage, "renewed");
    await report({ id: "c-4", type: "cancelled", email });
    const former = person(await facts());
    assert.deepEqual([former.stage, former.customer, former.known], ["cancelled", false, true]);
  });

  test("what is open of theirs says what happened, and a referral makes an advocate", async () => {
    const email = `dana-${Date.now()}@example.com`;
    const receipt = (await usher.submit("inquiry", inquiry({ email }))).body;
    await report({ id: "r-1", type: "referred", email }, { id: "r-2", type: "trial_started", email });
    const item = await mara.itemOf(receipt);
    assert.equal(item.row.state, "open");
    assert.deepEqual(item.history.filter(({ kind }) => kind === "lifecycle").map(({ text }) => text), ["referred", "trial_started"]);
    const again = (await usher.submit("inquiry", inquiry({ email }))).body;
    const { facts } = (await mara.call(`scoring/basis/${(await mara.itemOf(again)).row.id}`)).body;
    assert.deepEqual([facts.person.level, facts.person.referrals, facts.person.stage], ["advocate", 1, "trial_started"]);
  });

  test("each wrong field is named, and what is right beside it is taken", async () => {
    const { status, body } = await report({ id: 7, type: "bought" }, { id: "w-2", type: "onboarded", user: "u-9" });
    assert.equal(status, 200);
    assert.deepEqual([body.taken, body.refused], [1, 1]);
    assert.deepEqual(body.lines[0].fields.map(({ field }) => field), ["id", "type", "user"]);
    assert.equal((await platform("POST", "events", "nonsense")).status, 400);
    assert.equal((await platform("POST", "events", { events: [] })).body.code, "no_events");
  });

  test("fifty copies at once are one event", async () => {
    const email = `eve-${Date.now()}@example.com`;
    const all = await Promise.all(Array.from({ length: 50 }, () => report({ id: "once", type: "referred", email })));
    assert.equal(all.filter(({ body }) => body.taken === 1).length, 1);
    assert.equal(all.filter(({ body }) => body.known === 1).length, 49);
  });
});

describe("tokens", () => {
  const make = (body) => mara.call("tokens", { method: "POST", body });

  test("are shown once, do only what they are for, end, and say when they were used", async () => {
    assert.match(token, /^usk_live_[0-9a-f]{64}$/);
    const { body } = await mara.call("tokens");
    const [mine] = body.tokens.filter(({ name }) => name === "platform");
    assert.ok(token.startsWith(mine.prefix) && mine.prefix.length === 17);
    assert.deepEqual([mine.scopes, mine.made_by], [["events", "hooks"], "mara"]);
    assert.ok(mine.used_at, "it was used by now");
    assert.ok(!JSON.stringify(body).includes(token));
    assert.equal((await platform("POST", "outcomes", { item: "x", outcome: "won" })).status, 401, "not what it is for");

    const ending = (await make({ name: "ending", scopes: ["events"], expires_at: new Date(Date.now() + 3_600_000).toISOString() })).body.token;
    const event = (id) => ({ events: [{ id, type: "referred", user: "u-1" }] });
    assert.equal((await platform("POST", "events", event("t-1"), { secret: ending })).status, 200);
    const other = (await make({ name: "gone", scopes: ["events"] })).body.token;
    assert.equal((await usher.fetch("/v1/console/tokens/gone", { method: "DELETE", headers: { cookie: mara.cookie } })).status, 204);
    assert.equal((await platform("POST", "events", event("t-2"), { secret: other })).status, 401, "revoked at once");
    await usher.later(3_700);
    mara = await usher.signIn("mara");
    assert.equal((await platform("POST", "events", event("t-3"), { secret: ending })).status, 401, "it has ended");
    assert.equal((await platform("POST", "events", event("t-4"))).status, 200);
    const log = (await mara.call("audit")).body.entries.map(({ what, text }) => `${what} ${text}`);
    assert.ok(log.includes("token_dropped gone") && log.includes("token_made platform: events hooks"));
  });

  test("that make no sense are refused with each wrong field, and none is anybody's in another workspace", async () => {
    const { status, body } = await make({ name: "No Name", scopes: ["everything"], expires_at: "2020-01-01T00:00:00Z" });
    assert.deepEqual([status, body.fields.map(({ field }) => field)], [422, ["name", "scopes", "expires_at"]]);
    assert.equal((await platform("POST", "events", { events: [] }, { workspace: "other" })).status, 401);
    assert.equal((await platform("POST", "events", { events: [] }, { secret: "" })).status, 401);
    const theo = await usher.signIn("theo");
    assert.equal((await theo.call("tokens")).status, 403);
  });
});

describe("REST hooks", () => {
  test("a program subscribes, is told what its sample shows, and unsubscribes", async (context) => {
    const receiver = await startReceiver();
    context.after(() => receiver.close());
    const subscribed = await platform("POST", "hooks", { target_url: `${receiver.origin}/zap`, event: "item.opened" });
    assert.equal(subscribed.status, 201, JSON.stringify(subscribed.body));
    const sample = (await platform("GET", "hooks/sample?event=item.opened")).body;
    const receipt = (await usher.submit("inquiry", inquiry({ name: "Ana Ruiz" }))).body;
    const told = await until(() => receiver.got[0], "it is told");
    const message = JSON.parse(told.text);
    const sign = new Webhook(subscribed.body.secret).sign(told.headers["webhook-id"], new Date(Number(told.headers["webhook-timestamp"]) * 1000), told.text);
    assert.equal(told.headers["webhook-signature"], sign);
    assert.equal(message.data.reference, receipt.reference);
    assert.deepEqual(Object.keys(sample[0].data).sort(), Object.keys(message.data).sort(), "the sample has what is told");
    const { body: view } = await mara.call("destinations");
    assert.ok(view.destinations.some(({ edit }) => edit.id === subscribed.body.id));

    assert.equal((await platform("DELETE", `hooks/${subscribed.body.id}`)).status, 204);
    assert.equal((await platform("DELETE", `hooks/${subscribed.body.id}`)).status, 404);
    await usher.submit("inquiry", inquiry());
    await usher.later(1);
    assert.equal(receiver.got.length, 1);
  });

  test("an address that cannot be told is refused by its field", async () => {
    const { status, body } = await platform("POST", "hooks", { target_url: "ftp://example.com/" });
    assert.deepEqual([status, body.fields.map(({ field }) => field)], [422, ["to.webhook.url"]]);
  });
});

test("without leave to go there, no address on this machine or behind a router is told anything", async (context) => {
  const receiver = await startReceiver();
  context.after(() => receiver.close());
  const strict = await startUsher({ args: ["--faults"] });
  context.after(() => strict.stop());
  const ines = await strict.signIn("mara");
  const { version } = (await ines.call("destinations")).body;
  for (const host of ["127.0.0.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "169.254.169.254", "10.0.0.1", "a.internal"]) {
    const url = `https://${host}:${new URL(receiver.origin).port}/`;
    const add = { id: "crm", to: { webhook: { url, secret: "" } } };
    const { status, body } = await ines.call("destinations", { method: "POST", body: { version, change: { add } } });
    assert.deepEqual([status, body.fields?.map(({ field }) => field)], [422, ["to.webhook.url"]], host);
  }
  assert.equal(receiver.got.length, 0);
});

describe("export", () => {
  test("everything leaves as CSV and as NDJSON, in the same rows, and no cell is a formula", async () => {
    const evil = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=HYPERLINK(\"x\"),\r\n\"y\""];
    for (const message of evil) await usher.submit("inquiry", inquiry({ message: `${message} I mean it`, name: "Ana; \"the\" Ruiz" }));
    const made = await mara.call("tokens", { method: "POST", body: { name: "export", scopes: ["export"] } });
    const headers = { authorization: `Bearer ${made.body.token}` };
    const file = async (name, options) => {
      const response = await usher.fetch(name, options);
      assert.equal(response.status, 200);
      // As bytes: `text()` would take the mark away that the test is about.
      return { text: Buffer.from(await response.arrayBuffer()).toString(), headers: response.headers };
    };
    const csv = await file("/v1/workspaces/demo/export/items.csv?bom=true", { headers });
    assert.equal(csv.headers.get("content-disposition"), 'attachment; filename="items.csv"');
    assert.ok(csv.text.startsWith("\ufeffitem_id,reference,kind,"));
    const [head, ...records] = readCsv(csv.text.slice(1));
    const rows = (await file("/v1/console/export/items.ndjson", { headers: { cookie: mara.cookie } })).text.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.equal(records.length, rows.length);
    assert.equal(rows.length, (await usher.rows()).item);
    for (const [at, record] of records.entries()) {
      const cells = Object.fromEntries(head.map((name, column) => [name, record[column]]));
      for (const cell of record) assert.ok(!/^[=+\-@\t\r\n\0]/.test(cell), JSON.stringify(cell));
      assert.equal(cells.item_id, rows[at].item_id);
      assert.equal(cells.name, rows[at].name ?? "");
      // The message of a form is told as it was written, but for the sign that makes it text.
      const message = rows[at].values.message ?? "";
      assert.ok([message, `'${message}`].includes(cells["values.message"]), cells["values.message"]);
    }
    assert.ok(rows.some(({ stage, outcome }) => stage === "purchased" && outcome === "won"));
    const log = (await mara.call("audit")).body.entries.filter(({ what }) => what === "exported");
    assert.deepEqual(log.map(({ actor }) => actor?.id), ["mara", undefined]);
  });

  test("is for whoever may", async () => {
    assert.equal((await usher.fetch("/v1/workspaces/demo/export/items.csv", { headers: { authorization: `Bearer ${token}` } })).status, 401);
    assert.equal((await usher.fetch("/v1/workspaces/demo/export/items.csv")).status, 401);
    const theo = await usher.signIn("theo");
    assert.equal((await usher.fetch("/v1/console/export/items.csv", { headers: { cookie: theo.cookie } })).status, 403);
  });
});

/** Records of CSV (RFC 4180). */
function readCsv(text) {
  const records = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    records.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "\r\n") records.push([]);
    if (end === "") break;
  }
  return records.filter((record) => record.length > 1);
}
