//! What happens to a secret between the place where it is kept and the place where it signs: the
//! keys that somebody else may have made of the secret that is known here, and the keys that are
//! no secret at all.
//!
//! Nothing here puts a secret, or a part of one, into words.

use percent_encoding::percent_decode;

use super::affix::{self, Kind as Of};
use super::document::members;
use super::escapes::{
    Escapes, base64_encodings, html_decoded, html_encodings, json_escaped, json_unescaped,
    url_encoders, with_plus_for_space,
};
use super::shape::{HEADERS, Key, Made, Scene, Sink, quoted};
use crate::amount;
use crate::delivery::Headers;
use crate::json::{Kind, Node};
use crate::signing::encoding::{Encoding, lenient_base64};
use crate::signing::hash::Hash;
use crate::signing::record::words::KeyForm;
use crate::signing::url::form_decoded;

/// How far into a secret its prefix may reach.
const PREFIX_REACH: usize = 40;
/// How many ids of a payload, and of headers, are tried.
const IDS: usize = 24;

type Out<'o, 'v> = &'o mut Sink<'v, Key>;

pub(super) fn whitespace(key: &Key, _: &Scene, out: Out<'_, '_>) {
    let text = key.text.as_slice();
    let inner = text.trim_ascii();
    if inner != text && !inner.is_empty() {
        let count = amount::bytes(text.len() - inner.len());
        let what = format!("without the white space at its ends ({count})");
        out.push(0, key.with(inner), what);
        let (behind, before) = (text.trim_ascii_start(), text.trim_ascii_end());
        out.push(1, key.with(behind), "without the white space before it");
        out.push(1, key.with(before), "without the white space after it");
    }
    let is_ink = |byte: &u8| !byte.is_ascii_whitespace();
    let dense: Vec<u8> = text.iter().copied().filter(is_ink).collect();
    out.push(1, key.with(dense), "without the white space inside it");
    for affix in affix::of(&[Of::LineEnd, Of::Blank, Of::Bom, Of::Invisible]) {
        let what = format!("with {} {}", affix.name, affix.place());
        out.make(affix.rarer, what, || key.with(affix.on(text)));
    }
    for affix in affix::of(&[Of::Bom, Of::Invisible, Of::Written]) {
        if let Some(rest) = affix.half_off(text) {
            let what = "without what is no visible character of it ".to_owned();
            out.push(0, key.with(rest), what + affix.place());
        }
    }
}

pub(super) fn quotes(key: &Key, _: &Scene, out: Out<'_, '_>) {
    let text = key.text.as_slice();
    for affix in affix::of(&[Of::Quote]) {
        if let Some(inner) = affix.off(text) {
            out.push(affix.rarer, key.with(inner), "without the quotes around it");
        } else if let Some(rest) = affix.half_off(text) {
            let what = "without the stray quote at its end";
            out.push(affix.rarer + 1, key.with(rest), what);
        }
        let what = format!("in quotes ({})", affix.name);
        out.make(affix.rarer, what, || key.with(affix.on(text)));
    }
    for quote in ["\"", "'"] {
        let what = format!("with a stray {quote} at its end");
        let quote = quote.as_bytes();
        out.make(2, what.clone(), || key.with([text, quote].concat()));
        out.make(2, what, || key.with([quote, text].concat()));
    }
}

pub(super) fn prefix(key: &Key, _: &Scene, out: Out<'_, '_>) {
    let text = key.text.as_slice();
    for affix in affix::of(&[Of::Prefix]) {
        if let Some(rest) = affix.off(text) {
            let what = format!("without its prefix {}", affix.name);
            out.push(0, key.with(rest), what);
        }
        let what = format!("with {} before it", affix.name);
        out.make(affix.rarer, what, || key.with(affix.on(text)));
    }
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_- ".contains(byte);
    for (at, &byte) in text.iter().enumerate().take(PREFIX_REACH) {
        let (word, rest) = (&text[..at], &text[at + 1..]);
        let is_named = word.first().is_some_and(u8::is_ascii_alphabetic);
        let rarer = match byte {
            b'_' => 0,
            b'=' | b':' | b' ' | b',' | b'-' | b'.' => 1,
            _ => continue,
        };
        if is_named && word.iter().all(is_word) && rest.len() >= 3 {
            let count = at + 1;
            let what = format!("without its first {count} characters, which look like a prefix");
            out.push(rarer, key.with(rest), what.clone());
            out.push(rarer, key.with(rest.trim_ascii_start()), what);
        }
    }
}

