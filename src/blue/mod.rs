//! What Blue sends: its events, a sample of each, what a body says, the rules of its envelope and the scope of
//! its webhooks.
//!
//! Everything here is pure: bytes and values in, bytes and findings out. Signatures, the network,
//! the clock and the words around a finding on a screen are other rooms' business.

pub mod event;
pub(crate) mod facts;
pub mod sample;
pub(crate) mod scope;
pub(crate) mod validate;
