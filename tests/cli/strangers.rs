//! What stands in a file that was found, in a file's name or in an argument is a stranger's: nothing
//! of it drives the terminal.

use crate::runner::Place;

/// Resets the terminal, clears the screen and turns the reading direction around.
const DRIVES: &str = "\u{1b}c\u{9b}2J\u{202e}";

/// Everything that a configuration names, with [`DRIVES`] in it.
fn hostile() -> String {
    let d = r"\u001Bc\u009B2J\u202E";
    format!(
        r#"[webhook."one{d}"]
url = "http://127.0.0.1:1/"
secret_env = "NOWHERE{d}"
events = ["TODO_DELETED", "A{d}"]
project_ids = ["p{d}"]

[webhook."two{d}"]
url = "http://127.0.0.1:1/"
secret = "x"
scheme = "mine{d}"

[scheme."mine{d}"]
about = "Mine"
[[scheme."mine{d}".variant]]
algorithm = "hmac-sha256"
encoding = "hex"
content = "{{body}}{d}"
signature = {{ header = "X-Mine" }}
"#
    )
}

#[track_caller]
fn is_harmless(what: &str, text: &str) {
    let drives = |c: &char| (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c);
    assert_eq!(text.chars().find(drives), None, "{what}: {text:?}");
}

#[test]
fn nothing_in_a_found_configuration_drives_the_terminal() {
    let place = Place::new();
    place.file("bluehook.toml", hostile());
    place.file("body", "{}");
    for (code, words, last) in [
        (0, "schemes", None),
        (0, "schemes", Some("mine")),
        (2, "schemes", Some("min")),
        (0, "sign body -v -w", Some("two")),
        (2, "sign body -w", Some("one")),
        (2, "sign body -w", Some("on")),
        (2, "sign body -w nothing", None),
        (0, "sign body --at 1 -s x --scheme", Some("mine")),
        (2, "sign body --at 1 -s x --scheme", Some("mie")),
        (1, "verify body --signature 00 --explain -v -w", Some("two")),
        (1, "verify body --signature 00 -s x --scheme", Some("mine")),
        (0, "events -w", Some("one")),
        (1, "send --unsigned -w", Some("one")),
        (0, "send --loopback --force -v -w", Some("two")),
        (0, "listen --port 0 --timeout 10ms -v -w", Some("two")),
    ] {
        let run = place.bluehook(words);
        let ended = match last {
            Some(last) => run.arg(format!("{last}{DRIVES}")).run(),
            None => run.run(),
        };
        assert_eq!(ended.code, Some(code), "{words}: {}", ended.talk());
        is_harmless(&format!("{words}, output"), &ended.text());
        is_harmless(&format!("{words}, talk"), &ended.talk());
    }
}

#[test]
fn no_argument_or_file_name_drives_the_terminal() {
    let place = Place::new();
    let name = format!("file{DRIVES}");
    place.file(&name, "one\ntwo\n\n");
    for words in [
        "sign -s x --scheme",
        "sign -s x --at",
        "sign -s x --color",
        "sign -w x --config",
        "sign --secret-file",
        "sign -s x --scheme-file",
        "sign -s x -H",
        "sign -s x nothing",
        "verify -s x --delivery",
        "verify -s x --signature 00 -H",
        "events",
        "schemes",
        "completions",
        "listen --port 0 --timeout 10ms --record",
        "listen --port 0 --timeout 10ms --ready-file",
        "listen --port 0 --timeout 10ms --expect",
        "listen --port 0 --timeout 10ms --respond",
        "send --unsigned 1 -d",
        "send --unsigned 1 --set",
        "send --unsigned 1 -e",
        "send --unsigned 1 --cacert",
        "send --unsigned",
        "",
        "--",
    ] {
        for argument in [name.clone(), format!("--{name}"), format!("@{name}")] {
            let ended = place.bluehook(words).arg(&argument).run();
            is_harmless(&format!("{words} {argument:?}, output"), &ended.text());
            is_harmless(&format!("{words} {argument:?}, talk"), &ended.talk());
        }
    }
}

#[cfg(unix)]
#[test]
fn a_file_without_an_end_is_refused_where_files_are_read_whole() {
    let place = Place::new();
    for words in [
        "sign -w x --config /dev/zero",
        "sign -s x --scheme-file /dev/zero",
        "sign --secret-file /dev/zero",
        "sign -s x -H @/dev/zero",
        "send --unsigned 1 --cacert /dev/zero",
        "listen --port 0 --respond 200 --respond-body /dev/zero",
    ] {
        let ended = place.bluehook(words).run();
        assert_eq!(ended.code, Some(2), "{words}");
        assert!(ended.talk().contains(" MiB"), "{words}: {}", ended.talk());
    }
}
