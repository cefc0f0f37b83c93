//! The exact bytes of a request: what goes on the wire, and what `--dry-run` shows.

use super::failure::Failure;
use super::typed::quoted;
use super::url::Url;
use crate::delivery::{Delivery, Header};
use crate::http::{is_field_value, is_token};

/// The exact bytes that a sender puts on the wire: the request line with the URL's target,
/// `Host` first unless the delivery carries one, the delivery's headers in their order and case,
/// `Content-Length` last, the body. The fields that frame a message on one connection
/// (`Content-Length`, `Transfer-Encoding`, `Connection`) are never taken from the delivery.
///
/// # Errors
/// [`Failure::Unsendable`] when the method, a name or a value would break out of its line.
pub fn request_bytes(url: &Url, delivery: &Delivery) -> Result<Vec<u8>, Failure> {
    check(delivery)?;
    let mut bytes = Vec::with_capacity(512 + delivery.body.len());
    let mut line = |parts: &[&[u8]]| {
        for part in parts {
            bytes.extend_from_slice(part);
        }
        bytes.extend_from_slice(b"\r\n");
    };
    let method = delivery.method.as_bytes();
    line(&[method, b" ", url.target().as_bytes(), b" HTTP/1.1"]);
    if !delivery.headers.contains("Host") {
        line(&[b"Host: ", url.authority().as_bytes()]);
    }
    for header in sent_headers(delivery) {
        line(&[header.name.as_bytes(), b": ", &header.value]);
    }
    if has_length(delivery) {
        let length = delivery.body.len().to_string();
        line(&[b"Content-Length: ", length.as_bytes()]);
    }
    line(&[]);
    bytes.extend_from_slice(&delivery.body);
    Ok(bytes)
}

/// Names that frame a message on one connection: ours to write, never the delivery's.
const FRAMING: [&str; 3] = ["Content-Length", "Transfer-Encoding", "Connection"];

pub(super) fn sent_headers(delivery: &Delivery) -> impl Iterator<Item = &Header> {
    delivery.headers.iter().filter(|header| {
        !FRAMING
            .iter()
            .any(|name| header.name.eq_ignore_ascii_case(name))
    })
}

/// A length is written where a body is, and where the method foresees one (RFC 9110, section 8.6).
pub(super) fn has_length(delivery: &Delivery) -> bool {
    !delivery.body.is_empty() || ["POST", "PUT", "PATCH"].contains(&delivery.method.as_str())
}

pub(super) fn check(delivery: &Delivery) -> Result<(), Failure> {
    let unsendable = |what: String| Err(Failure::Unsendable { what });
    if !is_token(delivery.method.as_bytes()) {
        return unsendable(format!("{} is not a method", quoted(&delivery.method)));
    }
    for header in &delivery.headers {
        if !is_token(header.name.as_bytes()) {
            return unsendable(format!("{} is not a header name", quoted(&header.name)));
        }
        if !is_field_value(&header.value) {
            return unsendable(format!(
                "the value of {} has a line end or a NUL in it",
                header.name
            ));
        }
    }
    Ok(())
}
