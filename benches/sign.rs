//! `bluehook sign` and `bluehook verify` as whole processes, beside `openssl dgst -sha256 -hmac`:
//! the time for a large file and for a small one, and the peak memory.
//!
//! `BENCH_MIB` is the size of the large file (1024), `BENCH_ROUNDS` how often it is signed (5).

// What fails here ends the benchmark, in words.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod measure;

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use bluehook::blue::event::Event;
use bluehook::blue::sample;
use measure::{BINARY, Place, Run, Table, in_turns, median, or_dash, ratio, setting};

const SECRET: &str = "a secret of some length";
/// How often a small file is signed.
const SMALL_ROUNDS: u64 = 300;
/// How often the peak memory is looked at; the largest counts.
const MEMORY_ROUNDS: usize = 5;

fn main() {
    if !measure::is_asked_for() {
        return;
    }
    let place = Place::new("sign");
    let openssl = measure::is_there("openssl", &["version"]);
    if Run::new([OsStr::new("true")]).peak_kb().is_none() {
        println!("skipped: peak memory, since GNU time is not on this machine");
    }
    let small = place.path("small.json");
    let event = Event::named("TODO_CREATED").expect("an event of the catalogue");
    std::fs::write(&small, sample::sample(event)).expect("a small file");
    compare(
        "a file of 2.3 KB, whole process",
        &small,
        SMALL_ROUNDS,
        openssl,
    );

    let mib = setting("BENCH_MIB", 1024);
    let large = place.path("large");
    write_large(&large, mib);
    compare(
        &format!("a file of {mib} MiB"),
        &large,
        setting("BENCH_ROUNDS", 5),
        openssl,
    );
}

fn compare(title: &str, file: &Path, rounds: u64, openssl: bool) {
    let file = file.as_os_str();
    let word = OsStr::new;
    let sign = Run::new([word(BINARY), word("sign"), file, word("-s"), word(SECRET)]);
    let signature = sign.output().trim().to_owned();
    let verify = Run::new([
        word(BINARY),
        word("verify"),
        file,
        word("-s"),
        word(SECRET),
        word("--signature"),
        word(&signature),
    ]);
    let mut names = vec!["bluehook sign", "bluehook verify"];
    let mut runs = vec![sign, verify];
    if openssl {
        let dgst = ["openssl", "dgst", "-sha256", "-hmac", SECRET].map(word);
        let [a, b, c, d, e] = dgst;
        let peer = Run::new([a, b, c, d, e, file]);
        assert!(
            peer.output().trim().ends_with(&signature),
            "openssl gives another signature"
        );
        names.push("openssl dgst -sha256 -hmac");
        runs.push(peer);
    }
    // Not counted: it brings the files into memory.
    in_turns(1, &runs);
    let times = in_turns(rounds, &runs);
    let peer = times.get(2).map_or(f64::NAN, |times| median(times));
    let title = format!("{title}: medians of {rounds} runs in turns");
    let mut table = Table::new(&title, &["", "time / openssl", "ms", "peak kB"]);
    for ((name, run), times) in names.iter().zip(&runs).zip(&times) {
        let peak = (0..MEMORY_ROUNDS).filter_map(|_| run.peak_kb()).max();
        table.row(vec![
            (*name).into(),
            ratio(median(times), peer),
            format!("{:.2}", median(times) * 1000.0),
            or_dash(peak),
        ]);
    }
    table.print();
}

/// Bytes that are not all alike.
fn write_large(path: &Path, mib: u64) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let block: Vec<u8> = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    })
    .take((1 << 20) / 8)
    .flatten()
    .collect();
    let mut file = BufWriter::new(File::create(path).expect("a large file"));
    for _ in 0..mib {
        file.write_all(&block).expect("room for the large file");
    }
    file.flush().expect("room for the large file");
}
