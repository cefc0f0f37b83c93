//! Why there was no answer.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use bluehook::sender::{Options, Sender};

use super::{answering, delivery, read_request, receiver, sender, url};

fn impatient() -> Sender {
    Sender::new(&Options {
        timeout: Duration::from_millis(400),
        ..Options::default()
    })
    .unwrap()
}

#[test]
fn a_reset_within_a_large_body_says_so() {
    let (url, serving) = receiver(|mut stream| {
        stream.read_exact(&mut [0; 1024]).unwrap();
    });
    let large = delivery("POST", &[], &vec![b'x'; 32 * 1024 * 1024]);
    let failure = sender().send(&url, &large).unwrap_err();
    assert_eq!(failure.code(), "reset", "{failure}");
    assert!(failure.hint().unwrap().contains("limit"));
    serving.end();
}

#[test]
fn failures_are_told_apart() {
    let refused = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = url(&refused.local_addr().unwrap().to_string());
    drop(refused);
    let failure = sender()
        .send(&closed, &delivery("POST", &[], b""))
        .unwrap_err();
    let port = closed.port();
    assert_eq!(failure.code(), "refused");
    assert_eq!(
        failure.to_string(),
        format!("connection refused by 127.0.0.1:{port}")
    );
    assert_eq!(
        failure.hint().unwrap(),
        format!("is the receiver running on port {port}?")
    );

    let many = Box::leak(
        ["HTTP/1.1 200 OK\r\n", &"X: y\r\n".repeat(200), "\r\n"]
            .concat()
            .into_boxed_str(),
    );
    let huge = Box::leak(
        ["HTTP/1.1 200 OK\r\nX: ", &"y".repeat(100_000)]
            .concat()
            .into_boxed_str(),
    );
    let cases: [(&'static [u8], &str, &str); 8] = [
        (b"", "closed", "the connection was closed without an answer"),
        (
            b"SSH-2.0-x\x1b[31m\r\n\r\n",
            "not-http",
            "the answer is not HTTP/1: it starts with \"SSH-2.0-x\\x1b[31m\\r\\n\\r\\n\"",
        ),
        (
            b"\x15\x03\x01\x00\x02\x02\x46",
            "not-http",
            "the answer is not HTTP/1: it starts with \"\\x15\\x03\\x01\\x00\\x02\\x02F\"",
        ),
        (
            b"HTTP/1.1 200 OK\r\nX: ",
            "truncated-answer",
            "the answer broke off after 20 bytes of its head",
        ),
        (
            b"HTTP/1.1 500 No\r\nContent-Length: 9\r\n\r\nabc",
            "truncated-answer",
            "the answer (500) broke off after 3 bytes of its body",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            "not-http",
            "the answer is not HTTP/1: chunk length cannot be read as a number",
        ),
        (
            many.as_bytes(),
            "answer-too-large",
            "the answer's head is larger than 64 KiB or has more than 128 headers",
        ),
        (
            huge.as_bytes(),
            "answer-too-large",
            "the answer's head is larger than 64 KiB or has more than 128 headers",
        ),
    ];
    for (answer, code, sentence) in cases {
        let (url, serving) = answering(answer);
        let failure = sender()
            .send(&url, &delivery("POST", &[], b"{}"))
            .unwrap_err();
        assert_eq!(
            (failure.code(), failure.to_string().as_str()),
            (code, sentence)
        );
        let tls = failure
            .hint()
            .is_some_and(|hint| hint.contains("use https://"));
        assert_eq!(tls, answer.starts_with(b"\x15"));
        serving.end();
    }
}

#[test]
fn a_timeout_names_its_phase() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = url(&listener.local_addr().unwrap().to_string());
    let failure = impatient()
        .send(&silent, &delivery("POST", &[], b""))
        .unwrap_err();
    assert_eq!(failure.to_string(), "no answer within 400 ms");
    assert_eq!(failure.code(), "timeout");

    let large = delivery("POST", &[], &vec![b'x'; 32 * 1024 * 1024]);
    let failure = impatient().send(&silent, &large).unwrap_err();
    assert_eq!(
        failure.to_string(),
        "the request was not taken within 400 ms"
    );

    let tls = url(&format!("https://127.0.0.1:{}", silent.port()));
    let failure = impatient()
        .send(&tls, &delivery("POST", &[], b""))
        .unwrap_err();
    assert_eq!(failure.to_string(), "no TLS connection within 400 ms");

    let (dripping, serving) = receiver(|mut stream| {
        read_request(&mut stream);
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
            .unwrap();
        // Until the sender gives up.
        let _ = stream.read(&mut [0; 1]);
    });
    let failure = impatient()
        .send(&dripping, &delivery("POST", &[], b""))
        .unwrap_err();
    assert_eq!(failure.to_string(), "no complete answer within 400 ms");
    serving.end();
}

#[test]
fn a_proxy_that_refuses_is_named() {
    let (proxy, serving) = answering(b"HTTP/1.1 403 No\r\n\r\n");
    let sender = Sender::new(&Options {
        proxy: Some(proxy.to_string()),
        ..Options::default()
    })
    .unwrap();
    let failure = sender
        .send(&url("http://x.invalid/"), &delivery("POST", &[], b""))
        .unwrap_err();
    assert_eq!(failure.code(), "proxy", "{failure}");
    serving.end();
}

#[test]
fn unusable_options_are_refused() {
    let with = |cacert: Option<&[u8]>, proxy: Option<&str>| {
        Sender::new(&Options {
            cacert: cacert.map(<[u8]>::to_vec),
            proxy: proxy.map(str::to_owned),
            ..Options::default()
        })
        .err()
        .map(|bad| bad.to_string())
    };
    assert!(
        with(Some(b"nothing"), None)
            .unwrap()
            .contains("BEGIN CERTIFICATE")
    );
    assert!(
        with(
            Some(b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"),
            None
        )
        .is_some()
    );
    let socks = with(None, Some("socks5://me:hunter2@proxy:1080")).unwrap();
    assert!(
        socks.contains("socks5") && !socks.contains("hunter2"),
        "{socks}"
    );
    assert!(with(None, Some("")).is_some());
    assert_eq!(with(None, Some("http://me:hunter2@proxy:8080")), None);
    for usable in ["proxy:8080", "proxy", "8080", "[::1]:8080", "https://proxy"] {
        assert_eq!(with(None, Some(usable)), None, "{usable}");
    }
    for unusable in ["http://", "127.1:8080", "a b"] {
        assert!(with(None, Some(unusable)).is_some(), "{unusable}");
    }
}
