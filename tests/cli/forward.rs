//! `bluehook listen --forward-to`.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::runner::Place;
use crate::send::{Scripted, hmac_hex, read_request};

const BODY: &[u8] = b"{\"event\":\"COMMENT_CREATED\",\"a\":1.0,\"a\":\"\\u00e9\"}\r\n";

/// A `listen` that forwards; ends after one delivery.
struct Listening {
    child: Child,
    port: u16,
}

impl Listening {
    fn start(place: &Place, words: &str) -> Self {
        let count = if words.contains("-n ") { "" } else { "-n 1" };
        let mut command = place
            .bluehook(&format!(
                "listen --port 0 --ready-file ready --json -s geheim {count} {words}"
            ))
            .command();
        let child = command.stdout(Stdio::piped()).stderr(Stdio::null());
        Self::ready(place, child.spawn().unwrap())
    }

    /// Waits until it accepts.
    fn ready(place: &Place, mut child: Child) -> Self {
        let ready = place.path().join("ready");
        let started = Instant::now();
        let url = loop {
            if let Ok(url) = std::fs::read_to_string(&ready) {
                break url;
            }
            assert!(
                started.elapsed() < Duration::from_secs(30),
                "listen does not get ready"
            );
            assert!(child.try_wait().unwrap().is_none(), "listen ended");
            thread::yield_now();
        };
        let port = url.trim().rsplit(':').next().unwrap().parse().unwrap();
        Self { child, port }
    }

    /// Sends a request as these bytes and returns the answer's.
    fn exchange(&self, head: &str, body: &[u8]) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8(answer).unwrap()
    }

    /// The lines of its output, once it has ended.
    fn lines(self) -> Vec<serde_json::Value> {
        self.text()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Its output, once it has ended.
    fn text(mut self) -> String {
        let mut text = String::new();
        self.child
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        self.child.wait().unwrap();
        text
    }
}

fn signed_head(body: &[u8], extra: &str) -> String {
    format!(
        "POST /in?x=1&y=%20 HTTP/1.1\r\nHost: listen.example\r\nX-ONE: a\r\nx-one: b\r\nConnection: close, X-Hop\r\nX-Hop: gone\r\nTE: trailers\r\nX-Signature: {}\r\n{extra}Content-Length: {}\r\n\r\n",
        hmac_hex(b"geheim", body),
        body.len()
    )
}

#[test]
fn the_application_gets_the_exact_bytes_and_its_answer_goes_back() {
    let application = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = application.local_addr().unwrap().port();
    let got = thread::spawn(move || {
        let (stream, _) = application.accept().unwrap();
        let bytes = read_request(&stream);
        let answer =
            "HTTP/1.1 207 Odd\r\nX-App: One\r\nX-app: two\r\nContent-Length: 4\r\n\r\nseen";
        (&stream).write_all(answer.as_bytes()).unwrap();
        bytes
    });
    let place = Place::new();
    let listening = Listening::start(
        &place,
        &format!("-f http://127.0.0.1:{port}/base --record all.jsonl"),
    );
    let answer = listening.exchange(&signed_head(BODY, "X-Last: caf\u{e9}\r\n"), BODY);
    let expected = format!(
        "POST /base/in?x=1&y=%20 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-ONE: a\r\nx-one: b\r\nX-Signature: {}\r\nX-Last: caf\u{e9}\r\nX-Forwarded-Host: listen.example\r\nX-Forwarded-Proto: http\r\nX-Forwarded-For: 127.0.0.1\r\nBluehook-Hops: 1\r\nContent-Length: {}\r\n\r\n",
        hmac_hex(b"geheim", BODY),
        BODY.len()
    );
    let got = got.join().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&got[..got.len() - BODY.len()]),
        expected
    );
    assert_eq!(&got[got.len() - BODY.len()..], BODY);
    assert!(answer.starts_with("HTTP/1.1 207 "), "{answer}");
    assert!(answer.to_lowercase().contains("x-app: one\r\n"), "{answer}");
    assert!(answer.to_lowercase().contains("x-app: two\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\nseen"), "{answer}");
    let lines = listening.lines();
    let url = format!("http://127.0.0.1:{port}/base/in?x=1&y=%20");
    assert_eq!(lines[1]["answer"]["status"], 207);
    assert_eq!(lines[1]["answer"]["by"], url);
    assert_eq!(lines[1]["forwards"][0]["url"], url);
    assert_eq!(lines[1]["forwards"][0]["status"], 207);
    assert_eq!(lines[2]["forward_failed"], 0);
    let ended = place
        .bluehook("verify --delivery all.jsonl -s geheim --json")
        .run();
    assert_eq!(ended.code, Some(0));
    assert_eq!(ended.json()[0]["body"]["bytes"], BODY.len());
}

