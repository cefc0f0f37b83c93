//! `bluehook verify`.

use crate::runner::Place;

const BODY: &str = r#"{"a":1}"#;
const SIGNATURE: &str = "accbae995e395f6667565fc643f8db85feb14c1f33a931c4a6feb6ea6f85a62c";

#[test]
fn a_genuine_delivery_is_said_to_be_genuine() {
    let place = Place::new();
    place.file("body.json", BODY);
    place.file(
        "headers",
        format!("Host: example.com\r\nx-signature: {SIGNATURE}\r\n"),
    );
    let genuine = "genuine: X-Signature is right for these 7 bytes\n";
    let verify = |words: &str| place.bluehook(&format!("verify body.json -s x {words}"));
    verify(&format!("--signature {SIGNATURE}"))
        .run()
        .is(0, genuine, "");
    verify("-H")
        .arg(format!("X-SIGNATURE: {SIGNATURE}"))
        .run()
        .is(0, genuine, "");
    verify("-H @headers").run().is(0, genuine, "");
    verify(&format!("-q --signature {SIGNATURE}"))
        .run()
        .is(0, "", "");
}

#[test]
fn any_of_several_secrets_may_match_and_it_is_told_which() {
    let place = Place::new();
    place.file("body.json", BODY);
    let ended = place
        .bluehook("verify body.json -s one --secret-env TWO --secret three --signature")
        .arg(SIGNATURE)
        .env("TWO", "x")
        .run();
    ended.is(
        0,
        "genuine: X-Signature is right for these 7 bytes with secret 2 (2d711642)\n",
        "",
    );
    let ended = place
        .bluehook("verify body.json --json -s one -s x --signature")
        .arg(SIGNATURE)
        .run();
    let line = &ended.json()[0];
    assert_eq!(line["genuine"], true);
    assert_eq!(line["reason"], serde_json::Value::Null);
    assert_eq!(line["matched_secret"]["position"], 2);
    assert_eq!(line["matched_secret"]["fingerprint"], "2d711642");
    assert_eq!(line["body"]["bytes"], 7);
}

#[test]
fn every_reason_has_its_sentence_and_exit_code_1() {
    let place = Place::new();
    place.file("body.json", BODY);
    let forged = "0".repeat(64);
    let cases = [
        (
            forged.as_str(),
            "mismatch",
            "X-Signature is not right for these 7 bytes with this secret",
        ),
        (
            "abc",
            "malformed-signature",
            "the signature in X-Signature is malformed: it is not hex (3 characters, expected 64 hex digits)",
        ),
        (
            "abcd",
            "malformed-signature",
            "the signature in X-Signature is malformed: it has 4 hex digits, expected 64",
        ),
        (
            "",
            "missing-header",
            "unsigned, with no X-Signature header or an empty one",
        ),
    ];
    for (signature, reason, sentence) in cases {
        let verify = |words: &str| {
            place
                .bluehook(&format!("verify body.json -s x {words} --signature"))
                .arg(signature)
                .run()
        };
        let ended = verify("");
        assert_eq!(ended.code, Some(1));
        // Broken between words, as all that people read.
        let text = ended.text().replace("\n    ", " ");
        assert_eq!(
            text.lines().next(),
            Some(format!("not genuine: {sentence}").as_str())
        );
        let line = &verify("--json").json()[0];
        assert_eq!(line["reason"], reason);
        assert_eq!(line["genuine"], false);
    }
    let ended = place
        .bluehook("verify body.json -s x -H X-Other:1 --json")
        .run();
    assert_eq!(ended.json()[0]["reason"], "missing-header");
    assert_eq!(ended.code, Some(1));
}

#[test]
fn the_expected_signature_is_shown_only_when_asked_for() {
    let place = Place::new();
    place.file("body.json", BODY);
    let forged = "0".repeat(64);
    let verify = |words: &str| {
        place
            .bluehook(&format!(
                "verify body.json -s x {words} --signature {forged}"
            ))
            .run()
    };
    for words in ["", "--json", "-v"] {
        let ended = verify(words);
        assert!(!ended.text().contains(SIGNATURE), "{words}");
        assert!(!ended.talk().contains(SIGNATURE), "{words}");
    }
    for words in ["--show-expected", "--show-expected --json"] {
        assert!(verify(words).text().contains(SIGNATURE), "{words}");
    }
}

