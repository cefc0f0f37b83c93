//! The diagnosis, judged by deliveries that were broken on purpose: signatures are computed here
//! with the hash crates directly, and never by the module under test.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use bluehook::delivery::Headers;
use bluehook::json::{Dialect, rewrite};
use bluehook::signing::Scheme;
use bluehook::signing::Secret;
use bluehook::signing::diagnosis::{
    Diagnosis, Effort, Received, TABLE, diagnose, diagnose_within, hints,
};
use bluehook::signing::{Clock, Judge, Judgement, Keyring, Parts, Tolerance};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization as _;

const BODY: &str = "{\"event\":\"TODO_CREATED\",\"webhook\":{\"id\":\"clb4qaopy0000vt24mlp28v03\",\"uid\":\"edb5b5d51dc9461a952160dbe72153b4\",\
     \"name\":\"Gr\u{f6}\u{df}e \u{2603}\",\"url\":\"https://a.example/x?y=1&z=2\",\"secret\":\"\"},\"previousValue\":null,\
     \"currentValue\":{\"title\":\"a <b> & c\",\"tags\":[\"x\",\"y\"],\"position\":32767.5,\"empty\":[]}}";
const SECRET: &str = "pat_a1b2C3d4E5f6g7h8i9j0";
const NOW: i64 = 1_700_000_000;

fn mac256(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

fn mac_with(algorithm: &str, key: &[u8], message: &[u8]) -> Vec<u8> {
    macro_rules! of {
        ($hash:ty) => {{
            let mut mac = Hmac::<$hash>::new_from_slice(key).unwrap();
            mac.update(message);
            mac.finalize().into_bytes().to_vec()
        }};
    }
    match algorithm {
        "md5" => of!(md5::Md5),
        "sha1" => of!(sha1::Sha1),
        "sha224" => of!(sha2::Sha224),
        "sha384" => of!(sha2::Sha384),
        "sha512" => of!(sha2::Sha512),
        "sha512-256" => of!(sha2::Sha512_256),
        _ => of!(Sha256),
    }
}

/// A delivery and what it is judged with.
#[derive(Clone)]
struct Case {
    scheme: Scheme,
    secrets: Vec<Vec<u8>>,
    headers: Headers,
    body: Vec<u8>,
    url: Option<String>,
    /// The clock, where the age counts.
    now: Option<i64>,
}

impl Case {
    fn new(
        scheme: &str,
        secret: impl AsRef<[u8]>,
        headers: &[(&str, &str)],
        body: impl AsRef<[u8]>,
    ) -> Self {
        let mut all = Headers::new();
        for (name, value) in headers {
            all.push(*name, value.as_bytes());
        }
        Self {
            scheme: Scheme::named(scheme).unwrap(),
            secrets: vec![secret.as_ref().to_vec()],
            headers: all,
            body: body.as_ref().to_vec(),
            url: None,
            now: None,
        }
    }

    /// Blue, with this signature.
    fn blue(signature: &str, body: impl AsRef<[u8]>) -> Self {
        Self::new("blue", SECRET, &[("X-Signature", signature)], body)
    }

    /// Blue, where these bytes were signed and others came.
    fn signed(signed: impl AsRef<[u8]>, body: impl AsRef<[u8]>) -> Self {
        Self::blue(
            &hex::encode(mac256(SECRET.as_bytes(), signed.as_ref())),
            body,
        )
    }

    /// Blue, where this key signed.
    fn keyed(key: impl AsRef<[u8]>, secret: impl AsRef<[u8]>) -> Self {
        let signature = hex::encode(mac256(key.as_ref(), BODY.as_bytes()));
        Self::new("blue", secret, &[("X-Signature", &signature)], BODY)
    }

    fn at(mut self, url: &str) -> Self {
        self.url = Some(url.to_owned());
        self
    }

    fn parts(&self) -> Parts<'_> {
        Parts {
            method: "POST",
            url: self.url.as_deref(),
            headers: &self.headers,
        }
    }

    fn secrets(&self) -> Vec<Secret> {
        self.secrets
            .iter()
            .map(|secret| Secret::new(secret.clone()).unwrap())
            .collect()
    }

    fn judged(&self) -> Judgement {
        let secrets = self.secrets();
        let keyring = Keyring::for_verifying(&self.scheme, &secrets).unwrap();
        let mut judge = Judge::new(&self.scheme, &keyring, self.parts()).unwrap();
        judge.update(&self.body);
        judge.finish(&Clock {
            now: Timestamp::from_second(self.now.unwrap_or(NOW)).unwrap(),
            tolerance: match self.now {
                Some(_) => Tolerance::AsScheme,
                None => Tolerance::Off,
            },
        })
    }

    fn diagnosed(&self) -> Diagnosis {
        let judgement = self.judged();
        assert!(!judgement.is_genuine(), "the case is genuine");
        diagnose(
            &self.scheme,
            &self.secrets(),
            self.parts(),
            Received::whole(&self.body),
            &judgement,
        )
    }

    /// Whether nothing explains it; unoptimised builds look less far.
    fn has_no_cause(&self) -> bool {
        let effort = if cfg!(debug_assertions) {
            Effort::QUICK
        } else {
            Effort::FULL
        };
        let judgement = self.judged();
        assert!(!judgement.is_genuine(), "the case is genuine");
        let body = Received::whole(&self.body);
        diagnose_within(
            effort,
            &self.scheme,
            &self.secrets(),
            self.parts(),
            body,
            &judgement,
        )
        .cause
        .is_none()
    }

    fn codes(&self) -> Vec<&'static str> {
        let diagnosis = self.diagnosed();
        let Some(cause) = diagnosis.cause else {
            return Vec::new();
        };
        assert!(cause.message.ends_with('.') && cause.fix.ends_with('.'));
        assert!(
            !cause.message.contains("{}") && !cause.fix.contains("{}"),
            "{}",
            cause.message
        );
        for secret in &self.secrets {
            let secret = String::from_utf8_lossy(secret);
            assert!(
                secret.len() < 8 || !cause.message.contains(&*secret),
                "{}",
                cause.message
            );
        }
        cause.codes
    }
}

