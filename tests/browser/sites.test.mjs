// A marketer at the console: makes a site, copies its snippet, sees it before it is saved, checks a page of it, and takes
// its key back; and what is held for review is let through or thrown out.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { OFFLINE, Widget, description, gone, hasFocus, refused, shown, startBrowser } from "../support/browser.mjs";
import { addSites, startHosts } from "../support/hosts.mjs";
import { finds, fits } from "../support/screen.mjs";
import { inquiry, startUsher, until } from "../support/usher.mjs";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));

const usher = await startUsher();
const hosts = await startHosts();
const browser = await startBrowser();
after(async () => {
  await browser.close();
  await hosts.stop();
  await usher.stop();
});
const site = {
  ...{ id: "shop", name: "Corner Shop", kind: "partner", key: "pk_corner_shop", origins: [hosts.origin] },
  ...{ forms: ["inquiry", "trial"], launcher: "Ask us" },
};
await addSites(usher, site);
const api = await usher.signIn("jonas");
const SNIPPET = `<script async src="${usher.origin}/v1/usher.js" data-site="${site.key}" data-form="inquiry"></script>`;
const ALLOWED = `script-src ${usher.origin} 'wasm-unsafe-eval'; connect-src ${usher.origin}`;

test("who may see sites lands there or finds them; nobody else does", async () => {
  await visit("jonas", {}, async (page) => {
    await shown(page.getByRole("heading", { name: "Sites", level: 1 }));
    assert.equal(page.url(), `${usher.origin}/console/sites`);
    assert.equal(await page.getByRole("navigation", { name: "Queues" }).count(), 0);
    const lines = page.getByRole("main").getByRole("listitem");
    await shown(lines.filter({ hasText: "Corner Shop" }).getByText("partner"));
    await shown(lines.filter({ hasText: "Corner Shop" }).getByText(hosts.origin));
    await shown(lines.filter({ hasText: "Corner Shop" }).getByText("Not heard of yet"));
    await finds(page, "the list");
  });
  await visit("theo", { expects: [refused(403)] }, async (page) => {
    await shown(page.getByRole("navigation", { name: "Queues" }));
    assert.equal(await page.getByRole("link", { name: "Sites" }).count(), 0);
    await page.goto(`${usher.origin}/console/sites`);
    await shown(page.getByRole("heading", { name: "Sites are not yours to see" }));
  });
});

