//! Machine output, and what a delivery is judged to be.

use serde_json::{Value, json};

use super::listener::listen;
use super::sender::{SECRET, event, forged, genuine, request, signature};
use crate::runner::{Ended, Place};

/// A line with what differs from run to run made the same.
fn steady(mut line: Value) -> String {
    for (path, value) in [
        ("/at", json!("AT")),
        ("/remote", json!("REMOTE")),
        ("/answer/ms", json!(0)),
        ("/url", json!("URL")),
    ] {
        if let Some(place) = line.pointer_mut(path) {
            let told = match path {
                "/at" => place
                    .as_str()
                    .is_some_and(|at| at.parse::<jiff::Timestamp>().is_ok() && at.len() == 24),
                "/remote" => place
                    .as_str()
                    .is_some_and(|remote| remote.starts_with("127.0.0.1:")),
                "/answer/ms" => place.as_f64().is_some_and(|ms| ms >= 0.0),
                _ => true,
            };
            assert!(told, "{path}: {place}");
            *place = value;
        }
    }
    line.to_string()
}

fn lines(ended: &Ended) -> Vec<String> {
    ended.json().into_iter().map(steady).collect()
}

fn deliveries(ended: &Ended) -> Vec<Value> {
    let mut lines = ended.json();
    lines.retain(|line| line["type"] == "delivery");
    lines
}