/// Single changes, each with the one code that says what it is.
fn singles() -> Vec<(&'static str, Case)> {
    let b = BODY.as_bytes();
    let crlf = "{\r\n  \"a\": 1,\r\n  \"b\": [1, 2]\r\n}";
    let lf = crlf.replace("\r\n", "\n");
    let raw = mac256(SECRET.as_bytes(), b);
    let hexed = hex::encode(&raw);
    let latin: Vec<u8> = "{\"a\":\"Gr\u{f6}\u{df}e\"}"
        .chars()
        .map(|c| c as u8)
        .collect();
    let gzip = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut encoder, b).unwrap();
        encoder.finish().unwrap()
    };
    let form = |plus: bool| {
        let encoded =
            percent_encoding::utf8_percent_encode(BODY, percent_encoding::NON_ALPHANUMERIC)
                .to_string();
        format!(
            "payload={}",
            if plus {
                encoded.replace("%20", "+")
            } else {
                encoded
            }
        )
    };
    let encoded =
        percent_encoding::utf8_percent_encode(BODY, percent_encoding::NON_ALPHANUMERIC).to_string();
    let keyed = |key: &[u8]| Case::keyed(key, SECRET);
    let sig = |text: String| Case::blue(&text, b);
    let with = |text: &[u8], end: &str| [text, end.as_bytes()].concat();
    let base64_secret = "bXkgdmVyeSBzZWNyZXQgc2VjcmV0IGtleSE=";
    let hex_secret = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a6978";
    let mut all = vec![
        ("body-newline-added", Case::signed(b, with(b, "\n"))),
        ("body-newline-added", Case::signed(b, with(b, "\r\n"))),
        ("body-newline-added", Case::signed(b, with(b, "\n\n"))),
        (
            "body-newline-added",
            Case::signed(b, with(b, "\n\n\n\n\n\n")),
        ),
        (
            "body-newline-added",
            Case::signed(with(b, "\n"), with(b, "\n\n")),
        ),
        ("body-newline-missing", Case::signed(with(b, "\n"), b)),
        ("body-newline-missing", Case::signed(with(b, "\r\n"), b)),
        ("body-newline-missing", Case::signed(with(b, "\n\n"), b)),
        ("body-crlf", Case::signed(&lf, crlf)),
        ("body-crlf", Case::signed(with(b, "\n"), with(b, "\r\n"))),
        ("body-lf", Case::signed(crlf, &lf)),
        (
            "body-bom-added",
            Case::signed(b, [b"\xEF\xBB\xBF", b].concat()),
        ),
        (
            "body-bom-missing",
            Case::signed([b"\xEF\xBB\xBF", b].concat(), b),
        ),
        ("body-whitespace", Case::signed(b, with(b, " "))),
        ("body-whitespace", Case::signed(b, format!("  {BODY}"))),
        ("body-whitespace", Case::signed(b, format!("\n {BODY}\t\n"))),
        ("body-whitespace", Case::signed(with(b, " "), b)),
        (
            "body-whitespace",
            Case::signed(
                "a b c\nplain text".replace([' ', '\n'], ""),
                "a b c\nplain text",
            ),
        ),
        ("body-empty", Case::signed("", b)),
        ("body-extended", Case::signed(b, with(b, "{\"x\":1}"))),
        ("body-extended", Case::signed(b, with(b, "&admin=1"))),
        (
            "body-extended",
            Case::signed("plain text", "plain text, and more"),
        ),
        (
            "body-extended",
            Case::signed("line one\n", "line one\nline two"),
        ),
        (
            "body-charset",
            Case::signed(
                &latin,
                String::from_utf8(
                    latin
                        .iter()
                        .map(|&b| b as char)
                        .collect::<String>()
                        .into_bytes(),
                )
                .unwrap(),
            ),
        ),
        (
            "body-charset",
            Case::signed("{\"a\":\"Gr\u{f6}\u{df}e\"}", &latin),
        ),
        (
            "body-charset",
            Case::signed(b, BODY.bytes().map(char::from).collect::<String>()),
        ),
        (
            "body-charset",
            Case::signed(BODY.bytes().map(char::from).collect::<String>(), b),
        ),
        (
            "body-charset",
            Case::signed(String::from_utf8_lossy(&latin).as_bytes(), &latin),
        ),
        (
            "body-charset",
            Case::signed("{\"a\":\"\u{20ac}\u{201c}\"}", b"{\"a\":\"\x80\x93\"}"),
        ),
        (
            "body-charset",
            Case::signed(BODY.replace(|c: char| !c.is_ascii(), "?"), b),
        ),
        (
            "body-charset",
            Case::signed(
                BODY.encode_utf16()
                    .flat_map(u16::to_le_bytes)
                    .collect::<Vec<u8>>(),
                b,
            ),
        ),
        (
            "body-charset",
            Case::signed(
                b,
                BODY.encode_utf16()
                    .flat_map(u16::to_be_bytes)
                    .collect::<Vec<u8>>(),
            ),
        ),
        ("body-url-encoded", Case::signed(b, &encoded)),
        (
            "body-url-encoded",
            Case::signed("a=1 2&b=c/d", "a=1+2&b=c%2Fd"),
        ),
        (
            "body-url-decoded",
            Case::signed("a=1+2&b=c%2Fd", "a=1 2&b=c/d"),
        ),
        (
            "body-url-decoded",
            Case::signed("%7B%22a%22%3A%20%22b%22%7D", "{\"a\": \"b\"}"),
        ),
        (
            "body-url-decoded",
            Case::signed("%7b%22a%22%3a+%22b%22%7d", "{\"a\": \"b\"}"),
        ),
        ("body-form-wrapped", Case::signed(b, form(true))),
        ("body-form-wrapped", Case::signed(b, form(false))),
        (
            "body-form-wrapped",
            Case::signed(b, format!("payload={encoded}&sig=1")),
        ),
        (
            "body-form-wrapped",
            Case::signed("payload=%7B%22a%22%3A%22b%20c%22%7D", "{\"a\":\"b c\"}"),
        ),
        (
            "body-form-wrapped",
            Case::signed("payload=%7B%22a%22%3A%22b+c%22%7D", "{\"a\":\"b c\"}"),
        ),
        (
            "body-form-wrapped",
            Case::signed("payload={\"a\":\"b c\"}", "{\"a\":\"b c\"}"),
        ),
        ("body-base64", Case::signed(b, STANDARD.encode(b))),
        ("body-base64", Case::signed(b, URL_SAFE_NO_PAD.encode(b))),
        ("body-base64", Case::signed(STANDARD.encode(b), b)),
        ("body-base64", Case::signed(URL_SAFE_NO_PAD.encode(b), b)),
        (
            "body-base64",
            Case::signed(
                b,
                STANDARD
                    .encode(b)
                    .as_bytes()
                    .chunks(76)
                    .map(|line| String::from_utf8(line.to_vec()).unwrap() + "\r\n")
                    .collect::<String>(),
            ),
        ),
        (
            "body-json-string",
            Case::signed(b, serde_json::to_string(BODY).unwrap()),
        ),
        (
            "body-json-string",
            Case::signed(serde_json::to_string(BODY).unwrap(), b),
        ),
        (
            "body-json-string",
            Case::signed("{\"a\":\"b\"}", "{\\\"a\\\":\\\"b\\\"}"),
        ),
        ("body-gzip", Case::signed(b, gzip)),
        (
            "body-unicode-normalised",
            Case::signed(BODY.nfd().collect::<String>(), b),
        ),
        (
            "body-unicode-normalised",
            Case::signed(b, BODY.nfd().collect::<String>()),
        ),
        (
            "body-reserialised",
            Case::signed(
                b,
                serde_json::to_string_pretty(
                    &serde_json::from_str::<serde_json::Value>(BODY).unwrap(),
                )
                .unwrap(),
            ),
        ),
        ("secret-whitespace", keyed(format!("{SECRET}\n").as_bytes())),
        (
            "secret-whitespace",
            keyed(format!("{SECRET}\r\n").as_bytes()),
        ),
        ("secret-whitespace", keyed(format!(" {SECRET}").as_bytes())),
        (
            "secret-whitespace",
            Case::keyed(SECRET, format!("{SECRET} \n")),
        ),
        ("secret-whitespace", Case::keyed("abcdefgh", "abcd efgh")),
        ("secret-quoted", keyed(format!("\"{SECRET}\"").as_bytes())),
        ("secret-quoted", keyed(format!("'{SECRET}'").as_bytes())),
        (
            "secret-quoted",
            Case::keyed(SECRET, format!("\"{SECRET}\"")),
        ),
        ("secret-prefix", keyed(&SECRET.as_bytes()[4..])),
        ("secret-prefix", Case::keyed(SECRET, &SECRET[4..])),
        ("secret-prefix", keyed(format!("whsec_{SECRET}").as_bytes())),
        (
            "secret-prefix",
            Case::keyed("a1b2c3d4e5f6", "polar_whs_a1b2c3d4e5f6"),
        ),
        (
            "secret-prefix",
            Case::keyed("a1b2c3d4e5f6", "WEBHOOK_SECRET=a1b2c3d4e5f6"),
        ),
        (
            "secret-prefix",
            Case::keyed("a1b2c3d4e5f6", "Bearer a1b2c3d4e5f6"),
        ),
        ("secret-base64", keyed(STANDARD.encode(SECRET).as_bytes())),
        (
            "secret-base64",
            Case::keyed(STANDARD.decode(base64_secret).unwrap(), base64_secret),
        ),
        (
            "secret-base64",
            Case::keyed(URL_SAFE_NO_PAD.encode("a?b>c~d\u{ff}"), "a?b>c~d\u{ff}"),
        ),
        ("secret-hex", keyed(hex::encode(SECRET).as_bytes())),
        (
            "secret-hex",
            Case::keyed(hex::decode(hex_secret).unwrap(), hex_secret),
        ),
        (
            "secret-url-encoded",
            Case::keyed("a%2Bb%2Fc%3D%3D", "a+b/c=="),
        ),
        (
            "secret-url-encoded",
            Case::keyed("a+b/c==", "a%2Bb%2Fc%3D%3D"),
        ),
        ("secret-url-encoded", Case::keyed("a b/c==", "a+b/c==")),
        ("secret-case", keyed(SECRET.to_uppercase().as_bytes())),
        ("secret-case", keyed(SECRET.to_lowercase().as_bytes())),
        ("secret-empty", keyed(b"")),
        ("secret-is-webhook-id", keyed(b"clb4qaopy0000vt24mlp28v03")),
        (
            "secret-is-webhook-id",
            keyed(b"edb5b5d51dc9461a952160dbe72153b4"),
        ),
        (
            "secret-is-webhook-id",
            keyed(b"https://a.example/x?y=1&z=2"),
        ),
    ];
    for name in [
        "$SECRET",
        "undefined",
        "null",
        "${WEBHOOK_SECRET}",
        "%SECRET%",
        "process.env.WEBHOOK_SECRET",
        "None",
        "BLUE_WEBHOOK_SECRET",
        "$BLUEHOOK_SECRET",
        "{{ secret }}",
        "[object Object]",
        "nil",
        "false",
    ] {
        all.push(("secret-is-variable-name", keyed(name.as_bytes())));
    }
    for text in [
        STANDARD.encode(&raw),
        STANDARD_NO_PAD.encode(&raw),
        URL_SAFE_NO_PAD.encode(&raw),
        STANDARD.encode(&hexed),
        hex::encode(STANDARD.encode(&raw)),
        hex::encode(&hexed),
        raw.iter()
            .map(|byte| format!("{byte:02X}"))
            .collect::<Vec<_>>()
            .join(":"),
        raw.iter().map(u8::to_string).collect::<Vec<_>>().join(","),
        STANDARD
            .encode(&raw)
            .replace('=', "%3D")
            .replace('+', "%2B")
            .replace('/', "%2F"),
    ] {
        all.push(("signature-encoding", sig(text)));
    }
    for prefix in [
        "sha256=",
        "v0=",
        "v1=",
        "v1,",
        "0x",
        "HMAC ",
        "Bearer ",
        "sha256:",
        "SHA256=",
        "hmac-sha256=",
        "Signature: ",
    ] {
        all.push(("signature-prefix", sig(format!("{prefix}{hexed}"))));
    }
    for text in [
        format!("{hexed}\n"),
        format!(" {hexed}"),
        format!("{hexed}\\n"),
        format!("{} {}", &hexed[..32], &hexed[32..]),
    ] {
        all.push(("signature-whitespace", sig(text)));
    }
    for text in [
        format!("\"{hexed}\""),
        format!("'{hexed}'"),
        format!("b'{hexed}'"),
        format!("\"{hexed}"),
    ] {
        all.push(("signature-quoted", sig(text)));
    }
    for text in [
        hexed[..16].to_owned(),
        hexed[..32].to_owned(),
        hexed[..63].to_owned(),
        format!("{hexed}ab"),
        format!("{hexed}, {hexed}"),
        format!("{hexed};x"),
    ] {
        all.push(("signature-truncated", sig(text)));
    }
    for algorithm in ["md5", "sha1", "sha224", "sha384", "sha512", "sha512-256"] {
        all.push((
            "signature-algorithm",
            sig(hex::encode(mac_with(algorithm, SECRET.as_bytes(), b))),
        ));
    }
    let joined = |between: &str, first: &str, second: &str| {
        hex::encode(Sha256::digest(format!("{first}{between}{second}")))
    };
    for text in [
        hex::encode(Sha256::digest(b)),
        joined("", SECRET, BODY),
        joined("", BODY, SECRET),
        joined(":", SECRET, BODY),
        joined(".", BODY, SECRET),
        hex::encode(sha1::Sha1::digest(b)),
        hex::encode(md5::Md5::digest(format!("{SECRET}{BODY}"))),
        hex::encode(sha2::Sha512::digest(b)),
    ] {
        all.push(("signature-unkeyed", sig(text)));
    }
    all.push((
        "signature-arguments-swapped",
        sig(hex::encode(mac256(b, SECRET.as_bytes()))),
    ));
    all.extend(contents());
    all
}