#[test]
fn a_delivery_without_any_header_is_judged_as_unsigned() {
    let place = Place::new();
    place.file("body.json", BODY);
    let verify = |words: &str| place.bluehook(&format!("verify body.json -s x {words}"));
    let sentence = "not genuine: unsigned, with no X-Signature header or an empty one\n";
    let hint =
        "hint: no signature is given: name it with --signature VALUE or -H 'X-Signature: VALUE'\n";
    verify("").run().is(1, sentence, hint);
    verify("-q").run().is(1, "", "");
    let ended = verify("--json").run();
    assert_eq!((ended.code, ended.talk().as_str()), (Some(1), ""));
    let line = &ended.json()[0];
    assert_eq!(line["genuine"], false);
    assert_eq!(line["reason"], "missing-header");
}

#[test]
fn a_body_of_one_byte_is_one_byte_in_every_sentence() {
    let place = Place::new();
    let signature = "0".repeat(64);
    let ended = place
        .bluehook(&format!("verify -s x --explain --signature {signature}"))
        .stdin("b")
        .run();
    assert_eq!(ended.code, Some(1));
    assert!(!ended.text().contains(" 1 bytes"), "{}", ended.text());
}

#[test]
fn with_wrong_options_nothing_is_judged() {
    let place = Place::new();
    place.file("body.json", BODY);
    place.bluehook("verify body.json -s x -H nocolon").run().fails(
        2,
        "error: --header: this is not a header: write 'Name: value', with a colon after the name\n",
    );
    place.file("headers", "X-A: 1\nnocolon\n");
    place
        .bluehook("verify body.json -s x -H @headers")
        .run()
        .fails(
            2,
            "error: headers, line 2: this is not a header: write 'Name: value', with a colon after the name\n",
        );
}

