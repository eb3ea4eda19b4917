// Signing in, as people do it: with a password that they set after their first link, by a provider's own pages, through
// Cloudflare Access; by keyboard, on a phone, and when it goes wrong.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { description, hasFocus, message, refused, shown, startBrowser } from "../support/browser.mjs";
import { demoWorkspace } from "../support/hosts.mjs";
import { CALLBACK, startIssuer, startProvider } from "../support/providers.mjs";
import { finds, fits } from "../support/screen.mjs";
import { startUsher, until } from "../support/usher.mjs";

const SECRET = "the provider's secret";
const usher = await startUsher({
  args: ["--allow-private-destinations", "--faults"],
  files: { "openid-secrets": JSON.stringify({ demo: SECRET }) },
});
const browser = await startBrowser();
const provider = await startProvider({
  // Another site than Usher's, as providers are.
  host: "127.0.0.1",
  redirectUris: [`${usher.origin}${CALLBACK}`],
  secret: SECRET,
  accounts: {
    mara: { email: "mara@larkfield.example.com", email_verified: true },
    stranger: { email: "stranger@elsewhere.example", email_verified: true },
  },
});
const access = await startIssuer();
after(async () => {
  await browser.close();
  await provider.stop();
  await access.stop();
  await usher.stop();
});

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const NARROW = { viewport: { width: 320, height: 640 } };
const DARK = { colorScheme: "dark" };
const GOOD = "umbrella tacit gravel";
const OTHER = "seven grey herons wait";
const DOOR = "/console/sign-in";
// Whoever is not signed in yet asks who they are, and is told so.
const AT_THE_DOOR = [refused(401)];

async function configure(sign_in) {
  const workspace = await demoWorkspace(usher);
  const { status, body } = await usher.operator("PUT", "workspaces/demo", { ...workspace, ...(sign_in && { sign_in }) });
  assert.equal(status, 200, JSON.stringify(body));
}
const openid = { name: "Larkfield ID", issuer: provider.issuer, client_id: "usher" };

async function linkFor(member) {
  const { body } = await usher.operator("POST", "workspaces/demo/sign-in-links", { member });
  return usher.origin + body.url;
}

async function withPassword(member, password = GOOD) {
  const staff = await usher.signIn(member);
  const { status } = await staff.call("account/password", { method: "PUT", body: { new: password } });
  assert.equal(status, 200);
  return staff;
}

/** A visit that also sees the provider's pages, which ask the network for a font and a picture that are not there. */
const abroad = (story) =>
  browser.visit({ expects: AT_THE_DOOR }, async (page) => {
    await page.route("https://fonts.googleapis.com/**", (route) => route.fulfill({ contentType: "text/css", body: "" }));
    await page.route(`${provider.issuer}/favicon.ico`, (route) => route.fulfill({ status: 204 }));
    await story(page);
  });

const field = (page, name) => page.getByLabel(name, { exact: true });
const heading = (page, name) => page.getByRole("heading", { name, level: 1 });
const button = (page, name) => page.getByRole("button", { name, exact: true });

test("a link, then a password, then the password alone: all by keyboard", () =>
  browser.visit({ expects: [...AT_THE_DOOR, refused(422)] }, async (page) => {
    await page.goto(await linkFor("theo"));
    await shown(heading(page, "Sales"));
    await page.getByRole("link", { name: "Account", exact: true }).focus();
    await page.keyboard.press("Enter");
    await shown(heading(page, "Your account"));
    await shown(page.getByText("You have none yet"));
    await shown(page.getByText("You came in by a sign-in link. You are signed in nowhere else."));
    assert.equal(await page.getByRole("heading", { name: "Links for colleagues" }).count(), 0, "theo is no admin");
    await finds(page, "the account without a password");

    assert.equal(await field(page, "You sign in with").inputValue(), "theo@larkfield.example.com");
    assert.equal(await field(page, "You sign in with").getAttribute("autocomplete"), "username");
    assert.equal(await field(page, "New password").getAttribute("autocomplete"), "new-password");
    await field(page, "New password").focus();
    await page.keyboard.type("Theo Achterberg 1");
    await page.keyboard.press("Enter");
    assert.match(await message(field(page, "New password")), /This is little more than your name/);
    assert.match(await description(field(page, "New password")), /At least 12 characters/);
    await hasFocus(field(page, "New password"));
    assert.equal(await field(page, "New password").inputValue(), "Theo Achterberg 1", "what was typed is kept");
    await finds(page, "the account with a password that is refused");
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type(GOOD);
    await page.keyboard.press("Enter");
    await shown(page.getByText("Your password is set.", { exact: true }).first());
    await until(() => page.getByRole("status").allTextContents().then((said) => said.some((it) => /password is set/.test(it))), "said");
    assert.equal(await field(page, "New password").inputValue(), "");
    await shown(field(page, "Present password"));

    await button(page, "Sign out").click();
    await shown(heading(page, "You are signed out"));
    await finds(page, "the door");
    assert.deepEqual(
      [await field(page, "E-mail").getAttribute("autocomplete"), await field(page, "Password").getAttribute("autocomplete")],
      ["username", "current-password"],
    );
    // From the heading on, the fields are next, in this order.
    await hasFocus(heading(page, "You are signed out"));
    await page.keyboard.press("Tab");
    await hasFocus(field(page, "E-mail"));
    await page.keyboard.type("theo@larkfield.example.com");
    await page.keyboard.press("Tab");
    await hasFocus(field(page, "Password"));
    await page.keyboard.type(GOOD);
    await page.keyboard.press("Enter");
    await shown(heading(page, "Sales"));
    const cookies = await page.context().cookies();
    assert.deepEqual(cookies.map(({ name }) => name).sort(), ["__Host-usher", "__Host-usher-device"]);
    for (const cookie of cookies) assert.deepEqual([cookie.httpOnly, cookie.secure, cookie.sameSite], [true, true, "Strict"]);
  }));

