//! The cases: one record each, in the order in which they are run.
//!
//! To add one, write its record here. Reports, `--list` and the man page read this table.

use std::time::Duration;

use jiff::SignedDuration;

use super::judge::{RAW, Right, Verdict};
use super::kit::{Kit, Probe, SAMPLE, Sealed, event_body, keeping, one_changed};
use super::seen::{ANOTHER, Seen, UNSIGNED};
use crate::blue::event;
use crate::json::{self, Dialect, Step};
use crate::signing::encoding::Encoding;
use crate::signing::handshake::handshake;
use crate::signing::record::handshake::{Handshake, ReplyPart, Value};
use crate::signing::record::template::{Part, Template};
use crate::signing::record::words::{Algorithm, Direction};
use crate::signing::{Hash, Keyring};

/// One case.
pub struct Case {
    /// Its name: `group/what`.
    pub name: &'static str,
    /// What is sent.
    pub sent: &'static str,
    /// What a right receiver answers.
    pub right: Right,
    /// Why it matters.
    pub why: &'static str,
    /// How to mend it.
    pub mend: &'static str,
    /// How it is shown.
    pub how: How,
}

/// What a case sends, or why the scheme or what is given cannot show it.
pub type Made = Result<Vec<Probe>, String>;

/// How a case is shown.
#[derive(Clone, Copy)]
pub enum How {
    /// By deliveries, one after another.
    InTurn(fn(&Kit) -> Made),
    /// By deliveries at the same time.
    AtOnce(fn(&Kit) -> Made),
    /// By all answers together.
    Watched(fn(&Seen) -> (Verdict, String)),
    /// By nothing that can be sent; why.
    Never(&'static str),
}

impl Case {
    /// The part of the name before the slash.
    pub fn group(&self) -> &'static str {
        self.name.split('/').next().unwrap_or_default()
    }

    /// What it sends.
    ///
    /// # Errors
    /// It cannot be shown, in a sentence.
    pub fn make(&self, kit: &Kit) -> Made {
        match self.how {
            How::InTurn(make) | How::AtOnce(make) => make(kit),
            How::Watched(_) => Ok(Vec::new()),
            How::Never(why) => Err(why.into()),
        }
    }
}

/// The case of that name.
pub fn case(name: &str) -> Option<&'static Case> {
    CASES.iter().find(|case| case.name == name)
}

/// Faults that show again in further cases: where a case of the list is accepted, too, there is no
/// second thing to mend.
const SAME_FAULT: &[(&str, &[&str])] = &[
    (
        UNSIGNED,
        &[
            "refuses/other-scheme",
            "refuses/unsigned-health-check",
            "refuses/unsigned-not-json",
            "refuses/unsigned-other-type",
            "stays-up/unsigned-32-mib",
        ],
    ),
    (
        ANOTHER,
        &[
            "refuses/empty-key",
            "refuses/undefined-key",
            "refuses/guessable-key",
            "refuses/plain-hash",
            "refuses/secret-prefix-hash",
            "refuses/another-algorithm",
            "refuses/not-hex",
            "refuses/not-ascii",
            "refuses/changed-body",
            "refuses/appended-space",
            "refuses/truncated-body",
            "refuses/rewritten-body",
            "refuses/empty-body",
            "refuses/another-delivery",
            "refuses/after-genuine",
        ],
    ),
];

/// The case whose fault shows again when this one is accepted.
pub fn same_fault(name: &str) -> Option<&'static Case> {
    let mut faults = SAME_FAULT.iter();
    let (fault, _) = faults.find(|(_, cases)| cases.contains(&name))?;
    case(fault)
}

/// The whole table.
pub fn cases() -> &'static [Case] {
    &CASES
}

const OTHER_BYTES: &str = "A receiver that hashes what it parsed and wrote again refuses genuine \
deliveries as soon as a title holds such a character.";
const COMPARE: &str = "Compute the whole signature and compare it with the whole header by a \
function for secrets (timingSafeEqual, hmac.compare_digest), after comparing the lengths.";
const FORGE: &str = "Whoever knows the URL can make the receiver believe anything.";
const LENGTH: &str = "Compare the lengths first, and answer 401 when they differ: timingSafeEqual \
throws for buffers of different lengths.";
const KEY: &str = "Refuse to start when the secret is missing or empty.";
const ALGORITHM: &str =
    "Compute exactly the scheme's algorithm, and never let the request choose it.";
const CATCH: &str = "Judge the signature first, then parse inside try, and answer 400 to what cannot \
be read: no delivery may end the process or become a 500.";
const ALIVE: &str =
    "One odd delivery that makes it fail is sent again and again, and keeps others waiting.";
const WORK: &str =
    "Answer as soon as the signature is right, and do the work afterwards, in a queue.";
const AGE: &str = "Somebody who recorded a delivery once can send it again for ever.";
const CLOCK: &str = "Compare the signed timestamp with the clock, and refuse what is too old.";
const SIGNED: &str =
    "Put timestamp and id into the signed content exactly as they came in the headers.";
const QUIET: &str = "Answer forgeries with a bare 401, and write what was wrong to your own log.";

macro_rules! cases {
    ($($name:literal, $how:expr, $right:ident, $sent:literal, $why:expr, $mend:expr;)*) => {
        static CASES: [Case; [$($name),*].len()] = [$(Case {
            name: $name,
            sent: $sent,
            right: Right::$right,
            why: $why,
            mend: $mend,
            how: $how,
        }),*];
    };
}

use How::{AtOnce, InTurn, Never, Watched};

