//! The delivery: one HTTP request that carries a webhook, as bytes.
//!
//! Headers are ordered pairs that may repeat, names keep the sender's case, values and bodies are
//! bytes. Which headers are secret by nature is known here, since whatever shows, records or sends
//! has to mind it. Nothing here reads, sends, signs or shows.

use std::fmt;

/// One HTTP request that carries (or will carry) a webhook.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Delivery {
    /// The request method, as written on the request line (`POST`).
    pub method: String,
    /// The request target, as written on the request line: path and query (`/hooks?x=1`).
    pub target: String,
    /// The headers in the sender's order and case.
    pub headers: Headers,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}

/// Shows sizes only: headers and bodies may hold secrets.
impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("method", &self.method)
            .field("target", &self.target)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// Ordered header fields. A name may occur several times; look-ups disregard the name's case
/// (RFC 9110, section 5.1).
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Headers(Vec<Header>);

/// One header field: the name as its sender wrote it, and the value's bytes without the white
/// space around them (RFC 9110, section 5.5).
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// The field name, in the sender's case.
    pub name: String,
    /// The field value: any bytes but CR, LF and NUL.
    pub value: Vec<u8>,
}

impl Headers {
    /// No headers.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Appends a field at the end.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) {
        self.0.push(Header {
            name: name.into(),
            value: value.into(),
        });
    }

    /// Gives the field of that name this value: in its place and in its case if it is there, else
    /// at the end. Further fields of the name go.
    pub fn set(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        let is_it = |header: &Header| header.name.eq_ignore_ascii_case(name);
        let Some(at) = self.0.iter().position(is_it) else {
            return self.push(name, value);
        };
        self.0[at].value = value.into();
        let mut index = 0;
        self.0.retain(|header| {
            index += 1;
            index - 1 <= at || !is_it(header)
        });
    }

    /// The value of the first field of that name.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.all(name).next()
    }

    /// The values of every field of that name, in order.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.0
            .iter()
            .filter(move |header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value.as_slice())
    }

    /// Whether a field of that name is there.
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Removes every field of that name.
    pub fn remove(&mut self, name: &str) {
        self.0
            .retain(|header| !header.name.eq_ignore_ascii_case(name));
    }

    /// The fields in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Header> {
        self.0.iter()
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Extend<Header> for Headers {
    fn extend<T: IntoIterator<Item = Header>>(&mut self, headers: T) {
        self.0.extend(headers);
    }
}

impl FromIterator<Header> for Headers {
    fn from_iter<T: IntoIterator<Item = Header>>(headers: T) -> Self {
        Self(headers.into_iter().collect())
    }
}

impl IntoIterator for Headers {
    type Item = Header;
    type IntoIter = std::vec::IntoIter<Header>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Headers {
    type Item = &'a Header;
    type IntoIter = std::slice::Iter<'a, Header>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// What stands in a recording for a value that was kept back.
pub const REDACTED: &[u8] = b"(redacted)";

/// Whether the value of a header of this name is a secret by nature: whoever reads it can act as
/// the one who sent it. Signatures and digests are none: they prove one body.
pub fn is_secret(name: &str) -> bool {
    const PROOFS: [&str; 3] = ["signature", "digest", "hmac"];
    const SECRETS: [&str; 15] = [
        "token",
        "secret",
        "password",
        "passwd",
        "passphrase",
        "credential",
        "authorization",
        "authentication",
        "cookie",
        "session",
        "jwt",
        "apikey",
        "accesskey",
        "privatekey",
        "subscriptionkey",
    ];
    let lower = name.to_ascii_lowercase();
    let words = || lower.split(|letter: char| !letter.is_ascii_alphanumeric());
    // As one word, in which API-Key, api_key and ApiKey are the same.
    let joined: String = words().collect();
    let has_any = |parts: &[&str]| parts.iter().any(|part| joined.contains(part));
    !has_any(&PROOFS) && (has_any(&SECRETS) || words().any(|word| word == "auth"))
}

/// Shows the names only: values may hold tokens.
impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|header| &header.name))
            .finish()
    }
}

/// Shows the name only: the value may be a token.
impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Header").field(&self.name).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_keep_order_case_and_repeats() {
        let mut headers = Headers::new();
        headers.push("X-B", "1");
        headers.push("x-a", "2");
        headers.push("x-b", "3");
        assert_eq!(headers.get("X-b"), Some(b"1".as_slice()));
        assert_eq!(headers.all("x-B").collect::<Vec<_>>(), [b"1", b"3"]);
        let names = |headers: &Headers| -> Vec<String> {
            headers.iter().map(|header| header.name.clone()).collect()
        };
        assert_eq!(names(&headers), ["X-B", "x-a", "x-b"]);
        headers.set("x-B", "4");
        headers.set("X-C", "5");
        assert_eq!(names(&headers), ["X-B", "x-a", "X-C"]);
        assert_eq!(headers.get("x-b"), Some(b"4".as_slice()));
    }

    #[test]
    fn a_header_that_lets_its_reader_in_is_a_secret() {
        for name in [
            "Authorization",
            "Proxy-Authorization",
            "X-Authorization",
            "Cookie",
            "Set-Cookie",
            "X-Gitlab-Token",
            "x_hook_secret",
            "ApiKey",
            "Api-Key",
            "X-API-KEY",
            "X-Auth",
            "X-Auth-Email",
            "X-Access-Key",
            "X-Session",
            "X-Session-Id",
            "X-SessionId",
            "X-Password",
            "Ocp-Apim-Subscription-Key",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "X-Signature",
            "X-Auth-Signature",
            "X-Secret-Hmac",
            "X-Authorization-Digest",
            "X-Author",
            "X-Event-Key",
            "Idempotency-Key",
            "Webhook-Id",
            "Content-Type",
            "",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }

    #[test]
    fn debug_output_holds_no_values() {
        let mut delivery = Delivery::default();
        delivery.headers.push("Authorization", "Bearer hunter2");
        delivery.body = b"hunter2".to_vec();
        assert!(!format!("{delivery:?}").contains("hunter2"));
    }
}
