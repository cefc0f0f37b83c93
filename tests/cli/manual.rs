//! The man pages, written from the command definitions: what each command takes, and what no
//! definition knows (exit codes, files, the environment).

use clap::{Arg, Command};

const DATE: &str = "2026-11-25";
const EXIT_STATUS: &[(&str, &str)] = &[
    (
        "0",
        "Done, and the answer is yes: signed, genuine, delivered, all that was expected came.",
    ),
    (
        "1",
        "Done, and the answer is no: not genuine, refused by the receiver, something did not come in time.",
    ),
    (
        "2",
        "The command line, the configuration or a secret is wrong.",
    ),
    (
        "3",
        "It could not be done: an unreadable file, no connection, no answer, a port that is taken.",
    ),
    ("130, 143", "Ended in order by Ctrl-C or SIGTERM."),
];
const FILES: &[(&str, &str)] = &[
    (
        "bluehook.toml",
        "Profiles and schemes of one's own: the nearest one upwards from the working folder.",
    ),
    (
        "~/.config/bluehook/bluehook.toml",
        "The user's own, where there is none upwards; XDG_CONFIG_HOME moves it.",
    ),
];
const ENVIRONMENT: &[(&str, &str)] = &[
    (
        "BLUEHOOK_SECRET",
        "The secret, when neither an option nor a profile gives one.",
    ),
    (
        "NO_COLOR, CLICOLOR_FORCE",
        "Turn colours off, or on where nothing is a terminal; --color decides before them.",
    ),
    ("COLUMNS", "How wide the output is."),
    ("XDG_CONFIG_HOME", "The folder of the user's configuration."),
];

/// A page for the whole and one for each command that is shown, with their file names.
pub(crate) fn pages(root: &Command) -> Vec<(String, Vec<u8>)> {
    let commands: Vec<&Command> = root
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
        .collect();
    let names: Vec<String> = commands
        .iter()
        .map(|command| format!("bluehook-{}", command.get_name()))
        .collect();
    let mut pages = vec![("bluehook.1".to_owned(), page(root, "bluehook", &names))];
    for (command, name) in commands.iter().zip(&names) {
        pages.push((
            format!("{name}.1"),
            page(command, name, &["bluehook".to_owned()]),
        ));
    }
    pages
}

fn page(command: &Command, name: &str, others: &[String]) -> Vec<u8> {
    let mut page = Page(String::new());
    let version = env!("CARGO_PKG_VERSION");
    page.0 = format!(
        ".TH {} 1 {DATE} \"bluehook {version}\" \"bluehook manual\"\n",
        name.to_uppercase()
    );
    let about = command.get_about().unwrap().to_string();
    page.section("NAME");
    page.text(&format!("{} \\- {}", escaped(name), escaped(&about)));
    page.section("SYNOPSIS");
    page.synopsis(command, &name.replace('-', " "));
    page.section("DESCRIPTION");
    let description = command
        .get_long_about()
        .unwrap_or(command.get_about().unwrap())
        .to_string();
    for (index, paragraph) in description.split("\n\n").enumerate() {
        if index > 0 {
            page.0.push_str(".PP\n");
        }
        page.text(&escaped(paragraph));
    }
    let shown: Vec<&Command> = command
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
        .collect();
    if !shown.is_empty() {
        page.section("COMMANDS");
        for command in shown {
            page.entry(
                &format!("\\fB{}\\fR", command.get_name()),
                &command.get_about().unwrap().to_string(),
            );
        }
    }
    page.options(command);
    if let Some(examples) = command.get_after_help() {
        let examples = examples.to_string();
        let lines: Vec<&str> = examples
            .lines()
            .filter(|line| line.starts_with("  "))
            .collect();
        page.section("EXAMPLES");
        page.0.push_str(".nf\n");
        for line in lines {
            page.0
                .push_str(&format!("{}\n", escaped(line.trim_start())));
        }
        page.0.push_str(".fi\n");
    }
    if name == "bluehook-check" {
        page.section("CASES");
        for case in bluehook::conformance::cases() {
            let (right, name) = (case.right.words(), escaped(case.name));
            let verb = match case.sent.starts_with("whether ") {
                true => "Judges",
                false => "Sends",
            };
            let text = format!(
                "{verb} {}. Right: {right}. {} {}",
                case.sent, case.why, case.mend
            );
            page.entry(&format!("\\fB{name}\\fR"), &text);
        }
    }
    for (title, entries) in [
        ("EXIT STATUS", EXIT_STATUS),
        ("FILES", FILES),
        ("ENVIRONMENT", ENVIRONMENT),
    ] {
        page.section(title);
        for (what, meaning) in entries {
            page.entry(&format!("\\fB{}\\fR", escaped(what)), meaning);
        }
    }
    page.section("SEE ALSO");
    let others: Vec<String> = others
        .iter()
        .map(|other| format!("\\fB{}\\fR(1)", escaped(other)))
        .collect();
    page.text(&others.join(", "));
    page.0.into_bytes()
}

