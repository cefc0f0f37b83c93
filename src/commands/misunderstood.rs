//! What is wrong with a command line, in our own sentences: made from what clap found, by its kind
//! and context, never from its words. A value is repeated only where it can be no secret.

use std::error::Error as _;
use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::shell::Problem;
use crate::blue::event::Event;
use crate::nearest::nearest;
use crate::show::harmless;

/// Options whose values are secrets or may hold one.
const SECRET: &[&str] = &[
    "--secret",
    "--secret-env",
    "--header",
    "--data",
    "--set",
    "--signature",
];
/// What people type who know curl, and what there is instead.
const CURLS: &[(&str, &str)] = &[
    ("-X", "every delivery is a POST: leave -X out"),
    (
        "-i",
        "the answer's status and first lines are shown without it, and -v shows its headers",
    ),
    ("-o", "what is shown goes to a file with > FILE"),
    (
        "-u",
        "a user is named with -H 'Authorization: Basic …', from a file with -H @FILE",
    ),
    (
        "-L",
        "redirects are never followed, for no provider follows them: name the last URL itself",
    ),
    ("-m", "an attempt's time is limited with --timeout"),
];

/// The problem behind clap's error about these arguments of that definition.
pub(super) fn problem(error: &clap::Error, arguments: &[OsString], root: clap::Command) -> Problem {
    let is_command = |word: &&str| root.find_subcommand(word).is_some();
    let mut words = arguments.iter().skip(1).filter_map(|word| word.to_str());
    let command = words.find(is_command);
    let found = Found {
        error,
        root,
        command,
    };
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            unknown_command(&found.root, found.text(ContextKind::InvalidSubcommand))
        }
        ErrorKind::UnknownArgument => found.unknown_argument(),
        ErrorKind::ArgumentConflict => found.conflict(),
        ErrorKind::MissingRequiredArgument => found.missing(),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => found.value(),
        ErrorKind::TooManyValues => Problem::wrong(format!("{} takes no value", found.option())),
        ErrorKind::InvalidUtf8 => {
            Problem::wrong("an argument is not UTF-8").hint("a file can hold such bytes")
        }
        _ => Problem::wrong("the arguments do not fit together").hint("--help lists them"),
    }
}

/// There is no command of that name.
pub(super) fn unknown_command(root: &clap::Command, name: &str) -> Problem {
    let problem = Problem::wrong(format!(
        "bluehook has no command {}",
        harmless::short(name.as_bytes(), 60)
    ));
    let commands = root.get_subcommands().map(clap::Command::get_name);
    match nearest(name, commands) {
        _ if name == "version" => problem.hint("bluehook --version tells it"),
        Some(meant) => problem.hint(format!("did you mean {meant}?")),
        None => problem.hint("bluehook --help lists the commands"),
    }
}

/// What clap found, and where.
struct Found<'a> {
    error: &'a clap::Error,
    root: clap::Command,
    /// The command that is named, if one is.
    command: Option<&'a str>,
}

