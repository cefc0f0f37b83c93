//! `--keys`: files of keys, of which a delivery may name one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::runner::Place;

const ONE: &str = r#"{"kid":"one","kty":"EC","x":"4DsnSfbU3XB2VqIiDYZud8fljKstejBUenl_6GVpQfs","y":"XTEryy1DPEZAO-nDJvEc6s3wSacH9QmarZv7_ogU8A8","crv":"P-256","d":"gB1Jl8pefFk7v-r1M1BSg3HPAkKsjf62rR5KAk8dZrM"}"#;
const TWO: &str = r#"{"kid":"two","kty":"EC","x":"IH364dvYQUYOxXflX7FnEf-aApC9Yh7-R7bfkhFVtC4","y":"7U5KkdZbHJ7bxvpZFM3AxU4Odl1kwQfEx12U_ML9SR4","crv":"P-256","d":"bmJCXRBZEa2Cuw5sC6j4Nf54UlELHv6uYN4eLjj79Fc"}"#;
const RECORD: &str = r#"about = "Mine"

[[variant]]
algorithm = "es256"
encoding = "base64"
content = "{body}"
signature = { header = "X-Mine" }
key = { named_by = "X-Key" }
"#;
/// The curve's record, with a text beside the key.
const BESIDE: &str = r#"about = "Mine"

[[variant]]
algorithm = "ecdsa-p256-sha256"
encoding = "base64"
content = "{secret}|{body}"
signature = { header = "X-Mine" }
"#;

/// The key's public half.
fn public(key: &str) -> Value {
    let mut key: Value = serde_json::from_str(key).unwrap();
    key.as_object_mut().unwrap().remove("d").unwrap();
    key
}

/// A folder with a record, a key of each form, and a body that the first key signed.
fn signed() -> Place {
    let place = Place::new();
    place.file("mine.toml", RECORD);
    place.file("body", "{}");
    place.file("one.json", ONE);
    place.file(
        "set.json",
        json!({"keys": [public(TWO), public(ONE)]}).to_string(),
    );
    place.file("two.json", json!([public(TWO)]).to_string());
    let signed = place
        .bluehook("sign body --scheme-file mine.toml --keys one.json --format headers")
        .run();
    assert_eq!((signed.code, signed.talk().as_str()), (Some(0), ""));
    assert!(signed.text().ends_with("X-Key: one\n"), "{}", signed.text());
    place.file("headers", signed.text());
    place
}

const VERIFY: &str = "verify body --scheme-file mine.toml -H @headers";

#[test]
fn a_delivery_that_names_its_key_is_judged_with_that_key_alone() {
    let place = signed();
    let verify = |words: &str| place.bluehook(&format!("{VERIFY} {words}")).run();
    let line = &verify("--keys set.json --json").json()[0];
    assert_eq!(line["genuine"], true);
    assert_eq!(line["matched_secret"]["position"], 2);
    let unknown = verify("--keys two.json");
    assert_eq!(unknown.code, Some(1));
    let sentence = "it names the key one, which is not there: the keys are two";
    assert!(unknown.text().contains(sentence), "{}", unknown.text());
    let line = &verify("--keys two.json --json").json()[0];
    assert_eq!(line["reason"], "unknown-key");
    // Another key under its name is not taken, and one without a name is tried.
    let mut other = public(TWO);
    other["kid"] = "one".into();
    place.file("other.json", other.to_string());
    assert_eq!(
        verify("--keys other.json --json").json()[0]["reason"],
        "mismatch"
    );
    let mut nameless = public(ONE);
    nameless.as_object_mut().unwrap().remove("kid");
    place.file("nameless.json", nameless.to_string());
    assert_eq!(verify("--keys nameless.json").code, Some(0));
    place.file(
        "bluehook.toml",
        "[webhook.a]\nurl = \"3000\"\nkeys = \"set.json\"",
    );
    assert_eq!(verify("-w a").code, Some(0));
}