#[test]
fn the_first_target_that_matches_answers_and_every_one_gets_it() {
    let place = Place::new();
    let (first, second, other) = (
        Scripted::new([202]),
        Scripted::new([500]),
        Scripted::shunned(),
    );
    let listening = Listening::start(
        &place,
        &format!(
            "-f TODO_*=:{} -f COMMENT_*=:{} -f :{}",
            other.port, first.port, second.port
        ),
    );
    let answer = listening.exchange(&signed_head(BODY, ""), BODY);
    assert!(answer.starts_with("HTTP/1.1 202 "), "{answer}");
    assert_eq!(first.got.recv().unwrap().body, BODY);
    assert_eq!(second.got.recv().unwrap().body, BODY);
    let lines = listening.lines();
    let statuses: Vec<_> = lines[1]["forwards"]
        .as_array()
        .unwrap()
        .iter()
        .map(|forward| forward["status"].as_u64())
        .collect();
    assert_eq!(statuses, [Some(202), Some(500)]);
    assert_eq!(lines[2]["forward_failed"], 1);
}

#[test]
fn what_is_not_genuine_is_not_forwarded_unless_everything_is_accepted() {
    let place = Place::new();
    let application = Scripted::new([200, 200, 200]);
    let forged = "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\n";
    let listening = Listening::start(&place, &format!("-f :{}", application.port));
    assert!(
        listening
            .exchange(forged, b"{}")
            .starts_with("HTTP/1.1 401 ")
    );
    assert!(
        listening
            .exchange(&signed_head(BODY, ""), BODY)
            .starts_with("HTTP/1.1 200 ")
    );
    assert_eq!(application.got.recv().unwrap().body, BODY);
    listening.lines();
    let place = Place::new();
    let listening = Listening::start(
        &place,
        &format!("-f :{} --accept-invalid --timeout 20s", application.port),
    );
    assert!(
        listening
            .exchange(forged, b"{}")
            .starts_with("HTTP/1.1 200 ")
    );
    assert_eq!(application.got.recv().unwrap().body, b"{}");
    listening.exchange(&signed_head(BODY, ""), BODY);
    listening.lines();
}

#[test]
fn a_refused_connection_is_502_and_silence_is_504() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    let place = Place::new();
    let listening = Listening::start(
        &place,
        &format!("-f 127.0.0.1:{port} --forward-timeout 100ms"),
    );
    // It listens, and never answers.
    let answer = listening.exchange(&signed_head(BODY, ""), BODY);
    assert!(answer.starts_with("HTTP/1.1 504 "), "{answer}");
    let lines = listening.lines();
    assert_eq!(lines[1]["forwards"][0]["error"], "timeout");
    drop(free);
    let place = Place::new();
    let listening = Listening::start(&place, &format!("-f 127.0.0.1:{port}"));
    let answer = listening.exchange(&signed_head(BODY, ""), BODY);
    assert!(answer.starts_with("HTTP/1.1 502 "), "{answer}");
    let lines = listening.lines();
    assert_eq!(lines[1]["forwards"][0]["error"], "refused");
    assert_eq!(lines[1]["forwards"][0]["status"], serde_json::Value::Null);
    assert_eq!(lines[2]["forward_failed"], 1);
}

