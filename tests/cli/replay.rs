//! `bluehook replay`.

use std::net::TcpListener;
use std::thread;

use sha2::Sha256;

use crate::runner::{BINARY, Place};
use crate::send::{Got, Scripted, hmac_hex, read_request};

const LINE: &str = r#"{"type":"delivery","version":1,"number":NUMBER,"at":"2026-11-22T03:49:5NUMBER.123Z","remote":"127.0.0.1:1","method":"POST","target":"/hooks?x=NUMBER","headers":[["Host","old.example"],["x-B","1"],["X-Signature","00"],["Connection","close"],["X-b","2"],["Content-Length","9"]],"body":"{\"event\":\"EVENT\",\"n\":NUMBER}","answer":{"status":200,"by":"bluehook","ms":0.4}}"#;

fn line(number: u32, event: &str) -> String {
    let number = number.to_string();
    LINE.replace("NUMBER", &number).replace("EVENT", event) + "\n"
}

/// A recording of four deliveries.
fn recording(place: &Place) {
    let lines = [
        "{\"type\":\"listening\",\"url\":\"x\"}\n".to_owned(),
        line(1, "TODO_CREATED"),
        line(2, "COMMENT_CREATED"),
        line(3, "TODO_DELETED"),
        line(4, "TODO_CREATED"),
    ];
    place.file("recording", lines.concat());
}

fn targets(got: impl IntoIterator<Item = Got>) -> Vec<String> {
    got.into_iter().map(|got| got.url).collect()
}

#[test]
fn a_delivery_goes_out_as_it_was_captured() {
    let place = Place::new();
    let latin = line(1, "TODO_CREATED").replace("\"2\"", r#"{"base64":"6Q=="}"#);
    place.file("recording", latin);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let receiver = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let bytes = read_request(&stream);
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        std::io::Write::write_all(&mut &stream, answer).unwrap();
        bytes
    });
    let ended = place.bluehook(&format!("replay recording {port}")).run();
    let expected = format!(
        "POST /hooks?x=1 HTTP/1.1\r\nHost: localhost:{port}\r\nx-B: 1\r\nX-Signature: 00\r\nX-b: \u{e9}\r\nContent-Length: 30\r\n\r\n{{\"event\":\"TODO_CREATED\",\"n\":1}}"
    );
    let expected: Vec<u8> = expected.chars().map(|char| char as u8).collect();
    assert_eq!(receiver.join().unwrap(), expected);
    let text = ended.text();
    assert_eq!(ended.code, Some(0), "{text}");
    assert!(
        text.starts_with("#1    200  TODO_CREATED                  POST /hooks?x=1                              30 B  "),
        "{text}"
    );
    // The same bytes can be seen without sending.
    let shown = place
        .bluehook(&format!("replay recording {port} --dry-run"))
        .run();
    assert_eq!(shown.stdout, expected);
    let curl = place
        .bluehook(&format!("replay recording {port} --curl"))
        .run();
    assert!(
        curl.text().contains("-H 'X-Signature: 00'"),
        "{}",
        curl.text()
    );
}

#[test]
fn what_is_meant_is_chosen_by_number_event_and_value() {
    let place = Place::new();
    recording(&place);
    let receiver = Scripted::new([200; 20]);
    for (words, meant) in [
        ("", vec![1, 2, 3, 4]),
        ("--number 1,3-9", vec![1, 3, 4]),
        ("-e TODO_*", vec![1, 3, 4]),
        ("--where n=2", vec![2]),
        ("-e TODO_CREATED --number 4", vec![4]),
    ] {
        let ended = place
            .bluehook(&format!("replay recording {} -q {words}", receiver.port))
            .run();
        ended.is(0, "", "");
        let got = targets(receiver.got.iter().take(meant.len()));
        let meant: Vec<_> = meant
            .iter()
            .map(|number| format!("/hooks?x={number}"))
            .collect();
        assert_eq!(got, meant, "{words}");
    }
    place.bluehook("replay recording 1 --number 9").run().fails(
        3,
        "error: the options leave out all 4 deliveries of recording\n",
    );
    let mistyped = place.bluehook("replay recording 1 -e TODO_CREATD").run();
    mistyped.fails(
        3,
        "error: the options leave out all 4 deliveries of recording\n  hint: did you mean TODO_CREATED?\n",
    );
    for words in ["--number 3-1", "--number x", "--number 1,", "--speed 0"] {
        let refused = place.bluehook(&format!("replay recording 1 {words}")).run();
        assert_eq!(refused.code, Some(2), "{words}");
    }
}

