//! What is wrong with a command line, in our own sentences: made from what clap found, by its kind
//! and context, never from its words. A value is repeated only where it can be no secret.

use std::error::Error as _;
use std::ffi::OsString;
use std::path::Path;

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
/// What commands are called elsewhere, and here.
const COMMANDS: &[(&str, &str)] = &[
    ("fire", "send"),
    ("list", "events"),
    ("post", "send"),
    ("receive", "listen"),
    ("receiver", "listen"),
    ("resend", "replay"),
    ("serve", "listen"),
    ("server", "listen"),
    ("test", "check"),
    ("trigger", "send"),
    ("validate", "verify"),
];
/// What options are called elsewhere, and here: of several the first that the command has.
const OTHERWISE: &[(&str, &[&str])] = &[
    ("--body", &["--data"]),
    ("--count", &["--repeat"]),
    ("--duration", &["--timeout"]),
    ("--env", &["--secret-env"]),
    ("--file", &["--data", "--delivery", "--record"]),
    ("--jwks", &["--keys"]),
    ("--key", &["--secret"]),
    ("--output", &["--record"]),
    ("--payload", &["--data"]),
    ("--profile", &["--webhook"]),
    ("--repeat", &["--count"]),
    ("--requests", &["--repeat"]),
    ("--retries", &["--attempts"]),
    ("--times", &["--repeat", "--count"]),
    ("--url", &["--forward-to"]),
];
/// Options that are nothing without another one.
const ALONE: &[(&str, &str)] = &[
    ("--respond SPEC", "--respond-body"),
    ("--webhook NAME", "--force"),
    ("--loopback", "--show"),
    ("--delivery FILE", "--show"),
    ("--shuffle", "--seed"),
    ("--forward-to [GLOB=]URL", "--cacert --insecure -k"),
];
/// What a command cannot do without, and a line that has it.
const NEEDED: &[(&str, &str, &str)] = &[
    (
        "send",
        "send needs to know where to",
        "name a URL (3000 is http://localhost:3000), a profile with -w, or --loopback, which needs no receiver",
    ),
    (
        "replay",
        "replay needs to know what to send again",
        "name a recording, then the URL: bluehook replay deliveries.jsonl 3000",
    ),
    (
        "check",
        "check needs to know which receiver",
        "name its URL, or a profile with -w: bluehook check 3000/hooks --secret-file secret.txt",
    ),
    (
        "completions",
        "completions needs to know for which shell",
        "bash, zsh, fish, elvish or powershell: bluehook completions bash",
    ),
];
/// What is written for values whose form one sentence does not tell.
const FORMS: &[(&str, &str)] = &[
    (
        "--respond",
        "steps are written 200, 500x4, 200@8s, 503+Retry-After:5 or drop, with commas between them",
    ),
    (
        "--secret",
        "--secret-env NAME tells of an unset variable, --secret-file - reads standard input",
    ),
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
        arguments,
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
    let problem = Problem::wrong(format!("bluehook has no command {}", harmless::name(name)));
    let commands = root.get_subcommands().map(clap::Command::get_name);
    let elsewhere = COMMANDS.iter().find(|(other, _)| *other == name);
    match elsewhere
        .map(|(_, here)| *here)
        .or_else(|| nearest(name, commands))
    {
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
    /// All that was typed.
    arguments: &'a [OsString],
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
        let is_behind_dashes = self.arguments.iter().any(|argument| argument == "--");
        if !typed.starts_with('-') || typed == "-" || is_behind_dashes {
            return self.one_too_many(typed);
        }
        if let Some(problem) = self.negative(typed) {
            return problem;
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
        let shown = definition.get_arguments().filter(|arg| !arg.is_hide_set());
        let long: Vec<String> = shown
            .filter_map(clap::Arg::get_long)
            .map(|name| format!("--{name}"))
            .collect();
        match meant(typed, &long) {
            Some(meant) => problem.hint(format!("did you mean {meant}?")),
            None if typed == "--version" || command.is_empty() && typed == "-v" => {
                problem.hint("bluehook --version tells it")
            }
            None => match definition
                .get_positionals()
                .find(|arg| is_of(arg, command, typed))
            {
                Some(arg) => {
                    let name = arg.get_id().as_str().to_uppercase();
                    problem.hint(format!("{name} is named without an option"))
                }
                None => problem.hint("--help lists the options"),
            },
        }
    }

    /// What is wrong with a negative number, which clap takes for an option: the same as if it were
    /// joined to the option before it.
    fn negative(&self, typed: &str) -> Option<Problem> {
        typed[1..]
            .starts_with(|first: char| first.is_ascii_digit())
            .then_some(())?;
        let is_it = |argument: &OsString| {
            argument
                .to_str()
                .is_some_and(|argument| argument.starts_with(typed))
        };
        let at = self.arguments.iter().position(is_it)?;
        let mut joined = self.arguments.to_vec();
        let number = joined.remove(at);
        let option = joined.get_mut(at.checked_sub(1)?)?;
        option.to_str().filter(|option| option.starts_with('-'))?;
        option.push("=");
        option.push(number);
        let error = self.root.clone().try_get_matches_from(&joined).err()?;
        (error.kind() == ErrorKind::ValueValidation)
            .then(|| problem(&error, &joined, self.root.clone()))
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
        let options = self.arguments.iter().filter_map(|typed| typed.to_str());
        let alone = options
            .filter_map(|typed| typed.split('=').next())
            .find_map(|typed| {
                let is_it = |(needed, without): &&(&str, &str)| {
                    missing.iter().any(|one| one == needed)
                        && without.split(' ').any(|it| it == typed)
                };
                Some((typed, ALONE.iter().find(is_it)?.0))
            });
        if let Some((typed, needed)) = alone {
            return Problem::wrong(format!("{typed} needs {needed} beside it"));
        }
        match NEEDED
            .iter()
            .find(|(command, ..)| Some(*command) == self.command)
        {
            Some((_, sentence, line)) => Problem::wrong(sentence).hint(*line),
            None => Problem::wrong(format!("{} is missing", missing.join(" and ")))
                .hint("--help tells more"),
        }
    }

    fn value(&self) -> Problem {
        let option = self.option();
        let value = self.text(ContextKind::InvalidValue);
        let valid = self.texts(ContextKind::ValidValue);
        let said = match (self.error.source(), self.error.get(ContextKind::Custom)) {
            (Some(source), _) => source.to_string(),
            (None, Some(ContextValue::String(said))) => said.clone(),
            (None, _) if value.is_empty() && !option.starts_with('-') => {
                return Problem::wrong(format!("{option} is empty"))
                    .hint("an unset variable in quotes leaves nothing");
            }
            (None, _) if value.is_empty() => {
                let whole = bare(self.text(ContextKind::InvalidArg));
                let value = whole.split_once(' ').map_or("", |(_, value)| value);
                let quote = if value.contains(' ') { "'" } else { "" };
                return Problem::wrong(format!(
                    "{option} needs a value: {option} {quote}{value}{quote}"
                ));
            }
            (None, _) => format!("write {}", either(&valid)),
        };
        let shown = harmless::short(value.as_bytes(), 60);
        // Not where it may be a secret, and not twice.
        let repeats = SECRET.contains(&option.as_str())
            || value.is_empty()
            || value.contains('@')
            || value.len() > 2 && has_word(&said, value);
        if self.command == Some("send") && option == "URL" && Event::named(value).is_some() {
            return Problem::wrong(format!("{value} is an event, not a URL"))
                .hint(format!("-e {value} sends its sample"));
        }
        if self.command == Some("replay") && option == "URL" && Path::new(value).exists() {
            return Problem::wrong("replay takes the recording first, then the URL")
                .hint(format!("for example: bluehook replay {shown} 3000"));
        }
        let problem = match repeats {
            true if !option.starts_with('-') => Problem::wrong(said),
            true => Problem::wrong(format!("{option}: {said}")),
            false => Problem::wrong(format!("{option} {shown}: {said}")),
        };
        let form = FORMS.iter().find(|(of, _)| *of == option);
        match (nearest(value, valid.iter().map(String::as_str)), form) {
            (Some(meant), _) => problem.hint(format!("did you mean {meant}?")),
            (None, Some((_, form))) => problem.hint(*form),
            (None, None) => problem,
        }
    }
}

/// The option that was probably meant: by its name elsewhere, by likeness, or as the shortest one
/// that begins so.
fn meant<'a>(typed: &str, options: &'a [String]) -> Option<&'a str> {
    let names = || options.iter().map(String::as_str);
    let elsewhere = OTHERWISE.iter().find(|(name, _)| *name == typed);
    if let Some((_, here)) = elsewhere {
        return here
            .iter()
            .find_map(|here| names().find(|name| name == here));
    }
    if !typed.starts_with("--") {
        return None;
    }
    let longer = names().filter(|name| typed.len() > 4 && name.starts_with(typed));
    nearest(typed, names()).or_else(|| longer.min_by_key(|name| name.len()))
}

/// Whether somebody named this argument as if it were an option.
fn is_of(arg: &clap::Arg, command: &str, typed: &str) -> bool {
    let typed = typed.trim_start_matches('-');
    arg.get_id() == typed
        || matches!(
            (command, typed),
            ("events", "event") | ("schemes", "scheme")
        )
}

/// Whether a sentence has these words as they are.
fn has_word(sentence: &str, words: &str) -> bool {
    let is_apart = |side: Option<char>| side.is_none_or(|side| !side.is_alphanumeric());
    sentence.match_indices(words).any(|(at, _)| {
        is_apart(sentence[..at].chars().next_back())
            && is_apart(sentence[at + words.len()..].chars().next())
    })
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
