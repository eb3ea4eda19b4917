// Serves a folder over plain workerd the way Cloudflare serves static assets: by the same `_headers` and `_redirects`.
// Bindings: FILES, a disk service; ORIGIN (optional), what __USHER_ORIGIN__ in a page of the demo partner becomes.

const TYPES = {
  html: 'text/html; charset=utf-8', css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8',
  json: 'application/json', wasm: 'application/wasm', svg: 'image/svg+xml', png: 'image/png', jpg: 'image/jpeg',
  webp: 'image/webp', avif: 'image/avif', ico: 'image/x-icon', woff2: 'font/woff2', txt: 'text/plain; charset=utf-8',
  webmanifest: 'application/manifest+json', xml: 'application/xml',
};

// Both are read once for each start of workerd.
let headerRules;
let views;

export default {
  async fetch(request, env) {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return new Response('This address only answers GET and HEAD.\n', { status: 405, headers: { allow: 'GET, HEAD' } });
    }
    headerRules ??= parseHeaders(await text(env, '/_headers'));
    views ??= parseViews(await text(env, '/_redirects'));
    const url = new URL(request.url);
    const found = safe(url.pathname) ? await find(env, url.pathname) : undefined;
    if (found?.redirect) return new Response(null, { status: 307, headers: { location: found.redirect + url.search } });
    if (found) return answer(request, env, url.pathname, found, 200);
    const missing = await read(env, '/404.html');
    if (missing) return answer(request, env, url.pathname, { path: '/404.html', body: missing }, 404);
    return new Response('There is nothing at this address.\n', { status: 404 });
  },
};

// No hidden file, no rule file, no way up: also not when it is written in percent signs.
function safe(path) {
  let plain;
  try { plain = decodeURIComponent(path); } catch { return false; }
  return !/[\\\0]/.test(plain) && !/^\/_[^/]*$/.test(plain) && plain.split('/').every((part) => !part.startsWith('.'));
}

async function find(env, address) {
  const path = views.find(({ pattern }) => pattern.test(address))?.page ?? address;
  if (path.endsWith('/')) {
    const body = await read(env, `${path}index.html`);
    return body && { path: `${path}index.html`, body };
  }
  const body = await read(env, path);
  if (body) return { path, body };
  if (await read(env, `${path}/index.html`)) return { redirect: `${path.replace(/^\/+/, '/')}/` };
  return undefined;
}

async function text(env, path) {
  const body = await read(env, path);
  return body ? new TextDecoder().decode(body) : '';
}

// A folder answers with its listing, as JSON; a file with octets.
async function read(env, path) {
  const response = await env.FILES.fetch(`http://files${path}`);
  if (response.ok && response.headers.get('content-type') === 'application/octet-stream') return response.arrayBuffer();
  await response.body?.cancel();
  return undefined;
}

async function answer(request, env, address, { path, body }, status) {
  const extension = path.slice(path.lastIndexOf('.') + 1);
  if (env.ORIGIN && extension === 'html') {
    body = new TextEncoder().encode(new TextDecoder().decode(body).replaceAll('__USHER_ORIGIN__', env.ORIGIN));
  }
  const headers = headersFor(address);
  if (status !== 200) headers.set('cache-control', 'no-cache'); // an absence is not for ever
  headers.set('content-type', TYPES[extension] ?? 'application/octet-stream');
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', body)).slice(0, 12);
  // workerd compresses what says that it is compressed, as Cloudflare does by itself.
  if (/^(text|application)\/|svg/.test(headers.get('content-type')) && /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')) {
    headers.set('content-encoding', 'gzip');
  }
  headers.set('vary', 'accept-encoding');
  const etag = `W/"${btoa(String.fromCharCode(...digest))}"`;
  headers.set('etag', etag);
  const known = request.headers.get('if-none-match')?.split(',').some((tag) => tag.trim() === etag);
  if (known && status === 200) return new Response(null, { status: 304, headers });
  return new Response(request.method === 'HEAD' ? null : body, { status, headers });
}

function headersFor(address) {
  const headers = new Headers();
  for (const { pattern, changes } of headerRules) {
    if (!pattern.test(address)) continue;
    for (const [name, value] of changes) {
      if (value === undefined) headers.delete(name);
      else headers.append(name, value);
    }
  }
  return headers;
}

// `*` is anything, `:name` is one part of the address.
function patternOf(address) {
  const source = address.replace(/[.?+^$()[\]{}|\\]/g, '\\$&').replace(/\*/g, '.*').replace(/:\w+/g, '[^/]+');
  return new RegExp(`^${source}$`);
}

function lines(text) {
  return text.split('\n').filter((line) => line.trim() && !line.startsWith('#'));
}

function parseViews(text) {
  return lines(text).map((line) => {
    const [address, page] = line.split(/\s+/);
    return { pattern: patternOf(address), page };
  });
}

function parseHeaders(text) {
  const parsed = [];
  for (const line of lines(text)) {
    if (line.startsWith('/')) {
      parsed.push({ pattern: patternOf(line.trim()), changes: [] });
    } else if (line.trim().startsWith('! ')) {
      parsed.at(-1).changes.push([line.trim().slice(2), undefined]);
    } else {
      const colon = line.indexOf(':');
      parsed.at(-1).changes.push([line.slice(0, colon).trim(), line.slice(colon + 1).trim()]);
    }
  }
  return parsed;
}
