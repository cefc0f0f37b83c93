//! Reading a record: a TOML text becomes a scheme, or it is said which line and field is wrong.
//!
//! What a record may hold is bounded here, so that no delivery is worth more work than its bytes.

use std::fmt;

use super::super::encoding::Encoding;
use super::handshake::{Handshake, Reply, ReplyPart, Value};
use super::template::{Part, Template};
use super::words::{Algorithm, KeyForm, KeyRule, SignaturePlace, TimestampRule, UrlRule};
use super::{Scheme, Variant};
use crate::http;

/// How many variants, handshakes, conditions or headers there may be.
const TABLES: usize = 16;
/// How many parts a template may have.
const PARTS: usize = 32;
/// How long a text may be, in bytes.
const TEXT: usize = 256;

/// A record that cannot be used: what is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// The line in the TOML text, from 1; `None` when the record as a whole is meant.
    pub line: Option<usize>,
    /// The field, as dotted keys or as the line shows it.
    pub field: Option<String>,
    /// What is wrong with it, in a sentence.
    pub message: String,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if let Some(field) = &self.field {
            write!(f, "{field}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Invalid {}

/// Refuses with a field and a sentence when something is so.
macro_rules! refuse {
    ($($field:literal: $message:expr, if $wrong:expr;)*) => {
        $(if $wrong {
            return Err(Contradiction::new($field, $message));
        })*
    };
}
impl Scheme {
    /// Reads a record.
    ///
    /// # Errors
    /// The text is no TOML, or no record that can be used: with the line and the field.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, Invalid> {
        let scheme: Self = toml::from_str(text).map_err(|error| misread(text, &error))?;
        scheme.named_if(name, |found| found.line_in(text))
    }

    /// Gives the record its name, if it can be used.
    ///
    /// # Errors
    /// Fields that contradict each other, or that need one that is not there.
    pub fn checked(self, name: &str) -> Result<Self, Invalid> {
        self.named_if(name, |_| None)
    }

    fn named_if(
        mut self,
        name: &str,
        line: impl Fn(&Contradiction) -> Option<usize>,
    ) -> Result<Self, Invalid> {
        name.clone_into(&mut self.name);
        match self.check() {
            Ok(()) => Ok(self),
            Err(found) => Err(Invalid {
                line: line(&found),
                field: Some(match found.table {
                    Some((table, number)) => format!("{table} {number}, {}", found.field),
                    None => found.field.to_owned(),
                }),
                message: found.message,
            }),
        }
    }

    fn check(&self) -> Result<(), Contradiction> {
        refuse! {
            "variant": "a scheme needs at least one [[variant]]", if self.variants.is_empty();
            "variant": format!("there are more than {TABLES}"), if self.variants.len() > TABLES;
            "handshake": format!("there are more than {TABLES}"), if self.handshakes.len() > TABLES;
        }
        for (index, variant) in self.variants.iter().enumerate() {
            let checked = variant.check();
            checked.map_err(|found| found.within("variant", index + 1))?;
        }
        let first = self.variants[0].algorithm;
        for (index, handshake) in self.handshakes.iter().enumerate() {
            let checked = handshake.check(first);
            checked.map_err(|found| found.within("handshake", index + 1))?;
        }
        Ok(())
    }
}

/// Finds the line and the field of an error that reading `text` gave.
fn misread(text: &str, error: &toml::de::Error) -> Invalid {
    let start = error.span().map_or(0, |span| span.start);
    let before = text.get(..start).unwrap_or(text);
    let message = error.message().trim().replace('\n', ", ");
    Invalid {
        line: Some(before.matches('\n').count() + 1),
        field: named_field(&message).or_else(|| field_at(text, start)),
        message,
    }
}

/// The field that a message of serde names itself.
fn named_field(message: &str) -> Option<String> {
    let rest = message
        .strip_prefix("unknown field `")
        .or_else(|| message.strip_prefix("missing field `"))?;
    rest.split_once('`').map(|(field, _)| field.to_owned())
}

/// The key whose value stands at this place of a TOML text: the last one before it on its line.
fn field_at(text: &str, at: usize) -> Option<String> {
    let (before, after) = text.split_at_checked(at)?;
    let before = before.rsplit('\n').next().unwrap_or_default();
    let after = after.split('\n').next().unwrap_or_default();
    let key = match before.rsplit_once('=') {
        Some((keys, _)) => keys,
        None => after.split_once('=')?.0,
    };
    let is_key = |byte: char| byte.is_ascii_alphanumeric() || "_-.".contains(byte);
    let key = key.trim_end();
    let start = key.rfind(|byte| !is_key(byte)).map_or(0, |last| last + 1);
    Some(key[start..].to_owned()).filter(|key| !key.is_empty())
}

/// Fields that contradict each other: one of them, and a sentence.
struct Contradiction {
    /// In which table it is, numbered from 1.
    table: Option<(&'static str, usize)>,
    field: &'static str,
    message: String,
}

impl Contradiction {
    fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self {
            table: None,
            field,
            message: message.into(),
        }
    }

    fn within(mut self, table: &'static str, number: usize) -> Self {
        self.table = Some((table, number));
        self
    }

    /// The line of a record's text in which the field stands, or else its table's.
    fn line_in(&self, text: &str) -> Option<usize> {
        let (table, number) = self.table?;
        let key = self.field.split('.').next().unwrap_or_default();
        let (header, own) = (format!("[[{table}]]"), format!("[{table}.{key}]"));
        let mut seen = 0;
        let mut found = None;
        for (index, line) in text.lines().enumerate() {
            let line = line.trim_start();
            let is_header = line.starts_with(&header);
            seen += usize::from(is_header);
            let rest = line.strip_prefix(key).map(str::trim_start);
            let is_field = rest.is_some_and(|rest| rest.starts_with('=')) || line.starts_with(&own);
            if seen == number && (is_header || is_field) {
                found = Some(index + 1);
            }
        }
        found
    }
}

/// Refuses what is no header name.
fn check_header(field: &'static str, name: &str) -> Result<(), Contradiction> {
    if http::is_token(name.as_bytes()) && name.len() <= TEXT {
        return Ok(());
    }
    let message = format!("{name:?} is no header name");
    Err(Contradiction::new(field, message))
}

/// Refuses a text of which a header could not be made: a line end would begin another one.
fn check_text(field: &'static str, text: &str) -> Result<(), Contradiction> {
    if text.len() > TEXT {
        let message = format!("it is longer than {TEXT} bytes");
        return Err(Contradiction::new(field, message));
    }
    if !text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        let message = format!("{text:?} holds what is not printable ASCII, such as a line end");
        return Err(Contradiction::new(field, message));
    }
    Ok(())
}

