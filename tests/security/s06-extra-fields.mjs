// S6: nobody decides what they were not asked: fields that a visitor may not set (whose it is, what it is worth, whether it is
// spam, where it goes) are sent beside those they may, at every place of every public body. They are refused by name or change
// nothing, and none of their values is anywhere on the disk afterwards.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { lanes, promise } from "../support/promise.mjs";
import { inquiry, startUsher, support } from "../support/usher.mjs";

const SITE = "pk_demo_platform";
/** What belongs to us, in our rows and in others' products. */
const OURS = [
  "score", "points", "tier", "owner", "owner_id", "member", "queue", "pool", "route", "site", "site_id", "workspace", "workspace_id", "is_spam", "spam", "held",
  "fate", "state", "status", "reference", "receipt", "answer_by", "opened_at", "received_at", "created_at", "id", "item_id", "person_id", "person", "verified",
  "standing", "is_admin", "admin", "role", "roles", "complaint", "trace", "rating", "outcome", "timer", "outbox", "consented", "origin", "arrived", "is_robot",
  "sender", "checks", "version", "config", "__proto__", "constructor", "prototype", "_id", "$set", "values.owner", "values[owner]",
];

async function check({ full, control, random, note, atEnd }) {
  const usher = await startUsher({ args: ["--faults"] });
  atEnd(() => usher.stop());
  const mara = await usher.signIn("mara");
  const normal = await usher.submit("inquiry", inquiry(), { headers: from() });
  const plain = of(await mara.itemOf(normal.body));
  const help = await mara.itemOf((await usher.submit("support", support(), { headers: from() })).body);
  const link = new URL((await mara.call(`items/${help.row.id}/drafts`)).body.feedback_link).pathname;
  const token = (await usher.operator("POST", "workspaces/demo/tokens", { name: "s6", scope: "outcomes" })).body.token;

  const wrong = [];
  const canaries = [];
  const canary = () => {
    canaries.push(`wagtail${random.uuid().replaceAll("-", "")}`);
    return canaries.at(-1);
  };
  let [sent, refused] = [0, 0];
  const names = full ? OURS : OURS.filter((_, at) => at % 3 === 0 || OURS[at].startsWith("_"));
  const post = async (what, path, body, type = "text/plain", headers = {}) => {
    const text = typeof body === "string" ? body : body instanceof URLSearchParams ? body : JSON.stringify(body);
    const response = await usher.fetch(path, {
      method: "POST",
      headers: { "content-type": type, ...from(), ...headers },
      body: text,
      redirect: "manual",
    });
    sent += 1;
    if (response.status >= 500) wrong.push(`${what}: ${response.status}`);
    if (response.status >= 400) refused += 1;
    return { status: response.status, text: await response.text() };
  };
  const with_ = (body, path, name, value) => {
    const copy = structuredClone(body);
    let at = copy;
    for (const part of path) at = at[part];
    // Also `__proto__`, as JSON has it.
    Object.defineProperty(at, name, { value, enumerable: true, configurable: true, writable: true });
    return copy;
  };

  await lanes(names.length, 4, async (turn) => {
    const name = names[turn];
    for (const value of [canary(), [canary()], { $eq: canary() }, 100_000, true]) {
      const body = { ...inquiry(), signals: [{ kind: "page_viewed", about: { plan: "pro" } }] };
      for (const path of [[], ["values"], ["page"], ["signals", 0], ["signals", 0, "about"]]) {
        // What a signal is about has names of the page's own: that is no field of ours.
        if (path.at(-1) === "about" && typeof value === "string") continue;
        const what = `${[...path, name].join(".")} = ${JSON.stringify(value)}`;
        const answer = await post(what, `/v1/forms/${SITE}/inquiry`, with_({ ...body, submission_id: randomUUID() }, path, name, value));
        if (answer.status === 200) wrong.push(`${what} was taken`);
      }
    }
    // A form of HTML may have been written by hand: it is refused too.
    const pairs = new URLSearchParams({ usher_submission_id: randomUUID(), ...inquiry().values, [name]: canary() });
    if ((await post(`plain ${name}`, `/v1/forms/${SITE}/inquiry`, pairs, "application/x-www-form-urlencoded")).status === 200)
      wrong.push(`plain ${name} was taken`);
    const own = new URLSearchParams({ usher_submission_id: randomUUID(), ...inquiry().values, [`usher_${name}`]: canary() });
    if ((await post(`plain usher_${name}`, `/v1/forms/${SITE}/inquiry`, own, "application/x-www-form-urlencoded")).status === 200)
      wrong.push(`plain usher_${name} was taken`);
    const batch = { batch_id: randomUUID(), signals: [{ kind: "page_viewed", url: "https://x.example/" }] };
    await post(`signals ${name}`, `/v1/signals/${SITE}`, with_(batch, [], name, canary()));
    await post(`signals[0] ${name}`, `/v1/signals/${SITE}`, with_({ ...batch, batch_id: randomUUID() }, ["signals", 0], name, canary()));
    await post(`prompts ${name}`, `/v1/prompts/${SITE}`, with_({ prompts: [], url: "https://x.example/" }, [], name, canary()));
    await post(`known ${name}`, `/v1/known/${SITE}`, with_({ identity: "", form: "inquiry" }, [], name, canary()));
    if (turn < 5)
      await post(`feedback ${name}`, link, new URLSearchParams({ stars: "5", text: "Fine", [name]: canary() }), "application/x-www-form-urlencoded");
    await post(`sign-in ${name}`, "/v1/console/session", with_({ token: "demo.x" }, [], name, canary()), "application/json");
    await post(
      `password ${name}`,
      "/v1/console/sign-in/password",
      with_({ workspace: "nowhere", email: "a@b.example", password: "x" }, [], name, canary()),
      "application/json",
    );
    const outcome = with_({ item: normal.body.reference, outcome: "qualified" }, [], name, canary());
    await post(`outcomes ${name}`, "/v1/workspaces/demo/outcomes", outcome, "application/json", { authorization: `Bearer ${token}` });
  });
  note(`${sent} bodies, ${refused} refused, ${canaries.length} values that must be nowhere`);

  // One that was taken is as any other of its kind.
  const last = await usher.submit("inquiry", inquiry(control === "message" ? { message: canaries[0] } : {}), { headers: from() });
  const now = of(await mara.itemOf(last.body));
  if (JSON.stringify(now) !== JSON.stringify(plain)) wrong.push(`an item is another now: ${JSON.stringify(now)}, not ${JSON.stringify(plain)}`);
  const found = await onDisk(usher.data, canaries);
  found.slice(0, 5).forEach((what) => note(`on the disk: ${what}`));
  wrong.slice(0, 5).forEach(note);
  return {
    met: !wrong.length && !found.length,
    figure: `${sent} bodies with ${names.length} fields of ours at every place: ${found.length} of ${canaries.length} values stored, ${wrong.length} taken or failed`,
  };
}

