// R8: the disk is full. What was acknowledged stays, what cannot be taken is told to come again (503 with Retry-After), and once
// there is room, everything that was acknowledged is there: at once, and after a restart.
//
// The disk is a file system in memory of a few megabytes, so this rig has to be root, or be able to become it in a
// namespace of its own; it starts itself again in one.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, rm, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { promise, lanes } from "../support/promise.mjs";
import { Client, grown, inquiryOf, openUsher, sum } from "./rig.mjs";

const CLIENTS = 8;
/** Usher's own files take two or three megabytes of what others leave it. */
const LEFT_MB = 10;
/** A file of somebody else's, which goes at the end of a round; as much again goes at the end, for what was refused. */
const OTHERS_MB = 8;
const ROOMY_MB = 200;
const MB = 1024 * 1024;
/** So many refusals are looked at before there is room again. */
const REFUSALS = 100;
/** A form of nearly the longest message there may be: it fills the disk soon. */
const MESSAGE = "What is in this course? ".repeat(400);

if (process.getuid() !== 0 && !process.argv.includes("--controls")) {
  const self = [process.execPath, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  process.exit(spawnSync("unshare", ["--map-root-user", "--mount", ...self], { stdio: "inherit" }).status ?? 2);
}
await promise("R8", run, { controls: ["roomy-disk"] });

async function run({ full, random, control, note, atEnd }) {
  const rounds = full ? 5 : 1;
  const disk = await mkdtemp(join(tmpdir(), "usher-disk-"));
  const size = control ? ROOMY_MB : LEFT_MB + 2 * OTHERS_MB * rounds;
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}m`, "usher-disk", disk]);
  atEnd(() => rm(disk, { recursive: true, force: true }));
  atEnd(() => execFileSync("umount", ["--lazy", disk]));
  const others = (round) => join(disk, `others-${round}`);
  for (let round = 1; round <= rounds && !control; round++) await writeFile(others(round), Buffer.alloc(OTHERS_MB * MB));
  if (!control) await writeFile(others("last"), Buffer.alloc(OTHERS_MB * MB * rounds));
  const usher = await openUsher({ atEnd, data: join(disk, "data") });
  const client = new Client(usher.usher, CLIENTS);
  atEnd(() => client.close());
  const before = await usher.usher.rows();

  const [taken, refused, odd] = [new Map(), [], {}];
  let atOnce = 0;
  for (let round = 1; round <= rounds; round++) {
    const isFull = () => refused.length >= REFUSALS * round || (control && taken.size >= REFUSALS);
    const sends = async () => {
      while (!isFull()) {
        const form = inquiryOf(random, { message: MESSAGE });
        const { status, headers, text } = await client.send("inquiry", form).catch((error) => ({ status: error.message, headers: {} }));
        if (status === 200) taken.set(form.submission_id, { form, text });
        else {
          refused.push(form);
          if (status !== 503 || !(Number(headers["retry-after"]) > 0)) odd[status] = (odd[status] ?? 0) + 1;
        }
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, sends));
    const { bavail, bsize } = await statfs(disk);
    note(`the disk has ${((bavail * bsize) / 1024).toFixed(0)} KB left: ${taken.size} acknowledged, ${refused.length} refused`);
    await rm(others(round), { force: true });
    const lost = await missing(client, [...taken.values()]);
    note(`there is room again: ${lost} of them are not there`);
    atOnce += lost;
  }
  await usher.kill9();
  usher.again();
  await usher.ready();
  const after = await missing(client, [...taken.values()]);
  await rm(others("last"), { force: true });
  // What was refused comes again, as its sender was told, and exists once, even where it was stored as it was refused.
  let never = 0;
  await lanes(refused.length, CLIENTS, async (at) => {
    if ((await client.send("inquiry", refused[at])).status !== 200) never += 1;
  });
  const stored = grown(before, await usher.usher.rows()).submission;
  const wrong = sum(odd);
  return {
    met: refused.length >= REFUSALS * rounds && wrong === 0 && atOnce === 0 && after === 0 && never === 0 && stored === taken.size + refused.length,
    figure:
      `${taken.size} acknowledged: ${atOnce} missing once there is room, ${after} after a restart; ` +
      `${refused.length} refused, ${wrong} of them not with 503 and Retry-After${wrong ? ` ${JSON.stringify(odd)}` : ""}; ` +
      `sent again ${never} are not taken, and ${stored} are stored`,
  };
}

/** How many of those that were acknowledged do not get the receipt that they had. */
async function missing(client, all) {
  let lost = 0;
  await lanes(all.length, CLIENTS, async (at) => {
    const { status, text } = await client.send("inquiry", all[at].form).catch(() => ({ status: 0 }));
    if (status !== 200 || text !== all[at].text) lost += 1;
  });
  return lost;
}
