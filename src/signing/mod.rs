//! Signing: deliveries are signed, judged, explained and diagnosed, for every scheme.
//!
//! Pure: no clock, no files, no network. Time, ids and bytes are arguments. A [`Scheme`] says how,
//! a [`Keyring`] holds the keys that secrets make for it, a [`Signer`] or a [`Judge`] takes the
//! body piece by piece and ends with headers or a [`Judgement`]. What a provider asks of a receiver
//! beside its deliveries is a [`handshake`](mod@handshake).
//!
//! The files in their order, each importing only those before it: `encoding`, `hash`, [`record`]
//! (a scheme as data), `secret`, [`jwk`], `rsa`, `pair`, `key`, `keyring`, `url`, `content` (what is signed), `refusal`,
//! `message` (what HTTP Message Signatures sign), `jwt`, `carried` (what a delivery carries), `judge`, `sign`, [`handshake`](mod@handshake), [`explain`],
//! [`diagnosis`].

mod carried;
mod content;
pub mod diagnosis;
pub mod encoding;
pub mod explain;
pub mod handshake;
mod hash;
mod judge;
pub mod jwk;
mod jwt;
mod key;
mod keyring;
mod message;
mod pair;
pub mod record;
mod refusal;
mod rsa;
mod secret;
mod sign;
mod url;

pub use content::Parts;
pub use hash::Hash;
pub use judge::{Clock, Expected, Judge, Judgement, Match, Tolerance};
pub use key::Unusable;
pub use keyring::{Keyring, Unfit};
pub use message::Stamp;
pub use record::Scheme;
pub use refusal::{Missing, Reason};
pub use secret::{Empty, Secret};
pub use sign::{Signed, Signer};