fn check_texts<'a>(
    texts: impl IntoIterator<Item = (&'static str, Option<&'a String>)>,
) -> Result<(), Contradiction> {
    texts
        .into_iter()
        .try_for_each(|(field, text)| text.map_or(Ok(()), |text| check_text(field, text)))
}

impl Variant {
    fn check(&self) -> Result<(), Contradiction> {
        let (content, place) = (&self.content, &self.signature);
        place.check()?;
        let has_items = (self.timestamp.as_ref()).is_some_and(|rule| rule.item.is_some())
            || place.named_headers.is_some()
            || (content.0.iter()).any(|part| matches!(part, Part::Item(_)));
        refuse! {
            "signature.separator": "other items of the signature header are used, so a separator is needed",
                if has_items && place.separator.is_none();
            "signature.prefix": "the signature needs a prefix that tells it from the list's other items",
                if has_items && place.prefix.is_empty();
        }
        self.check_content()?;
        refuse! {
            "encoding": "a token travels as text, and nothing else does",
                if (self.encoding == Encoding::Text) != (self.algorithm == Algorithm::Token);
        }
        self.key.check(self.algorithm.is_asymmetric())?;
        if let Some(rule) = &self.timestamp {
            rule.check(content.has(&Part::Timestamp))?;
        }
        if let Some(rule) = &self.id {
            check_header("id.header", &rule.header)?;
            refuse! {
                "id": "the id is no part of the content", if !content.has(&Part::Id);
            }
        }
        match &self.url {
            Some(rule) => rule.check(self.signs_url()),
            None => Ok(()),
        }
    }

