// What the runtime promises, pinned: a failed decision leaves no row, a panic takes nobody along, what was acknowledged
// survives a kill -9, and so does an alarm.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Webhook } from "standardwebhooks";

import { hook, startReceiver } from "../support/receivers.mjs";
import { inquiry, startUsher, until, within } from "../support/usher.mjs";

const demo = await readFile(new URL("../../demo/workspace.json", import.meta.url), "utf8");
let usher;
before(async () => {
  usher = await startUsher({ args: ["--faults", "--allow-private-destinations"] });
});
after(() => usher?.stop());

describe("a failed decision leaves no row", () => {
  test("after any statement of the write path", async () => {
    const before = await usher.rows();
    let statements = 0;
    for (;;) {
      const headers = { "usher-fail-after": String(statements) };
      const answer = await usher.submit("inquiry", inquiry(), { headers });
      if (answer.status === 200) break;
      assert.equal(answer.status, 503);
      assert.equal(answer.headers.get("retry-after"), "2");
      assert.deepEqual(await usher.rows(), before, `after ${statements} statements`);
      statements += 1;
    }
    // Person, address, history, item and its words, basis, rating, submission, timer, queue, fate, what is asked once, the site's day.
    assert.equal(statements, 13);
    assert.equal((await usher.rows()).item, before.item + 1);
  });

  test("a submission that failed is taken when it is sent again", async () => {
    const sent = inquiry();
    assert.equal((await usher.submit("inquiry", sent, { headers: { "usher-fail-after": "4" } })).status, 503);
    assert.equal((await usher.submit("inquiry", sent)).status, 200);
  });
});

describe("those who arrive together share a transaction", () => {
  /** What the desk counts, and what there is to be counted. */
  const counted = async () => {
    const mara = await usher.signIn("mara");
    const { queues } = (await mara.call("session")).body;
    const open = {};
    for (const { id } of queues) {
      open[id] = 0;
      for await (const _ of mara.allItems(id)) open[id] += 1;
    }
    return [Object.fromEntries(queues.map(({ id, open }) => [id, open])), open];
  };

  test("and where it fails for one of them, after any statement, all others are taken, once", async () => {
    for (let statements = 0; statements < 13; statements += 1) {
      const before = await usher.rows();
      const forms = Array.from({ length: 12 }, () => inquiry());
      // The same one twice, as a browser sends that heard nothing.
      forms.push(forms[11]);
      const [failing] = forms;
      const headers = { "usher-fail-after": String(statements) };
      const answers = await Promise.all(forms.map((form) => usher.submit("inquiry", form, form === failing ? { headers } : {})));
      assert.deepEqual(answers.map(({ status }) => status), [503, ...Array(12).fill(200)], `after ${statements} statements`);
      assert.deepEqual(answers[11].body, answers[12].body);
      const after = await usher.rows();
      assert.deepEqual([after.submission, after.item], [before.submission + 11, before.item + 11], `after ${statements} statements`);
      assert.equal((await usher.submit("inquiry", failing)).status, 200);
      for (const [at, form] of forms.entries()) {
        const again = await usher.submit("inquiry", form);
        assert.deepEqual([again.status, at === 0 || again.body.reference], [200, at === 0 || answers[at].body.reference]);
      }
    }
    const [said, there] = await counted();
    assert.deepEqual(said, there);
  });

  test("and each finds what those before it have left", async () => {
    const before = [await usher.rows(), (await usher.json("/__faults/desk/demo/fates")).body];
    const email = `ana-${randomUUID()}@example.com`;
    const thrice = inquiry();
    // One address, as it may be written, and one form that was sent three times.
    const forms = [
      ...[email, email, email.toUpperCase()].map((email) => inquiry({ email })),
      ...[thrice, thrice, thrice],
      ...Array.from({ length: 7 }, () => inquiry()),
    ];
    const answers = await Promise.all(forms.map((form) => usher.submit("inquiry", form)));
    assert.deepEqual(answers.map(({ status }) => status), Array(13).fill(200));
    assert.equal(new Set(answers.slice(3, 6).map(({ body }) => body.reference)).size, 1);
    const now = [await usher.rows(), (await usher.json("/__faults/desk/demo/fates")).body];
    const [rows, fates] = now.map((now, at) => (name) => now[name] - (before[at][name] ?? 0));
    assert.deepEqual([rows("submission"), rows("item"), rows("person")], [11, 11, 9]);
    assert.deepEqual([fates("accepted"), fates("duplicate")], [11, 2]);
    const mara = await usher.signIn("mara");
    const { body } = await mara.call(`search?q=${email.slice(0, 40)}`);
    assert.equal(body.items.length, 3, JSON.stringify(body));
    const [said, there] = await counted();
    assert.deepEqual(said, there);
  });
});

