//! `bluehook schemes`, `--scheme`, `--scheme-file`, and profiles.

use crate::runner::Place;

const MINE: &str = r#"about = "Mine"

[[variant]]
algorithm = "hmac-sha512"
encoding = "base64"
content = "{timestamp}.{id}.{body}"
signature = { header = "X-Mine", separator = ",", prefix = "v1=" }
timestamp = { item = "t=", tolerance = "5m" }
id = { header = "X-Mine-Id" }
"#;

#[test]
fn the_list_names_every_scheme_with_its_headers() {
    let place = Place::new();
    let lines = place.bluehook("schemes --json").run().json();
    assert_eq!(lines.len(), bluehook::signing::Scheme::names().count());
    assert_eq!(lines[0]["scheme"], "blue");
    let github = lines
        .iter()
        .find(|line| line["scheme"] == "github")
        .unwrap();
    assert_eq!(github["headers"][0], "X-Hub-Signature-256");
    let text = place.bluehook("schemes").run().text();
    for line in &lines {
        assert!(text.contains(line["about"].as_str().unwrap()), "{line}");
    }
}

#[test]
fn every_record_can_be_saved_and_used() {
    let place = Place::new();
    for line in place.bluehook("schemes --json").run().json() {
        let name = line["scheme"].as_str().unwrap();
        let record = place.bluehook(&format!("schemes {name}")).run();
        assert_eq!((record.code, record.talk().as_str()), (Some(0), ""));
        place.file("record.toml", record.stdout);
        let sign = |choice: &str| {
            place
                .bluehook(&format!("sign {choice} -s whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw --at 1700000000 --id msg_1 --signed-url https://example.com/x --format headers"))
                .stdin("a=b")
                .run()
        };
        let (named, from_file) = (
            sign(&format!("--scheme {name}")),
            sign("--scheme-file record.toml"),
        );
        assert_eq!(named.code, from_file.code, "{name}");
        assert_eq!(named.text(), from_file.text(), "{name}");
    }
}

#[test]
fn a_scheme_of_ones_own_signs_and_verifies() {
    let place = Place::new();
    place.file("mine.toml", MINE);
    let signed = place
        .bluehook(
            "sign --scheme-file mine.toml -s one -s two --at 1700000000 --id 7 --format headers",
        )
        .stdin("body")
        .run();
    assert_eq!((signed.code, signed.talk().as_str()), (Some(0), ""));
    let text = signed.text();
    assert!(
        text.starts_with("X-Mine-Id: 7\nX-Mine: t=1700000000,v1="),
        "{text}"
    );
    assert_eq!(text.matches("v1=").count(), 2);
    place.file("headers", &text);
    let verify = |words: &str| {
        place
            .bluehook(&format!(
                "verify --scheme-file mine.toml -H @headers {words}"
            ))
            .stdin("body")
            .run()
    };
    verify("-s two --at 1700000012").is(
        0,
        "genuine: X-Mine is right for these 4 bytes, 12 s old\n",
        "",
    );
    let stale = verify("-s one --at 2026-11-22T00:00:00Z --json");
    assert_eq!(stale.code, Some(1));
    assert_eq!(stale.json()[0]["reason"], "stale");
    assert_eq!(stale.json()[0]["timestamp"], 1_700_000_000);
    assert_eq!(
        verify("-s one --at 2026-11-22T00:00:00Z --tolerance off").code,
        Some(0)
    );
    assert_eq!(verify("-s three --at 1700000012").code, Some(1));
}

#[test]
fn a_wrong_record_names_the_line_and_the_field() {
    let place = Place::new();
    for (from, to, line) in [
        ("hmac-sha512", "hmac-sha3", "line 4: "),
        ("{body}", "{bodi}", "line 6: "),
        ("prefix = ", "prefx = ", "line 7: "),
        ("\"5m\"", "\"soon\"", "line 8: "),
    ] {
        place.file("mine.toml", MINE.replace(from, to));
        let ended = place.bluehook("sign --scheme-file mine.toml -s x").run();
        assert_eq!((ended.code, ended.text().as_str()), (Some(2), ""), "{to}");
        assert!(
            ended
                .talk()
                .starts_with(&format!("error: mine.toml, {line}")),
            "{}",
            ended.talk()
        );
    }
}

#[test]
fn an_unknown_scheme_is_answered_with_the_nearest_or_the_reason() {
    let place = Place::new();
    let sign = |name: &str| place.bluehook(&format!("sign --scheme {name} -s x")).run();
    sign("gitlub").fails(
        2,
        "error: gitlub is not a known scheme\n  hint: did you mean github?\n",
    );
    sign("braintree").fails(
        2,
        "error: braintree is left out on purpose: it signs a payload inside a form by a rule of its own\n",
    );
    sign("xyzzyxyzzy").fails(
        2,
        "error: xyzzyxyzzy is not a known scheme\n  hint: bluehook schemes lists them; --scheme-file takes one of your own\n",
    );
}

