//! The kit of a run: samples signed as the scheme signs them, and what can be changed of them.
//!
//! Only samples of ours, and the body that the user gave, are ever signed with the user's secret.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::judge::Right;
use crate::blue::event::Event;
use crate::blue::sample;
use crate::delivery::{Delivery, Headers};
use crate::signing::handshake::HandshakeAnswer;
use crate::signing::record::Variant;
use crate::signing::record::template::Part;
use crate::signing::record::words::{Algorithm, KeyForm, KeyPair};
use crate::signing::{Keyring, Parts, Scheme, Secret, Signer, Stamp};

/// The event of the sample.
pub(super) const SAMPLE: &str = "TODO_CREATED";

/// What makes the deliveries of a run.
pub struct Kit {
    /// The scheme.
    pub scheme: Scheme,
    /// The secrets; the first one signs.
    pub secrets: Vec<Secret>,
    /// The URL that is signed, for schemes that sign it.
    pub url: String,
    /// The request's target.
    pub target: String,
    /// The headers that every delivery has.
    pub headers: Headers,
    /// The body to send instead of a sample.
    pub data: Option<Vec<u8>>,
    /// The word that the receiver's owner chose for handshakes.
    pub verify_token: Option<String>,
    /// What the ids of this run start with.
    pub run: String,
    /// The clock.
    pub now: fn() -> Timestamp,
    /// How many ids were given out.
    pub ids: AtomicU64,
}

/// One delivery of a case.
pub struct Probe {
    /// What tells it from the others of its case; may be empty.
    pub label: String,
    /// The delivery.
    pub delivery: Delivery,
    /// The right signature of its body, where the delivery does not carry it: no answer may either.
    pub withheld: Option<String>,
    /// What a handshake is answered with.
    pub answer: Option<HandshakeAnswer>,
    /// What a right receiver answers, where that is not what the case says of the others: without
    /// it the case shows nothing.
    pub right: Option<Right>,
}

impl Probe {
    /// A delivery and what tells it from others.
    pub fn new(label: impl Into<String>, delivery: Delivery) -> Self {
        Self {
            label: label.into(),
            delivery,
            withheld: None,
            answer: None,
            right: None,
        }
    }
}

/// A delivery with its signature.
#[derive(Clone)]
pub(super) struct Sealed {
    pub(super) delivery: Delivery,
    /// The signature's text alone, without its prefix.
    pub(super) signature: String,
    /// The header that carries it.
    pub(super) header: String,
}

impl Sealed {
    /// The delivery as it was signed.
    pub(super) fn genuine(self, label: &str) -> Probe {
        Probe::new(label, self.delivery)
    }

    /// With another signature in the place of its own.
    pub(super) fn with_signature(&self, label: &str, text: impl AsRef<[u8]>) -> Probe {
        let value = self.delivery.headers.get(&self.header).unwrap_or_default();
        let signature = self.signature.as_bytes();
        let at = (0..value.len())
            .rev()
            .find(|&at| value[at..].starts_with(signature))
            .unwrap_or(0);
        let end = (at + signature.len()).min(value.len());
        let value = [&value[..at], text.as_ref(), &value[end..]].concat();
        self.with_header(label, &value)
    }

    /// With another value of the signature's header.
    pub(super) fn with_header(&self, label: &str, value: &[u8]) -> Probe {
        let mut delivery = self.delivery.clone();
        delivery.headers.set(&self.header, value);
        self.forged(label, delivery)
    }

    /// With another body.
    pub(super) fn with_body(&self, label: &str, body: Vec<u8>) -> Probe {
        let mut delivery = self.delivery.clone();
        delivery.body = body;
        Probe::new(label, delivery)
    }

    /// Changed in another way.
    pub(super) fn changed(&self, label: &str, change: impl Fn(&mut Delivery)) -> Probe {
        let mut delivery = self.delivery.clone();
        change(&mut delivery);
        self.forged(label, delivery)
    }

    fn forged(&self, label: &str, delivery: Delivery) -> Probe {
        let carries = |value: &[u8]| {
            let mut windows = value.windows(self.signature.len().max(1));
            windows.any(|window| window == self.signature.as_bytes())
        };
        let is_told = delivery.headers.iter().any(|header| carries(&header.value));
        Probe {
            withheld: (!is_told).then(|| self.signature.clone()),
            ..Probe::new(label, delivery)
        }
    }
}

impl Kit {
    /// The body of the sample.
    pub fn body(&self) -> Vec<u8> {
        if let Some(data) = &self.data {
            return data.clone();
        }
        if self.is_blue() {
            return event_body(SAMPLE);
        }
        if self.is_form() {
            return b"AccountSid=AC00&Body=Gr%C3%BC%C3%9Fe+%26+more&From=%2B15550100".to_vec();
        }
        self.generic((self.now)())
    }

