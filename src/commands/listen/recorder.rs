//! Deliveries on disk before they are answered: a thread that writes what waits in one go, so that
//! senders which wait together share one sync.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use super::taken::Taken;
use crate::receiver::{Answer, Responder, answer_all};
use crate::recording::Appender;

/// How many deliveries are written at once at most.
const BATCH: usize = 256;
/// From so many bytes of bodies on nothing more is added to what is written at once.
const BATCH_BYTES: usize = 4 << 20;
/// From this size on it is said that the recording grows large, and again at each doubling.
const LARGE: u64 = 1 << 30;

/// What makes a delivery's line of the recording.
type Line = dyn Fn(&mut Taken) -> io::Result<Vec<u8>> + Send + Sync;
/// What goes on with a delivery that was answered.
type Next = Box<dyn FnOnce(Taken) + Send>;

/// The way to the recording thread.
pub(super) struct Recorder {
    jobs: Sender<Job>,
    line: Arc<Line>,
}

enum Job {
    Record(Box<Waiting>),
    End,
}

/// A delivery that waits to be written down.
struct Waiting {
    taken: Taken,
    /// Its line, where the one who handed it over made it.
    line: Option<io::Result<Vec<u8>>>,
    responder: Responder,
    answer: Answer,
    next: Next,
}

/// Starts the thread. `line` makes the lines: of large deliveries on the thread that hands them
/// over, so that no other waits for it. `warn` says what the user should know.
///
/// # Errors
/// The system gives no thread.
pub(super) fn start(
    appender: Appender,
    line: impl Fn(&mut Taken) -> io::Result<Vec<u8>> + Send + Sync + 'static,
    warn: impl Fn(String) + Send + 'static,
) -> io::Result<(Recorder, JoinHandle<()>)> {
    if appender.others_can_read() {
        warn(
            "other users of this machine can read the recording, an older file: chmod 600 mends it"
                .into(),
        );
    }
    let (jobs, waiting) = mpsc::channel();
    let line: Arc<Line> = Arc::new(line);
    let desk = Desk {
        appender,
        line: line.clone(),
        warn: Box::new(warn),
    };
    let thread = thread::Builder::new().spawn(move || desk.work(&waiting))?;
    Ok((Recorder { jobs, line }, thread))
}

impl Recorder {
    /// Has a delivery written down, then answered, and then handed on to `next`. The queue is
    /// bounded by the receiver's budget: a delivery counts there as long as it is here.
    pub(super) fn record(
        &self,
        mut taken: Taken,
        responder: Responder,
        answer: Answer,
        next: impl FnOnce(Taken) + Send + 'static,
    ) {
        let line = taken.is_large().then(|| (self.line)(&mut taken));
        // A thread that has gone cannot record: the responder is dropped and answers 500.
        let _ = self.jobs.send(Job::Record(Box::new(Waiting {
            taken,
            line,
            responder,
            answer,
            next: Box::new(next),
        })));
    }

    /// Nothing more will come.
    pub(super) fn end(&self) {
        let _ = self.jobs.send(Job::End);
    }
}

/// The thread.
struct Desk {
    appender: Appender,
    line: Arc<Line>,
    warn: Box<dyn Fn(String) + Send>,
}

impl Desk {
    fn work(mut self, waiting: &Receiver<Job>) {
        let mut told = LARGE / 2;
        let mut ended = false;
        while !ended {
            let Ok(first) = waiting.recv() else { return };
            let (mut batch, mut bytes) = (Vec::new(), 0);
            for job in std::iter::once(first).chain(waiting.try_iter()) {
                match job {
                    Job::Record(job) => {
                        bytes += job.taken.delivery().body.len();
                        batch.push(*job);
                    }
                    Job::End => ended = true,
                }
                if batch.len() >= BATCH || bytes >= BATCH_BYTES || ended {
                    break;
                }
            }
            self.write(batch);
            if self.appender.bytes() >= told * 2 {
                told = self.appender.bytes();
                (self.warn)(format!("the recording has grown to {} MiB", told >> 20));
            }
        }
    }

    /// Writes, syncs, and lets the senders have their answers: 500 when it could not be written.
    fn write(&mut self, batch: Vec<Waiting>) {
        let (mut lines, mut written) = (Vec::new(), Vec::new());
        let mut failed = Vec::new();
        for mut waiting in batch {
            match self.line(&mut waiting) {
                Ok(line) => {
                    lines.push(line);
                    written.push(waiting);
                }
                Err(error) => failed.push((waiting, error.to_string())),
            }
        }
        match self.appender.append(&lines) {
            Ok(None) => {}
            Ok(Some(changed)) => (self.warn)(changed.to_string()),
            Err(error) => {
                let why = error.to_string();
                failed.extend(written.drain(..).map(|waiting| (waiting, why.clone())));
            }
        }
        if let Some((_, why)) = failed.first() {
            let deliveries = match failed.len() {
                1 => "1 delivery".to_owned(),
                count => format!("{count} deliveries"),
            };
            (self.warn)(format!(
                "the recording could not be written ({why}): {deliveries} answered 500"
            ));
        }
        for (mut waiting, _) in failed {
            waiting.answer = Answer::status(500);
            waiting.taken.is_lost = true;
            waiting.taken.status = Some(500);
            waiting.taken.decided_by = "bluehook".into();
            written.push(waiting);
        }
        let (answers, further): (Vec<_>, Vec<_>) = written
            .into_iter()
            .map(|waiting| {
                let answer = (waiting.responder, waiting.answer);
                (answer, (waiting.next, waiting.taken))
            })
            .unzip();
        answer_all(answers);
        for (next, taken) in further {
            next(taken);
        }
    }

    /// A panic over one delivery's line is that delivery's end, and not the recording's.
    fn line(&self, waiting: &mut Waiting) -> io::Result<Vec<u8>> {
        if let Some(line) = waiting.line.take() {
            return line;
        }
        let taken = &mut waiting.taken;
        catch_unwind(AssertUnwindSafe(|| (self.line)(taken)))
            .unwrap_or_else(|_| Err(io::Error::other("bluehook itself failed")))
    }
}
