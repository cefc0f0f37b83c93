//! What is shown of a delivery: the delivery and all that is known of it, and how much of that is asked
//! for.

use std::net::SocketAddr;

use clap::ValueEnum;
use jiff::Timestamp;

use super::fit::WIDEST;
use super::lines::{AnswerObject, ForwardObject, VerifyLine};
use super::style::Style;
use crate::blue::validate::Report;
use crate::delivery::Delivery;

/// The narrowest screen that is laid out for; a narrower one breaks our lines itself.
pub(super) const NARROWEST: usize = 40;

/// How much of a delivery is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, ValueEnum)]
pub enum Detail {
    /// One line, and why it is not genuine.
    Line,
    /// What a person wants to know, in a dozen lines.
    #[default]
    Short,
    /// Headers and body, all of it.
    Full,
}

/// How deliveries are shown.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// The colours.
    pub style: Style,
    /// The screen's columns.
    pub width: usize,
    /// How much is shown.
    pub detail: Detail,
    /// Whether every header is shown, and where it came from.
    pub verbose: bool,
}

impl Layout {
    /// The columns of lines of ours: all but bodies.
    pub(super) fn columns(&self) -> usize {
        self.width.clamp(NARROWEST, WIDEST)
    }

    /// Whether header values are shown whole.
    pub(super) fn has_all(&self) -> bool {
        self.verbose || self.detail == Detail::Full
    }
}

/// A delivery and all that is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// Which delivery, from 1.
    pub number: u64,
    /// When it came.
    pub at: Timestamp,
    /// Who sent it.
    pub remote: SocketAddr,
    /// The request.
    pub delivery: &'a Delivery,
    /// What its body says.
    pub(crate) report: Option<&'a Report>,
    /// Whether it is one of Blue's.
    pub is_blue: bool,
    /// The scheme of the provider that it seems to come from, if that is another one.
    pub looks_like: Option<&'a str>,
    /// The headers by which it is judged.
    pub telling: &'a [String],
    /// The scheme that it shows, where that was not known before.
    pub found: Option<&'a str>,
    /// Whether it is genuine, and if not, why not; nothing when that was not checked.
    pub verification: Option<&'a VerifyLine>,
    /// How many secrets there are.
    pub secrets: usize,
    /// The number of the first delivery with the same body.
    pub repeat_of: Option<u64>,
    /// What the sender got, if that is decided.
    pub answer: Option<AnswerObject<'a>>,
    /// Where it was forwarded.
    pub forwards: &'a [Forwarded],
}

impl<'a> Shown<'a> {
    /// The verdict, if it is not genuine.
    pub(super) fn refusal(&self) -> Option<&'a VerifyLine> {
        self.verification.filter(|line| !line.genuine)
    }
}

/// What came of forwarding a delivery to one place.
#[derive(Debug, Clone)]
pub struct Forwarded {
    /// Where it went.
    pub url: String,
    /// The status that came back.
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    pub ms: f64,
    /// Why nothing came back, for machines and for people.
    pub error: Option<(&'static str, String)>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Forwarded {
    /// Whether the application took the delivery.
    pub fn is_delivered(&self) -> bool {
        self.status
            .is_some_and(|status| (200..300).contains(&status))
    }
}

impl<'a> From<&'a Forwarded> for ForwardObject<'a> {
    fn from(forwarded: &'a Forwarded) -> Self {
        Self {
            url: &forwarded.url,
            status: forwarded.status,
            ms: forwarded.ms,
            error: forwarded.error.as_ref().map(|(code, _)| *code),
        }
    }
}