test("of more than a desk can take, those who would only wait are told when to come again, and nothing else is", async () => {
  const before = await usher.rows();
  const site = "pk_demo_partner";
  // As pages of the partner's do, whose visitors were shown something before; and as a page that the site does not list.
  const [listed, foreign] = [usher.partnerOrigin, "https://anybody.example"];
  assert.equal((await usher.fetch(`/v1/boot/${site}`)).status, 200);
  assert.equal((await usher.submit("inquiry", inquiry(), { site, origin: listed })).status, 200);
  const forms = Array.from({ length: 400 }, () => inquiry());
  const [answers, strangers, unknown, livez] = await Promise.all([
    Promise.all(forms.map((form) => usher.submit("inquiry", form, { site, origin: listed }))),
    Promise.all(forms.map(() => usher.submit("inquiry", inquiry(), { site, origin: foreign }))),
    usher.submit("inquiry", inquiry(), { site: "pk_nobodys", origin: foreign }),
    usher.fetch("/livez"),
  ]);
  const names = ["content-type", "cache-control", "x-content-type-options", "retry-after", "vary", "access-control-allow-origin"];
  const said = ({ headers }) => names.map((name) => headers.get(name));
  const [taken, refused] = [answers.filter(({ status }) => status === 200), answers.filter(({ status }) => status === 503)];
  assert.equal(taken.length + refused.length, forms.length);
  assert.ok(refused.length > 0, "nobody was turned away");
  for (const answer of refused) {
    assert.deepEqual(said(answer), ["application/problem+json", "no-store", "nosniff", "2", "origin", listed]);
    assert.deepEqual(answer.body, { status: 503, code: "unavailable", title: "Too much is being sent at the moment. Please try again." });
  }
  assert.deepEqual(strangers.filter(({ status }) => status !== 503 && status !== 403), []);
  for (const { headers } of strangers) assert.equal(headers.get("access-control-allow-origin"), null);
  assert.deepEqual([unknown.status, livez.status], [404, 200]);
  assert.equal((await usher.rows()).submission, before.submission + 1 + taken.length, "who was turned away left nothing");
  const again = forms.filter((_, at) => answers[at].status === 503);
  for (const form of again) assert.equal((await usher.submit("inquiry", form, { site })).status, 200);
  assert.equal((await usher.rows()).submission, before.submission + 1 + forms.length);
});

test("what is sent is taken while the journal is broken", async (context) => {
  const broken = await startUsher({ args: ["--faults"] });
  context.after(() => broken.stop());
  const headers = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0" };
  assert.equal((await broken.submit("inquiry", inquiry(), { headers })).status, 200);
  await broken.kill9();
  const folder = join(broken.data, "storage", "usher-journal");
  const files = (await readdir(folder)).filter((file) => file.includes(".sqlite") && !file.startsWith("metadata"));
  assert.ok(files.length > 0, "the journal had something");
  await Promise.all(files.map((file) => writeFile(join(folder, file), "this is no database")));
  await broken.start();
  const before = await broken.rows();
  const answers = await Promise.all(Array.from({ length: 9 }, () => broken.submit("inquiry", inquiry(), { headers })));
  assert.deepEqual(answers.map(({ status }) => status), Array(9).fill(200));
  assert.equal((await broken.rows()).item, before.item + 9);
  assert.ok(broken.output.some((line) => line.includes("journal did not answer")), broken.output.join("\n"));
});

