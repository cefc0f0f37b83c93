//! The house's threads: each is started with what comes after it, and they are ended in the order
//! in which deliveries pass them.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use glob::Pattern;

use super::bench::Bench;
use super::forward::Forwarder;
use super::intake::{self, Desk, Exit, Repeats};
use super::recorder::{self, Recorder};
use super::respond::Player;
use super::screen::{self, Manner, Note, Showing};
use super::taken::Taken;
use super::tally::Tally;
use crate::commands::filter::Filter;
use crate::commands::shell::{Problem, Shell};
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
    let time = watch_time(stop.clone(), plan.timeout);
    let house = House::build(plan, shell, stop)?;
    let (intake, beside) = match intake::open(house.desk.clone()) {
        Ok(opened) => opened,
        Err(error) => return Err(house.showing.give_back(shell, error)),
    };
    let served = receiver.serve_beside(intake, stop, time);
    let ended = house.end(beside, shell, signal);
    served.map_err(Problem::failed)?;
    ended.map_err(|error| Problem::failed(error).context("could not write the output"))
}

/// What runs, from the first stage to the last.
struct House {
    desk: Arc<Desk>,
    /// The recorder's thread.
    recording: Option<JoinHandle<()>>,
    showing: Showing,
    /// Something is waited for.
    awaits: bool,
}

impl House {
    /// Starts the stages, the last one first.
    fn build(plan: Plan, shell: &mut Shell, stop: &Stop) -> Result<Self, Problem> {
        let awaits = plan.count.is_some() || !plan.expected.is_empty();
        let asks_event = !plan.expected.is_empty();
        // A reader that has gone ends the listening, unless something else is still waited for.
        let waits =
            awaits || plan.forwarder.is_some() || plan.timeout.is_some() || plan.appender.is_some();
        let tells = plan.appender.is_some() || !plan.manner.is_silent();
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
        let exit = Arc::new(Exit {
            tally: Tally::new(plan.count, plan.expected, plan.fails_on_refused),
            screen,
            stop: stop.clone(),
            closing: AtomicBool::new(false),
        });
        let recorded = plan
            .appender
            .map(|appender| record(appender, &bench, plan.manner.redacts, &exit));
        let (recorder, recording) = match recorded {
            None => (None, None),
            Some(Ok((recorder, thread))) => (Some(recorder), Some(thread)),
            Some(Err(error)) => return Err(showing.give_back(shell, error)),
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
            repeats: tells.then(Repeats::default),
            exit,
        });
        Ok(Self {
            desk,
            recording,
            showing,
            awaits,
        })
    }

    /// Ends the stages, the first one first, and has the summary shown.
    fn end(
        self,
        beside: JoinHandle<()>,
        shell: &mut Shell,
        signal: impl Fn() -> Option<i32>,
    ) -> io::Result<Ended> {
        let exit = &self.desk.exit;
        exit.closing.store(true, Ordering::Relaxed);
        join(beside, LAST_JUDGING);
        if let Some(forwarder) = &self.desk.forwarder {
            forwarder.wait(LAST_FORWARDS);
        }
        if let (Some(recorder), Some(thread)) = (&self.desk.recorder, self.recording) {
            recorder.end();
            let _ = thread.join();
        }
        exit.screen.end();
        let ended = Ended {
            summary: exit.tally.summary(),
            is_satisfied: exit.tally.is_satisfied(),
        };
        let streams = (&mut shell.out, &mut shell.err);
        let has_expected = self.awaits && ended.is_satisfied;
        self.showing
            .end(streams, &ended.summary, has_expected, signal)?;
        Ok(ended)
    }
}

/// Starts the recorder. The cause of a mismatch is looked for when it is read back: the sender waits.
fn record(
    appender: Appender,
    bench: &Arc<Bench>,
    redacts: bool,
    exit: &Arc<Exit>,
) -> io::Result<(Recorder, JoinHandle<()>)> {
    let bench = bench.clone();
    let make = move |taken: &mut Taken| {
        bench.read(taken);
        taken.line(redacts, bench.verification(taken, None).as_ref())
    };
    let exit = exit.clone();
    let warn = move |text| exit.screen.note(Note::Warning, text);
    recorder::start(appender, make, warn)
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
