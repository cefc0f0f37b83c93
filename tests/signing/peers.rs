//! Live peers: what OpenSSL, Node and Python compute is what we compute, and the reverse.
//!
//! A peer that the machine does not have is passed over, unless it is required.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use bluehook::delivery::Headers;
use bluehook::signing::{Clock, Judge, Keyring, Parts, Scheme, Secret, Signer, Stamp, Tolerance};
use jiff::Timestamp;

/// Contents with whatever trips serialisers, encoders and shells.
const BODIES: [&[u8]; 5] = [
    b"",
    b"hello",
    b"{\"a\": 1.0}\r\n",
    "h\u{e9}llo, \u{1f980}".as_bytes(),
    &[0, 255, 10, 128, 0],
];

/// Runs a peer with this standard input; `None` when the machine does not have it.
fn run(program: &str, arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    let spawned = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = spawned else {
        crate::required::lacking(program);
        return None;
    };
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {said}");
    Some(output.stdout)
}

fn scheme(algorithm: &str, encoding: &str) -> Scheme {
    let record = format!(
        "about = \"plain\"\n[[variant]]\nalgorithm = \"{algorithm}\"\nencoding = \"{encoding}\"\n\
         content = \"{{body}}\"\nsignature = {{ header = \"X-Signature\" }}\n"
    );
    Scheme::from_toml("plain", &record).unwrap()
}

fn sign(scheme: &Scheme, secret: &[u8], body: &[u8]) -> String {
    let secrets = [Secret::new(secret).unwrap()];
    let keyring = Keyring::for_signing(scheme, &secrets).unwrap();
    let headers = Headers::new();
    let parts = Parts {
        method: "POST",
        url: None,
        headers: &headers,
    };
    let stamp = Stamp {
        id: "msg_1".into(),
        at: Timestamp::UNIX_EPOCH,
    };
    let mut signer = Signer::new(scheme, &keyring, parts, &stamp).unwrap();
    signer.update(body);
    signer.finish().unwrap().value
}

fn is_genuine(scheme: &Scheme, secret: &[u8], signature: &str, body: &[u8]) -> bool {
    let secrets = [Secret::new(secret).unwrap()];
    let keyring = Keyring::for_verifying(scheme, &secrets).unwrap();
    let mut headers = Headers::new();
    headers.push("X-Signature", signature);
    let parts = Parts {
        method: "POST",
        url: None,
        headers: &headers,
    };
    let mut judge = Judge::new(scheme, &keyring, parts).unwrap();
    judge.update(body);
    let clock = Clock {
        now: Timestamp::UNIX_EPOCH,
        tolerance: Tolerance::Off,
    };
    judge.finish(&clock).is_genuine()
}

#[test]
fn openssl_computes_the_same_macs() {
    for hash in ["md5", "sha1", "sha256", "sha384", "sha512"] {
        let scheme = scheme(&format!("hmac-{hash}"), "hex");
        for key in [b"k".as_slice(), &[0xaa; 131], b"\x00\xff\n"] {
            let option = format!("hexkey:{}", hex::encode(key));
            for body in BODIES {
                let arguments = [
                    "dgst",
                    &format!("-{hash}"),
                    "-mac",
                    "HMAC",
                    "-macopt",
                    &option,
                    "-binary",
                ];
                let Some(mac) = run("openssl", &arguments, body) else {
                    return;
                };
                assert_eq!(sign(&scheme, key, body), hex::encode(mac), "{hash}");
            }
        }
    }
}

/// What OpenSSL signs with RSA is genuine, by the private key, the public one and a certificate of
/// it; and what is signed here, OpenSSL makes too: PKCS #1 v1.5 has one signature of a content.
#[test]
fn openssl_and_bluehook_sign_alike_with_rsa() {
    let folder = tempfile::tempdir().unwrap();
    let private = include_str!("keys/rsa-0.pem");
    let file = folder.path().join("key.pem");
    std::fs::write(&file, private).unwrap();
    let file = file.to_str().unwrap();
    let of = |arguments: &str| {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        run("openssl", &[&arguments, &[file][..]].concat(), b"")
    };
    let Some(public) = of("pkey -pubout -in") else {
        return;
    };
    let old = of("rsa -traditional -in").unwrap();
    let certificate = of("req -new -x509 -days 30 -subj /CN=test -key").unwrap();
    let other = include_str!("keys/rsa-1.pem").as_bytes();
    for hash in ["sha1", "sha256"] {
        let scheme = scheme(&format!("rsa-{hash}"), "hex");
        for body in BODIES {
            let signed = run(
                "openssl",
                &["dgst", &format!("-{hash}"), "-sign", file],
                body,
            );
            let signature = hex::encode(signed.unwrap());
            for key in [private.as_bytes(), &public, &old, &certificate] {
                assert!(is_genuine(&scheme, key, &signature, body), "{hash}");
                assert!(!is_genuine(&scheme, key, &signature, b"other"), "{hash}");
            }
            assert!(!is_genuine(&scheme, other, &signature, body), "{hash}");
            if hash == "sha256" {
                assert_eq!(sign(&scheme, private.as_bytes(), body), signature);
            }
        }
    }
}

