//! How deliveries are made: the options that `send`, `replay` and the forwarder share, and what
//! goes on around a run of many.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::shell::{Problem, Shell, Verdict};
use super::{input, signals};
use crate::amount;
use crate::cli;
use crate::delivery::Delivery;
use crate::sender::{self, BadOption, Curl, Halt, Load, Plan, Policy, Sender, Tally, Url};

/// The largest file of certificates: all that a system trusts is some 200 KB.
const CACERT_BYTES: u64 = 4 << 20;

/// How an attempt is made.
#[derive(Debug, Args)]
#[command(next_help_heading = "Delivery")]
pub(super) struct Transport {
    /// How long an attempt may take; Blue waits 7 seconds
    #[arg(long, value_name = "DURATION", default_value = "7s", value_parser = cli::positive_duration)]
    pub timeout: Duration,
    /// Trust the certificates in this PEM file instead of the public ones
    #[arg(long, value_name = "FILE")]
    pub cacert: Option<PathBuf>,
    /// Do not verify the receiver's certificate
    #[arg(short = 'k', long)]
    pub insecure: bool,
    /// Go through this proxy; without it none is used, whatever the environment says
    #[arg(long, value_name = "URL")]
    pub proxy: Option<String>,
}

impl Transport {
    /// The sender that these options describe, for so many attempts at a time.
    ///
    /// # Errors
    /// Certificates or a proxy that cannot be used.
    pub(super) fn sender(&self, concurrency: usize) -> Result<Sender, Problem> {
        let cacert = match &self.cacert {
            None => None,
            Some(path) => Some(input::small_file(path, "--cacert", CACERT_BYTES)?.to_vec()),
        };
        Sender::new(&sender::Options {
            timeout: self.timeout,
            cacert,
            insecure: self.insecure,
            proxy: self.proxy.clone(),
            concurrency,
        })
        .map_err(|bad| match (&bad, &self.cacert) {
            (BadOption::Cacert(why), Some(path)) => {
                Problem::wrong(format!("--cacert {}: {why}", path.display()))
            }
            (why, _) => Problem::wrong(format!("--proxy: {why}")),
        })
    }

    /// The curl command that makes an equal attempt.
    ///
    /// # Errors
    /// The delivery cannot be written.
    pub(super) fn curl(&self, url: &Url, delivery: &Delivery) -> Result<String, Problem> {
        let cacert = self.cacert.as_ref().map(|path| path.display().to_string());
        let options = Curl {
            timeout: Some(self.timeout),
            insecure: self.insecure,
            cacert: cacert.as_deref(),
            proxy: self.proxy.as_deref(),
        };
        sender::curl_command(url, delivery, &options).map_err(Problem::usage)
    }
}

/// How often a delivery is tried.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Delivery")]
pub(super) struct Retries {
    /// When to try again: once (never), blue (5 attempts, growing pauses), or standard (10 attempts
    /// over three days, as Standard Webhooks has it)
    #[arg(long, value_name = "POLICY", default_value = "once")]
    pub policy: Policy,
    /// How many attempts there are at most, instead of as many as the policy makes
    #[arg(long, value_name = "N", value_parser = cli::number(1_u32..))]
    pub attempts: Option<u32>,
    /// Multiply the policy's pauses: 0.01 makes seconds of minutes
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = cli::number(0.0..=1000.0))]
    pub time_scale: f64,
}

impl Retries {
    /// The plan that these options describe.
    ///
    /// # Errors
    /// Several attempts by no policy.
    pub(super) fn plan(&self) -> Result<Plan, Problem> {
        if self.policy == Policy::Once && self.attempts.is_some_and(|attempts| attempts > 1) {
            let problem = Problem::wrong("more than one attempt needs a policy for its pauses");
            return Err(problem.hint("add --policy blue or --policy standard"));
        }
        Ok(Plan {
            policy: self.policy,
            attempts: self.attempts,
            time_scale: self.time_scale,
        })
    }
}

