//! Which recorded deliveries go out again, in which order, and when.

use std::ops::RangeInclusive;
use std::path::Path;
use std::str::FromStr;
use std::time::{Duration, Instant};

use clap::Args;
use jiff::Timestamp;

use super::recordings::Recordings;
use crate::blue::facts::{self, Facts};
use crate::cli;
use crate::commands::compose::Composer;
use crate::commands::filter::Filter;
use crate::commands::shell::{Problem, Shell};
use crate::recording::Recorded;
use crate::signing::Stamp;

/// Which deliveries are meant.
#[derive(Debug, Args)]
pub(super) struct Choice {
    /// Only these deliveries: 3,7-9
    #[arg(long, value_name = "NUMBERS", help_heading = "Filter")]
    pub number: Option<Numbers>,
    #[command(flatten)]
    /// Of which event, project, content.
    pub filter: Filter,
}

impl Choice {
    /// Whether a delivery is meant, and the event that it tells of.
    fn admits(&self, recorded: &Recorded) -> (bool, Option<String>) {
        let delivery = &recorded.delivery;
        let facts = Facts::of(&delivery.body);
        let event = facts::event(Some(&facts), &delivery.headers).map(str::to_owned);
        let project = facts.project.as_deref();
        let numbers = self.number.as_ref();
        let admitted = numbers.is_none_or(|numbers| numbers.contain(recorded.number))
            && (self.filter.is_empty()
                || (self.filter).admits(event.as_deref(), project, &delivery.body));
        (admitted, event)
    }
}

/// In which order deliveries go out, and how fast.
#[derive(Debug, Args)]
#[command(next_help_heading = "Many")]
pub(super) struct Pace {
    /// Replay the recording so many times
    #[arg(short = 'n', long, value_name = "N", default_value_t = 1, value_parser = cli::number(1_u64..))]
    pub repeat: u64,
    /// How many deliveries are under way at a time
    #[arg(short = 'c', long, value_name = "C", default_value_t = 1, value_parser = cli::number(1_usize..=4096))]
    pub concurrency: usize,
    /// Keep the recorded pauses, so many times as fast; max keeps none
    #[arg(long, value_name = "FACTOR", default_value = "max")]
    pub speed: Speed,
    /// Send each delivery so many times, as senders do that did not hear the answer
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = cli::number(1_u32..))]
    pub duplicate: u32,
    /// Send out of order, as senders do that try again
    #[arg(long)]
    pub shuffle: bool,
    /// The number that decides the order, to have the same one again [default: a random one]
    #[arg(long, value_name = "NUMBER", requires = "shuffle")]
    pub seed: Option<u64>,
}

/// Numbers of deliveries: `3,7-9`.
#[derive(Debug, Clone)]
pub(super) struct Numbers(Vec<RangeInclusive<u64>>);

impl FromStr for Numbers {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let range = |part: &str| -> Option<RangeInclusive<u64>> {
            let (from, to) = part.split_once('-').unwrap_or((part, part));
            let (from, to) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
            (from <= to).then_some(from..=to)
        };
        let ranges: Option<Vec<_>> = text.split(',').map(range).collect();
        ranges
            .map(Self)
            .ok_or_else(|| "write numbers such as 3,7-9".into())
    }
}

impl Numbers {
    fn contain(&self, number: u64) -> bool {
        self.0.iter().any(|range| range.contains(&number))
    }
}

/// How much faster than recorded; none keeps no pauses.
#[derive(Debug, Clone, Copy)]
pub(super) struct Speed(Option<f64>);

impl FromStr for Speed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            _ if text == "max" => Ok(Self(None)),
            Ok(factor) if (0.001..=1_000_000.0).contains(&factor) => Ok(Self(Some(factor))),
            _ => Err("write a factor such as 1 or 10, or max".into()),
        }
    }
}

/// How many deliveries wait to be sent out of order, and how many bytes of bodies.
const SHUFFLED: usize = 64;
const SHUFFLED_BYTES: usize = 64 << 20;

/// What is yet to be sent.
pub(super) struct Queue<'a> {
    path: &'a Path,
    choice: &'a Choice,
    pace: &'a Pace,
    recordings: Recordings,
    /// Read and not yet sent, with the bytes of its bodies: several where the order is changed.
    waiting: Vec<Item>,
    waiting_bytes: usize,
    /// How often the recording is being read, from 1.
    round: u64,
    /// The state of the random numbers.
    seed: u64,
    /// When the first delivery of the round went out, and when it was recorded.
    started: Option<(Instant, Timestamp)>,
}

