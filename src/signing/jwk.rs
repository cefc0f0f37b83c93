//! JSON Web Keys (RFC 7517), and files that hold several keys: a JWK set, or a bundle of PEM blocks.
//!
//! A key of a file is a [`Secret`] like any other: its text is the JWK or the PEM. What makes a key
//! pair of it is `pair`.

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::encoding::lenient_base64;
use super::record::words::{Algorithm, KeyPair};
use super::secret::Secret;

/// How many keys a file may hold.
const KEYS: usize = 256;
/// The members of a document in which sets of keys stand.
const SETS: [&str; 2] = ["keys", "signing_keys"];

/// A file in which there are no keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoKeys {
    /// Neither JSON nor PEM.
    #[error("holds neither JSON Web Keys nor PEM keys")]
    NeitherForm,
    /// There is none in it.
    #[error("holds no keys")]
    Empty,
    /// There are too many.
    #[error("holds more than {KEYS} keys")]
    TooMany,
}

/// The keys of a file, each as a secret of its own.
///
/// # Errors
/// There are none, or too many.
pub fn keys(file: &[u8]) -> Result<Vec<Secret>, NoKeys> {
    let text = file.trim_ascii_start();
    let keys = match text.first() {
        Some(b'{' | b'[') => of_set(text).ok_or(NoKeys::NeitherForm)?,
        _ if text.windows(11).any(|window| window == b"-----BEGIN ") => of_bundle(text),
        _ => return Err(NoKeys::NeitherForm),
    };
    match keys.len() {
        0 => Err(NoKeys::Empty),
        1..=KEYS => Ok(keys),
        _ => Err(NoKeys::TooMany),
    }
}

fn of_set(text: &[u8]) -> Option<Vec<Secret>> {
    let document: Value = serde_json::from_slice(text).ok()?;
    let set = SETS.iter().find_map(|name| document.get(name));
    let keys = match set.unwrap_or(&document) {
        Value::Array(keys) => keys.as_slice(),
        one => std::slice::from_ref(one),
    };
    let keys = keys.iter().filter(|key| key.get("kty").is_some());
    Some(
        keys.filter_map(|key| Secret::new(key.to_string()).ok().map(Secret::of_set))
            .collect(),
    )
}

/// The blocks of a bundle. What OpenSSL puts before a key of a curve is none.
fn of_bundle(text: &[u8]) -> Vec<Secret> {
    let mut keys = Vec::new();
    let mut rest = text;
    let find = |rest: &[u8], what: &[u8]| rest.windows(what.len()).position(|at| at == what);
    while let Some(start) = find(rest, b"-----BEGIN ") {
        rest = &rest[start..];
        let Some(end) = find(rest, b"-----END ") else {
            break;
        };
        let line = rest[end..].iter().position(|&byte| byte == b'\n');
        let (block, after) = rest.split_at(line.map_or(rest.len(), |line| end + line));
        if !block.starts_with(b"-----BEGIN EC PARAMETERS") {
            keys.extend(Secret::new(block).map(Secret::of_set));
        }
        rest = after;
    }
    keys
}

/// A key's members.
pub(super) struct Jwk(Map<String, Value>);

impl Jwk {
    /// The JWK that a secret is, if it is one.
    pub(super) fn of(secret: &Secret) -> Option<Self> {
        let text = secret.expose().trim_ascii_start();
        if !text.starts_with(b"{") {
            return None;
        }
        let members: Map<String, Value> = serde_json::from_slice(text).ok()?;
        members.contains_key("kty").then_some(Self(members))
    }

    /// The text of a member.
    pub(super) fn text(&self, member: &str) -> Option<&str> {
        self.0.get(member)?.as_str()
    }

    /// The bytes that a member writes in base64url.
    pub(super) fn bytes(&self, member: &str) -> Option<Zeroizing<Vec<u8>>> {
        lenient_base64(self.text(member)?.as_bytes()).map(Zeroizing::new)
    }

    /// The name by which deliveries refer to it.
    pub(super) fn id(&self) -> Option<&str> {
        self.text("kid")
    }

    /// The bytes of a shared secret (`oct`).
    pub(super) fn shared(&self) -> Option<Zeroizing<Vec<u8>>> {
        self.bytes("k").filter(|_| self.is_shared())
    }

    pub(super) fn is_shared(&self) -> bool {
        self.text("kty") == Some("oct")
    }

    /// The member by which the key is not for this use: another algorithm, or not for signatures.
    /// `operation` is `sign` or `verify`; what signs may verify too.
    pub(super) fn refuses(&self, algorithm: Algorithm, operation: &str) -> Option<&'static str> {
        let is_other = |member: &str, wanted: Option<&str>| {
            self.text(member).is_some_and(|is| Some(is) != wanted)
        };
        let holds = |member: &str, value: &str| match self.0.get(member) {
            Some(Value::Array(all)) => all.iter().any(|one| one.as_str() == Some(value)),
            Some(_) => false,
            None => true,
        };
        // An Ed25519 key says so in either of two ways (RFC 8037, RFC 9864).
        let is_ed25519 = algorithm == Algorithm::KeyPair(KeyPair::Ed25519);
        let names_itself = is_ed25519 && self.text("alg") == Some("Ed25519");
        if is_other("alg", algorithm.jose()) && !names_itself {
            Some("alg")
        } else if is_other("use", Some("sig")) {
            Some("use")
        } else if !(holds("key_ops", operation) || self.is_private() && holds("key_ops", "sign")) {
            Some("key_ops")
        } else {
            None
        }
    }

    /// Whether it can sign.
    fn is_private(&self) -> bool {
        self.is_shared() || self.0.contains_key("d")
    }

    /// Whether a member is one of these texts.
    pub(super) fn is_one_of(&self, member: &str, values: &[String]) -> bool {
        let text = self.text(member);
        text.is_some_and(|text| values.iter().any(|value| value == text))
    }
}

/// Whether a secret is the text of a key pair's file (PEM or JWK), which is never a shared secret.
pub(super) fn is_pair(secret: &Secret) -> bool {
    secret.is_pem() || Jwk::of(secret).is_some_and(|jwk| !jwk.is_shared())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_a_set_or_a_bundle() {
        let count = |text: &str| keys(text.as_bytes()).map(|keys| keys.len());
        assert_eq!(
            count(r#"{"keys":[{"kty":"oct","k":"AA"},{"kty":"EC"}]}"#),
            Ok(2)
        );
        assert_eq!(count(r#"[{"kty":"oct"}]"#), Ok(1));
        assert_eq!(count(r#" {"kty":"oct"}"#), Ok(1));
        assert_eq!(count(r#"{"keys":[]}"#), Err(NoKeys::Empty));
        assert_eq!(count("{}"), Err(NoKeys::Empty));
        assert_eq!(count("{"), Err(NoKeys::NeitherForm));
        assert_eq!(count(""), Err(NoKeys::NeitherForm));
        assert_eq!(count("secret"), Err(NoKeys::NeitherForm));
        let block = "-----BEGIN PUBLIC KEY-----\nAA\n-----END PUBLIC KEY-----\n";
        let parameters = "-----BEGIN EC PARAMETERS-----\nAA\n-----END EC PARAMETERS-----\n";
        assert_eq!(
            count(&format!("of\n{block}and\n{parameters}{block}")),
            Ok(2)
        );
        assert_eq!(count("-----BEGIN "), Err(NoKeys::Empty));
    }
}
