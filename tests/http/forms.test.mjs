// What a form's kinds bring about: conditional fields and rules at the edge, messages in the visitor's language, consents
// as they were read, complaints before everything else, and the follow-ups of a trial.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { demoWorkspace } from "../support/hosts.mjs";
import { inquiry, startUsher, support, trial, until } from "../support/usher.mjs";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

let usher;
let mara;
before(async () => {
  usher = await startUsher();
  mara = await usher.signIn("mara");
});
after(() => usher?.stop());

const named = ({ fields }) => fields.map(({ field, code }) => `${field}: ${code}`);
const day = (ms) => new Date(ms).toISOString().slice(0, 10);

describe("what is asked", () => {
  test("a conditional field is required where it is asked, and left out where it is not", async () => {
    const team = await usher.submit("inquiry", inquiry({ interest: "team" }));
    assert.equal(team.status, 422);
    assert.deepEqual(named(team.body), ["seats: required"]);
    const { body: receipt } = await usher.submit("inquiry", inquiry({ interest: "prices", seats: "12" }));
    const item = await mara.itemOf(receipt);
    assert.ok(item.submission.values.every(({ name }) => name !== "seats"));
  });

  test("a rule between two days is told in the visitor's language, beside its field", async () => {
    const dates = { starts_on: day(Date.now() + 9 * DAY_MS), ends_on: day(Date.now() + 8 * DAY_MS) };
    const { status, body } = await usher.submit("trial", { ...trial(dates), lang: "de" });
    assert.equal(status, 422);
    assert.deepEqual(body.fields, [
      { field: "ends_on", code: "rule_broken", message: "Der letzte Tag ist der erste Tag oder einer danach." },
    ]);
  });

  test("several choices are shown by their labels, and a telephone number is international", async () => {
    const values = { interest: "team", seats: "3", call: "yes", phone: "020 7946 0000", phone_country: "GB" };
    const { body: asked } = await usher.submit("inquiry", inquiry(values));
    const asks = Object.fromEntries((await mara.itemOf(asked)).submission.values.map(({ name, value }) => [name, value]));
    assert.equal(asks.phone, "+44 20 7946 0000");
    const { body: tried } = await usher.submit("trial", trial({ days: ["friday", "monday"] }));
    const tries = Object.fromEntries((await mara.itemOf(tried)).submission.values.map(({ name, value }) => [name, value]));
    assert.equal(tries.days, "Monday, Friday");
  });
});

test("a consent is kept as it was read, with what it permits and its version", async () => {
  const { body: receipt } = await usher.submit("trial", { ...trial(), lang: "es" });
  const { consents, received_at } = (await mara.itemOf(receipt)).submission;
  const text = "Pueden escribirme sobre esta clase de prueba.";
  assert.deepEqual(consents, [{ purpose: "trial_messages", version: "2026-11", text, lang: "es", at: received_at }]);
});

describe("a complaint", () => {
  test("is told from the text, says why, has its own promise and stands before everything else", async () => {
    await usher.submit("support", support());
    const message = "Nobody answered, and this is unacceptable.";
    const { body: receipt } = await usher.submit("support", support({ topic: "payment", message }));
    const item = await mara.itemOf(receipt);
    assert.equal(item.row.complaint, true);
    assert.equal(item.submission.complaint, "The text says: unacceptable, nobody answered");
    assert.equal(item.route.rule, "complaint");
    const waiting = await mara.items("success");
    const isComplaint = waiting.map((row) => row.complaint);
    assert.deepEqual(isComplaint, isComplaint.toSorted((a, b) => Number(b) - Number(a)));
    assert.equal(waiting[0].complaint, true);
  });

  test("is not told from its contrary", async () => {
    const { body: receipt } = await usher.submit("support", support({ message: "No complaints, only a question." }));
    const item = await mara.itemOf(receipt);
    assert.equal(item.row.complaint, false);
    assert.equal(item.route.rule, "support");
  });
});

describe("a trial", () => {
  test("makes its follow-ups in the pool's hours", async () => {
    const start = Date.now() + 20 * DAY_MS;
    const { body: receipt } = await usher.submit("trial", trial({ starts_on: day(start), ends_on: day(start + 5 * DAY_MS) }));
    const timers = Object.fromEntries((await mara.itemOf(receipt)).timers.map(({ kind, due_at }) => [kind, due_at]));
    assert.deepEqual(Object.keys(timers).toSorted(), ["first_touch", "trial_ends", "trial_starts"]);
    assert.ok(timers.trial_starts < day(start) && timers.trial_ends.slice(0, 10) > day(start + 5 * DAY_MS));
  });

  test("is followed up when it is due, also after a power cut, until somebody says what was done", async (context) => {
    // The team opens within two minutes; what is due the working day before tomorrow is due then.
    const opens = new Date(Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS + MINUTE_MS);
    const [from, to] = [opens.toISOString().slice(11, 16), "23:59"];
    if (from >= to) return context.skip("the last minutes before midnight (UTC) have no team that opens in them");
    const workspace = await demoWorkspace(usher);
    const names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    const week = Object.fromEntries(names.map((name) => [name, [[from, to]]]));
    workspace.pools.find(({ id }) => id === "class_hosts").hours = { zone: "UTC", week };
    const { status } = await usher.operator("PUT", "workspaces/demo", workspace);
    assert.equal(status, 200);
    const { body: receipt } = await usher.submit("trial", trial({ starts_on: day(opens.getTime() + DAY_MS) }));
    const { row } = await mara.itemOf(receipt);
    await usher.kill9();
    await usher.start();
    const due = await until(async () => {
      const item = await mara.item(row.id);
      return item.row.follow_up && item;
    }, "the follow-up is due", 4 * MINUTE_MS);
    assert.equal(due.row.follow_up, "trial_starts");
    assert.equal(due.timers.find(({ kind }) => kind === "trial_starts").state, "due");
    assert.deepEqual(due.history.map(({ kind, text }) => [kind, text]).at(-1), ["timer_due", "trial_starts"]);
    const { body: noted } = await mara.act(row.id, { act: "note", text: "Sent the joining link." });
    assert.equal(noted.row.follow_up, null);
    assert.equal(noted.timers.find(({ kind }) => kind === "trial_starts").state, "met");
  });
});
