//! URLs as people type them, and how targets join them.

use bluehook::sender::{Scheme, Url};

use super::url;

#[test]
fn urls_are_taken_as_people_type_them() {
    for (typed, meant) in [
        ("3000", "http://localhost:3000/"),
        ("3000/x?y", "http://localhost:3000/x?y"),
        (":3000", "http://localhost:3000/"),
        (":3000/path", "http://localhost:3000/path"),
        (":80", "http://localhost/"),
        ("localhost", "http://localhost/"),
        ("localhost:3000/path", "http://localhost:3000/path"),
        ("LocalHost:3000", "http://localhost:3000/"),
        ("app.localhost:3000", "http://app.localhost:3000/"),
        ("127.0.0.1:3000", "http://127.0.0.1:3000/"),
        ("192.168.1.5/hook", "http://192.168.1.5/hook"),
        ("[::1]:3000/x", "http://[::1]:3000/x"),
        ("[0:0::1]", "http://[::1]/"),
        ("https://Example.COM", "https://example.com/"),
        ("HTTPS://example.com:443?x=1", "https://example.com/?x=1"),
        ("http://example.com:443/", "http://example.com:443/"),
        ("https://example.com:/x", "https://example.com/x"),
        (
            "http://example.com/a/../b//c;d?e={f}&g=[h]#i",
            "http://example.com/a/../b//c;d?e={f}&g=[h]",
        ),
        (
            "http://example.com/ö/\u{1f600}?ü",
            "http://example.com/%C3%B6/%F0%9F%98%80?%C3%BC",
        ),
        ("http://example.com#x", "http://example.com/"),
        (
            "http://under_score.example./%41",
            "http://under_score.example./%41",
        ),
        (
            "http://xn--bcher-kva.example/",
            "http://xn--bcher-kva.example/",
        ),
        (
            "http://a.example/?to=http://b.example",
            "http://a.example/?to=http://b.example",
        ),
        (
            "3000?to=http://b.example",
            "http://localhost:3000/?to=http://b.example",
        ),
    ] {
        let url = url(typed);
        assert_eq!(url.to_string(), meant, "{typed}");
        assert_eq!(super::url(meant), url, "{typed}");
    }
}

#[test]
fn what_is_no_url_is_refused_in_a_sentence() {
    for (typed, sentence) in [
        ("", "the URL is empty"),
        (
            "example.com/hook",
            "'example.com/hook' has no scheme: write https://example.com/hook or http://example.com/hook",
        ),
        (
            "web:3000",
            "'web:3000' has no scheme: write https://web:3000 or http://web:3000",
        ),
        (
            "ftp://example.com",
            "'ftp://example.com' is not an http:// or https:// URL",
        ),
        (
            "http:/example.com",
            "'http:/example.com' lacks the two slashes of http://",
        ),
        (
            "https:example.com",
            "'https:example.com' lacks the two slashes of https://",
        ),
        (
            "//example.com",
            "'//example.com' has no scheme: write https: or http: before it",
        ),
        (
            "/hook",
            "'/hook' has no host: a path on this machine is written :3000/path",
        ),
        ("http://", "'http://' has no host"),
        ("http:///x", "'http:///x' has no host"),
        ("http://:3000/", "'http://:3000/' has no host"),
        (
            ":/x",
            "':/x' has no valid port: a port is a number from 1 to 65535",
        ),
        (
            "70000",
            "'70000' has no valid port: a port is a number from 1 to 65535",
        ),
        (
            "localhost:0",
            "'localhost:0' has no valid port: a port is a number from 1 to 65535",
        ),
        (
            "localhost:+80",
            "'localhost:+80' has no valid port: a port is a number from 1 to 65535",
        ),
        (
            "http://x:80a/",
            "'http://x:80a/' has no valid port: a port is a number from 1 to 65535",
        ),
        (
            " localhost:3000",
            "' localhost:3000' has white space in it: a space in a URL is written %20",
        ),
        (
            "http://x/a b",
            "'http://x/a b' has white space in it: a space in a URL is written %20",
        ),
        (
            "http://x/\x1b[31m",
            "'http://x/\\u{1b}[31m' has a control character in it",
        ),
        (
            "http://me:hunter2@x/",
            "'http://…@x/' has a user name in it, which ends up in logs: use -H 'Authorization: …' instead",
        ),
        (
            "http://bücher.example/",
            "'http://bücher.example/' has a host that is not ASCII: write its ASCII form, which starts with xn--",
        ),
        ("http://a..b/", "'http://a..b/' has no valid host name"),
        ("http://a%20b/", "'http://a%20b/' has no valid host name"),
        (
            "http://127.1/",
            "'http://127.1/' has no valid IPv4 address as its host",
        ),
        (
            "http://256.1.1.1/",
            "'http://256.1.1.1/' has no valid IPv4 address as its host",
        ),
        (
            "http://3000/",
            "'http://3000/' has a number as its host: port 3000 of this machine is written localhost:3000",
        ),
        (
            "::1:3000",
            "'::1:3000' has more than one colon: an IPv6 address is written [::1]:3000",
        ),
        (
            "[::1]3000",
            "'[::1]3000' has something other than a port after the ]",
        ),
        (
            "[::g]:1",
            "'[::g]:1' has no valid IPv6 address in its brackets",
        ),
        (
            "http://[fe80::1%eth0]/",
            "'http://[fe80::1%eth0]/' has an IPv6 zone in it, which cannot be used here",
        ),
    ] {
        let bad = typed.parse::<Url>().unwrap_err().to_string();
        assert_eq!(bad, sentence);
    }
}

