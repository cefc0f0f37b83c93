//! `bluehook send`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::runner::{Place, has};

/// What a scripted receiver got.
pub(crate) struct Got {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// A receiver that answers each request with the next status and tells what it got.
pub(crate) struct Scripted {
    server: std::sync::Arc<tiny_http::Server>,
    pub(crate) port: u16,
    pub(crate) got: mpsc::Receiver<Got>,
    called: std::sync::Arc<AtomicBool>,
    is_awaited: bool,
}

impl Scripted {
    pub(crate) fn new(statuses: impl IntoIterator<Item = u16> + Send + 'static) -> Self
    where
        <Vec<u16> as IntoIterator>::IntoIter: Send,
    {
        let server = std::sync::Arc::new(tiny_http::Server::http("127.0.0.1:0").unwrap());
        let port = server.server_addr().to_ip().unwrap().port();
        let (sender, got) = mpsc::channel();
        let statuses: Vec<u16> = statuses.into_iter().collect();
        let called = std::sync::Arc::new(AtomicBool::new(false));
        let (serving, calling) = (server.clone(), called.clone());
        thread::spawn(move || {
            for status in statuses {
                let Ok(mut request) = serving.recv() else {
                    return;
                };
                calling.store(true, Ordering::SeqCst);
                let mut body = Vec::new();
                request.as_reader().read_to_end(&mut body).unwrap();
                let headers = request.headers().iter();
                let _ = sender.send(Got {
                    method: request.method().to_string(),
                    url: request.url().to_owned(),
                    headers: headers
                        .map(|header| (header.field.to_string(), header.value.to_string()))
                        .collect(),
                    body,
                });
                let location = "Location: http://elsewhere.example/".parse::<tiny_http::Header>();
                let response = tiny_http::Response::from_string("seen\n")
                    .with_status_code(status)
                    .with_header(location.unwrap());
                let _ = request.respond(response);
            }
        });
        Self {
            server,
            port,
            got,
            called,
            is_awaited: true,
        }
    }

    /// One that must not be called.
    pub(crate) fn shunned() -> Self {
        let mut shunned = Self::new([200]);
        shunned.is_awaited = false;
        shunned
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.server.unblock();
        // One that is never called has proved nothing.
        let called = self.called.load(Ordering::SeqCst);
        let is_as_awaited = called == self.is_awaited || thread::panicking();
        assert!(
            is_as_awaited,
            "called: {called}, awaited: {}",
            self.is_awaited
        );
    }
}

/// A receiver that keeps the raw bytes of one request and answers 200.
fn raw_receiver() -> (u16, thread::JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let handle = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let bytes = read_request(&stream);
        (&stream)
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            .unwrap();
        bytes
    });
    (port, handle)
}

pub(crate) fn read_request(stream: &TcpStream) -> Vec<u8> {
    let mut reader = BufReader::new(stream);
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        assert!(reader.read_until(b'\n', &mut bytes).unwrap() > 0);
    }
    let head = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
    let length = head
        .split("content-length: ")
        .nth(1)
        .and_then(|rest| rest.split("\r\n").next()?.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    bytes.extend(body);
    bytes
}

pub(crate) fn hmac_hex(secret: &[u8], body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}

#[test]
fn a_sample_is_delivered_with_the_right_headers_and_nothing_more() {
    let place = Place::new();
    let receiver = Scripted::new([200]);
    let ended = place
        .bluehook(&format!(
            "send :{}/hooks?x=1 -s geheim -H X-One:1 -H x-one:2",
            receiver.port
        ))
        .run();
    let got = receiver.got.recv().unwrap();
    assert_eq!(
        (got.method.as_str(), got.url.as_str()),
        ("POST", "/hooks?x=1")
    );
    assert_eq!(got.body.len(), 2334);
    let signature = hmac_hex(b"geheim", &got.body);
    let host = format!("localhost:{}", receiver.port);
    let expected = [
        ("Host", host.as_str()),
        ("Content-Type", "application/json"),
        (
            "User-Agent",
            concat!("bluehook/", env!("CARGO_PKG_VERSION")),
        ),
        ("X-Signature", &signature),
        ("X-One", "1"),
        ("x-one", "2"),
        ("Content-Length", "2334"),
    ];
    let headers: Vec<_> = got
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(headers, expected);
    assert_eq!((ended.code, ended.talk().as_str()), (Some(0), ""));
    let text = ended.text();
    let start = format!(
        "→ POST http://{host}/hooks?x=1  TODO_CREATED  2,334 bytes\n  X-Signature: {signature}\n  X-One: 1\n  x-one: 2\n← 200 OK in "
    );
    assert!(text.starts_with(&start), "{text}");
    assert!(text.ends_with(" ms\n  seen\n"), "{text}");
}