    /// A JSON body for every scheme but Blue's, with its time where the record reads it from there.
    pub(super) fn generic(&self, at: Timestamp) -> Vec<u8> {
        let rules = (self.scheme.variants.iter()).filter_map(|variant| variant.timestamp.as_ref());
        let mut paths = rules.filter_map(|rule| rule.json.as_ref());
        let time = match paths.next().map(ToString::to_string) {
            Some(path) if !path.contains(['.', '[', '"', '\\']) => {
                format!("\"{path}\":{},", at.as_millisecond())
            }
            _ => String::new(),
        };
        format!(
            "{{\"id\":\"evt_check\",\"object\":\"event\",\"type\":\"check.sample\",{time}\
             \"created\":{},\"livemode\":false,\"data\":{{\"object\":{{\"id\":\"obj_1\",\
             \"object\":\"sample\",\"title\":\"Grüße, 世界 & 😀\"}}}}}}",
            at.as_second()
        )
        .into_bytes()
    }

    /// Whether the scheme is Blue's.
    pub fn is_blue(&self) -> bool {
        self.scheme.name == Scheme::default().name
    }

    fn is_form(&self) -> bool {
        self.variant()
            .is_some_and(|variant| variant.content.has(&Part::Form))
    }

    /// The form of the scheme that the first secret signs in.
    pub fn variant(&self) -> Option<&Variant> {
        self.variant_for(&self.secrets[..1.min(self.secrets.len())])
    }

    fn variant_for(&self, secrets: &[Secret]) -> Option<&Variant> {
        self.scheme.variants.iter().find(|&variant| {
            let alone = Scheme {
                variants: vec![variant.clone()],
                ..self.scheme.clone()
            };
            Keyring::for_signing(&alone, secrets).is_ok()
        })
    }

    /// The content's parts must hold the body's bytes for a case to mean anything.
    pub(super) fn covers_body(&self) -> Result<(), String> {
        // By a digest, which a token claims or a signed header holds.
        let by_digest = |variant: &Variant| {
            (variant.jwt.is_some() || variant.message_signature.is_some()) && variant.covers_body()
        };
        match self.variant() {
            Some(variant) if variant.content.has(&Part::Body) || by_digest(variant) => Ok(()),
            Some(variant) if variant.algorithm == Algorithm::Token => {
                Err("a token says nothing about the body".into())
            }
            _ => Err("the scheme does not sign the body's bytes".into()),
        }
    }

    /// A body of the same meaning with one more member.
    pub(super) fn with_member(&self, name: &str, token: &str) -> Result<Vec<u8>, String> {
        self.covers_body()?;
        let mut body = self.body();
        if body.first() != Some(&b'{') || body.pop() != Some(b'}') {
            return Err("the given body is no JSON object".into());
        }
        body.extend_from_slice(format!(",\"{name}\":{token}}}").as_bytes());
        Ok(body)
    }

    /// A body that was not sent before, for receivers that remember what they have seen.
    pub(super) fn fresh(&self) -> Vec<u8> {
        let number = self.ids.fetch_add(1, Ordering::Relaxed);
        let token = format!("\"{} {number}\"", self.run);
        self.with_member("bluehookCheck", &token)
            .unwrap_or_else(|_| self.body())
    }

    /// Genuine deliveries: one that was not sent before, and the plain sample.
    ///
    /// # Errors
    /// The secret signs nothing, in a sentence.
    pub fn genuine(&self) -> Result<[Probe; 2], String> {
        let fresh = self.signed(self.fresh())?;
        Ok([fresh.genuine(""), self.sample()?.genuine("")])
    }

    /// The same kit for another scheme.
    pub fn of(&self, scheme: Scheme) -> Self {
        Self {
            scheme,
            secrets: self.secrets.clone(),
            url: self.url.clone(),
            target: self.target.clone(),
            headers: self.headers.clone(),
            data: self.data.clone(),
            verify_token: None,
            run: self.run.clone(),
            now: self.now,
            ids: AtomicU64::new(0),
        }
    }

    /// A delivery with this body and without a signature.
    pub(super) fn unsigned(&self, body: Vec<u8>) -> Delivery {
        let mut headers = self.headers.clone();
        if self.is_form() {
            headers.set("Content-Type", "application/x-www-form-urlencoded");
        }
        Delivery {
            method: "POST".into(),
            target: self.target.clone(),
            headers,
            body,
        }
    }

    /// Without a signature, and with what a right one would be.
    pub(super) fn bare(&self, label: &str, body: Vec<u8>) -> Probe {
        let withheld = self.signed(body.clone()).ok().map(|it| it.signature);
        Probe {
            withheld,
            ..Probe::new(label, self.unsigned(body))
        }
    }

    /// The sample, signed.
    pub(super) fn sample(&self) -> Result<Sealed, String> {
        self.signed(self.body())
    }

    /// This body of ours, signed.
    pub(super) fn signed(&self, body: Vec<u8>) -> Result<Sealed, String> {
        let first = &self.secrets[..1.min(self.secrets.len())];
        self.seal(&self.scheme, first, body, (self.now)())
    }

