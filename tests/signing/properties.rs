//! Properties of every scheme of the table, with generated secrets, keys, bodies and damage.

use bluehook::delivery::Headers;
use bluehook::signing::encoding::Encoding;
use bluehook::signing::record::Variant;
use bluehook::signing::record::handshake::Value;
use bluehook::signing::record::template::Part;
use bluehook::signing::record::words::{Algorithm, KeyForm, KeyPair};
use bluehook::signing::{
    Clock, Judge, Judgement, Keyring, Parts, Reason, Scheme, Secret, Signed, Signer, Stamp,
    Tolerance,
};
use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

const NOW: i64 = 1_763_784_000;
const URL: &str = "https://hooks.example.com/in?a=1&b=%20c";

/// Private keys of nobody.
const RSA_KEYS: [&str; 4] = [
    include_str!("keys/rsa-0.pem"),
    include_str!("keys/rsa-1.pem"),
    include_str!("keys/rsa-2.pem"),
    include_str!("keys/rsa-3.pem"),
];

/// What a case is made of; each scheme takes what it needs.
#[derive(Debug, Clone)]
struct Seed {
    key: [u8; 32],
    body: Vec<u8>,
    id: String,
}

fn seeds() -> impl Strategy<Value = Seed> {
    let key = any::<[u8; 32]>();
    let body = vec(any::<u8>(), 0..200);
    (key, body, "[!-~]{1,30}").prop_map(|(key, body, id)| Seed { key, body, id })
}

/// Each variant of each scheme, with the variant alone for its scheme: but those whose signature
/// travels in the body, or is verified only, or needs a text beside the key, or covers what only their sender writes into the signature's header.
fn variants() -> Vec<Scheme> {
    let mut all = Vec::new();
    let is_pair = |variant: &Variant| matches!(variant.algorithm, Algorithm::KeyPair(_));
    let is_ours = |variant: &&Variant| {
        let items = variant
            .content
            .0
            .iter()
            .any(|part| matches!(part, Part::Item(_)));
        let is_old = variant.algorithm == Algorithm::KeyPair(KeyPair::RsaSha1);
        let has_text = is_pair(variant) && variant.content.has(&Part::Secret);
        variant.signature.json.is_none() && !items && !is_old && !has_text
    };
    for name in Scheme::names() {
        let scheme = Scheme::named(name).unwrap();
        for variant in scheme.variants.iter().filter(is_ours) {
            let mut one = scheme.clone();
            one.variants = vec![variant.clone()];
            all.push(one);
        }
    }
    all
}

/// A seed whose body is one that the variant can sign.
fn fit(seed: &Seed, variant: &Variant) -> Seed {
    let mut seed = seed.clone();
    let text = hex::encode(&seed.body);
    for part in &variant.content.0 {
        match part {
            Part::Field(name) => seed.body = format!("{name}={text}").into_bytes(),
            Part::BodyAscii => seed.body = text.clone().into_bytes(),
            _ => {}
        }
    }
    seed
}

/// What the delivery has to say for the variant to apply.
fn conditions(variant: &Variant) -> Vec<(String, String)> {
    let positive = variant.when.iter().filter(|condition| !condition.not);
    let own = |name: &String| {
        variant
            .headers()
            .iter()
            .any(|own| own.eq_ignore_ascii_case(name))
    };
    let header = positive.filter_map(|condition| match &condition.value {
        Value::Header(name) => Some((name.clone(), condition.has.clone().unwrap_or_default()))
            .filter(|(name, _)| !own(name)),
        _ => None,
    });
    let is_covered = variant.message_signature.is_some();
    let covered = is_covered.then(|| ("Content-Type".to_owned(), "text/plain".to_owned()));
    header.chain(covered).collect()
}

