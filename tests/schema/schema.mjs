// Whether the server does what its specification says: schemathesis makes calls from `docs/openapi.json`, right ones and wrong ones,
// as the operator, the platform's server and a member of staff, and looks at every answer. What it finds is printed with the
// command that shows it again. A server error, or an answer that the specification does not have, fails.
//
// Before that, a specification that is wrong on purpose has to be found out.
//
//   node tests/schema/schema.mjs [--full] [--seed N] [--only OPERATION_ID]

import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { demoWorkspace } from "../support/hosts.mjs";
import { png } from "../support/samples.mjs";
import { inquiry, startUsher, support, trial } from "../support/usher.mjs";

const SHORT_EXAMPLES = 20;
const FULL_EXAMPLES = 350;
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
  "ignored_auth",
];
/** What cannot be asked so: a web socket, and the way back from another server. */
const LEFT_OUT = ["openLive", "comeBackFromOpenId"];
/**
 * What only ever is refused here: what somebody else has to vouch for, and what names the version of a configuration that
 * other calls change meanwhile. tests/http has them.
 */
const REFUSED_ONLY = ["askKnown", "signInByOpenId", "signInByAccess", "publishCard", "rollBackCard", "rollBackTable", "publishTable", "changeSites", "changeExperiments", "changeDestinations", "changeRetention"];

/** A mail that somebody wrote. */
const MAIL = "From: Ana <ana@example.com>\r\nTo: help@larkfield.example\r\nSubject: A question\r\nMessage-ID: <1@example.com>\r\n\r\nWhere is lesson three?\r\n";

const { values: asked } = parseArgs({
  options: { full: { type: "boolean" }, seed: { type: "string", default: "20261130" }, only: { type: "string" } },
});

