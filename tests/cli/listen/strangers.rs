//! Senders that do not speak HTTP, or not well: each is told of in a sentence, and harms nobody.

use std::io::{Read as _, Write as _};

use super::listener::listen;
use super::sender::{connect, request};
use crate::runner::Place;

#[test]
fn each_fault_has_its_status_its_code_and_its_sentence() {
    let place = Place::new();
    let listener = listen(&place, "--json -q -s geheim");
    let post = |headers: &str, body: &str| {
        format!("POST / HTTP/1.1\r\nHost: x\r\n{headers}\r\n{body}").into_bytes()
    };
    let many: String = (0..200)
        .map(|number| format!("X-{number}: 1\r\n"))
        .collect();
    let cases: Vec<(Vec<u8>, u16, &str, &str)> = vec![
        (
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
            400,
            "tls-on-plain-port",
            "a sender spoke TLS to this plain HTTP port: its URL should begin with http://",
        ),
        (
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
            400,
            "http2-preface",
            "a sender spoke HTTP/2 without having been asked to; this port speaks HTTP/1.1",
        ),
        (
            b"POST / HTTP/2.0\r\n\r\n".to_vec(),
            400,
            "malformed-request",
            "the request line ends in another version than HTTP/1.0 or HTTP/1.1: \"POST / HTTP/2.0\"",
        ),
        (
            b"hello\r\n\r\n".to_vec(),
            400,
            "malformed-request",
            "the request line is not HTTP: \"hello\"",
        ),
        (
            b"\0\0\0".to_vec(),
            400,
            "malformed-request",
            "a request begins with \"\\x00\\x00\\x00\", which is not HTTP",
        ),
        (
            b"POST / HTTP/1.1 junk\r\n\r\n".to_vec(),
            400,
            "malformed-request",
            "the request line is not HTTP: \"POST / HTTP/1.1 junk\"",
        ),
        (
            b"POST /\x1b[2J HTTP/1.1\r\n\r\n".to_vec(),
            400,
            "malformed-request",
            "the request's target is empty or holds what a URL has percent-encoded: \"POST /\\x1b[2J HTTP/1.1\"",
        ),
        (
            post("X-Nul: a\0b\r\n", ""),
            400,
            "malformed-request",
            "a header's value holds a control character",
        ),
        (
            post("X-Fold: a\r\n b\r\n", ""),
            400,
            "malformed-request",
            "a header's name is empty, holds a character that no name may, or has no colon behind it",
        ),
        (
            post(": x\r\n", ""),
            400,
            "malformed-request",
            "a header's name is empty, holds a character that no name may, or has no colon behind it",
        ),
        (
            post("X(y): x\r\n", ""),
            400,
            "malformed-request",
            "a header's name is empty, holds a character that no name may, or has no colon behind it",
        ),
        (
            post("Content-Length: abc\r\n", ""),
            400,
            "bad-length",
            "the Content-Length is not a number: \"abc\"",
        ),
        (
            post("Content-Length: -1\r\n", ""),
            400,
            "bad-length",
            "the Content-Length is not a number: \"-1\"",
        ),
        (
            post("Content-Length: +2\r\n", "{}"),
            400,
            "bad-length",
            "the Content-Length is not a number: \"+2\"",
        ),
        (
            post("Content-Length: 2, 2\r\n", "{}"),
            400,
            "ambiguous-framing",
            "the request has more than one Content-Length",
        ),
        (
            post("Content-Length: 2\r\nContent-Length: 3\r\n", "{}"),
            400,
            "ambiguous-framing",
            "the request has more than one Content-Length",
        ),
        (
            post(
                "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
                "0\r\n\r\n",
            ),
            400,
            "ambiguous-framing",
            "the request has both Content-Length and Transfer-Encoding",
        ),
        (
            post("Transfer-Encoding: gzip\r\n", "{}"),
            400,
            "ambiguous-framing",
            "the request's Transfer-Encoding does not end in \"chunked\" once: \"gzip\"",
        ),
        (
            post("Transfer-Encoding: identity\r\n", "{}"),
            400,
            "ambiguous-framing",
            "the request's Transfer-Encoding does not end in \"chunked\" once: \"identity\"",
        ),
        (
            post("Transfer-Encoding: chunked, identity\r\n", "{}"),
            400,
            "ambiguous-framing",
            "the request's Transfer-Encoding does not end in \"chunked\" once: \"chunked, identity\"",
        ),
        (
            post("Transfer-Encoding: gzip, chunked\r\n", "{}"),
            501,
            "unsupported-transfer-encoding",
            "the request's Transfer-Encoding is not \"chunked\" alone: \"gzip, chunked\"",
        ),
        (
            b"POST / HTTP/1.1\r\n\r\n".to_vec(),
            400,
            "bad-host",
            "the request has no Host, which HTTP/1.1 asks for",
        ),
        (
            b"POST / HTTP/1.1\r\nHost: x\nX: y\r\n\r\n".to_vec(),
            400,
            "malformed-request",
            "a line of the head ends in a line feed without a carriage return",
        ),
        (
            post("Transfer-Encoding: chunked\r\n", "+3\r\nabc\r\n0\r\n\r\n"),
            400,
            "malformed-request",
            "a chunk begins without a size",
        ),
        (
            post("Content-Length: 140737488355328\r\n", ""),
            413,
            "body-too-large",
            "the request's body is longer than 10,485,760 bytes",
        ),
        (
            post("Content-Length: 18446744073709551616\r\n", ""),
            413,
            "body-too-large",
            "the request's body is longer than 10,485,760 bytes",
        ),
        (
            post(&many, ""),
            431,
            "too-many-headers",
            "the request has more than 100 headers",
        ),
        (
            post(&format!("X-Long: {}\r\n", "x".repeat(70_000)), ""),
            431,
            "head-too-large",
            "the request's head is longer than 65,536 bytes",
        ),
        (
            post("Content-Length: 100\r\n", "only this"),
            400,
            "truncated-body",
            "the request ended after 9 of its body's 100 bytes",
        ),
        (
            post("Transfer-Encoding: chunked\r\n", "64\r\nonly this"),
            400,
            "truncated-body",
            "the request ended after 9 bytes of its chunked body, before the last chunk",
        ),
        (
            b"POST / HTTP/1.1\r\nHos".to_vec(),
            400,
            "truncated-head",
            "the request ended after 20 bytes of its head",
        ),
    ];
    for (bytes, status, code, _) in &cases {
        let answer = listener.send_and_stop(bytes);
        assert_eq!(
            answer.status,
            *status,
            "{code}: {}",
            String::from_utf8_lossy(&bytes[..bytes.len().min(200)])
        );
        // The next sender is served.
        assert_eq!(listener.deliver("{}"), 200);
    }
    let ended = listener.interrupt();
    let mut reports = ended.json();
    reports.retain(|line| line["type"] == "malformed");
    let told: Vec<(u64, String, String)> = reports
        .iter()
        .map(|line| {
            let text = |key: &str| line[key].as_str().unwrap().to_owned();
            (
                line["status"].as_u64().unwrap(),
                text("code"),
                text("message"),
            )
        })
        .collect();
    let expected: Vec<(u64, String, String)> = cases
        .iter()
        .map(|(_, status, code, message)| (u64::from(*status), (*code).into(), (*message).into()))
        .collect();
    assert_eq!(told, expected);
    assert_eq!(ended.json().pop().unwrap()["malformed"], cases.len());
}

