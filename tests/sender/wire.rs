//! The bytes of requests and answers.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use bluehook::sender::{
    ANSWER_LIMIT, Curl, End, Halt, Options, Plan, Sender, curl_command, request_bytes,
};

use super::{OK, answering, delicate, delivery, read_request, receiver, sender, url};

#[test]
fn the_wire_carries_the_request_bytes_and_nothing_else() {
    let mut deliveries = delicate();
    deliveries.push(delivery("POST", &[("X-Big", b"1")], &vec![b'x'; 3_000_000]));
    deliveries.push(delivery("POST", &[("Expect", b"100-continue")], b"at once"));
    deliveries.push(delivery("POST", &[("X-Long", &[b'y'; 200_000])], b"z"));
    let sender = sender();
    for delivery in deliveries {
        let (base, serving) = answering(OK);
        let url = base.with_target("/a//b/../c?x=%2f&y={z}|\"");
        let answer = sender.send(&url, &delivery).unwrap();
        assert_eq!(
            (answer.status, answer.body.as_slice()),
            (200, b"ok".as_slice())
        );
        let wire = serving.end();
        let expected = request_bytes(&url, &delivery).unwrap();
        assert!(wire == expected, "{}", String::from_utf8_lossy(&wire));
    }
}

#[test]
fn a_request_is_written_as_expected() {
    let delivery = delivery(
        "POST",
        &[
            ("X-Sig", b"1"),
            ("content-length", b"9"),
            ("x-sig", b"caf\xe9"),
        ],
        b"{}",
    );
    assert_eq!(
        request_bytes(&url(":3000/a?b=c#d"), &delivery).unwrap(),
        b"POST /a?b=c HTTP/1.1\r\nHost: localhost:3000\r\nX-Sig: 1\r\nx-sig: caf\xe9\r\nContent-Length: 2\r\n\r\n{}"
    );
}

#[test]
fn what_would_break_out_of_its_line_is_not_sent() {
    for delivery in [
        delivery("GET / HTTP/1.1\r\nX:", &[], b""),
        delivery("", &[], b""),
        delivery("POST", &[("X Y", b"")], b""),
        delivery("POST", &[("X", b"a\r\nY: b")], b""),
        delivery("POST", &[("X", b"a\0")], b""),
    ] {
        let failure = sender().send(&url(":1"), &delivery).unwrap_err();
        assert_eq!(failure.code(), "unsendable");
        assert!(!failure.to_string().contains('\r'));
        assert!(curl_command(&url(":1"), &delivery, &Curl::default()).is_err());
    }
}

#[test]
fn a_connection_is_used_again_and_stays_exact() {
    let (url, serving) = receiver(|mut stream| {
        let mut requests = Vec::new();
        for _ in 0..3 {
            requests.push(read_request(&mut stream));
            stream.write_all(OK).unwrap();
        }
        requests
    });
    let sender = sender();
    let delivery = delivery("POST", &[("X-A", b"1")], b"{}");
    let first = sender.send(&url, &delivery).unwrap().timing;
    assert!(first.connect.is_some() && first.first_byte.is_some() && first.tls.is_none());
    for _ in 0..2 {
        let again = sender.send(&url, &delivery).unwrap().timing;
        assert_eq!(again.connect, None);
        assert!(again.total > Duration::ZERO);
    }
    let expected = request_bytes(&url, &delivery).unwrap();
    assert_eq!(serving.end(), vec![expected; 3]);
}

#[test]
fn a_receiver_that_hangs_up_between_requests_takes_them_all() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = url(&listener.local_addr().unwrap().to_string());
    let receiver = thread::spawn(move || {
        let mut bodies = Vec::new();
        // A sender that finds its connection closed comes again, and what it wrote there is unread.
        while bodies.len() < 5 {
            let mut stream = listener.accept().unwrap().0;
            let request = read_request(&mut stream);
            stream.write_all(OK).unwrap();
            bodies.push(request[request.len() - 1]);
        }
        bodies
    });
    let sender = sender();
    for body in b"12345" {
        let make = || Ok::<_, String>(delivery("POST", &[], &[*body]));
        let end = sender.deliver(&url, &Plan::default(), &Halt::default(), make, |attempt| {
            assert!(attempt.outcome.is_ok(), "{:?}", attempt.outcome);
            Ok(())
        });
        assert_eq!(end, Ok(End::Delivered));
    }
    assert_eq!(receiver.join().unwrap(), b"12345");
}

