//! `bluehook send` as a load, beside `wrk` and, where there is one, `oha`: signed deliveries a second
//! to one nginx worker that answers 200, where the peers sign nothing and send the same bytes again.
//!
//! `BENCH_ROUNDS` is how often each is measured (3), `BENCH_MS` for how long each time (1000).

// What fails here ends the benchmark, in words.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod measure;

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bluehook::blue::event::Event;
use bluehook::blue::sample;
use measure::{BINARY, NGINX, Place, Table, median, ratio, setting};

const CONNECTIONS: [usize; 3] = [1, 8, 64];

fn main() {
    if !measure::is_asked_for() || !measure::is_there("nginx", &["-v"]) {
        return;
    }
    let rounds = setting("BENCH_ROUNDS", 3);
    let period = Duration::from_millis(setting("BENCH_MS", 1000));
    let place = Place::new("send");
    let event = Event::named("TODO_CREATED").expect("Blue's event");
    let body = place.path("body.json");
    std::fs::write(&body, sample::sample(event)).expect("a file with the body");
    let script = place.path("post.lua");
    let lua = format!(
        "wrk.method = 'POST'\nwrk.headers['Content-Type'] = 'application/json'\nlocal file = io.open('{}', 'rb')\nwrk.body = file:read('*a')\n",
        body.display()
    );
    std::fs::write(&script, lua).expect("wrk's script");
    let receiver = Nginx::start(&place);
    let url = format!("http://127.0.0.1:{}/", receiver.port);
    let (has_wrk, has_oha) = (
        // wrk tells its version with exit code 1.
        Command::new("wrk").arg("-v").output().is_ok(),
        measure::is_there("oha", &["--version"]),
    );
    let mut table = Table::new(
        "signed deliveries a second",
        &["connections", "send", "wrk", "oha", "to wrk", "to oha"],
    );
    for connections in CONNECTIONS {
        let (mut ours, mut wrk, mut oha) = (vec![], vec![], vec![]);
        for _ in 0..rounds {
            ours.push(send(&url, connections, period));
            if has_wrk {
                wrk.push(by_wrk(&url, connections, period, &script));
            }
            if has_oha {
                oha.push(by_oha(&url, connections, period, &body));
            }
        }
        let rate = |rates: &[f64]| match rates.is_empty() {
            true => "–".to_owned(),
            false => format!("{:.0}", median(rates)),
        };
        table.row(vec![
            connections.to_string(),
            rate(&ours),
            rate(&wrk),
            rate(&oha),
            ratio(median(&ours), median(&wrk)),
            ratio(median(&ours), median(&oha)),
        ]);
    }
    table.print();
}

fn send(url: &str, connections: usize, period: Duration) -> f64 {
    let output = Command::new(BINARY)
        .args(["send", url, "--secret", "a secret of some length", "--json"])
        .args(["-c", &connections.to_string()])
        .args(["--duration", &format!("{}ms", period.as_millis())])
        .output()
        .expect("bluehook send");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    number_after(&text, "\"per_second\":")
}

fn by_wrk(url: &str, connections: usize, period: Duration, script: &Path) -> f64 {
    let seconds = period.as_secs().max(1);
    let output = Command::new("wrk")
        .args([
            "-t1",
            &format!("-c{connections}"),
            &format!("-d{seconds}"),
            "-s",
        ])
        .arg(script)
        .arg(url)
        .output()
        .expect("wrk");
    number_after(&String::from_utf8_lossy(&output.stdout), "Requests/sec:")
}

fn by_oha(url: &str, connections: usize, period: Duration, body: &Path) -> f64 {
    let output = Command::new("oha")
        .args(["--no-tui", "-m", "POST", "-c", &connections.to_string()])
        .args(["-z", &format!("{}ms", period.as_millis()), "-D"])
        .arg(body)
        .arg(url)
        .output()
        .expect("oha");
    number_after(&String::from_utf8_lossy(&output.stdout), "Requests/sec:")
}

/// The number behind a mark.
fn number_after(text: &str, mark: &str) -> f64 {
    let (_, rest) = text.split_once(mark).unwrap_or_else(|| panic!("{text}"));
    let rest = rest.trim_start();
    let end = rest.find(|it: char| !it.is_ascii_digit() && it != '.');
    rest[..end.unwrap_or(rest.len())].parse().expect("a number")
}

/// nginx, ended when dropped.
struct Nginx {
    child: Child,
    port: u16,
}

impl Nginx {
    fn start(place: &Place) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("its address").port();
        drop(free);
        let folder = place.path("");
        let configuration = NGINX
            .replace("PLACE", &folder.display().to_string())
            .replace("PORT", &port.to_string());
        let file = place.path("nginx.conf");
        std::fs::write(&file, configuration).expect("nginx's configuration");
        let child = Command::new("nginx")
            .arg("-c")
            .arg(&file)
            .arg("-p")
            .arg(&folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx");
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                started.elapsed() < Duration::from_secs(5),
                "nginx does not listen"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { child, port }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
