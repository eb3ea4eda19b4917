// What whoever runs Usher asks of it with the operator's token: workspaces and sign-in links. It asks the Usher that runs on
// the data folder, and no other.

import { readFileSync } from "node:fs";
import { readToken } from "./data.mjs";
import { running } from "./note.mjs";
import { Refusal } from "./refusal.mjs";
import { addressOf, originOf } from "./workerd.mjs";

/** One call: status and body. */
export async function call(folder, method, path, body, headers = {}) {
  const { host, port } = running(folder);
  const address = `${originOf(host, port)}/v1/operator/${path}`;
  try {
    const response = await fetch(address, {
      method,
      headers: { authorization: `Bearer ${readToken(folder)}`, "content-type": "application/json", ...headers },
      body,
      signal: AbortSignal.timeout(30_000),
    });
    return { status: response.status, body: await response.json() };
  } catch (error) {
    throw new Refusal(`${address} gave no answer: ${error.cause?.message ?? error.message}`);
  }
}

/** `usher configure FILE` */
export async function configure({ data, workspace }, file) {
  let text;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new Refusal(`cannot read ${file}: ${error.message}`);
  }
  const { status, body } = await call(data, "PUT", `workspaces/${encodeURIComponent(workspace)}`, text);
  if (status !== 200 && status !== 201) throw new Refusal(`${file} was refused:\n${inWords(body)}`);
  console.log(`workspace ${workspace}: version ${body.version} of its configuration is in force`);
}

/** `usher sign-in-link MEMBER`: the link and nothing else. */
export async function signInLink(settings, member) {
  console.log(await linkFor(settings, member));
}

/** A link that signs somebody in, once. */
export async function linkFor({ data, workspace, url, "console-url": console }, member) {
  const path = `workspaces/${encodeURIComponent(workspace)}/sign-in-links`;
  const { status, body } = await call(data, "POST", path, JSON.stringify({ member }));
  if (status !== 201) throw new Refusal(`no link for ${member} in the workspace ${workspace}: ${inWords(body)}`);
  const note = running(data);
  return new URL(body.url, console ?? note.console ?? url ?? addressOf(note)).href;
}

/** A problem (RFC 9457) as people read it, with every field that is wrong. */
export function inWords({ title, fields }) {
  const wrong = Object.entries(fields ?? {}).map(([field, what]) => `  ${field}: ${typeof what === "string" ? what : JSON.stringify(what)}`);
  return [title, ...wrong].join("\n");
}