/// Each in a sentence that says why.
#[test]
fn rsa_keys_that_are_too_short_or_cannot_sign_are_refused() {
    let why = |scheme: &Scheme, key: &[u8]| {
        let secrets = [Secret::new(key).unwrap()];
        Keyring::for_signing(scheme, &secrets)
            .unwrap_err()
            .to_string()
    };
    let private = include_str!("keys/rsa-0.pem").as_bytes();
    let (new, old) = (scheme("rsa-sha256", "hex"), scheme("rsa-sha1", "hex"));
    assert_eq!(
        why(&old, private),
        "rsa-sha1 is verified only: nothing new is signed with SHA-1"
    );
    assert!(why(&new, b"not a key").contains("is not an rsa-sha256 key"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("short.pem");
    let made = run("openssl", &["genrsa", "1024"], b"");
    let Some(short) = made else {
        return;
    };
    std::fs::write(&file, short).unwrap();
    let file = file.to_str().unwrap();
    let public = run("openssl", &["pkey", "-pubout", "-in", file], b"").unwrap();
    assert_eq!(
        why(&new, &public),
        "the RSA key has 1024 bits: one of fewer than 2048 can be broken, and is not taken"
    );
}

#[test]
fn node_computes_the_same_macs() {
    let script = "const c=require('crypto'),[h,k]=process.argv.slice(1);\
        let b=[];process.stdin.on('data',d=>b.push(d)).on('end',()=>process.stdout.write(\
        c.createHmac(h,Buffer.from(k,'hex')).update(Buffer.concat(b)).digest('base64')))";
    for hash in ["sha1", "sha256", "sha512"] {
        let scheme = scheme(&format!("hmac-{hash}"), "base64");
        for body in BODIES {
            let arguments = ["-e", script, hash, "6b6579ff"];
            let Some(mac) = run("node", &arguments, body) else {
                return;
            };
            let mac = String::from_utf8(mac).unwrap();
            assert_eq!(sign(&scheme, b"key\xff", body), mac, "{hash}");
            assert!(is_genuine(&scheme, b"key\xff", &mac, body));
        }
    }
}

#[test]
fn python_computes_the_same_macs() {
    let script = "import sys,hmac;h,k=sys.argv[1:];\
        print(hmac.new(bytes.fromhex(k),sys.stdin.buffer.read(),h).hexdigest(),end='')";
    for hash in ["md5", "sha384", "sha256"] {
        let scheme = scheme(&format!("hmac-{hash}"), "hex");
        for body in BODIES {
            let arguments = ["-c", script, hash, "6b6579ff"];
            let Some(mac) = run("python3", &arguments, body) else {
                return;
            };
            let mac = String::from_utf8(mac).unwrap();
            assert_eq!(sign(&scheme, b"key\xff", body), mac, "{hash}");
            assert!(is_genuine(&scheme, b"key\xff", &mac, body));
        }
    }
}

/// A key pair of OpenSSL's, as PEM: private (PKCS #8), public.
fn key_pair(options: &[&str]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut arguments = vec!["genpkey"];
    arguments.extend(options);
    let private = run("openssl", &arguments, b"")?;
    let public = run("openssl", &["pkey", "-pubout"], &private)?;
    Some((private, public))
}

/// Signs and verifies with files, since OpenSSL takes keys and signatures from files only.
struct Desk<'a> {
    folder: &'a Path,
    options: &'a [&'a str],
}

impl Desk<'_> {
    fn write(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn run(&self, action: &[&str], body: &[u8]) -> Vec<u8> {
        let body = self.write("body", body);
        let mut arguments = vec!["pkeyutl", "-in", &body, "-rawin"];
        arguments.extend(self.options);
        arguments.extend(action);
        run("openssl", &arguments, b"").unwrap()
    }
}

#[test]
fn openssl_signs_and_verifies_with_the_same_key_pairs() {
    let pairs: [(&str, &[&str], &[&str]); 2] = [
        ("ed25519", &["-algorithm", "ed25519"], &[]),
        (
            "ecdsa-p256-sha256",
            &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
            &["-digest", "sha256"],
        ),
    ];
    for (algorithm, generate, options) in pairs {
        let Some((private, public)) = key_pair(generate) else {
            return;
        };
        let scheme = scheme(algorithm, "hex");
        let folder = tempfile::tempdir().unwrap();
        let desk = Desk {
            folder: folder.path(),
            options,
        };
        let private_file = desk.write("private.pem", &private);
        let public_file = desk.write("public.pem", &public);
        // OpenSSL 3.0 signs no empty file with Ed25519.
        for body in &BODIES[1..] {
            let theirs = hex::encode(desk.run(&["-sign", "-inkey", &private_file], body));
            assert!(is_genuine(&scheme, &public, &theirs, body), "{algorithm}");
            assert!(is_genuine(&scheme, &private, &theirs, body), "{algorithm}");
            let changed = [body, b"!".as_slice()].concat();
            assert!(!is_genuine(&scheme, &public, &theirs, &changed));

            let ours = hex::decode(sign(&scheme, &private, body)).unwrap();
            let ours = desk.write("signature", &ours);
            let verify = [
                "-verify",
                "-pubin",
                "-inkey",
                &public_file,
                "-sigfile",
                &ours,
            ];
            desk.run(&verify, body);
        }
    }
}
