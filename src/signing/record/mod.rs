//! A scheme as data: how one provider signs its deliveries.
//!
//! A scheme is never a branch on its name. The built-in records are TOML texts of the same form
//! that a user writes. `words`, `template`, `jwt` and `handshake` are what a record may say, `check` reads
//! one and refuses what contradicts, `table` holds the built-in ones.

pub mod check;
pub mod handshake;
pub mod jwt;
pub mod table;
pub mod template;
pub mod words;

use serde::{Deserialize, Serialize};

use self::handshake::{Condition, Handshake};
use self::jwt::JwtRule;
use self::template::{Part, Template};
use self::words::{
    Algorithm, CONTENT_DIGEST, IdRule, JsonPath, KeyRule, MessageRule, NamedHeaders,
    SIGNATURE_INPUT, SignaturePlace, TimestampRule, UrlRule,
};
use super::encoding::Encoding;
use super::hash::Hash;

/// How one provider signs its deliveries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scheme {
    /// The name that `--scheme` takes. Not in the record: the table or the file names it.
    #[serde(skip)]
    pub name: String,
    /// Whose scheme it is, in a line.
    pub about: String,
    /// Other names of the scheme: providers that sign in this very way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The provider's page that documents the scheme.
    pub docs: Option<String>,
    /// The methods that deliveries are sent with, where it is not `POST` alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<String>,
    /// The forms in which a delivery may be signed, the preferred one first.
    #[serde(default, rename = "variant", skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<Variant>,
    /// What the provider asks of a receiver before or beside its deliveries.
    #[serde(default, rename = "handshake", skip_serializing_if = "Vec::is_empty")]
    pub handshakes: Vec<Handshake>,
    /// Deliveries that the provider signs wrongly on purpose.
    pub decoy: Option<Decoy>,
}

/// What is signed wrongly on purpose, to see whether the receiver refuses it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decoy {
    /// Whose they are and what has to be answered, in a sentence.
    pub about: String,
    /// A value that their JSON body has.
    pub has: JsonPath,
    /// A value that it lacks.
    pub lacks: JsonPath,
}

/// One form of a scheme: where the signature travels, what it covers, how it is computed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// What is computed over the content.
    pub algorithm: Algorithm,
    /// How the signature is written.
    #[serde(default)]
    pub encoding: Encoding,
    /// The signed content: text with parts in braces, see [`Part`]. A token has none.
    #[serde(default, skip_serializing_if = "Template::is_empty")]
    pub content: Template,
    /// Where the signature travels, and in what layout.
    pub signature: SignaturePlace,
    /// What the delivery's headers and JSON body must hold for this variant to apply: so the strongest
    /// form that is there decides alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<Condition>,
    /// How the secret becomes a key.
    #[serde(default)]
    pub key: KeyRule,
    /// The signature is a token (JWS), whose claims bind the delivery. There is no other content.
    pub jwt: Option<JwtRule>,
    /// The delivery's time, if it carries one.
    pub timestamp: Option<TimestampRule>,
    /// The header of the delivery's id, if it is signed.
    pub id: Option<IdRule>,
    /// Further signed headers, which the delivery names.
    pub named_headers: Option<NamedHeaders>,
    /// HTTP Message Signatures: what the delivery says of its signature decides what is signed.
    pub message_signature: Option<MessageRule>,
    /// What the signed URL must be like for this variant to apply.
    pub url: Option<UrlRule>,
}

/// Blue's scheme, which needs no flag: made without reading a record, for commands that are run in
/// loops. A test holds it equal to its record.
impl Default for Scheme {
    fn default() -> Self {
        Self {
            name: "blue".into(),
            about: "Blue: hex HMAC-SHA256 of the raw body, without a timestamp".into(),
            aliases: Vec::new(),
            docs: None,
            methods: Vec::new(),
            variants: vec![Variant {
                algorithm: Algorithm::Hmac(Hash::Sha256),
                encoding: Encoding::Hex,
                content: Template(vec![Part::Body]),
                signature: SignaturePlace {
                    header: Some("X-Signature".into()),
                    ..SignaturePlace::default()
                },
                when: Vec::new(),
                key: KeyRule::default(),
                jwt: None,
                timestamp: None,
                id: None,
                named_headers: None,
                message_signature: None,
                url: None,
            }],
            handshakes: Vec::new(),
            decoy: None,
        }
    }
}

impl Scheme {
    /// Whether some form of the scheme carries the delivery's time. Without one, the age of a
    /// delivery cannot be judged, and a replayed delivery cannot be told from the first.
    pub fn has_timestamp(&self) -> bool {
        let lives = |rule: &JwtRule| rule.lifetime.is_some();
        (self.variants.iter())
            .any(|variant| variant.timestamp.is_some() || variant.jwt.as_ref().is_some_and(lives))
    }

    /// The methods that deliveries are sent with.
    pub fn methods(&self) -> Vec<&str> {
        match self.methods.as_slice() {
            [] => vec!["POST"],
            methods => methods.iter().map(String::as_str).collect(),
        }
    }

