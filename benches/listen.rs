//! `bluehook listen` under load, beside receivers that do the same in Node (`http`) and Python
//! (`ThreadingHTTPServer`), and beside one nginx worker that answers 200 and verifies nothing:
//! deliveries a second, latency, processor's time, peak memory, over loopback.
//!
//! The load comes from one thread of this process over keep-alive connections, each of which sends
//! its next delivery when it has its answer. Every answer must be 200, and connections that are
//! left unanswered are counted: a receiver that starves some of them must not look fast.
//!
//! `BENCH_ROUNDS` is how often each is measured (3), `BENCH_MS` for how long each time (1000).

// What fails here ends the benchmark, in words.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod measure;

use std::fs::OpenOptions;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bluehook::blue::event::Event;
use bluehook::blue::sample;
use hmac::{Hmac, KeyInit as _, Mac as _};
use measure::{BINARY, NGINX, Place, Table, median, or_dash, percentile, ratio, setting};
use sha2::Sha256;
use tokio::net::TcpStream;
use tokio::time::timeout;

const SECRET: &str = "a secret of some length";
const CONNECTIONS: [usize; 4] = [1, 8, 64, 256];
/// The connections that the memory is measured with.
const MANY: usize = 256;
/// How many different deliveries are sent in turns.
const DELIVERIES: usize = 64;
/// A connection that waits longer than this for an answer is left unanswered.
const PATIENCE: Duration = Duration::from_secs(3);

const NODE: &str = r"
const http = require('http'), crypto = require('crypto'), secret = process.argv[1];
http.createServer((request, response) => {
  const pieces = [];
  request.on('data', piece => pieces.push(piece));
  request.on('end', () => {
    const due = crypto.createHmac('sha256', secret).update(Buffer.concat(pieces)).digest();
    const got = Buffer.from(request.headers['x-signature'] || '', 'hex');
    const genuine = got.length === due.length && crypto.timingSafeEqual(got, due);
    response.writeHead(genuine ? 200 : 401, { 'Content-Length': 0 });
    response.end();
  });
}).listen(0, '127.0.0.1', 1024, function () { console.log(this.address().port); });
";

