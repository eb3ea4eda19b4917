// S9: a web socket of the console opens for whoever is signed in, on a page of the console's own, and for nobody else; and no
// secret stands in an address, where logs and histories keep it.

import { randomBytes, randomUUID } from "node:crypto";
import { request } from "node:http";

import { promise } from "../support/promise.mjs";
import { inquiry, startUsher, within } from "../support/usher.mjs";

async function check({ control, note, atEnd }) {
  const usher = await startUsher({ args: ["--faults"] });
  atEnd(() => usher.stop());
  const host = new URL(usher.origin).host;
  const mara = await usher.signIn("mara");
  const gone = await usher.signIn("mara");
  await gone.call("session", { method: "DELETE" }).catch(() => {});
  const spent = (await usher.operator("POST", "workspaces/demo/sign-in-links", { member: "theo" })).body.url.split("#")[1];
  const secret = mara.cookie.split(".").slice(1).join(".");
  const cookie = mara.cookie;
  const origin = usher.origin;

  const REFUSED = {
    "no origin": { cookie },
    ...Object.fromEntries(
      [
        "null", "", "https://evil.example", `${origin}.evil.example`, `${origin}1`, `http://evil.${host}`, `http://${host}@evil.example`, `http://evil.example@${host}`,
        `http://evil.example/${host}`, `http://evil.example?${host}`, `http://localhost`, `http://127.0.0.1:${usher.port}`, `http://[::1]:${usher.port}`,
        `http://${host}/`, `http://${host} https://evil.example`, host, `//${host}`, "file://", usher.partnerOrigin,
      ].map((foreign) => [`origin ${JSON.stringify(foreign)}`, { cookie, origin: foreign }]),
    ),
    "a page that a browser calls another site's": { cookie, origin, "sec-fetch-site": "cross-site" },
    "a page of the same site": { cookie, origin, "sec-fetch-site": "same-site" },
    "no session": { origin },
    "an empty session": { origin, cookie: "__Host-usher=" },
    "garbage": { origin, cookie: "__Host-usher=demo.00" },
    "a session without its workspace": { origin, cookie: `__Host-usher=${secret}` },
    "another workspace's name": { origin, cookie: `__Host-usher=other.${secret}` },
    "a workspace that there is not": { origin, cookie: `__Host-usher=nowhere.${secret}` },
    "another cookie's name": { origin, cookie: cookie.replace("__Host-usher", "usher") },
    "an ended session": { origin, cookie: gone.cookie },
    "a sign-in link's secret": { origin, cookie: `__Host-usher=${spent}` },
    "the operator's token": { origin, authorization: `Bearer ${usher.token}` },
    "the session as a bearer": { origin, authorization: `Bearer ${secret}` },
    "the session as the desk is told it": { origin, "usher-session": secret },
    "the session as a protocol": { origin, "sec-websocket-protocol": secret },
    "the session in the address": { origin, path: `/v1/console/live?session=${secret}` },
    "the cookie in the address": { origin, path: `/v1/console/live?cookie=${encodeURIComponent(cookie)}` },
    "the desk's own address": { origin, cookie, "usher-session": secret, path: "/live" },
    "a cut secret": { origin, cookie: cookie.slice(0, -1) },
    "a secret in capitals": { origin, cookie: `__Host-usher=demo.${secret.toUpperCase()}` },
    "a longer secret": { origin, cookie: `${cookie}0` },
  };
  const other = await usher.operator("PUT", "workspaces/other", {
    ...(await import("../support/hosts.mjs").then(({ demoWorkspace }) => demoWorkspace(usher))),
    sites: [],
  });
  if (other.status !== 201) throw new Error(JSON.stringify(other.body));
  if (control === "own") REFUSED["the console's own"] = { cookie, origin };

  const wrong = [];
  for (const [what, headers] of Object.entries(REFUSED)) {
    const { upgraded, status } = await upgrade(usher, headers);
    if (upgraded || status >= 500) wrong.push(`${what}: ${status}`);
  }
  // The rig can see one that opens, and it hears of what comes.
  const open = await upgrade(usher, { cookie, origin });
  if (!open.upgraded) wrong.push(`the console's own page got ${open.status}`);
  else {
    const heard = new Promise((resume) => open.socket.once("data", resume));
    await usher.submit("inquiry", inquiry({ name: `Live ${randomUUID()}` }));
    await within(heard, "the console hears of it");
    open.socket.destroy();
  }
  // Neither are what the server says, nor the addresses that the console calls, where a secret stands.
  const said = usher.output.filter((line) => !line.startsWith("usher-ready") && !line.includes("/console/sign-in#")).join("\n");
  for (const text of [secret, gone.cookie.split(".")[1], spent.split(".")[1], usher.token])
    if (said.includes(text)) wrong.push("a secret is in the log");
  wrong.slice(0, 10).forEach(note);
  const tries = Object.keys(REFUSED).length;
  return {
    met: !wrong.length,
    figure: `${tries} upgrades without origin, session or either: ${wrong.length} opened; the console's own opened, and heard`,
  };
}

/** Asks for a web socket, with just these headers. */
function upgrade(usher, { path = "/v1/console/live", ...headers }) {
  return within(
    new Promise((resume, fail) => {
      const asked = request(new URL(path, usher.origin), {
        headers: {
          connection: "Upgrade",
          upgrade: "websocket",
          "sec-websocket-version": "13",
          "sec-websocket-key": randomBytes(16).toString("base64"),
          ...headers,
        },
      });
      asked.on("upgrade", (response, socket) => {
        if (path !== "/v1/console/live" || Object.keys(headers).length !== 2) socket.destroy();
        resume({ upgraded: true, status: response.statusCode, socket });
      });
      asked.on("response", (response) => {
        response.resume();
        resume({ upgraded: false, status: response.statusCode });
      });
      asked.on("error", fail);
      asked.end();
    }),
    "an answer",
  );
}

await promise("S9", check, { controls: ["own"] });