/// A delivery to be sent.
pub(super) struct Item {
    pub(super) recorded: Recorded,
    pub(super) event: Option<String>,
    pub(super) stamp: Stamp,
    /// How often it still goes out.
    times: u32,
}

impl<'a> Queue<'a> {
    /// What the recording at that path holds. `seed` decides the order where it is changed.
    ///
    /// # Errors
    /// It cannot be read, or not as often as is asked for.
    pub(super) fn open(
        shell: &mut Shell,
        path: &'a Path,
        choice: &'a Choice,
        pace: &'a Pace,
        seed: u64,
    ) -> Result<Self, Problem> {
        if path.as_os_str() == "-" && pace.repeat > 1 {
            let problem = Problem::wrong("standard input cannot be replayed more than once");
            return Err(
                problem.hint("-n needs a file; --duplicate sends each delivery again at once")
            );
        }
        Ok(Self {
            path,
            choice,
            pace,
            recordings: Recordings::open(shell, path)?,
            waiting: Vec::new(),
            waiting_bytes: 0,
            round: 1,
            seed,
            started: None,
        })
    }

    /// The next delivery that is meant. None at the end. Says what reading brought up.
    ///
    /// # Errors
    /// The recording cannot be read on.
    pub(super) fn next(
        &mut self,
        shell: &mut Shell,
        composer: &Composer,
    ) -> Result<Option<Item>, Problem> {
        let (most, most_bytes) = match self.pace.shuffle {
            true => (SHUFFLED, SHUFFLED_BYTES),
            false => (1, 0),
        };
        while self.waiting.len() < most && self.waiting_bytes <= most_bytes {
            let Some((recorded, event)) = self.read(shell)? else {
                break;
            };
            self.waiting_bytes += recorded.delivery.body.len();
            self.waiting.push(Item {
                recorded,
                event,
                stamp: composer.stamp()?,
                times: self.pace.duplicate,
            });
        }
        if self.waiting.is_empty() {
            return Ok(None);
        }
        let index = match self.pace.shuffle {
            true => self.random() as usize % self.waiting.len(),
            false => 0,
        };
        let item = &mut self.waiting[index];
        item.times -= 1;
        if item.times > 0 {
            return Ok(Some(item.again()));
        }
        let item = self.waiting.remove(index);
        self.waiting_bytes -= item.recorded.delivery.body.len();
        Ok(Some(item))
    }

    /// The next recorded delivery that is meant, in this round or another.
    fn read(&mut self, shell: &mut Shell) -> Result<Option<(Recorded, Option<String>)>, Problem> {
        loop {
            let recorded = self.recordings.next();
            let warnings = self.recordings.take_warnings();
            // Another round would say it again.
            for warning in warnings.iter().filter(|_| self.round == 1) {
                shell.err.warn(warning)?;
            }
            if let Some(recorded) = recorded? {
                let (admitted, event) = self.choice.admits(&recorded);
                if admitted {
                    return Ok(Some((recorded, event)));
                }
            } else if self.round < self.pace.repeat && self.recordings.count() > 0 {
                self.round += 1;
                self.started = None;
                self.recordings = Recordings::open(shell, self.path)?;
            } else {
                return Ok(None);
            }
        }
    }

    /// How long a delivery is to wait, by the recorded pauses.
    pub(super) fn pause(&mut self, item: &Item) -> Duration {
        let (Some(speed), Some(at)) = (self.pace.speed.0, item.recorded.at) else {
            return Duration::ZERO;
        };
        let (start, first) = *self.started.get_or_insert((Instant::now(), at));
        let after = Duration::try_from(at.duration_since(first)).unwrap_or_default();
        after.div_f64(speed).saturating_sub(start.elapsed())
    }

    /// How many deliveries were read in this round, meant or not.
    pub(super) fn count(&self) -> u64 {
        self.recordings.count()
    }

    /// The next random number (splitmix64).
    fn random(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl Item {
    /// The same once more.
    fn again(&self) -> Self {
        Self {
            recorded: self.recorded.clone(),
            event: self.event.clone(),
            stamp: self.stamp.clone(),
            times: 0,
        }
    }
}
