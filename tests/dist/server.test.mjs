// The npm package as an operator meets it: installed from its tarball into an empty folder, on a path without Rust, started by
// npx, killed, refused, backed up, restored, and looked at by its doctor.

import assert from "node:assert/strict";
import { chmod, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { DatabaseSync } from "@photostructure/sqlite";
import { identify } from "../../server/lib/processes.mjs";
import { Packaged, run, tarball, temporaryFolder } from "../support/package.mjs";
import { hook, isSigned, startReceiver } from "../support/receivers.mjs";
import { Staff, inquiry, until, within } from "../support/usher.mjs";

/** What the package promises: from the tarball to an Usher that takes submissions. */
const MINUTE_MS = 60_000;

let home;
let options;
let usher;
let took;
const receipts = [];

before(async () => {
  home = await temporaryFolder("usher-install-");
  options = { cwd: home, env: { ...process.env, PATH: `${dirname(process.execPath)}:/usr/bin:/bin` } };
  const started = performance.now();
  const installed = await run("npm", ["install", "--prefix", home, "--no-audit", "--no-fund", await tarball()], options);
  assert.equal(installed.code, 0, installed.stderr);
  usher = installedUsher("data", ["npx", "usher"]);
  await usher.start();
  took = performance.now() - started;
  // npx takes a second to find what it starts: from here on it is called by its name.
  usher.command = installedUsher("data").command;
});
after(async () => {
  await usher?.stop();
  await rm(home, { recursive: true, force: true });
});

/** The installed launcher, on a data folder of its own. */
function installedUsher(name, command = [join(home, "node_modules/.bin/usher")]) {
  return new Packaged(join(home, name), { command, options });
}

/** Signs in as the link of `usher sign-in-link` does. */
async function signIn(server = usher, member = "mara") {
  const { code, stdout, stderr } = await server.usher("sign-in-link", member, "--workspace", "acme");
  assert.equal(code, 0, stderr);
  const link = new URL(stdout.trim());
  assert.equal(link.origin, server.origin);
  const answer = await server.fetch("/v1/console/session", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token: link.hash.slice(1) }),
  });
  assert.equal(answer.status, 200);
  return new Staff(server, answer.headers.get("set-cookie").split(";")[0], await answer.json());
}

async function send() {
  const { status, body } = await usher.submit("inquiry", inquiry());
  assert.equal(status, 200);
  receipts.push(body);
  return body;
}

/** Every item that was ever acknowledged here is in its queue. */
async function assertAllThere(server) {
  const mara = await signIn(server);
  for (const receipt of receipts) assert.equal((await mara.itemOf(receipt)).row.state, "open");
}

describe("from the tarball", () => {
  test("it is installed and takes submissions within a minute, with no Rust on the path", async () => {
    console.log(`# installed and ready after ${(took / 1000).toFixed(1)} s`);
    assert.ok(took < MINUTE_MS, `${took} ms`);
    await assert.rejects(run("cargo", ["--version"], options), { code: "ENOENT" });
  });

  test("it has what the product serves, and nothing of the demo's pages", async () => {
    for (const [path, type] of [["/console/", "text/html"], ["/v1/usher.js", "text/javascript"], ["/v1/usher-widget.tgz", "application/octet-stream"]]) {
      const answer = await usher.fetch(path);
      assert.equal(answer.status, 200, path);
      assert.ok(answer.headers.get("content-type").startsWith(type), path);
    }
    assert.equal((await usher.fetch("/pricing/")).status, 404);
    assert.equal((await usher.fetch("/__faults/panic")).status, 404);
  });

  test("what is kept is for its owner alone", async () => {
    const mode = async (name) => (await stat(join(usher.data, name))).mode & 0o777;
    assert.equal(await mode("."), 0o700);
    assert.equal(await mode("operator-token"), 0o600);
    assert.match(usher.token, /^[0-9a-f]{64}$/);
  });

  test("a workspace is configured, somebody writes, a member signs in and reads it", async () => {
    const example = join(home, "node_modules/@usher/server/example/workspace.json");
    const { code, stdout, stderr } = await usher.usher("configure", example, "--workspace", "acme");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /workspace acme: version 1/);
    await send();
    await assertAllThere(usher);
  });

  test("a configuration that makes no sense is refused with every place, and the one in force stays", async () => {
    const broken = join(home, "broken.json");
    const source = JSON.parse(await readFile(join(home, "node_modules/@usher/server/example/workspace.json"), "utf8"));
    source.forms[0].fields[0].kind = "telepathy";
    await writeFile(broken, JSON.stringify(source));
    const { code, stderr } = await usher.usher("configure", broken, "--workspace", "acme");
    assert.equal(code, 1);
    assert.match(stderr, /telepathy/);
    await send();
  });
});

