//! `bluehook listen`: see every delivery as it arrives, verified, validated and recorded.
//!
//! A delivery passes the stages in one direction, and each is given what comes after it:
//!
//! ```text
//! network ─▶ intake: number, judge (bench), filter, answer (respond) or forward ─▶ recorder ─▶ tally, screen
//! ```
//!
//! What is known of it so far is one value ([`taken`]). The network loop takes requests in and judges
//! small ones; a thread beside it judges large ones; a thread writes recordings; a thread looks for
//! causes and shows. Each is behind a queue, so that a slow disk or a paused terminal never stops
//! the loop. Here stand the options and the beginning.

mod bench;
mod expect;
mod forward;
mod house;
mod intake;
mod recorder;
mod respond;
mod screen;
mod taken;
mod tally;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use clap::Args;
use glob::Pattern;

use super::courts::Courts;
use super::filter::{self, Filter};
use super::input;
use super::settings::{self, Settings};
use super::shell::{Problem, Shell, Verdict};
use super::signals;
use super::transport::Transport;
use crate::cli::{self, ClockChoice, Output, ProfileChoice, SchemeChoice, Secrets};
use crate::config::Profile;
use crate::receiver::{Limits, Receiver, Stop};
use crate::recording::{Appender, Refused};
use crate::show::lines::{self, LINES_VERSION, ListeningLine};
use crate::show::seen::{Detail, Layout};
use crate::signing::{Keyring, Missing, Scheme};
use bench::Bench;

use forward::{Forwarder, Target};
use house::Plan;
use respond::{Player, Script};
use screen::Manner;

/// How many idle connections to applications are kept.
const FORWARD_CONNECTIONS: usize = 64;

/// The largest body of a scripted answer.
const RESPOND_BODY_BYTES: u64 = 16 << 20;

const EXAMPLES: &str = "\
Examples:
  bluehook listen -s geheim
  bluehook listen -s geheim --record deliveries.jsonl -f 3000
  bluehook listen -s geheim --respond 500x4,200
  bluehook listen -s geheim -n 1 --expect TODO_CREATED";

