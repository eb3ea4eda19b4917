// A small DNS server for rigs that run in a network of their own: `names` says what each name leads to, as lists of addresses, and may
// be changed at any time. Nothing that it says may be remembered (TTL 0).

import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";

const A = 1;
const AAAA = 28;

/** Listens on an address of this machine, port 53. Each question that was asked is in `asked`. */
export async function startNames(address, names) {
  const server = { names, asked: [] };
  const socket = createSocket("udp4");
  socket.on("message", (question, { address: to, port }) => socket.send(answer(server, question), port, to));
  await new Promise((resume, fail) => socket.once("error", fail).bind(53, address, resume));
  server.close = () => new Promise((resume) => socket.close(resume));
  return server;
}

function answer(server, question) {
  const labels = [];
  let at = 12;
  for (; question[at]; at += question[at] + 1) labels.push(question.toString("latin1", at + 1, at + 1 + question[at]));
  const asked = question.subarray(12, at + 5);
  const kind = question.readUInt16BE(at + 1);
  const name = labels.join(".").toLowerCase();
  server.asked.push(name);
  const known = server.names[name];
  const found = (known ?? []).filter((address) => kind === (isIPv6(address) ? AAAA : A));
  const head = Buffer.alloc(12);
  question.copy(head, 0, 0, 2);
  head.writeUInt16BE(known ? 0x8580 : 0x8583, 2); // An answer, of whoever knows; or that there is no such name.
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(found.length, 6);
  return Buffer.concat([head, asked, ...found.map((address) => record(address, kind))]);
}

function record(address, kind) {
  const bytes = kind === A ? Buffer.from(address.split(".").map(Number)) : ipv6(address);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0); // The name of the question.
  head.writeUInt16BE(kind, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(bytes.length, 10);
  return Buffer.concat([head, bytes]);
}

function ipv6(address) {
  const plain = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`);
  const [left, right] = plain.split("::").map((half) => half.split(":").filter(Boolean));
  const middle = right ? Array(8 - left.length - right.length).fill("0") : [];
  const groups = [...left, ...middle, ...(right ?? [])].map((group) => Number.parseInt(group, 16));
  return Buffer.from(groups.flatMap((group) => [group >> 8, group & 255]));
}
