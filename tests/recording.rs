//! Recordings: what is read of them, what is said of what is wrong, and what outlives a crash.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

mod peers;

use std::fs;
use std::io;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bluehook::delivery::{Delivery, Headers};
use bluehook::recording::{Appender, Changed, Reader, Recorded, Refused, Warning};
use bluehook::show::lines;
use proptest::prelude::*;

const LINE: &str = r#"{"type":"delivery","version":1,"number":7,"at":"2026-11-22T03:49:53.123Z","remote":"127.0.0.1:50312","method":"POST","target":"/hooks?x=1","headers":[["Host","a"],["x-a","1"],["X-A","2"]],"body":"{}","event":"TODO_CREATED","answer":{"status":200,"by":"bluehook","ms":0.4},"forwards":[]}"#;
const NEITHER: &str =
    "is neither a JSON line nor the first line of an HTTP request (POST /hooks HTTP/1.1)";
const SMALL: &str = r#"{"method":"POST","target":"/","headers":[],"body":"a"}"#;

/// What a file holds, as `listen` would say it: its deliveries, then the error if there is one,
/// and the warnings.
fn read(file: impl AsRef<[u8]>) -> (Vec<Recorded>, Option<String>, Vec<String>) {
    let mut reader = Reader::with_limit(file.as_ref(), 1 << 20);
    let mut deliveries = Vec::new();
    let mut error = None;
    for found in reader.by_ref() {
        match found {
            Ok(recorded) => deliveries.push(recorded),
            Err(unreadable) => error = Some(unreadable.to_string()),
        }
    }
    let warnings = reader.take_warnings();
    (
        deliveries,
        error,
        warnings.iter().map(Warning::to_string).collect(),
    )
}

/// The one delivery of a file in which nothing is wrong.
fn only(file: impl AsRef<[u8]>) -> Recorded {
    let (mut deliveries, error, warnings) = read(file);
    assert_eq!((error, warnings), (None, Vec::new()));
    assert_eq!(deliveries.len(), 1);
    deliveries.remove(0)
}

fn error(file: impl AsRef<[u8]>) -> String {
    read(file).1.unwrap()
}

/// A line as `listen` writes it.
fn line(number: u64, delivery: &Delivery) -> Vec<u8> {
    #[derive(serde::Serialize)]
    struct Written<'a> {
        #[serde(rename = "type")]
        kind: &'static str,
        number: u64,
        method: &'a str,
        target: &'a str,
        headers: Vec<lines::Pair<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        body: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        body_base64: Option<String>,
    }
    let text = std::str::from_utf8(&delivery.body).ok();
    lines::to_bytes(&Written {
        kind: "delivery",
        number,
        method: &delivery.method,
        target: &delivery.target,
        headers: delivery
            .headers
            .iter()
            .map(|header| lines::Pair(&header.name, lines::Value(&header.value)))
            .collect(),
        body: text,
        body_base64: text.is_none().then(|| STANDARD.encode(&delivery.body)),
    })
    .unwrap()
}

fn deliveries() -> impl Strategy<Value = Delivery> {
    let value = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..20),
        "[ -~é\u{202e}\u{7f}]{0,20}".prop_map(String::into_bytes),
    ];
    let value = value.prop_map(|mut value| {
        value.retain(|byte| !matches!(byte, b'\r' | b'\n' | 0));
        value
    });
    let headers = proptest::collection::vec(("[A-Za-z-]{1,12}", value), 0..5);
    let body = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..200),
        any::<String>().prop_map(String::into_bytes),
    ];
    let line = ("[A-Z]{1,6}", "/[!-~]{0,20}");
    (line, headers, body).prop_map(|((method, target), pairs, body)| {
        let mut headers = Headers::new();
        for (name, value) in pairs {
            headers.push(name, value);
        }
        Delivery {
            method,
            target,
            headers,
            body,
        }
    })
}

#[test]
fn a_delivery_line_is_read_whole() {
    let recorded = only(LINE);
    assert_eq!(recorded.number, 7);
    assert_eq!(recorded.line, 1);
    assert_eq!(recorded.at.unwrap().to_string(), "2026-11-22T03:49:53.123Z");
    assert_eq!(recorded.remote.as_deref(), Some("127.0.0.1:50312"));
    assert_eq!(recorded.answer.unwrap().status, 200);
    let delivery = recorded.delivery;
    assert_eq!(
        (&*delivery.method, &*delivery.target),
        ("POST", "/hooks?x=1")
    );
    let headers: Vec<_> = delivery.headers.iter().map(|it| &*it.name).collect();
    assert_eq!(headers, ["Host", "x-a", "X-A"]);
    assert_eq!(delivery.body, b"{}");
}

#[test]
fn four_keys_are_enough_and_numbers_are_counted() {
    let (deliveries, error, warnings) = read(format!("{SMALL}\r\n\n{LINE}\n{SMALL}\n"));
    assert_eq!((error, warnings), (None, Vec::new()));
    let places: Vec<_> = deliveries.iter().map(|it| (it.number, it.line)).collect();
    assert_eq!(places, [(1, 1), (7, 3), (3, 4)]);
    assert_eq!((deliveries[0].at, &deliveries[0].answer), (None, &None));
}

