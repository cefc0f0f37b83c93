//! What users see: the binary is run, and its output, talk and exit code are asserted whole.

// Helpers of tests fail the test by panicking; the lints know only of the tests themselves.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr
)]

mod check;
mod documents;
mod events;
mod forward;
// Ends listeners by signals, as people and CI do on Unix.
mod keys;
#[cfg(unix)]
mod listen;
mod manual;
mod messages;
#[path = "../peers/mod.rs"]
mod peers;
mod picture;
mod readme;
mod receivers;
mod replay;
mod runner;
mod schemes;
mod send;
mod sign;
mod strangers;
mod typed;
mod verify;
