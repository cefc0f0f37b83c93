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

    /// Where completions are asked for: a file, profiles, and the binary on the path.
    fn asked_in() -> (Place, std::ffi::OsString) {
        let place = Place::new();
        place.file("body.json", "{}");
        // A name that a shell would run is no name to offer.
        place.file(
            "bluehook.toml",
            "[webhook.staging]\nurl = \"3000\"\n[webhook.\"$(touch run)\"]\nurl = \"3000\"\n",
        );
        let folder = Path::new(BINARY).parent().unwrap().to_owned();
        let path = std::env::var_os("PATH").unwrap();
        let path = std::env::join_paths([folder].into_iter().chain(std::env::split_paths(&path)));
        (place, path.unwrap())
    }

    /// What is typed, and what stands there after a tab.
    const COMPLETED: [(&str, &str); 8] = [
        ("send -e TODO_CREA", "TODO_CREATED"),
        ("listen --expect TAG_CREA", "TAG_CREATED"),
        ("events COMMENT_CREA", "COMMENT_CREATED"),
        ("sign --scheme stri", "stripe"),
        ("schemes shopi", "shopify"),
        ("send --data @bo", "@body.json"),
        ("verify -H @bo", "@body.json"),
        ("send -w sta", "staging"),
    ];

    #[test]
    fn profiles_are_named_for_completions_alone() {
        let (place, _) = asked_in();
        let ended = place.bluehook("completions --profiles").run();
        ended.is(0, "staging\n", "");
        let broken = Place::new();
        broken.file("bluehook.toml", "[webhook");
        broken
            .bluehook("completions --profiles")
            .run()
            .is(0, "", "");
        let none = Place::new();
        none.bluehook("completions --profiles").run().is(0, "", "");
        let help = none.bluehook("completions --help").run().text();
        assert!(!help.contains("--profiles"), "{help}");
    }

    #[test]
    fn bash_offers_events_schemes_files_after_at_and_profiles() {
        if !has("bash") {
            return;
        }
        let (place, path) = asked_in();
        for (line, offered) in COMPLETED {
            let words: Vec<&str> = line.split(' ').collect();
            let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
            let ask = format!(
                "source {}; COMP_WORDS=(bluehook {}); COMP_CWORD={}; _bluehook bluehook '{}' '{}'; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
                script("bluehook.bash"),
                quoted.join(" "),
                words.len(),
                words[words.len() - 1],
                words[words.len() - 2],
            );
            let mut bash = place.command("bash");
            let output = (bash.env("PATH", &path).args(["--norc", "-c", &ask])).output();
            let said = String::from_utf8(output.unwrap().stdout).unwrap();
            assert_eq!(said, format!("{offered}\n"), "{line}");
        }
        assert!(!place.path().join("run").exists());
    }

    #[test]
    fn fish_offers_events_schemes_files_after_at_and_profiles() {
        if !has("fish") {
            return;
        }
        let (place, path) = asked_in();
        for (line, offered) in COMPLETED {
            let ask = format!(
                "source {}; complete -C 'bluehook {line}'",
                script("bluehook.fish")
            );
            let mut fish = place.command("fish");
            let output = (fish.env("PATH", &path).args(["--no-config", "-c", &ask])).output();
            let found = String::from_utf8(output.unwrap().stdout).unwrap();
            let first: Vec<&str> = (found.lines())
                .map(|line| line.split('\t').next().unwrap())
                .collect();
            assert_eq!(first, [offered], "{line}");
        }
    }

    #[test]
    fn zsh_completes_events_schemes_files_after_at_and_profiles_as_they_are_typed() {
        if !has("zsh") {
            return;
        }
        let (place, path) = asked_in();
        // A shell on a terminal of its own is given a line and a tab, and then tells its line.
        let setup = format!(
            "PS1= RPS1= TERM=dumb; autoload -U compinit; compinit -u -D; source {}; tell() {{ print -r -- \"<$BUFFER>\"; exit }}; zle -N tell; bindkey '^X' tell",
            script("_bluehook")
        );
        let ask = r#"
            zmodload zsh/zpty || exit 3
            zpty -b shell zsh -f -i
            zpty -w shell "$1"
            zpty -w -n shell "bluehook $2"$'\t\x18'
            zpty -r -m shell answer '*<bluehook*>*'
            print -r -- "${${answer##*<}%%>*}""#;
        for (line, offered) in COMPLETED {
            let mut zsh = place.command("zsh");
            let zsh = zsh
                .env("PATH", &path)
                .args(["-f", "-c", ask, "ask", &setup, line]);
            let said = String::from_utf8(zsh.output().unwrap().stdout).unwrap();
            let (before, _) = line.rsplit_once(' ').unwrap();
            assert_eq!(said, format!("bluehook {before} {offered} \n"), "{line}");
        }
    }

    #[test]
    fn elvish_offers_events_schemes_files_after_at_and_profiles() {
        if !has("elvish") {
            return;
        }
        let (place, path) = asked_in();
        // The editor's own functions are there on a terminal only: these do what they do.
        let ask = r#"
            use str
            var edit: = (ns [
                &complex-candidate~={|text &display='' &code-suffix=''| put [&stem=$text &code-suffix=$code-suffix] }
                &complete-filename~={|@words| for file [*] { if (str:has-prefix $file $words[-1]) { put [&stem=$file &code-suffix=' '] } } }
                &completion:=(ns [&arg-completer=[&]])
            ])
            eval (slurp < $args[0]) &ns=(ns [&edit:=$edit:])
            $edit:completion:arg-completer[bluehook] bluehook (all $args[1..]) | each {|one|
                var text = $one
                if (eq (kind-of $one) map) { set text = $one[stem] }
                if (str:has-prefix $text $args[-1]) { echo $text }
            }"#;
        place.file("ask.elv", ask);
        for (line, offered) in COMPLETED {
            let mut elvish = place.command("elvish");
            elvish
                .env("PATH", &path)
                .args(["-norc", "ask.elv", &script("bluehook.elv")]);
            let output = elvish.args(line.split(' ')).output().unwrap();
            let said = String::from_utf8(output.stdout).unwrap();
            let talk = String::from_utf8_lossy(&output.stderr);
            assert_eq!(said, format!("{offered}\n"), "{line}: {talk}");
        }
    }

    #[test]
    fn powershell_has_the_same_to_offer() {
        let text = std::fs::read_to_string(script("_bluehook.ps1")).unwrap();
        for part in [
            "'send --event' { 'TODO_CREATED', ",
            "'schemes schemes' { 'blue', ",
            "'@'",
            "--profiles",
        ] {
            assert!(text.contains(part), "{part}");
        }
    }
}
