//! The receiver: connections become deliveries, a service answers them.
//!
//! It stands behind public tunnels, so that every size and every wait is bounded, and nothing that
//! a sender does can harm the next one. One thread carries all connections; the [`Service`] is
//! called on it and hands longer work to other threads, which answer through a [`Responder`].
//! Whoever signs, records or shows deliveries is elsewhere.
//!
//! ```text
//! socket ─▶ head ─▶ body ─▶ service ─▶ answer ─▶ socket, and again
//! ```
//!
//! It stands on tokio and httparse, and reads HTTP once. A library that reads requests for us would
//! keep neither the case nor the order of header names, and would frame messages by its own lights;
//! a reading of our own beside it could disagree with it about where a message ends.

mod answer;
mod budget;
mod connection;
mod head;
mod limits;
mod lines;
mod port;
mod service;
mod wire;

pub use budget::Share;
pub use limits::Limits;
pub use port::{Receiver, Stop};
pub use service::{Answer, Malformed, Received, Reply, Responder, Service, answer_all};
