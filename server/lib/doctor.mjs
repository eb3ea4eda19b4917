// `usher doctor`: everything that can be wrong with this machine, the data and the Usher that runs on it, each with what to do.
// It changes nothing. It ends with 1 where something has to be done; a warning is for whoever knows better.

import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { lastBackup } from "./backup.mjs";
import { check, databasesIn } from "./databases.mjs";
import { secretFiles, storageOf, tokenFile } from "./data.mjs";
import { isLocked } from "./lock.mjs";
import { readNote } from "./note.mjs";
import { WORKERD_VERSION, workerdProgram, workerdSays } from "./package.mjs";
import { isAlive } from "./processes.mjs";
import { Refusal } from "./refusal.mjs";
import { LOOPBACK, originOf, statusOf } from "./workerd.mjs";

const NODE_MAJOR = 20;
/** Below the first nothing more may be taken soon; below the second it is time to look. */
const SPACE = { least: 200e6, low: 2e9 };
const BACKUP_HOURS = 48;
/** File systems over a network, by what `statfs` calls them: SQLite's log needs memory that all of its users share. */
const NETWORKS = new Map([[0x6969, "NFS"], [0xff534d42, "CIFS"], [0xfe534d42, "SMB"], [0x01021997, "9p"], [0x00c36400, "Ceph"]]);

const fine = (words) => ({ verdict: "ok", words });
const odd = (words, then) => ({ verdict: "warning", words, then });
const wrong = (words, then) => ({ verdict: "wrong", words, then });

const CHECKS = { node, workerd, folder, token, secrets, disk, lock, answers, listens, databases, backup };

export async function doctor(settings) {
  const note = readNote(settings.data);
  const about = { ...settings, note: isAlive(note?.launcher) ? note : undefined, left: note };
  const verdicts = [];
  for (const [name, look] of Object.entries(CHECKS)) {
    const { verdict, words, then } = await seen(look, about);
    verdicts.push(verdict);
    console.log(`${verdict.padEnd(8)} ${name.padEnd(10)} ${words}${then ? `\n${" ".repeat(20)}-> ${then}` : ""}`);
  }
  const count = (verdict) => verdicts.filter((one) => one === verdict).length;
  console.log(`\n${count("ok")} ok, ${count("warning")} to think about, ${count("wrong")} to put right`);
  return count("wrong") ? 1 : 0;
}

/** What a check says; where it cannot look, that is what is wrong. */
async function seen(look, about) {
  try {
    return await look(about);
  } catch (error) {
    return wrong(error instanceof Refusal ? error.message : `cannot look: ${error.message}`, "run `usher doctor` as the user that runs Usher");
  }
}

function node() {
  const major = Number(process.versions.node.split(".")[0]);
  return major >= NODE_MAJOR ? fine(`Node ${process.versions.node}`) : wrong(`Node ${process.versions.node}`, `install Node ${NODE_MAJOR} or newer`);
}

function workerd(about) {
  const program = workerdProgram(about);
  const says = workerdSays(program);
  // The package's 1.20261023.1 calls itself 2026-10-23.
  const [, year, month, day] = WORKERD_VERSION.match(/^1\.(\d{4})(\d\d)(\d\d)\./) ?? [];
  return says.includes(`${year}-${month}-${day}`)
    ? fine(`${says}, the one that this version was tested with`)
    : odd(`${says}, and this version was tested with ${WORKERD_VERSION}`, "workerd calls its storage experimental: try another version on a copy of the data first");
}

function folder({ data }) {
  if (!existsSync(data)) return odd(`${data} is not there yet`, "`usher start` makes it; --data names another");
  accessSync(data, constants.R_OK | constants.W_OK | constants.X_OK);
  const { mode, uid } = statSync(data);
  if (mode & 0o077) return wrong(`others on this machine may read ${data}`, `chmod 700 ${data}`);
  if (process.getuid() !== uid) return odd(`${data} is another user's`, "run `usher` as that user, so that no file of another's is made in it");
  return fine(`${data}, for its owner alone`);
}

function token({ data }) {
  return secret(tokenFile(data)) ?? odd("there is no operator's token yet", "`usher start` makes one");
}