#[test]
fn a_long_answer_of_the_application_is_cut_with_a_word() {
    let application = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = application.local_addr().unwrap().port();
    let answering = thread::spawn(move || {
        let (mut stream, _) = application.accept().unwrap();
        read_request(&stream);
        let head = "HTTP/1.1 201 Created\r\nContent-Length: 3000000\r\n\r\n";
        // Whoever cuts it may close before its end.
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.write_all(&vec![b'x'; 3_000_000]);
    });
    let place = Place::new();
    let mut command = place
        .bluehook(&format!(
            "listen --port 0 --ready-file ready -s geheim -n 1 -f {port}"
        ))
        .command();
    let child = command.stdout(Stdio::piped()).stderr(Stdio::null());
    let listening = Listening::ready(&place, child.spawn().unwrap());
    let answer = listening.exchange(&signed_head(BODY, ""), BODY);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 201 "), "{head}");
    assert_eq!(body.len(), 1 << 20);
    answering.join().unwrap();
    let text = listening.text();
    let said = "hint: the application's answer is longer than the 1,048,576 bytes of it that the";
    assert!(text.contains(said), "{text}");
}

#[test]
fn a_circle_of_forwards_is_broken() {
    let relay = TcpListener::bind("127.0.0.1:0").unwrap();
    let relayed = relay.local_addr().unwrap().port();
    let place = Place::new();
    let listening = Listening::start(&place, &format!("-f {relayed}/a --timeout 20s -n 6"));
    let port = listening.port;
    // It sends everything back to where it came from.
    thread::spawn(move || {
        for stream in relay.incoming() {
            let mut stream = stream.unwrap();
            thread::spawn(move || {
                let bytes = read_request(&stream);
                let mut back = TcpStream::connect(("127.0.0.1", port)).unwrap();
                back.write_all(&bytes).unwrap();
                let mut answer = vec![0; 64 * 1024];
                let length = back.read(&mut answer).unwrap();
                stream.write_all(&answer[..length]).unwrap();
            });
        }
    });
    let answer = listening.exchange(&signed_head(BODY, ""), BODY);
    assert!(answer.starts_with("HTTP/1.1 508 "), "{answer}");
    let lines = listening.lines();
    let loops = lines.iter();
    let loops = loops.filter(|line| line["forwards"][0]["error"] == "loop");
    assert_eq!(loops.count(), 1);
    assert_eq!(lines.last().unwrap()["forward_failed"], 6);
}

#[test]
fn a_handshake_is_answered_as_the_scheme_describes_it() {
    let place = Place::new();
    let listening = Listening::start(&place, "--scheme dropbox --timeout 20s");
    let answer = listening.exchange(
        "GET /hook?challenge=a%20b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"",
    );
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.ends_with("\r\n\r\na b"), "{answer}");
    let answer = listening.exchange(
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"",
    );
    assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
    let body = b"{}";
    let head = format!(
        "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Dropbox-Signature: {}\r\nContent-Length: 2\r\n\r\n",
        hmac_hex(b"geheim", body)
    );
    assert!(listening.exchange(&head, body).starts_with("HTTP/1.1 200 "));
    let lines = listening.lines();
    assert_eq!(lines.last().unwrap()["genuine"], 1);
}

#[test]
fn wrong_targets_are_refused_in_words() {
    let place = Place::new();
    let listen = |words: &str| place.bluehook(&format!("listen --port 0 {words}")).run();
    for (words, part) in [
        ("-f ftp://example.com", "http"),
        ("-f [=3000", "--forward-to [=3000: "),
        (
            "-f 3000 --respond 200",
            "--forward-to does not go with --respond",
        ),
        ("-k", "-k needs --forward-to [GLOB=]URL beside it"),
    ] {
        let ended = listen(words);
        assert_eq!(
            (ended.code, ended.text().as_str()),
            (Some(2), ""),
            "{words}"
        );
        assert!(ended.talk().contains(part), "{words}: {}", ended.talk());
    }
}
