//! Conformance: what a right receiver accepts, refuses and survives, as a table of cases, and the
//! judging of its answers.
//!
//! Pure: a [`Case`] makes deliveries out of a signed sample ([`Kit`]), and what came back is an
//! [`Outcome`]. Who sends them, in what order, and how it is told is left to others.
//!
//! `kit` signs the samples and changes what was signed, `judge` judges one answer, [`seen`](Seen)
//! keeps what only shows over many answers, `table` holds the cases.

mod finding;
mod judge;
mod kit;
mod seen;
mod table;

pub use finding::Finding;
pub use judge::{Advice, ENDED, Judged, Outcome, Reply, Right, Verdict, judge};
pub use kit::{Kit, Probe};
pub use seen::{GENUINE, Seen, UNSIGNED};
pub use table::{Case, How, Made, case, cases, same_fault};
