//! Programs that the tests measure bluehook against, and what happens where a machine lacks one: the
//! test is passed over, and says so, unless the peer is required. `BLUEHOOK_REQUIRE_PEERS` names
//! those that are, divided by spaces; `1` means all. `.ci/run` sets it.

/// Passes over what needs this peer.
///
/// # Panics
/// The peer is required.
pub(crate) fn lacking(peer: &str) {
    let required = std::env::var("BLUEHOOK_REQUIRE_PEERS").unwrap_or_default();
    let is_required = required == "1" || required.split(' ').any(|name| name == peer);
    assert!(!is_required, "{peer} is required and not on this machine");
    eprintln!("skipped: {peer} is not on this machine");
}
