//! Recordings: deliveries as JSON lines, as raw HTTP requests, as HAR, as curl's traces.
//!
//! Owns reading these, one delivery at a time in bounded memory, and appending given lines so that
//! they outlive a crash. Who writes the lines, what is done with a delivery and where it came from
//! is left to others; nothing here signs or speaks to a network.
//!
//! A line is read whole or not at all: what a crash left behind is passed over with a warning,
//! everything else that is wrong is an error with its line.

mod appender;
mod curl;
mod har;
mod line;
mod lines;
mod raw;

use std::io::{self, BufRead, Chain, Cursor, Read as _};

use jiff::Timestamp;

use crate::delivery::Delivery;
pub use appender::{Appender, Changed, Refused};
use curl::Transfers;
use har::Entries;
pub use line::Answered;
use line::{Silent, Told};
use lines::Lines;
pub use lines::{Unreadable, Warning};
use raw::Requests;

/// How long a line, an entry or a raw request's body may be: a body of 40 MiB fits with each of its
/// bytes written as `\u0000`.
const LIMIT_BYTES: usize = 256 << 20;

/// So many bytes tell the form of a file.
const TELLING_BYTES: usize = 32;
/// So much white space is passed over to find them.
const BLANK_BYTES: usize = 1 << 20;

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
    /// The URL that it was sent to, if that was recorded whole.
    pub url: Option<String>,
    /// The answer that was recorded.
    pub answer: Option<Answered>,
}

/// Reads the deliveries of a recording in order; its first bytes tell which form it has. Ends after
/// an error.
///
/// Of JSON lines, those of other types than `delivery` and all unknown keys are passed over. A
/// delivery needs `method`, `target`, `headers` and a body, nothing else.
#[derive(Debug)]
pub struct Reader<R> {
    form: Form<R>,
    limit: usize,
    deliveries: u64,
    warnings: Vec<Warning>,
}

/// A file whose beginning was looked at.
type Seen<R> = Chain<Cursor<Vec<u8>>, R>;

#[derive(Debug)]
enum Form<R> {
    /// Nothing was read yet.
    Unknown(R),
    Json(Lines<Seen<R>>),
    Raw(Lines<Seen<R>>, Requests),
    Har(Entries<Seen<R>>),
    Curl(Lines<Seen<R>>, Transfers),
    /// Nothing is left to read.
    Over,
}

impl<R: BufRead> Reader<R> {
    /// Reads from the beginning of a file.
    pub fn new(input: R) -> Self {
        Self::with_limit(input, LIMIT_BYTES)
    }

    /// As [`Reader::new`], but lines, entries and raw bodies may have that many bytes.
    pub fn with_limit(input: R, bytes: usize) -> Self {
        Self {
            form: Form::Unknown(input),
            limit: bytes,
            deliveries: 0,
            warnings: Vec::new(),
        }
    }

    /// Takes the warnings that have come up since they were last taken.
    pub fn take_warnings(&mut self) -> Vec<Warning> {
        std::mem::take(&mut self.warnings)
    }

    fn advance(&mut self) -> Result<Option<Recorded>, Unreadable> {
        let found = match &mut self.form {
            Form::Over => return Ok(None),
            Form::Unknown(_) => {
                self.recognise()?;
                return self.advance();
            }
            Form::Json(lines) => next_line(lines, &mut self.warnings)?,
            Form::Raw(lines, requests) => match requests.next(lines)? {
                None => None,
                Some((line, delivery, warning)) => {
                    self.warnings.extend(warning);
                    let is_whole = !delivery.target.starts_with('/');
                    let url = is_whole.then(|| delivery.target.clone());
                    let told = Told {
                        url,
                        ..Told::of(delivery)
                    };
                    Some((line, told))
                }
            },
            Form::Har(entries) => entries.next()?,
            Form::Curl(lines, transfers) => match transfers.next(lines, self.limit)? {
                None => None,
                Some((line, told, warning)) => {
                    self.warnings.extend(warning);
                    Some((line, told))
                }
            },
        };
        let Some((line, told)) = found else {
            return Ok(None);
        };
        self.deliveries += 1;
        Ok(Some(Recorded {
            number: told.number.unwrap_or(self.deliveries),
            line,
            at: told.at,
            remote: told.remote,
            delivery: told.delivery,
            url: told.url,
            answer: told.answer,
        }))
    }

    /// Finds out which form the file has.
    fn recognise(&mut self) -> Result<(), Unreadable> {
        let Form::Unknown(mut input) = std::mem::replace(&mut self.form, Form::Over) else {
            return Ok(());
        };
        let start = beginning(&mut input)?;
        let bare = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start);
        let bare = bare.trim_ascii_start().to_vec();
        let input = Cursor::new(start).chain(input);
        self.form = if har::begins(&bare) {
            Form::Har(Entries::new(input, self.limit))
        } else if curl::begins(&bare) {
            Form::Curl(Lines::new(input, self.limit), Transfers::new())
        } else if bare.first().is_some_and(|first| raw::begins(*first)) {
            Form::Raw(Lines::new(input, self.limit), Requests::default())
        } else {
            Form::Json(Lines::new(input, self.limit))
        };
        Ok(())
    }
}

/// So many bytes of a file that its form can be told: as few as possible, since more may be long in
/// coming.
fn beginning(input: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut start: Vec<u8> = Vec::new();
    let mut blank = 0;
    while start.len() - blank < TELLING_BYTES && blank < BLANK_BYTES {
        let buffer = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            buffer => buffer?,
        };
        if buffer.is_empty() {
            break;
        }
        start.extend_from_slice(buffer);
        let count = buffer.len();
        input.consume(count);
        let rest = start.get(blank..).unwrap_or_default();
        blank = start.len() - rest.trim_ascii_start().len();
    }
    Ok(start)
}

/// The next delivery among JSON lines.
fn next_line<R: BufRead>(
    lines: &mut Lines<R>,
    warnings: &mut Vec<Warning>,
) -> Result<Option<(usize, Told)>, Unreadable> {
    const TORN: &str = "was cut short, as by a crash, and is passed over";
    while lines.advance()? {
        if lines.text.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
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
        match told {
            Ok(told) => return Ok(Some((lines.number, told))),
            Err(Silent::OtherType) => {}
            Err(Silent::Torn) => warnings.push(lines.warning(TORN)),
            Err(Silent::Wrong(what)) => {
                // Somebody may have gone on right behind what was torn.
                let second = line::second_start(text);
                let told = second.and_then(|at| line::read(&text[at..], false, false).ok());
                let told = told.ok_or_else(|| lines.malformed(what))?;
                warnings.push(lines.warning(format!("begins with a line that {TORN}")));
                return Ok(Some((lines.number, told)));
            }
        }
    }
    Ok(None)
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Recorded, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = self.advance();
        if !matches!(found, Ok(Some(_))) {
            self.form = Form::Over;
        }
        found.transpose()
    }
}
