//! Machine output: every kind of JSON line that leaves the program, as a contract.
//!
//! One object a line, keys in a fixed order, never a lossy string: a body or header value that is
//! not UTF-8 is base64. Controls and invisible characters are written as `\u` escapes, so that a
//! line can be shown anywhere.

use std::io;

use std::time::Duration;

use base64::Engine as _;
use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::ser::Formatter;

use super::harmless;
use crate::blue::validate::Finding;
use crate::delivery::{Delivery, Headers};

/// A value as one line with its line feed.
///
/// # Errors
/// None for the types of this module.
pub fn to_bytes(line: &impl Serialize) -> io::Result<Vec<u8>> {
    sized(line, 512)
}

/// As [`to_bytes`], for a line of about so many bytes.
fn sized(line: &impl Serialize, size: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(size);
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Visible);
    line.serialize(&mut serializer).map_err(io::Error::from)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// serde_json's compact form with every hidden character escaped.
struct Visible;

impl Formatter for Visible {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let is_plain = |bytes: &[u8]| {
            bytes
                .iter()
                .fold(0, |odd, &byte| odd | byte | byte.wrapping_add(1))
                < 0x80
        };
        match is_plain(fragment.as_bytes()) {
            true => writer.write_all(fragment.as_bytes()),
            false => writer.write_all(harmless::json(fragment.as_bytes()).as_bytes()),
        }
    }
}

/// Header fields as pairs: the name, and the value as text or as base64.
#[derive(Debug, Serialize)]
pub struct Pair<'a>(pub &'a str, pub Value<'a>);

/// Bytes as text where they are UTF-8, else as `{"base64": "…"}`.
#[derive(Debug)]
pub struct Value<'a>(pub &'a [u8]);

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Base64 {
            base64: String,
        }
        match std::str::from_utf8(self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => Base64 {
                base64: STANDARD.encode(self.0),
            }
            .serialize(serializer),
        }
    }
}

/// The size and digest of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BodyDigest {
    /// How many bytes.
    pub bytes: u64,
    /// The SHA-256 of the bytes in hex.
    pub sha256: String,
}

/// What `sign --json` prints.
#[derive(Debug, Serialize)]
pub struct SignLine<'a> {
    /// The scheme's name.
    pub scheme: &'a str,
    /// The headers that the scheme adds.
    pub headers: &'a [(String, String)],
    /// What was signed.
    pub body: &'a BodyDigest,
}

/// What `verify --json` prints, an object a delivery.
#[derive(Debug, Clone, Serialize)]
pub struct VerifyLine {
    /// The verdict.
    pub genuine: bool,
    /// Which delivery, from 1.
    pub number: u64,
    /// The scheme's name.
    pub scheme: String,
    /// Why not; `null` when genuine.
    pub reason: Option<&'static str>,
    /// The verdict in a sentence.
    pub message: String,
    /// Whether it carries no signature at all.
    #[serde(skip)]
    pub is_unsigned: bool,
    /// What would make the signature match; `null` when nothing was found or all is well.
    pub cause: Option<CauseObject>,
    /// Evidence that no retried match backs.
    pub hints: Vec<HintObject>,
    /// Which secret matched.
    pub matched_secret: Option<MatchObject>,
    /// The delivery's own time in seconds since 1970.
    pub timestamp: Option<i64>,
    /// How old the delivery was.
    pub age_seconds: Option<i64>,
    /// What was judged.
    pub body: BodyDigest,
    /// What the signature should have been, with `--show-expected`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Vec<String>>,
    /// The steps, with `--explain`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Explanation>,
}

/// The cause of a mismatch.
#[derive(Debug, Clone, Serialize)]
pub struct CauseObject {
    /// One code for each change that was made.
    pub codes: Vec<&'static str>,
    /// What happened, in a sentence.
    pub message: String,
    /// What to do about it.
    pub fix: String,
    /// Which serialiser wrote what was signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dialect: Option<String>,
    /// Which algorithm was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<String>,
    /// Which scheme was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
}

/// One hint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HintObject {
    /// Its name.
    pub code: &'static str,
    /// What was seen, in a sentence.
    pub message: String,
}

