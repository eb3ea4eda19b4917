// Q8: every domain of the list of those that lend mailboxes for minutes is flagged, and what is below it, and none of five thousand
// ordinary ones: of universities and of companies, from two other lists. Flagged is what a condition says: a route by
// `email.disposable` sends those submissions to another queue. In short, some of each are sent; all of them are looked up by
// `cargo test -p shared disposable`. The control calls domains ordinary that are on the list.

import { readFile, readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

import { openUsher } from "../faults/rig.mjs";
import { disposable } from "../support/disposable.mjs";
import { lanes, promise } from "../support/promise.mjs";
import { inquiry } from "../support/usher.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const ORDINARY = 5_000;

async function check({ full, random, control, note, atEnd }) {
  const listed = await disposable();
  const compiled = (await readFile(`${ROOT}shared/src/submission/disposable.txt`, "utf8")).trimEnd().split("\n");
  const isCurrent = listed.join() === compiled.join();
  const known = await ordinary();
  const some = (list, count) => Array.from({ length: Math.min(count, list.length) }, () => list.splice(random.below(list.length), 1)[0]);
  const plain = some(known, full ? ORDINARY : 150);
  if (control) plain.push(listed[random.below(listed.length)]);
  const below = some([...listed], full ? 1_000 : 50).map((domain) => `mx.${random.pick(["a", "mail", "x-1"])}.${domain}`);
  const lent = [...(full ? listed : some([...listed], 150)), ...below];

  const change = (workspace) => {
    // The demo's form refuses some of them by itself.
    for (const field of workspace.forms.flatMap(({ fields }) => fields)) delete field.blocked_domains;
    const says = "Writes from a mailbox for minutes";
    workspace.routes.unshift({ id: "lent", when: { "email.disposable": true }, queue: "success", pool: "learner_support", first_touch_minutes: 60, says });
  };
  const { usher } = await openUsher({ atEnd, change });
  // With a stamp of some seconds ago, as the widget's: without one there would be a second weak sign, and they would be held.
  const { stamp } = (await usher.json("/v1/boot/pk_demo_platform")).body;
  await usher.later(10);
  const sent = new Map();
  const send = async (domain) => {
    const { status, body } = await usher.submit("inquiry", inquiry({ email: `ana@${domain}` }, { stamp }));
    if (status !== 200) throw new Error(`${domain}: ${status} ${JSON.stringify(body)}`);
    sent.set(body.reference, domain);
  };
  const all = [...lent, ...plain];
  await lanes(all.length, 16, (at) => send(all[at]));
  const hana = await usher.signIn("hana");
  const flagged = new Set();
  for await (const row of hana.allItems("success")) if (sent.has(row.reference)) flagged.add(sent.get(row.reference));
  const missed = lent.filter((domain) => !flagged.has(domain));
  const wrong = plain.filter((domain) => flagged.has(domain));
  for (const [what, which] of Object.entries({ missed, wrong })) if (which.length) note(`${what}: ${which.slice(0, 5).join(", ")}`);
  return {
    met: isCurrent && missed.length === 0 && wrong.length === 0,
    figure: `${lent.length - missed.length} of ${lent.length} flagged, ${below.length} of them below one of the ${listed.length} that are listed${isCurrent ? "" : " (another list is compiled in)"}; ${wrong.length} of ${plain.length} ordinary ones of universities and companies`,
  };
}

/** The domains of universities (npm `academic-email-verifier`, a file for each) and of companies (npm `third-party-web`). */
async function ordinary() {
  const folder = `${ROOT}node_modules/academic-email-verifier/domains`;
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.name.endsWith(".txt"));
  const universities = files.map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name.slice(0, -".txt".length))).split("/").reverse().join("."));
  const companies = JSON.parse(await readFile(`${ROOT}node_modules/third-party-web/dist/entities-nostats.json`, "utf8"));
  const ofCompanies = companies.flatMap(({ domains }) => domains.map((domain) => domain.replace(/^\*\./, "")));
  return [...new Set([...universities, ...ofCompanies])].filter((domain) => /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domain)).sort();
}

await promise("Q8", check, { controls: ["listed-as-ordinary"] });
