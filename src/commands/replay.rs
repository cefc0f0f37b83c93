//! `bluehook replay`: recorded deliveries sent again, as captured or signed afresh.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use clap::Args;
use jiff::Timestamp;

use super::compose::{self, Composer};
use super::filter::Filter;
use super::playlist::Playlist;
use super::settings::Settings;
use super::shell::{Problem, Shell, Verdict};
use super::transport::{self, Interrupts, Retries, Transport};
use crate::blue::facts::{self, Facts};
use crate::cli::{
    self, Assignment, HeaderOption, Output, ProfileChoice, SchemeChoice, Secrets, StampChoice,
};
use crate::delivery::{Delivery, REDACTED};
use crate::http;
use crate::json;
use crate::recording::Recorded;
use crate::sender::{self, Attempt, Load, Next, Plan, Sender, Turn, Url};
use crate::show::delivery::{Detail, Layout};
use crate::show::{exchange, lines};
use crate::signing::{Scheme, Stamp};

const EXAMPLES: &str = "\
Examples:
  bluehook send 3000 -s geheim --dry-run > delivery.http
  bluehook replay delivery.http 3000 --dry-run
  bluehook replay delivery.http 3000 --resign -s geheim --dry-run";

/// Send recorded deliveries again, as captured or signed afresh
///
/// RECORDING is what listen --record wrote, a raw HTTP request, HAR, a trace of curl's, or a
/// folder of these. Deliveries go out as they were captured: the same bytes, the same headers but
/// those of the connection; --resign signs them afresh.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Replay {
    /// The recording, or a folder of recordings; - for standard input
    pub recording: PathBuf,
    /// Where to, in the forms that send takes. Without a path of its own, each delivery's is kept;
    /// without a URL, the profile's or the recorded one is taken
    pub url: Option<Url>,
    /// Only these deliveries: 3,7-9
    #[arg(long, value_name = "NUMBERS", help_heading = "Filter")]
    pub number: Option<Numbers>,
    #[command(flatten)]
    /// Which deliveries.
    pub filter: Filter,
    /// Sign afresh, with a new id and the time of now
    #[arg(long, help_heading = "What")]
    pub resign: bool,
    /// Replace one value in the body and leave all other bytes; implies --resign
    #[arg(
        long,
        value_name = "PATH=VALUE",
        allow_hyphen_values = true,
        help_heading = "What"
    )]
    pub set: Vec<Assignment>,
    /// A further header, in curl's syntax; @FILE reads them from a file
    #[arg(short = 'H', long, value_name = "NAME: VALUE", value_parser = cli::header(), help_heading = "What")]
    pub header: Vec<HeaderOption>,
    #[command(flatten)]
    /// The secret.
    pub secrets: Secrets,
    #[command(flatten)]
    /// The scheme.
    pub scheme: SchemeChoice,
    #[command(flatten)]
    /// The id and the time.
    pub stamp: StampChoice,
    /// The receiver's public URL, which --resign signs instead of the one that is sent to, for
    /// schemes that sign it
    #[arg(long, value_name = "BASE", help_heading = "Scheme")]
    pub public_url: Option<Url>,
    #[command(flatten)]
    /// The profile.
    pub profile: ProfileChoice,
    #[command(flatten)]
    /// How to deliver.
    pub transport: Transport,
    #[command(flatten)]
    /// How often to try.
    pub retries: Retries,
    #[command(flatten)]
    /// In which order, and how fast.
    pub pace: Pace,
    /// Print the exact bytes of the requests and send nothing
    #[arg(long, conflicts_with = "json", help_heading = "Output")]
    pub dry_run: bool,
    /// Print the equivalent curl commands and send nothing
    #[arg(long, conflicts_with_all = ["dry_run", "json"], help_heading = "Output")]
    pub curl: bool,
    #[command(flatten)]
    /// Where the output goes.
    pub output: Output,
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

impl Replay {
    /// Reads, filters, signs where that is asked for, sends, compares.
    ///
    /// # Errors
    /// The options contradict each other, something cannot be read, or there is no URL.
    pub(super) fn run(mut self, shell: &mut Shell) -> Result<Verdict, Problem> {
        let mut settings = Settings::of(shell, &self.profile)?;
        let scheme = settings.scheme(shell, &self.scheme)?;
        let resign = self.resign || !self.set.is_empty();
        let secrets = match resign {
            true => settings.some_secrets(shell, &self.secrets, "")?,
            false if !self.secrets.0.is_empty() => {
                let problem =
                    Problem::wrong("what is sent as captured is not signed with a secret");
                return Err(problem.hint("--resign signs afresh"));
            }
            false => Vec::new(),
        };
        settings.say(shell, self.output.talk.verbose)?;
        if !self.resign && resign && !self.output.talk.quiet {
            shell
                .err
                .print("--set changes the body, so deliveries are signed afresh\n")?;
        }
        let url = compose::url_of(self.url.take(), &settings)?;
        let plan = self.retries.plan()?;
        let talk = self.output.talk;
        let mut composer = Composer::new(
            shell,
            scheme.clone(),
            &secrets,
            &self.header,
            &self.stamp,
            talk,
        )?;
        composer.public_url(self.public_url.take());
        let seed = self.seed(shell)?;
        let queue = Queue {
            list: Playlist::open(shell, &self.recording)?,
            waiting: Vec::new(),
            round: 1,
            seed,
            sent: 0,
            differing: 0,
            refused_as_captured: false,
            started: None,
            redacted: false,
        };
        let run = Run {
            replay: &self,
            composer,
            scheme,
            resign,
            url,
            plan,
        };
        run.go(shell, queue)
    }