/// The secret that matched.
#[derive(Debug, Clone, Serialize)]
pub struct MatchObject {
    /// Which one, from 1, in the order given.
    pub position: usize,
    /// The first 8 hex digits of the key's SHA-256.
    pub fingerprint: String,
}

/// What `--explain` adds.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// The steps from secret to signature.
    pub steps: Vec<String>,
    /// The signed content, if it is UTF-8; shortened if it is long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// The signed content in hex; shortened if it is long.
    pub content_hex: String,
    /// How long the signed content is.
    pub content_bytes: u64,
}

/// One attempt of `send --json`.
#[derive(Debug, Serialize)]
pub struct AttemptLine<'a> {
    /// `attempt`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Which delivery, from 1.
    pub number: u64,
    /// Which attempt at it, from 1.
    pub attempt: u32,
    /// The event that was sent.
    pub event: Option<&'a str>,
    /// Where it was sent.
    pub url: String,
    /// The answer's status; `null` when there was none.
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    pub ms: f64,
    /// Why there was no answer.
    pub error: Option<&'a str>,
    /// After how many milliseconds it will be tried again.
    pub retry_in_ms: Option<u64>,
    /// What the receiver replied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<ReceivedAnswer<'a>>,
    /// In a replay: how that is beside what was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<RecordedAnswer>,
}

/// The answer that was recorded.
#[derive(Debug, Serialize)]
pub struct RecordedAnswer {
    /// Its status; `null` when none was recorded.
    pub status: Option<u16>,
    /// What is not as recorded: `status`, `body`.
    pub differs: Vec<&'static str>,
}

/// An answer's header fields and body.
#[derive(Debug, Serialize)]
pub struct ReceivedAnswer<'a> {
    headers: Vec<Pair<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_base64: Option<String>,
    /// Whether only the beginning of the body is there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    truncated: bool,
}

/// An answer for a line.
pub fn received(answer: &crate::sender::Answer) -> ReceivedAnswer<'_> {
    let text = std::str::from_utf8(&answer.body).ok();
    ReceivedAnswer {
        headers: (answer.headers.iter())
            .map(|header| Pair(&header.name, Value(&header.value)))
            .collect(),
        body: text,
        body_base64: text.is_none().then(|| STANDARD.encode(&answer.body)),
        truncated: answer.body_truncated,
    }
}

/// The end of `send --json`.
#[derive(Debug, Serialize)]
pub struct ResultLine {
    /// `result`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// How many deliveries were answered with 2xx.
    pub delivered: u64,
    /// How many were not.
    pub failed: u64,
    /// How many attempts were made.
    pub attempts: u64,
    /// How often each status came.
    pub statuses: std::collections::BTreeMap<String, u64>,
    /// How often each error came.
    pub errors: std::collections::BTreeMap<String, u64>,
    /// How long the attempts took, in milliseconds.
    pub latency_ms: Latency,
    /// How long all took.
    pub seconds: f64,
    /// Deliveries a second.
    pub per_second: f64,
}

/// Percentiles of the attempts' times, in milliseconds.
#[derive(Debug, Serialize)]
#[allow(missing_docs)] // The names are the percentiles.
pub struct Latency {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p90: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

/// The first line of `listen --json`.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename = "listening")]
pub struct ListeningLine<'a> {
    /// Where deliveries are taken.
    pub url: &'a str,
    /// The version of the lines that follow: [`LINES_VERSION`].
    pub version: u32,
}

/// The version of the lines of `listen --json` and of recordings.
pub const LINES_VERSION: u32 = 1;

/// One delivery of `listen --json` and of a recording.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename = "delivery")]
pub struct DeliveryLine<'a> {
    /// The version of the line: [`LINES_VERSION`].
    pub version: u32,
    /// Which delivery, from 1.
    pub number: u64,
    /// When its head was complete.
    pub at: Time,
    /// The sender's address and port.
    pub remote: String,
    /// The request's method.
    pub method: &'a str,
    /// The request's target, as it stood on the request line.
    pub target: &'a str,
    /// The headers in the sender's order and case.
    pub headers: Fields<'a>,
    /// The body, if it is UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<&'a str>,
    /// The body, if it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_base64: Option<Base64<'a>>,
    /// What happened, if the payload or a header says so.
    pub event: Option<&'a str>,
    /// The id of the project in which it happened.
    pub project: Option<&'a str>,
    /// The verdict; `null` when nothing was checked.
    pub verification: Option<&'a VerifyLine>,
    /// What is odd about the body.
    pub findings: Vec<FindingObject<'a>>,
    /// The number of the first delivery with the same body.
    pub repeat_of: Option<u64>,
    /// What the sender got; `null` when that is not decided.
    pub answer: Option<AnswerObject<'a>>,
    /// Where it was forwarded.
    pub forwards: Vec<ForwardObject<'a>>,
}

