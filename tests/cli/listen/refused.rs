//! What `listen` refuses to begin with, and in which words.

use super::listener::listen;
use crate::runner::Place;

#[test]
fn a_wrong_command_line_is_refused_in_one_sentence() {
    let place = Place::new();
    for (words, said) in [
        (
            "--port 70000",
            "--port 70000: write a number from 0 to 65535",
        ),
        ("--port http", "--port http: write a number from 0 to 65535"),
        (
            "--bind example.com",
            "--bind example.com: write an address of this machine: localhost, 127.0.0.1, ::1, 0.0.0.0",
        ),
        (
            "--respond 2000",
            "--respond: in 2000, the status is neither a number from 200 to 599 nor drop\n  hint: steps are written 200, 500x4, 200@8s, 503+Retry-After:5 or drop, with commas between them\n",
        ),
        (
            "--respond 500x",
            "--respond: in 500x, what follows x is not a number from 1 to 1000000\n",
        ),
        (
            "--respond 200@soon",
            "--respond: in 200@soon, what follows @ is not a duration such as 250ms or 8s\n",
        ),
        (
            "--respond 200,,500",
            "--respond 200,,500: a step is empty\n",
        ),
        (
            "--where done",
            "--where done: write PATH=VALUE, for example currentValue.title=Hello",
        ),
        ("--where a[=1", "--where a[=1: expected `]` at character 3"),
        (
            "--event TODO_[",
            "--event TODO_[: write a glob such as COMMENT_*: invalid range pattern at character 6",
        ),
        (
            "--expect ***",
            "--expect ***: write a glob such as COMMENT_*: wildcards are either regular `*` or recursive `**` at character 3",
        ),
        ("--count 0", "--count 0: write a number from 1 on"),
        (
            "--timeout 0",
            "--timeout 0: write a duration longer than 0s",
        ),
        (
            "--timeout soon",
            "--timeout soon: write a duration in ms, s, m or h, such as 250ms, 7s, 5m or 2h",
        ),
        (
            "--max-body huge",
            "--max-body huge: write a size such as 4096, 64k or 10MiB",
        ),
        (
            "--max-connections 0",
            "--max-connections 0: write a number from 1 on",
        ),
        ("--show some", "--show some: write line, short or full"),
        (
            "--respond-body x",
            "--respond-body needs --respond SPEC beside it",
        ),
    ] {
        let ended = place.bluehook(&format!("listen {words}")).run();
        assert_eq!(
            (ended.code, ended.text()),
            (Some(2), String::new()),
            "{words}"
        );
        let talk = ended.talk();
        assert!(
            talk.starts_with(&format!("error: {said}")),
            "{words}: {talk}"
        );
        assert_eq!(
            talk.lines().count(),
            1 + usize::from(talk.contains("\n  hint: ")),
            "{talk}"
        );
    }
}

#[test]
fn a_secret_that_is_none_is_refused() {
    let place = Place::new();
    let listen = || place.bluehook("listen --port 0 --timeout 5");
    listen()
        .arg("-s")
        .arg("")
        .run()
        .fails(2, "error: --secret: the secret is empty\n  hint: --secret-env NAME tells of an unset variable, --secret-file - reads standard input\n");
    let ended = listen().arg("--secret-env").arg("NOWHERE").run();
    assert_eq!((ended.code, ended.text()), (Some(2), String::new()));
    assert!(ended.talk().contains("NOWHERE"), "{}", ended.talk());
    let ended = listen().env("BLUEHOOK_SECRET", "").run();
    assert_eq!((ended.code, ended.text()), (Some(2), String::new()));
}

#[test]
fn a_port_that_is_taken_is_said_with_a_way_out() {
    let place = Place::new();
    let first = listen(&place, "-q");
    let port = first.port();
    let ended = place
        .bluehook(&format!("listen --port {port} --ready-file second"))
        .run();
    ended.fails(
        3,
        &format!(
            "error: could not listen on 127.0.0.1:{port}\n  caused by: Address already in use (os error {})\n  hint: another program has the port, perhaps a bluehook listen that still runs (lsof -i :{port} tells): end it, or use --port 0 for any free port\n",
            std::net::TcpListener::bind(first.address).unwrap_err().raw_os_error().unwrap(),
        ),
    );
    assert!(!place.path().join("second").exists());
    // A listener that has ended leaves its port free at once.
    assert_eq!(first.post("1"), 200);
    first.interrupt();
    let ended = place
        .bluehook(&format!("listen -q --port {port} --timeout 10ms"))
        .run();
    ended.is(0, "", "");
}

#[test]
fn an_address_that_is_not_ours_is_refused_and_an_open_one_is_warned_about() {
    let place = Place::new();
    // RFC 5737 keeps this address for documentation: no machine has it.
    let ended = place.bluehook("listen --port 0 --bind 192.0.2.1").run();
    assert_eq!((ended.code, ended.text()), (Some(3), String::new()));
    let talk = ended.talk();
    assert!(
        talk.starts_with("error: could not listen on 192.0.2.1:0\n  caused by: "),
        "{talk}"
    );
    assert!(
        talk.ends_with("\n  hint: the address is not one of this machine's\n"),
        "{talk}"
    );

    let ended = place
        .bluehook("listen --port 0 --bind 0.0.0.0 --timeout 10ms")
        .run();
    assert_eq!(ended.code, Some(0));
    assert!(
        ended
            .talk()
            .contains("\nwarning: everybody who reaches 0.0.0.0 can send to it\n"),
        "{}",
        ended.talk()
    );
}

