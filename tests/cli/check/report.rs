//! What `bluehook check` tells, and how it is used.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::sync::{Mutex, PoisonError};

use super::receiver::Act::{Answer, Status};
use super::receiver::{Got, Receiver, SECRET, check, expected, mac, right, sample, takes};
use crate::runner::Place;

#[test]
fn nothing_is_sent_to_a_public_address_unless_that_is_asked_for() {
    let place = Place::new();
    for url in ["http://203.0.113.7/hooks", "http://[2001:db8::1]/"] {
        let ended = place.bluehook(&format!("check {url} -s x")).run();
        assert_eq!(ended.code, Some(2));
        assert!(
            ended
                .talk()
                .contains("neither this machine nor in a private network")
        );
        assert!(ended.talk().contains("--allow-remote"));
    }
}

#[test]
fn cases_are_chosen_by_name() {
    let place = Place::new();
    let listed = |words: &str| {
        place
            .bluehook(&format!("check --list {words}"))
            .run()
            .text()
    };
    assert_eq!(listed("--only quick/*").lines().count(), 2);
    assert!(!listed("--skip accepts").contains("accepts/"));
    assert!(listed("").contains("refuses/empty-key"));
    place.bluehook("check --list --only nothing").run().fails(
        2,
        "error: no case matches nothing\n  hint: bluehook check --list shows them\n",
    );
    place.bluehook("check --list --skip stay-up").run().fails(
        2,
        "error: no case matches stay-up\n  hint: did you mean stays-up? bluehook check --list shows them all\n",
    );
    place.bluehook("check --list --only refuse/empty*").run().fails(
        2,
        "error: no case matches refuse/empty*\n  hint: did you mean refuses/empty*? bluehook check --list shows them all\n",
    );
    assert_eq!(listed("--only quick,leaks/secret").lines().count(), 3);
}

/// The text and its lines.
fn report(receiver: &Receiver, words: &str) -> (String, Vec<String>) {
    let ended = Place::new()
        .bluehook(&format!("check {} {words}", receiver.url()))
        .env("BLUEHOOK_SECRET", SECRET)
        .env("COLUMNS", "80")
        .run();
    let text = ended.text();
    let lines = text.lines().map(str::to_owned).collect();
    (text, lines)
}

const SCREEN: usize = 24;

#[test]
fn the_report_of_a_right_receiver_fits_a_screen_and_ends_with_the_verdict() {
    let receiver = Receiver::new(right);
    let (text, lines) = report(&receiver, "--skip stays-up/10-mib");
    assert!(lines.len() < SCREEN, "{text}");
    assert!(lines.iter().all(|line| line.len() <= 80), "{text}");
    assert!(lines.last().unwrap().starts_with("conformant: "), "{text}");
    let without_time = "untestable 6: the scheme has no timestamp: a recorded delivery";
    assert!(text.contains(without_time), "{text}");
    assert!(
        text.contains("untestable 3: the scheme has no handshake\n"),
        "{text}"
    );
}

#[test]
fn the_report_of_one_fault_fits_a_screen_with_its_mending_and_its_command() {
    let receiver = Receiver::new(takes(|got, given| {
        given == expected(got) || given == mac(b"", &got.body)
    }));
    let (text, lines) = report(&receiver, "--skip stays-up/10-mib");
    assert!(lines.len() < SCREEN, "{text}");
    let signature = mac(b"", &sample());
    let url = receiver.url();
    let fault = format!(
        "\nfail refuses/empty-key: 200: it was accepted
     sent  a signature made with an empty key
     right 401 or 403, also 400
     why   Where the secret is not set, receivers compute with an empty key, and
           so can everybody.
     mend  Refuse to start when the secret is missing or empty.
     again bluehook send {url} -e TODO_CREATED --unsigned -H 'X-Signature: {signature}'

not conformant: 1 case of 68 failed, 16 untestable (-v tells why)
"
    );
    assert!(text.ends_with(&fault), "{text}");
    assert!(!text.contains(SECRET));
}

