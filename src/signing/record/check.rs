//! Reading a record: a TOML text becomes a scheme, or it is said which line and field is wrong.

use std::fmt;

use super::super::encoding::Encoding;
use super::handshake::{Handshake, Reply, ReplyPart};
use super::template::Part;
use super::words::{Algorithm, KeyForm, SignaturePlace, TimestampRule};
use super::{Scheme, Variant};

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

impl Invalid {
    /// Finds the line and the field of an error that reading `text` gave.
    fn locate(text: &str, error: &toml::de::Error) -> Self {
        let start = error.span().map_or(0, |span| span.start);
        let before = text.get(..start).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let message = error.message().trim().replace('\n', ", ");
        Self {
            line: Some(line),
            field: named_field(&message).or_else(|| field_at(text, start)),
            message,
        }
    }

    /// Where in `text` the field of this error stands: `variant 2, signature.separator`.
    fn located(mut self, text: &str, table: &str, number: usize, field: &str) -> Self {
        let key = field.split('.').next().unwrap_or_default();
        let header = format!("[[{table}]]");
        let mut seen = 0;
        for (index, line) in text.lines().enumerate() {
            let line = line.trim_start();
            if line.starts_with("[[") {
                seen += usize::from(line.starts_with(&header));
            }
            let here = line.starts_with(&header)
                || line.starts_with(&format!("[{table}.{key}]"))
                || line
                    .strip_prefix(key)
                    .is_some_and(|rest| rest.trim_start().starts_with('='));
            if seen == number && here {
                self.line = Some(index + 1);
            }
            if seen > number {
                break;
            }
        }
        self
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

impl Scheme {
    /// Reads a record.
    ///
    /// # Errors
    /// The text is no TOML, or no record that can be used: with the line and the field.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, Invalid> {
        let mut scheme: Self =
            toml::from_str(text).map_err(|error| Invalid::locate(text, &error))?;
        name.clone_into(&mut scheme.name);
        match scheme.contradiction() {
            None => Ok(scheme),
            Some((place, contradiction)) => {
                let invalid = contradiction.at(place);
                Err(match place {
                    Some((table, number)) => {
                        invalid.located(text, table, number, contradiction.field)
                    }
                    None => invalid,
                })
            }
        }
    }

    /// Gives the record its name, if it can be used.
    ///
    /// # Errors
    /// Fields that contradict each other, or that need one that is not there.
    pub fn checked(mut self, name: &str) -> Result<Self, Invalid> {
        name.clone_into(&mut self.name);
        match self.contradiction() {
            None => Ok(self),
            Some((place, contradiction)) => Err(contradiction.at(place)),
        }
    }

    /// The first contradiction, and in which table it is, numbered from 1.
    fn contradiction(&self) -> Option<(Option<(&'static str, usize)>, Contradiction)> {
        if self.variants.is_empty() {
            let message = "a scheme needs at least one [[variant]]";
            return Some((None, Contradiction::new("variant", message)));
        }
        let variants = (self.variants.iter().enumerate()).filter_map(|(index, variant)| {
            Some((Some(("variant", index + 1)), variant.check().err()?))
        });
        let handshakes = (self.handshakes.iter().enumerate()).filter_map(|(index, handshake)| {
            Some((Some(("handshake", index + 1)), handshake.check().err()?))
        });
        variants.chain(handshakes).next()
    }
}

/// Fields that contradict each other: one of them, and a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Contradiction {
    field: &'static str,
    message: String,
}

impl Contradiction {
    fn new(field: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { field, message }
    }

    fn at(&self, place: Option<(&'static str, usize)>) -> Invalid {
        Invalid {
            line: None,
            field: Some(match place {
                Some((table, number)) => format!("{table} {number}, {}", self.field),
                None => self.field.to_owned(),
            }),
            message: self.message.clone(),
        }
    }
}

/// Refuses with a field and a sentence when something is so.
fn refuse_if(
    wrong: bool,
    field: &'static str,
    message: impl Into<String>,
) -> Result<(), Contradiction> {
    if wrong {
        Err(Contradiction::new(field, message))
    } else {
        Ok(())
    }
}

/// Refuses what is no header name (RFC 9110, section 5.6.2).
fn check_header(field: &'static str, name: &str) -> Result<(), Contradiction> {
    refuse_if(
        !crate::http::is_token(name.as_bytes()),
        field,
        format!("{name:?} is no header name"),
    )
}

impl Variant {
    /// What contradicts.
    fn check(&self) -> Result<(), Contradiction> {
        self.signature.check()?;
        self.check_items()?;
        self.check_content()?;
        self.check_key()?;
        if let Some(rule) = &self.timestamp {
            rule.check(self.content.has(&Part::Timestamp))?;
        }
        if let Some(rule) = &self.id {
            check_header("id.header", &rule.header)?;
            let signed = self.content.has(&Part::Id);
            refuse_if(!signed, "id", "the id is no part of the content")?;
        }
        if let Some(rule) = &self.url {
            refuse_if(
                !self.signs_url(),
                "url",
                "the URL is no part of the content",
            )?;
            refuse_if(
                rule.body_sha256_parameter.is_some()
                    && rule.body_sha256_parameter == rule.without_parameter,
                "url.without_parameter",
                "a URL cannot be with and without the same parameter",
            )?;
        }
        Ok(())
    }