pub(super) fn url_encoded(key: &Key, _: &Scene, out: Out<'_, '_>) {
    let text = key.text.as_slice();
    let what = "after URL-decoding";
    let plain = percent_decode(text).collect::<Vec<u8>>();
    out.push(0, key.with(plain), what);
    let plain = form_decoded(text).collect::<Vec<u8>>();
    out.push(0, key.with(plain), what);
    let what = "after URL-encoding";
    for (rarer, encode) in url_encoders() {
        out.make(rarer, what, || key.with(encode(text)));
    }
    out.make(1, what, || key.with(with_plus_for_space(text)));
}

/// The sets of characters that serialisers write as `\uXXXX`, and whether with capital digits: Go, Gson, .NET, PHP.
const ESCAPED: [(&[char], bool); 6] = [
    (&['<', '>', '&'], false),
    (&['<', '>', '&', '=', '\''], false),
    (&['<', '>', '&', '\'', '+', '"', '`'], true),
    (&['<', '>', '&', '\''], true),
    (&['<', '>', '&', '='], true),
    (&['='], false),
];

pub(super) fn escaped(key: &Key, _: &Scene, out: Out<'_, '_>) {
    let text = key.text.as_slice();
    if let Some(plain) = html_decoded(text) {
        let what = "without its HTML entities (& for &amp;)";
        out.push(0, key.with(plain), what);
    }
    for made in html_encodings(text) {
        out.push(1, key.with(made), "with HTML entities in it (&amp; for &)");
    }
    if text.contains(&b'\\') {
        let what = "after undoing its backslash escapes";
        out.push(0, key.with(json_unescaped(text)), what);
    }
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let what = "with backslash escapes in it, as JSON has them";
    out.push(1, key.with(json_escaped(text, false, true)), what);
    out.push(1, key.with(json_escaped(text, true, true)), what);
    for (chosen, is_upper) in ESCAPED {
        let is_upper = [is_upper; 2];
        let escapes = Escapes {
            chosen,
            is_upper,
            ..Escapes::default()
        };
        out.push(1, key.with(escapes.write(text)), what);
    }
}

/// The fewest characters that a part of a secret has.
const FEWEST: usize = 8;
/// Secrets are searched to this length for where they were cut.
const LONGEST: usize = 256;
/// Where columns and fields cut.
const CUTS: [usize; 8] = [16, 20, 24, 32, 40, 50, 64, 128];

/// The secret without its ends, or with a character that got lost.
pub(super) fn cut(key: &Key, _: &Scene, out: Out<'_, '_>) {
    let text = key.text.as_slice();
    for length in (FEWEST..text.len().min(LONGEST)).rev() {
        let fewer = text.len() - length;
        let is_column = CUTS.contains(&length) && fewer > 2;
        let rarer = 2 - u8::from(fewer < 3);
        let count = amount::counted(fewer, "character");
        let what = format!("without its last {count}");
        out.push(rarer - u8::from(is_column), key.with(&text[..length]), what);
        let what = format!("without its first {count}");
        out.push(rarer, key.with(&text[fewer..]), what);
    }
    let parts: Vec<&[u8]> = text.split(|byte| b",;| \n".contains(byte)).collect();
    for (index, part) in parts.iter().enumerate().take(8) {
        if parts.len() > 1 && part.len() >= FEWEST {
            let what = format!("that is part {} of the list that it is", index + 1);
            out.push(0, key.with(*part), what);
        }
    }
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=_-".contains(byte);
    for byte in (0x20..0x7F).filter(is_digit) {
        let what = "with one more character at its end";
        out.make(2, what, || key.with([text, &[byte]].concat()));
        let what = "with one more character at its start";
        out.make(2, what, || key.with([&[byte], text].concat()));
    }
}

