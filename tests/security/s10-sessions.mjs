// S10: a session is a secret of 256 random bits, new at each sign-in, ends after three days without use and after a week with it, and is dead within a second of whatever
// ends it, with the web sockets that it opened: signing out, the end of the others, a password, a link that signs the same browser
// in anew, the member's leaving, and its own time. A right that is taken is gone as fast, and what a socket tells with it.

import { randomUUID } from "node:crypto";

import { demoWorkspace } from "../support/hosts.mjs";
import { promise } from "../support/promise.mjs";
import { inquiry, startUsher, until } from "../support/usher.mjs";

const DAY_S = 24 * 60 * 60;
const AT_ONCE_MS = 1_000;

async function check({ full, control, note, atEnd }) {
  const usher = await startUsher({ args: ["--faults", "--password-iterations", "1000"] });
  atEnd(() => usher.stop());
  const wrong = [];
  let slowest = 0;
  const source = await demoWorkspace(usher);
  const member = (id, rest = {}) => ({ id, name: id, email: `${id}@larkfield.example.com`, queues: ["sales"], roles: [], ...rest });
  const people = ["out", "others", "password", "again", "leaves", "demoted", "moved", "expires", "idle"];
  source.members.push(...people.map((id) => member(id, { roles: id === "demoted" ? ["admin"] : [] })));
  source.sign_in = { passwords: true };
  const configure = async (members) => {
    const { status, body } = await usher.operator("PUT", "workspaces/demo", { ...source, members });
    if (status !== 200) throw new Error(JSON.stringify(body));
  };
  await configure(source.members);

  // Each secret is its own, and its bits are even.
  const secrets = [];
  for (let turn = 0; turn < (full ? 200 : 30); turn += 1) secrets.push((await usher.signIn("theo")).cookie.split(".")[1]);
  if (new Set(secrets).size !== secrets.length) wrong.push("a secret came twice");
  if (!secrets.every((secret) => /^[0-9a-f]{64}$/.test(secret))) wrong.push(`no 256 bits: ${secrets[0].length * 4}`);
  const ones = [...secrets.join("")].reduce((sum, digit) => sum + [0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4][parseInt(digit, 16)], 0);
  const bits = secrets.length * 256;
  // Six standard deviations.
  if (Math.abs(ones - bits / 2) > 3 * Math.sqrt(bits)) wrong.push(`${ones} of ${bits} bits are ones`);

  /** Ends a session in some way: how long it and its socket lived on after the answer. */
  const dies = async (what, id, end) => {
    const staff = await usher.signIn(id);
    const socket = await staff.live();
    const closed = new Promise((resume) => {
      socket.once("close", () => resume(performance.now()));
      // A frame that says to close is the end as well.
      socket.on("data", (frame) => (frame[0] & 0x0f) === 8 && resume(performance.now()));
    });
    await end(staff);
    const start = performance.now();
    if (control !== "blind")
      await until(async () => (await staff.call("account")).status === 401, `${what}: the session is dead`, 5_000).catch(() =>
        wrong.push(`${what}: the session lives`),
      );
    const dead = performance.now() - start;
    const at = await Promise.race([closed, new Promise((resume) => setTimeout(resume, AT_ONCE_MS))]);
    if (!at) wrong.push(`${what}: its web socket stays open`);
    const took = Math.max(dead, at ? at - start : 0);
    if (took > AT_ONCE_MS) wrong.push(`${what}: ${Math.round(took)} ms`);
    slowest = Math.max(slowest, took);
    note(`${what}: dead after ${Math.round(dead)} ms, its socket ${at ? `after ${Math.max(0, Math.round(at - start))} ms` : "never"}`);
    socket.destroy();
  };
  const raw = (staff, method, path, body) =>
    usher.fetch(`/v1/console/${path}`, {
      method,
      headers: { cookie: staff.cookie, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });

  await dies("signing out", "out", (staff) => (control === "blind" ? undefined : raw(staff, "DELETE", "session")));
  await dies("another session ends the others", "others", async () => raw(await usher.signIn("others"), "DELETE", "account/sessions"));
  await dies("a password is set elsewhere", "password", async () => {
    const { status } = await raw(await usher.signIn("password"), "PUT", "account/password", { new: "eleven grey herons at the lock" });
    if (status >= 300) wrong.push(`the password was not set: ${status}`);
  });
  await dies("the same browser signs in again", "again", async (staff) => {
    const link = await usher.operator("POST", "workspaces/demo/sign-in-links", { member: "again" });
    await usher.fetch("/v1/console/session", {
      method: "POST",
      headers: { cookie: staff.cookie, "content-type": "application/json" },
      body: JSON.stringify({ token: link.body.url.split("#")[1] }),
    });
  });
  await dies("the member leaves", "leaves", () => configure(source.members.filter(({ id }) => id !== "leaves")));

  // A role that is taken: its calls are refused by the next one, and another queue's items are not told.
  const demoted = await usher.signIn("demoted");
  if ((await demoted.call("audit")).status !== 200) wrong.push("an admin may not read the log");
  const moved = await usher.signIn("moved");
  const socket = await moved.live();
  const heard = [];
  socket.on("data", (frame) => heard.push(frame.toString()));
  const told = async (name) => (await usher.submit("inquiry", inquiry({ name }), { headers: { "user-agent": `Mozilla/5.0 ${randomUUID()}` } })).body;
  await told("Before they moved");
  await until(() => heard.join("").includes("Before they moved"), "the console hears of its queue");
  const members = source.members.map((one) => ({
    ...one,
    roles: one.id === "demoted" ? [] : one.roles,
    queues: one.id === "moved" ? ["success"] : one.queues,
  }));
  await configure(members);
  const start = performance.now();
  const refused = (await demoted.call("audit")).status;
  if (refused !== 403) wrong.push(`a role that was taken still reads the log: ${refused}`);
  if ((await moved.call("queues/sales/items")).status !== 404) wrong.push("a queue that was taken is still read");
  slowest = Math.max(slowest, performance.now() - start);
  await told("After they moved");
  const mara = await usher.signIn("mara");
  await until(async () => (await mara.items("sales")).some(({ who }) => who === "After they moved"), "the item is there");
  if (heard.join("").includes("After they moved")) wrong.push("a queue that was taken is still told");
  socket.destroy();

  // A week is the end, and a socket that is open by then hears nothing more.
  const old = await usher.signIn("expires");
  const open = await old.live();
  const said = [];
  let closed = false;
  open.on("data", (frame) => ((frame[0] & 0x0f) === 8 ? (closed = true) : said.push(frame.toString())));
  open.once("close", () => (closed = true));
  const idle = await usher.signIn("idle");
  for (let day = 2; day <= 6; day += 2) {
    await usher.later(2 * DAY_S);
    if ((await old.call("session")).status !== 200) wrong.push(`a session that is used ends on day ${day}`);
    if (day === 4 && (await idle.call("session")).status !== 401) wrong.push("a session outlives four days without use");
  }
  await usher.later(DAY_S - 60);
  if ((await old.call("session")).status !== 200) wrong.push("a session ends before its week");
  await usher.later(120);
  if ((await old.call("session")).status !== 401) wrong.push("a session outlives its week");
  await told("After the week");
  const late = await usher.signIn("mara");
  await until(async () => (await late.items("sales")).some(({ who }) => who === "After the week"), "the item is there");
  if (said.join("").includes("After the week")) wrong.push("a socket tells after the end of its session");
  await until(() => closed, "the socket is closed", AT_ONCE_MS).catch(() => wrong.push("a socket outlives its session"));
  open.destroy();

  wrong.slice(0, 10).forEach(note);
  return {
    met: !wrong.length,
    figure: `${secrets.length} secrets of 256 bits, all different; 5 ways to end, a role, a queue, idleness and the week: dead with their sockets after at most ${Math.round(slowest)} ms; ${wrong.length} wrong${wrong.length ? ` (${wrong[0]})` : ""}`,
  };
}

await promise("S10", check, { controls: ["blind"] });
