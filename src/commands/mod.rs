//! The subcommands: each file takes its arguments through the domain to what is shown and a
//! verdict. Only these rooms see everything.
//!
//! Here stand the root command, what every command has around it ([`Shell`]), how it ends
//! ([`Verdict`], [`Problem`]), and the reading of what the shared options name.

mod check;
pub mod completions;
mod compose;
mod events;
mod filter;
pub mod input;
mod listen;
mod loopback;
mod misunderstood;
mod playlist;
mod replay;
mod schemes;
mod send;
mod settings;
mod sign;
mod signals;
mod transport;
mod verify;

use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, Write};

use clap::{CommandFactory as _, Parser, Subcommand};
use jiff::Timestamp;

use crate::cli::Colors;
use crate::show::harmless;
use crate::show::style::Style;
use input::Stdin;

/// Webhooks from both ends: sign, verify, send, receive, and see why not
#[derive(Debug, Parser)]
#[command(name = "bluehook", version, disable_help_subcommand = true)]
#[command(max_term_width = 80, help_template = FIRST_SCREEN, after_help = FIRST_STEPS)]
pub struct Bluehook {
    #[command(flatten)]
    /// How the output is coloured.
    pub colors: Colors,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What fits a small terminal: what every command takes stands in its own help.
const FIRST_SCREEN: &str = "\
{about}

{usage-heading} {usage}

Commands:
{subcommands}{after-help}";

const FIRST_STEPS: &str = "\
First steps:
  bluehook send --loopback      sign, deliver and verify the sample, all here
  bluehook send 3000 -s SECRET  send it to your application on port 3000
  bluehook listen -s SECRET     see what arrives, and whether it is genuine

bluehook COMMAND --help tells more; --color WHEN and --version are taken too.";

/// The subcommands, each in the words of its own help's first line. What each takes is defined in its
/// file, and only once it was typed: to define everything costs more than to sign a webhook.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Command {
    /// Print the signature of a body
    Sign(sign::Sign),
    /// Is this delivery genuine? If not, why not, and what would make it match
    Verify(verify::Verify),
    /// Send a sample or saved payload, signed
    Send(send::Send),
    /// Send recorded deliveries again, as captured or signed afresh
    Replay(replay::Replay),
    /// Receive deliveries: verify, validate, show, record, answer
    Listen(listen::Listen),
    /// Does a receiver accept what it must, and refuse what it must?
    Check(check::Check),
    /// List Blue's events; with a name, print its sample payload
    Events(events::Events),
    /// List the signature schemes; with a name, print its record in TOML
    Schemes(schemes::Schemes),
    /// Print the completion script of a shell
    Completions(completions::Completions),
    /// Show what a command takes
    #[command(hide = true)]
    Help {
        /// The command
        command: Option<String>,
    },
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
    /// How wide a line may be. A pipe has no width: whoever reads it wants whole lines.
    pub fn line_width(&self) -> usize {
        if self.is_terminal {
            self.width
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
    fn say(&mut self, sentence: impl Display) -> Result<(), Problem> {
        let sentence = sentence.to_string();
        self.print(format!("{}\n", harmless::line(sentence.as_bytes())))
    }

    /// Says what is odd.
    fn warn(&mut self, sentence: impl Display) -> Result<(), Problem> {
        self.labelled(self.style.odd("warning:"), sentence)
    }

    /// Says what is worth knowing.
    fn note(&mut self, sentence: impl Display) -> Result<(), Problem> {
        self.labelled(self.style.odd("note:"), sentence)
    }

    /// Says what to do.
    fn hint(&mut self, sentence: impl Display) -> Result<(), Problem> {
        self.labelled(self.style.name("hint:"), sentence)
    }

    fn labelled(&mut self, label: String, sentence: impl Display) -> Result<(), Problem> {
        let sentence = sentence.to_string();
        self.print(format!("{label} {}\n", harmless::line(sentence.as_bytes())))
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

    /// The command line was not understood: clap's finding about these arguments.
    pub fn misunderstood(error: &clap::Error, arguments: &[OsString]) -> Self {
        misunderstood::problem(error, arguments)
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
    /// Does what the command line says.
    ///
    /// # Errors
    /// It could not be done.
    pub fn run(self, shell: &mut Shell) -> Result<Verdict, Problem> {
        match self.command {
            None => help(shell, None),
            Some(Command::Help { command }) => help(shell, command.as_deref()),
            Some(Command::Sign(command)) => command.run(shell),
            Some(Command::Verify(command)) => command.run(shell),
            Some(Command::Send(command)) => command.run(shell),
            Some(Command::Replay(command)) => command.run(shell),
            Some(Command::Listen(command)) => command.run(shell),
            Some(Command::Check(command)) => command.run(shell),
            Some(Command::Events(command)) => command.run(shell),
            Some(Command::Schemes(command)) => command.run(shell),
            Some(Command::Completions(command)) => command.run(shell),
        }
    }
}

/// Shows the first screen, or all that a command takes.
fn help(shell: &mut Shell, name: Option<&str>) -> Result<Verdict, Problem> {
    let mut root = Bluehook::command();
    let help = match name {
        None => root.render_help(),
        Some(name) => {
            root.build();
            match root.find_subcommand_mut(name) {
                Some(command) => command.render_long_help(),
                None => return Err(misunderstood::unknown_command(&Bluehook::command(), name)),
            }
        }
    };
    shell.out.print(match shell.out.style.has_colours() {
        true => help.ansi().to_string(),
        false => help.to_string(),
    })?;
    Ok(Verdict::Yes)
}
