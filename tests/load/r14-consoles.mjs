// R14: fifty consoles hear of fifty submissions a second within a second (p99), each of each once; and one that loses its connection a
// hundred times, while items come and go, shows in the end what the desk has, nothing twice.

import { openUsher } from "../faults/rig.mjs";
import { startBrowser } from "../support/browser.mjs";
import { promise, quantile } from "../support/promise.mjs";
import { hearing, losing } from "./consoles.mjs";

const PER_SECOND = 50;
const SOON_MS = 1_000;

await promise("R14", run);

async function run({ full, patience, note, atEnd }) {
  const [consoles, seconds, disconnects] = full ? [50, 60, 100] : [10, 3, 5];
  const browser = await startBrowser();
  atEnd(() => browser.close());
  // Each with a desk of its own: a screen shows what comes into the first page, and only what is in the list is compared.
  const desk = async () => (await openUsher({ atEnd })).usher;
  const { heard, shown, twice } = await hearing({ usher: await desk(), browser, consoles, perSecond: PER_SECOND, seconds });
  note(`heard by ${consoles} consoles`);
  const lost = await losing({ usher: await desk(), browser, disconnects });
  note(`${disconnects} lost connections while ${lost.came} items came`);
  const [p99, onScreen] = [quantile(heard, 0.99), quantile(shown, 0.99)];
  return {
    met: p99 <= SOON_MS * patience && twice === 0 && lost.twice === 0,
    figure: `${consoles} consoles, ${PER_SECOND} submissions a second for ${seconds} s: heard within ${p99.toFixed(0)} ms (p99; p50
      ${quantile(heard, 0.5).toFixed(0)}), on a screen within ${onScreen.toFixed(0)}; ${twice} missed or heard twice; after ${disconnects} lost
      connections, while ${lost.came} items came, the screen had what the desk had: ${lost.shown} items, ${lost.twice} twice`,
  };
}
