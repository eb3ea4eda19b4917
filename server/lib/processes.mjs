// Other processes, told apart for certain: a number is used again, a number with the moment of its start is not.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Who a process is, to be asked later whether it is still there; nothing, where it is gone. */
export function identify(pid) {
  const started = startOf(pid);
  return started && { pid, started };
}

/** Whether that very process is there. */
export function isAlive(identity) {
  return Boolean(identity?.started) && startOf(identity.pid) === identity.started;
}

/** Asks that very process for something; says whether it was there. */
export function signal(identity, name) {
  if (!isAlive(identity)) return false;
  try {
    process.kill(identity.pid, name);
    return true;
  } catch (error) {
    if (error.code === "ESRCH") return false;
    throw error;
  }
}

/** When it started, in whatever the system counts in. A process that ended and was not yet buried is none. */
function startOf(pid) {
  if (process.platform !== "linux") {
    return spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).stdout?.trim() || undefined;
  }
  try {
    // The name, in brackets, may hold anything; after it come the state and, as the twentieth, the start.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
