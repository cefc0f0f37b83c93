//! A finding: what a case came to, with the evidence.

use std::time::Duration;

use super::judge::Verdict;
use super::table::Case;

/// What a case came to.
#[derive(Clone)]
pub struct Finding {
    /// The case.
    pub case: &'static Case,
    /// The verdict.
    pub verdict: Verdict,
    /// The status of the answer that decided.
    pub status: Option<u16>,
    /// How long that answer took.
    pub took: Option<Duration>,
    /// What came back, in a sentence.
    pub message: String,
    /// The command that shows it again.
    pub again: Option<String>,
}

impl Finding {
    /// Without an answer.
    pub fn new(case: &'static Case, verdict: Verdict, message: impl Into<String>) -> Self {
        Self {
            case,
            verdict,
            status: None,
            took: None,
            message: message.into(),
            again: None,
        }
    }

    /// Whether there is something to mend.
    pub fn is_bad(&self) -> bool {
        matches!(self.verdict, Verdict::Fail | Verdict::Warn)
    }
}
