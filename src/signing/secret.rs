//! A secret as its owner typed or stored it: wiped when dropped, never shown by `Debug`. What a
//! scheme makes of it is a key.

use std::fmt;

use zeroize::Zeroizing;

/// A secret: any bytes, at least one.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    bytes: Zeroizing<Vec<u8>>,
    is_of_set: bool,
}

/// There are no bytes: an empty key would turn into a signature that anybody can make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the secret is empty")]
pub struct Empty;

impl Secret {
    /// Takes the bytes as they are.
    ///
    /// # Errors
    /// There are none.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, Empty> {
        let bytes = Zeroizing::new(bytes.into());
        if bytes.is_empty() {
            return Err(Empty);
        }
        Ok(Self {
            bytes,
            is_of_set: false,
        })
    }

    /// The bytes. Whoever takes them keeps them out of logs and messages.
    pub fn expose(&self) -> &[u8] {
        &self.bytes
    }

    /// The secrets that it holds: several Standard Webhooks secrets are stored as one text, with `|`
    /// between them (Supabase). Nothing else is taken apart.
    pub fn parts(&self) -> Vec<Self> {
        let is_one = |part: &[u8]| {
            let text = part.strip_prefix(b"v1,").unwrap_or(part);
            text.strip_prefix(b"whsec_")
                .is_some_and(|text| !text.is_empty())
        };
        let parts = || self.bytes.split(|&byte| byte == b'|');
        if !parts().all(is_one) {
            return vec![self.clone()];
        }
        parts().filter_map(|part| Self::new(part).ok()).collect()
    }

    /// The same as one of a file of keys, which may hold others that are for something else.
    pub(super) fn of_set(self) -> Self {
        let is_of_set = true;
        Self { is_of_set, ..self }
    }

    /// Whether it came in a file of keys.
    pub(super) fn is_of_set(&self) -> bool {
        self.is_of_set
    }

    /// Whether it is the text of a key file (RFC 7468), which is never a shared secret.
    pub(super) fn is_pem(&self) -> bool {
        self.expose().trim_ascii_start().starts_with(b"-----BEGIN ")
    }
}

/// Shows that there is a secret, and nothing of it.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