const specification = JSON.parse(await readFile(new URL("../../docs/openapi.json", import.meta.url), "utf8"));
const folder = await mkdtemp(join(tmpdir(), "usher-schema-"));
const usher = await startUsher();
let failed = true;
try {
  const start = await begin();
  await writeFile(join(folder, "schemathesis.toml"), toml(start));
  await writeFile(join(folder, "right.json"), JSON.stringify(start.right));
  const wrong = structuredClone(specification);
  wrong.components.schemas.Session.properties.workspace.type = "integer";
  if (await run(wrong, start.who, { only: "readSession", stdio: "ignore" })) throw new Error("what is wrong was not found");
  console.log("a specification that is wrong on purpose was found out");
  const isTrue = await run(specification, start.who, { only: asked.only });
  failed = !(await haveSucceeded()) || !isTrue;
} finally {
  // Why the server did not answer, in its own words.
  if (failed) console.log(usher.output.filter((line) => line.includes('"level":"error"')).join("\n"));
  await usher.stop();
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;

/** Who calls; something of everything that a call can be about, by its name in addresses; and calls that are right. */
async function begin() {
  const workspace = await demoWorkspace(usher);
  workspace.mailboxes = [{ address: "help@larkfield.example", site: "platform", form: "support" }];
  check(await usher.operator("PUT", "workspaces/demo", workspace), 200);
  const mara = await usher.signIn("mara");
  const picture = await usher.json("/v1/files/pk_demo_platform?name=a.png", {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: png(),
  });
  for (const body of [inquiry(), inquiry()]) check(await usher.submit("inquiry", body), 200);
  for (const body of [trial(), trial()]) check(await usher.submit("trial", body), 200);
  check(await usher.submit("support", support()), 200);
  const withFile = check(await usher.submit("support", support({ screenshot: picture.body.id })), 200);
  check(await usher.submit("inquiry", inquiry({}, { trap: "a machine" })), 200);
  const items = [...(await mara.items("sales")), ...(await mara.items("success"))].map(({ id }) => id);
  const people = await Promise.all(items.map(async (id) => (await mara.item(id)).person.id));
  const { row } = await mara.itemOf(withFile);
  // Nobody else is erased: what the other calls are about has to stay.
  const gone = (await mara.itemOf(check(await usher.submit("inquiry", inquiry()), 200))).person.id;
  const held = (await mara.call("held")).body.held.map(({ id }) => id);
  const view = { name: "Mine", queue: "sales", whose: "mine" };
  const views = check(await mara.call("views", { method: "POST", body: view }), 200).views.map(({ id }) => id);
  const tokenOf = (name, ...scopes) => usher.operator("POST", "workspaces/demo/tokens", { name, scopes });
  const server = check(await tokenOf("of-this-run", "outcomes", "events", "hooks", "export", "mail", "people"), 200);
  for (const name of ["reports", "of-admins"]) check(await tokenOf(name, "outcomes"), 200);
  const target = "https://hooks.example.com/usher";
  const headers = { authorization: `Bearer ${server.token}`, "content-type": "application/json" };
  const subscription = { method: "POST", headers, body: JSON.stringify({ target_url: target }) };
  const hook = check(await usher.json("/v1/workspaces/demo/hooks", subscription), 201);
  const { version } = (await mara.call("destinations")).body;
  const add = { id: "crm", to: { webhook: { url: target, secret: "" } } };
  check(await mara.call("destinations", { method: "POST", body: { version, change: { add } } }), 200);
  const tried = check(await mara.call("destinations/crm/actions", { method: "POST", body: { act: "test" } }), 200);
  const link = check(await usher.operator("POST", "workspaces/demo/sign-in-links", { member: "jonas" }), 201);
  const page = { site: "pk_demo_platform", page: `${usher.origin}/pricing/` };
  const token = (await mara.call(`items/${row.id}/drafts`)).body.feedback_link.split("/").at(-1);
  const card = (await mara.call("scoring")).body.card;
  const table = (await mara.call("routing")).body.table;
  const { plan } = (await mara.call("team")).body.members.find(({ member }) => member.id === "ines");
  const places = {
    key: ["pk_demo_platform", "pk_demo_partner"],
    form: ["inquiry", "trial", "support"],
    workspace: ["demo"],
    queue: ["sales", "success"],
    member: ["theo", "mara", "sunil", "jonas"],
    name: ["reports"],
    version: [1, 2],
    item: items,
    person: people,
    person_to_erase: [gone],
    file: [picture.body.id],
    held,
    view: views,
    experiment: [await experiment(mara)],
    merge: [await merge(mara, people)],
    token: [token],
    token_name: ["of-admins"],
    destination: ["crm"],
    delivery: [tried.delivery],
    hook: [hook.id],
    export: ["items.csv", "items.ndjson"],
  };
  return {
    who: { operator: usher.token, server: server.token, session: cookie(mara), leaving: cookie(await usher.signIn("theo")) },
    places,
    right: withPlaces(places, {
      submitForm: { body: inquiry() },
      uploadFile: { media: "application/octet-stream", bytes: png().toString("base64") },
      sendSignals: { body: { batch_id: randomUUID(), signals: [] } },
      sendFeedback: { media: "application/x-www-form-urlencoded", body: { stars: "5", text: "Good." } },
      reportOutcomes: { body: { item: items[0], outcome: "won" } },
      reportEvents: { body: { events: [{ id: "evt-1", type: "purchased", email: "ana@example.com" }] } },
      handOverMail: { media: "message/rfc822", bytes: Buffer.from(MAIL).toString("base64") },
      recordCall: { body: { submission_id: randomUUID(), form: "inquiry", values: { phone: "+44 20 7946 0018", message: "Asks for a class." } } },
      subscribe: { body: { target_url: target } },
      actOnDestination: { body: { act: "test" } },
      actOnDelivery: { body: { act: "replay" } },
      makeOwnToken: { body: { name: "of-admins", scopes: ["outcomes"] } },
      configureWorkspace: { path: { workspace: "another" }, body: await another() },
      makeSignInLink: { body: { member: "hana" } },
      makeToken: { body: { name: "reports", scopes: ["outcomes"] } },
      makeEditorLink: { body: page },
      makeOwnEditorLink: { body: page },
      signInByLink: { body: { token: link.url.split("#")[1] } },
      signInByPassword: { body: await password() },
      setPassword: { body: { new: "a walk along the harbour" } },
      seeNotices: { body: { upto: 0 } },
      readFile: { path: { item: row.id } },
      actOnItem: { body: { act: "note", text: "They call back." } },
      actOnItems: { body: { items, act: { act: "note", text: "They call back." } } },
      undoActs: { body: { items: [{ id: items[0], changed: 1 }] } },
      reviewHeld: { body: { act: "release" } },
      saveView: { body: { ...view, name: "Mine too" } },
      mergePeople: { path: { person: people.at(-1) }, body: { from: people.at(-2) } },
      erasePerson: { body: { reason: "test" } },
      changeHold: { body: { act: "place", reason: "A claim." } },
      exportPeopleForServer: { body: { email: "ana@example.com" } },
      erasePeopleForServer: { body: { who: { user: "nobody" }, reason: "test" } },
      setOwnPresence: { body: { away: false } },
      setPresence: { body: { away: false } },
      changePlan: { path: { member: "ines" }, body: { base: plan, plan } },
      simulateRoute: { body: { item: row.id, at: new Date().toISOString() } },
      askWhatIf: { body: { basis: (await mara.call(`scoring/basis/${row.id}`)).body } },
      saveCardDraft: { body: { card, revision: 0 } },
      saveTableDraft: { body: { table, base: 1, revision: 0 } },
      replayCard: { body: { card, days: 30 } },
      replayTable: { body: { table, days: 30 } },
    }),
  };
}

/** Calls that are right, by their operation; where they do not say what they are about, it is the first that there is. */
function withPlaces(places, right) {
  const operations = Object.values(specification.paths).flatMap((path) => Object.values(path));
  const named = operations.map(({ operationId, parameters = [] }) => {
    const names = parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name);
    const path = Object.fromEntries(names.map((name) => [name, places[name][0]]));
    return [operationId, { ...right[operationId], path: { ...path, ...right[operationId]?.path } }];
  });
  return Object.fromEntries(named);
}

