// Receivers of deliveries, each as strict as what it stands for: what its documentation forbids is answered as it would answer.
// They listen on this machine, so that Usher needs `--allow-private-destinations`.

import { createServer } from "node:http";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";
import { Webhook } from "standardwebhooks";

/**
 * An HTTP receiver. `answer(request)` says `{ status, headers, body }`, or nothing for 200; `request` has method, path, headers, text.
 * Everything that came is in `got`, in order.
 */
export async function startReceiver(answer = () => undefined) {
  const receiver = { got: [], answer };
  const server = createServer(async (incoming, response) => {
    const chunks = [];
    try {
      for await (const chunk of incoming) chunks.push(chunk);
    } catch {
      return; // Whoever asked has gone.
    }
    const text = Buffer.concat(chunks).toString();
    const request = { method: incoming.method, path: incoming.url, headers: incoming.headers, text, at: Date.now() };
    receiver.got.push(request);
    const said = await receiver.answer(request, response);
    if (said === "nothing") return;
    const { status = 200, headers = {}, body = "" } = said ?? {};
    response.writeHead(status, headers).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  receiver.origin = `http://127.0.0.1:${server.address().port}`;
  receiver.close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return receiver;
}

/** What a webhook's receiver reads: the id, and the message. */
export const hook = (request) => ({ id: request.headers["webhook-id"], ...JSON.parse(request.text) });

/** Whether a webhook is signed with a secret, whatever time it says: tests put the server's clock forward. */
export function isSigned({ headers, text }, secret) {
  const at = new Date(Number(headers["webhook-timestamp"]) * 1000);
  return headers["webhook-signature"].split(" ").includes(new Webhook(secret).sign(headers["webhook-id"], at, text));
}

/** Slack's incoming webhooks: what its reference forbids of blocks is `invalid_blocks`. */
export async function startSlack() {
  return startReceiver((request) => {
    if (request.method !== "POST" || !request.headers["content-type"]?.startsWith("application/json")) return { status: 400, body: "invalid_payload" };
    let sent;
    try {
      sent = JSON.parse(request.text);
    } catch {
      return { status: 400, body: "invalid_payload" };
    }
    return wrongBlocks(sent) ? { status: 400, body: `invalid_blocks ${wrongBlocks(sent)}` } : { body: "ok" };
  });
}

function wrongBlocks({ text, blocks, ...rest }) {
  const isText = (block, most) => block?.type === "plain_text" && typeof block.text === "string" && block.text.length > 0 && block.text.length <= most;
  if (Object.keys(rest).length) return `unknown ${Object.keys(rest)}`;
  if (typeof text !== "string" || !text || text.length > 4_000) return "text";
  if (!Array.isArray(blocks) || blocks.length > 50) return "blocks";
  for (const block of blocks) {
    const fine = {
      header: () => isText(block.text, 150),
      section: () => (block.text ? isText(block.text, 3_000) : block.fields?.length >= 1 && block.fields.length <= 10 && block.fields.every((field) => isText(field, 2_000))),
      context: () => block.elements?.length >= 1 && block.elements.length <= 10 && block.elements.every((element) => isText(element, 3_000)),
      actions: () => block.elements?.length <= 25 && block.elements.every((button) => button.type === "button" && isText(button.text, 75) && /^https:/.test(button.url) && button.url.length <= 3_000),
    }[block.type];
    if (!fine?.()) return JSON.stringify(block);
  }
}

/** HubSpot's secure form submissions; `now` is its clock, for tests that put Usher's forward. */
export async function startHubspot({ token, portal, form, now = Date.now }) {
  return startReceiver((request) => {
    const wrong = (status, message) => ({ status, headers: { "content-type": "application/json" }, body: JSON.stringify({ status: "error", message }) });
    if (request.headers.authorization !== `Bearer ${token}`) return wrong(401, "Authentication credentials not found.");
    if (request.method !== "POST" || request.path !== `/submissions/v3/integration/secure/submit/${portal}/${form}`) return wrong(404, "resource not found");
    const { fields, submittedAt, context, legalConsentOptions, ...rest } = JSON.parse(request.text);
    if (Object.keys(rest).length) return wrong(400, `unknown ${Object.keys(rest)}`);
    if (!Array.isArray(fields) || fields.length > 1_000) return wrong(400, "fields");
    const isField = ({ objectTypeId, name, value }) => /^\d+-\d+$/.test(objectTypeId) && typeof name === "string" && typeof value === "string";
    if (!fields.every(isField)) return wrong(400, "The request is not valid: fields");
    if (!fields.some(({ name, value }) => name === "email" && value.includes("@"))) return wrong(400, "Required field 'email' is missing");
    if (submittedAt !== undefined && (!Number.isInteger(submittedAt) || submittedAt > now() + 60_000)) return wrong(400, "submittedAt");
    if (context && Object.keys(context).some((name) => !["hutk", "ipAddress", "pageUri", "pageName", "sfdcCampaignId"].includes(name))) return wrong(400, "context");
    if (legalConsentOptions && typeof legalConsentOptions.consent?.consentToProcess !== "boolean") return wrong(400, "legalConsentOptions");
    return { headers: { "content-type": "application/json" }, body: JSON.stringify({ inlineMessage: "Thanks" }) };
  });
}

/** Salesforce: OAuth client credentials, upsert by an external id, and Web-to-Lead. Records are in `records`, web leads in `leads`. */
export async function startSalesforce({ clientId, clientSecret, object = "Lead", externalId = "Usher_Item__c" }) {
  const json = (status, body) => ({ status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const required = ["LastName", "Company"];
  let token;
  const receiver = await startReceiver((request) => {
    if (request.path === "/services/oauth2/token") {
      const form = new URLSearchParams(request.text);
      const isRight = form.get("grant_type") === "client_credentials" && form.get("client_id") === clientId && form.get("client_secret") === clientSecret;
      if (!isRight) return json(401, { error: "invalid_client", error_description: "invalid client credentials" });
      token = `00D!${Math.random()}`;
      return json(200, { access_token: token, token_type: "Bearer", instance_url: receiver.origin });
    }
    if (request.path.startsWith("/servlet/servlet.WebToLead")) {
      receiver.leads.push(Object.fromEntries(new URLSearchParams(request.text)));
      return { status: 200 };
    }
    if (!token || request.headers.authorization !== `Bearer ${token}`) return json(401, [{ errorCode: "INVALID_SESSION_ID", message: "Session expired or invalid" }]);
    const match = request.path.match(/^\/services\/data\/v\d+\.0\/sobjects\/([^/]+)\/([^/]+)\/([^/]+)$/);
    if (request.method !== "PATCH" || !match || match[1] !== object || match[2] !== externalId) return json(404, [{ errorCode: "NOT_FOUND", message: "The requested resource does not exist" }]);
    const id = decodeURIComponent(match[3]);
    const fields = JSON.parse(request.text);
    const known = receiver.records.get(id);
    const missing = required.filter((name) => !fields[name]);
    if (!known && missing.length) return json(400, [{ errorCode: "REQUIRED_FIELD_MISSING", message: `Required fields are missing: [${missing}]`, fields: missing }]);
    receiver.records.set(id, { ...known, ...fields });
    return known ? { status: 204 } : json(201, { id: "00Q1", success: true, errors: [], created: true });
  });
  Object.assign(receiver, { records: new Map(), leads: [], endSessions: () => (token = undefined) });
  return receiver;
}

/** A mail API of Resend's form. A mail that comes twice under one key is one mail. */
export async function startMailApi({ token }) {
  const receiver = await startReceiver((request) => {
    const wrong = (status, name) => ({ status, body: JSON.stringify({ statusCode: status, name }) });
    if (request.headers.authorization !== `Bearer ${token}`) return wrong(401, "missing_api_key");
    const { from, to, subject, text, reply_to: replyTo, headers, ...rest } = JSON.parse(request.text);
    if (Object.keys(rest).length || typeof from !== "string" || !Array.isArray(to) || to.length > 50 || !subject || !text) return wrong(422, "validation_error");
    if (/[\r\n]/.test(subject) || (replyTo && /[\r\n]/.test(replyTo))) return wrong(422, "invalid_header");
    receiver.mails.set(request.headers["idempotency-key"], { from, to, subject, text, replyTo, headers });
    return { body: JSON.stringify({ id: "1" }) };
  });
  receiver.mails = new Map();
  return receiver;
}

/** A real mail server (Nodemailer's `smtp-server`). What it took is in `mails`, read by `mailparser`; `options` are its own. */
export async function startMailServer(options = {}) {
  const receiver = { mails: [], refuse: () => undefined };
  const server = new SMTPServer({
    authOptional: !options.onAuth,
    disabledCommands: options.onAuth ? [] : ["STARTTLS"],
    onRcptTo: (address, session, done) => done(receiver.refuse(address.address)),
    async onData(stream, session, done) {
      const chunks = [];
      for await (const chunk of stream) chunks.push(chunk);
      const raw = Buffer.concat(chunks).toString();
      receiver.mails.push({ raw, envelope: session.envelope, user: session.user, secure: session.secure, ...(await simpleParser(raw)) });
      done();
    },
    logger: false,
    ...options,
  });
  server.on("error", () => undefined); // Who hangs up is no failure of the server's.
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  receiver.port = server.server.address().port;
  receiver.close = () => new Promise((resolve) => server.close(resolve));
  return receiver;
}
