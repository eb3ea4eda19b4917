// The wasm side of the benchmark: `node run.cjs MODULE.js SCORES PREDICTIONS OUTCOMES`. One JSON object, as the native side.

const { Bench } = require(process.argv[2]);

const BATCHES = 10;
const [scores, predictions, outcomes] = process.argv.slice(3).map(Number);
const bench = Bench.ready();
/** Does the work in ten batches; the fastest counts: by then V8 has compiled it, and nothing else was in its way. */
const timed = (rounds, work) => {
  let [ns, sum] = [Infinity, 0];
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const start = performance.now();
    sum += work(rounds / BATCHES);
    ns = Math.min(ns, ((performance.now() - start) * 1e6) / (rounds / BATCHES));
  }
  return { ns, sum };
};
console.log(
  JSON.stringify({
    score: timed(scores, (rounds) => bench.score(rounds)),
    score_signals: timed(scores, (rounds) => bench.score_signals(rounds)),
    predict: timed(predictions, (rounds) => bench.predict(rounds)),
    learn: timed(outcomes, (rounds) => bench.learn(rounds)),
  }),
);
