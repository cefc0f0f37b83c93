"""A receiver of Blue's webhooks on Python's standard library.

    WEBHOOK_SECRET=… python3 python.py

PORT is 3000 unless it is set; 0 takes any free one.
"""

import hashlib
import hmac
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ["WEBHOOK_SECRET"].encode()
LARGEST = 10 * 1024 * 1024

if not SECRET:
    raise SystemExit("WEBHOOK_SECRET is empty")


def genuine(body, signature):
    """Whether Blue signed these very bytes."""
    expected = hmac.new(SECRET, body, hashlib.sha256).hexdigest()
    # compare_digest refuses text that is not ASCII: give it bytes.
    return hmac.compare_digest(expected.encode(), (signature or "").encode())


class Receiver(BaseHTTPRequestHandler):
    timeout = 30  # seconds that a silent sender may hold a thread

    def do_POST(self):
        self.send_response(self.answer())
        self.send_header("Content-Length", "0")
        self.end_headers()

    def answer(self):
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            return 411
        if int(length) > LARGEST:
            return 413
        body = self.rfile.read(int(length))
        if not genuine(body, self.headers.get("X-Signature")):
            return 401
        try:
            delivery = json.loads(body)
        except (ValueError, RecursionError):
            return 400
        # Blue waits seven seconds: hand long work over, and answer. Unknown events are no error.
        if isinstance(delivery, dict):
            print(repr(delivery.get("event")), flush=True)
        return 200

    def log_message(self, format, *args):
        pass


class Server(ThreadingHTTPServer):
    # How many connections may wait: Blue sends many deliveries at once, and 5 is soon too few.
    request_queue_size = 128


server = Server(("127.0.0.1", int(os.environ.get("PORT", "3000"))), Receiver)
print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
