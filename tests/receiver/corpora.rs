//! Two public corpora of requests, right and wrong, under `tests/http`: each file names its source,
//! and tells how its fields are to be read.

use std::io::Read;

use serde_json::Value;

use super::{Running, SHORT, Sender};
use bluehook::delivery::Headers;
use bluehook::receiver::{Answer, Limits, Reply};

fn cases(file: &str) -> Vec<Value> {
    let path = format!("{}/tests/http/{file}.json", env!("CARGO_MANIFEST_DIR"));
    let corpus: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    corpus["cases"].as_array().unwrap().clone()
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars()
        .map(|character| u8::try_from(u32::from(character)).unwrap())
        .collect()
}

/// What a case sends.
fn bytes(send: &Value) -> Vec<u8> {
    let times = |times: &Value| usize::try_from(times.as_u64().unwrap()).unwrap();
    match send {
        Value::String(text) => latin1(text),
        Value::Array(parts) => match parts.as_slice() {
            [Value::String(text), Value::Number(n)] => {
                latin1(text).repeat(times(&n.clone().into()))
            }
            parts => parts.iter().flat_map(bytes).collect(),
        },
        Value::Object(counted) => (0..times(&counted["times"]))
            .flat_map(|n| {
                latin1(
                    &counted["count"]
                        .as_str()
                        .unwrap()
                        .replace("%d", &n.to_string()),
                )
            })
            .collect(),
        other => panic!("{other}"),
    }
}

/// The codes of reports since they were last taken.
fn codes(running: &Running) -> Vec<&'static str> {
    running.malformed.try_iter().map(|it| it.code).collect()
}

/// An answer's statuses, one for each answer that is final.
fn statuses(answers: &[u8]) -> Vec<u16> {
    let text = String::from_utf8_lossy(answers).into_owned();
    text.split("HTTP/1.1 ")
        .skip(1)
        .map(|answer| answer[..3].parse().unwrap())
        .collect()
}

// ---- http11probe --------------------------------------------------------------------------------

/// What the corpus thinks unwise, and RFC 9110 and 9112 allow: zeros before a length and white space
/// around it (8.6, 5.5), an empty line before a request (2.2), an expectation that is not known
/// (10.1.1), a target's fragment, which is kept as it came, and other people's fields and escapes.
const TAKEN: &[&str] = &[
    "COMP-DUPLICATE-CT",
    "COMP-EXPECT-UNKNOWN",
    "COMP-LEADING-CRLF",
    "MAL-CL-TAB-BEFORE-VALUE",
    "MAL-URL-BACKSLASH",
    "MAL-URL-PERCENT-CRLF",
    "MAL-URL-PERCENT-NULL",
    "NORM-UNDERSCORE-CL",
    "NORM-UNDERSCORE-TE",
    "RFC9112-3.2-FRAGMENT-IN-TARGET",
    "SMUG-CL-DOUBLE-ZERO",
    "SMUG-CL-EXTRA-LEADING-SP",
    "SMUG-CL-LEADING-ZEROS",
    "SMUG-CL-LEADING-ZEROS-OCTAL",
    "SMUG-CL-TRAILING-SPACE",
];

/// What a sender sees of its request's answer.
struct Seen {
    answers: Vec<u8>,
    closed: bool,
}

impl Seen {
    fn status(&self) -> Option<u16> {
        statuses(&self.answers).first().copied()
    }

    /// Whether this is one of the words of the corpus for it. A request that was awaited in vain
    /// is told with 408, which stands for the corpus's time-out.
    fn is(&self, word: &str, like_2xx: Option<u64>) -> bool {
        let (word, closed) = match word.split_once('+') {
            Some((word, "close")) => (word, Some(true)),
            Some((word, _)) => (word, Some(false)),
            None => (word, None),
        };
        if closed.is_some_and(|closed| closed != self.closed) {
            return false;
        }
        match (word, self.status()) {
            ("close", None) => self.closed,
            ("timeout", Some(408)) => true,
            ("close" | "timeout" | "garbled", _) | (_, None | Some(408)) => false,
            (_, Some(status)) => {
                let status = if Some(u64::from(status)) == like_2xx {
                    200
                } else {
                    status
                };
                match word.split_once('-') {
                    Some((from, to)) => {
                        (from.parse().unwrap()..=to.parse().unwrap()).contains(&status)
                    }
                    None => match word.strip_suffix("xx") {
                        Some(class) => status / 100 == class.parse::<u16>().unwrap(),
                        None => status == word.parse::<u16>().unwrap(),
                    },
                }
            }
        }
    }

