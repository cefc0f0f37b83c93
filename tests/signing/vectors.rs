//! Known answers: every case of `tests/vectors/` is judged through the library.
//!
//! See `tests/vectors/README.md` for the files. Adding a case or a file needs no change here.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bluehook::delivery::Headers;
use bluehook::signing::diagnosis::{Received, diagnose};
use bluehook::signing::{Clock, Judge, Judgement, Keyring, Parts, Scheme, Secret, Tolerance};
use jiff::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    secret: String,
    secret_encoding: String,
    headers: BTreeMap<String, String>,
    body_base64: String,
    url: Option<String>,
    method: Option<String>,
    now: Option<i64>,
    tolerance: Option<u64>,
    hash: Option<String>,
    encoding: Option<String>,
    valid: bool,
    reason: String,
    reason_code: String,
    #[expect(dead_code, reason = "for readers of the file")]
    source: String,
    #[expect(dead_code, reason = "for readers of the file")]
    note: Option<String>,
    /// The private key, where `secret` is the public one.
    #[serde(rename = "secret_key_seed_hex")]
    _seed: Option<String>,
    /// A file of keys beside the secret.
    keys: Option<String>,
    /// The codes of the cause, where the file tells them.
    cause: Option<Vec<String>>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

/// The names of the files with this extension, without it.
fn names(extension: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

fn manifest() -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(folder().join("schemes.toml")).unwrap();
    toml::from_str(&text).unwrap()
}

