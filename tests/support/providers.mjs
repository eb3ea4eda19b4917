// Those who vouch for somebody, in the process of the test: a real provider of OpenID Connect (panva's oidc-provider, with
// its own pages), and an issuer that signs whatever a test wants, which no real one would.

import { createServer } from "node:http";
import { randomUUID } from "node:crypto";

import { SignJWT, exportJWK, generateKeyPair } from "jose";

export const CALLBACK = "/v1/console/sign-in/openid/callback";

/** Listens on a port of its own; `answer` answers. To a browser, `127.0.0.1` is another site than Usher's `localhost`. */
async function listen(answer, host = "localhost") {
  const server = createServer((request, response) => answer(request, response));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://${host}:${server.address().port}`,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

async function pair(alg, kid = randomUUID()) {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: "sig" };
  return { alg, kid, publicKey, privateKey, jwk, private: { ...(await exportJWK(privateKey)), kid, alg, use: "sig" } };
}

/**
 * A real provider. `accounts`: by login, what it says of each. Clients: `usher` with a secret (RS256), `usher-open` without
 * one (ES256). `inToken`: the address stands in the ID token, and not only in the user info.
 */
export async function startProvider({ redirectUris, accounts, secret = "", inToken = false, host }) {
  // It says on standard error that it is set up for development: so it is.
  const { warn } = console;
  console.warn = () => {};
  const { default: Provider } = await import("oidc-provider");
  let answer;
  const server = await listen((request, response) => answer(request, response), host);
  const keys = [await pair("RS256"), await pair("ES256")];
  const client = { redirect_uris: redirectUris, grant_types: ["authorization_code"], response_types: ["code"] };
  const provider = new Provider(server.origin, {
    clients: [
      { ...client, client_id: "usher", client_secret: secret, token_endpoint_auth_method: "client_secret_basic" },
      { ...client, client_id: "usher-posts", client_secret: secret, token_endpoint_auth_method: "client_secret_post" },
      { ...client, client_id: "usher-open", token_endpoint_auth_method: "none", id_token_signed_response_alg: "ES256" },
    ],
    jwks: { keys: keys.map((key) => key.private) },
    cookies: { keys: [randomUUID()] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    conformIdTokenClaims: !inToken,
    pkce: { required: () => true },
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 600, Grant: 600 },
    findAccount: (_, id) => accounts[id] && { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) },
    enabledJWA: { idTokenSigningAlgValues: ["RS256", "ES256"] },
  });
  answer = provider.callback();
  console.warn = warn;
  return { ...server, issuer: server.origin, provider };
}

/**
 * Walks through the real provider's pages as a browser without scripts would: logs in, consents, and returns the address
 * that it leads back to. With `stop`, it gives up at the login.
 */
export async function walkThrough(url, login, { stop = false } = {}) {
  const jar = new Map();
  let address = new URL(url);
  const home = address.origin;
  let form;
  for (let step = 0; step < 20; step += 1) {
    const response = await fetch(address, {
      method: form ? "POST" : "GET",
      redirect: "manual",
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") },
      body: form,
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [name, value] = cookie.split(";")[0].split("=");
      if (value) jar.set(name, value);
      else jar.delete(name);
    }
    form = undefined;
    const to = response.headers.get("location");
    if (to) {
      address = new URL(to, address);
      if (address.origin !== home) return address.href;
      continue;
    }
    const page = await response.text();
    const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1];
    if (!action) throw new Error(`no form on ${address}: ${page.slice(0, 400)}`);
    if (stop) {
      address = new URL(/href="([^"]*abort)"/.exec(page)[1], address);
      continue;
    }
    const prompt = /name="prompt" value="(\w+)"/.exec(page)[1];
    form = new URLSearchParams(prompt === "login" ? { prompt, login, password: "x" } : { prompt });
    address = new URL(action, address);
  }
  throw new Error(`the provider leads round in circles: ${address}`);
}

/**
 * An issuer that signs anything. `token` makes the ID token that its token endpoint gives out next; `asked` are the forms it
 * was sent; `keys` what it publishes, at its own address and where Cloudflare Access would.
 */
export async function startIssuer() {
  const issuer = { keys: [], asked: [], fetched: [], info: undefined, discovery: {}, token: async () => "" };
  const server = await listen(async (request, response) => {
    const path = new URL(request.url, server.origin).pathname;
    issuer.fetched.push(path);
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const say = (status, body) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    };
    if (issuer.answer?.(path, say, response)) return;
    if (path === "/.well-known/openid-configuration") {
      say(200, {
        issuer: server.origin,
        authorization_endpoint: `${server.origin}/authorize`,
        token_endpoint: `${server.origin}/token`,
        userinfo_endpoint: `${server.origin}/info`,
        jwks_uri: `${server.origin}/keys`,
        ...issuer.discovery,
      });
    } else if (path === "/keys" || path === "/cdn-cgi/access/certs") {
      say(200, { keys: issuer.keys.map(({ jwk }) => jwk) });
    } else if (path === "/token") {
      const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
      issuer.asked.push({ form, authorization: request.headers.authorization });
      say(200, { id_token: await issuer.token(form), access_token: "a", token_type: "Bearer" });
    } else if (path === "/info" && issuer.info) {
      say(200, issuer.info);
    } else {
      say(404, {});
    }
  });
  issuer.origin = server.origin;
  issuer.stop = server.stop;
  issuer.newKey = (alg = "RS256", kid) => pair(alg, kid);
  issuer.sign = (key, claims, header = {}) =>
    new SignJWT(claims).setProtectedHeader({ alg: key.alg, kid: key.kid, ...header }).sign(key.privateKey);
  return issuer;
}

/** A part of a token, by hand. */
export const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
