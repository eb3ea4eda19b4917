// Somebody of whom a workspace knows all that it can know of anybody, each with a word in it that stands nowhere else.

import assert from "node:assert/strict";
import { createHmac, randomUUID } from "node:crypto";

import { demoWorkspace } from "./hosts.mjs";
import { png } from "./samples.mjs";
import { inquiry, support, until } from "./usher.mjs";

const SECRET = "a secret of the platform, 32 characters or more";

/** What the workspace has to know them by: the platform's secret, a destination that takes nothing, a token for events. */
export async function prepare(usher, { port = 9 } = {}) {
  const workspace = await demoWorkspace(usher);
  workspace.identity = { secret: SECRET };
  workspace.destinations = [
    { id: "crm", events: ["item.opened", "item.closed"], to: { webhook: { url: `http://127.0.0.1:${port}/hook`, secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr" } } },
  ];
  for (const site of workspace.sites) site.limits = { submissions_per_day: 1_000_000, per_address: 1_000_000 };
  const { status, body } = await usher.operator("PUT", "workspaces/demo", workspace);
  assert.equal(status, 200, JSON.stringify(body));
  return workspace;
}

/** A token of the platform's for a user. */
export function token(user, more = {}) {
  const part = (json) => Buffer.from(JSON.stringify(json)).toString("base64url");
  const now = Math.floor(Date.now() / 1_000);
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub: user, aud: "demo", iat: now, exp: now + 300, ...more })}`;
  return `${signed}.${createHmac("sha256", SECRET).update(signed).digest("base64url")}`;
}

/**
 * Makes them: `mark` stands in every word of theirs, and each has its own besides. What comes back: who they are, their items, what was
 * sent, and `words`, by what they are.
 */
export async function somebody(usher, staff, mark, platform) {
  const words = {};
  const word = (what) => (words[what] = `${mark}-${what}`.toLowerCase());
  const email = `${word("address")}@${mark}.example.com`.toLowerCase();
  const agent = `Mozilla/5.0 Chrome/140.0 ${randomUUID()}`;
  const visitor = randomUUID();
  const headers = { "user-agent": agent, "x-forwarded-for": `198.51.100.${Math.floor(Math.random() * 250)}` };
  const url = (what) => `${usher.origin}/pricing/?utm_source=${word(`${what}-campaign`)}`;
  const page = (what) => ({ url: url(what), title: word(`${what}-title`), referrer: "" });
  const signals = async (what, kind) => {
    const signal = { kind, url: url(what), title: word(`${what}-seen`), ago_ms: 500, about: { visible_ms: "9000" } };
    const body = { batch_id: randomUUID(), human: true, visitor, signals: [signal] };
    const answer = await usher.json("/v1/signals/pk_demo_platform", { method: "POST", headers: { "content-type": "text/plain", ...headers }, body: JSON.stringify(body) });
    assert.deepEqual(answer.body.fates, { accepted: 1 }, JSON.stringify(answer.body));
  };
  const send = async (form, body) => {
    const answer = await usher.submit(form, body, { headers });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body;
  };

  await signals("before", "pricing_viewed");
  const asked = inquiry(
    {
      name: `${word("first")} ${word("last")}`, email, company: word("company"), message: `${word("message")} for ten seats`,
      interest: "team", seats: "10", call: "yes", phone: "+351 21 000 4711", news: "yes",
    },
    { page: page("asked"), visitor, identity: token(word("user"), { name: `${word("vouched")} ${word("name")}`, email }), signals: [{ kind: "form_started", url: url("along") }] },
  );
  const receipt = await send("inquiry", asked);
  const upload = await usher.json(`/v1/files/pk_demo_platform?name=${word("file")}.png`, { method: "POST", headers, body: png({ text: word("bytes") }) });
  assert.equal(upload.status, 201, JSON.stringify(upload.body));
  const helped = support({ email, name: `${word("first")} ${word("last")}`, message: word("trouble"), screenshot: upload.body.id });
  Object.assign(helped, { page: page("helped") });
  const help = await send("support", helped);
  const heldBody = { ...inquiry({ email, message: word("held") }, { page: page("held") }), trap: "x" };
  await send("inquiry", heldBody);
  // Another address of theirs, which members make part of their record.
  const other = await send("inquiry", inquiry({ email: `${word("second")}@${mark}.example.com`.toLowerCase(), name: word("nick"), message: word("again") }));
  const items = [await staff.itemOf(receipt), await staff.itemOf(help), await staff.itemOf(other)];
  const person = items[0].person.id;
  const merged = await staff.call(`people/${person}/merges`, { method: "POST", body: { from: items[2].person.id } });
  assert.equal(merged.status, 200, JSON.stringify(merged.body));
  const act = async (item, act) => {
    const { status, body } = await staff.act(item.row.id, act);
    assert.equal(status, 200, JSON.stringify(body));
  };
  await act(items[0], { act: "claim" });
  await act(items[0], { act: "note", text: `${word("note")}: called them. @theo` });
  await act(items[0], { act: "reply", subject: word("subject"), text: word("reply") });
  await act(items[1], { act: "claim" });
  const drafts = (await staff.call(`items/${items[1].row.id}/drafts`)).body;
  const rated = await usher.fetch(drafts.feedback_link, { method: "POST", body: new URLSearchParams({ stars: "4", text: word("feedback") }) });
  assert.ok(rated.status < 400, `${rated.status}`);
  await act(items[2], { act: "close", outcome: "lost", reason: word("outcome") });
  await signals("after", "page_viewed");
  const event = { id: `${mark}-event`.toLowerCase(), type: "completed", email, note: word("lifecycle") };
  assert.equal((await platform("POST", "events", { events: [event] })).body.taken, 1);

  // Where others name them.
  const stranger = await staff.itemOf(await send("inquiry", inquiry({ name: "Somebody Else" })));
  await act(stranger, { act: "note", text: `They were sent by ${email.toUpperCase()} (${receipt.reference}).` });
  const view = await staff.call("views", { method: "POST", body: { name: "theirs", queue: "sales", filter: { q: email } } });
  assert.equal(view.status, 200, JSON.stringify(view.body));
  await until(async () => (await staff.call(`items/${items[0].row.id}`)).body.visit !== undefined, "the visit is known");
  return { person, email, items, receipts: [receipt, help, other], sent: [asked, helped, heldBody], event, stranger, words, upload: upload.body.id, headers };
}
