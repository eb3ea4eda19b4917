// Mail over TLS, to a real mail server whose certificate is signed by an authority that workerd was told of: from the first byte, and by
// STARTTLS. Where the server is not the one that it says, or goes on in clear text, no password is sent, and no mail.

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { startAuthority } from "../support/authority.mjs";
import { demoWorkspace } from "../support/hosts.mjs";
import { startMailServer } from "../support/receivers.mjs";
import { inquiry, startUsher, until } from "../support/usher.mjs";

const PASSWORD = "tacit umbrella gravel";
/** The password as it would be on the wire: by AUTH PLAIN, and by AUTH LOGIN. */
const SECRETS = [PASSWORD, btoa(`\0usher\0${PASSWORD}`), btoa(PASSWORD)];

let folder;
let usher;
let mara;
let good;
let wrong;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "usher-mail-"));
  await Promise.all(["ours", "theirs"].map((name) => mkdtemp(join(folder, name))));
  const ours = await startAuthority(await mkdtemp(join(folder, "ours-")));
  const theirs = await startAuthority(await mkdtemp(join(folder, "theirs-")));
  good = await ours.issue(["localhost"]);
  wrong = {
    "of an authority that nobody knows": await theirs.issue(["localhost"]),
    "of another name": await ours.issue(["mail.example.com"]),
    "that has ended": await ours.issue(["localhost"], { days: -1 }),
  };
  usher = await startUsher({ args: ["--allow-private-destinations", "--trust-certificate", ours.file] });
  mara = await usher.signIn("mara");
});
after(async () => {
  await usher?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A mail server that asks for a password; `asked` are those that it was told. */
async function startServer(context, options) {
  const asked = [];
  const onAuth = ({ username, password }, session, done) => {
    asked.push({ username, password, secure: session.secure });
    done(null, { user: username });
  };
  const server = await startMailServer({ onAuth, ...options });
  context.after(() => server.close());
  return Object.assign(server, { asked });
}

/** Listens before a server, and keeps what a client said; `change` may say something else than the server says. */
async function tap(context, port, change = (bytes) => bytes) {
  const heard = [];
  const listener = createServer((client) => {
    const server = connect(port, "127.0.0.1");
    client.on("data", (bytes) => {
      heard.push(bytes);
      server.write(bytes);
    });
    server.on("data", (bytes) => client.write(change(bytes)));
    for (const [one, other] of [[client, server], [server, client]]) one.on("error", () => other.destroy()).on("close", () => other.destroy());
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  context.after(() => listener.close());
  return { port: listener.address().port, clear: () => Buffer.concat(heard).toString("latin1") };
}

/** One mail to a server on this machine; the delivery, once it was tried. */
async function mail(port, tls) {
  const workspace = await demoWorkspace(usher);
  const smtp = { host: "localhost", port, tls, user: "usher", password: PASSWORD, from: "usher@larkfield.example.com", to: ["sales@larkfield.example.com"] };
  const id = `m${port}`;
  const saved = await usher.operator("PUT", "workspaces/demo", { ...workspace, destinations: [{ id, to: { smtp } }] });
  assert.equal(saved.status, 200, JSON.stringify(saved.body));
  assert.equal((await usher.submit("inquiry", inquiry())).status, 200);
  return until(async () => {
    const [row] = (await mara.call(`deliveries?destination=${id}`)).body.deliveries;
    return row?.tries > 0 && row;
  }, "the mail was tried");
}

for (const [tls, secure] of [["implicit", true], ["starttls", false]]) {
  describe(`mail by ${tls}`, () => {
    test("arrives, and its password is never in clear text", async (context) => {
      const server = await startServer(context, { secure, ...good });
      const line = await tap(context, server.port);
      const row = await mail(line.port, tls);
      assert.equal(row.state, "delivered", row.last);
      assert.deepEqual(server.asked, [{ username: "usher", password: PASSWORD, secure: true }]);
      assert.deepEqual(server.mails.map(({ secure, user }) => [secure, user]), [[true, "usher"]]);
      SECRETS.forEach((secret) => assert.ok(!line.clear().includes(secret)));
      assert.ok(!line.clear().includes("MAIL FROM"));
    });

    for (const name of ["of an authority that nobody knows", "of another name", "that has ended"]) {
      test(`is not sent to a server with a certificate ${name}`, async (context) => {
        const server = await startServer(context, { secure, ...wrong[name] });
        const line = await tap(context, server.port);
        const row = await mail(line.port, tls);
        assert.equal(row.state, "due", "it is tried again: a certificate can be put right");
        assert.match(row.last, /could not connect|broke off|hung up/);
        assert.deepEqual([server.asked, server.mails], [[], []]);
        SECRETS.forEach((secret) => assert.ok(!line.clear().includes(secret)));
      });
    }
  });
}

test("implicit TLS is not given up for a server that speaks in clear text", async (context) => {
  const server = await startServer(context, { disabledCommands: ["STARTTLS"], allowInsecureAuth: true });
  const line = await tap(context, server.port);
  const row = await mail(line.port, "implicit");
  assert.equal(row.state, "due");
  assert.deepEqual([server.asked, server.mails], [[], []]);
  SECRETS.forEach((secret) => assert.ok(!line.clear().includes(secret)));
});

test("STARTTLS is not given up for a server that has none, though it takes passwords", async (context) => {
  const server = await startServer(context, { disabledCommands: ["STARTTLS"], allowInsecureAuth: true });
  const line = await tap(context, server.port);
  const row = await mail(line.port, "starttls");
  assert.match(row.last, /answered 5\d\d .* to STARTTLS/);
  assert.deepEqual([server.asked, server.mails], [[], []]);
  assert.ok(!/AUTH|MAIL FROM/.test(line.clear()), line.clear());
});

test("nor where somebody in between says that it began, and goes on in clear text", async (context) => {
  const server = await startServer(context, { disabledCommands: ["STARTTLS"], allowInsecureAuth: true });
  const line = await tap(context, server.port, (bytes) => Buffer.from(bytes.toString("latin1").replace(/^5\d\d .*\r\n/, "220 Ready to begin\r\n"), "latin1"));
  const row = await mail(line.port, "starttls");
  assert.equal(row.state, "due");
  assert.deepEqual([server.asked, server.mails], [[], []]);
  assert.ok(!/AUTH|MAIL FROM/.test(line.clear()), line.clear());
  SECRETS.forEach((secret) => assert.ok(!line.clear().includes(secret)));
});

test("and what somebody in between says before it began counts for nothing after it", async (context) => {
  const server = await startServer(context, { secure: false, ...good });
  // The answer to EHLO, slipped in behind the one to STARTTLS: it offers a way to sign in that the server has not.
  const line = await tap(context, server.port, (bytes) => (/^220 Ready/.test(bytes.toString("latin1")) ? Buffer.concat([bytes, Buffer.from("250-evil\r\n250 AUTH LOGIN\r\n")]) : bytes));
  const row = await mail(line.port, "starttls");
  assert.equal(server.mails.length, row.state === "delivered" ? 1 : 0);
  assert.ok(server.asked.every(({ secure }) => secure));
  SECRETS.forEach((secret) => assert.ok(!line.clear().includes(secret)));
});
