//! The curl command that sends what a sender would.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::failure::Failure;
use super::request;
use super::typed::is_plain;
use super::url::{Scheme, Url};
use crate::delivery::Delivery;

/// What a curl command needs beside URL and delivery: the options that it must share with a sender.
#[derive(Debug, Clone, Copy, Default)]
pub struct Curl<'a> {
    /// The time for the whole attempt; curl's default is to wait for ever.
    pub timeout: Option<Duration>,
    /// Accept any certificate.
    pub insecure: bool,
    /// The file of trusted certificates.
    pub cacert: Option<&'a str>,
    /// The proxy.
    pub proxy: Option<&'a str>,
}

/// The curl command that delivers the same headers and the same bytes, for sh, bash and zsh.
///
/// It shuts out what curl would do of its own: its configuration file, proxies of the environment,
/// default headers, globbing, HTTP/2. Nothing in it is obeyed by a terminal: bodies that are not
/// plain text travel as base64, such header values through `printf`.
///
/// # Errors
/// [`Failure::Unsendable`], as [`request::request_bytes`].
pub fn curl_command(url: &Url, delivery: &Delivery, options: &Curl) -> Result<String, Failure> {
    request::check(&delivery.method, &delivery.headers)?;
    let (source, body) = curl_body(delivery);
    let mut lines = vec![format!("{source}curl -q -sSi")];
    lines.extend(curl_connection(url, options));
    lines.extend(curl_method(delivery));
    lines.extend(curl_headers(delivery));
    lines.extend(body);
    lines.push(shell(&url.to_string()));
    Ok(lines.join(" \\\n  "))
}

fn curl_connection(url: &Url, options: &Curl) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(timeout) = options.timeout {
        lines.push(format!("--max-time {}", timeout.as_secs_f64()));
    }
    match options.proxy {
        Some(proxy) => lines.push(format!("--proxytunnel --noproxy '' -x {}", shell(proxy))),
        None => lines.push("--noproxy '*'".to_owned()),
    }
    if url.scheme() == Scheme::Https {
        lines.push("--http1.1".to_owned());
        if options.insecure {
            lines.push("--insecure".to_owned());
        }
        if let Some(file) = options.cacert {
            lines.push(format!("--cacert {}", shell(file)));
        }
    }
    if url.target().contains(['[', ']', '{', '}']) || url.host().starts_with('[') {
        lines.push("--globoff".to_owned());
    }
    if url.target().contains("/.") {
        lines.push("--path-as-is".to_owned());
    }
    lines
}

/// The method, unless curl chooses it by itself.
fn curl_method(delivery: &Delivery) -> Option<String> {
    match (
        delivery.method.as_str(),
        request::has_length(&delivery.method, delivery.body.len()),
    ) {
        ("POST", true) | ("GET", false) => None,
        ("HEAD", false) => Some("--head".to_owned()),
        (method, _) => Some(format!("-X {}", shell(method))),
    }
}

fn curl_headers(delivery: &Delivery) -> Vec<String> {
    let with_body = request::has_length(&delivery.method, delivery.body.len());
    // curl waits for a 100 before a large body: from 1 MiB, older releases from 1 KiB.
    let own = [
        ("User-Agent", true),
        ("Accept", true),
        ("Content-Type", with_body),
        ("Expect", delivery.body.len() > 1024),
    ];
    let mut lines: Vec<_> = own
        .iter()
        .filter(|(name, added)| *added && !delivery.headers.contains(name))
        .map(|(name, _)| format!("-H '{name}:'"))
        .collect();
    lines.extend(request::sent_headers(&delivery.headers).map(|header| {
        if header.value.trim_ascii().is_empty() {
            return format!("-H {}", shell(&format!("{};", header.name)));
        }
        let field = [header.name.as_bytes(), b": ", &header.value].concat();
        match std::str::from_utf8(&field) {
            Ok(text) if text.chars().all(is_plain) => format!("-H {}", shell(text)),
            _ => format!("-H \"$(printf '{}')\"", octal(&field)),
        }
    }));
    lines
}

/// What comes before `curl` and the option that names the body. Text is given as it stands; as an
/// argument it is limited (128 KiB on Linux), so larger bodies come through a pipe.
fn curl_body(delivery: &Delivery) -> (String, Option<String>) {
    const LONGEST_ARGUMENT: usize = 64 * 1024;
    if !request::has_length(&delivery.method, delivery.body.len()) {
        return (String::new(), None);
    }
    let piped = Some("--data-binary @-".to_owned());
    match std::str::from_utf8(&delivery.body) {
        Ok(text) if text.chars().all(|char| char == '\n' || is_plain(char)) => {
            if text.len() <= LONGEST_ARGUMENT {
                (String::new(), Some(format!("--data-raw {}", shell(text))))
            } else {
                (format!("printf %s {} |\n", shell(text)), piped)
            }
        }
        _ => {
            let encoded = BASE64_STANDARD.encode(&delivery.body);
            (format!("printf %s '{encoded}' | base64 -d |\n"), piped)
        }
    }
}

/// One word for a POSIX shell.
pub(crate) fn shell(text: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@,+".contains(&byte);
    if !text.is_empty() && text.bytes().all(bare) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// Bytes as a format of printf within `"$(printf '…')"`, where even `!` may mean something.
fn octal(bytes: &[u8]) -> String {
    let mut format = String::with_capacity(bytes.len() * 2);
    for &byte in bytes {
        match byte {
            b'%' => format.push_str("%%"),
            _ if byte.is_ascii_alphanumeric() || b" -_.:;,/=+()@".contains(&byte) => {
                format.push(char::from(byte));
            }
            _ => format.push_str(&format!("\\{byte:03o}")),
        }
    }
    format
}