describe("a panic takes nobody along", () => {
  const panics = async (path) => {
    const waiting = Array.from({ length: 10 }, () => usher.json("/__faults/wait/400"));
    const inDesk = Array.from({ length: 10 }, () => usher.json("/__faults/desk/demo/wait/400"));
    const before = await usher.rows();
    const started = Date.now();
    const response = await within(usher.fetch(path), "the panic is answered", 10_000);
    assert.ok(response.status >= 500, `${response.status}`);
    assert.ok(Date.now() - started < 5_000, "it did not hang");
    for (const answer of await within(Promise.all([...waiting, ...inDesk]), "those in flight are answered")) {
      assert.equal(answer.status, 200);
    }
    assert.equal((await usher.submit("inquiry", inquiry())).status, 200);
    return before;
  };

  test("in the Worker", () => panics("/__faults/panic"));

  test("in a desk, between two statements of a transaction", async () => {
    const before = await panics("/__faults/desk/demo/panic");
    const fates = (await usher.json("/__faults/desk/demo/fates")).body;
    assert.equal(fates.half_written, undefined);
    assert.equal((await usher.rows()).submission, before.submission + 1);
  });
});

describe("kill -9", () => {
  test("everything acknowledged is there, once, with the same receipt", async () => {
    const mara = await usher.signIn("mara");
    const acknowledged = [];
    let stopped = false;
    const client = async () => {
      while (!stopped) {
        const sent = inquiry();
        try {
          const answer = await usher.submit("inquiry", sent);
          if (answer.status === 200) acknowledged.push({ sent, receipt: answer.body });
        } catch {
          return; // The worker is gone.
        }
      }
    };
    const clients = Array.from({ length: 8 }, client);
    await until(() => acknowledged.length >= 200, "200 submissions are acknowledged");
    await usher.kill9();
    stopped = true;
    await Promise.all(clients);
    await usher.start();
    const before = await usher.rows();
    for (const { sent, receipt } of acknowledged) {
      const again = await usher.submit("inquiry", sent);
      assert.deepEqual(again.body, receipt);
    }
    assert.deepEqual({ ...(await usher.rows()), fate: 0 }, { ...before, fate: 0 });
    assert.equal((await mara.call("session")).status, 200, "the session survived too");
    const { row } = await mara.itemOf(acknowledged.at(-1).receipt);
    assert.equal(row.state, "open", "the last one acknowledged is in its queue");
  });

  test("an alarm that was set fires after the restart, and the effect is delivered", async (context) => {
    const receiver = await startReceiver();
    context.after(() => receiver.close());
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr";
    const source = JSON.parse(filled());
    source.destinations = [{ id: "crm", to: { webhook: { url: `${receiver.origin}/hook`, secret } } }];
    assert.equal((await usher.operator("PUT", "workspaces/demo", source)).status, 200);
    receiver.answer = () => ({ status: 500 });
    const { body: receipt } = await usher.submit("inquiry", inquiry());
    const first = await until(() => receiver.got.find((request) => hook(request).data.reference === receipt.reference), "the first try");
    await usher.kill9();
    receiver.answer = () => undefined;
    receiver.got.length = 0;
    await usher.start();
    // Nobody asks for anything: the alarm alone brings the second try, with the same id.
    const second = await until(() => receiver.got.find((request) => hook(request).data.reference === receipt.reference), "the second try");
    assert.equal(hook(second).id, hook(first).id);
    assert.equal(new Webhook(secret).verify(second.text, second.headers).type, "item.opened");
    const mara = await usher.signIn("mara");
    const item = await until(async () => {
      const item = await mara.itemOf(receipt);
      return item.history.some((event) => event.kind === "delivered") && item;
    }, "the item says that it was delivered");
    assert.deepEqual(item.history.map((event) => event.kind), ["opened", "delivered"]);
  });
});

function filled() {
  return demo
    .replaceAll("__USHER_ORIGIN_IP__", usher.origin.replace("localhost", "127.0.0.1"))
    .replaceAll("__USHER_ORIGIN__", usher.origin)
    .replaceAll("__PARTNER_ORIGIN_IP__", usher.partnerOrigin.replace("localhost", "127.0.0.1"))
    .replaceAll("__PARTNER_ORIGIN__", usher.partnerOrigin);
}
