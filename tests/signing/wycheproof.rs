//! Wycheproof's cases (C2SP/wycheproof, Apache-2.0), judged by records of one algorithm each.
//!
//! A case of the file: what it is called there, the content, the signature, whether it is genuine,
//! and a key of its own where the group has none; all bytes are base64. What Wycheproof calls
//! acceptable (padding without its NULL) is refused here, and so are shortened MACs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bluehook::delivery::Headers;
use bluehook::signing::{Clock, Judge, Keyring, Parts, Scheme, Secret, Tolerance};
use jiff::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    algorithm: String,
    key: Option<String>,
    tests: Vec<Case>,
}

/// Name, content, signature, verdict, key.
#[derive(Deserialize)]
struct Case(
    String,
    String,
    String,
    bool,
    #[serde(default)] Option<String>,
);

fn is_genuine(scheme: &Scheme, key: &str, Case(_, content, signature, ..): &Case) -> bool {
    // A shared key is bytes, the key of a pair is base64 of its DER.
    let secret = match scheme.name.starts_with("hmac") {
        true => STANDARD.decode(key).unwrap(),
        false => key.as_bytes().to_vec(),
    };
    let keyring = Secret::new(secret)
        .ok()
        .and_then(|secret| Keyring::for_verifying(scheme, &[secret]).ok());
    let Some(keyring) = keyring else {
        return false;
    };
    let mut headers = Headers::new();
    headers.push("X-Signature", signature.as_str());
    let parts = Parts {
        method: "POST",
        url: None,
        headers: &headers,
    };
    let clock = Clock {
        now: Timestamp::UNIX_EPOCH,
        tolerance: Tolerance::Off,
    };
    let judge = Judge::new(scheme, &keyring, parts).unwrap();
    let content = STANDARD.decode(content).unwrap();
    judge.finish_with(&content, &clock).is_genuine()
}

#[test]
fn wycheproofs_cases_are_judged_right() {
    let file: File = serde_json::from_str(include_str!("wycheproof.json")).unwrap();
    let mut wrong = Vec::new();
    for group in &file.groups {
        let record = format!(
            "about = \"one algorithm\"\n[[variant]]\nalgorithm = \"{}\"\nencoding = \"base64\"\n\
             content = \"{{body}}\"\nsignature = {{ header = \"X-Signature\" }}\n",
            group.algorithm
        );
        let scheme = Scheme::from_toml(&group.algorithm, &record).unwrap();
        for case in &group.tests {
            let key = case.4.as_ref().or(group.key.as_ref()).unwrap();
            if is_genuine(&scheme, key, case) != case.3 {
                wrong.push(format!("{}: genuine should be {}", case.0, case.3));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
