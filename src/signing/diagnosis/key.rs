//! What happens to a secret between the place where it is kept and the place where it signs: the
//! keys that somebody else may have made of the secret that is known here, and the keys that are
//! no secret at all.
//!
//! Nothing here puts a secret, or a part of one, into words.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use percent_encoding::percent_decode;

use super::body::{URL_ENCODERS, percent_encode};
use super::table::{Made, Sink};
use crate::delivery::Headers;
use crate::json;
use crate::signing::encoding::lenient_base64;
use crate::signing::record::words::{KeyForm, KeyRule};

/// Prefixes that secrets are issued with, or that are pasted along with them.
const PREFIXES: [(&str, u8); 15] = [
    ("whsec_", 0),
    ("pat_", 0),
    ("polar_whs_", 1),
    ("sha256=", 1),
    ("Bearer ", 1),
    ("v1,", 1),
    ("whsk_", 1),
    ("whs_", 2),
    ("wh_", 2),
    ("sk_", 2),
    ("secret_", 2),
    ("base64:", 2),
    ("hex:", 2),
    ("pdl_ntfset_", 2),
    ("v0=", 2),
];
/// How far into a secret its prefix may reach.
const PREFIX_REACH: usize = 40;
/// How many ids of a payload, and of headers, are tried.
const IDS: usize = 24;

type Out<'a> = &'a mut Sink<Made>;

fn push_if_other(made: Vec<u8>, than: &[u8], what: &str, rarer: u8, out: Out<'_>) {
    if made != than && out.wants(rarer) {
        out.push(Made::new(made, what).rarer(rarer));
    }
}

pub(super) fn whitespace(text: &[u8], out: Out<'_>) {
    let start = text.len() - text.trim_ascii_start().len();
    let end = text.len() - text.trim_ascii_end().len();
    if start + end > 0 && start < text.len() {
        let what = |count| {
            format!(
                "without the white space at its ends ({})",
                super::body::counted(count, "byte")
            )
        };
        out.push(Made::new(text.trim_ascii(), what(start + end)));
        if start > 0 && end > 0 {
            out.push(
                Made::new(text.trim_ascii_start(), "without the white space before it").rarer(1),
            );
            out.push(Made::new(text.trim_ascii_end(), "without the white space after it").rarer(1));
        }
    }
    let dense: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    push_if_other(
        dense,
        text.trim_ascii(),
        "without the white space inside it",
        1,
        out,
    );
    for (before, after, what, rarer) in [
        ("", "\n", "with a line feed (0x0A) behind it", 0),
        ("", "\r\n", "with a line end (CRLF) behind it", 0),
        ("", " ", "with a space behind it", 0),
        (" ", "", "with a space before it", 0),
        (" ", " ", "with spaces around it", 1),
        ("", "\r", "with a carriage return (0x0D) behind it", 1),
        ("", "\t", "with a tab behind it", 1),
        ("\t", "", "with a tab before it", 2),
        ("\n", "", "with a line feed before it", 2),
        ("", "\n\n", "with two line feeds behind it", 2),
        ("", " \n", "with a space and a line feed behind it", 2),
        ("", "  ", "with two spaces behind it", 2),
        ("\u{FEFF}", "", "with a byte order mark before it", 2),
        ("", "\u{A0}", "with a no-break space behind it", 2),
        ("\u{A0}", "", "with a no-break space before it", 2),
    ] {
        if out.wants(rarer) {
            let made = [before.as_bytes(), text, after.as_bytes()].concat();
            out.push(Made::new(made, what).rarer(rarer));
        }
    }
    for mark in ["\u{FEFF}", "\u{A0}", "\u{200B}"] {
        if let Some(rest) = text.strip_prefix(mark.as_bytes()) {
            out.push(Made::new(rest, "without the invisible character before it"));
        }
        if let Some(rest) = text.strip_suffix(mark.as_bytes()) {
            out.push(Made::new(rest, "without the invisible character behind it"));
        }
    }
}

/// Quotes as they come in pairs.
pub(super) const QUOTES: [(&str, &str, u8); 9] = [
    ("\"", "\"", 0),
    ("'", "'", 0),
    ("`", "`", 1),
    ("\\\"", "\\\"", 1),
    ("\u{201C}", "\u{201D}", 1),
    ("<", ">", 1),
    ("b'", "'", 1),
    ("\u{2018}", "\u{2019}", 2),
    ("\\'", "\\'", 2),
];