pub(super) fn hashed(key: &Key, _: &Scene, out: Out<'_, '_>) {
    let own = key.bytes.as_ref().unwrap_or(&key.text);
    for (rarer, hash) in [
        (0, Hash::Sha256),
        (1, Hash::Sha1),
        (1, Hash::Md5),
        (1, Hash::Sha512),
    ] {
        let digest = hash.of(&[own]);
        let what = format!("after hashing it ({})", hash.name());
        out.push(rarer, Key::bare(digest.as_slice()), what.clone());
        out.push(rarer, Key::bare(digest.hex()), what.clone());
        let base64 = Encoding::Base64.encode(digest.as_slice());
        out.push(1, Key::bare(base64), what);
    }
}

pub(super) fn charset(key: &Key, _: &Scene, out: Out<'_, '_>) {
    let Ok(text) = std::str::from_utf8(&key.text) else {
        return;
    };
    let wide = |write: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(write).collect::<Vec<_>>();
    let what = "in UTF-16LE (.NET's Encoding.Unicode)";
    out.push(0, Key::bare(wide(u16::to_le_bytes)), what);
    out.push(1, Key::bare(wide(u16::to_be_bytes)), "in UTF-16BE");
    let narrow = |end: char| {
        let byte = |one| u8::try_from(one).ok().filter(|_| one <= end);
        let bytes = text.chars().map(|one| byte(one).unwrap_or(b'?'));
        key.with(bytes.collect::<Vec<u8>>())
    };
    out.push(0, narrow('\u{FF}'), "in Latin-1");
    let what = "in ASCII, with ? for what that cannot express";
    out.push(1, narrow('\u{7F}'), what);
}

pub(super) fn case(key: &Key, _: &Scene, out: Out<'_, '_>) {
    out.push(0, key.with(key.text.to_ascii_lowercase()), "in lower case");
    out.push(0, key.with(key.text.to_ascii_uppercase()), "in upper case");
    let mut first = key.text.to_vec();
    let letter = first.first_mut();
    if let Some(letter) = letter.filter(|letter| letter.is_ascii_alphabetic()) {
        *letter ^= 0x20;
    }
    let what = "with its first letter in the other case";
    out.push(2, key.with(first), what);
}

/// The keys that base64 makes or unmakes, where the rule does otherwise.
pub(super) fn base64(key: &Key, _: &Scene, out: Out<'_, '_>) {
    let rest = key.rule.stripped(&key.text);
    let own = key.bytes.as_ref().unwrap_or(&key.text);
    let mut push = |rarer, bytes: Vec<u8>, what| {
        if !bytes.is_empty() {
            out.push(rarer, Key::bare(bytes), what);
        }
    };
    let decoded = |text| lenient_base64(text).unwrap_or_default();
    if key.rule.form == KeyForm::Base64 {
        push(0, rest.to_vec(), "as text, not decoded from base64");
        push(1, decoded(own), "decoded from base64 twice");
    } else {
        push(0, decoded(rest), "decoded from base64");
    }
    for skips in [true, false] {
        let decoded = forgiving_base64(rest, skips);
        if decoded.len() >= 8 {
            push(1, decoded, "decoded from base64 as far as that goes");
        }
    }
    for (rarer, made) in base64_encodings(own) {
        push(rarer, made.into_bytes(), "as the base64 text of its bytes");
    }
}

/// Decodes base64 as Node and Python's default do: what is of neither alphabet is passed over;
/// Python also passes over `-` and `_`.
fn forgiving_base64(text: &[u8], skips_url_alphabet: bool) -> Vec<u8> {
    let digit = |&byte: &u8| match byte {
        b'-' if !skips_url_alphabet => Some(b'+'),
        b'_' if !skips_url_alphabet => Some(b'/'),
        _ => (byte.is_ascii_alphanumeric() || b"+/".contains(&byte)).then_some(byte),
    };
    let mut dense: Vec<u8> = text.iter().filter_map(digit).collect();
    if dense.len() % 4 == 1 {
        dense.pop();
    }
    lenient_base64(&dense).unwrap_or_default()
}