fn codes(delivery: &Value) -> Vec<&str> {
    let findings = delivery["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| finding["code"].as_str().unwrap())
        .collect()
}

#[test]
fn every_line_has_its_documented_keys_in_order() {
    let place = Place::new();
    let listener = listen(&place, "--json -q -s geheim");
    let body = r#"{"event":"TODO_FOUND","webhook":{},"currentValue":{"project":{"id":"p1"}}}"#;
    let signature = signature(SECRET, body.as_bytes());
    assert_eq!(
        listener
            .send(&genuine("/hooks?x=1", body.as_bytes()))
            .status,
        200
    );
    assert_eq!(listener.forge(body), 401);
    assert_eq!(listener.send(b"GET / HTTP/1.0\r\n\r\n").status, 405);
    listener.shows("method-not-allowed");
    let ended = listener.interrupt();
    assert_eq!((ended.code, ended.talk()), (Some(130), String::new()));
    let sha256 = ended.json()[1]["verification"]["body"]["sha256"].clone();
    let finding = r#"{"level":"warning","code":"unknown-event","path":"event","message":"the event is not in the catalogue; receivers must treat unknown events as harmless: \"TODO_FOUND\""}"#;
    let expected = [
        r#"{"type":"listening","url":"URL","version":1}"#.to_owned(),
        format!(
            r#"{{"type":"delivery","version":1,"number":1,"at":"AT","remote":"REMOTE","method":"POST","target":"/hooks?x=1","headers":[["Host","example.com"],["X-Signature","{signature}"],["Content-Length","74"],["Connection","close"]],"body":{body},"event":"TODO_FOUND","project":"p1","verification":{{"genuine":true,"number":1,"scheme":"blue","reason":null,"message":"genuine: X-Signature is right for these 74 bytes","cause":null,"hints":[],"matched_secret":{{"position":1,"fingerprint":"addb0f5e"}},"timestamp":null,"age_seconds":null,"body":{{"bytes":74,"sha256":{sha256}}}}},"findings":[{finding}],"repeat_of":null,"answer":{{"status":200,"by":"bluehook","ms":0}},"forwards":[]}}"#,
            body = Value::from(body),
        ),
    ];
    let shown = lines(&ended);
    assert_eq!(shown[..2], expected);
    let refused = &ended.json()[2];
    assert_eq!(refused["verification"]["genuine"], false);
    assert_eq!(refused["verification"]["reason"], "mismatch");
    assert_eq!(refused["repeat_of"], 1);
    assert_eq!(refused["answer"]["status"], 401);
    assert_eq!(
        shown[3..],
        [
            r#"{"type":"malformed","at":"AT","remote":"REMOTE","code":"method-not-allowed","status":405,"message":"a sender used GET, and webhooks are sent with POST"}"#,
            r#"{"type":"summary","deliveries":2,"genuine":1,"refused":1,"unchecked":0,"malformed":1,"filtered":0,"forward_failed":0,"missing":[]}"#,
        ]
    );
}

#[test]
fn bytes_that_are_no_text_are_base64_and_what_is_invisible_is_escaped() {
    let place = Place::new();
    let listener = listen(&place, "--json -q -n 2");
    listener.send(&request(
        "/",
        "X-Twice: a\r\nx-twice:\tb\u{e9}\r\nX-TWICE: \u{202e}\r\n",
        b"\xff\x00",
    ));
    let mut latin =
        b"POST / HTTP/1.1\r\nX-Latin: caf\xe9\r\nHost: x\r\nContent-Length: 8\r\nConnection: close\r\n\r\n"
            .to_vec();
    latin.extend("\u{9b}\u{2066}\u{200b}".as_bytes());
    latin.extend(b"");
    assert_eq!(listener.send(&latin).status, 200);
    let ended = listener.end();
    assert_eq!(ended.code, Some(0));
    let text = ended.text();
    let hidden = |character: char| crate::listen::shown::is_hidden(character) && character != '\n';
    assert!(!text.contains(hidden), "{text:?}");
    let lines = deliveries(&ended);
    assert_eq!(lines[0]["body"], Value::Null);
    assert_eq!(lines[0]["body_base64"], "/wA=");
    assert_eq!(
        lines[0]["headers"],
        json!([
            ["Host", "example.com"],
            ["X-Twice", "a"],
            ["x-twice", "b\u{e9}"],
            ["X-TWICE", "\u{202e}"],
            ["Content-Length", "2"],
            ["Connection", "close"],
        ])
    );
    assert_eq!(
        lines[1]["headers"][0],
        json!(["X-Latin", {"base64": "Y2Fm6Q=="}])
    );
    assert_eq!(lines[1]["body"], "\u{9b}\u{2066}\u{200b}");
    assert_eq!(lines[1].get("body_base64"), None);
}

#[test]
fn without_a_secret_nothing_is_checked_and_that_is_said() {
    let place = Place::new();
    let listener = listen(&place, "--json -n 2");
    let url = listener.url.clone();
    assert_eq!(listener.post("{}"), 200);
    assert_eq!(listener.forge("{}"), 200);
    let ended = listener.end();
    assert_eq!(ended.code, Some(0));
    assert_eq!(
        ended.talk(),
        format!(
            "listening on {url}, Ctrl-C ends\nnote: signatures are not checked: no secret is given\n"
        )
    );
    assert_eq!(deliveries(&ended)[1]["verification"], Value::Null);
    let summary = ended.json().pop().unwrap();
    assert_eq!(summary["unchecked"], 2);
    assert_eq!(summary["genuine"], 0);
}

#[test]
fn any_of_several_secrets_may_match_and_it_is_told_which() {
    let place = Place::new();
    let listener = listen(&place, "--json -q -s another -s geheim -n 2");
    assert_eq!(listener.deliver("1"), 200);
    assert_eq!(listener.forge("2"), 200);
    let ended = listener.end();
    let matched: Vec<Value> = deliveries(&ended)
        .iter()
        .map(|line| line["verification"]["matched_secret"]["position"].clone())
        .collect();
    assert_eq!(matched, [2, 1]);

    let listener = listen(&place, "-s another -s geheim -n 1");
    listener.says("signatures are checked: blue, 2 secrets\n");
    listener.deliver("1");
    assert!(
        listener
            .end()
            .text()
            .contains("\n  signed with secret 2 of 2 (addb0f5e)\n")
    );
}

#[test]
fn the_environments_secret_counts_and_a_profile_gives_one_too() {
    let place = Place::new();
    let run = place
        .bluehook("listen --json -q -n 1")
        .env("BLUEHOOK_SECRET", SECRET);
    let listener = super::listener::start(&place, run);
    assert_eq!(listener.forge("1"), 401);
    assert_eq!(listener.deliver("1"), 200);
    assert_eq!(listener.end().code, Some(0));

    place.file(
        "bluehook.toml",
        "[webhook.mine]\nurl = \"1\"\nsecret = \"geheim\"\n",
    );
    let listener = listen(&place, "--json -q -n 1 -w mine");
    assert_eq!(listener.forge("1"), 401);
    assert_eq!(listener.deliver("1"), 200);
    assert_eq!(listener.end().code, Some(0));
}

#[test]
fn what_is_not_genuine_is_explained_with_its_cause() {
    let place = Place::new();
    let listener = listen(&place, "--json -q -s geheim");
    let signed = |signature: &str, body: &str| {
        request(
            "/",
            &format!("X-Signature: {signature}\r\n"),
            body.as_bytes(),
        )
    };
    let right = signature(SECRET, b"{}");
    for bytes in [
        signed(&right, "{}\n"),
        signed(&signature("geheim ", b"{}"), "{}"),
        signed(&right[..32], "{}"),
        signed("", "{}"),
        request("/", "", b"{}"),
    ] {
        let answer = listener.send(&bytes);
        // The sender learns no more than that: a forger would profit.
        let told = (answer.status, String::from_utf8(answer.body).unwrap());
        assert_eq!(told, (401, "the signature is not accepted\n".into()));
    }
    listener.shows(r#""number":5,"#);
    let ended = listener.interrupt();
    let found: Vec<(String, Value)> = deliveries(&ended)
        .iter()
        .map(|line| {
            let verification = &line["verification"];
            let reason = verification["reason"].as_str().unwrap().to_owned();
            (reason, verification["cause"]["codes"].clone())
        })
        .collect();
    let one = |reason: &str, codes: Value| (reason.to_owned(), codes);
    assert_eq!(
        found,
        [
            one("mismatch", json!(["body-newline-added"])),
            one("mismatch", json!(["secret-whitespace"])),
            one("malformed-signature", json!(["signature-truncated"])),
            one("missing-header", Value::Null),
            one("missing-header", Value::Null),
        ]
    );
}

#[test]
fn a_forged_delivery_is_refused_unless_it_is_to_be_accepted() {
    let place = Place::new();
    let listener = listen(&place, "--json -q -s geheim --accept-invalid");
    assert_eq!(listener.forge("{}"), 200);
    assert_eq!(listener.post("{}"), 200);
    listener.shows(r#""number":2,"#);
    let ended = listener.interrupt();
    assert_eq!(deliveries(&ended)[0]["verification"]["genuine"], false);
    assert_eq!(deliveries(&ended)[0]["answer"]["status"], 200);
    assert_eq!(ended.json().pop().unwrap()["refused"], 2);
}

#[test]
fn what_is_odd_about_a_body_is_found_and_never_refused() {
    let place = Place::new();
    let listener = listen(&place, "--json -q -s geheim");
    let todo =
        |rest: &str| format!(r#"{{"event":"TODO_CREATED","webhook":{{"secret":""}}{rest}}}"#);
    let value = r#""currentValue":{"id":"c"}"#;
    let cases: Vec<(String, &[&str])> = vec![
        (todo(&format!(",{value}")), &[]),
        (todo(""), &["current-value-missing"]),
        (
            todo(&format!(r#",{value},"previousValue":{{}}"#)),
            &["previous-value-present"],
        ),
        (
            format!(
                r#"{{"event":"TODO_NAME_CHANGED","webhook":{{}},"previousValue":{{"id":"c"}},{value}}}"#
            ),
            &["values-equal"],
        ),
        (
            format!(
                r#"{{"event":"TODO_CREATED","webhook":{{"secret":"s","metadata":{{"events":["X"]}}}},{value}}}"#
            ),
            &["secret-not-blank", "event-out-of-scope"],
        ),
        (
            event("TODO_CREATED"),
            &["webhook-missing", "current-value-missing"],
        ),
        (event(r"x\u001b[31m"), &["unknown-event", "webhook-missing"]),
        (
            r#"{"event":1,"webhook":{}}"#.into(),
            &["event-not-a-string"],
        ),
        ("[]".into(), &["not-an-object"]),
        ("{".into(), &["not-json"]),
        (String::new(), &["not-json"]),
        (
            "\u{feff}{}".into(),
            &["body-bom", "event-missing", "webhook-missing"],
        ),
        (
            r#"{"event":"A","event":"TODO_CREATED","webhook":{},"currentValue":{}}"#.into(),
            &["duplicate-key"],
        ),
        ("[".repeat(100_000), &["not-json"]),
    ];
    for (body, _) in &cases {
        assert_eq!(listener.deliver(body), 200, "{body}");
    }
    listener.shows(&format!(r#""number":{},"#, cases.len()));
    let ended = listener.interrupt();
    let lines = deliveries(&ended);
    assert_eq!(lines.len(), cases.len());
    for ((body, expected), line) in cases.iter().zip(&lines) {
        assert_eq!(codes(line), *expected, "{body}");
        assert_eq!(line["verification"]["genuine"], true);
    }
}

#[test]
fn deliveries_with_the_same_body_are_marked_with_the_first() {
    let place = Place::new();
    let listener = listen(&place, "--json -q -n 4");
    for body in ["a", "b", "a", "a"] {
        listener.post(body);
    }
    let repeats: Vec<Value> = deliveries(&listener.end())
        .iter()
        .map(|line| line["repeat_of"].clone())
        .collect();
    assert_eq!(repeats, [Value::Null, Value::Null, json!(1), json!(1)]);
}

#[test]
fn what_filters_leave_out_is_answered_and_recorded_but_neither_shown_nor_counted() {
    let place = Place::new();
    let body = |event: &str, project: &str, done: &str| {
        format!(
            r#"{{"event":"{event}","currentValue":{{"project":{{"id":"{project}"}},"done":{done}}}}}"#
        )
    };
    let bodies = [
        body("TODO_MOVED", "p1", "true"),
        body("TODO_MOVED", "p2", "true"),
        body("TODO_MOVED", "p1", "\"true\""),
        body("COMMENT_CREATED", "p1", "true"),
        body("COMMENT_DELETED", "p3", "false"),
        "not json".to_owned(),
    ];
    let cases: [(&[&str], &[u64]); 7] = [
        (&["-e", "TODO_*"], &[1, 2, 3]),
        (&["-e", "TODO_MOVED", "-e", "*_DELETED"], &[1, 2, 3, 5]),
        (&["--project", "p1"], &[1, 3, 4]),
        (&["--project", "p2", "--project", "p3"], &[2, 5]),
        (&["--where", "currentValue.done=true"], &[1, 2, 4]),
        (
            &[
                "--where",
                "currentValue.done=true",
                "--where",
                "event=COMMENT_CREATED",
            ],
            &[4],
        ),
        (
            &[
                "-e",
                "TODO_*",
                "--project",
                "p1",
                "--where",
                "currentValue.done=\"true\"",
            ],
            &[3],
        ),
    ];
    for (number, (filter, expected)) in cases.iter().enumerate() {
        let mut run = place.bluehook(&format!("listen --json -q --record recording-{number}"));
        for argument in *filter {
            run = run.arg(argument);
        }
        let listener = super::listener::start(&place, run);
        for body in &bodies {
            assert_eq!(listener.post(body), 200);
        }
        let ended = listener.interrupt();
        let shown: Vec<u64> = deliveries(&ended)
            .iter()
            .map(|line| line["number"].as_u64().unwrap())
            .collect();
        assert_eq!(shown, *expected, "{filter:?}");
        let summary = ended.json().pop().unwrap();
        assert_eq!(summary["deliveries"], expected.len());
        assert_eq!(summary["unchecked"], expected.len());
        assert_eq!(summary["filtered"], bodies.len() - expected.len());
        let recording =
            std::fs::read_to_string(place.path().join(format!("recording-{number}"))).unwrap();
        assert_eq!(recording.lines().count(), bodies.len());
    }
}

#[test]
fn a_forged_delivery_that_filters_leave_out_is_refused_all_the_same() {
    let place = Place::new();
    let listener = listen(
        &place,
        "--json -q -s geheim -e TODO_* --fail-on-refused --timeout 1",
    );
    assert_eq!(
        listener
            .send(&forged("/", event("COMMENT_CREATED").as_bytes()))
            .status,
        401
    );
    let ended = listener.end();
    assert_eq!(ended.code, Some(0));
    assert_eq!(
        lines(&ended)[1..],
        [
            r#"{"type":"summary","deliveries":0,"genuine":0,"refused":0,"unchecked":0,"malformed":0,"filtered":1,"forward_failed":0,"missing":[]}"#
        ]
    );
}

#[test]
fn the_event_that_a_header_names_counts_where_the_body_names_none() {
    let place = Place::new();
    let words = "--json -q --scheme github -e pu* --expect push --record recording";
    let listener = listen(&place, words);
    for event in ["ping", "push"] {
        let header = format!("X-GitHub-Event: {event}\r\n");
        assert_eq!(listener.send(&request("/", &header, b"{}")).status, 200);
    }
    let ended = listener.end();
    assert_eq!(ended.code, Some(0));
    let lines = deliveries(&ended);
    assert_eq!((lines.len(), &lines[0]["event"]), (1, &json!("push")));
    let recording = std::fs::read_to_string(place.path().join("recording")).unwrap();
    assert!(recording.contains(r#""event":"ping""#), "{recording}");
}

#[test]
fn what_a_profile_leaves_out_is_found_odd() {
    let place = Place::new();
    place.file(
        "bluehook.toml",
        "[webhook.mine]\nurl = \"1\"\nsecret = \"geheim\"\nevents = [\"COMMENT_*\"]\n",
    );
    let listener = listen(&place, "--json -q -n 1 -w mine");
    let body = r#"{"event":"TODO_CREATED","webhook":{},"currentValue":{"id":"c"}}"#;
    assert_eq!(listener.deliver(body), 200);
    assert_eq!(
        codes(&deliveries(&listener.end())[0]),
        ["event-out-of-profile"]
    );
}

#[test]
fn another_scheme_judges_by_its_own_headers() {
    let place = Place::new();
    let listener = listen(&place, "--json -q --scheme github -s geheim -n 1");
    let body = b"{}";
    assert_eq!(listener.deliver(body), 401);
    let header = format!(
        "X-Hub-Signature-256: sha256={}\r\n",
        signature(SECRET, body)
    );
    assert_eq!(listener.send(&request("/", &header, body)).status, 200);
    let ended = listener.end();
    assert_eq!(ended.code, Some(0));
    assert_eq!(deliveries(&ended)[0]["verification"]["cause"], Value::Null);
    assert_eq!(deliveries(&ended)[0]["verification"]["scheme"], "github");
}

/// The headers of this body, signed with that scheme.
fn signed(place: &Place, scheme: &str, secret: &str, body: &str) -> String {
    let run = place.bluehook(&format!(
        "sign --scheme {scheme} -s {secret} --format headers"
    ));
    run.stdin(body).run().text().replace('\n', "\r\n")
}

#[test]
fn one_listener_takes_the_deliveries_of_any_known_scheme() {
    let place = Place::new();
    place.file(
        "bluehook.toml",
        "[webhook.any]\nurl = \"1\"\nscheme = \"auto\"\nsecret = [\"ours\", \"theirs\"]\n",
    );
    let post = |headers: &str| request("/", headers, b"{}");
    let github = signed(&place, "github", "ours", "{}");
    let stripe = signed(&place, "stripe", "theirs", "{}");
    let forged = signed(&place, "stripe", "nobodys", "{}");
    for options in ["--scheme auto -s ours -s theirs", "-w any"] {
        let listener = listen(&place, &format!("--json {options} -n 2"));
        listener.says("signatures are checked: any known scheme, 2 secrets\n");
        let status = |headers: &str| listener.send(&post(headers)).status;
        assert_eq!(status(&forged), 401);
        assert_eq!(status(""), 401);
        assert_eq!(status("X-Unknown: 1\r\n"), 401);
        // A token that is right says nothing of the body, which is forged.
        assert_eq!(status(&format!("X-Gitlab-Token: ours\r\n{forged}")), 401);
        assert_eq!(status(&github), 200);
        assert_eq!(status(&stripe), 200);
        let ended = listener.end();
        assert_eq!(ended.code, Some(0));
        let judged: Vec<Value> = deliveries(&ended)
            .iter()
            .map(|line| {
                let verification = &line["verification"];
                json!([verification["scheme"], verification["reason"]])
            })
            .collect();
        assert_eq!(
            json!(judged),
            json!([
                ["stripe", "mismatch"],
                ["auto", "missing-header"],
                ["auto", "missing-header"],
                ["stripe", "mismatch"],
                ["github", null],
                ["stripe", null],
            ])
        );
    }
    let listener = listen(&place, "--scheme auto -s ours -n 1");
    assert_eq!(listener.send(&post(&github)).status, 200);
    assert!(listener.end().text().contains("\n  by the scheme github\n"));
}

#[test]
fn of_any_scheme_only_what_all_answer_alike_is_a_handshake() {
    let place = Place::new();
    let listener = listen(&place, "--scheme auto -s geheim --json -q");
    let asks = |target: &str, extra: &str| {
        let get = format!(
            "GET {target} HTTP/1.1\r\nHost: example.com\r\n{extra}Connection: close\r\n\r\n"
        );
        listener.send(get.as_bytes())
    };
    let meta = "/?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=t";
    let answer = asks(meta, "");
    assert_eq!(
        (answer.status, answer.body.as_slice()),
        (200, b"1158201444".as_slice())
    );
    // Of X's the answer is a signature, which could be that of another scheme's delivery.
    assert_eq!(asks("/?crc_token=hello", "").status, 405);
    // What carries a known signature is judged, whatever else it carries.
    let told = "X-Hook-Secret: b5b2\r\n";
    let asana = listener.send(&request("/", told, b"{}"));
    assert_eq!(
        (asana.status, asana.header("X-Hook-Secret")),
        (200, Some("b5b2"))
    );
    let forged = format!("{told}X-Hub-Signature-256: sha256={}\r\n", "0".repeat(64));
    assert_eq!(listener.send(&request("/", &forged, b"{}")).status, 401);
    listener.interrupt();
}

#[test]
fn a_scheme_that_signs_the_url_needs_it_and_joins_it_with_the_path() {
    let place = Place::new();
    let ended = place
        .bluehook("listen --port 0 --scheme twilio -s geheim")
        .run();
    ended.fails(
        2,
        "error: the scheme twilio signs the URL that the sender was given\n  hint: name it with --public-url\n",
    );
    let listener = listen(
        &place,
        "-q --json --scheme twilio -s geheim --public-url https://example.com/ -n 1",
    );
    let sent = place
        .bluehook("sign --scheme twilio -s geheim --format headers --signed-url https://example.com/a?b=c")
        .stdin("{}")
        .run();
    let headers = sent.text().replace('\n', "\r\n");
    assert_eq!(
        listener.send(&request("/a?b=d", &headers, b"{}")).status,
        401
    );
    let answer = listener.send(&request("/a?b=c", &headers, b"{}"));
    assert_eq!(answer.status, 200, "{headers}");
    assert_eq!(listener.end().code, Some(0));
}