fn cases(file: &str) -> Vec<Case> {
    let text = fs::read_to_string(folder().join(file).with_extension("json")).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The records that judge a file, as names and TOML texts.
fn records(file: &str) -> Vec<(String, String)> {
    let built_in = |name: &String| {
        let record = Scheme::record(name).unwrap_or_else(|| panic!("{file}: no scheme {name}"));
        (name.clone(), record.to_owned())
    };
    if let Some(names) = manifest().get(file) {
        return names.iter().map(built_in).collect();
    }
    match fs::read_to_string(folder().join(file).with_extension("toml")) {
        Ok(record) => vec![(file.to_owned(), record)],
        Err(_) => vec![built_in(&file.to_owned())],
    }
}

/// The record, with the hash and the encoding that the case names.
fn scheme(name: &str, record: &str, case: &Case) -> Scheme {
    let mut table: toml::Table = record.parse().unwrap();
    for variant in table["variant"].as_array_mut().unwrap() {
        let variant = variant.as_table_mut().unwrap();
        if let Some(hash) = &case.hash {
            let algorithm = format!("hmac-{}", hash.to_lowercase());
            variant.insert("algorithm".into(), algorithm.into());
        }
        if let Some(encoding) = &case.encoding {
            variant.insert("encoding".into(), encoding.clone().into());
        }
    }
    let record = toml::to_string(&table).unwrap();
    Scheme::from_toml(name, &record).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The verdict, and the codes of the cause; `None` when the secret makes no key.
fn judged(scheme: &Scheme, case: &Case) -> Option<(Judgement, Vec<&'static str>)> {
    let secret = match case.secret_encoding.as_str() {
        "hex" => hex::decode(&case.secret).unwrap(),
        _ => case.secret.clone().into_bytes(),
    };
    let mut secrets: Vec<Secret> = Secret::new(secret).into_iter().collect();
    if let Some(file) = &case.keys {
        secrets.extend(bluehook::signing::jwk::keys(file.as_bytes()).unwrap());
    }
    if secrets.is_empty() {
        return None;
    }
    let keyring = Keyring::for_verifying(scheme, &secrets).ok()?;
    let mut headers = Headers::new();
    for (name, value) in &case.headers {
        headers.push(name, value.trim());
    }
    let parts = Parts {
        method: case.method.as_deref().unwrap_or("POST"),
        url: case.url.as_deref(),
        headers: &headers,
    };
    let body = STANDARD.decode(&case.body_base64).unwrap();
    let mut judge = Judge::new(scheme, &keyring, parts).unwrap();
    for piece in body.chunks(7) {
        judge.update(piece);
    }
    let tolerance = case.tolerance.map(Duration::from_secs);
    let clock = Clock {
        now: Timestamp::from_second(case.now.unwrap_or_default()).unwrap(),
        tolerance: tolerance.map_or(Tolerance::Off, Tolerance::Within),
    };
    let judgement = judge.finish(&clock);
    let at_once = Judge::new(scheme, &keyring, parts).unwrap();
    assert_eq!(
        at_once.finish_with(&body, &clock),
        judgement,
        "{}",
        case.name
    );
    let mut codes = Vec::new();
    if case.cause.is_some() {
        let found = diagnose(scheme, &secrets, parts, Received::whole(&body), &judgement);
        codes.extend(found.cause.into_iter().flat_map(|cause| cause.codes));
    }
    Some((judgement, codes))
}

/// The reasons that may be given where the file gives this code. An undecodable signature is a
/// mismatch to many libraries; the signature is judged before the age here.
fn acceptable(code: &str) -> &'static [&'static str] {
    match code {
        "ok" => &["genuine"],
        "signature-mismatch" => &[
            "mismatch",
            "malformed-signature",
            "other-claim",
            "unknown-key",
        ],
        "malformed-signature" => &["malformed-signature", "mismatch"],
        "unknown-key" => &["unknown-key"],
        "wrong-prefix" => &["malformed-signature", "malformed-header", "mismatch"],
        "missing-header" => &["missing-header"],
        "malformed-body" => &["missing-header", "malformed-header"],
        "malformed-header" | "no-known-version" => &["malformed-header"],
        "malformed-timestamp" => &["malformed-timestamp", "malformed-header"],
        "timestamp-too-old" => &["stale"],
        "timestamp-too-new" => &["future", "mismatch", "malformed-signature"],
        "invalid-secret" => &["invalid-secret"],
        "empty-body" => &["mismatch"],
        other => panic!("unknown reason_code {other}"),
    }
}

#[test]
fn every_known_answer_is_given() {
    let mut wrong = Vec::new();
    for file in names("json") {
        for (name, record) in records(&file) {
            for case in cases(&file) {
                let judgement = judged(&scheme(&name, &record, &case), &case);
                let code = judgement
                    .as_ref()
                    .map_or("invalid-secret", |(judgement, _)| {
                        (judgement.reason.as_ref()).map_or("genuine", |reason| reason.code())
                    });
                let cause = judgement.as_ref().map(|(_, cause)| cause.as_slice());
                let right = (code == "genuine") == case.valid
                    && acceptable(&case.reason_code).contains(&code)
                    && (case.cause.as_deref())
                        .is_none_or(|codes| cause.is_some_and(|cause| cause == codes));
                if !right {
                    let Case {
                        name: case,
                        reason,
                        reason_code,
                        ..
                    } = case;
                    wrong.push(format!(
                        "{file} by {name}: {case} ({reason}): expected {reason_code}, got {code}: {judgement:?}"
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_scheme_has_known_answers_and_every_file_a_scheme() {
    let files = names("json");
    let manifest = manifest();
    let judges: Vec<String> = files
        .iter()
        .flat_map(|file| records(file))
        .map(|(name, _)| name)
        .collect();
    for name in Scheme::known() {
        assert!(
            judges.iter().any(|judge| judge == name),
            "{name} has no cases"
        );
    }
    for name in manifest.keys().chain(&names("toml")) {
        assert!(
            name == "schemes" || files.contains(name),
            "{name} has no cases"
        );
    }
    for record in names("toml") {
        assert!(
            Scheme::record(&record).is_none() && !manifest.contains_key(&record),
            "{record}.toml: the built-in scheme of this name, or schemes.toml, judges the cases"
        );
    }
}

/// The kinds of cases that a file must have, so that a scheme that takes everything shows.
#[test]
fn every_scheme_knows_both_answers() {
    for name in Scheme::known() {
        let mut answers: Vec<bool> = names("json")
            .iter()
            .filter(|file| records(file).iter().any(|(judge, _)| judge == name))
            .flat_map(|file| cases(file))
            .map(|case| case.valid)
            .collect();
        answers.sort_unstable();
        answers.dedup();
        assert_eq!(answers, [false, true], "{name}");
    }
}