    fn has_field(&self, name: &str) -> bool {
        let text = String::from_utf8_lossy(&self.answers).to_ascii_lowercase();
        let head = text.split("\r\n\r\n").next().unwrap();
        head.contains(&format!("\r\n{}:", name.to_ascii_lowercase()))
    }
}

/// A receiver of webhooks: POST is echoed, or answered with a case's own status.
fn webhooks(status: u16) -> Running {
    let limits = Limits {
        idle: SHORT,
        head: SHORT,
        body: SHORT,
        ..Limits::default()
    };
    Running::with(limits, move |delivery, responder| {
        let mut headers = Headers::new();
        headers.push("Content-Type", "text/plain");
        headers.push("Allow", "POST");
        let is_post = delivery.method == "POST";
        responder.answer(Answer::from(Reply {
            status: if is_post { status } else { 405 },
            headers,
            body: delivery.body.clone().into(),
        }));
    })
}

/// Sends, and sees what comes back of it: up to the connection's end, if it ends.
fn ask(sender: &mut Sender, input: &[u8]) -> Seen {
    let _ = sender.try_send(input);
    let mut seen = Seen {
        answers: Vec::new(),
        closed: false,
    };
    let mut buffer = [0; 65536];
    loop {
        match sender.0.read(&mut buffer) {
            Ok(0) | Err(_) => {
                seen.closed = true;
                return seen;
            }
            Ok(read) => seen.answers.extend(&buffer[..read]),
        }
        let text = String::from_utf8_lossy(&seen.answers).to_ascii_lowercase();
        let last = text.rsplit("http/1.1 ").next().unwrap_or_default();
        let Some((head, body)) = last.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head.split("content-length: ").nth(1);
        let length = length.map_or(0, |rest| rest.lines().next().unwrap().parse().unwrap());
        let is_whole = !head.starts_with("100") && body.len() >= length;
        if is_whole && !head.contains("connection: close") {
            return seen;
        }
    }
}

/// What the corpus says of a case with one step.
fn verdict(case: &Value, seen: &Seen, body: Option<&[u8]>) -> String {
    let like_2xx = case["like_2xx"].as_u64();
    let any = |words: &Value| {
        let mut words = words.as_array().into_iter().flatten();
        words.any(|word| seen.is(word.as_str().unwrap(), like_2xx))
    };
    if let Some([when, what, argument, yes, no]) = case["check"].as_array().map(Vec::as_slice)
        && seen.is(when.as_str().unwrap(), like_2xx)
    {
        let holds = match what.as_str().unwrap() {
            "body-is" => body == argument.as_str().map(str::as_bytes),
            "header" => seen.has_field(argument.as_str().unwrap()),
            "answer-empty" => seen.answers.ends_with(b"\r\n\r\n"),
            // Names are kept as they come, and no name is taken for another.
            "renamed" => false,
            other => panic!("{other}"),
        };
        return if holds { yes } else { no }.as_str().unwrap().to_owned();
    }
    let verdict = if any(&case["pass"]) || any(&case["allowed"][0]) {
        "pass"
    } else if any(&case["warn"]) {
        "warn"
    } else {
        "fail"
    };
    verdict.to_owned()
}

