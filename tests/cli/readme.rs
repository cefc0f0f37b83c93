//! The examples of the README and of `docs/` are run as a reader runs them, those of a page in one
//! folder:
//!
//! - `$` lines of a `console` block are commands, and what they print must be what stands below them.
//!   A line that ends with `\` goes on in the next one.
//! - `bluehook listen` runs on while the next commands do, on a free port in place of 2583. `text`
//!   blocks go on showing what it prints; at `^C` it is interrupted.
//! - A `toml` block is the folder's `bluehook.toml`.
//! - An ellipsis (…) stands for anything; times of day and milliseconds may be any.
//!
//! The `sh` block of the page about CI is run as a script of its own. The picture of the README is
//! drawn from what `verify` prints: `SNAPSHOTS=overwrite cargo test documents` draws it again.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::runner::{BINARY, Place};

const README: &str = include_str!("../../README.md");
/// The port that the README shows.
const PORT: &str = "2583";

/// The README and the pages behind it, by name.
fn pages() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = vec![("README.md".to_owned(), README.to_owned())];
    for entry in std::fs::read_dir(root.join("docs")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "md") {
            let name = path.strip_prefix(root).unwrap().display().to_string();
            pages.push((name, std::fs::read_to_string(path).unwrap()));
        }
    }
    pages
}

fn page(name: &str) -> String {
    let mut pages = pages().into_iter();
    pages.find(|(known, _)| known == name).unwrap().1
}

/// The fenced blocks: language and text.
fn blocks(page: &str) -> Vec<(&str, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(&str, String)> = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(language), None) => open = Some((language, String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some((_, text))) => writeln!(text, "{line}").unwrap(),
            (None, None) => {}
        }
    }
    blocks
}

/// The commands of a console block, each with the output below it.
fn commands(block: &str) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    let mut goes_on = false;
    for line in block.lines() {
        if goes_on {
            let (command, _) = commands.last_mut().unwrap();
            write!(command, "\n{line}").unwrap();
            goes_on = line.ends_with('\\');
        } else if let Some(command) = line.strip_prefix("$ ") {
            goes_on = line.ends_with('\\');
            commands.push((command.into(), String::new()));
        } else {
            let (_, output) = commands.last_mut().expect("output without a command");
            writeln!(output, "{line}").unwrap();
        }
    }
    commands
}

/// A shell command in the README's folder, where `bluehook` is the binary under test.
fn shell(place: &Place, command: &str) -> Command {
    let folder = Path::new(BINARY).parent().unwrap().display();
    let others = std::env::var("PATH").unwrap_or_default();
    let mut shell = place.command("sh");
    shell
        .env("PATH", format!("{folder}:{others}"))
        .args(["-c", command]);
    shell
}

/// A `listen` of the README while it runs.
struct Listener {
    child: Child,
    port: String,
    expected: String,
}

impl Listener {
    fn start(place: &Place, command: &str, expected: &str) -> Self {
        let ready = place.path().join(".ready");
        let _ = std::fs::remove_file(&ready);
        let command = format!("exec 2>&1; exec {command} --port 0 --ready-file .ready");
        let child = shell(place, &command)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        let port = loop {
            let url = std::fs::read_to_string(&ready).unwrap_or_default();
            if let Some((_, port)) = url.trim().rsplit_once(':') {
                break port.to_owned();
            }
            assert!(Instant::now() < deadline, "$ {command}\nis not ready");
            std::thread::sleep(Duration::from_millis(10));
        };
        Self {
            child,
            port,
            expected: expected.into(),
        }
    }

    /// Interrupts it, and compares all that it printed.
    fn end(self) {
        let interrupted = Command::new("kill")
            .args(["-INT", &self.child.id().to_string()])
            .status();
        assert!(interrupted.unwrap().success());
        let output = self.child.wait_with_output().unwrap();
        let shown = String::from_utf8(output.stdout).unwrap();
        check(
            "bluehook listen",
            &self.expected,
            &shown.replace(&self.port, PORT),
        );
    }
}

#[track_caller]
fn check(command: &str, expected: &str, shown: &str) {
    assert!(
        matches(&timeless(expected), &timeless(shown)),
        "$ {command}\nthe README shows:\n{expected}\nit prints:\n{shown}"
    );
}

