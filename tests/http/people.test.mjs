// People and their items: records that are one person, items that are the same, notes that name colleagues, answers, and what
// visitors say of how they were served.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";

import { teams } from "../support/team.mjs";
import { inquiry, startUsher, support, until } from "../support/usher.mjs";

let usher;
let team;
let mara;
let configure;
let workspace;
before(async () => {
  usher = await startUsher({ args: ["--faults"] });
  ({ team, configure, workspace } = await teams(usher));
  mara = await usher.signIn("mara");
});
after(() => usher?.stop());

const MINUTE = 60;
const kinds = (item) => item.history.map(({ kind }) => kind);
const fresh = (name) => `${name}-${randomUUID()}@example.com`;
const agent = () => ({ headers: { "user-agent": `Mozilla/5.0 Chrome/140.0 ${randomUUID()}` } });
async function send(form, body) {
  const answer = await usher.submit(form, body, agent());
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return mara.itemOf(answer.body);
}
const ask = (values) => send("inquiry", inquiry(values));
const help = (values) => send("support", support(values));
const merge = (into, from) => mara.call(`people/${into}/merges`, { method: "POST", body: { from } });
const notices = async (staff) => (await staff.call("notices")).body;

test("two records that share a number are found, made one, and taken apart again as they were", async () => {
  const phone = "+351 21 000 4711";
  const calls = { interest: "team", seats: "5", call: "yes", phone };
  const work = await ask({ email: fresh("rita.work"), name: "Rita Alves", ...calls });
  const home = await ask({ email: fresh("rita.home"), name: "Rita", ...calls });
  const second = await ask({ name: "Rita", email: home.person.identifiers.find(({ kind }) => kind === "email").value });
  const before = [await mara.item(work.row.id), await mara.item(home.row.id)];
  assert.deepEqual(before[0].person.alike.map(({ id, items }) => [id, items]), [[home.person.id, 2]]);

  const merged = await merge(work.person.id, home.person.id);
  assert.equal(merged.status, 200, JSON.stringify(merged.body));
  assert.deepEqual([merged.body.who, merged.body.items, merged.body.by.id], ["Rita", 2, "mara"]);
  const one = await mara.item(work.row.id);
  assert.deepEqual(one.person.others.map(({ id }) => id), [second.row.id, home.row.id]);
  assert.equal(one.person.identifiers.length, 3, "two addresses, one number");
  assert.deepEqual([one.person.alike ?? [], one.person.name], [[], "Rita Alves"]);
  assert.equal(kinds(await mara.item(home.row.id)).at(-1), "merged");

  const to = async (item) => (await mara.call(`items/${item.row.id}/drafts`)).body.to;
  const address = ({ submission }) => submission.values.find(({ name }) => name === "email").value;
  assert.deepEqual([await to(work), await to(home)], [address(work), address(home)], "each is answered where it came from");

  // Whoever writes from either address is this person, with their history.
  const third = await ask({ name: "Rita Alves", email: home.person.identifiers.find(({ kind }) => kind === "email").value });
  assert.equal(third.person.id, work.person.id);
  const wrote = third.score.reasons.find(({ rule }) => rule === "wrote_before");
  assert.ok(wrote, "they wrote before");

  const gone = await usher.fetch(`/v1/console/people/${work.person.id}/merges/${merged.body.id}`, { method: "DELETE", headers: { cookie: mara.cookie } });
  assert.equal(gone.status, 204);
  const after = [await mara.item(work.row.id), await mara.item(home.row.id)];
  for (const at of [0, 1]) {
    assert.deepEqual(after[at].person.identifiers, before[at].person.identifiers);
    assert.deepEqual(after[at].person.name, before[at].person.name);
  }
  assert.deepEqual(after[1].person.others.map(({ id }) => id), [second.row.id], "what came since stays with whom it came to");
  assert.deepEqual(after[0].person.others.map(({ id }) => id), [third.row.id]);
  assert.equal(kinds(after[1]).at(-1), "separated");
  const log = (await mara.call("audit")).body.entries.map(({ what }) => what);
  assert.deepEqual(log.slice(0, 2), ["people_separated", "people_merged"]);
  assert.equal(after[0].person.merges, undefined);
});

