//! HTTP Message Signatures, from the signed delivery to the verdict on it.

use crate::runner::Place;

const BODY: &str = r#"{"a":1}"#;
const URL: &str = "https://h.example/in?a=1";

/// The verdict on a delivery of ours that was changed on its way.
fn verdict(change: impl Fn(&str) -> String) -> String {
    let place = Place::new();
    let send = format!("send {URL} -s x --scheme rfc9421 --at 1776520800 --dry-run -d");
    let sent = place.bluehook(&send).arg(BODY).run();
    place.file("d.http", change(&text(sent.stdout)));
    let verify = "verify --delivery d.http -s x --scheme rfc9421 --at 1776520801 --signed-url";
    text(place.bluehook(verify).arg(URL).run().stdout).replace("\n    ", " ")
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_message_signature_is_judged_with_the_body_that_its_digest_names() {
    let shown = verdict(str::to_owned);
    let genuine = "#1    genuine: Signature is right for these 7 bytes, 1 s old\n";
    assert_eq!(shown, genuine);
    let other =
        "not genuine: Signature is right, but the Content-Digest that it covers is not that of";
    let shown = verdict(|sent| sent.replace(BODY, r#"{"a":2}"#));
    assert!(shown.contains(other), "{shown}");
    assert!(!shown.contains("another secret"), "{shown}");
    let shown = verdict(|sent| sent.replace("Length: 7", "Length: 8") + "\n");
    assert!(shown.contains(other), "{shown}");
    assert!(
        shown.contains("cause: The body ends with one line feed"),
        "{shown}"
    );
    let shown = verdict(|sent| {
        sent.replace("?a=1 HTTP", "?a=2 HTTP")
            .replace("POST", "PUT")
    });
    assert!(
        shown.contains("not genuine: Signature is not right"),
        "{shown}"
    );
}

#[test]
fn what_no_digest_covers_is_said_to_be_unproven() {
    let place = Place::new();
    // RFC 9421, appendix B.2.5.
    let key = r#"{"kty":"oct","kid":"test-shared-secret","k":"uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ"}"#;
    place.file("keys.json", key);
    let input = r#"Signature-Input: sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret""#;
    let headers = [
        "Date: Tue, 20 Apr 2021 02:07:55 GMT",
        "Content-Type: application/json",
        input,
        "Signature: sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:",
    ];
    place.file("headers", headers.join("\n"));
    place.file("body", "anything");
    let verify =
        "verify body -H @headers --keys keys.json --scheme rfc9421 --at 1618884480 --signed-url";
    let genuine = "genuine: Signature, which does not cover the body, is right, 7 s old\n";
    let verify = |url: &str| place.bluehook(verify).arg(url).run();
    verify("https://EXAMPLE.com:443/x").is(0, genuine, "");
    let shown = text(verify("https://other.example/").stdout);
    assert!(
        shown.starts_with("not genuine: Signature is not right"),
        "{shown}"
    );
}
