// Tokens that somebody might forge, by what is wrong with each: of OpenID Connect, and of Cloudflare Access. `claims` makes those of a good
// one, `now` says the seconds; the keys are the issuer's own.

import { createHmac } from "node:crypto";

import { exportSPKI } from "jose";

import { part } from "./providers.mjs";

/** ID tokens; each is made of the nonce that the sign-in asks for. */
export async function openIdForgeries({ issuer, key, ec, claims, now }) {
  const stranger = await issuer.newKey();
  const sameName = await issuer.newKey("RS256", key.kid);
  const unsigned = (nonce, header) => `${part(header)}.${part(claims(nonce))}`;
  const hs256 = (secret) => (nonce) => {
    const text = unsigned(nonce, { alg: "HS256", kid: key.kid });
    return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
  };
  const spki = await exportSPKI(key.publicKey);
  return {
    "alg none": (nonce) => `${unsigned(nonce, { alg: "none" })}.`,
    "alg None with a name": (nonce) => `${unsigned(nonce, { alg: "None", kid: key.kid })}.`,
    "alg none, a good signature of another": async (nonce) => `${unsigned(nonce, { alg: "none", kid: key.kid })}.${(await issuer.sign(key, claims(nonce))).split(".")[2]}`,
    "HS256 with the public key as the secret": hs256(spki),
    "HS256 with the public key as JSON": hs256(JSON.stringify(key.jwk)),
    "HS256 with the modulus": hs256(Buffer.from(key.jwk.n, "base64url")),
    "no signature": (nonce) => `${unsigned(nonce, { alg: "RS256", kid: key.kid })}.`,
    "another's key under its own name": (nonce) => issuer.sign(stranger, claims(nonce)),
    "another's key under our issuer's name": (nonce) => issuer.sign(sameName, claims(nonce)),
    "a key that comes along": (nonce) => issuer.sign(stranger, claims(nonce), { jwk: stranger.jwk, kid: undefined }),
    "a key elsewhere": (nonce) => issuer.sign(stranger, claims(nonce), { jku: `${issuer.origin}/mine`, kid: undefined }),
    "RSA under the name of the curve": (nonce) => issuer.sign(key, claims(nonce), { kid: ec.kid }),
    "the curve under the name of RSA": (nonce) => issuer.sign(ec, claims(nonce), { kid: key.kid }),
    "changed after it was signed": async (nonce) => {
      const [header, , signature] = (await issuer.sign(key, claims(nonce, { email: "theo@larkfield.example.com" }))).split(".");
      return `${header}.${part(claims(nonce))}.${signature}`;
    },
    "a header that must be understood": (nonce) => issuer.sign(key, claims(nonce), { b64: true, crit: ["b64"] }),
    "for another": (nonce) => issuer.sign(key, claims(nonce, { aud: "other" })),
    "for us and another, without saying for whom": (nonce) => issuer.sign(key, claims(nonce, { aud: ["usher", "other"] })),
    "made for another party": (nonce) => issuer.sign(key, claims(nonce, { azp: "other" })),
    "of another issuer": (nonce) => issuer.sign(key, claims(nonce, { iss: "https://id.example.com" })),
    "of an issuer that begins like it": (nonce) => issuer.sign(key, claims(nonce, { iss: `${issuer.origin}/` })),
    "that has ended": (nonce) => issuer.sign(key, claims(nonce, { iat: now() - 400, exp: now() - 61 })),
    "without an end": (nonce) => issuer.sign(key, claims(nonce, { exp: undefined })),
    "made long ago": (nonce) => issuer.sign(key, claims(nonce, { iat: now() - 700 })),
    "of tomorrow": (nonce) => issuer.sign(key, claims(nonce, { iat: now() + 3600, exp: now() + 7200 })),
    "not before tomorrow": (nonce) => issuer.sign(key, claims(nonce, { nbf: now() + 3600 })),
    "with another nonce": () => issuer.sign(key, claims("0".repeat(64))),
    "without a nonce": () => issuer.sign(key, claims(undefined)),
    "of nobody": (nonce) => issuer.sign(key, claims(nonce, { sub: undefined })),
    "two parts": (nonce) => unsigned(nonce, { alg: "RS256" }),
    "no token": () => "",
    "too long": (nonce) => issuer.sign(key, claims(nonce, { x: "x".repeat(20_000) })),
  };
}

/** Assertions of Cloudflare Access, or promises of them. */
export async function accessForgeries({ issuer, key, ec, claims, now }) {
  const stranger = await issuer.newKey("RS256", key.kid);
  const text = `${part({ alg: "HS256", kid: key.kid })}.${part(claims())}`;
  const spki = await exportSPKI(key.publicKey);
  return {
    "no assertion": undefined,
    "alg none": `${part({ alg: "none" })}.${part(claims())}.`,
    "HS256 with the public key": `${text}.${createHmac("sha256", spki).update(text).digest("base64url")}`,
    "another's key": issuer.sign(stranger, claims()),
    "an algorithm that Access does not use": issuer.sign(ec, claims()),
    "another application": issuer.sign(key, claims({ aud: ["other"] })),
    "another team": issuer.sign(key, claims({ iss: "https://other.cloudflareaccess.com" })),
    "ended": issuer.sign(key, claims({ exp: now() - 61 })),
    "of tomorrow": issuer.sign(key, claims({ nbf: now() + 3600 })),
    "of the whole team": issuer.sign(key, claims({ type: "org" })),
    "a service": issuer.sign(key, claims({ email: undefined, common_name: "service" })),
  };
}
