// Takes what Nightglass sends to a webhook: checks the signature, and prints a line an event.
// Node 22 and later, without dependencies.
//
//   NIGHTGLASS_HOOK_SECRET=whsec_… node receive-webhook.mjs [PORT]
//
// In the configuration of Nightglass (docs/receivers.md):
//   receivers:
//     - id: example
//       webhook:
//         url: http://127.0.0.1:9000/
//         secret: { env: NIGHTGLASS_HOOK_SECRET }
//         allow: [127.0.0.1]

import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

/** A message older or newer than this is refused: somebody may have kept it. Seconds. */
const tolerance = 300;
const mostBytes = 16 * 1024 * 1024;

const secret = process.env.NIGHTGLASS_HOOK_SECRET ?? '';
if (secret === '') throw new Error('Set NIGHTGLASS_HOOK_SECRET to the secret of the receiver');
const key = secret.startsWith('whsec_')
  ? Buffer.from(secret.slice('whsec_'.length), 'base64')
  : Buffer.from(secret);

/** Ids that came: a message may come twice. A real receiver keeps them where they outlive it. */
const seen = new Set();

/** Whether one of the signatures fits; while a secret is changed there are two. */
function isSigned(headers, body) {
  const { 'webhook-id': id = '', 'webhook-timestamp': at = '' } = headers;
  if (!(Math.abs(Date.now() / 1000 - Number(at)) <= tolerance)) return false;
  const expected = createHmac('sha256', key).update(`${id}.${at}.`).update(body).digest();
  return String(headers['webhook-signature'] ?? '')
    .split(' ')
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice('v1,'.length), 'base64'))
    .some((given) => given.length === expected.length && timingSafeEqual(given, expected));
}

async function bodyOf(request) {
  const parts = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += part.length;
    if (bytes > mostBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const server = createServer(async (request, response) => {
  const body = await bodyOf(request);
  if (body === undefined) return response.writeHead(413).end();
  if (!isSigned(request.headers, body)) return response.writeHead(401).end();
  const event = JSON.parse(body.toString('utf8'));
  // First keep it, then answer: what is answered with 2xx is not sent again.
  if (!seen.has(event.id)) {
    seen.add(event.id);
    const { watchlistId = '', code = '', names } = event.data;
    console.log(event.type, event.subject ?? '-', names?.person ?? watchlistId + code);
  }
  return response.writeHead(204).end();
});
server.listen(Number(process.argv[2] ?? 9000), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}/`);
});