describe("whatever ends", () => {
  test("workerd: the launcher starts it again, and everything is there", async () => {
    const before = usher.pid;
    process.kill(before, "SIGKILL");
    await until(async () => (await usher.learn(), usher.pid !== before && (await isReady(usher))), "it is ready again");
    await send();
    await assertAllThere(usher);
  });

  test("everything at once, as in a power cut: it starts again, and everything is there", async () => {
    await usher.kill9();
    await usher.start();
    await assertAllThere(usher);
  });

  test("the launcher alone: workerd goes on, and the next start takes its place", async () => {
    const before = usher.pid;
    process.kill(usher.launcherPid, "SIGKILL");
    await send();
    const { stdout } = await usher.usher("doctor");
    assert.match(stdout, /workerd runs as process \d+, and whoever started it is gone/);
    await usher.start();
    assert.notEqual(usher.pid, before);
    await until(() => !identify(before), "the workerd that was left behind is gone");
    await assertAllThere(usher);
  });

  test("nothing: a second start on the same data is refused, and the first goes on", async () => {
    const { code, stderr } = await usher.usher("start", "--port", "0");
    assert.equal(code, 1);
    assert.match(stderr, /another Usher already runs on the data/);
    await send();
  });

  test("SIGTERM stops both, and leaves the data free", async () => {
    const pid = usher.pid;
    assert.equal(await usher.halt(), 0);
    assert.equal(identify(pid), undefined);
    const { code, stderr } = await usher.usher("sign-in-link", "mara");
    assert.equal(code, 1);
    assert.match(stderr, /no Usher runs on the data/);
    await usher.start();
    await assertAllThere(usher);
  });
});

describe("the operator's token", () => {
  test("is replaced while it runs: the old one opens nothing from then on", async () => {
    const old = usher.token;
    const mara = await signIn();
    const { code, stdout, stderr } = await usher.usher("rotate", "operator-token");
    assert.equal(code, 0, stderr);
    await usher.learn();
    assert.notEqual(usher.token, old);
    const ask = (token) => usher.operator("POST", "workspaces/acme/sign-in-links", { member: "mara" }, { authorization: `Bearer ${token}` });
    assert.equal((await ask(old)).status, 401);
    assert.equal((await ask(usher.token)).status, 201);
    assert.equal((await mara.call("session")).status, 200, "members stay signed in");
    for (const text of [stdout, stderr, ...usher.output]) {
      for (const token of [old, usher.token]) assert.ok(!text.includes(token), "a token was said aloud");
    }
  });
});

describe("the token for metrics", () => {
  test("is made where there is none, for its owner alone, and workerd reads it", async () => {
    const before = usher.pid;
    const { code, stdout, stderr } = await usher.usher("rotate", "metrics-token");
    assert.equal(code, 0, stderr);
    await usher.learn();
    assert.notEqual(usher.pid, before);
    const file = join(usher.data, "metrics-token");
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.ok(!stdout.includes(await readFile(file, "utf8")));
    assert.match(await readFile(join(usher.data, "workerd.capnp"), "utf8"), /"METRICS_TOKEN", text = embed "[^"]+metrics-token"/);
  });
});

