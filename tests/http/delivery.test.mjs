// What happens is told where it belongs: each kind of destination, against a receiver as strict as what it stands for.
// What waits is kept, what fails is tried again by the schedule, what is given up is kept with the reason and can be replayed.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Webhook } from "standardwebhooks";

import { demoWorkspace } from "../support/hosts.mjs";
import { hook, isSigned, startHubspot, startMailApi, startMailServer, startReceiver, startSalesforce, startSlack } from "../support/receivers.mjs";
import { inquiry, startUsher, support, until } from "../support/usher.mjs";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr";
const DAY_S = 24 * 60 * 60;

let usher;
let mara;
before(async () => {
  usher = await startUsher({ args: ["--faults", "--allow-private-destinations"] });
  mara = await usher.signIn("mara");
});
after(() => usher?.stop());

/** Puts a configuration with these destinations in force. */
async function tell(...destinations) {
  const source = Object.assign(await demoWorkspace(usher), { destinations, address: "https://usher.example.com" });
  const answer = await usher.operator("PUT", "workspaces/demo", source);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}

const webhook = (receiver, rest = {}) => ({ id: "crm", to: { webhook: { url: `${receiver.origin}/hook`, secret: SECRET } }, ...rest });

async function send(values, kind = "inquiry") {
  const answer = await usher.submit(kind, kind === "inquiry" ? inquiry(values) : support(values));
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

/** The latest delivery to a destination, once it ended. */
async function ended(destination, state) {
  return until(async () => {
    const { body } = await mara.call(`deliveries?destination=${destination}`);
    const [latest] = body.deliveries;
    return latest?.state === state && latest;
  }, `a delivery to ${destination} is ${state}`);
}

async function receiverFor(context, start) {
  const receiver = await start();
  context.after(() => receiver.close());
  return receiver;
}

describe("webhooks", () => {
  test("an item that is opened, closed and opened again is told, signed as Standard Webhooks says", async (context) => {
    const receiver = await receiverFor(context, startReceiver);
    await tell(webhook(receiver, { events: ["item.opened", "item.closed"] }));
    const receipt = await send({ name: "Ana Ruiz", message: "Which plan fits?" });
    const opened = await until(() => receiver.got[0], "the webhook");
    const verifier = new Webhook(SECRET);
    const message = verifier.verify(opened.text, opened.headers);
    assert.throws(() => verifier.verify(`${opened.text} `, opened.headers));
    const item = await mara.itemOf(receipt);
    assert.equal(message.type, "item.opened");
    const { data } = message;
    assert.deepEqual(
      [data.reference, data.item_id, data.kind, data.person.name, data.person.first_name, data.person.last_name, data.values.message, data.link],
      [receipt.reference, item.row.id, "inquiry", "Ana Ruiz", "Ana", "Ruiz", "Which plan fits?", `https://usher.example.com/console/items/${item.row.id}`],
    );
    assert.equal(data.score.tier, item.row.tier);
    assert.equal(data.route.queue, item.row.queue);

    assert.equal((await mara.act(item.row.id, { act: "claim" })).status, 200);
    assert.equal((await mara.act(item.row.id, { act: "close", outcome: "won", reason: "Annual plan" })).status, 200);
    const closed = hook(await until(() => receiver.got[1], "the end is told"));
    assert.deepEqual([closed.type, closed.data.item_id, closed.data.outcome, closed.data.reason], ["item.closed", item.row.id, "won", "Annual plan"]);
    assert.equal((await mara.act(item.row.id, { act: "reopen" })).status, 200);
    const reopened = hook(await until(() => receiver.got[2], "that it is open again is told"));
    assert.deepEqual([reopened.type, reopened.data.outcome], ["item.reopened", null]);
    const history = (await until(async () => {
      const now = await mara.item(item.row.id);
      return now.history.filter((event) => event.kind === "delivered").length === 3 && now;
    }, "the item says so")).history;
    assert.equal(history.filter((event) => event.text === "crm").length, 3);
  });

  test("only what its condition holds for is told, and nobody is told of what is held", async (context) => {
    const receiver = await receiverFor(context, startReceiver);
    await tell(webhook(receiver, { when: { "form.kind": "support" } }));
    await send({});
    const receipt = await send({ message: "I cannot open lesson three." }, "support");
    const told = await until(() => receiver.got[0], "the request for help is told");
    assert.equal(hook(told).data.reference, receipt.reference);
    assert.equal((await usher.submit("support", { ...support(), usher_trap: "x", trap: "x" })).status >= 200, true);
    await usher.later(1);
    assert.equal(receiver.got.length, 1);
  });

  test("while a secret is replaced both sign, and after a day the new one only", async (context) => {
    const receiver = await receiverFor(context, startReceiver);
    await tell(webhook(receiver));
    const { body: view } = await mara.call("destinations");
    assert.equal(view.destinations[0].edit.to.webhook.secret, "", "a secret never comes out");
    const { status, body: rotated } = await mara.call("destinations", { method: "POST", body: { version: view.version, change: { rotate: { id: "crm" } } } });
    assert.equal(status, 200);
    assert.match(rotated.secret, /^whsec_/);
    await send({});
    const during = await until(() => receiver.got[0], "told within the day");
    for (const secret of [SECRET, rotated.secret]) new Webhook(secret).verify(during.text, during.headers);
    await usher.later(DAY_S + 60);
    mara = await usher.signIn("mara");
    await send({});
    const later = await until(() => receiver.got[1], "told after the day");
    assert.deepEqual([isSigned(later, rotated.secret), isSigned(later, SECRET)], [true, false]);
  });
});

describe("what fails", () => {
  test("is tried ten times by the schedule, then kept with the reason, and arrives under the same id once it is replayed", async (context) => {
    const receiver = await receiverFor(context, () => startReceiver(() => ({ status: 500, body: "out of order" })));
    await tell(webhook(receiver));
    const receipt = await send({});
    const waits = [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
    for (const [tries, wait] of waits.entries()) {
      if (tries > 0) {
        const { body } = await mara.call("deliveries?destination=crm");
        const [row] = body.deliveries;
        const last = (await mara.call(`deliveries/${row.id}`)).body.tries.at(-1).at;
        const waited = (Date.parse(row.next_at) - Date.parse(last)) / 1_000;
        assert.ok(waited >= wait * 0.98 && waited <= wait * 1.2 + 2, `try ${tries + 1} comes after ${waited} s, and not ${wait}`);
        await usher.later(wait * 1.1 + 1);
        mara = await usher.signIn("mara");
      }
      await until(() => receiver.got.length > tries, `try ${tries + 1}`);
      await until(async () => (await mara.call("deliveries?destination=crm")).body.deliveries[0].tries === tries + 1, "the try is noted");
    }
    const dead = await ended("crm", "dead");
    assert.equal(dead.last, "answered 500: out of order");
    assert.equal(new Set(receiver.got.map((request) => request.headers["webhook-id"])).size, 1, "one id for all tries");
    const { body: view } = await mara.call("destinations");
    assert.deepEqual([view.destinations[0].dead, view.destinations[0].standing], [1, "resting"]);
    const item = await mara.itemOf(receipt);
    assert.equal(item.history.at(-1).kind, "delivery_failed");

    receiver.answer = () => undefined;
    assert.equal((await mara.call(`deliveries/${dead.id}`, { method: "POST", body: { act: "replay" } })).body.state, "due");
    assert.equal((await mara.call("destinations/crm/actions", { method: "POST", body: { act: "resume" } })).status, 200);
    const delivered = await ended("crm", "delivered");
    assert.equal(delivered.id, dead.id);
    assert.equal(receiver.got.at(-1).headers["webhook-id"], dead.id);
    const { body: whole } = await mara.call(`deliveries/${dead.id}`);
    assert.equal(whole.tries.length, 11);
    assert.equal(whole.message.data.reference, receipt.reference);
  });

  test("is left alone for as long as the receiver asks", async (context) => {
    const receiver = await receiverFor(context, () => startReceiver(() => ({ status: 429, headers: { "retry-after": "120" } })));
    await tell(webhook(receiver));
    await send({});
    await until(() => receiver.got.length === 1, "the first try");
    const row = await until(async () => {
      const [row] = (await mara.call("deliveries?destination=crm&state=due")).body.deliveries;
      return row?.tries === 1 && row;
    }, "it waits");
    const { body: whole } = await mara.call(`deliveries/${row.id}`);
    const waits = Date.parse(row.next_at) - Date.parse(whole.tries[0].at);
    assert.ok(waits >= 119_000 && waits <= 122_000, `${waits} ms`);
    await usher.later(30);
    assert.equal(receiver.got.length, 1, "not before");
    await usher.later(95);
    await until(() => receiver.got.length === 2, "then");
  });

  test("leaves a receiver alone after ten failures; what comes meanwhile is due when its rest ends, and arrives once it is told again", async (context) => {
    const receiver = await receiverFor(context, () => startReceiver(() => ({ status: 503 })));
    await tell(webhook(receiver, { id: "down" }));
    for (let sent = 0; sent < 10; sent += 1) await send({});
    const destination = async () => (await mara.call("destinations")).body.destinations[0];
    const due = async () => (await mara.call("deliveries?destination=down&state=due")).body.deliveries;
    await until(async () => (await due()).every(({ tries }) => tries > 0), "all were tried");
    await until(async () => (await destination()).standing === "resting", "it rests");
    const tried = receiver.got.length;
    const receipt = await send({});
    const meanwhile = (await due()).find(({ item }) => item.reference === receipt.reference);
    const rest = Date.parse(meanwhile.next_at) - Date.parse(meanwhile.at);
    assert.ok(rest > 1_000, `${rest} ms`);
    assert.equal(meanwhile.tries, 0);
    assert.equal(receiver.got.length, tried, "and nothing is sent");
    receiver.answer = () => undefined;
    assert.equal((await mara.call("destinations/down/actions", { method: "POST", body: { act: "resume" } })).body.due, 11);
    await until(async () => (await destination()).waiting === 0, "all of it arrives");
    assert.equal((await destination()).standing, "well");
  });

  test("stops a receiver that says 410, and what comes meanwhile is kept and arrives once it is told again", async (context) => {
    const receiver = await receiverFor(context, () => startReceiver(() => ({ status: 410 })));
    await tell(webhook(receiver, { id: "gone" }));
    await send({});
    await ended("gone", "dead");
    const standing = async () => (await mara.call("destinations")).body.destinations[0];
    assert.equal((await standing()).standing, "stopped");
    await send({});
    await until(async () => (await standing()).dead === 2, "what comes meanwhile is kept");
    assert.equal(receiver.got.length, 1, "and nothing is sent");
    receiver.answer = () => undefined;
    await mara.call("destinations/gone/actions", { method: "POST", body: { act: "resume" } });
    const { body } = await mara.call("destinations/gone/actions", { method: "POST", body: { act: "replay" } });
    assert.equal(body.due, 2);
    await until(async () => (await standing()).dead === 0 && (await standing()).waiting === 0, "all of it arrives");
    assert.equal((await standing()).standing, "well");
    assert.equal(receiver.got.length, 3);
  });

  test("does not hold up others: a receiver that stalls waits alone", async (context) => {
    const slow = await receiverFor(context, () => startReceiver(() => "nothing"));
    const quick = await receiverFor(context, startReceiver);
    await tell({ ...webhook(slow), id: "slow" }, { ...webhook(quick), id: "quick" });
    const started = Date.now();
    await send({});
    await until(() => quick.got.length === 1, "the quick one has it");
    assert.ok(Date.now() - started < 5_000);
    const row = await until(async () => {
      const [row] = (await mara.call("deliveries?destination=slow")).body.deliveries;
      return row?.tries === 1 && row;
    }, "the slow one is given up for now");
    assert.equal(row.last, "no answer in 15 seconds");
    assert.equal(row.state, "due");
  });

  test("never follows a redirect", async (context) => {
    const canary = await receiverFor(context, startReceiver);
    const receiver = await receiverFor(context, () => startReceiver(({ path }) => ({ status: Number(path.slice(1)), headers: { location: canary.origin } })));
    const statuses = [301, 302, 303, 307, 308];
    await tell(...statuses.map((status) => ({ id: `r${status}`, to: { webhook: { url: `${receiver.origin}/${status}`, secret: SECRET } } })));
    await send({});
    await until(() => receiver.got.length === statuses.length, "all are asked");
    for (const status of statuses) {
      const row = await until(async () => {
        const [row] = (await mara.call(`deliveries?destination=r${status}`)).body.deliveries;
        return row?.tries === 1 && row;
      }, "the try is noted");
      assert.equal(row.last, `answered ${status}, without a word`);
    }
    assert.equal(canary.got.length, 0);
  });
});

describe("a test by hand", () => {
  test("is tried once, at once, and says what came of it", async (context) => {
    const receiver = await receiverFor(context, () => startReceiver(() => ({ status: 500 })));
    await tell(webhook(receiver));
    const tried = async () => (await mara.call("destinations/crm/actions", { method: "POST", body: { act: "test" } })).body.delivery;
    const first = await tried();
    const row = await ended("crm", "dead");
    assert.deepEqual([row.id, row.event, row.item, row.tries], [first, "test", undefined, 1]);
    receiver.answer = () => undefined;
    const second = await tried();
    assert.equal((await ended("crm", "delivered")).id, second);
    assert.equal(hook(receiver.got.at(-1)).type, "test");
  });
});

describe("a chat", () => {
  test("gets blocks that say who came, and what a visitor wrote calls nobody", async (context) => {
    const slack = await receiverFor(context, startSlack);
    await tell({ id: "chat", to: { chat: { url: `${slack.origin}/services/T0/B0/x` } } });
    // A name with a link in it would be held: what is held is told to nobody.
    await send({ name: "<!channel> @here", message: `<!channel> <mailto:all@example.com|click> @here ${"x".repeat(1_500)}` });
    await ended("chat", "delivered");
    const sent = JSON.parse(slack.got[0].text);
    assert.ok(!/<|@here/.test(sent.text), sent.text);
    assert.equal(sent.blocks[0].type, "header");
    assert.ok(slack.got[0].text.includes("https://usher.example.com/console/items/"));
    const { body } = await mara.call("destinations");
    assert.equal(body.destinations[0].edit.to.chat.url, "", "who knows the address may write there");
  });
});

describe("mail", () => {
  test("goes out by a mail server, whole and in any letters, and an answer goes to the visitor", async (context) => {
    const server = await receiverFor(context, startMailServer);
    const smtp = { host: "127.0.0.1", port: server.port, tls: "off", from: "usher@larkfield.example.com", to: ["sales@larkfield.example.com", "mara@larkfield.example.com"] };
    await tell({ id: "mail", to: { smtp } });
    const message = `.\nЗдравствуйте 😀\n.\r\n${"long ".repeat(300)}`;
    const sent = inquiry({ name: "Jörg Müller", message });
    const receipt = (await usher.submit("inquiry", sent)).body;
    const delivered = await ended("mail", "delivered");
    assert.match((await mara.call(`deliveries/${delivered.id}`)).body.tries[0].says, /^answered 250 /);
    const [mail] = server.mails;
    assert.match(mail.subject, /^New inquiry: Jörg Müller \([A-C][1-3]\) · /);
    assert.ok(mail.text.includes("Здравствуйте 😀") && mail.text.includes(receipt.reference), mail.text);
    assert.equal(mail.replyTo.value[0].address, sent.values.email);
    assert.deepEqual(mail.envelope.rcptTo.map(({ address }) => address), smtp.to);
    assert.equal(mail.messageId, `<${delivered.id}@larkfield.example.com>`);
    assert.ok(mail.raw.split("\r\n").every((line) => line.length <= 78), "no line is too long");
    assert.equal(mail.headers.get("auto-submitted"), "auto-generated");
  });

  test("that one of two addresses refuses goes to the other, and one that all refuse is given up", async (context) => {
    const server = await receiverFor(context, startMailServer);
    const refused = () => Object.assign(new Error("no such mailbox"), { responseCode: 550 });
    server.refuse = (address) => (address.startsWith("nobody") ? refused() : undefined);
    const smtp = { host: "127.0.0.1", port: server.port, tls: "off", from: "usher@larkfield.example.com", to: ["nobody@larkfield.example.com", "sales@larkfield.example.com"] };
    await tell({ id: "mail", to: { smtp } });
    await send({});
    const delivered = await ended("mail", "delivered");
    assert.match((await mara.call(`deliveries/${delivered.id}`)).body.tries[0].says, /1 of 2 addresses were refused/);
    server.refuse = refused;
    await send({});
    assert.match((await ended("mail", "dead")).last, /^answered 550 no such mailbox to RCPT/);
    server.refuse = () => Object.assign(new Error("try later"), { responseCode: 450 });
    await send({});
    const waits = await until(async () => {
      const [row] = (await mara.call("deliveries?destination=mail&state=due")).body.deliveries;
      return row?.tries === 1 && row;
    }, "what is refused for now is tried again");
    assert.match(waits.last, /^answered 450 /);
  });

  test("is handed to a mail API once, however often it is tried", async (context) => {
    const api = await receiverFor(context, () => startMailApi({ token: "re_1" }));
    const mailApi = { url: `${api.origin}/emails`, token: "re_1", from: "usher@larkfield.example.com", to: ["sales@larkfield.example.com"] };
    await tell({ id: "mail", to: { mail_api: mailApi } });
    await send({ name: "Ana Ruiz" });
    const delivered = await ended("mail", "delivered");
    await mara.call(`deliveries/${delivered.id}`, { method: "POST", body: { act: "replay" } });
    await until(() => api.got.length === 2, "it is tried again");
    assert.equal(api.mails.size, 1);
    const [mail] = api.mails.values();
    assert.deepEqual(mail.to, mailApi.to);
    assert.ok(!/[\r\n]/.test(mail.subject));
  });
});

describe("HubSpot", () => {
  test("gets the fields of its map, and what it refuses is given up with its own words", async (context) => {
    const hubspot = await receiverFor(context, () => startHubspot({ token: "pat-1", portal: "123", form: "f-1", now: () => Date.now() + 30 * DAY_S * 1_000 }));
    const to = { portal: "123", form: "f-1", token: "pat-1", base: hubspot.origin };
    await tell({ id: "hubspot", to: { hubspot: to } });
    const sent = inquiry({ name: "Ana Ruiz" });
    await usher.submit("inquiry", sent);
    await ended("hubspot", "delivered");
    const { fields, context: page } = JSON.parse(hubspot.got[0].text);
    const named = Object.fromEntries(fields.map(({ name, value }) => [name, value]));
    assert.deepEqual(named, { email: sent.values.email, firstname: "Ana", lastname: "Ruiz", message: "Which plan fits?" });
    assert.deepEqual(page, { pageUri: sent.page.url, pageName: "Pricing" });

    await tell({ id: "hubspot", to: { hubspot: { ...to, fields: { firstname: "person.first_name", tier: "score.tier", source: "=Website" } } } });
    await send({});
    assert.equal((await ended("hubspot", "dead")).last, `answered 400: {"status":"error","message":"Required field 'email' is missing"}`);
  });
});

describe("Salesforce", () => {
  test("has one record for an item, whatever is sent twice, and a token that ended is asked for again", async (context) => {
    const salesforce = await receiverFor(context, () => startSalesforce({ clientId: "c", clientSecret: "s&=" }));
    await tell({ id: "sf", events: ["item.opened", "item.closed"], to: { salesforce: { instance: salesforce.origin, client_id: "c", client_secret: "s&=", fields: {} } } });
    const receipt = await send({ name: "Ana Ruiz" });
    const delivered = await ended("sf", "delivered");
    const item = await mara.itemOf(receipt);
    const record = salesforce.records.get(item.row.id);
    assert.deepEqual([record.FirstName, record.LastName, record.Company, record.LeadSource], ["Ana", "Ruiz", "Not given", "Usher"]);
    salesforce.endSessions();
    await mara.call(`deliveries/${delivered.id}`, { method: "POST", body: { act: "replay" } });
    await until(async () => (await mara.call(`deliveries/${delivered.id}`)).body.tries.at(-1).status === 401, "the token has ended");
    await usher.later(10);
    await ended("sf", "delivered");
    assert.equal(salesforce.records.size, 1);
  });

  test("gets leads by its web form", async (context) => {
    const salesforce = await receiverFor(context, () => startSalesforce({}));
    await tell({ id: "web", to: { salesforce_form: { oid: "00D1", url: `${salesforce.origin}/servlet/servlet.WebToLead?encoding=UTF-8` } } });
    await send({ name: "Ana & Co Ruiz" });
    await ended("web", "delivered");
    assert.deepEqual([salesforce.leads[0].oid, salesforce.leads[0].first_name, salesforce.leads[0].last_name], ["00D1", "Ana", "& Co Ruiz"]);
  });
});

describe("destinations", () => {
  const change = async (change) => mara.call("destinations", { method: "POST", body: { version: (await mara.call("destinations")).body.version, change } });

  test("are added, changed and removed in the console, with each wrong field named", async (context) => {
    const receiver = await receiverFor(context, startReceiver);
    await tell();
    const bad = await change({ add: { id: "Bad Id", when: { weather: "fine" }, events: [], to: { webhook: { url: "ftp://x", secret: "short" } } } });
    assert.equal(bad.status, 422);
    assert.deepEqual(bad.body.fields.map(({ field }) => field).sort(), ["events", "id", "to.webhook.secret", "to.webhook.url", "when"]);
    const added = await change({ add: { id: "crm", to: { webhook: { url: `${receiver.origin}/hook`, secret: "" } } } });
    assert.equal(added.status, 200, JSON.stringify(added.body));
    await send({});
    const told = await until(() => receiver.got[0], "it is told");
    assert.ok(isSigned(told, added.body.secret));
    const edit = { ...added.body.destinations[0].edit, name: "Our CRM", off: true };
    assert.equal((await change({ save: edit })).body.destinations[0].standing, "off");
    await send({});
    await usher.later(1);
    assert.equal(receiver.got.length, 1, "what is off is told of nothing");
    assert.equal((await change({ save: { ...edit, off: false } })).status, 200);
    await send({});
    const again = await until(() => receiver.got[1], "and then again");
    assert.ok(isSigned(again, added.body.secret));
    const stale = await mara.call("destinations", { method: "POST", body: { version: 1, change: { remove: { id: "crm" } } } });
    assert.deepEqual([stale.status, stale.body.code], [409, "stale"]);
    assert.deepEqual((await change({ remove: { id: "crm" } })).body.destinations, []);
    const log = (await mara.call("audit")).body.entries.map(({ what, text }) => `${what} ${text}`);
    assert.ok(log.some((line) => line.startsWith("destinations_changed") && line.includes("crm was removed")), log.join("\n"));
    assert.ok(!log.join("\n").includes("whsec_"));
  });

  test("are private to nobody else: without the right there is nothing to see", async () => {
    const theo = await usher.signIn("theo");
    for (const path of ["destinations", "deliveries", "operations"]) assert.equal((await theo.call(path)).status, 403, path);
  });
});

describe("operations", () => {
  test("show what became of what came, what waits and what was given up, and metrics say the same to whoever has the token", async (context) => {
    const receiver = await receiverFor(context, () => startReceiver(() => ({ status: 500 })));
    await tell(webhook(receiver));
    await send({});
    await until(() => receiver.got.length === 1, "the first try");
    // While its turn lasts, the alarm is not set.
    const view = await until(async () => {
      const { body } = await mara.call("operations");
      return body.alarm_at && body;
    }, "the alarm is set for the next try");
    assert.ok(view.waiting >= 1 && view.oldest_at && view.storage_bytes > 0, JSON.stringify(view));
    const day = view.fates.at(-1);
    assert.ok(day.counts.accepted >= 1 && view.totals.accepted >= day.counts.accepted);
    assert.ok(view.routes.some(({ route, count }) => route === "POST /v1/forms" && count > 0));

    assert.equal((await usher.fetch("/metrics")).status, 401);
    assert.equal((await usher.fetch("/status")).status, 401);
    const headers = { authorization: `Bearer ${usher.token}` };
    const { body: status } = await usher.json("/status", { headers });
    assert.deepEqual([status.workspaces.demo.waiting, status.workspaces.demo.alarm_armed], [view.waiting, true]);
    const text = await (await usher.fetch("/metrics", { headers })).text();
    const metric = (name) => Number(text.match(new RegExp(`^${name.replaceAll(/[{}"]/g, "\\$&")} (\\d+)$`, "m"))?.[1]);
    assert.equal(metric('usher_outbox_waiting{workspace="demo"}'), view.waiting);
    assert.equal(metric('usher_submissions{workspace="demo",fate="accepted"}'), status.workspaces.demo.fates.accepted);
    for (const line of text.trimEnd().split("\n")) assert.match(line, /^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"\\]*",?)*\})? -?[\d.]+)$/, line);
  });

  test("a server that can write is ready", async () => {
    assert.deepEqual((await usher.json("/livez")).body, { live: true });
    assert.deepEqual((await usher.json("/readyz")).body, { ready: true });
  });
});
