// A receiver of Blue's webhooks on Express (npm install express).
//
//   WEBHOOK_SECRET=… node express.mjs
//
// PORT is 3000 unless it is set; 0 takes any free one.

import { createHmac, timingSafeEqual } from 'node:crypto';
import express from 'express';

const SECRET = process.env.WEBHOOK_SECRET;

if (!SECRET) throw new Error('WEBHOOK_SECRET is not set');

/** Whether Blue signed these very bytes. */
function genuine(body, signature) {
  const expected = Buffer.from(createHmac('sha256', SECRET).update(body).digest('hex'));
  const given = Buffer.from(signature ?? '');
  // timingSafeEqual throws when the lengths differ: compare them first.
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const app = express();

// The raw bytes, whatever the Content-Type says. This route has to stand before any
// app.use(express.json()), which would read the body and keep only what it parsed.
const raw = express.raw({ type: () => true, limit: '10mb', inflate: false });

app.post('/hooks/blue', raw, (request, response) => {
  // Without a body, express.raw leaves no Buffer.
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  if (!genuine(body, request.get('X-Signature'))) return response.sendStatus(401);
  let delivery;
  try {
    delivery = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return response.sendStatus(400);
  }
  // Blue waits seven seconds: hand long work over, and answer. Unknown events are no error.
  console.log(JSON.stringify(delivery?.event));
  response.sendStatus(200);
});

// What goes wrong before that, such as a body that is too large: the status alone, no stack trace.
app.use((error, request, response, next) => response.sendStatus(error.status ?? 500));

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', (error) => {
  if (error) throw error;
  console.log(`listening on http://127.0.0.1:${server.address().port}/hooks/blue`);
});