#[test]
fn every_sample_is_accepted_by_a_receiver_that_hashes_the_raw_body() {
    let place = Place::new();
    let events = place.bluehook("events --json").run().json();
    let receiver = Scripted::new(vec![204; events.len()]);
    for event in events {
        let name = event["event"].as_str().unwrap();
        let ended = place
            .bluehook(&format!("send {} -s geheim -q -e {name}", receiver.port))
            .run();
        ended.is(0, "", "");
        let got = receiver.got.recv().unwrap();
        let signature = hmac_hex(b"geheim", &got.body);
        assert_eq!(got.header("x-signature"), Some(signature.as_str()));
        let payload: serde_json::Value = serde_json::from_slice(&got.body).unwrap();
        assert_eq!(payload["event"], name);
    }
}

#[test]
fn each_refusal_is_exit_code_1_with_one_helpful_line() {
    let hints = [
        (
            302,
            "redirects are never followed, as Blue does not follow them: send to http://elsewhere.example/ itself",
        ),
        (
            400,
            "the receiver could not read the request; many also answer 400 when the signature does not match",
        ),
        (
            401,
            "the receiver refused the signature: compare the secrets, and see that it hashes the raw body before any parsing",
        ),
        (
            403,
            "the receiver refused the signature: compare the secrets, and see that it hashes the raw body before any parsing",
        ),
        (
            404,
            "there is no such path on the receiver: check the URL's path",
        ),
        (
            405,
            "the path does not take POST: is the route registered for another method?",
        ),
        (
            413,
            "the body is larger than the receiver takes: raise its limit",
        ),
        (
            500,
            "the receiver failed while it worked on the delivery: its own log says why",
        ),
    ];
    let place = Place::new();
    let receiver = Scripted::new(hints.map(|(status, _)| status));
    for (status, hint) in hints {
        let ended = place
            .bluehook(&format!("send {} -s x", receiver.port))
            .run();
        assert_eq!(ended.code, Some(1), "{status}");
        let text = ended.text();
        assert!(text.contains(&format!("← {status} ")), "{text}");
        // However it is wrapped.
        let words: Vec<&str> = text.split_whitespace().collect();
        let text = words.join(" ");
        assert!(text.ends_with(&format!(" hint: {hint}")), "{text}");
    }
}

