//! Receivers right and wrong, on ports of their own.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::runner::{Ended, Place};

pub(super) const SECRET: &str = "a secret of the tests";

/// A request as a receiver sees it.
pub(super) struct Got {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: Vec<(String, Vec<u8>)>,
    pub(super) body: Vec<u8>,
}

impl Got {
    pub(super) fn header(&self, name: &str) -> Option<&[u8]> {
        let is_it = |(other, _): &&(String, Vec<u8>)| other.eq_ignore_ascii_case(name);
        self.headers
            .iter()
            .find(is_it)
            .map(|(_, value)| value.as_slice())
    }

    pub(super) fn signature(&self) -> Option<String> {
        let value = self.header("X-Signature")?;
        Some(String::from_utf8_lossy(value).into_owned())
    }
}

/// What a receiver does.
pub(super) enum Act {
    Status(u16),
    Answer(u16, &'static str, String),
    /// An answer with headers of its own.
    With(u16, Vec<(String, Vec<u8>)>, String),
    /// Ends the connection without an answer.
    Drop,
    /// Answers nothing as long as the other side waits.
    Hang,
    /// Ends, and listens no more.
    Die,
    /// Ends as soon as it has answered.
    AnswerAndDie(u16),
}

use Act::{Answer, Status};

/// A receiver on a port of its own: a thread a connection, a request a connection.
pub(super) struct Receiver {
    port: u16,
    stopped: Arc<AtomicBool>,
}

impl Receiver {
    pub(super) fn new(act: impl Fn(&Got) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let stopped = Arc::new(AtomicBool::new(false));
        let (act, stop) = (Arc::new(act), stopped.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(stream) = stream else { continue };
                let (act, stop) = (act.clone(), stop.clone());
                thread::spawn(move || serve(stream, &*act, &stop, port));
            }
        });
        Self { port, stopped }
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hooks", self.port)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn serve(mut stream: TcpStream, act: &dyn Fn(&Got) -> Act, stop: &AtomicBool, port: u16) {
    let Some(got) = read(&mut stream) else {
        return;
    };
    let typed = |content_type: &str| format!("Content-Type: {content_type}\r\n");
    let (status, fields, body) = match act(&got) {
        Status(status) => (status, typed("text/plain"), String::new()),
        Answer(status, content_type, body) => (status, typed(content_type), body),
        Act::With(status, headers, body) => {
            let field = |(name, value): &(String, Vec<u8>)| {
                format!("{name}: {}\r\n", String::from_utf8_lossy(value))
            };
            (status, headers.iter().map(field).collect(), body)
        }
        Act::Drop => return,
        Act::Hang => {
            // Until the other side gives up.
            let _ = stream.read(&mut [0]);
            return;
        }
        Act::Die => return end(stop, port),
        Act::AnswerAndDie(status) => {
            end(stop, port);
            (status, typed("text/plain"), String::new())
        }
    };
    let location = if (300..400).contains(&status) {
        "Location: /elsewhere\r\n"
    } else {
        ""
    };
    let head = format!(
        "HTTP/1.1 {status} X\r\n{fields}{location}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body.as_bytes());
}

/// Listens no more, from now on.
fn end(stop: &AtomicBool, port: u16) {
    stop.store(true, Ordering::SeqCst);
    // Wakes the thread that accepts: it ends, and closes its socket.
    let _ = TcpStream::connect(("127.0.0.1", port));
    while TcpStream::connect(("127.0.0.1", port)).is_ok() {
        thread::yield_now();
    }
}

fn read(stream: &mut TcpStream) -> Option<Got> {
    let mut bytes = Vec::new();
    let mut piece = vec![0; 64 << 10];
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        let length = stream.read(&mut piece).ok().filter(|length| *length > 0)?;
        bytes.extend_from_slice(&piece[..length]);
    };
    let mut body = bytes.split_off(end + 4);
    let mut lines = bytes[..end]
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii);
    let first = String::from_utf8_lossy(lines.next()?).into_owned();
    let mut words = first.split(' ').map(str::to_owned);
    let headers: Vec<(String, Vec<u8>)> = lines
        .filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = String::from_utf8_lossy(&line[..colon]).into_owned();
            Some((name, line[colon + 1..].trim_ascii().to_vec()))
        })
        .collect();
    let mut got = Got {
        method: words.next()?,
        target: words.next()?,
        headers,
        body: Vec::new(),
    };
    let length = got
        .header("Content-Length")
        .map(|value| String::from_utf8_lossy(value).parse().unwrap());
    while body.len() < length.unwrap_or(0) {
        let length = stream.read(&mut piece).ok().filter(|length| *length > 0)?;
        body.extend_from_slice(&piece[..length]);
    }
    got.body = body;
    Some(got)
}

pub(super) fn mac(key: &[u8], body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}

pub(super) fn expected(got: &Got) -> String {
    mac(SECRET.as_bytes(), &got.body)
}

/// What a right receiver does.
pub(super) fn right(got: &Got) -> Act {
    if got.method != "POST" {
        return Status(405);
    }
    if got.body.len() > 10 << 20 {
        return Status(413);
    }
    if got.signature() != Some(expected(got)) {
        return Status(401);
    }
    read_json(got)
}

/// What a receiver does with what it takes for genuine.
pub(super) fn read_json(got: &Got) -> Act {
    match serde_json::from_slice::<serde_json::Value>(&got.body) {
        Ok(_) => Status(200),
        Err(_) => Status(400),
    }
}

/// A receiver that takes what this says is genuine.
pub(super) fn takes(genuine: impl Fn(&Got, &str) -> bool) -> impl Fn(&Got) -> Act {
    move |got| match got.signature() {
        _ if got.method != "POST" => Status(405),
        _ if got.body.len() > 10 << 20 => Status(413),
        Some(signature) if genuine(got, &signature) => read_json(got),
        _ => Status(401),
    }
}

#[track_caller]
pub(super) fn check(receiver: &Receiver, words: &str) -> Ended {
    Place::new()
        .bluehook(&format!("check {} {words}", receiver.url()))
        .env("BLUEHOOK_SECRET", SECRET)
        .run()
}

/// The names of the cases with this verdict.
pub(super) fn with_verdict(ended: &Ended, verdict: &str) -> Vec<String> {
    let lines = ended.json();
    let cases = lines.iter().filter(|line| line["verdict"] == verdict);
    cases
        .map(|line| line["name"].as_str().unwrap().to_owned())
        .collect()
}

pub(super) fn sample() -> Vec<u8> {
    let mut sample = Place::new().bluehook("events TODO_CREATED").run().stdout;
    sample.pop();
    sample
}
