// What stands firm on a page that may have changed everything it stands on.

/** What the document itself answers: a form or an image may carry the name of any of its properties. */
export const own = (name) => {
  const value = Reflect.get(Document.prototype, name, document);
  return typeof value === "function" ? value.bind(document) : value;
};

/** JSON, whatever `toJSON` a page gave to everybody (Prototype.js gave one to every array). */
export const json = (value) => {
  if (Array.isArray(value)) return `[${Array.from(value, json).join()}]`;
  if (!value || typeof value !== "object") return JSON.stringify(value);
  const given = Object.entries(value).filter(([, it]) => it !== undefined);
  return `{${given.map(([name, it]) => `${JSON.stringify(name)}:${json(it)}`).join()}}`;
};

/** A random UUID (RFC 9562, version 4). `crypto.randomUUID` is not there on a page without TLS; this is. */
export const uuid = () =>
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16),
  );

/** An element with its properties and children. */
export const element = (tag, properties, ...children) => {
  const it = Object.assign(own("createElement")(tag), properties);
  it.append(...children);
  return it;
};

/** Ends the task, so that a slow processor paints and hears in between: each of our steps takes it tens of milliseconds. */
export const pause = () => (window.scheduler && scheduler.yield ? scheduler.yield() : new Promise((go) => setTimeout(go)));
