// S16: every answer of the console, of its calls and of its pages, carries the headers that browsers need to protect it: a policy
// that lets in nothing from elsewhere and no frame, no guessing of types, no referrer, no storing, and its own window; and every
// other answer of ours those that fit it. All routes of the source are asked, signed in and not, well and badly.
//
// The console's policy has neither nonces nor hashes: no script and no style stands in its pages.
//
// And where the operator gave the console a host of its own, that host has nothing for visitors, and every other one nothing of the
// console: the same routes are asked of both.

import { request } from "node:http";

import { demoWorkspace } from "../support/hosts.mjs";
import { lanes, promise } from "../support/promise.mjs";
import { routes } from "../support/routes.mjs";
import { inquiry, startUsher } from "../support/usher.mjs";

const CONSOLE_HOST = "desk.localhost";
const NOSNIFF = ["x-content-type-options", /^nosniff$/];
/** At least half a year (RFC 6797). */
const HSTS = ["strict-transport-security", /max-age=(1[5-9]\d{6}|[2-9]\d{7,})/];
const NOTHING_IN = ["content-security-policy", /default-src 'none'/];
const NO_FRAME = ["content-security-policy", /frame-ancestors 'none'/];
const NO_BASE = ["content-security-policy", /base-uri 'none'/];
const CONSOLE_CALL = [
  NOSNIFF,
  HSTS,
  NOTHING_IN,
  NO_FRAME,
  ["cache-control", /no-store/],
  ["referrer-policy", /no-referrer|same-origin/],
  ["cross-origin-resource-policy", /same-origin/],
];
const CONSOLE_PAGE = [
  NOSNIFF, HSTS, NOTHING_IN, NO_FRAME, NO_BASE, ["cross-origin-opener-policy", /^same-origin/], ["cache-control", /no-store|no-cache/],
  ["referrer-policy", /no-referrer|same-origin|strict-origin/], ["content-security-policy", /form-action 'self'/],
  // No script that stands in a page, and none from elsewhere.
  ["content-security-policy", /^(?!.*unsafe-inline)(?!.*unsafe-eval'(?<!wasm-unsafe-eval'))(?!.*https?:)(?!.*\*)/],
];
const PLAIN_PAGE = [NOSNIFF, NOTHING_IN, NO_BASE, ["content-security-policy", /frame-ancestors/], ["cache-control", /no-store|no-cache/]];
const ANSWER = [NOSNIFF];
const VIEWS = [
  "", "sign-in", "queues/sales", "items/1", "sites", "sites/x", "experiments", "experiments/x", "scoring", "scoring/what-if", "held", "search", "team", "routing",
  "audit", "notices", "account", "there-is-no-such-page",
];
const FILES = [
  "/v1/usher.js",
  "/v1/page.js",
  "/v1/proof.js",
  "/v1/form.css",
  "/v1/check.js",
  "/v1/none.js",
  "/",
  "/pricing/",
  "/none",
  "/_headers",
  "/.git/config",
];

async function check({ control, note, atEnd }) {
  const usher = await startUsher({ args: ["--faults"] });
  atEnd(() => usher.stop());
  const source = await demoWorkspace(usher);
  await usher.operator("PUT", "workspaces/demo", source);
  const mara = await usher.signIn("mara");
  const item = await mara.itemOf((await usher.submit("inquiry", inquiry())).body);
  const ids = {
    items: item.row.id,
    people: item.person.id,
    queues: "sales",
    workspaces: "demo",
    team: "theo",
    members: "theo",
    forms: "pk_demo_platform",
  };
  const missing = new Map();
  let [asked, right] = [0, 0];
  const look = async (method, path, options, wanted) => {
    const response = await usher.fetch(path, { method, redirect: "manual", ...options });
    await response.arrayBuffer();
    asked += 1;
    const headers = new Headers(response.headers);
    if (control === "stripped" && asked === 5) headers.delete("x-content-type-options");
    const lacks = wanted.filter(([name, pattern]) => !pattern.test(headers.get(name) ?? "")).map(([name, pattern]) => `${name} ${pattern}`);
    if (lacks.length) for (const what of lacks) missing.set(what, [...(missing.get(what) ?? []), `${method} ${path} (${response.status})`]);
    else right += 1;
  };
  const kind = (path) => {
    if (/^\/v1\/(console|operator|workspaces)/.test(path)) return CONSOLE_CALL;
    if (/^\/v1\/(forms|feedback|preview)/.test(path)) return PLAIN_PAGE;
    return ANSWER;
  };
  const all = (await routes()).filter((route) => !route.startsWith("OPTIONS"));
  await lanes(all.length, 4, async (at) => {
    const [method, pattern] = all[at].split(" ");
    const parts = pattern.split("/");
    const path = `/${parts.map((part, index) => (part === "_" ? (ids[parts[index - 1]] ?? "pk_demo_platform") : part)).join("/")}`;
    const named = path.replace("forms/pk_demo_platform/pk_demo_platform", "forms/pk_demo_platform/inquiry");
    const body = ["POST", "PUT"].includes(method) ? "{}" : undefined;
    // The control signs in by itself, and ends nothing.
    const cookies = all[at].includes("DELETE v1/console/session") || all[at].includes("account") ? [undefined] : [undefined, mara.cookie];
    for (const cookie of cookies) {
      for (const type of body ? ["application/json", "application/x-www-form-urlencoded", "text/html"] : [undefined]) {
        const headers = { ...(cookie && { cookie }), ...(type && { "content-type": type }), authorization: "Bearer none" };
        // What is no form of ours is answered as a program is.
        const wanted = kind(named) === PLAIN_PAGE && type && !type.includes("form") ? ANSWER : kind(named);
        await look(method, named, { headers, body }, named.startsWith("/v1/feedback") ? ANSWER : wanted);
      }
    }
  });
  for (const path of [
    "/v1/console",
    "/v1/console/none",
    "/v1/console/items/none",
    "/v1/console/live",
    "/v1/operator/none",
    "/v1/workspaces/none/outcomes",
  ]) {
    for (const method of ["GET", "POST", "PATCH", "DELETE"])
      await look(
        method,
        path,
        { headers: { cookie: mara.cookie } },
        path === "/v1/console" ? ANSWER : path.includes("operator/none") || path.includes("none/outcomes") ? ANSWER : CONSOLE_CALL,
      );
  }
  for (const view of VIEWS) await look("GET", `/console/${view}`, {}, CONSOLE_PAGE);
  const page = await (await usher.fetch("/console/")).text();
  for (const [, file] of page.matchAll(/(?:src|href)="(\/console\/[^"]+)"/g)) await look("GET", file, {}, [NOSNIFF, HSTS]);
  for (const path of FILES) await look("GET", path, {}, ANSWER);
  const apart = await twoHosts(usher, all, ids, mara.cookie, control, note);
  const inline = [...page.matchAll(/<script(?![^>]*\bsrc=)[^>]*>|<style|\son\w+=/g)].map(([what]) => what);
  if (inline.length) missing.set("no script or style in the page", inline);
  for (const [what, where] of missing) note(`${where.length} lack ${what}: ${where.slice(0, 3).join(", ")}`);
  return {
    met: !missing.size && apart.wrong === 0,
    figure:
      `${right} of ${asked} answers over ${all.length} routes and ${VIEWS.length} views have all their headers${missing.size ? `; missing: ${[...missing.keys()].join(", ").slice(0, 300)}` : ""}; ` +
      `with a host of the console's own, ${apart.asked} calls of either host for what is the other's: ${apart.wrong} answered`,
  };
}