/// The keys that hex makes or unmakes, where the rule does otherwise.
pub(super) fn hex(key: &Key, _: &Scene, out: Out<'_, '_>) {
    let rest = key.rule.stripped(&key.text);
    let own = key.bytes.as_ref().unwrap_or(&key.text);
    if key.rule.form == KeyForm::Hex {
        out.push(0, Key::bare(rest), "as text, not decoded from hex");
    } else if let Ok(decoded) = hex::decode(rest)
        && !decoded.is_empty()
    {
        out.push(0, Key::bare(decoded), "decoded from hex");
    }
    let what = "as the hex text of its bytes";
    out.push(0, Key::bare(hex::encode(own)), what);
    out.push(1, Key::bare(hex::encode_upper(own)), what);
}

/// A key that was not made of the secret: as it is, and by the rule.
fn push_foreign(key: &Key, rarer: u8, text: &[u8], what: String, out: Out<'_, '_>) {
    let by_rule = Key::new(text, &key.rule);
    if key.rule.form != KeyForm::Text && by_rule.bytes.as_ref().is_some_and(|key| key.len() >= 4) {
        out.push(rarer + 1, by_rule, what.clone());
    }
    out.push(rarer, Key::bare(text), what);
}

pub(super) fn empty(_: &Key, _: &Scene, out: Out<'_, '_>) {
    out.push(0, Key::bare(""), "");
}

pub(super) fn webhook_id(key: &Key, scene: &Scene, out: Out<'_, '_>) {
    for id in &scene.names {
        push_foreign(key, id.rarer, &id.thing, id.what.to_string(), out);
    }
}

/// The ids that somebody may have taken for the secret: of the payload, its webhook's first, and
/// of the headers.
pub(super) fn names(body: Option<Node<'_>>, headers: &Headers) -> Vec<Made<Vec<u8>>> {
    let mut found = Vec::new();
    for (key, value) in body.into_iter().flat_map(members) {
        let key = key.text();
        found.extend(name(&key, &key, value));
        for (inner, value) in members(value) {
            let inner = inner.text();
            found.extend(name(&format!("{key}.{inner}"), &inner, value));
        }
    }
    for header in headers.iter().take(HEADERS) {
        let name = header.name.to_ascii_lowercase();
        let is_id = name.ends_with("id") || name.contains("delivery") || name.contains("webhook-i");
        if is_id && !header.value.is_empty() {
            let what = format!("the header {}", quoted(header.name.as_bytes(), 40));
            found.push(Made::new(3, header.value.clone(), what));
        }
    }
    found.sort_by_key(|name| name.rarer);
    found.truncate(IDS);
    found
}

/// What a member of the payload says, if it is an id, or what else of a webhook may be taken for a
/// secret.
fn name(path: &str, key: &str, value: Node<'_>) -> Option<Made<Vec<u8>>> {
    let key = key.to_ascii_lowercase();
    let of_webhook = path.to_ascii_lowercase().contains("hook");
    let is_id = matches!(key.as_str(), "id" | "uid" | "uuid" | "guid")
        || key.ends_with("id") && key.len() <= 24;
    let is_name = of_webhook && matches!(key.as_str(), "name" | "url" | "key" | "token" | "slug");
    let is_scalar = matches!(value.kind(), Kind::String | Kind::Number);
    if !(is_id || is_name) || !is_scalar || value.bytes().len() > 512 {
        return None;
    }
    let text = value.text();
    let rarer = match (of_webhook, is_id) {
        (true, true) if key.len() <= 3 => 0,
        (_, true) => 2,
        _ => 3,
    };
    let what = quoted(path.as_bytes(), 60);
    (!text.is_empty()).then(|| Made::new(rarer, text.into_owned().into_bytes(), what))
}

