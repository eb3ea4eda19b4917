#!/usr/bin/env node
// `usher COMMAND`: starts Usher on this machine, and does what whoever runs it needs done.

import { Refusal } from "../lib/refusal.mjs";
import { help, parse } from "../lib/settings.mjs";

const COMMANDS = {
  start: async (settings) => (await import("../lib/start.mjs")).start(settings),
  doctor: async (settings) => (await import("../lib/doctor.mjs")).doctor(settings),
  backup: async (settings, [to]) => (await import("../lib/backup.mjs")).backup(settings, to),
  restore: async (settings, [from]) => (await import("../lib/restore.mjs")).restore(settings, from),
  configure: async (settings, [file]) => (await import("../lib/operator.mjs")).configure(settings, file),
  "sign-in-link": async (settings, [member]) => (await import("../lib/operator.mjs")).signInLink(settings, member),
  rotate: async (settings, [what]) => (await import("../lib/rotate.mjs")).rotate(settings, what),
  version: async () => (await import("../lib/package.mjs")).sayVersion(),
  help: async () => console.log(help()),
};

try {
  const { command, settings, rest } = parse(process.argv.slice(2), process.env);
  process.exitCode = (await COMMANDS[command](settings, rest)) ?? 0;
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(`usher: ${error.message}`);
  process.exitCode = error.code;
}
