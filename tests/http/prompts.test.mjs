// Prompts, as a page asks for them: which gate stops one, budgets across sites, tabs and names, and editor links.

import assert from "node:assert/strict";
import { createHmac, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { matches } from "../../widget/loader/prompts.js";
import { demoWorkspace } from "../support/hosts.mjs";
import { inquiry, startUsher, until } from "../support/usher.mjs";

const PLATFORM = "pk_demo_platform";
const PARTNER = "pk_demo_partner";

let usher;
let demo;
before(async () => {
  usher = await startUsher({ args: ["--faults"] });
  demo = await demoWorkspace(usher);
});
after(() => usher?.stop());

const prompt = (id, rest = {}) => ({
  ...{ id, look: "bar", body: "May we help?", action: "Ask us", form: "inquiry", triggers: ["exit_intent"] },
  ...rest,
});

/** Puts these prompts on both sites. */
async function configure(prompts, fatigue, workspace = "demo", change = (source) => source) {
  const ids = prompts.map(({ id }) => id);
  const sites = demo.sites.map((site) => ({ ...site, prompts: ids }));
  const source = change({ ...demo, sites, prompts, ...(fatigue ? { fatigue } : { fatigue: undefined }) });
  const { status, body } = await usher.operator("PUT", `workspaces/${workspace}`, source);
  assert.ok(status < 300, JSON.stringify(body));
}

const person = () => `person/${randomUUID()}`;

async function ask(prompts, { agent = person(), site = PLATFORM, path = "/pricing/", headers = {}, ...rest } = {}) {
  const { status, body } = await usher.json(`/v1/prompts/${site}`, {
    method: "POST",
    headers: { "content-type": "text/plain", "user-agent": agent, ...headers },
    body: JSON.stringify({ prompts, url: `${usher.origin}${path}`, ...rest }),
  });
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

async function tell(kind, display, agent, rest = {}) {
  const signal = { kind, url: `${usher.origin}/pricing/`, about: { display } };
  const { body } = await usher.json(`/v1/signals/${PLATFORM}`, {
    method: "POST",
    headers: { "content-type": "text/plain", "user-agent": agent },
    body: JSON.stringify({ batch_id: randomUUID(), signals: [signal], ...rest }),
  });
  assert.ok(body.fates.accepted > 0, JSON.stringify(body));
}

/** Why a prompt is not shown, by an editor's link. */
async function why(id, { agent = person(), ...rest } = {}) {
  const { why } = await ask([id], { agent, editor: await editorToken(), ...rest });
  return why.find(({ prompt }) => prompt === id).gate;
}

async function editorToken(page = `${usher.origin}/pricing/`) {
  const { status, body } = await usher.operator("POST", "workspaces/demo/editor-links", { site: PLATFORM, page });
  assert.equal(status, 201, JSON.stringify(body));
  return new URL(body.url).searchParams.get("usher_editor");
}

test("a budget holds across sites, and what is asked first is shown", async () => {
  await configure([prompt("a"), prompt("b")]);
  const agent = person();
  const first = await ask(["b", "a"], { agent });
  assert.equal(first.show, "b");
  assert.ok(first.display);
  await tell("prompt_shown", first.display, agent);
  for (const site of [PLATFORM, PARTNER]) assert.equal((await ask(["a"], { agent, site })).show, null);
  assert.equal(await why("a", { agent, site: PARTNER }), "cooldown");
  assert.equal(await why("b", { agent }), "how_often");
  assert.equal((await ask(["a"])).show, "a", "somebody else's budget is their own");
});

test("twenty tabs that ask at once show one prompt", async () => {
  await configure([prompt("a", { gates: { how_often: "always", cooldown_days: 0 } })]);
  const [agent, visitor] = [person(), randomUUID()];
  for (const names of [{ agent: person() }, { agent, visitor }]) {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(["a"], names)));
    assert.equal(answers.filter(({ show }) => show).length, 1);
    assert.equal(new Set(answers.map(({ display }) => display).filter(Boolean)).size, 1);
  }
});

