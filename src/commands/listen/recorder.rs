//! Deliveries on disk before they are answered. One thread makes their lines, another writes all
//! lines that wait in one go: senders that wait together share one sync, and while it lasts the
//! next lines are made.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use super::taken::Taken;
use crate::receiver::{Answer, Responder, answer_all};
use crate::recording::Appender;

/// How many lines wait for the disk at most.
const BATCH: usize = 256;
/// From so many bytes of lines on no further line joins those that wait.
const BATCH_BYTES: usize = 4 << 20;
/// From this size on it is said that the recording grows large, and again at each doubling.
const LARGE: u64 = 1 << 30;

/// What makes a delivery's line of the recording.
type MakeLine = dyn Fn(&mut Taken) -> io::Result<Vec<u8>> + Send + Sync;
/// What goes on with a delivery that was answered.
type Next = Box<dyn FnOnce(Taken) + Send>;

/// The way to the recording threads.
pub(super) struct Recorder {
    /// `None` is the end.
    deliveries: Sender<Option<Box<Waiting>>>,
    writer: Arc<Writer>,
}

/// A delivery that waits to be written down.
struct Waiting {
    taken: Taken,
    responder: Responder,
    answer: Answer,
    next: Next,
}

/// A delivery's line, or why there is none.
struct Line {
    of: Box<Waiting>,
    text: io::Result<Vec<u8>>,
}

/// Starts the threads. `make` makes the lines: of large deliveries on the thread that hands them
/// over, so that no other waits for it. `warn` says what the user should know. The thread that is
/// returned ends last.
///
/// # Errors
/// The system gives no thread.
pub(super) fn start(
    appender: Appender,
    make: impl Fn(&mut Taken) -> io::Result<Vec<u8>> + Send + Sync + 'static,
    warn: impl Fn(String) + Send + 'static,
) -> io::Result<(Recorder, JoinHandle<()>)> {
    if appender.others_can_read() {
        warn(
            "other users of this machine can read the recording, an older file: chmod 600 mends it"
                .into(),
        );
    }
    let (deliveries, waiting) = mpsc::channel();
    let writer = Arc::new(Writer {
        make: Box::new(make),
        lines: Lines::default(),
    });
    let disk = Disk {
        appender,
        warn: Box::new(warn),
    };
    let making = writer.clone();
    thread::Builder::new().spawn(move || making.work(&waiting))?;
    let recorder = Recorder {
        deliveries,
        writer: writer.clone(),
    };
    let thread = thread::Builder::new().spawn(move || disk.work(&writer.lines))?;
    Ok((recorder, thread))
}

impl Recorder {
    /// Has a delivery written down, then answered, and then handed on to `next`. The queue is
    /// bounded by the receiver's budget: a delivery counts there as long as it is here.
    pub(super) fn record(
        &self,
        taken: Taken,
        responder: Responder,
        answer: Answer,
        next: impl FnOnce(Taken) + Send + 'static,
    ) {
        let is_large = taken.is_large();
        let waiting = Box::new(Waiting {
            taken,
            responder,
            answer,
            next: Box::new(next),
        });
        if is_large {
            self.writer.write(waiting);
        } else {
            // A thread that has gone cannot record: the responder is dropped and answers 500.
            let _ = self.deliveries.send(Some(waiting));
        }
    }

    /// Nothing more will come.
    pub(super) fn end(&self) {
        let _ = self.deliveries.send(None);
    }
}

/// Makes lines.
struct Writer {
    make: Box<MakeLine>,
    lines: Lines,
}

impl Writer {
    fn work(&self, deliveries: &Receiver<Option<Box<Waiting>>>) {
        while let Ok(Some(waiting)) = deliveries.recv() {
            self.write(waiting);
        }
        self.lines.end();
    }

    /// A panic over one delivery's line is that delivery's end, and not the recording's.
    fn write(&self, mut of: Box<Waiting>) {
        let taken = &mut of.taken;
        let text = catch_unwind(AssertUnwindSafe(|| (self.make)(taken)))
            .unwrap_or_else(|_| Err(io::Error::other("bluehook itself failed")));
        self.lines.put(Line { of, text });
    }
}

/// Lines that wait for the disk.
#[derive(Default)]
struct Lines {
    waiting: Mutex<Batch>,
    changed: Condvar,
}

#[derive(Default)]
struct Batch {
    lines: Vec<Line>,
    bytes: usize,
    has_ended: bool,
}

impl Batch {
    fn is_full(&self) -> bool {
        self.lines.len() >= BATCH || self.bytes >= BATCH_BYTES
    }
}

