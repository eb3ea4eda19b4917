// Other people's pages: a small server on an origin of its own, with the pages of tests/hosts/, whatever policy a test
// wants, and whatever the README tells a marketer to add to it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const root = new URL("../../", import.meta.url);
const README_ADDRESS = "https://usher.example.com";
const README_KEY = /data-site="[^"]*"/;

/** Starts a server of host pages. */
export async function startHosts() {
  const hosts = new Hosts();
  await hosts.start();
  return hosts;
}

class Hosts {
  pages = new Map();
  reports = [];

  async start() {
    this.server = createServer((request, response) => this.answer(request, response));
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.origin = `http://localhost:${this.server.address().port}`;
  }

  /**
   * A page at `path`: a file of tests/hosts/ with `snippet` before its end, under `policy`; its stylesheet is `style`.
   * Or `html` of the test's own, of some `type`. Other `headers` as they are. Returns its address.
   */
  page(path, { file = "shop.html", snippet = "", style = "", policy = "", html = "", type = "text/html", headers = {} } = {}) {
    this.pages.set(path, { file, snippet, style, policy, html, type, headers });
    return `${this.origin}${path}`;
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }

  async answer(request, response) {
    const path = new URL(request.url, this.origin).pathname;
    if (path === "/policy-report") return this.report(request, response);
    if (path.endsWith(".css")) {
      response.writeHead(200, { "content-type": "text/css" });
      return response.end(await readFile(new URL(`tests/hosts${path}`, root)));
    }
    const page = this.pages.get(path);
    if (!page) return response.writeHead(path === "/favicon.ico" ? 204 : 404).end();
    const html = page.html || (await readFile(new URL(`tests/hosts/${page.file}`, root), "utf8"));
    const style = page.style && `<link rel="stylesheet" href="/${page.style}">`;
    response.writeHead(200, {
      "content-type": `${page.type}; charset=utf-8`,
      ...page.headers,
      ...(page.policy && { "content-security-policy": `${page.policy}; report-uri /policy-report` }),
    });
    response.end(html.replace("<!-- style -->", style).replace("<!-- snippet -->", page.snippet));
  }

  async report(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { "csp-report": report } = JSON.parse(Buffer.concat(chunks).toString());
    this.reports.push(`${report["effective-directive"]} ${report["blocked-uri"]} on ${report["document-uri"]}`);
    response.writeHead(204).end();
  }
}

/** The demo workspace, as it is configured in this Usher. */
export async function demoWorkspace(usher) {
  const byIp = (origin) => origin.replace("localhost", "127.0.0.1");
  const text = (await readFile(new URL("demo/workspace.json", root), "utf8"))
    .replaceAll("__USHER_ORIGIN_IP__", byIp(usher.origin))
    .replaceAll("__USHER_ORIGIN__", usher.origin)
    .replaceAll("__PARTNER_ORIGIN_IP__", byIp(usher.partnerOrigin))
    .replaceAll("__PARTNER_ORIGIN__", usher.partnerOrigin);
  return JSON.parse(text);
}

/** The demo workspace, with sites of the test's own beside the demo's. */
export async function addSites(usher, ...sites) {
  const workspace = await demoWorkspace(usher);
  workspace.sites.push(...sites);
  const { status, body } = await usher.operator("PUT", "workspaces/demo", workspace);
  assert.ok(status === 200 || status === 201, JSON.stringify(body));
}

/** What the README tells a marketer: the snippet, and what to add to a policy, for this Usher and this site key. */
export async function fromReadme(usher, key) {
  const readme = await readFile(new URL("README.md", root), "utf8").catch(() => "");
  const here = (text) => text.replaceAll(README_ADDRESS, usher.origin);
  const policy = /^Content-Security-Policy:\s*(.+?);?\s*$/m.exec(readme)?.[1] ?? POLICY_UNTIL_README;
  const snippet = /<script[^>]*\/v1\/usher\.js[^>]*><\/script>/.exec(readme)?.[0] ?? SNIPPET_UNTIL_README;
  assert.match(snippet, README_KEY);
  return {
    policy: here(policy),
    snippet: here(snippet).replace(README_KEY, `data-site="${key}"`).replace(/ data-form="[^"]*"/, ""),
  };
}

const POLICY_UNTIL_README = `script-src ${README_ADDRESS} 'wasm-unsafe-eval'; connect-src ${README_ADDRESS}`;
const SNIPPET_UNTIL_README = `<script async src="${README_ADDRESS}/v1/usher.js" data-site="pk_"></script>`;