test("a visitor who consented has one budget on all their devices, and two have two", async () => {
  await configure([prompt("a"), prompt("b")]);
  const [one, two] = [randomUUID(), randomUUID()];
  const desk = person();
  assert.equal((await ask(["a"], { agent: desk, visitor: one })).show, "a");
  assert.equal((await ask(["b"], { agent: person(), visitor: one })).show, null, "another device");
  assert.equal((await ask(["b"], { agent: desk })).show, null, "the same device, without its id");
  assert.equal((await ask(["b"], { agent: desk, visitor: two })).show, "b", "another person at the same device");
});

test("a person whom the platform vouches for has one budget everywhere, and a forged token is nobody's", async () => {
  const secret = "a secret of the platform, 32 characters or more";
  const gates = { audience: { "person.known": true } };
  await configure([prompt("a", { gates }), prompt("b", { gates }), prompt("c")], undefined, "demo", (source) => ({
    ...source,
    identity: { secret },
  }));
  const token = (key = secret) => {
    const now = Math.floor(Date.now() / 1000);
    const part = (json) => Buffer.from(JSON.stringify(json)).toString("base64url");
    const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub: user, aud: "demo", iat: now, exp: now + 300 })}`;
    return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
  };
  const user = `u-${randomUUID()}`;
  assert.equal((await ask(["a"], { identity: token("another secret") })).show, null);
  assert.equal((await ask(["a"], { identity: token(), visitor: randomUUID() })).show, "a");
  assert.equal((await ask(["b"], { identity: token(), visitor: randomUUID(), site: PARTNER })).show, null);
  assert.equal(await why("b", { identity: token() }), "cooldown");
  assert.equal((await ask(["c"], { identity: token("another secret") })).show, "c", "a stranger's budget is their own");
});

test("what was shown before consent counts after it", async () => {
  await configure([prompt("a"), prompt("b")]);
  const [agent, visitor] = [person(), randomUUID()];
  const { display } = await ask(["a"], { agent });
  await tell("prompt_dismissed", display, agent);
  assert.equal((await ask(["b"], { agent, visitor })).show, null);
  assert.equal(await why("a", { agent, visitor }), "how_often");
});

test("dismissals are counted, and count no further once they are told again", async () => {
  const often = { how_often: "always", cooldown_days: 0 };
  const fatigue = { per_visit: 9, per_30_days: 9, cooldown_days: 7, dismissals: 2 };
  await configure([prompt("a", { gates: often })], fatigue);
  const agent = person();
  for (const shows of ["a", "a", null]) {
    const { show, display } = await ask(["a"], { agent });
    assert.equal(show, shows);
    if (!show) break;
    await tell("prompt_shown", display, agent);
    await tell("prompt_dismissed", display, agent);
    await tell("prompt_dismissed", display, agent);
  }
  assert.equal(await why("a", { agent }), "dismissals");
});

test("a visit and 30 days have their budgets", async () => {
  const gates = { how_often: "always", cooldown_days: 0 };
  await configure([prompt("a", { gates })], { per_visit: 2, per_30_days: 9, cooldown_days: 0, dismissals: 9 });
  const agent = person();
  assert.deepEqual([(await ask(["a"], { agent })).show, (await ask(["a"], { agent })).show], ["a", "a"]);
  assert.equal(await why("a", { agent }), "per_visit");
  await configure([prompt("a", { gates })], { per_visit: 9, per_30_days: 2, cooldown_days: 0, dismissals: 9 });
  assert.equal(await why("a", { agent }), "per_30_days");
});

test("an answer ends a prompt that is shown until it is answered", async () => {
  const gates = { how_often: "until_answered", cooldown_days: 0 };
  await configure([prompt("a", { gates })], { per_visit: 9, per_30_days: 9, cooldown_days: 0, dismissals: 9 });
  const agent = person();
  const { display } = await ask(["a"], { agent });
  assert.equal((await ask(["a"], { agent })).show, "a");
  await tell("prompt_answered", display, agent);
  assert.equal(await why("a", { agent }), "how_often");
});

test("nothing is shown after conversion, on any site", async () => {
  await configure([prompt("a"), prompt("b", { form: undefined, link: "/pricing/" })]);
  const [agent, visitor] = [person(), randomUUID()];
  const body = inquiry({}, { visitor });
  const { status } = await usher.submit("inquiry", body, { headers: { "user-agent": agent } });
  assert.equal(status, 200);
  await until(async () => (await why("a", { agent })) === "converted", "the conversion is kept");
  assert.equal(await why("b", { agent }), "converted");
  await until(async () => (await why("b", { visitor })) === "converted", "and under the visitor's own id");
  assert.equal((await ask(["a", "b"], { agent, site: PARTNER })).show, null);
});

test("each gate outside the visitor is asked at the edge", async () => {
  const gated = (id, gates, rest) => prompt(id, { gates, ...rest });
  const never = { zone: "UTC", week: { monday: [["00:00", "00:01"]] }, closed: [] };
  const closed = new Date().getUTCDay() === 1 ? { ...never, week: { tuesday: [["00:00", "00:01"]] } } : never;
  await configure(
    [
      prompt("page", { pages: [{ part: "path", how: "is", with: "/support" }] }),
      gated("later", { from: "2099-01-01T00:00:00Z" }),
      gated("over", { until: "2020-01-01T00:00:00Z" }),
      gated("hours", { hours_of: "team_advisers" }),
      gated("online", { online: "learner_support" }),
      gated("audience", { audience: { "visit.pricing_views": { $gte: 1 } } }),
      gated("campaign", { audience: { "campaign.source": "letter", "site.partner": false } }),
    ],
    undefined,
    "demo",
    (source) => ({
      ...source,
      sites: source.sites.map((site) => (site.key === PARTNER ? { ...site, prompts: [] } : site)),
      pools: source.pools.map((pool) => (pool.id === "team_advisers" ? { ...pool, hours: closed } : pool)),
    }),
  );
  assert.equal(await why("page"), "page");
  assert.equal(await why("page", { path: "/support/" }), undefined);
  assert.equal(await why("later"), "schedule");
  assert.equal(await why("over"), "schedule");
  assert.equal(await why("hours"), "hours");
  assert.equal(await why("online"), "online");
  assert.equal(await why("audience"), "audience");
  assert.equal(await why("campaign"), "audience");
  assert.equal(await why("campaign", { path: "/?utm_source=letter" }), undefined);
  assert.equal(await why("page", { site: PARTNER, path: "/support/" }), "site");
  const agent = person();
  await tell("pricing_viewed", "", agent, { human: true });
  assert.equal(await why("audience", { agent }), undefined);
});

test("somebody at the desk is somebody online", async () => {
  await configure([prompt("a", { gates: { online: "learner_support" } }), prompt("b", { gates: { online: "team_advisers" } })]);
  assert.equal(await why("a"), "online");
  const sunil = await usher.signIn("sunil");
  const socket = await sunil.live();
  await until(async () => (await why("a")) === undefined, "Sunil is seen");
  assert.equal(await why("b"), "online", "he is of another team");
  socket.destroy();
  await until(async () => (await why("a")) === "online", "Sunil has gone");
});

test("who asks not to be tracked leaves nothing behind", async () => {
  await configure([prompt("a"), prompt("b", { pages: [{ part: "path", how: "is", with: "/support" }] })]);
  for (const [headers, rest] of [[{ "sec-gpc": "1" }, {}], [{ dnt: "1" }, {}], [{}, { private: true }]]) {
    const agent = person();
    for (let time = 0; time < 2; time += 1) {
      assert.deepEqual(await ask(["b", "a"], { agent, headers, visitor: randomUUID(), ...rest }), { show: "a" });
    }
    assert.equal((await ask(["a"], { agent })).show, "a", "nothing was counted");
  }
});

test("only an editor reads reasons, and only a true token makes one", async () => {
  await configure([prompt("a"), prompt("b")]);
  const agent = person();
  const token = await editorToken();
  const read = await ask(["b"], { agent, editor: token });
  assert.deepEqual(read.why.map(({ prompt, gate }) => [prompt, gate]), [["a", undefined], ["b", undefined]]);
  assert.deepEqual([read.show, read.display], ["b", undefined], "nothing is reserved");
  assert.equal((await ask(["a"], { agent })).show, "a", "nothing was counted");
  const said = (await ask([], { agent, editor: token })).why.find(({ prompt }) => prompt === "b");
  assert.equal(said.gate, "cooldown");
  assert.match(said.says, /next one may be from \d+ \w+ \d{4}/);

  const [time, signature] = token.split(".");
  const ended = (Date.now() - 1).toString(16);
  const later = (Date.now() + 9e9).toString(16);
  const flipped = signature.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
  for (const forged of ["x", ".", `${time}.`, `${time}.${flipped}`, `${later}.${signature}`, `${ended}.${signature}`, `${time}.é`]) {
    assert.deepEqual(await ask(["a", "b"], { agent: person(), editor: forged }), { show: null }, forged);
  }
});

test("a token opens its own workspace only", async () => {
  const token = await editorToken();
  const sites = demo.sites.map((site) => ({ ...site, key: `${site.key}_2`, prompts: ["a"] }));
  await usher.operator("PUT", "workspaces/other", { ...demo, sites, prompts: [prompt("a")] });
  assert.deepEqual(await ask(["a"], { site: `${PLATFORM}_2`, editor: token }), { show: null });
});

test("an editor link leads to a page of the workspace's, and is made by those who may", async () => {
  const mara = await usher.signIn("mara");
  const link = (page, site = PLATFORM) => mara.call("editor-links", { method: "POST", body: { site, page } });
  const { status, body } = await link(`${usher.origin}/pricing/?plan=team#top`);
  assert.equal(status, 201);
  const url = new URL(body.url);
  assert.deepEqual([url.pathname, url.searchParams.get("plan"), url.hash], ["/pricing/", "team", "#top"]);
  assert.ok(Date.parse(body.expires_at) > Date.now());
  assert.ok((await ask(["a"], { editor: url.searchParams.get("usher_editor") })).why.length);
  assert.equal((await link("https://evil.example/")).status, 422);
  assert.equal((await link("nonsense")).status, 422);
  assert.equal((await link(usher.origin, "pk_nobody_has")).status, 404);
  const anonymous = await usher.json("/v1/console/editor-links", { method: "POST", body: "{}" });
  assert.equal(anonymous.status, 401);
  const operator = await usher.json("/v1/operator/workspaces/demo/editor-links", { method: "POST", body: "{}" });
  assert.equal(operator.status, 401);
});