impl<'a> DeliveryLine<'a> {
    /// The line of a delivery of which nothing but the request is known yet.
    pub fn new(number: u64, at: Timestamp, remote: String, delivery: &'a Delivery) -> Self {
        let body = std::str::from_utf8(&delivery.body).ok();
        Self {
            version: LINES_VERSION,
            number,
            at: Time(at),
            remote,
            method: &delivery.method,
            target: &delivery.target,
            headers: Fields(&delivery.headers),
            body,
            body_base64: body.is_none().then_some(Base64(&delivery.body)),
            event: None,
            project: None,
            verification: None,
            findings: Vec::new(),
            repeat_of: None,
            answer: None,
            forwards: Vec::new(),
        }
    }

    /// The line as bytes with its line feed, as [`to_bytes`], in one buffer.
    ///
    /// # Errors
    /// None.
    pub fn to_bytes(&self) -> io::Result<Vec<u8>> {
        let body = self.body.map_or(0, str::len)
            + self.body_base64.as_ref().map_or(0, |body| body.0.len());
        // Room for the escapes of JSON's quotes, or for base64.
        sized(self, 2048 + body + body / 3)
    }
}

/// A handshake that was answered: what a provider asked beside its deliveries. It stands in
/// `listen --json` and in recordings, whose readers pass over it: it is no delivery.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename = "handshake")]
pub struct HandshakeLine<'a> {
    /// The version of the line: [`LINES_VERSION`].
    pub version: u32,
    /// When its head was complete.
    pub at: Time,
    /// The sender's address and port.
    pub remote: String,
    /// The request's method.
    pub method: &'a str,
    /// The request's target, as it stood on the request line.
    pub target: &'a str,
    /// The headers in the sender's order and case.
    pub headers: Fields<'a>,
    /// The body, if it is UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<&'a str>,
    /// The body, if it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_base64: Option<Base64<'a>>,
    /// What the provider wanted to know.
    pub about: &'a str,
    /// The secret of the deliveries to come, if it told that.
    pub secret: Option<Value<'a>>,
    /// What the provider got.
    pub answer: AnswerObject<'a>,
}

/// A time in UTC with milliseconds: `2026-11-22T03:49:53.123Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time(pub Timestamp);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:.3}", self.0))
    }
}

/// Header fields as pairs, see [`Pair`].
#[derive(Debug)]
pub struct Fields<'a>(pub &'a Headers);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(
            self.0
                .iter()
                .map(|header| Pair(&header.name, Value(&header.value))),
        )
    }
}

/// Bytes as a string of base64.
#[derive(Debug)]
pub struct Base64<'a>(pub &'a [u8]);

impl Serialize for Base64<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Base64Display::new(self.0, &STANDARD))
    }
}

/// One finding about a body.
#[derive(Debug, Serialize)]
pub struct FindingObject<'a> {
    /// How grave it is: `info`, `warning`, `error`.
    pub level: &'static str,
    /// Its name.
    pub code: &'static str,
    /// Where it is, as a dotted path; empty for the whole body.
    pub path: &'a str,
    /// What it is, in a sentence.
    pub message: String,
}

impl<'a> From<&'a Finding> for FindingObject<'a> {
    fn from(finding: &'a Finding) -> Self {
        Self {
            level: finding.rule.level.name(),
            code: finding.rule.code,
            path: &finding.path,
            message: finding.to_string(),
        }
    }
}

/// What a sender got.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct AnswerObject<'a> {
    /// The status; `null` when the connection was closed without an answer.
    pub status: Option<u16>,
    /// Who decided: `bluehook`, or the URL of a forward.
    pub by: &'a str,
    /// The time to the decision, in milliseconds.
    pub ms: f64,
}

