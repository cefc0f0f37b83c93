//! The table of causes: one record for each thing that people and frameworks get wrong, with its
//! prose and the function that yields what it makes. The search, the messages and the tests walk
//! this table; to add a cause is to add a record.

use super::claim::Spelling;
use super::content::{Calc, Scene, Seg};
use super::key::Ids;
use super::{body, claim, content, key};
use crate::signing::hash::Hash;
use crate::signing::record::words::KeyRule;

/// What a cause is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// The body's bytes.
    Body,
    /// The secret, or the key made of it.
    Secret,
    /// How the signature was computed or written.
    Signature,
    /// What was signed beside the body, and in what layout.
    Content,
}

/// The record of one cause.
pub struct Row {
    /// The code, as machine output gives it.
    pub code: &'static str,
    /// What it is about.
    pub dimension: Dimension,
    /// What happened, in a sentence; `{}` stands for the evidence.
    pub about: &'static str,
    /// What to do about it, in a sentence; `{}` stands for the evidence.
    pub fix: &'static str,
    /// How common it is: 1 is everyday, 3 is rare. The search tries the common first.
    pub(super) class: u8,
    /// Whether it costs more than one pass over a body: huge ones are spared it.
    pub(super) is_heavy: bool,
    pub(super) make: Make,
}

/// What a record does, by the kind of thing that it changes.
#[derive(Clone, Copy)]
pub(super) enum Make {
    /// From the body here to bodies that may have been signed.
    Body(fn(&[u8], &mut Sink<Made>)),
    /// From the secret's text to other texts.
    Secret(fn(&[u8], &mut Sink<Made>)),
    /// From the secret's text and the scheme's rule to other keys than the rule makes.
    Key(fn(&KeyRule, &[u8], &mut Sink<Made>)),
    /// To keys that have nothing to do with the secret.
    Foreign(fn(&Ids, &mut Sink<Made>)),
    /// From the signature's text to other texts, with the prefix that the scheme writes.
    Text(fn(&[u8], &Spelling, &mut Sink<Made>)),
    /// From the signature's text without its prefix to raw bytes.
    Decode(fn(&[u8], &Spelling, &mut Sink<Made>)),
    /// From the scheme's computation to others.
    Calc(fn(Calc, &mut Sink<Calculated>)),
    /// From the scheme's content to others.
    Layout(fn(&[Seg], &Scene, &mut Sink<Laid>)),
    /// The records of other schemes.
    OtherScheme,
}

/// Where candidates go: those that are rarer than is wanted now are not kept.
pub(super) struct Sink<T> {
    pub(super) list: Vec<T>,
    most: u8,
}

/// What is more or less common than its row.
pub(super) trait Rare {
    fn rarer(&self) -> u8;
}

impl<T: Rare> Sink<T> {
    /// Takes what is at most so much rarer than its row.
    pub(super) fn up_to(most: u8) -> Self {
        Self {
            list: Vec::new(),
            most,
        }
    }

    /// Whether it is worth making what is so much rarer.
    pub(super) fn wants(&self, rarer: u8) -> bool {
        rarer <= self.most
    }

    pub(super) fn push(&mut self, candidate: T) {
        if self.wants(candidate.rarer()) {
            self.list.push(candidate);
        }
    }
}

impl Rare for Made {
    fn rarer(&self) -> u8 {
        self.rarer
    }
}

impl Rare for Calculated {
    fn rarer(&self) -> u8 {
        self.rarer
    }
}

impl Rare for Laid {
    fn rarer(&self) -> u8 {
        self.rarer
    }
}

/// A candidate: bytes, and the evidence of how they were made.
pub(super) struct Made {
    pub(super) bytes: Vec<u8>,
    pub(super) what: String,
    /// How much rarer than its row's class this one is.
    pub(super) rarer: u8,
    pub(super) detail: Option<&'static str>,
    /// The hash that a signature's prefix names.
    pub(super) names: Option<Hash>,
}

impl Made {
    pub(super) fn new(bytes: impl Into<Vec<u8>>, what: impl Into<String>) -> Self {
        Self {
            bytes: bytes.into(),
            what: what.into(),
            rarer: 0,
            detail: None,
            names: None,
        }
    }

    pub(super) fn rarer(self, rarer: u8) -> Self {
        Self { rarer, ..self }
    }

    pub(super) fn detail(self, detail: &'static str) -> Self {
        Self {
            detail: Some(detail),
            ..self
        }
    }
}

/// Another computation.
pub(super) struct Calculated {
    pub(super) calc: Calc,
    pub(super) what: String,
    pub(super) algorithm: Option<&'static str>,
    pub(super) rarer: u8,
}

/// Another layout of the content.
pub(super) struct Laid {
    pub(super) segs: Vec<Seg>,
    pub(super) what: String,
    pub(super) rarer: u8,
}

