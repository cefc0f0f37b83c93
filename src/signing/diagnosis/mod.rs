//! Why a signature does not match: what was done to the body, the secret, the signature or the
//! signed content, found by doing it and looking whether the signature matches then.
//!
//! [`diagnose`] states a cause only when a retried signature matched, so it cannot name a wrong
//! one: what somebody forged, or signed with another secret, has none. [`hints()`] are evidence
//! that no match backs.
//!
//! The files in their order, each importing only those before it: `shape` (what can be changed),
//! `change` (a cause as data), `affix`, `escapes`, `document`, `printed`, `body`, `key`, `layout`,
//! `url`, `computation`, `reading`, `recipe` (what changes them, and how), `table` (the records: everything that is tried), `step`
//! (one change more), `claims`, `search`, `hints`, `verdict`.

mod affix;
mod body;
mod change;
mod claims;
mod computation;
mod document;
mod escapes;
mod hints;
mod key;
mod layout;
mod printed;
mod reading;
mod recipe;
mod search;
mod shape;
mod step;
mod table;
mod url;
mod verdict;

pub use change::Record;
pub use hints::{Hint, hints};
pub use shape::Received;
pub use table::TABLE;
pub use verdict::{Cause, Diagnosis, Effort, diagnose, diagnose_within};
