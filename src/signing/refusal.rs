//! Why there is no yes: what is wrong with a delivery, and what must be known before one can be
//! signed or judged.

use std::time::Duration;

/// Why a delivery is not genuine, with the evidence.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// A header that the scheme needs is not there, or empty (or a place in the body).
    MissingHeader {
        /// Its name.
        header: String,
    },
    /// The signature header is there, but not laid out as the scheme does it.
    MalformedHeader {
        /// Its name.
        header: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The signature is not of the right alphabet or length.
    MalformedSignature {
        /// Its header's name.
        header: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The timestamp is no time.
    MalformedTimestamp {
        /// Where it was found.
        place: String,
        /// What was found there, shortened.
        value: Vec<u8>,
    },
    /// The delivery names a key that was not given.
    UnknownKey {
        /// Its name.
        id: Vec<u8>,
        /// The names of the keys that were given.
        known: Vec<String>,
    },
    /// The token is genuine, and one of its claims is not of this delivery.
    OtherClaim {
        /// The claim.
        claim: String,
        /// How it differs, after "it" (`is of another body`).
        problem: &'static str,
        /// The hex SHA-256 that it names, where it is of another body.
        digest: Option<String>,
    },
    /// The signature is well-formed and not of this content with any of the secrets.
    Mismatch,
    /// The signature is right, and the body is not the one whose digest it covers.
    OtherBody,
    /// The signature is right, and the delivery too old.
    Stale {
        /// How old it is, in seconds.
        age: i64,
        /// How old it may be.
        tolerance: Duration,
    },
    /// The signature is right, and the delivery's time is too far in the future.
    Future {
        /// How far, in seconds.
        ahead: i64,
        /// How far it may be.
        tolerance: Duration,
    },
}

impl Reason {
    /// The reason's name in machine output.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingHeader { .. } => "missing-header",
            Self::MalformedHeader { .. } => "malformed-header",
            Self::MalformedSignature { .. } => "malformed-signature",
            Self::MalformedTimestamp { .. } => "malformed-timestamp",
            Self::UnknownKey { .. } => "unknown-key",
            Self::OtherClaim { .. } => "other-claim",
            Self::Mismatch | Self::OtherBody => "mismatch",
            Self::Stale { .. } => "stale",
            Self::Future { .. } => "future",
        }
    }
}

/// What must be known before a delivery can be signed or judged, and is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// The scheme signs the URL that the sender was given.
    #[error("the scheme signs the URL, and it is not known")]
    SignedUrl,
    /// The content needs a part that is not there; it is named as messages name it.
    #[error("the scheme signs {0}, and it is not there")]
    Part(String),
    /// There is no secret to sign with.
    #[error("there is no secret to sign with")]
    Secret,
    /// There is a public key only: it verifies, but cannot sign.
    #[error("only the private key can sign, and this is the public one")]
    PrivateKey,
    /// More secrets than signatures that the scheme carries.
    #[error(
        "the scheme carries {}",
        match .0 {
            1 => "one signature, so only one secret can sign".to_owned(),
            room => format!("{room} signatures, so only {room} secrets can sign"),
        }
    )]
    Room(usize),
    /// Several secrets that belong to forms of the scheme which exclude each other.
    #[error("these secrets belong to different forms of the scheme")]
    OneForm,
}
