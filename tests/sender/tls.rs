//! TLS: exact bytes, early answers, and what is wrong with a certificate.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use bluehook::sender::{Failure, Options, Sender, TlsProblem, Url, request_bytes};
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::{OK, Script, delivery, read_request, receiver, sender, url};

/// A TLS receiver of one connection with a certificate of its own: its URL with the name
/// `localhost`, the certificate, and the request's bytes, if it came to one.
fn receiver_with(
    adjust: impl FnOnce(&mut CertificateParams),
) -> (Url, String, Script<Option<Vec<u8>>>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    adjust(&mut params);
    let certificate = params.self_signed(&key).unwrap();
    let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .unwrap();
    let (plain, serving) = receiver(move |stream| {
        let connection = ServerConnection::new(Arc::new(config)).unwrap();
        let mut stream = StreamOwned::new(connection, stream);
        let mut first = [0; 1];
        stream.read_exact(&mut first).ok()?;
        let request = [first.to_vec(), read_request(&mut stream)].concat();
        stream.write_all(OK).unwrap();
        Some(request)
    });
    let url = url(&format!("https://localhost:{}", plain.port()));
    (url, certificate.pem(), serving)
}

fn sender_with(cacert: Option<&str>, insecure: bool) -> Sender {
    Sender::new(&Options {
        cacert: cacert.map(|pem| pem.as_bytes().to_vec()),
        insecure,
        ..Options::default()
    })
    .unwrap()
}

fn refused(adjust: impl FnOnce(&mut CertificateParams), trusted: bool) -> (TlsProblem, String) {
    let (url, pem, serving) = receiver_with(adjust);
    let failure = sender_with(trusted.then_some(pem.as_str()), false)
        .send(&url, &delivery("POST", &[], b"{}"))
        .unwrap_err();
    assert_eq!(serving.end(), None);
    let sentence = failure.to_string();
    assert_eq!(failure.code(), "tls");
    let Failure::Tls { problem, .. } = failure else {
        panic!("{failure}");
    };
    (problem, sentence)
}

#[test]
fn a_trusted_certificate_is_accepted_and_the_bytes_stay_exact() {
    for (trusted, insecure) in [(true, false), (false, true)] {
        let (url, pem, serving) = receiver_with(|_| ());
        let sender = sender_with(trusted.then_some(pem.as_str()), insecure);
        let delivery = delivery("POST", &[("X-A", b"caf\xe9")], b"{}");
        let answer = sender.send(&url, &delivery).unwrap();
        assert!(answer.timing.tls.is_some());
        let wire = serving.end().unwrap();
        assert_eq!(wire, request_bytes(&url, &delivery).unwrap());
    }
}

#[test]
fn the_fault_of_a_certificate_is_named() {
    let (problem, sentence) = refused(|_| (), false);
    assert_eq!(problem, TlsProblem::UnknownIssuer);
    assert_eq!(sentence, "the certificate of localhost is not trusted");
    let (problem, _) = refused(|params| params.not_after = date_time_ymd(2001, 1, 1), true);
    assert_eq!(problem, TlsProblem::Expired);
    let (problem, _) = refused(|params| params.not_before = date_time_ymd(4000, 1, 1), true);
    assert_eq!(problem, TlsProblem::NotYetValid);
    let (problem, sentence) = refused(
        |params| *params = CertificateParams::new(["hooks.example".to_owned()]).unwrap(),
        true,
    );
    assert_eq!(problem, TlsProblem::WrongName);
    assert!(sentence.contains("hooks.example"), "{sentence}");
    let authority = |params: &mut CertificateParams| {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    };
    assert_eq!(refused(authority, false).0, TlsProblem::AuthorityAsServer);
}

/// `openssl req -x509` makes such certificates, and curl takes them.
#[test]
fn a_certificate_that_is_trusted_itself_may_be_an_authoritys() {
    let authority = |params: &mut CertificateParams| {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    };
    let (url, pem, serving) = receiver_with(authority);
    let answer = sender_with(Some(&pem), false).send(&url, &delivery("POST", &[], b"{}"));
    assert_eq!(answer.unwrap().status, 200);
    serving.end();
    let (problem, _) = refused(
        |params| {
            *params = CertificateParams::new(["hooks.example".to_owned()]).unwrap();
            authority(params);
        },
        true,
    );
    assert_eq!(problem, TlsProblem::WrongName);
    let expired = |params: &mut CertificateParams| {
        authority(params);
        params.not_after = date_time_ymd(2001, 1, 1);
    };
    assert_eq!(refused(expired, true).0, TlsProblem::Expired);
    // Another authority's own certificate is not trusted by being one.
    let other = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let other = other.self_signed(&KeyPair::generate().unwrap()).unwrap();
    let (url, _, serving) = receiver_with(authority);
    let failure = sender_with(Some(&other.pem()), false).send(&url, &delivery("POST", &[], b"{}"));
    assert_eq!(failure.unwrap_err().code(), "tls");
    serving.end();
}