#[rustfmt::skip] // One case after the other: name, how, right answers; what is sent; why; how to mend it.
cases! {
    "accepts/genuine", InTurn(genuine), Taken,
        "the sample, signed",
        "Nothing works without it.",
        "Check the secret, the path and the scheme; bluehook listen shows what arrives and why it is refused.";
    "accepts/events", InTurn(events), Taken,
        "a sample of every other event, signed",
        "A sender that is refused again and again marks the webhook unhealthy or switches it off.",
        "Answer 200 to every genuine delivery, also to events that you do nothing with.";
    "accepts/unknown-event", InTurn(|kit| odd_event(kit, "CHECK_OF_SOMETHING_NEW")), Taken,
        "an event that does not exist yet, signed",
        "Senders add events; to refuse them makes the webhook unhealthy on that day.",
        "Pass over events that you do not know, and answer 200.";
    "accepts/spacing", InTurn(|kit| rewritten(kit, spaced)), Taken,
        "JSON with spaces and line ends, signed",
        OTHER_BYTES, RAW;
    "accepts/numbers", InTurn(|kit| member(kit, "[1.0,1e3,-0,12345678901234567890,0.10]")), Taken,
        "numbers that parsers write differently (1.0, 1e3, 20 digits), signed",
        OTHER_BYTES, RAW;
    "accepts/escapes", InTurn(|kit| member(kit, r#""\u00e9\u0041 \/ < > & \u2028 \ud83d\ude00""#)), Taken,
        r"escapes that serialisers write differently (\u00e9, \/, <), signed",
        OTHER_BYTES, RAW;
    "accepts/scripts", InTurn(|kit| member(kit, "\"é ß 世界 Привет שלום العربية हिन्दी 😀 e\u{301} \u{2028} ' ` $ %00\"")), Taken,
        "raw text in many scripts, signed",
        OTHER_BYTES, RAW;
    "accepts/key-order", InTurn(|kit| member(kit, r#"{"z":1,"a":2,"10":3,"9":4}"#)), Taken,
        "keys in an order that parsers change, signed",
        OTHER_BYTES, RAW;
    "accepts/duplicate-keys", InTurn(|kit| member(kit, r#"{"a":1,"a":2}"#)), TakenAtBest,
        "the same key twice, signed",
        OTHER_BYTES, RAW;
    "accepts/trailing-newline", InTurn(|kit| around(kit, b"", b"\n")), Taken,
        "a line end after the JSON, signed",
        OTHER_BYTES, RAW;
    "accepts/byte-order-mark", InTurn(|kit| around(kit, b"\xef\xbb\xbf", b"")), AnsweredRaw,
        "a byte order mark before the JSON, signed",
        "A decoder that drops the mark hashes other bytes than were signed.", RAW;
    "accepts/charset", InTurn(charset), Taken,
        "Content-Type: application/json; charset=utf-8, signed",
        "Proxies and senders add the charset; a receiver that compares the whole value sees no body.",
        "Take the raw body whatever the Content-Type says.";
    "accepts/header-case", InTurn(header_case), Taken,
        "the signature's header in lower case",
        "Header names have no case, and HTTP/2 proxies write them in lower case.",
        "Look headers up without regard to case.";
    "accepts/64-kib", InTurn(|kit| large(kit, 64 << 10)), Taken,
        "64 KiB, signed",
        "Payloads with long texts and many custom fields get that large.",
        "Raise the limit of the body's size to at least 1 MiB.";
    "accepts/1-mib", InTurn(|kit| large(kit, 1 << 20)), TakenAtBest,
        "1 MiB, signed",
        "A delivery that is too large is refused for ever, however often it is sent.",
        "Raise the limit of the body's size: express.raw({ limit: '10mb' }), client_max_body_size 10m.";
    "accepts/repeated", InTurn(|kit| repeated(kit, 2)), Taken,
        "the very same delivery twice, one after the other",
        "Senders that did not hear the answer send again.",
        "Answer 200 again, and do the work once: remember the ids of what you have seen.";
    "accepts/repeated-at-once", AtOnce(|kit| repeated(kit, 4)), Taken,
        "the very same delivery four times at the same time",
        "A sender's second attempt may overtake the first.",
        "Remember ids where only one can write them: a unique key in the database.";
    "accepts/burst", AtOnce(burst), Taken,
        "24 genuine deliveries at the same time",
        "One change to many records becomes many deliveries at once.", WORK;
    "accepts/second-secret", InTurn(second_secret), Taken,
        "the sample, signed with each further secret",
        "While a secret is changed, deliveries of both are under way.",
        "Keep a list of secrets, and accept what matches any of them.";
    "accepts/several-signatures", InTurn(several), Taken,
        "several signatures of which one is right",
        "While a secret is changed, senders sign with both.",
        "Go through all signatures of the header, and accept when any one is right.";

    "refuses/no-signature", InTurn(|kit| Ok(vec![kit.bare("", kit.body()), kit.bare("again", kit.body())])), Refused,
        "the sample without a signature",
        FORGE, "Refuse with 401 when the signature's header is missing.";
    "refuses/empty-signature", InTurn(|kit| Ok(vec![kit.sample()?.with_header("", b"")])), Refused,
        "an empty signature",
        FORGE, "Refuse an empty signature as a missing one, and compare whole signatures.";
    "refuses/another-secret", InTurn(another_secret), Refused,
        "the sample signed with another secret",
        FORGE, COMPARE;
    "refuses/empty-key", InTurn(|kit| keyed(kit, &[("", &[0])])), Refused,
        "a signature made with an empty key",
        "Where the secret is not set, receivers compute with an empty key, and so can everybody.", KEY;
    "refuses/undefined-key", InTurn(|kit| keyed(kit, &[("undefined", b"undefined"), ("null", b"null"), ("None", b"None"), ("nil", b"nil")])), Refused,
        "a signature made with the key undefined, null, None or nil",
        "Where the secret is not set, languages write its absence as a word, and so can everybody.", KEY;
    "refuses/guessable-key", InTurn(|kit| keyed(kit, &[("secret", b"secret"), ("changeme", b"changeme"), ("test", b"test"), ("your-secret", b"your-secret")])), Refused,
        "a signature made with a key that examples use (secret, changeme)",
        "A default in the code is known to everybody who knows the code.", KEY;
    "refuses/plain-hash", InTurn(|kit| computed(kit, |algorithm, content| hashed(algorithm, content, false))), Refused,
        "the plain hash of the content, without a key",
        "Everybody can compute it.", "Compute an HMAC with the secret as the key.";
    "refuses/secret-prefix-hash", InTurn(|kit| computed(kit, |algorithm, content| hashed(algorithm, content, true))), Refused,
        "the plain hash of secret and content",
        "Such a hash can be extended by whoever has seen one.", "Compute an HMAC with the secret as the key.";
    "refuses/another-algorithm", InTurn(other_algorithms), Refused,
        "signatures by other hashes with the right secret (MD5, SHA-1, SHA-512), tokens whose alg is none",
        "A receiver that takes several algorithms is as weak as the weakest.", ALGORITHM;
    "refuses/first-8-digits", InTurn(|kit| kept(kit, 8)), Refused,
        "a signature of which only the first 8 characters are right",
        "A prefix can be guessed.", COMPARE;
    "refuses/first-16-digits", InTurn(|kit| kept(kit, 16)), Refused,
        "a signature of which only the first 16 characters are right",
        "A prefix can be guessed.", COMPARE;
    "refuses/first-32-digits", InTurn(|kit| kept(kit, 32)), Refused,
        "a signature of which only the first 32 characters are right",
        "A prefix can be guessed.", COMPARE;
    "refuses/last-digits", InTurn(last_digits), Refused,
        "a signature of which only the second half is right",
        "A part can be guessed.", COMPARE;
    "refuses/other-case", InTurn(other_case), Refused,
        "the right signature with capitals for small letters and small letters for capitals",
        "In base64 they are other digits: a comparison without regard to case is easier to meet by chance.",
        "Compare signatures as they are, without changing their case.";
    "refuses/one-digit", InTurn(one_digit), Refused,
        "a signature of which one character is wrong",
        FORGE, COMPARE;
    "refuses/truncated", InTurn(truncated), Refused,
        "the beginning of the right signature",
        "A receiver that looks only as far as the signature goes accepts one character, which is guessed at once; \
         one that compares buffers of different lengths fails.", LENGTH;
    "refuses/over-long", InTurn(|kit| appended(kit, &["00", "0000"])), Refused,
        "the right signature and more",
        "A comparison of buffers of different lengths fails with an error of the receiver's own.", LENGTH;
    "refuses/trailing-text", InTurn(|kit| appended(kit, &["zz", "0", "; x"])), RefusedAtBest,
        "the right signature and text behind it",
        "Decoders such as Buffer.from(text, 'hex') stop where the digits end, so that many headers pass for one.",
        "Compare the header's text, or check that it has only digits before it is decoded.";
    "refuses/not-hex", InTurn(nonsense), Refused,
        "text of the right length that is no signature",
        "A decoder may fail on it, or make an empty buffer of it.",
        "Compare texts as bytes, or answer 401 when decoding fails.";
    "refuses/not-ascii", InTurn(not_ascii), RefusedOrFailed,
        "bytes that are not ASCII as the signature",
        "hmac.compare_digest throws for such text, and timingSafeEqual for texts of which only the number of \
         characters is alike: strangers can fill the log with errors.",
        "Compare bytes, not text: encode the header's value first, and compare the lengths of the bytes.";
    "refuses/undefined", InTurn(|kit| headers(kit, &["undefined", "null", "true", "0", "[object Object]"])), Refused,
        "the words undefined, null, true, 0 as the signature",
        "Loose comparisons take them for something.", COMPARE;
    "refuses/very-long", InTurn(|kit| headers(kit, &[&"a".repeat(4096)])), Refused,
        "4,096 characters as the signature",
        ALIVE, LENGTH;
    "refuses/prefixed", InTurn(prefixed), RefusedAtBest,
        "the right signature behind another scheme's prefix",
        "What is cut off without need is not compared.", COMPARE;
    "refuses/other-version", InTurn(other_version), Refused,
        "the right signature under another version's prefix",
        "An old version may be weaker; its name must not lead to the new one's judgement.",
        "Take only signatures with the scheme's own prefix.";
    "refuses/other-scheme", InTurn(other_scheme), Refused,
        "the right signature in another provider's header",
        "What is not looked for is not judged: a receiver that takes several headers takes the weakest.",
        "Look only at the scheme's own header.";
    "refuses/changed-body", InTurn(changed_body), Refused,
        "one bit of the body changed",
        FORGE, RAW;
    "refuses/appended-space", InTurn(|kit| body_of(kit, |body| [body, b" "].concat())), Refused,
        "a space behind the signed body",
        "A receiver that trims or parses before it hashes does not judge what it was sent.", RAW;
    "refuses/truncated-body", InTurn(|kit| body_of(kit, |body| body[..body.len().saturating_sub(1)].to_vec())), Refused,
        "the signed body without its last byte",
        FORGE, RAW;
    "refuses/rewritten-body", InTurn(rewritten_body), Refused,
        "the same JSON, written with spaces, with the signature of the compact form",
        "A receiver that hashes what it parsed and wrote again does not judge what it was sent.", RAW;
    "refuses/empty-body", InTurn(|kit| body_of(kit, |_| Vec::new())), Refused,
        "no body, with the sample's signature",
        FORGE, RAW;
    "refuses/another-delivery", InTurn(another_delivery), Refused,
        "the signature of another delivery",
        "A signature that was seen once would open everything.", RAW;
    "refuses/after-genuine", InTurn(after_genuine), Refused,
        "a genuine delivery, and then another body with its headers",
        "Who remembers ids or signatures of deliveries that were right must not take the next one for right.",
        "Judge every delivery first; look only then whether its id was seen.";
    "refuses/unsigned-health-check", InTurn(unsigned_health_check), Refused,
        "a health check without a signature",
        "An exception for one event is a way around the signature for all that it sets off.",
        "Judge the signature before looking at the event.";
    "refuses/unsigned-not-json", InTurn(|kit| bare(kit, &[("text", b"hello"), ("half", b"{\"event\":"), ("null", b"null"), ("empty", b"")])), Refused,
        "bodies that are not JSON, without a signature",
        "A receiver that parses first fails before it refuses, and tells strangers how.", CATCH;
    "refuses/unsigned-other-type", InTurn(other_types), RefusedType,
        "the sample as text, as a form and without a Content-Type, unsigned",
        "Frameworks verify in a hook of their JSON parser, which other types never reach.",
        "Judge the signature in the route itself, of the raw body, whatever the Content-Type says.";
    "refuses/unsigned-get", InTurn(|kit| method(kit, "GET")), RefusedMethod,
        "GET without a body or signature",
        "Whatever a delivery sets off, a link would too.", "Register the route for POST only.";
    "refuses/unsigned-put", InTurn(|kit| method(kit, "PUT")), RefusedMethod,
        "the sample by PUT, without a signature",
        "A route for every method may lack what the one for POST has.", "Register the route for POST only.";
    "refuses/stale", InTurn(|kit| aged(kit, |_| -86_400)), Refused,
        "a delivery of yesterday, signed",
        AGE, CLOCK;
    "refuses/rather-stale", InTurn(|kit| aged(kit, |tolerance| -2 * tolerance - 60)), RefusedAtBest,
        "a delivery that is more than twice as old as the scheme tolerates, signed",
        AGE, CLOCK;
    "refuses/future", InTurn(future), Refused,
        "a delivery of tomorrow, signed",
        "Its time makes it valid for a day more than any other.", "Refuse what is too far in the future, too.";
    "refuses/changed-timestamp", InTurn(changed_timestamp), Refused,
        "another timestamp than the signed one",
        AGE, SIGNED;
    "refuses/no-timestamp", InTurn(no_timestamp), Refused,
        "no timestamp",
        AGE, "Refuse with 400 or 401 when the timestamp's header is missing.";
    "refuses/changed-id", InTurn(|kit| id(kit, Some("msg_another"))), Refused,
        "another id than the signed one",
        "Ids tell repeated deliveries from new ones: one that can be changed tells nothing.", SIGNED;
    "refuses/no-id", InTurn(|kit| id(kit, None)), Refused,
        "no id",
        "Ids tell repeated deliveries from new ones.", "Refuse with 400 or 401 when the id's header is missing.";
    "refuses/replayed", InTurn(replayed), Answered,
        "whether an old delivery is refused, for schemes without a timestamp",
        AGE, "Remember what you have seen, and do the work once.";
    "refuses/by-timing", Never("a network is too noisy to measure it; read the code"), Watched,
        "whether the comparison takes the same time for every signature",
        "Time tells how much of a guess is right.", COMPARE;

    "stays-up/malformed", InTurn(|kit| up(kit, &[("cut off", b"{\"event\":"), ("words", b"hello"), ("not quoted", b"{event: 1}")])), Answered,
        "malformed JSON, signed",
        ALIVE, CATCH;
    "stays-up/empty", InTurn(|kit| up(kit, &[("", b"")])), Answered,
        "an empty body, signed",
        ALIVE, CATCH;
    "stays-up/null", InTurn(|kit| up(kit, &[("", b"null")])), Answered,
        "null, signed",
        ALIVE, CATCH;
    "stays-up/array", InTurn(|kit| up(kit, &[("", b"[]"), ("of numbers", b"[1,2]"), ("a number", b"1"), ("a string", b"\"x\"")])), Answered,
        "JSON that is no object, signed",
        ALIVE, CATCH;
    "stays-up/odd-members", InTurn(|kit| up(kit, &[("", b"{}"), ("null", b"{\"event\":null,\"currentValue\":null}"), ("others", b"{\"event\":[],\"currentValue\":7,\"__proto__\":{\"x\":1},\"constructor\":1}")])), Answered,
        "objects that lack members or have them of another kind, signed",
        ALIVE, CATCH;
    "stays-up/deep", InTurn(|kit| up(kit, &[("", &deep())])), Survived,
        "5,000 levels of JSON, signed",
        "Recursive parsers end with the stack.", CATCH;
    "stays-up/nul", InTurn(|kit| up(kit, &[("", b"{\"event\":\"\0\"}"), ("escaped", b"{\"event\":\"TODO_\\u0000\"}")])), Answered,
        "NULs, signed",
        "Databases and C libraries stop at a NUL or fail on it.", CATCH;
    "stays-up/not-utf-8", InTurn(|kit| up(kit, &[("", b"{\"event\":\"\xff\xfe\xc3\"}"), ("lone surrogate", b"{\"event\":\"\\ud800\"}")])), AnsweredRaw,
        "text that is not UTF-8, signed",
        "A decoder that replaces bytes hashes others than were signed; one that is strict fails.", RAW;
    "stays-up/10-mib", InTurn(ten_mib), Answered,
        "10 MiB, signed",
        "A receiver without a limit can be filled up, one that fails at it is down for others.",
        "Set a limit to the body's size, and answer 413 beyond it.";

    "stays-up/unsigned-32-mib", InTurn(unsigned_32_mib), RefusedEarly,
        "32 MiB without a signature",
        "Without a limit, strangers fill the memory: a body is read before its signature can be judged.",
        "Set a limit to the body's size, such as 10 MiB, and answer 413 beyond it.";

    "handshake/answered", InTurn(|kit| handshakes(kit, Ask::Right)), Handshake,
        "the provider's question, as its documentation has it",
        "The provider sends nothing before it is answered.",
        "Answer with the status, the Content-Type and the body that bluehook schemes NAME shows.";
    "handshake/forged", InTurn(|kit| handshakes(kit, Ask::Unsigned)), Refused,
        "the provider's question without its signature",
        "Discord sends such ones on purpose; and an exception for one kind of body is a way around the signature.",
        "Judge the signature before looking at the body.";
    "handshake/wrong-token", InTurn(|kit| handshakes(kit, Ask::WrongToken)), Refused,
        "the provider's question with another verify token than yours",
        "Anybody could register your URL elsewhere.",
        "Compare the token with the one that you chose, and answer 403.";

    "leaks/signature", Watched(Seen::signature), Watched,
        "whether an answer holds the expected signature",
        "Who asks once can send a forgery with it.", QUIET;
    "leaks/secret", Watched(Seen::secret), Watched,
        "whether an answer holds the secret",
        "It opens everything.", QUIET;
    "leaks/stack-trace", Watched(Seen::trace), Watched,
        "whether an answer holds a stack trace",
        "It tells strangers your paths, libraries and versions.", QUIET;
    "leaks/missing-or-wrong", Watched(Seen::difference), Watched,
        "whether a missing signature is answered otherwise than a wrong one",
        "It tells a stranger which header to forge.", QUIET;

    "quick/answers", Watched(Seen::in_time), Watched,
        "whether every answer came within 7 seconds, as long as Blue waits",
        "What comes later counts as failed and is sent again.", WORK;
    "quick/steady", Watched(Seen::steady), Watched,
        "whether the receiver is as quick at the end as at the start",
        "What piles up makes it late some day.", WORK;
}

fn genuine(kit: &Kit) -> Made {
    Ok(vec![kit.sample()?.genuine("")])
}

fn events(kit: &Kit) -> Made {
    if !kit.is_blue() || kit.data.is_some() {
        return Err("bluehook has samples of Blue's events only".into());
    }
    let probe = |event: &event::Event| {
        let sealed = kit.signed(event_body(event.name))?;
        Ok(sealed.genuine(event.name))
    };
    // The sample itself was sent first of all.
    let others = event::all().iter().filter(|event| event.name != SAMPLE);
    others.map(probe).collect()
}

fn odd_event(kit: &Kit, name: &str) -> Made {
    if !kit.is_blue() || kit.data.is_some() {
        return Err("where the event is named is not known for this scheme".into());
    }
    let body = kit.body();
    let token = format!("\"{name}\"");
    let path = "event".parse().map_err(|_| "no path")?;
    let body = json::splice(&body, &path, token.as_bytes()).map_err(|error| error.to_string())?;
    Ok(vec![kit.signed(body)?.genuine("")])
}

/// The JSON with spaces and line ends, every token as it was.
fn spaced(body: &[u8]) -> Result<Vec<u8>, String> {
    let dialect = Dialect::named("minified+indent-2").ok_or("there is no such dialect")?;
    json::rewrite(body, dialect).map_err(|_| "the given body is not JSON".to_owned())
}

fn rewritten(kit: &Kit, write: fn(&[u8]) -> Result<Vec<u8>, String>) -> Made {
    kit.covers_body()?;
    Ok(vec![kit.signed(write(&kit.body())?)?.genuine("")])
}

fn member(kit: &Kit, token: &str) -> Made {
    let body = kit.with_member("bluehookCheck", token)?;
    Ok(vec![kit.signed(body)?.genuine("")])
}

fn around(kit: &Kit, before: &[u8], after: &[u8]) -> Made {
    kit.covers_body()?;
    let body = [before, &kit.body(), after].concat();
    Ok(vec![kit.signed(body)?.genuine("")])
}

fn charset(kit: &Kit) -> Made {
    kit.covers_body()?;
    if (kit.variant()).is_some_and(|variant| variant.covers("content-type")) {
        return Err("the scheme signs the content type, too".into());
    }
    let sealed = kit.signed(kit.fresh())?;
    let value = "application/json; charset=utf-8";
    Ok(vec![sealed.changed("", |delivery| {
        delivery.headers.set("Content-Type", value);
    })])
}

fn header_case(kit: &Kit) -> Made {
    let mut probe = kit.signed(kit.fresh())?.genuine("");
    let headers = probe.delivery.headers.into_iter().map(|mut header| {
        header.name = header.name.to_ascii_lowercase();
        header
    });
    probe.delivery.headers = headers.collect();
    Ok(vec![probe])
}

/// A sample of exactly so many bytes.
fn large(kit: &Kit, size: usize) -> Made {
    let bare = kit.with_member("padding", "\"\"")?.len();
    let padding = "x".repeat(size.saturating_sub(bare));
    let body = kit.with_member("padding", &format!("\"{padding}\""))?;
    Ok(vec![kit.signed(body)?.genuine("")])
}

fn repeated(kit: &Kit, times: usize) -> Made {
    let sealed = kit.signed(kit.fresh())?;
    Ok((0..times).map(|_| sealed.clone().genuine("")).collect())
}

fn burst(kit: &Kit) -> Made {
    let probe = |_| Ok(kit.signed(kit.fresh())?.genuine(""));
    (0..24).map(probe).collect()
}

fn second_secret(kit: &Kit) -> Made {
    if kit.secrets.len() < 2 {
        return Err("give both secrets to try it (--secret twice)".into());
    }
    let others = kit.secrets[1..].iter();
    others
        .map(|secret| {
            let secrets = std::slice::from_ref(secret);
            let sealed = kit.seal(&kit.scheme, secrets, kit.body(), (kit.now)())?;
            Ok(sealed.genuine(""))
        })
        .collect()
}

fn several(kit: &Kit) -> Made {
    let place = &kit.variant().ok_or("the secret signs nothing")?.signature;
    let sealed = kit.sample()?;
    let wrong = one_changed(&sealed.signature);
    if let Some(separator) = &place.separator {
        let (prefix, right) = (&place.prefix, &sealed.signature);
        let probe = |label, first: &str, second: &str| {
            let text = format!("{first}{separator}{prefix}{second}");
            Probe {
                withheld: None,
                ..sealed.with_signature(label, text)
            }
        };
        return Ok(vec![
            probe("the second one is right", &wrong, right),
            probe("the first one is right", right, &wrong),
        ]);
    }
    match place.header.as_deref() {
        Some(name) if name.contains("{n}") => {
            let mut probe = sealed.with_signature("the second one is right", &wrong);
            probe.withheld = None;
            let value = format!("{}{}", place.prefix, sealed.signature);
            let second = name.replace("{n}", "2");
            probe.delivery.headers.push(second, value);
            Ok(vec![probe])
        }
        _ => Err("the scheme carries one signature only".into()),
    }
}

fn another_secret(kit: &Kit) -> Made {
    let secret = kit.other_secret(b"bluehook check: another secret..")?;
    let right = kit.sample()?.signature;
    let probe = |label| {
        let secrets = std::slice::from_ref(&secret);
        let sealed = kit.seal(&kit.scheme, secrets, kit.body(), (kit.now)())?;
        Ok(Probe {
            withheld: Some(right.clone()),
            ..sealed.genuine(label)
        })
    };
    ["", "again"].into_iter().map(probe).collect()
}

fn keyed(kit: &Kit, keys: &[(&str, &[u8])]) -> Made {
    let own = |bytes: &[u8]| kit.secrets.iter().any(|secret| secret.expose() == bytes);
    let probe = |(label, bytes): &(&str, &[u8])| {
        // HMAC fills a short key up with NULs: one NUL is the key of no bytes (RFC 2104).
        let secrets = [kit.fallback(bytes)?];
        let sealed = kit.seal(&kit.scheme, &secrets, kit.body(), (kit.now)())?;
        Ok(sealed.genuine(label))
    };
    let others = keys.iter().filter(|(_, bytes)| !own(bytes));
    others.map(probe).collect()
}

type Computation = fn(Algorithm, &Template) -> Option<(Algorithm, Template)>;

/// The content as another algorithm computes it, with the right secret.
fn computed(kit: &Kit, change: Computation) -> Made {
    let variant = kit.variant().ok_or("the secret signs nothing")?;
    let (algorithm, content) = change(variant.algorithm, &variant.content)
        .ok_or("the scheme's algorithm has no such form")?;
    let scheme = kit.altered(|variant| {
        variant.algorithm = algorithm;
        variant.content = content.clone();
    })?;
    let sealed = kit.seal(&scheme, &kit.secrets[..1], kit.body(), (kit.now)())?;
    Ok(vec![sealed.genuine("")])
}

fn hashed(
    algorithm: Algorithm,
    content: &Template,
    with_secret: bool,
) -> Option<(Algorithm, Template)> {
    let Algorithm::Hmac(hash) = algorithm else {
        return None;
    };
    let first = with_secret.then_some(Part::Secret);
    let parts = first.into_iter().chain(content.0.iter().cloned());
    Some((Algorithm::Plain(hash), Template(parts.collect())))
}

fn other_algorithms(kit: &Kit) -> Made {
    let variant = kit.variant().ok_or("the secret signs nothing")?;
    let mut made = match &variant.jwt {
        Some(_) => unsigned_tokens(kit)?,
        None => Vec::new(),
    };
    let Algorithm::Hmac(own) = variant.algorithm else {
        let no_form = "the scheme's algorithm has no such form";
        return (!made.is_empty()).then_some(made).ok_or(no_form.into());
    };
    let hashes = [Hash::Md5, Hash::Sha1, Hash::Sha256, Hash::Sha512];
    // A scheme may leave the choice to the sender: what stands in the same header is its own.
    let is_own = |hash| {
        let mut variants = kit.scheme.variants.iter();
        variants.any(|other| {
            other.algorithm == Algorithm::Hmac(hash)
                && other.signature.header == variant.signature.header
        })
    };
    let others = (hashes.into_iter()).filter(|hash| *hash != own && !is_own(*hash));
    for hash in others {
        let scheme = kit.altered(|variant| variant.algorithm = Algorithm::Hmac(hash))?;
        let sealed = kit.seal(&scheme, &kit.secrets[..1], kit.body(), (kit.now)())?;
        made.push(sealed.genuine(hash.name()));
    }
    Ok(made)
}

/// Tokens that say of themselves that nothing signs them.
fn unsigned_tokens(kit: &Kit) -> Made {
    let sealed = kit.sample()?;
    let mut pieces = sealed.signature.split('.').skip(1);
    let claims = pieces.next().ok_or("the signature is no token")?;
    let token = |algorithm| {
        let header = format!("{{\"alg\":\"{algorithm}\",\"typ\":\"JWT\"}}");
        let header = Encoding::Base64url.encode(header.as_bytes());
        sealed.with_signature(algorithm, format!("{header}.{claims}."))
    };
    Ok(["none", "None"].map(token).into())
}

fn kept(kit: &Kit, first: usize) -> Made {
    let sealed = kit.sample()?;
    let text = keeping(&sealed.signature, first)?;
    Ok(vec![sealed.with_signature("", text)])
}

fn last_digits(kit: &Kit) -> Made {
    let sealed = kit.sample()?;
    let half = sealed.signature.chars().count() / 2;
    let (first, last) = sealed
        .signature
        .split_at(first(&sealed.signature, half).len());
    let wrong = keeping(first, 0)?;
    Ok(vec![sealed.with_signature("", format!("{wrong}{last}"))])
}

/// So many characters of a text.
fn first(text: &str, count: usize) -> &str {
    let end = text
        .char_indices()
        .nth(count)
        .map_or(text.len(), |(at, _)| at);
    &text[..end]
}

fn one_digit(kit: &Kit) -> Made {
    let sealed = kit.sample()?;
    Ok(vec![
        sealed.with_signature("", one_changed(&sealed.signature)),
    ])
}

fn truncated(kit: &Kit) -> Made {
    let sealed = kit.sample()?;
    let length = sealed.signature.chars().count();
    let mut sizes = vec![1, 8, length / 2, length.saturating_sub(4)];
    sizes.retain(|size| (1..length).contains(size));
    let probe = |&size: &usize| {
        let label = format!("{size} of {length} characters");
        sealed.with_signature(&label, first(&sealed.signature, size))
    };
    match sizes.is_empty() {
        true => Err("the signature is one character".into()),
        false => Ok(sizes.iter().map(probe).collect()),
    }
}

fn appended(kit: &Kit, ends: &[&str]) -> Made {
    let sealed = kit.sample()?;
    let probe = |end: &&str| sealed.with_signature(end, format!("{}{end}", sealed.signature));
    Ok(ends.iter().map(probe).collect())
}

fn other_case(kit: &Kit) -> Made {
    let variant = kit.variant().ok_or("the secret signs nothing")?;
    if variant.encoding == Encoding::Hex && variant.algorithm != Algorithm::Token {
        return Err("hexadecimal digits are the same in either case".into());
    }
    let sealed = kit.sample()?;
    let other = |letter: char| match letter.is_ascii_lowercase() {
        true => letter.to_ascii_uppercase(),
        false => letter.to_ascii_lowercase(),
    };
    let text: String = sealed.signature.chars().map(other).collect();
    match text == sealed.signature {
        true => Err("the signature has no letters that have a case".into()),
        false => Ok(vec![sealed.with_signature("", text)]),
    }
}

fn nonsense(kit: &Kit) -> Made {
    let sealed = kit.sample()?;
    Ok(vec![
        sealed.with_signature("", "z".repeat(sealed.signature.len())),
    ])
}

fn not_ascii(kit: &Kit) -> Made {
    let sealed = kit.sample()?;
    let length = sealed.signature.len();
    Ok(vec![
        sealed.with_signature("UTF-8", "é".repeat(length / 2)),
        sealed.with_signature("Latin-1", vec![0xe9; length]),
    ])
}

fn headers(kit: &Kit, values: &[&str]) -> Made {
    let sealed = kit.sample()?;
    let probe = |value: &&str| {
        let label = if value.len() > 20 { "" } else { value };
        sealed.with_header(label, value.as_bytes())
    };
    Ok(values.iter().map(probe).collect())
}

fn prefixed(kit: &Kit) -> Made {
    let place = &kit.variant().ok_or("the secret signs nothing")?.signature;
    if !place.prefix.is_empty() {
        return Err("the scheme has a prefix of its own".into());
    }
    let sealed = kit.sample()?;
    let text = format!("sha256={}", sealed.signature);
    Ok(vec![sealed.with_header("", text.as_bytes())])
}

fn other_version(kit: &Kit) -> Made {
    let place = &kit.variant().ok_or("the secret signs nothing")?.signature;
    let Some(at) = place
        .prefix
        .find(|character: char| character.is_ascii_digit())
    else {
        return Err("the scheme's signatures name no version".into());
    };
    let other = format!(
        "{}9{}",
        &place.prefix[..at],
        place.prefix[at + 1..].trim_start_matches(|character: char| character.is_ascii_digit())
    );
    let sealed = kit.sample()?;
    let value = sealed
        .delivery
        .headers
        .get(&sealed.header)
        .unwrap_or_default();
    let value = String::from_utf8(value.to_vec()).map_err(|_| "it is no text")?;
    let own = format!("{}{}", place.prefix, sealed.signature);
    let value = value.replace(&own, &format!("{other}{}", sealed.signature));
    Ok(vec![sealed.with_header("", value.as_bytes())])
}

fn other_scheme(kit: &Kit) -> Made {
    let sealed = kit.sample()?;
    let known = kit.scheme.signature_headers();
    let others = [
        ("X-Hub-Signature-256", "sha256="),
        ("X-Signature", ""),
        ("X-Webhook-Signature", ""),
    ];
    let is_other =
        |(name, _): &&(&str, &str)| !known.iter().any(|it| it.eq_ignore_ascii_case(name));
    let probe = |(name, prefix): &(&str, &str)| {
        sealed.changed(name, |delivery| {
            delivery.headers.remove(&sealed.header);
            delivery
                .headers
                .push(*name, format!("{prefix}{}", sealed.signature));
        })
    };
    Ok(others.iter().filter(is_other).map(probe).collect())
}

fn body_of(kit: &Kit, change: fn(&[u8]) -> Vec<u8>) -> Made {
    kit.covers_body()?;
    let sealed = kit.sample()?;
    let body = change(&sealed.delivery.body);
    if body == sealed.delivery.body {
        return Err("the given body is too short".into());
    }
    Ok(vec![sealed.with_body("", body)])
}

/// A digit, so that the JSON stays JSON.
fn changed_body(kit: &Kit) -> Made {
    body_of(kit, |body| {
        let mut body = body.to_vec();
        if let Some(at) = body.iter().rposition(u8::is_ascii_digit) {
            body[at] ^= 1;
        }
        body
    })
}

fn rewritten_body(kit: &Kit) -> Made {
    kit.covers_body()?;
    let sealed = kit.sample()?;
    let body = spaced(&sealed.delivery.body)?;
    match body == sealed.delivery.body {
        true => Err("the given body is written like that".into()),
        false => Ok(vec![sealed.with_body("", body)]),
    }
}

fn another_delivery(kit: &Kit) -> Made {
    kit.covers_body()?;
    let other = match kit.is_blue() && kit.data.is_none() {
        true => event_body("TODO_DELETED"),
        false => kit.with_member("bluehookCheck", "\"another\"")?,
    };
    let sealed: Sealed = kit.signed(other)?;
    Ok(vec![sealed.with_body("", kit.body())])
}

fn after_genuine(kit: &Kit) -> Made {
    let sealed = kit.signed(kit.fresh())?;
    let other = kit.with_member("bluehookCheck", "\"changed\"")?;
    let changed = sealed.with_body("", other);
    let genuine = Probe {
        right: Some(Right::Taken),
        ..sealed.genuine("")
    };
    Ok(vec![genuine, changed])
}

fn unsigned_health_check(kit: &Kit) -> Made {
    match kit.is_blue() {
        true => Ok(vec![kit.bare("", event_body("WEBHOOK_HEALTH_CHECK"))]),
        false => Err("the scheme has no health check".into()),
    }
}

fn bare(kit: &Kit, bodies: &[(&str, &[u8])]) -> Made {
    let probe = |(label, body): &(&str, &[u8])| Probe::new(*label, kit.unsigned(body.to_vec()));
    Ok(bodies.iter().map(probe).collect())
}

fn other_types(kit: &Kit) -> Made {
    let types = [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/octet-stream",
        "",
    ];
    let probe = |content_type: &&str| {
        let label = if content_type.is_empty() {
            "none"
        } else {
            content_type
        };
        let mut probe = kit.bare(label, kit.body());
        match content_type.is_empty() {
            true => probe.delivery.headers.remove("Content-Type"),
            false => (probe.delivery.headers).set("Content-Type", content_type.as_bytes()),
        }
        probe
    };
    Ok(types.iter().map(probe).collect())
}

fn method(kit: &Kit, method: &str) -> Made {
    let is_get = |handshake: &Handshake| handshake.method.as_deref() == Some("GET");
    if method == "GET" && kit.scheme.handshakes.iter().any(is_get) {
        return Err("the provider asks its question by GET".into());
    }
    let body = if method == "GET" {
        Vec::new()
    } else {
        kit.body()
    };
    let mut delivery = kit.unsigned(body);
    delivery.method = method.into();
    if method == "GET" {
        delivery.headers.remove("Content-Type");
    }
    Ok(vec![Probe::new("", delivery)])
}

const NO_TIME: &str = "the scheme has no timestamp: a recorded delivery stays valid for ever";

/// The sample, signed so many seconds from now.
fn shifted(kit: &Kit, seconds: i64) -> Made {
    let span = SignedDuration::from_secs(seconds);
    let at = (kit.now)()
        .checked_add(span)
        .map_err(|error| error.to_string())?;
    let reads_body = kit.variant().and_then(|variant| variant.timestamp.as_ref());
    let body = match reads_body.is_some_and(|rule| rule.json.is_some()) && kit.data.is_none() {
        true => kit.generic(at),
        false => kit.body(),
    };
    let sealed = kit.seal(&kit.scheme, &kit.secrets[..1], body, at)?;
    Ok(vec![sealed.genuine("")])
}

fn aged(kit: &Kit, seconds: fn(i64) -> i64) -> Made {
    let rule = kit.variant().and_then(|variant| variant.timestamp.as_ref());
    let tolerance = rule.ok_or(NO_TIME)?.tolerance;
    let tolerance = tolerance.ok_or("the provider names no age that is too old")?;
    shifted(kit, seconds(whole_seconds(tolerance)))
}

fn whole_seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX / 4)
}

fn future(kit: &Kit) -> Made {
    let variant = kit.variant().ok_or("the secret signs nothing")?;
    let of_message = variant.message_signature.as_ref();
    if of_message.is_some_and(|rule| rule.skew.is_some()) {
        return shifted(kit, 86_400);
    }
    let rule = variant.timestamp.as_ref().ok_or(NO_TIME)?;
    match (rule.tolerance, rule.direction) {
        (None, _) => Err("the provider names no age that is too old".into()),
        (_, Direction::Past) => Err("the provider's own libraries take times of the future".into()),
        _ => shifted(kit, 86_400),
    }
}

fn changed_timestamp(kit: &Kit) -> Made {
    let variant = kit.variant().ok_or("the secret signs nothing")?;
    let rule = variant.timestamp.as_ref().ok_or(NO_TIME)?;
    if !variant.content.has(&Part::Timestamp) {
        return Err("the scheme does not sign the timestamp by itself".into());
    }
    let sealed = kit.sample()?;
    let earlier = SignedDuration::from_secs(2);
    let at = (kit.now)()
        .checked_sub(earlier)
        .map_err(|error| error.to_string())?;
    let other = kit.seal(&kit.scheme, &kit.secrets[..1], kit.body(), at)?;
    let Some(header) = rule.header.as_ref() else {
        // The time stands in the signature's header: that of the other, with this signature.
        let value = other
            .delivery
            .headers
            .get(&other.header)
            .unwrap_or_default();
        let value = String::from_utf8(value.to_vec()).map_err(|_| "it is no text")?;
        let value = value.replace(&other.signature, &sealed.signature);
        return Ok(vec![sealed.with_header("", value.as_bytes())]);
    };
    let value = other.delivery.headers.get(header).unwrap_or_default();
    Ok(vec![sealed.changed("", |delivery| {
        delivery.headers.set(header, value);
    })])
}

fn no_timestamp(kit: &Kit) -> Made {
    let variant = kit.variant().ok_or("the secret signs nothing")?;
    let rule = variant.timestamp.as_ref().ok_or(NO_TIME)?;
    match &rule.header {
        _ if rule.optional => Err("the scheme's deliveries may lack it".into()),
        None => Err("the timestamp travels with the signature".into()),
        Some(header) => {
            let change = |delivery: &mut crate::delivery::Delivery| delivery.headers.remove(header);
            Ok(vec![kit.sample()?.changed("", change)])
        }
    }
}

fn id(kit: &Kit, other: Option<&str>) -> Made {
    let variant = kit.variant().ok_or("the secret signs nothing")?;
    let rule = variant.id.as_ref().ok_or("the scheme signs no id")?;
    if !variant.content.has(&Part::Id) {
        return Err("the scheme signs no id".into());
    }
    Ok(vec![kit.sample()?.changed("", |delivery| match other {
        Some(other) => delivery.headers.set(&rule.header, other),
        None => delivery.headers.remove(&rule.header),
    })])
}

/// Only says that it cannot be shown: with a timestamp, other cases show it.
fn replayed(kit: &Kit) -> Made {
    match kit.scheme.has_timestamp() {
        true => Err("refuses/stale shows it".into()),
        false => Err(NO_TIME.into()),
    }
}

fn up(kit: &Kit, bodies: &[(&str, &[u8])]) -> Made {
    let probe = |(label, body): &(&str, &[u8])| Ok(kit.signed(body.to_vec())?.genuine(label));
    bodies.iter().map(probe).collect()
}

fn deep() -> Vec<u8> {
    let mut body = br#"{"event":"TODO_CREATED","deep":"#.to_vec();
    body.extend(std::iter::repeat_n(b'[', 5000));
    body.extend(std::iter::repeat_n(b']', 5000));
    body.push(b'}');
    body
}

fn ten_mib(kit: &Kit) -> Made {
    large(kit, 10 << 20)
}

fn unsigned_32_mib(kit: &Kit) -> Made {
    let body = vec![b'x'; 32 << 20];
    Ok(vec![Probe::new("", kit.unsigned(body))])
}

/// How a handshake is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ask {
    Right,
    Unsigned,
    WrongToken,
}

fn handshakes(kit: &Kit, ask: Ask) -> Made {
    let mut probes = Vec::new();
    let mut reason = "the scheme has no handshake";
    for rule in &kit.scheme.handshakes {
        if rule.secret.is_some() {
            reason = "asking would give the receiver another secret";
            continue;
        }
        let fits = match ask {
            Ask::Right => true,
            Ask::Unsigned => rule.signed,
            Ask::WrongToken => rule.token.is_some(),
        };
        if !fits {
            reason = "the scheme's handshake has no such thing";
            continue;
        }
        if ask == Ask::Right && rule.token.is_some() && kit.verify_token.is_none() {
            reason = "give the word that you chose with --verify-token";
            continue;
        }
        probes.push(question(kit, rule, ask)?);
    }
    match probes.is_empty() {
        true => Err(reason.into()),
        false => Ok(probes),
    }
}

/// The request that a record describes: every value that it names is there.
fn question(kit: &Kit, rule: &Handshake, ask: Ask) -> Result<Probe, String> {
    let mut body = serde_json::Value::Null;
    let mut query: Vec<String> = Vec::new();
    let mut headers: Vec<(String, String)> = Vec::new();
    let token = match ask {
        Ask::WrongToken => "bluehook-check-wrong-token",
        _ => kit.verify_token.as_deref().unwrap_or_default(),
    };
    let texts = rule
        .headers
        .iter()
        .map(|header| &header.value)
        .chain([&rule.body]);
    let replied = texts
        .flat_map(|reply| &reply.0)
        .filter_map(|part| match part {
            ReplyPart::Text(_) => None,
            ReplyPart::Value(value) | ReplyPart::Signature(value) => Some(value.clone()),
            ReplyPart::Token(path) => Some(Value::Json(path.clone())),
        });
    let wanted = rule
        .when
        .iter()
        .map(|condition| (condition.value.clone(), condition.is.clone()));
    let chosen = rule
        .token
        .iter()
        .map(|value| (value.clone(), Some(token.to_owned())));
    let replied = replied.map(|value| (value, None));
    for (value, text) in wanted.chain(chosen).chain(replied) {
        let text = text.unwrap_or_else(|| "bluehook-check-1158201444".into());
        match value {
            Value::Json(path) => put(&mut body, path.0.steps(), &text),
            Value::Query(name) if !query.iter().any(|it| it.starts_with(&format!("{name}="))) => {
                let encode = percent_encoding::NON_ALPHANUMERIC;
                let text = percent_encoding::utf8_percent_encode(&text, encode);
                query.push(format!("{name}={text}"));
            }
            Value::Header(name) if !headers.iter().any(|(it, _)| *it == name) => {
                headers.push((name, text));
            }
            _ => {}
        }
    }
    let body = match body.is_null() {
        true => Vec::new(),
        false => serde_json::to_vec(&body).map_err(|error| error.to_string())?,
    };
    let mut delivery = match rule.signed {
        true => kit.signed(body)?.delivery,
        false => kit.unsigned(body),
    };
    if ask == Ask::Unsigned {
        delivery = kit.unsigned(delivery.body);
    }
    if let Some(method) = &rule.method {
        delivery.method.clone_from(method);
    }
    for (name, value) in headers {
        delivery.headers.set(&name, value);
    }
    if !query.is_empty() {
        let joint = if delivery.target.contains('?') {
            '&'
        } else {
            '?'
        };
        delivery.target = format!("{}{joint}{}", delivery.target, query.join("&"));
        delivery.headers.remove("Content-Type");
    }
    let keyring = Keyring::for_signing(&kit.scheme, &kit.secrets[..1]).ok();
    let answer = handshake(&kit.scheme, &delivery, keyring.as_ref());
    Ok(Probe {
        answer,
        ..Probe::new(rule.about.clone(), delivery)
    })
}

/// Puts a text at a path; digits become a number. What is there stays, and arrays have one element.
fn put(mut place: &mut serde_json::Value, path: &[Step], text: &str) {
    for step in path {
        let inner = match step {
            Step::Key(key) => {
                if place.is_null() {
                    *place = serde_json::json!({});
                }
                (place.as_object_mut())
                    .map(|it| it.entry(key.clone()).or_insert_with(Default::default))
            }
            Step::Index(_) => {
                if place.is_null() {
                    *place = serde_json::json!([null]);
                }
                place.get_mut(0)
            }
        };
        let Some(inner) = inner else { return };
        place = inner;
    }
    if place.is_null() {
        *place = text.parse::<i64>().map_or(text.into(), Into::into);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_of_one_case_and_every_fault_names_cases() {
        for one in cases() {
            let same = cases().iter().filter(|other| other.name == one.name);
            assert_eq!(same.count(), 1, "{}", one.name);
        }
        for (fault, again) in SAME_FAULT {
            for name in again.iter().chain([fault]) {
                assert!(case(name).is_some(), "{name}");
            }
        }
    }
}
