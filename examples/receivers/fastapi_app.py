"""A receiver of Blue's webhooks on FastAPI (pip install fastapi uvicorn).

    WEBHOOK_SECRET=… python3 fastapi_app.py

PORT is 3000 unless it is set; 0 takes any free one.
"""

import hashlib
import hmac
import json
import os
import socket

import uvicorn
from fastapi import FastAPI, Request, Response

SECRET = os.environ["WEBHOOK_SECRET"].encode()
LARGEST = 10 * 1024 * 1024

if not SECRET:
    raise SystemExit("WEBHOOK_SECRET is empty")

app = FastAPI()


def genuine(body, signature):
    """Whether Blue signed these very bytes."""
    expected = hmac.new(SECRET, body, hashlib.sha256).hexdigest()
    # compare_digest refuses text that is not ASCII: give it bytes.
    return hmac.compare_digest(expected.encode(), (signature or "").encode())


@app.post("/hooks/blue")
async def receive(request: Request) -> Response:
    # No model and no Body() in the signature: they would parse the body and lose its bytes.
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return Response(status_code=413)
    if not genuine(body, request.headers.get("X-Signature")):
        return Response(status_code=401)
    try:
        delivery = json.loads(body)
    except (ValueError, RecursionError):
        return Response(status_code=400)
    # Blue waits seven seconds: hand long work over, and answer. Unknown events are no error.
    if isinstance(delivery, dict):
        print(repr(delivery.get("event")), flush=True)
    return Response(status_code=200)


if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", int(os.environ.get("PORT", "3000"))))
    port = listener.getsockname()[1]
    print(f"listening on http://127.0.0.1:{port}/hooks/blue", flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])
