//! The lines of a file, numbered and bounded, and what is said about one.

use std::fmt;
use std::io::{self, BufRead, Read as _};

use crate::amount;

/// Something that is passed over or taken with a grain of salt. Shown, it is a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The line, from 1.
    pub line: usize,
    /// What about it, as the end of a sentence that begins with the line.
    pub what: String,
}

/// Why there is no next delivery although the file has not ended.
#[derive(Debug)]
pub enum Unreadable {
    /// The file is no recording from here on.
    Malformed {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it, as the end of a sentence that begins with the line.
        what: String,
    },
    /// Reading failed.
    Io(io::Error),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} {}", self.line, self.what)
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { line, what } => write!(f, "line {line} {what}"),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Unreadable {}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A file that is read line by line, one in memory at a time.
#[derive(Debug)]
pub(super) struct Lines<R> {
    input: R,
    limit: usize,
    /// The line without its line feed.
    pub(super) text: Vec<u8>,
    /// Which line it is, from 1; 0 before the first.
    pub(super) number: usize,
    /// Whether it had a line feed.
    pub(super) is_ended: bool,
}

impl<R: BufRead> Lines<R> {
    /// The lines of a file from its beginning, none longer than that many bytes.
    pub(super) fn new(input: R, limit: usize) -> Self {
        Self {
            input,
            limit,
            text: Vec::new(),
            number: 0,
            is_ended: false,
        }
    }

    /// Reads the next line. False at the end.
    pub(super) fn advance(&mut self) -> Result<bool, Unreadable> {
        self.text.clear();
        self.is_ended = false;
        let most = (self.limit as u64).saturating_add(1);
        let mut input = (&mut self.input).take(most);
        if input.read_until(b'\n', &mut self.text)? == 0 {
            return Ok(false);
        }
        self.number += 1;
        self.is_ended = self.text.pop_if(|last| *last == b'\n').is_some();
        if self.text.len() > self.limit {
            return Err(self.malformed(format!(
                "is longer than {} bytes",
                amount::count(self.limit)
            )));
        }
        if self.number == 1 && self.text.starts_with(b"\xef\xbb\xbf") {
            self.text.drain(..3);
        }
        Ok(true)
    }

    /// Puts the line behind others, as it stands in the file.
    pub(super) fn append_to(&mut self, bytes: &mut Vec<u8>) -> Result<(), Unreadable> {
        bytes.extend_from_slice(&self.text);
        if self.is_ended {
            bytes.push(b'\n');
        }
        match bytes.len() > self.limit {
            true => Err(self.malformed(format!("goes beyond {} bytes", amount::count(self.limit)))),
            false => Ok(()),
        }
    }

    /// All that follows the line.
    pub(super) fn rest(&mut self) -> Result<Vec<u8>, Unreadable> {
        let mut rest = Vec::new();
        let most = (self.limit as u64).saturating_add(1);
        (&mut self.input).take(most).read_to_end(&mut rest)?;
        if rest.len() > self.limit {
            self.number += 1;
            return Err(self.malformed(format!(
                "begins more than {} bytes",
                amount::count(self.limit)
            )));
        }
        Ok(rest)
    }

    /// Something is wrong with the line.
    pub(super) fn malformed(&self, what: impl Into<String>) -> Unreadable {
        Unreadable::Malformed {
            line: self.number,
            what: what.into(),
        }
    }

    /// Something about the line is worth a word.
    pub(super) fn warning(&self, what: impl Into<String>) -> Warning {
        Warning {
            line: self.number,
            what: what.into(),
        }
    }
}
