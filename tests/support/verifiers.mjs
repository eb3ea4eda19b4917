// The three public verifiers of Standard Webhooks, asked whether they believe a webhook: npm's in this process, PyPI's and the crate in
// processes of their own (tests/verifiers), a line for each question.

import { execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Webhook } from "standardwebhooks";

import { isSigned } from "./receivers.mjs";

const FOLDER = fileURLToPath(new URL("../verifiers/", import.meta.url));
const TARGET = fileURLToPath(new URL("../../target/verifiers", import.meta.url));
export const VERIFIERS = ["npm", "PyPI", "crate"];

/**
 * Starts them. `verdicts(request, secret, { timeless })` says `{ npm, PyPI, crate }`, each true or false; `timeless` is for requests of a
 * server whose clock was put forward: the signature is looked at, and not the time.
 */
export async function startVerifiers(atEnd) {
  await promisify(execFile)("cargo", ["build", "--quiet", "--release", "--locked", "--manifest-path", `${FOLDER}Cargo.toml`, "--target-dir", TARGET]);
  const others = [start(process.env.USHER_PYTHON ?? "python3", [`${FOLDER}verifier.py`]), start(`${TARGET}/release/webhook-verifier`, [])];
  others.forEach(({ end }) => atEnd(end));
  const verdicts = async ({ headers, text }, secret, { timeless = false } = {}) => {
    const said = Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("webhook-")));
    const question = JSON.stringify({ secret, headers: said, text, timeless });
    const answers = await Promise.all(others.map(({ ask }) => ask(question)));
    return { npm: timeless ? isSigned({ headers, text }, secret) : npm(secret, headers, text), PyPI: answers[0], crate: answers[1] };
  };
  return { verdicts };
}

function npm(secret, headers, text) {
  try {
    new Webhook(secret).verify(text, headers);
    return true;
  } catch {
    return false;
  }
}

function start(program, args) {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const waiting = [];
  createInterface({ input: child.stdout }).on("line", (line) => waiting.shift().resolve(line === "true"));
  const gone = (why) => waiting.splice(0).forEach(({ reject }) => reject(new Error(`${program}: ${why}`)));
  child.on("error", ({ message }) => gone(message)).on("exit", (code) => gone(`it ended with ${code}`));
  const ask = (question) =>
    new Promise((resolve, reject) => {
      if (child.exitCode !== null) return reject(new Error(`${program} has ended`));
      waiting.push({ resolve, reject });
      child.stdin.write(`${question}\n`);
    });
  return { ask, end: () => child.stdin.end() };
}
