// R6 and R7: an alarm that fails again and again is still set again, and what waits goes out once it works, though nobody asks
// for anything; and what fell due while the server was down goes out once it is up, though nobody asks for anything.

import { demoWorkspace } from "../support/hosts.mjs";
import { promise } from "../support/promise.mjs";
import { startReceiver } from "../support/receivers.mjs";
import { inquiry, startUsher, until } from "../support/usher.mjs";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr";

await promise("R6", async ({ full, patience, control, note, atEnd }) => {
  const usher = await startUsher({ args: ["--faults", "--allow-private-destinations"] });
  atEnd(() => usher.stop());
  const receiver = await startReceiver();
  atEnd(() => receiver.close());
  const destinations = [{ id: "crm", to: { webhook: { url: `${receiver.origin}/hook`, secret: SECRET } } }];
  await usher.operator("PUT", "workspaces/demo", Object.assign(await demoWorkspace(usher), { destinations }));

  const failures = full ? 10 : 3;
  await usher.json(`/__faults/desk/demo/fail-alarms/${control === "never-clears" ? 1_000 : failures}`);
  await usher.submit("inquiry", inquiry());
  const failed = () => usher.output.filter((line) => line.includes('"place":"alarm"')).length;
  await until(() => failed() >= failures, `the alarm failed ${failures} times`, 300_000);
  const cleared = Date.now();
  const told = until(() => receiver.got.length === 1, "the event goes out", 60_000).then(() => true, () => false);
  const wentOut = await told;
  const took = (Date.now() - cleared) / 1_000;
  note(`${failures} failures, then ${took.toFixed(1)} s`);
  if (!wentOut) return { met: false, figure: `after ${failures} failures nothing went out within 60 s` };

  // R7: five times it is down when something falls due.
  const times = [];
  for (let round = 0; round < (full ? 5 : 1); round += 1) {
    receiver.answer = () => ({ status: 500 });
    const before = receiver.got.length;
    await usher.submit("inquiry", inquiry());
    await until(() => receiver.got.length > before, "the first try");
    await usher.kill9();
    const due = Date.now() + 6_500;
    receiver.answer = () => undefined;
    const known = receiver.got.length;
    await until(() => Date.now() > due, "the second try is due");
    await usher.start();
    const up = Date.now();
    await until(() => receiver.got.length > known, "the second try, though nobody asked for anything");
    times.push((receiver.got[known].at - up) / 1_000);
  }
  const worst = Math.max(...times);
  return {
    also: [{ id: "R7", met: worst <= 5 * patience, figure: `${times.length} of ${times.length} went out, at most ${Math.max(0, worst).toFixed(1)} s after the start` }],
    met: took <= 60,
    figure: `after ${failures} failures in a row the outbox was empty ${took.toFixed(1)} s after the last one`,
  };
}, { controls: ["never-clears"] });
