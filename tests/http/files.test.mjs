// Files: only what is a whole PNG, JPEG or PDF is taken; one submission may have it; staff of its queue may read it.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";

import { JPEG, PDF, png } from "../support/samples.mjs";
import { startUsher, support } from "../support/usher.mjs";

const MB = 1024 * 1024;
const SITE = "pk_files_site";
const demo = await readFile(new URL("../../demo/workspace.json", import.meta.url), "utf8");
let usher;
let mara;
let theo;
let stranger;
before(async () => {
  usher = await startUsher({ args: ["--faults"] });
  assert.equal((await usher.operator("PUT", "workspaces/files", workspace(SITE, "https://school.example.com"))).status, 201);
  assert.equal((await usher.operator("PUT", "workspaces/other", workspace("pk_other_files", "https://other.example.com"))).status, 201);
  [mara, theo, stranger] = await Promise.all([usher.signIn("mara", "files"), usher.signIn("theo", "files"), usher.signIn("mara", "other")]);
});
after(() => usher?.stop());

function workspace(key, origin) {
  const source = JSON.parse(demo.replaceAll(/__[A-Z_]+__/g, (token) => `https://${token.toLowerCase().replaceAll("_", "")}.example.com`));
  const field = { kind: "file", label: "A picture of it" };
  source.sites = [{ ...source.sites[0], key, origins: [origin], forms: ["inquiry", "support"], prompts: [] }];
  source.prompts = [];
  const form = source.forms.find((form) => form.id === "support");
  form.translations = {};
  form.fields = form.fields.filter((field) => field.kind !== "file");
  form.translations = {};
  form.fields.push({ name: "shot", ...field }, { name: "second", ...field });
  return source;
}

let senders = 0;
/** Somebody else each time, unless the test says who: one sender may not send many. */
function sender() {
  senders += 1;
  return `198.51.100.${senders}`;
}

