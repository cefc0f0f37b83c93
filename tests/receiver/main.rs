//! The receiver under friendly, broken and hostile senders: what each sends, what it gets, what is
//! reported, and that the next sender is served. The senders are plain sockets.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod corpora;

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use bluehook::delivery::{Delivery, Headers};
use bluehook::receiver::{
    Answer, Limits, Malformed, Received, Receiver, Reply, Responder, Service, Stop, answer_all,
};

/// No wait in these tests is longer: then something hangs.
const PATIENCE: Duration = Duration::from_secs(30);
/// A deadline for tests in which it has to pass.
const SHORT: Duration = Duration::from_millis(200);

const LOCAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

// ---- the receiver's side ------------------------------------------------------------------------

/// A receiver on a thread of its own.
struct Running {
    address: SocketAddr,
    stop: Stop,
    received: mpsc::Receiver<Received>,
    malformed: mpsc::Receiver<Malformed>,
    thread: Option<JoinHandle<io::Result<()>>>,
}

struct Reporting<F> {
    answer: F,
    received: mpsc::Sender<Received>,
    malformed: mpsc::Sender<Malformed>,
}

impl<F: Fn(&Delivery, Responder) + Send + Sync + 'static> Service for Reporting<F> {
    fn received(&self, received: Received, responder: Responder) {
        let delivery = received.delivery.clone();
        let _ = self.received.send(received);
        (self.answer)(&delivery, responder);
    }

    fn malformed(&self, malformed: Malformed) {
        let _ = self.malformed.send(malformed);
    }
}

impl Running {
    /// Answers every delivery with 200 and its target.
    fn start(limits: Limits) -> Self {
        Self::with(limits, |delivery, responder| {
            responder.answer(reply(200, delivery.target.as_bytes()));
        })
    }

    fn with(limits: Limits, answer: impl Fn(&Delivery, Responder) + Send + Sync + 'static) -> Self {
        let receiver = Receiver::bind(LOCAL, limits).unwrap();
        let address = receiver.local_addr().unwrap();
        let stop = Stop::new();
        let (to_received, received) = mpsc::channel();
        let (to_malformed, malformed) = mpsc::channel();
        let service = Reporting {
            answer,
            received: to_received,
            malformed: to_malformed,
        };
        let switch = stop.clone();
        let thread = thread::spawn(move || receiver.serve(service, &switch));
        Self {
            address,
            stop,
            received,
            malformed,
            thread: Some(thread),
        }
    }

    fn connect(&self) -> Sender {
        Sender::connect(self.address)
    }

    #[cfg(target_os = "linux")]
    fn connect_from(&self, ip: [u8; 4]) -> Sender {
        use socket2::{Domain, Socket, Type};
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from((ip, 0)).into()).unwrap();
        socket.connect(&self.address.into()).unwrap();
        Sender::over(socket.into())
    }

    fn delivery(&self) -> Delivery {
        self.received.recv_timeout(PATIENCE).unwrap().delivery
    }

    fn malformed(&self) -> Malformed {
        self.malformed.recv_timeout(PATIENCE).unwrap()
    }

    /// Nothing was reported beyond what the test has taken, and a new sender is served.
    #[track_caller]
    fn serves_on(&self) {
        if let Ok(malformed) = self.malformed.try_recv() {
            panic!("unexpected: {malformed:?}");
        }
        if let Ok(received) = self.received.try_recv() {
            panic!("unexpected: {received:?}");
        }
        let mut sender = self.connect();
        sender.send(b"POST /next HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nnext");
        let answer = sender.answer();
        assert_eq!((answer.status, answer.body), (200, b"/next".to_vec()));
        assert_eq!(self.delivery().body, b"next");
    }

    /// Stops it and returns once `serve` has.
    fn end(&mut self) {
        self.stop.trigger();
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap().unwrap();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.trigger();
    }
}

fn reply(status: u16, body: &[u8]) -> Answer {
    Answer::from(Reply {
        status,
        headers: Headers::new(),
        body: body.to_vec().into(),
    })
}

// ---- the senders' side --------------------------------------------------------------------------

struct Sender(BufReader<TcpStream>);

#[derive(Debug, PartialEq, Eq)]
struct Answered {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Answered {
    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl Sender {
    fn connect(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).unwrap())
    }

    fn over(stream: TcpStream) -> Self {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(BufReader::new(stream))
    }

    fn stream(&self) -> &TcpStream {
        self.0.get_ref()
    }

    fn send(&self, bytes: &[u8]) {
        self.try_send(bytes).unwrap();
    }

    fn try_send(&self, bytes: &[u8]) -> io::Result<()> {
        self.stream().write_all(bytes)
    }

    fn end_sending(&self) {
        self.stream().shutdown(Shutdown::Write).unwrap();
    }

    fn reset(self) {
        let socket = socket2::Socket::from(self.0.into_inner());
        socket.set_linger(Some(Duration::ZERO)).unwrap();
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim_end_matches(['\r', '\n']).to_owned()
    }

    /// Reads an answer's head alone.
    fn answer_head(&mut self) -> Answered {
        let line = self.line();
        let status = line
            .strip_prefix("HTTP/1.1 ")
            .or(line.strip_prefix("HTTP/1.0 "));
        let status = status.unwrap_or_else(|| panic!("no answer: {line:?}"));
        let status = status.split(' ').next().unwrap().parse().unwrap();
        let mut headers = Vec::new();
        loop {
            let line = self.line();
            match line.split_once(": ") {
                Some((name, value)) => headers.push((name.to_owned(), value.to_owned())),
                None => break,
            }
        }
        Answered {
            status,
            headers,
            body: Vec::new(),
        }
    }

    fn answer(&mut self) -> Answered {
        let mut answer = self.answer_head();
        let length = answer.header("Content-Length").unwrap_or("0");
        answer.body = vec![0; length.parse().unwrap()];
        self.0.read_exact(&mut answer.body).unwrap();
        answer
    }

    /// What is still to be read, up to the connection's end.
    fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        self.0.read_to_end(&mut rest).unwrap();
        rest
    }

    /// The connection ends without another byte, be it by a reset.
    #[track_caller]
    fn is_closed(&mut self) {
        let mut rest = Vec::new();
        match self.0.read_to_end(&mut rest) {
            Ok(_) => assert_eq!(rest, b""),
            Err(error) => assert_eq!(error.kind(), io::ErrorKind::ConnectionReset),
        }
    }
}

/// A request behind one whose length is in doubt: it must never be taken for a request.
const SMUGGLED: &str = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

