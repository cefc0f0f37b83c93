//! Signing: the body goes in piece by piece, the headers that a sender adds come out.

use std::fmt;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::carried::{named_headers, unmet, unmet_by_body};
use super::content::{Given, Parts, Segment, Whole, Work, lay_out};
use super::encoding::Encoding;
use super::jwt;
use super::keyring::{Entry, Keyring};
use super::message::{Claim, Stamp};
use super::record::jwt::JwtRule;
use super::record::words::{CONTENT_DIGEST, TimeUnit};
use super::record::{Scheme, Variant};
use super::refusal::Missing;
use super::url::{spellings, url_applies};
use crate::delivery::Headers;

/// A signature under way: takes the body, ends with headers.
pub struct Signer<'a> {
    variant: &'a Variant,
    works: Vec<Work<'a>>,
    timestamp: Option<String>,
    id: Option<String>,
    /// The header that names further signed ones.
    names: Option<(String, String)>,
    /// A token's claims, and when it is made.
    claims: Vec<(String, Vec<Segment>)>,
    stamp: Stamp,
    /// The header that names the key.
    key: Option<(String, String)>,
    /// What is said of the signature, where that decides what is signed.
    claim: Option<Claim>,
    body: Option<Vec<u8>>,
}

/// What signing gives.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// The headers that the scheme adds, in the order in which they are written. Empty where the
    /// signature travels in the body: then only its `value` is of use.
    pub headers: Vec<(String, String)>,
    /// The value of the signature header alone (of the first, if they are numbered).
    pub value: String,
}

/// Shows the names of the headers only: a token's value is the secret itself.
impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.headers.iter().map(|(name, _)| name);
        f.debug_list().entries(names).finish()
    }
}

impl<'a> Signer<'a> {
    /// Begins to sign.
    ///
    /// # Errors
    /// Something that the scheme signs is not known, or there are more secrets than it carries.
    pub fn new(
        scheme: &'a Scheme,
        keyring: &'a Keyring,
        parts: Parts<'a>,
        stamp: &Stamp,
    ) -> Result<Self, Missing> {
        let chosen = Self::choose(scheme, keyring, parts)?;
        let Some(first) = chosen.first() else {
            return Err(Missing::Secret);
        };
        let variant = &scheme.variants[first.variant];
        let timestamp = (variant.timestamp.as_ref())
            .filter(|rule| rule.header.is_some() || rule.item.is_some())
            .map(|rule| write_time(rule.unit, stamp.at));
        let id = variant.id.as_ref().map(|_| stamp.id.clone());
        let names = own_names(variant);
        let mut given = Given {
            parts,
            timestamp: timestamp.clone().map(String::into_bytes),
            id: id.clone().map(String::into_bytes),
            items: Vec::new(),
            named_headers: None,
        };
        if let (Some(rule), Some((name, value))) = (&variant.named_headers, &names) {
            let mut own = Headers::new();
            own.push(name, value.as_bytes());
            let time = variant
                .timestamp
                .as_ref()
                .and_then(|rule| rule.header.as_ref());
            if let Some((name, value)) = time.zip(timestamp.as_ref()) {
                own.push(name, value.as_bytes());
            }
            given.named_headers = named_headers(rule, &own, &[]).unwrap_or_default();
        }
        let key = (variant.key.named_by.clone()).zip(first.key.id().map(str::to_owned));
        let mut claims = Vec::new();
        for (name, template) in variant.jwt.iter().flat_map(|rule| &rule.claims) {
            let segments = lay_out(template, &given, parts.url).map_err(Missing::Part)?;
            claims.push((name.clone(), segments));
        }
        let (mut works, mut claim) = (Vec::new(), None);
        for entry in chosen {
            let variant = &scheme.variants[entry.variant];
            if !entry.key.can_sign() {
                return Err(Missing::PrivateKey);
            }
            if variant.signs_url() && parts.url.is_none() {
                return Err(Missing::SignedUrl);
            }
            let url = (parts.url).map(|url| spellings(variant.url.as_ref(), url).swap_remove(0));
            let segments = match &variant.message_signature {
                Some(rule) => {
                    let made =
                        Claim::made(variant, rule, entry.key.name().as_deref(), stamp, parts)?;
                    let own = made.own_headers(variant, rule, stamp, parts.headers);
                    let parts = Parts {
                        headers: &own,
                        ..parts
                    };
                    let base = made.base(parts, url.as_deref());
                    claim = Some(made);
                    base
                }
                None => lay_out(&variant.content, &given, url.as_deref()),
            };
            let segments = segments.map_err(Missing::Part)?;
            works.push(Work::new(variant, entry, segments));
        }
        let body = (works.iter().any(|work| !work.variant.streams())).then(Vec::new);
        if body.is_none() {
            works.iter_mut().for_each(Work::begin);
        }
        Ok(Self {
            variant,
            works,
            timestamp,
            id,
            names,
            claims,
            stamp: stamp.clone(),
            key,
            claim,
            body,
        })
    }

