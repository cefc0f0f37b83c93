//! How listening ends: when all has come, when time is up, by a signal, with its reader.

use std::io::Read as _;

use serde_json::{Value, json};

use super::listener::{Listener, listen, start_unread, until};
use super::sender::event;
use crate::runner::{Ended, Place};

fn summary(ended: &Ended) -> Value {
    ended.json().pop().unwrap()
}

#[test]
fn a_count_ends_it_when_so_many_were_genuine() {
    let place = Place::new();
    let listener = listen(&place, "--json -q -s geheim -n 2");
    for body in ["1", "2"] {
        assert_eq!(listener.forge(body), 401);
    }
    assert_eq!(listener.deliver("1"), 200);
    assert_eq!(listener.deliver("2"), 200);
    let ended = listener.end();
    assert_eq!(ended.code, Some(0));
    assert_eq!(summary(&ended)["genuine"], 2);
    assert_eq!(summary(&ended)["refused"], 2);
}

#[test]
fn a_count_counts_only_what_filters_admit() {
    let place = Place::new();
    let listener = listen(&place, "--json -q -e TODO_* -n 1");
    assert_eq!(listener.post(event("COMMENT_CREATED")), 200);
    assert_eq!(listener.post(event("TODO_CREATED")), 200);
    let ended = listener.end();
    assert_eq!(ended.code, Some(0));
    assert_eq!(summary(&ended)["filtered"], 1);
}

#[test]
fn expected_events_end_it_when_each_has_come() {
    let place = Place::new();
    let words =
        "--json -q -s geheim --expect TODO_CREATED --expect TODO_CREATED --expect COMMENT_*";
    let listener = listen(&place, words);
    for name in ["TODO_CREATED", "TODO_DELETED", "COMMENT_DELETED"] {
        assert_eq!(listener.deliver(event(name)), 200);
    }
    // What is forged meets no expectation.
    assert_eq!(listener.forge(event("TODO_CREATED")), 401);
    assert_eq!(listener.deliver(event("TODO_CREATED")), 200);
    let ended = listener.end();
    assert_eq!(ended.code, Some(0));
    assert_eq!(summary(&ended)["missing"], json!([]));
    assert_eq!(summary(&ended)["genuine"], 4);
}

#[test]
fn an_event_counts_for_the_expectation_that_needs_it() {
    // Whatever comes first, `*` leaves to the narrower one what only that one takes.
    for order in [
        ["TODO_CREATED", "COMMENT_CREATED"],
        ["COMMENT_CREATED", "TODO_CREATED"],
    ] {
        let place = Place::new();
        let listener = listen(&place, "--json -q --expect * --expect TODO_CREATED");
        for name in order {
            assert_eq!(listener.post(event(name)), 200);
        }
        let ended = listener.end();
        assert_eq!(ended.code, Some(0), "{order:?}");
    }
}

#[test]
fn a_count_and_expectations_must_both_be_met() {
    let place = Place::new();
    let listener = listen(&place, "--json -q -n 3 --expect TAG_CREATED");
    for name in ["TAG_CREATED", "B", "C"] {
        assert_eq!(listener.post(event(name)), 200);
    }
    assert_eq!(listener.end().code, Some(0));
    let listener = listen(&place, "--json -q -n 1 --expect TAG_CREATED");
    for name in ["B", "C", "TAG_CREATED"] {
        assert_eq!(listener.post(event(name)), 200);
    }
    let ended = listener.end();
    assert_eq!(ended.code, Some(0));
    assert_eq!(summary(&ended)["deliveries"], 3);
}