/** The same Usher with a host for the console: what each host has that is the other's. */
async function twoHosts(usher, all, ids, cookie, control, note) {
  await usher.kill9();
  if (control !== "one-host") usher.args = [...usher.args, "--console-host", CONSOLE_HOST];
  await usher.start();
  const console = `${CONSOLE_HOST}:${usher.port}`;
  const forms = new URL(usher.origin).host;
  /** By its Host header, as a browser would say it: both names lead to this machine. */
  const status = (host, method, path, body) =>
    new Promise((resolve, reject) => {
      const headers = { host, cookie, ...(body && { "content-type": "application/json", "content-length": body.length }) };
      const sent = request({ host: "127.0.0.1", port: usher.port, method, path, headers }, (answer) => answer.resume().on("end", () => resolve(answer.statusCode)));
      sent.on("error", reject).end(body);
    });
  let [asked, wrong] = [0, 0];
  const expect = async (isFine, host, method, path) => {
    asked += 1;
    const said = await status(host, method, path, ["POST", "PUT"].includes(method) ? "{}" : undefined);
    if (isFine(said)) return;
    wrong += 1;
    note(`${host}: ${method} ${path}: ${said}`);
  };
  const isNone = (said) => said === 404;
  for (const route of all.filter((route) => !route.includes("v1/console/account") && route !== "DELETE v1/console/session")) {
    const [method, pattern] = route.split(" ");
    const parts = pattern.split("/");
    const path = `/${parts.map((part, index) => (part === "_" ? (ids[parts[index - 1]] ?? "pk_demo_platform") : part)).join("/")}`.replace("forms/pk_demo_platform/pk_demo_platform", "forms/pk_demo_platform/inquiry");
    if (/^v1\/(console|preview)/.test(pattern)) await expect(isNone, forms, method, path);
    else if (/^v1\/(forms|files|signals|known|prompts|challenge|feedback|workspaces)/.test(pattern)) await expect(isNone, console, method, path);
  }
  for (const view of VIEWS) await expect(isNone, forms, "GET", `/console/${view}`);
  for (const odd of ["/%63onsole/", "//console/", "/console", "/console/../console/", "/v1//console/session", "/v1/%63onsole/session"]) await expect(isNone, forms, "GET", odd);
  for (const page of ["/pricing/", "/v1/%66orms/pk_demo_platform/inquiry", "/v1//forms/pk_demo_platform/inquiry", "/openapi.json"]) await expect(isNone, console, "GET", page);
  // What is theirs is there.
  const isThere = (said) => said === 200;
  for (const path of ["/console/", "/console/queues/sales", "/v1/console/session", "/v1/preview/pk_demo_platform", "/v1/usher.js", "/readyz"]) await expect(isThere, console, "GET", path);
  for (const path of ["/", "/v1/forms/pk_demo_platform/inquiry", "/v1/usher.js", "/v1/boot/pk_demo_platform.js", "/readyz"]) await expect(isThere, forms, "GET", path);
  await expect((said) => said === 307, console, "GET", "/");
  return { asked, wrong };
}

await promise("S16", check, { controls: ["stripped", "one-host"] });
