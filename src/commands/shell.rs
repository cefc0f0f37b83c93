//! What every command has around it ([`Shell`]) and how it ends ([`Verdict`], [`Problem`]).

use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, Read, Write};

use jiff::Timestamp;

use crate::show::style::Style;
use crate::show::{fit, harmless};

/// What a command has around it: streams, clock and environment. Tests and `main` make one.
pub struct Shell {
    /// Where results go.
    pub out: Stream,
    /// Where talk goes.
    pub err: Stream,
    /// Where bodies and secrets may come from.
    pub stdin: Stdin,
    /// The time.
    pub now: fn() -> Timestamp,
    /// An environment variable.
    pub env: fn(&str) -> Option<OsString>,
    /// Random bytes, fit for secrets.
    pub random: fn(&mut [u8]) -> io::Result<()>,
}

/// Longer lines are hard to read.
const WIDEST: usize = 100;

/// An output stream of the process.
pub struct Stream {
    /// Where the bytes go.
    pub writer: Box<dyn Write + Send>,
    /// How it is coloured.
    pub style: Style,
    /// How many columns it has.
    pub width: usize,
    /// Whether a person reads it as it comes.
    pub is_terminal: bool,
}

impl Stream {
    /// How wide a line may be: no wider than is easily read. A pipe has no width: whoever reads it
    /// wants whole lines.
    pub fn line_width(&self) -> usize {
        if self.is_terminal {
            self.width.min(WIDEST)
        } else {
            usize::MAX
        }
    }

    /// Writes text. Somebody who stopped reading (`| head -1`) wants no more, and that changes no
    /// verdict: a closed pipe is no error.
    ///
    /// # Errors
    /// Every other failure to write.
    pub fn print(&mut self, text: impl AsRef<[u8]>) -> Result<(), Problem> {
        let written = self
            .writer
            .write_all(text.as_ref())
            .and_then(|()| self.writer.flush());
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Problem::failed(error).context("could not write the output"))
            }
            _ => Ok(()),
        }
    }
}

/// Sentences beside a result. Whatever stands in them came from a file, an argument or a peer: it is
/// made harmless here, once.
impl Stream {
    /// Says a sentence.
    ///
    /// # Errors
    /// As [`Stream::print`].
    pub(super) fn say(&mut self, sentence: impl Display) -> Result<(), Problem> {
        let sentence = sentence.to_string();
        let said = harmless::line(sentence.as_bytes());
        let wrapped = fit::wrapped(&said, 0, 2, self.line_width());
        self.print(format!("{wrapped}\n"))
    }

    /// Says what is odd.
    pub(super) fn warn(&mut self, sentence: impl Display) -> Result<(), Problem> {
        self.labelled("warning:", self.style.odd("warning:"), sentence)
    }

    /// Says what is worth knowing.
    pub(super) fn note(&mut self, sentence: impl Display) -> Result<(), Problem> {
        self.labelled("note:", self.style.odd("note:"), sentence)
    }

    /// Says what to do.
    pub(super) fn hint(&mut self, sentence: impl Display) -> Result<(), Problem> {
        self.labelled("hint:", self.style.name("hint:"), sentence)
    }

    /// Says a sentence behind a word that tells what it is.
    pub(super) fn labelled(
        &mut self,
        label: &str,
        painted: String,
        sentence: impl Display,
    ) -> Result<(), Problem> {
        let sentence = sentence.to_string();
        let said = harmless::line(sentence.as_bytes());
        let wrapped = fit::wrapped(&said, label.len() + 1, 2, self.line_width());
        self.print(format!("{painted} {wrapped}\n"))
    }
}

/// Standard input, which can be taken once.
pub struct Stdin {
    /// Where the bytes come from.
    pub reader: Box<dyn Read + Send>,
    /// Whether a person types it.
    pub is_terminal: bool,
    /// Reads a line that a person types without showing it.
    pub hidden: fn() -> io::Result<String>,
    taken_by: Option<&'static str>,
}

impl Stdin {
    /// Standard input, not yet taken.
    pub fn new(reader: Box<dyn Read + Send>) -> Self {
        Self {
            reader,
            is_terminal: false,
            hidden: || Err(io::ErrorKind::Unsupported.into()),
            taken_by: None,
        }
    }

    /// Takes standard input for an argument.
    pub(super) fn take(&mut self, by: &'static str) -> Result<Box<dyn Read + Send>, Problem> {
        if let Some(other) = self.taken_by.replace(by) {
            return Err(Problem::wrong(format!(
                "standard input is wanted twice: for {other} and for {by}"
            ))
            .hint("give one of them as a file"));
        }
        Ok(std::mem::replace(&mut self.reader, Box::new(io::empty())))
    }
}

/// How a command ended that did what it was asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The answer is yes: exit code 0.
    Yes,
    /// The answer is no: exit code 1.
    No,
    /// A signal ended it in order: exit code 128 and the signal's number.
    Interrupted(i32),
}

impl From<bool> for Verdict {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

/// Why a command could not do what it was asked to.
#[derive(Debug)]
pub struct Problem {
    /// The exit code: 2 when the command line, the configuration or a secret is wrong, 3 when it
    /// could not be done.
    pub code: u8,
    /// What went wrong and what caused it.
    pub error: anyhow::Error,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Problem {
    /// The command line, the configuration or a secret is wrong.
    pub fn usage(error: impl Into<anyhow::Error>) -> Self {
        Self {
            code: 2,
            error: error.into(),
            hint: None,
        }
    }

    /// As [`Problem::usage`], in a sentence.
    pub fn wrong(sentence: impl std::fmt::Display) -> Self {
        Self::usage(anyhow::anyhow!("{sentence}"))
    }

    /// It could not be done.
    pub fn failed(error: impl Into<anyhow::Error>) -> Self {
        Self {
            code: 3,
            error: error.into(),
            hint: None,
        }
    }

    /// What was being done.
    #[must_use]
    pub fn context(mut self, sentence: impl std::fmt::Display + Send + Sync + 'static) -> Self {
        self.error = self.error.context(sentence);
        self
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