test("a question that makes no sense is refused, and a foreign page may not ask", async () => {
  const post = (body, headers = {}) =>
    usher.json(`/v1/prompts/${PLATFORM}`, { method: "POST", headers: { "content-type": "text/plain", ...headers }, body });
  assert.equal((await post("{")).status, 400);
  assert.equal((await post(JSON.stringify({ prompts: "a", url: "" }))).status, 400);
  assert.equal((await post(JSON.stringify({ prompts: Array(33).fill("a"), url: "" }))).status, 422);
  assert.equal((await post("x".repeat(17 * 1024))).status, 413);
  assert.equal((await post("{}", { origin: "https://evil.example" })).status, 403);
  assert.equal((await usher.json("/v1/prompts/pk_nobody_has", { method: "POST", body: "{}" })).status, 404);
  const good = await post(JSON.stringify({ prompts: ["nope"], url: "" }), { origin: usher.partnerOrigin });
  assert.equal(good.status, 403, "the partner's page may not use the platform's key");
  assert.deepEqual((await post(JSON.stringify({ prompts: ["nope"], url: "" }))).body, { show: null });
});

test("the browser reads rules for pages as the edge does", async () => {
  const vectors = JSON.parse(await readFile(new URL("../vectors/pages.json", import.meta.url), "utf8"));
  for (const { name, rules, url, matches: agreed } of vectors) assert.equal(matches(rules, url), agreed, name);
});

test("a site is told its prompts in one language, and nothing that only the edge decides", async () => {
  const translations = { pt: { body: "Podemos ajudar?" } };
  await configure([prompt("a", { gates: { online: "learner_support" }, translations })]);
  const { body } = await usher.json(`/v1/boot/${PLATFORM}`);
  assert.deepEqual(body.prompts, [prompt("a")]);
});
