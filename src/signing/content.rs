//! The signed content: what the template's parts stand for, laid out and fed to the computation.
//!
//! Both signing and judging feed the same [`Work`], so they can only agree. URLs and forms are
//! brought here into the spelling that a sender signs.

use std::borrow::Cow;
use std::fmt;

use percent_encoding::percent_decode;
use sha2::{Digest as _, Sha256};

use super::scheme::{Part, UrlRule, Variant};
use super::secret::{Key, Running};
use super::{Entry, Parts};
use crate::json;

/// The computation of one signature: content goes in as the template lays it out.
#[derive(Debug)]
pub(super) struct Work<'a> {
    pub(super) variant: &'a Variant,
    pub(super) key: &'a Key,
    running: Running,
    inputs: Inputs<'a>,
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Running")
    }
}

/// Everything that the template's parts stand for, but the body.
#[derive(Debug, Clone)]
pub(super) struct Inputs<'a> {
    pub(super) parts: Parts<'a>,
    pub(super) url: Option<Cow<'a, str>>,
    pub(super) timestamp: Option<Cow<'a, [u8]>>,
    pub(super) id: Option<Cow<'a, [u8]>>,
    /// The items of the signature header's list; empty when the content names none.
    pub(super) items: Vec<&'a [u8]>,
    pub(super) named_headers: Option<Vec<u8>>,
}

impl<'a> Work<'a> {
    /// Feeds what stands before a streaming body. The error names the part that is not there.
    pub(super) fn new(
        variant: &'a Variant,
        entry: &'a Entry,
        inputs: Inputs<'a>,
    ) -> Result<Self, String> {
        let mut work = Self {
            variant,
            key: &entry.key,
            running: entry.key.start(),
            inputs,
        };
        if variant.streams() {
            work.feed(around_body(&variant.content.0).0, &[])?;
        }
        Ok(work)
    }

    /// Feeds the next piece of a streaming body.
    pub(super) fn update(&mut self, piece: &[u8]) {
        if self.variant.content.has(&Part::Body) {
            self.running.update(piece);
        }
    }

    /// Feeds what stands after a streaming body, or the whole content of a `body` that was kept.
    pub(super) fn finish(mut self, body: Option<&[u8]>) -> Result<Running, String> {
        let parts = &self.variant.content.0;
        match body {
            // The body was kept for another variant's sake: this one has not seen it yet.
            Some(body) if self.variant.streams() => {
                self.update(body);
                self.feed(around_body(parts).1, &[])?;
            }
            Some(body) => self.feed(parts, body)?,
            None => self.feed(around_body(parts).1, &[])?,
        }
        Ok(self.running)
    }

    /// The whole signed content.
    pub(super) fn content(&self, body: &[u8]) -> Result<Vec<u8>, String> {
        let mut content = Vec::new();
        for part in &self.variant.content.0 {
            content.extend_from_slice(&self.inputs.piece(part, self.key, body)?);
        }
        Ok(content)
    }

    fn feed(&mut self, parts: &[Part], body: &[u8]) -> Result<(), String> {
        for part in parts {
            let piece = self.inputs.piece(part, self.key, body)?;
            self.running.update(&piece);
        }
        Ok(())
    }

    /// Whether the URL's digest of the body, where the scheme has one, is right.
    pub(super) fn body_digest_matches(&self, body: Option<&[u8]>) -> bool {
        let Some(UrlRule {
            body_sha256_parameter: Some(name),
            ..
        }) = &self.variant.url
        else {
            return true;
        };
        let digest = hex::encode(Sha256::digest(body.unwrap_or_default()));
        let url = self.inputs.url.as_deref().unwrap_or_default();
        query_parameter(url, name).is_some_and(|value| value.eq_ignore_ascii_case(&digest))
    }
}

