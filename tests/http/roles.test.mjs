// Who may what: every call of the console by every role. The calls are read from the source as well, so that a new one fails here
// until somebody has said whose it is.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { demoWorkspace } from "../support/hosts.mjs";
import { startUsher } from "../support/usher.mjs";

/** Each right, and who has it. */
const MEMBERS = {
  admin: { roles: ["admin"], queues: ["sales"], may: ["enter", "work", "team", "manage", "sites", "experiments", "experiment", "try", "score", "route", "audit", "invite", "operate", "privacy"] },
  manager: { roles: ["manager"], queues: [], may: ["enter", "team", "manage", "experiments"] },
  agent: { roles: [], queues: ["sales"], may: ["enter", "work", "team"] },
  marketer: { roles: ["marketer"], queues: [], may: ["enter", "sites", "experiments", "experiment"] },
  analyst: { roles: ["analyst"], queues: [], may: ["enter", "team", "experiments", "try"] },
  nobody: { roles: [], queues: [], may: ["enter"] },
};

/** Every call: its right, and a body that can be read and changes nothing where it is allowed. */
const CALLS = {
  "GET session": { right: "enter" },
  "DELETE session": { right: "enter", ends: true },
  "POST presence": { right: "work", body: { away: false } },
  "GET queues/_/items": { right: "work" },
  "GET search": { right: "work" },
  "GET held": { right: "work" },
  "POST held/_": { right: "work", body: { act: "discard" } },
  "GET calls/forms": { right: "work" },
  "POST calls": { right: "work", body: { submission_id: "", form: "none", values: {} } },
  "GET items/_": { right: "work" },
  "GET items/_/files/_": { right: "work" },
  "POST items/_/actions": { right: "work", body: { act: "claim" } },
  "POST items/actions": { right: "work", body: { items: ["1"], act: { act: "claim" } } },
  "POST items/undo": { right: "work", body: { items: [{ id: "1", changed: 1 }] } },
  "GET items/_/drafts": { right: "work" },
  "GET views": { right: "work" },
  "POST views": { right: "work", body: { name: "", queue: "none" } },
  "DELETE views/_": { right: "work" },
  "GET notices": { right: "enter" },
  "POST notices/seen": { right: "enter", body: { upto: 0 } },
  "GET people/_/alike": { right: "work" },
  "POST people/_/merges": { right: "work", body: { from: "2" } },
  "DELETE people/_/merges/_": { right: "work" },
  "GET people/_/privacy": { right: "privacy" },
  "GET people/_/export": { right: "privacy" },
  "POST people/_/erase": { right: "privacy", body: { reason: "asked" } },
  "POST people/_/hold": { right: "privacy", body: { act: "lift", reason: "over" } },
  "GET privacy": { right: "privacy" },
  "POST privacy/retention": { right: "privacy", body: { version: 0, retention: {} } },
  "GET audit": { right: "audit" },
  "GET account": { right: "enter" },
  "PUT account/password": { right: "enter", body: { new: "short" } },
  "DELETE account/sessions": { right: "enter" },
  "GET members": { right: "invite" },
  "POST members/_/sign-in-links": { right: "invite" },
  "GET team": { right: "team" },
  "POST team/_/presence": { right: "manage", body: { away: false } },
  "PUT team/_": { right: "manage", body: { base: {}, plan: {} } },
  "GET sites": { right: "sites" },
  "POST sites": { right: "sites", body: { version: 0, change: { act: "rotate_key", id: "none" } } },
  "GET experiments": { right: "experiments" },
  "GET experiments/_": { right: "experiments" },
  "GET experiments/_/results.csv": { right: "experiments" },
  "POST experiments": { right: "experiment", body: { version: 0, change: { act: "start", key: "none" } } },
  "POST experiments/check": { right: "experiment", body: { key: "", arms: [] } },
  "POST experiments/plan": {
    right: "experiment",
    body: { prompt: "none", metric: "opened", arms: 2, coverage: 1, looks_for: 0.2 },
  },
  "GET destinations": { right: "operate" },
  "POST destinations": { right: "operate", body: { version: 0, change: { remove: { id: "none" } } } },
  "POST destinations/_/actions": { right: "operate", body: { act: "test" } },
  "GET deliveries": { right: "operate" },
  "GET deliveries/_": { right: "operate" },
  "POST deliveries/_": { right: "operate", body: { act: "replay" } },
  "GET tokens": { right: "operate" },
  "POST tokens": { right: "operate", body: { name: "", scopes: [] } },
  "DELETE tokens/_": { right: "operate" },
  "GET operations": { right: "operate" },
  "GET export/_": { right: "operate" },
  "POST editor-links": { right: "enter", body: {} },
  "GET live": { right: "enter" },
  "GET routing": { right: "team" },
  "GET routing/versions/_": { right: "team" },
  "POST routing/check": { right: "try", body: { table: {} } },
  "POST routing/simulate": { right: "try", body: { at: "2026-11-29T03:00:00Z" } },
  "POST routing/replay": { right: "try", body: { table: {}, days: 1 } },
  "PUT routing/draft": { right: "route", body: { table: { pools: [], routes: [] }, base: 0, revision: 99 } },
  "DELETE routing/draft": { right: "route" },
  "PUT routing": { right: "route", body: { version: 0, table: {} } },
  "POST routing/roll-back": { right: "route", body: { version: 0, to: 0 } },
  "GET scoring": { right: "enter" },
  "GET scoring/learner": { right: "enter" },
  "GET scoring/versions/_": { right: "enter" },
  "GET scoring/basis/_": { right: "try" },
  "POST scoring/check": { right: "try", body: { card: CARD() } },
  "POST scoring/replay": { right: "try", body: { card: CARD(), days: 1 } },
  "POST scoring/what-if": { right: "try", body: { card: CARD(), basis: { facts: {}, at: "2026-11-20T10:00:00Z" } } },
  "PUT scoring/draft": { right: "score", body: { card: CARD(), revision: 99 } },
  "DELETE scoring/draft": { right: "score" },
  "POST scoring/publish": { right: "score", body: { version: 0, revision: 0, note: "", rescore: false } },
  "POST scoring/roll-back": { right: "score", body: { version: 0, to: 0, rescore: false } },
  "DELETE scoring/rescoring": { right: "score" },
};

