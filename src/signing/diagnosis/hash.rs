//! The hashes that a wrong signature may have been made with, keyed and plain: more of them than
//! schemes name, and computed over pieces, so that no candidate has to be joined first.

use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha224, Sha256, Sha384, Sha512, Sha512_256};

use crate::signing::scheme::Algorithm;

/// A hash function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Sha256,
    Sha1,
    Sha512,
    Md5,
    Sha384,
    Sha224,
    Sha512T256,
}

/// A raw signature.
#[derive(Clone, Copy)]
pub(super) struct Raw {
    bytes: [u8; 64],
    len: usize,
}

impl Raw {
    fn new(digest: &[u8]) -> Self {
        let mut raw = Self {
            bytes: [0; 64],
            len: digest.len().min(64),
        };
        raw.bytes[..raw.len].copy_from_slice(&digest[..raw.len]);
        raw
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// Runs the same expression with the type of a hash.
macro_rules! with_hash {
    ($hash:expr, $type:ident => $body:expr) => {
        match $hash {
            Hash::Sha256 => {
                type $type = Sha256;
                $body
            }
            Hash::Sha1 => {
                type $type = Sha1;
                $body
            }
            Hash::Sha512 => {
                type $type = Sha512;
                $body
            }
            Hash::Md5 => {
                type $type = Md5;
                $body
            }
            Hash::Sha384 => {
                type $type = Sha384;
                $body
            }
            Hash::Sha224 => {
                type $type = Sha224;
                $body
            }
            Hash::Sha512T256 => {
                type $type = Sha512_256;
                $body
            }
        }
    };
}

impl Hash {
    /// All of them, the commonest first.
    pub(super) const ALL: [Self; 7] = [
        Self::Sha256,
        Self::Sha1,
        Self::Sha512,
        Self::Md5,
        Self::Sha384,
        Self::Sha224,
        Self::Sha512T256,
    ];

    /// The name, as a cause's `algorithm` gives it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha1 => "sha1",
            Self::Sha512 => "sha512",
            Self::Md5 => "md5",
            Self::Sha384 => "sha384",
            Self::Sha224 => "sha224",
            Self::Sha512T256 => "sha512-256",
        }
    }

    /// The hash of an algorithm with a shared secret, and whether it is keyed (HMAC).
    pub(super) fn of(algorithm: Algorithm) -> Option<(Self, bool)> {
        Some(match algorithm {
            Algorithm::HmacMd5 => (Self::Md5, true),
            Algorithm::HmacSha1 => (Self::Sha1, true),
            Algorithm::HmacSha256 => (Self::Sha256, true),
            Algorithm::HmacSha384 => (Self::Sha384, true),
            Algorithm::HmacSha512 => (Self::Sha512, true),
            Algorithm::Md5 => (Self::Md5, false),
            Algorithm::Sha1 => (Self::Sha1, false),
            Algorithm::Sha256 => (Self::Sha256, false),
            Algorithm::Sha512 => (Self::Sha512, false),
            Algorithm::Ed25519 | Algorithm::EcdsaP256Sha256 | Algorithm::Token => return None,
        })
    }

    /// How much more work a byte is than with SHA-256.
    pub(super) fn weight(self) -> u64 {
        match self {
            Self::Sha256 | Self::Sha1 | Self::Sha224 => 1,
            _ => 2,
        }
    }

    /// The HMAC of the joined pieces.
    pub(super) fn keyed(self, key: &[u8], pieces: &[&[u8]]) -> Raw {
        with_hash!(self, D => {
            let Ok(mut mac) = Hmac::<D>::new_from_slice(key) else {
                // HMAC takes keys of every length (RFC 2104, section 3).
                return Raw::new(&[]);
            };
            for piece in pieces {
                mac.update(piece);
            }
            Raw::new(&mac.finalize().into_bytes())
        })
    }

    /// The plain hash of the joined pieces.
    pub(super) fn plain(self, pieces: &[&[u8]]) -> Raw {
        with_hash!(self, D => {
            let mut hash = D::new();
            for piece in pieces {
                hash.update(piece);
            }
            Raw::new(&hash.finalize())
        })
    }

    /// The HMACs of `before`, the body up to each of the ascending `ends`, and `after`, until
    /// `is_it` says yes to one: that one's end.
    pub(super) fn keyed_prefixes(
        self,
        key: &[u8],
        (before, body, after): (&[&[u8]], &[u8], &[&[u8]]),
        ends: impl Iterator<Item = usize>,
        mut is_it: impl FnMut(Raw) -> bool,
    ) -> Option<usize> {
        with_hash!(self, D => {
            let mut mac = Hmac::<D>::new_from_slice(key).ok()?;
            for piece in before {
                mac.update(piece);
            }
            let mut done = 0;
            for end in ends {
                mac.update(body.get(done..end)?);
                done = end;
                let mut whole = mac.clone();
                for piece in after {
                    whole.update(piece);
                }
                if is_it(Raw::new(&whole.finalize().into_bytes())) {
                    return Some(end);
                }
            }
            None
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_give_their_published_values() {
        // RFC 4231, test case 2, and the hash of nothing.
        let raw = Hash::Sha256.keyed(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(
            hex::encode(raw.as_slice()),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        let raw = Hash::Md5.plain(&[]);
        assert_eq!(
            hex::encode(raw.as_slice()),
            "d41d8cd98f00b204e9800998ecf8427e"
        );
    }

    #[test]
    fn a_prefix_is_found_by_its_own_hmac() {
        let wanted = Hash::Sha1.keyed(b"k", &[b"<", b"abc", b">"]);
        let is_it = |raw: Raw| raw.as_slice() == wanted.as_slice();
        let parts: (&[&[u8]], &[u8], &[&[u8]]) = (&[b"<"], b"abcdef", &[b">"]);
        assert_eq!(
            Hash::Sha1.keyed_prefixes(b"k", parts, 0..=6, is_it),
            Some(3)
        );
    }
}