test("what the platform said of a record comes with it and goes with it; each stands where its own events say", async () => {
  const made = await mara.call("tokens", { method: "POST", body: { name: "people", scopes: ["events"] } });
  const report = async (...events) => {
    const options = { method: "POST", headers: { authorization: `Bearer ${made.body.token}` }, body: JSON.stringify({ events }) };
    assert.equal((await usher.json("/v1/workspaces/demo/events", options)).body.taken, events.length);
  };
  const [work, home] = [fresh("ida.work"), fresh("ida.home")];
  const [one, other] = [await ask({ email: work, name: "Ida Bloom" }), await ask({ email: home, name: "Ida" })];
  await report(
    { id: "ida-1", type: "trial_started", email: work, at: "2026-01-05T00:00:00Z" },
    { id: "ida-2", type: "renewed", email: home, at: "2026-03-05T00:00:00Z", note: "Two seats more" },
    { id: "ida-3", type: "onboarded", email: home, at: "2026-02-05T00:00:00Z" },
    { id: "ida-4", type: "referred", email: home, at: "2026-04-05T00:00:00Z" },
  );
  const stands = async ({ row }) => {
    const { stage, referrals, happened = [] } = (await mara.item(row.id)).person;
    return { stage, referrals, happened: happened.map(({ id, note }) => [id, note].filter(Boolean).join(": ")) };
  };
  const before = [await stands(one), await stands(other)];
  assert.deepEqual(before, [
    { stage: { stage: "trial_started", at: "2026-01-05T00:00:00.000Z", event: "ida-1" }, referrals: 0, happened: ["ida-1"] },
    {
      stage: { stage: "renewed", at: "2026-03-05T00:00:00.000Z", event: "ida-2" },
      referrals: 1,
      happened: ["ida-4", "ida-2: Two seats more", "ida-3"],
    },
  ]);
  const merged = await merge(one.person.id, other.person.id);
  const all = { ...before[1], happened: ["ida-4", "ida-2: Two seats more", "ida-3", "ida-1"] };
  assert.deepEqual([await stands(one), await stands(other)], [all, all]);
  const gone = await usher.fetch(`/v1/console/people/${one.person.id}/merges/${merged.body.id}`, { method: "DELETE", headers: { cookie: mara.cookie } });
  assert.equal(gone.status, 204);
  assert.deepEqual([await stands(one), await stands(other)], before);
});

test("a record is found by words, and what cannot be one person is refused", async () => {
  const [one, other] = [await ask({ name: "Wilhelmina Quist" }), await ask({ name: "W. Quist-Berg" })];
  const found = (await mara.call(`people/${one.person.id}/alike?q=${encodeURIComponent("quist-berg")}`)).body.people;
  assert.deepEqual(found.map(({ id, name }) => [id, name]), [[other.person.id, "W. Quist-Berg"]]);
  assert.deepEqual((await mara.call(`people/${one.person.id}/alike`)).body.people, []);
  const refused = async (into, from) => {
    const { status, body } = await merge(into, from);
    return [status, body.code];
  };
  assert.deepEqual(await refused(one.person.id, one.person.id), [422, "same_person"]);
  assert.deepEqual(await refused(one.person.id, "nobody"), [404, "unknown_person"]);
  assert.equal((await merge(one.person.id, other.person.id)).status, 200);
  assert.deepEqual(await refused(one.person.id, other.person.id), [404, "unknown_person"], "it is part of another by now");
  const again = await mara.call(`people/${one.person.id}/merges/none`, { method: "DELETE" });
  assert.deepEqual([again.status, again.body.code], [404, "unknown_merge"]);
});

