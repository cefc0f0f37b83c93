//! bluehook's library: everything that the binary does, as a map of its rooms.
//!
//! One value goes round, a [`delivery::Delivery`]: method, target, ordered headers, raw body.
//! Everything is a step in its way:
//!
//! ```text
//! sample / data / recording ─▶ Delivery ─▶ sign ─▶ send ─▶ ··· network ··· ─▶ receive ─▶ Delivery ─▶ verify ─▶ record / show / forward
//! ```
//!
//! Each room imports only what stands above it.
//!
//! | room | owns | must not know |
//! |---|---|---|
//! | [`delivery`] | the delivery and its headers; which headers are secrets by nature | everything else |
//! | [`http`] | HTTP/1.1's grammar, once: tokens, values, lengths, chunks, the fields of one connection | sockets |
//! | `amount` | counts, sizes and times as people read them | everything else |
//! | [`duration`] | durations as people write them | everything else |
//! | [`nearest`] | the name that was probably meant | everything else |
//! | [`json`] | lossless JSON over slices: tokens as they stand, lookup and splice by path, dialects, pretty form | everything else |
//! | [`blue`] | what Blue sends: events, samples, findings, scope, which event and project a body names | signing, network |
//! | [`signing`] | schemes as data, secrets and keys, signing, judging, explaining, causes | clock, files, HTTP |
//! | [`recording`] | reading recordings, raw requests, HAR and curl's traces; appending lines durably | signing, network |
//! | [`config`] | profiles and schemes of `bluehook.toml` | network |
//! | [`sender`] | the exact bytes of a request, attempts over HTTP, when they are made again, and many of them | signing, terminal |
//! | [`receiver`] | connections become deliveries and get answers; limits | signing, terminal |
//! | [`conformance`] | what a right receiver accepts, refuses and survives; judging its answers | network, terminal |
//! | [`show`] | results become text or JSON lines, made harmless | streams, exit codes, environment |
//! | [`cli`] | option groups that commands share, value parsers | files, clock, terminal |
//! | [`commands`] | one file a subcommand: arguments → domain → show → verdict | – |
//!
//! In [`commands`], `shell` is what every command has around it, `compose` is what is sent and
//! `transport` how, `filter` which deliveries are meant, `input` reads what options name, `settings` is
//! what they come to, and `misunderstood` says what is wrong with a command line. CONTRIBUTING.md walks
//! through adding a scheme, a cause, a case of check, an event, a finding and a flag.

mod amount;
pub mod blue;
pub mod cli;
pub mod commands;
pub mod config;
pub mod conformance;
pub mod delivery;
pub mod duration;
pub mod http;
pub mod json;
pub mod nearest;
pub mod receiver;
pub mod recording;
pub mod sender;
pub mod show;
pub mod signing;