    /// This body, signed by these secrets, in this scheme, at that time.
    pub(super) fn seal(
        &self,
        scheme: &Scheme,
        secrets: &[Secret],
        body: Vec<u8>,
        at: Timestamp,
    ) -> Result<Sealed, String> {
        let keyring = Keyring::for_signing(scheme, secrets).map_err(|unfit| unfit.to_string())?;
        let mut delivery = self.unsigned(body);
        let number = self.ids.fetch_add(1, Ordering::Relaxed);
        let stamp = Stamp {
            id: format!("msg_{}_{number}", self.run),
            at,
        };
        let headers = delivery.headers.clone();
        let parts = Parts {
            method: "POST",
            url: Some(&self.url),
            headers: &headers,
        };
        let missing = |missing: crate::signing::Missing| missing.to_string();
        let mut signer = Signer::new(scheme, &keyring, parts, &stamp).map_err(missing)?;
        signer.update(&delivery.body);
        let signed = signer.finish().map_err(missing)?;
        for (name, value) in &signed.headers {
            delivery.headers.set(name, value.as_bytes());
        }
        let found = scheme.variants.iter().find_map(|variant| {
            let header = variant.signature_header()?;
            let is_it = |(name, _): &&(String, String)| name.eq_ignore_ascii_case(&header);
            let (_, value) = signed.headers.iter().find(is_it)?;
            let last = match &variant.signature.separator {
                Some(separator) => value.rsplit(separator.as_str()).next()?,
                None => value,
            };
            let text = last.strip_prefix(variant.signature.prefix.as_str())?;
            Some((header, text.to_owned()))
        });
        let (header, signature) =
            found.ok_or("the scheme's signature does not travel in a header")?;
        Ok(Sealed {
            delivery,
            signature,
            header,
        })
    }

    /// The scheme with only the form in which the first secret signs, changed.
    pub(super) fn altered(&self, change: impl Fn(&mut Variant)) -> Result<Scheme, String> {
        let mut variant = self.variant().cloned().ok_or("the secret signs nothing")?;
        change(&mut variant);
        Ok(Scheme {
            variants: vec![variant],
            ..self.scheme.clone()
        })
    }

    /// A secret of the form that the scheme's are, of these bytes.
    pub(super) fn other_secret(&self, bytes: &[u8]) -> Result<Secret, String> {
        let variant = self.variant().ok_or("the secret signs nothing")?;
        let rule = &variant.key;
        let prefix = rule.prefix.as_deref().unwrap_or_default();
        let text = match (variant.algorithm, rule.form) {
            (Algorithm::KeyPair(pair), _) => {
                let mut seed = [7; 32];
                for (to, from) in seed.iter_mut().zip(bytes) {
                    *to = *from;
                }
                match &rule.private_prefix {
                    Some(prefix) => format!("{prefix}{}", STANDARD.encode(seed)).into_bytes(),
                    None if pair == KeyPair::Ed25519 => hex::encode(seed).into_bytes(),
                    None => return Err("there is no other key to sign with here".into()),
                }
            }
            (_, KeyForm::Text) => [prefix.as_bytes(), bytes].concat(),
            (_, KeyForm::Base64) => format!("{prefix}{}", STANDARD.encode(bytes)).into_bytes(),
            (_, KeyForm::Hex) => format!("{prefix}{}", hex::encode(bytes)).into_bytes(),
        };
        Secret::new(text).map_err(|empty| empty.to_string())
    }

    /// As [`Kit::other_secret`], for cases about keys that receivers fall back to.
    pub(super) fn fallback(&self, bytes: &[u8]) -> Result<Secret, String> {
        match self.variant().map(|variant| variant.algorithm) {
            Some(Algorithm::Hmac(_)) => self.other_secret(bytes),
            _ => Err("the scheme has no shared key that could be missing".into()),
        }
    }
}

/// The sample of an event.
pub(super) fn event_body(name: &str) -> Vec<u8> {
    Event::named(name).map(sample::sample).unwrap_or_default()
}

/// The first digits as they are and the others wrong; as long as before.
pub(super) fn keeping(signature: &str, first: usize) -> Result<String, String> {
    if signature.chars().count() <= first {
        return Err(format!("the signature has no more than {first} characters"));
    }
    let other = |(index, character): (usize, char)| match character {
        '=' => '=',
        kept if index < first => kept,
        '0' => '1',
        _ => '0',
    };
    Ok(signature.chars().enumerate().map(other).collect())
}

/// One digit changed, near the end, where it counts in every encoding.
pub(super) fn one_changed(signature: &str) -> String {
    let digits = signature.trim_end_matches('=');
    let at = digits.chars().count().saturating_sub(3);
    let other = |(index, character): (usize, char)| match character {
        '0' if index == at => '1',
        _ if index == at => '0',
        kept => kept,
    };
    signature.chars().enumerate().map(other).collect()
}