    /// The other items of the signature header's list.
    fn check_items(&self) -> Result<(), Contradiction> {
        let place = &self.signature;
        let has_items = (self.timestamp.as_ref()).is_some_and(|rule| rule.item.is_some())
            || place.named_headers.is_some()
            || (self.content.0.iter()).any(|part| matches!(part, Part::Item(_)));
        refuse_if(
            has_items && place.separator.is_none(),
            "signature.separator",
            "other items of the signature header are used, so a separator is needed",
        )?;
        refuse_if(
            has_items && place.prefix.is_empty(),
            "signature.prefix",
            "the signature needs a prefix that tells it from the list's other items",
        )
    }

    fn check_content(&self) -> Result<(), Contradiction> {
        let content = &self.content;
        let has = |part| content.has(&part);
        let is_token = self.algorithm == Algorithm::Token;
        refuse_if(
            is_token && !content.0.is_empty(),
            "content",
            "a token covers nothing: it has no content",
        )?;
        refuse_if(
            !is_token
                && (content.0.iter()).all(|part| matches!(part, Part::Text(_) | Part::Secret)),
            "content",
            "nothing of the delivery is signed: name at least one part, such as {body}",
        )?;
        refuse_if(
            has(Part::Timestamp) && self.timestamp.is_none(),
            "content",
            "{timestamp} is signed, but timestamp is missing",
        )?;
        refuse_if(
            has(Part::Id) && self.id.is_none(),
            "content",
            "{id} is signed, but id is missing",
        )?;
        refuse_if(
            has(Part::NamedHeaders) && self.signature.named_headers.is_none(),
            "content",
            "{named_headers} is signed, but signature.named_headers is missing",
        )?;
        refuse_if(
            matches!(self.algorithm, Algorithm::Plain(_)) && !has(Part::Secret),
            "content",
            "a plain hash proves nothing without {secret} in the content",
        )?;
        refuse_if(
            self.algorithm.is_asymmetric() && has(Part::Secret),
            "content",
            "a key pair has no {secret} that both sides know",
        )?;
        for part in &content.0 {
            if let Part::Header(name) = part {
                check_header("content", name)?;
            }
        }
        Ok(())
    }

    fn check_key(&self) -> Result<(), Contradiction> {
        let key = &self.key;
        refuse_if(
            (self.encoding == Encoding::Text) != (self.algorithm == Algorithm::Token),
            "encoding",
            "a token travels as text, and nothing else does",
        )?;
        refuse_if(
            key.prefix_required && key.prefix.is_none(),
            "key.prefix_required",
            "there is no key.prefix to require",
        )?;
        let is_asymmetric = self.algorithm.is_asymmetric();
        refuse_if(
            key.private_prefix.is_some() && !is_asymmetric,
            "key.private_prefix",
            "a shared secret has no private half",
        )?;
        refuse_if(
            key.form != KeyForm::Text && is_asymmetric,
            "key.form",
            "the keys of a pair are read in all their usual forms",
        )
    }
}

impl SignaturePlace {
    fn check(&self) -> Result<(), Contradiction> {
        refuse_if(
            self.header.is_some() == self.json.is_some(),
            "signature",
            "give either header or json",
        )?;
        if let Some(name) = &self.header {
            check_header("signature.header", &name.replacen("{n}", "1", 1))?;
        }
        refuse_if(
            self.prefix_optional && self.prefix.is_empty(),
            "signature.prefix_optional",
            "there is no signature.prefix that could be left out",
        )?;
        let Some(separator) = &self.separator else {
            return Ok(());
        };
        let trimmed = separator.trim_matches(' ');
        refuse_if(
            separator.is_empty() || trimmed.len() > 1 || !separator.is_ascii(),
            "signature.separator",
            "a separator is one ASCII character, with or without spaces, or spaces alone",
        )?;
        let separator = if trimmed.is_empty() { " " } else { trimmed };
        refuse_if(
            self.header.is_none() || self.is_numbered(),
            "signature.separator",
            "only a header that is not numbered holds a list",
        )?;
        refuse_if(
            self.prefix.contains(separator),
            "signature.prefix",
            "the prefix holds the separator, so no item can start with it",
        )
    }
}

impl TimestampRule {
    fn check(&self, signed: bool) -> Result<(), Contradiction> {
        let travels = self.header.is_some() || self.item.is_some();
        refuse_if(
            !travels && self.json.is_none(),
            "timestamp",
            "give header, item or json",
        )?;
        refuse_if(
            signed && !travels,
            "timestamp",
            "{timestamp} is signed as a header or item carries it; a time in the body is {json:PATH}",
        )?;
        refuse_if(
            signed && self.optional,
            "timestamp.optional",
            "{timestamp} is signed, so it cannot be left out",
        )?;
        match &self.header {
            Some(name) => check_header("timestamp.header", name),
            None => Ok(()),
        }
    }
}

impl Handshake {
    /// What contradicts.
    fn check(&self) -> Result<(), Contradiction> {
        if !(200..=599).contains(&self.status) {
            let message = "an answer's status is between 200 and 599";
            return Err(Contradiction::new("status", message));
        }
        for header in &self.headers {
            check_header("headers", &header.name)?;
        }
        let has_value =
            |reply: &Reply| (reply.0.iter()).any(|part| !matches!(part, ReplyPart::Text(_)));
        if self.when.is_empty()
            && self.secret.is_none()
            && !has_value(&self.body)
            && !self.headers.iter().any(|header| has_value(&header.value))
        {
            let message = "nothing tells the handshake from a delivery";
            return Err(Contradiction::new("when", message));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::template::Template;
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
}
