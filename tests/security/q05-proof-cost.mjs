// Q5: what a proof of work costs: the visitor's browser, on this machine, found in a worker so that the page stays awake; and us,
// to check one.

import { startBrowser } from "../support/browser.mjs";
import { addSites, startHosts } from "../support/hosts.mjs";
import { ranFor } from "../support/processor.mjs";
import { promise, quantile } from "../support/promise.mjs";
import { inquiry, startUsher } from "../support/usher.mjs";

const [P50_MS, P95_MS, VERIFY_MS, ASLEEP_MS] = [1_000, 3_000, 2, 50];
const KEY = "pk_cost_site";

async function check({ full, control, note, atEnd }) {
  const usher = await startUsher();
  atEnd(() => usher.stop());
  const hosts = await startHosts();
  atEnd(() => hosts.stop());
  const browser = await startBrowser();
  atEnd(() => browser.close());
  const site = {
    id: "cost",
    name: "Cost",
    kind: "own",
    key: KEY,
    origins: [hosts.origin, usher.origin],
    forms: ["inquiry"],
    launcher: "",
    limits: { submissions_per_day: 100_000 },
  };
  await addSites(usher, { ...site, checks: { proof: true } }, { ...site, id: "free", key: "pk_free_site" });
  const turns = control ? 5 : full ? 200 : 25;
  const times = [];
  const asleep = [];
  const proofs = [];
  await browser.visit({}, async (page) => {
    await page.goto(hosts.page("/free"));
    for (let turn = 0; turn < turns; turn += 1) {
      const { took, longest, proof } = await page.evaluate(
        async ([origin, site, rounds]) => {
          const { default: solve } = await import(`${origin}/v1/proof.js`);
          let [longest, last, going] = [0, performance.now(), true];
          const beat = () => {
            longest = Math.max(longest, performance.now() - last);
            last = performance.now();
            if (going) setTimeout(beat);
          };
          beat();
          const start = performance.now();
          let proof;
          for (let round = 0; round < rounds; round += 1) proof = await solve({ origin, site });
          going = false;
          return { took: performance.now() - start, longest, proof };
        },
        [usher.origin, KEY, control === "costly" ? 40 : 1],
      );
      times.push(took);
      asleep.push(longest);
      proofs.push(proof);
    }
  });
  // With and without one to check, in turn, by the time that the server had a processor: what else this machine does is not in it.
  const cost = async (site, proof) => {
    const before = await ranFor(usher.pid);
    await usher.submit("inquiry", inquiry({}, proof ? { proof } : {}), { site });
    return (await ranFor(usher.pid)) - before;
  };
  for (let turn = 0; turn < 20; turn += 1) await cost("pk_free_site");
  const [with_, without] = [[], []];
  for (const proof of proofs) {
    without.push(await cost("pk_free_site"));
    with_.push(await cost(KEY, proof));
  }
  const [checked, plain] = [quantile(with_, 0.5), quantile(without, 0.5)];
  const verify = checked - plain;
  note(`a submission with a proof costs ${checked.toFixed(2)} ms of a processor, without ${plain.toFixed(2)} ms`);
  const [p50, p95, awake] = [quantile(times, 0.5), quantile(times, 0.95), quantile(asleep, 0.5)];
  return {
    met: p50 <= P50_MS && p95 <= P95_MS && verify <= VERIFY_MS && awake <= ASLEEP_MS,
    figure: `${times.length} found: p50 ${Math.round(p50)} ms, p95 ${Math.round(p95)} ms (at most ${P50_MS} and ${P95_MS}), the page asleep ${Math.round(awake)} ms at a time; checked and written in ${verify.toFixed(2)} ms more than without (at most ${VERIFY_MS})`,
  };
}

await promise("Q5", check, { controls: ["costly"] });
