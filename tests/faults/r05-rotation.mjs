// R5: a secret is replaced while events are delivered: whoever goes by the old or the new one believes all of them for a day, and
// whoever still goes by the old one believes none after it. Verified by the public library for Node (npm `standardwebhooks`).

import { Webhook } from "standardwebhooks";

import { demoWorkspace } from "../support/hosts.mjs";
import { lanes, promise } from "../support/promise.mjs";
import { startReceiver } from "../support/receivers.mjs";
import { inquiry, startUsher, until } from "../support/usher.mjs";

const OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr";

await promise("R5", async ({ full, control, note, atEnd }) => {
  const count = full ? 3_334 : 60;
  const usher = await startUsher({ args: ["--faults", "--allow-private-destinations"] });
  atEnd(() => usher.stop());
  const receiver = await startReceiver();
  atEnd(() => receiver.close());
  const destinations = [{ id: "crm", to: { webhook: { url: `${receiver.origin}/hook`, secret: OLD } } }];
  await usher.operator("PUT", "workspaces/demo", Object.assign(await demoWorkspace(usher), { destinations }));
  let mara = await usher.signIn("mara");
  const send = async () => {
    const before = receiver.got.length;
    await lanes(count, 8, async () => usher.submit("inquiry", inquiry()));
    await until(() => receiver.got.length >= before + count, `${count} are told`, 300_000);
    return receiver.got.slice(before);
  };
  // The signature alone: the server's clock is put forward, and the library would call its time wrong.
  const believed = (secret, { headers, text }) => {
    const expected = new Webhook(secret).sign(headers["webhook-id"], new Date(Number(headers["webhook-timestamp"]) * 1000), text);
    return headers["webhook-signature"].split(" ").includes(expected);
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
  const overlap = await send();
  await usher.later(24 * 60 * 60 + 60);
  mara = await usher.signIn("mara");
  const after = await send();
  note(`${before.length + during.length + overlap.length + after.length} events`);
  const failed = [
    before.filter((hook) => !believed(OLD, hook)).length,
    during.filter((hook) => !believed(OLD, hook)).length,
    overlap.filter((hook) => !believed(OLD, hook) || !believed(fresh, hook)).length,
    after.filter((hook) => !believed(fresh, hook)).length,
  ];
  const late = after.filter((hook) => believed(OLD, hook)).length;
  return {
    met: failed.every((many) => many === 0) && late === 0,
    figure: `${failed.join(", ")} failures before, while and after the secret was replaced, and after the day; ${late} of ${after.length} believed by the old one after the day`,
  };
}, { controls: ["wrong-secret"] });