/// timingSafeEqual throws for buffers of different lengths.
#[test]
fn what_is_mended_in_the_same_way_is_told_once() {
    let receiver = Receiver::new(|got| match got.signature() {
        _ if got.method != "POST" => Status(405),
        Some(given) if given.len() == 64 => right(got),
        _ => Status(500),
    });
    let (text, _) = report(&receiver, "--skip stays-up");
    let cases = [
        "refuses/no-signature",
        "refuses/truncated (1 of 64 characters)",
        "refuses/over-long (00)",
        "refuses/unsigned-not-json (text)",
    ];
    let flat = text.replace("\n    ", "");
    for case in cases {
        assert!(flat.contains(case), "{case}: {text}");
    }
    for once in [
        "\nfail ",
        "Strangers can make it fail",
        "lengths before timingSafeEqual",
    ] {
        assert_eq!(text.matches(once).count(), 1, "{once}: {text}");
    }
}

#[test]
fn an_unsigned_delivery_that_is_accepted_is_one_fault_however_often_it_shows() {
    let receiver = Receiver::new(|got| match got.signature() {
        None if got.method == "POST" => Status(200),
        _ => right(got),
    });
    let (text, _) = report(&receiver, "--only refuses");
    assert_eq!(text.matches("\nfail ").count(), 1, "{text}");
    assert!(
        text.contains("mend  Refuse with 401 when the signature's header is missing."),
        "{text}"
    );
    assert!(
        text.contains("not conformant: 5 cases of 35 failed"),
        "{text}"
    );
}

#[test]
fn what_a_receiver_is_as_a_whole_is_told_once() {
    let receiver = Receiver::new(|_| Status(404));
    let (text, _) = report(&receiver, "");
    let url = receiver.url();
    let whole = format!(
        "fail accepts/genuine: There is no receiver at this path: a genuine delivery by
     POST got 404.
     sent  the sample, signed
     right 2xx
     why   Nothing works without it.
     mend  Check the URL's path.
     again bluehook send {url} -e TODO_CREATED

not conformant: 1 case of 1 failed, 84 not sent
"
    );
    assert_eq!(text, whole);
}

#[test]
fn the_command_that_shows_it_again_has_the_options_and_no_secret() {
    let receiver = Receiver::new(|_| Status(401));
    let place = Place::new();
    place.file("body.json", "{\"n\":1}");
    let ended = place
        .bluehook(&format!(
            "check {} --scheme github --timeout 2s -k -d @body.json -H X-Tenant:7",
            receiver.url()
        ))
        .arg("-H")
        .arg("Authorization: Bearer abc")
        .arg("--secret")
        .arg(SECRET)
        .run();
    let command = format!(
        "again bluehook check {} --only accepts/genuine --secret \"$SECRET\" --scheme github \
         --timeout 2s -k -H 'X-Tenant: 7' -H 'Authorization: …' -d @body.json\n",
        receiver.url()
    );
    assert!(ended.text().contains(&command), "{}", ended.text());
}

#[test]
fn the_command_that_it_names_shows_the_same() {
    let receiver = Receiver::new(takes(|got, given| {
        given == expected(got) || given == mac(b"", &got.body)
    }));
    let place = Place::new();
    let ended = place
        .bluehook(&format!("check {} --only refuses/*-key", receiver.url()))
        .env("TOP", SECRET)
        .arg("--secret-env")
        .arg("TOP")
        .run();
    assert_eq!(ended.code, Some(1));
    assert_eq!(
        ended.talk(),
        format!("sending about 15 deliveries to {}\n", receiver.url())
    );
    let text = ended.text();
    let again = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("again bluehook "))
        .unwrap();
    let (words, header) = again.split_once(" -H ").unwrap();
    let sent = place
        .bluehook(words)
        .arg("-H")
        .arg(header.trim_matches('\''))
        .run();
    assert_eq!(sent.code, Some(0), "{}", sent.talk());
}