#[test]
fn other_types_and_unknown_keys_are_passed_over() {
    let file = format!(
        "{{\"type\":\"listening\",\"url\":\"x\"}}\n{{\"type\":\"new\",\"method\":5,\"body\":[]}}\n{}\n{{\"type\":\"summary\",\"deliveries\":1}}\n",
        SMALL.replacen('{', "{\"new\":{\"a\":[1e999]},", 1)
    );
    assert_eq!(only(file).line, 3);
    assert_eq!(read("{\"type\":\"summary\"}\n"), Default::default());
    assert_eq!(read(""), Default::default());
    assert_eq!(read("\n \n"), Default::default());
    assert_eq!(only(format!("\u{feff}{SMALL}")).line, 1);
}

#[test]
fn every_byte_of_a_body_and_every_escape_comes_back() {
    let every: Vec<u8> = (0..=255).collect();
    for body in [
        &every[..],
        &every[..128],
        "\u{10ffff}\u{202e}\u{feff}é\"\\/".as_bytes(),
    ] {
        let delivery = Delivery {
            method: "POST".into(),
            target: "/".into(),
            body: body.to_vec(),
            ..Delivery::default()
        };
        assert_eq!(only(line(1, &delivery)).delivery.body, body);
    }
    let escaped = SMALL.replace("\"a\"", r#""\u00e9\ud83d\ude00\/\u0000""#);
    assert_eq!(only(escaped).delivery.body, "é😀/\0".as_bytes());
}

#[test]
fn half_a_surrogate_pair_is_an_error() {
    for half in [r"\ud800", r"\udc00", r"\ud800\u0041", r"\ud800x"] {
        let file = format!(
            "{SMALL}\n{}\n",
            SMALL.replace("\"a\"", &format!("\"{half}\""))
        );
        let said = error(file);
        assert!(
            said.starts_with("line 2 holds half of a surrogate pair"),
            "{said}"
        );
    }
}

#[test]
fn each_thing_that_is_wrong_with_a_line_is_named() {
    for (from, to, said) in [
        (
            SMALL,
            "{\"method\":x}",
            "is not JSON: expected value at column 11",
        ),
        (SMALL, "[]", "is not a JSON object"),
        ("\"method\":\"POST\",", "", "has no method"),
        ("\"POST\"", "5", "has a method that is not text"),
        ("POST", "PO ST", "has a method that is not one of HTTP"),
        ("\"target\":\"/\",", "", "has no target"),
        (
            "\"/\"",
            "\"/ x\"",
            "has a target that is empty or holds white space",
        ),
        ("\"headers\":[],", "", "has no headers"),
        (
            "[]",
            "{}",
            "has headers that are not a list of pairs of name and value",
        ),
        (
            "[]",
            "[[\"a\"]]",
            "has a header 1 that is not a pair of name and value",
        ),
        (
            "[]",
            "[[\"a\",\"\"],[\"b:\",\"\"]]",
            "has a header 2 whose name no header may have",
        ),
        (
            "[]",
            "[[\"a\",\"x\\ny\"]]",
            "has a header 1 whose value holds a line end or a NUL",
        ),
        (
            "[]",
            "[[\"a\",{\"base64\":\"?\"}]]",
            "has a header 1 whose value is not base64, though it says so",
        ),
        (
            "[]",
            "[[\"a\",5]]",
            "has a header 1 whose value is neither text nor {\"base64\":\"…\"}",
        ),
        (",\"body\":\"a\"", "", "has no body (body or body_base64)"),
        (
            "\"a\"",
            "{}",
            "has a body that is not text (JSON is written as text, too)",
        ),
        (
            "\"body\"",
            "\"body_base64\"",
            "has a body_base64 that is not base64",
        ),
        (
            "\"a\"",
            "\"a\",\"body_base64\":\"\"",
            "has both body and body_base64",
        ),
        (
            "\"a\"",
            "\"a\",\"at\":\"now\"",
            "has an at that is not a time such as 2026-11-22T03:49:53Z",
        ),
        (
            "\"a\"",
            "\"a\",\"number\":-1",
            "has a number that is not a whole number",
        ),
        ("\"a\"", "\"a\",\"type\":1", "has a type that is not text"),
        (
            "\"a\"",
            "\"a\",\"body\":\"b\"",
            "cannot be used: duplicate field `body` at column 60",
        ),
        (
            "\"a\"",
            "\"a\",\"version\":2",
            "is of version 2, and this version of bluehook reads version 1",
        ),
    ] {
        let file = format!("{SMALL}\n{}\n{SMALL}\n", SMALL.replace(from, to));
        let (deliveries, error, _) = read(&file);
        assert_eq!(deliveries.len(), 1, "{file}");
        assert_eq!(error, Some(format!("line 2 {said}")));
    }
}

#[test]
fn a_line_over_the_limit_is_an_error_and_one_at_it_is_not() {
    let mut reader = Reader::with_limit(SMALL.as_bytes(), SMALL.len());
    assert!(reader.next().unwrap().is_ok());
    let mut reader = Reader::with_limit(SMALL.as_bytes(), SMALL.len() - 1);
    let said = reader.next().unwrap().unwrap_err().to_string();
    assert_eq!(said, "line 1 is longer than 53 bytes");
    assert!(reader.next().is_none());
}

#[test]
fn white_space_before_the_first_line_costs_no_more_than_its_bytes() {
    let blank = vec![b' '; 4 << 20];
    let file = [&blank, b"\n".as_slice(), LINE.as_bytes(), b"\n"].concat();
    // Whoever looks at all of it again with each piece is at it for hours.
    let input = std::io::BufReader::with_capacity(8, &file[..]);
    let found: Vec<_> = Reader::new(input).collect();
    assert!(matches!(&found[..], [Ok(recorded)] if recorded.line == 2));
}

#[test]
fn a_recording_may_begin_with_many_blank_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.jsonl");
    let blank = "\n".repeat(4 << 20);
    for (rest, is_taken) in [("", true), (LINE, true), ("hello", false)] {
        fs::write(&path, format!("{blank}{rest}")).unwrap();
        assert_eq!(Appender::open(&path).is_ok(), is_taken, "{rest:?}");
    }
}

