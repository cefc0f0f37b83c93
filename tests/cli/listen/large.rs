//! Large bodies: they take their time, and nobody else's.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::listener::listen;
use crate::runner::Place;

/// So many objects that reading them takes its time.
fn heavy(objects: usize) -> String {
    let object =
        r#"{"id":"clb4zna6x0000vt1swuwso25f","n":1.0,"n":2,"at":"2022-12-01T11:23:09.241Z"}"#;
    format!("[{}]", vec![object; objects].join(","))
}

#[test]
fn a_large_plain_body_delays_nobody_though_it_is_recorded() {
    let place = Place::new();
    let listener = listen(&place, "-q --record recording --event TODO_*");
    let (body, done) = (heavy(100_000), AtomicBool::new(false));
    let (mut slowest, mut small) = (Duration::ZERO, 0);
    let started = Instant::now();
    thread::scope(|scope| {
        let large: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| listener.post(&body)))
            .collect();
        scope.spawn(|| {
            for answer in large {
                assert_eq!(answer.join().unwrap(), 200);
            }
            done.store(true, Ordering::Relaxed);
        });
        while !done.load(Ordering::Relaxed) {
            let started = Instant::now();
            assert_eq!(listener.post("{}"), 200);
            slowest = slowest.max(started.elapsed());
            small += 1;
        }
    });
    let all = started.elapsed();
    assert!(small > 4, "{small}");
    assert!(slowest < all / 2, "{slowest:?} of {all:?}");
    listener.interrupt();
    let recording = std::fs::read_to_string(place.path().join("recording")).unwrap();
    assert_eq!(recording.lines().count(), small + 4);
}

#[test]
fn the_end_does_not_wait_for_the_work_on_what_came() {
    let place = Place::new();
    let listener = listen(&place, "-s geheim --show full");
    // Each is looked into for its cause, and printed whole.
    let body = heavy(100_000);
    for _ in 0..6 {
        assert_eq!(listener.forge(&body), 401);
    }
    let started = Instant::now();
    let ended = listener.interrupt();
    let took = started.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    let (text, talk) = (ended.text(), ended.talk());
    assert!(
        text.ends_with("6 deliveries: 6 not genuine\n"),
        "{}",
        text.len()
    );
    // How far the screen came is the machine's; that nothing is passed over unsaid is ours.
    let shown = text.lines().filter(|line| line.contains(" #")).count();
    let said: usize = talk
        .lines()
        .filter(|line| {
            line.contains("not shown: listening ended first")
                || line.contains("came too fast to be shown")
        })
        .filter_map(|line| {
            line.split_whitespace()
                .find_map(|word| word.parse::<usize>().ok())
        })
        .sum();
    assert_eq!(shown + said, 6, "{talk}");
}

#[test]
fn large_bodies_that_wait_for_a_reader_leave_room_for_others() {
    let place = Place::new();
    let run = place.bluehook("listen --json -q");
    let listener = super::listener::start_unread(&place, run);
    // What nobody reads keeps its share of the memory for as long as it waits.
    let body = vec![b'x'; 5 << 20];
    for _ in 0..16 {
        assert_eq!(listener.post(&body), 200);
    }
}

#[test]
fn a_body_as_large_as_was_allowed_is_taken() {
    let place = Place::new();
    let listener = listen(&place, "-q --max-body 80MiB");
    assert_eq!(listener.post("x".repeat(80 << 20)), 200);
}
