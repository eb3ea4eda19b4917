// A proof of work for a site that asks for one, as ALTCHA has it (version 1, SHA-256): the number whose hash, with the
// edge's salt, is the challenge. Half of 50,000 hashes on average: well under a second on a phone.
//
// Found in a worker, so that the page feels nothing; where the page's CSP refuses workers, in slices of a few milliseconds
// between the page's own work. SHA-256 is written out here because the browser's own hashes one text at a time, each with
// a promise, and only on pages that came over TLS.

const SLICE_MS = 8;
/** A worker that does not answer by then was refused without a word. */
const WORKER_MS = 3_000;

/**
 * The solution to send as `proof`. Rejects where no challenge can be had; a submission may go without, and is held then.
 * @param {{ origin: string, site: string }} page
 */
export default async (page) => {
  const answer = await fetch(`${page.origin}/v1/challenge/${page.site}`, { __proto__: null, credentials: "omit" });
  if (!answer.ok) throw new Error(`no challenge: ${answer.status}`);
  const { algorithm, challenge, maxnumber, salt, signature } = await answer.json();
  const number = (await inWorker(salt, challenge, maxnumber)) ?? (await inSlices(salt, challenge, maxnumber));
  return btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
};

/** In a worker; nothing where there is none. */
function inWorker(salt, challenge, max) {
  return new Promise((resolve) => {
    let worker;
    const end = (number) => {
      worker?.terminate();
      clearTimeout(timer);
      URL.revokeObjectURL(address);
      resolve(number);
    };
    const timer = setTimeout(end, WORKER_MS);
    const code = `const f=(${finder})();onmessage=({data:[s,c,m]})=>{postMessage(-1);postMessage(f(s,c)(0,m))}`;
    const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    try {
      worker = new Worker(address);
      worker.onerror = (event) => {
        event.preventDefault();
        end();
      };
      // The first message says that it runs.
      worker.onmessage = ({ data }) => (data < 0 ? clearTimeout(timer) : end(data));
      worker.postMessage([salt, challenge, max]);
    } catch {
      end();
    }
  });
}

/** Here, a little at a time. */
async function inSlices(salt, challenge, max) {
  const find = finder()(salt, challenge);
  const step = 50;
  for (let from = 0; from <= max; ) {
    const end = performance.now() + SLICE_MS;
    while (from <= max && performance.now() < end) {
      const number = find(from, Math.min(from + step - 1, max));
      if (number !== undefined) return number;
      from += step;
    }
    await new Promise((resume) => setTimeout(resume));
  }
  throw new Error("the challenge has no solution");
}

/**
 * Makes the search. It uses nothing from outside, because its text is also the worker's.
 * `finder()(salt, challenge)(from, to)` is the number, or nothing.
 */
function finder() {
  // The fractions of the roots of the first primes (FIPS 180-4, 4.2.2 and 5.3.3).
  const K = new Uint32Array(64);
  const START = new Uint32Array(8);
  for (let n = 2, count = 0; count < 64; n += 1) {
    let divisor = 2;
    while (n % divisor) divisor += 1;
    if (divisor < n) continue;
    if (count < 8) START[count] = (Math.sqrt(n) % 1) * 2 ** 32;
    K[count] = (Math.cbrt(n) % 1) * 2 ** 32;
    count += 1;
  }
  const W = new Uint32Array(64);
  const turned = (x, by) => (x >>> by) | (x << (32 - by));

  /** Works one block of 64 bytes into the state. */
  function take(state, bytes, at) {
    for (let i = 0; i < 16; i += 1, at += 4) {
      W[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    }
    for (let i = 16; i < 64; i += 1) {
      const x = W[i - 15];
      const y = W[i - 2];
      const s0 = turned(x, 7) ^ turned(x, 18) ^ (x >>> 3);
      const s1 = turned(y, 17) ^ turned(y, 19) ^ (y >>> 10);
      W[i] = W[i - 16] + s0 + W[i - 7] + s1;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i += 1) {
      const s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      const s0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
  }

  return (salt, challenge) => {
    const text = new TextEncoder().encode(salt);
    const target = Uint32Array.from({ length: 8 }, (_, i) => Number.parseInt(challenge.slice(8 * i, 8 * i + 8), 16));
    // What every hash begins with is worked in once.
    const whole = text.length - (text.length % 64);
    const begun = START.slice();
    for (let at = 0; at < whole; at += 64) take(begun, text, at);
    const rest = text.subarray(whole);
    const state = new Uint32Array(8);
    const bytes = new Uint8Array(128);

    return (from, to) => {
      for (let number = from; number <= to; number += 1) {
        const digits = String(number);
        bytes.fill(0);
        bytes.set(rest);
        for (let i = 0; i < digits.length; i += 1) bytes[rest.length + i] = digits.charCodeAt(i);
        const length = rest.length + digits.length;
        bytes[length] = 128;
        const size = length < 56 ? 64 : 128;
        const bits = (whole + length) * 8;
        bytes[size - 2] = bits >> 8;
        bytes[size - 1] = bits;
        state.set(begun);
        for (let at = 0; at < size; at += 64) take(state, bytes, at);
        if (state.every((word, i) => word === target[i])) return number;
      }
      return undefined;
    };
  };
}