/// Contents other than the scheme's.
fn contents() -> Vec<(&'static str, Case)> {
    let mut all = Vec::new();
    let text = |content: &str| hex::encode(mac256(SECRET.as_bytes(), content.as_bytes()));
    let mut timed = |content: String, header: (&str, &str)| {
        all.push((
            "content-timestamp",
            Case::new(
                "blue",
                SECRET,
                &[("X-Signature", &text(&content)), header],
                BODY,
            ),
        ));
    };
    timed(format!("1700000000.{BODY}"), ("X-Timestamp", "1700000000"));
    timed(format!("1700000000{BODY}"), ("X-Timestamp", "1700000000"));
    timed(
        format!("1700000000:{BODY}"),
        ("X-Signature-Time", "1700000000"),
    );
    timed(format!("{BODY}.1700000000"), ("X-Timestamp", "1700000000"));
    timed(format!("{BODY}1700000000"), ("X-Timestamp", "1700000000"));
    timed(
        format!("1700000000000.{BODY}"),
        ("X-Timestamp", "1700000000"),
    );
    timed(
        format!("1700000000.{BODY}"),
        ("X-Timestamp", "2023-11-14T22:13:20Z"),
    );
    timed(format!("1700000000\n{BODY}"), ("X-Timestamp", "1700000000"));
    timed(
        format!("v0:1700000000:{BODY}"),
        ("X-Timestamp", "1700000000"),
    );
    timed(
        format!("Tue, 14 Nov 2023 22:13:20 GMT.{BODY}"),
        ("Date", "Tue, 14 Nov 2023 22:13:20 GMT"),
    );
    let slack = |content: String| {
        let signature = format!("v0={}", text(&content));
        Case::new(
            "slack",
            SECRET,
            &[
                ("X-Slack-Signature", &signature),
                ("X-Slack-Request-Timestamp", "1700000000"),
            ],
            BODY,
        )
    };
    all.push(("content-timestamp", slack(BODY.to_owned())));
    all.push(("content-timestamp", slack(format!("1700000000:{BODY}"))));
    all.push(("content-timestamp", slack(format!("v0.1700000000.{BODY}"))));
    all.push(("content-timestamp", slack(format!("1700000000.{BODY}"))));
    all.push((
        "content-timestamp",
        slack(format!("v0:1700000000000:{BODY}")),
    ));
    let stripe = |content: String| {
        let signature = format!("t=1700000000,v1={}", text(&content));
        Case::new("stripe", SECRET, &[("Stripe-Signature", &signature)], BODY)
    };
    all.push(("content-timestamp", stripe(BODY.to_owned())));
    all.push(("content-timestamp", stripe(format!("1700000000{BODY}"))));
    all.push(("content-timestamp", stripe(format!("1700000000:{BODY}"))));
    all.push(("content-timestamp", stripe(format!("{BODY}.1700000000"))));
    let key = STANDARD
        .decode("bXkgdmVyeSBzZWNyZXQgc2VjcmV0IGtleSE=")
        .unwrap();
    let standard = |content: String| {
        let signature = format!("v1,{}", STANDARD.encode(mac256(&key, content.as_bytes())));
        let headers = [
            ("webhook-id", "msg_1"),
            ("webhook-timestamp", "1700000000"),
            ("webhook-signature", &signature),
        ];
        Case::new(
            "standard-webhooks",
            "whsec_bXkgdmVyeSBzZWNyZXQgc2VjcmV0IGtleSE=",
            &headers,
            BODY,
        )
    };
    all.push(("content-id", standard(format!("1700000000.{BODY}"))));
    all.push(("content-timestamp", standard(format!("msg_1.{BODY}"))));
    all.push((
        "content-timestamp",
        standard(format!("msg_1:1700000000:{BODY}")),
    ));
    all.push((
        "content-timestamp",
        standard(format!("msg_1.1700000000000.{BODY}")),
    ));
    let blue_id = |content: String| {
        Case::new(
            "blue",
            SECRET,
            &[("X-Signature", &text(&content)), ("X-Delivery-Id", "d-17")],
            BODY,
        )
    };
    all.push(("content-id", blue_id(format!("d-17.{BODY}"))));
    all.push(("content-id", blue_id(format!("d-17{BODY}"))));
    let square = |url: &str| {
        let signature =
            STANDARD.encode(mac256(SECRET.as_bytes(), format!("{url}{BODY}").as_bytes()));
        Case::new(
            "square",
            SECRET,
            &[
                ("x-square-hmacsha256-signature", &signature),
                ("Host", "internal:8080"),
            ],
            BODY,
        )
        .at("https://a.example/hook?x=1")
    };
    for url in [
        "http://a.example/hook?x=1",
        "https://a.example:443/hook?x=1",
        "https://a.example/hook/?x=1",
        "https://a.example/hook",
        "https://internal:8080/hook?x=1",
        "http://internal:8080/hook?x=1",
        "/hook?x=1",
        "",
    ] {
        all.push(("content-url", square(url)));
    }
    let twilio = STANDARD.encode(mac_with(
        "sha1",
        SECRET.as_bytes(),
        b"http://a.example/hookA1B2",
    ));
    all.push((
        "content-url",
        Case::new(
            "twilio",
            SECRET,
            &[("X-Twilio-Signature", &twilio)],
            "B=2&A=1",
        )
        .at("https://a.example/hook"),
    ));
    let signature = text(&format!("v0:1700000000:{BODY}"));
    all.push((
        "content-other-scheme",
        Case::new(
            "blue",
            SECRET,
            &[
                ("X-Signature", &signature),
                ("X-Slack-Request-Timestamp", "1700000000"),
            ],
            BODY,
        ),
    ));
    let signature = format!("t=1700000000,v1={}", text(&format!("1700000000.{BODY}")));
    all.push((
        "content-other-scheme",
        Case::new("blue", SECRET, &[("X-Signature", &signature)], BODY),
    ));
    let right = format!("sha256={}", text(BODY));
    all.push((
        "content-other-scheme",
        Case::new(
            "blue",
            SECRET,
            &[
                ("X-Signature", &"0".repeat(64)),
                ("X-Hub-Signature-256", &right),
            ],
            BODY,
        ),
    ));
    all
}

