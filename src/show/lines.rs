//! Machine output: every kind of JSON line that leaves the program, as a contract.
//!
//! One object a line, keys in a fixed order, never a lossy string: a body or header value that is
//! not UTF-8 is base64. Controls and invisible characters are written as `\u` escapes, so that a
//! line can be shown anywhere.

use std::io;

use base64::Engine as _;
use serde::{Serialize, Serializer};
use serde_json::ser::{CompactFormatter, Formatter};

use super::harmless;

/// Writes a value as one line.
///
/// # Errors
/// Those of the writer.
pub fn write(out: &mut dyn io::Write, line: &impl Serialize) -> io::Result<()> {
    out.write_all(&to_bytes(line)?)
}

/// A value as one line with its line feed.
///
/// # Errors
/// None for the types of this module.
pub fn to_bytes(line: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(512);
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
        CompactFormatter.write_string_fragment(writer, &harmless::json(fragment.as_bytes()))
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
                base64: base64::engine::general_purpose::STANDARD.encode(self.0),
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
    pub min: f64,
    pub p50: f64,
    pub p90: f64,
    pub p99: f64,
    pub max: f64,
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
}