let senders = 0;
const from = () => ({
  "x-forwarded-for": `10.${(senders >> 16) & 255}.${(senders >> 8) & 255}.${(senders += 1) & 255}`,
  "user-agent": `Mozilla/5.0 Chrome/140.0 ${randomUUID()}`,
});

/** What nobody may choose of their item. */
function of({ row, person, held, complaint }) {
  const { queue, tier, state, kind, site } = row;
  return {
    queue,
    tier,
    state,
    kind,
    site,
    owned: Boolean(row.owner),
    complaint: Boolean(row.complaint ?? complaint),
    verified: person.identifiers.map(({ verified }) => verified),
    held,
  };
}

/** Which of the texts stand in a file of the data, in UTF-8 or UTF-16. */
async function onDisk(folder, texts) {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  assert.ok(
    files.some(({ name }) => name.includes(".sqlite")),
    "the rows are there",
  );
  const found = [];
  for (const { parentPath, path, name } of files) {
    const bytes = await readFile(join(parentPath ?? path, name));
    const text = bytes.toString("latin1");
    for (const canary of texts) if (text.includes(canary) || bytes.includes(Buffer.from(canary, "utf16le"))) found.push(`${canary} in ${name}`);
  }
  return found;
}

await promise("S6", check, { controls: ["message"] });
