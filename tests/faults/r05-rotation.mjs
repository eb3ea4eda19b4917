// R5: a secret is replaced while events are delivered: whoever goes by the old or the new one believes all of them for a day, and
// whoever still goes by the old one believes none after it. Said by the three public libraries: npm's, PyPI's and the crate.

import { lanes, promise } from "../support/promise.mjs";
import { startReceiver } from "../support/receivers.mjs";
import { inquiry, until } from "../support/usher.mjs";
import { VERIFIERS, startVerifiers } from "../support/verifiers.mjs";
import { openUsher } from "./rig.mjs";

const OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr";

await promise("R5", async ({ full, control, note, atEnd }) => {
  const count = full ? 3_334 : 60;
  const verifiers = await startVerifiers(atEnd);
  // Each is asked about as it arrives, since a verifier looks at the time too; by the secrets that are known then.
  const secrets = [OLD];
  let timeless = false;
  const receiver = await startReceiver((request) => {
    request.said = new Map(secrets.map((secret) => [secret, verifiers.verdicts(request, secret, { timeless })]));
  });
  atEnd(() => receiver.close());
  const destinations = [{ id: "crm", to: { webhook: { url: `${receiver.origin}/hook`, secret: OLD } } }];
  const { usher } = await openUsher({ atEnd, args: ["--allow-private-destinations"], change: (workspace) => Object.assign(workspace, { destinations }) });
  let mara = await usher.signIn("mara");
  const send = async () => {
    const before = receiver.got.length;
    await lanes(count, 8, async () => usher.submit("inquiry", inquiry()));
    await until(() => receiver.got.length >= before + count, `${count} are told`, 300_000);
    return receiver.got.slice(before);
  };
  /** How many of these one verifier or more does not believe (or, of `wanted` false, believes) by this secret. */
  const otherwise = async (hooks, secret, wanted = true) => {
    const verdicts = await Promise.all(hooks.map(({ said }) => said.get(secret)));
    return verdicts.filter((by) => VERIFIERS.some((name) => by[name] !== wanted)).length;
  };
  const before = await send();
  const rotated = (async () => {
    const { version } = (await mara.call("destinations")).body;
    return (await mara.call("destinations", { method: "POST", body: { version, change: { rotate: { id: "crm" } } } })).body.secret;
  })();
  // Half of these are sent before the secret is another one, half after it: while it is replaced, either may be gone by.
  const during = await send();
  const fresh = control === "wrong-secret" ? OLD.replace("M", "N") : await rotated;
  await rotated;
  secrets.push(fresh);
  const overlap = await send();
  await usher.later(24 * 60 * 60 + 60);
  timeless = true;
  mara = await usher.signIn("mara");
  const after = await send();
  note(`${before.length + during.length + overlap.length + after.length} events, each asked about by ${VERIFIERS.join(", ")}`);
  const failed = [
    await otherwise(before, OLD),
    await otherwise(during, OLD),
    (await otherwise(overlap, OLD)) + (await otherwise(overlap, fresh)),
    await otherwise(after, fresh),
  ];
  const late = await otherwise(after, OLD, false);
  return {
    met: failed.every((many) => many === 0) && late === 0,
    figure:
      `${before.length + during.length + overlap.length + after.length} events, by the verifiers of npm, PyPI and crates.io: ${failed.join(", ")} failures before, while and after the secret was replaced, ` +
      `and after the day; ${late} of ${after.length} believed by the old one after the day`,
  };
}, { controls: ["wrong-secret"] });
