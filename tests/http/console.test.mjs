// The desk, as the console's calls see it.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { inquiry, startUsher, support, trial } from "../support/usher.mjs";

let usher;
let mara;
let theo;
let sunil;
before(async () => {
  usher = await startUsher();
  [mara, theo, sunil] = await Promise.all(["mara", "theo", "sunil"].map((member) => usher.signIn(member)));
});
after(() => usher?.stop());

const opened = async () => mara.itemOf((await usher.submit("inquiry", inquiry())).body);

describe("an item is worked", () => {
  test("claimed, noted, closed with an outcome, and opened again", async () => {
    const { row } = await opened();
    const claimed = (await theo.act(row.id, { act: "claim" })).body;
    assert.equal(claimed.row.state, "claimed");
    assert.deepEqual(claimed.row.owner, { id: "theo", name: "Theo Achterberg" });
    assert.deepEqual(claimed.timers.map((timer) => timer.state), ["met"]);
    await theo.act(row.id, { act: "note", text: "Called, no answer.\nAgain tomorrow." });
    const closed = (await theo.act(row.id, { act: "close", outcome: "lost", reason: "Chose another school" })).body;
    assert.equal(closed.row.state, "closed");
    assert.equal(closed.row.outcome, "lost");
    assert.deepEqual(
      closed.history.map(({ kind, actor, text }) => [kind, actor?.id, text]),
      [
        ["opened", undefined, "Ask a course adviser"],
        ["claimed", "theo", ""],
        ["noted", "theo", "Called, no answer.\nAgain tomorrow."],
        ["closed", "theo", "lost: Chose another school"],
      ],
    );
    assert.ok(!(await mara.items("sales")).some((other) => other.id === row.id));
    assert.ok((await mara.items("sales", "?state=closed")).some((other) => other.id === row.id));
    const reopened = (await mara.act(row.id, { act: "reopen" })).body;
    assert.equal(reopened.row.state, "claimed");
    assert.equal(reopened.row.owner.id, "mara");
    assert.equal(reopened.row.outcome, null);
  });

  test("a note alone keeps no promise", async () => {
    const { row } = await opened();
    const noted = (await theo.act(row.id, { act: "note", text: "Who takes this?" })).body;
    assert.equal(noted.row.touched, false);
    assert.deepEqual(noted.timers.map((timer) => timer.state), ["running"]);
  });

  test("taken by one of two who claim at once", async () => {
    const { row } = await opened();
    const answers = await Promise.all([mara, theo].map((member) => member.act(row.id, { act: "claim" })));
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 409]);
    const refused = answers.find((answer) => answer.status === 409).body;
    const { owner } = (await mara.item(row.id)).row;
    assert.equal(refused.code, "already_claimed");
    assert.equal(refused.title, `${owner.name} has taken this item.`);
  });

  test("not by those who may not, and not in ways there are none", async () => {
    const { row } = await opened();
    assert.equal((await theo.act(row.id, { act: "release" })).body.code, "not_yours");
    await theo.act(row.id, { act: "claim" });
    assert.equal((await mara.act(row.id, { act: "close", outcome: "won" })).body.code, "not_yours");
    assert.equal((await theo.act(row.id, { act: "close", outcome: "solved" })).body.code, "wrong_outcome");
    assert.equal((await theo.act(row.id, { act: "note", text: "  " })).body.code, "note_empty");
    assert.equal((await theo.act(row.id, { act: "fly" })).status, 422);
    assert.equal((await mara.act(row.id, { act: "note", text: "x", owner: "mara" })).status, 422);
    assert.equal((await mara.item(row.id)).row.owner.id, "theo");
    assert.equal((await theo.act("nope", { act: "claim" })).status, 404);
  });
});

