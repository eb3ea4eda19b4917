// A browser at the sign-in, from a network of its own: it keeps the cookies that it is given, and looks at their rules.

import assert from "node:assert/strict";

import { CALLBACK } from "./providers.mjs";

const EMAIL = "mara@larkfield.example.com";

let networks = 0;
/** Another one each time: tries are counted by network. */
const network = () => `198.51.${100 + Math.floor((networks += 1) / 250)}.${1 + (networks % 250)}`;

/** Calls the sign-in, as a browser would; `jar` takes the cookies. */
export class Visitor {
  jar = new Map();

  constructor(usher, address = network()) {
    this.usher = usher;
    this.address = address;
  }

  get cookie() {
    return [...this.jar].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  async call(path, { method = "POST", body, headers = {} } = {}) {
    const response = await this.usher.fetch(path.startsWith("/") ? path : `/v1/console/${path}`, {
      method,
      redirect: "manual",
      headers: {
        "x-forwarded-for": this.address,
        ...(this.jar.size ? { cookie: this.cookie } : {}),
        ...(body ? { "content-type": "application/json" } : {}),
        ...headers,
      },
      body: body && JSON.stringify(body),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value, rules] = /^([^=]+)=([^;]*); (.*)$/.exec(cookie);
      assert.match(name, /^__Host-usher/);
      assert.match(rules, /Path=\/; Secure; HttpOnly; SameSite=(Strict|Lax)$/);
      if (/Max-Age=0/.test(rules)) this.jar.delete(name);
      else this.jar.set(name, value);
    }
    const text = await response.text();
    const json = /json/.test(response.headers.get("content-type") ?? "");
    return { status: response.status, headers: response.headers, body: json && text ? JSON.parse(text) : text };
  }

  password(password, { email = EMAIL, workspace = "demo", ...rest } = {}) {
    return this.call("sign-in/password", { body: { workspace, email, password }, ...rest });
  }

  /** Who is signed in here. */
  async me() {
    return (await this.call("session", { method: "GET" })).body.member?.id;
  }

  /** One sign-in by OpenID Connect, for which an issuer gives out what `make` makes of the nonce; the trouble, or who is in. */
  async openId(issuer, make) {
    const begun = await this.call("sign-in/openid", { body: { workspace: "demo" } });
    assert.equal(begun.status, 200, JSON.stringify(begun.body));
    const url = new URL(begun.body.url);
    issuer.token = () => make(url.searchParams.get("nonce"));
    const answer = await this.call(`${CALLBACK}?code=c&state=${url.searchParams.get("state")}`, { method: "GET" });
    const trouble = new URL(answer.headers.get("location"), this.usher.origin).searchParams.get("trouble");
    return trouble ?? `in as ${await this.me()}`;
  }

  /** One sign-in by Cloudflare Access's assertion; who is in, or the code of the problem. */
  async access(assertion) {
    const headers = assertion ? { "cf-access-jwt-assertion": await assertion } : {};
    const answer = await this.call("sign-in/access", { body: { workspace: "demo" }, headers });
    return answer.status === 200 ? `in as ${await this.me()}` : answer.body.code;
  }
}
