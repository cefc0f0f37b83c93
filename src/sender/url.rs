//! Where deliveries go: URLs as people type them, and requests' targets.
//!
//! A URL is taken apart and never normalised: what was typed is what a receiver sees.

use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use super::typed::{quoted, shown, without_userinfo};
use crate::http::is_token;

/// Where deliveries go: an `http://` or `https://` URL as people type it.
///
/// `3000`, `:3000/path`, `localhost:3000/path`, `127.0.0.1:3000` and `[::1]:3000` are short for
/// `http://…`, `3000` and `:3000` being ports of `localhost`. Any other host needs its scheme.
/// A fragment is never sent and is dropped; what is not visible ASCII in the path and query is
/// percent-encoded, all else is sent as typed.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Url {
    scheme: Scheme,
    host: String,
    port: u16,
    target: String,
}

/// `http` or `https`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
}

impl Scheme {
    /// The port when the URL has none.
    fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "http",
            Self::Https => "https",
        })
    }
}

impl Url {
    /// `http` or `https`.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host in lower case, an IPv6 address in its brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, the scheme's own when the URL names none.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Host and port as the Host header has them: without the scheme's own port.
    pub fn authority(&self) -> String {
        if self.port == self.scheme.default_port() {
            self.host.clone()
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// Path and query as the request line has them; at least `/`.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Whether the host is this machine, by its name or literal address.
    pub fn is_loopback(&self) -> bool {
        match self.address() {
            Some(address) => address.is_loopback() || address.is_unspecified(),
            None => is_localhost(&self.host),
        }
    }

    /// Whether the host is this machine or, by its literal address, in a private network.
    pub fn is_private(&self) -> bool {
        self.is_loopback() || self.address().is_some_and(is_private)
    }

    /// The same host with another path and query, a request's target.
    #[must_use]
    pub fn with_target(&self, target: &str) -> Self {
        Self {
            target: origin_form(target),
            ..self.clone()
        }
    }

    /// This URL as the base of a request's target: the paths one after the other, then the queries.
    /// A target of just `/` adds nothing, and none leads out of the base's path.
    #[must_use]
    pub fn join(&self, target: &str) -> Self {
        let target = origin_form(target);
        let (base, base_query) = split_query(&self.target);
        let (path, query) = split_query(&target);
        let mut joined = match (base, path) {
            (_, "/") => base.to_owned(),
            ("/", _) => path.to_owned(),
            _ => base.strip_suffix('/').unwrap_or(base).to_owned() + &inside(path),
        };
        let queries: Vec<_> = [base_query, query].into_iter().flatten().collect();
        if !queries.is_empty() {
            joined.push('?');
            joined.push_str(&queries.join("&"));
        }
        Self {
            target: joined,
            ..self.clone()
        }
    }

    /// The same URL with that value of a parameter: in its place if it has one of that name, else
    /// behind its query.
    #[must_use]
    pub fn with_parameter(&self, name: &str, value: &str) -> Self {
        let (path, query) = split_query(&self.target);
        let parameter = format!("{name}={value}");
        let is_it = |part: &str| part.split('=').next() == Some(name);
        let mut parts: Vec<_> = query.map_or(Vec::new(), |query| query.split('&').collect());
        match parts.iter_mut().find(|part| is_it(part)) {
            Some(part) => *part = &parameter,
            None => parts.push(&parameter),
        }
        self.with_target(&format!("{path}?{}", parts.join("&")))
    }

    fn address(&self) -> Option<IpAddr> {
        let bare = self.host.trim_start_matches('[').trim_end_matches(']');
        bare.parse()
            .ok()
            .map(|address: IpAddr| address.to_canonical())
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority(), self.target)
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url({self})")
    }
}

/// A text that is not a URL to send to. The sentence says what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadUrl(String);

impl std::error::Error for BadUrl {}

impl fmt::Display for BadUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Url {
    type Err = BadUrl;

