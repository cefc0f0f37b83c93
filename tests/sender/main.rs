//! The sender against scripted receivers: what is on the wire, what comes back, and why nothing
//! does. The assumptions about ureq that `sender/transport.rs` names are held here.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

mod curl;
mod failures;
#[path = "../peers/mod.rs"]
mod peers;
mod tls;
mod urls;
mod wire;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use bluehook::delivery::Delivery;
use bluehook::sender::{Options, Sender, Url};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

fn delivery(method: &str, headers: &[(&str, &[u8])], body: &[u8]) -> Delivery {
    let mut delivery = Delivery {
        method: method.to_owned(),
        body: body.to_vec(),
        ..Delivery::default()
    };
    for (name, value) in headers {
        delivery.headers.push(*name, *value);
    }
    delivery
}

fn sender() -> Sender {
    Sender::new(&Options::default()).unwrap()
}

/// The end of a scripted receiver. One that was never called fails its test.
struct Script<T> {
    called: Arc<AtomicBool>,
    serving: Option<JoinHandle<T>>,
}

impl<T> Script<T> {
    /// Waits for the script's end: what it returned.
    fn end(mut self) -> T {
        let serving = self.serving.take().unwrap();
        assert!(self.is_called(), "the receiver was never called");
        serving.join().unwrap()
    }

    fn is_called(&self) -> bool {
        self.called.load(Ordering::SeqCst)
    }
}

impl<T> Drop for Script<T> {
    fn drop(&mut self) {
        if !thread::panicking() {
            assert!(self.is_called(), "the receiver was never called");
        }
    }
}

/// A receiver of one connection, given to `serve`: its URL, and what `serve` returns.
fn receiver<T: Send + 'static>(
    serve: impl FnOnce(TcpStream) -> T + Send + 'static,
) -> (Url, Script<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let called = Arc::new(AtomicBool::new(false));
    let noted = called.clone();
    let serving = thread::spawn(move || {
        let stream = listener.accept().unwrap().0;
        noted.store(true, Ordering::SeqCst);
        // What is held back when a connection is reset is lost.
        stream.set_nodelay(true).unwrap();
        serve(stream)
    });
    let script = Script {
        called,
        serving: Some(serving),
    };
    (url(&format!("127.0.0.1:{port}")), script)
}

/// A receiver that gives this answer and returns the request's bytes.
fn answering(answer: &'static [u8]) -> (Url, Script<Vec<u8>>) {
    receiver(move |mut stream| {
        let request = read_request(&mut stream);
        // A sender that has seen enough hangs up.
        let _ = stream.write_all(answer);
        request
    })
}

/// One request: its head, and as much as its Content-Length says.
fn read_request(stream: &mut impl Read) -> Vec<u8> {
    let mut request = Vec::new();
    let mut buffer = [0; 16 * 1024];
    loop {
        if let Some(end) = head_end(&request) {
            let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1).map_or(0, |rest| {
                rest.split("\r\n").next().unwrap().parse().unwrap()
            });
            if request.len() >= end + length {
                return request;
            }
        }
        match stream.read(&mut buffer).unwrap() {
            0 => return request,
            count => request.extend_from_slice(&buffer[..count]),
        }
    }
}

fn head_end(bytes: &[u8]) -> Option<usize> {
    let at = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    Some(at + 4)
}

/// Deliveries whose bytes are easily changed on the way.
fn delicate() -> Vec<Delivery> {
    vec![
        delivery(
            "POST",
            &[
                ("Content-Type", b"application/json"),
                ("User-Agent", b"bluehook/0.1"),
                ("X-Signature", b"00ff"),
            ],
            br#"{"event":"TODO_CREATED"}"#,
        ),
        delivery(
            "POST",
            &[
                ("x-B", b"1"),
                ("X-A", b"2"),
                ("X-b", b"3"),
                ("X-Latin", b"caf\xe9 100% \\ ' \" $HOME !x `id`"),
                ("X-Utf8", "caf\u{e9} \u{1f600}".as_bytes()),
                ("X-Empty", b""),
                ("X-Tab", b"a\tb"),
                ("Authorization", b"caf\xe9"),
            ],
            b"a=1&b=2\n",
        ),
        delivery("POST", &[("Host", b"hooks.example.com")], b"@/etc/passwd"),
        delivery("POST", &[], b""),
        delivery("GET", &[("Accept", b"*/*")], b""),
        delivery("DELETE", &[], b""),
        delivery("PUT", &[("Content-Type", b"text/plain")], b"x"),
        delivery("GET", &[], b"a body all the same"),
        delivery("BREW", &[], b"coffee"),
        delivery(
            "POST",
            &[
                ("Content-Length", b"1"),
                ("Connection", b"close"),
                ("TRANSFER-ENCODING", b"chunked"),
            ],
            b"framed by us",
        ),
    ]
}
