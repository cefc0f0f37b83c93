// A receiver of Blue's webhooks on Node alone.
//
//   WEBHOOK_SECRET=… node node.mjs
//
// PORT is 3000 unless it is set; 0 takes any free one.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const SECRET = process.env.WEBHOOK_SECRET;
const LARGEST = 10 * 1024 * 1024;

if (!SECRET) throw new Error('WEBHOOK_SECRET is not set');

/** Whether Blue signed these very bytes. */
function genuine(body, signature) {
  const expected = Buffer.from(createHmac('sha256', SECRET).update(body).digest('hex'));
  const given = Buffer.from(signature ?? '');
  // timingSafeEqual throws when the lengths differ: compare them first.
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** The body as it came: a Buffer, not text, and not yet parsed. */
async function read(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LARGEST) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function answer(request) {
  if (request.method !== 'POST') return 405;
  const body = await read(request);
  if (body === undefined) return 413;
  if (!genuine(body, request.headers['x-signature'])) return 401;
  let delivery;
  try {
    delivery = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return 400;
  }
  // Blue waits seven seconds: hand long work over, and answer. Unknown events are no error.
  console.log(JSON.stringify(delivery?.event));
  return 200;
}

const server = createServer(async (request, response) => {
  try {
    const status = await answer(request);
    // What is left of a body that is too large would be taken for the next request.
    if (status === 413) response.setHeader('Connection', 'close');
    response.writeHead(status).end();
  } catch {
    // The sender hung up in the middle of its body.
    response.destroy();
  }
});

server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