/// One place to which a delivery was forwarded.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ForwardObject<'a> {
    /// Where.
    pub url: &'a str,
    /// The answer's status; `null` when there was none.
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    pub ms: f64,
    /// Why there was no answer.
    pub error: Option<&'a str>,
}

/// Something that came in and was no delivery, in `listen --json`.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename = "malformed")]
pub struct MalformedLine<'a> {
    /// When it was recognised.
    pub at: Time,
    /// The sender's address and port; `null` where no single sender is the cause.
    pub remote: Option<String>,
    /// What is wrong, for scripts.
    pub code: &'a str,
    /// The status that the sender got; `null` when the connection was closed without an answer.
    pub status: Option<u16>,
    /// What is wrong, in a sentence.
    pub message: &'a str,
}

/// The last line of `listen --json`: what came in while it listened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename = "summary")]
pub struct ListenSummary {
    /// How many deliveries came that match the filters.
    pub deliveries: u64,
    /// How many of them were genuine.
    pub genuine: u64,
    /// How many were not.
    pub refused: u64,
    /// How many were not checked.
    pub unchecked: u64,
    /// How many requests were no deliveries.
    pub malformed: u64,
    /// How many deliveries do not match the filters.
    pub filtered: u64,
    /// How many forwards failed.
    pub forward_failed: u64,
    /// What was expected and did not come.
    pub missing: Vec<String>,
    /// What was wanted, if that is not what came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wanted: Option<Wanted>,
    /// Which events came while something is missing, and how often.
    #[serde(skip)]
    pub came: Vec<(String, u64)>,
}

/// What `listen` waited for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Wanted {
    /// How many deliveries; `null` when any number will do.
    pub deliveries: Option<u64>,
    /// How many came that count: genuine, or unchecked.
    pub came: u64,
    /// The events.
    pub events: Vec<String>,
    /// How many that are not genuine, where any other number fails the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<u64>,
}

/// A time that something took in milliseconds, to the microsecond.
pub fn ms(took: Duration) -> f64 {
    (took.as_secs_f64() * 1e6).round() / 1e3
}

/// One line of `schemes --json`.
#[derive(Debug, Serialize)]
pub struct SchemeLine<'a> {
    /// The scheme's name.
    pub scheme: &'a str,
    /// Its other names.
    pub aliases: &'a [String],
    /// The headers in which its signature travels.
    pub headers: Vec<String>,
    /// Whose it is.
    pub about: &'a str,
}