pub(super) fn quoted(text: &[u8], out: Out<'_>) {
    for (open, close, rarer) in QUOTES {
        let (open, close) = (open.as_bytes(), close.as_bytes());
        let opened = text.strip_prefix(open);
        let both = opened.and_then(|rest| rest.strip_suffix(close));
        if let Some(inner) = both.filter(|inner| !inner.is_empty()) {
            out.push(Made::new(inner, "without the quotes around it").rarer(rarer));
        } else if let Some(rest) = opened.or_else(|| text.strip_suffix(close))
            && !rest.is_empty()
        {
            out.push(Made::new(rest, "without the stray quote at its end").rarer(rarer + 1));
        }
    }
    for (open, close, rarer) in QUOTES {
        if out.wants(rarer) {
            let made = [open.as_bytes(), text, close.as_bytes()].concat();
            out.push(Made::new(made, format!("in quotes ({open} and {close})")).rarer(rarer));
        }
    }
    if !out.wants(2) {
        return;
    }
    for quote in ["\"", "'"] {
        let what = format!("with a stray {quote} at its end");
        out.push(Made::new([text, quote.as_bytes()].concat(), what.clone()).rarer(2));
        out.push(Made::new([quote.as_bytes(), text].concat(), what).rarer(2));
    }
}

pub(super) fn prefix(text: &[u8], out: Out<'_>) {
    for (prefix, _) in PREFIXES {
        if let Some(rest) = text.strip_prefix(prefix.as_bytes())
            && !rest.is_empty()
        {
            out.push(Made::new(
                rest,
                format!("without its prefix {}", prefix.trim()),
            ));
        }
    }
    for (at, &byte) in text.iter().enumerate().take(PREFIX_REACH) {
        let named = text[..at].first().is_some_and(u8::is_ascii_alphabetic)
            && text[..at]
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_- ".contains(byte));
        if !named || text.len() < at + 4 {
            continue;
        }
        let rarer = match byte {
            b'_' => 0,
            b'=' | b':' | b' ' | b',' | b'-' | b'.' => 1,
            _ => continue,
        };
        let what = format!(
            "without its first {} characters, which look like a prefix",
            at + 1
        );
        out.push(Made::new(&text[at + 1..], what.clone()).rarer(rarer));
        if text[at + 1] == b' ' {
            out.push(Made::new(&text[at + 2..], what).rarer(rarer));
        }
    }
    for (prefix, rarer) in PREFIXES
        .into_iter()
        .filter(|(_, rarer)| out.wants(*rarer))
        .collect::<Vec<_>>()
    {
        let made = [prefix.as_bytes(), text].concat();
        out.push(Made::new(made, format!("with {} before it", prefix.trim())).rarer(rarer));
    }
}

pub(super) fn url_encoded(text: &[u8], out: Out<'_>) {
    let spaced: Vec<u8> = text
        .iter()
        .map(|&byte| if byte == b'+' { b' ' } else { byte })
        .collect();
    push_if_other(
        percent_decode(text).collect(),
        text,
        "after URL-decoding",
        0,
        out,
    );
    push_if_other(
        percent_decode(&spaced).collect(),
        text,
        "after URL-decoding",
        0,
        out,
    );
    for lower in [false, true] {
        for (keep, plus, rarer) in URL_ENCODERS {
            let rarer = rarer + u8::from(lower);
            if out.wants(rarer) {
                let made = percent_encode(text, keep, plus, lower);
                push_if_other(made, text, "after URL-encoding", rarer, out);
            }
        }
    }
    let plus: Vec<u8> = text
        .iter()
        .map(|&byte| if byte == b' ' { b'+' } else { byte })
        .collect();
    push_if_other(plus, text, "after URL-encoding", 1, out);
}

pub(super) fn case(text: &[u8], out: Out<'_>) {
    push_if_other(text.to_ascii_lowercase(), text, "in lower case", 0, out);
    push_if_other(text.to_ascii_uppercase(), text, "in upper case", 0, out);
    let mut first = text.to_vec();
    if let Some(letter) = first.first_mut() {
        *letter = if letter.is_ascii_uppercase() {
            letter.to_ascii_lowercase()
        } else {
            letter.to_ascii_uppercase()
        };
    }
    push_if_other(
        first,
        text,
        "with its first letter in the other case",
        2,
        out,
    );
}