/// How many deliveries there are, and how fast.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Many")]
pub(super) struct Many {
    /// Deliver so many times, each with an id, a time and a signature of its own
    #[arg(short = 'n', long, value_name = "N", value_parser = cli::number(1_u64..))]
    pub repeat: Option<u64>,
    /// How many deliveries are under way at a time
    #[arg(short = 'c', long, value_name = "C", default_value_t = 1, value_parser = cli::number(1_usize..=4096))]
    pub concurrency: usize,
    /// Begin so many deliveries a second; latency counts from when each was due
    #[arg(long, value_name = "R", value_parser = cli::number(0.001..=1_000_000.0))]
    pub rate: Option<f64>,
    /// Begin none after this time
    #[arg(long, value_name = "DURATION", conflicts_with = "repeat", value_parser = cli::positive_duration)]
    pub duration: Option<Duration>,
}

impl Many {
    /// Whether there is one delivery, told in full.
    pub(super) fn is_one(&self) -> bool {
        self.repeat.unwrap_or(1) == 1 && self.duration.is_none()
    }

    /// The load that these options describe.
    pub(super) fn load(&self) -> Load {
        Load {
            deliveries: match self.duration {
                None => Some(self.repeat.unwrap_or(1)),
                Some(_) => None,
            },
            duration: self.duration,
            concurrency: self.concurrency,
            rate: self.rate,
        }
    }
}

/// Ctrl-C and SIGTERM end a run in order: what is under way is finished, nothing is begun.
pub(super) struct Interrupts {
    /// What is asked to end.
    pub(super) halt: Halt,
    signal: Arc<AtomicI32>,
}

impl Interrupts {
    /// Heeds signals from now on.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(super) fn heed() -> Result<Self, Problem> {
        let (halt, signal) = (Halt::default(), Arc::new(AtomicI32::new(0)));
        let (asked, seen) = (halt.clone(), signal.clone());
        signals::heed(move |number| {
            seen.store(number, Ordering::SeqCst);
            asked.ask();
        })
        .map_err(Problem::failed)?;
        Ok(Self { halt, signal })
    }

    /// The verdict, unless a signal came.
    pub(super) fn or(&self, verdict: Verdict) -> Verdict {
        match self.signal.load(Ordering::SeqCst) {
            0 => verdict,
            signal => Verdict::Interrupted(signal),
        }
    }
}

/// How far a run is, on a terminal.
pub(super) fn progress(shell: &Shell, load: &Load, is_wanted: bool) -> ProgressBar {
    let bar = match load.deliveries {
        Some(deliveries) => ProgressBar::new(deliveries),
        None => ProgressBar::no_length(),
    };
    if !is_wanted || !shell.err.is_terminal {
        bar.set_draw_target(ProgressDrawTarget::hidden());
        return bar;
    }
    let template = match load.deliveries {
        Some(_) => "{bar:30} {human_pos} of {human_len}, {rate} a second, {eta} left",
        None => "{spinner} {human_pos}, {rate} a second, {elapsed}",
    };
    let rate = |state: &ProgressState, out: &mut dyn fmt::Write| {
        let _ = write!(out, "{}", amount::count(state.per_sec() as u64));
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.with_key("rate", rate));
    }
    bar
}

/// Whether everything was delivered.
///
/// # Errors
/// There was not one answer, and no policy to give up by.
pub(super) fn verdict(tally: &Tally, plan: &Plan) -> Result<Verdict, Problem> {
    let mut failures = tally.failures.values();
    match failures.next() {
        Some((_, sentence)) if tally.statuses.is_empty() && plan.policy == Policy::Once => {
            Err(Problem::failed(anyhow::anyhow!("{sentence}")))
        }
        _ => Ok(Verdict::from(tally.failed == 0 && tally.delivered > 0)),
    }
}
