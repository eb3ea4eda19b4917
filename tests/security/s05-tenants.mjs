// S5: one workspace never reads, changes or hears anything of another. Two workspaces on one Usher; every route, with the ids of
// the one, is called by every role of the other, and answers to the letter what it answers to ids that nobody has: so 404 and
// not 403, and nothing that tells them apart. What the first workspace has is the same before and after, and none of its words
// is in any answer. Open consoles, receivers of webhooks and the platform's tokens are held to the same.
//
// The routes are read from the source: one that no case knows fails here.

import assert from "node:assert/strict";
import { createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";

import { demoWorkspace } from "../support/hosts.mjs";
import { promise } from "../support/promise.mjs";
import { routes } from "../support/routes.mjs";
import { png } from "../support/samples.mjs";
import { inquiry, startUsher, support, until } from "../support/usher.mjs";

/** Stands in everything that the first workspace has. */
const CANARY = "kingfisher";
const SECRET = { ours: "the first workspace's own secret, long enough", theirs: "the second workspace's own, long enough too" };
const ROLES = {
  admin: { roles: ["admin"], queues: ["sales", "success"] },
  manager: { roles: ["manager"], queues: ["sales"] },
  agent: { roles: [], queues: ["sales", "success"] },
  marketer: { roles: ["marketer"], queues: [] },
  analyst: { roles: ["analyst"], queues: [] },
  nobody: { roles: [], queues: [] },
};

/** What a role of the other workspace asks for, with ids of ours or of nobody's. */
const CASES = {
  "GET v1/console/queues/_/items": ({ queue }) => [`queues/${queue}/items`],
  "GET v1/console/search": ({ reference, word }) => [`search?q=${reference}`, , `search?q=${word}`],
  "GET v1/console/held": ({ held }) => [`held?after=${held.slice(0, -4)}`],
  "POST v1/console/held/_": ({ held }) => [`held/${held}`, { act: "release", reason: "" }],
  "POST v1/console/calls": ({ person }) => ["calls", { submission_id: "7d444840-9dc0-41d1-b245-5ffdce74fad2", form: "inquiry", values: { message: "x" }, person }],
  "GET v1/console/items/_": ({ item }) => [`items/${item}`],
  "GET v1/console/items/_/drafts": ({ item }) => [`items/${item}/drafts`],
  "GET v1/console/items/_/files/_": ({ item, file }) => [`items/${item}/files/${file}`],
  "POST v1/console/items/_/actions": ({ item }) => [`items/${item}/actions`, { act: "claim" }],
  "POST v1/console/items/actions": ({ item }) => ["items/actions", { items: [item], act: { act: "claim" } }],
  "POST v1/console/items/undo": ({ item, changed }) => ["items/undo", { items: [{ id: item, changed }] }],
  "DELETE v1/console/views/_": ({ view }) => [`views/${view}`],
  "GET v1/console/people/_/alike": ({ person, word }) => [`people/${person}/alike?q=${word}`],
  "POST v1/console/people/_/merges": ({ person, other }) => [`people/${person}/merges`, { from: other }],
  "DELETE v1/console/people/_/merges/_": ({ person, merge }) => [`people/${person}/merges/${merge}`],
  "GET v1/console/people/_/privacy": ({ person }) => [`people/${person}/privacy`],
  "GET v1/console/people/_/export": ({ person }) => [`people/${person}/export`],
  "POST v1/console/people/_/erase": ({ person }) => [`people/${person}/erase`, { reason: "asked" }],
  "POST v1/console/people/_/hold": ({ person }) => [`people/${person}/hold`, { act: "place", reason: "ours" }],
  "POST v1/console/members/_/sign-in-links": ({ member }) => [`members/${member}/sign-in-links`],
  "POST v1/console/team/_/presence": ({ member }) => [`team/${member}/presence`, { away: true }],
  "PUT v1/console/team/_": ({ member }) => [`team/${member}`, { base: {}, plan: {} }],
  "GET v1/console/experiments/_": ({ experiment }) => [`experiments/${experiment}`],
  "GET v1/console/experiments/_/results.csv": ({ experiment }) => [`experiments/${experiment}/results.csv`],
  "POST v1/console/experiments": ({ experiment }) => ["experiments", { version: 1, change: { act: "stop", key: experiment, learnt: "" } }],
  "POST v1/console/experiments/plan": ({ prompt }) => ["experiments/plan", { prompt, metric: "opened", arms: 2, coverage: 1, looks_for: 0.2 }],
  "GET v1/console/routing/versions/_": ({ version }) => [`routing/versions/${version}`],
  "POST v1/console/routing/roll-back": ({ version }) => ["routing/roll-back", { version: 1, to: version }],
  "GET v1/console/scoring/versions/_": ({ version }) => [`scoring/versions/${version}`],
  "POST v1/console/scoring/roll-back": ({ version }) => ["scoring/roll-back", { version: 1, to: version, rescore: false }],
  "GET v1/console/scoring/basis/_": ({ item }) => [`scoring/basis/${item}`],
  "POST v1/console/sites": ({ site }) => ["sites", { version: 1, change: { act: "rotate_key", id: site } }],
  "GET v1/console/deliveries": ({ item }) => [`deliveries?item=${item}`],
  "GET v1/console/deliveries/_": ({ delivery }) => [`deliveries/${delivery}`],
  "POST v1/console/deliveries/_": ({ delivery }) => [`deliveries/${delivery}`, { act: "replay" }],
  "POST v1/console/destinations/_/actions": ({ destination }) => [`destinations/${destination}/actions`, { act: "replay" }],
  "DELETE v1/console/tokens/_": ({ token }) => [`tokens/${token}`],
  "GET v1/console/export/_": () => ["export/items.ndjson"],
  "POST v1/console/editor-links": ({ key }) => ["editor-links", { site: key, page: "https://ours.example.com/" }],
};

/** Routes of a member that name nothing of a workspace's: what they answer is looked through for words of ours. */
const OWN = [
  "GET v1/console/session", "GET v1/console/calls/forms", "POST v1/console/presence", "GET v1/console/views", "POST v1/console/views", "GET v1/console/notices",
  "POST v1/console/notices/seen", "GET v1/console/audit", "GET v1/console/account", "PUT v1/console/account/password",
  "DELETE v1/console/account/sessions", "GET v1/console/members", "GET v1/console/team", "GET v1/console/sites", "GET v1/console/experiments",
  "POST v1/console/experiments/check", "GET v1/console/routing", "POST v1/console/routing/check", "POST v1/console/routing/simulate",
  "POST v1/console/routing/replay", "PUT v1/console/routing/draft", "DELETE v1/console/routing/draft", "PUT v1/console/routing",
  "GET v1/console/scoring", "GET v1/console/scoring/learner", "POST v1/console/scoring/check", "PUT v1/console/scoring/draft",
  "DELETE v1/console/scoring/draft", "POST v1/console/scoring/publish", "DELETE v1/console/scoring/rescoring", "POST v1/console/scoring/replay",
  "POST v1/console/scoring/what-if", "GET v1/console/destinations", "POST v1/console/destinations", "GET v1/console/operations",
  "GET v1/console/tokens", "POST v1/console/tokens", "GET v1/console/privacy", "POST v1/console/privacy/retention",
];

/** Routes that no session opens: by a key, a token, a link or the operator; the cases below ask them. */
const OTHERS = [
  "GET v1/boot/_", "GET v1/challenge/_", "GET v1/forms/_/_", "POST v1/forms/_/_", "POST v1/files/_", "POST v1/prompts/_", "POST v1/signals/_",
  "POST v1/known/_", "OPTIONS v1/files/_", "OPTIONS v1/forms/_", "OPTIONS v1/known/_", "OPTIONS v1/prompts/_", "OPTIONS v1/signals/_",
  "GET v1/preview/_", "GET v1/feedback/_/_", "POST v1/feedback/_/_", "POST v1/workspaces/_/outcomes", "GET v1/console/live",
  "POST v1/workspaces/_/events", "POST v1/workspaces/_/mail", "POST v1/workspaces/_/hooks", "DELETE v1/workspaces/_/hooks/_", "GET v1/workspaces/_/hooks/sample",
  "GET v1/workspaces/_/export/_", "POST v1/workspaces/_/people/export", "POST v1/workspaces/_/people/erase",
  "PUT v1/operator/workspaces/_", "POST v1/operator/workspaces/_/sign-in-links", "POST v1/operator/workspaces/_/tokens",
  "DELETE v1/operator/workspaces/_/tokens/_", "POST v1/operator/workspaces/_/editor-links", "POST v1/console/session", "DELETE v1/console/session",
  "GET v1/console/sign-in/ways", "POST v1/console/sign-in/password", "POST v1/console/sign-in/openid", "GET v1/console/sign-in/openid/callback",
  "POST v1/console/sign-in/access", "GET livez", "GET readyz", "GET status", "GET metrics",
];

async function check({ control, random, note, atEnd }) {
  const known = [...Object.keys(CASES), ...OWN, ...OTHERS];
  const all = await routes();
  const unknown = all.filter((route) => !known.includes(route));
  if (unknown.length) return { met: false, figure: `say of each route what a stranger may do, here: ${unknown}` };
  for (const route of known.filter((route) => !all.includes(route))) note(`there is no ${route}: its case is left out`);

  const receiver = await receive();
  atEnd(() => receiver.close());
  const usher = await startUsher({ args: ["--faults", "--allow-private-destinations"] });
  atEnd(() => usher.stop());
  const ours = await open(usher, "ours", receiver.url);
  const theirs = await open(usher, "theirs", receiver.url);
  const real = await fill(usher, ours);
  // The control signs the stranger into the very workspace: every answer differs then.
  const stranger = control === "same" ? ours : theirs;
  const nobody = madeUp(real, random);
  const cases = Object.entries(CASES).filter(([route]) => all.includes(route));
  note(`${all.length} routes in the source; ${cases.length} take an id, ${Object.keys(ROLES).length} roles ask each`);

  const wrong = [];
  let asked = 0;
  const before = await everything(usher, ours);
  for (const role of Object.keys(ROLES)) {
    for (const [name, make] of cases) {
      const [one, two] = [await ask(stranger.staff[role], name, make(real)), await ask(stranger.staff[role], name, make(nobody))];
      asked += 1;
      const says = compare(one, real, two, nobody);
      if (says) wrong.push(`${role}: ${name}: ${says}`);
    }
    for (const name of OWN.filter((route) => all.includes(route))) {
      const answer = await ask(stranger.staff[role], name, [name.replace(/^\w+ v1\/console\//, ""), /^(POST|PUT)/.test(name) ? {} : undefined]);
      asked += 1;
      if (answer.text.includes(CANARY)) wrong.push(`${role}: ${name} tells of ours: ${answer.text.slice(0, 200)}`);
      if (answer.status >= 500) wrong.push(`${role}: ${name} ${answer.status}`);
    }
    note(`${role}: ${asked} calls, ${wrong.length} wrong`);
  }
  wrong.push(...(await by(usher, ours, theirs, real)));
  const after = await everything(usher, ours);
  for (const part of Object.keys(before)) {
    if (before[part] !== after[part]) wrong.push(`${part} of ours is another: ${difference(before[part], after[part])}`);
  }
  wrong.push(...(await heard(usher, ours, theirs)));
  await until(() => receiver.seen("ours") && receiver.seen("theirs"), "both receivers hear something");
  wrong.push(...receiver.strange());
  wrong.slice(0, 10).forEach(note);
  return {
    met: !wrong.length,
    figure: `${asked} calls by ${Object.keys(ROLES).length} roles over ${all.length} routes, sockets, webhooks, tokens and links: ${wrong.length} leaks or differences`,
  };
}

/** A workspace with a member for each role, a receiver, and a form with a file. */
async function open(usher, id, receiver) {
  const ours = id === "ours";
  const word = ours ? CANARY : "heron";
  const source = await demoWorkspace(usher);
  const key = `pk_${id}_site`;
  source.name = `${word} Ltd`;
  source.sites = [{ ...source.sites[0], id: `${word}-site`, name: `${word} site`, key, origins: [`https://${id}.example.com`] }];
  source.members = source.members.map((member) => ({ ...member, name: `${member.name} ${word}`, email: member.email.replace("@", `.${word}@`) }));
  for (const [role, rest] of Object.entries(ROLES))
    source.members.push({ id: `r-${role}`, name: `${role} ${word}`, email: `${role}@${word}.example.com`, ...rest });
  if (ours) source.members.push({ id: `${word}-only`, name: `${word} only`, email: `only@${word}.example.com`, queues: ["sales"] });
  const secret = `whsec_${Buffer.from(SECRET[id]).toString("base64")}`;
  source.destinations = [{ id: ours ? `${word}-only` : "crm", to: { webhook: { url: `${receiver}/${id}`, secret } } }];
  source.identity = { secret: SECRET[id] };
  const put = (source) => usher.operator("PUT", `workspaces/${id}`, source);
  const { status, body } = await put(source);
  assert.equal(status, 201, JSON.stringify(body));
  const staff = {};
  for (const role of Object.keys(ROLES)) staff[role] = await usher.signIn(`r-${role}`, id);
  return { id, key, word, source, staff, put };
}

let people = 0;
const from = () => ({ "x-forwarded-for": `198.51.100.${(people += 1)}`, "user-agent": `Mozilla/5.0 Chrome/140.0 ${randomUUID()}` });
const send = (usher, { key, word }, form, body) =>
  usher.submit(form, { ...body, page: { url: `https://x.example/${word}`, title: word } }, { site: key, headers: from() });

/** Everything that a workspace may have; the ids. */
async function fill(usher, ours) {
  const admin = ours.staff.admin;
  const upload = await usher.json(`/v1/files/${ours.key}?name=${CANARY}.png`, { method: "POST", body: png({ text: CANARY }), headers: from() });
  assert.equal(upload.status, 201, JSON.stringify(upload.body));
  const field = ours.source.forms.find(({ id }) => id === "support").fields.find(({ kind }) => kind === "file").name;
  const helped = await send(usher, ours, "support", support({ message: `${CANARY} with a picture`, [field]: upload.body.id }));
  assert.equal(helped.status, 200, JSON.stringify(helped.body));
  const asked = [];
  for (const name of ["one", "two"]) asked.push((await send(usher, ours, "inquiry", inquiry({ name: `${CANARY} ${name}`, message: CANARY }))).body);
  const heldBody = await send(usher, ours, "inquiry", { ...inquiry({ name: CANARY }), trap: "x" });
  assert.equal(heldBody.status, 200);
  const [item, other, help] = [await admin.itemOf(asked[0]), await admin.itemOf(asked[1]), await admin.itemOf(helped.body)];
  const merge = await admin.call(`people/${item.person.id}/merges`, { method: "POST", body: { from: other.person.id } });
  assert.equal(merge.status, 200, JSON.stringify(merge.body));
  const acted = await admin.act(item.row.id, { act: "note", text: CANARY });
  assert.equal(acted.status, 200, JSON.stringify(acted.body));
  await admin.call("views", { method: "POST", body: { name: CANARY, queue: "sales", shared: true } });
  const views = (await admin.call("views")).body;
  for (const what of ["scoring", "routing"]) {
    // Versions that the other workspace does not have.
    for (const turn of [1, 2, 3]) await ours.put({ ...ours.source, name: `${CANARY} ${what} ${turn}` });
  }
  const experiments = (await admin.call("experiments")).body;
  const prompt = ours.source.prompts[0].id;
  const saved = await admin.call("experiments", {
    method: "POST",
    body: {
      version: experiments.version,
      change: {
        act: "save",
        experiment: {
          key: "",
          name: CANARY,
          question: CANARY,
          prompt,
          metric: "opened",
          arms: [
            { key: "a", weight: 0.5 },
            { key: "b", name: "b", weight: 0.5, prompt: { ...ours.source.prompts[0], translations: {} } },
          ],
        },
      },
    },
  });
  const held = (await admin.call("held")).body.held[0].id;
  const drafts = (await admin.call(`items/${help.row.id}/drafts`)).body;
  const token = await usher.operator("POST", `workspaces/${ours.id}/tokens`, { name: "platform", scope: "outcomes" });
  const ourOnly = { name: `${CANARY}-token`, scopes: ["events"] };
  assert.equal((await usher.operator("POST", `workspaces/${ours.id}/tokens`, ourOnly)).status, 200);
  return {
    item: help.row.id,
    token: ourOnly.name,
    file: upload.body.id,
    person: item.person.id,
    other: other.person.id,
    merge: merge.body.id,
    changed: acted.body.row.changed,
    held,
    destination: `${CANARY}-only`,
    delivery: (await admin.call("deliveries")).body.deliveries?.[0]?.id ?? "none",
    view: views.views?.[0]?.id ?? "1",
    queue: "no-queue-of-theirs",
    reference: asked[0].reference,
    word: CANARY,
    member: `${CANARY}-only`,
    experiment: saved.body.experiments?.at(-1)?.key ?? "shorter",
    version: 5,
    prompt: "nobodys",
    site: `${CANARY}-site`,
    key: ours.key,
    link: drafts.feedback_link,
    token: token.body.token,
  };
}

/** Ids of the same shape that nobody has. */
function madeUp(real, random) {
  const other = (text) => text.replaceAll(/[0-9a-z]/g, (c) => (/\d/.test(c) ? String(random.below(10)) : String.fromCharCode(97 + random.below(6))));
  return {
    ...Object.fromEntries(Object.entries(real).map(([name, value]) => [name, typeof value === "string" ? other(value) : value])),
    queue: "another-queue",
    file: randomUUID(),
    item: other(real.item),
    changed: 999_999,
    version: 998,
    word: "zebrafish",
    reference: other(real.reference.toLowerCase()).toUpperCase(),
    member: "nobody-only",
    destination: "nobody-only",
    site: "nobody-site",
    key: "pk_nobodys_site",
    prompt: "nobodys",
  };
}

async function ask(staff, name, [path, body, more]) {
  const method = name.split(" ")[0];
  const options = {
    method,
    headers: { cookie: staff.cookie, ...(body && { "content-type": "application/json" }) },
    body: body && JSON.stringify(body),
  };
  const answers = [];
  for (const one of [path, more].filter(Boolean)) {
    const response = await staff.usher.fetch(`/v1/console/${one}`, options);
    answers.push([response.status, await response.text()]);
  }
  return { status: answers[0][0], text: answers.map((answer) => answer.join(" ")).join("\n") };
}

/** What tells the answers to a real and to a made-up id apart, but for the id. */
function compare(one, real, two, nobody) {
  const without = ({ text }, ids) =>
    Object.entries(ids).reduce(
      (text, [name, id]) =>
        String(id).length > 3 ? text.replaceAll(String(id), `{${name}}`) : text.replaceAll(new RegExp(`\\b${id}\\b`, "g"), "{number}"),
      text,
    );
  if (one.text.includes(CANARY) && !one.text.includes(`"${CANARY}-only"`) && !one.text.includes(`"${CANARY}-site"`))
    return `it tells of ours: ${one.text.slice(0, 200)}`;
  if (one.status >= 500) return String(one.status);
  const [first, second] = [without(one, real), without(two, nobody)].map((text) => text.replaceAll(/\{(number|changed|version)\}/g, "#"));
  return first === second ? "" : `${first.slice(0, 160)} is not ${second.slice(0, 160)}`;
}

/** By keys, tokens, links and names of the other workspace. */
async function by(usher, ours, theirs, real) {
  const wrong = [];
  const expect = (what, is, want) => JSON.stringify(is) !== JSON.stringify(want) && wrong.push(`${what}: ${JSON.stringify(is)}`);
  const secret = theirs.staff.admin.cookie.split(".").slice(1).join(".");
  for (const path of ["session", `items/${real.item}`, "audit", "sites"]) {
    expect(
      `a session of theirs, named ours: ${path}`,
      (await usher.fetch(`/v1/console/${path}`, { headers: { cookie: `__Host-usher=ours.${secret}` } })).status,
      401,
    );
  }
  const token = (await usher.operator("POST", "workspaces/theirs/tokens", { name: "platform", scope: "outcomes" })).body.token;
  const every = { name: "every", scopes: ["outcomes", "events", "hooks", "export", "mail", "people"] };
  const all = (await usher.operator("POST", "workspaces/theirs/tokens", every)).body.token;
  for (const [method, path, body] of [
    ["POST", "events", { events: [{ id: "x", type: "referred", user: "x" }] }],
    ["POST", "mail", "From: a@example.com\r\n\r\nx"],
    ["POST", "hooks", { target_url: "https://hooks.example.com/" }],
    ["DELETE", `hooks/${real.destination}`],
    ["GET", "hooks/sample"],
    ["GET", "export/items.ndjson"],
    ["POST", "people/export", { email: "ana@example.com" }],
    ["POST", "people/erase", { who: { email: "ana@example.com" }, reason: "test" }],
  ]) {
    const options = { method, headers: { authorization: `Bearer ${all}` }, body: typeof body === "string" ? body : body && JSON.stringify(body) };
    expect(`their token at our ${path}`, (await usher.fetch(`/v1/workspaces/ours/${path}`, options)).status, 401);
  }
  // A key opens nothing: neither before anything was answered under it, nor after.
  const keyed = (workspace) =>
    usher.json(`/v1/workspaces/${workspace}/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${all}`, "idempotency-key": "one-key" },
      body: JSON.stringify({ events: [{ id: "keyed", type: "referred", user: "x" }] }),
    });
  expect("their answer under a key", (await keyed("theirs")).body.taken, 1);
  expect("the same key at ours", (await keyed("ours")).status, 401);
  const theirFile = { headers: { authorization: `Bearer ${all}` } };
  const taken = await (await usher.fetch("/v1/workspaces/theirs/export/items.ndjson", theirFile)).text();
  expect("what is ours in their export", taken.includes(CANARY) || taken.includes(real.item), false);
  const report = (workspace, bearer, item) =>
    usher.json(`/v1/workspaces/${workspace}/outcomes`, {
      method: "POST",
      headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
      body: JSON.stringify({ item, outcome: "won" }),
    });
  expect("their token at our outcomes", (await report("ours", token, real.reference)).status, 401);
  expect(
    "our item by their token",
    (await report("theirs", token, real.item)).body.lines?.map(({ code }) => code),
    (await report("theirs", token, "A1B2C3D4")).body.lines?.map(({ code }) => code),
  );
  expect(
    "our reference by their token",
    (await report("theirs", token, real.reference)).body.lines?.map(({ code }) => code),
    ["unknown_item"],
  );

  const path = new URL(real.link).pathname;
  expect("our feedback link, named theirs", (await usher.fetch(path.replace("/ours/", "/theirs/"))).status, 404);
  expect(
    "our feedback, named theirs",
    (await usher.fetch(path.replace("/ours/", "/theirs/"), { method: "POST", body: new URLSearchParams({ stars: "1" }) })).status,
    404,
  );
  const file = await send(
    usher,
    theirs,
    "support",
    support({ [theirs.source.forms.find(({ id }) => id === "support").fields.find(({ kind }) => kind === "file").name]: real.file }),
  );
  expect("our file in their submission", file.status, 422);
  const identity = identify(SECRET.ours, ours.id);
  const known = (key, identity) =>
    usher.json(`/v1/known/${key}`, {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: JSON.stringify({ identity, form: "inquiry" }),
    });
  expect("our platform's token at their site", (await known(theirs.key, identity)).status, 401);
  expect("a token of theirs that names us", (await known(theirs.key, identify(SECRET.theirs, ours.id))).status, 401);
  expect("our form at their site shows their words", (await (await usher.fetch(`/v1/forms/${theirs.key}/inquiry`)).text()).includes(CANARY), false);
  expect("their settings", JSON.stringify((await usher.json(`/v1/boot/${theirs.key}`)).body).includes(CANARY), false);
  expect("their challenge names them", JSON.stringify((await usher.json(`/v1/challenge/${theirs.key}`)).body).includes(ours.key), false);
  expect("their preview", (await (await usher.fetch(`/v1/preview/${theirs.key}`)).text()).includes(CANARY), false);
  expect(
    "our key in their configuration",
    (await theirs.put({ ...theirs.source, sites: [{ ...theirs.source.sites[0], key: ours.key }] })).status,
    409,
  );
  for (const [method, path] of [
    ["PUT", ""],
    ["POST", "/sign-in-links"],
    ["POST", "/tokens"],
    ["DELETE", "/tokens/platform"],
    ["POST", "/editor-links"],
  ]) {
    for (const bearer of [token, real.token, secret, theirs.staff.admin.cookie]) {
      const { status } = await usher.fetch(`/v1/operator/workspaces/ours${path}`, {
        method,
        headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
        body: method === "DELETE" ? undefined : "{}",
      });
      expect(`the operator's ${method} ${path} by a token that is none of theirs`, status, 401);
    }
  }
  const ways = (workspace) => usher.json(`/v1/console/sign-in/ways?workspace=${workspace}`);
  expect("ways in of ours and of nobody", { ...(await ways("ours")).body, workspace: "" }, { ...(await ways("nobodys")).body, workspace: "" });
  return wrong;
}

function identify(secret, audience) {
  const part = (json) => Buffer.from(JSON.stringify(json)).toString("base64url");
  const now = Math.floor(Date.now() / 1_000);
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub: "u-1", aud: audience, iat: now, exp: now + 300 })}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