describe("a backup", () => {
  let backups;
  let other;
  before(() => {
    backups = join(home, "backups");
  });
  after(() => other?.stop());

  test("is made while it runs, for its owner alone, and is restored elsewhere with everything", async () => {
    const made = await usher.usher("backup", backups);
    assert.equal(made.code, 0, made.stderr);
    const folder = made.stdout.trim().split("\n").at(-1);
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    const files = await readdir(folder, { recursive: true });
    assert.ok(!files.some((name) => name.includes("token")));
    other = installedUsher("elsewhere");
    const restored = await other.usher("restore", backups);
    assert.equal(restored.code, 0, restored.stderr);
    assert.match(restored.stdout, /usher-desk +\d+ databases/);
    await other.start();
    await assertAllThere(other);
    assert.notEqual(other.token, usher.token);
  });

  test("wakes what was due: every desk's alarm is set again with no request", async () => {
    const alarms = () => {
      const database = new DatabaseSync(join(other.data, "storage/usher-desk/metadata.sqlite"), { readOnly: true });
      const rows = database.prepare("SELECT actor_id, scheduled_time / 1000000 AS at FROM _cf_ALARM").all();
      database.close();
      return rows;
    };
    await other.halt();
    // As if the alarm had gone off between two files of the backup.
    const restored = await other.usher("restore", backups, "--force");
    assert.equal(restored.code, 0, restored.stderr);
    assert.ok(alarms().every(({ at }) => at <= Date.now()));
    await other.start();
    await until(() => alarms().length > 0 && alarms().every(({ at }) => at > Date.now()), "the alarm is that of the next promise");
  });

  test("never overwrites what is there, and puts it aside where it is told to", async () => {
    const refused = await other.usher("restore", backups);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /another Usher already runs/);
    await other.halt();
    const full = await other.usher("restore", backups);
    assert.equal(full.code, 1);
    assert.match(full.stderr, /holds data already/);
    const forced = await other.usher("restore", backups, "--force");
    assert.equal(forced.code, 0, forced.stderr);
    assert.ok((await readdir(other.data)).some((name) => name.startsWith("storage-before-")));
  });

  test("that is damaged is refused before anything is touched", async () => {
    const made = await usher.usher("backup", backups);
    const folder = made.stdout.trim().split("\n").at(-1);
    const { databases } = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));
    const file = join(folder, "storage", databases[0].name);
    const bytes = await readFile(file);
    bytes[bytes.length >> 1] ^= 1;
    await writeFile(file, bytes);
    const empty = installedUsher("empty");
    const { code, stderr } = await empty.usher("restore", folder);
    assert.equal(code, 1);
    assert.match(stderr, /is damaged/);
    await assert.rejects(stat(empty.data), { code: "ENOENT" });
  });

  test("makes room for itself: the newest stay", async () => {
    const made = await usher.usher("backup", backups, "--keep", "2");
    assert.equal(made.code, 0, made.stderr);
    const names = await readdir(backups);
    assert.equal(names.length, 2);
    assert.ok(names.some((name) => made.stdout.includes(name)));
  });
});

