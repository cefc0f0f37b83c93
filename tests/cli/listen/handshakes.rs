//! What providers ask beside their deliveries, and what they tell only once.

use serde_json::{Value, json};

use super::listener::listen;
use super::sender::{SECRET, event, request, signature};
use crate::runner::{Ended, Place};

const TOLD: &str = "b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81";

fn asana(extra: &str) -> Vec<u8> {
    request("/", &format!("X-Hook-Secret: {TOLD}\r\n{extra}"), b"{}")
}

fn of_type<'a>(lines: &'a [Value], name: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["type"] == name).collect()
}

fn kept(place: &Place) -> Vec<Value> {
    let text = std::fs::read_to_string(place.path().join("recording")).unwrap();
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn what_a_provider_tells_once_is_masked_on_the_screen_and_kept_whole() {
    let place = Place::new();
    let listener = listen(&place, "--scheme asana --record recording");
    let answer = listener.send(&asana(""));
    assert_eq!(
        (answer.status, answer.header("X-Hook-Secret")),
        (200, Some(TOLD))
    );
    // It is on disk before it is answered.
    let line = &kept(&place)[0];
    assert_eq!(line["type"], "handshake");
    assert_eq!(line["secret"], TOLD);
    assert_eq!(line["answer"]["status"], 200);
    assert_eq!(line["headers"][1], json!(["X-Hook-Secret", TOLD]));
    listener.says(
        "the secret of its deliveries, for --secret: (masked, 64 bytes), whole in the recording\n",
    );
    let ended = listener.interrupt();
    assert!(!ended.talk().contains(TOLD) && !ended.text().contains(TOLD));
    assert!(
        ended.text().ends_with("no deliveries\n"),
        "{}",
        ended.text()
    );
}

#[test]
fn a_handshake_is_a_line_of_machine_output_and_the_way_to_keep_it_is_said() {
    let place = Place::new();
    let listener = listen(&place, "--json -q --scheme notion");
    let body = format!(r#"{{"verification_token":"{TOLD}"}}"#);
    assert_eq!(listener.post(&body), 200);
    listener.shows("\"handshake\"");
    let ended = listener.interrupt();
    let lines = ended.json();
    let line = of_type(&lines, "handshake")[0];
    assert_eq!(
        (&line["secret"], &line["body"]),
        (&json!(TOLD), &json!(body))
    );

    let listener = listen(&place, "--scheme notion");
    assert_eq!(listener.post(&body), 200);
    listener.says("(masked, 64 bytes), --record FILE or --json keeps it whole\n");
}

#[test]
fn redacted_the_secret_is_kept_back_everywhere() {
    let place = Place::new();
    let listener = listen(&place, "--json --redact --scheme asana --record recording");
    assert_eq!(listener.send(&asana("")).status, 200);
    listener.shows("\"handshake\"");
    let ended = listener.interrupt();
    let kept = std::fs::read_to_string(place.path().join("recording")).unwrap();
    for text in [ended.text(), ended.talk(), kept] {
        assert!(!text.contains(TOLD), "{text}");
    }
}

#[test]
fn where_a_secret_that_is_told_once_would_be_lost_it_is_said_before() {
    let place = Place::new();
    let note = "note: asana tells the secret of its deliveries once, in a handshake: --record FILE keeps it\n";
    for (options, is_lost) in [
        ("--scheme asana", true),
        ("--scheme asana --record redacted --redact", true),
        ("--scheme asana --record kept", false),
        ("--scheme asana --json", false),
        ("--scheme asana -s geheim", false),
        ("--scheme github", false),
    ] {
        let talk = listen(&place, options).interrupt().talk();
        assert_eq!(talk.contains(note), is_lost, "{options}: {talk}");
    }
}

#[test]
fn what_carries_a_signature_is_judged_whatever_else_it_carries() {
    let place = Place::new();
    let deliveries = |ended: &Ended| -> Vec<Value> {
        of_type(&ended.json(), "delivery")
            .into_iter()
            .map(|line| line["verification"]["genuine"].clone())
            .collect()
    };
    let listener = listen(&place, "--json -q --scheme asana -s geheim");
    // An empty signature is one.
    let empty = listener.send(&asana("X-Hook-Signature: \r\n"));
    assert_eq!((empty.status, empty.header("X-Hook-Secret")), (401, None));
    let signed = format!("X-Hook-Signature: {}\r\n", signature(SECRET, b"{}"));
    assert_eq!(
        listener.send(&asana("X-Hook-Signature: 00\r\n")).status,
        401
    );
    assert_eq!(listener.send(&asana(&signed)).status, 200);
    listener.shows(r#""number":3,"#);
    assert_eq!(deliveries(&listener.interrupt()), [false, false, true]);

    // A genuine delivery whose body holds what a handshake holds does not disappear.
    let listener = listen(&place, "--json -q --scheme notion -s geheim");
    let body = br#"{"type":"page.created","verification_token":"x"}"#;
    let header = format!("X-Notion-Signature: sha256={}\r\n", signature(SECRET, body));
    assert_eq!(listener.send(&request("/", &header, body)).status, 200);
    listener.shows(r#""number":1,"#);
    assert_eq!(deliveries(&listener.interrupt()), [true]);
}

#[test]
fn a_flood_of_handshakes_is_counted() {
    let place = Place::new();
    let listener = listen(&place, "--scheme asana");
    for _ in 0..30 {
        assert_eq!(listener.send(&asana("")).status, 200);
    }
    assert_eq!(listener.post(event("X")), 200);
    listener.shows(" X ");
    let talk = listener.interrupt().talk();
    assert_eq!(talk.matches("answered a handshake").count(), 10, "{talk}");
    assert!(
        talk.contains("\nwarning: 20 more handshakes were not shown\n"),
        "{talk}"
    );
}

#[test]
fn a_recorded_handshake_is_no_delivery_when_it_is_read_back() {
    let place = Place::new();
    let listener = listen(
        &place,
        "-q --scheme asana -s geheim --record recording -n 1",
    );
    assert_eq!(listener.send(&asana("")).status, 200);
    let signed = format!("X-Hook-Signature: {}\r\n", signature(SECRET, b"{}"));
    assert_eq!(listener.send(&request("/", &signed, b"{}")).status, 200);
    assert_eq!(listener.end().code, Some(0));
    let read = place
        .bluehook("verify --delivery recording --scheme asana -s geheim")
        .run();
    let genuine = "#1    genuine: X-Hook-Signature is right for these 2 bytes\n";
    read.is(0, genuine, "");
}

#[test]
fn cloudevents_ask_with_options_and_trello_with_head() {
    let place = Place::new();
    let ask = |method: &str, header: &str| {
        format!("{method} / HTTP/1.1\r\nHost: example.com\r\n{header}Connection: close\r\n\r\n")
    };
    let listener = listen(&place, "-s geheim --scheme event-grid");
    let origin = "WebHook-Request-Origin: eventgrid.azure.net\r\nAuthorization: Bearer x\r\n";
    let answer = listener.send(ask("OPTIONS", origin).as_bytes());
    let allowed = answer.header("WebHook-Allowed-Origin");
    assert_eq!((answer.status, allowed), (200, Some("eventgrid.azure.net")));
    assert_eq!(listener.send(ask("OPTIONS", "").as_bytes()).status, 405);
    listener.interrupt();
    let listener = listen(
        &place,
        "-s geheim --scheme trello --public-url https://example.com",
    );
    assert_eq!(listener.send(ask("HEAD", "").as_bytes()).status, 200);
}

/// Zendesk's webhooks may have any of five methods: by GET, the time alone is signed.
#[test]
fn a_scheme_says_with_which_methods_it_delivers() {
    let place = Place::new();
    let time = "2026-11-22T03:49:53Z";
    let signed = place
        .bluehook("sign --scheme zendesk -s geheim --format headers --at 2026-11-22T03:49:53Z")
        .stdin("")
        .run()
        .text();
    let get = format!(
        "GET /in HTTP/1.1\r\nHost: example.com\r\n{}Connection: close\r\n\r\n",
        signed.replace('\n', "\r\n")
    );
    assert!(get.contains(time), "{get}");
    let listener = listen(&place, "-s geheim --scheme zendesk");
    assert_eq!(listener.send(get.as_bytes()).status, 200);
    let forged = get.replace(time, "2026-11-22T03:49:54Z");
    assert_eq!(listener.send(forged.as_bytes()).status, 401);
    let answer = listener.send(get.replace("GET", "OPTIONS").as_bytes());
    let allowed = answer.header("Allow");
    assert_eq!(
        (answer.status, allowed),
        (405, Some("POST, PUT, PATCH, GET, DELETE"))
    );
}