impl Found<'_> {
    fn text(&self, kind: ContextKind) -> &str {
        match self.error.get(kind) {
            Some(ContextValue::String(text)) => text,
            _ => "",
        }
    }

    fn texts(&self, kind: ContextKind) -> Vec<String> {
        match self.error.get(kind) {
            Some(ContextValue::String(text)) => vec![bare(text)],
            Some(ContextValue::Strings(texts)) => texts.iter().map(|text| bare(text)).collect(),
            _ => Vec::new(),
        }
    }

    /// The option or argument, without what it takes: `--timeout`, `BODY`.
    fn option(&self) -> String {
        let shown = bare(self.text(ContextKind::InvalidArg));
        shown.split(' ').next().unwrap_or_default().to_owned()
    }

    fn unknown_argument(&self) -> Problem {
        let typed = self.text(ContextKind::InvalidArg);
        if !typed.starts_with('-') || typed == "-" {
            return self.one_too_many(typed);
        }
        let command = self.command.unwrap_or_default();
        if command == "send"
            && let Some((_, instead)) = CURLS.iter().find(|(option, _)| typed == *option)
        {
            return Problem::wrong(format!("send has no {typed}, which curl has")).hint(*instead);
        }
        let problem = Problem::wrong(format!(
            "{} has no option {}",
            self.command.unwrap_or("bluehook"),
            harmless::short(typed.as_bytes(), 60)
        ));
        let mut root = self.root.clone();
        // What it takes is defined once it is asked for.
        root.build();
        let definition = root.find_subcommand(command).unwrap_or(&root);
        let long = definition.get_arguments().filter_map(clap::Arg::get_long);
        match nearest(typed.trim_start_matches('-'), long) {
            Some(meant) if typed.starts_with("--") => {
                problem.hint(format!("did you mean --{meant}?"))
            }
            _ => problem.hint("--help lists the options"),
        }
    }

    /// An argument that nothing takes. It is not repeated: it may be a secret whose option was
    /// forgotten.
    fn one_too_many(&self, typed: &str) -> Problem {
        match self.command {
            Some("listen") => {
                let problem = Problem::wrong("listen takes no argument without an option");
                match typed.parse::<u16>() {
                    Ok(port) => problem.hint(format!(
                        "-p {port} listens on this port, -f {port} passes deliveries on to it"
                    )),
                    Err(_) => problem.hint("-f URL passes deliveries on; --help lists the options"),
                }
            }
            Some("send") if Event::named(typed).is_some() => {
                Problem::wrong(format!("{typed} is an event, and send takes one URL"))
                    .hint(format!("-e {typed} sends its sample"))
            }
            command => Problem::wrong(format!(
                "{} got one argument too many",
                command.unwrap_or("bluehook")
            ))
            .hint("options begin with --, and --help lists them"),
        }
    }

    fn conflict(&self) -> Problem {
        let option = self.option();
        let others = self.texts(ContextKind::PriorArg);
        let others: Vec<&str> = others
            .iter()
            .filter_map(|other| other.split(' ').next())
            .collect();
        if others.contains(&option.as_str()) {
            return Problem::wrong(format!("{option} is given twice"));
        }
        match others.as_slice() {
            [] => Problem::wrong(format!("{option} does not go with the other options")),
            others => Problem::wrong(format!(
                "{option} does not go with {}",
                others.join(" and ")
            )),
        }
    }

    fn missing(&self) -> Problem {
        let missing = self.texts(ContextKind::InvalidArg);
        if self.command == Some("send") && missing.iter().any(|one| one.contains("--loopback")) {
            return Problem::wrong("send needs to know where to").hint(
                "name a URL (3000 is http://localhost:3000), a profile with -w, or --loopback, which needs no receiver",
            );
        }
        Problem::wrong(format!("{} is missing", missing.join(" and "))).hint("--help tells more")
    }

    fn value(&self) -> Problem {
        let option = self.option();
        let value = self.text(ContextKind::InvalidValue);
        let valid = self.texts(ContextKind::ValidValue);
        let said = match (self.error.source(), self.error.get(ContextKind::Custom)) {
            (Some(source), _) => source.to_string(),
            (None, Some(ContextValue::String(said))) => said.clone(),
            (None, _) if value.is_empty() => {
                let whole = bare(self.text(ContextKind::InvalidArg));
                return Problem::wrong(format!("{option} needs a value: {whole}"));
            }
            (None, _) => format!("write {}", either(&valid)),
        };
        let shown = harmless::short(value.as_bytes(), 60);
        // Not where it may be a secret, and not twice.
        let repeats = SECRET.contains(&option.as_str())
            || value.is_empty()
            || value.contains('@')
            || value.len() > 2 && said.contains(value);
        if self.command == Some("send") && option == "URL" && Event::named(value).is_some() {
            return Problem::wrong(format!("{value} is an event, not a URL"))
                .hint(format!("-e {value} sends its sample"));
        }
        let problem = match repeats {
            true if !option.starts_with('-') => Problem::wrong(said),
            true => Problem::wrong(format!("{option}: {said}")),
            false => Problem::wrong(format!("{option} {shown}: {said}")),
        };
        match nearest(value, valid.iter().map(String::as_str)) {
            Some(meant) => problem.hint(format!("did you mean {meant}?")),
            None => problem,
        }
    }
}

/// Words of which one is right: `line, short or full`.
fn either(words: &[String]) -> String {
    match words {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        words => words.concat(),
    }
}

/// An argument as clap names it, without the brackets around what it takes: `--secret-file FILE`,
/// `BODY`.
fn bare(shown: &str) -> String {
    let (option, taken) = match shown.split_once(' ') {
        Some((option, taken)) if option.starts_with('-') => (option, taken),
        None if shown.starts_with('-') => (shown, ""),
        _ => ("", shown),
    };
    let taken = taken.trim_end_matches("...");
    let inside = [('<', '>'), ('[', ']')]
        .into_iter()
        .find_map(|(open, close)| taken.strip_prefix(open)?.strip_suffix(close));
    format!("{option} {}", inside.unwrap_or(taken))
        .trim()
        .to_owned()
}
