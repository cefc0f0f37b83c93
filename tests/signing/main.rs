//! Signing, against known answers, live peers and generated damage, through the library.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test says what is wrong by panicking, and what it skipped on stderr"
)]

mod peers;
mod properties;
mod records;
#[path = "../peers/mod.rs"]
mod required;
mod vectors;
mod wycheproof;