function secrets({ data }) {
  const files = secretFiles(data).map(([, file]) => file);
  const said = files.map(secret);
  if (!said.length) return fine("there are no other secrets");
  return said.find(({ verdict }) => verdict !== "ok") ?? fine(`${files.join(", ")}, for their owner alone`);
}

function secret(file) {
  if (!existsSync(file)) return undefined;
  return statSync(file).mode & 0o077 ? wrong(`others on this machine may read ${file}`, `chmod 600 ${file}, and make a new one`) : fine(`${file}, for its owner alone`);
}

function disk({ data }) {
  let place = data;
  while (!existsSync(place)) place = dirname(place);
  const { bavail, bsize, type } = statfsSync(place);
  const free = bavail * bsize;
  const words = `${(free / 1e9).toFixed(1)} GB are free in ${place}`;
  if (NETWORKS.has(type)) return wrong(`${place} is on ${NETWORKS.get(type)}`, "keep the data on a disk of this machine: SQLite is not safe over a network");
  if (free < SPACE.least) return wrong(words, "make room: a submission that cannot be kept is refused with 503");
  return free < SPACE.low ? odd(words, "make room, or find out what grows") : fine(words);
}

function lock({ data, note, left }) {
  if (!existsSync(data)) return fine("nothing runs");
  const locked = isLocked(data);
  if (note) return locked ? fine(`Usher ${note.usher} runs here as process ${note.launcher.pid}`) : wrong("Usher runs here without its lock", `was ${join(data, "lock")} deleted? Stop Usher and start it again`);
  if (!locked) return fine("nothing runs on this data");
  if (isAlive(left?.workerd)) return odd(`workerd runs as process ${left.workerd.pid}, and whoever started it is gone`, "`usher start` takes its place");
  return odd("something else runs on this data, such as `cargo xtask serve`, or is just starting", "leave it, or stop it");
}

async function answers({ host, port, note }) {
  if (!note) return (await isFree(host, port)) ? fine(`port ${port} is free`) : wrong(`port ${port} is taken by another program`, "stop that, or choose another port with --port");
  const address = `${originOf(note.host, note.port)}/readyz`;
  const status = await statusOf(address);
  return status === 200 ? fine(`${address} answers`) : wrong(`${address} answers ${status}`, "look at what Usher logs; it starts workerd again by itself where that ended");
}

/** Whether a port may be listened on. 0 is whichever is free. */
function isFree(host, port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error) => (error.code === "EADDRINUSE" ? resolve(false) : reject(error)));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

function listens({ host, url, note }) {
  const [where, known] = note ? [note.host, note.url] : [host, url];
  if (!LOOPBACK.test(where)) {
    return odd(`it listens on ${where}, without TLS`, "put a proxy with TLS in front (proxy/), and see to it that nobody else reaches the port: whoever does can say that they are anybody's address");
  }
  return known?.startsWith("https:")
    ? fine(`only this machine reaches it; browsers reach ${known}`)
    : odd("only this machine reaches it", "for others: a proxy with TLS in front (proxy/), and its address as --url");
}

function databases({ data }) {
  const storage = storageOf(data);
  const names = databasesIn(storage);
  const damaged = names.filter((name) => check(join(storage, name), { quick: true }).wrong.length);
  if (damaged.length) return wrong(`damaged: ${damaged.join(", ")}`, "stop Usher, keep a copy of the folder, and restore the last backup (`usher restore`)");
  return fine(`${names.length} databases, and SQLite finds nothing wrong with them`);
}

function backup({ data }) {
  const last = lastBackup(data);
  const how = "`usher backup FOLDER`, and the timer in service/ for every night";
  if (!last) return databasesIn(storageOf(data)).length ? odd("there is no backup of this data", how) : fine("nothing to back up yet");
  const hours = (Date.now() - Date.parse(last.at)) / 3_600_000;
  if (!existsSync(last.to)) return odd(`the last backup (${last.at}) is no longer in ${last.to}`, how);
  return hours > BACKUP_HOURS ? odd(`the last backup is ${Math.floor(hours)} hours old`, how) : fine(`the last backup is of ${last.at}, in ${last.to}`);
}
