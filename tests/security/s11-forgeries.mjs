// S11: forged tokens of OpenID Connect and of Cloudflare Access open nothing, and the good ones before, between and after them do; keys
// may change while people sign in. The forgeries are those of `tests/http/signin.test.mjs`; here they come in an order by the seed, among
// good tokens, and good tokens whose bytes were changed one at a time. The control takes a good token for a forgery.

import { demoWorkspace } from "../support/hosts.mjs";
import { accessForgeries, openIdForgeries } from "../support/forgeries.mjs";
import { promise } from "../support/promise.mjs";
import { startIssuer } from "../support/providers.mjs";
import { startUsher } from "../support/usher.mjs";
import { Visitor } from "../support/visitor.mjs";

const EMAIL = "mara@larkfield.example.com";
/** How often the issuer's keys are replaced. */
const ROTATIONS = [3, 12];

async function check({ full, random, control, note, atEnd }) {
  const usher = await startUsher({ args: ["--allow-private-destinations", "--faults"] });
  atEnd(() => usher.stop());
  const issuer = await startIssuer();
  atEnd(() => issuer.stop());
  const [key, ec] = [await issuer.newKey(), await issuer.newKey("ES256")];
  issuer.keys = [key, ec];
  const workspace = await demoWorkspace(usher);
  workspace.sign_in = { openid: { name: "Issuer", issuer: issuer.origin, client_id: "usher" }, access: { team: issuer.origin, audience: "tag" } };
  const configured = await usher.operator("PUT", "workspaces/demo", workspace);
  if (configured.status !== 200) throw new Error(JSON.stringify(configured.body));

  // The issuer's clock goes with the server's.
  let ahead = 0;
  const now = () => Math.floor(Date.now() / 1_000) + ahead;
  const later = async (seconds) => {
    ahead += seconds;
    await usher.later(seconds);
  };
  const whom = { email: EMAIL, iss: issuer.origin };
  const idClaims = (nonce, more = {}) => ({ ...whom, sub: "u-1", aud: "usher", iat: now(), exp: now() + 300, nonce, email_verified: true, ...more });
  const accessClaims = (more = {}) => ({ ...whom, sub: "s", aud: ["tag"], iat: now() - 60, nbf: now() - 60, exp: now() + 600, type: "app", ...more });
  const byOpenId = (make) => new Visitor(usher).openId(issuer, make);
  const byAccess = (assertion) => new Visitor(usher).access(assertion);

  let [forged, opened, good, refused] = [0, 0, 0, 0];
  const isOut = (said, name) => {
    forged += 1;
    if (!said.startsWith("in as")) return;
    opened += 1;
    note(`opened: ${name}`);
  };
  const isIn = (said, name) => {
    good += 1;
    if (said === "in as mara") return;
    refused += 1;
    note(`refused: ${name}: ${said}`);
  };
  const bothGood = async (rsa, name) => {
    isIn(await byOpenId((nonce) => issuer.sign(rsa, idClaims(nonce))), `${name}, by OpenID Connect`);
    isIn(await byAccess(issuer.sign(rsa, accessClaims())), `${name}, by Access`);
  };

  await bothGood(key, "at first");
  const tries = [
    ...Object.entries(await openIdForgeries({ issuer, key, ec, claims: idClaims, now })).map(([name, make]) => [`OpenID: ${name}`, () => byOpenId(make)]),
    ...Object.entries(await accessForgeries({ issuer, key, ec, claims: accessClaims, now })).map(([name, assertion]) => [`Access: ${name}`, () => byAccess(assertion)]),
    ...Array.from({ length: full ? 60 : 8 }, () => ["Access: a byte is another one", async () => byAccess(changed(await issuer.sign(key, accessClaims()), random))]),
    ...Array.from({ length: full ? 60 : 4 }, () => ["OpenID: a byte is another one", () => byOpenId(async (nonce) => changed(await issuer.sign(key, idClaims(nonce)), random))]),
  ];
  if (control) tries.push(["a good one", () => byAccess(issuer.sign(key, accessClaims()))]);
  for (let left = tries.length; left > 1; ) {
    const other = random.below(left--);
    [tries[left], tries[other]] = [tries[other], tries[left]];
  }
  for (const [at, [name, run]] of tries.entries()) {
    isOut(await run(), name);
    if (at % 20 === 19) await bothGood(key, "among forgeries");
  }
  note(`${forged} forgeries, ${opened} of them opened something`);

  // The keys are replaced: the new one counts at once, the one before as long as it is published, and then no more.
  let before = key;
  const rotations = ROTATIONS[Number(full)];
  for (let turn = 0; turn < rotations; turn += 1) {
    const fresh = await issuer.newKey();
    issuer.keys = [fresh, before, ec];
    await later(11);
    await bothGood(fresh, "a new key");
    await bothGood(before, "the key before it");
    before = fresh;
  }
  issuer.keys = [before, ec];
  await later(24 * 60 * 60 + 60);
  await bothGood(before, "the last key");
  isOut(await byAccess(issuer.sign(key, accessClaims())), "a key that is published no more");
  isOut(await byOpenId((nonce) => issuer.sign(key, idClaims(nonce))), "a key that is published no more");
  return {
    met: opened === 0 && refused === 0,
    figure: `${forged} forged tokens of OpenID Connect and of Access: ${opened} opened anything; ${rotations} changes of keys: ${refused} of ${good} good tokens were refused`,
  };
}

/** A token with one letter of its three parts another one. The last letter of a part may stand for bits that count for nothing. */
function changed(token, random) {
  const ends = [...token].flatMap((letter, at) => (letter === "." || at === token.length - 1 ? [at, at - 1] : []));
  let at;
  do at = random.below(token.length);
  while (ends.includes(at));
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".replace(token[at], "");
  return token.slice(0, at) + random.pick(letters) + token.slice(at + 1);
}

await promise("S11", check, { controls: ["good-token"] });
