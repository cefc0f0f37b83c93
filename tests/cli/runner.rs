//! Runs the binary hermetically: cleared environment, own home and working folder.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

pub(crate) use crate::peers::lacking;

/// The binary under test.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_bluehook");

/// A folder of its own, in which the binary is run.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file into the folder.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// The binary with these arguments, words divided by spaces.
    pub(crate) fn bluehook(&self, words: &str) -> Run<'_> {
        Run {
            place: self,
            arguments: words.split_whitespace().map(OsString::from).collect(),
            variables: Vec::new(),
            stdin: Vec::new(),
        }
    }

    /// A command in the same surroundings.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("HOME", self.path())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("COLUMNS", "100")
            .env("LC_ALL", "C")
            .current_dir(self.path());
        command
    }
}

/// One run of the binary.
pub(crate) struct Run<'a> {
    place: &'a Place,
    arguments: Vec<OsString>,
    variables: Vec<(String, OsString)>,
    stdin: Vec<u8>,
}

impl Run<'_> {
    /// One more argument, as it is.
    pub(crate) fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// The command, not yet run.
    pub(crate) fn command(&self) -> Command {
        let mut command = self.place.command(BINARY);
        command
            .args(&self.arguments)
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    pub(crate) fn run(self) -> Ended {
        let mut child = self
            .command()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let bytes = self.stdin;
        let feeder = std::thread::spawn(move || {
            // A command that does not read its input closes it.
            let _ = stdin.write_all(&bytes);
        });
        let output = child.wait_with_output().unwrap();
        feeder.join().unwrap();
        Ended {
            code: output.status.code(),
            stdout: output.stdout,
            stderr: output.stderr,
        }
    }
}

/// How a run ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

impl Ended {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.stdout.clone()).unwrap()
    }

    pub(crate) fn talk(&self) -> String {
        String::from_utf8(self.stderr.clone()).unwrap()
    }

    /// Asserts exit code, output and talk as a whole.
    #[track_caller]
    pub(crate) fn is(&self, code: i32, stdout: &str, stderr: &str) {
        let shown = (self.code, self.text(), self.talk());
        assert_eq!(shown, (Some(code), stdout.into(), stderr.into()));
    }

    /// Asserts that nothing was done, with this talk.
    #[track_caller]
    pub(crate) fn fails(&self, code: i32, stderr: &str) {
        self.is(code, "", stderr);
    }

    /// The output's lines as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Vec<serde_json::Value> {
        self.text()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// Whether a program is there; says so when it is not.
pub(crate) fn has(program: &str) -> bool {
    // Not every program knows the option, mandoc for one: that it starts is enough.
    let found = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok();
    if !found {
        lacking(program);
    }
    found
}