#[test]
fn what_a_crash_left_is_passed_over_with_a_warning() {
    let torn = &LINE[..LINE.len() / 2];
    let cut = |line| {
        vec![format!(
            "line {line} was cut short, as by a crash, and is passed over"
        )]
    };
    for (file, line) in [
        (format!("{LINE}\n{torn}"), 2),
        (format!("{LINE}\n{torn}\0\0\0"), 2),
        (format!("{LINE}\n\0\0\0"), 2),
        (format!("{LINE}\n{{"), 2),
        (format!("{torn}\n{LINE}\n"), 1),
        (format!("{torn}\0\0\n{LINE}\n"), 1),
        (format!("{LINE}\n{{\n"), 2),
        (format!("{LINE}\n\0\0\n"), 2),
    ] {
        let (deliveries, error, warnings) = read(&file);
        assert_eq!(
            (deliveries.len(), error, warnings),
            (1, None, cut(line)),
            "{file:?}"
        );
    }
}

#[test]
fn what_no_crash_leaves_is_an_error() {
    let said = "line 2 is not JSON: EOF while parsing a value at column 10";
    assert_eq!(error(format!("{LINE}\n{{\"method\":\n{LINE}\n")), said);
    let said = "line 2 is not JSON: trailing comma at column 14";
    assert_eq!(error(format!("{LINE}\n{{\"method\":\"\",}}")), said);
    let said = "line 1 is not JSON: EOF while parsing an object at column 1";
    assert_eq!(error("{\n  \"event\": \"X\"\n}\n"), said);
}

#[test]
fn a_raw_request_is_read_with_either_line_end() {
    let text = "POST http://a/x?y HTTP/1.1\nHost: a\nx-A:  1\t\nX-a:\n\nbody\r\n\n";
    for text in [text.to_owned(), text.replacen('\n', "\r\n", 5)] {
        let recorded = only(&text);
        assert_eq!((recorded.number, recorded.line), (1, 1));
        let delivery = recorded.delivery;
        assert_eq!(
            (&*delivery.method, &*delivery.target),
            ("POST", "http://a/x?y")
        );
        let headers: Vec<_> = delivery
            .headers
            .into_iter()
            .map(|it| (it.name, it.value))
            .collect();
        let expected = [("Host", "a"), ("x-A", "1"), ("X-a", "")];
        assert_eq!(
            headers,
            expected.map(|(name, value)| (name.into(), value.into()))
        );
        assert_eq!(delivery.body, b"body\r\n\n");
    }
}

#[test]
fn a_request_line_is_taken_as_editors_and_proxies_write_it() {
    for line in [
        "POST https://a.example/x?y",
        "POST https://a.example/x?y HTTP/2",
        "POST https://a.example/x?y HTTP/1.0",
    ] {
        let recorded = only(format!("{line}\nA: b\n\nbody"));
        assert_eq!(recorded.url.as_deref(), Some("https://a.example/x?y"));
        assert_eq!(recorded.delivery.body, b"body");
    }
}

#[test]
fn the_content_length_counts_where_its_bytes_are_there() {
    let head = "\n\nPUT / HTTP/1.0\r\nContent-Length: 4\r\n\r\n";
    for (rest, body, warnings) in [
        ("body", "body", vec![]),
        ("body\r\n", "body", vec![]),
        (
            "bodyGET",
            "body",
            vec!["line 5 ends a head whose body is followed by 3 bytes, which are left out"],
        ),
        (
            "bod",
            "bod",
            vec!["line 5 ends a head whose Content-Length is 4, but only 3 bytes follow"],
        ),
    ] {
        let (deliveries, error, said) = read(format!("{head}{rest}"));
        assert_eq!(
            (error, said),
            (None, warnings.into_iter().map(str::to_owned).collect())
        );
        assert_eq!(deliveries[0].delivery.body, body.as_bytes());
        assert_eq!(deliveries[0].line, 3);
    }
}