impl Inputs<'_> {
    /// The bytes that a part stands for. The error names what is not there.
    fn piece<'p>(
        &'p self,
        part: &'p Part,
        key: &'p Key,
        body: &'p [u8],
    ) -> Result<Cow<'p, [u8]>, String> {
        let there = |value: &'p Option<Cow<'_, [u8]>>, name: &str| match value {
            Some(value) => Ok(Cow::Borrowed(value.as_ref())),
            None => Err(name.to_owned()),
        };
        Ok(match part {
            Part::Text(text) => Cow::Borrowed(text.as_bytes()),
            Part::Body => Cow::Borrowed(body),
            Part::Timestamp => there(&self.timestamp, "a timestamp")?,
            Part::Id => there(&self.id, "an id")?,
            Part::Url => Cow::Borrowed(self.url.as_ref().ok_or("the URL")?.as_bytes()),
            Part::Method => Cow::Borrowed(self.parts.method.as_bytes()),
            Part::Header(name) => {
                let value = self.parts.headers.get(name);
                Cow::Borrowed(value.ok_or_else(|| name.clone())?)
            }
            Part::Json(path) => {
                let text = json_text(body, &path.0);
                Cow::Owned(text.ok_or_else(|| format!("{path} in the body"))?)
            }
            Part::Form => Cow::Owned(sorted_form(body)),
            Part::BodySha256 => Cow::Owned(hex::encode(Sha256::digest(body)).into_bytes()),
            Part::Secret => Cow::Borrowed(key.bytes().unwrap_or_default()),
            Part::Item(prefix) => {
                let item = find_item(&self.items, prefix);
                Cow::Borrowed(item.ok_or_else(|| format!("{prefix} in the signature header"))?)
            }
            Part::NamedHeaders => Cow::Borrowed(self.named_headers.as_deref().unwrap_or_default()),
        })
    }
}

/// What a content has before and after its body.
fn around_body(parts: &[Part]) -> (&[Part], &[Part]) {
    match parts.iter().position(|part| *part == Part::Body) {
        Some(at) => (&parts[..at], &parts[at + 1..]),
        None => (parts, &[]),
    }
}

/// The first list item with this prefix, without it.
pub(super) fn find_item<'a>(items: &[&'a [u8]], prefix: &str) -> Option<&'a [u8]> {
    items
        .iter()
        .find_map(|item| item.strip_prefix(prefix.as_bytes()))
}

/// The text of a JSON value: a string without its quotes, anything else as it stands.
pub(super) fn json_text(body: &[u8], path: &json::Path) -> Option<Vec<u8>> {
    let range = json::find(body, path).ok()??;
    let token = body.get(range)?;
    Some(if token.first() == Some(&b'"') {
        json::unescape(token).into_owned().into_bytes()
    } else {
        token.to_vec()
    })
}

/// Whether the variant is for deliveries to this URL.
pub(super) fn url_applies(variant: &Variant, url: Option<&str>) -> bool {
    let (Some(rule), Some(url)) = (&variant.url, url) else {
        return true;
    };
    let has = |name: &Option<String>| {
        name.as_deref()
            .map(|name| query_parameter(url, name).is_some())
    };
    has(&rule.body_sha256_parameter) != Some(false) && has(&rule.without_parameter) != Some(true)
}

/// The spellings of the URL that the sender may have signed, the documented one first.
pub(super) fn spellings<'a>(rule: Option<&UrlRule>, url: &'a str) -> Vec<Cow<'a, str>> {
    let mut urls = vec![Cow::Borrowed(url)];
    let Some(rule) = rule else {
        return urls;
    };
    if !rule.decoded.is_empty() {
        urls.insert(0, Cow::Owned(decoded(url, &rule.decoded)));
    }
    if rule.either_port {
        let others: Vec<_> = urls.iter().filter_map(|url| other_port(url)).collect();
        urls.extend(others.into_iter().map(Cow::Owned));
    }
    if !rule.either_encoding.is_empty() {
        let others: Vec<_> = (urls.iter())
            .flat_map(|url| {
                let plain = decoded(url, &rule.either_encoding);
                [encoded(url, &rule.either_encoding), plain]
            })
            .collect();
        urls.extend(others.into_iter().map(Cow::Owned));
    }
    let mut seen = std::collections::HashSet::new();
    urls.retain(|url| seen.insert(url.clone()));
    urls
}

/// The URL with the percent-encodings of these characters decoded.
fn decoded(url: &str, characters: &str) -> String {
    let mut out = String::with_capacity(url.len());
    let mut rest = url;
    while let Some(at) = rest.find('%') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let character = escape
            .get(1..3)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
            .map(char::from)
            .filter(|&character| characters.contains(character));
        match character {
            Some(character) => {
                out.push(character);
                rest = &escape[3..];
            }
            None => {
                out.push('%');
                rest = &escape[1..];
            }
        }
    }
    out + rest
}