    fn from_str(typed: &str) -> Result<Self, BadUrl> {
        let bad = |what: &str| BadUrl(format!("{} {what}", quoted(&without_userinfo(typed))));
        if typed.is_empty() {
            return Err(BadUrl("the URL is empty".to_owned()));
        }
        if typed.contains(char::is_whitespace) {
            return Err(bad(
                "has white space in it: a space in a URL is written %20",
            ));
        }
        if typed.contains(char::is_control) {
            return Err(bad("has a control character in it"));
        }
        let (scheme, rest) = split_scheme(typed).map_err(|what| bad(&what))?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        if authority.contains('@') {
            return Err(bad(
                "has a user name in it, which ends up in logs: use -H 'Authorization: …' instead",
            ));
        }
        let (host, port) = split_port(authority, scheme.is_none()).map_err(|what| bad(&what))?;
        let host = host_of(host).map_err(|what| bad(&what))?;
        let scheme = match scheme {
            Some(scheme) => scheme,
            None if is_short_for_http(&host) => Scheme::Http,
            None => {
                return Err(bad(&format!(
                    "has no scheme: write https://{0} or http://{0}",
                    shown(rest)
                )));
            }
        };
        Ok(Self {
            scheme,
            host,
            port: port.unwrap_or(scheme.default_port()),
            target: origin_form(target.split('#').next().unwrap_or_default()),
        })
    }
}

fn split_scheme(typed: &str) -> Result<(Option<Scheme>, &str), String> {
    let end = typed.find(['/', '?', '#']).unwrap_or(typed.len());
    let Some((scheme, rest)) = typed.split_once("://").filter(|(s, _)| s.len() < end) else {
        let lower = typed.to_ascii_lowercase();
        return match ["http:", "https:"].iter().find(|s| lower.starts_with(**s)) {
            Some(scheme) => Err(format!("lacks the two slashes of {scheme}//")),
            None if typed.starts_with("//") => {
                Err("has no scheme: write https: or http: before it".to_owned())
            }
            None if typed.starts_with('/') => {
                Err("has no host: a path on this machine is written :3000/path".to_owned())
            }
            None => Ok((None, typed)),
        };
    };
    match scheme.to_ascii_lowercase().as_str() {
        "http" => Ok((Some(Scheme::Http), rest)),
        "https" => Ok((Some(Scheme::Https), rest)),
        _ => Err("is not an http:// or https:// URL".to_owned()),
    }
}

/// Host and port of an authority. Where no scheme was typed, a port alone is one of `localhost`.
fn split_port(authority: &str, short: bool) -> Result<(&str, Option<u16>), String> {
    let (host, port) = match authority.rfind(']') {
        Some(end) if authority.starts_with('[') => match &authority[end + 1..] {
            "" => (authority, None),
            port => match port.strip_prefix(':') {
                Some(port) => (&authority[..=end], Some(port)),
                None => return Err("has something other than a port after the ]".to_owned()),
            },
        },
        _ if authority.matches(':').count() > 1 => {
            return Err(
                "has more than one colon: an IPv6 address is written [::1]:3000".to_owned(),
            );
        }
        _ => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None if short && is_digits(authority) => ("", Some(authority)),
            None => (authority, None),
        },
    };
    let port = match port {
        None => None,
        Some("") if !short => None,
        Some(port) => Some(port_of(port)?),
    };
    match host {
        "" if short && port.is_some() => Ok(("localhost", port)),
        "" => Err("has no host".to_owned()),
        _ => Ok((host, port)),
    }
}

