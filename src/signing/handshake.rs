//! Handshakes answered: a request that a scheme's record describes gets the answer that the record
//! tells. Everything else is a delivery, and so is what carries a signature that can be judged.

use std::fmt;

use super::carried::signature_fields;
use super::content::json_text;
use super::keyring::Keyring;
use super::record::Scheme;
use super::record::handshake::{Condition, Handshake, Reply, ReplyPart, Value};
use super::record::words::JsonPath;
use super::secret::Secret;
use super::url::{form_decoded, query_parameter};
use crate::delivery::Delivery;
use crate::json;

/// Larger bodies are deliveries: providers ask in a few hundred bytes, and finding out whether they
/// do takes a look at the body for each value that the record names.
const LARGEST_BODY: usize = 64 * 1024;

/// The answer to a handshake.
#[derive(Clone, PartialEq, Eq)]
pub struct HandshakeAnswer {
    /// What the provider wanted to know, in a line.
    pub about: String,
    /// The request is signed as deliveries are: whoever answers judges it first.
    pub signed: bool,
    /// The answer's status.
    pub status: u16,
    /// The answer's headers.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The answer's body.
    pub body: Vec<u8>,
    /// The secret of the deliveries to come, where the handshake tells it: it is told once, and
    /// whoever loses it must begin again.
    pub secret: Option<Secret>,
}

/// Shows sizes only: what is echoed may be a secret.
impl fmt::Debug for HandshakeAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandshakeAnswer")
            .field("about", &self.about)
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .field("tells_secret", &self.secret.is_some())
            .finish_non_exhaustive()
    }
}

/// The answer to this request, if it is one of the scheme's handshakes. One that needs a key and
/// finds none is not answered. Where deliveries are judged, what carries a signature is one of
/// them, unless the handshake is signed itself: nobody's forgery gets past the judge by looking
/// like a handshake.
pub fn handshake(
    scheme: &Scheme,
    request: &Delivery,
    keyring: Option<&Keyring>,
) -> Option<HandshakeAnswer> {
    if scheme.handshakes.is_empty() || request.body.len() > LARGEST_BODY {
        return None;
    }
    let may_be = keyring.is_some() && scheme.takes(&request.method);
    let is_delivery = may_be && carries_signature(scheme, request);
    (scheme.handshakes.iter())
        .filter(|handshake| handshake.signed || !is_delivery)
        .find_map(|handshake| handshake.answer(scheme, request, keyring))
}

fn carries_signature(scheme: &Scheme, request: &Delivery) -> bool {
    scheme.variants.iter().any(|variant| {
        let place = &variant.signature;
        let in_body = |path: &JsonPath| json_text(&request.body, &path.0).is_some();
        // An empty signature is one, too: a handshake has none.
        signature_fields(place, &request.headers).next().is_some()
            || place.json.as_ref().is_some_and(in_body)
    })
}

impl Handshake {
    fn answer(
        &self,
        scheme: &Scheme,
        request: &Delivery,
        keyring: Option<&Keyring>,
    ) -> Option<HandshakeAnswer> {
        let is_method = |method: &String| *method == request.method;
        let recognised = self.method.as_ref().is_none_or(is_method)
            && self.when.iter().all(|condition| condition.holds(request));
        if !recognised {
            return None;
        }
        let secret = match &self.secret {
            None => None,
            Some(value) => Some(Secret::new(value.read(request)?).ok()?),
        };
        let mut headers = Vec::new();
        for header in &self.headers {
            let value = header.value.write(scheme, request, keyring)?;
            // A value with a line end would be a header of its own.
            if value.iter().any(u8::is_ascii_control) {
                return None;
            }
            headers.push((header.name.clone(), value));
        }
        Some(HandshakeAnswer {
            about: self.about.clone(),
            signed: self.signed,
            status: self.status,
            headers,
            body: self.body.write(scheme, request, keyring)?,
            secret,
        })
    }
}

impl Condition {
    fn holds(&self, request: &Delivery) -> bool {
        self.accepts(self.value.read(request).as_deref())
    }
}

