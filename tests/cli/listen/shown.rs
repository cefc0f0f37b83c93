//! What a person sees.

use super::listener::{listen, start};
use super::sender::{event, genuine, request};
use crate::runner::Place;

/// What must never reach a screen or a pipe: controls, and characters that turn, hide or join text.
/// Written down here once more, for the program's own table is what is tested.
pub(super) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The text with times and durations made the same.
fn steady(text: &str) -> String {
    let mut steady = String::new();
    for line in text.lines() {
        let timed = line.len() > 9 && line.as_bytes()[2] == b':' && line.as_bytes()[8] == b'Z';
        let line = match timed {
            true => format!("12:00:00Z{}", &line[9..]),
            false => line.to_owned(),
        };
        let line = match line
            .strip_suffix(" ms")
            .and_then(|line| line.rsplit_once(' '))
        {
            Some((rest, _)) => format!("{}   0.10 ms", rest.trim_end()),
            None => line,
        };
        steady.push_str(&line);
        steady.push('\n');
    }
    steady
}

#[test]
fn a_delivery_is_shown_as_far_as_it_is_asked_for() {
    let place = Place::new();
    let body = br#"{"event":"TODO_DELETED","webhook":{"secret":""},"previousValue":{"id":"c1","title":"Launch","done":true,"n":1.0,"n":1e3},"currentValue":null}"#;
    let shown = |words: &str| {
        let listener = listen(&place, &format!("-s geheim -n 1 {words}"));
        let url = listener.url.clone();
        listener.send(&genuine("/hooks/blue?x=1", body));
        let ended = listener.end();
        assert_eq!(ended.code, Some(0));
        assert_eq!(
            ended.talk(),
            format!("listening on {url}, Ctrl-C ends\nsignatures are checked: blue, 1 secret\n")
        );
        steady(&ended.text())
    };
    assert_eq!(
        shown("--show line"),
        "12:00:00Z #1    ✓ genuine     200  TODO_DELETED                  Launch              141 B   0.10 ms
1 delivery: 1 genuine
"
    );
    assert_eq!(
        shown(""),
        r#"12:00:00Z #1    ✓ genuine     200  TODO_DELETED                  Launch              141 B   0.10 ms
  body warning: previousValue.n — the object has the key more than once, and most parsers keep the
    last only: "n"
  title     Launch
  done      yes

1 delivery: 1 genuine
"#
    );
    assert_eq!(
        shown("--show full"),
        r#"12:00:00Z #1    ✓ genuine     200  TODO_DELETED                  Launch              141 B   0.10 ms
  POST /hooks/blue?x=1
  Host: example.com
  X-Signature: SIGNATURE
  Content-Length: 141
  Connection: close
  body warning: previousValue.n — the object has the key more than once, and most parsers keep the
    last only: "n"

{
  "event": "TODO_DELETED",
  "webhook": {
    "secret": ""
  },
  "previousValue": {
    "id": "c1",
    "title": "Launch",
    "done": true,
    "n": 1.0,
    "n": 1e3
  },
  "currentValue": null
}

1 delivery: 1 genuine
"#
        .replace("SIGNATURE", &super::sender::signature(super::sender::SECRET, body))
    );
}

#[test]
fn a_forged_delivery_is_shown_with_its_cause() {
    let place = Place::new();
    let listener = listen(&place, "-s geheim --show line");
    let body = event("TODO_CREATED");
    let mut bytes = genuine("/", body.as_bytes());
    bytes.extend(b"\n");
    let text = String::from_utf8(bytes).unwrap();
    let length = format!("Content-Length: {}", body.len());
    let bytes = text.replace(&length, &format!("Content-Length: {}", body.len() + 1));
    assert_eq!(listener.send(bytes.as_bytes()).status, 401);
    assert_eq!(listener.post(&body), 401);
    listener.shows("no X-Signature header");
    let ended = listener.interrupt();
    assert_eq!(
        steady(&ended.text()),
        r#"12:00:00Z #1    ✗ not genuine 401  TODO_CREATED                  Todo                 25 B   0.10 ms
  cause: The body ends with one line feed (0x0A) at byte 24 that was not signed.
  fix: echo and editors add a line end: write the body with printf %s, or send and verify the file
    as it is (curl --data-binary).
12:00:00Z #2    ✗ unsigned    401  TODO_CREATED                  Todo                 24 B   0.10 ms
  not genuine: unsigned, with no X-Signature header or an empty one
2 deliveries: 2 not genuine
"#
    );
    // What is unsigned may be so for a reason, and the headers on which the verdict turns are shown.
    let listener = listen(&place, "-s geheim");
    assert_eq!(listener.post(&body), 401);
    listener.shows("\n  hint: Blue signs the deliveries of webhooks that have a secret; those");
    let listener = listen(&place, "-s geheim");
    assert_eq!(listener.forge("{}"), 401);
    listener.shows("\n  X-Signature: ");
}

