// What every rig of a promise shares: its arguments, its seed, and how it says whether the promise is met.
//
//   node tests/faults/r01-kill.mjs [--full] [--seed N] [--control NAME]
//
// A rig prints what it does, and as its last line `promise R1 met FIGURE` or `promise R1 missed FIGURE`. It ends with 0 where
// the promise is met, 1 where it is missed, and 2 where the rig itself came to no end: that shows nothing. A control breaks
// something on purpose, and has to be missed: `--controls` says their names. `SECURITY.md` has the table of all promises.

import { parseArgs } from "node:util";

/**
 * Runs a rig. `check` is given
 * `full`: the whole form, which may take minutes; else the short one of `cargo xtask test`, at most twenty seconds,
 * `patience`: by what bounds of time are to be multiplied: 1 in full; in short 5, since the machine of a test has more to do,
 * `seed` and `random`: all of its randomness, the same for the same seed,
 * `control`: the name of the control that is to be missed, or undefined,
 * `note(text)`: prints what happens, with the time since the start,
 * `atEnd(work)`: does this when the rig ends, however it does; the last one first,
 * and says `{ met, figure }`: whether the promise is met, and what was measured, in one line. A rig that shows other promises
 * too, whose ids are in its name as well, says them as `also: [{ id, met, figure }]`.
 */
export async function promise(id, check, { controls = [] } = {}) {
  const options = { full: { type: "boolean" }, seed: { type: "string" }, control: { type: "string" }, controls: { type: "boolean" } };
  const { values } = parseArgs({ options });
  if (values.controls) return controls.forEach((name) => console.log(name));
  if (values.control && !controls.includes(values.control)) {
    throw new Error(`${id} has no control "${values.control}": ${controls.join(", ") || "none"}`);
  }
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
  if (!Number.isSafeInteger(seed)) throw new Error(`a seed is a whole number: ${values.seed}`);
  const started = performance.now();
  const note = (text) => console.log(`  ${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}`);
  console.log(`${id}${values.full ? ", in full" : ""}, seed ${seed}${values.control ? `, control ${values.control}` : ""}`);
  const atEnd = [];
  let verdict;
  try {
    verdict = await check({
      full: values.full ?? false,
      patience: values.full ? 1 : 5,
      seed,
      random: dice(seed),
      control: values.control,
      note,
      atEnd: (work) => atEnd.unshift(work),
    });
  } catch (error) {
    console.error(error);
    verdict = { figure: `the rig came to no end: ${error.message}`, broken: true };
  }
  for (const work of atEnd) await work();
  const verdicts = [...(verdict.also ?? []), { id, ...verdict }];
  for (const { id, met, figure } of verdicts) console.log(`promise ${id} ${met ? "met" : "missed"} ${figure.replaceAll(/\s+/g, " ").trim()}`);
  process.exit(verdict.broken ? 2 : verdicts.every(({ met }) => met) ? 0 : 1);
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32); with `below`, `pick`, `uuid` and `bytes` of them. */
export function dice(seed) {
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  /** A whole number from 0, below `end`. */
  random.below = (end) => Math.floor(random() * end);
  /** One of a list. */
  random.pick = (list) => list[random.below(list.length)];
  random.uuid = () => "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replaceAll("x", () => random.below(16).toString(16));
  random.bytes = (count) => Buffer.from(Array.from({ length: count }, () => random.below(256)));
  return random;
}

/** What so much of the numbers lies at or below: `quantile(times, 0.99)`. */
export function quantile(numbers, part) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
}

/** Does work in so many lanes at once until there is no more: `turn(at)` is called for 0 to `count`, each once. */
export async function lanes(count, atOnce, turn) {
  let next = 0;
  const lane = async () => {
    while (next < count) await turn(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
