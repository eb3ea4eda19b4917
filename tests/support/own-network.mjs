// A network of a rig's own (Linux: `unshare`), in which every address may be this machine's: public ones, private ones, those of clouds'
// metadata. Nothing in it reaches anything outside of it, and nothing outside of it is touched.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { isIPv6 } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const INSIDE = "USHER_OWN_NETWORK";

/**
 * Starts this very program again in a network of its own, unless it is there already, and ends as it ends. There, `addresses` are this
 * machine's, and names are asked of the server at `names`.
 */
export async function inOwnNetwork({ addresses, names }) {
  if (!process.env[INSIDE]) {
    const args = ["--user", "--map-root-user", "--mount", "--net", process.execPath, ...process.execArgv, ...process.argv.slice(1)];
    const child = spawn("unshare", args, { stdio: "inherit", env: { ...process.env, [INSIDE]: "1" } });
    const [code] = await once(child, "exit");
    process.exit(code ?? 2);
  }
  const run = (program, ...args) => execFileSync(program, args, { stdio: ["ignore", "ignore", "inherit"] });
  run("ip", "link", "set", "lo", "up");
  for (const address of addresses) run("ip", "address", "add", `${address}/${isIPv6(address) ? 128 : 32}`, "dev", "lo");
  const file = join(mkdtempSync(join(tmpdir(), "usher-names-")), "resolv.conf");
  writeFileSync(file, `nameserver ${names}\noptions timeout:1 attempts:1\n`);
  run("mount", "--bind", file, "/etc/resolv.conf");
}