    fn seed(&self, shell: &mut Shell) -> Result<u64, Problem> {
        if !self.pace.shuffle {
            return Ok(0);
        }
        let mut random = [0; 4];
        (shell.random)(&mut random).map_err(Problem::failed)?;
        let seed = (self.pace.seed).unwrap_or_else(|| u32::from_le_bytes(random).into());
        if self.pace.seed.is_none() && !self.output.talk.quiet {
            shell.err.print(format!(
                "out of order: --seed {seed} gives this order again\n"
            ))?;
        }
        Ok(seed)
    }

    /// Whether a delivery is meant, and the event that it tells of.
    fn admits(&self, recorded: &Recorded) -> (bool, Option<String>) {
        let delivery = &recorded.delivery;
        let facts = Facts::of(&delivery.body);
        let event = facts::event(Some(&facts), &delivery.headers).map(str::to_owned);
        let numbers = self.number.as_ref();
        let admitted = numbers.is_none_or(|numbers| numbers.contain(recorded.number))
            && (self.filter.is_empty()
                || (self.filter).admits(
                    event.as_deref(),
                    facts.project.as_deref(),
                    &delivery.body,
                ));
        (admitted, event)
    }
}

/// How many deliveries wait to be sent out of order, and how many bytes of bodies.
const SHUFFLED: usize = 64;
const SHUFFLED_BYTES: usize = 64 << 20;

/// What is yet to be sent.
struct Queue {
    list: Playlist,
    /// Read and not yet sent: more than one where the order is changed, or deliveries are doubled.
    waiting: Vec<Item>,
    /// How often the recording is being read, from 1.
    round: u64,
    /// The state of the random numbers.
    seed: u64,
    sent: u64,
    /// How many answers were not as recorded.
    differing: u64,
    refused_as_captured: bool,
    /// When the first delivery went out, and when it was recorded.
    started: Option<(Instant, Timestamp)>,
    redacted: bool,
}

/// A delivery to be sent.
#[derive(Clone)]
struct Item {
    recorded: Recorded,
    event: Option<String>,
    stamp: Stamp,
}

impl Queue {
    /// The next random number (splitmix64).
    fn random(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// Everything that is the same for all deliveries.
struct Run<'a> {
    replay: &'a Replay,
    composer: Composer,
    scheme: Scheme,
    resign: bool,
    url: Option<Url>,
    plan: Plan,
}

/// The queue and the streams: one thread at a time has them.
struct Desk<'a> {
    shell: &'a mut Shell,
    queue: Queue,
}

