//! The subcommands: each file takes its arguments through the domain to what is shown and a
//! verdict. Only these rooms see everything.
//!
//! Here stand the root command, what every command has around it ([`Shell`]), how it ends
//! ([`Verdict`], [`Problem`]), and the reading of what the shared options name.

pub mod completions;
pub mod events;
pub mod input;
pub mod listen;
pub mod schemes;
pub mod send;
pub mod settings;
pub mod sign;
mod signals;
pub mod verify;

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};

use clap::{Args as _, FromArgMatches as _, Parser, Subcommand};
use jiff::Timestamp;

use crate::cli::Colors;
use crate::show::style::Style;
use input::Stdin;

/// Sign, verify, send and receive webhooks: offline, byte for byte exact, and able to say why a
/// signature does not match.
#[derive(Debug, Parser)]
#[command(name = "bluehook", version, disable_help_subcommand = true)]
#[command(after_help = FIRST_STEPS)]
pub struct Bluehook {
    #[command(flatten)]
    /// How the output is coloured.
    pub colors: Colors,
    #[command(subcommand)]
    /// What to do.
    pub command: Option<Command>,
}

const FIRST_STEPS: &str = "\
First steps:
  bluehook send --loopback                     sign, deliver and verify the sample, all here
  bluehook send 3000 --secret-file secret      send it to your application on port 3000
  bluehook listen --secret-file secret         see what arrives, and whether it is genuine
  bluehook verify body.json --signature 5f3a…  is it genuine, and if not, why not?";

/// The subcommands.
#[derive(Debug, Subcommand)]
#[allow(missing_docs)] // Each is documented where its arguments are.
pub enum Command {
    Sign(sign::Sign),
    Verify(verify::Verify),
    Send(send::Send),
    Listen(listen::Listen),
    Events(events::Events),
    Schemes(schemes::Schemes),
    Completions(completions::Completions),
}

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

    /// The command line was not understood: clap's words, as one sentence and a hint.
    pub fn misunderstood(text: &str) -> Self {
        let mut paragraphs = text.trim().split("\n\n");
        let sentence = paragraphs.next().unwrap_or_default();
        let words: Vec<&str> = sentence
            .trim_start_matches("error: ")
            .split_whitespace()
            .collect();
        let problem = Self::wrong(words.join(" "));
        match paragraphs.find_map(|paragraph| paragraph.trim().strip_prefix("tip: ")) {
            Some(tip) => problem.hint(tip),
            None if sentence.contains("cannot be used") || sentence.contains("invalid value") => {
                problem
            }
            None => problem.hint("--help lists the arguments"),
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

impl Bluehook {
    /// Reads the command line.
    ///
    /// To define what every subcommand takes costs more than to sign a webhook. So those that run
    /// in scripts, a thousand times over, are read by their own definition alone; whatever that
    /// does not take gets its answer from the whole.
    ///
    /// # Errors
    /// It was not understood, or asks for help or the version.
    pub fn read(arguments: &[OsString]) -> Result<Self, clap::Error> {
        match Self::read_shortly(arguments) {
            Some(read) => Ok(read),
            None => Self::try_parse_from(arguments),
        }
    }

    fn read_shortly(arguments: &[OsString]) -> Option<Self> {
        let (name, rest) = arguments.get(1..)?.split_first()?;
        if name == "sign"
            && let Some(sign) = sign::Sign::read_plain(rest)
        {
            return Some(Self {
                colors: Colors::default(),
                command: Some(Command::Sign(sign)),
            });
        }
        let matches = Self::with_only(name)?
            .try_get_matches_from(arguments)
            .ok()?;
        Self::from_arg_matches(&matches).ok()
    }

    /// The definition with that one subcommand, if it is one that runs often.
    fn with_only(name: &OsStr) -> Option<clap::Command> {
        let subcommand = match name.to_str()? {
            "sign" => sign::Sign::augment_args(clap::Command::new("sign")),
            "verify" => verify::Verify::augment_args(clap::Command::new("verify")),
            _ => return None,
        };
        let root = clap::Command::new("bluehook").disable_help_subcommand(true);
        Some(Colors::augment_args(root).subcommand(subcommand))
    }

    /// Does what the command line says.
    ///
    /// # Errors
    /// It could not be done.
    pub fn run(self, shell: &mut Shell) -> Result<Verdict, Problem> {
        match self.command {
            None => {
                let style = shell.out.style;
                let mut command = <Self as clap::CommandFactory>::command();
                let help = command.render_help();
                let text = if style.has_colours() {
                    help.ansi().to_string()
                } else {
                    help.to_string()
                };
                shell.out.print(text)?;
                Ok(Verdict::Yes)
            }
            Some(Command::Sign(command)) => command.run(shell),
            Some(Command::Verify(command)) => command.run(shell),
            Some(Command::Send(command)) => command.run(shell),
            Some(Command::Listen(command)) => command.run(shell),
            Some(Command::Events(command)) => command.run(shell),
            Some(Command::Schemes(command)) => command.run(shell),
            Some(Command::Completions(command)) => command.run(shell),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        let words = line.split_whitespace().map(OsString::from);
        std::iter::once("bluehook".into()).chain(words).collect()
    }

    #[test]
    fn a_plain_sign_is_read_by_hand_as_by_the_definition() {
        for line in [
            "sign",
            "sign body.json",
            "sign body.json -s a",
            "sign --secret a body.json --secret-file b --secret-env c -s d",
        ] {
            let plain = sign::Sign::read_plain(&words(line)[2..]).unwrap();
            let whole = Bluehook::try_parse_from(words(line)).unwrap();
            let Some(Command::Sign(whole)) = whole.command else {
                panic!("{line}");
            };
            assert_eq!(format!("{plain:?}"), format!("{whole:?}"), "{line}");
        }
        for line in [
            "sign a b",
            "sign -",
            "sign --",
            "sign -sa",
            "sign --secret=a",
            "sign a -s -b",
            "sign a -s",
            "sign a --json",
            "sign a --at 0",
        ] {
            assert!(
                sign::Sign::read_plain(&words(line)[2..]).is_none(),
                "{line}"
            );
        }
    }

    #[test]
    fn a_subcommand_is_read_by_its_own_definition_as_by_the_whole() {
        for line in [
            "sign",
            "sign body.json -s a --secret-file - --format headers --color never",
            "sign - --scheme stripe --at 0 --id 1 -H a:b -w staging -v",
            "verify body.json --signature -s --color always --tolerance off --json",
            "verify --delivery recording.jsonl --secret-env A -q",
        ] {
            let arguments = words(line);
            let alone = Bluehook::with_only(&arguments[1]).unwrap();
            let matches = alone.try_get_matches_from(&arguments).unwrap();
            let alone = Bluehook::from_arg_matches(&matches).unwrap();
            let whole = Bluehook::try_parse_from(&arguments).unwrap();
            assert_eq!(format!("{alone:?}"), format!("{whole:?}"), "{line}");
        }
    }

    #[test]
    fn what_a_definition_alone_does_not_take_is_answered_by_the_whole() {
        for line in [
            "sign --help",
            "sign --jsn",
            "verify -h",
            "sign -q -v",
            "sgn",
            "",
        ] {
            let arguments = words(line);
            let read = Bluehook::read(&arguments).map_err(|error| error.render().to_string());
            let whole =
                Bluehook::try_parse_from(&arguments).map_err(|error| error.render().to_string());
            assert_eq!(format!("{read:?}"), format!("{whole:?}"), "{line}");
        }
    }
}
