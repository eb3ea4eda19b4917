// R14: fifty consoles hear of fifty submissions a second within a second (p99), and a console that lost its connection a hundred times has
// missed nothing and shows nothing twice. Both are parts of `tests/load/desk.mjs`. The control asks for more than one machine does.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

import { promise } from "../support/promise.mjs";

const DESK = fileURLToPath(new URL("desk.mjs", import.meta.url));
const P99_MS = 1_000;

await promise("R14", async ({ full, control, patience, note }) => {
  const perSecond = control ? 250 : full ? 50 : 10;
  const numbers = full ? ["500", "60", "100"] : ["60", "4", "3"];
  const args = ["--no-warnings", "--experimental-websocket", DESK, ...numbers, "--per-second", String(perSecond), "--only", control ? "live" : "live,losing"];
  const measured = await read(args);
  note(JSON.stringify(measured));
  const isPushed = measured.heard_p99_ms <= P99_MS * patience && measured.missed_or_twice === 0;
  return {
    met: isPushed && measured.shown_twice === 0 && measured.disconnects === Number(numbers[2]),
    figure:
      `${measured.consoles} consoles, ${measured.submissions_per_second} submissions a second for ${numbers[1]} s: pushed within ${measured.heard_p99_ms} ms (p99; p50 ${measured.heard_p50_ms} ms), ` +
      `${measured.missed_or_twice} missed or twice; after ${measured.disconnects} lost connections and ${measured.came_meanwhile} items the screen is the desk's, ${measured.shown_twice} twice`,
  };
}, { controls: ["too-much"] });

function read(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (chunk) => (text += chunk));
    child.on("error", reject).on("exit", (code) => (code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`desk.mjs ended with ${code}`))));
  });
}