#[test]
fn a_time_that_is_up_ends_it_and_says_what_is_missing() {
    let place = Place::new();
    place
        .bluehook("listen -q --port 0 --timeout 10ms")
        .run()
        .is(0, "", "");
    let ended = place
        .bluehook("listen -q --json --port 0 --timeout 10ms --expect TODO_CREATED --expect COMMENT_* --expect TODO_CREATED")
        .run();
    assert_eq!(ended.code, Some(1));
    assert_eq!(
        summary(&ended)["missing"],
        json!(["TODO_CREATED", "COMMENT_*", "TODO_CREATED"])
    );
    let ended = place
        .bluehook("listen -q --port 0 --timeout 10ms -n 1")
        .run();
    ended.is(1, "", "");

    let listener = listen(
        &place,
        "--timeout 1s --expect TODO_CREATED --expect COMMENT_CREATED --show line",
    );
    listener.post(event("COMMENT_CREATED"));
    let ended = listener.end();
    assert_eq!(ended.code, Some(1));
    let text = ended.text();
    assert!(
        text.ends_with(
            "\n1 delivery: 1 unchecked\ndid not arrive: TODO_CREATED\ncame: COMMENT_CREATED\n"
        ),
        "{text}"
    );
}

#[test]
fn what_was_waited_for_and_what_came_is_said() {
    let place = Place::new();
    let words = "--timeout 1s -n 3 --expect TODO_CREATED";
    let listener = listen(&place, &format!("{words} --show line"));
    for _ in 0..2 {
        listener.post(event("COMMENT_CREATED"));
    }
    let ended = listener.end();
    assert_eq!(ended.code, Some(1));
    let text = ended.text();
    let said = "\n2 deliveries: 2 unchecked\nnot enough: 2 of the 3 deliveries that were waited for\ndid not arrive: TODO_CREATED\ncame: COMMENT_CREATED (2)\n";
    assert!(text.ends_with(said), "{text}");

    let ended = listen(&place, "--timeout 10ms -n 1").end();
    let said = "no deliveries\nnot enough: the one delivery that was waited for did not come\n";
    assert_eq!((ended.code, ended.text().as_str()), (Some(1), said));

    let listener = listen(&place, &format!("{words} --json -q"));
    listener.post(event("COMMENT_CREATED"));
    let ended = listener.end();
    assert_eq!(ended.code, Some(1));
    assert_eq!(
        summary(&ended)["wanted"],
        json!({"deliveries": 3, "came": 1, "events": ["TODO_CREATED"]})
    );
    assert_eq!(summary(&ended)["missing"], json!(["TODO_CREATED"]));

    let listener = listen(&place, "--json -q -s geheim -n 1 --fail-on-refused");
    listener.forge("1");
    listener.deliver("1");
    let ended = listener.end();
    assert_eq!(ended.code, Some(1));
    assert_eq!(summary(&ended)["wanted"]["refused"], 0);
    assert_eq!(summary(&ended)["refused"], 1);
    let listener = listen(&place, "-s geheim -n 1 --fail-on-refused");
    listener.forge("1");
    listener.deliver("1");
    let ended = listener.end();
    assert_eq!(ended.code, Some(1));
    let said = "\nfailed: 1 delivery was not genuine (--fail-on-refused)\n";
    assert!(ended.talk().ends_with(said), "{}", ended.talk());
}

#[test]
fn an_event_that_there_is_not_is_not_waited_for() {
    let place = Place::new();
    for option in ["--expect", "--event"] {
        place
            .bluehook(&format!("listen --port 0 {option} TODO_CREATD"))
            .run()
            .fails(
                2,
                "error: no event of Blue's matches TODO_CREATD\n  hint: did you mean TODO_CREATED?\n",
            );
    }
    // What other providers call their events is theirs.
    place
        .bluehook("listen -q --port 0 --scheme github --event push --timeout 10ms")
        .run()
        .is(0, "", "");
}

#[test]
fn a_refused_delivery_fails_the_run_when_that_is_asked_for() {
    let place = Place::new();
    for (words, code) in [("--fail-on-refused", 1), ("", 0)] {
        let listener = listen(&place, &format!("--json -q -s geheim -n 1 {words}"));
        listener.forge("1");
        listener.deliver("1");
        assert_eq!(listener.end().code, Some(code));
    }
}

#[test]
fn signals_end_it_in_order() {
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let place = Place::new();
        let listener = listen(&place, "-s geheim --show line --record recording");
        assert_eq!(listener.deliver("{}"), 200);
        listener.signal(signal);
        let ended = listener.end();
        assert_eq!(ended.code, Some(code));
        assert!(
            ended.text().ends_with("\n1 delivery: 1 genuine\n"),
            "{}",
            ended.text()
        );
        let read = place
            .bluehook("verify --delivery recording -s geheim")
            .run();
        read.is(
            0,
            "#1    genuine: X-Signature is right for these 2 bytes\n",
            "",
        );
    }
}