test("a wrong password is said beside its field, keeps what was typed, and waits in the end", async () => {
  await withPassword("ines");
  await browser.visit({ expects: [...AT_THE_DOOR, refused(429)] }, async (page) => {
    await page.goto(usher.origin + DOOR);
    await shown(heading(page, "Sign in"));
    await button(page, "Sign in").click();
    assert.match(await message(field(page, "E-mail")), /Type your e-mail address/);
    assert.match(await message(field(page, "Password")), /Type your password/);
    await hasFocus(field(page, "E-mail"));
    await finds(page, "the door with empty fields");

    await field(page, "E-mail").fill("ines@larkfield.example.com");
    // Whoever pastes is not stopped.
    await page.evaluate(() => navigator.clipboard?.writeText?.("").catch(() => {}));
    await field(page, "Password").focus();
    await page.evaluate((text) => {
      const data = new DataTransfer();
      data.setData("text/plain", text);
      const stopped = !document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
      if (stopped) throw new Error("pasting is stopped");
    }, "x");
    await field(page, "Password").fill("not my password at all");
    const show = page.getByRole("button", { name: "Show what is typed: password" });
    assert.equal(await show.getAttribute("aria-pressed"), "false");
    await show.click();
    assert.equal(await field(page, "Password").getAttribute("type"), "text");
    assert.equal(await field(page, "Password").inputValue(), "not my password at all");
    await show.click();
    assert.equal(await field(page, "Password").getAttribute("type"), "password");

    await button(page, "Sign in").click();
    assert.match(await message(field(page, "Password")), /This is not the password of that address/);
    await hasFocus(field(page, "Password"));
    assert.equal(await field(page, "Password").inputValue(), "not my password at all");
    assert.equal(await field(page, "E-mail").inputValue(), "ines@larkfield.example.com");
    await finds(page, "the door with a wrong password");
    // More come from a program that this person has not heard of; an address of this machine is no network's.
    for (let failed = 0; failed < 8; ) {
      const body = JSON.stringify({ workspace: "demo", email: "ines@larkfield.example.com", password: "not my password at all" });
      const answer = await usher.fetch("/v1/console/sign-in/password", { method: "POST", body });
      if (answer.status === 401) failed += 1;
      else await usher.later(Number(answer.headers.get("retry-after")));
    }
    await field(page, "Password").fill(GOOD);
    await button(page, "Sign in").click();
    await shown(page.getByRole("alert").getByText(/Too many tries\. Try again in \d+ seconds/));
    assert.equal(await field(page, "Password").inputValue(), GOOD);
    await usher.later(80);
    await button(page, "Sign in").click();
    await shown(heading(page, "Sales"));
  });
});