impl Lines {
    /// Adds a line, as soon as there is room.
    fn put(&self, line: Line) {
        let mut batch = self.lock();
        while batch.is_full() {
            batch = self.wait(batch);
        }
        batch.bytes += line.text.as_ref().map_or(0, Vec::len);
        batch.lines.push(line);
        if batch.lines.len() == 1 {
            self.changed.notify_all();
        }
    }

    /// All that wait, once there are any; none at the end.
    fn take(&self) -> Vec<Line> {
        let mut batch = self.lock();
        while batch.lines.is_empty() && !batch.has_ended {
            batch = self.wait(batch);
        }
        if batch.is_full() {
            self.changed.notify_all();
        }
        batch.bytes = 0;
        std::mem::take(&mut batch.lines)
    }

    /// Nothing more is added.
    fn end(&self) {
        self.lock().has_ended = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Batch> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, batch: MutexGuard<'a, Batch>) -> MutexGuard<'a, Batch> {
        let woken = self.changed.wait(batch);
        woken.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes lines.
struct Disk {
    appender: Appender,
    warn: Box<dyn Fn(String) + Send>,
}

impl Disk {
    fn work(mut self, lines: &Lines) {
        let mut told = LARGE / 2;
        loop {
            let batch = lines.take();
            if batch.is_empty() {
                return;
            }
            self.write(batch);
            if self.appender.bytes() >= told * 2 {
                told = self.appender.bytes();
                (self.warn)(format!("the recording has grown to {} MiB", told >> 20));
            }
        }
    }

    /// Writes, syncs, and lets the senders have their answers: 500 when it could not be written.
    /// What does not fit on the disk fails together with what was to be written with it.
    fn write(&mut self, batch: Vec<Line>) {
        let (mut texts, mut written, mut failed) = (Vec::new(), Vec::new(), Vec::new());
        for Line { of, text } in batch {
            match text {
                Ok(text) => {
                    texts.push(text);
                    written.push(of);
                }
                Err(error) => failed.push((of, error.to_string())),
            }
        }
        match self.appender.append(&texts) {
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
                let Waiting {
                    taken,
                    responder,
                    answer,
                    next,
                } = *waiting;
                ((responder, answer), (next, taken))
            })
            .unzip();
        answer_all(answers);
        for (next, taken) in further {
            // What goes wrong behind one delivery keeps no other from being recorded.
            if catch_unwind(AssertUnwindSafe(|| next(taken))).is_err() {
                (self.warn)("bluehook itself failed after an answer, please report it".into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::receiver::{Limits, Malformed, Received, Receiver, Service, Stop};
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;

    /// Has everything recorded, and then panics.
    struct Panics(Recorder);

    impl Service for Panics {
        fn received(&self, received: Received, responder: Responder) {
            let taken = Taken::new(1, Arc::new(received));
            let next = |_| panic!("on purpose");
            self.0.record(taken, responder, Answer::status(200), next);
        }

        fn malformed(&self, malformed: Malformed) {
            panic!("{}", malformed.message);
        }
    }

    #[test]
    fn a_panic_ends_one_delivery_and_never_the_recording() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("recording");
        let (said, words) = mpsc::channel();
        let make = |taken: &mut Taken| match &*taken.delivery().target {
            "/panic" => panic!("on purpose"),
            target => Ok(target.as_bytes().to_vec()),
        };
        let warn = move |words| said.send(words).unwrap();
        let (recorder, thread) = start(Appender::open(&path).unwrap(), make, warn).unwrap();
        let ends = recorder.deliveries.clone();
        let receiver = Receiver::bind(([127, 0, 0, 1], 0).into(), Limits::default()).unwrap();
        let address = receiver.local_addr().unwrap();
        let stop = Stop::new();
        let stopped = stop.clone();
        let served = thread::spawn(move || receiver.serve(Panics(recorder), &stopped));
        let status = |target: &str| {
            let mut sender = TcpStream::connect(address).unwrap();
            let request = format!("POST {target} HTTP/1.0\r\n\r\n");
            sender.write_all(request.as_bytes()).unwrap();
            let mut answer = String::new();
            sender.read_to_string(&mut answer).unwrap();
            answer[9..12].to_owned()
        };
        let statuses = ["/one", "/panic", "/two"].map(status);
        assert_eq!(statuses, ["200", "500", "200"]);
        stop.trigger();
        served.join().unwrap().unwrap();
        ends.send(None).unwrap();
        thread.join().unwrap();
        let words: Vec<String> = words.iter().collect();
        let after = "bluehook itself failed after an answer, please report it";
        let instead =
            "the recording could not be written (bluehook itself failed): 1 delivery answered 500";
        assert_eq!(words, [after, instead, after, after]);
        assert_eq!(std::fs::read_to_string(path).unwrap(), "/one\n/two\n");
    }
}
