//! `bluehook listen`: see every delivery as it arrives, verified, validated and recorded.
//!
//! Its threads: the network loop takes requests in and judges small ones (`intake`); a thread
//! beside it judges large ones; a thread writes recordings (`recorder`); a thread looks for
//! causes and shows (`screen`). Each is behind a queue, so that a slow disk or a paused terminal
//! never stops the loop.

mod expect;
pub mod filter;
mod forward;
mod intake;
mod recorder;
mod respond;
mod screen;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use clap::{Args, ValueEnum};
use glob::Pattern;

use super::send::Transport;
use super::settings::{self, Settings};
use super::signals;
use super::{Problem, Shell, Stream, Verdict};
use crate::cli::{self, ClockChoice, Output, ProfileChoice, SchemeChoice, Secrets};
use crate::config::Profile;
use crate::receiver::{Limits, Receiver, Stop};
use crate::recording::Appender;
use crate::show::delivery::{Extent, Layout};
use crate::show::lines::{self, LINES_VERSION, ListeningLine};
use crate::show::style::Style;
use crate::signing::Scheme;
use crate::signing::Secret;
use crate::signing::{Keyring, Missing};
use filter::Filter;
use forward::{Forwarder, Target};
use intake::{Bench, Heavy, Intake, Repeats, Tally, lock};
use recorder::Recorder;
use respond::{Player, Script};
use screen::{Ended, Manner, Screen};

/// How many idle connections to applications are kept.
const FORWARD_CONNECTIONS: usize = 64;
/// How long the end waits, after Ctrl-C, for an output in which nothing moves.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// How long the end waits for forwards that are under way.
const LAST_FORWARDS: Duration = Duration::from_secs(2);

/// Receive deliveries: verify, validate, show, record, answer
///
/// Answers 200 to what is genuine (or unchecked, when no secret is given) and 401 to what is not.
/// Ctrl-C ends it in order.
#[derive(Debug, Args)]
pub struct Listen {
    /// The port; 0 takes any free one
    #[arg(short, long, default_value_t = 2583)]
    pub port: u16,
    /// The address to listen on; anything but loopback is open to others
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub bind: IpAddr,
    /// Write the URL to this file once deliveries are accepted
    #[arg(long, value_name = "FILE")]
    pub ready_file: Option<PathBuf>,
    #[command(flatten)]
    /// The secrets: any of them may match.
    pub secrets: Secrets,
    #[command(flatten)]
    /// The scheme.
    pub scheme: SchemeChoice,
    #[command(flatten)]
    /// The clock.
    pub clock: ClockChoice,
    /// The URL that senders were given, without the path: for schemes that sign the URL
    #[arg(long, value_name = "BASE", value_parser = cli::signed_url, help_heading = "Scheme")]
    pub public_url: Option<String>,
    #[command(flatten)]
    /// The profile.
    pub profile: ProfileChoice,
    /// Answer 200 to what is not genuine, too
    #[arg(long, help_heading = "Answers")]
    pub accept_invalid: bool,
    /// Answer by a script: steps like 500x4,200@8s,503+Retry-After:5,drop; the last one repeats
    #[arg(long, value_name = "SPEC", help_heading = "Answers")]
    pub respond: Option<Script>,
    /// The body of scripted answers
    #[arg(
        long,
        value_name = "FILE",
        requires = "respond",
        help_heading = "Answers"
    )]
    pub respond_body: Option<PathBuf>,
    /// Send genuine deliveries on to this URL, exact bytes; with GLOB= before it only such events.
    /// The first target that matches answers the sender
    #[arg(
        short,
        long,
        value_name = "[GLOB=]URL",
        conflicts_with = "respond",
        help_heading = "Forwarding"
    )]
    pub forward_to: Vec<Target>,
    /// How long an application may take to answer
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = cli::positive_duration, help_heading = "Forwarding")]
    pub forward_timeout: Duration,
    /// Trust the certificates in this PEM file instead of the public ones, when forwarding
    #[arg(
        long,
        value_name = "FILE",
        requires = "forward_to",
        help_heading = "Forwarding"
    )]
    pub cacert: Option<PathBuf>,
    /// Do not verify the application's certificate
    #[arg(
        short = 'k',
        long,
        requires = "forward_to",
        help_heading = "Forwarding"
    )]
    pub insecure: bool,
    /// Write every delivery to this file, before it is answered
    #[arg(long, value_name = "FILE", help_heading = "Recording")]
    pub record: Option<PathBuf>,
    /// Keep tokens (Authorization, Cookie and the like) out of the recording and of JSON lines
    #[arg(long, help_heading = "Recording")]
    pub redact: bool,
    #[command(flatten)]
    /// Which deliveries are meant.
    pub filter: Filter,
    /// End after this many deliveries that are genuine (or unchecked)
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = "Ending")]
    pub count: Option<u64>,
    /// End when this event came (a glob); may be given several times
    #[arg(long, value_name = "EVENT", value_parser = filter::pattern, help_heading = "Ending")]
    pub expect: Vec<Pattern>,
    /// End after this time: with exit code 1 if something was waited for and did not come
    #[arg(long, value_name = "DURATION", value_parser = cli::positive_duration, help_heading = "Ending")]
    pub timeout: Option<Duration>,
    /// Exit code 1 if a delivery was refused
    #[arg(long, help_heading = "Ending")]
    pub fail_on_refused: bool,
    /// How much of a body is shown: full, short or none
    #[arg(
        long,
        value_name = "EXTENT",
        value_enum,
        default_value_t,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    pub show_body: ShowBody,
    /// The largest body that is taken
    #[arg(long, value_name = "SIZE", default_value = "10MiB", value_parser = cli::size, help_heading = "Limits")]
    pub max_body: u64,
    /// The most connections at a time; one more closes the longest idle or slowest
    #[arg(long, value_name = "N", default_value_t = 512, value_parser = positive_count, help_heading = "Limits")]
    pub max_connections: usize,
    #[command(flatten)]
    /// Where the output goes.
    pub output: Output,
}