#[test]
fn a_hangup_that_is_ignored_ends_nothing() {
    let place = Place::new();
    // As nohup starts a process that is to outlive its terminal.
    let script = r#"trap '' HUP && exec "$@""#;
    let listener = super::listener::start_by_shell(&place, script, "--json -q -n 2");
    listener.post("1");
    listener.signal("HUP");
    assert_eq!(listener.post("2"), 200);
    assert_eq!(listener.end().code, Some(0));
}

#[test]
fn a_signal_right_after_the_ready_file_ends_it_in_order_too() {
    let place = Place::new();
    for _ in 0..10 {
        let listener = listen(&place, "--json -q");
        listener.signal("TERM");
        let ended = listener.end();
        assert_eq!(ended.code, Some(143));
        assert_eq!(summary(&ended)["type"], "summary");
    }
}

#[test]
fn what_is_under_way_is_answered_when_a_signal_comes() {
    let place = Place::new();
    let listener = listen(&place, "--json -q --respond 200@500ms");
    std::thread::scope(|scope| {
        let sender = scope.spawn(|| listener.post("under way"));
        listener.shows("under way");
        listener.signal("TERM");
        assert_eq!(sender.join().unwrap(), 200);
    });
    let ended = listener.end();
    assert_eq!(ended.code, Some(143));
    assert_eq!(summary(&ended)["deliveries"], 1);
}

/// A listener whose output nobody reads, after so much of it that it stands still.
fn blocked(place: &Place, words: &str) -> Listener {
    let listener = start_unread(place, place.bluehook(&format!("listen {words}")));
    let body = "x".repeat(200_000);
    for _ in 0..4 {
        assert_eq!(listener.post(&body), 200);
    }
    listener
}

#[test]
fn a_second_signal_ends_it_at_once_though_nobody_reads() {
    let place = Place::new();
    // One sender is under way for longer than the end waits for it.
    let mut listener = blocked(
        &place,
        "--json -q --respond 200x4,200@60s --record recording",
    );
    let mut late = super::sender::connect(listener.address);
    std::io::Write::write_all(&mut late, &super::sender::request("/", "", b"late")).unwrap();
    let recording = place.path().join("recording");
    until("the delivery under way", || {
        std::fs::read_to_string(&recording).unwrap().lines().count() == 5
    });
    listener.signal("INT");
    until("the port to be closed", || {
        std::net::TcpStream::connect(listener.address).is_err()
    });
    assert!(listener.runs());
    let second = std::time::Instant::now();
    listener.signal("TERM");
    assert_eq!(listener.code(), Some(143));
    let took = second.elapsed();
    assert!(took < std::time::Duration::from_secs(2), "{took:?}");
}

#[test]
fn one_signal_is_enough_though_nobody_reads() {
    let place = Place::new();
    let listener = blocked(&place, "--json -q --record recording");
    listener.signal("TERM");
    assert_eq!(listener.code(), Some(143));
    let recording = std::fs::read_to_string(place.path().join("recording")).unwrap();
    assert_eq!(recording.lines().count(), 4);
}

#[test]
fn a_signal_ends_the_waiting_for_a_reader_after_all_has_come() {
    let place = Place::new();
    // All that was waited for has come, and its lines find no reader.
    let listener = blocked(&place, "--json -q -n 4");
    until("the port to be closed", || {
        std::net::TcpStream::connect(listener.address).is_err()
    });
    listener.signal("INT");
    assert_eq!(listener.code(), Some(130));
}

#[test]
fn a_reader_that_goes_away_ends_it_unless_something_is_awaited() {
    let place = Place::new();
    let mut listener = start_unread(&place, place.bluehook("listen --json -q"));
    drop(listener.stdout());
    assert_eq!(listener.post("1"), 200);
    assert_eq!(listener.code(), Some(0));

    for (number, words) in ["-n 3", "--expect TODO_DELETED", "--record recording"]
        .into_iter()
        .enumerate()
    {
        let run = place.bluehook(&format!("listen --json -q {words}"));
        let mut listener = start_unread(&place, run);
        drop(listener.stdout());
        for body in ["1", "2"] {
            assert_eq!(listener.post(body), 200);
        }
        assert!(listener.runs());
        assert_eq!(listener.post(event("TODO_DELETED")), 200);
        let code = if number == 2 {
            listener.signal("INT");
            130
        } else {
            0
        };
        assert_eq!(listener.code(), Some(code), "{words}");
    }
}

