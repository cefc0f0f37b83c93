//! A finding: what a case came to, with the evidence.

use std::borrow::Cow;
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
    /// Which of the case's deliveries showed it; may be empty.
    pub label: String,
    /// Why it matters: the case's words, or those of the fault that the answer tells.
    pub why: &'static str,
    /// How to mend it, likewise.
    pub mend: Cow<'static, str>,
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
            label: String::new(),
            why: case.why,
            mend: Cow::Borrowed(case.mend),
            again: None,
        }
    }

    /// Whether there is something to mend.
    pub fn is_bad(&self) -> bool {
        matches!(self.verdict, Verdict::Fail | Verdict::Warn)
    }
}