test("an item that is the same as another is closed and linked, is nobody's share, and teaches nothing", async () => {
  const same = await team("same", { members: { a: {}, b: {} } });
  const email = fresh("twice");
  const [first, second] = [await same.send({ email }), await same.send({ email })];
  const owner = same.owner(second);
  const wrong = async (of) => {
    const { status, body } = await (await same.as(owner)).act(second.row.id, { act: "duplicate", of });
    return [status, body.code];
  };
  assert.deepEqual(await wrong(second.row.id), [409, "same_item"]);
  assert.deepEqual(await wrong("nothing"), [422, "unknown_item"]);
  const success = await help();
  assert.deepEqual(await wrong(success.row.id), [422, "unknown_item"], "not one of a queue that they do not work");
  const linked = await same.act(owner, second, { act: "duplicate", of: first.row.id });
  assert.deepEqual([linked.row.state, linked.row.outcome, linked.duplicate_of.id], ["closed", "duplicate", first.row.id]);
  assert.deepEqual((await same.read(first.row.id)).duplicates.map(({ id }) => id), [second.row.id]);
  const third = await same.send({ email });
  const chained = await (await same.as(same.owner(third))).act(third.row.id, { act: "duplicate", of: second.row.id });
  assert.deepEqual([chained.status, chained.body.code], [409, "is_duplicate"]);
  assert.ok(chained.body.title.includes(first.row.reference), chained.body.title);
  const { body: learner } = await mara.call("scoring/learner");
  assert.deepEqual([learner.wins, learner.losses], [0, 0]);
  const reopened = await same.act(owner, second, { act: "reopen" });
  assert.deepEqual([reopened.duplicate_of, reopened.row.outcome], [undefined, null]);
  assert.equal((await same.read(first.row.id)).duplicates, undefined);
});

test("whoever is named in a note is told, at once and until they have seen it", async () => {
  const [theo, sunil] = [await usher.signIn("theo"), await usher.signIn("sunil")];
  const item = await ask({ name: "Noor Haddad" });
  const before = await notices(theo);
  await mara.act(item.row.id, { act: "note", text: "@theo can you look? @mara @sunil @nobody" });
  const page = await notices(theo);
  assert.equal(page.unseen, before.unseen + 1);
  const { seq, at, ...told } = page.notices[0];
  assert.deepEqual(told, {
    kind: "mention", item: item.row.id, who: "Noor Haddad", reference: item.row.reference,
    by: { id: "mara", name: told.by.name }, text: "@theo can you look? @mara @sunil @nobody", seen: false,
  });
  assert.equal((await theo.call("session")).body.notices, page.unseen);
  assert.deepEqual((await notices(sunil)).notices.filter(({ item: of }) => of === item.row.id), [], "who cannot open the item is not told");
  assert.deepEqual((await notices(mara)).notices.filter(({ item: of }) => of === item.row.id), [], "nor is whoever wrote it");
  const seen = await theo.call("notices/seen", { method: "POST", body: { upto: seq } });
  assert.deepEqual([seen.body.unseen, seen.body.notices[0].seen], [0, true]);
  await mara.act(item.row.id, { act: "note", text: "Thanks, @theo" });
  assert.equal((await notices(theo)).unseen, 1);
});

test("an answer begins with a template that knows the visitor, and is in the history once it was sent", async () => {
  const email = fresh("ola");
  const item = await ask({ name: "Ola {{me}} Nordmann", email });
  const { body } = await mara.call(`items/${item.row.id}/drafts`);
  assert.equal(body.to, email);
  const plans = body.drafts.find(({ id }) => id === "plans");
  assert.equal(plans.subject, `Your question to Larkfield Learning (${item.row.reference})`);
  assert.ok(plans.text.startsWith("Hello Ola,\n"), plans.text);
  assert.ok(plans.text.includes(mara.session.member.name) && !plans.text.includes("{{"), plans.text);
  assert.ok(!body.drafts.some(({ id }) => id === "solved"), "one for requests for help");
  assert.equal(body.feedback_link, undefined);
  const sent = await mara.act(item.row.id, { act: "reply", subject: plans.subject, text: plans.text });
  assert.equal(sent.status, 200, JSON.stringify(sent.body));
  assert.deepEqual([sent.body.row.owner.id, sent.body.row.touched, kinds(sent.body).at(-1)], ["mara", true, "replied"]);
  assert.equal(sent.body.timers.find(({ kind }) => kind === "first_touch").state, "met");
  const theo = await usher.signIn("theo");
  const refused = await theo.act(item.row.id, { act: "reply", subject: "", text: "Me too." });
  assert.deepEqual([refused.status, refused.body.code], [409, "not_yours"]);
  const empty = await mara.act(item.row.id, { act: "reply", subject: "", text: " " });
  assert.deepEqual([empty.status, empty.body.code], [409, "reply_empty"]);
});