    /// Which keys sign: for each secret the first variant that it fits, all in one form.
    fn choose(
        scheme: &Scheme,
        keyring: &'a Keyring,
        parts: Parts<'_>,
    ) -> Result<Vec<&'a Entry>, Missing> {
        let mut chosen: Vec<&Entry> = Vec::new();
        for entry in keyring.entries() {
            let variant = &scheme.variants[entry.variant];
            // What is asked of the signature's own header will be so.
            let is_made = |(name, _): (&str, _)| {
                let own = variant.signature.header.as_deref();
                own.is_some_and(|own| own.eq_ignore_ascii_case(name))
            };
            let fits =
                url_applies(variant, parts.url) && unmet(variant, parts.headers).all(is_made);
            if fits && !chosen.iter().any(|other| other.position == entry.position) {
                chosen.push(entry);
            }
        }
        let place = |entry: &Entry| &scheme.variants[entry.variant].signature;
        if let [first, rest @ ..] = chosen.as_slice()
            && !rest.is_empty()
        {
            if chosen.len() > place(first).room() {
                return Err(Missing::Room(place(first).room()));
            }
            if !(rest.iter()).all(|entry| place(entry).is_shared_with(place(first))) {
                return Err(Missing::OneForm);
            }
        }
        Ok(chosen)
    }

    /// Feeds the next piece of the body.
    pub fn update(&mut self, piece: &[u8]) {
        match &mut self.body {
            Some(body) => body.extend_from_slice(piece),
            None => self.works.iter_mut().for_each(|work| work.update(piece)),
        }
    }

    /// Ends the body and writes the headers.
    ///
    /// # Errors
    /// The body does not hold what the scheme signs.
    pub fn finish(self) -> Result<Signed, Missing> {
        let segments = self.works.iter().flat_map(|work| &work.segments);
        let segments = segments.chain(self.claims.iter().flat_map(|(_, segments)| segments));
        let body = (self.body.as_deref()).map(|body| Whole::new(body, segments));
        let mut values = Vec::new();
        let mut digest = None;
        for mut work in self.works {
            let variant = work.variant;
            if let Some((_, path, condition)) = self
                .body
                .as_deref()
                .and_then(|body| unmet_by_body(variant, body))
            {
                let asked = condition.is.iter().chain(&condition.like);
                let asked = asked.cloned().collect::<Vec<_>>().join(" or ");
                return Err(Missing::Part(format!("a body whose {path} is {asked}")));
            }
            digest = (variant.message_signature.as_ref()).map(|rule| rule.digest());
            let mut prefix = variant.signature.prefix.clone();
            if let (Some(rule), Some(body)) = (&variant.jwt, &body) {
                let claims = token_claims(variant, rule, &self.claims, &self.stamp, body)?;
                let algorithm = variant.algorithm.jose().unwrap_or_default();
                let input = jwt::input(algorithm, work.entry.key.id(), claims);
                prefix.push_str(&format!("{input}."));
                work.segments = vec![Segment::Fixed(input.into_bytes())];
            }
            let running = work.finish(body.as_ref()).map_err(Missing::Part)?;
            let raw = running.sign().ok_or(Missing::PrivateKey)?;
            values.push(format!("{prefix}{}", variant.encoding.encode(&raw)));
        }
        if let (Some(claim), Some((kind, hash)), Some(body)) = (self.claim, digest, &body) {
            let digest = Segment::Digest(hash, Encoding::Base64);
            let digest = body.piece(&digest, &[]).map(String::from_utf8_lossy);
            let digest = digest.map(|text| (CONTENT_DIGEST.into(), format!("{kind}=:{text}:")));
            let id = self.variant.id.as_ref().map(|rule| rule.header.clone());
            let header = self.variant.signature_header().unwrap_or_default();
            let claimed = claim.headers(&header, &values.concat());
            let value = claimed[1].1.clone();
            let headers = (id.zip(self.id).into_iter()).chain(digest).chain(claimed);
            return Ok(Signed {
                headers: headers.collect(),
                value,
            });
        }
        let mut signed = write_headers(self.variant, values, self.timestamp, self.id);
        signed
            .headers
            .extend(self.names.into_iter().chain(self.key));
        Ok(signed)
    }
}

