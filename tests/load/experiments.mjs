// Are the totals of an experiment exact? Synthetic visitors see arms, press, send and buy, each thing told once or more often, while
// workerd is killed again and again; then the totals that a results page reads are held against a recount of what each visitor
// did. Printed as JSON: `node tests/load/experiments.mjs [VISITORS [KILLS [SEED]]]`, which `cargo xtask bench counts` runs.

import { pathToFileURL } from "node:url";

import { demoWorkspace } from "../support/hosts.mjs";
import { inquiry, startUsher } from "../support/usher.mjs";

const SITE = "pk_demo_platform";
const AT_ONCE = 24;
const MEASURES = ["opened", "sent", "accepted", "won"];

/** The same numbers for the same seed (mulberry32). */
function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An id that follows from the dice. */
const id = (roll) => {
  const hex = () => Math.floor(roll() * 16).toString(16);
  return "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replaceAll("x", hex);
};

export async function recount({ visitors, kills, seed = 1 }) {
  const usher = await startUsher();
  try {
    const key = await begin(usher);
    const report = await outcomes(usher);
    const roll = dice(seed);
    const ledger = [0, 1].map(() => ({ seen: 0, ...Object.fromEntries(MEASURES.map((name) => [name, 0])) }));
    const state = { left: visitors, done: 0, lost: 0, killed: 0, again: Promise.resolve() };
    const killAt = Array.from({ length: kills }, (_, at) => Math.floor(((at + 0.5) * visitors) / kills));

    /** Asks until there is an answer: whoever asks while Usher is gone asks again. */
    const insist = async (ask) => {
      for (;;) {
        await state.again;
        try {
          return await ask();
        } catch (error) {
          if (error.name === "AssertionError" || error.message.startsWith("refused")) throw error;
          state.lost += 1;
        }
      }
    };
    const post = (path, body, headers) =>
      insist(async () => {
        const sent = await usher.json(path, { method: "POST", headers, body: JSON.stringify(body) });
        if (sent.status >= 500) throw new Error("not taken");
        if (sent.status !== 200) throw new Error(`refused: ${sent.status} ${JSON.stringify(sent.body)}`);
        return sent.body;
      });
    const kill = async () => {
      await usher.kill9();
      await usher.start();
      state.killed += 1;
    };

    const visit = async () => {
      const [agent, visitor] = [`person/${id(roll)}`, id(roll)];
      const chances = Array.from({ length: 8 }, roll);
      const [batches, form] = [[id(roll), id(roll)], inquiry({ email: `v-${visitor}@example.com` })];
      form.submission_id = id(roll);
      const headers = { "content-type": "text/plain", "user-agent": agent };
      const ask = { prompts: ["a", "a.b"], url: `${usher.origin}/pricing/`, visitor };
      const { show, display } = await post(`/v1/prompts/${SITE}`, ask, headers);
      // The answer that reserved it was lost with the process: nothing was drawn.
      if (!show) return;
      const arm = ledger[show === "a" ? 0 : 1];
      const signal = (kind) => ({ kind, url: ask.url, about: { display } });
      const tell = async (at, ...kinds) => {
        const batch = { batch_id: batches[at], visitor, signals: kinds.map(signal) };
        for (let many = chances[at] < 0.2 ? 2 : 1; many > 0; many--) await post(`/v1/signals/${SITE}`, batch, headers);
      };
      if (chances[2] < 0.1) return;
      const answers = chances[3] < 0.3;
      await tell(0, "prompt_shown");
      arm.seen += 1;
      if (answers) {
        await tell(1, "prompt_answered", "prompt_shown");
        arm.opened += 1;
      }
      if (chances[4] > 0.15) return;
      const sent = { ...form, visitor, signals: [{ ...signal("prompt_shown"), ago_ms: 5, human: true }] };
      const { reference } = await post(`/v1/forms/${SITE}/inquiry`, sent, headers);
      if (chances[5] < 0.3) await post(`/v1/forms/${SITE}/inquiry`, sent, headers);
      arm.sent += 1;
      if (chances[6] > 0.5) return;
      const outcome = chances[7] < 0.6 ? "won" : "lost";
      for (let many = chances[5] < 0.5 ? 2 : 1; many > 0; many--) await post(...report({ item: reference, outcome }));
      // Whatever came of it, somebody took it on.
      arm.accepted += 1;
      if (outcome === "won") arm.won += 1;
    };
    const walk = async () => {
      while (state.left-- > 0) {
        await visit();
        state.done += 1;
        if (state.done >= killAt[0]) {
          killAt.shift();
          state.again = kill();
        }
      }
    };
    const start = performance.now();
    await Promise.all(Array.from({ length: AT_ONCE }, walk));
    await state.again;
    const seconds = (performance.now() - start) / 1000;
    const mara = await usher.signIn("mara");
    const read = async () => (await mara.call(`experiments/${key}`)).body.results;
    const totals = (await read()).arms.map((arm) => ({
      seen: arm.seen,
      ...Object.fromEntries(MEASURES.map((name) => [name, arm.so_far[name]])),
    }));
    const times = [];
    for (let at = 0; at < 9; at++) {
      const from = performance.now();
      await read();
      times.push(performance.now() - from);
    }
    times.sort((one, other) => one - other);
    return {
      visitors,
      killed: state.killed,
      asked_again: state.lost,
      seconds: Math.round(seconds),
      ledger,
      totals,
      exact: JSON.stringify(ledger) === JSON.stringify(totals),
      results_page_ms: Math.round(times[4] * 10) / 10,
    };
  } finally {
    await usher.stop();
  }
}

