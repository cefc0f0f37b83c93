//! Completions and man pages are made from the command definitions. When this fails, run
//! `SNAPSHOTS=overwrite cargo test documents`.

use std::path::Path;
use std::process::Command;

use bluehook::commands::Bluehook;
use bluehook::commands::completions::ShellName;
use clap::{CommandFactory as _, ValueEnum as _};

use crate::manual;
use crate::runner::{BINARY, Place, has};

fn compare(folder: &str, wanted: Vec<(String, Vec<u8>)>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let names: Vec<&String> = wanted.iter().map(|(name, _)| name).collect();
    let overwrite = std::env::var_os("SNAPSHOTS").is_some_and(|value| value == "overwrite");
    if overwrite {
        std::fs::create_dir_all(&folder).unwrap();
        for (name, bytes) in &wanted {
            std::fs::write(folder.join(name), bytes).unwrap();
        }
    }
    for (name, bytes) in &wanted {
        let committed = std::fs::read(folder.join(name)).unwrap_or_default();
        assert!(
            &committed == bytes,
            "{name} is stale: refresh it with\n  SNAPSHOTS=overwrite cargo test documents"
        );
    }
    for entry in std::fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            names.contains(&&name),
            "{name} is made by nothing: delete it"
        );
    }
}

#[test]
fn documents_completions_are_fresh() {
    let scripts = ShellName::value_variants().iter();
    compare(
        "completions",
        scripts
            .map(|shell| (shell.file_name().into(), shell.script(Bluehook::command())))
            .collect(),
    );
}

#[test]
fn documents_man_pages_are_fresh() {
    let mut root = Bluehook::command().disable_help_subcommand(true);
    root.build();
    compare("man", manual::pages(&root));
}

#[test]
fn the_completions_command_prints_the_committed_script() {
    let place = Place::new();
    for shell in ShellName::value_variants() {
        let name = shell.to_possible_value().unwrap().get_name().to_owned();
        let ended = place.bluehook(&format!("completions {name}")).run();
        assert_eq!(ended.code, Some(0));
        assert_eq!(ended.stdout, shell.script(Bluehook::command()));
    }
}

/// The whole definition, and the names of the commands that are shown.
fn definition() -> (clap::Command, Vec<String>) {
    let mut root = Bluehook::command();
    root.build();
    let shown = root
        .get_subcommands()
        .filter(|command| !command.is_hide_set());
    let names = shown.map(|command| command.get_name().to_owned()).collect();
    (root, names)
}

#[test]
fn the_list_of_commands_speaks_as_their_own_help_does() {
    let before = Bluehook::command();
    let (after, names) = definition();
    for name in names {
        let about = |root: &clap::Command| {
            root.find_subcommand(&name)
                .unwrap()
                .get_about()
                .unwrap()
                .to_string()
        };
        assert_eq!(about(&before), about(&after), "{name}");
    }
}

#[test]
fn the_first_screen_fits_a_small_terminal_and_no_help_is_wider() {
    let place = Place::new();
    let first = place.bluehook("").run();
    assert_eq!((first.code, first.talk().as_str()), (Some(0), ""));
    let first = first.text();
    assert!(first.lines().count() <= 24, "{first}");
    assert_eq!(place.bluehook("help").run().text(), first);
    for name in definition().1 {
        let help = place.bluehook(&format!("{name} --help")).run().text();
        assert_eq!(place.bluehook(&format!("help {name}")).run().text(), help);
        for line in help.lines().chain(first.lines()) {
            assert!(line.chars().count() <= 80, "{name}: {line}");
        }
    }
    place.bluehook("help snd").run().fails(
        2,
        "error: bluehook has no command snd\n  hint: did you mean send?\n",
    );
}

/// The examples of a command's help, as they are pasted.
fn examples(place: &Place, name: &str) -> String {
    let help = place.bluehook(&format!("{name} --help")).run().text();
    let (_, examples) = help.split_once("\nExamples:\n").unwrap();
    examples.to_owned()
}

