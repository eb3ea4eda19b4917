// R18: a failure after each statement of each way in which a submission is written, and of each way in which staff, the operator and the
// platform's server write. Whatever k, the first k statements leave nothing: of submissions by the count of every table's rows, of the
// others by what stands in every table. Asked again, it is done.

import { contents, deskFile } from "../support/desk-file.mjs";
import { promise } from "../support/promise.mjs";
import { startUsher, support, trial } from "../support/usher.mjs";
import { png } from "../support/samples.mjs";
import { destination, fates, grown, inquiryOf, openUsher } from "./rig.mjs";
import { staffWays } from "./staff-ways.mjs";

/** No way of writing has so many statements. */
const MOST = 60;
const CONTROLS = ["one-row-left", "an-act-left"];
/** That somebody came in, and when their session ends, is written by itself, before what they ask is done. */
const BESIDE = ["session", "sign_in_try"];

await promise("R18", run, { controls: CONTROLS });

async function run({ full, random, control, note, atEnd }) {
  const forms = control === "an-act-left" ? undefined : await byForms({ random, control, note, atEnd });
  const staff = control === "one-row-left" ? undefined : await byStaff({ full, random, control, note, atEnd });
  const all = [forms, staff].filter(Boolean);
  const sum = (name) => all.reduce((sum, one) => sum + one[name], 0);
  return {
    met: all.every(({ met }) => met),
    figure:
      `${forms?.ways ?? 0} ways by forms and ${staff?.ways ?? 0} by staff, operator and platform, ${sum("statements")} failures: ${sum("partial")} partial states, ` +
      `${sum("failed")} not answered with 503 and Retry-After, ${sum("notTaken")} not taken afterwards`,
  };
}

/** The desk fails after so many statements of the next question that has more. */
async function byStaff({ full, random, control, note, atEnd }) {
  const usher = await startUsher({ args: ["--faults"] });
  atEnd(() => usher.stop());
  const file = await deskFile(usher.data);
  const fail = (statements) => usher.json(`/__faults/desk/demo/fail-after/${statements}`);
  let [ways, statements, partial, failed, notTaken] = [0, 0, 0, 0, 0];
  for await (const { name, call } of staffWays(usher)) {
    ways += 1;
    let taken = 0;
    let answer;
    // In short, of some ways the failures are left out: most of their statements are those of others.
    const isLeftOut = !full && !control && random() < 0.5;
    for (; !isLeftOut && taken < MOST; taken++) {
      await quiet(usher);
      const before = contents(file, { without: BESIDE });
      await fail(taken);
      answer = await call();
      if (answer.status < 300) break;
      if (answer.status !== 503 || answer.headers.get("retry-after") === null) {
        failed += 1;
        note(`${name}, after ${taken} statements: ${answer.status} ${JSON.stringify(answer.body)}`);
        break;
      }
      if (control && taken === 1) await usher.operator("POST", "workspaces/demo/tokens", { name: `left${ways}`, scopes: ["events"] });
      const after = contents(file, { without: BESIDE });
      const changed = Object.keys(after).filter((table) => after[table] !== before[table]);
      if (changed.length === 0) continue;
      partial += 1;
      note(`${name}, after ${taken} statements: something is left in ${changed.join(", ")}`);
    }
    await fail("none");
    if (!(answer?.status < 300)) answer = await call();
    if (answer.status >= 300) {
      notTaken += 1;
      note(`${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    statements += taken;
    if (!isLeftOut) note(`${name}: ${taken} statements`);
  }
  return { ways, statements, partial, failed, notTaken, met: partial === 0 && failed === 0 && notTaken === 0 && ways > 50 };
}

/** What the last call left for the alarm is done, which would write meanwhile: who sent something before is rated again. */
function quiet(usher) {
  return usher.later(0);
}

/** The rows of every table, and the fates; but for tries of deliveries, which go on meanwhile. */
async function counts(usher) {
  const { attempt: _, ...rows } = await usher.rows();
  return { ...rows, fates: JSON.stringify(await fates(usher)) };
}

async function byForms({ random, control, note, atEnd }) {
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
      await quiet(usher);
      const before = await counts(usher);
      const answer = await usher.submit(form, body, { site, headers: { "usher-fail-after": String(taken) } });
      if (answer.status === 200) break;
      if (answer.status !== 503 || answer.headers.get("retry-after") === null) failed += 1;
      if (control && taken === 3) await usher.submit("inquiry", inquiryOf(random));
      const after = await counts(usher);
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
  const met = partial === 0 && failed === 0 && notTaken === 0 && statements >= 13;
  return { ways: Object.keys(ways).length, statements, partial, failed, notTaken, met };
}
