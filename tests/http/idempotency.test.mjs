// A call under an `Idempotency-Key` is done once, whatever comes in between, and answered alike: to whoever made it, and to nobody else.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";

import { inquiry, startUsher } from "../support/usher.mjs";

const DAY_S = 24 * 60 * 60;
let usher;
let mara;
let token;
before(async () => {
  usher = await startUsher({ args: ["--faults"] });
  mara = await usher.signIn("mara");
  token = await tokenFor("platform", ["events", "outcomes", "hooks"]);
});
after(() => usher?.stop());

async function tokenFor(name, scopes) {
  const made = await usher.operator("POST", "workspaces/demo/tokens", { name, scopes });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  return made.body.token;
}

async function call(path, { method = "POST", key, body, headers = {} } = {}) {
  const response = await usher.fetch(path, {
    method,
    headers: { "content-type": "application/json", ...(key === undefined ? {} : { "idempotency-key": key }), ...headers },
    body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, text, body: text && JSON.parse(text) };
}

const platform = (path, key, body, secret = token) =>
  call(`/v1/workspaces/demo/${path}`, { key, body, headers: { authorization: `Bearer ${secret}` } });
const console_ = (path, key, body, { staff = mara, method } = {}) =>
  call(`/v1/console/${path}`, { key, body, method, headers: { cookie: staff.cookie } });
const operator = (path, key, body, method) =>
  call(`/v1/operator/workspaces/demo/${path}`, { key, body, method, headers: { authorization: `Bearer ${usher.token}` } });

const note = (text) => ({ act: "note", text });
async function anItem() {
  const { body: receipt } = await usher.submit("inquiry", inquiry());
  return (await mara.itemOf(receipt)).row.id;
}
const notes = async (item) => (await mara.item(item)).history.filter(({ kind }) => kind === "noted").length;

describe("a key", () => {
  test("is done once: of sixty-four at once there is one act, and one answer", async () => {
    const item = await anItem();
    const key = randomUUID();
    const all = await Promise.all(Array.from({ length: 64 }, () => console_(`items/${item}/actions`, key, note("once"))));
    assert.deepEqual(new Set(all.map(({ status }) => status)), new Set([200]));
    assert.equal(new Set(all.map(({ text }) => text)).size, 1);
    assert.equal(await notes(item), 1);
    // Without one, each is done.
    await Promise.all(Array.from({ length: 2 }, () => console_(`items/${item}/actions`, undefined, note("again"))));
    assert.equal(await notes(item), 3);
  });

  test("is answered alike, to the letter, also after a kill -9", async () => {
    const item = await anItem();
    const key = randomUUID();
    const first = await console_(`items/${item}/actions`, key, note("before"));
    await console_(`items/${item}/actions`, undefined, note("in between"));
    await usher.kill9();
    await usher.start();
    const again = await console_(`items/${item}/actions`, key, note("before"));
    assert.deepEqual([again.status, again.text], [200, first.text], "as it was, and not as it is");
    assert.equal(await notes(item), 2);
  });

  test("is answered alike where it was refused", async () => {
    const item = await anItem();
    const key = randomUUID();
    const refused = await console_(`items/${item}/actions`, key, { act: "release" });
    assert.deepEqual([refused.status, refused.body.code], [409, "not_yours"]);
    await console_(`items/${item}/actions`, undefined, { act: "claim" });
    const again = await console_(`items/${item}/actions`, key, { act: "release" });
    assert.deepEqual([again.status, again.text], [409, refused.text]);
    assert.equal((await mara.item(item)).row.state, "claimed");
  });

  test("is for one call: another body, address or method is refused", async () => {
    const [item, other] = [await anItem(), await anItem()];
    const key = randomUUID();
    assert.equal((await console_(`items/${item}/actions`, key, note("one"))).status, 200);
    for (const answer of [
      await console_(`items/${item}/actions`, key, note("another")),
      await console_(`items/${other}/actions`, key, note("one")),
      await console_("views/none", key, undefined, { method: "DELETE" }),
    ]) {
      assert.deepEqual([answer.status, answer.body.code], [422, "idempotency_key_reused"]);
    }
    assert.deepEqual([await notes(item), await notes(other)], [1, 0]);
  });

  test("is its caller's: another member, token or workspace finds nothing under it", async () => {
    const item = await anItem();
    const key = randomUUID();
    const theo = await usher.signIn("theo");
    assert.equal((await console_(`items/${item}/actions`, key, note("hers"))).status, 200);
    const theirs = await console_(`items/${item}/actions`, key, note("his"), { staff: theo });
    assert.equal(theirs.status, 200, theirs.text);
    assert.equal(await notes(item), 2);
    // Another session of the same member's is the same caller.
    const again = await usher.signIn("mara");
    assert.equal((await console_(`items/${item}/actions`, key, note("hers"), { staff: again })).status, 200);
    assert.equal(await notes(item), 2);
    const second = await tokenFor("second", ["events"]);
    const report = { events: [{ id: `k-${key}`, type: "referred", user: "u-k" }] };
    assert.equal((await platform("events", key, report)).body.taken, 1);
    assert.equal((await platform("events", key, report, second)).body.known, 1, "it was asked anew");
  });

  test("opens nothing for whoever may ask no more", async () => {
    const passing = await tokenFor("passing", ["events"]);
    const key = randomUUID();
    const report = { events: [{ id: `p-${key}`, type: "referred", user: "u-p" }] };
    assert.equal((await platform("events", key, report, passing)).status, 200);
    assert.equal((await operator("tokens/passing", undefined, undefined, "DELETE")).status, 204);
    assert.equal((await platform("events", key, report, passing)).status, 401);
  });

  test("is kept for a day, and then taken away by the alarm", async () => {
    const item = await anItem();
    const key = randomUUID();
    await console_(`items/${item}/actions`, key, note("today"));
    await usher.later(DAY_S - 60);
    await console_(`items/${item}/actions`, key, note("today"));
    assert.equal(await notes(item), 1);
    assert.ok((await usher.rows()).kept_call > 0);
    await usher.later(120);
    assert.equal((await usher.rows()).kept_call, 0);
    await console_(`items/${item}/actions`, key, note("today"));
    assert.equal(await notes(item), 2, "a day later it is another call");
  });

  test("is written as structured fields have it, or bare", async () => {
    const item = await anItem();
    const bare = randomUUID();
    await console_(`items/${item}/actions`, bare, note("x"));
    await console_(`items/${item}/actions`, `"${bare}"`, note("x"));
    assert.equal(await notes(item), 1, "one key, in two spellings");
    for (const bad of ["two words", '"open', "x".repeat(256), '""', "a, b"]) {
      for (const answer of [
        await console_(`items/${item}/actions`, bad, note("x")),
        await platform("events", bad, { events: [] }),
        await operator("tokens", bad, { name: "bad", scopes: ["events"] }),
      ]) {
        assert.deepEqual([answer.status, answer.body.code], [400, "malformed_idempotency_key"], bad);
        assert.deepEqual(answer.body.fields.map(({ field, code }) => [field, code]), [["Idempotency-Key", "not_a_key"]]);
      }
    }
    assert.equal(await notes(item), 1);
    assert.equal((await call("/v1/console/session", { method: "GET", key: "two words", headers: { cookie: mara.cookie } })).status, 200, "reading has none");
  });
});

describe("what is done under a key is written with its answer, or not at all", () => {
  test("where a statement fails, nothing of it stays, and it can be sent again", async () => {
    // A panic between two statements takes the object's memory of its rows along: what it knows afterwards is what is on disk.
    const key = randomUUID();
    const config = await operator("", undefined, undefined, "GET");
    assert.equal(config.status, 404);
    const item = await anItem();
    await usher.fetch("/__faults/desk/demo/panic");
    assert.equal((await console_(`items/${item}/actions`, key, { act: "claim" })).status, 200);
    assert.equal((await console_(`items/${item}/actions`, key, { act: "claim" })).status, 200, "and not: yours already");
  });
});

describe("an answer that shows a secret once", () => {
  test("is not kept: whoever asks again hears that it was done, and nothing is made twice", async () => {
    const cases = [
      [() => operator("tokens", "op-token", { name: "keyed", scopes: ["events"] }), 200],
      [() => operator("sign-in-links", "op-link", { member: "theo" }), 201],
      [() => console_("tokens", "my-token", { name: "mine", scopes: ["events"] }), 200],
      [() => console_("members/theo/sign-in-links", "my-link"), 201],
      [() => platform("hooks", "hook", { target_url: "https://hooks.example.com/usher" }), 201],
    ];
    const kept = async () => (await usher.rows()).kept_call;
    const before = await kept();
    for (const [ask, status] of cases) {
      const [first, again] = [await ask(), await ask()];
      assert.equal(first.status, status, first.text);
      assert.deepEqual([again.status, again.body.code], [409, "answer_not_kept"], again.text);
    }
    assert.equal((await kept()) - before, cases.length);
    const hooks = (await mara.call("destinations")).body.destinations.filter(({ edit }) => edit.id.startsWith("hook-"));
    assert.equal(hooks.length, 1, "one subscription");
    // What they were refused with is no secret.
    const refused = () => operator("tokens", "refused", { name: "Not A Name", scopes: [] });
    const [first, again] = [await refused(), await refused()];
    assert.deepEqual([first.status, again.status, again.text], [422, 422, first.text]);
  });
});

describe("calls that only ask, and calls of pages", () => {
  test("keep nothing", async () => {
    const before = await usher.rows();
    const card = (await mara.call("scoring")).body.card;
    const check = () => console_("scoring/check", "check", { card });
    const [first, second] = [await check(), await check()];
    assert.deepEqual([first.status, second.text], [200, first.text]);
    assert.equal((await usher.rows()).kept_call, before.kept_call);
    // A form has an id of its own: the header is let through, whatever it says.
    const sent = inquiry();
    const one = await usher.submit("inquiry", sent, { headers: { "idempotency-key": "two words" } });
    const two = await usher.submit("inquiry", sent, { headers: { "idempotency-key": "another" } });
    assert.deepEqual([one.status, two.body], [200, one.body]);
  });

  test("let a page of a site send the header", async () => {
    const demo = JSON.parse(await (await usher.fetch("/v1/console/sites", { headers: { cookie: mara.cookie } })).text());
    const origin = demo.sites[0].edit.origins[0];
    const asked = await usher.fetch("/v1/forms/pk_demo_platform/inquiry", {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "content-type, idempotency-key" },
    });
    assert.equal(asked.status, 204);
    assert.deepEqual(asked.headers.get("access-control-allow-headers")?.split(", "), ["content-type", "idempotency-key"]);
  });
});
