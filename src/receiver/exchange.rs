//! A connection's conversation: each request that hyper announces becomes a delivery for the
//! service or a refusal, and its answer goes back.

use std::fmt;
use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONNECTION, HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::{sleep, timeout};

use crate::delivery::{Delivery, Headers};

use super::head::{Framing, Head};
use super::lines::{Cut, Line, Phase};
use super::wire::{Wire, over_budget};
use super::{Answer, Received, Refusal, Reply, Responder, Shared};

/// hyper's buffer for one direction of a connection.
const HYPER_BYTES: usize = 64 * 1024;
/// Bodies grow, and take from the budget, in steps of this size: none is believed in advance.
const STEP_BYTES: usize = 64 * 1024;
/// Why hyper gets no answer to write: the connection is to be closed instead.
#[derive(Debug)]
struct HangUp;

impl fmt::Display for HangUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("closed without an answer")
    }
}

impl std::error::Error for HangUp {}

/// Sees a connection to its end.
pub(super) async fn attend(stream: TcpStream, remote: SocketAddr, shared: Arc<Shared>) {
    let entry = Entry::new(remote, &shared);
    let line = &entry.line;
    let wire = Wire::new(stream, Arc::clone(line), Arc::clone(&shared));
    let conversation = hyper::server::conn::http1::Builder::new()
        .half_close(true)
        .auto_date_header(false)
        .max_buf_size(HYPER_BYTES)
        .serve_connection(
            wire,
            hyper::service::service_fn(|request: Request<Incoming>| {
                exchange(request.into_body(), Arc::clone(line), Arc::clone(&shared))
            }),
        );
    let mut conversation = pin!(conversation);
    let crowded = poll_fn(|context| match line.cut(context.waker()) {
        Some((Cut::Crowded, phase, age)) => Poll::Ready(Some((phase, age))),
        Some((Cut::Overdue, Phase::Answer | Phase::Closing, _)) => Poll::Ready(None),
        // The wire and the exchange see to other phases. Errors need no report here: what was
        // wrong with a request has been reported, and what is wrong with a socket concerns nobody.
        _ => conversation.as_mut().poll(context).map(|_| None),
    })
    .await;
    if let Some((phase, age)) = crowded {
        shared.report(Some(remote), crowded_out(phase, age, &shared));
    }
}

/// A line among the open ones, closed when dropped: also when the service panics.
struct Entry {
    key: u64,
    line: Arc<Line>,
    shared: Arc<Shared>,
}

impl Entry {
    fn new(remote: SocketAddr, shared: &Arc<Shared>) -> Self {
        let (key, line) = shared.lines.open(remote);
        Self {
            key,
            line,
            shared: Arc::clone(shared),
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.shared.lines.close(self.key);
    }
}

fn crowded_out(phase: Phase, age: Duration, shared: &Shared) -> Refusal {
    let doing = match phase {
        Phase::Idle => "that was idle",
        Phase::Head | Phase::Body => "that was sending a request",
        Phase::Service => "that was waiting for its answer",
        Phase::Answer => "that was reading its answer",
        Phase::Closing => "that was closing",
    };
    Refusal::unanswered(
        "too-many-connections",
        format!(
            "with {} connections open, one {doing} for {:.1} s was closed to make room",
            shared.limits.connections,
            age.as_secs_f64()
        ),
    )
}

/// One request and its answer.
async fn exchange(
    body: Incoming,
    line: Arc<Line>,
    shared: Arc<Shared>,
) -> Result<Response<Full<Bytes>>, HangUp> {
    let answered = match receive(body, &line, &shared).await {
        Ok((received, lease)) => {
            line.enter(Phase::Service);
            ask_service(received, lease, &shared).await
        }
        Err(refusal) => {
            let response = refusal.status.map(|status| refused(status, refusal.code));
            shared.report(Some(line.remote), refusal);
            response.ok_or(HangUp)
        }
    };
    line.enter(Phase::Answer);
    let mut response = answered?;
    if shared.is_stopping() {
        close_after(&mut response);
    }
    Ok(response)
}

async fn ask_service(
    received: Received,
    lease: Lease<'_>,
    shared: &Shared,
) -> Result<Response<Full<Bytes>>, HangUp> {
    let (responder, answer) = oneshot::channel();
    shared.service.received(received, Responder(responder));
    let answer = answer.await.unwrap_or_else(|_| Answer::status(500));
    drop(lease);
    if !answer.delay.is_zero() {
        sleep(answer.delay).await;
    }
    answer.reply.map(response).ok_or(HangUp)
}

/// The delivery that a head and its body make.
async fn receive<'a>(
    body: Incoming,
    line: &Line,
    shared: &'a Arc<Shared>,
) -> Result<(Received, Lease<'a>), Refusal> {
    // The wire lays a head down before it lets its restatement through.
    let head = line.take_asked().ok_or_else(out_of_step)??;
    let at = SystemTime::now();
    let mut lease = Lease::new(shared);
    let body = {
        let mut whole = pin!(collect(body, &head, line, &mut lease));
        poll_fn(|context| {
            if line.is_overdue_in(Phase::Body) {
                return Poll::Ready(Err(body_overdue(shared)));
            }
            whole.as_mut().poll(context)
        })
        .await?
    };
    let received = Received {
        at,
        remote: line.remote,
        delivery: Delivery {
            method: head.method,
            target: head.target,
            headers: head.headers,
            body,
        },
    };
    Ok((received, lease))
}

