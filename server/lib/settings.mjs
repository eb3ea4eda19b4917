// Everything that can be chosen, in one table: by a flag, else by a variable of the environment, else as it stands here.
// `usher help` prints it.

import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { Refusal } from "./refusal.mjs";

/** `binding` is what the Worker calls a setting that is handed to it. */
const SETTINGS = [
  { flag: "data", variable: "USHER_DATA", takes: "DIR", otherwise: "usher-data", says: "the folder with everything that is kept" },
  { flag: "host", variable: "USHER_HOST", takes: "ADDRESS", otherwise: "127.0.0.1", says: "where it listens; a proxy with TLS belongs in front of any other" },
  { flag: "port", variable: "USHER_PORT", takes: "N", otherwise: "8787", says: "its port; 0 takes a free one" },
  { flag: "url", variable: "USHER_URL", takes: "URL", says: "what browsers call it, such as https://usher.example.com: links begin with it" },
  { flag: "console-url", variable: "USHER_CONSOLE_URL", takes: "URL", says: "a host of its own for the console, such as https://desk.example.com; forms stay at --url" },
  { flag: "workspace", variable: "USHER_WORKSPACE", takes: "ID", otherwise: "main", says: "the workspace that a command is about" },
  { flag: "keep", variable: "USHER_KEEP", takes: "N", says: "how many backups stay in a folder; all, unless given" },
  { flag: "password-iterations", variable: "PASSWORD_ITERATIONS", takes: "N", says: "what a password costs: 600000, or more", binding: "PASSWORD_ITERATIONS" },
  { flag: "allow-private-destinations", variable: "USHER_ALLOW_PRIVATE_DESTINATIONS", says: "deliveries may reach addresses of your own network", binding: "PRIVATE_DESTINATIONS" },
  { flag: "workerd", variable: "USHER_WORKERD", takes: "PROGRAM", says: "another workerd than the one that npm installed" },
  { flag: "demo", says: "start: an invented workspace, `demo`, to look around in" },
  { flag: "force", says: "restore: over what is there, which is put aside" },
];

const COMMANDS = {
  start: { takes: [], says: "run Usher, in the foreground" },
  doctor: { takes: [], says: "look at everything that can be wrong, and say what to do" },
  configure: { takes: ["FILE"], says: "make a workspace, or replace its configuration (JSON; example/workspace.json)" },
  "sign-in-link": { takes: ["MEMBER"], says: "print a link that signs a member in, once" },
  backup: { takes: ["FOLDER"], says: "copy everything into a new folder in FOLDER, while it runs or not" },
  restore: { takes: ["BACKUP"], says: "put a backup where --data is, while nothing runs there" },
  rotate: { takes: ["operator-token|metrics-token"], says: "replace a token, or make one; the old one ends at once" },
  version: { takes: [], says: "print the versions of Usher and workerd" },
  help: { takes: [], says: "print this" },
};

/** The command, its settings by flag, and what else it was given. */
export function parse(words, environment) {
  const { values, positionals } = read(words);
  const [command = "help", ...rest] = values.help ? ["help"] : positionals;
  const known = Object.hasOwn(COMMANDS, command);
  if (!known) throw new Refusal(`there is no command ${command}; \`usher help\` lists them`, 2);
  const { takes } = COMMANDS[command];
  // What is in capitals is anything; the rest is one of the words that stand there.
  const isSaid = takes.every((what, at) => what === what.toUpperCase() || what.split("|").includes(rest[at]));
  if (rest.length !== takes.length || !isSaid) throw new Refusal(`it is \`usher ${[command, ...takes].join(" ")}\``, 2);
  const settings = { bindings: {} };
  for (const { flag, variable, takes, otherwise, binding } of SETTINGS) {
    const said = values[flag] ?? (variable && environment[variable]) ?? otherwise;
    settings[flag] = takes ? said || undefined : said === true || said === "1" || said === "true";
    if (binding && settings[flag]) settings.bindings[binding] = takes ? settings[flag] : "on";
  }
  return { command, settings: checked(settings), rest };
}

function read(words) {
  const options = { help: { type: "boolean", short: "h" } };
  for (const { flag, takes } of SETTINGS) options[flag] = { type: takes ? "string" : "boolean" };
  try {
    return parseArgs({ args: words, options, allowPositionals: true });
  } catch (error) {
    throw new Refusal(`${error.message.split(". ")[0]}; \`usher help\` lists what can be said`, 2);
  }
}

function checked(settings) {
  settings.data = resolve(settings.data);
  settings.port = whole("port", settings.port, 0, 65_535);
  if (settings.keep) settings.keep = whole("keep", settings.keep, 1, 100_000);
  if (settings.url) settings.url = origin("url", settings.url);
  if (settings["console-url"]) {
    if (!settings.url) throw new Refusal("--console-url needs --url: where forms are then", 2);
    const console = origin("console-url", settings["console-url"]);
    if (console === settings.url) throw new Refusal("--console-url is another host than --url, or is left out", 2);
    settings["console-url"] = console;
    Object.assign(settings.bindings, { CONSOLE_ORIGIN: console, FORMS_ORIGIN: settings.url });
  }
  if (settings["password-iterations"]) whole("password-iterations", settings["password-iterations"], 600_000, 10_000_000);
  return settings;
}

function whole(flag, text, least, most) {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new Refusal(`--${flag} is a number from ${least} to ${most}, not ${text}`, 2);
}

function origin(flag, text) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (/^https?:$/.test(url?.protocol) && url.pathname === "/" && !url.search && !url.hash && !url.username) return url.origin;
  throw new Refusal(`--${flag} is an address without a path, such as https://usher.example.com, not ${text}`, 2);
}

export function help() {
  const commands = Object.entries(COMMANDS).map(([name, { takes, says }]) => [[name, ...takes].join(" "), says]);
  const settings = SETTINGS.map(({ flag, variable, takes, otherwise, says }) => {
    const also = [variable, otherwise && `otherwise ${otherwise}`].filter(Boolean).join(", ");
    return [[`--${flag}`, takes].filter(Boolean).join(" "), also ? `${says} (${also})` : says];
  });
  return ["usher COMMAND [SETTINGS]", "", ...table(commands), "", "Settings, as flags or as variables of the environment:", "", ...table(settings)].join("\n");
}

function table(rows) {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, says]) => `  ${name.padEnd(width)}  ${says}`);
}
