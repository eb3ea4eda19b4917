// What the API is: the document that is checked in, where any program finds it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { startUsher } from "../support/usher.mjs";

let usher;
before(async () => {
  usher = await startUsher();
});
after(() => usher?.stop());

test("the specification is served as it is checked in, to pages of any origin", async () => {
  const answer = await usher.fetch("/openapi.json", { headers: { origin: "https://docs.example.com" } });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "application/json");
  assert.equal(answer.headers.get("access-control-allow-origin"), "*");
  const checkedIn = await readFile(new URL("../../docs/openapi.json", import.meta.url), "utf8");
  assert.ok((await answer.text()) === checkedIn, "another one is served");
});

test("it names what every answer from 400 on is, and every code with what it means", async () => {
  const { body } = await usher.json("/openapi.json");
  assert.equal(body.openapi, "3.1.0");
  const operations = Object.values(body.paths).flatMap((path) => Object.values(path));
  assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length, "each has a name of its own");
  for (const { operationId, summary, tags, responses } of operations) {
    assert.ok(summary && tags.length === 1, operationId);
    for (const [status, response] of Object.entries(responses).filter(([status]) => Number(status) >= 400)) {
      const { content, description } = response.$ref ? body.components.responses[response.$ref.split("/").at(-1)] : response;
      assert.ok(content["application/problem+json"] || content["text/html"], `${operationId} ${status}`);
      const codes = content["application/problem+json"]?.schema.allOf[1].properties.code.enum ?? [];
      for (const code of codes) assert.match(description, new RegExp(`\`${code}\`: \\w`), `${operationId} ${status}`);
    }
  }
});