#[test]
fn every_single_change_is_named_by_its_one_code() {
    let mut wrong = Vec::new();
    for (index, (code, case)) in singles().iter().enumerate() {
        let codes = case.codes();
        if codes != [*code] {
            wrong.push(format!(
                "{index} {code}: {codes:?} {:?}",
                case.diagnosed().cause.map(|cause| cause.message)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A delivery of the case files, and what has to be said of it.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    /// What happened; with the address of the report where somebody told of it.
    about: String,
    scheme: String,
    secret: String,
    headers: Vec<(String, String)>,
    url: Option<String>,
    body: Option<String>,
    body_base64: Option<String>,
    /// Of the cause; none where there is none.
    codes: Vec<String>,
    #[serde(default)]
    hints: Vec<String>,
    now: Option<i64>,
}

/// The deliveries of `tests/diagnosis/*.jsonl`, which other programs made (Node, Python), broken on
/// purpose or as somebody reported them.
fn lines() -> Vec<(Line, Case)> {
    let folder = std::fs::read_dir("tests/diagnosis").unwrap();
    let files = folder.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let lines: Vec<String> = files
        .flat_map(|file| file.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let read = |line: &String| {
        let line: Line = serde_json::from_str(line).unwrap();
        let headers: Vec<(&str, &str)> = line
            .headers
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        let body = match (&line.body, &line.body_base64) {
            (Some(text), None) => text.clone().into_bytes(),
            (_, text) => STANDARD.decode(text.as_ref().unwrap()).unwrap(),
        };
        let mut case = Case::new(&line.scheme, &line.secret, &headers, body);
        case.url = line.url.clone();
        case.now = line.now;
        (line, case)
    };
    lines.iter().map(read).collect()
}

#[test]
fn what_other_programs_made_is_named() {
    let mut wrong = Vec::new();
    for (line, case) in lines() {
        // A form that somebody thought wrong may be taken by now.
        if case.judged().is_genuine() {
            let is_expected = line.codes == ["genuine"];
            wrong.extend((!is_expected).then(|| format!("{} is genuine", line.about)));
            continue;
        }
        let codes = case.codes();
        let diagnosis = case.diagnosed();
        let hints: Vec<&str> = diagnosis.hints.iter().map(|hint| hint.code).collect();
        let are_there = line.hints.iter().all(|hint| hints.contains(&&**hint));
        if codes != line.codes || !are_there {
            wrong.push(format!(
                "{}\n  expected {:?} {:?}\n  found {codes:?} {hints:?} {:?}",
                line.about,
                line.codes,
                line.hints,
                diagnosis.cause.map(|cause| cause.message)
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_code_of_the_table_has_a_case() {
    let lines = lines();
    let is_code = |line: &Line| line.codes.len() == 1 && line.codes[0] != "genuine";
    let alone = lines.iter().filter(|(line, _)| is_code(line));
    let mut named: BTreeSet<&str> = alone.map(|(line, _)| &*line.codes[0]).collect();
    named.extend(singles().iter().map(|(code, _)| *code));
    let table: BTreeSet<&str> = TABLE.iter().map(|row| row.code).collect();
    assert_eq!(named, table);
}

#[test]
fn every_code_of_the_table_is_there_once_and_has_its_prose() {
    let page = std::fs::read_to_string("docs/why.md").unwrap();
    let mut codes = BTreeSet::new();
    for record in TABLE {
        let is_documented = page.contains(&format!("`{}`", record.code));
        assert!(is_documented, "docs/why.md lacks {}", record.code);
        let (subject, _) = record.code.split_once('-').unwrap();
        assert!(["body", "secret", "signature", "content"].contains(&subject));
        assert!(codes.insert(record.code), "{}", record.code);
        for prose in [record.about, record.fix] {
            assert!(prose.ends_with('.'), "{}", record.code);
        }
    }
}

#[test]
fn what_a_peer_sent_is_quoted_harmlessly() {
    let remains = |body: &[u8]| Case::signed("x", body).diagnosed().nothing_found.unwrap();
    let shown = remains(b"a\x1b[0m\n\\\xff'\"");
    assert!(
        shown.ends_with("begins with a\\x1b[0m\\n\\\\\\xff'\""),
        "{shown}"
    );
    let shown = remains(&[b'a'; 30]);
    assert!(
        shown.contains("begins with aaaaaaaaaaaaaaaaaaaaaaaa…"),
        "{shown}"
    );
}

#[test]
fn every_dialect_is_named() {
    let body = "{\"b\":[1.0,2e3,{}],\"a\":\"Gr\u{f6}\u{df}e <i> / \u{2603}\",\"10\":null,\"2\":[],\"c\":{\"d\":\"\\u00e9\\/\"}}";
    for dialect in Dialect::all() {
        let signed = rewrite(body.as_bytes(), dialect).unwrap();
        if signed == body.as_bytes() {
            continue;
        }
        let cause = Case::signed(&signed, body)
            .diagnosed()
            .cause
            .unwrap_or_else(|| panic!("{}", dialect.name));
        assert_eq!(cause.codes, ["body-reserialised"], "{}", dialect.name);
        let named = Dialect::named(&cause.dialect.unwrap()).unwrap();
        assert_eq!(
            rewrite(body.as_bytes(), named).unwrap(),
            signed,
            "{}",
            dialect.name
        );
    }
}

/// What a change does to each side.
#[derive(Clone, PartialEq)]
struct Story {
    /// The text that the signing side holds, and the one that came.
    signed: Vec<u8>,
    received: Vec<u8>,
    /// The key that signed.
    key: Vec<u8>,
}

type Tell = fn(&mut Story);

/// Changes of the body, as they happen on the way.
fn body_changes() -> Vec<(&'static str, Tell)> {
    vec![
        ("body-newline-added", |s| s.received.push(b'\n')),
        ("body-newline-missing", |s| s.signed.push(b'\n')),
        ("body-bom-added", |s| {
            s.received = [b"\xEF\xBB\xBF", s.received.as_slice()].concat()
        }),
        ("body-whitespace", |s| s.received.insert(0, b' ')),
        ("body-charset", |s| {
            s.received = s
                .received
                .iter()
                .copied()
                .map(char::from)
                .collect::<String>()
                .into_bytes()
        }),
        ("body-url-encoded", |s| {
            s.received =
                percent_encoding::percent_encode(&s.received, percent_encoding::NON_ALPHANUMERIC)
                    .to_string()
                    .into_bytes()
        }),
        ("body-form-wrapped", |s| {
            s.received = format!(
                "payload={}",
                percent_encoding::percent_encode(&s.received, percent_encoding::NON_ALPHANUMERIC)
            )
            .into_bytes()
        }),
        ("body-base64", |s| {
            s.received = STANDARD.encode(&s.received).into_bytes()
        }),
        ("body-base64", |s| {
            s.signed = STANDARD.encode(&s.signed).into_bytes()
        }),
        ("body-json-string", |s| {
            s.received = serde_json::to_vec(&String::from_utf8_lossy(&s.received)).unwrap()
        }),
        ("body-unicode-normalised", |s| {
            s.received = String::from_utf8_lossy(&s.received)
                .nfd()
                .collect::<String>()
                .into_bytes()
        }),
        ("body-reserialised", |s| {
            if let Ok(other) = rewrite(&s.received, Dialect::named("indent-2").unwrap()) {
                s.received = other;
            }
        }),
        ("body-reserialised", |s| {
            if let Ok(other) = rewrite(&s.signed, Dialect::named("python").unwrap()) {
                s.signed = other;
            }
        }),
        ("body-extended", |s| {
            s.received.extend_from_slice(b"{\"more\":true}")
        }),
        ("body-empty", |s| s.signed.clear()),
    ]
}

/// Changes of the secret, seen from the side that signs.
fn secret_changes() -> Vec<(&'static str, Tell)> {
    vec![
        ("secret-whitespace", |s| s.key.push(b'\n')),
        ("secret-quoted", |s| {
            s.key = [b"\"", s.key.as_slice(), b"\""].concat()
        }),
        ("secret-prefix", |s| {
            s.key = s.key.strip_prefix(b"pat_").unwrap_or(&s.key).to_vec()
        }),
        ("secret-prefix", |s| {
            s.key = [b"whsec_", s.key.as_slice()].concat()
        }),
        ("secret-base64", |s| {
            s.key = STANDARD.encode(&s.key).into_bytes()
        }),
        ("secret-hex", |s| s.key = hex::encode(&s.key).into_bytes()),
        ("secret-case", |s| s.key.make_ascii_uppercase()),
        ("secret-empty", |s| s.key.clear()),
        ("secret-is-variable-name", |s| s.key = b"$SECRET".to_vec()),
        ("secret-is-variable-name", |s| s.key = b"undefined".to_vec()),
        ("secret-is-webhook-id", |s| {
            s.key = b"clb4qaopy0000vt24mlp28v03".to_vec()
        }),
    ]
}

type Sign = fn(&Story) -> String;

/// Wrong ways to compute and to write the signature.
fn signature_changes() -> Vec<(&'static [&'static str], Sign)> {
    fn raw(s: &Story) -> Vec<u8> {
        mac256(&s.key, &s.signed)
    }
    vec![
        (&["signature-encoding"], |s| STANDARD.encode(raw(s))),
        (&["signature-encoding"], |s| {
            STANDARD.encode(hex::encode(raw(s)))
        }),
        (&["signature-prefix"], |s| {
            format!("sha256={}", hex::encode(raw(s)))
        }),
        (&["signature-whitespace"], |s| {
            format!("{}\n", hex::encode(raw(s)))
        }),
        (&["signature-quoted"], |s| {
            format!("\"{}\"", hex::encode(raw(s)))
        }),
        (&["signature-truncated"], |s| hex::encode(&raw(s)[..16])),
        (&["signature-algorithm"], |s| {
            hex::encode(mac_with("sha1", &s.key, &s.signed))
        }),
        (&["signature-algorithm"], |s| {
            hex::encode(mac_with("sha512", &s.key, &s.signed))
        }),
        (&["signature-encoding", "signature-algorithm"], |s| {
            STANDARD.encode(mac_with("sha1", &s.key, &s.signed))
        }),
        (&["signature-encoding", "signature-prefix"], |s| {
            format!("sha256={}", STANDARD.encode(raw(s)))
        }),
        (&["signature-prefix", "signature-whitespace"], |s| {
            format!("sha256={}\n", hex::encode(raw(s)))
        }),
        (&["signature-truncated", "signature-algorithm"], |s| {
            hex::encode(&mac_with("sha512", &s.key, &s.signed)[..32])
        }),
        (&["signature-unkeyed"], |s| {
            hex::encode(Sha256::digest([s.key.as_slice(), &s.signed].concat()))
        }),
        (&["signature-encoding", "signature-unkeyed"], |s| {
            STANDARD.encode(Sha256::digest([s.key.as_slice(), &s.signed].concat()))
        }),
        (&["signature-arguments-swapped"], |s| {
            hex::encode(mac256(&s.signed, &s.key))
        }),
    ]
}

fn right(s: &Story) -> String {
    hex::encode(mac256(&s.key, &s.signed))
}

/// Whether the second change finds nothing to change after the first.
fn is_idle(first: Tell, second: Tell) -> bool {
    let mut story = truth();
    first(&mut story);
    let before = story.clone();
    second(&mut story);
    story == before
}

fn truth() -> Story {
    Story {
        signed: BODY.as_bytes().to_vec(),
        received: BODY.as_bytes().to_vec(),
        key: SECRET.as_bytes().to_vec(),
    }
}

fn told(changes: &[Tell], sign: Sign) -> Case {
    let mut story = truth();
    for change in changes {
        change(&mut story);
    }
    let signature = sign(&story);
    Case::blue(&signature, &story.received)
}

fn in_order(codes: impl IntoIterator<Item = &'static str>) -> Vec<&'static str> {
    let mut codes: Vec<&str> = codes.into_iter().collect();
    codes.sort_by_key(|code| TABLE.iter().position(|row| row.code == *code));
    codes.dedup();
    codes
}

/// Checks every case, and names all that are wrong.
fn assert_named(cases: impl IntoIterator<Item = (Vec<&'static str>, Case)>) {
    let mut wrong = Vec::new();
    for (expected, case) in cases {
        let codes = case.codes();
        if codes != expected {
            wrong.push(format!(
                "{expected:?}: {codes:?} {:?}",
                case.diagnosed().cause.map(|cause| cause.message)
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn a_changed_body_and_a_changed_secret_are_named_together() {
    let mut cases = Vec::new();
    for (body_code, body) in body_changes() {
        for (secret_code, secret) in secret_changes() {
            // Nothing signed with nothing is a constant that anybody may send.
            if body_code == "body-empty" && secret_code == "secret-empty" {
                continue;
            }
            cases.push((vec![body_code, secret_code], told(&[body, secret], right)));
        }
    }
    assert_named(cases);
}

#[test]
fn a_changed_body_or_secret_and_a_wrong_signature_are_named_together() {
    let mut cases = Vec::new();
    for (codes, sign) in signature_changes() {
        for (code, change) in body_changes().into_iter().chain(secret_changes()) {
            // The plain hash of nothing and content is that of the content, and that of secret, line
            // feed and content is a line feed between them.
            let unkeyed = codes.contains(&"signature-unkeyed");
            if !(unkeyed && matches!(code, "secret-empty" | "secret-whitespace")) {
                cases.push((
                    in_order([code].into_iter().chain(codes.iter().copied())),
                    told(&[change], sign),
                ));
            }
        }
        cases.push((in_order(codes.iter().copied()), told(&[], sign)));
    }
    assert_named(cases);
}

#[test]
fn two_changes_of_the_body_are_named_together() {
    let mut cases = Vec::new();
    for (first_code, first) in body_changes() {
        for (second_code, second) in body_changes() {
            let codes = in_order([first_code, second_code]);
            let is_two = first_code != second_code;
            // What a re-serialiser takes out itself leaves no second change to name, an empty body
            // has none, what is appended may begin or end with anything, and white space at both
            // ends is one change.
            let swallowed = codes.contains(&"body-empty")
                || second_code == "body-reserialised"
                    && first_code != "body-extended"
                    && !first_code.contains("json")
                || codes == ["body-newline-added", "body-extended"]
                || codes == ["body-newline-added", "body-whitespace"];
            let case = told(&[first, second], right);
            if is_two && !swallowed && !is_idle(first, second) && !case.judged().is_genuine() {
                cases.push((codes, case));
            }
        }
    }
    assert_named(cases);
}

#[test]
fn two_changes_of_the_secret_are_named_together() {
    let mut cases = Vec::new();
    for (first_code, first) in secret_changes() {
        for (second_code, second) in secret_changes() {
            let codes = in_order([first_code, second_code]);
            let foreign = |code: &str| {
                matches!(
                    code,
                    "secret-empty" | "secret-is-variable-name" | "secret-is-webhook-id"
                )
            };
            // Hex in upper case is hex.
            let is_one = is_idle(first, second)
                || first_code == "secret-hex" && second_code == "secret-case";
            if first_code != second_code && !is_one && !foreign(first_code) && !foreign(second_code)
            {
                cases.push((codes, told(&[first, second], right)));
            }
        }
    }
    assert_named(cases);
}

#[test]
fn white_space_around_re_serialised_json_is_a_change_of_its_own() {
    let pretty =
        String::from_utf8(rewrite(BODY.as_bytes(), Dialect::named("indent-2").unwrap()).unwrap())
            .unwrap();
    let codes = Case::signed(BODY, format!("{pretty}\n")).codes();
    assert_eq!(codes, ["body-newline-added", "body-reserialised"]);
    assert_eq!(
        Case::signed(format!("{BODY}\n"), format!("{pretty}\n")).codes(),
        ["body-reserialised"]
    );
}

/// Deliveries of every scheme that are forged or signed with another secret have no cause.
fn forgeries() -> Vec<Case> {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut bytes = |least: usize, most: usize| {
        proptest::collection::vec(any::<u8>(), least..most)
            .new_tree(&mut runner)
            .unwrap()
            .current()
    };
    let mut cases = Vec::new();
    for name in Scheme::names() {
        let scheme = Scheme::named(name).unwrap();
        for variant in &scheme.variants {
            for round in 0..8 {
                let other = hex::encode(bytes(8, 20));
                // What the changes of a body are about: each has something to change.
                let body = match (round + cases.len()) % 11 {
                    0 => BODY.as_bytes().to_vec(),
                    1 => bytes(0, 300),
                    2 => format!("{{\"id\":\"a{round}\",\"n\":{round}.0}}\n").into_bytes(),
                    3 => format!("a=1&payload=%7B%22x%22%3A{round}%7D").into_bytes(),
                    4 => format!("[{{\"a\":{round},\"t\":\"\u{1F928} & <b>\"}},{{\"a\":2}}]")
                        .into_bytes(),
                    5 => format!("{{'a': {round}, 'b': None, 'c': \"it's\"}}").into_bytes(),
                    6 => format!("a={round}&b=x+y&c=&d=%2A").into_bytes(),
                    7 => format!(
                        "{{\"weight\":{round},\"id\":1234567890123456789,\"created\":1700000000}}"
                    )
                    .into_bytes(),
                    8 => b"[object Object]".to_vec(),
                    9 => format!("{{\"data\":{{\"a\":\"{round}\"}},\"signature\":\"00\"}}")
                        .into_bytes(),
                    _ => format!("b'{{\"a\":{round},&quot;}}'").into_bytes(),
                };
                let raw = match round {
                    0..4 => mac256(other.as_bytes(), &body),
                    4 => bytes(32, 33),
                    5 => bytes(64, 65),
                    6 => bytes(20, 21),
                    _ => bytes(8, 9),
                };
                let value = format!(
                    "{}{}",
                    variant.signature.prefix,
                    variant.encoding.encode(&raw)
                );
                cases.push(forged(&scheme, variant, &value, body));
            }
        }
    }
    cases
}

fn forged(
    scheme: &Scheme,
    variant: &bluehook::signing::record::Variant,
    value: &str,
    body: Vec<u8>,
) -> Case {
    use bluehook::signing::record::words::{Algorithm, KeyForm, KeyPair};
    let mut headers = Headers::new();
    let mut items = Vec::new();
    if let Some(rule) = &variant.timestamp {
        let text = "1700000000";
        if let Some(item) = &rule.item {
            items.push(format!("{item}{text}"));
        }
        if let Some(name) = &rule.header {
            headers.push(name.clone(), text);
        }
    }
    if let Some(rule) = &variant.id {
        headers.push(rule.header.clone(), "msg_2b");
    }
    items.push(value.to_owned());
    if variant.message_signature.is_some() {
        items = vec![format!("sig1=:{value}:")];
        let input = r#"sig1=("@method" "@target-uri" "@authority");created=1700000000"#;
        headers.push("Signature-Input", input);
    }
    if let Some(name) = &variant.signature.header {
        let separator = variant.signature.separator.as_deref().unwrap_or_default();
        headers.push(name.replace("{n}", "1"), items.join(separator));
    }
    headers.push("X-Request-Id", "0a1b2c3d");
    headers.push("Date", "Tue, 14 Nov 2023 22:13:20 GMT");
    let prefix = variant.key.prefix.clone().unwrap_or_default();
    let secret = match (variant.algorithm, variant.key.form) {
        (Algorithm::KeyPair(KeyPair::Ed25519), _) => {
            use ed25519_dalek::pkcs8::EncodePublicKey as _;
            let key = ed25519_dalek::SigningKey::from_bytes(&[9; 32]).verifying_key();
            key.to_public_key_pem(ed25519_dalek::pkcs8::spki::der::pem::LineEnding::LF)
                .unwrap()
        }
        (Algorithm::KeyPair(KeyPair::EcdsaP256Sha256 | KeyPair::Es256), _) => {
            let key = p256::SecretKey::from_slice(&[9; 32]).unwrap().public_key();
            p256::pkcs8::EncodePublicKey::to_public_key_pem(&key, p256::pkcs8::LineEnding::LF)
                .unwrap()
        }
        (Algorithm::KeyPair(_), _) => include_str!("signing/keys/rsa-0.pem").to_owned(),
        (_, KeyForm::Text) => format!("{prefix}{SECRET}"),
        (_, KeyForm::Base64) => format!("{prefix}bXkgdmVyeSBzZWNyZXQgc2VjcmV0IGtleSE="),
        (_, KeyForm::Hex) => format!("{prefix}00112233445566778899aabbccddeeff"),
    };
    // PayPal signs the webhook's id beside what its certificate verifies.
    let names_secret = scheme.name == "paypal";
    let text = names_secret.then(|| b"8PT597110X687430LKGECATA".to_vec());
    Case {
        scheme: scheme.clone(),
        secrets: std::iter::once(secret.into_bytes()).chain(text).collect(),
        headers,
        body,
        url: Some("https://a.example/hook?x=1".to_owned()),
        now: None,
    }
}

#[test]
fn what_is_forged_has_no_cause() {
    let cases = forgeries();
    let step = if cfg!(debug_assertions) { 5 } else { 1 };
    for (index, case) in cases.iter().enumerate().step_by(step) {
        assert!(case.has_no_cause(), "{index} {}", case.scheme.name);
    }
}

#[test]
fn signatures_that_are_right_in_part_only_have_no_cause() {
    let right = hex::encode(mac256(SECRET.as_bytes(), BODY.as_bytes()));
    for digits in [8, 16, 32, 62] {
        let forged = format!("{}{}", &right[..digits], "0".repeat(64 - digits));
        assert!(Case::blue(&forged, BODY).has_no_cause(), "{digits}");
    }
    assert!(Case::blue(&right[..14], BODY).has_no_cause());
    assert!(Case::blue(&right[48..], BODY).has_no_cause());
    for nothing in [
        hex::encode(Sha256::digest("")),
        hex::encode(mac256(b"", b"")),
        hex::encode(sha1::Sha1::digest("")),
    ] {
        assert!(Case::blue(&nothing, BODY).has_no_cause());
    }
    let other = BODY.replace("TODO_CREATED", "TODO_DELETED");
    assert!(Case::blue(&right, &other).has_no_cause());
    for text in ["", "0", "sha256=", "=", "null", "undefined", " ", "\u{0}"] {
        let case = Case::blue(text, BODY);
        assert!(case.has_no_cause(), "{text:?}");
    }
}

#[test]
fn what_anybody_can_know_is_no_shared_secret() {
    let seed = [7; 32];
    let public = ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key();
    let whpk = format!("whpk_{}", STANDARD.encode(public.as_bytes()));
    let content = format!("msg_1.1700000000.{BODY}");
    for key in [
        whpk.as_bytes(),
        public.as_bytes().as_slice(),
        STANDARD.encode(public.as_bytes()).as_bytes(),
    ] {
        let signature = format!("v1,{}", STANDARD.encode(mac256(key, content.as_bytes())));
        for name in ["webhook", "svix"] {
            let [id, time, header] =
                ["id", "timestamp", "signature"].map(|part| format!("{name}-{part}"));
            let headers = [
                (&*id, "msg_1"),
                (&*time, "1700000000"),
                (&*header, &*signature),
                ("webhook-signature", "v1a,AAAA"),
            ];
            let mut case = Case::new("standard-webhooks", &whpk, &headers, BODY);
            assert!(case.has_no_cause());
            case.secrets
                .push(b"whsec_bXkgdmVyeSBzZWNyZXQgc2VjcmV0IGtleSE=".to_vec());
            assert!(case.has_no_cause());
        }
    }
    for token in [
        "undefined",
        "null",
        "$SECRET_TOKEN",
        "clb4qaopy0000vt24mlp28v03",
    ] {
        let case = Case::new(
            "blue",
            SECRET,
            &[("X-Signature", &"0".repeat(64)), ("X-Gitlab-Token", token)],
            BODY,
        );
        assert!(case.has_no_cause(), "{token}");
    }
}

#[test]
fn the_work_is_bounded_and_what_is_left_out_is_said() {
    let body = vec![b'['; 3 << 20];
    let diagnosis = Case::signed("x", &body).diagnosed();
    assert!(diagnosis.cause.is_none() && !diagnosis.left_out.is_empty());
    assert!(
        diagnosis
            .nothing_found
            .unwrap()
            .contains("3,145,728 bytes, SHA-256 ")
    );
    let newline = Case::signed(&body, [body.as_slice(), b"\n"].concat());
    assert_eq!(newline.codes(), ["body-newline-added"]);
}

#[test]
fn large_bodies_get_their_single_causes() {
    let item = BODY.replace("webhook", "x");
    let body = format!("[{}]", vec![item; 800].join(","));
    let dialect = Dialect::named("python+sorted-keys").unwrap();
    let signed = rewrite(body.as_bytes(), dialect).unwrap();
    assert_eq!(Case::signed(signed, &body).codes(), ["body-reserialised"]);
    let text = hex::encode(mac_with("sha1", SECRET.as_bytes(), body.as_bytes()));
    assert_eq!(Case::blue(&text, &body).codes(), ["signature-algorithm"]);
    let key = hex::encode(mac256(format!("{SECRET}\n").as_bytes(), body.as_bytes()));
    assert_eq!(Case::blue(&key, &body).codes(), ["secret-whitespace"]);
}

#[test]
fn of_a_body_that_was_cut_only_what_is_there_is_tried() {
    let case = Case::signed(format!("{BODY}more"), BODY);
    let body = Received {
        kept: BODY.as_bytes(),
        total: BODY.len() as u64 + 4,
    };
    let diagnosis = diagnose(
        &case.scheme,
        &case.secrets(),
        case.parts(),
        body,
        &case.judged(),
    );
    assert!(diagnosis.cause.is_none() && !diagnosis.left_out.is_empty());
    let case = Case::signed("", BODY);
    let diagnosis = diagnose(
        &case.scheme,
        &case.secrets(),
        case.parts(),
        body,
        &case.judged(),
    );
    assert_eq!(diagnosis.cause.unwrap().codes, ["body-empty"]);
}

#[test]
fn a_cause_names_dialect_algorithm_and_scheme() {
    let signed = rewrite(BODY.as_bytes(), Dialect::named("python-unicode").unwrap()).unwrap();
    let cause = Case::signed(signed, BODY).diagnosed().cause.unwrap();
    assert_eq!(cause.dialect.as_deref(), Some("python-unicode"));
    let text = hex::encode(mac_with("sha512", SECRET.as_bytes(), BODY.as_bytes()));
    assert_eq!(
        Case::blue(&text, BODY)
            .diagnosed()
            .cause
            .unwrap()
            .algorithm
            .as_deref(),
        Some("sha512")
    );
    for (code, case) in contents() {
        let cause = case.diagnosed().cause.unwrap();
        assert_eq!(cause.scheme.is_some(), code == "content-other-scheme");
    }
}

#[test]
fn an_algorithm_in_the_prefix_is_a_part_of_the_algorithm() {
    let sha1 = format!(
        "sha1={}",
        hex::encode(mac_with("sha1", SECRET.as_bytes(), BODY.as_bytes()))
    );
    let case = Case::new("github", SECRET, &[("X-Hub-Signature-256", &sha1)], BODY);
    assert_eq!(case.codes(), ["signature-algorithm"]);
    assert_eq!(
        Case::blue(&sha1, BODY).codes(),
        ["signature-prefix", "signature-algorithm"]
    );
}

#[test]
fn the_second_of_several_secrets_is_tried_too() {
    let mut case = Case::signed(BODY, format!("{BODY}\n"));
    case.secrets.insert(0, b"another secret".to_vec());
    assert_eq!(case.codes(), ["body-newline-added"]);
}

#[test]
fn public_keys_find_changed_bodies_and_encodings() {
    use ed25519_dalek::Signer as _;
    // A seed that could be a public key as well, as about half of all could.
    let seed = (0..=255)
        .map(|byte| [byte; 32])
        .find(|seed| ed25519_dalek::VerifyingKey::from_bytes(seed).is_ok())
        .unwrap();
    let key = ed25519_dalek::SigningKey::from_bytes(&seed);
    let public = hex::encode(key.verifying_key().as_bytes());
    let signature = key.sign(format!("1700000000{BODY}").as_bytes()).to_bytes();
    let discord = |text: &str, secret: &str, body: &str| {
        Case::new(
            "discord",
            secret,
            &[
                ("X-Signature-Ed25519", text),
                ("X-Signature-Timestamp", "1700000000"),
            ],
            body,
        )
    };
    let text = hex::encode(signature);
    assert_eq!(
        discord(&text, &public, &format!("{BODY}\n")).codes(),
        ["body-newline-added"]
    );
    assert_eq!(
        discord(&STANDARD.encode(signature), &public, BODY).codes(),
        ["signature-encoding"]
    );
    let seed = discord(&text, &hex::encode(seed), BODY).diagnosed();
    assert!(seed.cause.is_none() && seed.hints.iter().any(|hint| hint.code == "secret-is-seed"));
}

#[test]
fn hints_tell_what_no_match_proves() {
    let right = hex::encode(mac256(SECRET.as_bytes(), BODY.as_bytes()));
    let codes = |case: &Case| -> Vec<&'static str> {
        let judgement = case.judged();
        let all = hints(
            &case.scheme,
            &case.secrets(),
            case.parts(),
            Received::whole(&case.body),
            &judgement,
        );
        all.iter().map(|hint| hint.code).collect()
    };
    let mut case = Case::blue(&right.to_uppercase(), BODY);
    assert!(case.judged().is_genuine());
    assert_eq!(codes(&case), ["uppercase-hex"]);
    case.headers.push("Content-Length", "9");
    assert_eq!(codes(&case), ["content-length-differs", "uppercase-hex"]);
    let other = Case::new(
        "blue",
        SECRET,
        &[("X-Hub-Signature-256", "sha256=00")],
        BODY,
    );
    assert_eq!(codes(&other), ["other-provider"]);
    let hint = &other.diagnosed().hints[0];
    assert!(hint.message.contains("--scheme github"), "{}", hint.message);
    assert_eq!(
        codes(&Case::new(
            "blue",
            "$SECRET",
            &[("X-Signature", &right)],
            BODY
        )),
        ["secret-looks-unset"]
    );
    assert_eq!(
        codes(&Case::new("blue", "abc ", &[("X-Signature", &right)], BODY)),
        ["secret-has-whitespace"]
    );
    assert_eq!(
        codes(&Case::new(
            "blue",
            "'abc'",
            &[("X-Signature", &right)],
            BODY
        )),
        ["secret-has-quotes"]
    );
    let zipped = Case::new(
        "blue",
        SECRET,
        &[("X-Signature", "00"), ("Content-Encoding", "br")],
        BODY,
    );
    assert_eq!(codes(&zipped), ["content-encoding"]);
    let latin = Case::new(
        "blue",
        SECRET,
        &[
            ("X-Signature", "00"),
            ("Content-Type", "text/plain; charset=latin1"),
        ],
        BODY,
    );
    assert_eq!(codes(&latin), ["charset"]);
}

#[test]
fn every_scheme_gets_its_own_causes() {
    let key = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let raw_key = STANDARD.decode(key).unwrap();
    let whsec = format!("whsec_{key}");
    let content = format!("msg_1.1700000000.{BODY}");
    let webhook = |scheme: &str, secret: &str, signature: &str| {
        let headers = [
            ("webhook-id", "msg_1"),
            ("webhook-timestamp", "1700000000"),
            ("webhook-signature", signature),
        ];
        Case::new(scheme, secret, &headers, BODY)
    };
    let v1 = |key: &[u8]| format!("v1,{}", STANDARD.encode(mac256(key, content.as_bytes())));
    let bare = STANDARD.encode(mac256(&raw_key, content.as_bytes()));
    let text = |content: &str| hex::encode(mac256(SECRET.as_bytes(), content.as_bytes()));
    let with = |scheme: &str, header: &str, value: String| {
        Case::new(scheme, SECRET, &[(header, &value)], BODY)
    };
    let stripe = |secret: &str, value: String| {
        Case::new("stripe", secret, &[("Stripe-Signature", &value)], BODY)
    };
    let timed = format!("1700000000.{BODY}");
    let sha1 = |content: &str| mac_with("sha1", SECRET.as_bytes(), content.as_bytes());
    let sha512 = |content: &str| mac_with("sha512", SECRET.as_bytes(), content.as_bytes());
    let slack = |value: String| {
        Case::new(
            "slack",
            SECRET,
            &[
                ("X-Slack-Signature", &value),
                ("X-Slack-Request-Timestamp", "1700000000"),
            ],
            BODY,
        )
    };
    let based = STANDARD.encode(mac256(SECRET.as_bytes(), BODY.as_bytes()));
    let cases: Vec<(Vec<&str>, Case)> = vec![
        (
            vec!["secret-base64"],
            webhook("standard-webhooks", &whsec, &v1(key.as_bytes())),
        ),
        (
            vec!["secret-prefix", "secret-base64"],
            webhook("standard-webhooks", &whsec, &v1(whsec.as_bytes())),
        ),
        (
            vec!["secret-base64"],
            webhook("svix", key, &v1(key.as_bytes())),
        ),
        (
            vec!["secret-hex"],
            webhook(
                "standard-webhooks",
                &whsec,
                &v1(hex::encode(&raw_key).as_bytes()),
            ),
        ),
        (
            vec!["secret-empty"],
            webhook("standard-webhooks", &whsec, &v1(b"")),
        ),
        (
            vec!["secret-is-variable-name"],
            webhook("standard-webhooks", &whsec, &v1(b"undefined")),
        ),
        (
            vec!["signature-prefix"],
            webhook("standard-webhooks", &whsec, &bare),
        ),
        (
            vec!["signature-prefix"],
            webhook("standard-webhooks", &whsec, &format!("v1={bare}")),
        ),
        (
            vec!["signature-prefix"],
            webhook("standard-webhooks", &whsec, &format!("sha256={bare}")),
        ),
        (
            vec!["signature-encoding"],
            webhook(
                "standard-webhooks",
                &whsec,
                &format!("v1,{}", hex::encode(mac256(&raw_key, content.as_bytes()))),
            ),
        ),
        (
            vec!["signature-encoding"],
            webhook("standard-webhooks", &whsec, &v1(&raw_key).replace('=', "")),
        ),
        (
            vec!["signature-whitespace"],
            webhook("standard-webhooks", &whsec, &format!("v1, {bare}")),
        ),
        (
            vec!["signature-quoted"],
            webhook("standard-webhooks", &whsec, &format!("\"v1,{bare}\"")),
        ),
        (
            vec!["signature-quoted"],
            webhook("standard-webhooks", &whsec, &format!("v1,\"{bare}\"")),
        ),
        (
            vec!["signature-algorithm"],
            webhook(
                "standard-webhooks",
                &whsec,
                &format!(
                    "v1,{}",
                    STANDARD.encode(mac_with("sha512", &raw_key, content.as_bytes()))
                ),
            ),
        ),
        (
            vec!["secret-prefix", "secret-base64"],
            stripe(
                &whsec,
                format!(
                    "t=1700000000,v1={}",
                    hex::encode(mac256(&raw_key, timed.as_bytes()))
                ),
            ),
        ),
        (
            vec!["secret-prefix"],
            stripe(
                &whsec,
                format!(
                    "t=1700000000,v1={}",
                    hex::encode(mac256(key.as_bytes(), timed.as_bytes()))
                ),
            ),
        ),
        (
            vec!["signature-prefix"],
            stripe(SECRET, format!("t=1700000000,v0={}", text(&timed))),
        ),
        (
            vec!["signature-prefix", "content-timestamp"],
            stripe(SECRET, text(BODY)),
        ),
        (
            vec!["signature-encoding"],
            stripe(
                SECRET,
                format!(
                    "t=1700000000,v1={}",
                    STANDARD.encode(mac256(SECRET.as_bytes(), timed.as_bytes()))
                ),
            ),
        ),
        (vec!["body-newline-added", "content-timestamp"], {
            let mut case = stripe(SECRET, format!("t=1700000000,v1={}", text(BODY)));
            case.body.push(b'\n');
            case
        }),
        (
            vec!["signature-prefix"],
            with("github", "X-Hub-Signature-256", text(BODY)),
        ),
        (
            vec!["signature-prefix"],
            with(
                "github",
                "X-Hub-Signature-256",
                format!("sha256:{}", text(BODY)),
            ),
        ),
        (
            vec!["signature-prefix"],
            with(
                "github",
                "X-Hub-Signature-256",
                format!("SHA256={}", text(BODY)),
            ),
        ),
        (
            vec!["signature-prefix"],
            with(
                "github",
                "X-Hub-Signature-256",
                format!("sha256=sha256={}", text(BODY)),
            ),
        ),
        (
            vec!["signature-encoding"],
            with("github", "X-Hub-Signature-256", format!("sha256={based}")),
        ),
        (
            vec!["signature-encoding", "signature-prefix"],
            with("github", "X-Hub-Signature-256", based.clone()),
        ),
        (
            vec!["signature-whitespace"],
            with(
                "github",
                "X-Hub-Signature-256",
                format!("sha256= {}", text(BODY)),
            ),
        ),
        (
            vec!["signature-algorithm"],
            with(
                "intercom",
                "X-Hub-Signature",
                format!("sha256={}", text(BODY)),
            ),
        ),
        (
            vec!["signature-algorithm"],
            with(
                "jira",
                "X-Hub-Signature",
                format!("sha1={}", hex::encode(sha1(BODY))),
            ),
        ),
        (
            vec!["signature-algorithm"],
            with("paystack", "x-paystack-signature", text(BODY)),
        ),
        (
            vec!["signature-truncated"],
            with(
                "paystack",
                "x-paystack-signature",
                hex::encode(&sha512(BODY)[..32]),
            ),
        ),
        (
            vec!["signature-encoding"],
            with("shopify", "X-Shopify-Hmac-Sha256", text(BODY)),
        ),
        (
            vec!["signature-encoding"],
            with(
                "shopify",
                "X-Shopify-Hmac-Sha256",
                STANDARD.encode(text(BODY)),
            ),
        ),
        (
            vec!["signature-truncated"],
            with("shopify", "X-Shopify-Hmac-Sha256", based[..20].to_owned()),
        ),
        (
            vec!["signature-encoding"],
            with("docusign", "X-DocuSign-Signature-1", text(BODY)),
        ),
        (
            vec!["signature-prefix"],
            with("typeform", "Typeform-Signature", based.clone()),
        ),
        (
            vec!["signature-prefix"],
            slack(text(&format!("v0:1700000000:{BODY}"))),
        ),
        (
            vec!["signature-encoding"],
            slack(format!(
                "v0={}",
                STANDARD.encode(mac256(
                    SECRET.as_bytes(),
                    format!("v0:1700000000:{BODY}").as_bytes()
                ))
            )),
        ),
        (
            vec!["signature-encoding", "signature-algorithm"],
            with("vercel", "x-vercel-signature", based.clone()),
        ),
        (
            vec!["secret-hex", "signature-encoding"],
            Case::new(
                "blue",
                "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
                &[(
                    "X-Signature",
                    &STANDARD.encode(mac256(
                        &hex::decode("0f1e2d3c4b5a69788796a5b4c3d2e1f0").unwrap(),
                        BODY.as_bytes(),
                    )),
                )],
                BODY,
            ),
        ),
        (
            vec!["body-newline-added", "content-other-scheme"],
            Case::new(
                "blue",
                SECRET,
                &[
                    ("X-Signature", &text(&format!("v0:1700000000:{BODY}"))),
                    ("X-Slack-Request-Timestamp", "1700000000"),
                ],
                format!("{BODY}\n"),
            ),
        ),
        (
            vec!["content-timestamp", "content-id"],
            Case::new(
                "blue",
                SECRET,
                &[
                    ("X-Signature", &text(&format!("d-17.1700000000.{BODY}"))),
                    ("X-Timestamp", "1700000000"),
                    ("X-Delivery-Id", "d-17"),
                ],
                BODY,
            ),
        ),
        (
            vec!["content-timestamp", "content-id"],
            webhook(
                "standard-webhooks",
                &whsec,
                &format!("v1,{}", STANDARD.encode(mac256(&raw_key, BODY.as_bytes()))),
            ),
        ),
        (
            vec!["signature-encoding", "content-timestamp"],
            Case::new(
                "blue",
                SECRET,
                &[
                    (
                        "X-Signature",
                        &STANDARD.encode(mac256(SECRET.as_bytes(), timed.as_bytes())),
                    ),
                    ("X-Timestamp", "1700000000"),
                ],
                BODY,
            ),
        ),
        (
            vec!["signature-algorithm", "content-timestamp"],
            Case::new(
                "blue",
                SECRET,
                &[
                    ("X-Signature", &hex::encode(sha512(&timed))),
                    ("X-Timestamp", "1700000000"),
                ],
                BODY,
            ),
        ),
        (
            vec!["secret-whitespace", "content-timestamp"],
            Case::new(
                "blue",
                SECRET,
                &[
                    (
                        "X-Signature",
                        &hex::encode(mac256(format!("{SECRET}\n").as_bytes(), timed.as_bytes())),
                    ),
                    ("X-Timestamp", "1700000000"),
                ],
                BODY,
            ),
        ),
        (
            vec!["signature-quoted"],
            Case::new(
                "twilio",
                SECRET,
                &[(
                    "X-Twilio-Signature",
                    &format!(
                        "\"{}\"",
                        STANDARD.encode(sha1("https://a.example/hookA1B2"))
                    ),
                )],
                "B=2&A=1",
            )
            .at("https://a.example/hook"),
        ),
        (
            vec!["signature-whitespace"],
            Case::new(
                "gitlab",
                SECRET,
                &[("X-Gitlab-Token", &format!("{SECRET} "))],
                BODY,
            ),
        ),
        (
            vec!["signature-quoted"],
            Case::new(
                "gitlab",
                SECRET,
                &[("X-Gitlab-Token", &format!("\"{SECRET}\""))],
                BODY,
            ),
        ),
        (
            vec!["secret-case"],
            Case::new(
                "gitlab",
                SECRET,
                &[("X-Gitlab-Token", &SECRET.to_uppercase())],
                BODY,
            ),
        ),
    ];
    assert_named(cases);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_make_it_panic(
        body in proptest::collection::vec(any::<u8>(), 0..400),
        signature in proptest::collection::vec(any::<u8>(), 1..120),
        secret in proptest::collection::vec(any::<u8>(), 1..60),
        other in "[ -~]{0,40}",
        scheme in 0..Scheme::names().count(),
    ) {
        let name = Scheme::names().nth(scheme).unwrap();
        let scheme = Scheme::named(name).unwrap();
        let mut headers = Headers::new();
        for variant in &scheme.variants {
            if let Some(header) = &variant.signature.header {
                headers.push(header.replace("{n}", "1"), signature.clone());
            }
        }
        headers.push("X-Timestamp", other.clone());
        headers.push("X-Id", other.clone());
        let secrets = [Secret::new(secret).unwrap()];
        let url = format!("https://{other}/x?{other}");
        let parts = Parts { method: "POST", url: Some(&url), headers: &headers };
        if let Ok(keyring) = Keyring::for_verifying(&scheme, &secrets)
            && let Ok(mut judge) = Judge::new(&scheme, &keyring, parts)
        {
            judge.update(&body);
            let judgement = judge.finish(&Clock { now: Timestamp::UNIX_EPOCH, tolerance: Tolerance::Off });
            let diagnosis = diagnose_within(Effort::QUICK, &scheme, &secrets, parts, Received::whole(&body), &judgement);
            prop_assert!(diagnosis.cause.is_none());
        }
    }
}

/// Run with `cargo test --release --test diagnosis -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement: the machine has to be quiet, and the build optimised"]
fn a_body_of_10_kb_takes_less_than_a_tenth_of_a_second() {
    let item = BODY.replace("TODO", "X");
    let body = format!("[{}]", vec![item; 36].join(","));
    for (name, case) in [
        ("blue", Case::signed("another", &body)),
        ("blue, 2334 bytes", Case::signed("another", &body[..2334])),
        (
            "blue, not JSON",
            Case::signed("another", vec![b'x'; 10_000]),
        ),
        ("blue, latin", Case::signed("another", vec![0xE9; 10_000])),
        (
            "stripe",
            Case::new(
                "stripe",
                SECRET,
                &[(
                    "Stripe-Signature",
                    &format!("t=1700000000,v1={}", "0".repeat(64)),
                )],
                &body,
            ),
        ),
        (
            "blue, timestamps",
            Case::new(
                "blue",
                SECRET,
                &[
                    ("X-Signature", &"0".repeat(64)),
                    ("X-A-Id", "abc"),
                    ("X-T", "1700000000"),
                    ("Date", "Tue, 14 Nov 2023 22:13:20 GMT"),
                    ("X-U", "1700000001000"),
                ],
                &body,
            ),
        ),
        (
            "square",
            Case::new(
                "square",
                SECRET,
                &[("x-square-hmacsha256-signature", &STANDARD.encode([7; 32]))],
                &body,
            )
            .at("https://a.example/hook?x=1"),
        ),
        (
            "discord",
            forgeries()
                .into_iter()
                .find(|case| case.scheme.name == "discord")
                .unwrap(),
        ),
        ("blue, 300 kB", Case::signed("another", body.repeat(30))),
        ("blue, 16 MiB", Case::signed("another", body.repeat(1600))),
    ] {
        let judgement = case.judged();
        let secrets = case.secrets();
        let timed = |effort| {
            let start = std::time::Instant::now();
            let body = Received::whole(&case.body);
            let parts = case.parts();
            diagnose_within(effort, &case.scheme, &secrets, parts, body, &judgement);
            start.elapsed()
        };
        let (full, quick) = (timed(Effort::FULL), timed(Effort::QUICK));
        let length = case.body.len();
        println!("{name}: {length} bytes, full {full:?}, quick {quick:?}");
        let most = if length > 20_000 { 1000 } else { 100 };
        assert!(full.as_millis() < most, "{name}: {full:?}");
    }
}