/// One line of `events --json`.
#[derive(Debug, Serialize)]
pub struct EventLine<'a> {
    /// The event's name.
    pub event: &'a str,
    /// The entity that it is about.
    pub entity: &'a str,
    /// What it means.
    pub meaning: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_holds_nothing_that_a_terminal_obeys_and_reads_back_the_same() {
        let text = "a\u{9b}\u{202e}\u{7f}\n\"é";
        let bytes = to_bytes(&text).unwrap();
        assert_eq!(bytes, "\"a\\u009b\\u202e\\u007f\\n\\\"é\"\n".as_bytes());
        assert_eq!(serde_json::from_slice::<String>(&bytes).unwrap(), text);
    }

    #[test]
    fn a_value_that_is_not_text_is_base64() {
        let bytes = to_bytes(&Pair("X-A", Value(b"\xff"))).unwrap();
        assert_eq!(bytes, b"[\"X-A\",{\"base64\":\"/w==\"}]\n");
    }

    fn read(bytes: &[u8]) -> serde_json::Value {
        assert!(bytes.iter().all(|byte| *byte >= 0x20 || *byte == b'\n'));
        assert_eq!(bytes.iter().filter(|byte| **byte == b'\n').count(), 1);
        serde_json::from_slice(bytes).unwrap()
    }

    #[test]
    fn a_delivery_has_the_keys_of_the_contract_in_their_order() {
        let mut headers = Headers::new();
        headers.push("Host", "localhost:2583");
        headers.push("x-a", b"caf\xe9".to_vec());
        headers.push("X-A", "\u{9b}31m");
        let delivery = Delivery {
            method: "POST".into(),
            target: "/hooks?x=1".into(),
            headers,
            body: b"{\"event\":\"TODO_CREATED\"}".to_vec(),
        };
        let finding = Finding {
            rule: &crate::blue::validate::Rule {
                code: "unknown-event",
                level: crate::blue::validate::Level::Warning,
                about: "m",
            },
            path: "event".into(),
            evidence: String::new(),
        };
        let mut line = DeliveryLine::new(
            1,
            "2026-11-22T03:49:53.1234Z".parse().unwrap(),
            "127.0.0.1:50312".into(),
            &delivery,
        );
        line.event = Some("TODO_CREATED");
        line.findings.push((&finding).into());
        line.answer = Some(AnswerObject {
            status: Some(200),
            by: "bluehook",
            ms: ms(Duration::from_micros(412)),
        });
        line.forwards.push(ForwardObject {
            url: "http://localhost:3000/",
            status: None,
            ms: 3.1,
            error: Some("refused"),
        });
        assert_eq!(
            String::from_utf8(line.to_bytes().unwrap()).unwrap(),
            concat!(
                r#"{"type":"delivery","version":1,"number":1,"at":"2026-11-22T03:49:53.123Z","remote":"127.0.0.1:50312","method":"POST","target":"/hooks?x=1","#,
                r#""headers":[["Host","localhost:2583"],["x-a",{"base64":"Y2Fm6Q=="}],["X-A","\u009b31m"]],"body":"{\"event\":\"TODO_CREATED\"}","#,
                r#""event":"TODO_CREATED","project":null,"verification":null,"findings":[{"level":"warning","code":"unknown-event","path":"event","message":"m"}],"#,
                r#""repeat_of":null,"answer":{"status":200,"by":"bluehook","ms":0.412},"forwards":[{"url":"http://localhost:3000/","status":null,"ms":3.1,"error":"refused"}]}"#,
                "\n"
            )
        );
    }

    #[test]
    fn a_body_reads_back_to_the_very_bytes() {
        let bodies: [&[u8]; 4] = [
            "\0\u{1b}\u{7f}\u{9b}\u{202e}\u{feff}\u{e0041}\u{fffe}é😀\"\\".as_bytes(),
            b"\xff\x00\x1f",
            b"",
            b"\xed\xa0\x80",
        ];
        for body in bodies {
            let delivery = Delivery {
                body: body.to_vec(),
                ..Delivery::default()
            };
            let line = DeliveryLine::new(1, Timestamp::UNIX_EPOCH, String::new(), &delivery);
            let bytes = line.to_bytes().unwrap();
            assert!(
                std::str::from_utf8(&bytes)
                    .unwrap()
                    .chars()
                    .all(|c| c == '\n' || !harmless::is_hidden(c))
            );
            let value = read(&bytes);
            let back = match (&value["body"], &value["body_base64"]) {
                (serde_json::Value::String(text), serde_json::Value::Null) => {
                    text.clone().into_bytes()
                }
                (serde_json::Value::Null, serde_json::Value::String(text)) => {
                    STANDARD.decode(text).unwrap()
                }
                _ => panic!("{value}"),
            };
            assert_eq!(back, body);
        }
    }

    #[test]
    fn the_other_lines_of_listen_are_those_of_the_contract() {
        let lines = [
            to_bytes(&ListeningLine {
                url: "http://127.0.0.1:2583",
                version: LINES_VERSION,
            })
            .unwrap(),
            to_bytes(&MalformedLine {
                at: Time(Timestamp::UNIX_EPOCH),
                remote: None,
                code: "truncated-body",
                status: Some(400),
                message: "m",
            })
            .unwrap(),
            to_bytes(&ListenSummary {
                deliveries: 3,
                genuine: 2,
                refused: 1,
                missing: vec!["TODO_DELETED".into()],
                ..ListenSummary::default()
            })
            .unwrap(),
        ];
        assert_eq!(
            String::from_utf8(lines.concat()).unwrap(),
            concat!(
                r#"{"type":"listening","url":"http://127.0.0.1:2583","version":1}"#,
                "\n",
                r#"{"type":"malformed","at":"1970-01-01T00:00:00.000Z","remote":null,"code":"truncated-body","status":400,"message":"m"}"#,
                "\n",
                r#"{"type":"summary","deliveries":3,"genuine":2,"refused":1,"unchecked":0,"malformed":0,"filtered":0,"forward_failed":0,"missing":["TODO_DELETED"]}"#,
                "\n",
            )
        );
    }
}
