//! What senders get back.

use std::time::{Duration, Instant};

use serde_json::json;

use super::listener::listen;
use super::sender::{genuine, request};
use crate::runner::Place;

#[test]
fn other_methods_than_post_are_refused_and_reported() {
    let place = Place::new();
    let listener = listen(&place, "--json -q");
    for method in ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "post", "X!~"] {
        let answer = listener.send(
            format!("{method} / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes(),
        );
        assert_eq!(answer.status, 405, "{method}");
        assert_eq!(answer.header("Allow"), Some("POST"));
        listener.shows(&format!(
            "a sender used {method}, and webhooks are sent with POST"
        ));
    }
    assert_eq!(listener.post("{}"), 200);
    let ended = listener.interrupt();
    let summary = ended.json().pop().unwrap();
    assert_eq!(
        (&summary["malformed"], &summary["deliveries"]),
        (&json!(7), &json!(1))
    );
}

#[test]
fn scripted_answers_come_in_order_and_the_last_for_ever() {
    let place = Place::new();
    place.file("body", "busy\0\u{ff}");
    let listener = listen(
        &place,
        "--json -q --respond 503+Retry-After:5+X-Why:a,drop,500x2,204 --respond-body body",
    );
    let first = listener.send(&request("/", "", b"1"));
    assert_eq!(first.status, 503);
    assert_eq!(first.header("Retry-After"), Some("5"));
    assert_eq!(first.header("X-Why"), Some("a"));
    assert_eq!(first.body, "busy\0\u{ff}".as_bytes());
    let statuses: Vec<u16> = (2..8).map(|body| listener.post(body.to_string())).collect();
    assert_eq!(statuses, [0, 500, 500, 204, 204, 204]);
    let ended = listener.interrupt();
    let told: Vec<_> = ended.json()[1..8]
        .iter()
        .map(|line| line["answer"]["status"].clone())
        .collect();
    assert_eq!(
        told,
        [
            json!(503),
            json!(null),
            json!(500),
            json!(500),
            json!(204),
            json!(204),
            json!(204)
        ]
    );
}

#[test]
fn a_scripted_delay_delays_one_sender_and_nobody_else() {
    let place = Place::new();
    let listener = listen(&place, "--json -q --respond 200@2s,200");
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| {
            let started = Instant::now();
            (listener.post("slow"), started.elapsed())
        });
        // Once it is shown, it has its place in the script.
        listener.shows("slow");
        let started = Instant::now();
        assert_eq!(listener.post("quick"), 200);
        let quick = started.elapsed();
        let (status, took) = slow.join().unwrap();
        assert_eq!(status, 200);
        assert!(took >= Duration::from_secs(2), "{took:?}");
        assert!(quick < took, "{quick:?}");
    });
}

#[test]
fn only_what_would_be_accepted_moves_the_script_on() {
    let place = Place::new();
    let listener = listen(&place, "--json -q -s geheim --respond 202,500");
    assert_eq!(listener.forge("1"), 401);
    assert_eq!(listener.send(b"GET / HTTP/1.0\r\n\r\n").status, 405);
    assert_eq!(listener.deliver("1"), 202);
    assert_eq!(listener.forge("1"), 401);
    assert_eq!(listener.deliver("1"), 500);
}

#[test]
fn a_sender_that_tries_five_times_succeeds_at_the_fifth() {
    let place = Place::new();
    let listener = listen(&place, "--json -q -s geheim --respond 500x4,200");
    let send = || {
        place
            .bluehook(&format!("send {} -s geheim -q", listener.url))
            .run()
    };
    let codes: Vec<_> = (0..5).map(|_| send().code.unwrap()).collect();
    assert_eq!(codes, [1, 1, 1, 1, 0]);
    let ended = listener.interrupt();
    let key = |key: &str| -> Vec<_> {
        let lines = ended.json();
        lines[1..6]
            .iter()
            .map(|line| line.pointer(key).unwrap().clone())
            .collect()
    };
    assert_eq!(
        key("/repeat_of"),
        [json!(null), json!(1), json!(1), json!(1), json!(1)]
    );
    assert_eq!(key("/answer/status"), [500, 500, 500, 500, 200]);
}

#[test]
fn a_body_may_be_as_large_as_allowed_and_no_larger() {
    let place = Place::new();
    let listener = listen(&place, "--json -q --max-body 1000 --show line");
    assert_eq!(listener.post(vec![b'x'; 1000]), 200);
    assert_eq!(listener.post(vec![b'x'; 1001]), 413);
    listener.shows("the request's body is longer than 1,000 bytes");
    let mut chunked = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..100 {
        chunked.extend(b"64\r\n");
        chunked.extend([b'y'; 100]);
        chunked.extend(b"\r\n");
    }
    assert_eq!(listener.send(&chunked).status, 413);
    assert_eq!(listener.post("after"), 200);
}

#[test]
fn senders_keep_their_connections() {
    let place = Place::new();
    let listener = listen(&place, "--json -q -s geheim -n 3");
    let one = |body: &[u8]| {
        let text = String::from_utf8(genuine("/", body)).unwrap();
        text.replace("Connection: close\r\n", "").into_bytes()
    };
    let mut bytes = one(b"1");
    bytes.extend(one(b"2"));
    bytes.extend(genuine("/", b"3"));
    let answers = listener.send(&bytes);
    assert_eq!(answers.status, 200);
    let text = format!(
        "{}\r\n\r\n{}",
        answers.head,
        String::from_utf8(answers.body).unwrap()
    );
    assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 3, "{text}");
    assert_eq!(listener.end().code, Some(0));
}