#[test]
fn an_update_is_shown_as_a_difference_without_ids() {
    let place = Place::new();
    let body = br#"{"event":"TODO_NAME_CHANGED","webhook":{},"previousValue":{"id":"c","title":"old","tags":["a","b"],"list":{"id":1}},"currentValue":{"id":"c","title":"new","tags":["a"],"list":{"id":2},"done":true}}"#;
    let shown = |words: &str| {
        let listener = listen(&place, &format!("-n 1 {words}"));
        listener.send(&request("/", "", body));
        steady(&listener.end().text())
    };
    assert_eq!(
        shown(""),
        r#"12:00:00Z #1    ? unchecked   200  TODO_NAME_CHANGED             new                 197 B   0.10 ms
  ~ title: "old" → "new"
  - tags[1]: "b"
  + done: true

1 delivery: 1 unchecked
"#
    );
    let text = shown("--show full");
    assert!(text.contains("\n  ~ list.id: 1 → 2\n"), "{text}");
}

#[test]
fn what_every_update_has_or_says_twice_is_not_told() {
    let place = Place::new();
    let listener = listen(&place, "-n 2");
    let list = |title: &str, at: &str| {
        format!(
            r#"{{"todoListId":"{at}","createdAt":"{at}","todoList":{{"createdAt":"{at}","title":"{title}","ids":1,"memberIds":["{at}"]}}}}"#
        )
    };
    let moved = format!(
        r#"{{"event":"TODO_MOVED","webhook":{{}},"previousValue":{},"currentValue":{}}}"#,
        list("To do", "clb4zna6x0000vt1swuwso25f"),
        list("Done", "clb4t0c5e0002vt1s4uz8r6jy"),
    );
    listener.post(&moved);
    listener.post(r#"{"event":"COMMENT_UPDATED","webhook":{},"previousValue":{"html":"<p>a</p>","text":"a"},"currentValue":{"html":"<p>b</p>","text":"b"}}"#);
    let text = steady(&listener.end().text());
    let told: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("  ~"))
        .collect();
    assert_eq!(
        told,
        [
            r#"  ~ todoList.title: "To do" → "Done""#,
            r#"  ~ text: "a" → "b""#
        ]
    );
}

#[test]
fn a_repeated_delivery_is_told_by_the_first_ones_number_alone() {
    let place = Place::new();
    let listener = listen(&place, "-n 2");
    let body = r#"{"event":"TODO_CREATED","webhook":{},"currentValue":{"title":"Launch"}}"#;
    listener.post(body);
    listener.post(body);
    let row = |number| {
        format!(
            "12:00:00Z #{number}    ? unchecked   200  TODO_CREATED                  Launch               71 B   0.10 ms\n"
        )
    };
    assert_eq!(
        steady(&listener.end().text()),
        format!(
            "{}  title     Launch\n\n{}  same body as #1\n\n2 deliveries: 2 unchecked\n",
            row(1),
            row(2)
        )
    );
}

