//! Senders that people use: curl, Python, Node and Java. Each is skipped where it is missing.

use std::process::{Command, Stdio};

use serde_json::Value;

use super::listener::{Listener, PATIENCE, listen};
use super::sender::{SECRET, signature};
use crate::runner::{Place, has, lacking};

/// Runs a sender and gives what it prints.
fn output(command: &mut Command) -> String {
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let output = child.unwrap().wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    text
}

fn deliveries(listener: Listener) -> Vec<Value> {
    let mut lines = listener.interrupt().json();
    lines.retain(|line| line["type"] == "delivery");
    lines
}

fn curl(place: &Place, listener: &Listener, words: &str, file: &str, signature: &str) -> String {
    let mut command = place.command("curl");
    command
        .args([
            "-sS",
            "-q",
            "--noproxy",
            "*",
            "-o",
            "answer",
            "-w",
            "%{http_code}",
            "--max-time",
        ])
        .arg(PATIENCE.as_secs().to_string())
        .args(words.split_whitespace())
        .args(["-H", &format!("X-Signature: {signature}")])
        .args(["--data-binary", &format!("@{file}")])
        .arg(&listener.url);
    output(&mut command)
}

#[test]
fn curl_sends_in_all_its_ways() {
    if !has("curl") {
        return;
    }
    let place = Place::new();
    let small = place.file("small", br#"{"a": 1}"#);
    let bytes: Vec<u8> = (0..10 << 20).map(|at: u32| (at >> 5) as u8).collect();
    let large = place.file("large", &bytes);
    let signed = |path: &std::path::Path| signature(SECRET, &std::fs::read(path).unwrap());
    let (small_signature, large_signature) = (signed(&small), signed(&large));
    let listener = listen(&place, "--json -q -s geheim");
    let send =
        |words: &str, file: &str, signature: &str| curl(&place, &listener, words, file, signature);
    assert_eq!(send("", "small", &small_signature), "200");
    assert_eq!(
        send("-H Expect:100-continue", "small", &small_signature),
        "200"
    );
    assert_eq!(
        send("-H Transfer-Encoding:chunked", "small", &small_signature),
        "200"
    );
    assert_eq!(send("--http1.0", "small", &small_signature), "200");
    // curl of itself awaits 100 before so large a body.
    assert_eq!(send("", "large", &large_signature), "200");
    assert_eq!(
        send("-H Transfer-Encoding:chunked", "large", &large_signature),
        "200"
    );
    assert_eq!(send("", "large", &small_signature), "401");
    assert_eq!(
        send(
            "-H X-Twice:1 -H X-Twice:2 --compressed",
            "small",
            &small_signature
        ),
        "200"
    );
    let version = output(place.command("curl").arg("--version"));
    let upgrades = usize::from(version.contains("HTTP2"));
    if upgrades == 1 {
        assert_eq!(send("--http2", "small", &small_signature), "200");
    } else {
        lacking("HTTP/2 in curl");
    }
    listener.shows(&format!(r#""number":{},"#, 8 + upgrades));
    let lines = deliveries(listener);
    assert_eq!(lines.len(), 8 + upgrades);
    let genuine = lines
        .iter()
        .filter(|line| line["verification"]["genuine"] == true)
        .count();
    assert_eq!(genuine, 7 + upgrades);
    assert!(
        lines
            .iter()
            .all(|line| line["verification"]["body"]["bytes"] == 8
                || line["verification"]["body"]["bytes"] == bytes.len())
    );
}

#[test]
fn a_body_that_is_too_large_is_refused_before_curl_sends_it() {
    if !has("curl") {
        return;
    }
    let place = Place::new();
    place.file("large", vec![b'x'; 3 << 20]);
    let listener = listen(&place, "--json -q --max-body 1MiB");
    assert_eq!(
        curl(&place, &listener, "-H Expect:100-continue", "large", ""),
        "413"
    );
    // Without asking first, what was sent already is read for a while, so that the answer is seen.
    assert_eq!(curl(&place, &listener, "-H Expect:", "large", ""), "413");
    listener.shows("the request's body is longer than 1,048,576 bytes");
}

const NODE: &str = r#"
const http = require('http'), crypto = require('crypto');
const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
const [url, secret] = process.argv.slice(-2);
function post(body, chunked) {
  return new Promise((resolve, reject) => {
    const signature = crypto.createHmac('sha256', secret).update(body).digest('hex');
    const headers = { 'Content-Type': 'application/json', 'X-Signature': signature };
    if (!chunked) headers['Content-Length'] = body.length;
    const request = http.request(url, { method: 'POST', agent, headers }, response => {
      response.resume().on('end', () => resolve(response.statusCode));
    }).on('error', reject);
    if (chunked) for (let at = 0; at < body.length; at += 7) request.write(body.subarray(at, at + 7));
    request.end(chunked ? undefined : body);
  });
}
(async () => {
  const bodies = Array.from({ length: 20 }, (_, n) => Buffer.from(JSON.stringify({ n, text: 'caf\u00e9 \u{1f600}' })));
  const statuses = await Promise.all(bodies.map((body, n) => post(body, n % 2)));
  statuses.push((await fetch(url, { method: 'POST', body: '{}', headers: { 'X-Signature': 'no' } })).status);
  agent.destroy();
  console.log(statuses.join(' '));
})();
"#;

const PYTHON: &str = r#"
import hashlib, hmac, http.client, sys, urllib.parse, urllib.request, urllib.error
url, secret = sys.argv[-2:]
address = urllib.parse.urlsplit(url).netloc
statuses = []
connection = http.client.HTTPConnection(address, timeout=30)
for n in range(20):
    body = ('{"n": %d, "text": "caf\u00e9"}' % n).encode()
    headers = {'X-Signature': hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}
    if n % 2:
        connection.request('POST', '/', iter([body[:5], body[5:]]), headers, encode_chunked=True)
    else:
        connection.request('POST', '/', body, headers)
    response = connection.getresponse()
    response.read()
    statuses.append(response.status)
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    statuses.append(opener.open(urllib.request.Request(url, b'{}'), timeout=30).status)
except urllib.error.HTTPError as error:
    statuses.append(error.code)
print(*statuses)
"#;

const JAVA: &str = r#"
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public class Sender {
    public static void main(String[] arguments) throws Exception {
        // Its default is to offer an upgrade to HTTP/2 with the first request.
        HttpClient client = HttpClient.newHttpClient();
        StringBuilder statuses = new StringBuilder();
        for (int n = 0; n < 21; n++) {
            byte[] body = ("{\"n\": " + n + "}").getBytes("UTF-8");
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(arguments[1].getBytes("UTF-8"), "HmacSHA256"));
            String signature = n < 20 ? HexFormat.of().formatHex(mac.doFinal(body)) : "no";
            HttpRequest request = HttpRequest.newBuilder(URI.create(arguments[0]))
                .header("X-Signature", signature)
                .POST(n % 2 == 0 ? HttpRequest.BodyPublishers.ofByteArray(body)
                    : HttpRequest.BodyPublishers.fromPublisher(HttpRequest.BodyPublishers.ofByteArray(body)))
                .build();
            statuses.append(client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode());
            statuses.append(n < 20 ? " " : "\n");
        }
        System.out.print(statuses);
    }
}
"#;

/// Twenty genuine deliveries and a forged one.
fn twenty_are_genuine(place: &Place, program: &str, arguments: &[&str]) {
    if !has(program) {
        return;
    }
    let listener = listen(place, "--json -q -s geheim");
    let mut command = place.command(program);
    command.args(arguments).arg(&listener.url).arg(SECRET);
    let expected = "200 ".repeat(20) + "401\n";
    assert_eq!(output(&mut command), expected);
    let lines = deliveries(listener);
    let genuine = lines
        .iter()
        .filter(|line| line["verification"]["genuine"] == true)
        .count();
    assert_eq!((lines.len(), genuine), (21, 20));
}

#[test]
fn node_sends() {
    let place = Place::new();
    twenty_are_genuine(&place, "node", &["-e", NODE, "--"]);
}

#[test]
fn python_sends() {
    let place = Place::new();
    twenty_are_genuine(&place, "python3", &["-c", PYTHON]);
}

#[test]
fn java_sends() {
    let place = Place::new();
    place.file("Sender.java", JAVA);
    twenty_are_genuine(&place, "java", &["Sender.java"]);
}