async fn collect(
    mut body: Incoming,
    head: &Head,
    line: &Line,
    lease: &mut Lease<'_>,
) -> Result<Vec<u8>, Refusal> {
    let announced = match head.framing {
        Framing::Length(length) => usize::try_from(length).ok(),
        Framing::Chunked => None,
    };
    let first = announced.unwrap_or(0).min(STEP_BYTES);
    lease.cover(head.bytes + first).await?;
    let mut whole = Vec::with_capacity(first);
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Err(line.take_spoiled().unwrap_or_else(out_of_step));
        };
        // The only other frames are trailers.
        let Ok(data) = frame.into_data() else {
            continue;
        };
        lease.cover(head.bytes + whole.len() + data.len()).await?;
        whole.extend_from_slice(&data);
    }
    // The wire has seen to it; yet a part must never be taken for the whole.
    match announced {
        Some(announced) if announced != whole.len() => Err(out_of_step()),
        _ => Ok(whole),
    }
}

fn out_of_step() -> Refusal {
    Refusal::new("malformed-request", 400, "the request could not be read")
}

fn body_overdue(shared: &Shared) -> Refusal {
    Refusal::new(
        "body-timeout",
        408,
        format!(
            "the request's body was not complete after {:?}",
            shared.limits.body
        ),
    )
}

/// A request's share of the memory that all requests may take up, given back when dropped.
struct Lease<'a> {
    shared: &'a Arc<Shared>,
    permit: Option<OwnedSemaphorePermit>,
    bytes: usize,
}

impl<'a> Lease<'a> {
    fn new(shared: &'a Arc<Shared>) -> Self {
        Self {
            shared,
            permit: None,
            bytes: 0,
        }
    }

    /// Sees to it that the share is at least that large; waits a little if it must.
    async fn cover(&mut self, bytes: usize) -> Result<(), Refusal> {
        if bytes <= self.bytes {
            return Ok(());
        }
        let more = match self.permit {
            None => bytes,
            Some(_) => (bytes - self.bytes).max(STEP_BYTES),
        };
        let permits = u32::try_from(more).map_err(|_| over_budget())?;
        let budget = Arc::clone(&self.shared.budget);
        let permit = match Arc::clone(&budget).try_acquire_many_owned(permits) {
            Ok(permit) => permit,
            Err(_) => {
                let wait = self.shared.limits.buffer_wait;
                match timeout(wait, budget.acquire_many_owned(permits)).await {
                    Ok(Ok(permit)) => permit,
                    Ok(Err(_)) | Err(_) => return Err(over_budget()),
                }
            }
        };
        match &mut self.permit {
            Some(held) => held.merge(permit),
            None => self.permit = Some(permit),
        }
        self.bytes += more;
        Ok(())
    }
}

/// The answer to a request that never became a delivery. Its sender is told the code: enough to
/// look it up, and nothing that it sent comes back.
fn refused(status: u16, code: &str) -> Response<Full<Bytes>> {
    let mut headers = Headers::new();
    headers.push("content-type", "text/plain");
    if status == 503 {
        headers.push("retry-after", "1");
    }
    let mut response = response(Reply {
        status,
        headers,
        body: format!("{code}\n").into_bytes(),
    });
    close_after(&mut response);
    response
}

fn response(reply: Reply) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(reply.body)));
    // Below 200 are interim answers, which cannot be the last.
    *response.status_mut() = StatusCode::from_u16(reply.status)
        .ok()
        .filter(|status| !status.is_informational())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if crate::http::connection_lists(&reply.headers, "close") {
        close_after(&mut response);
    }
    for header in reply.headers {
        let ours = crate::http::is_hop_by_hop(&header.name);
        let name = HeaderName::from_bytes(header.name.as_bytes());
        let value = HeaderValue::from_maybe_shared(Bytes::from(header.value));
        if let (false, Ok(name), Ok(value)) = (ours, name, value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

fn close_after(response: &mut Response<Full<Bytes>>) {
    response
        .headers_mut()
        .insert(CONNECTION, HeaderValue::from_static("close"));
}
