// The pages that are measured, and the servers of the two peers: one origin for pages and one for what they load, as with
// Usher. Each contender has two pages: one that waits for a visitor to ask, and one whose form opens by itself.
//
// posthog-js is what its npm package holds, installed as a self-hoster does, with an answer that leaves out everything but
// surveys: no flags, no recording, no autocapture. That is the least that it can be asked to do for a form.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";

const posthog = createRequire(import.meta.url)("posthog-js/package.json");
const root = new URL("../../../", import.meta.url);
const here = new URL("./", import.meta.url);
const TOKEN = "phc_bench";

const script = (text) => `<script>\nperformance.mark("snippet");\n${text}\n</script>`;
const load = (src, data) => `{
  const script = document.createElement("script");
  script.async = true;
  script.src = ${JSON.stringify(src)};
  Object.assign(script.dataset, ${JSON.stringify(data)});
  document.body.append(script);
}`;

/** What stands before `</body>` on the page of each contender. */
const SNIPPETS = {
  bare: () => "",
  usher: ({ usher, site }, opens) =>
    script(`window.usher = window.usher || function () { (usher.q = usher.q || []).push(arguments); };
${load(`${usher}/v1/usher.js`, { site, form: "inquiry" })}
${opens ? 'usher("open", "inquiry");' : ""}`),
  vanilla: ({ assets }, opens) => script(load(`${assets}/vanilla.js`, opens ? { open: "" } : {})),
  posthog: ({ assets }, opens) => {
    const config = {
      ...{ api_host: assets, defaults: "2026-08-30", disable_surveys_automatic_display: !opens },
      // A visitor, though at localhost: no request to say that this is a developer.
      internal_or_test_user_hostname: null,
    };
    return script(`window.posthog = Object.assign([], { people: [], __SV: 1 });
posthog._i = [${JSON.stringify([TOKEN, config, "posthog"])}];
${load(`${assets}/static/array.js`, {})}`);
  },
};

/** The contenders, in the order of the first round. */
export const CONTENDERS = Object.keys(SNIPPETS).filter((name) => name !== "bare");

const REMOTE_CONFIG = {
  ...{ token: TOKEN, surveys: true, hasFeatureFlags: false, supportedCompression: ["gzip", "gzip-js"] },
  ...{ sessionRecording: false, heatmaps: false, capturePerformance: false, captureDeadClicks: false },
  ...{ autocapture_opt_out: true, autocaptureExceptions: false, siteApps: [], productTours: false, logs: {} },
};

const question = (text, optional) => ({ id: text, type: "open", question: text, description: "", optional });
const SURVEY = {
  ...{ id: "0190a000-0000-7000-8000-000000000001", name: "Ask a course adviser", type: "popover" },
  ...{ feature_flag_keys: null, linked_flag_key: null, targeting_flag_key: null, internal_targeting_flag_key: null },
  questions: [question("Your name"), question("E-mail"), question("Company", true), question("Your question")],
  ...{ appearance: {}, conditions: null, start_date: "2026-01-01T00:00:00Z", end_date: null, current_iteration: null },
};

const JS = "text/javascript; charset=utf-8";
const npm = (file) => readFile(new URL(`node_modules/posthog-js/dist/${file}`, root));

/** What the peers load. */
const ASSETS = {
  "/vanilla.js": () => [JS, readFile(new URL("vanilla.js", here))],
  "/static/array.js": () => [JS, npm("array.js")],
  [`/static/${posthog.version}/surveys.js`]: () => [JS, npm("surveys.js")],
  [`/array/${TOKEN}/config.js`]: () => [
    JS,
    `(window._POSTHOG_REMOTE_CONFIG ??= {})[${JSON.stringify(TOKEN)}] = ${JSON.stringify({ config: REMOTE_CONFIG, siteApps: [] })}`,
  ],
  "/api/surveys/": () => ["application/json", JSON.stringify({ surveys: [SURVEY] })],
};

/** Starts both servers. `where` says where Usher is, once that is known. */
export async function startPages() {
  const assets = await listen(answerAsset);
  const where = { assets: assets.origin };
  const pages = await listen(async (request, response) => {
    const { pathname, search } = new URL(request.url, "http://localhost");
    const snippet = SNIPPETS[pathname.slice(1)];
    if (!snippet) return response.writeHead(404).end();
    const html = await readFile(new URL("host.html", here), "utf8");
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(html.replace("<!-- snippet -->", () => snippet(where, search === "?opens")));
  });
  return {
    ...{ where, origin: pages.origin },
    address: (name, opens) => `${pages.origin}/${name}${opens ? "?opens" : ""}`,
    stop: () => Promise.all([pages.stop(), assets.stop()]),
  };
}

async function answerAsset(request, response) {
  const { pathname } = new URL(request.url, "http://localhost");
  const anyPage = { "access-control-allow-origin": "*", "access-control-allow-headers": "content-type" };
  if (request.method !== "GET") {
    // What a visitor sends is taken, and kept by nobody.
    request.resume();
    return response.writeHead(200, { ...anyPage, "content-type": "application/json" }).end('{"status":1}');
  }
  const asset = ASSETS[pathname];
  if (!asset) return response.writeHead(404, anyPage).end();
  const [type, body] = asset();
  response.writeHead(200, { ...anyPage, "content-type": type }).end(await body);
}

async function listen(answer) {
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.destroy(error));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { origin: `http://localhost:${server.address().port}`, stop };
}
