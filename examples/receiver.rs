//! A receiver of Blue's webhooks in Rust, on hyper.
//!
//!     WEBHOOK_SECRET=… cargo run --example receiver
//!
//! PORT is 3000 unless it is set; 0 takes any free one.

#![allow(clippy::print_stdout, clippy::expect_used)]

use std::convert::Infallible;
use std::env;

use anyhow::{Context as _, Result, ensure};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use sha2::Sha256;
use tokio::net::TcpListener;

const LARGEST: usize = 10 * 1024 * 1024;

/// Whether Blue signed these very bytes.
fn genuine(secret: &[u8], body: &[u8], signature: &[u8]) -> bool {
    let Ok(given) = hex::decode(signature) else {
        return false;
    };
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key of any length");
    mac.update(body);
    // Compares the lengths, then every byte in constant time.
    mac.verify_slice(&given).is_ok()
}

async fn answer(secret: &[u8], request: Request<Incoming>) -> StatusCode {
    if request.method() != Method::POST {
        return StatusCode::METHOD_NOT_ALLOWED;
    }
    let (head, body) = request.into_parts();
    // The bytes as they came, before anything parses them (in axum: an argument `body: Bytes`).
    let Ok(body) = Limited::new(body, LARGEST).collect().await else {
        return StatusCode::PAYLOAD_TOO_LARGE;
    };
    let body = body.to_bytes();
    let signature = head.headers.get("X-Signature");
    if !signature.is_some_and(|signature| genuine(secret, &body, signature.as_bytes())) {
        return StatusCode::UNAUTHORIZED;
    }
    // Parsers stumble over a byte order mark.
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&body);
    let Ok(delivery) = serde_json::from_slice::<serde_json::Value>(text) else {
        return StatusCode::BAD_REQUEST;
    };
    // Blue waits seven seconds: hand long work over, and answer. Unknown events are no error.
    println!("{}", delivery["event"]);
    StatusCode::OK
}

async fn serve(secret: &'static [u8], port: u16) -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    loop {
        let (socket, _) = listener.accept().await?;
        let service = service_fn(move |request| async move {
            let mut response = Response::new(Empty::<Bytes>::new());
            *response.status_mut() = answer(secret, request).await;
            Ok::<_, Infallible>(response)
        });
        // A sender that hangs up is no reason to stop.
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(socket), service));
    }
}

fn main() -> Result<()> {
    let secret = env::var("WEBHOOK_SECRET").context("WEBHOOK_SECRET is not set")?;
    ensure!(!secret.is_empty(), "WEBHOOK_SECRET is empty");
    let port = env::var("PORT").map_or(Ok(3000), |port| port.parse())?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(serve(secret.leak().as_bytes(), port))
}
