// S14: no input makes a parser panic, whatever its bytes are. In short: the corpus of every target, and some thousands of mutations
// of it, by `shared/tests/fuzz.rs`. In full: libFuzzer, which keeps what reaches a new branch and goes on from there, so many seconds
// of one core for each target (`USHER_FUZZ_SECONDS`; an hour each is what is promised). What it finds is left in
// tests/fuzz/artifacts; from there it goes into the corpus, with its fix.

import { spawn } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { promise } from "../support/promise.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FUZZ = `${ROOT}tests/fuzz`;
const TARGET = `${FUZZ}/target`;
const HOST = "x86_64-unknown-linux-gnu";
/** What libFuzzer goes by: counters at every edge, and what is compared with what. */
const COVERAGE = [
  "-Cpasses=sancov-module", "-Cllvm-args=-sanitizer-coverage-level=4", "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
  "-Cllvm-args=-sanitizer-coverage-pc-table", "-Cllvm-args=-sanitizer-coverage-trace-compares", "-Ccodegen-units=1",
].join(" ");
const SECONDS = Number(process.env.USHER_FUZZ_SECONDS ?? 30);

async function check({ full, seed, control, note }) {
  return full ? guided(seed, note) : mutated(seed, control, note);
}

async function mutated(seed, control, note) {
  // The test finds a fault that it planted itself: that is its control, and the only one that needs no broken parser.
  const test = control === "planted" ? "none_of_this_name" : "";
  const { code, output } = await run("cargo", ["test", "--quiet", "--package", "shared", "--test", "fuzz", "--", "--nocapture", test], {
    USHER_FUZZ_SEED: String(seed % 2 ** 31),
  });
  const lines = output.split("\n").filter((line) => /\w+: \d+ of the corpus/.test(line));
  lines.forEach(note);
  if (code) note(output.slice(-1_500));
  const inputs = lines.reduce((sum, line) => sum + Number(/and (\d+) changed/.exec(line)[1]), 0);
  return {
    met: code === 0 && lines.length > 10,
    figure: `${lines.length} parsers, ${inputs} mutations of their corpus: ${code ? "one panics, or does not end" : "0 panics"}`,
  };
}

async function guided(seed, note) {
  const built = await run("cargo", ["build", "--quiet", "--release", "--target", HOST, "--manifest-path", `${FUZZ}/Cargo.toml`], {
    RUSTFLAGS: COVERAGE,
    CARGO_TARGET_DIR: TARGET,
  });
  if (built.code) throw new Error(built.output.slice(-1_000));
  const names = (await readdir(`${FUZZ}/fuzz_targets`)).map((file) => file.replace(".rs", ""));
  const wrong = [];
  let [inputs, seconds] = [0, 0];
  for (const name of names) {
    const found = `${TARGET}/found/${name}`;
    await mkdir(found, { recursive: true });
    await mkdir(`${FUZZ}/artifacts/${name}`, { recursive: true });
    const limits = [
      `-max_total_time=${SECONDS}`,
      `-seed=${(seed % 2 ** 31) + 1}`,
      "-timeout=10",
      "-rss_limit_mb=2048",
      "-max_len=65536",
      "-print_final_stats=1",
      `-artifact_prefix=${FUZZ}/artifacts/${name}/`,
    ];
    const start = performance.now();
    const { code, output } = await run(`${TARGET}/${HOST}/release/${name}`, [...limits, found, `${FUZZ}/corpus/${name}`]);
    seconds += (performance.now() - start) / 1_000;
    const tries = Number(/stat::number_of_executed_units:\s*(\d+)/.exec(output)?.[1] ?? 0);
    inputs += tries;
    const coverage = [...output.matchAll(/cov: (\d+)/g)].map(([, edges]) => Number(edges));
    note(`${name}: ${tries} inputs, from ${coverage[0] ?? 0} to ${coverage.at(-1) ?? 0} edges${code ? `, ended with ${code}` : ""}`);
    if (code) wrong.push(`${name}: ${/panicked at[^\n]*\n?[^\n]*/.exec(output)?.[0] ?? output.slice(-400)}`);
    if (!tries) wrong.push(`${name} tried nothing`);
  }
  wrong.forEach(note);
  return {
    met: !wrong.length,
    figure: `${names.length} parsers, ${(inputs / 1e6).toFixed(1)} million inputs in ${Math.round(seconds)} seconds of one core with libFuzzer (${SECONDS} each): ${wrong.length} panics or hangs`,
  };
}

function run(program, args, env = {}) {
  return new Promise((resume, fail) => {
    const child = spawn(
      program,
      args.filter((arg) => arg !== ""),
      { cwd: ROOT, env: { ...process.env, RUST_BACKTRACE: "0", ...env } },
    );
    let output = "";
    child.stdout.on("data", (text) => (output += text));
    child.stderr.on("data", (text) => (output += text));
    child.on("error", fail);
    child.on("exit", (code) => resume({ code: code ?? 1, output }));
  });
}

await promise("S14", check, { controls: ["planted"] });