#[test]
fn a_person_reads_the_sentence_and_who_it_was() {
    let place = Place::new();
    // That it was somebody on this machine goes without saying.
    for (words, who) in [("", ""), ("-v", "  from ADDRESS\n")] {
        let listener = listen(&place, words);
        listener.send_and_stop(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03");
        let ended = listener.interrupt();
        let text = ended.text();
        let (time, rest) = text.split_at(9);
        assert!(time.ends_with('Z'), "{text}");
        let mut lines: Vec<String> = rest.lines().map(str::to_owned).collect();
        for line in &mut lines {
            if let Some((before, port)) = line.split_once("127.0.0.1:") {
                assert!(port.parse::<u16>().is_ok(), "{text}");
                *line = format!("{before}ADDRESS");
            }
        }
        assert_eq!(
            lines.join("\n") + "\n",
            format!(
                "       ✗ malformed   400  tls-on-plain-port\n  a sender spoke TLS to this plain HTTP port: its URL should begin with http://\n{who}no deliveries: 1 malformed\n"
            )
        );
    }
}

#[test]
fn a_sender_that_stops_half_way_delays_nobody_and_is_never_taken_for_whole() {
    let place = Place::new();
    let listener = listen(&place, "--json -q --record recording");
    let whole = request("/", "", br#"{"event":"TODO_CREATED"}"#);
    let mut halves: Vec<_> = (1..=32)
        .map(|part| {
            let mut stream = connect(listener.address);
            stream.write_all(&whole[..whole.len() * part / 33]).unwrap();
            stream
        })
        .collect();
    assert_eq!(listener.post("other"), 200);
    // One of them goes on after all.
    let part = halves.len();
    let mut last = halves.pop().unwrap();
    last.write_all(&whole[whole.len() * part / 33..]).unwrap();
    let mut answer = String::new();
    last.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    drop(halves);
    listener.shows("truncated-");
    let ended = listener.interrupt();
    let summary = ended.json().pop().unwrap();
    assert_eq!(summary["deliveries"], 2);
    let recording = std::fs::read_to_string(place.path().join("recording")).unwrap();
    assert_eq!(recording.lines().count(), 2);
}

#[test]
fn all_of_256_senders_that_connect_at_once_are_answered() {
    let place = Place::new();
    let listener = listen(&place, "--json -q -s geheim -n 256 --show line");
    let mut streams: Vec<_> = (0..256).map(|_| connect(listener.address)).collect();
    for (number, stream) in streams.iter_mut().enumerate() {
        let body = format!("{number}");
        stream
            .write_all(&super::sender::genuine("/", body.as_bytes()))
            .unwrap();
    }
    for stream in &mut streams {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    }
    let ended = listener.end();
    assert_eq!(ended.code, Some(0));
    assert_eq!(ended.json().pop().unwrap()["genuine"], 256);
    let numbers: std::collections::BTreeSet<u64> = ended
        .json()
        .iter()
        .filter_map(|line| line["number"].as_u64())
        .collect();
    assert_eq!(numbers, (1..=256).collect());
}

#[test]
fn newcomers_are_served_though_all_connections_are_taken() {
    let place = Place::new();
    let listener = listen(&place, "--json -q --max-connections 4");
    let mut slow = connect(listener.address);
    slow.write_all(b"POST / HTTP/1.1\r\n").unwrap();
    let idle: Vec<_> = (0..8).map(|_| connect(listener.address)).collect();
    for number in 0..8 {
        assert_eq!(listener.post(number.to_string()), 200);
    }
    drop((slow, idle));
    let ended = listener.interrupt();
    assert_eq!(ended.json().pop().unwrap()["deliveries"], 8);
    // Who is waited for longest goes first; those that were silent are not worth a word.
    for line in ended.json() {
        if line["code"] == "too-many-connections" {
            let message = line["message"].as_str().unwrap();
            assert!(
                message.starts_with("with 4 connections open, one "),
                "{message}"
            );
        }
    }
}