impl Run<'_> {
    fn go(&self, shell: &mut Shell, queue: Queue) -> Result<Verdict, Problem> {
        let replay = self.replay;
        let sender = replay.transport.sender(replay.pace.concurrency)?;
        let shown_only = replay.dry_run || replay.curl;
        let interrupts = Interrupts::heed()?;
        let load = Load {
            deliveries: None,
            duration: None,
            concurrency: if shown_only {
                1
            } else {
                replay.pace.concurrency
            },
            rate: None,
        };
        let desk = Mutex::new(Desk { shell, queue });
        let (tally, outcome) = load.run(&interrupts.halt, |_: Turn, tally| {
            let item = {
                let mut desk = lock(&desk);
                let Some(item) = self.next(&mut desk)? else {
                    return Ok(false);
                };
                desk.queue.sent += 1;
                if shown_only {
                    self.show(&mut desk, &item)?;
                    return Ok(true);
                }
                item
            };
            if !self.wait(&desk, &item, &interrupts) {
                return Ok(false);
            }
            let end = self.send(&sender, &desk, &item, &interrupts, tally)?;
            tally.end(end);
            Ok(true)
        });
        let mut desk = desk.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.warn(&mut desk)?;
        outcome?;
        if desk.queue.sent == 0 && !interrupts.halt.is_asked() {
            let name = match replay.recording.as_os_str() == "-" {
                true => "standard input".into(),
                false => replay.recording.display().to_string(),
            };
            return Err(Problem::failed(match desk.queue.list.count() {
                0 => anyhow::anyhow!("{name} holds no delivery"),
                count => anyhow::anyhow!("none of the {count} deliveries of {name} is meant"),
            }));
        }
        if shown_only {
            return Ok(interrupts.or(Verdict::Yes));
        }
        self.end(&mut desk, &tally)?;
        Ok(interrupts.or(transport::verdict(&tally, &self.plan)?))
    }

    /// The next delivery that is meant.
    fn next(&self, desk: &mut Desk<'_>) -> Result<Option<Item>, Problem> {
        let pace = &self.replay.pace;
        let (most, most_bytes) = match pace.shuffle {
            true => (SHUFFLED, SHUFFLED_BYTES),
            false => (1, 0),
        };
        let mut bytes: usize = (desk.queue.waiting.iter())
            .map(|item| item.recorded.delivery.body.len())
            .sum();
        while desk.queue.waiting.len() < most && bytes <= most_bytes {
            let recorded = desk.queue.list.next();
            self.warn(desk)?;
            let Some(recorded) = recorded? else {
                let again = desk.queue.round < pace.repeat && desk.queue.list.count() > 0;
                if !again {
                    break;
                }
                desk.queue.round += 1;
                desk.queue.started = None;
                desk.queue.list = Playlist::open(desk.shell, &self.replay.recording)?;
                continue;
            };
            let (admitted, event) = self.replay.admits(&recorded);
            if admitted {
                self.mind_redacted(desk, &recorded)?;
                bytes += recorded.delivery.body.len() * pace.duplicate as usize;
                let stamp = self.composer.stamp()?;
                let item = Item {
                    recorded,
                    event,
                    stamp,
                };
                let copies = pace.duplicate as usize;
                desk.queue.waiting.extend(std::iter::repeat_n(item, copies));
            }
        }
        let queue = &mut desk.queue;
        if queue.waiting.is_empty() {
            return Ok(None);
        }
        let index = match pace.shuffle {
            true => queue.random() as usize % queue.waiting.len(),
            false => 0,
        };
        Ok(Some(queue.waiting.remove(index)))
    }

    /// Says what reading brought up.
    fn warn(&self, desk: &mut Desk<'_>) -> Result<(), Problem> {
        for warning in desk.queue.list.take_warnings() {
            let painted = desk.shell.err.style.odd("warning:");
            desk.shell.err.print(format!("{painted} {warning}\n"))?;
        }
        Ok(())
    }

    /// Says once that headers were kept back when they were recorded, where nothing makes them anew.
    fn mind_redacted(&self, desk: &mut Desk<'_>, recorded: &Recorded) -> Result<(), Problem> {
        let headers = recorded.delivery.headers.iter();
        let names: Vec<_> = (headers.filter(|header| header.value == REDACTED))
            .filter(|header| {
                let made = self.scheme.signature_headers();
                !self.resign
                    || !made
                        .iter()
                        .any(|name| name.eq_ignore_ascii_case(&header.name))
            })
            .map(|header| header.name.as_str())
            .collect();
        if names.is_empty() || desk.queue.redacted || self.replay.output.talk.quiet {
            return Ok(());
        }
        desk.queue.redacted = true;
        let painted = desk.shell.err.style.odd("warning:");
        desk.shell.err.print(format!(
            "{painted} {} was kept out of the recording: give it with -H, or sign afresh with --resign\n",
            names.join(" and ")
        ))
    }

    /// Waits until a delivery is due by the recorded pauses. False when all is to end.
    fn wait(&self, desk: &Mutex<Desk<'_>>, item: &Item, interrupts: &Interrupts) -> bool {
        let (Some(speed), Some(at)) = (self.replay.pace.speed.0, item.recorded.at) else {
            return true;
        };
        let (start, first) = *(lock(desk).queue.started).get_or_insert((Instant::now(), at));
        let after = Duration::try_from(at.duration_since(first)).unwrap_or_default();
        let due = after.div_f64(speed).saturating_sub(start.elapsed());
        interrupts.halt.wait(due)
    }

    /// Where a delivery goes.
    fn url(&self, item: &Item) -> Result<Url, Problem> {
        let recorded = &item.recorded;
        match (&self.url, &recorded.url) {
            (Some(url), _) if url.target() == "/" => Ok(url.join(&recorded.delivery.target)),
            (Some(url), _) => Ok(url.clone()),
            (None, Some(url)) => url
                .parse()
                .map_err(|bad: sender::BadUrl| Problem::usage(bad)),
            (None, None) => Err(
                Problem::wrong("the recording does not say where to send to")
                    .hint("name the URL, or a profile with -w"),
            ),
        }
    }

    fn make(&self, item: &Item, url: &Url) -> Result<Delivery, Problem> {
        let captured = &item.recorded.delivery;
        let mut headers = http::end_to_end(&captured.headers);
        headers.remove("Host");
        let mut body = captured.body.clone();
        for assignment in &self.replay.set {
            body = json::splice(&body, &assignment.path, &assignment.value).map_err(|error| {
                let number = item.recorded.number;
                let what = format!("could not set {} in delivery {number}", assignment.path);
                Problem::usage(error).context(what)
            })?;
        }
        let draft = Delivery {
            method: captured.method.clone(),
            target: captured.target.clone(),
            headers,
            body,
        };
        let stamp = self.composer.again(&item.stamp);
        self.composer.compose(&draft, url, &stamp)
    }

    /// Prints what would be sent.
    fn show(&self, desk: &mut Desk<'_>, item: &Item) -> Result<(), Problem> {
        let url = self.url(item)?;
        let delivery = self.make(item, &url)?;
        desk.shell.out.print(match self.replay.curl {
            true => format!("{}\n", self.replay.transport.curl(&url, &delivery)?).into_bytes(),
            false => sender::request_bytes(&url, &delivery).map_err(Problem::usage)?,
        })
    }

    fn send(
        &self,
        sender: &Sender,
        desk: &Mutex<Desk<'_>>,
        item: &Item,
        interrupts: &Interrupts,
        tally: &mut sender::Tally,
    ) -> Result<sender::End, Problem> {
        let url = self.url(item)?;
        sender.deliver(
            &url,
            &self.plan,
            &interrupts.halt,
            || self.make(item, &url),
            |attempt| {
                tally.count(attempt.outcome, attempt.took);
                self.tell(&mut lock(desk), item, &url, &attempt)
            },
        )
    }

    /// Says what came of an attempt, and how that differs from what was recorded.
    fn tell(
        &self,
        desk: &mut Desk<'_>,
        item: &Item,
        url: &Url,
        attempt: &Attempt<'_>,
    ) -> Result<(), Problem> {
        let recorded = item.recorded.answer.as_ref();
        let differs = match attempt.next {
            Next::Again(_) => exchange::Differs::default(),
            _ => exchange::Differs::of(attempt.outcome, recorded),
        };
        desk.queue.differing += u64::from(differs.any());
        let refused =
            matches!(attempt.outcome, Ok(answer) if matches!(answer.status, 400 | 401 | 403));
        desk.queue.refused_as_captured |= refused && !self.resign;
        let talk = self.replay.output.talk;
        let style = desk.shell.out.style;
        let number = item.recorded.number;
        let event = item.event.as_deref();
        if self.replay.output.json {
            let mut line = exchange::attempt_line(number, attempt, event, url);
            line.recorded = Some(exchange::recorded(recorded, differs));
            return desk
                .shell
                .out
                .print(lines::to_bytes(&line).map_err(Problem::failed)?);
        }
        if talk.quiet {
            return Ok(());
        }
        let shown = exchange::Attempt {
            url,
            delivery: attempt.delivery,
            event,
        };
        let layout = Layout {
            style,
            width: desk.shell.out.width,
            detail: Detail::Line,
            verbose: true,
        };
        let mut text = match talk.verbose {
            true => format!(
                "{}{}{}",
                exchange::request(&shown, &layout),
                exchange::outcome(attempt.outcome, attempt.took, &layout),
                match attempt.outcome {
                    Ok(_) => String::new(),
                    Err(failure) => exchange::failed(failure, attempt.took, style),
                }
            ),
            false => exchange::line(number, &shown, attempt, style),
        };
        text.push_str(&differs.shown(recorded, attempt.outcome, style));
        text.push_str(&exchange::next(
            attempt.next,
            attempt.attempt,
            &self.plan,
            style,
        ));
        desk.shell.out.print(text)
    }

    /// Says what all came to.
    fn end(&self, desk: &mut Desk<'_>, tally: &sender::Tally) -> Result<(), Problem> {
        if self.replay.output.json {
            let line = exchange::result_line(tally);
            return desk
                .shell
                .out
                .print(lines::to_bytes(&line).map_err(Problem::failed)?);
        }
        if self.replay.output.talk.quiet {
            return Ok(());
        }
        let style = desk.shell.out.style;
        let text = exchange::replayed(tally, desk.queue.differing, style);
        desk.shell.out.print(text)?;
        if desk.queue.refused_as_captured {
            let hint = style.name("hint:");
            desk.shell.out.print(format!(
                "  {hint} sent as captured: a receiver that looks at the time refuses an old signature; --resign signs afresh\n"
            ))?;
        }
        Ok(())
    }
}

fn lock<'a, 'b>(desk: &'a Mutex<Desk<'b>>) -> MutexGuard<'a, Desk<'b>> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}