impl Value {
    fn read(&self, request: &Delivery) -> Option<Vec<u8>> {
        match self {
            Self::Json(path) => json_text(&request.body, &path.0),
            Self::Query(name) => query_parameter(&request.target, name)
                .map(|value| form_decoded(value.as_bytes()).collect()),
            Self::Header(name) => request.headers.get(name).map(<[u8]>::to_vec),
        }
    }
}

impl Reply {
    fn write(
        &self,
        scheme: &Scheme,
        request: &Delivery,
        keyring: Option<&Keyring>,
    ) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        for part in &self.0 {
            match part {
                ReplyPart::Text(text) => out.extend_from_slice(text.as_bytes()),
                ReplyPart::Value(value) => out.extend(value.read(request)?),
                ReplyPart::Token(path) => {
                    let range = json::find(&request.body, &path.0).ok()??;
                    out.extend_from_slice(request.body.get(range)?);
                }
                ReplyPart::Signature(value) => {
                    let asked = value.read(request)?;
                    if matches!(value, Value::Query(_)) && !is_word(&asked) {
                        return None;
                    }
                    let key = &keyring?.of_variant(0).next()?.key;
                    let mut running = key.start();
                    running.update(&asked);
                    let raw = running.sign()?;
                    let encoding = scheme.variants.first()?.encoding;
                    out.extend(encoding.encode(&raw).into_bytes());
                }
            }
        }
        Some(out)
    }
}