#[test]
fn a_chunked_raw_request_is_decoded() {
    let head = "POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n";
    let read = |rest: &str| {
        let (deliveries, error, warnings) = read(format!("{head}{rest}"));
        let body = deliveries.into_iter().next().map(|it| it.delivery.body);
        (
            body.map(|body| String::from_utf8(body).unwrap()),
            error,
            warnings,
        )
    };
    let is = |body: &str| (Some(body.to_owned()), None, Vec::new());
    assert_eq!(
        read("4;x=y\r\nbody\r\nA\r\n0123456789\r\n0\r\n\r\n"),
        is("body0123456789")
    );
    assert_eq!(read("4\nbody\n0\nX-Trailer: 1\n\n\n"), is("body"));
    assert_eq!(read("0\r\n"), is(""));
    assert_eq!(read(""), is(""));
    let (body, error, warnings) = read("{\"a\":1}");
    assert_eq!((body.as_deref(), error), (Some("{\"a\":1}"), None));
    assert_eq!(
        warnings,
        ["line 3 ends a head that says chunked, but the body is not: it is taken as it is"]
    );
    for (rest, said) in [
        ("4\r\nbo", "it breaks off"),
        ("4\r\nbody\r\n", "it breaks off"),
        (
            "4\r\nbodyx\r\n0\r\n\r\n",
            "a chunk is longer than its size says",
        ),
        (
            "4\r\nbody\r\nffffffffffffffffff\r\n",
            "its chunks are larger than any file",
        ),
        (
            "4\r\nbody\r\nffffffffffffffff\r\n",
            "its chunks are larger than any file",
        ),
    ] {
        let expected = format!("line 3 ends a head whose chunked body cannot be read: {said}");
        assert_eq!(read(rest), (None, Some(expected), Vec::new()));
    }
}

#[test]
fn each_thing_that_is_wrong_with_a_raw_request_is_named() {
    for (text, said) in [
        ("hello\n", format!("line 1 {NEITHER}")),
        ("\x16\x03\n", format!("line 1 {NEITHER}")),
        ("POST /  HTTP/1.1\n\n", format!("line 1 {NEITHER}")),
        (
            "POST / HTTP/0.9\n\n",
            "line 1 is of HTTP/0.9, which is not known here".into(),
        ),
        (
            "P@ST / HTTP/1.1\n\n",
            "line 1 has a method or a target that HTTP does not allow".into(),
        ),
        (
            "POST / HTTP/1.1\nA: 1\n b\n\n",
            "line 3 begins with white space, and headers folded over several lines are not read"
                .into(),
        ),
        (
            "POST / HTTP/1.1\nnothing\n\n",
            "line 2 is not a header: it has no colon".into(),
        ),
        (
            "POST / HTTP/1.1\nA : 1\n\n",
            "line 2 has a name before its colon that no header may have".into(),
        ),
        (
            "POST / HTTP/1.1\nA: 1\r2\n\n",
            "line 2 has a header whose value holds a carriage return or a NUL".into(),
        ),
        (
            "POST / HTTP/1.1\nA: 1\n",
            "line 2 ends the file, but a request's head ends with a blank line".into(),
        ),
        (
            "POST / HTTP/1.1\nContent-Length: +1\n\n",
            "line 3 ends a head whose Content-Length is not a number".into(),
        ),
        (
            "POST / HTTP/1.1\nContent-Length: 1\ncontent-length: 2\n\nab",
            "line 4 ends a head with several values of Content-Length".into(),
        ),
        (
            "POST / HTTP/1.1\nTransfer-Encoding: gzip, chunked\n\n",
            "line 3 ends a head with another Transfer-Encoding than chunked, which is not read"
                .into(),
        ),
    ] {
        assert_eq!(error(text), said, "{text:?}");
    }
    let head = format!("POST / HTTP/1.1\n{}", "A: 0123456789\n".repeat(1 << 17));
    assert!(error(head).ends_with("ends a head that is longer than 1 MiB"));
    let body = format!("POST / HTTP/1.1\n\n{}", "x".repeat((1 << 20) + 1));
    assert_eq!(error(body), "line 3 is longer than 1,048,576 bytes");
    let body = format!("POST / HTTP/1.1\n\n{}", "x\n".repeat((1 << 19) + 1));
    assert_eq!(error(body), "line 524291 goes beyond 1,048,576 bytes");
}

