// The wasm side of the benchmark: `node run.cjs MODULE.js WORK=ROUNDS...`. One JSON object, as the native side.

const { Bench } = require(process.argv[2]);

const BATCHES = 10;
const work = process.argv.slice(3).map((argument) => argument.split("="));
const bench = Bench.ready();
/** Does the work in ten batches; the fastest counts: by then V8 has compiled it, and nothing else was in its way. */
const timed = (name, rounds) => {
  let [ns, sum] = [Infinity, 0];
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const start = performance.now();
    sum += bench.run(name, rounds / BATCHES);
    ns = Math.min(ns, ((performance.now() - start) * 1e6) / (rounds / BATCHES));
  }
  return { ns, sum };
};
console.log(JSON.stringify(Object.fromEntries(work.map(([name, rounds]) => [name, timed(name, Number(rounds))]))));