/** Open consoles hear of their own workspace, and of no other. */
async function heard(usher, ours, theirs) {
  const wrong = [];
  const sockets = await Promise.all(
    Object.values(theirs.staff).map(async (staff) => {
      const socket = await staff.live();
      const said = [];
      socket.on("data", (frame) => said.push(frame.toString()));
      return { socket, said };
    }),
  );
  const sent = await send(usher, ours, "inquiry", inquiry({ name: `${CANARY} live`, message: CANARY }));
  await send(usher, ours, "inquiry", { ...inquiry({ name: CANARY }), trap: "x" });
  // Theirs comes after ours: whoever hears it has had the time to hear ours.
  await send(usher, theirs, "inquiry", inquiry({ name: "heron live", message: "heron" }));
  const works = sockets.filter((_, at) => Object.values(ROLES)[at].queues.includes("sales"));
  await until(() => works.every(({ said }) => said.join("").includes("heron live")), "their consoles hear of theirs");
  for (const { said } of sockets)
    if (said.join("").includes(CANARY) || said.join("").includes(sent.body.reference))
      wrong.push(`a console of theirs heard ${said.join("").slice(0, 200)}`);
  sockets.forEach(({ socket }) => socket.destroy());
  return wrong;
}

/** What our workspace has, by part, as its own admin and the rows see it. */
async function everything(usher, ours) {
  const admin = ours.staff.admin;
  const text = async (path) => JSON.stringify((await admin.call(path)).body);
  // What was delivered is kept for a while, and what is counted by the minute is forgotten.
  const { outbox: _, sender: __, ...rows } = await usher.rows(ours.id);
  const items = (await admin.wholeQueue("success")).map(({ id }) => id);
  return {
    rows: JSON.stringify(rows),
    items: JSON.stringify(await Promise.all(items.map(async (id) => ({ ...(await admin.item(id)), row: undefined, timers: undefined })))),
    sites: await text("sites"),
    routing: await text("routing"),
    experiments: await text("experiments"),
    members: await text("members"),
    views: await text("views"),
    audit: await text("audit"),
    team: JSON.stringify((await admin.call("team")).body.members.map(({ member, plan, away }) => [member, plan, away])),
    scoring: JSON.stringify((await admin.call("scoring")).body.version),
  };
}

function difference(one, other) {
  const at = [...one].findIndex((c, index) => c !== other[index]);
  return `${one.slice(Math.max(0, at - 60), at + 60)} is ${other.slice(Math.max(0, at - 60), at + 60)}`;
}

/** A receiver for both workspaces' webhooks: what each of them got. */
async function receive() {
  const got = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    got.push({ path: request.url, body });
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => server.close(),
    seen: (id) => got.some(({ path }) => path === `/${id}`),
    strange: () =>
      got
        .filter(({ path, body }) => (path === "/ours") === body.includes("heron") || (path === "/theirs" && body.includes(CANARY)))
        .map(({ path, body }) => `${path} got ${body.slice(0, 200)}`),
  };
}

await promise("S5", check, { controls: ["same"] });