#[test]
fn threads_share_a_sender() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = url(&listener.local_addr().unwrap().to_string());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            thread::spawn(move || {
                while !read_request(&mut stream).is_empty() {
                    stream.write_all(OK).unwrap();
                }
            });
        }
    });
    let sender = Sender::new(&Options {
        concurrency: 4,
        ..Options::default()
    })
    .unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let delivery = delivery("POST", &[], b"{}");
                    assert!(sender.send(&url, &delivery).unwrap().is_success());
                }
            });
        }
    });
}

#[test]
fn every_status_is_an_answer_as_it_was_written() {
    let (url, serving) = answering(
        b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 302 Elsewhere\r\nX-Two: b\r\nLOCATION: http://127.0.0.1:1/\r\nx-two: a\r\nContent-Length: 4\r\n\r\ngone",
    );
    let answer = sender().send(&url, &delivery("POST", &[], b"")).unwrap();
    serving.end();
    assert_eq!((answer.status, answer.reason()), (302, "Found"));
    assert!(!answer.is_success());
    let names: Vec<_> = answer
        .headers
        .iter()
        .map(|header| header.name.as_str())
        .collect();
    assert_eq!(names, ["X-Two", "LOCATION", "x-two", "Content-Length"]);
    assert_eq!(answer.body, b"gone");
}

#[test]
fn a_head_request_waits_for_no_body() {
    let (url, serving) = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
    let delivery = delivery("HEAD", &[], b"");
    let answer = sender().send(&url, &delivery).unwrap();
    assert!(answer.body.is_empty());
    assert_eq!(serving.end(), request_bytes(&url, &delivery).unwrap());
}

#[test]
fn a_long_answer_is_cut_at_the_limit() {
    let (url, serving) = receiver(|mut stream| {
        read_request(&mut stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        // Ends when the sender has enough and closes.
        while stream.write_all(&[b'x'; 65536]).is_ok() {}
    });
    let answer = sender().send(&url, &delivery("POST", &[], b"")).unwrap();
    assert!(answer.body_truncated);
    assert_eq!(answer.body.len(), ANSWER_LIMIT);
    serving.end();
}

#[test]
fn an_early_answer_to_a_large_body_is_not_lost() {
    let (url, serving) = receiver(|mut stream| {
        let mut start = [0; 1024];
        stream.read_exact(&mut start).unwrap();
        stream
            .write_all(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig")
            .unwrap();
        // Closing with unread bytes resets the connection.
    });
    let large = delivery("POST", &[], &vec![b'x'; 32 * 1024 * 1024]);
    let answer = sender().send(&url, &large).unwrap();
    assert_eq!(
        (answer.status, answer.body.as_slice()),
        (413, b"big".as_slice())
    );
    serving.end();
}

#[test]
fn a_proxy_is_asked_to_connect_and_the_bytes_stay_exact() {
    let (proxy, serving) = receiver(|mut stream| {
        let connect = read_request(&mut stream);
        stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").unwrap();
        let request = read_request(&mut stream);
        stream.write_all(OK).unwrap();
        (connect, request)
    });
    // A number alone is a port here, as it is for URLs.
    let sender = Sender::new(&Options {
        proxy: Some(proxy.port().to_string()),
        ..Options::default()
    })
    .unwrap();
    let target = url("http://hooks.invalid/x");
    let delivery = delivery("POST", &[("X-A", b"1")], b"{}");
    assert_eq!(sender.send(&target, &delivery).unwrap().status, 200);
    let (connect, request) = serving.end();
    assert!(connect.starts_with(b"CONNECT hooks.invalid:80 HTTP/1.1\r\n"));
    assert!(!String::from_utf8_lossy(&connect).contains("ureq"));
    assert_eq!(request, request_bytes(&target, &delivery).unwrap());
}
