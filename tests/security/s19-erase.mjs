// S19: of somebody who was erased nothing is left. Somebody of whom a workspace knows all that it can know is erased; then every table
// of every object, and within a minute every byte of their files, their logs and free pages, is looked through for words that stood
// in nothing but theirs; so are the exports, what waits to be delivered, the audit log and the program's output.
//
// Rows are gone at once, or, where they are another object's, when the erasure says that it is done. Bytes: `edge/src/wash.rs`.

import { startReceiver } from "../support/receivers.mjs";
import { promise } from "../support/promise.mjs";
import { prepare, somebody } from "../support/somebody.mjs";
import { bytesWith, tablesWith } from "../support/stored.mjs";
import { startUsher, until } from "../support/usher.mjs";

const CONTROLS = ["not-erased"];
const MINUTE_MS = 60_000;

async function check({ full, control, note, atEnd }) {
  const receiver = await startReceiver(() => ({ status: 410 }));
  atEnd(() => receiver.close());
  const usher = await startUsher({ args: ["--faults", "--allow-private-destinations"] });
  atEnd(() => usher.stop());
  await prepare(usher, { port: new URL(receiver.origin).port });
  const mara = await usher.signIn("mara");
  const { token } = (await mara.call("tokens", { method: "POST", body: { name: "platform", scopes: ["events", "people"] } })).body;
  const platform = (method, path, body) =>
    usher.json(`/v1/workspaces/demo/${path}`, { method, headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: JSON.stringify(body) });

  const people = full ? 5 : 1;
  const marks = Array.from({ length: people }, (_, at) => `godwit${at}x`);
  const [canaries, ids] = [[], []];
  for (const mark of marks) {
    const them = await somebody(usher, mara, mark, platform);
    canaries.push(...Object.values(them.words), them.email, ...them.sent.map(({ submission_id }) => submission_id), ...them.receipts.map(({ reference }) => reference));
    ids.push(them.person);
  }
  const seen = new Set();
  for (const mark of marks) for (const table of await tablesWith(usher.data, mark)) seen.add(table);
  note(`${canaries.length} words of ${people} people stand in ${seen.size} tables`);

  const began = performance.now();
  for (const id of control ? [] : ids) {
    const { status, body } = await mara.call(`people/${id}/erase`, { method: "POST", body: { reason: "asked" } });
    if (status !== 200) throw new Error(JSON.stringify(body));
  }
  const done = async (id) => (await mara.call(`people/${id}/privacy`)).body.erased?.done_at;
  for (const id of control ? [] : ids) await until(() => done(id), "the erasure is done");
  const rowsMs = performance.now() - began;
  const left = new Set();
  for (const canary of canaries) for (const table of await tablesWith(usher.data, canary)) left.add(table);
  if (left.size) note(`still in ${[...left]}`);

  // The words are looked for as they were sent, and what begins all of them.
  const bytes = async () => {
    const found = {};
    for (const mark of marks) Object.assign(found, await bytesWith(usher.data, mark), await bytesWith(usher.data, mark.toUpperCase()));
    return found;
  };
  let found = await bytes();
  const before = Object.keys(found).length;
  while (Object.keys(found).length && performance.now() - began < MINUTE_MS) {
    await new Promise((resume) => setTimeout(resume, control ? 0 : 500));
    found = await bytes();
    if (control) break;
  }
  const bytesMs = performance.now() - began;
  if (Object.keys(found).length) note(`bytes are left: ${JSON.stringify(found)}`);
  const told = [
    JSON.stringify((await mara.call("audit")).body),
    await (await usher.fetch("/v1/console/export/items.ndjson", { headers: { cookie: mara.cookie } })).text(),
    JSON.stringify((await mara.call("deliveries")).body),
    usher.output.join("\n"),
  ].map((text) => marks.filter((mark) => text.toLowerCase().includes(mark)).length);
  const elsewhere = told.filter(Boolean).length;
  const inBytes = Object.keys(found).length;
  return {
    met: !left.size && !inBytes && !elsewhere && seen.size >= 20 && bytesMs < MINUTE_MS,
    figure:
      `${canaries.length} words of ${people} people in ${seen.size} tables: in 0 rows after ${(rowsMs / 1000).toFixed(1)} s`.replace("in 0 rows", `in ${left.size} tables`) +
      `, in the bytes of ${inBytes} of ${before} files after ${(bytesMs / 1000).toFixed(1)} s; ${elsewhere} of 4 in audit log, export, deliveries and output`,
  };
}

await promise("S19", check, { controls: CONTROLS });