    fn check_content(&self) -> Result<(), Contradiction> {
        let Template(parts) = &self.content;
        let has = |part| self.content.has(&part);
        let is_token = self.algorithm == Algorithm::Token;
        let is_known = |part: &Part| matches!(part, Part::Text(_) | Part::Secret);
        let is_long = |part: &Part| matches!(part, Part::Text(text) if text.len() > TEXT);
        refuse! {
            "content": "a token covers nothing: it has no content", if is_token && !parts.is_empty();
            "content": "nothing of the delivery is signed: name at least one part, such as {body}",
                if !is_token && parts.iter().all(is_known);
            "content": format!("it has more than {PARTS} parts"), if parts.len() > PARTS;
            "content": format!("it has a text of more than {TEXT} bytes"), if parts.iter().any(is_long);
            "content": "{timestamp} is signed, but timestamp is missing",
                if has(Part::Timestamp) && self.timestamp.is_none();
            "content": "{id} is signed, but id is missing", if has(Part::Id) && self.id.is_none();
            "content": "{named_headers} is signed, but signature.named_headers is missing",
                if has(Part::NamedHeaders) && self.signature.named_headers.is_none();
            "content": "a plain hash proves nothing without {secret} in the content",
                if matches!(self.algorithm, Algorithm::Plain(_)) && !has(Part::Secret);
            "content": "a key pair has no {secret} that both sides know",
                if self.algorithm.is_asymmetric() && has(Part::Secret);
        }
        parts.iter().try_for_each(|part| match part {
            Part::Header(name) => check_header("content", name),
            _ => Ok(()),
        })
    }
}

impl SignaturePlace {
    fn check(&self) -> Result<(), Contradiction> {
        refuse! {
            "signature": "give either header or json", if self.header.is_some() == self.json.is_some();
        }
        if let Some(name) = &self.header {
            check_header("signature.header", &name.replacen("{n}", "1", 1))?;
        }
        check_texts([
            ("signature.prefix", Some(&self.prefix)),
            ("signature.named_headers", self.named_headers.as_ref()),
        ])?;
        refuse! {
            "signature.prefix_optional": "there is no signature.prefix that could be left out",
                if self.prefix_optional && self.prefix.is_empty();
        }
        let Some(separator) = &self.separator else {
            return Ok(());
        };
        let trimmed = separator.trim_matches(' ');
        let between = if trimmed.is_empty() { " " } else { trimmed };
        refuse! {
            "signature.separator": "a separator is one ASCII character, with or without spaces, or spaces alone",
                if separator.is_empty() || trimmed.len() > 1 || !separator.is_ascii();
            "signature.separator": "only a header that is not numbered holds a list",
                if self.header.is_none() || self.is_numbered();
            "signature.prefix": "the prefix holds the separator, so no item can start with it",
                if self.prefix.contains(between);
        }
        check_text("signature.separator", separator)
    }
}

impl KeyRule {
    fn check(&self, is_asymmetric: bool) -> Result<(), Contradiction> {
        refuse! {
            "key.prefix_required": "there is no key.prefix to require",
                if self.prefix_required && self.prefix.is_none();
            "key.private_prefix": "a shared secret has no private half",
                if self.private_prefix.is_some() && !is_asymmetric;
            "key.form": "the keys of a pair are read in all their usual forms",
                if self.form != KeyForm::Text && is_asymmetric;
        }
        check_texts([
            ("key.prefix", self.prefix.as_ref()),
            ("key.private_prefix", self.private_prefix.as_ref()),
        ])
    }
}

impl TimestampRule {
    fn check(&self, signed: bool) -> Result<(), Contradiction> {
        let travels = self.header.is_some() || self.item.is_some();
        refuse! {
            "timestamp": "give header, item or json", if !travels && self.json.is_none();
            "timestamp": "{timestamp} is signed as a header or item carries it; a time in the body is {json:PATH}",
                if signed && !travels;
            "timestamp.optional": "{timestamp} is signed, so it cannot be left out",
                if signed && self.optional;
        }
        check_texts([("timestamp.item", self.item.as_ref())])?;
        match &self.header {
            Some(name) => check_header("timestamp.header", name),
            None => Ok(()),
        }
    }
}

