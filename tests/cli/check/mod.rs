//! `bluehook check`, against receivers right and wrong.

mod receiver;
mod report;

use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use sha2::{Digest as _, Sha256};

use self::receiver::Act::{self, Answer, Status};
use self::receiver::{
    Got, Receiver, SECRET, check, expected, mac, read_json, right, sample, takes, with_verdict,
};
use crate::runner::{Ended, Place};

#[test]
fn a_right_receiver_has_no_failure_and_twice_the_same_verdicts() {
    let receiver = Receiver::new(right);
    let first = check(&receiver, "--json");
    assert_eq!(with_verdict(&first, "fail"), [""; 0], "{}", first.text());
    assert_eq!(with_verdict(&first, "warn"), [""; 0], "{}", first.text());
    assert_eq!(first.code, Some(0));
    let again = check(&receiver, "--json");
    let verdicts = |ended: &Ended| -> Vec<(String, String)> {
        let lines = ended.json();
        lines
            .iter()
            .map(|line| (line["name"].to_string(), line["verdict"].to_string()))
            .collect()
    };
    assert_eq!(verdicts(&first), verdicts(&again));
    let lines = first.json();
    let summary = lines.last().unwrap();
    assert_eq!(summary["type"], "summary");
    assert_eq!(summary["skipped"], 0);
    assert_eq!(lines[0]["name"], "accepts/genuine");
    assert_eq!(lines[0]["fix"], serde_json::Value::Null);
}

/// A receiver that takes the headers of a delivery that was right for right ever after.
fn remembers() -> impl Fn(&Got) -> Act + Send + Sync {
    let known = Mutex::new(Vec::new());
    move |got| {
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        let signature = got.signature();
        let act = right(got);
        if matches!(act, Status(200)) {
            known.push(signature);
        } else if known.contains(&signature) && got.method == "POST" {
            return Status(200);
        }
        act
    }
}