/** Sends a file as the widget does. */
async function upload(bytes, { site = SITE, type = "application/octet-stream", name = "shot.png", from = sender(), headers = {} } = {}) {
  const answer = await usher.fetch(`/v1/files/${site}?name=${encodeURIComponent(name)}`, {
    method: "POST",
    headers: { "content-type": type, "x-forwarded-for": from, ...headers },
    body: bytes,
  });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

/** Sends a submission as the widget does, each from somebody else. */
const submit = (body, headers = {}) => usher.submit("support", body, { site: SITE, headers: { "x-forwarded-for": sender(), ...headers } });
const send = (values, rest = {}) => submit({ ...support({ topic: "access", ...values }), ...rest });
const wrong = (answer) => answer.body.fields?.map(({ field, code }) => [field, code]);
const due = async (id, of = "files") => (await usher.json(`/__faults/files/${of}/${id}`)).body;

describe("what is taken", () => {
  test("a PNG, a JPEG and a PDF, whatever type and name they come with", async () => {
    for (const [bytes, kind, name] of [
      [png(), "png", "shot.png"],
      [JPEG, "jpeg", "shot.png.jpg"],
      [PDF, "pdf", "shot.png.pdf"],
    ]) {
      for (const type of ["image/png", "application/pdf", "text/html", "application/octet-stream"]) {
        const { status, body } = await upload(bytes, { type });
        assert.equal(status, 201, `${kind} as ${type}`);
        assert.match(body.id, /^[0-9a-f]{32}$/);
        assert.deepEqual({ ...body, id: "" }, { id: "", kind, bytes: bytes.length, name });
      }
    }
  });

  test("a file of five megabytes, and not one byte more", async () => {
    const fill = (bytes) => png({ text: "x".repeat(bytes - png({ text: "x" }).length + 1) });
    const largest = fill(5 * MB);
    assert.equal(largest.length, 5 * MB);
    assert.equal((await upload(largest)).status, 201);
    const larger = await upload(fill(5 * MB + 1));
    assert.deepEqual([larger.status, larger.body.code], [413, "file_too_large"]);
    const large = await upload(Buffer.alloc(10 * MB, "x"));
    assert.deepEqual([large.status, large.body.code], [413, "file_too_large"]);
  });

  test("nothing else, by its content", async () => {
    const html = Buffer.from("<!doctype html><script>alert(1)</script>");
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');
    for (const [bytes, code] of [
      [html, "file_type"],
      [svg, "file_type"],
      [Buffer.from("GIF89a"), "file_type"],
      [Buffer.from("MZ"), "file_type"],
      [Buffer.concat([Buffer.from("ffd8", "hex"), html]), "file_type"],
      [png().subarray(0, 40), "file_damaged"],
      [JPEG.subarray(0, -2), "file_damaged"],
      [PDF.subarray(0, -8), "file_damaged"],
      [Buffer.concat([png(), html]), "file_damaged"],
      [Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), html]), "file_damaged"],
      [png({ text: "%PDF-1.7" }), "file_mixed"],
      [png({ text: "<script>alert(1)</script>" }), "file_mixed"],
      [Buffer.alloc(0), "file_empty"],
    ]) {
      const { status, body } = await upload(bytes, { type: "image/png" });
      assert.equal(body.code, code, bytes.subarray(0, 20).toString("latin1"));
      assert.ok(status === 415 || status === 422);
    }
  });

  test("a name is a name and no path", async () => {
    for (const [given, kept] of [
      ["../../../etc/passwd", "passwd.png"],
      ["C:\\Windows\\a.png", "a.png"],
      ["\u202egnp.exe", "gnp.exe.png"],
      ["<img src=x>.png", "img src=x.png"],
      ["", "file.png"],
      ["スクリーン 1.PNG", "スクリーン 1.png"],
    ]) {
      assert.equal((await upload(png(), { name: given })).body.name, kept);
    }
  });

  test("in one part of a form, and in no other shape", async () => {
    const form = (...files) => {
      const form = new FormData();
      for (const [name, bytes] of files) form.append("file", new Blob([bytes], { type: "text/html" }), name);
      return form;
    };
    const post = async (body, headers = {}) => {
      const answer = await usher.fetch(`/v1/files/${SITE}`, { method: "POST", body, headers: { "x-forwarded-for": sender(), ...headers } });
      return [answer.status, await answer.json()];
    };
    const [status, body] = await post(form(["../a.png", png()]));
    assert.deepEqual([status, body.kind, body.name], [201, "png", "a.png"]);

    const two = await post(form(["a.png", png()], ["b.png", png()]));
    assert.deepEqual([two[0], two[1].code], [400, "not_one_file"]);
    const withText = form(["a.png", png()]);
    withText.append("more", "text");
    assert.equal((await post(withText))[1].code, "not_one_file");
    assert.equal((await post(new FormData()))[1].code, "not_one_file");
    const large = await post(form(["a.png", Buffer.alloc(10 * MB, "x")]));
    assert.deepEqual([large[0], large[1].code], [413, "file_too_large"]);

    const type = { "content-type": "multipart/form-data; boundary=xyz" };
    const head = 'Content-Disposition: form-data; name="a"; filename="a.png"';
    for (const broken of [
      "",
      "--xyz",
      `--abc\r\n${head}\r\n\r\nabc\r\n--abc--`,
      `--xyz\r\n${head}\r\n\r\nabc`,
      `--xyz\r\n${head}`,
      `--xyz\r\nContent-Disposition: form-data; name="a\r\n\r\nabc\r\n--xyz--`,
      `--xyz\r\n${head}\r\n\r\n1\r\n`.repeat(1000) + "--xyz--",
    ]) {
      const [status, body] = await post(broken, type);
      assert.deepEqual([status, body.code], [400, "malformed_parts"], broken.slice(0, 80));
    }
  });

  test("only from a page of the site, and only where a form takes files", async () => {
    const origin = "https://school.example.com";
    const listed = await upload(png(), { headers: { origin } });
    assert.equal(listed.status, 201);
    assert.equal(listed.headers.get("access-control-allow-origin"), origin);
    const asked = await usher.fetch(`/v1/files/${SITE}`, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "content-type" },
    });
    assert.equal(asked.headers.get("access-control-allow-origin"), origin);
    for (const foreign of ["https://elsewhere.example", "null", `${origin}.elsewhere.example`]) {
      const refused = await upload(png(), { headers: { origin: foreign } });
      assert.equal(refused.body.code, "origin_not_allowed");
      assert.equal(refused.headers.get("access-control-allow-origin"), null);
    }
    assert.equal((await upload(png(), { site: "pk_nobody" })).body.code, "unknown_site");
    assert.equal((await upload(png(), { site: "pk_demo_partner" })).body.code, "no_file_field");
  });

  test("five in a minute from one sender, and from others all the same", async () => {
    const from = sender();
    for (let index = 0; index < 5; index += 1) assert.equal((await upload(png(), { from })).status, 201);
    const sixth = await upload(png(), { from });
    assert.deepEqual([sixth.status, sixth.body.code], [429, "file_later"]);
    const seconds = Number(sixth.headers.get("retry-after"));
    assert.ok(seconds > 0 && seconds <= 61, `${seconds}`);
    assert.equal((await upload(png(), { from: sender() })).status, 201);
  });
});

