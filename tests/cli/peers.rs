//! Receivers written as Blue's reference says, in other languages: they accept every sample.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use crate::runner::{Place, has};

const NODE: &str = r#"
const http = require('http'), crypto = require('crypto');
http.createServer((request, response) => {
  const chunks = [];
  request.on('data', chunk => chunks.push(chunk));
  request.on('end', () => {
    const expected = crypto.createHmac('sha256', 'geheim').update(Buffer.concat(chunks)).digest();
    const given = Buffer.from(request.headers['x-signature'] || '', 'hex');
    const genuine = given.length === expected.length && crypto.timingSafeEqual(given, expected);
    response.writeHead(genuine ? 200 : 401).end();
  });
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });
"#;

const PYTHON: &str = r#"
import hashlib, hmac, http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        expected = hmac.new(b'geheim', body, hashlib.sha256).hexdigest()
        genuine = hmac.compare_digest(expected, self.headers.get('X-Signature', ''))
        self.send_response(200 if genuine else 401)
        self.end_headers()
    def log_message(self, *args): pass
server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"#;

/// A receiver in another language; ends with the test.
struct Peer {
    child: Child,
    port: u16,
}

impl Peer {
    fn start(place: &Place, program: &str, flag: &str, source: &str) -> Self {
        let mut child = place
            .command(program)
            .args([flag, source])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let port = line.trim().parse().unwrap();
        Self { child, port }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn accepts_every_sample_and_refuses_another_secret(program: &str, flag: &str, source: &str) {
    if !has(program) {
        return;
    }
    let place = Place::new();
    let peer = Peer::start(&place, program, flag, source);
    for event in place.bluehook("events --json").run().json() {
        let name = event["event"].as_str().unwrap();
        let ended = place
            .bluehook(&format!("send {} -q -s geheim -e {name}", peer.port))
            .run();
        assert_eq!(ended.code, Some(0), "{name}: {}", ended.talk());
    }
    let ended = place
        .bluehook(&format!("send {} -q -s another", peer.port))
        .run();
    assert_eq!(ended.code, Some(1));
}

#[test]
fn node_accepts_every_sample() {
    accepts_every_sample_and_refuses_another_secret("node", "-e", NODE);
}

#[test]
fn python_accepts_every_sample() {
    accepts_every_sample_and_refuses_another_secret("python3", "-c", PYTHON);
}
