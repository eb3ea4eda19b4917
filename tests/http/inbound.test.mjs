// What comes in by other ways than a form: mail, and calls that a member writes down. Each is a submission like any other, and says how it came.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";

import { demoWorkspace } from "../support/hosts.mjs";
import { inquiry, startUsher } from "../support/usher.mjs";

const HELP = "help@larkfield.example";
const SALES = "sales@larkfield.example";
let usher;
let mara;
let token;
let workspace;
before(async () => {
  usher = await startUsher({ args: ["--faults"] });
  workspace = await demoWorkspace(usher);
  workspace.mailboxes = [
    { address: HELP, site: "platform", form: "support" },
    { address: SALES, site: "platform", form: "inquiry" },
  ];
  // One rule goes by how it came.
  workspace.routes.unshift({ id: "called", when: { channel: "phone", "values.company": "Kelp" }, queue: "success", pool: "learner_support", first_touch_minutes: 60, says: "Whoever calls" });
  await configure();
  mara = await usher.signIn("mara");
  const made = await usher.operator("POST", "workspaces/demo/tokens", { name: "mail", scopes: ["mail"] });
  token = made.body.token;
});
after(() => usher?.stop());

async function configure(status = 200) {
  const answer = await usher.operator("PUT", "workspaces/demo", workspace);
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  return answer.body;
}

/** A mail as a program writes it. */
function mail({ from = `Ana Ruiz <ana-${randomUUID()}@example.com>`, to = HELP, subject = "A question", text = "I cannot open lesson three.", id = `<${randomUUID()}@example.com>`, headers = [] } = {}) {
  const head = [`From: ${from}`, `To: ${to}`, `Subject: ${subject}`, ...(id ? [`Message-ID: ${id}`] : []), "MIME-Version: 1.0", ...headers];
  return `${head.join("\r\n")}\r\n\r\n${text.replaceAll("\n", "\r\n")}\r\n`;
}