test("a new site: what is wrong stands beside its field, what was typed stays, and then there is a snippet", () =>
  visit("jonas", { expects: [refused(422)] }, async (page) => {
    await page.getByRole("link", { name: "New site" }).click();
    await shown(page.getByRole("heading", { name: "New site" }));
    await page.getByRole("textbox", { name: "Origin 1" }).fill("larkfield");
    await page.getByRole("textbox", { name: "Colour of buttons", exact: true }).fill("teal");
    await page.getByRole("button", { name: "Make the site" }).click();
    const name = page.getByRole("textbox", { name: "Name", exact: true });
    await hasFocus(name);
    assert.match(await description(name), /A site has a name/);
    assert.match(await description(page.getByRole("textbox", { name: "Origin 1" })), /scheme, a host/);
    assert.match(await description(page.getByRole("textbox", { name: "Colour of buttons", exact: true })), /A colour is #/);
    assert.equal(await page.getByRole("textbox", { name: "Origin 1" }).inputValue(), "larkfield");
    await shown(page.getByRole("alert").filter({ hasText: "3 things need another look" }));
    await finds(page, "the editor with errors");

    await name.fill("Ferry Line");
    await page.getByRole("combobox", { name: "Whose site it is" }).selectOption({ label: "A partner’s" });
    await page.getByRole("textbox", { name: "Origin 1" }).fill("HTTPS://Ferry.example.com/timetable");
    await page.getByRole("button", { name: "Add an origin" }).click();
    await hasFocus(page.getByRole("textbox", { name: "Origin 2" }));
    await page.keyboard.type("https://www.ferry.example.com");
    await page.getByRole("checkbox", { name: "Join a trial class" }).check();
    await page.getByRole("textbox", { name: "Words on the launcher" }).fill("Ask the ferry");
    await page.getByRole("textbox", { name: "Colour of buttons", exact: true }).fill("#ffee00");
    await shown(page.getByRole("status").filter({ hasText: /to 1 apart/ }));
    await page.getByRole("textbox", { name: "Colour of words on buttons", exact: true }).fill("#000");
    await gone(page.getByRole("status").filter({ hasText: /to 1 apart/ }));
    await page.getByLabel("Last day").fill("2031-05-04");
    await page.getByRole("button", { name: "Make the site" }).click();

    await shown(page.getByRole("heading", { name: "Ferry Line", level: 1 }));
    assert.equal(page.url(), `${usher.origin}/console/sites/ferry_line`);
    const stored = await read("ferry_line");
    assert.deepEqual(stored.edit.origins, ["https://ferry.example.com", "https://www.ferry.example.com"]);
    assert.deepEqual(stored.edit.forms, ["inquiry", "trial"]);
    assert.deepEqual(stored.edit.theme, { accent: "#ffee00", accent_text: "#000" });
    assert.equal(stored.edit.expires_at, "2031-05-04T23:59:59Z");
    await shown(page.getByText("Not heard of yet; expires on 4 May 2031"));
    await shown(page.getByRole("group", { name: "Snippet" }).getByText(stored.key));
    await finds(page, "a site");
  }));

test("each way onto a page is copied whole, with its own policy line", () =>
  visit("jonas", { permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
    await page.goto(`${usher.origin}/console/sites/shop`);
    const tabs = page.getByRole("tablist");
    await tabs.getByRole("tab", { name: "Script" }).focus();
    const seen = {};
    for (const name of ["Script", "npm", "Plain form", "Google Tag Manager"]) {
      assert.equal(await tabs.getByRole("tab", { name }).getAttribute("aria-selected"), "true", name);
      await page.getByRole("button", { name: "Copy the snippet" }).click();
      await shown(page.getByRole("button", { name: "Copied the snippet" }));
      const snippet = await page.evaluate(() => navigator.clipboard.readText());
      // The same line for another way is copied already.
      await page.getByRole("button", { name: /^Cop(y|ied) the policy$/ }).click();
      await shown(page.getByRole("button", { name: "Copied the policy" }));
      seen[name] = [snippet, await page.evaluate(() => navigator.clipboard.readText())];
      await tabs.getByRole("tab", { name }).focus();
      await page.keyboard.press("ArrowRight");
    }
    assert.deepEqual(seen.Script, [SNIPPET, ALLOWED]);
    assert.match(seen["Google Tag Manager"][0], /usher\.js\?site=pk_corner_shop&form=inquiry"><\/script>$/);
    assert.match(seen.npm[0], /^npm install http.*\/v1\/usher-widget\.tgz/);
    assert.deepEqual([seen["Plain form"][0].includes(`/v1/forms/${site.key}/inquiry`), seen["Plain form"][1]], [true, `form-action ${usher.origin}`]);
    assert.equal(await tabs.getByRole("tab", { name: "Script" }).getAttribute("aria-selected"), "true", "round again");
  }));

test("the preview shows the widget as it will be, keeps nothing, and is heard by nobody", () =>
  visit("jonas", {}, async (page) => {
    await page.goto(`${usher.origin}/console/sites/ferry_line`);
    const frame = page.frameLocator('iframe[title="Preview of the widget"]');
    const launcher = frame.getByRole("button", { name: "Ask the ferry" });
    await shown(launcher);
    const colour = () => launcher.evaluate((element) => getComputedStyle(element).backgroundColor);
    await until(async () => (await colour()) === "rgb(255, 238, 0)", "the saved colour");
    await page.getByRole("textbox", { name: "Colour of buttons", exact: true }).fill("#00ffcc");
    await until(async () => (await colour().catch(() => "")) === "rgb(0, 255, 204)", "the colour that is not saved");
    assert.equal((await read("ferry_line")).edit.theme.accent, "#ffee00");
    await launcher.click();
    await frame.getByRole("textbox", { name: "Your name" }).fill("Nobody");
    await frame.getByRole("textbox", { name: "E-mail" }).fill("nobody@example.com");
    await frame.getByRole("textbox", { name: "Your question" }).fill("Is this kept?");
    await frame.getByRole("button", { name: "Send question" }).click();
    await shown(frame.getByText("was not sent"));
    await page.goto(`${usher.origin}/console/sites`);
    const stored = await read("ferry_line");
    assert.deepEqual([stored.last_signal_at, stored.last_submission_at], [null, null]);
    const foreign = await page.request.get(`${usher.origin}/v1/preview/${stored.key}`);
    assert.match(foreign.headers()["content-security-policy"], /frame-ancestors 'self'/);
  }));

test("what is typed survives a colleague's change, a lost connection and a look elsewhere", () =>
  visit("jonas", { expects: [OFFLINE, refused(409)] }, async (page) => {
    await page.goto(`${usher.origin}/console/sites/shop`);
    const words = page.getByRole("textbox", { name: "Words on the launcher" });
    await words.fill("Mine");
    await page.getByRole("link", { name: "Sites", exact: true }).first().click();
    await page.getByRole("link", { name: "Corner Shop" }).click();
    assert.equal(await words.inputValue(), "Mine");

    await page.context().setOffline(true);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await shown(page.getByRole("alert").filter({ hasText: "What you typed is still here" }));
    assert.equal(await words.inputValue(), "Mine");
    await page.context().setOffline(false);

    // The page must not hear of it before it saves: its own reading of the sites is held back.
    await page.route("**/v1/console/sites", (route) => (route.request().method() === "GET" ? route.abort() : route.continue()));
    const { edit } = await read("shop");
    await change({ act: "edit", id: "shop", edit: { ...edit, name: "Corner Shop & Sons", launcher: "Theirs" } });
    await page.unroute("**/v1/console/sites");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await shown(page.getByRole("alert").filter({ hasText: "You have both changed: launcher" }));
    assert.equal(await words.inputValue(), "Mine");
    assert.equal(await page.getByRole("textbox", { name: "Name", exact: true }).inputValue(), "Corner Shop & Sons");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await until(async () => (await read("shop")).edit.launcher === "Mine", "saved");
    assert.equal((await read("shop")).edit.name, "Corner Shop & Sons");
    await change({ act: "edit", id: "shop", edit });
  }));

test("a new key and the switch say what will happen, and it does", () =>
  visit("jonas", { permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
    await page.goto(`${usher.origin}/console/sites/ferry_line`);
    const old = (await read("ferry_line")).key;
    await page.getByRole("button", { name: "New key" }).click();
    const dialog = page.getByRole("dialog");
    await shown(dialog.getByText("The old key stops working at once"));
    await hasFocus(dialog.getByRole("button", { name: "Cancel" }));
    await finds(page, "the question");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    assert.equal((await read("ferry_line")).key, old);
    await page.getByRole("button", { name: "New key" }).click();
    await dialog.getByRole("button", { name: "Give a new key" }).click();
    const fresh = await until(async () => {
      const { key } = await read("ferry_line");
      return key !== old && key;
    }, "a new key");
    await shown(page.getByRole("group", { name: "Snippet" }).getByText(fresh));
    assert.equal((await usher.fetch(`/v1/boot/${old}`)).status, 404);

    await page.getByRole("button", { name: "Switch off" }).click();
    await dialog.getByRole("button", { name: "Switch off" }).click();
    await shown(page.getByText("Switched off", { exact: true }));
    await shown(page.getByText("The site is switched off: there is nothing to see."));
    assert.ok((await usher.fetch(`/v1/boot/${fresh}`)).status >= 400);
    await page.getByRole("button", { name: "Switch on" }).click();
    await gone(page.getByText("The site is switched off: there is nothing to see."));
    assert.equal((await usher.fetch(`/v1/boot/${fresh}`)).status, 200);
  }));

test("a page that carries the snippet says so, and what its policy lacks", async () => {
  const good = hosts.page("/good", { snippet: SNIPPET, policy: `default-src 'self'; ${ALLOWED}` });
  const noWasm = hosts.page("/no-wasm", { snippet: SNIPPET, policy: `script-src 'self' ${usher.origin}; connect-src ${usher.origin}` });
  const noCalls = hosts.page("/no-calls", { snippet: SNIPPET, policy: `script-src ${usher.origin} 'wasm-unsafe-eval'; connect-src 'self'` });
  const other = hosts.page("/other", { snippet: SNIPPET.replace(site.key, "pk_demo_partner") });
  const twice = hosts.page("/twice", { snippet: SNIPPET + SNIPPET });
  // Chromium says on the host page what its policy refuses; asking is the check's whole point.
  const expects = [/violates the following Content Security Policy/, /Content Security Policy/, refused(403), /Failed to load|blocked by CORS/];
  await visit("jonas", { expects }, async (page) => {
    const check = async (address) => {
      await page.goto(`${usher.origin}/console/sites/shop`);
      await page.getByRole("textbox", { name: "Address of a page" }).or(page.getByRole("combobox", { name: "Address of a page" })).fill(address);
      const [opened] = await Promise.all([page.waitForEvent("popup"), page.getByRole("button", { name: "Open and check" }).click()]);
      const found = page.getByRole("heading", { name: /on this page/ });
      await shown(found);
      await opened.close();
      return { title: await found.textContent(), says: await page.locator(".found li").allTextContents() };
    };
    const fine = await check(good);
    assert.equal(fine.title, "It works on this page");
    assert.match(fine.says.join("\n"), /The snippet is there, with this site’s key and the form inquiry/);
    await finds(page, "a good check");
    assert.ok((await check(noWasm)).says.some((says) => says.endsWith(`In the policy: script-src 'self' ${usher.origin} 'wasm-unsafe-eval'`)));
    const calls = await check(noCalls);
    assert.equal(calls.title, "It does not work on this page yet");
    assert.ok(calls.says[0].endsWith(`In the policy: connect-src 'self' ${usher.origin}`), calls.says[0]);
    await finds(page, "a bad check");
    assert.match((await check(other)).says[0], /key of another site, pk_demo_partner/);
    assert.match((await check(twice)).says.join("\n"), /on the page 2 times/);
    await until(async () => (await read("shop")).last_signal_at, "the pages were heard of");
  });
});

test("an address stays as it was typed while the session is read again", () =>
  visit("jonas", {}, async (page) => {
    // Read once to begin with, and again when the connection has opened: that answer comes after the typing.
    await page.goto("about:blank");
    let reads = 0;
    let go;
    const typed = new Promise((resolve) => (go = resolve));
    await page.route("**/v1/console/session", async (route) => {
      if (route.request().method() === "GET" && ++reads === 2) await typed;
      await route.continue();
    });
    await page.goto(`${usher.origin}/console/sites/shop`);
    const field = page.getByRole("textbox", { name: "Address of a page" }).or(page.getByRole("combobox", { name: "Address of a page" }));
    await field.fill(hosts.page("/typed"));
    await until(() => reads >= 2, "the session is read again");
    const read = page.waitForResponse("**/v1/console/session");
    go();
    await (await read).finished();
    await page.evaluate(() => new Promise(requestAnimationFrame));
    assert.equal(await field.inputValue(), `${hosts.origin}/typed`);
  }));

test("a page that does not answer is told apart: no snippet, or a window kept apart", async () => {
  const bare = hosts.page("/bare");
  const apart = hosts.page("/apart", { snippet: SNIPPET, headers: { "cross-origin-opener-policy": "same-origin" } });
  await visit("jonas", {}, async (page) => {
    const check = async (address) => {
      await page.goto(`${usher.origin}/console/sites/shop`);
      await page.getByRole("textbox", { name: "Address of a page" }).or(page.getByRole("combobox", { name: "Address of a page" })).fill(address);
      const [opened] = await Promise.all([page.context().waitForEvent("page"), page.getByRole("button", { name: "Open and check" }).click()]);
      await page.getByRole("heading", { name: "The page did not answer" }).waitFor();
      return opened;
    };
    await page.goto(`${usher.origin}/console/sites/shop`);
    const field = page.getByRole("textbox", { name: "Address of a page" }).or(page.getByRole("combobox", { name: "Address of a page" }));
    await field.fill("https://elsewhere.example.com/");
    await page.getByRole("button", { name: "Open and check" }).click();
    assert.match(await description(field), /none of the site’s origins/);

    const opened = await check(apart);
    await opened.goto(`${hosts.origin}/bare`); // leaving a page sends its signals
    await page.getByText("a signal came from the site since then").waitFor({ timeout: 30_000 });
    await opened.close();
    const silent = await check(bare);
    await page.getByText("No signal came from the site either").waitFor({ timeout: 30_000 });
    await silent.close();
    await finds(page, "a page that is silent");
  });
});

test("the npm package installs from the running server, loads on a server and in a bundle", async () => {
  const folder = await mkdtemp(join(tmpdir(), "usher-npm-"));
  try {
    await writeFile(join(folder, "package.json"), '{ "name": "host", "private": true, "type": "module" }');
    // Nothing but our own server may be asked.
    const nowhere = ["--registry", "http://127.0.0.1:9", "--no-audit", "--no-fund", "--cache", join(folder, "cache")];
    await run("npm", ["install", `${usher.origin}/v1/usher-widget.tgz`, ...nowhere], { cwd: folder });
    const onServer = 'import { load } from "@usher/widget"; load({ origin: "https://a.example", site: "pk_x" })("open"); console.log("fine")';
    assert.equal((await run("node", ["--input-type=module", "-e", onServer], { cwd: folder })).stdout, "fine\n");
    assert.ok((await readFile(join(folder, "node_modules/@usher/widget/index.d.ts"), "utf8")).includes("export declare function load"));
    const options = JSON.stringify({ origin: usher.origin, site: site.key, form: "trial" });
    await writeFile(join(folder, "app.js"), `import { load } from "@usher/widget"; const usher = load(${options}); load(${options}); usher("open", "trial");`);
    await run(join(root, "node_modules/.bin/esbuild"), ["app.js", "--bundle", "--format=iife", "--outfile=out.js"], { cwd: folder });
    const bundle = await readFile(join(folder, "out.js"), "utf8");
    const address = hosts.page("/bundled", { snippet: `<script>${bundle}</script>` });
    await browser.visit({}, async (page) => {
      await page.goto(address);
      await new Widget(page).shows("Join a trial class");
      assert.equal(await page.locator('script[src*="/v1/usher.js"]').count(), 1);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("what is held is counted, told, and becomes an item or nothing", async () => {
  const held = async (name) => {
    const body = { ...inquiry({ name, message: `Hello from ${name}` }), trap: "http://spam.example" };
    return usher.submit("inquiry", body);
  };
  await visit("mara", {}, async (page) => {
    await shown(page.getByText("Live", { exact: true }));
    await page.goto(`${usher.origin}/console/held`);
    await shown(page.getByRole("heading", { name: "Nothing is held" }));
    await finds(page, "nothing held");
    for (const name of ["Ada Person", "Bulk Robot"]) assert.equal((await held(name)).status, 200);
    const one = (name) => page.getByRole("main").getByRole("listitem").filter({ hasText: name }).first();
    await shown(one("Ada Person"));
    await shown(one("Bulk Robot"));
    await shown(page.getByRole("link", { name: "Held for review 2 waiting" }));
    assert.ok(await one("Ada Person").getByRole("list", { name: "Why it is held" }).getByRole("listitem").count());
    await finds(page, "what is held");
    await one("Bulk Robot").getByRole("button", { name: "Discard" }).click();
    await hasFocus(one("Bulk Robot").getByRole("textbox", { name: "Reason" }));
    await page.keyboard.type("An advertisement");
    await one("Bulk Robot").getByRole("button", { name: "Discard" }).click();
    await gone(one("Bulk Robot"));
    await one("Ada Person").getByRole("button", { name: "Release" }).click();
    await one("Ada Person").getByRole("button", { name: "Release" }).click();
    await page.getByRole("link", { name: "Open the item" }).click();
    await shown(page.getByRole("heading", { name: "Ada Person", level: 1 }));
    await shown(page.getByRole("link", { name: "Held for review 0 waiting" }));
  });
  const mara = await usher.signIn("mara");
  assert.deepEqual((await mara.call("held")).body.held, []);
  assert.ok(!(await mara.items("sales")).some(({ who }) => who === "Bulk Robot"));
});

test("long names, right-to-left words and a phone", async () => {
  const { body } = await change({
    act: "create",
    edit: {
      ...(await read("shop")).edit,
      ...{ name: "Gesellschaft für berufsbegleitende Weiterbildungsveranstaltungen ".repeat(1).padEnd(118, "n"), launcher: "اسألنا" },
      origins: Array.from({ length: 12 }, (_, index) => `https://a-rather-long-subdomain-${index}.partner-network.example.com`),
    },
  });
  const made = body.sites.at(-1);
  for (const options of [{ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme: "dark" }, { viewport: { width: 320, height: 640 } }]) {
    await visit("jonas", options, async (page) => {
      await shown(page.getByRole("link", { name: /Gesellschaft/ }));
      await fits(page);
      await page.goto(`${usher.origin}/console/sites/${made.id}`);
      await shown(page.getByRole("heading", { name: /Gesellschaft/ }));
      await fits(page);
      await finds(page, "a long site on a phone");
    });
  }
});

async function visit(member, options, story) {
  await browser.visit(options, async (page) => {
    const { body } = await usher.operator("POST", "workspaces/demo/sign-in-links", { member });
    await page.goto(new URL(body.url, usher.origin).href);
    await shown(page.getByRole("navigation").first());
    await story(page);
  });
}

async function read(id) {
  return (await api.call("sites")).body.sites.find((one) => one.id === id);
}

async function change(what) {
  const { version } = (await api.call("sites")).body;
  const answer = await api.call("sites", { method: "POST", body: { version, change: what } });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer;
}
