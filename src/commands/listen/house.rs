//! The house's threads: each is started with what comes after it, and they are ended in the order
//! in which deliveries pass them.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use glob::Pattern;

use super::bench::Bench;
use super::forward::Forwarder;
use super::intake::{self, Desk, Exit, Repeats};
use super::recorder;
use super::respond::Player;
use super::screen::{self, Manner, Note};
use super::tally::Tally;
use crate::commands::filter::Filter;
use crate::commands::{Problem, Shell};
use crate::receiver::{Receiver, Stop};
use crate::recording::Appender;
use crate::show::lines::ListenSummary;

/// How long the end waits for a large delivery that is being judged.
const LAST_JUDGING: Duration = Duration::from_secs(1);
/// How long the end waits for forwards that are under way.
const LAST_FORWARDS: Duration = Duration::from_secs(2);

/// All that a house is made of.
pub(super) struct Plan {
    pub(super) bench: Bench,
    pub(super) filter: Filter,
    pub(super) accept_invalid: bool,
    pub(super) player: Option<Player>,
    pub(super) forwarder: Option<Forwarder>,
    pub(super) appender: Option<Appender>,
    pub(super) manner: Manner,
    /// How many deliveries are waited for.
    pub(super) count: Option<u64>,
    /// The events that are waited for.
    pub(super) expected: Vec<Pattern>,
    /// A delivery that is not genuine fails the run.
    pub(super) fails_on_refused: bool,
    /// How long it listens at most.
    pub(super) timeout: Option<Duration>,
}

/// What was the case when all was over.
pub(super) struct Ended {
    /// The counts.
    pub(super) summary: ListenSummary,
    /// Everything that was waited for has come.
    pub(super) is_satisfied: bool,
}

/// Serves until `stop` is triggered or the time is up. `signal` tells then whether a signal did it.
///
/// # Errors
/// The system gives no thread, or the output could not be written.
pub(super) fn serve(
    plan: Plan,
    shell: &mut Shell,
    receiver: Receiver,
    stop: &Stop,
    signal: impl Fn() -> Option<i32>,
) -> Result<Ended, Problem> {
    // A reader that has gone ends the listening, unless something else is still waited for.
    let awaits = plan.count.is_some() || !plan.expected.is_empty();
    let waits =
        awaits || plan.forwarder.is_some() || plan.timeout.is_some() || plan.appender.is_some();
    let closing = stop.clone();
    let closed = move || {
        if !waits {
            closing.trigger();
        }
    };
    let bench = Arc::new(plan.bench);
    let streams = (&mut shell.out, &mut shell.err);
    let (screen, showing) =
        screen::start(streams, plan.manner, bench.clone(), closed).map_err(Problem::failed)?;
    let asks_event = !plan.expected.is_empty();
    let exit = Arc::new(Exit {
        tally: Tally::new(plan.count, plan.expected, plan.fails_on_refused),
        screen,
        stop: stop.clone(),
        closing: AtomicBool::new(false),
        unanswered: AtomicU64::new(0),
    });
    let (recorder, recording) = match plan.appender {
        None => (None, None),
        Some(appender) => {
            let (reading, redacts) = (bench.clone(), plan.manner.redacts);
            // The cause of a mismatch is looked for when it is read back: the sender waits.
            let line = move |taken: &mut super::taken::Taken| {
                reading.read(taken);
                taken.line(redacts, reading.verification(taken, None).as_ref())
            };
            let telling = exit.clone();
            let warn = move |text| telling.screen.note(Note::Warning, text);
            let (recorder, thread) = recorder::start(appender, line, warn)
                .map_err(|error| showing.give_back(shell, error))?;
            (Some(recorder), Some(thread))
        }
    };
    let forwarder = plan.forwarder.map(Arc::new);
    let desk = Arc::new(Desk {
        bench,
        accept_invalid: plan.accept_invalid,
        filter: plan.filter,
        asks_event: asks_event || forwarder.as_ref().is_some_and(|one| one.asks_event()),
        player: plan.player,
        forwarder,
        recorder,
        repeats: Repeats::default(),
        exit: exit.clone(),
    });
    let (intake, beside) =
        intake::open(desk.clone()).map_err(|error| showing.give_back(shell, error))?;
    let served = receiver.serve_beside(intake, stop, watch_time(stop.clone(), plan.timeout));

    exit.closing.store(true, Ordering::Relaxed);
    join(beside, LAST_JUDGING);
    if let Some(forwarder) = &desk.forwarder {
        forwarder.wait(LAST_FORWARDS);
    }
    if let (Some(recorder), Some(thread)) = (&desk.recorder, recording) {
        recorder.end();
        let _ = thread.join();
    }
    exit.screen.end();
    let ended = Ended {
        summary: exit.tally.summary(),
        is_satisfied: exit.tally.is_satisfied(),
    };
    let unanswered = exit.unanswered.load(Ordering::Relaxed);
    let streams = (&mut shell.out, &mut shell.err);
    let shown = showing.end(
        streams,
        &ended.summary,
        (unanswered, awaits && ended.is_satisfied),
        signal,
    );
    served.map_err(Problem::failed)?;
    shown.map_err(|error| Problem::failed(error).context("could not write the output"))?;
    Ok(ended)
}

/// Ends the receiver when the time is up.
async fn watch_time(stop: Stop, timeout: Option<Duration>) {
    if let Some(timeout) = timeout {
        tokio::time::sleep(timeout).await;
        stop.trigger();
    }
}

/// Waits for a thread, but not for ever.
fn join(thread: JoinHandle<()>, patience: Duration) {
    let (sender, ended) = mpsc::channel();
    let waiting: io::Result<_> = thread::Builder::new().spawn(move || {
        let _ = thread.join();
        let _ = sender.send(());
    });
    if waiting.is_ok() {
        let _ = ended.recv_timeout(patience);
    }
}
