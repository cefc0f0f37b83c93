//! Deliveries on disk before they are answered: a thread that writes what waits in one go, so that
//! senders which wait together share one sync.

use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};

use super::intake::{Intake, Taken};
use super::screen::Note;
use crate::receiver::{Answer, Responder};
use crate::recording::Appender;
use crate::show::verification;

/// How many deliveries are written at once at most.
const BATCH: usize = 256;
/// From this size on it is said that the recording grows large, and again at each doubling.
const LARGE: u64 = 1 << 30;

/// The way to the recording thread.
pub struct Recorder {
    jobs: Sender<Job>,
}

enum Job {
    Record(Box<Waiting>),
    End,
}

/// A delivery that waits to be written down.
struct Waiting {
    taken: Taken,
    responder: Responder,
    answer: Answer,
    /// Who goes on with it; `None` when nothing but counting and showing is left.
    back: Option<Sender<Taken>>,
}

impl Recorder {
    /// Starts the thread. It learns later whom to hand recorded deliveries on to.
    pub fn start(appender: Appender) -> (Self, Arc<OnceLock<Arc<Intake>>>, JoinHandle<()>) {
        let (jobs, waiting) = mpsc::channel();
        let intake = Arc::new(OnceLock::new());
        let handed_on = intake.clone();
        let thread = thread::spawn(move || work(appender, &waiting, &handed_on));
        (Self { jobs }, intake, thread)
    }

    /// Has a delivery written down and then answered. The queue is bounded by the receiver's
    /// budget: a delivery counts there until it is answered.
    pub fn record(&self, taken: Taken, responder: Responder, answer: Answer) {
        self.send(taken, responder, answer, None);
    }

    /// As [`Recorder::record`], and gives the delivery back once it is answered; `None` when it was
    /// not, because everything ends.
    pub fn record_and_return(
        &self,
        taken: Taken,
        responder: Responder,
        answer: Answer,
    ) -> Option<Taken> {
        let (back, returned) = mpsc::channel();
        self.send(taken, responder, answer, Some(back));
        returned.recv().ok()
    }

    fn send(
        &self,
        taken: Taken,
        responder: Responder,
        answer: Answer,
        back: Option<Sender<Taken>>,
    ) {
        // A thread that has gone cannot record: the responder is dropped and answers 500.
        let _ = self.jobs.send(Job::Record(Box::new(Waiting {
            taken,
            responder,
            answer,
            back,
        })));
    }

    /// Nothing more will come.
    pub fn end(&self) {
        let _ = self.jobs.send(Job::End);
    }
}

fn work(mut appender: Appender, waiting: &mpsc::Receiver<Job>, intake: &OnceLock<Arc<Intake>>) {
    let mut told = LARGE / 2;
    let mut ended = false;
    while !ended {
        let Ok(first) = waiting.recv() else { return };
        let mut batch = Vec::new();
        for job in std::iter::once(first).chain(waiting.try_iter()) {
            match job {
                Job::Record(job) => batch.push(*job),
                Job::End => ended = true,
            }
            if batch.len() >= BATCH || ended {
                break;
            }
        }
        let Some(intake) = intake.get() else { return };
        write(&mut appender, batch, intake);
        if appender.len() >= told * 2 {
            told = appender.len();
            intake.screen.note(
                Note::Warning,
                format!("the recording has grown to {} MiB", told >> 20),
            );
        }
    }
}

/// Writes, syncs, and lets the senders have their answers: 500 when it could not be written.
fn write(appender: &mut Appender, batch: Vec<Waiting>, intake: &Intake) {
    let lines: Vec<Vec<u8>> = batch
        .iter()
        .filter_map(|waiting| line(&waiting.taken, intake).ok())
        .collect();
    let written = if lines.len() == batch.len() {
        appender.append(&lines)
    } else {
        Err(std::io::Error::other(
            "a delivery could not be written as JSON",
        ))
    };
    if let Err(error) = &written {
        intake.screen.note(
            Note::Warning,
            format!(
                "the recording could not be written ({error}): {} answered 500",
                if batch.len() == 1 {
                    "1 delivery".to_owned()
                } else {
                    format!("{} deliveries", batch.len())
                }
            ),
        );
    }
    for mut waiting in batch {
        if written.is_err() {
            waiting.answer = Answer::status(500);
            waiting.taken.is_lost = true;
            waiting.taken.status = Some(500);
            waiting.taken.decided_by = "bluehook".into();
        }
        waiting.responder.answer(waiting.answer);
        match waiting.back {
            None => intake.end(waiting.taken),
            Some(back) => {
                // Whoever forwards waits for it.
                let _ = back.send(waiting.taken);
            }
        }
    }
}

/// The recording's line. The cause of a mismatch is looked for when it is read back: the sender
/// waits.
fn line(taken: &Taken, intake: &Intake) -> std::io::Result<Vec<u8>> {
    let verification = taken.judgement.as_ref().map(|judgement| {
        verification::line_of(
            judgement,
            &intake.bench.scheme,
            taken.number,
            taken.delivery(),
        )
    });
    let headers = taken.kept_headers();
    taken.line(&headers, verification.as_ref()).to_bytes()
}