/// The URL with these characters percent-encoded.
fn encoded(url: &str, characters: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for character in url.chars() {
        if characters.contains(character) {
            out.push_str(&format!("%{:02X}", u32::from(character)));
        } else {
            out.push(character);
        }
    }
    out
}

/// The URL without its port, or with the scheme's own port when it names none.
fn other_port(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let port_at = authority
        .rfind(':')
        .filter(|&at| is_digits(&authority[at + 1..]));
    Some(match port_at {
        Some(at) => format!("{scheme}://{}{rest}", &authority[..at]),
        None if scheme.eq_ignore_ascii_case("https") => {
            format!("{scheme}://{authority}:443{rest}")
        }
        None => format!("{scheme}://{authority}:80{rest}"),
    })
}

/// The first query parameter of this name, percent-encoded as it stands.
pub(super) fn query_parameter<'a>(url: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = url.split('#').next()?.split_once('?')?;
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (key == name).then_some(value)
    })
}

/// The text of a form's field or of a query's parameter: `+` is a space.
pub(super) fn form_decoded(text: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = text
        .iter()
        .map(|&byte| if byte == b'+' { b' ' } else { byte })
        .collect();
    percent_decode(&spaced).collect()
}

/// The names and values of a form, by name; of equal names each different value once, in order.
/// Source: Twilio's request validation.
pub(super) fn sorted_form(body: &[u8]) -> Vec<u8> {
    let mut fields: Vec<(Vec<u8>, Vec<u8>)> = body
        .split(|&byte| byte == b'&')
        .filter(|field| !field.is_empty())
        .map(|field| match field.iter().position(|&byte| byte == b'=') {
            Some(at) => (form_decoded(&field[..at]), form_decoded(&field[at + 1..])),
            None => (form_decoded(field), Vec::new()),
        })
        .collect();
    fields.sort();
    fields.dedup();
    fields
        .into_iter()
        .flat_map(|(name, value)| [name, value])
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_tried_with_its_port_and_without() {
        let other = |url| other_port(url).unwrap();
        assert_eq!(
            other("https://a.example/x?y=1"),
            "https://a.example:443/x?y=1"
        );
        assert_eq!(other("http://a.example"), "http://a.example:80");
        assert_eq!(other("https://a.example:8443/x"), "https://a.example/x");
        assert_eq!(
            other("https://u:p@a.example/x"),
            "https://u:p@a.example:443/x"
        );
        assert_eq!(other("https://[::1]/x"), "https://[::1]:443/x");
        assert_eq!(other("https://[::1]:8/x"), "https://[::1]/x");
        assert_eq!(other_port("no url"), None);
    }

    #[test]
    fn a_url_is_spelled_as_the_sender_may_have_signed_it() {
        let rule = UrlRule {
            decoded: ":/?@!$'()*,;".into(),
            ..UrlRule::default()
        };
        assert_eq!(
            spellings(Some(&rule), "https://a/b?c=%2Fd%3a%20e%&f=%25"),
            [
                "https://a/b?c=/d:%20e%&f=%25",
                "https://a/b?c=%2Fd%3a%20e%&f=%25"
            ]
        );
        let rule = UrlRule {
            either_encoding: "'".into(),
            ..UrlRule::default()
        };
        let both = ["https://a/?b=it's", "https://a/?b=it%27s"];
        assert_eq!(spellings(Some(&rule), both[0]), both);
        assert_eq!(spellings(Some(&rule), both[1]), [both[1], both[0]]);
        assert_eq!(spellings(Some(&rule), "https://é/%é"), ["https://é/%é"]);
    }

    #[test]
    fn a_form_is_sorted_by_name_and_its_repeated_values_count_once() {
        let form = |body: &str| String::from_utf8(sorted_form(body.as_bytes())).unwrap();
        assert_eq!(form("b=2&a=1&B=%2B+x"), "B+ xa1b2");
        assert_eq!(form("a=2&a=1&a=2"), "a1a2");
        assert_eq!(form("&&a&b="), "ab");
        assert_eq!(form(""), "");
    }

    #[test]
    fn query_parameters_end_at_the_fragment() {
        assert_eq!(query_parameter("https://a/?b=1&c#?b=2", "b"), Some("1"));
        assert_eq!(query_parameter("https://a/?b=1&c#?b=2", "c"), Some(""));
        assert_eq!(query_parameter("https://a/#?b=2", "b"), None);
    }
}