impl UrlRule {
    fn check(&self, signed: bool) -> Result<(), Contradiction> {
        refuse! {
            "url": "the URL is no part of the content", if !signed;
            "url.without_parameter": "a URL cannot be with and without the same parameter",
                if self.body_sha256_parameter.is_some()
                    && self.body_sha256_parameter == self.without_parameter;
        }
        check_texts([
            (
                "url.body_sha256_parameter",
                self.body_sha256_parameter.as_ref(),
            ),
            ("url.without_parameter", self.without_parameter.as_ref()),
            ("url.either_encoding", Some(&self.either_encoding)),
            ("url.decoded", Some(&self.decoded)),
        ])
    }
}

impl Handshake {
    fn check(&self, first: Algorithm) -> Result<(), Contradiction> {
        let mut replies = vec![("body", &self.body)];
        for header in &self.headers {
            check_header("headers", &header.name)?;
            replies.push(("headers", &header.value));
        }
        refuse! {
            "status": "an answer's status is between 200 and 599", if !(200..=599).contains(&self.status);
            "when": format!("there are more than {TABLES}"), if self.when.len() > TABLES;
            "headers": format!("there are more than {TABLES}"), if self.headers.len() > TABLES;
            "when": "nothing tells the handshake from a delivery",
                if self.when.is_empty() && self.secret.is_none()
                    && !replies.iter().any(|(_, reply)| reply.asks());
        }
        for (field, Reply(parts)) in replies {
            refuse! {
                "body": format!("it has more than {PARTS} parts"), if parts.len() > PARTS;
            }
            for part in parts {
                match part {
                    ReplyPart::Text(text) if field == "headers" => check_text(field, text)?,
                    ReplyPart::Signature(value) => self.check_signing(field, value, first)?,
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// A receiver that signs whatever it is asked to sign forges deliveries for strangers: what is
    /// signed is a part of a genuine request, which a fixed value in it tells from a delivery.
    fn check_signing(
        &self,
        field: &'static str,
        value: &Value,
        first: Algorithm,
    ) -> Result<(), Contradiction> {
        let is_fixed = self
            .when
            .iter()
            .any(|condition| matches!(condition.value, Value::Json(_)) && condition.is.is_some());
        refuse! {
            "signed": "{signature:…} signs what anybody asks for, unless the request is signed: set signed = true",
                if !self.signed;
            "when": "{signature:…} needs a value of the JSON body that is fixed (is), so that no delivery is taken for the handshake",
                if !is_fixed;
        }
        if !matches!(value, Value::Json(_)) {
            let message = "{signature:…} is of a value of the JSON body, which the request's own signature covers";
            return Err(Contradiction::new(field, message));
        }
        if !matches!(first, Algorithm::Hmac(_)) {
            let message = format!(
                "{{signature:…}} needs an HMAC as the first variant's algorithm, and this is {first}"
            );
            return Err(Contradiction::new(field, message));
        }
        Ok(())
    }
}

impl Reply {
    /// Whether a value of the request is needed for it.
    fn asks(&self) -> bool {
        !(self.0.iter()).all(|part| matches!(part, ReplyPart::Text(_)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_default_is_blues_record() {
        assert_eq!(Scheme::named("blue"), Some(Scheme::default()));
    }

    const RECORD: &str = r#"about = "Mine"

[[variant]]
algorithm = "hmac-sha256"
content = "{timestamp}.{body}"
signature = { header = "X-Mine", separator = ", ", prefix = "v1=" }
timestamp = { item = "t=", tolerance = "5m" }

[[variant]]
algorithm = "hmac-sha1"
content = "{body}"
signature = { header = "X-Mine-Old" }
"#;

    fn error(from: &str, to: &str) -> String {
        let record = RECORD.replacen(from, to, 1);
        assert_ne!(record, RECORD, "{from}");
        match Scheme::from_toml("mine", &record) {
            Ok(scheme) => panic!("{scheme:?}"),
            Err(invalid) => invalid.to_string(),
        }
    }

    #[test]
    fn every_record_of_the_folder_is_in_the_table_and_valid() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/signing/schemes");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        files.sort();
        let mut names: Vec<&str> = Scheme::names().collect();
        assert_eq!(names[0], "blue");
        names.sort_unstable();
        assert_eq!(names, files);
        for name in names {
            let record = Scheme::record(name).unwrap();
            let scheme =
                Scheme::from_toml(name, record).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(Scheme::named(name).as_ref(), Some(&scheme));
            assert!(!scheme.about.is_empty() && !scheme.about.contains('\n'));
            let docs = scheme.docs.as_deref();
            assert!(
                docs.is_none_or(|docs| docs.starts_with("https://")),
                "{name}"
            );
        }
    }

    #[test]
    fn a_record_that_is_written_reads_the_same() {
        for name in Scheme::names().collect::<Vec<_>>() {
            let scheme = Scheme::named(name).unwrap();
            let text = toml::to_string(&scheme).unwrap();
            let read = Scheme::from_toml(name, &text)
                .unwrap_or_else(|error| panic!("{name}: {error}\n{text}"));
            assert_eq!(read, scheme);
        }
    }

    #[test]
    fn a_record_says_which_headers_it_adds() {
        let headers = |name| Scheme::named(name).unwrap().variants[0].headers();
        assert_eq!(headers("blue"), ["X-Signature"]);
        assert_eq!(
            headers("svix"),
            ["svix-id", "svix-timestamp", "svix-signature"]
        );
        assert_eq!(headers("docusign"), ["X-DocuSign-Signature-1"]);
        let has_timestamp = |name| Scheme::named(name).unwrap().has_timestamp();
        assert!(has_timestamp("stripe") && !has_timestamp("blue"));
        assert!(Scheme::named("square").unwrap().signs_url());
    }

    #[test]
    fn a_template_doubles_its_braces() {
        let template: Template = "{{{id}}}-{body}".parse().unwrap();
        let text = |text: &str| Part::Text(text.into());
        assert_eq!(template.0, [text("{"), Part::Id, text("}-"), Part::Body]);
        assert_eq!(template.to_string(), "{{{id}}}-{body}");
        assert_eq!(Template::default().to_string(), "");
    }

    #[test]
    fn a_duration_is_written_as_people_type_it() {
        for text in ["\"5m\"", "\"300\"", "300", "\"4m 60s\""] {
            let record = RECORD.replace("\"5m\"", text);
            let scheme = Scheme::from_toml("mine", &record).unwrap();
            let rule = scheme.variants[0].timestamp.clone().unwrap();
            assert_eq!(rule.tolerance, Some(Duration::from_secs(300)), "{text}");
        }
    }

    #[test]
    fn a_text_that_is_no_record_is_refused_with_line_and_field() {
        let cases = [
            (
                "about = \"Mine\"",
                "",
                "line 1: about: missing field `about`",
            ),
            (
                "content = \"{body}\"",
                "contents = \"{body}\"",
                "line 11: contents: unknown field `contents`",
            ),
            (
                "header = \"X-Mine-Old\"",
                "heeder = \"X\"",
                "line 12: heeder: unknown field `heeder`",
            ),
            (
                "algorithm = \"hmac-sha1\"",
                "algorithm = \"hmac-sha3\"",
                "line 10: algorithm: unknown variant `hmac-sha3`",
            ),
            (
                "algorithm = \"hmac-sha1\"",
                "",
                "line 9: algorithm: missing field `algorithm`",
            ),
            (
                "\"X-Mine-Old\"",
                "7",
                "line 12: header: invalid type: integer `7`, expected a string",
            ),
            (
                "\"5m\"",
                "\"soon\"",
                "line 7: tolerance: \"soon\" is not a duration such as \"5m\"",
            ),
            (
                "\"5m\"",
                "-5",
                "line 7: tolerance: -5 is not a duration such as \"5m\"",
            ),
            (
                "{timestamp}.{body}",
                "{timestamp}.{boddy}",
                "line 5: content: {boddy} is no part of a content",
            ),
            (
                "{timestamp}.{body}",
                "{timestamp}.{body",
                "line 5: content: \"{timestamp}.{body\" has a { without a }",
            ),
            (
                "{timestamp}.{body}",
                "{timestamp}.body}",
                "line 5: content: \"{timestamp}.body}\" has a } without a {",
            ),
            ("[[variant]]", "[[variant]", "line 3: "),
        ];
        for (from, to, expected) in cases {
            let error = error(from, to);
            assert!(error.starts_with(expected), "{error}\nexpected {expected}");
        }
    }

    #[test]
    fn fields_that_contradict_each_other_are_refused_where_they_stand() {
        let cases = [
            (
                "\"{body}\"",
                "\"fixed\"",
                "line 11: variant 2, content: nothing of the delivery is signed",
            ),
            (
                "\"{body}\"",
                "\"{timestamp}{body}\"",
                "line 11: variant 2, content: {timestamp} is signed, but timestamp is missing",
            ),
            (
                "\"{body}\"",
                "\"{id}{body}\"",
                "line 11: variant 2, content: {id} is signed, but id is missing",
            ),
            (
                "\"{body}\"",
                "\"{named_headers}{body}\"",
                "line 11: variant 2, content: {named_headers} is signed",
            ),
            (
                "\"{body}\"",
                "\"{header:a b}{body}\"",
                "line 11: variant 2, content: \"a b\" is no header name",
            ),
            (
                "hmac-sha1",
                "sha1",
                "line 11: variant 2, content: a plain hash proves nothing",
            ),
            (
                "hmac-sha1",
                "token",
                "line 11: variant 2, content: a token covers nothing",
            ),
            (
                "content = \"{body}\"",
                "content = \"{body}\"\nencoding = \"text\"",
                "line 12: variant 2, encoding: a token travels as text",
            ),
            (
                "content = \"{body}\"",
                "content = \"{body}\"\nid = { header = \"X-Id\" }",
                "line 12: variant 2, id: the id is no part",
            ),
            (
                "content = \"{body}\"",
                "content = \"{body}\"\nurl = { either_port = true }",
                "line 12: variant 2, url: the URL is no part",
            ),
            (
                "content = \"{body}\"",
                "content = \"{body}\"\nkey = { prefix_required = true }",
                "line 12: variant 2, key.prefix_required: there is no key.prefix",
            ),
            (
                "content = \"{body}\"",
                "content = \"{body}\"\nkey = { private_prefix = \"k\" }",
                "line 12: variant 2, key.private_prefix: ",
            ),
            (
                "header = \"X-Mine-Old\"",
                "header = \"X-Mine-Old\", json = \"a\"",
                "line 12: variant 2, signature: give either header or json",
            ),
            (
                "header = \"X-Mine-Old\"",
                "header = \"X Mine\"",
                "line 12: variant 2, signature.header: \"X Mine\" is no header name",
            ),
            (
                "header = \"X-Mine-Old\"",
                "header = \"X-{n}\", separator = \",\"",
                "line 12: variant 2, signature.separator: only a header",
            ),
            (
                "\", \"",
                "\"\"",
                "line 6: variant 1, signature.separator: a separator is one ASCII character",
            ),
            (
                "\", \"",
                "\"; ;\"",
                "line 6: variant 1, signature.separator: a separator is one ASCII character",
            ),
            (
                "\", \"",
                "\"·\"",
                "line 6: variant 1, signature.separator: a separator is one ASCII character",
            ),
            (
                "separator = \", \", ",
                "",
                "line 6: variant 1, signature.separator: other items",
            ),
            (
                "\"v1=\"",
                "\"v1,\"",
                "line 6: variant 1, signature.prefix: the prefix holds the separator",
            ),
            (
                ", prefix = \"v1=\"",
                "",
                "line 6: variant 1, signature.prefix: the signature needs a prefix",
            ),
            (
                "item = \"t=\"",
                "json = \"t\"",
                "line 7: variant 1, timestamp: {timestamp} is signed as a header",
            ),
            (
                "item = \"t=\"",
                "item = \"t=\", optional = true",
                "line 7: variant 1, timestamp.optional: ",
            ),
            (
                "item = \"t=\", ",
                "",
                "line 7: variant 1, timestamp: give header, item or json",
            ),
        ];
        for (from, to, expected) in cases {
            let error = error(from, to);
            assert!(error.starts_with(expected), "{error}\nexpected {expected}");
        }
        let none = Scheme::from_toml("mine", "about = \"Mine\"").unwrap_err();
        assert_eq!(
            none.to_string(),
            "variant: a scheme needs at least one [[variant]]"
        );
    }

    #[test]
    fn a_line_end_or_a_bulky_text_is_refused_when_the_record_is_read() {
        let long = "x".repeat(300);
        let cases = [
            (
                "\"v1=\"",
                "\"v1\\n=\"".to_owned(),
                "line 6: variant 1, signature.prefix: \"v1\\n=\" holds what is not printable",
            ),
            (
                "\"t=\"",
                "\"t\\r=\"".to_owned(),
                "line 7: variant 1, timestamp.item: \"t\\r=\" holds what is not printable",
            ),
            (
                "\"v1=\"",
                format!("{long:?}"),
                "line 6: variant 1, signature.prefix: it is longer than 256 bytes",
            ),
            (
                "X-Mine-Old",
                long.clone(),
                "line 12: variant 2, signature.header: ",
            ),
            (
                "\"{body}\"",
                format!("\"{long}{{body}}\""),
                "line 11: variant 2, content: it has a text of more than 256 bytes",
            ),
            (
                "\"{body}\"",
                format!("{:?}", "{body}{json:a}".repeat(17)),
                "line 11: variant 2, content: it has more than 32 parts",
            ),
        ];
        for (from, to, expected) in cases {
            let error = error(from, &to);
            assert!(error.starts_with(expected), "{error}\nexpected {expected}");
        }
        let variant = &RECORD[RECORD.rfind("[[variant]]").unwrap()..];
        let many = Scheme::from_toml("mine", &format!("{RECORD}{}", variant.repeat(15)));
        assert_eq!(
            many.unwrap_err().to_string(),
            "variant: there are more than 16"
        );
    }

    #[test]
    fn a_handshake_signs_nothing_that_a_stranger_sends() {
        const ASKS: &str = r#"[[handshake]]
about = "asks"
when = [{ value = "json:event", is = "url_validation" }]
signed = true
body = "{signature:json:token}"
"#;
        let read = |from: &str, to: &str| {
            let asks = ASKS.replacen(from, to, 1);
            match Scheme::from_toml("mine", &format!("{RECORD}{asks}")) {
                Ok(_) => "fine".to_owned(),
                Err(invalid) => invalid.to_string(),
            }
        };
        assert_eq!(read("", ""), "fine");
        let cases = [
            (
                "signed = true\n",
                "",
                "line 13: handshake 1, signed: {signature:…} signs what anybody asks for",
            ),
            (
                "signed = true",
                "signed = false",
                "line 16: handshake 1, signed: ",
            ),
            (
                ", is = \"url_validation\"",
                "",
                "line 15: handshake 1, when: {signature:…} needs a value of the JSON body",
            ),
            (
                "json:event",
                "header:X-Event",
                "line 15: handshake 1, when: {signature:…} needs a value of the JSON body",
            ),
            (
                "json:token",
                "query:token",
                "line 17: handshake 1, body: {signature:…} is of a value of the JSON body",
            ),
        ];
        for (from, to, expected) in cases {
            let error = read(from, to);
            assert!(error.starts_with(expected), "{error}\nexpected {expected}");
        }
        let token = RECORD
            .replace("hmac-sha256", "token")
            .replace("encoding", "#")
            .replace("content = \"{timestamp}.{body}\"", "encoding = \"text\"");
        let invalid = Scheme::from_toml("mine", &format!("{token}{ASKS}")).unwrap_err();
        assert_eq!(
            invalid.message,
            "{signature:…} needs an HMAC as the first variant's algorithm, and this is token"
        );
    }
}