#[test]
fn a_leak_is_not_judged_by_answers_that_could_not_show_it() {
    let receiver = Receiver::new(right);
    let (text, _) = report(&receiver, "--only leaks");
    let whole = "leaks      4 untestable

untestable 4: it shows in the answers to refuses/*, which were not sent

nothing was judged
";
    assert_eq!(text, whole);
}

#[test]
fn the_command_for_several_secrets_names_them_apart() {
    let receiver = Receiver::new(right);
    let ended = Place::new()
        .bluehook(&format!(
            "check {} --only accepts/second-secret -s",
            receiver.url()
        ))
        .arg(SECRET)
        .arg("-s")
        .arg("the next one")
        .run();
    let command = format!(
        "again bluehook check {} --only accepts/second-secret --secret \"$SECRET\" --secret \"$SECRET2\"\n",
        receiver.url()
    );
    assert!(ended.text().contains(&command), "{}", ended.text());
}

/// What the schemas of Ant's JUnit task and of Jenkins have in common: where each element stands,
/// and the attributes that it must and may have.
const ELEMENTS: [(&str, &str, &[&str], &[&str]); 9] = [
    ("testsuites", "", &[], &[]),
    (
        "testsuite",
        "testsuites",
        &[
            "name",
            "package",
            "id",
            "hostname",
            "timestamp",
            "tests",
            "failures",
            "errors",
            "time",
        ],
        &["skipped"],
    ),
    ("properties", "testsuite", &[], &[]),
    ("property", "properties", &["name", "value"], &[]),
    ("testcase", "testsuite", &["name", "classname", "time"], &[]),
    ("skipped", "testcase", &[], &["message"]),
    ("failure", "testcase", &["type"], &["message"]),
    ("system-out", "testsuite", &[], &[]),
    ("system-err", "testsuite", &[], &[]),
];

/// The elements in their order, with their attributes.
fn elements(xml: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut open: Vec<String> = Vec::new();
    let mut all = Vec::new();
    for tag in xml.split('<').skip(1) {
        let (tag, text) = tag.split_once('>').unwrap();
        assert!(!text.contains(['>', '"']), "not escaped: {text}");
        if tag.starts_with('?') {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
            continue;
        }
        let (tag, is_empty) = match tag.strip_suffix('/') {
            Some(tag) => (tag, true),
            None => (tag, false),
        };
        let (name, rest) = tag.split_once(' ').unwrap_or((tag, ""));
        let attributes: Vec<(String, String)> = rest
            .split("\" ")
            .filter(|text| !text.is_empty())
            .map(|text| {
                let (name, value) = text.split_once("=\"").unwrap();
                (name.to_owned(), value.trim_end_matches('"').to_owned())
            })
            .collect();
        let (_, parent, must, may) = *ELEMENTS
            .iter()
            .find(|(known, ..)| *known == name)
            .unwrap_or_else(|| panic!("{name} is no element of the schema"));
        assert_eq!(open.last().map_or("", String::as_str), parent, "{name}");
        let has = |wanted: &str| attributes.iter().any(|(name, _)| name == wanted);
        assert!(must.iter().all(|name| has(name)), "{name}: {attributes:?}");
        for (attribute, _) in &attributes {
            let is_known = must.contains(&attribute.as_str()) || may.contains(&attribute.as_str());
            assert!(is_known, "{name}: {attribute}");
        }
        all.push((name.to_owned(), attributes));
        if !is_empty {
            open.push(name.to_owned());
        }
    }
    assert!(open.is_empty(), "{open:?}");
    all
}

#[test]
fn junit_is_as_the_schemas_of_ci_systems_have_it() {
    let receiver = Receiver::new(|got| match got.signature().as_deref() {
        Some("") => Answer(200, "text/plain", "<&\u{1b}]]>".into()),
        Some(given) if given == format!("{}zz", expected(got)) => Status(200),
        _ => right(got),
    });
    let place = Place::new();
    let ended = place
        .bluehook(&format!(
            "check {}?a&b --junit report.xml -q --skip stays-up --skip accepts",
            receiver.url()
        ))
        .env("BLUEHOOK_SECRET", SECRET)
        .run();
    ended.is(1, "", "");
    let xml = std::fs::read_to_string(place.path().join("report.xml")).unwrap();
    let all = elements(&xml);
    let of = |name: &str| all.iter().filter(|(it, _)| it == name).count();
    assert_eq!((of("failure"), of("testsuite")), (1, 4), "{xml}");
    assert!(xml.contains("value=\"http://127.0.0.1:"), "{xml}");
    assert!(xml.contains("?a&amp;b\""), "{xml}");
    assert!(
        xml.contains("<system-out>warning: refuses/trailing-text: 200: it was accepted (zz)\n"),
        "{xml}"
    );
    for (_, attributes) in all.iter().filter(|(name, _)| name == "testsuite") {
        let value = |wanted: &str| {
            let found = attributes.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| value.as_str()).unwrap()
        };
        // A date without a zone, seconds with three digits behind the point.
        let at: jiff::civil::DateTime = value("timestamp").parse().unwrap();
        assert_eq!(
            at.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
            value("timestamp")
        );
        assert_eq!(value("time").split_once('.').unwrap().1.len(), 3);
        assert_eq!(value("errors"), "0");
    }
}

#[test]
fn a_report_that_cannot_be_written_is_an_error_before_anything_is_sent() {
    let receiver = Receiver::new(right);
    let ended = check(&receiver, "--junit no/such/folder/report.xml");
    ended.fails(
        3,
        "error: could not write no/such/folder/report.xml\n  caused by: No such file or directory (os error 2)\n",
    );
}

/// A check whose receiver holds its answer to a sample of events until it is told.
struct Held {
    child: Child,
    told: mpsc::Sender<()>,
    place: Place,
    _receiver: Receiver,
}

impl Held {
    fn start() -> Self {
        let (reached, reaches) = mpsc::channel();
        let (told, tells) = mpsc::channel::<()>();
        let held = Mutex::new(Some((reached, tells)));
        let receiver = Receiver::new(move |got: &Got| {
            let is_it = got.body.starts_with(b"{\"event\":\"TODO_DELETED\"");
            if is_it
                && let Some((reached, tells)) =
                    held.lock().unwrap_or_else(PoisonError::into_inner).take()
            {
                let _ = reached.send(());
                // Until it is told, or nobody is left who could.
                let _ = tells.recv();
            }
            right(got)
        });
        let place = Place::new();
        let child = place
            .bluehook(&format!(
                "check {} --junit report.xml --timeout 60s --skip stays-up",
                receiver.url()
            ))
            .env("BLUEHOOK_SECRET", SECRET)
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        reaches.recv().unwrap();
        Self {
            child,
            told,
            place,
            _receiver: receiver,
        }
    }

    fn interrupt(&self) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status();
        assert!(sent.unwrap().success());
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_check_tells_what_was_judged_so_far() {
    let mut held = Held::start();
    held.interrupt();
    held.told.send(()).unwrap();
    let mut text = String::new();
    held.child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(held.child.wait().unwrap().code(), Some(130), "{text}");
    assert!(text.starts_with("accepts    1 pass, "), "{text}");
    assert!(text.contains("\nnot finished: 1 case passed, "), "{text}");
    let xml = std::fs::read_to_string(held.place.path().join("report.xml")).unwrap();
    assert!(
        xml.contains("<skipped message=\"not sent: interrupted\"/>"),
        "{xml}"
    );
    elements(&xml);
}

#[cfg(unix)]
#[test]
fn a_second_interrupt_ends_a_check_at_once() {
    let mut held = Held::start();
    // The first one may not have been heeded when the second comes, and they count as one then.
    let code = loop {
        held.interrupt();
        if let Some(status) = held.child.try_wait().unwrap() {
            break status.code();
        }
        std::thread::yield_now();
    };
    assert_eq!(code, Some(130));
}