describe("whose it is", () => {
  test("the submission's that names it; staff of its queue read it, byte by byte", async () => {
    const bytes = png({ width: 700, height: 700, text: "é".repeat(MB) });
    const { body: file } = await upload(bytes, { name: "Écran <1>.png" });
    const { body: receipt, status } = await send({ shot: file.id });
    assert.equal(status, 200);
    const item = await mara.itemOf(receipt);
    const shown = item.submission.values.find((value) => value.name === "shot");
    assert.deepEqual(shown, { name: "shot", label: "A picture of it", value: "Écran 1.png", file });

    const path = `/v1/console/items/${item.row.id}/files/${file.id}`;
    const answer = await usher.fetch(path, { headers: { cookie: mara.cookie } });
    assert.equal(answer.status, 200);
    const headers = Object.fromEntries(answer.headers);
    assert.equal(headers["content-type"], "image/png");
    assert.equal(headers["content-disposition"], "attachment; filename=\"_cran 1.png\"; filename*=UTF-8''%C3%89cran%201.png");
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.match(headers["content-security-policy"], /default-src 'none'; sandbox/);
    assert.match(headers["cache-control"], /no-store/);
    assert.ok(Buffer.from(await answer.arrayBuffer()).equals(bytes), "byte by byte");
  });

  test("nobody else's", async () => {
    const { body: file } = await upload(PDF);
    const { body: other } = await upload(PDF);
    const item = await mara.itemOf((await send({ shot: file.id })).body);
    const read = async (cookie, item, file) => {
      const headers = cookie ? { cookie } : {};
      return (await usher.fetch(`/v1/console/items/${item}/files/${file}`, { headers })).status;
    };
    assert.equal(await read(mara.cookie, item.row.id, file.id), 200);
    assert.equal(await read(null, item.row.id, file.id), 401);
    assert.equal(await read(theo.cookie, item.row.id, file.id), 404, "another queue's");
    assert.equal(await read(stranger.cookie, item.row.id, file.id), 404, "another workspace's");
    assert.equal(await read(mara.cookie, item.row.id, other.id), 404, "no file of this item");
    const inquiry = await mara.itemOf((await send({})).body);
    assert.equal(await read(mara.cookie, inquiry.row.id, file.id), 404, "a file of another item");
    assert.equal(await read(mara.cookie, item.row.id, "../../desk"), 404);
  });

  test("once: another submission may not have it, the same one sent again may", async () => {
    const { body: file } = await upload(png());
    const body = support({ topic: "access", shot: file.id });
    const first = await submit(body);
    const copies = await Promise.all(Array.from({ length: 10 }, () => submit(body)));
    for (const copy of copies) assert.deepEqual(copy.body, first.body);
    assert.deepEqual(wrong(await send({ shot: file.id })), [["shot", "unknown_file"]]);
    const twice = await upload(png());
    assert.deepEqual(wrong(await send({ shot: twice.body.id, second: file.id })), [["second", "unknown_file"]]);
    assert.equal((await usher.rows("files")).file >= 1, true);
  });

  test("many copies at once of one submission: one item, one file", async () => {
    const { body: file } = await upload(png());
    const body = support({ topic: "access", shot: file.id });
    const answers = await Promise.all(Array.from({ length: 20 }, () => submit(body)));
    assert.deepEqual(answers.map(({ status }) => status), answers.map(() => 200));
    assert.equal(new Set(answers.map(({ body }) => body.reference)).size, 1);
    assert.deepEqual((await mara.itemOf(answers[0].body)).person.others, []);
  });

  test("an id that is made up, or another workspace's, is no file", async () => {
    const { body: foreign } = await upload(png(), { site: "pk_other_files" });
    for (const id of [foreign.id, "0".repeat(32), "shot.png", "../../../../../../../../../../aa", `${foreign.id} `.repeat(3)]) {
      const answer = await send({ shot: id });
      assert.equal(answer.status, 422, id);
      assert.equal(wrong(answer)[0][0], "shot");
    }
    assert.equal((await due(foreign.id, "files")), null);
  });
});