/// The keys that base64 makes or unmakes, where the rule does otherwise.
pub(super) fn base64(rule: &KeyRule, text: &[u8], out: Out<'_>) {
    let rest = rule.stripped(text);
    let key = rule.derive(text);
    let key = key.as_ref().map_or(text, |key| key.as_slice());
    if rule.form == KeyForm::Base64 {
        push_if_other(
            rest.to_vec(),
            key,
            "as text, not decoded from base64",
            0,
            out,
        );
        if let Some(twice) = lenient_base64(key) {
            push_if_other(twice, key, "decoded from base64 twice", 1, out);
        }
    } else {
        if let Some(decoded) = lenient_base64(rest) {
            push_if_other(decoded, key, "decoded from base64", 0, out);
        }
    }
    for skips in [true, false] {
        let decoded = forgiving_base64(rest, skips);
        if decoded.len() >= 8 {
            push_if_other(
                decoded,
                key,
                "decoded from base64 as far as that goes",
                1,
                out,
            );
        }
    }
    let encoders = [STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD, URL_SAFE];
    for (encoder, rarer) in encoders.into_iter().zip([0, 1, 1, 2]) {
        let made = encoder.encode(key).into_bytes();
        push_if_other(made, rest, "as the base64 text of its bytes", rarer, out);
    }
}

/// Decodes base64 as Node and Python's default do: what is of neither alphabet is passed over;
/// Python also passes over `-` and `_`.
fn forgiving_base64(text: &[u8], skips_url_alphabet: bool) -> Vec<u8> {
    let mut dense: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| {
            let url = matches!(byte, b'-' | b'_');
            byte.is_ascii_alphanumeric()
                || matches!(byte, b'+' | b'/')
                || url && !skips_url_alphabet
        })
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        })
        .collect();
    if dense.len() % 4 == 1 {
        dense.pop();
    }
    lenient_base64(&dense).unwrap_or_default()
}

/// The keys that hex makes or unmakes, where the rule does otherwise.
pub(super) fn hex(rule: &KeyRule, text: &[u8], out: Out<'_>) {
    let rest = rule.stripped(text);
    let key = rule.derive(text);
    let key = key.as_ref().map_or(text, |key| key.as_slice());
    if rule.form == KeyForm::Hex {
        push_if_other(rest.to_vec(), key, "as text, not decoded from hex", 0, out);
    } else if let Ok(decoded) = hex::decode(rest) {
        push_if_other(decoded, key, "decoded from hex", 0, out);
    }
    push_if_other(
        hex::encode(key).into_bytes(),
        rest,
        "as the hex text of its bytes",
        0,
        out,
    );
    push_if_other(
        hex::encode_upper(key).into_bytes(),
        rest,
        "as the hex text of its bytes",
        1,
        out,
    );
}

/// What a delivery holds that may have been taken for the secret.
pub(super) struct Ids {
    found: Vec<(String, Vec<u8>, u8)>,
}

impl Ids {
    /// Collects the ids of the payload (its webhook's first) and of the headers.
    pub(super) fn find(body: &[u8], headers: &Headers) -> Self {
        let mut found = Vec::new();
        if let Ok(outline) = json::Outline::read(body) {
            for (key, value) in outline.root().entries().take(64) {
                let Some(key) = key.map(|key| key.text().into_owned()) else {
                    continue;
                };
                note_id(&mut found, &key, &key, value);
                for (inner, value) in value.entries().take(64) {
                    let Some(inner) = inner else { continue };
                    note_id(
                        &mut found,
                        &format!("{key}.{}", inner.text()),
                        &inner.text(),
                        value,
                    );
                }
            }
        }
        for header in headers.iter().take(64) {
            let name = header.name.to_ascii_lowercase();
            if (name.ends_with("id") || name.contains("delivery") || name.contains("webhook-i"))
                && !header.value.is_empty()
            {
                found.push((
                    format!("the header {}", super::quoted(header.name.as_bytes(), 40)),
                    header.value.clone(),
                    3,
                ));
            }
        }
        found.sort_by_key(|(_, _, rarer)| *rarer);
        found.truncate(IDS);
        Self { found }
    }
}

