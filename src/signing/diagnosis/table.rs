//! The table of causes: one record for each thing that people and frameworks get wrong, with its
//! prose and the function that yields what it makes. The search, the messages and the tests walk
//! this table; to add a cause is to add a record.

use super::change::{Detail, Make, Record};
use super::{body, computation, document, key, layout, printed, reading, recipe, url};

/// What most records of a body have in common.
const BODY: Record = Record {
    code: "",
    about: "",
    fix: "",
    rarity: 1,
    weight: 0,
    repeats: false,
    is_alone: false,
    of_part: false,
    is_public: false,
    is_of_length: false,
    detail: Detail::Algorithm,
    make: Make::Body(|_, _, _| {}),
};

/// What most other records have in common.
const OTHER: Record = Record {
    of_part: true,
    ..BODY
};

const SECRET: Record = Record {
    about: "It was signed with the secret {}.",
    ..OTHER
};

const CONTENT: Record = Record {
    about: "What was signed is not what the scheme signs: it has {}.",
    ..OTHER
};

/// What most records have in common that write the body anew.
const TEXT: Record = Record { weight: 2, ..BODY };

/// All causes, in the order in which a cause lists its codes. Among equally common ones the first
/// wins.
pub static TABLE: &[Record] = &[
    Record {
        code: "body-newline-added",
        about: "The body ends with {} that was not signed.",
        fix: "echo and editors add a line end: write the body with printf %s, or send and verify the file as it is (curl --data-binary).",
        make: Make::Body(body::newline_added),
        ..BODY
    },
    Record {
        code: "body-newline-missing",
        about: "The body was signed with {} at its end, which is not there.",
        fix: "Send exactly the bytes that are signed: curl -d @file and $(…) drop line ends, --data-binary @file keeps them.",
        make: Make::Body(body::newline_missing),
        ..BODY
    },
    Record {
        code: "body-crlf",
        about: "The body has CRLF where other line ends were signed ({}).",
        fix: "Keep the line ends as they were sent: git's core.autocrlf, text-mode files and Windows editors turn LF into CRLF.",
        make: Make::Body(body::crlf),
        ..BODY
    },
    Record {
        code: "body-lf",
        about: "The body has bare line ends where CRLF or others were signed ({}).",
        fix: "Keep the line ends as they were sent: git, text-mode files and editors turn CRLF into LF.",
        make: Make::Body(body::lf),
        ..BODY
    },
    Record {
        code: "body-bom-added",
        about: "The body begins with a byte order mark (EF BB BF) that was not signed.",
        fix: "Save the body as UTF-8 without a byte order mark: Windows editors and PowerShell's Out-File add one.",
        make: Make::Body(body::bom_added),
        ..BODY
    },
    Record {
        code: "body-bom-missing",
        about: "The body was signed with a byte order mark (EF BB BF) before it, which is not there.",
        fix: "Verify the bytes as they were received: decoders that drop a byte order mark change the body.",
        rarity: 2,
        make: Make::Body(body::bom_missing),
        ..BODY
    },
    Record {
        code: "body-whitespace",
        about: "The body has changed in its white space: {}.",
        fix: "Neither trim nor pad the body: sign and verify the same raw bytes.",
        make: Make::Body(body::whitespace),
        ..BODY
    },
    Record {
        code: "body-empty",
        about: "The signature is of an empty body.",
        fix: "The body had been read already, or was not there yet, when it was signed or verified: take the raw bytes before a framework's body parser does.",
        is_alone: true,
        of_part: true,
        make: Make::Body(body::empty),
        ..BODY
    },
    Record {
        code: "body-stand-in",
        about: "The text {} was signed in place of the body.",
        fix: "The program had no raw body in its hands: a parser had read it, or an object was turned into text. Take the raw bytes before a framework's body parser does.",
        is_alone: true,
        of_part: true,
        make: Make::Body(body::stand_in),
        ..BODY
    },
    Record {
        code: "body-extended",
        about: "Something was appended after signing: {}.",
        fix: "Find out what appends to the body (a proxy, a logger, a second write): only the bytes before it are vouched for by the signature.",
        of_part: true,
        make: Make::Body(body::extended),
        ..BODY
    },
    Record {
        code: "body-charset",
        about: "The body's characters were converted: it {}.",
        fix: "Sign and verify bytes, not decoded text: read the body as binary, and write it as UTF-8 once.",
        repeats: true,
        make: Make::Body(body::charset),
        ..TEXT
    },
    Record {
        code: "body-url-encoded",
        about: "The body is the URL-encoded form of what was signed.",
        fix: "Sign the body as it travels, after URL-encoding, or send it unencoded.",
        repeats: true,
        make: Make::Body(body::url_encoded),
        ..TEXT
    },
    Record {
        code: "body-url-decoded",
        about: "The body is the URL-decoded form of what was signed.",
        fix: "Verify the raw body, before a framework decodes it.",
        rarity: 2,
        make: Make::Body(body::url_decoded),
        ..TEXT
    },
    Record {
        code: "body-form-wrapped",
        about: "The body and what was signed differ by a form around them: the body {}.",
        fix: "Sign and verify the same form of the body: choose application/json at the sender, or take the signature over the whole raw body.",
        make: Make::Body(body::form_wrapped),
        ..TEXT
    },
    Record {
        code: "body-base64",
        about: "The body {}.",
        fix: "Decode or encode at the same point on both sides: gateways and serverless platforms hand binary bodies over as base64 (isBase64Encoded).",
        repeats: true,
        make: Make::Body(body::base64),
        ..TEXT
    },
    Record {
        code: "body-json-string",
        about: "The body {}.",
        fix: "Serialise once: JSON.stringify of what is a string already quotes and escapes it again.",
        repeats: true,
        make: Make::Body(body::json_string),
        ..TEXT
    },
    Record {
        code: "body-gzip",
        about: "The body is compressed ({}), and the signature is of what it holds.",
        fix: "Decompress the body before verifying it, as its sender signed it before compressing.",
        make: Make::Body(body::gzip),
        ..BODY
    },
    Record {
        code: "body-unicode-normalised",
        about: "The body's Unicode was normalised: it was signed in the form {}.",
        fix: "Do not normalise the body: databases, file systems and text fields compose or decompose accents; keep the raw bytes.",
        make: Make::Body(body::unicode),
        ..TEXT
    },
    Record {
        code: "body-reserialised",
        about: "The body was parsed and written again: the signature is of the same JSON in the dialect {}.",
        fix: "Verify the raw bytes of the body, before anything parses it (express.raw, request.get_data(), php://input), and send the very bytes that were signed.",
        weight: 1,
        detail: Detail::Dialect,
        make: Make::Body(document::reserialised),
        ..BODY
    },
    Record {
        code: "body-escapes",
        about: "The body was signed with other escapes in its JSON: {}.",
        fix: "Verify the raw bytes of the body: parsers undo escapes (\\u0026, \\ud83d\\ude00, \\/), and serialisers write others.",
        rarity: 2,
        make: Make::Body(document::escapes),
        ..TEXT
    },
    Record {
        code: "body-numbers",
        about: "The body was signed with its numbers written otherwise: {}.",
        fix: "Verify the raw bytes of the body: parsers drop the zeros at the end of numbers (1.0, 9.50) and the last digits of large ones.",
        rarity: 2,
        make: Make::Body(document::numbers),
        ..TEXT
    },
    Record {
        code: "body-reordered",
        about: "The body was signed with its members in another order: {}.",
        fix: "Verify the raw bytes of the body: maps, jsonb columns and viewers of requests sort the members of objects.",
        // Of so many orders none is tried together with another change.
        rarity: 10,
        is_alone: true,
        make: Make::Body(document::reordered),
        ..TEXT
    },
    Record {
        code: "body-member",
        about: "The signature is of {}.",
        fix: "Sign and verify the whole raw body, not a part that was taken out of it or what was put around it.",
        make: Make::Body(document::member),
        ..TEXT
    },
    Record {
        code: "body-form-rewritten",
        about: "The form was parsed and written again: the body {}.",
        fix: "Verify the raw bytes of the form, before anything parses it (express.raw, request.get_data(), php://input).",
        make: Make::Body(document::form),
        ..TEXT
    },
    Record {
        code: "body-printed",
        about: "The body {}.",
        fix: "Sign and verify the raw bytes: what a language prints for a value (str, inspect, toString, %v) is not what travels.",
        make: Make::Body(printed::printed),
        ..TEXT
    },
    Record {
        code: "body-bytes",
        about: "The body {}.",
        fix: "Hand the bytes to the HMAC as they are: a Buffer needs neither JSON.stringify nor String().",
        make: Make::Body(body::bytes),
        ..TEXT
    },
    Record {
        code: "body-html-escaped",
        about: "The body {}.",
        fix: "Sign and verify the body as it travels: filters for HTML (htmlspecialchars, a sanitiser) change its bytes.",
        repeats: true,
        make: Make::Body(body::html),
        ..TEXT
    },
    Record {
        code: "secret-whitespace",
        fix: "Store the secret without white space or line end on both sides: printf %s, not echo, and trim what is read from a file.",
        make: Make::Key(key::whitespace),
        ..SECRET
    },
    Record {
        code: "secret-quoted",
        fix: "Take the quotes out: .env files, Docker and CI settings keep quotes as a part of the value.",
        make: Make::Key(key::quotes),
        ..SECRET
    },
    Record {
        code: "secret-prefix",
        fix: "Use the secret with the same prefix, or without it, on both sides, as the provider shows it.",
        repeats: true,
        make: Make::Key(key::prefix),
        ..SECRET
    },
    Record {
        code: "secret-base64",
        fix: "Agree whether the secret is base64 of the key or the key itself: schemes differ, and this one's rule is not the one that was used.",
        make: Make::Key(key::base64),
        ..SECRET
    },
    Record {
        code: "secret-hex",
        fix: "Agree whether the secret is hex of the key or the key itself: schemes differ, and this one's rule is not the one that was used.",
        make: Make::Key(key::hex),
        ..SECRET
    },
    Record {
        code: "secret-url-encoded",
        fix: "Take the secret as it is shown, not as it stands in a URL or form.",
        make: Make::Key(key::url_encoded),
        ..SECRET
    },
    Record {
        code: "secret-escaped",
        fix: "Take the secret as it is shown: templates and serialisers write & as &amp; or \\u0026, and / as \\/.",
        make: Make::Key(key::escaped),
        ..SECRET
    },
    Record {
        code: "secret-cut",
        fix: "Copy the secret again, from its first to its last character, and look for a field or column that is too short for it.",
        rarity: 2,
        make: Make::Key(key::cut),
        ..SECRET
    },
    Record {
        code: "secret-hashed",
        fix: "Agree whether the secret or its hash is the key: this scheme takes the secret.",
        rarity: 2,
        make: Make::Key(key::hashed),
        ..SECRET
    },
    Record {
        code: "secret-charset",
        fix: "Turn the secret into bytes as UTF-8 on both sides (Encoding.UTF8, not Encoding.Unicode).",
        rarity: 2,
        make: Make::Key(key::charset),
        ..SECRET
    },
    Record {
        code: "secret-case",
        fix: "Secrets keep their case: compare both sides' settings letter by letter.",
        make: Make::Key(key::case),
        ..SECRET
    },
    Record {
        code: "secret-empty",
        about: "It was signed with an empty secret, as anybody can.",
        fix: "The sender's secret is not set: find the variable or setting that is empty, and refuse to sign without it.",
        is_alone: true,
        make: Make::Key(key::empty),
        ..OTHER
    },
    Record {
        code: "secret-is-webhook-id",
        about: "It was signed with the value of {} as the secret.",
        fix: "Use the webhook's secret, which is never a part of the payload; whoever sees a delivery could forge this one.",
        is_alone: true,
        is_public: true,
        make: Make::Key(key::webhook_id),
        ..OTHER
    },
    Record {
        code: "secret-is-variable-name",
        about: "It was signed with the text {} as the secret, not with the secret's value.",
        fix: "The sender's variable is not set or not replaced: single quotes, a missing export, or a template that was not filled in.",
        is_alone: true,
        make: Make::Key(key::variable_name),
        ..OTHER
    },
    Record {
        code: "secret-placeholder",
        about: "It was signed with the placeholder {} as the secret.",
        fix: "Put the secret's value where the sender still has an example's text; anybody can guess that one.",
        is_alone: true,
        is_public: true,
        make: Make::Key(key::placeholder),
        ..OTHER
    },
    Record {
        code: "signature-encoding",
        about: "The signature is right and written in another encoding: {}.",
        fix: "Write the signature in the encoding that the scheme uses, and encode the raw digest once.",
        make: Make::Reading(reading::encoding),
        ..OTHER
    },
    Record {
        code: "signature-prefix",
        about: "The signature itself is right, but it {}.",
        fix: "Write the signature's header exactly as the scheme lays it out.",
        make: Make::Reading(reading::prefix),
        ..OTHER
    },
    Record {
        code: "signature-whitespace",
        about: "The signature is right, with {} too many.",
        fix: "Trim the signature before sending or comparing it: command output ends with a line feed.",
        make: Make::Reading(reading::whitespace),
        ..OTHER
    },
    Record {
        code: "signature-quoted",
        about: "The signature is right and stands in quotes ({}).",
        fix: "Send the signature without quotes around it.",
        make: Make::Reading(reading::quotes),
        ..OTHER
    },
    Record {
        code: "signature-truncated",
        about: "The signature agrees with the right one, but it {}.",
        fix: "Send the whole signature and nothing after it: look for a column, a log or a copy that cuts it.",
        is_of_length: true,
        make: Make::Reading(reading::run_on),
        ..OTHER
    },
    Record {
        code: "signature-algorithm",
        about: "It was signed with {}, which is not the scheme's algorithm.",
        fix: "Use the scheme's algorithm on both sides, or choose the scheme that uses this one.",
        make: Make::Recipe(computation::algorithm),
        ..OTHER
    },
    Record {
        code: "signature-unkeyed",
        about: "The signature is {}: a hash and no HMAC.",
        fix: "Compute an HMAC keyed with the secret: a plain hash can be made, or extended, by others.",
        make: Make::Recipe(computation::unkeyed),
        ..OTHER
    },
    Record {
        code: "signature-arguments-swapped",
        about: "Key and message are exchanged: the content was used as the key, and the secret was signed.",
        fix: "Mind the order of the arguments: the secret is HMAC's key, the content its message (PHP's hash_hmac takes the content first, Go's hmac.New the key).",
        make: Make::Recipe(computation::swapped),
        ..OTHER
    },
    Record {
        code: "signature-twice",
        about: "The right signature was itself signed: it is the HMAC of a signature, and not of the content.",
        fix: "Hand the content to the HMAC, and compare what comes out with the signature that was sent.",
        rarity: 2,
        make: Make::Recipe(computation::twice),
        ..OTHER
    },
    Record {
        code: "signature-sum",
        about: "The signature is the content itself with the HMAC of nothing behind it.",
        fix: "In Go write mac.Write(content) and then mac.Sum(nil): Sum appends to its argument and hashes nothing of it.",
        make: Make::Recipe(computation::sum),
        ..OTHER
    },
    Record {
        code: "content-other-scheme",
        about: "It is signed as {} does it.",
        fix: "Verify it with --scheme {}.",
        detail: Detail::Scheme,
        make: Make::Recipe(recipe::other_scheme),
        ..OTHER
    },
    Record {
        code: "content-timestamp",
        fix: "Join the timestamp and the body exactly as the scheme says, with the timestamp's text as it travels.",
        make: Make::Recipe(layout::timestamp),
        ..CONTENT
    },
    Record {
        code: "content-id",
        fix: "Join the delivery's id and the body exactly as the scheme says.",
        make: Make::Recipe(layout::id),
        ..CONTENT
    },
    Record {
        code: "content-url",
        fix: "Sign and verify the very URL that the sender was given: a proxy in front changes scheme, host, port and path (see --signed-url).",
        make: Make::Recipe(url::url),
        ..CONTENT
    },
];