test("an admin hands a colleague a link; with it they set another password, and every other session ends", async () => {
  await withPassword("hana");
  // Its socket is refused once, which is how it hears.
  const hana = await browser.open({ expects: [...AT_THE_DOOR, /\/live. failed: HTTP Authentication failed/] });
  try {
    await hana.page.goto(usher.origin + DOOR);
    await field(hana.page, "E-mail").fill("hana@larkfield.example.com");
    await field(hana.page, "Password").fill(GOOD);
    await button(hana.page, "Sign in").click();
    await shown(heading(hana.page, "Success"));

    let link;
    await browser.visit({ permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
      await page.goto(await linkFor("mara"));
      await shown(heading(page, "Sales"));
      await page.getByRole("link", { name: "Account", exact: true }).click();
      const colleagues = page.getByRole("region", { name: "Links for colleagues" });
      await shown(colleagues.getByText("hana@larkfield.example.com, has a password"));
      await button(colleagues, "Make a link for Hana Košir").click();
      const made = colleagues.locator("code");
      await shown(made);
      await button(colleagues, "Copy").click();
      await shown(button(colleagues, "Copied"));
      link = await page.evaluate(() => navigator.clipboard.readText());
      assert.equal(link, await made.textContent());
      await finds(page, "the account of an admin");
      // What they change of their own shows in the list, and the link that was made stays.
      await shown(colleagues.getByText("mara@larkfield.example.com, no password yet, 1 session"));
      await field(page, "New password").fill(GOOD);
      await button(page, "Set password").click();
      await shown(colleagues.getByText("mara@larkfield.example.com, has a password, 1 session"));
      assert.equal(await made.textContent(), link);
    });
    await browser.visit({}, async (page) => {
      await page.goto(link);
      await shown(heading(page, "Success"));
      await page.getByRole("link", { name: "Account", exact: true }).click();
      await shown(page.getByText("You came by a link a moment ago, so you can set a new one without the old one."));
      await field(page, "New password").fill(OTHER);
      await button(page, "Change password").click();
      await shown(page.getByText(/Your password is set\. \d other sessions? (has|have) ended\./).first());
    });
    // The console that was open hears it at once, and says where to go on.
    await shown(heading(hana.page, "Your session has ended"));
    await field(hana.page, "E-mail").fill("hana@larkfield.example.com");
    await field(hana.page, "Password").fill(OTHER);
    await button(hana.page, "Sign in").click();
    await shown(heading(hana.page, "Success"));
    hana.check();
  } finally {
    await hana.close();
  }
});

test("by the provider's own pages, and back to where one was", async () => {
  await configure({ openid });
  await abroad(async (page) => {
    await page.goto(`${usher.origin}/console/team`);
    await shown(heading(page, "Sign in"));
    await finds(page, "the door with a provider");
    await button(page, "Sign in with Larkfield ID").click();
    await page.waitForURL(`${provider.issuer}/**`);
    await page.getByPlaceholder("Enter any login").fill("mara");
    await page.getByPlaceholder("and password").fill("x");
    await button(page, "Sign-in").click();
    await button(page, "Continue").click();
    await shown(heading(page, "Team"));
    assert.equal(page.url(), `${usher.origin}/console/team`);
    const [cookie, ...more] = await page.context().cookies(usher.origin);
    assert.deepEqual([cookie.name, cookie.sameSite, more.length], ["__Host-usher", "Strict", 0]);
    await page.getByRole("link", { name: "Account", exact: true }).click();
    await shown(page.getByText("You were signed in by your sign-in service."));
    // The provider knows them by now: the way in is a click.
    await button(page, "Sign out").click();
    await button(page, "Sign in with Larkfield ID").click();
    await shown(heading(page, "Sales"));
  });
});

test("what goes wrong at the provider's is said in a sentence, once", async () => {
  await configure({ openid });
  for (const [login, sentence] of [
    ["stranger", "nobody in this workspace has your e-mail address"],
    [undefined, "did not sign you in, or you stopped it"],
  ]) {
    await abroad(async (page) => {
      await page.goto(usher.origin + DOOR);
      await button(page, "Sign in with Larkfield ID").click();
      await page.waitForURL(`${provider.issuer}/**`);
      if (login) {
        await page.getByPlaceholder("Enter any login").fill(login);
        await page.getByPlaceholder("and password").fill("x");
        await button(page, "Sign-in").click();
        await button(page, "Continue").click();
      } else {
        await page.getByRole("link", { name: "[ Cancel ]" }).click();
      }
      await shown(page.getByRole("alert").getByText(sentence));
      assert.equal(page.url(), `${usher.origin}${DOOR}?workspace=demo`, "the trouble is out of the address");
      await finds(page, "the door after a sign-in that failed");
      await page.reload();
      await shown(heading(page, "Sign in"));
      assert.equal(await page.getByText(sentence).count(), 0, "and is not said again");
    });
  }
  // Nothing that somebody writes into the address is shown.
  await browser.visit({ expects: AT_THE_DOOR }, async (page) => {
    await page.goto(`${usher.origin}${DOOR}?trouble=${encodeURIComponent("<b>Call 0800 123</b>")}`);
    await shown(page.getByRole("alert").getByText("You are not signed in. Try again."));
    assert.equal(await page.getByText("0800").count(), 0);
  });
});

