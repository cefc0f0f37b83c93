//! The URLs that a sender may have signed where another one is known here: as behind a proxy that
//! ends TLS, with and without port, closing slash and query.

use super::document::other_orders;
use super::escapes::{form_fields, form_of, url_encoders};
use super::layout::{joined_with, replaced, text, with, without};
use super::shape::{Made, Recipe, Scene, Sink};
use crate::delivery::Headers;
use crate::signing::content::Segment;

/// How many URLs are tried where the scheme signs none.
const URLS: usize = 12;

fn is_url(segment: &Segment) -> bool {
    matches!(segment, Segment::Url(_))
}

pub(super) fn url(recipe: &Recipe, scene: &Scene, out: &mut Sink<'_, Recipe>) {
    let segments = &recipe.segments;
    if segments.iter().any(is_url) {
        for url in &scene.urls {
            let other = Segment::Url(url.thing.clone());
            let what = url.what.clone();
            out.make(url.rarer, what, || {
                recipe.with(replaced(segments, is_url, &other))
            });
        }
        for made in without(segments, is_url) {
            out.push(0, recipe.with(made), "no URL");
        }
        return;
    }
    for url in scene.urls.iter().take(URLS) {
        let part = Segment::Url(url.thing.clone());
        for (separator, rarer) in [("", 0), (".", 1), (":", 1), ("\n", 1), ("|", 1)] {
            let rarer = 1 + url.rarer.max(rarer);
            if !out.wants(rarer) {
                continue;
            }
            for made in with(segments, &part, separator) {
                let front = [Segment::Fixed(scene.method.clone()), text(separator)];
                let both = [&front, made.as_slice()].concat();
                let what = format!("{}, {}", url.what, joined_with(separator));
                out.push(rarer, recipe.with(both), format!("the method and {what}"));
                out.push(rarer, recipe.with(made), what);
            }
        }
    }
}

