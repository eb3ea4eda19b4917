// R16: a desk in a world that goes wrong, by a seed: `shared/tests/sim.rs` says what is simulated, and what is a model of what. In
// short a million steps, as the tests are built; in full a million seeds (`USHER_SEEDS`), optimised, on as many cores as there are.
// Every 500th seed is run twice, and has to come to the same hash. A planted bug that is not found misses the promise too.

import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

import { promise } from "../support/promise.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** About a hundred steps each. */
const SEEDS = { short: 10_000, full: Number(process.env.USHER_SEEDS ?? 1_000_000) };
/** Optimised, but not for size as what ships is: that would take minutes to build. */
const OPTIMISED = { CARGO_PROFILE_RELEASE_LTO: "off", CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16", CARGO_TARGET_DIR: `${ROOT}target/sim` };
/** Bugs that are planted in what is else the whole run: each has to be missed. */
const CONTROLS = ["no-alarm", "write-outside"];

await promise("R16", check, { controls: CONTROLS });

async function check({ full, seed, control, note }) {
  const cargo = ["test", "--package", "shared", "--test", "sim", ...(full ? ["--release"] : [])];
  const env = full ? OPTIMISED : {};
  const built = await run([...cargo, "--no-run"], env);
  if (built.code) throw new Error(built.output.slice(-1_500));
  note("built");

  const seeds = full ? SEEDS.full : SEEDS.short;
  const parts = Math.min(availableParallelism(), seeds);
  const part = Math.ceil(seeds / parts);
  const worlds = Array.from({ length: parts }, (_, at) => {
    const own = { ...env, USHER_SEEDS: String(part), USHER_SEED: String((seed % 2 ** 31) + at * part), ...(control && { USHER_PLANT: control }) };
    return run([...cargo, "--", "--nocapture", "--test-threads=1", ...(at ? ["whatever_goes_wrong"] : [])], own);
  });
  const ended = await Promise.all(worlds);

  const output = ended.map((one) => one.output).join("\n");
  output.split("\n").filter((line) => /seeds from|planted bugs|^seed |^[a-z-]+: seed /.test(line)).forEach(note);
  const done = [...output.matchAll(/(\d+) seeds from \d+, (\d+) steps, (\d+) replayed, 0 broken/g)];
  const sum = (group) => done.reduce((all, one) => all + Number(one[group]), 0).toLocaleString("en");
  const broken = /^seed \d+, step \d+: .*/m.exec(output)?.[0];
  const planted = /(\d+) of (\d+) planted bugs found, the last of them by seed \d+/.exec(output);
  const failed = ended.filter(({ code }) => code).length;
  if (failed && !broken) note(output.slice(-1_500));
  return {
    met: failed === 0 && done.length === parts && planted?.[1] === planted?.[2] && planted !== null,
    figure: broken
      ? `${broken}`
      : `${sum(1)} seeds, ${sum(2)} steps: ${failed ? `${failed} runs came to no end` : "0 broken"}; ${sum(3)} replayed to the same hash; ${planted?.[0] ?? "not every planted bug was found"}`,
  };
}

function run(args, env) {
  return new Promise((resolve, fail) => {
    const child = spawn("cargo", args, { cwd: ROOT, env: { ...process.env, RUST_BACKTRACE: "0", ...env } });
    let output = "";
    child.stdout.on("data", (text) => (output += text));
    child.stderr.on("data", (text) => (output += text));
    child.on("error", fail);
    child.on("exit", (code) => resolve({ code: code ?? 1, output }));
  });
}
