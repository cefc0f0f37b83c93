//! The curl command: it reads well, harms nothing, and sends the same bytes.

use std::io::Write;
use std::process::Command;
use std::time::Duration;

use bluehook::delivery::Delivery;
use bluehook::sender::{BLUE_TIMEOUT, Curl, curl_command, request_bytes};

use super::{OK, answering, delicate, delivery, head_end, url};

#[test]
fn a_curl_command_reads_well() {
    let delivery = delivery(
        "POST",
        &[
            ("Content-Type", b"application/json"),
            ("X-Signature", b"00ff"),
        ],
        b"{\"it's\":1}\n",
    );
    let options = Curl {
        timeout: Some(BLUE_TIMEOUT),
        ..Curl::default()
    };
    assert_eq!(
        curl_command(&url("3000/hooks?x=1"), &delivery, &options).unwrap(),
        "curl -q -sSi \\\n  --max-time 7 \\\n  --noproxy '*' \\\n  -H 'User-Agent:' \\\n  -H 'Accept:' \\\n  -H 'Content-Type: application/json' \\\n  -H 'X-Signature: 00ff' \\\n  --data-raw '{\"it'\\''s\":1}\n' \\\n  'http://localhost:3000/hooks?x=1'"
    );
    let options = Curl {
        timeout: None,
        insecure: true,
        cacert: Some("my ca.pem"),
        proxy: Some("http://proxy:8080"),
    };
    let get = super::delivery("GET", &[], b"");
    assert_eq!(
        curl_command(&url("https://[::1]/a/./b"), &get, &options).unwrap(),
        "curl -q -sSi \\\n  --proxytunnel --noproxy '' -x http://proxy:8080 \\\n  --http1.1 \\\n  --insecure \\\n  --cacert 'my ca.pem' \\\n  --globoff \\\n  --path-as-is \\\n  -H 'User-Agent:' \\\n  -H 'Accept:' \\\n  'https://[::1]/a/./b'"
    );
}

#[test]
fn a_curl_command_is_harmless_to_a_terminal() {
    let hostile = "\u{1b}]0;x\u{7}\u{9b}31m\u{202e}\u{200b}\r\t\u{7f}";
    let delivery = delivery(
        "POST",
        &[("X", hostile.replace('\r', "").as_bytes())],
        hostile.as_bytes(),
    );
    let command = curl_command(&url(":1"), &delivery, &Curl::default()).unwrap();
    assert!(
        command
            .bytes()
            .all(|byte| byte == b'\n' || (b' '..=b'~').contains(&byte)),
        "{command}"
    );
}

/// Runs the command of a delivery with each shell and compares what arrives.
#[test]
fn curl_delivers_the_same_headers_and_bytes() {
    if Command::new("curl").arg("--version").output().is_err() {
        crate::peers::lacking("curl");
        return;
    }
    let mut deliveries = delicate();
    deliveries.push(delivery("HEAD", &[], b""));
    let bodies: [&[u8]; 10] = [
        b"it's \"quoted\" `id` $HOME $(id) !! %s %20 \\n \\",
        b"line\nline\n",
        b"\n\n",
        b"@file",
        b"nul\0nul",
        b"\xff\xfe",
        "\u{1f600} \u{e9} e\u{301} \u{202e}".as_bytes(),
        b"\r\n\t\x1b[0m",
        b"-d",
        &[b'x'; 300_000],
    ];
    for body in bodies {
        deliveries.push(delivery("POST", &[("Content-Type", b"text/plain")], body));
        deliveries.push(delivery("PATCH", &[], body));
    }
    let shells = ["sh", "bash"];
    let usable = shells
        .iter()
        .filter(|shell| Command::new(shell).args(["-c", ":"]).output().is_ok());
    for shell in usable {
        for delivery in &deliveries {
            compare_with_curl(shell, delivery);
        }
    }
}

fn compare_with_curl(shell: &str, delivery: &Delivery) {
    let (base, serving) = answering(OK);
    let url = base.with_target("/a/../b?x[]={1,2}&y='$z'");
    let options = Curl {
        timeout: Some(Duration::from_millis(7500)),
        ..Curl::default()
    };
    let command = curl_command(&url, delivery, &options).unwrap();
    // From a file: as one argument of the shell, the largest would be too long.
    let mut script = tempfile::NamedTempFile::new().unwrap();
    script.write_all(command.as_bytes()).unwrap();
    let run = Command::new(shell)
        .arg(script.path())
        .env("http_proxy", "http://127.0.0.1:1")
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap();
    assert!(
        run.stdout.starts_with(b"HTTP/1.1 200 OK"),
        "{command}\n{run:?}"
    );
    let (line, fields, body) = parts(&serving.end());
    let ours = parts(&request_bytes(&url, delivery).unwrap());
    assert_eq!(line, ours.0, "{command}");
    assert_eq!(fields, ours.1, "{command}");
    assert!(body == ours.2, "{command}");
}

type Parts = (String, Vec<(String, Vec<u8>)>, Vec<u8>);

/// Request line, fields and body; Host is moved to the front, where curl writes it.
fn parts(request: &[u8]) -> Parts {
    let end = head_end(request).unwrap();
    let mut fields = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Request::new(&mut fields);
    parsed.parse(request).unwrap();
    let mut fields: Vec<_> = parsed
        .headers
        .iter()
        .map(|field| (field.name.to_owned(), field.value.to_vec()))
        .collect();
    fields.sort_by_key(|(name, _)| !name.eq_ignore_ascii_case("host"));
    let line = format!("{} {}", parsed.method.unwrap(), parsed.path.unwrap());
    (line, fields, request[end..].to_vec())
}