/** What is there for whoever is not signed in. */
const PUBLIC = ["POST session", "GET sign-in/ways", "POST sign-in/password", "POST sign-in/openid", "GET sign-in/openid/callback", "POST sign-in/access"];

function CARD() {
  return { limits: {}, tiers: {}, rules: [] };
}

let usher;
const staff = {};
before(async () => {
  usher = await startUsher();
  const workspace = await demoWorkspace(usher);
  for (const [id, { roles, queues }] of Object.entries(MEMBERS)) {
    workspace.members.push({ id: `r-${id}`, name: id, email: `${id}@larkfield.example.com`, queues, roles });
  }
  assert.equal((await usher.operator("PUT", "workspaces/demo", workspace)).status, 200);
  for (const id of Object.keys(MEMBERS)) staff[id] = await usher.signIn(`r-${id}`);
});
after(() => usher?.stop());

test("every call in the source is in this table", async () => {
  const source = async (path) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");
  const patterns = (text, prefix) =>
    [...text.matchAll(/Method::(\w+), &?\[([^\]]*)\]/g)].map(([, method, parts]) => {
      const path = parts.split(",").map((part) => part.trim()).filter(Boolean);
      const names = path.map((part) => (part.startsWith('"') ? part.slice(1, -1) : "_"));
      return `${method.toUpperCase()} ${[...prefix, ...names].join("/")}`;
    });
  const console_ = patterns(await source("edge/src/api/console.rs"), []);
  const scoring = patterns(await source("edge/src/api/scoring.rs"), ["scoring"]);
  const account = patterns(await source("edge/src/api/account.rs"), []);
  const door = patterns(await source("edge/src/api/sign_in.rs"), ["sign-in"]);
  const known = new Set([...Object.keys(CALLS), ...PUBLIC]);
  const routing = patterns(await source("edge/src/api/routing.rs"), ["routing"]);
  const desk = patterns(await source("edge/src/api/desk.rs"), []);
  const experiments = patterns(await source("edge/src/api/experiments.rs"), ["experiments"]);
  const operate = patterns(await source("edge/src/api/operate.rs"), []);
  const privacy = patterns(await source("edge/src/api/privacy.rs"), []);
  const found = [...console_, ...operate, ...privacy, ...experiments, ...account, ...door, ...scoring, ...routing, ...desk];
  const unknown = found.filter((call) => !known.has(call));
  assert.deepEqual(unknown, [], "say in CALLS whose these are");
  assert.ok(found.length >= 55, `${found.length} were found`);
  for (const call of known) assert.ok(found.includes(call), `${call} is a call no more`);
});

