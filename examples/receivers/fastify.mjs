// A receiver of Blue's webhooks on Fastify (npm install fastify).
//
//   WEBHOOK_SECRET=… node fastify.mjs
//
// PORT is 3000 unless it is set; 0 takes any free one.

import { createHmac, timingSafeEqual } from 'node:crypto';
import Fastify from 'fastify';

const SECRET = process.env.WEBHOOK_SECRET;

if (!SECRET) throw new Error('WEBHOOK_SECRET is not set');

/** Whether Blue signed these very bytes. */
function genuine(body, signature) {
  const expected = Buffer.from(createHmac('sha256', SECRET).update(body).digest('hex'));
  const given = Buffer.from(signature ?? '');
  // timingSafeEqual throws when the lengths differ: compare them first.
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const app = Fastify({ bodyLimit: 10 * 1024 * 1024 });

// Fastify parses JSON before a handler sees it: take its parsers away and keep the bytes. In an
// application with other routes, do this inside a plugin, so that it holds for this route alone.
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => done(null, body));

app.post('/hooks/blue', (request, reply) => {
  const body = request.body ?? Buffer.alloc(0);
  if (!genuine(body, request.headers['x-signature'])) return reply.code(401).send();
  let delivery;
  try {
    delivery = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return reply.code(400).send();
  }
  // Blue waits seven seconds: hand long work over, and answer. Unknown events are no error.
  console.log(JSON.stringify(delivery?.event));
  return reply.code(200).send();
});

const url = await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' });
console.log(`listening on ${url}/hooks/blue`);