/// Whether it is a word that no delivery's body can be.
fn is_word(text: &[u8]) -> bool {
    let is_of_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_+/=".contains(byte);
    (1..=256).contains(&text.len()) && text.iter().all(is_of_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(scheme: &str, method: &str, target: &str, body: &str) -> Option<HandshakeAnswer> {
        let scheme = Scheme::named(scheme).unwrap();
        let secret = Secret::new("zoom_webhook_secret").unwrap();
        let keyring = Keyring::for_verifying(&scheme, &[secret]).ok();
        let request = Delivery {
            method: method.into(),
            target: target.into(),
            body: body.into(),
            ..Delivery::default()
        };
        handshake(&scheme, &request, keyring.as_ref())
    }

    fn body(answer: Option<HandshakeAnswer>) -> String {
        let answer = answer.unwrap();
        assert_eq!(answer.status, 200);
        String::from_utf8(answer.body).unwrap()
    }

    #[test]
    fn slack_gets_its_challenge_back() {
        let asked = r#"{"token":"t","challenge":"3eZ\u0062","type":"url_verification"}"#;
        let answer = ask("slack", "POST", "/", asked).unwrap();
        assert!(answer.signed);
        assert_eq!(
            answer.headers,
            [("Content-Type".into(), b"text/plain".to_vec())]
        );
        assert_eq!(body(Some(answer)), "3eZb");
        assert_eq!(ask("slack", "GET", "/", asked), None);
        assert_eq!(
            ask("slack", "POST", "/", r#"{"type":"url_verification"}"#),
            None
        );
        assert_eq!(
            ask(
                "slack",
                "POST",
                "/",
                r#"{"type":"event_callback","challenge":"x"}"#
            ),
            None
        );
    }

    #[test]
    fn zoom_gets_the_hmac_of_its_token() {
        let asked = r#"{"payload":{"plainToken":"q\"9"},"event":"endpoint.url_validation"}"#;
        // printf 'q"9' | openssl dgst -sha256 -hmac zoom_webhook_secret
        let mac = "466b3228c103e573b6a36b51e5966ae2eb7155f53f99d106ce4de1c0b9c147b8";
        let expected = format!(r#"{{"plainToken":"q\"9","encryptedToken":"{mac}"}}"#);
        assert_eq!(body(ask("zoom", "POST", "/", asked)), expected);
    }

    /// Anybody may ask, so what could be a delivery's body is not signed.
    #[test]
    fn x_gets_the_hmac_of_its_token_which_is_a_word() {
        // printf 'abc9' | openssl dgst -sha256 -hmac zoom_webhook_secret -binary | base64
        let expected =
            r#"{"response_token":"sha256=ltZn/4xUglAxJltSbzFIDi2/ycY39jMsunxxKR62NNc="}"#;
        assert_eq!(body(ask("x", "GET", "/in?crc_token=abc9", "")), expected);
        assert_eq!(ask("x", "GET", "/in?crc_token=%7B%22a%22%3A1%7D", ""), None);
        assert_eq!(ask("x", "GET", "/in?crc_token=", ""), None);
        assert_eq!(ask("twitter", "POST", "/in?crc_token=abc9", ""), None);
    }

    #[test]
    fn meta_and_dropbox_get_their_challenge_of_the_query_back() {
        let meta = "/in?hub.mode=subscribe&hub.verify_token=mine&hub.challenge=11%2B5";
        assert_eq!(body(ask("meta", "GET", meta, "")), "11+5");
        assert_eq!(ask("meta", "POST", meta, ""), None);
        assert_eq!(ask("meta", "GET", "/in?hub.mode=subscribe", ""), None);
        assert_eq!(body(ask("dropbox", "GET", "/in?challenge=abc", "")), "abc");
        assert_eq!(ask("dropbox", "GET", "/in", ""), None);
        assert_eq!(ask("blue", "GET", "/in?challenge=abc", ""), None);
    }

    #[test]
    fn a_sender_of_cloudevents_is_told_that_it_may_send() {
        let scheme = Scheme::named("cloudevents").unwrap();
        let mut request = Delivery {
            method: "OPTIONS".into(),
            ..Delivery::default()
        };
        assert_eq!(handshake(&scheme, &request, None), None);
        request
            .headers
            .push("WebHook-Request-Origin", "eventemitter.example.com");
        let answer = handshake(&scheme, &request, None).unwrap();
        let allowed = (
            "WebHook-Allowed-Origin".into(),
            b"eventemitter.example.com".to_vec(),
        );
        assert_eq!((answer.status, &answer.headers[0]), (200, &allowed));
        request.method = "POST".into();
        assert_eq!(handshake(&scheme, &request, None), None);

        request.body = br#"[{"data":{"validationCode":"5\"12"}}]"#.to_vec();
        request
            .headers
            .push("aeg-event-type", "SubscriptionValidation");
        let answer = handshake(&scheme, &request, None);
        assert_eq!(body(answer), r#"{"validationResponse":"5\"12"}"#);
    }

    #[test]
    fn trello_asks_with_a_head() {
        assert_eq!(body(ask("trello", "HEAD", "/in", "")), "");
        assert_eq!(ask("trello", "POST", "/in", ""), None);
    }

    #[test]
    fn discord_gets_a_pong() {
        let ping = r#"{"application_id":"1","token":"t","type":1,"version":1}"#;
        assert_eq!(body(ask("discord", "POST", "/", ping)), r#"{"type":1}"#);
        assert_eq!(
            ask(
                "discord",
                "POST",
                "/",
                &ping.replace("\"type\":1", "\"type\":2")
            ),
            None
        );
    }

    #[test]
    fn asana_and_notion_tell_the_secret() {
        let scheme = Scheme::named("asana").unwrap();
        let mut request = Delivery {
            method: "POST".into(),
            ..Delivery::default()
        };
        assert_eq!(handshake(&scheme, &request, None), None);
        request.headers.push("x-hook-secret", "b5b2");
        let answer = handshake(&scheme, &request, None).unwrap();
        assert_eq!(answer.headers, [("X-Hook-Secret".into(), b"b5b2".to_vec())]);
        assert_eq!(answer.secret.clone().unwrap().expose(), b"b5b2");
        assert!(!format!("{answer:?}").contains("b5b2"));

        let answer = ask(
            "notion",
            "POST",
            "/",
            r#"{"verification_token":"secret_x"}"#,
        )
        .unwrap();
        assert_eq!(answer.secret.unwrap().expose(), b"secret_x");
        assert_eq!(
            ask("notion", "POST", "/", r#"{"verification_token":""}"#),
            None
        );
        assert_eq!(
            ask("notion", "POST", "/", r#"{"type":"page.created"}"#),
            None
        );
    }

    /// Asana signs its deliveries, Notion too: with what a handshake has added, they are deliveries.
    #[test]
    fn what_carries_a_signature_is_a_delivery_where_deliveries_are_judged() {
        let asks = |name: &str, header: &str, body: &str| {
            let scheme = Scheme::named(name).unwrap();
            let secrets = [Secret::new("known").unwrap()];
            let keyring = Keyring::for_verifying(&scheme, &secrets).unwrap();
            let mut request = Delivery {
                method: "POST".into(),
                body: body.into(),
                ..Delivery::default()
            };
            request.headers.push("X-Hook-Secret", "b5b2");
            let is_answered =
                |request: &Delivery, keyring| handshake(&scheme, request, keyring).is_some();
            let unsigned = is_answered(&request, Some(&keyring));
            request.headers.push(header, "");
            let empty = is_answered(&request, Some(&keyring));
            request.headers.set(header, "00");
            let signed = is_answered(&request, Some(&keyring));
            assert_eq!(empty, signed, "an empty signature is one");
            (unsigned, signed, is_answered(&request, None))
        };
        let expected = (true, false, true);
        assert_eq!(asks("asana", "x-hook-signature", ""), expected);
        let body = r#"{"verification_token":"secret_x","type":"page.created"}"#;
        assert_eq!(asks("notion", "X-Notion-Signature", body), expected);
        // Slack signs its handshake: it is answered when it is genuine.
        let asked = r#"{"challenge":"c","type":"url_verification"}"#;
        assert_eq!(
            asks("slack", "X-Slack-Signature", asked),
            (true, true, true)
        );
    }

    #[test]
    fn a_large_body_is_a_delivery() {
        let scheme = Scheme::named("notion").unwrap();
        let asks = |padding: usize| {
            let body = format!(r#"{{"verification_token":"{}"}}"#, "x".repeat(padding));
            let request = Delivery {
                method: "POST".into(),
                body: body.into(),
                ..Delivery::default()
            };
            handshake(&scheme, &request, None).is_some()
        };
        assert_eq!((asks(60_000), asks(70_000)), (true, false));
    }

    #[test]
    fn without_a_key_nothing_is_signed() {
        let scheme = Scheme::named("zoom").unwrap();
        let request = Delivery {
            method: "POST".into(),
            body: br#"{"payload":{"plainToken":"q"},"event":"endpoint.url_validation"}"#.to_vec(),
            ..Delivery::default()
        };
        assert_eq!(handshake(&scheme, &request, None), None);
    }

    #[test]
    fn no_value_becomes_a_header_of_its_own() {
        let record = r#"about = "Mine"
[[variant]]
algorithm = "hmac-sha256"
content = "{body}"
signature = { header = "X-Mine" }
[[handshake]]
about = "asks"
headers = [{ name = "X-Echo", value = "{query:a}" }]
"#;
        let scheme = Scheme::from_toml("mine", record).unwrap();
        let mut request = Delivery {
            target: "/?a=1%0d%0aX-Evil:%201".into(),
            ..Delivery::default()
        };
        assert_eq!(handshake(&scheme, &request, None), None);
        request.target = "/?a=1".into();
        assert!(handshake(&scheme, &request, None).is_some());

        let error = |from: &str, to: &str| {
            let record = record.replace(from, to);
            Scheme::from_toml("mine", &record).unwrap_err().to_string()
        };
        assert_eq!(
            error("{query:a}", "fixed"),
            "line 6: handshake 1, when: nothing tells the handshake from a delivery"
        );
        assert_eq!(
            error("X-Echo", "X Echo"),
            "line 8: handshake 1, headers: \"X Echo\" is no header name"
        );
        assert!(error("{query:a}", "{body}").starts_with("line 8: value: \"body\" is no value"));
    }
}
