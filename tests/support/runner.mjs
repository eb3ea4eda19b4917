// Runs a file of ordinary tests, for a promise that they show: what passed, what failed, and what they said.

import { spawn } from "node:child_process";

/**
 * `names`: patterns of the tests that run, all unless given. Says `{ passed, failed, tests, said, why }`: of each test its whole name,
 * with the names of what it stands in, and whether it passed; and of the first one that failed by itself, why.
 */
export async function runTests(file, { names = [], env = {} } = {}) {
  const args = ["--no-warnings", "--experimental-websocket", "--test", "--test-reporter=tap", ...names.map((name) => `--test-name-pattern=${name}`), file];
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env } });
  let output = "";
  child.stdout.on("data", (text) => (output += text));
  child.stderr.on("data", (text) => (output += text));
  await new Promise((resume, fail) => child.on("error", fail).on("exit", resume));
  const total = (name) => Number(new RegExp(`^# ${name} (\\d+)`, "m").exec(output)?.[1] ?? 0);
  return {
    passed: total("pass"),
    failed: total("fail") + total("cancelled"),
    tests: testsIn(output),
    said: [...output.matchAll(/^\s*# (.+)$/gm)].map(([, text]) => text),
    why: reasonIn(output),
  };
}

/** What the first test, or what comes before one, failed of: not because something around it had failed. */
function reasonIn(output) {
  for (const [, , quoted, block] of output.matchAll(/^( *)error: (?:'(.*)'$|\|-\n((?:\1  .*\n)+))/gm)) {
    const reason = (quoted ?? block).replaceAll(/\s+/g, " ").trim();
    if (!reason.startsWith("test did not finish before its parent")) return reason.slice(0, 600);
  }
  return output.slice(-600);
}

/** The tests of a report (TAP): what stands in another one is further in. */
function testsIn(output) {
  const open = [];
  const found = [];
  for (const line of output.split("\n")) {
    const depth = /^ */.exec(line)[0].length / 4;
    const begun = /^ *# Subtest: (.*)/.exec(line);
    if (begun) open.splice(depth, open.length, begun[1].replaceAll("\\#", "#"));
    const ended = /^ *(not )?ok \d+ - /.exec(line);
    if (ended && !/# (SKIP|TODO)/.test(line)) found.push({ name: open.slice(0, depth + 1).join(" > "), ok: !ended[1] });
  }
  return found;
}