fn positive_count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 1..) => Ok(count),
        _ => Err("write a number from 1 on".into()),
    }
}

/// How much of a body is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ShowBody {
    /// All of it.
    #[default]
    Full,
    /// Some twenty lines.
    Short,
    /// Nothing.
    None,
}

/// How listening ends.
#[derive(Debug, Default)]
struct Ending {
    /// Ends the receiver.
    stop: Stop,
    /// The number of the signal that came; 0 for none.
    signal: AtomicI32,
}

impl Ending {
    /// The first signal ends it from now on.
    fn heed_signals() -> io::Result<Arc<Self>> {
        let ending = Arc::new(Self::default());
        let heeding = ending.clone();
        signals::heed(move |signal| {
            heeding.signal.store(signal, Ordering::Relaxed);
            heeding.stop.trigger();
        })?;
        Ok(ending)
    }

    fn signal(&self) -> Option<i32> {
        Some(self.signal.load(Ordering::Relaxed)).filter(|&signal| signal != 0)
    }
}

impl Listen {
    /// Listens until it is told to end, or until all that is waited for has come.
    ///
    /// # Errors
    /// The port cannot be had, a file cannot be read or written, a secret is unusable.
    pub fn run(self, shell: &mut Shell) -> Result<Verdict, Problem> {
        let mut settings = Settings::of(shell, &self.profile)?;
        let scheme = settings.scheme(shell, &self.scheme)?;
        let secrets = settings.secrets(shell, &self.secrets)?;
        settings.say(shell, self.output.talk.verbose)?;
        if scheme.signs_url() && self.public_url.is_none() && !secrets.is_empty() {
            return Err(settings::missing(
                &scheme,
                Missing::SignedUrl,
                "--public-url",
            ));
        }
        let keyring = Keyring::for_verifying(&scheme, &secrets).map_err(Problem::usage)?;
        let forwarder = self.forwarder()?;
        let player = match &self.respond {
            None => None,
            Some(script) => Some(Player::new(script.clone(), self.respond_body()?)),
        };
        let appender = match &self.record {
            None => None,
            Some(path) => Some(Appender::open(path).map_err(Problem::failed)?),
        };
        // An old file would tell waiting scripts the URL of an earlier run.
        if let Some(path) = self.ready_file.as_deref().filter(|path| path.is_file()) {
            std::fs::remove_file(path).map_err(|error| unwritable(path, error))?;
        }
        let receiver = self.receiver()?;
        let address = receiver.local_addr().map_err(Problem::failed)?;
        let url = format!("http://{address}");
        // From here on somebody may know of us and end us.
        let ending = Ending::heed_signals().map_err(Problem::failed)?;
        self.banner(shell, &url, &scheme, &secrets)?;
        let bench = Arc::new(Bench {
            is_blue: scheme == Scheme::default(),
            redacts: self.redact,
            scope: settings.profile()?.map(Profile::scope).unwrap_or_default(),
            scheme,
            keyring,
            clock: self.clock.clone(),
            public_url: self.public_url.clone(),
        });
        if let Some(path) = &self.ready_file {
            write_ready_file(path, &url)?;
        }
        let parts = (player, forwarder, appender);
        let house = House::build(&self, shell, bench, secrets, ending, parts);
        house.serve(shell, receiver, &self)
    }

