//! A `bluehook listen` that runs beside its test: started on a free port, awaited by its ready
//! file, ended by what the test sends it. Every wait is bounded.

use std::io::Read;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::runner::{Ended, Place, Run};

/// How long anything may take before its test fails: slow machines need some of it.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// A running listener; killed if its test ends before it.
pub(super) struct Listener {
    child: Child,
    pub(super) address: SocketAddr,
    pub(super) url: String,
    out: Output,
    err: Output,
}

/// Starts `bluehook listen` with these words on a free port.
pub(super) fn listen(place: &Place, words: &str) -> Listener {
    start(place, place.bluehook(&format!("listen {words}")))
}

/// Starts a listener that has its arguments but for the port and the ready file.
pub(super) fn start(place: &Place, run: Run<'_>) -> Listener {
    let mut listener = start_unread(place, run);
    listener.read_output();
    listener
}

/// As [`start`], but nobody reads what the listener prints.
pub(super) fn start_unread(place: &Place, run: Run<'_>) -> Listener {
    let ready = fresh(place);
    let mut command = run
        .arg("--port")
        .arg("0")
        .arg("--ready-file")
        .arg(&ready)
        .command();
    spawned(&mut command, ready)
}

/// Starts a listener by a shell's script, in which `"$@"` is the listener.
pub(super) fn start_by_shell(place: &Place, script: &str, words: &str) -> Listener {
    let ready = fresh(place);
    let mut command = place.command("sh");
    command.args(["-c", script, "sh", crate::runner::BINARY, "listen"]);
    command.args(words.split_whitespace());
    command.args(["--port", "0", "--ready-file"]).arg(&ready);
    let mut listener = spawned(&mut command, ready);
    listener.read_output();
    listener
}

fn fresh(place: &Place) -> PathBuf {
    (1..)
        .map(|number| place.path().join(format!("ready-{number}")))
        .find(|path| !path.exists())
        .unwrap()
}

fn spawned(command: &mut std::process::Command, ready: PathBuf) -> Listener {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut err = Output::of(child.stderr.take().unwrap());
    let mut url = String::new();
    until("the ready file", || {
        url = std::fs::read_to_string(&ready).unwrap_or_default();
        if let (true, Some(status)) = (url.is_empty(), child.try_wait().unwrap()) {
            panic!("the listener ended with {status}: {}", err.end());
        }
        !url.is_empty()
    });
    let url = url.trim_end().to_owned();
    let address = url.strip_prefix("http://").unwrap().parse().unwrap();
    Listener {
        child,
        address,
        url,
        out: Output::default(),
        err,
    }
}

/// Waits until it holds.
#[track_caller]
pub(super) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "{what}: waited in vain");
        std::thread::sleep(Duration::from_millis(2));
    }
}

impl Listener {
    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    /// The way to read the output, of a listener whose output was not read so far.
    pub(super) fn stdout(&mut self) -> ChildStdout {
        self.child.stdout.take().unwrap()
    }

    pub(super) fn read_output(&mut self) {
        self.out = Output::of(self.stdout());
    }

    /// Waits until the output has this text.
    #[track_caller]
    pub(super) fn shows(&self, text: &str) {
        self.out.wait_for(text);
    }

    /// Waits until the talk has this text.
    #[track_caller]
    pub(super) fn says(&self, text: &str) {
        self.err.wait_for(text);
    }

    /// Whether it still runs.
    pub(super) fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Sends a signal.
    pub(super) fn signal(&self, name: &str) {
        let script = format!("kill -{name} {}", self.child.id());
        let status = std::process::Command::new("sh")
            .args(["-c", &script])
            .status();
        assert!(status.unwrap().success());
    }

    /// Presses Ctrl-C and waits for the end.
    #[track_caller]
    pub(super) fn interrupt(self) -> Ended {
        self.signal("INT");
        self.end()
    }

    /// Waits for the end.
    #[track_caller]
    pub(super) fn end(mut self) -> Ended {
        let mut status = None;
        until("the listener's end", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        Ended {
            code: status.unwrap().code(),
            stdout: self.out.end().into_bytes(),
            stderr: self.err.end().into_bytes(),
        }
    }

    /// Waits for the end of a listener whose output is not read, and gives its exit code.
    #[track_caller]
    pub(super) fn code(mut self) -> Option<i32> {
        let mut status = None;
        until("the listener's end", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap().code()
    }

    /// Ends it as a power cut would.
    pub(super) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a stream brings, read by a thread of its own.
#[derive(Default)]
struct Output {
    so_far: Arc<(Mutex<Vec<u8>>, Condvar)>,
    reader: Option<JoinHandle<()>>,
}

impl Output {
    fn of(mut stream: impl Read + Send + 'static) -> Self {
        let so_far = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        let growing = Arc::clone(&so_far);
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 65536];
            while let Ok(read @ 1..) = stream.read(&mut buffer) {
                growing.0.lock().unwrap().extend(&buffer[..read]);
                growing.1.notify_all();
            }
        });
        Self {
            so_far,
            reader: Some(reader),
        }
    }

    #[track_caller]
    fn wait_for(&self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        let (mut so_far, mut searched) = (self.so_far.0.lock().unwrap(), 0);
        loop {
            let new = String::from_utf8_lossy(&so_far[searched..]);
            if new.contains(text) {
                return;
            }
            searched = so_far.len().saturating_sub(text.len() + 4);
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero(),
                "waited in vain for {text:?} in: {}",
                String::from_utf8_lossy(&so_far[..so_far.len().min(10_000)])
            );
            so_far = self.so_far.1.wait_timeout(so_far, left).unwrap().0;
        }
    }

    /// All of it, when the stream has ended.
    fn end(&mut self) -> String {
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        let bytes = self.so_far.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }
}
