// The check of a page: the console opens it with `#usher-check={word}`, the loader imports this there, and what it finds
// goes to the window that asked, on the loader's own origin and nowhere else. Nothing is changed on the page.

/** The least WebAssembly module: its name and its version. */
const MODULE = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
/** A page's refusal is told by an event that comes after the refused call has failed; by then, there was another reason. */
const EVENTS_MS = 2_000;
/** A worker that has not started by then was refused without a word. */
const WORKER_MS = 2_000;

const works = (probe) => Promise.resolve().then(probe).then(() => true, () => false);

/** A worker of an empty script: it has started, or its page refuses it. */
const worker = () =>
  new Promise((started, refused) => {
    const address = URL.createObjectURL(new Blob(["postMessage(0)"], { type: "text/javascript" }));
    const one = new Worker(address);
    const end = (how) => () => {
      one.terminate();
      URL.revokeObjectURL(address);
      how();
    };
    one.onmessage = end(started);
    one.onerror = end(refused);
    setTimeout(end(refused), WORKER_MS);
  });

/** The key that a snippet carries, as the loader reads it. */
const key = (script) => script.getAttribute("data-site") || new URL(script.src).searchParams.get("site") || "";

/** Looks around. `page`: what the loader knows; `boot`: whether the site's settings come. */
export default async (page, boot) => {
  const word = /[#&]usher-check=([\w-]+)/.exec(location.hash)?.[1];
  if (!word || !opener) return;
  const { origin, site, option } = page;
  const ours = (blocked) => blocked.startsWith(new URL(origin).origin) || /^(wasm-eval|blob)/.test(blocked);
  const refused = [];
  let expected = Infinity;
  let told = () => {};
  const hear = ({ blockedURI, effectiveDirective: directive, originalPolicy: policy }) => {
    if (ours(blockedURI)) refused.push({ directive, policy });
    if (refused.length >= expected) told();
  };
  document.addEventListener("securitypolicyviolation", hear);
  const [booted, wasm, connect, sheets, workers] = await Promise.all([
    works(() => boot),
    works(() => WebAssembly.compile(MODULE)),
    works(() => fetch(`${origin}/livez`, { mode: "no-cors", cache: "no-store", credentials: "omit" })),
    works(() => new CSSStyleSheet().replaceSync("a{}")),
    works(worker),
  ]);
  expected = [booted, wasm, connect, workers].filter((isFine) => !isFine).length;
  await new Promise((resume) => {
    told = resume;
    if (refused.length >= expected) resume();
    setTimeout(resume, EVENTS_MS);
  });
  document.removeEventListener("securitypolicyviolation", hear);
  const scripts = [...document.querySelectorAll("script[src]")].filter(({ src }) => src.startsWith(`${origin}/v1/usher.js`));
  const policies = [...document.querySelectorAll('meta[http-equiv="content-security-policy" i]')];
  const report = {
    ...{ page: location.origin + location.pathname, site, form: option("form"), keys: scripts.map(key) },
    ...{ boot: booted, wasm, connect, sheets, worker: workers, refused },
    policies: policies.map(({ content }) => content),
  };
  opener.postMessage(JSON.stringify({ nonce: word, report }), new URL(origin).origin);
};