/// The URLs, from the likely to the rare.
pub(super) fn urls(url: &str, headers: &Headers) -> Vec<Made<Vec<u8>>> {
    let mut urls: Vec<Made<Vec<u8>>> = Vec::new();
    let Some((scheme, rest)) = url.split_once("://") else {
        return urls;
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let is_https = scheme.eq_ignore_ascii_case("https");
    let other = if is_https { "http" } else { "https" };
    let hosts = hosts(is_https, authority, headers);
    let tails = tails(tail, headers);
    for (scheme, scheme_what) in [(scheme, ""), (other, "another scheme")] {
        for (host, host_what) in &hosts {
            for (tail, tail_what) in &tails {
                let whats = [scheme_what, host_what, tail_what];
                let whats: Vec<&str> = whats.into_iter().filter(|what| !what.is_empty()).collect();
                let what = format!("the URL with {}", whats.join(" and "));
                let rarer = u8::try_from(whats.len().saturating_sub(1)).unwrap_or(2);
                let text = format!("{scheme}://{host}{tail}");
                let what = if whats.is_empty() { "the URL" } else { &what };
                if text == url || what != "the URL" {
                    urls.push(Made::new(rarer, text.into_bytes(), what.to_owned()));
                }
            }
        }
    }
    for (tail, tail_what) in &tails {
        let dash = if tail_what.is_empty() { "" } else { ", with " };
        let lean = format!("{authority}{tail}").into_bytes();
        let rarer = u8::from(!tail_what.is_empty());
        let what = format!("the path alone{dash}{tail_what}");
        urls.push(Made::new(rarer, tail.clone().into_bytes(), what));
        let what = format!("the URL without its scheme{dash}{tail_what}");
        urls.push(Made::new(1, lean, what));
    }
    urls.sort_by_key(|url| url.rarer);
    urls
}

/// Other spellings, each once, with what is other.
type Spellings = Vec<(String, &'static str)>;

fn add(spellings: &mut Spellings, other: impl Into<String>, what: &'static str) {
    let other = other.into();
    if !spellings.iter().any(|(known, _)| *known == other) {
        spellings.push((other, what));
    }
}

fn hosts(is_https: bool, authority: &str, headers: &Headers) -> Spellings {
    let without_port = |text: &str| {
        let (host, port) = text.rsplit_once(':')?;
        let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        is_port.then(|| host.to_owned())
    };
    let name = without_port(authority).unwrap_or_else(|| authority.to_owned());
    let (own, other) = if is_https { (443, 80) } else { (80, 443) };
    let mut hosts = vec![(authority.to_owned(), "")];
    for (host, what) in [
        (name.clone(), "no port"),
        (format!("{name}:{own}"), "its port"),
        (format!("{name}:{other}"), "the other scheme's port"),
        (authority.to_ascii_lowercase(), "the host in lower case"),
    ] {
        add(&mut hosts, host, what);
    }
    if let Some((_, host)) = authority.split_once('@') {
        add(&mut hosts, host, "no user");
    }
    let named = |header: &str| {
        let value = headers.get(header).filter(|value| value.len() < 256)?;
        // Of several proxies the first was asked first.
        let first = value.split(|&byte| byte == b',').next()?.trim_ascii();
        std::str::from_utf8(first).ok()
    };
    let forwarded = named("Forwarded").and_then(|text| {
        let mut pairs = text
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(name, _)| name.eq_ignore_ascii_case("host"))
    });
    let hosts_named = "Host X-Forwarded-Host X-Original-Host X-Forwarded-Server".split(' ');
    let hosts_named = hosts_named.filter_map(named);
    let port = named("X-Forwarded-Port");
    for host in hosts_named.chain(forwarded.map(|(_, host)| host.trim_matches('"'))) {
        add(&mut hosts, host, "the host that the headers name");
        let bare = without_port(host);
        if let Some(port) = port {
            let host = format!("{}:{port}", bare.as_deref().unwrap_or(host));
            add(&mut hosts, host, "host and port that the headers name");
        }
        if let Some(bare) = bare {
            let what = "the host that the headers name, without port";
            add(&mut hosts, bare, what);
        }
    }
    if let Some(port) = port {
        let what = "the port that the headers name";
        add(&mut hosts, format!("{name}:{port}"), what);
    }
    hosts
}

fn tails(tail: &str, headers: &Headers) -> Spellings {
    let bare = tail.split('#').next().unwrap_or_default();
    let end = bare.find('?').unwrap_or(bare.len());
    let (path, query) = bare.split_at(end);
    let lean = path.trim_end_matches('/');
    let decoded = percent_encoding::percent_decode_str(tail).decode_utf8_lossy();
    let mut tails = vec![(tail.to_owned(), "")];
    for (other, what) in [
        (format!("{path}/{query}"), "a closing slash"),
        (format!("{lean}{query}"), "no closing slash"),
        (path.to_owned(), "no query"),
        (lean.to_owned(), "no query and no closing slash"),
        (format!("{path}/"), "a closing slash and no query"),
        (bare.to_owned(), "no fragment"),
        (decoded.into_owned(), "its escapes decoded"),
        (tail.to_ascii_lowercase(), "the path in lower case"),
    ] {
        add(&mut tails, other, what);
    }
    rewritten_queries(path, query, &mut tails);
    for header in PATHS {
        let value = headers.get(header);
        let value = value.and_then(|value| std::str::from_utf8(value).ok());
        if let Some(value) = value.filter(|it| it.starts_with('/') && it.len() < 2048) {
            add(&mut tails, value, "the path that the headers name");
            let prefixed = format!("{}{bare}", value.trim_end_matches('/'));
            let what = "a path before it that the headers name";
            add(&mut tails, prefixed, what);
        }
    }
    tails
}

/// The headers in which proxies say what path was asked for, or what they took off it.
const PATHS: [&str; 6] = [
    "X-Original-URL",
    "X-Original-URI",
    "X-Forwarded-Uri",
    "X-Rewrite-URL",
    "X-Envoy-Original-Path",
    "X-Forwarded-Prefix",
];
/// How many parameters of a query are moved about.
const PARAMETERS: usize = 16;

/// The query as frameworks write it again: sorted, encoded by other rules, with a parameter less.
fn rewritten_queries(path: &str, query: &str, tails: &mut Spellings) {
    let Some(query) = query.strip_prefix('?').filter(|query| !query.is_empty()) else {
        return;
    };
    let fields: Vec<&str> = query.split('&').collect();
    if fields.len() > PARAMETERS {
        return;
    }
    let mut sorted = fields.clone();
    sorted.sort_unstable();
    for (order, is_sorted) in [(&fields, false), (&sorted, true)] {
        let plain = order.join("&");
        let what = if is_sorted {
            "its query sorted"
        } else {
            "its query as it is"
        };
        add(tails, format!("{path}?{plain}"), what);
        let fields = form_fields(plain.as_bytes());
        let what = match is_sorted {
            true => "its query sorted and encoded by other rules",
            false => "its query encoded by other rules",
        };
        for (_, encode) in url_encoders() {
            let query = String::from_utf8(form_of(&fields, encode)).unwrap_or_default();
            add(tails, format!("{path}?{query}"), what);
        }
    }
    for order in other_orders(&fields[..if fields.len() > 3 { 0 } else { fields.len() }]) {
        let query = order.join("&");
        add(
            tails,
            format!("{path}?{query}"),
            "its query in another order",
        );
    }
    for at in 0..fields.len() {
        let mut fewer = fields.clone();
        fewer.remove(at);
        let mark = if fewer.is_empty() { "" } else { "?" };
        let fewer = format!("{path}{mark}{}", fewer.join("&"));
        add(tails, fewer, "one parameter less");
    }
}