test("a template with a placeholder that there is not is refused by its place", async () => {
  const bad = structuredClone(workspace);
  bad.templates = [{ id: "x", name: "X", subject: "{{password}}", text: "Hello {{name" }];
  const { status, body } = await usher.operator("PUT", "workspaces/demo", bad);
  assert.equal(status, 422);
  assert.deepEqual(body.fields.map(({ field, code }) => [field, code]).toSorted(), [
    ["templates[0].subject", "bad_placeholder"],
    ["templates[0].text", "bad_placeholder"],
  ]);
});

test("whoever was not satisfied is not done with: their item is open again, a complaint, and its owner is told", async () => {
  const [hana, email] = [await usher.signIn("hana"), fresh("cross")];
  // Theo sold them something: the renewal is his.
  const theo = await usher.signIn("theo");
  const sale = await ask({ email });
  if (sale.row.owner?.id !== "theo") await mara.act(sale.row.id, { act: "reassign", to: "theo", reason: "Yours." });
  await theo.act(sale.row.id, { act: "claim" });
  assert.equal((await theo.act(sale.row.id, { act: "close", outcome: "won", reason: "" })).status, 200);

  const item = await help({ email });
  await hana.act(item.row.id, { act: "claim" });
  const { body: drafts } = await hana.call(`items/${item.row.id}/drafts`);
  assert.ok(drafts.drafts.find(({ id }) => id === "solved").text.includes(drafts.feedback_link));
  const link = new URL(drafts.feedback_link);
  assert.equal(link.origin, new URL(usher.origin).origin);
  await hana.act(item.row.id, { act: "close", outcome: "solved", reason: "" });

  const page = await usher.fetch(link.pathname, { headers: { "accept-language": "de" } });
  const html = await page.text();
  assert.ok(page.status === 200 && html.includes("Wie zufrieden sind Sie") && html.includes(item.row.reference), html);
  const say = (path, stars, text) =>
    usher.fetch(path, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: new URLSearchParams({ stars, text }) });
  const forged = await say(link.pathname.replace(/.$/, (last) => (last === "A" ? "B" : "A")), "1", "");
  assert.equal(forged.status, 404);
  const wrong = await say(link.pathname, "9", "<b>I am cross</b>");
  const again = await wrong.text();
  assert.ok(wrong.status === 422 && again.includes("&lt;b&gt;I am cross&lt;/b&gt;"), "what was typed stays, as text");

  const fine = await say(link.pathname, "4", "It was all right.");
  assert.equal(fine.status, 200);
  const kept = await hana.item(item.row.id);
  assert.deepEqual([kept.row.state, kept.feedback.map(({ stars, text }) => [stars, text])], ["closed", [[4, "It was all right."]]]);

  const [told, sold] = [(await notices(hana)).unseen, (await notices(theo)).unseen];
  assert.equal((await say(link.pathname, "1", "It broke again.")).status, 200);
  const open = await hana.item(item.row.id);
  assert.deepEqual([open.row.state, open.row.complaint, open.row.owner.id], ["open", true, "hana"]);
  assert.deepEqual(kinds(open).slice(-2), ["feedback", "reopened"]);
  assert.deepEqual(open.timers.find(({ kind }) => kind === "accept").state, "running", "she is to take it in hand");
  assert.equal(open.submission.complaint, "They were not satisfied with how it was settled");
  const page1 = await notices(hana);
  assert.deepEqual([page1.unseen, page1.notices[0].kind, page1.notices[0].text], [told + 1, "reopened", "It broke again."]);
  const page2 = await notices(theo);
  assert.deepEqual([page2.unseen, page2.notices[0].kind], [sold + 1, "customer_complains"]);
  assert.deepEqual(open.person.renewal.id, "theo");
  // A complaint is closed with a word.
  await hana.act(item.row.id, { act: "claim" });
  assert.equal((await hana.act(item.row.id, { act: "close", outcome: "solved", reason: "" })).body.code, "close_reason_missing");

  for (let count = 0; count < 8; count++) await say(link.pathname, "3", "");
  assert.equal((await say(link.pathname, "3", "")).status, 429, "ten times is enough");
});

