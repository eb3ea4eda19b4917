// S20: the export of one person has all that is known of them. Somebody is made of whom every place that a workspace has for anybody
// holds a word of its own; each of them is in the export, under the name of its field, and nothing of anybody else's.

import { promise } from "../support/promise.mjs";
import { prepare, somebody } from "../support/somebody.mjs";
import { inquiry, startUsher } from "../support/usher.mjs";

const CONTROLS = ["another-person"];
const BOUND_MS = 10_000;

async function check({ full, control, patience, note, atEnd }) {
  const usher = await startUsher({ args: ["--faults", "--allow-private-destinations"] });
  atEnd(() => usher.stop());
  await prepare(usher);
  const mara = await usher.signIn("mara");
  const { token } = (await mara.call("tokens", { method: "POST", body: { name: "platform", scopes: ["events", "people"] } })).body;
  const platform = (method, path, body) =>
    usher.json(`/v1/workspaces/demo/${path}`, { method, headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: JSON.stringify(body) });
  const [one, other] = [await somebody(usher, mara, "plover", platform), await somebody(usher, mara, "dotterel", platform)];
  // Somebody who writes all the time.
  const many = full ? 500 : 20;
  for (let at = 0; at < many; at++) {
    const { status, body } = await usher.submit("inquiry", inquiry({ email: one.email, message: `plover-many-${at}.` }), { headers: one.headers });
    if (status !== 200) throw new Error(JSON.stringify(body));
  }
  const began = performance.now();
  const { status, body } = await mara.call(`people/${control ? other.person : one.person}/export`);
  const ms = performance.now() - began;
  if (status !== 200) throw new Error(JSON.stringify(body));
  const files = (body.records.file ?? []).map(({ base64 }) => Buffer.from(base64 ?? "", "base64").toString("latin1"));
  const told = `${JSON.stringify(body)}${files}`.toLowerCase();
  const words = [...Object.entries(one.words), ...Array.from({ length: many }, (_, at) => [`many-${at}`, `plover-many-${at}.`])];
  const missing = words.filter(([, word]) => !told.includes(word)).map(([what]) => what);
  if (missing.length) note(`not in the export: ${missing.slice(0, 20)}`);
  const strange = Object.values(other.words).filter((word) => told.includes(word)).length;
  const unnamed = Object.values(body.records).flat().filter((record) => Array.isArray(record) || Object.keys(record).some((name) => /^\d*$/.test(name))).length;
  return {
    met: !missing.length && !strange && !unnamed && ms < BOUND_MS * patience,
    figure:
      `${words.length - missing.length} of ${words.length} words in ${Object.keys(body.records).length} kinds of records, ${strange} of somebody else's, ` +
      `${(told.length / 1e6).toFixed(1)} MB in ${(ms / 1000).toFixed(2)} s`,
  };
}

await promise("S20", check, { controls: CONTROLS });