fn note_id(found: &mut Vec<(String, Vec<u8>, u8)>, path: &str, key: &str, value: json::Node<'_>) {
    let lower = key.to_ascii_lowercase();
    let of_webhook = path.to_ascii_lowercase().contains("hook");
    let is_id = matches!(lower.as_str(), "id" | "uid" | "uuid" | "guid")
        || lower.ends_with("id") && lower.len() <= 24;
    let is_name = of_webhook && matches!(lower.as_str(), "name" | "url" | "key" | "token" | "slug");
    let kind = value.kind();
    if !(is_id || is_name) || !matches!(kind, json::Kind::String | json::Kind::Number) {
        return;
    }
    let text = value.text();
    if text.is_empty() || text.len() > 512 {
        return;
    }
    let rarer = match (of_webhook, is_id) {
        (true, true) if matches!(lower.as_str(), "id" | "uid") => 0,
        (_, true) => 2,
        _ => 3,
    };
    let path = super::quoted(path.as_bytes(), 60);
    found.push((path, text.into_owned().into_bytes(), rarer));
}

pub(super) fn empty(_: &Ids, out: Out<'_>) {
    out.push(Made::new(Vec::new(), ""));
}

pub(super) fn webhook_id(ids: &Ids, out: Out<'_>) {
    for (path, value, rarer) in &ids.found {
        out.push(Made::new(value.clone(), path.clone()).rarer(*rarer));
    }
}

/// What languages write for a value that is not there, or is no string.
const NOT_THERE: [(&str, u8); 14] = [
    ("undefined", 0),
    ("null", 0),
    ("None", 1),
    ("nil", 2),
    ("NULL", 2),
    ("[object Object]", 2),
    ("false", 2),
    ("true", 3),
    ("NaN", 3),
    ("<nil>", 3),
    ("%!s(<nil>)", 3),
    ("\"\"", 3),
    ("''", 3),
    ("[object Promise]", 3),
];

const VARIABLES: [&str; 26] = [
    "SECRET",
    "WEBHOOK_SECRET",
    "BLUE_WEBHOOK_SECRET",
    "BLUEHOOK_SECRET",
    "BLUE_SECRET",
    "SIGNING_SECRET",
    "WEBHOOK_SIGNING_SECRET",
    "HMAC_SECRET",
    "SECRET_KEY",
    "API_SECRET",
    "CLIENT_SECRET",
    "APP_SECRET",
    "WEBHOOK_KEY",
    "GITHUB_WEBHOOK_SECRET",
    "STRIPE_WEBHOOK_SECRET",
    "SLACK_SIGNING_SECRET",
    "SHOPIFY_WEBHOOK_SECRET",
    "HOOK_SECRET",
    "STAGING_SECRET",
    "WEBHOOK_TOKEN",
    "YOUR_SECRET",
    "YOUR_WEBHOOK_SECRET",
    "secret",
    "webhook_secret",
    "webhookSecret",
    "signing_secret",
];

/// How a variable is written where it is not replaced by its value.
const WRAPPINGS: [(&str, &str); 22] = [
    ("$", ""),
    ("${", "}"),
    ("%", "%"),
    ("process.env.", ""),
    ("$(", ")"),
    ("{{", "}}"),
    ("{{ ", " }}"),
    ("{", "}"),
    ("$env:", ""),
    ("env.", ""),
    ("env:", ""),
    ("<", ">"),
    ("${{ secrets.", " }}"),
    ("secrets.", ""),
    ("${process.env.", "}"),
    ("ENV['", "']"),
    ("os.environ['", "']"),
    ("os.environ[\"", "\"]"),
    ("@", ""),
    (":", ""),
    ("#{", "}"),
    ("${env.", "}"),
];

pub(super) fn variable_name(_: &Ids, out: Out<'_>) {
    for (text, rarer) in NOT_THERE {
        out.push(Made::new(text, text).rarer(rarer));
    }
    for (index, name) in VARIABLES.into_iter().enumerate() {
        // A plain word may be somebody's real secret, and says nothing about variables.
        if name.contains('_') {
            out.push(Made::new(name, name).rarer(u8::from(index > 3) + 2));
        }
        let wrappings = if index < 6 || !name.contains('_') {
            WRAPPINGS.len()
        } else {
            8
        };
        for (number, (open, close)) in WRAPPINGS.into_iter().enumerate().take(wrappings) {
            let text = format!("{open}{name}{close}");
            let rarer = match (index, number) {
                (0..2, 0) => 0,
                (0..4, 0..2) => 1,
                (0..8, 0..4) => 2,
                _ => 3,
            };
            out.push(Made::new(text.clone(), text).rarer(rarer));
        }
    }
}
