//! Recordings: deliveries as JSON lines, and one delivery as a raw HTTP request.
//!
//! Owns reading both, one delivery at a time, and appending given lines so that they outlive a
//! crash. Who writes the lines, what is done with a delivery and where it came from is left to
//! others; nothing here signs or speaks to a network.
//!
//! A line is read whole or not at all: what a crash left behind is passed over with a warning,
//! everything else that is wrong is an error with its line.

mod appender;
mod line;
mod lines;
mod raw;

use std::io::BufRead;

use jiff::Timestamp;

use crate::delivery::Delivery;
pub use appender::{Appender, Changed, Refused};
use line::Silent;
use lines::Lines;
pub use lines::{Unreadable, Warning};

/// How long a line, or a raw request's body, may be unless [`Reader::limit`] says otherwise: a body
/// of 40 MiB fits with each of its bytes written as `\u0000`.
pub const LIMIT_BYTES: usize = 256 << 20;

/// One delivery of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The line's own number; else which delivery of the file it is, from 1.
    pub number: u64,
    /// The line on which it stands or begins, from 1.
    pub line: usize,
    /// When it was received.
    pub at: Option<Timestamp>,
    /// Who sent it, as an address with a port.
    pub remote: Option<String>,
    /// What was received.
    pub delivery: Delivery,
    /// The status of the recorded answer.
    pub status: Option<u16>,
}

/// Reads the deliveries of a recording in order, or the one delivery of a raw HTTP request; the
/// first line decides which of the two it is. Ends after an error.
///
/// Of JSON lines, those of other types than `delivery` and all unknown keys are passed over. A
/// delivery needs `method`, `target`, `headers` and a body, nothing else.
#[derive(Debug)]
pub struct Reader<R> {
    lines: Lines<R>,
    begun: bool,
    over: bool,
    deliveries: u64,
    warnings: Vec<Warning>,
}

impl<R: BufRead> Reader<R> {
    /// Reads from the beginning of a file.
    pub fn new(input: R) -> Self {
        Self::with_limit(input, LIMIT_BYTES)
    }

    /// As [`Reader::new`], but lines and raw bodies may have that many bytes.
    pub fn with_limit(input: R, bytes: usize) -> Self {
        Self {
            lines: Lines::new(input, bytes),
            begun: false,
            over: false,
            deliveries: 0,
            warnings: Vec::new(),
        }
    }

    /// Takes the warnings that have come up since they were last taken.
    pub fn take_warnings(&mut self) -> Vec<Warning> {
        std::mem::take(&mut self.warnings)
    }

    fn advance(&mut self) -> Result<Option<Recorded>, Unreadable> {
        while !self.over && self.lines.advance()? {
            let first = self
                .lines
                .text
                .iter()
                .find(|byte| !byte.is_ascii_whitespace());
            let Some(&first) = first else { continue };
            if !std::mem::replace(&mut self.begun, true) && raw::begins(first) {
                self.over = true;
                return self.raw_request().map(Some);
            }
            if let Some(recorded) = self.json_line()? {
                return Ok(Some(recorded));
            }
        }
        Ok(None)
    }

    fn json_line(&mut self) -> Result<Option<Recorded>, Unreadable> {
        let lines = &self.lines;
        // Some file systems leave zeros where a crash kept them from writing.
        let zeros = |byte: &u8| *byte == 0 || byte.is_ascii_whitespace();
        let end = lines.text.iter().rposition(|byte| !zeros(byte));
        let text = end
            .map_or(&[][..], |last| &lines.text[..=last])
            .trim_ascii();
        let is_first = lines.number == 1;
        let told = match text.first() {
            None => Err(Silent::Torn),
            Some(b'{') => line::read(text, is_first, !lines.is_ended),
            Some(_) if is_first => Err(Silent::Wrong(raw::NEITHER.into())),
            Some(_) => Err(Silent::Wrong("is not a JSON object".into())),
        };
        let torn = "was cut short, as by a crash, and is passed over";
        let (told, warning) = match told {
            Ok(told) => (told, None),
            Err(Silent::OtherType) => return Ok(None),
            Err(Silent::Torn) => {
                self.warnings.push(lines.warning(torn));
                return Ok(None);
            }
            Err(Silent::Wrong(what)) => {
                // Somebody may have gone on right behind what was torn.
                let second = line::second_start(text)
                    .and_then(|at| line::read(&text[at..], false, false).ok());
                let told = second.ok_or_else(|| lines.malformed(what))?;
                (
                    told,
                    Some(lines.warning(
                        "begins with a line that was cut short, as by a crash, and is passed over",
                    )),
                )
            }
        };
        self.warnings.extend(warning);
        self.deliveries += 1;
        Ok(Some(Recorded {
            number: told.number.unwrap_or(self.deliveries),
            line: self.lines.number,
            at: told.at,
            remote: told.remote,
            delivery: told.delivery,
            status: told.status,
        }))
    }

    fn raw_request(&mut self) -> Result<Recorded, Unreadable> {
        let line = self.lines.number;
        let (delivery, warning) = raw::request(&mut self.lines)?;
        self.warnings.extend(warning);
        Ok(Recorded {
            number: 1,
            line,
            at: None,
            remote: None,
            delivery,
            status: None,
        })
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Recorded, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = self.advance();
        self.over |= !matches!(found, Ok(Some(_)));
        found.transpose()
    }
}
