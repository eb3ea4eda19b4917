// R18: a failure after each statement of each way in which a submission is written. Whatever k, the first k statements leave no row;
// sent again, it is taken.

import { promise } from "../support/promise.mjs";
import { support, trial } from "../support/usher.mjs";
import { png } from "../support/samples.mjs";
import { destination, fates, grown, inquiryOf, openUsher } from "./rig.mjs";

/** No way of writing has so many statements. */
const MOST = 60;
const CONTROLS = ["one-row-left"];

await promise("R18", run, { controls: CONTROLS });

async function run({ random, control, note, atEnd }) {
  // Nobody listens there: what is in the outbox stays in it.
  const change = (workspace) => (workspace.destinations = [destination({ port: 9 })]);
  const usher = (await openUsher({ atEnd, args: ["--allow-private-destinations"], change })).usher;
  const fresh = (made) => ({ ...made, submission_id: random.uuid() });
  const first = inquiryOf(random);
  const known = () => inquiryOf(random, { email: first.values.email });
  const upload = async () => {
    const answer = await usher.fetch("/v1/files/pk_demo_platform?name=shot.png", { method: "POST", body: png(), headers: { origin: usher.origin } });
    return (await answer.json()).id;
  };
  const ways = {
    "an inquiry of somebody new": ["inquiry", () => first],
    "an inquiry of somebody known": ["inquiry", known],
    "one with consent and answers that are asked once": ["inquiry", () => inquiryOf(random, { company: "Ruiz Books", role: "lead", news: "yes" })],
    "a trial": ["trial", () => fresh(trial())],
    "a request for support": ["support", () => fresh(support())],
    "a complaint": ["support", () => fresh(support({ message: "This is unacceptable, I want my money back." }))],
    "one with a file": ["support", async () => fresh(support({ screenshot: await upload() }))],
    "one that is held": ["inquiry", () => ({ ...inquiryOf(random), trap: "x" })],
    "one of a partner's site": ["inquiry", () => inquiryOf(random), "pk_demo_partner"],
  };
  let [statements, partial, failed, notTaken] = [0, 0, 0, 0];
  for (const [name, [form, make, site]] of Object.entries(ways)) {
    const body = await make();
    let taken = 0;
    for (; taken < MOST; taken++) {
      const before = { ...(await usher.rows()), fates: JSON.stringify(await fates(usher)) };
      const answer = await usher.submit(form, body, { site, headers: { "usher-fail-after": String(taken) } });
      if (answer.status === 200) break;
      if (answer.status !== 503 || answer.headers.get("retry-after") === null) failed += 1;
      if (control && taken === 3) await usher.submit("inquiry", inquiryOf(random));
      const after = { ...(await usher.rows()), fates: JSON.stringify(await fates(usher)) };
      if (JSON.stringify(before) !== JSON.stringify(after)) {
        partial += 1;
        note(`${name}, after ${taken} statements: ${JSON.stringify(grown(before, after))}`);
      }
    }
    // What was refused each time before has been taken once, under the same id.
    if (taken === MOST || (await usher.submit(form, body, { site })).status !== 200) notTaken += 1;
    statements += taken;
    note(`${name}: ${taken} statements`);
  }
  return {
    met: partial === 0 && failed === 0 && notTaken === 0 && statements >= 13,
    figure:
      `${Object.keys(ways).length} ways, ${statements} failures: ${partial} partial states, ` +
      `${failed} not answered with 503 and Retry-After, ${notTaken} not taken afterwards`,
  };
}