#[test]
fn http11probe_finds_nothing() {
    let running = webhooks(200);
    let mut failed = Vec::new();
    for case in cases("http11probe") {
        if case["scored"] == false {
            continue;
        }
        let id = case["id"].as_str().unwrap();
        let of_its_own = case["respond"]
            .as_str()
            .map(|it| webhooks(it.parse().unwrap()));
        let running = of_its_own.as_ref().unwrap_or(&running);
        let mut sender = running.connect();
        let (verdict, said) = match case["steps"].as_array() {
            None => {
                let seen = ask(&mut sender, &bytes(&case["send"]));
                let body = running.received.try_iter().last();
                let body = body.map(|received| received.delivery.body);
                (verdict(&case, &seen, body.as_deref()), seen)
            }
            // All scored conversations want the same: one answer to the first step, and an end.
            Some(steps) => {
                let seen = ask(&mut sender, &bytes(&steps[0]));
                let one = statuses(&seen.answers).len() <= 1;
                let ends = seen.is("400", None) || seen.closed;
                (if one && ends { "pass" } else { "fail" }.to_owned(), seen)
            }
        };
        let line = format!("{id}: {:?} {:?}", said.status(), codes(running));
        match verdict.as_str() {
            "pass" => {}
            "warn" if TAKEN.contains(&id) => {}
            _ => failed.push(line),
        }
        running.received.try_iter().for_each(drop);
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

// ---- llhttp -------------------------------------------------------------------------------------

/// Methods and bodies of whole messages, and what came then.
type Outcome = (Vec<(String, Vec<u8>)>, &'static str);

/// What becomes of a sender's bytes.
fn outcome(running: &Running, input: &[u8]) -> Outcome {
    let mut sender = running.connect();
    let _ = sender.try_send(input);
    // It may have been refused by now.
    let _ = sender.stream().shutdown(std::net::Shutdown::Write);
    let _ = sender.0.read_to_end(&mut Vec::new());
    let messages = running.received.try_iter().map(|it| it.delivery);
    let messages = messages.map(|it| (it.method, it.body)).collect();
    let then = match codes(running).as_slice() {
        [] => "complete",
        ["truncated-head" | "truncated-body"] => "incomplete",
        [_] => "refused",
        many => panic!("{many:?}"),
    };
    (messages, then)
}

/// Whether llhttp wants the same, as far as both go.
fn agrees(
    want: &Value,
    method: Option<&str>,
    stricter: &Value,
    (messages, then): &Outcome,
) -> bool {
    let wanted = want["messages"].as_array().unwrap().iter().map(|it| {
        let own = it[0].as_str().unwrap();
        let body = latin1(it[1].as_str().unwrap());
        (method.unwrap_or(own).to_owned(), body)
    });
    let wanted: Vec<_> = wanted.collect();
    match (want["then"].as_str().unwrap(), *then) {
        // Both have come to an end, and what follows it is not looked at.
        ("refused", "complete") => *messages == wanted && want["code"] == "CLOSED_CONNECTION",
        // llhttp does not wait for a line's end.
        ("refused", "incomplete") => wanted.starts_with(messages),
        (_, "refused") if stricter.is_string() => wanted.starts_with(messages),
        // A protocol that was offered is not gone over to: a body is read, and the next request.
        ("upgrade", _) => messages.first().map(|it| &it.0) == wanted.first().map(|it| &it.0),
        (want, then) => want == then && *messages == wanted,
    }
}

#[test]
fn llhttp_agrees() {
    let running = Running::start(Limits::default());
    let mut failed = Vec::new();
    for case in cases("llhttp") {
        let mut check = |send: &Value, want: &Value, method: Option<&str>, stricter: &Value| {
            let outcome = outcome(&running, &bytes(send));
            if !agrees(want, method, stricter, &outcome) {
                failed.push(format!("{}: {outcome:?}, {want}: {send}", case["id"]));
            }
        };
        if case["milder"].is_null() {
            check(&case["send"], &case["want"], None, &case["stricter"]);
        }
        match &case["post_want"] {
            Value::Null => {}
            Value::String(_) => check(
                &case["post"],
                &case["want"],
                Some("POST"),
                &case["post_stricter"],
            ),
            want => check(&case["post"], want, None, &case["post_stricter"]),
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}