#[test]
fn a_recording_that_cannot_be_written_is_refused_before_anything_is_accepted() {
    let place = Place::new();
    let listen = |path: &str| {
        place
            .bluehook(&format!(
                "listen --port 0 --ready-file ready --timeout 5 --record {path}"
            ))
            .run()
    };
    std::fs::create_dir(place.path().join("folder")).unwrap();
    listen("folder").fails(
        3,
        "error: cannot record to folder: it is a folder\n  hint: name a file in it\n",
    );
    listen("nowhere/file").fails(
        3,
        "error: could not open nowhere/file to record\n  caused by: No such file or directory (os error 2)\n",
    );
    let made = place.command("mkfifo").arg("pipe").status();
    if made.is_ok_and(|status| status.success()) {
        listen("pipe").fails(
            3,
            "error: cannot record to pipe: it is a pipe or a device, not a file\n  hint: --json prints deliveries into a pipe\n",
        );
    }
    assert!(!place.path().join("ready").exists());
}

#[test]
fn a_second_process_may_not_write_into_the_same_recording() {
    let place = Place::new();
    let first = listen(&place, "-q --record recording");
    place
        .bluehook("listen --port 0 --record recording")
        .run()
        .fails(
            3,
            "error: cannot record to recording: another bluehook is recording to it\n  hint: end that one, or name another file\n",
        );
    assert_eq!(first.post("1"), 200);
    first.interrupt();
    // Once it has ended, the next one goes on below.
    let second = listen(&place, "-q --record recording");
    assert_eq!(second.post("2"), 200);
    second.interrupt();
    let recording = std::fs::read_to_string(place.path().join("recording")).unwrap();
    assert_eq!(recording.lines().count(), 2);
}

#[test]
fn the_ready_file_is_there_once_deliveries_are_accepted() {
    let place = Place::new();
    // What an earlier run left behind is replaced.
    place.file("ready", "http://127.0.0.1:1\n");
    let mut child = place
        .bluehook("listen -q --port 0 --ready-file ready --timeout 30 -n 1")
        .command()
        .spawn()
        .unwrap();
    let mut text = String::new();
    super::listener::until("the ready file", || {
        // The old one is taken away first; the new one comes whole.
        text = std::fs::read_to_string(place.path().join("ready")).unwrap_or_default();
        assert!(
            text.is_empty() || text.ends_with('\n'),
            "never half of it: {text:?}"
        );
        !text.is_empty() && text != "http://127.0.0.1:1\n"
    });
    let address = text.strip_prefix("http://").unwrap().trim_end();
    assert!(address.starts_with("127.0.0.1:"), "{text:?}");
    let mut stream = super::sender::connect(address.parse().unwrap());
    std::io::Write::write_all(&mut stream, &super::sender::request("/", "", b"{}")).unwrap();
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut stream, &mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(child.wait().unwrap().success());
    let names: Vec<_> = std::fs::read_dir(place.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["ready"]);
}

#[test]
fn a_ready_file_that_cannot_be_written_is_an_error() {
    let place = Place::new();
    std::fs::create_dir(place.path().join("folder")).unwrap();
    for (path, why) in [
        ("nowhere/ready", "No such file or directory (os error 2)"),
        ("folder", "Is a directory (os error 21)"),
    ] {
        let ended = place
            .bluehook(&format!(
                "listen -q --port 0 --timeout 5 --ready-file {path}"
            ))
            .run();
        ended.fails(
            3,
            &format!("error: could not write {path}\n  caused by: {why}\n"),
        );
    }
    let names: Vec<_> = std::fs::read_dir(place.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["folder"], "nothing is left behind");
}

#[test]
fn a_respond_body_that_cannot_be_read_is_an_error() {
    let place = Place::new();
    place
        .bluehook("listen --port 0 --respond 200 --respond-body nowhere")
        .run()
        .fails(
            3,
            "error: could not read nowhere, which --respond-body names\n  caused by: No such file or directory (os error 2)\n",
        );
}

#[test]
fn an_old_ready_file_is_gone_before_the_port_is_asked_for() {
    let place = Place::new();
    let ready = place.file("ready", "http://127.0.0.1:1\n");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let ended = place
        .bluehook(&format!("listen --port {port} --ready-file ready"))
        .run();
    assert_eq!(ended.code, Some(3));
    assert!(!ready.exists());
}

#[test]
fn a_target_that_is_the_listener_itself_is_refused() {
    let place = Place::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    for (words, target) in [
        (format!("-f {port}"), format!("http://localhost:{port}/")),
        (
            format!("--bind 0.0.0.0 -f TODO_*=127.0.0.1:{port}/x"),
            format!("http://127.0.0.1:{port}/x (TODO_*)"),
        ),
        (
            "--public-url https://example.com/in -f https://example.com/in/x".into(),
            "https://example.com/in/x".into(),
        ),
    ] {
        let ended = place
            .bluehook(&format!("listen --port {port} {words}"))
            .run();
        ended.fails(
            2,
            &format!(
                "error: {target} is this listener itself, which would get each delivery back\n  hint: forward to the port of your application\n"
            ),
        );
    }
}