#[test]
fn a_key_that_is_for_something_else_is_passed_over_and_told_where_none_is_left() {
    let place = signed();
    for (member, value) in [
        ("alg", json!("RS256")),
        ("use", json!("enc")),
        ("key_ops", json!(["encrypt"])),
    ] {
        let mut key = public(ONE);
        key[member] = value;
        place.file("only.json", key.to_string());
        place
            .bluehook(&format!("{VERIFY} --keys only.json"))
            .run()
            .is(
                2,
                "",
                &format!(
                    "error: none of the keys fits: the JWK's {member} says that it is for something else\n"
                ),
            );
        let shared = json!({"kty": "oct", "k": "AAAA"});
        place.file("mixed.json", json!([key, shared, public(ONE)]).to_string());
        let mixed = place.bluehook(&format!("{VERIFY} --keys mixed.json")).run();
        assert_eq!(mixed.code, Some(0), "{}", mixed.talk());
    }
    let shared = place
        .bluehook("verify body --signature 00 --keys set.json")
        .run();
    shared.is(
        2,
        "",
        "error: none of the keys fits: the scheme signs with a shared secret, and this is a key of a pair\n",
    );
}

#[test]
fn a_shared_key_of_a_set_is_its_bytes() {
    let place = Place::new();
    place.file("body", "{}");
    place.file(
        "set.json",
        r#"{"signing_keys":[{"kty":"oct","k":"aHVudGVyMg"}]}"#,
    );
    let by_text = place.bluehook("sign body -s hunter2").run().text();
    place
        .bluehook("sign body --keys set.json")
        .run()
        .is(0, &by_text, "");
}

#[test]
fn a_bundle_holds_keys_and_certificates_and_a_text_may_stand_beside() {
    let place = Place::new();
    place.file("mine.toml", BESIDE);
    place.file("body", "{}");
    let key = rcgen::KeyPair::generate().unwrap();
    let other = rcgen::KeyPair::generate().unwrap();
    let names = vec!["example.com".to_owned()];
    let certificate = rcgen::CertificateParams::new(names)
        .unwrap()
        .self_signed(&key);
    place.file("key.pem", key.serialize_pem());
    place.file(
        "bundle.pem",
        format!("{}\n{}", other.public_key_pem(), certificate.unwrap().pem()),
    );
    let sign = "sign body --scheme-file mine.toml --keys key.pem --format headers";
    let signed = place.bluehook(&format!("{sign} -s text")).run();
    assert_eq!((signed.code, signed.talk().as_str()), (Some(0), ""));
    place.file("headers", signed.text());
    let verify = |text: &str| {
        let words = format!("{VERIFY} --keys bundle.pem -s {text} --json");
        place.bluehook(&words).run().json()[0].clone()
    };
    assert_eq!(verify("text")["matched_secret"]["position"], 3);
    assert_eq!(verify("other")["reason"], "mismatch");
    let lacking = place.bluehook(sign).run();
    lacking.is(
        2,
        "",
        "error: none of the keys fits: the scheme signs a text that is given as the secret, beside the key, and it is missing\n",
    );
    let lacking = place.bluehook(&format!("{VERIFY} -s text")).run();
    lacking.is(
        2,
        "",
        "error: the scheme needs an ecdsa-p256-sha256 key beside this secret\n",
    );
}

#[test]
fn a_file_without_keys_is_told_in_a_sentence() {
    let place = Place::new();
    place.file("body", "{}");
    let hint = "  hint: a JWK set is JSON ({\"keys\": [...]}), a PEM key begins with -----BEGIN\n";
    for (bytes, wrong) in [
        ("", "holds neither JSON Web Keys nor PEM keys"),
        ("hunter2", "holds neither JSON Web Keys nor PEM keys"),
        ("{", "holds neither JSON Web Keys nor PEM keys"),
        ("{\"keys\":[]}", "holds no keys"),
    ] {
        place.file("keys", bytes);
        place
            .bluehook("verify body --signature 00 --keys keys")
            .run()
            .is(
                2,
                "",
                &format!("error: keys, which --keys names, {wrong}\n{hint}"),
            );
    }
    let many = vec![json!({"kty": "oct", "k": "AAAA"}); 257];
    place.file("keys", json!(many).to_string());
    place
        .bluehook("verify body --signature 00 --keys keys")
        .run()
        .is(
            2,
            "",
            "error: keys, which --keys names, holds more than 256 keys\n",
        );
}

