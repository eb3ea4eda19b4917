// The page side of a site that has prompts.

import { start as begin } from "./page.js";
import prompts, { editorToken } from "./prompts.js";

export const start = (boot, snippet) => begin(boot, { ...snippet, editor: editorToken() }, prompts);