#[cfg(unix)]
#[test]
fn the_examples_of_every_help_work_when_pasted() {
    let place = Place::new();
    let folder = Path::new(BINARY).parent().unwrap();
    let path = std::env::join_paths(
        std::iter::once(folder.to_owned())
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let path = path.unwrap();
    for name in definition().1 {
        let mut script = examples(&place, &name);
        if name == "listen" {
            // They wait for deliveries that nobody sends here.
            script = script
                .replace(
                    "bluehook listen",
                    "! bluehook listen --port 0 --timeout 10ms",
                )
                .replace(
                    "! bluehook listen --port 0 --timeout 10ms -s geheim\n",
                    "bluehook listen --port 0 --timeout 10ms -s geheim\n",
                );
            script = script.replace(
                "! bluehook listen --port 0 --timeout 10ms -s geheim --re",
                "bluehook listen --port 0 --timeout 10ms -s geheim --re",
            );
        }
        let output = place
            .command("bash")
            .env("PATH", &path)
            .args(["-e", "-o", "pipefail", "-c", &script])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}:\n{script}\n{said}");
    }
}

#[test]
fn man_pages_are_right() {
    if !has("mandoc") {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("man");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let output = Command::new("mandoc")
            .arg("-Tlint")
            .arg(&path)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(said, "", "{}", path.display());
    }
}

/// What bash, zsh and fish offer, each asked in its own way.
#[cfg(unix)]
mod shells {
    use super::*;

    fn script(file: &str) -> String {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("completions")
            .join(file)
            .display()
            .to_string()
    }

    fn bash(place: &Place, words: &[&str]) -> String {
        let ask = format!(
            "source {}; COMP_WORDS=(bluehook {}); COMP_CWORD={}; _bluehook bluehook '{}' '{}'; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            script("bluehook.bash"),
            words
                .iter()
                .map(|word| format!("'{word}'"))
                .collect::<Vec<_>>()
                .join(" "),
            words.len(),
            words.last().unwrap(),
            words.iter().rev().nth(1).unwrap_or(&"bluehook"),
        );
        let output = place
            .command("bash")
            .args(["--norc", "-c", &ask])
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    fn fish(place: &Place, words: &str) -> String {
        let ask = format!(
            "source {}; complete -C 'bluehook {words}'",
            script("bluehook.fish")
        );
        let output = place
            .command("fish")
            .args(["--no-config", "-c", &ask])
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn bash_offers_events_schemes_and_files_after_at() {
        if !has("bash") {
            return;
        }
        let place = Place::new();
        place.file("body.json", "{}");
        for (words, offered) in [
            (vec!["send", "-e", "TODO_CREA"], "TODO_CREATED\n"),
            (vec!["listen", "--expect", "TAG_CREA"], "TAG_CREATED\n"),
            (vec!["events", "COMMENT_CREA"], "COMMENT_CREATED\n"),
            (vec!["sign", "--scheme", "stri"], "stripe\n"),
            (vec!["schemes", "shopi"], "shopify\n"),
            (vec!["send", "--data", "@bo"], "@body.json\n"),
            (vec!["verify", "-H", "@bo"], "@body.json\n"),
        ] {
            assert_eq!(bash(&place, &words), offered, "{words:?}");
        }
    }

    #[test]
    fn fish_offers_events_schemes_and_files_after_at() {
        if !has("fish") {
            return;
        }
        let place = Place::new();
        place.file("body.json", "{}");
        for (words, offered) in [
            ("send -e TODO_CREA", "TODO_CREATED"),
            ("sign --scheme stri", "stripe"),
            ("events COMMENT_CREA", "COMMENT_CREATED"),
            ("schemes shopi", "shopify"),
            ("send --data @bo", "@body.json"),
        ] {
            let found = fish(&place, words);
            let first: Vec<&str> = found
                .lines()
                .map(|line| line.split('\t').next().unwrap())
                .collect();
            assert_eq!(first, [offered], "{words}");
        }
    }

    #[test]
    fn zsh_takes_the_script() {
        if !has("zsh") {
            return;
        }
        let place = Place::new();
        let ask = format!(
            "autoload -U compinit; compinit -u -D; source {}; whence -w _bluehook",
            script("_bluehook")
        );
        let output = place
            .command("zsh")
            .args(["-f", "-c", &ask])
            .output()
            .unwrap();
        assert_eq!(
            String::from_utf8(output.stdout).unwrap(),
            "_bluehook: function\n"
        );
        let text = std::fs::read_to_string(script("_bluehook")).unwrap();
        assert!(
            text.contains(":DATA:{compset -P @; _files}")
                && text.contains(":HEADER:{compset -P @; _files}")
        );
        assert!(text.contains("TODO_CREATED") && text.contains("standard-webhooks"));
    }
}
