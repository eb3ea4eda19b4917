// How long a program had a processor: what something costs, whatever else the machine does meanwhile. Linux only.

import { readFile, readdir } from "node:fs/promises";

/** For how long the threads of a process had a processor so far, in milliseconds. */
export async function ranFor(pid) {
  const threads = await readdir(`/proc/${pid}/task`);
  const times = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/schedstat`, "utf8").catch(() => "0")));
  return times.reduce((sum, text) => sum + Number(text.split(" ")[0]), 0) / 1e6;
}