struct Page(String);

impl Page {
    fn section(&mut self, title: &str) {
        self.0.push_str(&format!(".SH {title}\n"));
    }

    /// Escaped text, in lines of less than 80 columns.
    fn text(&mut self, text: &str) {
        let mut at = 0;
        for word in text.split_whitespace() {
            let length = word.chars().count();
            if at > 0 && at + 1 + length > 78 {
                self.0.push('\n');
                at = 0;
            } else if at > 0 {
                self.0.push(' ');
                at += 1;
            }
            // A line that begins so would be a request.
            if at == 0 && word.starts_with(['.', '\'']) {
                self.0.push_str("\\&");
            }
            self.0.push_str(word);
            at += length;
        }
        self.0.push('\n');
    }

    fn entry(&mut self, tag: &str, text: &str) {
        self.0.push_str(&format!(".TP\n{tag}\n"));
        self.text(&escaped(text));
    }

    fn synopsis(&mut self, command: &Command, called: &str) {
        let mut parts = vec![format!("\\fB{}\\fR", escaped(called))];
        let shown = |arg: &&Arg| !arg.is_hide_set();
        for arg in command
            .get_arguments()
            .filter(shown)
            .filter(|arg| !arg.is_positional())
        {
            let repeated = if many(arg) { " ..." } else { "" };
            parts.push(format!("[{}]{repeated}", option(arg, false)));
        }
        for arg in command.get_positionals().filter(shown) {
            let value = values(arg);
            parts.push(if arg.is_required_set() {
                value
            } else {
                format!("[{value}]")
            });
        }
        if command.has_subcommands() {
            parts.push("[\\fICOMMAND\\fR]".into());
        }
        self.text(&parts.join(" "));
    }

    fn options(&mut self, command: &Command) {
        let mut headings: Vec<Option<&str>> = Vec::new();
        for arg in command.get_arguments() {
            if !headings.contains(&arg.get_help_heading()) {
                headings.push(arg.get_help_heading());
            }
        }
        self.section("OPTIONS");
        for heading in headings {
            if let Some(heading) = heading {
                self.0.push_str(&format!(".SS {heading}\n"));
            }
            for arg in command
                .get_arguments()
                .filter(|arg| !arg.is_hide_set() && arg.get_help_heading() == heading)
            {
                let help = arg.get_long_help().or(arg.get_help()).unwrap().to_string();
                let defaults: Vec<_> = arg
                    .get_default_values()
                    .iter()
                    .map(|value| value.to_string_lossy())
                    .collect();
                let takes = arg.get_action().takes_values();
                let default = match defaults.as_slice() {
                    [] => String::new(),
                    _ if !takes => String::new(),
                    defaults => format!(" [default: {}]", defaults.join(" ")),
                };
                let tag = if arg.is_positional() {
                    values(arg)
                } else {
                    option(arg, true)
                };
                self.entry(&tag, &format!("{help}{default}"));
            }
        }
    }
}

fn many(arg: &Arg) -> bool {
    matches!(arg.get_action(), clap::ArgAction::Append)
}

/// An option as it is typed: its shortest name, or all of them.
fn option(arg: &Arg, all: bool) -> String {
    let short = arg.get_short().map(|short| format!("-{short}"));
    let longs = arg
        .get_long()
        .into_iter()
        .chain(arg.get_visible_aliases().into_iter().flatten());
    let mut names: Vec<String> = short
        .into_iter()
        .chain(longs.map(|long| format!("--{long}")))
        .collect();
    if !all {
        names.truncate(1);
    }
    let names: Vec<String> = names
        .iter()
        .map(|name| format!("\\fB{}\\fR", escaped(name)))
        .collect();
    match arg.get_action().takes_values() {
        true => format!("{} {}", names.join(", "), values(arg)),
        false => names.join(", "),
    }
}

fn values(arg: &Arg) -> String {
    let names = match arg.get_value_names() {
        Some(names) => names.iter().map(ToString::to_string).collect(),
        None => vec![arg.get_id().as_str().to_uppercase()],
    };
    let names: Vec<String> = names
        .iter()
        .map(|name| format!("\\fI{}\\fR", escaped(name)))
        .collect();
    names.join(" ")
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\e").replace('-', "\\-")
}