const PYTHON: &str = r#"
import hashlib, hmac, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        due = hmac.new(sys.argv[1].encode(), body, hashlib.sha256).hexdigest()
        genuine = hmac.compare_digest(self.headers.get("X-Signature", ""), due)
        self.send_response(200 if genuine else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass

class Server(ThreadingHTTPServer):
    request_queue_size = 1024

server = Server(("127.0.0.1", 0), Receiver)
print(server.server_address[1], flush=True)
server.serve_forever()
"#;

fn main() {
    if !measure::is_asked_for() {
        return;
    }
    let rounds = setting("BENCH_ROUNDS", 3);
    let period = Duration::from_millis(setting("BENCH_MS", 1000));
    let place = Place::new("listen");
    let deliveries = deliveries();
    let mut receivers = vec![
        Peer::bluehook("listen --quiet", &place, None),
        Peer::bluehook(
            "listen --quiet --record",
            &place,
            Some(place.path("recording.jsonl")),
        ),
    ];
    if measure::is_there("nginx", &["-v"]) {
        receivers.push(Peer::nginx(&place));
    }
    if measure::is_there("node", &["--version"]) {
        receivers.push(Peer::script("node http", "node", &["-e", NODE, SECRET]));
    }
    if measure::is_there("python3", &["--version"]) {
        let words = ["-c", PYTHON, SECRET];
        receivers.push(Peer::script("python http.server", "python3", &words));
    }
    for connections in CONNECTIONS {
        compare(&mut receivers, connections, rounds, period, &deliveries);
    }
    syncs(&receivers, &place, period, &deliveries);
    drop(receivers);
    memory(&place, period, &deliveries);
}

/// The receivers in turns, with so many connections.
fn compare(
    receivers: &mut [Peer],
    connections: usize,
    rounds: u64,
    period: Duration,
    deliveries: &[Vec<u8>],
) {
    // Not counted: it warms up what compiles as it runs.
    for receiver in &mut *receivers {
        load(receiver.address, connections, period / 4, deliveries);
    }
    let mut loads: Vec<Vec<Load>> = receivers.iter().map(|_| Vec::new()).collect();
    for _ in 0..rounds {
        for (receiver, loads) in receivers.iter_mut().zip(&mut loads) {
            let before = receiver.cpu_ticks();
            let mut load = load(receiver.address, connections, period, deliveries);
            load.ticks = receiver.cpu_ticks() - before;
            loads.push(load);
        }
    }
    let figures: Vec<[f64; 4]> = loads.iter().map(|loads| figures(loads)).collect();
    let peer = |name: &str| receivers.iter().position(|it| it.name.starts_with(name));
    let of_peer = |name: &str| peer(name).map_or([f64::NAN; 4], |peer| figures[peer]);
    let [nginx_rate, _, nginx_p99, nginx_ticks] = of_peer("nginx");
    let [node_rate, _, _, node_ticks] = of_peer("node");
    let title = format!("{connections} connections: medians of {rounds} rounds in turns");
    let columns = [
        "",
        "a second / nginx",
        "CPU each / nginx",
        "p99 / nginx",
        "a second / node",
        "CPU each / node",
        "a second",
        "p50 ms",
        "p99 ms",
        "unanswered",
    ];
    let mut table = Table::new(&title, &columns);
    for ((receiver, loads), [rate, p50, p99, ticks]) in receivers.iter().zip(&loads).zip(&figures) {
        let unanswered: usize = loads.iter().map(|load| load.unanswered).sum();
        table.row(vec![
            receiver.name.into(),
            ratio(*rate, nginx_rate),
            ratio(*ticks, nginx_ticks),
            ratio(*p99, nginx_p99),
            ratio(*rate, node_rate),
            ratio(*ticks, node_ticks),
            format!("{rate:.0}"),
            format!("{p50:.2}"),
            format!("{p99:.2}"),
            unanswered.to_string(),
        ]);
    }
    table.print();
}

/// The medians of the rate, of the percentiles in milliseconds, and of the processor's time for a
/// delivery, which is the steadiest of them when others use the machine.
fn figures(loads: &[Load]) -> [f64; 4] {
    let of = |figure: &dyn Fn(&Load) -> f64| median(&loads.iter().map(figure).collect::<Vec<_>>());
    [
        of(&|load| load.times.len() as f64 / load.seconds),
        of(&|load| percentile(&load.times, 0.5) * 1000.0),
        of(&|load| percentile(&load.times, 0.99) * 1000.0),
        of(&|load| load.ticks / load.times.len() as f64),
    ]
}

/// Recorded deliveries a second, beside lines that are synced one by one on the same disk: senders
/// that wait together must share a sync.
fn syncs(receivers: &[Peer], place: &Place, period: Duration, deliveries: &[Vec<u8>]) {
    let line = vec![b'x'; 4096];
    let path = place.path("syncs");
    let (mut alone, mut together, mut single) = (Vec::new(), Vec::new(), Vec::new());
    let Some(recording) = receivers.iter().find(|it| it.name.ends_with("--record")) else {
        return;
    };
    for _ in 0..3 {
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .expect("a file to sync");
        let started = Instant::now();
        let mut count = 0.0;
        while started.elapsed() < period / 2 {
            file.write_all(&line).expect("room on the disk");
            file.sync_data().expect("a disk that syncs");
            count += 1.0;
        }
        alone.push(count / started.elapsed().as_secs_f64());
        for (connections, rates) in [(1, &mut single), (64, &mut together)] {
            let load = load(recording.address, connections, period / 2, deliveries);
            rates.push(load.times.len() as f64 / load.seconds);
        }
    }
    let title = format!(
        "lines that are on the disk before their answer: a sync takes {:.3} ms here",
        1000.0 / median(&alone)
    );
    let mut table = Table::new(&title, &["", "a second / syncs one by one", "a second"]);
    for (name, rates) in [
        ("one by one, without a receiver", &alone),
        ("listen --record, 1 connection", &single),
        ("listen --record, 64 connections", &together),
    ] {
        let rate = median(rates);
        table.row(vec![
            name.into(),
            ratio(rate, median(&alone)),
            format!("{rate:.0}"),
        ]);
    }
    table.print();
}

/// The peak memory of fresh receivers with many connections.
fn memory(place: &Place, period: Duration, deliveries: &[Vec<u8>]) {
    let title = format!("peak memory with {MANY} connections");
    let mut table = Table::new(&title, &["", "kB", "unanswered"]);
    let recording = Some(place.path("memory.jsonl"));
    for (name, recording) in [
        ("listen --quiet", None),
        ("listen --quiet --record", recording),
    ] {
        let receiver = Peer::bluehook(name, place, recording);
        let load = load(receiver.address, MANY, period, deliveries);
        table.row(vec![
            name.into(),
            or_dash(receiver.peak_kb()),
            load.unanswered.to_string(),
        ]);
    }
    table.print();
}

/// A receiver in a process of its own, ended when dropped.
struct Peer {
    name: &'static str,
    process: Child,
    address: SocketAddr,
    recording: Option<PathBuf>,
}

impl Peer {
    fn bluehook(name: &'static str, place: &Place, recording: Option<PathBuf>) -> Self {
        let ready = place.path("ready");
        let _ = std::fs::remove_file(&ready);
        let mut command = Command::new(BINARY);
        command
            .args(["listen", "--quiet", "--port", "0", "--secret", SECRET])
            .arg("--ready-file")
            .arg(&ready);
        if let Some(recording) = &recording {
            command.arg("--record").arg(recording);
        }
        let process = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("bluehook listen");
        Self {
            name,
            process,
            address: written(&ready),
            recording,
        }
    }

    fn nginx(place: &Place) -> Self {
        // Free now, and not likely to be taken at once.
        let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr());
        let address = free.expect("a free port");
        let folder = place.path("nginx");
        std::fs::create_dir_all(&folder).expect("a folder for nginx");
        let config = folder.join("nginx.conf");
        let text = NGINX
            .replace("PLACE", &folder.to_string_lossy())
            .replace("PORT", &address.port().to_string());
        std::fs::write(&config, text).expect("a configuration for nginx");
        let process = Command::new("nginx")
            .arg("-c")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx");
        let started = Instant::now();
        while std::net::TcpStream::connect(address).is_err() {
            assert!(started.elapsed() < Duration::from_secs(10), "nginx starts");
            std::thread::sleep(Duration::from_millis(5));
        }
        Self {
            name: "nginx return 200",
            process,
            address,
            recording: None,
        }
    }

    fn script(name: &'static str, program: &str, words: &[&str]) -> Self {
        let mut process = Command::new(program)
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a peer that starts");
        let mut line = String::new();
        let output = process.stdout.take().expect("the peer's output");
        BufReader::new(output)
            .read_line(&mut line)
            .expect("the peer's port");
        let port: u16 = line.trim().parse().expect("the peer's port");
        Self {
            name,
            process,
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            recording: None,
        }
    }

    /// The processor's time that it has taken, as Linux tells; elsewhere not a number.
    fn cpu_ticks(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id()));
        let stat = stat.unwrap_or_default();
        // After the name, which may hold anything: the state, ten more, then user and system.
        let fields = stat.rsplit(')').next().unwrap_or_default();
        let times = fields.split_whitespace().skip(11).take(2);
        let times: Vec<f64> = times.filter_map(|time| time.parse().ok()).collect();
        match times[..] {
            [user, system] => user + system,
            _ => f64::NAN,
        }
    }

    /// The most memory that it had, in kB, as Linux tells.
    fn peak_kb(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.split_whitespace().next()?.parse().ok()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if let Some(recording) = &self.recording {
            let _ = std::fs::remove_file(recording);
        }
    }
}