/// What a token claims of a delivery.
fn token_claims(
    variant: &Variant,
    rule: &JwtRule,
    templates: &[(String, Vec<Segment>)],
    stamp: &Stamp,
    body: &Whole<'_>,
) -> Result<Map<String, Value>, Missing> {
    let mut claims = Map::new();
    let is_empty = body.piece(&Segment::Body, &[]).is_none_or(<[u8]>::is_empty);
    for (name, segments) in templates {
        if is_empty && rule.with_body.contains(name) {
            continue;
        }
        let text = body.pieces(segments, &[]).map_err(Missing::Part)?.concat();
        claims.insert(name.clone(), String::from_utf8_lossy(&text).into());
    }
    let at = stamp.at.as_second();
    let own = variant
        .timestamp
        .as_ref()
        .and_then(|rule| rule.claim.as_ref());
    claims.extend(own.map(|name| (name.clone(), at.into())));
    claims.extend(
        rule.id
            .as_ref()
            .map(|name| (name.clone(), stamp.id.clone().into())),
    );
    if let Some(lifetime) = rule.lifetime {
        let end = at.saturating_add(i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX));
        claims.insert("nbf".into(), at.into());
        claims.insert("exp".into(), end.into());
    }
    Ok(claims)
}

/// The header that names further signed ones, where a header does: itself and the time.
fn own_names(variant: &Variant) -> Option<(String, String)> {
    let name = variant.named_headers.as_ref()?.header.as_ref()?;
    let time = variant
        .timestamp
        .as_ref()
        .and_then(|rule| rule.header.as_ref());
    let mut names: Vec<String> = (time.into_iter().chain([name]))
        .map(|name| name.to_ascii_lowercase())
        .collect();
    names.sort_unstable();
    Some((name.clone(), names.join(",")))
}

/// Lays out the headers that carry signatures.
fn write_headers(
    variant: &Variant,
    signatures: Vec<String>,
    timestamp: Option<String>,
    id: Option<String>,
) -> Signed {
    let place = &variant.signature;
    let rule = variant.timestamp.as_ref();
    let time_header = rule.and_then(|rule| rule.header.clone());
    let time_item = rule.and_then(|rule| rule.item.clone());
    let id_header = variant.id.as_ref().map(|rule| rule.header.clone());
    let mut headers = Vec::new();
    headers.extend(id_header.zip(id));
    headers.extend(time_header.zip(timestamp.clone()));
    let values = if place.separator.is_none() {
        signatures
    } else {
        let item = time_item.zip(timestamp).map(|(item, time)| item + &time);
        let items: Vec<String> = item.into_iter().chain(signatures).collect();
        vec![items.join(place.separator.as_deref().unwrap_or_default())]
    };
    let value = values.first().cloned().unwrap_or_default();
    for (index, value) in values.into_iter().enumerate() {
        let mut names = place.header.iter().chain(&place.further);
        let name = if place.is_numbered() {
            names.next()
        } else {
            names.nth(index)
        };
        let numbered = name.map(|name| name.replace("{n}", &(index + 1).to_string()));
        headers.extend(numbered.map(|name| (name, value)));
    }
    Signed { headers, value }
}