    /// Whether a request with this method may be a delivery.
    pub fn takes(&self, method: &str) -> bool {
        self.methods().contains(&method)
    }

    /// Whether some form of the scheme carries an id of the delivery.
    pub fn has_id(&self) -> bool {
        let rule = |variant: &Variant| variant.message_signature.clone().unwrap_or_default();
        let has_nonce =
            |variant: &Variant| rule(variant).parameters.iter().any(|own| own == "nonce");
        let claims_id =
            |variant: &Variant| variant.jwt.as_ref().is_some_and(|rule| rule.id.is_some());
        (self.variants.iter())
            .any(|variant| variant.id.is_some() || has_nonce(variant) || claims_id(variant))
    }

    /// Whether some form of the scheme signs the URL, so that it must be known.
    pub fn signs_url(&self) -> bool {
        self.variants.iter().any(Variant::signs_url)
    }

    /// The name that no scheme has: it stands for whichever one a delivery shows.
    pub const AUTO: &'static str = "auto";

    /// Whether a handshake tells the secret of the deliveries to come.
    pub fn tells_secret(&self) -> bool {
        let mut handshakes = self.handshakes.iter();
        handshakes.any(|handshake| handshake.secret.is_some())
    }

    /// The headers in which the signature travels, each once, the preferred one first.
    pub fn signature_headers(&self) -> Vec<String> {
        let mut headers: Vec<String> = Vec::new();
        let of = |variant: &'_ Variant| {
            let further = variant.signature.further.clone();
            variant.signature_header().into_iter().chain(further)
        };
        for header in self.variants.iter().flat_map(of) {
            if !headers
                .iter()
                .any(|known| known.eq_ignore_ascii_case(&header))
            {
                headers.push(header);
            }
        }
        headers
    }
}

impl Variant {
    /// Whether the signed content names the URL.
    pub fn signs_url(&self) -> bool {
        let mut covered = self.message_signature.iter().flat_map(MessageRule::covered);
        self.parts().any(Part::reads_url) || covered.any(|name| MessageRule::is_of_url(name))
    }

    /// Whether an HTTP Message Signature of ours covers this component.
    pub(crate) fn covers(&self, name: &str) -> bool {
        let mut covered = self.message_signature.iter().flat_map(MessageRule::covered);
        covered.any(|own| own.eq_ignore_ascii_case(name))
    }

    /// The parts of the content, or of a token's claims.
    fn parts(&self) -> impl Iterator<Item = &Part> {
        let claims = self.jwt.iter().flat_map(|rule| rule.claims.values());
        let templates = claims.chain([&self.content]);
        templates.flat_map(|template| &template.0)
    }

    /// Whether every change of the body shows in the signature.
    pub fn covers_body(&self) -> bool {
        let is_of_body = |part: &Part| *part == Part::Body || part.reads_body();
        let binds_little =
            |part: &Part| matches!(part, Part::Json(_) | Part::BodyCrc32 | Part::Optional(_));
        let of_body = || self.parts().filter(|part| is_of_body(part));
        // Values alone leave the rest open, and a CRC is met by as many bodies as one likes.
        of_body().any(|part| !binds_little(part))
            || self.covers("content-digest")
            || (self.url.as_ref()).is_some_and(|rule| rule.body_sha256_parameter.is_some())
    }

    /// Whether the content can be computed while the body streams by.
    pub(super) fn streams(&self) -> bool {
        let bodies = (self.content.0.iter()).filter(|part| **part == Part::Body);
        !self.algorithm.is_asymmetric()
            && self.message_signature.is_none()
            && !self.content.0.iter().any(Part::reads_body)
            && bodies.count() <= 1
            && self.signature.json.is_none()
            && self.jwt.is_none()
            && !self.when.iter().any(Condition::reads_body)
            && (self.timestamp.as_ref()).is_none_or(|rule| rule.json.is_none())
            && (self.url.as_ref()).is_none_or(|rule| rule.body_sha256_parameter.is_none())
    }

    /// The names of the headers that signing adds, in the order in which they are written.
    pub fn headers(&self) -> Vec<String> {
        let id = self.id.as_ref().map(|rule| rule.header.clone());
        let time = self.timestamp.as_ref().and_then(|rule| rule.header.clone());
        let named = (self.named_headers.as_ref()).and_then(|rule| rule.header.clone());
        let message = self
            .message_signature
            .iter()
            .flat_map(|_| [CONTENT_DIGEST, SIGNATURE_INPUT]);
        let all = (id.into_iter().chain(time).chain(named)).chain(message.map(str::to_owned));
        let all = all.chain(self.signature_header());
        let all = all.chain(self.key.named_by.clone());
        all.chain(self.signature.further.iter().cloned()).collect()
    }

    /// The name of the header that carries the signature, for messages; numbered headers by their
    /// first.
    pub fn signature_header(&self) -> Option<String> {
        self.signature
            .header
            .as_ref()
            .map(|name| name.replace("{n}", "1"))
    }
}