/** A desk with one prompt and an experiment on it, which runs. */
async function begin(usher) {
  const demo = await demoWorkspace(usher);
  const prompt = {
    ...{ id: "a", look: "bar", body: "May we help?", action: "Ask us", form: "inquiry", triggers: ["exit_intent"] },
    gates: { how_often: "always", cooldown_days: 0 },
  };
  const limits = { submissions_per_day: 1_000_000, per_address: 1_000_000 };
  const sites = demo.sites.map((site) => ({ ...site, prompts: ["a"], limits }));
  const fatigue = { per_visit: 99, per_30_days: 99, cooldown_days: 0, dismissals: 99 };
  const put = await usher.operator("PUT", "workspaces/demo", { ...demo, sites, prompts: [prompt], fatigue });
  if (put.status !== 200) throw new Error(`not configured: ${JSON.stringify(put.body)}`);
  const mara = await usher.signIn("mara");
  const change = async (what) => {
    const { version } = (await mara.call("experiments")).body;
    const changed = await mara.call("experiments", { method: "POST", body: { version, change: what } });
    if (changed.status !== 200) throw new Error(`not changed: ${JSON.stringify(changed.body)}`);
    return changed.body.experiments[0].key;
  };
  const arms = [{ key: "a", weight: 0.5 }, { key: "b", weight: 0.5, prompt: { ...prompt, body: "Help?" } }];
  const key = await change({ act: "save", experiment: { key: "", name: "Shorter", prompt: "a", arms } });
  await change({ act: "start", key });
  return key;
}

/** What to post to report an outcome. */
async function outcomes(usher) {
  const made = await usher.operator("POST", "workspaces/demo/tokens", { name: "platform", scope: "outcomes" });
  const headers = { "content-type": "application/json", authorization: `Bearer ${made.body.token}` };
  return (outcome) => ["/v1/workspaces/demo/outcomes", outcome, headers];
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [visitors, kills, seed] = [100_000, 20, 1].map((usual, at) => Number(process.argv[2 + at] ?? usual));
  const result = await recount({ visitors, kills, seed });
  const isFine = result.exact && result.killed === kills;
  // Whoever runs this reads what was wrong from standard error.
  (isFine ? console.log : console.error)(JSON.stringify(result));
  process.exitCode = isFine ? 0 : 1;
}