fn write_time(unit: TimeUnit, at: Timestamp) -> String {
    match unit {
        TimeUnit::S => at.as_second().to_string(),
        TimeUnit::Ms => at.as_millisecond().to_string(),
        TimeUnit::Rfc3339 => at.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::secret::Secret;
    use super::*;
    use crate::delivery::Headers;

    fn sign(
        scheme: &Scheme,
        secrets: &[&str],
        url: Option<&str>,
        body: &str,
    ) -> Result<Signed, Missing> {
        let secrets: Vec<Secret> = secrets
            .iter()
            .map(|text| Secret::new(*text).unwrap())
            .collect();
        let keyring = Keyring::for_signing(scheme, &secrets).unwrap();
        let headers = Headers::new();
        let parts = Parts {
            method: "POST",
            url,
            headers: &headers,
        };
        let stamp = Stamp {
            id: "msg_1".into(),
            at: "2026-11-22T03:49:53.5Z".parse().unwrap(),
        };
        let mut signer = Signer::new(scheme, &keyring, parts, &stamp)?;
        signer.update(body.as_bytes());
        signer.finish()
    }

    fn named(name: &str, secrets: &[&str], body: &str) -> Result<Signed, Missing> {
        sign(
            &Scheme::named(name).unwrap(),
            secrets,
            Some("https://a.example/"),
            body,
        )
    }

    #[test]
    fn headers_are_written_in_the_providers_layout() {
        let signed = named("github", &["It's a Secret to Everybody"], "Hello, World!").unwrap();
        let expected = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        assert_eq!(
            signed.headers,
            [("X-Hub-Signature-256".into(), expected.into())]
        );
        assert_eq!(signed.value, expected);
        assert_eq!(format!("{signed:?}"), "[\"X-Hub-Signature-256\"]");

        let names = |signed: &Signed| -> Vec<String> {
            signed
                .headers
                .iter()
                .map(|(name, value)| format!("{name}: {}", &value[..8.min(value.len())]))
                .collect()
        };
        let signed = named("svix", &["whsec_AAEC"], "{}").unwrap();
        assert_eq!(
            names(&signed)[..2],
            ["svix-id: msg_1", "svix-timestamp: 17953193"]
        );
        let signed = named("twitch", &["s"], "{}").unwrap();
        assert_eq!(
            names(&signed)[1],
            "Twitch-Eventsub-Message-Timestamp: 2026-11-"
        );
        let signed = named("workos", &["a", "b"], "{}").unwrap();
        assert!(
            signed.value.starts_with("t=1795319393500, v1="),
            "{}",
            signed.value
        );
        assert_eq!(signed.value.matches(", v1=").count(), 2);
        let signed = named("docusign", &["a", "b"], "{}").unwrap();
        assert_eq!(signed.headers[1].0, "X-DocuSign-Signature-2");
        assert_eq!(signed.value, signed.headers[0].1);
    }

    #[test]
    fn what_a_scheme_cannot_carry_is_refused() {
        assert_eq!(named("github", &["a", "b"], ""), Err(Missing::Room(1)));
        assert_eq!(
            named("gitlab", &["a", "whsec_AAEC"], ""),
            Err(Missing::Room(1))
        );
        assert_eq!(
            named("gitlab", &["whsec_AAEC", "a"], ""),
            Err(Missing::OneForm)
        );
        assert_eq!(named("github", &[], ""), Err(Missing::Secret));
        let square = Scheme::named("square").unwrap();
        assert_eq!(sign(&square, &["s"], None, ""), Err(Missing::SignedUrl));
    }

    #[test]
    fn a_signature_that_travels_in_the_body_is_a_value_only() {
        let record = r#"about = "Mailgun"
[[variant]]
algorithm = "hmac-sha256"
content = "{json:signature.timestamp}{json:signature.token}"
signature = { json = "signature.signature" }
timestamp = { json = "signature.timestamp" }
"#;
        let scheme = Scheme::from_toml("mailgun", record).unwrap();
        let body = r#"{"signature":{"timestamp":"1","token":"t"}}"#;
        let signed = sign(&scheme, &["s"], None, body).unwrap();
        assert_eq!((signed.headers.len(), signed.value.len()), (0, 64));
        assert_eq!(
            sign(&scheme, &["s"], None, "{}"),
            Err(Missing::Part("signature.timestamp in the body".into()))
        );
    }

    #[test]
    fn a_keyring_for_verifying_signs_where_it_can() {
        let scheme = Scheme::named("discord").unwrap();
        let public =
            Secret::new("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        let keyring = Keyring::for_verifying(&scheme, &[public.unwrap()]).unwrap();
        let headers = Headers::new();
        let parts = Parts {
            method: "POST",
            url: None,
            headers: &headers,
        };
        let stamp = Stamp {
            id: String::new(),
            at: Timestamp::UNIX_EPOCH,
        };
        let signer = Signer::new(&scheme, &keyring, parts, &stamp);
        assert!(matches!(signer, Err(Missing::PrivateKey)));
    }
}