#[test]
fn an_editors_file_holds_several_requests() {
    let file = "\
@host = a.example
### The first
# @name first
// of two
POST https://a.example/1
A: b

{\"a\": 1}

### No request follows here
but the body goes on

###

### The second
POST https://a.example/2 HTTP/1.1
Content-Length: 28

###
POST /within HTTP/1.1
x

### The third
PUT https://a.example/3

last


###
";
    let windows = file.replace('\n', "\r\n").replace("28", "31");
    for file in [file, &windows] {
        let (deliveries, error, warnings) = read(file);
        assert_eq!((error, warnings), (None, Vec::new()));
        let found: Vec<_> = (deliveries.iter())
            .map(|it| (it.number, it.line, it.url.as_deref().unwrap()))
            .collect();
        let (first, third) = (
            (1, 5, "https://a.example/1"),
            (3, 24, "https://a.example/3"),
        );
        assert_eq!(found, [first, (2, 16, "https://a.example/2"), third]);
        let bodies = deliveries
            .iter()
            .map(|it| String::from_utf8_lossy(&it.delivery.body).replace("\r\n", "\n"));
        let bodies: Vec<_> = bodies.collect();
        assert_eq!(
            bodies[0],
            "{\"a\": 1}\n\n### No request follows here\nbut the body goes on"
        );
        assert_eq!(bodies[1], "###\nPOST /within HTTP/1.1\nx\n");
        assert_eq!(bodies[2], "last");
    }
    // Outside of such a file a line end at the end of a body is the body's.
    let alone = only("POST https://a.example/1\n\n# Title\n\n### Part\n");
    assert_eq!(alone.delivery.body, b"# Title\n\n### Part\n");
    for (file, said) in [
        (
            "###\nPOST {{host}}/1\n\n",
            "line 2 has a variable in its URL, which an editor fills in: write the URL itself",
        ),
        (
            "POST https://a.example/1\n\n< ./body.json\n",
            "line 2 ends a head whose body an editor takes from another file, which is not read here",
        ),
    ] {
        assert_eq!(error(file), said);
    }
    assert_eq!(read("# nothing\n").0, []);
    assert_eq!(
        only("POST /x?u=http://a HTTP/1.1\n\n").url,
        None,
        "the target of a request is no URL because it names one"
    );
}

#[test]
fn what_is_appended_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    let mut appender = Appender::open(&path).unwrap();
    assert_eq!(appender.bytes(), 0);
    appender
        .append(&[LINE.as_bytes(), SMALL.as_bytes()])
        .unwrap();
    appender.append(&[format!("{LINE}\n")]).unwrap();
    appender.append(&[""; 0]).unwrap();
    let error = appender.append(&["a\nb"]).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    let file = fs::read(&path).unwrap();
    assert_eq!(appender.bytes(), file.len() as u64);
    assert_eq!(file, format!("{LINE}\n{SMALL}\n{LINE}\n").into_bytes());
    drop(appender);
    let mut appender = Appender::open(&path).unwrap();
    assert_eq!(appender.bytes(), file.len() as u64);
    appender.append(&[SMALL]).unwrap();
    assert_eq!(read(fs::read(&path).unwrap()).0.len(), 4);
}

#[test]
fn a_torn_tail_stays_apart_from_what_follows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    fs::write(&path, format!("{LINE}\n{}", &LINE[..50])).unwrap();
    Appender::open(&path).unwrap().append(&[SMALL]).unwrap();
    let (deliveries, error, warnings) = read(fs::read(&path).unwrap());
    assert_eq!((deliveries.len(), error, warnings.len()), (2, None, 1));
    assert_eq!(deliveries[1].line, 3);
}

