// Experiments through the whole path: who sees which arm, who counts, what became of what they sent, and what people are told.

import assert from "node:assert/strict";
import { createHmac, randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";

import { demoWorkspace } from "../support/hosts.mjs";
import { recount } from "../load/experiments.mjs";
import { inquiry, startUsher, support } from "../support/usher.mjs";

const SITE = "pk_demo_platform";
const SECRET = "a secret of the platform, 32 characters or more";
const DAY_S = 24 * 60 * 60;

let usher;
let mara;
let demo;

const prompt = (id, rest = {}) => ({
  ...{ id, look: "bar", body: "May we help you to choose?", action: "Ask us", form: "inquiry", triggers: ["exit_intent"] },
  ...{ gates: { how_often: "always", cooldown_days: 0 }, ...rest },
});

/** A fresh desk with one prompt, which may be shown at any time. */
async function open() {
  usher = await startUsher({ args: ["--faults"] });
  demo = await demoWorkspace(usher);
  const sites = demo.sites.map((site) => ({ ...site, prompts: ["a"] }));
  const fatigue = { per_visit: 99, per_30_days: 99, cooldown_days: 0, dismissals: 99 };
  const source = { ...demo, sites, prompts: [prompt("a")], fatigue, identity: { secret: SECRET } };
  const { status, body } = await usher.operator("PUT", "workspaces/demo", source);
  assert.ok(status < 300, JSON.stringify(body));
  mara = await usher.signIn("mara");
}

const draft = (rest = {}) => ({
  ...{ key: "", name: "Shorter words", question: "Do fewer words bring more?", prompt: "a", metric: "opened" },
  arms: [
    { key: "a", weight: 0.5 },
    { key: "b", name: "short", weight: 0.5, prompt: prompt("a", { body: "Help?" }) },
  ],
  ...rest,
});

async function change(what, version) {
  const { body } = await mara.call("experiments");
  return mara.call("experiments", { method: "POST", body: { version: version ?? body.version, change: what } });
}

/** Makes an experiment and starts it; its key comes back. */
async function start(rest) {
  const known = new Set((await mara.call("experiments")).body.experiments.map(({ key }) => key));
  const saved = await change({ act: "save", experiment: draft(rest) });
  assert.equal(saved.status, 200, JSON.stringify(saved.body));
  const { key } = saved.body.experiments.find((experiment) => !known.has(experiment.key));
  const started = await change({ act: "start", key });
  assert.equal(started.status, 200, JSON.stringify(started.body));
  return key;
}

const stop = (key) => change({ act: "stop", key, learnt: "" });
const results = async (key) => (await mara.call(`experiments/${key}`)).body.results;
/** Of each arm: visitors, and what they did so far. */
const soFar = async (key, measure) => (await results(key)).arms.map((arm) => (measure ? arm.so_far[measure] : arm.seen));

const person = () => `person/${randomUUID()}`;

async function ask({ agent = person(), ids = ["a", "a.b"], path = "/pricing/", ...rest } = {}) {
  const { status, body } = await usher.json(`/v1/prompts/${SITE}`, {
    method: "POST",
    headers: { "content-type": "text/plain", "user-agent": agent },
    body: JSON.stringify({ prompts: ids, url: `${usher.origin}${path}`, ...rest }),
  });
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

const signal = (kind, display, about = {}) => ({ kind, url: `${usher.origin}/pricing/`, about: { display, ...about } });

async function tell(kind, display, { agent, batch = randomUUID(), about }) {
  const { body } = await usher.json(`/v1/signals/${SITE}`, {
    method: "POST",
    headers: { "content-type": "text/plain", "user-agent": agent },
    body: JSON.stringify({ batch_id: batch, signals: [signal(kind, display, about)] }),
  });
  assert.ok(Object.keys(body.fates).length, JSON.stringify(body));
}

/** Somebody who consented, sees what they are shown, and whose arm comes back. */
async function seen(rest = {}) {
  const who = { agent: person(), visitor: randomUUID(), ...rest };
  const { show, display } = await ask(who);
  assert.ok(display, "something is shown");
  await tell("prompt_shown", display, who);
  return { ...who, display, arm: show === "a" ? 0 : 1 };
}

/** Somebody in this arm. */
async function seenIn(arm, rest) {
  for (;;) {
    const who = await seen(rest);
    if (who.arm === arm) return who;
  }
}

const send = async (who, body = inquiry(), form = "inquiry") => {
  const sent = await usher.submit(form, { ...body, visitor: who.visitor }, { headers: { "user-agent": who.agent } });
  assert.equal(sent.status, 200, JSON.stringify(sent.body));
  return mara.itemOf(sent.body);
};

function token(user) {
  const now = Math.floor(Date.now() / 1000);
  const part = (json) => Buffer.from(JSON.stringify(json)).toString("base64url");
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub: user, aud: "demo", iat: now, exp: now + 300 })}`;
  return `${signed}.${createHmac("sha256", SECRET).update(signed).digest("base64url")}`;
}

describe("who sees what", () => {
  before(open);
  after(() => usher?.stop());

  test("a visitor keeps one arm, and counts once, when they see it, and never as a program", async () => {
    const key = await start();
    const people = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const who = { agent: person(), visitor: randomUUID() };
        return { ...who, ...(await ask(who)) };
      }),
    );
    const arms = [0, 0];
    for (const { show } of people) arms[["a", "a.b"].indexOf(show)] += 1;
    assert.ok(arms[0] > 5 && arms[1] > 5, `both arms are seen: ${arms}`);
    assert.deepEqual(await soFar(key), [0, 0], "nobody has seen anything yet");
    for (const who of people) {
      const batch = randomUUID();
      await tell("prompt_shown", who.display, { ...who, batch });
      await tell("prompt_shown", who.display, { ...who, batch });
      await tell("prompt_answered", who.display, who);
      await tell("prompt_answered", who.display, who);
      await tell("form_started", who.display, who);
    }
    for (const measure of [undefined, "opened", "started"]) assert.deepEqual(await soFar(key, measure), arms, measure);
    for (const who of people.slice(0, 10)) {
      const again = await ask(who);
      assert.equal(again.show, who.show, "the same arm, on another day of the same visitor");
      await tell("prompt_shown", again.display, who);
    }
    assert.deepEqual(await soFar(key), arms);
    for (let robot = 0; robot < 8; robot += 1) {
      const agent = `Googlebot/2.1 ${randomUUID()}`;
      const { show, display } = await ask({ agent });
      assert.equal(show, "a", "a program sees what stands there without any experiment");
      await tell("prompt_shown", display, { agent });
    }
    assert.deepEqual(await soFar(key), arms);
    await stop(key);
  });

  test("whoever is not covered, or asks not to be counted, sees the control and is in no arm", async () => {
    const key = await start({ coverage: 0 });
    for (let at = 0; at < 5; at += 1) assert.equal((await seen()).arm, 0);
    assert.deepEqual(await soFar(key), [0, 0]);
    await change({ act: "ramp", key, coverage: 1, weights: [0.5, 0.5] });
    for (let at = 0; at < 12; at += 1) {
      const { show, display } = await ask({ private: true });
      assert.deepEqual([show, display ?? ""], ["a", ""]);
    }
    assert.deepEqual(await soFar(key), [0, 0]);
    await stop(key);
  });

  test("a page that was opened before it began knows the control alone, and gives it no visitors of its own", async () => {
    const key = await start();
    for (let at = 0; at < 8; at += 1) {
      const who = { agent: person(), visitor: randomUUID() };
      const { show, display } = await ask({ ...who, ids: ["a"] });
      assert.equal(show, "a");
      await tell("prompt_shown", display, who);
    }
    assert.deepEqual(await soFar(key), [0, 0]);
    const theirs = await seenIn(1);
    assert.equal((await ask({ ...theirs, ids: ["a"] })).show, null, "whoever has the other arm sees no control");
    await stop(key);
  });

  test("an audience is asked before anybody is assigned", async () => {
    const key = await start({ audience: { "campaign.source": "partner" } });
    for (let at = 0; at < 8; at += 1) assert.equal((await seen()).arm, 0);
    assert.deepEqual(await soFar(key), [0, 0]);
    let arms = 0;
    for (let at = 0; at < 20; at += 1) arms += (await seen({ path: "/pricing/?utm_source=partner" })).arm;
    assert.ok(arms > 0 && arms < 20, `${arms} of 20`);
    assert.equal((await soFar(key)).reduce((a, b) => a + b), 20);
    await stop(key);
  });

  test("raising coverage and changing weights moves nobody who has an arm, and is noted", async () => {
    const key = await start({ coverage: 0.5 });
    const before_ = [];
    for (let at = 0; at < 24; at += 1) before_.push(await seen());
    const counted = (await soFar(key)).reduce((a, b) => a + b);
    assert.ok(counted > 3 && counted < 22, `${counted} of 24 took part`);
    const ramped = await change({ act: "ramp", key, coverage: 1, weights: [0.02, 0.98] });
    assert.equal(ramped.status, 200, JSON.stringify(ramped.body));
    const arms = await soFar(key);
    const moved = [];
    for (const who of before_) {
      const { show, display } = await ask(who);
      await tell("prompt_shown", display, who);
      moved.push([who.arm, ["a", "a.b"].indexOf(show)]);
    }
    // Those who had an arm keep it; those who took no part yet get one by the new weights.
    const left = moved.filter(([was, is]) => was === 1 && is === 0);
    assert.deepEqual(left, []);
    const now = await soFar(key);
    assert.equal(now.reduce((a, b) => a + b), 24);
    assert.ok(now[0] >= arms[0], "nobody left the control");
    const { experiment, results: told } = (await mara.call(`experiments/${key}`)).body;
    assert.deepEqual(experiment.earlier.map(({ weights }) => weights), [[0.5, 0.5]]);
    assert.ok(!told.ratio.is_broken, told.ratio.says);
    await stop(key);
  });

  test("arms that come up at different moments are counted when the first trigger fires, seen or not", async () => {
    const other = { key: "b", weight: 0.5, prompt: prompt("a", { triggers: [{ visible_secs: 9 }] }) };
    const key = await start({ arms: [draft().arms[0], other] });
    const arms = [0, 0];
    // The trigger of one arm fires for everybody: whose arm is the other counts all the same, and sees nothing.
    for (let at = 0; at < 16; at += 1) arms[(await ask({ visitor: randomUUID(), ids: ["a"] })).show ? 0 : 1] += 1;
    assert.ok(arms[0] && arms[1], `${arms}`);
    assert.deepEqual(await soFar(key), arms);
    assert.equal((await results(key)).counted, "met");
    await stop(key);
  });

  test("an editor's signed link shows each arm, and counts nobody", async () => {
    const key = await start();
    const page = `${usher.origin}/pricing/`;
    const link = await usher.operator("POST", "workspaces/demo/editor-links", { site: SITE, page });
    const editor = new URL(link.body.url).searchParams.get("usher_editor");
    for (const [arm, shown] of [[0, "a"], [1, "a.b"]]) {
      const { why, show } = await ask({ editor, path: `/pricing/?${key}=${arm}` });
      const gates = Object.fromEntries(why.map(({ prompt: id, gate }) => [id, gate ?? null]));
      assert.equal(show, shown);
      assert.deepEqual(gates, arm ? { a: "arm", "a.b": null } : { a: null, "a.b": "arm" });
    }
    assert.equal((await ask({ path: `/pricing/?${key}=1`, agent: "Googlebot" })).show, "a", "without a link it says nothing");
    assert.deepEqual(await soFar(key), [0, 0]);
    await stop(key);
  });

  test("who becomes known keeps their arm and counts once; who has seen both counts in none", async () => {
    const key = await start();
    const one = await seenIn(1);
    const user = `u-${randomUUID()}`;
    const before_ = await soFar(key);
    const known = { ...one, identity: token(user) };
    const { show, display } = await ask(known);
    assert.equal(show, "a.b", "the arm that they saw before");
    await tell("prompt_shown", display, known);
    assert.deepEqual(await soFar(key), before_, "they were counted already");

    // Another device of the same person, where nobody knew that and the other arm was seen.
    const other = await seenIn(0);
    const sent = await send(other);
    assert.equal((await soFar(key, "sent"))[0], 1);
    const [a, b] = await soFar(key);
    await ask({ ...other, identity: token(user) });
    const after_ = await results(key);
    assert.deepEqual(after_.arms.map(({ seen: n }) => n), [a - 1, b - 1]);
    assert.equal(after_.crossed.count, 2);
    assert.deepEqual(after_.arms.map(({ so_far }) => so_far.sent), [0, 0], "what they sent is nobody's");
    await mara.act(sent.row.id, { act: "claim" });
    assert.deepEqual(await soFar(key, "accepted"), [0, 0]);
    await stop(key);
  });
});

describe("what became of it", () => {
  before(open);
  after(() => usher?.stop());

  test("outcomes are credited to the arm that was seen, once for a visitor, and taken back where they were wrong", async () => {
    const key = await start({ metric: "accepted", guardrails: [{ measure: "complaint", margin: 0.01 }] });
    const who = await seenIn(1);
    const first = await send(who);
    await send(who);
    const of = async (measure) => (await soFar(key, measure))[1];
    assert.deepEqual([await of("sent"), await of("accepted"), await of("first_touch"), await of("won")], [1, 0, 0, 0]);
    const claimed = await mara.act(first.row.id, { act: "claim" });
    assert.equal(await of("accepted"), 1);
    await mara.call("items/undo", { method: "POST", body: { items: [{ id: first.row.id, changed: claimed.body.row.changed }] } });
    assert.equal(await of("accepted"), 0, "taken back");
    await mara.act(first.row.id, { act: "claim" });
    await mara.act(first.row.id, { act: "close", outcome: "won", reason: "" });
    assert.deepEqual([await of("accepted"), await of("first_touch"), await of("won"), await of("retained")], [1, 1, 1, 1]);
    const { body } = await usher.operator("POST", "workspaces/demo/tokens", { name: randomUUID(), scope: "outcomes" });
    const lost = await usher.json("/v1/workspaces/demo/outcomes", {
      method: "POST",
      headers: { authorization: `Bearer ${body.token}`, "content-type": "application/json" },
      body: JSON.stringify({ item: first.row.reference, outcome: "lost", at: new Date(Date.now() + 60_000).toISOString() }),
    });
    assert.equal(lost.body.taken, 1, JSON.stringify(lost.body));
    assert.deepEqual([await of("won"), await of("accepted")], [0, 1]);

    await send(who, support({ message: "This is a disgrace, I want my money back." }), "support");
    assert.equal(await of("support"), 1);
    const complaints = await of("complaint");
    assert.ok(complaints === 1, "it was a complaint");
    assert.deepEqual((await results(key)).arms[0].so_far.sent, 0, "the control has none of it");
    await stop(key);
  });

  test("what was sent before anything was seen, or by whoever saw nothing, is no arm's", async () => {
    const key = await start();
    const before_ = { agent: person(), visitor: randomUUID() };
    await send(before_);
    const { display } = await ask(before_);
    assert.equal(display ?? "", "", "who has just sent something is asked for nothing");
    const asked = { agent: person(), visitor: randomUUID() };
    const shown = await ask(asked);
    await send(asked);
    assert.deepEqual(await soFar(key, "sent"), [0, 0]);
    // The page tells with the form itself that the prompt was seen.
    const both = { agent: person(), visitor: randomUUID() };
    const { display: theirs, show } = await ask(both);
    const told = { signals: [{ ...signal("prompt_shown", theirs, { cost_ms: "12" }), ago_ms: 500, human: true }] };
    await send(both, inquiry({}, told));
    assert.equal((await soFar(key, "sent"))[show === "a" ? 0 : 1], 1);
    assert.ok(shown.show);
    await stop(key);
  });

  test("results are the same in the file, in the console, and after the object was killed", async () => {
    const key = await start();
    for (let at = 0; at < 6; at += 1) {
      const who = await seen();
      await tell("prompt_answered", who.display, who);
      if (at % 2) await send(who);
    }
    const told = await results(key);
    const file = await usher.fetch(`/v1/console/experiments/${key}/results.csv`, { headers: { cookie: mara.cookie } });
    assert.equal(file.headers.get("content-type"), "text/csv; charset=utf-8");
    const [head, ...lines] = (await file.text()).trim().split("\r\n").map((line) => line.split(","));
    const sum = (arm, name) =>
      lines.filter((line) => line[2] === arm).reduce((all, line) => all + Number(line[head.indexOf(name)]), 0);
    for (const [at, arm] of told.arms.entries()) {
      assert.equal(sum(arm.key, "visitors"), arm.seen, arm.key);
      for (const name of ["opened", "sent"]) assert.equal(sum(arm.key, name), arm.so_far[name], `${at} ${name}`);
    }
    await stop(key);
    const { experiment } = (await mara.call(`experiments/${key}`)).body;
    assert.equal(experiment.ended.by, "mara");
    assert.equal(experiment.arms[0].prompt.body, prompt("a").body, "what the control was stays readable");
  });
});

describe("the verdict", () => {
  before(open);
  after(() => usher?.stop());

  test("nobody counts as lost before their time; then the better arm wins, and becomes the prompt", async () => {
    const key = await start();
    const rates = [1, 8];
    const counts = [0, 0];
    const come = async (many) => {
      for (let at = 0; at < many; at += 1) {
        const who = await seen();
        counts[who.arm] += 1;
        if (counts[who.arm] % 10 < rates[who.arm]) await tell("prompt_answered", who.display, who);
      }
    };
    await come(220);
    const today = await results(key);
    assert.equal(today.verdict, "too_few");
    assert.match(today.says, /^Nothing can be said yet: visitors enter once the day on which they came is over\./);
    assert.equal(today.metric.waiting, 220);
    await usher.later(DAY_S);
    const ahead = await results(key);
    assert.deepEqual([ahead.verdict, ahead.says], [
      "open",
      "B (short) is ahead in visitors who press its button, but that is not certain yet.",
    ]);
    await come(160);
    await usher.later(DAY_S);
    const told = await results(key);
    assert.deepEqual([told.verdict, told.arm], ["winner", 1], told.says);
    const what = "visitors who press its button";
    const [, b, a] = told.says.match(/: ([\d.]+) % of its visitors against ([\d.]+) %; safe to stop\.$/);
    assert.ok(told.says.startsWith(`B (short) brings more ${what} than A: `), told.says);
    for (const [at, percent] of [a, b].entries()) {
      assert.ok(Math.abs(told.metric.arms[at].rate * 100 - percent) < 0.6, told.says);
    }
    assert.deepEqual(told.metric.arms.map(({ n }) => n), counts);
    assert.equal(told.series.length, 2);
    assert.ok(told.metric.readings[0].difference.low > 0);

    const declared = await change({ act: "declare", key, arm: "b", learnt: "Fewer words bring more." });
    assert.equal(declared.status, 200, JSON.stringify(declared.body));
    const [line] = declared.body.experiments;
    assert.deepEqual([line.status, line.verdict, line.learnt], ["stopped", "winner", "Fewer words bring more."]);
    assert.equal(line.says, told.says, "the archive says what it said then");
    assert.equal(declared.body.prompts[0].body, "Help?", "everybody sees the winner");
    const boot = await usher.json(`/v1/boot/${SITE}`);
    assert.deepEqual(boot.body.prompts.map(({ id, body }) => [id, body]), [["a", "Help?"]]);
    assert.equal((await ask()).show, "a");
    const log = (await mara.call("audit")).body.entries.map(({ what, text }) => [what, text.replace(/^\d+: /, "")]);
    assert.deepEqual(log.find(([what]) => what === "experiment_declared"), ["experiment_declared", "Shorter words: B"]);
  });

  test("what is known too late is told, and changes no verdict", async () => {
    const key = await start({ metric: "accepted" });
    const who = await seenIn(1);
    const { row } = await send(who);
    await usher.later(9 * DAY_S);
    // Their session is over by now.
    mara = await usher.signIn("mara");
    await mara.act(row.id, { act: "claim" });
    const told = await results(key);
    assert.deepEqual([told.metric.arms[1].did, told.metric.late, told.arms[1].so_far.accepted], [0, 1, 1]);
    await stop(key);
  });
});

test("totals are exact whatever is told twice, and however often the process is killed", async () => {
  const { ledger, totals, killed } = await recount({ visitors: 1_200, kills: 3 });
  assert.equal(killed, 3);
  assert.deepEqual(totals, ledger);
  assert.ok(ledger.every(({ seen: n, won }) => n > 400 && won > 5), JSON.stringify(ledger));
});

describe("what makes no sense", () => {
  before(open);
  after(() => usher?.stop());

  const wrong = async (rest) => {
    const { status, body } = await change({ act: "save", experiment: draft(rest) });
    const checked = await mara.call("experiments/check", { method: "POST", body: draft(rest) });
    assert.equal(status, 422, JSON.stringify(body));
    assert.deepEqual(checked.body.problems.map(({ field }) => field), body.fields.map(({ field }) => field));
    return body.fields.map(({ field, code }) => `${field} ${code}`);
  };

  test("is refused, each thing in its place, and nothing is saved", async () => {
    const arms = (a, b) => [{ key: "a", weight: a }, { ...draft().arms[1], weight: b }];
    assert.deepEqual(await wrong({ arms: arms(0.5, 0.6) }), ["arms weights_do_not_sum"]);
    assert.deepEqual(await wrong({ arms: arms(-0.5, 1.5) }), ["arms[0].weight negative"]);
    assert.deepEqual(await wrong({ prompt: "gone" }), ["prompt unknown_name"]);
    assert.deepEqual(await wrong({ name: "" }), ["name required"]);
    assert.deepEqual(await wrong({ coverage: 1.5 }), ["coverage out_of_range"]);
    assert.deepEqual(await wrong({ metric: "complaint" }), ["metric cannot_decide"]);
    assert.deepEqual(await wrong({ audience: { "email.free": true } }), ["audience unknown_fact"]);
    assert.deepEqual(await wrong({ base: 2, looks_for: 0 }), ["base out_of_range", "looks_for out_of_range"]);
    const worse = { ...draft().arms[1].prompt, body: "", form: "gone" };
    assert.deepEqual(await wrong({ arms: [draft().arms[0], { ...draft().arms[1], prompt: worse }] }), [
      "arms[1].prompt.body required",
      "arms[1].prompt.form unknown_name",
      "arms[1].prompt.form form_not_listed",
    ]);
    assert.deepEqual((await mara.call("experiments")).body.experiments, []);
  });

  test("two on one prompt, shares of a namespace that overlap, a prompt that is taken away, an experiment that has begun", async () => {
    const key = await start({ namespace: { id: "prices", start: 0, end: 0.6 } });
    const twin = await change({ act: "save", experiment: draft({ namespace: { id: "prices", start: 0.5, end: 1 } }) });
    assert.equal(twin.status, 422);
    assert.deepEqual(twin.body.fields.map(({ code }) => code), ["overlaps"]);
    assert.match(twin.body.fields[0].message, /both have the part from 0\.5 to 0\.6 of the namespace prices/);
    const saved = await change({ act: "save", experiment: draft() });
    assert.equal(saved.status, 200);
    const other = saved.body.experiments.find(({ status }) => status === "draft").key;
    const begun = await change({ act: "start", key: other });
    assert.deepEqual([begun.status, begun.body.fields[0].field, begun.body.fields[0].code], [422, "prompt", "in_experiment"]);
    const again = await change({ act: "save", experiment: draft({ key }) });
    assert.deepEqual([again.status, again.body.code], [409, "begun"]);
    assert.deepEqual((await change({ act: "drop", key })).body.code, "begun");
    assert.deepEqual((await change({ act: "start", key: "nowhere" })).status, 404);
    assert.deepEqual((await change({ act: "ramp", key, coverage: 1, weights: [1] })).body.code, "unknown_arm");
    const ramped = await change({ act: "ramp", key, coverage: 1, weights: [0.5, 0.2] });
    assert.equal(ramped.body.fields[0].code, "weights_do_not_sum");
    const { experiment } = (await mara.call(`experiments/${key}`)).body;
    const bare = demo.sites.map((site) => ({ ...site, prompts: [] }));
    const source = { ...demo, prompts: [], sites: bare, experiments: [experiment] };
    const gone = await usher.operator("PUT", "workspaces/demo", source);
    assert.deepEqual([gone.status, gone.body.fields[0].field, gone.body.fields[0].code], [422, "experiments[0].prompt", "unknown_name"]);
    const stale = await change({ act: "stop", key, learnt: "" }, 1);
    assert.deepEqual([stale.status, stale.body.code], [409, "stale"]);
    assert.equal((await change({ act: "drop", key: other })).status, 200);
    await stop(key);
    assert.deepEqual((await change({ act: "ramp", key, coverage: 1, weights: [0.5, 0.5] })).body.code, "not_running");
  });

  test("a plan says how many days it takes, or what it does not know", async () => {
    const plan = async (rest) => {
      const ask_ = { prompt: "a", metric: "opened", arms: 2, coverage: 1, looks_for: 0.2, ...rest };
      return (await mara.call("experiments/plan", { method: "POST", body: ask_ })).body;
    };
    const blank = await plan({ metric: "won" });
    assert.deepEqual([blank.base, blank.each, blank.days], [null, null, null]);
    assert.match(blank.says, /^Say what share of visitors does it today/);
    for (let at = 0; at < 14; at += 1) {
      const who = await seen();
      if (at < 7) await tell("prompt_answered", who.display, who);
    }
    const known = await plan();
    assert.deepEqual([known.seen_a_day, known.opened, known.base], [1, 0.5, 0.5]);
    assert.ok(known.each > 300 && known.each < 2000, `${known.each}`);
    assert.ok(Math.abs(known.days - known.each * 2) <= 2, `${known.days}`);
    const rare = await plan({ metric: "won", base: 0.1 });
    assert.ok(rare.each > known.each && rare.days > 2 * rare.each, JSON.stringify(rare));
    const never = await plan({ metric: "won", base: 0.001 });
    assert.match(never.says, /more than a hundred years/);
  });
});