/// The text with every time of day and every number of milliseconds made the same.
fn timeless(text: &str) -> String {
    let words = text.split_inclusive([' ', '\n']).collect::<Vec<_>>();
    let mut result = String::new();
    for (index, word) in words.iter().enumerate() {
        let bare = word.trim_end();
        let is_time = bare.len() == 9 && bare.ends_with('Z') && bare.matches(':').count() == 2;
        let is_number = bare.parse::<f64>().is_ok();
        let counts_ms = words
            .get(index + 1)
            .is_some_and(|next| next.trim_end() == "ms");
        match (is_time, is_number && counts_ms) {
            (true, _) => result.push_str(&word.replace(bare, "00:00:00Z")),
            (_, true) => result.push_str(&word.replace(bare, "0")),
            _ => result.push_str(word),
        }
    }
    result
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
fn every_command_of_the_readme_and_the_docs_prints_what_it_shows() {
    let counts: Vec<usize> = pages().iter().map(|(_, page)| run_page(page)).collect();
    assert!(counts.iter().sum::<usize>() > 20, "{counts:?}");
}

/// Runs a page; how many commands it has.
fn run_page(page: &str) -> usize {
    let place = Place::new();
    let mut listener: Option<Listener> = None;
    let mut count = 0;
    for (language, text) in blocks(page) {
        match language {
            "toml" => {
                place.file("bluehook.toml", text);
            }
            "text" => {
                let mut running = listener
                    .take()
                    .expect("text blocks show what listen prints");
                match text.split_once("^C\n") {
                    None => {
                        running.expected.push_str(&text);
                        listener = Some(running);
                    }
                    Some((before, after)) => {
                        running.expected.push_str(before);
                        running.expected.push_str(after);
                        running.end();
                    }
                }
            }
            "console" => {
                for (command, output) in commands(&text) {
                    count += 1;
                    if command.starts_with("bluehook listen") {
                        assert!(listener.is_none(), "one listens already");
                        listener = Some(Listener::start(&place, &command, &output));
                        continue;
                    }
                    let port = listener.as_ref().map_or(PORT, |listener| &listener.port);
                    let run = format!("exec 2>&1; {}", command.replace(PORT, port));
                    let ended = shell(&place, &run).output().unwrap();
                    let shown = String::from_utf8(ended.stdout).unwrap();
                    check(&command, &output, &shown.replace(port, PORT));
                }
            }
            _ => {}
        }
    }
    assert!(listener.is_none(), "a listen of the README is never ended");
    count
}

/// The script of the section about CI.
fn ci_script() -> String {
    let page = page("docs/ci.md");
    let mut scripts = blocks(&page)
        .into_iter()
        .filter(|(language, text)| *language == "sh" && text.contains("--ready-file"));
    let (_, script) = scripts.next().expect("a script with --ready-file");
    script
}

#[test]
fn the_ci_script_passes_when_the_event_comes_and_fails_when_it_does_not() {
    let run = |app: &str, script: &str| {
        let place = Place::new();
        place.file("your-app", format!("#!/bin/sh\n{app}\n"));
        shell(&place, &format!("chmod +x your-app; set -e\n{script}"))
            .env("WEBHOOK_SECRET", "pat_geheim")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap()
            .code()
    };
    let script = ci_script();
    let send = "exec bluehook send \"$WEBHOOK_URL\" --quiet --secret-env WEBHOOK_SECRET";
    assert_eq!(run(send, &script), Some(0));
    let soon = script.replace("60s", "500ms");
    assert_eq!(run("exit 0", &soon), Some(1), "nothing was sent");
    let other = format!("{send} --event TODO_DELETED");
    assert_eq!(run(&other, &soon), Some(1), "another event was sent");
}

#[test]
fn the_readme_names_the_commands_that_ci_runs() {
    let ci = include_str!("../../.ci/run");
    assert!(README.contains("\ncargo test\n") && ci.contains("\ncargo test"));
    assert!(README.contains("\ncargo run -- send --loopback\n"));
}

#[test]
fn every_link_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let contributing = include_str!("../../CONTRIBUTING.md").to_owned();
    let pages = pages()
        .into_iter()
        .chain([("CONTRIBUTING.md".into(), contributing)]);
    for (name, page) in pages {
        let folder = root.join(&name).parent().unwrap().to_owned();
        for link in page.split("](").skip(1) {
            let (target, _) = link.split_once(')').unwrap();
            if !target.contains("://") {
                assert!(folder.join(target).exists(), "{name}: {target}");
            }
        }
    }
}

#[test]
fn the_receivers_of_the_readme_are_those_of_the_examples() {
    let examples = [
        include_str!("../../examples/receivers/node.mjs"),
        include_str!("../../examples/receivers/express.mjs"),
        include_str!("../../examples/receivers/python.py"),
        include_str!("../../examples/receiver.rs"),
    ];
    let known: Vec<&str> = examples.iter().flat_map(|text| text.lines()).collect();
    let page = page("docs/receivers.md");
    let shown = blocks(&page)
        .into_iter()
        .filter(|(language, _)| ["js", "python", "rust"].contains(language));
    for (_, text) in shown {
        for line in text.lines().filter(|line| line.trim() != "…") {
            assert!(known.contains(&line), "no example has the line {line}");
        }
    }
}

#[test]
fn contributing_names_files_and_words_that_are_there() {
    let text = include_str!("../../CONTRIBUTING.md");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let prose: String = text.split("```").step_by(2).collect();
    let quoted: Vec<&str> = prose.split('`').skip(1).step_by(2).collect();
    let paths = quoted
        .iter()
        .filter(|word| word.contains('/') && !word.contains(' '));
    let paths: Vec<_> = paths.map(|path| root.join(path)).collect();
    assert!(paths.len() > 5);
    for path in paths {
        assert!(path.exists(), "{}", path.display());
    }
    for (file, word) in [
        ("src/signing/record/table.rs", "\"shopify\","),
        ("src/signing/diagnosis/table.rs", "\"body-newline-added\""),
        ("src/signing/diagnosis/body.rs", "fn newline_added"),
        ("tests/diagnosis.rs", "\"body-newline-added\""),
        ("src/blue/event.rs", "\"TODO_MOVED\""),
        ("src/blue/validate.rs", "UNKNOWN_EVENT"),
        ("src/commands/compose.rs", "pub fresh: bool"),
    ] {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        assert!(text.contains(word), "{file} has no {word}");
    }
}