fn port_of(port: &str) -> Result<u16, String> {
    match port.parse::<u16>() {
        Ok(number) if number > 0 && is_digits(port) => Ok(number),
        _ => Err("has no valid port: a port is a number from 1 to 65535".to_owned()),
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The host in its one form: lower case, addresses as the standard library writes them.
fn host_of(host: &str) -> Result<String, String> {
    if let Some(inner) = host.strip_prefix('[') {
        return match inner.trim_end_matches(']').parse::<Ipv6Addr>() {
            Ok(address) => Ok(format!("[{address}]")),
            Err(_) if inner.contains('%') => {
                Err("has an IPv6 zone in it, which cannot be used here".to_owned())
            }
            Err(_) => Err("has no valid IPv6 address in its brackets".to_owned()),
        };
    }
    if !host.is_ascii() {
        return Err(
            "has a host that is not ASCII: write its ASCII form, which starts with xn--".to_owned(),
        );
    }
    let bare = host.strip_suffix('.').unwrap_or(host);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    if bare.len() > 253 || !bare.split('.').all(is_label) {
        return Err("has no valid host name".to_owned());
    }
    // A name never ends in a number (RFC 3696, section 2), but the system's look-up would take
    // 127.1 or 2130706433 for addresses.
    if bare.rsplit('.').next().is_some_and(is_digits) {
        return match bare.parse::<Ipv4Addr>() {
            Ok(address) => Ok(address.to_string()),
            Err(_) if is_digits(bare) => Err(format!(
                "has a number as its host: port {bare} of this machine is written localhost:{bare}"
            )),
            Err(_) => Err("has no valid IPv4 address as its host".to_owned()),
        };
    }
    Ok(host.to_ascii_lowercase())
}

fn is_short_for_http(host: &str) -> bool {
    host.starts_with('[') || host.parse::<Ipv4Addr>().is_ok() || is_localhost(host)
}

/// RFC 6761, section 6.3.
fn is_localhost(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    host == "localhost" || host.ends_with(".localhost")
}

/// Whether an address is this machine's or one of the private ranges, link-local, or of the shared
/// range of RFC 6598 that VPNs use.
pub(crate) fn is_private(address: IpAddr) -> bool {
    let address = address.to_canonical();
    address.is_loopback()
        || address.is_unspecified()
        || match address {
            IpAddr::V4(address) => {
                let [first, second, ..] = address.octets();
                let is_shared = first == 100 && second & 0xC0 == 64;
                address.is_private() || address.is_link_local() || is_shared
            }
            IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local(),
        }
}

/// Path and query of a target, which may be in absolute form or lack its slash; only visible ASCII.
fn origin_form(target: &str) -> String {
    let target = match target.split_once("://") {
        Some((scheme, rest)) if is_token(scheme.as_bytes()) => {
            &rest[rest.find(['/', '?']).unwrap_or(rest.len())..]
        }
        _ => target,
    };
    let mut form = String::with_capacity(target.len() + 1);
    if !target.starts_with('/') {
        form.push('/');
    }
    for byte in target.bytes() {
        if byte.is_ascii_graphic() && byte != b'#' {
            form.push(char::from(byte));
        } else {
            form.push_str(&format!("%{byte:02X}"));
        }
    }
    form
}

/// A path that leads nowhere above its own beginning, however a receiver reads it. One that does not
/// stays as it is, dots and all; else what leads up is resolved.
fn inside(path: &str) -> Cow<'_, str> {
    let plain = ["%2e", "%2E", "%2f", "%2F", "%5c", "%5C"]
        .iter()
        .zip([".", ".", "/", "/", "/", "/"])
        .fold(path.replace('\\', "/"), |path, (from, to)| {
            path.replace(from, to)
        });
    let (mut kept, mut leaves) = (Vec::new(), false);
    for segment in plain.split('/') {
        // Some servers take what follows a semicolon for no part of the name.
        match segment.split(';').next().unwrap_or_default() {
            // Some take two slashes for one.
            "" | "." => {}
            ".." => leaves |= kept.pop().is_none(),
            _ => kept.push(segment),
        }
    }
    match leaves {
        false => Cow::Borrowed(path),
        true => Cow::Owned(format!("/{}", kept.join("/"))),
    }
}

fn split_query(target: &str) -> (&str, Option<&str>) {
    match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    }
}