/** The key of an experiment that runs. */
async function experiment(mara) {
  const { version, prompts } = (await mara.call("experiments")).body;
  const change = (act, version) => mara.call("experiments", { method: "POST", body: { version, change: act } });
  const arms = [{ key: "a", weight: 0.5 }, { key: "b", name: "short", weight: 0.5, prompt: { ...prompts[0], body: "Help?" } }];
  const draft = { key: "", name: "Fewer words", question: "Do they bring more?", prompt: prompts[0].id, metric: "opened", arms };
  const saved = check(await change({ act: "save", experiment: draft }, version), 200);
  const [{ key }] = saved.experiments;
  check(await change({ act: "start", key }, saved.version), 200);
  return key;
}

/** The id of a merge of two people. */
async function merge(mara, [into, from]) {
  return check(await mara.call(`people/${into}/merges`, { method: "POST", body: { from } }), 200).id;
}

/** A configuration for another workspace. */
async function another() {
  const demo = await demoWorkspace(usher);
  return { ...demo, sites: demo.sites.map((site) => ({ ...site, key: `${site.key}_of_another` })) };
}

/** A sign-in by a password that was just set. */
async function password() {
  const sunil = await usher.signIn("sunil");
  const { email } = (await sunil.call("account")).body;
  const password = `${asked.seed} small boats at noon`;
  check(await sunil.call("account/password", { method: "PUT", body: { new: password } }), 200);
  return { workspace: "demo", email, password };
}

function check({ status, body }, wanted) {
  if (status !== wanted) throw new Error(`the start went wrong: ${status} ${JSON.stringify(body)}`);
  return body;
}

function cookie(staff) {
  return staff.cookie.slice(staff.cookie.indexOf("=") + 1);
}

