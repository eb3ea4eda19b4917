// What the launcher understands: flags before variables before what stands in its table, and no guesses.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { help, parse } from "../../server/lib/settings.mjs";

const settingsOf = (words, environment = {}) => parse(words, environment).settings;

test("a flag wins over a variable, and a variable over what is usual", () => {
  assert.equal(settingsOf(["start"]).port, 8787);
  assert.equal(settingsOf(["start"], { USHER_PORT: "9000" }).port, 9000);
  assert.equal(settingsOf(["start", "--port", "0"], { USHER_PORT: "9000" }).port, 0);
  assert.equal(settingsOf(["start", "--data", "here"]).data, join(process.cwd(), "here"));
});

test("an empty variable is none", () => {
  assert.equal(settingsOf(["start"], { USHER_URL: "", USHER_KEEP: "" }).url, undefined);
  assert.deepEqual(settingsOf(["start"], { PASSWORD_ITERATIONS: "" }).bindings, {});
});

test("what is the Worker's is handed to it under its name", () => {
  assert.deepEqual(settingsOf(["start", "--password-iterations", "700000"]).bindings, { PASSWORD_ITERATIONS: "700000" });
  assert.deepEqual(settingsOf(["start"], { USHER_ALLOW_PRIVATE_DESTINATIONS: "1" }).bindings, { PRIVATE_DESTINATIONS: "on" });
});

test("a host of the console's own is the Worker's to know, and forms have one beside it", () => {
  const words = ["start", "--url", "https://www.example.com", "--console-url", "https://desk.example.com/"];
  assert.deepEqual(settingsOf(words).bindings, { CONSOLE_ORIGIN: "https://desk.example.com", FORMS_ORIGIN: "https://www.example.com" });
  assert.throws(() => settingsOf(["start", "--console-url", "https://desk.example.com"]), /--console-url needs --url/);
  assert.throws(() => settingsOf([...words.slice(0, 3), "--console-url", "https://www.example.com"]), /another host than --url/);
});

test("what makes no sense is refused by its name", () => {
  const refused = (words, message, environment) => assert.throws(() => parse(words, environment ?? {}), { code: 2, message });
  refused(["begin"], /there is no command begin/);
  refused(["start", "--prot", "1"], /--prot/);
  refused(["start", "--port", "65536"], /--port is a number from 0 to 65535/);
  refused(["start"], /--port is a number/, { USHER_PORT: "eighty" });
  refused(["start", "--url", "usher.example.com"], /--url is an address/);
  refused(["start", "--url", "https://usher.example.com/path"], /--url is an address/);
  refused(["start", "--url", "https://usher.example.com", "--console-url", "desk"], /--console-url is an address/);
  refused(["start", "--password-iterations", "1000"], /--password-iterations is a number from 600000/);
  refused(["backup"], /it is `usher backup FOLDER`/);
  refused(["rotate", "everything"], /it is `usher rotate operator-token\|metrics-token`/);
});

test("help names every command and every setting", () => {
  const text = help();
  for (const name of ["start", "doctor", "backup FOLDER", "--data DIR", "USHER_DATA", "PASSWORD_ITERATIONS"]) assert.ok(text.includes(name), name);
  assert.equal(parse([], {}).command, "help");
  assert.equal(parse(["start", "--help"], {}).command, "help");
});