#[test]
fn a_line_behind_a_torn_one_is_read_wherever_it_stands() {
    let torn = &LINE[..LINE.len() / 2];
    let (deliveries, error, warnings) = read(format!("{SMALL}\n{torn}{LINE}\n{SMALL}\n"));
    assert_eq!((deliveries.len(), error), (3, None));
    assert_eq!((deliveries[1].number, deliveries[1].line), (7, 2));
    assert_eq!(
        warnings,
        ["line 2 begins with a line that was cut short, as by a crash, and is passed over"]
    );
    // What only looks like a line of ours within a text is text.
    let quoted = SMALL.replace("\"a\"", r#""{\"type\":\"delivery\"""#);
    assert_eq!(only(quoted).delivery.body, br#"{"type":"delivery""#);
}

#[test]
fn lines_of_other_tools_are_read_where_their_form_is_plain() {
    let other = r#"{"method":"POST","url":"https://a.example/x?y#z","headers":[["A","b"]],"body_b64":"AP8="}"#;
    let recorded = only(other);
    assert_eq!(recorded.delivery.target, "/x?y");
    assert_eq!(recorded.delivery.body, b"\0\xff");
    assert_eq!(recorded.url.as_deref(), Some("https://a.example/x?y#z"));
    let bare = SMALL.replace("\"target\":\"/\"", "\"url\":\"http://a\"");
    assert_eq!(only(bare).delivery.target, "/");
}

const ENTRY: &str = r#"{"startedDateTime":"2026-11-22T03:49:53.123Z","time":3,"request":{"method":"POST","url":"https://hooks.example/a?b=[c]#d","httpVersion":"http/2.0","headers":[{"name":":method","value":"POST"},{"name":"X-B","value":"1"},{"name":"x-a","value":"]}"}],"queryString":[],"postData":{"mimeType":"application/json","text":"{\"entries\":[\"é\u0000"}},"response":{"status":201,"headers":[],"content":{"size":2,"text":"b2s=","encoding":"base64"}}}"#;

#[test]
fn har_is_read_an_entry_at_a_time_however_it_is_laid_out() {
    let plain = ENTRY
        .replace("\"postData\"", "\"other\"")
        .replace("201", "0");
    let one_line = format!(
        r#"{{"log":{{"version":"1.2","creator":{{"entries":[1]}},"pages":["\"entries\":["],"entries":[{ENTRY},{plain}],"comment":""}}}}"#
    );
    let pretty = serde_json::from_str::<serde_json::Value>(&one_line).unwrap();
    let pretty = serde_json::to_string_pretty(&pretty).unwrap();
    for (har, place) in [(one_line, 1), (format!("\u{feff}\r\n{pretty}"), 14)] {
        let (found, error, warnings) = read(&har);
        assert_eq!((error, warnings), (None, Vec::new()), "{har}");
        assert_eq!(found.len(), 2);
        let first = &found[0];
        assert_eq!((first.number, first.line), (1, place));
        assert_eq!(first.at.unwrap().to_string(), "2026-11-22T03:49:53.123Z");
        assert_eq!(first.delivery.target, "/a?b=[c]");
        assert_eq!(first.delivery.body, "{\"entries\":[\"é\0".as_bytes());
        let names: Vec<_> = first.delivery.headers.iter().map(|it| &*it.name).collect();
        assert_eq!(names, ["X-B", "x-a"]);
        let answer = first.answer.as_ref().unwrap();
        assert_eq!(
            (answer.status, answer.body.as_deref()),
            (201, Some(&b"ok"[..]))
        );
        assert_eq!((found[1].number, &found[1].answer), (2, &None));
        assert_eq!(found[1].delivery.body, b"");
    }
}

/// As mitmproxy writes a body that is not text: a character for each byte.
#[test]
fn a_body_of_bytes_in_har_is_had_back_by_its_size() {
    for (text, size, bytes) in [
        ("\\u0000é\\u0080x", 4, &b"\0\xe9\x80x"[..]),
        ("\\u0000é\\u0080x", 6, "\0é\u{80}x".as_bytes()),
        ("\\u0000é\\u0080x", -1, "\0é\u{80}x".as_bytes()),
        // The size of a text in characters, as some browsers tell it.
        ("é\\n", 2, "é\n".as_bytes()),
        ("\\u0000\u{20ac}", 2, "\0\u{20ac}".as_bytes()),
    ] {
        let entry = ENTRY
            .replace("{\\\"entries\\\":[\\\"é\\u0000", text)
            .replace(
                "\"queryString\"",
                &format!("\"bodySize\":{size},\"queryString\""),
            );
        let found = read(format!(r#"{{"log":{{"entries":[{entry}]}}}}"#)).0;
        assert_eq!(found[0].delivery.body, bytes, "{text} {size}");
    }
}

#[test]
fn what_is_wrong_with_har_is_named_with_its_line() {
    let log = |entries: &str| format!("{{\"log\": {{\n\"entries\": [\n{entries}");
    for (har, said) in [
        (log(""), None),
        (log("]}}"), None),
        (
            "{\"log\":{}}".to_owned(),
            Some("line 1 ends the file within an entry, or before the first one"),
        ),
        (
            log("{\"request\":"),
            Some("line 3 ends the file within an entry, or before the first one"),
        ),
        (
            log("{}"),
            Some("line 3 begins an entry that cannot be used: missing field `request`"),
        ),
        (
            log(&ENTRY.replace("https://", "")),
            Some("line 3 begins an entry that has a URL that is none"),
        ),
        (
            log(&ENTRY.replace("X-B", "X B")),
            Some("line 3 begins an entry that has a header that HTTP does not allow"),
        ),
    ] {
        assert_eq!(read(&har).1.as_deref(), said, "{har}");
    }
}

/// What curl sent to a receiver of one request, as the receiver got it and as curl tells of it.
fn told_by_curl(options: &[&str], body: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/a?b", listener.local_addr().unwrap());
    let length = body.len();
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut got, mut buffer) = (Vec::new(), [0; 65536]);
        let is_whole = |got: &[u8]| {
            let end = got.windows(4).position(|it| it == b"\r\n\r\n");
            end.is_some_and(|end| got.len() >= end + 4 + length)
        };
        while !is_whole(&got) {
            let count = stream.read(&mut buffer).unwrap();
            got.extend_from_slice(&buffer[..count]);
        }
        let answer = b"HTTP/1.1 202 Yes\r\nContent-Length: 2\r\n\r\nok";
        stream.write_all(answer).unwrap();
        got
    });
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("body"), body).unwrap();
    let ran = std::process::Command::new("curl")
        .args([
            "-q",
            "-sS",
            "-H",
            "Expect:",
            "-H",
            "X-A: 1",
            "--data-binary",
            "@body",
        ])
        .args(options)
        .arg(&url)
        .current_dir(folder.path())
        .output()
        .ok()?;
    let told = fs::read(folder.path().join("told")).unwrap_or(ran.stderr);
    Some((serving.join().unwrap(), told))
}