describe("nothing is lost, and nothing is kept for nobody", () => {
  test("a file that nobody names is deleted when its time is over", async () => {
    const { body: file } = await upload(png());
    assert.equal((await due(file.id)).id, file.id);
    assert.equal(await due(file.id), null);
    assert.deepEqual(wrong(await send({ shot: file.id })), [["shot", "unknown_file"]]);
  });

  test("a file that a submission names stays", async () => {
    const { body: file } = await upload(png());
    const item = await mara.itemOf((await send({ shot: file.id })).body);
    await due(file.id);
    assert.equal((await due(file.id)).id, file.id);
    const read = await usher.fetch(`/v1/console/items/${item.row.id}/files/${file.id}`, { headers: { cookie: mara.cookie } });
    assert.equal(read.status, 200);
  });

  test("a submission that fails after its claim is sent again, and has its file", async () => {
    const { body: file } = await upload(png());
    const body = support({ topic: "access", shot: file.id });
    const failed = await submit(body, { "usher-fail-after": "3" });
    assert.equal(failed.status, 503);
    const item = await mara.itemOf((await submit(body)).body);
    assert.equal(item.submission.values.find((value) => value.name === "shot").file.id, file.id);
  });

  test("a claim whose submission never came is given up", async () => {
    const { body: file } = await upload(png());
    const body = support({ topic: "access", shot: file.id });
    assert.equal((await submit(body, { "usher-fail-after": "0" })).status, 503);
    await due(file.id);
    assert.equal(await due(file.id), null);
  });

  test("killed between an upload and its submission", async () => {
    const { body: file } = await upload(JPEG);
    await usher.kill9();
    await usher.start();
    const { body: receipt, status } = await send({ shot: file.id, second: "" }, { submission_id: randomUUID() });
    assert.equal(status, 200);
    const item = await mara.itemOf(receipt);
    assert.equal(item.submission.values.find((value) => value.name === "shot").file.kind, "jpeg");
  });
});

describe("along with a plain form", () => {
  const plain = async (fields, files, headers = {}) => {
    const form = new FormData();
    for (const [name, value] of Object.entries({ usher_submission_id: randomUUID(), ...fields })) form.append(name, value);
    for (const [field, name, bytes] of files) form.append(field, new Blob([bytes]), name);
    const options = { method: "POST", body: form, headers: { "x-forwarded-for": sender(), ...headers } };
    const answer = await usher.fetch(`/v1/forms/${SITE}/support`, options);
    return { status: answer.status, page: await answer.text() };
  };
  const good = () => ({ email: `cy-${randomUUID()}@example.com`, topic: "access", message: "It is broken." });
  const reference = (page) => /<code[^>]*>([^<]+)<\/code>/.exec(page)?.[1];

  test("a file is taken with the rest", async () => {
    const { status, page } = await plain(good(), [["shot", "a b.png", png()], ["second", "", Buffer.alloc(0)]]);
    assert.equal(status, 200);
    const item = await mara.itemOf({ reference: reference(page) });
    const [shot, ...more] = item.submission.values.filter((value) => value.file);
    assert.deepEqual([shot.name, shot.value, more.length], ["shot", "a b.png", 0]);
  });

  test("a file that is not taken is a wrong field among the others", async () => {
    for (const [bytes, says] of [
      [Buffer.alloc(10 * MB, "x"), /at most 5 MB/],
      [Buffer.from("<html>"), /no PNG, JPEG or PDF/],
      [png().subarray(0, 30), /no PNG, JPEG or PDF/],
    ]) {
      const { status, page } = await plain({ ...good(), message: "", email: "kept@typed" }, [["shot", "a.png", bytes]]);
      assert.equal(status, 422);
      assert.match(page, says);
      assert.match(page, /value="kept@typed"/);
      assert.match(page, /id="message-error"/);
    }
  });

  test("parts that make no sense are refused whole", async () => {
    const head = "--xyz\r\nContent-Disposition: form-data; name=\"message\"\r\n\r\nabc\r\n";
    for (const body of [head, head.repeat(1000) + "--xyz--", head + "--abc--", "--xyz--"]) {
      const headers = { "content-type": "multipart/form-data; boundary=xyz" };
      const answer = await usher.fetch(`/v1/forms/${SITE}/support`, { method: "POST", body, headers });
      assert.ok([400, 422].includes(answer.status), `${answer.status}`);
    }
    const text = await plain({ ...good(), message: "x".repeat(80_000) }, []);
    assert.equal(text.status, 413);
    const unknown = await plain(good(), [["nothing", "a.png", png()]]);
    assert.equal(unknown.status, 422);
  });
});
