//! Hashes, plain and keyed: what every signature with a shared secret is made of.
//!
//! More of them than the built-in schemes name: the diagnosis tries them all. An algorithm with a
//! key pair has none of them. Keyed states are wiped when dropped, as the crates do it.

use hmac::digest::{FixedOutput, OutputSizeUser as _, Update};
use hmac::{Hmac, KeyInit as _};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512, Sha512_256};

/// The table of hashes, the commonest first: what each is called and who computes it.
macro_rules! hashes {
    ($($name:ident, $text:literal, $type:ty, $about:literal;)*) => {
        /// A hash function.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, std::hash::Hash)]
        pub enum Hash {
            $(#[doc = $about] $name,)*
        }

        impl Hash {
            /// All of them, the commonest first.
            pub const ALL: [Self; [$($text),*].len()] = [$(Self::$name),*];

            /// The name that records, messages and a cause's `algorithm` use.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// How many bytes it gives.
            pub(super) fn length(self) -> usize {
                match self {
                    $(Self::$name => <$type>::output_size(),)*
                }
            }

            /// Begins a plain hash.
            pub(super) fn plain(self) -> Running {
                match self {
                    $(Self::$name => Running(Box::new(<$type>::default())),)*
                }
            }

            /// Begins an HMAC (RFC 2104) with this key.
            pub(super) fn keyed(self, key: &[u8]) -> Running {
                match self {
                    $(Self::$name => match Hmac::<$type>::new_from_slice(key) {
                        Ok(mac) => Running(Box::new(mac)),
                        // Never reached: it takes keys of every length (section 3).
                        Err(_) => self.plain(),
                    },)*
                }
            }
        }
    };
}

hashes! {
    Sha256, "sha256", Sha256, "SHA-256 (FIPS 180-4).";
    Sha1, "sha1", Sha1, "SHA-1.";
    Sha512, "sha512", Sha512, "SHA-512.";
    Md5, "md5", Md5, "MD5 (RFC 1321).";
    Sha384, "sha384", Sha384, "SHA-384.";
    Sha224, "sha224", Sha224, "SHA-224.";
    Sha512T256, "sha512-256", Sha512_256, "SHA-512/256.";
}

impl Hash {
    /// How much more work a byte is than with SHA-256.
    pub(super) fn weight(self) -> u64 {
        match self {
            Self::Sha256 | Self::Sha1 | Self::Sha224 => 1,
            _ => 2,
        }
    }

    /// The plain hash of the joined pieces.
    pub(super) fn of(self, pieces: &[&[u8]]) -> Digest {
        self.plain().over(pieces)
    }
}

/// A hash under way.
pub(super) struct Running(Box<dyn Computation + Send + Sync>);

impl Running {
    /// Takes the next piece.
    pub(super) fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// The hash of all that was taken.
    pub(super) fn finish(self) -> Digest {
        self.0.finish()
    }

    /// The hash of all that was taken and of these pieces.
    pub(super) fn over(mut self, pieces: &[&[u8]]) -> Digest {
        for piece in pieces {
            self.update(piece);
        }
        self.finish()
    }
}

impl Clone for Running {
    fn clone(&self) -> Self {
        Self(self.0.copy())
    }
}

trait Computation {
    fn update(&mut self, piece: &[u8]);
    fn finish(self: Box<Self>) -> Digest;
    fn copy(&self) -> Box<dyn Computation + Send + Sync>;
}

impl<T: Update + FixedOutput + Clone + Send + Sync + 'static> Computation for T {
    fn update(&mut self, piece: &[u8]) {
        Update::update(self, piece);
    }

    fn finish(self: Box<Self>) -> Digest {
        Digest::new(&self.finalize_fixed())
    }

    fn copy(&self) -> Box<dyn Computation + Send + Sync> {
        Box::new(self.clone())
    }
}

/// What a hash gives.
#[derive(Clone, Copy)]
pub(super) struct Digest {
    bytes: [u8; 64],
    length: usize,
}

impl Digest {
    fn new(digest: &[u8]) -> Self {
        let mut bytes = [0; 64];
        let length = digest.len().min(64);
        bytes[..length].copy_from_slice(&digest[..length]);
        Self { bytes, length }
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    pub(super) fn hex(&self) -> String {
        hex::encode(self.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_give_their_published_values() {
        // RFC 4231, test case 2, and the hash of nothing.
        let mac = Hash::Sha256.keyed(b"Jefe");
        let mac = mac.over(&[b"what do ya want ", b"for nothing?"]);
        assert_eq!(
            mac.hex(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(Hash::Md5.of(&[]).hex(), "d41d8cd98f00b204e9800998ecf8427e");
    }

    /// An HMAC's state is two of its hash: these are what is wiped, with the crates' `zeroize` on.
    #[test]
    fn hashes_are_wiped_when_dropped() {
        fn is_wiped<T: zeroize::ZeroizeOnDrop>() {}
        is_wiped::<Sha256>();
        is_wiped::<Sha512>();
        is_wiped::<Sha1>();
        is_wiped::<Md5>();
    }
}
