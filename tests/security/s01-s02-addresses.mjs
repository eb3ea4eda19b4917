// S1: no hostile address is one that Usher sends to: not when it is saved, by the console or by the operator, and not when it is
// stored already and sent to. S2: nor is one that a name leads to, at once or by an answer of DNS that changes after saving, nor one that
// a redirect names.
//
// All of it is in a network of its own, in which those addresses are really this machine's: a canary listens at each of them, at every
// port that is tried, and any connection to it is a hit. A receiver at a public address shows that what may be sent to is. The
// control lets workerd and Usher go to private addresses.

import { rm } from "node:fs/promises";
import { createServer as createTls } from "node:tls";
import { createServer } from "node:net";

import { startAuthority } from "../support/authority.mjs";
import { demoWorkspace } from "../support/hosts.mjs";
import { startNames } from "../support/names.mjs";
import { inOwnNetwork } from "../support/own-network.mjs";
import { temporaryFolder } from "../support/package.mjs";
import { lanes, promise } from "../support/promise.mjs";
import { inquiry, startUsher, until } from "../support/usher.mjs";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr";
const PUBLIC = ["93.184.216.34", "2606:4700::6810:84e5"];
/** Private, and special: each is an address of this machine in the rig's network. */
const PRIVATE_V4 = [
  "10.0.0.1", "10.255.255.254", "172.16.0.1", "172.31.255.254", "192.168.1.1", "169.254.169.254", "169.254.170.2", "100.64.0.1", "100.100.100.200", "192.0.0.192",
  "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
];
const PRIVATE_V6 = ["fd00:ec2::254", "fc00::1", "2001:db8::1", "64:ff9b::7f00:1", "2002:7f00:1::1", "100::1"];
const LOOPBACK = ["127.0.0.1", "127.0.0.2", "127.255.255.254", "::1"];
const NAMES_AT = "127.0.0.53";
/** The most that are tried at once: a workspace has fifty at most, and a page of the log so many deliveries. */
const MOST = 45;
/** Where redirects lead. */
const REDIRECT_PORT = ":8080";
const PORTS = [80, 443, 465, 587, 2525, 8080, 8443];

/** Spellings of hosts. */
const SPELLINGS = [
  "localhost", "LOCALHOST", "localhost.", "a.localhost", "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.0.0.1.",
  "%31%32%37.0.0.1", "１２７.0.0.1", "127。0。0。1", "0", "0.0.0.0", "2852039166", "0xa9fea9fe", "224.0.0.1", "240.0.0.1", "255.255.255.255", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]",
  "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[::ffff:169.254.169.254]", "[fe80::1]", "[ff02::1]", "metadata.google.internal", "metadata", "router.lan", "nas.local",
  "db.corp", "printer.home.arpa", "wiki", "x.test", ...PRIVATE_V4, ...PRIVATE_V6.map((address) => `[${address}]`),
];
/** Addresses that are hostile by more than their host. */
const OTHERS = [
  "ftp://hooks.example.com/", "file:///etc/passwd", "gopher://127.0.0.1:8080/", "javascript:alert(1)", "data:text/plain,x", "//127.0.0.1/", "https://[::1/", "https://user@127.0.0.1/",
  "https://hooks.example.com@127.0.0.1/", "https://hooks.example.com:25/", "https://hooks.example.com:80/",
];
/** Names, and where they lead. */
const NAMES = {
  "hooks.public.com": PUBLIC,
  "to-loopback.public.com": ["127.0.0.1"],
  "to-loopback-6.public.com": ["::1"],
  "to-mapped.public.com": ["::ffff:127.0.0.1"],
  "to-nothing.public.com": ["0.0.0.0"],
  "to-metadata.public.com": ["169.254.169.254"],
  "to-metadata-6.public.com": ["fd00:ec2::254"],
  "to-ten.public.com": ["10.0.0.1"],
  "to-router.public.com": ["192.168.1.1"],
  "to-docker.public.com": ["172.16.0.1"],
  "to-shared.public.com": ["100.64.0.1"],
  "to-unique.public.com": ["fc00::1"],
  "metadata.google.internal": ["169.254.169.254"],
  metadata: ["169.254.169.254"],
  "router.lan": ["192.168.1.1"],
  "nas.local": ["192.168.1.1"],
  "db.corp": ["10.0.0.1"],
  "printer.home.arpa": ["192.168.1.1"],
  wiki: ["10.0.0.1"],
  "x.test": ["127.0.0.1"],
};
const REDIRECTS = [301, 302, 303, 307, 308];
/** Names that lead to a public address when they are saved, and elsewhere after it. */
const CHANGING = { "turns-a.public.com": ["127.0.0.1"], "turns-b.public.com": ["169.254.169.254"], "turns-c.public.com": ["::1", "10.0.0.1"], "turns-d.public.com": ["0.0.0.0"] };

