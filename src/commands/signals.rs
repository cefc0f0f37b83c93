//! Signals that ask the process to end: the first ends it in order, a second at once.

use std::io;
use std::thread;

/// Heeds signals from now on, on a thread of its own, whatever the others wait for. `end` is told
/// the number of the first one; with the second the process ends at once.
///
/// # Errors
/// Those of the operating system.
pub(super) fn heed(end: impl FnOnce(i32) + Send + 'static) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut signals = {
        let _within = runtime.enter();
        Signals::new()?
    };
    thread::spawn(move || {
        end(runtime.block_on(signals.next()));
        let second = runtime.block_on(signals.next());
        std::process::exit(128 + second);
    });
    Ok(())
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// The next signal's number.
    async fn next(&mut self) -> i32 {
        use tokio::signal::unix::SignalKind;
        std::future::poll_fn(|context| {
            if self.interrupt.poll_recv(context).is_ready() {
                std::task::Poll::Ready(SignalKind::interrupt().as_raw_value())
            } else if self.terminate.poll_recv(context).is_ready() {
                std::task::Poll::Ready(SignalKind::terminate().as_raw_value())
            } else {
                std::task::Poll::Pending
            }
        })
        .await
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn new() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    /// The next signal's number: that of Unix for Ctrl-C.
    async fn next(&mut self) -> i32 {
        self.0.recv().await;
        2
    }
}