#[test]
fn a_reader_that_stops_reading_does_not_change_the_verdict() {
    let place = Place::new();
    place.file("body.json", BODY);
    let forged = "0".repeat(64);
    let run = place.bluehook(&format!(
        "verify body.json -s x --explain --signature {forged}"
    ));
    let mut child = run
        .command()
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn a_delivery_from_the_future_is_called_so() {
    let place = Place::new();
    place.file("body", "x");
    let mac = place
        .bluehook("sign body -s x --scheme slack --at 1700000000")
        .run()
        .text();
    let verify = |at: u64| {
        place
            .bluehook(&format!(
                "verify body -s x --scheme slack --at {at} -q --json"
            ))
            .arg("-H")
            .arg("X-Slack-Request-Timestamp: 1700000000")
            .arg(format!("--signature={}", mac.trim_end()))
            .run()
    };
    let near = verify(1_700_000_000 - 180).json()[0].clone();
    assert_eq!(
        near["message"],
        "genuine: X-Slack-Signature is right for this 1 byte, 3 min ahead of the clock"
    );
    let far = verify(1_700_000_000 - 420).json()[0].clone();
    assert_eq!(far["reason"], "future");
    assert_eq!(
        far["message"],
        "not genuine: the signature is right, but the delivery is 7 min ahead of the clock and 5 min are allowed"
    );
}

#[test]
fn as_much_is_shown_of_a_recorded_delivery_as_is_asked_for() {
    let place = Place::new();
    let body = r#"{"event":"TODO_CREATED","currentValue":{"id":"c1","title":"Launch"}}"#;
    let line = serde_json::json!({"method": "POST", "target": "/in", "headers": [["X-Plain", "1"], ["X-Signature", crate::send::hmac_hex(b"geheim", body.as_bytes())]], "body": body});
    place.file("recording", format!("{line}\n"));
    let verify = |words: &str| {
        place
            .bluehook(&format!("verify --delivery recording -s geheim {words}"))
            .run()
            .text()
    };
    let verdict = "#1    genuine: X-Signature is right for these 68 bytes\n";
    assert_eq!(verify(""), verdict);
    assert_eq!(
        verify("--show short"),
        format!("{verdict}  title     Launch\n\n")
    );
    let full = verify("--show full");
    assert!(
        full.starts_with(&format!("{verdict}  POST /in\n  X-Plain: 1\n")),
        "{full}"
    );
    assert!(
        full.ends_with("    \"title\": \"Launch\"\n  }\n}\n\n"),
        "{full}"
    );
}

#[test]
fn a_secret_that_cannot_be_decoded_still_gets_its_cause() {
    let place = Place::new();
    let mac = "webhook-signature: v1,KiP2aBf2fVqDjGx0qdqUV+LhB1IEym5jZX4qNXP1kWc=";
    let ended = place
        .bluehook("verify --scheme standard-webhooks --at 1700000000 -H webhook-id:m -H webhook-timestamp:1700000000 --json -s my_own_secret")
        .arg("-H")
        .arg(mac)
        .stdin("{}")
        .run();
    assert_eq!(ended.code, Some(1));
    assert_eq!(ended.json()[0]["cause"]["codes"][0], "secret-base64");
}

#[test]
fn the_cause_of_another_digest_is_found_in_the_body() {
    let place = Place::new();
    let headers = [
        "Content-Type: application/json",
        r#"Content-Digest: sha-256=:sWbfW+GYJulfWxLJlL65g/IE9g/Cv/mPoTPjulhiUGc=:"#,
        r#"Signature-Input: sig1=("@method" "@target-uri" "content-type" "content-digest");created=1700000000;expires=1700000300;nonce="msg_60fed90c70d3139cd8312f85064d32f1";alg="hmac-sha256""#,
        r#"Signature: sig1=:8s1SyiEXPESmaXO7ljS0hrJQJT80zVdfaNv89rNrNHw=:"#,
    ];
    place.file("headers", headers.join("\n"));
    let judged = |body: &str| {
        place.file("body.json", body);
        let options = "-s hello-secret-12345 --signed-url https://x.test/h --at 1700000000";
        let ended = place
            .bluehook(&format!(
                "verify body.json --json --scheme rfc9421 -H @headers {options}"
            ))
            .run();
        ended.json()[0].clone()
    };
    assert_eq!(judged("{\"a\": 1,  \"b\":2}")["genuine"], true);
    let longer = judged("{\"a\": 1,  \"b\":2}\n");
    assert_eq!(longer["cause"]["codes"][0], "body-newline-added");
    let other = judged("{\"a\":3}");
    assert_eq!(other["cause"], serde_json::Value::Null);
    let remains = other["hints"].to_string();
    assert!(
        remains.contains("the digest that was signed") && !remains.contains("secret"),
        "{remains}"
    );
}

#[test]
fn where_there_is_a_key_pair_no_secret_is_talked_of() {
    let place = Place::new();
    place.file("body.json", BODY);
    let (key, signature) = (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "1b".repeat(64),
    );
    let ended = place
        .bluehook("verify body.json --json --scheme discord --tolerance off -H")
        .arg(format!("X-Signature-Ed25519: {signature}"))
        .arg("-H")
        .arg("X-Signature-Timestamp: 1700000000")
        .arg("-s")
        .arg(key)
        .run();
    let line = ended.json()[0].to_string();
    assert!(
        line.contains("with this key") && line.contains("another private key"),
        "{line}"
    );
    assert!(
        !line.contains("this secret") && !line.contains("another secret"),
        "{line}"
    );
}

#[test]
fn secrets_that_are_stored_as_one_are_taken_apart() {
    let place = Place::new();
    let (old, new) = ("v1,whsec_MDEyMzQ1Njc4OWFi", "v1,whsec_YWJjZGVmZ2hpamts");
    let both = format!("{old}|{new}");
    let sign = |secret: &str| {
        let run = place.bluehook("sign --scheme supabase --format headers -s");
        run.arg(secret).stdin("{}").run()
    };
    let verify = |headers: &str| {
        place.file("headers", headers);
        let run = place.bluehook("verify --scheme supabase -H @headers -s");
        run.arg(&both).stdin("{}").run().code
    };
    assert_eq!(verify(&sign(old).text()), Some(0));
    assert_eq!(verify(&sign(new).text()), Some(0));
    assert_eq!(verify(&sign("whsec_bm9uZSBvZiB0aGVt").text()), Some(1));
    // What is joined otherwise is one secret.
    let joined = place.bluehook("sign -s").arg("a|whsec_b").stdin("x").run();
    assert_ne!(
        joined.text(),
        place.bluehook("sign -s a").stdin("x").run().text()
    );
}

#[test]
fn auto_finds_the_scheme_by_the_headers_that_are_there() {
    let place = Place::new();
    place.file("body.json", BODY);
    let verify = |headers: &[&str]| {
        let mut run = place.bluehook("verify body.json -s x --scheme auto");
        for header in headers {
            run = run.arg("-H").arg(*header);
        }
        run.run()
    };
    let github = format!("X-Hub-Signature-256: sha256={SIGNATURE}");
    let blue = format!("X-Signature: {SIGNATURE}");
    verify(&[&github]).is(
        0,
        "genuine: X-Hub-Signature-256 is right for these 7 bytes, by the scheme github\n",
        "",
    );
    verify(&[&blue]).is(
        0,
        "genuine: X-Signature is right for these 7 bytes, by the scheme blue\n",
        "",
    );
    let none = verify(&["X-Nobody: 1"]);
    assert_eq!(none.code, Some(1));
    assert!(
        none.text()
            .starts_with("not genuine: unsigned, with no known signature header"),
        "{}",
        none.text()
    );
    let unknown = verify(&["X-Acme-Signature: 1", "X-Sign: 2", "X-Design: 3"]);
    let hint = "X-Acme-Signature and X-Sign look like a signature, but no known scheme";
    assert!(
        unknown.text().contains(hint) && !none.text().contains("looks like"),
        "{}",
        unknown.text()
    );
    // A token says nothing of the body, so it does not outweigh a forged signature beside it.
    let forged = format!("X-Signature: {}", "0".repeat(64));
    assert_eq!(verify(&["X-Gitlab-Token: x"]).code, Some(0));
    assert_eq!(verify(&["X-Gitlab-Token: x", &forged]).code, Some(1));
    // The URL is not known, and no other scheme has the header.
    assert_eq!(verify(&["X-Twilio-Signature: AAAA"]).code, Some(2));
    let line = place
        .bluehook("verify body.json -s x --scheme auto --json -H")
        .arg(github)
        .run();
    assert_eq!(line.json()[0]["scheme"], "github");
    let sign = place.bluehook("sign body.json -s x --scheme auto").run();
    assert_eq!((sign.code, sign.text()), (Some(2), String::new()));
}

#[test]
fn what_leaves_the_body_open_does_not_outweigh_a_mismatch_beside_it() {
    let place = Place::new();
    let verify = |headers: &str| {
        place.file("headers", headers);
        let run = "verify --scheme auto -s geheim --at 1700000000 -H @headers";
        place.bluehook(run).stdin("{}").run()
    };
    // It covers the method and no digest of the body.
    let open = "Signature-Input: sig1=(\"@method\");created=1700000000\nSignature: sig1=:bVO8IJK7I6Pu80b5563Sh3rgzq+oI15uvke01xhVtgw=:\n";
    let alone = verify(open);
    assert_eq!(alone.code, Some(0), "{}", alone.text());
    let said = alone.text();
    assert!(said.contains("which does not cover the body"), "{said}");
    let beside = verify(&format!("{open}X-Signature: {}\n", "0".repeat(64)));
    assert_eq!(beside.code, Some(1), "{}", beside.text());
    assert!(beside.text().contains("by the scheme blue"));
}