#[test]
fn names_that_are_written_from_right_to_left_can_be_read() {
    let place = Place::new();
    let listener = listen(&place, "-n 1");
    listener.post(r#"{"event":"TODO_CREATED","webhook":{},"currentValue":{"title":"שלום 12","todoTags":[{"tag":{"title":"דחוף"}},{"tag":{"title":"a"}}]}}"#);
    let text = steady(&listener.end().text());
    // Alone at the end of its line it moves nothing of ours; beside other words it could.
    assert!(
        text.contains("TODO_CREATED                  Todo "),
        "{text}"
    );
    assert!(text.contains("\n  title     שלום 12\n"), "{text}");
    assert!(
        text.contains("\n  tags      \\u{5d3}\\u{5d7}\\u{5d5}\\u{5e3}, a\n"),
        "{text}"
    );
}

#[test]
fn a_compressed_body_is_shown_unpacked_or_by_the_name_of_its_encoding() {
    let deflated = {
        let mut writer =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut writer, br#"{"zen":"Keep it simple"}"#).unwrap();
        writer.finish().unwrap()
    };
    let dump = "000000  0b 02 80 7b 7d 03                                ...{}.\n";
    for (encoding, body, shown) in [
        (
            "deflate",
            &deflated[..],
            "(deflate, 24 bytes unpacked)\n{\n  \"zen\": \"Keep it simple\"\n}\n".to_owned(),
        ),
        (
            "br",
            b"\x0b\x02\x80{}\x03",
            format!("(brotli, not unpacked, 6 bytes)\n{dump}"),
        ),
        (
            "compress",
            b"\x0b\x02\x80{}\x03",
            format!("(compress, not unpacked, 6 bytes)\n{dump}"),
        ),
        // Whoever unpacked it left the header.
        ("br", b"{}", "{}\n".into()),
        ("deflate", b"{}", "{}\n".into()),
        (
            "",
            b"\x0b\x02\x80{}\x03",
            format!("(binary, 6 bytes)\n{dump}"),
        ),
    ] {
        let place = Place::new();
        let listener = listen(&place, "-n 1");
        let header = format!("Content-Encoding: {encoding}\r\n");
        listener.send(&request("/", &header, body));
        let text = listener.end().text();
        let (_, text) = text.split_once('\n').unwrap();
        assert_eq!(text, format!("{shown}\n1 delivery: 1 unchecked\n"));
    }
}

#[test]
fn another_providers_delivery_is_not_judged_by_blues_rules() {
    let place = Place::new();
    let listener = listen(&place, "-n 3 --show short");
    let body = br#"{"action":"opened","repository":{"full_name":"a/b"},"zen":null}"#;
    listener.send(&request("/hook", "X-GitHub-Event: issues\r\n", body));
    listener.send(&request("/hook", "Stripe-Signature: t=1,v1=00\r\n", body));
    listener.send(&request("/hook", "", body));
    let text = steady(&listener.end().text());
    let first = "12:00:00Z #1    ? unchecked   200  issues                        POST /hook           63 B   0.10 ms
  looks like github: --scheme github
";
    assert!(text.starts_with(first), "{text}");
    assert!(
        text.contains("\n  looks like stripe: --scheme stripe\n"),
        "{text}"
    );
    assert_eq!(text.matches("looks like").count(), 2, "{text}");
    assert!(
        !text.contains("body error") && !text.contains("body warning"),
        "{text}"
    );
}

#[test]
fn what_lacks_another_header_than_the_signature_is_not_called_unsigned() {
    let place = Place::new();
    let listener = listen(&place, "-s geheim --scheme slack --show line");
    let stamp = "X-Slack-Request-Timestamp: 1\r\n";
    listener.send(&request("/", stamp, b"{}"));
    listener.send(&request("/", "X-Slack-Signature: v0=00\r\n", b"{}"));
    let text = steady(&listener.interrupt().text());
    for line in [
        "#1    ✗ unsigned    401 ",
        "\n  not genuine: unsigned, with no X-Slack-Signature header or an empty one\n",
        "#2    ✗ not genuine 401 ",
        "\n  not genuine: there is no X-Slack-Request-Timestamp header, or an empty one\n",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn how_much_of_a_body_is_shown_is_chosen() {
    let place = Place::new();
    let body = format!("[{}]", vec!["1"; 100].join(","));
    let mut sizes = Vec::new();
    for detail in ["line", "short", "full"] {
        let listener = listen(&place, &format!("-n 1 --show {detail}"));
        listener.post(&body);
        let text = listener.end().text();
        assert!(text.ends_with("\n1 delivery: 1 unchecked\n"), "{text}");
        sizes.push(text.lines().count());
    }
    assert_eq!(sizes[0], 2, "the line and the summary");
    assert!((5..26).contains(&sizes[1]), "{sizes:?}");
    assert!(sizes[2] > 100, "{sizes:?}");
}

#[test]
fn ten_megabytes_are_folded_short() {
    let place = Place::new();
    let listener = listen(&place, "-n 1 --show short");
    let item = r#"{"id":"clb4zna6x0000vt1swuwso25f","title":"GGGG"}"#;
    let body = format!("[{}]", vec![item; 200_000].join(","));
    assert_eq!(listener.post(&body), 200);
    let text = listener.end().text();
    assert!(text.len() < 4000, "{}", text.len());
    assert!(text.contains("10.0 MB"), "{text}");
}

#[test]
fn quiet_prints_nothing_but_what_was_asked_for() {
    let place = Place::new();
    let listener = listen(&place, "-q -n 2");
    listener.post("1");
    listener.send(b"GET / HTTP/1.0\r\n\r\n");
    listener.post("2");
    listener.end().is(0, "", "");
    let listener = listen(&place, "-q --json -n 1");
    listener.post("1");
    let ended = listener.end();
    assert_eq!(ended.json().len(), 3);
    assert_eq!(ended.talk(), "");
}

#[test]
fn verbose_shows_every_header_and_where_it_came_from() {
    let place = Place::new();
    let headers = "X-Plain: 1\r\nAuthorization: Bearer t0ps3cret\r\nCookie: t0ps3cret\r\nX-Gitlab-Token: t0ps3cret\r\n";
    for (words, all, from) in [
        ("", false, false),
        ("--show full", true, false),
        ("-v", true, true),
    ] {
        let listener = listen(&place, &format!("-n 1 {words}"));
        listener.send(&request("/", headers, b"{}"));
        let text = listener.end().text();
        let masked = [
            "\n  Authorization: (masked, 16 bytes)\n",
            "\n  X-Gitlab-Token: (masked, 9 bytes)\n",
            "\n  X-Plain: 1\n",
        ];
        for line in masked {
            assert_eq!(text.contains(line), all, "{text}");
        }
        assert_eq!(text.contains("\n  from 127.0.0.1:"), from, "{text}");
        assert!(!text.contains("t0ps3cret"), "{text}");
    }
}

#[test]
fn colours_come_when_they_are_asked_for_and_only_then() {
    let place = Place::new();
    let colours = [
        ("", "", false),
        ("--color always", "", true),
        ("--color always", "NO_COLOR", true),
        ("", "CLICOLOR_FORCE", true),
        ("", "CLICOLOR_FORCE NO_COLOR", false),
        ("--color never", "CLICOLOR_FORCE", false),
    ];
    let mut plain = String::new();
    for (words, variables, coloured) in colours {
        let mut run = place.bluehook(&format!("listen -s geheim -n 1 {words}"));
        for name in variables.split_whitespace() {
            run = run.env(name, "1");
        }
        let listener = start(&place, run);
        listener.send(b"GET / HTTP/1.0\r\n\r\n");
        listener.post(r#"{"event":"X"}"#);
        listener.deliver(r#"{"event":"X"}"#);
        let ended = listener.end();
        assert_eq!(
            ended.text().contains('\x1b'),
            coloured,
            "{words} {variables:?}"
        );
        assert_eq!(
            ended.talk().contains('\x1b'),
            coloured,
            "{words} {variables:?}"
        );
        // Without its colours it is the same text: none of them carries a meaning alone.
        let text = uncoloured(&ended.text());
        let text: String = steady(&text)
            .lines()
            .filter(|line| !line.contains("127.0.0.1"))
            .collect();
        if plain.is_empty() {
            plain = text;
        } else {
            assert_eq!(text, plain);
        }
    }
}

fn uncoloured(text: &str) -> String {
    let mut parts = text.split('\x1b');
    let mut plain = parts.next().unwrap().to_owned();
    for part in parts {
        let (code, rest) = part.split_once('m').unwrap();
        // Bold, dim, and the colours that can be read on light and on dark: yellow is none of them.
        let readable = ["0", "1", "2", "31", "32", "35", "36"];
        let mut codes = code.strip_prefix('[').expect("only colours").split(';');
        assert!(codes.all(|code| readable.contains(&code)), "{code:?}");
        plain.push_str(rest);
    }
    plain
}

#[test]
fn first_lines_fit_the_width() {
    let place = Place::new();
    for width in [40, 60, 80, 100, 200] {
        let run = place
            .bluehook("listen -s geheim --show line")
            .env("COLUMNS", width.to_string());
        let listener = start(&place, run);
        let long = format!(
            "/{}?\u{65e5}\u{672c}=\u{1f600}\u{5d0}\u{5d1}",
            "path/".repeat(60)
        );
        listener.send(&genuine(&long, event(&"TODO_".repeat(40)).as_bytes()));
        listener.post(r#"{"event":"TODO_CHECKLIST_ITEM_DONE_STATUS_UPDATED"}"#);
        listener.send(b"GET / HTTP/1.0\r\n\r\n");
        let ended = listener.interrupt();
        // On a narrow screen a long word may be broken by the terminal, but no first line.
        let text = ended.text();
        for line in text
            .lines()
            .filter(|line| width >= 80 || line.contains('#'))
        {
            let columns = unicode_width::UnicodeWidthStr::width(line);
            assert!(columns <= width, "{columns} of {width}: {line}");
        }
    }
}

#[test]
fn nothing_that_a_sender_writes_drives_the_terminal() {
    // Escape sequences, C1 controls (as UTF-8 and as bytes), bidi, zero width, tags, line ends.
    let evil = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\u{202e}\u{2066}\u{200b}\u{feff}\u{e0041}\u{2028}\u{7f}\u{8}\u{ad}";
    // What a header or a target may hold by HTTP's rules.
    let quiet_evil = "\u{9b}31m\u{202e}\u{2066}\u{200b}\u{feff}\u{e0041}\u{2028}\u{85}\u{ad}";
    let json_evil: String = evil
        .chars()
        .map(|character| match character {
            '\0'..='\u{1f}' => format!("\\u{:04x}", character as u32),
            character => character.to_string(),
        })
        .collect();
    let bodies = [
        format!(
            r#"{{"event":"{json_evil}","webhook":{{"status":"{json_evil}"}},"{json_evil}":"{json_evil}","currentValue":{{"project":{{"id":"{json_evil}"}}}}}}"#
        ),
        format!(
            r#"{{"event":"TODO_NAME_CHANGED","webhook":{{}},"previousValue":{{"id":"{json_evil}","{json_evil}":["{json_evil}"]}},"currentValue":{{"id":"a","{json_evil}":[1]}}}}"#
        ),
        evil.to_owned(),
        format!("{{\"event\": {evil}"),
        format!("a=1&b={evil}"),
    ];
    let kinds = [
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded",
        quiet_evil,
    ];
    for (words, kinds) in [
        ("", &kinds[..]),
        ("-v", &kinds),
        ("--json", &kinds),
        ("--show short", &kinds),
        ("-v --color always", &kinds),
        // Looking for causes takes its time.
        ("-s geheim --accept-invalid", &kinds[..1]),
    ] {
        let place = Place::new();
        let listener = listen(&place, &format!("--record recording {words}"));
        for body in &bodies {
            for kind in kinds {
                let headers = format!(
                    "Content-Type: {kind}\r\nX-Signature: {quiet_evil}\r\nX-Event-Type: {quiet_evil}\r\nUser-Agent: {quiet_evil}\r\n"
                );
                let answer = listener.send(&request("/", &headers, body.as_bytes()));
                assert_eq!(answer.status, 200);
            }
        }
        // C1 controls as single bytes, which are not UTF-8.
        let mut bytes = b"POST / HTTP/1.1\r\nHost: x\r\nX-Signature: \x9b31m\x85\x90\r\nUser-Agent: \xff\x9d\r\nContent-Length: 4\r\nConnection: close\r\n\r\n".to_vec();
        bytes.extend(b"\x9b\x1b\x9d\xff");
        assert_eq!(listener.send(&bytes).status, 200);
        // What is not HTTP is quoted in reports.
        for bytes in [
            format!("{evil}\r\n\r\n"),
            format!("POST {evil} HTTP/1.1\r\n\r\n"),
            format!("POST / HTTP/1.1\r\nX: {evil}\r\n\r\n"),
            format!("POST / HTTP/1.1\r\nX{evil}: 1\r\n\r\n"),
            format!("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {quiet_evil}\r\n\r\n"),
            format!("POST / HTTP/1.1\r\nHost: {quiet_evil}\r\n\r\n"),
            format!("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: {quiet_evil}\r\n\r\n"),
            format!("POST / HTTP/{quiet_evil}\r\n\r\n"),
            format!("GET /{quiet_evil} HTTP/1.1\r\nConnection: close\r\n\r\n"),
        ] {
            let status = listener.send_and_stop(bytes.as_bytes()).status;
            assert!(matches!(status, 400 | 405 | 501), "{status}: {bytes:?}");
        }
        let ended = listener.interrupt();
        assert_eq!(ended.code, Some(130));
        let printed = uncoloured(&ended.text());
        let found = |text: &str| {
            text.chars()
                .find(|&character| is_hidden(character) && character != '\n')
        };
        assert_eq!(found(&printed), None, "{words}: {printed:?}");
        assert_eq!(found(&uncoloured(&ended.talk())), None);
        let recording = std::fs::read_to_string(place.path().join("recording")).unwrap();
        assert_eq!(found(&recording), None);
        // An event's name cannot make lines of its own.
        assert!(
            !printed.lines().any(|line| line.starts_with("owned")),
            "{printed}"
        );
    }
}
