// `usher start --demo`: the example's workspace under the name `demo`, unless it is there.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { call, inWords, linkFor } from "./operator.mjs";
import { HERE } from "./package.mjs";
import { Refusal } from "./refusal.mjs";

const WORKSPACE = "demo";
/** The member of it who may do everything. */
const ADMIN = "mara";

/** Makes it, and returns a link that signs its administrator in. */
export async function seedDemo(settings, url) {
  const text = readFileSync(join(HERE, "example/workspace.json"), "utf8");
  const { status, body } = await call(settings.data, "PUT", `workspaces/${WORKSPACE}`, text, { "if-none-match": "*" });
  if (status !== 200 && status !== 201 && status !== 412) throw new Refusal(`the demo workspace was refused:\n${inWords(body)}`);
  return linkFor({ data: settings.data, workspace: WORKSPACE, url }, ADMIN);
}