test("the specification says the same of whose each call is", async () => {
  const { paths } = JSON.parse(await readFile(new URL("../../docs/openapi.json", import.meta.url), "utf8"));
  const says = new Map();
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { description = "", security }] of Object.entries(operations)) {
      if (security[0]?.session) says.set(`${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, "_")}`, description.split(".")[0]);
    }
  }
  const byRight = new Map();
  for (const [name, { right }] of Object.entries(CALLS)) {
    const [method, path] = name.split(" ");
    const sentence = says.get(`${method} /v1/console/${path}`);
    assert.match(sentence ?? "", /^For /, name);
    assert.equal(byRight.get(right) ?? sentence, sentence, `${name}: ${right}`);
    byRight.set(right, sentence);
  }
  assert.equal(says.size, Object.keys(CALLS).length);
});

/** Makes a call as somebody. */
function call(cookie, name, body) {
  const [method, path] = name.split(" ");
  const query = path === "search" ? "?q=nothing" : "";
  const named = path === "export/_" ? "export/items.csv" : path.replaceAll("_", "1");
  return usher.fetch(`/v1/console/${named}${query}`, {
    method,
    headers: { ...(cookie ? { cookie } : {}), ...(body ? { "content-type": "application/json" } : {}) },
    body: body && JSON.stringify(body),
  });
}

for (const [id, { may }] of Object.entries(MEMBERS)) {
  test(`a member who is ${id} may ${may.join(", ")}, and nothing else`, async () => {
    for (const [name, { right, body, ends }] of Object.entries(CALLS)) {
      if (ends) continue;
      const { status } = await call(staff[id].cookie, name, body);
      if (name === "GET live") {
        // A socket is refused to whoever asks without its headers; everybody who is signed in may have one.
        assert.ok([403, 426].includes(status), `${name}: ${status}`);
        continue;
      }
      if (may.includes(right)) assert.notEqual(status, 403, `${id}: ${name}`);
      else assert.equal(status, 403, `${id}: ${name}`);
      assert.notEqual(status, 401, `${id}: ${name}`);
      assert.ok(status < 500, `${id}: ${name} ${status}`);
    }
  });
}

test("without a session there is nothing, and with one that has ended there is nothing any more", async () => {
  const gone = await usher.signIn("r-admin");
  assert.equal((await call(gone.cookie, "DELETE session")).status, 204);
  for (const cookie of [undefined, "__Host-usher=demo.00", gone.cookie]) {
    for (const [name, { body, ends }] of Object.entries(CALLS)) {
      const { status } = await call(cookie, name, body);
      // Whoever has no session has nothing to end.
      const fine = [401, ...(name === "GET live" ? [403, 426] : []), ...(ends ? [204] : [])];
      assert.ok(fine.includes(status), `${name} with ${cookie}: ${status}`);
    }
  }
});

test("a change is in the log with whoever made it, once; only admins read it", async () => {
  const admin = staff.admin;
  const before = (await admin.call("audit")).body.entries;
  await admin.call("team/sunil/presence", { method: "POST", body: { away: true } });
  await admin.call("team/sunil/presence", { method: "POST", body: { away: true } });
  const plan = (await admin.call("team")).body.members.find(({ member }) => member.id === "sunil").plan;
  const wanted = { ...plan, capacity: { total: 9 } };
  assert.equal((await admin.call("team/sunil", { method: "PUT", body: { base: plan, plan: wanted } })).status, 200);
  assert.equal((await admin.call("team/sunil", { method: "PUT", body: { base: plan, plan: wanted } })).status, 409);
  const log = (await admin.call("audit")).body.entries;
  const fresh = log.filter(({ seq }) => seq > before[0].seq);
  assert.deepEqual(
    fresh.map(({ what, actor }) => [what, actor?.id]),
    [["plan_changed", "r-admin"], ["presence", "r-admin"]],
  );
  assert.match(fresh[0].text, /^\d+: When Sunil Perera works$/);
  assert.equal(fresh[1].text, "Sunil Perera: away");
  const signedIn = before.filter(({ what }) => what === "signed_in");
  assert.ok(Object.keys(MEMBERS).every((id) => signedIn.some(({ actor }) => actor.id === `r-${id}`)));
  assert.ok(before.some(({ what, actor }) => what === "configured" && !actor), "the operator's too");
});