#[test]
fn curls_traces_are_read_as_what_was_sent() {
    let every_byte: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let Some((wire, trace)) = told_by_curl(&["--trace", "told"], &every_byte) else {
        return peers::lacking("curl");
    };
    let recorded = only(&trace);
    assert!(recorded.delivery.body == every_byte);
    assert!(wire.ends_with(&every_byte));
    assert_eq!(recorded.delivery.target, "/a?b");
    assert_eq!(recorded.delivery.headers.get("x-a"), Some(&b"1"[..]));
    let answer = recorded.answer.unwrap();
    assert_eq!(
        (answer.status, answer.body.as_deref()),
        (202, Some(&b"ok"[..]))
    );

    let text = format!("{{\"a\":\"{}\"}}\r\n\r\nand on", "0123456789".repeat(30));
    let (_, trace) = told_by_curl(&["--trace-ascii", "told"], text.as_bytes()).unwrap();
    let recorded = only(&trace);
    assert_eq!(recorded.delivery.body, text.as_bytes());
    assert_eq!(recorded.answer.unwrap().status, 202);
    let (_, trace) = told_by_curl(&["--trace-ascii", "told"], b"a\nb").unwrap();
    let (_, _, warnings) = read(&trace);
    assert!(
        warnings[0].contains("a dot may stand for another byte"),
        "{warnings:?}"
    );

    let (_, verbose) = told_by_curl(&["-v"], b"{}").unwrap();
    let said = error(&verbose);
    assert!(
        said.ends_with("whose body curl -v does not show: --trace FILE records it"),
        "{said}"
    );
    let (_, verbose) = told_by_curl(&["-v"], b"").unwrap();
    let recorded = only(&verbose);
    assert_eq!(recorded.delivery.headers.get("x-a"), Some(&b"1"[..]));
    assert_eq!(recorded.answer.unwrap().status, 202);
}

#[test]
fn headers_are_as_many_as_a_head_holds() {
    let with = |count: usize| {
        let pairs = vec![r#"["a",""]"#; count].join(",");
        SMALL.replace("[]", &format!("[{pairs}]"))
    };
    assert_eq!(only(with(20_000)).delivery.headers.len(), 20_000);
    let mut reader = Reader::new(std::io::Cursor::new(with(300_000)));
    let said = reader.next().unwrap().unwrap_err().to_string();
    assert_eq!(said, "line 1 has more than 1 MiB of headers");
}

#[test]
fn a_recording_that_is_cut_while_it_is_written_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    let mut appender = Appender::open(&path).unwrap();
    assert_eq!(appender.append(&[LINE, LINE]).unwrap(), None);
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(LINE.len() as u64 + 11).unwrap();
    let lost = LINE.len() as u64 - 9;
    let changed = appender.append(&[SMALL]).unwrap();
    assert_eq!(changed, Some(Changed::Cut(lost)));
    assert_eq!(
        changed.unwrap().to_string(),
        format!("the recording was cut short by {lost} bytes")
    );
    assert_eq!(appender.append(&[SMALL]).unwrap(), None);
    let (deliveries, error, warnings) = read(fs::read(&path).unwrap());
    assert_eq!((deliveries.len(), error, warnings.len()), (3, None, 1));
    assert_eq!(appender.bytes(), fs::metadata(&path).unwrap().len());
}

#[cfg(unix)]
#[test]
fn a_recording_that_is_removed_or_renamed_is_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    let other = folder.path().join("b.jsonl");
    let mut appender = Appender::open(&path).unwrap();
    appender.append(&[LINE]).unwrap();
    fs::rename(&path, &other).unwrap();
    assert_eq!(appender.append(&[SMALL]).unwrap(), Some(Changed::Gone));
    fs::remove_file(&path).unwrap();
    assert_eq!(appender.append(&[SMALL]).unwrap(), Some(Changed::Gone));
    assert_eq!(appender.append(&[SMALL]).unwrap(), None);
    assert_eq!(fs::read_to_string(&other).unwrap(), format!("{LINE}\n"));
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        format!("{SMALL}\n{SMALL}\n")
    );
    // What stands in its place and is no recording is left alone.
    fs::remove_file(&path).unwrap();
    fs::write(&path, "my diary\n").unwrap();
    let error = appender.append(&[SMALL]).unwrap_err().to_string();
    assert!(
        error.ends_with("it holds something else than a recording"),
        "{error}"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "my diary\n");
    fs::remove_dir_all(folder.path()).unwrap();
    appender.append(&[SMALL]).unwrap_err();
}