impl Laid {
    pub(super) fn new(segs: Vec<Seg>, what: impl Into<String>, rarer: u8) -> Self {
        Self {
            segs,
            what: what.into(),
            rarer,
        }
    }
}

/// One change on the way to a retried signature that matched.
pub(super) struct Change {
    pub(super) row: &'static Row,
    pub(super) what: String,
    /// How common it is, see [`Row::class`]; up to 5 for what is rare of the rare.
    pub(super) class: u8,
    /// The dialect, algorithm or scheme.
    pub(super) detail: Option<String>,
    pub(super) names: Option<Hash>,
}

impl Change {
    pub(super) fn new(row: &'static Row, made: Made) -> Self {
        Self {
            row,
            what: made.what,
            class: row.class + made.rarer,
            detail: made.detail.map(str::to_owned),
            names: made.names,
        }
    }

    pub(super) fn about(&self) -> String {
        self.row.about.replace("{}", &self.what)
    }

    pub(super) fn fix(&self) -> String {
        self.row.fix.replace("{}", &self.what)
    }
}

/// The record of that code.
pub(super) fn row(code: &str) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.code == code)
}

/// All causes, in the order in which a cause lists its codes. Among equally common ones the first
/// wins.
pub static TABLE: &[Row] = &[
    Row {
        code: "body-newline-added",
        dimension: Dimension::Body,
        about: "The body ends with {} that was not signed.",
        fix: "echo and editors add a line end: write the body with printf %s, or send and verify the file as it is (curl --data-binary).",
        class: 1,
        is_heavy: false,
        make: Make::Body(body::newline_added),
    },
    Row {
        code: "body-newline-missing",
        dimension: Dimension::Body,
        about: "The body was signed with {} at its end, which is not there.",
        fix: "Send exactly the bytes that are signed: curl -d @file and $(…) drop line ends, --data-binary @file keeps them.",
        class: 1,
        is_heavy: false,
        make: Make::Body(body::newline_missing),
    },
    Row {
        code: "body-crlf",
        dimension: Dimension::Body,
        about: "The body has CRLF where other line ends were signed ({}).",
        fix: "Keep the line ends as they were sent: git's core.autocrlf, text-mode files and Windows editors turn LF into CRLF.",
        class: 1,
        is_heavy: false,
        make: Make::Body(body::crlf),
    },
    Row {
        code: "body-lf",
        dimension: Dimension::Body,
        about: "The body has bare line ends where CRLF or others were signed ({}).",
        fix: "Keep the line ends as they were sent: git, text-mode files and editors turn CRLF into LF.",
        class: 1,
        is_heavy: false,
        make: Make::Body(body::lf),
    },
    Row {
        code: "body-bom-added",
        dimension: Dimension::Body,
        about: "The body begins with a byte order mark (EF BB BF) that was not signed.",
        fix: "Save the body as UTF-8 without a byte order mark: Windows editors and PowerShell's Out-File add one.",
        class: 1,
        is_heavy: false,
        make: Make::Body(body::bom_added),
    },
    Row {
        code: "body-bom-missing",
        dimension: Dimension::Body,
        about: "The body was signed with a byte order mark (EF BB BF) before it, which is not there.",
        fix: "Verify the bytes as they were received: decoders that drop a byte order mark change the body.",
        class: 2,
        is_heavy: false,
        make: Make::Body(body::bom_missing),
    },
    Row {
        code: "body-whitespace",
        dimension: Dimension::Body,
        about: "The body has changed in its white space: {}.",
        fix: "Neither trim nor pad the body: sign and verify the same raw bytes.",
        class: 1,
        is_heavy: false,
        make: Make::Body(body::whitespace),
    },
    Row {
        code: "body-empty",
        dimension: Dimension::Body,
        about: "The signature is of an empty body.",
        fix: "The body had been read already, or was not there yet, when it was signed or verified: take the raw bytes before a framework's body parser does.",
        class: 1,
        is_heavy: false,
        make: Make::Body(body::empty),
    },
    Row {
        code: "body-extended",
        dimension: Dimension::Body,
        about: "Something was appended after signing: {}.",
        fix: "Find out what appends to the body (a proxy, a logger, a second write): only the bytes before it are vouched for by the signature.",
        class: 1,
        is_heavy: false,
        make: Make::Body(body::extended),
    },
    Row {
        code: "body-charset",
        dimension: Dimension::Body,
        about: "The body's characters were converted: it {}.",
        fix: "Sign and verify bytes, not decoded text: read the body as binary, and write it as UTF-8 once.",
        class: 1,
        is_heavy: true,
        make: Make::Body(body::charset),
    },
    Row {
        code: "body-url-encoded",
        dimension: Dimension::Body,
        about: "The body is the URL-encoded form of what was signed.",
        fix: "Sign the body as it travels, after URL-encoding, or send it unencoded.",
        class: 1,
        is_heavy: true,
        make: Make::Body(body::url_encoded),
    },
    Row {
        code: "body-url-decoded",
        dimension: Dimension::Body,
        about: "The body is the URL-decoded form of what was signed.",
        fix: "Verify the raw body, before a framework decodes it.",
        class: 2,
        is_heavy: true,
        make: Make::Body(body::url_decoded),
    },
    Row {
        code: "body-form-wrapped",
        dimension: Dimension::Body,
        about: "The body and what was signed differ by a form around them: the body {}.",
        fix: "Sign and verify the same form of the body: choose application/json at the sender, or take the signature over the whole raw body.",
        class: 1,
        is_heavy: true,
        make: Make::Body(body::form_wrapped),
    },
    Row {
        code: "body-base64",
        dimension: Dimension::Body,
        about: "The body {}.",
        fix: "Decode or encode at the same point on both sides: gateways and serverless platforms hand binary bodies over as base64 (isBase64Encoded).",
        class: 1,
        is_heavy: true,
        make: Make::Body(body::base64),
    },
    Row {
        code: "body-json-string",
        dimension: Dimension::Body,
        about: "The body {}.",
        fix: "Serialise once: JSON.stringify of what is a string already quotes and escapes it again.",
        class: 1,
        is_heavy: true,
        make: Make::Body(body::json_string),
    },
    Row {
        code: "body-gzip",
        dimension: Dimension::Body,
        about: "The body is compressed ({}), and the signature is of what it holds.",
        fix: "Decompress the body before verifying it, as its sender signed it before compressing.",
        class: 1,
        is_heavy: false,
        make: Make::Body(body::gzip),
    },
    Row {
        code: "body-unicode-normalised",
        dimension: Dimension::Body,
        about: "The body's Unicode was normalised: it was signed in the form {}.",
        fix: "Do not normalise the body: databases, file systems and text fields compose or decompose accents; keep the raw bytes.",
        class: 1,
        is_heavy: true,
        make: Make::Body(body::unicode),
    },
    Row {
        code: "body-reserialised",
        dimension: Dimension::Body,
        about: "The body was parsed and written again: the signature is of the same JSON in the dialect {}.",
        fix: "Verify the raw bytes of the body, before anything parses it (express.raw, request.get_data(), php://input), and send the very bytes that were signed.",
        class: 1,
        is_heavy: true,
        make: Make::Body(body::reserialised),
    },
    Row {
        code: "secret-whitespace",
        dimension: Dimension::Secret,
        about: "It was signed with the secret {}.",
        fix: "Store the secret without white space or line end on both sides: printf %s, not echo, and trim what is read from a file.",
        class: 1,
        is_heavy: false,
        make: Make::Secret(key::whitespace),
    },
    Row {
        code: "secret-quoted",
        dimension: Dimension::Secret,
        about: "It was signed with the secret {}.",
        fix: "Take the quotes out: .env files, Docker and CI settings keep quotes as a part of the value.",
        class: 1,
        is_heavy: false,
        make: Make::Secret(key::quoted),
    },
    Row {
        code: "secret-prefix",
        dimension: Dimension::Secret,
        about: "It was signed with the secret {}.",
        fix: "Use the secret with the same prefix, or without it, on both sides, as the provider shows it.",
        class: 1,
        is_heavy: false,
        make: Make::Secret(key::prefix),
    },
    Row {
        code: "secret-base64",
        dimension: Dimension::Secret,
        about: "It was signed with the secret {}.",
        fix: "Agree whether the secret is base64 of the key or the key itself: schemes differ, and this one's rule is not the one that was used.",
        class: 1,
        is_heavy: false,
        make: Make::Key(key::base64),
    },
    Row {
        code: "secret-hex",
        dimension: Dimension::Secret,
        about: "It was signed with the secret {}.",
        fix: "Agree whether the secret is hex of the key or the key itself: schemes differ, and this one's rule is not the one that was used.",
        class: 1,
        is_heavy: false,
        make: Make::Key(key::hex),
    },
    Row {
        code: "secret-url-encoded",
        dimension: Dimension::Secret,
        about: "It was signed with the secret {}.",
        fix: "Take the secret as it is shown, not as it stands in a URL or form.",
        class: 1,
        is_heavy: false,
        make: Make::Secret(key::url_encoded),
    },
    Row {
        code: "secret-case",
        dimension: Dimension::Secret,
        about: "It was signed with the secret {}.",
        fix: "Secrets keep their case: compare both sides' settings letter by letter.",
        class: 1,
        is_heavy: false,
        make: Make::Secret(key::case),
    },
    Row {
        code: "secret-empty",
        dimension: Dimension::Secret,
        about: "It was signed with an empty secret, as anybody can.",
        fix: "The sender's secret is not set: find the variable or setting that is empty, and refuse to sign without it.",
        class: 1,
        is_heavy: false,
        make: Make::Foreign(key::empty),
    },
    Row {
        code: "secret-is-webhook-id",
        dimension: Dimension::Secret,
        about: "It was signed with the value of {} as the secret.",
        fix: "Use the webhook's secret, which is never a part of the payload; whoever sees a delivery could forge this one.",
        class: 1,
        is_heavy: false,
        make: Make::Foreign(key::webhook_id),
    },
    Row {
        code: "secret-is-variable-name",
        dimension: Dimension::Secret,
        about: "It was signed with the text {} as the secret, not with the secret's value.",
        fix: "The sender's variable is not set or not replaced: single quotes, a missing export, or a template that was not filled in.",
        class: 1,
        is_heavy: false,
        make: Make::Foreign(key::variable_name),
    },
    Row {
        code: "signature-encoding",
        dimension: Dimension::Signature,
        about: "The signature is right and written in another encoding: {}.",
        fix: "Write the signature in the encoding that the scheme uses, and encode the raw digest once.",
        class: 1,
        is_heavy: false,
        make: Make::Decode(claim::encoding),
    },
    Row {
        code: "signature-prefix",
        dimension: Dimension::Signature,
        about: "The signature itself is right, but it {}.",
        fix: "Write the signature's header exactly as the scheme lays it out.",
        class: 1,
        is_heavy: false,
        make: Make::Text(claim::prefix),
    },
    Row {
        code: "signature-whitespace",
        dimension: Dimension::Signature,
        about: "The signature is right, with {} too many.",
        fix: "Trim the signature before sending or comparing it: command output ends with a line feed.",
        class: 1,
        is_heavy: false,
        make: Make::Text(claim::whitespace),
    },
    Row {
        code: "signature-quoted",
        dimension: Dimension::Signature,
        about: "The signature is right and stands in quotes ({}).",
        fix: "Send the signature without quotes around it.",
        class: 1,
        is_heavy: false,
        make: Make::Text(claim::quoted),
    },
    Row {
        code: "signature-truncated",
        dimension: Dimension::Signature,
        about: "The signature agrees with the right one, but it {}.",
        fix: "Send the whole signature and nothing after it: look for a column, a log or a copy that cuts it.",
        class: 1,
        is_heavy: false,
        make: Make::Text(claim::run_on),
    },
    Row {
        code: "signature-algorithm",
        dimension: Dimension::Signature,
        about: "It was signed with {}, which is not the scheme's algorithm.",
        fix: "Use the scheme's algorithm on both sides, or choose the scheme that uses this one.",
        class: 1,
        is_heavy: false,
        make: Make::Calc(content::algorithm),
    },
    Row {
        code: "signature-unkeyed",
        dimension: Dimension::Signature,
        about: "The signature is {}: a hash and no HMAC.",
        fix: "Compute an HMAC keyed with the secret: a plain hash can be made, or extended, by others.",
        class: 1,
        is_heavy: false,
        make: Make::Calc(content::unkeyed),
    },
    Row {
        code: "signature-arguments-swapped",
        dimension: Dimension::Signature,
        about: "Key and message are exchanged: the content was used as the key, and the secret was signed.",
        fix: "Mind the order of the arguments: the secret is HMAC's key, the content its message (PHP's hash_hmac takes the content first, Go's hmac.New the key).",
        class: 1,
        is_heavy: false,
        make: Make::Calc(content::swapped),
    },
    Row {
        code: "content-other-scheme",
        dimension: Dimension::Content,
        about: "It is signed as {} does it.",
        fix: "Verify it with --scheme {}.",
        class: 1,
        is_heavy: false,
        make: Make::OtherScheme,
    },
    Row {
        code: "content-timestamp",
        dimension: Dimension::Content,
        about: "What was signed is not what the scheme signs: it has {}.",
        fix: "Join the timestamp and the body exactly as the scheme says, with the timestamp's text as it travels.",
        class: 1,
        is_heavy: false,
        make: Make::Layout(content::timestamp),
    },
    Row {
        code: "content-id",
        dimension: Dimension::Content,
        about: "What was signed is not what the scheme signs: it has {}.",
        fix: "Join the delivery's id and the body exactly as the scheme says.",
        class: 1,
        is_heavy: false,
        make: Make::Layout(content::id),
    },
    Row {
        code: "content-url",
        dimension: Dimension::Content,
        about: "What was signed is not what the scheme signs: it has {}.",
        fix: "Sign and verify the very URL that the sender was given: a proxy in front changes scheme, host, port and path (see --signed-url).",
        class: 1,
        is_heavy: false,
        make: Make::Layout(content::url),
    },
];