/// What stands in examples and templates until somebody puts the secret there, from the common to the
/// rare.
const PLACEHOLDERS: [&str; 3] = [
    "secret|your_secret|your-secret|your_webhook_secret|your-webhook-secret|changeme|test|mysecret|my_secret|my-secret|\
     whsec_...|whsec_test_secret|whsec_xxx",
    "your_signing_secret|your-signing-secret|your_secret_key|your-secret-key|your_secret_here|your-secret-here|\
     YOUR_SECRET_HERE|YOUR_SIGNING_SECRET|YOUR_SECRET_KEY|your_webhook_secret_here|your-webhook-secret-here|secretkey|\
     secret_key|secret-key|supersecret|super-secret|super_secret|test_secret|test-secret|testsecret|webhook_secret|\
     webhook-secret|whsec_your_webhook_secret|whsec_your_secret|whsec_test|whsec_secret|change_me|change-me|changeit|\
     CHANGE_ME|CHANGEME|placeholder|password|xxx|xxxx|xxxxxxxx|<secret>|<your-secret>|<your_secret>|your-256-bit-secret",
    "It's a Secret to Everybody|123|1234|12345|123456|12345678|123456789|1234567890|abc|abc123|abcdef|foo|foobar|bar|\
     dummy|default|example|key|mykey|my_key|s3cr3t|s3cret|topsecret|top_secret|secret123|hunter2|replace_me|replaceme|\
     REPLACE_ME|todo|TODO|webhook|token|my-webhook-secret|my_webhook_secret|development|dev|dev-secret|dev_secret|local|\
     whsec_placeholder|whsec_dummy|whsec_12345|whsec_|sk_test_...|...|XXX|XXXX|yoursecret|YourSecret|your secret",
];

pub(super) fn placeholder(key: &Key, _: &Scene, out: Out<'_, '_>) {
    for (rarer, texts) in (0..).zip(PLACEHOLDERS) {
        for text in texts.split('|') {
            push_foreign(key, rarer, text.as_bytes(), text.into(), out);
        }
    }
}

/// What languages write for a value that is not there, or is no string, from the common to the rare.
const NOT_THERE: [&str; 4] = [
    "undefined|null",
    "None",
    "nil|NULL|[object Object]|false",
    "true|NaN|<nil>|%!s(<nil>)|\"\"|''|[object Promise]",
];
/// What variables for secrets are called.
const VARIABLES: &str = "SECRET WEBHOOK_SECRET BLUE_WEBHOOK_SECRET BLUEHOOK_SECRET BLUE_SECRET SIGNING_SECRET \
    WEBHOOK_SIGNING_SECRET HMAC_SECRET SECRET_KEY API_SECRET CLIENT_SECRET APP_SECRET WEBHOOK_KEY \
    GITHUB_WEBHOOK_SECRET STRIPE_WEBHOOK_SECRET SLACK_SIGNING_SECRET SHOPIFY_WEBHOOK_SECRET HOOK_SECRET \
    STAGING_SECRET WEBHOOK_TOKEN YOUR_SECRET YOUR_WEBHOOK_SECRET secret webhook_secret webhookSecret signing_secret";
/// How a variable is written where it is not replaced by its value.
const WRAPPINGS: &str = "$*|${*}|%*%|process.env.*|$(*)|{{*}}|{{ * }}|{*}|$env:*|env.*|env:*|<*>|${{ secrets.* }}|\
    secrets.*|${process.env.*}|ENV['*']|os.environ['*']|os.environ[\"*\"]|@*|:*|#{*}|${env.*}";

pub(super) fn variable_name(key: &Key, _: &Scene, out: Out<'_, '_>) {
    let mut push = |rarer, text: &str| push_foreign(key, rarer, text.as_bytes(), text.into(), out);
    for (rarer, texts) in (0..).zip(NOT_THERE) {
        texts.split('|').for_each(|text| push(rarer, text));
    }
    for (index, name) in VARIABLES.split(' ').enumerate() {
        // A plain word may be somebody's real secret, and says nothing about variables.
        let is_word = !name.contains('_');
        if !is_word {
            push(2 + u8::from(index > 3), name);
        }
        let wrappings = if index < 6 || is_word { usize::MAX } else { 8 };
        for (number, wrapping) in WRAPPINGS.split('|').enumerate().take(wrappings) {
            let rarer = match (index, number) {
                (0..2, 0) => 0,
                (0..4, 0..2) => 1,
                (0..8, 0..4) => 2,
                _ => 3,
            };
            push(rarer, &wrapping.replace('*', name));
        }
    }
}