#[test]
fn what_is_no_recording_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    for other in [
        "my diary\n",
        "no line end",
        "{\"name\":\"bluehook\"}\n",
        "{\n  \"type\": \"module\"\n}\n",
        "{\"type\":\"FeatureCollection\",\"features\":[]}\n",
        "POST / HTTP/1.1\r\n\r\n",
        "\u{1}\u{2}",
    ] {
        fs::write(&path, other).unwrap();
        let refused = Appender::open(&path).unwrap_err();
        assert!(matches!(refused, Refused::Other { .. }), "{other}");
        assert_eq!(fs::read_to_string(&path).unwrap(), other);
    }
    for recording in [
        "",
        "\n\n",
        "\0\0\0",
        SMALL,
        LINE,
        &LINE[..3],
        &LINE[..12],
        &LINE[..40],
        "{\"type\":\"summary\",\"deliveries\":0}\n",
        "\u{feff}{\"type\":\"listening\",\"url\":\"x\"}\n",
    ] {
        fs::write(&path, recording).unwrap();
        Appender::open(&path).unwrap().append(&[SMALL]).unwrap();
        let kept = fs::read_to_string(&path).unwrap();
        assert!(kept.starts_with(recording) && kept.ends_with(&format!("{SMALL}\n")));
    }
}

#[test]
fn a_recording_has_one_writer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    let first = Appender::open(&path).unwrap();
    let error = Appender::open(&path).unwrap_err();
    assert!(matches!(error, Refused::InUse { .. }), "{error:?}");
    assert!(
        error
            .to_string()
            .ends_with("another bluehook is recording to it")
    );
    drop(first);
    Appender::open(&path).unwrap();
}

#[test]
fn folders_and_missing_folders_are_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let error = Appender::open(folder.path()).unwrap_err();
    assert!(error.to_string().ends_with(": it is a folder"), "{error}");
    let error = Appender::open(&folder.path().join("no/a.jsonl")).unwrap_err();
    let Refused::Io { error, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
}

#[cfg(unix)]
#[test]
fn a_new_recording_is_its_owners_and_an_old_one_stays_as_it_is() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    drop(Appender::open(&path).unwrap());
    assert_eq!(mode(), 0o600);
    assert!(!Appender::open(&path).unwrap().others_can_read());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(Appender::open(&path).unwrap().others_can_read());
    assert_eq!(mode(), 0o644);
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(folder.path().join("b.jsonl"), &link).unwrap();
    Appender::open(&link).unwrap().append(&[SMALL]).unwrap();
    assert!(folder.path().join("b.jsonl").is_file());
}

#[cfg(unix)]
#[test]
fn devices_and_sockets_are_refused_and_the_null_device_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let _socket = std::os::unix::net::UnixListener::bind(&path).unwrap();
    for path in [&path, Path::new("/dev/zero")] {
        let error = Appender::open(path).unwrap_err();
        assert!(matches!(error, Refused::Special { .. }), "{error:?}");
    }
    let mut null = Appender::open(Path::new("/dev/null")).unwrap();
    let _another = Appender::open(Path::new("/dev/null")).unwrap();
    null.append(&[SMALL]).unwrap();
}

proptest! {
    #[test]
    fn deliveries_come_back_as_they_were(recorded in proptest::collection::vec(deliveries(), 0..4)) {
        let file: Vec<u8> = (1..).zip(&recorded).flat_map(|(number, it)| line(number, it)).collect();
        let (found, error, warnings) = read(file);
        prop_assert_eq!((error, warnings), (None, Vec::new()));
        let found: Vec<_> = found.into_iter().map(|it| it.delivery).collect();
        prop_assert_eq!(found, recorded);
    }

    #[test]
    fn a_recording_that_is_cut_anywhere_in_its_last_line_loses_at_most_that_delivery(
        recorded in proptest::collection::vec(deliveries(), 1..4),
        at in any::<proptest::sample::Index>(),
        go_on in any::<bool>(),
    ) {
        let mut file = Vec::new();
        let mut start = 0;
        for (number, delivery) in (1..).zip(&recorded) {
            start = file.len();
            file.extend(line(number, delivery));
        }
        let cut = start + at.index(file.len() - start);
        let whole = cut == file.len() - 1;
        file.truncate(cut);
        let mut expected = recorded[..recorded.len() - usize::from(!whole)].to_vec();
        // A later run goes on below what is left. A first line is never one byte long: it
        // would have to be torn within a disk's first sector.
        if go_on && cut != 1 {
            if !file.is_empty() && !file.ends_with(b"\n") {
                file.push(b'\n');
            }
            file.extend(line(9, &recorded[0]));
            expected.push(recorded[0].clone());
        }
        let (found, error, warnings) = read(&file);
        prop_assert_eq!(error, None);
        prop_assert_eq!(warnings.len(), usize::from(!whole && cut > start));
        let found: Vec<_> = found.into_iter().map(|it| it.delivery).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn any_bytes_are_read_or_refused(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        start in proptest::sample::select(&["", "{", "{\"log\":{\"entries\":[{", "=> Send header, 9 bytes\n0000: ", SMALL, "POST / HTTP/1.1\n", "POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n4\n"]),
    ) {
        let mut file = start.as_bytes().to_vec();
        file.extend(bytes);
        read(&file);
    }
}
