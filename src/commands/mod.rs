//! The subcommands: each file takes its arguments through the domain to what is shown and a
//! verdict. Only these rooms see everything.
//!
//! Here stands the root command. What every command has around it and how it ends is `shell`'s.

mod check;
pub mod completions;
mod compose;
mod courts;
mod events;
mod filter;
mod input;
mod listen;
mod loopback;
mod misunderstood;
mod replay;
mod schemes;
mod send;
mod settings;
mod shell;
mod sign;
mod signals;
mod transport;
mod verify;

use std::ffi::OsString;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::cli::Colors;

pub use shell::{Problem, Shell, Stdin, Stream, Verdict};

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

impl Bluehook {
    /// What is wrong with a command line, from clap's finding about these arguments.
    pub fn misunderstood(error: &clap::Error, arguments: &[OsString]) -> Problem {
        misunderstood::problem(error, arguments, Self::command())
    }

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
            Some(Command::Completions(command)) => command.run(shell, Self::command()),
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