#[test]
fn a_delivery_that_is_signed_afresh_keeps_its_other_headers_in_their_places() {
    let place = Place::new();
    recording(&place);
    let receiver = Scripted::new([200, 200]);
    let port = receiver.port;
    place
        .bluehook(&format!(
            "replay recording :{port}/other -q --number 1 --resign -s geheim"
        ))
        .run()
        .is(0, "", "");
    let got = receiver.got.recv().unwrap();
    assert_eq!(got.url, "/other");
    let names: Vec<_> = got.headers.iter().map(|(name, _)| &**name).collect();
    assert_eq!(
        names,
        ["Host", "x-B", "X-Signature", "X-b", "Content-Length"]
    );
    assert_eq!(
        got.header("x-signature").unwrap(),
        hmac_hex(b"geheim", &got.body)
    );
    let ended = place
        .bluehook(&format!(
            "replay recording {port} --number 2 --set n=7 -s geheim"
        ))
        .run();
    assert_eq!(ended.code, Some(0));
    assert_eq!(
        ended.talk(),
        "--set changes the body, so deliveries are signed afresh\n"
    );
    let got = receiver.got.recv().unwrap();
    assert_eq!(got.body, br#"{"event":"COMMENT_CREATED","n":7}"#);
    assert_eq!(
        got.header("x-signature").unwrap(),
        hmac_hex(b"geheim", &got.body)
    );
    place.bluehook("replay recording 1 -s geheim").run().fails(
        2,
        "error: what is sent as captured is not signed with a secret\n  hint: --resign signs afresh\n",
    );
}

#[test]
fn another_providers_old_signature_does_not_stay_beside_the_new_one() {
    let place = Place::new();
    let old = line(1, "X")
        .replace("x-B", "svix-signature")
        .replace("X-b", "svix-id");
    place.file("recording", old);
    let receiver = Scripted::new([200]);
    place
        .bluehook(&format!(
            "replay recording {} -q --resign --scheme svix -s whsec_c2VjcmV0",
            receiver.port
        ))
        .run()
        .is(0, "", "");
    let got = receiver.got.recv().unwrap();
    let count = |name: &str| {
        let same = |(it, _): &&(String, String)| it.eq_ignore_ascii_case(name);
        got.headers.iter().filter(same).count()
    };
    assert_eq!(
        (
            count("svix-signature"),
            count("svix-id"),
            count("svix-timestamp")
        ),
        (1, 1, 1)
    );
    assert!(got.header("svix-signature").unwrap().starts_with("v1,"));
}

#[test]
fn answers_are_compared_with_the_recorded_ones() {
    let place = Place::new();
    recording(&place);
    let receiver = Scripted::new([200, 401, 200, 200, 500, 500, 500, 500]);
    let port = receiver.port;
    let ended = place.bluehook(&format!("replay recording {port}")).run();
    let text = ended.text();
    assert_eq!(ended.code, Some(1), "{text}");
    assert_eq!(
        text.matches("recorded: the status was 200\n").count(),
        1,
        "{text}"
    );
    assert!(text.contains("3 delivered, 1 not in "), "{text}");
    assert!(text.contains("; 1 answer is not as recorded\n"), "{text}");
    assert!(text.ends_with("--resign signs afresh\n"), "{text}");
    let ended = place
        .bluehook(&format!("replay recording {port} --json"))
        .run();
    let lines = ended.json();
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[3]["number"], 4);
    assert_eq!(
        lines[3]["recorded"],
        serde_json::json!({"status":200,"differs":["status"]})
    );
    assert_eq!(lines[4]["failed"], 4);
    let port = {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let ended = place
        .bluehook(&format!("replay recording 127.0.0.1:{port} -q"))
        .run();
    ended.fails(
        3,
        &format!("error: connection refused by 127.0.0.1:{port}\n"),
    );
    // Without -q a row each, and below it why nothing came back: the same columns as with an answer.
    let ended = place.bluehook(&format!("replay recording {port}")).run();
    let text = ended.text();
    let rows = text.lines().filter(|line| line.starts_with('#'));
    let rows: Vec<&str> = rows.collect();
    assert_eq!(rows.len(), 4, "{text}");
    assert!(
        rows.iter()
            .all(|row| row[6..].starts_with(" –   ") && row.contains(" POST /")),
        "{text}"
    );
    assert_eq!(
        text.matches("\n  failed: connection refused by ").count(),
        4,
        "{text}"
    );
}

#[test]
fn recordings_of_a_folder_keep_their_order_in_time() {
    let place = Place::new();
    let har = |number: u32| {
        format!(
            r#"{{"log":{{"entries":[{{"startedDateTime":"2026-11-22T03:49:5{number}.000Z","request":{{"method":"PUT","url":"http://unused.example/har?x={number}","headers":[],"postData":{{"text":"h"}}}},"response":{{"status":200,"content":{{"text":"other"}}}}}}]}}}}"#
        )
    };
    std::fs::create_dir(place.path().join("folder")).unwrap();
    place.file("folder/a.jsonl", line(1, "X") + &line(4, "X"));
    place.file("folder/b.har", har(3));
    place.file(
        "folder/c.jsonl",
        line(2, "X") + &line(5, "X") + &line(6, "X")[..90],
    );
    place.file(
        "folder/d.http",
        "POST /raw?x=0 HTTP/1.1\r\nHost: a\r\n\r\nbody",
    );
    place.file("folder/notes.txt", "not a recording at all, really\n");
    place.file("folder/.hidden", "x");
    let receiver = Scripted::new([200; 6]);
    let ended = place
        .bluehook(&format!("replay folder {}", receiver.port))
        .run();
    assert_eq!(ended.code, Some(0));
    assert_eq!(
        targets(receiver.got.iter().take(6)),
        [
            "/raw?x=0",
            "/hooks?x=1",
            "/hooks?x=2",
            "/har?x=3",
            "/hooks?x=4",
            "/hooks?x=5"
        ]
    );
    let talk = ended.talk();
    assert!(
        talk.contains("warning: folder/notes.txt is passed over from here on: line 1 "),
        "{talk}"
    );
    assert!(
        talk.contains("warning: folder/c.jsonl, line 3 was cut short"),
        "{talk}"
    );
    assert!(
        ended
            .text()
            .contains("recorded: the body was 5 bytes, now 5 bytes, alike for 0 bytes\n"),
        "{}",
        ended.text()
    );
}

#[test]
fn where_to_is_said_or_recorded() {
    let place = Place::new();
    recording(&place);
    place.bluehook("replay recording").run().fails(
        2,
        "error: the recording does not say where to send to\n  hint: name a URL after it (3000 is http://localhost:3000), or a profile with -w\n",
    );
    place.file(
        "captured",
        "POST /raw?x=1 HTTP/1.1\r\nHost: example.com\r\n\r\nbody",
    );
    // What is only shown needs no receiver.
    let shown = place.bluehook("replay captured --dry-run").run();
    shown.is(
        0,
        "POST /raw?x=1 HTTP/1.1\r\nHost: example.com\r\nContent-Length: 4\r\n\r\nbody",
        "",
    );
    let receiver = Scripted::new([200, 200]);
    let port = receiver.port;
    place.file(
        "request",
        format!("POST http://127.0.0.1:{port}/raw HTTP/1.1\r\n\r\nbody"),
    );
    place.bluehook("replay request -q").run().is(0, "", "");
    assert_eq!(receiver.got.recv().unwrap().url, "/raw");
    place.file(
        "bluehook.toml",
        format!("[webhook.here]\nurl = \"http://127.0.0.1:{port}\"\n"),
    );
    place
        .bluehook("replay - -w here -q --number 1")
        .stdin(line(1, "X"))
        .run()
        .is(0, "", "");
    assert_eq!(receiver.got.recv().unwrap().url, "/hooks?x=1");
}

#[test]
fn a_network_that_doubles_and_mixes_up_can_be_had_again() {
    let place = Place::new();
    recording(&place);
    let receiver = Scripted::new([200; 24]);
    let run = |words: &str| {
        let ended = place
            .bluehook(&format!("replay recording {} -q {words}", receiver.port))
            .run();
        assert_eq!(ended.code, Some(0), "{}", ended.talk());
        targets(receiver.got.iter().take(8))
    };
    let mixed = run("--duplicate 2 --shuffle --seed 7");
    assert_eq!(run("--duplicate 2 --shuffle --seed 7"), mixed);
    let in_order = run("--duplicate 2");
    assert_ne!(in_order, mixed);
    assert!(in_order.is_sorted());
    let mut sorted = mixed.clone();
    sorted.sort();
    assert_eq!(sorted, in_order);
}

#[test]
fn what_is_no_recording_is_said_and_what_was_kept_out_of_one() {
    let place = Place::new();
    place.file("body.json", "{\n  \"event\": \"TODO_CREATED\"\n}\n");
    let ended = place.bluehook("replay body.json 1").run();
    assert_eq!(ended.code, Some(3));
    assert!(
        ended
            .talk()
            .ends_with("hint: a payload alone is sent by bluehook send --data @body.json\n"),
        "{}",
        ended.talk()
    );
    place.file("empty", "");
    let ended = place.bluehook("replay empty 1").run();
    ended.fails(3, "error: empty holds no delivery\n");
    place.file("redacted", line(1, "X").replace("\"00\"", "\"(redacted)\""));
    place.bluehook("replay - 1 -n 2").run().fails(
        2,
        "error: standard input cannot be replayed more than once\n  hint: -n needs a file; --duplicate sends each delivery again at once\n",
    );
    place.file("torn", line(1, "X") + &line(2, "X")[..90]);
    let ended = place.bluehook("replay torn http://a --dry-run -n 3").run();
    assert_eq!(ended.text().matches("POST /").count(), 3);
    let said = "warning: torn, line 2 was cut short, as by a crash, and is passed over\n";
    assert_eq!(ended.talk(), said);
    let receiver = Scripted::new([401]);
    let ended = place
        .bluehook(&format!("replay redacted {}", receiver.port))
        .run();
    assert_eq!(
        ended.talk(),
        "warning: X-Signature was kept out of the recording: give it with -H, or sign afresh with --resign\n"
    );
}

#[test]
fn recorded_pauses_are_kept_at_the_speed_that_is_asked_for() {
    let place = Place::new();
    recording(&place);
    let receiver = Scripted::new([200; 4]);
    let started = std::time::Instant::now();
    place
        .bluehook(&format!("replay recording {} -q --speed 30", receiver.port))
        .run()
        .is(0, "", "");
    // Three seconds, thirty times as fast.
    assert!(started.elapsed() >= std::time::Duration::from_millis(100));
}

#[test]
fn a_body_that_is_changed_has_its_new_digest_in_the_signed_url() {
    let place = Place::new();
    let captured = line(1, "X").replace("/hooks?x=1", "/hook?bodySHA256=00&x=1");
    place.file("recording", captured);
    let receiver = Scripted::new([200, 200, 200]);
    let port = receiver.port;
    let here = format!("http://localhost:{port}");
    for (words, base) in [
        ("", here.as_str()),
        (
            "--public-url https://public.example",
            "https://public.example",
        ),
    ] {
        let command = format!("replay recording {port} -q --set n=2 -s x --scheme twilio {words}");
        place.bluehook(&command).run().fails(0, "");
        let got = receiver.got.recv().unwrap();
        let digest = hex::encode(<Sha256 as sha2::Digest>::digest(&got.body));
        assert_eq!(got.url, format!("/hook?bodySHA256={digest}&x=1"));
        let signature = got.header("x-twilio-signature").unwrap();
        place.file("body", &got.body);
        place
            .bluehook("verify body -s x -q --scheme twilio")
            .arg("--signed-url")
            .arg(format!("{base}{}", got.url))
            .arg("-H")
            .arg(format!("X-Twilio-Signature: {signature}"))
            .run()
            .is(0, "", "");
    }
    // As captured, the digest is what was captured.
    let command = format!("replay recording {port} -q");
    place.bluehook(&command).run().is(0, "", "");
    let got = receiver.got.recv().unwrap();
    assert_eq!(got.url, "/hook?bodySHA256=00&x=1");
}

#[cfg(unix)]
#[test]
fn a_folder_may_hold_more_files_than_can_be_open_at_once() {
    let place = Place::new();
    std::fs::create_dir(place.path().join("folder")).unwrap();
    for number in 0..100 {
        let at = format!("03:{:02}:{:02}", number / 60, number % 60);
        // The names are in another order than the times.
        let line = line(1, "X").replace("03:49:51", &at).replace("x=1", &at);
        place.file(&format!("folder/{}.jsonl", 100 - number), line);
    }
    let shown = place
        .command("sh")
        .args([
            "-c",
            "ulimit -n 40; exec \"$0\" replay folder http://a --dry-run",
        ])
        .arg(BINARY)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&shown.stderr), "");
    let text = String::from_utf8(shown.stdout).unwrap();
    let lines = text.lines();
    let times: Vec<_> = lines.filter(|line| line.starts_with("POST /")).collect();
    assert_eq!(times.len(), 100);
    assert!(times.is_sorted());
    // What is shown can be replayed in turn.
    place.file("all.http", &text);
    let again = place.bluehook("replay all.http http://a --dry-run").run();
    again.is(0, &text, "");
}

#[test]
fn a_compressed_answer_is_not_compared_with_what_was_recorded_decoded() {
    let place = Place::new();
    let har = r#"{"log":{"entries":[{"request":{"method":"POST","url":"http://unused.example/","headers":[["Accept-Encoding"]],"postData":{"text":"h"}},"response":{"status":200,"content":{"text":"decoded"}}}]}}"#;
    let header = r#"{"name":"Accept-Encoding","value":"gzip"}"#;
    place.file("a.har", har.replace(r#"["Accept-Encoding"]"#, header));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let receiver = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        read_request(&stream);
        let answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx";
        std::io::Write::write_all(&mut &stream, answer).unwrap();
    });
    let ended = place.bluehook(&format!("replay a.har {port}")).run();
    receiver.join().unwrap();
    let text = ended.text();
    assert!(text.contains("1 delivered in "), "{text}");
    assert!(!text.contains("recorded"), "{text}");
}