#[test]
fn a_token_is_for_its_body_and_its_url_alone() {
    let place = Place::new();
    place.file("body", "{}");
    place.file("key.json", TWO);
    let url = "--signed-url https://example.com/?b=1&a=2";
    for (words, of) in [
        ("--scheme netlify -s x", "sha256 is of another body"),
        ("--scheme vonage -s x", "payload_hash is of another body"),
        (
            "--scheme plaid --keys key.json",
            "request_body_sha256 is of another body",
        ),
        (
            "--scheme messagebird -s x --signed-url https://example.com/?b=1&a=2",
            "payload_hash is of another body",
        ),
    ] {
        let words = format!("{words} --at 1700000000");
        let sign = format!("sign body {words} --format headers");
        let id = if words.contains("vonage") || words.contains(url) {
            " --id 7"
        } else {
            ""
        };
        let signed = place.bluehook(&format!("{sign}{id}")).run();
        assert_eq!(signed.code, Some(0), "{}", signed.talk());
        place.file("headers", signed.text());
        let verify = |words: &str, body: &str| {
            place
                .bluehook(&format!("verify {words} -H @headers"))
                .stdin(body)
                .run()
        };
        let genuine = verify(&words, "{}");
        assert_eq!(genuine.code, Some(0), "{}", genuine.text());
        let other = verify(&words, "{ }");
        assert_eq!(other.code, Some(1));
        assert!(one_line(&other.text()).contains(of), "{}", other.text());
        let elsewhere = verify(&words.replace("a=2", "a=3"), "{}");
        assert_eq!(
            one_line(&elsewhere.text()).contains("of another URL"),
            words.contains(url)
        );
        let late = verify(&words.replace("1700000000", "1700000301"), "{}");
        let is_aged = words.contains("plaid") || words.contains(url);
        assert_eq!(
            one_line(&late.text()).contains("is right, but"),
            is_aged,
            "{}",
            late.text()
        );
    }
}

#[test]
fn a_token_of_another_form_of_the_body_is_diagnosed_and_one_of_another_secret_told() {
    let place = Place::new();
    place.file("body", "{\n  \"a\": 1\n}");
    let signed = place
        .bluehook("sign body --scheme netlify -s x --format headers")
        .run();
    place.file("headers", signed.text());
    let verify = |words: &str, body: &str| {
        let words = format!("verify --scheme netlify -H @headers {words}");
        place.bluehook(&words).stdin(body).run()
    };
    let line = &verify("-s x --json", "{\"a\":1}").json()[0];
    assert_eq!(line["reason"], "other-claim");
    assert_eq!(line["cause"]["codes"][0], "body-reserialised", "{line}");
    let foreign = one_line(&verify("-s x", "{\"b\":2}").text());
    assert!(
        foreign.contains("gives the body the digest that was signed"),
        "{foreign}"
    );
    let other = one_line(&verify("-s y", "{}").text());
    let told = "the token in X-Webhook-Signature is not signed with this secret";
    assert!(other.contains(told), "{other}");
    assert!(!other.contains("changed on its way"), "{other}");
}

