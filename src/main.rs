//! The process: parses the command line, opens the streams, reads the clock, turns the end of the
//! command into an exit code. Knows nothing of webhooks.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use bluehook::cli::ColorChoice;
use bluehook::commands::{Bluehook, Problem, Shell, Stdin, Stream, Verdict};
use bluehook::show;
use bluehook::show::style::Style;
use clap::Parser as _;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let command = match Bluehook::try_parse_from(&arguments) {
        Ok(command) => command,
        Err(error) => return misunderstood(&error, &arguments),
    };
    let mut shell = shell(command.colors.color);
    match command.run(&mut shell) {
        Ok(Verdict::Yes) => ExitCode::SUCCESS,
        Ok(Verdict::No) => ExitCode::from(1),
        Ok(Verdict::Interrupted(signal)) => {
            ExitCode::from(u8::try_from(128 + signal).unwrap_or(130))
        }
        Err(problem) => report(&mut shell, &problem),
    }
}

/// Help and version are results; all else is a wrong command line, told like every other problem.
fn misunderstood(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    if !error.use_stderr() {
        // A closed pipe is no reason to fail.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let problem = Bluehook::misunderstood(error, arguments);
    report(&mut shell(ColorChoice::Auto), &problem)
}

fn report(shell: &mut Shell, problem: &Problem) -> ExitCode {
    let err = &shell.err;
    let hint = problem.hint.as_deref();
    let text = show::problem(&problem.error, hint, err.style, err.line_width());
    let _ = shell.err.writer.write_all(text.as_bytes());
    ExitCode::from(problem.code)
}

fn shell(color: ColorChoice) -> Shell {
    let (out, err, stdin) = (io::stdout(), io::stderr(), io::stdin());
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok())
        .filter(|&columns| columns > 0);
    // In scripts there is none to ask.
    let on_terminal = out.is_terminal() || err.is_terminal() || stdin.is_terminal();
    let asked = || on_terminal.then(terminal_size::terminal_size).flatten();
    let width = columns
        .or_else(|| asked().map(|(width, _)| usize::from(width.0)))
        .unwrap_or(100);
    Shell {
        out: Stream {
            style: style(color, out.is_terminal()),
            is_terminal: out.is_terminal(),
            writer: Box::new(out),
            width,
        },
        err: Stream {
            style: style(color, err.is_terminal()),
            is_terminal: err.is_terminal(),
            writer: Box::new(err),
            width,
        },
        stdin: typed(stdin),
        now: jiff::Timestamp::now,
        env: |name| std::env::var_os(name),
        random: |bytes| getrandom::fill(bytes).map_err(io::Error::other),
    }
}

/// Standard input; what is typed as a secret is not shown.
fn typed(stdin: io::Stdin) -> Stdin {
    let is_terminal = stdin.is_terminal();
    let mut typed = Stdin::new(Box::new(stdin));
    typed.is_terminal = is_terminal;
    typed.hidden = || rpassword::read_password();
    typed
}

/// Colours as the person asked, else as the environment and the stream suggest
/// (<https://no-color.org>, <https://bixense.com/clicolors>).
fn style(color: ColorChoice, is_terminal: bool) -> Style {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is = |name: &str, value: &str| std::env::var_os(name).is_some_and(|found| found == value);
    Style::new(match color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if set("NO_COLOR") => false,
        ColorChoice::Auto if set("CLICOLOR_FORCE") && !is("CLICOLOR_FORCE", "0") => true,
        ColorChoice::Auto => is_terminal && !is("TERM", "dumb"),
    })
}