#[test]
fn the_parts_of_a_url_are_known() {
    let url = url("https://Example.com:8443/a?b");
    assert_eq!(url.scheme(), Scheme::Https);
    assert_eq!((url.host(), url.port()), ("example.com", 8443));
    assert_eq!(url.authority(), "example.com:8443");
    assert_eq!(url.target(), "/a?b");
    for near in [
        "3000",
        "127.9.9.9:1",
        "[::1]:1",
        "0.0.0.0:1",
        "[::ffff:127.0.0.1]:1",
        "x.localhost",
    ] {
        assert!(
            super::url(near).is_loopback() && super::url(near).is_private(),
            "{near}"
        );
    }
    for private in [
        "10.0.0.1",
        "172.31.0.1",
        "192.168.0.1",
        "169.254.1.1",
        "100.64.0.1",
        "[fd00::1]",
        "[fe80::1]",
    ] {
        let url = super::url(private);
        assert!(url.is_private() && !url.is_loopback(), "{private}");
    }
    for public in [
        "http://example.com",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "8.8.8.8",
        "172.32.0.1",
        "100.128.0.1",
        "[2001:db8::1]",
    ] {
        assert!(!super::url(public).is_private(), "{public}");
    }
}

#[test]
fn a_target_joins_its_base() {
    for (base, target, joined) in [
        (":1", "/hooks?x=1", "/hooks?x=1"),
        (":1/", "/hooks", "/hooks"),
        (":1/base", "/hooks?x=1", "/base/hooks?x=1"),
        (":1/base/", "/hooks", "/base/hooks"),
        (":1/base", "/", "/base"),
        (":1/base/", "/", "/base/"),
        (":1/base?token=a", "/x?y=b", "/base/x?token=a&y=b"),
        (":1/base?token=a", "/", "/base?token=a"),
        (":1", "?x", "/?x"),
        (":1", "http://other.example/a?b", "/a?b"),
        (":1", "/a?to=http://x/", "/a?to=http://x/"),
        (":1", "//evil.example/x", "//evil.example/x"),
        (":1", "", "/"),
        (":1", "*", "/*"),
        (":1", "/a b#ü", "/a%20b%23%C3%BC"),
        (":1", "/a/../../b", "/a/../../b"),
        (":1/base", "/a/../b", "/base/a/../b"),
        (":1/base", "/../b", "/base/b"),
        (":1/base", "/a//../../b/./c", "/base/b/c"),
        (":1/base", "/..;x=1/b?c=/../d", "/base/b?c=/../d"),
        (":1/base", "/%2e%2E%2fb", "/base/b"),
        (":1/base", "/..%5c..\\b", "/base/b"),
        (":1/base", "/..", "/base/"),
    ] {
        assert_eq!(url(base).join(target).target(), joined, "{base} + {target}");
    }
    assert_eq!(
        url(":1/base?x").with_target("/y").to_string(),
        "http://localhost:1/y"
    );
}
