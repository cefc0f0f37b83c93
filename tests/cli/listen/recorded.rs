//! What is on disk, when, and that it is what was received.

use std::os::unix::fs::PermissionsExt as _;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use super::listener::{listen, start_by_shell};
use super::sender::{Answer, SECRET, forged, genuine, request, signature};
use crate::runner::Place;

fn recorded(place: &Place, name: &str) -> Vec<Value> {
    let bytes = std::fs::read(place.path().join(name)).unwrap();
    assert!(bytes.is_empty() || bytes.ends_with(b"\n"));
    let text = String::from_utf8(bytes).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_recording_is_read_back_and_judged_again() {
    let place = Place::new();
    let listener = listen(&place, "-q -s geheim --record recording");
    assert_eq!(listener.send(&genuine("/a", b"{}")).status, 200);
    let verify = |words: &str| {
        place
            .bluehook(&format!("verify --delivery recording {words}"))
            .run()
    };
    // It is all there while the listener still runs.
    let genuine_one = "#1    genuine: X-Signature is right for these 2 bytes\n";
    verify("-s geheim").is(0, genuine_one, "");
    assert_eq!(listener.send(&forged("/b", b"{}\n")).status, 401);
    listener.interrupt();
    let ended = verify("-s geheim");
    assert_eq!(ended.code, Some(1));
    assert!(ended.text().starts_with(&format!(
        "{genuine_one}#2    not genuine: X-Signature is not right for these 3 bytes with this secret\n"
    )));
    assert_eq!(verify("-s another -q").code, Some(1));
    let lines = verify("-s wrong -s geheim --json");
    assert_eq!(lines.json()[0]["matched_secret"]["position"], 2);
    assert_eq!(lines.json()[1]["reason"], "mismatch");
    let kept = recorded(&place, "recording");
    assert_eq!(kept[0]["verification"]["genuine"], true);
    assert_eq!(kept[1]["verification"]["genuine"], false);
    assert_eq!(kept[1]["answer"]["status"], 401);
    assert_eq!(kept[1]["type"], "delivery");
}

#[test]
fn a_line_that_is_none_is_named_and_a_torn_one_is_passed_over() {
    let place = Place::new();
    let listener = listen(&place, "-q -s geheim --record recording");
    assert_eq!(listener.deliver("{}"), 200);
    listener.interrupt();
    let line = std::fs::read_to_string(place.path().join("recording")).unwrap();
    let genuine =
        |number: u64| format!("#{number}    genuine: X-Signature is right for these 2 bytes\n");
    let verify = |text: String| {
        place.file("copy", text);
        place.bluehook("verify --delivery copy -s geheim").run()
    };
    verify(format!("{line}garbage\n")).is(
        3,
        &genuine(1),
        "error: could not read copy\n  caused by: line 2 is not a JSON object\n",
    );
    verify(format!("{line}{}", &line[..100])).is(
        0,
        &genuine(1),
        "warning: copy, line 2 was cut short, as by a crash, and is passed over\n",
    );
    // A listener that goes on with a torn file keeps the torn line apart from its own.
    place.file("torn", format!("{line}{}", &line[..100]));
    let listener = listen(&place, "-q -s geheim --record torn");
    assert_eq!(listener.deliver("{}"), 200);
    listener.interrupt();
    let ended = place.bluehook("verify --delivery torn -s geheim").run();
    ended.is(
        0,
        &(genuine(1) + &genuine(1)),
        "warning: torn, line 2 was cut short, as by a crash, and is passed over\n",
    );
}

#[test]
fn every_byte_of_head_and_body_is_kept() {
    let place = Place::new();
    let listener = listen(&place, "-q -s geheim --record recording --json");
    let every_byte: Vec<u8> = (0..=255).collect();
    let signed = signature(SECRET, &every_byte);
    let mut bytes = b"POST /a%20b?x=%00&y=caf%C3%A9#z HTTP/1.1\r\nhOST: x\r\nX-B: 1\r\nX-A: 2\r\nx-b: \t 3  \r\nX-Empty:\r\nX-Latin: \xe9\xff\r\nCookie: a=1\r\nAuthorization: Bearer t\r\n".to_vec();
    bytes.extend(
        format!("X-SIGNATURE: {signed}\r\nContent-Length: 256\r\nConnection: close\r\n\r\n")
            .as_bytes(),
    );
    bytes.extend(&every_byte);
    assert_eq!(listener.send(&bytes).status, 200);
    // All characters of JSON that can be written in more than one way, and what looks like a line.
    let text = "\"\\/\u{8}\u{c}\n\r\t\u{7f}\u{80}\u{9b}\u{2028}\u{202e}\u{feff}\u{10ffff}<&'{\"type\":\"delivery\"}\n";
    assert_eq!(listener.deliver(text), 200);
    assert_eq!(listener.deliver(""), 200);
    let ended = listener.interrupt();
    let kept = recorded(&place, "recording");
    assert_eq!(
        kept[0]["headers"].to_string(),
        format!(
            r#"[["hOST","x"],["X-B","1"],["X-A","2"],["x-b","3"],["X-Empty",""],["X-Latin",{{"base64":"6f8="}}],["Cookie","a=1"],["Authorization","Bearer t"],["X-SIGNATURE","{signed}"],["Content-Length","256"],["Connection","close"]]"#
        )
    );
    assert_eq!(kept[0]["target"], "/a%20b?x=%00&y=caf%C3%A9#z");
    assert_eq!(kept[1]["body"], text);
    assert_eq!(kept[2]["body"], "");
    // Reading gives back the very bytes: their signatures are right.
    let ended_again = place
        .bluehook("verify --delivery recording -s geheim -q")
        .run();
    ended_again.is(0, "", "");
    // What is printed is what is recorded.
    assert!(!kept.is_empty() && kept.len() < ended.json().len());
    for (kept, printed) in kept.iter().zip(&ended.json()[1..]) {
        assert!(kept["body"].is_string() || kept["body_base64"].is_string());
        for key in [
            "number",
            "at",
            "remote",
            "method",
            "target",
            "headers",
            "body",
            "body_base64",
            "answer",
        ] {
            assert_eq!(kept.get(key), printed.get(key), "{key}");
        }
    }
}

#[test]
fn a_recording_is_its_owners_alone() {
    let place = Place::new();
    let listener = start_by_shell(&place, r#"umask 0; exec "$@""#, "-q --record recording");
    listener.post("1");
    listener.interrupt();
    let mode = std::fs::metadata(place.path().join("recording"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_recording_is_announced() {
    let place = Place::new();
    let listener = listen(&place, "--record recording -s geheim");
    let url = listener.url.clone();
    let ended = listener.interrupt();
    ended.is(
        130,
        "no deliveries\n",
        &format!("listening on {url}, Ctrl-C ends\nsignatures are checked: blue, 1 secret\nrecording to recording\n"),
    );
}

#[test]
fn nothing_that_was_acknowledged_is_lost_when_the_process_is_killed() {
    const SENDERS: usize = 8;
    let place = Place::new();
    let mut acknowledged = Vec::new();
    for round in 0..4 {
        let listener = listen(&place, "-q -s geheim --record recording");
        let over = AtomicBool::new(false);
        let numbers: Vec<std::sync::atomic::AtomicUsize> = (0..SENDERS).map(|_| 0.into()).collect();
        std::thread::scope(|scope| {
            let senders: Vec<_> = numbers
                .iter()
                .enumerate()
                .map(|(sender, sent)| {
                    let (address, over) = (listener.address, &over);
                    scope.spawn(move || {
                        let mut heard = Vec::new();
                        while !over.load(Ordering::Relaxed) {
                            let number = sent.load(Ordering::Relaxed);
                            let body = format!("{round}/{sender}/{number}");
                            if Answer::status_of(address, &genuine("/", body.as_bytes()))
                                != Some(200)
                            {
                                break;
                            }
                            heard.push(body);
                            sent.fetch_add(1, Ordering::Relaxed);
                        }
                        heard
                    })
                })
                .collect();
            super::listener::until("some load", || {
                numbers
                    .iter()
                    .all(|sent| sent.load(Ordering::Relaxed) >= 10 + round)
            });
            listener.kill();
            over.store(true, Ordering::Relaxed);
            for sender in senders {
                acknowledged.extend(sender.join().unwrap());
            }
        });
    }
    assert!(acknowledged.len() >= 4 * SENDERS * 10);
    let ended = place
        .bluehook("verify --delivery recording -s geheim -q")
        .run();
    assert_eq!(
        (ended.code, ended.text()),
        (Some(0), String::new()),
        "{}",
        ended.talk()
    );
    let recording = std::fs::read_to_string(place.path().join("recording")).unwrap();
    let bodies: std::collections::HashSet<String> = recording
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .map(|line| line["body"].as_str().unwrap().to_owned())
        .collect();
    let lost: Vec<_> = acknowledged
        .iter()
        .filter(|body| !bodies.contains(*body))
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
}

#[test]
fn what_does_not_fit_on_the_disk_is_answered_with_500_and_never_half_there() {
    let place = Place::new();
    // A limit on the size of files stands in for a full disk: the signal that comes with it is
    // ignored, so that writing fails. Its unit is 512 or 1,024 bytes.
    let script = r#"trap '' XFSZ && ulimit -f 16 && exec "$@""#;
    let works = place
        .command("sh")
        .args(["-c", "trap '' XFSZ && ulimit -f 16"])
        .output()
        .unwrap();
    if !works.status.success() {
        crate::runner::lacking("ulimit -f in sh");
        return;
    }
    let listener = start_by_shell(&place, script, "-s geheim --record recording --show line");
    let body = vec![b'x'; 3000];
    let mut accepted = 0;
    let refused = loop {
        match listener.deliver(&body) {
            200 => accepted += 1,
            status => break status,
        }
        assert!(accepted < 100);
    };
    assert_eq!(refused, 500);
    assert!(accepted >= 1);
    listener.says("warning: the recording could not be written (File too large (os error 27)): 1 delivery answered 500\n");
    // It goes on: what is small enough still fits.
    let small = listener.send(&request("/", "", b"")).status;
    assert!(matches!(small, 401 | 500), "{small}");
    assert_eq!(listener.deliver(&body), 500);
    let ended = listener.interrupt();
    assert!(
        ended.text().contains(" ✓ genuine     500 "),
        "{}",
        ended.text()
    );
    let kept = recorded(&place, "recording");
    let whole = kept
        .iter()
        .filter(|line| line["body"].as_str().unwrap().len() == 3000)
        .count();
    assert_eq!(whole, accepted);
    let read = place
        .bluehook("verify --delivery recording -s geheim")
        .run();
    assert_eq!(read.talk(), "");
    assert_eq!(
        read.text()
            .matches(" genuine: X-Signature is right for these 3,000 bytes")
            .count(),
        accepted
    );
}

#[test]
fn large_bodies_are_recorded_whole() {
    let place = Place::new();
    let listener = listen(&place, "-q -s geheim --record recording -n 2");
    let text = "{\"text\":\"0123456789\\u00e9\"}".repeat(370_000);
    let bytes: Vec<u8> = (0..10 << 20).map(|at: u32| (at >> 3) as u8).collect();
    assert_eq!(listener.deliver(&text), 200);
    assert_eq!(listener.deliver(&bytes), 200);
    assert_eq!(listener.end().code, Some(0));
    let ended = place
        .bluehook("verify --delivery recording -s geheim")
        .run();
    ended.is(
        0,
        "#1    genuine: X-Signature is right for these 9,990,000 bytes\n#2    genuine: X-Signature is right for these 10,485,760 bytes\n",
        "",
    );
}

#[test]
fn redacted_tokens_are_neither_recorded_nor_printed() {
    let place = Place::new();
    let listener = listen(&place, "--json --redact --record recording");
    let head = "POST / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer hunter2\r\ncookie: hunter2\r\nX-Gitlab-Token: hunter2\r\nX-Kept: as it is\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";
    assert_eq!(listener.send(head.as_bytes()).status, 200);
    let ended = listener.interrupt();
    let kept = std::fs::read_to_string(place.path().join("recording")).unwrap();
    for text in [kept, ended.text()] {
        assert!(!text.contains("hunter2"), "{text}");
        assert!(text.contains(r#"["Authorization","(redacted)"],["cookie","(redacted)"],["X-Gitlab-Token","(redacted)"],["X-Kept","as it is"]"#), "{text}");
    }
}

#[test]
fn a_delivery_that_could_not_be_recorded_does_not_count() {
    let place = Place::new();
    let script = r#"trap '' XFSZ && ulimit -f 1 && exec "$@""#;
    let works = place
        .command("sh")
        .args(["-c", "trap '' XFSZ && ulimit -f 1"])
        .output()
        .unwrap();
    if !works.status.success() {
        crate::runner::lacking("ulimit -f in sh");
        return;
    }
    let words = "-q -s geheim --record recording -n 1 --timeout 2s";
    let listener = start_by_shell(&place, script, words);
    assert_eq!(listener.deliver(vec![b'x'; 3000]), 500);
    assert_eq!(listener.code(), Some(1));
}

#[test]
fn a_recording_that_goes_while_it_is_written_is_said_and_begun_anew() {
    let place = Place::new();
    let listener = listen(&place, "-s geheim --record recording");
    assert_eq!(listener.deliver("1"), 200);
    std::fs::remove_file(place.path().join("recording")).unwrap();
    assert_eq!(listener.deliver("2"), 200);
    listener.says("warning: the recording was removed or renamed: a new one is begun\n");
    assert_eq!(recorded(&place, "recording")[0]["body"], "2");
    std::fs::remove_file(place.path().join("recording")).unwrap();
    std::fs::create_dir(place.path().join("recording")).unwrap();
    assert_eq!(listener.deliver("3"), 500);
    listener.interrupt();
}

#[test]
fn only_recordings_are_recorded_to_and_one_that_others_can_read_is_told_of() {
    let place = Place::new();
    place.file("notes", "dear diary");
    let refused = place.bluehook("listen -p 0 --record notes").run();
    refused.is(
        3,
        "",
        "error: cannot record to notes: it holds something else than a recording\n  hint: name a new file, or one that listen --record wrote\n",
    );
    let notes = std::fs::read_to_string(place.path().join("notes")).unwrap();
    assert_eq!(notes, "dear diary");
    place.file("old", "");
    let path = place.path().join("old");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let listener = listen(&place, "-s geheim --record old");
    listener.says(
        "warning: other users of this machine can read the recording, an older file: chmod 600 mends it\n",
    );
    listener.interrupt();
}