test("a complaint of a customer is told to whoever has their renewal in hand", async () => {
  const email = fresh("renews");
  const sale = await ask({ email });
  const owner = await usher.signIn(sale.row.owner?.id ?? "ines");
  await owner.act(sale.row.id, { act: "claim" });
  await owner.act(sale.row.id, { act: "close", outcome: "won", reason: "" });
  const { unseen } = await notices(owner);
  const complaint = await help({ email, message: "This is unacceptable, I want my money back." });
  assert.equal(complaint.row.complaint, true);
  const page = await notices(owner);
  assert.deepEqual([page.unseen, page.notices[0].kind, page.notices[0].item], [unseen + 1, "customer_complains", complaint.row.id]);
  const quiet = await help({ email });
  assert.equal(quiet.row.complaint, false);
  assert.equal((await notices(owner)).unseen, unseen + 1);
});

test("what somebody has in hand and does nothing about is noticed, and each step begins the time anew", async () => {
  const dwell = await team("dwell", { members: { a: {}, b: {} }, rule: { dwell_minutes: 60 } });
  const item = await dwell.send();
  const owner = dwell.owner(item);
  const state = (of) => of.timers.find(({ kind }) => kind === "dwell")?.state;
  assert.equal(state(item), undefined, "nobody has it in hand");
  const claimed = await dwell.act(owner, item, { act: "claim" });
  assert.equal(state(claimed), "running");
  await usher.later(40 * MINUTE);
  assert.equal((await dwell.read(item.row.id)).row.urgency, 50);
  const noted = await dwell.act(owner, item, { act: "note", text: "Called, no answer." });
  assert.deepEqual([state(noted), noted.row.urgency], ["running", 0]);
  const other = owner === "a" ? "b" : "a";
  await dwell.act(other, item, { act: "note", text: "Not mine." });
  await usher.later(31 * MINUTE);
  assert.equal((await dwell.read(item.row.id)).row.urgency, 50, "another's note is no step");
  await dwell.act(owner, item, { act: "wait" });
  await usher.later(300 * MINUTE);
  assert.equal(state(await dwell.read(item.row.id)), "paused");
  await dwell.act(owner, item, { act: "resume" });
  const before = (await notices(await dwell.as(owner))).unseen;
  await usher.later(61 * MINUTE);
  const missed = await dwell.read(item.row.id);
  assert.deepEqual([state(missed), missed.row.urgency, dwell.owner(missed)], ["missed", 100, owner]);
  assert.ok((await notices(await dwell.as(owner))).unseen > before, "its owner is told");
  const late = await dwell.act(owner, item, { act: "reply", subject: "", text: "Here I am." });
  assert.deepEqual([state(late), late.row.urgency], ["running", 0]);
  const closed = await dwell.act(owner, item, { act: "close", outcome: "lost", reason: "" });
  assert.equal(state(closed), "met");
});

test("whoever manages the queue is told of a promise that was not kept", async () => {
  const slow = await team("slow", { members: { a: {} }, rule: { first_touch_minutes: 10 } });
  await slow.send();
  const before = (await notices(mara)).notices.filter(({ kind }) => kind === "escalated").length;
  await usher.later(11 * MINUTE);
  const after = (await notices(mara)).notices.filter(({ kind }) => kind === "escalated");
  assert.equal(after.length, before + 1);
  assert.equal(after[0].text, "first_touch");
});