    fn respond_body(&self) -> Result<Vec<u8>, Problem> {
        match &self.respond_body {
            None => Ok(Vec::new()),
            Some(path) => std::fs::read(path).map_err(|error| {
                Problem::failed(error).context(format!("could not read {}", path.display()))
            }),
        }
    }

    fn forwarder(&self) -> Result<Option<Arc<Forwarder>>, Problem> {
        if self.forward_to.is_empty() {
            return Ok(None);
        }
        let transport = Transport {
            timeout: self.forward_timeout,
            cacert: self.cacert.clone(),
            insecure: self.insecure,
            proxy: None,
        };
        let sender = transport.sender(FORWARD_CONNECTIONS)?;
        Ok(Some(Arc::new(Forwarder::new(
            sender,
            self.forward_to.clone(),
        ))))
    }

    fn receiver(&self) -> Result<Receiver, Problem> {
        let address = SocketAddr::new(self.bind, self.port);
        let limits = Limits {
            body_bytes: self.max_body,
            connections: self.max_connections,
            ..Limits::default()
        };
        Receiver::bind(address, limits).map_err(|error| {
            let kind = error.kind();
            let problem = Problem::failed(error).context(format!("could not listen on {address}"));
            match kind {
                io::ErrorKind::AddrInUse => problem.hint(format!(
                    "another program has the port, perhaps a bluehook listen that still runs (lsof -i :{} tells): end it, or use --port 0 for any free port",
                    self.port
                )),
                io::ErrorKind::AddrNotAvailable => {
                    problem.hint("the address is not one of this machine's")
                }
                io::ErrorKind::PermissionDenied => {
                    problem.hint("ports below 1024 are reserved: use another with --port")
                }
                _ => problem,
            }
        })
    }

    /// Says where it listens and what it checks; as the first line of machine output, too.
    fn banner(
        &self,
        shell: &mut Shell,
        url: &str,
        scheme: &Scheme,
        secrets: &[Secret],
    ) -> Result<(), Problem> {
        if self.output.json {
            let line = ListeningLine {
                url,
                version: LINES_VERSION,
            };
            shell
                .out
                .print(lines::to_bytes(&line).map_err(Problem::failed)?)?;
        }
        if self.output.talk.quiet {
            return Ok(());
        }
        let style = shell.err.style;
        let mut text = format!("listening on {}, Ctrl-C ends\n", style.strong(url));
        if !self.bind.is_loopback() {
            text.push_str(&format!(
                "{} everybody who reaches {} can send to it\n",
                style.odd("warning:"),
                self.bind
            ));
        }
        text.push_str(&match secrets.len() {
            0 => format!(
                "{} signatures are not checked: no secret is given\n",
                style.odd("note:")
            ),
            1 => format!("signatures are checked: {}, 1 secret\n", scheme.name),
            count => format!("signatures are checked: {}, {count} secrets\n", scheme.name),
        });
        for target in &self.forward_to {
            text.push_str(&format!("forwarding to {target}\n"));
        }
        if let Some(path) = &self.record {
            text.push_str(&format!("recording to {}\n", path.display()));
        }
        shell.err.print(text)
    }
}

/// All threads of a listening process and what they share.
struct House {
    intake: Arc<Intake>,
    heavy: JoinHandle<()>,
    recorder: Option<JoinHandle<()>>,
    screen: JoinHandle<Ended>,
    ending: Arc<Ending>,
}

