//! The receivers of `examples/`, as the README shows them: they accept every sample and refuse what
//! is forged. Those whose program or framework the machine lacks are skipped, with a message.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::runner::{BINARY, Place, has, lacking};

const SECRET: &str = "pat_geheim für Blue";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/receivers")
}

/// A receiver under test; ends with it.
struct Receiver {
    child: Child,
    url: String,
}

impl Receiver {
    /// Starts one and reads from its first line where it listens.
    fn start(command: &mut Command) -> Self {
        let mut child = command
            .env("WEBHOOK_SECRET", SECRET)
            .env("PORT", "0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().expect("it says where it listens").unwrap();
        let url = first.strip_prefix("listening on ").unwrap().to_owned();
        // What it prints of its deliveries is read, so that it never waits for room.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The status that a receiver answers to `bluehook send` with these words and arguments.
#[track_caller]
fn answered(place: &Place, url: &str, words: &str, arguments: &[&str]) -> u64 {
    let mut run = place.bluehook("send --json --timeout 30s");
    for argument in words.split_whitespace().chain(arguments.iter().copied()) {
        run = run.arg(argument);
    }
    let lines = run.arg(url).env("BLUEHOOK_SECRET", SECRET).run().json();
    lines[0]["status"].as_u64().expect("an answer")
}

/// What every receiver must do.
fn accepts_what_is_genuine_and_refuses_what_is_forged(mut command: Command) {
    let receiver = Receiver::start(&mut command);
    let url = receiver.url.as_str();
    let place = Place::new();
    for event in place.bluehook("events --json").run().json() {
        let name = event["event"].as_str().unwrap();
        assert_eq!(answered(&place, url, "-e", &[name]), 200, "{name}");
    }

    let body = "{\"event\": \"TODO_NEW\", \"n\": 1.0, \"t\": \"\\u00e9 é \\/ <\", \"n\": 1e3}\n";
    let genuine = place
        .bluehook("sign")
        .env("BLUEHOOK_SECRET", SECRET)
        .stdin(body)
        .run();
    let genuine = genuine.text();
    let genuine = genuine.trim();
    // The binary may not mend what is sent here: these are the headers as written.
    let signed = |signature: &str, body: &str| {
        let header = format!("X-Signature: {signature}");
        answered(&place, url, "--unsigned", &["-H", &header, "-d", body])
    };
    assert_eq!(signed(genuine, body), 200, "odd spelling, a line end");
    assert_eq!(answered(&place, url, "", &["-d", "{\"event\":"]), 400);
    assert_eq!(answered(&place, url, "", &["-d", "[null]"]), 200);

    let compact = "{\"event\":\"TODO_NEW\",\"n\":1000,\"t\":\"é é / <\"}";
    assert_eq!(signed(genuine, body.trim_end()), 401, "a line end less");
    assert_eq!(signed(genuine, compact), 401, "the same JSON, rewritten");
    for forged in [
        "",
        "undefined",
        &genuine[..32],
        &format!("{genuine}00"),
        &format!("{genuine}zz"),
        &format!("sha256={genuine}"),
        &format!(
            "{}{}",
            if genuine.starts_with('0') { '1' } else { '0' },
            &genuine[1..]
        ),
        "é",
    ] {
        assert_eq!(signed(forged, body), 401, "{forged:?}");
    }
    assert_eq!(answered(&place, url, "--unsigned", &[]), 401);
    assert_eq!(answered(&place, url, "-s another", &[]), 401);
    assert_eq!(answered(&place, url, "", &[]), 200, "and it is still there");

    let ended = place
        .bluehook("check --json --timeout 30s")
        .arg(url)
        .env("BLUEHOOK_SECRET", SECRET)
        .run();
    let lines = ended.json();
    let is_bad = |line: &&serde_json::Value| line["verdict"] == "fail" || line["verdict"] == "warn";
    let bad: Vec<_> = lines.iter().filter(is_bad).collect();
    assert!(bad.is_empty() && ended.code == Some(0), "{bad:?}");
}

/// Runs a receiver of `examples/receivers`, if `program` can import what it needs.
fn example(program: &str, import: &[&str], file: &str) {
    if !has(program) {
        return;
    }
    let importable = Command::new(program)
        .args(import)
        .current_dir(folder())
        .stderr(Stdio::null())
        .status();
    if !importable.is_ok_and(|status| status.success()) {
        lacking(file.split(['.', '_']).next().unwrap());
        return;
    }
    let mut command = Command::new(program);
    command.arg(folder().join(file)).current_dir(folder());
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    accepts_what_is_genuine_and_refuses_what_is_forged(command);
}

#[test]
fn the_node_receiver_is_right() {
    example("node", &["-e", ""], "node.mjs");
}

#[test]
fn the_express_receiver_is_right() {
    let import = "import 'express'";
    example(
        "node",
        &["--input-type=module", "-e", import],
        "express.mjs",
    );
}

#[test]
fn the_fastify_receiver_is_right() {
    let import = "import 'fastify'";
    example(
        "node",
        &["--input-type=module", "-e", import],
        "fastify.mjs",
    );
}

#[test]
fn the_python_receiver_is_right() {
    example("python3", &["-c", ""], "python.py");
}

#[test]
fn the_flask_receiver_is_right() {
    example("python3", &["-c", "import flask"], "flask_app.py");
}

#[test]
fn the_fastapi_receiver_is_right() {
    let import = "import fastapi, uvicorn";
    example("python3", &["-c", import], "fastapi_app.py");
}

#[test]
fn the_rust_receiver_is_right() {
    // cargo builds it for `cargo test`, but not for `cargo test --test cli`.
    let path = Path::new(BINARY)
        .with_file_name("examples")
        .join("receiver");
    if !path.exists() {
        lacking("examples/receiver.rs, built by cargo test,");
        return;
    }
    accepts_what_is_genuine_and_refuses_what_is_forged(Command::new(path));
}
