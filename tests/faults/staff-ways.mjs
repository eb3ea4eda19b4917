// Each way in which something is written at the desk but by a form: what members do to items, lists, people and the team, what they
// publish, who signs in, what the operator and the platform's server tell. One after the other, each `{ name, call }`: what it is, and
// the call, which may be made again until it is taken. What it needs is there by then.

import { demoWorkspace } from "../support/hosts.mjs";
import { inquiry, support } from "../support/usher.mjs";

const FAR = { year: 365 * 24 * 60 * 60_000, hour: 60 * 60_000 };

export async function* staffWays(usher) {
  const mara = await usher.signIn("mara");
  const hana = await usher.signIn("hana");
  const good = async (answer, what) => {
    const { status, body } = await answer;
    if (status >= 300) throw new Error(`${what}: ${status} ${JSON.stringify(body)}`);
    return body;
  };
  const item = async (values = {}) => (await mara.itemOf(await good(usher.submit("inquiry", inquiry(values)), "an item"))).row.id;
  const act = (id, act, staff = mara) => () => staff.act(id, act);
  const made = async (id, how) => good(mara.act(id, how), JSON.stringify(how));
  const bare = (method, path, body, headers) => async () => {
    const answer = await usher.fetch(path, { method, headers, body });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text.startsWith("{") ? JSON.parse(text) : undefined };
  };
  const asMara = { cookie: mara.cookie };

  const one = await item();
  await made(one, { act: "claim" }).catch(() => undefined);
  await made(one, { act: "release" });
  yield { name: "claim", call: act(one, { act: "claim" }) };
  yield { name: "a note that names a member", call: act(one, { act: "note", text: "@theo can you look?" }) };
  yield { name: "wait for the visitor", call: act(one, { act: "wait" }) };
  yield { name: "resume", call: act(one, { act: "resume" }) };
  yield { name: "put off", call: act(one, { act: "snooze", until: new Date(Date.now() + FAR.hour).toISOString() }) };
  yield { name: "answer", call: act(one, { act: "reply", subject: "Plans", text: "This one." }) };
  yield { name: "give to another", call: act(one, { act: "reassign", to: "theo", reason: "Yours." }) };
  yield { name: "take from another", call: act(one, { act: "reassign", to: "mara", reason: "Mine." }) };
  yield { name: "close", call: act(one, { act: "close", outcome: "won", reason: "Annual plan" }) };
  yield { name: "open again", call: act(one, { act: "reopen" }) };
  yield { name: "give back", call: act(one, { act: "release" }) };
  const two = await item();
  yield { name: "close as the same", call: act(two, { act: "duplicate", of: one }) };

  const many = [await item(), await item(), await item()];
  const onMany = (act) => () => mara.call("items/actions", { method: "POST", body: { items: many, act } });
  let rows;
  yield { name: "give many to another", call: onMany({ act: "reassign", to: "theo", reason: "All yours." }) };
  yield {
    name: "close many",
    call: async () => {
      const answer = await onMany({ act: "close", outcome: "disqualified", reason: "" })();
      if (answer.status === 200) rows = await Promise.all(many.map(async (id) => (await mara.item(id)).row));
      return answer;
    },
  };
  yield { name: "take back", call: () => mara.call("items/undo", { method: "POST", body: { items: rows.map(({ id, changed }) => ({ id, changed })) } }) };

  const held = async () => {
    await usher.submit("inquiry", { ...inquiry(), trap: "x" });
    return (await mara.call("held")).body.held[0].id;
  };
  const review = (id, act) => () => mara.call(`held/${id}`, { method: "POST", body: { act, reason: "Known to us" } });
  yield { name: "let a held one through", call: review(await held(), "release") };
  yield { name: "throw a held one away", call: review(await held(), "discard") };

  const people = await Promise.all([await item(), await item()].map(async (id) => (await mara.item(id)).person.id));
  let merge;
  yield {
    name: "merge two people",
    call: async () => {
      const answer = await mara.call(`people/${people[0]}/merges`, { method: "POST", body: { from: people[1] } });
      merge = answer.body.id ?? merge;
      return answer;
    },
  };
  yield { name: "take them apart", call: () => bare("DELETE", `/v1/console/people/${people[0]}/merges/${merge}`, undefined, asMara)() };

  yield { name: "keep a view", call: () => mara.call("views", { method: "POST", body: { name: "Pressing", queue: "sales", filter: { pressing: true } } }) };
  const { views } = (await mara.call("views")).body;
  yield { name: "drop a view", call: bare("DELETE", `/v1/console/views/${views[0]?.id}`, undefined, asMara) };
  const theo = await usher.signIn("theo");
  yield { name: "see notices", call: () => theo.call("notices/seen", { method: "POST", body: { upto: 1_000_000 } }) };

  yield { name: "go away", call: () => theo.call("presence", { method: "POST", body: { away: true } }) };
  yield { name: "be back", call: () => theo.call("presence", { method: "POST", body: { away: false } }) };
  yield { name: "say that a member is away", call: () => mara.call("team/theo/presence", { method: "POST", body: { away: true } }) };
  const { plan } = (await mara.call("team")).body.members.find(({ member }) => member.id === "theo");
  yield { name: "plan a member's hours", call: () => mara.call("team/theo", { method: "PUT", body: { base: plan, plan: { ...plan, capacity: { total: 9 } } } }) };

  const routing = async () => (await mara.call("routing")).body;
  const { version, table } = await routing();
  const said = { ...table, routes: table.routes.map((rule, at) => (at ? rule : { ...rule, says: "Said anew" })) };
  yield { name: "keep a draft of the routes", call: () => mara.call("routing/draft", { method: "PUT", body: { table: said, base: version, revision: 0 } }) };
  yield { name: "publish the routes", call: () => mara.call("routing", { method: "PUT", body: { version, table: said, note: "Anew" } }) };
  const later = await routing();
  yield { name: "go back to other routes", call: () => mara.call("routing/roll-back", { method: "POST", body: { version: later.version, to: version } }) };
  await good(mara.call("routing/draft", { method: "PUT", body: { table: said, base: (await routing()).version, revision: 0 } }), "a draft");
  yield { name: "drop the draft of the routes", call: () => mara.call("routing/draft", { method: "DELETE" }) };

  const scoring = async () => (await mara.call("scoring")).body;
  const { card, version: before } = await scoring();
  const draft = structuredClone(card);
  draft.rules[0].says = "Said anew";
  yield { name: "keep a draft of the card", call: () => mara.call("scoring/draft", { method: "PUT", body: { card: draft, revision: 0 } }) };
  const kept = await scoring();
  yield { name: "publish the card", call: () => mara.call("scoring/publish", { method: "POST", body: { version: before, revision: kept.draft.revision, note: "Anew", rescore: true } }) };
  yield { name: "stop scoring anew", call: () => mara.call("scoring/rescoring", { method: "DELETE" }) };
  const published = await scoring();
  yield { name: "go back to another card", call: () => mara.call("scoring/roll-back", { method: "POST", body: { version: published.version, to: before, rescore: false } }) };

  const change = (path, what) => async () => {
    const { version } = (await mara.call(path)).body;
    return mara.call(path, { method: "POST", body: { version, change: what } });
  };
  yield { name: "switch a site off", call: change("sites", { act: "switch_off", id: "partner" }) };
  yield { name: "switch a site on", call: change("sites", { act: "switch_on", id: "partner" }) };
  yield { name: "give a site a new key", call: change("sites", { act: "rotate_key", id: "partner" }) };
  yield { name: "add a destination", call: change("destinations", { add: { id: "rig", to: { webhook: { url: "https://hooks.example.com/in", secret: "" } } } }) };
  yield { name: "replace its secret", call: change("destinations", { rotate: { id: "rig" } }) };
  yield { name: "remove it", call: change("destinations", { remove: { id: "rig" } }) };
  const shown = (await demoWorkspace(usher)).prompts[0];
  const experiment = {
    ...{ key: "", name: "Shorter words", question: "Do fewer words bring more?", prompt: shown.id, metric: "opened" },
    arms: [{ key: "a", weight: 0.5 }, { key: "b", name: "short", weight: 0.5, prompt: { ...shown, body: "Help?" } }],
  };
  yield { name: "draft an experiment", call: change("experiments", { act: "save", experiment }) };
  const { key } = (await mara.call("experiments")).body.experiments.at(-1);
  yield { name: "start it", call: change("experiments", { act: "start", key }) };
  yield { name: "show it to more", call: change("experiments", { act: "ramp", key, coverage: 1, weights: [0.3, 0.7] }) };
  yield { name: "end it", call: change("experiments", { act: "stop", key, learnt: "" }) };

  let token;
  yield {
    name: "make a token",
    call: async () => {
      const answer = await mara.call("tokens", { method: "POST", body: { name: "rig", scopes: ["events", "outcomes", "hooks"] } });
      token = answer.body.token ?? token;
      return answer;
    },
  };
  const asServer = () => ({ authorization: `Bearer ${token}`, "content-type": "application/json" });
  const tell = (path, body) => () => bare("POST", `/v1/workspaces/demo/${path}`, JSON.stringify(body), asServer())();
  // That a token was used is noted by itself, once a minute.
  await usher.fetch("/v1/workspaces/demo/hooks/sample", { headers: asServer() });
  const buyer = inquiry();
  const { reference } = await good(usher.submit("inquiry", buyer), "a buyer");
  yield { name: "hear of a purchase", call: tell("events", { events: [{ id: "e-1", type: "purchased", user: "u-1", email: buyer.values.email }] }) };
  yield { name: "hear of a referral", call: tell("events", { events: [{ id: "e-2", type: "referred", user: "u-1" }] }) };
  yield { name: "hear of an outcome", call: tell("outcomes", { item: reference, outcome: "lost", at: new Date().toISOString() }) };
  let hook;
  yield {
    name: "subscribe a hook",
    call: async () => {
      const answer = await tell("hooks", { target_url: "https://hooks.example.com/zap", event: "item.opened" })();
      hook = answer.body?.id ?? hook;
      return answer;
    },
  };
  yield { name: "end it", call: () => bare("DELETE", `/v1/workspaces/demo/hooks/${hook}`, undefined, asServer())() };
  yield { name: "revoke the token", call: bare("DELETE", "/v1/console/tokens/rig", undefined, asMara) };

  const help = await good(usher.submit("support", support()), "a request");
  const asked = (await hana.itemOf(help)).row.id;
  await hana.act(asked, { act: "claim" });
  const link = new URL((await hana.call(`items/${asked}/drafts`)).body.feedback_link).pathname;
  await hana.act(asked, { act: "close", outcome: "solved", reason: "" });
  const rate = { "content-type": "application/x-www-form-urlencoded" };
  yield { name: "a visitor says that it was bad", call: bare("POST", link, new URLSearchParams({ stars: "1", text: "It broke again." }).toString(), rate) };

  yield { name: "make a sign-in link", call: () => mara.call("members/theo/sign-in-links", { method: "POST", body: {} }) };
  const { url } = await good(usher.operator("POST", "workspaces/demo/sign-in-links", { member: "sunil" }), "a link");
  const json = { "content-type": "application/json" };
  yield { name: "sign in", call: bare("POST", "/v1/console/session", JSON.stringify({ token: url.split("#")[1] }), json) };
  const fresh = await usher.signIn("sunil");
  yield { name: "end other sessions", call: bare("DELETE", "/v1/console/account/sessions", undefined, { cookie: fresh.cookie }) };
  yield { name: "sign out", call: bare("DELETE", "/v1/console/session", undefined, { cookie: fresh.cookie }) };
  yield { name: "set a password", call: () => theo.call("account/password", { method: "PUT", body: { new: "umbrella tacit gravel" } }) };
  yield { name: "sign in by a password", call: bare("POST", "/v1/console/sign-in/password", JSON.stringify({ workspace: "demo", email: "theo@larkfield.example.com", password: "umbrella tacit gravel" }), json) };

  const workspace = await demoWorkspace(usher);
  workspace.name = "Larkfield";
  yield { name: "the operator replaces the configuration", call: () => usher.operator("PUT", "workspaces/demo", workspace) };
  yield { name: "the operator makes a token", call: () => usher.operator("POST", "workspaces/demo/tokens", { name: "by_operator", scopes: ["events"] }) };
  yield { name: "the operator revokes it", call: bare("DELETE", "/v1/operator/workspaces/demo/tokens/by_operator", undefined, { authorization: `Bearer ${usher.token}` }) };
}