await inOwnNetwork({ addresses: [...PUBLIC, ...PRIVATE_V4, ...PRIVATE_V6], names: NAMES_AT });
await promise("S2", check, { controls: ["private-destinations"] });

async function check({ full, random, control, note, atEnd }) {
  const folder = await temporaryFolder("usher-s01-");
  atEnd(() => rm(folder, { recursive: true, force: true }));
  const authority = await startAuthority(folder);
  const turning = Object.fromEntries(Object.keys(CHANGING).map((name) => [name, [PUBLIC[0]]]));
  const names = await startNames(NAMES_AT, { ...NAMES, ...turning });
  atEnd(() => names.close());
  const everywhere = ["hooks.public.com", "*.public.com", "localhost", ...Object.keys(NAMES), ...PUBLIC, ...LOOPBACK, ...PRIVATE_V4, ...PRIVATE_V6];
  const world = await listen(await authority.issue(everywhere), atEnd);

  const args = ["--trust-certificate", authority.file];
  const usher = await startUsher({ args });
  atEnd(() => usher.stop());
  const workspace = await demoWorkspace(usher);
  const open = async (more) => {
    await usher.kill9();
    usher.args = [...args, ...more];
    await usher.start();
  };

  // Saved: by a member, and by the operator.
  const mara = await usher.signIn("mara");
  const { version } = (await mara.call("destinations")).body;
  const urls = [...SPELLINGS.map((host) => `https://${host}/hook`), ...OTHERS];
  const hostile = [
    ...urls.map((url) => ({ webhook: { url, secret: SECRET } })),
    ...["localhost", "127.0.0.1", "2130706433", "169.254.169.254", "[::1]", "metadata"].map((host) => smtp(host)),
    { chat: { url: "https://127.0.0.1/hook" } },
    { mail_api: { url: "https://169.254.169.254/hook", token: "t", from: "a@example.com", to: ["b@example.com"] } },
    { salesforce_form: { oid: "00D000000000001", url: "https://10.0.0.1/hook" } },
    { salesforce: { instance: "https://192.168.1.1", client_id: "c", client_secret: "s", object: "Lead", external_id: "X__c" } },
    { hubspot: { portal: "1", form: "f", token: "t", base: "https://127.0.0.1:8443" } },
  ];
  let saved = 0;
  await lanes(hostile.length, 4, async (at) => {
    const to = hostile[at];
    const asked = await mara.call("destinations", { method: "POST", body: { version, change: { add: { id: "crm", to } } } });
    const put = await usher.operator("PUT", "workspaces/demo", { ...workspace, destinations: [{ id: "crm", to }] });
    for (const { status, body } of [asked, put]) {
      if (status === 422) continue;
      saved += 1;
      note(`saved: ${JSON.stringify(to)}: ${status} ${JSON.stringify(body).slice(0, 200)}`);
    }
  });
  note(`${hostile.length} hostile destinations, by the console and by the operator: ${saved} saved`);

  // Stored, as by an Usher that was let: and sent to by one that is not.
  const storable = hostile.filter((to) => !OTHERS.includes(to.webhook?.url));
  const plain = ["http://127.0.0.1:8443/hook", "http://169.254.169.254/latest/meta-data/", "http://[::1]:80/hook"].map((url) => ({ webhook: { url, secret: SECRET } }));
  const stored = [...storable, ...plain, ...storable.filter((to) => to.webhook).slice(0, 10).map((to) => ({ webhook: { ...to.webhook, url: to.webhook.url.replace("/hook", ":8443/hook") } }))];
  const leading = Object.keys(NAMES).filter((name) => name.endsWith(".public.com") && name !== "hooks.public.com");
  const byName = leading.flatMap((name) => [{ webhook: { url: `https://${name}/hook`, secret: SECRET } }, ...(full ? [smtp(name), { webhook: { url: `https://${name}:8443/hook`, secret: SECRET } }] : [])]);
  byName.push(smtp(leading[0]));
  const redirects = REDIRECTS.map((status) => ({ webhook: { url: `https://hooks.public.com/${status}`, secret: SECRET } }));
  const changing = Object.keys(CHANGING).map((name) => ({ webhook: { url: `https://${name}/hook`, secret: SECRET } }));
  const good = { id: "good", to: { webhook: { url: "https://hooks.public.com/good", secret: SECRET } } };

  let batches = 0;
  let delivered = 0;
  /** Each of these is stored while it may be, and sent to once it may not; the connections to canaries since then. */
  const hitsOf = async (kind, all, isChanging = false) => {
    const prefix = `b${batches++}_`;
    const destinations = [{ ...good, id: `${prefix}good` }, ...all.map((to, index) => ({ id: `${prefix}${index}`, to }))];
    await open(["--allow-private-destinations"]);
    const { status, body } = await usher.operator("PUT", "workspaces/demo", { ...workspace, destinations });
    if (status !== 200) throw new Error(JSON.stringify(body));
    await open(control ? ["--allow-private-destinations"] : []);
    const staff = await usher.signIn("mara");
    const [before, goods] = [world.hits.length, world.count("/good")];
    if ((await usher.submit("inquiry", inquiry({}, { submission_id: random.uuid() }))).status !== 200) throw new Error("not taken");
    const rowsOf = async (many) => {
      const mine = (await staff.call("deliveries")).body.deliveries.filter(({ destination, tries, state }) => destination.startsWith(prefix) && (tries > 0 || state === "dead"));
      return mine.length >= destinations.length * many && mine;
    };
    let rows = await until(() => rowsOf(1), "each was tried");
    if (isChanging) {
      if (!rows.every(({ state }) => state === "delivered")) throw new Error("not delivered while it was public");
      Object.assign(names.names, CHANGING);
      for (const { id } of destinations) await staff.call(`destinations/${id}/actions`, { method: "POST", body: { act: "test" } });
      rows = (await until(() => rowsOf(2), "each was tried again")).filter(({ event }) => event === "test");
    }
    await until(() => world.count("/good") > goods, "what may be sent to is");
    delivered += rows.filter(({ state, destination }) => state === "delivered" && !destination.endsWith("good")).length;
    note(`${kind}: ${[...new Set(rows.map(({ last }) => last))].join("; ")}`);
    return world.hits.slice(before);
  };
  const some = full ? stored : stored.slice(0, MOST);
  const byStored = [];
  for (let at = 0; at < some.length; at += MOST) byStored.push(...(await hitsOf("stored", some.slice(at, at + MOST))));
  const ofNames = await hitsOf("names and redirects", [...byName, ...redirects]);
  const [byRedirect, byNames] = [ofNames.filter((hit) => hit.endsWith(REDIRECT_PORT)), ofNames.filter((hit) => !hit.endsWith(REDIRECT_PORT))];
  const byChange = await hitsOf("changed", changing, true);
  const all = [...byStored, ...ofNames, ...byChange];
  if (all.length) note(`hits: ${[...new Set(all)].slice(0, 20).join(", ")}`);
  const asked = new Set(names.asked).size;
  return {
    met: ofNames.length + byChange.length === 0 && delivered === 0,
    figure:
      `${leading.length} names that lead to private addresses, ${byName.length} destinations: ${byNames.length} connections there; ${REDIRECTS.length} redirects: ${byRedirect.length} followed; ` +
      `${changing.length} names whose answer changed after they were sent to: ${byChange.length} connections (${asked} names were asked for, of a DNS server of the rig's)`,
    also: [
      {
        id: "S1",
        met: saved === 0 && byStored.length === 0 && hostile.length >= 60,
        figure: `${hostile.length} hostile destinations: ${saved} saved by console or operator; ${some.length} that were stored: ${byStored.length} connections to ${PORTS.length} ports of every address of a network where all are this machine's; a public one beside them got each message`,
      },
    ],
  };
}