/// Receive deliveries: verify, validate, show, record, answer
///
/// Answers 200 to what is genuine (or unchecked, when no secret is given) and 401 to what is not.
/// Ctrl-C ends it in order.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Listen {
    /// The port; 0 takes any free one
    #[arg(short, long, default_value_t = 2583, value_parser = cli::number(0..=u16::MAX))]
    pub port: u16,
    /// The address to listen on; anything but loopback is open to others
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1", value_parser = cli::bind)]
    pub bind: IpAddr,
    /// Write the URL to this file once deliveries are accepted
    #[arg(long, value_name = "FILE")]
    pub ready_file: Option<PathBuf>,
    #[command(flatten)]
    /// The secrets: any of them may match.
    pub secrets: Secrets,
    #[command(flatten)]
    /// The scheme.
    pub scheme: SchemeChoice<true>,
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
    #[arg(short = 'n', long, value_name = "N", value_parser = cli::number(1_u64..), help_heading = "Ending")]
    pub count: Option<u64>,
    /// End when this event came (a glob); may be given several times
    #[arg(long, value_name = "EVENT", value_parser = cli::event(filter::pattern), hide_possible_values = true, help_heading = "Ending")]
    pub expect: Vec<Pattern>,
    /// End after this time: with exit code 1 if something was waited for and did not come
    #[arg(long, value_name = "DURATION", value_parser = cli::positive_duration, help_heading = "Ending")]
    pub timeout: Option<Duration>,
    /// Exit code 1 if a delivery was refused
    #[arg(long, help_heading = "Ending")]
    pub fail_on_refused: bool,
    /// How much of each delivery is shown: line, short or full
    #[arg(
        long,
        value_name = "DETAIL",
        value_enum,
        default_value_t,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    pub show: Detail,
    /// The largest body that is taken
    #[arg(long, value_name = "SIZE", default_value = "10MiB", value_parser = cli::size, help_heading = "Limits")]
    pub max_body: u64,
    /// The most connections at a time; one more closes the longest idle or slowest
    #[arg(long, value_name = "N", default_value_t = 512, value_parser = cli::number(1_usize..), help_heading = "Limits")]
    pub max_connections: usize,
    #[command(flatten)]
    /// Where the output goes.
    pub output: Output,
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
    pub(super) fn run(self, shell: &mut Shell) -> Result<Verdict, Problem> {
        let mut settings = Settings::of(shell, &self.profile)?;
        let courts = self.courts(shell, &mut settings)?;
        let bench = Bench {
            courts,
            scope: settings.profile()?.map(Profile::scope).unwrap_or_default(),
            clock: self.clock.clone(),
            public_url: self.public_url.clone(),
        };
        let forwarder = self.forwarder()?;
        let player = match &self.respond {
            None => None,
            Some(script) => Some(Player::new(script.clone(), self.respond_body()?)),
        };
        let appender = match &self.record {
            None => None,
            Some(path) => Some(Appender::open(path).map_err(unrecordable)?),
        };
        // An old file would tell waiting scripts the URL of an earlier run.
        if let Some(path) = self.ready_file.as_deref().filter(|path| path.is_file()) {
            std::fs::remove_file(path).map_err(|error| unwritable(path, error))?;
        }
        let receiver = self.receiver()?;
        let address = receiver.local_addr().map_err(Problem::failed)?;
        self.refuse_circles(address)?;
        let url = format!("http://{address}");
        // From here on somebody may know of us and end us.
        let ending = Ending::heed_signals().map_err(Problem::failed)?;
        self.banner(shell, &url, &bench)?;
        if let Some(path) = &self.ready_file {
            write_ready_file(path, &url)?;
        }
        let plan = Plan {
            bench,
            filter: self.filter.clone(),
            accept_invalid: self.accept_invalid,
            player,
            forwarder,
            appender,
            manner: self.manner(shell),
            count: self.count,
            expected: self.expect.clone(),
            fails_on_refused: self.fail_on_refused,
            timeout: self.timeout,
        };
        let ended = house::serve(plan, shell, receiver, &ending.stop, || ending.signal())?;
        if let Some(signal) = ending.signal() {
            return Ok(Verdict::Interrupted(signal));
        }
        let failed = self.fail_on_refused && ended.summary.refused > 0;
        if failed && !self.output.talk.quiet {
            let refused = match ended.summary.refused {
                1 => "1 delivery was".to_owned(),
                count => format!("{} deliveries were", crate::amount::count(count)),
            };
            let bad = shell.err.style.bad("failed:");
            let text = format!("{bad} {refused} not genuine (--fail-on-refused)\n");
            shell.err.print(text)?;
        }
        Ok(Verdict::from(ended.is_satisfied && !failed))
    }

    /// What deliveries are judged with.
    fn courts(&self, shell: &mut Shell, settings: &mut Settings) -> Result<Courts, Problem> {
        if let Some(schemes) = settings.schemes(shell, &self.scheme)? {
            let secrets = settings.secrets(shell, &self.secrets)?;
            settings.say(shell, self.output.talk.verbose)?;
            return Ok(Courts::any(schemes, secrets, self.public_url.is_some()));
        }
        let scheme = settings.scheme(shell, &self.scheme)?;
        if scheme == Scheme::default() {
            let forwarded = self.forward_to.iter().filter_map(Target::glob);
            for pattern in (self.filter.event.iter().chain(&self.expect)).chain(forwarded) {
                filter::check(pattern)?;
            }
        }
        let secrets = settings.secrets(shell, &self.secrets)?;
        settings.say(shell, self.output.talk.verbose)?;
        settings::note_clock(shell, &scheme, &self.clock, self.output.talk)?;
        if scheme.signs_url() && self.public_url.is_none() && !secrets.is_empty() {
            return Err(settings::missing(
                &scheme,
                Missing::SignedUrl,
                "--public-url",
            ));
        }
        let keyring = Keyring::for_verifying(&scheme, &secrets).map_err(settings::unfit)?;
        Ok(Courts::named(scheme, keyring, secrets))
    }

    fn manner(&self, shell: &Shell) -> Manner {
        Manner {
            json: self.output.json,
            quiet: self.output.talk.quiet,
            records: self.record.is_some() && !self.redact,
            redacts: self.redact,
            layout: Layout {
                style: shell.out.style,
                width: shell.out.width,
                detail: self.show,
                verbose: self.output.talk.verbose,
            },
        }
    }

    fn respond_body(&self) -> Result<Vec<u8>, Problem> {
        match &self.respond_body {
            None => Ok(Vec::new()),
            Some(path) => {
                Ok(input::small_file(path, "--respond-body", RESPOND_BODY_BYTES)?.to_vec())
            }
        }
    }

    fn forwarder(&self) -> Result<Option<Forwarder>, Problem> {
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
        Ok(Some(Forwarder::new(
            sender,
            self.forward_to.clone(),
            self.public_url.clone(),
        )))
    }

    /// A target that is this listener would have each delivery again and again.
    fn refuse_circles(&self, here: SocketAddr) -> Result<(), Problem> {
        let public = self.public_url.as_ref().and_then(|url| url.parse().ok());
        let leads_here = |target: &&Target| target.leads_to(here, public.as_ref());
        match self.forward_to.iter().find(leads_here) {
            None => Ok(()),
            Some(target) => Err(Problem::wrong(format!(
                "{target} is this listener itself, which would get each delivery back"
            ))
            .hint("forward to the port of your application")),
        }
    }

    fn receiver(&self) -> Result<Receiver, Problem> {
        let address = SocketAddr::new(self.bind, self.port);
        let usual = Limits::default();
        // One sender has a share of the memory only: the largest body must fit into it.
        let largest = usize::try_from(self.max_body).unwrap_or(usize::MAX);
        let limits = Limits {
            body_bytes: self.max_body,
            buffered_bytes: usual.buffered_bytes.max(largest.saturating_mul(2)),
            connections: self.max_connections,
            ..usual
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
    fn banner(&self, shell: &mut Shell, url: &str, bench: &Bench) -> Result<(), Problem> {
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
        let err = &mut shell.err;
        err.print(format!(
            "listening on {}, Ctrl-C ends\n",
            err.style.strong(url)
        ))?;
        if !self.bind.is_loopback() {
            let bind = self.bind;
            err.warn(format!("everybody who reaches {bind} can send to it"))?;
        }
        let scheme = &bench.courts.get(None).scheme;
        let name = match bench.courts.is_any() {
            true => "any known scheme",
            false => &scheme.name,
        };
        match bench.courts.secrets.len() {
            0 => err.note("signatures are not checked: no secret is given")?,
            1 => err.say(format!("signatures are checked: {name}, 1 secret"))?,
            count => err.say(format!("signatures are checked: {name}, {count} secrets"))?,
        }
        let keeps = !self.redact && (self.record.is_some() || self.output.json);
        if scheme.tells_secret() && !bench.checks() && !keeps {
            err.note(format!(
                "{name} tells the secret of its deliveries once, in a handshake: --record FILE keeps it"
            ))?;
        }
        for target in &self.forward_to {
            err.say(format!("forwarding to {target}"))?;
        }
        if let Some(path) = &self.record {
            err.say(format!("recording to {}", path.display()))?;
        }
        Ok(())
    }
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

fn unrecordable(refused: Refused) -> Problem {
    let hint = match &refused {
        Refused::Other { .. } => Some("name a new file, or one that listen --record wrote"),
        Refused::Folder { .. } => Some("name a file in it"),
        Refused::InUse { .. } => Some("end that one, or name another file"),
        Refused::Special { .. } => Some("--json prints deliveries into a pipe"),
        Refused::Io { .. } => None,
    };
    let problem = Problem::failed(refused);
    match hint {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}

fn unwritable(path: &Path, error: io::Error) -> Problem {
    Problem::failed(error).context(format!("could not write {}", path.display()))
}