#[test]
fn head_takes_its_line_and_the_verdict_stays() {
    let place = Place::new();
    // The shell gives the listener's own exit code in spite of the pipe.
    let script = r#"{ "$@" 2>/dev/null; echo $? >code; } | head -1 >first"#;
    let listener = super::listener::start_by_shell(
        &place,
        script,
        "--json -q -s geheim --expect TODO_CREATED --timeout 1s",
    );
    assert_eq!(listener.deliver(event("B")), 200);
    listener.end();
    let read = |name: &str| std::fs::read_to_string(place.path().join(name)).unwrap();
    assert!(read("first").starts_with(r#"{"type":"listening","#));
    assert_eq!(read("code"), "1\n");
}

#[test]
fn an_output_that_nobody_reads_delays_neither_answers_nor_the_recording() {
    const SENDERS: usize = 4;
    const EACH: usize = 400;
    let place = Place::new();
    let mut listener = blocked(&place, "--json --record recording");
    std::thread::scope(|scope| {
        for sender in 0..SENDERS {
            let listener = &listener;
            scope.spawn(move || {
                for number in 0..EACH {
                    assert_eq!(
                        listener.post(format!("{{\"sender\":{sender},\"number\":{number}}}")),
                        200
                    );
                }
            });
        }
    });
    let recording = std::fs::read_to_string(place.path().join("recording")).unwrap();
    assert_eq!(recording.lines().count(), SENDERS * EACH + 4);
    assert!(listener.runs());
    // Now it is read, and what found no room is counted.
    let mut stdout = listener.stdout();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        stdout.read_to_string(&mut text).unwrap();
        text
    });
    listener.signal("INT");
    let ended = listener.end();
    let text = reader.join().unwrap();
    assert_eq!(ended.code, Some(130));
    let shown = text
        .lines()
        .filter(|line| line.starts_with(r#"{"type":"delivery""#))
        .count();
    assert!(shown < SENDERS * EACH, "{shown}");
    let summary: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(summary["unchecked"], SENDERS * EACH + 4);
    let skipped = SENDERS * EACH + 4 - shown;
    let count = match skipped {
        1000.. => format!("{},{:03}", skipped / 1000, skipped % 1000),
        _ => skipped.to_string(),
    };
    assert!(
        ended
            .talk()
            .contains(&format!("\nwarning: {count} came too fast to be shown\n")),
        "{skipped}: {}",
        ended.talk()
    );
}

#[test]
fn an_output_that_cannot_be_written_is_an_error() {
    let place = Place::new();
    if !std::path::Path::new("/dev/full").exists() {
        crate::runner::lacking("/dev/full");
        return;
    }
    let script = r#"exec "$@" >/dev/full"#;
    let mut command = place.command("sh");
    command.args(["-c", script, "sh", crate::runner::BINARY]);
    command.args(["listen", "--json", "-q", "--port", "0", "--timeout", "30"]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let talk = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        talk,
        "error: could not write the output\n  caused by: No space left on device (os error 28)\n"
    );
}

#[test]
fn a_delivery_that_cannot_be_shown_is_an_error_though_it_came() {
    let place = Place::new();
    if !std::path::Path::new("/dev/full").exists() {
        crate::runner::lacking("/dev/full");
        return;
    }
    for words in ["-n 1", ""] {
        let script = r#"exec "$@" >/dev/full"#;
        let listener = super::listener::start_by_shell(&place, script, words);
        assert_eq!(listener.post("{}"), 200);
        let ended = listener.end();
        assert_eq!(ended.code, Some(3), "{words}");
        let error = "error: could not write the output\n  caused by: No space left on device (os error 28)\n";
        assert!(ended.talk().ends_with(error), "{}", ended.talk());
    }
}
