//! `bluehook listen`: what its senders get, what its user sees, what is on disk afterwards.

mod answers;
mod ending;
mod handshakes;
mod large;
mod listener;
mod machine;
mod peers;
mod recorded;
mod refused;
mod sender;
mod shown;
mod strangers;