function smtp(host) {
  return { smtp: { host, port: 465, tls: "implicit", from: "a@example.com", to: ["b@example.com"] } };
}

/** Listens at every address and port: what is public is a web server over TLS, anything else is a canary. */
async function listen(identity, atEnd) {
  const world = { hits: [], got: [], count: (path) => world.got.filter((request) => request.path === path).length };
  const web = createTls(identity, (socket) => {
    let text = "";
    socket.on("error", () => undefined).on("data", (chunk) => {
      text += chunk;
      const end = text.indexOf("\r\n\r\n");
      if (end < 0 || text.length < end + 4 + Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)) return;
      const path = /^\w+ (\S+)/.exec(text)[1];
      world.got.push({ path, host: /\r\nhost: (\S+)/i.exec(text)?.[1] });
      const status = Number(path.slice(1)) || 204;
      const location = status === 204 ? "" : `location: https://127.0.0.1${REDIRECT_PORT}/canary\r\n`;
      socket.end(`HTTP/1.1 ${status} Said\r\n${location}content-length: 0\r\nconnection: close\r\n\r\n`);
    });
  });
  for (const port of PORTS) {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      const at = socket.localAddress.replace(/^::ffff:(?=\d+\.)/, "");
      if (PUBLIC.includes(at)) return web.emit("connection", socket);
      world.hits.push(`[${at}]:${port}`);
      web.emit("connection", socket); // Also a canary answers: what was fooled once is to go on.
    });
    await new Promise((resume, fail) => server.once("error", fail).listen({ port, host: "::" }, resume));
    atEnd(() => new Promise((resume) => server.close(resume)));
  }
  return world;
}