describe("queues", () => {
  test("a member sees the queues they work, and no other", async () => {
    const { row } = await opened();
    assert.deepEqual(sunil.session.queues.map((queue) => queue.id), ["success"]);
    assert.equal((await sunil.call("queues/sales/items")).status, 404);
    assert.equal((await sunil.call(`items/${row.id}`)).status, 404);
    assert.equal((await sunil.act(row.id, { act: "claim" })).status, 404);
  });

  test("are read best first, in pages that neither repeat nor leave out", async () => {
    for (let index = 0; index < 60; index += 1) {
      await usher.submit(index % 3 ? "inquiry" : "trial", index % 3 ? inquiry() : trial());
    }
    const seen = [];
    for await (const row of mara.allItems("sales")) seen.push(row);
    assert.ok(seen.length > 50, "more than one page");
    assert.equal(new Set(seen.map((row) => row.id)).size, seen.length);
    const ordered = [...seen].sort((a, b) => b.score - a.score || a.opened_at.localeCompare(b.opened_at) || a.id.localeCompare(b.id));
    assert.deepEqual(seen.map((row) => row.id), ordered.map((row) => row.id));
    const { body: session } = await mara.call("session");
    assert.equal(session.queues.find((queue) => queue.id === "sales").open, seen.length);
  });

  test("count what is open, up and down", async () => {
    const count = async () => (await sunil.call("session")).body.queues[0].open;
    const before = await count();
    const receipt = (await usher.submit("support", support())).body;
    assert.equal(await count(), before + 1);
    const { row } = await sunil.itemOf(receipt);
    await sunil.act(row.id, { act: "claim" });
    await sunil.act(row.id, { act: "close", outcome: "solved" });
    assert.equal(await count(), before);
    await sunil.act(row.id, { act: "reopen" });
    assert.equal(await count(), before + 1);
  });
});

describe("signing in", () => {
  test("a link works once", async () => {
    const link = await usher.operator("POST", "workspaces/demo/sign-in-links", { member: "hana" });
    const spend = () =>
      usher.fetch("/v1/console/session", { method: "POST", body: JSON.stringify({ token: link.body.url.split("#")[1] }) });
    const [first, second] = [await spend(), await spend()];
    assert.equal(first.status, 200);
    assert.match(first.headers.get("set-cookie"), /^__Host-usher=.*; Path=\/; Secure; HttpOnly; SameSite=Strict$/);
    assert.equal(second.status, 401);
    assert.equal((await second.json()).code, "link_spent");
  });

  test("a session ends when its member signs out", async () => {
    const hana = await usher.signIn("hana");
    const response = await usher.fetch("/v1/console/session", { method: "DELETE", headers: { cookie: hana.cookie } });
    assert.equal(response.status, 204);
    assert.match(response.headers.get("set-cookie"), /Max-Age=0/);
    assert.equal((await hana.call("session")).status, 401);
  });

  test("another site's page can do nothing with a member's cookie", async () => {
    const { row } = await opened();
    for (const headers of [{ origin: "https://elsewhere.example" }, { "sec-fetch-site": "cross-site" }, { "sec-fetch-site": "same-site" }]) {
      const response = await usher.fetch(`/v1/console/items/${row.id}/actions`, {
        method: "POST",
        headers: { cookie: mara.cookie, ...headers },
        body: JSON.stringify({ act: "claim" }),
      });
      assert.equal(response.status, 403);
    }
    assert.equal((await mara.item(row.id)).row.state, "open");
  });

  test("a body that is no text is told what it is, and not that it is too large", async () => {
    const mara = await usher.signIn("mara");
    const bytes = Buffer.from([0xff, 0xfe, 0x7b]);
    const type = { "content-type": "application/json" };
    const calls = [
      ["/v1/console/items/actions", "POST", { cookie: mara.cookie }],
      ["/v1/console/items/1/actions", "POST", { cookie: mara.cookie }],
      ["/v1/console/scoring/check", "POST", { cookie: mara.cookie }],
      ["/v1/console/sites", "POST", { cookie: mara.cookie }],
      ["/v1/prompts/pk_demo_platform", "POST", {}],
      ["/v1/operator/workspaces/demo", "PUT", { authorization: `Bearer ${usher.token}` }],
    ];
    for (const [path, method, headers] of calls) {
      const { status, body } = await usher.json(path, { method, headers: { ...headers, ...type }, body: bytes });
      assert.deepEqual([status, body.code], [400, "not_text"], path);
      const large = await usher.json(path, { method, headers: { ...headers, ...type }, body: "x".repeat(1024 * 1024 + 1) });
      assert.deepEqual([large.status, large.body.code], [413, "too_large"], path);
    }
  });

  test("without a session there is nothing", async () => {
    for (const path of ["session", "queues/sales/items", "items/x", "live"]) {
      assert.equal((await usher.json(`/v1/console/${path}`)).status, 401, path);
    }
  });
});