#[test]
fn json_output_is_an_attempt_and_a_result() {
    let place = Place::new();
    let receiver = Scripted::new([503]);
    let ended = place
        .bluehook(&format!("send {} -s x --json", receiver.port))
        .run();
    assert_eq!(ended.code, Some(1));
    let lines = ended.json();
    assert_eq!(lines.len(), 2);
    let keys = |line: &serde_json::Value| -> Vec<String> {
        line.as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(
        keys(&lines[0]),
        [
            "type",
            "number",
            "attempt",
            "event",
            "url",
            "status",
            "ms",
            "error",
            "retry_in_ms",
            "answer"
        ]
    );
    assert_eq!(lines[0]["answer"]["body"], "seen\n");
    let headers = lines[0]["answer"]["headers"].as_array().unwrap();
    assert!(headers.contains(&serde_json::json!([
        "Location",
        "http://elsewhere.example/"
    ])));
    assert_eq!(lines[0]["status"], 503);
    assert_eq!(lines[0]["event"], "TODO_CREATED");
    assert_eq!(
        keys(&lines[1]),
        [
            "type",
            "delivered",
            "failed",
            "attempts",
            "statuses",
            "errors",
            "latency_ms",
            "seconds",
            "per_second"
        ]
    );
    assert_eq!(lines[1]["failed"], 1);
    assert_eq!(lines[1]["statuses"]["503"], 1);
    // One attempt has no percentiles.
    assert_eq!(keys(&lines[1]["latency_ms"]), ["min", "max"]);
}

#[test]
fn no_answer_is_exit_code_3() {
    let place = Place::new();
    let port = {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let ended = place
        .bluehook(&format!("send 127.0.0.1:{port} -s x -q"))
        .run();
    ended.fails(
        3,
        &format!("error: connection refused by 127.0.0.1:{port}\n  hint: is the receiver running on port {port}?\n"),
    );
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let ended = place
        .bluehook(&format!("send 127.0.0.1:{port} -s x -q --timeout 50ms"))
        .run();
    assert_eq!(ended.code, Some(3));
    let talk = ended.talk();
    assert!(
        talk.contains("50 ms") && talk.contains("--timeout"),
        "{talk}"
    );
    let ended = place
        .bluehook(&format!("send 127.0.0.1:{port} -s x --json --timeout 50ms"))
        .run();
    assert_eq!(ended.json()[0]["error"], "timeout");
}

#[test]
fn set_replaces_one_value_and_leaves_all_other_bytes() {
    let place = Place::new();
    place.file("body.json", "{ \"a\" : 1.0,\"b\":[ 1e3, \"x\" ] }\n");
    let receiver = Scripted::new([200, 200]);
    let port = receiver.port;
    let send = |words: &str| {
        place
            .bluehook(&format!("send {port} -s x -q -d @body.json {words}"))
            .run()
    };
    send("--set b[1]=true").is(0, "", "");
    assert_eq!(
        receiver.got.recv().unwrap().body,
        b"{ \"a\" : 1.0,\"b\":[ 1e3, true ] }\n"
    );
    send("--set a=hello --set b[0]=007").is(0, "", "");
    assert_eq!(
        receiver.got.recv().unwrap().body,
        b"{ \"a\" : \"hello\",\"b\":[ \"007\", \"x\" ] }\n"
    );
}

#[test]
fn fresh_gives_new_ids_and_times_and_names_the_target() {
    let place = Place::new();
    let receiver = Scripted::new([200, 200]);
    let port = receiver.port;
    let mut ids = Vec::new();
    for _ in 0..2 {
        place
            .bluehook(&format!("send :{port}/hook -s x -q --fresh"))
            .run()
            .is(0, "", "");
        let got = receiver.got.recv().unwrap();
        let payload: serde_json::Value = serde_json::from_slice(&got.body).unwrap();
        assert_eq!(
            payload["webhook"]["url"],
            format!("http://localhost:{port}/hook")
        );
        ids.push(payload["currentValue"]["id"].clone());
    }
    assert_ne!(ids[0], ids[1]);
    assert_ne!(ids[0], "clb4zna6x0000vt1swuwso25f");
}

#[test]
fn dry_run_prints_what_a_raw_receiver_gets() {
    let place = Place::new();
    let (port, receiver) = raw_receiver();
    let words = format!("send 127.0.0.1:{port} -s x -e TAG_UPDATED -H X-Two:b -H x-two;");
    let dry = place.bluehook(&format!("{words} --dry-run")).run();
    assert_eq!((dry.code, dry.talk().as_str()), (Some(0), ""));
    place.bluehook(&format!("{words} -q")).run().is(0, "", "");
    assert_eq!(dry.stdout, receiver.join().unwrap());
}

#[test]
fn the_curl_command_delivers_the_same_bytes() {
    if !has("curl") {
        return;
    }
    let place = Place::new();
    for body in [
        "{\"a\": \"it's $HOME `x` \\\\ !\"}\n",
        "@not-a-file",
        "a\0b\u{1b}[2J",
        "",
    ] {
        place.file("body", body);
        let (port, receiver) = raw_receiver();
        let words = format!("send 127.0.0.1:{port} -s x -d @body -H X-Two:b");
        let ours = place.bluehook(&format!("{words} -q")).run();
        assert_eq!(ours.code, Some(0), "{}", ours.talk());
        let ours = receiver.join().unwrap();
        let (other_port, receiver) = raw_receiver();
        let words = words.replace(&port.to_string(), &other_port.to_string());
        let command = place.bluehook(&format!("{words} --curl")).run().text();
        let ended = place.command("sh").args(["-c", &command]).output().unwrap();
        assert!(ended.status.success(), "{command}");
        let theirs = receiver.join().unwrap();
        let normal = |bytes: &[u8]| {
            let end = bytes
                .windows(4)
                .position(|four| four == b"\r\n\r\n")
                .unwrap();
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let mut lines: Vec<String> = head.lines().map(str::to_owned).collect();
            lines.sort();
            lines.retain(|line| !line.starts_with("Host: "));
            (lines, bytes[end + 4..].to_vec())
        };
        assert_eq!(normal(&ours), normal(&theirs), "{command}");
    }
}

#[test]
fn loopback_signs_delivers_verifies_and_shows() {
    let place = Place::new();
    let ended = place.bluehook("send --loopback -s geheim").run();
    assert_eq!((ended.code, ended.talk().as_str()), (Some(0), ""));
    let text = ended.text();
    assert!(
        text.contains("\n  genuine: X-Signature is right for these 2,334 bytes\n"),
        "{text}"
    );
    assert!(
        text.contains("\n  title     GGGG\n  in        ETEST\n  project   TEEST\n"),
        "{text}"
    );
    assert!(text.contains("\n← 200 OK in "), "{text}");
    let ended = place.bluehook("send --loopback").run();
    assert_eq!(ended.code, Some(0));
    assert_eq!(
        ended.talk(),
        "no secret is given: signing with a random one made for this run\n"
    );
    for scheme in ["standard-webhooks", "gitlab", "discord", "sendgrid"] {
        let ended = place
            .bluehook(&format!("send --loopback --scheme {scheme}"))
            .run();
        assert_eq!(ended.code, Some(0), "{scheme}: {}", ended.talk());
        assert!(ended.text().contains("\n  genuine: "), "{scheme}");
    }
    let ended = place.bluehook("send --loopback --unsigned").run();
    assert_eq!((ended.code, ended.talk().as_str()), (Some(0), ""));
    assert!(ended.text().contains("  unsigned: nothing was verified\n"));
}

#[test]
fn unsigned_sends_no_signature_and_no_secret_is_an_error() {
    let place = Place::new();
    let receiver = Scripted::new([200]);
    let port = receiver.port;
    place.bluehook(&format!("send {port}")).run().fails(
        2,
        "error: no secret is given\n  hint: use --secret-file FILE, --secret-env NAME, --secret SECRET, --keys FILE or the variable BLUEHOOK_SECRET; --unsigned sends without a signature\n",
    );
    place
        .bluehook(&format!("send {port} --unsigned -q"))
        .run()
        .is(0, "", "");
    assert_eq!(receiver.got.recv().unwrap().header("x-signature"), None);
}

#[test]
fn a_text_that_names_a_file_is_refused_before_anything_is_sent() {
    let place = Place::new();
    place.file("body.json", "{}");
    // Nothing listens there: to have tried would end with exit code 3.
    place.bluehook("send 127.0.0.1:1 -s x -d body.json").run().fails(
        2,
        "error: --data body.json would send this text itself\n  hint: --data @body.json sends the file\n",
    );
}

#[test]
fn data_is_taken_in_curls_ways() {
    let place = Place::new();
    place.file("body.json", "{}\n");
    for words in ["-d -", "-d @-", "--data-binary @-", "--data @body.json"] {
        let ended = place
            .bluehook(&format!("send 1 --unsigned --dry-run {words}"))
            .stdin("{}\n")
            .run();
        assert!(
            ended.text().ends_with("\r\n\r\n{}\n"),
            "{words}: {}",
            ended.talk()
        );
    }
}

#[test]
fn a_header_that_frames_the_message_is_refused() {
    let place = Place::new();
    for name in ["Content-Length", "transfer-encoding", "Connection"] {
        place
            .bluehook(&format!("send 3000 -s x -H {name}:1"))
            .run()
            .fails(
                2,
                &format!(
                    "error: {name} frames the message on its connection and cannot be set with -H\n"
                ),
            );
    }
}

#[test]
fn blue_tries_again_until_the_receiver_takes_it() {
    let place = Place::new();
    let receiver = Scripted::new([500, 302, 404, 500, 200]);
    let ended = place
        .bluehook(&format!(
            "send {} -s x --policy blue --time-scale 0.0001",
            receiver.port
        ))
        .run();
    let text = ended.text();
    assert_eq!(ended.code, Some(0), "{text}");
    assert!(text.contains("  attempt 2 in 1 ms\n"), "{text}");
    assert!(text.contains("  attempt 5 in 180 ms\n"), "{text}");
    let bodies: Vec<_> = receiver.got.iter().take(5).map(|got| got.body).collect();
    assert!(bodies.iter().all(|body| *body == bodies[0]));
}

#[test]
fn blue_switches_a_webhook_off_after_five_attempts() {
    let place = Place::new();
    let receiver = Scripted::new([500; 5]);
    let words = "-s x --policy blue --time-scale 0.0001";
    let ended = place
        .bluehook(&format!("send {} {words} --json", receiver.port))
        .run();
    assert_eq!(ended.code, Some(1));
    let lines = ended.json();
    let retries: Vec<_> = lines[..5].iter().map(|line| &line["retry_in_ms"]).collect();
    assert_eq!(
        serde_json::json!(retries),
        serde_json::json!([1, 6, 30, 180, null])
    );
    assert_eq!(lines[5]["attempts"], 5);
    assert_eq!(
        (&lines[5]["delivered"], &lines[5]["failed"]),
        (&0.into(), &1.into())
    );
    drop(receiver);
    // No connection is no answer either; a policy that gives up says no.
    let port = {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let ended = place
        .bluehook(&format!("send 127.0.0.1:{port} {words}"))
        .run();
    assert_eq!(ended.code, Some(1));
    let text = ended.text();
    let refused = format!("connection refused by 127.0.0.1:{port}");
    assert_eq!(text.matches(&refused).count(), 5, "{text}");
    assert!(
        text.ends_with(
            "given up after 5 attempts: Blue would now switch the webhook off: UNHEALTHY\n"
        ),
        "{text}"
    );
}

#[test]
fn a_later_attempt_has_the_same_id_and_a_signature_of_its_own() {
    let place = Place::new();
    let receiver = Scripted::new([500, 410]);
    let ended = place
        .bluehook(&format!(
            "send {} -s whsec_c2VjcmV0 --scheme standard-webhooks --policy standard --time-scale 0.21",
            receiver.port
        ))
        .run();
    assert_eq!(ended.code, Some(1));
    assert!(
        ended
            .text()
            .ends_with("given up: the receiver says that it is gone, and senders switch it off\n"),
        "{}",
        ended.text()
    );
    let got: Vec<_> = receiver.got.iter().take(2).collect();
    let both = |name: &str| {
        let value = |got: &Got| got.header(name).unwrap().to_owned();
        (value(&got[0]), value(&got[1]))
    };
    let (one, other) = both("webhook-id");
    assert_eq!(one, other);
    let (one, other) = both("webhook-timestamp");
    assert_ne!(one, other);
    let (one, other) = both("webhook-signature");
    assert_ne!(one, other);
}

#[test]
fn many_deliveries_have_ids_of_their_own_and_come_to_a_summary() {
    let place = Place::new();
    let receiver = Scripted::new([200; 30]);
    let words = "-s whsec_c2VjcmV0 --scheme standard-webhooks -n 20 -c 2";
    let ended = place
        .bluehook(&format!("send {} {words}", receiver.port))
        .run();
    let text = ended.text();
    assert_eq!(ended.code, Some(0), "{text}");
    assert!(text.starts_with("20 delivered in "), "{text}");
    assert!(text.contains("\n  200  20\n"), "{text}");
    let ids: std::collections::HashSet<_> = (receiver.got.iter().take(20))
        .map(|got| got.header("webhook-id").unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 20);
    let ended = place
        .bluehook(&format!(
            "send {} -s x -n 10 --rate 500 --json",
            receiver.port
        ))
        .run();
    assert_eq!(ended.code, Some(0));
    let lines = ended.json();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["statuses"]["200"], 10);
    assert!(lines[0]["latency_ms"]["p99"].is_number());
}

#[test]
fn twilios_json_has_its_digest_in_the_signed_url() {
    let place = Place::new();
    let receiver = Scripted::new([200]);
    let port = receiver.port;
    place
        .bluehook(&format!(
            "send :{port}/hook?x=1 -s x -q --scheme twilio --data {{\"a\":1}}"
        ))
        .run()
        .is(0, "", "");
    let got = receiver.got.recv().unwrap();
    let digest = hex::encode(<Sha256 as sha2::Digest>::digest(&got.body));
    assert_eq!(got.url, format!("/hook?x=1&bodySHA256={digest}"));
    let url = format!("http://localhost:{port}{}", got.url);
    place.file("body", got.body.clone());
    let signature = got.header("x-twilio-signature").unwrap();
    place
        .bluehook("verify body -s x -q --scheme twilio")
        .arg("--signed-url")
        .arg(url)
        .arg("-H")
        .arg(format!("X-Twilio-Signature: {signature}"))
        .run()
        .is(0, "", "");
}

#[test]
fn a_hostile_answer_cannot_drive_the_terminal() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let receiver = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        read_request(&stream);
        let body = "\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}";
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        (&stream).write_all(answer.as_bytes()).unwrap();
    });
    let place = Place::new();
    let ended = place
        .bluehook(&format!("send 127.0.0.1:{port} -s x -v"))
        .run();
    receiver.join().unwrap();
    let text = ended.text();
    assert!(
        text.contains("\\x1b]0;owned\\x07\\x9b2J\\u{202e}"),
        "{text}"
    );
}