/// A private key or shared secret of the form that the variant asks for.
fn secret(variant: &Variant, key: &[u8; 32]) -> Secret {
    use base64::Engine as _;
    let base64 = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let prefix = variant.key.prefix.as_deref().unwrap_or_default();
    let text = match (variant.algorithm, variant.key.form) {
        (Algorithm::KeyPair(KeyPair::Ed25519), _) => {
            let prefix = variant.key.private_prefix.as_deref().unwrap_or_default();
            format!("{prefix}{}", base64(key))
        }
        (Algorithm::KeyPair(KeyPair::EcdsaP256Sha256 | KeyPair::Es256), _) => {
            let mut number = *key;
            // Between 1 and the curve's order.
            number[0] &= 0x7f;
            number[31] |= 1;
            hex::encode(number)
        }
        (Algorithm::KeyPair(KeyPair::RsaSha256 | KeyPair::RsaSha1 | KeyPair::RsaPssSha512), _) => {
            RSA_KEYS[usize::from(key[8] & 3)].to_owned()
        }
        (_, KeyForm::Base64) => format!("{prefix}{}", base64(key)),
        (_, KeyForm::Hex) => format!("{prefix}{}", hex::encode(key)),
        (_, KeyForm::Text) => format!("{prefix}{}", hex::encode(key)),
    };
    Secret::new(text).unwrap()
}

fn url(variant: &Variant, body: &[u8]) -> String {
    use sha2::{Digest as _, Sha256};
    let parameter = (variant.url.as_ref()).and_then(|rule| rule.body_sha256_parameter.clone());
    match parameter {
        Some(name) => format!("{URL}&{name}={}", hex::encode(Sha256::digest(body))),
        None => URL.to_owned(),
    }
}

fn clock() -> Clock {
    Clock {
        now: Timestamp::from_second(NOW).unwrap(),
        tolerance: Tolerance::AsScheme,
    }
}

fn sign(scheme: &Scheme, secrets: &[Secret], url: &str, seed: &Seed) -> Signed {
    let keyring = Keyring::for_signing(scheme, secrets).unwrap();
    // What the signature's own header must hold is there only once it is signed.
    let given = conditions(&scheme.variants[0]);
    let mut unconditional = scheme.clone();
    unconditional.variants[0].when.clear();
    let scheme = &unconditional;
    let mut headers = Headers::new();
    for (name, value) in &given {
        headers.push(name, value.as_str());
    }
    let parts = Parts {
        method: "POST",
        url: Some(url),
        headers: &headers,
    };
    let stamp = Stamp {
        id: seed.id.clone(),
        at: clock().now,
    };
    let mut signer = Signer::new(scheme, &keyring, parts, &stamp).unwrap();
    signer.update(&seed.body);
    let mut signed = signer.finish().unwrap();
    signed.headers.extend(given);
    signed
}

fn headers(signed: &Signed) -> Headers {
    let mut headers = Headers::new();
    for (name, value) in &signed.headers {
        headers.push(name, value.as_str());
    }
    headers
}

fn judge(
    scheme: &Scheme,
    secrets: &[Secret],
    (method, url): (&str, &str),
    headers: &Headers,
    body: &[u8],
) -> Judgement {
    // A verifier has the public half only, where there is one: a signing keyring holds both.
    let keyring = Keyring::for_signing(scheme, secrets).unwrap();
    let parts = Parts {
        method,
        url: Some(url),
        headers,
    };
    let mut judge = Judge::new(scheme, &keyring, parts).unwrap();
    for piece in body.chunks(13) {
        judge.update(piece);
    }
    judge.finish(&clock())
}

fn flip(bytes: &[u8], bit: Index) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let bit = bit.index(bytes.len() * 8);
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}