#[test]
fn a_scheme_says_what_it_needs() {
    let place = Place::new();
    place.bluehook("sign --scheme square -s x").run().fails(
        2,
        "error: the scheme square signs the URL that the sender was given\n  hint: name it with --signed-url\n",
    );
    place.bluehook("listen --port 0 --scheme square -s x").run().fails(
        2,
        "error: the scheme square signs the URL that the sender was given\n  hint: name it with --public-url\n",
    );
    let ended = place.bluehook("sign --scheme discord -s x").run();
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.talk().contains("not an ed25519 key"),
        "{}",
        ended.talk()
    );
}

const CONFIG: &str = r#"[webhook.staging]
url = "http://127.0.0.1:1/hooks/blue"
secret_env = "STAGING"
events = ["TODO_CREATED", "COMMENT_*"]

[webhook.other]
url = "http://127.0.0.1:1/"
secret_file = "other.secret"
scheme = "mine"

[scheme.mine]
about = "Mine"

[[scheme.mine.variant]]
algorithm = "hmac-sha1"
content = "{body}"
signature = { header = "X-Mine" }
"#;

#[test]
fn a_profile_gives_url_secret_scheme_and_scope() {
    let place = Place::new();
    place.file("bluehook.toml", CONFIG);
    place.file("other.secret", "geheim\n");
    let dry = place
        .bluehook("send -w staging --dry-run")
        .env("STAGING", "geheim")
        .run();
    assert_eq!(dry.code, Some(0), "{}", dry.talk());
    let text = dry.text();
    assert!(
        text.starts_with("POST /hooks/blue HTTP/1.1\r\nHost: 127.0.0.1:1\r\n"),
        "{text}"
    );
    let dry = place
        .bluehook("send 127.0.0.1:2/x -w other --dry-run -v")
        .run();
    assert_eq!(dry.code, Some(0), "{}", dry.talk());
    let text = dry.text();
    assert!(
        text.starts_with("POST /x HTTP/1.1\r\nHost: 127.0.0.1:2\r\n"),
        "{text}"
    );
    assert!(text.contains("\r\nX-Mine: "), "{text}");
    assert!(dry.talk().starts_with("using ") && dry.talk().contains("bluehook.toml"));
    let signed = place
        .bluehook("sign --scheme mine -s geheim")
        .stdin("x")
        .run();
    assert_eq!(signed.text().len(), 41);
    let events = place.bluehook("events -w staging --json").run().json();
    let names: Vec<_> = events
        .iter()
        .map(|line| line["event"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "TODO_CREATED",
            "COMMENT_CREATED",
            "COMMENT_DELETED",
            "COMMENT_UPDATED",
            "WEBHOOK_HEALTH_CHECK"
        ]
    );
}

#[test]
fn what_a_profile_leaves_out_is_not_sent_unless_forced() {
    let place = Place::new();
    place.file("bluehook.toml", CONFIG);
    let send = |words: &str| {
        place
            .bluehook(&format!("send -w staging -e TODO_MOVED {words}"))
            .env("STAGING", "geheim")
            .run()
    };
    send("").fails(
        1,
        "not sent, as Blue would not send it to staging: the event TODO_MOVED is not among the webhook's events: TODO_CREATED, COMMENT_*\n  hint: --force sends it all the same\n",
    );
    let forced = send("--force --dry-run");
    assert_eq!((forced.code, forced.talk().as_str()), (Some(0), ""));
}

#[test]
fn a_wrong_configuration_names_file_line_and_field() {
    let place = Place::new();
    let send = |config: &str, words: &str| {
        place.file("bluehook.toml", config);
        place
            .bluehook(&format!("send {words} --dry-run"))
            .env("STAGING", "x")
            .run()
    };
    let talk = send(&CONFIG.replacen("url =", "urll =", 1), "-w staging").talk();
    assert!(
        talk.contains("bluehook.toml, line 2, webhook.staging.urll: "),
        "{talk}"
    );
    let talk = send(
        &CONFIG.replace("http://127.0.0.1:1/hooks", "ftp://x"),
        "-w staging",
    )
    .talk();
    assert!(talk.contains("line 2, webhook.staging.url"), "{talk}");
    let talk = send(
        &CONFIG.replace("scheme.mine", "scheme.github"),
        "-w staging",
    )
    .talk();
    assert!(talk.contains("github"), "{talk}");
    let ended = send(CONFIG, "-w stagin");
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.talk().ends_with("  hint: did you mean staging?\n"),
        "{}",
        ended.talk()
    );
    std::fs::remove_file(place.path().join("bluehook.toml")).unwrap();
    let ended = place.bluehook("send -w staging").run();
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.talk().contains("there is no bluehook.toml"),
        "{}",
        ended.talk()
    );
}

#[cfg(unix)]
#[test]
fn a_secret_in_a_file_that_others_can_read_is_worth_a_warning() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let path = place.file(
        "bluehook.toml",
        "[webhook.a]\nurl = \"http://127.0.0.1:1/\"\nsecret = \"geheim\"\n",
    );
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let ended = place.bluehook("sign -w a").stdin("x").run();
    assert_eq!(ended.code, Some(0));
    assert!(ended.talk().starts_with("warning: "), "{}", ended.talk());
    assert!(!ended.talk().contains("geheim"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(place.bluehook("sign -w a").stdin("x").run().talk(), "");
}