/// The address of the URL that is written into the file as soon as deliveries are accepted.
fn written(ready: &Path) -> SocketAddr {
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(10) {
        let text = std::fs::read_to_string(ready).unwrap_or_default();
        let address = text.trim().strip_prefix("http://").unwrap_or_default();
        if let Ok(address) = address.trim_end_matches('/').parse() {
            return address;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("bluehook listen did not get ready");
}

/// Signed requests, each with a body of its own.
fn deliveries() -> Vec<Vec<u8>> {
    let event = Event::named("TODO_CREATED").expect("an event of the catalogue");
    let sample = String::from_utf8(sample::sample(event)).expect("a sample is text");
    let one = |number: usize| {
        let body = format!(
            "{},\"number\":{number}}}",
            sample.strip_suffix('}').unwrap_or(&sample)
        );
        let body = body.as_bytes();
        let mut mac =
            Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key of any length");
        mac.update(body);
        let signature = hex::encode(mac.finalize().into_bytes());
        let head = format!(
            "POST /hooks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nUser-Agent: bench\r\n\
             X-Signature: {signature}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        [head.as_bytes(), body].concat()
    };
    (0..DELIVERIES).map(one).collect()
}

/// What one load brought.
struct Load {
    /// How long each answer took, in seconds.
    times: Vec<f64>,
    /// How many connections got no answer, or not their last one.
    unanswered: usize,
    seconds: f64,
    /// The processor's time that the receiver took, in the system's ticks.
    ticks: f64,
}

fn load(address: SocketAddr, connections: usize, period: Duration, deliveries: &[Vec<u8>]) -> Load {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async {
        let deliveries: std::rc::Rc<[Vec<u8>]> = deliveries.into();
        let started = Instant::now();
        let end = started + period;
        let tasks: Vec<_> = (0..connections)
            .map(|number| {
                let deliveries = deliveries.clone();
                tokio::task::spawn_local(async move {
                    Connection::default()
                        .talk(address, &deliveries, number, end)
                        .await
                })
            })
            .collect();
        let mut load = Load {
            times: Vec::new(),
            unanswered: 0,
            seconds: 0.0,
            ticks: f64::NAN,
        };
        for task in tasks {
            let connection = task.await.expect("a connection that ends");
            load.times.extend(&connection.times);
            load.unanswered += usize::from(connection.failed || connection.times.is_empty());
        }
        load.seconds = started.elapsed().as_secs_f64();
        load
    })
}

#[derive(Default)]
struct Connection {
    times: Vec<f64>,
    failed: bool,
    read: Vec<u8>,
}

impl Connection {
    async fn talk(
        mut self,
        address: SocketAddr,
        deliveries: &[Vec<u8>],
        number: usize,
        end: Instant,
    ) -> Self {
        let Ok(Ok(stream)) = timeout(PATIENCE, TcpStream::connect(address)).await else {
            self.failed = true;
            return self;
        };
        let _ = stream.set_nodelay(true);
        for delivery in deliveries.iter().cycle().skip(number % DELIVERIES) {
            let sent = Instant::now();
            if sent >= end {
                break;
            }
            let answered = timeout(PATIENCE, self.exchange(&stream, delivery)).await;
            if !matches!(answered, Ok(Ok(()))) {
                self.failed = true;
                break;
            }
            self.times.push(sent.elapsed().as_secs_f64());
        }
        self
    }

    /// Sends one delivery and reads its answer, which has to be a 200 without a body.
    async fn exchange(&mut self, stream: &TcpStream, delivery: &[u8]) -> io::Result<()> {
        let mut rest = delivery;
        while !rest.is_empty() {
            match stream.try_write(rest) {
                Ok(count) => rest = &rest[count..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    stream.writable().await?;
                }
                Err(error) => return Err(error),
            }
        }
        self.read.clear();
        while !self.read.ends_with(b"\r\n\r\n") {
            stream.readable().await?;
            let mut piece = [0; 1024];
            match stream.try_read(&mut piece) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => self.read.extend_from_slice(&piece[..count]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        if self.read.starts_with(b"HTTP/1.1 200") {
            Ok(())
        } else {
            Err(io::ErrorKind::InvalidData.into())
        }
    }
}