#[test]
fn wrong_options_are_refused_in_one_sentence_and_nothing_is_sent() {
    let place = Place::new();
    let send = |words: &str| place.bluehook(&format!("send {words}")).run();
    send("3000 -s x -e TODO_CRETED").fails(
        2,
        "error: TODO_CRETED is not an event of Blue\n  hint: did you mean TODO_CREATED?\n",
    );
    send("3000 -s x --unsigned").fails(2, "error: --secret does not go with --unsigned\n");
    send("3000 -s x --event TODO_MOVED --data x")
        .fails(2, "error: --event does not go with --data\n");
    send("-s x").fails(
        2,
        "error: send needs to know where to\n  hint: name a URL (3000 is http://localhost:3000), a profile with -w, or --loopback, which needs no receiver\n",
    );
    for (words, part) in [
        ("3000 -s x --set nothing", "write PATH=VALUE"),
        ("3000 -s x --set no.such=1", "could not set no.such"),
        ("http:// -s x", "has no host"),
        ("localhost:70000 -s x", "70000"),
        ("ftp://example.com/ -s x", "http"),
        ("3000 -s x -H nocolon", "is not a header"),
        ("3000 -s x --timeout soon", "write a duration"),
        ("3000 -s x --timeout 0", "longer than 0s"),
    ] {
        let ended = send(words);
        assert_eq!(
            (ended.code, ended.text().as_str()),
            (Some(2), ""),
            "{words}"
        );
        let talk = ended.talk();
        assert!(
            talk.starts_with("error: ") && talk.contains(part),
            "{words}: {talk}"
        );
    }
    let ended = place.bluehook("send -s x").arg("http://a b/").run();
    assert_eq!(ended.code, Some(2));
    assert!(ended.talk().contains("white space"), "{}", ended.talk());
}

