//! bluehook's library: everything that the binary does, as a map of its rooms.
//!
//! One value goes round, a [`delivery::Delivery`]: method, target, ordered headers, raw body.
//! Everything is a step in its way:
//!
//! ```text
//! sample / data / recording ─▶ Delivery ─▶ sign ─▶ send ─▶ ··· network ··· ─▶ receive ─▶ Delivery ─▶ verify ─▶ record / show / forward
//! ```
//!
//! | room | owns | leaves to others |
//! |---|---|---|
//! | [`delivery`] | the delivery and its headers | everything else |
//! | [`http`] | HTTP/1.1's grammar: tokens, values, lengths, chunks, the fields of one connection | sockets |
//! | [`duration`] | durations as people write them | everything else |
//! | [`nearest`] | the name that was probably meant | everything else |
//! | [`json`] | lossless JSON: tokens as they stand, lookup and splice by path, dialects, pretty form | everything else |
//! | [`blue`] | what Blue sends: events, samples, findings, scope | signing, network |
//! | [`signing`] | schemes as data, secrets, signing, judging, causes | clock, files, HTTP |
//! | [`recording`] | reading recordings, raw requests, HAR and curl's traces; appending lines durably | signing, network |
//! | [`config`] | profiles and schemes of `bluehook.toml` | network |
//! | [`sender`] | attempts over HTTP, when they are made again, and many of them | signing, terminal |
//! | [`receiver`] | connections become deliveries and get answers; limits | signing, terminal |
//! | [`show`] | results become text or JSON lines, made harmless | streams, exit codes, environment |
//! | [`cli`] | option groups that commands share, value parsers | files, clock, terminal |
//! | [`commands`] | one file a subcommand: arguments → domain → show → verdict | – |
//!
//! [`delivery`], [`http`], [`json`] and [`blue`] are the ground. Nothing imports upwards, and there are no
//! circles.

pub mod blue;
pub mod cli;
pub mod commands;
pub mod config;
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
