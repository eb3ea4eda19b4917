// Q4: a proof of work is worth one submission, whatever happens: sent again a thousand times, at once and one after the other, and
// across a hundred `kill -9` in the middle of it. A salt, a challenge or a signature that was changed is worth nothing.

import { randomUUID } from "node:crypto";
import { solveChallenge } from "altcha-lib/v1";

import { addSites } from "../support/hosts.mjs";
import { lanes, promise } from "../support/promise.mjs";
import { inquiry, startUsher } from "../support/usher.mjs";

const KEY = "pk_replay_site";

async function check({ full, random, control, note, atEnd }) {
  const [replays, wantedKills, perProof] = full ? [1_000, 100, 10] : [40, 2, 10];
  // The control gets a challenge of its own for each, which a kill would cut off.
  const kills = control ? 0 : wantedKills;
  const usher = await startUsher({ args: ["--faults"] });
  atEnd(() => usher.stop());
  await addSites(usher, {
    id: "replay",
    name: "Replay",
    kind: "own",
    key: KEY,
    origins: [usher.origin],
    forms: ["inquiry"],
    launcher: "",
    checks: { proof: true },
    limits: { submissions_per_day: 1_000_000 },
  });
  const encode = (fields) => Buffer.from(JSON.stringify(fields)).toString("base64");
  const solved = async () => {
    const { maxnumber, ...asked } = (await usher.json(`/v1/challenge/${KEY}`)).body;
    return { ...asked, number: (await solveChallenge(asked.challenge, asked.salt, asked.algorithm, maxnumber).promise).number };
  };
  const send = (proof, id = randomUUID()) =>
    usher.submit("inquiry", { ...inquiry({}, { proof }), submission_id: id }, { site: KEY }).catch(() => undefined);
  const wrong = [];
  let [sent, spent, killed] = [0, 0, 0];

  // Each proof first in one submission that is sent until it is taken, as the widget does; then in others.
  for (let proofs = 0; sent < replays; proofs += 1) {
    const good = await solved();
    const proof = encode(good);
    const before = await usher.rows();
    const id = randomUUID();
    const kill = killed < kills && (!full || random() < kills / (replays / perProof));
    const first = send(proof, id);
    const others = Array.from({ length: perProof }, async () => send(control === "fresh" ? encode(await solved()) : proof));
    if (kill || (!full && killed < kills)) {
      await usher.kill9();
      await usher.start();
      killed += 1;
    }
    await Promise.all([first, ...others]);
    // What was lost on the way is sent again, all of it.
    const one = await send(proof, id);
    const again = await Promise.all(Array.from({ length: perProof }, () => send(proof)));
    sent += 2 * perProof;
    const after = await usher.rows();
    const items = after.item - before.item;
    spent += items;
    if (items !== 1) wrong.push(`a proof was worth ${items} items`);
    if (one?.status !== 200 || again.some((answer) => answer?.status !== 200)) wrong.push("somebody was not answered");
  }
  while (killed < kills) {
    // As many kills as were promised, each between a proof's two uses.
    const proof = encode(await solved());
    await send(proof);
    const before = await usher.rows();
    await usher.kill9();
    await usher.start();
    killed += 1;
    await send(proof);
    sent += 1;
    if ((await usher.rows()).item !== before.item) wrong.push("a proof was worth two items, one before and one after a kill");
  }

  // Changed in any place, it is worth nothing, and the right one still is.
  let forged = 0;
  const before = await usher.rows();
  const base = await solved();
  const forgeries = [
    ...["challenge", "salt", "signature", "algorithm"].flatMap((name) => [{ ...base, [name]: `${base[name]}0` }, { ...base, [name]: base[name].slice(1) }, { ...base, [name]: "" }, { ...base, [name]: null }]),
    { ...base, challenge: base.challenge.toUpperCase() }, { ...base, algorithm: "sha-256" },
    { ...base, salt: base.salt.replace(/expires=\d+/, "expires=99999999999") }, { ...base, salt: `${base.salt}expires=99999999999&` }, { ...base, salt: base.salt.replace(KEY, "pk_demo_platform") },
    { ...base, salt: `${base.salt}${String(base.number)[0]}`, number: Number(String(base.number).slice(1)) || -1 }, { ...base, number: base.number + 1 }, { ...base, number: -base.number }, { ...base, number: String(base.number) },
    { ...base, number: base.number + 0.5 }, { ...base, number: 2 ** 53 }, [base], {}, null, "x",
  ].filter((forgery) => JSON.stringify(forgery) !== JSON.stringify(base));
  await lanes(forgeries.length, 4, async (at) => {
    await send(encode(forgeries[at]));
    forged += 1;
  });
  if ((await usher.rows()).item !== before.item) wrong.push(`${(await usher.rows()).item - before.item} forgeries were taken`);
  await send(encode(base));
  if ((await usher.rows()).item !== before.item + 1) wrong.push("the right one was spent by the forgeries");
  // Other spellings of what was spent: hexadecimal in capitals, JSON in another order, and with more in it.
  for (const spelt of [
    { ...base, signature: base.signature.toUpperCase() },
    Object.fromEntries(Object.entries(base).reverse()),
    { ...base, more: 1 },
  ])
    await send(encode(spelt));
  if ((await usher.rows()).item !== before.item + 1) wrong.push("what was spent is worth more in another spelling");
  wrong.slice(0, 10).forEach(note);
  return {
    met: !wrong.length,
    figure: `${sent} replays of ${spent} proofs over ${killed} kills: ${wrong.length} taken twice; ${forged} forgeries: ${wrong.filter((what) => what.includes("forger")).length} taken`,
  };
}

await promise("Q4", check, { controls: ["fresh"] });
