//! The pretty form of a large array, beside `jq .`; and how long looking for a cause takes, for
//! which there is no peer.
//!
//! `BENCH_ROUNDS` is how often each is done (5).

// What fails here ends the benchmark, in words.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod measure;

use std::ffi::OsStr;
use std::fs::File;
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use bluehook::blue::event::Event;
use bluehook::blue::sample;
use bluehook::delivery::Headers;
use bluehook::json::Pretty;
use bluehook::signing::Scheme;
use bluehook::signing::Secret;
use bluehook::signing::diagnosis::{self, Received};
use bluehook::signing::{Clock, Judge, Keyring, Parts, Signer, Stamp, Tolerance};
use jiff::Timestamp;
use measure::{Place, Run, Table, in_turns, median, setting};

/// How many sample payloads make the large array: some 47 MB.
const ELEMENTS: usize = 20_000;

fn main() {
    if !measure::is_asked_for() {
        return;
    }
    let rounds = setting("BENCH_ROUNDS", 5);
    pretty(rounds);
    diagnose(rounds);
}

fn payload() -> Vec<u8> {
    let event = Event::named("TODO_CREATED").expect("an event of the catalogue");
    sample::sample(event)
}

fn pretty(rounds: u64) {
    let place = Place::new("json");
    let path = place.path("array.json");
    let array = [b"[".to_vec(), [payload(), payload()].join(&b',')].concat();
    let mut file = File::create(&path).expect("a file");
    file.write_all(&array).expect("room for the file");
    let more = [b",".to_vec(), payload()].concat();
    for _ in 2..ELEMENTS {
        file.write_all(&more).expect("room for the file");
    }
    file.write_all(b"]").expect("room for the file");

    let jq = Run::new([OsStr::new("jq"), OsStr::new("."), path.as_os_str()]);
    let there = measure::is_there("jq", &["--version"]);
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let started = Instant::now();
        black_box(read_pretty(&path));
        ours.push(started.elapsed().as_secs_f64());
        if there {
            peers.extend(in_turns(1, std::slice::from_ref(&jq)).concat());
        }
    }
    let title =
        format!("the pretty form of an array of {ELEMENTS} payloads: medians of {rounds} rounds");
    let mut table = Table::new(&title, &["", "time / jq", "ms"]);
    for (name, times) in [("bluehook's library", &ours), ("jq .", &peers)] {
        if !times.is_empty() {
            table.row(vec![
                name.into(),
                format!("{:.3}", median(times) / median(&peers)).replace("NaN", "–"),
                format!("{:.0}", median(times) * 1000.0),
            ]);
        }
    }
    table.print();
}

/// Reads the file and has its pretty form written into memory; its length.
fn read_pretty(path: &Path) -> usize {
    let doc = std::fs::read(path).expect("the file");
    let mut out = Vec::with_capacity(2 * doc.len());
    for piece in Pretty::new(&doc) {
        piece.kind.expect("JSON");
        out.extend_from_slice(piece.before.as_bytes());
        out.extend_from_slice(&doc[piece.range]);
    }
    black_box(&out).len()
}

/// A body of some 10 KB whose signature is that of the body before something was done to it.
fn diagnose(rounds: u64) {
    let body = [
        b"[".to_vec(),
        [(); 4].map(|()| payload()).join(&b','),
        b"]".to_vec(),
    ]
    .concat();
    let spaced = {
        let text = String::from_utf8(body.clone()).expect("a payload is text");
        text.replace("\":", "\": ").into_bytes()
    };
    let cases = [
        (
            "a line end was added",
            [&body[..], b"\n"].concat(),
            body.clone(),
        ),
        ("it was re-serialised", spaced, body.clone()),
        ("something else was signed", body.clone(), b"other".to_vec()),
    ];
    let title = format!("looking for the cause, a body of 10 KB: medians of {rounds} rounds");
    let mut table = Table::new(&title, &["", "ms", "found"]);
    let scheme = Scheme::default();
    let secrets = [Secret::new("a secret").expect("a secret")];
    let keyring = Keyring::for_verifying(&scheme, &secrets).expect("a secret that fits");
    for (name, arrived, signed) in cases {
        let mut times = Vec::new();
        let mut found = String::new();
        for _ in 0..rounds {
            let headers = headers_of(&scheme, &keyring, &signed);
            let parts = parts(&headers);
            let mut judge = Judge::new(&scheme, &keyring, parts).expect("all that it signs");
            judge.update(&arrived);
            let judgement = judge.finish(&Clock {
                now: Timestamp::UNIX_EPOCH,
                tolerance: Tolerance::Off,
            });
            let received = Received::whole(&arrived);
            let started = Instant::now();
            let diagnosis = diagnosis::diagnose(&scheme, &secrets, parts, received, &judgement);
            times.push(started.elapsed().as_secs_f64());
            found = diagnosis
                .cause
                .map_or_else(|| "–".into(), |cause| cause.codes.join(", "));
        }
        table.row(vec![
            name.into(),
            format!("{:.2}", median(&times) * 1000.0),
            found,
        ]);
    }
    table.print();
}

fn parts(headers: &Headers) -> Parts<'_> {
    Parts {
        method: "POST",
        url: None,
        headers,
    }
}

fn headers_of(scheme: &Scheme, keyring: &Keyring, body: &[u8]) -> Headers {
    let stamp = Stamp {
        id: "msg_1".into(),
        at: Timestamp::UNIX_EPOCH,
    };
    let none = Headers::new();
    let mut signer = Signer::new(scheme, keyring, parts(&none), &stamp).expect("what it signs");
    signer.update(body);
    let mut headers = Headers::new();
    for (name, value) in signer.finish().expect("what it signs").headers {
        headers.push(name, value);
    }
    headers
}
