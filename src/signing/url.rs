//! The URL that a sender was given, in the spellings in which it may have been signed.

use std::borrow::Cow;

use percent_encoding::percent_decode;

use super::record::Variant;
use super::record::words::UrlRule;

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
    if rule.normalised {
        urls.insert(0, Cow::Owned(normalised(url)));
    }
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

/// The URL in its one spelling (RFC 9110, section 4.2.3): scheme and host in lower case, no port that
/// is the scheme's own, percent-encodings in upper case.
fn normalised(url: &str) -> String {
    let split = url.split_once("://").zip(authority(url));
    let Some(((scheme, rest), authority)) = split else {
        return url.to_owned();
    };
    let rest = &rest[rest.find(['/', '?', '#']).unwrap_or(rest.len())..];
    let slash = if rest.starts_with('/') { "" } else { "/" };
    let mut out = format!("{}://{authority}{slash}", scheme.to_ascii_lowercase());
    for (index, piece) in rest.split('%').enumerate() {
        if index > 0 {
            out.push('%');
        }
        let (digits, rest) = piece
            .split_at_checked(2)
            .filter(|_| index > 0)
            .unwrap_or(("", piece));
        out.push_str(&digits.to_ascii_uppercase());
        out.push_str(rest);
    }
    out
}

/// Host and port of the URL in lower case, without a port that is the scheme's own.
pub(super) fn authority(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let authority = authority.rsplit('@').next()?.to_ascii_lowercase();
    let own = if scheme.eq_ignore_ascii_case("https") {
        ":443"
    } else {
        ":80"
    };
    let bare = authority.strip_suffix(own).or(authority.strip_suffix(':'));
    Some(bare.unwrap_or(&authority).to_owned())
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

/// The URL's path, and its query where it has one.
pub(super) fn parts(url: &str) -> (&str, Option<&str>) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or_default();
    let (before, query) = match rest.split_once('?') {
        Some((before, query)) => (before, Some(query)),
        None => (rest, None),
    };
    let path = before.find('/').map_or("/", |at| &before[at..]);
    (path, query)
}

/// Text percent-encoded but for letters, digits and these.
pub(super) fn escaped(text: &[u8], kept: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for byte in text {
        match byte.is_ascii_alphanumeric() || kept.contains(byte) {
            true => out.push(*byte),
            false => out.extend(format!("%{byte:02X}").bytes()),
        }
    }
    out
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
pub(super) fn form_decoded(text: &[u8]) -> impl Iterator<Item = u8> {
    text.split_inclusive(|&byte| byte == b'+')
        .flat_map(|spaced| match spaced.split_last() {
            Some((b'+', rest)) => percent_decode(rest).chain(Some(b' ')),
            _ => percent_decode(spaced).chain(None),
        })
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
    fn query_parameters_end_at_the_fragment() {
        assert_eq!(query_parameter("https://a/?b=1&c#?b=2", "b"), Some("1"));
        assert_eq!(query_parameter("https://a/?b=1&c#?b=2", "c"), Some(""));
        assert_eq!(query_parameter("https://a/#?b=2", "b"), None);
    }
}