fn post(target: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

fn names(delivery: &Delivery) -> Vec<(&str, &[u8])> {
    let headers = delivery.headers.iter();
    headers
        .map(|header| (header.name.as_str(), header.value.as_slice()))
        .collect()
}

/// A sender that says this and ends is refused, that is reported, and the next one is served.
#[track_caller]
fn is_refused(running: &Running, input: &[u8], status: u16, code: &str) {
    let mut sender = running.connect();
    // It may be refused while it is still sending.
    let _ = sender.try_send(input);
    let answer = sender.answer();
    let said = input[..input.len().min(80)].escape_ascii();
    assert_eq!(answer.status, status, "{said}");
    assert_eq!(answer.header("Connection"), Some("close"), "{said}");
    assert_eq!(answer.body, format!("{code}\n").as_bytes(), "{said}");
    drop(sender);
    let malformed = running.malformed();
    assert_eq!(malformed.code, code, "{said}: {}", malformed.message);
    assert_eq!(malformed.status, Some(status), "{said}");
    assert!(malformed.remote.is_some(), "{said}");
    assert!(malformed.message.len() < 300, "{}", malformed.message);
    running.serves_on();
}

// ---- friendly senders ---------------------------------------------------------------------------

#[test]
fn a_post_is_delivered_and_answered() {
    let running = Running::start(Limits::default());
    let mut sender = running.connect();
    sender.send(b"POST /hooks?x=1 HTTP/1.1\r\nHost: here\r\nX-Signature: abc\r\ncontent-length: 5\r\n\r\n\x00\xff{}\n");
    let answer = sender.answer();
    assert_eq!(answer.status, 200);
    let (name, date) = answer.headers.first().unwrap();
    assert_eq!((name.as_str(), date.len()), ("Date", 29));
    assert!(date.ends_with(" GMT"));
    assert_eq!(
        answer.headers[1..],
        [("Content-Length".to_owned(), "10".to_owned())]
    );
    assert_eq!(answer.body, b"/hooks?x=1");
    let received = running.received.recv_timeout(PATIENCE).unwrap();
    assert_eq!(received.remote, sender.stream().local_addr().unwrap());
    let delivery = received.delivery;
    assert_eq!(delivery.method, "POST");
    assert_eq!(delivery.target, "/hooks?x=1");
    assert_eq!(delivery.body, b"\x00\xff{}\n");
    let expected: [(&str, &[u8]); 3] = [
        ("Host", b"here"),
        ("X-Signature", b"abc"),
        ("content-length", b"5"),
    ];
    assert_eq!(names(&delivery), expected);
    running.serves_on();
}

#[test]
fn every_one_of_256_keep_alive_senders_is_answered() {
    let running = Running::start(Limits::default());
    let mut senders: Vec<_> = (0..256).map(|_| running.connect()).collect();
    for round in 0..3 {
        for (number, sender) in senders.iter().enumerate() {
            sender.send(&post(&format!("/{round}/{number}"), b"{}"));
        }
        for (number, sender) in senders.iter_mut().enumerate() {
            let expected = format!("/{round}/{number}");
            assert_eq!(sender.answer().body, expected.as_bytes());
            running.delivery();
        }
    }
    running.serves_on();
}

#[test]
fn no_delivery_of_busy_senders_is_lost() {
    let running = Running::start(Limits::default());
    let address = running.address;
    let threads: Vec<_> = (0..8)
        .map(|_| {
            thread::spawn(move || {
                let agent = ureq::Agent::new_with_defaults();
                for _ in 0..200 {
                    let body = [b'x'; 2560];
                    let url = format!("http://{address}/busy");
                    let answer = agent.post(url).send(body.as_slice()).unwrap();
                    assert_eq!(answer.status(), 200);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(running.received.try_iter().count(), 1600);
    running.serves_on();
}

#[test]
fn an_offered_upgrade_to_http2_is_passed_over() {
    let running = Running::start(Limits::default());
    let mut sender = running.connect();
    for _ in 0..2 {
        sender.send(
            b"POST /java HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\
              HTTP2-Settings: AAEAAEAAAAIAAAAB\r\nContent-Length: 2\r\n\r\n{}",
        );
        assert_eq!(sender.answer().body, b"/java");
        let delivery = running.delivery();
        assert_eq!(delivery.body, b"{}");
        assert_eq!(delivery.headers.get("upgrade"), Some(b"h2c".as_slice()));
    }
    running.serves_on();
}

#[test]
fn large_answers_arrive_whole_on_one_connection() {
    let running = Running::with(Limits::default(), |delivery, responder| {
        let size = delivery.target[1..].parse().unwrap_or(0);
        responder.answer(reply(200, &vec![b'a'; size]));
    });
    let mut sender = running.connect();
    for size in [1025, 70_000, 3_000_000, 0, 1] {
        sender.send(&post(&format!("/{size}"), b""));
        assert_eq!(sender.answer().body, vec![b'a'; size]);
    }
}

#[test]
fn bytes_beyond_ascii_arrive_as_they_are() {
    let running = Running::start(Limits::default());
    let mut sender = running.connect();
    let head = "GET /?x HTTP/1.1\r\nHost: x\r\nX-Utf8: grüße\r\nX-Latin1: ".as_bytes();
    sender.send(&[head, b"gr\xfc\xdfe \x80\xff\r\n\r\n"].concat());
    assert_eq!(sender.answer().body, b"/?x");
    let delivery = running.delivery();
    let expected: [(&str, &[u8]); 3] = [
        ("Host", b"x"),
        ("X-Utf8", "grüße".as_bytes()),
        ("X-Latin1", b"gr\xfc\xdfe \x80\xff"),
    ];
    assert_eq!(names(&delivery), expected);
    running.serves_on();
}

#[test]
fn a_target_beyond_ascii_is_refused() {
    let running = Running::start(Limits::default());
    for target in [b"/gr\xfc".as_slice(), "/grüße".as_bytes(), b"/\x7f"] {
        let input = [b"GET ".as_slice(), target, b" HTTP/1.1\r\nHost: x\r\n\r\n"].concat();
        is_refused(&running, &input, 400, "malformed-request");
    }
}

#[test]
fn chunked_bodies_with_trailers_and_extensions_are_put_together() {
    let running = Running::start(Limits::default());
    let mut sender = running.connect();
    for _ in 0..2 {
        sender.send(
            b"POST /chunks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\nTrailer: X-Sum\r\n\r\n\
              3\r\nabc\r\n0A;name=\"value\"\r\n0123\r\n6789\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n",
        );
        assert_eq!(sender.answer().body, b"/chunks");
        let delivery = running.delivery();
        assert_eq!(delivery.body, b"abc0123\r\n6789");
        assert!(!delivery.headers.contains("X-Sum"));
    }
    running.serves_on();
}

#[test]
fn large_bodies_arrive_exactly() {
    let running = Running::start(Limits::default());
    let body: Vec<u8> = (0..3_000_000_u32)
        .map(|i| (i.wrapping_mul(i) >> 7) as u8)
        .collect();
    let mut sender = running.connect();
    sender.send(&post("/length", &body));
    assert_eq!(sender.answer().status, 200);
    assert!(running.delivery().body == body);
    sender.send(b"POST /chunked HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    for chunk in body.chunks(77_777) {
        sender.send(format!("{:x}\r\n", chunk.len()).as_bytes());
        sender.send(chunk);
        sender.send(b"\r\n");
    }
    sender.send(b"0\r\n\r\n");
    assert_eq!(sender.answer().status, 200);
    assert!(running.delivery().body == body);
    running.serves_on();
}

#[test]
fn heads_are_kept_exactly_on_pipelined_and_kept_connections() {
    let first = b"POST /1 HTTP/1.1\r\nhost: a\r\nX-B: 1\r\nx-a:2\r\nX-b: \t 3 4 \t\r\nX-EMPTY:\r\nContent-LENGTH: 3\r\nX-B: 5\r\n\r\nabc";
    let second = b"PUT /2 HTTP/1.1\r\nHost: x\r\nZ: 1\r\nTransfer-Encoding: chunked\r\nA: 2\r\nz: 3\r\n\r\n2\r\nde\r\n1\r\nf\r\n0\r\nT: u\r\n\r\n";
    let third = b"\r\nGET /3 HTTP/1.1\r\nHost: x\r\nB: 1\r\na: 2\r\nB: 3\r\n\r\n";
    let all = [first.as_slice(), second, third, first].concat();
    let running = Running::start(Limits::default());
    for step in [1, 7, 64, all.len()] {
        let mut sender = running.connect();
        for piece in all.chunks(step) {
            sender.send(piece);
        }
        let answers: Vec<_> = (0..4).map(|_| sender.answer().body).collect();
        assert_eq!(answers, [b"/1", b"/2", b"/3", b"/1"]);
        let expected_first: [(&str, &[u8]); 7] = [
            ("host", b"a"),
            ("X-B", b"1"),
            ("x-a", b"2"),
            ("X-b", b"3 4"),
            ("X-EMPTY", b""),
            ("Content-LENGTH", b"3"),
            ("X-B", b"5"),
        ];
        let expected_second: [(&str, &[u8]); 5] = [
            ("Host", b"x"),
            ("Z", b"1"),
            ("Transfer-Encoding", b"chunked"),
            ("A", b"2"),
            ("z", b"3"),
        ];
        let expected_third: [(&str, &[u8]); 4] =
            [("Host", b"x"), ("B", b"1"), ("a", b"2"), ("B", b"3")];
        for (names_expected, method, body) in [
            (expected_first.as_slice(), "POST", b"abc".as_slice()),
            (&expected_second, "PUT", b"def"),
            (&expected_third, "GET", b""),
            (&expected_first, "POST", b"abc"),
        ] {
            let delivery = running.delivery();
            assert_eq!(names(&delivery), names_expected);
            assert_eq!((delivery.method.as_str(), &*delivery.body), (method, body));
        }
    }
    running.serves_on();
}

#[test]
fn every_method_and_target_form_is_passed_on() {
    let running = Running::start(Limits::default());
    for line in [
        "GET /",
        "PURGE /x",
        "OPTIONS *",
        "CONNECT example.com:443",
        "DELETE http://example.com/absolute#fragment",
        "get //double/../dots?%zz",
        "!#$%&'*+-.^_`|~ /",
    ] {
        let mut sender = running.connect();
        sender.send(format!("{line} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes());
        assert_eq!(sender.answer().status, 200, "{line}");
        let delivery = running.delivery();
        assert_eq!(format!("{} {}", delivery.method, delivery.target), line);
        sender.send(&post("/again", b""));
        assert_eq!(sender.answer().body, b"/again", "{line}");
        running.delivery();
    }
    running.serves_on();
}

#[test]
fn a_sender_that_awaits_100_continue_gets_it() {
    let running = Running::start(Limits::default());
    let mut sender = running.connect();
    sender.send(
        b"POST /big HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n",
    );
    assert_eq!(sender.line(), "HTTP/1.1 100 Continue");
    assert_eq!(sender.line(), "");
    sender.send(b"hello");
    assert_eq!(sender.answer().body, b"/big");
    assert_eq!(running.delivery().body, b"hello");
    running.serves_on();
}

#[test]
fn a_sender_that_awaits_100_continue_for_too_much_gets_413_at_once() {
    let running = Running::start(Limits::default());
    let head =
        b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n";
    is_refused(&running, head, 413, "body-too-large");
}

#[test]
fn a_sender_that_has_ended_its_direction_gets_its_answers() {
    let running = Running::with(Limits::default(), |delivery, responder| {
        let answer = reply(200, delivery.target.as_bytes());
        thread::spawn(move || responder.answer(answer));
    });
    let mut sender = running.connect();
    sender.send(&[post("/1", b"one"), post("/2", b"two")].concat());
    sender.end_sending();
    assert_eq!(sender.answer().body, b"/1");
    assert_eq!(sender.answer().body, b"/2");
    sender.is_closed();
    assert_eq!(running.delivery().body, b"one");
    assert_eq!(running.delivery().body, b"two");
    running.serves_on();
}

#[test]
fn http_1_0_is_answered_and_closed_unless_it_asks_to_stay() {
    let running = Running::start(Limits::default());
    let mut sender = running.connect();
    sender.send(b"POST /0 HTTP/1.0\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\n1");
    assert_eq!(sender.answer().header("Connection"), Some("keep-alive"));
    sender.send(b"POST /0 HTTP/1.0\r\nContent-Length: 1\r\n\r\n2");
    assert_eq!(sender.answer().body, b"/0");
    sender.is_closed();
    assert_eq!(running.delivery().body, b"1");
    assert_eq!(running.delivery().body, b"2");
    running.serves_on();
}

#[test]
fn a_connection_is_closed_when_its_sender_asks_for_it() {
    let running = Running::start(Limits::default());
    let mut sender = running.connect();
    sender.send(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: x, CLOSE\r\n\r\n");
    assert_eq!(sender.answer().header("Connection"), Some("close"));
    sender.is_closed();
    running.delivery();
    running.serves_on();
}

#[test]
fn a_port_in_use_is_an_error() {
    let running = Running::start(Limits::default());
    let error = Receiver::bind(running.address, Limits::default()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    running.serves_on();
}

// ---- answers ------------------------------------------------------------------------------------

#[test]
fn answers_carry_their_headers_but_not_those_of_a_connection() {
    let running = Running::with(Limits::default(), |_, responder| {
        let mut headers = Headers::new();
        for (name, value) in [
            ("X-A", "1"),
            ("x-a", "2"),
            ("Content-Length", "99"),
            ("Transfer-Encoding", "chunked"),
            ("Keep-Alive", "timeout=5"),
            ("X-Injected", "a\r\nX-Evil: 1"),
            ("X Y", "no name"),
            ("", "no name"),
            ("Connection", "keep-alive, Close"),
        ] {
            headers.push(name, value);
        }
        headers.push("X-Bytes", b"\xe9".as_slice());
        responder.answer(Answer::from(Reply {
            status: 202,
            headers,
            body: "ok".into(),
        }));
    });
    let mut sender = running.connect();
    sender.send(&post("/", b""));
    let whole = sender.rest();
    let mut lines: Vec<_> = whole
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.starts_with(b"Date: "))
        .collect();
    lines.sort_unstable();
    let expected: [&[u8]; 8] = [
        b"\r",
        b"Connection: close\r",
        b"Content-Length: 2\r",
        b"HTTP/1.1 202 Accepted\r",
        b"X-A: 1\r",
        b"X-Bytes: \xe9\r",
        b"ok",
        b"x-a: 2\r",
    ];
    assert_eq!(lines, expected, "{}", whole.escape_ascii());
}

#[test]
fn answers_to_head_and_those_without_content_carry_no_body() {
    let running = Running::with(Limits::default(), |delivery, responder| {
        responder.answer(reply(delivery.target[1..].parse().unwrap(), b"body"));
    });
    let mut sender = running.connect();
    sender.send(b"HEAD /200 HTTP/1.1\r\nHost: x\r\n\r\n");
    let answer = sender.answer_head();
    assert_eq!(answer.header("Content-Length"), Some("4"));
    for status in [204, 304] {
        sender.send(&post(&format!("/{status}"), b""));
        assert_eq!(sender.answer_head().status, status);
    }
    for (status, got) in [(100, 500), (101, 500), (0, 500), (1000, 500), (999, 999)] {
        sender.send(&post(&format!("/{status}"), b""));
        assert_eq!(sender.answer().status, got);
    }
}

#[test]
fn answers_may_come_from_another_thread_and_in_any_order() {
    let (to_test, responders) = mpsc::channel();
    let running = Running::with(Limits::default(), move |_, responder| {
        let _ = to_test.send(responder);
    });
    let mut senders: Vec<_> = (0..3)
        .map(|number| {
            let sender = running.connect();
            sender.send(&post(&format!("/{number}"), b""));
            let responder = responders.recv_timeout(PATIENCE).unwrap();
            (number, sender, responder)
        })
        .collect();
    senders.reverse();
    for (number, mut sender, responder) in senders {
        responder.answer(reply(200, format!("{number}").as_bytes()));
        assert_eq!(sender.answer().body, format!("{number}").as_bytes());
    }
}

#[test]
fn many_answers_can_be_given_at_once() {
    let (to_test, responders) = mpsc::channel();
    let running = Running::with(Limits::default(), move |delivery, responder| {
        let _ = to_test.send((delivery.target.clone(), responder));
    });
    let mut senders: Vec<_> = (0..50).map(|_| running.connect()).collect();
    for (number, sender) in senders.iter().enumerate() {
        sender.send(&post(&format!("/{number}"), b""));
    }
    let waiting = (0..50).map(|_| responders.recv_timeout(PATIENCE).unwrap());
    answer_all(waiting.map(|(target, responder)| (responder, reply(200, target.as_bytes()))));
    answer_all([]);
    for (number, sender) in senders.iter_mut().enumerate() {
        assert_eq!(sender.answer().body, format!("/{number}").as_bytes());
    }
}

#[test]
fn a_delayed_answer_delays_nobody_else() {
    let running = Running::with(Limits::default(), |delivery, responder| {
        let delay = if delivery.target == "/slow" {
            SHORT * 2
        } else {
            Duration::ZERO
        };
        responder.answer(reply(200, delivery.target.as_bytes()).after(delay));
    });
    let begun = Instant::now();
    let mut slow = running.connect();
    slow.send(&post("/slow", b""));
    running.delivery();
    running.serves_on();
    assert_eq!(slow.answer().body, b"/slow");
    assert!(begun.elapsed() >= SHORT * 2);
}

#[test]
fn a_dropped_responder_answers_500() {
    let running = Running::with(Limits::default(), |delivery, responder| {
        if delivery.target != "/forgotten" {
            responder.answer(reply(200, delivery.target.as_bytes()));
        }
    });
    let mut sender = running.connect();
    sender.send(&post("/forgotten", b""));
    assert_eq!(sender.answer().status, 500);
    sender.send(&post("/again", b""));
    assert_eq!(sender.answer().body, b"/again");
    running.delivery();
    running.delivery();
    running.serves_on();
}

#[test]
fn hanging_up_answers_nothing() {
    let running = Running::with(Limits::default(), |delivery, responder| {
        responder.answer(match delivery.target.as_str() {
            "/drop" => Answer::hang_up(),
            "/later" => Answer::hang_up().after(Duration::from_millis(5)),
            target => reply(200, target.as_bytes()),
        });
    });
    for target in ["/drop", "/later"] {
        let mut sender = running.connect();
        sender.send(&[post("/before", b""), post(target, b"")].concat());
        assert_eq!(sender.answer().body, b"/before");
        sender.is_closed();
        running.delivery();
        running.delivery();
    }
    running.serves_on();
}

#[test]
fn answering_a_sender_that_has_gone_is_no_error() {
    let (to_test, responders) = mpsc::channel();
    let running = Running::with(Limits::default(), move |delivery, responder| {
        if delivery.target == "/gone" {
            let _ = to_test.send(responder);
        } else {
            responder.answer(reply(200, delivery.target.as_bytes()));
        }
    });
    for reset in [false, true] {
        let sender = running.connect();
        sender.send(&post("/gone", b""));
        let responder = responders.recv_timeout(PATIENCE).unwrap();
        running.delivery();
        if reset {
            sender.reset();
        } else {
            drop(sender);
        }
        responder.answer(reply(200, &vec![b'x'; 1_000_000]));
        running.serves_on();
    }
}

#[test]
fn a_service_that_panics_harms_one_delivery_only() {
    let running = Running::with(Limits::default(), |delivery, responder| {
        assert_ne!(delivery.target, "/panic", "meant to be seen");
        responder.answer(reply(200, delivery.target.as_bytes()));
    });
    let mut sender = running.connect();
    sender.send(&post("/panic", b""));
    assert_eq!(sender.answer().status, 500);
    running.delivery();
    let malformed = running.malformed();
    assert_eq!(
        (malformed.code, malformed.status),
        ("internal-error", Some(500))
    );
    sender.send(&post("/again", b""));
    assert_eq!(sender.answer().body, b"/again");
    running.delivery();
    running.serves_on();
}

// ---- requests that break off --------------------------------------------------------------------

#[test]
fn a_request_that_ends_early_is_never_taken_for_whole() {
    let running = Running::start(Limits::default());
    let chunked = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    let part = "x".repeat(2000);
    for (input, code, message) in [
        (
            format!("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{part}"),
            "truncated-body",
            "the request ended after 2,000 of its body's 5,000 bytes",
        ),
        (
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 140737488355328\r\n\r\n".to_owned(),
            "body-too-large",
            "the request's body is longer than 10,485,760 bytes",
        ),
        (
            format!("{chunked}64\r\n01234567890123456789"),
            "truncated-body",
            "the request ended after 20 bytes of its chunked body, before the last chunk",
        ),
        (
            format!("{chunked}2\r\nab\r\n"),
            "truncated-body",
            "the request ended after 2 bytes of its chunked body, before the last chunk",
        ),
        (
            format!("{chunked}2\r\nab\r\n0\r\n"),
            "truncated-body",
            "the request ended after 2 bytes of its chunked body, before the last chunk",
        ),
        (
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Le".to_owned(),
            "truncated-head",
            "the request ended after 36 bytes of its head",
        ),
    ] {
        let mut sender = running.connect();
        sender.send(input.as_bytes());
        sender.end_sending();
        let malformed = running.malformed();
        assert_eq!((malformed.code, &*malformed.message), (code, message));
        let answer = sender.answer();
        assert_eq!(malformed.status, Some(answer.status));
        assert_eq!(
            answer.status,
            if code == "body-too-large" { 413 } else { 400 }
        );
        sender.is_closed();
        running.serves_on();
    }
}

#[test]
fn a_request_that_is_reset_is_reported_without_a_status() {
    let running = Running::start(Limits::default());
    let part = "x".repeat(20_000);
    for (input, code) in [
        (
            format!("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n{part}"),
            "truncated-body",
        ),
        (
            format!(
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n{part}"
            ),
            "truncated-body",
        ),
        ("POST / HTTP/1.1\r\nHost".to_owned(), "truncated-head"),
    ] {
        let mut sender = running.connect();
        // Its answer shows that the second request is being read when the reset comes.
        sender.send(&[post("/first", b"").as_slice(), input.as_bytes()].concat());
        running.delivery();
        sender.answer();
        sender.reset();
        let malformed = running.malformed();
        assert_eq!(malformed.code, code, "{}", malformed.message);
        assert_eq!(malformed.status, None, "{}", malformed.message);
        running.serves_on();
    }
}

#[test]
fn connections_that_never_say_anything_are_not_reported() {
    let running = Running::start(Limits::default());
    for _ in 0..3 {
        let sender = running.connect();
        sender.end_sending();
        running.connect().reset();
        let mut sender = running.connect();
        sender.send(b"\r\n\r\n");
        sender.end_sending();
        sender.is_closed();
    }
    running.serves_on();
}

// ---- framing ------------------------------------------------------------------------------------

#[test]
fn doubtful_lengths_are_refused() {
    let running = Running::start(Limits::default());
    let refuses = |length: &str, status, code| {
        let input =
            format!("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n{SMUGGLED}");
        is_refused(&running, input.as_bytes(), status, code);
    };
    for length in ["abc", "-1", "+2", "0x2", "2 2", ""] {
        refuses(length, 400, "bad-length");
    }
    for length in [
        "2, 2",
        "2\r\ncontent-length: 2",
        "2\r\nContent-Length: 3",
        "2\r\nTransfer-Encoding: chunked",
        "2\r\nTransfer-Encoding: gzip",
    ] {
        refuses(length, 400, "ambiguous-framing");
    }
    for length in [
        "10485761",
        "10000000000",
        "140737488355328",
        "9223372036854775809",
        "18446744073709551616",
        "99999999999999999999999999",
    ] {
        refuses(length, 413, "body-too-large");
    }
}

#[test]
fn doubtful_transfer_encodings_are_refused() {
    let running = Running::start(Limits::default());
    let refuses = |field: &str, status, code| {
        let input =
            format!("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding{field}\r\n\r\n{SMUGGLED}");
        is_refused(&running, input.as_bytes(), status, code);
    };
    for field in [
        ":",
        ": identity",
        ": gzip",
        ": xchunked",
        ": chunked, identity",
        ": chunked, chunked",
        ": chunked,",
        ": chunked\r\nTransfer-Encoding: chunked",
        ": chunked\r\nTransfer-Encoding: gzip",
    ] {
        refuses(field, 400, "ambiguous-framing");
    }
    for field in [": gzip, chunked", ": gzip\r\nTransfer-Encoding: chunked"] {
        refuses(field, 501, "unsupported-transfer-encoding");
    }
    for field in [": \x0bchunked", " : chunked", "\t: chunked"] {
        refuses(field, 400, "malformed-request");
    }
    refuses(": chunked\r\nContent-Length: 2", 400, "ambiguous-framing");
    let http_1_0 = b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    is_refused(&running, http_1_0, 400, "ambiguous-framing");
}

#[test]
fn heads_that_are_not_http_are_refused() {
    let running = Running::start(Limits::default());
    let inputs: &[&[u8]] = &[
        b"GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: a\x1bb\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: a\x07b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: a\x7fb\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n folded\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n X: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX(y): a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
        b"FOO{} / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1 junk\r\n\r\n",
        b"GET /\x1b[31m HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/2.0\r\n\r\n",
        b"GET / HTTP/11\r\n\r\n",
        b"GET / http/1.1\r\n\r\n",
        b"GET /\r\n",
        b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x80\x2e\x01\x03\x01",
        b"{\"not\": \"http\"}",
        b"\rGET / HTTP/1.1\r\nHost: x\r\n\r\n",
    ];
    for input in inputs {
        is_refused(&running, input, 400, "malformed-request");
    }
}

#[test]
fn bare_line_feeds_end_no_line() {
    let running = Running::start(Limits::default());
    for input in [
        "POST /lf HTTP/1.1\nHost: x\nContent-Length: 2\n\n{}",
        "POST /lf HTTP/1.1\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
        "POST /lf HTTP/1.1\r\nHost: x\nContent-Length: 2\r\n\r\n{}",
        "POST /lf HTTP/1.1\r\nHost: x\r\nX-A: 1\nContent-Length: 2\r\n\r\n{}",
        "POST /lf HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\n{}",
        "\nPOST /lf HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
    ] {
        is_refused(&running, input.as_bytes(), 400, "malformed-request");
    }
}

#[test]
fn a_request_has_one_host_that_looks_like_one() {
    let running = Running::start(Limits::default());
    let with = |hosts: &str| format!("POST / HTTP/1.1\r\n{hosts}Content-Length: 0\r\n\r\n");
    for hosts in [
        "",
        "Host: a\r\nHost: b\r\n",
        "Host: a\r\nhost: a\r\n",
        "Host: user@a\r\n",
        "Host: a/path\r\n",
        "Host: a, b\r\n",
        "Host: a b\r\n",
        "Host: a:b\r\n",
        "Host: a:1:2\r\n",
        "Host: http://a\r\n",
        "Host: [::1\r\n",
        "Host: gr\u{fc}n\r\n",
    ] {
        is_refused(&running, with(hosts).as_bytes(), 400, "bad-host");
    }
    for hosts in [
        "Host:\r\n",
        "Host: a.b_c-d:80\r\n",
        "Host: a:\r\n",
        "Host: [::1]:80\r\n",
    ] {
        let mut sender = running.connect();
        sender.send(with(hosts).as_bytes());
        assert_eq!(sender.answer().status, 200, "{hosts}");
        running.delivery();
    }
    let mut sender = running.connect();
    sender.send(b"POST / HTTP/1.0\r\n\r\n");
    assert_eq!(sender.answer().status, 200);
    running.delivery();
    let two = b"POST / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n";
    is_refused(&running, two, 400, "bad-host");
}

#[test]
fn a_target_has_the_form_that_its_method_has() {
    let running = Running::start(Limits::default());
    for line in [
        "POST *",
        "POST example.com:443",
        "POST example.com",
        "POST ://example.com",
        "POST http:///",
        "OPTIONS **",
        "CONNECT /",
        "CONNECT *",
        "CONNECT example.com",
        "CONNECT http://example.com:80",
        "POST ?x",
    ] {
        let input = format!("{line} HTTP/1.1\r\nHost: x\r\n\r\n");
        is_refused(&running, input.as_bytes(), 400, "malformed-request");
    }
}

#[test]
fn a_later_minor_version_is_read_as_the_latest_known() {
    let running = Running::start(Limits::default());
    let mut sender = running.connect();
    for _ in 0..2 {
        sender.send(b"POST /next HTTP/1.2\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
        assert_eq!(sender.answer().body, b"/next");
        running.delivery();
    }
    running.serves_on();
}

#[test]
fn what_cannot_become_a_request_is_refused_before_its_end() {
    let running = Running::start(Limits::default());
    for input in [
        "GET / HTTP/5.6",
        "GET / RTSP/1.0",
        "hello world, this is no HTTP",
        "GET / HTTP/1.1\r\n Host: x",
        "GET / HTTP/1.1\r\nHost: x\r\n\rGET",
        "GET / HTTP/1.1\r\nHost : x\r\n",
        "GET / HTTP/1.1\r\nHost: \u{1}",
    ] {
        is_refused(&running, input.as_bytes(), 400, "malformed-request");
    }
    let mut sender = running.connect();
    for piece in ["GET /next HT", "TP/1", ".2", "\r\nHost: x", "\r\n\r\n"] {
        sender.send(piece.as_bytes());
    }
    assert_eq!(sender.answer().status, 200);
    running.delivery();
}

#[test]
fn chunks_that_are_not_chunks_are_refused() {
    let running = Running::start(Limits::default());
    for (body, status, code) in [
        ("+3\r\nabc\r\n0\r\n\r\n", 400, "malformed-request"),
        ("xyz\r\n", 400, "malformed-request"),
        ("3\r\nabcd\r\n0\r\n\r\n", 400, "malformed-request"),
        ("3\nabc\n0\n\n", 400, "malformed-request"),
        ("3 \r\nabc\r\n0\r\n\r\n", 400, "malformed-request"),
        ("3;\x01\r\nabc\r\n0\r\n\r\n", 400, "malformed-request"),
        ("3;a=\"b\r\nabc\r\n0\r\n\r\n", 400, "malformed-request"),
        ("fffffffffffffffff\r\n", 413, "body-too-large"),
        ("ffffffffffffffff\r\n", 413, "body-too-large"),
    ] {
        let input =
            format!("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{body}");
        is_refused(&running, input.as_bytes(), status, code);
    }
}

#[test]
fn other_protocols_are_named() {
    let running = Running::start(Limits::default());
    let hello = b"\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03";
    is_refused(&running, hello, 400, "tls-on-plain-port");
    is_refused(&running, b"\x16", 400, "tls-on-plain-port");
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x12\x04\0\0\0\0\0";
    is_refused(&running, preface, 400, "http2-preface");
}

#[test]
fn a_refusal_waits_its_turn_behind_earlier_answers() {
    let running = Running::with(Limits::default(), |delivery, responder| {
        let answer = reply(200, delivery.target.as_bytes());
        responder.answer(answer.after(Duration::from_millis(20)));
    });
    let mut sender = running.connect();
    sender.send(&[post("/1", b"").as_slice(), b"\x16\x03\x01"].concat());
    assert_eq!(sender.answer().body, b"/1");
    assert_eq!(sender.answer().status, 400);
    sender.is_closed();
    running.delivery();
    assert_eq!(running.malformed().code, "tls-on-plain-port");
    running.serves_on();
}

// ---- too much -----------------------------------------------------------------------------------

#[test]
fn heads_are_limited() {
    let running = Running::start(Limits::default());
    let start = b"POST / HTTP/1.1\r\nHost: x\r\n".as_slice();
    let fields = |count: usize| b"X-A: 1\r\n".repeat(count);
    let endless = [start, b"X: ", &vec![b'x'; 10_000_000]].concat();
    is_refused(&running, &endless, 431, "head-too-large");
    let target = [b"GET /".as_slice(), &vec![b'x'; 100_000]].concat();
    is_refused(&running, &target, 431, "head-too-large");
    let many = [start, &fields(100_000), b"\r\n"].concat();
    is_refused(&running, &many, 431, "too-many-headers");
    let one_too_many = [start, &fields(100), b"\r\n"].concat();
    is_refused(&running, &one_too_many, 431, "too-many-headers");
    let mut sender = running.connect();
    sender.send(&[start, &fields(99), b"\r\n"].concat());
    assert_eq!(sender.answer().status, 200);
    assert_eq!(running.delivery().headers.len(), 100);
    let mut sender = running.connect();
    sender.send(&[start, b"X: ", &vec![b'x'; 60_000], b"\r\n\r\n"].concat());
    assert_eq!(sender.answer().status, 200);
    running.delivery();
    running.serves_on();
}

#[test]
fn a_sender_that_writes_all_before_it_reads_sees_413() {
    let running = Running::start(Limits::default());
    let body = vec![b'x'; 12_000_000];
    for head in [
        "Content-Length: 12000000\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nb71b00\r\n",
    ] {
        let mut sender = running.connect();
        sender.send(format!("POST / HTTP/1.1\r\nHost: x\r\n{head}").as_bytes());
        sender.send(&body);
        assert_eq!(sender.answer().status, 413);
        assert_eq!(running.malformed().code, "body-too-large");
    }
    running.serves_on();
}

#[test]
fn endless_chunks_and_extensions_are_cut_off() {
    let running = Running::start(Limits::default());
    let head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunk = [b"10000\r\n".as_slice(), &vec![b'x'; 0x10000], b"\r\n"].concat();
    let extension = vec![b'x'; 0x10000];
    for (start, again, status) in [("", chunk, 413), ("1;", extension, 400)] {
        let sender = running.connect();
        sender.send(head);
        sender.send(start.as_bytes());
        let mut sent = 0;
        // Ends when the receiver has read enough for nothing and closes.
        while sent < 400_000_000 && sender.try_send(&again).is_ok() {
            sent += again.len();
        }
        assert!(sent < 400_000_000);
        assert_eq!(running.malformed().status, Some(status));
        drop(sender);
        running.serves_on();
    }
    let mut sender = running.connect();
    sender.send(head);
    sender.send(&b"1\r\nx\r\n".repeat(100_000));
    sender.send(b"0\r\n\r\n");
    assert_eq!(sender.answer().status, 200);
    assert_eq!(running.delivery().body.len(), 100_000);
    running.serves_on();
}

#[test]
fn the_memory_of_all_requests_together_is_limited() {
    let limits = Limits {
        buffered_bytes: 300_000,
        buffer_wait: SHORT,
        ..Limits::default()
    };
    let (to_test, responders) = mpsc::channel();
    let running = Running::with(limits, move |delivery, responder| {
        if delivery.target == "/hold" {
            let _ = to_test.send(responder);
        } else {
            responder.answer(reply(200, delivery.target.as_bytes()));
        }
    });
    let body = vec![b'x'; 200_000];
    let mut holder = running.connect();
    holder.send(&post("/hold", &body));
    let responder = responders.recv_timeout(PATIENCE).unwrap();
    let held = running.received.recv_timeout(PATIENCE).unwrap();
    // Its answer does not free what its bytes take up.
    responder.answer(Answer::status(200));
    assert_eq!(holder.answer().status, 200);

    let mut sender = running.connect();
    sender.send(&post("/", &body));
    let answer = sender.answer();
    assert_eq!(
        (answer.status, answer.header("Retry-After")),
        (503, Some("1"))
    );
    assert_eq!(running.malformed().code, "over-budget");
    running.serves_on();

    drop(held);
    let mut sender = running.connect();
    sender.send(&post("/", &body));
    assert_eq!(sender.answer().status, 200);
    running.delivery();
    running.serves_on();
}

#[test]
fn a_request_that_waits_for_memory_gets_it() {
    let limits = Limits {
        buffered_bytes: 300_000,
        buffer_wait: PATIENCE,
        ..Limits::default()
    };
    let (to_test, responders) = mpsc::channel();
    let running = Running::with(limits, move |_, responder| {
        let _ = to_test.send(responder);
    });
    let body = vec![b'x'; 200_000];
    let mut first = running.connect();
    first.send(&post("/", &body));
    let responder = responders.recv_timeout(PATIENCE).unwrap();
    let mut second = running.connect();
    second.send(&post("/", &body));
    running.delivery();
    responder.answer(Answer::status(200));
    let responder = responders.recv_timeout(PATIENCE).unwrap();
    responder.answer(Answer::status(202));
    assert_eq!(first.answer().status, 200);
    assert_eq!(second.answer().status, 202);
}

#[test]
fn memory_is_given_for_what_has_come_and_not_for_what_is_announced() {
    let limits = Limits {
        buffered_bytes: 400_000,
        buffer_wait: SHORT,
        ..Limits::default()
    };
    let running = Running::start(limits);
    let _announcing: Vec<_> = (0..10)
        .map(|_| {
            let mut sender = running.connect();
            let request = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 390000\r\n\r\nx";
            // The first answer shows that the second request is being read.
            sender.send(&[post("/first", b"").as_slice(), request].concat());
            sender.answer();
            running.delivery();
            sender
        })
        .collect();
    let mut sender = running.connect();
    sender.send(&post("/", &[b'x'; 200_000]));
    assert_eq!(sender.answer().status, 200);
    running.delivery();
    running.serves_on();
}

#[cfg(target_os = "linux")]
#[test]
fn one_address_leaves_memory_to_others() {
    let limits = Limits {
        body_bytes: 200_000,
        buffered_bytes: 1_000_000,
        buffer_wait: SHORT,
        ..Limits::default()
    };
    let running = Running::start(limits);
    let body = vec![b'x'; 190_000];
    let mut held = Vec::new();
    let mut refused = 0;
    for _ in 0..5 {
        let mut sender = running.connect();
        sender.send(&post("/", &body));
        match sender.answer().status {
            200 => held.push(running.received.recv_timeout(PATIENCE).unwrap()),
            status => {
                assert_eq!((status, running.malformed().code), (503, "over-budget"));
                refused += 1;
            }
        }
    }
    assert_eq!((held.len(), refused), (3, 2));
    let mut other = running.connect_from([127, 0, 0, 2]);
    other.send(&post("/", &body));
    assert_eq!(other.answer().status, 200);
    running.delivery();
    running.serves_on();
}

#[test]
fn answers_count_until_they_are_read_but_a_shared_one_does_not() {
    let size = 20_000_000;
    let limits = Limits {
        buffered_bytes: size * 4,
        answer: PATIENCE,
        ..Limits::default()
    };
    let shared = bytes::Bytes::from(vec![b's'; size]);
    let running = Running::with(limits, move |delivery, responder| {
        let body = match delivery.target.as_str() {
            "/own" => vec![b'o'; size].into(),
            "/shared" => shared.clone(),
            _ => delivery.target.clone().into(),
        };
        responder.answer(Answer::from(Reply {
            status: 200,
            headers: Headers::new(),
            body,
        }));
    });
    let ask = |target| {
        let mut sender = running.connect();
        // Where the system takes in much of an answer, the receiver is soon done with it.
        let socket = socket2::SockRef::from(sender.stream());
        socket.set_recv_buffer_size(500_000).unwrap();
        sender.send(&post(target, b""));
        let answer = sender.answer_head();
        running.delivery();
        (sender, answer)
    };
    let _shared: Vec<_> = (0..5)
        .map(|_| {
            let (sender, answer) = ask("/shared");
            assert_eq!(answer.status, 200);
            sender
        })
        .collect();
    let mut own: Vec<_> = (0..2)
        .map(|_| {
            let (sender, answer) = ask("/own");
            assert_eq!(answer.status, 200);
            sender
        })
        .collect();
    let (_, answer) = ask("/own");
    assert_eq!(
        (answer.status, running.malformed().code),
        (503, "over-budget")
    );
    running.serves_on();
    let mut read = vec![0; size];
    own[0].0.read_exact(&mut read).unwrap();
    // The receiver is done with it before it is looked for the next request.
    own[0].send(&post("/again", b""));
    own[0].answer();
    running.delivery();
    assert_eq!(ask("/own").1.status, 200);
}

// ---- too slow -----------------------------------------------------------------------------------

#[test]
fn slow_heads_are_cut_off_while_others_are_served() {
    let limits = Limits {
        head: SHORT,
        ..Limits::default()
    };
    let running = Running::start(limits);
    let mut slow: Vec<_> = (0..50).map(|_| running.connect()).collect();
    // Each byte comes within the deadline; it is the whole that does not.
    'sending: for byte in b"POST / HTTP/1.1\r\nHost: x\r\nX: "
        .iter()
        .chain([b'x'; 10_000].iter())
    {
        for sender in &slow {
            if sender.try_send(&[*byte]).is_err() {
                break 'sending;
            }
        }
        if running.malformed.try_recv().is_ok() {
            break;
        }
        thread::sleep(Duration::from_millis(2));
    }
    for sender in &mut slow {
        assert_eq!(sender.answer().status, 408);
    }
    for _ in 1..slow.len() {
        let malformed = running.malformed();
        assert_eq!(
            (malformed.code, malformed.status),
            ("head-timeout", Some(408))
        );
        assert_eq!(
            malformed.message,
            "the request's head was not complete after 200 ms"
        );
    }
    running.serves_on();
}

#[test]
fn slow_bodies_are_cut_off() {
    let limits = Limits {
        body: SHORT,
        ..Limits::default()
    };
    let running = Running::start(limits);
    for head in [
        "Content-Length: 9000000\r\n\r\nab",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nab",
    ] {
        let mut sender = running.connect();
        sender.send(format!("POST / HTTP/1.1\r\nHost: x\r\n{head}").as_bytes());
        assert_eq!(sender.answer().status, 408);
        let malformed = running.malformed();
        assert_eq!(
            (malformed.code, malformed.status),
            ("body-timeout", Some(408))
        );
        running.serves_on();
    }
}

#[test]
fn idle_connections_are_closed_in_silence() {
    let limits = Limits {
        idle: SHORT,
        ..Limits::default()
    };
    let running = Running::start(limits);
    let mut fresh = running.connect();
    let mut kept = running.connect();
    kept.send(&post("/", b""));
    assert_eq!(kept.answer().status, 200);
    running.delivery();
    fresh.is_closed();
    kept.is_closed();
    running.serves_on();
}

#[test]
fn answers_that_nobody_reads_are_given_up() {
    let limits = Limits {
        answer: SHORT,
        ..Limits::default()
    };
    let running = Running::with(limits, |delivery, responder| {
        let size = if delivery.target == "/big" {
            20_000_000
        } else {
            0
        };
        let body = [delivery.target.as_bytes(), &vec![b'x'; size]].concat();
        responder.answer(reply(200, &body));
    });
    let sender = running.connect();
    sender.send(&post("/big", b""));
    running.delivery();
    running.serves_on();
    // It reads nothing, and what it writes shows it the end.
    let begun = Instant::now();
    while sender.try_send(b"x").is_ok() {
        assert!(begun.elapsed() < PATIENCE);
        thread::sleep(Duration::from_millis(5));
    }
    running.serves_on();
}

#[test]
fn pipelined_requests_wait_for_their_answers_to_be_read() {
    let limits = Limits {
        answer: SHORT,
        ..Limits::default()
    };
    let running = Running::with(limits, |delivery, responder| {
        let body = [delivery.target.as_bytes(), &[b'x'; 1000]].concat();
        let body = if delivery.target == "/next" {
            b"/next".to_vec()
        } else {
            body
        };
        responder.answer(reply(200, &body));
    });
    let sender = running.connect();
    let requests = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1000);
    let mut sent = 0;
    while sent < 10_000_000 && sender.try_send(&requests).is_ok() {
        sent += 1000;
    }
    // It was listened to as long as there was room for its answers, and then no more.
    assert!(sent < 10_000_000);
    let received = running.received.try_iter().count();
    assert!(received < 20_000, "{received}");
    drop(sender);
    running.serves_on();
}

#[test]
fn a_thousand_pipelined_requests_are_answered_in_order() {
    let running = Running::start(Limits::default());
    let mut sender = running.connect();
    let requests: Vec<u8> = (0..1000)
        .flat_map(|number| post(&format!("/{number}"), b"{}"))
        .collect();
    sender.send(&requests);
    for number in 0..1000 {
        assert_eq!(sender.answer().body, format!("/{number}").as_bytes());
        assert_eq!(running.delivery().target, format!("/{number}"));
    }
    running.serves_on();
}

// ---- too many -----------------------------------------------------------------------------------

#[test]
fn a_newcomer_is_served_in_place_of_the_longest_idle() {
    let limits = Limits {
        connections: 8,
        ..Limits::default()
    };
    let running = Running::start(limits);
    let mut senders: Vec<_> = (0..8)
        .map(|_| {
            let mut sender = running.connect();
            sender.send(&post("/", b""));
            sender.answer();
            running.delivery();
            sender
        })
        .collect();
    // The first becomes the one that was busy last.
    senders[0].send(&post("/", b""));
    senders[0].answer();
    running.delivery();
    let mut newcomer = running.connect();
    newcomer.send(&post("/new", b""));
    assert_eq!(newcomer.answer().body, b"/new");
    running.delivery();
    let malformed = running.malformed();
    assert_eq!(malformed.code, "too-many-connections");
    assert_eq!(malformed.remote, senders[1].stream().local_addr().ok());
    assert_eq!(malformed.status, None);
    senders[1].is_closed();
    for sender in [&mut senders[0], &mut newcomer] {
        sender.send(&post("/", b""));
        assert_eq!(sender.answer().status, 200);
    }
}

#[test]
fn a_newcomer_is_served_in_place_of_the_slowest() {
    let limits = Limits {
        connections: 4,
        ..Limits::default()
    };
    let (to_test, responders) = mpsc::channel();
    let running = Running::with(limits, move |delivery, responder| {
        if delivery.target == "/wait" {
            let _ = to_test.send(responder);
        } else {
            responder.answer(reply(200, delivery.target.as_bytes()));
        }
    });
    let mut waiting = running.connect();
    waiting.send(&post("/wait", b""));
    let responder = responders.recv_timeout(PATIENCE).unwrap();
    running.delivery();
    let mut slow: Vec<_> = (0..3)
        .map(|_| {
            let sender = running.connect();
            sender.send(&[post("/", b"").as_slice(), b"POST / HTT"].concat());
            running.delivery();
            sender
        })
        .collect();
    for sender in &mut slow {
        sender.answer();
    }
    let newcomers: Vec<_> = (0..3)
        .map(|_| {
            let mut newcomer = running.connect();
            newcomer.send(&[post("/new", b"").as_slice(), b"POST / HTT"].concat());
            assert_eq!(newcomer.answer().body, b"/new");
            running.delivery();
            newcomer
        })
        .collect();
    // Who waits for an answer is not to blame.
    responder.answer(Answer::status(200));
    assert_eq!(waiting.answer().status, 200);
    for _ in 0..3 {
        assert_eq!(running.malformed().code, "too-many-connections");
    }
    for sender in &mut slow {
        sender.is_closed();
    }
    drop(newcomers);
}

#[test]
fn a_newcomer_that_has_not_spoken_yet_outlasts_slow_senders() {
    let limits = Limits {
        connections: 20,
        ..Limits::default()
    };
    let running = Running::start(limits);
    let half_head = || {
        let mut sender = running.connect();
        sender.send(&[post("/", b"").as_slice(), b"POST / HTT"].concat());
        sender.answer();
        running.delivery();
        sender
    };
    let mut slow: Vec<_> = (0..20).map(|_| half_head()).collect();
    let mut newcomer = running.connect();
    slow.extend((0..19).map(|_| half_head()));
    newcomer.send(&post("/new", b""));
    assert_eq!(newcomer.answer().body, b"/new");
    running.delivery();
    for _ in 0..20 {
        assert_eq!(running.malformed().code, "too-many-connections");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_address_with_most_of_the_connections_makes_room() {
    let limits = Limits {
        connections: 5,
        ..Limits::default()
    };
    let running = Running::start(limits);
    let mut oldest = running.connect_from([127, 0, 0, 2]);
    oldest.send(&post("/", b""));
    oldest.answer();
    running.delivery();
    let _crowd: Vec<_> = (0..20).map(|_| running.connect()).collect();
    for _ in 0..16 {
        let malformed = running.malformed();
        assert_eq!(malformed.code, "too-many-connections");
        let ip = malformed.remote.unwrap().ip();
        assert_eq!(ip, Ipv4Addr::LOCALHOST);
    }
    oldest.send(&post("/still", b""));
    assert_eq!(oldest.answer().body, b"/still");
}

#[test]
fn a_flood_of_connections_keeps_nobody_out() {
    let limits = Limits {
        connections: 16,
        ..Limits::default()
    };
    let running = Running::start(limits);
    let mut flood = Vec::new();
    for round in 0..10 {
        flood.extend((0..40).map(|_| running.connect()));
        let mut sender = running.connect();
        sender.send(&post(&format!("/{round}"), b""));
        assert_eq!(sender.answer().status, 200);
        running.delivery();
    }
    for _ in 0..300 {
        assert_eq!(running.malformed().code, "too-many-connections");
    }
}

// ---- the end ------------------------------------------------------------------------------------

#[test]
fn a_stop_answers_what_is_under_way_and_closes_the_rest() {
    let (to_test, responders) = mpsc::channel();
    let mut running = Running::with(Limits::default(), move |delivery, responder| {
        if delivery.target == "/wait" {
            let _ = to_test.send(responder);
        } else {
            responder.answer(Answer::status(200));
        }
    });
    let mut fresh = running.connect();
    let mut idle = running.connect();
    idle.send(&post("/", b""));
    idle.answer();
    let mut waiting = running.connect();
    waiting.send(&post("/wait", b""));
    let responder = responders.recv_timeout(PATIENCE).unwrap();
    let mut sending = running.connect();
    sending.send(
        &[
            post("/", b"").as_slice(),
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Le",
        ]
        .concat(),
    );
    sending.answer();

    running.stop.trigger();
    assert!(running.stop.is_triggered());
    fresh.is_closed();
    idle.is_closed();
    sending.send(b"ngth: 2\r\n\r\n{}");
    responder.answer(Answer::status(204));
    for (sender, status) in [(&mut sending, 200), (&mut waiting, 204)] {
        let answer = sender.answer();
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("Connection"), Some("close"));
        sender.is_closed();
    }
    running.end();
    assert!(TcpStream::connect(running.address).is_err());
}

#[test]
fn a_stop_does_not_wait_for_ever() {
    let limits = Limits {
        grace: SHORT,
        ..Limits::default()
    };
    let (to_test, responders) = mpsc::channel();
    let mut running = Running::with(limits, move |_, responder| {
        let _ = to_test.send(responder);
    });
    let mut waiting = running.connect();
    waiting.send(&post("/wait", b""));
    let responder = responders.recv_timeout(PATIENCE).unwrap();
    running.end();
    waiting.is_closed();
    responder.answer(Answer::status(200));
}

#[test]
fn a_stop_before_the_start_ends_at_once() {
    let stop = Stop::new();
    stop.trigger();
    struct Nothing;
    impl Service for Nothing {
        fn received(&self, _: Received, _: Responder) {}
        fn malformed(&self, _: Malformed) {}
    }
    let receiver = Receiver::bind(LOCAL, Limits::default()).unwrap();
    receiver.serve(Nothing, &stop).unwrap();
}

#[test]
fn what_runs_beside_can_stop_it() {
    struct Nothing;
    impl Service for Nothing {
        fn received(&self, _: Received, _: Responder) {}
        fn malformed(&self, _: Malformed) {}
    }
    let receiver = Receiver::bind(LOCAL, Limits::default()).unwrap();
    let stop = Stop::new();
    let switch = stop.clone();
    let beside = async move {
        tokio::time::sleep(Duration::from_millis(5)).await;
        switch.trigger();
    };
    receiver.serve_beside(Nothing, &stop, beside).unwrap();
}

// ---- descriptors --------------------------------------------------------------------------------

/// The receiver of the next test, in a process with few descriptors.
#[test]
#[ignore = "runs as a child process of a_lack_of_descriptors_passes"]
fn child_with_few_descriptors() {
    let running = Running::start(Limits::default());
    println!("address {}", running.address);
    let mut line = String::new();
    while io::stdin().read_line(&mut line).unwrap() > 0 {
        for malformed in running.malformed.try_iter() {
            println!("code {}", malformed.code);
        }
        println!("end");
    }
}

#[cfg(unix)]
#[test]
fn a_lack_of_descriptors_passes() {
    use std::process::{Command, Stdio};
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -n 40; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "child_with_few_descriptors",
            "--ignored",
            "--nocapture",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let address = lines
        .find_map(|line| Some(line.split_once("address ")?.1.parse().unwrap()))
        .unwrap();

    // Far more than it can hold; all stay open while a newcomer is served.
    let flood: Vec<_> = (0..100).map(|_| Sender::connect(address)).collect();
    let mut newcomer = Sender::connect(address);
    newcomer.send(&post("/new", b""));
    assert_eq!(newcomer.answer().body, b"/new");
    for _ in 0..20 {
        let mut sender = Sender::connect(address);
        sender.send(&post("/beside", b""));
        assert_eq!(sender.answer().body, b"/beside");
    }
    drop(flood);
    for _ in 0..20 {
        let mut sender = Sender::connect(address);
        sender.send(&post("/after", b""));
        assert_eq!(sender.answer().body, b"/after");
    }

    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"report\n").unwrap();
    let reports: Vec<_> = lines.by_ref().take_while(|line| line != "end").collect();
    let scarce = reports
        .iter()
        .filter(|line| line.ends_with("out-of-descriptors"));
    assert_eq!(scarce.count(), 1, "{reports:?}");
    drop(stdin);
    assert!(child.wait().unwrap().success());
}