#[test]
fn a_header_without_a_value_is_taken_away_and_one_with_a_semicolon_is_empty() {
    let place = Place::new();
    let dry = place
        .bluehook("send 127.0.0.1:1 -s x -d {} --dry-run -H User-Agent: -H Content-Type; -H X-No:")
        .run();
    let text = dry.text();
    assert_eq!(dry.code, Some(0));
    assert!(
        !text.contains("User-Agent") && !text.contains("X-No"),
        "{text}"
    );
    assert!(
        text.contains("\r\nContent-Type: \r\n") || text.contains("\r\nContent-Type:\r\n"),
        "{text}"
    );
}

#[test]
fn a_signature_that_travels_in_the_body_must_be_there() {
    let place = Place::new();
    let body = |signature: &str| {
        format!(
            r#"{{"signature":{{"timestamp":"1700000000","token":"t","signature":"{signature}"}}}}"#
        )
    };
    place.file("body.json", body(""));
    let options = "--scheme mailgun -s geheim --dry-run --data @body.json";
    place.bluehook(&format!("send 1 {options}")).run().fails(
        2,
        "error: the signature of mailgun travels in the body, at signature.signature, and the right one is not there\n  hint: bluehook sign --scheme mailgun prints it; without a secret the body is sent as it is\n",
    );
    let sign = "sign body.json --scheme mailgun -s geheim";
    let signed = place.bluehook(sign).run().text();
    place.file("body.json", body(signed.trim()));
    assert_eq!(
        place.bluehook(&format!("send 1 {options}")).run().code,
        Some(0)
    );
    let headers = place.bluehook(&format!("{sign} --format headers")).run();
    headers.is(
        0,
        "",
        "note: mailgun adds no headers: its signature travels in the body\n",
    );
}
