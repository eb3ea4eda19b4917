// R17: a panic, in the Worker and in a desk between two statements, while thirty requests wait. Only the request that panics fails,
// soon; the others are answered, and nothing is half written.

import { promise, quantile } from "../support/promise.mjs";
import { within } from "../support/usher.mjs";
import { Client, fates, grown, inquiryOf, openUsher } from "./rig.mjs";

const WAITING = 30;
const WAIT_MS = 150;
const SOON_MS = 100;
const CONTROLS = ["restarted-at-once"];

await promise("R17", run, { controls: CONTROLS });

async function run({ full, patience, random, control, note, atEnd }) {
  const panics = full ? 100 : 12;
  const usher = await openUsher({ atEnd });
  const client = new Client(usher.usher, WAITING + 4);
  atEnd(() => client.close());
  const before = await usher.usher.rows();
  const times = [];
  let [lost, answered, taken, crashes] = [0, 0, 0, 0];
  for (let count = 0; count < panics; count++) {
    const inDesk = count % 2 === 1;
    // Two thirds wait where it panics, the others in the other one.
    const ask = (path) => within(usher.usher.fetch(path), "an answer", 10_000).then(({ status }) => status === 200, () => false);
    const waiting = Array.from({ length: WAITING }, (_, at) => {
      return ask((at % 3 === 0) === inDesk ? `/__faults/wait/${WAIT_MS}` : `/__faults/desk/demo/wait/${WAIT_MS}`);
    });
    const form = inquiryOf(random);
    await new Promise((resume) => setTimeout(resume, random.below(WAIT_MS / 2)));
    const started = performance.now();
    if (control) {
      await usher.kill9();
      usher.again();
      await usher.ready();
    } else {
      const { status } = await within(usher.usher.fetch(inDesk ? "/__faults/desk/demo/panic" : "/__faults/panic"), "the panic is answered", 10_000);
      if (status < 500) crashes += 1;
    }
    times.push(performance.now() - started);
    if ((await client.send("inquiry", form).catch(() => ({}))).status === 200) taken += 1;
    const answers = await Promise.all(waiting);
    answered += answers.filter(Boolean).length;
    lost += answers.filter((isAnswered) => !isAnswered).length;
  }
  const rows = grown(before, await usher.usher.rows());
  const half = (await fates(usher.usher)).half_written ?? 0;
  const worst = Math.max(...times);
  note(`${panics} panics: p50 ${quantile(times, 0.5).toFixed(0)} ms`);
  return {
    met: lost === 0 && crashes === 0 && half === 0 && worst <= SOON_MS * patience && taken === panics && rows.submission === panics,
    figure:
      `${panics} panics, half of them in a desk: ${lost} of ${lost + answered} waiting requests lost, ${half} partial writes, ` +
      `answered within ${worst.toFixed(0)} ms; a form sent right after: ${taken} of ${panics} taken, ${rows.submission} stored`,
  };
}