function deliver(raw, { query = "", secret = token, headers = {} } = {}) {
  return usher.json(`/v1/workspaces/demo/mail${query}`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}`, "content-type": "message/rfc822", ...headers },
    body: raw,
  });
}

const fates = async () => (await usher.json("/__faults/desk/demo/fates")).body;
const itemOf = async ({ body }) => {
  const found = await mara.call(`search?q=${body.reference}`);
  return mara.item(found.body.items[0].id);
};
const value = (item, name) => item.submission.values.find((value) => value.name === name)?.value;

describe("mail", () => {
  test("opens an item by the form of its mailbox, scored and routed, and says how it came", async () => {
    const taken = await deliver(mail({ from: "=?utf-8?B?SsO2cmcgTWF5ZXI=?= <Jorg@Example.com>", subject: "Lesson three", text: "It does not open.\n\nOn 30 Nov 2026 Usher wrote:\n> Welcome" }));
    assert.deepEqual([taken.status, taken.body.fate], [200, "accepted"], JSON.stringify(taken.body));
    const item = await itemOf(taken);
    assert.deepEqual([item.row.who, item.row.queue, item.row.kind, item.row.channel], ["Jörg Mayer", "success", "support", "email"]);
    assert.equal(item.row.summary, "Lesson three It does not open.", "what is quoted is not in the line");
    assert.match(value(item, "message"), /^Lesson three\n\nIt does not open\.\n\nOn 30 Nov 2026 Usher wrote:\n> Welcome$/, "and is kept whole");
    assert.deepEqual(item.person.identifiers.map(({ kind, value, verified }) => [kind, value, verified]), [["email", "Jorg@Example.com", false]]);
    assert.ok(item.timers.length > 0 && item.score.total !== undefined);
    const basis = (await mara.call(`scoring/basis/${item.row.id}`)).body;
    assert.equal(basis.facts.channel, "email");
  });

  test("is taken once, however often it comes", async () => {
    const raw = mail();
    const all = await Promise.all(Array.from({ length: 20 }, () => deliver(raw)));
    assert.equal(all.filter(({ body }) => body.fate === "accepted").length, 1);
    assert.equal(new Set(all.map(({ body }) => body.reference)).size, 1);
    const rows = async () => ({ ...(await usher.rows()), fate: 0, audit: 0 });
    const before = await rows();
    await usher.kill9();
    await usher.start();
    assert.equal((await deliver(raw)).body.fate, "duplicate");
    assert.deepEqual(await rows(), before);
    // Whoever writes something else under the same Message-ID loses nothing.
    const id = "<same@example.com>";
    assert.equal((await deliver(mail({ id, text: "One." }))).body.fate, "accepted");
    assert.equal((await deliver(mail({ id, text: "Two." }))).body.fate, "accepted");
  });

  test("finds whom it is from among those who wrote before", async () => {
    const email = `dee-${randomUUID()}@example.com`;
    const receipt = (await usher.submit("inquiry", inquiry({ email }))).body;
    const taken = await deliver(mail({ from: `Dee <${email.toUpperCase()}>`, to: SALES }));
    const item = await itemOf(taken);
    assert.deepEqual(item.person.others.map(({ reference }) => reference), [receipt.reference]);
    assert.equal(item.row.kind, "inquiry");
  });

  test("that answers an open item stands there: by its reference, or by its thread, and only from its sender", async () => {
    const email = `eve-${randomUUID()}@example.com`;
    const id = `<${randomUUID()}@example.com>`;
    const first = await deliver(mail({ from: email, id }));
    const opened = await itemOf(first);
    assert.equal((await mara.act(opened.row.id, { act: "claim" })).status, 200);
    assert.equal((await mara.act(opened.row.id, { act: "wait" })).status, 200);
    const notices = async () => (await mara.call("notices")).body.notices.filter(({ kind }) => kind === "wrote").length;
    const before = await notices();
    const items = (await usher.rows()).item;

    const answer = { from: email, subject: `AW: Your question [${first.body.reference.toLowerCase()}]`, text: "Still closed.\n> Is it open now?" };
    const taken = await deliver(mail(answer));
    assert.deepEqual(taken.body, { fate: "appended", reference: first.body.reference });
    let item = await mara.item(opened.row.id);
    assert.deepEqual(item.history.at(-1).kind, "mail_received");
    assert.equal(item.history.at(-1).text, "Still closed.\n> Is it open now?");
    assert.equal(item.row.rests, null, "what waited for them is worked on again");
    assert.equal(await notices(), before + 1);

    const threaded = await deliver(mail({ from: email, subject: "Re: hello?", headers: [`References: <other@example.com>`, `In-Reply-To: ${id}`] }));
    assert.equal(threaded.body.fate, "appended");
    const again = await deliver(mail({ ...answer, id: "<again@example.com>" }));
    assert.equal(again.body.fate, "appended");
    assert.equal((await deliver(mail({ ...answer, id: "<again@example.com>" }))).body.fate, "duplicate");
    assert.equal((await usher.rows()).item, items);

    // A reference is no secret: somebody else's mail is an item of its own.
    const stranger = await deliver(mail({ subject: `Re: ${first.body.reference}` }));
    assert.equal(stranger.body.fate, "accepted");
    assert.notEqual(stranger.body.reference, first.body.reference);
    // And what is closed stays closed: whoever writes again is answered anew.
    assert.equal((await mara.act(opened.row.id, { act: "close", outcome: "solved", reason: "" })).status, 200);
    const anew = await deliver(mail({ from: email, subject: `Re: ${first.body.reference}`, text: "Once more." }));
    assert.equal(anew.body.fate, "accepted");
    item = await mara.item(opened.row.id);
    assert.equal(item.row.state, "closed");
  });

  test("that no person wrote is counted, and makes nothing", async () => {
    const before = await usher.rows();
    const counted = (await fates()).refused_automatic ?? 0;
    const machines = [
      [mail({ headers: ["Auto-Submitted: auto-replied"] })],
      [mail({ headers: ["Precedence: bulk"] })],
      [mail({ headers: ["Return-Path: <>"] })],
      [mail({ from: "MAILER-DAEMON@example.com" })],
      [mail(), { query: "?from=" }],
      [mail({ from: SALES, to: HELP })],
      [mail({ headers: ["Content-Type: multipart/report; report-type=delivery-status; boundary=x"], text: "--x\n\nNo such user\n--x--" })],
    ];
    for (const [raw, options] of machines) {
      assert.deepEqual((await deliver(raw, options)).body, { fate: "refused_automatic" });
    }
    assert.deepEqual({ ...(await usher.rows()), fate: 0 }, { ...before, fate: 0 });
    assert.equal((await fates()).refused_automatic, counted + machines.length);
  });

  test("that looks like spam is held, and released it is a mail like any other", async () => {
    for (const header of ["X-Spam-Flag: YES", "Authentication-Results: mx.example; dmarc=fail"]) {
      const raw = mail({ headers: [header] });
      const held = await deliver(raw);
      assert.equal(held.body.fate, "held");
      assert.deepEqual((await deliver(raw)).body, { fate: "duplicate", reference: held.body.reference });
      const page = (await mara.call("held")).body.held.find(({ reference }) => reference === held.body.reference);
      assert.match(page.reasons[0].tag, /^mail_(spam|forged)$/);
      const released = await mara.call(`held/${page.id}`, { method: "POST", body: { act: "release", reason: "a person" } });
      assert.equal(released.status, 200, JSON.stringify(released.body));
      assert.equal((await mara.item(released.body.item)).row.channel, "email");
    }
  });

  test("from one address is taken so often and no oftener", async () => {
    const from = `flood-${randomUUID()}@example.com`;
    const statuses = [];
    for (let turn = 0; turn < 21; turn += 1) statuses.push((await deliver(mail({ from, text: `Mail ${turn}` }))).status);
    assert.deepEqual([statuses.filter((status) => status === 200).length, statuses.at(-1)], [20, 429]);
  });

  test("is for a mailbox, from somebody, and by a token that is for it", async () => {
    const strange = await deliver(mail({ to: "nobody@larkfield.example" }));
    assert.deepEqual([strange.status, strange.body.code], [422, "unknown_mailbox"]);
    assert.equal((await deliver(mail({ to: "nobody@larkfield.example" }), { query: `?to=${encodeURIComponent(HELP.toUpperCase())}` })).body.fate, "accepted", "the envelope says");
    for (const raw of ["", "no mail", mail({ from: "nobody" })]) {
      const answer = await deliver(raw);
      assert.deepEqual([answer.status, answer.body.code], [400, "malformed_mail"]);
    }
    const other = (await usher.operator("POST", "workspaces/demo/tokens", { name: "other", scopes: ["events"] })).body.token;
    assert.equal((await deliver(mail(), { secret: other })).status, 401);
    assert.equal((await deliver("no mail at all", { secret: other })).status, 401, "it is not even read");
  });

  test("with files says what they are called", async () => {
    const parts = ["--x", "Content-Type: text/plain", "", "See the file.", "--x", "Content-Type: application/pdf", 'Content-Disposition: attachment; filename="plan.pdf"', "", "%PDF", "--x--"];
    const taken = await deliver(mail({ headers: ["Content-Type: multipart/mixed; boundary=x"], text: parts.join("\n") }));
    assert.match(value(await itemOf(taken), "message"), /See the file\.\s+\[Attached, and not kept: plan\.pdf\]$/);
  });

  test("goes where the configuration says, which is looked through", async () => {
    workspace.mailboxes.push({ address: "nowhere", site: "gone", form: "trial" });
    const { fields } = await configure(422);
    workspace.mailboxes.pop();
    assert.deepEqual(fields.map(({ field }) => field), ["mailboxes[2].address", "mailboxes[2].site"]);
  });
});

describe("a call that a member writes down", () => {
  const record = async (call, staff = mara) => {
    const sent = { submission_id: randomUUID(), form: "inquiry", ...call };
    const { status, body } = await staff.call("calls", { method: "POST", body: sent });
    return { status, body, sent };
  };
  const said = { name: "Kim Kelp", phone: "+44 20 7946 0018", message: "Asks for a class for five." };

  test("is scored and routed like every other, and says who wrote it down", async () => {
    const { status, body } = await record({ values: said });
    assert.equal(status, 201, JSON.stringify(body));
    const item = await mara.item(body.item.id);
    assert.deepEqual([item.row.who, item.row.channel, item.row.queue, item.row.summary], ["Kim Kelp", "phone", "sales", said.message]);
    assert.deepEqual(item.history.filter(({ kind }) => kind === "recorded").map(({ actor }) => actor.id), ["mara"]);
    assert.deepEqual(item.person.identifiers.map(({ kind }) => kind), ["phone"], "a number is enough");
    assert.equal(item.submission.values.find(({ name }) => name === "phone").value.replaceAll(" ", ""), said.phone.replaceAll(" ", ""));
    assert.ok(body.receipt.answer_by && item.timers.length > 0);
  });

  test("is a fact that rules go by, and goes to others' queues too", async () => {
    const theo = await usher.signIn("theo");
    const { status, body } = await record({ values: { ...said, company: "Kelp" } }, theo);
    assert.equal(status, 201);
    assert.equal(body.item, undefined, "it went to a queue that is not his");
    const item = await itemOf({ body: body.receipt });
    assert.deepEqual([item.row.queue, item.route.rule], ["success", "called"]);
  });

  test("is the member's at once where they say so", async () => {
    const { body } = await record({ values: said, mine: true });
    const item = await mara.item(body.item.id);
    assert.deepEqual([item.row.owner.id, item.row.state, item.row.touched], ["mara", "claimed", true]);
    assert.equal(item.picks[0].member.id, "mara");
  });

  test("is of somebody who is known: what is not said is as it is known of them", async () => {
    const email = `gus-${randomUUID()}@example.com`;
    const receipt = (await usher.submit("inquiry", inquiry({ name: "Gus Reed", email }))).body;
    const known = await mara.itemOf(receipt);
    const { body } = await record({ form: "support", values: { message: "Rang about his invoice." }, person: known.person.id });
    const item = await mara.item(body.item.id);
    assert.deepEqual([item.person.id, item.row.who, value(item, "email")], [known.person.id, "Gus Reed", email]);
    assert.deepEqual(item.person.others.map(({ reference }) => reference), [receipt.reference]);
    assert.equal((await record({ values: said, person: "nobody" })).body.code, "unknown_person");
  });

  test("is written down once, and every wrong field is named", async () => {
    const first = await record({ values: said });
    const again = await mara.call("calls", { method: "POST", body: first.sent });
    assert.deepEqual(again.body, first.body);
    const other = await mara.call("calls", { method: "POST", body: { ...first.sent, values: { ...said, message: "Another." } } });
    assert.deepEqual([other.status, other.body.code], [409, "submission_id_reused"]);
    const wrong = await record({ values: { email: "nobody", interest: "moon", seats: "many", news: "yes" } });
    assert.equal(wrong.status, 422);
    assert.deepEqual(wrong.body.fields.map(({ field }) => field).sort(), ["email", "interest", "news", "seats"]);
    const nobody = await record({ values: { message: "Somebody rang." } });
    assert.deepEqual(nobody.body.fields.map(({ field, code }) => [field, code]), [["phone", "required"]]);
    assert.equal((await record({ form: "none", values: said })).body.code, "unknown_form");
  });

  test("can be written down in every form that a site shows", async () => {
    const { forms } = (await mara.call("calls/forms")).body;
    assert.deepEqual(forms.map(({ id }) => id), ["inquiry", "trial", "support"]);
    for (const form of forms) {
      const kinds = form.fields.map(({ kind }) => kind);
      assert.ok(kinds.includes("phone") && kinds.includes("email") && !kinds.includes("consent"), form.id);
      assert.ok(form.fields.every(({ required, when }) => !required && !when));
      assert.equal((await record({ form: form.id, values: { phone: said.phone, message: "x" } })).status, 201);
    }
  });

  test("is found by how it came, in lists and in what is taken out", async () => {
    for (const channel of ["phone", "email", "web"]) {
      const rows = (await mara.call(`queues/sales/items?channel=${channel}`)).body.items;
      assert.ok(rows.length > 0 && rows.every((row) => row.channel === channel), channel);
    }
    assert.equal((await mara.call("queues/sales/items?channel=fax")).status, 422);
    const file = await (await usher.fetch("/v1/console/export/items.ndjson", { headers: { cookie: mara.cookie } })).text();
    const channels = new Set(file.trim().split("\n").map((line) => JSON.parse(line).channel));
    assert.deepEqual(channels, new Set(["web", "email", "phone"]));
    const csv = await (await usher.fetch("/v1/console/export/items.csv", { headers: { cookie: mara.cookie } })).text();
    assert.ok(csv.split("\r\n")[0].split(",").includes("channel"));
  });
});
