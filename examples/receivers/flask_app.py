"""A receiver of Blue's webhooks on Flask (pip install flask).

    WEBHOOK_SECRET=… python3 flask_app.py

PORT is 3000 unless it is set; 0 takes any free one.
"""

import hashlib
import hmac
import json
import os

from flask import Flask, request
from werkzeug.serving import make_server

SECRET = os.environ["WEBHOOK_SECRET"].encode()

if not SECRET:
    raise SystemExit("WEBHOOK_SECRET is empty")

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 10 * 1024 * 1024


def genuine(body, signature):
    """Whether Blue signed these very bytes."""
    expected = hmac.new(SECRET, body, hashlib.sha256).hexdigest()
    # compare_digest refuses text that is not ASCII: give it bytes.
    return hmac.compare_digest(expected.encode(), (signature or "").encode())


@app.post("/hooks/blue")
def receive():
    body = request.get_data()  # before request.json or request.form, which read it away
    if not genuine(body, request.headers.get("X-Signature")):
        return "", 401
    try:
        delivery = json.loads(body)
    except (ValueError, RecursionError):
        return "", 400
    # Blue waits seven seconds: hand long work over, and answer. Unknown events are no error.
    if isinstance(delivery, dict):
        print(repr(delivery.get("event")), flush=True)
    return "", 200


if __name__ == "__main__":
    # Flask's own server, for development; behind gunicorn or another one, name flask_app:app.
    server = make_server("127.0.0.1", int(os.environ.get("PORT", "3000")), app, threaded=True)
    print(f"listening on http://127.0.0.1:{server.port}/hooks/blue", flush=True)
    server.serve_forever()
