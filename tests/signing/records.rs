//! Records of schemes: the built-in ones are valid, and what cannot be used is refused where it
//! stands.

use std::time::Duration;

use bluehook::signing::Scheme;
use bluehook::signing::record::template::{Part, Template};

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
        for alias in &scheme.aliases {
            assert_eq!(Scheme::named(alias).as_ref(), Some(&scheme), "{alias}");
            assert!(Scheme::known().any(|known| known == alias), "{alias}");
        }
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
            "line 10: algorithm: no algorithm is called `hmac-sha3`",
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
            "line 7: variant 1, timestamp: give header, item, json or claim",
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
    let lines = RECORD.replace("\"Mine\"", "\"a\\nb\"");
    let invalid = Scheme::from_toml("mine", &lines).unwrap_err();
    assert_eq!(
        invalid.to_string(),
        "about: it is one line of at most 256 bytes"
    );
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
