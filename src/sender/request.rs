//! The exact bytes of a request: what goes on the wire, and what `--dry-run` shows.

use super::failure::Failure;
use super::typed::quoted;
use super::url::Url;
use crate::delivery::{Delivery, Header, Headers};
use crate::http::{is_field_value, is_token};

/// The exact bytes that a sender puts on the wire: the request line with the URL's target,
/// `Host` first unless the delivery carries one, the delivery's headers in their order and case,
/// `Content-Length` last, the body. The fields that frame a message on one connection
/// (`Content-Length`, `Transfer-Encoding`, `Connection`) are never taken from the delivery.
///
/// # Errors
/// [`Failure::Unsendable`] when the method, a name or a value would break out of its line.
pub fn request_bytes(url: &Url, delivery: &Delivery) -> Result<Vec<u8>, Failure> {
    let mut bytes = head(
        url,
        &delivery.method,
        &delivery.headers,
        delivery.body.len(),
    )?;
    bytes.extend_from_slice(&delivery.body);
    Ok(bytes)
}

/// What stands before the body.
pub(super) fn head(
    url: &Url,
    method: &str,
    headers: &Headers,
    length: usize,
) -> Result<Vec<u8>, Failure> {
    check(method, headers)?;
    let mut bytes = Vec::with_capacity(512);
    let mut line = |parts: &[&[u8]]| {
        for part in parts {
            bytes.extend_from_slice(part);
        }
        bytes.extend_from_slice(b"\r\n");
    };
    line(&[
        method.as_bytes(),
        b" ",
        url.target().as_bytes(),
        b" HTTP/1.1",
    ]);
    if !headers.contains("Host") {
        line(&[b"Host: ", url.authority().as_bytes()]);
    }
    for header in sent_headers(headers) {
        line(&[header.name.as_bytes(), b": ", &header.value]);
    }
    if has_length(method, length) {
        line(&[b"Content-Length: ", length.to_string().as_bytes()]);
    }
    line(&[]);
    Ok(bytes)
}

/// Whether a header frames a message on one connection: ours to write, never the delivery's.
pub fn is_framing(header: &Header) -> bool {
    ["Content-Length", "Transfer-Encoding", "Connection"]
        .iter()
        .any(|name| header.name.eq_ignore_ascii_case(name))
}

pub(super) fn sent_headers(headers: &Headers) -> impl Iterator<Item = &Header> {
    headers.iter().filter(|header| !is_framing(header))
}

/// A length is written where a body is, and where the method foresees one (RFC 9110, section 8.6).
pub(super) fn has_length(method: &str, length: usize) -> bool {
    length > 0 || ["POST", "PUT", "PATCH"].contains(&method)
}

pub(super) fn check(method: &str, headers: &Headers) -> Result<(), Failure> {
    let unsendable = |what: String| Err(Failure::Unsendable { what });
    if !is_token(method.as_bytes()) {
        return unsendable(format!("{} is not a method", quoted(method)));
    }
    for header in headers {
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
