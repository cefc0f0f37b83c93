//! The README's examples are run: every `$` line of its console blocks, in one folder a section,
//! and what it prints must be what the README shows. An ellipsis (…) there stands for anything.

use crate::runner::{BINARY, Place};

const README: &str = include_str!("../../README.md");

struct Example {
    command: String,
    output: String,
}

/// The commands of the console blocks, each with the output below it.
fn examples() -> Vec<Vec<Example>> {
    let mut sections = vec![Vec::new()];
    let mut inside = false;
    for line in README.lines() {
        if line.starts_with("## ") {
            sections.push(Vec::new());
        } else if line.starts_with("```") {
            inside = line == "```console";
        } else if inside {
            let section: &mut Vec<Example> = sections.last_mut().unwrap();
            match line.strip_prefix("$ ") {
                Some(command) => section.push(Example {
                    command: command.into(),
                    output: String::new(),
                }),
                None => {
                    let example = section.last_mut().expect("output without a command");
                    example.output.push_str(line);
                    example.output.push('\n');
                }
            }
        }
    }
    sections
}

/// Whether `text` is what `pattern` shows, where … stands for anything.
fn matches(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('…');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else {
        return rest.is_empty();
    };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[test]
fn every_command_of_the_readme_prints_what_it_shows() {
    let folder = std::path::Path::new(BINARY).parent().unwrap();
    let path = format!(
        "{}:{}",
        folder.display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let mut count = 0;
    for section in examples() {
        let place = Place::new();
        for Example { command, output } in section {
            let ended = place
                .command("sh")
                .env("PATH", &path)
                .args(["-c", &format!("exec 2>&1; {command}")])
                .output()
                .unwrap();
            let shown = String::from_utf8(ended.stdout).unwrap();
            assert!(
                matches(&output, &shown),
                "$ {command}\nthe README shows:\n{output}\nit prints:\n{shown}"
            );
            count += 1;
        }
    }
    assert!(count > 3, "the README has no examples");
}

#[test]
fn the_readme_names_the_commands_that_ci_runs() {
    let ci = include_str!("../../.ci/run");
    assert!(README.contains("\ncargo test\n") && ci.contains("\ncargo test"));
    assert!(README.contains("cargo run --release -- send --loopback"));
}