describe("a dead letter", () => {
  test("outlives a power cut and moves with a backup, and arrives under its id once it is replayed there", async (context) => {
    const receiver = await startReceiver(() => ({ status: 410 }));
    context.after(() => receiver.close());
    const secret = `whsec_${Buffer.from("an operator's evening, 32 bytes!").toString("base64")}`;
    const example = join(home, "node_modules/@usher/server/example/workspace.json");
    const workspace = JSON.parse(await readFile(example, "utf8"));
    workspace.destinations = [{ id: "crm", to: { webhook: { url: `${receiver.origin}/hook`, secret } } }];
    const file = join(home, "with-a-webhook.json");
    await writeFile(file, JSON.stringify(workspace));
    const [here, there] = ["letters", "letters-elsewhere"].map((name) => {
      const server = installedUsher(name);
      server.args = ["--allow-private-destinations"];
      context.after(() => server.stop());
      return server;
    });
    await here.start();
    const { code, stderr } = await here.usher("configure", file, "--workspace", "acme");
    assert.equal(code, 0, stderr);
    const sent = inquiry();
    assert.equal((await here.submit("inquiry", sent)).status, 200);
    const deadOn = async (server) => {
      const mara = await signIn(server);
      return until(async () => (await mara.call("deliveries?destination=crm&state=dead")).body.deliveries[0], "it is given up");
    };
    const letter = await deadOn(here);
    assert.equal(letter.last, "answered 410, without a word");

    await here.kill9();
    await here.start();
    assert.equal((await deadOn(here)).id, letter.id);
    const backups = join(home, "letters-kept");
    for (const words of [["rotate", "operator-token"], ["backup", backups]]) {
      const done = await here.usher(...words);
      assert.equal(done.code, 0, done.stderr);
    }
    await here.halt();
    const restored = await there.usher("restore", backups);
    assert.equal(restored.code, 0, restored.stderr);
    await there.start();
    assert.equal((await deadOn(there)).id, letter.id);

    receiver.answer = () => undefined;
    const tried = receiver.got.length;
    const mara = await signIn(there);
    assert.equal((await mara.call("destinations/crm/actions", { method: "POST", body: { act: "resume" } })).status, 200);
    assert.equal((await mara.call(`deliveries/${letter.id}`, { method: "POST", body: { act: "replay" } })).body.state, "due");
    await until(() => receiver.got.length > tried, "it arrives");
    const arrived = receiver.got.at(-1);
    assert.ok(isSigned(arrived, secret));
    assert.deepEqual([hook(arrived).id, hook(arrived).data.values.email], [letter.id, sent.values.email]);
  });
});

describe("--demo", () => {
  test("makes a workspace to look around in, once, and prints a link into it", async (context) => {
    const demo = installedUsher("demo");
    demo.args = ["--demo"];
    context.after(() => demo.stop());
    const links = () => demo.output.filter((line) => /^ +sign in +http:\/\/localhost:\d+\/console\/sign-in#demo\.[0-9a-f]+$/.test(line));
    await demo.start();
    assert.equal(links().length, 1);
    assert.equal((await demo.fetch("/v1/forms/pk_demo_platform/inquiry")).status, 200);
    const { body: receipt } = await demo.submit("inquiry", inquiry());
    await demo.halt();
    await demo.start();
    assert.equal(links().length, 2);
    const mara = await demo.signIn("mara");
    assert.equal((await mara.itemOf(receipt)).row.state, "open");
  });
});

describe("the doctor", () => {
  test("finds nothing to put right", async () => {
    const { code, stdout } = await usher.usher("doctor");
    assert.equal(code, 0, stdout);
    assert.match(stdout, /, 0 to put right/);
    for (const name of ["node", "workerd", "folder", "token", "disk", "lock", "answers", "databases", "backup"]) {
      assert.match(stdout, new RegExp(`^ok +${name} `, "m"));
    }
  });

  test("finds a token that others may read, and a port that is taken", async () => {
    const file = join(usher.data, "operator-token");
    await chmod(file, 0o644);
    const open = await usher.usher("doctor");
    await chmod(file, 0o600);
    assert.equal(open.code, 1);
    assert.match(open.stdout, /^wrong +token /m);
    const elsewhere = installedUsher("nowhere");
    const taken = await elsewhere.usher("doctor", "--port", String(usher.port));
    assert.equal(taken.code, 1);
    assert.match(taken.stdout, /^wrong +answers +port \d+ is taken/m);
  });

  test("finds a damaged database", async () => {
    const damaged = installedUsher("damaged");
    assert.equal((await damaged.usher("restore", join(home, "backups"))).code, 0);
    const desk = join(damaged.data, "storage/usher-desk");
    const name = (await readdir(desk)).find((name) => name !== "metadata.sqlite");
    const bytes = await readFile(join(desk, name));
    bytes.fill(0xff, 8192, 16_384);
    await writeFile(join(desk, name), bytes);
    const { code, stdout } = await damaged.usher("doctor", "--port", "0");
    assert.equal(code, 1);
    assert.match(stdout, /^wrong +databases +/m);
  });
});

async function isReady(server) {
  try {
    return (await within(server.fetch("/readyz"), "an answer", 5_000)).status === 200;
  } catch {
    return false;
  }
}