/// As PyJWT and others write it: no algorithm but the record's is taken, whatever the token says.
#[test]
fn a_token_that_has_ended_or_says_that_nothing_signs_it_is_refused() {
    let place = Place::new();
    place.file(
        "mine.toml",
        "about = \"Mine\"\n[[variant]]\nalgorithm = \"hmac-sha256\"\nencoding = \"base64url\"\nsignature = { header = \"X\" }\n[variant.jwt]\nclaims = { h = \"{body_sha256}\" }\nlifetime = \"1m\"\n",
    );
    let lived = std::fs::read_to_string(place.path().join("mine.toml")).unwrap();
    place.file("free.toml", lived.replace("lifetime = \"1m\"\n", ""));
    let token = |record: &str| {
        let words = format!("sign --scheme-file {record} -s x --at 1000");
        place.bluehook(&words).stdin("{}").run().text()
    };
    let verify = |record: &str, at: &str, token: &str| {
        let words =
            format!("verify --scheme-file {record} -s x --at {at} --json --signature {token}");
        let line = place.bluehook(&words).stdin("{}").run().json()[0].clone();
        line["reason"].as_str().unwrap_or("genuine").to_owned()
    };
    let lives = token("mine.toml");
    // Where it says when it ends, it ends, whether or not the record asks for it.
    for record in ["mine.toml", "free.toml"] {
        assert_eq!(verify(record, "1061", &lives), "genuine");
        assert_eq!(verify(record, "1062", &lives), "stale");
        assert_eq!(verify(record, "999", &lives), "genuine");
        assert_eq!(verify(record, "998", &lives), "future");
    }
    let free = token("free.toml");
    assert_eq!(verify("free.toml", "9999", &free), "genuine");
    assert_eq!(verify("mine.toml", "1000", &free), "malformed-timestamp");
    let claims = lives.split('.').nth(1).unwrap();
    // {"alg":"none"}
    let none = format!("eyJhbGciOiJub25lIn0.{claims}.");
    assert_eq!(verify("mine.toml", "1000", &none), "malformed-signature");
    let signature = free.trim().rsplit('.').next().unwrap();
    let moved = format!("{}.{signature}", lives.trim().rsplit_once('.').unwrap().0);
    assert_eq!(verify("mine.toml", "1000", &moved), "mismatch");
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The values are signed, in either version; what the body says of itself must be the provider's.
#[test]
fn a_notification_is_judged_by_its_values_and_a_saved_certificate() {
    let vectors = include_str!("../vectors/aws-sns.json");
    let cases: Vec<Value> = serde_json::from_str(vectors).unwrap();
    let place = Place::new();
    place.file("certificate.pem", cases[0]["keys"].as_str().unwrap());
    for (name, code, said) in [
        ("aws-sns-v1", 0, "which does not cover the body"),
        ("aws-sns-subscription", 0, "which does not cover the body"),
        ("aws-sns-message-changed", 1, "is not right for these"),
        ("aws-sns-version-lied", 1, "is not right for these"),
        (
            "aws-sns-version-3",
            1,
            "SignatureVersion in the body is malformed: it asks for a form of the scheme that is not known",
        ),
        (
            "aws-sns-foreign-certificate-url",
            1,
            "SigningCertURL in the body is malformed: it is not https://sns.*.amazonaws.com/*.pem or",
        ),
        (
            "aws-sns-no-signature",
            1,
            "there is no Signature in the body",
        ),
    ] {
        let case = cases.iter().find(|case| case["name"] == name).unwrap();
        let body = STANDARD
            .decode(case["body_base64"].as_str().unwrap())
            .unwrap();
        place.file("body", body);
        let ended = place
            .bluehook("verify body --scheme aws-sns --keys certificate.pem")
            .run();
        assert_eq!(ended.code, Some(code), "{name}: {}", ended.text());
        let text = one_line(&ended.text());
        assert!(text.contains(said), "{name}: {text}");
        assert!(!text.contains("cause:"), "{name}: {text}");
    }
    place.file("key.pem", include_str!("../signing/keys/rsa-0.pem"));
    let sign = "sign body --scheme aws-sns --keys key.pem";
    place.file("body", r#"{"Type":"Notification","SigningCertURL":"https://sns.x.amazonaws.com/x.pem","SignatureVersion":"1"}"#);
    place.bluehook(sign).run().fails(
        2,
        "error: the scheme signs a body whose SignatureVersion is 2, and it is not there\n",
    );
}

/// The webhook's id is given as the secret, beside the certificate's key: either may be another.
#[test]
fn another_text_beside_the_key_is_a_reason_that_remains() {
    let vectors = include_str!("../vectors/paypal.json");
    let cases: Vec<Value> = serde_json::from_str(vectors).unwrap();
    let genuine = cases.iter().find(|case| case["valid"] == true).unwrap();
    let place = Place::new();
    place.file("certificate.pem", genuine["keys"].as_str().unwrap());
    let body = genuine["body_base64"].as_str().unwrap();
    place.file("body", STANDARD.decode(body).unwrap());
    let headers = genuine["headers"].as_object().unwrap().iter();
    let headers: String = headers
        .map(|(name, value)| format!("{name}: {}\n", value.as_str().unwrap()))
        .collect();
    place.file("headers", headers);
    let verify = "verify body --scheme paypal --keys certificate.pem -H @headers --tolerance off";
    let ended = place.bluehook(&format!("{verify} -s another")).run();
    assert_eq!(ended.code, Some(1));
    let said = one_line(&String::from_utf8(ended.stdout).unwrap());
    assert!(
        said.contains("or for another text than the one that is given as the secret"),
        "{said}"
    );
}
