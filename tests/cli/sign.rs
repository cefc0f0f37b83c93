//! `bluehook sign`.

use std::process::Stdio;

use crate::runner::{Place, has};

const SIGNATURE: &str = "accbae995e395f6667565fc643f8db85feb14c1f33a931c4a6feb6ea6f85a62c";

#[test]
fn a_file_and_standard_input_give_the_same_signature() {
    let place = Place::new();
    place.file("body.json", r#"{"a":1}"#);
    let expected = format!("{SIGNATURE}\n");
    place
        .bluehook("sign body.json -s x")
        .run()
        .is(0, &expected, "");
    place
        .bluehook("sign -s x")
        .stdin(r#"{"a":1}"#)
        .run()
        .is(0, &expected, "");
    place
        .bluehook("sign - -s x")
        .stdin(r#"{"a":1}"#)
        .run()
        .is(0, &expected, "");
}

#[test]
fn the_formats_are_those_of_the_contract() {
    let place = Place::new();
    place.file("body.json", r#"{"a":1}"#);
    let headers = format!("X-Signature: {SIGNATURE}\n");
    let json = format!(
        "{{\"scheme\":\"blue\",\"headers\":[[\"X-Signature\",\"{SIGNATURE}\"]],\"body\":{{\"bytes\":7,\"sha256\":\"015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862\"}}}}\n"
    );
    let sign = |format: &str| {
        place
            .bluehook(&format!("sign body.json -s x {format}"))
            .run()
    };
    sign("--format value").is(0, &format!("{SIGNATURE}\n"), "");
    sign("--format headers").is(0, &headers, "");
    sign("--format json").is(0, &json, "");
    sign("--json").is(0, &json, "");
    sign("-q").is(0, &format!("{SIGNATURE}\n"), "");
    sign("-v").is(
        0,
        &format!("{SIGNATURE}\n"),
        "signed 7 bytes by the scheme blue with secret 2d711642\n",
    );
}

#[test]
fn a_secret_comes_from_the_option_a_file_a_variable_or_the_environment() {
    let place = Place::new();
    place.file("body.json", r#"{"a":1}"#);
    place.file("lf", "x\n");
    place.file("crlf", "x\r\n");
    place.file("bare", "x");
    let expected = format!("{SIGNATURE}\n");
    let sign = |words: &str| place.bluehook(&format!("sign body.json {words}"));
    for words in [
        "--secret x",
        "--secret-file lf",
        "--secret-file crlf",
        "--secret-file bare",
    ] {
        sign(words).run().is(0, &expected, "");
    }
    sign("--secret-file -")
        .stdin("x\n")
        .run()
        .is(0, &expected, "");
    sign("--secret-env OURS")
        .env("OURS", "x")
        .run()
        .is(0, &expected, "");
    sign("")
        .env("BLUEHOOK_SECRET", "x")
        .run()
        .is(0, &expected, "");
    sign("-s x")
        .env("BLUEHOOK_SECRET", "y")
        .run()
        .is(0, &expected, "");
}

#[test]
fn a_secret_file_of_two_lines_is_one_secret_and_a_warning() {
    let place = Place::new();
    place.file("two", "a\nb\n");
    let ended = place.bluehook("sign --secret-file two").stdin("body").run();
    let joined = place
        .bluehook("sign")
        .arg("-s")
        .arg("a\nb")
        .stdin("body")
        .run();
    ended.is(
        0,
        &joined.text(),
        "warning: two has more than one line: all of it is one secret, line ends inside included\n",
    );
}

#[test]
fn a_key_in_pem_is_one_secret_and_no_warning() {
    let place = Place::new();
    place.file(
        "key.pem",
        "-----BEGIN PRIVATE KEY-----\n\
         MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
         -----END PRIVATE KEY-----\n",
    );
    let ended = place
        .bluehook("sign --scheme discord --at 0 --secret-file key.pem")
        .stdin("body")
        .run();
    assert_eq!((ended.code, ended.talk().as_str()), (Some(0), ""));
}

#[test]
fn a_secret_may_begin_with_a_hyphen() {
    let place = Place::new();
    let spaced = place.bluehook("sign -s -abc").stdin("x").run();
    let joined = place.bluehook("sign --secret=-abc").stdin("x").run();
    assert_eq!(spaced.code, Some(0));
    assert_eq!(spaced.stdout, joined.stdout);
}

#[test]
fn a_wrong_secret_or_body_is_one_sentence_and_no_signature() {
    let place = Place::new();
    place.file("body.json", "{}");
    place.file("empty", "");
    place.file("line-end", "\n");
    std::fs::create_dir(place.path().join("folder")).unwrap();
    let sign = |words: &str| place.bluehook(&format!("sign {words}"));
    sign("body.json").run().fails(
        2,
        "error: no secret is given\n  hint: use --secret-file FILE, --secret-env NAME, --secret SECRET, --keys FILE or the variable BLUEHOOK_SECRET\n",
    );
    sign("body.json")
        .arg("-s")
        .arg("")
        .run()
        .fails(2, "error: --secret: the secret is empty\n  hint: --secret-env NAME tells of an unset variable, --secret-file - reads standard input\n");
    sign("body.json --secret-env OURS")
        .run()
        .fails(2, "error: the environment variable OURS is not set\n  hint: export it, or use --secret-file FILE\n");
    sign("body.json --secret-env OURS")
        .env("OURS", "")
        .run()
        .fails(2, "error: the environment variable OURS is empty\n  hint: give it the secret, or use --secret-file FILE\n");
    sign("body.json").env("BLUEHOOK_SECRET", "").run().fails(
        2,
        "error: the environment variable BLUEHOOK_SECRET is empty\n  hint: give it the secret, or use --secret-file FILE\n",
    );
    sign("body.json --secret-file empty")
        .run()
        .fails(2, "error: empty, which --secret-file names, is empty\n  hint: printf %s SECRET > FILE writes a secret without a line end\n");
    sign("body.json --secret-file line-end")
        .run()
        .fails(2, "error: line-end, which --secret-file names, is empty\n  hint: printf %s SECRET > FILE writes a secret without a line end\n");
    sign("nothing -s x").run().fails(
        3,
        "error: could not read nothing\n  caused by: No such file or directory (os error 2)\n  hint: pass - to read standard input\n",
    );
    sign("folder -s x")
        .run()
        .fails(3, "error: folder is a folder, not a file\n");
    sign("--secret-file -").stdin("x").run().fails(
        2,
        "error: standard input is wanted twice: for BODY and for --secret-file\n  hint: give one of them as a file\n",
    );
    sign("body.json -s one -s two").run().fails(
        2,
        "error: the scheme carries one signature, so only one secret can sign\n",
    );
    place.bluehook("sing").run().fails(
        2,
        "error: bluehook has no command sing\n  hint: did you mean sign?\n",
    );
}

#[test]
fn a_closed_output_changes_nothing_and_a_full_one_is_an_error() {
    let place = Place::new();
    let mut command = place.bluehook("events").command();
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
    if let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") {
        let output = place
            .bluehook("events")
            .command()
            .stdout(full)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(3));
        let talk = String::from_utf8(output.stderr).unwrap();
        assert!(
            talk.starts_with("error: could not write the output\n"),
            "{talk}"
        );
    }
}

/// Bodies that tools are known to spoil.
fn odd_bodies() -> Vec<Vec<u8>> {
    let mut bodies: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"\n".to_vec(),
        b"\0".to_vec(),
        vec![0; 63],
        vec![0xff; 64],
        vec![b'a'; 65],
        b"\xef\xbb\xbf{}".to_vec(),
        b"{\"a\":1}\r\n".to_vec(),
        b"\r\n\r\n".to_vec(),
        b"caf\xe9".to_vec(),
        "{\"title\":\"Zoë ☃ 🦀\"}".into(),
        [b"[".repeat(500), b"]".repeat(500)].concat(),
        (0..=255).collect(),
        vec![b'x'; 5_000_000],
    ];
    bodies.extend((0..44_u8).map(|index| {
        (0..usize::from(index) * 37)
            .map(|at| (at as u8).wrapping_mul(31).wrapping_add(index))
            .collect()
    }));
    bodies
}

#[test]
fn openssl_agrees_on_every_odd_body_and_every_wrong_digit_is_refused() {
    if !has("openssl") {
        return;
    }
    let place = Place::new();
    let secret = "geheim-é-☃";
    place.file("secret", secret);
    for (index, body) in odd_bodies().iter().enumerate() {
        place.file("body", body);
        let openssl = place
            .command("openssl")
            .args(["dgst", "-sha256", "-mac", "hmac", "-macopt"])
            .arg(format!("hexkey:{}", hex::encode(secret)))
            .arg("body")
            .output()
            .unwrap();
        let openssl = String::from_utf8(openssl.stdout).unwrap();
        let expected = openssl.trim().rsplit("= ").next().unwrap().to_owned();
        assert_eq!(expected.len(), 64, "{openssl}");
        let line = format!("{expected}\n");
        place
            .bluehook("sign body --secret-file secret")
            .run()
            .is(0, &line, "");
        place
            .bluehook("sign --secret-file secret")
            .stdin(body.clone())
            .run()
            .is(0, &line, "");
        let verify = |signature: &str| {
            place
                .bluehook("verify body -q --secret-file secret --signature")
                .arg(signature)
                .run()
                .code
        };
        assert_eq!(verify(&expected), Some(0));
        let at = index % 64;
        let digit = if &expected[at..=at] == "0" { "1" } else { "0" };
        let wrong = format!("{}{digit}{}", &expected[..at], &expected[at + 1..]);
        assert_eq!(verify(&wrong), Some(1), "body {index}, digit {at}");
    }
}

/// Runs the binary on a terminal of its own, types a line once it is asked for, and prints all that
/// the terminal showed.
#[cfg(unix)]
const TERMINAL: &str = r#"
import os, pty, sys, termios, time
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
shown, typed = b"", False
while True:
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        break
    if not piece:
        break
    shown += piece
    if b": " in shown and not typed:
        # Until it hides what is typed, or for 10 seconds.
        for _ in range(1000):
            if not termios.tcgetattr(terminal)[3] & termios.ECHO:
                break
            time.sleep(0.01)
        os.write(terminal, b"geheim\n")
        typed = True
os.waitpid(pid, 0)
sys.stdout.buffer.write(shown.replace(b"\r\n", b"\n"))
"#;

#[cfg(unix)]
#[test]
fn a_secret_that_is_typed_is_not_shown() {
    if !crate::runner::has("python3") {
        return;
    }
    let place = Place::new();
    place.file("body", "hello");
    let output = place
        .command("python3")
        .args(["-c", TERMINAL, crate::runner::BINARY])
        .args(["sign", "body", "--secret-file", "-", "--color", "never"])
        .output()
        .unwrap();
    let signature = place.bluehook("sign body -s geheim").run().text();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        format!("the secret, which is not shown: \n{signature}")
    );
}
