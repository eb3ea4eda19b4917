// What the platform's own server says became of items: taken, corrected, known or refused, each line for itself.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { inquiry, startUsher, support } from "../support/usher.mjs";

let usher;
let mara;
let token;
before(async () => {
  usher = await startUsher({ args: ["--faults"] });
  mara = await usher.signIn("mara");
  token = await make("platform");
});
after(() => usher?.stop());

async function make(name) {
  const { status, body } = await usher.operator("POST", "workspaces/demo/tokens", { name, scope: "outcomes" });
  assert.equal(status, 200, JSON.stringify(body));
  return body.token;
}

const opened = async (form = "inquiry", values = inquiry()) => mara.itemOf((await usher.submit(form, values)).body);
const report = (body, { secret = token, type = "application/json", workspace = "demo" } = {}) =>
  usher.json(`/v1/workspaces/${workspace}/outcomes`, {
    method: "POST",
    headers: { "content-type": type, ...(secret && { authorization: `Bearer ${secret}` }) },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
const codes = ({ body }) => body.lines.map(({ code }) => code);
const item = async (id) => (await mara.call(`items/${id}`)).body;
const later = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString();

describe("a report", () => {
  test("closes an item by its reference, with its reason, for everybody to see", async () => {
    const { row } = await opened();
    const before = (await mara.call("session")).body.queues.find(({ id }) => id === row.queue).open;
    const { status, body } = await report({ item: row.reference, outcome: "won", reason: "Course for ten" });
    assert.equal(status, 200);
    assert.deepEqual(body, { taken: 1, known: 0, refused: 0, lines: [{ line: 1, item: row.reference, code: "taken" }] });
    const after = await item(row.id);
    assert.deepEqual([after.row.state, after.row.outcome], ["closed", "won"]);
    const last = after.history.at(-1);
    assert.deepEqual([last.kind, last.text, last.actor ?? null], ["closed", "won: Course for ten", null]);
    assert.ok(after.timers.every(({ state }) => state === "met"), JSON.stringify(after.timers));
    const open = (await mara.call("session")).body.queues.find(({ id }) => id === row.queue).open;
    assert.equal(open, before - 1);
    assert.ok(!(await mara.items(row.queue)).some(({ id }) => id === row.id));
  });

  test("the same outcome twice is known; a later one corrects, an earlier one contradicts", async () => {
    const { row } = await opened();
    const say = (outcome, at) => report({ item: row.id, outcome, at });
    assert.deepEqual(codes(await say("won", later(1))), ["taken"]);
    const rows = await usher.rows();
    assert.deepEqual(codes(await say("won", later(2))), ["known"]);
    assert.deepEqual(codes(await say("lost", later(0.5))), ["contradicts"]);
    assert.deepEqual(await usher.rows(), rows, "neither wrote anything");
    assert.deepEqual(codes(await say("lost", later(2))), ["corrected"]);
    const { row: now, history } = await item(row.id);
    assert.equal(now.outcome, "lost");
    assert.deepEqual(history.map(({ kind }) => kind), ["opened", "closed", "corrected"]);
    const open = (await mara.call("session")).body.queues.find(({ id }) => id === row.queue).open;
    assert.equal(open, (await mara.items(row.queue)).length, "it was counted out once");
  });

  test("what a member closed is corrected by a later outcome, and what they open again has none", async () => {
    const { row } = await opened();
    await mara.act(row.id, { act: "claim" });
    await mara.act(row.id, { act: "close", outcome: "lost", reason: "" });
    assert.deepEqual(codes(await report({ item: row.id, outcome: "won", at: later(1) })), ["corrected"]);
    await mara.act(row.id, { act: "reopen" });
    assert.equal((await item(row.id)).row.outcome ?? null, null);
    assert.deepEqual(codes(await report({ item: row.id, outcome: "lost" })), ["taken"]);
    const { row: now } = await item(row.id);
    assert.deepEqual([now.outcome, now.owner?.id], ["lost", "mara"]);
  });

  test("each line is judged for itself, and against the lines before it", async () => {
    const [one, other] = [await opened(), await opened()];
    const support_ = await opened("support", support());
    const answer = await report({
      outcomes: [
        { item: one.row.id, outcome: "won", at: later(1) },
        { item: one.row.id, outcome: "lost", at: later(0.5) },
        { item: "USH-00000-00000", outcome: "won" },
        { item: other.row.id, outcome: "won", at: "2020-01-01T00:00:00Z" },
        { item: other.row.id, outcome: "won", at: later(60) },
        { item: support_.row.id, outcome: "won" },
        { item: other.row.id, outcome: "disqualified" },
        { item: other.row.id, outcome: "bought", at: "soon", price: "39" },
        { item: support_.row.id, outcome: "solved" },
      ],
    });
    const expected = ["taken", "contradicts", "unknown_item", "before_item", "in_future", "wrong_outcome", "invalid", "invalid", "taken"];
    assert.deepEqual(codes(answer), expected);
    assert.deepEqual([answer.body.taken, answer.body.known, answer.body.refused], [2, 0, 7]);
    assert.ok(answer.body.lines.every(({ code, says }) => ["taken"].includes(code) || says), "each refusal says why");
    assert.deepEqual(answer.body.lines[7].fields.map(({ field }) => field).sort(), ["at", "outcome", "price"]);
    assert.deepEqual([(await item(other.row.id)).row.state, (await item(one.row.id)).row.outcome], ["open", "won"]);
  });

  test("a table is taken too, and every refused row named by its line", async () => {
    const [one, other] = [await opened(), await opened()];
    const csv = `outcome,item,reason\r\nwon,${one.row.reference},\r\nwon,nobody,\r\ndisqualified,${other.row.id},"A student, for a thesis"\r\nlost\r\n`;
    const { status, body } = await report(csv, { type: "text/csv; charset=utf-8" });
    assert.equal(status, 200);
    assert.deepEqual(body.lines.map(({ line, code }) => [line, code]), [[2, "taken"], [3, "unknown_item"], [4, "taken"], [5, "invalid"]]);
    const { history } = await item(other.row.id);
    assert.equal(history.at(-1).text, "disqualified: A student, for a thesis");
  });
});

describe("what is no report", () => {
  test("is refused whole, with the reason", async () => {
    const rows = await usher.rows();
    const refusals = [
      ["{", {}, 400, "malformed_json"],
      ["[]", {}, 422, "no_outcomes"],
      ['{"outcomes": []}', {}, 422, "no_outcomes"],
      ["item,score\na,1\n", { type: "text/csv" }, 422, "wrong_columns"],
      ["item,outcome\n" + "a,won\n".repeat(1001), { type: "text/csv" }, 413, "too_many"],
      ["x".repeat(513 * 1024), {}, 413, "too_large"],
    ];
    for (const [body, how, status, code] of refusals) {
      const answer = await report(body, how);
      assert.deepEqual([answer.status, answer.body.code], [status, code], String(body).slice(0, 40));
      assert.match(answer.body.title, /\.$/);
    }
    assert.deepEqual(await usher.rows(), rows);
  });
});

describe("a token", () => {
  test("is needed, is the workspace's own, and works no longer once it is revoked or replaced", async () => {
    const { row } = await opened();
    const won = { item: row.id, outcome: "won" };
    for (const how of [{ secret: "" }, { secret: "0".repeat(64) }, { secret: usher.token }, { workspace: "elsewhere" }]) {
      const { status, body } = await report(won, how);
      assert.deepEqual([status, body.code], [401, "not_a_token"]);
    }
    const old = await make("shop");
    assert.equal((await report(won, { secret: old })).status, 200);
    const fresh = await make("shop");
    assert.equal((await report(won, { secret: old })).status, 401);
    assert.equal((await report(won, { secret: fresh })).status, 200);
    const gone = await usher.fetch("/v1/operator/workspaces/demo/tokens/shop", {
      method: "DELETE",
      headers: { authorization: `Bearer ${usher.token}` },
    });
    assert.equal(gone.status, 204);
    assert.equal((await report(won, { secret: fresh })).status, 401);
  });

  test("is made by the operator, for what there is", async () => {
    const bad = await usher.operator("POST", "workspaces/demo/tokens", { name: "Not a name", scope: "outcomes" });
    assert.deepEqual([bad.status, bad.body.code], [422, "invalid_token"]);
    const scope = await usher.operator("POST", "workspaces/demo/tokens", { name: "a", scope: "everything" });
    assert.deepEqual([scope.status, scope.body.code, scope.body.fields.map(({ code }) => code)], [422, "invalid_token", ["unknown_scope"]]);
    const nowhere = await usher.operator("POST", "workspaces/nowhere/tokens", { name: "a", scope: "outcomes" });
    assert.deepEqual([nowhere.status, nowhere.body.code], [404, "unknown_workspace"]);
    const other = await usher.operator("POST", "workspaces/demo/tokens", { name: "a", scope: "outcomes" }, { authorization: "Bearer x" });
    assert.equal(other.status, 401);
  });
});