fn signs_body(variant: &Variant) -> bool {
    if variant.jwt.is_some() {
        return variant.covers_body();
    }
    let signed = |part: &Part| {
        matches!(
            part,
            Part::Body
                | Part::Form
                | Part::Field(_)
                | Part::BodyAscii
                | Part::BodySha256
                | Part::Either(_)
        )
    };
    variant.content.0.iter().any(signed)
        || variant.message_signature.is_some()
        || (variant.url.as_ref()).is_some_and(|rule| rule.body_sha256_parameter.is_some())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn what_a_scheme_signs_it_finds_genuine(seed in seeds()) {
        for scheme in variants() {
            let variant = &scheme.variants[0];
            let seed = fit(&seed, variant);
            let secrets = [secret(variant, &seed.key)];
            let url = url(variant, &seed.body);
            let signed = sign(&scheme, &secrets, &url, &seed);
            let judgement = judge(&scheme, &secrets, ("POST", &url), &headers(&signed), &seed.body);
            prop_assert!(judgement.is_genuine(), "{}: {:?}", scheme.name, judgement);
            prop_assert_eq!(judgement.matched.unwrap().position, 1);
            prop_assert_eq!(judgement.timestamp.is_some(), scheme.has_timestamp());
        }
    }

    #[test]
    fn one_flipped_bit_of_the_body_fails(seed in seeds(), bit in any::<Index>()) {
        for scheme in variants() {
            let variant = &scheme.variants[0];
            let mut seed = fit(&seed, variant);
            if !signs_body(variant) {
                continue;
            }
            // A form's fields are signed, not its bytes: these have one spelling each.
            if variant.content.has(&Part::Form) {
                seed.body = b"Body=hello&From=x".to_vec();
            }
            if seed.body.is_empty() {
                seed.body.push(b'x');
            }
            let secrets = [secret(variant, &seed.key)];
            let url = url(variant, &seed.body);
            let signed = sign(&scheme, &secrets, &url, &seed);
            let body = flip(&seed.body, bit);
            let judgement = judge(&scheme, &secrets, ("POST", &url), &headers(&signed), &body);
            prop_assert!(!judgement.is_genuine(), "{}", scheme.name);
            prop_assert!(judgement.matched.is_none(), "{}", scheme.name);
        }
    }

    #[test]
    fn one_flipped_bit_of_any_header_fails(seed in seeds(), bit in any::<Index>()) {
        for scheme in variants() {
            let variant = &scheme.variants[0];
            let seed = fit(&seed, variant);
            let secrets = [secret(variant, &seed.key)];
            let url = url(variant, &seed.body);
            let signed = sign(&scheme, &secrets, &url, &seed);
            // A header beside a time in the body is not signed.
            let beside = (variant.timestamp.as_ref())
                .filter(|rule| rule.json.is_some())
                .and_then(|rule| rule.header.as_deref());
            let own = variant.headers();
            let is_signed = |name: &str| Some(name) != beside && own.iter().any(|own| own == name);
            for (index, (name, value)) in signed.headers.iter().enumerate() {
                let damaged = flip(value.as_bytes(), bit);
                // Hex is read in either case.
                let same = damaged.eq_ignore_ascii_case(value.as_bytes())
                    && variant.encoding == Encoding::Hex;
                if same || !is_signed(name) {
                    continue;
                }
                let mut headers = Headers::new();
                for (other, (name, value)) in signed.headers.iter().enumerate() {
                    let value = if other == index { &damaged } else { value.as_bytes() };
                    headers.push(name, value.to_vec());
                }
                let judgement = judge(&scheme, &secrets, ("POST", &url), &headers, &seed.body);
                prop_assert!(!judgement.is_genuine(), "{}: {} {:?}", scheme.name, name, damaged);
            }
        }
    }

    #[test]
    fn another_url_or_method_fails_where_they_are_signed(seed in seeds()) {
        for scheme in variants() {
            let variant = &scheme.variants[0];
            let seed = fit(&seed, variant);
            let secrets = [secret(variant, &seed.key)];
            let url = url(variant, &seed.body);
            let signed = headers(&sign(&scheme, &secrets, &url, &seed));
            let other = url.replace("a=1", "a=2");
            let is_message = variant.message_signature.is_some();
            if is_message || variant.content.has(&Part::Url) || variant.content.has(&Part::UrlQuery) {
                let judgement = judge(&scheme, &secrets, ("POST", &other), &signed, &seed.body);
                prop_assert_eq!(judgement.reason, Some(Reason::Mismatch), "{}", scheme.name);
            }
            if is_message || variant.content.has(&Part::Method) {
                let judgement = judge(&scheme, &secrets, ("PUT", &url), &signed, &seed.body);
                prop_assert_eq!(judgement.reason, Some(Reason::Mismatch), "{}", scheme.name);
            }
        }
    }

    #[test]
    fn any_bytes_anywhere_never_panic(
        secret in vec(any::<u8>(), 1..80),
        values in vec(vec(any::<u8>(), 0..90), 3),
        body in vec(any::<u8>(), 0..90),
        url in "\\PC{0,40}",
        prefix in any::<bool>(),
    ) {
        for name in Scheme::names() {
            let scheme = Scheme::named(name).unwrap();
            let Ok(secret) = Secret::new(secret.clone()) else { continue };
            let Ok(keyring) = Keyring::for_verifying(&scheme, &[secret]) else { continue };
            let mut headers = Headers::new();
            for variant in &scheme.variants {
                for (name, value) in variant.headers().iter().zip(&values) {
                    let mut value = value.clone();
                    if prefix {
                        value.splice(0..0, variant.signature.prefix.bytes());
                    }
                    headers.push(name, value);
                }
            }
            let parts = Parts { method: "POST", url: Some(&url), headers: &headers };
            let mut judge = Judge::new(&scheme, &keyring, parts).unwrap();
            judge.keep_expected();
            judge.update(&body);
            let judgement = judge.finish(&clock());
            prop_assert!(!judgement.is_genuine());
        }
    }

    #[test]
    fn the_secret_that_matches_is_named(seed in seeds(), at in 0_usize..3) {
        for scheme in variants() {
            let variant = &scheme.variants[0];
            let seed = fit(&seed, variant);
            let keys: Vec<[u8; 32]> = (0..3_u8)
                .map(|number| {
                    let mut key = seed.key;
                    key[8] ^= number;
                    key
                })
                .collect();
            let secrets: Vec<Secret> = keys.iter().map(|key| secret(variant, key)).collect();
            let url = url(variant, &seed.body);
            let signed = headers(&sign(&scheme, &secrets[at..=at], &url, &seed));
            let judgement = judge(&scheme, &secrets, ("POST", &url), &signed, &seed.body);
            prop_assert!(judgement.is_genuine(), "{}", scheme.name);
            let matched = judgement.matched.unwrap();
            prop_assert_eq!(matched.position, at + 1, "{}", scheme.name);
            let alone = judge(&scheme, &secrets[at..=at], ("POST", &url), &signed, &seed.body);
            prop_assert_eq!(matched.fingerprint, alone.matched.unwrap().fingerprint);
        }
    }

    #[test]
    fn one_good_signature_of_several_is_enough(seed in seeds()) {
        for scheme in variants().iter().filter(|scheme| scheme.variants[0].signature.carries_several()) {
            let variant = &scheme.variants[0];
            let seed = fit(&seed, variant);
            let mut other = seed.key;
            other[9] ^= 1;
            let good = secret(variant, &seed.key);
            let secrets = [secret(variant, &other), good.clone()];
            let url = url(variant, &seed.body);
            let signed = sign(scheme, &secrets, &url, &seed);
            for one in &secrets {
                let one = std::slice::from_ref(one);
                let judgement = judge(scheme, one, ("POST", &url), &headers(&signed), &seed.body);
                prop_assert!(judgement.is_genuine(), "{}: {:?}", scheme.name, judgement);
            }
            // Beside one that cannot be decoded.
            let place = &variant.signature;
            let mut damaged = headers(&signed);
            if let Some(separator) = &place.separator {
                let name = place.header.as_deref().unwrap();
                damaged.remove(name);
                damaged.push(name, format!("{}?!{separator}{}", place.prefix, signed.value));
            } else {
                let name = place.header.as_ref().unwrap().replace("{n}", "7");
                // In headers of a key each, the other's place is taken.
                if place.further.is_empty() {
                    damaged.push(name, "?!");
                }
            }
            let judgement = judge(scheme, &[good], ("POST", &url), &damaged, &seed.body);
            prop_assert!(judgement.is_genuine(), "{}: {:?}", scheme.name, judgement);
        }
    }
}