impl House {
    fn build(
        listen: &Listen,
        shell: &mut Shell,
        bench: Arc<Bench>,
        secrets: Vec<Secret>,
        ending: Arc<Ending>,
        (player, forwarder, appender): (Option<Player>, Option<Arc<Forwarder>>, Option<Appender>),
    ) -> Self {
        let manner = Manner {
            json: listen.output.json,
            quiet: listen.output.talk.quiet,
            layout: Layout {
                style: shell.out.style,
                width: shell.out.width,
                extent: match listen.show_body {
                    ShowBody::Full => Extent::Full,
                    ShowBody::Short => Extent::Short,
                    ShowBody::None => Extent::None,
                },
                verbose: listen.output.talk.verbose,
            },
        };
        let streams = (take(&mut shell.out), take(&mut shell.err));
        // A reader that has gone ends the listening, unless something else is still waited for.
        let waits = listen.count.is_some()
            || !listen.forward_to.is_empty()
            || !listen.expect.is_empty()
            || listen.timeout.is_some()
            || listen.record.is_some();
        let closing = ending.stop.clone();
        let closed = move || {
            if !waits {
                closing.trigger();
            }
        };
        let (screen, screen_thread) =
            Screen::start(streams, manner, bench.clone(), secrets, closed);
        let (heavy, heavy_jobs) = mpsc::channel();
        let (recorder, recorder_thread, handed_on) = match appender.map(Recorder::start) {
            None => (None, None, None),
            Some((recorder, intake, thread)) => (Some(recorder), Some(thread), Some(intake)),
        };
        let intake = Arc::new(Intake {
            bench,
            accept_invalid: listen.accept_invalid,
            player,
            filter: listen.filter.clone(),
            count: listen.count,
            stop: ending.stop.clone(),
            tally: Mutex::new(Tally::default()),
            forwarder,
            recorder,
            screen,
            heavy,
            repeats: Mutex::new(Repeats::default()),
            arrived: AtomicU64::new(0),
        });
        intake.expect(listen.expect.clone());
        if let Some(handed_on) = handed_on {
            // Set once, here.
            let _ = handed_on.set(intake.clone());
        }
        let judging = intake.clone();
        let heavy = thread::spawn(move || {
            while let Ok(Heavy::Judge(taken, responder, started)) = heavy_jobs.recv() {
                judging.take(*taken, responder, started);
            }
        });
        Self {
            intake,
            heavy,
            recorder: recorder_thread,
            screen: screen_thread,
            ending,
        }
    }

    /// Serves until the end, then ends the threads in the order in which deliveries pass them.
    fn serve(
        self,
        shell: &mut Shell,
        receiver: Receiver,
        listen: &Listen,
    ) -> Result<Verdict, Problem> {
        let stop = &self.ending.stop;
        let beside = watch_time(stop.clone(), listen.timeout);
        let served = receiver.serve_beside(self.intake.clone(), stop, beside);
        let _ = self.intake.heavy.send(Heavy::End);
        let _ = self.heavy.join();
        if let Some(forwarder) = &self.intake.forwarder {
            forwarder.wait(LAST_FORWARDS);
        }
        if let (Some(recorder), Some(thread)) = (&self.intake.recorder, self.recorder) {
            recorder.end();
            let _ = thread.join();
        }
        let summary = lock(&self.intake.tally).summary.clone();
        let refused = summary.refused > 0;
        end_screen(shell, &self.intake, self.screen, summary, &self.ending);
        served.map_err(Problem::failed)?;
        if let Some(signal) = self.ending.signal() {
            return Ok(Verdict::Interrupted(signal));
        }
        let answer = self.intake.is_satisfied() && !(listen.fail_on_refused && refused);
        Ok(Verdict::from(answer))
    }
}

/// Has the rest shown, and the summary. After a signal an output that stands still is not waited
/// for.
fn end_screen(
    shell: &mut Shell,
    intake: &Arc<Intake>,
    thread: JoinHandle<Ended>,
    summary: lines::ListenSummary,
    ending: &Ending,
) {
    let (sender, ended) = mpsc::channel();
    let (ended_by, signal) = (intake.clone(), ending.signal());
    thread::spawn(move || {
        ended_by.screen.end(summary, signal);
        let _ = sender.send(thread.join());
    });
    let mut waiting = intake.screen.waiting();
    let ended = loop {
        match ended.recv_timeout(LAST_WORDS) {
            Err(RecvTimeoutError::Timeout) => {
                let before = std::mem::replace(&mut waiting, intake.screen.waiting());
                if ending.signal().is_some() && waiting >= before {
                    break None;
                }
            }
            ended => break ended.ok(),
        }
    };
    if let Some(Ok(Ended { streams })) = ended {
        (shell.out, shell.err) = streams;
    }
}

/// Ends the receiver when the time is up.
async fn watch_time(stop: Stop, timeout: Option<Duration>) {
    if let Some(timeout) = timeout {
        tokio::time::sleep(timeout).await;
        stop.trigger();
    }
}

/// Takes a stream out of the shell for another thread.
fn take(stream: &mut Stream) -> Stream {
    let nothing = Stream {
        writer: Box::new(io::sink()),
        style: Style::PLAIN,
        width: stream.width,
        is_terminal: false,
    };
    std::mem::replace(stream, nothing)
}

/// Tells waiting scripts the URL: written whole under another name first, so that nobody reads half
/// of it.
fn write_ready_file(path: &Path, url: &str) -> Result<(), Problem> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    std::fs::write(&part, format!("{url}\n"))
        .and_then(|()| std::fs::rename(&part, path))
        .map_err(|error| {
            // What was half done is of no use.
            let _ = std::fs::remove_file(&part);
            unwritable(path, error)
        })
}

fn unwritable(path: &Path, error: io::Error) -> Problem {
    Problem::failed(error).context(format!("could not write {}", path.display()))
}
