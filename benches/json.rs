//! Reading JSON beside serde_json, its pretty form beside `jq .`, what a hostile body costs; and how long
//! looking for a cause takes, for which there is no peer.
//!
//! `BENCH_ROUNDS` is how often each is done (5). Ratios are of the same run.

// What fails here ends the benchmark, in words.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod measure;

use std::ffi::OsStr;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use bluehook::blue::event::Event;
use bluehook::blue::sample;
use bluehook::delivery::Headers;
use bluehook::json::{Dialect, Outline, Pretty, rewrite, validate};
use bluehook::signing::Scheme;
use bluehook::signing::Secret;
use bluehook::signing::diagnosis::{self, Received};
use bluehook::signing::{Clock, Judge, Keyring, Parts, Signer, Stamp, Tolerance};
use jiff::Timestamp;
use measure::{Place, Run, Table, in_turns, median, setting};

/// How many sample payloads make the large array: some 47 MB.
const ELEMENTS: usize = 20_000;
/// The size of a hostile body.
const HOSTILE: usize = 16 << 20;

fn main() {
    if !measure::is_asked_for() {
        return;
    }
    let rounds = setting("BENCH_ROUNDS", 5);
    // First, while the process is small: what it needs at most is measured.
    hostile(rounds);
    let array = array();
    reading(rounds, &array);
    pretty(rounds, &array);
    diagnose(rounds);
}

fn payload() -> Vec<u8> {
    let event = Event::named("TODO_CREATED").expect("an event of the catalogue");
    sample::sample(event)
}

fn array() -> Vec<u8> {
    let payloads = vec![payload(); ELEMENTS];
    [b"[".to_vec(), payloads.join(&b','), b"]".to_vec()].concat()
}

fn seconds<T>(work: impl FnOnce() -> T) -> f64 {
    let started = Instant::now();
    black_box(work());
    started.elapsed().as_secs_f64()
}

/// Bodies of shapes in which work could grow faster than the bytes: the time, and by how much the
/// process grew at most.
fn hostile(rounds: u64) {
    let half = HOSTILE / 2;
    let bodies = [
        (
            "brackets up to the bound",
            [
                vec![b'['; 4 << 20],
                vec![b' '; 8 << 20],
                vec![b']'; 4 << 20],
            ]
            .concat(),
        ),
        ("open brackets", vec![b'['; HOSTILE]),
        (
            "closed brackets",
            [vec![b'['; half], vec![b']'; half]].concat(),
        ),
        (
            "empty keys",
            [
                b"{".to_vec(),
                b"\"\":0,".repeat(HOSTILE / 5),
                b"\"\":0}".to_vec(),
            ]
            .concat(),
        ),
        (
            "empty lists",
            [b"[".to_vec(), b"[],".repeat(HOSTILE / 3), b"[]]".to_vec()].concat(),
        ),
    ];
    let mut table = Table::new(
        &format!(
            "{} MiB of hostile JSON: medians of {rounds} rounds",
            HOSTILE >> 20
        ),
        &["", "validated ms", "outlined ms", "MiB more at most"],
    );
    for (name, body) in bodies {
        let before = needed();
        let outlined = (0..rounds).map(|_| seconds(|| Outline::read(&body).map(drop)));
        let outlined = median(&outlined.collect::<Vec<_>>());
        let grew = needed().zip(before).map(|([_, most], [now, _])| most - now);
        let validated: Vec<_> = (0..rounds).map(|_| seconds(|| validate(&body))).collect();
        table.row(vec![
            name.into(),
            format!("{:.0}", median(&validated) * 1000.0),
            format!("{:.0}", outlined * 1000.0),
            grew.map_or("–".into(), |kib| format!("{:.0}", kib / 1024.0)),
        ]);
    }
    table.print();
}

/// What the process needs and has needed at most since this was asked last, in KiB, where the system
/// tells.
fn needed() -> Option<[f64; 2]> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let [now, most] = ["VmRSS:", "VmHWM:"].map(|name| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().trim_end_matches("kB").trim().parse().ok()
    });
    std::fs::write("/proc/self/clear_refs", "5").ok()?;
    Some([now?, most?])
}

/// Judging a document, reading it for walking, and writing it compactly, beside what serde_json does
/// for the same end.
fn reading(rounds: u64, array: &[u8]) {
    let compact = Dialect::named("serde").expect("a dialect");
    let ours: [(&str, &dyn Fn()); 3] = [
        ("judge", &|| validate(array).expect("JSON")),
        ("read", &|| {
            drop(black_box(Outline::read(array).expect("JSON")))
        }),
        ("write anew", &|| {
            drop(black_box(rewrite(array, compact).expect("JSON")))
        }),
    ];
    let read = || serde_json::from_slice::<serde_json::Value>(array).expect("JSON");
    let theirs: [&dyn Fn(); 3] = [
        &|| {
            let judged = serde_json::from_slice::<serde::de::IgnoredAny>(array);
            black_box(judged).expect("JSON");
        },
        &|| drop(black_box(read())),
        &|| drop(black_box(serde_json::to_vec(&read()).expect("JSON"))),
    ];
    let mut table = Table::new(
        &format!("an array of {ELEMENTS} payloads: medians of {rounds} rounds"),
        &["", "time / serde_json", "ms", "serde_json's ms"],
    );
    for ((name, ours), theirs) in ours.into_iter().zip(theirs) {
        let pairs: Vec<_> = (0..rounds)
            .map(|_| (seconds(ours), seconds(theirs)))
            .collect();
        let (ours, theirs): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        table.row(vec![
            name.into(),
            format!("{:.3}", median(&ours) / median(&theirs)),
            format!("{:.0}", median(&ours) * 1000.0),
            format!("{:.0}", median(&theirs) * 1000.0),
        ]);
    }
    table.print();
}

fn pretty(rounds: u64, array: &[u8]) {
    let place = Place::new("json");
    let path = place.path("array.json");
    std::fs::write(&path, array).expect("room for the file");

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