/// Each receiver has one fault, which these cases name.
#[test]
fn every_fault_is_caught_by_the_case_that_names_it() {
    type Faulty = Box<dyn Fn(&Got) -> Act + Send + Sync>;
    let prefix = |length: usize| {
        takes(move |got, given| {
            let expected = expected(got);
            given.len() == 64 && given[..length] == expected[..length]
        })
    };
    let faults: Vec<(&str, Faulty)> = vec![
        (
            "refuses/no-signature",
            Box::new(|got| match got.signature() {
                None if got.method == "POST" => read_json(got),
                _ => right(got),
            }),
        ),
        (
            "refuses/empty-signature",
            Box::new(|got| match got.signature().as_deref() {
                Some("") => Status(200),
                _ => right(got),
            }),
        ),
        ("refuses/first-8-digits", Box::new(prefix(8))),
        ("refuses/first-16-digits", Box::new(prefix(16))),
        ("refuses/first-32-digits", Box::new(prefix(32))),
        (
            "refuses/last-digits",
            Box::new(takes(|got, given| {
                given.len() == 64 && given[40..] == expected(got)[40..]
            })),
        ),
        (
            "refuses/truncated",
            Box::new(takes(|got, given| {
                !given.is_empty() && expected(got).starts_with(given)
            })),
        ),
        (
            "refuses/over-long",
            Box::new(takes(|got, given| given.starts_with(&expected(got)))),
        ),
        (
            "refuses/truncated",
            Box::new(|got| match got.signature() {
                Some(given) if given.len() != 64 => Status(500),
                _ => right(got),
            }),
        ),
        (
            "refuses/not-hex",
            Box::new(|got| match got.signature() {
                Some(given) if given.len() == 64 && hex::decode(&given).is_err() => Status(500),
                _ => right(got),
            }),
        ),
        (
            "accepts/spacing",
            Box::new(takes(|got, given| {
                serde_json::from_slice::<serde_json::Value>(&got.body).is_ok_and(|value| {
                    given == mac(SECRET.as_bytes(), value.to_string().as_bytes())
                })
            })),
        ),
        (
            "refuses/rewritten-body",
            Box::new(takes(|got, given| {
                serde_json::from_slice::<serde_json::Value>(&got.body).is_ok_and(|value| {
                    given == mac(SECRET.as_bytes(), value.to_string().as_bytes())
                })
            })),
        ),
        (
            "refuses/appended-space",
            Box::new(takes(|got, given| {
                given == mac(SECRET.as_bytes(), got.body.trim_ascii())
            })),
        ),
        (
            "stays-up/not-utf-8",
            Box::new(takes(|got, given| {
                given
                    == mac(
                        SECRET.as_bytes(),
                        String::from_utf8_lossy(&got.body).as_bytes(),
                    )
            })),
        ),
        (
            "refuses/empty-key",
            Box::new(takes(|got, given| {
                given == expected(got) || given == mac(b"", &got.body)
            })),
        ),
        (
            "refuses/undefined-key",
            Box::new(takes(|got, given| {
                given == expected(got) || given == mac(b"undefined", &got.body)
            })),
        ),
        (
            "refuses/guessable-key",
            Box::new(takes(|got, given| {
                given == expected(got) || given == mac(b"changeme", &got.body)
            })),
        ),
        (
            "refuses/plain-hash",
            Box::new(takes(|got, given| {
                given == expected(got) || given == hex::encode(Sha256::digest(&got.body))
            })),
        ),
        (
            "refuses/secret-prefix-hash",
            Box::new(takes(|got, given| {
                let joined = [SECRET.as_bytes(), &got.body].concat();
                given == expected(got) || given == hex::encode(Sha256::digest(joined))
            })),
        ),
        (
            "refuses/another-algorithm",
            Box::new(takes(|got, given| {
                given == expected(got) || given.len() == 128
            })),
        ),
        (
            "refuses/other-scheme",
            Box::new(|got| {
                let value = got
                    .header("X-Hub-Signature-256")
                    .map(String::from_utf8_lossy);
                match value {
                    Some(value) if value == format!("sha256={}", expected(got)) => Status(200),
                    _ => right(got),
                }
            }),
        ),
        (
            "refuses/undefined",
            Box::new(|got| match got.signature().as_deref() {
                Some("true") => Status(200),
                _ => right(got),
            }),
        ),
        (
            "refuses/changed-body",
            Box::new(takes(|got, given| {
                given == expected(got) || given == mac(SECRET.as_bytes(), &sample())
            })),
        ),
        ("refuses/after-genuine", Box::new(remembers())),
        (
            "refuses/unsigned-health-check",
            Box::new(
                |got| match got.body.starts_with(b"{\"event\":\"WEBHOOK_HEALTH_CHECK\"") {
                    true => Status(200),
                    false => right(got),
                },
            ),
        ),
        (
            "refuses/unsigned-not-json",
            Box::new(
                |got| match serde_json::from_slice::<serde_json::Value>(&got.body) {
                    Err(_) if got.method == "POST" => Status(500),
                    _ => right(got),
                },
            ),
        ),
        (
            "refuses/unsigned-other-type",
            Box::new(|got| match got.header("Content-Type") {
                Some(value) if value.starts_with(b"application/json") => right(got),
                _ if got.method == "POST" => Status(200),
                _ => Status(405),
            }),
        ),
        (
            "refuses/unsigned-get",
            Box::new(|got| match got.method.as_str() {
                "GET" => Status(200),
                _ => right(got),
            }),
        ),
        (
            "refuses/unsigned-put",
            Box::new(|got| match got.method.as_str() {
                "PUT" => Status(204),
                _ => right(got),
            }),
        ),
        (
            "stays-up/malformed",
            Box::new(|got| match right(got) {
                Status(400) => Status(500),
                act => act,
            }),
        ),
        (
            "stays-up/null",
            Box::new(
                |got| match got.body == b"null" && got.signature().is_some() {
                    true => Act::Drop,
                    false => right(got),
                },
            ),
        ),
        (
            "stays-up/empty",
            Box::new(|got| match got.body.is_empty() && got.method == "POST" {
                true => Status(401),
                false => right(got),
            }),
        ),
        (
            "accepts/unknown-event",
            Box::new(|got| match got.body.starts_with(b"{\"event\":\"CHECK_") {
                true => Status(422),
                false => right(got),
            }),
        ),
        (
            "accepts/header-case",
            Box::new(
                |got| match got.headers.iter().any(|(name, _)| name == "X-Signature") {
                    true => right(got),
                    false if got.method == "POST" => Status(401),
                    false => Status(405),
                },
            ),
        ),
        (
            "accepts/charset",
            Box::new(|got| match got.header("Content-Type") {
                Some(value) if value.ends_with(b"utf-8") => Status(415),
                _ => right(got),
            }),
        ),
        (
            "accepts/64-kib",
            Box::new(|got| match got.body.len() > 10_000 {
                true => Status(413),
                false => right(got),
            }),
        ),
        (
            "leaks/signature",
            Box::new(|got| match right(got) {
                Status(401) => Answer(401, "text/plain", format!("expected {}", expected(got))),
                act => act,
            }),
        ),
        (
            "leaks/secret",
            Box::new(|got| match right(got) {
                Status(401) => Answer(401, "text/plain", format!("bad signature for {SECRET}")),
                act => act,
            }),
        ),
    ];
    let checked = |(case, act): (&'static str, Faulty)| {
        let receiver = Receiver::new(move |got: &Got| act(got));
        let ended = check(&receiver, "--json --skip stays-up/*-mib");
        assert_eq!(ended.code, Some(1), "{case}: {}", ended.talk());
        let failed = with_verdict(&ended, "fail");
        assert!(failed.iter().any(|name| name == case), "{case}: {failed:?}");
    };
    thread::scope(|scope| {
        let threads: Vec<_> = faults
            .into_iter()
            .map(|fault| scope.spawn(move || checked(fault)))
            .collect();
        for thread in threads {
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
}

#[test]
fn a_stack_trace_in_an_answer_is_a_warning() {
    let receiver = Receiver::new(|got| match right(got) {
        Status(400) => {
            let trace = "SyntaxError: no\n    at JSON.parse (<anonymous>)";
            Answer(400, "text/plain", trace.into())
        }
        act => act,
    });
    let ended = check(&receiver, "--json --only stays-up --only leaks");
    assert_eq!(with_verdict(&ended, "warn"), ["leaks/stack-trace"]);
    assert_eq!(ended.code, Some(0));
}

#[test]
fn a_missing_signature_that_is_told_from_a_wrong_one_is_a_warning() {
    let receiver = Receiver::new(|got| match got.signature() {
        None if got.method == "POST" => Status(400),
        _ => right(got),
    });
    let ended = check(&receiver, "--json --only refuses --only leaks");
    assert_eq!(with_verdict(&ended, "fail"), [""; 0]);
    assert_eq!(with_verdict(&ended, "warn"), ["leaks/missing-or-wrong"]);
    assert_eq!(ended.code, Some(0));
}

/// What a receiver is as a whole is said first, in one sentence.
#[test]
fn receivers_that_judge_nothing_are_recognised_first() {
    let recognised = |act: fn(&Got) -> Act, words: &str, failed: &str, sentence: &str| {
        let receiver = Receiver::new(act);
        let ended = check(&receiver, &format!("--json {words}"));
        assert_eq!(ended.code, Some(1));
        assert_eq!(with_verdict(&ended, "fail"), [failed]);
        let summary = ended.json().pop().unwrap();
        assert_eq!((&summary["fail"], &summary["pass"]), (&1.into(), &0.into()));
        let lines = ended.json();
        let line = lines.iter().find(|line| line["verdict"] == "fail").unwrap();
        let message = line["message"].as_str().unwrap();
        assert!(message.starts_with(sentence), "{message}");
    };
    let unsigned = "refuses/no-signature";
    let genuine = "accepts/genuine";
    recognised(|_| Status(200), "", unsigned, "It accepts everything");
    recognised(
        |_| Status(401),
        "",
        genuine,
        "It refuses everything, the first genuine delivery too (401)",
    );
    recognised(
        |_| Status(404),
        "",
        genuine,
        "There is no receiver at this path",
    );
    recognised(
        |_| Status(308),
        "",
        genuine,
        "It redirects (308) to /elsewhere",
    );
    recognised(
        |_| Status(500),
        "",
        genuine,
        "It fails on the first genuine delivery with 500",
    );
    recognised(
        |_| Act::Drop,
        "",
        genuine,
        "It closes the connection of the first genuine delivery",
    );
    recognised(
        |_| Act::Hang,
        "--timeout 300ms",
        genuine,
        "It hangs: the first genuine delivery was not answered within 300",
    );
    recognised(
        |_| Answer(404, "text/html; charset=utf-8", "<h1>Not here</h1>".into()),
        "",
        genuine,
        "There is no receiver at this path: a genuine delivery by POST got 404. The answer is an HTML page",
    );
    // Python's json.dumps writes spaces that nobody signed.
    let rewrites = |got: &Got| {
        let python = |body: &[u8]| String::from_utf8_lossy(body).replace(':', ": ");
        let given = got.signature().unwrap_or_default();
        Status(
            if given == mac(SECRET.as_bytes(), python(&got.body).as_bytes()) {
                200
            } else {
                401
            },
        )
    };
    recognised(
        rewrites,
        "",
        genuine,
        "It hashes other bytes than it received",
    );
}

#[test]
fn a_receiver_with_another_secret_or_scheme_is_told_so() {
    let told = |act: fn(&Got) -> Act, case: &str, message: &str, fix: &str| {
        let receiver = Receiver::new(act);
        let ended = check(&receiver, "--json");
        let lines = ended.json();
        let line = lines.iter().find(|line| line["verdict"] == "fail").unwrap();
        assert_eq!(line["name"], case);
        assert_eq!(
            (&line["message"], &line["fix"]),
            (&message.into(), &fix.into())
        );
    };
    told(
        |got| match got.signature() == Some(mac(b"", &got.body)) {
            true => Status(200),
            false => Status(401),
        },
        "refuses/empty-key",
        "It has another secret: it refuses the genuine delivery (401) and takes a signature made with an empty key.",
        "Refuse to start when the secret is missing or empty.",
    );
    told(
        |got| match right(got) {
            Status(200) => Status(422),
            act => act,
        },
        "accepts/genuine",
        "It refuses the sample's body (422) and not its signature: a wrong one gets 401.",
        "Answer 200 to every genuine delivery, or give a body that it takes: --data @FILE.",
    );
    told(
        |got| {
            let wanted = format!("sha256={}", expected(got));
            match got.header("X-Hub-Signature-256") == Some(wanted.as_bytes()) {
                true => Status(200),
                false => Status(400),
            }
        },
        "accepts/genuine",
        "It refuses what is signed as blue (400), and takes what is signed as github.",
        "Check it with --scheme github.",
    );
}

#[test]
fn a_receiver_that_is_not_there_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let ended = Place::new().bluehook(&format!("check {port} -s x")).run();
    let sentence = format!(
        "error: the receiver cannot be reached\n  caused by: connection refused by localhost:{port} (127.0.0.1:{port})\n  hint: is the receiver running on port {port}?\n"
    );
    ended.fails(3, &sentence);
}

#[test]
fn the_case_that_ends_or_hangs_a_receiver_is_named_and_the_rest_is_skipped() {
    let dies = Receiver::new(
        |got| match got.body == b"null" && got.signature().is_some() {
            true => Act::Die,
            false => right(got),
        },
    );
    let ended = check(&dies, "--json --only stays-up");
    let failed = with_verdict(&ended, "fail");
    assert_eq!(failed, ["stays-up/null"], "{}", ended.text());
    assert!(
        ended.text().contains("it is down: its process ended"),
        "{}",
        ended.text()
    );
    assert!(with_verdict(&ended, "skipped").contains(&"stays-up/deep".to_owned()));

    let hung = Arc::new(Mutex::new(false));
    let hangs = Receiver::new(move |got| {
        let mut hung = hung.lock().unwrap_or_else(PoisonError::into_inner);
        *hung |= got.body == b"[]";
        match *hung {
            true => Act::Hang,
            false => right(got),
        }
    });
    let ended = check(&hangs, "--json --only stays-up --timeout 500ms");
    assert_eq!(
        with_verdict(&ended, "fail"),
        ["stays-up/array"],
        "{}",
        ended.text()
    );
    assert!(
        ended
            .text()
            .contains("not sent: since stays-up/array it hangs")
    );
}

/// It answers, and ends: the next case finds nobody there.
#[test]
fn a_receiver_that_ends_after_its_answer_is_told_with_the_case_before() {
    let dies = Receiver::new(|got| match got.body == b"[1,2]" {
        true => Act::AnswerAndDie(200),
        false => right(got),
    });
    let ended = check(&dies, "--json --only stays-up/array --only stays-up/nul");
    let failed = with_verdict(&ended, "fail");
    assert_eq!(failed, ["stays-up/array"], "{}", ended.text());

    let dies = Receiver::new(|got| match got.header("Content-Type") {
        Some(value) if value.ends_with(b"utf-8") => Act::AnswerAndDie(200),
        _ => right(got),
    });
    let ended = check(
        &dies,
        "--json --only accepts/charset --only accepts/header-case --only quick",
    );
    let lines = ended.json();
    let line = lines.iter().find(|line| line["verdict"] == "fail").unwrap();
    assert_eq!(line["name"], "accepts/header-case");
    assert_eq!(
        line["message"],
        "it is down: its process ended, after accepts/charset and before this was sent"
    );
}

#[test]
fn what_is_not_answered_in_time_is_named_by_its_case_and_by_quick_answers() {
    let receiver = Receiver::new(|got| match got.body == b"null" {
        true if got.signature().is_some() => Act::Hang,
        _ => right(got),
    });
    let ended = check(
        &receiver,
        "--json --only stays-up/null --only stays-up/nul --only quick --timeout 500ms",
    );
    let failed = with_verdict(&ended, "fail");
    assert_eq!(
        failed,
        ["stays-up/null", "quick/answers"],
        "{}",
        ended.text()
    );
    let line = &ended.json()[2];
    assert_eq!(line["message"], "no answer in time in stays-up/null");
}

/// A receiver that is only just starting, or a machine that stood still.
#[test]
fn what_is_answered_when_it_is_sent_again_is_not_late() {
    let started = AtomicBool::new(false);
    let receiver = Receiver::new(move |got: &Got| {
        let is_first = got.body == b"null" && !started.swap(true, Ordering::SeqCst);
        match is_first {
            true => Act::Hang,
            false => right(got),
        }
    });
    let words = "--json --only stays-up/null,stays-up/nul,quick --timeout 500ms";
    let ended = check(&receiver, words);
    assert_eq!(ended.code, Some(0), "{}", ended.text());
}

/// Each delivery is new but the repeated ones, so that nothing else fails by it.
#[test]
fn a_receiver_that_refuses_what_it_has_seen_fails_by_the_repeated_ones_alone() {
    let known = Mutex::new(Vec::new());
    let receiver = Receiver::new(move |got: &Got| {
        let act = right(got);
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = known.contains(&got.body);
        known.push(got.body.clone());
        match act {
            Status(200) if is_known => Status(409),
            act => act,
        }
    });
    let ended = check(&receiver, "--json --skip stays-up/*-mib");
    let failed = with_verdict(&ended, "fail");
    let repeated = ["accepts/repeated", "accepts/repeated-at-once"];
    assert_eq!(failed, repeated, "{}", ended.text());
}

/// A receiver of any scheme of the table that verifies as `bluehook verify` does is right.
#[test]
fn right_receivers_of_every_scheme_have_no_failure() {
    use bluehook::signing::{Keyring, Scheme, Secret};
    let secrets = [
        "a secret",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    ];
    let fitting = |name: &str| {
        let scheme = Scheme::named(name).unwrap();
        let fits = |secret: &&&str| {
            let secret = Secret::new(**secret).unwrap();
            Keyring::for_signing(&scheme, &[secret]).is_ok()
        };
        secrets
            .iter()
            .find(fits)
            .map(|secret| (scheme.clone(), *secret))
    };
    let checked = |name: &str| {
        let Some((scheme, secret)) = fitting(name) else {
            return;
        };
        // A signature that stands in the body has no sample that could be changed.
        if scheme.variants[0].signature_header().is_none() {
            return;
        }
        let has_time = scheme.variants[0].timestamp.is_some();
        let receiver = Receiver::new(genuine_in(scheme, secret));
        let ended = Place::new()
            .bluehook(&format!(
                "check {} --json --skip stays-up/*-mib,accepts/1-mib,handshake/wrong-token --scheme {name}",
                receiver.url()
            ))
            .env("BLUEHOOK_SECRET", secret)
            .run();
        assert_eq!(
            with_verdict(&ended, "fail"),
            [""; 0],
            "{name}: {}",
            ended.text()
        );
        assert_eq!(ended.code, Some(0), "{name}: {}", ended.talk());
        let passed = with_verdict(&ended, "pass");
        let shows_time = passed
            .iter()
            .any(|name| name == "refuses/changed-timestamp" || name == "refuses/stale");
        assert!(has_time || !shows_time, "{name}: {passed:?}");
    };
    let names: Vec<&str> = Scheme::names().collect();
    thread::scope(|scope| {
        let threads: Vec<_> = names
            .chunks(names.len().div_ceil(4))
            .map(|names| scope.spawn(|| names.iter().for_each(|name| checked(name))))
            .collect();
        for thread in threads {
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
}

/// Bytes of more than one letter, a body of none: nothing is cut where it cannot be.
#[test]
fn odd_secrets_and_bodies_are_checked_like_others() {
    let token = Receiver::new(|got| match got.header("X-Gitlab-Token") {
        Some(given) if given == "éüß漢".as_bytes() && got.method == "POST" => Status(200),
        _ => Status(401),
    });
    let ended = Place::new()
        .bluehook(&format!(
            "check {} --json --scheme gitlab --skip stays-up",
            token.url()
        ))
        .env("BLUEHOOK_SECRET", "éüß漢")
        .run();
    assert_eq!(with_verdict(&ended, "fail"), [""; 0], "{}", ended.text());
    assert_eq!(ended.code, Some(0), "{}", ended.talk());

    let receiver = Receiver::new(|got| match got.body.is_empty() && got.method == "POST" {
        true if got.signature() == Some(expected(got)) => Status(200),
        _ => right(got),
    });
    let ended = Place::new()
        .bluehook(&format!(
            "check {} --json --skip stays-up --data",
            receiver.url()
        ))
        .arg("")
        .env("BLUEHOOK_SECRET", SECRET)
        .run();
    assert_eq!(
        with_verdict(&ended, "fail"),
        ["accepts/trailing-newline"; 1],
        "{}",
        ended.text()
    );
}

/// The judgement on what came, as `bluehook verify` has it.
fn judgement(
    scheme: &bluehook::signing::Scheme,
    keyring: &bluehook::signing::Keyring,
    got: &Got,
) -> Option<bluehook::signing::Judgement> {
    use bluehook::signing::{Clock, Judge, Parts, Tolerance};
    let host = String::from_utf8_lossy(got.header("Host").unwrap()).into_owned();
    let url = format!("http://{host}/hooks");
    let delivery = delivery(got);
    let parts = Parts {
        method: "POST",
        url: Some(&url),
        headers: &delivery.headers,
    };
    let clock = Clock {
        now: jiff::Timestamp::now(),
        tolerance: Tolerance::AsScheme,
    };
    let judge = Judge::new(scheme, keyring, parts).ok()?;
    Some(judge.finish_with(&got.body, &clock))
}

fn delivery(got: &Got) -> bluehook::delivery::Delivery {
    let mut delivery = bluehook::delivery::Delivery {
        method: got.method.clone(),
        target: got.target.clone(),
        body: got.body.clone(),
        ..Default::default()
    };
    for (name, value) in &got.headers {
        delivery.headers.push(name.clone(), value.clone());
    }
    delivery
}

fn genuine_in(
    scheme: bluehook::signing::Scheme,
    secret: &str,
) -> impl Fn(&Got) -> Act + Send + Sync + 'static {
    use bluehook::signing::{Keyring, Secret, handshake};
    let keyring = Keyring::for_signing(&scheme, &[Secret::new(secret).unwrap()]).unwrap();
    move |got| {
        let is_asked = !scheme.handshakes.iter().any(|rule| rule.signed);
        let is_genuine = got.method == "POST"
            && judgement(&scheme, &keyring, got).is_some_and(|judgement| judgement.is_genuine());
        match handshake::handshake(&scheme, &delivery(got), Some(&keyring)) {
            _ if !is_genuine && !is_asked => Status(401),
            None if !is_genuine => Status(401),
            Some(answer) => Act::With(
                answer.status,
                answer.headers,
                String::from_utf8(answer.body).unwrap(),
            ),
            None => Status(200),
        }
    }
}

#[test]
fn schemes_are_checked_for_what_they_sign() {
    use bluehook::signing::Scheme;
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let ageless = |change: fn(&mut bluehook::signing::record::Variant), failed: &[&str]| {
        let mut scheme = Scheme::named("standard-webhooks").unwrap();
        scheme.variants.truncate(1);
        change(&mut scheme.variants[0]);
        let receiver = Receiver::new(genuine_in(scheme, secret));
        let ended = Place::new()
            .bluehook(&format!(
                "check {} --json --scheme standard-webhooks --only refuses",
                receiver.url()
            ))
            .env("BLUEHOOK_SECRET", secret)
            .run();
        assert_eq!(with_verdict(&ended, "fail"), failed, "{}", ended.text());
    };
    ageless(
        |variant| variant.timestamp.as_mut().unwrap().tolerance = None,
        &["refuses/stale", "refuses/future"],
    );
    ageless(|variant| variant.signature.prefix_optional = true, &[]);
}

/// A signature over a Content-Digest that nobody compares with the body proves nothing of the body.
#[test]
fn a_receiver_that_ignores_the_signed_digest_is_caught() {
    use bluehook::signing::{Keyring, Reason, Scheme, Secret};
    let secret = "a secret";
    let scheme = Scheme::named("rfc9421").unwrap();
    let keyring = Keyring::for_signing(&scheme, &[Secret::new(secret).unwrap()]).unwrap();
    let receiver = Receiver::new(move |got| {
        let is_post = got.method == "POST";
        match judgement(&scheme, &keyring, got).unwrap().reason {
            None | Some(Reason::OtherBody) if is_post => Status(200),
            _ => Status(401),
        }
    });
    let ended = Place::new()
        .bluehook(&format!(
            "check {} --json --scheme rfc9421 --only refuses",
            receiver.url()
        ))
        .env("BLUEHOOK_SECRET", secret)
        .run();
    let of_the_body = [
        "refuses/changed-body",
        "refuses/appended-space",
        "refuses/truncated-body",
        "refuses/rewritten-body",
        "refuses/empty-body",
        "refuses/another-delivery",
        "refuses/after-genuine",
    ];
    assert_eq!(
        with_verdict(&ended, "fail"),
        of_the_body,
        "{}",
        ended.text()
    );
    assert!(with_verdict(&ended, "pass").contains(&"refuses/future".to_owned()));
}

/// In base64 the letters' case counts.
#[test]
fn a_comparison_without_regard_to_case_is_caught_where_case_counts() {
    use base64::Engine as _;
    let receiver = Receiver::new(|got| {
        let bytes = hex::decode(expected(got)).unwrap();
        let wanted = base64::engine::general_purpose::STANDARD.encode(bytes);
        let given = got.header("X-Shopify-Hmac-SHA256").unwrap_or_default();
        match given.eq_ignore_ascii_case(wanted.as_bytes()) {
            true => read_json(got),
            false => Status(401),
        }
    });
    let ended = check(&receiver, "--json --scheme shopify --skip stays-up");
    assert_eq!(with_verdict(&ended, "fail"), ["refuses/other-case"]);
}

#[test]
fn a_second_secret_must_be_accepted_too() {
    let receiver = Receiver::new(right);
    let run = |secret: &str| {
        Place::new()
            .bluehook(&format!(
                "check {} --json --only accepts/second-secret",
                receiver.url()
            ))
            .arg("-s")
            .arg(SECRET)
            .arg("-s")
            .arg(secret)
            .run()
    };
    assert_eq!(
        with_verdict(&run("the next one"), "fail"),
        ["accepts/second-secret"]
    );
    assert_eq!(
        with_verdict(&run(SECRET), "pass"),
        ["accepts/second-secret"]
    );
}

#[test]
fn metas_question_is_answered_to_the_right_token_only() {
    let receiver = |refuses: bool| {
        Receiver::new(move |got: &Got| {
            let target = got.target.as_str();
            let is_right = target.contains("hub%2Everify%5Ftoken=mine")
                || target.contains("hub.verify_token=mine");
            match got.method.as_str() {
                "GET" if is_right || !refuses => {
                    let challenge = target.split("hub.challenge=").nth(1).unwrap();
                    let challenge = challenge.split('&').next().unwrap().replace("%2D", "-");
                    Answer(200, "text/plain", challenge)
                }
                "GET" => Status(403),
                _ => match got.header("X-Hub-Signature-256") {
                    Some(value) if value == format!("sha256={}", expected(got)).as_bytes() => {
                        Status(200)
                    }
                    _ => Status(401),
                },
            }
        })
    };
    let run = |receiver: &Receiver| {
        check(
            receiver,
            "--json --scheme meta --only handshake --verify-token mine",
        )
    };
    let ended = run(&receiver(true));
    assert_eq!(with_verdict(&ended, "fail"), [""; 0], "{}", ended.text());
    assert_eq!(
        with_verdict(&ended, "pass"),
        ["handshake/answered", "handshake/wrong-token"]
    );
    assert_eq!(
        with_verdict(&run(&receiver(false)), "fail"),
        ["handshake/wrong-token"]
    );
}
