import { DurableObject } from "cloudflare:workers";
import * as objects from "../../../index.js";

// The runtime lets those be called whose classes extend its own. worker-build writes ours down before anything of theirs is there.
export function makeCallable() {
  for (const made of [objects.Desk, objects.Files, objects.Journal, objects.Registry]) {
    Object.setPrototypeOf(made.prototype, DurableObject.prototype);
    Object.setPrototypeOf(made, DurableObject);
  }
}

// The runtime's own wraps what it is given in an object of C++ each time: a twentieth of what a submission costs, since every step
// of every future is queued by it (js-sys). A promise of the same request does the same.
globalThis.queueMicrotask = (work) => void Promise.resolve().then(work);
