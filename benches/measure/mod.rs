//! What the benchmarks share: peers that may be missing, medians, peak memory, a table.
//!
//! Every figure is a ratio to a named peer that was measured in the same run, in turns: absolute
//! figures say more about the machine than about the program.

// Each benchmark uses its part of this.
#![allow(dead_code)]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What nginx is told, PLACE and PORT aside: it answers 200 and verifies nothing, in one process, as
/// `listen` is one thread that answers.
pub(crate) const NGINX: &str = "
daemon off; master_process off; pid PLACE/nginx.pid; error_log PLACE/nginx.log;
events { worker_connections 2048; }
http {
  access_log off; keepalive_requests 1000000000;
  client_body_temp_path PLACE/1; proxy_temp_path PLACE/2; fastcgi_temp_path PLACE/3;
  uwsgi_temp_path PLACE/4; scgi_temp_path PLACE/5;
  server { listen 127.0.0.1:PORT backlog=1024; location / { return 200; } }
}
";

/// The binary that is measured.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_bluehook");

/// `cargo bench` says so; `cargo test --all-targets`, which runs benchmarks too, does not.
pub(crate) fn is_asked_for() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// A number from the environment, such as how many rounds are run.
pub(crate) fn setting(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name} must be a number, and is {text:?}")),
        Err(_) => default,
    }
}

/// Whether a program is on this machine; if not, it is said that its rows are missing.
pub(crate) fn is_there(program: &str, arguments: &[&str]) -> bool {
    let ran = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let there = ran.is_ok_and(|status| status.success());
    if !there {
        println!("skipped: {program} is not on this machine");
    }
    there
}

/// A folder on the disk that the build is on, removed when dropped.
pub(crate) struct Place(PathBuf);

impl Place {
    pub(crate) fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("bench-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder for the benchmark's files");
        Self(path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A program with its arguments, run often.
#[derive(Clone)]
pub(crate) struct Run {
    words: Vec<std::ffi::OsString>,
}

impl Run {
    pub(crate) fn new<const N: usize>(words: [&OsStr; N]) -> Self {
        Self {
            words: words.iter().map(|&word| word.to_owned()).collect(),
        }
    }

    fn command(&self, before: &[&str]) -> Command {
        let mut words = before
            .iter()
            .map(OsStr::new)
            .chain(self.words.iter().map(AsRef::as_ref));
        let mut command = Command::new(words.next().expect("a program"));
        command
            .args(words)
            .stdin(Stdio::null())
            .env("LC_ALL", "C")
            .env_remove("BLUEHOOK_SECRET");
        command
    }

    /// What it prints.
    pub(crate) fn output(&self) -> String {
        let output = self.command(&[]).output().expect("a program that starts");
        assert!(output.status.success(), "{:?} failed", self.words);
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// How long it takes, from its start to its end.
    pub(crate) fn time(&self) -> Duration {
        let mut command = self.command(&[]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let started = Instant::now();
        let status = command.status().expect("a program that starts");
        let took = started.elapsed();
        assert!(status.success(), "{:?} failed", self.words);
        took
    }

    /// The most memory that it had at a time, in kB, as GNU time tells; `None` without GNU time.
    pub(crate) fn peak_kb(&self) -> Option<u64> {
        let output = self
            .command(&["/usr/bin/time", "-f", "%M"])
            .output()
            .ok()
            .filter(|output| output.status.success())?;
        String::from_utf8_lossy(&output.stderr)
            .lines()
            .last()?
            .trim()
            .parse()
            .ok()
    }
}

/// The times of several programs, in turns, so that what disturbs one disturbs all.
pub(crate) fn in_turns(rounds: u64, runs: &[Run]) -> Vec<Vec<f64>> {
    let mut times = vec![Vec::new(); runs.len()];
    for _ in 0..rounds {
        for (run, times) in runs.iter().zip(&mut times) {
            times.push(run.time().as_secs_f64());
        }
    }
    times
}

/// The middle of the values; not a number if there are none.
pub(crate) fn median(values: &[f64]) -> f64 {
    percentile(values, 0.5)
}

/// The value below which this share of the values lies.
pub(crate) fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    let index = (last as f64 * share).round() as usize;
    sorted.get(index).copied().unwrap_or(f64::NAN)
}

/// Columns of equal width, the first to the left.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(title: &str, columns: &[&str]) -> Self {
        println!("\n{title}");
        let heads = columns.iter().map(|&column| column.to_owned()).collect();
        Self { rows: vec![heads] }
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    pub(crate) fn print(&self) {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in &self.rows {
            let cells = row
                .iter()
                .zip(&widths)
                .enumerate()
                .map(|(index, (cell, &width))| {
                    if index == 0 {
                        format!("{cell:<width$}")
                    } else {
                        format!("{cell:>width$}")
                    }
                });
            println!("  {}", cells.collect::<Vec<_>>().join("  ").trim_end());
        }
    }
}

/// A ratio as a cell.
pub(crate) fn ratio(ours: f64, peer: f64) -> String {
    match ours / peer {
        ratio if ratio.is_finite() => format!("{ratio:.2}"),
        _ => "–".into(),
    }
}

/// A number that may be missing, as a cell.
pub(crate) fn or_dash(value: Option<u64>) -> String {
    value.map_or_else(|| "–".into(), |value| value.to_string())
}