/** The settings of schemathesis. TOML's strings and lists are JSON's. */
function toml({ who, places }) {
  const out = [`seed = ${Number(asked.seed)}`, `hooks = ${JSON.stringify(new URL("hooks.py", import.meta.url).pathname)}`];
  // Nothing is remembered from one run to the next.
  out.push("[cache]", "enabled = false");
  // A name that is there nearly always; and words that mean something, now and then.
  out.push("[parameters]");
  for (const name of Object.keys(places)) out.push(`"path.${name}" = { dictionary = "${name}", probability = 0.8 }`);
  const words = [...Object.values(places).flat().map(String), "2026-12-01T09:00:00Z", "A1", "2"];
  out.push("[generation]", 'dictionaries.string = { dictionary = "words", probability = 0.15 }');
  for (const [name, values] of Object.entries({ ...places, words })) {
    out.push(`[dictionaries.${name}]`, `values = ${JSON.stringify(values)}`);
  }
  out.push("[auth.openapi]", `operator = { bearer = ${JSON.stringify(who.operator)} }`);
  out.push(`server = { bearer = ${JSON.stringify(who.server)} }`, `session = { api_key = ${JSON.stringify(who.session)} }`);
  // Who is refused everywhere tests nothing: that is a failure of the run.
  out.push("[warnings]", 'display = ["missing_auth"]', 'fail-on = ["missing_auth"]');
  // A configuration that happens to be right would end the workspace that everything else is about.
  out.push(...about("configureWorkspace", { workspace: "another" }));
  return `${out.join("\n")}\n`;
}

/** What an operation is always about. */
function about(operation, places) {
  const parameters = Object.entries(places).map(([name, value]) => `"path.${name}" = ${JSON.stringify(value)}`);
  return ["[[operations]]", `include-operation-id = ${JSON.stringify(operation)}`, `parameters = { ${parameters.join(", ")} }`];
}

/** Runs schemathesis to its end; whether it found nothing. */
async function run(specification, { leaving }, { only, stdio = "inherit" }) {
  const program = process.env.USHER_SCHEMATHESIS ?? "schemathesis";
  const file = join(folder, "openapi.json");
  await writeFile(file, JSON.stringify(specification));
  const args = ["--config-file", join(folder, "schemathesis.toml"), "run", file, "--url", usher.origin, "--checks", CHECKS.join(",")];
  const examples = asked.full ? FULL_EXAMPLES : SHORT_EXAMPLES;
  args.push("--max-examples", String(examples), "--continue-on-failure");
  // One worker: two threads that parse Python at once can break Python 3.11 (cpython#106905).
  args.push("--generation-database", "none", "--workers", "1", "--no-color");
  args.push("--phases", asked.full ? "examples,coverage,fuzzing,stateful" : "examples,coverage,fuzzing");
  for (const id of LEFT_OUT) args.push("--exclude-operation-id", id);
  if (only) args.push("--include-operation-id", only);
  else console.log(`seed ${asked.seed}, ${examples} right and wrong calls for each operation, and those on the edges of its schema`);
  const files = { USHER_RIGHT: join(folder, "right.json"), USHER_SEEN: join(folder, "seen.json") };
  const env = { ...process.env, ...files, USHER_LEAVING: leaving };
  const child = spawn(program, args, { cwd: folder, stdio: ["ignore", stdio, stdio], env });
  const [code] = await once(child, "exit");
  return code === 0;
}

/** Whether each operation has succeeded: of one that was only ever refused, nothing is known. */
async function haveSucceeded() {
  const seen = JSON.parse(await readFile(join(folder, "seen.json"), "utf8"));
  const never = Object.keys(seen).filter((name) => !Object.keys(seen[name]).some((status) => status < 400));
  const unexpected = never.filter((name) => !REFUSED_ONLY.includes(name));
  console.log(`${Object.keys(seen).length} operations, ${never.length} of them only ever refused: ${never.join(", ")}`);
  if (unexpected.length) console.log(`these were to succeed: ${unexpected.map((name) => `${name} ${JSON.stringify(seen[name])}`).join(", ")}`);
  return unexpected.length === 0;
}
