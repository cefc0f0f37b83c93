//! A sender that writes exactly what it is told to.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::listener::{Listener, PATIENCE};

/// The secret of the tests.
pub(super) const SECRET: &str = "geheim";

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    /// 0 when the connection was closed without an answer.
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Answer {
    fn read(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|part| part == b"\r\n\r\n");
        let head = String::from_utf8(bytes[..end.unwrap_or(0)].to_vec()).unwrap();
        let status = head.get(9..12).map_or(0, |status| status.parse().unwrap());
        let body = end.map_or(Vec::new(), |end| bytes[end + 4..].to_vec());
        Self { status, head, body }
    }

    /// What a sender hears whose receiver may vanish; `None` when that happens.
    pub(super) fn status_of(address: SocketAddr, bytes: &[u8]) -> Option<u16> {
        let mut stream = TcpStream::connect(address).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        stream.write_all(bytes).ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        Some(Self::read(&answer).status)
    }

    /// A header's value.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

pub(super) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// The signature as Blue computes it.
pub(super) fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}

/// The bytes of a POST after which the connection is closed.
pub(super) fn request(target: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "POST {target} HTTP/1.1\r\nHost: example.com\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend(body);
    bytes
}

/// The bytes of a genuine delivery.
pub(super) fn genuine(target: &str, body: &[u8]) -> Vec<u8> {
    let header = format!("X-Signature: {}\r\n", signature(SECRET, body));
    request(target, &header, body)
}

/// The bytes of a delivery with a signature of another secret.
pub(super) fn forged(target: &str, body: &[u8]) -> Vec<u8> {
    let header = format!("X-Signature: {}\r\n", signature("another", body));
    request(target, &header, body)
}

impl Listener {
    /// Sends bytes and reads what comes back until the connection ends.
    pub(super) fn send(&self, bytes: &[u8]) -> Answer {
        let mut stream = connect(self.address);
        stream.write_all(bytes).unwrap();
        let mut answer = Vec::new();
        // A reset ends an answer, too.
        let _ = stream.read_to_end(&mut answer);
        Answer::read(&answer)
    }

    /// As [`send`](Self::send), but the sender stops there and hears no answer's end.
    pub(super) fn send_and_stop(&self, bytes: &[u8]) -> Answer {
        let mut stream = connect(self.address);
        stream.write_all(bytes).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        Answer::read(&answer)
    }

    /// Has a body delivered unsigned.
    pub(super) fn post(&self, body: impl AsRef<[u8]>) -> u16 {
        self.send(&request("/", "", body.as_ref())).status
    }

    /// Has a genuine delivery of this body delivered.
    pub(super) fn deliver(&self, body: impl AsRef<[u8]>) -> u16 {
        self.send(&genuine("/", body.as_ref())).status
    }

    /// Has a forged delivery of this body delivered.
    pub(super) fn forge(&self, body: impl AsRef<[u8]>) -> u16 {
        self.send(&forged("/", body.as_ref())).status
    }
}

/// A small body of that event.
pub(super) fn event(name: &str) -> String {
    format!(r#"{{"event":"{name}"}}"#)
}