/// As `openssl req -x509 -subj /CN=localhost` makes it.
#[test]
fn a_certificate_that_is_trusted_itself_may_name_its_server_in_its_subject() {
    for (subject, is_for) in [
        ("LocalHost", true),
        ("localhos", false),
        ("localhost.x", false),
    ] {
        for is_ca in [true, false] {
            let named = |params: &mut CertificateParams| {
                *params = CertificateParams::new(Vec::<String>::new()).unwrap();
                params.distinguished_name = rcgen::DistinguishedName::new();
                params
                    .distinguished_name
                    .push(rcgen::DnType::OrganizationName, "localhost");
                params
                    .distinguished_name
                    .push(rcgen::DnType::CommonName, subject);
                if is_ca {
                    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
                }
            };
            if !is_for {
                assert_eq!(refused(named, true).0, TlsProblem::WrongName);
                continue;
            }
            let (url, pem, serving) = receiver_with(named);
            let delivery = delivery("POST", &[], b"{}");
            let answer = sender_with(Some(&pem), false).send(&url, &delivery);
            assert_eq!(answer.unwrap().status, 200);
            serving.end();
            // Whoever issued it is not enough: it must be the one that is trusted.
            assert_ne!(refused(named, false).0, TlsProblem::WrongName);
        }
    }
}

#[test]
fn https_to_a_plain_port_is_recognised() {
    let (plain, serving) = receiver(|mut stream| {
        let _ = stream.read(&mut [0; 1024]).unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .unwrap();
    });
    let url = url(&format!("https://127.0.0.1:{}", plain.port()));
    let failure = sender()
        .send(&url, &delivery("POST", &[], b""))
        .unwrap_err();
    assert_eq!(
        failure.to_string(),
        "127.0.0.1 does not speak TLS on this port"
    );
    assert!(failure.hint().unwrap().contains("use http://"));
    serving.end();
}

#[test]
fn a_connection_closed_during_the_handshake_is_a_tls_failure() {
    let (plain, serving) = receiver(|mut stream| {
        let _ = stream.read(&mut [0; 16 * 1024]).unwrap();
    });
    let url = url(&format!("https://127.0.0.1:{}", plain.port()));
    let failure = sender()
        .send(&url, &delivery("POST", &[], b""))
        .unwrap_err();
    let Failure::Tls { problem, why, .. } = failure else {
        panic!("{failure}");
    };
    assert_eq!(problem, TlsProblem::Closed, "{why}");
    serving.end();
}

/// A TLS receiver of one connection with a certificate that nobody knows.
fn receiver_of<T: Send + 'static>(
    serve: impl FnOnce(StreamOwned<ServerConnection, TcpStream>) -> T + Send + 'static,
) -> (Url, Script<T>) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .unwrap();
    let (plain, serving) = receiver(move |stream| {
        let connection = ServerConnection::new(Arc::new(config)).unwrap();
        serve(StreamOwned::new(connection, stream))
    });
    (url(&format!("https://localhost:{}", plain.port())), serving)
}

#[test]
fn an_early_answer_is_not_lost_behind_tls() {
    let (url, serving) = receiver_of(|mut stream| {
        stream.read_exact(&mut [0; 1024]).unwrap();
        stream
            .write_all(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig")
            .unwrap();
    });
    let large = delivery("POST", &[], &vec![b'x'; 32 * 1024 * 1024]);
    let answer = sender_with(None, true).send(&url, &large).unwrap();
    assert_eq!(answer.status, 413);
    serving.end();
}

#[test]
fn an_answer_of_no_said_length_ends_with_the_end_of_tls() {
    for (says_goodbye, answer) in [
        (true, "HTTP/1.1 200 OK\r\n\r\nall"),
        (false, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nall"),
        (false, "HTTP/1.1 200 OK\r\n\r\nall"),
    ] {
        let (url, serving) = receiver_of(move |mut stream| {
            read_request(&mut stream);
            stream.write_all(answer.as_bytes()).unwrap();
            if says_goodbye {
                stream.conn.send_close_notify();
                stream.flush().unwrap();
            }
        });
        let outcome = sender_with(None, true).send(&url, &delivery("POST", &[], b"{}"));
        if says_goodbye || answer.contains("Length") {
            assert_eq!(outcome.unwrap().body, b"all");
        } else {
            assert_eq!(
                outcome.unwrap_err().to_string(),
                "the answer (200) broke off after 3 bytes of its body"
            );
        }
        serving.end();
    }
}
