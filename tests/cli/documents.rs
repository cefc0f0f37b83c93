//! Completions and man pages are made from the command definitions. When this fails, run
//! `SNAPSHOTS=overwrite cargo test documents`.

use std::path::Path;

use bluehook::commands::Bluehook;
use bluehook::commands::completions::ShellName;
use clap::{CommandFactory as _, ValueEnum as _};

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
            .map(|shell| (shell.file_name().into(), shell.script()))
            .collect(),
    );
}

#[test]
fn documents_man_pages_are_fresh() {
    let mut root = Bluehook::command().disable_help_subcommand(true);
    root.build();
    let mut pages = vec![page(root.clone(), "bluehook".into())];
    for command in root.get_subcommands() {
        let name = format!("bluehook-{}", command.get_name());
        pages.push(page(command.clone(), name));
    }
    compare("man", pages);
}

fn page(command: clap::Command, name: String) -> (String, Vec<u8>) {
    let mut bytes = Vec::new();
    // The date is left out: a page says what it said, whenever it is made.
    let shown: &'static str = Box::leak(name.clone().into_boxed_str());
    clap_mangen::Man::new(command.name(shown))
        .date("")
        .render(&mut bytes)
        .unwrap();
    (format!("{name}.1"), bytes)
}

#[test]
fn the_completions_command_prints_the_committed_script() {
    let place = crate::runner::Place::new();
    for shell in ShellName::value_variants() {
        let name = shell.to_possible_value().unwrap().get_name().to_owned();
        let ended = place.bluehook(&format!("completions {name}")).run();
        assert_eq!(ended.code, Some(0));
        assert_eq!(ended.stdout, shell.script());
    }
}
