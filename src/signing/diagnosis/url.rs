//! The URLs that a sender may have signed where another one is known here: as behind a proxy that
//! ends TLS, with and without port, closing slash and query.

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
        for url in scene
            .urls
            .iter()
            .filter(|url| out.wants(url.rarer))
            .collect::<Vec<_>>()
        {
            let made = replaced(segments, is_url, &Segment::Url(url.thing.clone()));
            out.push(url.rarer, recipe.with(made), url.what.clone());
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
    let tails = tails(tail);
    for (scheme, scheme_what) in [(scheme, ""), (other, "another scheme")] {
        for (host, host_what) in &hosts {
            for (tail, tail_what) in &tails {
                let whats = [scheme_what, host_what, tail_what];
                let whats: Vec<&str> = whats.into_iter().filter(|what| !what.is_empty()).collect();
                let what = format!("the URL with {}", whats.join(" and "));
                let rarer = u8::try_from(whats.len().saturating_sub(1)).unwrap_or(2);
                let text = format!("{scheme}://{host}{tail}");
                if !whats.is_empty() || text == url {
                    let what = if whats.is_empty() {
                        "the URL".to_owned()
                    } else {
                        what
                    };
                    urls.push(Made::new(rarer, text.into_bytes(), what));
                }
            }
        }
    }
    for (tail, tail_what) in &tails {
        let dash = if tail_what.is_empty() { "" } else { ", with " };
        let what = format!("the path alone{dash}{tail_what}");
        let rarer = u8::from(!tail_what.is_empty());
        urls.push(Made::new(rarer, tail.clone().into_bytes(), what));
        let what = format!("the URL without its scheme{dash}{tail_what}");
        urls.push(Made::new(
            1,
            format!("{authority}{tail}").into_bytes(),
            what,
        ));
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
    let mut hosts = vec![(authority.to_owned(), "")];
    let name = without_port(authority).unwrap_or_else(|| authority.to_owned());
    let (own, other) = if is_https { (443, 80) } else { (80, 443) };
    add(&mut hosts, name.clone(), "no port");
    add(&mut hosts, format!("{name}:{own}"), "its port");
    add(
        &mut hosts,
        format!("{name}:{other}"),
        "the other scheme's port",
    );
    add(
        &mut hosts,
        authority.to_ascii_lowercase(),
        "the host in lower case",
    );
    if let Some((_, host)) = authority.split_once('@') {
        add(&mut hosts, host, "no user");
    }
    for header in ["Host", "X-Forwarded-Host", "X-Original-Host"] {
        let value = headers.get(header).filter(|value| value.len() < 256);
        if let Some(host) = value.and_then(|value| std::str::from_utf8(value).ok()) {
            add(&mut hosts, host, "the host that the headers name");
            if let Some(bare) = without_port(host) {
                add(
                    &mut hosts,
                    bare,
                    "the host that the headers name, without port",
                );
            }
        }
    }
    hosts
}

fn tails(tail: &str) -> Spellings {
    let bare = tail.split('#').next().unwrap_or_default();
    let end = bare.find('?').unwrap_or(bare.len());
    let (path, query) = bare.split_at(end);
    let lean = path.trim_end_matches('/');
    let decoded = percent_encoding::percent_decode_str(tail).decode_utf8_lossy();
    let mut tails = vec![(tail.to_owned(), "")];
    add(&mut tails, format!("{path}/{query}"), "a closing slash");
    add(&mut tails, format!("{lean}{query}"), "no closing slash");
    add(&mut tails, path, "no query");
    add(&mut tails, lean, "no query and no closing slash");
    add(
        &mut tails,
        format!("{path}/"),
        "a closing slash and no query",
    );
    add(&mut tails, bare, "no fragment");
    add(&mut tails, decoded, "its escapes decoded");
    add(
        &mut tails,
        tail.to_ascii_lowercase(),
        "the path in lower case",
    );
    tails
}