test("whom Cloudflare Access let through is in at once, and out when they ask for it", async () => {
  const key = await access.newKey();
  access.keys = [key];
  await configure({ passwords: false, access: { team: access.origin, audience: "tag" } });
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: access.origin, aud: ["tag"], iat: now, nbf: now, exp: now + 3600, sub: "s", type: "app" };
  const assertion = await access.sign(key, { ...claims, email: "mara@larkfield.example.com" });
  await browser.visit({ expects: AT_THE_DOOR, extraHTTPHeaders: { "cf-access-jwt-assertion": assertion } }, async (page) => {
    await page.goto(`${usher.origin}/console/queues/success`);
    await shown(heading(page, "Success"));
    await button(page, "Sign out").click();
    await shown(heading(page, "You are signed out"));
    assert.equal(await field(page, "Password").count(), 0, "there are no passwords here");
    await finds(page, "the door with Cloudflare Access");
    await button(page, "Sign in with Cloudflare Access").click();
    await shown(heading(page, "Sales"));
  });
  await browser.visit({ expects: [...AT_THE_DOOR, refused(403)] }, async (page) => {
    await page.goto(usher.origin + DOOR);
    await button(page, "Sign in with Cloudflare Access").click();
    await shown(page.getByRole("alert").getByText("Cloudflare Access does not say who you are"));
  });
});

test("where there are several workspaces one says which, and it is remembered", async () => {
  await configure({ openid });
  const workspace = await demoWorkspace(usher);
  const sites = workspace.sites.map((site) => ({ ...site, key: `${site.key}_two` }));
  assert.equal((await usher.operator("PUT", "workspaces/second", { ...workspace, sites })).status, 201);
  await withPassword("sunil");
  await browser.visit({ expects: AT_THE_DOOR }, async (page) => {
    await page.goto(usher.origin + DOOR);
    await shown(field(page, "Workspace"));
    assert.equal(await page.getByRole("button", { name: /Larkfield ID/ }).count(), 0);
    await field(page, "E-mail").fill("sunil@larkfield.example.com");
    await field(page, "Workspace").fill("demo");
    await field(page, "E-mail").focus();
    await shown(button(page, "Sign in with Larkfield ID"));
    assert.equal(await field(page, "E-mail").inputValue(), "sunil@larkfield.example.com");
    await field(page, "Password").fill(GOOD);
    await button(page, "Sign in").click();
    await shown(heading(page, "Success"));
    await button(page, "Sign out").click();
    await shown(button(page, "Sign in with Larkfield ID"));
    assert.equal(await field(page, "Workspace").count(), 0, "it is remembered");
    await button(page, "Another workspace").click();
    await hasFocus(field(page, "Workspace"));
    assert.equal(await field(page, "Workspace").inputValue(), "demo");
  });
  await browser.visit({ expects: AT_THE_DOOR }, async (page) => {
    await page.goto(`${usher.origin}${DOOR}?workspace=demo`);
    await shown(button(page, "Sign in with Larkfield ID"));
  });
});

test("on a phone, in the dark, and at 320 pixels nothing is cut off and axe finds nothing", async () => {
  await configure({ openid, access: { team: access.origin, audience: "tag" } });
  for (const [name, options] of [["phone", { ...PHONE, ...DARK }], ["narrow", NARROW]]) {
    await browser.visit({ ...options, expects: [...AT_THE_DOOR, refused(403)] }, async (page) => {
      await page.goto(`${usher.origin}${DOOR}?workspace=demo`);
      await shown(button(page, "Sign in with Larkfield ID"));
      await button(page, "Sign in").click();
      await message(field(page, "E-mail"));
      await finds(page, `the door, ${name}`);
      await fits(page);
      for (const control of [button(page, "Sign in"), button(page, "Sign in with Larkfield ID"), field(page, "Password")]) {
        const { height } = await control.boundingBox();
        assert.ok(height >= 24, `${height} pixels are enough to hit`);
      }
    });
    await browser.visit({ ...options }, async (page) => {
      await page.goto(await linkFor("mara"));
      await shown(heading(page, "Sales"));
      await page.getByRole("link", { name: "Account", exact: true }).click();
      await shown(page.getByRole("heading", { name: "Links for colleagues" }));
      await page.getByRole("button", { name: "Make a link for Theo Achterberg" }).click();
      await shown(page.locator(".access-link code"));
      await finds(page, `the account, ${name}`);
      await fits(page);
    });
  }
});
